"""The documents of `trend`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sangkien_cli.documents.order import Recorded, dialect, shaping
from sangkien_cli.lang import Lang
from sangkien_cli.pipeline import Counted
from sangkien_cli.render.document import Origin, origin_of
from sangkien_cli.render.text import PLAIN, Page
from sangkien_cli.trend import By, Trend, trend_of

Kind = Literal["text", "csv", "json", "svg", "png"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PERIODS: tuple[By, ...] = get_args(By)


@dataclass(frozen=True, slots=True)
class Order:
    """What a trend is asked to be. Ids are of things that exist."""

    format: Kind
    lang: Lang
    by: By
    excel: bool = False
    phase: str | None = None
    unit: str | None = None
    basis: tuple[str, ...] = ()

    @property
    def options(self) -> Mapping[str, object]:
        """The options by their names, as an origin records them."""
        return {
            "format": self.format,
            "lang": shaping(self.lang, self.format, excel=self.excel),
            "excel": self.excel,
            "by": self.by,
            "phase": self.phase,
            "unit": self.unit,
            "basis": list(self.basis),
        }


def recorded_order(recorded: Recorded) -> Order:
    """The order that an origin records. Raises NotPossibleError."""
    return Order(
        format=recorded.one("format", KINDS) or "json",
        lang=recorded.lang(),
        by=recorded.one("by", PERIODS) or "week",
        excel=recorded.flag("excel"),
        phase=recorded.phase(),
        unit=recorded.unit(),
        basis=recorded.bases(),
    )


def trend(order: Order, counted: Counted) -> Trend:
    """The trend that is ordered."""
    return trend_of(counted.report, counted.judged, order.phase, order.unit, order.by)


def origin(order: Order, counted: Counted) -> Origin:
    """How a trend's document came about."""
    return origin_of("trend", order.options, counted.report, counted.judged.exports)


def document(order: Order, found: Trend, origin: Origin, page: Page = PLAIN) -> bytes:
    """The trend as it is ordered; `page` is what a terminal can show."""
    from sangkien_cli.render import trend as render

    match order.format:
        case "text":
            return render.render_trend_text(found, order.lang, page).encode()
        case "csv":
            return render.render_trend_csv(found, dialect(order.lang, excel=order.excel)).encode()
        case "json":
            return render.render_trend_json(found, origin).encode()
        case "svg" | "png":
            from sangkien_cli.render.chart import draw_image

            return draw_image(found, order.lang, order.format)

"""The documents of `returns`: the workbooks, and the summary as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from sangkien_cli.documents.order import Recorded
from sangkien_cli.lang import Lang
from sangkien_cli.model import Config
from sangkien_cli.pipeline import Counted
from sangkien_cli.render.document import Origin, origin_of
from sangkien_cli.returns import Returns, rows_to_mend

Kind = Literal["text", "json", "xlsx"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Order:
    """What the rows that go back are asked to be. Ids are of things that exist."""

    format: Kind
    lang: Lang  # names of files have one
    depth: int = 1
    unit: str | None = None

    @property
    def options(self) -> Mapping[str, object]:
        """The options by their names, as an origin records them."""
        return {"format": self.format, "lang": self.lang, "depth": self.depth, "unit": self.unit}


def recorded_order(recorded: Recorded) -> Order:
    """The order that an origin records. Raises NotPossibleError."""
    depth = recorded.take("depth", int)
    return Order(
        format=recorded.one("format", KINDS) or "json",
        lang=recorded.lang(),
        depth=1 if depth is None else depth,
        unit=recorded.unit(),
    )


def returns(order: Order, config: Config, counted: Counted) -> Returns:
    """The rows that go back."""
    return rows_to_mend(counted.judged, config, counted.report.as_of, order.depth, order.unit)


def origin(order: Order, counted: Counted) -> Origin:
    """How a document of theirs came about."""
    return origin_of("returns", order.options, counted.report, counted.judged.exports)


def workbooks(
    order: Order, found: Returns, counted: Counted, told: Callable[[Origin], Origin] = lambda each: each
) -> dict[str, bytes]:
    """Every list and the summary, by the names of their files; `told` may put other things into the origin."""
    from sangkien_cli.render.returns import render_workbooks

    of = told(origin(replace(order, format="xlsx"), counted))
    return render_workbooks(found, counted.report, order.lang, of)


def summary(
    order: Order, found: Returns, counted: Counted, told: Callable[[Origin], Origin] = lambda each: each
) -> str:
    """The summary as JSON."""
    from sangkien_cli.render.returns import render_returns_json

    return render_returns_json(found, counted.report, order.lang, told(origin(order, counted)))

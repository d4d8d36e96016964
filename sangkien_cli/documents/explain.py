"""The documents of `explain`: a figure taken apart down to its rows, or the story of one submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from sangkien_cli.documents.order import NotPossibleError, Recorded, dialect, shaping
from sangkien_cli.explain import VERDICTS, Explanation, Story, explain, tell
from sangkien_cli.explain.story import code_column
from sangkien_cli.lang import Lang
from sangkien_cli.render.document import Origin, origin_of
from sangkien_cli.render.text import PLAIN, Page

if TYPE_CHECKING:
    from sangkien_cli.pipeline import Counted

Kind = Literal["text", "csv", "json", "xlsx"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked to be explained: the figure of a unit, or the story of a code. Ids are of things that exist."""

    format: Kind
    lang: Lang
    unit: str | None = None
    phase: str | None = None
    why: tuple[str, ...] = ()
    code: str | None = None
    excel: bool = False
    basis: tuple[str, ...] = ()
    # By file, the path to it from the folder of the document: where its links lead, though it is moved later.
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def options(self) -> Mapping[str, object]:
        """The options by their names, as an origin records them."""
        return {
            "format": self.format,
            "lang": shaping(self.lang, self.format, excel=self.excel),
            "excel": self.excel,
            "unit": self.unit,
            "phase": self.phase,
            "why": list(self.why),
            "code": self.code,
            "basis": list(self.basis),
            "links": dict(self.links) or None if self.has_links else None,
        }

    @property
    def has_links(self) -> bool:
        """Whether rows are linked to their cells."""
        return self.format in ("csv", "xlsx")


def recorded_order(recorded: Recorded) -> Order:
    """The order that an origin records. Raises NotPossibleError."""
    unit, code = recorded.unit(), recorded.take("code", str)
    if code is None and unit is None:
        raise NotPossibleError("unit", None)
    if code is not None and code_column(recorded.config) is None:
        raise NotPossibleError("code", code)
    return Order(
        format=recorded.one("format", KINDS) or "json",
        lang=recorded.lang(),
        unit=unit,
        phase=recorded.phase(),
        why=recorded.several("why", VERDICTS),
        code=code,
        excel=recorded.flag("excel"),
        basis=recorded.bases(),
        links=_links(recorded),
    )


def _links(recorded: Recorded) -> Mapping[str, str]:
    links = recorded.take("links", dict) or {}
    for each in (*links, *links.values()):
        if not isinstance(each, str) or not each.isprintable():
            raise NotPossibleError("links", each)
    return links


def found(order: Order, counted: Counted) -> Explanation | Story:
    """What is ordered, of what was counted."""
    report, judged = counted.report, counted.judged
    if order.code is not None:
        column = code_column(report.config)
        assert column is not None
        return tell(report, judged, order.code, column, order.unit)
    assert order.unit is not None
    return explain(report, judged, order.unit, order.phase, order.why)


def origin(order: Order, counted: Counted) -> Origin:
    """How an explanation's document came about."""
    return origin_of("explain", order.options, counted.report, counted.judged.exports)


def document(order: Order, found: Explanation | Story, origin: Origin, name: str = "", page: Page = PLAIN) -> bytes:
    """The explanation as it is ordered; `name` is the file's own, `page` what a terminal can show."""
    from sangkien_cli.render import explain as render

    match order.format:
        case "text":
            return _text(found, order.lang, page).encode()
        case "csv":
            return render.render_rows_csv(found, order.links, dialect(order.lang, excel=order.excel)).encode()
        case "json":
            if isinstance(found, Explanation):
                return render.render_explanation_json(found, origin).encode()
            return render.render_story_json(found, origin).encode()
        case "xlsx":
            from sangkien_cli.render.origin import properties

            told = properties(origin, name)
            if isinstance(found, Explanation):
                return render.render_explanation_xlsx(found, order.links, order.lang, told)
            return render.render_story_xlsx(found, order.links, order.lang, told)


def _text(found: Explanation | Story, lang: Lang, page: Page) -> str:
    from sangkien_cli.render import explain as render

    if isinstance(found, Explanation):
        return render.render_explanation_text(found, lang, page)
    return render.render_story_text(found, lang, page)

"""The documents of `report` and `check`: the report in each of its formats, and the ledger beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sangkien_cli.attain import exact
from sangkien_cli.documents.order import NotPossibleError, Recorded, dialect, on_bases, shaping
from sangkien_cli.lang import Lang
from sangkien_cli.lists import EVERYTHING, SORT_KEYS, STATUSES, Selection
from sangkien_cli.model import Attainment, Config, Report
from sangkien_cli.pipeline import Counted
from sangkien_cli.render.document import Origin, origin_of
from sangkien_cli.render.made import Made
from sangkien_cli.render.origin import in_one_line
from sangkien_cli.views import Shown, View, view

if TYPE_CHECKING:
    import pandas as pd

    from sangkien_cli.audit import Finding
    from sangkien_cli.breakdown import Breakdown
    from sangkien_cli.claims import ClaimsFile
    from sangkien_cli.compare import Earlier
    from sangkien_cli.errors import Note
    from sangkien_cli.render.json import Further
    from sangkien_cli.render.text import Page
    from sangkien_cli.tables import Layout, Sheet

Plain = Literal["text", "csv", "json"]
Handed = Literal["html", "md", "xlsx", "docx", "svg", "png"]  # what people hand in, or paste
Kind = Plain | Handed
KINDS: tuple[Kind, ...] = (*get_args(Plain), *get_args(Handed))
PRINTED: tuple[Kind, ...] = ("text", "csv", "json", "html", "md")  # the others only a file can hold


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier report, to be shown beside this one, and its ledger if it is there."""

    report: Earlier
    ledger: pd.DataFrame | None = None
    ledger_file: tuple[str, str] | None = None  # its name and SHA-256


def before_of(earlier: Earlier, named: Path | None, notes: list[Note]) -> Before:
    """An earlier report with its ledger: the one named, else the one written with it (`compare.read_ledger`)."""
    from sangkien_cli.compare import read_ledger

    table = read_ledger(earlier, named, notes)
    path = named or earlier.ledger_path
    if table is None or path is None:
        return Before(earlier)
    return Before(earlier, table, (path.name, hashlib.sha256(path.read_bytes()).hexdigest()))


@dataclass(frozen=True, slots=True)
class Order:
    """What a report is asked to be. Ids are of things that exist."""

    format: Kind
    lang: Lang
    command: Literal["report", "check"] = "report"
    excel: bool = False
    phase: str | None = None
    unit: str | None = None
    depth: int | None = None
    campaign: str | None = None
    basis: tuple[str, ...] = ()
    since: date | None = None
    pace: bool = False
    rank: bool = False
    selection: Selection = EVERYTHING
    by: str | None = None
    least: Fraction | None = None  # of `check`: the percent that the units shown fall short of
    before: Before | None = None
    claims: ClaimsFile | None = None  # published figures to stand beside ours
    template: Path | None = None  # the user's own document, to be filled

    @property
    def options(self) -> Mapping[str, object]:
        """The options by their names, as an origin records them."""
        before, wanted = self.before, self.selection
        compared = None if before is None else {"path": before.report.path.name, "sha256": before.report.sha256}
        ledger = None if before is None else before.ledger_file
        claims = None if self.claims is None else {"path": self.claims.path.name, "sha256": self.claims.sha256}
        return {
            "format": self.format,
            "lang": shaping(self.lang, self.format, excel=self.excel),
            "excel": self.excel,
            "phase": self.phase,
            "unit": self.unit,
            "depth": self.depth,
            "campaign": self.campaign,
            "basis": list(self.basis),
            "since": self.since and self.since.isoformat(),
            "pace": self.pace,
            "rank": self.rank,
            "only": sorted(wanted.only),
            "sort": None if wanted.sort == EVERYTHING.sort else wanted.sort,
            "reverse": wanted.reverse,
            "top": wanted.top,
            "by": self.by,
            "min": None if self.least is None else exact(self.least),
            "compare": compared,
            "compare-ledger": ledger and {"path": ledger[0], "sha256": ledger[1]},
            "claims": claims,
            "template": None if self.template is None else _named(self.template),
        }


def _named(path: Path) -> Mapping[str, str]:
    return {"path": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def recorded_order(
    command: Literal["report", "check"],
    recorded: Recorded,
    before: Before | None,
    claims: ClaimsFile | None,
    template: Path | None = None,
) -> Order:
    """The order that an origin records, with the files that it names read again. Raises NotPossibleError."""
    config = recorded.config
    least = recorded.take("min", str)
    recorded.take("compare", dict)
    recorded.take("compare-ledger", dict)
    try:
        percent = None if least is None else Fraction(least)
    except (ValueError, ZeroDivisionError):
        raise NotPossibleError("min", least) from None
    return Order(
        format=recorded.one("format", KINDS) or "json",
        lang=recorded.lang(),
        command=command,
        excel=recorded.flag("excel"),
        phase=recorded.phase(),
        unit=recorded.unit(),
        depth=recorded.take("depth", int),
        campaign=recorded.one("campaign", [each.id for each in config.campaigns]),
        basis=recorded.bases(),
        since=recorded.day("since"),
        pace=recorded.flag("pace"),
        rank=recorded.flag("rank"),
        selection=Selection(
            frozenset(recorded.several("only", STATUSES)),
            recorded.one("sort", SORT_KEYS) or EVERYTHING.sort,
            recorded.flag("reverse"),
            recorded.take("top", int),
        ),
        by=recorded.take("by", str),
        least=percent,
        before=before,
        claims=claims,
        template=template,
    )


def order_for(order: Order, kind: Kind) -> Order:
    """The same order for another format: what only one format can hold is left out of the others."""
    return replace(
        order,
        format=kind,
        excel=order.excel and kind == "csv",
        template=order.template if kind == "docx" else None,
        rank=order.rank or kind == "xlsx",  # the table that offices hand in has a column of places
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What was counted, and what of it is to be delivered."""

    config: Config
    counted: Counted  # before anything was left out
    shown: Shown
    order: Order

    @property
    def report(self) -> Report:
        """The report that is shown."""
        return self.shown.report


def answer(order: Order, config: Config, counted: Counted) -> Answer:
    """What is ordered, of what was counted with this quota file (on the first of the bases)."""
    before = order.before
    earlier = None if before is None else before.report
    shown = view(counted, _view(order, config), earlier, None if before is None else before.ledger)
    if order.least is not None:
        from sangkien_cli.report import falling_short

        shown = replace(shown, report=falling_short(shown.report, order.least, order.phase))
    return Answer(config, counted, shown, order)


def in_format(found: Answer, kind: Kind) -> Answer:
    """The same answer in another format."""
    order = order_for(found.order, kind)
    if _view(order, found.config) == _view(found.order, found.config):
        return replace(found, order=order)
    return answer(order, found.config, found.counted)


def _view(order: Order, config: Config) -> View:
    return View(
        phase=order.phase,
        unit=order.unit,
        depth=order.depth,
        campaign=next((each for each in config.campaigns if each.id == order.campaign), None),
        bases=on_bases(config, order.basis)[1],
        rank=order.rank,
        selection=order.selection,
        by=order.by,
        claims=() if order.claims is None else order.claims.claims,
    )


def origin(answer: Answer, ledger: Mapping[str, object] | None = None) -> Origin:
    """How the answer's document came about."""
    found = origin_of(answer.order.command, answer.order.options, answer.report, answer.counted.judged.exports)
    return replace(found, ledger=ledger)


def written(answer: Answer, origin: Origin, name: str) -> bytes:
    """The report as it is ordered, for a file of this name."""
    order = answer.order
    if order.format in get_args(Plain):
        return document(answer, origin).encode()
    counted = answer.counted
    made = Made(answer.report, counted.report, counted.judged, laid_out(answer), order.lang, in_one_line(origin, name))
    match order.format:
        case "html":
            from sangkien_cli.render.report_html import render_report_html

            return render_report_html(made).encode()
        case "md":
            from sangkien_cli.render.report_md import render_report_md

            return render_report_md(made).encode()
        case "xlsx":
            from sangkien_cli.render.report_xlsx import render_report_xlsx

            return render_report_xlsx(made)
        case "docx":
            from sangkien_cli.render.report_docx import render_report_docx, render_template

            return render_report_docx(made) if order.template is None else render_template(made, order.template)
        case "svg" | "png":
            from sangkien_cli.render.bars import draw_bars

            return draw_bars(made, order.format)
    raise AssertionError(order.format)


def laid_out(answer: Answer) -> Sheet:
    """The grid that text and all documents for people share."""
    from sangkien_cli.tables import lay_out, lay_out_shortfall

    order = answer.order
    if order.least is not None:
        return lay_out_shortfall(answer.report, order.least, order.lang)
    return lay_out(answer.report, order.lang, _layout(answer))


def document(answer: Answer, origin: Origin, page: Page | None = None) -> str:
    """The report as text, CSV or JSON; `page` is what a terminal can show."""
    order, found = answer.order, answer.shown.breakdown
    if found is not None:
        return _breakdown(answer, found, origin, page)
    match order.format:
        case "json":
            from sangkien_cli.render.json import render_json

            return render_json(answer.report, _further(answer, origin.ledger), origin)
        case "csv":
            from sangkien_cli.render.csv import render_csv

            further, how = _further(answer, None), dialect(order.lang, excel=order.excel)
            return render_csv(answer.report, how, further, pace=order.pace)
    from sangkien_cli.render.text import PLAIN, render_text

    return render_text(laid_out(answer), order.lang, page or PLAIN)


def _breakdown(answer: Answer, found: Breakdown, origin: Origin, page: Page | None) -> str:
    from sangkien_cli.render import breakdown as render
    from sangkien_cli.render.text import PLAIN

    order = answer.order
    match order.format:
        case "json":
            return render.render_breakdown_json(found, answer.report, origin)
        case "csv":
            return render.render_breakdown_csv(found, dialect(order.lang, excel=order.excel))
    return render.render_breakdown_text(found, answer.report, order.lang, page or PLAIN)


def _layout(answer: Answer) -> Layout:
    """How the report is laid out for people."""
    from sangkien_cli.tables import Layout

    order, comparison = answer.order, answer.shown.comparison
    advice = order.format in get_args(Plain)
    tree = Layout(as_tree=not order.selection.is_list, pace=order.pace, advice=advice)
    if published := answer.shown.published:
        tree = replace(tree, below=lambda each: _published(published.get((each.unit.id, each.phase), ()), order.lang))
    if comparison is None:
        return tree
    from sangkien_cli.render.compare import change_columns, comparison_passages

    columns = change_columns(comparison, order.lang)
    return replace(tree, columns=columns, passages=tuple(comparison_passages(comparison, order.lang)))


def _published(findings: Sequence[Finding], lang: Lang) -> tuple[str, ...]:
    """The published figures of a line, in words."""
    from sangkien_cli.tables import published_line

    return tuple(published_line(finding, lang) for finding in findings)


def _further(answer: Answer, ledger: Mapping[str, object] | None) -> Further:
    """What JSON and CSV hold beside the figures."""
    from sangkien_cli.render.json import Further

    order, selection = answer.order, answer.order.selection
    narrowed = {
        "unit": order.unit,
        "depth": order.depth,
        "only": sorted(selection.only) or None,
        "sort": None if selection.sort == EVERYTHING.sort else selection.sort,
        "top": selection.top,
    }
    left_out = {name: value for name, value in narrowed.items() if value is not None}
    whole: dict[str, object] = {"narrowed": left_out} if left_out else {}  # a later --compare needs all units, in order
    whole |= {} if ledger is None else {"ledger": ledger}
    comparison = answer.shown.comparison
    if comparison is not None:
        from sangkien_cli.render.compare import comparison_json

        whole["compared"] = comparison_json(comparison)
    return Further(whole, lambda each: _beside(answer, each))


def _beside(answer: Answer, each: Attainment) -> Mapping[str, object]:
    """What stands beside a line's figures: what changed since an earlier report, what was published."""
    shown = answer.shown
    beside: dict[str, object] = {}
    if shown.comparison is not None:
        from sangkien_cli.render.compare import change_json

        beside["change"] = change_json(shown.comparison.changes[each.unit.id, each.phase])
    if findings := shown.published.get((each.unit.id, each.phase)):
        from sangkien_cli.render.audit import beside_columns, beside_entry

        beside["published"] = beside_columns(findings) if answer.order.format == "csv" else beside_entry(findings)
    return beside


def ledger_bytes(answer: Answer, ending: str) -> bytes:
    """Every row with its verdict, in the format of a file with this ending."""
    from sangkien_cli.ledger import ledger
    from sangkien_cli.render.ledger import render_ledger_csv, render_ledger_parquet

    table = ledger(answer.counted.judged, answer.config)
    if ending.lower() == ".parquet":
        return render_ledger_parquet(table)
    return render_ledger_csv(table, dialect(answer.order.lang, excel=answer.order.excel))

"""What `report`, `check` and `demo` have in common: counting what was asked for, and delivering it."""

from __future__ import annotations

import gc
import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sangkien_cli.cli import options
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.reading import counted
from sangkien_cli.errors import Note
from sangkien_cli.lang import Lang, say
from sangkien_cli.render.files import check_outputs, write_outputs

if TYPE_CHECKING:
    from sangkien_cli.breakdown import Breakdown
    from sangkien_cli.compare import Comparison, Earlier
    from sangkien_cli.judge import Judged
    from sangkien_cli.lists import Selection
    from sangkien_cli.model import Basis, Config, Report
    from sangkien_cli.pipeline import Counted
    from sangkien_cli.render.csv import Dialect
    from sangkien_cli.render.json import Further
    from sangkien_cli.render.text import Page
    from sangkien_cli.sheets.limits import Access
    from sangkien_cli.tables import Layout

Kind = Literal["text", "csv", "json"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_LEDGERS = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Request:
    """The options as typed."""

    config: str | None = None
    exports: list[str] | None = None
    as_of: str | None = None
    phase: str | None = None
    unit: str | None = None
    depth: str | None = None
    format: str | None = None
    output: str | None = None
    excel: bool = False
    ledger: str | None = None
    strict: bool = False
    limit: list[str] | None = None
    password_env: str | None = None
    lang: str | None = None
    basis: list[str] | None = None
    since: str | None = None
    campaign: str | None = None
    pace: bool = False
    rank: bool = False
    only: list[str] | None = None
    sort: str | None = None
    reverse: bool = False
    top: str | None = None
    by: str | None = None
    compare: str | None = None
    compare_ledger: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was counted, and what of it is to be delivered."""

    config: Config
    judged: Judged
    shown: Report
    lang: Lang
    kind: Kind
    request: Request
    selection: Selection
    least: Fraction | None = None  # of `check`: the percent that the units shown fall short of
    comparison: Comparison | None = None
    breakdown: Breakdown | None = None


def obtain(request: Request) -> Answer:
    """Everything checked that can be, then everything counted. Raises SangkienError."""
    lang = options.language(request.lang)
    as_of = options.day("--as-of", request.as_of)
    since = options.day("--since", request.since)
    depth = None if request.depth is None else options.whole_number("--depth", request.depth, "1")
    selection = _selection(request)
    kind = options.table_format(request.format, request.output, _KINDS, (), "csv", excel=request.excel)
    if request.ledger and Path(request.ledger).suffix.lower() not in _LEDGERS:
        raise options.fail("--ledger", "option.ledger", text=request.ledger, endings=_LEDGERS)
    _refuse_together(request)
    check_outputs(_outputs(request))
    access = options.access(request.limit, request.password_env)
    earlier = _earlier(request)
    if earlier is not None:
        named = [Path(request.compare_ledger)] if request.compare_ledger else []
        check_outputs(_outputs(request), [*earlier.files, *named])
    config, beside = options.on_bases(options.quota_file(request.config, access), request.basis)
    gc.freeze()  # the tree stays to the end: nothing in it is to be looked through again
    unit = options.unit_id(request.unit, config)
    result = _count(request, config, as_of, since, access)
    narrowing = _Narrowing(options.phase_id(request.phase, config), unit, depth, beside)
    return _answer(request, config, result, narrowing, selection, kind, lang, earlier)


@dataclass(frozen=True, slots=True)
class _Narrowing:
    phase: str | None
    unit: str | None
    depth: int | None
    beside: tuple[Basis, ...]


def _count(request: Request, config: Config, as_of: date | None, since: date | None, access: Access) -> Counted:
    options.phase_id(request.phase, config)
    options.campaign(request.campaign, config)
    if request.by is not None:
        from sangkien_cli.breakdown import checked

        checked(request.by, config)
    return counted(config, request.exports, as_of, _outputs(request), access, since)


def _answer(
    request: Request,
    config: Config,
    result: Counted,
    narrowing: _Narrowing,
    selection: Selection,
    kind: Kind,
    lang: Lang,
    earlier: Earlier | None,
) -> Answer:
    from sangkien_cli.lists import ranked, select
    from sangkien_cli.report import beside, narrow

    report, comparison, breakdown = result.report, None, None
    if request.by is not None:
        from sangkien_cli.breakdown import breakdown as divide

        breakdown = divide(result.judged, config, request.by, narrowing.unit, narrowing.phase, report.as_of)
    if earlier is not None:
        from sangkien_cli.compare import compare, read_ledger

        named = Path(request.compare_ledger) if request.compare_ledger else None
        notes: list[Note] = []
        then = read_ledger(earlier, named, notes)
        for note in notes:
            options.say_aside(note.what, note.place)
        comparison = compare(earlier, report, result.judged, then)
    if narrowing.beside:
        report = beside(report, narrowing.beside)
    if (campaign := options.campaign(request.campaign, config)) is not None:
        from sangkien_cli.campaigns import of_campaign

        report = of_campaign(report, result.judged, campaign)
    if request.rank or selection.is_list:
        report = ranked(report)
    shown = select(narrow(report, narrowing.phase, narrowing.unit, narrowing.depth), selection, narrowing.phase)
    if comparison is not None:
        from sangkien_cli.compare import within

        comparison = within(comparison, shown)
    lang = options.language(request.lang, config.lang)
    return Answer(
        config, result.judged, shown, lang, kind, request, selection, comparison=comparison, breakdown=breakdown
    )


def _earlier(request: Request) -> Earlier | None:
    if request.compare is None:
        return None
    from sangkien_cli.compare import read_earlier

    return read_earlier(Path(request.compare))


def _selection(request: Request) -> Selection:
    from sangkien_cli.lists import SORT_KEYS, STATUSES, Selection

    only = options.choices("--only", request.only, STATUSES)
    sort = options.choices("--sort", [request.sort] if request.sort else None, SORT_KEYS)
    top = None if request.top is None else options.whole_number("--top", request.top, "10", least=1)
    return Selection(frozenset(only), sort[0] if sort else "tree", request.reverse, top)


# Options that speak of other things than each other, and so cannot be asked for in one report.
_APART = (
    ("--campaign", ("--phase", "--compare", "--by")),
    ("--by", ("--compare", "--only", "--sort", "--top", "--rank", "--pace", "--since", "--depth", "--reverse")),
    ("--compare", ("--only", "--top")),
    ("--compare-ledger", ()),
)


def _refuse_together(request: Request) -> None:
    """Raise SangkienError for options of which one would be passed over in silence."""
    typed = {
        f"--{name.replace('_', '-')}" for name in Request.__slots__ if getattr(request, name) not in (None, False, [])
    }
    for option, others in _APART:
        if option in typed and (clash := [other for other in others if other in typed]):
            raise options.fail(option, "option.apart", other=clash[0])
    if "--compare-ledger" in typed and "--compare" not in typed:
        raise options.fail("--compare-ledger", "option.needs", other="--compare")


def deliver(request: Request, answer: Answer) -> int:
    """Print or write the report and the ledger; the exit code, but for the answer of `check`."""
    outputs: dict[Path, bytes] = {}
    if request.ledger:
        outputs[Path(request.ledger)] = _ledger(answer, Path(request.ledger), excel=request.excel)
    target = options.target(request.output)
    if target is not None:
        outputs[target] = _document(answer, named_ledger(target, outputs)).encode()
    write_outputs(outputs)
    if target is None:
        _print(answer)
    problems = sum(rows for reason, rows in answer.shown.rows.set_aside.items() if reason.is_data_problem)
    if request.strict and problems:
        options.say_aside(say("rows.strict", rows=problems))
        return 3
    return 0


def _outputs(request: Request) -> list[Path]:
    return [Path(path) for path in (request.output, request.ledger) if path and path != "-"]


def _document(answer: Answer, ledger: Mapping[str, object] | None = None, page: Page | None = None) -> str:
    if answer.breakdown is not None:
        return _breakdown(answer, answer.breakdown, page)
    excel = answer.request.excel
    match answer.kind:
        case "json":
            from sangkien_cli.render.json import render_json

            return render_json(answer.shown, _further(answer, ledger))
        case "csv":
            from sangkien_cli.render.csv import render_csv

            further = _further(answer, None)
            return render_csv(answer.shown, _dialect(answer, excel=excel), further, pace=answer.request.pace)
        case "text":
            from sangkien_cli.render.text import PLAIN, render_text
            from sangkien_cli.tables import lay_out, lay_out_shortfall

            lang, least = answer.lang, answer.least
            if least is not None:
                return render_text(lay_out_shortfall(answer.shown, least, lang), lang, page or PLAIN)
            return render_text(lay_out(answer.shown, lang, _layout(answer)), lang, page or PLAIN)


def _breakdown(answer: Answer, found: Breakdown, page: Page | None) -> str:
    from sangkien_cli.render import breakdown as render
    from sangkien_cli.render.text import PLAIN

    match answer.kind:
        case "json":
            return render.render_breakdown_json(found, answer.shown)
        case "csv":
            return render.render_breakdown_csv(found, _dialect(answer, excel=answer.request.excel))
        case "text":
            return render.render_breakdown_text(found, answer.shown, answer.lang, page or PLAIN)


def _layout(answer: Answer) -> Layout:
    """How the report is laid out for people."""
    from sangkien_cli.tables import Layout

    selection, comparison = answer.selection, answer.comparison
    tree = Layout(as_tree=not selection.is_list, pace=answer.request.pace, only=selection.only)
    if comparison is None:
        return tree
    from sangkien_cli.render.compare import change_columns, comparison_passages

    columns = change_columns(comparison, answer.lang)
    return replace(tree, columns=columns, passages=tuple(comparison_passages(comparison, answer.lang)))


def _further(answer: Answer, ledger: Mapping[str, object] | None) -> Further:
    """What JSON and CSV hold beside the figures."""
    from sangkien_cli.render.json import Further

    whole = {} if ledger is None else {"ledger": ledger}
    comparison = answer.comparison
    if comparison is None:
        return Further(whole)
    from sangkien_cli.render.compare import change_json, comparison_json

    return Further(
        {**whole, "compared": comparison_json(comparison)},
        lambda each: {"change": change_json(comparison.changes[each.unit.id, each.phase])},
    )


def named_ledger(report: Path, written: Mapping[Path, bytes]) -> Mapping[str, object] | None:
    """The ledger that is written beside a report, as the report names it: a later `--compare` finds it."""
    if not written:
        return None
    (ledger, data), *_ = written.items()
    path = Path(os.path.relpath(ledger.resolve(), report.resolve().parent)).as_posix()
    return {"path": path, "sha256": hashlib.sha256(data).hexdigest()}


def _print(answer: Answer) -> None:
    """On a terminal with colours and tree lines; bytes as they are for machines."""
    if answer.kind == "text":
        nothing = not answer.shown.attainments and not answer.shown.targets
        if answer.least is not None and nothing and not sys.stdout.isatty():
            return  # cron mails whatever is printed
        sys.stdout.write(_document(answer, page=page()))
        return
    put_out(_document(answer).encode())


def _ledger(answer: Answer, path: Path, *, excel: bool) -> bytes:
    from sangkien_cli.ledger import ledger
    from sangkien_cli.render.ledger import render_ledger_csv, render_ledger_parquet

    table = ledger(answer.judged, answer.config)
    if path.suffix.lower() == ".parquet":
        return render_ledger_parquet(table)
    return render_ledger_csv(table, _dialect(answer, excel=excel))


def _dialect(answer: Answer, *, excel: bool) -> Dialect:
    from sangkien_cli.render.csv import PLAIN, excel_dialect

    return excel_dialect(answer.lang) if excel else PLAIN

"""What `report`, `check` and `demo` have in common: counting what was asked for, and delivering it."""

from __future__ import annotations

import gc
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    import pandas as pd

    from sangkien_cli.breakdown import Breakdown
    from sangkien_cli.compare import Earlier
    from sangkien_cli.judge import Judged
    from sangkien_cli.lists import Selection
    from sangkien_cli.model import Basis, Config, Report
    from sangkien_cli.render.csv import Dialect
    from sangkien_cli.render.json import Further
    from sangkien_cli.render.text import Page
    from sangkien_cli.tables import Layout
    from sangkien_cli.views import Shown, View

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
    shown: Shown
    lang: Lang
    kind: Kind
    request: Request
    selection: Selection
    least: Fraction | None = None  # of `check`: the percent that the units shown fall short of

    @property
    def report(self) -> Report:
        """The report that is shown."""
        return self.shown.report


def obtain(request: Request) -> Answer:
    """Everything checked that can be, then everything counted. Raises SangkienError."""
    options.language(request.lang)
    as_of, since = options.day("--as-of", request.as_of), options.day("--since", request.since)
    depth = None if request.depth is None else options.whole_number("--depth", request.depth, "1")
    selection = _selection(request)
    kind = options.table_format(request.format, request.output, _KINDS, (), "csv", excel=request.excel)
    if request.ledger and Path(request.ledger).suffix.lower() not in _LEDGERS:
        raise options.fail("--ledger", "option.ledger", text=request.ledger, endings=_LEDGERS)
    _refuse_together(request)
    outputs = [Path(path) for path in (request.output, request.ledger) if path and path != "-"]
    check_outputs(outputs)
    access = options.access(request.limit, request.password_env)
    earlier = _earlier(request, outputs)
    config, bases = options.on_bases(options.quota_file(request.config, access), request.basis)
    gc.freeze()  # the tree stays to the end: nothing in it is to be looked through again
    wanted = _view(request, config, bases, depth, selection)
    result = counted(config, request.exports, as_of, outputs, access, since)
    _warn(request, result.report)
    from sangkien_cli.views import view

    then = None if earlier is None else _ledger_of(earlier, request.compare_ledger)
    shown = view(result, wanted, earlier, then)
    lang = options.language(request.lang, config.lang)
    return Answer(config, result.judged, shown, lang, kind, request, selection)


def _view(request: Request, config: Config, bases: tuple[Basis, ...], depth: int | None, selection: Selection) -> View:
    from sangkien_cli.views import View

    if request.by is not None:
        from sangkien_cli.breakdown import checked

        checked(request.by, config)
    return View(
        phase=options.phase_id(request.phase, config),
        unit=options.unit_id(request.unit, config),
        depth=depth,
        campaign=options.campaign(request.campaign, config),
        bases=bases,
        rank=request.rank,
        selection=selection,
        by=request.by,
    )


def _warn(request: Request, report: Report) -> None:
    """What was asked for and cannot show anything."""
    if report.since is not None and report.since > report.as_of:
        raise options.fail("--since", "option.since_late", since=report.since, as_of=report.as_of)
    if request.pace and not any(each.pace for each in report.attainments):
        options.say_aside(say("option.no_pace", as_of=report.as_of), "--pace")


def _earlier(request: Request, outputs: Sequence[Path]) -> Earlier | None:
    if request.compare is None:
        return None
    from sangkien_cli.compare import read_earlier

    earlier = read_earlier(Path(request.compare))
    named = [Path(request.compare_ledger)] if request.compare_ledger else []
    check_outputs(outputs, [*earlier.files, *named])
    return earlier


def _ledger_of(earlier: Earlier, named: str | None) -> pd.DataFrame | None:
    """The ledger of an earlier report, what is worth knowing of it said."""
    from sangkien_cli.compare import read_ledger

    notes: list[Note] = []
    found = read_ledger(earlier, Path(named) if named else None, notes)
    for note in notes:
        options.say_aside(note.what, note.place)
    return found


def _selection(request: Request) -> Selection:
    from sangkien_cli.lists import SORT_KEYS, STATUSES, Selection

    only = options.choices("--only", request.only, STATUSES)
    sort = options.choice("--sort", request.sort or "tree", SORT_KEYS)
    top = None if request.top is None else options.whole_number("--top", request.top, "10", least=1)
    return Selection(frozenset(only), sort, request.reverse, top)


# Options that speak of other things than each other, and so cannot be asked for in one report.
_APART = (
    ("--campaign", ("--phase", "--compare", "--by")),
    (
        "--by",
        ("--compare", "--only", "--sort", "--top", "--rank", "--pace", "--since", "--depth", "--reverse", "--basis"),
    ),
    ("--compare", ("--only", "--top")),
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
    problems = sum(rows for reason, rows in answer.report.rows.set_aside.items() if reason.is_data_problem)
    if request.strict and problems:
        options.say_aside(say("rows.strict", rows=problems))
        return 3
    return 0


def _document(answer: Answer, ledger: Mapping[str, object] | None = None, page: Page | None = None) -> str:
    if answer.shown.breakdown is not None:
        return _breakdown(answer, answer.shown.breakdown, page)
    excel = answer.request.excel
    match answer.kind:
        case "json":
            from sangkien_cli.render.json import render_json

            return render_json(answer.report, _further(answer, ledger))
        case "csv":
            from sangkien_cli.render.csv import render_csv

            further = _further(answer, None)
            return render_csv(answer.report, _dialect(answer, excel=excel), further, pace=answer.request.pace)
        case "text":
            from sangkien_cli.render.text import PLAIN, render_text
            from sangkien_cli.tables import lay_out, lay_out_shortfall

            lang, least = answer.lang, answer.least
            if least is not None:
                return render_text(lay_out_shortfall(answer.report, least, lang), lang, page or PLAIN)
            return render_text(lay_out(answer.report, lang, _layout(answer)), lang, page or PLAIN)


def _breakdown(answer: Answer, found: Breakdown, page: Page | None) -> str:
    from sangkien_cli.render import breakdown as render
    from sangkien_cli.render.text import PLAIN

    match answer.kind:
        case "json":
            return render.render_breakdown_json(found, answer.report)
        case "csv":
            return render.render_breakdown_csv(found, _dialect(answer, excel=answer.request.excel))
        case "text":
            return render.render_breakdown_text(found, answer.report, answer.lang, page or PLAIN)


def _layout(answer: Answer) -> Layout:
    """How the report is laid out for people."""
    from sangkien_cli.tables import Layout

    selection, comparison = answer.selection, answer.shown.comparison
    tree = Layout(as_tree=not selection.is_list, pace=answer.request.pace)
    if comparison is None:
        return tree
    from sangkien_cli.render.compare import change_columns, comparison_passages

    columns = change_columns(comparison, answer.lang)
    return replace(tree, columns=columns, passages=tuple(comparison_passages(comparison, answer.lang)))


def _further(answer: Answer, ledger: Mapping[str, object] | None) -> Further:
    """What JSON and CSV hold beside the figures."""
    from sangkien_cli.render.json import Further

    request = answer.request
    narrowed = {
        "unit": request.unit,
        "depth": None if request.depth is None else int(request.depth),
        "only": sorted(answer.selection.only) or None,
        "sort": request.sort,
        "top": answer.selection.top,
    }
    left_out = {name: value for name, value in narrowed.items() if value is not None}
    whole: dict[str, object] = {"narrowed": left_out} if left_out else {}  # a later --compare needs all units, in order
    whole |= {} if ledger is None else {"ledger": ledger}
    comparison = answer.shown.comparison
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
    try:
        path = Path(os.path.relpath(ledger.resolve(), report.resolve().parent)).as_posix()
    except ValueError:  # on another drive of Windows
        return None
    return {"path": path, "sha256": hashlib.sha256(data).hexdigest()}


def _print(answer: Answer) -> None:
    """On a terminal with colours and tree lines; bytes as they are for machines."""
    if answer.kind == "text":
        nothing = not answer.report.attainments and not answer.report.targets
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

"""What `report`, `check` and `demo` have in common: counting what was asked for, and delivering it."""

from __future__ import annotations

import gc
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sangkien_cli.cli import options
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.reading import counted
from sangkien_cli.cli.writing import write_outputs
from sangkien_cli.errors import Note, Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.render.files import check_outputs

if TYPE_CHECKING:
    from sangkien_cli.claims import ClaimsFile
    from sangkien_cli.compare import Earlier
    from sangkien_cli.documents.report import Answer, Before, Kind
    from sangkien_cli.lists import Selection
    from sangkien_cli.model import Report
    from sangkien_cli.sheets.limits import Access

_PLAIN: tuple[Kind, ...] = ("text", "csv", "json")
_PRINTED: tuple[Kind, ...] = (*_PLAIN, "html", "md")
_WRITTEN: tuple[Kind, ...] = ("xlsx", "docx", "svg", "png")
_IMAGES = ("svg", "png")
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
    output: list[str] | None = None
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
    claims: str | None = None
    template: str | None = None


def obtain(request: Request, command: Literal["report", "check"] = "report", least: Fraction | None = None) -> Answer:
    """Everything checked that can be, then everything counted. `least` is the percent of `check`.

    Raises SangkienError.
    """
    options.language(request.lang)
    as_of, since = options.day("--as-of", request.as_of), options.day("--since", request.since)
    depth = None if request.depth is None else options.whole_number("--depth", request.depth, "1")
    selection = _selection(request)
    wanted = _wanted(request, command)
    if request.ledger and Path(request.ledger).suffix.lower() not in _LEDGERS:
        raise options.fail("--ledger", "option.ledger", text=request.ledger, endings=_LEDGERS)
    _refuse_together(request)
    if request.by is not None and any(kind not in _PLAIN for kind in wanted.values()):
        raise options.fail("--by", "option.by_format", formats=_PLAIN)
    template = _template(request, wanted)
    outputs = _outputs(request, wanted)
    check_outputs(outputs, [] if template is None else [template])
    access = options.access(request.limit, request.password_env)
    earlier = _earlier(request, outputs)
    claims = _claims(request, outputs, access)
    config, bases = options.on_bases(options.quota_file(request.config, access), request.basis)
    gc.freeze()  # the tree stays to the end: nothing in it is to be looked through again
    phase, unit = options.phase_id(request.phase, config), options.unit_id(request.unit, config)
    campaign = options.campaign(request.campaign, config)
    if request.by is not None:
        from sangkien_cli.breakdown import checked

        checked(request.by, config)
    result = counted(config, request.exports, as_of, outputs, access, since)
    _warn(request, result.report)
    from sangkien_cli.documents.report import Order, answer, order_for

    order = Order(
        format=next(iter(wanted.values())),
        lang=options.language(request.lang, config.lang),
        command=command,
        excel=request.excel,
        phase=phase,
        unit=unit,
        depth=depth,
        campaign=None if campaign is None else campaign.id,
        basis=() if request.basis is None else (str(config.basis), *(basis.id for basis in bases)),
        since=since,
        pace=request.pace,
        rank=request.rank,
        selection=selection,
        by=request.by,
        least=least,
        before=None if earlier is None else _before(earlier, request.compare_ledger),
        claims=claims,
        template=template,
    )
    found = answer(order_for(order, order.format) if len(wanted) == 1 else order, config, result)
    if elsewhere := found.shown.elsewhere:
        options.say_aside(say("published.elsewhere", claims=elsewhere, day=result.report.as_of), str(request.claims))
    return found


def _claims(request: Request, outputs: Sequence[Path], access: Access) -> ClaimsFile | None:
    """The published figures that are to stand beside ours."""
    if request.claims is None:
        return None
    from sangkien_cli.claims import read_claims

    path = Path(request.claims)
    check_outputs(outputs, [path])
    return read_claims(path, access)


def _wanted(request: Request, command: str) -> dict[Path | None, Kind]:
    """The format of each file that is asked for; None = standard output."""
    printed, written = (_PLAIN, ()) if command == "check" else (_PRINTED, _WRITTEN)
    typed = list(dict.fromkeys(request.output or ["-"]))
    if len(typed) > 1 and (request.format is not None or "-" in typed):
        raise options.fail("--output", "option.outputs")
    found: dict[Path | None, Kind] = {}
    any_csv = any(each.lower().endswith(".csv") for each in typed)
    for each in typed:
        # Of several files --excel is for those that it can be for; there must be one.
        excel = request.excel and (not any_csv or each.lower().endswith(".csv"))
        kind = options.table_format(request.format, each, printed, written, "csv", excel=excel)
        found[options.target(each)] = kind
        if kind in _IMAGES:
            from sangkien_cli.render.chart import check_charts

            check_charts(each)
    return found


def _template(request: Request, wanted: Mapping[Path | None, Kind]) -> Path | None:
    """The user's own document, which only a document of its kind can be filled from."""
    if request.template is None:
        return None
    if "docx" not in wanted.values():
        raise options.fail("--template", "option.template")
    path = Path(request.template)
    if not path.is_file():
        raise SangkienError(Problem(str(path), say("docx.template.missing"), say("docx.template.missing.fix")))
    return path


def _outputs(request: Request, wanted: Mapping[Path | None, Kind]) -> list[Path]:
    """Every file that is going to be written."""
    from sangkien_cli.render.origin import files_for

    ledger = [Path(request.ledger)] if request.ledger else []
    return [*(file for path, kind in wanted.items() if path is not None for file in files_for(path, kind)), *ledger]


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


def _before(earlier: Earlier, named: str | None) -> Before:
    """An earlier report with its ledger, what is worth knowing of it said."""
    from sangkien_cli.documents.report import before_of

    notes: list[Note] = []
    found = before_of(earlier, Path(named) if named else None, notes)
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
        (
            "--compare",
            "--only",
            "--sort",
            "--top",
            "--rank",
            "--pace",
            "--since",
            "--depth",
            "--reverse",
            "--basis",
            "--claims",
        ),
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
    from sangkien_cli.documents.report import in_format, ledger_bytes, origin, written
    from sangkien_cli.render.origin import with_origin

    outputs: dict[Path, bytes] = {}
    if request.ledger:
        ledger = Path(request.ledger)
        outputs[ledger] = ledger_bytes(answer, ledger.suffix)
    ledgers = dict(outputs)
    wanted = _wanted(request, answer.order.command)
    for target, kind in wanted.items():
        if target is not None:
            one = in_format(answer, kind)
            of = origin(one, named_ledger(target, ledgers))
            outputs |= with_origin(target, written(one, of, target.name), of)
    write_outputs(outputs)
    if None in wanted:
        _print(answer)
    problems = sum(rows for reason, rows in answer.report.rows.set_aside.items() if reason.is_data_problem)
    if request.strict and problems:
        options.say_aside(say("rows.strict", rows=problems))
        return 3
    return 0


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
    from sangkien_cli.documents.report import document, origin, written

    if answer.order.format == "text":
        nothing = not answer.report.attainments and not answer.report.targets
        if answer.order.least is not None and nothing and not sys.stdout.isatty():
            return  # cron mails whatever is printed
        sys.stdout.write(document(answer, origin(answer), page()))
        return
    put_out(written(answer, origin(answer), ""))

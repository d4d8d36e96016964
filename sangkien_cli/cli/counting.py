"""What `report`, `check` and `demo` have in common: counting what was asked for, and delivering it."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sangkien_cli.cli import options
from sangkien_cli.cli.reading import ReadingBar
from sangkien_cli.lang import Lang, say
from sangkien_cli.render.files import check_outputs, write_outputs

if TYPE_CHECKING:
    from sangkien_cli.judge import Judged
    from sangkien_cli.model import Config, Report
    from sangkien_cli.render.csv import Dialect
    from sangkien_cli.render.text import Page
    from sangkien_cli.sheets.limits import Access

Kind = Literal["text", "csv", "json"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_LEDGERS = (".csv", ".parquet")
_WIDEST = 120  # columns: beyond that the eye loses the line


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What was counted, and what of it is to be delivered."""

    config: Config
    judged: Judged
    shown: Report
    lang: Lang
    kind: Kind
    least: Fraction | None = None  # of `check`: the percent that the units shown fall short of


def obtain(request: Request) -> Answer:
    """Everything checked that can be, then everything counted. Raises SangkienError."""
    lang = options.language(request.lang)
    as_of = options.as_of_date(request.as_of)
    depth = None if request.depth is None else options.whole_number("--depth", request.depth, "1")
    kind = _kind(request)
    if request.ledger and Path(request.ledger).suffix.lower() not in _LEDGERS:
        raise options.fail("--ledger", "option.ledger", text=request.ledger, endings=_LEDGERS)
    check_outputs(_outputs(request))
    access = options.access(request.limit, request.password_env)
    return _count(request, as_of, depth, kind, lang, access)


def _count(request: Request, as_of: date | None, depth: int | None, kind: Kind, lang: Lang, access: Access) -> Answer:
    config = options.quota_file(request.config, access)
    gc.freeze()  # the tree stays to the end: nothing in it is to be looked through again
    phase = options.phase_id(request.phase, config)
    unit = options.unit_id(request.unit, config)
    from sangkien_cli.exports import export_paths
    from sangkien_cli.pipeline import count
    from sangkien_cli.report import narrow

    check_outputs(_outputs(request), [*config.made_of, *export_paths(config, request.exports)])
    with ReadingBar() as bar:
        result = count(config, request.exports, as_of, bar.tell, access)
    for note in result.notes:
        options.say_aside(note.what, note.place)
    shown = narrow(result.report, phase, unit, depth)
    return Answer(config, result.judged, shown, options.language(request.lang, config.lang), kind)


def deliver(request: Request, answer: Answer) -> int:
    """Print or write the report and the ledger; the exit code, but for the answer of `check`."""
    outputs: dict[Path, bytes] = {}
    if request.ledger:
        outputs[Path(request.ledger)] = _ledger(answer, Path(request.ledger), excel=request.excel)
    if request.output and request.output != "-":
        outputs[Path(request.output)] = _document(answer, excel=request.excel).encode()
        write_outputs(outputs)
    else:
        write_outputs(outputs)
        _print(answer, excel=request.excel)
    problems = sum(rows for reason, rows in answer.shown.rows.set_aside.items() if reason.is_data_problem)
    if request.strict and problems:
        options.say_aside(say("rows.strict", rows=problems))
        return 3
    return 0


def _outputs(request: Request) -> list[Path]:
    return [Path(path) for path in (request.output, request.ledger) if path and path != "-"]


def _kind(request: Request) -> Kind:
    """The format asked for. `--excel` is for CSV, and means it where nothing else is said."""
    if request.excel and request.format is None and options.target(request.output) is None:
        return "csv"
    kind = options.document_format(request.format, request.output, _KINDS)
    if request.excel and kind != "csv":
        raise options.fail("--excel", "option.excel", format=kind)
    return kind


def _document(answer: Answer, *, excel: bool, page: Page | None = None) -> str:
    match answer.kind:
        case "json":
            from sangkien_cli.render.json import render_json

            return render_json(answer.shown)
        case "csv":
            from sangkien_cli.render.csv import render_csv

            return render_csv(answer.shown, _dialect(answer, excel=excel))
        case "text":
            from sangkien_cli.render.text import PLAIN, render_text
            from sangkien_cli.tables import lay_out, lay_out_shortfall

            lang, least = answer.lang, answer.least
            sheet = lay_out(answer.shown, lang) if least is None else lay_out_shortfall(answer.shown, least, lang)
            return render_text(sheet, lang, page or PLAIN)


def _print(answer: Answer, *, excel: bool) -> None:
    """On a terminal with colours and tree lines; bytes as they are for machines."""
    if answer.kind == "text":
        if answer.least is not None and not answer.shown.attainments and not sys.stdout.isatty():
            return  # cron mails whatever is printed
        sys.stdout.write(_document(answer, excel=excel, page=_page()))
        return
    sys.stdout.flush()
    text = _document(answer, excel=excel)
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(text.encode())
    else:
        sys.stdout.write(text)


def _page() -> Page:
    """What standard output can show."""
    from rich.console import Console

    from sangkien_cli.render.text import PLAIN, Page

    console = Console()
    if not console.is_terminal or console.is_dumb_terminal:
        return PLAIN
    page = Page(width=min(console.width, _WIDEST), drawing=_can_draw(), colour=console.color_system is not None)
    return replace(page, colour=page.colour and not console.no_color and not console.legacy_windows)


def _can_draw() -> bool:
    try:
        "├█░".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


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

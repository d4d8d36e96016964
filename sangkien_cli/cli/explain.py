"""`sangkien explain`: a figure taken apart down to its rows, or the story of one submission."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.reading import counted
from sangkien_cli.errors import SangkienError
from sangkien_cli.lang import Lang
from sangkien_cli.render.files import check_outputs, write_outputs

if TYPE_CHECKING:
    from sangkien_cli.explain import Explanation, Story
    from sangkien_cli.model import Config
    from sangkien_cli.render.text import Page

Kind = Literal["text", "csv", "json", "xlsx"]
_PRINTED: tuple[Kind, ...] = ("text", "csv", "json")
_WRITTEN: tuple[Kind, ...] = ("xlsx",)
_STYLE = re.compile("\x1b\\[[0-9;]*m")  # colours, which not every pager shows


def explain(
    unit: Annotated[
        str | None, typer.Argument(metavar="UNIT", help=help_text("explain_unit"), show_default=False)
    ] = None,
    exports: options.Exports = None,
    config: options.ConfigFile = None,
    phase: Annotated[str | None, typer.Option("--phase", metavar="ID", help=help_text("explain_phase"))] = None,
    as_of: options.AsOf = None,
    why: Annotated[list[str] | None, typer.Option("--why", metavar="REASON", help=help_text("explain_why"))] = None,
    code: Annotated[str | None, typer.Option("--code", metavar="CODE", help=help_text("explain_code"))] = None,
    basis: options.OneBasis = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="|".join(_PRINTED), help=help_text("explain_format"))
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("explain_output"))
    ] = None,
    excel: options.Excel = False,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print or write it; exit 0, or 1 if no row has the code."""
    options.language(lang)
    last_day = options.as_of_date(as_of)
    kind = options.table_format(format, output, _PRINTED, _WRITTEN, "csv", excel=excel)
    verdicts = _verdicts(why)
    _refuse(unit, code, why, phase)
    target = options.target(output)
    outputs = [] if target is None else [target]
    check_outputs(outputs)
    access = options.access(limit, password_env)
    loaded = options.on_basis(options.quota_file(config, access), basis)
    phase = options.phase_id(phase, loaded)
    asked, files = _unit_and_files(unit, exports, loaded, with_code=code is not None)
    column = None if code is None else _code_column(loaded)
    result = counted(loaded, files, last_day, outputs, access)
    from sangkien_cli.explain import explain, tell

    found: Explanation | Story
    if code is not None and column is not None:
        found = tell(result.report, result.judged, code, column, asked)
    else:
        assert asked is not None
        found = explain(result.report, result.judged, asked, phase, verdicts)
    links = _links(loaded, files, Path() if target is None else target.parent)
    shown = options.language(lang, loaded.lang)
    if target is not None:
        write_outputs({target: _document(found, kind, links, shown, excel=excel)})
    elif kind == "text":
        _show(_text(found, shown, page()))
    else:
        put_out(_document(found, kind, links, shown, excel=excel))
    return 1 if code is not None and not len(_rows(found)) else 0


def _rows(found: Explanation | Story) -> Sequence[int]:
    rows: Sequence[int] = found.rows  # type: ignore[assignment]
    return rows


def _verdicts(typed: Sequence[str] | None) -> list[str]:
    """The values of `--why`: several times, or joined with commas."""
    from sangkien_cli.model import Reason

    known = ("counted", *(reason.value for reason in Reason))
    asked = [each.strip() for text in typed or () for each in text.split(",")]
    for each in asked:
        if each not in known:
            near = tuple(get_close_matches(each.lower(), known, n=2))
            fix = "explain.no_verdict.near" if near else "explain.no_verdict.fix"
            raise options.fail("--why", "explain.no_verdict", fix, text=each, near=near, verdicts=known)
    return asked


def _refuse(unit: str | None, code: str | None, why: Sequence[str] | None, phase: str | None) -> None:
    if unit is None and code is None:
        raise options.fail("UNIT", "explain.no_unit")
    if code is not None:
        if not code.strip():
            raise options.fail("--code", "explain.blank_code")
        for option, typed in (("--why", why), ("--phase", phase)):
            if typed:
                raise options.fail(option, "option.apart", other="--code")


def _unit_and_files(
    unit: str | None, exports: list[str] | None, config: Config, *, with_code: bool
) -> tuple[str | None, list[str] | None]:
    """The id of the unit, and the exports. Beside `--code` a first argument that is no unit may be a file."""
    if unit is None:
        return None, exports
    try:
        return options.unit_id(unit, config), exports
    except SangkienError as error:
        is_file = unit == "-" or Path(unit).exists() or any(sign in unit for sign in "*?[")
        if is_file and with_code:
            return None, [unit, *(exports or [])]
        if is_file:
            raise options.fail("UNIT", "explain.no_unit_but_file", text=unit) from None
        raise SangkienError(*(replace(problem, place="UNIT") for problem in error.problems)) from None


def _code_column(config: Config) -> str:
    from sangkien_cli.explain.story import code_column

    column = code_column(config)
    if column is None:
        raise options.fail("--code", "explain.no_code_column")
    return column


def _links(config: Config, exports: list[str] | None, folder: Path) -> Mapping[str, str]:
    """By file, the path that leads to it from a folder."""
    from sangkien_cli.exports import export_paths, named_files
    from sangkien_cli.sheets.files import STDIN

    paths = {name: path for name, path in named_files(export_paths(config, exports)) if path != STDIN}
    links = {}
    for name, path in paths.items():
        try:
            links[name] = Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
        except ValueError:  # on another drive of Windows
            links[name] = path.resolve().as_posix()
    return links


def _text(found: Explanation | Story, lang: Lang, on: Page) -> str:
    from sangkien_cli.explain import Explanation
    from sangkien_cli.render import explain as render

    if isinstance(found, Explanation):
        return render.render_explanation_text(found, lang, on)
    return render.render_story_text(found, lang, on)


def _show(text: str) -> None:
    """Print a text; on a terminal that it does not fit on, through the pager: `$PAGER`, else what the system has."""
    at_terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    too_long = text.count("\n") >= shutil.get_terminal_size().lines
    # On Windows `more` is all there is, and it cannot show accents.
    if at_terminal and too_long and (os.name != "nt" or os.environ.get("PAGER")):
        import pydoc

        pydoc.pager(_STYLE.sub("", text))
    else:
        sys.stdout.write(text)


def _document(found: Explanation | Story, kind: Kind, links: Mapping[str, str], lang: Lang, *, excel: bool) -> bytes:
    from sangkien_cli.explain import Explanation
    from sangkien_cli.render import explain as render
    from sangkien_cli.render.csv import PLAIN, excel_dialect
    from sangkien_cli.render.text import PLAIN as PLAIN_PAGE

    match kind:
        case "text":
            return _text(found, lang, PLAIN_PAGE).encode()
        case "csv":
            return render.render_rows_csv(found, links, excel_dialect(lang) if excel else PLAIN).encode()
        case "json":
            if isinstance(found, Explanation):
                return render.render_explanation_json(found).encode()
            return render.render_story_json(found).encode()
        case "xlsx":
            if isinstance(found, Explanation):
                return render.render_explanation_xlsx(found, links, lang)
            return render.render_story_xlsx(found, links, lang)

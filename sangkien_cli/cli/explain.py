"""`sangkien explain`: a figure taken apart down to its rows, or the story of one submission."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.reading import counted
from sangkien_cli.cli.writing import write_outputs
from sangkien_cli.errors import SangkienError
from sangkien_cli.render.files import check_outputs

if TYPE_CHECKING:
    from sangkien_cli.documents.explain import Kind
    from sangkien_cli.model import Config

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
    from sangkien_cli.documents import explain as documents
    from sangkien_cli.render.origin import files_for, with_origin

    kind = options.table_format(format, output, _PRINTED, _WRITTEN, "csv", excel=excel)
    verdicts = _verdicts(why)
    _refuse(unit, code, why, phase)
    target = options.target(output)
    outputs = [] if target is None else files_for(target, kind)
    check_outputs(outputs)
    access = options.access(limit, password_env)
    loaded = options.on_basis(options.quota_file(config, access), basis)
    phase = options.phase_id(phase, loaded)
    asked, files = _unit_and_files(unit, exports, loaded, with_code=code is not None)
    if code is not None:
        _check_codes(loaded)
    order = documents.Order(
        format=kind,
        lang=options.language(lang, loaded.lang),
        unit=asked,
        phase=phase,
        why=tuple(dict.fromkeys(verdicts)),
        code=code,
        excel=excel,
        basis=() if basis is None else (str(loaded.basis),),
        links=_links(loaded, files, Path() if target is None else target.parent),
    )
    result = counted(loaded, files, last_day, outputs, access)
    found, origin = documents.found(order, result), documents.origin(order, result)
    if target is not None:
        write_outputs(with_origin(target, documents.document(order, found, origin, target.name), origin))
    elif kind == "text":
        _show(documents.document(order, found, origin, page=page()).decode())
    else:
        put_out(documents.document(order, found, origin))
    return 1 if code is not None and not len(found.rows) else 0


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


def _check_codes(config: Config) -> None:
    from sangkien_cli.explain.story import code_column

    if code_column(config) is None:
        raise options.fail("--code", "explain.no_code_column")


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


def _show(text: str) -> None:
    """Print a text; on a terminal that it does not fit on, through the pager: `$PAGER`, else what the system has."""
    at_terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    too_long = text.count("\n") >= shutil.get_terminal_size().lines
    named = shlex.split(os.environ.get("PAGER") or "")
    # On Windows `more` is all there is, and it cannot show accents. A pager that is not there would show nothing.
    can_page = shutil.which(named[0]) is not None if named else os.name != "nt"
    if at_terminal and too_long and can_page:
        import pydoc

        pydoc.pager(_STYLE.sub("", text))
    else:
        sys.stdout.write(text)

"""`sangkien returns`: the rows that need mending, a workbook for each unit."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.printing import put_out
from sangkien_cli.cli.reading import counted
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.render.files import check_outputs, write_outputs

Kind = Literal["text", "json"]
_PRINTED: tuple[Kind, ...] = ("text", "json")
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def returns(
    exports: options.Exports = None,
    config: options.ConfigFile = None,
    folder: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FOLDER", help=help_text("returns_folder"))
    ] = None,
    depth: Annotated[str, typer.Option("--depth", metavar="N", help=help_text("returns_depth"))] = "1",
    unit: Annotated[str | None, typer.Option("--unit", metavar="ID", help=help_text("returns_unit"))] = None,
    as_of: options.AsOf = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="|".join(_PRINTED), help=help_text("returns_format"))
    ] = None,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Write the workbooks and print the summary; exit 0, whether there is something to mend or not."""
    options.language(lang)
    if not folder:
        raise options.fail("--output", "returns.no_folder", example="tra-lai")
    kind = options.document_format(format, None, _PRINTED)
    levels = options.whole_number("--depth", depth, "1")
    last_day = options.as_of_date(as_of)
    into = Path(folder)
    earlier = _earlier_lists(into)
    access = options.access(limit, password_env)
    loaded = options.quota_file(config, access)
    within = options.unit_id(unit, loaded)
    result = counted(loaded, exports, last_day, [], access)
    from sangkien_cli.exports import export_paths
    from sangkien_cli.render import returns as render
    from sangkien_cli.returns import returns as find

    language = options.language(lang, loaded.lang)
    report = result.report
    returned = find(result.judged, loaded, report.as_of, levels, within)
    contents = {into / name: content for name, content in render.render_workbooks(returned, report, language).items()}
    _replace(into, earlier, contents, [*loaded.made_of, *export_paths(loaded, exports)])
    summary = render.summary_name(language)
    options.say_aside(say("returns.written", files=len(contents), folder=folder, summary=summary))
    if kind == "json":
        put_out(render.render_returns_json(returned, report, language).encode())
    else:
        sys.stdout.write(render.render_returns_text(returned, report, language))
    return 0


def _earlier_lists(folder: Path) -> list[Path]:
    """The lists of an earlier run. Raises SangkienError if the folder holds other workbooks: they would be sent too."""
    if not folder.is_dir():
        if folder.exists():
            raise SangkienError(Problem(str(folder), say("returns.not_a_folder"), say("returns.not_a_folder.fix")))
        return []
    from sangkien_cli.render.returns import SCHEMA
    from sangkien_cli.render.workbook import is_untouched

    found = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _WORKBOOKS and not path.name.startswith(("~$", ".")) and path.is_file()
    )
    foreign = tuple(path.name for path in found if not is_untouched(path, SCHEMA))
    if foreign:
        raise SangkienError(Problem(str(folder), say("returns.foreign", files=foreign), say("returns.foreign.fix")))
    return found


def _replace(folder: Path, earlier: Sequence[Path], contents: Mapping[Path, bytes], inputs: Sequence[Path]) -> None:
    """Write the lists, all or none, and then remove those of an earlier run that are of no unit any more."""
    with _made(folder):
        check_outputs(list(contents), inputs)
        write_outputs(contents)
    # By what they are on the disk: some file systems take `A.xlsx` and `a.xlsx` for one name.
    written = {_identity(path) for path in contents}
    read = {path.resolve() for path in inputs}
    left = [path for path in earlier if _identity(path) not in written and path.resolve() not in read]
    for path in left:
        try:
            path.unlink()
        except OSError as error:
            what = say("output.not_writable", detail=error.strerror or str(error))
            raise SangkienError(Problem(str(path), what, say("output.not_writable.fix"))) from None
    if left:
        options.say_aside(say("returns.removed", files=tuple(path.name for path in left)))


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder, and those above it, made; gone again if nothing could be written into them."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = say("output.not_writable", detail=error.strerror or str(error))
        raise SangkienError(Problem(str(folder), what, say("output.not_writable.fix"))) from None
    try:
        yield
    except SangkienError:
        with contextlib.suppress(OSError):
            for each in made:
                each.rmdir()
        raise

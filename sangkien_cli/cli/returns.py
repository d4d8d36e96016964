"""`sangkien returns`: the rows that need mending, a workbook for each unit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.reading import counted
from sangkien_cli.cli.writing import remark
from sangkien_cli.lang import say
from sangkien_cli.render.files import check_folder, replace_folder

Kind = Literal["text", "json"]
_PRINTED: tuple[Kind, ...] = ("text", "json")
_EXAMPLE = "tra-lai"
_FILES = (".xlsx", ".xls", ".ods", ".csv", ".json", ".txt")


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
        raise options.fail("--output", "returns.no_folder", example=_EXAMPLE)
    into = Path(folder)
    if folder == "-" or (into.suffix.lower() in _FILES and not into.exists()):
        raise options.fail("--output", "returns.file_name", text=folder, example=_EXAMPLE)
    kind = options.document_format(format, None, _PRINTED)
    levels = options.whole_number("--depth", depth, "1")
    last_day = options.as_of_date(as_of)
    from sangkien_cli.documents import returns as documents
    from sangkien_cli.render import returns as render

    check_folder(into, render.SCHEMA)
    access = options.access(limit, password_env)
    loaded = options.quota_file(config, access)
    within = options.unit_id(unit, loaded)
    result = counted(loaded, exports, last_day, [], access)
    from sangkien_cli.exports import export_paths

    language = options.language(lang, loaded.lang)
    order = documents.Order(kind, language, levels, within)
    returned = documents.returns(order, loaded, result)
    workbooks = documents.workbooks(order, returned, result)
    inputs = [*loaded.made_of, *export_paths(loaded, exports)]
    if removed := replace_folder(into, workbooks, inputs, render.SCHEMA):
        options.say_aside(say("returns.removed", files=tuple(path.name for path in removed)))
    remark([into / name for name in workbooks])
    summary = render.summary_name(language)
    if len(workbooks) == 1:
        options.say_aside(say("returns.written_one", folder=folder, summary=summary))
    else:
        options.say_aside(say("returns.written", files=len(workbooks), folder=folder, summary=summary))
    if kind == "json":
        put_out(documents.summary(order, returned, result).encode())
    else:
        sys.stdout.write(render.render_returns_text(returned, result.report, language, page().width))
    return 0

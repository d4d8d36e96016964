"""`sangkien template`: the Word template to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say

_SHIPPED = "mau-bao-cao.docx"


def template(
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE.docx", help=help_text("template_output"))] = (
        _SHIPPED
    ),
    lang: options.Language = None,
) -> int:
    """Write it where nothing lies yet: what lies there may hold somebody's work; exit 0."""
    from sangkien_cli.cli.writing import write_outputs
    from sangkien_cli.render.files import check_outputs

    options.language(lang)
    target = Path(output)
    if target.suffix.lower() != ".docx":
        raise options.fail("--output", "option.template_file", text=output)
    if target.exists():
        raise SangkienError(Problem(output, say("template.exists"), say("template.exists.fix")))
    check_outputs([target])
    write_outputs({target: files("sangkien_cli").joinpath("templates", _SHIPPED).read_bytes()})
    options.say_aside(say("template.done", file=f'"{output}"' if " " in output else output))
    return 0

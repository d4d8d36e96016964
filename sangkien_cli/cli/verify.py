"""`sangkien verify`: whether a report in hand came from these inputs."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.reading import counted
from sangkien_cli.cli.writing import write_outputs
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.render.files import check_outputs
from sangkien_cli.render.origin import ENDING

if TYPE_CHECKING:
    from sangkien_cli.model import Config
    from sangkien_cli.pipeline import Counted

Kind = Literal["text", "json"]
_PRINTED: tuple[Kind, ...] = ("text", "json")


def verify(
    report: Annotated[str, typer.Argument(metavar="REPORT", help=help_text("verify_report"), show_default=False)],
    exports: Annotated[
        list[str] | None, typer.Argument(metavar="EXPORT", help=help_text("verify_exports"), show_default=False)
    ] = None,
    config: Annotated[
        str | None, typer.Option("--config", "-c", metavar="FILE", help=help_text("verify_config"))
    ] = None,
    format: options.InspectFormat = None,
    output: options.InspectOutput = None,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print whether it is identical, or what differs; exit 0 if it is, else 1."""
    language = options.language(lang)
    kind = options.document_format(format, output, _PRINTED)
    target = options.target(output)
    outputs = [] if target is None else [target]
    check_outputs(outputs, [Path(report)])
    if target is not None and target.name.endswith(ENDING):
        raise SangkienError(Problem(str(target), say("verify.output_origin"), say("verify.output_origin.fix")))
    access = options.access(limit, password_env)
    from sangkien_cli.verify import find_inputs, find_quota_file, read_record
    from sangkien_cli.verify import verify as verified
    from sangkien_cli.verify.check import ledger_place
    from sangkien_cli.verify.show import verdict_json, verdict_text

    record = read_record(Path(report))
    path = find_quota_file(record, config, options.config_path_if_any(None))
    loaded = None if path is None else options.quota_file(str(path), access)
    found = find_inputs(record, exports, loaded)
    made_of = [] if loaded is None else loaded.made_of
    read = [record.path, record.origin, *made_of, *found.beside.values(), *(file for _, file in found.named)]
    check_outputs(outputs, read if record.ledger is None else [*read, ledger_place(record)])

    def count(quota_file: Config, since: date | None = None) -> Counted:
        return counted(quota_file, None, record.as_of, outputs, access, since, found.named)

    verdict = verified(record, loaded, found, count, access)
    shown = verdict_json(verdict) if kind == "json" else verdict_text(verdict, language, page().width)
    if target is not None:
        write_outputs({target: shown.encode()})
    elif kind == "json":
        put_out(shown.encode())
    else:
        sys.stdout.write(shown)
    return 0 if verdict.identical else 1

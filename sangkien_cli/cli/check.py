"""`sangkien check`: what falls short, for cron."""

from __future__ import annotations

from typing import Annotated

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text


def check(
    exports: options.Exports = None,
    config: options.ConfigFile = None,
    least: Annotated[str, typer.Option("--min", metavar="PERCENT", help=help_text("min"))] = "100",
    targets: Annotated[bool, typer.Option("--targets", help=help_text("check_targets"))] = False,
    as_of: options.AsOf = None,
    phase: options.PhaseId = None,
    unit: options.UnitId = None,
    depth: options.Depth = None,
    format: options.Format = None,
    output: options.Output = None,
    excel: options.Excel = False,
    ledger: options.Ledger = None,
    strict: options.Strict = False,
    basis: options.OneBasis = None,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print what falls short; exit 1 if anything does, else as `report`."""
    typed = {name: value for name, value in locals().items() if name not in ("least", "targets", "output")}
    percent = options.percent_number("--min", least)
    from sangkien_cli.cli.counting import Request, deliver, obtain

    request = Request(**typed, output=None if output is None else [output])
    answer = obtain(request, "check", percent)
    code = deliver(request, answer)
    short = answer.report
    unmet = targets and any(each.met is False for each in short.targets)
    return 1 if short.attainments or unmet else code

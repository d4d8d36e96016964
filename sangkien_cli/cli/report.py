"""`sangkien report`: the attainment of every unit."""

from __future__ import annotations

from typing import Annotated

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text


def report(
    exports: options.Exports = None,
    config: options.ConfigFile = None,
    as_of: options.AsOf = None,
    phase: options.PhaseId = None,
    unit: options.UnitId = None,
    depth: options.Depth = None,
    format: options.ReportFormat = None,
    output: options.Outputs = None,
    excel: options.Excel = False,
    ledger: options.Ledger = None,
    strict: options.Strict = False,
    campaign: Annotated[str | None, typer.Option("--campaign", metavar="ID", help=help_text("campaign"))] = None,
    basis: options.BasisId = None,
    pace: Annotated[bool, typer.Option("--pace", help=help_text("pace"))] = False,
    only: Annotated[list[str] | None, typer.Option("--only", metavar="STATUS", help=help_text("only"))] = None,
    sort: Annotated[str | None, typer.Option("--sort", metavar="KEY", help=help_text("sort"))] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help=help_text("reverse"))] = False,
    top: Annotated[str | None, typer.Option("--top", metavar="N", help=help_text("top"))] = None,
    rank: Annotated[bool, typer.Option("--rank", help=help_text("rank"))] = False,
    by: Annotated[str | None, typer.Option("--by", metavar="FIELD", help=help_text("by"))] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help=help_text("since"))] = None,
    compare: Annotated[str | None, typer.Option("--compare", metavar="REPORT.json", help=help_text("compare"))] = None,
    compare_ledger: Annotated[
        str | None, typer.Option("--compare-ledger", metavar="FILE", help=help_text("compare_ledger"))
    ] = None,
    claims: Annotated[str | None, typer.Option("--claims", metavar="CLAIMS", help=help_text("claims"))] = None,
    template: Annotated[str | None, typer.Option("--template", metavar="FILE.docx", help=help_text("template"))] = None,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print or write the report; exit 0, or 3 with --strict if rows were set aside for a data problem."""
    typed = dict(locals())
    from sangkien_cli.cli.counting import Request, deliver, obtain

    request = Request(**typed)
    return deliver(request, obtain(request))

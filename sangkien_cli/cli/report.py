"""`sangkien report`: the attainment of every unit."""

from __future__ import annotations

from sangkien_cli.cli import options


def report(
    exports: options.Exports = None,
    config: options.ConfigFile = None,
    as_of: options.AsOf = None,
    phase: options.PhaseId = None,
    unit: options.UnitId = None,
    depth: options.Depth = None,
    format: options.Format = None,
    output: options.Output = None,
    excel: options.Excel = False,
    ledger: options.Ledger = None,
    strict: options.Strict = False,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print or write the report; exit 0, or 3 with --strict if rows were set aside for a data problem."""
    from sangkien_cli.cli.counting import Request, deliver, obtain

    request = Request(
        config=config,
        exports=exports,
        as_of=as_of,
        phase=phase,
        unit=unit,
        depth=depth,
        format=format,
        output=output,
        excel=excel,
        ledger=ledger,
        strict=strict,
        limit=limit,
        password_env=password_env,
        lang=lang,
    )
    return deliver(request, obtain(request))

"""`sangkien trend`: how submissions came in, against the straight line to the quota."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.reading import counted
from sangkien_cli.cli.writing import write_outputs
from sangkien_cli.render.files import check_outputs

if TYPE_CHECKING:
    from sangkien_cli.documents.trend import Kind

_PRINTED: tuple[Kind, ...] = ("text", "csv", "json")
_IMAGES: tuple[Kind, ...] = ("svg", "png")


def trend(
    exports: options.Exports = None,
    config: options.ConfigFile = None,
    by: Annotated[str, typer.Option("--by", metavar="day|week|month", help=help_text("trend_by"))] = "week",
    as_of: options.AsOf = None,
    phase: Annotated[str | None, typer.Option("--phase", metavar="ID", help=help_text("trend_phase"))] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="ID", help=help_text("trend_unit"))] = None,
    basis: options.OneBasis = None,
    format: options.Format = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("trend_output"))
    ] = None,
    excel: options.Excel = False,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print or write the trend; exit 0."""
    options.language(lang)
    last_day = options.as_of_date(as_of)
    from sangkien_cli.documents import trend as documents
    from sangkien_cli.render.origin import files_for, with_origin
    from sangkien_cli.trend import By

    period: By = options.choice("--by", by, get_args(By))
    kind = options.table_format(format, output, _PRINTED, _IMAGES, "csv", excel=excel)
    target = options.target(output)
    outputs = [] if target is None else files_for(target, kind)
    check_outputs(outputs)
    if kind in _IMAGES:
        from sangkien_cli.render.chart import check_charts

        check_charts(str(target))
    access = options.access(limit, password_env)
    loaded = options.on_basis(options.quota_file(config, access), basis)
    order = documents.Order(
        format=kind,
        lang=options.language(lang, loaded.lang),
        by=period,
        excel=excel,
        phase=options.phase_id(phase, loaded),
        unit=options.unit_id(unit, loaded),
        basis=() if basis is None else (str(loaded.basis),),
    )
    result = counted(loaded, exports, last_day, outputs, access)
    found, origin = documents.trend(order, result), documents.origin(order, result)
    if target is not None:
        write_outputs(with_origin(target, documents.document(order, found, origin), origin))
    elif kind == "text":
        sys.stdout.write(documents.document(order, found, origin, page()).decode())
    else:
        put_out(documents.document(order, found, origin))
    return 0

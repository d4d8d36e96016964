"""`sangkien trend`: how submissions came in, against the straight line to the quota."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.reading import counted
from sangkien_cli.lang import Lang
from sangkien_cli.render.files import check_outputs, write_outputs

if TYPE_CHECKING:
    from sangkien_cli.trend import By, Trend

Kind = Literal["text", "csv", "json", "svg", "png"]
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
    from sangkien_cli.trend import By, trend_of

    period: By = options.choice("--by", by, get_args(By))
    kind = options.table_format(format, output, _PRINTED, _IMAGES, "csv", excel=excel)
    target = options.target(output)
    outputs = [] if target is None else [target]
    check_outputs(outputs)
    if kind in _IMAGES:
        from sangkien_cli.render.chart import check_charts

        check_charts(str(target))
    access = options.access(limit, password_env)
    loaded = options.on_basis(options.quota_file(config, access), basis)
    phase = options.phase_id(phase, loaded)
    unit = options.unit_id(unit, loaded)
    result = counted(loaded, exports, last_day, outputs, access)
    found = trend_of(result.report, result.judged, phase, unit, period)
    shown = options.language(lang, loaded.lang)
    if target is None:
        _print(found, kind, shown, excel=excel)
    else:
        write_outputs({target: _document(found, kind, shown, excel=excel)})
    return 0


def _document(found: Trend, kind: Kind, lang: Lang, *, excel: bool) -> bytes:
    from sangkien_cli.render import trend as render
    from sangkien_cli.render.csv import PLAIN, excel_dialect

    match kind:
        case "text":
            return render.render_trend_text(found, lang).encode()
        case "csv":
            return render.render_trend_csv(found, excel_dialect(lang) if excel else PLAIN).encode()
        case "json":
            return render.render_trend_json(found).encode()
        case "svg" | "png":
            from sangkien_cli.render.chart import draw_image

            return draw_image(found, lang, kind)


def _print(found: Trend, kind: Kind, lang: Lang, *, excel: bool) -> None:
    if kind == "text":
        from sangkien_cli.render.trend import render_trend_text

        sys.stdout.write(render_trend_text(found, lang, page()))
    else:
        put_out(_document(found, kind, lang, excel=excel))

"""A chart of attainment: a bar for each unit before the outline of its quota, live from the table of its section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from sangkien_cli.lang import decimal, phrase
from sangkien_cli.render import xlsx_parts as parts
from sangkien_cli.render.workbook import excel_text
from sangkien_cli.render.xlsx_book import Cell, Page, Row, Style, across
from sangkien_cli.render.xlsx_figures import Figure, percent_format
from sangkien_cli.render.xlsx_table import PERCENT, Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_BARS = 30
_WIDTHS = (120, 3, 44, 10, 14)  # the chart, a gap, and what it is drawn from
_CHART_WIDTH = 835  # pixels
_BAR, _FRAME = 28, 90  # pixels that a bar takes, and what stands around them
_ROW, _POINTS = 21, 15.75  # of a row of cells: pixels, points
_NAMES = 0.36  # of the width
_FONT = "Times New Roman"


def bars_of(table: Table) -> list[tuple[int, Figure]]:
    """The lines that have a bar: their positions and figures."""
    figures = ((at, table.figures[at]) for at in table.bars)
    return [(at, figure) for at, figure in figures if figure is not None and figure.percent is not None]


def _missing(table: Table) -> Iterator[str]:
    """How many units have no bar, for each reason."""
    without = {*table.bars} - {at for at, _ in bars_of(table)}
    quotas = [of.quota for at in without if (of := table.lines[at].of) is not None and of.toward is not None]
    if before := quotas.count(0):  # nothing was short when the campaign began
        yield phrase("xlsx.chart_before", table.made.lang, units=before)
    if others := len(without) - before:
        yield phrase("xlsx.chart_without", table.made.lang, units=others)


def chart_page(table: Table, name: str, names: Sequence[str]) -> Page:
    """The sheet of a chart. `names` are those of the table's sheets."""
    made, bars = table.made, bars_of(table)
    shown, lang = bars[:MOST_BARS], made.lang
    widths = _WIDTHS[:1]
    head = parts.titles(made, phrase("xlsx.heading", lang), table.section.title, widths)
    notes = []
    if len(bars) > len(shown):
        notes.append(phrase("xlsx.chart_first", lang, shown=len(shown), units=len(bars)))
    if missing := list(_missing(table)):
        notes.append(phrase("xlsx.chart_missing", lang, units="; ".join(missing)))
    head += [across(note, parts.NOTE, widths) for note in notes]
    head = [row._replace(merged=()) for row in head]
    height = _FRAME + _BAR * max(len(shown), 4)
    heads = [phrase(key, lang) for key in ("column.unit", "xlsx.percent", "xlsx.chart_quota")]
    head.append(Row([Cell(parts.NOTE), Cell(parts.NOTE), *(Cell(parts.HEAD, each) for each in heads)]))
    rows = max(len(shown), -(-height // _ROW) + 1)
    return Page(
        name,
        _WIDTHS,
        head,
        _rows(table, shown, names, rows),
        rows,
        styles=[parts.NOTE, parts.PLAIN, _share(0), *(_share(figure.decimals) for _, figure in shown)],
        printed=(0, 0, len(head) + rows - 1, 0),
        paint=partial(_draw, table=table, shown=shown, name=name, first=len(head), height=height),
    )


@cache
def _share(decimals: int) -> Style:
    return Style(percent_format(decimals), "right")


def _rows(table: Table, shown: Sequence[tuple[int, Figure]], names: Sequence[str], rows: int) -> Iterator[Row]:
    gap = [Cell(parts.NOTE), Cell(parts.NOTE)]
    for at, figure in shown:
        name, share = Cell(parts.PLAIN, table.lines[at].name), Cell(_share(figure.decimals), figure.share)
        yield Row([*gap, name, share._replace(formula=table.place(at, PERCENT, names)), Cell(_share(0), 1)])
    for _ in range(rows - len(shown)):
        yield Row([])


def _draw(
    book: Workbook,
    sheet: Worksheet,
    table: Table,
    shown: Sequence[tuple[int, Figure]],
    name: str,
    first: int,
    height: int,
) -> None:
    made, last = table.made, first + len(shown) - 1
    units = [name, first, 2, last, 2]
    names = [excel_text(table.lines[at].name) for at, _ in shown]
    decimals = made.report.config.percent.decimals
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": [name, first - 1, 4],
            "categories": units,
            "categories_data": names,
            "values": [name, first, 4, last, 4],
            "values_data": [1] * len(shown),
            "fill": {"color": "#F2F2F2"},
            "border": {"color": "#7F7F7F", "width": 0.75},
            "overlap": 100,
            "gap": 45,
        }
    )
    # A figure with more decimals than usual keeps them: below its quota it is never shown as 100 %.
    more = [None if figure.decimals == decimals else {"value": _percent(figure, table)} for _, figure in shown]
    chart.add_series(
        {
            "name": [name, first - 1, 3],
            "categories": units,
            "categories_data": names,
            "values": [name, first, 3, last, 3],
            "values_data": [figure.share for _, figure in shown],
            "fill": {"color": "#2E75B6"},
            "border": {"color": "#1F4E79", "width": 0.75},
            "data_labels": {
                "value": True,
                "position": "outside_end",
                "num_format": percent_format(decimals),
                "font": {"name": _FONT, "size": 10},
                **({"custom": more} if any(more) else {}),
            },
        }
    )
    # Wide enough for long names: where they stand on two lines, some programs leave every other out.
    room = {"x": _NAMES, "y": 0.02, "width": 0.96 - _NAMES, "height": 1 - (_FRAME - 10) / height}
    chart.set_plotarea({"layout": room})
    font = {"name": _FONT, "size": 10}
    chart.set_title({"none": True})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_y_axis(
        {
            "reverse": True,
            "crossing": "max",
            "interval_unit": 1,
            "num_font": font,
            "major_tick_mark": "none",
            "line": {"color": "#7F7F7F"},
        }
    )
    chart.set_x_axis({"min": 0, "num_format": "0%", "num_font": font, "major_gridlines": {"visible": False}})
    chart.set_size({"width": _CHART_WIDTH, "height": height})
    sheet.set_default_row(_POINTS)  # the chart reaches down to a row: all programs must make them alike
    sheet.insert_chart(first - 1, 0, chart, {"x_offset": 5, "y_offset": 4, "object_position": 2})
    sheet.fit_to_pages(1, 1)
    if height > _CHART_WIDTH:
        sheet.set_portrait()


def _percent(figure: Figure, table: Table) -> str:
    return f"{decimal(figure.percent or '', table.made.lang)}%"

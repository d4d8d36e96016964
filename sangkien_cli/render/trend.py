"""A trend as text with a chart and a table, and for programs as CSV and JSON (schema `sangkien.trend/1`).

CSV and JSON are never localised. `expected`, where the straight line is, is exact: a decimal or `n/d`. CSV that Excel
opens has it as `3818 1/4`, which Excel takes for that number in every language; `5/2` it would make a date, and where
the comma is the decimal mark, `3818.25` a text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from sangkien_cli.attain import exact
from sangkien_cli.lang import Lang, day, decimal, phrase, signed, whole
from sangkien_cli.render.chart import draw_in_text, standing, state, unit_name, window_title
from sangkien_cli.render.columns import GAP, table_row, widest, wrapped
from sangkien_cli.render.csv import PLAIN as PLAIN_CSV
from sangkien_cli.render.csv import Dialect, mixed
from sangkien_cli.render.document import Origin, compact, document, listed, percent_part, provenance, rows_part
from sangkien_cli.render.text import PLAIN, Page
from sangkien_cli.tables import balance, on_basis
from sangkien_cli.trend import Point, Trend

SCHEMA = "sangkien.trend/1"
_LEAST_PERIOD = 12  # columns that a period gets, however narrow the page


# --- for people --------------------------------------------------------------------------------------------------


def render_trend_text(trend: Trend, lang: Lang, page: Page = PLAIN) -> str:
    """Where it stands, the chart, the table, and what is to be known of them."""
    config = trend.report.config
    heading = [config.programme, on_basis(phrase("report.as_of", lang, day=trend.report.as_of), config)]
    titles = [window_title(trend, lang), f"{unit_name(trend, lang)}: {state(trend, lang)}", *standing(trend, lang)]
    blocks = [_lines(heading, page), _lines(titles, page)]
    if trend.points:
        blocks += [draw_in_text(trend, lang, page.width, drawing=page.drawing), _table(trend, lang, page)]
    blocks.append(_lines(list(remarks(trend, lang)), page))
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"


def _lines(sentences: Sequence[str], page: Page) -> list[str]:
    return [line for sentence in sentences for line in wrapped(sentence, page.width, more=GAP)]


# The columns that make way on a narrow page, one after the other: what they say, those that stay say too.
_MAKE_WAY = ("trend.column.asked", "trend.column.percent", "trend.column.ahead", "trend.column.done")


def _table(trend: Trend, lang: Lang, page: Page) -> list[str]:
    periods = [phrase("trend.column.period", lang), *(period_text(point, lang) for point in trend.points)]
    columns = {key: [phrase(key, lang), *texts] for key, texts in point_columns(trend, lang).items()}
    widths = {key: widest(texts) for key, texts in columns.items()}
    for key in _MAKE_WAY:
        if _room(page, widths) < _LEAST_PERIOD:
            widths.pop(key, None)
    period = max(min(_room(page, widths), widest(periods)), _LEAST_PERIOD)
    rows = zip(periods, *(columns[key] for key in widths), strict=True)
    return [line for row in rows for line in table_row(row, [period, *widths.values()])]


def _room(page: Page, widths: Mapping[str, int]) -> int:
    """What columns leave of a page."""
    return page.width - sum(widths.values()) - len(GAP) * len(widths)


def period_text(point: Point, lang: Lang) -> str:
    """The days of a point."""
    one_day = point.start == point.end
    return day(point.end, lang) if one_day else f"{day(point.start, lang)} – {day(point.end, lang)}"


def point_columns(trend: Trend, lang: Lang) -> dict[str, list[str]]:
    """What stands beside the periods, by the keys of the heads."""
    points = trend.points
    columns = {
        "trend.column.done": [whole(point.done, lang) for point in points],
        "trend.column.cumulative": [whole(point.cumulative, lang) for point in points],
    }
    if trend.quota is not None:
        columns |= {
            "trend.column.asked": [whole(point.asked or 0, lang) for point in points],
            "trend.column.ahead": [signed(point.ahead or 0, lang) for point in points],
            "trend.column.percent": [_percent(point.percent, lang) for point in points],
        }
    return columns


def _percent(printed: str | None, lang: Lang) -> str:
    return "" if printed is None else f"{decimal(printed, lang)}%"


def remarks(trend: Trend, lang: Lang) -> Iterator[str]:
    """What is to be known of the chart and the table."""
    if trend.points and trend.quota is not None:
        yield phrase("trend.rule", lang, days=trend.days)
    if trend.undated:
        yield phrase("trend.undated", lang, undated=trend.undated, dated=trend.dated, done=trend.done)
    if trend.before:
        yield phrase("trend.before", lang, rows=trend.before, day=trend.start)
    if trend.after:
        yield phrase("trend.after", lang, rows=trend.after, day=trend.end)
    yield balance(trend.report, lang)


# --- for programs ------------------------------------------------------------------------------------------------

FIELDS = ("from", "to", "done", "cumulative", "expected", "percent")


def render_trend_csv(trend: Trend, dialect: Dialect = PLAIN_CSV) -> str:
    """One line per period; a value that does not exist is an empty field.

    What has no date is a last line without days, so that `done` adds up to the figure of the report.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    writer.writeheader()
    for point in trend.points:
        entry = dict(_entry(point))
        if point.expected is not None and dialect.for_excel:
            entry["expected"] = mixed(point.expected)
        writer.writerow(entry)
    if trend.undated:
        writer.writerow({"done": trend.undated, "cumulative": trend.done, "percent": trend.percent})
    return dialect.start + out.getvalue()


def render_trend_json(trend: Trend, origin: Origin | None = None) -> str:
    """The trend, one line per period. The points' last `cumulative` and `undated` add up to `done`."""
    report = trend.report
    config = report.config
    unit = None if trend.unit is None else {"id": trend.unit.id, "name": trend.unit.name}
    window = {"from": trend.start.isoformat(), "to": trend.end.isoformat(), "days": trend.days}
    return document(
        {
            "schema": compact(SCHEMA),
            "programme": compact(config.programme),
            "as_of": compact(report.as_of.isoformat()),
            **({} if config.basis is None else {"basis": compact(config.basis)}),
            "percent": percent_part(config.percent),
            "unit": compact(unit),
            "phase": compact(trend.phase),
            "window": compact(window),
            "by": compact(trend.by),
            "quota": compact(trend.quota),
            "done": compact(trend.done),
            "points": listed(map(_entry, trend.points)),
            "undated": compact(trend.undated),
            "outside": compact({"before": trend.before, "after": trend.after}),
            "rows": rows_part(report.rows),
            **provenance(config, report.inputs, origin),
        }
    )


def _entry(point: Point) -> Mapping[str, object]:
    return {
        "from": point.start.isoformat(),
        "to": point.end.isoformat(),
        "done": point.done,
        "cumulative": point.cumulative,
        "expected": None if point.expected is None else exact(point.expected),
        "percent": point.percent,
    }

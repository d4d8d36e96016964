"""A trend as text with a chart and a table, and for programs as CSV and JSON (schema `sangkien.trend/1`).

CSV and JSON are never localised. `expected`, where the straight line is, is exact: `n/d` (3819/1 is 3819). CSV that
Excel opens has it as `3818 1/4` instead, which Excel takes for the number that it is; `5/2` it would make a date.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from sangkien_cli import __version__
from sangkien_cli.lang import Lang, day, decimal, phrase, signed, whole
from sangkien_cli.render.chart import draw_in_text, state, unit_name, window_title
from sangkien_cli.render.columns import left, right, widest, wrapped
from sangkien_cli.render.csv import PLAIN as PLAIN_CSV
from sangkien_cli.render.csv import Dialect
from sangkien_cli.render.json import config_entry
from sangkien_cli.render.text import PLAIN, Page
from sangkien_cli.tables import on_basis
from sangkien_cli.trend import Point, Trend

SCHEMA = "sangkien.trend/1"
_GAP = "  "
_LEAST_LABEL = 12  # columns that a period gets, however narrow the page


# --- for people --------------------------------------------------------------------------------------------------


def render_trend_text(trend: Trend, lang: Lang, page: Page = PLAIN) -> str:
    """Where it stands, the chart, the table, and what is to be known of them."""
    config = trend.report.config
    heading = [config.programme, on_basis(phrase("report.as_of", lang, day=trend.report.as_of), config)]
    titles = [window_title(trend, lang), f"{unit_name(trend, lang)}: {state(trend, lang)}", *_standing(trend, lang)]
    blocks = [_lines(heading, page), _lines(titles, page)]
    if trend.points:
        blocks += [draw_in_text(trend, lang, page.width, drawing=page.drawing), _table(trend, lang, page)]
    blocks.append(_lines(list(_remarks(trend, lang)), page))
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"


def _lines(sentences: Sequence[str], page: Page) -> list[str]:
    return [line for sentence in sentences for line in wrapped(sentence, page.width, more="  ")]


def _standing(trend: Trend, lang: Lang) -> Iterator[str]:
    """Ahead of the straight line, on it, or behind."""
    if trend.start > trend.report.as_of:
        yield phrase("report.not_begun", lang, day=trend.start)
        return
    if trend.quota is None:
        yield phrase("trend.no_quota", lang)
    if trend.ahead is None:
        return
    by, asked, until = abs(trend.ahead), trend.points[-1].asked, trend.points[-1].end
    if trend.ahead > 0:
        yield phrase("trend.ahead", lang, by=by, asked=asked, day=until)
    elif trend.ahead < 0:
        yield phrase("trend.behind", lang, by=by, asked=asked, day=until)
    else:
        yield phrase("trend.even", lang, asked=asked, day=until)


def _table(trend: Trend, lang: Lang, page: Page) -> list[str]:
    heads = [
        phrase("trend.column.period", lang),
        phrase("trend.column.done", lang),
        phrase("trend.column.cumulative", lang),
    ]
    if trend.quota is not None:
        heads += [
            phrase("trend.column.asked", lang),
            phrase("trend.column.ahead", lang),
            phrase("trend.column.percent", lang),
        ]
    rows = [heads, *(_row(point, lang)[: len(heads)] for point in trend.points)]
    widths = [widest(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    room = page.width - sum(widths) - len(_GAP) * len(widths)
    label = max(min(room, widest(row[0] for row in rows)), _LEAST_LABEL)
    return [line for row in rows for line in _table_lines(row, label, widths)]


def _row(point: Point, lang: Lang) -> list[str]:
    one_day = point.start == point.end
    label = day(point.end, lang) if one_day else f"{day(point.start, lang)} – {day(point.end, lang)}"
    return [
        label,
        whole(point.done, lang),
        whole(point.cumulative, lang),
        "" if point.asked is None else whole(point.asked, lang),
        "" if point.ahead is None else signed(point.ahead, lang),
        "" if point.percent is None else f"{decimal(point.percent, lang)}%",
    ]


def _table_lines(row: Sequence[str], label: int, widths: Sequence[int]) -> Iterator[str]:
    """A row; a period that is too long goes on below."""
    first, *more = wrapped(row[0], label)
    figures = [right(text, width) for text, width in zip(row[1:], widths, strict=True)]
    yield _GAP.join([left(first, label), *figures])
    yield from more


def _remarks(trend: Trend, lang: Lang) -> Iterator[str]:
    if trend.points and trend.quota is not None:
        yield phrase("trend.rule", lang, days=trend.days)
    if trend.undated:
        yield phrase("trend.undated", lang, undated=trend.undated, dated=trend.dated, done=trend.done)
    if trend.before:
        yield phrase("trend.before", lang, rows=trend.before, day=trend.start)
    if trend.after:
        yield phrase("trend.after", lang, rows=trend.after, day=trend.end)
    rows = trend.report.rows
    yield phrase("rows.balance", lang, read=rows.read, counted=rows.counted, aside=sum(rows.set_aside.values()))


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
        if point.expected is not None and dialect != PLAIN_CSV:
            entry["expected"] = _mixed(point.expected)
        writer.writerow(entry)
    if trend.undated:
        writer.writerow({"done": trend.undated, "cumulative": trend.done, "percent": trend.percent})
    return dialect.start + out.getvalue()


def render_trend_json(trend: Trend) -> str:
    """The trend, one line per period. The points' last `cumulative` and `undated` add up to `done`."""
    report = trend.report
    config = report.config
    unit = None if trend.unit is None else {"id": trend.unit.id, "name": trend.unit.name}
    document: dict[str, object] = {
        "schema": SCHEMA,
        "programme": config.programme,
        "as_of": report.as_of.isoformat(),
        **({} if report.config.basis is None else {"basis": report.config.basis}),
        "percent": {"decimals": config.percent.decimals, "rounding": config.percent.rounding},
        "unit": unit,
        "phase": trend.phase,
        "window": {"from": trend.start.isoformat(), "to": trend.end.isoformat(), "days": trend.days},
        "by": trend.by,
        "quota": trend.quota,
        "done": trend.done,
        "points": [_entry(point) for point in trend.points],
        "undated": trend.undated,
        "outside": {"before": trend.before, "after": trend.after},
        "rows": {
            "read": report.rows.read,
            "counted": report.rows.counted,
            "set_aside": {reason.value: count for reason, count in report.rows.set_aside.items()},
            "layout": report.rows.layout,
        },
        "inputs": [
            {"path": each.path, "sha256": each.sha256, "sheet": each.sheet, "rows": each.rows} for each in report.inputs
        ],
        "config": config_entry(config),
        "tool": {"name": "sangkien-cli", "version": __version__},
    }
    parts = [f"  {json.dumps(key)}: {_json(value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _entry(point: Point) -> Mapping[str, object]:
    expected = point.expected
    return {
        "from": point.start.isoformat(),
        "to": point.end.isoformat(),
        "done": point.done,
        "cumulative": point.cumulative,
        "expected": None if expected is None else f"{expected.numerator}/{expected.denominator}",
        "percent": point.percent,
    }


def _mixed(number: Fraction) -> str:
    """A whole number and the fraction beside it: `3818 1/4`."""
    below, rest = divmod(number.numerator, number.denominator)
    return f"{below} {rest}/{number.denominator}" if rest else str(below)


def _json(value: object) -> str:
    """JSON; of a list of mappings a line each."""
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"    {json.dumps(each, ensure_ascii=False)}" for each in value) + "\n  ]"
    return json.dumps(value, ensure_ascii=False)

"""A divided figure as text, as JSON (schema `sangkien.breakdown/1`) and as CSV.

JSON and CSV are never localised. A value that does not exist is null, or an empty field: that of the rows without one,
and the share of nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sangkien_cli.attain import exact, percent, rounded
from sangkien_cli.breakdown import Breakdown, By, Group, Table
from sangkien_cli.lang import Lang, decimal, phrase, whole
from sangkien_cli.model import Report
from sangkien_cli.render.columns import GAP, table_row, widest, wrapped
from sangkien_cli.render.csv import PLAIN as PLAIN_CSV
from sangkien_cli.render.csv import Dialect
from sangkien_cli.render.document import Origin, compact, document, listed, percent_part, provenance, rows_part
from sangkien_cli.render.text import PLAIN, Page, bar, bold
from sangkien_cli.tables import balance
from sangkien_cli.text import no_formula

SCHEMA = "sangkien.breakdown/1"
_LEAST_VALUE = 16  # columns that a value gets, however narrow the page
_LEAST_BAR, _LONGEST_BAR = 8, 20
_LABELS: Mapping[By, str] = {
    "field": "breakdown.by.field",
    "recognition": "breakdown.by.recognition",
    "status": "breakdown.by.status",
    "author": "breakdown.by.author",
    "month": "breakdown.by.month",
    "week": "breakdown.by.week",
    "phase": "breakdown.by.phase",
    "unit": "breakdown.by.unit",
}


# --- for people --------------------------------------------------------------------------------------------------


def render_breakdown_text(breakdown: Breakdown, report: Report, lang: Lang, page: Page = PLAIN) -> str:
    """A section for each table, no line wider than the page except where a single word is."""
    blocks = [
        [
            bold(report.config.programme, page),
            phrase("report.as_of", lang, day=report.as_of),
            *wrapped(_title(breakdown, lang), page.width, more=GAP),
        ],
        *_sections(breakdown, report, lang, page),
        wrapped(balance(report, lang), page.width, more=GAP),
    ]
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def _title(breakdown: Breakdown, lang: Lang) -> str:
    unit = phrase("breakdown.all_units", lang) if breakdown.unit is None else breakdown.unit.name
    return phrase("breakdown.title", lang, unit=unit, by=phrase(_LABELS[breakdown.by], lang))


def _sections(breakdown: Breakdown, report: Report, lang: Lang, page: Page) -> Iterator[list[str]]:
    """The columns are as wide in every section."""
    label = phrase(_LABELS[breakdown.by], lang)
    head = [label[:1].upper() + label[1:], phrase("breakdown.done", lang), phrase("breakdown.share", lang)]
    lines = {table.phase_id: _lines(table, breakdown.by, report, lang) for table in breakdown.tables}
    columns = list(zip(head, *(line for each in lines.values() for line in each), strict=True))
    done, share = widest(columns[1]), widest(columns[2])
    room = page.width - done - share - 3 * len(GAP)
    value = min(widest(columns[0]), max(room - _LEAST_BAR, _LEAST_VALUE))
    length = min(max(room - value, _LEAST_BAR), _LONGEST_BAR)
    widths = (value, done, share)
    for table in breakdown.tables:
        title = bold(_section_title(table, lang), page)
        remark = _remark(table, report.as_of, lang)
        if remark:
            yield [title, remark]
            continue
        shares = [*(group.share for group in table.groups), None]
        rows = [
            line
            for texts, part in zip(lines[table.phase_id], shares, strict=True)
            for line in table_row(texts, widths, bar(part, length, page))
        ]
        note = _note(table, lang)
        yield [title, *table_row(head, widths), *rows, *(wrapped(note, page.width, GAP, GAP) if note else [])]


def _section_title(table: Table, lang: Lang) -> str:
    if table.phase is None:
        return phrase("report.all", lang)
    phase = table.phase
    return phrase("report.phase", lang, name=phase.name, start=phase.start, end=phase.end)


def _remark(table: Table, as_of: date, lang: Lang) -> str:
    """What is said instead of a table; "" where there is one."""
    if table.done:
        return ""
    if table.phase is not None and table.phase.start > as_of:
        return phrase("report.not_begun", lang, day=table.phase.start)
    return "" if table.groups else phrase("breakdown.nothing", lang)


def _lines(table: Table, by: By, report: Report, lang: Lang) -> list[tuple[str, str, str]]:
    """Value, done and share of each group, and of their sum."""
    of_all = percent(table.done, table.done, report.config.percent)
    lines = [(_value(each, by, report.as_of, lang), each.done, each.percent) for each in table.groups]
    lines.append((phrase("breakdown.sum", lang), table.done, of_all))
    return [
        (value, whole(done, lang), "" if printed is None else f"{decimal(printed, lang)}%")
        for value, done, printed in lines
    ]


def _value(group: Group, by: By, as_of: date, lang: Lang) -> str:
    if group.blank:
        match by:
            case "month" | "week":
                return phrase("breakdown.undated", lang)
            case "unit":
                return phrase("report.direct", lang)
            case _:
                return phrase("breakdown.blank", lang)
    if group.unit is not None and group.unit.ended_by(as_of):
        return phrase("report.ended", lang, name=group.value, day=group.unit.valid.end)
    if group.start is None:
        return group.value
    if by == "month":
        year, month = group.value.split("-")
        return phrase("breakdown.month", lang, year=year, month=month)
    year, week = group.value.split("-W")
    end = group.start + timedelta(days=6)
    return phrase("breakdown.week", lang, year=year, week=week, start=group.start, end=end)


def _note(table: Table, lang: Lang) -> str:
    """Why the printed shares do not add up to 100; "" where they do."""
    if not table.done or table.printed == 100:
        return ""
    decimals = max(len((group.percent or "").partition(".")[2]) for group in table.groups)
    return phrase("breakdown.not_100", lang, sum=decimal(rounded(table.printed, decimals, "down"), lang))


# --- for programs ------------------------------------------------------------------------------------------------


def render_breakdown_json(breakdown: Breakdown, report: Report, origin: Origin | None = None) -> str:
    """One entry per phase and group. `share` is exact, a decimal or `n/d`; `percent` is the share as printed."""
    config, unit = report.config, breakdown.unit
    return document(
        {
            "schema": compact(SCHEMA),
            "programme": compact(config.programme),
            "as_of": compact(report.as_of.isoformat()),
            "unit": compact(None if unit is None else {"id": unit.id, "name": unit.name}),
            "by": compact(breakdown.by),
            "percent": percent_part(config.percent),
            "phases": listed(map(_phase, breakdown.tables)),
            "groups": listed(_entries(breakdown)),
            "rows": rows_part(report.rows),
            **provenance(config, report.inputs, origin),
        }
    )


def _phase(table: Table) -> Mapping[str, object]:
    phase = table.phase
    if phase is None:
        return {"id": table.phase_id, "done": table.done}
    days = {"from": phase.start.isoformat(), "to": phase.end.isoformat()}
    return {"id": phase.id, "name": phase.name, **days, "done": table.done}


def _entries(breakdown: Breakdown) -> Iterator[Mapping[str, object]]:
    """One phase and group; only where the figure is divided among units it has the unit's id too."""
    for table in breakdown.tables:
        for group in table.groups:
            unit = {"id": None if group.unit is None else group.unit.id} if breakdown.by == "unit" else {}
            yield {
                "phase": table.phase_id,
                "value": None if group.blank else group.value,
                **unit,
                "done": group.done,
                "of": table.done,
                "share": None if group.share is None else exact(group.share),
                "percent": group.percent,
            }


def render_breakdown_csv(breakdown: Breakdown, dialect: Dialect = PLAIN_CSV) -> str:
    """One line per phase and group, the names and values of JSON.

    For Excel the exact share is left out, for it takes 1/2 for the first of February; done and of are there.
    """
    for_excel = dialect.for_excel
    left_out = {"share"} if for_excel else set()
    fields = ("phase", "value", *(["id"] if breakdown.by == "unit" else []), "done", "of", "share", "percent")
    out = io.StringIO()
    writer = csv.DictWriter(
        out, [name for name in fields if name not in left_out], extrasaction="ignore",
        delimiter=dialect.delimiter, lineterminator=dialect.line_end,
    )  # fmt: skip
    writer.writeheader()
    for entry in _entries(breakdown):
        writer.writerow({**entry, "value": _for_excel(entry["value"])} if for_excel else entry)
    return dialect.start + out.getvalue()


def _for_excel(value: object) -> object:
    return no_formula(value) if isinstance(value, str) else value

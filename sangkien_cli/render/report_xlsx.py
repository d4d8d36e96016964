"""A report as the workbook that an office hands in: the table of each phase, charts, lists, sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from sangkien_cli.collection import without_collection
from sangkien_cli.judge import COUNTS
from sangkien_cli.lang import phrase, words
from sangkien_cli.render import xlsx_parts as parts
from sangkien_cli.render.made import Made
from sangkien_cli.render.origin import in_pieces
from sangkien_cli.render.workbook import names_a_sheet, sheet_names
from sangkien_cli.render.xlsx_book import Cell, Page, Row, across, book, fitted
from sangkien_cli.render.xlsx_chart import bars_of, chart_page
from sangkien_cli.render.xlsx_parts import Listed
from sangkien_cli.render.xlsx_sources import sources_page
from sangkien_cli.render.xlsx_table import Table
from sangkien_cli.tables import Line, Section

_NOTHING = (6, 50, 34, 11)  # widths of the columns of units, in characters
_ASIDE = (6, 29, 25, 12, 45, 43)  # and of the rows: one line for most, as there may be thousands


@without_collection()
def render_report_xlsx(made: Made) -> bytes:
    """The report as an .xlsx file, its origin in the custom properties.

    Sheets: the table of each phase (where a section has only a remark, that stands below the table before it), a chart
    for each, the units that have a quota and nothing yet, the sources, and last, as they may fill many pages of paper,
    the rows set aside. Figures, order and words are those of `made.sheet`. What is longer than a sheet goes on on the
    next.
    """
    lang = made.lang
    tables = _tables(made)
    charted = [table for table in tables if bars_of(table)]
    nothing, aside = _nothing_yet(made), _set_aside(made)
    wanted = [
        *(table.title for table in tables for _ in range(table.sheets)),
        *(_chart_name(table) for table in charted),
        *(nothing.sheet for _ in range(nothing.sheets)),
        *([phrase("xlsx.further", lang)] if made.sheet.passages else []),
        phrase("xlsx.sources_sheet", lang),
        *(aside.sheet for _ in range(aside.sheets)),
    ]
    names = iter(sheet_names(wanted))
    own = {id(table): [next(names) for _ in range(table.sheets)] for table in tables}
    pages = [page for table in tables for page in table.pages(own[id(table)])]
    pages += [chart_page(table, next(names), own[id(table)]) for table in charted]
    pages += nothing.pages(made, [next(names) for _ in range(nothing.sheets)])
    pages += [_passages(made, next(names))] if made.sheet.passages else []
    pages.append(sources_page(made, next(names)))
    pages += aside.pages(made, [next(names) for _ in range(aside.sheets)])
    footer = phrase("xlsx.page", lang, sheet="&A", page="&P")
    return book(pages, f'&C&"Times New Roman"&10{footer}', made.sheet.title, in_pieces(made.origin))


def _chart_name(table: Table) -> str:
    """The name of a chart's sheet: a short one where Excel would not take it whole."""
    names = [phrase(key, table.made.lang, name=table.title) for key in ("xlsx.chart_sheet", "xlsx.chart_sheet_short")]
    return next((name for name in names if names_a_sheet(name)), names[-1])


def _tables(made: Made) -> list[Table]:
    """The sections that have lines, each with the remarks on those that have none, which follow it or begin all."""
    sections = made.sheet.sections
    with_lines = [section for section in sections if section.lines] or list(sections[:1])
    remarks: dict[int, list[str]] = {id(section): [] for section in with_lines}
    last = with_lines[0] if with_lines else None
    for section in sections:
        if id(section) in remarks:
            last = section
        elif last is not None:
            remarks[id(last)].append(": ".join(filter(None, (section.title, section.remark))))
            remarks[id(last)] += section.notes
    return [Table(made, section, tuple(remarks[id(section)])) for section in with_lines]


# --- units with nothing yet -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Without:
    """A unit that has nothing yet, or, without a line, the title of a section above its units."""

    section: Section
    line: Line | None
    number: int = 0

    @property
    def quota(self) -> int | None:
        return None if self.line is None or self.line.of is None else self.line.of.quota


def _nothing_yet(made: Made) -> Listed:
    lang = made.lang
    count, most = 0, 0
    for each in _without(made):
        count, most = count + 1, max(most, each.quota or 0)
    units = made.report.config.units
    heads = ("xlsx.number", "column.unit", "xlsx.parent", "xlsx.quota")
    widths = parts.widened(_NOTHING, {0: count, 3: most}, lang)
    columns = [(phrase(key, lang), width) for key, width in zip(heads, widths, strict=True)]

    def rows(start: int, stop: int) -> Iterator[Row]:
        for each in islice(_without(made), start, stop):
            if each.line is None or each.line.of is None:
                title = Cell(parts.GROUP, each.section.title)
                yield Row([Cell(parts.GROUP), title, Cell(parts.GROUP), Cell(parts.GROUP)])
                continue
            unit = each.line.of.unit
            above = "" if unit.parent is None else units[unit.parent].name
            number, name = Cell(parts.COUNT, each.number), Cell(parts.PLAIN, each.line.name)
            yield fitted([number, name, Cell(parts.PLAIN, above), Cell(parts.NUMBER, each.quota)], widths)

    return Listed(
        phrase("xlsx.none_sheet", lang),
        phrase("xlsx.none_heading", lang),
        [] if count else [phrase("xlsx.none_nobody", lang)],
        columns,
        count,
        rows,
        (parts.GROUP, parts.COUNT, parts.PLAIN, parts.NUMBER),
    )


def _without(made: Made) -> Iterator[_Without]:
    for section in made.sheet.sections:
        lines = (line for line in section.lines if line.status == "none" and _is_active(line, made))
        for number, line in enumerate(lines, start=1):
            if number == 1:
                yield _Without(section, None)
            yield _Without(section, line, number)


def _is_active(line: Line, made: Made) -> bool:
    """Whether a line is a unit's that still is one."""
    return line.of is not None and not line.of.unit.ended_by(made.report.as_of)


# --- rows set aside -------------------------------------------------------------------------------------------------


def _set_aside(made: Made) -> Listed:
    """The rows that are not counted, by reason, then by file, sheet and row."""
    lang, judged = made.lang, made.judged
    aside = np.flatnonzero(judged.reason != COUNTS)
    heads = ("xlsx.number", "xlsx.reason", "xlsx.place", "xlsx.code", "xlsx.unit_text", "xlsx.detail")
    widths = parts.widened(_ASIDE, {0: len(aside)}, lang)
    columns = [(phrase(key, lang), width) for key, width in zip(heads, widths, strict=True)]
    positions = aside[np.argsort(judged.reason[aside], kind="stable")]

    def rows(start: int, stop: int) -> Iterator[Row]:
        from sangkien_cli.explain import rows_told
        from sangkien_cli.returns import misled

        reasons = {line.code: line.words for line in made.sheet.set_aside}
        here = positions[start:stop]
        told = rows_told(judged, made.whole.config, made.whole.as_of, misled(judged, here), here)
        for number, row in enumerate(told, start=start + 1):
            texts = (
                reasons[row.verdict],
                judged.exports.place(row.position),
                row.code or "",
                row.unit_text,
                "" if row.words is None else words(row.words, lang),
            )
            yield fitted([Cell(parts.SMALL_COUNT, number), *(Cell(parts.SMALL, text) for text in texts)], widths)

    return Listed(
        phrase("xlsx.aside_sheet", lang),
        phrase("xlsx.aside_heading", lang),
        [made.sheet.balance, *([] if len(positions) else [phrase("xlsx.aside_none", lang)])],
        columns,
        len(positions),
        rows,
        (parts.SMALL_COUNT, parts.SMALL),
    )


# --- passages -------------------------------------------------------------------------------------------------------


def _passages(made: Made, name: str) -> Page:
    """What is said behind the units, line by line."""
    widths = (110.0,)
    rows = parts.titles(made, "", "", widths)
    for passage in made.sheet.passages:
        rows.append(across(passage.title, parts.STRONG, widths))
        rows += [across("    " * (indent + 1) + text, parts.NOTE, widths) for indent, text in passage.lines]
    return Page(name, widths, rows)

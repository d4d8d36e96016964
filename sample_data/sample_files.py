"""Sample sheets, and their bytes."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]
from sample_rows import SEED, Cell, Row
from sample_words import Weighted, pick

CREATED = datetime(2022, 9, 1, 8, 0)  # in every workbook's properties, so that its bytes never change


@dataclass(slots=True)
class Sheet:
    """One sheet of one file. None among the rows is a blank row."""

    file: str
    sheet: str | None  # None for a CSV
    columns: tuple[tuple[str, str], ...]  # (field, header); none = a sheet without data
    rows: list[Row | None]
    titles: Sequence[Sequence[str]] = ()  # rows above the header; an empty one is blank
    dates: Weighted = (("excel", 1),)
    late_dates: Weighted = ()  # from row 1,020 on: whoever guesses from the first 1,000 is wrong
    delimiter: str = ","
    bom: bool = False
    total: dict[str, Cell] | None = None  # a last row that is not data

    def styles(self, index: int) -> Weighted:
        return self.late_dates if self.late_dates and index >= 1020 else self.dates


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands; the order is that of contract §3: file, sheet, row."""

    file: str
    sheet: str | None
    row: int  # as Excel shows it


Truths = dict[Place, Row]


PLAIN_STYLE = {"excel-time": "excel", "time": "dmy", "iso-time": "iso", "offset": "iso", "utc": "iso"}


def submitted(row: Row, styles: Weighted, rng: random.Random) -> Cell:
    """The date of submission as it is written in a cell."""
    if row.date_text is not None:
        return row.date_text or None
    if row.day is None:
        return None
    style = pick(rng, styles)
    if row.plain_date:
        style = PLAIN_STYLE.get(style, style)
    return date_cell(row.day, style, time(rng.randint(7, 22), rng.randint(0, 59)))


def date_cell(day: date, style: str, clock: time) -> Cell:
    if style == "excel":
        return day
    if style == "excel-time":
        return datetime.combine(day, clock)
    if style == "utc":  # early in the morning in Vietnam, so that it is still the day before in UTC
        return f"{day - timedelta(days=1)}T2{clock.minute % 4}:{clock.minute:02}:00Z"
    texts = {
        "dmy": f"{day:%d/%m/%Y}",
        "short": f"{day.day}/{day.month}/{day.year}",
        "dots": f"{day:%d.%m.%Y}",
        "dashes": f"{day:%d-%m-%Y}",
        "time": f"{day:%d/%m/%Y} {clock:%H:%M}",
        "iso": f"{day}",
        "iso-time": f"{day}T{clock:%H:%M:%S}",
        "offset": f"{day}T{clock:%H:%M:%S}+07:00",
    }
    return texts[style]


def grid(sheet: Sheet, rng: random.Random) -> Iterator[tuple[Row | None, list[Cell]]]:
    """The sheet's lines from the top, each with the row it holds, if any."""
    for title in sheet.titles:
        yield None, list(title)
    if sheet.columns:
        yield None, [header for _, header in sheet.columns]
    for index, row in enumerate(sheet.rows):
        if row is None:
            yield None, []
            continue
        cells = {"number": index + 1, "submitted": submitted(row, sheet.styles(index), rng), **row.cells}
        yield row, [cells.get(name) for name, _ in sheet.columns]
    if sheet.total is not None:
        yield None, [sheet.total.get(name) for name, _ in sheet.columns]


def write_case(folder: Path, name: str, sheets: Sequence[Sheet]) -> Truths:
    """Write the files of a case; tell which row stands where."""
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    rng = random.Random(f"{SEED}, {name}, cells")
    truths: Truths = {}
    for file in dict.fromkeys(sheet.file for sheet in sheets):
        in_file = [sheet for sheet in sheets if sheet.file == file]
        lines = [(sheet, list(grid(sheet, rng))) for sheet in in_file]
        for sheet, content in lines:
            places = (Place(file, sheet.sheet, number + 1) for number in range(len(content)))
            truths |= {place: row for place, (row, _) in zip(places, content, strict=False) if row is not None}
        write = write_csv if file.endswith(".csv") else write_xlsx
        write(target / file, [(sheet, [cells for _, cells in content]) for sheet, content in lines])
    return truths


def write_xlsx(path: Path, sheets: Sequence[tuple[Sheet, list[list[Cell]]]]) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Dữ liệu mẫu, không có thật", "created": CREATED})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    bold = book.add_format({"bold": True})
    for sheet, lines in sheets:
        page = book.add_worksheet(sheet.sheet)
        page.set_column(0, max(len(sheet.columns) - 1, 0), 18)
        for r, line in enumerate(lines):
            heading = r <= len(sheet.titles)
            for c, cell in enumerate(line):
                if isinstance(cell, datetime):
                    page.write_datetime(r, c, cell, moment)
                elif isinstance(cell, date):
                    page.write_datetime(r, c, datetime.combine(cell, time()), day)
                elif isinstance(cell, int):
                    page.write_number(r, c, cell)
                elif cell:
                    page.write_string(r, c, cell, bold if heading else None)
    book.close()


def write_csv(path: Path, sheets: Sequence[tuple[Sheet, list[list[Cell]]]]) -> None:
    [(sheet, lines)] = sheets
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sheet.delimiter, lineterminator="\r\n")
    for line in lines:
        writer.writerow([f"{c:%d/%m/%Y}" if isinstance(c, date) else "" if c is None else c for c in line])
    path.write_bytes(out.getvalue().encode("utf-8-sig" if sheet.bom else "utf-8"))

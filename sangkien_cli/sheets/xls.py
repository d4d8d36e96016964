"""Old Excel workbooks (.xls: BIFF2 to BIFF8), read whole."""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.content import Content, any_trouble
from sangkien_cli.sheets.formats import is_date_format, iso
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.limits import Watch
from sangkien_cli.sheets.ole import workbook_stream
from sangkien_cli.sheets.source import FORMULA, Span, address
from sangkien_cli.sheets.xls_records import Sheet, walk

if TYPE_CHECKING:
    import xlrd

_ROOM = 6  # a cell of the library's takes so many times a grid's; and it fills each row up to the last cell
_UNICODE = 80  # the library's name for BIFF8, the first version whose text needs no code page


def open_xls(content: Content) -> list[Grid]:
    """The worksheets of an old Excel workbook, in its order; charts, macros and dialogs are left out.

    Raises SangkienError if the file is damaged, encrypted, not surely readable, passes a limit, or if the rows read are
    not those that a count of its records finds.
    """
    stream = workbook_stream(content)
    watch = content.watch
    with any_trouble(content.place):
        books = walk(stream, watch)
    del stream
    grids = []
    for parts in books:
        with any_trouble(content.place), _open_book(parts.stream) as book:
            for number, counted in enumerate(parts.sheets):
                watch.time()
                _bound(watch, book.sheet_names()[number], counted)
                grid = _grid(content.place, book, number, counted, watch)
                grid.check(counted.nonblank)
                grids.append(grid)
                book.unload_sheet(number)
    return grids


@contextmanager
def _open_book(stream: bytes) -> Iterator[xlrd.Book]:
    import xlrd

    with (
        open(os.devnull, "w") as nowhere,
        xlrd.open_workbook(
            file_contents=stream, logfile=nowhere, formatting_info=True, on_demand=True, ragged_rows=True
        ) as book,
    ):
        yield book


def _bound(watch: Watch, name: str, counted: Sheet) -> None:
    room = sum(columns.bit_length() for columns in counted.filled.values())
    if room:
        last_column = max(columns.bit_length() for columns in counted.filled.values()) - 1
        watch.rectangle(room, _ROOM, address(max(counted.filled) + 1, last_column), name)


def _grid(place: str, book: xlrd.Book, number: int, counted: Sheet, watch: Watch) -> Grid:
    sheet = book.sheet_by_index(number)
    name = sheet.name if counted.name is None else counted.name.decode(book.encoding)
    grid = Grid(place, unicodedata.normalize("NFC", name), (sheet.visibility & 3) != 0, watch)
    grid.epoch_1904 = book.datemode == 1
    _put_cells(grid, book, sheet)
    for row, column in counted.unsolved:
        grid.put_flaw(row + 1, column, FORMULA)
    for top, bottom, left, right in sheet.merged_cells:
        if bottom > top and right > left and (bottom - top, right - left) != (1, 1):
            grid.merge(Span(top + 1, left, bottom, right - 1))
    for row, columns in counted.filled.items():
        if columns and _is_hidden(sheet, row):
            grid.hide(range(row + 1, row + 2))
    sheet.put_cell = None  # a method of its own, by which a sheet would keep itself in memory
    return grid


def _put_cells(grid: Grid, book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> None:
    import xlrd

    formats: dict[int, tuple[bool, str | None]] = {}  # by a cell's format: whether it shows a date, and its code
    composed: dict[str, str] = {}  # by a text as it is stored
    epoch_1904 = book.datemode == 1
    for row in range(sheet.nrows):
        grid.watch.time()
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                continue
            if kind == xlrd.XL_CELL_TEXT:
                text = composed.get(value)
                if text is None:
                    text = composed[value] = _text(grid.place, book, value)
                grid.put(row + 1, column, text)
            elif kind == xlrd.XL_CELL_BOOLEAN:
                grid.put(row + 1, column, "TRUE" if value else "FALSE")
            elif kind == xlrd.XL_CELL_ERROR:
                grid.put_flaw(row + 1, column, xlrd.error_text_from_code.get(value, "#N/A"))
            elif not math.isfinite(value):
                grid.put_flaw(row + 1, column, "#NUM!")
            else:
                index = sheet.cell_xf_index(row, column)
                if index not in formats:
                    formats[index] = _format(book, index)
                is_date, code = formats[index]
                date = iso(value, epoch_1904=epoch_1904) if is_date else None
                if date is None:
                    grid.put_number(row + 1, column, value, code)
                else:
                    grid.put(row + 1, column, date)


def _text(place: str, book: xlrd.Book, stored: str) -> str:
    """A text in composed letters; "" if it is blank."""
    if book.biff_version < _UNICODE and book.codepage is None and not stored.isascii():
        raise SangkienError(Problem(place, say("file.xls_codepage"), say("file.xls_codepage.fix")))
    return unicodedata.normalize("NFC", stored) if stored.strip() else ""


def _format(book: xlrd.Book, index: int) -> tuple[bool, str | None]:
    if not 0 <= index < len(book.xf_list):
        return False, None
    key = book.xf_list[index].format_key
    known = book.format_map.get(key)
    code = None if known is None else known.format_str
    return is_date_format(key, code), code


def _is_hidden(sheet: xlrd.sheet.Sheet, row: int) -> bool:
    info = sheet.rowinfo_map.get(row)
    if info is None:
        return bool(sheet.default_row_hidden)
    return bool(info.hidden) or (info.height == 0 and not info.has_default_height)

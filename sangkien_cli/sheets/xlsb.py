"""Excel's binary workbooks (.xlsb, BIFF12): a zip package whose parts are rows of records instead of XML.

Everything read here is laid down in [MS-XLSB]; names such as BrtRowHdr are those of that document.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError  # noqa: N812 - it is a class

from sangkien_cli.sheets.content import Content, damaged
from sangkien_cli.sheets.formats import is_date_format, iso
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.package import Package, open_package
from sangkien_cli.sheets.source import FORMULA, LAST_COLUMN, LAST_ROW, Span
from sangkien_cli.sheets.xlsb_records import count_rows, records, rich_text, text_at

_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = range(8)  # BrtRowHdr, BrtCellBlank … BrtCellIsst
_FORMULA_TEXT, _FORMULA_NUMBER, _FORMULA_BOOL, _FORMULA_ERROR = range(8, 12)
_SHORT_BLANK, _SHORT_SHARED = 12, 18  # BrtShort…: a cell right of the one before, without a column of its own
_RICH_TEXT = 62
_CELLS = frozenset((*range(_BLANK, _SHORT_SHARED + 1), _RICH_TEXT))
_SHARED_ITEM, _FORMAT, _XF, _MERGED, _BOOK_PROPERTIES, _SHEET = 19, 44, 47, 176, 153, 156
_BEGIN_DATA, _END_DATA, _BEGIN_CELL_XFS, _END_CELL_XFS = 145, 146, 617, 618

_U16X2, _U32, _U32X2, _U32X4 = Struct("<HH"), Struct("<I"), Struct("<II"), Struct("<IIII")
_I32, _DOUBLE = Struct("<i"), Struct("<d")
_HIDDEN_ROW = 0x10  # fDyZero, in the byte at 11 of BrtRowHdr
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_ENTRY = 200  # bytes that Python takes for a style or a format, roughly


def is_xlsb(package: Package) -> bool:
    """Whether a package is a binary workbook: its main part is no XML."""
    return _main_part(package) is not None


def open_xlsb(content: Content) -> list[Grid]:
    """The worksheets of a binary workbook, in its order; sheets of charts, dialogs and macros are left out.

    Raises SangkienError if it is damaged or passes a limit.
    """
    with open_package(content) as package:
        try:
            return _sheets(package)
        except StructError as error:  # a record is shorter than its kind asks for
            raise damaged(content.place, error) from None


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    relation: str


@dataclass(frozen=True, slots=True)
class _Style:
    """How a cell shows numbers."""

    is_date: bool
    code: str | None  # of its number format, None = a built-in one


_PLAIN = _Style(is_date=False, code=None)


@dataclass(frozen=True, slots=True)
class _Book:
    """What all sheets of a workbook share."""

    strings: Sequence[str]
    styles: Sequence[_Style]
    epoch_1904: bool


def _main_part(package: Package) -> str | None:
    for kind, part in package.relations("").values():
        if kind == "officeDocument" and part.lower().endswith(".bin"):
            return part
    return None


def _sheets(package: Package) -> list[Grid]:
    main = _main_part(package)
    if main is None:
        raise ValueError("workbook.bin")
    relations = package.relations(main)
    parts = dict(relations.values())
    listed, epoch_1904 = _read_workbook(package, main)
    book = _Book(
        strings=_read_strings(package, parts["sharedStrings"]) if "sharedStrings" in parts else (),
        styles=_read_styles(package, parts["styles"]) if "styles" in parts else (),
        epoch_1904=epoch_1904,
    )
    blank = frozenset(index for index, text in enumerate(book.strings) if not text.strip())
    grids = []
    seen = set()
    for sheet in listed:
        kind, part = relations[sheet.relation]
        if kind != "worksheet":
            continue
        if part in seen:  # its rows would count twice
            raise ValueError(part)
        seen.add(part)
        grid = Grid(package.content.place, sheet.name, sheet.hidden, package.content.watch)
        grid.epoch_1904 = epoch_1904
        _read_sheet(package, part, book, grid)
        grid.check(count_rows(package.chunks(part), blank))
        grids.append(grid)
    return grids


def _read_workbook(package: Package, part: str) -> tuple[list[_Listed], bool]:
    """The sheets, and whether days are counted from 1904."""
    sheets = []
    epoch_1904 = False
    for kind, payload in records(package.chunks(part)):
        if kind == _BOOK_PROPERTIES:
            epoch_1904 = bool(payload[0] & 1)
        elif kind == _SHEET:
            (state,) = _U32.unpack_from(payload)
            relation, behind = text_at(payload, 8)
            name, _ = text_at(payload, behind)
            sheets.append(_Listed(name, hidden=state != 0, relation=relation))
    return sheets, epoch_1904


def _read_strings(package: Package, part: str) -> list[str]:
    watch = package.content.watch
    strings = []
    for kind, payload in records(package.chunks(part)):
        if kind == _SHARED_ITEM:
            text = rich_text(payload)
            watch.keep(sys.getsizeof(text) + 8)
            strings.append(text)
    return strings


def _read_styles(package: Package, part: str) -> list[_Style]:
    """The styles that cells point to by number."""
    codes: dict[int, str] = {}
    numbers = []
    of_cells = False
    for kind, payload in records(package.chunks(part)):
        if kind in (_BEGIN_CELL_XFS, _END_CELL_XFS):
            of_cells = kind == _BEGIN_CELL_XFS
        elif kind == _XF and of_cells:
            _, number = _U16X2.unpack_from(payload)
            numbers.append(number)
            package.content.watch.keep(_ENTRY)
        elif kind == _FORMAT:
            number, _ = _U16X2.unpack_from(payload)
            codes[number], _ = text_at(payload, 2)
            package.content.watch.keep(_ENTRY + len(codes[number]))
    styles = {number: _Style(is_date_format(number, codes.get(number)), codes.get(number)) for number in set(numbers)}
    return [styles[number] for number in numbers]


def _read_sheet(package: Package, part: str, book: _Book, grid: Grid) -> None:
    """Fill the grid. Rows and cells must ascend, as in every sheet that Excel writes: else one could hide another."""
    row, column = 0, -1
    in_data = False  # records behind the rows have numbers of cells, too, and mean something else
    for kind, payload in records(package.chunks(part)):
        if in_data and kind in _CELLS:
            if _SHORT_BLANK <= kind <= _SHORT_SHARED:
                at, (style,) = 4, _U32.unpack_from(payload)
                here = column + 1
                shape = kind - _SHORT_BLANK + _BLANK
            else:
                at, (here, style) = 8, _U32X2.unpack_from(payload)
                shape = kind
            if here <= column or not row:
                raise ValueError(row, here)
            column = here
            _put(grid, row, column, shape, payload, at, style & 0xFFFFFF, book)
        elif in_data and kind == _ROW:
            (number,) = _U32.unpack_from(payload)
            if number < row:
                raise ValueError(number)
            row, column = number + 1, -1
            if payload[11] & _HIDDEN_ROW:
                grid.hide(range(row, row + 1))
        elif kind in (_BEGIN_DATA, _END_DATA):
            in_data = kind == _BEGIN_DATA
        elif kind == _MERGED:
            top, bottom, left, right = _U32X4.unpack_from(payload)
            if not (top <= bottom < LAST_ROW and left <= right <= LAST_COLUMN):
                raise ValueError(top, left, bottom, right)
            grid.merge(Span(top + 1, left, bottom + 1, right))


def _put(grid: Grid, row: int, column: int, kind: int, payload: bytes, at: int, style: int, book: _Book) -> None:
    """A cell of a kind whose value begins at `at`."""
    match kind:
        case 7:  # _SHARED
            (index,) = _U32.unpack_from(payload, at)
            grid.put(row, column, book.strings[index])
        case 2:  # _RK
            _put_number(grid, row, column, _packed_number(payload[at : at + 4]), style, book)
        case 5 | 9:  # _REAL, _FORMULA_NUMBER
            (value,) = _DOUBLE.unpack_from(payload, at)
            if math.isfinite(value):
                _put_number(grid, row, column, value, style, book)
            else:
                grid.put_flaw(row, column, FORMULA if kind == _FORMULA_NUMBER else "#NUM!")
        case 6 | 8:  # _TEXT, _FORMULA_TEXT
            grid.put(row, column, text_at(payload, at)[0])
        case 62:  # _RICH_TEXT
            grid.put(row, column, rich_text(payload[at:]))
        case 4 | 10:  # _BOOL, _FORMULA_BOOL
            grid.put(row, column, "TRUE" if payload[at] else "FALSE")
        case 3 | 11:  # _ERROR, _FORMULA_ERROR
            grid.put_flaw(row, column, _ERRORS.get(payload[at], "#ERROR!"))


def _put_number(grid: Grid, row: int, column: int, value: float, style: int, book: _Book) -> None:
    shown = book.styles[style] if style < len(book.styles) else _PLAIN
    if shown.is_date and (text := iso(value, epoch_1904=book.epoch_1904)) is not None:
        grid.put(row, column, text)
    else:
        grid.put_number(row, column, value, shown.code)


def _packed_number(data: bytes) -> float:
    """RkNumber: 30 bits of a whole number or of a double's upper half, and whether it is a hundred times the value.

    >>> _packed_number(bytes.fromhex("1e000000")), _packed_number(bytes.fromhex("0000f03f"))
    (7.0, 1.0)
    >>> _packed_number(bytes.fromhex("037e0000"))
    80.64
    """
    (bits,) = _I32.unpack(data)
    if bits & 2:
        value = float(bits >> 2)
    else:
        (value,) = _DOUBLE.unpack(bytes(4) + _I32.pack(bits & ~3))
    return value / 100 if bits & 1 else value

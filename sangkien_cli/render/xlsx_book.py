"""Workbooks to be looked at and printed: pages with rows, formulas, colours and charts.

XlsxWriter makes the frame of a workbook: styles, widths, charts, what is printed how. The rows are written here, one
after another, straight into the package: through a library's cells a million of them take a minute, or a gigabyte.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from html import escape
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sangkien_cli.render.workbook import allowed, excel_text, lines_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

TEXT = "@"  # the format of a cell in which a text stays one when it is edited
_FONT, _SIZE = "Times New Roman", 12
_LINE = 15.75  # points that a line of text takes
_LETTERS_OF_A_DIGIT = 1.15  # small letters are narrower
_WIDEST = 1.4  # digits that a letter takes
_INDENT = 1.2  # digits that a step takes
_MOST_LINES = 24  # in a row: Excel's end at 409 points
_FRAME = "#7F7F7F"
_A4 = 9
_PORTRAIT = 106  # digits that stand side by side on a page set upright, at 9 points
_MARGINS = {"left": 30 / 25.4, "right": 15 / 25.4, "top": 20 / 25.4, "bottom": 20 / 25.4}  # inches
_WRITTEN = datetime(2000, 1, 1)  # the time of every document
_PACKED = (1980, 1, 1, 0, 0, 0)  # and of every file in a package: the first that a zip can say
_LARGE = 100_000  # rows of a page that may take more than the 2 GB of a plain zip
_TOGETHER = 2_000  # rows that are written at once
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True, eq=False)  # itself is its identity: every cell of a million looks its number up
class Style:
    """How a cell looks. One that is needed in several places is made once."""

    number: str = TEXT
    align: Align = "left"
    indent: int = 0
    size: int = _SIZE
    bold: bool = False
    italic: bool = False
    framed: bool = True
    fill: str | None = None
    wrapped: bool = True  # what is longer than the cell goes on below; else it reaches into blank cells beside it

    def options(self) -> dict[str, object]:
        """The same for XlsxWriter."""
        plain = {
            "num_format": self.number,
            "align": self.align,
            "valign": "vcenter",
            "text_wrap": self.wrapped,
        }
        face = {"font_name": _FONT, "font_size": self.size, "bold": self.bold, "italic": self.italic}
        frame = {"border": 1, "border_color": _FRAME} if self.framed else {}
        fill = {"bg_color": self.fill} if self.fill else {}
        return {**plain, **face, **frame, **fill, **({"indent": self.indent} if self.indent else {})}


class Cell(NamedTuple):
    """What stands in a cell. With a formula, `value` is what it gives."""

    style: Style
    value: str | int | float | None = None
    formula: str = ""


class Row(NamedTuple):
    """A row, from the first column on."""

    cells: Sequence[Cell]
    level: int = 0  # of the outline
    height: float | None = None  # points; None = as much as its cells need
    across: bool = False  # its one cell reaches over all columns


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet: rows above the body and below it, and the body, which may be long."""

    name: str  # as Excel takes it: see `workbook.sheet_names`
    widths: Sequence[float]  # of the columns, in characters
    head: Sequence[Row]
    body: Iterable[Row] = ()
    rows: int = 0  # of the body
    foot: Sequence[Row] = ()
    styles: Iterable[Style] = ()  # of the body
    repeated: int = 0  # rows at the end of the head that stand on every page, and stay in view with all above them
    frozen: int = 0  # columns that stay in view, from the first on
    levels: int = 0  # of the outline
    filtered: bool = False  # the last row of the head has a filter
    printed: tuple[int, int, int, int] | None = None  # rows and columns that are printed; None = all
    paint: Callable[[Workbook, Worksheet], None] = field(default=lambda _book, _sheet: None)  # charts, colours

    @property
    def last(self) -> int:
        """The number of the body's last row."""
        return len(self.head) + self.rows


@cache
def letter(column: int) -> str:
    """The letters of a column, from 0.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    above, rest = divmod(column, len(_LETTERS))
    return (letter(above - 1) if above else "") + _LETTERS[rest]


def across(text: str, style: Style, widths: Sequence[float]) -> Row:
    """A row whose text reaches over all columns."""
    return Row([Cell(style, text)], height=_height(text, style, sum(widths)) or _LINE * style.size / _SIZE, across=True)


def fitted(cells: Sequence[Cell], widths: Sequence[float], level: int = 0) -> Row:
    """A row that is high enough for its texts: not every program that opens it sees to that by itself."""
    heights = [
        _height(cell.value, cell.style, width)
        for cell, width in zip(cells, widths, strict=False)
        if cell.style.wrapped and isinstance(cell.value, str)
    ]
    return Row(cells, level, max(heights, default=0) or None)


def room_of(text: str) -> float:
    """How wide a column is, in the width of digits, that shows a text on one line."""
    return (len(text) + sum(map(str.isupper, text)) / 2) / _LETTERS_OF_A_DIGIT


def _height(text: str, style: Style, width: float) -> float:
    """The points that a text takes in a column; 0 for a single line."""
    room = (width - _INDENT * style.indent) * _SIZE / style.size * (0.93 if style.bold else 1) - 1
    if "\n" not in text and (len(text) * _WIDEST < room or room_of(text) <= room):
        return 0
    letters = max(int(room * _LETTERS_OF_A_DIGIT) + 1, 2)  # which leaves one for the end of a line
    lines = _lines(text, letters)
    return min(lines, _MOST_LINES) * _LINE * style.size / _SIZE if lines > 1 else 0


@lru_cache(maxsize=1 << 12)
def _lines(text: str, letters: int) -> int:
    return sum(lines_of(part, letters) for part in text.split("\n", _MOST_LINES))


def book(pages: Sequence[Page], footer: str, title: str, properties: Mapping[str, str]) -> bytes:
    """The pages as an .xlsx file; the same pages give the same bytes.

    `footer` stands at the foot of every page of paper, with Excel's codes (&P, &N); `properties` are custom ones.
    """
    styles = list(dict.fromkeys(style for page in pages for style in _styles(page)))
    frame, numbers = _frame(pages, styles, footer, title, properties)
    sheets = {f"xl/worksheets/sheet{number}.xml": page for number, page in enumerate(pages, start=1)}
    out = io.BytesIO()
    with ZipFile(frame) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content, page = source.read(name), sheets.get(name)
            with target.open(_entry(name), "w", force_zip64=page is not None and page.rows > _LARGE) as part:
                if page is None:
                    part.write(content)
                    continue
                start, end = _around_rows(content, page)
                part.write(start)
                for rows in _in_xml(page, numbers):
                    part.write(rows)
                part.write(end)
    return out.getvalue()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _PACKED)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _styles(page: Page) -> Iterator[Style]:
    yield from (cell.style for row in (*page.head, *page.foot) for cell in row.cells)
    yield from page.styles


# --- the frame ------------------------------------------------------------------------------------------------------


def _frame(
    pages: Sequence[Page], styles: Sequence[Style], footer: str, title: str, properties: Mapping[str, str]
) -> tuple[io.BytesIO, dict[Style, int]]:
    """The workbook without its rows, and the numbers that the styles have in it."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    made = Workbook(out, {"in_memory": True, "default_format_properties": {"font_name": _FONT, "font_size": _SIZE}})
    made.set_properties({"title": allowed(title), "author": "sangkien", "created": _WRITTEN})
    for name, text in properties.items():
        made.set_custom_property(name, allowed(text), "text")
    formats = [made.add_format(style.options()) for style in styles]
    for page in pages:
        _set_up(made, made.add_worksheet(page.name), page, footer, formats)
    made.close()
    with ZipFile(out) as package:
        first = package.read("xl/worksheets/sheet1.xml")
    return out, dict(zip(styles, _numbers(first, len(styles)), strict=True))


def _set_up(made: Workbook, sheet: Worksheet, page: Page, footer: str, formats: Sequence[object]) -> None:
    """Everything of a sheet but its rows."""
    columns = len(page.widths)
    for column, width in enumerate(page.widths):
        sheet.set_column(column, column, width)
    for at, row in (*enumerate(page.head), *enumerate(page.foot, start=page.last)):
        if row.across and columns > 1:
            sheet.merge_range(at, 0, at, columns - 1, "")
    if page.repeated:
        sheet.freeze_panes(len(page.head), page.frozen)
        sheet.repeat_rows(len(page.head) - page.repeated, len(page.head) - 1)
    if page.levels:
        sheet.outline_settings(symbols_below=False)
        sheet.set_row(0, None, None, {"level": page.levels})  # the frame says how many there are
    if page.filtered and page.rows:
        sheet.autofilter(len(page.head) - 1, 0, page.last - 1, columns - 1)
    # Codes made of digits, numbers like 1.1, percents with more decimals than others: nothing to be warned of.
    everywhere = f"A1:{letter(columns - 1)}{max(page.last + len(page.foot), 1)}"
    sheet.ignore_errors({"number_stored_as_text": everywhere, "formula_differs": everywhere})
    sheet.set_paper(_A4)
    if sum(page.widths) > _PORTRAIT:
        sheet.set_landscape()
    sheet.set_margins(**_MARGINS)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(footer)
    if page.printed is not None:
        sheet.print_area(*page.printed)
    page.paint(made, sheet)
    for column, each in enumerate(formats):  # where they stand, their numbers are read
        sheet.write_blank(0, column, None, each)


def _numbers(sheet: bytes, styles: int) -> list[int]:
    found = {ref.decode(): int(number) for ref, number in re.findall(rb'<c r="([A-Z]+)1" s="([0-9]+)"', sheet)}
    return [found[letter(column)] for column in range(styles)]


def _around_rows(sheet: bytes, page: Page) -> tuple[bytes, bytes]:
    """What stands before the rows of a sheet, and behind them."""
    start, _, rest = sheet.partition(b"<sheetData>")
    last = f"{letter(max(len(page.widths), 1) - 1)}{max(page.last + len(page.foot), 1)}"
    start = re.sub(rb'(?<=<dimension ref=")[^"]*', f"A1:{last}".encode(), start)
    return start + b"<sheetData>", rest[rest.index(b"</sheetData>") :]


# --- the rows -------------------------------------------------------------------------------------------------------


def _in_xml(page: Page, numbers: Mapping[Style, int]) -> Iterator[bytes]:
    written = (_row(number, row, numbers) for number, row in enumerate(chain(page.head, page.body, page.foot), start=1))
    while rows := "".join(islice(written, _TOGETHER)):
        yield rows.encode()


def _row(number: int, row: Row, numbers: Mapping[Style, int]) -> str:
    level = f' outlineLevel="{row.level}"' if row.level else ""
    height = f' ht="{row.height:g}" customHeight="1"' if row.height is not None else ""
    cells = "".join([_cell(f"{letter(at)}{number}", cell, numbers) for at, cell in enumerate(row.cells)])
    return f'<row r="{number}"{level}{height}>{cells}</row>'


def _cell(place: str, cell: Cell, numbers: Mapping[Style, int]) -> str:
    style, value, formula = cell
    start = f'<c r="{place}" s="{numbers[style]}"'
    if formula:
        return f"{start}><f>{escape(formula, quote=False)}</f><v>{value!r}</v></c>"
    if isinstance(value, str):
        return (
            f'{start} t="inlineStr"><is><t xml:space="preserve">{_held(value)}</t></is></c>' if value else f"{start}/>"
        )
    return f"{start}/>" if value is None else f"{start}><v>{value!r}</v></c>"


@lru_cache(maxsize=1 << 12)
def _held(text: str) -> str:
    return escape(excel_text(text), quote=False)

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
from functools import cache, lru_cache, partial
from html import escape
from itertools import chain, count, islice
from typing import TYPE_CHECKING, Literal, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from sangkien_cli.render.workbook import allowed, excel_text, lines_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

TEXT = "@"  # the format of a cell in which a text stays one when it is edited
_FONT, _SIZE = "Times New Roman", 12
_LINE = 15.75  # points that a line of text takes
_LETTERS_OF_A_DIGIT = 1.1  # small letters are narrower; capitals take half a letter more, blanks half of one less
_WIDEST = 1.4  # digits that a letter takes
_INDENT = 1.2  # digits that a step takes
_MOST_LINES = 26  # that are counted: more do not stand in a row
_HIGHEST = 409  # points of a row in Excel
_IN_VIEW = 300  # points that the rows which stay in view may take: more would leave no room for others
_FRAME = "#7F7F7F"
_A4 = 9
_PORTRAIT = 106  # digits that stand side by side on a page set upright, at 9 points
_MARGINS = {"left": 30 / 25.4, "right": 15 / 25.4, "top": 20 / 25.4, "bottom": 20 / 25.4}  # inches
_UPRIGHT = ((210 - 30 - 15) / 25.4 * 72, (297 - 20 - 20) / 25.4 * 72)  # points between these margins: width, height
_ACROSS = ((297 - 30 - 15) / 25.4 * 72, (210 - 20 - 20) / 25.4 * 72)
_DIGIT, _PADDING = 6, 4.5  # points that a digit takes, and what a column has beside its digits
_STANDS = (0.95, 1.08)  # of what is thought to stand on a page: what does at least and at most, as programs differ
_SURE = 0.98  # of how large a page may be to be no wider than the paper
_FEW = 4  # rows that have no page of paper for themselves
_SHRUNK, _SMALLEST = 0.85, 0.7  # how far a sheet is made smaller to end on its first page; how small it becomes at most
_LONGEST_PROPERTY = 255
_WRITTEN = datetime(2000, 1, 1)  # the time of every document
_LARGE = 100_000  # rows of a page that may take more than the 2 GB of a plain zip, or of a book that takes long to pack
_QUICK = 1  # how hard it is packed then
_TOGETHER = 2_000  # rows that are written at once
_REMEMBERED = 1 << 10  # cells in XML, heights of texts
ROW = "\0"  # in a formula: the number of the row in which it stands; no text has it, as no XML could hold it
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
    high: bool = False  # at the top of its row, else in the middle
    wrapped: bool = True  # what is longer than the cell goes on below; else it reaches into blank cells beside it

    def options(self) -> dict[str, object]:
        """The same for XlsxWriter."""
        plain = {
            "num_format": self.number,
            "align": self.align,
            "valign": "top" if self.high else "vcenter",
            "text_wrap": self.wrapped,
        }
        face = {"font_name": _FONT, "font_size": self.size, "bold": self.bold, "italic": self.italic}
        frame = {"border": 1, "border_color": _FRAME} if self.framed else {}
        fill = {"bg_color": self.fill} if self.fill else {}
        return {**plain, **face, **frame, **fill, **({"indent": self.indent} if self.indent else {})}


class Cell(NamedTuple):
    """What stands in a cell. With a formula, `value` is what it gives; rows that differ in nothing but their numbers
    have the same formulas, with `ROW` in place of these."""

    style: Style
    value: str | int | float | None = None
    formula: str = ""


class Row(NamedTuple):
    """A row, from the first column on."""

    cells: Sequence[Cell]
    level: int = 0  # of the outline
    height: float | None = None  # points; None = one line
    merged: Sequence[tuple[int, int]] = ()  # the first and last columns of cells that reach over several


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
    together: Sequence[int] = ()  # how many rows at the end stand on one page of paper: the first that it has room for
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
    height = max(_height(text, style, sum(widths)), _line(style))
    return Row([Cell(style, text)], height=height, merged=[(0, len(widths) - 1)])


def halves(left: Cell, right: Cell, split: int, widths: Sequence[float]) -> Row:
    """A row of two texts: one over the columns before `split`, one over those from there on."""
    cells = [Cell(left.style)] * split + [Cell(right.style)] * (len(widths) - split)
    cells[0], cells[split] = left, right
    sides = ((left, sum(widths[:split])), (right, sum(widths[split:])))
    heights = [max(_height(str(cell.value or ""), cell.style, width), _line(cell.style)) for cell, width in sides]
    return Row(cells, height=max(heights), merged=[(0, split - 1), (split, len(widths) - 1)])


def fitted(cells: Sequence[Cell], widths: Sequence[float], level: int = 0) -> Row:
    """A row that is high enough for its texts: not every program that opens it sees to that by itself."""
    return Row(cells, level, height_of(cells, widths) or None)


def height_of(cells: Sequence[Cell], widths: Sequence[float]) -> float:
    """The points that the texts of some cells take; 0 where each is a single line."""
    height = 0.0
    for (style, value, _), width in zip(cells, widths, strict=False):
        if style.wrapped and isinstance(value, str) and (len(value) > _surely(style, width) or "\n" in value):
            height = max(height, _height(value, style, width))
    return height


def room_of(text: str) -> float:
    """How wide a column is, in the width of digits, that shows a text on one line."""
    return (len(text) + (sum(map(str.isupper, text)) - text.count(" ")) / 2) / _LETTERS_OF_A_DIGIT


def _high(row: Row) -> float:
    return _LINE if row.height is None else row.height


def _line(style: Style) -> float:
    return _LINE * style.size / _SIZE


@lru_cache(maxsize=_REMEMBERED)
def _height(text: str, style: Style, width: float) -> float:
    """The points that a text takes in a column; 0 for a single line."""
    room = _room(style, width)
    lines = sum(_lines(part, room) for part in text.split("\n", _MOST_LINES))
    return min(lines * _line(style), _HIGHEST) if lines > 1 else 0


def _lines(text: str, room: float) -> int:
    """The lines that a text takes where this many digits stand side by side."""
    needed = room_of(text)
    if needed <= room:
        return 1
    return max(lines_of(text, max(int(len(text) * room / needed) + 1, 2)), 2)  # one is left for the end of a line


@lru_cache(maxsize=1 << 12)
def _room(style: Style, width: float) -> float:
    """The digits that stand side by side in a column."""
    return (width - _INDENT * style.indent) * _SIZE / style.size * (0.93 if style.bold else 1) - 1


@lru_cache(maxsize=1 << 12)
def _surely(style: Style, width: float) -> int:
    """The letters that do, whichever they are."""
    return int(_room(style, width) / _WIDEST)


def book(pages: Sequence[Page], footer: str, title: str, properties: Mapping[str, str]) -> bytes:
    """The pages as an .xlsx file; the same pages give the same bytes.

    `footer` stands at the foot of every page of paper, with Excel's codes (&A, &P); `properties` are custom ones.
    """
    styles = list(dict.fromkeys(style for page in pages for style in _styles(page)))
    frame, numbers = _frame(pages, styles, footer, title, properties)
    sheets = {f"xl/worksheets/sheet{number}.xml": page for number, page in enumerate(pages, start=1)}
    out = io.BytesIO()
    level = _QUICK if sum(page.rows for page in pages) > _LARGE else None
    with ZipFile(frame) as source, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=level) as target:
        for name in source.namelist():
            content, page = source.read(name), sheets.get(name)
            # By its name alone, a file in a package has the first time that a zip can say.
            with target.open(name, "w", force_zip64=page is not None and page.rows > _LARGE) as part:
                if page is None:
                    part.write(content)
                    continue
                start, end = _around_rows(content, page)
                part.write(start)
                for rows in _in_xml(page, numbers):
                    part.write(rows)
                part.write(end)
    return out.getvalue()


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
    made.set_properties({"title": allowed(title)[:_LONGEST_PROPERTY], "author": "sangkien", "created": _WRITTEN})
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
        for first, last in row.merged:
            if last > first:
                sheet.merge_range(at, first, at, last, "")
    if page.repeated:
        in_view = len(page.head) if sum(map(_high, page.head)) <= _IN_VIEW else 0
        if in_view or page.frozen:
            sheet.freeze_panes(in_view, page.frozen)
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
    _fit(sheet, page)
    sheet.set_footer(footer)
    sheet.set_start_page(1)  # each sheet may be handed in by itself
    if page.printed is not None:
        sheet.print_area(*page.printed)
    page.paint(made, sheet)
    for column, each in enumerate(formats):  # where they stand, their numbers are read
        sheet.write_blank(0, column, None, each)


def _fit(sheet: Worksheet, page: Page) -> None:
    """See to it that a sheet is no wider than the paper, and where its last page of paper begins."""
    on_one, last_page = _last_page(page)
    if last_page:  # Excel heeds no page breaks where it makes a sheet fit
        sheet.set_h_pagebreaks([last_page])
        sheet.set_print_scale(int(100 * _SURE * _scale(page)))
    else:
        sheet.fit_to_pages(1, 1 if on_one else 0)


def _paper(page: Page) -> tuple[float, float]:
    """How wide and how high a page of paper is between its margins."""
    return _ACROSS if sum(page.widths) > _PORTRAIT else _UPRIGHT


def _scale(page: Page) -> float:
    """How much smaller a page is made to be no wider than the paper."""
    return min(1.0, _paper(page)[0] / sum(each * _DIGIT + _PADDING for each in page.widths))


def _last_page(page: Page) -> tuple[bool, int]:
    """Whether a page's rows are made to fit on one page of paper, and the row before which the last one is to begin;
    0 where it begins by itself, with enough rows above the foot. How much stands on a page is an estimate."""
    scale, (_, height) = _scale(page), _paper(page)
    least, most = (height / scale * share for share in _STANDS)
    known = isinstance(page.body, Sequence)
    rows = [*page.head, *(page.body if known else [Row([])] * page.rows), *page.foot]
    levels, heights = [row.level for row in rows], list(map(_high, rows))
    repeated = sum(heights[len(page.head) - page.repeated : len(page.head)])
    tail = next((len(rows) - each for each in page.together if sum(heights[-each:]) <= least - repeated), 0)
    if sum(heights) <= least or not tail:
        return False, 0
    if sum(heights) * _SHRUNK <= least and scale * least / sum(heights) >= _SMALLEST:
        return True, 0
    if not known:
        return False, tail
    starts = [_starts(heights, room, repeated) for room in (least, most)]
    if all(each[-1] <= tail for each in starts):
        return False, 0
    before = max(start for each in starts for start in each if start <= tail)
    tail = before if before > len(page.head) and tail - before <= _FEW else tail
    above = next((at for at in range(tail - 1, len(page.head), -1) if levels[at] < levels[tail]), tail)
    return False, above if tail - above <= _FEW else tail  # a unit goes with those below it


def _starts(heights: Sequence[float], room: float, repeated: float) -> list[int]:
    """The rows with which pages of paper begin, where rows are repeated on each but the first."""
    starts, used = [0], 0.0
    for at, height in enumerate(heights):
        if used + height > room:
            starts, used = [*starts, at], repeated
        used += height
    return starts


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
    in_xml = lru_cache(maxsize=_REMEMBERED)(partial(_cell, numbers=numbers))
    written = (_row(str(number), row, in_xml) for number, row in enumerate(chain(page.head, page.body, page.foot), 1))
    while rows := "".join(islice(written, _TOGETHER)):
        yield rows.encode()


def _row(number: str, row: Row, in_xml: Callable[[int, Cell], str]) -> str:
    level = f' outlineLevel="{row.level}"' if row.level else ""
    height = f' ht="{row.height:g}" customHeight="1"' if row.height is not None else ""
    cells = "".join(map(in_xml, count(), row.cells))
    return f'<row r="{ROW}"{level}{height}>{cells}</row>'.replace(ROW, number)


def _cell(column: int, cell: Cell, numbers: Mapping[Style, int]) -> str:
    style, value, formula = cell
    start = f'<c r="{letter(column)}{ROW}" s="{numbers[style]}"'
    if formula:
        return f"{start}><f>{escape(formula, quote=False)}</f><v>{value!r}</v></c>"
    if isinstance(value, str):
        text = escape(excel_text(value), quote=False)
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if value else f"{start}/>"
    return f"{start}/>" if value is None else f"{start}><v>{value!r}</v></c>"

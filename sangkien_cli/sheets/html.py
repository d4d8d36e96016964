"""Web pages that portals serve as ".xls": their tables, laid out on one sheet as Excel does."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.content import Content, damaged
from sangkien_cli.sheets.formats import iso, shows_dates
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.limits import Watch
from sangkien_cli.sheets.markup import beginning, text_pieces
from sangkien_cli.sheets.package import trouble
from sangkien_cli.sheets.source import FORMULA, LAST_COLUMN, LAST_ROW, Span

_TAGS_IN_FRONT = re.compile(
    r"html|head|body|table|thead|tbody|tfoot|tr|meta|title|style|script|div|p|center|font|span|form|link|base|br|b|h[1-6]"
    r"|frameset",
    re.IGNORECASE,
)
# A tag, a comment's beginning, or a declaration. A quote opens a value only behind "="; nothing is tried twice, so a
# hostile file costs no more time than another one of its size.
_TOKEN = re.compile(
    r"""<(?:!--|[!?][^>]*+(?:>|\Z)|(/?)([A-Za-z][^\s/>]*+)((?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)(?:>|\Z))"""
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'>][^\s=/>]*)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")
_WANTED = frozenset({"colspan", "rowspan", "style", "class", "hidden", "x:num", "x:str", "x:err", "x:bool"})
_SPECIAL = _WANTED - {"style", "class", "hidden"}
_MAY_MATTER = re.compile(r"span|x:|style|class|hidden", re.IGNORECASE)
_LONGEST_TAG = 1 << 20  # characters
_DEEPEST = 50  # tables inside tables
_WIDEST_SPAN = 1000  # by the HTML standard
_RAW = frozenset({"script", "style", "xml", "title"})  # what stands inside is no text of the page
_BLOCK = re.compile(  # what begins a new line
    r"p|div|h[1-6]|center|form|[uod]l|li|d[td]|hr|pre|blockquote|address|article|section|header|footer|nav|main|fieldset"
    r"|legend|option|select|optgroup|body|html|head"
)
_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HIDES = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_PASSWORD = re.compile(r"""\btype\s*=\s*["']?password""", re.IGNORECASE)
_OTHER_SHEETS = re.compile(r"""\bid\s*=\s*["']?shLink""", re.IGNORECASE)  # how Excel's main page names them
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,100})</x:Name>", re.IGNORECASE)
_EPOCH_1904 = re.compile(r"<x:Date1904\s*/?>", re.IGNORECASE)
_CLASS = re.compile(r"\.([\w-]+)\s*(?=,|$)")
_FORMAT = re.compile(r"""mso-number-format\s*:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^;]+))""", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{4}|.)")
_NUMBER = re.compile(r"[+-]?\d{1,100}(?:\.\d{1,100})?(?:[eE][+-]?\d{1,2})?")
_DATE_SHOWN = re.compile(r"\d{1,4}([/-])\d{1,2}\1\d{1,4}\b")
_QUOTED_FORMULA = re.compile(r'="([^"]+)"')  # how exporters keep a code's zeros


def is_html(start: bytes) -> bool:
    """Whether a file that begins so is a web page: behind white space, comments and declarations stands an HTML tag."""
    before, name, _ = beginning(start)
    return (
        _TAGS_IN_FRONT.fullmatch(name) is not None
        or "<!doctype html" in before.lower()
        or (not name and before[:4] == "<!--")
    )


def open_html(content: Content) -> list[Grid]:
    """The one sheet of a web page.

    As in Excel, everything stands one below another on one sheet, in the order of the page: each line of text outside
    the tables is a row, each `<tr>` is one, also an empty one, and a table inside a cell takes the rows and columns it
    needs, which pushes what stands below and to the right of it. So rows have Excel's numbers, but for one thing: Excel
    gives a cell with line breaks (`<br>`) several rows unless the page forbids it; here it stays one cell in one row,
    with the line breaks in it, because a record is one row.

    Cells are text as they stand (zeros kept, `5.091` is no number) unless they say their value themselves (`x:num`).
    Colspan and rowspan are merged ranges whose value stands in the first cell; rows that the page does not display
    count as hidden. A cell with a formula (`=SUM(A1:A9)`), which Excel would compute on opening, is flawed as FORMULA.

    Raises SangkienError for a page without a table (a login or error page), one whose data are in other files, one that
    is cut off, and one whose text encoding is not sure.
    """
    with trouble(content):
        text = "".join(text_pieces(content))
        content.watch.keep(len(text))
        page = _Page(content)
        page.read(text)
        _refuse_other_pages(content, page)
        name = _SHEET_NAME.search(text)
        grid = Grid(content.place, html.unescape(name[1]).strip() if name else None, hidden=False, watch=content.watch)
        grid.epoch_1904 = _EPOCH_1904.search(text) is not None
        values = _Values(grid, _formats(page.styles), grid.epoch_1904)
        _place(page.blocks, grid, values)
        if not page.nested:
            grid.check(_count_rows(text, content.watch))
        return [grid]


def _refuse_other_pages(content: Content, page: _Page) -> None:
    problem = None
    if page.asks_password:
        problem = "file.no_table"
    elif not page.tables:
        problem = "file.frameset" if page.names_others else "file.no_table"
    elif page.cut_off:
        problem = "file.cut_off"
    if problem:
        raise SangkienError(Problem(content.place, say(problem), say(f"{problem}.fix")))


# --- the page as tags and text -------------------------------------------------------------------------------------


class _CutOff(Exception):
    """The page ends inside a tag, a comment or a script."""


def _tokens(text: str, watch: Watch) -> Iterator[tuple[str, str, str]]:
    """The page piece by piece: ("", "", text), ("name", "", attributes) for a tag, ("name", "/", "") for its end.

    A style sheet comes as the attributes of its end tag. The standard library's parser is not used: what it makes of
    broken comments and scripts differs between Python's patch releases, so rows would, and one tag of 100 MB costs it
    gigabytes. Raises _CutOff.
    """
    at = 0
    for number in range(len(text) + 1):
        if number % 4096 == 0:
            watch.time()
        found = _TOKEN.search(text, at)
        if found is None:
            break
        if found.start() > at:
            yield "", "", text[at : found.start()]
        at = found.end()
        if text.startswith("<!--", found.start()):
            # `<!-->` is a whole comment.
            at = _behind(text, "-->", found.start() + 2)
            continue
        if text[at - 1] != ">":
            raise _CutOff
        if found[2] is None:
            continue
        name = found[2].lower()
        if name in _RAW and not found[1] and not found[3].endswith("/"):
            end = re.compile(rf"</{name}\b", re.IGNORECASE).search(text, at)
            if end is None:
                raise _CutOff
            yield name, "/", text[at : end.start()] if name == "style" else ""
            at = _behind(text, ">", end.end())
            continue
        yield name, found[1], found[3]
    if at < len(text):
        yield "", "", text[at:]


def _behind(text: str, mark: str, at: int) -> int:
    found = text.find(mark, at)
    if found < 0:
        raise _CutOff
    return found + len(mark)


def _attributes(text: str) -> dict[str, str | None]:
    """The attributes of a tag that this module knows; None = without a value."""
    if not _MAY_MATTER.search(text):
        return {}
    if len(text) > _LONGEST_TAG:
        raise ValueError("tag")
    found: dict[str, str | None] = {}
    for match in _ATTRIBUTE.finditer(text):
        name = match[1].lower()
        if name in _WANTED and name not in found:
            value = next((each for each in match.groups()[1:] if each is not None), None)
            found[name] = None if value is None else html.unescape(value)
    return found


# --- the page as blocks --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cell:
    """A cell that is more than its text."""

    blocks: list[str | _Table]
    attributes: dict[str, str | None]

    def plain(self) -> str | None:
        """Its text, if it is nothing but text."""
        text = self.text()
        return None if text is None or text.startswith("=") or _SPECIAL.intersection(self.attributes) else text

    def text(self) -> str | None:
        """Its text; None = it holds a table."""
        texts = [block for block in self.blocks if isinstance(block, str)]
        return "\n".join(texts) if len(texts) == len(self.blocks) else None

    def span(self, name: str) -> int:
        digits = re.match(r"\s*(\d{1,9})", self.attributes.get(name) or "")
        return max(int(digits[1]), 1) if digits else 1


@dataclass(slots=True)
class _Table:
    rows: list[list[str | _Cell]] = field(default_factory=list)  # most cells are nothing but text
    hidden: set[int] = field(default_factory=set)  # positions in `rows`
    nested: bool = False  # whether a cell holds a table


@dataclass(slots=True)
class _Open:
    """A table whose end has not come yet."""

    table: _Table
    home: list[str | _Table]  # what the table stands in, as the last of it
    hides: bool  # the table is not displayed
    group_hides: bool = False
    in_row: bool = False
    cell: _Cell | None = None
    lines: list[str] = field(default_factory=list)  # of the open cell
    closed_cells: bool = False  # a cell had an end tag


class _Page:
    """What a page holds: lines of text and tables. Tags may be left unclosed, as browsers and Excel allow."""

    def __init__(self, content: Content) -> None:
        self.blocks: list[str | _Table] = []
        self.styles: list[str] = []
        self.tables = 0
        self.nested = False
        self.cut_off = False
        self.asks_password = False  # a login form
        self.names_others = False  # the data are in files of their own
        self._content = content
        self._open: list[_Open] = []
        self._line: list[str] = []
        self._starts: dict[str, Callable[[str], None]] = {
            "table": self._start_table, "tr": self._start_row, "td": self._start_cell, "th": self._start_cell,
            "caption": self._start_caption, "br": self._break, **dict.fromkeys(_GROUPS, self._start_group),
        }  # fmt: skip
        self._ends: dict[str, Callable[[], None]] = {
            "table": self._end_table, "tr": self._end_row, "td": self._end_cell, "th": self._end_cell,
            "caption": self._end_row, **dict.fromkeys(_GROUPS, self._end_group),
        }  # fmt: skip

    def read(self, text: str) -> None:
        """Take the page in."""
        ended = False
        whole = False  # the page has a frame of its own, so its end can be told
        try:
            for name, slash, rest in _tokens(text, self._content.watch):
                if not name:
                    self._line.append(html.unescape(rest))
                elif slash:
                    ended = ended or name in ("html", "body")
                    self._end(name, rest)
                else:
                    whole = whole or name in ("html", "body")
                    self._start(name, rest)
        except _CutOff:
            self.cut_off = True
        self._flush()
        if self._open and not ended:
            top = self._open[-1]
            self.cut_off = self.cut_off or whole or (top.cell is not None and top.closed_cells)
        while self._open:
            self._end_table()

    def _start(self, name: str, rest: str) -> None:
        if (handler := self._starts.get(name)) is not None:
            handler(rest)
        elif _BLOCK.fullmatch(name):
            self._flush()
        elif name == "input":
            self.asks_password = self.asks_password or _PASSWORD.search(rest) is not None
        elif name == "frameset" or (name == "link" and _OTHER_SHEETS.search(rest)):
            self.names_others = True

    def _end(self, name: str, rest: str) -> None:
        if (handler := self._ends.get(name)) is not None:
            handler()
        elif _BLOCK.fullmatch(name):
            self._flush()
        elif name == "style":
            self.styles.append(rest)

    def _flush(self, *, blank: bool = False) -> None:
        """The line of text ends here. A blank one is kept in cells, and on the page where `blank` says so."""
        raw = "".join(self._line)
        self._line.clear()
        line = _BLANKS.sub(" ", raw).strip(" ") if raw else ""
        if not line and not blank:
            return
        if not self._open:
            self.blocks.append(line)
        elif (top := self._open[-1]).cell is not None:
            top.lines.append(line)
        elif line.strip():
            # By the HTML standard, text between a table's cells stands in front of the table.
            top.home.insert(-1, line)

    def _break(self, _: str) -> None:
        self._flush(blank=True)

    def _start_table(self, rest: str) -> None:
        self._flush()
        if self._open and self._open[-1].cell is None:
            # By the HTML standard, a table between the cells of another one ends that.
            self._end_table()
        if len(self._open) >= _DEEPEST:
            raise damaged(self._content.place, "<table>")
        home = self.blocks
        if self._open:
            top = self._open[-1]
            assert top.cell is not None
            self._gather(top)
            home = top.cell.blocks
            top.table.nested = self.nested = True
        table = _Table()
        self.tables += 1
        home.append(table)
        self._open.append(_Open(table, home, _hides(_attributes(rest))))

    def _gather(self, top: _Open) -> None:
        """The lines of the open cell become a block of it."""
        assert top.cell is not None
        if text := "\n".join(top.lines).strip():
            top.cell.blocks.append(text)
        top.lines.clear()

    def _end_table(self) -> None:
        self._end_row()
        if self._open:
            self._open.pop()

    def _start_group(self, rest: str) -> None:
        self._end_row()
        if self._open:
            self._open[-1].group_hides = _hides(_attributes(rest))

    def _end_group(self) -> None:
        self._start_group("")

    def _start_row(self, rest: str) -> None:
        self._end_row()
        if not self._open:
            self._start_table("")
        top = self._open[-1]
        top.in_row = True
        if top.hides or top.group_hides or _hides(_attributes(rest)):
            top.table.hidden.add(len(top.table.rows))
        top.table.rows.append([])

    def _end_row(self) -> None:
        self._close_cell()
        if self._open:
            self._open[-1].in_row = False

    def _start_caption(self, _: str) -> None:
        self._start_row("")
        self._start_cell("")

    def _start_cell(self, rest: str) -> None:
        self._close_cell()
        if not self._open or not self._open[-1].in_row:
            self._start_row("")
        self._open[-1].cell = _Cell([], _attributes(rest))

    def _end_cell(self) -> None:
        if self._open and self._open[-1].cell is not None:
            self._open[-1].closed_cells = True
        self._close_cell()

    def _close_cell(self) -> None:
        self._flush()
        if not self._open or (cell := self._open[-1].cell) is None:
            return
        top = self._open[-1]
        self._gather(top)
        top.cell = None
        plain = cell.plain()
        top.table.rows[-1].append(cell if plain is None else plain)


def _hides(attributes: dict[str, str | None]) -> bool:
    return "hidden" in attributes or _HIDES.search(attributes.get("style") or "") is not None


# --- the blocks as a sheet -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a cell stands in its table, counted in the table's own rows and columns from 0."""

    row: int
    column: int
    height: int
    width: int
    cell: str | _Cell


def _slots(table: _Table, watch: Watch) -> Iterator[_Slot]:
    taken: list[int] = []  # by column: the first row that no cell from above reaches into
    for row, cells in enumerate(table.rows):
        watch.time()
        column = 0
        for cell in cells:
            while column < len(taken) and taken[column] > row:
                column += 1
            if isinstance(cell, str):
                yield _Slot(row, column, 1, 1, cell)
                column += 1
                continue
            watch.time()
            width = min(cell.span("colspan"), _WIDEST_SPAN, max(LAST_COLUMN + 1 - column, 1))
            height = min(cell.span("rowspan"), len(table.rows) - row)
            if height > 1:
                taken.extend([0] * (column + width - len(taken)))
                taken[column : column + width] = [row + height] * width
            yield _Slot(row, column, height, width, cell)
            column += width


def _measure(table: _Table, watch: Watch) -> tuple[list[int], list[int]]:
    """How many rows of the sheet each row of a table takes, and how many columns each of its columns."""
    heights = [1] * len(table.rows)
    widths: list[int] = []
    for slot in _slots(table, watch):
        end = slot.column + slot.width
        if end > LAST_COLUMN + 1:
            continue
        widths.extend([1] * (end - len(widths)))
        if isinstance(slot.cell, str):
            continue
        sizes = [_size(block, watch) for block in slot.cell.blocks]
        bottom = slot.row + slot.height
        heights[bottom - 1] += max(sum(high for high, _ in sizes) - sum(heights[slot.row : bottom]), 0)
        widths[end - 1] += max(max((wide for _, wide in sizes), default=0) - sum(widths[slot.column : end]), 0)
    return heights, widths


def _size(block: str | _Table, watch: Watch) -> tuple[int, int]:
    if isinstance(block, str):
        return 1, 1
    heights, widths = _measure(block, watch)
    return sum(heights), sum(widths)


def _starts(first: int, sizes: list[int]) -> list[int]:
    """Where each of them begins, and where the last one ends."""
    starts = [first]
    for size in sizes:
        starts.append(starts[-1] + size)
    return starts


def _place(blocks: list[str | _Table], grid: Grid, values: _Values, row: int = 1, column: int = 0) -> int:
    """Write blocks one below another on the sheet, from this row and column on. Returns the row below them."""
    for block in blocks:
        if isinstance(block, str):
            grid.put(row, column, block.strip())
            row += 1
        else:
            row = _place_table(block, grid, values, row, column)
    return row


def _place_table(table: _Table, grid: Grid, values: _Values, top: int, left: int) -> int:
    rows: range | list[int] = range(top, top + len(table.rows) + 1)
    columns: range | list[int] = range(left, LAST_COLUMN + 2 + _WIDEST_SPAN)
    if table.nested:
        heights, widths = _measure(table, grid.watch)
        rows, columns = _starts(top, heights), _starts(left, widths)
    for number in table.hidden:
        grid.hide(range(rows[number], rows[number + 1]))
    for slot in _slots(table, grid.watch):
        cell = slot.cell
        if not cell:
            continue
        if slot.column + slot.width >= len(columns):
            raise ValueError(slot.column)
        row, column = rows[slot.row], columns[slot.column]
        if isinstance(cell, _Cell) and cell.text() is None:
            _place(cell.blocks, grid, values, row, column)
            continue
        if values.put(row, column, cell):
            bottom, right = rows[slot.row + slot.height] - 1, columns[slot.column + slot.width] - 1
            if (bottom, right) != (row, column):
                grid.merge(Span(row, column, min(bottom, LAST_ROW), min(right, LAST_COLUMN)))
    return rows[-1]


# --- what a cell holds ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Values:
    """Writes what cells hold."""

    grid: Grid
    formats: dict[str, str]  # number formats by class
    epoch_1904: bool

    def put(self, row: int, column: int, cell: str | _Cell) -> bool:
        """Write a cell without tables. Returns whether it holds anything."""
        text = cell if isinstance(cell, str) else cell.text() or ""
        if isinstance(cell, _Cell) and self._own(row, column, text, cell.attributes):
            return True
        if text.startswith("=") and len(text) > 1:
            if quoted := _QUOTED_FORMULA.fullmatch(text):
                text = quoted[1].strip() or text
            elif self._code(cell) != "@":
                self.grid.put_flaw(row, column, FORMULA)
                return True
        self.grid.put(row, column, text)
        return bool(text)

    def _own(self, row: int, column: int, text: str, attributes: dict[str, str | None]) -> bool:
        """The value that the cell states itself, in Excel's own attributes; False = it states none."""
        if error := (attributes.get("x:err") or "").strip():
            self.grid.put_flaw(row, column, error)
        elif truth := (attributes.get("x:bool") or "").strip():
            self.grid.put(row, column, truth.upper())
        elif stated := (attributes.get("x:str") or "").strip():
            self.grid.put(row, column, stated)
        elif "x:num" in attributes:
            return self._number(row, column, text, attributes)
        else:
            return False
        return True

    def _number(self, row: int, column: int, text: str, attributes: dict[str, str | None]) -> bool:
        stated = (attributes["x:num"] or text).strip()
        value = float(stated) if _NUMBER.fullmatch(stated) else math.inf
        if math.isinf(value):
            return False
        code = self._code(_Cell([], attributes))
        is_date = code is not None and shows_dates(code)
        if is_date and (day := iso(value, epoch_1904=self.epoch_1904)) is not None:
            self.grid.put(row, column, day)
        elif code is None and _DATE_SHOWN.match(text):
            # A date whose format the page does not give: what it shows is what is known of it.
            self.grid.put(row, column, text)
        else:
            self.grid.put_number(row, column, value, code)
            if text.isdecimal() and text.startswith("0") and len(text) > 1:
                self.grid.show(row, column, text)
        return True

    def _code(self, cell: str | _Cell) -> str | None:
        """The number format of a cell: its own, or that of its class."""
        if isinstance(cell, str):
            return None
        own = _format_in(cell.attributes.get("style") or "")
        return own if own is not None else self.formats.get((cell.attributes.get("class") or "").strip().lower())


def _formats(styles: list[str]) -> dict[str, str]:
    """The number formats in style sheets by class name, in small letters."""
    formats = {}
    for style in styles:
        for rule in style.split("}"):
            names, _, declarations = rule.partition("{")
            if (code := _format_in(declarations)) is not None:
                formats.update(dict.fromkeys(map(str.lower, _CLASS.findall(names.strip())), code))
    return formats


def _format_in(style: str) -> str | None:
    found = _FORMAT.search(style)
    if found is None:
        return None
    escaped = next(each for each in found.groups() if each is not None).strip()
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if len(match[1]) == 4 else match[1], escaped)


# --- the second count ----------------------------------------------------------------------------------------------


def _count_rows(text: str, watch: Watch) -> int:
    """The rows of a page without nested tables that hold anything, counted without laying them out.

    In a cell, anything makes its row count, once; elsewhere every line of text counts.
    """
    counted = 0
    in_cell = holds = row_holds = False
    for name, slash, rest in _tokens(text, watch):
        if not name:
            holds = holds or html.unescape(rest).strip() != ""
            continue
        cell = name in ("td", "th", "caption")
        row = name in ("table", "tr", "caption") or name in _GROUPS
        if in_cell:
            if cell or row:
                row_holds = row_holds or holds
                in_cell = holds = False
        elif cell or row or name == "br" or _BLOCK.fullmatch(name):
            counted += holds
            holds = False
        if row:
            counted += row_holds
            row_holds = False
        if cell and not slash:
            in_cell = True
            row_holds = row_holds or _states_value(rest)
    return counted + (row_holds or holds)


def _states_value(rest: str) -> bool:
    """Whether a cell states its value in an attribute of its own."""
    if "x:" not in rest.lower():
        return False
    attributes = _attributes(rest)
    stated = any((attributes.get(name) or "").strip() for name in ("x:err", "x:bool", "x:str"))
    return stated or _NUMBER.fullmatch((attributes.get("x:num") or "").strip()) is not None

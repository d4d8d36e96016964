"""XML Spreadsheet 2003, which portals serve as ".xls"."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.formats import iso, shows_dates
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.html import is_html
from sangkien_cli.sheets.markup import beginning, text_pieces
from sangkien_cli.sheets.package import XmlReader, local_name, trouble
from sangkien_cli.sheets.source import FORMULA, LAST_COLUMN, LAST_ROW, Span

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_TEXT_LIMIT = 1 << 20  # characters of one cell; Excel itself allows 32,767


def is_xml2003(start: bytes) -> bool:
    """Whether a file that begins so is XML but no web page. `open_xml2003` refuses XML that is no workbook."""
    before, name, _ = beginning(start)
    return not is_html(start) and (before.startswith("<?xml") or local_name(name.replace(":", "}")) == "Workbook")


def open_xml2003(content: Content) -> list[Grid]:
    """The sheets of an XML Spreadsheet 2003, rows numbered as Excel does, all of them filled.

    Dates come in ISO 8601. Merged ranges have their value in the first cell. A formula without a stored result is
    flawed as FORMULA.

    Raises SangkienError for XML that is no such workbook, is not well formed (cut off, too), declares a document type,
    or whose text encoding is not sure.
    """
    with trouble(content):
        workbook = _Workbook(content)
        _feed(workbook.reader, text_pieces(content))
        counted = _count_rows(content)
        if len(counted) != len(workbook.sheets):
            raise ValueError("Worksheet")
        for sheet, rows in zip(workbook.sheets, counted, strict=True):
            sheet.check(rows)
        return workbook.sheets


def _feed(reader: XmlReader, pieces: Iterator[str]) -> None:
    # White space may not stand before a declaration.
    begun = False
    for piece in pieces:
        data = piece if begun else piece.lstrip("\ufeff\r\n\t ")
        if data:
            begun = True
            reader.feed(data.encode())
    reader.close()


# --- the workbook --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cell:
    """A cell whose end has not come yet."""

    column: int
    across: int
    down: int
    style: str | None
    formula: bool
    kind: str | None = None  # None = without data
    text: list[str] = field(default_factory=list)


class _Workbook:
    """Fills one grid for each worksheet."""

    def __init__(self, content: Content) -> None:
        self.sheets: list[Grid] = []
        self.reader = XmlReader(self._start, self._end, encoding="utf-8")
        self._content = content
        self._path: list[str] = []  # local names of the open elements
        self._formats: dict[str, str] = {}  # number formats by style
        self._style: str | None = None
        self._epoch_1904 = False
        self._row = 0
        self._row_style: str | None = None
        self._next_row = 1
        self._next_column = 0
        self._column_styles: dict[int, str] = {}
        self._table_style: str | None = None
        self._next_style_column = 0
        self._cell: _Cell | None = None
        self._said: list[str] = []  # text of an option

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = local_name(tag)
        if not self._path and (name, tag.rpartition("}")[0]) not in (("Workbook", _NAMESPACE), ("Workbook", "")):
            what = say("file.other_xml", root=name[:50])
            raise SangkienError(Problem(self._content.place, what, say("file.other_xml.fix")))
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if self._cell is not None:
            if name == "Data" and parent == "Cell":
                self._cell.kind = _get(attributes, "Type") or "String"
                self.reader.expat.CharacterDataHandler = self._cell_text
        elif name == "Cell" and parent == "Row":
            self._start_cell(attributes)
        elif name == "Row" and parent == "Table" and self.sheets:
            self._start_row(attributes)
        elif name == "Column" and parent == "Table" and self.sheets:
            self._column(attributes)
        elif name == "Table" and parent == "Worksheet":
            self._table_style = _get(attributes, "StyleID")
        elif name == "Worksheet" and parent == "Workbook":
            self._start_sheet(_get(attributes, "Name"))
        elif name == "Style":
            self._start_style(attributes)
        elif name == "NumberFormat" and self._style is not None:
            self._formats[self._style] = _get(attributes, "Format") or ""
        elif name in ("Visible", "Date1904"):
            self._said.clear()
            self.reader.expat.CharacterDataHandler = self._said.append

    def _end(self, tag: str) -> None:
        name = self._path.pop()
        if name == "Data" and self._path[-1:] == ["Cell"]:
            self.reader.expat.CharacterDataHandler = None
        elif name == "Cell" and self._cell is not None and self._path[-1:] == ["Row"]:
            cell, self._cell = self._cell, None
            self._write(cell)
        elif name == "Style":
            self._style = None
        elif name in ("Visible", "Date1904") and self._cell is None:
            self.reader.expat.CharacterDataHandler = None
            said = "".join(self._said).strip()
            if name == "Date1904":
                self._epoch_1904 = said != "0"
            elif self.sheets and said in ("SheetHidden", "SheetVeryHidden"):
                self.sheets[-1].hidden = True

    def _cell_text(self, text: str) -> None:
        assert self._cell is not None
        self._cell.text.append(text)

    def _start_style(self, attributes: Mapping[str, str]) -> None:
        self._style = _get(attributes, "ID")
        parent = self._formats.get(_get(attributes, "Parent") or "")
        if self._style is not None and parent is not None:
            self._formats[self._style] = parent

    def _start_sheet(self, name: str | None) -> None:
        self.sheets.append(Grid(self._content.place, name, hidden=False, watch=self._content.watch))
        self.sheets[-1].epoch_1904 = self._epoch_1904
        self._next_row = 1
        self._table_style = None
        self._column_styles.clear()
        self._next_style_column = 0

    def _column(self, attributes: Mapping[str, str]) -> None:
        self._content.watch.time()
        column = _index(attributes, LAST_COLUMN + 1, self._next_style_column + 1) - 1
        last = min(column + _number(attributes, "Span", LAST_COLUMN), LAST_COLUMN)
        if style := _get(attributes, "StyleID"):
            self._column_styles.update(dict.fromkeys(range(column, last + 1), style))
        self._next_style_column = last + 1

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._content.watch.time()
        self._row = _index(attributes, LAST_ROW, self._next_row)
        self._row_style = _get(attributes, "StyleID")
        # Span says how many more rows are like this one: they are blank.
        self._next_row = self._row + 1 + _number(attributes, "Span", LAST_ROW)
        self._next_column = 0
        if (_get(attributes, "Hidden") or "0") not in ("0", "false"):
            self.sheets[-1].hide(range(self._row, min(self._next_row, LAST_ROW + 1)))

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        column = _index(attributes, LAST_COLUMN + 1, self._next_column + 1) - 1
        across = _number(attributes, "MergeAcross", LAST_COLUMN)
        style = _get(attributes, "StyleID") or self._row_style or self._column_styles.get(column) or self._table_style
        formula = _get(attributes, "Formula") is not None
        self._cell = _Cell(column, across, _number(attributes, "MergeDown", LAST_ROW), style, formula)
        self._next_column = column + 1 + across

    def _write(self, cell: _Cell) -> None:
        sheet, text = self.sheets[-1], "".join(cell.text)
        if len(text) > _TEXT_LIMIT:
            raise ValueError("Data")
        if cell.kind is None or (not text.strip() and cell.kind not in ("String", "Error")):
            if cell.formula:
                sheet.put_flaw(self._row, cell.column, FORMULA)
        elif cell.kind == "Error":
            sheet.put_flaw(self._row, cell.column, text.strip())
        elif cell.kind == "Number":
            self._write_number(sheet, cell, text.strip())
        elif cell.kind == "DateTime":
            sheet.put(self._row, cell.column, _date(text.strip()))
        elif cell.kind == "Boolean":
            truth = {"1": "TRUE", "0": "FALSE"}
            sheet.put(self._row, cell.column, truth.get(text.strip(), text.strip().upper()))
        else:
            sheet.put(self._row, cell.column, text)
        if (cell.across or cell.down) and (cell.kind is not None or cell.formula):
            bottom, right = min(self._row + cell.down, LAST_ROW), min(cell.column + cell.across, LAST_COLUMN)
            sheet.merge(Span(self._row, cell.column, bottom, right))

    def _write_number(self, sheet: Grid, cell: _Cell, text: str) -> None:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            # What calls itself a number and is none ("1.234,5") is kept as it stands.
            sheet.put(self._row, cell.column, text)
            return
        code = self._formats.get(cell.style or "Default")
        is_date = code is not None and shows_dates(code)
        if is_date and (day := iso(value, epoch_1904=self._epoch_1904)) is not None:
            sheet.put(self._row, cell.column, day)
        else:
            sheet.put_number(self._row, cell.column, value, code)


def _get(attributes: Mapping[str, str], name: str) -> str | None:
    """An attribute with its proper prefix, or without one, as sloppy writers leave it."""
    value = attributes.get(f"{_NAMESPACE}}}{name}")
    return attributes.get(name) if value is None else value


def _number(attributes: Mapping[str, str], name: str, most: int) -> int:
    """A count, 0 where it is not given; one beyond the sheet reaches to its end. Raises ValueError for no number."""
    value = _get(attributes, name)
    return 0 if value is None else min(max(int(value[:20]), 0), most)


def _index(attributes: Mapping[str, str], last: int, following: int) -> int:
    """A place counted from 1; `following` where none is given.

    Raises ValueError for one outside the sheet, or before that of the element in front: Excel calls both damaged.
    """
    value = _get(attributes, "Index")
    index = following if value is None else int(value[:20])
    if not following <= index <= last:
        raise ValueError(f"Index {index}")
    return index


def _date(text: str) -> str:
    """`2022-04-27T00:00:00.000` as `2022-04-27`, with its time where it has one; other text as it stands.

    A time alone is stored with the last day of 1899.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    clock = moment.time().isoformat("milliseconds" if moment.microsecond >= 1000 else "seconds")
    if (moment.year, moment.month, moment.day) == (1899, 12, 31):
        return clock
    return moment.date().isoformat() + (f" {clock}" if clock != "00:00:00" else "")


# --- the second count ----------------------------------------------------------------------------------------------


def _count_rows(content: Content) -> list[int]:
    """For each worksheet, how many of its `<Row>` elements hold a cell with data that are not blank, or a formula.

    Counted without rows' numbers, types or cells, from the order of the elements alone.
    """
    counts: list[int] = []
    holds = formula = False
    comment = data = 0

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal holds, formula, comment, data
        name = local_name(tag)
        if name == "Worksheet":
            counts.append(0)
        elif name == "Row":
            holds = False
        elif name == "Comment":
            comment += 1
        elif name == "Data" and not comment:
            data += 1
            kind = _get(attributes, "Type") or "String"
            # An error is one without any text too; the result of a formula may be an empty text.
            holds = holds or kind == "Error"
            formula = formula and kind != "String"
        elif name == "Cell":
            formula = _get(attributes, "Formula") is not None

    def end(tag: str) -> None:
        nonlocal holds, comment, data
        name = local_name(tag)
        if name == "Cell":
            holds = holds or formula
        elif name == "Row" and holds and counts:
            counts[-1] += 1
        elif name == "Comment":
            comment -= 1
        elif name == "Data" and not comment:
            data -= 1

    def text(piece: str) -> None:
        nonlocal holds
        if data and not comment and not holds:
            holds = not piece.isspace()

    _feed(XmlReader(start, end, text, encoding="utf-8"), text_pieces(content))
    return counts

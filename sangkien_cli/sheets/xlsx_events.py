"""A worksheet's cells read with an XML parser: any form, slower, and as far down as asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

import numpy as np

from sangkien_cli.sheets.package import XmlReader, local_name
from sangkien_cli.sheets.source import LAST_COLUMN, LAST_ROW, Span, position
from sangkien_cli.sheets.xlsx_columns import Batch, Gathering
from sangkien_cli.sheets.xlsx_text import LONGEST, Held, Kind, held

_ADDRESS = re.compile("[A-Za-z]{1,3}[0-9]{1,7}")
_ENOUGH = 1 << 16  # cells that are kept before they become arrays


class Enough(Exception):
    """All that was asked for has been read."""


class SheetParser:
    """Takes the XML of a worksheet in chunks and tells of every cell that holds something.

    `tell` is given row, column, style and what the cell holds, row after row as they stand in the file; `merge` and
    `hide` merged ranges and hidden rows. Every method
    raises ValueError, or what expat raises, where the XML is no worksheet: a cell that no sheet can have, a row or
    cell that is there twice.
    """

    def __init__(
        self,
        tell: Callable[[int, int, int, Held], None],
        *,
        merge: Callable[[Span], object] = lambda _: None,
        hide: Callable[[Iterable[int]], object] = lambda _: None,
        last_row: int = LAST_ROW,
    ) -> None:
        self.filled: set[int] = set()  # rows that hold something
        self._tell, self._merge, self._hide = tell, merge, hide
        self._enough = last_row
        self._inside = False  # the rows
        self._row = 0
        self._row_numbered = False
        self._columns: set[int] = set()  # of this row's cells that hold something
        self._column = -1
        self._type = "n"
        self._style = 0
        self._value: str | None = None
        self._inline: str | None = None
        self._has_formula = False
        self._text: list[str] | None = None  # None = not inside a text
        self._size = 0
        self._phonetic = False
        self._reader = XmlReader(self._start, self._end, self._data)

    def feed(self, chunk: bytes) -> None:
        """The next bytes. Raises Enough behind the last row that was asked for."""
        self._reader.feed(chunk)

    def close(self) -> None:
        """There are no more bytes."""
        self._reader.close()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if not self._inside:
            self._start_outside(name, attributes)
            return
        match name:
            case "c":
                self._start_cell(attributes)
            case "v":
                self._text, self._size = [], 0
            case "f":
                self._has_formula = True
            case "is":
                self._inline, self._size = "", 0
            case "t" if self._inline is not None and not self._phonetic:
                self._text = []
            case "rPh":
                self._phonetic = True
            case "row":
                self._start_row(attributes)

    def _start_outside(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            self._inside = True
        elif name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            if last:
                self._merge(Span(*_place(first), *_place(last)))

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self._row = int(number) if number else self._row + 1
        self._row_numbered = bool(number)
        self._column = -1
        self._columns = set()
        if not 1 <= self._row <= LAST_ROW:
            raise ValueError(self._row)
        if self._row > self._enough:
            raise Enough
        if attributes.get("hidden") in ("1", "true"):
            self._hide((self._row,))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference:
            row, self._column = _place(reference)
            if row != self._row and (self._row_numbered or self._columns):
                raise ValueError(reference)
            self._row = row
        else:
            self._column += 1
        self._type = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdecimal() else 0
        self._value = self._inline = None
        self._has_formula = False

    def _end(self, tag: str) -> None:
        match local_name(tag):
            case "c" if self._inside:
                cell = held(self._type, self._value, self._inline, has_formula=self._has_formula)
                if cell.kind != Kind.BLANK:
                    self._keep(cell)
                self._inline = None
            case "v" if self._text is not None:
                self._value, self._text = "".join(self._text), None
            case "t" if self._text is not None:
                self._inline, self._text = (self._inline or "") + "".join(self._text), None
            case "rPh":
                self._phonetic = False
            case "row" if self._columns:
                if self._row in self.filled:
                    raise ValueError(f"row {self._row}")
                self.filled.add(self._row)
                self._columns = set()
            case "sheetData":
                self._inside = False

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
            self._size += len(text)
            if self._size > LONGEST:
                raise ValueError(text[:20])

    def _keep(self, cell: Held) -> None:
        if not (1 <= self._row <= LAST_ROW and self._column <= LAST_COLUMN) or self._column in self._columns:
            raise ValueError(self._row, self._column)
        self._columns.add(self._column)
        self._tell(self._row, self._column, self._style, cell)


def _place(reference: str) -> tuple[int, int]:
    if not _ADDRESS.fullmatch(reference):
        raise ValueError(reference)
    row, column = position(reference)
    if not (1 <= row <= LAST_ROW and column <= LAST_COLUMN):
        raise ValueError(reference)
    return row, column


class Collector:
    """Gathers what a SheetParser tells."""

    def __init__(self, into: Gathering) -> None:
        self.parser = SheetParser(self._tell, merge=into.merge, hide=into.hide)
        self._into = into
        self._cells: list[tuple[int, int, int, int, int]] = []
        self._last_column = -1
        self._blank = into.strings.blank
        self._rows: set[int] = set()  # that hold something which is no blank shared string

    def _tell(self, row: int, column: int, style: int, cell: Held) -> None:
        value = self._into.value_of(cell)
        if cell.kind == Kind.STRING and self._blank[value]:
            return
        self._rows.add(row)
        self._cells.append((row, column, cell.kind, style, value))
        self._last_column = max(self._last_column, column)
        if len(self._cells) >= _ENOUGH:
            self._flush()

    def _flush(self) -> None:
        if self._cells:
            table = np.array(self._cells, dtype=np.int64)
            rows, columns, styles = (table[:, i].astype(np.int32) for i in (0, 1, 3))
            self._into.add(Batch(rows, columns, table[:, 2].astype(np.uint8), styles, table[:, 4].copy()))
            self._cells = []

    def close(self) -> None:
        """There are no more bytes."""
        self.parser.close()
        self._flush()
        self._into.fill(np.array(sorted(self._rows), dtype=np.int32), self._last_column)


class RowTexts:
    """Gathers the cells of some rows from what a SheetParser tells; None = of all rows."""

    def __init__(self, wanted: Collection[int] | None, last_row: int = LAST_ROW) -> None:
        self.parser = SheetParser(self._tell, last_row=last_row)
        self.rows: dict[int, dict[int, tuple[int, Held]]] = {}
        self._wanted = wanted

    def _tell(self, row: int, column: int, style: int, cell: Held) -> None:
        if self._wanted is None or row in self._wanted:
            self.rows.setdefault(row, {})[column] = style, cell

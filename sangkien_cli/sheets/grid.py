"""A sheet held in memory, cell by cell: what the readers of the smaller formats fill, and a `Source` over it."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from sangkien_cli import arrays
from sangkien_cli.sheets.content import enough_memory, recount
from sangkien_cli.sheets.formats import number_text, shown_as
from sangkien_cli.sheets.limits import Watch
from sangkien_cli.sheets.source import HEAD_ROWS, LAST_COLUMN, LAST_ROW, Cells, Span, address

_LOOK = 4096  # cells between two looks at the clock
IN_GRID = 16  # bytes that a cell takes, roughly, as all that follow: beside its text
_GRID, _ROW, _TEXT, _SPAN, _ENTRY = 3000, 80, 80, 300, 250  # an entry is one under a cell's address


@dataclass(slots=True)
class _Column:
    """The cells of one column that hold something, in the order in which they came."""

    rows: array[int] = field(default_factory=lambda: array("i"))
    texts: list[str] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("b"))  # 1 = a number


@dataclass(slots=True)
class Grid:
    """One sheet. Rows are counted from 1, columns from 0; a cell that holds "" or white space only is blank."""

    place: str  # the file as messages name it
    name: str | None
    hidden: bool
    watch: Watch
    epoch_1904: bool = False
    merged: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    flawed: dict[tuple[int, int], str] = field(default_factory=dict)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = -1
    _columns: dict[int, _Column] = field(default_factory=dict)
    _filled: set[int] = field(default_factory=set)  # rows that hold anything
    _cells: int = 0
    _rows_kept: int = 0  # of `_filled`, those that the watch knows of
    _texts: dict[str, str] = field(default_factory=dict)  # each text once

    def __post_init__(self) -> None:
        self.watch.keep(_GRID + len(self.name or ""))

    def put(self, row: int, column: int, text: str, *, number: bool = False) -> None:
        """A cell's text. Raises SangkienError where a limit is passed, ValueError where no sheet can have the cell."""
        if not text or (text.isspace() and not number):
            return
        self._reach(row, column)
        held = self._texts.get(text)
        if held is None:
            self._texts[text] = held = text
            self.watch.keep(_TEXT + len(text))
        into = self._columns.get(column)
        if into is None:
            into = self._columns[column] = _Column()
        into.rows.append(row)
        into.texts.append(held)
        into.numbers.append(number)

    def put_number(self, row: int, column: int, value: float, code: str | None = None) -> None:
        """A cell that holds a number which is no date; `code` is its number format, where it has one."""
        self.put(row, column, number_text(value), number=True)
        if code is not None and (text := shown_as(value, code)) is not None:
            self.show(row, column, text)

    def put_flaw(self, row: int, column: int, held: str) -> None:
        """A cell that holds an error value (`#REF!`), or FORMULA."""
        self._reach(row, column)
        self.watch.keep(_ENTRY)
        self.flawed[row, column] = held

    def show(self, row: int, column: int, text: str) -> None:
        """What Excel shows for a number."""
        self.watch.keep(_ENTRY)
        self.shown[row, column] = text

    def hide(self, rows: range) -> None:
        """These rows are hidden."""
        self.watch.keep(_ROW * len(rows))
        self.hidden_rows.update(rows)

    def merge(self, span: Span) -> None:
        """A merged range."""
        self.watch.keep(_SPAN)
        self.merged.append(span)

    def _reach(self, row: int, column: int) -> None:
        if not (1 <= row <= LAST_ROW and 0 <= column <= LAST_COLUMN):
            raise ValueError(address(row, column) if row > 0 <= column else (row, column))
        self._cells += 1
        if self._cells % _LOOK == 0:
            self.watch.time()
            self.watch.keep(IN_GRID * _LOOK + _ROW * (len(self._filled) - self._rows_kept))
            self._rows_kept = len(self._filled)
        self._filled.add(row)
        if row > self.last_row or column > self.last_column:
            self.last_row, self.last_column = max(row, self.last_row), max(column, self.last_column)
            corner = address(self.last_row, self.last_column)
            self.watch.rectangle(self.last_row, self.last_column + 1, corner, self.name or "")

    @property
    def nonblank(self) -> int:
        """How many rows hold anything."""
        return len(self._filled)

    def check(self, counted: int) -> None:
        """Compare the rows that hold anything with a second count of the file's own content. Raises SangkienError."""
        recount(self.place, self.name, self.nonblank, counted)

    # --- as a Source ---------------------------------------------------------------------------------------------

    def head(self) -> list[list[str]]:
        """The first rows."""
        rows = self.whole_rows(range(1, HEAD_ROWS + 1))
        return [rows.get(row, []) for row in range(1, min(self.last_row, HEAD_ROWS) + 1)]

    def cells(self, header_row: int, columns: Sequence[int] | None, plain: Collection[int] = ()) -> Cells:
        """The rows below the header down to the last one that holds anything."""
        with enough_memory(self.place):
            return self._cells_below(header_row, columns, plain)

    def _cells_below(self, header_row: int, columns: Sequence[int] | None, plain: Collection[int]) -> Cells:
        length = max(self.last_row - header_row, 0)
        wanted = range(self.last_column + 1) if columns is None else columns
        texts = []
        numbers = {}
        for position in wanted:
            column = self._columns.get(position, _Column())
            at = np.frombuffer(column.rows, dtype=np.int32) - (header_row + 1) if column.rows else np.zeros(0, np.int32)
            inside = np.flatnonzero(at >= 0)
            distinct = {"": 0}
            codes = np.zeros(length, dtype=np.int32)
            codes[at[inside]] = [distinct.setdefault(column.texts[i], len(distinct)) for i in inside.tolist()]
            encoded = arrays.encoded(codes, list(distinct))
            texts.append(encoded.dictionary_decode() if position in plain else encoded)
            if any(column.numbers):
                flags = np.zeros(length, dtype=bool)
                flags[at[inside]] = np.frombuffer(column.numbers, dtype=np.int8)[inside] != 0
                numbers[position] = flags
        return Cells(
            rows=np.arange(header_row + 1, header_row + 1 + length, dtype=np.int32),
            columns=texts,
            flawed={cell: held for cell, held in self.flawed.items() if cell[0] > header_row},
            numbers=numbers,
            shown=self.shown,
            epoch_1904=self.epoch_1904,
            merged=tuple(self.merged),
            hidden_rows=self.hidden_rows & self._filled,
            nonblank=self.nonblank,
        )

    def whole_rows(self, rows: Collection[int]) -> dict[int, list[str]]:
        """All cells of these rows as text."""
        found: dict[int, dict[int, str]] = {row: {} for row in rows}
        for position, column in self._columns.items():
            for row, text in zip(column.rows, column.texts, strict=True):
                if row in found:
                    found[row][position] = text
        for (row, position), held in self.flawed.items():
            if row in found:
                found[row][position] = held
        return {
            row: [cells.get(position, "") for position in range(max(cells, default=-1) + 1)]
            for row, cells in found.items()
            if cells
        }

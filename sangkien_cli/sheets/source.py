"""What every reader delivers, whatever the format of its file."""

from __future__ import annotations

from collections.abc import Collection, ItemsView, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sangkien_cli.arrays import TextArray

EXCEL_ERRORS = (
    "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
    "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#GETTING_DATA",
)  # fmt: skip
HEAD_ROWS = 60  # how far down a header is looked for
LAST_ROW, LAST_COLUMN = 1_048_576, 16_383  # of an Excel sheet; rows from 1, columns from 0
FORMULA = "formula"  # what a cell holds whose formula has no stored result


@dataclass(frozen=True, slots=True)
class Span:
    """A merged range of cells; rows from 1, columns from 0, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Formatted:
    """Numbers of one column whose format adds zeros or letters: the text of row `rows[k]` is `texts[numbers[k]]`."""

    rows: np.ndarray  # ascending
    numbers: np.ndarray
    texts: Sequence[str]

    def items(self) -> Iterator[tuple[int, str]]:
        """The rows and their texts."""
        for row, number in zip(self.rows, self.numbers, strict=True):
            yield int(row), self.texts[number]


class Shown(Mapping[tuple[int, int], str]):
    """What Excel shows for formatted numbers, by (row, column): there may be a million, so no dictionary holds them."""

    def __init__(self) -> None:
        self._columns: dict[int, list[Formatted]] = {}

    def add(self, column: int, cells: Formatted) -> None:
        """More cells of a column."""
        self._columns.setdefault(column, []).append(cells)

    def __getitem__(self, cell: tuple[int, int]) -> str:
        row, column = cell
        for cells in self._columns.get(column, ()):
            at = int(np.searchsorted(cells.rows, row))
            if at < len(cells.rows) and cells.rows[at] == row:
                return cells.texts[int(cells.numbers[at])]
        raise KeyError(cell)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return (cell for cell, _ in self.items())

    def __len__(self) -> int:
        return sum(len(cells.rows) for column in self._columns.values() for cells in column)

    def items(self) -> ItemsView[tuple[int, int], str]:
        """The cells and their texts, made as they are asked for."""
        return _ShownItems(self)


class _ShownItems(ItemsView[tuple[int, int], str]):
    def __iter__(self) -> Iterator[tuple[tuple[int, int], str]]:
        for column, pieces in self._mapping._columns.items():  # type: ignore[attr-defined]
            for cells in pieces:
                for row, text in cells.items():
                    yield (row, column), text


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of a sheet below a given row, some of its columns only, every cell as text.

    `columns[i][k]` is the cell of row number `rows[k]` in the i-th column asked for; "" where it is blank. A number is
    written plainly (`5.091`, `120004`), a date in ISO 8601, a truth value as TRUE or FALSE; a cell that holds no
    usable value is "" and stands in `flawed`. Positions of columns are those in the sheet, A = 0.
    """

    # int32, as Excel numbers them, ascending: every row down to the last that holds anything.
    rows: np.ndarray
    columns: Sequence[TextArray]
    broken: Mapping[int, str] = field(default_factory=dict)  # rows that could not be split into cells: why
    # Cells that hold no usable value, by (row, column): the error (`#REF!`), or FORMULA.
    flawed: Mapping[tuple[int, int], str] = field(default_factory=dict)
    # By column, which rows (positions in `rows`) hold a number rather than text; a column without numbers is left out.
    numbers: Mapping[int, np.ndarray] = field(default_factory=dict)
    # What Excel shows for a number whose format adds zeros or letters, by (row, column): `000007`.
    shown: Mapping[tuple[int, int], str] = field(default_factory=dict)
    epoch_1904: bool = False  # days are counted from 1904, not 1900
    merged: Sequence[Span] = ()  # of the whole sheet
    hidden_rows: Collection[int] = ()  # hidden by hand or by a filter, of the whole sheet
    nonblank: int | None = None  # rows of the whole sheet that hold anything in any column; None = nobody counted


class Source(Protocol):
    """One sheet of an open file."""

    @property
    def name(self) -> str | None:
        """The sheet's name; None for CSV, which has none."""
        ...

    @property
    def hidden(self) -> bool:
        """Whether Excel hides the whole sheet."""
        ...

    def head(self) -> list[list[str]]:
        """The first rows (HEAD_ROWS at most), from row 1 on, cells as text."""
        ...

    def cells(self, header_row: int, columns: Sequence[int] | None, plain: Collection[int] = ()) -> Cells:
        """The rows below row `header_row` (1-based; 0 = all rows), of the columns at these positions; None = all.

        The columns at the positions `plain` are not dictionary-encoded.

        Raises SangkienError if the sheet cannot be read whole.
        """
        ...

    def whole_rows(self, rows: Collection[int]) -> dict[int, list[str]]:
        """All cells of these rows as text, by row number; a flawed cell as what it holds. A blank row may be absent."""
        ...


def position(reference: str) -> tuple[int, int]:
    """Row (from 1) and column (from 0) of a cell's address: `D17` is (17, 3)."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]), column - 1


def address(row: int, column: int) -> str:
    """A cell's address from its row (from 1) and column (from 0).

    >>> address(17, 3), address(1, 26)
    ('D17', 'AA1')
    """
    return f"{column_letters(column)}{row}"


def column_letters(column: int) -> str:
    """A column's name in Excel, from its position (from 0): A, B… Z, AA…"""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

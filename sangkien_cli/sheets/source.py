"""What every reader delivers, whatever the format of its file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sangkien_cli.arrays import TextArray

EXCEL_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
HEAD_ROWS = 60  # how far down a header is looked for


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of a sheet below a given row, some of its columns only, every cell as text.

    `columns[i][k]` is the cell of row number `rows[k]` in the i-th column asked for; "" where it is blank.
    """

    rows: np.ndarray  # int32, as Excel numbers them, ascending
    columns: Sequence[TextArray]
    broken: Mapping[int, str] = field(default_factory=dict)  # rows that could not be split into cells: why
    # Cells that hold no usable value, by (row, column position in the sheet): what they hold, e.g. `#REF!`.
    flawed: Mapping[tuple[int, int], str] = field(default_factory=dict)


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
        """The rows below row `header_row` (1-based), of the columns at these positions (0-based); None = all.

        The columns at the positions `plain` are not dictionary-encoded.

        Raises SangkienError if the sheet cannot be read whole.
        """
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
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"

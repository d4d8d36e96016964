"""Rows that are not data: blank rows, a repeated header, a row of column numbers, totals (contract §3).

Group headings, "Trong đó" rows and the signature block are still taken as data.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from sangkien_cli.arrays import TextArray, blank, by_distinct
from sangkien_cli.model import UNIT
from sangkien_cli.sheets.source import Cells, Source
from sangkien_cli.text import fold

END = "end"

_TOTAL = {fold(text) for text in ("Tổng cộng", "Cộng", "Tổng số", "Tổng", "Tổng cộng chung", "Cộng chung")}
# Columns under which a total row may hold a figure or its label.
_MAYBE_SUMMED = {"code", "title", "author", "benefit", "count"}
_NUMERAL = re.compile(r"[ivx]+|[0-9]+|[a-z]|và")
_COLUMN_NUMBER = re.compile(r"\(?\s*([0-9]{1,2}|[A-Za-z])\s*\)?(?:\s*=.*)?")


def above_header(head: Sequence[Sequence[str]], header_row: int) -> dict[int, str]:
    """The rows above the header, by number: `title` or `blank`."""
    return {
        number: "title" if any(cell.strip() for cell in head[number - 1]) else "blank"
        for number in range(1, header_row)
    }


def below_header(
    source: Source, head: Sequence[Sequence[str]], header_row: int, cells: Cells, columns: Mapping[str, int]
) -> dict[int, str]:
    """The layout rows among the rows below the header, by number, with their kind.

    `cells.columns` are those of `columns`, in its order. Names of unit columns begin with UNIT. Blank rows behind
    the last row that holds anything are of the kind END.
    """
    if not len(cells.rows):
        return {}
    by_name = dict(zip(columns, cells.columns, strict=True))
    titles = {name: fold(head[header_row - 1][place]) for name, place in columns.items()}
    units = [name for name in columns if name.startswith(UNIT)]
    identity = [by_name[name] for name in columns if name in units or name == "code"]
    sound = ~np.isin(cells.rows, [*cells.broken, *_flawed_rows(cells, columns, [*units, "code"])])

    kinds: dict[int, str] = {}
    for index in np.flatnonzero(_like_titles(by_name, titles, units[0]) & sound):
        if all(fold(column[int(index)].as_py()) == titles[name] for name, column in by_name.items()):
            kinds[int(cells.rows[index])] = "header"
    for index in np.flatnonzero(_maybe_total([by_name[name] for name in units], by_name.get("submitted")) & sound):
        labels = [text for column in identity if (text := column[int(index)].as_py()).strip()]
        if any(_is_total(label) for label in labels) and all(_is_total(label) or _is_figure(label) for label in labels):
            kinds[int(cells.rows[index])] = "total"
    # A row without unit, date and status may be a total whose label stands in a column that is not in use.
    silent = [column for name, column in by_name.items() if name not in _MAYBE_SUMMED]
    nameless = np.logical_and.reduce([blank(column) for column in silent]) & ~np.isin(cells.rows, list(cells.broken))
    if nameless.any():
        kinds |= _among_nameless(source, header_row, set(cells.rows[nameless].tolist()))
    if header_row < len(head) and _numbers_columns(head[header_row]):
        kinds[header_row + 1] = "column-numbers"
    return _with_end(kinds, int(cells.rows[-1]))


def _flawed_rows(cells: Cells, columns: Mapping[str, int], names: Collection[str]) -> set[int]:
    """The rows with an unusable cell in one of these columns."""
    places = {place for name, place in columns.items() if name in names}
    return {row for row, column in cells.flawed if column in places}


def _like_titles(by_name: Mapping[str, TextArray], titles: Mapping[str, str], name: str) -> np.ndarray:
    return by_distinct(by_name[name], lambda text: fold(text) == titles[name], bool)


def _maybe_total(units: Sequence[TextArray], dates: TextArray | None) -> np.ndarray:
    """Rows with a total's label in a unit column, or with neither name nor date: then it may stand in the code's."""
    labelled: np.ndarray = np.logical_or.reduce([by_distinct(column, _is_total, bool) for column in units])
    nameless: np.ndarray = np.logical_and.reduce([by_distinct(column, _is_figure, bool) for column in units])
    if dates is not None:
        nameless &= blank(dates)
    maybe: np.ndarray = labelled | nameless
    return maybe


def _is_figure(text: str) -> bool:
    """Whether a text is blank or nothing but a number, as sums are."""
    return re.fullmatch(r"[0-9.,\s]*", text) is not None


def _is_total(text: str) -> bool:
    """Whether a text is a total's label: "Tổng cộng", "Cộng", "Cộng (I+II)", "Tổng số: 5".

    >>> [_is_total(text) for text in ("TỔNG CỘNG:", "Cộng (I + II)", "Tổng số: 5", "Cộng đồng", "")]
    [True, True, True, False, False]
    """
    words = fold(text).split()
    while words and _NUMERAL.fullmatch(words[-1]):
        words.pop()
    return " ".join(words) in _TOTAL


def _among_nameless(source: Source, header_row: int, rows: set[int]) -> dict[int, str]:
    """Rows without unit, date and status, looked at whole: blank ones, and those that begin with a total's label."""
    whole = source.cells(header_row, None)
    texts = whole.columns
    empty = np.logical_and.reduce([blank(column) for column in texts])
    flawed = {row for row, _ in whole.flawed}
    kinds = {}
    for index in np.flatnonzero(np.isin(whole.rows, list(rows))):
        row = int(whole.rows[index])
        if empty[index]:
            if row not in flawed:
                kinds[row] = "blank"
        elif _is_total(next(text for column in texts if (text := column[int(index)].as_py()).strip())):
            kinds[row] = "total"
    return kinds


def _numbers_columns(cells: Sequence[str]) -> bool:
    """Whether a row under the header numbers the columns: three or more of A, B… and 1, 2…, in their order.

    >>> _numbers_columns(["A", "B", "(1)", "(2)", "(3)=(2)/(1)"]), _numbers_columns(["1", "7", "5"])
    (True, False)
    """
    marks = [
        found.group(1) if (found := _COLUMN_NUMBER.fullmatch(cell.strip())) else "" for cell in cells if cell.strip()
    ]
    letters = sum(mark.isalpha() for mark in marks)
    expected = [chr(ord("A") + i) for i in range(letters)] + [str(i + 1) for i in range(len(marks) - letters)]
    return len(marks) >= 3 and [mark.upper() for mark in marks] == expected


def _with_end(kinds: dict[int, str], last: int) -> dict[int, str]:
    """Blank rows behind the last row that holds anything are the sheet's end, not layout."""
    ended = dict(kinds)
    while ended.get(last) == "blank":
        ended[last] = END
        last -= 1
    return ended

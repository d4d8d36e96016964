"""What cells mean before a rule is asked: a code as Excel shows it, a serial number as a date, a number in Vietnamese
or English style, a cell that stands for the one above it.

Everything here looks at one column of one sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sangkien_cli.arrays import TextArray, by_distinct, codes, distinct, encoded, plain, without_digits
from sangkien_cli.lang import Sentence, say
from sangkien_cli.sheets.formats import is_rounded, iso
from sangkien_cli.sheets.source import Cells
from sangkien_cli.text import composed, tidy

_FIRST_DAY, _LAST_DAY = "2000", "2101"  # a serial number outside these years is no date (contract §4)
_DITTO = re.compile(r"\s*[-–(\"]*\s*(?:[\"”“″〃]|''|’’|,,|//|n\.?t\.?|như trên)\s*[-–)\"]*\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meant:
    """A column with what its cells mean."""

    column: TextArray
    notes: tuple[Sentence, ...] = ()  # what the user should know
    rounded: Mapping[int, str] = field(default_factory=dict)  # by row number, the codes that Excel has rounded
    serials: int = 0  # how many dates were plain numbers


def is_ditto(text: str) -> bool:
    """Whether a cell says "as above": `"`, `''`, `-nt-`, `-//-`, "như trên".

    >>> [is_ditto(text) for text in ('"', "-nt-", "- // -", "Như trên", "", "-", "NT Đồng Hỷ")]
    [True, True, True, True, False, False, False]
    """
    return _DITTO.fullmatch(composed(text)) is not None


def with_texts(column: TextArray, rows: Sequence[int], texts: Sequence[str]) -> TextArray:
    """The column with other texts in some rows, given by position."""
    if not rows:
        return column
    whole = column.dictionary_decode() if hasattr(column, "dictionary") else column
    changed = whole.to_pylist()
    for row, text in zip(rows, texts, strict=True):
        changed[row] = text
    array = plain(changed)
    return array.dictionary_encode() if hasattr(column, "dictionary") else array


def _mapped(column: TextArray, rows: np.ndarray, rule: Callable[[str], str]) -> TextArray:
    """The column with a rule's answer in place of the text in the rows that are marked. The column is encoded."""
    texts = distinct(column)
    used = np.unique(codes(column)[rows])
    answers = {int(code): rule(texts[int(code)]) for code in used}
    changed = {code: text for code, text in answers.items() if text != texts[code]}
    if not changed:
        return column
    all_texts = [*texts, *changed.values()]
    new_code = np.arange(len(texts), dtype=np.int32)
    new_code[list(changed)] = np.arange(len(texts), len(all_texts), dtype=np.int32)
    own = codes(column)
    mapped = encoded(np.where(rows, new_code[own], own), all_texts)
    return mapped.dictionary_decode().dictionary_encode()


# --- codes -------------------------------------------------------------------------------------------------------


def codes_meant(column: TextArray, cells: Cells, position: int) -> Meant:
    """A column of codes as Excel shows them, and those that Excel has rounded.

    A number format may add zeros and letters: `000007`. Of a number with 16 digits or more Excel keeps 15. A ditto mark
    is no code, nor is a dash or anything else without a letter or digit.
    """
    formatted = {row: text for (row, place), text in cells.shown.items() if place == position}
    at = np.searchsorted(cells.rows, list(formatted)) if formatted else np.zeros(0, dtype=np.int64)
    inside = [
        (int(i), text)
        for i, (row, text) in zip(at, formatted.items(), strict=True)
        if i < len(cells.rows) and cells.rows[i] == row
    ]
    column = with_texts(column, [i for i, _ in inside], [text for _, text in inside])
    dittos = [
        row
        for row, text in without_digits(column)
        if text.strip() and (is_ditto(text) or not any(letter.isalpha() for letter in text))
    ]
    column = with_texts(column, dittos, [""] * len(dittos))
    rounded = {}
    numbers = cells.numbers.get(position)
    if numbers is not None:
        whole = column.dictionary_decode() if hasattr(column, "dictionary") else column
        for i in np.flatnonzero(numbers):
            text = whole[int(i)].as_py()
            if len(text) > 15 and is_rounded(_float(text)):
                rounded[int(cells.rows[i])] = text
    return Meant(column, rounded=rounded)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


# --- dates -------------------------------------------------------------------------------------------------------


def dates_meant(column: TextArray, cells: Cells, position: int, title: str, layout: Collection[int] = ()) -> Meant:
    """A column of dates in which numbers are what Excel counts days with.

    A date whose cell has lost its format is such a number. Outside 2000–2100 it stays a number, which is no date.
    `layout` are the numbers of rows that are no data.
    """
    if position not in cells.numbers:
        return Meant(column)
    numbers = cells.numbers[position] & ~np.isin(cells.rows, list(layout))

    def dated(text: str) -> str:
        day = iso(_float(text), epoch_1904=cells.epoch_1904)
        return day if day is not None and _FIRST_DAY <= day < _LAST_DAY and "-" in day else text

    mapped = _mapped(column, numbers, dated)
    if mapped is column:
        return Meant(column)
    serials = int(by_distinct(mapped, lambda text: "-" in text[1:], bool)[numbers].sum())
    return Meant(mapped, (say("columns.serials", header=title, rows=serials),), serials=serials)


# --- numbers -----------------------------------------------------------------------------------------------------

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})+")
_VI = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}\.\d{3},\d+|\d+,(?:\d{1,2}|\d{4,}))")
_EN = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|\d{1,3},\d{3}\.\d+|\d+\.(?:\d{1,2}|\d{4,}))")
_PLAIN = re.compile(r"[+-]?\d+")


def numbers_meant(
    column: TextArray,
    cells: Cells,
    position: int,
    title: str,
    layout: Collection[int] = (),
    *,
    undecided_note: str = "columns.undecided",
) -> Meant:
    """Numbers that were typed as text, written plainly; the column's own evidence says in which style they are.

    `1.234.567` and `12,5` are Vietnamese, `1,234,567` and `12.5` English. Without such evidence, or with both,
    `1.234` and `1,234` stay as they are. Numbers that Excel stores as numbers have no style. `layout` are the numbers
    of rows that are no data, `undecided_note` the sentence that says what becomes of such texts.
    """
    numbers = cells.numbers.get(position)
    texts = np.ones(len(cells.rows), dtype=bool) if numbers is None else ~numbers
    seen = distinct(column)
    typed = {tidy(seen[int(code)]) for code in np.unique(codes(column)[texts])}
    vietnamese = any(_VI.fullmatch(text) for text in typed)
    english = any(_EN.fullmatch(text) for text in typed)
    if vietnamese != english:
        group, point = (".", ",") if vietnamese else (",", ".")
        return Meant(_mapped(column, texts, lambda text: _plainly(text, group, point)))
    two_ways = (_GROUPED, _VI, _EN)
    rows = by_distinct(column, lambda text: any(form.fullmatch(tidy(text)) for form in two_ways), bool) & texts
    rows &= ~np.isin(cells.rows, list(layout))
    undecided = sorted({tidy(seen[int(code)]) for code in np.unique(codes(column)[rows])})
    if not undecided:
        return Meant(column)
    shown = tuple(f"“{text}”" for text in undecided[:3])
    return Meant(column, (say(undecided_note, header=title, texts=shown, rows=int(rows.sum())),))


def _plainly(text: str, group: str, point: str) -> str:
    """A number in one style without its grouping, a dot before its decimals; any other text as it is."""
    typed = tidy(text)
    grouped = rf"[+-]?(?:\d{{1,3}}(?:\{group}\d{{3}})+|\d+)(?:\{point}\d+)?"
    if _PLAIN.fullmatch(typed) or not re.fullmatch(grouped, typed):
        return text
    return typed.replace(group, "").replace(point, ".")


def with_flaws(meant: Meant, cells: Cells, position: int) -> Meant:
    """A column in which cells without a usable value hold what stands there: `#DIV/0!`, a formula without a result."""
    rows = {row: held for (row, place), held in cells.flawed.items() if place == position}
    if not rows:
        return meant
    first = int(cells.rows[0])
    return replace(meant, column=with_texts(meant.column, [row - first for row in rows], list(rows.values())))


# --- cells that stand for the one above them ---------------------------------------------------------------------


def filled_down(column: TextArray, cells: Cells, position: int, layout: Collection[int]) -> TextArray:
    """The column with merged cells and ditto marks filled in.

    A merged range has its text in its first cell only; it is filled down to its end and no further. A ditto mark takes
    the text of the data row above it. `layout` are the numbers of rows that are no data.
    """
    spans = [span for span in cells.merged if span.left == position and span.bottom > span.top]
    encoded_already = hasattr(column, "dictionary")
    marks = by_distinct(column, is_ditto, bool) if encoded_already else np.zeros(len(column), dtype=bool)
    if not len(column) or not (spans or marks.any()):
        return column
    texts = (column.dictionary_decode() if encoded_already else column).to_pylist()
    first = int(cells.rows[0])
    filled: dict[int, str] = {}
    for span in spans:
        top, bottom = span.top - first, min(span.bottom - first, len(texts) - 1)
        for i in range(top + 1, bottom + 1) if top >= 0 else ():
            if not texts[i].strip() and first + i not in layout:
                filled[i] = texts[top]
    for i in np.flatnonzero(marks).tolist():
        above = i - 1
        while above >= 0 and first + above in layout:
            above -= 1
        text = filled.get(above, texts[above]) if above >= 0 else ""
        if text.strip() and not is_ditto(text):
            filled[i] = text
    rows = sorted(filled)
    return with_texts(column, rows, [filled[i] for i in rows])

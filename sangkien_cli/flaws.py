"""Why a row cannot be read, as one line of text: what the exports hold, the row ledger shows, and reports tell of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sangkien_cli.model import Flaw
from sangkien_cli.sheets.source import EXCEL_ERRORS, FORMULA

_CELL = re.compile(r"([A-Z]+[0-9]+) (.+)", re.DOTALL)
_ROUNDED = " rounded"
_ERROR = re.compile("|".join([*map(re.escape, EXCEL_ERRORS), "#ERROR!", r"Err:\d+"]))


@dataclass(frozen=True, slots=True)
class RowFlaw:
    """What is wrong with a row: with one of its cells, or with a whole record of a CSV."""

    kind: Flaw
    cell: str = ""  # its address; "" of a record
    held: str = ""  # the error value, or the code that Excel has rounded
    found: int | None = None  # how many fields a record has; None = the end of a quote is missing
    expected: int | None = None  # how many there should be


def write_held(cell: str, held: str) -> str:
    """The line for a cell that holds an error value, or FORMULA: `D17 #REF!`, `D17 formula`."""
    return f"{cell} {held}"


def write_rounded(cell: str, code: str) -> str:
    """The line for a code that Excel has rounded: `B5 12345678901234500000 rounded`."""
    return f"{cell} {code}{_ROUNDED}"


def read_flaw(text: str) -> RowFlaw:
    """What a line says. One of no cell is what the reader says of a broken record: `Cells.broken`."""
    if not (of_cell := _CELL.fullmatch(text)):
        numbers = [int(number) for number in re.findall(r"\d+", text)]
        return RowFlaw("record", found=numbers[0], expected=numbers[1]) if numbers else RowFlaw("record")
    cell, held = of_cell.groups()
    if held == FORMULA:
        return RowFlaw("formula", cell)
    if held.endswith(_ROUNDED):
        return RowFlaw("rounded", cell, held.removesuffix(_ROUNDED))
    return RowFlaw("error", cell, held)


def is_unusable(text: str) -> bool:
    """Whether a cell's text is what stands for no usable value: an error value, or FORMULA (`values.with_flaws`)."""
    return text == FORMULA or _ERROR.fullmatch(text) is not None

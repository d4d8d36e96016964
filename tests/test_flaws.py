"""Why a row cannot be read, as a line of text that is written in one place and read back in another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangkien_cli.flaws import RowFlaw, is_unusable, read_flaw, write_held, write_rounded
from sangkien_cli.sheets.source import EXCEL_ERRORS, FORMULA


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("D17 #REF!", RowFlaw("error", "D17", "#REF!")),
        ("AA1048576 Err:502", RowFlaw("error", "AA1048576", "Err:502")),
        ("D17 formula", RowFlaw("formula", "D17")),
        ("B5 12345678901234500000 rounded", RowFlaw("rounded", "B5", "12345678901234500000")),
        ("9 fields instead of 8", RowFlaw("record", found=9, expected=8)),
        ("unclosed quote", RowFlaw("record")),
    ],
)
def test_a_line_of_the_ledger_says_what_is_wrong(text: str, flaw: RowFlaw) -> None:
    assert read_flaw(text) == flaw


CELLS = st.from_regex(r"[A-Z]{1,3}[1-9][0-9]{0,6}", fullmatch=True)


@given(CELLS, st.sampled_from([*EXCEL_ERRORS, "#ERROR!", "Err:502"]))
def test_an_error_that_is_written_is_read_again(cell: str, held: str) -> None:
    assert read_flaw(write_held(cell, held)) == RowFlaw("error", cell, held)
    assert is_unusable(held)


@given(CELLS, st.from_regex(r"[0-9]{16,20}", fullmatch=True))
def test_other_flaws_that_are_written_are_read_again(cell: str, code: str) -> None:
    assert read_flaw(write_held(cell, FORMULA)) == RowFlaw("formula", cell)
    assert read_flaw(write_rounded(cell, code)) == RowFlaw("rounded", cell, code)
    assert not is_unusable(code)

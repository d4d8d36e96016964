"""`sangkien init`: no column that a usual header names is dropped without a word, whatever stands below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.test_init import (
    DISTRICTS,
    HEADER,
    Cell,
    Make,
    Rows,
    Terminal,
    made,
    phases,
    posix,
    submissions,
    table,
    terminal,
    workbook,
)

__all__ = ["made", "terminal"]  # fixtures


def with_column(at: int, values: Sequence[Cell]) -> Rows:
    """An export whose column `at` holds these values."""
    return [HEADER, *([*row[:at], value, *row[at + 1 :]] for row, value in zip(submissions(), values, strict=False))]


# --- codes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "copies"),
    [
        ([*range(100, 140), *range(100, 110)], 10),
        ([*range(1001, 1061)], 0),
        ([f"SK-{number % 20}" for number in range(60)], 40),
        ([f"SK-{number}" if number < 20 else None for number in range(60)], 0),
    ],
    ids=["numbers that begin anew", "numbers", "copies", "blanks"],
)
def test_codes_under_a_usual_header_are_codes_and_marked_where_they_do_not_look_it(
    codes: Sequence[Cell], copies: int, made: Make, run_here: Run
) -> None:
    found = made(workbook("a.xlsx", A=[[*row[:6]] for row in with_column(1, codes)]))
    assert found.config.columns.fields["code"] == ("Mã sáng kiến",)
    assert found.config.once_per == "code"
    assert "code: Mã sáng kiến" in found.guesses
    assert "write under count: once_per: none" in found.line("code:")  # if they are no codes
    ledger = run_here("report", "-c", "quota.yaml", "--ledger", "rows.csv")
    assert ledger.code == 0
    assert Path("rows.csv").read_text(encoding="utf-8-sig").count(",duplicate") == copies


def test_a_vague_header_of_what_repeats_itself_is_passed_over_with_a_word(made: Make) -> None:
    rows = [["Mã" if cell == HEADER[1] else cell for cell in row] for row in with_column(1, ["DH", "VN", "SC"] * 20)]
    found = made(workbook("a.xlsx", A=rows))
    assert "code" not in found.config.columns.fields
    told = "GUESS: The column “Mã” is not used for the codes of submissions: it holds “DH”, “VN”, “SC”"
    assert told in found.outcome.stderr
    assert f"# {told}" in found.text


# --- days -----------------------------------------------------------------------------------------------------------

GOOD = ["01/03/2022", "02/03/2022", "03/03/2022", "04/03/2022"]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([*(f"03/{day}/2022" for day in range(13, 33)), *GOOD], "20 of 24 cells"),
        ([f"ngày {number % 28 + 1} tháng 3" for number in range(24)], "24 of 24 cells"),
        ([*(["chưa rõ"] * 12), *GOOD * 3], "12 of 24 cells"),
    ],
    ids=["month first", "words", "half of them"],
)
def test_days_under_a_usual_header_are_the_days_and_their_faults_are_counted(
    days: Sequence[Cell], told: str, made: Make
) -> None:
    rows = [row[:6] for row in with_column(5, days)]
    found = made(workbook("a.xlsx", A=rows))
    assert found.config.columns.fields["submitted"] == ("Ngày gửi",)
    assert "submitted: Ngày gửi" in found.guesses
    assert told in found.line("submitted:")
    wrong = told.partition(" ")[0]
    assert f"{wrong} rows not counted: the date cannot be read" in found.outcome.stderr


def test_days_that_lost_their_format_are_days(made: Make) -> None:
    days = [(date(2022, 3, 1) + timedelta(number) - date(1899, 12, 30)).days for number in range(60)]
    found = made(workbook("a.xlsx", A=with_column(5, days)))
    assert found.config.columns.fields["submitted"] == ("Ngày gửi",)
    assert "submitted: Ngày gửi" not in found.guesses


@pytest.mark.parametrize(
    ("cell", "why"), [("chưa rõ", "no cell in it is like a date. It holds “chưa rõ”"), (None, "it is blank")]
)
def test_a_column_of_days_without_any_is_passed_over_with_a_word(cell: Cell, why: str, made: Make) -> None:
    found = made(workbook("a.xlsx", A=with_column(5, [cell] * 60)))
    assert "submitted" not in found.config.columns.fields
    told = f"GUESS: The column “Ngày gửi” is not used: {why}"
    assert told in found.outcome.stderr
    assert f"# {told}" in found.text


def test_a_column_that_stands_twice_is_passed_over_with_a_word(made: Make) -> None:
    rows = [[*row, row[5]] for row in [HEADER, *submissions()]]
    found = made(workbook("a.xlsx", A=rows))
    assert "GUESS: The column “Ngày gửi” is not used, because a sheet has several of that name" in found.text


# --- quotas ---------------------------------------------------------------------------------------------------------


def quotas(header: str, values: Sequence[Cell]) -> str:
    """A quota sheet with one good column and another one."""
    rows: Rows = [(name, 100, value) for name, value in zip(DISTRICTS, values, strict=True)]
    return workbook("q.xlsx", A=[("Đơn vị", "Chỉ tiêu GĐ1", header), *rows])


@pytest.mark.parametrize("values", [("20 SK", "30 SK", "40 SK"), ("20 SK", 30, "40"), ("chưa giao", "20 SK", None)])
def test_quotas_that_are_no_numbers_are_refused_with_their_cells(
    values: Sequence[Cell], run_here: Run, folder: Path
) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    outcome = run_here("init", "a.xlsx", "--quotas", quotas("Chỉ tiêu GĐ2", values))
    assert outcome.code == 2
    wrong = [f"q.xlsx [A] C{row}" for row, value in enumerate(values, start=2) if value not in (None, 30, "40")]
    assert [cell for cell in wrong if cell not in outcome.stderr] == []
    assert not (folder / "sangkien.yaml").exists()


def test_a_phase_whose_quotas_are_still_blank_is_proposed(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    found = made("a.xlsx", "--quotas", quotas("Chỉ tiêu GĐ2", (None, None, None)))
    assert [phase[0] for phase in phases(found.config)] == ["gd1", "gd2"]
    assert {tuple(unit.quota.items()) for unit in found.config.units} == {(("gd1", 100),)}
    assert "The column “Chỉ tiêu GĐ2” of the quota sheet holds no quotas yet" in found.outcome.stderr


def test_a_blank_column_beside_a_filled_one_is_no_phase(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    rows: Rows = [("Đơn vị", "Chỉ tiêu đăng ký", "Chỉ tiêu giao"), *((name, 100, None) for name in DISTRICTS)]
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=rows))
    assert {tuple(unit.quota.values()) for unit in found.config.units} == {(100,)}


@pytest.mark.parametrize("header", ["Số lượng", "Số SK phải nộp"])
def test_numbers_under_a_header_that_nobody_knows_are_named_and_marked(header: str, made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    rows: Rows = [("Đơn vị", header, "Ghi chú"), *((name, 100, "mới") for name in DISTRICTS)]
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=rows))
    told = f"GUESS: No column of the quota sheet is known to hold quotas. Columns with numbers: {header}."
    assert told in found.outcome.stderr
    assert f"# {told}" in found.text


@posix
def test_on_a_terminal_a_person_says_which_numbers_are_the_quotas(
    terminal: Callable[..., Terminal], folder: Path
) -> None:
    workbook("a.xlsx", A=[("CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN”",), HEADER, *submissions()])
    rows: Rows = [("Đơn vị", "Số lượng"), *((name, 100) for name in DISTRICTS)]
    session = terminal("a.xlsx", "--quotas", workbook("q.xlsx", A=rows))
    session.until("which column holds the quotas?")
    session.until("(Enter = 2):")
    session.type("1")
    session.until("the first day?")
    session.type("")
    session.until("the last day?")
    session.type("")
    assert session.end() == 0, session.shown
    text = (folder / "quota.yaml").read_text(encoding="utf-8")
    assert "nam2022: Số lượng" in text
    assert "GUESS" not in text


# --- units ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([HEADER], "the sheet has a header, but no rows below it"),
        ([("Đơn vị", "Ngày gửi", "Đơn vị"), ("A", "01/03/2022", "B")], "the column “Đơn vị” stands twice"),
        ([("Đơn vị", "Ngày gửi"), (None, "01/03/2022")], "the column “Đơn vị” is blank"),
        ([("Đơn vị", "Ngày gửi"), (101, "01/03/2022")], "it holds numbers or dates such as “101”"),
    ],
)
def test_why_no_column_names_units_is_said(rows: Rows, told: str, run_here: Run) -> None:
    table("a.csv", rows)
    outcome = run_here("init", "a.csv", "-o", "quota.yaml")
    assert (outcome.code, told in outcome.stderr) == (2, True), outcome.stderr
    assert "no column is known" not in outcome.stderr


def test_a_number_that_stands_for_a_unit_is_named_with_its_rows(made: Make) -> None:
    names = ["123" if number < 22 else DISTRICTS[number % 3] for number in range(50)]
    rows: Rows = [("Mã sáng kiến", "Đơn vị", "Ngày gửi"),
            *((f"K{number}", name, date(2022, 3, 1)) for number, name in enumerate(names))]  # fmt: skip
    found = made(workbook("a.xlsx", A=rows))
    assert {unit.name for unit in found.config.units} == set(DISTRICTS)
    assert "GUESS: 1 text in the unit columns, not made units because they are no names: “123” – 22 rows" in found.text
    told = found.outcome.stderr
    assert "22 rows not counted: the unit is not in the tree" in told
    assert "sangkien units --unknown -c quota.yaml" in told

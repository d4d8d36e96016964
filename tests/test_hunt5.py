"""Trends, lists to send back, and comparisons in odd surroundings, with odd files and odd options."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

TWO_ROOTS = """
    programme: Ideas
    phases: {p1: {name: Phase 1, from: 2022-01-01, to: 2022-12-31}}
    exports: {files: [a.csv], columns: {code: Code, submitted: Date, unit: [Base, Union]}}
    units:
      - {name: A, id: a, quota: {p1: 4}, units: [{name: A1, id: a1}]}
      - {name: B, id: b, units: [{name: B1, id: b1}]}
"""
ROWS = """
    Code,Base,Union,Date
    K1,,A,01/02/2022
    K2,A1,A,01/02/2022
    K3,,B,01/02/2022
    K4,B1,B,01/03/2022
"""
FILES = {"q.yaml": TWO_ROOTS, "a.csv": ROWS}
APRIL = ("-c", "q.yaml", "--as-of", "2022-04-05")


# --- comparisons -------------------------------------------------------------------------------------------------


def test_an_earlier_report_of_one_root_of_two_is_not_taken_for_a_whole_one(run_here: Run) -> None:
    """Else B, which was there all the time, would be called new, and A's place would have changed."""
    run_here("report", *APRIL, "--unit", "a", "-o", "a.json", files=FILES)
    outcome = run_here("report", *APRIL, "--compare", "a.json")
    assert outcome.code == 2
    assert outcome.stderr.startswith("a.json")
    assert "does not show all units" in outcome.stderr
    assert "--unit" in outcome.stderr


def test_another_basis_is_no_change_of_quotas(run_here: Run) -> None:
    """Two rows then and now: nothing has changed, though the quota is 4 on one basis and 8 on the other."""
    quota = TWO_ROOTS.replace("units:", "bases: {given: Given, taken: Taken}\n    units:", 1)
    quota = quota.replace("quota: {p1: 4}", "quota: {p1: {given: 4, taken: 8}}")
    run_here("report", *APRIL, "-o", "then.json", files={**FILES, "q.yaml": quota})
    outcome = run_here("report", *APRIL, "--compare", "then.json", "--basis", "taken")
    assert outcome.code == 0
    assert "another basis: Given" in outcome.stdout
    assert "Quotas that changed" not in outcome.stdout
    assert "−25.0" not in outcome.stdout


def test_a_damaged_parquet_ledger_is_told_and_no_traceback(run_here: Run, folder: Path) -> None:
    """Whatever byte is wrong, the outcome is a report or a sentence; the JSON names no ledger, so no digest helps."""
    run_here("report", *APRIL, "--ledger", "l.parquet", files=FILES)
    run_here("report", *APRIL, "-o", "then.json")
    whole, random = (folder / "l.parquet").read_bytes(), Random(5)
    for _ in range(40):
        at = random.randrange(len(whole) // 2, len(whole))
        (folder / "l.parquet").write_bytes(whole[:at] + bytes([whole[at] ^ random.randrange(1, 256)]) + whole[at + 1 :])
        outcome = run_here("report", *APRIL, "--compare", "then.json", "--compare-ledger", "l.parquet")
        assert outcome.code == 0 or outcome.stderr.startswith("l.parquet"), at


@pytest.mark.parametrize("narrowed", [(), ("--unit", "a1")])
def test_the_columns_of_a_comparison_do_not_depend_on_the_figures(run_here: Run, narrowed: tuple[str, ...]) -> None:
    """A1 has no quota, and so no place: the columns of places are there all the same, empty."""
    run_here("report", *APRIL, "-o", "then.json", files=FILES)
    head = run_here("report", *APRIL, "--compare", "then.json", *narrowed, "--format", "csv").stdout.splitlines()[0]
    ranks = [name for name in head.split(",") if name.startswith("change.rank_")]
    both = ("change.rank_then", "change.rank_now")
    assert ranks == [f"{rank}.{part}" for rank in both for part in ("place", "among")]


# --- since -------------------------------------------------------------------------------------------------------

PHASE_COLUMN = """
    programme: Ideas
    phases:
      p1: {name: Phase 1, from: 2022-01-01, to: 2022-01-31}
      p2: {name: Phase 2, from: 2022-03-01, to: 2022-04-30}
    exports: {files: [a.csv], columns: {submitted: Date, phase: Phase, unit: [Unit]}}
    count: {once_per: none}
    units: [{name: A, id: a, quota: {p1: 5, p2: 5}}, {name: C, id: c}]
"""
UNDATED = """
    Unit,Date,Phase
    A,,Phase 1
    A,,Phase 2
    C,,Phase 2
    A,02/03/2022,Phase 2
"""


def test_since_says_what_it_cannot_place(run_here: Run) -> None:
    """Phase 2 has three rows, of which two have no date: the column can only know of the third."""
    outcome = run_here(
        "report", *APRIL, "--phase", "p2", "--since", "2022-03-01", files={"q.yaml": PHASE_COLUMN, "a.csv": UNDATED}
    )
    assert outcome.code == 0
    section = " ".join(outcome.stdout.split())
    assert "2 submissions that count have no date and so are not under “From 2022-03-01”." in section


def test_since_is_not_after_the_as_of_date(run_here: Run) -> None:
    """A column of zeros would look as if nobody had sent anything."""
    outcome = run_here("report", *APRIL, "--since", "2022-05-01", files=FILES)
    assert outcome.code == 2
    assert outcome.stderr.startswith("--since")


def test_the_note_on_undated_rows_counts_those_of_its_phase(run_here: Run) -> None:
    """Three rows have no date, of which two are of phase 2, the only one under way."""
    outcome = run_here("report", *APRIL, files={"q.yaml": PHASE_COLUMN, "a.csv": UNDATED})
    section = " ".join(outcome.stdout.partition("Phase 2 (")[2].partition("Whole programme")[0].split())
    assert "2 submissions that count have no date; their units get no forecast." in section


# --- trend -------------------------------------------------------------------------------------------------------


def test_an_image_is_drawn_whatever_backend_the_environment_asks_for(run: Run, folder: Path) -> None:
    """The variable is for windows on a screen; notebooks set it for every program that they start."""
    run("trend", *APRIL, "-o", "plain.svg", files=FILES)
    outcome = run("trend", *APRIL, "-o", "x.svg", env={"MPLBACKEND": "no-such-backend"})
    assert outcome.code == 0, outcome.stderr
    assert (folder / "x.svg").read_bytes() == (folder / "plain.svg").read_bytes()


def test_roots_of_which_one_has_a_quota_are_not_said_to_have_none(run_here: Run) -> None:
    """A has 4 and B none, so there is no straight line; but there is a quota."""
    outcome = run_here("trend", *APRIL, files=FILES)
    assert "All units: 4\n" in outcome.stdout
    assert "There is no quota here" not in outcome.stdout


@pytest.mark.parametrize(("command", "more"), [("trend", ()), ("returns", ("-o", "out"))])
def test_an_unknown_unit_is_not_sent_to_a_column_that_the_command_does_not_print(
    run_here: Run, command: str, more: tuple[str, ...]
) -> None:
    """The CSV of a trend has no ids, and returns prints no CSV."""
    outcome = run_here(command, *APRIL, *more, "--unit", "zzz", files=FILES)
    assert outcome.code == 2
    fix = outcome.stderr.partition("to fix: ")[2]
    assert "--format csv" not in fix or "sangkien units" in fix, fix


# --- lists to send back ------------------------------------------------------------------------------------------


def test_an_error_in_a_required_cell_is_not_called_blank(run_here: Run, folder: Path) -> None:
    """Row 2 holds #DIV/0!, row 3 nothing: only the second is to be filled in."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Code", "Base", "Union", "Date", "Benefit"])
    sheet.append(["K1", None, "A", "01/02/2022", "#DIV/0!"])
    sheet.append(["K2", None, "A", "01/02/2022", None])
    sheet["E2"].data_type = "e"
    book.save(folder / "a.xlsx")
    quota = TWO_ROOTS.replace("a.csv", "a.xlsx").replace("submitted: Date,", "submitted: Date, benefit: Benefit,")
    quota = quota.replace("    units:", "    returns: {require: [benefit]}\n    units:", 1)
    assert run_here("returns", *APRIL, "-o", "out", files={"q.yaml": quota}).code == 0
    (name,) = [path for path in (folder / "out").iterdir() if path.stem != "SUMMARY"]
    words = {
        str(row[4]): str(row[1]) for row in load_workbook(name).worksheets[0].iter_rows(values_only=True) if row[4]
    }
    assert "#DIV/0!" in words["2"]
    assert words["3"] == "“Benefit” is blank: fill it in."


def test_a_list_speaks_of_the_column_that_rows_are_counted_once_per(run_here: Run) -> None:
    """Where that is the title, nobody has a code to write."""
    quota = TWO_ROOTS.replace("code: Code", "title: Code")
    quota = quota.replace("    units:", "    count: {once_per: title}\n    units:", 1)
    rows = ROWS + "    k1,,A,03/02/2022\n    ,,A,03/02/2022\n"
    outcome = run_here("returns", *APRIL, "-o", "out", files={"q.yaml": quota, "a.csv": rows})
    assert "6 rows read, 2 to be mended." in outcome.stdout
    assert "no code" not in outcome.stdout
    held = [
        str(cell)
        for row in load_workbook("out/A.xlsx").worksheets[0].iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    assert not any("own code" in cell for cell in held), held


def test_the_lists_go_into_a_folder_and_not_to_standard_output(run_here: Run, folder: Path) -> None:
    """`-o -` is standard output everywhere else."""
    outcome = run_here("returns", *APRIL, "-o", "-", files=FILES)
    assert outcome.code == 2
    assert not (folder / "-").exists()


def test_a_system_whose_file_names_are_no_utf8_gets_a_sentence(run: Run) -> None:
    """The list of rows that lead nowhere is called “Không rõ đơn vị.xlsx”, which ASCII cannot say."""
    rows = ROWS + "    K5,,nobody,01/02/2022\n"
    old = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX"}
    outcome = run("returns", *APRIL, "-o", "out", files={**FILES, "a.csv": rows}, lang="vi", env=old)
    assert outcome.code == 2
    assert outcome.stderr


# --- texts from strangers in files for Excel ---------------------------------------------------------------------


def test_a_ledger_for_excel_runs_no_formula_and_can_still_be_compared(run_here: Run, folder: Path) -> None:
    """Codes and names come from the exports; with an apostrophe in one ledger the rows are the same rows."""
    rows = ROWS + "    =1+1,,A,03/02/2022\n    @x,=cmd|' /C calc'!A0,A,03/02/2022\n    -5,,nobody,03/02/2022\n"
    ran = run_here("report", *APRIL, "-o", "then.csv", "--excel", "--ledger", "l.csv", files={**FILES, "a.csv": rows})
    assert ran.code == 0
    for name in ("l.csv", "then.csv"):
        for line in (folder / name).read_text("utf-8-sig").splitlines():
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line.split(",")), line
    run_here("report", *APRIL, "-o", "then.json")
    outcome = run_here("report", *APRIL, "--compare", "then.json", "--compare-ledger", "l.csv", "--format", "json")
    assert outcome.code == 0, outcome.stderr
    compared = json.loads(outcome.stdout)["compared"]
    assert (compared["no_longer_counted"], compared["moved"], compared["arrived"]["new"]) == ([], [], 0)

"""Proof of origin: what a report says of what it was made from, and `verify`, which makes it again."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Contents, clean_environment, write_files

if TYPE_CHECKING:
    from tests.conftest import Run

QUOTA = """
    programme: One million ideas
    phases:
      p1: {name: Phase 1, from: 2022-01-01, to: 2022-06-30}
      p2: {name: Phase 2, from: 2022-07-01, to: 2022-12-31}
    exports:
      files: [big.xlsx]
      columns: {code: Code, submitted: Date, status: Status, unit: Unit, title: Title}
    count: {where: {status: [Accepted]}}
    units:
      - name: Province
        quota: {p1: 2000, p2: 2000}
        units:
          - {name: North, quota: {p1: 1000, p2: 1000}}
          - {name: South, quota: {p1: 1000}}
          - {name: East}
"""
UNITS = ("North", "South", "East")
STATUSES = ("Accepted", "Accepted", "Waiting", "Refused")
HEAD = ("No", "Code", "Title", "Unit", "Date", "Status")
Rows = list[list[Any]]


def made_up(rows: int) -> Rows:
    """Rows in which every unit, status and day occurs many times, and every code once."""
    first = date(2022, 1, 1)
    return [
        [
            number,
            f"C-{number:05}",
            f"Idea {number % 700}",
            UNITS[number * 7 % 3],
            first + timedelta(days=number * 13 % 360),
            STATUSES[number * 5 % 4],
        ]
        for number in range(1, rows + 1)
    ]


def write_rows(rows: Rows, name: str = "big.xlsx", sheet: str = "List") -> None:
    """A workbook with a title and the header in row 3: the first row is row 4."""
    book = openpyxl.Workbook(write_only=True)
    into = book.create_sheet(sheet)
    for line in (["Ideas"], [], HEAD, *rows):
        into.append(line)
    book.save(name)


def _sheet(book: openpyxl.Workbook) -> Any:
    """The one that is shown first."""
    return book.active


def verified(run_here: Run, report: str, *arguments: str) -> dict[str, Any]:
    outcome = run_here("verify", report, *arguments, "--format", "json")
    found: dict[str, Any] = json.loads(outcome.stdout)
    assert outcome.code == (0 if found["identical"] else 1)
    return found


def sheet_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of the one sheet that changed."""
    (change,) = found["inputs"]
    assert change["change"] == "changed"
    (sheet,) = change["sheets"]
    return dict(sheet)


def cells_of(found: Mapping[str, Any]) -> list[tuple[str, str | None, str]]:
    return [(each["cell"], each["then"], each["now"]) for each in sheet_of(found)["cells"]]


@pytest.fixture
def big(folder: Path, run_here: Run) -> Rows:
    """5,000 rows, and the report of them as big.json."""
    rows = made_up(5000)
    write_files(folder, {"sangkien.yaml": QUOTA})
    write_rows(rows)
    written = run_here("report", "--as-of", "2022-08-31", "-o", "big.json", "--ledger", "ledger.csv")
    assert written.code == 0, written.stderr
    (folder / "ledger.csv").unlink()
    return rows


# --- what a report carries ---------------------------------------------------------------------------------------

SMALL = {
    "sangkien.yaml": QUOTA.replace("big.xlsx", "a.csv"),
    "a.csv": """
    Code,Title,Unit,Date,Status
    1,One,North,2022-03-01,Accepted
    2,Two,South,05/03/2022,Accepted
    3,Three,South,06/03/2022,Waiting
    """,
}


def test_a_json_report_says_what_it_was_made_from_and_how(run_here: Run) -> None:
    written = run_here(
        "report", "--as-of", "2022-04-30", "--unit", "South", "--depth", "0", "--format", "json", files=SMALL
    )
    told = json.loads(written.stdout)
    (given_file,) = told["inputs"]
    assert given_file == {
        "path": "a.csv",
        "sha256": given_file["sha256"],
        "sheet": None,
        "rows": 3,
        "size": Path("a.csv").stat().st_size,
    }
    assert told["tool"]["name"] == "sangkien-cli"
    assert "pyarrow" in told["libraries"]
    assert told["command"] == "report"
    assert told["options"] == {"depth": 0, "format": "json", "unit": "south"}
    assert [each["path"] for each in told["fingerprints"]] == ["a.csv"]


def test_what_is_printed_as_json_is_what_is_written(run_here: Run, folder: Path) -> None:
    printed = run_here("report", "--as-of", "2022-04-30", "--format", "json", files=SMALL)
    run_here("report", "--as-of", "2022-04-30", "-o", "r.json")
    assert (folder / "r.json").read_bytes() == printed.stdout_bytes


@pytest.mark.parametrize("name", ["r.csv", "r.txt"])
def test_beside_csv_and_text_lies_their_origin(run_here: Run, folder: Path, name: str) -> None:
    written = run_here("report", "--as-of", "2022-04-30", "--pace", "-o", name, files=SMALL)
    assert written.code == 0
    told = json.loads((folder / f"{name}.origin.json").read_bytes())
    assert told["schema"] == "sangkien.origin/1"
    assert told["document"]["path"] == name
    assert told["document"]["size"] == (folder / name).stat().st_size
    assert told["as_of"] == "2022-04-30"
    assert told["options"]["pace"] is True
    assert sorted(path.name for path in folder.iterdir()) == sorted([*SMALL, name, f"{name}.origin.json"])


def test_nothing_is_written_beside_standard_output_or_a_device(run_here: Run, folder: Path) -> None:
    run_here("report", "--as-of", "2022-04-30", "--format", "csv", "-o", "-", files=SMALL)
    run_here("report", "--as-of", "2022-04-30", "--format", "csv", "-o", os.devnull)
    assert sorted(path.name for path in folder.iterdir()) == sorted(SMALL)


def test_an_origin_that_cannot_be_written_leaves_no_report(run_here: Run, folder: Path) -> None:
    (folder / "r.csv.origin.json").mkdir()
    written = run_here("report", "--as-of", "2022-04-30", "-o", "r.csv", files=SMALL)
    assert written.code == 2
    assert "r.csv.origin.json" in written.stderr
    assert not (folder / "r.csv").exists()


def test_an_earlier_report_that_carries_its_origin_can_still_be_compared_with(run_here: Run) -> None:
    run_here("report", "--as-of", "2022-02-28", "-o", "then.json", files=SMALL)
    written = run_here("report", "--as-of", "2022-04-30", "--compare", "then.json", "-o", "now.json")
    assert written.code == 0, written.stderr
    assert verified(run_here, "now.json")["identical"]
    Path("then.json").unlink()
    outcome = run_here("verify", "now.json")
    assert outcome.code == 1
    assert "the file then.json that was given with --compare was" in outcome.stdout
    assert [(each["path"], each["change"]) for each in verified(run_here, "now.json")["inputs"]] == [
        ("then.json", "missing")
    ]


# --- the same bytes everywhere -----------------------------------------------------------------------------------


def two_files() -> Contents:
    other = SMALL["a.csv"].replace("    1,", "    11,").replace("    2,", "    12,").replace("    3,", "    13,")
    return {**SMALL, "b.csv": other.replace("One", "Eleven")}


def test_the_same_inputs_give_the_same_bytes_everywhere(folder: Path) -> None:
    """Another folder, another order of files, paths relative or not, other time zones, locales, hash seeds."""
    write_files(folder / "x/deep", two_files())
    write_files(folder / "y", two_files())
    runs: Sequence[tuple[str, Sequence[str], str, Mapping[str, str]]] = [
        ("x/deep", ["a.csv", "b.csv"], "sangkien.yaml", {}),
        ("y", ["b.csv", "a.csv"], "sangkien.yaml", {"TZ": "America/New_York", "PYTHONHASHSEED": "1"}),
        ("x", ["deep/b.csv", "deep/a.csv"], "deep/sangkien.yaml", {"TZ": "Asia/Ho_Chi_Minh", "LC_ALL": "C"}),
        (".", [str(folder / "y/a.csv"), str(folder / "y/b.csv")], str(folder / "y/sangkien.yaml"),
         {"LANG": "vi_VN.UTF-8", "LC_ALL": "vi_VN.UTF-8", "PYTHONHASHSEED": "2"}),
    ]  # fmt: skip
    outputs = set()
    for number, (where, exports, quota, environment) in enumerate(runs):
        into = folder / f"out{number}"
        into.mkdir()
        for name in ("r.json", "r.csv", "r.txt"):
            command = ["report", *exports, "-c", quota, "--as-of", "2022-04-30", "-o", str(into / name)]
            subprocess.run(
                [sys.executable, "-m", "sangkien_cli", *command],
                cwd=folder / where, env={**clean_environment(), **environment}, check=True, capture_output=True,
            )  # fmt: skip
        outputs.add(tuple((path.name, path.read_bytes()) for path in sorted(into.iterdir())))
    assert len(outputs) == 1
    ((*names, _),) = [[name for name, _ in each] for each in outputs]
    assert names == ["r.csv", "r.csv.origin.json", "r.json", "r.txt"]


# --- identical ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ["report", "-o", "r.json"],
        ["report", "-o", "r.csv"],
        ["report", "-o", "r.csv", "--excel", "--lang", "vi"],
        ["report", "-o", "r.txt", "--lang", "vi"],
        ["report", "-o", "r.json", "--only", "below,none", "--sort", "short", "--reverse", "--top", "2"],
        ["report", "-o", "r.json", "--phase", "p1", "--unit", "Province", "--depth", "0", "--rank", "--pace"],
        ["report", "-o", "r.json", "--since", "2022-03-02"],
        ["report", "-o", "r.json", "--by", "month"],
        ["report", "-o", "r.csv", "--by", "status"],
        ["check", "-o", "r.json", "--min", "76,5%"],
        ["check", "-o", "r.txt"],
        ["trend", "-o", "r.json", "--by", "month"],
        ["trend", "-o", "r.csv", "--unit", "south"],
        ["trend", "-o", "r.txt"],
        ["trend", "-o", "r.svg"],
        ["report", "-o", "r.html", "--lang", "vi"],
        ["report", "-o", "r.md"],
    ],
    ids=" ".join,
)
def test_a_document_that_nobody_touched_is_identical(run_here: Run, folder: Path, command: list[str]) -> None:
    written = run_here(*command, "--as-of", "2022-04-30", files=SMALL)
    assert written.code in (0, 1), written.stderr
    (report,) = (path.name for path in folder.glob("r.*") if not path.name.endswith(".origin.json"))
    outcome = run_here("verify", report)
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout.startswith(f"{report}: identical.")


def test_workbooks_that_go_back_carry_their_origin(run_here: Run, folder: Path) -> None:
    bad = SMALL["a.csv"] + "    4,Four,Nowhere,01/03/2022,Accepted\n    5,Five,South,,Accepted\n"
    run_here("returns", "-o", "back", "--as-of", "2022-04-30", files={**SMALL, "a.csv": bad})
    workbooks = sorted((folder / "back").iterdir())
    assert len(workbooks) == 3
    for path in workbooks:
        assert verified(run_here, f"back/{path.name}")["identical"]
    book = openpyxl.load_workbook(workbooks[0])
    _sheet(book)["Z99"] = "mended"
    book.save(workbooks[0])
    found = verified(run_here, f"back/{workbooks[0].name}")
    assert found["edited"]
    assert [each["place"] for each in found["figures"]] == [f"[{_sheet(book).title}] Z99"]
    # The program that saved it kept the origin, and it still is no workbook of this program's alone.
    assert run_here("returns", "-o", "back", "--as-of", "2022-04-30").code == 2


def test_a_report_is_found_again_under_another_name_and_elsewhere(run_here: Run, folder: Path) -> None:
    """Its quota file in `configs`, its input beside it; the CSV has a new name, its origin the old one."""
    run_here("report", "--as-of", "2022-04-30", "-o", "r.csv", files=SMALL)
    (folder / "archive/configs").mkdir(parents=True)
    (folder / "sangkien.yaml").rename(folder / "archive/configs/sangkien.yaml")
    for name in ("a.csv", "r.csv.origin.json"):
        (folder / name).rename(folder / "archive" / name)
    (folder / "r.csv").rename(folder / "archive/march.csv")
    assert verified(run_here, "archive/march.csv")["identical"]


def test_an_input_under_another_name_is_known_by_its_content(run_here: Run, folder: Path) -> None:
    run_here("report", "a.csv", "--as-of", "2022-04-30", "-o", "r.json", files=SMALL)
    (folder / "a.csv").rename(folder / "a (1).csv")
    found = verified(run_here, "r.json", "a (1).csv")
    assert found["identical"]
    assert [(each["path"], each["change"], each["now"]) for each in found["inputs"]] == [
        ("a.csv", "renamed", "a (1).csv")
    ]


def test_another_version_alone_is_named_and_no_difference(run_here: Run, folder: Path) -> None:
    run_here("report", "--as-of", "2022-04-30", "-o", "r.csv", files=SMALL)
    origin = folder / "r.csv.origin.json"
    told = json.loads(origin.read_bytes())
    told["libraries"]["pyarrow"] = "0.0.1"
    origin.write_text(json.dumps(told), encoding="utf-8")
    found = verified(run_here, "r.csv")
    assert found["identical"]
    assert [(each["name"], each["then"]) for each in found["versions"]] == [("pyarrow", "0.0.1")]


# --- one cell among 5,000 rows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "new", "then", "now"),
    [
        (5, "Refused", "Accepted", "Refused"),
        (5, "Acepted", "Accepted", "Acepted"),
        (5, None, "Accepted", ""),
        (3, "East", "North", "East"),
        (4, date(2022, 12, 30), "2022-08-17", "2022-12-30"),
        (4, "31/12/2021", "2022-08-17", "31/12/2021"),
        (1, "C-01235", "C-01236", "C-01235"),
        (1, "X-77", "C-01236", "X-77"),
        (2, "Another", "Idea 536", "Another"),
    ],
)
def test_one_changed_cell_among_5000_rows_is_named(
    run_here: Run, big: Rows, column: int, new: object, then: str, now: str
) -> None:
    """Row 1236 of the list is row 1239 of the sheet. 1236·7 is divisible by 3: North; 1236·5 by 4: Accepted; 1236·13
    leaves 228 by 360: 228 days after 1/1 is 17/8; 1236 leaves 536 by 700."""
    big[1235][column] = new
    write_rows(big)
    assert cells_of(verified(run_here, "big.json")) == [(f"{'ABCDEF'[column]}1239", then, now)]


def test_several_changed_cells_are_named_each(run_here: Run, big: Rows) -> None:
    changes = {
        (10, 5): "Refused",
        (11, 5): "Waiting",
        (999, 3): "East",
        (2500, 1): "C-99999",
        (4999, 4): date(2022, 1, 9),
    }
    expected = []
    for (row, column), new in changes.items():
        held = big[row][column]
        big[row][column] = new
        texts = [each.isoformat() if isinstance(each, date) else str(each) for each in (held, new)]
        if texts[0] != texts[1]:
            expected.append((f"{'ABCDEF'[column]}{row + 4}", *texts))
    write_rows(big)
    assert cells_of(verified(run_here, "big.json")) == expected


def test_several_columns_of_one_row_are_named_each(run_here: Run, big: Rows) -> None:
    held = list(big[700])
    big[700][1:] = ["Z", "Z", "Nowhere", date(2021, 1, 1), "Z"]
    write_rows(big)
    cells = cells_of(verified(run_here, "big.json"))
    assert [cell for cell, _, _ in cells] == ["D704", "B704", "F704", "E704", "C704"]
    assert {then for _, then, _ in cells} == {held[1], held[2], held[3], held[4].isoformat(), held[5]}


def test_rows_put_in_and_taken_out_are_named(run_here: Run, big: Rows) -> None:
    new = [0, "N-1", "New", "North", date(2022, 3, 1), "Accepted"]
    gone = {"code": big[699][1], "unit.0": big[699][3], "submitted": big[699][4].isoformat(), "status": big[699][5]}
    write_rows([*big, new])
    sheet = sheet_of(verified(run_here, "big.json"))
    assert (sheet["added"], sheet["removed"], sheet["cells"]) == ([5004], [], [])
    write_rows([*big[:699], new, new, *big[699:]])
    sheet = sheet_of(verified(run_here, "big.json"))
    assert (sheet["added"], sheet["removed"], sheet["cells"]) == ([703, 704], [], [])
    write_rows([*big[:699], *big[700:]])
    sheet = sheet_of(verified(run_here, "big.json"))
    assert (sheet["added"], sheet["removed"], sheet["cells"]) == ([], [703], [])
    assert gone.items() <= sheet["lost"].items()
    write_rows(big[:-1])
    sheet = sheet_of(verified(run_here, "big.json"))
    assert (sheet["added"], sheet["removed"]) == ([], [5003])


def test_rows_in_another_order_are_no_other_rows(run_here: Run, big: Rows) -> None:
    write_rows(sorted(big, key=lambda row: (row[3], row[4])))
    assert sheet_of(verified(run_here, "big.json"))["reordered"]


def test_where_all_rows_differ_the_first_and_the_columns_are_said(run_here: Run, big: Rows) -> None:
    for row in big[1000:]:
        row[2] = f"{row[2]} "
    write_rows(big)
    sheet = sheet_of(verified(run_here, "big.json"))
    assert sheet["columns"] == ["title"]
    assert 1004 - 71 <= sheet["from_row"] <= 1004  # blocks of 71 rows: the root of 5,000


def test_a_moved_header_a_renamed_sheet_and_another_column_change_no_cell(run_here: Run, big: Rows) -> None:
    book = openpyxl.load_workbook("big.xlsx")
    _sheet(book).insert_rows(1, 2)
    _sheet(book).insert_cols(1)
    _sheet(book).title = "Other"
    book.save("big.xlsx")
    sheet = sheet_of(verified(run_here, "big.json"))
    assert (sheet["sheet_then"], sheet["sheet"], sheet["cells"]) == ("List", "Other", [])
    _sheet(book)["G1241"] = "Refused"
    book.save("big.xlsx")
    assert [cell for cell, _, _ in cells_of(verified(run_here, "big.json"))] == ["G1241"]


def test_a_simple_change_is_told_in_twenty_lines(run_here: Run, big: Rows) -> None:
    run_here("report", "--as-of", "2022-08-31", "-o", "big.json", "--ledger", "ledger.csv")
    big[1235][5] = "Refused"
    write_rows(big)
    for lang in ("en", "vi"):
        told = run_here("verify", "big.json", lang=lang).stdout
        assert "big.xlsx [List] F1239 (Status)" in told
        assert len(told.splitlines()) <= 20
    assert "was “Accepted”, is “Refused”" in run_here("verify", "big.json").stdout
    assert (
        "big.xlsx [List]:1239: counts (north, p2) → does not pass count.where" in run_here("verify", "big.json").stdout
    )


TEXTS = st.sampled_from(["", "Accepted", "Waiting", "North", "South", "a", "b", "ộ", "2022-03-01", "x" * 9])
SHEETS = st.lists(st.lists(TEXTS, min_size=4, max_size=4), min_size=1, max_size=90)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=SHEETS, data=st.data())
def test_a_changed_cell_is_named_wherever_it_is(rows: list[list[str]], data: st.DataObject, folder: Path) -> None:
    """A law of fingerprints: of any sheet any one cell that changes is named, with its new text, and with its old one
    where that stands somewhere in the column."""
    from sangkien_cli.exports import read_exports
    from sangkien_cli.fingerprint import fingerprints, read_fingerprint
    from sangkien_cli.pipeline import load_config
    from sangkien_cli.verify.cells import CellChange, Known, change_of

    write_files(folder, {"q.yaml": QUOTA})
    config = load_config(folder / "q.yaml")

    def read(lines: list[list[str]]) -> Any:
        head = ["Code", "Title", "Unit", "Date", "Status", "Key"]
        book = openpyxl.Workbook()
        for line in [head, *([*line, "", "k"] for line in lines)]:
            _sheet(book).append([each or None for each in line])
        book.save("s.xlsx")
        return read_exports(config, ["s.xlsx"])

    then = read(rows)
    (taken,) = fingerprints(then)
    taken = read_fingerprint(json.loads(json.dumps(taken.entry())))
    at = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, 3))
    new = data.draw(TEXTS.filter(lambda text: text != rows[at][column]))
    after = [list(line) for line in rows]
    after[at][column] = new
    now = read(after)
    if list(now.row) != list(then.row):
        return  # the row became, or ceased to be, one that holds no data
    name = ("code", "title", "unit.0", "submitted")[column]
    found = change_of(taken, now, 0, Known(now, config))
    number = at + 2
    before, is_now = (str(each.texts[name][list(each.row).index(number)].as_py()) for each in (then, now))
    if before == is_now:
        assert found.nothing
        return
    (cell,) = found.cells
    assert (cell.row, cell.column, cell.now) == (number, name, is_now)
    assert cell.then in (before, None)
    if before in map(str, now.texts[name].to_pylist()) or not before:
        assert cell == CellChange(number, name, before, is_now)


# --- what else may differ ----------------------------------------------------------------------------------------


def test_an_edited_report_is_caught(run_here: Run, folder: Path) -> None:
    for name in ("r.json", "r.csv", "r.txt"):
        run_here("report", "--as-of", "2022-04-30", "--phase", "p1", "-o", name, files=SMALL)
        path = folder / name
        path.write_bytes(path.read_bytes().replace(b"1000", b"1900").replace(b"1,000", b"1,900"))
        found = verified(run_here, name)
        assert found["edited"] is True
        assert not found["inputs"]
        assert found["figures"]
    quotas = [
        (each["unit"], field["then"], field["now"])
        for each in verified(run_here, "r.csv")["figures"]
        for field in each["fields"]
        if field["field"] == "quota"
    ]
    assert quotas == [("north", "1900", "1000"), ("south", "1900", "1000")]


def test_a_report_that_another_program_saved_again_differs_in_no_figure(run_here: Run, folder: Path) -> None:
    run_here("report", "--as-of", "2022-04-30", "-o", "r.json", files=SMALL)
    report = folder / "r.json"
    report.write_text(json.dumps(json.loads(report.read_bytes()), indent=4), encoding="utf-8")
    outcome = run_here("verify", "r.json")
    assert outcome.code == 1
    assert "No figure in it differs" in outcome.stdout


def test_a_changed_quota_file_is_named_with_the_quotas(run_here: Run, folder: Path) -> None:
    run_here("report", "--as-of", "2022-04-30", "-o", "r.csv", files=SMALL)
    quota = folder / "sangkien.yaml"
    quota.write_text(quota.read_text().replace("South, quota: {p1: 1000}", "South, quota: {p1: 1200}"))
    found = verified(run_here, "r.csv")
    assert found["config"]["changed"] == ["sangkien.yaml"]
    south = next(each for each in found["figures"] if each["unit"] == "south" and each["phase"] == "p1")
    assert {"field": "quota", "then": "1000", "now": "1200"} in south["fields"]
    quota.write_text(quota.read_text().replace("p1", "first"))
    run = run_here("report", "--as-of", "2022-04-30", "--phase", "p1", "-o", "p.json", files=SMALL)
    assert run.code == 0
    quota.write_text(quota.read_text().replace("p1", "first"))
    found = verified(run_here, "p.json")
    assert found["impossible"] == {"option": "phase", "value": "p1"}


def test_a_missing_and_a_new_input_are_named(run_here: Run, folder: Path) -> None:
    files = {**two_files(), "sangkien.yaml": QUOTA.replace("big.xlsx", "'*.csv'")}
    run_here("report", "--as-of", "2022-04-30", "-o", "r.json", files=files)
    shutil.copy(folder / "b.csv", folder / "c.csv")
    (folder / "c.csv").write_bytes((folder / "c.csv").read_bytes().replace(b"11,", b"21,"))
    (folder / "a.csv").unlink()
    found = verified(run_here, "r.json")
    assert [(each["path"], each["change"]) for each in found["inputs"]] == [("a.csv", "missing"), ("c.csv", "new")]


def test_without_what_it_was_made_from_it_cannot_run(run_here: Run, folder: Path) -> None:
    run_here("report", "--as-of", "2022-04-30", "-o", "r.json", files=SMALL)
    (folder / "a.csv").unlink()
    outcome = run_here("verify", "r.json")
    assert (outcome.code, outcome.stdout) == (2, "")
    assert "a.csv" in outcome.stderr
    (folder / "sangkien.yaml").unlink()
    outcome = run_here("verify", "r.json")
    assert outcome.code == 2
    assert "looked at: sangkien.yaml, configs/sangkien.yaml" in outcome.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"a,b\n1,2\n",
        b"PK\x03\x04",
        b"[1]",
        b'{"schema": "sangkien.report/1", "units": []}',
        b"\xff\xfe\x00",
    ],
)
def test_what_carries_no_origin_is_refused(run_here: Run, folder: Path, content: bytes) -> None:
    (folder / "r.json").write_bytes(content)
    outcome = run_here("verify", "r.json", files=SMALL)
    assert outcome.code == 2
    assert "does not say what it was made from" in outcome.stderr


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_origin_never_ends_in_a_traceback(data: st.DataObject, folder: Path, run_here: Run) -> None:
    run_here("report", "--as-of", "2022-04-30", "-o", "r.json", files=SMALL)
    told = json.loads((folder / "r.json").read_bytes())
    part = data.draw(st.sampled_from(["options", "inputs", "config", "tool", "libraries", "fingerprints", "as_of"]))
    keys = st.sampled_from(["path", "format", "depth", "x"])
    scalars = st.none() | st.booleans() | st.integers(-3, 10**20) | st.text(max_size=3)
    odd = scalars | st.lists(scalars, max_size=2) | st.dictionaries(keys, scalars, max_size=2)
    inner = told[part][0] if isinstance(told[part], list) else told[part]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        inner[data.draw(st.sampled_from([*inner, "unit", "top", "basis", "only"]))] = data.draw(odd)
    else:
        told[part] = data.draw(odd)
    (folder / "r.json").write_text(json.dumps(told), encoding="utf-8")
    assert run_here("verify", "r.json").code in (0, 1, 2)


def test_the_ledger_that_was_written_with_it_tells_the_rows(run_here: Run, folder: Path) -> None:
    run_here("report", "--as-of", "2022-04-30", "-o", "r.csv", "--ledger", "l.csv", files=SMALL)
    assert verified(run_here, "r.csv")["identical"]
    export = folder / "a.csv"
    export.write_text(export.read_text().replace("2,Two,South", "2,Two,Nowhere"))
    found = verified(run_here, "r.csv")
    assert found["ledger"] == {"path": "l.csv", "state": "same", "changed": 1, "gone": 0, "new": 0}
    (folder / "l.csv").write_text("edited")
    assert verified(run_here, "r.csv")["ledger"]["state"] == "other"


# --- audits ------------------------------------------------------------------------------------------------------

CLAIMS = """
    claims:
      - {id: paper, unit: North, done: 1, quota: 1000, percent: "0,1"}
      - {id: union, unit: South, done: 1, quota: 1000, percent: "0,2", as_of: 2022-04-30}
      - {id: other, done: 149, quota: 44, percent: 338}
    """
AUDITED = {
    **SMALL,
    "sangkien.yaml": SMALL["sangkien.yaml"].replace("      files: [a.csv]\n", ""),
    "claims.yaml": CLAIMS,
}
ARTICLE = "Đến hết tháng 4, South gửi 1 sáng kiến. North có 149/44 sáng kiến, bằng 338%.\n"
AUDITS = [
    ["audit", "claims.yaml"],
    ["audit", "claims.yaml", "-c", "sangkien.yaml", "--as-of", "2022-04-30"],
    ["audit", "claims.yaml", "a.csv", "--as-of", "2022-04-30"],
    ["audit", "--text", "article.txt", "a.csv", "--as-of", "2022-04-30"],
]


@pytest.mark.parametrize("output", [["r.json"], ["r.csv"], ["r.csv", "--excel"], ["r.txt"], ["r.txt", "--lang", "vi"]])
@pytest.mark.parametrize("command", AUDITS, ids=" ".join)
def test_an_audit_is_made_again_with_or_without_data(run_here: Run, command: list[str], output: list[str]) -> None:
    written = run_here(*command, "-o", *output, files={**AUDITED, "article.txt": ARTICLE})
    assert written.code in (0, 1), written.stderr
    outcome = run_here("verify", output[0])
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    named = "article.txt" if "article.txt" in command else "claims.yaml"
    assert outcome.stdout.startswith(f"{output[0]}: identical. Counted again from {named}")


@pytest.mark.parametrize("command", AUDITS, ids=" ".join)
def test_an_audit_printed_as_json_is_the_one_that_is_written(run_here: Run, folder: Path, command: list[str]) -> None:
    printed = run_here(*command, "--format", "json", files={**AUDITED, "article.txt": ARTICLE})
    run_here(*command, "-o", "r.json")
    assert (folder / "r.json").read_bytes() == printed.stdout_bytes
    named = json.loads(printed.stdout)["options"]["text" if "--text" in command else "claims"]
    assert set(named) == {"path", "sha256"}


@pytest.mark.parametrize("name", ["r.json", "r.csv"])
@pytest.mark.parametrize("command", AUDITS[:3], ids=" ".join)
def test_one_changed_claim_is_named_with_its_file(run_here: Run, folder: Path, command: list[str], name: str) -> None:
    """1 of 1,000 is 0.1%: published as 0.2% it is not reproduced."""
    run_here(*command, "-o", name, files=AUDITED)
    claims = folder / "claims.yaml"
    claims.write_text(claims.read_text().replace('1000, percent: "0,1"', '1000, percent: "0,2"'))
    found = verified(run_here, name)
    assert [(each["path"], each["change"]) for each in found["inputs"]] == [("claims.yaml", "changed")]
    (figure,) = found["figures"]
    assert (figure["part"], figure["place"]) == ("claims", "paper")
    fields = {each["field"]: (each["then"], each["now"]) for each in figure["fields"]}
    assert fields["percent"] == ("0.1", "0.2")
    assert fields["verdict"] == ("reproduced", "not-reproduced")
    told = run_here("verify", name).stdout
    assert "  claims.yaml: changed\n" in told
    assert "paper: percent 0.1% → 0.2%; verdict reproduced → not reproduced" in " ".join(told.split())


@pytest.mark.parametrize("name", ["r.json", "r.csv"])
def test_one_changed_cell_is_named_with_the_claim_that_it_speaks_to(run_here: Run, folder: Path, name: str) -> None:
    """South had one accepted idea by the end of April; now it has none. North's stays."""
    run_here(*AUDITS[2], "-o", name, files=AUDITED)
    export = folder / "a.csv"
    export.write_text(export.read_text().replace("05/03/2022,Accepted", "05/03/2022,Refused"))
    found = verified(run_here, name)
    assert cells_of(found) == [("E3", "Accepted", "Refused")]
    (figure,) = found["figures"]
    assert figure["place"] == "union"
    assert {"field": "data_done", "then": "1", "now": "0"} in figure["fields"]


def test_an_audit_without_data_that_was_edited_is_caught(run_here: Run, folder: Path) -> None:
    run_here(*AUDITS[0], "-o", "r.json", files=AUDITED)
    report = folder / "r.json"
    report.write_bytes(report.read_bytes().replace(b"not-reproduced", b"reproduced"))
    found = verified(run_here, "r.json")
    assert found["edited"]
    assert not found["inputs"]
    assert [each["place"] for each in found["figures"]] == ["union"]
    told = run_here("verify", "r.json").stdout
    assert "Written by sangkien audit without a quota file." in told
    assert "The 1 input is unchanged." in told


def test_an_audit_is_found_again_elsewhere_and_its_claims_under_another_name(run_here: Run, folder: Path) -> None:
    run_here(*AUDITS[2], "-o", "r.txt", files=AUDITED)
    (folder / "archive").mkdir()
    for name in (*AUDITED, "r.txt", "r.txt.origin.json"):
        (folder / name).rename(folder / "archive" / name)
    assert verified(run_here, "archive/r.txt")["identical"]
    (folder / "archive/claims.yaml").rename(folder / "given.yaml")
    found = verified(run_here, "archive/r.txt", "given.yaml")
    assert found["identical"]
    assert [(each["path"], each["change"], each["now"]) for each in found["inputs"]] == [
        ("claims.yaml", "renamed", "given.yaml")
    ]
    assert verified(run_here, "archive/r.txt", "archive/a.csv", "given.yaml")["identical"]
    (folder / "given.yaml").unlink()
    outcome = run_here("verify", "archive/r.txt")
    assert outcome.code == 2
    assert "none of the files it was made from were found: claims.yaml" in outcome.stderr


def test_what_no_figure_of_an_audit_came_from_is_refused(run_here: Run) -> None:
    run_here(*AUDITS[0], "-o", "r.json", files=AUDITED)
    outcome = run_here("verify", "r.json", "claims.yaml", "a.csv")
    assert outcome.code == 2
    assert "a.csv: the document was made from no such file" in outcome.stderr
    outcome = run_here("verify", "r.json", "-c", "sangkien.yaml")
    assert outcome.code == 2
    assert "--config: the document was made without a quota file" in outcome.stderr


def test_the_published_figures_beside_a_report_are_an_input_of_it(run_here: Run, folder: Path) -> None:
    command = ["report", "a.csv", "--as-of", "2022-04-30", "--claims", "claims.yaml", "-o", "r.json"]
    run_here(*command, files=AUDITED)
    assert verified(run_here, "r.json", "a.csv")["identical"]
    claims = folder / "claims.yaml"
    claims.write_text(claims.read_text() + "# looked through\n")
    found = verified(run_here, "r.json", "a.csv")
    assert [(each["path"], each["change"]) for each in found["inputs"]] == [("claims.yaml", "changed")]


# --- explanations ------------------------------------------------------------------------------------------------

EXPLANATIONS = [
    ["explain", "South"],
    ["explain", "Province", "--phase", "all", "--why", "filtered,counted"],
    ["explain", "--code", "2"],
    ["explain", "South", "--code", "no such code"],
]


@pytest.mark.parametrize(
    "output", [["r.json"], ["r.csv"], ["r.csv", "--excel"], ["r.txt"], ["r.xlsx"], ["r.xlsx", "--lang", "vi"]]
)
@pytest.mark.parametrize("command", EXPLANATIONS, ids=" ".join)
def test_an_explanation_is_made_again(run_here: Run, command: list[str], output: list[str]) -> None:
    written = run_here(*command, "--as-of", "2022-04-30", "-o", *output, files=SMALL)
    assert written.code in (0, 1), written.stderr
    outcome = run_here("verify", output[0])
    assert outcome.code == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("command", EXPLANATIONS, ids=" ".join)
def test_an_explanation_printed_as_json_is_the_one_that_is_written(
    run_here: Run, folder: Path, command: list[str]
) -> None:
    printed = run_here(*command, "--as-of", "2022-04-30", "--format", "json", files=SMALL)
    run_here(*command, "--as-of", "2022-04-30", "-o", "r.json")
    assert (folder / "r.json").read_bytes() == printed.stdout_bytes


@pytest.mark.parametrize("name", ["r.json", "r.csv"])
def test_one_changed_cell_is_named_with_the_row_that_it_is_of(run_here: Run, folder: Path, name: str) -> None:
    """Idea 2 of South is in row 3; it was the only one that counted."""
    run_here("explain", "South", "--as-of", "2022-04-30", "-o", name, files=SMALL)
    export = folder / "a.csv"
    export.write_text(export.read_text().replace("05/03/2022,Accepted", "05/03/2022,Refused"))
    found = verified(run_here, name)
    assert cells_of(found) == [("E3", "Accepted", "Refused")]
    (row,) = (each for each in found["figures"] if each["part"] == "rows")
    assert row["place"] == "a.csv:3"
    assert {"field": "verdict", "then": "counted", "now": "filtered"} in row["fields"]
    if name == "r.json":
        (figure,) = (each for each in found["figures"] if each["part"] == "figure")
        assert (figure["unit"], figure["phase"]) == ("south", "p1")
        assert {"field": "done", "then": "1", "now": "0"} in figure["fields"]


def test_of_a_workbook_the_cells_that_differ_are_named(run_here: Run, folder: Path) -> None:
    """A row that is gone is one line, though those below it move up."""
    command = ["explain", "Province", "--why", "counted", "--as-of", "2022-04-30", "-o", "r.xlsx"]
    run_here(*command, files=SMALL)
    export = folder / "a.csv"
    export.write_text(export.read_text().replace("2022-03-01,Accepted", "2022-03-01,Refused"))
    rows = [each for each in verified(run_here, "r.xlsx")["figures"] if each["place"].startswith("[Rows]")]
    ((place, fields),) = [(each["place"], each["fields"]) for each in rows]
    assert place == "[Rows] 2"
    assert fields[0]["then"].startswith("a.csv, 2, ")
    assert fields[0]["now"] is None
    export.write_text(export.read_text().replace("2022-03-01,Refused", "2022-03-01,Accepted"))
    assert verified(run_here, "r.xlsx")["identical"]
    book = openpyxl.load_workbook("r.xlsx")
    book["Rows"]["C3"] = 4
    book.save("r.xlsx")
    found = verified(run_here, "r.xlsx")
    assert found["edited"]
    assert [(each["place"], each["fields"][0]["then"], each["fields"][0]["now"]) for each in found["figures"]] == [
        ("[Rows] C3", "4", "3")
    ]


@pytest.mark.parametrize("name", ["r.csv", "r.xlsx"])
def test_a_moved_explanation_is_identical_and_its_links_are_said_to_lead_nowhere(
    run_here: Run, folder: Path, name: str
) -> None:
    """Written in out/ its links lead to data/; moved with all the rest they still do, moved alone they do not."""
    files = {f"data/{file}": text for file, text in SMALL.items()}
    (folder / "out").mkdir()
    command = ["explain", "South", "-c", "data/sangkien.yaml", "--as-of", "2022-04-30", "-o", f"out/{name}"]
    assert run_here(*command, files=files).code == 0
    found = verified(run_here, f"out/{name}", "-c", "data/sangkien.yaml")
    assert (found["identical"], found["links_astray"]) == (True, [])
    assert found["options"]["links"] == {"a.csv": "../data/a.csv"}
    (folder / "all").mkdir()
    for each in ("data", "out"):
        (folder / each).rename(folder / "all" / each)
    found = verified(run_here, f"all/out/{name}", "-c", "all/data/sangkien.yaml")
    assert (found["identical"], found["links_astray"]) == (True, [])
    for path in list((folder / "all/out").iterdir()):
        path.rename(folder / path.name)
    found = verified(run_here, name, "-c", "all/data/sangkien.yaml")
    assert (found["identical"], found["links_astray"]) == (True, ["a.csv"])
    told = run_here("verify", name, "-c", "all/data/sangkien.yaml").stdout
    assert "from here they do not lead to a.csv." in " ".join(told.split())


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_origin_of_an_audit_or_explanation_never_ends_in_a_traceback(
    data: st.DataObject, folder: Path, run_here: Run
) -> None:
    command = data.draw(st.sampled_from([*AUDITS[:3], ["explain", "South", "a.csv", "--as-of", "2022-04-30"]]))
    run_here(*command, "--format", "csv", "-o", "r.csv", files=AUDITED)
    origin = folder / "r.csv.origin.json"
    told = json.loads(origin.read_bytes())
    odd = st.sampled_from([None, 3, "", "x", "\x00", [], ["x"], {}, {"path": 3}, {"path": "x\x00", "sha256": "0" * 64},
                           {"path": "..", "sha256": "0" * 64}, {"a.csv": 3}, {"a.csv": "\x01"}])  # fmt: skip
    inner = data.draw(st.sampled_from([told, told["options"]]))
    name = data.draw(st.sampled_from([*inner, "claims", "text", "links", "unit", "code", "phase", "format"]))
    inner[name] = data.draw(odd)
    origin.write_text(json.dumps(told), encoding="utf-8")
    assert run_here("verify", "r.csv", "a.csv").code in (0, 1, 2)


# --- what others may have put into an origin ---------------------------------------------------------------------

OUTSIDE = ["/etc/secret.csv", "../secret.csv", "a/../../secret.csv", "C:\\secret.csv", "..\\secret.csv",
           "\\\\host\\share\\secret.csv", "a\0.csv"]  # fmt: skip


@pytest.mark.parametrize("path", [*OUTSIDE, "HERE"])
@pytest.mark.parametrize("place", ["inputs", "config", "claims", "compare", "template"])
def test_a_file_elsewhere_on_the_computer_is_never_opened(run_here: Run, folder: Path, place: str, path: str) -> None:
    """Whoever sends a report could else have the cells of any file printed."""
    run_here("report", "--as-of", "2022-04-30", "-o", "r.json", "--ledger", "l.csv", files=SMALL)
    told = json.loads((folder / "r.json").read_bytes())
    named = {"path": str(folder / "a.csv") if path == "HERE" else path, "sha256": "0" * 64}
    if place == "inputs":
        told["inputs"][0] |= named
    elif place == "config":
        told["config"] = named
    else:
        told["options"][place] = named
    (folder / "r.json").write_text(json.dumps(told), encoding="utf-8")
    outcome = run_here("verify", "r.json")
    assert (outcome.code, outcome.stdout) == (2, "")
    assert "what it says of its origin is damaged" in outcome.stderr
    assert place in outcome.stderr


def test_a_ledger_elsewhere_is_refused_unless_it_is_named_from_the_report(run_here: Run, folder: Path) -> None:
    (folder / "out").mkdir()
    run_here("report", "--as-of", "2022-04-30", "-o", "out/r.json", "--ledger", "l.csv", files=SMALL)
    assert verified(run_here, "out/r.json")["ledger"] == {"path": "../l.csv", "state": "same"}
    told = json.loads((folder / "out/r.json").read_bytes())
    told["ledger"]["path"] = str(folder / "l.csv")
    (folder / "out/r.json").write_text(json.dumps(told), encoding="utf-8")
    outcome = run_here("verify", "out/r.json")
    assert outcome.code == 2
    assert "damaged: ledger.path" in outcome.stderr


@pytest.mark.parametrize(
    "target", ["r.csv", "r.csv.origin.json", "l.csv", "cl/claims.yaml", "sangkien.yaml", "a.csv", "other.origin.json"]
)
@pytest.mark.parametrize("format", ["text", "json"])
def test_what_verify_writes_never_replaces_what_it_reads(run_here: Run, folder: Path, target: str, format: str) -> None:
    (folder / "cl").mkdir()
    files = {**AUDITED, "cl/claims.yaml": CLAIMS}
    command = ["report", "a.csv", "--as-of", "2022-04-30", "--claims", "cl/claims.yaml", "-o", "r.csv"]
    run_here(*command, "--ledger", "l.csv", files=files)
    (folder / "claims.yaml").unlink()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    outcome = run_here("verify", "r.csv", "a.csv", "cl/claims.yaml", "--format", format, "-o", target)
    assert (outcome.code, outcome.stdout) == (2, "")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert run_here("verify", "r.csv", "a.csv", "cl/claims.yaml", "-o", "said.txt").code == 0


def test_a_report_is_not_taken_for_the_earlier_one_of_its_name(run_here: Run, folder: Path) -> None:
    """Each month's report is report.json in a folder of its own."""
    for month in ("02", "03"):
        (folder / month).mkdir()
    run_here("report", "--as-of", "2022-02-28", "-o", "02/report.json", files=SMALL)
    command = ["report", "--as-of", "2022-03-31", "--compare", "02/report.json", "-o", "03/report.json"]
    assert run_here(*command).code == 0
    outcome = run_here("verify", "03/report.json")
    assert outcome.code == 1
    told = " ".join(outcome.stdout.split())
    assert "the file report.json that was given with --compare was not found" in told
    assert "Name it: sangkien verify 03/report.json FILE…" in told
    assert "changed after it was written" not in told
    assert verified(run_here, "03/report.json", "02/report.json")["identical"]


def test_a_file_that_an_option_names_is_found_in_the_folders_of_what_is_given(run_here: Run, folder: Path) -> None:
    """claims.yaml lies beside the export, neither beside the report nor beside the quota file."""
    files = {"in/a.csv": SMALL["a.csv"], "in/claims.yaml": CLAIMS, "sangkien.yaml": AUDITED["sangkien.yaml"]}
    (folder / "out").mkdir()
    command = ["report", "in/a.csv", "--as-of", "2022-04-30", "--claims", "in/claims.yaml", "-o", "out/r.json"]
    assert run_here(*command, files=files).code == 0
    assert verified(run_here, "out/r.json", "in/a.csv")["identical"]


@pytest.mark.parametrize("rows", [4_000_000_000, 10**13, -1, True])
def test_a_fingerprint_of_more_rows_than_there_can_be_is_left_out(run_here: Run, folder: Path, rows: int) -> None:
    """Else its 2 MB take 32 GB. The groups are as many as so many rows would have."""
    from sangkien_cli.fingerprint import Grouping

    run_here("report", "--as-of", "2022-04-30", "-o", "r.json", files=SMALL)
    told = json.loads((folder / "r.json").read_bytes())
    (fingerprint,) = told["fingerprints"]
    fingerprint["span"] = told["inputs"][0]["rows"] = rows if rows is not True else 1
    if rows == 4_000_000_000:
        fingerprint["groups"] = ["AAAAAAAA" * size for size in Grouping(rows).sizes]
    if rows < 0:
        told["inputs"][0]["rows"] = 3
    (folder / "r.json").write_text(json.dumps(told), encoding="utf-8")
    export = folder / "a.csv"
    export.write_text(export.read_text().replace("Waiting", "Refused"))
    found = verified(run_here, "r.json")
    assert sheet_of(found)["cells"] is None


@pytest.mark.parametrize("name", ["unit.x", "unit.-1", "unit.99", "unit.²"])
def test_a_fingerprint_of_columns_that_there_cannot_be_ends_in_no_traceback(
    run_here: Run, folder: Path, name: str
) -> None:
    run_here("report", "--as-of", "2022-04-30", "-o", "r.json", files=SMALL)
    told = json.loads((folder / "r.json").read_bytes())
    told["fingerprints"][0]["columns"][name] = "AAAAAAAB"
    (folder / "r.json").write_text(json.dumps(told), encoding="utf-8")
    export = folder / "a.csv"
    export.write_text(export.read_text().replace("Waiting", "Refused"))
    outcome = run_here("verify", "r.json")
    assert outcome.code == 1
    assert f"the quota file no longer reads {name}," in " ".join(outcome.stdout.split())


def packed(text: str, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An office file that has this as its custom properties, and nothing else."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", how) as package:
        package.writestr("docProps/custom.xml", text)
    return into.getvalue()


@pytest.mark.parametrize("number", ["0", "1" * 5000, "9" * 7, "²", "-1", ""])
def test_a_property_with_an_odd_number_is_none_of_an_origin(run_here: Run, folder: Path, number: str) -> None:
    text = f'<p><property name="sangkien.origin.{number}"><t>{{}}</t></property></p>'
    (folder / "r.xlsx").write_bytes(packed(text))
    outcome = run_here("verify", "r.xlsx", files=SMALL)
    assert outcome.code == 2
    assert "does not say what it was made from" in outcome.stderr


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    how=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]),
    damage=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
    cut=st.floats(0.5, 1),
)
def test_a_damaged_office_file_never_ends_in_a_traceback(
    run_here: Run, folder: Path, how: int, damage: list[tuple[float, int]], cut: float
) -> None:
    data = bytearray(packed("<p><property name='sangkien.origin.01'><t>{}</t></property></p>" * 3, how))
    for place, byte in damage:
        data[2 + int(place * (len(data) - 2))] = byte
    (folder / "r.docx").write_bytes(data[: int(cut * len(data))])
    assert run_here("verify", "r.docx", files=SMALL).code == 2


@pytest.mark.parametrize(
    ("name", "ledger"),
    [
        ("r.json", ["--ledger", "l.csv"]),
        ("r.csv", ["--ledger", "l.csv", "--excel", "--lang", "vi"]),
        ("r.json", ["--ledger", "l.parquet"]),
    ],
)
def test_a_ledger_that_was_edited_together_with_its_digest_is_caught(
    run_here: Run, folder: Path, name: str, ledger: list[str]
) -> None:
    """Idea 3 of South waits; in the ledger it is made to count, and the report is told the new SHA-256."""
    import pandas as pd

    run_here("report", "--as-of", "2022-04-30", "-o", name, *ledger, files=SMALL)
    assert verified(run_here, name)["identical"]
    path = folder / ledger[1]
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    if path.suffix == ".csv":
        path.write_bytes(path.read_bytes().replace(b"filtered", b""))
    else:
        pd.read_parquet(path).assign(reason=None).to_parquet(path)
    report = folder / (name if name == "r.json" else f"{name}.origin.json")
    report.write_text(report.read_text().replace(old, hashlib.sha256(path.read_bytes()).hexdigest()))
    found = verified(run_here, name)
    assert (found["identical"], found["same_bytes"], found["edited"]) == (False, True, False)
    assert found["ledger"] == {"path": path.name, "state": "edited", "changed": 1, "gone": 0, "new": 0}
    told = run_here("verify", name).stdout
    assert "the ledger written with it does NOT" in " ".join(told.split())
    assert f"The ledger {path.name} was changed after it was written" in told


def test_a_ledger_of_odd_texts_is_no_edited_one(run_here: Run, folder: Path) -> None:
    odd = {**SMALL, "a.csv": SMALL["a.csv"] + "    '=5,Five,'South,06/03/2022,Waiting\n    =6,\"a\nb\",@x,,-\n"}
    for excel in ([], ["--excel"], ["--excel", "--lang", "vi"]):
        written = run_here("report", "--as-of", "2022-04-30", "-o", "r.csv", "--ledger", "l.csv", *excel, files=odd)
        assert written.code == 0, written.stderr
        found = verified(run_here, "r.csv")
        assert (found["identical"], found["ledger"]["state"]) == (True, "same")


def test_a_page_carries_its_origin_in_itself(run_here: Run, folder: Path) -> None:
    run_here("report", "--as-of", "2022-04-30", "-o", "r.html", files=SMALL)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*SMALL, "r.html"])
    (folder / "r.html").rename(folder / "sent.html")
    assert verified(run_here, "sent.html")["identical"]
    page = folder / "sent.html"
    page.write_text(page.read_text(encoding="utf-8").replace("1,000", "1,900"), encoding="utf-8")
    assert verified(run_here, "sent.html")["edited"]
    told = " ".join(run_here("verify", "sent.html").stdout.split())
    assert "what in it differs cannot be told of this kind of file" in told
    assert "No figure" not in told


def test_a_part_of_the_quota_file_that_is_gone_is_named(run_here: Run, folder: Path) -> None:
    head = SMALL["sangkien.yaml"].partition("    units:")[0]
    branch = "    units:\n      - {{name: {name}, quota: {{p1: 10}}}}\n"
    quota = head + "    include: [north.yaml, south.yaml]\n"
    parts = {f"{name.lower()}.yaml": branch.format(name=name) for name in ("North", "South")}
    written = run_here(
        "report", "--as-of", "2022-04-30", "-o", "r.json", files={**SMALL, "sangkien.yaml": quota} | parts
    )
    assert written.code == 0, written.stderr
    (folder / "sangkien.yaml").write_text((folder / "sangkien.yaml").read_text().replace("north.yaml, ", ""))
    found = verified(run_here, "r.json")
    assert found["config"]["changed"] == ["sangkien.yaml"]
    assert found["config"]["gone"] == ["north.yaml"]
    told = run_here("verify", "r.json").stdout
    assert "No longer among the files of the quota file: north.yaml." in told


def test_a_document_filled_into_a_template_is_made_again_from_it(run_here: Run, folder: Path) -> None:
    import docx

    write_files(folder, SMALL)
    for name in ("tpl", "out"):
        (folder / name).mkdir()
    template = docx.Document()
    template.add_paragraph("{{title}}")
    template.save("tpl/form.docx")
    written = run_here("report", "--as-of", "2022-04-30", "--template", "tpl/form.docx", "-o", "out/r.docx")
    assert written.code == 0, written.stderr
    assert verified(run_here, "out/r.docx", "tpl/form.docx")["identical"]
    assert "--template was not found" in " ".join(run_here("verify", "out/r.docx").stdout.split())
    assert run_here("verify", "out/r.docx", "tpl/form.docx", "-o", "tpl/form.docx").code == 2


def test_of_two_quota_files_of_a_name_the_same_one_is_taken(run_here: Run, folder: Path) -> None:
    """Beside the report lies another one of that name; the one it was made with lies in `configs`."""
    quota = (
        "programme: P\nphases: {p: {from: 2022-01-01, to: 2022-12-31}}\nexports: {columns: {submitted: D, unit: U}}\n"
    )
    files = {
        "configs/q.yaml": f"{quota}units: [{{name: A, quota: {{p: 4}}}}]\n",
        "q.yaml": f"{quota}units: [{{name: A, quota: {{p: 5}}}}]\n",
        "e.csv": "U,D\nA,05/01/2022\n",
    }
    made = run_here("report", "e.csv", "-c", "configs/q.yaml", "--as-of", "2022-02-01", "-o", "r.json", files=files)
    assert made.code == 0
    done = run_here("verify", "r.json", "e.csv")
    assert (done.code, "configs/q.yaml" in done.stdout) == (0, True)

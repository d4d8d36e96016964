"""What becomes of files and cells before a rule is asked: which files are read, which sheets are copies, what codes,
dates and numbers mean; and what `sangkien inspect` shows of it all.

Each test makes small files and looks at what a user sees: the report, the ledger, the notes on standard error.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from sangkien_cli.values import is_ditto
from tests import test_ods, test_xlsb
from tests.conftest import Contents, ReportOf, Run
from tests.plain import csv_bytes

CODES = """
    programme: p
    phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
    exports: {columns: {code: Mã, submitted: Ngày gửi, unit: Đơn vị, field: Lĩnh vực}}
    units: [{name: Trường A, quota: {gd1: 10}}, {name: Trường B}]
"""
COUNTS = """
    programme: p
    phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
    exports: {phase: gd1, columns: {unit: Đơn vị, count: Số lượng}}
    count: {once_per: none}
    units: [{name: Trường A}, {name: Trường B}, {name: Trường C}]
"""
Row = list[object]
Table = Sequence[Row]
CODE_HEADER: Row = ["Mã", "Ngày gửi", "Đơn vị", "Lĩnh vực"]
COUNT_HEADER: Row = ["Đơn vị", "Số lượng"]
DAY = datetime(2022, 3, 1)


@dataclass(frozen=True)
class Told:
    """What a user sees of a report."""

    code: int
    notes: str  # standard error
    report: Any  # the JSON report; None where there is none
    ledger: Sequence[Mapping[str, str]]

    @property
    def done(self) -> dict[str, int]:
        """What each unit has done in the whole programme."""
        return {line["name"]: line["done"] for line in self.report["units"] if line["phase"] == "all"}

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Of each row of data its reason and the detail."""
        return [(line["reason"], line["detail"]) for line in self.ledger if line["reason"] != "layout"]


class Report(Protocol):
    """The type of `report`."""

    def __call__(self, *exports: str, quota: str = CODES, options: Sequence[str] = ()) -> Told: ...


@pytest.fixture
def report(run_here: Run) -> Report:
    """`sangkien report` on exports, with a ledger; the rows are balanced, always."""

    def report(*exports: str, quota: str = CODES, options: Sequence[str] = ()) -> Told:
        Path("ledger.csv").unlink(missing_ok=True)
        arguments = ["--format", "json", "--as-of", "2022-12-31", "--ledger", "ledger.csv", "-c", "quota.yaml"]
        out = run_here("report", *exports, *arguments, *options, files={"quota.yaml": quota})
        if out.code == 2:
            assert out.stdout == ""
            assert not Path("ledger.csv").exists()
            return Told(2, out.stderr, None, [])
        with open("ledger.csv", encoding="utf-8", newline="") as file:
            ledger = list(csv.DictReader(file))
        shown = json.loads(out.stdout)
        rows = shown["rows"]
        assert rows["read"] == rows["counted"] + sum(rows["set_aside"].values())
        assert len(ledger) == rows["read"] + rows["layout"]
        return Told(out.code, out.stderr, shown, ledger)

    return report


def fill(sheet: Worksheet, table: Table) -> Worksheet:
    for row in table:
        sheet.append(list(row))
    return sheet


def write_xlsx(path: str, *tables: Table, change: Callable[[openpyxl.Workbook], None] = lambda _: None) -> str:
    """A workbook with a sheet for each table: S1, S2…"""
    book = openpyxl.Workbook()
    for number, table in enumerate(tables, start=1):
        fill(book.create_sheet(f"S{number}"), table)
    del book["Sheet"]
    change(book)
    book.save(path)
    return path


def write_csv(path: str, table: Table) -> str:
    rows = [[f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell) for cell in row] for row in table]
    Path(path).write_bytes(csv_bytes(rows))
    return path


def row(code: object, unit: str = "Trường A", when: object = DAY, field: object = "") -> Row:
    return [code, when, unit, field]


TWO: Table = [CODE_HEADER, row("SK1"), row("SK2", "Trường B")]
FIGURES: Table = [COUNT_HEADER, ["Trường A", 5], ["Trường B", 7]]


# --- which files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("export", ["*.xlsx", "."])
def test_a_lock_file_beside_its_workbook_is_left_out_with_a_note(export: str, report: Report) -> None:
    Path("in").mkdir()
    write_xlsx("in/a.xlsx", TWO)
    Path("in/~$a.xlsx").write_bytes(b"\x05Hoa")
    told = report(f"in/{export}")
    assert told.done == {"Trường A": 1, "Trường B": 1}
    assert (
        told.notes == "~$a.xlsx: left out: this is the lock file that Excel makes while somebody has the sheet open\n"
    )


@pytest.mark.parametrize("export", ["~$a.xlsx", "~*.xlsx"])
def test_a_lock_file_asked_for_by_itself_is_refused(export: str, report: Report) -> None:
    write_xlsx("a.xlsx", TWO)
    Path("~$a.xlsx").write_bytes(b"\x05Hoa")
    told = report("a.xlsx", export)
    assert told.code == 2
    assert export in told.notes


def test_a_lock_file_is_said_to_be_one(report: Report) -> None:
    Path("~$a.xlsx").write_bytes(b"\x05Hoa")
    told = report("~$a.xlsx")
    assert told.code == 2
    assert "~$a.xlsx: this is the lock file" in told.notes
    assert "use a.xlsx" in told.notes


def test_a_folder_gives_its_spreadsheets_and_nothing_else(report: Report) -> None:
    Path("xuất").mkdir()
    Path("xuất/sâu").mkdir()
    write_xlsx("xuất/a.xlsx", [CODE_HEADER, row("A")])
    write_csv("xuất/b.CSV", [CODE_HEADER, row("B")])
    write_csv("xuất/sâu/c.csv", [CODE_HEADER, row("C")])
    Path("xuất/ghi chú.docx").write_bytes(b"PK no sheet")
    Path("trống").mkdir()
    told = report("xuất")
    assert [line["code"] for line in told.ledger] == ["A", "B"]
    told = report("trống", "xuất")
    assert told.code == 2
    assert "trống: there is no spreadsheet in this folder" in told.notes


def pipe(data: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input holds these bytes; None = it is a terminal."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal() if data is None else io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stream)


def test_a_dash_is_standard_input_however_often_it_is_named(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    data = Path(write_csv("a.csv", TWO)).read_bytes()
    for names in (["-"], ["-", "-"]):
        pipe(data, monkeypatch)
        told = report(*names)
        assert told.done == {"Trường A": 1, "Trường B": 1}
        assert [given["path"] for given in told.report["inputs"]] == ["stdin"]


def test_a_workbook_may_be_piped_in_beside_a_file(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(Path(write_xlsx("a.xlsx", TWO)).read_bytes(), monkeypatch)
    write_csv("b.csv", [CODE_HEADER, row("SK2", "Trường B"), row("SK3")])
    told = report("-", "b.csv")
    assert told.done == {"Trường A": 2, "Trường B": 1}
    assert told.report["rows"]["set_aside"] == {"duplicate": 1}


@pytest.mark.parametrize("missing", [False, True])
def test_nothing_piped_in_is_said_at_once(missing: bool, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(None, monkeypatch)
    if missing:  # as under Windows' pythonw
        monkeypatch.setattr(sys, "stdin", None)
    told = report("-")
    assert told.code == 2
    assert "nothing is piped in" in told.notes


def test_empty_standard_input_is_refused(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(b"", monkeypatch)
    told = report("-")
    assert told.code == 2
    assert "stdin: nothing is piped in" in told.notes


def test_one_refused_file_stops_the_report_and_the_fate_of_the_others_is_said(report: Report) -> None:
    write_csv("a.csv", TWO)
    write_xlsx("b.xlsx", [CODE_HEADER, row("SK3")])
    Path("c.xlsx").write_bytes(Path("b.xlsx").read_bytes()[:500])
    told = report("a.csv", "b.xlsx", "c.xlsx")
    assert told.code == 2
    assert "c.xlsx: the file is damaged" in told.notes
    assert "2 other files were read, but there is no report without the above" in told.notes


# --- copies -------------------------------------------------------------------------------------------------------


def test_a_copy_under_another_name_is_not_counted_twice(report: Report) -> None:
    write_csv("a.csv", FIGURES)
    write_csv("b.csv", FIGURES)
    told = report("a.csv", "b.csv", quota=COUNTS)
    assert told.done == {"Trường A": 5, "Trường B": 7, "Trường C": 0}
    assert told.reasons == [("", ""), ("", ""), ("duplicate", "a.csv:2"), ("duplicate", "a.csv:3")]
    assert "b.csv: the same rows as a.csv: they are not counted twice" in told.notes


def test_one_row_in_two_files_of_the_same_bytes_is_one_row(report: Report) -> None:
    write_csv("a.csv", FIGURES[:2])
    write_csv("b.csv", FIGURES[:2])
    assert report("a.csv", "b.csv", quota=COUNTS).done["Trường A"] == 5


def test_a_sheet_copied_within_a_workbook_is_not_counted_twice(report: Report) -> None:
    write_xlsx("a.xlsx", FIGURES, [COUNT_HEADER, ["Trường C", 1]], FIGURES)
    told = report("a.xlsx", quota=COUNTS)
    assert told.done == {"Trường A": 5, "Trường B": 7, "Trường C": 1}
    assert told.reasons[3:] == [("duplicate", "a.xlsx [S1]:2"), ("duplicate", "a.xlsx [S1]:3")]
    assert "a.xlsx [S3]: the same rows as a.xlsx [S1]: they are not counted twice" in told.notes


def test_a_copy_in_another_format_is_not_counted_twice(report: Report) -> None:
    write_xlsx("a.xlsx", FIGURES)
    write_csv("b.csv", FIGURES)
    told = report("b.csv", "a.xlsx", quota=COUNTS)
    assert told.done == {"Trường A": 5, "Trường B": 7, "Trường C": 0}
    assert told.reasons[2:] == [("duplicate", "a.xlsx [S1]:2"), ("duplicate", "a.xlsx [S1]:3")]


def test_a_dated_copy_in_another_format_with_blanks_and_formatted_codes_is_not_counted_twice(report: Report) -> None:
    def shape(book: openpyxl.Workbook) -> None:
        book["S1"]["A3"].number_format = book["S1"]["A4"].number_format = "000000"

    write_xlsx(
        "a.xlsx", [["Tháng 3"], CODE_HEADER, row(7), row(8, "Trường B", datetime(2022, 3, 4, 7, 30))], change=shape
    )
    text = [
        "Tháng 3,,,",
        "Mã,Ngày gửi,Đơn vị,Lĩnh vực",
        "000007,01/03/2022,Trường A,",
        "000008,4/3/2022 7:30,Trường B,",
    ]
    Path("b.csv").write_text("\n".join(text), encoding="utf-8")
    told = report("a.xlsx", "b.csv", quota=CODES + "    count: {once_per: none}\n")
    assert told.done == {"Trường A": 1, "Trường B": 1}
    assert told.reasons[2:] == [("duplicate", "a.xlsx [S1]:3"), ("duplicate", "a.xlsx [S1]:4")]


def test_a_copy_with_a_broken_record_is_known_and_balanced(report: Report) -> None:
    text = "Đơn vị,Số lượng\nTrường A,5\nTrường B,7,8,9\nTrường C,1\n"
    Path("a.csv").write_bytes(text.encode())
    Path("b.csv").write_bytes(text.replace("\n", "\r\n").encode())
    told = report("a.csv", "b.csv", quota=COUNTS)
    assert told.done == {"Trường A": 5, "Trường B": 0, "Trường C": 1}
    assert [reason for reason, _ in told.reasons] == ["", "unreadable", "", "duplicate", "unreadable", "duplicate"]


@pytest.mark.parametrize("other", ["02/03/2022", "", "hôm qua", "01/03/2022 10:00"])
def test_sheets_that_differ_in_a_date_are_no_copies(other: str, report: Report) -> None:
    write_xlsx("a.xlsx", TWO)
    write_csv("b.csv", [CODE_HEADER, row("SK1", when=other), row("SK2", "Trường B")])
    told = report("a.xlsx", "b.csv", quota=CODES + "    count: {once_per: none}\n")
    assert told.report["rows"]["set_aside"].get("duplicate", 0) == 0
    assert told.done["Trường B"] == 2


def test_a_copy_of_rows_with_codes_is_balanced_too(report: Report) -> None:
    write_xlsx("a.xlsx", TWO, TWO)
    told = report("a.xlsx")
    assert told.done == {"Trường A": 1, "Trường B": 1}
    assert told.reasons == [("", ""), ("", ""), ("duplicate", "a.xlsx [S1]:2"), ("duplicate", "a.xlsx [S1]:3")]


def test_equal_figures_of_two_months_are_no_copies(report: Report) -> None:
    write_xlsx("a.xlsx", [["THÁNG 3/2022"], *FIGURES], [["THÁNG 4/2022"], *FIGURES])
    told = report("a.xlsx", quota=COUNTS)
    assert told.done == {"Trường A": 10, "Trường B": 14, "Trường C": 0}
    assert "same rows" not in told.notes


@pytest.mark.parametrize("differs", [["Trường B", 8], ["Trường B", 7, "bổ sung"], ["Trường C", 7]])
def test_one_cell_that_differs_makes_two_sheets_no_copies(differs: Row, report: Report) -> None:
    header: Row = [*COUNT_HEADER, "Ghi chú"]
    write_xlsx("a.xlsx", [header, ["Trường A", 5], ["Trường B", 7]], [header, ["Trường A", 5], differs])
    told = report("a.xlsx", quota=COUNTS)
    assert told.done["Trường A"] == 10
    assert told.report["rows"]["set_aside"] == {}


# --- hidden -------------------------------------------------------------------------------------------------------


def test_hidden_and_filtered_rows_count_and_are_said(report: Report) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["S1"].row_dimensions[2].hidden = True
        book["S1"].row_dimensions[4].hidden = True
        book["S1"].auto_filter.ref = "A1:D4"
        book["S1"].auto_filter.add_filter_column(2, ["Trường B"])

    write_xlsx("a.xlsx", [*TWO, row("SK3")], change=hide)
    told = report("a.xlsx")
    assert told.done == {"Trường A": 2, "Trường B": 1}
    assert "a.xlsx [S1]: 2 data rows are hidden or filtered out in Excel; they are counted" in told.notes


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_left_out_and_said(state: Literal["hidden", "veryHidden"], report: Report) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["S2"].sheet_state = state

    write_xlsx("a.xlsx", TWO, [CODE_HEADER, row("SK9")], change=hide)
    told = report("a.xlsx")
    assert told.report["rows"]["read"] == 2
    assert "a.xlsx [S2]: hidden sheet left out" in told.notes


@pytest.mark.parametrize("others", [[], [[]], [[], []]])
def test_a_workbook_whose_data_are_all_hidden_says_so(others: list[Table], report: Report) -> None:
    """Excel wants one sheet to be visible; it may be blank."""

    def hide(book: openpyxl.Workbook) -> None:
        if not others:
            book.create_chartsheet("Biểu đồ")
        book["S1"].sheet_state = "hidden"

    write_xlsx("a.xlsx", TWO, *others, change=hide)
    told = report("a.xlsx")
    assert told.code == 2
    assert "a.xlsx: every sheet is hidden or empty" in told.notes
    assert "unhide the sheet with the data" in told.notes


# --- codes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [(7, "000000", "000007"), (123, '"SK-"0000', "SK-0123"), (7, "000000;[Red]-0", "000007")],
)
def test_a_formatted_code_equals_the_text_that_excel_shows(number: int, form: str, text: str, report: Report) -> None:
    def shape(book: openpyxl.Workbook) -> None:
        book["S1"]["A2"].number_format = form

    write_xlsx("a.xlsx", [CODE_HEADER, row(number)], change=shape)
    write_csv("b.csv", [CODE_HEADER, row(text, when=datetime(2022, 3, 2))])
    told = report("a.xlsx", "b.csv")
    assert [line["code"] for line in told.ledger] == [text, text]
    assert told.reasons == [("", ""), ("duplicate", "a.xlsx [S1]:2")]


def test_a_code_that_excel_rounded_is_unreadable_and_named_by_its_cell(report: Report) -> None:
    rows = [row(2022010112345670), row(202201011234567), row("2022010112345678")]
    write_xlsx("a.xlsx", [["Báo cáo"], CODE_HEADER, *rows])
    told = report("a.xlsx")
    assert told.reasons == [("unreadable", "A3 2022010112345670 rounded"), ("", ""), ("", "")]
    assert [line["code"] for line in told.ledger][2:] == ["202201011234567", "2022010112345678"]


def test_long_codes_in_a_csv_are_text(report: Report) -> None:
    write_csv("a.csv", [CODE_HEADER, row("2022010112345678"), row("2022010112345679")])
    assert report("a.csv").report["rows"]["counted"] == 2


# --- dates --------------------------------------------------------------------------------------------------------


def xls_1904(day: float) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("S1")
    for place, (title, cell) in enumerate(zip(CODE_HEADER, row("A", when=day), strict=True)):
        sheet.write(0, place, title)
        sheet.write(1, place, cell)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def xlsx_1904(day: float) -> bytes:
    def count_from_1904(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    return Path(write_xlsx("a.xlsx", [CODE_HEADER, row("A", when=day)], change=count_from_1904)).read_bytes()


def xlsb_1904(day: float) -> bytes:
    header = test_xlsb.row(1, *(test_xlsb.text(place, str(title)) for place, title in enumerate(CODE_HEADER)))
    cells = test_xlsb.row(2, test_xlsb.text(0, "A"), test_xlsb.number(1, day), test_xlsb.text(2, "Trường A"))
    return test_xlsb.workbook({"S1": test_xlsb.sheet(header, cells)}, epoch_1904=True)


def xml_2003_1904(day: float) -> bytes:
    space = "urn:schemas-microsoft-com:office"
    header = "".join(f'<Cell><Data ss:Type="String">{title}</Data></Cell>' for title in CODE_HEADER)
    cells = [("String", "A"), ("Number", day), ("String", "Trường A")]
    data = "".join(f'<Cell><Data ss:Type="{kind}">{value}</Data></Cell>' for kind, value in cells)
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}:spreadsheet" xmlns:ss="{space}:spreadsheet">'
        f'<ExcelWorkbook xmlns="{space}:excel"><Date1904/></ExcelWorkbook>'
        f'<Worksheet ss:Name="S1"><Table><Row>{header}</Row><Row>{data}</Row></Table></Worksheet></Workbook>'
    ).encode()


def html_1904(day: float) -> bytes:
    header = "".join(f"<td>{title}</td>" for title in CODE_HEADER)
    return (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"><!--[if gte mso 9]><xml>'
        "<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook></xml><![endif]--></head><body>"
        f"<table><tr>{header}</tr><tr><td>A</td><td x:num>{day}</td><td>Trường A</td></tr></table></body></html>"
    ).encode()


def test_day_numbers_are_dates_and_that_is_said(report: Report) -> None:
    write_xlsx("a.xlsx", [CODE_HEADER, row("A", when=44621), row("B", when=44621.5), row("C")])
    told = report("a.xlsx")
    assert [line["submitted"] for line in told.ledger] == ["2022-03-01"] * 3
    said = "column “Ngày gửi”: 2 cells are numbers without a date format; read as Excel counts days"
    assert f"a.xlsx [S1]: {said}" in told.notes


@pytest.mark.parametrize(
    "write",
    [
        xlsx_1904, xls_1904, xlsb_1904, xml_2003_1904,
        html_1904,
    ],
)  # fmt: skip
def test_day_numbers_of_a_workbook_that_counts_from_1904(write: Callable[[float], bytes], report: Report) -> None:
    Path("sheet").write_bytes(write(43159))
    told = report("sheet")
    assert [line["submitted"] for line in told.ledger] == ["2022-03-01"]


def test_a_number_outside_of_2000_to_2100_is_no_date(report: Report) -> None:
    write_xlsx("a.xlsx", [CODE_HEADER, row("A", when=2022), row("B", when=36525), row("C", when=99999), row("D")])
    told = report("a.xlsx")
    assert [reason for reason, _ in told.reasons] == ["bad-date", "bad-date", "bad-date", ""]


def test_a_number_in_a_csv_is_no_date(report: Report) -> None:
    """Nobody can tell from which year a text counts its days."""
    write_csv("a.csv", [CODE_HEADER, row("A", when="44621"), row("B")])
    assert report("a.csv").reasons == [("bad-date", "44621"), ("", "")]


# --- numbers ------------------------------------------------------------------------------------------------------


def counted(report: Report, *numbers: str) -> Told:
    """Numbers as they were typed, in the count column of a CSV; the first is that of Trường A."""
    names = ["Trường A", *["Trường B"] * (len(numbers) - 1)]
    rows: list[Row] = [[name, number] for name, number in zip(names, numbers, strict=True)]
    write_csv("a.csv", [COUNT_HEADER, *rows])
    return report("a.csv", quota=COUNTS)


@pytest.mark.parametrize("number", ["1.234", "1,234"])
def test_a_number_that_can_be_read_in_two_ways_is_not_guessed(number: str, report: Report) -> None:
    told = counted(report, number, "5")
    assert told.reasons == [("bad-count", number), ("", "")]
    assert f"a.csv: column “Số lượng”: 1 cell such as “{number}” can be read in two ways" in told.notes


@pytest.mark.parametrize(
    ("number", "evidence"),
    [("1.234", "12.345.678"), ("1.234", "1.234,5"), ("1,234", "12,345,678"), ("1,234", "1,234.5"), ("1.234", "0,5")],
)
def test_the_columns_evidence_decides_how_a_number_is_read(number: str, evidence: str, report: Report) -> None:
    told = counted(report, number, evidence)
    assert told.done["Trường A"] == 1234
    assert "two ways" not in told.notes


def test_evidence_for_both_styles_is_none(report: Report) -> None:
    told = counted(report, "1.234", "12.345.678", "12,345,678")
    assert [reason for reason, _ in told.reasons] == ["bad-count"] * 3
    assert "3 cells such as “1.234”, “12,345,678”, “12.345.678” can be read in two ways" in told.notes


def test_a_total_is_no_evidence_against_plain_numbers(report: Report) -> None:
    told = counted(report, "700", "534")
    assert told.done["Trường A"] == 700
    write_csv("a.csv", [COUNT_HEADER, ["Trường A", "700"], ["Trường B", "534"], ["Tổng cộng", "1.234"]])
    told = report("a.csv", quota=COUNTS)
    assert told.done == {"Trường A": 700, "Trường B": 534, "Trường C": 0}
    assert told.notes == ""


def test_a_count_that_excel_stored_as_a_fraction_is_no_count(report: Report) -> None:
    """Somebody typed 5.091 for 5091 into an English Excel. There is no telling."""
    write_xlsx("a.xlsx", [COUNT_HEADER, ["Trường A", 5.091], ["Trường B", 5091], ["Trường C", 5.0]])
    told = report("a.xlsx", quota=COUNTS)
    assert told.reasons == [("bad-count", "5.091"), ("", ""), ("", "")]
    assert told.done == {"Trường A": 0, "Trường B": 5091, "Trường C": 5}


def test_a_total_that_disagrees_is_said(report: Report) -> None:
    write_xlsx("a.xlsx", [*FIGURES, ["Tổng cộng", 13]])
    told = report("a.xlsx", quota=COUNTS)
    assert told.done["Trường B"] == 7
    assert "a.xlsx [S1]: row 4 states a total of 13, but the data rows add up to 12" in told.notes


# --- cells without a value, cells that stand for others -----------------------------------------------------------


@pytest.mark.parametrize(("cell", "held"), [("#REF!", "#REF!"), ("#N/A", "#N/A"), ("=1+1", "formula")])
def test_a_cell_without_a_value_matters_only_where_it_decides(cell: str, held: str, report: Report) -> None:
    rows = [row(cell), row("B", when=cell), row("C", unit=cell), row("D", field=cell)]
    write_xlsx("a.xlsx", [["Báo cáo"], CODE_HEADER, *rows])
    told = report("a.xlsx")
    assert told.reasons == [
        ("unreadable", f"A3 {held}"), ("unreadable", f"B4 {held}"), ("unreadable", f"C5 {held}"), ("", ""),
    ]  # fmt: skip


def test_merged_unit_cells_stand_for_every_row_of_theirs_and_no_other(report: Report) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["S1"].merge_cells("C2:C4")

    rows = [row("A"), row("B", unit=""), row("C", unit=""), row("D", unit="")]
    write_xlsx("a.xlsx", [CODE_HEADER, *rows], change=merge)
    told = report("a.xlsx")
    assert told.done["Trường A"] == 3
    assert told.reasons[3] == ("no-unit", "")


@pytest.mark.parametrize("mark", ['"', "-nt-", "như trên", unicodedata.normalize("NFD", "Như trên")])
def test_a_ditto_mark_stands_for_the_cell_above(mark: str, report: Report) -> None:
    assert is_ditto(mark)
    write_xlsx("a.xlsx", [CODE_HEADER, row("A", "Trường B"), row("B", mark), row("C", mark, when=mark)])
    assert report("a.xlsx").done == {"Trường A": 0, "Trường B": 3}


GROUPS = st.lists(
    st.tuples(st.sampled_from(["Trường A", "Trường B", "Trường X"]), st.integers(1, 4)), min_size=1, max_size=6
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GROUPS)
def test_a_merged_cell_equals_its_value_in_each_row(report_of: ReportOf, groups: list[tuple[str, int]]) -> None:
    plain: list[Row] = [CODE_HEADER]
    merged: list[Row] = [CODE_HEADER]
    spans = []
    for unit, size in groups:
        first = len(plain) + 1
        for number in range(size):
            plain.append(row(f"SK{len(plain)}", unit))
            merged.append(row(f"SK{len(merged)}", unit if number == 0 else ""))
        if size > 1:
            spans.append(f"C{first}:C{first + size - 1}")

    def merge(book: openpyxl.Workbook) -> None:
        for span in spans:
            book["S1"].merge_cells(span)

    write_xlsx("plain.xlsx", plain)
    write_xlsx("merged.xlsx", merged, change=merge)
    plainly, filled = (report_of(CODES, {name: Path(name).read_bytes()}) for name in ("plain.xlsx", "merged.xlsx"))
    assert (filled["rows"], filled["units"]) == (plainly["rows"], plainly["units"])


ROWS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["Trường A", "Trường B", "Trường X", ""]), st.integers(0, 2)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.data())
def test_how_rows_are_dealt_to_sheets_and_files_changes_no_figure(
    report_of: ReportOf, rows: list[tuple[int, str, int]], data: st.DataObject
) -> None:
    # One date for each code and unit, so that it does not matter which of two rows comes first.
    tables = [row(f"SK{code}-{unit}", unit, datetime(2022, 1 + code, 1)) for code, unit, _ in rows]
    whole = report_of(CODES, {"a.xlsx": Path(write_xlsx("a.xlsx", [CODE_HEADER, *tables])).read_bytes()})
    places = [data.draw(st.sampled_from(["b/S1", "b/S2", "c"])) for _ in rows]
    dealt = {
        place: [table for table, own in zip(tables, places, strict=True) if own == place]
        for place in ("b/S1", "b/S2", "c")
    }
    write_xlsx("b.xlsx", [CODE_HEADER, *dealt["b/S1"]], [CODE_HEADER, *dealt["b/S2"]])
    write_csv("c.csv", [CODE_HEADER, *dealt["c"]])
    split = report_of(CODES, {name: Path(name).read_bytes() for name in ("b.xlsx", "c.csv")})
    assert split["units"] == whole["units"]
    assert split["rows"]["read"] == whole["rows"]["read"]
    assert split["rows"]["counted"] == whole["rows"]["counted"]


# --- limits and passwords -----------------------------------------------------------------------------------------


def test_a_limit_refuses_a_sheet_and_a_higher_one_reads_it(report: Report) -> None:
    write_xlsx("a.xlsx", TWO)
    told = report("a.xlsx", options=["--limit", "cells=10"])
    assert told.code == 2
    assert "a.xlsx: sheet S1 has a value as far away as" in told.notes
    assert "--limit cells=12" in told.notes
    assert report("a.xlsx", options=["--limit", "cells=12"]).report["rows"]["counted"] == 2
    assert report("a.xlsx", options=["--limit", "cells=12", "--limit", "seconds=60"]).code == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("rows=5", "“rows=5” is not a limit"),
        ("seconds", "“” is not a whole number"),
        ("seconds=1e3", "“1e3” is not a whole number"),
        ("cells=-1", "“-1” is not a whole number"),
    ],
)
def test_a_limit_that_is_none_is_said(typed: str, said: str, report: Report) -> None:
    write_xlsx("a.xlsx", TWO)
    told = report("a.xlsx", options=["--limit", typed])
    assert told.code == 2
    assert f"--limit: {said}" in told.notes


def lock(path: str, password: str) -> str:
    """The workbook, encrypted."""
    data = Path(path).read_bytes()
    with open(path, "wb") as file:
        OOXMLFile(io.BytesIO(data)).encrypt(password, file)
    return path


def test_a_password_comes_from_the_environment(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(write_xlsx("a.xlsx", TWO), "Mật khẩu")
    told = report("a.xlsx")
    assert told.code == 2
    assert "a.xlsx: the file has a password" in told.notes
    assert "--password-env NAME" in told.notes
    monkeypatch.setenv("SHEET_PASSWORD", "mật khẩu")
    told = report("a.xlsx", options=["--password-env", "SHEET_PASSWORD"])
    assert told.code == 2
    assert "a.xlsx: the password does not open this file" in told.notes
    monkeypatch.setenv("SHEET_PASSWORD", "Mật khẩu")
    told = report("a.xlsx", options=["--password-env", "SHEET_PASSWORD"])
    assert told.done == {"Trường A": 1, "Trường B": 1}
    assert told.notes == ""
    monkeypatch.delenv("SHEET_PASSWORD")
    told = report("a.xlsx", options=["--password-env", "SHEET_PASSWORD"])
    assert told.code == 2
    assert "the environment variable SHEET_PASSWORD is not set" in told.notes


def test_a_workbook_that_excel_opens_without_asking_is_read(report: Report) -> None:
    lock(write_xlsx("a.xlsx", TWO), "VelvetSweatshop")
    told = report("a.xlsx")
    assert told.done == {"Trường A": 1, "Trường B": 1}
    assert told.notes == ""


# --- old fonts ----------------------------------------------------------------------------------------------------

# "Mã sáng kiến", "Đơn vị", "Trường Trung học cơ sở" and the like as these fonts keep them.
TCVN3 = ["M· s¸ng kiÕn", "Ngµy göi", "§¬n vÞ", "Tr¹ng th¸i", "C«ng ®oµn c¬ së", "Tªn s¸ng kiÕn"]
VNI = ["Maõ saùng kieán", "Ngaøy göûi", "Ñôn vò", "Traïng thaùi", "Coâng ñoaøn cô sôû", "Teân saùng kieán"]


@pytest.mark.parametrize(("header", "font"), [(TCVN3, "TCVN3"), (VNI, "VNI")])
def test_text_in_an_old_font_is_refused_with_the_reason(header: Row, font: str, report: Report) -> None:
    write_xlsx("a.xlsx", [header, header, header])
    Path("b.csv").write_bytes("\n".join([",".join(map(str, header))] * 20).encode("cp1252"))
    for name in ("a.xlsx", "b.csv"):
        told = report(name)
        assert told.code == 2
        assert name in told.notes
        assert f"the text was typed in a {font}" in " ".join(told.notes.split())
        assert "UniKey" in told.notes


# --- inspect ------------------------------------------------------------------------------------------------------

LISTED = """
    Báo cáo tháng 3;;;;
    ;;;;
    Mã;Ngày gửi;Đơn vị;Lĩnh vực;Ghi chú
    SK1;01/03/2022;Trường A;Y tế;
    SK2;2022-03-02;Trường Bê;;
    SK3;hôm qua;Trường B;;
    ;;;;
    SK4;;;;thiếu
    SK4;02/03/2022;Trường B;;
    Tổng cộng;5;;;
    ;;Người lập biểu;;
"""


def entry(out: str, file: int = 0) -> Any:
    """What the JSON of `inspect` says of a file."""
    document = json.loads(out)
    assert document["schema"] == "sangkien.inspect/1"
    assert document["tool"]["name"] == "sangkien-cli"
    return document["files"][file]


def is_balanced(sheet: Mapping[str, Any]) -> bool:
    """Whether every row with content is a header row, a layout row or a data row, and each of these has a verdict."""
    first, last = sheet["header_rows"]
    layout = sum(len(rows) for kind, rows in sheet["layout"].items() if kind != "blank")
    judged = sheet["counted"] is None or sheet["rows"] == sheet["counted"] + sum(sheet["set_aside"].values())
    return bool(judged and sheet["nonblank_rows"] == sheet["rows"] + layout + last - first + 1)


def test_inspect_shows_what_a_report_would_make_of_a_file(run_here: Run) -> None:
    out = run_here("inspect", "a.csv", "-c", "quota.yaml", files={"quota.yaml": CODES, "a.csv": LISTED})
    assert out.code == 0
    assert out.stderr == ""
    assert out.stdout.splitlines()[:14] == [
        f"a.csv: text in columns (CSV), {Path('a.csv').stat().st_size} bytes",
        "  Encoding utf-8: every character is valid UTF-8",
        "  Delimiter “;”: it splits 100% of the lines into the same 5 columns",
        "  Header in row 3: the first row with every needed column",
        "  Columns in use: A Mã → code; B Ngày gửi → submitted; C Đơn vị → unit 1; D Lĩnh vực → field",
        "  Columns not used: E Ghi chú",
        "  5 data rows = 2 counted + 3 set aside",
        *out.stdout.splitlines()[7:10],
        "  5 layout rows: titles: 1; blank: 2, 7; totals: 10; signature: 11",
        "  Dates: 1 Excel or year-month-day; 2 day/month/year; 1 blank; 1 unreadable (“hôm qua”)",
        "  Units: 3 rows in the tree, 2 not",
        "  Names that are not in the tree:",
    ]
    assert "1 row: “Trường Bê” – nearest: Trường B" in out.stdout
    for reason in ("no-unit", "unknown-unit", "bad-date"):
        assert reason in out.stdout


def test_inspect_speaks_vietnamese(run: Run) -> None:
    files: Contents = {"quota.yaml": CODES, "a.csv": LISTED, "b.xlsx": b""}
    out = run("inspect", "a.csv", "b.xlsx", "-c", "quota.yaml", files=files, lang="vi")
    assert out.code == 2
    for text in (
        "a.csv: văn bản chia cột (CSV)", "Tiêu đề ở dòng 3", "Cột dùng đến: A Mã → code", "5 dòng dữ liệu",
        "tiêu đề phía trên: 1", "dòng cộng: 10", "b.xlsx",
    ):  # fmt: skip
        assert text in out.stdout
    assert "row" not in out.stdout
    assert "trống" in out.stderr


def test_the_json_of_inspect_holds_the_same_and_is_balanced(run_here: Run) -> None:
    files = {"sangkien.yaml": CODES, "a.csv": LISTED}
    out = run_here("inspect", "a.csv", "--format", "json", files=files, lang="vi")
    file = entry(out.stdout)
    assert out.stdout == run_here("inspect", "a.csv", "--format", "json").stdout  # never localised
    assert {name: file[name] for name in ("path", "kind", "encoding", "delimiter")} == {
        "path": "a.csv", "kind": "csv", "encoding": "utf-8", "delimiter": ";"
    }  # fmt: skip
    assert file["encoding_why"] == "every character is valid UTF-8"
    (unknown,) = file["unknown_units"]
    assert (unknown["text"], unknown["rows"], unknown["nearest"][0]) == ("Trường Bê", 1, "Trường B")
    (sheet,) = file["sheets"]
    assert is_balanced(sheet)
    assert sheet["header_rows"] == [3, 3]
    assert [(each["column"], each["field"]) for each in sheet["columns"]] == [
        ("A", "code"), ("B", "submitted"), ("C", "unit.0"), ("D", "field"), ("E", None)
    ]  # fmt: skip
    assert (sheet["rows"], sheet["counted"], sheet["known_units"]) == (5, 2, 3)
    assert sheet["set_aside"] == {"unknown-unit": 1, "no-unit": 1, "bad-date": 1}
    assert sheet["layout"] == {"title": [1], "blank": [2, 7], "total": [10], "signature": [11]}
    assert sheet["dates"] == {
        "styles": {"iso": 1, "day-first": 2, "blank": 1, "unreadable": 1}, "unreadable": ["hôm qua"]
    }  # fmt: skip
    assert sheet["missing"] == []
    assert (sheet["hidden"], sheet["hidden_rows"]) == (False, 0)


def test_inspect_needs_no_quota_file(run_here: Run) -> None:
    table = "\n".join(line.strip() for line in LISTED.splitlines()[3:])
    out = run_here("inspect", "a.csv", "--format", "json", files={"a.csv": table})
    assert out.code == 0
    (sheet,) = entry(out.stdout)["sheets"]
    assert [each["field"] for each in sheet["columns"]] == ["code", "submitted", "unit.0", "field", None]
    assert (sheet["header_rows"], sheet["rows"]) == ([1, 1], 5)
    assert sheet["counted"] is sheet["set_aside"] is sheet["known_units"] is None
    assert is_balanced(sheet)
    text = run_here("inspect", "a.csv").stdout
    assert "5 data rows\n" in text
    assert "no quota file" in text


@pytest.mark.parametrize("above", ["Báo cáo tháng 3;;;;\n", ";;;;\n"])
def test_without_a_quota_file_a_title_is_no_part_of_the_header_under_it(above: str, run_here: Run) -> None:
    table = above + "\n".join(line.strip() for line in LISTED.splitlines()[3:])
    (sheet,) = entry(run_here("inspect", "a.csv", "--format", "json", files={"a.csv": table}).stdout)["sheets"]
    assert sheet["header_rows"] == [2, 2]
    assert [each["header"] for each in sheet["columns"]] == ["Mã", "Ngày gửi", "Đơn vị", "Lĩnh vực", "Ghi chú"]
    assert is_balanced(sheet)


def test_inspect_names_the_header_nearest_to_a_missing_one(run_here: Run) -> None:
    files = {"sangkien.yaml": CODES, "a.csv": "Mã,Ngày gưi,Đơn vị\nSK1,01/03/2022,Trường A\n"}
    out = run_here("inspect", "a.csv", files=files)
    assert out.code == 0
    assert "No row has all needed columns; the nearest is row 1 with: Mã, Ngày gưi, Đơn vị" in out.stdout
    assert "No column for submitted (looked for “Ngày gửi”) – nearest: “Ngày gưi”" in out.stdout
    (sheet,) = entry(run_here("inspect", "a.csv", "--format", "json").stdout)["sheets"]
    assert (sheet["header_rows"], sheet["rows"], sheet["nonblank_rows"]) == (None, None, 2)
    missing = {each["field"]: (each["nearest"], each["needed"]) for each in sheet["missing"]}
    assert missing["submitted"] == ("Ngày gưi", True)
    assert missing["field"][1] is False


def test_inspect_shows_the_other_files_when_one_is_refused(run_here: Run) -> None:
    write_xlsx("b.xlsx", TWO)
    Path("c.xlsx").write_bytes(Path("b.xlsx").read_bytes()[:700])
    files = {"sangkien.yaml": CODES, "a.csv": LISTED}
    out = run_here("inspect", "a.csv", "b.xlsx", "c.xlsx", files=files)
    assert out.code == 2
    assert "a.csv: text in columns (CSV)" in out.stdout
    assert "b.xlsx: Excel (.xlsx)" in out.stdout
    assert "c.xlsx: cannot be read" in out.stdout
    assert "c.xlsx: the file is damaged" in out.stderr
    shown = run_here("inspect", "a.csv", "b.xlsx", "c.xlsx", "--format", "json")
    assert shown.code == 2
    assert [entry(shown.stdout, at)["path"] for at in range(3)] == ["a.csv", "b.xlsx", "c.xlsx"]
    (problem,) = entry(shown.stdout, 2)["refused"]
    assert problem["code"] == "file.damaged"
    assert problem["fix"]
    # A file that is not there is a mistake of the command line: nothing is shown.
    assert run_here("inspect", "a.csv", "không có.csv").code == 2


def test_inspect_writes_to_a_file_but_never_over_an_input(run_here: Run) -> None:
    files = {"sangkien.yaml": CODES, "a.csv": LISTED}
    shown = run_here("inspect", "a.csv", "--format", "json", files=files)
    out = run_here("inspect", "a.csv", "-o", "seen.json")
    assert (out.code, out.stdout, out.stderr) == (0, "", "")
    assert Path("seen.json").read_text(encoding="utf-8") == shown.stdout
    run_here("inspect", "a.csv", "-o", "seen.txt")
    assert Path("seen.txt").read_text(encoding="utf-8") == run_here("inspect", "a.csv").stdout
    before = Path("a.csv").read_bytes()
    refused = run_here("inspect", "a.csv", "-o", "a.csv", "--format", "text")
    assert refused.code == 2
    assert "is not overwritten" in refused.stderr
    assert Path("a.csv").read_bytes() == before


def test_inspect_shows_hidden_sheets_hidden_rows_day_numbers_and_lock_files(run_here: Run) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["S2"].sheet_state = "hidden"
        book["S1"].row_dimensions[3].hidden = True

    table = [CODE_HEADER, row("SK1", when=44621), row("SK2"), row(2022010112345670)]
    write_xlsx("a.xlsx", table, [CODE_HEADER, row("SK1")], [["Hướng dẫn"]], change=hide)
    Path("~$a.xlsx").write_bytes(b"\x05Hoa")
    out = run_here("inspect", "*.xlsx", files={"sangkien.yaml": CODES})
    assert out.code == 0
    assert "~$a.xlsx: left out" in out.stderr
    for text in (
        "[S2] (hidden sheet, left out)",
        "Dates: 2 Excel or year-month-day; 1 as Excel's day numbers",
        "1 data row is hidden or filtered out in Excel",
        "1 cell is a number without a date format",
        "No row has all needed columns; the nearest is row 1 with: Hướng dẫn",
    ):
        assert text in " ".join(out.stdout.split())
    first, second, third = entry(run_here("inspect", "a.xlsx", "--format", "json").stdout)["sheets"]
    assert is_balanced(first)
    assert first["hidden_rows"] == 1
    assert first["set_aside"] == {"unreadable": 1}
    assert {note["code"] for note in first["notes"]} == {"columns.serials", "columns.hidden_rows"}
    assert (second["hidden"], second["counted"]) == (True, None)
    assert third["header_rows"] is None


@pytest.mark.parametrize(
    ("data", "encoding", "why", "delimiter"),
    [
        (b"\xef\xbb\xbf{}", "utf-8", "begins with the BOM of UTF-8", ","),
        (b"sep=|\r\n{}", "utf-8", "valid UTF-8", "|"),
        ("utf-16", "utf-16", "begins with a BOM of UTF-16", "\t"),
    ],
)
def test_inspect_says_how_a_text_is_read_and_why(
    data: bytes | str, encoding: str, why: str, delimiter: str, run_here: Run
) -> None:
    rows: Table = [CODE_HEADER, ["A", "01/03/2022", "Trường A", ""]]
    text = "\r\n".join(delimiter.join(map(str, cells)) for cells in rows)
    raw = text.encode(data) if isinstance(data, str) else data.replace(b"{}", text.encode())
    out = run_here("inspect", "a.csv", "--format", "json", files={"sangkien.yaml": CODES, "a.csv": raw})
    file = entry(out.stdout)
    assert file["encoding"].startswith(encoding)
    assert why in file["encoding_why"]
    assert file["delimiter"] == delimiter
    assert ("after sep=" if raw.startswith(b"sep") else "lines into the same 4 columns") in file["delimiter_why"]
    assert file["sheets"][0]["counted"] == 1


def test_inspect_of_one_workbook_knows_its_copies(run_here: Run) -> None:
    write_xlsx("a.xlsx", FIGURES, FIGURES)
    out = run_here("inspect", "a.xlsx", "--format", "json", files={"sangkien.yaml": COUNTS})
    first, second = entry(out.stdout)["sheets"]
    assert (first["counted"], first["set_aside"]) == (2, {})
    assert (second["counted"], second["set_aside"]) == (0, {"duplicate": 2})
    assert "same rows as" in " ".join(note["what"] for note in second["notes"])


def test_inspect_takes_limits_and_passwords(run_here: Run) -> None:
    lock(write_xlsx("a.xlsx", TWO), "Mật khẩu")
    files = {"sangkien.yaml": CODES}
    assert run_here("inspect", "a.xlsx", files=files).code == 2
    opened = ["inspect", "a.xlsx", "--password-env", "SHEET_PASSWORD"]
    out = run_here(*opened, env={"SHEET_PASSWORD": "Mật khẩu"})
    assert "2 data rows = 2 counted + 0 set aside" in out.stdout
    out = run_here(*opened, "--limit", "cells=3")
    assert out.code == 2
    assert "--limit cells=12" in out.stderr


# --- copies, ditto codes, pipes: what a second look found ---------------------------------------------------------


@pytest.mark.parametrize("names", [("A", "Z"), ("Z", "A")])
def test_of_two_equal_sheets_one_counts_whatever_their_order(names: tuple[str, str], report: Report) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in names:
        sheet = book.create_sheet(name)
        for row in [["Mã", "Ngày gửi", "Đơn vị"], *[[f"SK{i}", f"0{i}/02/2022", "Trường A"] for i in (1, 2, 3)]]:
            sheet.append(row)
    book.save("a.xlsx")
    told = report("a.xlsx")
    assert told.report["rows"]["counted"] == 3
    assert told.report["rows"]["set_aside"] == {"duplicate": 3}


def test_the_same_table_twice_under_one_name_is_inspected(run_here: Run) -> None:
    one = test_ods.table(test_ods.row(test_ods.cell("Mã"), test_ods.cell("Đơn vị")), name="S")
    Path("a.fods").write_bytes(test_ods.document(one, one, root="document"))
    seen = run_here("inspect", "a.fods", "--format", "json")
    assert [sheet["sheet"] for sheet in entry(seen.stdout)["sheets"]] == ["S", "S"]


def test_letters_that_became_question_marks_are_told(run_here: Run) -> None:
    files = {"sangkien.yaml": CODES, "a.csv": "M?,Ng?y g?i,??n v?,Ghi ch?\nSK1,01/02/2022,??ng H?,\n"}
    refused = run_here("report", "a.csv", files=files)
    assert refused.code == 2
    assert "accented letters became question marks" in refused.stderr


def test_the_limit_on_unpacking_refuses_and_can_be_raised(report: Report) -> None:
    """A workbook that unpacks to 7 MB: refused under a limit of 1 MB, read under one of 100 MB."""
    write_xlsx("a.xlsx", [CODE_HEADER, *[row(f"SK{i}") for i in range(20_000)]])
    refused = report("a.xlsx", "--limit", "megabytes=1")
    assert refused.code == 2
    assert "unpacks to more than 1 MB" in refused.notes
    assert "--limit megabytes=" in refused.notes
    assert report("a.xlsx", "--limit", "megabytes=100").report["rows"]["read"] == 20_000


def test_one_header_may_serve_two_fields(report_of: ReportOf) -> None:
    """
    Mã,Ngày
    A,01/03/2022
    B,02/03/2022
    A,03/03/2022
    """
    quota = """
        programme: P
        phases: {p1: {from: 2022-01-01, to: 2022-12-31}}
        exports: {columns: {code: Mã, submitted: Ngày, unit: Mã}}
        units: [{name: A}, {name: B}]
        """
    rows = report_of(quota, test_one_header_may_serve_two_fields.__doc__ or "")["rows"]
    assert (rows["counted"], rows["set_aside"]) == (2, {"duplicate": 1})

"""What the readers make of real files: row numbers, cells, sheets, layout, damaged and disguised files."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from sangkien_cli.errors import SangkienError, show_problems
from sangkien_cli.ledger import ledger
from sangkien_cli.pipeline import Counted, count, load_config
from tests.plain import csv_bytes, sheet_xml, text_cell, text_row, write_package

QUOTA = """
programme: p
phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
exports:
  columns:
    code: [Mã sáng kiến, Mã SK]
    submitted: Ngày gửi
    unit: [[Đơn vị, CĐCS]]
    title: Tên sáng kiến
units:
  - {name: X}
  - {name: NA}
  - {name: "007"}
  - {name: "7"}
  - {name: "TRUE"}
"""
UNITS_ALONE = """
programme: p
phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
exports: {phase: gd1, columns: {unit: Đơn vị, count: Số}}
units: [{name: X}, {name: NA}, {name: "7"}]
"""
HEADER = ["Mã sáng kiến", "Đơn vị", "Ngày gửi"]
GOOD = ["SK1", "X", "01/02/2022"]


def read(*exports: Path | str, quota: str = QUOTA) -> Counted:
    """The count of some exports."""
    Path("q.yaml").write_text(quota, encoding="utf-8")
    return count(load_config(Path("q.yaml")), [str(export) for export in exports], date(2022, 12, 31))


def told(*exports: Path | str) -> str:
    """What the program says of files that it refuses."""
    with pytest.raises(SangkienError) as refused:
        read(*exports)
    assert show_problems(refused.value.problems, "vi")
    return show_problems(refused.value.problems, "en")


def column(result: Counted, name: str) -> list[str]:
    """A column of the ledger's data rows, absent values as ""."""
    table = ledger(result.judged, result.report.config)
    return [str(value) for value in table[table["reason"].fillna("") != "layout"][name].fillna("")]


def numbers(result: Counted) -> list[int]:
    """The row numbers of the data rows."""
    return [int(number) for number in column(result, "row")]


def layout(result: Counted) -> dict[int, str]:
    """The layout rows by number."""
    table = ledger(result.judged, result.report.config)
    rows = table[table["reason"] == "layout"]
    return {int(row): str(kind) for row, kind in zip(rows["row"], rows["detail"], strict=True)}


Grid = Sequence[Sequence[object]]


def with_openpyxl(grid: Grid, path: Path) -> None:
    """Cells as openpyxl writes them; None is no cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, cells in enumerate(grid, start=1):
        for place, value in enumerate(cells, start=1):
            if value is not None:
                sheet.cell(number, place).value = value  # type: ignore[assignment]
                if isinstance(value, datetime):
                    sheet.cell(number, place).number_format = "dd/mm/yyyy hh:mm"
    book.save(path)


def with_xlsxwriter(grid: Grid, path: Path) -> None:
    """Cells as XlsxWriter writes them."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy hh:mm"}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(grid):
            for place, value in enumerate(cells):
                if value is not None:
                    sheet.write(number, place, value)


def with_xlsxwriter_lean(grid: Grid, path: Path) -> None:
    """Cells as XlsxWriter writes them in constant memory: inline strings."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(grid):
            for place, value in enumerate(cells):
                if value is not None:
                    sheet.write(number, place, value)


Writer = Callable[[Grid, Path], None]
every_writer = pytest.mark.parametrize(
    "write", [with_openpyxl, with_xlsxwriter, with_xlsxwriter_lean], ids=lambda write: write.__name__
)


def package(*rows: str, dimension: str = "", strings: str | None = None) -> Path:
    """A workbook of one sheet from the XML of its rows."""
    return write_package(Path("a.xlsx"), {"Sheet1": sheet_xml("".join(rows), dimension)}, strings)


# --- row numbers ------------------------------------------------------------------------------------------------


@every_writer
def test_rows_are_numbered_as_excel_shows_them(write: Writer) -> None:
    grid: Grid = [
        [],
        ["LIÊN ĐOÀN LAO ĐỘNG", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        [],
        ["DANH SÁCH SÁNG KIẾN"],
        [None, None, *HEADER],
        [None, None, *GOOD],
        [],
        [],
        [None, None, "SK2", "X", "02/02/2022"],
        [None, None, "SK3", "Y", "02/02/2022"],
    ]
    write(grid, Path("a.xlsx"))
    result = read("a.xlsx")
    assert numbers(result) == [6, 9, 10]
    assert column(result, "code") == ["SK1", "SK2", "SK3"]
    assert column(result, "reason") == ["", "", "unknown-unit"]
    assert layout(result) == {1: "blank", 2: "title", 3: "blank", 4: "title", 7: "blank", 8: "blank"}
    assert result.report.rows.layout == 6


def test_a_formatted_tail_is_no_row() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (HEADER, GOOD):
        sheet.append(cells)
    for number in range(3, 500):
        sheet.cell(number, 1).number_format = "@"
    sheet.cell(500, 40).number_format = "@"
    book.save("a.xlsx")
    result = read("a.xlsx")
    assert numbers(result) == [2]
    assert result.report.rows.layout == 0


def test_rows_and_cells_without_addresses() -> None:
    """Both are optional in Open XML; each then stands behind the one before."""
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in GOOD)
    result = read(package(text_row(3, *HEADER), f"<row>{cells}</row>", text_row(7, "SK2", *GOOD[1:])))
    assert numbers(result) == [4, 7]
    assert column(result, "reason") == ["", ""]


@pytest.mark.parametrize("dimension", ["A1", "A1:C1", "A1:XFD1048576", "B7:C9", "A1:B2"])
def test_a_wrong_dimension_is_not_believed(dimension: str) -> None:
    rows = [text_row(i, f"SK{i}", *GOOD[1:]) for i in range(2, 102)]
    assert numbers(read(package(text_row(1, *HEADER), *rows, dimension=dimension))) == list(range(2, 102))


def test_a_header_far_down_and_far_right() -> None:
    rows = [text_row(i, "Kèm theo") for i in range(1, 40)]
    header = "".join(text_cell(f"A{letter}40", text) for letter, text in zip("ABC", HEADER, strict=True))
    cells = "".join(text_cell(f"A{letter}41", text) for letter, text in zip("ABC", GOOD, strict=True))
    result = read(package(*rows, f'<row r="40">{header}</row><row r="41">{cells}</row>'))
    assert (numbers(result), column(result, "code"), len(layout(result))) == ([41], ["SK1"], 39)


# --- cells ------------------------------------------------------------------------------------------------------


@every_writer
def test_real_dates_beside_text_dates(write: Writer) -> None:
    cells: list[object] = [
        datetime(2022, 3, 1), "01/03/2022", datetime(2022, 5, 31, 23, 59, 59), "31.5.2022 24:00",
        datetime(2022, 12, 3), "x",
        None, date(2022, 3, 4),
    ]  # fmt: skip
    write([HEADER, *([f"SK{i}", "X", cell] for i, cell in enumerate(cells))], Path("a.xlsx"))
    result = read("a.xlsx")
    assert column(result, "submitted") == [
        "2022-03-01", "2022-03-01", "2022-05-31", "2022-05-31", "2022-12-03", "", "", "2022-03-04",
    ]  # fmt: skip
    assert column(result, "reason") == ["", "", "", "", "", "bad-date", "no-date", ""]


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_real_dates_are_exact_in_both_date_systems(options: dict[str, bool]) -> None:
    moments = [
        datetime(2022, 1, 1),
        datetime(2022, 2, 28, 23, 59, 59),
        datetime(2022, 5, 31, 23, 59),
        datetime(2022, 12, 31),
    ]
    with xlsxwriter.Workbook("a.xlsx", {**options, "default_date_format": "d/m/yy h:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for number, moment in enumerate(moments, start=1):
            sheet.write_row(number, 0, [f"SK{number}", "X"])
            sheet.write_datetime(number, 2, moment)
    assert column(read("a.xlsx"), "submitted") == [moment.date().isoformat() for moment in moments]


def test_many_real_dates_before_the_first_text_date() -> None:
    """Readers that guess a column's type from its first 1,000 rows lose what does not fit."""
    days: list[object] = [datetime(2022, 3, 1)] * 1500 + ["02/03/2022"] * 500
    with_xlsxwriter([HEADER, *([f"SK{i}", "X", day] for i, day in enumerate(days))], Path("a.xlsx"))
    assert column(read("a.xlsx"), "submitted") == ["2022-03-01"] * 1500 + ["2022-03-02"] * 500


@every_writer
def test_codes_and_units_keep_their_letters(write: Writer) -> None:
    codes: list[object] = ["007", 7, "7.0", 20220001, 123456789012, "1e5", "NA", "null", "0x1F", "=1"]
    units: list[object] = ["007", 7, "NA", "NA", True, "x", "X", "X", "X", "X"]
    grid = [[code, unit, GOOD[2]] for code, unit in zip(codes, units, strict=True)]
    write([HEADER, *grid[:-1]], Path("a.xlsx"))
    result = read("a.xlsx")
    assert column(result, "code") == ["007", "7", "7.0", "20220001", "123456789012", "1e5", "NA", "null", "0x1F"]
    assert column(result, "reason") == [""] * 9
    assert column(result, "unit")[:6] == ["007", "7", "na", "na", "true", "x"]


def test_numbers_that_are_no_integers_stay_what_they_are() -> None:
    quota = QUOTA.replace("    title:", "    count: Số\n    title:")
    with_xlsxwriter(
        [[*HEADER, "Số"], *([f"S{i}", "X", GOOD[2], n] for i, n in enumerate([3, 3.0, 5.091, "5.091", "3.0", 0, -1]))],
        Path("a.xlsx"),
    )
    result = read("a.xlsx", quota=quota)
    found = column(result, "reason")
    assert found[:4] == ["", "", "bad-count", "bad-count"]
    assert found[5:] == ["", "bad-count"]


def test_rich_text_is_read_whole() -> None:
    book = openpyxl.Workbook(write_only=False)
    sheet = book.active
    assert sheet is not None
    bold = InlineFont(b=True)
    sheet.append([CellRichText("Mã ", TextBlock(bold, "sáng"), " kiến"), *HEADER[1:]])
    sheet.append([CellRichText("S", TextBlock(bold, "K"), "1"), CellRichText(TextBlock(bold, "X")), GOOD[2]])
    book.save("a.xlsx")
    result = read("a.xlsx")
    assert (column(result, "code"), column(result, "unit")) == (["SK1"], ["x"])


def shared(*items: str) -> str:
    """A part of shared strings from the XML inside each `si`."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<sst xmlns="{main}">' + "".join(f"<si>{item}</si>" for item in items) + "</sst>"


def test_phonetic_runs_are_no_text() -> None:
    strings = shared(
        "<t>Mã sáng kiến</t>",
        '<r><t>Đơn</t></r><r><t xml:space="preserve"> vị</t></r><rPh sb="0" eb="1"><t>ドン</t></rPh>',
        "<t>Ngày gửi</t>",
        '<t>X</t><rPh sb="0" eb="1"><t>エックス</t></rPh>',
        "<t/>",
    )
    row = '<row r="{0}"><c r="A{0}" t="s"><v>{1}</v></c><c r="B{0}" t="s"><v>{2}</v></c>{3}</row>'
    rows = (
        row.format(1, 0, 1, '<c r="C1" t="s"><v>2</v></c>'),
        row.format(2, 3, 3, text_cell("C2", GOOD[2])),
        row.format(3, 0, 4, text_cell("C3", GOOD[2])),
    )
    result = read(package(*rows, strings=strings))
    assert column(result, "unit") == ["x", ""]
    assert column(result, "code") == ["X", "Mã sáng kiến"]
    assert column(result, "reason") == ["", "no-unit"]


def test_a_phonetic_run_in_an_inline_header_is_no_text() -> None:
    header = '<c r="A1" t="inlineStr"><is><t>Mã sáng kiến</t><rPh sb="0" eb="1"><t>マ</t></rPh></is></c>'
    row = f'<row r="1">{header}{text_cell("B1", HEADER[1])}{text_cell("C1", HEADER[2])}</row>'
    assert column(read(package(row, text_row(2, *GOOD))), "code") == ["SK1"]


def test_cells_of_40000_characters_and_escapes() -> None:
    long = "ắ" * 40_000
    rows = [
        text_row(2, long, *GOOD[1:]),
        text_row(3, 'A&B <c r="A1" t="e"> ]]>', *GOOD[1:]),
        text_row(4, " a\n b\t", *GOOD[1:]),
    ]
    result = read(package(text_row(1, *HEADER), *rows))
    assert column(result, "reason") == ["", "", ""]
    assert column(result, "code")[:2] == [long, 'A&B <c r="A1" t="e"> ]]>']


def test_strict_open_xml() -> None:
    """Other namespaces, and dates as ISO 8601; openpyxl sees no sheet in it."""
    day = '<c r="C2" t="d"><v>2022-02-01T23:30:00</v></c>'
    row = f'<row r="2">{text_cell("A2", "SK1")}{text_cell("B2", "X")}{day}</row>'
    package(text_row(1, *HEADER), row, '<row r="3"><c r="A3" t="e"><v>#REF!</v></c></row>')
    transitional, strict = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"
    with zipfile.ZipFile("a.xlsx") as old, zipfile.ZipFile("strict.xlsx", "w") as new:
        for name in old.namelist():
            xml = old.read(name).decode()
            for kind in ("officeDocument", "spreadsheetml"):
                xml = xml.replace(f"{transitional}/{kind}/2006/", f"{strict}/{kind}/")
            new.writestr(name, xml)
    result = read("strict.xlsx")
    assert (column(result, "submitted"), column(result, "reason")) == (["2022-02-01", ""], ["", "unreadable"])


def test_every_sheet_name_is_found() -> None:
    names = ["Tháng 1 & 2", '"ngoặc"', "it's", "<3>", "😀", "Sheet 1 "]
    xml = {name: sheet_xml(text_row(1, *HEADER) + text_row(2, f"SK{i}", *GOOD[1:])) for i, name in enumerate(names)}
    result = read(write_package(Path("a.xlsx"), xml))
    assert column(result, "sheet") == names
    assert [each.sheet for each in result.report.inputs] == names


# --- error cells and formulas without a value -------------------------------------------------------------------

UNUSABLE = [
    '<c r="{0}" t="e"><v>#REF!</v></c>',
    '<c r="{0}" t="e"><v>#N/A</v></c>',
    "<c r='{0}' t='e'><v>#NAME?</v></c>",
    '<c t="e" s="3" r="{0}"><f>1/0</f><v>#DIV/0!</v></c>',
    '<c r="{0}"><f>A1</f></c>',
    '<c r="{0}"><f>A1</f><v></v></c>',
    '<c r="{0}"><f>A1</f><v/></c>',
    '<c r="{0}" t="str"><f>A1</f></c>',
    '<c r="{0}"><f t="shared" si="0"/></c>',
    '<c r="{0}"><f t="array" ref="A1:A2">A1:A2</f></c>',
    '<c\n  r="{0}"\n  t="e"><v>#REF!</v></c >',
    '<c r = "{0}" t = "e"><v>#REF!</v></c>',
]
USABLE = [
    '<c r="{0}" t="str"><f>A1</f><v>X</v></c>',
    '<c r="{0}" t="inlineStr"><is><t>X</t></is></c>',
    '<c r="{0}" s="1" t="str"><f>IF(A1="#REF!","X","X")</f><v>X</v></c>',
]


@pytest.mark.parametrize("cell", UNUSABLE)
def test_an_unusable_cell_makes_a_row_unreadable_where_it_is_needed(cell: str) -> None:
    needed = f'<row r="2">{text_cell("A2", "SK1")}{cell.format("B2")}{text_cell("C2", GOOD[2])}</row>'
    sound = text_cell("A3", "SK2") + text_cell("B3", "X") + text_cell("C3", GOOD[2])
    unneeded = f'<row r="3">{sound}{cell.format("D3")}{cell.format("E3")}</row>'
    result = read(package(text_row(1, *HEADER, "Tên sáng kiến", "Ghi chú"), needed, unneeded))
    assert column(result, "reason") == ["unreadable", ""]
    assert column(result, "detail")[0].startswith("B2")


@pytest.mark.parametrize("cell", UNUSABLE)
def test_an_unusable_cell_in_the_last_row(cell: str) -> None:
    """A row of nothing but such cells is none to every reading library, at the end of a sheet and elsewhere."""
    alone = [f'<row r="{row}">{cell.format(f"B{row}")}</row>' for row in (3, 5)]
    result = read(package(text_row(1, *HEADER), text_row(2, *GOOD), alone[0], text_row(4, "SK2", *GOOD[1:]), alone[1]))
    assert dict(zip(numbers(result), column(result, "reason"), strict=True)) == {
        2: "",
        3: "unreadable",
        4: "",
        5: "unreadable",
    }


@pytest.mark.parametrize("cell", UNUSABLE)
def test_the_only_row_of_a_sheet_is_unusable(cell: str) -> None:
    assert column(read(package(text_row(1, *HEADER), f'<row r="2">{cell.format("A2")}</row>')), "reason") == [
        "unreadable"
    ]


@pytest.mark.parametrize("cell", USABLE)
def test_a_usable_cell_is_no_flaw(cell: str) -> None:
    row = f'<row r="2">{text_cell("A2", "SK1")}{cell.format("B2")}{text_cell("C2", GOOD[2])}</row>'
    assert column(read(package(text_row(1, *HEADER), row)), "unit") == ["x"]


def test_a_formula_whose_result_is_the_empty_text_is_a_blank_cell() -> None:
    cell = '<c r="B2" t="str"><f>IF(1,"","x")</f><v></v></c>'
    row = f'<row r="2">{text_cell("A2", "SK1")}{cell}{text_cell("C2", GOOD[2])}</row>'
    assert column(read(package(text_row(1, *HEADER), row)), "reason") == ["no-unit"]


def test_an_error_in_a_cell_without_an_address() -> None:
    cells = f'<c t="inlineStr"><is><t>SK1</t></is></c><c t="e"><v>#REF!</v></c>{text_cell("C2", GOOD[2])}'
    result = read(package(text_row(1, *HEADER), f'<row r="2">{cells}</row>'))
    assert column(result, "reason") == ["unreadable"]


def test_a_namespace_prefix() -> None:
    plain = sheet_xml(
        text_row(1, *HEADER)
        + text_row(2, *GOOD)
        + f'<row r="3">{text_cell("A3", "SK2")}<c r="B3" t="e"><v>#REF!</v></c>{text_cell("C3", GOOD[2])}</row>'
        + f'<row r="4">{text_cell("A4", "SK2")}<c r="B4"><f>A1</f></c>{text_cell("C4", GOOD[2])}</row>'
    )
    prefixed = plain.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:").replace("xmlns=", "xmlns:x=")
    result = read(write_package(Path("a.xlsx"), {"S": prefixed}))
    assert column(result, "reason") == ["", "unreadable", "unreadable"]


def test_openpyxl_s_formulas_have_no_value() -> None:
    with_openpyxl(
        [HEADER, GOOD, ["SK2", "X", "=TODAY()"], ["=A2", "X", GOOD[2]], ["SK3", "=B2", GOOD[2]]], Path("a.xlsx")
    )
    result = read("a.xlsx")
    assert column(result, "reason") == ["", "unreadable", "unreadable", "unreadable"]
    assert [detail[:2] for detail in column(result, "detail")[1:]] == ["C3", "A4", "B5"]


def test_a_total_row_is_layout_though_its_sums_were_never_stored() -> None:
    quota = QUOTA.replace("    title:", "    count: Số\n    title:")
    with_openpyxl(
        [
            [*HEADER, "Số"],
            [*GOOD, 5],
            ["Tổng cộng", None, None, "=SUM(D2:D2)"],
            [None, "Tổng cộng", None, "=SUM(D2:D2)"],
        ],
        Path("a.xlsx"),
    )
    result = read("a.xlsx", quota=quota)
    assert numbers(result) == [2]
    assert layout(result) == {3: "total", 4: "total"}


# --- sheets -----------------------------------------------------------------------------------------------------


def book_of(*sheets: tuple[str, str, Grid]) -> Path:
    """A workbook from (name, state, grid)."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, state, grid in sheets:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for cells in grid:
            sheet.append(list(cells))
    book.save("a.xlsx")
    return Path("a.xlsx")


def test_every_visible_sheet_with_the_columns_is_read() -> None:
    path = book_of(
        ("Tháng 1", "visible", [HEADER, GOOD]),
        ("Ẩn", "hidden", [HEADER, ["SK8", *GOOD[1:]]]),
        ("Ẩn hẳn", "veryHidden", [HEADER, ["SK9", *GOOD[1:]]]),
        ("Hướng dẫn", "visible", [["Đọc kỹ trước khi dùng"]]),
        ("Trống", "visible", []),
        ("Tháng 2", "visible", [["Tên"], [], HEADER[::-1], ["02/02/2022", "X", "SK2"]]),
    )
    result = read(path)
    assert column(result, "sheet") == ["Tháng 1", "Tháng 2"]
    assert column(result, "code") == ["SK1", "SK2"]
    assert [(each.sheet, each.rows) for each in result.report.inputs] == [("Tháng 1", 1), ("Tháng 2", 1)]
    told_of = " ".join(note.place for note in result.notes)
    assert all(name in told_of for name in ("Ẩn", "Ẩn hẳn", "Hướng dẫn"))


def test_only_hidden_sheets() -> None:
    with xlsxwriter.Workbook("a.xlsx") as book:
        book.add_worksheet("Trống")
        hidden = book.add_worksheet("Ẩn")
        hidden.write_row(0, 0, HEADER)
        hidden.hide()
    assert "a.xlsx" in told("a.xlsx")


def test_a_chart_sheet_has_no_rows() -> None:
    with xlsxwriter.Workbook("a.xlsx") as book:
        chart = book.add_chart({"type": "column"})
        board = book.add_chartsheet("Biểu đồ")
        sheet = book.add_worksheet("Dữ liệu")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, GOOD)
        chart.add_series({"values": "='Dữ liệu'!$A$1:$A$2"})
        board.set_chart(chart)
    assert column(read("a.xlsx"), "sheet") == ["Dữ liệu"]


def test_missing_columns_are_named_with_those_seen() -> None:
    text = told(book_of(("S", "visible", [["Mã số", "Đơn vi", "Ngày gửi"], GOOD])))
    assert "Mã sáng kiến" in text
    assert "Mã số" in text
    assert "“Đơn vị”" in text
    assert "[S]" in text


def test_headers_are_compared_normalised() -> None:
    header = ["  MÃ\n  sáng   kiến. ", "1.Đơn vị".removeprefix("1."), "Ngày\ngửi:"]
    assert column(read(book_of(("S", "visible", [header, GOOD]))), "reason") == [""]


def test_the_first_alternative_wins() -> None:
    grid = [["Mã SK", "Mã sáng kiến", "Đơn vị", "Ngày gửi"], ["A", "B", *GOOD[1:]]]
    assert column(read(book_of(("S", "visible", grid))), "code") == ["B"]


def test_one_header_over_two_columns_is_refused() -> None:
    text = told(book_of(("S", "visible", [[*HEADER, "ĐƠN  VỊ"], [*GOOD, "NA"]])))
    assert "Đơn vị" in text
    assert "S" in text
    doubled = [[*HEADER, "Ghi chú", "Ghi chú"], GOOD]
    assert column(read(book_of(("S", "visible", doubled))), "code") == ["SK1"]


# --- layout rows ------------------------------------------------------------------------------------------------


def test_rows_that_are_not_data() -> None:
    header = ["STT", *HEADER]
    grid: Grid = [
        ["BÁO CÁO"],
        header,
        ["(1)", "(2)", "(3)", "(4)=(3)/(2)"],
        ["1", *GOOD],
        header,
        ["2", "SK2", *GOOD[1:]],
        ["", "", "Tổng cộng", ""],
        ["Cộng (I+II)", "", "", ""],
        [],
        ["3", "SK3", *GOOD[1:]],
        ["TỔNG CỘNG:", "", "3", ""],
    ]
    for path in (book_of(("S", "visible", grid)), Path("a.csv")):
        if path.suffix == ".csv":
            path.write_bytes(csv_bytes([[str(cell) for cell in [*cells, "", "", "", ""][:4]] for cells in grid]))
        result = read(path)
        assert column(result, "code") == ["SK1", "SK2", "SK3"]
        assert numbers(result) == [4, 6, 10]
        kinds = {1: "title", 3: "column-numbers", 5: "header", 7: "total", 8: "total", 9: "blank", 11: "total"}
        assert layout(result) == kinds


@pytest.mark.parametrize("row", [["1", "NA", "5"], ["1", "7", "5"], ["1", "7", "3"]])
def test_a_first_row_of_small_numbers_is_data(row: list[str]) -> None:
    Path("a.csv").write_bytes(csv_bytes([["STT", "Đơn vị", "Số"], row, ["2", "NA", "6"]]))
    assert read("a.csv", quota=UNITS_ALONE).report.rows.counted == 2


def test_a_row_that_fills_only_other_columns_is_data() -> None:
    result = read(book_of(("S", "visible", [["STT", *HEADER, "Tác giả"], ["1", "", "", "", "Nguyễn Văn A"]])))
    assert column(result, "reason") == ["no-unit"]


# --- CSV --------------------------------------------------------------------------------------------------------

TABLE = [HEADER, GOOD, ["SK2", 'Lạ; "Y",\r\nZ', "02/02/2022"], ["SK3", "NA", "02/02/2022"]]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("titles", [0, 3])
def test_csv_in_every_dress(newline: str, delimiter: str, bom: bool, titles: int) -> None:
    top = [["DANH SÁCH, có dấu; và phẩy"], [], ["“Kèm theo”", ""]][:titles]
    Path("a.csv").write_bytes(csv_bytes([*top, *TABLE], delimiter, newline, bom))
    result = read("a.csv")
    assert numbers(result) == [titles + 2, titles + 3, titles + 4]
    assert column(result, "unit") == ["x", "", "na"]
    assert column(result, "reason") == ["", "unknown-unit", ""]
    assert column(result, "sheet") == ["", "", ""]


def test_a_csv_of_one_column_with_a_bom() -> None:
    quota = UNITS_ALONE.replace("unit: Đơn vị, count: Số", "unit: CĐCS")
    Path("a.csv").write_bytes(csv_bytes([["CĐCS"], ["X"], ["X"]], bom=True))
    result = read("a.csv", quota=quota)
    assert (numbers(result), column(result, "reason")) == ([2, 3], ["", ""])


def test_ragged_records_are_set_aside_one_by_one() -> None:
    lines = [",".join(GOOD), "SK2,X", "SK3,X,03/02/2022,thừa", "SK4,X", "", "SK5,X,05/02/2022,", "SK6,X,06/02/2022"]
    Path("a.csv").write_text("\n".join([",".join(HEADER), *lines]), encoding="utf-8")
    result = read("a.csv")
    assert numbers(result) == [2, 3, 4, 5, 7, 8]
    assert column(result, "reason") == ["", "unreadable", "unreadable", "unreadable", "", ""]
    assert layout(result) == {6: "blank"}


@pytest.mark.parametrize("broken", ['SK2,"X,02/02/2022', '"SK2,X,02/02/2022', 'SK2,X,"02/02/2022'])
def test_an_unclosed_quote_breaks_only_its_own_line(broken: str) -> None:
    good = [f"SK{i},X,0{i}/02/2022" for i in (3, 4, 5)]
    for lines in ([broken, *good], [*good[:2], broken, good[2]], [*good, broken], [broken, good[0], broken, *good[1:]]):
        Path("a.csv").write_text("\n".join([",".join(HEADER), *lines, ""]), encoding="utf-8")
        result = read("a.csv")
        assert numbers(result) == list(range(2, len(lines) + 2))
        assert column(result, "reason") == ["unreadable" if line == broken else "" for line in lines]


@pytest.mark.parametrize("apart", [10, 150, 5000])
def test_two_stray_quotes_far_apart(apart: int) -> None:
    """Together they are sound CSV to the letter: one record whose last cell holds all the lines between them."""
    lines = [f"SK{i},X,01/02/2022" for i in range(apart + 5)]
    lines[2] = 'SK2,X,"01/02/2022'
    lines[2 + apart] += '"'
    Path("a.csv").write_text("\n".join([",".join(HEADER), *lines, ""]), encoding="utf-8")
    result = read("a.csv")
    assert numbers(result) == list(range(2, len(lines) + 2))
    found = column(result, "reason")
    assert found[2] == "unreadable"
    assert [reason for i, reason in enumerate(found) if i not in (2, 2 + apart)] == [""] * (len(lines) - 2)


def test_a_quote_inside_a_field_is_a_letter() -> None:
    Path("a.csv").write_text(",".join(HEADER) + '\nSK"1",X,01/02/2022\nỐng 5",X,01/02/2022\n', encoding="utf-8")
    assert column(read("a.csv"), "code") == ['SK"1"', 'Ống 5"']


def test_a_header_in_quotes_over_two_lines() -> None:
    Path("a.csv").write_text('"Mã\nsáng kiến",Đơn vị,"Ngày\ngửi"\nSK1,X,01/02/2022\n', encoding="utf-8")
    result = read("a.csv")
    assert (numbers(result), column(result, "reason")) == ([2], [""])


@pytest.mark.parametrize("at", [0, 150_000])
def test_nul_bytes(at: int) -> None:
    """At the top the file is no CSV; far down the byte is an invisible character of its cell."""
    content = csv_bytes([HEADER, *([f"SK{i}", "X", GOOD[2]] for i in range(10_000))])
    content = content[:at] + b"\0" + content[at:]
    Path("a.csv").write_bytes(content)
    if at == 0:
        assert "a.csv" in told("a.csv")
    else:
        assert read("a.csv").report.rows.read == 10_000


def test_two_hundred_columns() -> None:
    table = [
        [f"Cột {i}" for i in range(197)] + HEADER,
        *([f"x{i}" for i in range(197)] + [f"SK{k}", "X", GOOD[2]] for k in range(50)),
    ]
    Path("a.csv").write_bytes(csv_bytes(table))
    assert column(read("a.csv"), "reason") == [""] * 50


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b",,,\n,,,\n", b";"]
)
def test_an_empty_csv_is_refused(content: bytes) -> None:
    Path("a.csv").write_bytes(content)
    assert "a.csv" in told("a.csv")


def test_a_header_without_rows_is_an_export_without_rows() -> None:
    Path("a.csv").write_bytes(csv_bytes([HEADER]))
    with_openpyxl([HEADER], Path("b.xlsx"))
    for paths in (["a.csv"], ["b.xlsx"], ["a.csv", "b.xlsx"]):
        report = read(*paths).report
        assert (report.rows.read, [each.rows for each in report.inputs]) == (0, [0] * len(paths))


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80", b"\xc3"])
@pytest.mark.parametrize("row", [1, 5000])
def test_text_that_is_not_utf8(bad: bytes, row: int) -> None:
    lines = csv_bytes([HEADER, *([f"SK{i}", "X", GOOD[2]] for i in range(9000))]).splitlines(keepends=True)
    lines[row] = b"SK" + bad + lines[row][2:]
    Path("a.csv").write_bytes(b"".join(lines))
    assert "UTF-8" in told("a.csv")


def test_the_ledger_is_a_csv_that_reads_back() -> None:
    import csv
    import io

    from sangkien_cli.render.csv import PLAIN
    from sangkien_cli.render.ledger import render_ledger_csv

    codes = ["SK\r1", 'SK"2', "SK\n3", "SK,4", "SK\r\n5", "=1+1", "SK;6", "SK\u20287"]
    Path("a.csv").write_bytes(csv_bytes([HEADER, *([code, "X", GOOD[2]] for code in codes)]))
    result = read("a.csv")
    text = render_ledger_csv(ledger(result.judged, result.report.config), PLAIN).decode()
    records = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [record["row"] for record in records] == [str(i + 2) for i in range(len(codes))]


# --- damaged and disguised files --------------------------------------------------------------------------------


def good_xlsx(path: str = "good.xlsx", rows: int = 3) -> Path:
    with_xlsxwriter([HEADER, *([f"SK{i}", "X", GOOD[2]] for i in range(rows))], Path(path))
    return Path(path)


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_workbook_is_refused(part: float) -> None:
    data = good_xlsx().read_bytes()
    Path("a.xlsx").write_bytes(data[: int(len(data) * part)])
    assert "a.xlsx" in told("a.xlsx")


def test_a_workbook_with_changed_bytes_never_counts_wrong_in_silence() -> None:
    """Any byte of a workbook changed: it is refused, or what is read is what was written."""
    data = good_xlsx().read_bytes()
    expected = column(read("good.xlsx"), "code")
    chance = random.Random(1)
    refused = 0
    for _ in range(60):
        at = chance.randrange(len(data))
        Path("a.xlsx").write_bytes(data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :])
        try:
            assert column(read("a.xlsx"), "code") == expected, at
        except SangkienError:
            refused += 1
    assert refused


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_a_changed_text_deep_inside_a_workbook_is_noticed(part: str) -> None:
    """A part that is damaged where its XML still reads is known by its checksum."""
    good_xlsx(rows=20_000)
    content = {}
    with zipfile.ZipFile("good.xlsx") as package:
        content = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile("stored.xlsx", "w", zipfile.ZIP_STORED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    old, new = (b">SK19998<", b">SK19999<") if "Strings" in part else (b'<c r="C19000"', b'<c r="D19000"')
    data = Path("stored.xlsx").read_bytes()
    assert old in data
    Path("a.xlsx").write_bytes(data.replace(old, new, 1))
    assert "a.xlsx" in told("a.xlsx")


@pytest.mark.parametrize("text", ["&#xD800;", "&#0;", "\ud800", "&nbsp;", "&#x1F600;"])
def test_xml_that_is_none(text: str) -> None:
    for row in (3, 500):
        rows = [text_row(1, *HEADER), *(text_row(i, *GOOD) for i in range(2, row)), text_row(row, "SK@", *GOOD[1:])]
        xml = sheet_xml("".join(rows)).replace("@", text)
        _raw_package("a.xlsx", xml.encode("utf-8", "surrogatepass"))
        if text == "&#x1F600;":
            assert column(read("a.xlsx"), "code")[-1] == "SK😀"
        else:
            assert "a.xlsx" in told("a.xlsx")


def _raw_package(name: str, xml: bytes) -> None:
    write_package(Path("empty.xlsx"), {"S": ""})
    with zipfile.ZipFile("empty.xlsx") as old, zipfile.ZipFile(name, "w") as new:
        for part in old.namelist():
            new.writestr(part, xml if part == "xl/s1.xml" else old.read(part))


@pytest.mark.parametrize("number", ["x", "-1", "0", "1.5", ""])
def test_impossible_row_numbers(number: str) -> None:
    row = f'<row r="{number}"><c t="inlineStr"><is><t>SK9</t></is></c></row>'
    package(text_row(1, *HEADER), row)
    _read_or_refused("a.xlsx")


@pytest.mark.parametrize("reference", ["", "A", "2", "A0", "XFE2", "A1048577", "$A$2", "a2", "R2C1", "É2"])
@pytest.mark.parametrize(
    "cell", ['<c r="{}" t="e"><v>#REF!</v></c>', '<c r="{}" t="inlineStr"><is><t>SK9</t></is></c>']
)
def test_impossible_addresses(reference: str, cell: str) -> None:
    package(text_row(1, *HEADER), f'<row r="2">{cell.format(reference)}</row>')
    _read_or_refused("a.xlsx")


def _read_or_refused(path: str) -> None:
    """Either is right; any other exception is a bug."""
    with contextlib.suppress(SangkienError):
        read(path)


@pytest.mark.parametrize(("row", "cell"), [("1048576", "XFD1048576"), ("99999999999", "A3")])
def test_a_stray_value_far_away_takes_no_memory(row: str, cell: str) -> None:
    """Readers that lay out the whole rectangle want all memory, and abort the process if they do not get it."""
    package(text_row(1, *HEADER), text_row(2, *GOOD), f'<row r="{row}">{text_cell(cell, "x")}</row>')
    Path("q.yaml").write_text(QUOTA, encoding="utf-8")
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({3 << 30}, {3 << 30})); "
    done = subprocess.run(
        [sys.executable, "-c", limit + "from sangkien_cli.cli import main; main()",
         "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--lang", "en", "a.xlsx"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode in (0, 2), done.stderr[-300:]
    assert "Traceback" not in done.stderr


def test_archives_that_are_no_workbooks() -> None:
    with zipfile.ZipFile("doc.xlsx", "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        relation = f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/>'
        package.writestr("_rels/.rels", f"<Relationships>{relation}</Relationships>")
        package.writestr("word/document.xml", "<document><body/></document>")
    with zipfile.ZipFile("photos.xlsx", "w") as package:
        package.writestr("a.jpg", b"\xff\xd8\xff")
    with zipfile.ZipFile("nothing.xlsx", "w"):
        pass
    Path("text.xlsx").write_bytes(b"PK\x03\x04 is how I begin")
    for path in ("doc.xlsx", "photos.xlsx", "nothing.xlsx", "text.xlsx"):
        assert path in told(path)


@pytest.mark.parametrize(
    "missing",
    [
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
    ],
)
def test_a_workbook_with_a_part_missing(missing: str) -> None:
    good_xlsx()
    with zipfile.ZipFile("good.xlsx") as old, zipfile.ZipFile("a.xlsx", "w") as new:
        for name in old.namelist():
            if name != missing:
                new.writestr(name, old.read(name))
    assert "a.xlsx" in told("a.xlsx")


def test_files_named_like_another_kind() -> None:
    good_xlsx("really-excel.csv")
    Path("really-csv.xlsx").write_bytes(csv_bytes([HEADER, ["SK9", *GOOD[1:]]]))
    good_xlsx("no-ending.tmp").rename("no-ending")
    result = read("really-excel.csv", "really-csv.xlsx", "no-ending")
    assert sorted(column(result, "code")) == ["SK0", "SK0", "SK1", "SK1", "SK2", "SK2", "SK9"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"%PDF-1.7\n", b"<html><table></table></html>", b"\xff\xfeM\0\xe3\0",
        b"\x89PNG\r\n\x1a\n", b"{\\rtf1", b"\x1f\x8b\x08\0", b"\0" * 100, bytes(range(256)) * 8,
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_what_is_no_spreadsheet_is_refused(content: bytes, name: str) -> None:
    Path(name).write_bytes(content)
    assert name in told(name)


# --- which files ------------------------------------------------------------------------------------------------


def export(path: str, code: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(csv_bytes([HEADER, [code, *GOOD[1:]]]))


def test_globs_leave_lock_files_out() -> None:
    export("t2.csv", "B")
    export("t1.csv", "A")
    export("sâu/hơn/t3.csv", "C")
    Path("~$t1.csv").write_bytes(b"\x05user")
    Path("t4.csv").mkdir()
    assert column(read("*.csv"), "code") == ["A", "B"]
    assert column(read("**/*.csv"), "code") == ["C", "A", "B"] or column(read("**/*.csv"), "code") == ["A", "B", "C"]
    assert column(read("t?.csv", "t[12].csv"), "code") == ["A", "B"]


def test_a_file_named_twice_is_read_once() -> None:
    export("a.csv", "A")
    Path("link.csv").symlink_to("a.csv")
    result = read("a.csv", "./a.csv", str(Path("a.csv").resolve()), "*.csv", "link.csv")
    assert result.report.rows.read == 1
    assert len(result.report.inputs) == 1


def test_two_files_of_one_name_are_told_apart() -> None:
    export("bắc/t1.csv", "SK")
    export("nam/t1.csv", "SK")
    result = read("nam/t1.csv", "bắc/t1.csv")
    assert column(result, "file") == ["bắc/t1.csv", "nam/t1.csv"]
    assert column(result, "reason") == ["", "duplicate"]
    assert [each.path for each in result.report.inputs] == ["bắc/t1.csv", "nam/t1.csv"]


def test_names_that_look_like_globs() -> None:
    export("a[1].csv", "A")
    export("a1.csv", "B")
    assert column(read("a[1].csv"), "code") == ["A"]
    export("tỉnh [2022]/b.csv", "C")
    Path("tỉnh [2022]/q.yaml").write_text(
        QUOTA.replace("exports:\n", "exports:\n  files: ['*.csv']\n"), encoding="utf-8"
    )
    config = load_config(Path("tỉnh [2022]/q.yaml"))
    assert count(config, None, date(2022, 12, 31)).report.rows.read == 1


def test_every_file_that_cannot_be_read_is_named() -> None:
    Path("thư mục").mkdir()
    Path("trống.csv").write_bytes(b"")
    Path("khác.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    text = told("trống.csv", "khác.csv")
    assert "trống.csv" in text
    assert "khác.csv" in text
    text = told("không có.csv", "thư mục", "*.không")
    assert all(name in text for name in ("không có.csv", "thư mục", "*.không"))


def test_a_file_that_vanishes_or_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    export("a.csv", "A")
    shutil.copy("a.csv", "b.csv")
    real = open

    def refuse(file: object, *args: object, **kwargs: object) -> object:
        if str(file).endswith("b.csv"):
            raise PermissionError(13, "Permission denied")
        return real(file, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", refuse)
    assert "b.csv" in told("a.csv", "b.csv")

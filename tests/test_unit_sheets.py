"""Units from a spreadsheet (contract §10), and the tree written out to be read again.

A picture of a sheet has its cells between bars: whole numbers are numbers, `5,5` in tildes (`~5.5~`) any number, the
rest is text. Units are shown with those they stand under: two blanks for each level.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sangkien_cli.config.tree import tie
from sangkien_cli.errors import Problem, SangkienError, show_problem
from sangkien_cli.lang import Lang, Sentence, words
from sangkien_cli.listed import Listed, SheetRequest, UnitSheet
from sangkien_cli.model import Basis, Origin, Phase, Unit, Window
from sangkien_cli.pipeline import load_config
from sangkien_cli.render.csv import PLAIN, excel_dialect
from sangkien_cli.render.tree import tree_csv, tree_table, tree_yaml
from sangkien_cli.render.workbook import Choices, Column, Table, workbook
from sangkien_cli.text import fold, tidy
from sangkien_cli.unit_sheets import read_units
from tests.office import convert
from tests.plain import csv_bytes

TWO = (("gd1", "Giai đoạn 1"), ("gd2", "Giai đoạn 2"))
ONE = TWO[:1]


def cells(picture: str) -> list[list[str | int | float | None]]:
    return [[_value(cell.strip()) for cell in line.split("|")] for line in picture.strip("\n").splitlines()]


def _value(text: str) -> str | int | float | None:
    if len(text) > 2 and text[0] == text[-1] == "~":
        return float(text[1:-1])
    return int(text) if re.fullmatch("0|[1-9][0-9]*", text) else text or None


def write(picture: str, merged: Sequence[str] = (), name: str = "units.xlsx", title: str = "Chỉ tiêu") -> Path:
    """A workbook as Excel writes it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in cells(picture):
        sheet.append(row)
    for span in merged:
        sheet.merge_cells(span)
    book.save(name)
    return Path(name)


def read(
    picture: str,
    phases: Sequence[tuple[str, str]] = ONE,
    merged: Sequence[str] = (),
    sheet: str | None = None,
    columns: dict[str, list[str]] | None = None,
    quota: dict[str, list[str]] | None = None,
) -> UnitSheet:
    return read_file(write(picture, merged), phases, sheet, columns, quota)


def read_file(
    path: Path,
    phases: Sequence[tuple[str, str]] = ONE,
    sheet: str | None = None,
    columns: dict[str, list[str]] | None = None,
    quota: dict[str, list[str]] | None = None,
) -> UnitSheet:
    return read_units(SheetRequest(path, path.name, sheet, columns or {}, quota or {}), phases)


def shown(found: UnitSheet) -> list[str]:
    """The units, each set in by two blanks below the one that it stands under."""
    depths: list[int] = []
    for unit in found.listed:
        depths.append(0 if unit.above is None else depths[unit.above] + 1)
    return ["  " * depth + unit.name for depth, unit in zip(depths, found.listed, strict=True)]


def messages(problems: Sequence[Problem]) -> list[str]:
    """What the user reads, each problem on one line."""
    return [show_problem(problem, "en").replace("\n   to fix: ", " -> ") for problem in problems]


def refusal(picture: str, **how: object) -> str:
    with pytest.raises(SangkienError) as refused:
        read(picture, **how)  # type: ignore[arg-type]
    return "\n".join(messages(refused.value.problems))


# --- columns -------------------------------------------------------------------------------------------------------


def test_columns_are_found_under_their_usual_headers_below_titles_on_two_rows() -> None:
    found = read(
        """
LIÊN ĐOÀN LAO ĐỘNG     |                       | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH THÁI NGUYÊN       |                       | Độc lập - Tự do - Hạnh phúc
PHÂN BỔ CHỈ TIÊU
(Kèm theo Kế hoạch số 12/KH-LĐLĐ)

STT | Đơn vị             | Số đoàn viên | Chỉ tiêu    |             | Ghi chú
    |                    |              | Giai đoạn 1 | Giai đoạn 2 |
(1) | (2)                | (3)          | (4)         | (5)         | (6)
1   | LĐLĐ huyện Đồng Hỷ | 1200         | 250         | 500         | x
2   | LĐLĐ huyện Võ Nhai |              | 0           |             |
""",
        TWO,
        merged=["D6:E6"],
    )
    assert found.problems == []
    assert [(unit.name, unit.members, unit.quota) for unit in found.listed] == [
        ("LĐLĐ huyện Đồng Hỷ", 1200, {"gd1": 250, "gd2": 500}),
        ("LĐLĐ huyện Võ Nhai", None, {"gd1": 0}),
    ]
    assert found.titles["quota.gd2"] == "Chỉ tiêu / Giai đoạn 2"
    assert (found.sheet, found.tied_by, found.listed[1].at.origin.place) == (
        "Chỉ tiêu",
        "nothing",
        "units.xlsx [Chỉ tiêu] B10",
    )


def test_a_line_above_the_header_that_names_the_office_is_no_header() -> None:
    found = read(
        """
Đơn vị:  | LĐLĐ tỉnh Thái Nguyên

TT       | Tên đơn vị   | Chỉ tiêu
1        | LĐLĐ huyện A | 50
"""
    )
    assert (shown(found), found.listed[0].quota) == (["LĐLĐ huyện A"], {"gd1": 50})


@pytest.mark.parametrize(
    "header",
    [
        "Đơn vị | Chỉ tiêu Giai đoạn 1 | Chỉ tiêu Giai đoạn 2",
        "TÊN ĐƠN VỊ | Chỉ tiêu GĐ1 | Chỉ tiêu GĐ2",
        "Tên công đoàn | GĐ 1 | GĐ 2",
        "Đơn vị | Chỉ tiêu giao (giai đoạn I) | Chỉ tiêu giao (giai đoạn II)",
        "2. Đơn vị | 3. gd1 | 4. gd2",
        "Unit | Quota gd1 | Quota gd2",
        "name | quota.gd1 | quota.gd2",
    ],
)
def test_quotas_are_found_by_the_id_the_name_or_the_number_of_their_phase(header: str) -> None:
    found = read(f"{header}\nLĐLĐ huyện A | 10 | 20", TWO)
    assert [unit.quota for unit in found.listed] == [{"gd1": 10, "gd2": 20}]


def test_where_results_stand_beside_quotas_under_the_same_phases_the_quotas_are_taken() -> None:
    found = read(
        """
STT | Đơn vị | Kết quả     |             | Chỉ tiêu    |
    |        | Giai đoạn 1 | Giai đoạn 2 | Giai đoạn 1 | Giai đoạn 2
1   | A      | 11          | 12          | 21          | 22
""",
        TWO,
        merged=["C1:D1", "E1:F1"],
    )
    assert [unit.quota for unit in found.listed] == [{"gd1": 21, "gd2": 22}]


def test_with_one_phase_a_plain_header_will_do_and_with_two_it_is_asked_which_is_meant() -> None:
    assert read("Đơn vị | Chỉ tiêu giao\nA | 5").listed[0].quota == {"gd1": 5}
    found = read("Đơn vị | Chỉ tiêu\nA | 5", TWO)
    assert messages(found.problems) == [
        "units.xlsx [Chỉ tiêu] B1: “Chỉ tiêu” does not say of which phase it is: Giai đoạn 1, Giai đoạn 2 -> name the "
        "phase in the header, or write under units_from: columns: {quota: {gd1: Chỉ tiêu}}"
    ]


def test_headers_that_are_asked_for_go_before_the_usual_ones() -> None:
    found = read(
        "Đơn vị | Phòng ban | Giao | Khối | Số người\nX | A | 5 | xã | 7",
        columns={"name": ["Phòng ban"], "parent": ["Đơn vị"], "kind": ["Nhóm", "Khối"], "members": ["Số người"]},
        quota={"gd1": ["Giao"]},
    )
    unit = found.listed[0]
    assert (unit.name, unit.parent, unit.kind, unit.members, unit.quota) == ("A", "X", "xã", 7, {"gd1": 5})


def test_who_names_the_column_of_numbers_wants_these_to_decide() -> None:
    picture = "Thứ tự | Đơn vị | Trực thuộc\n1 | A | khối 1\n1.1 | B | khối 1"
    assert read(picture).tied_by == "parent"
    found = read(picture, columns={"number": ["Thứ tự"]})
    assert (found.tied_by, shown(found)) == ("numbering", ["A", "  B"])


def test_a_column_that_is_asked_for_and_missing_is_an_error_with_those_that_are_there() -> None:
    assert refusal(
        "STT | Đơn vị | Số ĐV | Chỉ tiêu\n1 | A | 5 | 6", columns={"members": ["Số đ.v"], "kind": ["Loại"]}
    ) == (
        "units.xlsx [Chỉ tiêu]: no column “Số đ.v”, “Loại”; row 1 has these: STT, Đơn vị, Số ĐV, Chỉ tiêu -> is "
        "“Số đ.v” the column “Số ĐV”? Correct it under units_from: columns: in the quota file, or in the sheet"
    )


def test_without_a_column_of_names_there_is_nothing_to_read() -> None:
    assert "no column “Đơn vị” / “Tên đơn vị” / “Tên công đoàn” / “Công đoàn cơ sở”; row 1 has these: STT, Công ty" in (
        refusal("STT | Công ty\n1 | A")
    )
    assert "the sheet is blank" in refusal("")


def test_a_header_that_fits_two_columns_is_refused() -> None:
    found = read("Đơn vị | Chỉ tiêu | Chỉ tiêu\nA | 5 | 6\nB | x | 1")
    assert [message.partition(" -> ")[0] for message in messages(found.problems)] == [
        "units.xlsx [Chỉ tiêu] B1: two columns have the same header: Chỉ tiêu",
        "units.xlsx [Chỉ tiêu] B3: “Chỉ tiêu” must be a whole number of 0 or more, not “x”",
    ]
    found = read("Đơn vị | Nữ | | Nam |\n| Số đoàn viên | Khác | Số đoàn viên | Khác\nA | 5 | 6 | 7 | 8")
    assert "one header fits several columns: Nữ / Số đoàn viên, Nam / Số đoàn viên" in messages(found.problems)[0]


# --- files and sheets ----------------------------------------------------------------------------------------------


def test_the_first_sheet_that_lists_units_is_read_and_another_one_if_it_is_named() -> None:
    book = openpyxl.Workbook()
    for name, rows in (
        ("Ẩn", [["Đơn vị", "Chỉ tiêu"], ["X", 1]]),
        ("Hướng dẫn", [["Đơn vị"], ["ghi tên đơn vị"]]),
        ("Giao", [["Đơn vị", "Chỉ tiêu"], ["A", 5]]),
        ("Đăng ký", [["Đơn vị", "Chỉ tiêu"], ["A", 7]]),
    ):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book["Ẩn"].sheet_state = "hidden"
    book.save("units.xlsx")
    assert read_file(Path("units.xlsx")).listed[0].quota == {"gd1": 5}
    assert read_file(Path("units.xlsx"), sheet="đăng ký").listed[0].quota == {"gd1": 7}
    assert read_file(Path("units.xlsx"), sheet="Ẩn").listed[0].name == "X"
    with pytest.raises(SangkienError) as refused:
        read_file(Path("units.xlsx"), sheet="Đăng kí")
    assert messages(refused.value.problems) == [
        "units.xlsx: there is no sheet “Đăng kí”; there are: Ẩn, Hướng dẫn, Giao, Đăng ký -> write sheet: Đăng ký"
    ]


def test_a_file_that_is_not_there_or_is_none_is_refused() -> None:
    Path("folder").mkdir()
    for name, text in (("none.xlsx", "no such file"), ("folder", "a folder")):
        with pytest.raises(SangkienError, match=text):
            read_file(Path(name))
    Path("a.csv").write_bytes(csv_bytes([["Đơn vị", "Chỉ tiêu"], ["A", "5"]]))
    with pytest.raises(SangkienError, match="no named sheets"):
        read_file(Path("a.csv"), sheet="Chỉ tiêu")


def test_every_format_that_is_read_will_do() -> None:
    rows = [["Mã", "Đơn vị", "Trực thuộc", "Chỉ tiêu"], ["007", "LĐLĐ huyện A", "", "5"], ["", "CĐCS B", "007", ""]]
    Path("a.csv").write_bytes(csv_bytes(rows))
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    Path("a.xls").write_text(f"<html><table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>", encoding="utf-8")
    for name, place in (("a.csv", "a.csv B3"), ("a.xls", "B3")):
        found = read_file(Path(name))
        assert [(unit.id, unit.name, unit.parent, unit.quota) for unit in found.listed] == [
            ("007", "LĐLĐ huyện A", None, {"gd1": 5}),
            (None, "CĐCS B", "007", {}),
        ]
        assert found.listed[1].at.origin.place.endswith(place)


# --- cells ---------------------------------------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_in_one_run_each_with_its_cell() -> None:
    found = read(
        """
Mã   | Đơn vị | Trực thuộc | Số đoàn viên | Chỉ tiêu GĐ1 | Chỉ tiêu GĐ2 | Từ ngày    | Đến ngày   | Tên khác
tn   | Tỉnh   |            | 5.000        | 5.000 SK     | ~5.091~      | 2025-02-30 | 31/06/2025 |
a b  | Huyện  | tn         | -5           | #REF!        | mười         | 13/31/2022 | 2022       | #N/A
     |        | tn         |              | 7            |              |            |            |
     | Xã     | =A1&""     | =1+1         | ~2.5~        | 1/2          |            |            |
     | …      |            | 3            |              |              |            |            |
""",
        TWO,
    )
    assert messages(found.problems) == [
        f"units.xlsx [Chỉ tiêu] {line}"
        for line in (
            "D2: “Số đoàn viên” must be a whole number of 0 or more, not “5.000” -> write 5000, as a number without "
            "point or comma",
            "E2: “Chỉ tiêu GĐ1” must be a whole number of 0 or more, not “5.000 SK” -> write 5000, as a number without "
            "point or comma",
            "F2: “Chỉ tiêu GĐ2” must be a whole number of 0 or more, not “5.091” -> write 5091, as a number without "
            "point or comma",
            "G2: “Từ ngày” must be a date, not “2025-02-30” -> write it as 31/05/2022, or leave the cell blank",
            "H2: “Đến ngày” must be a date, not “31/06/2025” -> write it as 31/05/2022, or leave the cell blank",
            "A3: an id cannot contain a space: “a b” -> write a-b",
            "D3: “Số đoàn viên” must be a whole number of 0 or more, not “-5” -> write a number such as 5000, or leave "
            "the cell blank",
            "E3: the cell has an error: #REF! -> open the file in Excel, mend the cell, save",
            "F3: “Chỉ tiêu GĐ2” must be a whole number of 0 or more, not “mười” -> write a number such as 5000, or "
            "leave the cell blank",
            "G3: “Từ ngày” must be a date, not “13/31/2022” -> write it as 31/05/2022, or leave the cell blank",
            "H3: “Đến ngày” must be a date, not “2022” -> write it as 31/05/2022, or leave the cell blank",
            "I3: the cell has an error: #N/A -> open the file in Excel, mend the cell, save",
            "B4: the name is missing, but the row holds other values -> write the unit’s name, or clear the row",
            "C5: the formula has no stored result -> open the file in Excel, mend the cell, save",
            "D5: the formula has no stored result -> open the file in Excel, mend the cell, save",
            "E5: “Chỉ tiêu GĐ1” must be a whole number of 0 or more, not “2.5” -> write a number such as 5000, or "
            "leave the cell blank",
            "F5: “Chỉ tiêu GĐ2” must be a whole number of 0 or more, not “1/2” -> write a number such as 5000, or "
            "leave the cell blank",
            "B6: the name is missing, but the row holds other values -> write the unit’s name, or clear the row",
        )
    ]


@pytest.mark.parametrize("name", ["units.xlsx", "units.csv"])
def test_a_unit_whose_name_cannot_be_read_gives_no_other_error(name: str) -> None:
    rows = [
        ["Mã", "Đơn vị", "Trực thuộc", "quota.gd1"],
        ["", "#N/A", "", "1"],
        ["", "#REF!", "", "2"],
        ["x", "#N/A", "", "3"],
        ["y", "", "", "4"],
        ["", "LĐLĐ A", "x", "5"],
        ["", "LĐLĐ B", "y", "6"],
    ]
    if name.endswith("csv"):
        Path(name).write_bytes(csv_bytes(rows))
    else:
        write("\n".join(" | ".join(row) for row in rows))
    Path("quota.yaml").write_text(f"{QUOTA}\nunits_from: {{file: {name}}}\n", encoding="utf-8")
    with pytest.raises(SangkienError) as refused:
        load_config(Path("quota.yaml"))
    assert [re.findall(r" (B\d):", message) for message in messages(refused.value.problems)] == [
        ["B2"], ["B3"], ["B4"], ["B5"]
    ]  # fmt: skip


def test_what_stands_under_a_unit_without_a_name_stands_under_the_next_above() -> None:
    found = read("STT | Đơn vị | Chỉ tiêu\n1 | A | 9\n1.1 | | 5\n1.1.1 | B | 2\n1.2 | #N/A | 3\n1.2.1 | C | 3")
    assert [re.findall(r" (B\d):", message) for message in messages(found.problems)] == [["B3"], ["B5"]]
    assert shown(found) == ["A", "  B", "  C"]


def test_names_that_end_like_sentences_are_names_where_nothing_else_is_listed() -> None:
    assert shown(read("Đơn vị\nTrường A.\n* Trường B.\n* Trường C.")) == ["Trường A.", "  Trường B.", "  Trường C."]


def test_a_problem_that_is_found_later_stands_at_the_cell_of_its_part() -> None:
    unit = read("Mã | Đơn vị | Trực thuộc | Tên khác | Chỉ tiêu\na | A | x | B | 5").listed[0]
    parts = ("id", "name", "parent", "also", "also.1", "quota.gd1", "kind")
    assert [unit.at.problem(part, Sentence("fix")).place[-2:] for part in parts] == [
        "A2", "B2", "C2", "D2", "D2", "E2", "B2"
    ]  # fmt: skip


def test_numbers_typed_as_text_are_read_where_their_column_shows_the_style() -> None:
    Path("a.csv").write_bytes(csv_bytes([["Đơn vị", "Chỉ tiêu"], ["A", "5.000"], ["B", "1.234.567"], ["C", "12"]]))
    found = read_file(Path("a.csv"))
    assert [unit.quota["gd1"] for unit in found.listed] == [5000, 1234567, 12]


def test_dates_are_excels_or_day_first_or_iso_and_may_lie_before_2000() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Đơn vị", "Từ ngày", "Đến ngày"])
    sheet.append(["A", date(1976, 5, 1), "30.6.2025"])
    sheet.append(["B", 44621, "2025-06-30 00:00"])
    book.save("units.xlsx")
    found = read_file(Path("units.xlsx"))
    assert [unit.valid for unit in found.listed] == [
        Window(date(1976, 5, 1), date(2025, 6, 30)),
        Window(date(2022, 3, 1), date(2025, 6, 30)),
    ]


def test_other_names_and_successors_stand_on_lines_or_between_semicolons() -> None:
    found = read('Đơn vị | Tên khác | Nhập vào\nA | x; y ;; | a;b\nB | "1; 2";z | "Than X"')
    assert [(unit.also, unit.into) for unit in found.listed] == [
        (("x", "y"), ("a", "b")),
        (("1; 2", "z"), ("Than X",)),
    ]


def test_ids_are_as_excel_shows_them_and_those_it_has_rounded_are_refused() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Mã", "Đơn vị", "Trực thuộc"], [7, "A", None], ["-", "B", 7], [1234567890123456789, "C", None]):
        sheet.append(row)
    for cell in ("A2", "C3"):
        sheet[cell].number_format = "000"
    book.save("units.xlsx")
    found = read_file(Path("units.xlsx"))
    assert [(unit.id, unit.parent) for unit in found.listed[:2]] == [("007", None), (None, "007")]
    assert ["A4: Excel has rounded this id" in message for message in messages(found.problems)] == [True]


# --- rows that are no units ----------------------------------------------------------------------------------------


def test_totals_notes_headings_of_columns_and_signatures_are_no_units() -> None:
    found = read(
        """
STT | Đơn vị                | Số đoàn viên | Chỉ tiêu
A   | B                     | 1            | 2
1   | LĐLĐ huyện A          | 100          | 50
    | - Trong đó: nữ        | 40           | 20
    | - Trên 50 tuổi        | 10           | 5

2   | Tổng công ty Thép     | 30           | 5
STT | Đơn vị                | Số đoàn viên | Chỉ tiêu
3   | Ban Chấp hành Khối cơ quan | 9       | 5
    | Tổng cộng             | 139          | =SUM(D3:D9)
4
                            |              |              |
    | (Ấn định danh sách này có 3 đơn vị)
    |                       |              | Hà Nội, ngày 1 tháng 2 năm 2022
    | Người lập biểu        |              | TM. BAN THƯỜNG VỤ
    | (Ký, ghi rõ họ tên)   |              | CHỦ TỊCH

    | Nguyễn Văn A          |              | Trần Thị B
"""
    )
    assert messages(found.problems) == []
    assert shown(found) == ["LĐLĐ huyện A", "Tổng công ty Thép", "Ban Chấp hành Khối cơ quan"]


@pytest.mark.parametrize(
    "note",
    [
        "Ghi chú: số liệu tính đến 31/12/2021",
        "GHI CHÚ:\n| Báo cáo gửi trước ngày 15/12\n| 1. Gửi bằng văn bản",
        "Ghi chú\n1 | Chưa giao cho ngành dọc\n2 | Gửi trước ngày 15",
        "Lưu ý: CĐCS nào chưa giao thì bổ sung",
        "* Đơn vị chưa giao sẽ giao sau",
        "(*) Số liệu tạm tính",
        "Bằng chữ: Ba nghìn",
        "- Như trên",
        "Danh sách có 2 đơn vị",
        "(chưa tính đơn vị mới thành lập)",
    ],
)
@pytest.mark.parametrize("parents", ["", " | Trực thuộc"])
@pytest.mark.parametrize("total", ["| Tổng cộng | 3000 | 30\n", ""])
@pytest.mark.parametrize("signed", ["", "\n\n| Người lập biểu | | CHỦ TỊCH"])
def test_a_note_below_the_table_is_no_unit(note: str, parents: str, total: str, signed: str) -> None:
    found = read(
        f"STT | Đơn vị | Số đoàn viên | Chỉ tiêu{parents}\n1 | LĐLĐ huyện A | 1000 | 10\n2 | LĐLĐ huyện B | 2000 | 20\n"
        f"{total}| {note}{signed}"
    )
    assert messages(found.problems) == []
    assert shown(found) == ["LĐLĐ huyện A", "LĐLĐ huyện B"]


def test_behind_the_total_what_no_unit_is_called_is_a_note() -> None:
    found = read(
        "STT | Đơn vị | Chỉ tiêu\n1 | LĐLĐ huyện A | 10\n| Tổng cộng | 10\n| Mọi thắc mắc xin gọi 0912 345 678"
    )
    assert (shown(found), found.problems) == (["LĐLĐ huyện A"], [])
    assert [note.place for note in found.notes if note.what.key == "unit_sheet.taken_for_note"] == [
        "units.xlsx [Chỉ tiêu] B4"
    ]


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ("1 | Trường A | 10\n| Tổng cộng | 10\n| LĐLĐ huyện B", "B4"),
        ("1 | Trường A | 10\n| Tổng cộng | 10\n| Trường B", "B4"),
        ("1 | LĐLĐ huyện A | 10\n| Chưa giao cho ngành dọc", "B3"),
        ("1 | LĐLĐ huyện A | 10\n| Công đoàn các cấp báo cáo trước ngày 15.", "B3"),
    ],
)
def test_a_text_below_the_table_that_may_be_a_unit_is_asked_about(rows: str, cell: str) -> None:
    found = read(f"STT | Đơn vị | Chỉ tiêu\n{rows}")
    (message,) = messages(found.problems)
    assert message.startswith(f"units.xlsx [Chỉ tiêu] {cell}: “")
    assert "not clear whether it is a unit or a note -> if it is a unit, write its number, id or figures" in message
    assert len(found.listed) == 1


@pytest.mark.parametrize(
    "rows",
    [
        "LĐLĐ huyện A | LĐLĐ tỉnh | 10\nCĐ Y tế",
        "Trường A | LĐLĐ tỉnh | 10\nTrường B",
        "LĐLĐ tỉnh\nTrường A | LĐLĐ tỉnh |10\nTrường B",
        "- Tổ 1 | | 5\n- Nhóm 2",
    ],
)
def test_a_last_unit_without_a_quota_is_a_unit(rows: str) -> None:
    found = read(f"Đơn vị | Trực thuộc | Chỉ tiêu\n{rows}")
    assert messages(found.problems) == []
    assert len(found.listed) == len(rows.splitlines())


def test_with_an_id_of_its_own_a_row_is_a_unit_whatever_its_words() -> None:
    found = read("Mã | Đơn vị | Chỉ tiêu\nx1 | Tổng cộng | 5\nx2 | Trong đó | 6\n| Tổng cộng | 11")
    assert shown(found) == ["Tổng cộng", "Trong đó"]


def test_another_table_on_the_sheet_is_pointed_out() -> None:
    found = read(
        """
Đơn vị | Số đoàn viên | Chỉ tiêu
A      | 5            | 6
B      | 7            | 8

Chỉ tiêu | Số đoàn viên | Nội dung
5        | 7            | khác
"""
    )
    assert messages(found.problems)[0] == (
        "units.xlsx [Chỉ tiêu] A5: another table with other columns begins here -> move it to a sheet of its own"
    )


def test_a_broken_record_of_a_csv_is_named() -> None:
    Path("a.csv").write_text("Đơn vị,Số đoàn viên,Chỉ tiêu\nAn,10,20\nBa,1\nCò,1,2\n", encoding="utf-8")
    found = read_file(Path("a.csv"))
    assert shown(found) == ["An", "Cò"]
    assert [message.partition(":")[0] for message in messages(found.problems)] == ["a.csv A3"]


# --- a column of parents -------------------------------------------------------------------------------------------


def test_a_column_of_parents_says_what_a_unit_stands_under_by_id_or_name() -> None:
    found = read(
        """
Đơn vị       | Đơn vị cấp trên | Chỉ tiêu
LĐLĐ tỉnh    |                 | 100
LĐLĐ huyện A | LĐLĐ tỉnh       | 60
1. CĐCS B    | LĐLĐ huyện A    | 10
CĐCS C       | "               | 10
CĐCS D       | LĐLĐ huyện Z    | 10
CĐCS E       |                 | 10
CĐCS F       | -nt-            | 10
KHỐI TRƯỜNG HỌC
CĐCS G       | LĐLĐ tỉnh       | 10
""",
        merged=["B6:B7", "A9:C9"],
    )
    assert found.tied_by == "parent"
    assert [(unit.name, unit.parent) for unit in found.listed] == [
        ("LĐLĐ tỉnh", None),
        ("LĐLĐ huyện A", "LĐLĐ tỉnh"),
        ("1. CĐCS B", "LĐLĐ huyện A"),
        ("CĐCS C", "LĐLĐ huyện A"),
        ("LĐLĐ huyện Z", None),
        ("CĐCS D", "LĐLĐ huyện Z"),
        ("CĐCS E", "LĐLĐ huyện Z"),
        ("CĐCS F", "LĐLĐ huyện Z"),
        ("CĐCS G", "LĐLĐ tỉnh"),
    ]
    assert {unit.above for unit in found.listed} == {None}


def test_units_that_only_the_column_of_parents_names_are_listed_before_the_first_below_them() -> None:
    found = read(
        """
Công đoàn cấp trên | CĐCS   | Chỉ tiêu
LĐLĐ huyện A       | CĐCS 1 | 10
                   | CĐCS 2 | 20
LĐLĐ huyện B       | CĐCS 3 | 30
                   | CĐCS 4 | 40
LĐLĐ  Huyện A      | CĐCS 5 | 50
LĐLĐ huyện Bb      | CĐCS 6 | 60
CĐCS 1             | CĐCS 7 | 70
CĐCS 1             | CĐCS 8 | 80
""",
        merged=["A2:A3", "A4:A5"],
        columns={"name": ["CĐCS"]},
    )
    assert found.problems == []
    assert [unit.name for unit in found.listed if unit.implied] == ["LĐLĐ huyện A", "LĐLĐ huyện B"]
    assert [unit.name for unit in found.listed][:4] == ["LĐLĐ huyện A", "CĐCS 1", "CĐCS 2", "LĐLĐ huyện B"]
    assert found.listed[3].at.origin.place == "units.xlsx [Chỉ tiêu] A4"
    assert (found.listed[3].quota, found.listed[3].parent) == ({}, None)
    (note,) = found.notes
    assert words(note.what, "en") == (
        "2 units have no row, only a name under “Công đoàn cấp trên”, and so no quota of their own: "
        "LĐLĐ huyện A, LĐLĐ huyện B"
    )
    # A name that a single row gives to the unit above it is likely a slip: refused, as ever, with its cell.
    tied = tie(found.listed, {})
    assert [problem.place for problem in tied.problems] == ["units.xlsx [Chỉ tiêu] A7"]


def test_units_that_have_a_row_are_not_made_again() -> None:
    found = read("Mã | Đơn vị | Trực thuộc\na | A |\nb | B | a\nc | C | a\nd | D | b\ne | E | B\nf | F | b")
    assert not [unit.name for unit in found.listed if unit.implied]
    assert list(found.notes) == []


def told(picture: str) -> list[str]:
    """What is said of a sheet in which nothing is wrong."""
    found = read(picture)
    assert found.problems == []
    return [f"{note.place}: {words(note.what, 'en')}" for note in found.notes]


def test_totals_are_told_and_those_that_agree_with_no_sum_of_units() -> None:
    rows = "TT | Đơn vị | Chỉ tiêu\nI | Huyện A | 30\n1 | CĐCS A1 | 10\n2 | CĐCS A2 | 20\nII | Huyện B | 5"
    left = "units.xlsx [Chỉ tiêu]: a total and no unit: “TOÀN TỈNH” ({})"
    for right in (35, 65):  # of the highest units, or of all
        assert told(f"{rows}\n | TOÀN TỈNH | {right}") == [left.format(right)]
    assert told(f"{rows}\n | TOÀN TỈNH | 43") == [
        left.format(43),
        "units.xlsx [Chỉ tiêu] C6: “TOÀN TỈNH” says 43 under “Chỉ tiêu”, but the units add up to 35",
    ]


def test_an_id_that_reads_like_a_ditto_mark_is_an_id() -> None:
    found = read("Mã | Đơn vị | Trực thuộc\nnt | Tỉnh Ninh Thuận |\nx | A |\nb | B | x\nc | C | nt")
    assert [unit.parent for unit in found.listed] == [None, None, "x", "nt"]


# --- numerals ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """A sheet of numbered units, and the tree that it shows."""

    rows: str
    tree: str
    by: str = "numbering"


NUMBERED = {
    "letters, roman and arabic numerals, points, small letters, dashes": Picture(
        """
A    | Khối huyện         |
I    | Miền núi           |
1    | LĐLĐ huyện A       | 9
1.1  | CĐCS B             | 5
1.1.1| CĐBP C             | 2
a)   | Tổ D               | 1
-    | Nhóm E             | 1
-    | Nhóm F             |
b)   | Tổ G               |
1.2  | CĐCS H             | 2
2    | LĐLĐ huyện I       | 3
II   | Đồng bằng          |
1    | LĐLĐ huyện K       | 3
B    | Khối ngành         |
I    | Công đoàn ngành    |
1    | CĐ Giáo dục        | 3
C    | Khối doanh nghiệp  | 4
D    | Khối khác          | 4
""",
        """
Khối huyện
  Miền núi
    LĐLĐ huyện A
      CĐCS B
        CĐBP C
          Tổ D
            Nhóm E
            Nhóm F
          Tổ G
      CĐCS H
    LĐLĐ huyện I
  Đồng bằng
    LĐLĐ huyện K
Khối ngành
  Công đoàn ngành
    CĐ Giáo dục
Khối doanh nghiệp
Khối khác
""",
    ),
    "roman numerals that are letters too go on with the list that is open": Picture(
        "I|a|1\nII|b|1\nIII|c|1\nIV|d|1\nV|e|1\n1|f|1\nVI|g|1",
        "a\nb\nc\nd\ne\n  f\ng",
    ),
    "letters that are roman numerals too": Picture(
        "\n".join(f"{letter}|{letter}{letter}|1\n1|x{letter}|1" for letter in "ABCDĐEGHIKLM"),
        "\n".join(f"{letter}{letter}\n  x{letter}" for letter in "ABCDĐEGHIKLM"),
    ),
    "after H come I and II, its parts": Picture(
        "\n".join(f"{letter}|{letter}{letter}|1" for letter in "ABCDEGH") + "\nI|m|1\nII|n|1\nI|o|1\nK|p|1",
        "AA\nBB\nCC\nDD\nEE\nGG\nHH\n  m\n  n\no\np",
    ),
    "where one is missing, what is nearer to the list before is meant": Picture(
        "A|a|1\nI|b|1\nII|c|1\nIII|d|1\nV|e|1\nC|f|1\nI|g|1", "a\n  b\n  c\n  d\n  e\nf\n  g"
    ),
    "points behind roman numerals": Picture("I|a|1\nI.1|b|1\nI.2|c|1\nII|d|1\nII.1|e|1", "a\n  b\n  c\nd\n  e"),
    "the first row alone has no number: it stands above all": Picture(
        " |Tỉnh|9\n1|a|5\n2|b|4\n2.1|c|4", "Tỉnh\n  a\n  b\n    c"
    ),
    "numbered headings, units without numbers": Picture(
        " |Tỉnh|9\nI|Khối huyện|\n |a|5\n |b|4\nII|Khối ngành|\n |c|4",
        "Tỉnh\n  Khối huyện\n    a\n    b\n  Khối ngành\n    c",
    ),
    "numbered districts, their parts without numbers": Picture(
        "1|a|9\n |b|5\n |c|4\n2|d|4\n |e|4", "a\n  b\n  c\nd\n  e"
    ),
    "each list begins anew below a district without a number": Picture(
        " |Tỉnh|20\n |a|9\n1|b|5\n2|c|4\n |d|2\n |e|8\n1|f|8", "Tỉnh\n  a\n    b\n    c\n  d\n  e\n    f", "groups"
    ),
    "headings between letters and numbers": Picture(
        "A|x|\n |a|\n1|b|5\n2|c|4\n |d|\n3|e|8\nB|y|\n |f|\n4|g|1", "x\n  a\n    b\n    c\n  d\n    e\ny\n  f\n    g"
    ),
    "brackets, slashes, points behind, blanks, zeros in front": Picture(
        "I.|a|1\n01/|b|1\n(1.1)|c|1\n1.2.|d|1\n+|e|1\n2)|f|1", "a\n  b\n    c\n    d\n      e\n  f"
    ),
    "a list of numbers and nothing more": Picture("1|a|1\n2|b|2\n3|c|3", "a\nb\nc", "nothing"),
}


@pytest.mark.parametrize("picture", NUMBERED.values(), ids=NUMBERED.keys())
def test_numerals_say_what_a_unit_stands_under(picture: Picture) -> None:
    found = read(f"STT | Đơn vị | Chỉ tiêu\n{picture.rows.strip(chr(10))}")
    assert messages(found.problems) == []
    assert (shown(found), found.tied_by) == (picture.tree.strip("\n").splitlines(), picture.by)


def test_numerals_may_stand_in_front_of_the_names() -> None:
    found = read(
        """
Đơn vị                          | Chỉ tiêu
LĐLĐ tỉnh                       | 100
I. LĐLĐ huyện, thành phố        |
1. LĐLĐ huyện Phú Bình          | 20
1.1 CĐCS UBND huyện             | 5
- Tổ công đoàn 1                | 2
1.2. CĐCS Trường THPT số 1      | 5
2. LĐLĐ H. Đại Từ               | 20
II - Công đoàn ngành            |
1/ CĐ Y tế                      | 20
"""
    )
    assert shown(found) == [
        "LĐLĐ tỉnh",
        "  LĐLĐ huyện, thành phố",
        "    LĐLĐ huyện Phú Bình",
        "      CĐCS UBND huyện",
        "        Tổ công đoàn 1",
        "      CĐCS Trường THPT số 1",
        "    LĐLĐ H. Đại Từ",
        "  Công đoàn ngành",
        "    CĐ Y tế",
    ]


def test_what_only_looks_like_a_numeral_stays_in_the_name() -> None:
    names = ["H. Phú Bình", "C.ty May", "19-5 Dệt may", "E. Coli Việt Nam", "X. Tân Cương"]
    found = read("Đơn vị | Chỉ tiêu\n" + "\n".join(f"{name} | 5" for name in names))
    assert shown(found) == names


def test_a_number_that_excel_shows_without_its_last_zero_is_the_next_of_its_list() -> None:
    rows = [f"1.{i} | a{i} | 1" for i in range(1, 10)] + ["~1.1~ | a10 | 1", "1.10.1 | b | 1", "~1.11~ | a11 | 1"]
    found = read("STT | Đơn vị | Chỉ tiêu\n1 | x | 9\n" + "\n".join(rows))
    assert shown(found)[-3:] == ["  a10", "    b", "  a11"]


def test_a_heading_may_reach_from_the_numbers_over_the_names() -> None:
    found = read(
        """
TT | Đơn vị | Chỉ tiêu
LĐLĐ huyện A | | 30
1  | CĐCS b | 10
2  | CĐCS c | 20
LĐLĐ huyện D | | 25
1  | CĐCS e | 25
II. Khối khác
1  | CĐCS f | 5
Cộng | | 60
""",
        merged=["A2:B2", "A5:B5", "A7:C7", "A9:B9"],
    )
    assert shown(found)[:5] == ["LĐLĐ huyện A", "  CĐCS b", "  CĐCS c", "LĐLĐ huyện D", "  CĐCS e"]
    assert found.listed[0].quota == {"gd1": 30}
    assert found.listed[0].at.origin.place == "units.xlsx [Chỉ tiêu] A2"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "1|a|1\n2|b|1\n1.1|c|1",
            "A4: “1.1” stands under no “1” -> number the row above it “1”, or correct this number",
        ),
        ("1.1|a|1\n1.2|b|1", "A2: “1.1” stands under no “1”"),
        ("1|a|1\n1.1.1|b|1", "A3: “1.1.1” stands under no “1.1”"),
        ("I|a|1\n1.1|b|1", "A3: “1.1” stands under no “1”"),
        ("I|a|1\n1|b|1\nmột|c|1", "A4: “một” is no numeral such as I, 1, 1.1, a or - -> correct the number, or add a"),
        ("1|a|1\n2|b|1\n |c|1\n4|d|1", "A4: “c” has no number, so it is not clear which unit it stands under"),
        (" |a|1\n1|b|1\n2|c|1\n |d|1\n3|e|1", "A5: “d” has no number"),
        (" |a|\n1|b|1\n |c|\n |d|\n1|e|1", "A4: “c” is a heading right above another one"),
    ],
)
def test_where_numerals_do_not_tell_the_cell_is_named(rows: str, message: str) -> None:
    found = read(f"STT | Đơn vị | Chỉ tiêu\n{rows}")
    assert f"units.xlsx [Chỉ tiêu] {message}" in messages(found.problems)[0]


def test_a_wrong_number_says_nothing_of_the_rows_behind_it() -> None:
    found = read("STT | Đơn vị | Chỉ tiêu\n1|a|1\n1.1|b|1\n1.2|c|1\n2|d|1\n3.1|e|1\n3.1.1|f|1\n2.1|g|1")
    assert [message.partition(" ->")[0] for message in messages(found.problems)] == [
        "units.xlsx [Chỉ tiêu] A6: “3.1” stands under no “3”"
    ]
    assert shown(found) == ["a", "  b", "  c", "d", "e", "  f", "  g"]


BULLETS = {
    "districts": (
        "LĐLĐ huyện A|30\n- CĐCS 1|10\n- CĐCS 2|20\nLĐLĐ huyện B|20\n- CĐCS 3|20\nLĐLĐ huyện C|5",
        ["LĐLĐ huyện A", "  CĐCS 1", "  CĐCS 2", "LĐLĐ huyện B", "  CĐCS 3", "LĐLĐ huyện C"],
    ),
    "a single list": (
        "LĐLĐ huyện A|30\n- CĐCS 1|10\n- CĐCS 2|20\nLĐLĐ huyện B|20",
        ["LĐLĐ huyện A", "  CĐCS 1", "  CĐCS 2", "LĐLĐ huyện B"],
    ),
    "below a province, with plus signs": (
        "LĐLĐ tỉnh|50\nLĐLĐ huyện A|30\n- CĐCS 1|10\n+ Tổ 2|5\nLĐLĐ huyện B|20\n- CĐCS 3|20\nLĐLĐ huyện C|5",
        [
            "LĐLĐ tỉnh",
            "  LĐLĐ huyện A",
            "    CĐCS 1",
            "      Tổ 2",
            "  LĐLĐ huyện B",
            "    CĐCS 3",
            "  LĐLĐ huyện C",
        ],
    ),
    "below numbered headings": (
        "I. Khối huyện|\nLĐLĐ huyện A|30\n- CĐCS 1|10\nLĐLĐ huyện B|20\n- CĐCS 3|20\n"
        "II. Khối ngành|\nCĐ Y tế|5\n- CĐCS 4|5",
        [
            "Khối huyện",
            "  LĐLĐ huyện A",
            "    CĐCS 1",
            "  LĐLĐ huyện B",
            "    CĐCS 3",
            "Khối ngành",
            "  CĐ Y tế",
            "    CĐCS 4",
        ],
    ),
}


@pytest.mark.parametrize(("rows", "tree"), BULLETS.values(), ids=BULLETS.keys())
def test_rows_without_a_bullet_head_those_with_one(rows: str, tree: list[str]) -> None:
    found = read(f"Đơn vị | Chỉ tiêu\n{rows}")
    assert messages(found.problems) == []
    assert shown(found) == tree


# --- heading rows --------------------------------------------------------------------------------------------------


def test_rows_with_a_name_only_head_those_below_them() -> None:
    found = read(
        """
Đơn vị                  | Số đoàn viên | Chỉ tiêu
LĐLĐ huyện A
CĐCS b                  | 10           |
CĐCS c                  |              | 20
LĐLĐ huyện D
CĐCS e                  | 5            | 25
"""
    )
    assert found.tied_by == "groups"
    assert shown(found) == ["LĐLĐ huyện A", "  CĐCS b", "  CĐCS c", "LĐLĐ huyện D", "  CĐCS e"]
    merged = read("STT | Đơn vị | Chỉ tiêu\n| KHỐI A\n1 | b | 5\n| KHỐI C\n2 | d | 6", merged=["B2:C2", "B4:C4"])
    assert (merged.tied_by, shown(merged)) == ("groups", ["KHỐI A", "  b", "KHỐI C", "  d"])


def test_a_heading_right_above_the_first_one_stands_above_all() -> None:
    found = read("Đơn vị | Chỉ tiêu\nLĐLĐ tỉnh |\nLĐLĐ huyện A |\nb | 5\nLĐLĐ huyện C |\nd | 6")
    assert shown(found) == ["LĐLĐ tỉnh", "  LĐLĐ huyện A", "    b", "  LĐLĐ huyện C", "    d"]


def test_a_header_without_rows_lists_no_units() -> None:
    found = read("STT | Đơn vị | Chỉ tiêu")
    assert (found.listed, found.problems) == ([], [])


def test_names_and_nothing_else_are_a_list() -> None:
    found = read("Đơn vị\nA\nB\nC")
    assert (found.tied_by, shown(found), found.problems) == ("nothing", ["A", "B", "C"], [])


# --- laws of numbering ---------------------------------------------------------------------------------------------

STYLES = ("letter", "roman", "arabic", "dotted", "small", "dash")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def numeral(style: str, place: int, above: str) -> str:
    match style:
        case "letter":
            return "ABCDĐEG"[place]
        case "roman":
            return ROMAN[place]
        case "arabic":
            return str(place + 1)
        case "dotted":
            return f"{above}.{place + 1}"
        case "small":
            return "abcdđeg"[place] + ")"
    return "-"


@st.composite
def numbered(draw: st.DrawFn) -> list[tuple[int, str]]:
    """Rows of a numbered sheet: depth and numeral."""
    first = draw(st.integers(0, 2))
    styles = STYLES[first : draw(st.integers(first + 1, len(STYLES)))]
    depths = [0]
    for _ in range(draw(st.integers(0, 25))):
        depths.append(draw(st.integers(0, min(depths[-1] + 1, len(styles) - 1))))
    counts = [0] * len(styles)
    marks = [""] * len(styles)
    rows = []
    for depth in depths:
        counts[depth + 1 :] = [0] * (len(styles) - depth - 1)
        assume(counts[depth] < 7)
        marks[depth] = numeral(styles[depth], counts[depth], marks[depth - 1])
        counts[depth] += 1
        rows.append((depth, marks[depth]))
    return rows


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=numbered(), in_front=st.booleans())
def test_law_a_numbered_tree_is_read_as_it_was_numbered(rows: list[tuple[int, str]], in_front: bool) -> None:
    names = [f"Đơn vị số {i}" for i in range(len(rows))]
    if in_front:
        lines = [
            [f"{mark}{'' if mark[-1] in ')-' else '.'} {name}", "5"]
            for (_, mark), name in zip(rows, names, strict=True)
        ]
        table = [["Đơn vị", "Chỉ tiêu"], *lines]
        assume(len(rows) > 1)
    else:
        table = [
            ["STT", "Đơn vị", "Chỉ tiêu"],
            *([mark, name, "5"] for (_, mark), name in zip(rows, names, strict=True)),
        ]
    Path("law.csv").write_bytes(csv_bytes(table))
    found = read_file(Path("law.csv"))
    assert messages(found.problems) == []
    assert shown(found) == ["  " * depth + name for (depth, _), name in zip(rows, names, strict=True)]


CELLS = (
    "", "", "A", "I", "II", "1", "2", "1.1", "1.2", "2.1", "a)", "b)", "-", "+", "x", "Cộng", "Trong đó", "Đơn vị",
    "STT", "Chỉ tiêu", "LĐLĐ A", "I. LĐLĐ", "1. CĐCS", "- Tổ", "5.000", "12", "0", "#REF!", '"', "-nt-", "Chủ tịch",
    "(1)", "…",
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.permutations(["STT", "Đơn vị", "Chỉ tiêu", "Trực thuộc", "Mã"]),
    width=st.integers(2, 5),
    rows=st.lists(st.lists(st.sampled_from(CELLS), min_size=5, max_size=5), max_size=12),
)
def test_law_whatever_a_sheet_holds_units_stand_under_units_above_them(
    header: list[str], width: int, rows: list[list[str]]
) -> None:
    assume("Đơn vị" in header[:width])
    Path("law.csv").write_bytes(csv_bytes([row[:width] for row in (header, *rows)]))
    found = read_file(Path("law.csv"))
    assert all(unit.above is None or unit.above < i for i, unit in enumerate(found.listed))
    assert found.problems or all(fold(unit.name) for unit in found.listed)


# --- quotas on several bases ---------------------------------------------------------------------------------------

ON_BASES = """
programme: p
phases:
  gd1: {name: Giai đoạn 1, from: 2022-01-08, to: 2022-05-31}
  gd2: {name: Giai đoạn 2, from: 2022-06-01, to: 2023-08-31}
exports: {columns: {unit: Đơn vị, submitted: Ngày}}
bases: {giao: Chỉ tiêu giao, dang-ky: Chỉ tiêu đăng ký}
units_from:
  file: units.xlsx
  columns: {quota: %s}
"""


def on_bases(picture: str, quota: str) -> list[tuple[str, dict[str, int], dict[str, int]]]:
    """Name and quotas, on the default basis and the other one, of units in a workbook."""
    write(picture)
    Path("quota.yaml").write_text(ON_BASES % quota, encoding="utf-8")
    units = load_config(Path("quota.yaml")).units
    assert all(unit.quota == unit.bases[0] for unit in units)
    return [(unit.name, dict(unit.bases[0]), dict(unit.bases[1])) for unit in units]


def test_quotas_on_several_bases_stand_in_columns_of_their_own() -> None:
    """A blank is no quota, which is not 0; a phase with one header has its quotas on the default basis."""
    found = on_bases(
        """
        Đơn vị | Chỉ tiêu giao | Chỉ tiêu đăng ký | Đợt 2
        A      | 60            | 130              | 7
        B      |               | 0                |
        C      | 5             |                  | 0
        """,
        "{gd1: {giao: Chỉ tiêu giao, dang-ky: [Không có, Chỉ tiêu đăng ký]}, gd2: Đợt 2}",
    )
    assert found == [
        ("A", {"gd1": 60, "gd2": 7}, {"gd1": 130}),
        ("B", {}, {"gd1": 0}),
        ("C", {"gd1": 5, "gd2": 0}, {}),
    ]


def test_quotas_may_be_on_another_than_the_default_basis_alone() -> None:
    found = on_bases("Đơn vị | Chỉ tiêu đăng ký\nA | 130", "{gd1: {dang-ky: Chỉ tiêu đăng ký}}")
    assert found == [("A", {}, {"gd1": 130})]


@pytest.mark.parametrize(
    ("picture", "quota", "message"),
    [
        (
            "Đơn vị | Giao | Đăng ký\nA | 5 | ~5.5~",
            "{gd1: {giao: Giao, dang-ky: Đăng ký}}",
            "units.xlsx [Chỉ tiêu] C2: ",
        ),
        (
            "Đơn vị | Giao | Đăng ký\nA | 5 | năm",
            "{gd1: {giao: Giao, dang-ky: Đăng ký}}",
            "units.xlsx [Chỉ tiêu] C2: ",
        ),
        ("Đơn vị | Giao\nA | 5", "{gd1: {giao: Giao, dang-ky: Đăng ký}}", "units.xlsx [Chỉ tiêu]: "),
        ("Đơn vị | Giao\nA | 5", "{gd1: {giao: Giao, dang-kí: Đăng ký}}", "quota.yaml:10:39: "),
    ],
)
def test_what_is_wrong_with_quotas_on_a_basis_is_said_with_its_place(picture: str, quota: str, message: str) -> None:
    with pytest.raises(SangkienError) as refused:
        on_bases(picture, quota)
    (told,) = messages(refused.value.problems)
    assert told.startswith(message)
    assert " -> " in told


# --- the tree written out ------------------------------------------------------------------------------------------

PHASES = (
    Phase("gd1", "Giai đoạn 1", date(2022, 1, 8), date(2022, 5, 31)),
    Phase("gd2", "Đợt: “2” (giao)", date(2022, 6, 1), date(2023, 8, 31)),
    Phase("id", "gd1", date(2023, 9, 1), date(2023, 9, 30)),  # named as another is called, called as a column is
)
QUOTA = """
programme: p
phases:
  gd1: {name: Giai đoạn 1, from: 2022-01-08, to: 2022-05-31}
  gd2: {name: "Đợt: “2” (giao)", from: 2022-06-01, to: 2023-08-31}
  id: {name: gd1, from: 2023-09-01, to: 2023-09-30}
exports: {columns: {unit: Đơn vị, submitted: Ngày}}
"""


@dataclass(frozen=True)
class Nowhere:
    """The whereabouts of a unit that stands in no file."""

    @property
    def origin(self) -> Origin:
        return Origin(Path("x"), "x", None)

    def problem(self, part: str, what: Sentence, fix: Sentence | None = None) -> Problem:
        return Problem(part, what, fix)


ODD = (
    "=1+1", "+84", "-5", "@SUM(A1)", "007", "12345", "null", "no", "~", "A: b # c", "# x", '"X" & <Y>', "'q'",
    "a, b; c", "[1] {2}", "- Tổ 1", "I. LĐLĐ", "Tổng cộng", "Trong đó: nữ", "Người lập biểu", "Chủ tịch", "Đơn vị",
    "_x0041_", "C:\\t\\n", "Đ̣ồng", "Ho\u00e0 ho\u0300a", "😀 a", "1,5", "5.000", "2022-01-01", "TRUE", 'x "y', '"z',
    "#N/A", '"#REF!"',
)  # fmt: skip
names = st.sampled_from(ODD) | st.text(
    st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxy ÀẢÃÁẠ012 =#:;,.\"'-+@[]{}()&*!|><%`/\\_~?"), min_size=1, max_size=20
)
good_names = names.map(tidy).filter(lambda name: bool(fold(name)))
ids = st.from_regex(r"[a-z0-9._-]{0,6}[a-z0-9]", fullmatch=True) | st.sampled_from(
    ["007", "nt", "0", "null", "1.0", "1e5"]
)
days = st.none() | st.dates(date(1976, 1, 1), date(2030, 12, 31))


@st.composite
def trees(draw: st.DrawFn) -> tuple[Unit, ...]:
    """A tree as it is tied from what a quota file lists."""
    listed: list[Listed] = []
    chosen = draw(st.lists(ids, min_size=1, max_size=9, unique=True))
    for i, identifier in enumerate(chosen):
        name = draw(good_names)
        start, end = draw(days), draw(days)
        if start and end and end < start:
            start, end = end, start
        into = [chosen[j] for j in range(i) if end is not None and draw(st.booleans())]
        listed.append(
            Listed(
                name=name,
                at=Nowhere(),
                above=draw(st.none() | st.integers(0, i - 1)) if i else None,
                id=identifier,
                also=tuple(draw(st.lists(good_names, max_size=3))),
                kind=draw(st.none() | good_names),
                members=draw(st.none() | st.integers(0, 10**17)),
                quota=draw(st.dictionaries(st.sampled_from(["gd1", "gd2", "id"]), st.integers(0, 99999))),
                valid=Window(start, end),
                into=tuple(into[:2]),
            )
        )
    tied = tie(listed, {})
    assume(not tied.problems)
    # A unit that exists on no day is not told from others of its name by its times.
    windows = [unit.valid for unit in tied.units]
    assume(all(not each.start or not each.end or each.start <= each.end for each in windows))
    return tied.units


def same(units: Sequence[Unit]) -> list[Unit]:
    """The units without their places."""
    return [replace(unit, origin=None) for unit in units]


def read_again(content: bytes, name: str, bases: Sequence[Basis] = ()) -> list[Unit]:
    """The units of a quota file that takes them from this one."""
    Path(name).write_bytes(content)
    source = f"include: {name}" if name.endswith(".yaml") else f"units_from: {{file: {name}}}"
    named = "\n".join(["bases:", *(f'  {each.id}: "{each.name}"' for each in bases)]) if bases else ""
    Path("quota.yaml").write_text(f"{QUOTA}\n{named}\n{source}\n", encoding="utf-8")
    return same(load_config(Path("quota.yaml")).units)


law = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@law
@given(units=trees(), lang=st.sampled_from(["vi", "en"]))
def test_law_a_workbook_out_and_in_is_the_same_tree(units: tuple[Unit, ...], lang: Lang) -> None:
    assert read_again(tree_table(units, PHASES, lang), "tree.xlsx") == same(units)


@law
@given(units=trees(), dialect=st.sampled_from([PLAIN, excel_dialect("vi"), excel_dialect("en")]))
def test_law_a_csv_out_and_in_is_the_same_tree(units: tuple[Unit, ...], dialect: object) -> None:
    assert read_again(tree_csv(units, PHASES, dialect).encode(), "tree.csv") == same(units)  # type: ignore[arg-type]


@law
@given(units=trees())
def test_law_yaml_out_and_in_is_the_same_tree(units: tuple[Unit, ...]) -> None:
    assert read_again(tree_yaml(units, PHASES).encode(), "tree.yaml") == same(units)


BASES = (Basis("giao", "Chỉ tiêu giao"), Basis("dang-ky", "Đăng ký: “2” (gd1)"), Basis("id", "gd1"))


@st.composite
def trees_on_bases(draw: st.DrawFn) -> tuple[Unit, ...]:
    """A tree with quotas on three bases, each unit on some of them."""
    quotas = st.dictionaries(st.sampled_from(["gd1", "gd2", "id"]), st.integers(0, 99999))
    found = []
    for unit in draw(trees()):
        on = tuple(draw(quotas) for _ in BASES)
        found.append(replace(unit, quota=on[0], bases=on))
    return tuple(found)


@law
@given(units=trees_on_bases(), form=st.sampled_from(["tree.xlsx", "tree.csv", "tree.yaml"]))
def test_law_quotas_on_several_bases_out_and_in_are_the_same(units: tuple[Unit, ...], form: str) -> None:
    written = {
        "tree.xlsx": lambda: tree_table(units, PHASES, "vi", bases=BASES),
        "tree.csv": lambda: tree_csv(units, PHASES, bases=BASES).encode(),
        "tree.yaml": lambda: tree_yaml(units, PHASES, bases=BASES).encode(),
    }
    assert read_again(written[form](), form, BASES) == same(units)


def test_yaml_is_written_as_a_person_would() -> None:
    listed = [
        Listed("LĐLĐ tỉnh A", Nowhere(), id="a", members=100, quota={"gd1": 5}, valid=Window(None, date(2025, 6, 30))),
        Listed("CĐCS B: 1", Nowhere(), above=0, id="b", also=("B",), kind="cdcs", quota={"gd1": 0, "gd2": 2}),
        Listed("LĐLĐ huyện C", Nowhere(), above=0, id="c"),
        Listed("CĐCS D", Nowhere(), above=2, id="007", valid=Window(date(2023, 1, 1), date(2024, 1, 1)), into=("b",)),
    ]
    assert tree_yaml(tie(listed, {}).units, PHASES) == (
        "units:\n"
        "  - name: LĐLĐ tỉnh A\n"
        "    id: a\n"
        "    members: 100\n"
        "    quota: {gd1: 5}\n"
        "    valid: {to: 2025-06-30}\n"
        "    units:\n"
        '      - {name: "CĐCS B: 1", id: b, also: [B], kind: cdcs, quota: {gd1: 0, gd2: 2}}\n'
        "      - name: LĐLĐ huyện C\n"
        "        id: c\n"
        "        units:\n"
        '          - {name: CĐCS D, id: "007", valid: {from: 2023-01-01, to: 2024-01-01}, into: [b]}\n'
    )


def test_csv_is_never_localised() -> None:
    listed = [
        Listed("A", Nowhere(), id="a"),
        Listed("B", Nowhere(), above=0, id="b", also=("x", "y; z"), quota={"gd1": 0}),
    ]
    assert tree_csv(tie(listed, {}).units, PHASES[:2]) == (
        'id,name,parent,kind,members,also,from,to,into,quota.gd1,quota.gd2\na,A,,,,,,,,,\nb,B,a,,,"x\n""y; z""",,,,0,\n'
    )


# --- workbooks -----------------------------------------------------------------------------------------------------

TABLE = Table(
    "Tên",
    [
        Column("Tên", 30),
        Column("Chọn", 20, Choices("=$C{row}:$D{row}", "Đơn vị", "Chọn " * 60)),
        Column("Một"),
        Column("Hai"),
    ],
    [
        ["=1+1", None, 5, date(2022, 5, 31)],
        ["0012", "", 10**17, date(1776, 7, 4)],
        ["a\r\nb\x01", "_x0041_", "#REF!", ""],
    ],
    ["Ghi chú"],
)


def test_in_a_workbook_text_is_text_and_numbers_and_dates_are_what_they_are() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([TABLE])))["Tên"]
    rows = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [[value for value, _ in row] for row in rows] == [
        ["=1+1", None, 5, rows[0][3][0]],
        ["0012", None, str(10**17), "1776-07-04"],
        ["a\nb", "_x005F_x0041_", "#REF!", None],
    ]
    assert [kind for value, kind in (*rows[0], *rows[1], *rows[2]) if value is not None] == list("snd" + "sss" + "sss")
    assert rows[0][3][0].date() == date(2022, 5, 31)  # type: ignore[union-attr]


def test_a_workbook_is_ready_to_be_read_and_printed() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([TABLE])))["Tên"]
    assert [cell.value for cell in sheet["A"]][:2] == ["Ghi chú", "Tên"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A3", "A2:D5", "$2:$2")
    assert (sheet["A2"].font.bold, sheet["A3"].font.bold, sheet.page_setup.paperSize) == (True, False, 9)
    assert sheet.column_dimensions["A"].width == 30
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.type, choice.formula1, str(choice.sqref)) == ("list", "$C3:$D3", "B3:B5")
    assert (choice.promptTitle, len(choice.prompt or "")) == ("Đơn vị", 255)  # no more is shown


def test_the_same_tables_give_the_same_bytes_at_any_time() -> None:
    data = workbook([TABLE])
    assert data == workbook([TABLE])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    assert core.count("2000-01-01T00:00:00Z") == 2


def test_names_that_excel_refuses_are_mended_and_stay_apart() -> None:
    wanted = ["a/b: [c]", "", "'x'", "History", "A b c", "x" * 40, "x" * 35, "😀" * 20]
    book = openpyxl.load_workbook(io.BytesIO(workbook([Table(name, [Column("a")], []) for name in wanted])))
    assert book.sheetnames == [
        "a b c", "Sheet", "x", "History_", "A b c 2", "x" * 30 + "…", "x" * 28 + "… 2", "😀" * 15 + "…"
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "kept"), [("x" * 32767, "x" * 32767), ("x" * 32768, "x" * 32766 + "…"),
                                            ("😀" * 16384, "😀" * 16383 + "…")])  # fmt: skip
def test_a_text_that_is_too_long_for_excel_is_cut_with_a_mark(text: str, kept: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([Table("a", [Column("a")], [[text]])]))).active
    assert sheet is not None
    assert sheet["A2"].value == kept


def test_another_program_sees_the_same_texts() -> None:
    rows: list[list[str | int | date | None]] = [["=1+1", 5], ["_x0041_", 6], ["007", 0]]
    Path("a.xlsx").write_bytes(workbook([Table("a", [Column("A"), Column("B")], rows)]))
    assert convert(Path("a.xlsx"), "csv", Path.cwd()).read_text().splitlines() == [
        "A,B",
        "=1+1,5",
        "_x0041_,6",
        "007,0",
    ]

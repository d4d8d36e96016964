"""Which rows of a sheet are data, and which are titles, headings, totals, signatures (contract §3).

Each test is a picture of a sheet: the kind of each row, a colon, its cells between bars. `=` is a header row, `data` a
row that is judged; `data!` one that is set aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from sangkien_cli.ledger import ledger
from sangkien_cli.model import Reason
from sangkien_cli.pipeline import Counted, count, load_config
from tests.plain import csv_bytes

SUBMISSIONS = """
programme: p
phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
exports:
  columns: {code: Mã, submitted: Ngày gửi, unit: [Đơn vị, Cấp trên]}
units:
  - {name: LĐLĐ huyện Đồng Hỷ, units: [{name: Trường A}, {name: Trường B}, {name: X. Phú Bình}]}
"""
COUNTS = """
programme: p
phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
exports: {phase: gd1, columns: {unit: Đơn vị, count: Kết quả / Công nhận}}
count: {once_per: none}
units: [{name: Trường A}, {name: Trường B}, {name: Trường C}, {name: CĐ Viên chức}, {name: CĐ Giáo dục}]
"""


def picture(text: str) -> tuple[list[str], list[list[str]]]:
    """The kinds and the cells of a picture's rows."""
    kinds, rows = [], []
    for line in text.strip().splitlines():
        kind, _, cells = line.partition(":")
        kinds.append(kind.strip())
        rows.append([cell.strip() for cell in cells.split("|")] if cells.strip() else [])
    return kinds, rows


def write_xlsx(rows: Sequence[Sequence[str]], merged: Sequence[str] = ()) -> Path:
    """A workbook of these cells; whole numbers are numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, cells in enumerate(rows, start=1):
        for place, text in enumerate(cells, start=1):
            if text:
                sheet.cell(number, place, int(text) if text.isdigit() else text)
    for span in merged:
        sheet.merge_cells(span)
    book.save("a.xlsx")
    return Path("a.xlsx")


def read(path: Path, quota: str) -> Counted:
    Path("q.yaml").write_text(quota, encoding="utf-8")
    return count(load_config(Path("q.yaml")), [str(path)], date(2022, 12, 31))


def seen(result: Counted, rows: int) -> list[str]:
    """What the program takes each row for, in the words of a picture."""
    table = ledger(result.judged, result.report.config)
    kinds = ["="] * rows
    for row, reason, detail in zip(table["row"], table["reason"].fillna(""), table["detail"].fillna(""), strict=True):
        kinds[int(row) - 1] = str(detail) if reason == "layout" else "data!" if reason else "data"
    return kinds


def looks_like(text: str, quota: str, merged: Sequence[str] = ()) -> Counted:
    """Both as a workbook and as CSV, each row is what the picture says."""
    kinds, rows = picture(text)
    width = max(len(row) for row in rows)
    Path("a.csv").write_bytes(csv_bytes([[*row, *[""] * (width - len(row))] for row in rows]))
    assert seen(read(Path("a.csv"), quota), len(rows)) == kinds
    result = read(write_xlsx(rows, merged), quota)
    assert seen(result, len(rows)) == kinds
    return result


def told(result: Counted) -> list[tuple[str, dict[str, object]]]:
    """What the user is told beside the report."""
    return [(note.what.key, dict(note.what.args)) for note in result.notes]


def test_a_sheet_as_an_office_makes_it() -> None:
    """Agency block, header, column numbers, headings, a subtotal, a total, the signature block."""
    result = looks_like(
        """
        title         : LĐLĐ TỈNH THÁI NGUYÊN || CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
        title         : || Độc lập - Tự do - Hạnh phúc
        blank         :
        title         : DANH SÁCH SÁNG KIẾN
        title         : (Kèm theo Công văn số 12/LĐLĐ-CSPL)
        =             : TT | Mã | Đơn vị | Cấp trên | Ngày gửi | Ghi chú
        column-numbers: (1) | (2) | (3) | (4) | (5) | (6)
        group         : I. LĐLĐ huyện, thành phố
        data          : 1 | SK1 | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        data          : 2 | SK2 | Trường B | LĐLĐ huyện Đồng Hỷ | 02/05/2022
        total         : | Cộng | 2
        group         : II | Công đoàn ngành
        data          : 1 | SK3 | Trường A | LĐLĐ huyện Đồng Hỷ | 03/05/2022
        data!         : 2 | SK4 | Trường Lạ | LĐLĐ huyện Xa | 04/05/2022
        total         : Tổng cộng (I+II) || 4
        signature     : (Ấn định danh sách này có 04 sáng kiến)
        blank         :
        signature     : |||| Thái Nguyên, ngày 05 tháng 6 năm 2022
        signature     : | NGƯỜI LẬP BIỂU ||| TM. BAN THƯỜNG VỤ
        signature     : |||| KT. CHỦ TỊCH
        signature     : | (Ký, ghi rõ họ tên)
        blank         :
        signature     : | Nguyễn Văn A ||| Trần Thị B
        """,
        SUBMISSIONS,
    )
    assert result.report.rows.counted == 3
    assert told(result) == []


def test_headings_of_which_rows_and_totals_where_rows_stand_for_groups() -> None:
    """A numbered row with a figure is a heading where its group follows, and data where none does."""
    result = looks_like(
        """
        title    : BÁO CÁO SỐ LƯỢNG
        =        : STT | Đơn vị | Kết quả |
        =        : || Gửi | Công nhận
        group    : I | LĐLĐ huyện Đồng Hỷ | 330 | 300
        data     : 1 | Trường A | 100 | 90
        data     : 2 | Trường B | 200 | 180
        of-which : | Trong đó: nữ | 50 | 40
        of-which : | - Trên 50 tuổi | 5 | 4
        data     : 3 | Trường C | 30 | 30
        data     : II | CĐ Viên chức | 10 | 9
        data     : III | CĐ Giáo dục | 20 | 18
        total    : | Tổng cộng (I+II+III) | 360 | 327
        signature: Nơi nhận: || CHỦ TỊCH
        signature: - Như trên; || (đã ký)
        signature: - Lưu: VT.
        """,
        COUNTS,
        merged=("C2:D2", "A2:A3", "B2:B3"),
    )
    assert sum(each.done for each in result.report.attainments if each.phase == "gd1") == 327
    assert told(result) == []


def test_a_total_that_the_rows_do_not_add_up_to_is_reported() -> None:
    _, rows = picture(
        """
        : STT | Đơn vị | Kết quả / Công nhận
        : I | LĐLĐ huyện A | 100
        : 1 | Trường A | 60
        : 2 | Trường B | 30
        : | Tổng cộng | 1.090
        """
    )
    assert told(read(write_xlsx(rows), COUNTS)) == [
        ("columns.total_differs", {"row": 2, "stated": 100, "found": 90}),
        ("columns.total_differs", {"row": 5, "stated": 1090, "found": 90}),
    ]


@pytest.mark.parametrize(
    "total", ["| Cộng | 3 |", "Tổng cộng: 3 sáng kiến |", "| TỔNG SỐ: 3 |", "Tổng cộng || 3", "Tổng cộng |"]
)
def test_a_total_of_rows_is_compared_with_their_number(total: str) -> None:
    _, rows = picture(
        f"""
        : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        : 1 | SK1 | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        : 2 | SK2 | Trường B | LĐLĐ huyện Đồng Hỷ | 02/05/2022
        : {total}
        """
    )
    notes = told(read(write_xlsx(rows), SUBMISSIONS))
    disagreed = [("columns.total_differs", {"row": 4, "stated": 3, "found": 2})]
    assert notes == (disagreed if "3" in total else [])


def test_pages_with_their_own_header_and_subtotal() -> None:
    """A sheet printed in pages: header and column numbers again, "Cộng trang", and data after a signature."""
    looks_like(
        """
        =             : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        column-numbers: 1 | 2 | 3 | 4 | 5
        data          : 1 | SK1 | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        total         : | Cộng | 1
        signature     : | NGƯỜI LẬP ||| CHỦ TỊCH
        blank         :
        header        : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        column-numbers: 1 | 2 | 3 | 4 | 5
        data          : 2 | SK2 | Trường B | LĐLĐ huyện Đồng Hỷ | 02/05/2022
        """,
        SUBMISSIONS,
    )


def test_a_header_on_two_rows_is_repeated_on_both() -> None:
    looks_like(
        """
        =     : STT | Đơn vị | Kết quả |
        =     : || Gửi | Công nhận
        data  : 1 | Trường A | 10 | 9
        header: STT | Đơn vị | Kết quả |
        header: || Gửi | Công nhận
        data  : 2 | Trường B | 20 | 18
        """,
        COUNTS,
    )


def test_poor_rows_are_data_all_the_same() -> None:
    """A row that lacks nearly everything is set aside with its reason, never swept under the layout."""
    looks_like(
        """
        =    : TT | Mã | Đơn vị | Cấp trên | Ngày gửi | Tác giả
        data!: 1 | SK1 |||
        data!: 2 || Trường A ||
        data!: 3 ||| LĐLĐ huyện Đồng Hỷ |
        data!: ||||01/05/2022
        data!: 5 |||||Nguyễn Văn A
        data!: 6 | SK6 | Cộng đồng tự quản || 01/05/2022
        data!: 7 | SK7 | Tổng công ty Thép || 01/05/2022
        data!: 8 | SK8 | Ban Chấp hành CĐCS || 01/05/2022
        data : 9 | SK9 | X. Phú Bình | LĐLĐ huyện Đồng Hỷ | 01/05/2022 | Chủ tịch CĐCS
        data!: 10 || X. Phú Bình ||| Chủ tịch CĐCS
        data!: 11 | SK11 | Trong đó || 02/05/2022
        """,
        SUBMISSIONS,
    )


def test_a_unit_alone_in_its_row_is_data_unless_it_is_merged_across() -> None:
    text = """
        : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        : || Trường A
        : 1 | SK1 | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        : 2 | SK2 | Trường B | LĐLĐ huyện Đồng Hỷ | 02/05/2022
        """
    _, rows = picture(text)
    assert seen(read(write_xlsx(rows), SUBMISSIONS), 4)[1] == "data!"
    assert seen(read(write_xlsx(rows, ["C2:E2"]), SUBMISSIONS), 4)[1] == "group"


def test_a_remark_below_the_table_is_a_remark() -> None:
    looks_like(
        """
        =    : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        data : 1 | SK1 | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        data : 2 | SK2 | Trường B | LĐLĐ huyện Đồng Hỷ | 02/05/2022
        blank:
        note : * Số liệu tính đến ngày 30/4/2022
        """,
        SUBMISSIONS,
    )


# --- cells that stand for the one above ---------------------------------------------------------------------------


def units(result: Counted) -> list[str]:
    table = ledger(result.judged, result.report.config)
    return [str(unit) for unit in table[table["reason"].fillna("") != "layout"]["unit_text"]]


def test_merged_units_are_filled_down_inside_their_merge_only() -> None:
    _, rows = picture(
        """
        : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        : 1 | SK1 | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        : 2 | SK2 | | | 02/05/2022
        : 3 | SK3 | Trường B | | 03/05/2022
        : 4 | SK4 | | | 04/05/2022
        """
    )
    result = read(write_xlsx(rows, ["C2:C3", "D2:D4"]), SUBMISSIONS)
    above = "LĐLĐ huyện Đồng Hỷ"
    assert units(result) == [f"Trường A / {above}", f"Trường A / {above}", f"Trường B / {above}", ""]


@pytest.mark.parametrize("mark", ['"', "''", "”", "〃", "-nt-", "- // -", "như trên"])
def test_a_ditto_mark_takes_the_unit_of_the_row_above(mark: str) -> None:
    text = f"""
        : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        : 1 | SK1 | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        : I. Nhóm
        : 2 | SK2 | {mark} | {mark} | {mark}
        : 3 | SK3 | {mark} | LĐLĐ huyện Đồng Hỷ | 03/05/2022
        """
    _, rows = picture(text)
    result = read(write_xlsx(rows), SUBMISSIONS)
    assert units(result) == ["Trường A / LĐLĐ huyện Đồng Hỷ"] * 3
    assert result.report.rows.counted == 3


def test_a_ditto_mark_under_nothing_names_no_unit() -> None:
    _, rows = picture(
        """
        : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        : 1 | SK1 | -nt- | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        """
    )
    assert units(read(write_xlsx(rows), SUBMISSIONS)) == ["-nt- / LĐLĐ huyện Đồng Hỷ"]


def test_codes_and_counts_are_never_filled_down() -> None:
    _, rows = picture(
        """
        : STT | Đơn vị | Kết quả / Công nhận
        : 1 | Trường A | 10
        : 2 | Trường B |
        """
    )
    result = read(write_xlsx(rows, ["C2:C3"]), COUNTS)
    assert seen(result, 3) == ["=", "data", "data!"]


# --- headers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("TT | Mã | Đơn vị | Cấp trên | Ngày gửi", True),
        ("TT | 2.Mã. | 3. Đơn  vị | (4) Cấp trên: | 13.Ngày gửi", True),
        ("TT | Mã (2) | Đơn vị (3) | Cấp trên (4) | Ngày gửi (5)", True),
        ("TT | MÃ | ĐƠN VỊ | CẤP TRÊN | NGÀY GỬI", True),
        ("TT | Mã | Đơn vị | Cấp trên | Ngày nhận", False),
    ],
)
def test_how_headers_may_be_written(header: str, found: bool) -> None:
    _, rows = picture(f": {header}\n: 1 | SK1 | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022")
    if found:
        assert read(write_xlsx(rows), SUBMISSIONS).report.rows.counted == 1
    else:
        with pytest.raises(Exception, match="no column"):
            read(write_xlsx(rows), SUBMISSIONS)


def test_a_member_of_a_group_is_found_by_its_own_name_if_it_stands_once() -> None:
    text = """
        : STT | Đơn vị | Kết quả | | Năm trước |
        : || Gửi | Công nhận | Gửi | Đạt
        : 1 | Trường A | 10 | 9 | 3 | 2
        """
    _, rows = picture(text)
    for header, done in (("Công nhận", 9), ("Đạt", 2), ("Năm trước / Gửi", 3), ("Kết quả / Gửi", 10)):
        quota = COUNTS.replace("Kết quả / Công nhận", header)
        assert read(write_xlsx(rows), quota).report.attainments[0].done == done
    with pytest.raises(Exception, match="one header fits several columns: Kết quả / Gửi, Năm trước / Gửi"):
        read(write_xlsx(rows), COUNTS.replace("Kết quả / Công nhận", "Gửi"))


# --- subtotals, whatever they look like ---------------------------------------------------------------------------

GROUPS = """
programme: p
phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
exports: {phase: gd1, columns: {unit: [Đơn vị, Cấp trên], count: Số SK}}
count: {once_per: none}
units:
  - name: LĐLĐ tỉnh A
    units:
      - {name: LĐLĐ huyện Đồng Hỷ, units: [{name: Trường A}, {name: Trường B}]}
      - {name: LĐLĐ huyện Phú Lương, units: [{name: Trường C}, {name: Trường D}]}
      - {name: CĐ Viên chức}
      - {name: CĐ Giáo dục}
      - {name: Ban Chấp hành CĐ Sở Y tế}
      - {name: C.ty TNHH Giấy}
"""
DONG_HY, PHU_LUONG = "LĐLĐ huyện Đồng Hỷ", "LĐLĐ huyện Phú Lương"


@pytest.mark.parametrize(
    "rows",
    [
        f"""
        group: I | {DONG_HY} || 30
        data : 1 | Trường A || 10
        data : 2 | Trường B || 20
        group: II | {PHU_LUONG} || 12
        data : 3 | Trường C || 5
        data : 4 | Trường D || 7
        """,
        f"""
        group: I | {DONG_HY} || 30
        data : | Trường A || 10
        data : | Trường B || 20
        group: II | {PHU_LUONG} || 12
        data : - | Trường C || 5
        data : - | Trường D || 7
        """,
        f"""
        group: 1 | {DONG_HY} || 30
        data : 1.1 | Trường A || 10
        data : 1.2 | Trường B || 20
        group: 2 | {PHU_LUONG} || 12
        data : a | Trường C || 5
        data : b | Trường D || 7
        """,
        f"""
        group : A | Khối huyện || 42
        group : I | {DONG_HY} || 30
        data  : 1 | Trường A || 10
        data  : 2 | Trường B || 20
        group : II | {PHU_LUONG} || 12
        header: STT | Đơn vị | Cấp trên | Số SK
        data  : 1 | Trường C || 5
        data  : 2 | Trường D || 7
        """,
        f"""
        data : 1 | Trường A | {DONG_HY} | 10
        data : 2 | Trường B | {DONG_HY} | 20
        total: | Cộng | {DONG_HY} | 30
        data : 3 | Trường C | {PHU_LUONG} | 5
        data : 4 | Trường D | {PHU_LUONG} | 7
        total: Cộng | {PHU_LUONG} || 12
        total: | Toàn tỉnh || 42
        """,
        """
        total: | Tổng số || 42
        data : 1 | Trường A || 10
        data : 2 | Trường B || 20
        data : 3 | Trường C || 12
        """,
        """
        group: A | Khối cơ quan || 42
        data : I | CĐ Viên chức || 10
        data : II | CĐ Giáo dục || 32
        """,
    ],
)
def test_no_subtotal_is_counted(rows: str) -> None:
    result = looks_like(f"= : STT | Đơn vị | Cấp trên | Số SK\n{rows.strip()}", GROUPS)
    assert result.report.attainments[0].done == 42
    assert told(result) == []


def test_a_row_that_is_the_sum_of_units_inside_its_own_is_a_subtotal_and_said_so() -> None:
    """Nothing but the tree and the figures tells; where they do not add up, all rows count, and that is said."""
    result = looks_like(
        f"""
        =    : STT | Đơn vị | Cấp trên | Số SK
        group: | LĐLĐ tỉnh A || 42
        group: | {DONG_HY} || 30
        data : 1 | Trường A || 10
        data : 2 | Trường B || 20
        data : | {PHU_LUONG} || 7
        data : 1 | Trường C || 5
        """,
        GROUPS,
    )
    notes = [
        ("columns.parts_too", {"row": 6, "unit": PHU_LUONG, "count": 7, "rows": 1, "parts": 5}),
        ("columns.subtotal", {"row": 3, "unit": DONG_HY, "count": 30}),
        ("columns.subtotal", {"row": 2, "unit": "LĐLĐ tỉnh A", "count": 42}),
    ]
    assert told(result) == notes
    assert result.report.attainments[0].done == 42


def test_rows_without_a_count_are_no_signature_and_no_heading() -> None:
    looks_like(
        """
        =    : STT | Đơn vị | Cấp trên | Số SK
        data!: | Ban Chấp hành CĐ Sở Y tế ||
        data!: | Trường B || -
        data!: | Trường C || 12 SK
        data!: 5 | C.ty TNHH Giấy ||
        data : I | CĐ Viên chức || 3
        data!: II | CĐ Giáo dục ||
        data : III | Trường A || 4
        """,
        GROUPS,
    )


def test_another_table_on_the_sheet_is_not_counted_and_said_so() -> None:
    result = looks_like(
        """
        =          : STT | Đơn vị | Cấp trên | Số SK
        data       : 1 | Trường A || 10
        total      : | Tổng cộng || 10
        blank      :
        other-table: STT | Đơn vị | Cấp trên | Số đoàn viên
        other-table: 1 | Trường A || 500
        """,
        GROUPS,
    )
    assert result.report.attainments[0].done == 10
    assert ("columns.other_table", {"row": 5}) in told(result)


def test_a_group_of_columns_is_no_column() -> None:
    """Under "Số SK" lie a plan and a result: nobody can say which is meant."""
    _, rows = picture(
        """
        : STT | Đơn vị | Cấp trên | Số SK |
        : ||| Chỉ tiêu | Thực hiện
        : 1 | Trường A || 100 | 9
        """
    )
    with pytest.raises(Exception, match="Số SK / Chỉ tiêu, Số SK / Thực hiện"):
        read(write_xlsx(rows), GROUPS)
    named = GROUPS.replace("count: Số SK", "count: Số SK / Thực hiện")
    assert read(write_xlsx(rows), named).report.attainments[0].done == 9


@pytest.mark.parametrize("numbers", ["-1 | -2 | -3 | -4", "A | B | 1 | 2", "(1) | (2) | (3) | (4)=(3)/(2)"])
def test_how_columns_are_numbered(numbers: str) -> None:
    _, rows = picture(f": STT | Đơn vị | Cấp trên | Số SK\n: {numbers}\n: 1 | Trường A || 9")
    assert seen(read(write_xlsx(rows), GROUPS), 3) == ["=", "column-numbers", "data"]


def test_a_list_of_posts_and_offices_is_no_signature() -> None:
    quota = SUBMISSIONS.replace("unit: [Đơn vị, Cấp trên]", "unit: [Đơn vị], author: Chức vụ")
    looks_like(
        """
        =        : Mã | Đơn vị | Ngày gửi | Chức vụ
        data     : SK1 | Trường A | 01/05/2022 | Chủ tịch
        data!    : SK2 | Trường B || Giám đốc
        data!    : SK3 | Ban Chấp hành CĐCS || Kế toán
        signature: | NGƯỜI LẬP || CHỦ TỊCH
        signature: | Nguyễn Văn A || Trần Thị B
        """,
        quota,
    )


def test_a_second_table_with_its_columns_in_another_order_is_told() -> None:
    quota = SUBMISSIONS.replace("unit: [Đơn vị, Cấp trên]", "status: Trạng thái, unit: [Đơn vị]")
    result = looks_like(
        """
        =          : TT | Mã | Đơn vị | Ngày gửi | Trạng thái
        data       : 1 | SK1 | Trường A | 01/05/2022 | Hợp lệ
        data       : 2 | SK2 | Trường B | 01/05/2022 | Hợp lệ
        other-table: TT | Mã | Đơn vị | Trạng thái | Ngày gửi
        other-table: 1 | SK3 | Trường A | Hợp lệ | 01/05/2022
        """,
        quota,
    )
    assert ("columns.other_table", {"row": 4}) in told(result)


def test_what_goes_on_dividing_up_a_row_is_not_counted_again() -> None:
    result = looks_like(
        """
        =       : STT | Đơn vị | Cấp trên | Số SK
        data    : 1 | CĐ Viên chức || 20
        of-which: | Trong đó: Trường A || 12
        of-which: | Trường B || 8
        data    : 2 | CĐ Giáo dục || 22
        """,
        GROUPS,
    )
    assert result.report.attainments[0].done == 42


def test_a_subtotal_whose_parts_are_not_all_known_is_a_subtotal() -> None:
    result = looks_like(
        f"""
        =    : STT | Đơn vị | Cấp trên | Số SK
        group: 1 | {DONG_HY} || 20
        data : - | Trường A || 12
        data!: - | Các CĐCS còn lại || 8
        data : 2 | CĐ Giáo dục || 5
        """,
        GROUPS,
    )
    assert told(result) == [("columns.subtotal", {"row": 2, "unit": DONG_HY, "count": 20})]


@pytest.mark.parametrize("code", ["-", "—", "...", "(nt)", "''"])
def test_a_code_without_letters_is_no_code(code: str) -> None:
    _, rows = picture(
        f"""
        : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        : 1 | {code} | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        : 2 | {code} | Trường B | LĐLĐ huyện Đồng Hỷ | 02/05/2022
        """
    )
    assert dict(read(write_xlsx(rows), SUBMISSIONS).report.rows.set_aside) == {Reason.NO_CODE: 2}


def test_a_page_under_another_of_the_headers_that_the_quota_file_lists() -> None:
    quota = SUBMISSIONS.replace("submitted: Ngày gửi", "submitted: [Ngày gửi, Ngày nộp]")
    looks_like(
        """
        =     : TT | Mã | Đơn vị | Cấp trên | Ngày gửi
        data  : 1 | SK1 | Trường A | LĐLĐ huyện Đồng Hỷ | 01/05/2022
        header: TT | Mã | Đơn vị | Cấp trên | Ngày nộp
        data  : 2 | SK2 | Trường B | LĐLĐ huyện Đồng Hỷ | 02/05/2022
        """,
        quota,
    )

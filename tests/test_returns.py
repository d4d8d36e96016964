"""`sangkien returns`: the lists that go back to the units, read back as those who get them would."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangkien_cli.errors import SangkienError
from sangkien_cli.lang import say
from sangkien_cli.model import Config, Report, RowCounts, Unit
from sangkien_cli.pipeline import load_config
from sangkien_cli.render.files import check_folder, replace_folder
from sangkien_cli.render.returns import file_names, render_returns_text, summary_name
from sangkien_cli.render.workbook import Column, Table, workbook
from sangkien_cli.returns import Batch, Line, Mending, Returns
from tests.conftest import ROOT, Contents
from tests.office import convert

if TYPE_CHECKING:
    from tests.conftest import Outcome, Run

QUOTA = """
    programme: Một triệu
    language: vi
    phases: {gd1: {name: Giai đoạn 1, from: 2022-01-01, to: 2022-05-31}}
    exports:
      columns:
        code: [Mã, Mã SK]
        submitted: [Ngày gửi, Ngày nộp]
        status: Trạng thái
        title: Tên
        recognition: Hình thức công nhận
        benefit: Giá trị làm lợi
        unit: [CĐCS, Cấp trên]
    count: {where: {status: [Hợp lệ]}}
    units:
      - name: LĐLĐ tỉnh A
        id: tinh
        units:
          - name: LĐLĐ huyện Bắc
            id: bac
            units: [{name: CĐCS Trường Một, id: bac-1}, {name: CĐCS Trường Hai, id: bac-2}]
          - name: LĐLĐ huyện Nam
            id: nam
            units: [{name: CĐCS Trường Một, id: nam-1}, {name: CĐCS Trạm y tế, id: nam-y-te}]
"""
HEADER = "Mã,Ngày gửi,Trạng thái,CĐCS,Cấp trên,Tên,Hình thức công nhận,Giá trị làm lợi"

ListRow = Mapping[str, Any]


def read_list(path: Path) -> list[ListRow]:
    """The rows of a list, by the titles of their columns."""
    rows = iter(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    titles = next(row for row in rows if row[0] in ("STT", "No."))
    return [dict(zip(map(str, titles), row, strict=True)) for row in rows]


def lists_in(folder: Path) -> dict[str, list[ListRow]]:
    """The lists of a folder by the names of their files, without the summary."""
    paths = sorted(path for path in folder.glob("*.xlsx") if path.stem not in ("TỔNG HỢP", "SUMMARY"))
    return {path.stem: read_list(path) for path in paths}


def written(run: Run, files: Contents, *arguments: str, quota: str = QUOTA) -> dict[str, list[ListRow]]:
    """The lists of a run, in Vietnamese as the quota file says."""
    outcome = send_back(run, files, *arguments, quota=quota)
    assert outcome.code == 0, outcome.stderr
    return lists_in(Path("out"))


def send_back(run: Run, files: Contents, *arguments: str, quota: str = QUOTA) -> Outcome:
    return run(
        "returns", *(name for name in files if name.endswith((".csv", ".xlsx"))), "-c", "q.yaml", "-o", "out",
        "--as-of", "2022-04-30", *arguments, files={"q.yaml": quota, **files}, lang=None,
    )  # fmt: skip


def sheet(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def to_mend(row: ListRow) -> list[str]:
    """The lines of the cell that says what to do."""
    return [line.removeprefix("• ") for line in str(row["Cần sửa"]).split("\n")]


# --- what is to be mended, in words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "file", "words"),
    [
        (
            "K1,01/02/2022,Hợp lệ,,,T,,",
            "Không rõ đơn vị",
            "Chưa ghi đơn vị: ghi tên đơn vị.",
        ),
        (
            "K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Băc,T,,",
            "Không rõ đơn vị",
            "“LĐLĐ huyện Băc” không có trong danh sách đơn vị: ghi lại đúng tên. Gần giống: LĐLĐ huyện Bắc (khác dấu: "
            "Băc / Bắc).",
        ),
        (
            "K1,01/02/2022,Hợp lệ,,Sở Ngoại vụ,T,,",
            "Không rõ đơn vị",
            "“Sở Ngoại vụ” không có trong danh sách đơn vị: ghi lại đúng tên.",
        ),
        (
            "K1,01/02/2022,Hợp lệ,CĐCS Trường Một,,T,,",
            "Không rõ đơn vị",
            "Có nhiều đơn vị tên “CĐCS Trường Một” (thuộc LĐLĐ huyện Bắc, LĐLĐ huyện Nam): ghi rõ cả đơn vị cấp trên.",
        ),
        (
            "K1,01/02/2022,Hợp lệ,CĐCS Trạm y tế,LĐLĐ huyện Bắc,T,,",
            "LĐLĐ huyện Bắc",
            "“CĐCS Trạm y tế” thuộc LĐLĐ huyện Nam, không thuộc “LĐLĐ huyện Bắc”: ghi lại cho đúng.",
        ),
        (
            "K1,,Hợp lệ,CĐCS Trường Hai,LĐLĐ huyện Bắc,T,,",
            "LĐLĐ huyện Bắc",
            "Ô “Ngày gửi” để trống: ghi ngày/tháng/năm, ví dụ 30/04/2022.",
        ),
        (
            "K1,03/25/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
            "LĐLĐ huyện Nam",
            "“03/25/2022” ở ô “Ngày gửi” không phải ngày hợp lệ: ghi ngày/tháng/năm, ví dụ 30/04/2022.",
        ),
        (
            ",01/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
            "LĐLĐ huyện Nam",
            "Ô “Mã” để trống: bổ sung.",
        ),
        (
            "K1,01/02/2022,,,LĐLĐ huyện Nam,T,,",
            "LĐLĐ huyện Nam",
            "Ô “Trạng thái” để trống: bổ sung.",
        ),
        (
            "K1,01/02/2022,Hợp lệ,,#REF!,T,,",
            "Không rõ đơn vị",
            "Ô “Cấp trên” báo lỗi #REF!: ghi lại giá trị.",
        ),
        (
            "K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,,một ô thừa",
            "Không rõ đơn vị",
            "Dòng CSV này có 9 ô, phải là 8: sửa dấu ngăn cách hoặc dấu ngoặc kép.",
        ),
        (
            "K1,01/02/2022,Hợp lệ,,LĐLĐ tỉnh A,T,,\nk1,02/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
            "LĐLĐ huyện Nam",
            "Trùng với dòng 2, tệp a.csv; dòng ấy đã được tính: ghi lại “Mã” nếu là sáng kiến khác, nếu không thì xóa "
            "dòng này trong bảng gốc.",
        ),
    ],
)  # fmt: skip
def test_each_thing_is_said_in_words_in_the_file_of_its_unit(run_here: Run, row: str, file: str, words: str) -> None:
    lists = written(run_here, {"a.csv": sheet(row)})
    assert {name: [to_mend(each) for each in rows] for name, rows in lists.items()} == {file: [[words]]}


def test_a_row_says_everything_that_is_wrong_with_it_not_only_the_first_reason(run_here: Run) -> None:
    """The report counts this row as no-unit; date and code are wrong too, and one round of mending is enough."""
    lists = written(run_here, {"a.csv": sheet(",32/01/2022,Hợp lệ,,,T,,")})
    assert to_mend(lists["Không rõ đơn vị"][0]) == [
        "Chưa ghi đơn vị: ghi tên đơn vị.",
        "“32/01/2022” ở ô “Ngày gửi” không phải ngày hợp lệ: ghi ngày/tháng/năm, ví dụ 30/04/2022.",
        "Ô “Mã” để trống: bổ sung.",
    ]


def test_what_is_decided_needs_no_mending(run_here: Run) -> None:
    """A status that does not count, a later date, a date in no phase, and rows that count: nobody has to do anything.

    A blank status of a row that would not count anyway (of May, where April is looked at) can wait too.
    """
    rows = [
        "K1,01/02/2022,Chờ duyệt,,,T,,",
        "K2,01/05/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
        "K3,01/02/2021,Hợp lệ,,LĐLĐ huyện Nam,T,,",
        "K4,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
        "K5,01/05/2022,,,LĐLĐ huyện Nam,T,,",
        "K6,01/02/2021,,,LĐLĐ huyện Nam,T,,",
    ]
    outcome = send_back(run_here, {"a.csv": sheet(*rows)})
    assert outcome.stdout.splitlines()[3:] == ["Không có dòng nào cần sửa.", "Đã đọc 6 dòng, 0 dòng cần sửa."]
    assert sorted(path.name for path in Path("out").iterdir()) == ["TỔNG HỢP.xlsx"]


def test_what_a_range_asks_for_must_be_there_and_readable(run_here: Run) -> None:
    """Of where: applied: {from…}, benefit: {min…}: a day too early is an answer; a blank or a word is none."""
    quota = QUOTA.replace("unit: [", "applied: Ngày áp dụng\n        unit: [").replace(
        "where: {status: [Hợp lệ]}", "where: {applied: {from: 2021-09-01}, benefit: {min: 1000}}"
    )
    rows = ["Mã,Ngày gửi,Trạng thái,CĐCS,Cấp trên,Tên,Hình thức công nhận,Giá trị làm lợi,Ngày áp dụng"]
    values = [("5000", "01/10/2021"), ("5000", "01/08/2021"), ("5000", ""), ("5000", "9/226"), ("nhiều", "01/10/2021"),
              ("", ""), ("10", "")]  # fmt: skip
    rows += [f"K{n},01/02/2022,,,LĐLĐ huyện Nam,T,,{benefit},{day}" for n, (benefit, day) in enumerate(values)]
    (found,) = written(run_here, {"a.csv": "\n".join(rows)}, quota=quota).values()
    assert {row["Mã"]: to_mend(row) for row in found} == {
        "K2": ["Ô “Ngày áp dụng” để trống: ghi ngày/tháng/năm, ví dụ 30/04/2022."],
        "K3": ["“9/226” ở ô “Ngày áp dụng” không phải ngày hợp lệ: ghi ngày/tháng/năm, ví dụ 30/04/2022."],
        "K4": ["“nhiều” ở ô “Giá trị làm lợi” không phải số: ghi số viết liền, ví dụ 5000."],
        "K5": [
            "Ô “Ngày áp dụng” để trống: ghi ngày/tháng/năm, ví dụ 30/04/2022.",
            "Ô “Giá trị làm lợi” để trống: bổ sung.",
        ],
    }  # K6's benefit of 10 is an answer


def test_phases_and_counts_of_sheets_without_dates(run_here: Run) -> None:
    quota = """
        programme: P
        language: vi
        phases: {gd1: {name: Giai đoạn 1, from: 2022-01-01, to: 2022-05-31}}
        exports: {columns: {phase: Giai đoạn, count: Số lượng, unit: [Đơn vị]}}
        units: [{name: Tỉnh, units: [{name: Bắc}]}]
    """
    rows = "Đơn vị,Giai đoạn,Số lượng\nBắc,Giai đoạn 1,5\nBắc,,5\nBắc,gd1,5.5\nBắc,gd1,\nBắc,Năm ngoái,5\n"
    lists = written(run_here, {"a.csv": rows}, quota=quota)
    assert {row["Dòng"]: to_mend(row) for row in lists["Bắc"]} == {
        3: ["Ô “Giai đoạn” để trống: bổ sung."],
        4: ["“5.5” ở ô “Số lượng” không phải số nguyên từ 0 trở lên: ghi số viết liền, ví dụ 12."],
        5: ["Ô “Số lượng” để trống: bổ sung."],
    }


# --- what the quota file asks for -------------------------------------------------------------------------------------


ASKING = QUOTA.replace(
    "    units:\n      - name: LĐLĐ", "    returns: {require: [benefit, recognition]}\n    units:\n      - name: LĐLĐ"
)


def test_required_fields_are_asked_of_rows_that_count_or_would_count(run_here: Run) -> None:
    """K1 counts and lacks both; K2 has them; K3 would count if it had a date; K4 is refused, K5 of May, and the second
    K2 is no submission of its own: nobody needs to know their benefit."""
    rows = [
        "K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
        "K2,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,Giấy,5000",
        "K3,,Hợp lệ,,LĐLĐ huyện Nam,T,Giấy, - ",
        "K4,01/02/2022,Đã hủy,,LĐLĐ huyện Nam,T,,",
        "K5,01/05/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
        "K2,02/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
    ]
    (found,) = written(run_here, {"a.csv": sheet(*rows)}, quota=ASKING).values()
    blank = "Ô “{}” để trống: bổ sung."
    benefit, recognition = blank.format("Giá trị làm lợi"), blank.format("Hình thức công nhận")
    assert {(row["Dòng"], row["Mã"]): to_mend(row)[-2:] for row in found} == {
        (2, "K1"): [benefit, recognition],
        (4, "K3"): ["Ô “Ngày gửi” để trống: ghi ngày/tháng/năm, ví dụ 30/04/2022.", benefit],
        (7, "K2"): [
            "Trùng với dòng 3, tệp a.csv; dòng ấy đã được tính: ghi lại “Mã” nếu là sáng kiến khác, nếu không thì xóa "
            "dòng này trong bảng gốc."
        ],
    }


def test_a_required_field_whose_column_a_sheet_lacks_gets_a_column_to_fill_in(run_here: Run) -> None:
    """Without it nobody could write the answer anywhere. Its title is the quota file's first."""
    rows = "Mã,Ngày gửi,Trạng thái,CĐCS,Cấp trên\nK1,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam\n"
    written(run_here, {"a.csv": rows}, quota=ASKING)
    book = openpyxl.load_workbook("out/LĐLĐ huyện Nam.xlsx").worksheets[0]
    *_, titles, last = book.iter_rows()
    assert [cell.value for cell in titles][-2:] == ["Hình thức công nhận", "Giá trị làm lợi"]
    assert [(cell.value, cell.fill.fgColor.rgb) for cell in last[-2:]] == [(None, "00FFF2CC")] * 2
    assert {cell.fill.fill_type for cell in last[:-2]} == {None}


def test_an_error_in_a_required_cell_is_not_called_blank(run_here: Run) -> None:
    """What a CSV saved from Excel holds of an error: the cell is not blank, and not filled either."""
    rows = ["K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,Giấy,#DIV/0!", "K2,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,Giấy,5"]
    outcome = send_back(run_here, {"a.csv": sheet(*rows)}, quota=ASKING)
    (found,) = lists_in(Path("out")).values()
    assert [to_mend(row) for row in found] == [["Ô “Giá trị làm lợi” báo lỗi #DIV/0!: ghi lại giá trị."]]
    assert "LĐLĐ huyện Nam        1  sai “Giá trị làm lợi”: 1" in outcome.stdout


def test_what_counts_once_per_title_is_not_asked_for_a_code(run_here: Run) -> None:
    quota = QUOTA.replace("where: {status: [Hợp lệ]}", "once_per: title")
    rows = ["K1,01/02/2022,,,LĐLĐ huyện Nam,Máy gặt,,", "K2,02/02/2022,,,LĐLĐ huyện Nam,MÁY GẶT,,",
            "K3,02/02/2022,,,LĐLĐ huyện Nam,,,"]  # fmt: skip
    outcome = send_back(run_here, {"a.csv": sheet(*rows)}, quota=quota)
    (found,) = lists_in(Path("out")).values()
    assert [to_mend(row) for row in found] == [
        [
            "Trùng với dòng 2, tệp a.csv; dòng ấy đã được tính: ghi lại “Tên” nếu là sáng kiến khác, nếu không thì xóa "
            "dòng này trong bảng gốc."
        ],
        ["Ô “Tên” để trống: bổ sung."],
    ]
    assert "LĐLĐ huyện Nam        2  thiếu “Tên”: 1; trùng dòng khác: 1" in outcome.stdout


def test_where_nothing_tells_submissions_apart_a_repeated_sheet_is_to_be_removed(run_here: Run, folder: Path) -> None:
    book = openpyxl.Workbook()
    for page in (book.worksheets[0], book.create_sheet("Bản sao")):
        page.append(["Ngày", "CĐCS", "Cấp trên"])
        page.append([datetime(2022, 2, 1), "CĐCS Trạm y tế", "LĐLĐ huyện Nam"])
        page.append([datetime(2022, 2, 2), "CĐCS Trường Một", "LĐLĐ huyện Nam"])
    book.worksheets[0].title = "Bản gốc"
    book.save(folder / "a.xlsx")
    quota = re.sub(r"(?m)^ +(code|status|title|recognition|benefit): .*\n", "", QUOTA).replace("Ngày gửi", "Ngày")
    quota = quota.replace("    count: {where: {status: [Hợp lệ]}}\n", "")
    (found,) = written(run_here, {"a.xlsx": (folder / "a.xlsx").read_bytes()}, quota=quota).values()
    assert [(row["Trang tính"], to_mend(row)) for row in found] == [
        (
            "Bản sao",
            [f"Trùng với dòng {row}, trang “Bản gốc”, tệp a.xlsx; dòng ấy đã được tính: xóa dòng này trong bảng gốc."],
        )
        for row in (2, 3)
    ]


# --- whose row it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("depth", "files"),
    [
        ("0", {"LĐLĐ tỉnh A": 4}),
        ("1", {"LĐLĐ tỉnh A": 1, "LĐLĐ huyện Bắc": 1, "LĐLĐ huyện Nam": 2}),
        ("2", {"LĐLĐ tỉnh A": 1, "LĐLĐ huyện Nam": 1, "CĐCS Trường Hai": 1, "CĐCS Trạm y tế": 1}),
    ],
)
def test_a_row_goes_to_its_unit_at_the_depth_or_to_the_one_higher_up(
    run_here: Run, depth: str, files: dict[str, int]
) -> None:
    units = ("CĐCS Trường Hai,LĐLĐ huyện Bắc", "CĐCS Trạm y tế,LĐLĐ huyện Nam", ",LĐLĐ huyện Nam", ",LĐLĐ tỉnh A")
    rows = [f"K{n},,Hợp lệ,{unit},T,," for n, unit in enumerate(units)]
    lists = written(run_here, {"a.csv": sheet(*rows)}, "--depth", depth)
    assert {name: len(found) for name, found in lists.items()} == files


def test_one_unit_is_sent_its_rows_alone(run_here: Run) -> None:
    rows = ["K1,,Hợp lệ,CĐCS Trường Hai,LĐLĐ huyện Bắc,T,,", "K2,,Hợp lệ,,LĐLĐ huyện Nam,T,,", "K3,,Hợp lệ,,,T,,"]
    assert list(written(run_here, {"a.csv": sheet(*rows)}, "--unit", "bac")) == ["LĐLĐ huyện Bắc"]
    assert list(written(run_here, {"a.csv": sheet(*rows)}, "--unit", "bac-2")) == ["CĐCS Trường Hai"]


def test_a_wrong_name_above_a_known_one_leads_to_the_known_one(run_here: Run) -> None:
    """Only one CĐCS Trạm y tế is known: whoever asks it learns what is right. Of Trường Một there are two."""
    rows = ["K1,01/02/2022,Hợp lệ,CĐCS Trạm y tế,LĐLĐ huyện Đông,T,,",
            "K2,01/02/2022,Hợp lệ,CĐCS Trường Một,LĐLĐ huyện Đông,T,,"]  # fmt: skip
    lists = written(run_here, {"a.csv": sheet(*rows)})
    assert {name: [row["Mã"] for row in found] for name, found in lists.items()} == {
        "LĐLĐ huyện Nam": ["K1"],
        "Không rõ đơn vị": ["K2"],
    }


def test_what_an_ended_unit_left_to_mend_goes_to_who_followed_it(run_here: Run) -> None:
    """Bắc became Xã Một; Nam was split, so the rows of its time go to the province, which alone is left of its line."""
    quota = """
        programme: P
        language: vi
        phases: {p: {from: 2025-01-01, to: 2025-12-31}}
        exports: {columns: {code: Mã, submitted: Ngày, unit: [Đơn vị]}}
        units:
          - name: Tỉnh
            units:
              - {name: Bắc, valid: {to: 2025-06-30}, into: xa-1}
              - {name: Nam, valid: {to: 2025-06-30}, into: [xa-1, xa-2]}
              - {name: Xã Một, id: xa-1, valid: {from: 2025-07-01}}
              - {name: Xã Hai, id: xa-2, valid: {from: 2025-07-01}}
    """
    rows = "Mã,Ngày,Đơn vị\n,01/02/2025,Bắc\n,01/02/2025,Nam\nK1,01/08/2025,Nam\nK2,01/02/2025,Xã Hai\n"
    lists = written(run_here, {"a.csv": rows}, "--as-of", "2025-12-31", quota=quota)
    assert {name: [(row["Dòng"], *to_mend(row)) for row in found] for name, found in lists.items()} == {
        "Tỉnh": [
            (3, "Ô “Mã” để trống: bổ sung."),
            (4, "“Nam” đã kết thúc ngày 30/06/2025: ghi một trong các đơn vị thay thế: Xã Một, Xã Hai."),
        ],
        "Xã Một": [(2, "Ô “Mã” để trống: bổ sung.")],
        "Không rõ đơn vị": [
            (5, "“Xã Hai” đến 01/07/2025 mới thành lập: ghi đơn vị có vào ngày của dòng này, hoặc sửa ngày.")
        ],
    }


def test_no_row_is_lost_every_one_with_a_problem_stands_in_exactly_one_file(run_here: Run, folder: Path) -> None:
    """Every combination of codes, dates, statuses and names, 1,764 rows, against the row ledger of the report."""
    codes = ("S-{n}", "", "K1")
    dates = ("01/02/2022", "", "31/02/2022", "01/05/2022", "01/02/2020", "2022-02-01")
    statuses = ("Hợp lệ", "", "Đã hủy")
    bases = ("", "CĐCS Trường Một", "CĐCS Trạm y tế", "Lạ", "#REF!", "-", "CĐCS Trường Hai")
    above = ("", "LĐLĐ huyện Bắc", "LĐLĐ huyện Đông", "LĐLĐ tỉnh A", "LĐLĐ huyện Nam")
    every = list(product(codes, dates, statuses, bases, above))
    rows = [",".join([code.format(n=n), *rest, "T", "", ""]) for n, (code, *rest) in enumerate(every)]
    lists = written(run_here, {"a.csv": sheet(*rows), "b.csv": sheet(*rows[:100])}, "--depth", "2")
    run_here("report", "a.csv", "b.csv", "-c", "q.yaml", "--as-of", "2022-04-30", "--ledger", "l.csv", "-o", "r.txt")
    ledger = list(csv.DictReader(io.StringIO((folder / "l.csv").read_text(encoding="utf-8"))))
    ordinary = {"", "filtered", "after-as-of", "outside-phases", "layout"}
    problems = Counter((row["file"], int(row["row"])) for row in ledger if row["reason"] not in ordinary)
    sent = Counter((row["Tệp"], row["Dòng"]) for found in lists.values() for row in found)
    assert set(sent.values()) == {1}
    assert problems.keys() <= sent.keys()
    blank = {(row["file"], int(row["row"])) for row in ledger if row["detail"] == "status:"}
    assert sent.keys() - problems.keys() <= blank
    assert not blank & problems.keys()


# --- the sheet --------------------------------------------------------------------------------------------------------


def test_the_sheet_shows_each_row_as_it_stood_under_the_headers_of_its_own_sheet(run_here: Run, folder: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Tháng 2"
    page.append(["Mã SK", "Tên", "Trạng thái", "CĐCS", "Cấp trên", "Ngày nộp", "Giá trị làm lợi"])
    page.append(["0012", "T", None, "CĐCS Trạm y tế", "LĐLĐ huyện Nam", datetime(2022, 2, 1), 1500000])
    page.append(["K2", "T", None, None, "LĐLĐ huyện Nam", datetime(2022, 2, 1, 17, 43), "khoảng 2 triệu"])
    book.save(folder / "t2.xlsx")
    (found,) = written(run_here, {"t2.xlsx": (folder / "t2.xlsx").read_bytes()}).values()
    assert [*found[0]] == ["STT", "Cần sửa", "Tệp", "Trang tính", "Dòng", "Mã SK", "Tên", "Trạng thái", "CĐCS",
                           "Cấp trên", "Ngày nộp", "Giá trị làm lợi"]  # fmt: skip
    assert [*found[0].values()][2:] == ["t2.xlsx", "Tháng 2", 2, "0012", "T", None, "CĐCS Trạm y tế",
                                        "LĐLĐ huyện Nam", datetime(2022, 2, 1), 1500000]  # fmt: skip
    assert [*found[1].values()][-2:] == ["01/02/2022 17:43", "khoảng 2 triệu"]


def test_the_sheet_can_be_read_and_printed(run_here: Run) -> None:
    rows = ["K1,,Hợp lệ,CĐCS Trường Hai,LĐLĐ huyện Bắc,T,,", "K2,,Hợp lệ,,LĐLĐ huyện Bắc,T,,"]
    written(run_here, {"a.csv": sheet(*rows)})
    page = openpyxl.load_workbook("out/LĐLĐ huyện Bắc.xlsx").worksheets[0]
    assert [page.cell(row, 1).value for row in range(1, 6)] == [
        "Danh sách dòng cần sửa: LĐLĐ huyện Bắc",
        "Một triệu; số liệu đến hết ngày 30/04/2022; 2 dòng",
        "Đề nghị sửa các ô tô màu theo cột “Cần sửa”, rồi gửi lại tệp này.",
        "Các cột “Tệp”, “Trang tính”, “Dòng” cho biết dòng ấy nằm ở đâu trong bảng gốc.",
        None,
    ]
    assert all(cell.font.bold for cell in page[6])
    assert page.freeze_panes == "C7"
    assert page.print_title_rows == "$6:$6"
    setup = page.page_setup
    assert (setup.orientation, str(setup.paperSize), setup.fitToHeight) == ("landscape", "9", 0)
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage
    coloured = [title.value for title, cell in zip(page[6], page[7], strict=True) if cell.fill.fill_type]
    assert coloured == ["Ngày gửi"]
    assert page["B7"].alignment.wrap_text
    assert page.row_dimensions[7].height == 30  # two lines: 60 letters in a column of 38


def test_texts_that_look_like_formulas_or_hold_what_no_sheet_holds_stay_texts(run_here: Run) -> None:
    """A code is the row's own; a title of 40,000 letters is cut to what a cell takes."""
    rows = ["=1+1,,Hợp lệ,+84,LĐLĐ huyện Bắc,-T,@x,\tZ",
            f"K2,,Hợp lệ,,LĐLĐ huyện Bắc,{'dài ' * 10_000},a\x01\x0bb,"]  # fmt: skip
    written(run_here, {"a.csv": sheet(*rows)})
    page = openpyxl.load_workbook("out/LĐLĐ huyện Bắc.xlsx").worksheets[0]
    first, second = ({str(title.value): cell for title, cell in zip(page[6], page[row], strict=True)} for row in (7, 8))
    names = ("Mã", "CĐCS", "Tên", "Hình thức công nhận")
    assert [first[name].value for name in names] == ["=1+1", "+84", "-T", "@x"]
    assert {cell.data_type for cell in page[7] if isinstance(cell.value, str)} == {"s"}
    assert (len(str(second["Tên"].value)), second["Hình thức công nhận"].value) == (32767, "ab")


def test_libreoffice_reads_the_same_from_a_list(run_here: Run, folder: Path) -> None:
    rows = ["=1+1,,Hợp lệ,+84,LĐLĐ huyện Bắc,-T,@x,Quý", ",03/25/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,,1500000"]
    (found,) = written(run_here, {"a.csv": sheet(*rows)}).values()
    back = convert(folder / "out" / "LĐLĐ huyện Bắc.xlsx", "ods", folder)
    again = read_list(convert(back, "xlsx", folder))
    assert again == found


def test_the_most_frequent_unknown_names_get_suggestions(run_here: Run) -> None:
    """600 names, each with a slip: the one that occurs twice is among the 500 looked up, wherever it stands."""
    units = "".join(f"              - {{name: CĐCS Trạm {n}, id: t-{n}}}\n" for n in range(600))
    quota = QUOTA.replace("            units: [{name: CĐCS Trường Một, id: nam-1}", f"            units:\n{units}#", 1)
    rows = [f"K{n},01/02/2022,Hợp lệ,CĐCS Tram {n},,T,," for n in [*range(600), 599]]
    found = written(run_here, {"a.csv": sheet(*rows)}, quota=quota)["Không rõ đơn vị"]
    near = Counter(row["CĐCS"] for row in found if "Gần giống" in str(row["Cần sửa"]))
    assert (len(near), near["CĐCS Tram 599"]) == (500, 2)


# --- names of files ---------------------------------------------------------------------------------------------------


def named(units: Sequence[str]) -> list[str]:
    """The names of the files of units right under one root, in their order."""
    root = Unit("r", "Gốc", (), None, 0, None, {})
    below = [Unit(f"u{n}", name, (), 0, 1, None, {}) for n, name in enumerate(units)]
    config = replace(_config(), units=(root, *below))
    batches = tuple(Batch(n, ()) for n in range(1, len(below) + 1))
    return file_names(Returns(config, None, date(2022, 1, 1), 1, batches, ()), "vi")  # type: ignore[arg-type]


def _config() -> Config:
    return load_config(ROOT / "configs" / "ngoc-lac.yaml")


@pytest.mark.parametrize(
    ("units", "names"),
    [
        (["LĐLĐ huyện A/B", 'Công ty "C": *D?*'], ["LĐLĐ huyện A B.xlsx", "Công ty C D.xlsx"]),
        (["CON", "nul.b", "com1"], ["_CON.xlsx", "_nul.b.xlsx", "_com1.xlsx"]),
        (["LPT³ . x", "CONG", "aux"], ["_LPT³ . x.xlsx", "CONG.xlsx", "_aux.xlsx"]),
        (["Công ty CP. ", ".ẩn "], ["Công ty CP.xlsx", "ẩn.xlsx"]),
        (["Hoà Bình", "Hòa Bình", "An"], ["Hoà Bình (u0).xlsx", "Hòa Bình (u1).xlsx", "An.xlsx"]),
        (["CĐCS May", "cđcs MAY"], ["CĐCS May (u0).xlsx", "cđcs MAY (u1).xlsx"]),
        (["LĐLĐ H. Nam", "LĐLĐ huyện Nam"], ["LĐLĐ H. Nam (u0).xlsx", "LĐLĐ huyện Nam (u1).xlsx"]),
        (["Ho\u0300a"], ["Hòa.xlsx"]),
        (["Tổng hợp", "không rõ đơn vị"], ["Tổng hợp (u0).xlsx", "không rõ đơn vị (u1).xlsx"]),
        (["***"], ["(u0).xlsx"]),
        (["A", "A (u0)", "a"], ["A (u0).xlsx", "A (u0) (u1).xlsx", "a (u2).xlsx"]),
    ],
)  # fmt: skip
def test_files_are_called_as_their_units_in_names_that_windows_takes(units: list[str], names: list[str]) -> None:
    assert named(units) == names


NASTY = st.text(st.sampled_from('aAàÀ́ .-/:*?"<>|\\\x00\tconCONul1ệĐ()u0 '), max_size=12)


@given(st.lists(NASTY | st.text(max_size=300), max_size=6))
def test_names_of_files_are_safe_and_differ_whatever_units_are_called(units: list[str]) -> None:
    names = named(units)
    assert len({name.casefold() for name in [*names, summary_name("vi")]}) == len(names) + 1
    for name in names:
        stem = name.removesuffix(".xlsx")
        assert 0 < len(stem.encode()) < 200
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
        assert stem == stem.strip(" ").rstrip(".")
        assert stem.partition(".")[0].strip().upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}


# --- the folder -------------------------------------------------------------------------------------------------------

ONE = {"a.csv": sheet("K1,,Hợp lệ,,LĐLĐ huyện Bắc,T,,")}
OTHER = {"a.csv": sheet("K1,,Hợp lệ,,LĐLĐ huyện Nam,T,,")}


def files_in(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_the_folder_is_made_and_the_same_rows_give_the_same_bytes(run_here: Run) -> None:
    assert send_back(run_here, ONE, "-o", "sent/2022/04").code == 0
    first = {path.name: path.read_bytes() for path in Path("sent/2022/04").iterdir()}
    assert sorted(first) == ["LĐLĐ huyện Bắc.xlsx", "TỔNG HỢP.xlsx"]
    assert send_back(run_here, ONE, "-o", "again").code == 0
    assert {path.name: path.read_bytes() for path in Path("again").iterdir()} == first


def test_lists_of_an_earlier_run_make_way(run_here: Run) -> None:
    """Nobody is sent the list of last month: the folder holds one run. Other files in it are nobody's business."""
    written(run_here, ONE)
    Path("out/ghi-chu.txt").write_text("x")
    outcome = send_back(run_here, OTHER)
    assert "Lists of an earlier run removed: LĐLĐ huyện Bắc.xlsx" in outcome.stderr
    assert files_in("out") == ["LĐLĐ huyện Nam.xlsx", "TỔNG HỢP.xlsx", "ghi-chu.txt"]


def test_a_list_that_somebody_worked_in_is_neither_overwritten_nor_removed(run_here: Run) -> None:
    written(run_here, ONE)
    path = Path("out/LĐLĐ huyện Bắc.xlsx")
    book = openpyxl.load_workbook(path)
    book.save(path)
    before = path.read_bytes()
    for files in (ONE, OTHER):
        outcome = send_back(run_here, files)
        assert outcome.code == 2
        assert outcome.stderr == (
            "out: the folder holds workbooks that are no lists of this program, or were changed since: LĐLĐ huyện "
            "Bắc.xlsx\n   to fix: choose another folder, or move these files away\n"
        )
        assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["cua-toi.xlsx", "LĐLĐ huyện Bắc.xlsx", "cu.xls", "names.XLSX"])
def test_a_folder_with_other_workbooks_is_refused_and_left_as_it_is(run_here: Run, name: str) -> None:
    outcome = send_back(run_here, {f"out/{name}": b"PK mine", **ONE})
    assert (outcome.code, name in outcome.stderr) == (2, True)
    assert files_in("out") == [name]


def test_lists_that_are_read_are_not_written_over(run_here: Run) -> None:
    """The list of an earlier run has the columns of an export, so it can be read as one; it stays."""
    rows = {"a.csv": sheet(",01/02/2022,Hợp lệ,CĐCS Trường Hai,LĐLĐ huyện Bắc,T,,")}
    written(run_here, rows)
    before = Path("out/LĐLĐ huyện Bắc.xlsx").read_bytes()
    outcome = run_here("returns", "out/LĐLĐ huyện Bắc.xlsx", "-c", "q.yaml", "-o", "out", "--as-of", "2022-04-30")
    assert outcome.code == 2
    assert "this file is being read and is not overwritten" in outcome.stderr
    assert Path("out/LĐLĐ huyện Bắc.xlsx").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--output: no folder is named for the lists\n   to fix: name one: -o tra-lai\n"),
        (["-o", "q.yaml"], "q.yaml: this is a file, and the lists go into a folder\n   to fix: name another folder\n"),
        (["-o", "out", "--depth", "one"], "--depth: "),
        (["-o", "out", "--format", "csv"], "--format: "),
        (["-o", "out", "--unit", "nobody"], "--unit: "),
        (["-o", "q.yaml/out"], "q.yaml/out: cannot be written"),
        (
            ["-o", "-"],
            "--output: “-” names a file, and the lists go into a folder\n   to fix: name a folder: ",
        ),
        (["-o", "r.XLSX"], "--output: “r.XLSX” names a file, and the lists go into a folder\n"),
    ],
)
def test_what_cannot_be_asked_for_is_said_and_nothing_is_written(
    run_here: Run, arguments: list[str], said: str
) -> None:
    outcome = run_here("returns", "a.csv", "-c", "q.yaml", "--as-of", "2022-04-30", *arguments,
                       files={"q.yaml": QUOTA, **ONE})  # fmt: skip
    assert (outcome.code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(said), outcome.stderr
    assert files_in(".") == ["a.csv", "q.yaml"]


def test_a_folder_of_documents_is_replaced_all_at_once(folder: Path) -> None:
    """What the folder holds afterwards is this run and what is nobody's business: another kind of file, an open one."""
    book = workbook([Table("T", [Column("A")], [["x"]])], "kind/1")
    out = folder / "new" / "out"
    assert replace_folder(out, {"a.xlsx": book, "b.xlsx": book}, [], "kind/1") == ()
    (out / "~$a.xlsx").write_bytes(b"open")
    (out / "note.txt").write_bytes(b"mine")
    check_folder(out, "kind/1")
    assert replace_folder(out, {"c.xlsx": book, "b.xlsx": book}, [], "kind/1") == (out / "a.xlsx",)
    assert files_in(str(out)) == ["b.xlsx", "c.xlsx", "note.txt", "~$a.xlsx"]
    with pytest.raises(SangkienError):
        check_folder(out, "kind/2")
    with pytest.raises(SangkienError):
        replace_folder(out, {"d.xlsx": book}, [], "kind/2")
    assert files_in(str(out)) == ["b.xlsx", "c.xlsx", "note.txt", "~$a.xlsx"]


def test_a_folder_in_which_nothing_could_be_written_is_not_left_behind(folder: Path) -> None:
    with pytest.raises(SangkienError):
        replace_folder(folder / "new" / "out", {"no/a.xlsx": b"x"}, [], "kind/1")
    assert list(folder.iterdir()) == []


# --- the summary ------------------------------------------------------------------------------------------------------


def test_the_summary_says_the_same_in_print_in_json_and_in_the_folder(run_here: Run) -> None:
    """K1 counts and its second row repeats it; K2 has no date; the last row has no unit, no date and no code."""
    rows = [
        "K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
        "K1,02/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,",
        "K2,,Hợp lệ,,LĐLĐ huyện Nam,T,,",
        ",,Hợp lệ,,,T,,",
    ]
    text = send_back(run_here, {"a.csv": sheet(*rows)})
    assert text.stdout.splitlines() == [
        "Một triệu",
        "Dòng cần sửa, số liệu đến hết ngày 30/04/2022",
        "",
        "Đơn vị           Số dòng  Cần sửa",
        "LĐLĐ huyện Nam         2  thiếu ngày: 1; trùng dòng khác: 1",
        "Không rõ đơn vị        1  chưa ghi đơn vị: 1; thiếu ngày: 1; thiếu mã: 1",
        "Cộng                   3  chưa ghi đơn vị: 1; thiếu ngày: 2; thiếu mã: 1;",
        "                          trùng dòng khác: 1",
        "",
        "Đã đọc 4 dòng, 3 dòng cần sửa. Một dòng có thể cần sửa nhiều chỗ.",
    ]
    told = json.loads(send_back(run_here, {"a.csv": sheet(*rows)}, "--format", "json").stdout)
    assert (told["schema"], told["as_of"], told["rows"]) == (
        "sangkien.returns/1",
        "2022-04-30",
        {"read": 4, "to_mend": 3},
    )
    assert told["lists"] == [
        {"id": "nam", "name": "LĐLĐ huyện Nam", "depth": 1, "file": "LĐLĐ huyện Nam.xlsx", "rows": 2,
         "mend": {"no-date": 1, "duplicate": 1}},
        {"id": None, "name": None, "depth": None, "file": "Không rõ đơn vị.xlsx", "rows": 1,
         "mend": {"no-unit": 1, "no-date": 1, "no-code": 1}},
    ]  # fmt: skip
    summary = read_list(Path("out/TỔNG HỢP.xlsx"))
    assert [[*row.values()] for row in summary] == [
        [1, "LĐLĐ huyện Nam", "LĐLĐ huyện Nam.xlsx", 2, None, 1, None, 1],
        [2, "Không rõ đơn vị", "Không rõ đơn vị.xlsx", 1, 1, 1, 1, None],
        [None, "Cộng", None, 3, 1, 2, 1, 1],
    ]
    assert [*summary[0]][3:] == ["Số dòng", "chưa ghi đơn vị", "thiếu ngày", "thiếu mã", "trùng dòng khác"]


def test_on_a_narrow_terminal_no_line_is_wider_than_it() -> None:
    config = _config()
    batches = (Batch(0, (Line(0, (Mending("no-recognition", (), say("returns.no_unit")),)),)),)
    returned = Returns(config, None, date(2022, 1, 1), 0, batches, ("no-recognition",))  # type: ignore[arg-type]
    report = Report(config, returned.as_of, (), RowCounts(1, 1, {}, 0), (), (), (), (), (), (), {})
    for width in (40, 60, 80, 120):
        text = render_returns_text(returned, report, "vi", width)
        assert max(map(len, text.splitlines())) <= width
        assert "Đã đọc 1 dòng, 1 dòng cần sửa." in text


def test_the_order_of_the_files_changes_nothing(run_here: Run) -> None:
    one = sheet("K1,,Hợp lệ,CĐCS Trường Hai,LĐLĐ huyện Bắc,T,,")
    two = sheet("K1,03/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,,", "K1,02/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,,")
    written(run_here, {"a.csv": one, "b.csv": two})
    first = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    written(run_here, {"b.csv": two, "a.csv": one})
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == first
    assert sorted(first) == ["LĐLĐ huyện Bắc.xlsx", "TỔNG HỢP.xlsx"]

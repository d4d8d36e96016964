"""`sangkien explain`: a figure taken apart adds up, every row says why, and every link leads to its cell."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sangkien_cli.explain import VERDICTS, explain, rows_told
from sangkien_cli.pipeline import Counted, count, load_config
from sangkien_cli.render.explain import uri
from tests.conftest import Contents, clean_environment

if TYPE_CHECKING:
    from tests.conftest import Outcome, Run

QUOTA = """
    programme: Một triệu
    language: vi
    phases:
      gd1: {name: Giai đoạn 1, from: 2022-01-01, to: 2022-05-31}
      gd2: {name: Giai đoạn 2, from: 2022-06-01, to: 2022-12-31}
    exports:
      columns:
        code: Mã
        submitted: Ngày gửi
        status: Trạng thái
        title: Tên
        author: Tác giả
        unit: [CĐCS, Cấp trên]
    count: {where: {status: [Hợp lệ, Đã công nhận]}}
    units:
      - name: LĐLĐ tỉnh A
        id: tinh
        quota: {gd1: 10}
        units:
          - name: LĐLĐ huyện Bắc
            id: bac
            quota: {gd1: 4}
            units: [{name: CĐCS Trường Một, id: bac-1}, {name: CĐCS Trường Hai, id: bac-2}]
          - name: LĐLĐ huyện Nam
            id: nam
            units: [{name: CĐCS Trường Một, id: nam-1}, {name: CĐCS Trạm y tế, id: nam-y-te}]
"""
HEADER = "Mã,Ngày gửi,Trạng thái,CĐCS,Cấp trên,Tên,Tác giả"

JsonRow = Mapping[str, Any]


def sheet(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def told(run: Run, files: Contents, *arguments: str, quota: str = QUOTA, as_of: str = "2022-04-30") -> Outcome:
    """The command on these exports, in the language of the quota file."""
    names = [name for name in files if name.endswith((".csv", ".xlsx"))]
    return run("explain", *arguments[:1], *names, "-c", "q.yaml", "--as-of", as_of, *arguments[1:],
               files={"q.yaml": quota, **files}, lang=None)  # fmt: skip


def as_json(run: Run, files: Contents, *arguments: str, quota: str = QUOTA, as_of: str = "2022-04-30") -> Any:
    outcome = told(run, files, *arguments, "--format", "json", quota=quota, as_of=as_of)
    assert outcome.code == 0, outcome.stderr
    return json.loads(outcome.stdout)


def the_row(run: Run, row: str, unit: str = "tinh") -> JsonRow:
    """What is told of the only row of an export."""
    (found,) = as_json(run, {"a.csv": sheet(row)}, unit)["rows"]
    return found  # type: ignore[no-any-return]


# --- the sum ----------------------------------------------------------------------------------------------------------

FIVE_ROWS = sheet(
    "K1,01/02/2022,Hợp lệ,CĐCS Trường Hai,LĐLĐ huyện Bắc,T1,An",
    "K2,02/02/2022,Hợp lệ,CĐCS Trường Ba,LĐLĐ huyện Bắc,T2,Bình",  # counts for the district: Ba is not in the tree
    "K3,03/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T3,Chi",  # names the district alone
    "K4,04/02/2022,Đã hủy,,LĐLĐ huyện Bắc,T4,Dung",
    "K5,05/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T5,Em",
)


def test_the_figure_is_the_sum_of_the_units_below_and_of_what_names_the_unit_itself(run_here: Run) -> None:
    found = as_json(run_here, {"a.csv": FIVE_ROWS}, "bac")
    assert found["figure"] == {
        "done": 3, "direct": 2, "quota": 4, "percent": "75.0", "short": 1, "status": "below",
    }  # fmt: skip
    assert [(each["id"], each["done"]) for each in found["children"]] == [("bac-1", 0), ("bac-2", 1)]
    assert found["direct"] == {"done": 2, "itself": 1, "beyond": [{"text": "CĐCS Trường Ba", "done": 1, "rows": 1}]}
    assert found["files"] == [{"file": "a.csv", "sheet": None, "done": 3, "counted": 3, "set_aside": 1}]
    assert found["reasons"] == {"counted": 3, "filtered": 1}
    assert [row["code"] for row in found["rows"]] == ["K1", "K2", "K3", "K4"]


def test_a_name_that_is_not_in_the_tree_is_shown_with_the_unit_that_it_counts_for(run_here: Run) -> None:
    text = told(run_here, {"a.csv": FIVE_ROWS}, "bac").stdout
    assert "  (tên cấp dưới không có trong cây, tính vào đây)        1" in text
    sentence = "tên ghi trong bảng “CĐCS Trường Ba” không có trong cây, tính cho LĐLĐ huyện Bắc"
    assert sentence in " ".join(text.split())


def test_the_phase_is_that_of_the_as_of_date_unless_another_is_asked_for(run_here: Run) -> None:
    files = {"a.csv": sheet(
        "K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A",
        "K2,01/07/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A",
        "K3,không rõ,Hợp lệ,,LĐLĐ huyện Bắc,T,A",
    )}  # fmt: skip
    asked = {
        (): ("gd2", ["K2", "K3"], 1),  # a row of no phase might be of any
        ("--phase", "gd1"): ("gd1", ["K1", "K3"], 1),
        ("--phase", "all"): ("all", ["K1", "K2", "K3"], 0),
    }
    for arguments, (phase, codes, elsewhere) in asked.items():
        found = as_json(run_here, files, "bac", *arguments, as_of="2022-12-31")
        assert (found["phase"], [row["code"] for row in found["rows"]], found["elsewhere"]) == (phase, codes, elsewhere)


def test_rows_that_lead_to_no_unit_are_told_at_the_only_root(run_here: Run) -> None:
    files = {"a.csv": sheet("K1,01/02/2022,Hợp lệ,,,T,A", "K2,01/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A")}
    root, district = as_json(run_here, files, "tinh"), as_json(run_here, files, "bac")
    assert [row["code"] for row in root["rows"]] == ["K1", "K2"]
    assert root["nowhere"] == {"rows": 1, "here": True}
    assert [row["code"] for row in district["rows"]] == ["K2"]
    assert district["nowhere"] == {"rows": 1, "here": False}


def test_a_count_column_is_added_up_in_the_sum_and_rows_are_counted_beside_it(run_here: Run) -> None:
    quota = QUOTA.replace("code: Mã", "count: Số lượng")
    files = {
        "a.csv": "Số lượng,Ngày gửi,Trạng thái,CĐCS,Cấp trên,Tên,Tác giả\n"
        "12,01/02/2022,Hợp lệ,CĐCS Trường Hai,LĐLĐ huyện Bắc,T,A\n"
        "5,01/02/2022,Hợp lệ,CĐCS Mới,LĐLĐ huyện Bắc,T,A\n"
    }
    found = as_json(run_here, files, "bac", quota=quota)
    assert found["figure"]["done"] == 12 + 5
    assert found["files"][0] | {"done": 17, "counted": 2} == found["files"][0]
    assert found["direct"]["beyond"] == [{"text": "CĐCS Mới", "done": 5, "rows": 1}]


TEXTS = st.sampled_from(["", "CĐCS Trường Một", "CĐCS Trường Hai", "CĐCS Trạm y tế", "CĐCS Lạ", "CĐCS Mới"])
UPPER = st.sampled_from(["", "LĐLĐ huyện Bắc", "LĐLĐ huyện Nam", "LĐLĐ huyện Đông", "LĐLĐ tỉnh A"])
ROWS = st.tuples(
    st.sampled_from(["", "K1", "K2", "K3", "K4", "K5"]),
    st.sampled_from(["", "01/02/2022", "02/03/2022", "05/07/2022", "01/01/2020", "30/12/2022", "hôm qua"]),
    st.sampled_from(["Hợp lệ", "Hợp lệ", "Đã công nhận", "Đã hủy", ""]),
    TEXTS,
    UPPER,
).map(",".join)


def counted_in(folder: Path, *sheets: Sequence[str]) -> Counted:
    (folder / "q.yaml").write_text(_dedented(QUOTA), encoding="utf-8")
    names = []
    for number, rows in enumerate(sheets):
        path = folder / f"{number}.csv"
        path.write_text("\n".join([HEADER.removesuffix(",Tên,Tác giả"), *rows, ""]), encoding="utf-8")
        names.append(str(path))
    return count(load_config(folder / "q.yaml"), names, date(2022, 11, 30))


def _dedented(text: str) -> str:
    return "\n".join(line[4:] for line in text.splitlines())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(ROWS, min_size=2, max_size=12), min_size=1, max_size=3), st.sampled_from(["gd1", "gd2", "all"])
)
def test_every_sum_adds_up(
    tmp_path_factory: pytest.TempPathFactory, sheets: Sequence[Sequence[str]], phase: str
) -> None:
    result = counted_in(tmp_path_factory.mktemp("sum"), *sheets)
    report = result.report
    for unit in report.config.units:
        found = explain(report, result.judged, unit.id, phase)
        done = found.figure.done
        rows = list(rows_told(result.judged, report.config, report.as_of, found.leads, found.listed))
        counted = [row for row in rows if row.verdict == "counted"]
        assert done == next(e.done for e in report.attainments if (e.unit.id, e.phase) == (unit.id, phase))
        assert done == found.figure.direct + sum(each.done for each in found.children)
        assert found.figure.direct == found.named_itself + sum(each.done for each in found.beyond)
        assert done == sum(each.done for each in found.files) == sum(row.count or 0 for row in counted)
        assert found.named_itself == sum(row.unit is unit and "beyond" not in row.facts for row in counted)
        assert len(rows) == sum(each.counted + each.aside for each in found.files)
        assert Counter(row.verdict for row in rows) == found.verdicts
        for verdict in VERDICTS:
            some = explain(report, result.judged, unit.id, phase, [verdict])
            assert len(some.listed) == found.verdicts.get(verdict, 0)
    root = explain(report, result.judged, "tinh", "all")
    assert len(root.rows) == report.rows.read
    parts = [explain(report, result.judged, unit, "all") for unit in ("bac", "nam")]
    own = [row for row in root.rows.tolist() if not any(row in part.rows for part in parts)]
    assert len(own) + sum(len(part.rows) for part in parts) == report.rows.read


# --- why a row is set aside -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "told_of_it"),
    [
        (
            "K1,01/02/2022,Đã hủy,,LĐLĐ huyện Bắc,T,A",
            {"verdict": "filtered", "cell": "C2", "unit": "bac", "phase": "gd1",
             "facts": {"field": "status", "text": "Đã hủy", "accepted": ["Hợp lệ", "Đã công nhận"]}},
        ),
        ("K1,01/02/2022,Hợp lệ,,,T,A", {"verdict": "no-unit", "cell": "D2", "unit": None, "facts": {}}),
        (
            "K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Băc,T,A",
            {"verdict": "unknown-unit", "cell": "E2", "unit": None,
             "facts": {"texts": ["LĐLĐ huyện Băc"], "nearest": ["LĐLĐ huyện Bắc"]}},
        ),
        (
            "K1,01/02/2022,Hợp lệ,CĐCS Trường Một,LĐLĐ tỉnh A,T,A",
            {"verdict": "ambiguous-unit", "cell": "D2", "unit": "tinh",
             "facts": {"texts": ["CĐCS Trường Một", "LĐLĐ tỉnh A"], "units": ["bac-1", "nam-1"]}},
        ),
        (
            "K1,01/02/2022,Hợp lệ,CĐCS Trạm y tế,LĐLĐ huyện Bắc,T,A",
            {"verdict": "conflicting-units", "unit": "bac", "facts": {"texts": ["CĐCS Trạm y tế", "LĐLĐ huyện Bắc"]}},
        ),
        ("K1,,Hợp lệ,,LĐLĐ huyện Bắc,T,A", {"verdict": "no-date", "cell": "B2", "submitted": None, "facts": {}}),
        ("K1,03/25/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A", {"verdict": "bad-date", "facts": {"text": "03/25/2022"}}),
        (
            "K1,01/05/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A",
            {"verdict": "after-as-of", "cell": "B2", "submitted": "2022-05-01", "facts": {}},
        ),
        (
            "K1,31/12/2021,Hợp lệ,,LĐLĐ huyện Bắc,T,A",
            {"verdict": "outside-phases", "submitted": "2021-12-31", "phase": None},
        ),
        (",01/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A", {"verdict": "no-code", "cell": "A2", "code": ""}),
        ("K1,#REF!,Hợp lệ,,LĐLĐ huyện Bắc,T,A", {"verdict": "unreadable", "cell": "B2", "facts": {"text": "B2 #REF!"}}),
    ],
)  # fmt: skip
def test_a_row_says_what_set_it_aside_and_in_which_cell(
    run_here: Run, row: str, told_of_it: Mapping[str, object]
) -> None:
    found = the_row(run_here, row)
    assert {key: found[key] for key in told_of_it} == told_of_it


def test_a_row_that_a_unit_higher_up_leads_to_is_among_that_units_rows(run_here: Run) -> None:
    """The deeper name belongs to Nam, the upper one is Bắc: the row goes back to Bắc, and is told there."""
    files = {"a.csv": sheet("K1,01/02/2022,Hợp lệ,CĐCS Trạm y tế,LĐLĐ huyện Bắc,T,A")}
    assert as_json(run_here, files, "bac")["reasons"] == {"conflicting-units": 1}
    assert as_json(run_here, files, "nam")["reasons"] == {}


@pytest.mark.parametrize(
    ("first", "second", "kept_by", "words"),
    [
        # (row 2 counts, row 3 does not)
        ("K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam", "k1 ,02/02/2022,Hợp lệ,,LĐLĐ huyện Bắc", "date", "có ngày sớm hơn"),
        ("K1,01/02/2022 08:00,Hợp lệ,,LĐLĐ huyện Bắc", "K1,01/02/2022 09:30,Hợp lệ,,LĐLĐ huyện Bắc", "date", "giờ sớm"),
        ("K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Bắc", "K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam", "unit", "(bac) đứng trước"),
        ("K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Bắc", "K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Bắc", "row", "dòng ấy ở trên"),
    ],
)
def test_a_duplicate_names_the_row_that_counts_and_why_that_one(
    run_here: Run, first: str, second: str, kept_by: str, words: str
) -> None:
    files = {"a.csv": sheet(f"{first},T,A", f"{second},T,B")}
    one, two = as_json(run_here, files, "tinh")["rows"]
    assert (one["verdict"], two["verdict"]) == ("counted", "duplicate")
    assert two["facts"] == {
        "duplicate_of": {"file": "a.csv", "sheet": None, "row": 2, "code": "K1", "submitted": "2022-02-01"},
        "kept_by": kept_by,
    }
    text = " ".join(told(run_here, files, "tinh").stdout.split())
    assert "trùng với dòng 2 của a.csv (Mã “K1”, ngày 01/02/2022, tính cho LĐLĐ huyện" in text
    assert words in text


def test_of_two_files_the_first_by_name_is_kept(run_here: Run) -> None:
    row = "K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Bắc"
    files = {"b.csv": sheet(f"{row},T,A"), "a.csv": sheet(f"{row},T,B", "K2,01/02/2022,Hợp lệ,,LĐLĐ huyện Nam,T,A")}
    rows = as_json(run_here, files, "bac")["rows"]
    assert [(row["file"], row["verdict"]) for row in rows] == [("a.csv", "counted"), ("b.csv", "duplicate")]
    assert rows[1]["facts"]["kept_by"] == "file"


def test_a_row_of_a_sheet_that_repeats_another_names_its_twin(run_here: Run) -> None:
    rows = sheet("K1,01/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A", "K2,02/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A")
    found = as_json(run_here, {"a.csv": rows, "b.csv": rows}, "bac")["rows"]
    assert [(row["file"], row["verdict"]) for row in found[2:]] == [("b.csv", "duplicate")] * 2
    assert found[3]["facts"] == {"duplicate_of": {"file": "a.csv", "sheet": None, "row": 3}, "kept_by": "copy"}


def test_a_unit_that_has_ended_says_when_and_what_followed(run_here: Run) -> None:
    quota = QUOTA.replace("{name: CĐCS Trường Hai, id: bac-2}", "{name: CĐCS Trường Hai, id: bac-2, "
                          "valid: {to: 2022-01-31}, into: [bac-1, nam-1]}")  # fmt: skip
    files = {"a.csv": sheet("K1,01/02/2022,Hợp lệ,CĐCS Trường Hai,LĐLĐ huyện Bắc,T,A")}
    (row,) = as_json(run_here, files, "bac", quota=quota)["rows"]
    assert row["verdict"] == "ended-unit"
    assert row["facts"]["ended"] == "2022-01-31"
    assert row["facts"]["into"] == ["bac-1", "nam-1"]


def test_a_row_that_names_an_ended_unit_shows_the_one_that_it_counts_for(run_here: Run) -> None:
    quota = QUOTA.replace("{name: CĐCS Trường Hai, id: bac-2}", "{name: CĐCS Trường Hai, id: bac-2, "
                          "valid: {to: 2022-01-31}, into: bac-1}")  # fmt: skip
    files = {"a.csv": sheet("K1,01/02/2022,Hợp lệ,CĐCS Trường Hai,LĐLĐ huyện Bắc,T,A")}
    (row,) = as_json(run_here, files, "bac", quota=quota)["rows"]
    assert (row["verdict"], row["unit"], row["facts"]) == ("counted", "bac-1", {"named": "CĐCS Trường Hai"})


# --- --why ------------------------------------------------------------------------------------------------------------


def test_why_lists_only_rows_of_these_reasons_and_says_how_many_are_left_out(run_here: Run) -> None:
    files = {"a.csv": FIVE_ROWS}
    found = as_json(run_here, files, "bac", "--why", "filtered,no-date")
    assert [row["code"] for row in found["rows"]] == ["K4"]
    assert found["reasons"] == {"counted": 3, "filtered": 1}
    text = told(run_here, files, "bac", "--why", "counted").stdout
    assert "Từng dòng, chỉ counted: 3\n1 dòng khác của đơn vị này không liệt kê ở đây (--why)." in text


def test_an_unknown_reason_is_refused_with_those_there_are(run_here: Run) -> None:
    outcome = told(run_here, {"a.csv": FIVE_ROWS}, "bac", "--why", "duplicates")
    assert outcome.code == 2
    assert outcome.stderr.startswith(
        "--why: there is no reason “duplicates”\n   to fix: did you mean duplicate? There are: counted, unreadable,"
    )


# --- --code -----------------------------------------------------------------------------------------------------------

THREE_FILES = {
    "a.csv": sheet("SK-1,05/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A", "SK-2,05/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A"),
    "b.csv": sheet("sk-1 ,01/02/2022,Hợp lệ,CĐCS Trường Một,LĐLĐ huyện Nam,T,A"),
    "c.csv": sheet("SK-1,01/01/2022,Đã hủy,,LĐLĐ huyện Bắc,T,A"),
}


def test_the_story_of_a_code_tells_every_row_in_every_file(run_here: Run) -> None:
    """The earliest row is filtered; of the two that would count that of 1 February does, for Nam's Trường Một."""
    outcome = told(run_here, THREE_FILES, "a.csv", "--code", "Sk-1", "--format", "json")
    rows = json.loads(outcome.stdout)["rows"]
    assert [(row["file"], row["verdict"], row["figures"]) for row in rows] == [
        ("a.csv", "duplicate", []),
        ("b.csv", "counted", ["nam-1", "nam", "tinh"]),
        ("c.csv", "filtered", []),
    ]
    assert rows[0]["facts"]["duplicate_of"]["file"] == "b.csv"


def test_the_story_says_whether_it_is_in_a_units_figure(run_here: Run) -> None:
    for unit, sentence in (("nam", "Trong kết quả của LĐLĐ huyện Nam: 1."), ("bac", "Không nằm trong kết quả")):
        text = told(run_here, THREE_FILES, unit, "--code", "SK-1").stdout
        assert sentence in text
        assert "Mã SK-1: 3 dòng, 1 dòng được tính" in text
        assert "tính cho CĐCS Trường Một, Giai đoạn 1; do đó cả trong kết" in text


def test_a_code_that_nobody_has_is_answered_with_near_ones_and_exit_1(run_here: Run) -> None:
    outcome = told(run_here, THREE_FILES, "tinh", "--code", "SK-12")
    assert outcome.code == 1
    assert outcome.stdout.endswith("Không dòng nào có mã SK-12.\nMã gần giống: SK-1, SK-2\n")


def test_without_once_per_every_row_of_a_code_counts(run_here: Run) -> None:
    quota = QUOTA.replace("    count: {", "    count: {once_per: none, ")
    text = told(run_here, THREE_FILES, "tinh", "--code", "SK-1", quota=quota).stdout
    assert "3 dòng, 2 dòng được tính" in text
    assert "Tệp chỉ tiêu này tính mọi dòng, không xét trùng mã (once_per)." in text


# --- links, Excel and CSV ---------------------------------------------------------------------------------------------


def workbook_of(path: Path, sheet_name: str, rows: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = sheet_name
    for row in ([*HEADER.split(",")], *rows):
        page.append(list(row))
    path.parent.mkdir(exist_ok=True)
    book.save(path)


def test_links_in_a_workbook_lead_to_the_cells_that_decided(run_here: Run, folder: Path) -> None:
    workbook_of(folder / "bảng gốc" / "tháng 4 #2.xlsx", "Bảng 'chính'", [
        ["K1", "01/02/2022", "Hợp lệ", None, "LĐLĐ huyện Bắc", "=1+1", "@A"],
        ["K2", "hôm qua", "Hợp lệ", None, "LĐLĐ huyện Bắc", "T", "A"],
    ])  # fmt: skip
    (folder / "ra").mkdir()
    files: Contents = {"b.csv": sheet("K3,01/02/2022,Hủy,,LĐLĐ huyện Bắc,T,A")}
    outcome = told(run_here, files, "bac", "bảng gốc/tháng 4 #2.xlsx", "-o", "ra/x.xlsx")
    assert outcome.code == 0, outcome.stderr
    book = openpyxl.load_workbook("ra/x.xlsx")
    assert book.sheetnames == ["Tổng", "Các dòng"]
    rows = book["Các dòng"]
    assert rows.freeze_panes == "A2"
    assert rows.auto_filter.ref == f"A1:{rows.cell(1, rows.max_column).coordinate[:1]}4"
    links = [rows.cell(number, 4) for number in (2, 3, 4)]
    assert [cell.value for cell in links] == ["C2", "A2", "B3"]
    found = [(cell.hyperlink.target, cell.hyperlink.location) for cell in links if cell.hyperlink]
    assert found == [
        ("../b.csv", None),
        ("../bảng%20gốc/tháng%204%20%232.xlsx", "'Bảng ''chính'''!A2"),
        ("../bảng%20gốc/tháng%204%20%232.xlsx", "'Bảng ''chính'''!B3"),
    ]
    # What was a formula in the export has no result there; here nothing is one.
    assert {cell.data_type for row in rows.iter_rows() for cell in row} <= {"s", "n", "d"}


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("a.xlsx", "a.xlsx"),
        ("50% #1?.xlsx", "50%25%20%231%3F.xlsx"),
        ("a:b.csv", "./a:b.csv"),
        ("/D/a b.xlsx", "file:///D/a%20b.xlsx"),
    ],
)
def test_a_path_is_written_as_a_link_has_it(path: str, written: str) -> None:
    assert uri(path) == written


def test_csv_has_a_link_as_text_and_for_excel_no_text_is_a_formula(run_here: Run, folder: Path) -> None:
    workbook_of(folder / "in" / "a.xlsx", "Trang 'một'", [
        ["=K1", "01/02/2022", "Hợp lệ", None, "LĐLĐ huyện Bắc", "+1", "@A"],
        ["-K2", "01/02/2022", "Hợp lệ", None, "LĐLĐ huyện Bắc", "T", "A"],
    ])  # fmt: skip
    with_text = openpyxl.load_workbook("in/a.xlsx")
    with_text.worksheets[0]["A2"].data_type = "s"
    with_text.save("in/a.xlsx")
    plain = told(run_here, {}, "bac", "in/a.xlsx", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(plain.stdout)))
    assert [row["code"] for row in rows] == ["=K1", "-K2"]
    assert rows[0]["title"] == "+1"
    assert rows[1]["link"] == "in/a.xlsx#'Trang ''một'''!A3"
    excel = told(run_here, {}, "bac", "in/a.xlsx", "--excel")
    rows = list(csv.DictReader(io.StringIO(excel.stdout.removeprefix("\ufeff")), delimiter=";"))
    assert [row["code"] for row in rows] == ["'=K1", "'-K2"]
    assert (rows[0]["title"], rows[0]["author"]) == ("'+1", "'@A")


def test_the_columns_of_csv(run_here: Run) -> None:
    files = {"a.csv": sheet("K1,01/02/2022,Đã hủy,CĐCS Mới,LĐLĐ huyện Bắc,Tên,Ai")}
    outcome = told(run_here, files, "bac", "--format", "csv")
    assert outcome.stdout.splitlines() == [
        "file,sheet,row,cell,code,title,author,submitted,unit_text,unit,phase,count,verdict,detail,link",
        "a.csv,,2,C2,K1,Tên,Ai,2022-02-01,CĐCS Mới / LĐLĐ huyện Bắc,bac,gd1,1,filtered,status: Đã hủy,a.csv",
    ]


@pytest.mark.parametrize("name", ["x.xlsx", "x.csv", "x.json", "x.txt"])
def test_the_order_of_the_files_changes_no_byte(run_here: Run, name: str, folder: Path) -> None:
    written = []
    for number, order in enumerate((["a.csv", "b.csv", "c.csv"], ["c.csv", "b.csv", "a.csv"])):
        (folder / str(number)).mkdir()
        arguments = ("explain", "tinh", *order, "-c", "q.yaml", "--as-of", "2022-04-30", "-o", f"{number}/{name}")
        outcome = run_here(*arguments, files={"q.yaml": QUOTA, **THREE_FILES}, lang=None)
        assert outcome.code == 0, outcome.stderr
        written.append((folder / str(number) / name).read_bytes())
    assert written[0] == written[1]


# --- the command line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "UNIT: no unit was named\n"),
        (
            ("LĐLĐ huyện Bac",),
            "UNIT: there is no unit with the id “LĐLĐ huyện Bac”\n   to fix: perhaps: LĐLĐ huyện Bắc",
        ),
        (("a.csv",), "UNIT: “a.csv” is a file, not a unit\n"),
        (("bac", "--code", " "), "--code: the code is blank\n"),
        (("bac", "--code", "K1", "--why", "counted"), "--why: cannot be asked for together with --code\n"),
        (("bac", "--phase", "gd9"), "--phase: there is no phase “gd9”\n"),
    ],
)
def test_what_cannot_be_asked_is_refused(run_here: Run, arguments: Sequence[str], message: str) -> None:
    outcome = run_here("explain", *arguments, "-c", "q.yaml", files={"q.yaml": QUOTA, "a.csv": FIVE_ROWS})
    assert outcome.code == 2
    assert outcome.stderr.startswith(message)


def test_a_unit_may_be_named_by_its_name(run_here: Run) -> None:
    assert as_json(run_here, {"a.csv": FIVE_ROWS}, "LĐLĐ H. Bắc")["unit"]["id"] == "bac"


def test_without_a_code_column_no_code_can_be_sought(run_here: Run) -> None:
    quota = QUOTA.replace("        code: Mã\n", "")
    outcome = told(run_here, THREE_FILES, "tinh", "--code", "SK-1", quota=quota)
    assert outcome.code == 2
    assert outcome.stderr.startswith("--code: the quota file names no column of codes\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_on_a_terminal_a_long_answer_goes_through_the_pager_and_a_short_one_does_not(folder: Path) -> None:
    import pty

    rows = [f"K{number},01/02/2022,Hợp lệ,,LĐLĐ huyện Bắc,T,A" for number in range(60)]
    (folder / "q.yaml").write_text(_dedented(QUOTA), encoding="utf-8")
    (folder / "a.csv").write_text(sheet(*rows), encoding="utf-8")
    for arguments, paged in ((["bac"], True), (["bac", "--code", "K1"], False)):
        master, terminal = pty.openpty()
        command = [sys.executable, "-m", "sangkien_cli", "explain", *arguments, "a.csv", "-c", "q.yaml"]
        process = subprocess.Popen(
            [*command, "--as-of", "2022-04-30"], stdin=terminal, stdout=terminal, stderr=subprocess.PIPE,
            env=clean_environment() | {"PAGER": "tail -n 1 | sed 's/^/paged:/'", "TERM": "xterm", "LINES": "24"},
        )  # fmt: skip
        os.close(terminal)
        shown = b""
        while chunk := _read(master):
            shown += chunk
        os.close(master)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert (b"paged:" in shown) == paged
        assert (b"Giai" in shown) != paged  # the pager has shown nothing but the last line
        assert b"Traceback" not in errors


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # Linux says so at the end
        return b""


def test_a_pager_that_is_not_there_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal, with a text that does not fit on it."""
    from sangkien_cli.cli import explain

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("PAGER", "no-such-pager-anywhere")
    explain._show("a line\n" * 500)
    assert capsys.readouterr().out.count("a line") == 500

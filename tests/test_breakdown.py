"""A unit's figure divided by a field, by month, week, phase or unit: figures worked out by hand, and laws."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangkien_cli.breakdown import Breakdown, Table, checked, divide
from sangkien_cli.errors import SangkienError, show_problem
from sangkien_cli.lang import Lang
from sangkien_cli.model import PercentRule, Rounding
from sangkien_cli.pipeline import Counted, count, load_config
from sangkien_cli.render.breakdown import render_breakdown_csv, render_breakdown_json, render_breakdown_text
from sangkien_cli.render.columns import width_of
from sangkien_cli.render.csv import excel_dialect
from sangkien_cli.render.text import Page
from sangkien_cli.text import alphabetical, fold
from tests.conftest import ROOT, write_files
from tests.plain import csv_bytes

bounded = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

QUOTA = """
    programme: Ideas
    phases:
      p1: {name: Phase 1, from: 2022-01-01, to: 2022-05-31}
      p2: {name: Phase 2, from: 2022-06-01, to: 2023-08-31}
    exports:
      columns: {code: Code, submitted: Date, status: Status, field: Field, author: Author, unit: [Base, Union]}
    count: {where: {status: [valid]}}
    units:
      - name: Province A
        id: a
        units:
          - name: District B
            id: b
            quota: {p1: 4}
            units:
              - {name: School C, id: c}
              - {name: School D, id: d}
          - {name: District E, id: e}
"""

# Counted in phase 1: K1–K7. Of these Health 4 (K1, K2, K3, K5: three spellings), Teaching 1, blank 2 (a dash is blank).
# Below District B, itself included: K1–K6. K8 is in phase 2, K9 is not valid, K10 repeats K1.
ROWS = """
    Code,Base,Union,Date,Status,Field,Author
    K1,School C,District B,03/01/2022,valid,health,An
    K2,School C,District B,02/01/2022,valid,Health.,An
    K3,School D,District B,28/02/2022,valid,Health.,=1+1
    K4,School X,District B,01/05/2022,valid,Teaching,Bình
    K5,,District B,31/05/2022,valid, HEALTH ,An
    K6,,District B,31/05/2022,valid,-,An
    K7,,District E,31/05/2022,valid,,An
    K8,,Province A,01/06/2022,valid,Teaching,@Chi
    K9,,District E,31/05/2022,rejected,Health,An
    K1,,District E,31/05/2022,valid,Health,An
"""


@dataclass(frozen=True)
class Divided:
    """A division, and what it was made from."""

    breakdown: Breakdown
    counted: Counted

    def text(self, lang: Lang = "en", page: Page | None = None) -> str:
        return render_breakdown_text(self.breakdown, self.counted.report, lang, page or Page())

    def json(self) -> Any:
        return json.loads(render_breakdown_json(self.breakdown, self.counted.report))

    @property
    def tables(self) -> dict[str, list[tuple[str, int]]]:
        """By phase the groups with their figures; "" for a blank one."""
        return {table.phase_id: figures(table) for table in self.breakdown.tables}


def figures(table: Table) -> list[tuple[str, int]]:
    return [(group.value, group.done) for group in table.groups]


def divided_by(
    folder: Path,
    by: str,
    unit: str | None = None,
    *,
    phase: str | None = None,
    quota: str = QUOTA,
    rows: str | bytes = ROWS,
    day: str = "2022-12-31",
) -> Divided:
    write_files(folder, {"quota.yaml": quota, "rows.csv": rows})
    as_of = date.fromisoformat(day)
    counted = count(load_config(folder / "quota.yaml"), ["rows.csv"], as_of)
    return Divided(divide(counted.judged, counted.report.config, by, unit, phase, as_of), counted)


# --- figures worked out by hand ----------------------------------------------------------------------------------


def test_spellings_that_fold_alike_are_one_group_called_as_most_rows_call_it(folder: Path) -> None:
    divided = divided_by(folder, "field", "a")
    assert divided.tables == {
        "p1": [("Health.", 4), ("Teaching", 1), ("", 2)],
        "p2": [("Teaching", 1)],
        "all": [("Health.", 4), ("Teaching", 2), ("", 2)],
    }
    first = divided.breakdown.tables[0]
    assert [group.share for group in first.groups] == [Fraction(4, 7), Fraction(1, 7), Fraction(2, 7)]
    assert [group.blank for group in first.groups] == [False, False, True]


def test_a_unit_is_counted_with_everything_below_it_and_nothing_beside_it(folder: Path) -> None:
    assert divided_by(folder, "field", "b").tables["all"] == [("Health.", 4), ("Teaching", 1), ("", 1)]
    # In School C each spelling stands once: the first by letters is shown, and capitals come first.
    assert divided_by(folder, "field", "c").tables["all"] == [("Health.", 2)]


def test_without_a_unit_it_is_all_of_them(folder: Path) -> None:
    assert divided_by(folder, "field").tables == divided_by(folder, "field", "a").tables
    roots = QUOTA + "      - {name: Province Z, id: z}\n"
    rows = ROWS + "    K11,,Province Z,31/05/2022,valid,Arts,An\n"
    divided = divided_by(folder, "field", quota=roots, rows=rows)
    assert divided.tables["p1"] == [("Health.", 4), ("Arts", 1), ("Teaching", 1), ("", 2)]
    assert divided.breakdown.unit is None
    # Z has one, A the seven and, in phase 2, K8.
    assert divided_by(folder, "unit", quota=roots, rows=rows).tables["all"] == [("Province A", 8), ("Province Z", 1)]


def test_one_phase_or_the_whole_programme_alone(folder: Path) -> None:
    assert divided_by(folder, "field", "a", phase="p2").tables == {"p2": [("Teaching", 1)]}
    assert divided_by(folder, "field", "a", phase="all").tables == {"all": [("Health.", 4), ("Teaching", 2), ("", 2)]}


def test_one_phase_needs_no_whole(folder: Path) -> None:
    lines = [line for line in QUOTA.splitlines() if "p2:" not in line]
    assert list(divided_by(folder, "field", quota="\n".join(lines)).tables) == ["p1"]


def test_among_the_units_right_below_and_the_rows_that_name_the_unit_itself(folder: Path) -> None:
    # B: K1–K6 and E: K7 in phase 1; K8 names the province. A school's name that is not in the tree counts for B.
    divided = divided_by(folder, "unit", "a")
    assert divided.tables["all"] == [("District B", 6), ("District E", 1), ("", 1)]
    assert divided.tables["p1"] == [("District B", 6), ("District E", 1)]
    assert divided_by(folder, "unit", "b").tables["p1"] == [("School C", 2), ("School D", 1), ("", 3)]
    assert divided_by(folder, "unit", "c").tables["p1"] == [("", 2)]


def test_units_that_have_nothing_are_among_them_if_they_exist_on_the_day(folder: Path) -> None:
    ended = "          - {name: District F, id: f, valid: {to: 2022-03-31}}\n"
    began = "          - {name: District G, id: g, valid: {from: 2023-01-01}}\n"
    with_rows = "          - {name: District H, id: h, valid: {to: 2022-03-31}}\n"
    rows = ROWS + "    K12,,District H,01/02/2022,valid,Arts,An\n"
    divided = divided_by(folder, "unit", "a", phase="p2", quota=QUOTA + ended + began + with_rows, rows=rows)
    assert divided.tables == {"p2": [("District B", 0), ("District E", 0), ("", 1)]}
    text = divided_by(folder, "unit", "a", phase="p1", quota=QUOTA + ended + began + with_rows, rows=rows).text()
    assert "District H (ended 2022-03-31)" in text
    assert "District F" not in text


def test_months_in_their_order_with_the_empty_ones_in_between(folder: Path) -> None:
    divided = divided_by(folder, "month", "a")
    assert divided.tables["p1"] == [("2022-01", 2), ("2022-02", 1), ("2022-03", 0), ("2022-04", 0), ("2022-05", 4)]
    assert divided.tables["p2"] == [("2022-06", 1)]
    assert [month for month, _ in divided.tables["all"]] == [f"2022-0{month}" for month in range(1, 7)]


def test_weeks_begin_on_monday_and_the_first_of_january_may_be_in_the_last_week_of_a_year(folder: Path) -> None:
    # 2 January 2022 is a Sunday, 3 January a Monday.
    weeks = divided_by(folder, "week", "c").tables["p1"]
    assert weeks == [("2021-W52", 1), ("2022-W01", 1)]
    # 31 May 2022 is a Tuesday, in the week of 30 May to 5 June; so is 1 June.
    divided = divided_by(folder, "week", "a")
    assert divided.tables["p1"][-1] == ("2022-W22", 3)
    assert divided.tables["p2"] == [("2022-W22", 1)]
    assert divided.tables["all"][-1] == ("2022-W22", 4)
    assert divided.breakdown.tables[1].groups[0].start == date(2022, 5, 30)


PHASED = QUOTA.replace("columns: {", "columns: {phase: Phase, count: Number, ")
PHASED_ROWS = """
    Code,Phase,Date,Base,Union,Status,Field,Author,Number
    K1,p1,01/02/2022,,District B,valid,Health,An,5
    K2,Phase 1,,,District B,valid,Health,An,7
    K3,p1,31/02/2022,,District E,valid,Teaching,An,1
    K4,p2,31/12/2022 24:00,,District E,valid,Teaching,An,2
    K5,p2,2022-12-31T17:30:00Z,,District E,valid,Teaching,An,0
"""


def test_rows_without_a_date_are_a_group_behind_the_months(folder: Path) -> None:
    """K2 has no date and K3 none that exists; their phase is in a column of its own. The count column is added up."""
    divided = divided_by(folder, "month", "a", quota=PHASED, rows=PHASED_ROWS, day="2023-12-31")
    assert divided.tables["p1"] == [("2022-02", 5), ("", 8)]
    # 24:00 is the end of its day. 17:30 in Greenwich is half past midnight in Vietnam: 2023. It stands for nothing.
    assert divided.tables["p2"] == [("2022-12", 2), ("2023-01", 0)]
    assert "(no date)" in divided.text()
    assert "(không có ngày)" in divided.text("vi")


def test_by_phase_the_whole_programme_is_divided(folder: Path) -> None:
    divided = divided_by(folder, "phase", "a", quota=PHASED, rows=PHASED_ROWS, day="2023-12-31")
    assert divided.tables == {"all": [("Phase 1", 13), ("Phase 2", 2)]}
    # 13/15 = 86.66… %, 2/15 = 13.33… %
    assert [group.percent for group in divided.breakdown.tables[0].groups] == ["86.7", "13.3"]


def test_sums_are_exact_beyond_64_bits(folder: Path) -> None:
    line = "    K{0},p1,01/02/2022,,District B,valid,Health,An,999999999999999999\n"
    rows = PHASED_ROWS + "".join(line.format(number) for number in range(10, 22))
    tables = divided_by(folder, "field", "b", phase="p1", quota=PHASED, rows=rows).tables
    assert tables == {"p1": [("Health", 12 * 999_999_999_999_999_999 + 12)]}


def test_the_published_figures_of_the_samples_are_what_is_divided() -> None:
    for name, day, done in (("thai-nguyen", "2022-04-27", 3889), ("ca-mau", "2022-04-25", 2660)):
        counted = count(load_config(ROOT / f"configs/{name}.yaml"), None, date.fromisoformat(day))
        for by in ("field", "recognition", "status", "author", "month", "week", "unit"):
            table = divide(counted.judged, counted.report.config, by, None, "gd1").tables[0]
            assert table.done == done == sum(group.done for group in table.groups), (name, by)
            assert sum(group.share or 0 for group in table.groups) == 1


def test_equal_groups_stand_in_the_order_of_the_vietnamese_alphabet(folder: Path) -> None:
    names = ["Yến", "Đào", "Dung", "Ấn", "An"]
    lines = [f"    N{number},,District E,01/02/2022,valid,Health,{name}\n" for number, name in enumerate(names)]
    rows = "    Code,Base,Union,Date,Status,Field,Author\n" + "".join(lines)
    groups = divided_by(folder, "author", rows=rows).tables["all"]
    assert [name for name, _ in groups] == ["An", "Ấn", "Dung", "Đào", "Yến"]


# --- what cannot be divided --------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["colour", "title", "code", "submitted", "count", "Field", ""])
def test_what_nothing_can_be_divided_by_is_refused_with_what_can(folder: Path, by: str) -> None:
    with pytest.raises(SangkienError) as caught:
        divided_by(folder, by)
    assert show_problem(caught.value.problems[0], "en") == (
        f"--by: the figures cannot be divided by “{by}”\n"
        "   to fix: choose one of: field, status, author, month, week, phase, unit"
    )
    vietnamese = show_problem(caught.value.problems[0], "vi")
    assert "chọn một trong: field (lĩnh vực), status (trạng thái), author (tác giả), month (tháng)" in vietnamese


def test_a_field_without_a_column_is_refused_with_how_to_add_it(folder: Path) -> None:
    with pytest.raises(SangkienError) as caught:
        divided_by(folder, "recognition")
    assert show_problem(caught.value.problems[0], "en") == (
        "--by: the figures cannot be divided by recognition: the quota file names no column recognition\n"
        "   to fix: add recognition: and the column’s header to exports: columns:, or choose one of: field, status, "
        "author, month, week, phase, unit"
    )


def test_without_a_column_of_dates_there_are_no_months(folder: Path) -> None:
    undated = PHASED.replace("submitted: Date, ", "")
    write_files(folder, {"quota.yaml": undated})
    with pytest.raises(SangkienError) as caught:
        checked("week", load_config(folder / "quota.yaml"))
    assert "the quota file names no column submitted" in show_problem(caught.value.problems[0], "en")


# --- what is printed ---------------------------------------------------------------------------------------------


def test_the_text_in_english(folder: Path) -> None:
    """4/7 = 57.14…, 1/7 = 14.28…, 2/7 = 28.57…: 57.1 + 14.3 + 28.6 = 100. Of 20 cells 11, 2 and 5 are full."""
    assert divided_by(folder, "field", "a", day="2022-05-31").text() == (
        "Ideas\n"
        "As of the end of 2022-05-31\n"
        "Province A: done by field\n"
        "\n"
        "Phase 1 (2022-01-01 – 2022-05-31)\n"
        "Field     Done   Share\n"
        "Health.      4   57.1%  ###########.........\n"
        "Teaching     1   14.3%  ##..................\n"
        "(blank)      2   28.6%  #####...............\n"
        "Sum          7  100.0%\n"
        "\n"
        "Phase 2 (2022-06-01 – 2023-08-31)\n"
        "Not yet begun (from 2022-06-01).\n"
        "\n"
        "Whole programme\n"
        "Field     Done   Share\n"
        "Health.      4   57.1%  ###########.........\n"
        "Teaching     1   14.3%  ##..................\n"
        "(blank)      2   28.6%  #####...............\n"
        "Sum          7  100.0%\n"
        "\n"
        "10 rows read = 7 counted + 3 set aside.\n"
    )


def test_the_text_in_vietnamese_and_why_the_shares_do_not_add_up(folder: Path) -> None:
    """Weeks of District E and its thirds: 1/3 = 33.33… three times makes 99.9."""
    rows = """
        Code,Base,Union,Date,Status,Field,Author
        K1,,District E,03/01/2022,valid,Y tế,An
        K2,,District E,10/01/2022,valid,Y tế,An
        K3,,District E,24/01/2022,valid,Y tế,An
    """
    assert divided_by(folder, "week", "e", rows=rows, phase="p1").text("vi") == (
        "Ideas\n"
        "Tính đến hết ngày 31/12/2022\n"
        "District E: kết quả theo tuần\n"
        "\n"
        "Phase 1 (01/01/2022 – 31/05/2022)\n"
        "Tuần                                    Kết quả  Tỷ trọng\n"
        "Tuần 01/2022 (03/01/2022 – 09/01/2022)        1     33,3%  ######..............\n"
        "Tuần 02/2022 (10/01/2022 – 16/01/2022)        1     33,3%  ######..............\n"
        "Tuần 03/2022 (17/01/2022 – 23/01/2022)        0      0,0%  ....................\n"
        "Tuần 04/2022 (24/01/2022 – 30/01/2022)        1     33,3%  ######..............\n"
        "Cộng                                          3    100,0%\n"
        "  Các tỷ trọng trên cộng lại là 99,9% chứ không phải 100%, vì mỗi tỷ trọng được\n"
        "  làm tròn riêng cho đúng.\n"
        "\n"
        "Đã đọc 3 dòng = 3 dòng được tính + 0 dòng không tính.\n"
    )


def test_a_share_below_100_is_never_printed_as_100_nor_one_above_0_as_0(folder: Path) -> None:
    rows = PHASED_ROWS + "    K9,p1,01/02/2022,,District B,valid,Teaching,An,99988\n"
    divided = divided_by(folder, "field", "b", phase="p1", quota=PHASED, rows=rows)
    # 12 of 100,000 are Health's: 0.012 %, which one decimal would print as 0 and the other as 100.
    assert [group.percent for group in divided.breakdown.tables[0].groups] == ["99.99", "0.01"]
    assert "The shares above add up to" not in divided.text()
    # Nor is its bar full, or empty.
    assert f"99.99%  {'#' * 19}.\n" in divided.text()
    assert f" 0.01%  #{'.' * 19}\n" in divided.text()


def test_rows_that_are_no_data_are_spoken_of_as_in_a_report(folder: Path) -> None:
    """The header repeated in the middle is one; the seven rows of ROWS that count in phase 1 stay seven."""
    text = divided_by(folder, "field", "a", phase="p1", rows=ROWS + ROWS.strip().splitlines()[0] + "\n").text()
    assert "Sum          7  100.0%\n" in text
    assert text.endswith(
        "\n10 rows read = 8 counted + 2 set aside. Also 1 layout row (titles, blank rows,\n  totals…).\n"
    )


def test_a_unit_without_a_row_says_so(folder: Path) -> None:
    rows = "Code,Base,Union,Date,Status,Field,Author\nK1,,District E,03/01/2022,valid,Y tế,An\n"
    assert "\nNo row counts.\n" in divided_by(folder, "field", "b", rows=rows, phase="p1").text()
    units = divided_by(folder, "unit", "b", rows=rows, phase="p1")
    assert "School C     0" in units.text()
    assert "%" not in units.text()
    assert [group["share"] for group in units.json()["groups"]] == [None, None]


@pytest.mark.parametrize("page", [Page(), Page(120), Page(60), Page(80, drawing=True, colour=True)])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_long_names_are_wrapped_and_no_line_is_wider_than_the_page(folder: Path, lang: Lang, page: Page) -> None:
    long = "Ứng dụng công nghệ thông tin, chuyển đổi số trong quản lý, điều hành và cải cách thủ tục hành chính"
    rows = ROWS + f'    K13,,District E,01/02/2022,valid,"{long}",An\n'
    text = divided_by(folder, "field", rows=rows).text(lang, page)
    plain = text.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert ("\x1b[1m" in text) == page.colour
    assert ("█" in plain) == page.drawing
    assert max(map(width_of, plain.splitlines())) <= page.width
    lines = plain.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Ứng dụng"))
    first = lines[start].split("  ")[0]
    below = takewhile(lambda line: line.startswith("  "), lines[start + 1 :])
    assert " ".join([first, *(line.strip() for line in below)]) == long


def test_json_holds_exact_shares_and_what_the_figures_come_from(folder: Path) -> None:
    document = divided_by(folder, "field", "b", phase="p1").json()
    assert document["schema"] == "sangkien.breakdown/1"
    assert document["as_of"] == "2022-12-31"
    assert document["by"] == "field"
    assert document["unit"] == {"id": "b", "name": "District B"}
    assert document["phases"] == [
        {"id": "p1", "name": "Phase 1", "from": "2022-01-01", "to": "2022-05-31", "done": 6}
    ]  # fmt: skip
    assert document["groups"] == [
        {"phase": "p1", "value": "Health.", "done": 4, "of": 6, "share": "2/3", "percent": "66.7"},
        {"phase": "p1", "value": "Teaching", "done": 1, "of": 6, "share": "1/6", "percent": "16.7"},
        {"phase": "p1", "value": None, "done": 1, "of": 6, "share": "1/6", "percent": "16.7"},
    ]
    assert document["rows"] == {
        "read": 10, "counted": 8, "set_aside": {"filtered": 1, "duplicate": 1}, "layout": 0
    }  # fmt: skip
    assert [each["path"] for each in document["inputs"]] == ["rows.csv"]
    assert document["config"]["path"] == "quota.yaml"
    assert document["tool"]["name"] == "sangkien-cli"


def test_csv_has_a_line_for_each_phase_and_group(folder: Path) -> None:
    divided = divided_by(folder, "unit", "a")
    assert render_breakdown_csv(divided.breakdown) == (
        "phase,value,id,done,of,share,percent\n"
        "p1,District B,b,6,7,6/7,85.7\n"
        "p1,District E,e,1,7,1/7,14.3\n"
        "p2,District B,b,0,1,0,0.0\n"
        "p2,District E,e,0,1,0,0.0\n"
        "p2,,,1,1,1,100.0\n"
        "all,District B,b,6,8,0.75,75.0\n"
        "all,District E,e,1,8,0.125,12.5\n"
        "all,,,1,8,0.125,12.5\n"
    )


def test_csv_for_excel_holds_no_formula_and_nothing_that_excel_takes_for_a_day(folder: Path) -> None:
    divided = divided_by(folder, "author", "a", phase="all")
    assert [group.value for group in divided.breakdown.tables[0].groups] == ["An", "=1+1", "@Chi", "Bình"]
    assert "\nall,=1+1,1,8,0.125,12.5\n" in render_breakdown_csv(divided.breakdown)
    assert render_breakdown_csv(divided.breakdown, excel_dialect("vi")) == (
        "\ufeffphase;value;done;of;percent\r\n"
        "all;An;5;8;62.5\r\n"
        "all;'=1+1;1;8;12.5\r\n"
        "all;'@Chi;1;8;12.5\r\n"
        "all;Bình;1;8;12.5\r\n"
    )


def test_the_same_bytes_from_any_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = divided_by(folder, "field")
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    counted = count(load_config(Path("../quota.yaml")), ["../rows.csv"], date(2022, 12, 31))
    there = divide(counted.judged, counted.report.config, "field", None)
    assert render_breakdown_json(there, counted.report) == render_breakdown_json(here.breakdown, here.counted.report)


# --- laws --------------------------------------------------------------------------------------------------------

HEADER = ("Code", "Phase", "Date", "Base", "Union", "Status", "Field", "Author", "Number")
UNION_OF = {"Province A": "a", "District B": "b", "District E": "e"}
ABOVE = {"c": "b", "d": "b", "b": "a", "e": "a"}
DATES = ("", "1/1/2022", "03.01.2022", "2022-02-27 23:59", "28/02/2022", "31/12/2021", "15/6/2022", "tháng 3")


@dataclass(frozen=True)
class Row:
    """A row that counts."""

    phase: str
    day: str
    base: str
    union: str
    field: str
    author: str
    number: int

    @property
    def lineage(self) -> set[str]:
        """The unit that it names, and those above it."""
        unit = {"School C": "c", "School D": "d"}.get(self.base) or UNION_OF[self.union]
        above = {unit}
        while unit in ABOVE:
            unit = ABOVE[unit]
            above.add(unit)
        return above


ALL_ROWS = st.lists(
    st.builds(
        Row,
        phase=st.sampled_from(["p1", "p2"]),
        day=st.sampled_from(DATES),
        base=st.just(""),
        union=st.sampled_from(list(UNION_OF)),
        field=st.sampled_from(["Y tế", "y  tế.", "Y TẾ", "Giáo dục", "giáo dục", "Hoà", "Hòa", "", " - ", "A"]),
        author=st.sampled_from(["An", "AN", "Bình", "CĐCS 1", "Công đoàn cơ sở 1", ""]),
        number=st.sampled_from([0, 1, 2, 3, 7, 10**17]),
    ).flatmap(
        lambda row: st.sampled_from(["", "School C", "School D"]).map(
            lambda base: replace(row, base=base) if row.union == "District B" else row
        )
    ),
    max_size=14,
)


def cells(rows: Sequence[Row]) -> list[list[str]]:
    return [
        [f"K{i}", row.phase, row.day, row.base, row.union, "valid", row.field, row.author, str(row.number)]
        for i, row in enumerate(rows)
    ]


def counted_in(folder: Path, files: Sequence[Sequence[Sequence[str]]]) -> Counted:
    """The count of lines in files."""
    names = [f"{number}.csv" for number in range(len(files))]
    contents = {name: csv_bytes([HEADER, *lines]) for name, lines in zip(names, files, strict=True)}
    write_files(folder, {"quota.yaml": PHASED, **contents})
    return count(load_config(folder / "quota.yaml"), names, date(2022, 12, 31))


def month_of(row: Row) -> str:
    months = {"1/1/2022": "2022-01", "03.01.2022": "2022-01", "2022-02-27 23:59": "2022-02", "28/02/2022": "2022-02",
              "31/12/2021": "2021-12", "15/6/2022": "2022-06"}  # fmt: skip
    return months.get(row.day, "")


def week_of(row: Row) -> str:
    """As a calendar on the wall shows them."""
    weeks = {"1/1/2022": "2021-W52", "31/12/2021": "2021-W52", "03.01.2022": "2022-W01", "28/02/2022": "2022-W09",
             "2022-02-27 23:59": "2022-W08", "15/6/2022": "2022-W24"}  # fmt: skip
    return weeks.get(row.day, "")


VALUES: dict[str, Callable[[Row], str]] = {
    "field": lambda row: fold(row.field),
    "author": lambda row: fold(row.author),
    "month": month_of,
    "week": week_of,
    "phase": lambda row: {"p1": "Phase 1", "p2": "Phase 2"}[row.phase],
}


@bounded
@given(ALL_ROWS)
def test_the_groups_are_those_of_a_plain_recount_and_add_up_to_the_report(folder: Path, rows: list[Row]) -> None:
    counted = counted_in(folder, [cells(rows)])
    done = {(each.unit.id, each.phase): each.done for each in counted.report.attainments}
    for unit in ("a", "b", "c", "d", "e"):
        for by in (*VALUES, "status", "unit"):
            for phase in (None, "p1", "p2", "all"):
                tables = divide(counted.judged, counted.report.config, by, unit, phase).tables
                for table in tables:
                    assert table.done == done[unit, table.phase_id] == sum(group.done for group in table.groups)
                    for group in table.groups:
                        assert group.share == (Fraction(group.done, table.done) if table.done else None)
                        if group.unit is not None:
                            assert group.done == done[group.unit.id, table.phase_id]
                    if by in VALUES:
                        recount: Counter[str] = Counter()
                        for row in rows:
                            if unit in row.lineage and table.phase_id in (row.phase, "all"):
                                recount[VALUES[by](row)] += row.number
                        name = fold if by in ("field", "author") else str
                        shown = {name(group.value): group.done for group in table.groups}
                        assert {value: n for value, n in shown.items() if n} == +recount
                        assert len(shown) == len(table.groups)


@bounded
@given(ALL_ROWS)
def test_the_order_of_the_groups(folder: Path, rows: list[Row]) -> None:
    """Months and weeks without a gap, others by done, the blank group last."""
    counted = counted_in(folder, [cells(rows)])
    for by in ("month", "week"):
        for table in divide(counted.judged, counted.report.config, by, "a").tables:
            starts = [group.start for group in table.groups if not group.blank]
            for one, two in pairwise(starts):
                assert one is not None
                assert two is not None
                assert (two - one == timedelta(days=7)) if by == "week" else (two == next_month(one))
            assert [group.blank for group in table.groups[:-1]] == [False] * (len(table.groups) - 1)
    for by in ("field", "author", "unit"):
        for table in divide(counted.judged, counted.report.config, by, "a").tables:
            keys = [(group.blank, -group.done, alphabetical(group.value)) for group in table.groups]
            assert keys == sorted(keys)


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


@bounded
@given(ALL_ROWS, st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_and_partition_of_the_rows_change_nothing(
    folder: Path, rows: list[Row], chance: random.Random, files: int
) -> None:
    lines = cells(rows)
    shuffled = chance.sample(lines, len(lines))
    one = counted_in(folder, [lines])
    two = counted_in(folder, [shuffled[number::files] for number in range(files)])
    for by in (*VALUES, "unit"):
        for unit in (None, "b"):
            assert divide(one.judged, one.report.config, by, unit) == divide(two.judged, one.report.config, by, unit)


@bounded
@given(ALL_ROWS, st.integers(0, 3), st.sampled_from(["half-up", "down", "up", "half-even"]))
def test_each_printed_share_is_right_and_a_note_stands_where_they_do_not_make_100(
    folder: Path, rows: list[Row], decimals: int, rounding: Rounding
) -> None:
    counted = counted_in(folder, [cells(rows)])
    config = replace(counted.report.config, percent=PercentRule(decimals, rounding))
    report = replace(counted.report, config=config)
    for phase in ("p1", "p2", "all"):
        divided = divide(counted.judged, config, "field", "a", phase)
        (table,) = divided.tables
        for group in table.groups:
            if group.share is not None and group.percent is not None:
                digits = len(group.percent.partition(".")[2])
                assert abs(Fraction(group.percent) - 100 * group.share) < Fraction(1, 10**digits)
                assert (Fraction(group.percent) == 0) == (group.share == 0)
                assert (Fraction(group.percent) == 100) == (group.share == 1)
        printed = sum(Fraction(line["percent"]) for line in lines_of(divided) if line["percent"])
        note = "The shares above add up to" in render_breakdown_text(divided, report, "en")
        assert note == (table.done > 0 and printed != 100)


def lines_of(divided: Breakdown) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_breakdown_csv(divided))))

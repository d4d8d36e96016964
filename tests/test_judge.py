"""Contract §3 sentence by sentence: units, the order of reasons, duplicates, conditions, dates, phases, counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sangkien_cli.errors import SangkienError
from sangkien_cli.ledger import ledger
from sangkien_cli.pipeline import Counted, count, load_config
from tests.plain import Node, Plan, csv_bytes

PHASES = {"gd1": (date(2022, 1, 8), date(2022, 5, 31)), "gd2": (date(2022, 6, 1), date(2022, 12, 31))}
AS_OF = date(2022, 11, 30)
ROOT = Node("Tỉnh", id="tinh")


def plan_of(*nodes: Node, **changes: object) -> Plan:
    """A quota file; its columns stand in the order code, submitted, then unit levels, unless said otherwise."""
    options: dict[str, object] = {"fields": ("code", "submitted"), "levels": 1} | changes
    return Plan(nodes or (ROOT,), PHASES, **options)  # type: ignore[arg-type]


def counted(plan: Plan, files: dict[str, list[list[str]]], extra: str = "", as_of: date = AS_OF) -> Counted:
    """The count of CSV files whose rows are given without header; `extra` is added to the quota file."""
    for name, rows in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(csv_bytes([plan.headers, *([*row, "g"] for row in rows)]))
    Path("q.yaml").write_text(plan.yaml() + extra, encoding="utf-8")
    return count(load_config(Path("q.yaml")), list(files), as_of)


def column(result: Counted, name: str) -> list[str]:
    """A column of the ledger's data rows, absent values as ""."""
    table = ledger(result.judged, result.report.config)
    return [str(value) for value in table[table["reason"].fillna("") != "layout"][name].fillna("")]


def reasons(plan: Plan, *rows: list[str], extra: str = "", as_of: date = AS_OF) -> list[str]:
    """The reason of each row of one CSV."""
    return column(counted(plan, {"a.csv": list(rows)}, extra, as_of), "reason")


def meant(nodes: tuple[Node, ...], *names: str) -> str:
    """The unit (or the reason why none) of a row whose unit columns hold these names, deepest first."""
    result = counted(plan_of(*nodes, levels=len(names)), {"a.csv": [["SK1", "1/2/2022", *names]]})
    return column(result, "reason")[0] or column(result, "unit")[0]


# --- the unit of a row ------------------------------------------------------------------------------------------

# Tỉnh ─ Huyện A ─ Trường X      Cơ quan (a second root) ─ Trường X
#      │         └ Trường Y ─ Tổ Z
#      └ Huyện B ─ Trường X
TREE = (
    ROOT,
    Node("Huyện A", 0, id="a"),
    Node("Trường X", 1, id="a-x"),
    Node("Trường Y", 1, ("Y",), id="a-y"),
    Node("Tổ Z", 3, id="a-y-z"),
    Node("Huyện B", 0, id="b"),
    Node("Trường X", 5, id="b-x"),
    Node("Cơ quan", None, id="cq"),
    Node("Trường X", 7, id="cq-x"),
)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        # the deepest level whose name is in the tree below the units that its higher levels name
        (("Trường X", "Huyện A", "Tỉnh"), "a-x"),
        (("Trường X", "Huyện B", ""), "b-x"),
        (("Trường X", "", "Cơ quan"), "cq-x"),
        (("Tổ Z", "", "Tỉnh"), "a-y-z"),
        (("Tổ Z", "", ""), "a-y-z"),
        (("Y", "Huyện A", ""), "a-y"),
        # a deeper name that is not in the tree counts for its nearest known ancestor
        (("Trường lạ", "Huyện A", "Tỉnh"), "a"),
        (("Trường lạ", "Huyện lạ", "Tỉnh"), "tinh"),
        (("Trường lạ", "", "Tỉnh"), "tinh"),
        # a higher level that names something not in the tree
        (("Trường X", "Châu Thành", "Tỉnh"), "unknown-unit"),
        (("Trường Y", "Huyện A", "Tỉnh khác"), "unknown-unit"),
        (("", "Huyện A", "Tỉnh khác"), "unknown-unit"),
        (("Trường lạ", "Huyện A", "Tỉnh khác"), "unknown-unit"),
        (("Trường lạ", "Huyện lạ", ""), "unknown-unit"),
        # blank levels are passed over
        (("", "", "Huyện A"), "a"),
        (("", "Huyện A", "  "), "a"),
        (("Trường Y", "\u200b", "\u00a0"), "a-y"),
        (("", "", ""), "no-unit"),
        ((" ", "\u200b", "-"), "no-unit"),
        # a name that stands in the tree more than once
        (("Trường X", "", ""), "ambiguous-unit"),
        (("Trường X", "", "Tỉnh"), "ambiguous-unit"),
        (("Trường lạ", "Trường X", ""), "ambiguous-unit"),
        # two known units neither of which contains the other
        (("Trường Y", "Huyện B", ""), "conflicting-units"),
        (("Huyện B", "Huyện A", "Tỉnh"), "conflicting-units"),
        (("Tổ Z", "Trường X", "Huyện B"), "conflicting-units"),
        (("Huyện A", "", "Cơ quan"), "conflicting-units"),
        # the same unit in two columns; columns the wrong way round name no two branches
        (("Huyện A", "Huyện A", "Tỉnh"), "a"),
        (("Trường Y", "Y", ""), "a-y"),
        (("Tỉnh", "Huyện A", ""), "a"),
    ],
)
def test_the_unit_of_a_row(names: tuple[str, ...], expected: str) -> None:
    assert meant(TREE, *names) == expected


def test_a_name_that_repeats_on_the_way_down() -> None:
    """ "thành phố Thái Nguyên" could be called like the province: the deeper column means the deeper unit."""
    tree = (Node("Thái Nguyên", id="tinh"), Node("Thái Nguyên", 0, id="tp"), Node("Phường 1", 1, id="p1"))
    assert meant(tree, "Thái Nguyên", "Thái Nguyên") == "tp"
    assert meant(tree, "Phường 1", "Thái Nguyên") == "p1"
    assert meant(tree, "Thái Nguyên", "") == "ambiguous-unit"


def test_a_higher_name_in_two_branches_is_decided_by_the_deeper_one() -> None:
    tree = (
        Node("Tỉnh 1", id="t1"), Node("Châu Thành", 0, id="c1"), Node("X", 1, id="x1"),
        Node("Tỉnh 2", id="t2"), Node("Châu Thành", 3, id="c2"), Node("Y", 4, id="y2"),
    )  # fmt: skip
    assert meant(tree, "Y", "Châu Thành") == "y2"
    assert meant(tree, "Z", "Châu Thành", "Tỉnh 2") == "c2"
    assert meant(tree, "Z", "Châu Thành") == "ambiguous-unit"


def test_names_are_taken_whole() -> None:
    """Near-matches never count (§3), and accents and the type word are significant (§4)."""
    tree = (Node("LĐLĐ huyện Đồng Hỷ", id="dh"), Node("LĐLĐ tỉnh Thái Nguyên", id="tn"))
    for near in ("Đồng Hỷ", "LĐLĐ huyện Đồng Hy", "LĐLĐ thành phố Thái Nguyên", "LĐLĐ Thái Nguyên"):
        assert meant(tree, near) == "unknown-unit"
    assert meant(tree, "Liên Đoàn lao động H.ĐỒNG HỶ.") == "dh"


@pytest.mark.parametrize("name", ["NA", "null", "None", "nan", "N/A", "007", "TRUE", "-1", "1.0"])
def test_names_that_look_like_something_else_are_names(name: str) -> None:
    assert meant((Node(name, id="u"),), name) == "u"


def test_7_is_not_007() -> None:
    assert meant((Node("7", id="u7"), Node("007", id="u007")), "007") == "u007"


# --- the order of the reasons -----------------------------------------------------------------------------------


def test_the_first_reason_that_applies() -> None:
    """Each row has the faults of all reasons below it in the contract's table, and is mended one by one."""
    plan = plan_of(*TREE, fields=("code", "submitted", "status", "count"), levels=2, statuses=("Hợp lệ",))
    #       code  submitted    status     count  units
    rows = [
        ["", "32/1/2022", "Chờ duyệt", "x", "", ""],
        ["", "32/1/2022", "Hợp lệ", "x", "", ""],
        ["", "32/1/2022", "Hợp lệ", "x", "Trường X", "Châu Thành"],
        ["", "32/1/2022", "Hợp lệ", "x", "Trường X", ""],
        ["", "32/1/2022", "Hợp lệ", "x", "Huyện A", "Huyện B"],
        ["", "", "Hợp lệ", "x", "Huyện A", ""],
        ["", "32/1/2022", "Hợp lệ", "x", "Huyện A", ""],
        ["", "1/1/2023", "Hợp lệ", "x", "Huyện A", ""],
        ["", "1/1/2022", "Hợp lệ", "x", "Huyện A", ""],
        ["", "1/2/2022", "Hợp lệ", "x", "Huyện A", ""],
        ["", "1/2/2022", "Hợp lệ", "1", "Huyện A", ""],
        ["SK1", "1/2/2022", "Hợp lệ", "1", "Huyện A", ""],
        ["SK1", "1/3/2022", "Hợp lệ", "1", "Huyện A", ""],
    ]
    assert reasons(plan, *rows) == [
        "filtered", "no-unit", "unknown-unit", "ambiguous-unit", "conflicting-units", "no-date", "bad-date",
        "after-as-of", "outside-phases", "bad-count", "no-code", "", "duplicate",
    ]  # fmt: skip


def test_a_broken_record_is_unreadable_before_all_else() -> None:
    plan = plan_of(fields=("code", "submitted", "status"), statuses=("Hợp lệ",))
    Path("a.csv").write_text(
        "code,submitted,status,unit 0,note\na,b\na,b\nSK1,1/2/2022,Hợp lệ,Tỉnh,g\n", encoding="utf-8"
    )
    Path("q.yaml").write_text(plan.yaml(), encoding="utf-8")
    result = count(load_config(Path("q.yaml")), ["a.csv"], AS_OF)
    assert column(result, "reason") == ["unreadable", "unreadable", ""]


def test_after_as_of_comes_before_outside_phases() -> None:
    rows = [["1", "1/12/2022", "Tỉnh"], ["2", "1/1/2024", "Tỉnh"], ["3", "30/11/2022 24:00", "Tỉnh"]]
    assert reasons(plan_of(), *rows) == ["after-as-of", "after-as-of", ""]


# --- duplicates -------------------------------------------------------------------------------------------------

AB = (ROOT, Node("A", 0, id="z-a"), Node("B", 0, id="a-b"))


def kept(result: Counted) -> list[tuple[str, str, str]]:
    """File, row and unit of the rows that count."""
    columns = [column(result, name) for name in ("file", "row", "unit", "reason")]
    return [(file, row, unit) for file, row, unit, reason in zip(*columns, strict=True) if not reason]


def test_the_earliest_date_is_kept() -> None:
    rows = [["SK", "2/2/2022", "B"], ["SK", "2022-02-01 09:00", "A"], ["SK", "1.2.2022 10:00", "B"]]
    assert kept(counted(plan_of(*AB), {"a.csv": rows})) == [("a.csv", "3", "z-a")]


def test_the_earliest_is_kept_to_the_fraction_of_a_second() -> None:
    rows = [["SK", "2022-02-01T09:00:00.900", "B"], ["SK", "2022-02-01T09:00:00.100", "A"]]
    assert kept(counted(plan_of(*AB), {"a.csv": rows})) == [("a.csv", "3", "z-a")]


def test_then_the_first_unit_id_then_file_sheet_and_row() -> None:
    """By id, not by name or place in the tree: B's id a-b comes before A's z-a."""
    day = "1/2/2022"
    files = {"b.csv": [["SK", day, "A"], ["SK", day, "B"], ["SK", day, "B"]], "c.csv": [["SK", day, "B"]]}
    assert kept(counted(plan_of(*AB), files)) == [("b.csv", "3", "a-b")]
    files = {"c.csv": [["SK", day, "B"]], "a10.csv": [["SK", day, "B"]], "a9.csv": [["SK", day, "B"]]}
    assert kept(counted(plan_of(*AB), files)) == [("a10.csv", "2", "a-b")]


def test_only_rows_that_would_count_repeat_each_other() -> None:
    plan = plan_of(*AB, fields=("code", "submitted", "status", "count"), statuses=("Hợp lệ",))
    rows = [
        ["SK", "1/2/2022", "Chờ duyệt", "1", "A"],
        ["SK", "1/2/2022", "Hợp lệ", "1", "Lạ"],
        ["SK", "1/1/2022", "Hợp lệ", "1", "A"],
        ["SK", "", "Hợp lệ", "1", "A"],
        ["SK", "2/2/2022", "Hợp lệ", "1.5", "A"],
        ["SK", "4/2/2022", "Hợp lệ", "1", "A"],
        ["SK", "3/2/2022", "Hợp lệ", "1", "A"],
    ]
    assert reasons(plan, *rows) == [
        "filtered", "unknown-unit", "outside-phases", "no-date", "bad-count", "duplicate", "",
    ]  # fmt: skip


def test_which_row_repeats_depends_on_the_as_of_date() -> None:
    """A row after the as-of date would not count, so it takes no other's place, nor repeats it."""
    rows = [["SK", "1/6/2022", "A"], ["SK", "1/5/2022", "B"]]
    assert reasons(plan_of(*AB), *rows, as_of=date(2022, 6, 1)) == ["duplicate", ""]
    assert reasons(plan_of(*AB), *rows, as_of=date(2022, 5, 31)) == ["after-as-of", ""]
    assert reasons(plan_of(*AB), *rows, as_of=date(2022, 4, 30)) == ["after-as-of", "after-as-of"]


def test_a_code_counts_once_in_all_phases_together() -> None:
    rows = [["SK", "1/6/2022", "A"], ["SK", "1/5/2022", "A"]]
    assert column(counted(plan_of(*AB), {"a.csv": rows}), "phase") == ["gd2", "gd1"]
    assert reasons(plan_of(*AB), *rows) == ["duplicate", ""]


def test_codes_that_differ_in_case_are_one() -> None:
    rows = [
        ["SK-đ1", "1/2/2022", "Tỉnh"],
        ["sk-Đ1", "2/2/2022", "Tỉnh"],
        ["Sk-1", "1/2/2022", "Tỉnh"],
        ["SK-1", "2/2/2022", "Tỉnh"],
    ]
    assert reasons(plan_of(), *rows) == ["", "duplicate", "", "duplicate"]


def test_the_ledger_names_the_row_that_is_repeated() -> None:
    result = counted(plan_of(*AB), {"a.csv": [["SK", "2/2/2022", "A"]], "b.csv": [["SK", "1/2/2022", "A"]]})
    assert column(result, "detail") == ["b.csv:2", ""]


def test_zeros_in_front_belong_to_a_code_and_outer_blanks_do_not() -> None:
    rows = [[code, "1/2/2022", "A"] for code in ("007", "7", "07", " 7 ", "7\u00a0", "\ufeff7")]
    assert reasons(plan_of(*AB), *rows) == ["", "", "", "duplicate", "duplicate", "duplicate"]


def test_codes_composed_and_decomposed_are_one() -> None:
    assert reasons(plan_of(), ["SK-Đ\u1ed9", "1/2/2022", "Tỉnh"], ["SK-Đo\u0302\u0323", "2/2/2022", "Tỉnh"]) == [
        "",
        "duplicate",
    ]


@pytest.mark.parametrize("code", ["", " ", "\u00a0", "\u200b", "\t\n", "\ufeff \u2060"])
def test_a_blank_code_is_no_code(code: str) -> None:
    assert reasons(plan_of(), [code, "1/2/2022", "Tỉnh"]) == ["no-code"]


def test_once_per_none_counts_every_row() -> None:
    rows = [["SK", "1/2/2022", "Tỉnh"], ["SK", "1/2/2022", "Tỉnh"], ["", "1/2/2022", "Tỉnh"]]
    assert reasons(plan_of(once_per="none"), *rows) == ["", "", ""]


def test_without_a_code_column_every_row_counts() -> None:
    assert reasons(plan_of(fields=("submitted",)), ["1/2/2022", "Tỉnh"], ["1/2/2022", "Tỉnh"]) == ["", ""]


def test_once_per_another_field() -> None:
    plan = plan_of(fields=("code", "submitted", "title"), once_per="title")
    rows = [
        ["1", "1/2/2022", "Máy gặt", "Tỉnh"],
        ["1", "1/2/2022", "Máy cày", "Tỉnh"],
        ["2", "2/2/2022", "Máy  gặt", "Tỉnh"],
    ]
    assert reasons(plan, *rows) == ["", "", "duplicate"]


# --- count.where ------------------------------------------------------------------------------------------------


def where(condition: str, field: str, *cells: str) -> list[bool]:
    """Whether cells of a field pass a condition."""
    plan = plan_of(fields=("code", "submitted", field))
    rows = [[str(i), "1/2/2022", cell, "Tỉnh"] for i, cell in enumerate(cells)]
    result = counted(plan, {"a.csv": rows}, f"count: {{where: {{{field}: {condition}}}}}\n")
    return [reason == "" for reason in column(result, "reason")]


def test_listed_values_are_compared_normalised() -> None:
    cells = ("hợp lệ", "  HỢP \n LỆ. ", "Hợp lệ*", "Không hợp lệ", "Hợp lệ một phần", "", "Hợp lê")
    assert where("[Hợp lệ, Đã công nhận]", "status", *cells) == [True, True, True, False, False, False, False]
    assert where("Hợp lệ", "status", "Hợp lệ", "x") == [True, False]


def test_a_range_of_dates_includes_both_ends() -> None:
    cells = (
        "31/8/2021",
        "1/9/2021",
        "2023-09-01",
        "1.9.2023 24:00",
        "2023-08-31T18:00:00Z",
        "2/9/2023",
        "",
        "x",
        "09/15/2021",
    )
    passed = [False, True, True, True, True, False, False, False, False]
    assert where("{from: 2021-09-01, to: 2023-09-01}", "applied", *cells) == passed
    assert where("{from: 2021-09-01}", "applied", "31/8/2021", "1/9/2021", "1/1/2050", "") == [False, True, True, False]
    assert where("{to: 2021-09-01}", "applied", "1/9/2021", "2/9/2021", "") == [True, False, False]


def test_a_range_of_numbers_includes_both_ends() -> None:
    cells = ("9.99", "10", " 10 ", "10.0", "20", "20.000001", "-15", "", "mười", "10%", "1e1")
    passed = [False, True, True, True, True, False, False, False, False, False, False]
    assert where("{min: 10, max: 20}", "benefit", *cells) == passed
    assert where("{min: 0}", "benefit", "0", "-0.1", "999999999999999999999999") == [True, False, True]


def test_all_conditions_must_be_passed() -> None:
    plan = plan_of(fields=("code", "submitted", "status", "recognition"))
    rows = [
        [str(i), "1/2/2022", s, r, "Tỉnh"] for i, (s, r) in enumerate([("a", "c"), ("b", "d"), ("a", "d"), ("b", "c")])
    ]
    extra = "count: {where: {status: [a], recognition: [d]}}\n"
    assert reasons(plan, *rows, extra=extra) == ["filtered", "filtered", "", "filtered"]


# --- the count column -------------------------------------------------------------------------------------------


def test_done_adds_the_column_and_rows_counts_the_rows() -> None:
    plan = plan_of(*AB, fields=("submitted", "count"))
    rows = [["1/2/2022", "12", "A"], ["1/2/2022", "0", "A"], ["1/6/2022", "30", "B"], ["1/2/2022", "", "A"]]
    report = counted(plan, {"a.csv": rows}).report
    assert (report.rows.read, report.rows.counted) == (4, 3)
    done = {(each.unit.id, each.phase): (each.done, each.direct) for each in report.attainments}
    assert done["tinh", "all"] == (42, 0)
    assert done["z-a", "gd1"] == (12, 12)
    assert done["a-b", "gd2"] == (30, 30)


@pytest.mark.parametrize("text", ["0", "5", " 5 ", "12345678901234"])
def test_whole_counts(text: str) -> None:
    report = counted(plan_of(fields=("submitted", "count")), {"a.csv": [["1/2/2022", text, "Tỉnh"]]}).report
    assert report.rows.counted == 1
    assert report.attainments[0].done == int(text)


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "5.091", "5.000", "1,000", "1 000", "1e3", "mười", "0x5", "5 người", "½", "9" * 400]
)
def test_what_is_no_whole_count(text: str) -> None:
    assert reasons(plan_of(fields=("submitted", "count")), ["1/2/2022", text, "Tỉnh"]) == ["bad-count"]


def test_huge_counts_add_up_exactly() -> None:
    """Beyond what 64 bits hold."""
    most = 10**18 - 1
    rows = [["1/2/2022", str(most), "A"] for _ in range(50)]
    report = counted(plan_of(*AB, fields=("submitted", "count")), {"a.csv": rows}).report
    assert report.attainments[0].done == 50 * most


# --- phases -----------------------------------------------------------------------------------------------------


def phase_names(rows: list[list[str]], fields: tuple[str, ...] = ("code", "phase")) -> Counted:
    """Counted with phases that have names: gd1 "Giai đoạn 1", gd2 "Giai đoạn 2"."""
    plan = plan_of(fields=fields)
    text = (
        plan.yaml()
        .replace("  gd1:\n", "  gd1:\n    name: Giai đoạn 1\n")
        .replace("  gd2:\n", "  gd2:\n    name: Giai đoạn 2\n")
    )
    Path("a.csv").write_bytes(csv_bytes([plan.headers, *([*row, "g"] for row in rows)]))
    Path("q.yaml").write_text(text, encoding="utf-8")
    return count(load_config(Path("q.yaml")), ["a.csv"], AS_OF)


def test_the_export_s_own_phase_by_id_or_name() -> None:
    cells = ["gd1", "GD2", "giai  đoạn 2.", "Giai đoạn 3", ""]
    result = phase_names([[str(i), cell, "Tỉnh"] for i, cell in enumerate(cells)])
    assert column(result, "phase") == ["gd1", "gd2", "gd2", "", ""]
    assert column(result, "reason") == ["", "", "", "outside-phases", "outside-phases"]


def test_the_phase_column_is_used_instead_of_the_date() -> None:
    rows = [
        ["1", "gd2", "1/2/2022", "Tỉnh"],
        ["2", "gd1", "", "Tỉnh"],
        ["3", "gd1", "32/1/2022", "Tỉnh"],
        ["4", "gd1", "1/12/2022", "Tỉnh"],
    ]
    result = phase_names(rows, ("code", "phase", "submitted"))
    assert column(result, "phase")[:3] == ["gd2", "gd1", "gd1"]
    assert column(result, "reason") == ["", "", "", "after-as-of"]


def test_a_fixed_phase_for_files_without_dates_and_phases() -> None:
    plan = plan_of(*AB, fields=("code",), fixed_phase="gd2")
    result = counted(plan, {"a.csv": [["1", "A"], ["2", "B"]]})
    assert column(result, "phase") == ["gd2", "gd2"]
    assert column(result, "reason") == ["", ""]


def test_a_fixed_phase_leaves_files_with_dates_alone() -> None:
    plan = plan_of(fixed_phase="gd2")
    Path("q.yaml").write_text(plan.yaml(), encoding="utf-8")
    Path("a.csv").write_text("code,submitted,unit 0\n1,1/2/2022,Tỉnh\n2,,Tỉnh\n", encoding="utf-8")
    Path("b.csv").write_text("code,unit 0\n3,Tỉnh\n", encoding="utf-8")
    result = count(load_config(Path("q.yaml")), ["a.csv", "b.csv"], AS_OF)
    assert column(result, "phase") == ["gd1", "", "gd2"]
    assert column(result, "reason") == ["", "no-date", ""]


def test_both_ends_of_a_phase_are_inside() -> None:
    cells = ["7/1/2022 23:59", "8/1/2022", "31/5/2022 23:59:59", "31/5/2022 24:00", "1/6/2022 00:00"]
    result = counted(plan_of(), {"a.csv": [[str(i), cell, "Tỉnh"] for i, cell in enumerate(cells)]})
    assert column(result, "phase") == ["", "gd1", "gd1", "gd1", "gd2"]


# --- dates ------------------------------------------------------------------------------------------------------


def dated(text: str, timezone: str = "Asia/Ho_Chi_Minh") -> str:
    """The day that a cell names, or the reason of its row."""
    phases = {"gd": (date(1800, 1, 1), date(2200, 12, 31))}
    plan = Plan((ROOT,), phases, ("submitted",), levels=1, timezone=timezone)
    result = counted(plan, {"a.csv": [[text, "Tỉnh"]]}, as_of=date(2199, 12, 31))
    return column(result, "reason")[0] or column(result, "submitted")[0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/05/2022", "2022-05-31"),
        ("3/5/2022", "2022-05-03"),
        ("03.5.2022", "2022-05-03"),
        ("3-05-2022", "2022-05-03"),
        ("12 - 04 - 2021", "2021-04-12"),
        ("29/2/2024", "2024-02-29"),
        ("  31/05/2022\u00a0\u200b", "2022-05-31"),
        ("31/05/2022 8:05", "2022-05-31"),
        ("31/05/2022 23:59:59", "2022-05-31"),
        ("31/05/2022 24:00", "2022-05-31"),
        ("31/12/2022 24:00:00", "2022-12-31"),
        ("2022-05-31", "2022-05-31"),
        ("2022-05-31T00:00", "2022-05-31"),
        ("2022-05-31 07:30:15", "2022-05-31"),
        ("2022-05-31T07:30:15.123456", "2022-05-31"),
        ("2022-05-31T24:00", "2022-05-31"),
        ("2022-05-31T16:59:59Z", "2022-05-31"),
        ("2022-05-31T17:00:00Z", "2022-06-01"),
        ("2022-05-31T23:30:00+07:00", "2022-05-31"),
        ("2022-05-31T23:30:00+0700", "2022-05-31"),
        ("2022-06-01T00:30:00+09:00", "2022-05-31"),
        ("2022-05-31T20:00:00-05:00", "2022-06-01"),
        ("1/1/2000", "2000-01-01"),
        ("31/12/2100", "2100-12-31"),
    ],
)
def test_dates_that_are_read(text: str, day: str) -> None:
    assert dated(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "1/1/1900", "31/12/1999", "19/09/2129",
        "05/31/2022", "5/13/2022", "31/02/2022", "29/02/2022", "32/01/2022", "0/1/2022", "1/0/2022", "9/226", "1/3/22",
        "2022-02-30", "2022-13-01", "1/3-2022", "31/05", "tháng 5/2022", "44682", "44682.5", "149/44",
        "31/05/2022 25:00", "31/05/2022 24:01", "31/05/2022 12:60", "khoảng 31/05/2022",
        "31/05/2022 - 01/06/2022", "-1/5/2022",
        "1/5/20222",
        "9999-12-31T23:00:00-05:00", "0000-01-01", "nan", "NaT", "today",
    ],
)  # fmt: skip
def test_dates_that_are_not_read(text: str) -> None:
    assert dated(text) == "bad-date"


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u200b"])
def test_a_blank_date_is_no_date(text: str) -> None:
    assert dated(text) == "no-date"


def test_offsets_are_moved_to_the_quota_file_s_timezone() -> None:
    assert dated("2022-05-31T23:30:00Z", "Europe/London") == "2022-06-01"
    assert dated("2022-01-31T23:30:00Z", "Europe/London") == "2022-01-31"
    assert dated("2022-05-31T23:30:00", "America/New_York") == "2022-05-31"


def test_today_is_the_day_in_the_timezone(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from sangkien_cli import phases

    class Late(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2022, 5, 31, 18, 0, tzinfo=UTC)

    monkeypatch.setattr(phases, "datetime", Late)
    assert phases.today(ZoneInfo("Asia/Ho_Chi_Minh")) == date(2022, 6, 1)
    assert phases.today(ZoneInfo("UTC")) == date(2022, 5, 31)


# --- names and sizes at the edge --------------------------------------------------------------------------------


def test_a_name_of_only_punctuation_is_refused() -> None:
    """No row could ever name it (§4: punctuation is squeezed)."""
    with pytest.raises(SangkienError):
        counted(plan_of(Node("'…'", id="1")), {"a.csv": []})


@pytest.mark.parametrize("names", [("Hoà", "HÒA."), ("TP X", "thành phố x")])
def test_siblings_of_one_name_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(SangkienError):
        counted(plan_of(Node(names[0], id="1"), Node(names[1], id="2")), {"a.csv": []})


def test_as_many_phases_as_days() -> None:
    days = {f"d{i}": (date.fromordinal(738_000 + i), date.fromordinal(738_000 + i)) for i in range(300)}
    last = date.fromordinal(738_299)
    result = counted(Plan((ROOT,), days, ("submitted",), levels=1), {"a.csv": [[last.isoformat(), "Tỉnh"]]}, as_of=last)
    assert column(result, "phase") == ["d299"]


def test_thirty_unit_levels_of_many_names() -> None:
    """More combinations of names than 64 bits can number."""
    chain = [Node("U0 7", id="u0")] + [Node(f"U{i} {i % 9}", i - 1, id=f"u{i}") for i in range(1, 30)]
    rows = [
        ["1/2/2022", *(f"lạ {i}-{row}" for i in range(row)), *(node.name for node in reversed(chain[: 30 - row]))]
        for row in range(30)
    ]
    plan = plan_of(*chain, fields=("submitted",), levels=30)
    assert column(counted(plan, {"a.csv": rows}), "unit") == [f"u{29 - row}" for row in range(30)]


def test_a_quota_file_of_5000_units_is_quick() -> None:
    import time

    nodes = [ROOT, *(Node(f"CĐCS số {i}", 0, (f"Đơn vị {i}",), {"gd1": i}) for i in range(5000))]
    begin = time.perf_counter()
    result = counted(plan_of(*nodes), {"a.csv": [[str(i), "1/2/2022", f"đơn vị {i}"] for i in range(5000)]})
    assert result.report.rows.counted == 5000
    assert time.perf_counter() - begin < 20  # it takes 3 s where the machine is idle, most of it to write the file


# --- what a review found -----------------------------------------------------------------------------------------


def test_letters_between_numbers_are_no_column_numbers() -> None:
    """A first row `1,A,2` under STT, unit and count is data."""
    table = [["1", "A", "2"], ["2", "A", "3"]]
    text = "\n".join(",".join(row) for row in [["STT", "Đơn vị", "Số"], *table])
    Path("a.csv").write_text(text, encoding="utf-8")
    Path("q.yaml").write_text(
        "programme: p\nphases: {gd1: {from: 2022-01-01, to: 2022-12-31}}\n"
        "exports: {columns: {unit: Đơn vị, count: Số}, phase: gd1}\nunits: [{name: A}]\n",
        encoding="utf-8",
    )
    result = count(load_config(Path("q.yaml")), ["a.csv"], date(2022, 12, 31))
    assert result.report.attainments[0].done == 5


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20220301", "2022-03-01"),
        ("2022-03-01T10", "2022-03-01"),
        ("2022-03-01T1000", "2022-03-01"),
        ("31/12/2022 23:30 +00:00", "2023-01-01"),
    ],
)
def test_more_dates_that_are_read(text: str, day: str) -> None:
    assert dated(text) == day


def test_a_thousand_with_its_point_passes_no_range() -> None:
    plan = plan_of(fields=("code", "submitted", "benefit"))
    rows = [["1", "1/2/2022", "1.000", "Tỉnh"], ["2", "1/2/2022", "400.5", "Tỉnh"]]
    assert reasons(plan, *rows, extra="count: {where: {benefit: {max: 500}}}\n") == ["filtered", ""]


def test_the_words_of_an_excel_error_in_a_csv_are_unreadable() -> None:
    result = counted(
        plan_of(), {"a.csv": [["1", "1/2/2022", "#REF!"], ["2", "#N/A", "Tỉnh"], ["3", "1/2/2022", "Tỉnh"]]}
    )
    assert column(result, "reason") == ["unreadable", "unreadable", ""]


def test_a_total_with_its_sum_under_the_unit_is_layout() -> None:
    result = counted(
        plan_of(), {"a.csv": [["SK1", "1/2/2022", "Tỉnh"], ["Tổng cộng", "", "1"], ["SK2", "1/2/2022", "1"]]}
    )
    assert column(result, "row") == ["2", "4"]
    assert column(result, "reason") == ["", "unknown-unit"]

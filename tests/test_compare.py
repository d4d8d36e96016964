"""This report beside an earlier one: what changed, which rows changed it, and earlier reports that cannot be used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangkien_cli.compare import Comparison, compare, read_earlier, read_ledger, within
from sangkien_cli.errors import Note, SangkienError, show_problem
from sangkien_cli.lang import Lang, words
from sangkien_cli.ledger import ledger
from sangkien_cli.model import PercentRule, Rank
from sangkien_cli.pipeline import Counted, count, load_config
from sangkien_cli.ranks import Standing, places, ranks
from sangkien_cli.render import text
from sangkien_cli.render.compare import (
    change_figures,
    change_json,
    comparison_json,
    comparison_passages,
    points_text,
)
from sangkien_cli.render.csv import PLAIN, excel_dialect
from sangkien_cli.render.json import render_json
from sangkien_cli.render.ledger import render_ledger_csv, render_ledger_parquet
from sangkien_cli.report import narrow

if TYPE_CHECKING:
    from tests.conftest import Run


def render_comparison_text(comparison: Comparison, lang: Lang) -> str:
    """The passages as a report without colours prints them."""
    passages = comparison_passages(comparison, lang)
    return "\n".join("".join(f"{line}\n" for line in text.passage_lines(each, text.PLAIN)) for each in passages)


bounded = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

QUOTA = """
    programme: Thử
    language: vi
    phases:
      gd1: {name: Giai đoạn 1, from: 2022-01-01, to: 2022-05-31}
      gd2: {name: Giai đoạn 2, from: 2022-06-01, to: 2022-12-31}
    exports:
      columns: {code: Mã, submitted: Ngày, status: Trạng thái, unit: [[Đơn vị]]}
    count: {where: {status: [Hợp lệ]}, once_per: code}
    units:
      - name: Tỉnh
        id: tinh
        quota: {gd1: 10, gd2: 20}
        units:
          - {name: Huyện A, id: a, quota: {gd1: 4, gd2: 8}}
          - {name: Huyện B, id: b, quota: {gd1: 3, gd2: 8}}
          - {name: Huyện C, id: c, quota: {gd1: 3, gd2: 4}}
"""
HEAD = "Mã,Ngày,Trạng thái,Đơn vị\n"
APRIL = HEAD + (
    "SK-1,2022-04-01,Hợp lệ,Huyện A\n"
    "SK-2,2022-04-02,Hợp lệ,Huyện A\n"
    "SK-3,2022-04-03,Hợp lệ,Huyện A\n"
    "SK-4,2022-04-04,Hợp lệ,Huyện B\n"
    "SK-5,2022-04-05,Chờ duyệt,Huyện B\n"
    "SK-6,2022-04-06,Hợp lệ,Huyện C\n"
    "SK-7,2022-04-07,Hợp lệ,Huyện C\n"
)
# A month later: SK-1 is cancelled and SK-7 has vanished; SK-2 belongs to B; SK-5 is accepted, SK-8 was sent late, and
# SK-9 is new. The rows stand in another order, and codes are typed otherwise.
MAY = HEAD + (
    "sk-9,2022-05-10,Hợp lệ,Huyện A\n"
    "sk-1 ,2022-04-01,Đã hủy,Huyện A\n"
    "SK-8,2022-04-09,Hợp lệ,Huyện C\n"
    "SK-6,2022-04-06,Hợp lệ,Huyện C\n"
    "SK-5,2022-04-05,Hợp lệ,Huyện B\n"
    "SK-4,2022-04-04,Hợp lệ,Huyện B\n"
    "SK-3,2022-04-03,Hợp lệ,Huyện A\n"
    "SK-2,2022-04-02,Hợp lệ,Huyện B\n"
)


def counted(folder: Path, export: str, as_of: str, quota: str = QUOTA) -> Counted:
    """The program's own count of one CSV."""
    (folder / "quota.yaml").write_text(dedent(quota), encoding="utf-8")
    (folder / "export.csv").write_text(export, encoding="utf-8")
    return count(load_config(folder / "quota.yaml"), [str(folder / "export.csv")], date.fromisoformat(as_of))


def written(folder: Path, result: Counted, *, with_ledger: bool = True) -> Path:
    """A report as it was kept, with the ledger that it names."""
    document = json.loads(render_json(result.report))
    if with_ledger:
        table = render_ledger_csv(ledger(result.judged, result.report.config), PLAIN)
        (folder / "ledger.csv").write_bytes(table)
        document["ledger"] = {"path": "ledger.csv", "sha256": hashlib.sha256(table).hexdigest()}
    (folder / "then.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder / "then.json"


def compared(folder: Path, then: Counted, now: Counted) -> Comparison:
    earlier = read_earlier(written(folder, then))
    return compare(earlier, now.report, now.judged, read_ledger(earlier, None))


@pytest.fixture
def april_and_may(folder: Path) -> Comparison:
    then = counted(folder, APRIL, "2022-04-30")
    earlier = read_earlier(written(folder, then))
    now = counted(folder, MAY, "2022-05-31")
    return compare(earlier, now.report, now.judged, read_ledger(earlier, None))


# --- a month worked out by hand ----------------------------------------------------------------------------------


def test_done_points_and_places_of_each_unit(april_and_may: Comparison) -> None:
    changes = april_and_may.changes
    # A had 3/4 = 75 %, lost SK-1 and SK-2 and won SK-9: 2/4 = 50 %. B had 1/3, has SK-2, SK-4 and SK-5: 3/3 = 100 %.
    # C had 2/3, lost SK-7 and won SK-8: 2/3. Then: A, C, B; now: B, C, A. The province: 6/10, then 7/10.
    assert [(changes[unit, "gd1"].done_then, changes[unit, "gd1"].done) for unit in ("tinh", "a", "b", "c")] == [
        (6, 1), (3, -1), (1, 2), (2, 0)
    ]  # fmt: skip
    assert changes["a", "gd1"].points == -25
    assert changes["b", "gd1"].points == 100 - Fraction(100, 3)
    assert changes["a", "gd1"].rank_then == Rank(1, 3)
    assert changes["a", "gd1"].rank_now == Rank(3, 3)
    assert [changes[unit, "gd1"].rank for unit in "abc"] == [-2, 2, 0]


def test_the_rows_that_explain_it(april_and_may: Comparison) -> None:
    rows = april_and_may.rows
    assert rows is not None
    assert [(each.then.code, each.reason, each.now and each.now.row) for each in rows.dropped] == [
        ("SK-1", "filtered", 3),
        ("SK-7", "", None),
    ]
    assert [(each.now.code, each.then.unit, each.now.unit) for each in rows.moved] == [("SK-2", "a", "b")]
    # SK-5, SK-8 and SK-9 are new; the first two are dated before May, and SK-5 was there and waited.
    assert (rows.new, rows.late) == (3, 2)
    assert rows.waited_for == {"filtered": 1}
    assert rows.late_units == {"c": 1}
    explained = april_and_may.changes["b", "all"].rows
    assert explained is not None
    assert (explained.new, explained.late, explained.waited, explained.no_longer, explained.moved) == (1, 1, 1, 0, 1)


def test_what_a_person_reads_of_it(april_and_may: Comparison) -> None:
    assert render_comparison_text(april_and_may, "vi") == dedent("""\
        So với báo cáo tính đến hết ngày 30/04/2022 (then.json)

        2 dòng trước đây được tính, nay không còn được tính
          1 dòng: không thỏa điều kiện tính (count.where)
            SK-1 (export.csv:2) – Huyện A, Giai đoạn 1 (nay ở export.csv:3): status: Đã
              hủy
          1 dòng: không còn trong bảng xuất
            SK-7 (export.csv:8) – Huyện C, Giai đoạn 1

        1 dòng nay tính cho đơn vị khác, giai đoạn khác hoặc với số khác
          1 dòng: Huyện A → Huyện B: SK-2 (export.csv:9)

        Nay được tính thêm 3 so với trước
          trong đó 2 ghi ngày từ 30/04/2022 trở về trước
            1 khi đó đã có trong bảng xuất nhưng chưa được tính: không thỏa điều kiện
              tính (count.where)
            1 khi đó chưa có trong bảng xuất (gửi muộn)
              Huyện C: 1
        """)
    figures = change_figures(april_and_may.changes["b", "gd1"], PercentRule(1), "vi")
    assert (figures.done, figures.points, figures.rank) == ("+2", "+66,7", "3 → 1")


def test_what_a_program_reads_of_it(april_and_may: Comparison) -> None:
    block: Any = json.loads(json.dumps(comparison_json(april_and_may)))
    assert (block["path"], block["as_of"], block["matched_by"]) == ("then.json", "2022-04-30", "code")
    assert [each["code"] for each in block["no_longer_counted"]] == ["SK-1", "SK-7"]
    assert block["no_longer_counted"][0]["now"] == {
        "file": "export.csv", "sheet": None, "row": 3, "reason": "filtered", "detail": "status: Đã hủy"
    }  # fmt: skip
    assert block["moved"][0]["now"]["unit"] == "b"
    change = change_json(april_and_may.changes["b", "gd1"])
    assert (change["done"], change["percent_points"], change["rank"]) == (2, "200/3", 2)
    assert change["rank_then"] == {"place": 3, "among": 3}


def test_a_narrowed_report_is_told_of_its_own_units_only(april_and_may: Comparison, folder: Path) -> None:
    now = counted(folder, MAY, "2022-05-31")
    only_c = within(april_and_may, narrow(now.report, unit="c"))
    assert only_c.rows is not None
    assert {unit for unit, _ in only_c.changes} == {"c"}
    assert [each.then.code for each in only_c.rows.dropped] == ["SK-7"]
    assert (only_c.rows.new, only_c.rows.moved) == (1, ())
    # The upper levels alone keep what happened below them.
    top = within(april_and_may, narrow(now.report, depth=0))
    assert top.rows is not None
    assert [each.then.code for each in top.rows.dropped] == ["SK-1", "SK-7"]
    assert within(april_and_may, narrow(now.report, phase="gd2")).rows == replace(
        top.rows, dropped=(), moved=(), arrivals=()
    )


def test_units_quotas_and_rules_that_changed_are_told(folder: Path) -> None:
    then = counted(folder, APRIL, "2022-04-30")
    changed = (
        QUOTA.replace("programme: Thử", "programme: Thử 2\n    percent: {decimals: 2}")
        .replace("id: c, quota: {gd1: 3,", "id: c-moi, quota: {gd1: 5,")
        .replace("id: b, quota: {gd1: 3,", "id: b, quota: {gd1: 6,")
    )
    comparison = compared(folder, then, counted(folder, APRIL, "2022-04-29", changed))
    assert comparison.new == (("c-moi", "Huyện C"),)
    assert [(each.id, each.name, each.done["all"]) for each in comparison.gone] == [("c", "Huyện C", 2)]
    assert [(each.unit, each.phase, each.then, each.now) for each in comparison.quotas] == [("b", "gd1", 3, 6)]
    # Half as large a share of twice the quota: 1/3 then, 1/6 now.
    assert comparison.changes["b", "gd1"].points == Fraction(100, 6) - Fraction(100, 3)
    assert [note.key for note in comparison.notes] == [
        "compare.note.later", "compare.note.programme", "compare.note.percent", "compare.note.config"
    ]  # fmt: skip
    text = render_comparison_text(comparison, "en")
    assert "Huyện C (c) → Huyện C (c-moi)" in text
    assert "Huyện B, Giai đoạn 1: 3 → 6" in text


@pytest.mark.parametrize(
    ("rounding", "said"),
    [
        ("half-up", "2 decimals, halves rounded up."),
        ("half-even", "2 decimals, halves rounded to even."),
        ("up", "2 decimals, always rounded up."),
        ("down", "2 decimals, always rounded down."),
    ],
)
def test_how_percents_were_printed_then_is_said_in_words(folder: Path, rounding: str, said: str) -> None:
    rule = f"programme: Thử\n    percent: {{decimals: 2, rounding: {rounding}}}"
    then = counted(folder, APRIL, "2022-04-30", QUOTA.replace("programme: Thử", rule))
    comparison = compared(folder, then, counted(folder, APRIL, "2022-04-30"))
    (note,) = [note for note in comparison.notes if note.key == "compare.note.percent"]
    assert words(note, "en") == f"Then percents were printed with {said}"


def test_a_unit_that_stands_below_another_one_takes_its_rows_along(folder: Path) -> None:
    then = counted(folder, APRIL, "2022-04-30")
    below_b = QUOTA.replace(
        "- {name: Huyện B, id: b, quota: {gd1: 3, gd2: 8}}\n          - {name: Huyện C, id: c,",
        "- name: Huyện B\n            id: b\n            quota: {gd1: 3, gd2: 8}\n            units:\n"
        "              - {name: Huyện C, id: c,",
    )
    comparison = compared(folder, then, counted(folder, APRIL, "2022-04-30", below_b))
    assert [(each.id, each.parent_then, each.parent_now) for each in comparison.moved_units] == [
        ("c", "Tỉnh", "Huyện B")
    ]
    b = comparison.changes["b", "gd1"]
    assert b.rows is not None
    assert (b.done, b.rows.moved) == (2, 2)
    assert comparison.rows is not None
    assert (comparison.rows.dropped, comparison.rows.moved, comparison.rows.new) == ((), (), 0)


def test_without_codes_rows_are_known_by_their_place(folder: Path) -> None:
    by_place = QUOTA.replace("once_per: code", "once_per: none")
    then = counted(folder, HEAD + "1,2022-04-01,Hợp lệ,Huyện A\n1,2022-04-02,Hợp lệ,Huyện B\n", "2022-04-30", by_place)
    earlier = read_earlier(written(folder, then))
    now = counted(folder, HEAD + "7,2022-04-01,Hợp lệ,Huyện A\n8,2022-04-02,Chờ,Huyện B\n", "2022-04-30", by_place)
    comparison = compare(earlier, now.report, now.judged, read_ledger(earlier, None))
    assert comparison.rows is not None
    assert [(each.then.row, each.reason) for each in comparison.rows.dropped] == [(3, "filtered")]
    assert (comparison.rows.moved, comparison.rows.new) == ((), 0)
    assert "compare.note.by_place" in [note.key for note in comparison.notes]


def test_a_row_that_lost_its_code_is_found_by_its_place(folder: Path) -> None:
    then = counted(folder, APRIL, "2022-04-30")
    comparison = compared(folder, then, counted(folder, APRIL.replace("SK-4,", ","), "2022-04-30"))
    assert comparison.rows is not None
    assert [(each.then.code, each.reason) for each in comparison.rows.dropped] == [("SK-4", "no-code")]


def test_of_several_rows_with_one_code_the_one_in_its_place_stays(folder: Path) -> None:
    # Then every row counted; now the code counts once, and the earlier date wins: row 3, in its own place.
    export = HEAD + "1,2022-04-09,Hợp lệ,Huyện A\n1,2022-04-02,Hợp lệ,Huyện A\n"
    then = counted(folder, export, "2022-04-30", QUOTA.replace("once_per: code", "once_per: none"))
    comparison = compared(folder, then, counted(folder, export, "2022-04-30"))
    assert comparison.rows is not None
    assert [(each.then.row, each.reason, each.now and each.now.row) for each in comparison.rows.dropped] == [
        (2, "duplicate", 2)
    ]


# --- laws --------------------------------------------------------------------------------------------------------

UNITS = ("Huyện A", "Huyện B", "Huyện C", "Huyện D", "Tỉnh")
Line = tuple[str, str, str, str]
lines = st.lists(
    st.tuples(
        st.sampled_from(("1", "2", "3", "4", "5", " ")),
        st.sampled_from(("2022-04-01", "2022-05-02", "2022-07-01", "2023-02-01", "")),
        st.sampled_from(("Hợp lệ", "Hợp lệ", "Chờ")),
        st.sampled_from((*UNITS, "Huyện X")),
    ),
    min_size=1,
    max_size=9,
)
trees = st.sampled_from(
    (
        [("A", None), ("B", None), ("C", None)],
        [("A", None), ("B", "A"), ("D", None)],
        [("C", None), ("B", "C"), ("A", "B"), ("D", "A")],
    )
)


def tree_of(units: Sequence[tuple[str, str | None]]) -> str:
    """Units of a quota file from pairs of a name and the name above it."""
    head = QUOTA[: QUOTA.index("        units:\n          - {name: Huyện A")]

    def below(parent: str | None, indent: int) -> str:
        children = [name for name, above in units if above == parent]
        if not children:
            return ""
        text = f"{' ' * indent}units:\n"
        for name in children:
            text += f"{' ' * indent}  - name: Huyện {name}\n{' ' * indent}    id: {name.lower()}\n"
            text += f"{' ' * indent}    quota: {{gd1: 3}}\n" + below(name, indent + 4)
        return text

    return head + below(None, 8)


def export_of(rows: Sequence[Line]) -> str:
    return HEAD + "".join(",".join(row) + "\n" for row in rows)


@bounded
@given(lines, lines, trees, trees, st.sampled_from(("code", "none")))
def test_the_rows_explain_every_difference(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[Line],
    after: list[Line],
    tree_before: list[tuple[str, str | None]],
    tree_after: list[tuple[str, str | None]],
    once_per: str,
) -> None:
    """done now − done then = new − no longer + moved, for every unit and phase, whatever happened to rows and tree."""
    folder = tmp_path_factory.mktemp("law")
    quotas = [tree_of(tree).replace("once_per: code", f"once_per: {once_per}") for tree in (tree_before, tree_after)]
    then = counted(folder, export_of(before), "2022-05-31", quotas[0])
    now_quota = quotas[1]
    earlier = read_earlier(written(folder, then))
    now = counted(folder, export_of(after), "2022-12-31", now_quota)
    comparison = compare(earlier, now.report, now.judged, read_ledger(earlier, None))
    done_then = {(each.unit.id, each.phase): each.done for each in then.report.attainments}
    for each in now.report.attainments:
        key = each.unit.id, each.phase
        rows = comparison.changes[key].rows
        assert rows is not None
        assert each.done - done_then.get(key, 0) == rows.new - rows.no_longer + rows.moved
        assert rows.waited <= rows.late <= rows.new
        assert comparison.changes[key].done == (each.done - done_then[key] if key in done_then else None)
    assert comparison.rows is not None
    counts_then = {row.code for row in ledger(then.judged, then.report.config).itertuples() if not row.reason}
    assert {each.then.code for each in comparison.rows.dropped} <= counts_then
    assert all(each.now is None or each.now.reason for each in comparison.rows.dropped)
    assert render_comparison_text(comparison, "vi")
    json.dumps(comparison_json(comparison))


@bounded
@given(lines, trees)
def test_a_report_beside_itself_shows_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Line], tree: list[tuple[str, str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("same")
    same = counted(folder, export_of(rows), "2022-05-31", tree_of(tree))
    assert_nothing_changed(compared(folder, same, same))


def assert_nothing_changed(comparison: Comparison) -> None:
    assert {change.done for change in comparison.changes.values()} == {0}
    assert {change.points for change in comparison.changes.values()} <= {0, None}
    assert {change.rank for change in comparison.changes.values()} <= {0, None}
    assert (comparison.new, comparison.gone, comparison.moved_units, comparison.quotas) == ((), (), (), ())
    assert comparison.notes == ()
    assert comparison.rows is not None
    assert (comparison.rows.dropped, comparison.rows.moved, comparison.rows.arrivals) == ((), (), ())
    for change in comparison.changes.values():
        assert change.rows is not None
        assert (change.rows.new, change.rows.no_longer, change.rows.moved) == (0, 0, 0)


@pytest.mark.parametrize("ending", [["l.csv"], ["l.parquet"], ["l.csv", "--excel"]])
def test_what_the_program_writes_can_be_read_back(run_here: Run, folder: Path, ending: list[str]) -> None:
    """The report and the ledger as a user writes them, read back and set beside the same count."""
    now = counted(folder, APRIL, "2022-04-30")
    name, *excel = ending
    common = ["-c", "quota.yaml", "--as-of", "2022-04-30", "export.csv"]
    assert run_here("report", *common, "-o", "r.json", lang="vi").code == 0
    options = [*excel, "-o", "r.csv"] if excel else []
    assert run_here("report", *common, "--ledger", name, *options, lang="vi").code == 0
    earlier = read_earlier(folder / "r.json")
    assert earlier.sha256 == hashlib.sha256((folder / "r.json").read_bytes()).hexdigest()
    table = read_ledger(earlier, folder / name)
    assert_nothing_changed(compare(earlier, now.report, now.judged, table))


def test_codes_with_quotes_separators_and_signs_come_back_as_they_were(folder: Path) -> None:
    odd = ['"a;b"', '"c,d"', '"e""f"', "=1+1", "-5", "NA", "null", "007"]
    export = HEAD + "".join(f"{code},2022-04-01,Hợp lệ,Huyện A\n" for code in odd)
    now = counted(folder, export, "2022-04-30")
    earlier = read_earlier(written(folder, now, with_ledger=False))
    table = ledger(now.judged, now.report.config)
    (folder / "vi.csv").write_bytes(render_ledger_csv(table, excel_dialect("vi")))
    (folder / "en.csv").write_bytes(render_ledger_csv(table, excel_dialect("en")))
    (folder / "l.parquet").write_bytes(render_ledger_parquet(table))
    for name in ("vi.csv", "en.csv", "l.parquet"):
        then = read_ledger(earlier, folder / name)
        assert_nothing_changed(compare(earlier, now.report, now.judged, then))


# --- places ------------------------------------------------------------------------------------------------------


def test_equal_percents_share_a_place_and_the_next_one_is_left_out() -> None:
    # 3/4, 1/2 = 2/4, 1/4; a quota of 0 and none have no percent.
    standings = [Standing("x", *each) for each in [(1, 2), (3, 4), (2, 4), (1, 4), (5, 0), (5, None)]]
    assert places(standings) == [Rank(2, 4), Rank(1, 4), Rank(2, 4), Rank(4, 4), None, None]


def test_ratios_that_no_float_tells_apart_have_places_of_their_own() -> None:
    most = 10**20
    standings = [Standing("x", most - 2, most - 1), Standing("x", most - 1, most)]
    assert places(standings) == [Rank(2, 2), Rank(1, 2)]


def test_nobody_is_first_before_anything_is_done() -> None:
    assert places([Standing("x", 0, 4), Standing("x", 0, 5)]) == [None, None]


def test_units_that_have_ended_take_no_part(folder: Path) -> None:
    ended = QUOTA.replace("id: a, quota", "id: a, valid: {to: 2022-04-29}, into: b, quota")
    report = counted(folder, APRIL, "2022-04-30", ended).report
    # A had 3 of 4, more than C's 2 of 3; with A ended, C is first and B, 1 of 3, second.
    found = zip(report.attainments, ranks(report.attainments, report.as_of), strict=True)
    assert {each.unit.id: rank for each, rank in found if each.phase == "gd1"} == {
        "tinh": Rank(1, 1), "a": None, "b": Rank(2, 2), "c": Rank(1, 2)
    }  # fmt: skip


numbers = st.tuples(st.integers(0, 2), st.integers(0, 12), st.one_of(st.none(), st.integers(0, 12)))


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(numbers, max_size=12), st.randoms(use_true_random=False))
def test_places_agree_with_counting_who_is_better_in_any_order(
    drawn: list[tuple[int, int, int | None]], random: Random
) -> None:
    def plain(group: int, done: int, quota: int | None) -> Rank | None:
        ratios = [Fraction(d, q) for g, d, q in drawn if g == group and q]
        if not quota or not any(ratios):
            return None
        return Rank(1 + sum(other > Fraction(done, quota) for other in ratios), len(ratios))

    shuffled = list(drawn)
    random.shuffle(shuffled)
    assert places([Standing(*each) for each in shuffled]) == [plain(*each) for each in shuffled]


# --- percent points ----------------------------------------------------------------------------------------------


def test_percent_points_have_a_sign_and_never_show_a_change_as_zero() -> None:
    rule = PercentRule(1)
    assert points_text(Fraction(16, 5), rule, "vi") == "+3,2"
    assert points_text(Fraction(-1, 2), rule, "vi") == "−0,5"
    assert points_text(Fraction(0), rule, "vi") == "0"
    assert points_text(Fraction(-1, 300), rule, "vi") == "−0,003"
    assert points_text(Fraction(25, 10), PercentRule(0, "half-even"), "en") == "+2"
    assert points_text(Fraction(123456, 100), rule, "vi") == "+1.234,6"


# --- earlier reports that cannot be used -------------------------------------------------------------------------

Edit = Callable[[Any], object]


def refusal(path: Path) -> str:
    with pytest.raises(SangkienError) as caught:
        read_earlier(path)
    return "\n".join(show_problem(problem, "en") for problem in caught.value.problems).replace(str(path), path.name)


def document_of(folder: Path) -> Any:
    return json.loads(written(folder, counted(folder, APRIL, "2022-04-30")).read_text(encoding="utf-8"))


def a_entry(document: Any) -> dict[str, Any]:
    entry: dict[str, Any] = next(each for each in document["units"] if (each["id"], each["phase"]) == ("a", "gd1"))
    return entry


REFUSED: Mapping[str, tuple[Edit, str]] = {
    "another schema": (
        lambda document: document.update(schema="sangkien.audit/1"),
        "then.json: this is “sangkien.audit/1”, not a report (sangkien.report/1)",
    ),
    "no schema": (lambda document: document.pop("schema"), "then.json: this JSON is not a report (sangkien.report/1)"),
    "no date": (lambda document: document.pop("as_of"), "then.json: the key “as_of” is missing"),
    "no such day": (
        lambda document: document.update(as_of="2022-02-30"),
        'then.json as_of: "2022-02-30" cannot stand here',
    ),
    "a broken number": (
        lambda document: a_entry(document).update(done=3.5),
        "then.json units[3].done: 3.5 is not a whole number of 0 or more",
    ),
    "a number as text": (
        lambda document: a_entry(document).update(done="3"),
        'then.json units[3].done: "3" is not a whole number of 0 or more',
    ),
    "a number below 0": (
        lambda document: a_entry(document).update(quota=-4),
        "then.json units[3].quota: -4 is not a whole number of 0 or more",
    ),
    "yes for a number": (
        lambda document: a_entry(document).update(done=True),
        "then.json units[3].done: true is not a whole number of 0 or more",
    ),
    "no number": (
        lambda document: a_entry(document).update(done=float("nan")),
        "then.json: this JSON holds NaN, which is no number",
    ),
    "a unit twice": (
        lambda document: document["units"].append(dict(a_entry(document))),
        "then.json units[12]: unit “a” stands twice in phase “gd1”",
    ),
    "no units": (lambda document: document.update(units=[]), "then.json units: this report has no units"),
    "a campaign": (
        lambda document: [each.update(phase="cao-diem") for each in document["units"] if each["phase"] == "gd1"],
        "then.json units[0].phase: “cao-diem” is no phase of this report; it is perhaps the report of a campaign",
    ),
    "one unit left out": (
        lambda document: document.update(units=[each for each in document["units"] if each["id"] != "c"]),
        "then.json units[0]: this report does not show all units: at “Tỉnh” it does not add up",
    ),
    "a figure changed": (
        lambda document: a_entry(document).update(done=4),
        "then.json units[0]: this report does not show all units: at “Tỉnh” it does not add up",
    ),
    "narrowed to a root of several": (
        lambda document: document.update(narrowed={"unit": "tinh", "depth": "1"}),
        "then.json narrowed: this report was written with --unit, --depth: it does not show all units",
    ),
    "half a letter": (
        lambda document: a_entry(document).update(name="\ud800"),
        'then.json units[3].name: "\\ud800" cannot stand here',
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_report_that_cannot_be_trusted_is_refused_at_its_place(folder: Path, name: str) -> None:
    edit, said = REFUSED[name]
    document = document_of(folder)
    edit(document)
    (folder / "then.json").write_text(json.dumps(document), encoding="utf-8")
    message = refusal(folder / "then.json")
    assert said in message
    assert "to fix: " in message


@pytest.mark.parametrize(("depth", "unit"), [(0, None), (None, "a")])
def test_a_report_narrowed_to_some_units_is_refused(folder: Path, depth: int | None, unit: str | None) -> None:
    report = narrow(counted(folder, APRIL, "2022-04-30").report, unit=unit, depth=depth)
    (folder / "then.json").write_text(render_json(report), encoding="utf-8")
    assert "does not show all units" in refusal(folder / "then.json")


def test_a_report_of_one_phase_is_compared_in_that_phase(folder: Path) -> None:
    then = counted(folder, APRIL, "2022-04-30")
    (folder / "then.json").write_text(render_json(narrow(then.report, phase="gd1")), encoding="utf-8")
    earlier = read_earlier(folder / "then.json")
    comparison = compare(earlier, then.report, then.judged)
    assert comparison.changes["a", "gd1"].done == 0
    assert comparison.changes["a", "gd2"].done is None
    assert comparison.new == ()
    assert [note.key for note in comparison.notes] == [
        "compare.note.phases_new", "compare.note.no_all", "compare.note.no_ledger"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "then.json:1:1: this is not JSON (Expecting value)"),
        (b"unit;done\n", "then.json:1:1: this is not JSON (Expecting value)\n    1 | unit;done\n      | ^"),
        (b'{\n  "schema" 1\n}', "then.json:2:12: this is not JSON (Expecting ':' delimiter)\n    2 |   "),
        (b"[" * 200_000, "then.json: the brackets in this JSON are nested too deep for a report"),
        (b"[" + b"9" * 5000 + b"]", "then.json: this JSON holds a number of thousands of digits"),
        (b"[1]", "then.json: this JSON is not a report (sangkien.report/1)"),
        ('{\n"schema": "báo"}'.encode("utf-16"), "then.json:1: this file is not in UTF-8"),
        ('{\n"schema": "báo"}'.encode("cp1258"), "then.json:2: this file is not in UTF-8"),
    ],
)
def test_a_file_that_is_no_report_is_told_where_it_goes_wrong(folder: Path, content: bytes, said: str) -> None:
    (folder / "then.json").write_bytes(content)
    assert refusal(folder / "then.json").startswith(said)


def test_a_report_that_is_not_there_or_is_a_folder(folder: Path) -> None:
    assert refusal(folder / "then.json").startswith("then.json: there is no such file")
    (folder / "then.json").mkdir()
    assert refusal(folder / "then.json").startswith("then.json: this is a folder, not a file")


def test_what_notepad_and_later_versions_add_does_no_harm(folder: Path) -> None:
    document = document_of(folder)
    document["later"] = {"x": [1.5, None]}
    a_entry(document)["pace"] = {"days": 40}
    (folder / "then.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(document, indent=4).encode())
    assert read_earlier(folder / "then.json").by_key["a", "gd1"].done == 3


# --- ledgers that cannot be used ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """An earlier report and its ledger on disk."""

    report: Path
    ledger: Path


@pytest.fixture
def kept(folder: Path) -> Kept:
    return Kept(written(folder, counted(folder, APRIL, "2022-04-30")), folder / "ledger.csv")


def test_a_ledger_that_was_overwritten_since_is_left_out_and_said(kept: Kept) -> None:
    kept.ledger.write_text("another month", encoding="utf-8")
    notes: list[Note] = []
    earlier = read_earlier(kept.report)
    assert read_ledger(earlier, None, notes) is None
    assert [note.what.key for note in notes] == ["compare.ledger.other"]
    with pytest.raises(SangkienError, match="not the ledger that was written with"):
        read_ledger(earlier, kept.ledger)


def test_a_ledger_that_is_no_longer_there_is_said(kept: Kept) -> None:
    kept.ledger.unlink()
    notes: list[Note] = []
    assert read_ledger(read_earlier(kept.report), None, notes) is None
    assert [note.what.key for note in notes] == ["compare.ledger.absent"]


def test_a_ledger_may_have_been_put_elsewhere(kept: Kept, folder: Path) -> None:
    moved = kept.ledger.rename(folder / "kept.csv")
    table = read_ledger(read_earlier(kept.report), moved)
    assert table is not None
    assert len(table) == 7


def test_a_report_cannot_lead_to_files_elsewhere_on_the_machine(kept: Kept) -> None:
    document = json.loads(kept.report.read_text(encoding="utf-8"))
    for path in (str(kept.ledger), "C:\\l.csv", "\\\\server\\share\\l.csv"):
        document["ledger"]["path"] = path
        kept.report.write_text(json.dumps(document), encoding="utf-8")
        earlier = read_earlier(kept.report)
        assert earlier.ledger_path is None
        assert read_ledger(earlier, None) is None


def ledger_refusal(kept: Kept, content: bytes) -> str:
    """What is said of a ledger named for a report that knows no checksum of one."""
    document = json.loads(kept.report.read_text(encoding="utf-8"))
    document.pop("ledger", None)
    kept.report.write_text(json.dumps(document), encoding="utf-8")
    kept.ledger.write_bytes(content)
    with pytest.raises(SangkienError) as caught:
        read_ledger(read_earlier(kept.report), kept.ledger)
    return "\n".join(show_problem(problem, "en") for problem in caught.value.problems).replace(str(kept.ledger), "L")


def test_the_ledger_of_another_report_does_not_add_up(kept: Kept) -> None:
    without_one = b"\n".join(kept.ledger.read_bytes().split(b"\n")[:-2]) + b"\n"
    said = "L: this is not that report's ledger: “c” in “gd1” has 1 of its own, in the report 2"
    assert ledger_refusal(kept, without_one).startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,2\n", "L: this is not a ledger; it lacks the columns file, sheet, row"),
        (b"", "L: this is not a ledger"),
        (b"PAR1 not really", "L: the ledger cannot be read ("),
        (b"file,sheet,row\n\xff", "L:2: this file is not in UTF-8"),
    ],
)
def test_a_file_that_is_no_ledger(kept: Kept, content: bytes, said: str) -> None:
    assert ledger_refusal(kept, content).startswith(said)


def test_a_folder_named_as_a_ledger_is_told_what_a_ledger_is(kept: Kept, folder: Path) -> None:
    (folder / "ledgers").mkdir()
    with pytest.raises(SangkienError) as caught:
        read_ledger(read_earlier(kept.report), folder / "ledgers")
    message = show_problem(caught.value.problems[0], "en")
    assert "ledgers: this is a folder, not a file" in message
    assert "to fix: add --compare-ledger with the ledger that was written with that report" in message


def test_what_a_parquet_ledger_says_to_pandas_does_not_matter(kept: Kept, folder: Path) -> None:
    table = read_ledger(read_earlier(kept.report), kept.ledger)
    assert table is not None
    result = counted(folder, APRIL, "2022-04-30")
    whole = render_ledger_parquet(ledger(result.judged, result.report.config))
    damaged = whole.replace(b'"index_columns"', b'\xffindex_columns"')
    assert damaged != whole
    document = json.loads(kept.report.read_text(encoding="utf-8"))
    del document["ledger"]
    kept.report.write_text(json.dumps(document), encoding="utf-8")
    for data in (whole, damaged):
        (folder / "l.parquet").write_bytes(data)
        read = read_ledger(read_earlier(kept.report), folder / "l.parquet")
        assert read is not None
        assert read.to_dict("records") == table.to_dict("records")


def test_numbers_of_a_ledger_that_leave_64_bits_are_added_up(folder: Path) -> None:
    """Twelve rows of nearly a quintillion each: 12 × (10^18 − 1); a month later one less."""
    quota = QUOTA.replace("{code: Mã,", "{code: Mã, count: Số,")
    rows = [f"K{i},2022-04-01,Hợp lệ,Huyện A,{10**18 - 1}\n" for i in range(12)]
    head = HEAD.replace("\n", ",Số\n")
    then = counted(folder, head + "".join(rows), "2022-04-30", quota)
    comparison = compared(folder, then, counted(folder, head + "".join(rows[1:]), "2022-04-30", quota))
    change = comparison.changes["a", "gd1"]
    assert change.done_then == 12 * (10**18 - 1)
    assert (change.done, change.rows and change.rows.no_longer) == (1 - 10**18, 10**18 - 1)


def test_a_ledger_with_a_broken_line_or_number(kept: Kept) -> None:
    good = kept.ledger.read_bytes()
    assert "L: the ledger cannot be read (" in ledger_refusal(kept, good + b'1,"2\n')
    broken = good.replace(b"export.csv,,2,", b"export.csv,,2.5,")
    said = "L: “2.5” in column row is not a whole number (row 1 of data)"
    assert ledger_refusal(kept, broken).startswith(said)

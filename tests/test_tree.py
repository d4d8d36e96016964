"""The tree of a quota file that is made of several files, and of units that come and go (contract §10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sangkien_cli.config import load_config
from sangkien_cli.errors import SangkienError, show_problem
from sangkien_cli.model import Config, Reason, Unit, Window
from sangkien_cli.text import fold
from sangkien_cli.units import Tree
from tests.conftest import write_files

if TYPE_CHECKING:
    from tests.conftest import Contents, Run

HEAD = """\
programme: P
phases: {gd1: {from: 2025-01-01, to: 2025-12-31}}
exports: {columns: {submitted: Date, unit: [Base, District]}}
"""


def loaded(folder: Path, files: Contents) -> Config:
    write_files(folder, files)
    return load_config(Path("quota.yaml"))


def shown(folder: Path, files: Contents) -> list[str]:
    """What is wrong with the files: for each problem its place and sentence."""
    with pytest.raises(SangkienError) as caught:
        loaded(folder, files)
    return [show_problem(problem, "en").splitlines()[0] for problem in caught.value.problems]


def outline(config: Config) -> list[str]:
    """The tree as lines: indent, id, quota."""
    return [f"{'  ' * unit.depth}{unit.id} {unit.quota.get('gd1', '-')}" for unit in config.units]


# --- several files ---


def test_branches_are_included_below_the_unit_that_includes_them(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "units:\n"
        "  - {name: TLĐ, id: top, include: [provinces/a.yaml, provinces/b.yaml], units: [{name: Own, id: own}]}\n"
        "include: provinces/c.yaml\n",
        "provinces/a.yaml": "units: [{name: A, id: a, quota: {gd1: 5}, include: ../districts.yaml}]\n",
        "provinces/b.yaml": "units: [{name: B, id: b}]\n",
        "provinces/c.yaml": "units: [{name: C, id: c}]\n",
        "districts.yaml": "units: [{name: A1, id: a1}, {name: A2, id: a2, quota: {gd1: 3}}]\n",
    }
    config = loaded(folder, files)
    assert outline(config) == ["top -", "  own -", "  a 5", "    a1 -", "    a2 3", "  b -", "c -"]
    assert [part.path.name for part in config.parts] == ["c.yaml", "a.yaml", "b.yaml", "districts.yaml"]
    assert [unit.origin.place for unit in config.units if unit.origin][-3:] == [
        "provinces/../districts.yaml:1", "provinces/b.yaml:1", "provinces/c.yaml:1",
    ]  # fmt: skip


def test_a_glob_includes_every_file_in_order(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "include: provinces/*.yaml\n",
        "provinces/b.yaml": "units: [{name: B, id: b}]\n",
        "provinces/a.yaml": "units: [{name: A, id: a}]\n",
    }
    assert outline(loaded(folder, files)) == ["a -", "b -"]


def test_errors_are_shown_in_the_file_in_which_they_lie(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "units:\n  - {name: A, include: a.yaml}\n  - {name: A, quota: {gd2: 1}}\n",
        "a.yaml": "units:\n  - {name: A1, quota: {gd1: 5.000}}\n  - {nam: A2}\n",
    }
    assert shown(folder, files) == [
        "quota.yaml:6:12: “A” has the same name as “A” beside it",
        "quota.yaml:6:12: the id “a” is that of “A” already",
        "quota.yaml:6:23: there is no phase “gd2”",
        "a.yaml:2:29: a quota must be a whole number of 0 or more, written plainly",
        "a.yaml:3:5: the key “name” is missing",
        "a.yaml:3:6: there is no key “nam”",
    ]


def test_an_included_file_holds_units_only(folder: Path) -> None:
    files = {"quota.yaml": HEAD + "include: a.yaml\n", "a.yaml": "programme: P\nunits: [{name: A}]\n"}
    assert shown(folder, files) == ["a.yaml:1:1: there is no key “programme”"]


def test_files_that_include_each_other_are_named(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "include: a.yaml\n",
        "a.yaml": "units: [{name: A, include: b.yaml}]\n",
        "b.yaml": "include: a.yaml\nunits: [{name: B}]\n",
    }
    assert shown(folder, files) == ["b.yaml:1:10: the files include each other in a circle: a.yaml → b.yaml → a.yaml"]


def test_a_file_that_includes_the_quota_file_itself_is_named(folder: Path) -> None:
    files = {"quota.yaml": HEAD + "include: quota.yaml\nunits: [{name: A}]\n"}
    assert shown(folder, files) == [
        "quota.yaml:4:10: the files include each other in a circle: quota.yaml → quota.yaml"
    ]


def test_a_branch_cannot_be_in_the_tree_twice(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "units:\n  - {name: A, include: c.yaml}\n  - {name: B, include: ./c.yaml}\n",
        "c.yaml": "units: [{name: C}]\n",
    }
    assert shown(folder, files) == [
        "quota.yaml:6:24: the units of c.yaml are in the tree already (asked for at quota.yaml:5:24)"
    ]


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    files = {"quota.yaml": HEAD + "include: [a.yaml, b*.yaml]\nunits_from: {file: c.xlsx}\n"}
    assert shown(folder, files) == [
        "quota.yaml:4:11: there is no file a.yaml",
        "quota.yaml:4:19: there is no file b*.yaml",
        "quota.yaml:5:20: there is no file c.xlsx",
    ]


def test_units_must_come_from_somewhere(folder: Path) -> None:
    assert shown(folder, {"quota.yaml": HEAD}) == ["quota.yaml:1:1: the key “units” is missing"]
    files = {"quota.yaml": HEAD + "include: a.yaml\n", "a.yaml": "units: []\n"}
    assert shown(folder, files) == ["quota.yaml:1:1: no unit is listed anywhere"]


def test_a_deep_tree_needs_no_stack(folder: Path) -> None:
    lines = ["units:"]
    for level in range(200):
        lines += [f"{'  ' * level}- name: U{level}", f"{'  ' * level}  units:"]
    lines.append("  " * 200 + "- name: U200")
    assert loaded(folder, {"quota.yaml": HEAD + "\n".join(lines) + "\n"}).units[-1].depth == 200


def test_further_spellings_by_id_are_those_of_the_unit(folder: Path) -> None:
    text = HEAD + "units: [{name: A, id: a, also: A1}, {name: B, id: b}]\nalso: {a: [A2, A3], b: B2}\n"
    assert [unit.also for unit in loaded(folder, {"quota.yaml": text}).units] == [("A1", "A2", "A3"), ("B2",)]
    text = HEAD + "units: [{name: Anh, id: anh}, {name: B, id: b}]\nalso: {ahn: X, b: Anh}\n"
    assert shown(folder, {"quota.yaml": text}) == [
        "quota.yaml:4:31: “Anh” has the same name as “Anh” beside it",
        "quota.yaml:5:8: there is no unit “ahn”, or more than one",
    ]


def test_further_spellings_by_name_stay_with_their_unit_when_another_of_that_name_is_added(folder: Path) -> None:
    """Ids that are made from names change then; the name with the name above it does not."""
    also = "also: {CĐCS X / LĐLĐ huyện A: [CDCS X]}\n"
    one = "units:\n  - {name: LĐLĐ huyện A, units: [{name: CĐCS X}]}\n  - {name: LĐLĐ huyện B, units: [{name: Y}]}\n"
    two = one.replace("name: Y", "name: CĐCS X")
    for units in (one, two):
        config = loaded(folder, {"quota.yaml": HEAD + units + also})
        assert [unit.also for unit in config.units] == [(), ("CDCS X",), (), ()]
    renamed = one.replace("CĐCS X", "CĐCS X số 1").replace("name: Y", "name: CĐCS X")
    assert shown(folder, {"quota.yaml": HEAD + renamed + also}) == [
        "quota.yaml:7:8: there is no unit “CĐCS X / LĐLĐ huyện A”, or more than one"
    ]


def test_a_branch_written_out_keeps_the_successors_outside_it(run_here: Run, folder: Path) -> None:
    units = """\
units:
  - name: Tỉnh
    id: t
    units:
      - name: Huyện B
        id: b
        valid: {to: 2025-06-30}
        into: m
        quota: {gd1: 3}
        units: [{name: CĐCS K, id: k}]
      - {name: Xã M, id: m, valid: {from: 2025-07-01}}
"""
    before = loaded(folder, {"quota.yaml": HEAD + units})
    branch = units[units.index("      - name: Huyện B") : units.index("      - {name: Xã M")]
    including = units.replace("    units:\n" + branch, "    include: b.yaml\n    units:\n")
    for asked in (["--unit", "Huyện B"], ["--unit", "b", "--as-of", "2025-06-01"], ["--unit", "b", "--phase", "all"]):
        assert (
            run_here("units", "-c", "quota.yaml", *asked, "-o", "b.yaml", files={"quota.yaml": HEAD + units}).code == 0
        )
        after = loaded(folder, {"quota.yaml": HEAD + including})
        assert {unit.id: (unit.quota, [after.units[i].id for i in unit.into]) for unit in after.units} == {
            unit.id: (unit.quota, [before.units[i].id for i in unit.into]) for unit in before.units
        }
    assert run_here(
        "units", "-c", "quota.yaml", "--unit", "b", "--depth", "0", "--format", "csv"
    ).stdout.splitlines() == [
        "id,name,parent,kind,members,also,from,to,into,quota.gd1",
        "b,Huyện B,,,,,,2025-06-30,m,3",
    ]


def test_two_units_that_could_go_on_under_one_name_do_not(folder: Path) -> None:
    """Of two clinics under districts that ended, nobody can say which one the clinic at the province is."""
    text = (
        HEAD
        + """\
units:
  - name: Tỉnh
    id: t
    units:
      - {name: Đông, id: d, valid: {to: 2025-06-30}, into: t, units: [{name: Trạm xá, id: x1}]}
      - {name: Tây, id: y, valid: {to: 2025-06-30}, into: t, units: [{name: Trạm xá, id: x2}]}
      - {name: Trạm xá, id: x, valid: {from: 2025-07-01}}
"""
    )
    config = loaded(folder, {"quota.yaml": text})
    assert {unit.id: [config.units[i].id for i in unit.into] for unit in config.units if unit.into} == {
        "d": ["t"], "y": ["t"], "x1": ["t"], "x2": ["t"],
    }  # fmt: skip


def test_the_part_of_a_split_unit_that_the_row_names_is_its_unit(folder: Path) -> None:
    text = (
        HEAD
        + """\
units:
  - name: Tỉnh
    units:
      - {name: Huyện A, id: a, valid: {to: 2025-06-30}, into: [x, y], units: [{name: CĐCS 3, id: c3}]}
      - {name: Xã X, id: x, valid: {from: 2025-07-01}}
      - {name: Xã Y, id: y, valid: {from: 2025-07-01}}
"""
    )
    tree = Tree(loaded(folder, {"quota.yaml": text}).units)
    ids = [unit.id for unit in tree.units]
    day = Window(JULY, JULY)
    assert tree.find([fold("CĐCS 3"), fold("Xã X")], day).unit == ids.index("x")
    assert tree.find([fold("CĐCS 3"), fold("Huyện A")], day).reason is Reason.ENDED_UNIT
    assert tree.find([fold("CĐCS 3"), ""], day).reason is Reason.ENDED_UNIT


def test_quotas_of_an_unknown_phase_in_a_spreadsheet_are_no_quotas(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "units_from: {file: u.csv, columns: {quota: {gd9: Chỉ tiêu}}}\n",
        "u.csv": "Đơn vị,Chỉ tiêu\nA,1\n",
    }
    assert shown(folder, files) == ["quota.yaml:4:45: there is no phase “gd9”"]


def test_a_spreadsheet_may_be_named_alone_and_its_units_are_in_the_tree_once(folder: Path) -> None:
    files = {"quota.yaml": HEAD + "units_from: u.csv\n", "u.csv": "Đơn vị,Chỉ tiêu\nAnh,12\n"}
    assert outline(loaded(folder, files)) == ["anh 12"]
    files["quota.yaml"] += "include: ./u.csv\n"
    assert shown(folder, files) == [
        "quota.yaml:5:10: the units of u.csv are in the tree already (asked for at quota.yaml:4:13)"
    ]


# --- spreadsheets beside YAML ---


def test_units_of_a_spreadsheet_hang_under_units_of_yaml_and_of_each_other(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "units: [{name: LĐLĐ tỉnh A, id: a}]\n"
        "units_from: {file: u.csv, columns: {name: Tên, parent: Thuộc, quota: {gd1: Số}}}\n",
        "u.csv": "Tên,Thuộc,Số\nCĐCS X,LĐLĐ huyện B,3\nLĐLĐ huyện B,Liên đoàn Lao động tỉnh A,5\nLĐLĐ huyện C,a,0\n",
    }
    config = loaded(folder, files)
    assert outline(config) == ["a -", "  ldld-huyen-b 5", "    cdcs-x 3", "  ldld-huyen-c 0"]
    assert config.units[2].origin is not None
    assert config.units[2].origin.place == "u.csv A2"


def test_a_spreadsheet_under_a_unit_fills_that_unit(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "units: [{name: A, id: a, units_from: {file: u.csv}}, {name: B, id: b, include: v.csv}]\n",
        "u.csv": "Đơn vị,Chỉ tiêu\nX,3\nCĐCS Y,\n",
        "v.csv": "Đơn vị,Chỉ tiêu\nX,4\nZ,5\n",
    }
    assert outline(loaded(folder, files)) == ["a -", "  a-x 3", "  cdcs-y -", "b -", "  b-x 4", "  z 5"]


def test_everything_wrong_with_a_spreadsheet_is_found_in_one_run(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "units_from: {file: u.csv}\nnear: 101\n",
        "u.csv": """\
            Mã,Đơn vị,Trực thuộc,Chỉ tiêu
            a,A,B,1
            b,B,C,5.000 SK
            c,C,A,2
            d,D,Không có,3
            e,,A,4
            a,F,,-5
            """,
    }
    assert shown(folder, files) == [
        "quota.yaml:5:7: this must be a percent above 0 and not above 100",
        "u.csv D3: “Chỉ tiêu” must be a whole number of 0 or more, not “5.000 SK”",
        "u.csv B6: the name is missing, but the row holds other values",
        "u.csv D7: “Chỉ tiêu” must be a whole number of 0 or more, not “-5”",
        "u.csv C5: there is no unit “Không có” to stand under",
        "u.csv C2: these units stand under each other in a circle: A → B → C → A",
        "u.csv A7: the id “a” is that of “A” already",
    ]


def test_a_parent_that_may_be_several_units_must_be_said_by_its_id(folder: Path) -> None:
    files = {
        "quota.yaml": HEAD + "units_from: {file: u.csv}\n",
        "u.csv": "Mã,Đơn vị,Trực thuộc\na,A,\nb,B,\nax,X,a\nbx,X,b\ny,Y,X\nz,Z,bx\n",
    }
    assert shown(folder, files) == ["u.csv C6: several units are called “X”: u.csv B4, u.csv B5"]


# --- units over time ---


def times(config: Config) -> dict[str, tuple[str, str]]:
    return {unit.id: (str(unit.valid.start or ""), str(unit.valid.end or "")) for unit in config.units}


def test_a_unit_exists_no_longer_than_the_unit_above_it_and_is_followed_by_the_same(folder: Path) -> None:
    text = (
        HEAD
        + """\
units:
  - name: Tỉnh
    id: t
    units:
      - name: Huyện
        id: h
        valid: {to: 2025-06-30}
        into: t
        units:
          - {name: X, id: x}
          - {name: Y, id: y, valid: {from: 2024-01-01, to: 2025-03-31}}
          - {name: Z, id: z, valid: {to: 2030-01-01}}
      - {name: X, id: x2, valid: {from: 2025-07-01}}
"""
    )
    config = loaded(folder, {"quota.yaml": text})
    assert times(config) == {
        "t": ("", ""), "h": ("", "2025-06-30"), "x": ("", "2025-06-30"), "y": ("2024-01-01", "2025-03-31"),
        "z": ("", "2025-06-30"), "x2": ("2025-07-01", ""),
    }  # fmt: skip
    assert {unit.id: [config.units[i].id for i in unit.into] for unit in config.units} == {
        "t": [], "h": ["t"], "x": ["x2"], "y": [], "z": [], "x2": [],
    }  # fmt: skip


def test_siblings_may_share_a_name_at_different_times_only(folder: Path) -> None:
    def text(start: str) -> str:
        return HEAD + (
            "units:\n"
            "  - {name: A, id: a1, valid: {to: 2025-06-30}}\n"
            f"  - {{name: A, id: a2, valid: {{from: {start}}}}}\n"
        )

    assert len(loaded(folder, {"quota.yaml": text("2025-07-01")}).units) == 2
    assert shown(folder, {"quota.yaml": text("2025-06-30")}) == [
        "quota.yaml:6:12: “A” has the same name as “A” beside it"
    ]


@pytest.mark.parametrize(
    ("unit", "column", "problem"),
    [
        ("{name: A, valid: {to: 2025-06-30}, into: b}", 46, "there is no unit “b” to follow this one"),
        ("{name: A, into: c}", 21, "a unit that does not end has no successor"),
        ("{name: A, id: a, valid: {to: 2025-06-30}, into: a}", 53, "following the successors leads back to this unit"),
        ("{name: A, valid: {from: 2025-06-30, to: 2025-06-29}}", 45,
         "the last day 2025-06-29 is before the first day 2025-06-30"),
        ("{name: A, valid: {to: 30/06/2025}}", 27, "this must be a day, written year-month-day"),
        ("{name: A, valid: {until: 2025-06-30}}", 23, "there is no key “until”"),
    ],
)  # fmt: skip
def test_times_that_cannot_be(unit: str, column: int, problem: str, folder: Path) -> None:
    text = HEAD + f"units:\n  - {unit}\n  - {{name: C, id: c}}\n"
    assert shown(folder, {"quota.yaml": text}) == [f"quota.yaml:5:{column}: {problem}"]


def test_successors_in_a_circle_are_found(folder: Path) -> None:
    text = HEAD + (
        "units:\n"
        "  - {name: A, id: a, valid: {to: 2025-06-30}, into: b}\n"
        "  - {name: B, id: b, valid: {to: 2025-07-31}, into: a}\n"
    )
    assert shown(folder, {"quota.yaml": text}) == ["quota.yaml:5:53: following the successors leads back to this unit"]


def test_windows() -> None:
    june, july = JUNE, JULY
    assert Window(None, june).holds(june)
    assert not Window(None, june).holds(july)
    assert Window().meets(Window(july, july))
    assert not Window(None, june).meets(Window(july, None))
    assert Window(june, None).within(Window(None, july)) == Window(june, july)


# --- which unit a name means on a day ---

JUNE, JULY = date(2025, 6, 30), date(2025, 7, 1)
DAYS = (date(2025, 1, 1), JUNE, JULY, date(2025, 12, 31))


@st.composite
def trees(draw: st.DrawFn) -> list[Unit]:
    """Small trees of few names, whose units exist before July, from July on, or always."""
    units: list[Unit] = []
    for number in range(draw(st.integers(1, 7))):
        parent = draw(st.none() | st.integers(0, number - 1)) if number else None
        window = draw(st.sampled_from([Window(), Window(None, JUNE), Window(JULY, None)]))
        valid = window if parent is None else window.within(units[parent].valid)
        depth = 0 if parent is None else units[parent].depth + 1
        name = draw(st.sampled_from("abcd"))
        units.append(Unit(str(number), name, (), parent, depth, None, {}, valid=valid))
    followed = []
    for number, unit in enumerate(units):
        later = [i for i in range(len(units)) if i != number and units[i].valid.holds(JULY)]
        ends = unit.valid.end == JUNE and later
        into = draw(st.lists(st.sampled_from(later), max_size=2, unique=True)) if ends else []
        followed.append(replace(unit, into=tuple(into)))
    return followed


def tree_of(units: list[Unit], day: date) -> tuple[Tree, list[int]]:
    """The units of a day as a tree without times, and where each stood before."""
    kept = [i for i, unit in enumerate(units) if unit.valid.holds(day)]
    place = {old: new for new, old in enumerate(kept)}
    plain = [
        replace(units[i], valid=Window(), into=(), parent=None if (above := units[i].parent) is None else place[above])
        for i in kept
    ]
    return Tree(plain), kept


LEVELS = st.lists(st.sampled_from(["", "a", "b", "c", "d", "x"]), min_size=1, max_size=3)


@given(trees(), LEVELS, st.sampled_from(DAYS))
def test_names_of_units_that_have_not_ended_mean_what_the_tree_of_the_day_says(
    units: list[Unit], levels: list[str], day: date
) -> None:
    assume(not any(unit.name in levels and unit.valid.end == JUNE for unit in units) or day <= JUNE)
    of_the_day, kept = tree_of(units, day)
    found, plain = Tree(units).find(levels, Window(day, day)), of_the_day.find(levels)
    assert (found.reason, found.level) == (plain.reason, plain.level)
    assert found.unit == (None if plain.unit is None else kept[plain.unit])


@given(trees(), LEVELS, st.sampled_from(DAYS))
def test_a_row_counts_for_a_unit_that_exists_on_its_day_or_names_the_one_that_ended(
    units: list[Unit], levels: list[str], day: date
) -> None:
    found = Tree(units).find(levels, Window(day, day))
    if found.unit is not None:
        exists = units[found.unit].valid.holds(day)
        assert exists == (found.reason is None)
        assert exists or found.reason is Reason.ENDED_UNIT


@given(trees(), st.sampled_from("abcd"))
def test_a_row_without_a_date_means_the_unit_of_the_last_day_of_its_phase_else_one_of_an_earlier_day(
    units: list[Unit], name: str
) -> None:
    year = Window(DAYS[0], DAYS[-1])
    named = [i for i, unit in enumerate(units) if unit.name == name and unit.valid.meets(year)]
    meant = [i for i in named if units[i].valid.holds(DAYS[-1])] or named
    found = Tree(units).find([name], year)
    if len(meant) == 1:
        assert (found.unit, found.reason) == (meant[0], None)
    elif meant:
        assert found.reason is Reason.AMBIGUOUS_UNIT
    else:
        assert found.reason is Reason.UNKNOWN_UNIT


def test_a_count_sheet_of_a_phase_that_has_not_begun_names_the_units_of_its_first_day(run_here: Run) -> None:
    files = {
        "quota.yaml": """\
            programme: P
            phases: {gd1: {from: 2025-07-01, to: 2025-12-31}}
            exports: {files: r.csv, phase: gd1, columns: {unit: Unit, count: Number}}
            count: {once_per: none}
            units:
              - {name: Old, id: old, valid: {to: 2025-06-30}, into: new}
              - {name: New, id: new, valid: {from: 2025-07-01}}
            """,
        "r.csv": "Unit,Number\nOld,12\nNew,30\n",
    }
    asked = ("report", "-c", "quota.yaml", "--as-of", "2025-05-31", "--phase", "gd1", "--format", "csv")
    lines = [line.split(",") for line in run_here(*asked, files=files).stdout.splitlines()[1:]]
    assert {line[0]: line[5] for line in lines if line[5] != "0"} == {"new": "42"}


def test_check_passes_over_units_that_have_ended(run_here: Run) -> None:
    files = {
        "quota.yaml": HEAD.replace("{columns", "{files: r.csv, columns") + "units:\n"
        "  - {name: A, id: a, quota: {gd1: 5}, valid: {to: 2025-06-30}, into: b}\n"
        "  - {name: B, id: b, quota: {gd1: 1}}\n",
        "r.csv": "Base,District,Date\nA,,01/07/2025\n",
    }
    asked = ("check", "-c", "quota.yaml", "--format", "csv")
    done = run_here(*asked, "--as-of", "2025-12-31", files=files)
    assert (done.code, len(done.stdout.splitlines())) == (0, 1)
    done = run_here(*asked, "--as-of", "2025-06-30", files=files)
    assert (done.code, [line.split(",")[0] for line in done.stdout.splitlines()[1:]]) == (1, ["a", "b"])


@pytest.mark.parametrize(("end", "warned"), [("2025-06-30", True), ("2025-09-30", False)])
def test_a_successor_that_had_ended_with_the_unit_is_pointed_out(end: str, warned: bool, run_here: Run) -> None:
    text = HEAD + (
        "units:\n"
        "  - {name: A, id: a, valid: {to: 2025-06-30}, into: b}\n"
        f"  - {{name: B, id: b, valid: {{to: {end}}}}}\n"
    )
    done = run_here("units", "-c", "quota.yaml", files={"quota.yaml": text})
    assert ("its successor B had ended too" in done.stderr) == warned


@pytest.mark.parametrize("command", ["report", "check", "units", "inspect r.csv", "allocate a --by equal --phase gd1"])
def test_no_output_overwrites_a_file_that_the_quota_file_is_made_of(command: str, run_here: Run, folder: Path) -> None:
    files = {
        "quota.yaml": HEAD.replace("{columns", "{files: r.csv, columns") + "units_from: u.csv\ninclude: b.yaml\n",
        "u.csv": "Mã,Đơn vị,Trực thuộc,Chỉ tiêu\na,Anh,,12\nx,Ba,a,\n",
        "b.yaml": "units: [{name: Bà}]\n",
        "r.csv": "Base,District,Date\nAnh,,01/02/2025\n",
    }
    write_files(folder, files)
    for target in ("u.csv", "b.yaml", "quota.yaml"):
        before = (folder / target).read_bytes()
        done = run_here(*command.split(), "-c", "quota.yaml", "--format", "json", "-o", target)
        assert (done.code, (folder / target).read_bytes()) == (2, before)
        assert done.stderr.startswith(f"{target}: this file is being read and is not overwritten")

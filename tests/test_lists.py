"""The lists that staff ask a report for: by status, sorted, the first few, ranks; `--since`; bases side by side."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangkien_cli.lists import SORT_KEYS, Selection, in_order, ranked, select
from sangkien_cli.model import ALL, Status
from sangkien_cli.pipeline import Counted, count, load_config
from sangkien_cli.render.json import render_json
from sangkien_cli.report import beside
from sangkien_cli.tables import Layout, lay_out
from tests.plain import csv_bytes
from tests.test_properties import inside
from tests.test_targets import Plainly

if TYPE_CHECKING:
    from tests.conftest import Run

bounded = settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)

# --- what is drawn -----------------------------------------------------------------------------------------------

PHASES = {
    "p1": (date(2022, 1, 1), date(2022, 3, 31)),
    "p2": (date(2022, 4, 1), date(2022, 6, 30)),
    "p3": (date(2022, 7, 1), date(2022, 9, 30)),
}
AS_OF = st.sampled_from(
    [date(2021, 12, 31), date(2022, 2, 15), date(2022, 4, 1), date(2022, 6, 30), date(2022, 12, 31)]
)
DAYS = st.one_of(
    st.dates(date(2021, 12, 28), date(2022, 10, 3)),
    st.sampled_from([day for window in PHASES.values() for day in window]),
)


@dataclass(frozen=True)
class Made:
    """A unit of a drawn tree."""

    parent: int | None
    quota: Mapping[str, int]
    registered: Mapping[str, int]
    ends: date | None


@dataclass(frozen=True)
class Entry:
    """A row: the unit that it names, its day or None, the phase that it names, and how many it stands for."""

    unit: int
    day: date | None
    phase: str
    count: int


@dataclass(frozen=True)
class Scene:
    """A tree and rows in two files."""

    tree: Sequence[Made]
    rows: Sequence[Sequence[Entry]]
    by_name: bool  # rows name their phases, and may have no date


QUOTAS = st.dictionaries(st.sampled_from(list(PHASES)), st.sampled_from([0, 1, 2, 3, 4, 6, 9]))


@st.composite
def scenes(draw: st.DrawFn, *, by_name: bool | None = None) -> Scene:
    named = draw(st.booleans()) if by_name is None else by_name
    tree = []
    for i in range(draw(st.integers(1, 8))):
        parent = draw(st.sampled_from([None, *range(i)]))
        ends = draw(st.sampled_from([None, None, None, date(2022, 2, 28), date(2022, 5, 31)]))
        tree.append(Made(parent, draw(QUOTAS), draw(QUOTAS), ends))
    units = st.integers(0, len(tree) - 1)
    days = st.none() | DAYS if named else DAYS
    entries = st.builds(Entry, units, days, st.sampled_from(list(PHASES)), st.integers(0, 4))
    return Scene(tree, [draw(st.lists(entries, max_size=12)) for _ in range(2)], named)


def units_yaml(tree: Sequence[Made], order: Sequence[int], parent: int | None = None) -> list[dict[str, Any]]:
    """The tree; siblings stand as in `order`."""
    units = []
    for i in order:
        made = tree[i]
        if made.parent == parent:
            on = {
                phase: {"giao": made.quota[phase]} if phase in made.quota else {}
                for phase in PHASES
                if phase in made.quota or phase in made.registered
            }
            for phase, number in made.registered.items():
                on[phase]["dang-ky"] = number
            unit: dict[str, Any] = {"name": f"Unit {i}", "id": f"u{i}"}
            unit |= {"quota": on} if on else {}
            unit |= {"valid": {"to": made.ends}} if made.ends else {}
            below = units_yaml(tree, order, i)
            units.append({**unit, "units": below} if below else unit)
    return units


def counted(
    folder: Path,
    scene: Scene,
    as_of: date,
    order: Sequence[int] | None = None,
    since: date | None = None,
) -> Counted:
    columns = {"submitted": "Date", "count": "Number", "unit": "Unit"} | ({"phase": "Phase"} if scene.by_name else {})
    document = {
        "programme": "p",
        "phases": {name: {"from": start, "to": end} for name, (start, end) in PHASES.items()},
        "bases": {"giao": "Giao", "dang-ky": "Đăng ký"},
        "exports": {"columns": columns},
        "units": units_yaml(scene.tree, order or range(len(scene.tree))),
    }
    (folder / "q.yaml").write_text(yaml.dump(document, Dumper=Plainly, sort_keys=False), encoding="utf-8")
    files = []
    for number, rows in enumerate(scene.rows):
        table = [["Unit", "Date", "Phase", "Number", "Key"]]
        for at, row in enumerate(rows):
            day = "" if row.day is None else row.day.strftime("%d/%m/%Y")
            table.append([f"Unit {row.unit}", day, row.phase, str(row.count), f"{number}-{at}"])
        path = folder / f"rows{number}.csv"
        path.write_bytes(csv_bytes(table))
        files.append(str(path))
    return count(load_config(folder / "q.yaml"), files, as_of, since=since)


# --- ranks -------------------------------------------------------------------------------------------------------


@bounded
@given(scenes(), AS_OF, st.data())
def test_ranks_are_the_same_whatever_the_order_of_rows_files_and_units(
    scene: Scene, as_of: date, data: st.DataObject
) -> None:
    other = replace(
        scene, rows=data.draw(st.permutations([data.draw(st.permutations(list(rows))) for rows in scene.rows]))
    )
    order = data.draw(st.permutations(range(len(scene.tree))))
    with inside() as folder:
        first = ranked(counted(folder, scene, as_of).report)
        second = ranked(counted(folder, other, as_of, order).report)
    places = [{(each.unit.id, each.phase): each.rank for each in report.attainments} for report in (first, second)]
    assert places[0] == places[1]


@bounded
@given(scenes(), AS_OF)
def test_a_rank_is_one_more_than_the_siblings_that_are_ahead(scene: Scene, as_of: date) -> None:
    """By the exact ratio; who has no quota above 0, or has ended, takes no part; where all are at 0 nobody is first."""
    with inside() as folder:
        report = ranked(counted(folder, scene, as_of).report)
    for each in report.attainments:
        siblings = [
            Fraction(other.done, other.quota)
            for other in report.attainments
            if (other.unit.parent, other.phase) == (each.unit.parent, each.phase)
            and other.quota
            and not other.unit.ended_by(as_of)
        ]
        if not each.quota or each.unit.ended_by(as_of) or not any(siblings):
            assert each.rank is None
        else:
            assert each.rank is not None
            ahead = sum(other > Fraction(each.done, each.quota) for other in siblings)
            assert (each.rank.place, each.rank.among) == (1 + ahead, len(siblings))


PROVINCE = """
    programme: P
    phases:
      p1: {name: Phase 1, from: 2022-01-01, to: 2022-03-31}
      p2: {name: Phase 2, from: 2022-04-01, to: 2022-06-30}
    campaigns: {race: {from: 2022-03-01, to: 2022-03-31, toward: p1}}
    exports: {files: [rows.csv], columns: {code: Code, submitted: Date, count: Number, field: Field, unit: Unit}}
    %s
    units:
      - name: Province
        quota: {p1: 100, p2: 100}
        units:
          - {name: Đồng Hỷ, id: dh, quota: {p1: 4}}
          - {name: Định Hóa, id: dinh, quota: {p1: 8}}
          - {name: Ân Thi, id: an, quota: {p1: 2}}
          - {name: Võ Nhai, id: vn, quota: {p1: 0}}
          - {name: Đại Từ, id: dt, quota: {p1: 3}, valid: {to: 2022-02-28}}
          - {name: Phú Bình, id: pb, quota: {p1: 5}}
          - {name: An Khê, id: ak}
          - {name: Yên Bái, id: yb}
"""
# Đồng Hỷ 2/4 = 50%, Định Hóa 4/8 = 50%, Ân Thi 3/2 = 150%, Võ Nhai 1/0, Đại Từ 3/3 and ended, Phú Bình 0/5, An Khê 1.
ROWS = """
    Code,Date,Number,Field,Unit
    K1,01/02/2022,2,Y tế,Đồng Hỷ
    K2,01/02/2022,4,Y tế,Định Hóa
    K3,02/03/2022,3,Giáo dục,Ân Thi
    K4,01/02/2022,1,Giáo dục,Võ Nhai
    K5,01/02/2022,3,Giáo dục,Đại Từ
    K6,01/02/2022,1,Giáo dục,An Khê
"""
FILES = {"q.yaml": PROVINCE % "", "rows.csv": ROWS}


def listed(run_here: Run, *arguments: str, day: str = "2022-03-31") -> list[dict[str, Any]]:
    """The lines of a list, from its JSON."""
    outcome = run_here("report", "-c", "q.yaml", "--as-of", day, "--format", "json", *arguments, files=FILES)
    assert outcome.code == 0, outcome.stderr
    lines: list[dict[str, Any]] = json.loads(outcome.stdout)["units"]
    return lines


def ids(run_here: Run, *arguments: str, day: str = "2022-03-31") -> str:
    return " ".join(each["id"] for each in listed(run_here, *arguments, day=day))


def test_ties_share_a_place_and_the_next_one_is_left_out(run_here: Run) -> None:
    """150%, 50%, 50%, 0%: 1, 2, 2, 4 of 4. Đại Từ has ended; a quota of 0 and none have no percent."""
    found = {each["id"]: each.get("rank") for each in listed(run_here, "--rank", "--phase", "p1")}
    assert found == {
        "province": {"place": 1, "among": 1},
        "dh": {"place": 2, "among": 4},
        "dinh": {"place": 2, "among": 4},
        "an": {"place": 1, "among": 4},
        "vn": None,
        "dt": None,
        "pb": {"place": 4, "among": 4},
        "ak": None,
        "yb": None,
    }


def test_a_rank_is_among_all_siblings_however_the_list_is_narrowed(run_here: Run) -> None:
    for arguments in (["--unit", "pb"], ["--only", "none"], ["--sort", "percent", "--reverse", "--top", "2"]):
        lines = {each["id"]: each for each in listed(run_here, "--rank", "--phase", "p1", *arguments)}
        assert lines["pb"]["rank"] == {"place": 4, "among": 4}, arguments


# --- which lines, and in which order ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--only none", "pb yb"),
        ("--only below", "province dh dinh"),
        ("--only exceeded", "an vn"),
        ("--only none,exceeded", "an vn pb yb"),
        ("--only none --only exceeded", "an vn pb yb"),
        ("--only none --only none", "pb yb"),
        ("--only none --sort short", "pb yb"),
        ("--only none,no-quota --sort name", "ak pb yb"),
        ("--only no-quota", "ak yb"),
        ("--only met", ""),
        ("--sort percent", "an dh dinh province pb vn ak yb"),
        ("--sort percent --reverse", "pb province dh dinh an vn ak yb"),
        ("--sort short", "province pb dinh dh an vn ak yb"),
        ("--sort short --reverse", "an vn dh dinh pb province ak yb"),
        ("--sort done", "province dinh an dh vn ak pb yb"),
        ("--sort done --reverse", "pb yb vn ak dh an dinh province"),
        ("--sort name", "ak an dinh dh pb province vn yb"),
        ("--sort name --reverse", "yb vn province pb dh dinh an ak"),
        ("--sort tree --only exceeded", "an vn"),
        ("--reverse --only exceeded", "vn an"),
        ("--top 2", "province dh"),
        ("--top 2 --sort percent", "an dh"),
        ("--top 99 --only none", "pb yb"),
        ("--sort percent --depth 1 --unit province --top 1", "an"),
        ("--only below --unit dh", "dh"),
        ("--only below --depth 0", "province"),
    ],
)
def test_a_list(arguments: str, expected: str, run_here: Run) -> None:
    """Equals stand in tree order; who lacks the figure comes last, either way; Đại Từ has ended and is in no list."""
    assert ids(run_here, "--phase", "p1", *arguments.split()) == expected


def test_names_are_in_the_order_of_the_vietnamese_alphabet(run_here: Run) -> None:
    """A before Â, D before Đ; letters before tones; numbers by their value."""
    names = [
        "Đà Bắc",
        "Dầu Tiếng",
        "Ân Thi",
        "An Khê",
        "Ấp 10",
        "Ấp 9",
        "Y Yên",
        "Ôn",
        "Ơn",
        "Ái",
        "Ai",
        "Ải",
        "eo",
        "Ê",
    ]
    files = {
        "q.yaml": yaml.safe_dump(
            {
                "programme": "p",
                "phases": {"p1": {"from": date(2022, 1, 1), "to": date(2022, 3, 31)}},
                "exports": {"files": ["rows.csv"], "columns": {"submitted": "Date", "unit": "Unit"}},
                "units": [{"name": name, "id": f"u{i}"} for i, name in enumerate(names)],
            },
            allow_unicode=True,
        ),
        "rows.csv": "Unit,Date\nAi,01/02/2022\n",
    }
    outcome = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-03-31", "--sort", "name", "--format", "csv", files=files
    )
    found = [line["name"] for line in csv.DictReader(io.StringIO(outcome.stdout)) if line["phase"] == "p1"]
    assert found == [
        "Ai", "Ải", "Ái", "An Khê", "Ân Thi", "Ấp 9", "Ấp 10", "Dầu Tiếng", "Đà Bắc", "eo", "Ê", "Ôn", "Ơn", "Y Yên"
    ]  # fmt: skip


def test_the_first_few_are_those_of_each_phase(run_here: Run) -> None:
    lines = listed(run_here, "--sort", "done", "--top", "1", day="2022-04-01")
    assert [(each["id"], each["phase"]) for each in lines] == [
        ("province", "p1"),
        ("province", "p2"),
        ("province", "all"),
    ]


def test_a_phase_that_has_not_begun_is_in_a_list_only_if_it_is_asked_for(run_here: Run) -> None:
    """There nobody has anything, and nobody can be blamed."""
    assert {each["phase"] for each in listed(run_here, "--only", "none")} == {"p1", "all"}
    assert {each["phase"] for each in listed(run_here, "--only", "none", day="2022-04-01")} == {"p1", "p2", "all"}
    assert ids(run_here, "--only", "none", "--phase", "p2") == "province dh dinh an vn pb ak yb"
    assert ids(run_here, "--only", "below", "--phase", "p2") == ""
    text = run_here("report", "-c", "q.yaml", "--as-of", "2022-03-31", "--only", "near", files=FILES).stdout
    assert "Phase 2" not in text
    assert "No unit." in text


def test_who_has_nothing_is_in_the_list_of_those_with_none_with_a_quota_or_without(run_here: Run) -> None:
    """Staff are to press whoever has sent nothing. Yên Bái has no quota; its line says so, and no status is made up."""
    arguments = ("report", "-c", "q.yaml", "--as-of", "2022-03-31", "--phase", "p1", "--only", "none")
    text = run_here(*arguments, files=FILES).stdout
    assert re.search(r"^Yên Bái +0 +–$", text, re.MULTILINE)
    (_, line) = listed(run_here, "--phase", "p1", "--only", "none")
    assert (line["id"], line["status"], line["quota"]) == ("yb", "no-quota", None)
    assert "Yên Bái" not in run_here(*arguments, "--unit", "pb", files=FILES).stdout


def test_the_list_of_those_with_none_in_a_campaign(run_here: Run) -> None:
    """In March only Ân Thi sent something. Who was short of nothing on 1 March, as Võ Nhai with 1 of 0, is let be."""
    assert ids(run_here, "--campaign", "race", "--only", "none") == "dh dinh pb ak yb"
    assert ids(run_here, "--campaign", "race", "--only", "met,exceeded") == "an vn"


def test_a_list_says_which_of_two_units_of_one_name_it_means(run_here: Run) -> None:
    text = PROVINCE % ""
    text = text.replace("{p1: 5}}", "{p1: 5}, units: [{name: Trường A, quota: {p1: 1}}]}").replace(
        "id: ak}", "id: ak, units: [{name: TRƯỜNG A, id: t2, quota: {p1: 1}}]}"
    )
    outcome = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-03-31", "--phase", "p1", "--only", "none",
        files={"q.yaml": text, "rows.csv": ROWS},
    )  # fmt: skip
    assert "Trường A (Phú Bình)" in outcome.stdout
    assert "TRƯỜNG A (An Khê)" in outcome.stdout


def test_a_list_holds_only_targets_of_its_lines(run_here: Run) -> None:
    """Targets stand below the lines of their phase, and so do what is said of them."""
    target = "targets: [{id: t, name: T, unit: %s, phase: %s, measure: coverage, of: k, at_least: 100%%}]"
    for unit, phase, shown in (("pb", "p1", True), ("pb", "all", False), ("dh", "p1", False)):
        text = (PROVINCE % (target % (unit, phase))).replace("id: pb,", "id: pb, units: [{name: X, kind: k}],")
        text = text.replace("id: dh,", "id: dh, units: [{name: X2, kind: k}],")
        files = {"q.yaml": text, "rows.csv": ROWS}
        arguments = ("report", "-c", "q.yaml", "--as-of", "2022-03-31", "--only", "none", "--phase", "p1")
        outcome = run_here(*arguments, files=files)
        assert ("T (" in outcome.stdout) == shown, (unit, phase)
        assert ("Target: T" in outcome.stdout) == shown, (unit, phase)
        found = json.loads(run_here(*arguments, "--format", "json", files=files).stdout)["targets"]
        assert len(found) == shown


SELECTIONS = st.builds(
    Selection,
    st.frozensets(st.sampled_from(get_args(Status))),
    st.sampled_from(SORT_KEYS),
    st.booleans(),
    st.none() | st.integers(1, 4),
).filter(lambda selection: selection.is_list)


@settings(bounded, max_examples=60)
@given(scenes(), AS_OF, SELECTIONS, st.sampled_from([None, *PHASES, ALL]))
def test_every_format_of_a_list_holds_the_same_lines_in_the_same_order(
    run_here: Run, scene: Scene, as_of: date, selection: Selection, phase: str | None
) -> None:
    arguments = ["--as-of", as_of.isoformat(), "--sort", selection.sort]
    arguments += ["--only", ",".join(selection.only)] if selection.only else []
    arguments += ["--reverse"] if selection.reverse else []
    arguments += [] if selection.top is None else ["--top", str(selection.top)]
    arguments += [] if phase is None else ["--phase", phase]
    with inside() as folder:
        counted(folder, scene, as_of)  # which writes the files
        command = ("report", str(folder / "q.yaml"), *map(str, sorted(folder.glob("rows*"))), *arguments)
        command = ("report", "-c", *command[1:])
        text, csv_text, json_text = (run_here(*command, "--format", each).stdout for each in ("text", "csv", "json"))
    in_json = [(each["id"], each["phase"]) for each in json.loads(json_text)["units"]]
    in_csv = [(each["id"], each["phase"]) for each in csv.DictReader(io.StringIO(csv_text))]
    assert in_json == in_csv
    assert re.findall(r"^Unit (\d)", text, re.MULTILINE) == [unit[1:] for unit, _ in in_json]


@bounded
@given(scenes(), AS_OF, SELECTIONS, st.sampled_from([None, *PHASES, ALL]))
def test_a_list_is_the_lines_that_were_asked_for_in_the_order_that_was_asked_for(
    scene: Scene, as_of: date, selection: Selection, phase: str | None
) -> None:
    with inside() as folder:
        report = counted(folder, scene, as_of).report
    begun = [name for name, (start, _) in PHASES.items() if start <= as_of]
    shown = select(report, selection, phase).attainments
    wanted = [phase] if phase else [*begun, ALL]
    assert [each.phase for each in shown] == sorted((each.phase for each in shown), key=wanted.index)
    for name in wanted:
        own = [each for each in shown if each.phase == name]
        whole = [
            each
            for each in report.attainments
            if each.phase == name
            and not each.unit.ended_by(as_of)
            and (
                not selection.only
                or each.status in selection.only
                or ("none" in selection.only and each.done == 0 and each.quota is None)
            )
        ]
        assert len(own) == min(len(whole), len(whole) if selection.top is None else selection.top)
        assert own == in_order(whole, selection.sort, reverse=selection.reverse)[: len(own)]
        figures = [_figure(each, selection.sort) for each in own]
        able = [figure for figure in figures if figure is not None]
        if selection.sort in ("percent", "short", "done"):
            assert able == sorted(able, reverse=not selection.reverse)
            assert figures[len(able) :] == [None] * (len(figures) - len(able))
            # Nobody who was left out goes before the last one that was kept.
            for left_out in whole:
                figure = _figure(left_out, selection.sort)
                if left_out not in own and figure is not None:
                    assert able
                    assert figure >= able[-1] if selection.reverse else figure <= able[-1]


def _figure(each: Any, sort: str) -> Fraction | None:
    match sort:
        case "percent":
            return Fraction(each.done, each.quota) if each.quota else None
        case "short":
            return None if each.short is None else Fraction(each.short)
    return Fraction(each.done)


# --- options -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("--only worst", "--only: "),
        ("--only none,", "--only: "),
        ("--sort best", "--sort: "),
        ("--sort percent,done", "--sort: "),
        ("--top 0", "--top: "),
        ("--top -1", "--top: "),
        ("--top ten", "--top: "),
        ("--since 31/02/2022", "--since: "),
        ("--since yesterday", "--since: "),
        ("--since 2022-04-01", "--since: "),
        ("--campaign forty", "--campaign: "),
        ("--basis giao", "--basis: "),
        ("--campaign race --phase p1", "--campaign: "),
        ("--campaign race --by unit", "--campaign: "),
        ("--by unit --rank", "--by: "),
        ("--by unit --only none", "--by: "),
        ("--by unit --top 3", "--by: "),
        ("--by unit --since 2022-02-01", "--by: "),
        ("--by unit --depth 1", "--by: "),
        ("--by size", "--by: "),
        ("--by recognition", "--by: "),
        ("--compare r.json --only none", "--compare: "),
        ("--compare-ledger l.csv", "--compare-ledger: "),
    ],
)
def test_options_of_which_one_would_be_passed_over_are_refused(arguments: str, named: str, run: Run) -> None:
    """With the option's name and how to mend it, in both languages."""
    for lang, mend in (("en", "to fix: "), ("vi", "cách sửa: ")):
        outcome = run("report", "-c", "q.yaml", "--as-of", "2022-03-31", *arguments.split(), files=FILES, lang=lang)  # type: ignore[arg-type]
        assert (outcome.code, outcome.stdout) == (2, ""), lang
        assert outcome.stderr.startswith(named)
        assert mend in outcome.stderr


# --- since a day -------------------------------------------------------------------------------------------------


@bounded
@given(
    scenes(by_name=False),
    st.dates(date(2021, 12, 20), date(2022, 10, 10)),
    st.dates(date(2021, 12, 20), date(2022, 10, 10)),
)
def test_what_came_in_since_a_day_is_the_difference_to_the_report_of_the_day_before(
    scene: Scene, as_of: date, since: date
) -> None:
    """Where units do not end: with an end, rows of later days lead to other units, or to none."""
    lasting = replace(scene, tree=[replace(made, ends=None) for made in scene.tree])
    with inside() as folder:
        now = counted(folder, lasting, as_of, since=since).report
        before = counted(folder, lasting, min(since - timedelta(1), as_of)).report
    then = {(each.unit.id, each.phase): each.done for each in before.attainments}
    assert [each.since for each in now.attainments] == [
        each.done - then[each.unit.id, each.phase] for each in now.attainments
    ]
    assert json.loads(render_json(now))["since"] == since.isoformat()


@bounded
@given(scenes(), AS_OF, DAYS)
def test_what_came_in_since_a_day_are_the_rows_dated_from_it_on(scene: Scene, as_of: date, since: date) -> None:
    """The day itself counts. Rows without a date came in on a day that nobody knows, and are left out."""
    from sangkien_cli.ledger import ledger

    with inside() as folder:
        result = counted(folder, scene, as_of, since=since)
        table = ledger(result.judged, result.report.config)
    own = table[(table["reason"] == "") & (table["submitted"].fillna("") >= since.isoformat())]

    def below(unit: int | None, top: int) -> bool:
        return unit is not None and (unit == top or below(scene.tree[unit].parent, top))

    for each in result.report.attainments:
        at = int(each.unit.id[1:])
        expected = sum(
            int(row["count"])
            for row in own.to_dict("records")
            if below(int(row["unit"][1:]), at) and each.phase in (row["phase"], ALL)
        )
        assert each.since == expected


def test_since_a_day_as_people_read_it(run_here: Run) -> None:
    """Ân Thi's 3 of 2 March came in since then, on that day."""
    for day, number in (("2022-03-02", "3"), ("02/03/2022", "3"), ("2022-03-03", "0")):
        outcome = run_here(
            "report", "-c", "q.yaml", "--as-of", "2022-03-31", "--phase", "p1", "--since", day, files=FILES
        )
        (line,) = (line for line in outcome.stdout.splitlines() if "Ân Thi" in line)
        assert re.search(rf"3/2 = 150.0% .* {number}  exceeded", line), line
    assert re.search(r" From\n.* 2022-03-03", outcome.stdout)


# --- bases side by side ------------------------------------------------------------------------------------------


@bounded
@given(scenes(), AS_OF)
def test_what_stands_beside_is_what_a_report_on_that_basis_says(scene: Scene, as_of: date) -> None:
    from sangkien_cli.quotas import on_basis

    with inside() as folder:
        report = counted(folder, scene, as_of).report
        config = load_config(folder / "q.yaml")
        alone = count(on_basis(config, "dang-ky"), [str(path) for path in sorted(folder.glob("rows*"))], as_of).report
    both = beside(report, report.config.bases[1:])
    then = {(each.unit.id, each.phase): each for each in alone.attainments}
    for each in both.attainments:
        if (each.unit.id, each.phase) not in then:
            assert each.unit.ended_by(as_of)  # shown only for the quota that it has on the basis in use
            continue
        other, (on,) = then[each.unit.id, each.phase], each.beside
        assert (on.quota, on.allocated, on.percent, on.short, on.status) == (
            other.quota, other.allocated, other.percent, other.short, other.status
        )  # fmt: skip


BASES = "bases: {giao: Assigned, dang-ky: Registered}"


def on_bases() -> Mapping[str, str]:
    """The province with two bases; Đồng Hỷ registered 8, which its 2 are a quarter of."""
    text = (PROVINCE % BASES).replace("quota: {p1: 4}", "quota: {p1: {giao: 4, dang-ky: 8}}")
    return {"q.yaml": text, "rows.csv": ROWS}


def test_two_bases_stand_side_by_side_in_every_format(run_here: Run) -> None:
    arguments = ("report", "-c", "q.yaml", "--as-of", "2022-03-31", "--phase", "p1", "--unit", "dh")
    both = ("--basis", "giao,dang-ky")
    text = run_here(*arguments, *both, files=on_bases()).stdout
    assert "As of the end of 2022-03-31 · Assigned" in text
    assert re.search(r"Đồng Hỷ +2/4 = 50.0% .*2/8 = 25.0%", text)
    (line,) = json.loads(run_here(*arguments, *both, "--format", "json", files=on_bases()).stdout)["units"]
    assert line["quota"] == 4
    assert line["bases"] == {
        "dang-ky": {"quota": 8, "percent": "25.0", "short": 6, "status": "below", "allocated": None}
    }
    (cells,) = csv.DictReader(io.StringIO(run_here(*arguments, *both, "--format", "csv", files=on_bases()).stdout))
    assert (cells["quota"], cells["bases.dang-ky.quota"], cells["bases.dang-ky.percent"]) == ("4", "8", "25.0")
    alone = run_here(*arguments, "--basis", "dang-ky", files=on_bases()).stdout
    assert "· Registered" in alone
    assert "2/8 = 25.0%" in alone
    assert "2/4" not in alone


def test_two_bases_of_a_campaign(run_here: Run) -> None:
    """Before 1 March Đồng Hỷ had 2: 2 of 4 and 6 of 8 were short, and nothing came in."""
    outcome = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-03-31", "--campaign", "race", "--unit", "dh",
        "--basis", "giao", "--basis", "dang-ky", "--format", "json", files=on_bases(),
    )  # fmt: skip
    (line,) = json.loads(outcome.stdout)["units"]
    assert (line["done"], line["quota"], line["bases"]["dang-ky"]["quota"]) == (0, 2, 6)


def test_check_says_on_which_basis(run_here: Run) -> None:
    for arguments, name in (([], "Assigned"), (["--basis", "dang-ky"], "Registered")):
        outcome = run_here("check", "-c", "q.yaml", "--as-of", "2022-03-31", *arguments, files=on_bases())
        assert f"· {name}" in outcome.stdout
        assert outcome.code == 1


def test_check_on_a_basis_asks_for_the_quotas_of_that_basis(run_here: Run) -> None:
    """2 of 8 is less than 30%, 2 of 4 is not."""
    arguments = ("check", "-c", "q.yaml", "--as-of", "2022-03-31", "--unit", "dh", "--phase", "p1", "--min", "30")
    assert run_here(*arguments, files=on_bases()).code == 0
    assert run_here(*arguments, "--basis", "dang-ky", files=on_bases()).code == 1


# --- widths ------------------------------------------------------------------------------------------------------


@settings(bounded, max_examples=40)
@given(scenes(), AS_OF, st.sampled_from([80, 120]), st.sampled_from(["vi", "en"]), st.booleans())
def test_no_line_is_wider_than_the_page(scene: Scene, as_of: date, width: int, lang: Any, pace: bool) -> None:
    from sangkien_cli.render.columns import width_of
    from sangkien_cli.render.text import Page, render_text

    with inside() as folder:
        report = ranked(counted(folder, scene, as_of, since=date(2022, 2, 1)).report)
    report = beside(report, report.config.bases[1:])
    for layout in (Layout(pace=pace), Layout(as_tree=False, pace=pace)):
        text = render_text(lay_out(report, lang, layout), lang, Page(width=width))
        assert max(map(width_of, text.splitlines())) <= width


def test_a_list_without_places_has_no_column_for_them(run_here: Run) -> None:
    """The province is one among one, which says nothing."""
    arguments = ("report", "-c", "q.yaml", "--as-of", "2022-03-31", "--phase", "p1", "--sort", "name")
    assert "Rank" in run_here(*arguments, files=FILES).stdout
    assert "Rank" not in run_here(*arguments, "--depth", "0", files=FILES).stdout

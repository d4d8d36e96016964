"""Targets and further tallies (contract §9): by hand, and against a plain recount of the ledger's rows."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangkien_cli.ledger import ledger
from sangkien_cli.pipeline import Counted, count, load_config
from sangkien_cli.render.json import render_json
from sangkien_cli.tables import Line, lay_out
from tests.plain import csv_bytes
from tests.test_properties import inside

if TYPE_CHECKING:
    from tests.conftest import Run

bounded = settings(
    max_examples=120,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)

# --- a plain recount ---------------------------------------------------------------------------------------------

PHASES = {"p1": (date(2022, 1, 1), date(2022, 3, 31)), "p2": (date(2022, 4, 1), date(2022, 6, 30))}
FIELDS = ("code", "submitted", "status", "recognition", "applied", "benefit", "count")
AS_OF = st.sampled_from([date(2021, 12, 1), date(2022, 2, 15), date(2022, 3, 31), date(2022, 5, 1), date(2022, 12, 31)])

# What an amount means in a column of its style; a column that holds none of the first two of a style has no style.
SURE = {"vi": ("1.000.000", "12,5"), "en": ("1,000,000", "12.5")}
MEANT: dict[str, dict[str, Fraction | None]] = {
    "vi": {"1.000.000": Fraction(1000000), "12,5": Fraction(25, 2), "1.000": Fraction(1000), "1,000": None},
    "en": {"1,000,000": Fraction(1000000), "12.5": Fraction(25, 2), "1,000": Fraction(1000), "1.000": None},
    "": {"1.000": None, "1,000": None, "1,000,000": None, "1.000.000": None, "12,5": None, "12.5": Fraction(25, 2)},
}
AMOUNTS = ("", "0", "7", "4", "-3", "5 triệu", "#REF!", "1.000", "1,000", "1.000.000", "12,5", "1,000,000", "12.5")
NUMBERS = (7, 1000000, 0.5, 12.75, 0)  # as Excel stores numbers


Cell = str | int | float


@dataclass(frozen=True)
class Made:
    """A unit of a drawn tree."""

    parent: int | None
    kind: str | None
    members: int | None
    ends: date | None


@dataclass(frozen=True)
class Row:
    """A row and the file and sheet that it goes into; a file with sheet "" is a CSV. Numbers are Excel's own."""

    place: tuple[str, str]
    cells: Mapping[str, Cell]


PLACES = (("a.csv", ""), ("b.csv", ""), ("c.xlsx", "Một"), ("c.xlsx", "Hai"))
KINDS = (None, "huyen", "cdcs", "CĐCS khối", "Cdcs ")


@st.composite
def trees(draw: st.DrawFn) -> list[Made]:
    """A province, a district and a base union that are always there, and others below any of them, some ended."""
    members = st.sampled_from([None, 0, 1, 3, 85000])
    tree = [Made(None, "tinh", 10, None), Made(0, "huyen", 7, None), Made(1, "cdcs", draw(members), None)]
    for _ in range(draw(st.integers(0, 5))):
        parent = draw(st.sampled_from([None, *range(len(tree))]))
        ends = draw(st.sampled_from([None, None, date(2022, 2, 28), date(2022, 4, 30)]))
        tree.append(Made(parent, draw(st.sampled_from(KINDS)), draw(members), ends))
    return tree


def tree_yaml(tree: Sequence[Made], parent: int | None = None) -> list[dict[str, Any]]:
    units = []
    for i, made in enumerate(tree):
        if made.parent == parent:
            unit: dict[str, Any] = {"name": f"Unit {i}", "id": f"u{i}", "quota": {"p1": i}}
            unit |= {"kind": made.kind} if made.kind else {}
            unit |= {} if made.members is None else {"members": made.members}
            unit |= {"valid": {"to": made.ends}} if made.ends else {}
            below = tree_yaml(tree, i)
            units.append({**unit, "units": below} if below else unit)
    return units


WHERES: tuple[dict[str, Any], ...] = (
    {},
    {"recognition": ["Cấp huyện"]},
    {"recognition": ["CẤP  HUYỆN.", "Cấp tỉnh"], "status": ["Hợp lệ"]},
    {"applied": {"from": date(2022, 2, 1), "to": date(2022, 2, 28)}},
    {"benefit": {"min": 7, "max": 1000}},
    {"count": {"min": 2}},
)


@st.composite
def targets(draw: st.DrawFn) -> dict[str, Any]:
    """A target of any measure, of the province, the district, or each unit of their kinds."""
    target: dict[str, Any] = {draw(st.sampled_from(["unit", "each"])): draw(st.integers(0, 1))}
    if "unit" in target:
        target["unit"] = f"u{target['unit']}"
    else:
        target["each"] = ("tinh", "huyen")[target["each"]]
    target["phase"] = draw(st.sampled_from([*PHASES, "all"]))
    target["measure"] = draw(st.sampled_from(["count", "average", "coverage", "sum", "per-member"]))
    shares = ["0%", "10%", "33.33%", "66.667%", "100%"]
    match target["measure"]:
        case "count":
            target["at_least"] = draw(st.sampled_from([0, 1, 2, 5]))
        case "average":
            target |= {"per": "cdcs", "at_least": draw(st.sampled_from([0, 1, 2.5, 0.25, 0.33]))}
        case "coverage":
            target |= {"of": "CDCS", "at_least": draw(st.sampled_from(shares))}
            target |= draw(st.sampled_from([{}, {"having": 0}, {"having": 3}]))
        case "sum":
            target |= {"of": draw(st.sampled_from(["benefit", "benefit", "count"]))}
            target["at_least"] = draw(st.sampled_from([0, 12.5, 1000000]))
        case "per-member":
            target["at_least"] = draw(st.sampled_from([*shares, 0.5, 2]))
    if where := draw(st.sampled_from(WHERES)):
        target["where"] = where
    return target


@st.composite
def cells(draw: st.DrawFn, units: int, place: tuple[str, str]) -> dict[str, Cell]:
    """A row that mostly counts."""

    def mostly(*texts: str, seldom: Sequence[str] = ()) -> str:
        return draw(st.sampled_from([*texts, *texts, *texts, *seldom]))

    amount: st.SearchStrategy[Cell] = st.sampled_from(AMOUNTS)
    row: dict[str, Cell] = {
        "code": draw(st.sampled_from([f"K{i}" for i in range(30)])),
        "submitted": mostly("01/02/2022", "15/03/2022", "05/05/2022", seldom=["", "01/01/2020", "32/01/2022"]),
        "status": mostly("Hợp lệ", "Đã công nhận", seldom=["Đang xét", ""]),
        "recognition": mostly("Cấp huyện", "cấp huyện", "Cấp tỉnh", "", "#REF!"),
        "applied": mostly("01/02/2022", "2022-02-28", "01/03/2022", "", "sai"),
        "benefit": draw(st.one_of(amount, st.sampled_from(NUMBERS)) if place[1] else amount),
        "count": mostly("0", "1", "2", "5", seldom=["", "1,5"]),
        "unit": mostly(*(f"Unit {i}" for i in range(units)), seldom=["", "Unit X"]),
    }
    return row


def write(folder: Path, rows: Sequence[Row], without: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    """The exports; a sheet may lack columns. Gives the names of the files."""
    books: dict[str, xlsxwriter.Workbook] = {}
    files = []
    for place in sorted({row.place for row in rows}):
        file, sheet = place
        headers = [name for name in (*FIELDS, "unit") if name not in without.get(place, ())]
        table: list[list[Cell]] = [
            [*headers],
            *([row.cells[name] for name in headers] for row in rows if row.place == place),
        ]
        if sheet:
            target = books.setdefault(file, xlsxwriter.Workbook(folder / file, {"in_memory": True})).add_worksheet(
                sheet
            )
            for number, line in enumerate(table):
                for column, cell in enumerate(line):
                    if isinstance(cell, str):
                        target.write_string(number, column, cell)
                    else:
                        target.write_number(number, column, cell)
        else:
            (folder / file).write_bytes(csv_bytes([[str(cell) for cell in line] for line in table]))
        files.append(file)
    for book in books.values():
        book.close()
    return list(dict.fromkeys(files))


@dataclass(frozen=True)
class Scene:
    """A quota file and its exports."""

    tree: Sequence[Made]
    document: Mapping[str, Any]
    rows: Sequence[Row]
    without: Mapping[tuple[str, str], Sequence[str]]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """A tree, up to five targets, further tallies, and rows in several sheets, of which one may lack columns."""
    tree = draw(trees())
    drawn = [{"id": f"t{i}", **each} for i, each in enumerate(draw(st.lists(targets(), min_size=1, max_size=5)))]
    document = {
        "programme": "p",
        "phases": {name: {"from": start, "to": end} for name, (start, end) in PHASES.items()},
        "exports": {"columns": {**{name: name for name in FIELDS}, "unit": "unit"}},
        "count": {"where": {"status": ["Hợp lệ", "Đã công nhận"]}},
        "also_count": {
            "sent": {},
            "waiting": {"where": {"status": ["Đang xét"]}},
            "graded": {"where": WHERES[2]},
            "rich": {"where": WHERES[4]},
        },
        "percent": {"decimals": draw(st.integers(0, 2)), "rounding": draw(st.sampled_from(["half-up", "up", "down"]))},
        "targets": drawn,
        "units": tree_yaml(tree),
    }
    rows = []
    for _ in range(draw(st.integers(0, 14)) + 1):
        place = draw(st.sampled_from(PLACES))
        rows.append(Row(place, draw(cells(len(tree), place))))
    lacking = st.sampled_from([(), (), ("benefit",), ("recognition", "applied")])
    return Scene(tree, document, rows, {place: draw(lacking) for place in PLACES})


class Plainly(yaml.SafeDumper):
    """YAML without references, in which one condition may stand twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def counted(folder: Path, document: Mapping[str, Any], files: Sequence[str], as_of: date) -> Counted:
    text = yaml.dump(document, Dumper=Plainly, allow_unicode=True, sort_keys=False)
    # The numbers as a person types them: 2.5, not 2.50; dates without quotes.
    (folder / "q.yaml").write_text(re.sub(r"'(\d+(?:\.\d+)?%)'", r"\1", text), encoding="utf-8")
    return count(load_config(folder / "q.yaml"), [str(folder / file) for file in files], as_of)


@dataclass(frozen=True)
class Fact:
    """A row that counts, as the ledger has it, and its cells as typed."""

    unit: int
    phase: str
    count: int
    cells: Mapping[str, Cell]
    style: str  # of the amounts in its column


def facts(scene: Scene, result: Counted) -> list[Fact]:
    """The rows that count."""
    at: dict[tuple[str, str, int], Mapping[str, Cell]] = {}
    styles: dict[tuple[str, str], str] = {}
    for place in {row.place for row in scene.rows}:
        own = [row.cells for row in scene.rows if row.place == place]
        at |= {(place[0], place[1], number): each for number, each in enumerate(own, start=2)}
        typed = {each["benefit"] for each in own if "benefit" not in scene.without[place]}
        sure = [style for style, texts in SURE.items() if typed & set(texts)]
        styles[place] = sure[0] if len(sure) == 1 else ""
    table = ledger(result.judged, result.report.config)
    found = []
    for line in table[table["reason"] == ""].to_dict("records"):
        place = (line["file"], line["sheet"] if isinstance(line["sheet"], str) else "")
        row = {**at[place[0], place[1], line["row"]], **dict.fromkeys(scene.without[place], "")}
        found.append(Fact(int(line["unit"][1:]), line["phase"], int(line["count"]), row, styles[place]))
    return found


def number(fact: Fact, field: str) -> Fraction | None:
    """What an amount means; None if it is no plain number."""
    cell = fact.cells[field]
    if not isinstance(cell, str):
        return Fraction(str(cell))
    if cell in MEANT[fact.style]:
        return MEANT[fact.style][cell]
    return Fraction(cell) if re.fullmatch(r"-?\d+", cell) else None


def passes(fact: Fact, where: Mapping[str, Any]) -> bool:
    for field, condition in where.items():
        cell = fact.cells[field]
        if isinstance(condition, list):
            texts = {re.sub(r"[\s.]+", " ", text).strip().lower() for text in condition}
            if str(cell).lower() not in texts:
                return False
        elif "min" in condition:
            value = number(fact, field)
            if value is None or not condition["min"] <= value <= condition.get("max", value):
                return False
        elif cell not in ("01/02/2022", "2022-02-28"):  # the days of the cells that lie in the range
            return False
    return True


def is_below(tree: Sequence[Made], unit: int, top: int) -> bool:
    parent = tree[unit].parent
    return parent is not None and (parent == top or is_below(tree, parent, top))


def ended(tree: Sequence[Made], unit: int, day: date) -> bool:
    """Whether it, or one above it, has ended by a day."""
    made = tree[unit]
    return (made.ends is not None and made.ends < day) or (made.parent is not None and ended(tree, made.parent, day))


def recount(scene: Scene, all_facts: Sequence[Fact], target: Mapping[str, Any], unit: int, as_of: date) -> Any:
    """The value of a target for a unit, and for a sum the rows that it could not read and those that are blank."""
    tree, phase = scene.tree, target["phase"]
    windows = [window for name, window in PHASES.items() if phase in (name, "all")]
    day = min(max(as_of, windows[0][0]), windows[-1][1])
    looked_at = [fact for fact in all_facts if phase in (fact.phase, "all") and passes(fact, target.get("where", {}))]

    def inside_of(top: int) -> list[Fact]:
        return [fact for fact in looked_at if fact.unit == top or is_below(tree, fact.unit, top)]

    own = inside_of(unit)
    done = sum(fact.count for fact in own)
    below = [
        i
        for i, made in enumerate(tree)
        if (made.kind or "").strip().lower() == "cdcs" and is_below(tree, i, unit) and not ended(tree, i, day)
    ]
    match target["measure"]:
        case "count":
            return Fraction(done)
        case "average":
            return Fraction(done, len(below)) if below else None
        case "coverage":
            having = target.get("having", 1)
            covered = [i for i in below if sum(fact.count for fact in inside_of(i)) >= having]
            return Fraction(len(covered), len(below)) if below else None
        case "per-member":
            members = tree[unit].members
            return Fraction(done, members) if members else None
    blank = [fact for fact in own if fact.cells[target["of"]] == ""]
    amounts = [number(fact, target["of"]) for fact in own if fact.cells[target["of"]] != ""]
    good = [amount for amount in amounts if amount is not None and amount >= 0]
    return sum(good, Fraction(0)), len(amounts) - len(good), len(blank)


@bounded
@given(scenes(), AS_OF)
def test_every_target_agrees_with_a_plain_recount_of_the_ledgers_rows(scene: Scene, as_of: date) -> None:
    with inside() as folder:
        result = counted(folder, scene.document, write(folder, scene.rows, scene.without), as_of)
        shown = json.loads(render_json(result.report))
        all_facts = facts(scene, result)
    asked = {
        (target["id"], i): target
        for target in scene.document["targets"]
        for i, made in enumerate(scene.tree)
        if target.get("unit") == f"u{i}" or ("each" in target and (made.kind or "").strip() == target["each"])
    }
    assert {(each.target.id, int(each.unit.id[1:])) for each in result.report.targets} == set(asked)
    for each, in_json in zip(result.report.targets, shown["targets"], strict=True):
        unit = int(each.unit.id[1:])
        target = asked[each.target.id, unit]
        expected = recount(scene, all_facts, target, unit, as_of)
        if target["measure"] == "sum":
            assert (each.value, each.unread, each.blank) == expected
            assert in_json["rows"] == {"unread": each.unread, "blank": each.blank}
            assert len(each.places) == min(each.unread, 3)
            expected = expected[0]
        assert each.value == expected, target
        least = str(target["at_least"])
        least_exact = Fraction(least.rstrip("%")) / (100 if least.endswith("%") else 1)
        assert Fraction(in_json["at_least"]) == least_exact
        # Exact, as whole numbers, decimals or n/d, never in another form.
        assert in_json["value"] is None or re.fullmatch(r"\d+(\.\d+|/\d+)?", in_json["value"])
        assert (None if in_json["value"] is None else Fraction(in_json["value"])) == expected
        assert in_json["met"] == (None if expected is None else expected >= least_exact)
        if "of" in in_json:
            assert Fraction(in_json["of"]["part"], in_json["of"]["whole"]) == expected


@bounded
@given(scenes(), AS_OF)
def test_a_printed_value_is_on_the_side_of_what_is_asked_on_which_the_exact_one_is(scene: Scene, as_of: date) -> None:
    """A target that is not reached never prints as reached, and one that is never as if it were not."""
    with inside() as folder:
        report = counted(folder, scene.document, write(folder, scene.rows, scene.without), as_of).report
    sheet = lay_out(report, "en")
    lines = [line for section in sheet.sections for line in section.lines if line.name.startswith("Target: ")]
    for line in lines:
        if line.figure == "–":
            assert line.word == "unknown"
            continue
        value, asked, percent = _figures(line)
        if line.word in ("met", "exceeded"):
            assert value >= asked
            assert percent is None or percent >= 100
        else:
            assert value < asked or value == asked == 0
            assert percent is None or percent < 100
            assert percent is None or (percent > 0) == (value > 0)
            assert line.share is None or line.share < 1


def _figures(line: Line) -> tuple[Fraction, Fraction, Fraction | None]:
    """Value, what is asked, and the percent where there is one.

    Of a count or sum `1,000.5/2,000 = 50%`; of a ratio `11/12 = 91.7%` or `5/2 = 2.5` with `(at least 2.4)` behind the
    name. Such a value is that of its parts, but for its rounding.
    """
    if least := re.search(r"\(at least ([\d,.]+)(%?)\)", line.name):
        found = re.fullmatch(r"([\d,]+)/([\d,]+) = ([\d,.]+)(%?)", line.figure)
        assert found, line.figure
        part, whole, ratio = (Fraction(text.replace(",", "")) for text in found.groups()[:3])
        assert found[4] == least[2]
        assert abs(part / whole * (100 if least[2] else 1) - ratio) <= 1
        return ratio, Fraction(least[1].replace(",", "")), None
    found = re.fullmatch(r"([\d,.]+)/([\d,.]+)(?: = ([\d,.]+)%)?", line.figure)
    assert found, line.figure
    value, asked, percent = (None if text is None else Fraction(text.replace(",", "")) for text in found.groups())
    assert value is not None
    assert asked is not None
    return value, asked, percent


@settings(bounded, max_examples=60)
@given(scenes(), AS_OF)
def test_a_further_tally_is_what_a_run_of_its_own_where_counts(scene: Scene, as_of: date) -> None:
    with inside() as folder:
        files = write(folder, scene.rows, scene.without)
        report = counted(folder, scene.document, files, as_of).report
        for number, (name, also) in enumerate(scene.document["also_count"].items()):
            document = {key: part for key, part in scene.document.items() if key not in ("targets", "also_count")}
            lacking = {field for row in scene.rows for field in scene.without[row.place]}
            if lacking & set(also.get("where", {})):
                continue  # a field that decides which rows count is needed in every sheet; one of a tally is not
            alone = counted(folder, {**document, "count": also}, files, as_of).report
            tallied = [(each.unit.id, each.phase, each.also[number]) for each in report.attainments]
            done = [(each.unit.id, each.phase, each.done) for each in alone.attainments]
            assert tallied == done, name


@settings(bounded, max_examples=60)
@given(scenes(), AS_OF)
def test_targets_and_tallies_change_nothing_else(scene: Scene, as_of: date) -> None:
    """Fields that only they look at set no row aside: the report is that of a quota file without them."""
    with inside() as folder:
        files = write(folder, scene.rows, scene.without)
        report = counted(folder, scene.document, files, as_of).report
        plain = {key: part for key, part in scene.document.items() if key not in ("targets", "also_count")}
        alone = counted(folder, plain, files, as_of).report
    assert report.rows == alone.rows
    figures = [(each.unit.id, each.phase, each.done, each.direct, each.percent) for each in report.attainments]
    assert figures == [(each.unit.id, each.phase, each.done, each.direct, each.percent) for each in alone.attainments]


# --- by hand -----------------------------------------------------------------------------------------------------

QUOTA = """
    programme: P
    phases:
      p1: {name: Phase 1, from: 2022-01-01, to: 2022-03-31}
      p2: {name: Phase 2, from: 2022-04-01, to: 2022-06-30}
    exports:
      files: ["rows*"]
      columns: {submitted: Date, recognition: Grade, applied: Applied, benefit: Benefit, unit: [Base, District]}
    targets: [%s]
    units:
      - name: A
        id: a
        kind: district
        quota: {p1: 2}
        units: [{name: B1, id: b1, kind: base}, {name: B2, id: b2, kind: base, quota: {p1: 0}}]
      - {name: C, id: c, kind: district, quota: {p1: 5}, units: [{name: C1, id: c1, kind: base}]}
"""
HEAD = "Base,District,Date,Grade,Applied,Benefit\n"
GOOD_ROW = "B1,A,01/02/2022,Good,01/02/2022,5\n"


def quota(*targets: str) -> str:
    """The quota file with these targets, each without its braces."""
    return QUOTA % ", ".join(f"{{{each}}}" for each in targets)


def test_by_hand_each_measure_of_one_unit_and_of_a_kind(run_here: Run) -> None:
    """A has 3 rows in phase 1: 2 in B1 and 1 of its own; C has none. Of A's two base units one has submissions."""
    targets = (
        "id: n, unit: a, phase: p1, measure: count, where: {recognition: [Good]}, at_least: 4",
        "id: bq, each: district, phase: p1, measure: average, per: base, at_least: 1.5",
        "id: phu, each: district, phase: p1, measure: coverage, of: base, at_least: 75%",
    )
    rows = HEAD + GOOD_ROW + "B1,A,02/02/2022,good.,,\n,A,03/02/2022,Bad,,\n"
    shown = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--phase", "p1", "--format", "json",
        files={"q.yaml": quota(*targets), "rows.csv": rows},
    )  # fmt: skip
    found = [
        (each["id"], each["unit"], each["value"], each["percent"], each["met"])
        for each in json.loads(shown.stdout)["targets"]
    ]
    assert found == [
        ("n", "a", "2", "50.0", False),
        ("bq", "a", "1.5", "100.0", True),
        ("phu", "a", "0.5", "66.7", False),
        ("bq", "c", "0", "0.0", False),
        ("phu", "c", "0", "0.0", False),
    ]


def test_amounts_are_read_as_their_column_shows_and_what_is_no_plain_number_is_told(run_here: Run) -> None:
    """1,000,000 + 12.5 + 1,000 = 1,001,012.5. Nobody can say what 5 triệu or −3 are worth, nor a blank."""
    amounts = ["1.000.000", "12,5", "1.000", "5 triệu", "", "-3"]
    table = [["Base", "District", "Date", "Grade", "Applied", "Benefit"]]
    table += [["B1", "A", "01/02/2022", "", "", amount] for amount in amounts]
    shown = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--phase", "p1",
        files={
            "q.yaml": quota("id: loi, unit: a, phase: p1, measure: sum, of: benefit, at_least: 1000000000"),
            "rows.csv": csv_bytes(table),
        },
    ).stdout  # fmt: skip
    assert "1,001,012.5/1,000,000,000 = 0.1%" in shown
    told = " ".join(shown.split())
    assert "loi (A): 2 rows have an amount that is no plain number and is not in the sum " in told
    assert "(for example rows.csv F5 “5 triệu”; rows.csv F7 “-3”)." in told
    assert "loi (A): 1 row has no amount." in told


def test_amounts_that_excel_stores_are_added_up_as_they_are(folder: Path, run_here: Run) -> None:
    """1,500,000 + 0.1 + 0.2 = 1,500,000.3, exactly, though no computer has a tenth."""
    with xlsxwriter.Workbook(folder / "rows.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Base", "District", "Date", "Grade", "Applied", "Benefit"])
        for number, amount in enumerate((1500000, 0.1, 0.2), start=1):
            sheet.write_row(number, 0, ["B1", "A", "01/02/2022", "", "", amount])
    shown = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--format", "json",
        files={"q.yaml": quota("id: loi, unit: a, phase: p1, measure: sum, of: benefit, at_least: 3000000")},
    ).stdout  # fmt: skip
    (found,) = json.loads(shown)["targets"]
    assert (found["value"], found["percent"], found["rows"]) == ("1500000.3", "50.0", {"unread": 0, "blank": 0})


def test_error_cells_in_the_summed_column_are_told_with_their_place(folder: Path, run_here: Run) -> None:
    """They are not blank: something stood there. The rows count all the same."""
    with xlsxwriter.Workbook(folder / "rows.xlsx") as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["Base", "District", "Date", "Grade", "Applied", "Benefit"])
        for number in range(1, 5):
            sheet.write_row(number, 0, ["B1", "A", "01/02/2022", "", ""])
        sheet.write_number("F2", 7)
        sheet.write_formula("F3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("F4", "=SUM(A1:A2)", None, "")
    shown = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--phase", "p1",
        files={"q.yaml": quota("id: loi, unit: a, phase: p1, measure: sum, of: benefit, at_least: 10")},
    )  # fmt: skip
    told = " ".join(shown.stdout.split())
    assert "4 rows read = 4 counted" in told
    assert "7/10 = 70.0%" in told
    assert (
        "loi (A): 2 rows have an amount that is no plain number and is not in the sum (for example rows.xlsx [S] F3"
        in told
    )
    assert "#DIV/0!" in told
    assert "loi (A): 1 row has no amount." in told


def test_amounts_that_cannot_be_read_are_told_of_each_unit_and_of_those_above_it(folder: Path) -> None:
    """The first three of A stand in B2, in B1 and in A's own row; the fourth is only counted."""
    units = ["B2,A", "B1,A", ",A", "B1,A", "C1,C"]
    rows = [f"{names},01/02/2022,,,amount {number}\n" for number, names in enumerate(units, start=2)]
    targets = (
        "id: d, each: district, phase: p1, measure: sum, of: benefit, at_least: 1",
        "id: b, each: base, phase: all, measure: sum, of: benefit, at_least: 1",
    )
    (folder / "q.yaml").write_text(quota(*targets), encoding="utf-8")
    (folder / "rows.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    report = count(load_config(folder / "q.yaml"), as_of=date(2022, 12, 31)).report
    told = {each.unit.id: (each.unread, [place for place, _ in each.places]) for each in report.targets}
    assert told == {
        "a": (4, ["rows.csv F2", "rows.csv F3", "rows.csv F4"]),
        "b1": (2, ["rows.csv F3", "rows.csv F5"]),
        "b2": (1, ["rows.csv F2"]),
        "c": (1, ["rows.csv F6"]),
        "c1": (1, ["rows.csv F6"]),
    }
    assert [held for each in report.targets if each.unit.id == "b1" for _, held in each.places] == [
        "amount 3", "amount 5"
    ]  # fmt: skip


def test_amounts_of_thirty_digits_are_added_up_exactly(run_here: Run) -> None:
    """Three times 999999999999999999999999999.9, and 0.03: far beyond 64 bits, and to the last digit."""
    amounts = [f"{10**27 - 1}.9"] * 3 + ["0.03"]
    shown = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--format", "json",
        files={
            "q.yaml": quota("id: loi, unit: a, phase: p1, measure: sum, of: benefit, at_least: 1"),
            "rows.csv": HEAD + "".join(f"B1,A,01/02/2022,,,{amount}\n" for amount in amounts),
        },
    ).stdout  # fmt: skip
    assert json.loads(shown)["targets"][0]["value"] == "2999999999999999999999999999.73"


def test_a_sheet_without_the_columns_of_targets_gets_a_note_and_counts_nothing_for_them(run_here: Run) -> None:
    """The rows of the second file count for A, but cannot be graded or have a benefit."""
    targets = (
        "id: n, unit: a, phase: p1, measure: count, where: {recognition: [Good]}, at_least: 2",
        "id: loi, unit: a, phase: p1, measure: sum, of: benefit, at_least: 10",
    )
    outcome = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--format", "json",
        files={
            "q.yaml": quota(*targets),
            "rows1.csv": HEAD + GOOD_ROW,
            "rows2.csv": "Base,District,Date\nB1,A,01/02/2022\nB1,A,02/02/2022\n",
        },
    )  # fmt: skip
    report = json.loads(outcome.stdout)
    assert report["units"][0]["done"] == 3
    assert report["rows"]["set_aside"] == {}
    assert [(each["value"], each["met"]) for each in report["targets"]] == [("1", False), ("5", False)]
    (note,) = (line for line in outcome.stderr.splitlines() if "targets" in line)
    assert note.startswith("rows2.csv: no column ")
    assert "recognition" in note
    assert "benefit" in note


def test_error_cells_of_fields_that_only_targets_look_at_set_no_row_aside(run_here: Run) -> None:
    targets = (
        "id: n, unit: a, phase: p1, measure: count, where: {recognition: [Good]}, at_least: 1",
        "id: ad, unit: a, phase: p1, measure: count, where: {applied: {from: 2022-02-01, to: 2022-02-01}}, at_least: 1",
        "id: so, unit: a, phase: p1, measure: count, where: {benefit: {min: 5, max: 5}}, at_least: 1",
    )
    rows = HEAD + GOOD_ROW + "B1,A,01/02/2022,#REF!,#N/A,#DIV/0!\n"
    shown = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--format", "json", "--strict",
        files={"q.yaml": quota(*targets), "rows.csv": rows},
    )  # fmt: skip
    report = json.loads(shown.stdout)
    assert shown.code == 0
    assert report["rows"] == {"read": 2, "counted": 2, "set_aside": {}, "layout": 0}
    assert [each["value"] for each in report["targets"]] == ["1", "1", "1"]


@pytest.mark.parametrize(
    ("where", "passing"),
    [
        ("{applied: {from: 2022-02-02}}", "23"),
        ("{applied: {to: 2022-02-02}}", "12"),
        ("{applied: {from: 2022-02-02, to: 2022-02-02}}", "2"),
        ("{benefit: {min: 20}}", "23"),
        ("{benefit: {max: 20}}", "12"),
        ("{benefit: {min: 0.5, max: 20}, recognition: [g1]}", "1"),
        ("{recognition: [G3, ' g1. ']}", "13"),
    ],
)
def test_a_range_of_days_or_numbers_holds_its_ends(where: str, passing: str, run_here: Run) -> None:
    """Row N is applied on N February and brings 10 × N; row N stands for 10^(N−1) submissions, so digits tell them."""
    rows = "".join(f"B1,A,05/03/2022,G{n},0{n}/02/2022,{10 * n},{10 ** (n - 1)}\n" for n in (1, 2, 3))
    text = quota(f"id: t, unit: a, phase: p1, measure: count, where: {where}, at_least: 1")
    shown = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--format", "json",
        files={
            "q.yaml": text.replace("submitted: Date,", "submitted: Date, count: Number,"),
            "rows.csv": HEAD.replace("\n", ",Number\n") + rows,
        },
    ).stdout  # fmt: skip
    (found,) = json.loads(shown)["targets"]
    assert found["value"] == str(sum(10 ** (int(n) - 1) for n in passing))


def test_units_that_have_ended_are_no_longer_among_those_that_are_to_take_part(run_here: Run) -> None:
    """On 31 March B2 is there: 1 of 2. On 15 May it has ended: 1 of 1; but phase 1 is looked at as of its last day."""
    text = quota(
        "id: phu, unit: a, phase: p1, measure: coverage, of: base, at_least: 100%",
        "id: ca, unit: a, phase: all, measure: coverage, of: base, at_least: 100%",
    ).replace("quota: {p1: 0}", "valid: {to: 2022-04-30}, into: b1")
    files = {"q.yaml": text, "rows.csv": HEAD + GOOD_ROW}
    found = {}
    for day in ("2022-03-31", "2022-05-15"):
        shown = run_here("report", "-c", "q.yaml", "--as-of", day, "--format", "json", files=files).stdout
        found[day] = [each["value"] for each in json.loads(shown)["targets"]]
    assert found == {"2022-03-31": ["0.5", "0.5"], "2022-05-15": ["0.5", "1"]}


def test_where_there_is_nothing_to_divide_by_the_value_is_unknown_and_not_0(run_here: Run) -> None:
    """C has no base unit with kind base once C1 has another kind, and no district says its members but A."""
    text = quota(
        "id: bq, each: district, phase: p1, measure: average, per: base, at_least: 1",
        "id: dv, each: district, phase: p1, measure: per-member, at_least: 10%",
    )
    text = text.replace("{name: C1, id: c1, kind: base}", "{name: C1, id: c1, kind: other}")
    text = text.replace("kind: district\n", "kind: district\n        members: 4\n", 1)
    arguments = ("report", "-c", "q.yaml", "--as-of", "2022-12-31", "--phase", "p1")
    files = {"q.yaml": text, "rows.csv": HEAD + GOOD_ROW}
    found = json.loads(run_here(*arguments, "--format", "json", files=files).stdout)["targets"]
    assert [(each["unit"], each["value"], each["percent"], each["met"]) for each in found] == [
        ("a", "0.5", "50.0", False),
        ("a", "0.25", "250.0", True),
        ("c", None, None, None),
        ("c", None, None, None),
    ]
    told = " ".join(run_here(*arguments, files=files).stdout.split())
    assert "bq (C): there are no such units, so there is no average." in told
    assert "dv (C): the number of members is not known (members:)." in told


def test_narrowing_keeps_the_targets_of_what_is_shown(run_here: Run) -> None:
    """Below A, one level, one phase; and the places of what is narrowed away do not change the others."""
    targets = (
        "id: bq, each: district, phase: p1, measure: average, per: base, at_least: 1",
        "id: ca, unit: a, phase: all, measure: count, at_least: 1",
        "id: goc, each: base, phase: p2, measure: count, at_least: 1",
    )
    files = {"q.yaml": quota(*targets), "rows.csv": HEAD + GOOD_ROW}

    def shown(*more: str) -> list[tuple[str, str]]:
        outcome = run_here("report", "-c", "q.yaml", "--as-of", "2022-12-31", "--format", "json", *more, files=files)
        return [(each["id"], each["unit"]) for each in json.loads(outcome.stdout)["targets"]]

    every = [("bq", "a"), ("ca", "a"), ("goc", "b1"), ("goc", "b2"), ("bq", "c"), ("goc", "c1")]
    assert shown() == every
    assert shown("--unit", "a") == [each for each in every if each[1] in ("a", "b1", "b2")]
    assert shown("--depth", "0") == [("bq", "a"), ("ca", "a"), ("bq", "c")]
    assert shown("--phase", "p1") == [("bq", "a"), ("bq", "c")]
    assert shown("--phase", "all") == [("ca", "a")]
    assert shown("--phase", "p2", "--unit", "c") == [("goc", "c1")]


def test_a_number_below_1_with_three_decimals_is_plain(run_here: Run) -> None:
    """1.250 may be one thousand two hundred and fifty, 0.125 cannot. 0.125 + 0.5 = 0.625."""
    targets = (
        "id: loi, unit: a, phase: p1, measure: sum, of: benefit, at_least: 0.625",
        "id: so, unit: a, phase: p1, measure: count, where: {benefit: {min: 0.125, max: 0.125}}, at_least: 1",
    )
    rows = HEAD + "".join(f"B1,A,01/02/2022,,,{amount}\n" for amount in ("0.125", "0.5", "1.250"))
    shown = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--format", "json",
        files={"q.yaml": quota(*targets), "rows.csv": rows.replace("0.5", "0.500")},
    ).stdout  # fmt: skip
    loi, so = json.loads(shown)["targets"]
    assert (loi["value"], loi["met"], loi["rows"]) == ("0.625", True, {"unread": 1, "blank": 0})
    assert so["value"] == "1"


# --- as people read them -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "name", "figure", "word"),
    [
        ("average, per: base, at_least: 1.25", "(at least 1.25)", "2/2 = 1", "below"),
        ("average, per: base, at_least: 1.00", "(at least 1)", "2/2 = 1", "met"),
        ("average, per: base, at_least: 0.75", "(at least 0.75)", "2/2 = 1", "exceeded"),
        ("coverage, of: base, at_least: 50%", "(at least 50%)", "1/2 = 50%", "met"),
        ("coverage, of: base, at_least: 50.01%", "(at least 50.01%)", "1/2 = 50%", "near"),
        ("per-member, at_least: 28.57%", "(at least 28.57%)", "2/7 = 28.57%", "exceeded"),
        ("per-member, at_least: 28.571%", "(at least 28.571%)", "2/7 = 28.571%", "exceeded"),
        ("per-member, at_least: 28.58%", "(at least 28.58%)", "2/7 = 28.57%", "near"),
        ("per-member, at_least: 28.5715%", "(at least 28.5715%)", "2/7 = 28.5714%", "near"),
        ("per-member, at_least: 0.285", "(at least 0.285)", "2/7 = 0.286", "exceeded"),
        ("per-member, at_least: 0.29", "(at least 0.29)", "2/7 = 0.286", "near"),
        ("per-member, at_least: 0.3", "(at least 0.3)", "2/7 = 0.29", "near"),
        ("count, at_least: 2", "", "2/2 = 100.0%", "met"),
        ("count, at_least: 3", "", "2/3 = 66.7%", "below"),
        ("count, at_least: 0", "", "2/0", "exceeded"),
        ("sum, of: benefit, at_least: 10.01", "", "10/10.01 = 99.9%", "near"),
    ],
)
def test_a_value_is_shown_beside_what_is_asked(measure: str, name: str, figure: str, word: str, run_here: Run) -> None:
    """A has 2 submissions of 5 each in 1 of 2 base units, and 7 members: 2/7 = 28.57142…%. One decimal is printed.

    Or as many as what is asked has, and more where the value would look reached: 0.29 is no 0.286.
    """
    text = quota(f"id: t, unit: a, phase: p1, measure: {measure}")
    text = text.replace("kind: district\n", "kind: district\n        members: 7\n", 1)
    rows = HEAD + GOOD_ROW + GOOD_ROW
    outcome = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--phase", "p1", files={"q.yaml": text, "rows.csv": rows}
    )
    (line,) = (line for line in outcome.stdout.splitlines() if "Target: t" in line)
    assert re.search(rf"Target: t {re.escape(name)} *{re.escape(figure)} ", line), line
    assert line.endswith(f" {word}")


def test_a_target_of_the_whole_programme_is_shown_where_there_is_one_phase(run_here: Run) -> None:
    """Then there is no section of the whole programme: its targets stand in that of the phase."""
    text = quota("id: t, name: In all, unit: a, phase: all, measure: count, at_least: 4")
    text = re.sub(r"\n +p2: .*", "", text)
    outcome = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", files={"q.yaml": text, "rows.csv": HEAD + GOOD_ROW}
    )
    assert re.search(r"Target: In all +1/4 = 25.0%", outcome.stdout)


# --- check -------------------------------------------------------------------------------------------------------

SHORT = (
    "id: bq, name: Average, each: district, phase: p1, measure: average, per: base, at_least: 1",
    "id: loi, name: Benefit, unit: a, phase: all, measure: sum, of: benefit, at_least: 100",
)
SOLD = HEAD + GOOD_ROW + "B1,A,02/02/2022,,,much\n"  # A has 2 of 2, and 2/2 = 1 on average; C has none of 5


def test_check_lists_each_unmet_target_once_with_its_notes(run_here: Run) -> None:
    outcome = run_here(
        "check", "-c", "q.yaml", "--as-of", "2022-12-31", "--targets", files={"q.yaml": quota(*SHORT), "rows.csv": SOLD}
    )
    assert outcome.code == 1
    told = " ".join(outcome.stdout.split())
    assert told.count("Average (at least 1) (C)") == 1
    assert "(at least 1) (A)" not in told  # it is met
    assert told.count("Target: ") == 0
    assert (
        "Benefit (A): 1 row has an amount that is no plain number and is not in the sum "
        "(for example rows.csv F3 “much”)." in told
    )


def test_check_as_csv_holds_every_target_that_is_not_met(run_here: Run) -> None:
    """A has its quota, so it is no line of the shortfall; its target is one all the same."""
    outcome = run_here(
        "check", "-c", "q.yaml", "--as-of", "2022-12-31", "--targets", "--unit", "a", "--format", "csv",
        files={"q.yaml": quota(*SHORT), "rows.csv": SOLD},
    )  # fmt: skip
    (line,) = csv.DictReader(io.StringIO(outcome.stdout))
    assert outcome.code == 1
    assert (line["id"], line["phase"], line["target.loi.value"], line["target.loi.met"]) == ("a", "all", "5", "false")
    assert line["done"] == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--unit", "a"], 0),  # its quota is reached; its target is told, and decides nothing
        (["--unit", "a", "--targets"], 1),
        (["--unit", "a", "--targets", "--phase", "p1"], 0),  # in phase 1 its target is met
        (["--unit", "a", "--targets", "--phase", "all"], 1),
        (["--unit", "c", "--min", "0", "--phase", "p1"], 0),
        (["--unit", "c", "--min", "0", "--phase", "p1", "--targets"], 1),
        (["--unit", "a", "--strict", "--phase", "p1"], 3),
        (["--unit", "a", "--strict", "--targets"], 1),  # the answer goes before what is wrong with the data
        (["--targets", "--min", "much"], 2),
    ],
)
def test_the_exit_code_of_check_with_targets(arguments: list[str], code: int, run_here: Run) -> None:
    rows = SOLD + "X,Y,01/02/2022,,,\n"  # a unit that nobody knows
    outcome = run_here(
        "check", "-c", "q.yaml", "--as-of", "2022-12-31", *arguments, files={"q.yaml": quota(*SHORT), "rows.csv": rows}
    )
    assert outcome.code == code


def test_a_phase_that_has_not_begun_alarms_nobody(run_here: Run) -> None:
    target = "id: t, unit: a, phase: p2, measure: count, at_least: 1"
    for day, code in (("2022-03-31", 0), ("2022-04-01", 1)):
        outcome = run_here(
            "check", "-c", "q.yaml", "--as-of", day, "--unit", "a", "--targets",
            files={"q.yaml": quota(target), "rows.csv": SOLD},
        )  # fmt: skip
        assert outcome.code == code, day


def test_a_programme_that_has_not_begun_alarms_nobody_either(run_here: Run) -> None:
    target = "id: t, unit: a, phase: all, measure: count, at_least: 10"
    for day, code in (("2021-12-31", 0), ("2022-01-01", 1)):
        outcome = run_here(
            "check", "-c", "q.yaml", "--as-of", day, "--unit", "a", "--min", "0", "--targets",
            files={"q.yaml": quota(target), "rows.csv": SOLD},
        )  # fmt: skip
        assert outcome.code == code, day


# --- CSV ---------------------------------------------------------------------------------------------------------


def test_excel_csv_leaves_names_alone(run_here: Run) -> None:
    """30/4 is a name, and 1/0 too; 2/3 of a target is a number, which Excel would take for 2 March."""
    text = quota("id: bq, unit: a, phase: p1, measure: average, per: base, at_least: 1")
    text = text.replace("name: B1", "name: 30/4").replace("name: C1, id: c1", "name: 1/0, id: 2/9")
    text = text.replace("{name: B2,", "{name: B0, kind: base}, {name: B2,")
    rows = HEAD + "30/4,A,01/02/2022,,,\n30/4,A,01/02/2022,,,\n"
    outcome = run_here(
        "report", "-c", "q.yaml", "--as-of", "2022-12-31", "--phase", "p1", "--excel",
        files={"q.yaml": text, "rows.csv": rows},
    )  # fmt: skip
    lines = {line["id"]: line for line in csv.DictReader(io.StringIO(outcome.stdout.lstrip("\ufeff")))}
    assert {line["name"] for line in lines.values()} == {"A", "30/4", "B0", "B2", "C", "1/0"}
    assert lines["2/9"]["parent"] == "c"
    assert lines["a"]["target.bq.value"] == "0 2/3"


@settings(bounded, max_examples=40)
@given(scenes(), AS_OF)
def test_the_csv_report_has_the_targets_of_the_json_report(scene: Scene, as_of: date) -> None:
    from sangkien_cli.render.csv import PLAIN, render_csv

    with inside() as folder:
        report = counted(folder, scene.document, write(folder, scene.rows, scene.without), as_of).report
    in_json = json.loads(render_json(report))["targets"]
    in_csv = []
    for line in csv.DictReader(io.StringIO(render_csv(report, PLAIN))):
        for target in scene.document["targets"]:
            cells = [line[f"target.{target['id']}.{part}"] for part in ("value", "at_least", "percent", "met")]
            if any(cells):
                in_csv.append((target["id"], line["id"], line["phase"], *cells))
    words = {None: "", True: "true", False: "false"}
    expected = [
        (
            each["id"],
            each["unit"],
            each["phase"],
            each["value"] or "",
            each["at_least"],
            each["percent"] or "",
            words[each["met"]],
        )
        for each in in_json
    ]
    assert sorted(in_csv) == sorted(expected)


def test_a_kind_typed_without_its_accent_is_pointed_out(run_here: Run) -> None:
    """B is a CDCS: the average is over A alone, and the user is asked whether that is meant."""
    quota = """
programme: P
phases: {p: {from: 2022-01-01, to: 2022-12-31}}
exports: {files: [rows.csv], columns: {code: Code, submitted: Day, unit: [Base]}}
targets: [{id: bq, unit: x, phase: p, measure: average, per: CĐCS, at_least: 1}]
units: [{name: X, id: x, units: [{name: A, kind: cđcs}, {name: B, kind: CDCS}]}]
"""
    files = {"sangkien.yaml": quota, "rows.csv": "Code,Day,Base\nK1,01/02/2022,A\n"}
    outcome = run_here("report", "--as-of", "2022-12-31", files=files)
    assert "sangkien.yaml:5: B has the kind “CDCS”, so targets that speak of “CĐCS” leave it out" in outcome.stderr
    assert "A has the kind" not in outcome.stderr

"""Targets and further tallies (contract §9): by hand, and against a plain recount of the ledger's rows."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangkien_cli.ledger import ledger
from sangkien_cli.model import TargetResult
from sangkien_cli.pipeline import Counted, count, load_config
from sangkien_cli.render.json import render_json
from sangkien_cli.tables import Line, lay_out
from tests.conftest import write_files
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
    "vi": {"1.000.000": Fraction(1000000), "12,5": Fraction(25, 2), "1.000": Fraction(1000), "1,000": Fraction(1)},
    "en": {"1,000,000": Fraction(1000000), "12.5": Fraction(25, 2), "1,000": Fraction(1000), "1.000": None},
    "": {"1.000": None, "1,000": None, "1,000,000": None, "1.000.000": None, "12,5": None, "12.5": Fraction(25, 2)},
}
AMOUNTS = ("", "0", "7", "4", "-3", "5 triệu", "#REF!", "1.000", "1,000", "1.000.000", "12,5", "1,000,000", "12.5")
NUMBERS = (7, 1000000, 0.5, 12.75, 0)  # as Excel stores numbers


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
    cells: Mapping[str, str | int | float]


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
    shares = ["0%", "10%", "33.3%", "100%"]
    match target["measure"]:
        case "count":
            target["at_least"] = draw(st.sampled_from([0, 1, 2, 5]))
        case "average":
            target |= {"per": "cdcs", "at_least": draw(st.sampled_from([0, 1, 2.5, 0.25]))}
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
def cells(draw: st.DrawFn, units: int, place: tuple[str, str]) -> dict[str, str | int | float]:
    """A row that mostly counts."""

    def mostly(*texts: str, seldom: Sequence[str] = ()) -> str:
        return draw(st.sampled_from([*texts, *texts, *texts, *seldom]))

    amount: st.SearchStrategy[str | int | float] = st.sampled_from(AMOUNTS)
    row: dict[str, str | int | float] = {
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
        table = [headers, *([row.cells[name] for name in headers] for row in rows if row.place == place)]
        if sheet:
            target = books.setdefault(file, xlsxwriter.Workbook(folder / file, {"in_memory": True})).add_worksheet(sheet)
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
        "also_count": {"sent": {}, "waiting": {"where": {"status": ["Đang xét"]}}, "graded": {"where": WHERES[2]}},
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


def counted(folder: Path, document: Mapping[str, Any], files: Sequence[str], as_of: date) -> Counted:
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    # The numbers as a person types them: 2.5, not 2.50; dates without quotes.
    (folder / "q.yaml").write_text(re.sub(r"'(\d+(?:\.\d+)?%)'", r"\1", text), encoding="utf-8")
    return count(load_config(folder / "q.yaml"), [str(folder / file) for file in files], as_of)


@dataclass(frozen=True)
class Fact:
    """A row that counts, as the ledger has it, and its cells as typed."""

    unit: int
    phase: str
    count: int
    cells: Mapping[str, str | int | float]
    style: str  # of the amounts in its column


def facts(scene: Scene, result: Counted) -> list[Fact]:
    """The rows that count."""
    at = {}
    styles = {}
    for place in {row.place for row in scene.rows}:
        own = [row.cells for row in scene.rows if row.place == place]
        at |= {(*place, number): each for number, each in enumerate(own, start=2)}
        typed = {each["benefit"] for each in own if "benefit" not in scene.without[place]}
        sure = [style for style, texts in SURE.items() if typed & set(texts)]
        styles[place] = sure[0] if len(sure) == 1 else ""
    table = ledger(result.judged, result.report.config)
    found = []
    for line in table[table["reason"] == ""].to_dict("records"):
        place = (line["file"], line["sheet"] if isinstance(line["sheet"], str) else "")
        row = {**at[*place, line["row"]], **dict.fromkeys(scene.without[place], "")}
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
    looked_at = [
        fact for fact in all_facts if phase in (fact.phase, "all") and passes(fact, target.get("where", {}))
    ]

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
def test_a_target_that_is_not_reached_is_never_printed_as_reached(scene: Scene, as_of: date) -> None:
    with inside() as folder:
        report = counted(folder, scene.document, write(folder, scene.rows, scene.without), as_of).report
    sheet = lay_out(report, "en")
    lines = [line for section in sheet.sections for line in section.lines if line.name.startswith("Target: ")]
    for line in lines:
        value, asked, percent = _figures(line)
        if value is None:
            assert line.word == "unknown"
            continue
        assert asked is not None
        if line.word in ("met", "exceeded"):
            assert percent is None or percent >= 100
        else:
            assert value < asked or value == asked == 0
            assert percent is None or percent < 100
            assert percent is None or (percent > 0) == (value > 0)
            assert line.share is None or line.share < 1


def _figures(line: Line) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    """Value, what is asked, and the percent of a figure such as `1,000.5/2,000 = 50%` or `66.7%/100% = 66.7%`."""
    if line.figure == "–":
        return None, None, None
    found = re.fullmatch(r"([\d,.]+)%?/([\d,.]+)%?(?: = ([\d,.]+)%)?", line.figure)
    assert found, line.figure
    value, asked, percent = (None if text is None else Fraction(text.replace(",", "")) for text in found.groups())
    return value, asked, percent


@settings(bounded, max_examples=60)
@given(scenes(), AS_OF)
def test_a_further_tally_is_what_a_run_of_its_own_where_counts(scene: Scene, as_of: date) -> None:
    with inside() as folder:
        files = write(folder, scene.rows, scene.without)
        report = counted(folder, scene.document, files, as_of).report
        for number, (name, also) in enumerate(scene.document["also_count"].items()):
            document = {key: part for key, part in scene.document.items() if key not in ("targets", "also_count")}
            if not set(also.get("where", {})).issubset({"status"}):
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

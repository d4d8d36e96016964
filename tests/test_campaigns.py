"""Campaigns as reports (contract §9): what was short when they began, what came in, what is still short, the pace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.conftest import write_files
from tests.plain import csv_bytes
from tests.test_targets import Plainly

if TYPE_CHECKING:
    from tests.conftest import Run

bounded = settings(
    max_examples=80,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)

# --- what is drawn -----------------------------------------------------------------------------------------------

FIRST, LAST = date(2022, 1, 10), date(2022, 3, 10)  # of the phase: 60 days
NEXT_LAST = date(2022, 4, 30)  # of the second phase, which begins the day after
DAYS = st.dates(FIRST - timedelta(4), NEXT_LAST + timedelta(4))
UNITS = ("Province", "District", "Base")  # each below the one before


@dataclass(frozen=True)
class Row:
    """A row: its day or None, the phase that it names where rows do, how many it stands for, the unit by depth."""

    day: date | None
    phase: str
    number: int
    unit: int


ROWS = st.lists(st.builds(Row, DAYS, st.just(""), st.integers(0, 9), st.integers(0, 2)), max_size=14)
NAMED_ROWS = st.lists(
    st.builds(Row, st.none() | DAYS, st.sampled_from(["p1", "p2"]), st.integers(0, 9), st.integers(0, 2)), max_size=14
)
QUOTAS = st.tuples(*[st.none() | st.integers(0, 30) for _ in UNITS])


@st.composite
def windows(draw: st.DrawFn, first: date = FIRST, last: date = LAST) -> tuple[date, date]:
    """A window within some days."""
    one, two = draw(st.dates(first, last)), draw(st.dates(first, last))
    return min(one, two), max(one, two)


def lines(
    run_here: Run,
    rows: Sequence[Row],
    quotas: Sequence[int | None],
    campaign: Mapping[str, Any],
    as_of: date,
    *arguments: str,
) -> list[dict[str, Any]]:
    """The lines of the campaign's JSON report, from the province down."""
    named = any(row.phase for row in rows)
    units: list[dict[str, Any]] = []
    for name, quota in reversed(list(zip(UNITS, quotas, strict=True))):
        unit: dict[str, Any] = {"name": name} | ({} if quota is None else {"quota": {"p1": quota}})
        units = [unit | ({"units": units} if units else {})]
    document = {
        "programme": "p",
        "phases": {"p1": {"from": FIRST, "to": LAST}, "p2": {"from": LAST + timedelta(1), "to": NEXT_LAST}},
        "campaigns": {"c": campaign},
        "exports": {
            "columns": {"submitted": "Date", "count": "Number", "unit": "Unit"} | ({"phase": "Phase"} if named else {})
        },
        "units": units,
    }
    table = [["Unit", "Date", "Phase", "Number"]]
    for row in rows:
        day = "" if row.day is None else row.day.isoformat()
        table.append([UNITS[row.unit], day, row.phase, str(row.number)])
    write_files(Path(), {"q.yaml": yaml.dump(document, Dumper=Plainly, sort_keys=False), "rows.csv": csv_bytes(table)})
    chosen = arguments or ("--campaign", "c")
    outcome = run_here("report", "-c", "q.yaml", "rows.csv", "--as-of", as_of.isoformat(), "--format", "json", *chosen)
    assert outcome.code == 0, outcome.stderr
    found: list[dict[str, Any]] = json.loads(outcome.stdout)["units"]
    return found


def total(rows: Sequence[Row], unit: int, first: date, last: date) -> int:
    """What came in for a unit, by depth, and everything below it, on some days."""
    return sum(row.number for row in rows if row.unit >= unit and row.day is not None and first <= row.day <= last)


# --- laws --------------------------------------------------------------------------------------------------------


@bounded
@given(ROWS, QUOTAS, windows(), DAYS)
@example([Row(LAST, "", 5, 2)], (9, 4, None), (LAST, LAST), LAST)
def test_short_before_less_what_came_in_is_what_is_still_short(
    run_here: Run, rows: list[Row], quotas: tuple[int | None, ...], window: tuple[date, date], as_of: date
) -> None:
    """And every figure is that of a plain recount of the rows."""
    start, end = window
    found = lines(run_here, rows, quotas, {"from": start, "to": end, "toward": "p1"}, as_of)
    phase = lines(run_here, rows, quotas, {"from": start, "to": end}, as_of, "--phase", "p1")
    for depth, (line, whole, quota) in enumerate(zip(found, phase, quotas, strict=True)):
        came_in = total(rows, depth, start, min(end, as_of))
        assert line["done"] == came_in
        assert line["phase"] == "c"
        if quota is None or as_of < start:
            assert (line["quota"], line["short"], line["percent"]) == (None, None, None)
            continue
        short_before = max(quota - total(rows, depth, FIRST, start - timedelta(1)), 0)
        assert line["quota"] == short_before
        assert line["short"] == max(short_before - came_in, 0)
        if as_of <= end:  # nothing came in behind the window yet, so what is short of the phase is short of it too
            assert line["short"] == whole["short"]
        assert line["toward"] == {key: whole[key] for key in ("phase", "done", "quota", "percent", "status")}


@bounded
@given(ROWS, QUOTAS, windows(), DAYS)
@example([Row(FIRST, "", 3, 0)], (9, None, None), (FIRST, LAST), LAST)
def test_the_pace_of_a_campaign_is_that_of_a_plain_recount(
    run_here: Run, rows: list[Row], quotas: tuple[int | None, ...], window: tuple[date, date], as_of: date
) -> None:
    start, end = window
    found = lines(run_here, rows, quotas, {"from": start, "to": end, "toward": "p1"}, as_of)
    for depth, (line, quota) in enumerate(zip(found, quotas, strict=True)):
        if not start <= as_of <= end:
            assert "pace" not in line
            continue
        days, day = (end - start).days + 1, (as_of - start).days + 1
        since = max(start, as_of - timedelta(27))
        done = total(rows, depth, start, as_of)
        recent = Fraction(total(rows, depth, since, as_of), (as_of - since).days + 1)
        short = None if quota is None else max(quota - total(rows, depth, FIRST, start - timedelta(1)), 0)
        pace = line["pace"]
        assert (pace["days"], pace["day"]) == (days, day)
        assert Fraction(pace["recent_per_day"]) == recent
        forecast = done + recent * (days - day)
        assert Fraction(pace["forecast"]) == forecast
        if short is None:
            assert (pace["expected"], pace["needed_per_day"], pace["on_track"]) == (None, None, None)
            continue
        assert Fraction(pace["expected"]) == Fraction(short * day, days)
        assert pace["on_track"] == (forecast >= short)
        if day == days:
            assert pace["needed_per_day"] is None
        else:
            assert Fraction(pace["needed_per_day"]) == Fraction(max(short - done, 0), days - day)


@bounded
@given(ROWS, QUOTAS, windows(FIRST, NEXT_LAST), st.sampled_from([None, "p1", "p2"]))
def test_on_the_last_day_of_a_campaign_the_forecast_is_the_final_figure(
    run_here: Run, rows: list[Row], quotas: tuple[int | None, ...], window: tuple[date, date], toward: str | None
) -> None:
    """Where it reaches beyond the phase that it works toward, the figures are final on that one's last day."""
    start, end = window
    first, last = {"p1": (FIRST, LAST), "p2": (LAST + timedelta(1), NEXT_LAST), None: (FIRST, NEXT_LAST)}[toward]
    if end < first or last < start:
        return  # such a campaign is refused
    campaign = {"from": start, "to": end} | ({"toward": toward} if toward else {})
    on_the_last = lines(run_here, rows, quotas, campaign, min(end, last))
    final = lines(run_here, rows, quotas, campaign, NEXT_LAST + timedelta(30))
    for now, then in zip(on_the_last, final, strict=True):
        if end <= last:
            assert Fraction(now["pace"]["forecast"]) == now["done"]
        for key in ("done", "quota", "short", "percent", "status"):
            assert now[key] == then[key]
        assert "pace" not in then


@bounded
@given(ROWS, windows(FIRST - timedelta(8), NEXT_LAST + timedelta(8)), DAYS)
def test_a_campaign_toward_no_phase_counts_its_days_in_whatever_phase(
    run_here: Run, rows: list[Row], window: tuple[date, date], as_of: date
) -> None:
    """Rows outside all phases count for nothing. Without a quota there is nothing to be short of."""
    start, end = window
    for depth, line in enumerate(lines(run_here, rows, (9, 9, 9), {"from": start, "to": end}, as_of)):
        assert line["done"] == total(rows, depth, max(start, FIRST), min(end, NEXT_LAST, as_of))
        assert (line["quota"], line["short"], line["status"]) == (None, None, "no-quota")
        assert "toward" not in line


@bounded
@given(NAMED_ROWS, QUOTAS, windows(), DAYS)
def test_rows_without_a_date_are_there_before_the_campaign(
    run_here: Run, rows: list[Row], quotas: tuple[int | None, ...], window: tuple[date, date], as_of: date
) -> None:
    """They are no part of what came in, but of what was there before. Rows count for the phase that they name."""
    start, end = window
    rows = [*rows, Row(None, "p1", 2, 1)]  # so that one names its phase at the least
    found = lines(run_here, rows, quotas, {"from": start, "to": end, "toward": "p1"}, as_of)
    own = [row for row in rows if row.phase == "p1" and (row.day is None or row.day <= as_of)]
    for depth, (line, quota) in enumerate(zip(found, quotas, strict=True)):
        before = sum(row.number for row in own if row.unit >= depth and (row.day is None or row.day < start))
        assert line["done"] == total(own, depth, start, end)
        expected = None if quota is None or as_of < start else max(quota - before, 0)
        assert line["quota"] == expected


@bounded
@given(ROWS, windows(), DAYS, DAYS)
def test_since_a_day_within_a_campaign_counts_its_own_days_only(
    run_here: Run, rows: list[Row], window: tuple[date, date], as_of: date, since: date
) -> None:
    if since > as_of:
        return  # nothing can have come in since
    start, end = window
    campaign = {"from": start, "to": end, "toward": "p1"}
    found = lines(run_here, rows, (9, 9, 9), campaign, as_of, "--campaign", "c", "--since", since.isoformat())
    for depth, line in enumerate(found):
        assert line["since"] == total(rows, depth, max(start, since), min(end, as_of))


# --- by hand -----------------------------------------------------------------------------------------------------

QUOTA = """
    programme: P
    phases:
      p1: {name: Phase 1, from: 2022-01-01, to: 2022-03-31}
      p2: {name: Phase 2, from: 2022-04-01, to: 2022-06-30}
    campaigns:
      race: {name: Race, from: 2022-03-01, to: 2022-03-10, toward: p1}
      over: {name: Over, from: 2022-03-22, to: 2022-06-30, toward: p1}
      both: {name: Both, from: 2022-03-22, to: 2022-04-10}
      later: {name: Later, from: 2022-05-01, to: 2022-05-31, toward: p2}
    exports: {files: [rows.csv], columns: {submitted: Date, count: Number, unit: Unit}}
    units:
      - {name: A, id: a, quota: {p1: 10}}
      - {name: B, id: b, quota: {p1: 4}}
      - {name: C, id: c, quota: {p1: 0}}
      - {name: D, id: d}
"""
ROWS_CSV = """
    Unit,Date,Number
    A,28/02/2022,2
    A,01/03/2022,3
    A,10/03/2022,1
    A,11/03/2022,1
    A,31/03/2022,2
    B,01/02/2022,5
    D,05/03/2022,1
    A,01/04/2022,7
"""
FILES = {"q.yaml": QUOTA, "rows.csv": ROWS_CSV}


def of(run_here: Run, campaign: str, day: str, *arguments: str) -> dict[str, dict[str, Any]]:
    outcome = run_here(
        "report", "-c", "q.yaml", "--as-of", day, "--campaign", campaign, "--format", "json", *arguments, files=FILES
    )
    assert outcome.code == 0, outcome.stderr
    return {each["id"]: each for each in json.loads(outcome.stdout)["units"]}


def test_both_ends_of_the_window_belong_to_it(run_here: Run) -> None:
    """On 1 March A was short of 10 − 2 = 8; 3 + 1 came in to 10 March, 4/8 = 50%; the 3 after it are not the race's."""
    line = of(run_here, "race", "2022-03-31")["a"]
    assert (line["done"], line["quota"], line["percent"], line["short"]) == (4, 8, "50.0", 4)
    assert line["toward"] == {"phase": "p1", "done": 9, "quota": 10, "percent": "90.0", "status": "near"}


def test_a_unit_that_had_its_quota_before_is_on_no_list_of_units_to_press(run_here: Run) -> None:
    """B had 5 of 4 before, C is asked for nothing: nothing was short, so they are not behind, whatever came in."""
    found = of(run_here, "race", "2022-03-31")
    assert [(each["quota"], each["percent"], each["status"]) for each in (found["b"], found["c"])] == [
        (0, None, "met")
    ] * 2
    assert set(of(run_here, "race", "2022-03-31", "--only", "none,below,near")) == {"a"}
    assert set(of(run_here, "race", "2022-03-31", "--only", "met")) == {"b", "c"}
    text = run_here("report", "-c", "q.yaml", "--as-of", "2022-03-31", "--campaign", "race", files=FILES).stdout
    assert text.count("met before") == 2


def test_a_campaign_that_reaches_beyond_its_phase_is_over_with_it(run_here: Run) -> None:
    """Over runs into June, but from April on nothing counts for phase 1: A was short of 3, and stays short of 1."""
    before, after = of(run_here, "over", "2022-03-31")["a"], of(run_here, "over", "2022-04-01")["a"]
    for line in (before, after):
        assert (line["done"], line["quota"], line["short"]) == (2, 3, 1)
    assert "pace" in before
    assert "pace" not in after


def test_across_two_phases(run_here: Run) -> None:
    """2 of 31 March and 7 of 1 April, in two phases; toward none there is no quota."""
    assert of(run_here, "both", "2022-04-10")["a"]["done"] == 9
    assert of(run_here, "both", "2022-03-31")["a"]["done"] == 2


def test_before_it_begins_there_is_nothing_to_show(run_here: Run) -> None:
    line = of(run_here, "later", "2022-04-30")["a"]
    assert (line["done"], line["quota"], line["status"]) == (0, None, "no-quota")
    assert "pace" not in line
    text = run_here("report", "-c", "q.yaml", "--as-of", "2022-04-30", "--campaign", "later", files=FILES).stdout
    assert "Not yet begun (from 2022-05-01)." in text


def test_ranks_in_a_campaign_are_by_what_came_in_of_what_was_short(run_here: Run) -> None:
    """A 4/8; B, C and D have nothing to reach, and take no part."""
    found = of(run_here, "race", "2022-03-31", "--rank")
    assert {key: each.get("rank") for key, each in found.items()} == {
        "a": {"place": 1, "among": 1}, "b": None, "c": None, "d": None
    }  # fmt: skip


@pytest.mark.parametrize("campaign", ["race", "over", "both", "later"])
@pytest.mark.parametrize("day", ["2021-12-31", "2022-03-01", "2022-03-10", "2022-03-31", "2022-04-01", "2022-12-31"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_format_can_be_had_on_every_day(campaign: str, day: str, lang: str, run_here: Run) -> None:
    """Whatever the day: the same figures in text as in JSON, and a line of CSV for each of JSON's."""
    arguments = ("report", "-c", "q.yaml", "--as-of", day, "--campaign", campaign)
    in_json = of(run_here, campaign, day)
    in_csv = run_here(*arguments, "--format", "csv", files=FILES).stdout.splitlines()
    assert [line.split(",")[0] for line in in_csv[1:]] == list(in_json)
    text = run_here(*arguments, files=FILES, lang=lang).stdout  # type: ignore[arg-type]
    for name, line in in_json.items():
        if f"\n{name.upper()} " in text and line["percent"]:
            decimal = line["percent"].replace(".", "," if lang == "vi" else ".")
            assert f"{line['done']}/{line['quota']} = {decimal}%" in text

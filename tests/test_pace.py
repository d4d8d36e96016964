"""Pace and forecast: the rule of contract §9 by hand, and the laws that its figures keep to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from sangkien_cli.model import Attainment
from sangkien_cli.pace import Pace
from sangkien_cli.pipeline import count, load_config
from tests.conftest import write_files
from tests.plain import csv_bytes

bounded = settings(max_examples=300, deadline=None, database=None)

SMALL, LARGE = st.integers(0, 60), st.integers(0, 10**18)
NUMBERS = st.one_of(SMALL, SMALL, LARGE)


@st.composite
def paces(draw: st.DrawFn, numbers: st.SearchStrategy[int] = NUMBERS, most_days: int = 700) -> Pace:
    """A day of a window. As many days as there are, but 28 at most, are the last ones."""
    days = draw(st.integers(1, most_days))
    day = draw(st.integers(1, days))
    recent = draw(st.none() | numbers)
    return Pace(
        days=days,
        day=day,
        done=(recent or 0) + draw(numbers),  # what came in of late is among what there is
        quota=draw(st.none() | numbers),
        recent=recent,
        recent_days=min(day, 28),
    )


# --- by hand -----------------------------------------------------------------------------------------------------


def test_a_phase_before_its_end() -> None:
    """8 January to 31 May are 24 + 28 + 31 + 30 + 31 = 144 days; 27 April is the 110th, and 34 are left."""
    pace = Pace(days=144, day=110, done=3889, quota=5000, recent=1400, recent_days=28)
    assert pace.days_left == 34
    assert pace.expected == Fraction(34375, 9)  # 5000 × 110 / 144 = 3819.44…
    assert pace.needed_per_day == Fraction(1111, 34)  # 5000 − 3889 = 1111
    assert pace.recent_per_day == 50
    assert pace.forecast == 5589  # 3889 + 34 × 50
    assert pace.on_track is True
    assert pace.days_to_quota == 23  # 22 × 50 = 1100 are too few by 11


def test_a_window_in_which_nothing_came_in_of_late() -> None:
    pace = Pace(days=40, day=30, done=7, quota=10, recent=0, recent_days=28)
    assert pace.forecast == 7
    assert (pace.on_track, pace.days_to_quota) == (False, None)
    assert pace.needed_per_day == Fraction(3, 10)


def test_what_is_missing_by_a_part_of_one_is_missing() -> None:
    """One in three days: in 8 days 2 2/3, which is not 3; 9 days bring it."""
    pace = Pace(days=11, day=3, done=0, quota=3, recent=1, recent_days=3)
    assert pace.forecast == Fraction(8, 3)
    assert pace.on_track is False
    assert pace.days_to_quota == 9
    one_more = replace(pace, days=12)
    assert one_more.forecast == 3
    assert (one_more.on_track, one_more.days_to_quota) == (True, 9)


def test_without_a_quota_there_is_a_forecast_and_nothing_to_reach() -> None:
    pace = Pace(days=10, day=4, done=8, quota=None, recent=8, recent_days=4)
    assert pace.forecast == 20
    assert (pace.expected, pace.needed_per_day, pace.on_track, pace.days_to_quota) == (None, None, None, None)


def test_where_rows_without_a_date_count_nothing_is_foretold_but_the_need_is_known() -> None:
    pace = Pace(days=10, day=4, done=8, quota=20, recent=None, recent_days=4)
    assert (pace.recent_per_day, pace.forecast, pace.on_track, pace.days_to_quota) == (None, None, None, None)
    assert pace.expected == 8
    assert pace.needed_per_day == 2


# --- laws --------------------------------------------------------------------------------------------------------


@bounded
@given(paces())
def test_on_the_last_day_the_forecast_is_the_final_figure(pace: Pace) -> None:
    last = replace(pace, day=pace.days)
    assert last.days_left == 0
    assert last.forecast == last.done
    assert last.expected == last.quota
    assert last.needed_per_day is None
    assert last.on_track == (None if last.quota is None else last.done >= last.quota)


@bounded
@given(paces())
def test_on_track_is_to_reach_the_quota_by_the_forecast(pace: Pace) -> None:
    if pace.quota is not None and pace.done >= pace.quota:
        assert pace.on_track is True  # even where nobody can say how it goes on
    elif pace.forecast is None or pace.quota is None:
        assert pace.on_track is None
    else:
        assert pace.on_track == (pace.forecast >= pace.quota)


@bounded
@given(paces())
def test_on_track_is_to_reach_the_quota_in_the_days_that_are_left(pace: Pace) -> None:
    assume(pace.recent is not None and pace.quota is not None)
    in_time = pace.days_to_quota is not None and pace.days_to_quota <= pace.days_left
    assert pace.on_track == in_time


@bounded
@given(paces(SMALL, most_days=60))
@example(Pace(days=11, day=3, done=0, quota=3, recent=1, recent_days=3))
@example(Pace(days=60, day=28, done=1, quota=60, recent=1, recent_days=28))
def test_the_days_to_the_quota_are_the_first_that_bring_it(pace: Pace) -> None:
    """Counted day by day. 60 are missing at most, and one in 28 days is the slowest: 1680 days bring them all."""
    found = None
    if pace.quota is not None:
        for day in range(60 * 28 + 1):
            came = Fraction(0) if pace.recent is None else Fraction(pace.recent, pace.recent_days) * day
            if pace.done + came >= pace.quota:
                found = day
                break
    assert pace.days_to_quota == found


@bounded
@given(NUMBERS, st.integers(1, 10**18), st.integers(1, 10**18), st.integers(1, 28))
def test_the_first_of_the_days_to_the_quota_also_among_large_numbers(
    done: int, short: int, recent: int, recent_days: int
) -> None:
    pace = Pace(days=400, day=28, done=done, quota=done + short, recent=recent, recent_days=recent_days)
    days = pace.days_to_quota
    assert days is not None
    assert Fraction(recent * days, recent_days) >= short > Fraction(recent * (days - 1), recent_days)


@bounded
@given(paces())
def test_what_is_needed_on_each_day_left_is_together_what_is_short(pace: Pace) -> None:
    if pace.quota is None or pace.day == pace.days:
        assert pace.needed_per_day is None
    else:
        assert pace.needed_per_day is not None
        assert pace.needed_per_day * (pace.days - pace.day) == max(pace.quota - pace.done, 0)


@bounded
@given(paces(), st.integers(1, 10**18))
def test_coming_in_as_needed_reaches_the_quota_to_the_last_one(drawn: Pace, short: int) -> None:
    """Whoever brings exactly what is needed each day is on track, and with less is not."""
    pace = replace(drawn, days=drawn.days + 1, quota=drawn.done + short)
    assert pace.needed_per_day is not None
    needed = replace(pace, recent=pace.needed_per_day.numerator, recent_days=pace.needed_per_day.denominator)
    assert needed.forecast == pace.quota
    assert needed.on_track is True
    assert needed.days_to_quota == pace.days_left
    less = replace(needed, recent=2 * pace.needed_per_day.numerator - 1, recent_days=2 * needed.recent_days)
    assert less.on_track is False


@bounded
@given(paces())
def test_nothing_is_rounded(pace: Pace) -> None:
    """Multiplied out, every figure gives back the whole numbers that it was made of."""
    if pace.quota is not None:
        assert pace.expected is not None
        assert pace.expected * pace.days == pace.quota * pace.day
    if pace.recent is not None:
        assert pace.recent_per_day is not None
        assert pace.forecast is not None
        assert pace.recent_per_day * pace.recent_days == pace.recent
        assert (pace.forecast - pace.done) * pace.recent_days == pace.recent * pace.days_left
    for figure in (pace.expected, pace.needed_per_day, pace.recent_per_day, pace.forecast):
        assert figure is None or type(figure) is Fraction


@bounded
@given(paces(), st.integers(1, 10**6))
def test_more_is_never_worse(pace: Pace, more: int) -> None:
    assume(pace.recent is not None and pace.quota is not None)
    assert pace.recent is not None
    better = replace(pace, done=pace.done + more, recent=pace.recent + more)
    assert better.forecast is not None
    assert pace.forecast is not None
    assert better.forecast >= pace.forecast + more
    assert bool(better.on_track) >= bool(pace.on_track)
    if pace.days_to_quota is not None:
        assert better.days_to_quota is not None
        assert better.days_to_quota <= pace.days_to_quota


# --- from rows to the pace ---------------------------------------------------------------------------------------

FIRST, LAST = date(2022, 1, 10), date(2022, 3, 10)  # 22 + 28 + 10 = 60 days
QUOTA = """
    programme: Ideas
    phases: {p1: {name: Phase 1, from: 2022-01-10, to: 2022-03-10}}
    exports: {columns: {submitted: Date, count: Number, unit: [Base, Union]}}
    units:
      - {name: Union A, id: a, quota: {p1: 20}, units: [{name: Base B, id: b, quota: {p1: 0}}, {name: Base C, id: c}]}
"""
DAYS = st.dates(FIRST - timedelta(3), LAST + timedelta(3))
Row = tuple[date, int, str]  # its day, how many it stands for, its base unit


def attained(folder: Path, rows: Sequence[Row], as_of: date) -> dict[str, Attainment]:
    """The phase's lines of a report, by unit."""
    lines = [["Date", "Number", "Base", "Union"]]
    lines += [[day.strftime("%d/%m/%Y"), str(number), base, "Union A"] for day, number, base in rows]
    write_files(folder, {"quota.yaml": QUOTA, "rows.csv": csv_bytes(lines)})
    report = count(load_config(folder / "quota.yaml"), ["rows.csv"], as_of).report
    return {each.unit.id: each for each in report.attainments if each.phase == "p1"}


ROWS = st.lists(st.tuples(DAYS, st.integers(0, 9), st.sampled_from(["", "Base B", "Base C"])), max_size=12)


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, DAYS)
@example([], FIRST)
@example([(LAST, 2, "Base B")], LAST)
def test_the_pace_in_a_report_is_that_of_a_plain_recount(folder: Path, rows: list[Row], as_of: date) -> None:
    found = attained(folder, rows, as_of)
    for unit, quota in (("a", 20), ("b", 0), ("c", None)):
        if not FIRST <= as_of <= LAST:
            assert found[unit].pace is None
            continue
        since = max(FIRST, as_of - timedelta(27))
        own = [(day, number) for day, number, base in rows if unit == "a" or base == f"Base {unit.upper()}"]
        assert found[unit].pace == Pace(
            days=60,
            day=(as_of - FIRST).days + 1,
            done=sum(number for day, number in own if FIRST <= day <= as_of),
            quota=quota,
            recent=sum(number for day, number in own if since <= day <= as_of),
            recent_days=min((as_of - FIRST).days + 1, 28),
        )


@settings(max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_the_forecast_of_the_last_day_is_what_the_report_of_the_day_after_says(folder: Path, rows: list[Row]) -> None:
    last, after = attained(folder, rows, LAST), attained(folder, rows, LAST + timedelta(1))
    for unit in ("a", "b", "c"):
        pace = last[unit].pace
        assert pace is not None
        assert pace.forecast == after[unit].done
        assert after[unit].pace is None


def test_the_window_of_a_unit_is_cut_to_its_own_days(folder: Path) -> None:
    """Of the 60 days, 10 January to 10 March, Base C is there from 1 February on and ends on 20 February: 20 days."""
    quota = QUOTA.replace("id: c}", "id: c, quota: {p1: 10}, valid: {from: 2022-02-01, to: 2022-02-20}}")
    lines = [["Date", "Number", "Base", "Union"], ["05/02/2022", "4", "Base C", "Union A"]]
    write_files(folder, {"quota.yaml": quota, "rows.csv": csv_bytes(lines)})
    report = count(load_config(folder / "quota.yaml"), ["rows.csv"], date(2022, 2, 10)).report
    pace = next(each.pace for each in report.attainments if each.unit.id == "c" and each.phase == "p1")
    assert pace == Pace(days=20, day=10, done=4, quota=10, recent=4, recent_days=10)
    assert pace.days_left == 10
    assert pace.forecast == 8

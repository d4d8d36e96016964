"""How submissions came in: by day, week or month, cumulative, against the straight line to the quota."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np

from sangkien_cli import attain
from sangkien_cli.arrays import sum_type
from sangkien_cli.judge import Judged
from sangkien_cli.model import ALL, Attainment, Phase, Report, Unit
from sangkien_cli.units import below

By = Literal["day", "week", "month"]

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Point:
    """One period: a day, a week or a month, as much of it as lies in the window and is not after the as-of date."""

    start: date
    end: date  # inclusive
    done: int  # came in during the period
    cumulative: int  # and in those before it
    expected: Fraction | None  # where the straight line is at its end; None without a quota
    percent: str | None  # of the quota, as printed

    @property
    def asked(self) -> int | None:
        """The fewest submissions, which are whole things, that are not below the straight line."""
        return None if self.expected is None else math.ceil(self.expected)

    @property
    def ahead(self) -> int | None:
        """How many more there are than asked; below 0 = behind."""
        return None if self.asked is None else self.cumulative - self.asked


@dataclass(frozen=True, slots=True)
class Trend:
    """How a unit, or the whole tree, came to its figure in a phase or in all of them.

    done = the last point's cumulative + undated.
    """

    report: Report  # the whole one, which has the figure
    unit: Unit | None  # None = all roots together
    phase: str  # an id, or ALL
    start: date  # the window's first day
    end: date  # and last
    by: By
    done: int
    quota: int | None
    points: tuple[Point, ...]  # none before the window has begun
    undated: int  # submissions that count and have no date
    before: int  # those dated before the window, which are in its first period: their sheet names the phase
    after: int  # those dated after it, which are in its last period

    @property
    def days(self) -> int:
        """How many days the window has."""
        return (self.end - self.start).days + 1

    @property
    def percent(self) -> str | None:
        """Of the quota, as the report prints it."""
        return attain.percent(self.done, self.quota, self.report.config.percent)

    @property
    def ahead(self) -> int | None:
        """How many more there are than the straight line asks by the end of the last point, those without a date
        included; below 0 = behind."""
        asked = self.points[-1].asked if self.points else None
        return None if asked is None else self.done - asked

    @property
    def dated(self) -> int:
        """The submissions that are in the points."""
        return self.points[-1].cumulative if self.points else 0


def trend_of(report: Report, judged: Judged, phase: str | None, unit: str | None, by: By) -> Trend:
    """The trend of a unit (an id; None = the whole tree) in a phase (an id or ALL; None = the one of the as-of date)
    from a report that has all its lines, and the rows behind it."""
    phase = phase or phase_of_the_day(report.config.phases, report.as_of).id
    start, end = _window(report, phase)
    units = report.config.units
    tops = _tops(units, unit)
    ids = {units[top].id for top in tops}
    lines = [each for each in report.attainments if each.phase == phase and each.unit.id in ids]
    rows = _rows(report, judged, phase, tops)
    dated, undated = rows[judged.dated[rows]], rows[~judged.dated[rows]]
    days, counts = judged.days[dated] + _EPOCH, judged.count[dated]
    quota = _quota(lines, report.as_of)
    spans = periods(start, max(min(end, report.as_of), start), by) if start <= report.as_of or len(days) else []
    return Trend(
        report=report,
        unit=units[tops[0]] if len(tops) == 1 else None,
        phase=phase,
        start=start,
        end=end,
        by=by,
        done=sum(each.done for each in lines),
        quota=quota,
        points=_points(report, spans, _sums(spans, days, counts), (start, end), quota),
        undated=_total(judged.count[undated]),
        before=_total(counts[days < start.toordinal()]),
        after=_total(counts[days > end.toordinal()]),
    )


def phase_of_the_day(phases: Sequence[Phase], day: date) -> Phase:
    """The phase that holds a day, else the last one that has begun, else the first one to begin."""
    begun = [phase for phase in phases if phase.start <= day]
    return max(begun, key=lambda phase: phase.start) if begun else min(phases, key=lambda phase: phase.start)


def periods(start: date, end: date, by: By) -> list[tuple[date, date]]:
    """The days from `start` to `end` as periods, the first and the last cut off there. Weeks begin on Monday.

    >>> [f"{a:%d/%m}-{b:%d/%m}" for a, b in periods(date(2022, 1, 8), date(2022, 1, 18), "week")]
    ['08/01-09/01', '10/01-16/01', '17/01-18/01']
    """
    found = []
    first, last = start.toordinal(), end.toordinal()
    while first <= last:
        until = min(first + _days_left(date.fromordinal(first), by), last)
        found.append((date.fromordinal(first), date.fromordinal(until)))
        first = until + 1
    return found


def _days_left(day: date, by: By) -> int:
    """How many days of its period follow a day."""
    match by:
        case "day":
            return 0
        case "week":
            return 6 - day.weekday()
        case "month":
            return monthrange(day.year, day.month)[1] - day.day


def _window(report: Report, phase: str) -> tuple[date, date]:
    shown = [each for each in report.config.phases if phase in (each.id, ALL)]
    return min(each.start for each in shown), max(each.end for each in shown)


def _tops(units: Sequence[Unit], asked: str | None) -> list[int]:
    """The position of the unit that is asked for, or those of the roots."""
    return [i for i, unit in enumerate(units) if (unit.parent is None if asked is None else unit.id == asked)]


def _quota(lines: Sequence[Attainment], as_of: date) -> int | None:
    """What is asked for in all: none where one of the units has none, but for units that have ended."""
    quotas = [each.quota for each in lines if each.quota is not None or not each.unit.ended_by(as_of)]
    known = [quota for quota in quotas if quota is not None]
    return sum(known) if known and len(known) == len(quotas) else None


def _rows(report: Report, judged: Judged, phase: str, tops: Sequence[int]) -> np.ndarray:
    """The positions of the rows that count for one unit, or for all roots, in the phase."""
    rows = judged.counted
    if phase != ALL:
        position = next(i for i, each in enumerate(report.config.phases) if each.id == phase)
        rows = rows & (judged.phase == position)
    if len(tops) == 1:
        inside = below(report.config.units, tops[0])
        rows = rows & (inside.start <= judged.unit) & (judged.unit < inside.stop)
    return np.flatnonzero(rows)


def _sums(spans: Sequence[tuple[date, date]], days: np.ndarray, counts: np.ndarray) -> list[int]:
    """How many came in during each period; days before the first one go to it, those after the last one to that."""
    if not spans:
        return []
    starts = np.array([start.toordinal() for start, _ in spans])
    at = np.maximum(np.searchsorted(starts, days, side="right") - 1, 0)
    sums: np.ndarray = np.zeros(len(spans), dtype=sum_type(counts))
    np.add.at(sums, at, counts)
    return [int(each) for each in sums]


def _total(counts: np.ndarray) -> int:
    return int(counts.sum(dtype=sum_type(counts)))


def _points(
    report: Report,
    spans: Sequence[tuple[date, date]],
    sums: Sequence[int],
    window: tuple[date, date],
    quota: int | None,
) -> tuple[Point, ...]:
    first, last = window
    days = (last - first).days + 1
    points: list[Point] = []
    cumulative = 0
    for (start, end), done in zip(spans, sums, strict=True):
        cumulative += done
        gone = (end - first).days + 1
        expected = None if quota is None else Fraction(quota * gone, days)
        percent = attain.percent(cumulative, quota, report.config.percent)
        points.append(Point(start, end, done, cumulative, expected, percent))
    return tuple(points)

"""A unit's figure divided: by a field of its rows, by month or week, by phase, or among the units right below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, get_args

import numpy as np

from sangkien_cli import attain
from sangkien_cli.arrays import TextArray, codes, distinct, sum_type
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.judge import Judged
from sangkien_cli.lang import say
from sangkien_cli.model import ALL, Config, PercentRule, Phase, Unit
from sangkien_cli.quotas import on_the_day
from sangkien_cli.text import alphabetical, fold, tidy
from sangkien_cli.units import below

By = Literal["field", "recognition", "status", "author", "month", "week", "phase", "unit"]

_CHOICES: Mapping[By, str] = {
    "field": "breakdown.choice.field",
    "recognition": "breakdown.choice.recognition",
    "status": "breakdown.choice.status",
    "author": "breakdown.choice.author",
    "month": "breakdown.choice.month",
    "week": "breakdown.choice.week",
    "phase": "breakdown.choice.phase",
    "unit": "breakdown.choice.unit",
}


@dataclass(frozen=True, slots=True)
class Group:
    """The part of a figure that has one value in common."""

    value: str  # as most often typed; a month as 2022-03, a week as 2022-W10, a phase's or unit's name; "" if blank
    blank: bool = False  # rows that have no value: nothing typed, no date, no unit below the one looked at
    start: date | None = None  # the first day of a month or week
    unit: Unit | None = None  # the one that the value names, where the figure is divided among units
    done: int = 0
    share: Fraction | None = None  # of the unit's done; None where that is 0
    percent: str | None = None  # the share as printed


@dataclass(frozen=True, slots=True)
class Table:
    """A unit's figure in one phase, or in the whole programme, and its parts."""

    phase: Phase | None  # None = the whole programme
    done: int  # the unit's, which is the sum of its groups'
    groups: tuple[Group, ...]

    @property
    def phase_id(self) -> str:
        """The id under which JSON and CSV know it."""
        return ALL if self.phase is None else self.phase.id

    @property
    def printed(self) -> Fraction:
        """What the shares as printed add up to."""
        return sum((Fraction(group.percent) for group in self.groups if group.percent is not None), Fraction(0))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A unit's figure divided, for each phase shown and the whole programme."""

    by: By
    unit: Unit | None  # None = several roots together
    tables: tuple[Table, ...]


def divide(
    judged: Judged, config: Config, by: str, unit: str | None, phase: str | None = None, as_of: date | None = None
) -> Breakdown:
    """The counted rows of a unit and of everything below it, cross-tabulated.

    `unit` and `phase` are ids that exist; without a unit it is all of them, without a phase all phases and, if they are
    several, the whole programme. Among units those of the tree of `as_of` are shown even if they have nothing (None =
    all). Raises SangkienError if the quota file knows nothing to divide `by`.
    """
    kind = checked(by, config)
    top = _top(config.units, unit)
    rows = np.flatnonzero(judged.counted)
    if top is not None:
        inside, unit_of = below(config.units, top), judged.unit[rows]
        rows = rows[(inside.start <= unit_of) & (unit_of < inside.stop)]
    division = _divided(judged, config, kind, top, rows, _shown(config, phase, as_of))
    sums, has_rows = _added_up(judged, rows, division, len(config.phases))
    tables = []
    for shown, columns in _windows(config.phases, kind, phase):
        done = sums[:, columns].sum(axis=1).tolist()
        with_rows = np.flatnonzero(has_rows[:, columns].any(axis=1)).tolist()
        tables.append(_table(shown, division, done, with_rows, config.percent))
    return Breakdown(kind, None if top is None else config.units[top], tuple(tables))


def _windows(phases: Sequence[Phase], by: By, asked: str | None) -> list[tuple[Phase | None, list[int]]]:
    """The phase of each table, None for the whole programme, and the positions of the phases that it adds up."""
    single: list[tuple[Phase | None, list[int]]] = [
        (phase, [number]) for number, phase in enumerate(phases) if asked in (None, phase.id)
    ]
    whole: tuple[Phase | None, list[int]] = (None, list(range(len(phases))))
    # Each phase divided by phase would be one line of 100 %.
    if asked == ALL or (asked is None and by == "phase"):
        return [whole]
    return [*single, whole] if len(single) > 1 else single


def checked(by: str, config: Config) -> By:
    """By what to divide, as typed behind `--by`. Raises SangkienError, which names what the quota file knows."""
    known = choices(config)
    for each in known:
        if by == each:
            return each
    shown = tuple(say(_CHOICES[each]) for each in known)
    if by in get_args(By):
        field = _needed(by)
        what = say("breakdown.unmapped", by=by, field=field)
        raise SangkienError(Problem("--by", what, say("breakdown.unmapped.fix", field=field, known=shown)))
    raise SangkienError(Problem("--by", say("breakdown.unknown", text=by), say("breakdown.unknown.fix", known=shown)))


def choices(config: Config) -> tuple[By, ...]:
    """By what the figures of a quota file can be divided."""
    return tuple(by for by in get_args(By) if (field := _needed(by)) is None or field in config.columns.fields)


def _needed(by: str) -> str | None:
    """The field that must have a column; None for what every row has."""
    match by:
        case "month" | "week":
            return "submitted"
        case "phase" | "unit":
            return None
        case _:
            return by


def _top(units: Sequence[Unit], asked: str | None) -> int | None:
    """The position of the unit looked at. All units are those below the root, where there is one only."""
    found = [i for i, unit in enumerate(units) if (unit.parent is None if asked is None else unit.id == asked)]
    return found[0] if len(found) == 1 else None


def _shown(config: Config, phase: str | None, as_of: date | None) -> set[int]:
    """The units that are shown even without a row."""
    if as_of is None:
        return set(range(len(config.units)))
    return on_the_day(config.units, as_of, {each.id for each in config.phases if phase in (None, ALL, each.id)})


# --- rows into groups --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Division:
    """The groups that rows fall into, not yet added up."""

    groups: Sequence[Group]
    of_row: np.ndarray  # for each row, the position of its group
    in_order: bool = False  # they are shown as they stand here, with the empty ones in between
    always: frozenset[int] = frozenset()  # those that are shown even without a row


def _divided(judged: Judged, config: Config, by: By, top: int | None, rows: np.ndarray, shown: set[int]) -> _Division:
    match by:
        case "month" | "week":
            return _by_time(judged.days[rows], judged.dated[rows], by)
        case "phase":
            return _Division([Group(phase.name) for phase in config.phases], judged.phase[rows], in_order=True)
        case "unit":
            return _by_unit(config.units, top, judged.unit[rows], shown)
        case _:
            return _by_text(judged.exports.texts[by], rows)


def _by_text(column: TextArray, rows: np.ndarray) -> _Division:
    """Spellings that fold alike are one group, called by the one that most rows have."""
    used, of_row, often = np.unique(codes(column)[rows], return_inverse=True, return_counts=True)
    all_texts = distinct(column)
    texts = [all_texts[code] for code in used.tolist()]
    spelled: dict[str, Counter[str]] = {}
    for text, count in zip(texts, often.tolist(), strict=True):
        spelled.setdefault(fold(text), Counter())[tidy(text)] += count
    number = {name: i for i, name in enumerate(spelled)}
    groups = [
        Group(min(typed, key=lambda text: (-typed[text], text))) if name else Group("", blank=True)
        for name, typed in spelled.items()
    ]
    return _Division(groups, np.array([number[fold(text)] for text in texts], dtype=np.int64)[of_row])


def _by_time(days: np.ndarray, dated: np.ndarray, by: Literal["month", "week"]) -> _Division:
    """Every month or week from the first to the last, and behind them a group of the rows without a date."""
    known = days[dated]
    # Months and weeks since those of 1970-01-01, which was a Thursday.
    numbers = (
        known.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) if by == "month" else (known + 3) // 7
    )
    first, last = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, -1)
    groups = [_month(number) if by == "month" else _week(number) for number in range(first, last + 1)]
    of_row = np.full(len(days), len(groups), dtype=np.int64)
    of_row[dated] = numbers - first
    return _Division([*groups, Group("", blank=True)], of_row, in_order=True)


def _month(number: int) -> Group:
    start = date(1970 + number // 12, number % 12 + 1, 1)
    return Group(f"{start.year}-{start.month:02}", start=start)


def _week(number: int) -> Group:
    """An ISO week: Monday to Sunday, of the year that its Thursday is in."""
    start = date(1969, 12, 29) + timedelta(weeks=number)
    year, week, _ = start.isocalendar()
    return Group(f"{year}-W{week:02}", start=start)


def _by_unit(units: Sequence[Unit], top: int | None, of_row: np.ndarray, shown: set[int]) -> _Division:
    """The units right below the one looked at, each with everything below it, and the rows that name itself."""
    parts = [i for i, unit in enumerate(units) if unit.parent == top]
    itself = len(parts)
    group = np.full(len(units), itself, dtype=np.int64)
    group[parts] = np.arange(itself)
    for i, unit in enumerate(units):
        if unit.parent is not None and unit.parent != top:
            group[i] = group[unit.parent]
    groups = [Group(units[i].name, unit=units[i]) for i in parts]
    always = frozenset(number for number, i in enumerate(parts) if i in shown)
    return _Division([*groups, Group("", blank=True)], group[of_row], always=always)


# --- groups into tables ------------------------------------------------------------------------------------------


def _added_up(judged: Judged, rows: np.ndarray, division: _Division, phases: int) -> tuple[np.ndarray, np.ndarray]:
    """For each group and phase the submissions, and whether there are rows at all."""
    count, at = judged.count[rows], (division.of_row, judged.phase[rows])
    sums: np.ndarray = np.zeros((len(division.groups), phases), dtype=sum_type(count))
    np.add.at(sums, at, count)
    has_rows = np.zeros(sums.shape, dtype=bool)
    has_rows[at] = True
    return sums, has_rows


def _table(
    phase: Phase | None, division: _Division, done: Sequence[int], with_rows: Sequence[int], rule: PercentRule
) -> Table:
    total = sum(done)
    groups = [
        replace(
            division.groups[i],
            done=done[i],
            share=Fraction(done[i], total) if total else None,
            percent=attain.percent(done[i], total, rule),
        )
        for i in _listed(division, with_rows)
    ]
    if not division.in_order:
        groups.sort(key=lambda group: (group.blank, -group.done, alphabetical(group.value)))
    return Table(phase, total, tuple(groups))


def _listed(division: _Division, with_rows: Sequence[int]) -> list[int]:
    """The groups that a table shows."""
    listed = division.always | set(with_rows)
    if division.in_order:
        named = [i for i in listed if not division.groups[i].blank]
        listed |= set(range(min(named, default=0), max(named, default=-1) + 1))
    return sorted(listed)

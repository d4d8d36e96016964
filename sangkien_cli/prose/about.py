"""What a figure is about: its unit, its phase, the day it is told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sangkien_cli.lang import Sentence, say
from sangkien_cli.prose.figures import Found
from sangkien_cli.prose.groups import Group, phase_behind
from sangkien_cli.prose.units import Unit

_NEAR = 120  # letters
_BESIDE = 30


def unit_of(group: Group, before: int, found: Found, named: Sequence[Unit]) -> str | None:
    """The one unit that is named with a figure; None where there is none, or several."""
    anchor = group.done or group.percent or group.quota
    assert anchor is not None
    within = [unit for unit in named if before <= unit.start < anchor.start]
    if (best := only_one(within)) is not None:
        return best
    if _any_own(within):
        return None
    clause = found.small.rfind(";", 0, anchor.start) + 1
    until = found.small.find(";", anchor.start)
    named = [unit for unit in named if unit.start < group.end or not _has_its_own(unit, found)]
    same = [unit for unit in named if clause <= unit.start < (until if until >= 0 else len(found.small))]
    if before == 0 or not within:
        if (best := only_one(same)) is not None:
            return best
        if not _any_own(same):
            return only_one(named)
    return None


def _has_its_own(unit: Unit, found: Found) -> bool:
    """Whether a figure follows a unit at once: "Phú Bình đạt 104,5%"."""
    behind = next((figure for figure in found.figures if figure.start >= unit.end), None)
    if behind is None or behind.role == "none" or behind.start - unit.end > _BESIDE:
        return False
    return "," not in found.small[unit.end : behind.start]


def only_one(named: Sequence[Unit]) -> str | None:
    for standing in ("own", "aside"):
        names = {unit.name: unit for unit in named if unit.standing == standing}
        if names:
            unit = next(iter(names.values()))
            return unit.name if len(names) == 1 and not unit.several else None
    return None


def _any_own(named: Sequence[Unit]) -> bool:
    return any(unit.standing == "own" for unit in named)


def phase_of(group: Group, before: int, found: Found) -> str | None:
    """The phase that is named with a figure: behind its numbers, else between the figure before and its end."""
    if group.phase is not None:
        return group.phase
    for figure in (group.percent, group.quota):
        if figure is not None and (name := phase_behind(figure, found)):
            return name
    for start, end in ((before, group.end), (group.start - _NEAR, group.end), (0, len(found.text))):
        names = {phase.name.lower(): phase.name for phase in found.phases if start <= phase.start <= end}
        if len(names) == 1:
            return names.popitem()[1]
    return None


def as_of(found: Found, year: int | None) -> tuple[date | None, Sentence | None]:
    """The day that the figures of a sentence are told of, and a word where its year stands elsewhere."""
    until = [day for day in found.days if day.until]
    found_days = {day.on(year) for day in until} - {None}
    if len(until) == 1 and until[0].year is None and year is None:
        return None, say("prose.why_no_year", day=f"{until[0].day}/{until[0].month}")
    if len(found_days) != 1:
        return None, None
    borrowed = None if any(day.year for day in until) else say("prose.why_year", year=str(year))
    return found_days.pop(), borrowed

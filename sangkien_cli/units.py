"""The organisation tree, and which of its units a row's names mean (contract §3, §4, §10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sangkien_cli.model import ALWAYS, Reason, Unit, Window
from sangkien_cli.text import fold


@dataclass(frozen=True, slots=True)
class Found:
    """What a row's unit columns mean: a unit, or the reason why none and the text that is to blame."""

    unit: int | None  # position in the list of units; for ENDED_UNIT the one that had ended
    reason: Reason | None
    level: int | None  # of an unknown unit, the level (0 = deepest) whose text is not in the tree
    beyond: int | None = None  # the deepest level whose text was passed over: it names something below that is unknown


class Tree:
    """Units by their folded names. `units` stand each parent before its children."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self._named: dict[str, list[int]] = defaultdict(list)
        for position, unit in enumerate(units):
            for name in folded_names(unit):
                self._named[name].append(position)
        self.changes = _changes(units)

    def named(self, folded: str) -> Sequence[int]:
        """The units of a name, in tree order, whenever they exist."""
        return self._named.get(folded, ())

    def has_parts(self, unit: int) -> bool:
        """Whether there are units below a unit."""
        return unit + 1 < len(self.units) and self.units[unit + 1].parent == unit

    def lineage(self, unit: int) -> list[int]:
        """The unit and every unit above it, deepest first."""
        above = [unit]
        while (parent := self.units[above[-1]].parent) is not None:
            above.append(parent)
        return above

    def find(self, levels: Sequence[str], days: Window = ALWAYS) -> Found:
        """The unit that folded names mean, deepest level first, "" for a blank one.

        It is the deepest name that is in the tree below the units that the names above it mean. Names under it that
        are not in the tree count for it; a name above it that is not in the tree makes the row unknown.

        `days` are those on which the row may be dated. A name means the unit that exists then, on the last of them if
        several do. The name of a unit that had ended means the one that followed it; of one yet to come, nothing.
        """
        typed = [level for level, name in enumerate(levels) if name]
        if not typed:
            return Found(None, Reason.NO_UNIT, None)
        meant = {level: self._begun(levels[level], days) for level in typed}
        known = [level for level in typed if meant[level]]
        if not known:
            # If the highest were known, the row would count for it: that is the name to mend.
            return Found(None, Reason.UNKNOWN_UNIT, typed[-1])
        deepest = known[0]
        for level in typed:
            if level > deepest and level not in known:
                return Found(None, Reason.UNKNOWN_UNIT, level)
        found: set[int] = set()
        for level in reversed(known):
            found = self._narrowed(found, meant[level], days) if found else meant[level]
            if not found:
                return Found(None, Reason.CONFLICTING_UNITS, None)
        one = self._one_of(found, days)
        return one if typed[0] == deepest else replace(one, beyond=typed[0])

    def _begun(self, name: str, days: Window) -> set[int]:
        """The units of a name that exist on these days or had ended before."""
        named = self.named(name)
        if not self.changes:
            return set(named)
        return {unit for unit in named if _begins_by(self.units[unit].valid, days)}

    def _narrowed(self, above: set[int], named: set[int], days: Window) -> set[int]:
        """The named units below one of those above; without any, those above that are, or lie below, a named one.

        Where units have ended, what they stand for now may lie there too: people type the old name above the new one,
        and the new one above the old.
        """
        if below := {unit for unit in named if not above.isdisjoint(self.lineage(unit)[1:])}:
            return below
        if self.changes:
            now = set().union(*(self.now(unit, days) for unit in above))
            if moved := set().union(*(self._moved(unit, now, days) for unit in named)):
                return moved
        return {unit for unit in above if not named.isdisjoint(self.lineage(unit))}

    def _moved(self, unit: int, above: set[int], days: Window) -> set[int]:
        """What a unit stands for now that lies below one of those above, or is it: of a split unit the part that is
        named; itself, where all of its parts are."""
        now = self.now(unit, days)
        there = {each for each in now if not above.isdisjoint(self.lineage(each))}
        return there if len(there) <= 1 else {unit} if there == now else set()

    def _one_of(self, found: set[int], days: Window) -> Found:
        """The one unit that is left, looked at with the eyes of the days."""
        existing = {unit for unit in found if self.units[unit].valid.meets(days)}
        if len(existing) > 1 and days.end is not None:
            existing = {unit for unit in existing if self.units[unit].valid.holds(days.end)} or existing
        if existing:
            return Found(min(existing), None, None) if len(existing) == 1 else Found(None, Reason.AMBIGUOUS_UNIT, None)
        meanings = {frozenset(self.now(unit, days)) for unit in found}
        if len(meanings) > 1:
            return Found(None, Reason.AMBIGUOUS_UNIT, None)
        (now,) = meanings
        (unit,) = now if len(now) == 1 else (min(found),)
        if len(now) > 1 or _ended_before(self.units[unit].valid, days):
            return Found(min(found), Reason.ENDED_UNIT, None)
        return Found(unit, None, None)

    def now(self, unit: int, days: Window) -> set[int]:
        """What a unit stands for on these days: itself, or if it had ended what followed it; what nothing followed
        stays."""
        now: set[int] = set()
        seen: set[int] = set()
        pending = [unit]
        while pending:
            here = pending.pop()
            if here in seen:
                continue
            seen.add(here)
            if self.units[here].into and _ended_before(self.units[here].valid, days):
                pending.extend(self.units[here].into)
            else:
                now.add(here)
        return now


def folded_names(unit: Unit) -> list[str]:
    """What a unit is called, folded, each name once."""
    return [name for name in dict.fromkeys([fold(unit.name), *map(fold, unit.also)]) if name]


def units_called(units: Sequence[Unit], text: str) -> list[int]:
    """The units that a text may mean, by position: the one with this id, else all of this name."""
    by_id = [i for i, unit in enumerate(units) if unit.id == text]
    return by_id or [i for i, unit in enumerate(units) if fold(text) in folded_names(unit)]


def ids_and_names(units: Sequence[Unit]) -> list[str]:
    """What a unit may be called where one is asked for, without names that differ from their ids in case alone."""
    return [text for each in units for text in (each.id, each.name) if text is each.id or fold(text) != fold(each.id)]


def below(units: Sequence[Unit], top: int) -> range:
    """The positions of a unit and of all units below it, which in tree order stand right behind it."""
    depth = units[top].depth
    return range(top, next((i for i in range(top + 1, len(units)) if units[i].depth <= depth), len(units)))


def subtree(units: Sequence[Unit], top: str) -> set[str]:
    """The ids of a unit and of all units below it."""
    position = next(i for i, unit in enumerate(units) if unit.id == top)
    return {units[i].id for i in below(units, position)}


def rolled_up(units: Sequence[Unit], own: Sequence[int]) -> list[int]:
    """For each unit its own number and those of all units below it, added up."""
    sums = list(own)
    # Children stand behind their parents, so from the end every subtree is complete before it is added.
    for i in range(len(units) - 1, -1, -1):
        parent = units[i].parent
        if parent is not None:
            sums[parent] += sums[i]
    return sums


def _begins_by(valid: Window, days: Window) -> bool:
    return valid.start is None or days.end is None or valid.start <= days.end


def _ended_before(valid: Window, days: Window) -> bool:
    return valid.end is not None and days.start is not None and valid.end < days.start


def _changes(units: Sequence[Unit]) -> tuple[date, ...]:
    """The days from which on the tree is another one, ascending."""
    windows = {unit.valid for unit in units if unit.valid is not ALWAYS}
    starts = {window.start for window in windows if window.start is not None}
    ends = {window.end + timedelta(days=1) for window in windows if window.end is not None and window.end < date.max}
    return tuple(sorted(starts | ends))

"""The organisation tree, and which of its units a row's names mean (contract §3, §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sangkien_cli.model import Reason, Unit
from sangkien_cli.text import fold


@dataclass(frozen=True, slots=True)
class Found:
    """What a row's unit columns mean: a unit, or the reason why none and the text that is to blame."""

    unit: int | None  # position in the list of units
    reason: Reason | None
    level: int | None  # of an unknown unit, the level (0 = deepest) whose text is not in the tree


class Tree:
    """Units by their folded names. `units` stand each parent before its children."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self._named: dict[str, list[int]] = defaultdict(list)
        for position, unit in enumerate(units):
            for name in dict.fromkeys(fold(text) for text in (unit.name, *unit.also)):
                if name:
                    self._named[name].append(position)

    def named(self, folded: str) -> Sequence[int]:
        """The units of a name, in tree order."""
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

    def find(self, levels: Sequence[str]) -> Found:
        """The unit that folded names mean, deepest level first, "" for a blank one.

        It is the deepest name that is in the tree below the units that the names above it mean. Names under it that
        are not in the tree count for it; a name above it that is not in the tree makes the row unknown.
        """
        typed = [level for level, name in enumerate(levels) if name]
        if not typed:
            return Found(None, Reason.NO_UNIT, None)
        known = [level for level in typed if self.named(levels[level])]
        if not known:
            # If the highest were known, the row would count for it: that is the name to mend.
            return Found(None, Reason.UNKNOWN_UNIT, typed[-1])
        deepest = known[0]
        for level in typed:
            if level > deepest and level not in known:
                return Found(None, Reason.UNKNOWN_UNIT, level)
        found: set[int] = set()
        for level in reversed(known):
            named = set(self.named(levels[level]))
            found = self._narrowed(found, named) if found else named
            if not found:
                return Found(None, Reason.CONFLICTING_UNITS, None)
        if len(found) > 1:
            return Found(None, Reason.AMBIGUOUS_UNIT, None)
        return Found(found.pop(), None, None)

    def _narrowed(self, above: set[int], named: set[int]) -> set[int]:
        """The named units below one of those above; without any, those above that are, or lie below, a named one."""
        below = {unit for unit in named if not above.isdisjoint(self.lineage(unit)[1:])}
        return below or {unit for unit in above if not named.isdisjoint(self.lineage(unit))}

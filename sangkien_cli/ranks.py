"""The places of units among their siblings by percent: 1, 2, 2, 4."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sangkien_cli.model import Attainment, Rank


@dataclass(frozen=True, slots=True)
class Standing:
    """What a unit's place rests on."""

    group: Hashable  # those who are compared: the units below one parent, in one phase
    done: int
    quota: int | None


def ranks(attainments: Iterable[Attainment], as_of: date) -> list[Rank | None]:
    """The place of each attainment among the units below the same parent in the same phase, by done / quota.

    None for a unit without a quota above 0, for one that has ended, which takes no part, and where no sibling has
    done anything. Siblings must all be there: a report that was narrowed gives other places.
    """
    return places(
        [
            None if each.unit.ended_by(as_of) else Standing((each.unit.parent, each.phase), each.done, each.quota)
            for each in attainments
        ]
    )


def places(standings: Sequence[Standing | None]) -> list[Rank | None]:
    """The place of each within its group: one more than the number of those whose exact ratio is higher.

    Where all are at 0 nobody is first: before a phase begins there are no places.

    >>> [rank and rank.place for rank in places([Standing("", *each) for each in [(1, 2), (3, 4), (2, 4), (1, 0)]])]
    [2, 1, 2, None]
    """
    groups: dict[Hashable, list[tuple[int, int]]] = {}
    scale = _scale(max((each.quota for each in standings if each is not None and each.quota), default=1))
    for position, each in enumerate(standings):
        if each is not None and each.quota:
            groups.setdefault(each.group, []).append((each.done * scale // each.quota, position))
    found: list[Rank | None] = [None] * len(standings)
    for members in groups.values():
        members.sort(reverse=True)
        if not members[0][0]:
            continue
        place, above = 0, None
        for number, (height, position) in enumerate(members, start=1):
            if height != above:
                place, above = number, height
            found[position] = _rank(place, len(members))
    return found


@lru_cache(maxsize=1 << 12)
def _rank(place: int, among: int) -> Rank:
    """Thousands of small units share a few."""
    return Rank(place, among)


def _scale(most: int) -> int:
    """By what ratios are multiplied so that their whole parts alone tell them apart.

    Two different ratios whose denominators are at most `most` differ by at least 1 / most². Whole numbers are compared
    many times faster than fractions.
    """
    return most * most

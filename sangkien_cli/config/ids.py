"""Ids of units that have none of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sangkien_cli.text import slug


@dataclass(frozen=True, slots=True)
class Named:
    """What an id is made from."""

    id: str | None  # the unit's own
    name: str
    parent: int | None  # position of its parent, which stands before it


def make_ids(units: Sequence[Named]) -> list[str]:
    """Each unit's id: its own, or one made from its name.

    Where several units would get one id, each of those without an id of its own is told apart by its parent's, so
    that the ids do not depend on the order of the file. Ids may still clash: the file must then say them.

    >>> make_ids([Named("tn", "LĐLĐ tỉnh TN", None), Named(None, "H. A", 0), Named(None, "X", 0), Named(None, "X", 1)])
    ['tn', 'h-a', 'tn-x', 'h-a-x']
    """
    made = [unit.id or slug(unit.name) or "unit" for unit in units]
    often = Counter(made)
    ids: list[str] = []
    for unit, own in zip(units, made, strict=True):
        clashes = unit.id is None and often[own] > 1
        ids.append(f"{ids[unit.parent]}-{own}" if clashes and unit.parent is not None else own)
    return ids

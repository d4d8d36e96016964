"""What in a tree of units deserves a second look (`sangkien units`). Nothing here is an error: sums of children that
differ from their parent's quota are usual, and worth showing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sangkien_cli.errors import Note
from sangkien_cli.lang import say
from sangkien_cli.model import Config, Phase, Unit, Window
from sangkien_cli.quotas import quotas_of
from sangkien_cli.units import folded_names


def check_tree(
    config: Config,
    phases: Sequence[Phase] | None = None,
    units: Collection[str] | None = None,
    as_of: date | None = None,
) -> list[Note]:
    """Every doubt about the tree, at the line or cell of its unit, in the order of the tree.

    Without `phases` and `units` (ids) those of the whole quota file. Units that begin after `as_of` are not yet
    allocated.
    """
    looked_at = config.phases if phases is None else phases
    doubts = [
        *_allocations(config.units, looked_at, as_of),
        *_names_alike(config.units),
        *_quotas_out_of_time(config.units, looked_at),
        *_times(config.units),
    ]
    position = {unit.id: i for i, unit in enumerate(config.units)}
    doubts.sort(key=lambda doubt: position[doubt.unit.id])
    return [doubt.note for doubt in doubts if units is None or doubt.unit.id in units]


@dataclass(frozen=True, slots=True)
class _Doubt:
    unit: Unit
    note: Note


def _doubt(unit: Unit, key: str, **args: object) -> _Doubt:
    place = unit.origin.place if unit.origin is not None else unit.id
    return _Doubt(unit, Note(place, say(key, unit=unit.name, **args)))


def _allocations(units: Sequence[Unit], phases: Sequence[Phase], as_of: date | None) -> Iterator[_Doubt]:
    """Quotas that their children's do not add up to, and children without one."""
    children: dict[int, list[int]] = defaultdict(list)
    for i, unit in enumerate(units):
        if unit.parent is not None:
            children[unit.parent].append(i)
    quotas = quotas_of(units, [phase.id for phase in phases], as_of)
    for i, below in children.items():
        for phase in phases:
            here = quotas.asked(i, phase.id)
            if here.quota is None:
                continue
            there = [units[j] for j in below if units[j].valid.meets(Window(phase.start, phase.end))]
            silent = [unit for unit in there if phase.id not in unit.quota]
            if here.allocated is None:
                if there and here.quota:
                    args = {"phase": phase.name, "quota": here.quota, "children": len(there)}
                    yield _doubt(units[i], "units.not_allocated", **args)
                continue
            if here.difference:
                key = "units.over" if here.difference > 0 else "units.under"
                yield _doubt(
                    units[i], key, phase=phase.name, quota=here.quota, allocated=here.allocated, by=abs(here.difference)
                )
            for unit in silent:
                yield _doubt(unit, "units.no_quota", phase=phase.name, parent=units[i].name)


def _names_alike(units: Sequence[Unit]) -> Iterator[_Doubt]:
    """Names that several units have at the same time: a row that names nothing else is ambiguous."""
    named: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        for name in folded_names(unit):
            named[name].append(unit)
    for same in named.values():
        for i, unit in enumerate(same):
            first = next((other for other in same[:i] if other.valid.meets(unit.valid)), None)
            if first is not None:
                place = first.origin.place if first.origin is not None else first.id
                yield _doubt(unit, "units.alike", other=first.name, place=place)


def _quotas_out_of_time(units: Sequence[Unit], phases: Sequence[Phase]) -> Iterator[_Doubt]:
    """Quotas in phases in which the unit does not exist."""
    for unit in units:
        for phase in phases:
            if phase.id in unit.quota and not unit.valid.meets(Window(phase.start, phase.end)):
                yield _out_of_time(unit, phase)


def _out_of_time(unit: Unit, phase: Phase) -> _Doubt:
    if unit.valid.start is not None and unit.valid.start > phase.end:
        return _doubt(unit, "units.quota_before", phase=phase.name, day=unit.valid.start)
    return _doubt(unit, "units.quota_after", phase=phase.name, day=unit.valid.end)


def _times(units: Sequence[Unit]) -> Iterator[_Doubt]:
    """Times that leave out what they should hold: a unit that never exists, a successor that is not there."""
    for unit in units:
        start, end = unit.valid.start, unit.valid.end
        if start is not None and end is not None and end < start:
            yield _doubt(unit, "units.never")
            continue
        for successor in (units[i] for i in unit.into):
            if end is None:
                continue
            if successor.valid.end is not None and successor.valid.end <= end and not successor.into:
                yield _doubt(unit, "units.successor_gone", successor=successor.name, day=successor.valid.end)
            elif successor.valid.start is not None and (successor.valid.start - end).days > 1:
                yield _doubt(unit, "units.successor_late", successor=successor.name, day=successor.valid.start, end=end)

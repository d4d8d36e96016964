"""What each unit is asked for, and what is allocated below it, by phase."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sangkien_cli.model import ALL, Config, Unit


@dataclass(frozen=True, slots=True)
class Asked:
    """One unit in one phase, or in all of them."""

    quota: int | None  # its own; None = the quota file is silent
    allocated: int | None  # the sum of its direct children's; None = none of them has one

    @property
    def difference(self) -> int | None:
        """How many more are allocated than asked for; None unless both are there."""
        return None if self.quota is None or self.allocated is None else self.allocated - self.quota


@dataclass(frozen=True, slots=True)
class Quotas:
    """What all units are asked for; lists by position of the unit, then by phase id and ALL. Absent = none."""

    own: Sequence[Mapping[str, int]]
    allocated: Sequence[Mapping[str, int]]

    def asked(self, unit: int, phase: str) -> Asked:
        """One unit in one phase."""
        return Asked(self.own[unit].get(phase), self.allocated[unit].get(phase))


def quotas_of(units: Sequence[Unit], phases: Sequence[str], as_of: date | None = None) -> Quotas:
    """What each unit is asked for in each phase and in ALL. Units that begin after `as_of` are not yet allocated."""
    own = [_quotas(unit, phases) for unit in units]
    allocated: list[dict[str, int]] = [{} for _ in units]
    for unit, quota in zip(units, own, strict=True):
        begun = as_of is None or unit.valid.start is None or unit.valid.start <= as_of
        if unit.parent is not None and begun:
            above = allocated[unit.parent]
            for phase, number in quota.items():
                above[phase] = above.get(phase, 0) + number
    return Quotas(own, allocated)


def _quotas(unit: Unit, phases: Sequence[str]) -> Mapping[str, int]:
    """The unit's quotas, and that of the whole programme where every phase has one."""
    quotas = {phase: unit.quota[phase] for phase in phases if phase in unit.quota}
    if len(quotas) == len(phases):
        quotas[ALL] = sum(quotas.values())
    return quotas


def on_basis(config: Config, basis: str) -> Config:
    """The quota file with another of its bases in use."""
    at = next(i for i, each in enumerate(config.bases) if each.id == basis)
    return replace(config, basis=basis, units=tuple(replace(unit, quota=unit.bases[at]) for unit in config.units))


def on_the_day(units: Sequence[Unit], day: date, phases: Collection[str], with_rows: Collection[int] = ()) -> set[int]:
    """The units to be shown in the tree of a day (contract §10), by position: those that exist on it, and others that
    cannot be left out: units that have ended but have a quota in one of the phases, units with rows (given by
    position), and whatever stands above these."""
    shown = {i for i, unit in enumerate(units) if unit.valid.holds(day)} | set(with_rows)
    shown |= {i for i, unit in enumerate(units) if unit.ended_by(day) and not unit.quota.keys().isdisjoint(phases)}
    # Units stand behind those above them.
    for i in range(len(units) - 1, -1, -1):
        if i in shown and (parent := units[i].parent) is not None:
            shown.add(parent)
    return shown

"""The tree of units as it is shown: which units, and what each is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sangkien_cli.model import ALL, Config, Phase, Unit
from sangkien_cli.quotas import Asked, on_the_day, quotas_of
from sangkien_cli.units import subtree


@dataclass(frozen=True, slots=True)
class UnitLines:
    """The units to be shown, in tree order, with what each is asked for by phase id and ALL."""

    config: Config
    positions: Sequence[int]  # of the units in the whole tree
    units: Sequence[Unit]
    asked: Sequence[Mapping[str, Asked]]
    phases: Sequence[Phase]  # those that have a table
    quoted: Sequence[Phase]  # those whose quotas are looked at
    looked_at: Collection[str]  # the ids of these and of those below them that are not shown: what warnings are about
    whole_programme: bool  # whether ALL is shown too


def unit_lines(
    config: Config, phase: str | None = None, top: str | None = None, depth: int | None = None, day: date | None = None
) -> UnitLines:
    """The units of a quota file, or fewer: of one phase (an id, or ALL), below one unit, the upper levels, a day."""
    quoted = [each for each in config.phases if phase in (None, ALL, each.id)]
    inside = None if top is None else subtree(config.units, top)
    above = 0 if top is None else next(each.depth for each in config.units if each.id == top)
    present = range(len(config.units)) if day is None else on_the_day(config.units, day, [each.id for each in quoted])
    looked_at = [i for i, each in enumerate(config.units) if i in present and (inside is None or each.id in inside)]
    shown = [i for i in looked_at if depth is None or config.units[i].depth - above <= depth]
    phases = [each.id for each in config.phases]
    quotas = quotas_of(config.units, phases, day)
    return UnitLines(
        config=config,
        positions=shown,
        units=[config.units[i] for i in shown],
        asked=[{each: quotas.asked(i, each) for each in (*phases, ALL)} for i in shown],
        phases=[] if phase == ALL else quoted,
        quoted=quoted,
        looked_at={config.units[i].id for i in looked_at},
        whole_programme=phase == ALL or (phase is None and len(config.phases) > 1),
    )

"""What changed from an earlier report to this one, by unit and phase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from sangkien_cli.attain import ratio
from sangkien_cli.compare.earlier import Earlier, Entry
from sangkien_cli.compare.rows import Arrival, Dropped, Explained, Moved, Row, RowChanges, compare_rows
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import ALL, Attainment, Config, Rank, Report, Rounding
from sangkien_cli.ranks import Standing, places, ranks

if TYPE_CHECKING:
    import pandas as pd

    from sangkien_cli.judge import Judged

Key = tuple[str, str]  # a unit's id, and a phase's or ALL


@dataclass(frozen=True, slots=True)
class Change:
    """One unit in one phase then and now. What was not in the earlier report is None."""

    done_then: int | None
    done: int | None  # now − then
    quota_then: int | None
    percent_then: str | None  # as it was printed
    points: Fraction | None  # percent points, from the exact ratios
    rank_then: Rank | None
    rank_now: Rank | None
    rank: int | None  # places won; below 0 = lost
    rows: Explained | None  # what `done` is made of; None without a ledger


@dataclass(frozen=True, slots=True)
class EarlierUnit:
    """A unit that the earlier report had and this one has not."""

    id: str
    name: str
    parent: str | None
    done: Mapping[str, int]  # by phase and ALL


@dataclass(frozen=True, slots=True)
class MovedUnit:
    """A unit that stands below another one now."""

    id: str
    name: str
    parent_then: str | None  # names
    parent_now: str | None


@dataclass(frozen=True, slots=True)
class ChangedQuota:
    """A quota that is another one now."""

    unit: str  # its id
    name: str
    phase: str
    then: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An earlier report beside this one."""

    earlier: Earlier
    config: Config
    changes: Mapping[Key, Change]  # of every unit and phase of this report
    new: tuple[tuple[str, str], ...]  # units that only this one has: id and name, in tree order
    gone: tuple[EarlierUnit, ...]  # units that only the earlier one has, in its order
    moved_units: tuple[MovedUnit, ...]
    quotas: tuple[ChangedQuota, ...]
    rows: RowChanges | None  # None = the earlier report's ledger is not at hand
    notes: tuple[Sentence, ...]  # what makes the two less alike
    unit_names: Mapping[str, str]  # of all units of either report, by id
    phase_names: Mapping[str, str]  # of all phases of either


def compare(earlier: Earlier, report: Report, judged: Judged, then: pd.DataFrame | None = None) -> Comparison:
    """The two reports side by side. `report` is whole, not narrowed: places and new units depend on it; `within`
    narrows the outcome. `then` is the earlier report's ledger (`read_ledger`)."""
    config = report.config
    units = config.units
    parents = {unit.id: None if unit.parent is None else units[unit.parent].id for unit in units}
    rows = None
    if then is not None:
        from sangkien_cli.ledger import ledger

        rows = compare_rows(earlier, then, ledger(judged, config), parents, by_code=config.once_per == "code")
    names = {each.unit.id: each.unit.name for each in report.attainments}
    return Comparison(
        earlier=earlier,
        config=config,
        changes=_changes(earlier, report, rows),
        new=tuple((unit, name) for unit, name in names.items() if unit not in earlier.units),
        gone=_gone(earlier, names),
        moved_units=tuple(_moved_units(earlier, report)),
        quotas=tuple(_changed_quotas(earlier, report)),
        rows=rows,
        notes=tuple(_notes(earlier, report, rows)),
        unit_names={unit: each.name for unit, each in earlier.units.items()} | {unit.id: unit.name for unit in units},
        phase_names={each.id: each.name for each in earlier.phases} | {each.id: each.name for each in config.phases},
    )


def _changes(earlier: Earlier, report: Report, rows: RowChanges | None) -> Mapping[Key, Change]:
    ranks_then = _ranks_then(earlier)
    same_basis = earlier.basis == report.config.basis
    changes = {}
    for each, rank_now in zip(report.attainments, ranks(report.attainments, report.as_of), strict=True):
        key = (each.unit.id, each.phase)
        # Of a phase that the earlier report does not show nothing was counted then.
        explained = rows.explained.get(key, Explained()) if rows and each.phase in earlier.shown else None
        entry = earlier.by_key.get(key)
        then = ranks_then.get(key) if same_basis else None
        changes[key] = _change(each, entry, then, rank_now, explained, same_basis=same_basis)
    return changes


def _change(
    now: Attainment,
    then: Entry | None,
    rank_then: Rank | None,
    rank_now: Rank | None,
    rows: Explained | None,
    *,
    same_basis: bool,
) -> Change:
    """The change; percents and places on another basis are no earlier state of those on this one."""
    if then is None:
        return Change(None, None, None, None, None, None, rank_now, None, rows)
    before = ratio(then.done, then.quota) if same_basis else None
    after = ratio(now.done, now.quota)
    return Change(
        done_then=then.done,
        done=now.done - then.done,
        quota_then=then.quota,
        percent_then=then.percent,
        points=None if before is None or after is None else after - before,
        rank_then=rank_then,
        rank_now=rank_now,
        rank=None if rank_then is None or rank_now is None else rank_then.place - rank_now.place,
        rows=rows,
    )


def _ranks_then(earlier: Earlier) -> Mapping[Key, Rank | None]:
    standings = [
        None if each.ended else Standing((each.parent, each.phase), each.done, each.quota) for each in earlier.entries
    ]
    return dict(zip(earlier.by_key, places(standings), strict=True))


def _gone(earlier: Earlier, names: Mapping[str, str]) -> tuple[EarlierUnit, ...]:
    done: dict[str, dict[str, int]] = {}
    for each in earlier.entries:
        if each.id not in names:
            done.setdefault(each.id, {})[each.phase] = each.done
    units = earlier.units
    return tuple(EarlierUnit(unit, units[unit].name, units[unit].parent, by_phase) for unit, by_phase in done.items())


def _moved_units(earlier: Earlier, report: Report) -> Iterator[MovedUnit]:
    units = report.config.units
    for unit in {each.unit.id: each.unit for each in report.attainments}.values():
        then = earlier.units.get(unit.id)
        above = None if unit.parent is None else units[unit.parent]
        if then is None or then.parent == (None if above is None else above.id):
            continue
        above_then = None if then.parent is None else earlier.units[then.parent].name
        yield MovedUnit(unit.id, unit.name, above_then, None if above is None else above.name)


def _changed_quotas(earlier: Earlier, report: Report) -> Iterator[ChangedQuota]:
    if earlier.basis != report.config.basis:
        return
    for each in report.attainments:
        then = earlier.by_key.get((each.unit.id, each.phase))
        if then is not None and then.quota != each.quota and each.phase != ALL:
            yield ChangedQuota(each.unit.id, each.unit.name, each.phase, then.quota, each.quota)


def _notes(earlier: Earlier, report: Report, rows: RowChanges | None) -> Iterator[Sentence]:
    config = report.config
    if earlier.as_of > report.as_of:
        yield say("compare.note.later", then=earlier.as_of, now=report.as_of)
    if earlier.programme != config.programme:
        yield say("compare.note.programme", name=earlier.programme)
    if earlier.basis != config.basis:
        names = {basis.id: basis.name for basis in config.bases}
        basis = names.get(earlier.basis, earlier.basis) if earlier.basis else say("compare.no_basis")
        yield say("compare.note.basis", name=basis)
    if earlier.percent != config.percent:
        rounding = say(_ROUNDED[earlier.percent.rounding])
        yield say("compare.note.percent", decimals=earlier.percent.decimals, rounding=rounding)
    if [earlier.config.sha256, *(part.sha256 for part in earlier.config.parts)] != [
        config.sha256, *(part.sha256 for part in config.parts)
    ]:  # fmt: skip
        yield say("compare.note.config")
    yield from _notes_on_phases(earlier, report)
    if rows is None:
        yield say("compare.note.no_ledger")
    elif not rows.by_code:
        yield say("compare.note.by_place")


_ROUNDED: Mapping[Rounding, str] = {
    "half-up": "compare.half_up",
    "down": "compare.down",
    "up": "compare.up",
    "half-even": "compare.half_even",
}


def _notes_on_phases(earlier: Earlier, report: Report) -> Iterator[Sentence]:
    if only_now := tuple(phase.name for phase in report.phases if phase.id not in earlier.shown):
        yield say("compare.note.phases_new", names=only_now)
    ours = {phase.id for phase in report.phases}
    if only_then := tuple(phase.name for phase in earlier.phases if phase.id not in ours):
        yield say("compare.note.phases_gone", names=only_then)
    if ALL not in earlier.shown:
        yield say("compare.note.no_all")


def within(comparison: Comparison, shown: Report) -> Comparison:
    """What concerns the lines of a narrowed report: its units with all below them, and its phases."""
    keys = {(each.unit.id, each.phase) for each in shown.attainments}
    if keys == comparison.changes.keys():
        return comparison
    tops, phases = {unit for unit, _ in keys}, {phase for _, phase in keys}
    inside = _inside(comparison, tops)
    every_phase = ALL in phases
    rows = comparison.rows

    def concerns(row: Row | Arrival) -> bool:
        return row.unit in inside and (every_phase or row.phase in phases)

    if rows is not None:
        dropped: tuple[Dropped, ...] = tuple(each for each in rows.dropped if concerns(each.then))
        moved: tuple[Moved, ...] = tuple(each for each in rows.moved if concerns(each.then) or concerns(each.now))
        arrivals = tuple(each for each in rows.arrivals if concerns(each))
        rows = replace(rows, dropped=dropped, moved=moved, arrivals=arrivals)
    return replace(
        comparison,
        changes={key: change for key, change in comparison.changes.items() if key in keys},
        new=tuple(each for each in comparison.new if each[0] in inside),
        gone=tuple(each for each in comparison.gone if each.id in inside),
        moved_units=tuple(each for each in comparison.moved_units if each.id in inside),
        quotas=tuple(each for each in comparison.quotas if (each.unit, each.phase) in keys),
        rows=rows,
    )


def _inside(comparison: Comparison, tops: set[str]) -> set[str]:
    """Units with all that stand, or stood, below them."""
    inside = set(tops)
    for each in comparison.earlier.entries:  # parents stand first, then and now
        if each.parent in inside:
            inside.add(each.id)
    units = comparison.config.units
    for unit in units:
        if unit.parent is not None and units[unit.parent].id in inside:
            inside.add(unit.id)
    return inside

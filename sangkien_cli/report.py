"""A report put together: every unit's attainment, the rows accounted for, and what could not be matched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import get_args

import numpy as np

from sangkien_cli import attain
from sangkien_cli.arrays import by_distinct, codes, take
from sangkien_cli.exports import Exports
from sangkien_cli.flaws import read_flaw
from sangkien_cli.judge import REASONS, Judged
from sangkien_cli.lang import say
from sangkien_cli.model import (
    ALL,
    ALWAYS,
    Attainment,
    Basis,
    Config,
    EndedUnit,
    FilteredText,
    Flaw,
    Input,
    Near,
    Reason,
    Report,
    TargetResult,
    UnknownText,
    UnreadableRows,
)
from sangkien_cli.nearest import nearest_units
from sangkien_cli.pace import Pace, pace_of
from sangkien_cli.quotas import on_basis, on_the_day, quotas_of
from sangkien_cli.tally import Tallies, count_rows
from sangkien_cli.text import fold, tidy
from sangkien_cli.units import Tree, below

_EXAMPLES = 3  # addresses shown for each reason
_LOOKED_AT = 1000  # different texts that did not pass a condition
FLAWS: tuple[Flaw, ...] = get_args(Flaw)
_SUGGESTED = 20  # unknown names that get suggestions: the most frequent ones


def build_report(
    config: Config,
    judged: Judged,
    tallies: Tallies,
    targets: Sequence[TargetResult],
    as_of: date,
    since: date | None = None,
) -> Report:
    """The whole report: all units, all phases."""
    return Report(
        config=config,
        as_of=as_of,
        phases=config.phases,
        rows=count_rows(judged),
        attainments=of_the_day(_attainments(config, tallies, as_of), config, as_of),
        inputs=inputs_of(judged.exports),
        unknown=unknown_names(judged),
        filtered=_filtered(config, judged),
        unreadable=unreadable_rows(judged),
        ended=_ended(judged),
        examples=_examples(judged),
        targets=tuple(targets),
        since=since,
    )


def of_the_day(attainments: Sequence[Attainment], config: Config, as_of: date) -> tuple[Attainment, ...]:
    """The lines of the tree of a day (see `on_the_day`); the phases are those of the lines."""
    if all(unit.valid is ALWAYS or unit.valid.holds(as_of) for unit in config.units):
        return tuple(attainments)
    phases = {each.phase for each in attainments}
    if ALL in phases:
        phases = {phase.id for phase in config.phases}
    with_rows = {each.unit.id for each in attainments if each.done}
    positions = [i for i, unit in enumerate(config.units) if unit.id in with_rows]
    shown = {config.units[i].id for i in on_the_day(config.units, as_of, phases, positions)}
    return tuple(each for each in attainments if each.unit.id in shown)


def _attainments(config: Config, tallies: Tallies, as_of: date) -> list[Attainment]:
    phases = [phase.id for phase in config.phases]
    quotas = quotas_of(config.units, phases, as_of)
    attainments = []
    for i, unit in enumerate(config.units):
        done, direct = _and_all(tallies.done.done[i]), _and_all(tallies.done.direct[i])
        also = [_and_all(each.done[i]) for each in tallies.also]
        since = None if tallies.since is None else _and_all(tallies.since.done[i])
        undated = None if tallies.undated is None else _and_all(tallies.undated.done[i])
        own, allocated = quotas.own[i], quotas.allocated[i]
        gone = unit.ended_by(as_of)
        for at, phase in enumerate((*phases, ALL)):
            quota = own.get(phase)
            attainments.append(
                Attainment(
                    unit=unit,
                    phase=phase,
                    done=done[at],
                    direct=direct[at],
                    quota=quota,
                    allocated=allocated.get(phase),
                    percent=attain.percent(done[at], quota, config.percent),
                    status=attain.status(done[at], quota, config.near),
                    also=tuple(each[at] for each in also),
                    since=None if since is None else since[at],
                    undated=0 if undated is None else undated[at],
                    pace=None if phase == ALL or gone else _pace(config, tallies, i, at, quota, as_of),
                )
            )
    return attainments


def _and_all(by_phase: Sequence[int]) -> list[int]:
    """The numbers of each phase, and their sum for the whole programme."""
    return [*by_phase, sum(by_phase)]


def _pace(config: Config, tallies: Tallies, unit: int, at: int, quota: int | None, as_of: date) -> Pace | None:
    """The pace of a unit in a phase, both by position, if that is under way. A unit's window is cut to its own."""
    if tallies.recent is None:
        return None
    phase, valid = config.phases[at], config.units[unit].valid
    unplaced = tallies.undated is not None and tallies.undated.done[unit][at] > 0
    recent = None if unplaced else tallies.recent.done[unit][at]
    start, end = max(phase.start, valid.start or phase.start), min(phase.end, valid.end or phase.end)
    return pace_of(start, end, as_of, tallies.done.done[unit][at], quota, recent)


def inputs_of(exports: Exports) -> tuple[Input, ...]:
    """The sheets that were read."""
    return tuple(
        Input(sheet.file, sheet.name, exports.digests[sheet.file].result(), sheet.rows, exports.sizes[sheet.file])
        for sheet in exports.sheets
    )


def unknown_names(judged: Judged) -> tuple[UnknownText, ...]:
    """The names that are not in the tree, most frequent first, spellings that fold alike together."""
    rows = np.flatnonzero(judged.reason == REASONS.index(Reason.UNKNOWN_UNIT))
    often: dict[str, int] = {}
    shown: dict[str, str] = {}
    for level in np.unique(judged.unknown_level[rows]):
        here = rows[judged.unknown_level[rows] == level]
        typed = Counter(take(judged.exports.levels[level], here).to_pylist())
        for text, count in sorted(typed.items(), key=lambda item: (-item[1], item[0])):
            name = fold(text)
            often[name] = often.get(name, 0) + count
            shown.setdefault(name, tidy(text))
    ranked = sorted(often, key=lambda name: (-often[name], name))
    units = judged.tree.units
    suggested = nearest_units(units, range(len(units)), [shown[name] for name in ranked[:_SUGGESTED]]) if ranked else ()
    near = {name: tuple(each for _, each in found) for name, found in zip(ranked, suggested, strict=False)}
    near |= {name: later for name in ranked if (later := _yet_to_come(judged.tree, name))}
    return tuple(UnknownText(shown[name], often[name], near.get(name, ())) for name in ranked)


def _yet_to_come(tree: Tree, name: str) -> tuple[Near, ...]:
    """The units of a name that was not known on a row's day because they begin later."""
    units = [tree.units[position] for position in tree.named(name)]
    return tuple(Near(unit.name, say("near.not_yet", day=unit.valid.start)) for unit in units if unit.valid.start)


def _ended(judged: Judged) -> tuple[EndedUnit, ...]:
    """The units that rows name after their end, most rows first."""
    named = judged.unit[judged.reason == REASONS.index(Reason.ENDED_UNIT)]
    positions, rows = np.unique(named, return_counts=True)
    found = [EndedUnit(judged.tree.units[int(i)], int(n)) for i, n in zip(positions, rows, strict=True)]
    return tuple(sorted(found, key=lambda each: -each.rows))


def _filtered(config: Config, judged: Judged) -> tuple[FilteredText, ...]:
    """The texts that set rows aside as filtered, most frequent first, spellings that fold alike together."""
    filtered = np.flatnonzero(judged.reason == REASONS.index(Reason.FILTERED))
    texts = []
    for number, field in enumerate(config.where):
        column = judged.exports.texts[field]
        counts = np.bincount(codes(column)[filtered[judged.failed[filtered] == number]])
        often: Counter[str] = Counter()
        shown: dict[str, str] = {}
        # Of a date or an amount there may be a million different texts: the frequent ones are enough.
        for code in np.argsort(-counts, kind="stable")[:_LOOKED_AT]:
            if count := int(counts[code]):
                text = column.dictionary[int(code)].as_py()
                often[fold(text)] += count
                shown.setdefault(fold(text), tidy(text))
        texts += [FilteredText(field, shown[name], count) for name, count in often.items()]
    return tuple(sorted(texts, key=lambda each: (-each.rows, each.field, each.text)))


def unreadable_rows(judged: Judged) -> tuple[UnreadableRows, ...]:
    """The rows that cannot be read, by what is wrong with them, with the places of a few."""
    exports = judged.exports
    unreadable = judged.reason == REASONS.index(Reason.UNREADABLE)
    kinds = by_distinct(exports.flaw, lambda text: FLAWS.index(read_flaw(text).kind), int)
    found = []
    for number, flaw in enumerate(FLAWS):
        rows = np.flatnonzero(unreadable & (kinds == number))
        if len(rows):
            places = tuple(_flaw_place(exports, row) for row in rows[:_EXAMPLES].tolist())
            found.append(UnreadableRows(flaw, len(rows), places))
    return tuple(found)


def _flaw_place(exports: Exports, row: int) -> str:
    """Where a row's flaw stands, and what is there."""
    flaw = read_flaw(exports.flaw[row].as_py())
    if flaw.kind == "record":
        numbers = f": {flaw.found}/{flaw.expected}" if flaw.found is not None else ""
        return f"{exports.place(row)}{numbers}"
    place = f"{exports.sheets[exports.sheet[row]].place} {flaw.cell}"
    return f"{place}: {flaw.held}" if flaw.held else place


def _examples(judged: Judged) -> dict[Reason, tuple[str, ...]]:
    """A few addresses of rows with a data problem, in the order of the files."""
    exports = judged.exports
    examples: dict[Reason, tuple[str, ...]] = {}
    for reason in REASONS:
        if not reason.is_data_problem or reason in (Reason.UNREADABLE, Reason.ENDED_UNIT):
            continue
        rows = np.flatnonzero(judged.reason == REASONS.index(reason))[:_EXAMPLES]
        if len(rows):
            at: dict[int, list[str]] = {}
            for sheet, row in zip(exports.sheet[rows], exports.row[rows], strict=True):
                at.setdefault(int(sheet), []).append(str(row))
            examples[reason] = tuple(
                f"{exports.sheets[sheet].place}: {', '.join(numbers)}" for sheet, numbers in at.items()
            )
    return examples


def narrow(report: Report, phase: str | None = None, unit: str | None = None, depth: int | None = None) -> Report:
    """The same report with fewer lines: one phase, one unit and what is under it, or the upper levels only.

    `phase` and `unit` are ids that exist; `depth` counts from the units shown on top, which are at 0.
    """
    kept = list(report.attainments)
    phases = report.phases
    if phase is not None:
        kept = [each for each in kept if each.phase == phase]
        kept = list(of_the_day(kept, report.config, report.as_of))
        phases = tuple(each for each in phases if each.id == phase)
    top = 0
    if unit is not None:
        units = report.config.units
        at = next(i for i, each in enumerate(units) if each.id == unit)
        inside = {units[i].id for i in below(units, at)}
        top = units[at].depth
        kept = [each for each in kept if each.unit.id in inside]
    if depth is not None:
        kept = [each for each in kept if each.unit.depth - top <= depth]
    shown = {(each.unit.id, each.phase) for each in kept}
    targets = tuple(each for each in report.targets if (each.unit.id, each.target.phase) in shown)
    return replace(report, attainments=tuple(kept), phases=phases, targets=targets)


def beside(report: Report, bases: Sequence[Basis]) -> Report:
    """The report with what each unit has of its quotas on further bases."""
    config = report.config
    phases = [phase.id for phase in config.phases]
    positions = {unit.id: i for i, unit in enumerate(config.units)}
    asked = [quotas_of(on_basis(config, basis.id).units, phases, report.as_of) for basis in bases]

    def line(each: Attainment) -> Attainment:
        at = positions[each.unit.id]
        quotas = [each_basis.asked(at, each.phase) for each_basis in asked]
        found = tuple(attain.standing(each.done, on.quota, config, on.allocated) for on in quotas)
        return replace(each, beside=found)

    return replace(report, attainments=tuple(map(line, report.attainments)), bases=tuple(bases))


def falling_short(report: Report, least: Fraction, asked: str | None) -> Report:
    """The lines of a report whose unit is below a percent of its quota, and the targets that are not met.

    Looked at is the phase that was asked for (or ALL); without one, every phase that has begun. A unit that has ended
    can do no more: its quota is a matter of `sangkien units`.
    """
    looked_at = {asked} if asked else {phase.id for phase in report.phases if phase.start <= report.as_of}
    kept = [
        each
        for each in report.attainments
        if each.phase in looked_at
        and not each.unit.ended_by(report.as_of)
        and (exact := attain.ratio(each.done, each.quota)) is not None
        and exact < least
    ]
    unmet = tuple(
        each
        for each in report.targets
        if each.target.phase in looked_at | ({ALL} if asked is None and looked_at else set())
        and not each.unit.ended_by(report.as_of)
        and not each.met
    )
    return replace(report, attainments=tuple(kept), targets=unmet)

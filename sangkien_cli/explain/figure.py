"""A unit's figure as a sum: among the units below it, among files, and among what became of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from sangkien_cli import attain
from sangkien_cli.arrays import codes, distinct, sum_type
from sangkien_cli.explain.model import Beyond, Explanation, OfSheet
from sangkien_cli.explain.rows import VERDICTS
from sangkien_cli.judge import NONE, REASONS, Judged
from sangkien_cli.model import ALL, Attainment, Config, Report
from sangkien_cli.quotas import quotas_of
from sangkien_cli.returns import Leads, misled
from sangkien_cli.text import fold, tidy
from sangkien_cli.trend import phase_of_the_day
from sangkien_cli.units import below


def explain(
    report: Report, judged: Judged, unit: str, phase: str | None = None, why: Collection[str] = ()
) -> Explanation:
    """The figure of a unit (an id) in a phase (an id or ALL; None = the one of the as-of date), from a report that has
    all its lines and the rows behind it.

    `why` are verdicts: of the unit's rows only those that have one of them are listed.
    """
    config = report.config
    phase = phase or phase_of_the_day(config.phases, report.as_of).id
    top = next(i for i, each in enumerate(config.units) if each.id == unit)
    leads = misled(judged, np.flatnonzero(~judged.counted))
    unit_of = _led_to(judged, leads)
    nowhere = unit_of == NONE
    inside = below(config.units, top)
    mine = (inside.start <= unit_of) & (unit_of < inside.stop)
    only_root = [i for i, each in enumerate(config.units) if each.parent is None] == [top]
    if only_root:
        mine |= nowhere
    here = _of_phase(judged, config, phase)
    rows = np.flatnonzero(mine & here)
    lines = tuple(_lines(report, top))
    return Explanation(
        report=report,
        judged=judged,
        leads=leads,
        unit=config.units[top],
        above=tuple(config.units[i] for i in judged.tree.lineage(top)[1:]),
        phase=phase,
        lines=lines,
        children=tuple(_children(report, top, phase)),
        beyond=_beyond(judged, rows[judged.counted[rows] & (judged.unit[rows] == top)]),
        files=tuple(_files(judged, rows)),
        verdicts=_verdicts(judged, rows),
        rows=rows,
        why=tuple(each for each in VERDICTS if each in why),
        listed=rows[np.isin(judged.reason[rows], [VERDICTS.index(each) - 1 for each in why])] if why else rows,
        elsewhere=int((mine & ~here).sum()),
        nowhere=int((nowhere & here).sum()),
        nowhere_here=only_root,
    )


def _led_to(judged: Judged, leads: Mapping[int, Leads]) -> np.ndarray:
    """The unit that each row counts for or leads to, by position, or NONE."""
    unit_of = judged.unit.copy()
    for row, each in leads.items():
        if unit_of[row] == NONE and each.unit is not None:
            unit_of[row] = each.unit
    return unit_of


def _of_phase(judged: Judged, config: Config, phase: str) -> np.ndarray:
    """The rows of a phase, and those that are of none."""
    if phase == ALL:
        return np.ones(len(judged.phase), dtype=bool)
    position = next(i for i, each in enumerate(config.phases) if each.id == phase)
    rows: np.ndarray = (judged.phase == position) | (judged.phase == NONE)
    return rows


def _lines(report: Report, top: int) -> list[Attainment]:
    """The unit in each phase and in all; one that the report leaves out has neither rows nor a quota to reach."""
    config, unit = report.config, report.config.units[top]
    if lines := [each for each in report.attainments if each.unit.id == unit.id]:
        return lines
    phases = [phase.id for phase in config.phases]
    quotas = quotas_of(config.units, phases, report.as_of)
    lines = []
    for phase in (*phases, ALL):
        asked = quotas.asked(top, phase)
        on = attain.standing(0, asked.quota, config, asked.allocated)
        lines.append(Attainment(unit, phase, 0, 0, on.quota, on.allocated, on.percent, on.status))
    return lines


def _children(report: Report, top: int, phase: str) -> list[Attainment]:
    """The lines of the units right below; of those that have ended only what has something in the phase."""
    return [
        each
        for each in report.attainments
        if each.phase == phase
        and each.unit.parent == top
        and (each.done or each.quota is not None or not each.unit.ended_by(report.as_of))
    ]


def _beyond(judged: Judged, rows: np.ndarray) -> tuple[Beyond, ...]:
    """The names below the unit that are not in the tree, of rows that count for it; spellings alike are one."""
    level_of = judged.examined.units.beyond[rows]
    done: Counter[str] = Counter()
    often: Counter[str] = Counter()
    spelled: dict[str, Counter[str]] = {}
    for number, level in enumerate(judged.exports.levels):
        here = rows[level_of == number]
        used, of_row = np.unique(codes(level)[here], return_inverse=True)
        texts = distinct(level)
        sums: np.ndarray = np.zeros(len(used), dtype=sum_type(judged.count))
        np.add.at(sums, of_row, judged.count[here])
        for code, total, times in zip(used.tolist(), sums.tolist(), np.bincount(of_row).tolist(), strict=True):
            name = fold(texts[code])
            done[name] += total
            often[name] += times
            spelled.setdefault(name, Counter())[tidy(texts[code])] += times
    found = [
        Beyond(min(spelled[name], key=lambda text: (-spelled[name][text], text)), done[name], often[name])
        for name in spelled
    ]
    return tuple(sorted(found, key=lambda each: (-each.done, each.text)))


def _files(judged: Judged, rows: np.ndarray) -> list[OfSheet]:
    """The sheets that rows stand in."""
    sheets, counted = judged.exports.sheets, judged.counted[rows]
    at = judged.exports.sheet[rows]
    done: np.ndarray = np.zeros(len(sheets), dtype=sum_type(judged.count))
    np.add.at(done, at[counted], judged.count[rows][counted])
    often, aside = (np.bincount(at[some], minlength=len(sheets)).tolist() for some in (counted, ~counted))
    return [
        OfSheet(sheet, *numbers)
        for sheet, *numbers in zip(sheets, done.tolist(), often, aside, strict=True)
        if numbers[1] or numbers[2]
    ]


def _verdicts(judged: Judged, rows: np.ndarray) -> dict[str, int]:
    """How many rows have each verdict."""
    often: Sequence[int] = np.bincount(judged.reason[rows] + 1, minlength=len(REASONS) + 1).tolist()
    return {verdict: times for verdict, times in zip(VERDICTS, often, strict=True) if times}

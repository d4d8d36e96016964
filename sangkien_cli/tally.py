"""How many submissions count for each unit and phase: its own, and rolled up the tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sangkien_cli.judge import REASONS, Examined, Judged, decide
from sangkien_cli.model import Campaign, Phase, RowCounts, Window


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by position of the unit and of the phase."""

    direct: list[list[int]]  # submissions whose rows name the unit itself
    done: list[list[int]]  # and those of everything under it


def tally(judged: Judged, phases: int, rows: np.ndarray | None = None) -> Tally:
    """The counted rows, or those of them in a mask, added up for each unit and phase.

    The roots' `done` is the sum of all `direct`.
    """
    counted = judged.counted if rows is None else judged.counted & rows
    units = judged.tree.units
    # Sums that could leave 64 bits are made of Python's whole numbers.
    most = int(judged.count.max(initial=0)) * len(judged.count)
    sums = np.zeros((len(units), phases), dtype=np.int64 if most < 2**63 else object)
    np.add.at(sums, (judged.unit[counted], judged.phase[counted]), judged.count[counted])
    direct: list[list[int]] = sums.tolist()
    done = [list(own) for own in direct]
    # Children stand behind their parents, so from the end every subtree is complete before it is added.
    for position in range(len(units) - 1, -1, -1):
        parent = units[position].parent
        if parent is not None:
            done[parent] = [a + b for a, b in zip(done[parent], done[position], strict=True)]
    return Tally(direct, done)


@dataclass(frozen=True, slots=True)
class Tallies:
    """Everything that a report counts, from one judging of the rows."""

    done: Tally
    also: tuple[Tally, ...] = ()  # one for each of `Config.also_count`
    recent: Tally | None = None  # of the last days of the phase that is under way; None = none is
    undated: Tally | None = None  # of it, rows that count and have no date; None = there are none
    since: Tally | None = None  # since the day that was asked for; None = none was


RECENT_DAYS = 28  # over which the recent pace is the mean (contract §9)


def tally_all(examined: Examined, judged: Judged, as_of: date, since: date | None = None) -> Tallies:
    """What was counted, and of it what further tallies, the pace and `since` ask for."""
    config = examined.config
    phases = len(config.phases)
    open_phase = next((phase for phase in config.phases if phase.start <= as_of <= phase.end), None)
    undated = judged.counted & ~judged.dated
    return Tallies(
        done=tally(judged, phases),
        also=tuple(tally(decide(examined, also.where), phases) for also in config.also_count),
        recent=tally(judged, phases, judged.within(recent_days(open_phase, as_of))) if open_phase else None,
        undated=tally(judged, phases, undated) if undated.any() else None,
        since=tally(judged, phases, judged.within(Window(since, None))) if since else None,
    )


def recent_days(window: Phase | Campaign, as_of: date) -> Window:
    """The last days of a window that is under way, over which its recent pace is the mean."""
    return Window(max(window.start, as_of - timedelta(days=RECENT_DAYS - 1)), as_of)


def count_rows(judged: Judged) -> RowCounts:
    """Every row accounted for, by reason, and the number of layout rows."""
    often = np.bincount(judged.reason[~judged.counted], minlength=len(REASONS)).tolist()
    set_aside = {reason: rows for reason, rows in zip(REASONS, often, strict=True) if rows}
    return RowCounts(
        read=len(judged.reason),
        counted=int(judged.counted.sum()),
        set_aside=set_aside,
        layout=sum(len(sheet.layout) for sheet in judged.exports.sheets),
    )

"""How many submissions count for each unit and phase: its own, and rolled up the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sangkien_cli.arrays import sum_type
from sangkien_cli.judge import REASONS, Judged
from sangkien_cli.model import RowCounts, Window
from sangkien_cli.pace import first_recent_day


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
    sums: np.ndarray = np.zeros((len(units), phases), dtype=sum_type(judged.count))
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
    undated: Tally | None = None  # rows that count and have no date; None = there are none
    since: Tally | None = None  # since the day that was asked for; None = none was


def tally_all(judged: Judged, also: Sequence[Judged], as_of: date, since: date | None = None) -> Tallies:
    """What was counted, the further tallies judged for themselves, and what the pace and `since` ask for."""
    config = judged.examined.config
    phases = len(config.phases)
    open_phase = next((phase for phase in config.phases if phase.start <= as_of <= phase.end), None)
    undated = judged.counted & ~judged.dated
    return Tallies(
        done=tally(judged, phases),
        also=tuple(tally(each, phases) for each in also),
        recent=tally(judged, phases, judged.within(recent_days(open_phase.start, as_of))) if open_phase else None,
        undated=tally(judged, phases, undated) if undated.any() else None,
        since=tally(judged, phases, judged.within(Window(since, None))) if since else None,
    )


def recent_days(start: date, as_of: date) -> Window:
    """The last days of a window that began at `start`, over which its recent pace is the mean."""
    return Window(first_recent_day(start, as_of), as_of)


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

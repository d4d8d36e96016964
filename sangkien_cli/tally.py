"""How many submissions count for each unit and phase: its own, and rolled up the tree."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sangkien_cli.judge import REASONS, Judged
from sangkien_cli.model import RowCounts


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by position of the unit and of the phase."""

    direct: list[list[int]]  # submissions whose rows name the unit itself
    done: list[list[int]]  # and those of everything under it


def tally(judged: Judged, phases: int) -> Tally:
    """The counted rows, added up for each unit and phase. The roots' `done` is the sum of all `direct`."""
    counted = judged.counted
    units = judged.tree.units
    direct = [[0] * phases for _ in units]
    counts = pd.DataFrame(
        {"unit": judged.unit[counted], "phase": judged.phase[counted], "count": judged.count[counted]}
    )
    sums = counts.groupby(["unit", "phase"], as_index=False)["count"].sum()
    for unit, phase, count in sums.itertuples(index=False):
        direct[unit][phase] = int(count)
    done = [list(own) for own in direct]
    # Children stand behind their parents, so from the end every subtree is complete before it is added.
    for position in range(len(units) - 1, -1, -1):
        parent = units[position].parent
        if parent is not None:
            done[parent] = [a + b for a, b in zip(done[parent], done[position], strict=True)]
    return Tally(direct, done)


def count_rows(judged: Judged) -> RowCounts:
    """Every row accounted for, by reason, and the number of layout rows."""
    often = pd.Series(judged.reason[~judged.counted]).value_counts()
    set_aside = {reason: int(often[i]) for i, reason in enumerate(REASONS) if i in often.index}
    return RowCounts(
        read=len(judged.reason),
        counted=int(judged.counted.sum()),
        set_aside=set_aside,
        layout=sum(len(sheet.layout) for sheet in judged.exports.sheets),
    )

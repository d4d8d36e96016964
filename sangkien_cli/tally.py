"""How many submissions count for each unit and phase: its own, and rolled up the tree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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

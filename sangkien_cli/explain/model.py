"""What an explanation is: the sum, its parts, and the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sangkien_cli.intake import Sheet
from sangkien_cli.judge import Judged
from sangkien_cli.lang import Sentence
from sangkien_cli.model import Attainment, Report, Unit
from sangkien_cli.returns import Leads


@dataclass(frozen=True, slots=True)
class Beyond:
    """A name typed below a unit that is not in the tree: what names it counts for the unit itself."""

    text: str  # as most often typed
    done: int
    rows: int


@dataclass(frozen=True, slots=True)
class OfSheet:
    """A unit's rows in one sheet."""

    sheet: Sheet
    done: int  # submissions counted
    counted: int  # rows that count
    aside: int  # rows that do not


@dataclass(frozen=True, slots=True)
class Explanation:
    """A unit's figure in a phase, or in all of them, as a sum, and the rows that it is made of.

    figure.done = figure.direct + the `done` of all children = the `done` of all files; the `done` of `beyond` is a part
    of figure.direct. The unit's rows are those that count for it or a unit below it, and those set aside whose names
    lead there; with a phase, those of it and those of no phase. Rows whose names lead to no unit are the rows of the
    root, where there is only one.
    """

    report: Report
    judged: Judged
    leads: Mapping[int, Leads]  # by row, of those whose names mean no unit, or one that had ended
    unit: Unit
    above: tuple[Unit, ...]  # those that the figure is a part of, nearest first
    phase: str  # an id, or ALL
    lines: tuple[Attainment, ...]  # the unit in each phase, and then in all
    children: tuple[Attainment, ...]  # the units right below it, in the phase
    beyond: tuple[Beyond, ...]  # most submissions first
    files: tuple[OfSheet, ...]
    verdicts: Mapping[str, int]  # rows by what became of them, in the order of contract §3; only those that occur
    rows: np.ndarray  # the unit's rows, by position in the exports
    why: tuple[str, ...]  # the verdicts whose rows are listed; empty = all
    listed: np.ndarray  # these, by file, sheet and row
    elsewhere: int  # rows of the unit that belong to other phases
    nowhere: int  # rows whose names lead to no unit, in these phases
    nowhere_here: bool  # whether they are among the unit's

    @property
    def figure(self) -> Attainment:
        """The figure that is explained."""
        return next(line for line in self.lines if line.phase == self.phase)

    @property
    def named_itself(self) -> int:
        """The submissions whose rows name the unit, and nothing below it that is unknown."""
        return self.figure.direct - sum(each.done for each in self.beyond)


@dataclass(frozen=True, slots=True)
class Story:
    """Every row that has one code, in all files."""

    report: Report
    judged: Judged
    leads: Mapping[int, Leads]
    code: str
    column: str  # the field in which it was sought
    rows: np.ndarray  # their positions, by file, sheet and row
    near: tuple[str, ...]  # codes like it, where no row has it
    unit: Unit | None  # whose figure is looked at; None = nobody's

    @property
    def counted(self) -> np.ndarray:
        """The positions of those that count."""
        counted: np.ndarray = self.rows[self.judged.counted[self.rows]]
        return counted


@dataclass(frozen=True, slots=True)
class Row:
    """A row with what became of it and what that rests on."""

    position: int  # in the exports
    sheet: Sheet
    number: int  # as Excel shows it
    cell: str  # the cell that decided; of a row that counts, the one that names it
    code: str | None  # None = the quota file has no such column
    title: str | None
    author: str | None
    submitted: date | None  # the date that was read
    unit_text: str  # the names as typed, deepest first
    unit: Unit | None  # that it counts for, or that its names lead to
    phase: str | None
    count: int | None  # None = unreadable
    verdict: str  # COUNTED, or a reason of contract §3
    words: Sentence | None  # what the verdict rests on
    facts: Mapping[str, object]  # the same for programs

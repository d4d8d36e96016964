"""The lists that staff ask a report for: who is behind, who has sent nothing, who is to be rewarded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, get_args

from sangkien_cli import attain
from sangkien_cli.model import ALL, Attainment, Report, Status
from sangkien_cli.ranks import ranks
from sangkien_cli.text import alphabetical

SortKey = Literal["tree", "percent", "short", "done", "name"]
SORT_KEYS: tuple[SortKey, ...] = get_args(SortKey)
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which lines of a report are wanted, and in which order."""

    only: frozenset[Status] = frozenset()  # empty = all; `none`: units without a quota that have nothing, too
    sort: SortKey = "tree"
    reverse: bool = False
    top: int | None = None  # lines per phase

    def holds(self, line: Attainment) -> bool:
        """Whether a line's status is among those wanted. Who has nothing is to be pressed, with a quota or without."""
        has_nothing = line.status == "no-quota" and line.done == 0 and "none" in self.only
        return not self.only or line.status in self.only or has_nothing

    @property
    def is_list(self) -> bool:
        """Whether the lines are a list rather than the tree."""
        return bool(self.only) or self.sort != "tree" or self.top is not None or self.reverse


EVERYTHING = Selection()


def ranked(report: Report) -> Report:
    """The report with each unit's place among its siblings. To be asked before lines are left out."""
    found = ranks(report.attainments, report.as_of)
    lines = tuple(replace(each, rank=rank) for each, rank in zip(report.attainments, found, strict=True))
    return replace(report, attainments=lines)


def select(report: Report, selection: Selection, phase: str | None) -> Report:
    """The lines that are wanted, phase by phase.

    A phase that has not begun is looked at only if it was asked for: there nobody has sent anything. Units that have
    ended can neither be pressed nor rewarded, and are left out.
    """
    if not selection.is_list:
        return report
    begun = [each.id for each in report.phases if each.start <= report.as_of]
    shown = [phase] if phase is not None else [*begun, ALL, *([report.campaign.id] if report.campaign else [])]
    kept: list[Attainment] = []
    for each in shown:
        lines = [line for line in report.attainments if line.phase == each and not line.unit.ended_by(report.as_of)]
        lines = [line for line in lines if selection.holds(line)]
        lines = in_order(lines, selection.sort, reverse=selection.reverse)
        kept += lines[: selection.top]
    phases = tuple(each for each in report.phases if each.id in shown)
    lines_kept = {(line.unit.id, line.phase) for line in kept}
    targets = tuple(each for each in report.targets if (each.unit.id, each.target.phase) in lines_kept)
    return replace(report, attainments=tuple(kept), phases=phases, targets=targets)


def in_order(lines: Sequence[Attainment], sort: SortKey, *, reverse: bool = False) -> list[Attainment]:
    """Lines by percent, shortage or done, the highest first, or by name; equals stand in tree order.

    A line without the figure comes last, either way.
    """
    if sort == "tree":
        return list(reversed(lines)) if reverse else list(lines)
    if sort == "name":
        return sorted(lines, key=lambda each: alphabetical(each.unit.name), reverse=reverse)
    figure = _FIGURES[sort]
    figures = [(figure(each), each) for each in lines]
    sign = 1 if reverse else -1
    able = sorted(((sign * value, each) for value, each in figures if value is not None), key=lambda pair: pair[0])
    return [*(each for _, each in able), *(each for value, each in figures if value is None)]


_FIGURES: dict[str, Callable[[Attainment], Fraction | int | None]] = {
    "percent": lambda each: attain.ratio(each.done, each.quota),
    "short": lambda each: each.short,
    "done": lambda each: each.done,
}

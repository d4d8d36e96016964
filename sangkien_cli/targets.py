"""How far units are with what is asked of them beside quotas (contract §9)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

from sangkien_cli import attain
from sangkien_cli.arrays import by_distinct, take
from sangkien_cli.judge import Judged, passing
from sangkien_cli.model import ALL, Config, Target, TargetResult, Unit
from sangkien_cli.tally import Tally, tally
from sangkien_cli.text import fold, tidy

_EXAMPLES = 3  # amounts shown that cannot be added up
_MOST_DIGITS = 30  # of an amount: beyond that somebody's finger lay on the key


def reach(config: Config, judged: Judged, done: Tally, as_of: date) -> tuple[TargetResult, ...]:
    """The result of every target for every unit that it is asked of, in the order of the units, then of the targets."""
    found = [
        (unit, number, result)
        for number, target in enumerate(config.targets)
        for unit, result in _results(target, config, judged, done, as_of)
    ]
    return tuple(result for _, _, result in sorted(found, key=lambda each: each[:2]))


def _results(
    target: Target, config: Config, judged: Judged, done: Tally, as_of: date
) -> list[tuple[int, TargetResult]]:
    passes = passing(judged.exports, config, target.where) if target.where else None
    if target.measure == "sum":
        amounts = _Amounts(target, config, judged, passes)
        return [(unit, amounts.result(unit)) for unit in target.units]
    counted = done if passes is None else tally(judged, len(config.phases), passes)
    here = [_of_phase(by_phase, target, config) for by_phase in counted.done]
    results = []
    for unit in target.units:
        value, parts = _value(target, unit, config.units, here, _day(target, config, as_of))
        results.append((unit, _result(target, config, unit, value, parts)))
    return results


def _result(
    target: Target, config: Config, unit: int, value: Fraction | None, parts: tuple[int, int] | None
) -> TargetResult:
    percent = None if value is None else attain.percent_of(value, target.at_least, config.percent)
    return TargetResult(target, config.units[unit], value, parts, percent)


def _of_phase(by_phase: Sequence[int], target: Target, config: Config) -> int:
    if target.phase == ALL:
        return sum(by_phase)
    return by_phase[next(i for i, phase in enumerate(config.phases) if phase.id == target.phase)]


def _day(target: Target, config: Config, as_of: date) -> date:
    """The day whose units are looked at: the as-of date, or the last day of a phase that is over."""
    windows = [phase for phase in config.phases if target.phase in (phase.id, ALL)]
    return max(min(as_of, max(phase.end for phase in windows)), min(phase.start for phase in windows))


def _value(
    target: Target, unit: int, units: Sequence[Unit], done: Sequence[int], day: date
) -> tuple[Fraction | None, tuple[int, int] | None]:
    """The value, and what was divided by what. No value where there is nothing to divide by."""
    match target.measure:
        case "average":
            return _ratio(done[unit], len(_below(target, unit, units, day)))
        case "coverage":
            below = _below(target, unit, units, day)
            return _ratio(sum(done[i] >= target.having for i in below), len(below))
        case "per-member":
            return _ratio(done[unit], units[unit].members or 0)
        case _:
            return Fraction(done[unit]), None


def _ratio(part: int, whole: int) -> tuple[Fraction | None, tuple[int, int] | None]:
    return (Fraction(part, whole), (part, whole)) if whole else (None, None)


def _below(target: Target, top: int, units: Sequence[Unit], day: date) -> list[int]:
    """The units of the target's kind below one that exist on a day."""
    inside = {top}
    found = []
    for i in range(top + 1, len(units)):
        unit = units[i]
        if unit.parent not in inside:
            break  # in tree order whatever lies below a unit stands right behind it
        inside.add(i)
        if unit.kind and fold(unit.kind) == fold(target.kind or "") and unit.valid.holds(day):
            found.append(i)
    return found


class _Amounts:
    """The amounts of the rows that count, added up exactly; what is no plain number is told, never guessed."""

    def __init__(self, target: Target, config: Config, judged: Judged, passes: np.ndarray | None) -> None:
        assert target.field is not None
        self.target, self.config, self.judged = target, config, judged
        rows = judged.counted if passes is None else judged.counted & passes
        if target.phase != ALL:
            rows = rows & (judged.phase == next(i for i, p in enumerate(config.phases) if p.id == target.phase))
        self.rows = np.flatnonzero(rows)
        self.texts = take(judged.exports.texts[target.field], self.rows)
        self.states = by_distinct(self.texts, lambda text: _BLANK if not fold(text) else amount(text) is not None, int)

    def result(self, unit: int) -> TargetResult:
        """The sum of a unit and everything below it."""
        units = self.config.units
        inside = np.zeros(len(units), dtype=bool)
        inside[unit] = True
        for i in range(unit + 1, len(units)):
            parent = units[i].parent
            if parent is None or not inside[parent]:
                break
            inside[i] = True
        mine = inside[self.judged.unit[self.rows]]
        read = np.flatnonzero(mine & (self.states == 1))
        total = sum((amount(text) or Fraction(0) for text in take(self.texts, read).to_pylist()), Fraction(0))
        unread = np.flatnonzero(mine & (self.states == 0))
        shown = take(self.texts, unread[:_EXAMPLES]).to_pylist()
        return TargetResult(
            target=self.target,
            unit=units[unit],
            value=total,
            parts=None,
            percent=attain.percent_of(total, self.target.at_least, self.config.percent),
            unread=len(unread),
            blank=int((mine & (self.states == _BLANK)).sum()),
            places=tuple(
                f"{self.judged.exports.place(int(self.rows[row]))} “{tidy(text)[:40]}”"
                for row, text in zip(unread[:_EXAMPLES], shown, strict=True)
            ),
        )


_BLANK = 2


def amount(text: str) -> Fraction | None:
    """A plain number ≥ 0; None for anything else.

    >>> amount("1000000"), amount("2.5"), amount("1.000.000"), amount("1.000"), amount("5 triệu")
    (Fraction(1000000, 1), Fraction(5, 2), None, None, None)
    """
    plain = text.strip()
    if len(plain) > _MOST_DIGITS or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain):
        return None
    # Where a column does not tell what its points mean, 1.000 may well be one thousand.
    return None if re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", plain) else Fraction(Decimal(plain))

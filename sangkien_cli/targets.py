"""How far units are with what is asked of them beside quotas (contract §9)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

from sangkien_cli import attain
from sangkien_cli.arrays import codes, distinct, sum_type
from sangkien_cli.exports import Exports
from sangkien_cli.judge import Judged, passing
from sangkien_cli.model import ALL, Config, Field, Target, TargetResult, Unit
from sangkien_cli.sheets.source import address
from sangkien_cli.tally import Tally, tally
from sangkien_cli.text import fold, tidy
from sangkien_cli.units import rolled_up

_EXAMPLES = 3  # amounts shown that cannot be added up
_LETTERS = 40  # shown of each of them
_MOST_DIGITS = 30  # of an amount: beyond that somebody's finger lay on the key


def reach(config: Config, judged: Judged, done: Tally, as_of: date) -> tuple[TargetResult, ...]:
    """The result of every target for every unit that it is asked of, in the order of the units, then of the targets."""
    found = [
        (unit, number, result)
        for number, target in enumerate(config.targets)
        for unit, result in zip(target.units, _results(target, config, judged, done, as_of), strict=True)
    ]
    return tuple(result for _, _, result in sorted(found, key=lambda each: each[:2]))


def _results(target: Target, config: Config, judged: Judged, done: Tally, as_of: date) -> Iterator[TargetResult]:
    """The results of the units that a target is asked of."""
    passes = passing(judged.exports, config, target.where) if target.where else None
    phases = [i for i, phase in enumerate(config.phases) if target.phase in (phase.id, ALL)]
    if target.field is not None:
        rows = judged.counted if passes is None else judged.counted & passes
        yield from _sums(target, target.field, config, judged, np.flatnonzero(rows & np.isin(judged.phase, phases)))
        return
    counted = done if passes is None else tally(judged, len(config.phases), passes)
    here = [sum(by_phase[i] for i in phases) for by_phase in counted.done]
    if target.measure == "count":
        yield from (_result(target, config, unit, Fraction(here[unit])) for unit in target.units)
        return
    # Units are looked at on the as-of date, or on the last day of a phase that is over.
    first, last = (min(config.phases[i].start for i in phases), max(config.phases[i].end for i in phases))
    parts = _parts(target, config.units, here, max(min(as_of, last), first))
    for unit in target.units:
        part, whole = parts[unit]
        result = _result(target, config, unit, Fraction(part, whole) if whole else None)
        yield replace(result, parts=(part, whole) if whole else None)


def _result(target: Target, config: Config, unit: int, value: Fraction | None) -> TargetResult:
    percent = None if value is None else attain.percent_of(value, target.at_least, config.percent)
    return TargetResult(target, config.units[unit], value, None, percent)


# --- ratios --------------------------------------------------------------------------------------------------------


def _parts(target: Target, units: Sequence[Unit], done: Sequence[int], day: date) -> list[tuple[int, int]]:
    """For each unit what is divided by what."""
    if target.measure == "per-member":
        return [(number, unit.members or 0) for number, unit in zip(done, units, strict=True)]
    kind = fold(target.kind or "")
    there = [bool(unit.kind) and fold(unit.kind or "") == kind and unit.valid.holds(day) for unit in units]
    if target.measure == "average":
        return list(zip(done, _below(units, there), strict=True))
    covered = [exists and number >= target.having for exists, number in zip(there, done, strict=True)]
    return list(zip(_below(units, covered), _below(units, there), strict=True))


def _below(units: Sequence[Unit], among: Sequence[bool]) -> list[int]:
    """How many of some units there are below each one."""
    return [number - itself for number, itself in zip(rolled_up(units, among), among, strict=True)]


# --- sums ----------------------------------------------------------------------------------------------------------

_READ, _UNREAD, _BLANK = range(3)


def _sums(target: Target, field: Field, config: Config, judged: Judged, rows: np.ndarray) -> Iterator[TargetResult]:
    """The amounts of some rows, added up exactly; what is no plain number is told, never guessed."""
    units, column = config.units, judged.exports.texts[field]
    texts = distinct(column)
    amounts = [amount(text) for text in texts]
    # Whole numbers of the smallest part that occurs are added up at once, and as exactly as fractions.
    scale = math.lcm(*{each.denominator for each in amounts if each is not None})
    numbers = [0 if each is None else each.numerator * (scale // each.denominator) for each in amounts]
    kinds = [
        _READ if each is not None else _UNREAD if fold(text) else _BLANK
        for text, each in zip(texts, amounts, strict=True)
    ]
    text_of, unit_of = codes(column)[rows], judged.unit[rows]
    added = np.array(numbers, dtype=object)[text_of]
    sums: np.ndarray = np.zeros(len(units), dtype=sum_type(added))
    np.add.at(sums, unit_of, added.astype(sums.dtype))
    totals = rolled_up(units, sums.tolist())

    kind_of = np.array(kinds, dtype=np.int8)[text_of]
    unread, blank = (
        rolled_up(units, np.bincount(unit_of[kind_of == kind], minlength=len(units)).tolist())
        for kind in (_UNREAD, _BLANK)
    )
    odd = np.flatnonzero(kind_of == _UNREAD)
    examples = _first_rows(units, unit_of[odd].tolist(), rows[odd].tolist())
    for unit in target.units:
        yield replace(
            _result(target, config, unit, Fraction(totals[unit], scale)),
            unread=unread[unit],
            blank=blank[unit],
            places=tuple(_cell(judged.exports, row, field) for row in examples[unit]),
        )


def _first_rows(units: Sequence[Unit], unit_of: Sequence[int], rows: Sequence[int]) -> list[list[int]]:
    """For each unit the first few of the rows that name it or a unit below it."""
    first: list[list[int]] = [[] for _ in units]
    for unit, row in zip(unit_of, rows, strict=True):
        here: int | None = unit
        # Whatever stands above a unit that has enough has enough too.
        while here is not None and len(first[here]) < _EXAMPLES:
            first[here].append(row)
            here = units[here].parent
    return first


def _cell(exports: Exports, row: int, field: Field) -> tuple[str, str]:
    """Where a row's amount stands, and what stands there."""
    sheet = exports.sheets[exports.sheet[row]]
    place = f"{sheet.place} {address(int(exports.row[row]), sheet.header.positions[field])}"
    return place, tidy(exports.texts[field][row].as_py())[:_LETTERS]


def amount(text: str) -> Fraction | None:
    """A plain number ≥ 0; None for anything else.

    >>> amount("1000000"), amount("2.5"), amount("0.125"), amount("1.000.000"), amount("1.000"), amount("5 triệu")
    (Fraction(1000000, 1), Fraction(5, 2), Fraction(1, 8), None, None, None)
    """
    plain = text.strip()
    if len(plain) > _MOST_DIGITS or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain):
        return None
    # Where a column does not tell what its points mean, 1.000 may well be one thousand.
    return None if re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", plain) else Fraction(Decimal(plain))

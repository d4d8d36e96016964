"""Which rules print a figure so, and between which counts and quotas they do: in whole numbers, exact at the edges.

A printed percent stands for an interval of exact ones, whose ends depend on the rule:

    half-up    [p − ½u, p + ½u)      u = one of its last digit
    down       [p, p + u)
    up         (p − u, p]
    half-even  [p − ½u, p + ½u] if its last digit is even, else (p − ½u, p + ½u)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

from sangkien_cli.claims import Kind, Printed
from sangkien_cli.model import Rounding

RULES: tuple[Rounding, ...] = get_args(Rounding)


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `low` to `high`, both inclusive."""

    low: int
    high: int | None  # None = without an end

    def holds(self, number: int) -> bool:
        """Whether a number is one of them."""
        return self.low <= number and (self.high is None or number <= self.high)


@dataclass(frozen=True, slots=True)
class Interval:
    """The exact percents, of done / quota, that a rule prints as one figure: between two numbers over `unit`."""

    low: int
    high: int
    unit: int
    has_low: bool  # whether the end itself belongs to it
    has_high: bool

    def holds(self, done: int, quota: int) -> bool:
        """Whether 100 × done / quota lies in it; quota > 0."""
        value = 100 * done * self.unit
        low, high = self.low * quota, self.high * quota
        return (low < value or (self.has_low and low == value)) and (value < high or (self.has_high and value == high))

    def quotas(self, done: int) -> Range | None:
        """The quotas > 0 of which a count is such a percent; None if there are none.

        >>> interval(Printed("392", Fraction(392)), "of", "half-up").quotas(819)
        Range(low=209, high=209)
        """
        if done == 0:  # 0 % of every quota
            return Range(1, None) if self.holds(0, 1) else None
        if self.high == 0:
            return None
        value = 100 * done * self.unit
        low = max(_above(value, self.high, inclusive=self.has_high), 1)
        high = None if self.low == 0 else _below(value, self.low, inclusive=self.has_low)
        return None if high is not None and high < low else Range(low, high)

    def counts(self, quota: int) -> Range | None:
        """The counts that are such a percent of a quota > 0; None if there are none.

        >>> interval(Printed("76.5", Fraction("76.5"), 1), "of", "half-up").counts(5000)
        Range(low=3823, high=3827)
        """
        scale = 100 * self.unit
        low = max(_above(self.low * quota, scale, inclusive=self.has_low), 0)
        high = _below(self.high * quota, scale, inclusive=self.has_high)
        return None if high < low else Range(low, high)


def _above(number: int, divisor: int, *, inclusive: bool) -> int:
    """The smallest whole number that is at least number / divisor, or above it."""
    return -(-number // divisor) if inclusive else number // divisor + 1


def _below(number: int, divisor: int, *, inclusive: bool) -> int:
    """The largest whole number that is at most number / divisor, or below it."""
    return number // divisor if inclusive else -(-number // divisor) - 1


def interval(percent: Printed, kind: Kind, rule: Rounding) -> Interval:
    """The exact percents that a rule prints as this figure; "vượt X%" speaks of what is beyond 100."""
    scale = 10**percent.decimals
    digits = percent.value.numerator * (scale // percent.value.denominator)
    twice = 2 * digits
    match rule:
        case "half-up":
            low, high, has_low, has_high = twice - 1, twice + 1, True, False
        case "down":
            low, high, has_low, has_high = twice, twice + 2, True, False
        case "up":
            low, high, has_low, has_high = twice - 2, twice, False, True
        case "half-even":
            even = digits % 2 == 0
            low, high, has_low, has_high = twice - 1, twice + 1, even, even
    return _meant(low, high, has_low, has_high, 2 * scale, kind)


def by_any_rule(percent: Printed, kind: Kind) -> Interval:
    """The exact percents that some rule prints as this figure: those less than one of its last digit away."""
    scale = 10**percent.decimals
    twice = 2 * percent.value.numerator * (scale // percent.value.denominator)
    return _meant(twice - 2, twice + 2, False, False, 2 * scale, kind)


def _meant(low: int, high: int, has_low: bool, has_high: bool, unit: int, kind: Kind) -> Interval:
    """An interval of what a percent of this kind says, as one of done / quota."""
    floor = 100 * unit if kind == "over" else 0  # nobody is beyond 100 % who is below it
    low, high = low + floor, high + floor
    return Interval(floor, high, unit, True, has_high) if low < floor else Interval(low, high, unit, has_low, has_high)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What done, quota and percent of a claim make of each other."""

    exact: Fraction | None  # 100 × done / quota; None where one is missing, or the quota is 0
    reproduced_by: tuple[Rounding, ...] | None  # None = there is nothing to be reproduced
    implied_quota: Range | None  # of which half-up prints the percent; None = of none, or a figure is missing
    implied_done: Range | None


def work_out(done: int | None, quota: int | None, percent: Printed | None, kind: Kind) -> Arithmetic:
    """The arithmetic of a claim. Where done or quota is missing, a rule reproduces the percent if it does so for some
    whole number in that place."""
    exact = Fraction(100 * done, quota) if done is not None and quota else None
    if percent is None or (done is None and quota is None):
        return Arithmetic(exact, None, None, None)
    half_up = interval(percent, kind, "half-up")
    return Arithmetic(
        exact,
        tuple(rule for rule in RULES if _prints(interval(percent, kind, rule), done, quota)),
        None if done is None else half_up.quotas(done),
        None if not quota else half_up.counts(quota),
    )


def _prints(found: Interval, done: int | None, quota: int | None) -> bool:
    if quota == 0:
        return False
    if quota is None:
        return done is not None and found.quotas(done) is not None
    return found.counts(quota) is not None if done is None else found.holds(done, quota)


def value_of(exact: Fraction, kind: Kind) -> Fraction:
    """The exact figure that a claim's percent speaks of."""
    return exact - 100 if kind == "over" else exact

"""How far bars reach that stand below one another: one scale for all of them, by what they have to show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

_LEAST = 125  # percent: what is a little over the quota is seen to be
_FAR = 2  # times what three quarters of the bars reach: beyond that a bar is cut off, and so marked


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from nothing to `end` percent; bars of more than `longest` are cut off there."""

    longest: int
    end: int

    def cuts(self, share: Fraction) -> bool:
        """Whether a bar is longer than the scale."""
        return _percent(share) > self.longest

    def length(self, share: Fraction) -> Fraction:
        """A bar's length in percent: full only from the quota on, empty only at nothing."""
        if self.cuts(share):
            return Fraction(self.end)
        percent = 100 * share
        return min(max(percent, Fraction(1)), Fraction(99)) if 0 < percent < 100 else percent


def scale_of(shares: Iterable[Fraction]) -> Scale:
    """The scale that holds all bars but those far beyond the rest.

    >>> scale_of([Fraction(124, 100), Fraction(247, 100)]), scale_of([Fraction(9, 10)] * 3 + [Fraction(40)])
    (Scale(longest=247, end=247), Scale(longest=125, end=150))
    """
    percents = sorted(map(_percent, shares)) or [0]
    most = max(percents[3 * (len(percents) - 1) // 4], _LEAST)
    longest = max(max((each for each in percents if each <= _FAR * most), default=0), _LEAST)
    return Scale(longest, longest if percents[-1] <= longest else longest * 6 // 5)


def _percent(share: Fraction) -> int:
    """Not rounded up: a share is compared often, and whole numbers are quick."""
    return 100 * share.numerator // share.denominator

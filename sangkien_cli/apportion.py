"""A whole number divided in proportion to weights: whole parts that add up to it exactly, and how far each of them is
from the exact share. Pure arithmetic on whole numbers and fractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heapreplace
from itertools import accumulate
from typing import Literal

Method = Literal["hamilton", "sainte-lague"]
Obstacle = Literal["least", "weight"]  # the minimums are more than there is; something is left, and no weight


@dataclass(frozen=True, slots=True)
class Share:
    """What one of the units gets."""

    share: Fraction  # exact; the shares add up to what is divided
    given: int  # and so do these
    minimum: bool  # whether its weight alone would give it less than the minimum

    @property
    def remainder(self) -> Fraction:
        """What the exact share has beyond a whole number."""
        return self.share % 1


def obstacle(quota: int, weights: Sequence[int], at_least: int = 0) -> Obstacle | None:
    """Why a quota cannot be divided; None if it can."""
    rest = quota - at_least * len(weights)
    if rest < 0:
        return "least"
    return "weight" if rest and not any(weights) else None


def apportion(quota: int, weights: Sequence[int], at_least: int = 0, method: Method = "hamilton") -> tuple[Share, ...]:
    """The quota divided in proportion to the weights, nobody getting less than `at_least`.

    The exact shares are max(at_least, c × weight), with the c for which they add up to the quota. Hamilton's method
    gives everyone the whole part of the share, and the rest one each to the largest remainders; so nobody is 1 or
    more from the exact share. Sainte-Laguë's begins with the minimums and gives one after another to the highest
    weight / (2 × what it has + 1). Of equals the larger weight goes first, then the one that stands first.

    Raises ValueError where there is an `obstacle`.

    >>> [each.given for each in apportion(10, [50, 30, 20, 5])]
    [5, 3, 2, 0]
    >>> [each.given for each in apportion(10, [50, 30, 20, 5], at_least=1)]
    [4, 3, 2, 1]
    """
    if (why := obstacle(quota, weights, at_least)) is not None:
        raise ValueError(why)
    rate = _rate(quota, weights, at_least)
    shares = [max(Fraction(at_least), rate * weight) for weight in weights]
    if method == "hamilton":
        given = _largest_remainders(quota, weights, shares)
    else:
        given = _highest_averages(quota, weights, at_least)
    return tuple(
        Share(share, number, minimum=rate * weight < at_least)
        for share, number, weight in zip(shares, given, weights, strict=True)
    )


def _rate(quota: int, weights: Sequence[int], at_least: int) -> Fraction:
    """The c for which max(at_least, c × weight) add up to the quota; 0 where the minimums alone do."""
    if quota == at_least * len(weights):
        return Fraction(0)
    # The lightest get the minimum, one more of them at a time, until the next one's share is no less than it.
    ascending = sorted(weights)
    lighter = accumulate(ascending, initial=0)
    total = sum(ascending)
    return next(
        Fraction(left, over)
        for pinned, (weight, below) in enumerate(zip(ascending, lighter, strict=False))
        if (over := total - below) and (left := quota - at_least * pinned) * weight >= at_least * over
    )


def _largest_remainders(quota: int, weights: Sequence[int], shares: Sequence[Fraction]) -> list[int]:
    given = [int(share) for share in shares]
    by_claim = sorted(range(len(shares)), key=lambda i: (-(shares[i] % 1), -weights[i], i))
    for i in by_claim[: quota - sum(given)]:
        given[i] += 1
    return given


def _highest_averages(quota: int, weights: Sequence[int], at_least: int) -> list[int]:
    given = _sure_part(quota, weights, at_least)
    queue = [(-Fraction(weight, 2 * given[i] + 1), -weight, i) for i, weight in enumerate(weights) if weight]
    heapify(queue)
    for _ in range(quota - sum(given)):
        i = queue[0][2]
        given[i] += 1
        heapreplace(queue, (-Fraction(weights[i], 2 * given[i] + 1), -weights[i], i))
    return given


def _sure_part(quota: int, weights: Sequence[int], at_least: int) -> list[int]:
    """What everyone gets before the quota can be used up, so that few steps are left.

    When every average of 1 / (2c) or more has had its turn, everyone has max(at_least, c × weight rounded half up).
    Rounding adds at most a half to each: a c that is right for a quota lower by these halves is not too large.
    """
    lower = quota - (len(weights) + 1) // 2
    if lower <= at_least * len(weights):
        return [at_least] * len(weights)
    rate = _rate(lower, weights, at_least)
    return [max(at_least, (2 * rate.numerator * each + rate.denominator) // (2 * rate.denominator)) for each in weights]

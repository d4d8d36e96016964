"""From done and quota to a ratio, a status and the printed percent: the only place where a figure is rounded."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from sangkien_cli.lang import Lang, decimal, whole
from sangkien_cli.model import Beside, Config, PercentRule, Rounding, Status


def ratio(done: int, quota: int | None) -> Fraction | None:
    """100 × done / quota, exact; None without a quota or with a quota of 0."""
    return Fraction(100 * done, quota) if quota else None


def status(done: int, quota: int | None, near: Fraction) -> Status:
    """The unit's status, decided on the exact ratio (contract §4). `near` is a percent.

    >>> status(4999, 5000, Fraction(90)), status(0, 0, Fraction(90)), status(5, None, Fraction(90))
    ('near', 'none', 'no-quota')
    """
    return "no-quota" if quota is None else status_of(done, quota, near)


def status_of(value: int | Fraction, asked: int | Fraction, near: Fraction) -> Status:
    """The status of a value of which something is asked."""
    if value == 0:
        return "none"
    if value >= asked:
        return "met" if value == asked else "exceeded"
    return "near" if 100 * value >= near * asked else "below"


def standing(done: int, quota: int | None, config: Config, allocated: int | None = None) -> Beside:
    """How far a number is with a quota on some basis."""
    return Beside(
        quota=quota,
        allocated=allocated,
        percent=percent(done, quota, config.percent),
        short=None if quota is None else max(quota - done, 0),
        status=status(done, quota, config.near),
    )


def rounded(value: Fraction, decimals: int, rounding: Rounding) -> str:
    """A number ≥ 0 at a number of decimals, dot decimal.

    >>> rounded(Fraction(14900, 44), 0, "half-up"), rounded(Fraction(14900, 44), 0, "down")
    ('339', '338')
    >>> rounded(Fraction(1, 8), 2, "half-up"), rounded(Fraction(1, 8), 2, "half-even")
    ('0.13', '0.12')
    """
    scaled = value * 10**decimals
    below, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest - scaled.denominator  # < 0: nearer to below; 0: a half; > 0: nearer to above
    match rounding:
        case "down":
            up = False
        case "up":
            up = rest > 0
        case "half-up":
            up = twice >= 0
        case "half-even":
            up = twice > 0 or (twice == 0 and below % 2 == 1)
    digits = str(below + up).rjust(decimals + 1, "0")
    return digits if decimals == 0 else f"{digits[:-decimals]}.{digits[-decimals:]}"


@lru_cache(maxsize=1 << 14)
def percent(done: int, quota: int | None, rule: PercentRule) -> str | None:
    """The percent as printed: dot decimal, no sign; None where there is none.

    A figure below its quota never prints as 100, one above zero never as 0: decimals are added until it does not.

    >>> percent(4999, 5000, PercentRule(0)), percent(1, 5000, PercentRule(0)), percent(5000, 5000, PercentRule(0))
    ('99.98', '0.02', '100')
    """
    exact = ratio(done, quota)
    return None if exact is None else shown(exact, Fraction(100), rule)


def percent_of(value: Fraction, asked: Fraction, rule: PercentRule) -> str | None:
    """The percent that a value is of what is asked, printed like `percent`; None where 0 is asked."""
    return shown(100 * value / asked, Fraction(100), rule) if asked else None


def shown_below(value: Fraction, bound: Fraction, rule: PercentRule) -> str:
    """A value likewise, a whole number without decimals.

    >>> [shown_below(value, Fraction(2), PercentRule(1)) for value in (Fraction(1999, 1000), Fraction(5))]
    ['1.999', '5']
    """
    if value.denominator == 1:
        return str(value.numerator)
    return shown(value, bound, rule)


def shown(exact: Fraction, bound: Fraction, rule: PercentRule) -> str:
    """A value ≥ 0 as printed: dot decimal, never as a bound that it does not reach, and never as 0 above that."""
    decimals = rule.decimals
    while True:
        text = rounded(exact, decimals, rule.rounding)
        printed = Fraction(text)
        if not (printed == 0 < exact or exact < bound <= printed):
            return text
        decimals += 1


def exact(value: Fraction) -> str:
    """A number as it is: a decimal where that has an end, else `n/d`.

    >>> exact(Fraction(5, 2)), exact(Fraction(-3)), exact(Fraction(11, 12)), exact(Fraction(1, 80))
    ('2.5', '-3', '11/12', '0.0125')
    """
    rest, decimals = value.denominator, 0
    for prime in (2, 5):
        times = 0
        while rest % prime == 0:
            rest, times = rest // prime, times + 1
        decimals = max(decimals, times)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    sign = "-" if value < 0 else ""
    digits = str(abs(value.numerator) * 10**decimals // value.denominator).rjust(decimals + 1, "0")
    return sign + (digits if decimals == 0 else f"{digits[:-decimals]}.{digits[-decimals:]}")


def figure(done: int, quota: int | None, percent_text: str | None, lang: Lang) -> str:
    """The line of a figure: `2,660/5,091 = 52.2%`; without a quota `2,660`; with a quota of 0 `2,660/0`."""
    if quota is None:
        return whole(done, lang)
    counts = f"{whole(done, lang)}/{whole(quota, lang)}"
    return counts if percent_text is None else f"{counts} = {decimal(percent_text, lang)}%"

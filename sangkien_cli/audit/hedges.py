"""What a word such as "khoảng" or "trên" before a figure claims, and whether that is so."""

from __future__ import annotations

from fractions import Fraction

from sangkien_cli.claims import Printed


def is_so(printed: Printed, exact: Fraction) -> bool:
    """Whether an exact value is what a hedged figure says of it.

    "trên 205" is more than 205 and "gần 80" is less than 80: these are decided exactly. How far off "gần" and "khoảng"
    may be is read off the digits as printed: "gần 80" one of its last digit that is not 0, so 70 < x < 80, "khoảng 80"
    half of one, 75 ≤ x ≤ 85, and never more than a tenth, or a twentieth, of the figure: "khoảng 100" is 95 to 105.

    >>> from sangkien_cli.claims.numbers import hedge_of
    >>> say = lambda word, number: Printed(str(number), Fraction(number), 0, hedge_of(word))
    >>> is_so(say("trên", 205), Fraction(20467, 100)), is_so(say("gần", 4000), Fraction(3889))
    (False, True)
    """
    value = printed.value
    assert printed.hedge is not None
    match printed.hedge.means:
        case "above":
            return exact > value
        case "below":
            return exact < value
        case "at-least":
            return exact >= value
        case "at-most":
            return exact <= value
        case "almost":
            return value - min(_one(printed), value / 10) <= exact < value
        case "about":
            return abs(exact - value) <= min(_one(printed) / 2, value / 20)


def _one(printed: Printed) -> Fraction:
    """One of the last digit that is not 0; of a figure with decimals one of its last digit."""
    if printed.decimals:
        return Fraction(1, 10**printed.decimals)
    number, unit = printed.value.numerator, 1
    while number and number % 10 == 0:
        number, unit = number // 10, unit * 10
    return Fraction(unit)

"""What a figure claims when a word such as "khoảng" or "trên" stands before it, and whether that is so."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sangkien_cli.audit.arithmetic import RULES, Interval, Range, interval
from sangkien_cli.claims import Kind, Printed


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers ≥ 0 between two ends."""

    low: Fraction
    high: Fraction | None  # None = without an end
    has_low: bool = True  # whether the end itself is one of them
    has_high: bool = True

    def holds(self, number: Fraction) -> bool:
        """Whether a number is one of them."""
        over = number > self.low or (self.has_low and number == self.low)
        return over and (self.high is None or number < self.high or (self.has_high and number == self.high))

    def meets(self, other: Span) -> bool:
        """Whether the two have a number in common."""
        return _reaches(self, other) and _reaches(other, self)

    def whole(self) -> Range | None:
        """The whole numbers among them; None if there are none."""
        low = -(-self.low.numerator // self.low.denominator)
        low += low == self.low and not self.has_low
        if self.high is None:
            return Range(low, None)
        high = self.high.numerator // self.high.denominator
        high -= high == self.high and not self.has_high
        return Range(low, high) if low <= high else None


def _reaches(one: Span, two: Span) -> bool:
    """Whether one does not end before the other begins."""
    if one.high is None or one.high > two.low:
        return True
    return one.high == two.low and one.has_high and two.has_low


def meaning(printed: Printed) -> Span:
    """The numbers of which a figure may be said; the figure itself where no word stands before it.

    "trên 205" is more than 205 and "gần 80" is less than 80. How far off "gần" and "khoảng" may be is read off the
    digits as printed: "gần 80" one of its last digit that is not 0, so 72 ≤ x < 80, and "khoảng 80" half of one; but
    never more than a tenth, or a twentieth, of the figure: 76 ≤ x ≤ 84.

    >>> from sangkien_cli.claims.numbers import hedge_of
    >>> say = lambda word, number: meaning(Printed(str(number), Fraction(number), 0, hedge_of(word)))
    >>> say("trên", 205).holds(Fraction(20467, 100)), say("gần", 4000).whole(), say("khoảng", 80).whole()
    (False, Range(low=3600, high=3999), Range(low=76, high=84))
    """
    value = printed.value
    if printed.hedge is None:
        return Span(value, value)
    nothing = Fraction(0)
    match printed.hedge.means:
        case "above":
            return Span(value, None, has_low=False)
        case "below":
            return Span(nothing, value, has_high=False)
        case "at-least":
            return Span(value, None)
        case "at-most":
            return Span(nothing, value)
        case "almost":
            return Span(value - min(_one(printed), value / 10), value, has_high=False)
        case "about":
            off = min(_one(printed) / 2, value / 20)
            return Span(value - off, value + off)


def is_so(printed: Printed, exact: Fraction) -> bool:
    """Whether an exact value is what a figure says of it."""
    return meaning(printed).holds(exact)


def _one(printed: Printed) -> Fraction:
    """One of the last digit that is not 0; of a figure with decimals one of its last digit."""
    if printed.decimals:
        return Fraction(1, 10**printed.decimals)
    number, unit = printed.value.numerator, 1
    while number and number % 10 == 0:
        number, unit = number // 10, unit * 10
    return Fraction(unit)


def ratios(percent: Printed, kind: Kind) -> tuple[Span, ...]:
    """The percents, of done / quota, of which a claim's may be said: by its word, or by any rule that prints it."""
    printed = tuple(_span(interval(percent, kind, rule)) for rule in RULES)
    if percent.hedge is None:
        return printed
    said = meaning(percent)
    if kind == "over":
        said = Span(said.low + 100, None if said.high is None else said.high + 100, said.has_low, said.has_high)
    return (said, *printed) if percent.hedge.means == "about" else (said,)


def _span(found: Interval) -> Span:
    unit = found.unit
    return Span(Fraction(found.low, unit), Fraction(found.high, unit), found.has_low, found.has_high)


def counts(ratio: Span, quotas: Span) -> Span:
    """The counts that are such a percent of a quota > 0, or of one of several."""
    if ratio.high == 0:
        high, has_high = Fraction(0), ratio.has_high
    elif ratio.high is None or quotas.high is None:
        high, has_high = None, True
    else:
        high, has_high = ratio.high * quotas.high / 100, ratio.has_high and quotas.has_high
    # 0 % is 0 of every quota.
    has_low = ratio.has_low and (quotas.has_low or ratio.low == 0)
    return Span(ratio.low * quotas.low / 100, high, has_low, has_high)


def quotas(ratio: Span, counts: Span) -> Span | None:
    """The quotas of which a count, or one of several, is such a percent; None if there are none."""
    if ratio.high == 0 and counts.low > 0:
        return None
    low = Fraction(1) if not ratio.high else 100 * counts.low / ratio.high
    high = None if ratio.low == 0 or counts.high is None else 100 * counts.high / ratio.low
    has_low = not ratio.high or (ratio.has_high and counts.has_low)
    return Span(max(low, Fraction(1)), high, has_low or low < 1, ratio.has_low and counts.has_high)

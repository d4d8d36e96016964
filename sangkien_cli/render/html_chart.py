"""The trend as lines for an inline SVG: where everything lies, the words beside it; the page draws it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sangkien_cli.lang import Lang, whole
from sangkien_cli.render.chart import curve, day_ticks, highest, number_ticks
from sangkien_cli.trend import Trend

_TOP, _BELOW, _LETTER = 28, 32, 8  # room above and below the curve, and that of a digit


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart of a size; numbers are pixels from the upper left corner."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    numbers: tuple[tuple[int, str], ...]  # y, label
    days: tuple[tuple[int, str, str], ...]  # x, the side of the label that stands there, label
    line: str  # the path to the quota; "" without one
    curve: str
    area: str
    end: tuple[int, int]  # where the curve ends
    label: tuple[int, int, str, str]  # x, y, side and text of its last number


def draw(trend: Trend, lang: Lang, width: int, height: int, most_days: int) -> Drawing:
    """The chart of a trend that has points, with at most so many dates below it."""
    top = highest(trend)
    ticks = number_ticks(top, 6)
    left = _LETTER * max(len(whole(tick, lang)) for tick in ticks) + 12
    right, bottom = width - 8, height - _BELOW
    span = max(trend.days, 1)

    def x(days: int) -> int:
        return left + round(Fraction(days * (right - left), span))

    def y(number: int) -> int:
        return bottom - round(Fraction(number * (bottom - _TOP), top))

    days, numbers = curve(trend)
    points = [(x(day), y(number)) for day, number in zip(days, numbers, strict=True)]
    path = "M" + "L".join(f"{across} {down}" for across, down in points)
    at, dates = day_ticks(trend, most_days, lang)
    sides = ["start", *["middle"] * (len(at) - 2), "end"] if len(at) > 1 else ["start"]
    end = points[-1]
    above = (trend.points[-1].ahead or 0) >= 0
    late = end[0] > left + (right - left) * 3 // 4
    return Drawing(
        width=width,
        height=height,
        left=left,
        right=right,
        bottom=bottom,
        numbers=tuple((y(tick), whole(tick, lang)) for tick in ticks),
        days=tuple((x(day), side, date) for day, side, date in zip(at, sides, dates, strict=True)),
        line=f"M{left} {bottom}L{right} {y(trend.quota)}" if trend.quota else "",
        curve=path,
        area=f"{path}V{bottom}H{left}Z",
        end=end,
        label=(
            end[0] + (-10 if above or late else 10),
            end[1] - 8 if above else min(end[1] + 20, bottom - 6),  # not across the axis
            "end" if above or late else "start",
            whole(numbers[-1], lang),
        ),
    )

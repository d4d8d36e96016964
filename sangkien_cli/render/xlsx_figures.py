"""Figures as they are printed, read back into numbers, and the formulas that give them again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

from sangkien_cli.lang import Lang, decimal, whole
from sangkien_cli.model import Rounding

_MOST = 10**15  # from which on Excel keeps no whole number
_EXACT = 10**13  # up to which its rounding is sure: numbers are kept to 15 digits
_PER_CENT = 2  # decimals that a share has beyond its percent


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number: its value, and the format in which Excel shows it alike."""

    value: int | float
    format: str


@dataclass(frozen=True, slots=True)
class Figure:
    """`3.889/5.000 = 77,8%` taken apart; a part that is not printed is None."""

    done: int
    quota: int | None = None
    percent: str | None = None  # dot decimal, no sign

    @property
    def decimals(self) -> int:
        """How many decimals the percent was printed with."""
        return len((self.percent or "").partition(".")[2])

    @property
    def share(self) -> float | None:
        """The percent as Excel holds it: 0.778."""
        return None if self.percent is None else _share(self.percent)

    @property
    def is_sure(self) -> bool:
        """Whether Excel's numbers are exact enough to give the percent again."""
        scale: int = 10 ** (self.decimals + _PER_CENT)
        return max(self.done, self.quota or 0) * scale < _EXACT


@lru_cache(maxsize=1 << 12)
def _share(percent: str) -> float:
    return float(Fraction(percent) / 100)


@lru_cache(maxsize=1 << 12)
def figure_in(text: str, lang: Lang) -> Figure | None:
    """A line's figure; None if it is none of whole numbers that Excel can hold.

    >>> figure_in("3.889/5.000 = 77,8%", "vi"), figure_in("2,660", "en"), figure_in("12/6 = 2,0", "vi")
    (Figure(done=3889, quota=5000, percent='77.8'), Figure(done=2660, quota=None, percent=None), None)
    """
    found = _figure(lang).fullmatch(text)
    if found is None:
        return None
    done, quota, percent = found.groups()
    figure = Figure(
        _whole(done), None if quota is None else _whole(quota), None if percent is None else _dotted(percent, lang)
    )
    return figure if max(figure.done, figure.quota or 0) < _MOST else None


@lru_cache(maxsize=1 << 12)
def number_in(text: str, lang: Lang) -> Number | None:
    """A text that is a printed number; None for any other.

    >>> number_in("2.776", "vi"), number_in("−0,1", "vi"), number_in("8/17", "vi")
    (Number(value=2776, format='#,##0'), Number(value=-0.1, format='+#,##0.0;"−"#,##0.0;0.0'), None)
    """
    found = _number(lang).fullmatch(text)
    if found is None:
        return None
    sign, digits = found.groups()
    value = Fraction(_dotted(digits, lang))
    if value >= _MOST:
        return None
    plain = "#,##0" + _zeros(len(_dotted(digits, lang).partition(".")[2]))
    signed = f'+{plain};"−"{plain};{plain.removeprefix("#,##")}' if sign else plain
    exact = -value if sign == "−" else value
    return Number(exact.numerator if exact.denominator == 1 else float(exact), signed)


def percent_format(decimals: int) -> str:
    """The format of a share that is shown as a percent."""
    return f"0{_zeros(decimals)}%"


def percent_formula(done: str, quota: str, decimals: int, rounding: Rounding) -> str:
    """What gives the share of two cells, rounded as the percent is printed.

    >>> percent_formula("D9", "C9", 1, "half-up")
    'IF(C9>0,ROUND(D9/C9,3),"")'
    """
    digits = decimals + _PER_CENT
    match rounding:
        case "half-up":
            share = f"ROUND({done}/{quota},{digits})"
        case "down":
            share = f"ROUNDDOWN({done}/{quota},{digits})"
        case "up":
            share = f"ROUNDUP({done}/{quota},{digits})"
        case "half-even":
            scaled = f"{done}*{10**digits}"
            even, nearest = f"2*ROUND({scaled}/{quota}/2,0)", f"ROUND({scaled}/{quota},0)"
            share = f"IF(2*MOD({scaled},{quota})={quota},{even},{nearest})/{10**digits}"
    return f'IF({quota}>0,{share},"")'


def short_formula(done: str, quota: str) -> str:
    """What gives how many are missing."""
    return f"MAX({quota}-{done},0)"


def _zeros(decimals: int) -> str:
    return f".{'0' * decimals}" if decimals else ""


@cache
def _separators(lang: Lang) -> tuple[str, str]:
    """What groups thousands, and what stands before decimals."""
    return whole(1000, lang)[1], decimal("0.1", lang)[1]


@cache
def _digits(lang: Lang) -> tuple[str, str]:
    """How a whole number is printed, and any number."""
    group, point = map(re.escape, _separators(lang))
    number = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})*"
    return number, rf"{number}(?:{point}[0-9]+)?"


@cache
def _figure(lang: Lang) -> re.Pattern[str]:
    integer, number = _digits(lang)
    return re.compile(rf"({integer})(?:/({integer})(?: = ({number})%)?)?")


@cache
def _number(lang: Lang) -> re.Pattern[str]:
    return re.compile(rf"([+−]?)({_digits(lang)[1]})")


def _whole(text: str) -> int:
    return int("".join(filter(str.isdigit, text)))


def _dotted(text: str, lang: Lang) -> str:
    group, point = _separators(lang)
    return text.replace(group, "").replace(point, ".")

"""Numbers as people print them: `76,5`, `3.889`, `1.278%`, `trên 205%`."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import Literal

from sangkien_cli.claims.model import Hedge, Hedging
from sangkien_cli.text import fold

Style = Literal["vi", "en"]

# The longest of several that fit is the word: "không dưới" is not "dưới".
HEDGES: dict[str, Hedging] = {
    **dict.fromkeys(
        ("khoảng", "xấp xỉ", "sấp sỉ", "ước", "ước đạt", "ước khoảng", "tầm", "chừng", "độ chừng"), "about"
    ),
    **dict.fromkeys(("about", "around", "approximately", "some", "roughly", "~", "≈"), "about"),
    **dict.fromkeys(("trên", "hơn", "quá", "more than", "over", "above", ">"), "above"),
    **dict.fromkeys(("gần", "gần như", "suýt", "sát", "nearly", "almost", "close to"), "almost"),
    **dict.fromkeys(("dưới", "chưa đến", "chưa tới", "chưa đầy", "không đến", "không tới"), "below"),
    **dict.fromkeys(("less than", "under", "below", "<"), "below"),
    **dict.fromkeys(("ít nhất", "tối thiểu", "không dưới", "từ", "at least", "≥", ">="), "at-least"),
    **dict.fromkeys(("tối đa", "nhiều nhất", "không quá", "at most", "no more than", "≤", "<="), "at-most"),
}


@cache
def hedge_of(words: str) -> Hedge | None:
    """What a word before a figure makes of it; None if it is no such word.

    >>> hedge_of("Khoảng").means, hedge_of("không dưới").means, hedge_of("đạt")
    ('about', 'at-least', None)
    """
    means = _folded().get(fold(words) or words.strip())
    return None if means is None else Hedge(words.strip(), means)


@cache
def _folded() -> dict[str, Hedging]:
    return {fold(words) or words: means for words, means in HEDGES.items()}


_VI = re.compile(r"(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]+))?")
_EN = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
_MARKS = {"vi": (".", ","), "en": (",", ".")}


def readings(text: str) -> dict[Style, tuple[Fraction, int]]:
    """What a printed number is worth in each style that it fits, with its decimals.

    >>> readings("76,5")
    {'vi': (Fraction(153, 2), 1)}
    >>> readings("1.278")
    {'vi': (Fraction(1278, 1), 0), 'en': (Fraction(639, 500), 3)}
    >>> readings("0.278")
    {'en': (Fraction(139, 500), 3)}
    """
    found: dict[Style, tuple[Fraction, int]] = {}
    for style, pattern in (("vi", _VI), ("en", _EN)):
        match = pattern.fullmatch(text)
        if match:
            group, point = _MARKS[style]
            number = Fraction(text.replace(group, "").replace(point, "."))
            found[style] = (number, len(match[1] or ""))  # type: ignore[index]
    return found

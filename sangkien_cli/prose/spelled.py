"""Numbers in words: `bốn mươi`, `một trăm hai mươi ba phần trăm`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sangkien_cli.prose.words import any_of

_ONES = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_TENS = {"mười": 10, "mươi": 10}
_HUNDRED = "trăm"
_BIG = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6}
_SILENT = ("linh", "lẻ")
_WORD = any_of([*_ONES, *_TENS, _HUNDRED, *_BIG, *_SILENT])
_RUN = re.compile(rf"(?<![\w])(?<!\d\s){_WORD}(?:\s{_WORD}){{1,14}}(?!\w)")


def spelled(text: str) -> Iterator[tuple[int, int, int]]:
    """Where a number of at least two words stands in a text (in small letters), and its value.

    >>> [value for _, _, value in spelled("hai nghìn sáu trăm sáu mươi sáng kiến, một trăm linh năm phần trăm")]
    [2660, 105]
    """
    for run in _RUN.finditer(text):
        value = _value(run[0].split())
        if value is not None:
            yield run.start(), run.end(), value


def _value(words: list[str]) -> int | None:
    """The value of words that make one number; None if they do not: "hai ba"."""
    total = below = 0
    one: int | None = None
    for word in words:
        if word in _ONES:
            if one is not None:
                return None
            one = _ONES[word]
        elif word == "mươi":
            below, one = below + 10 * (one or 0), None
            if not below:
                return None
        elif word == "mười":
            if one is not None:
                return None
            below += 10
        elif word == _HUNDRED:
            below, one = below + 100 * (1 if one is None else one), None
        elif word in _BIG:
            total, below, one = total + (below + (one or 0)) * _BIG[word], 0, None
    return total + below + (one or 0) or None

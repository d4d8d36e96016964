"""Text in columns of a fixed-width page: how wide it is, padded, wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from textwrap import wrap

from rich.cells import cell_len

_NARROW = re.compile("[ -~\u00a0-\u02ff\u1e00-\u1eff–−…]*")


def width_of(text: str) -> int:
    """How many columns a text takes. Rich looks at every letter; nearly all names hold none but narrow ones."""
    return len(text) if _NARROW.fullmatch(text) else cell_len(text)


def widest(texts: Iterable[str]) -> int:
    """How many columns the widest of some texts takes; 0 without any."""
    return max(map(width_of, set(texts)), default=0)


def left(text: str, width: int) -> str:
    """The text with blanks behind it."""
    return text + " " * (width - width_of(text))


@lru_cache(maxsize=1 << 14)
def right(text: str, width: int) -> str:
    """The text with blanks before it."""
    return " " * (width - width_of(text)) + text


def wrapped(text: str, width: int, first: str = "", more: str = "") -> list[str]:
    """Lines of at most `width` columns, broken at blanks only: a file's name with a hyphen stays whole.

    `first` stands before the first line, `more` before the others. A blank text is one blank line.
    """
    if len(first) + len(text) <= width and "  " not in text:
        return [first + text]
    lines = wrap(
        text, width, initial_indent=first, subsequent_indent=more, break_on_hyphens=False, break_long_words=False
    )
    return lines or [first]

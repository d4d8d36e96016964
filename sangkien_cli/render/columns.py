"""Text in columns of a fixed-width page: how wide it is, padded, wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from textwrap import wrap

from rich.cells import cell_len

GAP = "  "  # between columns, and before what goes on below
_LEAST_LABEL = 12  # columns that a first text gets beside what indents it

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


def table_row(texts: Sequence[str], widths: Sequence[int], tail: str = "", indent: str = "") -> list[str]:
    """The lines of a table's row: a first text on the left, the others on the right, at the end what needs no width.

    A first text that is too long goes on below.
    """
    first, *more = wrapped(texts[0], max(widths[0], len(indent) + _LEAST_LABEL), indent, indent + GAP)
    figures = [right(text, width) for text, width in zip(texts[1:], widths[1:], strict=True)]
    return [GAP.join([left(first, widths[0]), *figures, tail]).rstrip(), *more]

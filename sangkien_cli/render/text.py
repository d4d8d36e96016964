"""A report as text in columns: plain for a pipe or a file, with colours and tree lines for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from textwrap import wrap

from rich.cells import cell_len

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.model import Status
from sangkien_cli.tables import Line, Section, Sheet

_GAP = "  "
_NARROW = re.compile("[ -~\u00a0-\u02ff\u1e00-\u1eff–−…]*")
_LEAST_NAME = 16  # columns that a name gets, however narrow the page


@dataclass(frozen=True, slots=True)
class Page:
    """What the text is written on."""

    width: int = 80
    drawing: bool = False  # the reader can show box drawing and block characters
    colour: bool = False


# What a log file, or Windows' oldest console, can hold.
PLAIN = Page()

_COLOURS: dict[Status, str] = {
    "none": "\x1b[31m",
    "below": "\x1b[31m",
    "near": "\x1b[33m",
    "met": "\x1b[32m",
    "exceeded": "\x1b[32m",
    "no-quota": "\x1b[2m",
}
_BOLD, _FAINT, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def render_text(sheet: Sheet, lang: Lang, page: Page = PLAIN) -> str:
    """The report, no line wider than the page except where a single word is."""
    blocks = [[_styled(sheet.title, _BOLD, page), sheet.subtitle]]
    blocks += [_section(section, lang, page) for section in sheet.sections]
    blocks.append(_rows(sheet, page))
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def _styled(text: str, style: str, page: Page) -> str:
    return f"{style}{text}{_RESET}" if page.colour and text else text


def _section(section: Section, lang: Lang, page: Page) -> list[str]:
    lines = [_styled(section.title, _BOLD, page)]
    if section.remark:
        lines.append(section.remark)
    if not section.lines:
        return lines
    heads = {
        "name": phrase("column.unit", lang),
        "figure": phrase("column.figure", lang),
        "short": phrase("column.short", lang),
        "word": "",
    }
    bar = 8 if page.width < 100 else 16
    figure = _widest({heads["figure"], *(line.figure for line in section.lines)})
    short = _widest({heads["short"], *(line.short for line in section.lines)})
    word = _widest({line.word for line in section.lines})
    name = max(page.width - figure - short - word - (bar + 1) - 4 * len(_GAP), _LEAST_NAME)
    lines.append(
        _GAP.join([_left(heads["name"], name), _right(heads["figure"], figure), " " * (bar + 1),
                   _right(heads["short"], short)])
    )  # fmt: skip
    for line, (first, more) in zip(section.lines, _guides(section.lines, page), strict=True):
        names = _wrap(line.name, max(name - len(first), 8)) or [""]
        colour = _COLOURS[line.status] if line.status else _FAINT
        lines.append(
            _GAP.join(
                [
                    _left(first + names[0], name),
                    _right(line.figure, figure),
                    _styled(_bar(line.share, bar, page), colour, page),
                    _right(line.short, short),
                    _styled(line.word, colour, page),
                ]
            )
        )
        lines += [more + rest for rest in names[1:]]
    return lines


def _guides(lines: Sequence[Line], page: Page) -> list[tuple[str, str]]:
    """What stands before a line's name, and before its name's further lines."""
    if not page.drawing:
        return [("  " * line.indent, "  " * line.indent + "  ") for line in lines]
    guides: list[tuple[str, str]] = []
    open_levels: set[int] = set()  # levels at which a sibling follows further down
    for line in reversed(lines):
        level = line.indent
        above = "".join("│  " if upper in open_levels else "   " for upper in range(1, level))
        if level == 0:
            guides.append(("", "│  " if 1 in open_levels else "   "))
        else:
            follows = level in open_levels
            below = "│  " if level + 1 in open_levels else "   "
            guides.append((above + ("├─ " if follows else "└─ "), above + ("│  " if follows else "   ") + below))
        open_levels = {upper for upper in open_levels if upper <= level} | {level}
    return guides[::-1]


def _bar(share: Fraction | None, width: int, page: Page) -> str:
    """A bar that is full only from the quota on, empty only at nothing; a `+` behind it for what goes beyond."""
    if share is None:
        return " " * (width + 1)
    done, quota = share.numerator, share.denominator
    filled = min(done * width // quota, width)
    if 0 < done < quota:
        filled = min(max(filled, 1), width - 1)
    full, empty = ("█", "░") if page.drawing else ("#", ".")
    return full * filled + empty * (width - filled) + ("+" if done > quota else " ")


def _wrap(text: str, width: int, first: str = "", more: str = "") -> list[str]:
    """Lines of at most `width` columns, broken at blanks only: a file's name with a hyphen stays whole."""
    if len(first) + len(text) <= width and "  " not in text:
        return [first + text]
    return wrap(
        text, width, initial_indent=first, subsequent_indent=more, break_on_hyphens=False, break_long_words=False
    )


def _rows(sheet: Sheet, page: Page) -> list[str]:
    lines = _wrap(sheet.balance, page.width, more="  ")
    count = _widest(line.rows for line in sheet.set_aside)
    code = _widest(line.code for line in sheet.set_aside)
    for line in sheet.set_aside:
        indent = " " * (2 + count + 2 + code + 2)
        first = f"  {_right(line.rows, count)}  {_left(line.code, code)}  "
        lines += _wrap(line.words, page.width, first, indent)
        under = " " * (2 + count + 2)
        for detail in line.details:
            lines += _wrap(detail, page.width, under, under + "  ")
    return lines


def _widest(texts: Iterable[str]) -> int:
    return max((_width(text) for text in texts), default=0)


def _width(text: str) -> int:
    """How many columns a text takes. Rich looks at every letter; nearly all names hold none but narrow ones."""
    return len(text) if _NARROW.fullmatch(text) else cell_len(text)


def _left(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


@lru_cache(maxsize=1 << 14)
def _right(text: str, width: int) -> str:
    return " " * (width - _width(text)) + text

"""A report as text in columns: plain for a pipe or a file, with colours and tree lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.model import Status
from sangkien_cli.render.columns import left, right, widest, wrapped
from sangkien_cli.tables import Line, Section, Sheet

_GAP = "  "
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
    figure = widest({heads["figure"], *(line.figure for line in section.lines)})
    short = widest({heads["short"], *(line.short for line in section.lines)})
    word = widest({line.word for line in section.lines})
    name = max(page.width - figure - short - word - (bar + 1) - 4 * len(_GAP), _LEAST_NAME)
    lines.append(
        _GAP.join([left(heads["name"], name), right(heads["figure"], figure), " " * (bar + 1),
                   right(heads["short"], short)])
    )  # fmt: skip
    for line, (first, more) in zip(section.lines, _guides(section.lines, page), strict=True):
        names = wrapped(line.name, max(name - len(first), 8))
        colour = _COLOURS[line.status] if line.status else _FAINT
        lines.append(
            _GAP.join(
                [
                    left(first + names[0], name),
                    right(line.figure, figure),
                    _styled(_bar(line.share, bar, page), colour, page),
                    right(line.short, short),
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


def _rows(sheet: Sheet, page: Page) -> list[str]:
    lines = wrapped(sheet.balance, page.width, more="  ")
    count = widest(line.rows for line in sheet.set_aside)
    code = widest(line.code for line in sheet.set_aside)
    for line in sheet.set_aside:
        indent = " " * (2 + count + 2 + code + 2)
        first = f"  {right(line.rows, count)}  {left(line.code, code)}  "
        lines += wrapped(line.words, page.width, first, indent)
        under = " " * (2 + count + 2)
        for detail in line.details:
            lines += wrapped(detail, page.width, under, under + "  ")
    return lines

"""A report as text in columns: plain for a pipe or a file, with colours and tree lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.model import Status
from sangkien_cli.render.columns import left, right, widest, width_of, wrapped
from sangkien_cli.tables import Line, Passage, Section, Sheet

_GAP = "  "
_LEAST_NAME = 16  # columns that a name gets, however narrow the page
_LONG_FIGURE = 26  # columns beyond which a figure makes no column wider
_GOOD_NAME = 18  # and those for which bar, status and further columns make way


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
    blocks = [[bold(sheet.title, page), sheet.subtitle]]
    blocks += [_section(section, lang, page) for section in sheet.sections]
    blocks += [passage_lines(passage, page) for passage in sheet.passages]
    blocks.append(_rows(sheet, page))
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def bold(text: str, page: Page) -> str:
    """A title, where the page has colours."""
    return _styled(text, _BOLD, page)


def _styled(text: str, style: str, page: Page) -> str:
    return f"{style}{text}{_RESET}" if page.colour and text else text


def _section(section: Section, lang: Lang, page: Page) -> list[str]:
    lines = [bold(section.title, page)]
    if section.remark:
        lines.append(section.remark)
    if section.lines:
        lines += _table(section, lang, page)
    for note in section.notes:
        lines += wrapped(note, page.width, more="  ")
    return lines


@dataclass(frozen=True, slots=True)
class _Widths:
    """How wide the columns of a section are. What does not fit beside the others stands below its line."""

    name: int
    figure: int
    bar: int  # 0 = there is no room for one
    short: int
    word: int  # 0 = likewise
    more: tuple[int, ...]  # of further columns; empty where they stand below

    @classmethod
    def of(cls, section: Section, heads: Sequence[str], page: Page) -> _Widths:
        """The widest layout that the page can take."""
        room = 8 if page.width < 100 else 16
        short_head = _word(heads[1]) if section.more else width_of(heads[1])
        figure_head = _word(heads[0]) if section.figure else _on_two_lines(heads[0])
        figure_head = figure_head if section.more else width_of(heads[0])
        figures = [line.figure for line in section.lines]
        fitting = [text for text in figures if width_of(text) <= _LONG_FIGURE]
        figure = max(figure_head, widest(fitting or figures))
        short = max(short_head, widest(line.short for line in section.lines))
        word = widest(line.word for line in section.lines)
        more = tuple(
            max(_word(head), widest(line.more[at] for line in section.lines if line.more))
            for at, head in enumerate(section.more)
        )
        without_word = [(0, 0, more)] if section.says_more else []
        for bar_shown, word_shown, more_shown in ((room, word, more), (0, word, more), *without_word, (room, word, ())):
            columns = [figure, short, *more_shown, *filter(None, (bar_shown and bar_shown + 1, word_shown))]
            name = page.width - sum(columns) - len(columns) * len(_GAP)
            if name >= _GOOD_NAME or not section.more:
                break
        return cls(max(name, _LEAST_NAME), figure, bar_shown, short, word_shown, more_shown)


def _on_two_lines(head: str) -> int:
    """How wide a head is that stands on two lines."""
    least = _word(head)
    return next(width for width in range(least, width_of(head) + 1) if len(wrapped(head, width)) <= 2)


def _word(head: str) -> int:
    """How wide the longest word of a head is: heads may stand on several lines."""
    return widest(head.split())


def _table(section: Section, lang: Lang, page: Page) -> list[str]:
    heads = (section.figure or phrase("column.figure", lang), phrase("column.short", lang))
    widths = _Widths.of(section, heads, page)
    lines = _heads(section, heads, widths, lang)
    for line, (first, more) in zip(section.lines, _guides(section.lines, page), strict=True):
        names = wrapped(line.name, max(widths.name - len(first), 8))
        colour = _COLOURS[line.status] if line.status else _FAINT
        if width_of(line.figure) > widths.figure:  # a sum of money, with the name above it
            lines += [first + names[0], *(more + rest for rest in names[1:])]
            names = [""]
            cells = [right(line.figure, widths.name + len(_GAP) + widths.figure)]
        else:
            cells = [left(first + names[0], widths.name), right(line.figure, widths.figure)]
        if widths.bar:
            cells.append(_styled(bar(line.share, widths.bar, page), colour, page))
        cells.append(right(line.short, widths.short))
        cells += [right(text, width) for text, width in zip(line.more, widths.more, strict=False)]
        cells += [" " * width for width in widths.more[len(line.more) :]]
        cells += [_styled(line.word, colour, page)] if widths.word else []
        lines.append(_GAP.join(cells))
        lines += [more + rest for rest in names[1:]]
        if line.more and not widths.more:
            below = [f"{head}: {text}" for head, text in zip(section.more, line.more, strict=True) if text]
            lines += wrapped(" · ".join(below), page.width, more + "  ", more + "  ") if below else []
        for sentence in line.below:
            lines += wrapped(sentence, page.width, more + "  ", more + "    ")
    return lines


def _heads(section: Section, heads: tuple[str, str], widths: _Widths, lang: Lang) -> list[str]:
    """The heads of the columns, each on as many lines as it needs, their last lines on one line."""
    columns = [(phrase("column.unit", lang), widths.name), (heads[0], widths.figure)]
    columns += [("", widths.bar + 1)] if widths.bar else []
    columns.append((heads[1], widths.short))
    columns += list(zip(section.more, widths.more, strict=False))
    cut = [wrapped(head, width) for head, width in columns]
    height = max(map(len, cut))
    cut = [[""] * (height - len(lines)) + lines for lines in cut]
    rows = []
    for row in range(height):
        (name, *texts), (room, *widths_right) = [lines[row] for lines in cut], [width for _, width in columns]
        rows.append(_GAP.join([left(name, room), *map(right, texts, widths_right)]))
    return rows


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


def bar(share: Fraction | None, width: int, page: Page) -> str:
    """A bar that is full only from the quota on, empty only at nothing; a `+` behind it for what goes beyond."""
    if share is None:
        return " " * (width + 1)
    done, quota = share.numerator, share.denominator
    filled = min(done * width // quota, width)
    if 0 < done < quota:
        filled = min(max(filled, 1), width - 1)
    full, empty = ("█", "░") if page.drawing else ("#", ".")
    return full * filled + empty * (width - filled) + ("+" if done > quota else " ")


def passage_lines(passage: Passage, page: Page) -> list[str]:
    """A heading and what stands under it."""
    lines = [bold(line, page) for line in wrapped(passage.title, page.width)]
    for indent, text in passage.lines:
        first = "  " * (indent + 1)
        lines += wrapped(text, page.width, first, first + "  ")
    return lines


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

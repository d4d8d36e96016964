"""How far the units are, as bars, and the trend below them: an image (SVG, PNG) to paste into a document.

Order, names and figures are those of the grid. The same report gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from textwrap import wrap
from typing import TYPE_CHECKING

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.model import ALL, Status
from sangkien_cli.render.about import tops, unit_about
from sangkien_cli.render.chart import Image, draw_on, drawable, image, standing, state, trend_shown, window_title
from sangkien_cli.render.made import Made
from sangkien_cli.render.scale import Scale, scale_of
from sangkien_cli.tables import Line, Section
from sangkien_cli.text import tidy
from sangkien_cli.trend import Trend

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

_MOST, _LEAST = 40, 15  # bars that can be read in a picture, and of a section however many there are
_NAME, _TITLE, _NOTE = 38, 80, 95  # letters of a line of a name, of a title and of what stands below
_LONGEST, _LONGEST_TITLE = 80, 240  # letters of a name and of a title
_COLOURS: dict[Status, str] = {"near": "#b07a12", "met": "#1f7a45", "exceeded": "#1f7a45"}
_BELOW, _TRACK, _MARK, _SOFT = "#3b6ea5", "#e3e7ec", "#333333", "#555555"
_WIDTH, _TREND, _EDGE = 10.0, 3.4, 0.12  # inches; the last between what is drawn and the picture's sides
_LETTER, _ROW, _SPACE, _BAR = 0.087, 0.17, 0.12, 0.17  # inches of a letter, a line of a name, between them, a bar
_LINE = 0.2  # inches of a line of a note


@dataclass(frozen=True)
class _Panel:
    """The bars of a section."""

    title: str
    mark: str  # what the line at 100% is
    lines: Sequence[Line]
    notes: Sequence[str]  # on what is not drawn

    @cached_property
    def names(self) -> list[str]:
        """What stands beside the bars, in lines."""
        return [_in_lines(_cut(line.name, _LONGEST)) for line in self.lines]

    @cached_property
    def heights(self) -> list[float]:
        """Of the lines, in inches."""
        return [_SPACE + _ROW * (name.count("\n") + 1) for name in self.names]

    @cached_property
    def scale(self) -> Scale:
        """Of its bars."""
        return scale_of(line.share for line in self.lines if line.share is not None)

    @property
    def height(self) -> float:
        """Of all of it, in inches."""
        return 0.5 + 0.24 * len(_wrapped(self.title)) + max(sum(self.heights), 0.5) + _LINE * len(self.notes)


def draw_bars(made: Made, kind: Image) -> bytes:
    """The bars of each phase that is shown: the units right below the topmost one, else that one itself. Below them
    the trend of what is shown, where that is one unit or a tree."""
    panels, notes = _panels(made.sheet.sections, made.lang)
    unit = unit_about(made.report)
    whose = [] if unit is None else [unit.name]
    title = [" – ".join(map(_titled, [made.sheet.title, *whose])), _titled(made.sheet.subtitle)]
    trend = _trend(made)
    said = [*title, *(panel.title for panel in panels)]
    return image(lambda: _figure(title, panels, notes, trend, made.lang), said, kind)


def _panels(sections: Sequence[Section], lang: Lang) -> tuple[list[_Panel], list[str]]:
    """Of the phases, or of the whole programme where it is all that can be drawn; and what is said of the others."""
    drawn = [(section, lines) for section in sections if (lines := _drawn(section))]
    drawn = [each for each in drawn if each[0].phase != ALL] or drawn or [(section, []) for section in sections[:1]]
    most = max(_MOST // max(len(drawn), 1), _LEAST)
    panels = [
        _Panel(
            _heading(section, lines),
            _mark(section, lines, lang),
            lines[:most],
            list(_left_out(section, lines, most, lang)),
        )
        for section, lines in drawn
    ]
    others = [section for section in sections if all(section is not each for each, _ in drawn)]
    return panels, [line for section in others for line in _noted(_instead(section, lang))]


def _instead(section: Section, lang: Lang) -> str:
    """What is said of a section that is not drawn."""
    if section.remark:
        return f"{section.title}: {section.remark}"
    figures = [f"{line.figure}, {line.word}" for line in tops(section) if line.share is not None]
    remark = figures[0] if len(figures) == 1 else phrase("bars.elsewhere", lang)
    return phrase("bars.not_drawn", lang, title=section.title, remark=remark)


def _left_out(section: Section, lines: Sequence[Line], most: int, lang: Lang) -> Iterator[str]:
    """Which of the units beside those that are drawn are not, and why."""
    if len(lines) > most:
        yield phrase("bars.more", lang, more=len(lines) - most)
    level = min((line.indent for line in lines if line.of is not None), default=1)
    beside = [line.of for line in section.lines if line.of is not None and line.indent == level and line.share is None]
    reasons = Counter(
        "bars.no_quota" if each.quota is None else "bars.nothing_asked" if each.toward is None else "bars.met_before"
        for each in beside
    )
    if lines and reasons:
        units = "; ".join(phrase(reason, lang, units=reasons[reason]) for reason in _REASONS if reasons[reason])
        yield from _noted(phrase("bars.left_out", lang, units=units))


_REASONS = ("bars.met_before", "bars.nothing_asked", "bars.no_quota")


def _noted(text: str) -> list[str]:
    return wrap(_titled(text), _NOTE, break_on_hyphens=False)


def _drawn(section: Section) -> list[Line]:
    """The units with a quota right below the topmost one; of a list, or where there is nothing below, all. Where no
    unit has a quota, the targets."""
    lines = [line for line in section.lines if line.share is not None]
    units = [line for line in lines if line.of is not None]
    below = [line for line in units if line.indent == 1]
    return (below if len(tops(section)) == 1 else []) or [line for line in units if line.indent == 0] or lines


def _heading(section: Section, lines: Sequence[Line]) -> str:
    figures = [line.figure for line in tops(section) if line not in lines]
    return _titled(f"{section.title}: {figures[0]}" if len(figures) == 1 else section.title)


def _mark(section: Section, lines: Sequence[Line], lang: Lang) -> str:
    if all(line.of is None for line in lines):  # targets
        return phrase("bars.asked", lang)
    quota = section.figure.partition("/")[2]  # a campaign's is what was short
    return phrase("bars.mark", lang, word=quota) if quota else phrase("bars.quota", lang)


def _trend(made: Made) -> Trend | None:
    """That of what is shown; a list is not about the unit that all of it lies in."""
    found = trend_shown(made)
    about = any(
        len(tops(section)) == 1 or any(line.indent for line in section.lines) for section in made.sheet.sections
    )
    return found if drawable(found) and about else None


def _titled(text: str) -> str:
    return _cut(text, _LONGEST_TITLE)


def _cut(text: str, longest: int) -> str:
    text = tidy(text)
    return text if len(text) <= longest else f"{text[:longest]}…"


def _figure(
    title: Sequence[str], panels: Sequence[_Panel], notes: Sequence[str], trend: Trend | None, lang: Lang
) -> Figure:
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    top = _wrapped(*title)
    heights = [panel.height for panel in panels] + ([_TREND] if trend else [])
    heights += [_LINE * len(notes) + 0.1] if notes else []
    size = (_WIDTH, 0.25 + 0.27 * len(top) + sum(heights))
    figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(w_pad=_EDGE))
    _head(figure, top, 14)
    parts = figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    for part, panel in zip(parts, panels, strict=False):
        _head(part, _wrapped(panel.title), 12)
        _draw_panel(part.add_subplot(), panel, lang)
    if trend:
        part = parts[len(panels)]
        title = phrase("bars.trend", lang, title=window_title(trend, lang), state=state(trend, lang))
        _head(part, _wrapped(_titled(title)), 12)
        axes = part.add_subplot()
        axes.set_title("\n".join(_wrapped(*standing(trend, lang))), loc="left", fontsize=11)
        draw_on(axes, trend, lang)
    if notes:
        parts[-1].text(0.01, 0.5, "\n".join(notes), va="center", fontsize=10.5, linespacing=1.3)
    return figure


def _head(figure: FigureBase, lines: Sequence[str], size: int) -> None:
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=size, fontweight="bold", linespacing=1.4)


def _wrapped(*texts: str) -> list[str]:
    return [line for text in texts for line in wrap(text, _width(text), break_on_hyphens=False)]


def _width(text: str) -> int:
    """How many letters of a title stand in a line: capitals are broad."""
    return _TITLE - _TITLE * sum(map(str.isupper, text)) // (3 * max(len(text), 1))


def _in_lines(name: str) -> str:
    """A name in as few lines as it needs, of about the same length."""
    fewest = len(wrap(name, _NAME, break_on_hyphens=False))
    widths = range(max(len(name) // max(fewest, 1), 1), _NAME + 1)
    return next(
        "\n".join(lines) for width in widths if len(lines := wrap(name, width, break_on_hyphens=False)) <= fewest
    )


def _draw_panel(axes: Axes, panel: _Panel, lang: Lang) -> None:
    axes.spines[["top", "right", "bottom", "left"]].set_visible(False)
    axes.tick_params(length=0)
    if not panel.lines:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.text(0, 0.5, phrase("bars.none", lang), color=_SOFT)
        return
    lines, heights = panel.lines, panel.heights
    at = [sum(heights[:row]) + heights[row] / 2 for row in range(len(lines))]
    axes.barh(at, [100] * len(lines), height=_BAR, color=_TRACK)
    colours = [_COLOURS.get(line.status or "below", _BELOW) for line in lines]
    lengths = [_percent(panel, line) for line in lines]
    axes.barh(at, lengths, height=_BAR, color=colours)
    axes.axvline(100, color=_MARK, linewidth=1.2)
    room = _room(panel)
    for y, line, length in zip(at, lines, lengths, strict=True):
        if panel.scale.cuts(line.share or Fraction(0)):
            axes.text(length - room / 25, y, "//", va="center", color="white", fontweight="bold")
        axes.text(max(length, 100) + room / 100, y, _said(line), va="center", fontsize=10.5)
    axes.set_yticks(at, panel.names, fontsize=10.5)
    axes.set_ylim(sum(heights), 0)  # the first on top
    axes.set_xlim(0, room)
    axes.set_xticks([100], [panel.mark], color=_SOFT, fontsize=10)
    if panel.notes:
        axes.set_xlabel("\n".join(panel.notes), loc="left", color=_SOFT, fontsize=10.5)


def _said(line: Line) -> str:
    return f"{line.figure}  {line.word}"


def _room(panel: _Panel) -> float:
    """The percent at the right edge: what stands behind the longest bar needs room."""
    name = max((len(line) for each in panel.names for line in each.split("\n")), default=0)
    width = _WIDTH - _LETTER * name - 0.3
    ends = ((max(_percent(panel, line), 100) * 1.03, _LETTER * len(_said(line)) / width) for line in panel.lines)
    return max((end / (1 - min(part, 0.75)) for end, part in ends), default=100)


def _percent(panel: _Panel, line: Line) -> float:
    """A bar's length."""
    return float(panel.scale.length(line.share or Fraction(0)))

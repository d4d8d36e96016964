"""How far the units are, as bars, and the trend below them: an image (SVG, PNG) to paste into a document.

Order, names and figures are those of the grid. The same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap
from typing import TYPE_CHECKING

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.model import ALL, Status
from sangkien_cli.render.about import tops, unit_about
from sangkien_cli.render.chart import Image, draw_on, drawable, image, standing, state, trend_shown, window_title
from sangkien_cli.render.made import Made
from sangkien_cli.tables import Line, Section
from sangkien_cli.text import tidy
from sangkien_cli.trend import Trend

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

_MOST, _LEAST = 40, 15  # bars that can be read in a picture, and of a section however many there are
_FULL = 200.0  # percent beyond which a bar is cut off, and so marked
_NAME, _TITLE = 38, 80  # letters of a line of a name and of a title
_LONGEST, _LONGEST_TITLE = 80, 240  # letters of a name and of a title
_COLOURS: dict[Status, str] = {"near": "#b07a12", "met": "#1f7a45", "exceeded": "#1f7a45"}
_BELOW, _TRACK, _MARK, _SOFT = "#3b6ea5", "#e3e7ec", "#333333", "#555555"
_WIDTH, _TREND = 10.0, 3.4  # inches
_LETTER, _ROW, _SPACE, _BAR = 0.087, 0.17, 0.12, 0.17  # inches of a letter, a line of a name, between them, a bar


@dataclass(frozen=True)
class _Panel:
    """The bars of a section."""

    title: str
    mark: str  # what the line at 100% is
    lines: Sequence[Line]
    left: int  # lines that are not drawn

    @cached_property
    def names(self) -> list[str]:
        """What stands beside the bars, in lines."""
        return [_in_lines(_cut(line.name, _LONGEST)) for line in self.lines]

    @cached_property
    def heights(self) -> list[float]:
        """Of the lines, in inches."""
        return [_SPACE + _ROW * (name.count("\n") + 1) for name in self.names]

    @property
    def height(self) -> float:
        """Of all of it, in inches."""
        return 0.5 + 0.24 * len(_wrapped(self.title)) + max(sum(self.heights), 0.5) + (0.2 if self.left else 0)


def draw_bars(made: Made, kind: Image) -> bytes:
    """The bars of each phase that is shown: the units right below the topmost one, else that one itself. Below them
    the trend of what is shown, where that is one unit or a tree."""
    panels = _panels(made.sheet.sections, made.lang)
    unit = unit_about(made.report)
    whose = [] if unit is None else [unit.name]
    title = [" – ".join(map(_titled, [made.sheet.title, *whose])), _titled(made.sheet.subtitle)]
    trend = _trend(made)
    said = [*title, *(panel.title for panel in panels)]
    return image(lambda: _figure(title, panels, trend, made.lang), said, kind)


def _panels(sections: Sequence[Section], lang: Lang) -> list[_Panel]:
    """Of the phases, or of the whole programme where it is all that can be drawn."""
    drawn = [(section, lines) for section in sections if (lines := _drawn(section))]
    drawn = [each for each in drawn if each[0].phase != ALL] or drawn or [(section, []) for section in sections[:1]]
    most = max(_MOST // max(len(drawn), 1), _LEAST)
    return [
        _Panel(_heading(section, lines), _mark(section, lines, lang), lines[:most], len(lines[most:]))
        for section, lines in drawn
    ]


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


def _figure(title: Sequence[str], panels: Sequence[_Panel], trend: Trend | None, lang: Lang) -> Figure:
    from matplotlib.figure import Figure

    top = _wrapped(*title)
    heights = [panel.height for panel in panels] + ([_TREND] if trend else [])
    figure = Figure(figsize=(_WIDTH, 0.25 + 0.27 * len(top) + sum(heights)), layout="constrained")
    _head(figure, top, 14)
    parts = figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    room = max(map(_room, panels))
    for part, panel in zip(parts, panels, strict=False):
        _head(part, _wrapped(panel.title), 12)
        _draw_panel(part.add_subplot(), panel, room, lang)
    if trend:
        title = phrase("bars.trend", lang, title=window_title(trend, lang), state=state(trend, lang))
        _head(parts[-1], _wrapped(_titled(title)), 12)
        axes = parts[-1].add_subplot()
        axes.set_title("\n".join(_wrapped(*standing(trend, lang))), loc="left", fontsize=11)
        draw_on(axes, trend, lang)
    return figure


def _head(figure: FigureBase, lines: Sequence[str], size: int) -> None:
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=size, fontweight="bold", linespacing=1.4)


def _wrapped(*texts: str) -> list[str]:
    return [line for text in texts for line in wrap(text, _TITLE, break_on_hyphens=False)]


def _in_lines(name: str) -> str:
    """A name in as few lines as it needs, of about the same length."""
    fewest = len(wrap(name, _NAME, break_on_hyphens=False))
    widths = range(max(len(name) // max(fewest, 1), 1), _NAME + 1)
    return next(
        "\n".join(lines) for width in widths if len(lines := wrap(name, width, break_on_hyphens=False)) <= fewest
    )


def _draw_panel(axes: Axes, panel: _Panel, room: float, lang: Lang) -> None:
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
    axes.barh(at, list(map(_percent, lines)), height=_BAR, color=colours)
    axes.axvline(100, color=_MARK, linewidth=1.2)
    for y, line in zip(at, lines, strict=True):
        if 100 * (line.share or 0) > _FULL:
            axes.text(_FULL - 8, y, "//", va="center", color="white", fontweight="bold")
        axes.text(max(_percent(line), 100) + 2, y, _said(line), va="center", fontsize=10.5)
    axes.set_yticks(at, panel.names, fontsize=10.5)
    axes.set_ylim(sum(heights), 0)  # the first on top
    axes.set_xlim(0, room)
    axes.set_xticks([100], [panel.mark], color=_SOFT, fontsize=10)
    if panel.left:
        axes.set_xlabel(phrase("bars.more", lang, more=panel.left), loc="left", color=_SOFT)


def _said(line: Line) -> str:
    return f"{line.figure}  {line.word}"


def _room(panel: _Panel) -> float:
    """The percent at the right edge: what stands behind the longest bar needs room."""
    name = max((len(line) for each in panel.names for line in each.split("\n")), default=0)
    width = _WIDTH - _LETTER * name - 0.3
    ends = ((max(_percent(line), 100) + 4, _LETTER * len(_said(line)) / width) for line in panel.lines)
    return max((end / (1 - min(part, 0.75)) for end, part in ends), default=100)


def _percent(line: Line) -> float:
    """A bar's length: full only from the quota on."""
    assert line.share is not None
    percent = float(100 * line.share)
    return min(percent, 99.0) if line.share < 1 else min(percent, _FULL)

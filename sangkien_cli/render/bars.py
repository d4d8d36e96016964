"""How far the units below the topmost one are, as bars in an image (SVG, PNG) to paste into a document.

Order, names and figures are those of the grid. The same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.model import Status
from sangkien_cli.render.chart import Image, image
from sangkien_cli.render.made import Made
from sangkien_cli.tables import Line, Section
from sangkien_cli.text import tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST = 40  # bars that can be read
_FULL = 200.0  # percent beyond which a bar is cut off, and so marked
_NAME, _TITLE, _LONGEST = 38, 70, 80  # letters of a line of a name and of the title, and of a name
_COLOURS: dict[Status, str] = {"near": "#b07a12", "met": "#1f7a45", "exceeded": "#1f7a45"}
_BELOW, _TRACK, _MARK, _SOFT = "#3b6ea5", "#e3e7ec", "#333333", "#555555"


def draw_bars(made: Made, kind: Image) -> bytes:
    """The bars of the first section that has any: the units right below the topmost one, else that one itself."""
    section, lines = _shown(made.sheet.sections)
    title = [tidy(text) for text in (made.sheet.title, section.title, made.sheet.subtitle)]
    tops = [f"{tidy(line.name)}: {line.figure}" for line in _tops(section)[:1] if line not in lines]
    return image(lambda: _figure([*title, *tops], lines, made.lang), [*title, *tops], kind)


def _shown(sections: Sequence[Section]) -> tuple[Section, list[Line]]:
    """The section that is drawn, and its lines."""
    for section in sections:
        if lines := _drawn(section):
            return section, lines
    return sections[0], []


def _drawn(section: Section) -> list[Line]:
    """The units with a quota right below the topmost one; of a list, or where there is nothing below, all."""
    units = [line for line in section.lines if line.of is not None and line.share is not None]
    tops = _tops(section)
    below = [line for line in units if line.indent == 1]
    return below if len(tops) == 1 and below else [line for line in units if line.indent == 0]


def _tops(section: Section) -> list[Line]:
    return [line for line in section.lines if line.of is not None and line.indent == 0]


def _figure(title: Sequence[str], lines: Sequence[Line], lang: Lang) -> Figure:
    from matplotlib.figure import Figure

    shown = lines[:_MOST]
    names = [_name(line.name) for line in shown]
    rows = sum(max(name.count("\n") + 1, 1.3) for name in names)
    figure = Figure(figsize=(10, 1.7 + 0.27 * max(rows, 3)), layout="constrained")
    axes = figure.add_subplot()
    heading = [line for part in title for line in wrap(part, _TITLE, break_on_hyphens=False)]
    axes.set_title("\n".join(heading), loc="left", fontsize=13, linespacing=1.4)
    axes.spines[["top", "right", "bottom", "left"]].set_visible(False)
    axes.set_xticks([])
    if not shown:
        axes.set_yticks([])
        axes.text(0, 0.5, phrase("bars.none", lang), fontsize=12, color=_SOFT)
        return figure
    _draw(axes, shown, names, lang)
    if len(lines) > _MOST:
        axes.set_xlabel(phrase("bars.more", lang, more=len(lines) - _MOST), loc="left", color=_SOFT)
    return figure


def _draw(axes: Axes, lines: Sequence[Line], names: Sequence[str], lang: Lang) -> None:
    at = range(len(lines))
    percents = [_percent(line) for line in lines]
    axes.barh(at, [100] * len(lines), height=0.62, color=_TRACK)
    colours = [_COLOURS.get(line.status or "below", _BELOW) for line in lines]
    axes.barh(at, percents, height=0.62, color=colours)
    axes.axvline(100, color=_MARK, linewidth=1.2, label=phrase("bars.quota", lang))
    for row, (line, percent) in enumerate(zip(lines, percents, strict=True)):
        if 100 * (line.share or 0) > _FULL:
            axes.text(_FULL - 8, row, "//", va="center", color="white", fontweight="bold")
        axes.text(max(percent, 100) + 2, row, f"{line.figure}  {line.word}", va="center", fontsize=10.5)
    axes.set_yticks(at, names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(lines) - 0.5, -0.5)  # the first on top
    axes.set_xlim(0, max([100, *percents]) + 95)
    # Its lower right corner (4) is above the bars.
    axes.legend(loc=4, bbox_to_anchor=(1, 1), frameon=False, borderaxespad=0)


def _percent(line: Line) -> float:
    """A bar's length: full only from the quota on."""
    assert line.share is not None
    percent = float(100 * line.share)
    return min(percent, 99.0) if line.share < 1 else min(percent, _FULL)


def _name(name: str) -> str:
    text = tidy(name)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return "\n".join(wrap(text, _NAME, break_on_hyphens=False))

"""A trend as a drawing: in characters for a page of text, or as an image (SVG, PNG).

The curve and the straight line differ in shape, never in colour alone. The same trend gives the same bytes.
"""

from __future__ import annotations

import io
import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

from sangkien_cli.attain import figure
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Lang, day, phrase, say, whole
from sangkien_cli.model import ALL
from sangkien_cli.render.about import unit_about
from sangkien_cli.render.columns import wrapped
from sangkien_cli.render.made import Made
from sangkien_cli.render.workbook import allowed
from sangkien_cli.tables import on_basis
from sangkien_cli.text import tidy
from sangkien_cli.trend import Trend, trend_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Image = Literal["svg", "png"]

# --- what both drawings show -------------------------------------------------------------------------------------


def window_title(trend: Trend, lang: Lang) -> str:
    """The phase, or the whole programme, with its days."""
    names = {phase.id: phase.name for phase in trend.report.config.phases} | {ALL: phrase("report.all", lang)}
    return phrase("report.phase", lang, name=names[trend.phase], start=trend.start, end=trend.end)


def state(trend: Trend, lang: Lang) -> str:
    """Where it stands: `2.660/5.091 = 52,2%`."""
    return figure(trend.done, trend.quota, trend.percent, lang)


def unit_name(trend: Trend, lang: Lang) -> str:
    """Whose trend it is."""
    return phrase("trend.all_units", lang) if trend.unit is None else trend.unit.name


def curve(trend: Trend) -> tuple[list[int], list[int]]:
    """The cumulative curve: at how many days, how many submissions."""
    days = [0, *((point.end - trend.start).days + 1 for point in trend.points)]
    return days, [0, *(point.cumulative for point in trend.points)]


def highest(trend: Trend) -> int:
    """The largest number that the chart has to hold."""
    return max(trend.quota or 0, trend.dated, 1)


def day_ticks(trend: Trend, most: int, lang: Lang) -> tuple[list[int], list[str]]:
    """At how many days which date is written: the first and last of the window, and some evenly between."""
    parts = max(min(most - 1, trend.days), 1)
    at = [part * trend.days // parts for part in range(parts + 1)]
    # Day k is over at k; the first tick is the morning of the first day.
    named = {day(trend.start + timedelta(days=max(each - 1, 0)), lang): each for each in at}
    return list(named.values()), list(named)


def number_ticks(top: int, most: int) -> list[int]:
    """Round numbers from 0 to the top.

    >>> number_ticks(5091, 6), number_ticks(3, 6)
    ([0, 1000, 2000, 3000, 4000, 5000], [0, 1, 2, 3])
    """
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if top // step < most:
                return list(range(0, top + 1, step))
        power *= 10


def trend_shown(made: Made) -> Trend:
    """The trend that belongs to what a report shows: of the unit it is about, in its phase or that of the day."""
    report = made.report
    phases = [phase.id for phase in report.phases]
    shown = {each.phase for each in report.attainments}
    phase = phases[0] if len(phases) == 1 else ALL if shown == {ALL} else None
    unit = unit_about(report)
    return trend_of(made.whole, made.judged, phase, None if unit is None else unit.id, "week")


def drawable(trend: Trend) -> bool:
    """Whether a report shows the curve: where nothing has a date it would be flat, and say that nothing came in."""
    return bool(trend.points) and (trend.dated > 0 or not trend.undated)


def standing(trend: Trend, lang: Lang) -> Iterator[str]:
    """Ahead of the straight line, on it, or behind."""
    if trend.start > trend.report.as_of:
        yield phrase("report.not_begun", lang, day=trend.start)
        return
    if trend.quota is None:
        several = trend.unit is None and any(
            each.quota is not None and each.unit.depth == 0 and each.phase == trend.phase
            for each in trend.report.attainments
        )
        yield phrase("trend.some_quotas" if several else "trend.no_quota", lang)
    if trend.ahead is None:
        return
    by, asked, until = abs(trend.ahead), trend.points[-1].asked, trend.points[-1].end
    if trend.ahead > 0:
        yield phrase("trend.ahead", lang, by=by, asked=asked, day=until)
    elif trend.ahead < 0:
        yield phrase("trend.behind", lang, by=by, asked=asked, day=until)
    else:
        yield phrase("trend.even", lang, asked=asked, day=until)


# --- in characters -----------------------------------------------------------------------------------------------

_HEIGHT = 18
_LEAST_WIDTH = 24
_FRAME_IN_ASCII = str.maketrans({"─": "-", "│": "|", "┤": "|", **dict.fromkeys("┌┐└┘┬┴├┼", "+")})


def draw_in_text(trend: Trend, lang: Lang, width: int, *, drawing: bool) -> list[str]:
    """The chart in lines of at most `width` columns, a legend above it. Without `drawing` its marks are ASCII.

    Nothing where the page is too narrow for a chart.
    """
    if width < _LEAST_WIDTH:
        return []
    try:
        import plotext
    except ImportError as error:  # its compiled part is not there for every kind of machine
        return wrapped(phrase("trend.no_drawing", lang, detail=str(error).partition("\n")[0]), width)
    dot, line = ("█", "·") if drawing else ("*", ".")
    plotext.terminal.limit(False, False)  # the size is that of the page, whatever the terminal says
    chart = plotext.figure.clear().plot_size(width, _HEIGHT).theme("colorless")
    top = highest(trend)
    if trend.quota:
        chart.draw(chart.signal([0, trend.days], [0, float(trend.quota)], marker=line).lines(True))
    days, numbers = curve(trend)
    chart.draw(chart.signal(days, [float(number) for number in numbers], marker=dot).lines(True))
    ticks = number_ticks(top, 6)
    chart.ruler("x").lim(0, trend.days)
    chart.ruler("y").lim(0, float(top))
    chart.ruler("y").ticks([float(tick) for tick in ticks], labels=[whole(tick, lang) for tick in ticks])
    at, dates = day_ticks(trend, max((width - 8) // 14, 2), lang)
    chart.ruler("x").ticks(at, labels=dates)
    drawn: str = chart.build().string(True)
    plotext.figure.clear()
    lines = [text.rstrip() for text in drawn.rstrip("\n").split("\n")]
    legend = [f"{dot * 3} {phrase('trend.curve', lang)}"]
    if trend.quota:
        legend.append(f"{line * 3} {phrase('trend.line', lang, quota=trend.quota)}")
    named = "   ".join(legend)
    legend = [named] if len(named) <= width else [part for each in legend for part in wrapped(each, width)]
    return legend + (lines if drawing else [text.translate(_FRAME_IN_ASCII) for text in lines])


# --- as an image -------------------------------------------------------------------------------------------------

_CURVE, _LINE, _FAINT = "#123a63", "#555555", "#d5d5d5"
_SIZE = (10, 6)  # inches
_DPI = 150
_TITLE_WIDTH = 70  # letters, be they capitals
_LOW = 12  # a value that so many times is less than the top lies near the axis
_MOST_MARKS = 70  # points beyond which they would be a blot


def check_charts(place: str) -> None:
    """Raise SangkienError, naming the option or file, where the package that draws images is not installed."""
    # What it says of its caches and fonts is nothing that a user could do anything about.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    os.environ["MPLBACKEND"] = "agg"  # one that the user has named for other programs may be unknown, or need a screen
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise SangkienError(Problem(place, say("trend.no_charts"), say("trend.no_charts.fix"))) from None


def draw_image(trend: Trend, lang: Lang, kind: Image) -> bytes:
    """The chart as an SVG, its letters as outlines, or a PNG. Nothing in it depends on the machine or the clock."""
    title = _image_title(trend, lang)
    return image(lambda: _figure(trend, title, lang), title, kind)


def image(figure: Callable[[], Figure], title: Sequence[str], kind: Image) -> bytes:
    """A figure as an image, whatever settings of matplotlib the user has; `title` is for its properties."""
    import matplotlib

    out = io.BytesIO()
    settings = {name: value for name, value in matplotlib.rcParamsDefault.items() if not name.startswith("backend")}
    settings |= {"font.family": "DejaVu Sans", "font.size": 11, "text.parse_math": False}
    settings |= {"svg.fonttype": "path", "svg.hashsalt": "sangkien"}
    unsaid: tuple[str, ...] = ("Date", "Creator", "Format", "Type") if kind == "svg" else ("Software",)
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is a box
        metadata = {"Title": allowed(" – ".join(title)), **dict.fromkeys(unsaid)}
        figure().savefig(out, format=kind, dpi=_DPI, metadata=metadata)
    # An SVG holds each text in a comment beside its outlines.
    return out.getvalue() if kind == "png" else allowed(_named(_DOCTYPE.sub("", out.getvalue().decode()))).encode()


def _named(svg: str) -> str:
    """The parts of an SVG numbered in their order. matplotlib names them by hashes of places to the last bit, and the
    layout's last bits depend on where things lie in memory."""
    numbers: dict[str, int] = {}
    return _NAME.sub(lambda found: f"part{numbers.setdefault(found[0], len(numbers) + 1)}", svg)


_NAME = re.compile(r"(?<=[\"#])[a-zC][0-9a-f]{10}(?=[\")])")  # `id="p26c43b3d7f"`, `url(#p26c43b3d7f)`
_DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\n")  # it names an address, which some programs would fetch


def _image_title(trend: Trend, lang: Lang) -> list[str]:
    whose = f"{trend.report.config.programme} – {unit_name(trend, lang)}"
    day = on_basis(phrase("report.as_of", lang, day=trend.report.as_of), trend.report.config)
    today = f"{day}: {state(trend, lang)}"
    return [tidy(whose), tidy(window_title(trend, lang)), today]


def _figure(trend: Trend, title: list[str], lang: Lang) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot()
    lines = [line for part in title for line in wrap(part, _TITLE_WIDTH, break_on_hyphens=False)]
    axes.set_title("\n".join(lines), loc="left", fontsize=13, linespacing=1.4)
    draw_on(axes, trend, lang)
    return figure


def draw_on(axes: Axes, trend: Trend, lang: Lang) -> None:
    """The curve, the straight line to the quota, and what they are."""
    from matplotlib.transforms import offset_copy

    if trend.points:
        _draw_curve(axes, trend, lang)
    if trend.quota:
        named = phrase("trend.line", lang, quota=trend.quota)
        dashes = (0, (5, 4))
        axes.plot([0, trend.days], [0, trend.quota], color=_LINE, linestyle=dashes, linewidth=1.6, label=named)
        axes.axhline(trend.quota, color=_LINE, linestyle=":", linewidth=0.9)
    _rule(axes, trend, lang)
    if trend.undated:
        axes.plot([], [], " ", label=phrase("trend.undated_short", lang, undated=trend.undated))
    if axes.get_legend_handles_labels()[0]:
        # Below the dates, where no curve can lie: there its upper left corner (2) is.
        below = offset_copy(axes.transAxes, axes.get_figure(root=True), 0, -26, units="points")
        axes.legend(bbox_to_anchor=(0, 0), bbox_transform=below, loc=2, ncols=2, frameon=False, borderaxespad=0)


def _draw_curve(axes: Axes, trend: Trend, lang: Lang) -> None:
    """The cumulative curve, its last value beside it: on the far side of the straight line, where there is room."""
    from matplotlib.transforms import offset_copy

    days, numbers = curve(trend)
    marks = "o" if len(days) <= _MOST_MARKS else None
    named = phrase("trend.curve", lang)
    axes.plot(days, numbers, color=_CURVE, linewidth=2.6, marker=marks, markersize=4.5, zorder=3, label=named,
              clip_on=False)  # fmt: skip
    side, up, upright = _beside(trend, days[-1], numbers[-1])
    beside = offset_copy(axes.transData, axes.get_figure(root=True), -6 if side == "right" else 8, up, units="points")
    blank = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    axes.text(
        days[-1], numbers[-1], whole(numbers[-1], lang), transform=beside,
        ha=side, va=upright,
        fontsize=13, fontweight="bold", color=_CURVE, zorder=4,
        bbox=None if upright == "center" else blank,  # right under the straight line, which it would hide
    )  # fmt: skip


def _beside(trend: Trend, days: int, number: int) -> tuple[str, int, str]:
    """Where the last value stands: its side that is at the end of the curve, points above that, and how it is set."""
    early, late = days < 0.15 * trend.days, days > 0.85 * trend.days
    low, lowest = (times * number < highest(trend) for times in (_LOW, 4 * _LOW))
    if (trend.points[-1].ahead or 0) >= 0 or (late and low):
        return ("left", 6, "bottom") if early else ("right", 6, "bottom")
    if low:  # below it is the axis, above it the straight line
        return ("left", 2, "bottom") if lowest else ("left", 0, "center")
    return ("right" if late else "left"), -8, "top"


def _rule(axes: Axes, trend: Trend, lang: Lang) -> None:
    """The axes: dates below, whole numbers on the left."""
    top = highest(trend)
    ticks = number_ticks(top, 7)
    axes.set_yticks(ticks, [whole(tick, lang) for tick in ticks])
    at, dates = day_ticks(trend, 7, lang)
    axes.set_xticks(at, dates)
    axes.set_xlim(0, trend.days * 1.02)
    axes.set_ylim(0, top * 1.18)  # the last value may stand above the curve
    axes.grid(True, axis="y", color=_FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)

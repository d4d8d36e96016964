"""A report as one page of HTML that needs nothing else: no network, no script to be read, by double-click.

The template, its styles and its script lie beside this file. The script folds, sorts and filters; nothing that came
from the data is ever made into markup, style or script, and the page's policy allows no other than its own.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from sangkien_cli import __version__
from sangkien_cli.explain import rows_told
from sangkien_cli.judge import REASONS
from sangkien_cli.lang import Lang, day, phrase, words
from sangkien_cli.lists import STATUSES
from sangkien_cli.model import Reason
from sangkien_cli.render.about import sources, tops, unit_about
from sangkien_cli.render.chart import drawable, standing, state, trend_shown, unit_name, window_title
from sangkien_cli.render.document import TOOL_NAME
from sangkien_cli.render.held import in_page
from sangkien_cli.render.html_chart import Drawing, draw
from sangkien_cli.render.made import Made
from sangkien_cli.render.scale import Scale, scale_of
from sangkien_cli.render.trend import period_text, point_columns, remarks
from sangkien_cli.returns import misled
from sangkien_cli.tables import Line, RowLine, Section
from sangkien_cli.tables.pace import pace_sentences
from sangkien_cli.text import tidy

if TYPE_CHECKING:
    from jinja2 import Template

_TOPS = 3  # units whose figures stand at the head of the page
_ROWS = 300  # shown of each reason; the ledger has them all
_LONGEST = 200  # letters shown of a cell of an export
_MANY = 300  # lines from which a table is laid out for speed, and opens with its upper levels
_BODY = 64  # lines of a part of such a table
_WIDE = 2  # further columns from which a table is laid out for many


def render_report_html(made: Made) -> str:
    """The page. Same inputs, same bytes."""
    heads = scale_of(line.share for section in made.sheet.sections for line in _headed(section) if line.share)
    sections = [_section(made, section, number, heads) for number, section in enumerate(made.sheet.sections, start=1)]
    style, script = _text("html_page.css") + _measures(sections, heads), _text("html_page.js")
    return _template().render(
        lang=made.lang,
        policy=_policy(style, script),
        style=_Own(style),
        script=_Own(script),
        tool=f"{TOOL_NAME} {__version__}",
        title=made.sheet.title,
        whose=_whose(made),
        subtitle=made.sheet.subtitle,
        words=_words(made.lang),
        sections=sections,
        wide=any(section.wide for section in sections),
        links=_links(made),
        passages=[
            {"id": f"p{number}", "title": each.title, "lines": each.lines}
            for number, each in enumerate(made.sheet.passages, start=1)
        ],
        trend=_trend(made),
        balance=made.sheet.balance,
        reasons=[_reason(made, line) for line in made.sheet.set_aside],
        sources=list(sources(made.report, made.lang)),
        origin=_Own(_in_script(made.origin)),
    )


# --- the page's own texts ----------------------------------------------------------------------------------------


class _Own(str):
    """Markup, style or script of the program's own, which is put into the page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown
    )
    return environment.from_string(_text("html_page.html"))


def _shown(value: object) -> object:
    """A value as it is put into the page; escaping is the template's."""
    return value if hasattr(value, "__html__") else in_page(str(value))


def _in_script(text: str) -> str:
    """JSON as it may stand in a script element: the same values, no `<` that could end the element."""
    return re.sub("[<\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this style and this script, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _words(lang: Lang) -> dict[str, str]:
    keys = {
        "skip": "page.skip",
        "contents": "page.contents",
        "trend": "page.trend",
        "rows": "page.rows",
        "sources": "page.sources",
        "find": "page.find",
        "status": "page.status",
        "any": "page.any",
        "open": "page.open",
        "close": "page.close",
        "points": "page.points",
        "unit": "column.unit",
        "short": "column.short",
        "code": "page.code",
        "file": "explain.column.file",
        "sheet": "explain.column.sheet",
        "export_rows": "page.export_rows",
    }
    said = {name: phrase(key, lang) for name, key in keys.items()}
    said["shown"] = phrase("page.shown", lang, shown="{shown}", lines="{lines}")  # filled by the script
    said["made"] = phrase("page.made", lang, name=TOOL_NAME, version=__version__)
    return said


# --- the units ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar's length in percent, and whether it is cut off there."""

    length: int
    is_cut: bool

    @property
    def classes(self) -> str:
        """The classes of what it stands in."""
        return f"b{self.length} cut" if self.is_cut else f"b{self.length}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the grid, its figure in the parts of which it is printed."""

    level: int
    name: str
    below: tuple[str, ...]
    extra: bool  # no unit of its own
    parts: tuple[str, ...]  # what its figure is made of where that is not done and quota
    done: str
    quota: str
    percent: str
    short: str
    more: tuple[tuple[str, str], ...]
    status: str
    word: str
    bar: _Bar | None

    @property
    def classes(self) -> str:
        """The classes of its row."""
        return " ".join([*(["extra"] if self.extra else []), *([] if self.bar is None else [self.bar.classes])])


@dataclass(frozen=True, slots=True)
class _Top:
    """A figure at the head of the page."""

    name: str
    named: bool
    done: str
    percent: str
    facts: tuple[str, ...]
    word: str
    status: str
    bar: _Bar | None


@dataclass(frozen=True, slots=True)
class _Table:
    """A section of the grid."""

    id: str
    title: str
    remark: str
    lead: tuple[str, ...]  # sentences above the lines
    notes: tuple[str, ...]
    scale: Scale  # of its bars
    heads: tuple[str, ...]  # of the figure's parts
    asked: bool  # whether anything has a quota
    more: tuple[str, ...]
    lines: tuple[_Row, ...]
    statuses: tuple[tuple[str, str], ...]  # those that occur
    tops: tuple[_Top, ...]
    counted: str  # how many lines there are, instead of tops

    @property
    def name(self) -> str:
        """The title without the days at its end."""
        return self.title.removesuffix(self.when).rstrip()

    @property
    def when(self) -> str:
        """The days at the end of the title, in brackets."""
        found = re.search(r"\([^()]*\)$", self.title)
        return found[0] if found else ""

    @property
    def columns(self) -> str:
        """The columns of its rows where they are grids."""
        number = "6.75rem"
        figures = [number, number, "13.5rem", number] if self.asked else [number]
        return " ".join(["minmax(14rem, 1fr)", *figures, *[number] * len(self.more), "7.75rem"])

    @property
    def wide(self) -> bool:
        """Whether it has many columns."""
        return len(self.more) >= _WIDE

    @property
    def many(self) -> bool:
        """Whether it has many lines."""
        return len(self.lines) > _MANY

    @property
    def bodies(self) -> list[tuple[_Row, ...]]:
        """The lines in the parts of which the table is made: one, or many of one length, laid out when in sight."""
        size = _BODY if self.many else max(len(self.lines), 1)
        return [self.lines[at : at + size] for at in range(0, len(self.lines), size)]

    @property
    def sortable(self) -> bool:
        """Whether there is anything to sort and filter."""
        return sum(not line.extra for line in self.lines) > 1

    @property
    def folds(self) -> bool:
        """Whether lines lie below others."""
        return any(line.level for line in self.lines)


def _section(made: Made, section: Section, number: int, on_top: Scale) -> _Table:
    lang = made.lang
    done, _, quota = section.figure.partition("/")
    config = made.report.config
    basis = next((each.name for each in config.bases if each.id == config.basis), phrase("xlsx.quota", lang))
    done, quota = done or phrase("xlsx.done", lang), quota[:1].upper() + quota[1:] or basis
    asked = any("/" in line.figure for line in section.lines)
    scale = scale_of(line.share for line in section.lines if line.share is not None)
    lines = tuple(_row(section, line, scale) for line in section.lines)
    found = {line.status for line in section.lines if line.of is not None}
    heading = _headed(section)
    lead = _lead(made, section)
    return _Table(
        id=f"s{number}",
        title=section.title,
        remark=section.remark,
        lead=lead,
        notes=tuple(note for note in (*section.notes, section.gap) if note and note not in lead),
        scale=scale,
        heads=(quota, done, phrase("xlsx.percent", lang)) if asked else (done,),
        asked=asked,
        more=section.more,
        lines=lines,
        statuses=tuple((each, _status(each, lang)) for each in STATUSES if each in found),
        tops=tuple(_top(line, _row(section, line, on_top), len(heading) > 1, lang) for line in heading),
        counted="" if heading or not lines else phrase("page.lines", lang, lines=len(lines)),
    )


def _status(status: str, lang: Lang) -> str:
    return phrase("page.no_quota", lang) if status == "no-quota" else phrase(f"status.{status}", lang)


def _headed(section: Section) -> list[Line]:
    """The lines whose figures stand at the head of the page."""
    lines = tops(section)
    return lines if len(lines) <= _TOPS else []


def _row(section: Section, line: Line, scale: Scale) -> _Row:
    counts, _, percent = line.figure.partition(" = ")
    done, _, quota = counts.partition("/")
    return _Row(
        level=line.indent,
        name=line.name,
        below=line.below,
        extra=line.of is None,
        parts=(done, quota) if line.of is None and quota else (),
        done=done,
        quota=quota,
        percent=percent,
        short=line.short,
        more=tuple(zip(section.more, line.more or [""] * len(section.more), strict=True)),
        status=line.status or "",
        word=line.word,
        bar=None if line.share is None else _Bar(int(scale.length(line.share)), scale.cuts(line.share)),
    )


def _measures(sections: Sequence[_Table], on_top: Scale) -> str:
    """The columns of large tables, the levels, the bars' scales and the classes of their lengths."""
    columns = [f"#{section.id} .units {{ --columns: {section.columns}; }}\n" for section in sections if section.many]
    scales = [(".cards", on_top), *((f"#{section.id}", section.scale) for section in sections)]
    lines = [line for section in sections for line in section.lines]
    heads = [top for section in sections for top in section.tops]
    bars = [bar for bar in (*(line.bar for line in lines), *(head.bar for head in heads)) if bar]
    return "".join(
        [
            *columns,
            *(f'[data-level="{level}"] {{ --level: {level}; }}\n' for level in sorted({line.level for line in lines})),
            *(f"{place} {{ --end: {scale.end / 100:g}; }}\n" for place, scale in scales),
            *(f".b{length} {{ --bar: {length / 100:g}; }}\n" for length in sorted({bar.length for bar in bars})),
        ]
    )


def _top(line: Line, row: _Row, named: bool, lang: Lang) -> _Top:
    short = [phrase("page.short", lang, short=line.short)] if line.short else []
    counts = [line.figure.partition(" = ")[0]] if row.percent else []
    word = _status(row.status, lang) if row.status == "no-quota" else line.word
    return _Top(line.name, named, row.done, row.percent, (*counts, *short), word, row.status, row.bar)


def _whose(made: Made) -> str:
    """The unit that the whole page is about; nothing where it is several."""
    unit = unit_about(made.report)
    return "" if unit is None else tidy(unit.name)


def _lead(made: Made, section: Section) -> tuple[str, ...]:
    """The sentences of a section on the pace of its topmost units."""
    phases = {line.of.phase for line in section.lines if line.of is not None}
    here = [each for each in made.report.attainments if each.phase in phases]
    said = set(pace_sentences(made.report, here, made.lang)) if here and section.notes else set()
    return tuple(note for note in section.notes if note in said)


def _links(made: Made) -> list[tuple[str, str]]:
    passages = [(f"p{number}", each.title) for number, each in enumerate(made.sheet.passages, start=1)]
    further = [("trend", "page.trend"), ("rows", "page.rows"), ("sources", "page.sources")]
    return [*passages, *((place, phrase(key, made.lang)) for place, key in further)]


# --- the trend ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Trend:
    """The trend with its chart, for a broad page and for a narrow one; none where it would say nothing."""

    title: str
    state: str
    curve: str
    line: str
    wide: Drawing | None
    narrow: Drawing | None
    heads: list[str]
    rows: list[tuple[str, ...]]
    remarks: list[str]


def _trend(made: Made) -> _Trend:
    found, lang = trend_shown(made), made.lang
    drawn = drawable(found)
    columns = point_columns(found, lang)
    periods = [period_text(point, lang) for point in found.points]
    return _Trend(
        title=f"{unit_name(found, lang)} · {window_title(found, lang)}",
        state=" ".join([f"{state(found, lang)}.", *standing(found, lang)]),
        curve=phrase("trend.curve", lang),
        line=phrase("trend.line", lang, quota=found.quota) if found.quota else "",
        wide=draw(found, lang, 960, 340, 7) if drawn else None,
        narrow=draw(found, lang, 340, 260, 3) if drawn else None,
        heads=[phrase("trend.column.period", lang), *(phrase(key, lang) for key in columns)],
        rows=list(zip(periods, *columns.values(), strict=True)),
        remarks=list(remarks(found, lang))[:-1],  # the last is the balance, which the page has
    )


# --- the rows ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reason:
    """Rows set aside for one reason, and the first of them."""

    code: str
    rows: str
    words: str
    details: tuple[str, ...]
    show: str
    heads: list[str]
    behind: list[list[str]]
    left: str  # how many are not shown


_ROW_HEADS = ("explain.column.file", "explain.column.row", "explain.column.code", "explain.column.date",
              "explain.column.typed", "explain.column.words")  # fmt: skip


def _reason(made: Made, line: RowLine) -> _Reason:
    judged, lang = made.judged, made.lang
    rows = np.flatnonzero(judged.reason == REASONS.index(Reason(line.code)))
    shown = rows[:_ROWS]
    told = rows_told(judged, made.report.config, made.report.as_of, misled(judged, shown), shown)
    behind = [
        [
            row.sheet.place,
            str(row.number),
            _cut(row.code or ""),
            "" if row.submitted is None else day(row.submitted, lang),
            _cut(row.unit_text),
            "" if row.words is None else _cut(words(row.words, lang)),
        ]
        for row in told
    ]
    left = phrase("page.rows_left", lang, shown=len(shown), rows=len(rows)) if len(rows) > _ROWS else ""
    show = phrase("page.show_first" if left else "page.show", lang, rows=len(shown))
    heads = [phrase(key, lang) for key in _ROW_HEADS]
    return _Reason(line.code, line.rows, line.words, line.details, show, heads, behind, left)


def _cut(text: str) -> str:
    text = tidy(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

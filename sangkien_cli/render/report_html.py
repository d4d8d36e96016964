"""A report as one page of HTML that needs nothing else: no network, no script to be read, by double-click.

The template, its styles and its script lie beside this file. The script folds, sorts and filters; nothing that came
from the data is ever made into markup, style or script, and the page's policy allows no other than its own.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from sangkien_cli import __version__
from sangkien_cli.explain import rows_told
from sangkien_cli.judge import REASONS
from sangkien_cli.lang import Lang, day, phrase, words
from sangkien_cli.lists import STATUSES
from sangkien_cli.model import Attainment, Reason
from sangkien_cli.render.about import sources, tops, unit_about
from sangkien_cli.render.chart import drawable, standing, state, trend_shown, unit_name, window_title
from sangkien_cli.render.document import TOOL_NAME
from sangkien_cli.render.html_chart import Drawing, draw
from sangkien_cli.render.made import Made
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
    lead = _lead(made)
    sections = [_section(made, section, number, lead) for number, section in enumerate(made.sheet.sections, start=1)]
    style, script = _text("html_page.css") + _measures(sections), _text("html_page.js")
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
        lead=lead,
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


# What HTML does not allow in a text, and what UTF-8 cannot hold.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def _shown(value: object) -> object:
    """A value as it is put into the page; escaping is the template's."""
    return value if hasattr(value, "__html__") else _NO_TEXT.sub("\ufffd", str(value))


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
        "percent": "explain.column.percent",
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
class _Row:
    """A line of the grid, its figure in the parts of which it is printed."""

    level: int
    name: str
    below: tuple[str, ...]
    extra: bool  # no unit of its own
    parts: str  # what its figure is made of where that is not done and quota
    done: str
    quota: str
    percent: str
    short: str
    more: tuple[tuple[str, str], ...]
    status: str
    word: str
    bar: int | None

    @property
    def classes(self) -> str:
        """The classes of its row."""
        return " ".join([*(["extra"] if self.extra else []), *([] if self.bar is None else [f"b{self.bar}"])])


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
    classes: str


@dataclass(frozen=True, slots=True)
class _Table:
    """A section of the grid."""

    id: str
    title: str
    remark: str
    notes: tuple[str, ...]
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
        figures = [number, number, "13rem", number] if self.asked else [number]
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


def _section(made: Made, section: Section, number: int, lead: Sequence[str]) -> _Table:
    lang = made.lang
    done, _, quota = (section.figure or phrase("column.figure", lang)).partition("/")
    asked = any("/" in line.figure for line in section.lines)
    heads = (done, quota[:1].upper() + quota[1:], phrase("explain.column.percent", lang)) if asked else (done,)
    lines = tuple(_row(section, line) for line in section.lines)
    found = {line.status for line in section.lines if line.of is not None}
    heading = tops(section)
    heading = heading if len(heading) <= _TOPS else []
    return _Table(
        id=f"s{number}",
        title=section.title,
        remark=section.remark,
        notes=tuple(note for note in section.notes if note not in lead),  # it stands above
        heads=heads,
        asked=asked,
        more=section.more,
        lines=lines,
        statuses=tuple((each, _status(each, lang)) for each in STATUSES if each in found),
        tops=tuple(_top(line, row, len(heading) > 1, lang) for line, row in _paired(section, lines) if line in heading),
        counted="" if heading or not lines else phrase("page.lines", lang, lines=len(lines)),
    )


def _status(status: str, lang: Lang) -> str:
    return phrase("page.no_quota", lang) if status == "no-quota" else phrase(f"status.{status}", lang)


def _paired(section: Section, rows: Sequence[_Row]) -> Iterator[tuple[Line, _Row]]:
    return zip(section.lines, rows, strict=True)


def _row(section: Section, line: Line) -> _Row:
    counts, _, percent = line.figure.partition(" = ")
    done, _, quota = counts.partition("/")
    return _Row(
        level=line.indent,
        name=line.name,
        below=line.below,
        extra=line.of is None,
        parts=counts if line.of is None and quota else "",
        done=done,
        quota=quota,
        percent=percent,
        short=line.short,
        more=tuple(zip(section.more, line.more or [""] * len(section.more), strict=True)),
        status=line.status or "",
        word=line.word,
        bar=None if line.share is None else _bar(line.share),
    )


_FULL = 125  # percent beyond which a bar grows no more


def _bar(share: Fraction) -> int:
    """A bar's length in percent: full only from the quota on, empty only at nothing."""
    percent = 100 * share.numerator // share.denominator
    if 0 < share < 1:
        return min(max(percent, 1), 99)
    return min(percent, _FULL)


def _measures(sections: Sequence[_Table]) -> str:
    """The columns of large tables, and the classes of the bars' lengths."""
    columns = [f"#{section.id} .units {{ --columns: {section.columns}; }}\n" for section in sections if section.many]
    lengths = sorted({line.bar for section in sections for line in section.lines if line.bar is not None})
    return "".join([*columns, *(f".b{length} {{ --bar: {length / 100:g}; }}\n" for length in lengths)])


def _top(line: Line, row: _Row, named: bool, lang: Lang) -> _Top:
    short = [phrase("page.short", lang, short=line.short)] if line.short else []
    counts = [line.figure.partition(" = ")[0]] if row.percent else []
    word = _status(row.status, lang) if row.status == "no-quota" else line.word
    return _Top(line.name, named, row.done, row.percent, (*counts, *short), word, row.status, row.classes)


def _whose(made: Made) -> str:
    """The unit that the whole page is about; nothing where it is several."""
    unit = unit_about(made.report)
    return "" if unit is None else tidy(unit.name)


def _lead(made: Made) -> list[str]:
    """The sentences on the pace of the topmost units, of all sections."""
    found: list[str] = []
    for section in made.sheet.sections:
        here = [line.of for line in section.lines if line.of is not None]
        said = set(pace_sentences(made.report, _of_report(made, here), made.lang)) if here else set()
        found += [note for note in section.notes if note in said and note not in found]
    return found


def _of_report(made: Made, here: Sequence[Attainment]) -> list[Attainment]:
    return [each for each in made.report.attainments if each.phase == here[0].phase]


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

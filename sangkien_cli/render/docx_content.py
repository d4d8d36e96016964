"""What a report that is handed in says, in the customary words: numbered parts, lists of units, tables behind.

Every figure, name and order is that of the grid (`Made.sheet`). A sentence that does not hold is not said.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import islice

from sangkien_cli import attain
from sangkien_cli.lang import Lang, decimal, phrase, whole
from sangkien_cli.model import ALL, Attainment, Report, Status
from sangkien_cli.pace import Pace
from sangkien_cli.render.docx_heading import Heading, capital, heading_of, in_words
from sangkien_cli.render.docx_letters import width
from sangkien_cli.render.made import Made
from sangkien_cli.tables import TREE, Line, Passage, RowLine, Section
from sangkien_cli.tables.pace import pace_sentences

_LONGEST = 200  # letters of a name in a sentence or a list; the table has it whole
_LONGEST_HEAD = 80  # letters of the head of a column
_POINTS = 5  # units that are listed without a table
_IN_TEXT = 30  # lines of a table that does not stand in an appendix
_MORE_IN_TEXT = 2  # further columns of such a table
_HEADS = 3  # topmost units with sentences of their own
_LINE = 147  # mm of the first line of a paragraph
_POINTS_OF = 14  # points of the text


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the grid with its number, and the name by which it stands in a list."""

    number: str
    line: Line
    listed: str
    lang: Lang

    @property
    def is_top(self) -> bool:
        """Whether it is a topmost unit of a tree."""
        return self.line.of is not None and self.line.indent == 0 and self.number.isalpha()

    @property
    def quota(self) -> str:
        """The quota as printed; "" where the figure has none."""
        each = self.line.of
        return "" if each is None or each.quota is None or "/" not in self.line.figure else whole(each.quota, self.lang)

    @property
    def done(self) -> str:
        """The result as printed."""
        return self.line.figure if self.line.of is None else whole(self.line.of.done, self.lang)

    @property
    def percent(self) -> str:
        """The percent as printed, without its sign; "" where there is none."""
        each = self.line.of
        return "" if each is None or each.percent is None else decimal(each.percent, self.lang)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `form` is heading, body, lead (before a table), point, bullet or note."""

    form: str
    text: str


@dataclass(frozen=True, slots=True)
class Units:
    """A list of some units as a table. `last` is the column beyond name, quota and result."""

    entries: tuple[Entry, ...]
    last: str  # percent, short, done or none
    needed: tuple[str, ...]  # what each needs a day; none where nothing can come in any more
    in_campaign: bool  # the quota is what was short when the campaign began


@dataclass(frozen=True, slots=True)
class Table:
    """A section of the grid as a table, with its sum."""

    section: Section
    entries: tuple[Entry, ...]
    total: tuple[str, str, str, str] | None  # quota, result, percent, short
    more: tuple[str, ...]  # the sum's further columns
    in_campaign: bool  # as in `Units`

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of the further columns, none so long that it fills a page: it stands on each."""
        return tuple(_cut(head, _LONGEST_HEAD) for head in self.section.more)


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons for which rows do not count, with how many there are, and their sum."""

    lines: tuple[RowLine, ...]
    total: str


Block = Paragraph | Units | Table | Reasons


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part of the text, or an appendix."""

    title: str
    blocks: tuple[Block, ...]
    number: str = ""  # `IV`, `Phụ lục II`
    attached: str = ""  # of an appendix: `(Kèm theo Báo cáo số …)`


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole report."""

    heading: Heading
    intro: tuple[str, ...]
    parts: tuple[Part, ...]
    closing: str
    appendices: tuple[Part, ...]
    sections: tuple[Table, ...]  # every section of the grid, those without lines too


def paper_of(made: Made) -> Paper:
    """The report as it is handed in."""
    tables = tuple(_table(section, made.report, made.lang) for section in made.sheet.sections)
    paper = _Writer(made, tables, several=True).paper()
    return paper if len(paper.appendices) != 1 else _Writer(made, tables, several=False).paper()


class _Writer:
    """Writes the parts one after another, and keeps what is to stand in appendices: `several`, or a single one."""

    def __init__(self, made: Made, sections: tuple[Table, ...], *, several: bool) -> None:
        self.made = made
        self.report = made.report
        self.lang = made.lang
        self.heading = heading_of(made)
        self.sections = sections
        self.tables = [table for table in sections if table.entries]
        self.several = several
        self.appendices: list[Part] = []

    def paper(self) -> Paper:
        if self._in_appendices:
            for table in self.tables:
                title = self._say("docx.appendix.table", section=table.section.title)
                self._append(title, (table, *self._notes(table)))
        found: list[tuple[str, Sequence[Block]]] = [
            (self._say("docx.part.overall"), self._overall()),
            (self._say("docx.part.units"), self._units()),
            (self._say("docx.part.passages"), [block for each in self.made.sheet.passages for block in _told(each)]),
            (self._say("docx.part.until"), self._until()),
            (self._say("docx.part.data"), self._data()),
        ]
        if not self._in_appendices:
            found.append((self._say("docx.part.table"), list(self._captioned())))
        said = [(title, tuple(blocks)) for title, blocks in found if blocks]
        numbered = [Part(title, blocks, roman(number)) for number, (title, blocks) in enumerate(said, start=1)]
        if self.appendices:
            names = tuple(part.number for part in self.appendices)
            told = Paragraph("body", self._say("docx.appended", appendices=names))
            numbered[-1] = replace(numbered[-1], blocks=(*numbered[-1].blocks, told))
        closing = self._say("docx.closing", agency=self.heading.agency, about=self.heading.about)
        return Paper(
            self.heading, tuple(self._intro()), tuple(numbered), closing, tuple(self.appendices), self.sections
        )

    def _intro(self) -> Iterator[str]:
        heading, config = self.heading, self.report.config
        day = in_words(self.report.as_of, self.lang)
        opening = self._say("docx.intro", agency=heading.agency, about=heading.about, day=day)
        yield f"{heading.ground}, {opening}" if heading.ground else opening
        yield from (self._say("docx.basis", basis=each.name) for each in config.bases if each.id == config.basis)

    @cached_property
    def _in_appendices(self) -> bool:
        """Whether the tables are too long or too wide for the text."""
        is_wide = any(len(table.section.more) > _MORE_IN_TEXT for table in self.tables)
        return is_wide or sum(len(table.entries) for table in self.tables) > _IN_TEXT

    def _append(self, title: str, blocks: tuple[Block, ...]) -> None:
        heading = self.heading
        attached = self._say("docx.appendix.with", number=heading.number, dated=heading.dated, agency=heading.agency)
        self.appendices.append(Part(title, blocks, self._appendix(len(self.appendices)), attached))

    def _appendix(self, at: int) -> str:
        """What an appendix is called, by how many stand before it."""
        if not self.several:
            return self._say("docx.appendix")
        return self._say("docx.appendix.numbered", number=roman(at + 1))

    def _say(self, key: str, **args: object) -> str:
        return phrase(key, self.lang, **args)

    def _captioned(self) -> Iterator[Block]:
        for number, table in enumerate(self.tables, start=1):
            caption = table.section.title if len(self.tables) == 1 else f"{number}. {table.section.title}"
            yield Paragraph("heading", caption)
            yield table
            yield from self._notes(table)

    def _notes(self, table: Table) -> Iterator[Block]:
        """What is to be known of a table; how it goes on is a part of its own."""
        told = {sentence for layout in (TREE, replace(TREE, pace=True))
                for sentence in pace_sentences(self.report, _attained(table), self.lang, layout)}  # fmt: skip
        notes = filter(None, (table.section.gap, *table.section.notes))
        return (Paragraph("note", note) for note in notes if note not in told)

    # --- the result as a whole ---

    def _overall(self) -> list[Block]:
        return [block for table in self.sections for block in self._of_section(table)]

    def _of_section(self, table: Table) -> Iterator[Block]:
        section = table.section
        heads = heads_of(table)
        sentences = [section.remark] if section.remark and not table.entries else []
        sentences += [sentence for head in heads for sentence in self._of_head(head, table)]
        sentences += [self._counts(key, others) for key, others in _levels(self._active(table), heads) if others]
        ended = [each for each in _units_of(table) if _has_ended(each, self.report) and each.line.status != "no-quota"]
        sentences += [self._say("docx.ended", units=len(ended))] if ended else []
        if sentences:
            yield Paragraph("body", f"{section.title}: {' '.join(sentences)}")
        for target in (target for head in heads for target in _targets(head, table)):
            said = self._say("docx.target", name=_cut(target.name), figure=target.figure, word=target.word)
            yield Paragraph("bullet", f"- {said}")

    def _of_head(self, head: Entry, table: Table) -> Iterator[str]:
        each = head.line.of
        assert each is not None
        yield self._result(head, each)
        if each.toward is not None and (phase := self._phase_name(each.toward.phase)):
            toward = each.toward
            figure = attain.figure(toward.done, toward.quota, toward.percent, self.lang)
            yield self._say("docx.toward", phase=phase, figure=figure)
        yield from self._beside(head, each, table.section)

    def _beside(self, head: Entry, each: Attainment, section: Section) -> Iterator[str]:
        """What the quota file and the options count beside the result: the first of the further columns."""
        config, more = self.report.config, iter(zip(section.more, head.line.more, strict=False))
        also = [f"{_uncapital(_cut(name))} {text}" for name, text in islice(more, len(each.also)) if text]
        if also and len(each.also) == len(config.also_count):
            yield self._say("docx.also", also=tuple(also))
        beside = [f"{_cut(name)}: {text}" for name, text in islice(more, len(each.beside)) if text]
        if beside:
            yield self._say("docx.beside", beside="; ".join(beside))
        if self.report.since is not None and each.since is not None:
            yield self._say("docx.since", day=in_words(self.report.since, self.lang), since=each.since)

    def _result(self, head: Entry, each: Attainment) -> str:
        """How far a unit is, in the customary words."""
        said = {"name": _cut(head.line.name), "done": each.done}
        campaign = self.report.campaign is not None
        if each.percent is None or each.quota is None:
            if not each.done:
                return self._say("docx.nothing", name=said["name"])
            return self._say("docx.came_in" if campaign else "docx.done", **said)
        said |= {"quota": each.quota, "percent": head.percent}
        if campaign and each.toward is not None:
            return self._say("docx.campaign", **said)
        if not each.done:
            return self._say("docx.nothing_of", name=said["name"], quota=each.quota)
        if each.done > each.quota:
            return self._say("docx.exceeded", over=over(each.percent, self.lang), **said)
        if each.done == each.quota:
            return self._say("docx.met", **said)
        return self._say("docx.below", short=each.short, **said)

    def _counts(self, key: str, others: Sequence[Entry]) -> str:
        often = Counter((each.line.status, each.line.word) for each in others)
        ordered = sorted(often, key=lambda kind: _ORDER.index(kind[0]))
        counts = tuple(f"{whole(often[kind], self.lang)}\u00a0{self._status(*kind)}" for kind in ordered)
        return self._say(key, units=len(others), counts=counts)

    def _status(self, status: Status | None, word: str) -> str:
        if status != "none":
            return word
        return self._say("docx.word.none_came_in") if self.report.campaign else self._say("docx.word.none", word=word)

    def _phase_name(self, phase: str) -> str:
        return next((each.name for each in self.report.config.phases if each.id == phase), "")

    # --- the units ---

    def _units(self) -> list[Block]:
        found = [(table, list(self._lists(table))) for table in self.tables]
        found = [(table, blocks) for table, blocks in found if blocks]
        if len(found) == 1:
            return found[0][1]
        blocks: list[Block] = []
        for number, (table, listed) in enumerate(found, start=1):
            blocks += [Paragraph("heading", f"{number}. {table.section.title}"), *listed]
        return blocks

    def _active(self, table: Table) -> list[Entry]:
        """The units that are still there: of the others nothing is asked any more."""
        return [each for each in _units_of(table) if not _has_ended(each, self.report)]

    def _lists(self, table: Table) -> Iterator[Block]:
        """Who has reached it, who is near, who is behind, who has nothing; of the programme, whoever is there or near.

        Of those behind the ones right below the top are named: the table has them all.
        """
        heads = heads_of(table)
        units = [each for each in self._active(table) if each not in heads]
        reached, near, behind = (
            [each for each in units if each.line.status in among and not _was_there(each)]
            for among in (("met", "exceeded"), ("near",), ("below",))
        )
        nothing = [each for each in units if each.line.status == "none" and each.line.short]
        before = [each for each in units if _was_there(each)]
        lists = [("docx.list.before", before, "done"), ("docx.list.reached", reached, "percent"),
                 ("docx.list.near", near, "short")]  # fmt: skip
        is_whole = table.section.phase != ALL or len(self.tables) == 1
        if is_whole:
            none = "docx.list.none_came_in" if table.in_campaign else "docx.list.none"
            lists += [("docx.list.behind", behind, "short"), (none, nothing, "none")]
        marks = iter("12345" if len(self.tables) == 1 else "abcde")
        sign = "." if len(self.tables) == 1 else ")"
        for key, entries, last in lists:
            if entries:
                place = self._place_of(table) if key == "docx.list.behind" else ""
                yield from self._list(f"{next(marks)}{sign} ", self._say(key), _Levels.of(entries, heads), last, place)
        rest = [*behind, *nothing]
        if not is_whole and heads and rest:
            key = "docx.rest" if reached or near else "docx.rest_all"
            yield Paragraph("body", self._say(key, units=len(rest), place=self._place_of(table)))
        asked = [each for each in units if each.line.status != "no-quota"]
        if heads and asked and not nothing and table.section.phase != ALL and not table.in_campaign:
            yield Paragraph("body", self._say("docx.all_begun", units=len(asked)))

    def _place_of(self, table: Table) -> str:
        """Where a table stands."""
        return self._appendix(self.tables.index(table)) if self._in_appendices else self._say("docx.place.below")

    def _list(self, mark: str, name: str, levels: _Levels, last: str, place: str) -> Iterator[Block]:
        """A list of units: all of them, or those right below the top and where the others stand; `place`, or an
        appendix of its own."""
        direct, deeper = len(levels.direct), len(levels.deeper)
        said = {"title": mark + name, "units": direct + deeper, "direct": direct, "deeper": deeper}
        in_table = bool(place) and self._in_appendices
        if direct + deeper <= _IN_TEXT and not (in_table and deeper):
            key = "docx.list.one_level" if not (direct and deeper) else "docx.list.two_levels"
            yield from self._shown(self._say(key, **said), levels.all, last)
            return
        named = levels.direct if direct <= _IN_TEXT else ()
        others = levels.deeper if named else levels.all
        if not in_table:
            place = self._appendix(len(self.appendices))
            self._append(
                self._say("docx.list.titled", title=name, units=len(others)), (self._units_block(others, last),)
            )
        if named:
            yield from self._shown(self._say("docx.list.named", place=place, **said), named, last)
        else:
            yield Paragraph("body", self._say("docx.list.appended", place=place, **said))

    def _shown(self, title: str, entries: Sequence[Entry], last: str) -> Iterator[Block]:
        """A few units as lines, more of them or long ones as a table, a long one right behind the title."""
        lines = [f"- {each.listed}: {self._told(each, last)}" for each in entries]
        ends = [";"] * (len(lines) - 1) + ["."]
        fits = all(width(f"{line};", _POINTS_OF, bold=False) <= _LINE for line in lines)
        if len(lines) == 1 and not fits:
            yield Paragraph("body", f"{title} {lines[0].removeprefix('- ')}.")
            return
        yield Paragraph("point", title)
        if len(lines) > _POINTS or not fits:
            yield self._units_block(entries, last)
        else:
            yield from (Paragraph("bullet", line + end) for line, end in zip(lines, ends, strict=True))

    def _units_block(self, entries: Sequence[Entry], last: str) -> Units:
        needed = tuple(self.needed(each.line.of) if each.line.of else "" for each in entries) if last == "short" else ()
        return Units(tuple(entries), last, needed if any(needed) else (), self.report.campaign is not None)

    def _told(self, entry: Entry, last: str) -> str:
        """What is said of a unit in a list, not to be broken over two lines."""
        line, in_campaign = entry.line, self.report.campaign is not None
        if last == "none":
            return self._say("docx.asked_came_in" if in_campaign else "docx.asked", quota=entry.quota)
        if line.of is None or line.of.percent is None:
            if in_campaign:
                return self._say("docx.came_in_word", figure=line.figure)
            return self._say("docx.figure_word", figure=line.figure, word=line.word)
        if line.status != "exceeded":
            return line.figure
        return self._say("docx.over", figure=line.figure, over=over(line.of.percent, self.lang))

    # --- what is asked until the end ---

    def _until(self) -> list[Block]:
        blocks: list[Block] = []
        for table in self.tables:
            heads = heads_of(table)
            asked = [self._asked_of(head, head.line.of) for head in heads if head.line.of and head.line.of.quota]
            title = _plain_title(table.section, self.report)
            said = [" ".join(filter(None, asked)), " ".join(self._asked_of_units(table, heads))]
            blocks += [Paragraph("body", f"{title}: {sentences}") for sentences in said if sentences]
        return blocks

    def _asked_of(self, head: Entry, each: Attainment) -> str:
        pace = each.pace
        if pace is None:
            return ""
        said = {"name": _cut(head.line.name), "day": self._end(pace)}
        if not each.short:
            return self._say("docx.until.there", **said)
        if not pace.days_left:
            return self._say("docx.until.last_day", short=each.short, **said)
        asked = self._say("docx.until", left=pace.days_left, short=each.short, needed=self.needed(each), **said)
        return " ".join([asked, *self._forecast(pace)])

    def _end(self, pace: Pace) -> str:
        return self._in_days(pace.days_left)

    def _in_days(self, days: int) -> str:
        return in_words(self.report.as_of + timedelta(days=days), self.lang)

    def _forecast(self, pace: Pace) -> Iterator[str]:
        if pace.forecast is None or pace.recent_per_day is None:
            return
        recent = attain.shown(pace.recent_per_day, Fraction(0), self.report.config.percent)
        said = {"days": pace.recent_days, "recent": decimal(recent, self.lang)}
        days = pace.days_to_quota
        if days is not None and days <= pace.days_left:
            yield self._say("docx.until.in_time", on=self._in_days(days), **said)
        else:
            yield self._say("docx.until.late", forecast=math.floor(pace.forecast), **said)

    def _asked_of_units(self, table: Table, heads: Sequence[Entry]) -> Iterator[str]:
        short = [(each, each.line.of.pace) for each in _units_of(table)
                 if each not in heads and each.line.of and each.line.of.short]  # fmt: skip
        running = [(each, pace) for each, pace in short if pace is not None]
        if not running:
            return
        nothing = sum(each.line.status == "none" for each, _ in running)
        key = "docx.until.ask"
        if nothing and not table.in_campaign:
            key = "docx.until.ask_none" if nothing < len(running) else "docx.until.ask_nothing"
        yield self._say(key, units=len(running), day=self._end(running[0][1]), nothing=nothing)
        late = sum(pace.on_track is False for _, pace in running)
        if late and running[0][1].days_left:
            key = "docx.until.late_units" if len(running) > 1 else "docx.until.late_unit"
            yield self._say(key, late=late, units=len(running))

    def needed(self, each: Attainment) -> str:
        """What a unit needs a day, rounded up: whoever brings what is printed is there in time."""
        per_day = each.pace.needed_per_day if each.pace else None
        rule = replace(self.report.config.percent, rounding="up")
        return "" if per_day is None else decimal(attain.shown(per_day, Fraction(0), rule), self.lang)

    # --- the data ---

    def _data(self) -> list[Block]:
        rows = self.report.rows
        aside = sum(rows.set_aside.values())
        if not aside:
            return [Paragraph("body", self._say("docx.data.all" if rows.read else "docx.data.none", read=rows.read))]
        lines = tuple(replace(line, words=capital(self._reason(line))) for line in self.made.sheet.set_aside)
        told = self._say("docx.data", read=rows.read, counted=rows.counted, aside=aside)
        blocks: list[Block] = [Paragraph("lead", told), Reasons(lines, whole(aside, self.lang))]
        problems = {reason.value: n for reason, n in rows.set_aside.items() if reason.is_data_problem}
        numbers = [at for at, line in enumerate(lines, start=1) if line.code in problems]
        if numbers:
            to_mend = self._say("docx.to_mend", rows=sum(problems.values()), numbers=tuple(numbers))
            blocks.append(Paragraph("body", to_mend))
        return blocks

    def _reason(self, line: RowLine) -> str:
        """Why rows do not count, for whoever knows nothing of trees."""
        key = {"unknown-unit": "docx.reason.unknown", "ambiguous-unit": "docx.reason.ambiguous"}.get(line.code)
        return line.words if key is None else self._say(key)


def _told(passage: Passage) -> list[Block]:
    title = Paragraph("point" if passage.lines else "body", passage.title)
    return [
        title,
        *(Paragraph("bullet", f"- {text}" if indent == 0 else f"+ {text}") for indent, text in passage.lines),
    ]


# --- the grid ---


@dataclass(frozen=True, slots=True)
class _Levels:
    """Some units: those right below the top, and those deeper; all of a list that is no tree are of the first kind."""

    all: tuple[Entry, ...]
    direct: tuple[Entry, ...]
    deeper: tuple[Entry, ...]

    @staticmethod
    def of(entries: Sequence[Entry], heads: Sequence[Entry]) -> _Levels:
        depth = 1 + max((each.line.of.unit.depth for each in heads if each.line.of), default=-1)
        deeper = tuple(each for each in entries if heads and each.line.of and each.line.of.unit.depth > depth)
        below = set(map(id, deeper))
        return _Levels(tuple(entries), tuple(each for each in entries if id(each) not in below), deeper)


_ORDER: tuple[Status | None, ...] = ("exceeded", "met", "near", "below", "none")


def _table(section: Section, report: Report, lang: Lang) -> Table:
    top = min((line.of.unit.depth for line in section.lines if line.of), default=0)
    as_tree = all(line.indent == line.of.unit.depth - top for line in section.lines if line.of)
    entries = []
    for number, line in zip(_numbers(section.lines, as_tree=as_tree), section.lines, strict=True):
        entries.append(Entry(number, line, _listed_name(line, top, report, lang), lang))
    tops = _outermost(section.lines, report)
    # Of several units further figures, among them places and forecasts, have no sum.
    more = tops[0].more if len(tops) == 1 else ("",) * len(section.more)
    total = _total([line.of for line in tops if line.of], report, lang)
    return Table(section, tuple(entries), total, more, in_campaign=report.campaign is not None)


def _numbers(lines: Sequence[Line], *, as_tree: bool) -> Iterator[str]:
    """`I`, `1`, `1.1`… by the levels of a tree, `1`, `2`… in a list; what is no unit of its own has none."""
    counts: list[int] = []
    for line in lines:
        if line.of is None:
            yield ""
            continue
        level = line.indent if as_tree else 0
        del counts[level + 1 :]
        counts += [0] * (level + 1 - len(counts))
        counts[level] += 1
        if not as_tree:
            yield str(counts[0])
        else:
            yield roman(counts[0]) if level == 0 else ".".join(map(str, counts[1:]))


def _listed_name(line: Line, top: int, report: Report, lang: Lang) -> str:
    """A name as it stands in a list: below the second level nobody knows by the name alone which unit it is.

    Where the grid is a list itself its names say that already."""
    unit = line.of.unit if line.of else None
    name = _cut(line.name)
    if unit is None or unit.parent is None or unit.depth - top < 2 or line.name != unit.name:
        return name
    return phrase("report.under", lang, name=name, parent=_cut(report.config.units[unit.parent].name))


def _outermost(lines: Sequence[Line], report: Report) -> list[Line]:
    """The lines of the units that no other one of the table contains."""
    units = report.config.units
    shown = {line.of.unit.id for line in lines if line.of}

    def is_within(parent: int | None) -> bool:
        while parent is not None:
            if units[parent].id in shown:
                return True
            parent = units[parent].parent
        return False

    return [line for line in lines if line.of and not is_within(line.of.unit.parent)]


def _total(tops: Sequence[Attainment], report: Report, lang: Lang) -> tuple[str, str, str, str] | None:
    """Their sum. A quota only where each of them has one."""
    if not tops:
        return None
    done = sum(each.done for each in tops)
    quotas = [each.quota for each in tops if each.quota is not None]
    if len(quotas) < len(tops):
        return "", whole(done, lang), "", ""
    quota = sum(quotas)
    percent = attain.percent(done, quota, report.config.percent)
    short = sum(each.short or 0 for each in tops)
    shown_percent = "" if percent is None else decimal(percent, lang)
    return whole(quota, lang), whole(done, lang), shown_percent, whole(short, lang) if short else ""


def _units_of(table: Table) -> list[Entry]:
    return [each for each in table.entries if each.line.of is not None]


def _attained(table: Table) -> list[Attainment]:
    return [each.line.of for each in table.entries if each.line.of is not None]


def heads_of(table: Table) -> list[Entry]:
    """The topmost units of a tree; none of a list that does not begin with a root, or where there are many."""
    units = _units_of(table)
    top = min((each.line.of.unit.depth for each in units if each.line.of), default=0)
    heads = [each for each in units if each.line.of and each.line.of.unit.depth == top]
    as_tree = all(each.line.indent == each.line.of.unit.depth - top for each in units if each.line.of)
    return heads if (top == 0 and len(heads) <= _HEADS) or (len(heads) == 1 and as_tree) else []


def _levels(units: Sequence[Entry], heads: Sequence[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """The units with a quota, right below the topmost ones and deeper; all of a list."""
    others = [each for each in units if each not in heads and each.line.status != "no-quota"]
    if not heads:
        yield "docx.level.listed", others
        return
    depth = 1 + max(each.line.of.unit.depth for each in heads if each.line.of)
    yield "docx.level.direct", [each for each in others if each.line.of and each.line.of.unit.depth == depth]
    yield "docx.level.deeper", [each for each in others if each.line.of and each.line.of.unit.depth > depth]


def _targets(head: Entry, table: Table) -> Iterator[Line]:
    """The targets that stand right below a unit."""
    at = table.entries.index(head) + 1
    for each in table.entries[at:]:
        if each.line.of is not None:
            return
        if each.line.indent == head.line.indent + 1 and each.line.word:
            yield each.line


def _has_ended(entry: Entry, report: Report) -> bool:
    return entry.line.of is not None and entry.line.of.unit.ended_by(report.as_of)


def _was_there(entry: Entry) -> bool:
    """Whether a campaign asked nothing of a unit, for it had its quota before."""
    each = entry.line.of
    return each is not None and each.toward is not None and each.quota == 0


def _plain_title(section: Section, report: Report) -> str:
    """The name of a phase or a campaign without its days."""
    config = report.config
    named = {each.id: each.name for each in config.phases} | {each.id: each.name for each in config.campaigns}
    return named.get(section.phase, section.title)


def _uncapital(text: str) -> str:
    """A head within a sentence: `Đang xem xét` is `đang xem xét`, `CĐCS` stays."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def over(percent: str, lang: Lang) -> str:
    """By how much a printed percent is above 100: `111.7` is over by `11,7`."""
    return decimal(str(Decimal(percent) - 100), lang)


def roman(number: int) -> str:
    """A Roman numeral.

    >>> [roman(number) for number in (1, 4, 9, 14, 40, 1999)]
    ['I', 'IV', 'IX', 'XIV', 'XL', 'MCMXCIX']
    """
    text = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        text += letters * times
    return text


_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def _cut(name: str, longest: int = _LONGEST) -> str:
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"

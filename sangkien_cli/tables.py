"""A report laid out for people: sections of lines in one language, figures as text, ready for any renderer."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from sangkien_cli import attain
from sangkien_cli.lang import Lang, decimal, phrase, say, whole
from sangkien_cli.model import (
    ALL,
    Attainment,
    Beside,
    Campaign,
    Config,
    Measure,
    PercentRule,
    Phase,
    Reason,
    Report,
    Status,
    Target,
    TargetResult,
    UnknownText,
)
from sangkien_cli.pace import RECENT_DAYS, Pace
from sangkien_cli.text import fold


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in one section."""

    indent: int  # levels below the topmost unit of the section
    name: str
    figure: str  # `3.889/5.000 = 77,8%`
    share: Fraction | None  # done / quota, exact; None without a percent
    short: str  # "" where nothing is missing or asked
    status: Status | None  # None for a line that is no unit of its own
    word: str  # the status in words
    more: tuple[str, ...] = ()  # one for each of the section's further columns; none for a line without them


@dataclass(frozen=True, slots=True)
class Section:
    """One phase, or the whole programme."""

    title: str
    lines: tuple[Line, ...]
    remark: str = ""  # instead of lines
    figure: str = ""  # the head of the lines' figures where it is another than usual
    more: tuple[str, ...] = ()  # the heads of further columns
    says_more: bool = False  # these say more than the status, which may make way for them
    notes: tuple[str, ...] = ()  # below the lines


@dataclass(frozen=True, slots=True)
class Column:
    """A further column: its head, and what stands in it for a unit."""

    head: str
    cell: Callable[[Attainment], str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading, and lines with their indentation (0, 1…)."""

    title: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a report is to be laid out."""

    as_tree: bool = True  # else a list, in the order of the attainments
    pace: bool = False  # with what each unit needs a day, and when it will be there
    columns: tuple[Column, ...] = ()  # beyond those that the report itself asks for
    passages: tuple[Passage, ...] = ()  # behind the units
    only: frozenset[Status] = frozenset()  # the statuses that the list is of; empty = all
    targets: bool = True  # with each unit's targets


TREE = Layout()


@dataclass(frozen=True, slots=True)
class RowLine:
    """How many rows share a verdict."""

    code: str  # the reason as in the ledger
    words: str
    rows: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a printed report says."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    balance: str  # rows read = counted + set aside
    set_aside: tuple[RowLine, ...]


def lay_out(report: Report, lang: Lang, layout: Layout = TREE) -> Sheet:
    """The report: a section for each phase and one for the whole programme if it has several phases."""
    return Sheet(
        title=report.config.programme,
        subtitle=on_basis(phrase("report.as_of", lang, day=report.as_of), report.config),
        sections=tuple(_sections(report, lang, layout)),
        passages=layout.passages,
        balance=balance(report, lang),
        set_aside=tuple(_set_aside(report, lang)),
    )


def lay_out_shortfall(report: Report, least: Fraction, lang: Lang) -> Sheet:
    """The lines of `falling_short` as a list; one sentence where nobody falls short. Reasons are left to `report`."""
    sections = [section for section in _sections(report, lang, Layout(as_tree=False, targets=False)) if section.lines]
    if unmet := tuple(_target_line(result, report.config, 0, lang, of_unit=True) for result in report.targets):
        notes = tuple(note for result in report.targets for note in _target_notes(result, lang))
        sections.append(Section(phrase("check.targets", lang), unmet, notes=notes))
    if not sections:
        sections = [Section(phrase("check.fine", lang, percent=_percent_text(least, lang)), ())]
    return Sheet(
        title=report.config.programme,
        subtitle=on_basis(
            phrase("check.title", lang, percent=_percent_text(least, lang), day=report.as_of), report.config
        ),
        sections=tuple(sections),
        passages=(),
        balance=balance(report, lang),
        set_aside=(),
    )


def _percent_text(least: Fraction, lang: Lang) -> str:
    text = attain.rounded(least, 6, "half-up").rstrip("0").rstrip(".")
    return decimal(text, lang)


def on_basis(subtitle: str, config: Config) -> str:
    """A subtitle with the basis on which the quotas are, where there are several."""
    return " · ".join([subtitle, *(basis.name for basis in config.bases if basis.id == config.basis)])


def _sections(report: Report, lang: Lang, layout: Layout) -> list[Section]:
    if report.campaign is not None:
        return [_campaign(report, report.campaign, lang, layout)]
    shown = {each.phase for each in report.attainments}
    sections = []
    for phase in report.phases:
        title = phrase("report.phase", lang, name=phase.name, start=phase.start, end=phase.end)
        section = _section(report, phase.id, title, lang, layout)
        if layout.as_tree and phase.start > report.as_of and not _any_done(report, phase):
            section = Section(title, (), phrase("report.not_begun", lang, day=phase.start))
        sections.append(section)
    if ALL in shown and (len(report.config.phases) != 1 or not report.phases):
        sections.append(_section(report, ALL, phrase("report.all", lang), lang, layout))
    return sections


def _any_done(report: Report, phase: Phase) -> bool:
    return any(each.done for each in report.attainments if each.phase == phase.id)


def _section(report: Report, phase: str, title: str, lang: Lang, layout: Layout) -> Section:
    here = [each for each in report.attainments if each.phase == phase]
    columns = [*_columns(report, here, lang, layout), *layout.columns]
    notes: list[str] = []
    with_pace = layout.pace and any(each.pace for each in here)
    if with_pace:
        columns += _pace_columns(report, lang)
        notes.append(phrase("pace.rule", lang, days=RECENT_DAYS))
    if layout.as_tree:
        notes += _pace_sentences(report, here, lang, layout)
    notes += _undated(report, here, lang)
    if layout.targets:
        notes += [note for result in _targets_of(report, phase) for note in _target_notes(result, lang)]
    lines = _lines(report, here, columns, lang, layout)
    remark = "" if lines or layout.as_tree else phrase("lists.nobody", lang)
    heads = tuple(column.head for column in columns)
    return Section(title, lines, remark, "", heads, says_more=with_pace or bool(report.bases), notes=tuple(notes))


def _columns(report: Report, here: Sequence[Attainment], lang: Lang, layout: Layout) -> list[Column]:
    """The columns that the quota file and the options ask for."""
    columns = []
    if any(each.also for each in here):
        columns += [
            Column(also.name, lambda each, at=at: whole(each.also[at], lang))  # type: ignore[misc]
            for at, also in enumerate(report.config.also_count)
        ]
    if any(each.beside for each in here):
        columns += [
            Column(basis.name, lambda each, at=at: _on_basis(each, each.beside[at], lang))  # type: ignore[misc]
            for at, basis in enumerate(report.bases)
        ]
    if report.since is not None:
        head = phrase("column.since", lang, day=report.since)
        columns.append(Column(head, lambda each: whole(each.since or 0, lang)))
    if any(map(_rank, here)) and not layout.columns:  # a comparison has its own
        columns.append(Column(phrase("column.rank", lang), _rank))
    return columns


def _on_basis(each: Attainment, on: Beside, lang: Lang) -> str:
    return "" if on.quota is None else attain.figure(each.done, on.quota, on.percent, lang)


def _rank(each: Attainment) -> str:
    """A place; one among one says nothing."""
    return f"{each.rank.place}/{each.rank.among}" if each.rank and each.rank.among > 1 else ""


def _lines(
    report: Report, here: Sequence[Attainment], columns: Sequence[Column], lang: Lang, layout: Layout
) -> tuple[Line, ...]:
    as_tree = layout.as_tree
    top = min((each.unit.depth for each in here), default=0)
    parents = {each.unit.parent for each in here}
    position = {unit.id: i for i, unit in enumerate(report.config.units)}
    names = Counter(fold(each.unit.name) for each in here)
    targets: dict[str, list[TargetResult]] = defaultdict(list)
    if layout.targets and here:
        for result in _targets_of(report, here[0].phase):
            targets[result.unit.id].append(result)
    lines = []
    for each in here:
        name = each.unit.name
        # Whoever reads a list has to know whom to ask; the units right below the top are known.
        if not as_tree and each.unit.parent is not None and (each.unit.depth > 1 or names[fold(name)] > 1):
            name = phrase("report.under", lang, name=name, parent=report.config.units[each.unit.parent].name)
        if each.unit.ended_by(report.as_of):
            name = phrase("report.ended", lang, name=name, day=each.unit.valid.end)
        indent = each.unit.depth - top if as_tree else 0
        lines.append(_line(each, indent, name, columns, lang))
        lines += [_target_line(result, report.config, indent + 1, lang) for result in targets.get(each.unit.id, ())]
        if as_tree and each.direct and position[each.unit.id] in parents:
            direct = phrase("report.direct", lang)
            lines.append(Line(indent + 1, direct, whole(each.direct, lang), None, "", None, ""))
    return tuple(lines)


def _line(each: Attainment, indent: int, name: str, columns: Sequence[Column], lang: Lang) -> Line:
    figure, share, short, word = _figures(each.done, each.quota, each.percent, each.short, each.status, lang)
    more = tuple(column.cell(each) for column in columns)
    if each.toward is not None and each.quota == 0:  # nothing was short when the campaign began
        figure, word = whole(each.done, lang), phrase("campaign.there_before", lang)
        return Line(indent, name, figure, None, short, each.status, word, more)
    return Line(indent, name, figure, share, short, each.status, word, more)


# --- targets -------------------------------------------------------------------------------------------------------


def _targets_of(report: Report, phase: str) -> list[TargetResult]:
    """The targets of a phase; those of the whole programme too, where that has no section of its own."""
    phases = {phase, ALL} if len(report.config.phases) == 1 else {phase}
    return [result for result in report.targets if result.target.phase in phases]


def _target_line(result: TargetResult, config: Config, indent: int, lang: Lang, *, of_unit: bool = False) -> Line:
    """A target below its unit, or by itself with the unit's name.

    A count and a sum are set against what is asked, like done and quota; an average and a share are shown as what
    they are made of, and what is asked stands with the name: so every figure can be made again from what is printed.
    """
    target, value = result.target, result.value
    name = target.name if of_unit else phrase("target.name", lang, name=target.name)
    if target.measure in _RATIOS:
        name = phrase("target.at_least", lang, name=name, least=_asked(target, target.at_least, lang))
    if of_unit:
        name = phrase("report.under", lang, name=name, parent=result.unit.name)
    if value is None:
        return Line(indent, name, "–", None, "", None, phrase("target.unknown", lang))
    if result.parts is not None:
        part, over = result.parts
        figure = f"{whole(part, lang)}/{whole(over, lang)} = {_value(result, config.percent, lang)}"
    else:
        figure = f"{_asked(target, value, lang)}/{_asked(target, target.at_least, lang)}"
        figure += "" if result.percent is None else f" = {decimal(result.percent, lang)}%"
    state = attain.status_of(value, target.at_least, config.near)
    missing = target.at_least - value
    short = _asked(target, missing, lang) if missing > 0 and target.measure not in _RATIOS else ""
    share = value / target.at_least if target.at_least else None
    return Line(indent, name, figure, share, short, state, phrase(f"status.{state}", lang))


_RATIOS: tuple[Measure, ...] = ("average", "coverage", "per-member")


def _value(result: TargetResult, rule: PercentRule, lang: Lang) -> str:
    """An average or a share by the quota file's rounding, never as reached where it is not."""
    target, value = result.target, result.value
    assert value is not None
    scale = 100 if target.in_percent else 1
    asked = scale * target.at_least
    decimals = max(rule.decimals, len(attain.exact(asked).partition(".")[2]))
    text = attain.shown_below(scale * value, asked, replace(rule, decimals=decimals))
    return decimal(text, lang) + ("%" if target.in_percent else "")


def _asked(target: Target, number: Fraction, lang: Lang) -> str:
    exact = attain.exact(100 * number if target.in_percent else number)
    return decimal(exact, lang) + ("%" if target.in_percent else "")


def _target_notes(result: TargetResult, lang: Lang) -> list[str]:
    """What a target's figure rests on, where that is worth a word."""
    name = phrase("report.under", lang, name=result.target.name, parent=result.unit.name)
    notes = []
    if result.target.measure == "coverage" and result.target.having > 1:
        notes.append(phrase("target.having", lang, name=name, having=result.target.having))
    if result.value is None:
        notes.append(phrase(_NO_VALUE[result.target.measure], lang, name=name))
    if result.unread:
        places = "; ".join(f"{place} “{held}”" for place, held in result.places)
        notes.append(phrase("target.unread", lang, name=name, rows=result.unread, places=places))
    if result.blank:
        notes.append(phrase("target.blank", lang, name=name, rows=result.blank))
    return notes


_NO_VALUE: dict[Measure, str] = {
    "average": "target.no_average",
    "coverage": "target.no_coverage",
    "per-member": "target.no_per_member",
}


# --- pace ----------------------------------------------------------------------------------------------------------


def _pace_columns(report: Report, lang: Lang) -> list[Column]:
    rule = report.config.percent

    def needed(each: Attainment) -> str:
        pace = each.pace if each.short else None
        # Rounded up: whoever brings what is printed is there in time.
        return _rate(pace.needed_per_day if pace else None, replace(rule, rounding="up"), lang)

    def recent(each: Attainment) -> str:
        return _rate(each.pace.recent_per_day if each.pace else None, rule, lang)

    return [
        Column(phrase("column.needed", lang), needed),
        Column(phrase("column.recent", lang), recent),
        Column(phrase("column.forecast", lang), lambda each: _outlook(each, report.as_of, lang)),
    ]


def _rate(per_day: Fraction | None, rule: PercentRule, lang: Lang) -> str:
    """A number a day: never 0 where there is some."""
    return "" if per_day is None else decimal(attain.shown(per_day, Fraction(0), rule), lang)


def _outlook(each: Attainment, as_of: date, lang: Lang) -> str:
    """When a unit will be there if it goes on like in the last days, or how far it will come."""
    pace = each.pace
    if pace is None or pace.quota is None:
        return ""
    if pace.days_to_quota == 0:
        return phrase("pace.there", lang)
    if pace.forecast is None:
        return phrase("pace.unknown", lang)
    if (day := _day_of_quota(pace, as_of)) is not None:
        return phrase("pace.on", lang, day=day)
    return phrase("pace.only", lang, forecast=math.floor(pace.forecast))


def _day_of_quota(pace: Pace, as_of: date) -> date | None:
    """The day of the window on which the quota is reached at the pace of the last days."""
    days = pace.days_to_quota
    return as_of + timedelta(days=days) if days is not None and days <= pace.days_left else None


def _pace_sentences(report: Report, here: Sequence[Attainment], lang: Lang, layout: Layout = TREE) -> list[str]:
    """How the topmost unit goes, by which rule that is said, and how many of the others will be late."""
    with_quota = [each for each in here if each.pace is not None and each.pace.quota is not None]
    top = min((each.unit.depth for each in here), default=0)
    heads = [each for each in with_quota if each.unit.depth == top and each.quota]
    sentences = [_pace_of(each, report, lang) for each in heads[:_HEADS]]
    if not any(each.pace and each.pace.days_left for each in with_quota):
        return sentences
    foretold = [each.pace.on_track for each in with_quota if each.pace and each not in heads]
    foretold = [on_track for on_track in foretold if on_track is not None]
    if foretold:
        key = "pace.late" if layout.pace else "pace.late_more"
        sentences.append(phrase(key, lang, late=foretold.count(False), units=len(foretold)))
    return sentences


_HEADS = 3  # units on top that get sentences of their own


def _pace_of(each: Attainment, report: Report, lang: Lang) -> str:
    pace, rule = each.pace, report.config.percent
    assert pace is not None
    name, short = each.unit.name, each.short or 0
    if not pace.days_left:
        key = "pace.last_day" if short else "pace.last_day_there"
        return phrase(key, lang, name=name, days=pace.days, short=short)
    expected = math.ceil(pace.expected or 0)
    sentences = [phrase("pace.day", lang, name=name, day=pace.day, days=pace.days, expected=expected, done=pace.done)]
    if short:
        needed = _rate(pace.needed_per_day, replace(rule, rounding="up"), lang)
        sentences.append(phrase("pace.needed", lang, left=pace.days_left, short=short, needed=needed))
    if pace.forecast is not None and short:
        recent = _rate(pace.recent_per_day, rule, lang)
        day = _day_of_quota(pace, report.as_of)
        forecast = math.floor(pace.forecast)
        outlook = say("pace.will_not", forecast=forecast) if day is None else say("pace.will_be", day=day)
        sentences.append(phrase("pace.recent", lang, days=pace.recent_days, recent=recent, outlook=outlook))
    return " ".join(sentences)


def _undated(report: Report, here: Sequence[Attainment], lang: Lang) -> list[str]:
    """What the submissions without a date are left out of."""
    top = min((each.unit.depth for each in here), default=0)
    undated = sum(each.undated for each in here if each.unit.depth == top)
    notes = []
    if undated and any(each.pace and each.pace.days_left for each in here) and report.campaign is None:
        notes.append(phrase("pace.undated", lang, undated=undated))
    if undated and report.campaign is not None:
        notes.append(phrase("campaign.undated", lang, undated=undated))
    if undated and report.since is not None:
        notes.append(phrase("since.undated", lang, undated=undated, day=report.since))
    return notes


# --- campaigns -----------------------------------------------------------------------------------------------------


def _campaign(report: Report, campaign: Campaign, lang: Lang, layout: Layout) -> Section:
    toward = next((phase for phase in report.config.phases if phase.id == campaign.toward), None)
    title = phrase("report.phase", lang, name=campaign.name, start=campaign.start, end=campaign.end)
    if campaign.start > report.as_of:
        return Section(title, (), phrase("report.not_begun", lang, day=campaign.start))
    here = list(report.attainments)
    columns = [*_columns(report, here, lang, layout), *layout.columns]
    notes = []
    if toward is not None:
        notes.append(phrase("campaign.rule", lang, phase=toward.name, start=campaign.start))
    if with_pace := any(each.pace for each in here):
        columns += _pace_columns(report, lang)
        notes.append(phrase("pace.rule", lang, days=RECENT_DAYS))
        notes += _pace_sentences(report, here, lang, replace(layout, pace=True)) if layout.as_tree else []
    notes += _undated(report, here, lang)
    lines = _lines(report, here, columns, lang, layout)
    remark = "" if lines or layout.as_tree else phrase("lists.nobody", lang)
    head = phrase("column.came_in" if toward is None else "column.campaign", lang)
    heads = tuple(column.head for column in columns)
    return Section(title, lines, remark, head, heads, says_more=with_pace or bool(report.bases), notes=tuple(notes))


@lru_cache(maxsize=1 << 14)
def _figures(
    done: int, quota: int | None, percent: str | None, short: int | None, status: Status, lang: Lang
) -> tuple[str, Fraction | None, str, str]:
    """What is shown of a line's numbers; thousands of small units share a few."""
    figure = attain.figure(done, quota, percent, lang)
    share = Fraction(done, quota) if quota else None
    return figure, share, whole(short, lang) if short else "", phrase(f"status.{status}", lang)


def balance(report: Report, lang: Lang) -> str:
    """Every row accounted for, in a sentence; those that are no data in another."""
    rows = report.rows
    aside = sum(rows.set_aside.values())
    text = phrase("rows.balance", lang, read=rows.read, counted=rows.counted, aside=aside)
    return f"{text} {phrase('rows.layout', lang, layout=rows.layout)}" if rows.layout else text


def unknown_line(unknown: UnknownText, lang: Lang) -> str:
    """A name that is not in the tree, with the nearest that are, and in what they differ."""
    near = "; ".join(phrase("near.shown", lang, name=near.name, why=near.why) for near in unknown.nearest)
    key = "rows.unknown_near" if near else "rows.unknown"
    return phrase(key, lang, text=unknown.text, rows=unknown.rows, near=near)


_TEXTS_SHOWN = 5  # texts that did not pass count.where
_NAMES_SHOWN = 10  # unknown names listed in a printed report; the ledger has them all


def _set_aside(report: Report, lang: Lang) -> list[RowLine]:
    lines = []
    for reason, rows in report.rows.set_aside.items():
        details: list[str] = []
        if reason is Reason.UNKNOWN_UNIT:
            details = [unknown_line(each, lang) for each in report.unknown[:_NAMES_SHOWN]]
            if len(report.unknown) > _NAMES_SHOWN:
                details.append(phrase("rows.more_names", lang, more=len(report.unknown) - _NAMES_SHOWN))
            details.append(phrase("rows.unknown_fix", lang))
        elif reason is Reason.FILTERED:
            details = [
                phrase(
                    "rows.filtered" if each.text else "rows.filtered_blank",
                    lang,
                    field=each.field,
                    text=each.text,
                    rows=each.rows,
                )
                for each in report.filtered[:_TEXTS_SHOWN]
            ]
            if len(report.filtered) > _TEXTS_SHOWN:
                details.append(phrase("rows.more_texts", lang, more=len(report.filtered) - _TEXTS_SHOWN))
        elif reason is Reason.UNREADABLE:
            details = [
                phrase(f"flaw.{each.flaw}", lang, rows=each.rows, places="; ".join(each.places))
                for each in report.unreadable
            ]
        elif reason is Reason.ENDED_UNIT:
            details = [
                phrase("rows.ended", lang, name=each.unit.name, day=each.unit.valid.end, rows=each.rows)
                for each in report.ended[:_NAMES_SHOWN]
            ]
            if len(report.ended) > _NAMES_SHOWN:
                details.append(phrase("rows.more_names", lang, more=len(report.ended) - _NAMES_SHOWN))
        elif reason in report.examples:
            details = [phrase("rows.places", lang, places="; ".join(report.examples[reason]))]
        lines.append(RowLine(reason.value, phrase(f"reason.{reason.value}", lang), whole(rows, lang), tuple(details)))
    return lines

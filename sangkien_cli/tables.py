"""A report laid out for people: sections of lines in one language, figures as text, ready for any renderer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from sangkien_cli import attain
from sangkien_cli.lang import Lang, decimal, phrase, whole
from sangkien_cli.model import ALL, Attainment, Phase, Reason, Report, Status, UnknownText
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


@dataclass(frozen=True, slots=True)
class Section:
    """One phase, or the whole programme."""

    title: str
    lines: tuple[Line, ...]
    remark: str = ""  # instead of lines


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
    balance: str  # rows read = counted + set aside
    set_aside: tuple[RowLine, ...]


def lay_out(report: Report, lang: Lang) -> Sheet:
    """The report as a tree: a section for each phase and one for the whole programme if it has several phases."""
    return Sheet(
        title=report.config.programme,
        subtitle=phrase("report.as_of", lang, day=report.as_of),
        sections=tuple(_sections(report, lang, as_tree=True)),
        balance=_balance(report, lang),
        set_aside=tuple(_set_aside(report, lang)),
    )


def lay_out_shortfall(report: Report, least: Fraction, lang: Lang) -> Sheet:
    """The lines of `falling_short` as a list; one sentence where nobody falls short. Reasons are left to `report`."""
    sections = [section for section in _sections(report, lang, as_tree=False) if section.lines]
    if not sections:
        sections = [Section(phrase("check.fine", lang, percent=_percent_text(least, lang)), ())]
    return Sheet(
        title=report.config.programme,
        subtitle=phrase("check.title", lang, percent=_percent_text(least, lang), day=report.as_of),
        sections=tuple(sections),
        balance=_balance(report, lang),
        set_aside=(),
    )


def _percent_text(least: Fraction, lang: Lang) -> str:
    text = attain.rounded(least, 6, "half-up").rstrip("0").rstrip(".")
    return decimal(text, lang)


def _sections(report: Report, lang: Lang, *, as_tree: bool) -> list[Section]:
    shown = {each.phase for each in report.attainments}
    sections = []
    for phase in report.phases:
        title = phrase("report.phase", lang, name=phase.name, start=phase.start, end=phase.end)
        lines = _lines(report, phase.id, lang, as_tree=as_tree)
        if as_tree and phase.start > report.as_of and not _any_done(report, phase):
            sections.append(Section(title, (), phrase("report.not_begun", lang, day=phase.start)))
        else:
            sections.append(Section(title, lines))
    if ALL in shown and len(report.phases) != 1:
        sections.append(Section(phrase("report.all", lang), _lines(report, ALL, lang, as_tree=as_tree)))
    return sections


def _any_done(report: Report, phase: Phase) -> bool:
    return any(each.done for each in report.attainments if each.phase == phase.id)


def _lines(report: Report, phase: str, lang: Lang, *, as_tree: bool) -> tuple[Line, ...]:
    here = [each for each in report.attainments if each.phase == phase]
    top = min((each.unit.depth for each in here), default=0)
    parents = {each.unit.parent for each in here}
    position = {unit.id: i for i, unit in enumerate(report.config.units)}
    names = Counter(fold(each.unit.name) for each in here)
    lines = []
    for each in here:
        name = each.unit.name
        if not as_tree and names[fold(name)] > 1 and each.unit.parent is not None:
            name = phrase("report.under", lang, name=name, parent=report.config.units[each.unit.parent].name)
        if each.unit.ended_by(report.as_of):
            name = phrase("report.ended", lang, name=name, day=each.unit.valid.end)
        indent = each.unit.depth - top if as_tree else 0
        lines.append(_line(each, indent, name, lang))
        if as_tree and each.direct and position[each.unit.id] in parents:
            direct = phrase("report.direct", lang)
            lines.append(Line(indent + 1, direct, whole(each.direct, lang), None, "", None, ""))
    return tuple(lines)


def _line(each: Attainment, indent: int, name: str, lang: Lang) -> Line:
    figure, share, short, word = _figures(each.done, each.quota, each.percent, each.short, each.status, lang)
    return Line(indent, name, figure, share, short, each.status, word)


@lru_cache(maxsize=1 << 14)
def _figures(
    done: int, quota: int | None, percent: str | None, short: int | None, status: Status, lang: Lang
) -> tuple[str, Fraction | None, str, str]:
    """What is shown of a line's numbers; thousands of small units share a few."""
    figure = attain.figure(done, quota, percent, lang)
    share = Fraction(done, quota) if quota else None
    return figure, share, whole(short, lang) if short else "", phrase(f"status.{status}", lang)


def _balance(report: Report, lang: Lang) -> str:
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

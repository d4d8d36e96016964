"""A report laid out: a section for each phase, or a list, or a campaign."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from sangkien_cli import attain
from sangkien_cli.lang import Lang, decimal, phrase, whole
from sangkien_cli.model import ALL, Attainment, Beside, Campaign, Config, Phase, Rank, Report, Status, TargetResult
from sangkien_cli.pace import RECENT_DAYS
from sangkien_cli.tables.accounts import balance, set_aside
from sangkien_cli.tables.gaps import quota_gap
from sangkien_cli.tables.pace import pace_columns, pace_sentences, undated_notes
from sangkien_cli.tables.sheet import TREE, Column, Layout, Line, Section, Sheet
from sangkien_cli.tables.targets import target_line, target_notes, targets_of
from sangkien_cli.text import fold


def lay_out(report: Report, lang: Lang, layout: Layout = TREE) -> Sheet:
    """The report: a section for each phase and one for the whole programme if it has several phases."""
    return Sheet(
        title=report.config.programme,
        subtitle=on_basis(phrase("report.as_of", lang, day=report.as_of), report.config),
        sections=tuple(_sections(report, lang, layout)),
        passages=layout.passages,
        balance=balance(report, lang),
        set_aside=tuple(set_aside(report, lang, layout.advice)),
    )


def lay_out_shortfall(report: Report, least: Fraction, lang: Lang) -> Sheet:
    """The lines of `falling_short` as a list; one sentence where nobody falls short. Reasons are left to `report`."""
    sections = [section for section in _sections(report, lang, Layout(as_tree=False, targets=False)) if section.lines]
    if unmet := tuple(target_line(result, report.config, 0, lang, of_unit=True) for result in report.targets):
        notes = tuple(note for result in report.targets for note in target_notes(result, lang))
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
            section = Section(title, (), phrase("report.not_begun", lang, day=phase.start), phase=phase.id)
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
        columns += pace_columns(report, lang)
        notes.append(phrase("pace.rule", lang, days=RECENT_DAYS))
    if layout.as_tree:
        notes += pace_sentences(report, here, lang, layout)
    notes += undated_notes(report, here, lang)
    if layout.targets:
        notes += [note for result in targets_of(report, phase) for note in target_notes(result, lang)]
    lines = _lines(report, here, columns, lang, layout)
    gap = quota_gap(lines, lang) if layout.as_tree and not layout.advice else ""
    remark = "" if lines or layout.as_tree else phrase("lists.nobody", lang)
    heads = tuple(column.head for column in columns)
    says_more = with_pace or bool(report.bases)
    return Section(title, lines, remark, "", heads, says_more=says_more, notes=tuple(notes), phase=phase, gap=gap)


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
    return _place(each.rank) if each.rank and each.rank.among > 1 else ""


@lru_cache(maxsize=1 << 12)
def _place(rank: Rank) -> str:
    return f"{rank.place}/{rank.among}"


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
        for result in targets_of(report, here[0].phase):
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
        line = _line(each, indent, name, columns, lang)
        lines.append(line if layout.below is None else replace(line, below=layout.below(each)))
        lines += [target_line(result, report.config, indent + 1, lang) for result in targets.get(each.unit.id, ())]
        if as_tree and each.direct and position[each.unit.id] in parents:
            direct = phrase("report.direct", lang)
            lines.append(Line(indent + 1, direct, whole(each.direct, lang), None, "", None, ""))
    return tuple(lines)


def _line(each: Attainment, indent: int, name: str, columns: Sequence[Column], lang: Lang) -> Line:
    figure, share, short, word = _figures(each.done, each.quota, each.percent, each.short, each.status, lang)
    more = tuple(column.cell(each) for column in columns)
    if each.toward is not None and each.quota == 0:  # nothing was short when the campaign began
        figure, word = whole(each.done, lang), phrase("campaign.there_before", lang)
        return Line(indent, name, figure, None, short, each.status, word, more, of=each)
    return Line(indent, name, figure, share, short, each.status, word, more, of=each)


# --- campaigns -------------------------------------------------------------------------------------------------------


def _campaign(report: Report, campaign: Campaign, lang: Lang, layout: Layout) -> Section:
    toward = next((phase for phase in report.config.phases if phase.id == campaign.toward), None)
    title = phrase("report.phase", lang, name=campaign.name, start=campaign.start, end=campaign.end)
    if campaign.start > report.as_of:
        return Section(title, (), phrase("report.not_begun", lang, day=campaign.start), phase=campaign.id)
    here = list(report.attainments)
    columns = [*_columns(report, here, lang, layout), *layout.columns]
    notes = []
    if toward is not None:
        notes.append(phrase("campaign.rule", lang, phase=toward.name, start=campaign.start))
    if with_pace := any(each.pace for each in here):
        columns += pace_columns(report, lang)
        notes.append(phrase("pace.rule", lang, days=RECENT_DAYS))
        notes += pace_sentences(report, here, lang, replace(layout, pace=True)) if layout.as_tree else []
    notes += undated_notes(report, here, lang)
    lines = _lines(report, here, columns, lang, layout)
    remark = "" if lines or layout.as_tree else phrase("lists.nobody", lang)
    head = phrase("column.came_in" if toward is None else "column.campaign", lang)
    heads = tuple(column.head for column in columns)
    says_more = with_pace or bool(report.bases)
    return Section(title, lines, remark, head, heads, says_more=says_more, notes=tuple(notes), phase=campaign.id)


@lru_cache(maxsize=1 << 14)
def _figures(
    done: int, quota: int | None, percent: str | None, short: int | None, status: Status, lang: Lang
) -> tuple[str, Fraction | None, str, str]:
    """What is shown of a line's numbers; thousands of small units share a few."""
    figure = attain.figure(done, quota, percent, lang)
    share = Fraction(done, quota) if quota else None
    return figure, share, whole(short, lang) if short else "", phrase(f"status.{status}", lang)

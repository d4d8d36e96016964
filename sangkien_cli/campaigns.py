"""A campaign as a report: what came in during its window, and what was short when it began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from sangkien_cli import attain
from sangkien_cli.judge import Judged
from sangkien_cli.model import ALL, Attainment, Beside, Campaign, Config, PercentRule, Report, Status, Window
from sangkien_cli.report import pace_of
from sangkien_cli.tally import Tally, recent_days, tally


def of_campaign(report: Report, judged: Judged, campaign: Campaign) -> Report:
    """The report with one line per unit: the campaign's.

    A campaign that works toward a phase is looked at as a small phase. Its quota is what was short of the phase's
    quota when it began; done is what came in during its window and counts for the phase. Rows without a date are there
    from the beginning: nobody can say that they came in during the window. One that works toward no phase has no quota.
    """
    rows = _Rows(judged, report, _for_its_phase(campaign, report.config))
    positions = {unit.id: i for i, unit in enumerate(report.config.units)}
    phase = campaign.toward or ALL
    lines = tuple(_line(each, positions[each.unit.id], rows) for each in report.attainments if each.phase == phase)
    phases = tuple(each for each in report.phases if each.id == campaign.toward)
    return replace(report, attainments=lines, phases=phases, campaign=campaign, targets=())


def _for_its_phase(campaign: Campaign, config: Config) -> Campaign:
    """The campaign cut to the phase that it works toward: what comes in on other days does not count for that."""
    for phase in config.phases:
        if phase.id == campaign.toward:
            return replace(campaign, start=max(campaign.start, phase.start), end=min(campaign.end, phase.end))
    return campaign


class _Rows:
    """The tallies that a campaign's lines rest on."""

    def __init__(self, judged: Judged, report: Report, campaign: Campaign) -> None:
        self.report, self.campaign = report, campaign
        phases = [phase.id for phase in report.config.phases]
        self.phases = [i for i, phase in enumerate(phases) if campaign.toward in (None, phase)]
        after = judged.within(Window(campaign.start, None))
        window = judged.within(Window(campaign.start, campaign.end))
        self.before = tally(judged, len(phases), ~after)
        self.during = tally(judged, len(phases), window)
        self.recent: Tally | None = None
        if campaign.start <= report.as_of <= campaign.end:
            self.recent = tally(judged, len(phases), judged.within(recent_days(campaign, report.as_of)))
        self.since = None
        if report.since is not None:
            self.since = tally(judged, len(phases), window & judged.within(Window(report.since, None)))

    def sum(self, numbers: Sequence[Sequence[int]], unit: int) -> int:
        """What a unit has in the phases that the campaign works for."""
        return sum(numbers[unit][phase] for phase in self.phases)


def _line(each: Attainment, unit: int, rows: _Rows) -> Attainment:
    report, campaign = rows.report, rows.campaign
    done, before = rows.sum(rows.during.done, unit), rows.sum(rows.before.done, unit)
    has_begun = campaign.start <= report.as_of
    quota = max(each.quota - before, 0) if has_begun and campaign.toward and each.quota is not None else None
    recent = None if rows.recent is None else rows.sum(rows.recent.done, unit)
    rule, near = report.config.percent, report.config.near
    return replace(
        each,
        phase=campaign.id,
        done=done,
        direct=rows.sum(rows.during.direct, unit),
        quota=quota,
        allocated=None,
        percent=None if quota is None else attain.percent(done, quota, rule),
        status=_status(done, quota, near),
        since=None if rows.since is None else rows.sum(rows.since.done, unit),
        pace=None if each.unit.ended_by(report.as_of) else pace_of(campaign, report.as_of, done, quota, recent),
        also=(),
        rank=None,
        beside=tuple(_beside(on, done, before, rule, near) for on in each.beside),
        toward=None if campaign.toward is None else each,
    )


def _beside(on: Beside, done: int, before: int, rule: PercentRule, near: Fraction) -> Beside:
    """The same of a quota on another basis."""
    if on.quota is None:
        return on
    quota = max(on.quota - before, 0)
    percent = attain.percent(done, quota, rule)
    return Beside(quota, None, percent, max(quota - done, 0), _status(done, quota, near))


def _status(done: int, quota: int | None, near: Fraction) -> Status:
    """Of a unit that was short of nothing nobody can say that it has none."""
    return "met" if quota == 0 and not done else attain.status(done, quota, near)

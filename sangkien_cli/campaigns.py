"""A campaign as a report: what came in during its window, and what was short when it began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from sangkien_cli import attain
from sangkien_cli.judge import Judged
from sangkien_cli.model import ALL, Attainment, Beside, Campaign, Config, Report, Window
from sangkien_cli.pace import pace_of
from sangkien_cli.report import of_the_day
from sangkien_cli.tally import Tally, recent_days, tally


def of_campaign(report: Report, judged: Judged, also: Sequence[Judged], campaign: Campaign) -> Report:
    """The report with one line per unit: the campaign's.

    A campaign that works toward a phase is looked at as a small phase. Its quota is what was short of the phase's
    quota when it began; done is what came in during its window and counts for the phase. Rows without a date are there
    from the beginning: nobody can say that they came in during the window. One that works toward no phase has no quota.
    `also` are the rows judged for each further tally.
    """
    rows = _Rows(judged, also, report, campaign)
    positions = {unit.id: i for i, unit in enumerate(report.config.units)}
    phase = campaign.toward or ALL
    here = of_the_day([each for each in report.attainments if each.phase == phase], report.config, report.as_of)
    lines = tuple(_line(each, positions[each.unit.id], rows) for each in here)
    phases = tuple(each for each in report.phases if each.id == campaign.toward)
    return replace(report, attainments=lines, phases=phases, campaign=campaign, targets=())


def campaign_figures(
    judged: Judged, config: Config, campaign: Campaign, unit: int, quota: int | None, as_of: date
) -> tuple[int, int | None]:
    """A unit's done and quota in a campaign, where `quota` is that of the phase that it works toward."""
    phases = [i for i, phase in enumerate(config.phases) if campaign.toward in (None, phase.id)]

    def sum_of(rows: np.ndarray) -> int:
        counted = tally(judged, len(config.phases), rows).done[unit]
        return sum(counted[phase] for phase in phases)

    done = sum_of(judged.within(Window(campaign.start, campaign.end)))
    if quota is None or campaign.toward is None or campaign.start > as_of:
        return done, None
    return done, max(quota - sum_of(~judged.within(Window(campaign.start, None))), 0)


class _Rows:
    """The tallies that a campaign's lines rest on."""

    def __init__(self, judged: Judged, also: Sequence[Judged], report: Report, campaign: Campaign) -> None:
        self.report, self.campaign = report, campaign
        ids = [phase.id for phase in report.config.phases]
        phases = len(ids)
        self.phases = [i for i, phase in enumerate(ids) if campaign.toward in (None, phase)]
        window = judged.within(Window(campaign.start, campaign.end))  # which rows count is asked of each tally anew
        self.before = tally(judged, phases, ~judged.within(Window(campaign.start, None)))
        self.during = tally(judged, phases, window)
        self.also = [tally(each, phases, window) for each in also]
        self.undated = tally(judged, phases, ~judged.dated)
        self.since: Tally | None = None
        if report.since is not None:
            self.since = tally(judged, phases, window & judged.within(Window(report.since, None)))
        # A phase that is over has no use for what still comes in.
        ends = [phase.end for i, phase in enumerate(report.config.phases) if i in self.phases]
        self.recent: Tally | None = None
        if campaign.start <= report.as_of <= min(campaign.end, max(ends)):
            self.recent = tally(judged, phases, judged.within(recent_days(campaign.start, report.as_of)))

    def sum(self, tallied: Tally, unit: int) -> int:
        """What a unit has in the phases that the campaign works for."""
        return sum(tallied.done[unit][phase] for phase in self.phases)


def _line(each: Attainment, unit: int, rows: _Rows) -> Attainment:
    report, campaign, config = rows.report, rows.campaign, rows.report.config
    done, before = rows.sum(rows.during, unit), rows.sum(rows.before, unit)
    has_quota = campaign.toward is not None and campaign.start <= report.as_of
    mine = _standing(done, before, each.quota if has_quota else None, config)
    pace = None
    if rows.recent is not None and not each.unit.ended_by(report.as_of):
        valid = each.unit.valid
        start, end = max(campaign.start, valid.start or campaign.start), min(campaign.end, valid.end or campaign.end)
        pace = pace_of(start, end, report.as_of, done, mine.quota, rows.sum(rows.recent, unit))
    return replace(
        each,
        phase=campaign.id,
        done=done,
        direct=sum(rows.during.direct[unit][phase] for phase in rows.phases),
        quota=mine.quota,
        allocated=None,
        percent=mine.percent,
        status=mine.status,
        also=tuple(rows.sum(tallied, unit) for tallied in rows.also),
        since=None if rows.since is None else rows.sum(rows.since, unit),
        undated=rows.sum(rows.undated, unit),
        pace=pace,
        rank=None,
        beside=tuple(_standing(done, before, on.quota if has_quota else None, config) for on in each.beside),
        toward=None if campaign.toward is None else each,
    )


def _standing(done: int, before: int, quota: int | None, config: Config) -> Beside:
    """How far a unit is with what was short of a quota. Who was short of nothing has met it, whatever came in."""
    found = attain.standing(done, None if quota is None else max(quota - before, 0), config)
    return replace(found, status="met") if found.quota == 0 else found

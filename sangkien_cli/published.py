"""Published figures set against the data: our count on the day of each, and when it was the published one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import numpy as np

from sangkien_cli import attain
from sangkien_cli.arrays import sum_type
from sangkien_cli.audit import Against, Finding, Known, Other, Quotas, agrees, audit
from sangkien_cli.campaigns import campaign_figures
from sangkien_cli.claims import Claim
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.exports import Exports
from sangkien_cli.judge import NONE, Judged, judge
from sangkien_cli.lang import say
from sangkien_cli.model import ALL, Campaign, Config, Phase, Report, Window
from sangkien_cli.nearest import nearest
from sangkien_cli.quotas import on_basis, quotas_of
from sangkien_cli.tally import Tally, tally
from sangkien_cli.text import fold
from sangkien_cli.units import below, ids_and_names, units_called

_EPOCH = date(1970, 1, 1).toordinal()
_WHOLE = ("all", "cả chương trình", "toàn chương trình", "toàn bộ", "cả năm", "whole programme")


Published = Mapping[tuple[str, str], tuple[Finding, ...]]  # by unit and phase


@dataclass(frozen=True, slots=True)
class Meant:
    """What a claim speaks of, in a quota file's terms."""

    unit: int  # position
    phase: str  # id of a phase or a campaign, or ALL
    basis: str | None
    as_of: date


def meant_by(claim: Claim, config: Config, as_of: date) -> Meant | Problem | None:
    """What a claim speaks of; None if it names no unit; a problem where the quota file does not know a name.

    A claim without a day is of `as_of`, one without a phase of the phase of its day.
    """
    if claim.unit is None:
        return None
    units = units_called(config.units, claim.unit)
    if len(units) != 1:
        near = tuple(config.units[i].id for i in units) or nearest(claim.unit, ids_and_names(config.units))
        fix = say("option.no_unit.near", near=near) if near else say("option.no_unit.fix")
        return Problem(claim.place, say("published.no_unit", text=claim.unit), fix)
    day = claim.as_of or as_of
    phase = _phase(claim.phase, config, day)
    if phase is None:
        known = (*(each.id for each in config.phases), *(each.id for each in config.campaigns), ALL)
        return Problem(
            claim.place, say("published.no_phase", text=claim.phase), say("option.no_phase.fix", phases=known)
        )
    basis = _basis(claim.basis, config)
    if claim.basis is not None and basis is None:
        known = tuple(each.id for each in config.bases)
        fix = say("option.no_basis.fix", bases=known) if known else say("option.no_bases.fix")
        return Problem(claim.place, say("published.no_basis", text=claim.basis), fix)
    return Meant(units[0], phase, basis or config.basis, day)


def _phase(typed: str | None, config: Config, day: date) -> str | None:
    if typed is None:
        return next((each.id for each in config.phases if each.start <= day <= each.end), ALL)
    name = fold(typed)
    if name in map(fold, _WHOLE):
        return ALL
    windows: list[Phase | Campaign] = [*config.phases, *config.campaigns]
    by_id = [each.id for each in windows if each.id == typed]
    named = by_id or [each.id for each in windows if fold(each.name) == name]
    return named[0] if len(named) == 1 else None


def _basis(typed: str | None, config: Config) -> str | None:
    if typed is None:
        return None
    found = [each.id for each in config.bases if typed == each.id or fold(typed) == fold(each.name)]
    return found[0] if len(found) == 1 else None


def resolve(claims: Sequence[Claim], config: Config, as_of: date, *, typed: bool = True) -> Mapping[str, Meant]:
    """What each claim speaks of, by its id, those left out that name no unit.

    Raises SangkienError with every name that the quota file does not know, unless nobody `typed` them: names found in
    a text may be anybody's.
    """
    found = {claim.id: meant_by(claim, config, as_of) for claim in claims}
    if typed and (problems := [each for each in found.values() if isinstance(each, Problem)]):
        raise SangkienError(*problems)
    return {claim: each for claim, each in found.items() if isinstance(each, Meant)}


def other_quotas(config: Config, meant: Mapping[str, Meant]) -> Callable[[Claim], Quotas]:
    """For a claim the quotas that its unit has in other phases, or on other bases."""
    bases: list[str | None] = [each.id for each in config.bases] or [None]
    quotas = {basis: _own(config, basis) for basis in bases}

    def others(claim: Claim) -> Quotas:
        of = meant.get(claim.id)
        if of is None:
            return ()
        own = quotas[of.basis][of.unit]
        return (
            *(Other(phase, None, number) for phase, number in own.items() if phase != of.phase),
            *(
                Other(of.phase, basis, on[of.unit][of.phase])
                for basis, on in quotas.items()
                if basis != of.basis and of.phase in on[of.unit]
            ),
        )

    return others


def _own(config: Config, basis: str | None) -> Sequence[Mapping[str, int]]:
    on = config if basis is None else on_basis(config, basis)
    return quotas_of(on.units, [phase.id for phase in config.phases]).own


def beside_report(claims: Sequence[Claim], report: Report, exports: Exports) -> tuple[Published, int]:
    """The claims that speak of a report's lines on its day, by unit and phase, and how many do not.

    Raises SangkienError with every name that the quota file does not know.
    """
    config = report.config
    meant = resolve(claims, config, report.as_of)
    lines = {(each.unit.id, each.phase) for each in report.attainments}
    here: dict[str, tuple[str, str]] = {}
    for claim in claims:
        of = meant.get(claim.id)
        if of is not None and of.as_of == report.as_of and of.basis == config.basis:
            line = (config.units[of.unit].id, of.phase)
            if line in lines:
                here[claim.id] = line
    shown = [claim for claim in claims if claim.id in here]
    against = against_data(shown, meant, config, exports)
    # All claims are at hand, for parts may be claims that are not shown.
    found = audit(claims, config.percent, other_quotas(config, meant), against)
    published: dict[tuple[str, str], tuple[Finding, ...]] = {}
    for finding in found:
        if line_of := here.get(finding.claim.id):
            published[line_of] = (*published.get(line_of, ()), finding)
    return published, len(claims) - len(shown)


def against_data(
    claims: Sequence[Claim], meant: Mapping[str, Meant], config: Config, exports: Exports
) -> Mapping[str, Against]:
    """What the data say of each claim, by its id."""
    data = _Data(config, exports)
    of_units = [claim for claim in claims if claim.id in meant]
    by_day = sorted(of_units, key=lambda claim: meant[claim.id].as_of)
    found = {claim.id: data.against(claim, meant[claim.id]) for claim in by_day}
    return {claim.id: found[claim.id] for claim in of_units}


class _Data:
    """The exports, counted as of each day that is asked for."""

    def __init__(self, config: Config, exports: Exports) -> None:
        self.config, self.exports = config, exports
        self.phases = [phase.id for phase in config.phases]
        self.judged = lru_cache(maxsize=4)(self._judged)  # of a million rows each takes 40 MB
        self.tally = cache(self._tally)
        self.quotas = cache(self._quotas)
        self.curve = cache(self._curve)

    def _judged(self, as_of: date) -> Judged:
        return judge(self.exports, self.config, as_of)

    def _tally(self, as_of: date) -> Tally:
        return tally(self.judged(as_of), len(self.phases))

    def _quotas(self, basis: str | None) -> Sequence[Mapping[str, int]]:
        return _own(self.config, basis)

    def _curve(self, unit: int, phase: str) -> _Curve:
        return _Curve.of(self.judged(date.max), self.judged(date.min), self.config, unit, phase)

    def against(self, claim: Claim, meant: Meant) -> Against:
        """Our figure on the claim's day, and when our count was the published one."""
        done, quota = self._figures(meant)
        published = None if claim.done is None or claim.done.hedge is not None else int(claim.done.value)
        same_on = lower = higher = None
        if published is not None and published != done:
            curve = self.curve(meant.unit, meant.phase)
            same_on = curve.nearest_day(published, meant.as_of)
            if same_on is None:
                lower, higher = curve.around(published)
        unit = self.config.units[meant.unit]
        return Against(
            unit=unit.id,
            unit_name=unit.name,
            phase=meant.phase,
            as_of=meant.as_of,
            done=done,
            quota=quota,
            percent=attain.percent(done, quota, self.config.percent),
            agrees=agrees(claim, done, quota),
            same_on=same_on,
            lower=lower,
            higher=higher,
        )

    def _figures(self, meant: Meant) -> tuple[int, int | None]:
        own = self.quotas(meant.basis)[meant.unit]
        campaign = _campaign(self.config, meant.phase)
        if campaign is not None:
            asked = own.get(campaign.toward or ALL)
            return campaign_figures(self.judged(meant.as_of), self.config, campaign, meant.unit, asked, meant.as_of)
        if not self.judged(date.max).tree.changes:
            return self.curve(meant.unit, meant.phase).on(meant.as_of), own.get(meant.phase)
        # In a tree that changes, what a row without a date means depends on the day.
        done = self.tally(meant.as_of).done[meant.unit]
        return (sum(done) if meant.phase == ALL else done[self.phases.index(meant.phase)]), own.get(meant.phase)


def _campaign(config: Config, id: str) -> Campaign | None:
    return next((each for each in config.campaigns if each.id == id), None)


@dataclass(frozen=True, slots=True)
class _Curve:
    """How a unit's count grew: from each day on, up to the next, it was so much."""

    days: Sequence[int]  # as `date.toordinal`, ascending
    counts: Sequence[int]
    before: int  # what was there before the first day: rows without a date

    @classmethod
    def of(cls, end: Judged, beginning: Judged, config: Config, unit: int, phase: str) -> _Curve:
        """The rows that count for a unit and what is below it, in a phase, a campaign or all phases.

        `end` are the rows judged when all have come in, `beginning` before any dated row has. A row without a date
        counts until a dated one of its code comes in.
        """
        here = _rows_of(end, config, unit, phase)
        dated = here & end.counted & end.dated
        early = _rows_of(beginning, config, unit, phase) & beginning.counted
        relieved = np.flatnonzero(early & ~end.counted & (end.repeated != NONE))
        days = np.concatenate([end.days[dated], end.days[end.repeated[relieved]]])
        counts = np.concatenate([end.count[dated], -end.count[relieved]])
        kind = sum_type(end.count)
        steps, at = np.unique(days, return_inverse=True)
        sums: np.ndarray = np.zeros(len(steps), dtype=kind)
        np.add.at(sums, at, counts)
        before = int(beginning.count[early].sum(dtype=kind))
        grown = [before + int(each) for each in np.cumsum(sums, dtype=kind)]
        return cls([int(day) + _EPOCH for day in steps], grown, before)

    def on(self, day: date) -> int:
        """The count at the end of a day."""
        at = bisect_right(self.days, day.toordinal())
        return self.counts[at - 1] if at else self.before

    def nearest_day(self, count: int, day: date) -> date | None:
        """The day nearest to one on which the count was this; None if it never was."""
        first, last = date.min.toordinal(), date.max.toordinal()
        starts = [first, *self.days]
        ends = [*(day - 1 for day in self.days), last]
        wanted, near = day.toordinal(), []
        for start, end, each in zip(starts, ends, [self.before, *self.counts], strict=True):
            if each == count and start <= end:
                near.append(min(max(wanted, start), end))
        return date.fromordinal(min(near, key=lambda each: (abs(each - wanted), each))) if near else None

    def around(self, count: int) -> tuple[Known | None, Known | None]:
        """The last day with a lower count, and the first with a higher one."""
        above = next((i for i, each in enumerate(self.counts) if each > count), None)
        under = len(self.counts) - 1 if above is None else above - 1
        lower = None
        if under >= 0 and self.counts[under] < count:
            last = self.days[under] if above is None else self.days[above] - 1
            lower = Known(date.fromordinal(last), self.counts[under])
        higher = None if above is None else Known(date.fromordinal(self.days[above]), self.counts[above])
        return lower, higher


def _rows_of(judged: Judged, config: Config, unit: int, phase: str) -> np.ndarray:
    """The rows of a unit and what is below it, in a phase, a campaign or all phases, whether they count or not."""
    inside = below(config.units, unit)
    rows: np.ndarray = (inside.start <= judged.unit) & (judged.unit < inside.stop)
    campaign = _campaign(config, phase)
    if campaign is not None:
        rows = rows & judged.within(Window(campaign.start, campaign.end))
        phase = campaign.toward or ALL
    if phase != ALL:
        rows = rows & (judged.phase == next(i for i, each in enumerate(config.phases) if each.id == phase))
    return rows

"""What is found of a published figure: whether it comes out, and what it would take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from sangkien_cli import attain
from sangkien_cli.audit.arithmetic import RULES, Arithmetic, Interval, interval, value_of, work_out
from sangkien_cli.audit.hedges import is_so
from sangkien_cli.audit.slips import Quotas, Slip, slips
from sangkien_cli.claims import Claim, Part, Printed
from sangkien_cli.collection import without_collection
from sangkien_cli.model import PercentRule, Rounding

AUDIT_SCHEMA = "sangkien.audit/1"

Verdict = Literal[
    "reproduced",  # a rule prints the figure
    "holds",  # no rule does, but what its word claims is so: "trên 205%" of 206.2
    "not-reproduced",
    "false",  # what its word claims is not so: "trên 205%" of 204.67
    "solved",  # a figure is missing, and was worked out: there is nothing to check it against
    "unchecked",  # there is one figure only: nothing to check it against but the data
]


@dataclass(frozen=True, slots=True)
class Summed:
    """What the parts of a claim add up to."""

    done: int | None  # None = not all parts have a count, or it is not asked
    quota: int | None
    agrees: bool | None  # None = there is nothing to be compared


@dataclass(frozen=True, slots=True)
class Known:
    """A count on a day."""

    day: date
    done: int


@dataclass(frozen=True, slots=True)
class Against:
    """What the data say of the claim's unit and phase on its day."""

    unit: str  # id
    unit_name: str
    phase: str
    as_of: date
    done: int
    quota: int | None
    percent: str | None  # as our reports print it
    agrees: bool | None  # None = the claim says nothing that could be compared
    same_on: date | None = None  # the nearest day on which our count is the published one
    lower: Known | None = None  # where there is no such day: the nearest counts, and their first or last days
    higher: Known | None = None


@dataclass(frozen=True)
class Finding:
    """A claim, and what was found of it."""

    claim: Claim
    arithmetic: Arithmetic
    verdict: Verdict
    percent: str | None  # done / quota by the rule of the report, of a claim without one
    slips: tuple[Slip, ...] = ()
    summed: Summed | None = None
    against: Against | None = None

    @cached_property
    def is_fine(self) -> bool:
        """Whether nothing speaks against the claim."""
        parts = self.summed is None or self.summed.agrees is not False
        data = self.against is None or self.against.agrees is not False
        return self.verdict not in ("not-reproduced", "false") and parts and data


def audit(
    claims: Sequence[Claim],
    rule: PercentRule,
    others: Callable[[Claim], Quotas] = lambda _: (),
    against: Mapping[str, Against] | None = None,
) -> tuple[Finding, ...]:
    """What is found of each claim, from the arithmetic alone, and from the data where there are any (by claim id).

    `rule` is how a percent that was not published is worked out; `others` are the quotas that the claim's unit has in
    other phases or on other bases.
    """
    by_id = {claim.id: claim for claim in claims}
    found = against or {}
    with without_collection():
        return tuple(_finding(claim, rule, others, by_id, found.get(claim.id)) for claim in claims)


def _finding(
    claim: Claim,
    rule: PercentRule,
    others: Callable[[Claim], Quotas],
    by_id: Mapping[str, Claim],
    against: Against | None,
) -> Finding:
    done, quota = _number(claim.done), _number(claim.quota)
    worked_out = work_out(done, quota, claim.percent, claim.kind)
    verdict = judge_percent(claim, worked_out)
    found: tuple[Slip, ...] = ()
    if verdict in ("not-reproduced", "false") and done is not None and quota is not None and claim.percent is not None:
        found = slips(claim, done, quota, claim.percent, others(claim))
    percent = attain.percent(done, quota, rule) if claim.percent is None and done is not None else None
    return Finding(claim, worked_out, verdict, percent, found, _summed(claim, by_id), against)


def judge_percent(claim: Claim, worked_out: Arithmetic) -> Verdict:
    """What the arithmetic says of a claim. A word before a figure is judged for what it claims."""
    percent, rules = claim.percent, worked_out.reproduced_by
    if percent is None:
        return "unchecked" if worked_out.exact is None else "solved"
    if rules is None:
        return "unchecked"
    if worked_out.exact is None:
        # A hedged percent is no figure from which a missing one could be worked out, but none that is wrong either.
        found = bool(rules) or (percent.hedge is not None and _number(claim.quota) != 0)
        return "solved" if found else "not-reproduced"
    if percent.hedge is not None:
        so = is_so(percent, value_of(worked_out.exact, claim.kind))
        if percent.hedge.means == "about":
            return "reproduced" if rules else "holds" if so else "not-reproduced"
        return "false" if not so else "reproduced" if rules else "holds"
    if rules:
        return "reproduced"
    return "holds" if _may_come_from_hedged(claim, percent) else "not-reproduced"


def _may_come_from_hedged(claim: Claim, percent: Printed) -> bool:
    """Whether a count or a quota that is no exact one may be a number with which the percent comes out."""
    done, quota = claim.done, claim.quota
    found: list[Interval] = [interval(percent, claim.kind, rule) for rule in RULES]
    if done is not None and done.hedge is not None and quota is not None and quota.hedge is None:
        ranges = [each.counts(int(quota.value)) for each in found]
        return any(each and _some(done, each.low, each.high) for each in ranges)
    if quota is not None and quota.hedge is not None and done is not None and done.hedge is None:
        ranges = [each.quotas(int(done.value)) for each in found]
        return any(each and _some(quota, each.low, each.high) for each in ranges)
    return False


def _some(hedged: Printed, low: int, high: int | None) -> bool:
    """Whether one of a range of whole numbers is what a hedged figure says: what it says is a range too."""
    ends = [low, low if high is None else high]
    inside = [number for number in (int(hedged.value) - 1, int(hedged.value), int(hedged.value) + 1) if low <= number]
    inside = [number for number in inside if high is None or number <= high]
    return any(is_so(hedged, Fraction(number)) for number in (*ends, *inside))


def _summed(claim: Claim, by_id: Mapping[str, Claim]) -> Summed | None:
    if not claim.parts:
        return None
    parts = [_of_part(part, by_id) for part in claim.parts]
    done = _sum([each[0] for each in parts]) if claim.done is not None else None
    quota = _sum([each[1] for each in parts]) if claim.quota is not None else None
    compared = [
        is_so(printed, Fraction(number)) if printed.hedge else printed.value == number
        for printed, number in ((claim.done, done), (claim.quota, quota))
        if printed is not None and number is not None
    ]
    return Summed(done, quota, all(compared) if compared else None)


def _of_part(part: Part, by_id: Mapping[str, Claim]) -> tuple[int | None, int | None]:
    if part.claim is None:
        return part.done, part.quota
    named = by_id[part.claim]
    return _number(named.done), _number(named.quota)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _number(printed: Printed | None) -> int | None:
    return None if printed is None else int(printed.value)


def agrees(claim: Claim, done: int, quota: int | None) -> bool | None:
    """Whether what a claim says is what the data say; None where it says nothing that they know.

    A percent beside a count and a quota has been judged by these: the data are asked only where one is missing.
    """
    compared: list[bool] = []
    for printed, ours in ((claim.done, done), (claim.quota, quota)):
        if printed is not None and ours is not None:
            compared.append(is_so(printed, Fraction(ours)) if printed.hedge else printed.value == ours)
    if is_by_data(claim) and quota:
        compared.append(comes_out(claim, done, quota))
    return all(compared) if compared else None


def is_by_data(claim: Claim) -> bool:
    """Whether only the data can tell if a claim's percent is right."""
    return claim.percent is not None and (claim.done is None or claim.quota is None)


def comes_out(claim: Claim, done: int, quota: int) -> bool:
    """Whether a claim's percent is that of these numbers, its word taken for what it claims."""
    percent = claim.percent
    assert percent is not None
    rules: tuple[Rounding, ...] = tuple(
        rule for rule in RULES if interval(percent, claim.kind, rule).holds(done, quota)
    )
    if percent.hedge is None:
        return bool(rules)
    so = is_so(percent, value_of(Fraction(100 * done, quota), claim.kind))
    return so or (percent.hedge.means == "about" and bool(rules))

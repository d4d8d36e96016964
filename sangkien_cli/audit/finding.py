"""What is found of a published figure: whether it comes out, and what it would take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from sangkien_cli import attain
from sangkien_cli.audit.arithmetic import RULES, Arithmetic, Range, interval, value_of, work_out
from sangkien_cli.audit.hedges import counts, is_so, meaning, quotas, ratios
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
    missing: Range | None  # what the count or the quota must be, of a claim without one of these
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
    percent = _percent(claim, worked_out, rule) if claim.percent is None else None
    missing = missing_figure(claim, worked_out) if claim.percent is not None else None
    return Finding(claim, worked_out, verdict, percent, missing, found, _summed(claim, by_id), against)


def _percent(claim: Claim, worked_out: Arithmetic, rule: PercentRule) -> str | None:
    """The percent of a claim that has none; None of what is not over at all."""
    if worked_out.exact is None or (value := value_of(worked_out.exact, claim.kind)) < 0:
        return None
    # Only what is reached must not be rounded up to 100.
    return attain.shown(value, Fraction(0) if claim.kind == "over" else Fraction(100), rule)


def judge_percent(claim: Claim, worked_out: Arithmetic) -> Verdict:
    """What the arithmetic says of a claim. A word before a figure is judged for what it claims."""
    percent, rules = claim.percent, worked_out.reproduced_by
    if percent is None:
        return "unchecked" if worked_out.exact is None else "solved"
    if rules is None:
        return "unchecked"
    if claim.done is None or claim.quota is None:
        return "solved" if missing_figure(claim, worked_out) is not None else "not-reproduced"
    if not has_words(claim):
        return "reproduced" if rules else "not-reproduced"
    wrong: Verdict = "false" if percent.hedge is not None and percent.hedge.means != "about" else "not-reproduced"
    if not is_possible(claim):
        return wrong
    return "reproduced" if rules else "holds"


def has_words(claim: Claim) -> bool:
    """Whether a word stands before a figure."""
    figures = (claim.done, claim.quota, claim.percent)
    return any(printed is not None and printed.hedge is not None for printed in figures)


def is_possible(claim: Claim) -> bool:
    """Whether there are a count, a quota and a percent of which all that a claim says is so."""
    done, quota, percent = claim.done, claim.quota, claim.percent
    assert done is not None
    assert quota is not None
    assert percent is not None
    if not quota.value and quota.hedge is None:
        return False
    count, asked = meaning(done), meaning(quota)
    for ratio in ratios(percent, claim.kind):
        found = quotas(ratio, count) if done.hedge is None else counts(ratio, asked)
        whole = None if found is None else found.whole()
        if whole is not None and _overlap(whole, (asked if done.hedge is None else count).whole()):
            return True
    return False


def _overlap(one: Range, two: Range | None) -> bool:
    if two is None:
        return False
    return (one.high is None or two.low <= one.high) and (two.high is None or one.low <= two.high)


def missing_figure(claim: Claim, worked_out: Arithmetic) -> Range | None:
    """What a missing count or quota must be: by half-up, else by another rule; by the words where there are any."""
    assert claim.percent is not None
    if (claim.done is None) == (claim.quota is None) or (claim.quota is not None and claim.quota.value == 0):
        return None
    if not has_words(claim) and (implied := worked_out.implied_quota or worked_out.implied_done) is not None:
        return implied
    for ratio in ratios(claim.percent, claim.kind):
        if claim.done is not None:
            found = quotas(ratio, meaning(claim.done))
        else:
            assert claim.quota is not None
            found = counts(ratio, meaning(claim.quota))
        if found is not None and (whole := found.whole()) is not None:
            return whole
    return None


def _summed(claim: Claim, by_id: Mapping[str, Claim]) -> Summed | None:
    """What the parts add up to; where words stand before their figures, to what at least and at most."""
    if not claim.parts:
        return None
    parts = [_of_part(part, by_id) for part in claim.parts]
    compared, sums = [], []
    for printed, numbers in ((claim.done, [each[0] for each in parts]), (claim.quota, [each[1] for each in parts])):
        known = [number for number in numbers if number is not None]
        total = None
        if printed is not None and len(known) == len(numbers):
            total = sum(int(number.value) for number in known)
            ranges = [meaning(number).whole() for number in known]
            compared.append(all(ranges) and _overlap(_added(ranges), meaning(printed).whole()))
        sums.append(total)
    return Summed(sums[0], sums[1], all(compared) if compared else None)


def _added(ranges: Sequence[Range | None]) -> Range:
    known = [each for each in ranges if each is not None]
    highs = [each.high for each in known if each.high is not None]
    return Range(sum(each.low for each in known), sum(highs) if len(highs) == len(known) else None)


def _of_part(part: Part, by_id: Mapping[str, Claim]) -> tuple[Printed | None, Printed | None]:
    if part.claim is None:
        return part.done, part.quota
    return by_id[part.claim].done, by_id[part.claim].quota


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

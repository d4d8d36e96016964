"""One view of what was counted: some units, some phases or a campaign, in some order, beside an earlier report.

>>> from sangkien_cli.pipeline import count, load_config                      # doctest: +SKIP
>>> counted = count(load_config(Path("quota.yaml")))                          # doctest: +SKIP
>>> view(counted, View(phase="gd1", selection=Selection(top=5, sort="short")))  # doctest: +SKIP
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sangkien_cli.campaigns import of_campaign
from sangkien_cli.lists import EVERYTHING, Selection, ranked, select
from sangkien_cli.model import Basis, Campaign, Report
from sangkien_cli.pipeline import Counted
from sangkien_cli.report import beside, narrow

if TYPE_CHECKING:
    import pandas as pd

    from sangkien_cli.breakdown import Breakdown
    from sangkien_cli.claims import Claim
    from sangkien_cli.compare import Comparison, Earlier
    from sangkien_cli.published import Published


@dataclass(frozen=True, slots=True)
class View:
    """What is wanted of a count. Ids are of things that exist."""

    phase: str | None = None  # a phase, or ALL; None = all of them
    unit: str | None = None  # this one and what is below
    depth: int | None = None  # levels below the units on top
    campaign: Campaign | None = None  # instead of phases
    bases: tuple[Basis, ...] = ()  # quotas on these beside the one in use
    rank: bool = False
    selection: Selection = EVERYTHING
    by: str | None = None  # what the figure of the unit is to be divided by
    claims: tuple[Claim, ...] = ()  # published figures to stand beside ours


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be shown."""

    report: Report
    comparison: Comparison | None = None
    breakdown: Breakdown | None = None
    published: Published = field(default_factory=dict)
    elsewhere: int = 0  # published figures of other days, units or phases


def view(
    counted: Counted, wanted: View, earlier: Earlier | None = None, earlier_ledger: pd.DataFrame | None = None
) -> Shown:
    """The report as wanted, beside an earlier one if there is one (`compare.read_earlier`, `compare.read_ledger`)."""
    report, judged = counted.report, counted.judged
    if wanted.by is not None:
        from sangkien_cli.breakdown import divide

        divided = divide(judged, report.config, wanted.by, wanted.unit, wanted.phase, report.as_of)
        return Shown(report, breakdown=divided)
    comparison = None
    if earlier is not None:
        from sangkien_cli.compare import compare

        comparison = compare(earlier, report, judged, earlier_ledger)
    # Places, and what was short when a campaign began, depend on units that are left out only then.
    if wanted.bases:
        report = beside(report, wanted.bases)
    if wanted.campaign is not None:
        report = of_campaign(report, judged, counted.also, wanted.campaign)
    if wanted.rank or wanted.selection.is_list:
        report = ranked(report)
    report = select(narrow(report, wanted.phase, wanted.unit, wanted.depth), wanted.selection, wanted.phase)
    if comparison is not None:
        from sangkien_cli.compare import within

        comparison = within(comparison, report)
    if not wanted.claims:
        return Shown(report, comparison)
    from sangkien_cli.published import beside_report

    published, elsewhere = beside_report(wanted.claims, report, judged.exports)
    return Shown(report, comparison, None, published, elsewhere)

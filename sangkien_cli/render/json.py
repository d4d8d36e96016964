"""A report as JSON, schema `sangkien.report/1` (contract §6). Never localised; the same inputs give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from sangkien_cli import attain
from sangkien_cli.model import REPORT_SCHEMA, Attainment, Beside, Config, Report, TargetResult, Unit
from sangkien_cli.pace import Pace
from sangkien_cli.render.document import Origin, compact, document, listed, percent_part, provenance, rows_part


@dataclass(frozen=True, slots=True)
class Further:
    """What stands in a report beside its figures: blocks of the whole, and keys of a line."""

    whole: Mapping[str, object] = field(default_factory=dict)
    of_line: Callable[[Attainment], Mapping[str, object]] = lambda _: {}


NOTHING = Further()


def render_json(report: Report, further: Further = NOTHING, origin: Origin | None = None) -> str:
    """The report, one line per unit and phase; keys that a plain report does not have only where they were asked for,
    or where the quota file gives them a meaning. With an origin it can be made again."""
    config = report.config
    # A campaign has none: they are asked of phases.
    asked = config.targets and report.campaign is None
    targets = {"targets": listed(map(target_entry, report.targets))} if asked else {}
    return document(
        {
            "schema": compact(REPORT_SCHEMA),
            "programme": compact(config.programme),
            "as_of": compact(report.as_of.isoformat()),
            "percent": percent_part(config.percent),
            "phases": listed(
                {"id": p.id, "name": p.name, "from": p.start.isoformat(), "to": p.end.isoformat()}
                for p in report.phases
            ),
            **{key: compact(value) for key, value in _asked_for(report).items()},
            "rows": rows_part(report.rows),
            "units": listed(
                {**entry(each, report), **beyond(each, report), **further.of_line(each)} for each in report.attainments
            ),
            **targets,
            **{key: compact(value) for key, value in further.whole.items()},
            **provenance(config, report.inputs, origin),
        }
    )


def _asked_for(report: Report) -> Mapping[str, object]:
    """What the report was asked to be, beside its phases."""
    config, campaign = report.config, report.campaign
    asked: dict[str, object] = {}
    if config.basis is not None:
        asked["basis"] = config.basis
    if campaign is not None:
        window = {"from": campaign.start.isoformat(), "to": campaign.end.isoformat(), "toward": campaign.toward}
        asked["campaign"] = {"id": campaign.id, "name": campaign.name, **window}
    if report.since is not None:
        asked["since"] = report.since.isoformat()
    return asked


def entry(each: Attainment, report: Report) -> dict[str, object]:
    """One unit in one phase, under the names that JSON and CSV share: what every report has."""
    return {
        **unit_entry(each.unit, report.config),
        "phase": each.phase,
        "done": each.done,
        "direct": each.direct,
        "quota": each.quota,
        "percent": each.percent,
        "short": each.short,
        "status": each.status,
        "allocated": each.allocated,
    }


def unit_entry(unit: Unit, config: Config) -> dict[str, object]:
    """Which unit a line is of."""
    parent = None if unit.parent is None else config.units[unit.parent].id
    return {"id": unit.id, "name": unit.name, "parent": parent, "depth": unit.depth}


def beyond(each: Attainment, report: Report) -> dict[str, object]:
    """What a line has beyond that, where it has it. Only a unit that has ended says when."""
    config = report.config
    line: dict[str, object] = {}
    if each.unit.ended_by(report.as_of):
        line["ended"] = str(each.unit.valid.end)
    if each.also:
        line["also"] = {also.id: number for also, number in zip(config.also_count, each.also, strict=True)}
    if each.beside:
        line["bases"] = {basis.id: _beside(on) for basis, on in zip(report.bases, each.beside, strict=True)}
    if each.toward is not None:
        line["toward"] = {key: getattr(each.toward, key) for key in ("phase", "done", "quota", "percent", "status")}
    if each.since is not None:
        line["since"] = each.since
    if each.rank is not None:
        line["rank"] = {"place": each.rank.place, "among": each.rank.among}
    if each.pace is not None:
        line["pace"] = pace_entry(each.pace)
    return line


def _beside(on: Beside) -> Mapping[str, object]:
    return {key: getattr(on, key) for key in ("quota", "percent", "short", "status", "allocated")}


PACE = ("days", "day", "expected", "needed_per_day", "recent_per_day", "forecast", "on_track")


def pace_entry(pace: Pace) -> Mapping[str, object]:
    """The pace; figures that need not be whole are exact: decimals, or `n/d`."""
    return {
        "days": pace.days,
        "day": pace.day,
        "expected": _exact(pace.expected),
        "needed_per_day": _exact(pace.needed_per_day),
        "recent_per_day": _exact(pace.recent_per_day),
        "forecast": _exact(pace.forecast),
        "on_track": pace.on_track,
    }


def target_entry(result: TargetResult) -> Mapping[str, object]:
    """A target's result; the rows that a sum could not read only where there are any."""
    target = result.target
    line: dict[str, object] = {
        "id": target.id,
        "unit": result.unit.id,
        "phase": target.phase,
        "measure": target.measure,
        "value": _exact(result.value),
        "at_least": _exact(target.at_least),
        "percent": result.percent,
        "met": result.met,
        "name": target.name,
    }
    if result.parts is not None:
        line["of"] = {"part": result.parts[0], "whole": result.parts[1]}
    if target.measure == "sum":
        line["rows"] = {"unread": result.unread, "blank": result.blank}
    return line


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else attain.exact(value)

"""What a schema cannot say: the parts of a quota file must agree with each other.

The checks walk the raw values, pass over what the schema has already refused, and so report beside it in one run.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import get_args

from pydantic_core import PydanticCustomError

from sangkien_cli.config.schema import parse_day
from sangkien_cli.errors import Problem
from sangkien_cli.lang import Sentence, say
from sangkien_cli.marks import Document, Path, Raw
from sangkien_cli.model import ALL, Field
from sangkien_cli.nearest import nearest
from sangkien_cli.text import slug

FIELDS: tuple[str, ...] = get_args(Field)


def check(document: Document) -> Iterator[Problem]:
    """Every disagreement between the parts of the file."""
    raw = document.raw
    if not isinstance(raw, dict):
        return
    phases = section_of(raw, "phases")
    yield from _check_timezone(document, raw)
    yield from _check_phases(document, phases)
    yield from _check_campaigns(document, raw, phases)
    yield from _check_exports(document, raw, phases)
    yield from _check_count(document, raw)
    yield from _check_further(document, raw)
    yield from _check_sources(document, raw)


def section_of(raw: Raw, key: str) -> dict[str, Raw]:
    """The mapping under a key; an empty one where there is none."""
    value = raw.get(key) if isinstance(raw, dict) else None
    return value if isinstance(value, dict) else {}


def _check_timezone(document: Document, raw: dict[str, Raw]) -> Iterator[Problem]:
    name = raw.get("timezone")
    if isinstance(name, str):
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            yield document.problem(("timezone",), say("config.no_timezone", name=name), say("config.no_timezone.fix"))


def _check_phases(document: Document, phases: dict[str, Raw]) -> Iterator[Problem]:
    windows: list[tuple[str, date, date]] = []
    for phase, section in phases.items():
        path: Path = ("phases", phase)
        yield from check_id(document, path, phase)
        if phase == ALL:
            yield document.problem(path, say("config.phase_all"), say("config.phase_all.fix"), at_key=True)
        window = _window(section)
        if window is None:
            continue
        yield from _check_window(document, path, window)
        for other, start, end in windows:
            if max(window[0], start) <= min(window[1], end):
                yield document.problem(
                    (*path, "from"),
                    say("config.phases_overlap", phase=phase, other=other, start=start, end=end),
                    say("config.phases_overlap.fix"),
                )
                break
        if window[0] <= window[1]:
            windows.append((phase, *window))


def _check_campaigns(document: Document, raw: dict[str, Raw], phases: dict[str, Raw]) -> Iterator[Problem]:
    for campaign, section in section_of(raw, "campaigns").items():
        path: Path = ("campaigns", campaign)
        yield from check_id(document, path, campaign)
        if (window := _window(section)) is not None:
            yield from _check_window(document, path, window)
        toward = section.get("toward") if isinstance(section, dict) else None
        if isinstance(toward, str) and toward not in phases:
            yield unknown_phase(document, (*path, "toward"), toward, phases)
        elif isinstance(toward, str) and window is not None and (other := _window(phases[toward])) is not None:
            apart = window[1] < other[0] or other[1] < window[0]
            if apart and window[0] <= window[1]:
                what = say("config.campaign_apart", phase=toward, start=other[0], end=other[1])
                yield document.problem((*path, "toward"), what, say("config.campaign_apart.fix"))


def check_id(document: Document, path: Path, identifier: str) -> Iterator[Problem]:
    """An id of plain letters, digits and hyphens, given as a key."""
    if not re.fullmatch(r"[a-z0-9-]+", identifier):
        yield document.problem(
            path,
            say("config.bad_id", id=identifier),
            say("config.bad_id.fix", id=slug(identifier) or "gd1"),
            at_key=True,
        )


def _window(section: Raw) -> tuple[date, date] | None:
    """First and last day of a phase or campaign, where both can be read."""
    if not isinstance(section, dict):
        return None
    try:
        return parse_day(section.get("from")), parse_day(section.get("to"))
    except PydanticCustomError:
        return None


def _check_window(document: Document, path: Path, window: tuple[date, date]) -> Iterator[Problem]:
    start, end = window
    if end < start:
        yield document.problem(
            (*path, "to"), say("config.ends_before_start", start=start, end=end), say("config.ends_before_start.fix")
        )


def _check_exports(document: Document, raw: dict[str, Raw], phases: dict[str, Raw]) -> Iterator[Problem]:
    exports = section_of(raw, "exports")
    columns = section_of(exports, "columns")
    for path, section in ((("exports",), exports), (("exports", "columns"), columns)):
        for key, value in section.items():
            if value is None:
                yield document.problem(
                    (*path, key), say("config.blank_key", key=key), say("config.blank_key.fix"), at_key=True
                )
    fixed = exports.get("phase")
    if isinstance(fixed, str) and phases and fixed not in phases:
        yield unknown_phase(document, ("exports", "phase"), fixed, phases)
    if columns and not ({"submitted", "phase"} & columns.keys()) and "phase" not in exports:
        yield document.problem(
            ("exports", "columns"), say("config.nothing_dates"), say("config.nothing_dates.fix"), at_key=True
        )


def _check_count(document: Document, raw: dict[str, Raw]) -> Iterator[Problem]:
    columns = section_of(section_of(raw, "exports"), "columns")
    count = section_of(raw, "count")
    yield from check_where(document, ("count",), count, columns)
    once_per = count.get("once_per")
    if isinstance(once_per, str) and once_per != "none":
        yield from check_field(document, ("count", "once_per"), once_per, columns, at_key=False)


def _check_further(document: Document, raw: dict[str, Raw]) -> Iterator[Problem]:
    """Bases, further tallies, and what rows must hold."""
    columns = section_of(section_of(raw, "exports"), "columns")
    taken = section_of(raw, "phases").keys() | {ALL}
    for campaign in section_of(raw, "campaigns").keys() & taken:
        what, fix = say("config.campaign_is_phase", id=campaign), say("config.campaign_is_phase.fix")
        yield document.problem(("campaigns", campaign), what, fix, at_key=True)
    for key in ("bases", "also_count"):
        for identifier in section_of(raw, key):
            yield from check_id(document, (key, identifier), identifier)
    for tally, section in section_of(raw, "also_count").items():
        if isinstance(section, dict):
            yield from check_where(document, ("also_count", tally), section, columns)
    required = section_of(raw, "returns").get("require")
    several = isinstance(required, list)
    for number, field in enumerate(required if isinstance(required, list) else [required]):
        if isinstance(field, str):
            at: Path = ("returns", "require", *([number] if several else []))
            yield from check_field(document, at, field, columns, at_key=False)


def check_where(document: Document, path: Path, section: dict[str, Raw], columns: dict[str, Raw]) -> Iterator[Problem]:
    """The conditions under `where` of a section at `path`: of fields that are mapped, ranges that make sense."""
    for field, condition in section_of(section, "where").items():
        at: Path = (*path, "where", field)
        yield from check_field(document, at, field, columns, at_key=True)
        if condition is None:
            yield document.problem(at, say("config.blank_condition"), say("config.blank_condition.fix"), at_key=True)
        elif isinstance(condition, dict):
            yield from _check_range(document, at, condition)


def check_field(
    document: Document, path: Path, field: str, columns: dict[str, Raw], *, at_key: bool
) -> Iterator[Problem]:
    """A field that exists, and that the quota file maps to a column."""
    if field not in FIELDS:
        near = nearest(field, FIELDS, most=1)
        fix = say("config.write", text=near[0]) if near else say("config.unknown_field.fix", fields=FIELDS)
        yield document.problem(path, say("config.unknown_field", field=field), fix, at_key=at_key)
    elif columns and field not in columns:
        yield document.problem(
            path,
            say("config.unmapped_field", field=field),
            say("config.unmapped_field.fix", field=field),
            at_key=at_key,
        )


def _check_range(document: Document, path: Path, condition: dict[str, Raw]) -> Iterator[Problem]:
    ends = condition.keys() & {"from", "to", "min", "max"}
    for end in ends:
        if condition[end] is None:
            yield document.problem(
                (*path, end), say("config.blank_key", key=end), say("config.blank_key.fix"), at_key=True
            )
    if not ends or (ends & {"from", "to"} and ends & {"min", "max"}):
        yield document.problem(path, say("config.bad_range"), say("config.bad_range.fix"), at_key=True)
    elif {"min", "max"} <= ends and _is_above(condition["min"], condition["max"]):
        yield document.problem((*path, "max"), say("config.min_above_max"), say("config.min_above_max.fix"))
    elif {"from", "to"} <= ends and (window := _window(condition)) is not None:
        yield from _check_window(document, path, window)


def _is_above(least: Raw, most: Raw) -> bool:
    try:
        return Decimal(str(least)) > Decimal(str(most))
    except InvalidOperation:  # the schema says so
        return False


def _check_sources(document: Document, raw: dict[str, Raw]) -> Iterator[Problem]:
    """Units must come from somewhere."""
    if not raw.keys() & {"units", "units_from", "include"}:
        yield document.problem((), say("config.key_missing", key="units"), say("config.key_missing.fix", key="units"))


def unknown_phase(
    document: Document, path: Path, phase: str, phases: dict[str, Raw], *, at_key: bool = False
) -> Problem:
    """A phase that does not exist."""
    fix: Sentence = say("config.unknown_phase.fix", phases=tuple(phases))
    return document.problem(path, say("config.unknown_phase", phase=phase), fix, at_key=at_key)

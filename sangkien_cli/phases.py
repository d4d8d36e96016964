"""Dates as people type them, and the phase a date falls in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from sangkien_cli.model import Phase
from sangkien_cli.text import fold, tidy

# Outside these years a date is a slip of the keyboard or an Excel artefact.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100

_SECOND = r":(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?"
_TIME = rf"(?P<hour>\d{{1,2}})[:h](?P<minute>\d{{2}})(?:{_SECOND})?\s*(?P<half>[ap]m|sa|ch)?"
_OFFSET = r"(?P<offset>z|[+-]\d{2}(?::?\d{2})?)?"
_DAY_FIRST = r"(?P<day>\d{1,2})\s*(?P<mark>[/.-])\s*(?P<month>\d{1,2})\s*(?P=mark)\s*(?P<year>\d{4})"
_ISO = r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})"
_ISO_TIME = rf"(?P<hour>\d{{2}})(?::?(?P<minute>\d{{2}})(?::?{_SECOND[1:]})?)?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_DAY_FIRST}(?:\s*,?\s+{_TIME}\s*{_OFFSET})?",
        rf"{_ISO}(?:(?:t|\s+){_ISO_TIME}\s*{_OFFSET})?",
        rf"{_ISO}\s+{_TIME}\s*{_OFFSET}",
        rf"{_TIME}\s*,?\s+{_DAY_FIRST}",
    )
)


def read_date(text: str, zone: tzinfo) -> datetime | None:
    """The day and time that a text names, as clock time in `zone` without an offset; None if it names none.

    Read are day/month/year with `/`, `.` or `-`, ISO 8601, and an optional time and offset; never month first. 24:00
    is the end of its day. A time with an offset is moved to `zone`. Years outside 2000–2100 are no dates.

    >>> from zoneinfo import ZoneInfo
    >>> zone = ZoneInfo("Asia/Ho_Chi_Minh")
    >>> [str(read_date(text, zone)) for text in ("1/3/2022", "31.05.2022 24:00", "2022-05-31T18:00:00Z", "03/25/2022")]
    ['2022-03-01 00:00:00', '2022-05-31 23:59:59.999999', '2022-06-01 01:00:00', 'None']
    """
    plain = tidy(text).lower()
    for form in _FORMS:
        if found := form.fullmatch(plain):
            return _moment(found.groupdict(), zone)
    return None


def _moment(parts: dict[str, str | None], zone: tzinfo) -> datetime | None:
    try:
        day = date(int(parts["year"] or 0), int(parts["month"] or 0), int(parts["day"] or 0))
        moment = datetime.combine(day, datetime.min.time()) + _clock(parts)
        if offset := parts.get("offset"):
            moment = (
                datetime.fromisoformat(f"{moment.isoformat()}{_full(offset)}").astimezone(zone).replace(tzinfo=None)
            )
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _clock(parts: dict[str, str | None]) -> timedelta:
    """The time of day as what has passed of it. Raises ValueError where there is no such time."""
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if (hour, minute, second) == (24, 0, 0) and not parts.get("half"):
        return timedelta(days=1, microseconds=-1)
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half in ("pm", "ch") else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(hour, minute, second)
    microseconds = int((parts.get("fraction") or "0")[:6].ljust(6, "0"))
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=microseconds)


def _full(offset: str) -> str:
    digits = offset[1:].replace(":", "")
    return "+00:00" if offset == "z" else f"{offset[0]}{digits[:2]}:{digits[2:] or '00'}"


def phase_of(day: date, phases: Sequence[Phase]) -> int | None:
    """The position of the phase that a day falls in; None if it falls in none."""
    return next((i for i, phase in enumerate(phases) if phase.start <= day <= phase.end), None)


def phase_named(text: str, phases: Sequence[Phase]) -> int | None:
    """The position of the phase with this id or name, compared folded; None if there is none."""
    folded = fold(text)
    return next((i for i, phase in enumerate(phases) if folded in (fold(phase.id), fold(phase.name))), None)


def today(zone: tzinfo) -> date:
    """The day it is in `zone`."""
    return datetime.now(UTC).astimezone(zone).date()

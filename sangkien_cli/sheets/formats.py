"""Number formats and dates as spreadsheets store them: what a stored number means, and what Excel shows for it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

# ECMA-376 part 1, 18.8.30: the formats that are known by number alone and show a date or a time. 27–36 and 50–58 are
# dates in East Asian editions.
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
# The formats that are known by name, in small letters.
_NAMED_DATES = re.compile(r"(?:short|medium|long|general) date|(?:short|medium|long) time")
_NAMED_NUMBERS = re.compile(
    r"general(?: number)?|(?:euro )?currency|fixed|standard|percent|scientific|yes/no|true/false|on/off"
)
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_LONGEST = 1000  # characters of a format; Excel itself ends at 255
_ROUNDED = 10**15  # Excel keeps 15 digits of a number and puts zeros behind them


def is_date_format(number: int, code: str | None) -> bool:
    """Whether a format shows dates or times. `code` is its own code; None = it is one of the built-in numbers.

    >>> is_date_format(14, None), is_date_format(164, "dd/mm/yyyy"), is_date_format(165, '0" ngày"')
    (True, True, False)
    """
    if code is None:
        return number in _BUILT_IN_DATES
    return _code_shows_dates(code)


def shows_dates(code: str) -> bool:
    """Whether a number format, given as its code or its name, shows dates or times.

    >>> shows_dates("Short Date"), shows_dates("Fixed"), shows_dates("dd/mm/yyyy")
    (True, False, True)
    """
    name = code.lower()
    return bool(_NAMED_DATES.fullmatch(name)) or (not _NAMED_NUMBERS.fullmatch(name) and _code_shows_dates(code))


@lru_cache(maxsize=4096)
def _code_shows_dates(code: str) -> bool:
    section = code[:_LONGEST].partition(";")[0]
    if _ELAPSED.search(section):
        return True
    plain = _QUOTED.sub("", section).lower()
    return "general" not in plain and re.search("[ymdhs]", plain) is not None


def iso(serial: float, *, epoch_1904: bool) -> str | None:
    """A date that Excel stores as a number of days, in ISO 8601; None if it is none (negative, or beyond 9999).

    A whole number is a date without a time; a number below 1 a time without a date. The 1900 system knows a
    29/02/1900, which never was: numbers up to 60 are one day later than in a calendar.

    >>> iso(44621, epoch_1904=False), iso(43159.75, epoch_1904=True), iso(44621.5, epoch_1904=False)
    ('2022-03-01', '2022-03-01 18:00:00', '2022-03-01 12:00:00')
    """
    if not 0 <= serial < 2_958_466:
        return None
    # Excel's clock has milliseconds; what is finer is noise of the fraction.
    milliseconds = round(serial * 86_400_000)
    days, rest = divmod(milliseconds, 86_400_000)
    clock = (datetime.min + timedelta(milliseconds=rest)).time()
    shown = clock.isoformat("milliseconds" if rest % 1000 else "seconds")
    if serial < 1:
        return shown
    origin = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 31 if days < 60 else 30)
    try:
        day = (origin + timedelta(days=days)).date().isoformat()
    except OverflowError:
        return None
    return f"{day} {shown}" if rest else day


def number_text(value: float) -> str:
    """A stored number as plain text, the shortest that means it: `7`, `5.091`, `123456789012345`.

    >>> number_text(7.0), number_text(5.0910000000000002), number_text(1e21), number_text(-0.0)
    ('7', '5.091', '1000000000000000000000', '0')
    """
    return str(int(value)) if value.is_integer() else repr(value)


def is_rounded(value: float) -> bool:
    """Whether a stored number has more digits than Excel keeps, so that a code in it has lost its last ones."""
    return abs(value) >= _ROUNDED


def shown_as(value: float, code: str) -> str | None:
    """What Excel shows for a whole number where its format adds zeros or letters; None where it adds neither.

    Only such formats are known here: `000000`, `"SK-"0000`, `00\\-0000`. Formats with decimals, thousands, percents,
    dates or conditions show an amount, not a code.

    >>> shown_as(7.0, "000000"), shown_as(123.0, '"SK-"0000'), shown_as(120004.0, "00-0000"), shown_as(7.0, "#,##0")
    ('000007', 'SK-0123', '12-0004', None)
    """
    if value < 0 or not value.is_integer() or is_rounded(value):
        return None
    pattern = _pattern(code)
    if pattern is None:
        return None
    places = sum(part is None for part in pattern)
    digits = str(int(value)).zfill(places)
    # The leftmost place takes all digits that are left over.
    dealt = iter([digits[: len(digits) - places + 1], *digits[len(digits) - places + 1 :]])
    return "".join(next(dealt) if part is None else part for part in pattern)


@lru_cache(maxsize=4096)
def _pattern(code: str) -> tuple[str | None, ...] | None:
    """A format's parts, None for a digit's place and text for what stands between; None if it is not for codes."""
    if len(code) > _LONGEST:
        return None
    parts: list[str | None] = []
    for token in re.findall(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|.', code.partition(";")[0]):
        if token == "0":
            parts.append(None)
        elif token.startswith('"'):
            parts.append(token[1:-1])
        elif token.startswith("\\"):
            parts.append(token[1])
        elif token.startswith(("_", "*")) or re.fullmatch(r"\[(?!h|m|s)[^<>=]*\]", token, re.I):
            continue
        elif token in "-/ ()+:":
            parts.append(token)
        else:
            return None
    places = [part for part in parts if part is None]
    in_front = "".join(part for part in parts[: parts.index(None)] if part) if places else ""
    if len(places) >= 2 or (places and in_front.strip()):
        return tuple(parts)
    return None

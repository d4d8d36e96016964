"""Days and phases that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_NO_DIGIT = r"(?<![\w.,/])"
_DAY, _OF_MONTH = "(?P<day>[0-9]{1,2})", "(?P<month>[0-9]{1,2})"
_FULL = re.compile(
    rf"{_NO_DIGIT}{_DAY}\s?(?P<mark>[/.-])\s?{_OF_MONTH}\s?(?P=mark)\s?(?P<last>(?P<year>[0-9]{{4}}))(?![\w/])"
)
_WORDED = re.compile(
    rf"{_NO_DIGIT}{_DAY}\stháng\s(?P<last>{_OF_MONTH}(?:(?:\snăm\s|[/.-])(?P<year>[0-9]{{4}}))?)(?![\w/])"
)
_SHORT = re.compile(
    r"\b(?:ngày|hôm|sáng|chiều|tối|trưa|đêm|đến|hết|từ|tới|trước|sau|mùng|mồng|qua|và|thứ\s\w{2,4}|cn|chủ\snhật|–|-)"
    rf"\s\(?{_DAY}\s?[/.-]\s?(?P<last>{_OF_MONTH})(?![\w%/]|[.,][0-9]|\s?%)"
)
_BRACKETED = re.compile(rf"\({_DAY}[/.-](?P<last>{_OF_MONTH})\)")
_MONTH = re.compile(rf"(?:tháng\s)?{_NO_DIGIT}{_DAY}\s?(?:[/.-]|\snăm\s)\s?((?:19|20)[0-9]{{2}})(?![\w/%]|[.,][0-9])")
_END_OF = re.compile(r"\b(?:hết|cuối)(?:\stháng)?\s\Z")
_UNTIL = re.compile(
    r"(?:đến|tới|hết|cuối)"
    r"(?:\s(?:thời\sđiểm|hết|cuối|ngày|sáng|chiều|tối|trưa|nay|hôm\snay|[0-9]{1,2}\s?(?:h|giờ|g)\s?[0-9]{0,2}|,|\())*[\s(]*\Z"
)
_RANGE = re.compile(r"(?:từ|kể\stừ)\s(?:[^,;()]{1,60}?\s)?(?:đến|tới|-|–)\s[^,;()]*\Z")
_PHASE_FROM = re.compile(r"giai\sđoạn\s\w+,?\s(?:[^\W\d]+\s){0,2}từ\s[^,;()]{1,40}(?:đến|tới)\s[^,;()]*\Z")
_YEAR = re.compile(r"\bnăm\s((?:19|20)[0-9]{2})\b")


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a sentence names it."""

    start: int
    end: int
    day: int
    month: int
    year: int | None  # None = the sentence does not say
    until: bool  # figures are told as of it: "tính đến ngày …"

    def on(self, year: int | None) -> date | None:
        """The day, in this year where it says none; None if there is no such day."""
        said = self.year or year
        try:
            return None if said is None else date(said, self.month, self.day)
        except ValueError:
            return None


def days(text: str) -> list[Day]:
    """The days in a sentence (in small letters), in its order.

    >>> [(day.day, day.month, day.year, day.until) for day in days("sáng 14-7, tính đến hết ngày 25.4.2022, có 2.660")]
    [(14, 7, None, False), (25, 4, 2022, True)]
    """
    found: list[Day] = []
    taken: list[tuple[int, int]] = []
    for start, end, day, month, year in _matches(text):
        if any(start < other and end > first for first, other in taken[-8:]) or not _is_day(day, month):
            continue
        taken.append((start, end))
        before = text[max(start - 80, 0) : start]
        bracketed = before.rfind("(") > before.rfind(")")
        ranged = (bracketed and _RANGE.search(before) is not None) or _PHASE_FROM.search(before) is not None
        found.append(Day(start, end, day, month, year, _UNTIL.search(before) is not None and not ranged))
    return sorted(found, key=lambda day: day.start)


def _matches(text: str) -> list[tuple[int, int, int, int, int | None]]:
    """Where days stand, with day, month and year. The one that begins first and says most is first."""
    found: list[tuple[int, int, int, int, int | None]] = []
    for pattern in (_FULL, _WORDED, _SHORT, _BRACKETED):
        for match in pattern.finditer(text):
            year = match["year"] if "year" in pattern.groupindex else None
            day, month = int(match["day"]), int(match["month"])
            found.append((match.start("day"), match.end("last"), day, month, int(year) if year else None))
    for match in _MONTH.finditer(text):
        month, of = int(match[1]), int(match[2])
        if 1 <= month <= 12 and _END_OF.search(text, max(match.start() - 20, 0), match.start()):
            found.append((match.start(), match.end(), _last_day(of, month), month, of))
    return sorted(found, key=lambda each: (each[0], -each[1]))


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _is_day(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def month_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where months of a year stand: `5/2022`, `tháng 5 năm 2022`."""
    for match in _MONTH.finditer(text):
        if 1 <= int(match[1]) <= 12:
            yield match.start(), match.end()


def said_year(texts: Iterable[str]) -> int | None:
    """The year of every day and "năm …" of a text, if that is one only; else None."""
    years: set[int] = set()
    for text in texts:
        years |= {int(match["year"]) for match in _FULL.finditer(text)}
        years |= {int(match["year"]) for match in _WORDED.finditer(text) if match["year"]}
        years |= {int(match[1]) for match in _YEAR.finditer(text)}
    return years.pop() if len(years) == 1 else None


# --- phases ------------------------------------------------------------------------------------------------------

_PHASE = re.compile(r"\b(?:giai\sđoạn|gđ)\s?(?:[0-9]{1,2}(?![0-9%/]|[.,][0-9])|iii|ii|iv|i|v|một|hai|ba)(?!\w)")
_ALL = re.compile(
    r"\b(?:(?:cả|toàn|toàn\sbộ|hai|2|cả\shai|cả\s2|cả\sthời\sgian)\s){1,3}"
    r"(?:chương\strình|giai\sđoạn)(?!\s(?:[0-9ivx]|một|hai|ba|“|\"))"
)


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase as a sentence names it: its words, or `all` for the whole programme."""

    start: int
    end: int
    name: str


def phases(text: str, written: str) -> list[Phase]:
    """The phases in a sentence, given in small letters and as written.

    >>> s = "Đạt 354,8% chỉ tiêu Giai đoạn 1 và 141,6% chỉ tiêu cả 2 giai đoạn"
    >>> [phase.name for phase in phases(s.lower(), s)]
    ['Giai đoạn 1', 'all']
    """
    found = [Phase(match.start(), match.end(), written[match.start() : match.end()]) for match in _PHASE.finditer(text)]
    found += [Phase(match.start(), match.end(), "all") for match in _ALL.finditer(text)]
    return sorted(found, key=lambda phase: phase.start)

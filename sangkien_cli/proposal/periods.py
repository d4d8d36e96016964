"""The days of the submissions, and the phases that they suggest."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from sangkien_cli.lang import Sentence, say
from sangkien_cli.proposal import words
from sangkien_cli.proposal.model import DatesFound, Guess
from sangkien_cli.text import composed

Span = tuple[date, date]

_GAP = 183  # days without a submission that part the real dates from typing errors
_FEW = 0.02  # of the rows: a group of days that far away that is no larger is one of typing errors

_TO = r"\s*(?:đến|tới|-|–|—|→|to)\s*(?:hết\s*)?(?:ngày\s*)?"
_DAYS = re.compile(
    rf"(\d{{1,2}})\s*[/.-]\s*(\d{{1,2}})(?:\s*[/.-]\s*(20\d\d))?{_TO}(\d{{1,2}})\s*[/.-]\s*(\d{{1,2}})\s*[/.-]\s*(20\d\d)",
    re.IGNORECASE,
)
_ONE_DAY = re.compile(r"\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(20\d\d)\b")
_MONTHS = re.compile(rf"tháng\s*(\d{{1,2}})\s*[/.-]\s*(20\d\d){_TO}(?:tháng\s*)?(\d{{1,2}})\s*[/.-]\s*(20\d\d)", re.I)
_YEAR = re.compile(r"(?:năm|year)?\s*\b(20\d\d)\b", re.IGNORECASE)


def dates_found(rows: Mapping[date, int], today: date) -> DatesFound | None:
    """The first and last day of the submissions, days to come and lonely ones left aside."""
    past = sorted(day for day in rows if day <= today) or sorted(rows)
    if not past:
        return None
    groups: list[list[date]] = [[past[0]]]
    for before, day in pairwise(past):
        if (day - before).days > _GAP:
            groups.append([])
        groups[-1].append(day)
    sizes = [sum(rows[day] for day in group) for group in groups]
    kept = [day for group, size in zip(groups, sizes, strict=True) if size == max(sizes) or size > _FEW * sum(sizes)
            for day in group]  # fmt: skip
    aside = tuple(sorted(rows.keys() - set(kept)))
    return DatesFound(kept[0], kept[-1], aside, sum(rows[day] for day in aside))


def spans_in(text: str) -> list[Span]:
    """The ranges of days that a text states, in its order.

    >>> [[day.isoformat() for day in span] for span in spans_in("từ 10/3 đến 10/10/2021, từ tháng 9/2021 đến 5/2022")]
    [['2021-03-10', '2021-10-10'], ['2021-09-01', '2022-05-31']]
    """
    found: list[tuple[int, Span]] = []
    plain = composed(text)
    for match in _DAYS.finditer(plain):
        day, month, year, last_day, last_month, last_year = match.groups()
        start = _day(year or last_year, month, day)
        end = _day(last_year, last_month, last_day)
        if start and end and start <= end:
            found.append((match.start(), (start, end)))
    for match in _MONTHS.finditer(plain):
        month, year, last_month, last_year = match.groups()
        start, last = _day(year, month, "1"), _day(last_year, last_month, "1")
        if start and last and start <= last:
            found.append((match.start(), (start, _month_end(last))))
    return [span for _, span in sorted(found)]


def days_in(text: str) -> list[date]:
    """The days that a text names, in its order: "Số liệu tính đến ngày 31/5/2022"."""
    found = (_day(year, month, day) for day, month, year in _ONE_DAY.findall(composed(text)))
    return [day for day in found if day is not None]


def span_of_name(text: str) -> Span | None:
    """The days of a year or a part of it that a header names: "Quý II/2022", "Chỉ tiêu năm 2022"."""
    if (found := _YEAR.search(composed(text))) is None:
        return None
    year = int(found[1])
    return part_span(year, words.months_in(text) or (1, 12))


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def year_span(year: int) -> Span:
    """The days of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def part_span(year: int, months: tuple[int, int]) -> Span:
    """The days from the first of these months to the end of the last."""
    return date(year, months[0], 1), _month_end(date(year, months[1], 1))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _plus_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


# --- windows -----------------------------------------------------------------------------------------------------


def whole_months(first: date, last: date) -> Span:
    """The months from that of the first day to that of the last."""
    return first.replace(day=1), _month_end(last)


def windows(titles: Sequence[str], texts: Sequence[str], dates: DatesFound | None, today: date) -> list[Guess[Span]]:
    """A window for each of the phases that these headers name: as their own words or those of other texts state it,
    else an equal part of the months of the submissions."""
    own = [spans_in(title)[:1] or [span for span in [span_of_name(title)] if span] for title in titles]
    if all(own) and _follow(sorted(span for found in own for span in found)):
        return [Guess(span, say("init.why.title", title=title)) for title, found in zip(titles, own, strict=True)
                for span in found]  # fmt: skip
    for text in texts:
        stated = spans_in(text)
        if len(stated) == len(titles) and _follow(stated):
            return [Guess(span, say("init.why.title", title=text)) for span in stated]
    stated = [span for text in texts for span in spans_in(text)]
    if len(stated) == len(titles) and _follow(stated):
        return [Guess(span, say("init.why.stated")) for span in stated]
    parts = [words.months_in(title) for title in titles]
    if any(parts) and all(parts):
        whole, why, sure = _one_year(titles, texts, dates, today)
        spans = [part_span(whole[0].year, months) for months in parts if months]
        if _follow(sorted(spans)):
            return [Guess(span, why, sure=sure) for span in spans]
    if len(stated) == 1:
        whole, why = stated[0], say("init.why.stated")
    elif dates is not None:
        one_year = dates.first.year == dates.last.year
        whole = year_span(dates.first.year) if one_year else whole_months(dates.first, dates.last)
        why = say("init.why.range", first=dates.first, last=dates.last)
    else:
        whole, why = _year_of(texts) or (year_span(today.year), say("init.why.this_year"))
    if len(titles) > 1:
        why = say("init.why.divided", why=why)
    return [Guess(span, why, sure=False) for span in divided(whole, len(titles))]


def _one_year(
    titles: Sequence[str], texts: Sequence[str], dates: DatesFound | None, today: date
) -> tuple[Span, Sentence, bool]:
    """The year of phases that are parts of one, with the reason and whether that is sure."""
    if (found := _year_of(titles) or _year_of(texts)) is not None:
        return *found, True
    if dates is None:
        return year_span(today.year), say("init.why.this_year"), False
    why = say("init.why.range", first=dates.first, last=dates.last)
    return year_span(dates.first.year), why, dates.first.year == dates.last.year


def _year_of(texts: Sequence[str]) -> tuple[Span, Sentence] | None:
    """The year that a text speaks of: "Số liệu tính đến ngày 31/5/2022"."""
    for text in texts:
        years = [day.year for day in days_in(text)] or [span[0].year for span in [span_of_name(text)] if span]
        if years:
            return year_span(years[-1]), say("init.why.title", title=text)
    return None


def _follow(spans: Sequence[Span]) -> bool:
    """Whether each begins after the end of the one before."""
    return all(one[1] < two[0] for one, two in pairwise(spans))


def divided(whole: Span, parts: int) -> list[Span]:
    """A range in parts that follow each other: of whole months where there are enough, else of days."""
    first, last = whole
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months >= parts:
        starts = [first, *(_plus_months(first, months * part // parts) for part in range(1, parts))]
    else:
        days = max((last - first).days + 1, parts)
        starts = [first + timedelta(days * part // parts) for part in range(parts)]
        last = first + timedelta(days - 1) if days > (last - first).days + 1 else last
    ends = [start - timedelta(1) for start in starts[1:]]
    return list(zip(starts, [*ends, last], strict=True))

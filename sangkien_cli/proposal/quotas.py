"""The spreadsheet of quotas: its units, its columns of quotas, and the phases that these name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Literal

from sangkien_cli.arrays import TextArray, codes, distinct
from sangkien_cli.columns import Header, Wanted, find_header
from sangkien_cli.errors import SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.listed import SheetRequest, UnitSheet
from sangkien_cli.proposal import words
from sangkien_cli.proposal.content import facts_of, texts_of
from sangkien_cli.proposal.model import Asker, Choice, Guess, doubted
from sangkien_cli.sheets.files import content_of, open_file
from sangkien_cli.sheets.limits import Access
from sangkien_cli.text import fold, tidy
from sangkien_cli.unit_sheets import read_units

_FIGURE = re.compile(r"\d[\d.,\s]*(\D{0,20})$")  # 20, "20 SK"
_FEW = 0.1  # of the rows, or one: a sum may be mistyped


@dataclass(frozen=True, slots=True)
class QuotaColumn:
    """A column of quotas, and the phase that its header names."""

    title: str
    id: str | None  # None = the header names no phase
    name: str
    numbers: tuple[int, ...] = ()  # row by row
    others: tuple[str, ...] = ()  # headers of columns that might be meant instead
    told: bool = False  # by the person who was asked
    blank: bool = False  # a phase that has no quotas yet

    @property
    def guess(self) -> Guess[str]:
        """Its header, with the reason why it is this one."""
        if self.told:
            return Guess(self.title, say("init.why.you"))
        why = say("init.why.one_of", others=self.others) if self.others else say("init.why.header")
        return Guess(self.title, why, sure=not self.others)


@dataclass(frozen=True, slots=True)
class Quotas:
    """A spreadsheet of quotas that was looked at."""

    path: Path
    sheet: UnitSheet
    columns: tuple[QuotaColumn, ...]  # one for each phase
    above: tuple[str, ...]  # what stands above its header
    notes: tuple[Sentence, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every name of its units, folded."""
        return frozenset(fold(text) for unit in self.sheet.listed for text in (unit.name, *unit.also))


def look_at_quotas(path: Path, ask: Asker, access: Access) -> Quotas:
    """The units of a spreadsheet and its columns of quotas. Raises SangkienError if it cannot be read."""
    first = read_units(SheetRequest(path, str(path)), (), access)
    opened = open_file(content_of(path, access.limits), access.password)
    sources = [source for ways in opened.sheets for source in ways if source.name == first.sheet]
    wanted = Wanted({part: (title,) for part, title in first.titles.items()}, {}, ())
    seen: list[_Seen] = []
    above: tuple[str, ...] = ()
    for source in sources:
        head = source.head()
        header = find_header(head, wanted)
        if isinstance(header, Header):
            above = tuple(tidy(cell) for row in head[: header.row - 1] for cell in row if cell.strip())
            cells = source.cells(header.last_row, None)
            for place, (title, column) in enumerate(zip(header.every, cells.columns, strict=False)):
                if place not in header.positions.values() and fold(title):
                    seen.append(_seen(title, column))
            break
    found = [each.column for each in seen if each.column is not None and each.holds != "words"]
    columns, notes = _one_for_each(_without_blank(found), path, ask)
    others = [each for each in seen if each.column is None and each.holds == "numbers" and not each.running]
    if columns:
        others = [each for each in others if not words.says(each.title, "no-quota")]
        notes += [say("init.note.quota_column", header=each.title) for each in others]
    else:
        columns, unknown = _told([each.title for each in others], path, ask)
        notes += unknown
    notes += [say("init.note.quota_blank", header=column.title) for column in columns if column.blank]
    notes += [doubted(say("init.note.quota_unlike", header=each.title)) for each in seen if each.is_passed_over]
    return Quotas(path, first, tuple(columns), above, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A column of the sheet that is none of the usual ones."""

    title: str
    column: QuotaColumn | None  # as one of quotas, if its header allows that
    holds: Literal["numbers", "texts", "words", "nothing"]  # texts: what is to be mended if these are quotas
    running: bool

    @property
    def is_passed_over(self) -> bool:
        """Whether it is not used though its header numbers a phase or says "chỉ tiêu"."""
        return self.holds == "words" and self.column is not None and words.is_phase_or_quota(self.title)


def _seen(title: str, column: TextArray) -> _Seen:
    """What a column holds, and what its header makes of it."""
    facts = facts_of(column, UTC)
    quota = next(iter(_quota_column(title, _numbers(column))), None)
    texts = texts_of(column)
    figures = sum(rows for text, rows in texts if _FIGURE.match(tidy(text)))
    if not facts.filled:
        # A blank "Ghi chú 2023" is nothing; a blank "Chỉ tiêu GĐ2" is a phase to come.
        known = quota is not None and words.is_phase_or_quota(title)
        return _Seen(title, replace(quota, blank=True) if quota and known else None, "nothing", running=False)
    if facts.days >= 0.5:
        return _Seen(title, None, "words", running=False)
    if facts.wholes >= 0.5:
        return _Seen(title, quota, "numbers", facts.running)
    meant = figures >= 0.5 * facts.filled or (figures and words.is_phase_or_quota(title))
    return _Seen(title, quota, "texts" if meant else "words", running=False)


def _without_blank(found: Sequence[QuotaColumn]) -> list[QuotaColumn]:
    """The columns without the blank ones of phases that have another."""
    full = {column.id for column in found if not column.blank}
    return [column for column in found if not (column.blank and column.id in {*full, *([None] if full else [])})]


def _told(numbers: Sequence[str], path: Path, ask: Asker) -> tuple[list[QuotaColumn], list[Sentence]]:
    """The column of quotas where no header says it: only a person knows."""
    if not numbers:
        return [], []
    choices: list[Choice] = [*numbers, say("init.ask.no_column")]
    answer = ask.choose(say("init.ask.quotas", place=str(path)), choices, len(numbers))
    if ask.answers and answer < len(numbers):
        return [QuotaColumn(numbers[answer], None, "", told=True)], []
    why = say("init.note.no_quotas", headers=tuple(numbers))
    return [], [why if ask.answers else doubted(why)]


def _numbers(column: TextArray) -> tuple[int, ...]:
    """The numbers of a column, 0 for what is none."""
    plain = [re.sub(r"[.,\s]", "", text) for text in distinct(column)]
    values = [int(text) if text.isdecimal() else 0 for text in plain]
    return tuple(values[code] for code in codes(column).tolist())


def _quota_column(title: str, numbers: tuple[int, ...]) -> list[QuotaColumn]:
    """A column as one of quotas, if its header does not speak of something else."""
    if words.says(title, "no-quota"):
        return []
    if (phase := words.part_of_year(title) or words.ordinal_phase(title)) is not None:
        return [QuotaColumn(title, *phase, numbers)]
    year = words.year_in(title)
    if not (words.says(title, "quota") or year):
        return []
    if year and not words.sums_phases(title):
        return [QuotaColumn(title, f"nam{year}", f"Năm {year}", numbers)]
    return [QuotaColumn(title, None, "", numbers)]


def _one_for_each(found: Sequence[QuotaColumn], path: Path, ask: Asker) -> tuple[list[QuotaColumn], list[Sentence]]:
    """One column for each phase. A sum of phases is none where these have columns of their own."""
    parts = [column for column in found if not _is_sum(column, found)]
    named = [column for column in parts if column.id is not None] or parts
    # What is no sum of the parts may be the quota that is meant.
    whole = tuple(column.title for column in parts if column not in named and words.sums_phases(column.title))
    chosen: list[QuotaColumn] = []
    for identifier, columns in Counter(column.id for column in named).items():
        alike = [column for column in named if column.id == identifier]
        given = next((at for at, column in enumerate(alike) if words.says(column.title, "given")), 0)
        titles = [column.title for column in alike]
        if columns > 1:
            given = ask.choose(say("init.ask.quota", place=str(path)), titles, given)
        others = (*(title for title in titles if title != titles[given]), *whole)
        chosen.append(replace(alike[given], others=others, told=columns > 1 and ask.answers))
    taken = {column.title for column in chosen}
    left = [column.title for column in found if column.title not in taken]
    return chosen, [say("init.note.quota_column", header=title) for title in left]


def _is_sum(column: QuotaColumn, found: Sequence[QuotaColumn]) -> bool:
    """Whether a column is the sum of those of phases: of two or more, in all but a few rows."""
    others = [other for other in found if other is not column and not words.sums_phases(other.title)]
    parts = [other for other in others if other.id is not None] or others
    if len(parts) < 2 or not all(any(other.numbers) for other in parts):
        return False
    sums = [sum(each) for each in zip(*(other.numbers for other in parts), strict=True)]
    pairs = [(one, two) for one, two in zip(column.numbers, sums, strict=True) if one or two]
    equal = [bool(one == two) for one, two in pairs]
    right = equal.count(True)
    return right > 1 and len(equal) - right <= max(1, _FEW * len(equal))


def checked(quotas: Quotas, phases: Sequence[tuple[str, str]], access: Access) -> UnitSheet:
    """The units with their quotas of these phases (id, name), one for each column.

    Raises SangkienError with everything that is wrong with the sheet.
    """
    request = SheetRequest(
        quotas.path,
        str(quotas.path),
        sheet=quotas.sheet.sheet,
        columns={part: (title,) for part, title in quotas.sheet.titles.items()},
        quota={phase: (column.title,) for (phase, _), column in zip(phases, quotas.columns, strict=False)},
    )
    sheet = read_units(request, phases, access)
    if sheet.problems:
        raise SangkienError(*sheet.problems)
    return sheet

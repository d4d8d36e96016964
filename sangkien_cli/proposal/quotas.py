"""The spreadsheet of quotas: its units, its columns of quotas, and the phases that these name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from sangkien_cli.columns import Header, Wanted, find_header
from sangkien_cli.errors import SangkienError
from sangkien_cli.intake import Access
from sangkien_cli.lang import Sentence, say
from sangkien_cli.listed import SheetRequest, UnitSheet
from sangkien_cli.proposal import words
from sangkien_cli.proposal.content import facts_of
from sangkien_cli.proposal.model import Asker
from sangkien_cli.sheets.files import content_of, open_file
from sangkien_cli.text import fold, tidy
from sangkien_cli.unit_sheets import read_units


@dataclass(frozen=True, slots=True)
class QuotaColumn:
    """A column of quotas, and the phase that its header names."""

    title: str
    id: str | None  # None = the header names no phase
    name: str


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
    first = read_units(SheetRequest(path, str(path)), (), access.limits)
    opened = open_file(content_of(path, access.limits), access.password)
    sources = [source for ways in opened.sheets for source in ways if source.name == first.sheet]
    wanted = Wanted({part: (title,) for part, title in first.titles.items()}, {}, ())
    found: list[QuotaColumn] = []
    above: tuple[str, ...] = ()
    for source in sources:
        head = source.head()
        header = find_header(head, wanted)
        if isinstance(header, Header):
            above = tuple(tidy(cell) for row in head[: header.row - 1] for cell in row if cell.strip())
            cells = source.cells(header.last_row, None)
            for place, (title, column) in enumerate(zip(header.every, cells.columns, strict=False)):
                if place not in header.positions.values() and facts_of(column, UTC).wholes >= 0.5:
                    found += _quota_column(title)
            break
    columns, notes = _one_for_each(found, path, ask)
    return Quotas(path, first, tuple(columns), above, tuple(notes))


def _quota_column(title: str) -> list[QuotaColumn]:
    """A column as one of quotas, if its header does not speak of something else."""
    if words.says(title, "no-quota"):
        return []
    if (numbered := words.ordinal_phase(title)) is not None:
        return [QuotaColumn(title, *numbered)]
    year = words.year_in(title)
    if not (words.says(title, "quota") or year):
        return []
    if year and not words.sums_phases(title):
        return [QuotaColumn(title, f"nam{year}", f"Năm {year}")]
    return [QuotaColumn(title, None, "")]


def _one_for_each(found: Sequence[QuotaColumn], path: Path, ask: Asker) -> tuple[list[QuotaColumn], list[Sentence]]:
    """One column for each phase. A sum of phases is none where these have columns of their own."""
    named = [column for column in found if column.id is not None] or list(found)
    chosen: list[QuotaColumn] = []
    for identifier in dict.fromkeys(column.id for column in named):
        alike = [column for column in named if column.id == identifier]
        given = next((at for at, column in enumerate(alike) if words.says(column.title, "given")), 0)
        if len(alike) > 1:
            titles = [column.title for column in alike]
            given = ask.choose(say("init.ask.quota", place=str(path)), titles, given)
        chosen.append(alike[given])
    left = [column.title for column in found if column not in chosen]
    return chosen, [say("init.note.quota_column", header=title) for title in left]


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
    sheet = read_units(request, phases, access.limits)
    if sheet.problems:
        raise SangkienError(*sheet.problems)
    return sheet

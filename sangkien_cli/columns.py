"""Which column of a sheet holds which field: headers found by the columns they must hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import UNIT, Config, Field
from sangkien_cli.nearest import nearest
from sangkien_cli.text import fold, tidy


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns that a quota file asks for: by name (a field, or `unit.N`) the headers that may stand above it."""

    needed: dict[str, tuple[str, ...]]  # without one of these a sheet cannot be counted
    helpful: dict[str, tuple[str, ...]]  # shown, but nothing depends on them
    dating: tuple[str, ...]  # of these, one is enough; empty where the quota file says the phase itself


@dataclass(frozen=True, slots=True)
class Header:
    """A header that was found: its row (from 1), and where each column lies (from 0)."""

    row: int
    positions: dict[str, int]
    titles: dict[str, str]  # the header's own text by column name
    absent: tuple[str, ...]  # helpful columns that the sheet does not have


@dataclass(frozen=True, slots=True)
class NoHeader:
    """No row holds all needed columns: what the best row holds, and which columns it lacks."""

    seen: tuple[str, ...]
    row: int  # 0 = the sheet is blank
    missing: tuple[tuple[str, ...], ...]  # per missing column the headers that were looked for
    found: int  # how many needed columns the best row has


def wanted_columns(config: Config) -> Wanted:
    """What the quota file needs from a sheet, and what is only shown."""
    columns = config.columns
    judged = judged_fields(config)
    dating = tuple(name for name in ("phase", "submitted") if name in columns.fields)
    needed = {f"{UNIT}{level}": headers for level, headers in enumerate(columns.unit)}
    needed |= {field: headers for field, headers in columns.fields.items() if field in judged and field not in dating}
    helpful: dict[str, tuple[str, ...]] = {
        field: headers for field, headers in columns.fields.items() if field not in needed
    }
    return Wanted(needed, helpful, () if config.fixed_phase else dating)


def judged_fields(config: Config) -> frozenset[Field]:
    """The fields whose cells decide what becomes of a row; an error value in another is nobody's concern."""
    always: set[Field] = {"submitted", "phase", "count"}
    fields = always | set(config.where) | ({config.once_per} if config.once_per else set())
    return frozenset(field for field in config.columns.fields if field in fields)


def find_header(head: Sequence[Sequence[str]], wanted: Wanted) -> Header | NoHeader:
    """The first row that holds every needed column and, where dates decide, one that dates a row."""
    best = NoHeader((), 0, tuple(wanted.needed.values()), -1)
    for number, cells in enumerate(head, start=1):
        folded = [fold(cell) for cell in cells]
        positions = {
            name: place
            for name, headers in (wanted.needed | wanted.helpful).items()
            if (place := _place(folded, headers)) is not None
        }
        missing = _missing(wanted, positions)
        if not missing:
            titles = {name: cells[place] for name, place in positions.items()}
            absent = tuple(name for name in wanted.helpful if name not in positions)
            return Header(number, positions, titles, absent)
        found = sum(name in positions for name in wanted.needed)
        seen = tuple(tidy(cell) for cell in cells if cell.strip())
        if (found, len(seen)) > (best.found, len(best.seen)):
            best = NoHeader(seen, number, missing, found)
    return best


def _missing(wanted: Wanted, positions: dict[str, int]) -> tuple[tuple[str, ...], ...]:
    missing = [headers for name, headers in wanted.needed.items() if name not in positions]
    if wanted.dating and not any(name in positions for name in wanted.dating):
        missing.append(tuple(header for name in wanted.dating for header in wanted.helpful[name]))
    return tuple(missing)


def _place(folded: list[str], headers: tuple[str, ...]) -> int | None:
    """Where the first of the alternatives stands that the row has."""
    for header in headers:
        if (text := fold(header)) in folded:
            return folded.index(text)
    return None


def headers_twice(cells: Sequence[str], header: Header) -> tuple[str, ...]:
    """The headers in use that stand above two columns, so that nobody can say which is meant."""
    folded = [fold(cell) for cell in cells]
    return tuple(dict.fromkeys(title for title in header.titles.values() if folded.count(fold(title)) > 1))


def explain_missing(no_header: NoHeader) -> tuple[Sentence, Sentence]:
    """What is missing in words, with the headers that were seen and the nearest of them."""
    missing = tuple(say("columns.one_of", headers="” / “".join(headers)) for headers in no_header.missing)
    if not no_header.seen:
        return say("columns.missing_blank", missing=missing), say("columns.missing.fix")
    near = tuple(
        say("columns.perhaps", header=header, near=close[0])
        for headers in no_header.missing
        for header in headers
        if (close := nearest(header, no_header.seen, most=1))
    )
    what = say("columns.missing", missing=missing, row=no_header.row, seen=no_header.seen)
    return what, say("columns.missing.near", near=near) if near else say("columns.missing.fix")

"""Units as their sources list them (YAML, rows of a spreadsheet), before they are tied into one tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sangkien_cli.errors import Note, Problem
from sangkien_cli.lang import Sentence
from sangkien_cli.model import ALWAYS, Origin, Window


def quota_key(phase: str, basis: str | None) -> str:
    """By what a quota is listed: its phase; on another than the default basis the phase, a point and the basis."""
    return phase if basis is None else f"{phase}.{basis}"


class Whereabouts(Protocol):
    """Where a unit is listed, and each part of what is said of it."""

    @property
    def origin(self) -> Origin:
        """Where the unit itself stands."""
        ...

    def problem(self, part: str, what: Sentence, fix: Sentence | None = None) -> Problem:
        """A problem with one part of the unit, at its own line or cell.

        Parts are `name`, `id`, `parent`, `kind`, `members`, `number`, `also`, `from`, `to`, `into` and `quota.` with
        the `quota_key`; one that was not given is a problem of the unit itself.
        """
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """One unit. What its source does not say is None or empty."""

    name: str
    at: Whereabouts
    above: int | None = None  # the unit that it stands under, by nesting or numbering: its position in the same list
    parent: str | None = None  # or the id or name that its parent column says
    id: str | None = None
    also: tuple[str, ...] = ()
    kind: str | None = None
    members: int | None = None
    quota: Mapping[str, int] = field(default_factory=dict)  # by `quota_key`
    valid: Window = ALWAYS
    into: tuple[str, ...] = ()  # ids or names
    # Only other units name it, as the one above them: none if another unit that is listed answers to its name.
    implied: bool = False


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """What is to be read from a spreadsheet of units (contract §10, `units_from`)."""

    file: Path
    place: str  # the file as messages name it
    sheet: str | None = None  # None = the first one that lists units
    # By part (name, parent, id, kind, members, number, also, from, to, into) the headers, tried in order. A part that
    # is absent is looked for under its usual headers.
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    quota: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by `quota_key`, likewise


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """The units that a spreadsheet lists, and what is wrong with it."""

    listed: Sequence[Listed]  # in the order of the rows
    problems: Sequence[Problem]
    sha256: str
    tied_by: str  # how it says which unit stands under which: parent, numbering, groups, nothing
    sheet: str | None  # the name of the sheet that was read
    titles: Mapping[str, str]  # by part (`quota.gd1` for quotas), the header of the column that was used
    notes: Sequence[Note] = ()

"""What `sangkien init` proposes, each guess with its reason, and how the user is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from sangkien_cli.errors import Note
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import Phase

T_co = TypeVar("T_co", covariant=True)
Choice = str | Sentence


@dataclass(frozen=True, slots=True)
class Guess(Generic[T_co]):
    """A value with the reason for it. One that is not sure is marked in the file, or asked about."""

    value: T_co
    why: Sentence
    sure: bool = True


class Asker(Protocol):
    """Somebody who answers what the sheets leave open."""

    @property
    def answers(self) -> bool:
        """Whether there is a person: then an answer is no guess any more. Asked after each question, for people go."""
        ...

    def choose(self, what: Sentence, choices: Sequence[Choice], best: int) -> int:
        """The position of one of the choices."""
        ...

    def several(self, what: Sentence, choices: Sequence[Choice], best: Collection[int]) -> Collection[int]:
        """The positions of some of the choices, or of none."""
        ...

    def text(self, what: Sentence, best: str) -> str:
        """A text."""
        ...

    def day(self, what: Sentence, best: date, least: date | None) -> date:
        """A day, not before `least`."""
        ...


class BestGuess:
    """Nobody there: every question is answered by its best guess."""

    answers = False

    def choose(self, _what: Sentence, _choices: Sequence[Choice], best: int) -> int:
        """The best guess."""
        return best

    def several(self, _what: Sentence, _choices: Sequence[Choice], best: Collection[int]) -> Collection[int]:
        """The best guess."""
        return best

    def text(self, _what: Sentence, best: str) -> str:
        """The best guess."""
        return best

    def day(self, _what: Sentence, best: date, _least: date | None) -> date:
        """The best guess."""
        return best


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """The headers of one field, or of one level of `unit.N`."""

    name: str
    titles: tuple[str, ...]  # tried in this order
    why: Sentence
    sure: bool = True


@dataclass(frozen=True, slots=True)
class DatesFound:
    """The days of the submissions."""

    first: date
    last: date
    aside: tuple[date, ...]  # days that are typing errors by all appearances, or still to come
    rows_aside: int


@dataclass(frozen=True, slots=True)
class StatusFound:
    """A status with how many rows have it."""

    text: str  # as it is typed most often
    rows: int
    counts: bool


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit that the exports name."""

    name: str
    parent: int | None  # its position among the units; a parent stands before its children
    rows: int  # of it and of the units below it
    id: str | None = None  # only where the one made from its name is taken
    near: tuple[tuple[str, int], ...] = ()  # rare spellings that are probably this unit, with their rows
    why: Sentence | None = None  # of a unit that was put above others by a guess
    maybe: str | None = None  # the unit beside it that it may be, named otherwise


@dataclass(frozen=True, slots=True)
class QuotaSheet:
    """The spreadsheet that holds the units and quotas, and goes on holding them."""

    file: str  # as the quota file names it
    sheet: str | None
    columns: Mapping[str, str]  # the header of each part (name, parent, id…)
    quota: Mapping[str, Guess[str]]  # by phase id the header of its quotas
    units: int
    tied_by: str
    notes: tuple[Note, ...]


def doubted(what: Sentence) -> Sentence:
    """A note that is marked as what the program is not sure of."""
    return say("init.note.doubt", what=what)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A quota file, before it is written."""

    programme: Guess[str]
    phases: tuple[Guess[Phase], ...]
    files: tuple[str, ...]  # as the quota file names them
    columns: tuple[ColumnGuess, ...]  # fields in the order of the quota file, then unit levels, deepest first
    fixed_phase: Guess[str] | None
    statuses: Guess[tuple[StatusFound, ...]] | None  # None = the sheets have no usable column of statuses
    unjudged: tuple[str, ...]  # headers of columns that may hold statuses, where none is known to
    once_per: Guess[str] | None  # `none`, or None for the default: the code
    dates: DatesFound | None
    units: tuple[UnitFound, ...] | QuotaSheet
    notes: tuple[Sentence, ...]  # what was seen and is not used, with the reason
    told: tuple[Note, ...]  # what the spreadsheet of quotas gives to know
    sheets: int
    rows: int

    @property
    def every_row(self) -> Sentence:
        """That every row counts, for no column of statuses is known."""
        if self.unjudged:
            return say("init.file.no_status_known", headers=self.unjudged)
        return say("init.file.no_status")

    @property
    def doubts(self) -> int:
        """How many guesses are marked in the file."""
        guesses: list[Guess[object] | None] = [self.programme, *self.phases, self.fixed_phase, self.statuses]
        unsure = sum(guess is not None and not guess.sure for guess in [*guesses, self.once_per])
        unsure += sum(not column.sure for column in self.columns) + bool(self.unjudged)
        unsure += sum(note.key == "init.note.doubt" for note in self.notes)
        if isinstance(self.units, QuotaSheet):
            return unsure + sum(not title.sure for title in self.units.quota.values())
        return unsure + sum(unit.why is not None for unit in self.units) + self.maybes

    @property
    def maybes(self) -> int:
        """How many units may be another one, named otherwise."""
        return 0 if isinstance(self.units, QuotaSheet) else sum(unit.maybe is not None for unit in self.units)

"""The nouns of the program: the quota file as a value, a row's verdict, a unit's attainment, a report.

Words are those of contract §1. Counts are whole numbers and ratios exact fractions; nothing here is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Literal

from sangkien_cli.lang import Lang, Sentence

Rounding = Literal["half-up", "down", "up", "half-even"]
Status = Literal["no-quota", "none", "below", "near", "met", "exceeded"]

ALL = "all"  # the pseudo-phase of the whole programme
UNIT = "unit."  # a unit level's column is named by this and its number: unit.0 is the deepest


class Reason(Enum):
    """Why a row is not counted, in the order in which the reasons are asked; the first that applies is the row's.

    The order and the words are contract §3.
    """

    UNREADABLE = "unreadable"
    FILTERED = "filtered"
    NO_UNIT = "no-unit"
    UNKNOWN_UNIT = "unknown-unit"
    AMBIGUOUS_UNIT = "ambiguous-unit"
    CONFLICTING_UNITS = "conflicting-units"
    ENDED_UNIT = "ended-unit"
    NO_DATE = "no-date"
    BAD_DATE = "bad-date"
    AFTER_AS_OF = "after-as-of"
    OUTSIDE_PHASES = "outside-phases"
    BAD_COUNT = "bad-count"
    NO_CODE = "no-code"
    DUPLICATE = "duplicate"

    @property
    def is_data_problem(self) -> bool:
        """Whether someone has to mend the row: what `--strict` stops at (contract §5)."""
        return self not in _ORDINARY


_ORDINARY = {Reason.FILTERED, Reason.AFTER_AS_OF, Reason.OUTSIDE_PHASES, Reason.DUPLICATE}


@dataclass(frozen=True, slots=True)
class PercentRule:
    """How a percent is printed: digits after the point, and which way it is rounded."""

    decimals: int = 1  # 0–6
    rounding: Rounding = "half-up"


@dataclass(frozen=True, slots=True)
class Phase:
    """A named window of days, both ends inclusive; phases do not overlap."""

    id: str
    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Campaign:
    """A named window of days that may lie across phases; `toward` is the phase whose quota it works for."""

    id: str
    name: str
    start: date
    end: date
    toward: str | None


# The fields of an export that hold one text per row. `unit` stands apart: it has levels.
Field = Literal[
    "code", "submitted", "status", "title", "author", "field", "recognition", "applied", "benefit", "phase", "count"
]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which headers hold which field; each is a list of alternatives, tried in order."""

    fields: Mapping[Field, tuple[str, ...]]
    unit: tuple[tuple[str, ...], ...]  # levels, deepest first


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field's value is one of these, compared folded."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DateRange:
    """The field is a date in this range, both ends inclusive; None = open."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The field is a plain number in this range, both ends inclusive; None = open."""

    least: Decimal | None
    most: Decimal | None


Condition = OneOf | DateRange | NumberRange


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which a unit exists, both ends inclusive; None = open."""

    start: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def meets(self, other: Window) -> bool:
        """Whether the two have a day in common."""
        return _begins_by(self, other) and _begins_by(other, self)

    def within(self, other: Window) -> Window:
        """The days that the two have in common; its end lies before its start if there are none."""
        starts = [day for day in (self.start, other.start) if day is not None]
        ends = [day for day in (self.end, other.end) if day is not None]
        return Window(max(starts, default=None), min(ends, default=None))


ALWAYS = Window()


def _begins_by(one: Window, two: Window) -> bool:
    return one.start is None or two.end is None or one.start <= two.end


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a unit is listed."""

    file: Path
    place: str  # as messages name it: `quota.yaml:14`, `chi-tieu.xlsx [Sheet1] B17`
    path: tuple[str | int, ...] | None  # the keys that lead to it in a YAML file; None in a spreadsheet


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of the organisation tree. A parent's quota is its own, never its children's sum."""

    id: str
    name: str
    also: tuple[str, ...]  # other spellings
    parent: int | None  # index in the list of units; None = a root
    depth: int  # 0 = a root
    members: int | None
    quota: Mapping[str, int]  # by phase id; a phase that is absent has no quota, which is not 0
    kind: str | None = None  # a free word: huyen, cdcs…
    valid: Window = ALWAYS  # when it exists; never longer than the unit above it
    into: tuple[int, ...] = ()  # indexes of the units that followed it; several = split; with the unit above: its
    origin: Origin | None = None  # None = not from a file

    def ended_by(self, day: date) -> bool:
        """Whether it existed before a day and does not on it."""
        return self.valid.end is not None and self.valid.end < day


@dataclass(frozen=True, slots=True)
class Config:
    """A quota file that is in order. `units` stand in tree order, each parent before its children."""

    path: Path
    sha256: str
    programme: str
    lang: Lang
    timezone: str
    percent: PercentRule
    phases: tuple[Phase, ...]
    campaigns: tuple[Campaign, ...]
    files: tuple[str, ...]  # paths and globs, relative to the quota file
    columns: Columns
    fixed_phase: str | None  # the phase of the rows of a sheet that has neither dates nor phases
    where: Mapping[Field, Condition]
    once_per: Field | None
    near: Fraction  # percent
    units: tuple[Unit, ...]
    parts: tuple[ConfigPart, ...] = ()  # the other files that the quota file is made of, in the order of reading
    notes: tuple[tuple[str, Sentence], ...] = ()  # places in these, and what the user should know of them

    @property
    def made_of(self) -> tuple[Path, ...]:
        """The quota file itself and every file that it includes or takes units from."""
        return (self.path, *(part.path for part in self.parts))


@dataclass(frozen=True, slots=True)
class ConfigPart:
    """A file that a quota file includes, or takes units from."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Input:
    """One sheet that was counted."""

    path: str  # the file's name, with as many of its folders as tell it from the others
    sheet: str | None  # None for CSV
    sha256: str  # of the whole file
    rows: int  # data rows


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Every row accounted for: read = counted + the sum of set_aside."""

    read: int
    counted: int
    set_aside: Mapping[Reason, int]  # only reasons that occur, in the order of `Reason`
    layout: int


@dataclass(frozen=True, slots=True)
class Attainment:
    """How far one unit is in one phase, or in all of them."""

    unit: Unit
    phase: str  # a phase id, or ALL
    done: int  # submissions counted for the unit and everything under it
    direct: int  # those that name the unit itself
    quota: int | None  # submissions asked for; None = the quota file is silent, not zero
    allocated: int | None  # the sum of the direct children's quotas; None = no child has one
    percent: str | None  # the printed figure, dot decimal, no sign; None without a quota above 0
    status: Status

    @property
    def short(self) -> int | None:
        """How many are missing to the quota; None without a quota."""
        return None if self.quota is None else max(self.quota - self.done, 0)


@dataclass(frozen=True, slots=True)
class Near:
    """A name that is near to one that was not found, and in what the two differ."""

    name: str
    why: Sentence


@dataclass(frozen=True, slots=True)
class UnknownText:
    """A name typed in the exports that is not in the tree, how often, and the nearest names that are."""

    text: str
    rows: int
    nearest: tuple[Near, ...]


@dataclass(frozen=True, slots=True)
class EndedUnit:
    """A unit that rows name after its end, and that no single unit followed."""

    unit: Unit
    rows: int


@dataclass(frozen=True, slots=True)
class FilteredText:
    """A text that fails a condition of `count.where`, and how many rows it sets aside."""

    field: Field
    text: str
    rows: int


Flaw = Literal["error", "formula", "rounded", "record"]


@dataclass(frozen=True, slots=True)
class UnreadableRows:
    """Rows that cannot be read for one kind of cause, which is mended in one way."""

    flaw: Flaw  # an error value, a formula without a result, a code that Excel rounded, a broken record of a CSV
    rows: int
    places: tuple[str, ...]  # of a few: `a.xlsx [Sheet1] D17: #REF!`


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report shows, before it is put into words or figures into text."""

    config: Config
    as_of: date
    phases: tuple[Phase, ...]  # those shown
    rows: RowCounts
    attainments: tuple[Attainment, ...]  # units in tree order, for each its phases and then ALL
    inputs: tuple[Input, ...]
    unknown: tuple[UnknownText, ...]  # most frequent first
    filtered: tuple[FilteredText, ...]  # most frequent first
    unreadable: tuple[UnreadableRows, ...]
    ended: tuple[EndedUnit, ...]  # most frequent first
    examples: Mapping[Reason, tuple[str, ...]]  # where a few of the rows with a data problem stand

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
from sangkien_cli.pace import Pace

Rounding = Literal["half-up", "down", "up", "half-even"]
Status = Literal["no-quota", "none", "below", "near", "met", "exceeded"]

REPORT_SCHEMA = "sangkien.report/1"
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


Where = Mapping[Field, Condition]  # what a row must pass, all of it


@dataclass(frozen=True, slots=True)
class Basis:
    """One of several ways of asking: assigned quotas, registered ones…"""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class AlsoCount:
    """A tally shown beside done, with a `where` of its own instead of `count.where`; never compared with a quota."""

    id: str
    name: str
    where: Where


Measure = Literal["count", "average", "coverage", "sum", "per-member"]


@dataclass(frozen=True, slots=True)
class Target:
    """Something asked of a unit beside its quota (contract §9)."""

    id: str
    name: str
    units: tuple[int, ...]  # positions of the units that it is asked of
    phase: str  # a phase id, or ALL
    measure: Measure
    where: Where  # which of the rows that count it looks at
    kind: str | None  # the kind of units that `average` and `coverage` look at
    having: int  # submissions from which a unit is covered
    field: Field | None  # what `sum` adds up
    at_least: Fraction  # 100 % is 1
    in_percent: bool  # asked for as a percent, and so shown


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
    quota: Mapping[str, int]  # by phase id, on the basis in use; a phase that is absent has no quota, which is not 0
    kind: str | None = None  # a free word: huyen, cdcs…
    valid: Window = ALWAYS  # when it exists; never longer than the unit above it
    into: tuple[int, ...] = ()  # indexes of the units that followed it; several = split; with the unit above: its
    origin: Origin | None = None  # None = not from a file
    bases: tuple[Mapping[str, int], ...] = ()  # as `quota`, one for each of `Config.bases`

    def ended_by(self, day: date) -> bool:
        """Whether it existed before a day and does not on it."""
        return self.valid.end is not None and self.valid.end < day


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What heads and signs a report that is handed in; "" or nothing where the quota file is silent."""

    parent: str = ""  # cơ quan chủ quản
    agency: str = ""  # cơ quan ban hành
    number: int | None = None
    symbol: str = ""  # `BC-LĐLĐ`
    place: str = ""
    day: date | None = None  # None = the as-of date
    subject: str = ""  # trích yếu
    addressees: tuple[str, ...] = ()  # kính gửi
    grounds: tuple[str, ...] = ()  # căn cứ
    capacity: tuple[str, ...] = ()  # lines above the name: `TM. BAN THƯỜNG VỤ`, `CHỦ TỊCH`
    signer: str = ""
    recipients: tuple[str, ...] = ()  # nơi nhận


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
    where: Where
    once_per: Field | None
    near: Fraction  # percent
    units: tuple[Unit, ...]
    bases: tuple[Basis, ...] = ()  # the first is the default; empty = one nameless basis
    basis: str | None = None  # the id of the one in use
    also_count: tuple[AlsoCount, ...] = ()
    targets: tuple[Target, ...] = ()
    required: tuple[Field, ...] = ()  # what a row must hold, or it goes back to its unit (`returns.require`)
    letterhead: Letterhead = Letterhead()
    parts: tuple[ConfigPart, ...] = ()  # the other files that the quota file is made of, in the order of reading
    notes: tuple[tuple[str, Sentence], ...] = ()  # places in these, and what the user should know of them

    @property
    def made_of(self) -> tuple[Path, ...]:
        """The quota file itself and every file that it includes or takes units from."""
        return (self.path, *(part.path for part in self.parts))

    @property
    def wheres(self) -> tuple[Where, ...]:
        """Every `where` of the file: that of done first."""
        return (self.where, *(also.where for also in self.also_count), *(target.where for target in self.targets))

    @property
    def summed(self) -> frozenset[Field]:
        """The fields whose amounts are added up."""
        return frozenset(target.field for target in self.targets if target.field is not None)

    @property
    def weighed(self) -> frozenset[Field]:
        """The fields on which a tally beside done, or a target, rests."""
        return self.summed.union(*self.wheres[1:])


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
    size: int  # of the whole file, in bytes


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Every row accounted for: read = counted + the sum of set_aside."""

    read: int
    counted: int
    set_aside: Mapping[Reason, int]  # only reasons that occur, in the order of `Reason`
    layout: int


@dataclass(frozen=True, slots=True)
class Rank:
    """A unit's place among its siblings by percent; equal percents share a place."""

    place: int  # from 1
    among: int  # siblings with a percent, itself included


@dataclass(frozen=True, slots=True)
class Beside:
    """A unit's attainment of a quota on another basis."""

    quota: int | None
    allocated: int | None
    percent: str | None
    short: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class Attainment:
    """How far one unit is in one phase, in all of them, or in a campaign.

    A campaign is looked at as a small phase: its quota is what was short of the phase's quota when it began, and done
    is what came in during its window.
    """

    unit: Unit
    phase: str  # a phase id, ALL, or the id of a campaign
    done: int  # submissions counted for the unit and everything under it
    direct: int  # those that name the unit itself
    quota: int | None  # submissions asked for; None = the quota file is silent, not zero
    allocated: int | None  # the sum of the direct children's quotas; None = no child has one
    percent: str | None  # the printed figure, dot decimal, no sign; None without a quota above 0
    status: Status
    also: tuple[int, ...] = ()  # one for each of `Config.also_count`
    since: int | None = None  # how much of done came in since the day that was asked for; None = none was
    undated: int = 0  # how much of done has no date: nobody can say when it came in. Of a campaign: of its phase's done
    pace: Pace | None = None  # None = the window is over or has not begun, or the unit has ended
    rank: Rank | None = None  # None = not asked for, no percent, or the unit has ended
    beside: tuple[Beside, ...] = ()  # one for each of `Report.bases`
    toward: Attainment | None = None  # of a campaign: the phase that it works for

    @property
    def short(self) -> int | None:
        """How many are missing to the quota; None without a quota."""
        return None if self.quota is None else max(self.quota - self.done, 0)


@dataclass(frozen=True, slots=True)
class TargetResult:
    """How far a unit is with a target."""

    target: Target
    unit: Unit
    value: Fraction | None  # None where there is nothing to divide by: no such units, members unknown
    parts: tuple[int, int] | None  # what was divided by what, of a ratio
    percent: str | None  # value / at_least as printed; None without a value, or where 0 is asked for
    unread: int = 0  # rows whose amount is not a plain number, and so is not in the sum
    blank: int = 0  # rows without an amount
    places: tuple[tuple[str, str], ...] = ()  # the cells of a few of these, `a.xlsx [Sheet1] K17`, and their texts

    @property
    def met(self) -> bool | None:
        """Whether it is reached, decided on the exact value; None without a value."""
        return None if self.value is None else self.value >= self.target.at_least


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
    targets: tuple[TargetResult, ...] = ()  # in the order of the units, then of the quota file
    campaign: Campaign | None = None  # the one that the attainments are of
    since: date | None = None  # the first day of what `Attainment.since` counts
    bases: tuple[Basis, ...] = ()  # further ones shown beside the one in use

"""One verdict per row: it counts, or the first reason of contract §3 that applies.

Rules are asked once per distinct text and their answers spread over the column: a million rows hold a few thousand
spellings and dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from sangkien_cli.arrays import TextArray, by_distinct, distinct
from sangkien_cli.dedupe import NO_CODE, code_keys, repeats
from sangkien_cli.exports import Exports
from sangkien_cli.intake import whole_count
from sangkien_cli.model import ALWAYS, Condition, Config, DateRange, NumberRange, OneOf, Reason, Where, Window
from sangkien_cli.phases import phase_named, phase_of, read_date
from sangkien_cli.text import fold
from sangkien_cli.units import Found, Tree

REASONS: tuple[Reason, ...] = tuple(Reason)
COUNTS = -1  # a row's reason if it has none
NONE = -1  # no unit, no phase, no level, no other row

_NO_DATE = np.iinfo(np.int64).max  # sorts behind every date
_DAY = 86_400_000_000  # microseconds
OF_UNITS = (
    Reason.NO_UNIT, Reason.UNKNOWN_UNIT, Reason.AMBIGUOUS_UNIT, Reason.CONFLICTING_UNITS, Reason.ENDED_UNIT
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of the exports, each with its verdict. Every array has one entry per row."""

    exports: Exports
    tree: Tree
    reason: np.ndarray  # int8: position in REASONS, or COUNTS
    unit: np.ndarray  # int32: position in the tree's units, or NONE; known for rows set aside too, where it can be
    phase: np.ndarray  # int32: position in the quota file's phases, or NONE
    count: np.ndarray  # int64: how many submissions the row stands for
    moment: np.ndarray  # int64: microseconds since 1970 of its date, or the largest number where it has none
    repeated: np.ndarray  # int64: for a duplicate, the position of the row that counts; else NONE
    unknown_level: np.ndarray  # int8: for an unknown unit, the level (0 = deepest) that is not in the tree; else NONE
    failed: np.ndarray  # int32: the first condition of count.where that it fails, by position; else NONE
    examined: Examined  # what was known before

    @property
    def counted(self) -> np.ndarray:
        """Which rows count."""
        counted: np.ndarray = self.reason == COUNTS
        return counted

    @property
    def dated(self) -> np.ndarray:
        """Which rows have a date."""
        dated: np.ndarray = self.moment != _NO_DATE
        return dated

    @property
    def days(self) -> np.ndarray:
        """The day of each row's date, in days since 1970; 0 where it has none (`dated`)."""
        days: np.ndarray = np.where(self.dated, self.moment // _DAY, 0)
        return days

    def within(self, days: Window) -> np.ndarray:
        """Which rows are dated on one of these days."""
        rows = self.dated
        if days.start is not None:
            rows = rows & (self.moment >= _microseconds(datetime.combine(days.start, datetime.min.time())))
        if days.end is not None:
            rows = rows & (self.moment <= _microseconds(datetime.combine(days.end, datetime.max.time())))
        return rows


@dataclass(frozen=True, slots=True)
class Examined:
    """What is known of every row before it is asked which rows count: what no `where` changes."""

    exports: Exports
    config: Config
    tree: Tree
    units: Units
    dates: Dates
    times: Times
    count: np.ndarray  # how many submissions each row stands for; below 0 where that cannot be read
    keys: np.ndarray | None  # of codes: a number that rows with one code share, or NO_CODE; None = codes decide nothing


def judge(exports: Exports, config: Config, as_of: date) -> Judged:
    """Every row judged as of the end of a day."""
    return decide(examine(exports, config, as_of), config.where)


def examine(exports: Exports, config: Config, as_of: date) -> Examined:
    """Units, dates, counts and codes of all rows read."""
    texts = exports.texts
    tree = Tree(config.units)
    with ThreadPoolExecutor(1) as pool:
        # What takes longest, and leaves the interpreter free for the others.
        codes = pool.submit(code_keys, texts[config.once_per]) if config.once_per else None
        dates = _dates(exports, config, as_of)
        times = _times(dates, config, tree, as_of)
        units = _units(exports.levels, tree, times)
    count = np.ones(exports.rows, dtype=np.int64)
    if "count" in texts:
        count = by_distinct(texts["count"], whole_count, np.int64)
    return Examined(exports, config, tree, units, dates, times, count, codes.result() if codes else None)


def decide(examined: Examined, where: Where, flaw: TextArray | None = None) -> Judged:
    """Every row's verdict, where a row must pass these conditions to count.

    `flaw` says why a row cannot be read, where these conditions need other cells than `count.where`.
    """
    exports, dates, units = examined.exports, examined.dates, examined.units
    reason = np.full(exports.rows, COUNTS, dtype=np.int8)

    def set_aside(rows: np.ndarray, why: Reason) -> None:
        reason[rows & (reason == COUNTS)] = REASONS.index(why)

    set_aside(by_distinct(exports.flaw if flaw is None else flaw, bool, bool), Reason.UNREADABLE)
    failed = np.full(exports.rows, NONE, dtype=np.int32)
    for number, (field, condition) in enumerate(where.items()):
        fails = ~passing(exports, examined.config, {field: condition})
        failed[fails & (failed == NONE)] = number
        set_aside(fails, Reason.FILTERED)

    for why in OF_UNITS:
        set_aside(units.reason == REASONS.index(why), why)

    set_aside(dates.decides & dates.blank, Reason.NO_DATE)
    set_aside(dates.decides & dates.bad, Reason.BAD_DATE)
    set_aside(dates.late, Reason.AFTER_AS_OF)
    set_aside(dates.phase == NONE, Reason.OUTSIDE_PHASES)
    set_aside(examined.count < 0, Reason.BAD_COUNT)

    repeated = _copied(exports)
    if examined.keys is not None:
        set_aside(examined.keys == NO_CODE, Reason.NO_CODE)
        able = np.flatnonzero((reason == COUNTS) & (repeated == NONE))
        kept = repeats(examined.keys[able], _order(exports, examined.tree, units.unit, dates.moment, able))
        repeated[able[kept != NONE]] = able[kept[kept != NONE]]
    repeated[reason != COUNTS] = NONE
    set_aside(repeated != NONE, Reason.DUPLICATE)
    return Judged(
        exports=exports,
        tree=examined.tree,
        reason=reason,
        unit=units.unit,
        phase=dates.phase,
        count=examined.count,
        moment=dates.moment,
        repeated=repeated,
        unknown_level=units.unknown_level,
        failed=failed,
        examined=examined,
    )


def judge_also(examined: Examined) -> tuple[Judged, ...]:
    """The verdicts for each of `Config.also_count`, with its own `where` instead of `count.where`."""
    flaws = examined.exports.flaws[1:]
    return tuple(
        decide(examined, also.where, flaw) for also, flaw in zip(examined.config.also_count, flaws, strict=True)
    )


def passing(exports: Exports, config: Config, where: Where) -> np.ndarray:
    """Which rows pass all conditions."""
    passes = np.ones(exports.rows, dtype=bool)
    for field, condition in where.items():
        passes &= by_distinct(exports.texts[field], _test(condition, config), bool)
    return passes


def _copied(exports: Exports) -> np.ndarray:
    """For each row of a sheet that repeats another one, the position of its row there; else NONE."""
    copied = np.full(exports.rows, NONE, dtype=np.int64)
    starts = np.searchsorted(exports.sheet, np.arange(len(exports.sheets)))
    for at, sheet in enumerate(exports.sheets):
        if sheet.copy_of is not None:
            copied[starts[at] : starts[at] + sheet.rows] = np.arange(sheet.rows) + starts[sheet.copy_of]
    return copied


def _test(condition: Condition, config: Config) -> Callable[[str], bool]:
    """Whether a text passes a condition of `count.where`; a text that is no date or number passes no range."""
    zone = ZoneInfo(config.timezone)
    match condition:
        case OneOf(values):
            accepted = {fold(value) for value in values}
            return lambda text: fold(text) in accepted
        case DateRange(start, end):
            return lambda text: (
                (moment := read_date(text, zone)) is not None
                and (start or date.min) <= moment.date() <= (end or date.max)
            )
        case NumberRange(least, most):
            return lambda text: (
                (number := _number(text)) is not None
                and (least is None or number >= least)
                and (most is None or number <= most)
            )


def _number(text: str) -> Decimal | None:
    """A plain number; None for anything else, `1.000` too: in Vietnamese that is one thousand."""
    plain = text.strip()
    if re.fullmatch(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+", plain):
        return None
    return Decimal(plain) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain) else None


@dataclass(frozen=True, slots=True)
class Units:
    """What each row's names mean. Every array has one entry per row; see `Judged`."""

    unit: np.ndarray
    reason: np.ndarray
    unknown_level: np.ndarray
    beyond: np.ndarray  # int8: the deepest level, if its text is not in the tree and so was passed over; else NONE


@dataclass(frozen=True, slots=True)
class Times:
    """On which days each row may be dated, as far as the tree is another one on other days."""

    time: np.ndarray  # for each row, the position of its days
    days: Sequence[Window]


def _times(dates: Dates, config: Config, tree: Tree, as_of: date) -> Times:
    """A dated row's own day; of a row without a date any day of its phase, up to the as-of date."""
    if not tree.changes:
        return Times(np.zeros(len(dates.moment), dtype=np.int64), (ALWAYS,))
    # Between two changes one day is as good as another: the first stands for all.
    firsts = [date.min, *tree.changes]
    starts = np.array([_microseconds(datetime.combine(day, datetime.min.time())) for day in tree.changes])
    undated = [Window(phase.start, max(min(phase.end, as_of), phase.start)) for phase in config.phases]
    by_date = np.searchsorted(starts, dates.moment, side="right")
    by_phase = len(firsts) + np.where(dates.phase == NONE, len(undated), dates.phase)
    days = (*(Window(day, day) for day in firsts), *undated, Window(None, as_of))
    return Times(np.where(dates.moment == _NO_DATE, by_phase, by_date), days)


def _units(levels: Sequence[TextArray], tree: Tree, times: Times) -> Units:
    """The unit of each row, asked once per distinct combination of folded names and time."""
    number_of: dict[str, int] = {}

    def number(text: str) -> int:
        return number_of.setdefault(fold(text), len(number_of))

    numbered = [by_distinct(level, number, np.int64) for level in levels]
    names = list(number_of)
    key = numbered[0]
    for column in numbered[1:]:
        # Renumbered after each level, so that many levels of many names stay within 64 bits.
        key = _renumbered(key)[1] * len(names) + column
    key = _renumbered(key)[1] * len(times.days) + times.time
    first, key = _renumbered(key)
    found = [
        tree.find([names[column[row]] for column in numbered], times.days[times.time[row]]) for row in first.tolist()
    ]

    def spread(part: Callable[[Found], int], dtype: type) -> np.ndarray:
        return np.array([part(each) for each in found], dtype=dtype)[key] if found else np.zeros(0, dtype=dtype)

    return Units(
        spread(lambda each: NONE if each.unit is None else each.unit, np.int32),
        spread(lambda each: COUNTS if each.reason is None else REASONS.index(each.reason), np.int8),
        spread(lambda each: NONE if each.level is None else each.level, np.int8),
        spread(lambda each: NONE if each.beyond is None else each.beyond, np.int8),
    )


def _renumbered(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each distinct key a row that has it, and for each row the number of its key among the distinct ones."""
    most = int(keys.max(initial=0)) + 1
    if most > 4 * len(keys) + 1000:
        _, first, numbers = np.unique(keys, return_index=True, return_inverse=True)
        return first, numbers
    # Keys as small as this are counted, which takes a tenth of the time of sorting them.
    row_of = np.full(most, NONE, dtype=np.int64)
    row_of[keys] = np.arange(len(keys))
    first = row_of[row_of != NONE]
    number_of = np.cumsum(row_of != NONE) - 1
    return first, number_of[keys]


@dataclass(frozen=True, slots=True)
class Dates:
    """What each row's date says. Every array has one entry per row."""

    moment: np.ndarray  # microseconds since 1970, or the largest number where there is none
    phase: np.ndarray  # position in the quota file's phases, or NONE
    decides: np.ndarray  # whether the row's date decides its phase
    blank: np.ndarray
    bad: np.ndarray  # not blank, and no date
    late: np.ndarray  # dated after the as-of date


def _dates(exports: Exports, config: Config, as_of: date) -> Dates:
    """Each row's date and phase. A sheet with a column of phase names goes by these, else by its dates."""
    texts, phases = exports.texts, config.phases
    zone = ZoneInfo(config.timezone)
    blank: np.ndarray
    moment: np.ndarray
    phase: np.ndarray
    if "submitted" in texts:
        dates = texts["submitted"]
        read = {text: read_date(text, zone) for text in distinct(dates)}

        def phase_by_date(text: str) -> int:
            found = read[text]
            return _or_none(None if found is None else phase_of(found.date(), phases))

        blank = by_distinct(dates, lambda text: not fold(text), bool)
        moment = by_distinct(dates, lambda text: _microseconds(read[text]), np.int64)
        phase = by_distinct(dates, phase_by_date, np.int32)
    else:
        blank = np.ones(exports.rows, dtype=bool)
        moment = np.full(exports.rows, _NO_DATE, dtype=np.int64)
        phase = np.full(exports.rows, NONE, dtype=np.int32)
    sheet = exports.sheet
    by_name = np.array([each.phases for each in exports.sheets], dtype=bool)[sheet]
    decides = np.array([each.dates and not each.phases for each in exports.sheets], dtype=bool)[sheet]
    if "phase" in texts:
        named = by_distinct(texts["phase"], lambda text: _or_none(phase_named(text, phases)), np.int32)
        phase = np.where(by_name, named, phase)
    if config.fixed_phase is not None:
        fixed = next(i for i, each in enumerate(phases) if each.id == config.fixed_phase)
        phase = np.where(by_name | decides, phase, np.int32(fixed))
    bad = ~blank & (moment == _NO_DATE)
    late = (moment != _NO_DATE) & (moment > _microseconds(datetime.combine(as_of, datetime.max.time())))
    return Dates(moment, phase, decides, blank, bad, late)


def _or_none(position: int | None) -> int:
    return NONE if position is None else position


def _microseconds(moment: datetime | None) -> int:
    if moment is None:
        return int(_NO_DATE)
    since = moment - datetime(1970, 1, 1)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _order(exports: Exports, tree: Tree, unit: np.ndarray, moment: np.ndarray, rows: np.ndarray) -> list[np.ndarray]:
    """By what equal codes are ranked: date, unit id, file, sheet, row (contract §3)."""
    by_id = _ranks([each.id for each in tree.units])
    by_sheet = _ranks([(sheet.file, sheet.name or "") for sheet in exports.sheets])
    return [moment[rows], by_id[unit[rows]], by_sheet[exports.sheet[rows]], exports.row[rows]]


def _ranks(values: Sequence[object]) -> np.ndarray:
    """The rank of each value among all of them."""
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[sorted(range(len(values)), key=lambda i: values[i])] = np.arange(len(values))  # type: ignore[arg-type,return-value]
    return ranks

"""Rows that need mending, each with what to mend in words, by the unit that they go back to.

What needs mending is every data problem (contract §3), every duplicate, and what keeps a row from counting, or from
being whole, although nobody has decided against it: a blank, or a text that is no date or number, in a column that
`count.where` asks about; a blank phase; a blank field of `returns.require`. A row that a filled-in status, its date or
the as-of date sets aside needs no mending.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

import numpy as np

from sangkien_cli import arrays
from sangkien_cli.arrays import TextArray, by_distinct, take
from sangkien_cli.exports import Exports
from sangkien_cli.flaws import RowFlaw, is_unusable, read_flaw
from sangkien_cli.judge import COUNTS, NONE, OF_UNITS, REASONS, Judged, passing
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import UNIT, Config, DateRange, Field, NumberRange, OneOf, Reason, Unit, Window
from sangkien_cli.nearest import nearest_units
from sangkien_cli.sheets.source import FORMULA, address
from sangkien_cli.text import fold, tidy
from sangkien_cli.units import Tree, subtree

_DATED = ("submitted", "applied")
_QUOTED = 80  # letters of a cell's text that a sentence quotes
_SUGGESTED = 500  # unknown names that get suggestions: the most frequent ones


@dataclass(frozen=True, slots=True)
class Mending:
    """One thing that is to be mended in a row."""

    kind: str  # a reason of contract §3; `no-FIELD`, `bad-FIELD` for what a reason has no word for
    columns: tuple[str, ...]  # by name (a field, `unit.N`), those whose cells are to be mended
    words: Sentence  # what is wrong, and what to do


@dataclass(frozen=True, slots=True)
class Line:
    """A row that needs mending."""

    row: int  # its position in the exports
    mendings: tuple[Mending, ...]  # one at least


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows that go back to one unit."""

    unit: int | None  # its position; None = their names lead to no unit
    lines: tuple[Line, ...]  # by file, sheet and row

    @property
    def kinds(self) -> Counter[str]:
        """How many rows need each kind of mending; a row may need several."""
        return Counter(mending.kind for line in self.lines for mending in line.mendings)


@dataclass(frozen=True, slots=True)
class Returns:
    """Everything that goes back."""

    config: Config
    exports: Exports
    as_of: date
    depth: int  # of the units that get a batch; those higher up may get one too
    batches: tuple[Batch, ...]  # in tree order; last the one without a unit
    kinds: tuple[str, ...]  # those that occur, in the order in which a row's are listed

    @property
    def rows(self) -> int:
        """How many rows need mending."""
        return sum(len(batch.lines) for batch in self.batches)

    def named(self, column: str) -> str:
        """What the quota file calls a column."""
        return column_named(self.config, column)


def rows_to_mend(judged: Judged, config: Config, as_of: date, depth: int = 1, within: str | None = None) -> Returns:
    """The rows to be mended, by the units at a depth (0 = the roots); a row of a unit higher up goes to that unit.

    `within` is the id of a unit: only rows of it and of those below it, by units no higher than it. Without it, rows
    whose names lead nowhere come last.
    """
    depth, inside = _within(config.units, depth, within)
    marks = _marks(judged, config)
    rows = np.flatnonzero(_to_mend(judged, config, marks))
    found = list(_lines(judged, config, as_of, rows, marks))
    holders = {unit: _holder(judged.tree, unit, as_of) for unit in {unit for _, unit in found if unit is not None}}
    goes_to: dict[int | None, int | None] = {
        unit: _at_depth(judged.tree, holder, depth)
        for unit, holder in holders.items()
        if within is None or holder in inside
    }
    if within is None:
        goes_to[None] = None
    lines: dict[int | None, list[Line]] = {}
    for line, unit in found:
        if unit in goes_to:
            lines.setdefault(goes_to[unit], []).append(line)
    ordered = sorted(lines, key=lambda unit: (unit is None, unit or 0))
    batches = tuple(Batch(unit, tuple(lines[unit])) for unit in ordered)
    occurring = {kind for batch in batches for kind in batch.kinds}
    kinds = tuple(kind for kind in _kinds(config) if kind in occurring)
    return Returns(config, judged.exports, as_of, depth, batches, kinds)


# --- whose row it is ------------------------------------------------------------------------------------------------


def _within(units: Sequence[Unit], depth: int, within: str | None) -> tuple[int, frozenset[int]]:
    """The depth of the batches, and the positions of the units that are looked at."""
    if within is None:
        return depth, frozenset()
    ids = subtree(units, within)
    top = next(unit.depth for unit in units if unit.id == within)
    return max(depth, top), frozenset(i for i, unit in enumerate(units) if unit.id in ids)


def _holder(tree: Tree, unit: int, as_of: date) -> int:
    """The unit of the as-of date that a row is sent to: what followed one that has ended, or else stands above it."""
    day = Window(as_of, as_of)
    for each in tree.lineage(unit):
        now = tree.now(each, day)
        if len(now) == 1 and not tree.units[min(now)].ended_by(as_of):
            return min(now)
    return unit


def _at_depth(tree: Tree, unit: int, depth: int) -> int:
    """The unit, or the one above it that stands at a depth."""
    above = tree.lineage(unit)
    return above[max(len(above) - 1 - depth, 0)]


@dataclass(frozen=True, slots=True)
class Leads:
    """What the unit columns of a row say that names no unit of today."""

    unit: int | None  # the deepest unit that the names lead to, read from the highest level down
    mending: Mending
    nearest: tuple[str, ...] = ()  # of a name that is not in the tree
    meant: tuple[int, ...] = ()  # the units that an ambiguous name may mean


def misled(judged: Judged, rows: np.ndarray) -> dict[int, Leads]:
    """By row, what its names say; only rows whose names mean no unit, several, or one that had ended."""
    times = judged.examined.times
    rows = rows[judged.examined.units.reason[rows] != COUNTS]
    typed = list(zip(*(take(level, rows).to_pylist() for level in judged.exports.levels), strict=True))
    at_fault = zip(typed, judged.unknown_level[rows].tolist(), strict=True)
    names = _Names(judged.tree, Counter(texts[level] for texts, level in at_fault if level != NONE))
    combinations = list(zip(typed, times.time[rows].tolist(), strict=True))
    meant = {each: names.look(each[0], times.days[each[1]]) for each in dict.fromkeys(combinations)}
    return {row: meant[each] for row, each in zip(rows.tolist(), combinations, strict=True)}


class _Names:
    """What combinations of names mean, and what they should be."""

    def __init__(self, tree: Tree, unknown: Counter[str]) -> None:
        """`unknown` counts the texts that should be in the tree and are not."""
        self._tree = tree
        often: Counter[str] = Counter()
        shown: dict[str, str] = {}
        for text, rows in sorted(unknown.items(), key=lambda item: (-item[1], item[0])):
            if not tree.named(name := fold(text)):
                often[name] += rows
                shown.setdefault(name, tidy(text))
        asked = sorted(often, key=lambda name: (-often[name], name))[:_SUGGESTED]
        found = nearest_units(tree.units, range(len(tree.units)), [shown[name] for name in asked])
        self._nearest = {name: tuple(near for _, near in each) for name, each in zip(asked, found, strict=True)}

    def look(self, typed: tuple[str, ...], days: Window) -> Leads:
        """What is wrong with the names of a row, which is dated on one of these days."""
        names = [fold(text) for text in typed]
        found = self._tree.find(names, days)
        filled = tuple(level for level, name in enumerate(names) if name)
        leads_to, led = self._level_by_level(names, days)
        nearest: tuple[str, ...] = ()
        meant: tuple[int, ...] = ()
        match found.reason:
            case Reason.UNKNOWN_UNIT if found.level is not None:
                levels: tuple[int, ...] = (found.level,)
                words = self._unknown(names[found.level], typed[found.level])
                nearest = tuple(each.name for each in self._nearest.get(names[found.level], ()))
            case Reason.AMBIGUOUS_UNIT:
                level = next(each for each in filled if self._tree.named(names[each]))
                levels = tuple(range(level, len(typed)))
                meant = self._meant(names[level], leads_to)
                words = say("returns.ambiguous", text=quoted(typed[level]), above=self._above(meant))
            case Reason.CONFLICTING_UNITS:
                levels = filled
                words = self._conflicting(names, typed, led)
            case Reason.ENDED_UNIT if found.unit is not None:
                levels, leads_to = filled, found.unit
                words = self._ended(found.unit)
            case _:
                levels = tuple(range(len(typed)))
                words = say("returns.no_unit")
        assert found.reason is not None
        mending = Mending(found.reason.value, tuple(f"{UNIT}{level}" for level in levels), words)
        return Leads(leads_to, mending, nearest, meant)

    def _level_by_level(self, names: Sequence[str], days: Window) -> tuple[int | None, tuple[int, ...]]:
        """The unit that the names lead to from the highest level down, and the levels that led there.

        A name that leads nowhere below those above it is passed over.
        """
        unit: int | None = None
        led = [""] * len(names)
        for level in reversed(range(len(names))):
            tried = [*led[:level], names[level], *led[level + 1 :]]
            found = self._tree.find(tried, days)
            if names[level] and found.unit is not None:
                unit, led = found.unit, tried
        return unit, tuple(level for level, name in enumerate(led) if name)

    def _unknown(self, name: str, text: str) -> Sentence:
        later = [self._tree.units[each] for each in self._tree.named(name)]
        if starts := [unit.valid.start for unit in later if unit.valid.start is not None]:
            return say("returns.unit_later", text=quoted(text), day=min(starts))
        near = tuple(say("near.shown", name=each.name, why=each.why) for each in self._nearest.get(name, ()))
        if near:
            return say("returns.unknown_near", text=quoted(text), near=near)
        return say("returns.unknown", text=quoted(text))

    def _meant(self, name: str, above: int | None) -> tuple[int, ...]:
        places = self._tree.named(name)
        inside = [each for each in places if above is None or above in self._tree.lineage(each)]
        return tuple(inside or places)

    def _conflicting(self, names: Sequence[str], typed: Sequence[str], led: Sequence[int]) -> Sentence:
        known = [level for level, name in enumerate(names) if self._tree.named(name)]
        lower = next((level for level in known if level not in led), known[0])
        upper = next((level for level in known if level > lower and level in led), known[-1])
        above = self._above(self._tree.named(names[lower]))
        if not above:
            return say("returns.conflicting", lower=quoted(typed[lower]), upper=quoted(typed[upper]))
        return say("returns.conflicting_above", lower=quoted(typed[lower]), upper=quoted(typed[upper]), above=above)

    def _ended(self, unit: int) -> Sentence:
        ended = self._tree.units[unit]
        into = tuple(self._tree.units[each].name for each in ended.into)
        key = {"name": ended.name, "day": ended.valid.end}
        return say("returns.ended_into", **key, into=into) if into else say("returns.ended", **key)

    def _above(self, units: Sequence[int]) -> tuple[str, ...]:
        """The names of the units right above some, each once."""
        above = [self._tree.units[unit].parent for unit in units]
        return tuple(dict.fromkeys(self._tree.units[each].name for each in above if each is not None))


# --- what is to be mended -------------------------------------------------------------------------------------------

_How = Literal["blank", "date", "number", "count", "unusable"]


@dataclass(frozen=True, slots=True)
class _Mark:
    """A column that lacks something, and in which rows."""

    kind: str
    column: str
    how: _How
    rows: np.ndarray
    reaches: np.ndarray | None = None  # the rows that this alone is reason enough to send back


def _kinds(config: Config) -> tuple[str, ...]:
    """All kinds of mending, in the order in which a row's are listed."""
    asked = [f"{start}-{field}" for field in config.where for start in ("no", "bad")]
    after = [reason.value for reason in REASONS if reason.is_data_problem or reason is Reason.DUPLICATE]
    required = [kind(config, field) for field in config.required for kind in (_missing_kind, _bad_kind)]
    return tuple(dict.fromkeys([after[0], *asked, *after[1:], "no-phase", *required]))


def _missing_kind(config: Config, field: Field) -> str:
    """What a blank in a field is called."""
    if field == config.once_per:
        return Reason.NO_CODE.value
    return {"submitted": Reason.NO_DATE.value, "count": Reason.BAD_COUNT.value}.get(field, f"no-{field}")


def _bad_kind(_: Config, field: Field) -> str:
    """What a cell without a usable value is called, in a field that must be filled."""
    return {"submitted": Reason.BAD_DATE.value, "count": Reason.BAD_COUNT.value}.get(field, f"bad-{field}")


def _marks(judged: Judged, config: Config) -> list[_Mark]:
    """What each column lacks in which rows."""
    exports = judged.exports
    texts = exports.texts
    dates = judged.examined.dates
    marks: list[_Mark] = []
    outside = dates.phase == NONE
    if "submitted" in texts:
        blank, bad = dates.decides & dates.blank, dates.decides & dates.bad
        outside &= ~blank & ~bad
        marks += [
            _Mark(Reason.NO_DATE.value, "submitted", "blank", blank),
            _Mark(Reason.BAD_DATE.value, "submitted", "date", bad),
        ]
    if "phase" in texts:
        by_name = np.array([sheet.phases for sheet in exports.sheets], dtype=bool)[exports.sheet]
        blank = by_name & _blank(texts["phase"])
        outside &= ~blank
        marks.append(_Mark("no-phase", "phase", "blank", blank, blank & _is(judged, Reason.OUTSIDE_PHASES)))
    now = ~dates.late & ~outside  # rows of a phase that is looked at, or may be

    asked = _asked(judged, config)
    undecided = _is(judged, Reason.FILTERED) & ~_decided_against(judged, config, asked) & now
    asked = [_Mark(each.kind, each.column, each.how, each.rows, each.rows & undecided) for each in asked]
    if "count" in texts:
        marks.append(_Mark(Reason.BAD_COUNT.value, "count", "count", judged.count < 0))
    if config.once_per is not None:
        without = _blank(texts[config.once_per]) | _is(judged, Reason.NO_CODE)
        marks.append(_Mark(Reason.NO_CODE.value, config.once_per, "blank", without))
    whole = now & ~_is(judged, Reason.DUPLICATE)
    for field in config.required:
        if field in texts:
            counted = whole & (judged.reason == COUNTS)
            without = _blank(texts[field])
            marks.append(_Mark(_missing_kind(config, field), field, "blank", without & whole, without & counted))
            if field != config.once_per:  # a row whose code is an error cannot be read at all
                bad = by_distinct(texts[field], is_unusable, bool)
                marks.append(_Mark(_bad_kind(config, field), field, "unusable", bad & whole, bad & counted))
    return [*asked, *marks]


def _asked(judged: Judged, config: Config) -> list[_Mark]:
    """What the columns that `count.where` asks about lack."""
    exports = judged.exports
    marks = []
    for field, condition in config.where.items():
        blank = _blank(exports.texts[field]) & ~passing(exports, config, {field: condition})
        marks.append(_Mark(_missing_kind(config, field), field, "blank", blank))
        match condition:
            case DateRange():
                read = passing(exports, config, {field: DateRange(None, None)})
                marks.append(_Mark(f"bad-{field}", field, "date", ~blank & ~read))
            case NumberRange():
                read = passing(exports, config, {field: NumberRange(None, None)})
                marks.append(_Mark(f"bad-{field}", field, "number", ~blank & ~read))
            case OneOf():
                pass
    return marks


def _decided_against(judged: Judged, config: Config, asked: Sequence[_Mark]) -> np.ndarray:
    """The rows in which a cell that can be read does not pass `count.where`."""
    against = np.zeros(judged.exports.rows, dtype=bool)
    for field, condition in config.where.items():
        fails = ~passing(judged.exports, config, {field: condition})
        for mark in asked:
            if mark.column == field:
                fails &= ~mark.rows
        against |= fails
    return against


def _to_mend(judged: Judged, config: Config, marks: Sequence[_Mark]) -> np.ndarray:
    """Which rows need mending."""
    problems = [number for number, reason in enumerate(REASONS) if reason.is_data_problem or reason is Reason.DUPLICATE]
    rows: np.ndarray = np.isin(judged.reason, problems)
    for mark in marks:
        if mark.reaches is not None:
            rows = rows | mark.reaches
    return rows


def _lines(
    judged: Judged, config: Config, as_of: date, rows: np.ndarray, marks: Sequence[_Mark]
) -> Iterator[tuple[Line, int | None]]:
    """The rows with what is to be mended in each, and the unit that each leads to."""
    exports = judged.exports
    order = {kind: number for number, kind in enumerate(_kinds(config))}
    held = {mark.column: take(exports.texts[mark.column], rows).to_pylist() for mark in marks}
    marked = [(mark, mark.rows[rows].tolist()) for mark in marks]
    duplicate = [REASONS.index(Reason.DUPLICATE) == reason for reason in judged.reason[rows].tolist()]
    unreadable = take(exports.flaw, rows).to_pylist()
    leading = misled(judged, rows)
    for number, row in enumerate(rows.tolist()):
        leads = leading.get(row)
        titles = exports.sheets[exports.sheet[row]].header.titles
        found: dict[str, Mending] = {}
        flawed: tuple[str, ...] = ()
        if unreadable[number]:
            flaw = read_flaw(unreadable[number])
            flawed = _flawed_column(exports, row, flaw)
            kind = Reason.UNREADABLE.value
            found[kind] = Mending(kind, flawed, _flaw_words(flaw, "".join(titles[name] for name in flawed)))
        if not unreadable[number] or flawed:  # of a broken record nobody knows which cell is which
            for mark, here in marked:
                if here[number] and mark.column not in flawed:
                    title = titles.get(mark.column) or column_named(config, mark.column)
                    text = quoted(held[mark.column][number])
                    found.setdefault(mark.kind, _mending(mark.kind, mark.column, mark.how, title, text, as_of))
            if leads is not None and not any(_is_unit(each) for each in flawed):
                found[leads.mending.kind] = leads.mending
            if duplicate[number]:
                found[Reason.DUPLICATE.value] = _repeated(judged, config, row)
        mendings = sorted(found.values(), key=lambda each: order[each.kind])
        unit = int(judged.unit[row])
        above = None if leads is None else leads.unit
        yield Line(row, tuple(mendings)), above if unit == NONE else unit


def data_problems(judged: Judged, config: Config, as_of: date, rows: np.ndarray) -> dict[int, Mending]:
    """By row, what it was set aside for, as it is to be mended; only rows that have a data problem, and one that is
    not with their unit (see `misled`)."""
    problems = [number for number, each in enumerate(REASONS) if each.is_data_problem and each not in OF_UNITS]
    rows = rows[np.isin(judged.reason[rows], problems)]
    found = {}
    for line, _ in _lines(judged, config, as_of, rows, _marks(judged, config)):
        kind = REASONS[judged.reason[line.row]].value
        found[line.row] = next(mending for mending in line.mendings if mending.kind == kind)
    return found


@lru_cache(maxsize=1 << 12)
def _mending(kind: str, column: str, how: _How, title: str, text: str, as_of: date) -> Mending:
    """What to do with a cell that is blank, or holds what nobody can use."""
    match how:
        case "date":
            words = say("returns.bad_date", column=title, text=text, example=as_of)
        case "number":
            words = say("returns.bad_number", column=title, text=text)
        case "unusable" if text == FORMULA:
            words = say("returns.formula", column=title)
        case "unusable":
            words = say("returns.error", column=title, text=text)
        case "count" if fold(text):
            words = say("returns.bad_count", column=title, text=text)
        case _ if column in _DATED:
            words = say("returns.no_date", column=title, example=as_of)
        case _:
            words = say("returns.blank", column=title)
    return Mending(kind, (column,), words)


def _repeated(judged: Judged, config: Config, row: int) -> Mending:
    """What to do with a row that repeats another one: write what tells them apart, where a field does."""
    exports, kept = judged.exports, int(judged.repeated[row])
    sheet, number = exports.sheets[exports.sheet[kept]], str(exports.row[kept])
    if sheet.name is None:
        place = say("returns.place_csv", file=sheet.file, row=number)
    else:
        place = say("returns.place", file=sheet.file, sheet=sheet.name, row=number)
    field = config.once_per
    if field is None:
        return Mending(Reason.DUPLICATE.value, (), say("returns.duplicate_copy", place=place))
    title = exports.sheets[exports.sheet[row]].header.titles.get(field) or column_named(config, field)
    return Mending(Reason.DUPLICATE.value, (field,), say("returns.duplicate", place=place, column=title))


def _flawed_column(exports: Exports, row: int, flaw: RowFlaw) -> tuple[str, ...]:
    """The one column in which an unreadable row's flaw lies; none of a broken record."""
    header, number = exports.sheets[exports.sheet[row]].header, int(exports.row[row])
    return tuple(name for name, place in header.positions.items() if address(number, place) == flaw.cell)


def _flaw_words(flaw: RowFlaw, title: str) -> Sentence:
    """What to do about what cannot be read in a column of this title, or in a whole record.

    The list names a cell by its column: its address in the original is that of another cell here.
    """
    match flaw.kind:
        case "error":
            return say("returns.error", column=title, text=quoted(flaw.held))
        case "formula":
            return say("returns.formula", column=title)
        case "rounded":
            return say("returns.rounded", column=title, text=quoted(flaw.held))
    if flaw.found is None:
        return say("returns.record_quote")
    return say("returns.record", found=flaw.found, expected=flaw.expected)


# --- small things ---------------------------------------------------------------------------------------------------


def _is(judged: Judged, reason: Reason) -> np.ndarray:
    rows: np.ndarray = judged.reason == REASONS.index(reason)
    return rows


def _is_unit(column: str) -> bool:
    return column.startswith(UNIT)


def _blank(column: TextArray) -> np.ndarray:
    """Which cells hold nothing; a dash is nothing."""
    if not hasattr(column, "dictionary"):
        return arrays.blank(column)
    return by_distinct(column, lambda text: not fold(text), bool)


def quoted(text: str) -> str:
    """A cell's text as a sentence quotes it."""
    plain = tidy(text)
    return plain if len(plain) <= _QUOTED else f"{plain[: _QUOTED - 1]}…"


def column_named(config: Config, column: str) -> str:
    """What the quota file calls a column."""
    if _is_unit(column):
        return config.columns.unit[int(column.removeprefix(UNIT))][0]
    return next(headers[0] for field, headers in config.columns.fields.items() if field == column)

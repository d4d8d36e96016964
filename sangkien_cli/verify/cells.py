"""Which cells of a sheet changed since its fingerprint was taken, and what they held, as far as that can be found.

The sums of groups that differ say by how much each changed row differs (`_peel`); what a text hashes to says, with
that, what the old text hashed to; and a text that hashes so is looked for among those of the column, among days,
units, accepted values, missing numbers of a sequence, and what one typing mistake makes of the new text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations, pairwise, product

import numpy as np
import pyarrow as pa

from sangkien_cli.arrays import TextArray, take
from sangkien_cli.exports import Exports
from sangkien_cli.fingerprint import Fingerprint, Grouping, hashes_of, hashes_of_texts, unweighed, weights_of
from sangkien_cli.model import UNIT, Config, OneOf

_MASK = np.uint64((1 << 48) - 1)
_AGREEING = 2  # groupings that tell one difference of a row: by chance they do once in 10^14
_MOST = 2_000  # rows that are told apart
_MOST_PAIRED = 200_000  # different texts of a column that is one of two changed ones
_MOST_ASSIGNED = 6  # rows whose column is found by trying
_MOST_NUMBERED = 200_000  # texts among which numbers of a sequence may be missing
_GAP = 200  # numbers missing one after the other
_LONGEST = 60  # letters of a text whose neighbours are tried
_MOST_LETTERS = 100
_DAYS = (date(1990, 1, 1), date(2060, 1, 1))
_MOST_DAYS = 800  # whose minutes are tried
_TIMES = [f"{minute // 60:02}:{minute % 60:02}:00" for minute in range(24 * 60)]
_DATED = ("submitted", "applied")


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that holds something else now."""

    row: int  # as Excel shows it now
    column: str  # by name (a field, `unit.N`); "" = which one cannot be told
    then: str | None  # "" = it was blank; None = what it was cannot be told
    now: str


@dataclass(frozen=True, slots=True)
class SheetChange:
    """What differs between a sheet's cells and their fingerprint."""

    cells: tuple[CellChange, ...] = ()  # by row
    added: tuple[int, ...] = ()  # rows that are new, as Excel shows them now
    removed: tuple[int, ...] = ()  # rows that are gone, as Excel showed them then
    lost: Mapping[str, str] = field(default_factory=dict)  # of the only row that is gone: its texts that could be told
    reordered: bool = False  # the same rows stand in another order
    from_row: int | None = None  # from here on rows differ that cannot be told apart
    columns: tuple[str, ...] = ()  # the columns that these differ in
    missing: tuple[str, ...] = ()  # columns that are no longer read, so that nothing can be said

    @property
    def nothing(self) -> bool:
        """Whether every cell that was read holds what it held."""
        return self == SheetChange()


def change_of(then: Fingerprint, exports: Exports, sheet: int, known: Known) -> SheetChange:
    """What differs between a sheet as it was and the one at this position now."""
    missing = tuple(name for name, total in then.columns.items() if total and name not in exports.texts)
    if missing:
        return SheetChange(missing=missing)
    now = _Now.of(exports, sheet, then.columns)
    found = _aligned(then, now)
    if found.rest is None and not found.swollen(now):
        return _told(then, now, found, known)
    shifted = _shifted(then, now)
    if shifted is not None:
        return _told(then, *shifted, known)
    if found.rest is None:
        return _told(then, now, found, known)
    if then.content == int(now.content.sum() & _MASK):
        return SheetChange(reordered=True)
    rest = found.rest + now.header
    columns = tuple(name for name, total in then.columns.items() if total != now.total(name))
    return SheetChange(from_row=rest, columns=columns)


@dataclass(frozen=True)
class _Now:
    """The data rows of a sheet, by their places: the numbers of rows counted from the header."""

    exports: Exports
    header: int
    at: np.ndarray  # their positions in the exports
    places: np.ndarray  # where they would stand in the sheet as it was
    hashes: Mapping[str, np.ndarray]
    added: tuple[int, ...] = ()  # rows left out here because they are new, as Excel shows them

    @classmethod
    def of(cls, exports: Exports, sheet: int, columns: Iterable[str]) -> _Now:
        at = np.flatnonzero(exports.sheet == sheet)
        header = exports.sheets[sheet].header.last_row
        hashes = {
            name: hashes_of(take(exports.texts[name], at), name)
            if name in exports.texts
            else np.zeros(len(at), dtype=np.uint64)
            for name in columns
        }
        return cls(exports, header, at, exports.row[at].astype(np.int64) - header, hashes)

    @cached_property
    def content(self) -> np.ndarray:
        total = np.zeros(len(self.at), dtype=np.uint64)
        for each in self.hashes.values():
            total += each
        return total

    @cached_property
    def weights(self) -> np.ndarray:
        return weights_of(self.places)

    @property
    def span(self) -> int:
        return int(self.places.max(initial=0))

    def total(self, name: str) -> int:
        return int((self.weights * self.hashes[name]).sum() & _MASK)

    def without(self, rows: np.ndarray, places: np.ndarray) -> _Now:
        """Some rows (a mask) left out as new ones, the others put in other places."""
        added = tuple(self.exports.row[self.at[rows]].tolist())
        hashes = {name: each[~rows] for name, each in self.hashes.items()}
        return _Now(self.exports, self.header, self.at[~rows], places[~rows], hashes, (*self.added, *added))

    def dense(self, sums: np.ndarray, length: int) -> np.ndarray:
        """A value per place, from place 1 on; 0 where no row stands."""
        spread = np.zeros(length, dtype=np.uint64)
        spread[self.places - 1] = sums
        return spread


@dataclass(frozen=True)
class _Aligned:
    """The rows that changed where they stand: by place, how much more they held."""

    now: _Now
    changed: Mapping[int, int]
    rest: int | None  # the first place of a difference that no row explains; None = all is explained

    def swollen(self, now: _Now) -> bool:
        """Whether so many rows in a row changed up to the last that a row put in, or taken out, says more."""
        return len(self.changed) > 1 and self.now.span > 0 and max(self.changed) >= min(now.span, self.now.span)


def _aligned(then: Fingerprint, now: _Now) -> _Aligned:
    """The rows taken as they stand; those below the last one of then are new."""
    beyond = now.places > then.rows
    inside = now.without(beyond, now.places)
    grouping = Grouping(then.rows)
    mine = grouping.sums(inside.places, inside.content)
    differing = [(one - other) & _MASK for one, other in zip(then.groups, mine, strict=True)]
    changed = _peel(grouping, differing)
    rest = None
    if any(each.any() for each in differing):
        blocks = np.flatnonzero(differing[0])
        rest = int(blocks[0]) * grouping.block + 1 if len(blocks) else 1
    return _Aligned(inside, changed, rest)


def _peel(grouping: Grouping, differing: Sequence[np.ndarray]) -> dict[int, int]:
    """The changed rows by place, and what each held more; they are taken out of the sums, a round after the other.

    A row alone in two groups that differ has the same difference in both.
    """
    places = np.arange(1, grouping.rows + 1)
    groups = list(grouping.numbers(places))
    weights = list(grouping.weights(places))
    found: dict[int, int] = {}
    while len(found) <= _MOST and any(each.any() for each in differing):
        told = [unweighed(sums[of], each) for sums, of, each in zip(differing, groups, weights, strict=True)]
        least = min(_AGREEING, len(told))
        agreed = np.zeros(len(places), dtype=np.uint64)
        for chosen in combinations(told, least):
            same = (chosen[0] == chosen[-1]) & (chosen[0] != 0)
            agreed[same] = chosen[0][same]
        rows = np.flatnonzero(agreed)
        if not len(rows):
            break
        known = len(found), sum(map(np.count_nonzero, differing))
        for row in rows[: _MOST + 1].tolist():
            # What an earlier row of this round explained is no longer there to be explained.
            left = [int(sums[of[row]]) for sums, of in zip(differing, groups, strict=True)]
            if sum(each != 0 for each in left) < least:
                continue
            for sums, of, each in zip(differing, groups, weights, strict=True):
                sums[of[row]] = (int(sums[of[row]]) - int(agreed[row]) * int(each[row])) & int(_MASK)
            found[row + 1] = (found.get(row + 1, 0) + int(agreed[row])) & int(_MASK)
        if known == (len(found), sum(map(np.count_nonzero, differing))):
            break
    return {row: value for row, value in found.items() if value}


def _shifted(then: Fingerprint, now: _Now) -> tuple[_Now, _Aligned] | None:
    """The rows as they stood before some were put in at one place, or one was taken out; None = that is not what was
    done. The weighed sum of all rows tells the place."""
    more = now.span - then.rows
    length = max(now.span, then.rows)
    weights = weights_of(np.arange(1, length + 1))
    rows = now.dense(now.content, length)
    total = np.uint64(sum(then.columns.values()) & int(_MASK))
    in_place = np.concatenate([[np.uint64(0)], np.cumsum(weights * rows)])
    if more > 0:
        moved = np.concatenate([(weights[: length - more] * rows[more:]), np.zeros(more, dtype=np.uint64)])
        after = moved.sum() - np.concatenate([[np.uint64(0)], np.cumsum(moved)])
        fits = np.flatnonzero(((in_place + after - total) & _MASK) == 0)
        if not len(fits):
            return None
        first = int(fits[0]) + 1
        new = (now.places >= first) & (now.places < first + more)
        old = now.without(new, np.where(now.places >= first, now.places - more, now.places))
        return old, _Aligned(old, {}, None)
    if more == -1:
        gone = np.uint64((then.content - int(now.content.sum() & _MASK)) & int(_MASK))
        moved = np.concatenate([[np.uint64(0)], weights[1:] * rows[:-1]])
        after = moved.sum() - np.cumsum(moved)
        fits = np.flatnonzero(((in_place[:-1] + weights * gone + after - total) & _MASK) == 0)
        if not len(fits):
            return None
        first = int(fits[0]) + 1
        nothing = np.zeros(len(now.places), dtype=bool)
        old = now.without(nothing, np.where(now.places >= first, now.places + 1, now.places))
        return old, _Aligned(old, {first: int(gone)}, None)
    return None


# --- what the rows held --------------------------------------------------------------------------------------------


def _told(then: Fingerprint, now: _Now, found: _Aligned, known: Known) -> SheetChange:
    """The changed rows put into words."""
    now = found.now
    position = {place: at for at, place in enumerate(now.places.tolist())}
    left = {name: (total - now.total(name)) & int(_MASK) for name, total in then.columns.items()}
    added = list(now.added)
    removed: list[int] = []
    open_rows: dict[int, int] = {}
    for place, difference in sorted(found.changed.items()):
        if place not in position:
            removed.append(place)
        elif difference == (-int(now.content[position[place]])) & int(_MASK):
            added.append(int(now.exports.row[now.at[position[place]]]))
            _settle(left, now, place, {name: -int(each[position[place]]) for name, each in now.hashes.items()})
        else:
            open_rows[place] = difference
    lost: Mapping[str, str] = {}
    if len(removed) == 1 and not open_rows:
        lost = dict(_lost(now, removed[0], left, known))
    changes = _Rows(now, position, known, left).told(open_rows) if not removed or open_rows else []
    return SheetChange(
        cells=tuple(changes),
        added=tuple(sorted(added)),
        removed=tuple(place + then.header for place in removed),
        lost=lost,
    )


def _settle(left: dict[str, int], now: _Now, place: int, by: Mapping[str, int]) -> None:
    """Take what a row explains out of what is left of the columns."""
    weight = int(weights_of(np.array([place]))[0])
    for name, difference in by.items():
        left[name] = (left[name] - weight * difference) & int(_MASK)


def _lost(now: _Now, place: int, left: Mapping[str, int], known: Known) -> Iterator[tuple[str, str]]:
    """The texts of a row that is gone."""
    for name, sums in left.items():
        hashed = _single(sums, place)
        if hashed and (text := known.text(name, hashed, "")) is not None:
            yield name, text


def _single(sums: int, place: int) -> int:
    """What the only row that differs has more in a column."""
    return int(unweighed(np.array([sums], dtype=np.uint64), weights_of(np.array([place])))[0])


@dataclass
class _Rows:
    """Changed rows and the columns that they may differ in."""

    now: _Now
    position: Mapping[int, int]
    known: Known
    left: dict[str, int]  # by column, what no row explains as yet

    def told(self, rows: Mapping[int, int]) -> list[CellChange]:
        """The cells of changed rows (by place, what each held more)."""
        cells: dict[int, list[CellChange]] = {}
        if len(rows) == 1:
            (place,) = rows
            by = {name: _single(sums, place) for name, sums in self.left.items() if sums}
            return [self._cell(place, name, difference) for name, difference in by.items()]
        unknown: dict[int, int] = {}
        for place, difference in rows.items():
            by_column = self._columns_of(place, difference)
            if by_column is None:
                unknown[place] = difference
                continue
            _settle(self.left, self.now, place, by_column)
            cells[place] = [self._cell(place, name, part) for name, part in by_column.items()]
        for place, name in self._assigned(unknown).items():
            if name:
                cells[place] = [self._cell(place, name, unknown[place])]
            else:
                cells[place] = [CellChange(self._row(place), "", None, "")]
        return [cell for place in sorted(cells) for cell in cells[place]]

    def _row(self, place: int) -> int:
        return int(self.now.exports.row[self.now.at[self.position[place]]])

    def _hash(self, name: str, place: int) -> int:
        return int(self.now.hashes[name][self.position[place]])

    def _text(self, name: str, place: int) -> str:
        column = self.now.exports.texts.get(name)
        return "" if column is None else str(column[int(self.now.at[self.position[place]])].as_py())

    def _cell(self, place: int, name: str, difference: int) -> CellChange:
        hashed = (self._hash(name, place) + difference) & int(_MASK)
        text = self._text(name, place)
        return CellChange(self._row(place), name, self.known.text(name, hashed, text), text)

    def _columns_of(self, place: int, difference: int) -> dict[str, int] | None:
        """The column that a row differs in, or the two, with the difference of each; None if no known text explains
        it."""
        differing = [name for name, sums in self.left.items() if sums]
        if (other := self._same_now(place, difference)) is not None:
            return {
                name: parted
                for name, each in self.now.hashes.items()
                if (parted := (int(each[other]) - self._hash(name, place)) & int(_MASK))
            }
        for search in (self.known.common, self.known.text):
            for name in differing:
                hashed = (self._hash(name, place) + difference) & int(_MASK)
                if search(name, hashed, self._text(name, place)) is not None:
                    return {name: difference}
        for one, two in combinations(differing, 2):
            here, there = self._hash(one, place), self._hash(two, place)
            pair = self.known.pair(one, two, (difference + here + there) & int(_MASK))
            if pair is not None:
                return {one: (pair[0] - here) & int(_MASK), two: (pair[1] - there) & int(_MASK)}
        return None

    def _same_now(self, place: int, difference: int) -> int | None:
        """The position of a row that holds now what a row held then: rows that changed places."""
        content = self.now.content & _MASK
        wanted = (int(content[self.position[place]]) + difference) & int(_MASK)
        same = np.flatnonzero(content == np.uint64(wanted))
        return int(same[0]) if len(same) else None

    def _assigned(self, rows: Mapping[int, int]) -> dict[int, str]:
        """For each row whose old text nobody knows the column that it differs in: what the columns have left tells."""
        differing = [name for name, sums in self.left.items() if sums]
        if len(differing) == 1:
            return dict.fromkeys(rows, differing[0])
        if len(rows) <= _MOST_ASSIGNED:
            weighed = {place: int(weights_of(np.array([place]))[0]) * each for place, each in rows.items()}
            for names in product(differing, repeat=len(rows)):
                sums = dict.fromkeys(differing, 0)
                for place, name in zip(rows, names, strict=True):
                    sums[name] += weighed[place]
                if all((self.left[name] - total) & int(_MASK) == 0 for name, total in sums.items()):
                    return dict(zip(rows, names, strict=True))
        return dict.fromkeys(rows, "")


# --- texts that may have stood there -------------------------------------------------------------------------------


@dataclass
class Known:
    """Texts that a column may have held, by what they hash to."""

    exports: Exports
    config: Config
    further: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by column, from elsewhere: a ledger
    _indexes: dict[tuple[str, str], _Index] = field(default_factory=dict)

    def common(self, name: str, hashed: int, _now: str) -> str | None:
        """The text of this hash that stands in the column, or may stand in it by the quota file."""
        if hashed == 0:
            return ""
        for make in (self._held, self._expected):
            if (text := self._index(make, name).find(hashed)) is not None:
                return text
        return None

    def text(self, name: str, hashed: int, now: str) -> str | None:
        """The text of this hash; `now` is what stands there instead. None if it cannot be found."""
        found = self.common(name, hashed, now)
        if found is None and name in _DATED:
            found = self._index(self._days, name).find(hashed) or self._index(self._minutes, name).find(hashed)
        if found is None:
            found = self._index(self._numbered, name).find(hashed)
        if found is None and now and len(now) <= _LONGEST:
            found = _Index(name, _neighbours(now, self._letters(name, now))).find(hashed)
        return found

    def pair(self, one: str, two: str, hashed: int) -> tuple[int, int] | None:
        """The hashes of two texts of two columns that add up to this."""
        first, second = self._index(self._held, one), self._index(self._held, two)
        if max(len(first.hashes), len(second.hashes)) > _MOST_PAIRED:
            return None
        wanted = (np.uint64(hashed) - first.hashes) & _MASK
        fits = np.flatnonzero(np.isin(wanted, second.hashes))
        return (int(first.hashes[fits[0]]), int(wanted[fits[0]])) if len(fits) else None

    def _index(self, make: Callable[[str], TextArray | Sequence[str]], name: str) -> _Index:
        key = (make.__name__, name)
        if key not in self._indexes:
            self._indexes[key] = _Index(name, make(name))
        return self._indexes[key]

    def _held(self, name: str) -> TextArray | Sequence[str]:
        column = self.exports.texts.get(name)
        if column is None:
            return [""]
        return column.dictionary if isinstance(column, pa.DictionaryArray) else column

    def _expected(self, name: str) -> Sequence[str]:
        texts = list(self.further.get(name, ()))
        for where in self.config.wheres:
            condition = next((each for field, each in where.items() if field == name), None)
            if isinstance(condition, OneOf):
                texts += condition.values
        if name.startswith(UNIT):
            texts += [text for unit in self.config.units for text in (unit.name, *unit.also)]
        return texts

    def _days(self, _name: str) -> Sequence[str]:
        first, last = _DAYS
        days = [first + timedelta(days=number) for number in range((last - first).days)]
        ways = ("{0:%Y-%m-%d}", "{0:%d/%m/%Y}", "{0.day}/{0.month}/{0.year}", "{0:%d.%m.%Y}", "{0:%d-%m-%Y}")
        return [way.format(day) for way in ways for day in days]

    def _minutes(self, name: str) -> Sequence[str]:
        """Every minute of the days between the first and the last that stand there as Excel's dates."""
        column = self.exports.texts.get(name)
        texts = [] if column is None else column.dictionary.to_pylist()
        days = sorted({text[:10] for text in texts if re.match(r"[12]\d{3}-[01]\d-[0-3]\d", text)})
        if not days:
            return []
        first, last = np.datetime64(days[0]), np.datetime64(days[-1])
        if int((last - first) / np.timedelta64(1, "D")) > _MOST_DAYS:
            return []
        return [f"{day} {time}" for day in np.arange(first, last + 1).astype(str) for time in _TIMES]

    def _numbered(self, name: str) -> Sequence[str]:
        """The numbers missing in sequences of texts that differ in one number: SK-0001, SK-0003."""
        held = self._held(name)
        if len(held) > _MOST_NUMBERED:
            return []
        sequences: dict[tuple[str, int, str], set[int]] = defaultdict(set)
        for text in held if isinstance(held, Sequence) else held.to_pylist():
            if found := re.fullmatch(r"(.*?)([0-9]{1,9})([^0-9]*)", text):
                sequences[found[1], len(found[2]), found[3]].add(int(found[2]))
        missing = []
        for (start, width, end), numbers in sequences.items():
            ends = [max(min(numbers) - _GAP, 0) - 1, *sorted(numbers), max(numbers) + _GAP]
            gaps = [range(one + 1, two) for one, two in pairwise(ends) if two - one <= _GAP + 1]
            missing += [f"{start}{number:0{width}}{end}" for gap in gaps for number in gap]
        return missing

    def _letters(self, name: str, now: str) -> str:
        """The letters that a text of the column may hold."""
        held = self._held(name)
        sample = held[:_MOST_NUMBERED] if isinstance(held, Sequence) else held.slice(0, _MOST_NUMBERED).to_pylist()
        return "".join(sorted(set(now).union(*sample))[:_MOST_LETTERS])


class _Index:
    """Texts by their hash in a column."""

    def __init__(self, name: str, texts: TextArray | Sequence[str]) -> None:
        self._texts = texts
        held = isinstance(texts, Sequence)
        hashes = hashes_of_texts(texts, name) if held else hashes_of(texts, name)
        self._order = np.argsort(hashes, kind="stable")
        self.hashes = hashes
        self._sorted = hashes[self._order]

    def find(self, hashed: int) -> str | None:
        at = int(np.searchsorted(self._sorted, np.uint64(hashed)))
        if at == len(self._sorted) or int(self._sorted[at]) != hashed:
            return None
        text = self._texts[int(self._order[at])]
        return text if isinstance(text, str) else str(text.as_py())


def _neighbours(text: str, letters: str) -> list[str]:
    """What one letter more, less, other or moved makes of a text, and what stands before or after a blank."""
    splits = [(text[:at], text[at:]) for at in range(len(text) + 1)]
    near = {start + end[1:] for start, end in splits if end}
    near |= {start + letter + end for start, end in splits for letter in letters}
    near |= {start + letter + end[1:] for start, end in splits if end for letter in letters}
    near |= {start + end[1] + end[0] + end[2:] for start, end in splits if len(end) > 1}
    near |= {text.strip(), text.upper(), text.lower(), text.capitalize()}
    return sorted(near)

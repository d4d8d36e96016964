"""The search for the nearest names: among ten thousand in a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from sangkien_cli.collection import without_collection
from sangkien_cli.model import Near, Unit
from sangkien_cli.nearest.names import ALIKE, EQUAL_CORE, Key, Name, beginnings, nearness, readings, unionless
from sangkien_cli.nearest.reasons import Aligned, may_be_slip
from sangkien_cli.text import fold, spelled_out, without_accents

if TYPE_CHECKING:
    import numpy as np

_CUTOFF = 75  # of 100: below it a suggestion helps nobody
# Likeness of what tells one unit from others, of this and its sort, of all words.
_TELLING, _CORE, _WHOLE = 80, 70, 85
_AT_ONCE = 16_000_000  # likenesses held in memory, a byte each
_LOOKED_AT = 10  # of the names most like a text, how many are compared with it
_SPARE = 2  # names looked at closely beyond those that are asked for


def nearest(text: str, names: Sequence[str], most: int = 3) -> tuple[str, ...]:
    """The keys, titles or options most like the text, best first, at most `most`.

    Likeness is RapidFuzz's ratio of the folded names without accents; equal likeness keeps the given order.
    """
    # Loaded here: a run in which every name is known needs no distances.
    from rapidfuzz import fuzz, process

    plain = [unionless(without_accents(fold(name))) for name in names]
    asked = unionless(without_accents(fold(text)))
    found = process.extract(asked, plain, scorer=fuzz.ratio, processor=None, limit=most, score_cutoff=_CUTOFF)
    best = sorted(found, key=lambda match: (-match[1], match[2]))
    return tuple(dict.fromkeys(names[position] for _, _, position in best))


def nearest_units(
    units: Sequence[Unit], among: Sequence[int], texts: Sequence[str], most: int = 3
) -> list[tuple[tuple[int, Near], ...]]:
    """For each text the nearest of some units, all by position, best first, each with that name of it that is near."""
    if not texts:
        return []
    owners: dict[str, list[int]] = defaultdict(list)
    for position in among:
        for name in (units[position].name, *units[position].also):
            owners[name].append(position)
    found = []
    for near in Names(list(owners)).nearest_of_all(texts, most):
        best: dict[int, Near] = {}
        for each in near:
            for position in owners[each.name]:
                best.setdefault(position, each)
        found.append(tuple(best.items())[:most])
    return found


@lru_cache(maxsize=1 << 15)
def _read(name: str) -> Name:
    """A name of the tree, which may be asked for again and again: below its unit, below the one above that…"""
    return Name(name, spelled_out(name))


class Names:
    """Names of units to be suggested from."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = [_read(name) for name in dict.fromkeys(names)]
        self._known = {word for name in self._names for word in name.key.whole.split()}
        self._parts: dict[str, _Shared] = {}
        self._equal: dict[str, list[int]] = defaultdict(list)
        self._beginning: dict[str, list[int]] = defaultdict(list)
        for position, name in enumerate(self._names):
            for text in {name.key.whole, name.key.typeless, name.key.core, name.key.telling}:
                self._equal[text].append(position)
            for text in beginnings(name.key.telling):
                self._beginning[text].append(position)

    def nearest(self, text: str, most: int = 3) -> tuple[Near, ...]:
        """The names nearest to a text, best first, at most `most`."""
        return self.nearest_of_all([text], most)[0]

    @without_collection()
    def nearest_of_all(self, texts: Sequence[str], most: int = 3) -> list[tuple[Near, ...]]:
        """The names nearest to each text, best first, at most `most`.

        First come those that differ in accents only, then those of another type or without one, then those without
        what staff leave out, or with what they add, then by likeness: RapidFuzz's ratio. What is equally near keeps the
        given order.
        """
        found = self._found(texts, most, "telling", _TELLING)
        # A slip in a word that many names share (trường, tiểu học) hides what is telling.
        others = [number for number, near in enumerate(found) if not near]
        again = self._found([texts[number] for number in others], most, "unionless", _WHOLE)
        for number, near in zip(others, again, strict=True):
            found[number] = near
        return found

    def _found(self, texts: Sequence[str], most: int, part: str, least: int) -> list[tuple[Near, ...]]:
        asked = [(number, reading) for number, text in enumerate(texts) for reading in readings(text, self._known)]
        ranked: list[list[tuple[_Rank, Name]]] = [[] for _ in texts]
        step = max(_AT_ONCE // max(len(self._names), 1), 1)
        for start in range(0, len(asked) if self._names else 0, step):
            some = asked[start : start + step]
            for query, rank in self._ranked([reading for _, reading in some], most + _SPARE, part, least):
                number, reading = some[query]
                ranked[number].append((rank, reading))
        return [tuple(islice(self._explained(each), most)) for each in ranked]

    def _explained(self, ranked: list[tuple[_Rank, Name]]) -> Iterator[Near]:
        """Those of which can be said in what they differ, best first, each once."""
        seen: set[int] = set()
        for (order, *_, position), reading in sorted(ranked, key=lambda each: each[0]):
            name = self._names[position]
            if position in seen or (order == ALIKE and not may_be_slip(reading.key.words, name.key.words)):
                continue
            both = Aligned.of(reading, name)
            if order < EQUAL_CORE or both.is_slip(order):
                seen.add(position)
                yield Near(name.text, both.why())

    def _ranked(self, asked: Sequence[Name], most: int, part: str, least: int) -> Iterator[tuple[int, _Rank]]:
        """The names nearest to each of those that are asked for, by its position among them."""
        import numpy as np
        from rapidfuzz import fuzz, process

        pairs = np.unique(np.concatenate([self._alike(asked, part, least), self._equals(asked)]))
        rows, columns = np.divmod(pairs, len(self._names))
        left = [asked[row].key for row in rows.tolist()]
        right = [self._names[column].key for column in columns.tolist()]

        def likeness(*texts: Sequence[str]) -> np.ndarray:
            return process.cpdist(*texts, scorer=fuzz.ratio, dtype=np.uint8, workers=-1).astype(np.int64)

        core = likeness([key.core for key in left], [key.core for key in right])
        whole = likeness([key.whole for key in left], [key.whole for key in right])
        order = np.fromiter(map(nearness, left, right), np.int64, len(left))
        best = np.lexsort((columns, -whole, -core, order, rows))
        best = best[(order[best] < ALIKE) | ((order[best] == ALIKE) & (core[best] >= _CORE))]
        place = np.arange(len(best)) - np.searchsorted(rows[best], rows[best])
        for at in best[place < most].tolist():
            row = int(rows[at])
            yield row, (int(order[at]), asked[row].guessed, -int(core[at]), -int(whole[at]), int(columns[at]))

    def _alike(self, asked: Sequence[Name], part: str, least: int) -> np.ndarray:
        """The pairs of which a part is alike, each as one number: row × names + column."""
        import numpy as np
        from rapidfuzz import fuzz, process

        names = self._shared(part)
        likeness = process.cdist(
            [getattr(name.key, part) for name in asked],
            names.texts,
            scorer=fuzz.ratio,
            score_cutoff=least,
            dtype=np.uint8,
            workers=-1,
        )
        rows, columns = np.divmod(_not_zero(likeness), likeness.shape[1])
        alike, often = likeness[rows, columns].astype(np.int16), names.often[columns]
        rows, alike, columns = np.repeat(rows, often), np.repeat(alike, often), names.having(columns)
        best = np.lexsort((columns, -alike, rows))
        rows, columns = rows[best], columns[best]
        few = np.arange(len(rows)) - np.searchsorted(rows, rows) < _LOOKED_AT
        found: np.ndarray = rows[few] * len(self._names) + columns[few]
        return found

    def _shared(self, part: str) -> _Shared:
        if part not in self._parts:
            self._parts[part] = _Shared.of([getattr(name.key, part) for name in self._names])
        return self._parts[part]

    def _equals(self, asked: Sequence[Name]) -> np.ndarray:
        """The pairs that are equal but for accents, type, what staff leave out, or words at the end."""
        import numpy as np

        found = [
            row * len(self._names) + column
            for row, name in enumerate(asked)
            for columns in self._equal_to(name.key)
            for column in columns[:_LOOKED_AT]
        ]
        return np.array(found, dtype=np.int64)

    def _equal_to(self, key: Key) -> Iterator[Sequence[int]]:
        for text in {key.whole, key.typeless, key.core}:
            yield self._equal.get(text, ())
        yield self._beginning.get(key.telling, ())
        yield next((self._equal[text] for text in beginnings(key.telling) if text in self._equal), ())


# Nearness, guessed reading, likeness of the core, of the whole, position: the least is the best.
_Rank = tuple[int, bool, int, int, int]

_EIGHT = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """A part of many names: many schools are called alike."""

    texts: Sequence[str]  # each once; made a multiple of eight with texts that are like no other
    often: np.ndarray  # how many names have each
    _names: np.ndarray  # by position, those of the first text, then those of the second…
    _starts: np.ndarray  # where those of each text begin

    @classmethod
    def of(cls, parts: Sequence[str]) -> _Shared:
        import numpy as np

        having: dict[str, list[int]] = defaultdict(list)
        for position, text in enumerate(parts):
            having[text].append(position)
        often = np.array([len(names) for names in having.values()], dtype=np.int64)
        names = np.array([position for names in having.values() for position in names], dtype=np.int64)
        return cls([*having, *["\0"] * (-len(having) % _EIGHT)], often, names, np.cumsum(often) - often)

    def having(self, numbers: np.ndarray) -> np.ndarray:
        """The names that have each of these texts, one after another."""
        import numpy as np

        often = self.often[numbers]
        behind = np.arange(often.sum()) - np.repeat(np.cumsum(often) - often, often)
        found: np.ndarray = self._names[np.repeat(self._starts[numbers], often) + behind]
        return found


def _not_zero(likeness: np.ndarray) -> np.ndarray:
    """Where a large array of bytes, most of them 0, holds others: looked at eight at once. Rows are made of eights.

    Of a row in which very many do, the largest are enough.
    """
    import numpy as np

    eights = likeness.view(np.uint64)
    crowded = np.flatnonzero(np.count_nonzero(eights, axis=1) > _LOOKED_AT * _EIGHT)
    if len(crowded):
        large = np.partition(likeness[crowded], -_LOOKED_AT, axis=1)[:, -_LOOKED_AT]
        likeness[crowded] *= likeness[crowded] >= large[:, None]
    around = np.flatnonzero(eights)
    cells = (around[:, None] * _EIGHT + np.arange(_EIGHT)).ravel()
    found: np.ndarray = cells[likeness.ravel()[cells] > 0]
    return found

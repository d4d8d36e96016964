"""Fingerprints of sheets: a few kilobytes by which a cell that was changed is named although the old file is gone.

A file's SHA-256 says that it changed, never where. A fingerprint holds sums of the hashes of the cells that were read:
one per column, and one per group of rows, every row lying in several groups. A changed row changes its groups and no
others, by an amount from which its old hash follows; and a text that hashes so is mostly found, for a status, a unit
or a day stands in other rows too.

A text hashes to 48 bits, alike on every machine, a blank to 0. A row's content is the sum of its cells. In all sums
but those of the blocks it is weighed by an odd number that depends on its place, so that rows that change places
change the sums. Rows are numbered from the one below the header: a header that moves down takes its rows along.
This proves nothing, SHA-256 does that: it only finds.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sangkien_cli.arrays import TextArray, codes, plain
from sangkien_cli.exports import Exports

_BYTES = 6
_MASK = np.uint64((1 << 8 * _BYTES) - 1)
_ALONE = 64  # rows up to which every row is a group of its own
_LEAST = 32  # groups
_CHANCE = (8, 28)  # bits of a mixed number that the groupings by chance leave out
_MOST_ROWS = 1 << 40
_PIECE = 1 << 16  # texts hashed at a time, so that what they need stays in the processor's cache
_ODD = np.uint64(1)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a sheet's cells."""

    file: str  # as the report names it
    sheet: str | None
    header: int  # number of the header's last row
    rows: int  # from there to the last data row
    columns: Mapping[str, int]  # by name (a field, `unit.N`) the weighed sum of its cells
    groups: tuple[np.ndarray, ...]  # first the sums of blocks of rows, unweighed; then those of each further grouping

    @property
    def content(self) -> int:
        """The sum of all cells, wherever they stand."""
        return int(self.groups[0].sum() & _MASK)

    def entry(self) -> Mapping[str, object]:
        """As JSON holds it."""
        sums = {name: _encoded(np.array([value], dtype=np.uint64)) for name, value in self.columns.items()}
        groups = [_encoded(each) for each in self.groups]
        place = {"path": self.file, "sheet": self.sheet, "header": self.header, "span": self.rows}
        return {**place, "columns": sums, "groups": groups}


def read_fingerprint(entry: Mapping[str, object]) -> Fingerprint:
    """The fingerprint that `entry` wrote. Raises KeyError, TypeError or ValueError if it is none."""
    columns, groups = entry["columns"], entry["groups"]
    sheet, rows, header = entry["sheet"], entry["span"], entry["header"]
    if not (isinstance(columns, Mapping) and isinstance(groups, Sequence) and isinstance(rows, int)):
        raise TypeError
    if not isinstance(header, int) or not (sheet is None or isinstance(sheet, str)):
        raise TypeError
    if isinstance(rows, bool) or not (0 <= rows <= _MOST_ROWS and 0 <= header <= _MOST_ROWS):
        raise ValueError
    read = tuple(_decoded(str(each)) for each in groups)
    if [len(each) for each in read] != Grouping(rows).sizes:
        raise ValueError
    "".join(map(str, columns)).encode()  # raises a ValueError for what nothing can print
    sums = {str(name): int(_decoded(str(text))[0]) for name, text in columns.items()}
    return Fingerprint(str(entry["path"]), sheet, header, rows, sums, read)


def fingerprints(exports: Exports) -> tuple[Fingerprint, ...]:
    """The fingerprint of every sheet, in their order."""
    hashes = {name: hashes_of(column, name) for name, column in exports.texts.items()}
    content = np.zeros(exports.rows, dtype=np.uint64)
    for each in hashes.values():
        content += each
    bounds = np.searchsorted(exports.sheet, np.arange(len(exports.sheets) + 1))
    made = []
    for at, sheet in enumerate(exports.sheets):
        here = slice(int(bounds[at]), int(bounds[at + 1]))
        header = sheet.header.last_row
        places = exports.row[here].astype(np.int64) - header
        weights = weights_of(places)
        sums = {
            name: int((weights * each[here]).sum() & _MASK)
            for name, each in hashes.items()
            if name in sheet.header.positions
        }
        span = int(places.max(initial=0))
        groups = Grouping(span).sums(places, content[here])
        made.append(Fingerprint(sheet.file, sheet.name, header, span, sums, groups))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Into which groups the rows of a sheet fall: few rows each into its own, many into several of about √rows."""

    rows: int

    @property
    def _groups(self) -> int:
        return self.rows if self.rows <= _ALONE else max(_LEAST, int(np.ceil(np.sqrt(self.rows))))

    @property
    def block(self) -> int:
        """Rows of a block: of the first grouping."""
        return max(-(-self.rows // max(self._groups, 1)), 1)

    @property
    def sizes(self) -> list[int]:
        """How many groups each grouping has."""
        if self.rows <= _ALONE:
            return [self.rows]
        return [self._groups, self.block, *[self._groups] * len(_CHANCE)]

    def numbers(self, places: np.ndarray) -> Iterator[np.ndarray]:
        """The groups of rows, grouping by grouping. `places` count from 1."""
        at = places - 1
        yield at // self.block
        if self.rows > _ALONE:
            yield at % self.block
            mixed = _mixed(places.astype(np.uint64))
            for shift in _CHANCE:
                yield ((mixed >> np.uint64(shift)) % np.uint64(self._groups)).astype(np.int64)

    def weights(self, places: np.ndarray) -> Iterator[np.ndarray]:
        """What rows are weighed by, grouping by grouping: odd numbers, for the blocks 1.

        Each grouping has its own: two rows that share groups of several cannot be taken for each other.
        """
        yield np.ones(len(places), dtype=np.uint64)
        if self.rows > _ALONE:
            mixed = _mixed(places.astype(np.uint64))
            for turn in range(1, len(self.sizes)):
                yield (mixed << np.uint64(16 * turn) | mixed >> np.uint64(64 - 16 * turn)) | _ODD

    def sums(self, places: np.ndarray, content: np.ndarray) -> tuple[np.ndarray, ...]:
        """The sums of rows by group, grouping by grouping."""
        found = []
        for size, groups, weights in zip(self.sizes, self.numbers(places), self.weights(places), strict=True):
            sums = np.zeros(size, dtype=np.uint64)
            np.add.at(sums, groups, weights * content)
            found.append(sums & _MASK)
        return tuple(found)


# --- hashes -------------------------------------------------------------------------------------------------------


def hashes_of(column: TextArray, name: str) -> np.ndarray:
    """The hash of each row's text in the column of this name: 48 bits in 64."""
    if isinstance(column, pa.DictionaryArray):
        spread: np.ndarray = _hashed(column.dictionary, name)[codes(column)]
        return spread
    return _hashed(column, name)


def hashes_of_texts(texts: Sequence[str], name: str) -> np.ndarray:
    """The hashes that texts would have in the column of this name."""
    return _hashed(plain(texts), name)


def weights_of(places: np.ndarray) -> np.ndarray:
    """What rows are weighed by in the sums of columns: odd numbers."""
    return _mixed(places.astype(np.uint64)) | _ODD


def unweighed(sums: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """What was multiplied by weights; an odd number has an inverse among the numbers of 64 bits."""
    inverse = weights.copy()  # right in its lowest three bits; each step doubles them
    for _ in range(5):
        inverse *= np.uint64(2) - weights * inverse
    found: np.ndarray = (sums * inverse) & _MASK
    return found


def _hashed(texts: TextArray, name: str) -> np.ndarray:
    pieces = [_text_hashes(texts.slice(start, _PIECE)) for start in range(0, len(texts), _PIECE)]
    found = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.uint64)
    key = _text_hashes(plain([name]))[0]
    mixed = _mixed(found ^ key) & _MASK
    return np.where(found == 0, np.uint64(0), mixed)


def _text_hashes(texts: TextArray) -> np.ndarray:
    """A number for each text, 0 for a blank: the sum of its words of eight bytes, each mixed with its place."""
    ends = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    ends = ends.astype(np.int64)
    held = texts.buffers()[2]
    data = np.frombuffer(held, dtype=np.uint8)[ends[0] : ends[-1]] if held else np.zeros(0, dtype=np.uint8)
    lengths = np.diff(ends)
    words = np.maximum(-(-lengths // 8), 1)
    firsts = np.cumsum(words) - words
    order = np.arange(int(words.sum())) - np.repeat(firsts, words)  # of each word in its text
    at = np.repeat(ends[:-1] - ends[0], words) + 8 * order
    # Every word that begins at some byte, without a copy; beyond the last byte lie zeros.
    padded = np.concatenate([data, np.zeros(8, dtype=np.uint8)])
    every = np.ndarray((len(data) + 1,), dtype="<u8", buffer=padded, strides=(1,))
    rest = np.clip(np.repeat(lengths, words) - 8 * order, 0, 8).astype(np.uint64)
    cut = np.where(rest == 0, np.uint64(0), ~np.uint64(0) >> (np.uint64(64) - np.uint64(8) * np.maximum(rest, _ODD)))
    mixed = _mixed((every[np.minimum(at, len(data))] & cut) ^ _mixed(order.astype(np.uint64)))
    sums = np.add.reduceat(mixed, firsts) if len(texts) else np.zeros(0, dtype=np.uint64)
    return np.where(lengths == 0, np.uint64(0), sums + lengths.astype(np.uint64))


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Numbers of 64 bits well mixed: the end of splitmix64 (Steele, Lea and Flood 2014)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _encoded(numbers: np.ndarray) -> str:
    held = numbers.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :_BYTES]
    return base64.b64encode(held.tobytes()).decode()


def _decoded(text: str) -> np.ndarray:
    held = np.frombuffer(base64.b64decode(text, validate=True), dtype=np.uint8).reshape(-1, _BYTES)
    padded = np.zeros((len(held), 8), dtype=np.uint8)
    padded[:, :_BYTES] = held
    return padded.view("<u8").reshape(-1).astype(np.uint64)

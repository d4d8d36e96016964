"""An Excel part's XML in blocks of whole elements, for readers that look at bytes rather than parse.

They know one plain form, the one that nearly every program writes. Anything else is an OddForm, and is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

_LARGEST = 16 << 20  # bytes of a block; one that is larger is one monstrous row
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")


class OddForm(Exception):
    """The XML is not in the plain form; it may still be right."""


@dataclass
class Blocks:
    """The elements `element` inside the one element `parent`, in blocks; a prefix before their names is taken off."""

    chunks: Iterator[bytes]
    parent: bytes
    element: bytes
    prolog: bytes = b""  # what stands before the first element, as it is stored
    tail: bytes = b""  # what follows the parent's end, without prefix
    prefix: bytes = field(default=b"", init=False)

    def __iter__(self) -> Iterator[bytes]:
        """Raises OddForm."""
        self._open()
        rest = b""
        end = b"</" + self.parent
        start = b"<" + self.element
        closed = False
        for chunk in self._unprefixed():
            if closed:
                self.tail += chunk
                continue
            rest += chunk
            if len(rest) > _LARGEST:
                raise OddForm
            cut = max(rest.rfind(start), 0)
            if (stop := rest.find(end, cut)) >= 0:
                closed = True
                self.tail = rest[stop:]
                yield rest[:stop]
            elif cut:
                yield rest[:cut]
                rest = rest[cut:]
        if not closed or b"<!" in self.tail:
            raise OddForm

    def _open(self) -> None:
        """Read up to the parent's first byte of content; what was read beyond it waits in the chunks."""
        opening = re.compile(rb"<(?:(\w+):)?%b(?: [^>]*)?(?<!/)>" % self.parent)
        read = b""
        for chunk in self.chunks:
            read += chunk
            if found := opening.search(read):
                break
            if len(read) > _LARGEST:
                raise OddForm
        else:
            raise OddForm
        self.prolog = read[: found.end()]
        self.prefix = found[1] + b":" if found[1] else b""
        encoding = _ENCODING.search(self.prolog)
        if b"<!" in self.prolog or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
            raise OddForm
        self.chunks = _then(read[found.end() :], self.chunks)

    def _unprefixed(self) -> Iterator[bytes]:
        if not self.prefix:
            yield from self.chunks
            return
        opening, closing = b"<" + self.prefix, b"</" + self.prefix
        rest = b""
        for chunk in self.chunks:
            text = rest + chunk
            cut = max(text.rfind(b"<"), 0)  # a tag may be cut in two
            yield text[:cut].replace(opening, b"<").replace(closing, b"</")
            rest = text[cut:]
            if len(rest) > _LARGEST:
                raise OddForm
        yield rest.replace(opening, b"<").replace(closing, b"</")


def _then(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


@contextmanager
def ahead(chunks: Iterator[bytes]) -> Iterator[Iterator[bytes]]:
    """The same chunks, the next one made in a thread of its own while one is used: unpacking takes half the time.

    The thread belongs to the `with` of the caller, not to a generator: one that is given up half-way would end its
    thread whenever it is collected, which may be while another thread starts, and then both wait for ever.
    """
    with ThreadPoolExecutor(1) as pool:
        yield _ahead(pool, chunks)


def _ahead(pool: ThreadPoolExecutor, chunks: Iterator[bytes]) -> Iterator[bytes]:
    coming = pool.submit(next, chunks, None)
    while (chunk := coming.result()) is not None:
        coming = pool.submit(next, chunks, None)
        yield chunk


# --- eight bytes at once -----------------------------------------------------------------------------------------

_ONES, _TOPS, _ZEROS = (np.uint64(each * 0x0101010101010101) for each in (0x01, 0x80, 0x30))
_PLACES = np.uint64(0x0001020304050607)


def word(text: bytes) -> np.uint64:
    """At most eight bytes as a number, the first one lowest."""
    return np.uint64(int.from_bytes(text, "little"))


def words(data: bytes) -> np.ndarray:
    """The eight bytes from each position of `data` on, which must have eight or more; a view."""
    return np.ndarray((len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))


def before(found: np.ndarray, stop: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each word the bytes in front of the first `stop`, how many they are, and whether there is a `stop` at all."""
    differing = found ^ (_ONES * np.uint64(stop[0]))
    marks = (differing - _ONES) & ~differing & _TOPS
    first = (marks & (~marks + np.uint64(1))) >> np.uint64(7)
    return found & (first - np.uint64(1)), ((first * _PLACES) >> np.uint64(56)).astype(np.int64), marks != 0


def whole_numbers(digits: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that the last `lengths` (1 to 8) bytes of each word spell, and which of them are digits only."""
    gap = (np.uint64(64) - lengths.astype(np.uint64) * np.uint64(8)) & np.uint64(63)
    # What stands in front of the digits becomes zeros.
    filled = ((digits >> gap) << gap) | (_ZEROS & ((np.uint64(1) << gap) - np.uint64(1)))
    high = np.uint64(0xF0F0F0F0F0F0F0F0)
    sixes = np.uint64(0x0606060606060606)
    sound = ((filled & high) == _ZEROS) & (((filled + sixes) & high) == _ZEROS)
    value = ((filled & np.uint64(0x0F0F0F0F0F0F0F0F)) * np.uint64(2561)) >> np.uint64(8)
    value = ((value & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)
    value = ((value & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> np.uint64(32)
    return value.astype(np.int64), sound

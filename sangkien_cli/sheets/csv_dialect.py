"""By which delimiter the fields of a CSV file are set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sangkien_cli.lang import Sentence, say
from sangkien_cli.sheets.content import Content

DELIMITERS = (",", ";", "\t", "|")
_LF, _CR, _QUOTE = 10, 13, 34
_BLOCK = 1 << 20  # bytes looked at together
_WHOLE = 8 << 20  # bytes up to which a file is looked at whole; of a larger one, its start and parts all over it
_PART = 1 << 16
_PARTS = 112
_MOSTLY = 0.8  # of the lines that have the same number of fields
_SEP_LINE = re.compile(rb'"?sep=([!#-/:-@\[-`{-~\t ])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A delimiter, and why it may be the one."""

    delimiter: str
    reason: Sentence


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a delimiter makes of a file's lines."""

    width: int  # fields of most lines; 1 = it never occurs
    begins: int  # the first line from which on lines have this width
    share: float  # of the lines from there on that have it

    @property
    def rank(self) -> tuple[bool, int, float]:
        """The better, the greater: a delimiter that fits the header too fits from an earlier line on."""
        mostly = self.share >= _MOSTLY and self.width > 1
        return mostly, -self.begins if mostly else 0, self.share * (1 - 1 / self.width)


def sep_line(content: Content, start: int) -> tuple[str, int] | None:
    """The delimiter that the first line fixes for Excel (`sep=;`), and the offset of the byte behind that line."""
    found = _SEP_LINE.match(content.start, start)
    return (found[1].decode(), found.end()) if found else None


def dialects(content: Content, start: int) -> list[Dialect]:
    """Every delimiter, the likeliest first, by the number of fields in the lines from a byte offset on.

    Quotes are taken to end with their line, and lines with half a pair are left out.
    """
    widths: dict[str, list[np.ndarray]] = {delimiter: [] for delimiter in DELIMITERS}
    for block in _blocks(content, start):
        content.watch.time()
        lines = _Lines.of(block)
        for delimiter, found in widths.items():
            found.append(lines.widths(delimiter))
    evidence = {delimiter: _weigh(np.concatenate(found or [np.zeros(0)])) for delimiter, found in widths.items()}
    best = sorted(DELIMITERS, key=lambda delimiter: evidence[delimiter].rank, reverse=True)
    return [Dialect(delimiter, _reason(evidence[delimiter])) for delimiter in best]


def _reason(evidence: _Evidence) -> Sentence:
    if evidence.width == 1:
        return say("csv.one_column")
    return say("csv.by_count", share=int(evidence.share * 100), width=evidence.width)


def _weigh(widths: np.ndarray) -> _Evidence:
    several = widths[widths > 1].astype(np.int64)
    if not len(several):
        return _Evidence(1, 0, 1.0)
    counts = np.bincount(several)
    width = len(counts) - 1 - int(np.argmax(counts[::-1]))
    right = widths == width
    # Two in a row: a title may by chance have as many fields.
    twice = np.flatnonzero(right[:-1] & right[1:])
    begins = int(twice[0]) if len(twice) else int(np.argmax(right))
    return _Evidence(width, begins, float(np.mean(right[begins:])))


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a block of bytes that are not empty and hold whole pairs of quotes."""

    block: np.ndarray
    starts: np.ndarray  # of all lines, empty ones too
    quotes: np.ndarray  # positions in the block
    before: np.ndarray  # by line, how many quotes stand in front of it
    usable: np.ndarray  # by line

    @classmethod
    def of(cls, data: bytes) -> _Lines:
        """The lines of some bytes."""
        block = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero((block == _LF) | (block == _CR))
        if not len(ends) or ends[-1] != len(block) - 1:
            ends = np.append(ends, len(block))
        starts = np.concatenate([[0], ends[:-1] + 1])
        quotes = np.flatnonzero(block == _QUOTE) if b'"' in data else np.zeros(0, dtype=np.int64)
        before = np.searchsorted(quotes, starts)
        held = np.diff(before, append=len(quotes))
        return cls(block, starts, quotes, before, (ends > starts) & (held % 2 == 0))

    def widths(self, delimiter: str) -> np.ndarray:
        """How many fields the usable lines have."""
        marks = np.flatnonzero(self.block == ord(delimiter))
        lines = np.searchsorted(self.starts, marks, side="right") - 1
        if len(self.quotes):
            outside = (np.searchsorted(self.quotes, marks) - self.before[lines]) % 2 == 0
            lines = lines[outside]
        counts: np.ndarray = np.bincount(lines, minlength=len(self.starts)).astype(np.int32)[self.usable] + 1
        return counts


def _blocks(content: Content, start: int) -> Iterator[bytes]:
    """Whole lines of the file, some hundred kilobytes at once: all of them, or some from all over a large file."""
    with content.open() as file:
        file.seek(start)
        left = b""
        while block := file.read(_BLOCK):
            block = left + block
            cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
            # A line longer than a block is weighed in pieces.
            yield block[: cut or None]
            left = block[cut:] if cut else b""
            if content.size > _WHOLE:
                left = b""
                break
        if left:
            yield left
        if content.size <= _WHOLE:
            return
        for offset in np.linspace(start + _BLOCK, content.size - _PART, _PARTS).astype(np.int64).tolist():
            file.seek(offset)
            block = file.read(_PART)
            begin = block.find(b"\n" if b"\n" in block else b"\r") + 1
            cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
            if begin < cut:
                yield block[begin:cut]

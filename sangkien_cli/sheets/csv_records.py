"""Lines of CSV as records, one by one; a stray quote costs its own line and no other."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

csv.field_size_limit(2**31 - 1)

# A quote open for longer than this is taken as never closed, so that a damaged file costs no quadratic time.
_LONGEST_RECORD = 200  # lines
_SAMPLE = 5000  # lines by which the shapes of the columns are known
_REGULAR = 0.8  # of the sample's fields that have the same shape
_MANY = 3  # lines inside a record that are records themselves: too many for chance

_DIGITS = re.compile(r"[0-9]+")
_LETTERS = re.compile(r"[^\W\d_]+")


class Record(NamedTuple):
    """One record, and its lines."""

    fields: list[str]
    first: int  # the position of its first line
    end: int  # of the line behind it
    unclosed: bool = False  # a quote is opened in it and never closed: the fields are those of its one line


@dataclass(frozen=True, slots=True)
class Width:
    """How many fields a record should have."""

    least: int  # columns behind these have no header and need not be there
    most: int

    def fit(self, fields: list[str]) -> list[str] | None:
        """The fields filled up with blanks or freed of blanks at their end; None if there are too many or too few."""
        size = len(fields)
        if size == self.most:
            return fields
        if self.least <= size < self.most:
            return fields + [""] * (self.most - size)
        if size > self.most and not any(field.strip() for field in fields[self.most :]):
            return fields[: self.most]
        return None

    def is_record(self, line: str, delimiter: str) -> bool:
        """Whether a line by itself has the right number of fields."""
        return self.fit(next(csv.reader([line], delimiter=delimiter), [])) is not None


class _Feed:
    """Lines for csv.reader, which can be sent back to a line. A record gets _LONGEST_RECORD at most."""

    def __init__(self, lines: Iterator[str], first: int) -> None:
        self.lines = lines
        self.held: list[str] = []  # from the record's first line on
        self.first = first  # the position of the first line held
        self.taken = 0  # lines of it, by the record

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self.taken >= _LONGEST_RECORD or not self.has_more():
            raise StopIteration
        self.taken += 1
        return self.held[self.taken - 1]

    def has_more(self) -> bool:
        """Whether there is a line behind those that were taken."""
        if self.taken == len(self.held) and (fresh := next(self.lines, None)) is not None:
            self.held.append(fresh)
        return self.taken < len(self.held)

    def begin(self, line: int) -> bool:
        """Begin a record at a line, if there is one."""
        del self.held[: line - self.first]
        self.first = line
        self.taken = 0
        return self.has_more()


def top_records(lines: Iterator[str], delimiter: str, number: int | None = None) -> Iterator[Record]:
    """The first records of which the header is not known yet: quotes are taken at their word if they are closed."""
    feed = _Feed(lines, 0)
    reader = csv.reader(feed, delimiter=delimiter)
    start = 0
    while (number is None or number > 0) and feed.begin(start):
        fields = next(reader)
        taken = feed.held[: feed.taken]
        doubtful = len(taken) > 1 or ('"' in taken[0] and not feed.has_more())
        if doubtful and is_cut_off(taken, delimiter):
            record = _unclosed(taken[0], start, delimiter)
        else:
            record = Record(fields, start, start + len(taken))
        yield record
        start = record.end
        number = None if number is None else number - 1


def records_below(lines: Callable[[], Iterator[str]], start: int, delimiter: str, width: Width) -> Iterator[Record]:
    """The records from line `start` on, of which each should have a certain width. `lines` are those from there on.

    A quote that swallows what look like records of this sheet breaks only its own line.
    """
    if _are_lines(lines(), delimiter):
        for line, fields in enumerate(csv.reader(lines(), delimiter=delimiter), start=start):
            yield Record(fields, line, line + 1)
        return
    body = _Body(lines, delimiter, width)
    feed = _Feed(lines(), start)
    reader = csv.reader(feed, delimiter=delimiter)
    while feed.begin(start):
        fields = next(reader)
        taken = feed.held[: feed.taken]
        doubtful = len(taken) > 1 or ('"' in taken[0] and (width.fit(fields) is None or not feed.has_more()))
        if doubtful and body.swallows(taken, fields):
            yield _unclosed(taken[0], start, delimiter)
            start += 1
        else:
            yield Record(fields, start, start + len(taken))
            start += len(taken)


def _are_lines(lines: Iterator[str], delimiter: str) -> bool:
    """Whether each line is a record, to the letter of CSV: then no quote needs a closer look."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        return all(reader.line_num == number for number, _ in enumerate(reader, start=1))
    except csv.Error:
        return False


@dataclass(frozen=True)
class _Body:
    """What is known of the records below a header, to judge one whose quotes hold line breaks."""

    lines: Callable[[], Iterator[str]]
    delimiter: str
    width: Width

    def swallows(self, taken: list[str], fields: list[str]) -> bool:
        """Whether a record is one with a stray quote, that has taken in the lines behind it.

        Two stray quotes make sound CSV of what lies between them. So a record is not believed that holds a line like
        the others of this sheet, nor, where these look like nothing in particular, one that holds many lines with as
        many fields.
        """
        if (error := _quote_error(taken, self.delimiter)) is not None:
            return len(taken) > 1 or error == _CUT_OFF
        if len(taken) == 1 or self.width.most == 1:
            return False
        records = [line for line in taken[1:] if self.width.is_record(line, self.delimiter)]
        if not records or (self.shapes and not self._are_like_the_others(records)):
            return False
        if self.width.fit(fields) is None or sum(line is not taken[-1] for line in records) >= _MANY:
            return True
        # The last line, the end of a cell and the fields behind it, has the right number of them by nature where the
        # cell is the record's first; but then the first line is not whole.
        is_whole = self.width.is_record(taken[0].replace('"', ""), self.delimiter)
        return is_whole and (bool(self.shapes) or not self._is_sound)

    def _are_like_the_others(self, records: Sequence[str]) -> bool:
        for line in records:
            fields = next(csv.reader([line], delimiter=self.delimiter))
            shapes = dict(enumerate(map(_shape, fields)))
            alike = sum(shapes.get(column) == shape for column, shape in self.shapes.items())
            if alike * 2 > len(self.shapes):
                return True
        return False

    @cached_property
    def shapes(self) -> dict[int, str]:
        """The columns whose fields nearly all look the same and hold digits, as codes and dates do: how they look."""
        seen: list[Counter[str]] = [Counter() for _ in range(self.width.most)]
        size = 0
        for line in self._sample():
            if '"' in line and _quote_error([line], self.delimiter) is not None:
                continue
            fields = next(csv.reader([line], delimiter=self.delimiter), [])
            if len(fields) == self.width.most:
                size += 1
                for shapes, field in zip(seen, fields, strict=True):
                    shapes[_shape(field)] += 1
        regular = {}
        for column, shapes in enumerate(seen):
            shape, number = max(shapes.items(), key=lambda each: each[1], default=("", 0))
            if "9" in shape and number >= 2 and number >= _REGULAR * size:
                regular[column] = shape
        return regular

    def _sample(self) -> list[str]:
        """Lines from all over the file."""
        sample: list[str] = []
        step = 1
        for number, line in enumerate(self.lines()):
            if number % step == 0:
                sample.append(line)
                if len(sample) == 2 * _SAMPLE:
                    sample = sample[::2]
                    step *= 2
        return sample

    @cached_property
    def _is_sound(self) -> bool:
        """Whether it is CSV to the letter, each record blank or of the right width."""
        reader = csv.reader(self.lines(), delimiter=self.delimiter, strict=True)
        try:
            return all(
                self.width.fit(fields) is not None or not any(field.strip() for field in fields) for fields in reader
            )
        except csv.Error:
            return False


def _shape(field: str) -> str:
    """How a field looks: `SK-2022/15` is `a-9/9`. A stray quote is no part of it."""
    return _DIGITS.sub("9", _LETTERS.sub("a", field.replace('"', "").strip()))


def _unclosed(text: str, line: int, delimiter: str) -> Record:
    return Record(next(csv.reader([text], delimiter=delimiter)), line, line + 1, unclosed=True)


_CUT_OFF = "unexpected end of data"  # what csv says of a quote that is still open at the end


def is_cut_off(lines: list[str], delimiter: str) -> bool:
    """Whether a quote is still open at the end of these lines."""
    return _quote_error(lines, delimiter) == _CUT_OFF


def _quote_error(lines: list[str], delimiter: str) -> str | None:
    """What is wrong with the quotes of a record, None if nothing is."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return str(error)
    return None

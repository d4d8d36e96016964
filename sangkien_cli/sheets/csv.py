"""CSV text as rows of cells.

pyarrow reads the file if every record has the expected number of fields. It cannot number a record that has not,
nor see a quote that is never closed, so such a file is read again record by record, and what is broken is set aside
by itself.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.source import HEAD_ROWS, Cells, text_array

DELIMITERS = (",", ";")
_BOM = b"\xef\xbb\xbf"
_BLOCK = 4 << 20  # bytes that pyarrow parses at once


@dataclass(frozen=True)
class CsvSource:
    """A CSV file read with one delimiter."""

    path: Path
    place: str  # the file as messages name it
    delimiter: str

    @property
    def name(self) -> str | None:
        """A CSV file has no sheet."""
        return None

    @property
    def hidden(self) -> bool:
        """Never."""
        return False

    def head(self) -> list[list[str]]:
        """The first records."""
        return [record.fields for record in self._head_records()]

    def cells(self, header_row: int, columns: Sequence[int] | None) -> Cells:
        """The records below the header. One with too many or too few fields is broken; a blank line is a blank row."""
        header = self._head_records()[header_row - 1]
        width = len(header.fields)
        wanted = range(width) if columns is None else columns
        fast = self._read_whole(header.end, width, wanted)
        if fast is None:
            return self._read_by_record(header_row, width, wanted)
        length = len(fast[0]) if fast else 0
        return Cells(np.arange(header_row + 1, header_row + 1 + length, dtype=np.int32), fast)

    def _head_records(self) -> list[_Record]:
        with self._open_lines() as lines:
            return list(islice(_records(lines, self.delimiter), HEAD_ROWS))

    @contextmanager
    def _open_lines(self) -> Iterator[Iterator[str]]:
        # newline="" keeps line ends as they are, so that the characters read count the bytes of the file.
        with open(self.path, encoding="utf-8-sig", newline="") as file:
            try:
                yield file
            except UnicodeDecodeError:
                raise SangkienError(Problem(self.place, say("file.not_utf8"), say("file.not_utf8.fix"))) from None

    def _read_whole(self, offset: int, width: int, wanted: Sequence[int]) -> list[pa.DictionaryArray] | None:
        """The wanted columns of all records from a byte offset on; None where a record is broken."""
        broken = False

        def refuse(_row: object) -> str:
            nonlocal broken
            broken = True
            return "skip"

        names = [str(position) for position in range(width)]
        with pa.OSFile(str(self.path)) as file:
            if file.size() <= offset:
                return [text_array(pa.array([], pa.string())) for _ in wanted]
            file.seek(offset)
            try:
                table = pacsv.read_csv(
                    file,
                    read_options=pacsv.ReadOptions(column_names=names, block_size=_BLOCK),
                    parse_options=pacsv.ParseOptions(
                        delimiter=self.delimiter,
                        newlines_in_values=True,
                        ignore_empty_lines=False,
                        invalid_row_handler=refuse,
                    ),
                    convert_options=pacsv.ConvertOptions(
                        include_columns=[str(position) for position in dict.fromkeys([*wanted, width - 1])],
                        column_types=dict.fromkeys(names, pa.string()),
                        strings_can_be_null=False,
                        null_values=[],
                    ),
                )
            except pa.ArrowInvalid:
                return None
        # A quote that is never closed takes all that follows into the last field of the last record.
        if broken or (table.num_rows and "\n" in table[names[-1]][-1].as_py().replace("\r", "\n")):
            return None
        return [text_array(table[str(position)]) for position in wanted]

    def _read_by_record(self, header_row: int, width: int, wanted: Sequence[int]) -> Cells:
        rows: list[int] = []
        broken: dict[int, str] = {}
        values: list[list[str]] = [[] for _ in wanted]
        with self._open_lines() as file:
            lines = list(file)
        for number, record in enumerate(_sound_records(lines, self.delimiter, header_row, width), start=1):
            if number <= header_row:
                continue
            fields = record.fields
            usable = len(fields) == width and not record.unclosed
            blank = not any(field.strip() for field in fields)
            rows.append(number)
            if record.unclosed:
                broken[number] = "unclosed quote"
            elif not usable and not blank:
                broken[number] = f"{len(fields)} fields instead of {width}"
            for column, position in zip(values, wanted, strict=True):
                column.append(fields[position] if usable else "")
        arrays = [text_array(pa.array(column, pa.string())) for column in values]
        return Cells(np.array(rows, dtype=np.int32), arrays, broken)


@dataclass(frozen=True, slots=True)
class _Record:
    fields: list[str]
    end: int  # offset of the byte behind it
    unclosed: bool = False  # it opens a quote that nothing closes; the fields are worth nothing


class _Feed:
    """Lines for csv.reader, which takes one record from as many lines as its quotes need."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.bytes = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.bytes += len(line.encode())
        return line


def _records(lines: Iterator[str], delimiter: str) -> Iterator[_Record]:
    """The records as they come, quotes taken at their word."""
    csv.field_size_limit(2**31 - 1)
    feed = _Feed(lines)
    for fields in csv.reader(feed, delimiter=delimiter):
        yield _Record(fields, feed.bytes)


# A quote open for longer than this is taken as never closed, so that a damaged file costs no quadratic time.
_LONGEST_RECORD = 200  # lines


def _sound_records(lines: list[str], delimiter: str, header_row: int, width: int) -> Iterator[_Record]:
    """The records of a damaged file. A quote that swallows what look like records breaks only its own line."""
    start = 0
    for number in count(1):
        if start >= len(lines):
            return
        feed = _Feed(iter(lines[start : start + _LONGEST_RECORD]))
        fields = next(csv.reader(feed, delimiter=delimiter))
        taken = _lines_taken(lines, start, feed.bytes)
        record = lines[start : start + taken]
        if number > header_row and _swallows(record, fields, delimiter, width):
            yield _Record([], 0, unclosed=True)
            start += 1
        else:
            yield _Record(fields, 0)
            start += taken


def _lines_taken(lines: list[str], start: int, size: int) -> int:
    taken = 0
    while size > 0:
        size -= len(lines[start + taken].encode())
        taken += 1
    return taken


def _swallows(record: list[str], fields: list[str], delimiter: str, width: int) -> bool:
    """Whether a record over several lines is really one with a stray quote and others behind it."""
    if _is_unclosed(record, delimiter):
        return True
    if len(record) == 1:
        return False
    if len(fields) != width:
        return True
    return any(len(next(csv.reader([line], delimiter=delimiter), [])) == width for line in record[1:])


def _is_unclosed(record: list[str], delimiter: str) -> bool:
    try:
        list(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False

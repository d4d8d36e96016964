"""CSV text as rows of cells.

pyarrow reads the file if every record has the expected number of fields. It cannot number a record that has not,
nor see a quote that is never closed, so such a file is read again record by record, and what is broken is set aside
by itself.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sangkien_cli import arrays
from sangkien_cli.arrays import TextArray
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.source import HEAD_ROWS, Cells

DELIMITERS = (",", ";", "\t", "|")
_LF, _CR = 10, 13
_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 20  # bytes that pyarrow parses at once; larger ones cost memory and gain nothing


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

    def cells(self, header_row: int, columns: Sequence[int] | None, plain: Collection[int] = ()) -> Cells:
        """The records below the header. One with too many or too few fields is broken; a blank line is a blank row."""
        header = self._head_records()[header_row - 1]
        width = len(header.fields)
        wanted = range(width) if columns is None else columns
        fast = self._read_whole(header.end, width, wanted, plain)
        if fast is None:
            return self._read_by_record(header_row, width, wanted, plain)
        length = len(fast[0]) if fast else 0
        return Cells(np.arange(header_row + 1, header_row + 1 + length, dtype=np.int32), fast)

    def _head_records(self) -> list[_Record]:
        with self._open_lines() as lines:
            return list(islice(_records(lines, self.delimiter, len(_BOM) if self._has_bom() else 0), HEAD_ROWS))

    def _has_bom(self) -> bool:
        with open(self.path, "rb") as file:
            return file.read(len(_BOM)) == _BOM

    @contextmanager
    def _open_lines(self) -> Iterator[Iterator[str]]:
        # newline="" keeps line ends as they are, so that the characters read count the bytes of the file.
        with open(self.path, encoding="utf-8-sig", newline="") as file:
            try:
                yield file
            except UnicodeDecodeError:
                raise SangkienError(Problem(self.place, say("file.not_utf8"), say("file.not_utf8.fix"))) from None

    def _read_whole(
        self, offset: int, width: int, wanted: Sequence[int], plain: Collection[int]
    ) -> list[TextArray] | None:
        """The wanted columns of all records from a byte offset on; None where a record is broken."""
        names = [str(position) for position in range(width)]
        kinds = {name: pa.dictionary(pa.int32(), pa.string()) for name in names}
        kinds |= {str(position): pa.string() for position in {*plain, *{width - 1}.difference(wanted)}}
        with _open_arrow(self.path) as file, ThreadPoolExecutor(1) as pool:
            if file.size() <= offset:
                return [arrays.from_chunks(pa.chunked_array([], kinds[str(i)]), keep_plain=i in plain) for i in wanted]
            file.seek(offset)
            lines = pool.submit(_count_lines, self.path, offset)
            try:
                table = pacsv.read_csv(
                    file,
                    read_options=pacsv.ReadOptions(column_names=names, block_size=_BLOCK),
                    parse_options=pacsv.ParseOptions(
                        delimiter=self.delimiter, newlines_in_values=False, ignore_empty_lines=False
                    ),
                    convert_options=pacsv.ConvertOptions(
                        include_columns=[str(position) for position in dict.fromkeys([*wanted, width - 1])],
                        column_types=kinds,
                        strings_can_be_null=False,
                        null_values=[],
                    ),
                )
            except pa.ArrowInvalid:
                return None
        # A stray quote takes the lines behind it into its field, and pyarrow may still find the right number of
        # fields; where it cuts the file into blocks, it ends an open quote with the line. So only a file in which
        # every line is a record and no record ends in a line break is taken as read.
        if table.num_rows != lines.result() or _breaks_lines(table[names[-1]]) or self._is_cut_off():
            return None
        return [arrays.from_chunks(table[str(i)], keep_plain=i in plain) for i in wanted]

    def _is_cut_off(self) -> bool:
        """Whether the file ends inside quotes, without a line end."""
        with open(self.path, "rb") as file:
            file.seek(max(file.seek(0, 2) - _BLOCK, 0))
            last = file.read().decode("utf-8", "replace").splitlines()[-1:]
        return "unexpected end of data" in (_quote_error(last, self.delimiter) or "")

    def _read_by_record(self, header_row: int, width: int, wanted: Sequence[int], plain: Collection[int]) -> Cells:
        rows: list[int] = []
        broken: dict[int, str] = {}
        values: list[list[str]] = [[] for _ in wanted]
        with self._open_lines() as file:
            lines = list(file)
        sound = _is_sound(lines, self.delimiter, header_row, width)
        records = (
            _taken_at_word(lines, self.delimiter) if sound else _mistrusted(lines, self.delimiter, header_row, width)
        )
        for number, fields in enumerate(records, start=1):
            if number <= header_row:
                continue
            usable = fields is not None and len(fields) == width
            rows.append(number)
            if fields is None:
                broken[number] = "unclosed quote"
            elif not usable and any(field.strip() for field in fields):
                broken[number] = f"{len(fields)} fields instead of {width}"
            for column, position in zip(values, wanted, strict=True):
                column.append(fields[position] if fields is not None and usable else "")
        whole = [arrays.plain(column) for column in values]
        columns = [
            column if position in plain else column.dictionary_encode()
            for column, position in zip(whole, wanted, strict=True)
        ]
        return Cells(np.array(rows, dtype=np.int32), columns, broken)


@dataclass(frozen=True, slots=True)
class _Record:
    fields: list[str]
    end: int  # offset of the byte behind it


class _Feed:
    """Lines for csv.reader, which takes one record from as many lines as its quotes need."""

    def __init__(self, lines: Iterator[str], start: int) -> None:
        self.lines = lines
        self.bytes = start  # offset of the byte behind the lines taken

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.bytes += len(line.encode())
        return line


def _records(lines: Iterator[str], delimiter: str, start: int) -> Iterator[_Record]:
    """The records as they come, quotes taken at their word."""
    csv.field_size_limit(2**31 - 1)
    feed = _Feed(lines, start)
    for fields in csv.reader(feed, delimiter=delimiter):
        yield _Record(fields, feed.bytes)


# A quote open for longer than this is taken as never closed, so that a damaged file costs no quadratic time.
_LONGEST_RECORD = 200  # lines


class _Lines:
    """A file's lines for csv.reader, which can be sent back to a line. A record gets _LONGEST_RECORD at most."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.next = 0
        self.end = 0  # behind the last line that the record may take

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.next >= self.end:
            raise StopIteration
        self.next += 1
        return self.lines[self.next - 1]

    def begin(self, line: int) -> None:
        """Begin a record at a line."""
        self.next = line
        self.end = min(line + _LONGEST_RECORD, len(self.lines))


def _is_sound(lines: list[str], delimiter: str, header_row: int, width: int) -> bool:
    """Whether a file is CSV to the letter, each record below the header blank or of the header's width.

    Two stray quotes far apart make sound CSV too. So a record is not believed that holds three or more lines which
    are records themselves.
    """
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 0
    try:
        for number, fields in enumerate(reader, start=1):
            inner = lines[start + 1 : reader.line_num - 1]
            start = reader.line_num
            if number <= header_row:
                continue
            if len(fields) != width and any(field.strip() for field in fields):
                return False
            if len(inner) >= 3 and sum(_is_record(line, delimiter, width) for line in inner) >= 3:
                return False
    except csv.Error:
        return False
    return True


def _is_record(line: str, delimiter: str, width: int) -> bool:
    """Whether a line by itself has the right number of fields."""
    return len(next(csv.reader([line], delimiter=delimiter), [])) == width


def _taken_at_word(lines: list[str], delimiter: str) -> Iterator[list[str] | None]:
    yield from csv.reader(lines, delimiter=delimiter)


def _mistrusted(lines: list[str], delimiter: str, header_row: int, width: int) -> Iterator[list[str] | None]:
    """The records of a file whose quotes cannot be trusted. A quote that swallows what look like records breaks only
    its own line, which is None."""
    feed = _Lines(lines)
    reader = csv.reader(feed, delimiter=delimiter)
    start = 0
    for number in count(1):
        if start >= len(lines):
            return
        feed.begin(start)
        fields = next(reader)
        record = lines[start : feed.next]
        at_end = feed.next == len(lines)
        doubtful = len(record) > 1 or ((len(fields) != width or at_end) and '"' in record[0])
        if number > header_row and doubtful and _swallows(record, fields, delimiter, width):
            yield None
            start += 1
        else:
            yield fields
            start = feed.next


def _swallows(record: list[str], fields: list[str], delimiter: str, width: int) -> bool:
    """Whether a record is one with a stray quote, that has taken in the lines behind it."""
    if (error := _quote_error(record, delimiter)) is not None:
        return len(record) > 1 or "unexpected end of data" in error
    if len(record) == 1:
        return False
    return len(fields) != width or any(_is_record(line, delimiter, width) for line in record[1:])


def _quote_error(record: list[str], delimiter: str) -> str | None:
    """What is wrong with a record's quotes, None if nothing is."""
    try:
        list(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return str(error)
    return None


def _open_arrow(path: Path) -> Any:
    try:
        return pa.OSFile(str(path))
    except UnicodeEncodeError:  # a name that is not in UTF-8
        return pa.PythonFile(open(path, "rb"), mode="r")


def _breaks_lines(column: pa.ChunkedArray) -> bool:
    texts = pc.unique(column).cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    return bool(pc.any(pc.match_substring_regex(texts, "[\r\n]")).as_py())


def _count_lines(path: Path, offset: int) -> int:
    """The lines of a file from a byte offset on, ended by LF, CRLF or CR; a last line needs no end."""
    # One buffer for the whole file: a new one for each block costs ten times the counting.
    buffer = np.empty(_BLOCK // 4, dtype=np.uint8)
    lines = 0
    last = _LF
    with open(path, "rb", buffering=0) as file:
        file.seek(offset)
        while size := file.readinto(buffer.data):
            block = buffer[:size]
            feeds = block == _LF
            returns = block == _CR
            lines += int(np.count_nonzero(feeds)) + int(np.count_nonzero(returns))
            lines -= int(np.count_nonzero(returns[:-1] & feeds[1:])) + int(last == _CR and feeds[0])
            last = int(block[-1])
    return lines + (last not in (_LF, _CR))

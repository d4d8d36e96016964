"""CSV text as rows of cells.

pyarrow reads the file if every record has the expected number of fields. It cannot number a record that has not,
nor see a quote that is never closed, so such a file is read again record by record, and what is broken is set aside
by itself.
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sangkien_cli import arrays
from sangkien_cli.arrays import TextArray
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.sheets.content import Content, enough_memory
from sangkien_cli.sheets.csv_dialect import dialects, sep_line
from sangkien_cli.sheets.csv_records import Record, Width, is_cut_off, records_below, top_records
from sangkien_cli.sheets.encoding import Encoding, decode
from sangkien_cli.sheets.source import HEAD_ROWS, LAST_COLUMN, Cells, address

_LF, _CR = 10, 13
_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 20  # bytes that pyarrow parses at once; larger ones cost memory and gain nothing
_LONGEST_LINE = 32_000_000  # letters; what lies in a file without line ends is no table
_SOON_COUNTED = 64 << 20  # bytes of a file whose lines are counted before they are read: there may be millions
_LOOK = 512  # records between two looks at the clock
_LINE, _BROKEN = 100, 300  # bytes that a line and a broken record take at least, with all that is made of them


def open_csv(content: Content) -> list[CsvSource]:
    """The ways in which a text may be read as CSV, the likeliest delimiter first; one way if a `sep=` line fixes it.

    Raises SangkienError if the file is empty, no text, or in an encoding that is not surely known.
    """
    text = decode(content)
    start = len(_BOM) if text.data.start.startswith(_BOM) else 0
    if _is_blank(text.data, start):
        raise SangkienError(Problem(content.place, say("file.empty"), say("file.empty.fix")))
    if (fixed := sep_line(text.data, start)) is not None:
        delimiter, start = fixed
        return [CsvSource(text.data, delimiter, say("csv.by_sep"), text.encoding, text.reason, start)]
    return [
        CsvSource(text.data, way.delimiter, way.reason, text.encoding, text.reason, start)
        for way in dialects(text.data, start)
    ]


@dataclass
class CsvSource:
    """A CSV file read with one delimiter."""

    content: Content  # in UTF-8
    delimiter: str
    delimiter_reason: Sentence
    encoding: Encoding  # of the file as it was given
    encoding_reason: Sentence
    start: int = 0  # the offset of the first record's first byte
    # By row, the first line of each record that was read, and behind them the line after the last: for `whole_rows`.
    _lines: np.ndarray | None = field(default=None, repr=False)

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
        return [record.fields for record in self._top(HEAD_ROWS)]

    def cells(self, header_row: int, columns: Sequence[int] | None, plain: Collection[int] = ()) -> Cells:
        """The records below the header, down to the last one that holds anything.

        One with too many or too few fields is broken, unless those too many are blank, or those missing have no
        header; without a header (row 0) none is broken for its width, which is that of the widest record. A blank line
        is a blank row.
        """
        with enough_memory(self.content.place):
            return self._cells(header_row, columns, plain)

    def _cells(self, header_row: int, columns: Sequence[int] | None, plain: Collection[int]) -> Cells:
        top = self._top(header_row or HEAD_ROWS)
        reach = max(columns or (), default=-1) + 1  # a column may be known from a row above the header's last
        widest = max((len(record.fields) for record in top), default=0)
        width = _width(top, reach) if header_row else Width(0, max(widest, reach))
        self._check_width(header_row or 1, width.most)
        wanted = list(range(width.most)) if columns is None else columns
        begin = top[header_row - 1].end if header_row else 0
        blank_at_end = self._blank_lines_at_end()
        self.content.watch.hold("lines", _LINE * blank_at_end)
        whole = self._read_whole(begin, width.most, wanted, plain) if width.most else None
        if whole is None:
            return self._read_by_record(top[:header_row], width, columns, plain)
        length, fast = whole
        self.content.watch.hold("lines", _LINE * length)
        if blank := min(blank_at_end, length):
            length -= blank
            fast = [column.slice(0, length) for column in fast]
        before = np.array([record.first for record in top[:header_row]], dtype=np.int32)
        self._lines = np.concatenate([before, np.arange(begin, begin + length + 1, dtype=np.int32)])
        rows = np.arange(header_row + 1, header_row + 1 + length, dtype=np.int32)
        if columns is not None:
            return Cells(rows, fast)
        filled = np.logical_or.reduce([~arrays.blank(column) for column in fast]) if fast else np.zeros(0, dtype=bool)
        return Cells(rows, fast, nonblank=int(np.count_nonzero(filled)) + _filled(top[:header_row]))

    def whole_rows(self, rows: Collection[int]) -> dict[int, list[str]]:
        """All fields of these rows, also of broken ones."""
        if self._lines is None:
            self.cells(0, [])
        assert self._lines is not None
        found: dict[int, list[str]] = {row: [] for row in rows}
        line = 0
        lines = self._text()
        for row in sorted(row for row in found if 1 <= row < len(self._lines)):
            first, end = int(self._lines[row - 1]), int(self._lines[row])
            record = list(islice(lines, first - line, end - line))
            found[row] = next(csv.reader(record, delimiter=self.delimiter), [])
            line = end
        return found

    # --- lines -------------------------------------------------------------------------------------------------

    def _top(self, number: int) -> list[Record]:
        return list(top_records(self._text(), self.delimiter, number))

    def _text(self, first: int = 0) -> Iterator[str]:
        """The lines from a position on, with their ends."""
        # newline="" keeps line ends as they are.
        with self.content.open() as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as file:
            raw.seek(self.start)
            try:
                yield from islice(self._checked(iter(partial(file.readline, _LONGEST_LINE), "")), first, None)
            except UnicodeDecodeError as error:
                # It was valid when it was looked at first.
                what = say("file.unreadable", detail=error.reason)
                raise SangkienError(Problem(self.content.place, what, say("file.not_utf8.fix"))) from None

    def _checked(self, lines: Iterable[str]) -> Iterator[str]:
        for number, line in enumerate(lines, start=1):
            if number % _LOOK == 0:
                self.content.watch.time()
            if len(line) > LAST_COLUMN:
                if len(line) >= _LONGEST_LINE:
                    what = say("csv.long_line", line=number, megabytes=_LONGEST_LINE // 1_000_000)
                    raise SangkienError(Problem(self.content.place, what, say("csv.long_line.fix")))
                if '"' not in line:
                    self._check_width(number, line.count(self.delimiter) + 1)
            yield line

    def _check_width(self, row: int, width: int) -> None:
        if width > LAST_COLUMN + 1:
            what = say("csv.too_wide", row=row, width=width)
            raise SangkienError(Problem(self.content.place, what, say("csv.too_wide.fix")))

    def _offset(self, line: int) -> int:
        """The offset of the first byte of a line."""
        return self.start + sum(len(each.encode()) for each in islice(self._text(), line))

    # --- whole -------------------------------------------------------------------------------------------------

    def _read_whole(
        self, line: int, width: int, wanted: Sequence[int], plain: Collection[int]
    ) -> tuple[int, list[TextArray]] | None:
        """The number of records from a line on, and the wanted columns; None where a record is broken."""
        offset = self._offset(line)
        names = [str(position) for position in range(width)]
        kinds = {name: pa.dictionary(pa.int32(), pa.string()) for name in names}
        kinds |= {str(position): pa.string() for position in {*plain, *{width - 1}.difference(wanted)}}
        with _open_arrow(self.content) as file, ThreadPoolExecutor(1) as pool:
            if file.size() <= offset:
                none = [(pa.chunked_array([], kinds[str(i)]), i in plain) for i in wanted]
                return 0, [arrays.from_chunks(column, keep_plain=keep) for column, keep in none]
            file.seek(offset)
            lines = pool.submit(_count_lines, self.content, offset)
            if self.content.size < _SOON_COUNTED:
                self.content.watch.hold("lines", _LINE * lines.result())
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
        if table.num_rows != lines.result() or _breaks_lines(table[names[-1]]) or self._ends_in_quotes():
            return None
        return table.num_rows, [arrays.from_chunks(table[str(i)], keep_plain=i in plain) for i in wanted]

    def _ends_in_quotes(self) -> bool:
        """Whether the file ends inside quotes, without a line end."""
        with self.content.open() as file:
            file.seek(max(self.content.size - _BLOCK, 0))
            last = re.split("\r\n|\r|\n", file.read().decode("utf-8", "replace"))[-1]
        return is_cut_off([last], self.delimiter)

    def _blank_lines_at_end(self) -> int:
        """How many lines there are behind the last one that holds anything."""
        nothing = b"\r\n \t" + self.delimiter.encode()
        end = b""
        with self.content.open() as file:
            at = self.content.size
            while at > self.start:
                size = min(_BLOCK, at - self.start)
                at -= size
                file.seek(at)
                block = file.read(size)
                held = block.rstrip(nothing)
                end = block[len(held) :] + end
                if held:
                    break
        # The run begins on the line that holds something.
        lines = end.count(b"\n") + end.count(b"\r") - end.count(b"\r\n") - 1
        return max(lines + (end[-1:] not in (b"\n", b"\r")), 0)

    # --- record by record ----------------------------------------------------------------------------------------

    def _read_by_record(
        self, top: Sequence[Record], width: Width, columns: Sequence[int] | None, plain: Collection[int]
    ) -> Cells:
        if top:
            begin = top[-1].end
            records = records_below(lambda: self._text(begin), begin, self.delimiter, width)
        else:
            widest = max((len(record.fields) for record in top_records(self._text(), self.delimiter)), default=0)
            width = Width(0, max(widest, width.most))
            self._check_width(1, width.most)
            records = top_records(self._text(), self.delimiter)
        wanted = range(width.most) if columns is None else columns
        into = {position: _Column() for position in wanted}
        starts = array("i", [record.first for record in top])
        broken: dict[int, str] = {}
        nonblank = _filled(top)
        last = len(top)
        end = top[-1].end if top else 0
        for number, record in enumerate(records, start=len(top) + 1):
            if number % _LOOK == 0:
                self.content.watch.time()
                self.content.watch.hold("lines", _LINE * number)
                self.content.watch.rectangle(number, len(into), address(number, max(len(into) - 1, 0)), "")
            starts.append(record.first)
            end = record.end
            filled = any(map(str.strip, record.fields))
            usable = None if record.unclosed else width.fit(record.fields)
            if record.unclosed:
                broken[number] = "unclosed quote"
                self.content.watch.hold("broken", _BROKEN * len(broken))
            elif usable is None and filled:
                self.content.watch.hold("broken", _BROKEN * (len(broken) + 1))
                broken[number] = f"{len(record.fields)} fields instead of {width.most}"
            if filled or record.unclosed:
                nonblank += 1
                last = number
            for position, column in into.items():
                column.put(usable[position] if usable is not None else "")
        starts.append(end)
        self._lines = np.frombuffer(starts, dtype=np.int32)
        length = last - len(top)
        return Cells(
            np.arange(len(top) + 1, last + 1, dtype=np.int32),
            [into[position].cut(length, plain=position in plain) for position in wanted],
            broken,
            nonblank=nonblank if columns is None else None,
        )


class _Column:
    """The texts of a column, each distinct one once."""

    def __init__(self) -> None:
        self.codes = array("i")
        self.distinct = {"": 0}

    def put(self, text: str) -> None:
        self.codes.append(self.distinct.setdefault(text, len(self.distinct)))

    def cut(self, length: int, *, plain: bool) -> TextArray:
        """The first texts."""
        codes = np.frombuffer(self.codes, dtype=np.int32)[:length] if length else np.zeros(0, dtype=np.int32)
        encoded = arrays.encoded(codes, list(self.distinct))
        return encoded.dictionary_decode() if plain else encoded


def _width(top: Sequence[Record], reach: int) -> Width:
    """How many fields the records below a header have: a column may be left out if it has no header at all."""
    most = max(len(top[-1].fields), reach)
    named = (i for record in top for i, text in enumerate(record.fields[:most], start=1) if text.strip())
    return Width(max(named, default=most), most)


def _filled(records: Iterable[Record]) -> int:
    return sum(any(text.strip() for text in record.fields) for record in records)


def _is_blank(content: Content, start: int) -> bool:
    with content.open() as file:
        file.seek(start)
        while block := file.read(_BLOCK):
            if not block.isspace():
                return False
    return True


def _open_arrow(content: Content) -> Any:
    if content.path is None:
        return pa.BufferReader(content.data)
    try:
        return pa.OSFile(str(content.path))
    except UnicodeEncodeError:  # a name that is not in UTF-8
        return pa.PythonFile(content.open(), mode="r")


def _breaks_lines(column: pa.ChunkedArray) -> bool:
    texts = pc.unique(column).cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    return bool(pc.any(pc.match_substring_regex(texts, "[\r\n]")).as_py())


def _count_lines(content: Content, offset: int) -> int:
    """The lines of a file from a byte offset on, ended by LF, CRLF or CR; a last line needs no end."""
    # One buffer for the whole file: a new one for each block costs ten times the counting.
    buffer = np.empty(_BLOCK // 4, dtype=np.uint8)
    lines = 0
    last = _LF
    with content.open() as file:
        file.seek(offset)
        while size := file.readinto(buffer.data):
            block = buffer[:size]
            feeds = block == _LF
            returns = block == _CR
            lines += int(np.count_nonzero(feeds)) + int(np.count_nonzero(returns))
            lines -= int(np.count_nonzero(returns[:-1] & feeds[1:])) + int(last == _CR and feeds[0])
            last = int(block[-1])
    return lines + (last not in (_LF, _CR))

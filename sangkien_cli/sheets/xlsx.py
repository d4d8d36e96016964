"""Excel workbooks (.xlsx, .xlsm, .xltx, transitional and strict Open XML) as rows of cells.

A sheet in the form that nearly every program writes is read from its bytes (`xlsx_scan`), any other with an XML parser
(`xlsx_events`). Both ways the rows that hold anything are counted a second time (`xlsx_count`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sangkien_cli.sheets.content import Content, recount
from sangkien_cli.sheets.package import Package, open_package
from sangkien_cli.sheets.source import HEAD_ROWS, Cells
from sangkien_cli.sheets.xlsx_blocks import Blocks, OddForm, ahead
from sangkien_cli.sheets.xlsx_book import Format, read_book, read_formats
from sangkien_cli.sheets.xlsx_columns import Gathering
from sangkien_cli.sheets.xlsx_count import ParsedRowCount, RowCount
from sangkien_cli.sheets.xlsx_events import Collector, Enough, RowTexts
from sangkien_cli.sheets.xlsx_scan import Scan
from sangkien_cli.sheets.xlsx_strings import read_strings
from sangkien_cli.sheets.xlsx_text import Held, Kind, shown_text

_FIRST_CHUNK = 1 << 16  # bytes; the first rows are few
_ROW = re.compile(rb'<row r="([0-9]+)"')


@dataclass(frozen=True)
class XlsxSource:
    """One worksheet of a workbook. The file is opened anew at each call."""

    content: Content
    name: str
    hidden: bool
    part: str  # its XML inside the package
    strings: str | None  # the parts that it needs
    styles: str | None
    epoch_1904: bool

    def head(self) -> list[list[str]]:
        """The first rows. Raises SangkienError."""
        with open_package(self.content) as package:
            found = RowTexts(None, HEAD_ROWS)
            try:
                for chunk in package.chunks(self.part, _FIRST_CHUNK):
                    found.parser.feed(chunk)
                found.parser.close()
            except Enough:
                pass
            texts = self._texts(package, found.rows)
        return [texts.get(row, []) for row in range(1, max(texts, default=0) + 1)]

    def cells(self, header_row: int, columns: Sequence[int] | None, plain: Collection[int] = ()) -> Cells:
        """The rows below the header down to the last one that holds anything. Raises SangkienError."""
        with open_package(self.content) as package:
            strings = read_strings(package, self.strings)
            formats = read_formats(package, self.styles)

            def gathering() -> Gathering:
                wanted = None if columns is None else frozenset(columns)
                return Gathering(self.name, self.content.watch, strings, formats, self.epoch_1904, header_row, wanted)

            gathered = gathering()
            counter = RowCount(strings)
            counted: int | None
            try:
                _scan(_counting(package.chunks(self.part), counter), gathered)
                counted = counter.rows
            except OddForm:
                gathered = gathering()
                counted = _parse(package.chunks(self.part), gathered, RowCount(strings))
            if counted is None:
                again = ParsedRowCount(strings)
                for chunk in package.chunks(self.part):
                    again.feed(chunk)
                again.close()
                counted = again.rows
            recount(self.content.place, self.name, len(gathered.filled), counted)
            return gathered.cells(columns, plain)

    def whole_rows(self, rows: Collection[int]) -> dict[int, list[str]]:
        """All cells of these rows as text. Raises SangkienError."""
        wanted = frozenset(rows)
        with open_package(self.content) as package:
            found = RowTexts(wanted)
            try:
                with ahead(package.chunks(self.part)) as chunks:
                    _feed_rows(Blocks(chunks, b"sheetData", b"row "), wanted, found)
            except OddForm:
                found = RowTexts(wanted)
                for chunk in package.chunks(self.part):
                    found.parser.feed(chunk)
                found.parser.close()
            texts = self._texts(package, found.rows)
        return {row: texts.get(row, []) for row in rows}

    def _texts(self, package: Package, rows: Mapping[int, Mapping[int, tuple[int, Held]]]) -> dict[int, list[str]]:
        """Rows of cells as rows of text."""
        used = {int(cell.value) for cells in rows.values() for _, cell in cells.values() if cell.kind == Kind.STRING}
        strings = read_strings(package, self.strings, max(used)).some(used) if used else {}
        formats = read_formats(package, self.styles)

        def text(style: int, cell: Held) -> str:
            form = formats[style] if style < len(formats) else Format()
            return shown_text(cell, form, strings, epoch_1904=self.epoch_1904)

        return {
            row: [text(*cells[column]) if column in cells else "" for column in range(max(cells) + 1)]
            for row, cells in rows.items()
        }


def open_xlsx(content: Content) -> list[XlsxSource]:
    """The worksheets of a workbook, in its order; chart, dialog and macro sheets, which have no rows, are left out.

    Raises SangkienError if the file is no workbook that can be read.
    """
    with open_package(content) as package:
        book = read_book(package)
    return [
        XlsxSource(content, sheet.name, sheet.hidden, sheet.part, book.strings, book.styles, book.epoch_1904)
        for sheet in book.worksheets
    ]


def _counting(chunks: Iterator[bytes], counter: RowCount) -> Iterator[bytes]:
    for chunk in chunks:
        counter.feed(chunk)
        yield chunk


def _scan(chunks: Iterator[bytes], into: Gathering) -> None:
    scan = Scan(into)
    with ahead(chunks) as unpacked:
        blocks = Blocks(unpacked, b"sheetData", b"row ")
        for block in blocks:
            scan.rows(block)
    scan.tail(blocks.tail)


def _parse(chunks: Iterator[bytes], into: Gathering, counter: RowCount) -> int | None:
    """Gather with a parser; the second count, where the XML can be split for it."""
    collector = Collector(into)
    comments = False
    last = b""
    for chunk in chunks:
        comments = comments or b"<!" in last + chunk
        last = chunk[-1:]
        counter.feed(chunk)
        collector.parser.feed(chunk)
    collector.close()
    return None if comments else counter.rows


def _feed_rows(blocks: Blocks, wanted: Collection[int], found: RowTexts) -> None:
    """Give a parser those rows only that are wanted. Raises OddForm."""
    fed = False
    for block in blocks:
        starts = list(_ROW.finditer(block))
        if len(starts) != block.count(b"<row") or b"<!" in block:
            raise OddForm
        stops = [each.start() for each in starts[1:]] + [len(block)]
        for start, stop in zip(starts, stops, strict=True):
            if int(start[1]) in wanted:
                if not fed:
                    # Rows without prefix may stand in there, too: names are compared without namespaces.
                    found.parser.feed(blocks.prolog)
                    fed = True
                found.parser.feed(block[start.start() : stop])

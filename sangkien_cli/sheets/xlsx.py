"""Excel workbooks (.xlsx) as rows of cells.

fastexcel reads the values, every cell as text and with Excel's row numbers. It shows nothing where a cell holds an
error value, or a formula whose result was never stored, so the sheet's own XML is scanned for these beside it. The
first rows are read from the XML too: fastexcel parses the whole sheet for them.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

import fastexcel
import numpy as np
import pyarrow as pa

from sangkien_cli import arrays
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.source import Cells, address
from sangkien_cli.sheets.xlsx_head import read_head
from sangkien_cli.sheets.xlsx_scan import Scan, local_name, scan

_CHUNK = 1 << 20
# fastexcel lays out the whole rectangle down to the last cell and aborts the process if it gets no memory for it, so
# one stray value far away must be found first. A sheet whose XML is larger than this is not looked through twice.
_SMALL = 16 << 20  # bytes
_LARGEST_AREA = 50_000_000  # cells


@dataclass(frozen=True)
class XlsxSource:
    """One worksheet of a workbook."""

    path: Path
    place: str  # the file as messages name it
    name: str
    hidden: bool
    part: str  # its XML inside the package
    strings: str | None  # the package's shared strings

    def head(self) -> list[list[str]]:
        """The first rows."""
        with _package(self.path, self.place) as package:
            return read_head(package, self.part, self.strings)

    def cells(self, header_row: int, columns: Sequence[int] | None, plain: Collection[int] = ()) -> Cells:
        """The rows below the header down to the last one that holds anything."""
        if self._size() <= _SMALL:
            found = self._scan(extent=True)
            if found.last_row * (found.last_column + 1) > _LARGEST_AREA:
                corner = address(found.last_row, found.last_column)
                what = say("file.too_wide", sheet=self.name, corner=corner)
                raise SangkienError(Problem(self.place, what, say("file.too_wide.fix")))
            table = self._load(columns)
        else:
            with ThreadPoolExecutor(1) as pool:
                # fastexcel leaves the interpreter free, so the scan hides behind the reading.
                scanning = pool.submit(self._scan, extent=False)
                table = self._load(columns)
                found = scanning.result()
        flawed = {cell: held for cell, held in found.flawed.items() if cell[0] > header_row}
        # A last row that holds nothing but flawed cells is none to fastexcel.
        last = max([table.num_rows, header_row, *(row for row, _ in flawed)])
        positions = range(table.num_columns) if columns is None else columns
        cells = [
            arrays.from_chunks(_padded(column, last)[header_row:], keep_plain=place in plain)
            for place, column in zip(positions, table.columns, strict=True)
        ]
        return Cells(np.arange(header_row + 1, last + 1, dtype=np.int32), cells, flawed=flawed)

    def _size(self) -> int:
        with _package(self.path, self.place) as package:
            return package.getinfo(self.part).file_size

    def _scan(self, *, extent: bool) -> Scan:
        with _package(self.path, self.place) as package:
            # A part read to its end has its checksum compared, which fastexcel does not do.
            if self.strings in package.namelist():
                deque(_chunks(package, self.strings), maxlen=0)
            return scan(lambda: _chunks(package, self.part), extent=extent)

    def _load(self, columns: Sequence[int] | None) -> pa.Table:
        """The columns at these positions, counted from column A, or all from A on; row 1 first."""
        found: list[int] = []

        def is_wanted(info: Any) -> bool:
            # fastexcel counts from the first column that holds anything; absolute_index from A.
            wanted = columns is None or info.absolute_index in columns
            if wanted:
                found.append(info.absolute_index)
            return wanted

        with _library_trouble(self.place):
            batch = fastexcel.read_excel(self.path).load_sheet_eager(
                self.name,
                header_row=None,
                skip_rows=0,  # otherwise leading blank rows vanish and every row number is wrong
                dtypes="string",  # otherwise a column's type is guessed, and a cell that does not fit is lost
                use_columns=is_wanted,  # type: ignore[arg-type]  # its stub forgets that a function may choose
            )
        at = {column: i for i, column in enumerate(dict.fromkeys(found))}
        if columns is None:
            columns = range(max(at, default=-1) + 1)
        blank = pa.nulls(batch.num_rows, pa.string())
        cells = [batch.column(at[column]) if column in at else blank for column in columns]
        return pa.table(cells, names=[str(i) for i in range(len(cells))])


def open_xlsx(path: Path, place: str) -> list[XlsxSource]:
    """The worksheets of a workbook, in its order; chart and macro sheets, which have no rows, are left out.

    Raises SangkienError if the file is no workbook that can be read.
    """
    with _package(path, place) as package:
        names = set(package.namelist())
        book = next((part for kind, part in _relations(package, "").values() if kind.endswith("/officeDocument")), "")
        if not book:
            raise SangkienError(Problem(place, say("file.not_a_workbook"), say("file.not_a_workbook.fix")))
        relations = _relations(package, book)
        strings = next((part for kind, part in relations.values() if kind.endswith("/sharedStrings")), None)
        sources = []
        for sheet in _xml(package, book).iter():
            if local_name(sheet.tag) != "sheet":
                continue
            reference = next(
                (value for key, value in sheet.attrib.items() if local_name(key) == "id" and "}" in key), ""
            )
            kind, part = relations.get(reference, ("", ""))
            if kind.endswith("/worksheet") and part in names:
                hidden = sheet.get("state", "visible") != "visible"
                sources.append(XlsxSource(path, place, sheet.get("name", ""), hidden, part, strings))
    return sources


@contextmanager
def _package(path: Path, place: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as package:
            yield package
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        EOFError,
        ElementTree.ParseError,
        expat.ExpatError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise SangkienError(
            Problem(place, say("file.damaged", detail=_first_line(error)), say("file.damaged.fix"))
        ) from None


@contextmanager
def _library_trouble(place: str) -> Iterator[None]:
    """A failure of fastexcel as a problem of the file. Its panics are no `Exception`."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        if isinstance(error, (fastexcel.FastExcelError, MemoryError)) or type(error).__name__ == "PanicException":
            raise SangkienError(
                Problem(place, say("file.damaged", detail=_first_line(error)), say("file.damaged.fix"))
            ) from None
        raise


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _xml(package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(package.read(part))


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The parts that a part points to: by id, their kind and name."""
    home = PurePosixPath(part).parent
    rels = str(home / "_rels" / f"{PurePosixPath(part).name}.rels")
    if rels not in package.namelist():
        return {}
    return {
        relation.get("Id", ""): (relation.get("Type", ""), _absolute(home, relation.get("Target", "")))
        for relation in _xml(package, rels)
    }


def _absolute(home: PurePosixPath, target: str) -> str:
    parts: list[str] = [] if target.startswith("/") else [part for part in home.parts if part != "."]
    for part in target.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _padded(column: pa.ChunkedArray, length: int) -> pa.ChunkedArray:
    missing = length - len(column)
    if missing <= 0:
        return column
    return pa.chunked_array([*column.chunks, pa.nulls(missing, pa.string())])


def _chunks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with package.open(part) as file:
        yield from iter(lambda: file.read(_CHUNK), b"")

"""The exports read: every file opened, every sheet's header found, layout set apart, the data rows in one frame.

The frame is the only DataFrame of the program; it lives from here to `tally`. Its columns:

| column | type | |
|---|---|---|
| `sheet` | int16 | position in `Exports.sheets` |
| `row` | int32 | the row's number as Excel shows it |
| `unit.0`, `unit.1`… | category of text | unit levels, deepest first; "" = blank |
| a field's name | category of text | one for each mapped field; "" = blank, or a sheet that lacks the column |
| `flaw` | category of text | why the row cannot be read; "" = it can |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from sangkien_cli.columns import (
    UNIT,
    Header,
    NoHeader,
    Wanted,
    explain_missing,
    find_header,
    headers_twice,
    judged_fields,
    wanted_columns,
)
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import Config, Field
from sangkien_cli.sheets import layout
from sangkien_cli.sheets.files import find_files, open_file, sha256, short_names
from sangkien_cli.sheets.source import Cells, Source, address


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was read."""

    file: str  # the file's short name
    name: str | None  # None for CSV
    sha256: str  # of the whole file
    rows: int  # data rows
    layout: dict[int, str]  # rows that are not data, by number: their kind
    dates: bool  # it has a column of dates
    phases: bool  # it has a column of phase names

    @property
    def place(self) -> str:
        """As messages name it: `a.xlsx [Sheet1]`."""
        return self.file if self.name is None else f"{self.file} [{self.name}]"


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know that stops nothing."""

    place: str
    what: Sentence


@dataclass(frozen=True, slots=True)
class Exports:
    """All rows of all sheets, not yet judged."""

    sheets: tuple[Sheet, ...]  # by file and position in it
    frame: pd.DataFrame
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading is: told before each file."""

    file: str
    number: int  # from 1
    files: int


def read_exports(
    config: Config, arguments: Sequence[str] | None, tell: Callable[[Reading], None] = lambda _: None
) -> Exports:
    """Every data row of the exports: those named by `arguments`, else those of the quota file.

    Raises SangkienError with the problems of every file that cannot be read or counted.
    """
    paths = _paths(config, arguments)
    names = short_names(paths)
    reader = _Reader(wanted_columns(config), judged_fields(config), [])
    parts: list[_Part] = []
    problems: list[Problem] = []
    with ThreadPoolExecutor(1) as pool:
        hashes = [pool.submit(sha256, path) for path in paths]
        for number, (path, name) in enumerate(zip(paths, names, strict=True), start=1):
            tell(Reading(name, number, len(paths)))
            try:
                parts += reader.read_file(path, name)
            except SangkienError as error:
                problems += error.problems
    if problems:
        raise SangkienError(*problems)
    hash_of: dict[str, Future[str]] = dict(zip(names, hashes, strict=True))
    sheets = tuple(part.sheet(hash_of[part.file].result()) for part in parts)
    return Exports(sheets, _frame(parts, reader.wanted), tuple(reader.notes))


def _paths(config: Config, arguments: Sequence[str] | None) -> list[Path]:
    if arguments:
        return find_files(arguments, Path())
    if not config.files:
        raise SangkienError(Problem(str(config.path), say("exports.none"), say("exports.none.fix")))
    return find_files(config.files, config.path.parent)


@dataclass(frozen=True, slots=True)
class _Part:
    """The data rows of one sheet."""

    file: str
    name: str | None
    header: Header
    rows: np.ndarray
    columns: dict[str, pa.DictionaryArray]
    flaws: pa.DictionaryArray
    layout: dict[int, str]

    def sheet(self, digest: str) -> Sheet:
        positions = self.header.positions
        return Sheet(
            self.file, self.name, digest, len(self.rows), self.layout, "submitted" in positions, "phase" in positions
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """What all files are read for, and what is worth saying about them."""

    wanted: Wanted
    judged: frozenset[Field]
    notes: list[Note]

    def read_file(self, path: Path, name: str) -> list[_Part]:
        """The sheets of one file that hold the needed columns. One at least must, or the file is refused."""
        place = str(path)
        sheets = open_file(path, place)
        parts: list[_Part] = []
        without: list[tuple[Source, NoHeader]] = []
        for ways in sheets:
            if ways[0].hidden:
                self.notes.append(Note(_place(name, ways[0].name), say("columns.sheet_hidden")))
                continue
            source, head, header = _best_way(ways, self.wanted)
            if isinstance(header, NoHeader):
                without.append((source, header))
            else:
                parts.append(self._read_sheet(source, head, header, name, place))
        if not parts:
            if not without:
                raise SangkienError(Problem(place, say("file.no_sheet"), say("file.no_sheet.fix")))
            source, best = max(without, key=lambda each: (each[1].found, len(each[1].seen)))
            raise SangkienError(Problem(_place(place, source.name), *explain_missing(best)))
        self.notes.extend(
            Note(_place(name, source.name), say("columns.sheet_left_out", seen=header.seen[:6]))
            for source, header in without
            if header.seen
        )
        return parts

    def _read_sheet(self, source: Source, head: list[list[str]], header: Header, file: str, place: str) -> _Part:
        if twice := headers_twice(head[header.row - 1], header):
            where = _place(place, source.name)
            raise SangkienError(Problem(where, say("columns.twice", headers=twice), say("columns.twice.fix")))
        if header.absent:
            self.notes.append(Note(_place(file, source.name), say("columns.absent", fields=header.absent)))
        cells = source.cells(header.row, list(header.positions.values()))
        kinds = layout.below_header(source, head, header.row, cells, header.positions)
        flaws = _flaws(cells, header, self.judged)
        columns = dict(zip(header.positions, cells.columns, strict=True))
        rows = cells.rows
        if kinds:
            data = ~np.isin(rows, list(kinds))
            columns = {name: column.filter(pa.array(data)) for name, column in columns.items()}
            flaws, rows = flaws.filter(pa.array(data)), rows[data]
        above = layout.above_header(head, header.row)
        below = {row: kind for row, kind in sorted(kinds.items()) if kind != layout.END}
        return _Part(file, source.name, header, rows, columns, flaws, above | below)


def _best_way(ways: Sequence[Source], wanted: Wanted) -> tuple[Source, list[list[str]], Header | NoHeader]:
    """The way of reading the sheet that shows the needed columns; failing that, the one that shows most."""
    tried = []
    for source in ways:
        head = source.head()
        header = find_header(head, wanted)
        if isinstance(header, Header):
            return source, head, header
        tried.append((source, head, header))
    return max(tried, key=lambda each: (each[2].found, len(each[2].seen)))


def _flaws(cells: Cells, header: Header, judged: frozenset[Field]) -> pa.DictionaryArray:
    """Why each row cannot be read; "" where it can. A flawed cell matters only where it decides something."""
    deciding = {place for name, place in header.positions.items() if name.startswith(UNIT) or name in judged}
    reasons = dict(cells.broken)
    for (row, column), held in sorted(cells.flawed.items()):
        if column in deciding:
            reasons.setdefault(row, f"{address(row, column)} {held}")
    codes = np.zeros(len(cells.rows), dtype=np.int32)
    for code, row in enumerate(reasons, start=1):
        codes[np.searchsorted(cells.rows, row)] = code
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(["", *reasons.values()], pa.string()))


def _place(file: str, sheet: str | None) -> str:
    return file if sheet is None else f"{file} [{sheet}]"


def _frame(parts: Sequence[_Part], wanted: Wanted) -> pd.DataFrame:
    """The parts under each other."""
    columns: dict[str, object] = {
        "sheet": np.repeat(np.arange(len(parts), dtype=np.int16), [len(part.rows) for part in parts]),
        "row": np.concatenate([part.rows for part in parts]),
    }
    for name in (*wanted.needed, *wanted.helpful):
        columns[name] = _category([part.columns.get(name) or _blanks(len(part.rows)) for part in parts])
    columns["flaw"] = _category([part.flaws for part in parts])
    return pd.DataFrame(columns, copy=False)


def _blanks(length: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(length, dtype=np.int32)), pa.array([""], pa.string()))


def _category(arrays: Sequence[pa.DictionaryArray]) -> pd.Categorical:
    """Dictionary arrays of several sheets as one categorical over the distinct texts of all."""
    whole = arrays[0] if len(arrays) == 1 else pa.chunked_array(arrays).unify_dictionaries().combine_chunks()
    codes = whole.indices.to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, pd.Index(pd.array(whole.dictionary, dtype="str")), validate=False)

"""The exports read: every file opened, every sheet's header found, layout set apart, the data rows under each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sangkien_cli.arrays import TextArray, among, blanks, encoded, joined, take
from sangkien_cli.columns import (
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
from sangkien_cli.model import UNIT, Config, Field
from sangkien_cli.sheets import layout
from sangkien_cli.sheets.files import find_files, open_file, sha256, short_names
from sangkien_cli.sheets.source import EXCEL_ERRORS, Cells, Source, address


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was read."""

    file: str  # the file's short name
    name: str | None  # None for CSV
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
    sheet: np.ndarray  # int32: for each row, its sheet's position in `sheets`
    row: np.ndarray  # int32: its number as Excel shows it
    # By name (a field, or `unit.N` for the levels, deepest first) the texts of all rows; "" = blank, also for a sheet
    # that lacks the column. The field that counts once is plain, all others are encoded.
    texts: Mapping[str, TextArray]
    flaw: TextArray  # why the row cannot be read; "" = it can
    notes: tuple[Note, ...]
    digests: Mapping[str, Future[str]]  # by file, its SHA-256 in the making; a file that cannot be read raises there

    @property
    def rows(self) -> int:
        """How many data rows there are."""
        return len(self.row)

    @property
    def levels(self) -> list[TextArray]:
        """The unit columns, deepest first."""
        return [column for name, column in self.texts.items() if name.startswith(UNIT)]

    def place(self, position: int) -> str:
        """Where a row stands: `a.xlsx [Sheet1]:17`."""
        return f"{self.sheets[self.sheet[position]].place}:{self.row[position]}"


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
    named = export_paths(config, arguments)
    # By their names in the report, so that their order depends neither on the folder nor on how they were asked for.
    names, paths = zip(*sorted(zip(short_names(named), named, strict=True)), strict=True)
    reader = _Reader(wanted_columns(config), judged_fields(config), _mostly_unique(config), [])
    parts: list[_Part] = []
    problems: list[Problem] = []
    for number, (path, name) in enumerate(zip(paths, names, strict=True), start=1):
        tell(Reading(name, number, len(paths)))
        try:
            parts += reader.read_file(path, name)
        except SangkienError as error:
            problems += error.problems
    if problems:
        raise SangkienError(*problems)
    # Reading takes every core and judging takes one: the digests are made beside the judging.
    pool = ThreadPoolExecutor(1)
    digests = {name: pool.submit(sha256, path) for name, path in zip(names, paths, strict=True)}
    pool.shutdown(wait=False)
    names_of_columns = (*reader.wanted.needed, *reader.wanted.helpful)
    return Exports(
        sheets=tuple(part.sheet() for part in parts),
        sheet=np.repeat(np.arange(len(parts), dtype=np.int32), [len(part.rows) for part in parts]),
        row=np.concatenate([part.rows for part in parts]),
        texts={name: _under_each_other(parts, name, plain=name in reader.plain) for name in names_of_columns},
        flaw=joined([part.flaws for part in parts]),
        notes=tuple(reader.notes),
        digests=digests,
    )


def _under_each_other(parts: Sequence[_Part], name: str, *, plain: bool) -> TextArray:
    missing = blanks if plain else _encoded_blanks
    return joined([part.columns[name] if name in part.columns else missing(len(part.rows)) for part in parts])


def _encoded_blanks(length: int) -> TextArray:
    return encoded(np.zeros(length, dtype=np.int32), [""])


def _mostly_unique(config: Config) -> frozenset[Field]:
    """The field that counts once, unless a rule is asked of it too."""
    return frozenset({config.once_per} - config.where.keys()) if config.once_per else frozenset()


def export_paths(config: Config, arguments: Sequence[str] | None) -> list[Path]:
    """The files to be read: those that `arguments` name, else those of the quota file. Raises SangkienError."""
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
    columns: dict[str, TextArray]
    flaws: TextArray
    layout: dict[int, str]

    def sheet(self) -> Sheet:
        positions = self.header.positions
        return Sheet(self.file, self.name, len(self.rows), self.layout, "submitted" in positions, "phase" in positions)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What all files are read for, and what is worth saying about them."""

    wanted: Wanted
    judged: frozenset[Field]
    plain: frozenset[Field]  # the field whose texts differ in nearly every row, if any
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
        place_shown = _place(file, source.name)
        if "submitted" in header.absent:
            self.notes.append(Note(place_shown, say("columns.undated")))
        if others := tuple(name for name in header.absent if name not in self.judged):
            self.notes.append(Note(place_shown, say("columns.absent", fields=others)))
        plain = {place for name, place in header.positions.items() if name in self.plain}
        cells = source.cells(header.row, list(header.positions.values()), plain)
        kinds = layout.below_header(source, head, header.row, cells, header.positions)
        flaws = _flaws(cells, header, self.judged)
        columns = dict(zip(header.positions, cells.columns, strict=True))
        rows = cells.rows
        if kinds:
            data = np.flatnonzero(~np.isin(rows, list(kinds)))
            columns = {name: take(column, data) for name, column in columns.items()}
            flaws, rows = take(flaws, data), rows[data]
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


def _flaws(cells: Cells, header: Header, judged: frozenset[Field]) -> TextArray:
    """Why each row cannot be read; "" where it can. A flawed cell matters only where it decides something."""
    deciding = {place for name, place in header.positions.items() if name.startswith(UNIT) or name in judged}
    flawed = dict(cells.flawed)
    for name, column in zip(header.positions, cells.columns, strict=True):
        # A CSV saved from Excel holds the error's words.
        for index in among(column, EXCEL_ERRORS):
            flawed.setdefault((int(cells.rows[index]), header.positions[name]), column[int(index)].as_py())
    reasons = dict(cells.broken)
    for (row, place), held in sorted(flawed.items()):
        if place in deciding:
            reasons.setdefault(row, f"{address(row, place)} {held}")
    number_of = {text: number for number, text in enumerate(dict.fromkeys(["", *reasons.values()]))}
    numbers = np.zeros(len(cells.rows), dtype=np.int32)
    numbers[np.searchsorted(cells.rows, list(reasons))] = [number_of[text] for text in reasons.values()]
    return encoded(numbers, list(number_of))


def _place(file: str, sheet: str | None) -> str:
    return file if sheet is None else f"{file} [{sheet}]"

"""One file taken in: the data rows of its sheets, with what their cells mean, and what is worth saying about them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from itertools import accumulate, takewhile, zip_longest
from typing import cast

import numpy as np

from sangkien_cli import values
from sangkien_cli.arrays import TextArray, among, by_distinct, encoded, take
from sangkien_cli.columns import (
    Header,
    NoHeader,
    Wanted,
    explain_missing,
    find_header,
    judged_fields,
    wanted_columns,
)
from sangkien_cli.errors import Note, Problem, SangkienError
from sangkien_cli.flaws import write_held, write_rounded
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import UNIT, Config, DateRange, Field, NumberRange
from sangkien_cli.phases import read_date
from sangkien_cli.sheets import layout
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.files import open_file
from sangkien_cli.sheets.limits import Access
from sangkien_cli.sheets.source import EXCEL_ERRORS, Cells, Source, address
from sangkien_cli.sheets.totals import check_totals
from sangkien_cli.text import fold
from sangkien_cli.units import Tree


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was read."""

    file: str  # the file's short name
    name: str | None  # None for CSV
    rows: int  # data rows
    layout: Mapping[int, str]  # rows that are not data, by number: their kind
    header: Header
    hidden_rows: int  # data rows that Excel hides; they count
    copy_of: int | None = None  # the position in `Exports.sheets` of an earlier sheet with the same rows

    @property
    def place(self) -> str:
        """As messages name it: `a.xlsx [Sheet1]`."""
        return _place(self.file, self.name)

    @property
    def dates(self) -> bool:
        """Whether it has a column of dates."""
        return "submitted" in self.header.positions

    @property
    def phases(self) -> bool:
        """Whether it has a column of phase names."""
        return "phase" in self.header.positions


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The data rows of one sheet."""

    file: str
    source: Source
    header: Header
    titles: tuple[tuple[str, ...], ...]  # the rows above the header
    rows: np.ndarray
    columns: dict[str, TextArray]
    flaws: tuple[TextArray, ...]  # why a row cannot be read: for done, then for each of `Config.also_count`
    layout: dict[int, str]
    hidden_rows: int
    serials: Mapping[str, int]  # by column, dates that stand there as numbers
    nonblank: int | None

    @property
    def name(self) -> str | None:
        """The sheet's name."""
        return self.source.name

    def sheet(self, copy_of: int | None = None) -> Sheet:
        """What is kept of the sheet beside its rows."""
        return Sheet(self.file, self.name, len(self.rows), self.layout, self.header, self.hidden_rows, copy_of)

    def holds_the_rows_of(self, other: Part) -> bool:
        """Whether two sheets hold the same data rows, cell by cell, under the same titles.

        Formats differ in how they keep a date or a formatted code, and in where they end a row.
        """
        if len(self.titles) != len(other.titles) or self.header.positions != other.header.positions:
            return False
        exact = [name for name in self.columns if name not in _DATED]
        if not all(_same_texts(self.columns[name], other.columns[name]) for name in exact):
            return False
        compared = {self.header.positions[name] for name in exact}
        mine, others = (each.source.whole_rows(each.rows.tolist()) for each in (self, other))
        rows = zip(self.rows.tolist(), other.rows.tolist(), strict=True)
        return all(map(_same_row, self.titles, other.titles)) and all(
            _same_row(mine[one], others[two], compared) for one, two in rows
        )


def _same_row(one: Sequence[str], two: Sequence[str], compared: Collection[int] = ()) -> bool:
    """Whether two rows hold the same cells, but for those at positions that were compared already."""
    cells = enumerate(zip_longest(one, two, fillvalue=""))
    return all(mine == other or place in compared or _same_moment(mine, other) for place, (mine, other) in cells)


def _same_moment(one: str, two: str) -> bool:
    moment = read_date(one, UTC)
    return moment is not None and moment == read_date(two, UTC)


def _same_texts(one: TextArray, two: TextArray) -> bool:
    plain = [column.dictionary_decode() if hasattr(column, "dictionary") else column for column in (one, two)]
    return bool(plain[0].equals(plain[1]))


@dataclass(frozen=True, slots=True)
class ExportReader:
    """What all files are read for, and what is worth saying about them."""

    config: Config
    access: Access
    wanted: Wanted
    judged: frozenset[Field]
    plain: frozenset[Field]  # the field whose texts differ in nearly every row, if any
    notes: list[Note]

    @classmethod
    def of(cls, config: Config, access: Access) -> ExportReader:
        """The reader that a quota file asks for."""
        return cls(config, access, wanted_columns(config), judged_fields(config), _mostly_unique(config), [])

    def read_file(self, content: Content, name: str) -> list[Part]:
        """The sheets of one file that hold the needed columns. One at least must, or the file is refused."""
        sheets = open_file(content, self.access.password).sheets
        parts: list[Part] = []
        without: list[tuple[Source, NoHeader]] = []
        for ways in sheets:
            if ways[0].hidden:
                self.notes.append(Note(_place(name, ways[0].name), say("columns.sheet_hidden")))
                continue
            source, head, header = best_way(ways, self.wanted)
            if isinstance(header, NoHeader):
                without.append((source, header))
            else:
                parts.append(self.read_sheet(source, head, header, name, content.place))
        if not parts:
            some_hidden = len(without) < len(sheets)
            if not without or (some_hidden and not any(header.seen for _, header in without)):
                raise SangkienError(Problem(content.place, say("file.no_sheet"), say("file.no_sheet.fix")))
            source, best = max(without, key=lambda each: (each[1].found, len(each[1].seen)))
            raise SangkienError(Problem(_place(content.place, source.name), *why_without(source, best)))
        self.notes.extend(
            Note(_place(name, source.name), say("columns.sheet_left_out", seen=header.seen[:6]))
            for source, header in without
            if header.seen
        )
        return parts

    def read_sheet(self, source: Source, head: list[list[str]], header: Header, file: str, place: str) -> Part:
        """The data rows of a sheet whose header was found. `file` is its name in the report, `place` in messages."""
        if header.members:
            where = _place(place, source.name)
            raise SangkienError(Problem(where, say("columns.group", members=header.members), say("columns.group.fix")))
        if header.twice:
            where = _place(place, source.name)
            raise SangkienError(Problem(where, say("columns.twice", headers=header.twice), say("columns.twice.fix")))
        where = _place(file, source.name)
        if "submitted" in header.absent:
            self.notes.append(Note(where, say("columns.undated")))
        idle = tuple(name for name in header.absent if name not in self.judged)
        if weighed := tuple(name for name in idle if name in self.config.weighed):
            self.notes.append(Note(where, say("columns.absent_weighed", fields=weighed)))
        if others := tuple(name for name in idle if name not in weighed):
            self.notes.append(Note(where, say("columns.absent", fields=others)))
        positions = header.positions
        encoded_too = {place for name, place in positions.items() if name not in self.plain}
        plain = {place for name, place in positions.items() if name in self.plain} - encoded_too
        cells = source.cells(header.last_row, list(positions.values()), plain)
        found = layout.below_header(source, head, (header.row, header.last_row), cells, positions, self.wanted.headers)
        meant = {
            name: self._meant(name, position, column, cells, header.titles[name], found)
            for (name, position), column in zip(positions.items(), cells.columns, strict=True)
        }
        self.notes.extend(Note(where, note) for each in meant.values() for note in each.notes)
        for name in self.config.summed.union(self.config.required) & meant.keys():
            meant[name] = values.with_flaws(meant[name], cells, positions[name])
        columns = {
            name: values.filled_down(each.column, cells, positions[name], found.kinds.keys())
            if name.startswith(UNIT) or name in _REPEATABLE
            else each.column
            for name, each in meant.items()
        }
        columns |= {
            name: columns[name].dictionary_decode()
            for name in self.plain & columns.keys()
            if hasattr(columns[name], "dictionary")
        }
        rounded = {(row, positions[name]): text for name, each in meant.items() for row, text in each.rounded.items()}
        wheres = (self.config.where, *(also.where for also in self.config.also_count))
        deciding = [judged_fields(self.config, each) for each in wheres]
        flawed = {fields: _flaws(cells, header, fields, rounded) for fields in deciding}
        flaws = tuple(flawed[fields] for fields in deciding)
        rows = cells.rows
        if found.kinds:
            data = np.flatnonzero(~np.isin(rows, list(found.kinds)))
            columns = {name: take(column, data) for name, column in columns.items()}
            flaws, rows = tuple(take(each, data) for each in flaws), rows[data]
        below = {row: kind for row, kind in found.kinds.items() if kind != layout.END}
        if layout.OTHER in below.values():
            row = min(row for row, kind in below.items() if kind == layout.OTHER)
            self.notes.append(Note(where, say("columns.other_table", row=row)))
        if subtotals := self._subtotals(rows, columns, where):
            data = np.flatnonzero(~np.isin(rows, subtotals))
            columns = {name: take(column, data) for name, column in columns.items()}
            flaws, rows = tuple(take(each, data) for each in flaws), rows[data]
            below |= dict.fromkeys(subtotals, layout.GROUP)
        self._check_totals(found, rows, columns, header, where)
        hidden = int(np.isin(rows, list(cells.hidden_rows)).sum())
        if hidden:
            self.notes.append(Note(where, say("columns.hidden_rows", rows=hidden)))
        return Part(
            file=file,
            source=source,
            header=header,
            titles=tuple(tuple(cells) for cells in head[: header.row - 1]),
            rows=rows,
            columns=columns,
            flaws=flaws,
            layout=layout.above_header(head, header.row) | dict(sorted(below.items())),
            hidden_rows=hidden,
            serials={name: each.serials for name, each in meant.items() if each.serials},
            nonblank=cells.nonblank,
        )

    def _meant(
        self, name: str, position: int, column: TextArray, cells: Cells, title: str, found: layout.Layout
    ) -> values.Meant:
        """A column with what its cells mean."""
        rules = [where.get(cast(Field, name)) for where in self.config.wheres]
        if name in ("code", self.config.once_per):
            return values.codes_meant(column, cells, position)
        if name in _DATED or any(isinstance(rule, DateRange) for rule in rules):
            return values.dates_meant(column, cells, position, title, found.kinds.keys())
        if name in self.config.summed and name != "count":
            note = "columns.undecided_amount"
            return values.numbers_meant(column, cells, position, title, found.kinds.keys(), undecided_note=note)
        if name == "count" or any(isinstance(rule, NumberRange) for rule in rules):
            return values.numbers_meant(column, cells, position, title, found.kinds.keys())
        return values.Meant(column)

    def _subtotals(self, rows: np.ndarray, columns: Mapping[str, TextArray], where: str) -> list[int]:
        """The numbers of rows whose count is that of the rows right below them, which name units inside theirs.

        A subtotal does not always look like one; counting it and its parts would double them. Rows whose unit is not
        known may be among the parts. Where a unit's row and those of units inside it do not add up, all count, and the
        user is told.
        """
        if "count" not in columns or columns.keys() & {"code", "submitted"} or len(rows) > _MOST_ADDED_UP:
            return []  # a row with a code or a date of its own is no sum
        tree = Tree(self.config.units)
        levels = [column.to_pylist() for name, column in columns.items() if name.startswith(UNIT)]
        units = [tree.find([fold(text) for text in names]).unit for names in zip(*levels, strict=True)]
        counts = [max(whole_count(text), 0) for text in columns["count"].to_pylist()]
        found: set[int] = set()
        for i in reversed(range(len(rows))):
            unit = units[i]
            if unit is None or not counts[i] or not tree.has_parts(unit):
                continue
            below = takewhile(partial(_may_be_part, tree, unit), units[i + 1 :])
            parts = [j for j, _ in enumerate(below, start=i + 1) if j not in found]
            sums = list(accumulate(counts[j] for j in parts))
            known = [counts[j] for j in parts if units[j] is not None]
            is_sum = counts[i] in sums[1:] or (sums[:1] == [counts[i]] and bool(known))
            if not any(known) and not is_sum:
                continue
            name, row = self.config.units[unit].name, int(rows[i])
            if is_sum:
                found.add(i)
                note = say("columns.subtotal", row=row, unit=name, count=counts[i])
            else:
                note = say("columns.parts_too", row=row, unit=name, count=counts[i], rows=len(known), parts=sum(known))
            self.notes.append(Note(where, note))
        return sorted(int(rows[i]) for i in found)

    def _check_totals(
        self, found: layout.Layout, rows: np.ndarray, columns: Mapping[str, TextArray], header: Header, where: str
    ) -> None:
        """Totals that the rows above them do not add up to are worth a look: a free cross-check."""
        if not found.texts:
            return
        counts = np.ones(len(rows), dtype=np.int64)
        if "count" in columns:
            counts = by_distinct(columns["count"], lambda text: max(whole_count(text), 0), np.int64)
        for wrong in check_totals(found, rows, counts, header.positions):
            note = say("columns.total_differs", row=wrong.row, stated=wrong.stated, found=wrong.found)
            self.notes.append(Note(where, note))


# Fields in which a ditto mark or a merged cell stands for the one above. A count or a code does not repeat itself.
_REPEATABLE = ("submitted", "status", "author", "field", "recognition", "applied", "phase")


_DATED = ("submitted", "applied")


_MOST_ADDED_UP = 50_000  # rows of a sheet with counts that are compared with each other


def _may_be_part(tree: Tree, above: int, unit: int | None) -> bool:
    """Whether a unit lies below another one, or is not known."""
    return unit is None or (unit != above and above in tree.lineage(unit))


def whole_count(text: str) -> int:
    """A whole number ≥ 0, written plainly; -1 for anything else."""
    plain = text.strip()
    return int(plain) if re.fullmatch(r"0*[0-9]{1,18}", plain) else -1


def why_without(source: Source, best: NoHeader) -> tuple[Sentence, Sentence]:
    """Why a sheet has no header: it lacks columns, its text is in an old font encoding, or has lost its accents."""
    from sangkien_cli.sheets.encoding import why_illegible

    return why_illegible(cell for row in source.head() for cell in row) or explain_missing(best)


def best_way(ways: Sequence[Source], wanted: Wanted) -> tuple[Source, list[list[str]], Header | NoHeader]:
    """The way of reading the sheet that shows the needed columns; failing that, the one that shows most."""
    tried = []
    for source in ways:
        head = source.head()
        header = find_header(head, wanted)
        if isinstance(header, Header):
            return source, head, header
        tried.append((source, head, header))
    return max(tried, key=lambda each: (each[2].found, len(each[2].seen)))


def _flaws(cells: Cells, header: Header, judged: frozenset[Field], rounded: Mapping[tuple[int, int], str]) -> TextArray:
    """Why each row cannot be read; "" where it can. A flawed cell matters only where it decides something."""
    deciding = {place for name, place in header.positions.items() if name.startswith(UNIT) or name in judged}
    held = dict(cells.flawed)
    for name, column in zip(header.positions, cells.columns, strict=True):
        # A CSV saved from Excel holds the error's words.
        for index in among(column, EXCEL_ERRORS):
            held.setdefault((int(cells.rows[index]), header.positions[name]), column[int(index)].as_py())
    reasons = dict(cells.broken)
    lines = {cell: write_held(address(*cell), text) for cell, text in held.items()}
    lines |= {cell: write_rounded(address(*cell), code) for cell, code in rounded.items()}
    for (row, place), line in sorted(lines.items()):
        if place in deciding:
            reasons.setdefault(row, line)
    number_of = {text: number for number, text in enumerate(dict.fromkeys(["", *reasons.values()]))}
    numbers = np.zeros(len(cells.rows), dtype=np.int32)
    numbers[np.searchsorted(cells.rows, list(reasons))] = [number_of[text] for text in reasons.values()]
    return encoded(numbers, list(number_of))


def _place(file: str, sheet: str | None) -> str:
    return file if sheet is None else f"{file} [{sheet}]"


def _mostly_unique(config: Config) -> frozenset[Field]:
    """The field that counts once, if it is one whose texts differ, and no rule is asked of it too."""
    asked = config.summed.union(*config.wheres)
    return frozenset({config.once_per} & {"code", "title"} - asked) if config.once_per else frozenset()

"""Units listed in a spreadsheet (contract §10, `units_from`): its columns found, its rows read, each tied to the one
above it by a parent column, by numerals or by heading rows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from pathlib import Path
from typing import TypeVar, cast

import numpy as np

from sangkien_cli.arrays import TextArray, by_distinct, codes, distinct, take
from sangkien_cli.columns import Header, NoHeader, Wanted, explain_missing, find_header
from sangkien_cli.errors import Note, Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.listed import Listed, SheetRequest, UnitSheet
from sangkien_cli.model import UNIT, Origin, Window
from sangkien_cli.nearest import nearest
from sangkien_cli.phases import read_date
from sangkien_cli.sheets import labels, layout
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.encoding import why_illegible
from sangkien_cli.sheets.files import content_of, open_file
from sangkien_cli.sheets.limits import Access, Limits
from sangkien_cli.sheets.outline import Fault, Line, Outline, begin_lists, decided, in_front, outline, readings
from sangkien_cli.sheets.source import EXCEL_ERRORS, FORMULA, Cells, Source, address
from sangkien_cli.sheets.unit_headers import QUOTA, QUOTAS, USUAL, quota_headers
from sangkien_cli.text import fold, tidy
from sangkien_cli.values import codes_meant, dates_meant, filled_down, is_ditto, numbers_meant, with_texts

_CLEAR = 4  # columns that make a header beyond doubt
_SHOWN = 4  # of the headers that were looked for, or of names
_ENOUGH = 2  # rows that name a unit above them which has no row: a single one is likely a slip
_ERRORS = frozenset(EXCEL_ERRORS)
_WHOLE = re.compile(r"0*[0-9]{1,18}")
_MEANT = re.compile(r"(\d{1,3}(?:[.,\s]\d{3})+|\d{1,18})(?:[.,]0{1,2})?(?:\s*[^\W\d][^\d]*)?")
_LISTED = re.compile(r'\s*("(?:[^"]|"")*"(?=\s*(?:;|$))|[^;]*)\s*(?:;|$)')  # in quotes, or up to a semicolon
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORD = re.compile(r"[^\W\d_]{2}")
_DIGIT = re.compile(r"\d")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_STAR = re.compile(r"\s*\(?\s*\*")
# With an id of its own a row of these is a unit, whatever its words.
_MAY_BE_UNITS = (layout.TOTAL, layout.OF_WHICH, layout.TITLE, layout.SIGNATURE, layout.NOTE)

T = TypeVar("T")
Placed = tuple[tuple[int, int], Problem]  # a problem with its cell, by which problems are ordered


def read_units(
    request: SheetRequest,
    phases: Sequence[tuple[str, str]],
    access: Access | None = None,
    bases: Sequence[tuple[str, str]] = (),
) -> UnitSheet:
    """The units that a sheet lists. `phases` are the ids and names of those that may have quotas, `bases` those of the
    bases beside the default one.

    What is wrong with cells is in the answer, all of it. Raises SangkienError only where there is nothing to be read:
    no such file or sheet, no column of names or none of those that were asked for.
    """
    access = access or Access()
    content = _content(request, access.limits)
    wanted = _wanted(request, phases, bases)
    source, head, header = _sheet(content, request, wanted, access)
    table = _Table(request, source, head, header, wanted)
    problems = [*_doubts(table, phases)]
    notes: list[Note] = []
    rows, found = _tied(table, _without_notes(table, list(_rows(table, problems)), problems, notes), problems)
    units = _Units(table, problems)
    above = [None] * len(rows) if found is None else found.above
    listed = [units.listed(row, parent) for row, parent in zip(rows, above, strict=True)]
    notes += _totals(table, rows, listed)
    if found is None:
        listed, implied = _with_implied(table, rows, listed)
        notes += implied
    return UnitSheet(
        listed=_with_names(listed),
        problems=[problem for _, problem in sorted(problems, key=lambda each: each[0])],
        sha256=content.sha256(),
        tied_by="parent" if found is None else found.by,
        sheet=source.name,
        titles=header.titles,
        notes=notes,
    )


# --- the file and its sheet ----------------------------------------------------------------------------------------


def _content(request: SheetRequest, limits: Limits) -> Content:
    if not request.file.exists():
        raise SangkienError(Problem(request.place, say("file.missing"), say("file.missing.fix")))
    if request.file.is_dir():
        raise SangkienError(Problem(request.place, say("unit_sheet.folder"), say("unit_sheet.folder.fix")))
    return replace(content_of(request.file, limits), place=request.place)


def _sheet(
    content: Content, request: SheetRequest, wanted: Wanted, access: Access
) -> tuple[Source, list[list[str]], Header]:
    """The sheet that was asked for, or the first one that lists units, with its header."""
    sheets = open_file(content, access.password).sheets
    if request.sheet is not None:
        sheets = [_named(sheets, request.sheet, request.place)]
    else:
        sheets = [ways for ways in sheets if not ways[0].hidden]
    if not sheets:
        raise SangkienError(Problem(request.place, say("file.no_sheet"), say("file.no_sheet.fix")))
    looks = [_look(ways, wanted) for ways in sheets]
    found = [(source, head, header) for source, head, header in looks if isinstance(header, Header)]
    if found:
        # A page of instructions may say "Đơn vị" somewhere; a list of units has another column beside it.
        return next((each for each in found if len(each[2].positions) > 1), found[0])
    without = [(source, header) for source, _, header in looks if isinstance(header, NoHeader)]
    source, best = max(without, key=lambda each: (each[1].found, len(each[1].held), len(each[1].seen)))
    raise SangkienError(Problem(_place(request, source), *_why_without(source, best)))


def _named(sheets: Sequence[Sequence[Source]], name: str, place: str) -> Sequence[Source]:
    names = [ways[0].name for ways in sheets]
    for same in (tidy, fold):
        for ways, own in zip(sheets, names, strict=True):
            if own is not None and same(own) == same(name):
                return ways
    there = tuple(own for own in names if own is not None)
    if not there:
        raise SangkienError(Problem(place, say("unit_sheet.no_sheets"), say("unit_sheet.no_sheets.fix")))
    near = nearest(name, there, most=1)
    fix = say("unit_sheet.no_sheet.near", near=near[0]) if near else say("unit_sheet.no_sheet.fix")
    raise SangkienError(Problem(place, say("unit_sheet.no_sheet", name=name, there=there), fix))


def _look(ways: Sequence[Source], wanted: Wanted) -> tuple[Source, list[list[str]], Header | NoHeader]:
    """The way of reading a sheet that shows a header with most columns; failing that, the one that shows most."""
    looks = [(source, head := source.head(), _best_header(head, wanted)) for source in ways]
    return max(looks, key=lambda each: _success(each[2]))


def _best_header(head: Sequence[Sequence[str]], wanted: Wanted) -> Header | NoHeader:
    """The row, or two, with the column of names and most others: above a header may stand "Đơn vị: LĐLĐ tỉnh A"."""
    best = find_header(head, wanted)
    below = best.row
    while isinstance(best, Header) and len(best.positions) < _CLEAR and below < len(head):
        found = find_header(head[below:], wanted)
        if isinstance(found, NoHeader):
            break
        found = replace(found, row=found.row + below, last_row=found.last_row + below)
        best = max(best, found, key=lambda each: len(each.positions))
        below = found.row
    return best


def _success(header: Header | NoHeader) -> tuple[bool, int, int]:
    if isinstance(header, Header):
        return True, len(header.positions), 0
    return False, header.found, len(header.seen)


def _why_without(source: Source, best: NoHeader) -> tuple[Sentence, Sentence]:
    """Why a sheet has no header: it lacks columns, its text is in an old font encoding, or has lost its accents."""
    if why := why_illegible(cell for row in source.head() for cell in row):
        return why
    what, fix = explain_missing(replace(best, missing=tuple(headers[:_SHOWN] for headers in best.missing)))
    near = dict(fix.args).get("near")
    return what, say("unit_sheet.missing.fix") if near is None else say("unit_sheet.missing.near", near=near)


def _place(request: SheetRequest, source: Source) -> str:
    return request.place if source.name is None else f"{request.place} [{source.name}]"


# --- columns -------------------------------------------------------------------------------------------------------


def _wanted(request: SheetRequest, phases: Sequence[tuple[str, str]], bases: Sequence[tuple[str, str]]) -> Wanted:
    """The columns that were asked for, and the usual ones for the parts that were not."""
    asked = {part: tuple(headers) for part, headers in request.columns.items() if headers}
    asked |= {f"{QUOTA}{phase}": tuple(headers) for phase, headers in request.quota.items() if headers}
    usual = USUAL | {f"{QUOTA}{phase}": headers for phase, headers in quota_headers(phases, bases).items()}
    if "number" in asked:
        usual.pop("parent")  # who names the numbers wants them to decide
    taken = {fold(header) for headers in asked.values() for header in headers}
    helpful = {
        part: tuple(header for header in headers if fold(header) not in taken)
        for part, headers in usual.items()
        if part not in asked
    }
    return Wanted({"name": helpful.pop("name", ()), **asked}, helpful, ())


def _doubts(table: _Table, phases: Sequence[tuple[str, str]]) -> Iterator[Placed]:
    """Headers of which nobody can say what they mean."""
    header = table.header
    for text in header.twice:
        what = say("columns.twice", headers=(text,))
        yield table.placed(header.row, header.every.index(text), what, say("columns.twice.fix"))
    if header.members:
        what = say("columns.group", members=header.members)
        yield table.placed(header.row, header.every.index(header.members[0]), what, say("unit_sheet.group.fix"))
    if len(phases) < 2 or any(part.startswith(QUOTA) for part in header.positions):
        return
    plain = {fold(word) for word in QUOTAS}
    for position, title in enumerate(header.every):
        if fold(title) in plain:
            what = say("unit_sheet.which_phase", header=title, phases=tuple(name for _, name in phases))
            fix = say("unit_sheet.which_phase.fix", header=title, phase=phases[0][0])
            yield table.placed(header.last_row, position, what, fix)


# --- rows ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Where:
    """A sheet, and which column of it holds which part."""

    file: Path
    place: str  # as messages name it
    positions: Mapping[str, int]

    def problem(self, row: int, position: int, what: Sentence, fix: Sentence | None = None) -> Problem:
        """A problem at a cell."""
        return Problem(f"{self.place} {address(row, position)}", what, fix)


class _Table:
    """The sheet below its header, column by column."""

    def __init__(
        self,
        request: SheetRequest,
        source: Source,
        head: Sequence[Sequence[str]],
        header: Header,
        wanted: Wanted,
    ) -> None:
        self.header = header
        self.where = _Where(request.file, _place(request, source), header.positions)
        self.cells = source.cells(header.last_row, list(header.positions.values()))
        self.first = header.last_row + 1
        self.length = len(self.cells.rows)
        columns = dict(zip(header.positions, self.cells.columns, strict=True))
        self.layout = _layout(source, head, header, wanted, self.cells)
        self.no_units = {row for row, kind in self.layout.kinds.items() if kind != layout.GROUP}
        self.rounded: Mapping[int, str] = {}  # by row, an id of which Excel has lost the last digits
        if "id" in columns:
            self.rounded = codes_meant(columns["id"], self.cells, header.positions["id"]).rounded
        meant = {part: self._meant(part, column) for part, column in columns.items()}
        if "parent" in meant:
            meant["parent"] = self._filled(meant["parent"], meant.get("id"))
        self.texts = {part: _spread(column, tidy) for part, column in meant.items()}
        self.values: dict[str, list[object]] = {part: _spread(column, _reader(part)) for part, column in meant.items()}
        self.flaws = self._flaws()
        self.texts = {part: [labels.without_quotes(text) for text in texts] for part, texts in self.texts.items()}
        for row, parts in self.flaws.items():
            for part in parts:
                self.values[part][row - self.first] = None

    def _meant(self, part: str, column: TextArray) -> TextArray:
        """A column with what its cells mean."""
        position, cells, title = self.header.positions[part], self.cells, self.header.titles[part]
        if part in ("from", "to"):
            return dates_meant(column, cells, position, title, self.no_units).column
        if _is_figures(part):
            return numbers_meant(column, cells, position, title, self.no_units).column
        return _as_shown(column, cells, position)

    def _filled(self, parents: TextArray, ids: TextArray | None) -> TextArray:
        """The column of parents with merged cells and ditto marks filled in. Who has units with the id `nt` means these
        by it."""
        own = distinct(ids) if ids is not None else []
        meant = {text for text in own if is_ditto(text) and _LETTER_OR_DIGIT.search(text)}
        if meant:
            texts = parents.to_pylist()
            rows = [i for i, text in enumerate(texts) if text in meant]
            # A character that no reading keeps.
            parents = with_texts(parents, rows, [f"\0{texts[i]}" for i in rows])
        return filled_down(parents, self.cells, self.header.positions["parent"], self.no_units)

    def _flaws(self) -> Mapping[int, Mapping[str, str]]:
        """By row number the cells that hold no usable value: by part an Excel error, or FORMULA."""
        found: dict[int, dict[str, str]] = defaultdict(dict)
        part_at = {position: part for part, position in self.header.positions.items()}
        for (row, position), held in self.cells.flawed.items():
            if position in part_at:
                found[row][part_at[position]] = held
        for part, texts in self.texts.items():
            if not _ERRORS.isdisjoint(texts):  # a CSV saved from Excel holds the error's words
                for row, text in enumerate(texts, start=self.first):
                    if text in _ERRORS:
                        found[row][part] = text
        return found

    def column(self, part: str) -> Sequence[str]:
        """The texts of a column; blanks where the sheet does not have it."""
        return self.texts.get(part) or [""] * self.length

    def placed(self, row: int, position: int, what: Sentence, fix: Sentence | None = None) -> Placed:
        """A problem at a cell, with its place in the order of problems."""
        return (row, position), self.where.problem(row, position, what, fix)


def _spread(column: TextArray, rule: Callable[[str], T]) -> list[T]:
    """A rule asked once per distinct text of a column, its answers row by row."""
    answers = [rule(text) for text in distinct(column)]
    return [answers[code] for code in codes(column).tolist()]


def _as_shown(column: TextArray, cells: Cells, position: int) -> TextArray:
    """Numbers as Excel shows them, with the zeros of their format."""
    first = int(cells.rows[0]) if len(cells.rows) else 0
    shown = [(row - first, text) for (row, place), text in cells.shown.items() if place == position and row >= first]
    return with_texts(column, [i for i, _ in shown], [text for _, text in shown])


def _is_figures(part: str) -> bool:
    return part == "members" or part.startswith(QUOTA)


def _layout(
    source: Source, head: Sequence[Sequence[str]], header: Header, wanted: Wanted, cells: Cells
) -> layout.Layout:
    """The rows that are no units, and those that may be headings. Most rows are plainly units, and not looked at."""
    if not len(cells.rows):
        return layout.Layout({})
    columns = dict(zip(header.positions, cells.columns, strict=True))
    doubtful = np.flatnonzero(~_plain_units(columns, header, wanted))
    # What a row is shows in the one above it, too; and the last one tells where the sheet ends.
    rows = np.unique(np.clip([*doubtful, *(doubtful - 1), len(cells.rows) - 1], 0, None))
    looked_at = set(cells.rows[rows].tolist())
    asked = next((part for part in columns if _is_figures(part)), None)
    names = {"name": f"{UNIT}0"} | ({asked: "count"} if asked is not None else {})
    # Numbers are looked for outside the columns in use.
    parts = [part for part in columns if part != "number"]
    return layout.below_header(
        source,
        head,
        (header.row, header.last_row),
        replace(
            cells,
            rows=cells.rows[rows],
            columns=[take(columns[part], rows) for part in parts],
            flawed={cell: held for cell, held in cells.flawed.items() if cell[0] in looked_at},
        ),
        {names.get(part, part): header.positions[part] for part in parts},
        {names.get(part, part): wanted.headers[part] for part in parts},
    )


def _plain_units(columns: Mapping[str, TextArray], header: Header, wanted: Wanted) -> np.ndarray:
    """Which rows are units beyond doubt: they have a name that is no label, and a figure, a numeral or an id."""
    titles = {fold(text) for headers in (header.every, *wanted.headers.values()) for text in headers}

    def is_label(name: str) -> bool:
        plain = in_front(name)[1]
        return not _WORD.search(plain) or labels.may_be_label(plain) or fold(plain) in titles

    names = columns["name"]
    numbered = np.zeros(len(names), dtype=bool)
    if "number" in columns:
        numbered = by_distinct(columns["number"], lambda text: bool(_DIGIT.search(text) and readings(text)), bool)
    firm = numbered.copy()
    for part, column in columns.items():
        if _is_figures(part):
            firm |= by_distinct(column, lambda text: _DIGIT.search(text) is not None, bool)
        elif part == "id":
            firm |= by_distinct(column, lambda text: _is_id(text, titles), bool)
    firm &= ~by_distinct(names, is_label, bool)
    # Below "Trong đó" stand its parts, up to the next number.
    for i in np.flatnonzero(by_distinct(names, labels.is_of_which, bool)).tolist():
        below = i + 1
        while below < len(firm) and firm[below] and not numbered[below]:
            firm[below] = False
            below += 1
    return firm


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is a unit."""

    number: int
    index: int  # among the rows below the header
    name: str
    position: int  # the column of its name
    numeral: str
    bare: bool  # it holds nothing but these two


def _rows(table: _Table, problems: list[Placed]) -> Iterator[_Row]:
    """The rows that are units."""
    positions, kinds = table.header.positions, table.layout.kinds
    names, numerals, ids = (table.column(part) for part in ("name", "number", "id"))
    others = [texts for part, texts in table.texts.items() if part not in ("name", "number")]
    parents = {fold(text) for text in set(table.column("parent"))} if layout.GROUP in kinds.values() else set()
    other = min((row for row, kind in kinds.items() if kind == layout.OTHER), default=None)
    if other is not None:
        what = say("unit_sheet.other_table")
        problems.append(table.placed(other, positions["name"], what, say("unit_sheet.other_table.fix")))
    for i, number in enumerate(range(table.first, table.first + table.length)):
        name, numeral, position = names[i], numerals[i], positions["name"]
        kind = kinds.get(number)
        if number in table.cells.broken:
            problems.append(table.placed(number, position, say("unit_sheet.record"), say("unit_sheet.record.fix")))
            continue
        if kind not in (None, layout.GROUP) and not (kind in _MAY_BE_UNITS and name and _is_id(ids[i])):
            continue
        if not name and numeral and not readings(numeral):
            # A heading that reaches from the numbers over the names stands in the cell of the number.
            name, numeral, position = numeral, "", positions["number"]
        if not name and kind == layout.GROUP:
            name, position = _lone_text(table, number)
        flaws = table.flaws.get(number, {})
        bare = not flaws and not any(texts[i] for texts in others)
        if kind == layout.GROUP and bare and not numeral and "parent" in positions and fold(name) not in parents:
            continue  # a heading that no unit names as the one above it
        nameless = "name" in flaws or not _LETTER_OR_DIGIT.search(name)
        if nameless and not flaws.get("name") and not bare:
            problems.append(table.placed(number, position, say("unit_sheet.no_name"), say("unit_sheet.no_name.fix")))
        # Others may stand under a unit without a name, if it has a numeral or an id.
        if not nameless or "name" in flaws or (not bare and (numeral or ids[i])):
            yield _Row(number, i, "" if nameless else name, position, numeral, bare)


def _without_notes(table: _Table, rows: Sequence[_Row], problems: list[Placed], notes: list[Note]) -> Sequence[_Row]:
    """The rows without the remarks at their end: texts by themselves, behind the last unit.

    Such a text is a remark by its words, or behind a total or another remark; a unit if it is called like one. Where
    one speaks for a unit and the other against it, nobody can say.
    """
    filled = next((i + 1 for i in reversed(range(len(rows))) if not rows[i].bare), 0)
    numbered = next((i + 1 for i in reversed(range(len(rows))) if rows[i].numeral), 0)
    names = _Beginnings.of(rows[: max(filled, numbered)])
    remarks = {i for i in range(filled, len(rows)) if not rows[i].numeral and names.begin_remark(rows[i].name)}
    end = min(max(filled, numbered), *remarks, len(rows))
    names = _Beginnings.of(rows[:end])
    units, remarked = list(rows[:end]), False
    totals = [row for row, kind in table.layout.kinds.items() if kind == layout.TOTAL]
    for i, row in enumerate(rows[end:], start=end):
        union = labels.is_union(in_front(row.name)[1])
        sentence = bool(names.words) and labels.is_remark(row.name)
        may_be_unit = union or not names.words or names.hold(row.name)
        summed_up = any(total < row.number and (not units or units[-1].number < total) for total in totals)
        if i in remarks or (sentence and not union):
            remarked = True
        elif may_be_unit and not (remarked or summed_up or sentence):
            units.append(row)
        elif may_be_unit or not (remarked or summed_up):
            what = say("unit_sheet.unit_or_note", name=row.name)
            problems.append(table.placed(row.number, row.position, what, say("unit_sheet.unit_or_note.fix")))
        elif not remarked:
            what = say("unit_sheet.taken_for_note", name=row.name)
            notes.append(Note(f"{table.where.place} {address(row.number, row.position)}", what))
    return units


@dataclass(frozen=True, slots=True)
class _Beginnings:
    """How the names of a sheet begin."""

    words: Collection[str]  # folded
    ranks: Collection[int]  # of numerals in front of them
    starred: bool

    @classmethod
    def of(cls, rows: Sequence[_Row]) -> _Beginnings:
        split = [in_front(row.name) for row in rows]
        return cls(
            {fold(name).partition(" ")[0] for _, name in split},
            {each.rank for numeral, _ in split for each in readings(numeral)},
            any(_STAR.match(row.name) for row in rows),
        )

    def hold(self, text: str) -> bool:
        """Whether a text begins as one of the names does, by its first word or with a numeral of the same kind."""
        numeral, name = in_front(text)
        return fold(name).partition(" ")[0] in self.words or any(each.rank in self.ranks for each in readings(numeral))

    def begin_remark(self, text: str) -> bool:
        """Whether a text is a remark by its words, or by a star that no name has."""
        starred = bool(self.words) and not self.starred and _STAR.match(text) is not None
        return starred or labels.is_note(text)


def _is_id(text: str, titles: Collection[str] = ()) -> bool:
    """Whether a text is an id, so that its row is a unit whatever its words."""
    plain = text.strip()
    if not plain or re.search(r"\s", plain):
        return False
    return not plain.isalpha() or not (labels.is_signature(plain) or labels.is_total(plain) or fold(plain) in titles)


def _lone_text(table: _Table, row: int) -> tuple[str, int]:
    """The only text of a heading's row, and its column, where that stands left of the names."""
    texts = table.layout.texts.get(row, ())
    filled = [position for position, text in enumerate(texts) if text.strip()]
    at = table.header.positions["name"]
    return (tidy(texts[filled[0]]), filled[0]) if len(filled) == 1 and filled[0] < at else ("", at)


# --- what stands under what ----------------------------------------------------------------------------------------


def _tied(table: _Table, rows: Sequence[_Row], problems: list[Placed]) -> tuple[Sequence[_Row], Outline | None]:
    """The rows, and what each stands under; None where a column of parents says that.

    Numerals in front of names are cut off from these.
    """
    if "parent" in table.header.positions:
        return rows, None
    split = [("", row.name) if row.numeral else in_front(row.name) for row in rows]
    numerals = decided([row.numeral or numeral for row, (numeral, _) in zip(rows, split, strict=True)])
    if begin_lists(numerals):
        rows = [
            replace(row, name=name, numeral=numeral) if numeral else row
            for row, (numeral, name) in zip(rows, split, strict=True)
        ]
    else:
        numerals = decided([row.numeral for row in rows])
    found = outline([Line(row.numeral, row.bare) for row in rows], numerals)
    problems += [_fault(table, rows[i], *fault) for i, fault in found.faults.items() if rows[i].name]
    return rows, found


def _fault(table: _Table, row: _Row, fault: Fault, text: str) -> Placed:
    """Why nobody can say what a row stands under."""
    match fault:
        case "orphan":
            what = say("unit_sheet.orphan", numeral=row.numeral, above=text)
            fix = say("unit_sheet.orphan.fix", above=text)
        case "unreadable":
            what, fix = say("unit_sheet.no_numeral", text=text), say("unit_sheet.no_numeral.fix")
        case "unnumbered":
            what, fix = say("unit_sheet.unnumbered", name=row.name), say("unit_sheet.unnumbered.fix")
        case "headings":
            what, fix = say("unit_sheet.headings", name=row.name), say("unit_sheet.unnumbered.fix")
    return table.placed(row.number, table.header.positions.get("number", row.position), what, fix)


# --- units ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _InSheet:
    """A unit's whereabouts."""

    where: _Where
    row: int
    column: int  # of its name

    @property
    def origin(self) -> Origin:
        """The cell of its name."""
        return Origin(self.where.file, f"{self.where.place} {address(self.row, self.column)}", None)

    def problem(self, part: str, what: Sentence, fix: Sentence | None = None) -> Problem:
        """A problem at the cell of a part."""
        columns = {**self.where.positions, "name": self.column}
        # A single spelling, `also.1`, has no cell of its own.
        column = columns.get(part, columns.get(part.partition(".")[0], self.column))
        return self.where.problem(self.row, column, what, fix)


def _with_names(listed: Sequence[Listed]) -> Sequence[Listed]:
    """The units without those whose name cannot be read. One of these with an id stays, under it: others may name it;
    what stands under another one stands under the next above."""
    if all(unit.name for unit in listed):
        return listed
    found: list[Listed] = []
    now: list[int | None] = []  # for each unit, where it stands now, or what stands in for it
    for unit in listed:
        above = None if unit.above is None else now[unit.above]
        if name := unit.name or unit.id:
            now.append(len(found))
            found.append(replace(unit, name=name, above=above))
        else:
            now.append(above)
    return found


class _Units:
    """Rows made into units, and what is wrong with their cells."""

    def __init__(self, table: _Table, problems: list[Placed]) -> None:
        self.table = table
        self.problems = problems
        self.quotas = [(part.removeprefix(QUOTA), part) for part in table.values if part.startswith(QUOTA)]
        self.needed = [part for part in table.values if part != "number" or "parent" not in table.values]

    def listed(self, row: _Row, above: int | None) -> Listed:
        """A row as a unit."""
        for part, held in self.table.flaws.get(row.number, {}).items():
            if part in self.needed:
                what = say("unit_sheet.formula") if held == FORMULA else say("unit_sheet.error", held=held)
                self._wrong(row, part, what, say("unit_sheet.error.fix"))
        quotas = ((phase, self._whole(row, part)) for phase, part in self.quotas)
        return Listed(
            name=row.name,
            at=_InSheet(self.table.where, row.number, row.position),
            above=above,
            parent=self._text(row, "parent"),
            id=self._id(row),
            also=self._several(row, "also"),
            kind=self._text(row, "kind"),
            members=self._whole(row, "members"),
            quota={phase: number for phase, number in quotas if number is not None},
            valid=Window(self._day(row, "from"), self._day(row, "to")),
            into=self._several(row, "into"),
        )

    def _value(self, row: _Row, part: str) -> object:
        """What a cell means; None where it is blank or holds no usable value, or no sheet has such a column."""
        values = self.table.values.get(part)
        return None if values is None else values[row.index]

    def _wrong(self, row: _Row, part: str, what: Sentence, fix: Sentence) -> None:
        self.problems.append(self.table.placed(row.number, self.table.header.positions[part], what, fix))

    def _text(self, row: _Row, part: str) -> str | None:
        return cast("str | None", self._value(row, part)) or None

    def _several(self, row: _Row, part: str) -> tuple[str, ...]:
        return cast("tuple[str, ...] | None", self._value(row, part)) or ()

    def _id(self, row: _Row) -> str | None:
        text = self._text(row, "id")
        if row.number in self.table.rounded:
            self._wrong(row, "id", say("unit_sheet.rounded", text=text), say("unit_sheet.rounded.fix"))
        elif text is not None and " " in text:
            what = say("unit_sheet.id_with_blank", text=text)
            self._wrong(row, "id", what, say("unit_sheet.id_with_blank.fix", id=text.replace(" ", "-")))
        return text

    def _whole(self, row: _Row, part: str) -> int | None:
        value = self._value(row, part)
        if not isinstance(value, str):
            return cast("int | None", value)
        meant = _meant_number(value)
        fix = say("unit_sheet.not_whole.write", number=meant) if meant else say("unit_sheet.not_whole.fix")
        self._wrong(row, part, say("unit_sheet.not_whole", header=self.table.header.titles[part], text=value), fix)
        return None

    def _day(self, row: _Row, part: str) -> date | None:
        value = self._value(row, part)
        if not isinstance(value, str):
            return cast("date | None", value)
        what = say("unit_sheet.not_date", header=self.table.header.titles[part], text=value)
        self._wrong(row, part, what, say("unit_sheet.not_date.fix"))
        return None


# --- units without a row -------------------------------------------------------------------------------------------


def _with_implied(table: _Table, rows: Sequence[_Row], listed: Sequence[Listed]) -> tuple[list[Listed], list[Note]]:
    """The units, with those that only the column of parents names, each before the first one that names it."""
    known = {fold(text) for unit in listed for text in (unit.name, unit.id or "", *unit.also)}
    often = Counter(fold(unit.parent) for unit in listed if unit.parent is not None)
    missing = {name for name, count in often.items() if count >= _ENOUGH and name not in known}
    position = table.header.positions["parent"]
    every: list[Listed] = []
    made: list[str] = []
    for row, unit in zip(rows, listed, strict=True):
        if unit.parent is not None and (name := fold(unit.parent)) in missing:
            missing.remove(name)
            made.append(unit.parent)
            every.append(Listed(unit.parent, _InSheet(table.where, row.number, position), implied=True))
        every.append(unit)
    if not made:
        return every, []
    names = (*made[:_SHOWN], *(["…"] if len(made) > _SHOWN else []))
    header = table.header.titles["parent"]
    return every, [Note(table.where.place, say("unit_sheet.implied", units=len(made), header=header, names=names))]


# --- totals --------------------------------------------------------------------------------------------------------


def _totals(table: _Table, rows: Sequence[_Row], listed: Sequence[Listed]) -> Iterator[Note]:
    """The rows left out as totals, and which of their figures agree with no sum of units."""
    kinds = table.layout.kinds
    totals = [row for row in sorted(set(kinds) - {each.number for each in rows}) if kinds[row] == layout.TOTAL]
    figures = [part for part in table.header.positions if _is_figures(part)]
    shown: list[Sentence | str] = []
    wrong: list[Note] = []
    sums = {part: _Sums(rows, listed, part, [row for row in kinds if row in totals or kinds[row] == layout.GROUP])
            for part in figures} if totals else {}  # fmt: skip
    for row in totals:
        texts = table.layout.texts.get(row, ())
        name = next((tidy(text) for text in texts if _WORD.search(text)), "")
        if not name:
            continue
        figure_under = {
            part: figure
            for part in figures
            if (place := table.header.positions[part]) < len(texts)
            and (figure := labels.figure_of(texts[place])) is not None
        }
        first = next(iter(figure_under.values()), None)
        shown.append(f"“{name}”" if first is None else say("unit_sheet.total.shown", name=name, figure=first))
        for part, stated in figure_under.items():
            if (added := sums[part].other_than(stated, row)) is not None:
                header = table.header.titles[part]
                what = say("unit_sheet.total.wrong", name=name, stated=stated, header=header, found=added)
                wrong.append(Note(f"{table.where.place} {address(row, table.header.positions[part])}", what))
    if shown:
        names = (*shown[:_SHOWN], *(["…"] if len(shown) > _SHOWN else []))
        yield Note(table.where.place, say("unit_sheet.total", names=names))
    yield from wrong


class _Sums:
    """The figures of a column, added up between rows that part a sheet: those of all units, of one depth, of the lowest
    ones, or of the highest that have any."""

    def __init__(self, rows: Sequence[_Row], listed: Sequence[Listed], part: str, edges: Collection[int]) -> None:
        phase = part.removeprefix(QUOTA)
        held = [unit.members if part == "members" else unit.quota.get(phase) for unit in listed]
        above = _above(listed)
        heads = {parent for parent in above if parent is not None}
        lines = [list(_lineage(above, at)) for at in range(len(listed))]
        highest = [not any(held[up] is not None for up in line) for line in lines]
        depths = sorted({len(line) for line in lines})
        chosen = [highest, [True] * len(listed), [at not in heads for at in range(len(listed))]]
        chosen += [[len(line) == depth for line in lines] for depth in depths]
        values = np.array([value or 0 for value in held], dtype=np.int64)
        self.numbers = np.array([row.number for row in rows], dtype=np.int64)
        self.edges = sorted({0, *edges, int(self.numbers.max(initial=0)) + 1})
        self.added = [np.concatenate([[0], np.cumsum(values * np.array(each, dtype=bool))]) for each in chosen]

    def other_than(self, stated: int, row: int) -> int | None:
        """What the highest units add up to, if a total in a row says what no units add up to."""
        spans = [(edge, row) if edge < row else (row, edge) for edge in self.edges if edge != row]
        found = {self._between(added, *span) for added in self.added for span in spans}
        if stated in found or not any(found):
            return None
        above = self._between(self.added[0], 0, row)
        return above or self._between(self.added[0], row, self.edges[-1])

    def _between(self, added: np.ndarray, first: int, last: int) -> int:
        start, end = np.searchsorted(self.numbers, [first, last])
        return int(added[end] - added[start])


def _above(listed: Sequence[Listed]) -> list[int | None]:
    """What each unit stands under, as far as the sheet alone says that."""
    called = {fold(text): at for at, unit in reversed([*enumerate(listed)]) for text in (unit.name, unit.id or "")}
    return [unit.above if unit.parent is None else called.get(fold(unit.parent)) for unit in listed]


def _lineage(above: Sequence[int | None], at: int) -> Iterator[int]:
    """The units above one. A circle, which is refused later, is followed once."""
    seen = {at}
    up = above[at]
    while up is not None and up not in seen:
        yield up
        seen.add(up)
        up = above[up]


def _reader(part: str) -> Callable[[str], object]:
    """What reads the cells of a column: the value of each, None for a blank one, the text of an unreadable one."""
    if _is_figures(part):
        return lambda text: int(text) if _WHOLE.fullmatch(text.strip()) else tidy(text) or None
    if part in ("from", "to"):
        return lambda text: _day(tidy(text))
    if part == "id":
        return lambda text: labels.without_quotes(tidy(text)) if _LETTER_OR_DIGIT.search(text) else None
    return several if part in ("also", "into") else lambda text: labels.without_quotes(tidy(text))


def _meant_number(text: str) -> str:
    """The whole number that a text most likely means, written plainly; "" if that cannot be said.

    >>> [_meant_number(text) for text in ("5.000 SK", "5,091", "5.0", "khoảng 50", "1/2", "-5", "2.5")]
    ['5000', '5091', '5', '', '', '', '']
    """
    found = _MEANT.fullmatch(text)
    return str(int(re.sub(r"\D", "", found.group(1)))) if found else ""


def _day(text: str) -> date | str | None:
    """The day that a text names: an ISO date of any year, or a date as people type it."""
    if _ISO.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    moment = read_date(text, UTC)
    return (text or None) if moment is None else moment.date()


def several(text: str) -> tuple[str, ...]:
    """The texts that a cell lists, one per line or between semicolons. One in double quotes may hold a semicolon.

    >>> several('Than X; Cty Y\\n"A; B"'), several(' ; ')
    (('Than X', 'Cty Y', 'A; B'), ())
    """
    found = (match.group(1) for line in text.splitlines() for match in _LISTED.finditer(line))
    plain = (each[1:-1].replace('""', '"') if _QUOTED.fullmatch(each) else each for each in found)
    return tuple(each for each in map(tidy, plain) if each)

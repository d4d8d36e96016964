"""The XML of an OpenDocument spreadsheet: handlers for its parser that fill grids, and others that count rows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import NamedTuple

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.formats import is_rounded, iso, number_text
from sangkien_cli.sheets.grid import IN_GRID, Grid
from sangkien_cli.sheets.limits import Watch
from sangkien_cli.sheets.package import DEEPEST
from sangkien_cli.sheets.source import EXCEL_ERRORS, FORMULA, LAST_COLUMN, LAST_ROW, Span, address

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = (f"{_OASIS}{name}:1.0}}" for name in ("office", "table", "text"))
_STYLE, _DRAW = f"{_OASIS}style:1.0}}", f"{_OASIS}drawing:1.0}}"
_CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

_SPREADSHEET, _ANNOTATION = f"{_OFFICE}spreadsheet", f"{_OFFICE}annotation"
_SHEET, _ROW = f"{_TABLE}table", f"{_TABLE}table-row"
_CELL, _COVERED = f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"
_SCENARIO = f"{_TABLE}scenario"
_GROUPS = {f"{_TABLE}{name}" for name in ("table-rows", "table-header-rows", "table-row-group")}
_PARAGRAPHS = {f"{_TEXT}p", f"{_TEXT}h"}
_SPACES, _TAB, _BREAK = f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"
# What stands in or over a paragraph without being a part of its text.
_ASIDE = {_ANNOTATION, f"{_TEXT}note", f"{_TEXT}ruby-text"}

_ROWS_REPEATED, _COLUMNS_REPEATED = f"{_TABLE}number-rows-repeated", f"{_TABLE}number-columns-repeated"
_ROWS_SPANNED, _COLUMNS_SPANNED = f"{_TABLE}number-rows-spanned", f"{_TABLE}number-columns-spanned"
_NAME, _STYLE_NAME, _FORMULA = f"{_TABLE}name", f"{_TABLE}style-name", f"{_TABLE}formula"
_VISIBILITY, _DISPLAY = f"{_TABLE}visibility", f"{_TABLE}display"
_TYPE, _CALC_TYPE, _VALUE = f"{_OFFICE}value-type", f"{_CALCEXT}value-type", f"{_OFFICE}value"
_DATE, _TIME, _BOOLEAN, _STRING = (f"{_OFFICE}{name}-value" for name in ("date", "time", "boolean", "string"))
_VALUES = (_DATE, _BOOLEAN, _TIME, _VALUE)

_EXTERNAL = re.compile(r"'[\w.+-]+:.*'#.+", re.DOTALL)  # 'file:///x.ods'#Sheet1: what formulas need of another file
_LONG = 1 << 16  # characters of a cell's text; what goes beyond is counted as it comes
_ENTRY = 200  # bytes that Python takes for a style or a range, roughly
# No XML can hold these: they stand in for what is kept where plain white space is folded.
_MARKS = str.maketrans("\x01\x02\x03", " \t\n")
_FOLDED = re.compile(r"[ \t\r\n]+")

_TRUTH = {(1.0, "TRUE"), (0.0, "FALSE")}  # LibreOffice counts with them
_ERROR = re.compile("|".join([*map(re.escape, EXCEL_ERRORS), r"Err:\d+"]))
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d(?:[.,]\d+)?))?Z?)?")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?")


class _Held(NamedTuple):
    """What a cell holds that is not blank."""

    text: str
    is_number: bool = False
    shown: str | None = None
    flaw: str | None = None


class _Run(NamedTuple):
    """Cells side by side that hold the same."""

    left: int
    right: int
    held: _Held
    span: tuple[int, int] | None  # rows and columns of the merge that begins in each


# What the parser is inside of, from the outside in. In each, certain elements matter; all else is passed over, whole.
_OUTSIDE, _BOOK, _IN_SHEET, _IN_ROW, _IN_CELL, _IN_TEXT, _PASSED_OVER = range(7)


@dataclass(slots=True)
class Tables:
    """Handlers that fill a grid for each sheet. They raise ValueError for what no sheet can hold, SangkienError where
    a limit is passed."""

    place: str
    watch: Watch
    found: list[Grid | None] = field(default_factory=list)  # None = no sheet of this file's own
    _hidden_styles: set[str] = field(default_factory=set)
    _style: str = ""
    _open: list[int] = field(default_factory=lambda: [_OUTSIDE])  # by each open tag, what it is inside of
    _row: int = 0  # the last one that is complete
    _row_repeat: int = 1
    _row_hidden: bool = False
    _runs: list[_Run] = field(default_factory=list)
    _hidden_above: list[range] = field(default_factory=list)  # hidden rows that no filled row stands below yet
    _column: int = 0
    _cell: dict[str, str] = field(default_factory=dict)
    _pieces: list[str] | None = None  # of the cell's text; None = it has no paragraph
    _length: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        inside = into = self._open[-1]
        if inside == _IN_ROW:
            into = _PASSED_OVER
            if tag in (_CELL, _COVERED):
                self._cell, self._pieces, into = attributes, None, _IN_CELL
        elif inside == _IN_CELL:
            if tag in _PARAGRAPHS:
                into = _IN_TEXT
                if self._pieces is None:
                    self._pieces, self._length = [], 0
                else:
                    self._add("\x03")
            elif not tag.startswith(_TEXT):  # all but a list of paragraphs
                into = _PASSED_OVER
        elif inside == _IN_TEXT:
            into = self._start_in_text(tag, attributes)
        elif inside == _IN_SHEET:
            into = self._start_in_sheet(tag, attributes)
        elif inside == _BOOK:
            into = self._start_sheet(attributes) if tag == _SHEET else _PASSED_OVER
        elif inside == _OUTSIDE:
            into = self._start_outside(tag, attributes)
        self._open.append(into)
        if len(self._open) > DEEPEST:
            raise ValueError(f"XML > {DEEPEST}")

    def end(self, tag: str) -> None:
        """An element ends."""
        left, inside = self._open.pop(), self._open[-1]
        if left == _IN_CELL and inside == _IN_ROW:
            self._end_cell()
        elif left == _IN_ROW:
            self._end_row()

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._open[-1] == _IN_TEXT:
            self._add(text)

    def _add(self, text: str) -> None:
        assert self._pieces is not None
        self._length += len(text)
        if self._length > _LONG:
            self.watch.keep(len(text))
        self._pieces.append(text)

    def _start_outside(self, tag: str, attributes: dict[str, str]) -> int:
        if tag == _SPREADSHEET and len(self._open) == 3:  # an embedded one lies deeper
            return _BOOK
        if tag == f"{_STYLE}style":
            self._style = attributes.get(f"{_STYLE}name", "")
        elif tag == f"{_STYLE}table-properties" and attributes.get(_DISPLAY) == "false":
            self.watch.keep(_ENTRY + len(self._style))
            self._hidden_styles.add(self._style)
        return _OUTSIDE

    def _start_sheet(self, attributes: dict[str, str]) -> int:
        self._row, self._hidden_above = 0, []
        name = attributes.get(_NAME, "")
        hidden = attributes.get(_STYLE_NAME) in self._hidden_styles
        self.found.append(None if _EXTERNAL.fullmatch(name) else Grid(self.place, name, hidden, self.watch))
        return _IN_SHEET

    def _start_in_sheet(self, tag: str, attributes: dict[str, str]) -> int:
        if tag == _ROW:
            self._row_repeat = _count(attributes, _ROWS_REPEATED)
            self._row_hidden = attributes.get(_VISIBILITY, "visible") != "visible"
            self._column, self._runs = 0, []
            return _IN_ROW
        if tag == _SCENARIO:  # the sheet repeats cells of another one
            self.found[-1] = None
        return _IN_SHEET if tag in _GROUPS else _PASSED_OVER

    def _start_in_text(self, tag: str, attributes: dict[str, str]) -> int:
        if tag == _SPACES:
            size = _count(attributes, f"{_TEXT}c")
            self.watch.keep(size)
            self._add("\x01" * size)
        elif tag == _TAB:
            self._add("\x02")
        elif tag == _BREAK:
            self._add("\x03")
        elif tag in _ASIDE or tag.startswith(_DRAW):
            return _PASSED_OVER
        return _IN_TEXT

    def _end_cell(self) -> None:
        attributes = self._cell
        left = self._column
        self._column += _count(attributes, _COLUMNS_REPEATED) if _COLUMNS_REPEATED in attributes else 1
        held = _held(attributes, None if self._pieces is None else _plain("".join(self._pieces)))
        grid = self.found[-1]
        if held is None or grid is None:
            return
        # At once, before anything is filled: how often a cell or a row is repeated is only claimed.
        bottom, right = self._row + self._row_repeat, self._column - 1
        if bottom > LAST_ROW or right > LAST_COLUMN:
            what = say("file.endless", sheet=grid.name or "", row=bottom, column=right + 1)
            raise SangkienError(Problem(self.place, what, say("file.endless.fix")))
        span = None
        if _ROWS_SPANNED in attributes or _COLUMNS_SPANNED in attributes:
            span = _count(attributes, _ROWS_SPANNED), _count(attributes, _COLUMNS_SPANNED)
        self._runs.append(_Run(left, right, held, span))

    def _end_row(self) -> None:
        first, self._row = self._row + 1, self._row + self._row_repeat
        grid = self.found[-1]
        if grid is None:
            return
        if self._row_hidden:
            self._hidden_above.append(range(first, self._row + 1))
            self.watch.keep(_ENTRY)
        if not self._runs:
            return
        right = self._runs[-1].right
        self.watch.rectangle(self._row, right + 1, address(self._row, right), grid.name or "")
        # Hidden rows below the last filled one hide nothing, and there may be any number of them.
        for rows in self._hidden_above:
            grid.hide(rows)
        self._hidden_above = []
        # The file's size says nothing about cells that are there by repetition only.
        cells = sum(run.right - run.left + 1 for run in self._runs) * self._row_repeat
        self.watch.spare(IN_GRID * cells)
        for row, run in product(range(first, self._row + 1), self._runs):
            self._fill(grid, row, run)

    def _fill(self, grid: Grid, row: int, run: _Run) -> None:
        left, right, (text, is_number, shown, flaw), span = run
        for column in range(left, right + 1):
            if flaw is None:
                grid.put(row, column, text, number=is_number)
            else:
                grid.put_flaw(row, column, flaw)
            if shown is not None:
                grid.show(row, column, shown)
        if span is not None and span != (1, 1):
            bottom, last = min(row + span[0] - 1, LAST_ROW), min(left + span[1] - 1, LAST_COLUMN)
            grid.merge(Span(row, left, bottom, last))


def _count(attributes: dict[str, str], name: str) -> int:
    """How often something is repeated. Raises ValueError for what is no number from 1 on."""
    number = int(attributes.get(name, "1"))
    if number < 1:
        raise ValueError(f"{name.rpartition('}')[2]}={number}")
    return number


def _plain(raw: str) -> str:
    """A cell's text: white space in the XML counts as one space, and as none at the beginning of a line.

    At the end of a line LibreOffice keeps it, against the standard: it writes a text's last space so.
    """
    if raw.isprintable() and "  " not in raw and not raw.startswith(" "):
        return raw
    return "\x03".join(_FOLDED.sub(" ", line).lstrip(" ") for line in raw.split("\x03")).translate(_MARKS)


def _held(attributes: dict[str, str], written: str | None) -> _Held | None:
    """What a cell holds, from its attributes and its text; None = it is blank.

    A formula whose result is the empty text has an empty paragraph; one without a result has none (`written` is None).
    """
    text = written or ""
    kind = attributes.get(_TYPE)
    formula = _FORMULA in attributes
    if attributes.get(_CALC_TYPE) == "error" or ((formula or kind == "float") and _ERROR.fullmatch(text)):
        return _Held("", flaw=text.strip() or "#ERROR!")
    if kind == "float" and (value := attributes.get(_VALUE, "").strip()):
        return _number(value, text, is_amount=False)
    stored = None if kind in (None, "string") else _stored(attributes)
    if stored is not None:
        name, value = stored
        if name == _DATE:
            return _Held(_date(value))
        if name == _BOOLEAN:
            return _Held(value.upper())
        return _time(value) if name == _TIME else _number(value, text, is_amount=True)
    if _STRING in attributes and attributes[_STRING].strip():
        text = attributes[_STRING]
    if text and not text.isspace():
        return _Held(text)
    return _Held("", flaw=FORMULA) if formula and kind is None and written is None else None


def _stored(attributes: dict[str, str]) -> tuple[str, str] | None:
    """The attribute that holds a cell's value, and the value; None if there is none."""
    return next(((name, value) for name in _VALUES if (value := attributes.get(name, "").strip())), None)


def _number(stored: str, text: str, *, is_amount: bool) -> _Held:
    number = float(stored)
    if not math.isfinite(number):
        return _Held("", flaw="#NUM!")
    if is_amount or text == stored:
        return _Held(number_text(number), is_number=True)
    if (number, text) in _TRUTH:
        return _Held(text)
    return _Held(number_text(number), is_number=True, shown=shown_code(number, text))


def _date(stored: str) -> str:
    """A date as it is stored, in ISO 8601 with a space before the time; a time of 00:00:00 is left out."""
    match = _MOMENT.fullmatch(stored)
    if match is None:
        return stored
    day, minutes, seconds = match.groups()
    try:
        # As in Excel's clock, milliseconds: what is finer is noise of a fraction.
        milliseconds = round(float((seconds or "0").replace(",", ".")) * 1000)
        moment = datetime.fromisoformat(f"{day} {minutes or '00:00'}") + timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        return stored
    if moment.time() == datetime.min.time():
        return moment.date().isoformat()
    return moment.isoformat(" ", "milliseconds" if moment.microsecond else "seconds")


def _time(stored: str) -> _Held:
    """A duration, written as Excel's dates are: 12:30:00 up to a day."""
    match = _DURATION.fullmatch(stored)
    if match is None:
        return _Held(stored)
    sign, *parts = match.groups()
    days, hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in parts)
    serial = (days * 86_400 + hours * 3600 + minutes * 60 + seconds) / 86_400 * (-1 if sign else 1)
    text = iso(serial, epoch_1904=False)
    return _Held(number_text(serial), is_number=True) if text is None else _Held(text)


_ALL_BUT_DIGITS = re.compile(r"\D+")
_AMOUNT = re.compile(r"[.,%]|\dE[+-]")
_THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+")
_CODE = re.compile(
    r"(?P<front>[^\W\d_]\D*|[(+]?)"
    r"(?P<digits>[0-9](?:[ /:()+-]*[0-9])*)"
    r"(?P<behind>(?:[-/)]\D*)?)"
)


def shown_code(number: float, text: str) -> str | None:
    """What a sheet shows for a whole number where that is a code: with zeros in front, or letters or hyphens.

    Thousands, decimals, percents and units behind a number make it an amount: None.

    >>> shown_code(7.0, "000007"), shown_code(7.0, "SK-0007"), shown_code(120004.0, "12-0004")
    ('000007', 'SK-0007', '12-0004')
    >>> shown_code(7.0, "7"), shown_code(1234.0, "1 234"), shown_code(5.0, "5 kg"), shown_code(7.0, "7,00")
    (None, None, None, None)
    """
    if number < 0 or not number.is_integer() or is_rounded(number) or _AMOUNT.search(text):
        return None
    plain = number_text(number)
    digits = _ALL_BUT_DIGITS.sub("", text)
    if text == plain or not digits or digits.lstrip("0") != plain.lstrip("0"):
        return None
    if len(digits) > len(plain):
        return text
    match = _CODE.fullmatch(text.strip())
    if match is None or _THOUSANDS.fullmatch(match["digits"]):
        return None
    return text if match["front"].strip() or match["behind"] or match["digits"] != plain else None


@dataclass(slots=True)
class RowCount:
    """Handlers that only count the rows of each table that hold a value, a formula without one, or any text."""

    rows: list[int] = field(default_factory=list)
    _aside: int = 0  # how deep inside what is no cell's content
    _in_table: bool = False
    _in_row: bool = False
    _repeat: int = 1
    _filled: bool = False
    _without_result: bool = False  # a formula that has neither a value nor a paragraph yet

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._aside:
            self._aside += 1
        elif self._filled:  # nothing else of this row matters, but for the rows of a table inside it
            self._aside = int(tag == _SHEET)
        elif tag in (_CELL, _COVERED):
            self._filled = _has_value(attributes)
            self._without_result = _FORMULA in attributes and _TYPE not in attributes
        elif tag in _PARAGRAPHS:
            self._without_result = False
        elif tag == _ROW:
            self._in_row, self._filled = True, False
            self._repeat = int(attributes.get(_ROWS_REPEATED, "1"))
        elif tag == _SHEET and not self._in_table:
            self._in_table = True
            self.rows.append(0)
        elif tag in _UNCOUNTED or tag.startswith(_DRAW):
            self._aside = 1

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._aside:
            self._aside -= 1
        elif tag == _ROW:
            self.rows[-1] += self._repeat * self._filled
            self._in_row = self._filled = False
        elif self._filled:
            return
        elif tag in (_CELL, _COVERED):
            self._filled = self._without_result
        elif tag == _SHEET:
            self._in_table = False

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._in_row and not self._aside and not self._filled:
            self._filled = not text.isspace()


_UNCOUNTED = _ASIDE | {
    _SHEET,  # in a cell
    *(f"{_TABLE}{name}" for name in ("tracked-changes", "dde-links", "shapes")),
    f"{_OFFICE}forms",
}


def _has_value(attributes: dict[str, str]) -> bool:
    kind = attributes.get(_TYPE)
    if attributes.get(_CALC_TYPE) == "error":
        return True
    names = (_STRING,) if kind in (None, "string") else (*_VALUES, _STRING)
    return any(attributes.get(name, "").strip() for name in names)

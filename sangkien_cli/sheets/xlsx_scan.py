"""A worksheet's XML looked through for what fastexcel does not show.

Nearly every workbook is written in one plain form, in which an address opens each cell: `<c r="B5"`. There, searching
bytes is exact, and a sheet without errors and formulas costs nothing but the search. A sheet in any other form
(prefixes, line breaks inside tags, cells without addresses, comments) is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from sangkien_cli.sheets.source import position

LAST_ROW, LAST_COLUMN = 1_048_576, 16_383  # of an Excel sheet; rows from 1, columns from 0


@dataclass
class Scan:
    """What a worksheet holds besides its values."""

    # Cells with an error value, or a formula without a stored result, by row (from 1) and column (from 0).
    flawed: dict[tuple[int, int], str] = field(default_factory=dict)
    last_row: int = 0  # the last that has a cell with something in it; 0 where that was not looked for
    last_column: int = -1


def local_name(tag: str) -> str:
    """An XML name without its namespace: transitional and strict Open XML differ in nothing else that is read."""
    return tag.rpartition("}")[2]


class _OddForm(Exception):
    """The XML is not in the plain form."""


def scan(open_chunks: Callable[[], Iterator[bytes]], *, extent: bool) -> Scan:
    """Look through a worksheet. `open_chunks` begins to read it anew at each call.

    With `extent` the last row and column are looked for as well, which takes longer. Raises ValueError for an address
    that no sheet can have, and ExpatError for XML that is none.
    """
    try:
        return _search(open_chunks(), extent=extent)
    except _OddForm:
        return _parse(open_chunks())


# --- the plain form ----------------------------------------------------------------------------------------------

_OPENING = b'<c r="'
# A cell that does not open with its address, a prefix before an element's name, or what may hide either.
_ODD = re.compile(rb'<c(?:[^ a-zA-Z]| (?!r="[A-Z]))|<\w+:(?:c|row)[\s/>]|</c\s|<!')
_COLUMNS = re.compile(rb'<c r="([A-Z]+)')
_ROWS = re.compile(rb'<c r="[A-Z]+(\d+)')
_CELL = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*[^/>]|)>(.*?)</c>', re.DOTALL)
_TYPE = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_VALUE = re.compile(rb"<v(?:\s[^>]*)?(?:/>|>([^<]*)</v)")
_FORMULA = re.compile(rb"<f[\s/>]")


def _search(chunks: Iterator[bytes], *, extent: bool) -> Scan:
    found = Scan()
    rest = b""
    for chunk in chunks:
        # The last cell may be cut in two: it waits for the next chunk.
        text = rest + chunk
        cut = max(text.rfind(_OPENING), 0)
        _search_part(text[:cut], found, extent=extent)
        rest = text[cut:]
    _search_part(rest, found, extent=extent)
    return found


def _search_part(text: bytes, found: Scan, *, extent: bool) -> None:
    if _ODD.search(text):
        raise _OddForm
    if extent:
        _extend(found, set(_COLUMNS.findall(text)), set(_ROWS.findall(text)))
    if b"<f" in text or b'"e"' in text or b"'e'" in text:
        found.flawed.update(_flawed_in(text))


def _extend(found: Scan, columns: set[bytes], rows: set[bytes]) -> None:
    """Take columns and rows that hold cells into the extent."""
    last_row = max(map(int, rows), default=1)
    for letters in columns:
        row, column = _place(f"{letters.decode('ascii')}{last_row}")
        found.last_row, found.last_column = max(found.last_row, row), max(found.last_column, column)


def _flawed_in(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for reference, attributes, content in _CELL.findall(text):
        kind = typed.group(1) if (typed := _TYPE.search(attributes)) else b"n"
        stored = _VALUE.search(content)
        value = None if stored is None else (stored.group(1) or b"").decode("utf-8", "replace")
        if flaw := _flaw(kind.decode("ascii"), value, has_formula=_FORMULA.search(content) is not None):
            yield _place(reference.decode("ascii")), flaw


def _flaw(kind: str, value: str | None, *, has_formula: bool) -> str:
    """What makes a cell unusable; "" if nothing does."""
    if kind == "e":
        return value or "#ERROR!"
    # A formula whose result is the empty text stores that as a text.
    missing = not value and not (value is not None and kind == "str")
    return "formula" if has_formula and missing else ""


def _place(reference: str) -> tuple[int, int]:
    """Row and column of an address. Raises ValueError where no sheet can have it."""
    row, column = position(reference)
    if not (1 <= row <= LAST_ROW and 0 <= column <= LAST_COLUMN):
        raise ValueError(reference)
    return row, column


# --- any form ----------------------------------------------------------------------------------------------------


def _parse(chunks: Iterator[bytes]) -> Scan:
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    for chunk in chunks:
        parser.Parse(chunk)
    parser.Parse(b"", True)
    return reader.found


@dataclass
class _Reader:
    """Handlers that follow rows and cells; one without an address stands behind the one before it."""

    found: Scan = field(default_factory=Scan)
    row: int = 0
    column: int = -1
    kind: str = "n"
    value: str | None = None
    has_formula: bool = False
    inside: bool = False  # a value

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local_name(tag):
            case "row":
                self.row = int(attributes.get("r") or self.row + 1)
                self.column = -1
            case "c":
                reference = attributes.get("r")
                here = _place(reference) if reference else (self.row, self.column + 1)
                self.row, self.column = here
                self.kind, self.value, self.has_formula = attributes.get("t", "n"), None, False
            case "v":
                self.value, self.inside = "", True
            case "f":
                self.has_formula = True
            case "is":
                self.value = self.value or "text"

    def end(self, tag: str) -> None:
        match local_name(tag):
            case "v":
                self.inside = False
            case "c":
                self._finish()

    def data(self, text: str) -> None:
        if self.inside:
            self.value = (self.value or "") + text

    def _finish(self) -> None:
        if self.value is None and not self.has_formula and self.kind != "e":
            return
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            raise ValueError(self.row, self.column)
        self.found.last_row = max(self.found.last_row, self.row)
        self.found.last_column = max(self.found.last_column, self.column)
        if flaw := _flaw(self.kind, self.value, has_formula=self.has_formula):
            self.found.flawed[self.row, self.column] = flaw

"""The first rows of a worksheet, read from its XML without parsing the rest."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from sangkien_cli.sheets.source import HEAD_ROWS, position
from sangkien_cli.sheets.xlsx_scan import local_name


class _Enough(Exception):
    """Enough has been parsed."""


def _parse(package: zipfile.ZipFile, part: str, reader: _HeadReader | _StringsReader) -> None:
    """Feed a part to expat until it ends or a handler raises _Enough."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    try:
        with package.open(part) as file:
            for chunk in iter(lambda: file.read(1 << 16), b""):
                parser.Parse(chunk)
    except _Enough:
        pass


@dataclass
class _HeadReader:
    """Handlers that gather the text of the first rows; shared strings stay numbers until all are known."""

    rows: dict[int, dict[int, str | int]] = field(default_factory=dict)
    row: int = 0
    column: int = -1
    kind: str = ""
    text: list[str] | None = None  # None = not inside a value

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local_name(tag):
            case "row":
                self.row = int(attributes.get("r") or self.row + 1)
                self.column = -1
                if self.row > HEAD_ROWS:
                    raise _Enough
            case "c":
                reference = attributes.get("r")
                self.column = position(reference)[1] if reference else self.column + 1
                self.kind = attributes.get("t", "n")
            case "v" | "t":
                self.text = []
            case "rPh":
                self.kind = "phonetic"

    def end(self, tag: str) -> None:
        match local_name(tag):
            case "v" | "t" if self.text is not None:
                self._keep("".join(self.text))
                self.text = None
            case "rPh":
                self.kind = "inlineStr"

    def data(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def _keep(self, text: str) -> None:
        row = self.rows.setdefault(self.row, {})
        if self.kind == "s" and text.strip().isdigit():
            row[self.column] = int(text)
        elif self.kind == "inlineStr":
            row[self.column] = f"{row.get(self.column, '')}{text}"
        elif self.kind not in ("e", "phonetic"):
            row[self.column] = text


@dataclass
class _StringsReader:
    """Handlers that gather shared strings up to the last one that is needed."""

    last: int
    strings: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    inside: bool = False
    phonetic: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local_name(tag):
            case "si":
                self.runs = []
            case "t":
                self.inside = not self.phonetic
            case "rPh":
                self.phonetic = True

    def end(self, tag: str) -> None:
        match local_name(tag):
            case "si":
                self.strings.append("".join(self.runs))
                if len(self.strings) > self.last:
                    raise _Enough
            case "t":
                self.inside = False
            case "rPh":
                self.phonetic = False

    def data(self, text: str) -> None:
        if self.inside:
            self.runs.append(text)


def read_head(package: zipfile.ZipFile, part: str, strings: str | None) -> list[list[str]]:
    """The first rows (HEAD_ROWS at most), from row 1 on, cells as text. `strings` is the part of the shared strings.

    Raises what zipfile, expat and a number that is none raise on a damaged package.
    """
    head = _HeadReader()
    _parse(package, part, head)
    needed = [value for row in head.rows.values() for value in row.values() if isinstance(value, int)]
    shared = _StringsReader(max(needed, default=-1))
    if needed and strings in package.namelist():
        assert strings is not None
        _parse(package, strings, shared)

    def shown(value: str | int) -> str:
        if isinstance(value, str):
            return value
        return shared.strings[value] if value < len(shared.strings) else ""

    rows = []
    for number in range(1, max(head.rows, default=0) + 1):
        cells = head.rows.get(number, {})
        rows.append([shown(cells.get(column, "")) for column in range(max(cells, default=-1) + 1)])
    return rows

"""A second, simpler count of the rows of a worksheet that hold anything, to check the first by.

The XML is split where rows begin, and each row searched for a value. Only rows without a plain one are looked at more
closely.
"""

from __future__ import annotations

import re

import numpy as np

from sangkien_cli.sheets.package import XmlReader, local_name
from sangkien_cli.sheets.xlsx_strings import Strings
from sangkien_cli.sheets.xlsx_text import decoded, unescaped

_MANY = 100  # blank shared strings that a pattern may name
_LONGEST = 32 << 20  # bytes of a row
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)""")


class RowCount:
    """Takes the XML of a worksheet in chunks and counts; `rows` is None where it is in no form that can be split."""

    def __init__(self, strings: Strings) -> None:
        self._blank = strings.blank
        self._rest = b""
        self._started = self._done = False
        self._found = 0
        self._odd = False

    @property
    def rows(self) -> int | None:
        """How many rows hold something, once all chunks were fed."""
        return self._found if self._done and not self._odd else None

    def feed(self, chunk: bytes) -> None:
        """The next bytes."""
        if self._done or self._odd:
            return
        text = self._rest + chunk
        if len(text) > _LONGEST:
            self._odd = True
            return
        if not self._started:
            opening = re.search(rb"<(\w+:)?sheetData[\s/>]", text)
            if opening is None:
                self._rest = text
                return
            self._started = True
            self._prepare(opening[1] or b"")
            text = text[opening.end() :]
        *rows, last = text.split(self._row)
        # The rows' end is searched for behind the last of them only, unless another element's name begins alike.
        if self._end in last or (last[:1].isalpha() and self._end in text):
            self._done = True
            *rows, last = text[: text.index(self._end)].split(self._row)
            rows.append(last)
        self._rest = last
        try:
            self._found += sum(self._plain(row) is not None or self._holds(row) for row in rows)
        except (ValueError, LookupError):
            self._odd = True

    def _prepare(self, prefix: bytes) -> None:
        self._row, self._end = b"<" + prefix + b"row", b"</" + prefix + b"sheetData"
        numbers = self._blank.nonzero()[0][: _MANY + 1].tolist()
        blank = b"|".join(b"%d" % number for number in numbers) if len(numbers) <= _MANY else rb"\d+"
        unless = rb"(?!(?:%b)</)" % blank if blank else b""
        self._plain = re.compile(rb"<%(p)bv>%(unless)b[0-9A-Za-z#.-]" % {b"p": prefix, b"unless": unless}).search
        patterns = {
            "cell": rb"<%(p)bc(\s[^<>]*)?(?<!/)>(.*?)</%(p)bc>",
            "value": rb"<%(p)bv(?:\s[^<>]*)?(?:(?<=/)>|(?<!/)>([^<]*)</)",
            "formula": rb"<%(p)bf[\s/>]",
            "text": rb"<%(p)bt(?:\s[^<>]*)?(?<!/)>([^<]*)</",
            "phonetic": rb"<%(p)brPh[\s>].*?</%(p)brPh>",
        }
        self._patterns = {name: re.compile(pattern % {b"p": prefix}, re.DOTALL) for name, pattern in patterns.items()}

    def _holds(self, row: bytes) -> bool:
        return any(self._cell_holds(attributes, inner) for attributes, inner in self._patterns["cell"].findall(row))

    def _cell_holds(self, attributes: bytes, inner: bytes) -> bool:
        found = _TYPE.search(attributes)
        kind = found[1] if found else b"n"
        stored = self._patterns["value"].search(inner)
        value = stored[1] or b"" if stored else b""
        texts = self._patterns["text"].findall(self._patterns["phonetic"].sub(b"", inner))
        text = unescaped(decoded(value or b"".join(texts)))
        if self._patterns["formula"].search(inner) and not text and not (kind == b"str" and (stored or texts)):
            return True
        if kind == b"s" and not text.isspace():
            return bool(text) and not _is_one(self._blank, text)
        return bool(text.strip())


def _is_one(blank: np.ndarray, number: str) -> bool:
    """Whether the shared string of that number is blank. Raises IndexError where there is none."""
    return bool(blank[int(number[:20])])


class ParsedRowCount:
    """The same count with an XML parser, for forms that cannot be split."""

    def __init__(self, strings: Strings) -> None:
        self._blank = strings.blank
        self._reader = XmlReader(self._start, self._end, self._data)
        self._path: list[str] = []
        self._holds = False
        self._kind = ""
        self._value: list[str] = []
        self._names: set[str] = set()
        self.rows = 0

    def feed(self, chunk: bytes) -> None:
        """The next bytes."""
        self._reader.feed(chunk)

    def close(self) -> None:
        """There are no more bytes."""
        self._reader.close()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        self._path.append(name)
        if name == "row":
            self._holds = False
        elif name == "c":
            self._kind = attributes.get("t", "n")
            self._value = []
            self._names = set()
        self._names.add(name)

    def _end(self, tag: str) -> None:
        name = self._path.pop()
        if "sheetData" not in self._path:
            return
        if name == "c":
            text = unescaped("".join(self._value))
            without = "f" in self._names and not text and not (self._kind == "str" and self._names & {"v", "is"})
            blank = not text.strip() or (self._kind == "s" and _is_one(self._blank, text))
            self._holds |= without or not blank
        elif name == "row":
            self.rows += self._holds

    def _data(self, text: str) -> None:
        if self._path[-1] in ("v", "t") and "c" in self._path and "rPh" not in self._path:
            self._value.append(text)

"""What stands in one cell of an Excel sheet, from the pieces of its XML."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sangkien_cli.sheets.formats import iso, number_text
from sangkien_cli.sheets.source import FORMULA
from sangkien_cli.sheets.xlsx_book import Format

LONGEST = 1 << 20  # characters of a cell; Excel itself ends at 32,767


class Kind(IntEnum):
    """What a cell holds."""

    BLANK = 0
    STRING = 1  # a shared string
    WHOLE = 2  # a number of 15 digits at most, without sign or fraction
    FLOAT = 3  # any other number
    TEXT = 4
    FLAW = 5  # no usable value


@dataclass(frozen=True, slots=True)
class Held:
    """What a cell holds: the number of a shared string, a number, or a text (of a flaw: the error)."""

    kind: Kind
    value: int | float | str = ""


_BLANK = Held(Kind.BLANK)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[0-9]{1,15}")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9:.]+)Z?")
_MIDNIGHT = re.compile(r"00:00(?::00(?:\.0+)?)?")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_ENTITY = re.compile("&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|([a-z]+));|&")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_TRUTH = {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}


def held(kind: str, value: str | None, inline: str | None, *, has_formula: bool) -> Held:
    """What a cell of type `kind` (`s`, `n`, …) holds: `value` is the text of its `<v>`, `inline` of its `<is>`.

    None = it has no such element; entities are decoded, Excel's own escapes not. Raises ValueError for a shared
    string that has no number.

    >>> held("n", "7.50", None, has_formula=False).value, held("str", "", None, has_formula=True).kind.name
    (7.5, 'BLANK')
    """
    text = inline if inline is not None and not value else value
    if kind == "e" and text:
        return Held(Kind.FLAW, text)
    if has_formula and not text and not (kind == "str" and text is not None):
        return Held(Kind.FLAW, FORMULA)
    if not text or text.isspace():
        return _BLANK
    match kind:
        case "s":
            if not text.strip().isdecimal():
                raise ValueError(text)
            return Held(Kind.STRING, int(text))
        case "str" | "inlineStr":
            return _text(unescaped(text))
        case "b":
            return _text(_TRUTH.get(text.strip(), text))
        case "d":
            return _text(_date(text.strip()))
    if text is inline:
        return _text(unescaped(text))
    return _number(text.strip())


def _text(text: str) -> Held:
    return _BLANK if not text or text.isspace() else Held(Kind.TEXT, text)


def _number(text: str) -> Held:
    if _WHOLE.fullmatch(text):
        return Held(Kind.WHOLE, int(text))
    if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
        return Held(Kind.FLOAT, number)
    return _text(text)


def _date(text: str) -> str:
    parts = _DATE.fullmatch(text)
    if parts is None:
        return text
    return parts[1] if _MIDNIGHT.fullmatch(parts[2]) else f"{parts[1]} {parts[2]}"


def unescaped(text: str) -> str:
    """A text without Excel's own escapes for characters that XML cannot hold.

    >>> unescaped("a_x000D_b_x005F_x000D_")
    'a\\rb_x000D_'
    """
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    # A character beyond U+FFFF is escaped in two halves.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decoded(data: bytes) -> str:
    """The text between two tags, as an XML parser would give it. Raises ValueError where that is none.

    >>> decoded(b"H&amp;M &#273;")
    'H&M đ'
    """
    text = data.decode("utf-8")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal or "", 16)
    # What XML forbids, also in this disguise: a parser refuses it, and so does Excel.
    if 0xD800 <= code < 0xE000 or (code < 0x20 and code not in (9, 10, 13)) or code in (0xFFFE, 0xFFFF):
        raise ValueError(found[0])
    return chr(code)


def number_or_date(number: float, form: Format, *, epoch_1904: bool) -> tuple[str, bool]:
    """A stored number as text, and whether it still is a number: with a date's format it is a date."""
    day = iso(number, epoch_1904=epoch_1904) if form.date else None
    return (number_text(number), True) if day is None else (day, False)


def shown_text(cell: Held, form: Format, strings: Mapping[int, str] | Sequence[str], *, epoch_1904: bool) -> str:
    """A cell as text, a flawed one as what it holds. Raises LookupError for a shared string that is not there."""
    match cell.kind:
        case Kind.STRING:
            assert isinstance(cell.value, int)
            return strings[cell.value]
        case Kind.WHOLE | Kind.FLOAT:
            return number_or_date(float(cell.value), form, epoch_1904=epoch_1904)[0]
    return str(cell.value)

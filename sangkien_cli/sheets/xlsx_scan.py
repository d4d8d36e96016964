"""A worksheet's cells read from the bytes of its XML, a million at a time.

Nearly every program writes the same plain form: rows with a number, cells with an address, in ascending order, nothing
between them. What a block of rows holds is worked out for all its cells at once; only what is no whole number and no
shared string is looked at by itself. Whatever is not in that form raises OddForm, and the sheet is parsed instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from sangkien_cli.sheets.source import LAST_COLUMN, LAST_ROW, Span, position
from sangkien_cli.sheets.xlsx_blocks import OddForm, before, whole_numbers, word, words
from sangkien_cli.sheets.xlsx_columns import Batch, Gathering
from sangkien_cli.sheets.xlsx_strings import runs
from sangkien_cli.sheets.xlsx_text import Held, Kind, decoded, held, unescaped

_PADDING = b" " * 32  # words are read beyond the last cell
_LT = ord("<")
_CELL, _ROW = word(b'<c r="'), word(b'<row r="')
_ROW_END, _CELL_END, _CLOSED = word(b"</row>"), word(b"</c>"), word(b"/>")
_VALUE, _VALUE_END, _FORMULA = word(b"<v>"), word(b"</v></c>"), word(b"<f")
_FIRST = tuple(np.uint64((1 << (8 * size)) - 1) for size in range(8))  # of a word, so many bytes
_SHIFT = tuple(np.uint64(8 * size) for size in range(8))
_HASHES = tuple(np.uint64(each) for each in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))

_MANY_FORMS = 4096  # what is worked out once for each form is slow where every cell has its own

_INLINE, _KEPT, _INLINE_END = b"<is><t>", b'<is><t xml:space="preserve">', b"</t></is></c>"
_INLINE_HEAD, _INLINE_TAIL = word(_INLINE_END[:8]), word(_INLINE_END[-8:])
_SPECIAL = re.compile(rb"[<&\r\0]|_x")  # what makes a text other than it stands there
_ATTRIBUTE = re.compile(r'\s+([\w:]+)="([^"&]*)"')
_ATTRIBUTES = re.compile(r'(?:\s+[\w:]+="[^"&]*")*\s*')
_CONTENT = re.compile(
    rb"(?:<f(?:\s[^<>]*)?(?:(?<=/)>|(?<!/)>[^<]*</f>))?"
    rb"(?:<v(?:\s[^<>]*)?(?:(?<=/)>|(?<!/)>([^<]*)</v>))?"
    rb"(?:<is(?:\s[^<>]*)?(?:(?<=/)>|(?<!/)>(.*)</is>))?</c>",
    re.DOTALL,
)
_HIDDEN = re.compile(rb'<row r="(\d+)"[^>]*? hidden="(?:1|true)"')
_MERGED = re.compile(rb"""<mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]+[0-9]+):([A-Z]+[0-9]+)["']""")


def _columns_by_letters() -> np.ndarray:
    """By the first two bytes of an address the column, of two letters when it is 26 or more; -1 = no address."""
    table = np.full(1 << 16, -1, dtype=np.int32)
    letters = range(26)
    for first in letters:
        low = ord("A") + first
        for digit in b"123456789":
            table[low | digit << 8] = first
        for second in letters:
            table[low | (ord("A") + second) << 8] = (first + 1) * 26 + second
    return table


_COLUMNS = _columns_by_letters()
_DIGITS = np.zeros(256, dtype=bool)
_DIGITS[list(b"0123456789")] = True
_LETTERS = np.zeros(256, dtype=bool)
_LETTERS[list(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")] = True


@dataclass(slots=True)
class _Forms:
    """The attributes of cells behind their addresses, each parsed once: there are few, however many cells."""

    styles: list[int] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    slots: np.ndarray = field(default_factory=lambda: np.full(4096, -1, dtype=np.int64))
    keys: np.ndarray = field(default_factory=lambda: np.zeros((3, 4096), dtype=np.uint64))
    known: dict[str, int] = field(default_factory=dict)

    def of(
        self, key: tuple[np.ndarray, np.ndarray, np.ndarray], text: bytes, at: np.ndarray, ends: np.ndarray
    ) -> np.ndarray:
        """The form of each cell, from the (at most 24) bytes of its attributes in three words."""
        slot = ((key[0] * _HASHES[0] ^ key[1] * _HASHES[1] ^ key[2] * _HASHES[2]) >> np.uint64(52)).astype(np.int64)
        form = self.slots[slot]
        for each in range(3):
            form[self.keys[each][slot] != key[each]] = -1
        unknown = np.flatnonzero(form < 0)
        while len(unknown):
            first = int(unknown[0])
            number = self._number(text[int(at[first]) : int(ends[first])])
            where = int(slot[first])
            self.slots[where] = number
            self.keys[:, where] = [each[first] for each in key]
            same = (key[0][unknown] == key[0][first]) & (key[1][unknown] == key[1][first])
            same &= key[2][unknown] == key[2][first]
            form[unknown[same]] = number
            unknown = unknown[~same]
        return form

    def _number(self, attributes: bytes) -> int:
        text = attributes.decode("ascii", "replace")
        number = self.known.get(text)
        if number is None:
            if not _ATTRIBUTES.fullmatch(text):
                raise OddForm
            held = dict(_ATTRIBUTE.findall(text))
            number = self.known[text] = len(self.known)
            if number >= _MANY_FORMS:
                raise OddForm
            style = held.get("s", "0")
            self.styles.append(int(style) if style.isdecimal() else 0)
            self.types.append(held.get("t", "n"))
        return number


@dataclass(slots=True)
class Scan:
    """Takes blocks of whole rows and gathers what they hold."""

    into: Gathering
    _wanted: np.ndarray = field(init=False)  # by column
    _has_blank_strings: bool = field(init=False)
    _forms: _Forms = field(default_factory=_Forms)
    _last_row: int = 0

    def __post_init__(self) -> None:
        wanted = self.into.wanted
        self._wanted = np.full(LAST_COLUMN + 1, wanted is None)
        if wanted is not None:
            self._wanted[[column for column in wanted if column <= LAST_COLUMN]] = True
        self._has_blank_strings = bool(self.into.strings.blank.any())

    def rows(self, block: bytes) -> None:
        """The next rows. Raises OddForm; IndexError for a shared string that is not there."""
        if block.strip():
            self._read(_Block(block))
            if b' hidden="' in block:
                self.into.hide(map(int, _HIDDEN.findall(block)))

    def tail(self, tail: bytes) -> None:
        """What follows the rows: merged ranges. Raises OddForm where the XML does not end as it should."""
        if not tail.rstrip().endswith(b"</worksheet>"):
            raise OddForm
        for found in _MERGED.finditer(tail):
            (top, left), (bottom, right) = position(found[1].decode()), position(found[2].decode())
            self.into.merge(Span(top, left, bottom, right))

    def _read(self, block: _Block) -> None:
        if block.numbers[0] <= self._last_row:
            raise OddForm
        self._last_row = int(block.numbers[-1])
        if not len(block.starts):
            return
        holds = ~block.closed
        # A value that ends in a digit is a number, the number of a shared string, a truth value, or a text: something.
        plainly = (block.tails == _VALUE_END) & _DIGITS[block.data[block.ends - 9]]
        # So is a text of its own that ends in a letter or digit.
        in_place = (block.tails == _INLINE_TAIL) & (block.words[block.ends - len(_INLINE_END)] == _INLINE_HEAD)
        plainly |= in_place & _LETTERS[block.data[block.ends - len(_INLINE_END) - 1]]
        chosen = holds & (self._wanted[block.columns] | ~plainly)
        filled = np.zeros(len(block.numbers), dtype=bool)
        self._take(block, np.flatnonzero(chosen), filled)
        others = holds & ~chosen
        if self._has_blank_strings:
            others &= ~filled[block.row_of]
            self._take(block, np.flatnonzero(others), filled)
        else:
            filled[block.row_of[others]] = True
        self.into.fill(block.numbers[filled], int(block.columns[holds].max(initial=0)))

    def _take(self, block: _Block, cells: np.ndarray, filled: np.ndarray) -> None:
        batch = self._cells(block, cells)
        something = np.flatnonzero(batch.kinds != Kind.BLANK)
        filled[block.row_of[cells[something]]] = True
        self.into.add(batch.some(something))

    def _cells(self, block: _Block, cells: np.ndarray) -> Batch:
        """What these cells hold."""
        at, ends = block.inside[cells], block.ends[cells]
        form, content = self._attributes(block, at)
        types = np.array([{"n": 1, "s": 2}.get(kind, 0) for kind in self._forms.types], dtype=np.int8)[form]
        starts, stops = block.values_of(content, ends, block.tails[cells])
        lengths = stops - starts
        plain = np.flatnonzero((types > 0) & (lengths > 0) & (lengths < 16))
        kinds = np.zeros(len(cells), dtype=np.uint8)
        values = np.zeros(len(cells), dtype=np.int64)
        numbers, sound = _digits(block, stops[plain], lengths[plain])
        plain, numbers = plain[sound], numbers[sound]
        is_string = types[plain] == 2
        values[plain] = numbers
        kinds[plain] = np.where(is_string, Kind.STRING, Kind.WHOLE)
        strings = plain[is_string]
        if len(strings):
            used = values[strings]
            if used.max() >= len(self.into.strings):
                raise IndexError(f"sharedStrings {used.max()}")
            if self._has_blank_strings:
                kinds[strings[self.into.strings.blank[used]]] = Kind.BLANK
        one_by_one = np.ones(len(cells), dtype=bool)
        one_by_one[plain] = False
        self._one_by_one(block, np.flatnonzero(one_by_one), form, content, ends, kinds, values)
        rows = block.numbers[block.row_of[cells]]
        styles = np.array(self._forms.styles, dtype=np.int32)[form]
        return Batch(rows, block.columns[cells], kinds, styles, values)

    def _attributes(self, block: _Block, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The form of each cell, and where its content begins."""
        key = []
        length = np.zeros(len(at), dtype=np.int64)
        more = np.ones(len(at), dtype=bool)
        for offset in (0, 8, 16):
            bytes_before = np.zeros(len(at), dtype=np.uint64)
            some = np.flatnonzero(more)
            if len(some):
                bytes_before[some], count, found = before(block.words[at[some] + offset], b">")
                length[some] += np.where(found, count, 8)
                more[some] = ~found
            key.append(bytes_before)
        if more.any():
            raise OddForm
        form = self._forms.of((key[0], key[1], key[2]), block.text, at, at + length)
        return form, at + length + 1

    def _one_by_one(
        self,
        block: _Block,
        chosen: np.ndarray,
        form: np.ndarray,
        content: np.ndarray,
        ends: np.ndarray,
        kinds: np.ndarray,
        values: np.ndarray,
    ) -> None:
        types = self._forms.types
        by_type: dict[str, list[int]] = {}
        for number in np.unique(form[chosen]).tolist():
            by_type.setdefault(types[number], []).append(number)
        for kind, numbers in by_type.items():
            mine = chosen if len(by_type) == 1 else chosen[np.isin(form[chosen], numbers)]
            places = zip(content[mine].tolist(), ends[mine].tolist(), strict=True)
            contents = [block.text[start:stop] for start, stop in places]
            distinct = dict.fromkeys(contents)
            held = self._plain_texts(distinct) if kind == "inlineStr" else {}
            held |= {each: self._known(kind, each) for each in distinct if each not in held}
            kinds[mine], values[mine] = np.array([held[each] for each in contents], dtype=np.int64).T

    def _plain_texts(self, contents: Iterable[bytes]) -> dict[bytes, tuple[int, int]]:
        """Of cells with a text of their own those in the usual form, without anything to be decoded but letters."""
        usual = [each for each in contents if each.startswith(_INLINE) and each.endswith(_INLINE_END)]
        inside = {each: each[len(_INLINE) : -len(_INLINE_END)] for each in usual}
        simple = {each: text for each, text in inside.items() if not _SPECIAL.search(text)}
        texts = b"\0".join(simple.values()).decode("utf-8").split("\0")
        if len(texts) != len(simple):
            return {}
        numbers = self.into.text_numbers(texts)
        return {
            each: (Kind.TEXT, number)
            for each, text, number in zip(simple, texts, numbers, strict=True)
            if text and not text.isspace()
        }

    def _known(self, kind: str, content: bytes) -> tuple[int, int]:
        """The kind and the value of one cell."""
        if kind == "inlineStr" and (text := _inline(content)):
            return Kind.TEXT, self.into.text_number(text)
        cell = _held(kind, content)
        value = self.into.value_of(cell)
        blank = cell.kind == Kind.STRING and self.into.strings.blank[value]
        return (Kind.BLANK if blank else cell.kind), value


def _inline(content: bytes) -> str | None:
    """The text of a cell that has one in the usual form, and that stands there as it is read; None = look closer."""
    start = len(_INLINE) if content.startswith(_INLINE) else len(_KEPT) if content.startswith(_KEPT) else 0
    if not start or not content.endswith(_INLINE_END):
        return None
    text = content[start : -len(_INLINE_END)]
    if b"<" in text or b"\r" in text:
        return None
    read = unescaped(decoded(text))
    return None if read.isspace() else read


def _held(kind: str, content: bytes) -> Held:
    parts = _CONTENT.fullmatch(content)
    if parts is None:
        raise OddForm
    value, inline = parts.groups()
    if value is None and b"<v" in content[: parts.start(2) if inline is not None else None]:
        value = b""
    text = None if inline is None else "".join(decoded(run) for run in runs(inline))
    has_formula = content.startswith(b"<f")
    return held(kind, None if value is None else decoded(value), text, has_formula=has_formula)


def _digits(block: _Block, stops: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of at most 15 digits that end there, and which of them are digits only."""
    numbers, sound = whole_numbers(block.words[stops - 8], np.minimum(lengths, 8))
    long = np.flatnonzero(lengths > 8)
    if len(long):
        high, high_sound = whole_numbers(block.words[stops[long] - 16], lengths[long] - 8)
        numbers[long] += high * 10**8
        sound[long] &= high_sound
    return numbers, sound


@dataclass(slots=True)
class _Block:
    """Where rows and cells lie in a block of whole rows. Raises OddForm where it is not in the plain form."""

    text: bytes
    data: np.ndarray = field(init=False)
    words: np.ndarray = field(init=False)
    numbers: np.ndarray = field(init=False)  # of the rows, int32
    starts: np.ndarray = field(init=False)  # of the cells, as all that follows
    ends: np.ndarray = field(init=False)
    row_of: np.ndarray = field(init=False)  # position of the cell's row
    columns: np.ndarray = field(init=False)
    inside: np.ndarray = field(init=False)  # behind its address
    tails: np.ndarray = field(init=False)  # its last eight bytes
    closed: np.ndarray = field(init=False)  # no content

    def __post_init__(self) -> None:
        size = len(self.text.rstrip())
        self.text = self.text[:size] + _PADDING
        self.data = np.frombuffer(self.text, dtype=np.uint8)
        self.words = words(self.text)
        tags, is_row = self._tags()
        rows = np.flatnonzero(is_row)
        signs, masks, digits = self._number_rows(tags[rows])
        stops = np.append(tags[1:], size)
        closings = stops[np.append(rows[1:] - 1, len(tags) - 1)]  # where each row ends
        has_cells = np.diff(np.append(rows, len(tags))) > 1
        tails = self.words[closings - 8]
        open_row = (tails >> _SHIFT[2]) == _ROW_END
        if not (open_row | (~has_cells & ((tails >> _SHIFT[6]) == _CLOSED))).all():
            raise OddForm
        last_cells = (np.append(rows[1:], len(tags)) - 1)[has_cells]
        stops[last_cells] -= len("</row>")
        cells = np.flatnonzero(~is_row)
        self.starts, self.ends = tags[cells], stops[cells]
        self.row_of = (np.cumsum(is_row) - 1)[cells]
        self.tails = self.words[self.ends - 8]
        self.closed = (self.tails >> _SHIFT[6]) == _CLOSED
        if not (self.closed | ((self.tails >> _SHIFT[4]) == _CELL_END)).all():
            raise OddForm
        self._place(signs, masks, digits)

    def _tags(self) -> tuple[np.ndarray, np.ndarray]:
        """Where rows and cells begin, and which of the two it is."""
        opening = self.data[:-1] == _LT
        following = self.data[1:]
        if (opening & (following == ord("!"))).any():
            raise OddForm
        tags = np.flatnonzero(opening & ((following == ord("c")) | (following == ord("r"))))
        found = self.words[tags]
        is_row = found == _ROW
        known = is_row | ((found & _FIRST[6]) == _CELL)
        if not known.all():
            # Rich text has elements whose names begin alike.
            for tag in tags[~known].tolist():
                if re.match(rb"<(?:c|row)[\s/>]", self.text[tag : tag + 5]):
                    raise OddForm
            tags, is_row = tags[known], is_row[known]
        if not len(tags) or not is_row[0] or tags[0] != 0:
            raise OddForm
        return tags, is_row

    def _number_rows(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows' numbers; returns how an address in each row must end: its bytes, a mask for them, its digits."""
        behind = self.words[rows + len('<row r="')]
        digits, count, found = before(behind, b'"')
        if not found.all() or not count.all():
            raise OddForm
        shift = (np.uint64(64) - count.astype(np.uint64) * np.uint64(8)) & np.uint64(63)
        numbers, sound = whole_numbers(digits << shift, count)
        if not sound.all() or (np.diff(numbers) <= 0).any() or not 1 <= numbers[0] <= numbers[-1] <= LAST_ROW:
            raise OddForm
        self.numbers = numbers.astype(np.int32)
        masks = ~np.uint64(0) >> (shift - np.uint64(8))
        return behind & masks, masks, count

    def _place(self, signs: np.ndarray, masks: np.ndarray, digits: np.ndarray) -> None:
        """The cells' columns, and where their addresses end."""
        starts, row_of = self.starts, self.row_of
        columns = _COLUMNS[(self.words[starts] >> _SHIFT[6]).astype(np.int64)]
        behind = starts + 7
        several = np.flatnonzero(columns >= 26)
        if len(several):
            third = self.data[starts[several] + 8].astype(np.int32) - ord("A")
            has_third = (third >= 0) & (third < 26)
            columns[several] = np.where(has_third, (columns[several] + 1) * 26 + third, columns[several])
            behind[several] += 1 + has_third
        same_row = row_of[1:] == row_of[:-1]
        if (columns < 0).any() or (columns > LAST_COLUMN).any() or (same_row & (np.diff(columns) <= 0)).any():
            raise OddForm
        if ((self.words[behind] & masks[row_of]) != signs[row_of]).any():
            raise OddForm
        self.columns = columns
        self.inside = behind + digits[row_of] + 1

    def values_of(self, content: np.ndarray, ends: np.ndarray, tails: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the text of each `<v>` begins and ends, of cells whose content begins and ends there; 0, 0 = none."""
        first = self.words[content]
        has_value = tails == _VALUE_END
        plain = has_value & ((first & _FIRST[3]) == _VALUE)
        starts = np.where(plain, content + 3, 0)
        computed = np.flatnonzero(has_value & ((first & _FIRST[2]) == _FORMULA))
        if len(computed):
            values = np.flatnonzero((self.data[:-1] == _LT) & (self.data[1:] == ord("v")))
            own = values[np.searchsorted(values, ends[computed] - 8) - 1]
            sound = (own > content[computed]) & ((self.words[own] & _FIRST[3]) == _VALUE)
            starts[computed[sound]] = own[sound] + 3
        return starts, np.where(starts > 0, ends - 8, 0)

"""The cells of a sheet as they are read, and the columns that are made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sangkien_cli import arrays
from sangkien_cli.arrays import TextArray
from sangkien_cli.sheets.formats import shown_as
from sangkien_cli.sheets.limits import Watch
from sangkien_cli.sheets.source import Cells, Formatted, Shown, Span, address
from sangkien_cli.sheets.xlsx_book import Format
from sangkien_cli.sheets.xlsx_strings import Strings
from sangkien_cli.sheets.xlsx_text import Held, Kind, number_or_date

_GENERAL = Format()
_CELL, _TEXT, _ENTRY, _SPAN, _ROW = 25, 80, 250, 300, 80  # bytes that Python takes for each, roughly


@dataclass(frozen=True, slots=True)
class Batch:
    """Cells beside each other in arrays of one length."""

    rows: np.ndarray  # int32
    columns: np.ndarray  # int32
    kinds: np.ndarray  # uint8, a Kind
    styles: np.ndarray  # int32
    # int64: of a shared string or a text its number, of a whole number the number, of any other its eight bytes
    values: np.ndarray

    def some(self, chosen: np.ndarray) -> Batch:
        """The cells at these positions."""
        return Batch(*(getattr(self, name)[chosen] for name in self.__slots__))


@dataclass(slots=True)
class Gathering:
    """What is read of one sheet. Rows from 1, columns from 0."""

    sheet: str
    watch: Watch
    strings: Strings
    formats: Sequence[Format]
    epoch_1904: bool
    below: int  # cells of later rows only are kept
    wanted: frozenset[int] | None  # of these columns; None = of all
    flawed: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Span] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    last_row: int = 0  # that holds anything
    last_column: int = -1
    _filled: list[np.ndarray] = field(default_factory=list)  # rows that hold anything
    _texts: dict[str, int] = field(default_factory=dict)
    _pieces: dict[int, list[Batch]] = field(default_factory=dict)  # by column
    _kept: int = 0  # bytes, roughly

    def value_of(self, cell: Held) -> int:
        """What stands for a cell in a Batch. Raises IndexError for a shared string that is not there."""
        match cell.kind:
            case Kind.STRING:
                assert isinstance(cell.value, int)
                if cell.value >= len(self.strings):
                    raise IndexError(f"sharedStrings {cell.value}")
                return cell.value
            case Kind.WHOLE:
                return int(cell.value)
            case Kind.FLOAT:
                return int(np.float64(cell.value).view(np.int64))
            case Kind.TEXT | Kind.FLAW:
                return self.text_number(str(cell.value))
        return 0

    def text_number(self, text: str) -> int:
        """The number that stands for a text."""
        number = self._texts.setdefault(text, len(self._texts))
        if number == len(self._texts) - 1:
            self._keep(len(text) + _TEXT)
        return number

    def text_numbers(self, texts: Sequence[str]) -> list[int]:
        """The numbers that stand for some texts."""
        known = len(self._texts)
        numbers = [self._texts.setdefault(text, len(self._texts)) for text in texts]
        new = [len(text) for text, number in zip(texts, numbers, strict=True) if number >= known]
        self._keep(sum(new) + _TEXT * len(new))
        return numbers

    def _keep(self, size: int) -> None:
        # The cells are gathered anew where their form turns out to be an odd one.
        self._kept += size
        self.watch.hold(f"[{self.sheet}]", self._kept)

    def merge(self, span: Span) -> None:
        """A merged range."""
        self._keep(_SPAN)
        self.merged.append(span)

    def hide(self, rows: Iterable[int]) -> None:
        """These rows are hidden."""
        before = len(self.hidden)
        self.hidden.update(rows)
        self._keep(_ROW * (len(self.hidden) - before))

    def fill(self, rows: np.ndarray, last_column: int) -> None:
        """These rows, every one new, hold something, up to this column at most."""
        if not len(rows):
            return
        self._filled.append(rows.astype(np.int32))
        self.last_row, self.last_column = max(self.last_row, int(rows.max())), max(self.last_column, last_column)
        corner = address(self.last_row, self.last_column)
        self.watch.rectangle(self.last_row, self.last_column + 1, corner, self.sheet)

    def add(self, batch: Batch) -> None:
        """Keep cells, none of which is blank."""
        batch = batch.some(np.flatnonzero(batch.rows > self.below))
        flawed = np.flatnonzero(batch.kinds == Kind.FLAW)
        if len(flawed):
            self._keep(_ENTRY * len(flawed))
            texts = list(self._texts)
            some = batch.some(flawed)
            places = zip(some.rows.tolist(), some.columns.tolist(), some.values.tolist(), strict=True)
            self.flawed.update({(row, column): texts[number] for row, column, number in places})
            batch = batch.some(np.flatnonzero(batch.kinds != Kind.FLAW))
        order = np.argsort(batch.columns, kind="stable")
        columns = batch.columns[order]
        edges = np.flatnonzero(np.diff(columns, prepend=-1, append=-1))
        for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            column = int(columns[start])
            if self.wanted is None or column in self.wanted:
                self._keep(_CELL * (stop - start))
                self._pieces.setdefault(column, []).append(batch.some(order[start:stop]))

    @property
    def filled(self) -> np.ndarray:
        """The rows that hold anything, in the order of the file."""
        return np.concatenate([np.zeros(0, dtype=np.int32), *self._filled])

    # --- columns -------------------------------------------------------------------------------------------------

    def cells(self, columns: Sequence[int] | None, plain: Collection[int]) -> Cells:
        """What was gathered, as a reader delivers it. To be asked once: the cells are given up on the way.

        Raises ValueError for a cell that was there twice.
        """
        length = max(self.last_row - self.below, 0)
        texts = list(self._texts)
        shown = Shown()
        numbers: dict[int, np.ndarray] = {}
        made: dict[int, TextArray] = {}
        wanted = range(self.last_column + 1) if columns is None else columns
        for position in dict.fromkeys(wanted):
            pieces = self._pieces.pop(position, [])
            made[position], flags = self._column(position, pieces, texts, shown, length, plain=position in plain)
            if flags.any():
                numbers[position] = flags
        filled = self.filled
        return Cells(
            rows=np.arange(self.below + 1, self.below + 1 + length, dtype=np.int32),
            columns=[made[position] for position in wanted],
            flawed=self.flawed,
            numbers=numbers,
            shown=shown,
            epoch_1904=self.epoch_1904,
            merged=tuple(self.merged),
            hidden_rows=self.hidden.intersection(filled.tolist()) if self.hidden else frozenset(),
            nonblank=len(filled),
        )

    def _column(
        self,
        position: int,
        pieces: list[Batch],
        texts: list[str],
        shown: Shown,
        length: int,
        *,
        plain: bool,
    ) -> tuple[TextArray, np.ndarray]:
        """One column, and which of its rows hold a number."""
        flags = np.zeros(length, dtype=bool)
        codes = np.zeros(length, dtype=np.int32)
        dictionary = [arrays.plain([""])]
        if pieces:
            batch = Batch(*(np.concatenate([getattr(each, name) for each in pieces]) for name in Batch.__slots__))
            pieces.clear()
            at = batch.rows - (self.below + 1)
            if (np.bincount(at, minlength=length) > 1).any():
                twice = int(batch.rows[np.flatnonzero(np.bincount(at)[at] > 1)[0]])
                raise ValueError(address(twice, position))
            size = 1
            for kind in np.unique(batch.kinds).tolist():
                # A format matters to numbers only; nearly every column has one.
                mine = np.flatnonzero(batch.kinds == kind)
                is_number = kind in (Kind.WHOLE, Kind.FLOAT)
                for style, chosen in self._by_style(mine, batch.styles[mine]) if is_number else [(None, mine)]:
                    held, numbered = _distinct(batch.values[chosen])
                    words, are_numbers = self._words(kind, held, style, texts)
                    codes[at[chosen]] = numbered + size
                    flags[at[chosen]] = are_numbers[numbered]
                    dictionary.append(words)
                    size += len(words)
                    self._note_shown(shown, position, batch.rows[chosen], kind, held, numbered, style)
        return _encoded(codes, pa.concat_arrays(dictionary), plain=plain), flags

    def _by_style(self, cells: np.ndarray, styles: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Cells by their style; those that the workbook does not know count as one. There may be thousands of them."""
        known = np.where((styles >= 0) & (styles < len(self.formats)), styles, -1)
        order = np.argsort(known, kind="stable")
        edges = np.flatnonzero(np.diff(known[order], prepend=-2, append=-2))
        for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            self.watch.time()
            yield int(known[order[start]]), cells[order[start:stop]]

    def _words(
        self, kind: int, values: np.ndarray, style: int | None, texts: list[str]
    ) -> tuple[TextArray, np.ndarray]:
        """Distinct values of one kind and format as texts, and which of them are numbers."""
        match kind:
            case Kind.STRING:
                return arrays.take(self.strings.texts, values), np.zeros(len(values), dtype=bool)
            case Kind.TEXT:
                return arrays.plain([texts[i] for i in values.tolist()]), np.zeros(len(values), dtype=bool)
        form = self._format(style)
        if kind == Kind.WHOLE and not form.date:
            return pc.cast(_int64s(values), pa.string()), np.ones(len(values), dtype=bool)
        each = [number_or_date(number, form, epoch_1904=self.epoch_1904) for number in _floats(kind, values)]
        return arrays.plain([text for text, _ in each]), np.array([is_number for _, is_number in each], dtype=bool)

    def _note_shown(
        self,
        shown: Shown,
        position: int,
        rows: np.ndarray,
        kind: int,
        values: np.ndarray,
        numbered: np.ndarray,
        style: int | None,
    ) -> None:
        code = self._format(style).code
        if code is not None:
            forms = [shown_as(number, code) for number in _floats(kind, values)]
            has_form = np.array([form is not None for form in forms], dtype=bool)[numbered]
            if has_form.any():
                texts = [form or "" for form in forms]
                shown.add(position, Formatted(rows[has_form], numbered[has_form], texts))

    def _format(self, style: int | None) -> Format:
        return self.formats[style] if style is not None and 0 <= style < len(self.formats) else _GENERAL


def _floats(kind: int, values: np.ndarray) -> list[float]:
    floats: list[float] = (values.view(np.float64) if kind == Kind.FLOAT else values.astype(np.float64)).tolist()
    return floats


def _int64s(numbers: np.ndarray) -> TextArray:
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(np.ascontiguousarray(numbers))])


def _distinct(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct ones among whole numbers, and the position of each among them."""
    encoded = _int64s(values).dictionary_encode()
    held = encoded.dictionary
    found = np.frombuffer(held.buffers()[1], dtype=np.int64)[held.offset : held.offset + len(held)]
    return found, arrays.int32s(encoded.indices)


def _encoded(codes: np.ndarray, dictionary: TextArray, *, plain: bool) -> TextArray:
    if not plain:
        # One text may stand there as a shared string, as a number and as a text of its own.
        unique = dictionary.dictionary_encode()
        if len(unique.dictionary) < len(dictionary):
            codes, dictionary = arrays.int32s(unique.indices)[codes], unique.dictionary
    indices = pa.Array.from_buffers(pa.int32(), len(codes), [None, pa.py_buffer(np.ascontiguousarray(codes))])
    return dictionary.take(indices) if plain else pa.DictionaryArray.from_arrays(indices, dictionary)

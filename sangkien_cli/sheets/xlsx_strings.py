"""The shared strings of a workbook: every text once, cells give its number."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from sangkien_cli import arrays
from sangkien_cli.arrays import TextArray
from sangkien_cli.sheets.package import Package, XmlReader, local_name
from sangkien_cli.sheets.xlsx_blocks import Blocks, OddForm, ahead, word, words
from sangkien_cli.sheets.xlsx_text import LONGEST, decoded, unescaped

_PRESERVE = b' xml:space="preserve"'
_OPENING, _CLOSING = b"<si><t>", b"</t></si>"
_START, _END = word(_OPENING), word(_CLOSING[1:])
_SEVEN, _FOUR = word(b"\xff" * 7), word(b"\xff" * 4)
_PADDING = b" " * 8
_ITEM = re.compile(rb"<si>((?:[^<]|<(?!/si>))*)</si>\s*")
_PHONETIC = re.compile(rb"<rPh[\s>].*?</rPh>", re.DOTALL)
_RUN = re.compile(rb"<t(?:\s[^<>]*)?(?:(?<=/)>|(?<!/)>([^<]*)</t>)")


@dataclass(frozen=True)
class Strings:
    """All texts, and which of them are blank."""

    texts: TextArray = field(default_factory=lambda: arrays.blanks(0))
    blank: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __len__(self) -> int:
        return len(self.blank)

    def some(self, numbers: Collection[int]) -> dict[int, str]:
        """The texts of some numbers. Raises IndexError for a number that has none."""
        return {number: str(self.texts[number]) for number in set(numbers)}


def read_strings(package: Package, part: str | None, last: int | None = None) -> Strings:
    """The shared strings, or those up to the number `last`.

    Raises what `open_package` takes for damage.
    """
    if part is None:
        return Strings()
    watch = package.content.watch
    for way in (_plain_form, _any_form):
        pieces: list[TextArray] = []
        length = size = 0
        try:
            with ahead(package.chunks(part)) as chunks:
                for piece in way(chunks):
                    size += piece.nbytes
                    watch.hold(part, size)
                    pieces.append(piece)
                    length += len(piece)
                    if last is not None and length > last:
                        break
        except OddForm:
            continue
        break
    texts = arrays.joined(pieces) if pieces else arrays.blanks(0)
    return Strings(texts, arrays.blank(texts))


# --- the plain form: <si><t>…</t></si> ---------------------------------------------------------------------------


def _plain_form(chunks: Iterator[bytes]) -> Iterator[TextArray]:
    for block in Blocks(chunks, b"sst", b"si>"):
        if block.strip():
            yield _texts(block.replace(_PRESERVE, b""))


def _texts(block: bytes) -> TextArray:
    """The texts of a block of whole items. Most are cut out of its bytes all at once, the others one by one."""
    padded = block + _PADDING
    data = np.frombuffer(padded, dtype=np.uint8)
    tags = np.flatnonzero(data == ord("<"))
    if not len(tags) or tags[0] != 0:
        raise OddForm
    at = words(padded)
    starts = tags[(at[tags] & _FOUR) == word(b"<si>")]
    if len(starts) != block.count(b"<si") or b"<!" in block:
        raise OddForm
    stops = np.append(starts[1:], len(block))
    edges = np.searchsorted(tags, np.append(starts, len(block)))
    odd = ((at[starts] & _SEVEN) != _START) | (at[np.maximum(stops - 8, 0)] != _END) | (np.diff(edges) != 4)
    plain_form = ~odd
    # What XML or Excel writes in another way than it reads.
    special = (data == ord("&")) | (data == ord("\r"))
    special[:-1] |= (data[:-1] == ord("_")) & (data[1:] == ord("x"))
    odd[np.searchsorted(starts, np.flatnonzero(special), side="right") - 1] = True
    # Every second piece is a text, the others are the tags between two texts.
    offsets = np.empty(2 * len(starts) + 1, dtype=np.int32)
    offsets[0], offsets[1:-1:2], offsets[2::2] = 0, starts + len(_OPENING), stops - len(_CLOSING)
    one_by_one = np.flatnonzero(odd)
    offsets[1:-1:2][one_by_one] = offsets[2::2][one_by_one] = starts[one_by_one]
    cut = pa.StringArray.from_buffers(2 * len(starts), pa.py_buffer(offsets), pa.py_buffer(padded))
    texts = arrays.take(cut, np.arange(1, 2 * len(starts), 2))
    texts.validate(full=True)
    if not len(one_by_one):
        return texts
    places = zip(starts[one_by_one].tolist(), stops[one_by_one].tolist(), plain_form[one_by_one].tolist(), strict=True)
    others = arrays.plain([_text(block[start:stop], plain_form=plain) for start, stop, plain in places])
    order = np.arange(len(starts))
    order[one_by_one] = len(starts) + np.arange(len(others))
    return arrays.take(pa.concat_arrays([texts, others]), order)


def _text(item: bytes, *, plain_form: bool) -> str:
    if plain_form:
        return unescaped(decoded(item[len(_OPENING) : -len(_CLOSING)]))
    found = _ITEM.fullmatch(item)
    if found is None:
        raise OddForm
    return unescaped("".join(decoded(run) for run in runs(found[1])))


def runs(item: bytes) -> list[bytes]:
    """The runs of a text, as they are stored, without the phonetic ones."""
    return _RUN.findall(_PHONETIC.sub(b"", item) if b"<rPh" in item else item)


# --- any form ----------------------------------------------------------------------------------------------------


class _Items:
    """Handlers of a parser that gather the texts."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._runs: list[str] = []
        self._inside = False
        self._phonetic = False
        self._size = 0

    def start(self, tag: str, _: dict[str, str]) -> None:
        match local_name(tag):
            case "si":
                self._runs = []
                self._size = 0
            case "t":
                self._inside = not self._phonetic
            case "rPh":
                self._phonetic = True

    def end(self, tag: str) -> None:
        match local_name(tag):
            case "si":
                self.texts.append(unescaped("".join(self._runs)))
            case "t":
                self._inside = False
            case "rPh":
                self._phonetic = False

    def data(self, text: str) -> None:
        if self._inside:
            self._runs.append(text)
            self._size += len(text)
            if self._size > LONGEST:
                raise ValueError(text[:20])


def _any_form(chunks: Iterator[bytes]) -> Iterator[TextArray]:
    items = _Items()
    reader = XmlReader(items.start, items.end, items.data)
    for chunk in chunks:
        reader.feed(chunk)
        if items.texts:
            yield arrays.plain(items.texts)
            items.texts = []
    reader.close()

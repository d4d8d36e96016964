"""Which row of equal codes is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sangkien_cli import arrays
from sangkien_cli.arrays import TextArray
from sangkien_cli.text import tidy

NO_CODE = -1


def code_keys(column: TextArray) -> np.ndarray:
    """A number for each row's code, equal where the codes are equal; NO_CODE where it is blank.

    Codes are compared as typed but for outer and repeated white space, invisible characters and case: Excel finds
    `sk-01` and `SK-01` equal too. Zeros in front are part of a code.
    """
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if not _is_plain(column):
        column = _tidied(pc.utf8_upper(pc.ascii_trim_whitespace(column)))
    encoded = column.dictionary_encode()
    keys = arrays.codes(encoded).copy()
    keys[arrays.blank(encoded)] = NO_CODE
    return keys


def _is_plain(texts: TextArray) -> bool:
    """Whether all texts are capitals, digits and ASCII signs: then there is nothing to be made comparable."""
    letters = np.frombuffer(texts.buffers()[2], dtype=np.uint8)
    return len(letters) > 0 and letters.min() > ord(" ") and letters.max() <= ord("Z")


def _tidied(texts: TextArray) -> TextArray:
    """Texts that are not plain ASCII words, made comparable one by one."""
    simple = pc.and_not(pc.ascii_is_printable(texts), pc.match_substring(texts, "  "))
    if pc.all(simple).as_py():
        return texts
    odd = np.flatnonzero(~np.array(simple.to_pylist(), dtype=bool))
    whole = texts.to_pylist()
    for position in odd.tolist():
        whole[position] = tidy(whole[position]).upper()
    return arrays.plain(whole)


def repeats(keys: np.ndarray, order: Sequence[np.ndarray]) -> np.ndarray:
    """For each row the position of the row that is kept in its place; -1 for a row that is kept itself.

    `keys` are code keys. `order` has columns of numbers: of equal keys the row that is least by the first column is
    kept, among these the least by the second, and so on, whatever the order of the rows.
    """
    kept = np.full(len(keys), -1, dtype=np.int64)
    if not len(keys):
        return kept
    several = np.flatnonzero((np.bincount(keys) > 1)[keys])
    # np.lexsort sorts by its last column first.
    ranked = several[np.lexsort([*(column[several] for column in reversed(order)), keys[several]])]
    is_first = np.r_[True, keys[ranked][1:] != keys[ranked][:-1]][: len(ranked)]
    first = ranked[np.maximum.accumulate(np.where(is_first, np.arange(len(ranked)), 0))]
    kept[ranked] = np.where(is_first, -1, first)
    return kept

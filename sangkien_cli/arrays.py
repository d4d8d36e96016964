"""Columns of text as Arrow arrays, and numbers about rows as NumPy arrays.

A column is dictionary-encoded (`distinct[codes[k]]` is the text of row k), so that a rule is asked once per distinct
text; a column whose texts differ in nearly every row is a plain array of texts. A blank is "", never null.

`pa.array`, `to_numpy` and every Arrow function that is given a Python value load pandas, which costs more than
counting a small file: what is here shares memory instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TextArray = Any  # pa.DictionaryArray of int32 and text, or pa.StringArray; pyarrow has no types to check


def codes(column: TextArray) -> np.ndarray:
    """The position of each row's text among the distinct texts of an encoded column."""
    return int32s(column.indices)


def distinct(column: TextArray) -> list[str]:
    """The distinct texts of an encoded column."""
    texts: list[str] = column.dictionary.to_pylist()
    return texts


def by_distinct(column: TextArray, rule: Callable[[str], object], dtype: type) -> np.ndarray:
    """A rule asked once per distinct text of an encoded column, its answers spread over the rows."""
    return _spread(np.array([rule(text) for text in distinct(column)], dtype=dtype), column)


def _spread(answers: np.ndarray, column: TextArray) -> np.ndarray:
    spread: np.ndarray = answers[codes(column)]
    return spread


def blank(column: TextArray) -> np.ndarray:
    """Which texts are nothing but white space."""
    encoded = isinstance(column, pa.DictionaryArray)
    lengths = pc.binary_length(pc.utf8_trim_whitespace(column.dictionary if encoded else column))
    answers: np.ndarray = int32s(lengths) == 0
    return _spread(answers, column) if encoded else answers


def among(column: TextArray, texts: Sequence[str]) -> np.ndarray:
    """The positions of the rows whose text is, to the letter, one of these."""
    encoded = isinstance(column, pa.DictionaryArray)
    found = pc.is_in(column.dictionary if encoded else column, value_set=plain(texts))
    hits = np.array(pc.indices_nonzero(found).to_pylist(), dtype=np.int64)
    return np.flatnonzero(np.isin(codes(column), hits)) if encoded and len(hits) else hits


def sum_type(numbers: np.ndarray) -> type:
    """The type in which whole numbers ≥ 0 are added up: sums that could leave 64 bits are made of Python's own."""
    return np.int64 if int(numbers.max(initial=0)) * len(numbers) < 2**63 else object


def without_digits(column: TextArray) -> list[tuple[int, str]]:
    """The rows, by position, whose text holds something but no digit, with their texts."""
    encoded = isinstance(column, pa.DictionaryArray)
    texts = column.dictionary if encoded else column
    odd = pc.and_not(
        pc.not_equal(pc.binary_length(texts), pc.binary_length(blanks(1)[0])), pc.match_substring_regex(texts, "[0-9]")
    )
    hits = np.array(pc.indices_nonzero(odd).to_pylist(), dtype=np.int64)
    rows = np.flatnonzero(np.isin(codes(column), hits)) if encoded else hits
    return [(row, column[row].as_py()) for row in rows.tolist()]


def take(column: TextArray, rows: np.ndarray) -> TextArray:
    """The texts of some rows, by position."""
    return column.take(_array(rows.astype(np.int64), pa.int64()))


def encoded(numbers: np.ndarray, texts: Sequence[str]) -> TextArray:
    """An encoded column from the number of each row's text."""
    return pa.DictionaryArray.from_arrays(_array(numbers.astype(np.int32), pa.int32()), plain(texts))


def plain(texts: Sequence[str]) -> TextArray:
    """A plain column."""
    data = [text.encode("utf-8", "replace") for text in texts]
    ends = np.cumsum([0, *map(len, data)], dtype=np.int64)
    array = pa.LargeStringArray.from_buffers(len(data), pa.py_buffer(ends), pa.py_buffer(b"".join(data)))
    return pc.cast(array, pa.string())


def blanks(length: int) -> TextArray:
    """A plain column of blanks."""
    return pa.StringArray.from_buffers(length, pa.py_buffer(np.zeros(length + 1, dtype=np.int32)), pa.py_buffer(b""))


def joined(arrays: Sequence[TextArray]) -> TextArray:
    """Columns under each other. They are all encoded, or all made plain."""
    if len({array.type for array in arrays}) > 1:
        arrays = [array.dictionary_decode() if isinstance(array, pa.DictionaryArray) else array for array in arrays]
    if len(arrays) == 1:
        return arrays[0]
    whole = pa.chunked_array(arrays)
    if pa.types.is_dictionary(whole.type):
        whole = whole.unify_dictionaries()
    return whole.combine_chunks()


def from_chunks(values: pa.ChunkedArray, *, keep_plain: bool) -> TextArray:
    """Text cells as a reader delivers them (null = blank) as one column, encoded unless it is to be kept plain."""
    if pa.types.is_dictionary(values.type):
        values = values.unify_dictionaries()
    # Encoding chunk by chunk is quadratic where most values differ.
    whole = values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
    if whole.null_count:
        whole = pc.coalesce(whole, blanks(len(whole)))
    return whole if keep_plain or pa.types.is_dictionary(whole.type) else whole.dictionary_encode()


def int32s(array: Any) -> np.ndarray:
    """An Arrow array of 32-bit numbers without nulls, its memory shared."""
    return np.frombuffer(array.buffers()[1], dtype=np.int32)[array.offset : array.offset + len(array)]


def _array(numbers: np.ndarray, kind: Any) -> Any:
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(np.ascontiguousarray(numbers))])

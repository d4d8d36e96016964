"""Which row of equal codes is kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sangkien_cli.text import tidy

NO_CODE = -1


def code_keys(codes: pd.Categorical) -> np.ndarray:
    """A number for each row's code, equal where the codes are equal; NO_CODE where it is blank.

    Codes are compared as typed but for outer and repeated white space, invisible characters and case: Excel finds
    `sk-01` and `SK-01` equal too. Zeros in front are part of a code.
    """
    texts = pa.array(codes.categories.array, pa.string()) if len(codes.categories) else pa.array([], pa.string())
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    plain = pc.utf8_upper(pc.ascii_trim_whitespace(texts))
    odd = pc.match_substring_regex(plain, r"[^!-~ ]|  ")
    if pc.any(odd).as_py():
        tidied = pa.array([tidy(text).upper() for text in plain.filter(odd).to_pylist()], pa.string())
        plain = pc.replace_with_mask(plain, odd, tidied)
    distinct = plain.dictionary_encode()
    keys = distinct.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    blank = pc.index(distinct.dictionary, "").as_py()
    if blank >= 0:
        keys[keys == blank] = NO_CODE
    return keys[codes.codes] if len(keys) else np.zeros(0, dtype=np.int32)


def repeats(keys: np.ndarray, order: pd.DataFrame) -> np.ndarray:
    """For each row the position of the row that is kept in its place; -1 for a row that is kept itself.

    `keys` are code keys; `order` has one line per row, and of equal keys the row that sorts first by its columns is
    kept, whatever the order of the rows.
    """
    kept = np.full(len(keys), -1, dtype=np.int64)
    if not len(keys):
        return kept
    several = np.flatnonzero((np.bincount(keys, minlength=1) > 1)[keys])
    if len(several):
        ranked = order.iloc[several].assign(key=keys[several], at=several).sort_values(["key", *order.columns])
        first = ranked.groupby("key")["at"].transform("first").to_numpy()
        at = ranked["at"].to_numpy()
        kept[at] = np.where(first == at, -1, first)
    return kept

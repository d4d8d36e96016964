"""A row ledger as a file: read, and checked to be one."""

from __future__ import annotations

import codecs
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from sangkien_cli.compare.earlier import read_bytes
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.ledger import COLUMNS
from sangkien_cli.text import no_apostrophe, tidy

NO_COUNT = -1  # of a row whose number could not be read, or that is no data
_NUMBERS = ("row", "count")
_SHOWN = 40  # characters of a text that is wrong
_DETAIL = 100
_OF_A_REPORT = ("id", "done", "quota")  # columns


@dataclass(frozen=True, slots=True, eq=False)
class LedgerFile:
    """A ledger and the file that it was read from."""

    path: Path
    sha256: str
    table: pd.DataFrame


def read_ledger_file(path: Path, fix: Sentence) -> LedgerFile:
    """The ledger in a file: CSV, CSV for Excel or Parquet. Raises SangkienError, which says `fix`, if it is none.

    Its table is as `plain_ledger` gives it.
    """
    data = read_bytes(path, fix)
    return LedgerFile(path, hashlib.sha256(data).hexdigest(), ledger_of(path, data, fix))


def ledger_of(path: Path, data: bytes, fix: Sentence) -> pd.DataFrame:
    """The ledger in what a file holds, as `read_ledger_file` does."""
    if (other := _something_else(data)) is not None:
        raise SangkienError(Problem(str(path), other, fix))
    texts = _parquet(path, data, fix) if data.startswith(b"PAR1") else _csv(path, data, fix)
    if (wrong := next(_wrong(texts), None)) is not None:
        raise SangkienError(Problem(str(path), wrong, fix))
    return plain_ledger(texts)


def plain_ledger(table: pd.DataFrame) -> pd.DataFrame:
    """A ledger as it is worked with: texts without nulls ("" for none) and whole numbers (NO_COUNT for none)."""
    return pd.DataFrame({name: (_numbers if name in _NUMBERS else _texts)(table[name]) for name in COLUMNS})


def _texts(column: pd.Series) -> pd.Series:
    return column.astype("str").where(column.notna(), "")


def _numbers(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column):
        return column.fillna(NO_COUNT).astype("int64")
    texts = _texts(column)
    return texts.where(texts != "", str(NO_COUNT)).astype("int64")


def _something_else(data: bytes) -> Sentence | None:
    """What a file is that cannot be a ledger; None if it may be one."""
    start = data[:64].removeprefix(codecs.BOM_UTF8).lstrip()
    if not start:
        return say("ledger.empty")
    if start.startswith((b"{", b"[")):
        schema = _schema(data)
        return say("ledger.json") if schema is None else say("ledger.schema", schema=schema)
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return say("ledger.workbook")
    if data.startswith(b"\x1f\x8b"):
        return say("ledger.packed")
    return None


def _schema(data: bytes) -> str | None:
    """What kind of JSON it says that it is."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    schema = document.get("schema") if isinstance(document, dict) else None
    return tidy(schema)[:_SHOWN] if isinstance(schema, str) and schema.isprintable() else None


def _parquet(path: Path, data: bytes, fix: Sentence) -> pd.DataFrame:
    try:
        _need_columns(path, pq.read_schema(io.BytesIO(data)).names, fix)
        table = pq.read_table(io.BytesIO(data), columns=list(COLUMNS))
        texts = table.cast(pa.schema([(name, pa.large_string()) for name in table.column_names]))
        found: pd.DataFrame = texts.to_pandas()
        return found
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(path, error, fix) from None


def _csv(path: Path, data: bytes, fix: Sentence) -> pd.DataFrame:
    """A ledger as CSV, for programs or for Excel."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SangkienError(Problem(f"{path}:{line}", say("compare.not_utf8"), fix)) from None
    head = data.removeprefix(codecs.BOM_UTF8).partition(b"\n")[0].decode().rstrip("\r")
    delimiter = ";" if head.count(";") > head.count(",") else ","
    names = [name.strip('"') for name in head.split(delimiter)]
    _need_columns(path, names, fix)
    try:
        table = csv.read_csv(
            io.BytesIO(data),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(COLUMNS, pa.large_string()), include_columns=list(COLUMNS)
            ),
        )
    except (pa.ArrowException, ValueError) as error:
        raise _unreadable(path, error, fix) from None
    found: pd.DataFrame = table.to_pandas()
    if data.startswith(codecs.BOM_UTF8):  # as Excel opens it
        for name in set(COLUMNS).difference(_NUMBERS):
            marked = found[name].str.startswith("'")
            found.loc[marked, name] = found.loc[marked, name].map(no_apostrophe)
    return found


def _unreadable(path: Path, error: Exception, fix: Sentence) -> SangkienError:
    text = tidy(str(error))
    detail = (text.partition(" error: ")[2] or text)[:_DETAIL]  # Arrow begins with what kind of error it is
    return SangkienError(Problem(str(path), say("compare.ledger.unreadable", detail=detail), fix))


def _need_columns(path: Path, names: Sequence[str], fix: Sentence) -> None:
    missing = tuple(name for name in COLUMNS if name not in names)
    if not missing:
        return
    is_report = all(name in names for name in _OF_A_REPORT)
    what = say("ledger.report") if is_report else say("compare.ledger.columns", names=missing)
    raise SangkienError(Problem(str(path), what, fix))


def _wrong(texts: pd.DataFrame) -> Iterator[Sentence]:
    """What the columns hold that no ledger does: numbers and dates as a spreadsheet program saves them."""
    counts = _texts(texts["reason"]) == ""
    nothing = pd.Series(data=False, index=texts.index)
    for name, form, needed, key in (
        ("row", r"[0-9]{1,18}", ~nothing, "compare.ledger.number"),
        ("count", r"[0-9]{1,18}", counts, "compare.ledger.number"),
        ("submitted", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", nothing, "ledger.date"),
    ):
        column = _texts(texts[name])
        bad = ~column.str.fullmatch(form) & (needed | (column != ""))
        if bad.any():
            at = int(np.flatnonzero(bad.to_numpy())[0])
            yield say(key, column=name, text=tidy(str(column.iloc[at]))[:_SHOWN], row=at + 1)

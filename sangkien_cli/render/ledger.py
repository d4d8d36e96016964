"""The row ledger as bytes."""

from __future__ import annotations

import io

import pandas as pd

from sangkien_cli.render.csv import Dialect
from sangkien_cli.text import no_formula

_TYPED = ("file", "sheet", "code", "unit_text", "detail")  # what others wrote


def render_ledger_csv(table: pd.DataFrame, dialect: Dialect) -> bytes:
    """The ledger as CSV (UTF-8); an absent value is an empty field. For Excel, texts of the exports stay texts."""
    if dialect.for_excel:
        safe = {name: table[name].map(no_formula, na_action="ignore") for name in _TYPED}
        table = table.assign(**safe)
    text = str(table.to_csv(index=False, sep=dialect.delimiter, lineterminator=dialect.line_end))
    return (dialect.start + text).encode()


def render_ledger_parquet(table: pd.DataFrame) -> bytes:
    """The ledger as Parquet; an absent value is null."""
    out = io.BytesIO()
    table.to_parquet(out, index=False)
    return out.getvalue()

"""The row ledger: every row of every sheet with its verdict, as a table."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from sangkien_cli.columns import UNIT
from sangkien_cli.judge import COUNTS, NONE, REASONS, Judged
from sangkien_cli.model import Config, Reason
from sangkien_cli.text import tidy

LAYOUT = "layout"  # the reason of rows that are not data

COLUMNS = (
    "file", "sheet", "row", "code", "unit_text", "unit", "phase", "submitted", "count", "reason", "detail"
)  # fmt: skip


def ledger(judged: Judged, config: Config) -> pd.DataFrame:
    """One line per row, by file, sheet and row number.

    `reason` is empty for a row that counts, `layout` for one that is not data, else a reason of contract §3.
    `detail` says what the reason rests on: the cell and what it holds, the row that a duplicate repeats
    (`a.xlsx [Sheet1]:12`), the kind of layout. `submitted` is the date that was read (ISO 8601), `unit_text` the unit
    columns as typed, deepest first, joined by ` / `.
    """
    table = pd.concat([_data(judged, config), _layout(judged)], ignore_index=True)
    order = table.sort_values(["at", "row"], kind="stable")
    return order[list(COLUMNS)].reset_index(drop=True)


def ledger_csv(table: pd.DataFrame) -> bytes:
    """The ledger as CSV (UTF-8)."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def ledger_parquet(table: pd.DataFrame) -> bytes:
    """The ledger as Parquet; an absent value is null."""
    out = io.BytesIO()
    table.to_parquet(out, index=False)
    return out.getvalue()


def _data(judged: Judged, config: Config) -> pd.DataFrame:
    frame, sheets = judged.exports.frame, judged.exports.sheets
    at = frame["sheet"].to_numpy()
    return pd.DataFrame(
        {
            "at": at,
            "file": _spread([sheet.file for sheet in sheets], at),
            "sheet": _spread([sheet.name for sheet in sheets], at),
            "row": frame["row"],
            "code": frame["code"].astype("str") if "code" in frame else "",
            "unit_text": _unit_texts(frame),
            "unit": _spread([unit.id for unit in judged.tree.units], judged.unit),
            "phase": _spread([phase.id for phase in config.phases], judged.phase),
            "submitted": _dates(judged.moment),
            "count": pd.array(np.where(judged.count < 0, 0, judged.count), "Int64"),
            "reason": _spread([reason.value for reason in REASONS], judged.reason, blank=""),
            "detail": _details(judged),
        }
    )


def _spread(values: list[str | None] | list[str], positions: np.ndarray, blank: str | None = None) -> pd.Series:
    """The value at each position; `blank` where the position is NONE (or COUNTS, which is the same number)."""
    assert NONE == COUNTS == -1
    return pd.Series(np.array([*values, blank], dtype=object)[positions], dtype="str")


def _unit_texts(frame: pd.DataFrame) -> pd.Series:
    levels = [name for name in frame.columns if name.startswith(UNIT)]
    texts = frame[levels[0]].astype("str")
    for level in levels[1:]:
        texts = texts + " / " + frame[level].astype("str")
    return texts


def _dates(moment: np.ndarray) -> pd.Series:
    dated = moment != np.iinfo(np.int64).max
    days, codes = np.unique(np.where(dated, moment // 86_400_000_000, 0), return_inverse=True)
    names = np.datetime_as_string(days.astype("datetime64[D]")).astype(object)
    dates = np.full(len(moment), None, dtype=object)
    dates[dated] = names[codes[dated]]
    return pd.Series(dates, dtype="str")


def _details(judged: Judged) -> pd.Series:
    frame, sheets = judged.exports.frame, judged.exports.sheets
    details = frame["flaw"].astype("str").where(judged.reason == REASONS.index(Reason.UNREADABLE), "")
    duplicates = np.flatnonzero(judged.repeated != NONE)
    kept = judged.repeated[duplicates]
    at, row = frame["sheet"].to_numpy()[kept], frame["row"].to_numpy()[kept]
    details.iloc[duplicates] = pd.Index(
        [f"{sheets[sheet].place}:{number}" for sheet, number in zip(at, row, strict=True)], dtype="str"
    )
    unknown = np.flatnonzero(judged.unknown_level != NONE)
    for level in np.unique(judged.unknown_level[unknown]):
        rows = np.flatnonzero((judged.unknown_level == level) & (judged.reason == REASONS.index(Reason.UNKNOWN_UNIT)))
        details.iloc[rows] = frame[f"{UNIT}{level}"].iloc[rows].astype("str").map(tidy)
    return details


def _layout(judged: Judged) -> pd.DataFrame:
    lines = [
        {"at": at, "file": sheet.file, "sheet": sheet.name, "row": row, "reason": LAYOUT, "detail": kind}
        for at, sheet in enumerate(judged.exports.sheets)
        for row, kind in sheet.layout.items()
    ]
    return pd.DataFrame(lines, columns=["at", *COLUMNS])

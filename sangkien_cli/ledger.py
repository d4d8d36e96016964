"""The row ledger: every row of every sheet with its verdict, as a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sangkien_cli.arrays import TextArray, take
from sangkien_cli.exports import Exports
from sangkien_cli.judge import COUNTS, NONE, REASONS, Judged
from sangkien_cli.model import Config, Reason, Unit
from sangkien_cli.text import tidy

LAYOUT = "layout"  # the reason of rows that are not data

COLUMNS = (
    "file", "sheet", "row", "code", "unit_text", "unit", "phase", "submitted", "count", "reason", "detail"
)  # fmt: skip


def ledger(judged: Judged, config: Config) -> pd.DataFrame:
    """One line per row, by file, sheet and row number.

    `reason` is empty for a row that counts, `layout` for one that is not data, else a reason of contract §3.
    `detail` says what the reason rests on: the cell and what it holds, the field and text that did not pass
    `count.where`, the unit that had ended and its last day, the text that is no date, no count or no known unit, the
    row that a duplicate repeats (`a.xlsx [Sheet1]:12`), the kind of layout. `submitted` is the date that was read
    (ISO 8601), `unit_text` the unit columns as typed, deepest first, joined by ` / `. A line break in a cell is
    written as a blank, so that a row is a line.
    """
    table = pd.concat([_data(judged, config), _layout(judged)], ignore_index=True)
    table["count"] = table["count"].astype("Int64")
    order = table.sort_values(["at", "row"], kind="stable")
    return order[list(COLUMNS)].reset_index(drop=True)


def _data(judged: Judged, config: Config) -> pd.DataFrame:
    exports = judged.exports
    sheets, at = exports.sheets, exports.sheet
    return pd.DataFrame(
        {
            "at": at,
            "file": _spread([sheet.file for sheet in sheets], at),
            "sheet": _spread([sheet.name for sheet in sheets], at),
            "row": exports.row,
            "code": _texts(exports.texts["code"]) if "code" in exports.texts else "",
            "unit_text": _unit_texts(exports),
            "unit": _spread([unit.id for unit in judged.tree.units], judged.unit),
            "phase": _spread([phase.id for phase in config.phases], judged.phase),
            "submitted": _dates(judged),
            "count": pd.Series(judged.count, dtype="Int64").where(judged.count >= 0),
            "reason": _spread([reason.value for reason in REASONS], judged.reason, blank=""),
            "detail": _details(judged, config),
        }
    )


def _texts(column: TextArray) -> pd.Series:
    plain = column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
    return pd.Series(pd.array(pc.replace_substring_regex(plain, r"[\r\n]+", " "), dtype="str"))


def _spread(values: list[str | None] | list[str], positions: np.ndarray, blank: str | None = None) -> pd.Series:
    """The value at each position; `blank` where the position is NONE (or COUNTS, which is the same number)."""
    assert NONE == COUNTS == -1
    return pd.Series(np.array([*values, blank], dtype=object)[positions], dtype="str")


def _unit_texts(exports: Exports) -> pd.Series:
    first, *others = (_texts(level) for level in exports.levels)
    for level in others:
        first = first + " / " + level
    # Levels that are blank leave no separators behind.
    return first.str.replace(r"(?: / ){2,}", " / ", regex=True).str.replace(r"^ / | / $", "", regex=True)


def _dates(judged: Judged) -> pd.Series:
    dated = judged.dated
    days, codes = np.unique(judged.days, return_inverse=True)
    names = np.datetime_as_string(days.astype("datetime64[D]")).astype(object)
    dates = np.full(len(dated), None, dtype=object)
    dates[dated] = names[codes[dated]]
    return pd.Series(dates, dtype="str")


def _details(judged: Judged, config: Config) -> pd.Series:
    """What each row's reason rests on; "" where there is nothing to add."""
    exports = judged.exports
    details = _texts(exports.flaw).where(judged.reason == REASONS.index(Reason.UNREADABLE), "").to_numpy(dtype=object)
    duplicates = np.flatnonzero(judged.repeated != NONE)
    details[duplicates] = [exports.place(kept) for kept in judged.repeated[duplicates]]
    for reason, field in ((Reason.BAD_DATE, "submitted"), (Reason.BAD_COUNT, "count")):
        rows = np.flatnonzero(judged.reason == REASONS.index(reason))
        if len(rows):
            details[rows] = [tidy(text) for text in take(exports.texts[field], rows).to_pylist()]
    filtered = np.flatnonzero(judged.reason == REASONS.index(Reason.FILTERED))
    for number, field in enumerate(config.where):
        rows = filtered[judged.failed[filtered] == number]
        details[rows] = [f"{field}: {tidy(text)}".rstrip() for text in take(exports.texts[field], rows).to_pylist()]
    unknown = np.flatnonzero(judged.reason == REASONS.index(Reason.UNKNOWN_UNIT))
    for level in np.unique(judged.unknown_level[unknown]):
        rows = unknown[judged.unknown_level[unknown] == level]
        details[rows] = [tidy(text) for text in take(exports.levels[level], rows).to_pylist()]
    ended = np.flatnonzero(judged.reason == REASONS.index(Reason.ENDED_UNIT))
    details[ended] = [_ended(judged.tree.units[unit]) for unit in judged.unit[ended]]
    return pd.Series(details, dtype="str")


def _ended(unit: Unit) -> str:
    return f"{unit.id}: {unit.valid.end}"


def _layout(judged: Judged) -> pd.DataFrame:
    lines = [
        {"at": at, "file": sheet.file, "sheet": sheet.name, "row": row, "reason": LAYOUT, "detail": kind}
        for at, sheet in enumerate(judged.exports.sheets)
        for row, kind in sheet.layout.items()
    ]
    return pd.DataFrame(lines, columns=["at", *COLUMNS])

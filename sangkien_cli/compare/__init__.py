"""An earlier report set beside this one: what changed, and which rows changed it."""

from sangkien_cli.compare.comparison import (
    Change,
    ChangedQuota,
    Comparison,
    EarlierUnit,
    MovedUnit,
    compare,
    within,
)
from sangkien_cli.compare.earlier import Earlier, Entry, read_earlier
from sangkien_cli.compare.rows import Arrival, Dropped, Explained, Moved, Row, RowChanges, read_ledger

__all__ = [
    "Arrival",
    "Change",
    "ChangedQuota",
    "Comparison",
    "Dropped",
    "Earlier",
    "EarlierUnit",
    "Entry",
    "Explained",
    "Moved",
    "MovedUnit",
    "Row",
    "RowChanges",
    "compare",
    "read_earlier",
    "read_ledger",
    "within",
]

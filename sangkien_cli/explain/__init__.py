"""A figure taken apart down to the rows of the exports, and one submission followed through all of them."""

from sangkien_cli.explain.figure import explain
from sangkien_cli.explain.model import Beyond, Explanation, OfSheet, Row, Story
from sangkien_cli.explain.rows import COUNTED, VERDICTS, rows_told
from sangkien_cli.explain.story import tell

__all__ = [
    "COUNTED", "VERDICTS", "Beyond", "Explanation", "OfSheet", "Row", "Story", "explain", "rows_told", "tell",
]  # fmt: skip

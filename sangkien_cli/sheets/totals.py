"""The totals of a sheet, compared with the rows that they stand for: a free cross-check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sangkien_cli.model import UNIT
from sangkien_cli.sheets.labels import figure_of, stated_number
from sangkien_cli.sheets.layout import GROUP, HEADER, TOTAL, Layout


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A total, or the figure of a heading, that is not the sum of the rows it stands for."""

    row: int
    stated: int
    found: int  # the sum of all rows above a total, or of those right below a heading


def check_totals(
    layout: Layout, rows: np.ndarray, counts: np.ndarray, columns: Mapping[str, int]
) -> list[Disagreement]:
    """The totals that agree with no sum of rows: from the top, or from any heading, total or header above, down to the
    total; for one above the rows, down to any such row below. So for the figures of headings.

    `rows` are the numbers of the data rows, `counts` how many submissions each stands for. Without a count column a
    total says how many rows there are.
    """
    sums = np.concatenate([[0], np.cumsum(counts)])

    def between(first: int, last: int) -> int:
        start, end = np.searchsorted(rows, [first, last])
        return int(sums[end] - sums[start])

    edges = [row for row, kind in layout.kinds.items() if kind in (TOTAL, GROUP, HEADER)]
    edges = sorted([0, *edges, *layout.peers, int(rows.max(initial=0)) + 1])
    wrong = []
    for row, texts in layout.texts.items():
        stated = _stated(texts, columns)
        if stated is None or (layout.kinds[row] == GROUP and "count" not in columns):
            continue
        above = [between(edge, row) for edge in edges if edge < row]
        below = [between(row, edge) for edge in edges if edge > row]
        if row in layout.ends:
            below = [between(row, layout.ends[row])]
        fits = above + below if layout.kinds[row] == TOTAL else below
        if stated not in fits:
            found = above[0] if layout.kinds[row] == TOTAL else below[0] if below else 0
            wrong.append(Disagreement(row, stated, found))
    return wrong


def _stated(texts: Sequence[str], columns: Mapping[str, int]) -> int | None:
    """The figure of a total row: under the count column; else in its label, or where rows are named."""
    if "count" in columns:
        place = columns["count"]
        return figure_of(texts[place]) if place < len(texts) else None
    label = next((text for text in texts if text.strip()), "")
    if (number := stated_number(label)) is not None:
        return figure_of(number)
    naming = [place for name, place in columns.items() if name.startswith(UNIT) or name in ("code", "title", "author")]
    figures = [figure for place in naming if place < len(texts) and (figure := figure_of(texts[place])) is not None]
    return figures[0] if len(figures) == 1 else None

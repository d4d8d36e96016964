"""What the documents that people hand in are made of: one grid, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass

from sangkien_cli.judge import Judged
from sangkien_cli.lang import Lang
from sangkien_cli.model import Report
from sangkien_cli.tables import Sheet


@dataclass(frozen=True, slots=True)
class Made:
    """A report laid out, with the report and the rows behind it. Figures, order and words are those of `sheet`."""

    report: Report  # what is shown
    whole: Report  # all units and phases
    judged: Judged
    sheet: Sheet
    lang: Lang
    origin: str  # how the document came about, as JSON on one line, for its properties

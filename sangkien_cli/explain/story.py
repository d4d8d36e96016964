"""One submission through all files: every row that has its code."""

from __future__ import annotations

import numpy as np

from sangkien_cli.arrays import TextArray, joined, plain
from sangkien_cli.dedupe import code_keys
from sangkien_cli.explain.model import Story
from sangkien_cli.judge import Judged
from sangkien_cli.model import Config, Report
from sangkien_cli.returns import misled
from sangkien_cli.text import tidy

_NEAR = 3  # codes offered where no row has the one asked for
_LIKE = 75  # of 100: how like they must be


def code_column(config: Config) -> str | None:
    """The field that codes are sought in: the one of that name, else the one by which submissions count once."""
    return "code" if "code" in config.columns.fields else config.once_per


def tell(report: Report, judged: Judged, code: str, column: str, unit: str | None = None) -> Story:
    """The story of a code, sought in a column; codes are compared as where submissions count once (`dedupe`).

    `unit` is the id of one whose figure is looked at.
    """
    texts = judged.exports.texts[column]
    keys = code_keys(joined([_as_plain(texts), plain([code])]))
    rows = np.flatnonzero(keys[:-1] == keys[-1])
    return Story(
        report=report,
        judged=judged,
        leads=misled(judged, rows),
        code=tidy(code),
        column=column,
        rows=rows,
        near=() if len(rows) else _nearest(tidy(code), texts),
        unit=next((each for each in report.config.units if each.id == unit), None),
    )


def _as_plain(texts: TextArray) -> TextArray:
    return texts.dictionary_decode() if hasattr(texts, "dictionary") else texts


def _nearest(code: str, texts: TextArray) -> tuple[str, ...]:
    """The codes most like one, best first."""
    from rapidfuzz import fuzz, process

    spelled = {tidy(text).upper(): tidy(text) for text in sorted(_as_plain(texts).unique().to_pylist(), reverse=True)}
    known = sorted(text for key, text in spelled.items() if key)
    found = process.extract(
        code.upper(), known, scorer=fuzz.ratio, processor=str.upper, limit=_NEAR, score_cutoff=_LIKE
    )
    return tuple(name for name, _, _ in sorted(found, key=lambda match: (-match[1], match[2])))

"""What the cells of a column look like, whatever its header says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice, pairwise

import numpy as np

from sangkien_cli.arrays import TextArray, codes, distinct
from sangkien_cli.phases import read_date
from sangkien_cli.proposal import words
from sangkien_cli.text import fold, tidy

_LOOKED_AT = 3000  # different texts of a column: more tell nothing new
_NUMBERED = 200  # rows by which a column of running numbers is known
_SHOWN = 40  # letters of an example
_LIKE_A_DAY = re.compile(
    r"\b(ngay|thang|day|month) ?\d|\d ?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|\b(20\d{2}|[34]\d{4}|20\d{6})\b"  # the last are a year, a day as Excel counts it and a day without marks
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Shares (0–1) are of the cells that hold something."""

    rows: int
    filled: int  # cells that hold something
    different: int  # how many different texts these are
    days: float
    like_days: float  # days, and what people may have meant for one: 03/25/2022, ngày 15 tháng 3
    wholes: float  # whole numbers ≥ 0, also with their thousands grouped
    statuses: float
    unions: float  # names of unions: LĐLĐ, CĐ, CĐCS…
    workplaces: float  # names that begin as those of workplaces do
    codes: float  # short, in one word, with a digit
    running: bool  # 1, 2, 3…: it numbers the rows
    examples: tuple[str, ...]  # the most frequent texts, in quotes
    no_days: tuple[str, ...]  # of those that are no days, likewise

    @property
    def unique(self) -> float:
        """How many of the filled cells differ."""
        return self.different / self.filled if self.filled else 0.0

    @property
    def fullness(self) -> float:
        """How many of the cells hold something."""
        return self.filled / self.rows if self.rows else 0.0


def texts_of(column: TextArray) -> list[tuple[str, int]]:
    """The different texts of an encoded column, with how many rows hold each."""
    often = np.bincount(codes(column), minlength=len(distinct(column))).tolist()
    return [(text, rows) for text, rows in zip(distinct(column), often, strict=True) if rows]


def facts_of(column: TextArray, zone: tzinfo) -> Facts:
    """What an encoded column looks like."""
    numbers, texts = codes(column), [tidy(text) for text in distinct(column)]
    often = np.bincount(numbers, minlength=len(texts))
    held = [at for at in np.argsort(-often, kind="stable").tolist() if texts[at] and often[at]]
    filled = int(often[held].sum()) if held else 0
    sample = held[:_LOOKED_AT]
    weight = int(often[sample].sum()) if sample else 0

    def share(rule: Callable[[str], object]) -> float:
        return sum(int(often[at]) for at in sample if rule(texts[at])) / weight if weight else 0.0

    return Facts(
        rows=len(numbers),
        filled=filled,
        different=len(held),
        days=share(lambda text: read_date(text, zone)),
        like_days=share(lambda text: is_like_day(text) or read_date(text, zone)),
        wholes=share(lambda text: re.fullmatch(r"\d{1,12}|\d{1,3}([.,]\d{3})+", text)),
        statuses=share(words.status_kind),
        unions=share(words.names_union),
        workplaces=share(words.names_workplace),
        codes=share(lambda text: re.fullmatch(r"(?=\S*\d)[\w./-]{2,30}", text)),
        running=_is_running(texts[number] for number in numbers[: 2 * _NUMBERED].tolist() if texts[number]),
        examples=tuple(_shown(texts[at]) for at in held[:3]),
        no_days=tuple(_shown(texts[at]) for at in sample if read_date(texts[at], zone) is None)[:3],
    )


def is_like_day(text: str) -> bool:
    """Whether somebody may have meant a day, readable or not.

    >>> [is_like_day(text) for text in ("03/25/2022", "ngày 15 tháng 3", "15-Mar", "44635", "chưa rõ", "Hoa Mai 2")]
    [True, True, True, True, False, False]
    """
    return bool(re.search(r"\d\s*[/.-]\s*\d", text) or _LIKE_A_DAY.search(words.plain(text)))


def _is_running(texts: Iterable[str]) -> bool:
    values = [int(text) if re.fullmatch(r"\d{1,9}", text) else -1 for text in islice(texts, _NUMBERED)]
    steps = [two - one == 1 for one, two in pairwise(values)]
    return len(steps) > 1 and sum(steps) >= 0.8 * len(steps)


def determines(one: TextArray, other: TextArray) -> float:
    """How far the text of one column says that of another: the share of rows that hold both whose text in `other` is
    the usual one beside their text in `one`. 1.0 where there are no such rows."""
    ones, others = (_folded(column) for column in (one, other))
    both = (ones > 0) & (others > 0)
    if not both.any():
        return 1.0
    pairs, often = np.unique(np.stack([ones[both], others[both]]), axis=1, return_counts=True)
    usual = np.zeros(int(ones.max()) + 1, dtype=np.int64)
    np.maximum.at(usual, pairs[0], often)
    return float(usual.sum() / both.sum())


def _folded(column: TextArray) -> np.ndarray:
    """The number of each row's folded text; 0 for a blank."""
    number_of = {"": 0}
    answers = [number_of.setdefault(fold(text), len(number_of)) for text in distinct(column)]
    found: np.ndarray = np.array(answers, dtype=np.int64)[codes(column)]
    return found


def _shown(text: str) -> str:
    return f"“{text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…'}”"

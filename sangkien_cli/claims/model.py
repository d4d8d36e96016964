"""Published figures as values, exactly as they were printed (contract §7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Kind = Literal["of", "over", "share"]  # đạt X% | vượt X%: percent − 100 | chiếm X%
Hedging = Literal["about", "above", "almost", "below", "at-least", "at-most"]


@dataclass(frozen=True, slots=True)
class Hedge:
    """The word by which a figure is no exact one."""

    text: str  # as written: `khoảng`, `trên`, `gần`
    means: Hedging


@dataclass(frozen=True, slots=True)
class Printed:
    """A number ≥ 0 as it was printed: its digits decide its precision, 52.0 is not 52."""

    text: str  # its digits, as written, without the word and the % sign: `76,5`, `1.278`
    value: Fraction
    decimals: int = 0
    hedge: Hedge | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What a claim's figure is said to be made of: another claim of the file, or numbers of its own."""

    claim: str | None = None  # the id of another claim
    name: str = ""  # of numbers of its own, as in the file
    done: Printed | None = None
    quota: Printed | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A published figure. At least two of done, quota and percent are known, or one of them and a unit."""

    id: str
    place: str  # where it stands, as messages name it: `claims.yaml:3`, `bao-cao.xlsx [Sheet1] 7`, `bai-bao.txt:12`
    done: Printed | None = None
    quota: Printed | None = None
    percent: Printed | None = None
    kind: Kind = "of"
    unit: str | None = None  # id or name, as in the file
    phase: str | None = None  # id of a phase, a campaign or `all`, as in the file
    basis: str | None = None
    as_of: date | None = None
    source: str = ""
    sentence: str = ""  # the words in which it was published
    parts: tuple[Part, ...] = ()

"""What a printed report is made of: figures are text already, and nothing is placed on a page yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sangkien_cli.model import Attainment, Status


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in one section."""

    indent: int  # levels below the topmost unit of the section
    name: str
    figure: str  # `3.889/5.000 = 77,8%`
    share: Fraction | None  # done / quota, exact; None without a percent
    short: str  # "" where nothing is missing or asked
    status: Status | None  # None for a line that is no unit of its own
    word: str  # the status in words
    more: tuple[str, ...] = ()  # one for each of the section's further columns; none for a line without them
    below: tuple[str, ...] = ()  # sentences about it
    of: Attainment | None = None  # the figures themselves, where it is a unit's own line


@dataclass(frozen=True, slots=True)
class Section:
    """One phase, or the whole programme."""

    title: str
    lines: tuple[Line, ...]
    remark: str = ""  # instead of lines
    figure: str = ""  # the head of the lines' figures where it is another than usual
    more: tuple[str, ...] = ()  # the heads of further columns
    says_more: bool = False  # these say more than the status, which may make way for them
    notes: tuple[str, ...] = ()  # below the lines
    phase: str = ""  # the id of the phase or campaign, or ALL; "" where it is of none
    gap: str = ""  # on pages that are handed in: that the quotas of units do not add up to that of the one above them


@dataclass(frozen=True, slots=True)
class Column:
    """A further column: its head, and what stands in it for a unit."""

    head: str
    cell: Callable[[Attainment], str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading, and lines with their indentation (0, 1…)."""

    title: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a report is to be laid out."""

    as_tree: bool = True  # else a list, in the order of the attainments
    pace: bool = False  # with what each unit needs a day, and when it will be there
    columns: tuple[Column, ...] = ()  # beyond those that the report itself asks for
    passages: tuple[Passage, ...] = ()  # behind the units
    targets: bool = True  # with each unit's targets
    advice: bool = True  # with what to run next, for whoever runs the program; else a page that is handed to others
    below: Callable[[Attainment], tuple[str, ...]] | None = None  # sentences about a unit


TREE = Layout()


@dataclass(frozen=True, slots=True)
class RowLine:
    """How many rows share a verdict."""

    code: str  # the reason as in the ledger
    words: str
    rows: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a printed report says."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    balance: str  # rows read = counted + set aside
    set_aside: tuple[RowLine, ...]

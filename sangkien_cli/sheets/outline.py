"""Which row of a list stands under which: by its numerals (A above I above 1 above 1.1 above a above -), or by rows
that head those below them. Where the rows allow two readings none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, pairwise
from typing import Literal

from sangkien_cli.sheets.labels import mark_in_front
from sangkien_cli.text import composed, tidy

Fault = Literal["orphan", "unreadable", "unnumbered", "headings"]

# How deep a row stands. A heading without a numeral stands just above the row that follows it: at an odd number.
_TOP, _LETTER, _ROMAN, _UNDER_LETTERS, _ARABIC, _UNDER_DIGITS = -3, 0, 2, 10, 40, 50
_SMALL, _SMALL_ROMAN, _BULLET, _PLUS, _PLAIN = 70, 72, 80, 82, 90
_MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """What of a row says where it stands."""

    numeral: str  # "" = none
    bare: bool  # a name, and nothing else but the numeral


@dataclass(frozen=True, slots=True)
class Outline:
    """Where each row stands."""

    above: Sequence[int | None]  # the position of the row that it stands under
    by: Literal["numbering", "groups", "nothing"]
    # By position what is wrong: `orphan`, nothing above has the numeral that is given; `unreadable`, no numeral;
    # `unnumbered`, one is needed to tell; `headings`, another heading follows, with nothing between the two.
    faults: Mapping[int, tuple[Fault, str]]


@dataclass(frozen=True, slots=True)
class Numeral:
    """One reading of a numeral."""

    rank: int
    value: int  # its place in its list, from 1 on
    parts: tuple[str, ...]  # of 1.2: 1 and 2


# --- numerals ----------------------------------------------------------------------------------------------------

_NUMERAL = re.compile(rf"\(?([^\W_]+(?:\s?[.,]\s?[^\W_]+){{0,{_MOST_PARTS - 1}}})\s*[.):/–-]*\s*\)?")
_BULLETS = re.compile(r"[-–—•*]+|(\++)")
_ROMAN_DIGITS = re.compile(r"(?=.)(C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_HUNDREDS, _TENS, _ONES = (
    {text: number for number, text in enumerate(texts)}
    for texts in (
        ("", "C", "CC", "CCC"),
        ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"),
        ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
    )
)
_ALPHABET = "ABCDĐEFGHIJKLMNOPQRSTUVWXYZ"
_SKIPPED = 5  # numerals of a list that may be missing
_LEFT_OUT = set("ĐFJWZ")  # letters that a list may leave out: Vietnamese has Đ, English the others


@lru_cache(maxsize=1 << 16)
def readings(text: str) -> tuple[Numeral, ...]:
    """What a numeral may mean: `I` is a letter or the roman 1. Nothing for what is no numeral.

    >>> [[(each.rank, each.value) for each in readings(text)] for text in ("I", "2.", "1.2", "b)", "-", "TT", "IIII")]
    [[(2, 1), (0, 10)], [(40, 2)], [(54, 2)], [(70, 2)], [(80, 1)], [], []]
    """
    typed = tidy(text)
    if found := _BULLETS.fullmatch(typed):
        return (Numeral(_PLUS if found.group(1) else _BULLET, 1, ()),)
    if not (found := _NUMERAL.fullmatch(typed)):
        return ()
    parts = tuple(part.strip() for part in re.split("[.,]", found.group(1)))
    if len(parts) == 1:
        return _single(parts[0])
    values = [_single(part)[:1] for part in parts]
    if not all(values):
        return ()
    rank = _UNDER_DIGITS if parts[0].isdecimal() else _UNDER_LETTERS
    whole = tuple(value.parts[0] for (value,) in values)
    return (Numeral(rank + 2 * len(parts), values[-1][0].value, whole),)


@lru_cache(maxsize=1 << 16)
def _single(part: str) -> tuple[Numeral, ...]:
    if part.isdecimal():
        return (Numeral(_ARABIC, int(part), (str(int(part)),)),) if len(part) <= 7 else ()
    upper = part.upper()
    if part not in (upper, part.lower()):
        return ()
    large = part == upper
    found = []
    if roman := _ROMAN_DIGITS.fullmatch(upper):
        value = 100 * _HUNDREDS[roman.group(1)] + 10 * _TENS[roman.group(2)] + _ONES[roman.group(3)]
        found.append(Numeral(_ROMAN if large else _SMALL_ROMAN, value, (part,)))
    if len(part) == 1 and upper in _ALPHABET:
        found.append(Numeral(_LETTER if large else _SMALL, _ALPHABET.index(upper) + 1, (part,)))
    return tuple(found)


def _follows(numeral: Numeral, before: Numeral | None) -> bool:
    """Whether a numeral goes on with the list of another, or begins one."""
    last = before.value if before is not None else 0
    if numeral.rank in (_LETTER, _SMALL):
        return numeral.value > last and set(_ALPHABET[last : numeral.value - 1]) <= _LEFT_OUT
    return numeral.value == last + 1


def decided(texts: Sequence[str]) -> list[Numeral | None]:
    """The numeral of each row; of two readings, the one that goes on with a list that is open."""
    numerals: list[Numeral | None] = []
    open_lists: dict[int, Numeral] = {}
    for i, text in enumerate(texts):
        found = readings(text)
        if not found:
            numerals.append(None)
            continue
        numeral = found[0] if len(found) == 1 else _chosen(found[0], found[1], open_lists, islice(texts, i + 1, None))
        before = open_lists.get(numeral.rank)
        if before is not None and len(numeral.parts) > 1 and before.parts[:-1] == numeral.parts[:-1]:
            numeral = _with_zero(numeral, before)
        numerals.append(numeral)
        open_lists = {rank: each for rank, each in open_lists.items() if rank < numeral.rank}
        open_lists[numeral.rank] = numeral
    return numerals


def _chosen(roman: Numeral, letter: Numeral, open_lists: Mapping[int, Numeral], later: Iterable[str]) -> Numeral:
    goes_on = letter.rank in open_lists and _follows(letter, open_lists[letter.rank])
    if goes_on and roman.value == 1:
        # After H an I is a letter, unless II comes after it.
        second = roman.parts[0] * 2
        nexts = (each[-1] for text in later if (each := readings(text)) and each[-1].rank in (letter.rank, roman.rank))
        following = next(nexts, None)
        return roman if following is not None and following.parts == (second,) else letter
    before = open_lists.get(roman.rank)
    if goes_on or _follows(roman, before):
        return letter if goes_on and not _follows(roman, before) else roman
    # Neither is the next of its list. After III a V may be, but no C.
    return roman if before is not None and 0 < roman.value - before.value <= _SKIPPED else letter


def _with_zero(numeral: Numeral, before: Numeral) -> Numeral:
    """The numeral, which Excel shows without its last zero if it is kept as a number: 1.10, after 1.9, as 1.1."""
    if not numeral.parts[-1].isdecimal() or numeral.value * 10 != before.value + 1:
        return numeral
    return replace(numeral, value=before.value + 1, parts=(*numeral.parts[:-1], str(before.value + 1)))


_DOTTED_IN_FRONT = re.compile(r"\s*(\d{1,5}(?:\.\d{1,4})+)\.?\s+(?=[^\W\d])")
_BEHIND_MARK = re.compile(r"\s*[.)/:]?\s*[-–]?\s*")
_BULLET_IN_FRONT = re.compile(r"\s*([-–—+•*])\s*(?=[^\W\d])")
_DD_IN_FRONT = re.compile(r"\s*\(?([Đđ])[.)/:]\s+(?=[^\W\d])")


def in_front(text: str) -> tuple[str, str]:
    """The numeral in front of a name, and the name without it; "" and the name where there is none.

    >>> in_front("I. LĐLĐ huyện"), in_front("1.2 CĐCS A"), in_front("- Tổ 1"), in_front("H. Phú Bình")
    (('I', 'LĐLĐ huyện'), ('1.2', 'CĐCS A'), ('-', 'Tổ 1'), ('', 'H. Phú Bình'))
    """
    if found := _DOTTED_IN_FRONT.match(text) or _BULLET_IN_FRONT.match(text) or _DD_IN_FRONT.match(text):
        return found.group(1), text[found.end() :].strip()
    whole = composed(text)
    mark = mark_in_front(whole)
    if mark is None:
        return "", text
    behind = _BEHIND_MARK.match(whole, whole.index(mark.text) + len(mark.text))
    return mark.text, whole[behind.end() if behind else 0 :].strip()


def begin_lists(numerals: Sequence[Numeral | None]) -> bool:
    """Whether what stands in front of names are numerals: there are several, and each list begins with its first."""
    found = [each for each in numerals if each is not None]
    firsts = {each.rank: each for each in reversed(found)}
    return len(found) > 1 and all(each.value == 1 for each in firsts.values())


# --- rows --------------------------------------------------------------------------------------------------------


def outline(lines: Sequence[Line], numerals: Sequence[Numeral | None]) -> Outline:
    """Where each row stands; `numerals` are those of the lines, as decided.

    A row without a numeral heads those below it if it is bare, or if the numbering begins anew below such rows. The
    first row stands above all others if it alone has no numeral, or if another heading follows it.
    """
    faults: dict[int, tuple[Fault, str]] = {}
    ranks = _Ranks.of(lines, numerals, faults)
    above: list[int | None] = []
    stack: list[int] = []
    for i, numeral in enumerate(numerals):
        rank = ranks.by_row[i]
        if numeral is not None and len(numeral.parts) > 1:
            wanted = numeral.parts[:-1]
            found = next((at for at, j in enumerate(stack) if (n := numerals[j]) is not None and n.parts == wanted), -1)
            if found < 0:
                # What is above stays open: a wrong number says nothing of the rows behind it.
                faults[i] = ("orphan", ".".join(wanted))
                above.append(next((j for j in reversed(stack) if numerals[j] is None and ranks.by_row[j] < rank), None))
                stack = [*(j for j in stack if ranks.by_row[j] < rank), i]
                continue
            headings = [j for j in stack[found + 1 :] if numerals[j] is None and ranks.by_row[j] < rank]
            stack = [*stack[: found + 1], *headings]
        else:
            while stack and ranks.by_row[stack[-1]] >= rank:
                stack.pop()
        above.append(stack[-1] if stack else None)
        stack.append(i)
    tied = any(parent is not None for parent in above)
    return Outline(above, ranks.by if tied else "nothing", dict(sorted(faults.items())))


@dataclass(frozen=True, slots=True)
class _Ranks:
    """How deep each row stands."""

    by_row: Sequence[int]
    by: Literal["numbering", "groups"]

    @classmethod
    def of(
        cls, lines: Sequence[Line], numerals: Sequence[Numeral | None], faults: dict[int, tuple[Fault, str]]
    ) -> _Ranks:
        levels = {each.rank for each in numerals if each is not None}
        only = min(levels) if len(levels) == 1 else _PLAIN
        unnumbered = [i for i, line in enumerate(lines) if not line.numeral.strip()]
        heads = _headings(lines, numerals, unnumbered, faults)
        ranks = [_PLAIN] * len(lines)
        for i, numeral in enumerate(numerals):
            if numeral is not None:
                ranks[i] = numeral.rank
            elif lines[i].numeral.strip():
                ranks[i] = only if len(levels) < 2 else ranks[i - 1] if i else _PLAIN
                if len(levels) > 1:
                    faults[i] = ("unreadable", lines[i].numeral)
        if unnumbered[:1] == [0] and 0 not in heads and levels:
            ranks[0] = _TOP
        following = min(levels) if _are_bullets(levels) else only
        for i in reversed(range(len(lines))):
            if i in heads:
                ranks[i] = following - 1
            else:
                following = ranks[i]
        if {0, 1} <= heads:
            ranks[0] = _TOP
        faults |= {i: ("headings", "") for i, j in pairwise(sorted(heads)) if j == i + 1 and i and lines[i].bare}
        return cls(ranks, "groups" if heads and len(levels) < 2 else "numbering")


def _headings(
    lines: Sequence[Line],
    numerals: Sequence[Numeral | None],
    unnumbered: Sequence[int],
    faults: dict[int, tuple[Fault, str]],
) -> set[int]:
    """The rows without a numeral that head others."""
    bare = {i for i in unnumbered if lines[i].bare}
    if len(bare) == len(lines):
        return set()
    filled = [i for i in unnumbered if i not in bare]
    if len(unnumbered) == len(lines) or not filled:
        return bare
    if _begin_below(set(filled), set(unnumbered), numerals) or _head_bullets(filled, numerals):
        return set(unnumbered)
    # The first row of all stands above the others, if it is the only one of its kind.
    rest = filled[1:] if filled[0] == 0 else filled
    if rest and not _are_parts(lines, numerals, set(filled)):
        faults[rest[0]] = ("unnumbered", "")
    return bare


def _are_bullets(levels: Collection[int]) -> bool:
    return bool(levels) and all(level in (_BULLET, _PLUS) for level in levels)


def _head_bullets(filled: Sequence[int], numerals: Sequence[Numeral | None]) -> bool:
    """Whether rows without a numeral head those with bullets: these are no lists that begin with a first one.

    There are no other numerals, or bullets below each of the rows; the first row of all may stand above the others.
    """
    bullets = {i for i, numeral in enumerate(numerals) if numeral is not None and _are_bullets([numeral.rank])}
    heads = [i for i in filled if i]
    return bool(bullets) and (
        all(numeral is None or i in bullets for i, numeral in enumerate(numerals))
        or (bool(heads) and all(i + 1 in bullets for i in heads))
    )


def _begin_below(filled: set[int], unnumbered: set[int], numerals: Sequence[Numeral | None]) -> bool:
    """Whether several lists of one kind begin, each right below a row without a numeral."""
    firsts: dict[int, list[int]] = {}
    for i, numeral in enumerate(numerals):
        if numeral is not None and numeral.value == 1 and len(numeral.parts) == 1:
            firsts.setdefault(numeral.rank, []).append(i - 1)
    return any(
        len(above) > 1 and unnumbered.issuperset(above) and not filled.isdisjoint(above) for above in firsts.values()
    )


def _are_parts(lines: Sequence[Line], numerals: Sequence[Numeral | None], filled: set[int]) -> bool:
    """Whether rows without a numeral are parts of the numbered row above them.

    They are if that is always a heading. If it is a unit like them, its list must go on after them as if they were not
    there: where the next numeral has counted them, somebody has forgotten theirs.
    """
    numbered = [i for i, numeral in enumerate(numerals) if numeral is not None]
    runs = [(i, j) for i, j in pairwise(numbered) if i + 1 in filled]
    owners = {i for i in numbered if i + 1 in filled}
    if owners and all(lines[i].bare for i in owners):
        return True
    steps = [(numerals[i], numerals[j], j - i) for i, j in runs]
    going_on = [
        (after.value - before.value, length)
        for before, after, length in steps
        if before is not None and after is not None and before.rank == after.rank
    ]
    return 0 not in filled and any(step == 1 for step, _ in going_on) and all(step != n for step, n in going_on)

"""What a figure that does not come out may have been meant to be. A slip is a pointer for a person, never a match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sangkien_cli.audit.arithmetic import Range, by_any_rule
from sangkien_cli.claims import Claim, Kind, Printed
from sangkien_cli.claims.numbers import readings

SlipKind = Literal["kind", "swapped", "thousands", "phase", "basis", "digit-missing", "digit-extra"]
Figure = Literal["done", "quota", "percent"]


@dataclass(frozen=True, slots=True)
class Slip:
    """One way in which the figure would come out."""

    kind: SlipKind
    figure: Figure | None = None  # the one that would be another
    likely: str = ""  # what it would be: a number, a kind (`over`), the id of a phase or a basis
    number: str = ""  # of another phase or basis: its quota


@dataclass(frozen=True, slots=True)
class Other:
    """What a claim's unit is asked for in another phase, or on another basis."""

    phase: str
    basis: str | None  # None = the claim's own
    quota: int


Quotas = Sequence[Other]


def slips(claim: Claim, done: int, quota: int, percent: Printed, others: Quotas) -> tuple[Slip, ...]:
    """The slips by which a claim that does not come out would come out, the plainest first.

    `others` are the unit's quotas in other phases or on other bases, where a quota file tells them.
    """
    return tuple(_slips(claim.kind, done, quota, percent, others)) if quota else ()


def _slips(kind: Kind, done: int, quota: int, percent: Printed, others: Quotas) -> Iterator[Slip]:
    found = by_any_rule(percent, kind)
    reverse: Kind = "of" if kind == "over" else "over"
    if by_any_rule(percent, reverse).holds(done, quota):
        yield Slip("kind", None, reverse)
    if done and found.holds(quota, done):
        yield Slip("swapped")
    if (meant := _thousands(percent)) is not None and by_any_rule(meant, kind).holds(done, quota):
        yield Slip("thousands", "percent", str(meant.value))
    for other in others:
        if other.quota and found.holds(done, other.quota):
            at: tuple[SlipKind, str] = ("phase", other.phase) if other.basis is None else ("basis", other.basis)
            yield Slip(at[0], "quota", at[1], str(other.quota))
    # One digit missing, or one too many, in one of the three figures.
    yield from _edited("done", done, found.counts(quota))
    yield from _edited("quota", quota, found.quotas(done))
    yield from _edited_percents(kind, done, quota, percent)


def _edited_percents(kind: Kind, done: int, quota: int, percent: Printed) -> Iterator[Slip]:
    """What would be printed, and is a digit away from what was."""
    above = 100 * done - (100 * quota if kind == "over" else 0)
    if above < 0:
        return
    text = _plain(percent)
    for decimals in range(max(percent.decimals - 1, 0), percent.decimals + 2):
        below, rest = divmod(above * 10**decimals, quota)
        for digits in (below, below + 1) if rest else (below,):
            printed = _dotted(digits, decimals)
            # A further decimal is no slip: it says the same more finely.
            if not printed.startswith(text) and (slip := _one_digit_apart(text, printed)) is not None:
                yield Slip(slip, "percent", printed)


def _dotted(digits: int, decimals: int) -> str:
    text = str(digits).rjust(decimals + 1, "0")
    return f"{text[:-decimals]}.{text[-decimals:]}" if decimals else text


def _edited(figure: Figure, number: int, found: Range | None) -> Iterator[Slip]:
    """The numbers of a range that differ from one by a digit."""
    digits = str(number)
    if found is None:
        return
    if _has_length(found, len(digits) + 1):
        yield from (Slip("digit-missing", figure, str(meant)) for meant in _with_digit(digits) if found.holds(meant))
    if _has_length(found, len(digits) - 1):
        yield from (Slip("digit-extra", figure, str(meant)) for meant in _without_digit(digits) if found.holds(meant))


def _has_length(found: Range, length: int) -> bool:
    """Whether a range holds numbers of so many digits: most do not, and need not be looked through."""
    return found.low < 10**length and (found.high is None or found.high >= 10 ** (length - 1))


def _with_digit(digits: str) -> list[int]:
    texts = (digits[:at] + digit + digits[at:] for at in range(len(digits) + 1) for digit in "0123456789")
    return sorted({int(text) for text in texts if text[0] != "0"})


def _without_digit(digits: str) -> list[int]:
    texts = (digits[:at] + digits[at + 1 :] for at in range(len(digits)))
    return sorted({int(text) for text in texts if text and text[0] != "0"})


def _one_digit_apart(published: str, printed: str) -> SlipKind | None:
    """Whether a text is another one with a digit more, or less.

    >>> _one_digit_apart("77.8", "7.8"), _one_digit_apart("38", "338"), _one_digit_apart("76.5", "77.8")
    ('digit-extra', 'digit-missing', None)
    """
    short, long = sorted((published, printed), key=len)
    if len(long) != len(short) + 1:
        return None
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if not long[at].isdecimal() or short[at:] != long[at + 1 :]:
        return None
    return "digit-missing" if published is short else "digit-extra"


def _plain(percent: Printed) -> str:
    """A percent with a dot before its decimals."""
    scale = 10**percent.decimals
    return _dotted(percent.value.numerator * (scale // percent.value.denominator), percent.decimals)


def _thousands(percent: Printed) -> Printed | None:
    """`1.278`, which in Vietnamese is one thousand two hundred and seventy-eight."""
    values = {value for value, decimals in readings(percent.text).values() if not decimals}
    meant = next(iter(values), None)
    return None if meant is None or meant == percent.value else Printed(str(meant), meant)

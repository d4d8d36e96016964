"""One claim read from its texts, wherever they stand: a mapping of YAML, or a row of a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from fractions import Fraction
from functools import lru_cache

from sangkien_cli.claims.model import Claim, Kind, Part, Printed
from sangkien_cli.claims.numbers import hedge_of, readings
from sangkien_cli.errors import Problem
from sangkien_cli.lang import Sentence, say
from sangkien_cli.phases import read_date
from sangkien_cli.text import fold, tidy

KEYS = (
    "id", "unit", "phase", "basis", "as_of", "done", "quota", "percent", "kind", "word", "source", "sentence", "parts"
)  # fmt: skip
PART_KEYS = ("name", "unit", "done", "quota")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(map(fold, ("of", "đạt", "bằng", "đạt bằng")), "of"),
    **dict.fromkeys(map(fold, ("over", "vượt")), "over"),
    **dict.fromkeys(map(fold, ("share", "chiếm")), "share"),
}
# Blanks group thousands only where three digits follow each: "149 44" is two numbers.
_FIGURE = re.compile(
    r"(?P<words>\D*?)\s*(?P<number>[0-9]{1,3}(?:\s[0-9]{3})+(?:,[0-9]+)?|[0-9](?:[0-9.,]*[0-9])?)"
    r"\s*(?P<sign>%|phần trăm)?"
)
_TWO = re.compile(r"([0-9.,]+)\s*/\s*([0-9.,]+)")
_SHOWN = 60  # letters of a cell that a message shows
_LONGEST = 30  # digits of a number: far beyond any figure, and still quick to work with

Report = Callable[[str, Sentence, Sentence], None]  # a key, what is wrong with its value, how to mend it


@dataclass(frozen=True, slots=True)
class Entry:
    """The texts of one claim by key, and how a problem with one of them is told."""

    place: str
    values: Mapping[str, str]  # tidy; a key that is absent or blank is left out
    report: Report
    numbered: str  # the id of a claim that has none
    grouped: bool  # whole numbers may be grouped: `3.889`; else they are written plainly, as in a quota file
    is_number: bool = False  # the percent is a number of a spreadsheet: a point in it is a decimal one
    parts: Sequence[Mapping[str, str] | str] = ()  # ids of other claims, or names with numbers of their own
    problems: list[Problem] = field(default_factory=list)


Told = tuple[Claim, Report]  # a claim, and how a problem with it is told


def claim_of(entry: Entry) -> Claim:
    """The claim; what of it cannot be read is left out, and reported."""
    values = entry.values
    done, quota = values.get("done", ""), values.get("quota", "")
    if not quota and (both := _TWO.fullmatch(done)):
        done, quota = both.groups()
    found = {"done": _whole(entry, "done", done), "quota": _whole(entry, "quota", quota), "percent": _percent(entry)}
    word = values.get("word")
    if word:
        found = _with_word(entry, word, found)
    kind = _kind(entry)
    as_of = _day(entry)
    asked = [key for key in ("done", "quota", "percent") if values.get(key)]
    if not asked:
        entry.report("id", say("claims.nothing"), say("claims.nothing.fix"))
    elif len(asked) + (not values.get("quota") and bool(quota)) < 2 and not values.get("unit") and not entry.parts:
        entry.report(asked[0], say("claims.alone"), say("claims.alone.fix"))
    return Claim(
        id=values.get("id") or entry.numbered,
        place=entry.place,
        done=found["done"],
        quota=found["quota"],
        percent=found["percent"],
        kind=kind,
        unit=values.get("unit"),
        phase=values.get("phase"),
        basis=values.get("basis"),
        as_of=as_of,
        source=values.get("source", ""),
        sentence=values.get("sentence", ""),
        parts=tuple(part for each in entry.parts if (part := _part(entry, each)) is not None),
    )


def _kind(entry: Entry) -> Kind:
    """How the percent is meant: as `kind` says, else by a word before the percent itself, "vượt 132%"."""
    typed = entry.values.get("kind")
    if typed is None:
        return _split_kind(entry.values.get("percent", ""))[0] or "of"
    kind = _KINDS.get(fold(typed))
    if kind is None:
        entry.report("kind", say("claims.kind", text=typed), say("claims.kind.fix"))
    return kind or "of"


@lru_cache(maxsize=1 << 14)
def _split_kind(text: str) -> tuple[Kind | None, str]:
    """The kind that a percent's first words say, and the rest.

    >>> _split_kind("vượt hơn 132%"), _split_kind("đạt bằng 76,5%"), _split_kind("khoảng 5%")
    (('over', 'hơn 132%'), ('of', '76,5%'), (None, 'khoảng 5%'))
    """
    words = text.split(" ")
    for count in (2, 1):
        if kind := _KINDS.get(fold(" ".join(words[:count]))):
            return kind, " ".join(words[count:])
    return None, text


def _with_word(entry: Entry, word: str, found: dict[str, Printed | None]) -> dict[str, Printed | None]:
    """The figures with the word that was written beside them: it belongs to the percent, without one to the count."""
    hedge = hedge_of(word)
    key = "percent" if found["percent"] is not None else "done"
    printed = found[key]
    if hedge is None:
        entry.report("word", say("claims.word", text=word), say("claims.word.fix"))
    elif printed is not None:
        return {**found, key: Printed(printed.text, printed.value, printed.decimals, hedge)}
    return found


def _whole(entry: Entry, key: str, text: str) -> Printed | None:
    """A count or a quota: a whole number, with a word before it if need be."""
    if not text:
        return None
    match = _FIGURE.fullmatch(text)
    if match is None or match["sign"] or len(match["number"]) > _LONGEST:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        entry.report(key, say("claims.not_whole", text=shown), say("claims.not_whole.fix"))
        return None
    words, number = match["words"], match["number"]
    hedge = hedge_of(words) if words else None
    if words and hedge is None:
        entry.report(key, say("claims.words", text=words), say("claims.words.fix"))
        return None
    if number.isascii() and number.isdecimal() and not (len(number) > 1 and number.startswith("0")):
        return Printed(number, Fraction(int(number)), 0, hedge)
    meant = [value for value, decimals in readings(re.sub(r"\s", "", number)).values() if not decimals]
    if meant and entry.grouped:
        return Printed(str(meant[0].numerator), meant[0], 0, hedge)
    plain = say("config.write", text=str(meant[0].numerator)) if meant else say("claims.not_whole.fix")
    entry.report(key, say("claims.not_whole", text=text), plain)
    return None


@lru_cache(maxsize=1 << 14)
def _figure(text: str, *, point_is_decimal: bool) -> Printed | str:
    """A percent as printed, or why it is none."""
    match = _FIGURE.fullmatch(text)
    if match is None or len(match["number"]) > _LONGEST:
        return "claims.not_percent"
    words, number = match["words"], re.sub(r"\s", "", match["number"])
    hedge = hedge_of(words) if words else None
    if words and hedge is None:
        return "claims.not_percent"
    found = readings(number)
    if not found:
        return "claims.not_percent"
    if len({value for value, _ in found.values()}) > 1:
        # `1.278` may mean one or a thousand, and so may `1,278`; nothing says which.
        if "," in number or not point_is_decimal:
            return "claims.two_meanings"
        value, decimals = found["en"]
    else:
        value, decimals = next(iter(found.values()))
    return Printed(number, value, decimals, hedge)


def _percent(entry: Entry) -> Printed | None:
    text = entry.values.get("percent", "")
    if not text:
        return None
    # As in the contract's example; in a sheet only where it is a number, not text.
    point_is_decimal = entry.is_number or not entry.grouped
    found = _figure(_split_kind(text)[1], point_is_decimal=point_is_decimal)
    if isinstance(found, Printed):
        return found
    if found == "claims.two_meanings":
        entry.report("percent", say("claims.two_meanings", text=text), say("claims.two_meanings.fix"))
    else:
        entry.report("percent", say("claims.not_percent", text=text), say("claims.not_percent.fix"))
    return None


def _day(entry: Entry) -> date | None:
    text = entry.values.get("as_of")
    if not text:
        return None
    moment = _read_day(text)
    if moment is None:
        entry.report("as_of", say("claims.as_of", text=text), say("claims.as_of.fix"))
    return moment


@lru_cache(maxsize=1 << 10)
def _read_day(text: str) -> date | None:
    moment = read_date(text, UTC)
    return None if moment is None else moment.date()


def _part(entry: Entry, part: Mapping[str, str] | str) -> Part | None:
    if isinstance(part, str):
        return Part(done=Printed(part, Fraction(part))) if part.isdecimal() and part.isascii() else Part(claim=part)
    done, quota = (_whole(entry, "parts", part.get(key, "")) for key in ("done", "quota"))
    if done is None and quota is None:
        entry.report("parts", say("claims.part"), say("claims.part.fix"))
        return None
    name = part.get("name") or part.get("unit", "")
    return Part(None, name, done, quota)


def plain(text: object) -> str:
    """A value as tidy text."""
    return tidy(str(text))

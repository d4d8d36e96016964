"""Every sentence a user reads, in Vietnamese and English.

A sentence is kept as a value (its key and its arguments) and put into words only where it is shown,
so that a problem found deep inside needs to know no language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sangkien_cli.lang import en, vi

Lang = Literal["vi", "en"]
LANGUAGES: tuple[Lang, ...] = ("vi", "en")

_SENTENCES: Mapping[Lang, Mapping[str, str]] = {"vi": vi.SENTENCES, "en": en.SENTENCES}
_THOUSANDS: Mapping[Lang, str] = {"vi": ".", "en": ","}
_DECIMAL: Mapping[Lang, str] = {"vi": ",", "en": "."}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence not yet in any language: `key` names its words, `args` fill them in.

    An argument is text, a whole number (grouped when shown), a date, another sentence, or a tuple of these
    (joined with commas).
    """

    key: str
    args: tuple[tuple[str, object], ...] = ()


def say(key: str, /, **args: object) -> Sentence:
    """The sentence `key`, filled with `args`, to be shown later with `words`."""
    return Sentence(key, tuple(args.items()))


def words(sentence: Sentence, lang: Lang) -> str:
    """The sentence in one language. An unknown key raises KeyError: a bug, caught by the tests."""
    return _SENTENCES[lang][sentence.key].format(**{name: _shown(value, lang) for name, value in sentence.args})


def phrase(key: str, lang: Lang, /, **args: object) -> str:
    """`words(say(key, …), lang)` for places that know their language."""
    return words(say(key, **args), lang)


def whole(number: int, lang: Lang) -> str:
    """A whole number with its thousands grouped: 2660 is `2,660` in English, `2.660` in Vietnamese."""
    return f"{number:,}".replace(",", _THOUSANDS[lang])


def signed(number: int, lang: Lang) -> str:
    """A difference with its sign: `+1,200`, `−30`, `0`."""
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return sign + whole(abs(number), lang)


def decimal(text: str, lang: Lang) -> str:
    """A decimal written with a dot (`52.2`, `1000.5`) as the language writes it (`52,2`, `1.000,5`)."""
    integer, dot, digits = text.partition(".")
    return whole(int(integer), lang) + (_DECIMAL[lang] + digits if dot else "")


def day(value: date, lang: Lang) -> str:
    """A date as people read it: `27/04/2022` in Vietnamese, `2022-04-27` in English (never month first)."""
    return value.strftime("%d/%m/%Y") if lang == "vi" else value.isoformat()


class _Number(int):
    """A number inside a sentence: `{n}` groups it, `{n:row|rows}` picks the singular or the plural."""

    lang: Lang = "en"

    def __format__(self, spec: str) -> str:
        if not spec:
            return whole(int(self), self.lang)
        one, many = spec.split("|")
        return one if int(self) == 1 else many


def _shown(value: object, lang: Lang) -> object:
    match value:
        case Sentence():
            return words(value, lang)
        case int():
            number = _Number(value)
            number.lang = lang
            return number
        case date():
            return day(value, lang)
        case tuple():
            return ", ".join(str(_shown(item, lang)) for item in value)
        case _:
            return str(value)

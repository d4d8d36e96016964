"""What a name says without its accents, word by word, and in how many ways it may be read."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, islice, product

from sangkien_cli.text import ABBREVIATIONS, case_folded, fold, plain_words, spelled_out, tidy, without_accents

_READINGS = 6  # of a text whose abbreviations have several meanings
_SHORT = 4  # letters: what is shorter tells too little by itself
_BEGINNING = 6  # letters of a name that another one begins with
_LONG_WORD = 5  # letters of a usual word that may stand alone
_LEAST_LETTERS = 3  # of a word of which one may be wrong
_CORRECTIONS = 3  # of one word


def _phrases(text: str) -> list[str]:
    """Each of these phrases without accents, the longest first."""
    return sorted((without_accents(fold(phrase)) for phrase in text.split(", ")), key=len, reverse=True)


_OF_UNIONS = "tổng LĐLĐ, LĐLĐ, CĐCS, công đoàn bộ phận, công đoàn ngành, công đoàn"
_OF_TYPES = "tỉnh, thành phố, thị xã, thị trấn, huyện, quận, phường, xã"
# What staff leave out beside these; what also says of which sort a unit is; what says only that, not which unit it is.
_OF_SMALL = "cổ phần, TNHH, MTV, các, và"
_OF_KINDS = "công ty, trường, cơ quan"
_OF_SORTS = (
    "mầm non, mẫu giáo, tiểu học, THCS, THPT, cao đẳng, đại học, trung cấp, trung tâm, bệnh viện, trạm y tế, y tế, "
    "UBND, HĐND, hợp tác xã, xí nghiệp, nhà máy, chi nhánh, doanh nghiệp, phòng, ban, sở, văn phòng, KCN, KKT"
)
_GROUPS = {"union": _OF_UNIONS, "type": _OF_TYPES, "small": _OF_SMALL, "kind": _OF_KINDS, "sort": _OF_SORTS}
_GROUP_OF = {phrase: group for group, phrases in _GROUPS.items() for phrase in _phrases(phrases)}
group_of = _GROUP_OF.get  # what a word is, where it tells little about which unit is meant
_WORD = re.compile(rf"(?:{'|'.join(_GROUP_OF)})(?!\w)|\w+")
UNION = without_accents(fold("Công đoàn"))
_TYPED = re.compile(r"[^\W_]+")
_UNION_IN_FRONT = re.compile(rf"^(?:{'|'.join(_phrases(_OF_UNIONS))}) (?=\w)")
# Numbers, and the letters and Roman numerals by which schools and quarters of one name are told apart.
NUMBER = re.compile(r"\b(?:\d+|[a-z]|[ivx]+)\b")
SHOWN = {without_accents(fold(text)): text for text in ("LĐLĐ", "CĐCS", "UBND", "THCS", "THPT", "TNHH")}


def unionless(plain: str) -> str:
    """What nearly every unit's name begins with says nothing about which unit it is."""
    return _UNION_IN_FRONT.sub("", plain)


@dataclass(frozen=True, slots=True)
class Key:
    """A name without accents, and what is left of it when what tells little is left out too."""

    whole: str
    unionless: str
    typeless: str  # without types (huyện, thành phố…)
    core: str  # without whatever staff leave out
    telling: str  # and without its sort (tiểu học, trạm y tế…)
    sorts: frozenset[str]
    numbers: tuple[str, ...]
    words: tuple[str, ...]  # those together that are one thing (thành phố)

    @classmethod
    def of(cls, plain: str) -> Key:
        """The key of a name without accents."""
        words = tuple(_WORD.findall(plain))
        # What stands last is no prefix of anything.
        grouped = [(word, group_of(word)) for word in words[:-1]] + [(word, None) for word in words[-1:]]
        without_union = unionless(plain)
        core = " ".join([word for word, group in grouped if group in (None, "sort")])
        telling = " ".join([word for word, group in grouped if group is None])
        return cls(
            whole=plain,
            unionless=without_union,
            typeless=" ".join([word for word, group in grouped if group != "type"]),
            core=core if len(core) >= _SHORT else without_union,
            telling=telling if len(telling) >= _SHORT else without_union,
            sorts=frozenset([word for word, group in grouped if group in ("kind", "sort")]),
            numbers=tuple(number.lstrip("0") for number in NUMBER.findall(telling)),
            words=words,
        )


def beginnings(telling: str) -> Iterator[str]:
    """What is left when words are taken from the end, the longest first: two words at least."""
    end = telling.rfind(" ")
    while end >= _BEGINNING and " " in telling[:end]:
        yield telling[:end]
        end = telling.rfind(" ", 0, end)


EQUAL_CORE, ALIKE, NOT_NEAR = 2, 4, 5


def nearness(asked: Key, name: Key) -> int:
    """How near two names are, 0 = nearest; ALIKE = near only if they differ by a slip of the keyboard."""
    if asked.whole == name.whole:
        return 0
    if asked.numbers != name.numbers and asked.numbers and name.numbers:
        return NOT_NEAR
    if asked.typeless == name.typeless:
        return 1
    if asked.sorts <= name.sorts or name.sorts <= asked.sorts:
        if asked.core == name.core:
            return 2
        if f"{asked.telling} ".startswith(f"{name.telling} ") or f"{name.telling} ".startswith(f"{asked.telling} "):
            return 3
    return ALIKE


# Abbreviations that have several meanings in the names of units, or one so rare that no row may count by it.
_MAY_MEAN: Mapping[str, tuple[str, ...]] = {
    "tt": ("thị trấn", "trung tâm", "thông tin"),
    "ttr": ("thị trấn", "thanh tra"),
    "tr": ("trường",),
    "th": ("tiểu học", "trung học"),
    "mn": ("mầm non",),
    "cđ": ("cao đẳng",),
    "đh": ("đại học",),
    "tc": ("trung cấp", "tài chính"),
    "gd": ("giáo dục", "giao dịch"),
    "bv": ("bệnh viện", "bảo vệ"),
    "xn": ("xí nghiệp", "xét nghiệm"),
    "nm": ("nhà máy",),
    "cn": ("chi nhánh", "công nghiệp", "công nhân"),
    "dn": ("doanh nghiệp",),
    "xd": ("xây dựng", "xăng dầu"),
    "tm": ("thương mại",),
    "dv": ("dịch vụ",),
    "sx": ("sản xuất",),
    "vp": ("văn phòng",),
    "đl": ("điện lực", "đại lý"),
    "h": ("huyện",),
    "q": ("quận",),
    "p": ("phường", "phòng"),
    "x": ("xã", "xưởng"),
}


@dataclass(frozen=True)
class Name:
    """A name, or one reading of a text."""

    text: str
    spelled: Sequence[tuple[str, str]]  # each word as typed, case folded, and what it means
    guessed: bool = False  # an abbreviation is read in another meaning than its usual one

    @cached_property
    def key(self) -> Key:
        return Key.of(" ".join([plain_words(meaning) for _, meaning in self.spelled]))

    @cached_property
    def starts(self) -> list[int]:
        """Where each word of the key begins among the words one by one; and where the last ends."""
        return list(accumulate((word.count(" ") + 1 for word in self.key.words), initial=0))

    @cached_property
    def folded(self) -> list[str]:
        """Its words one by one, as they are compared."""
        return [each for word, meaning in self.spelled for each in fold(_meant(word, meaning)).split()]

    @cached_property
    def shown(self) -> list[str]:
        """Its words one by one, as they are shown: as typed, or what an abbreviation means."""
        typed = _as_typed(self.text)
        meant = ((word, _meant(word, meaning)) for word, meaning in self.spelled)
        return [
            each
            for word, words in meant
            for each in (words.split() if " " in words or words in _MAY_MEAN.get(word, ()) else [typed.get(word, word)])
        ]

    @cached_property
    def guesses(self) -> list[Guess]:
        """The words that are read in another meaning than their usual one."""
        if not self.guessed:
            return []
        typed, at, found = _as_typed(self.text), 0, []
        for (word, meaning), (_, usual) in zip(self.spelled, spelled_out(self.text), strict=True):
            behind = at + len(_meant(word, meaning).split())
            if meaning != usual:
                slips = {} if word in _MAY_MEAN else _corrected(word)
                shown = slips.get(meaning, meaning)
                found.append(Guess(at, behind, typed.get(word, word), shown, is_slip=meaning in slips))
            at = behind
        return found


@dataclass(frozen=True, slots=True)
class Guess:
    """A word that is read in another meaning than its usual one: which words it stands for, from and to."""

    start: int
    stop: int
    typed: str
    meant: str
    is_slip: bool  # of the keyboard, else an abbreviation of several meanings


def _as_typed(text: str) -> dict[str, str]:
    """The words of a text by their case-folded forms."""
    plain = tidy(text)
    return dict(zip(_TYPED.findall(case_folded(plain)), _TYPED.findall(plain), strict=False))


def _meant(word: str, meaning: str) -> str:
    """What a word means, also where an abbreviation has lost its accents: LDLD."""
    plain = plain_words(word) if meaning == word else ""
    return plain if " " in plain else meaning


def readings(text: str, known: Container[str] = ()) -> Iterator[Name]:
    """The text in the usual meaning of its words, then with abbreviations read otherwise and slips corrected.

    A word is not corrected if, without its accents, it is `known`: a word of the names that are asked.
    """
    spelled = spelled_out(text)
    yield Name(text, spelled)
    choices = [_choices(word, meaning, known) for word, meaning in spelled]
    if any(choice != (meaning,) for choice, (_, meaning) in zip(choices, spelled, strict=True)):
        for reading in islice(product(*choices), _READINGS):
            words = [(word, meaning) for (word, _), meaning in zip(spelled, reading, strict=True)]
            if words != spelled:
                yield Name(text, words, guessed=True)


def _choices(word: str, meaning: str, known: Container[str]) -> tuple[str, ...]:
    if word[0] in "qp" and (found := re.fullmatch(r"([qp])(\d{1,2})", word)):
        return (f"{_MAY_MEAN[found[1]][0]} {found[2]}",)  # "Q1"
    if word in _MAY_MEAN:
        return meaning, *_MAY_MEAN[word]
    slips = _corrected(word) if meaning == word and plain_words(word) not in known else {}
    return tuple(slips) or (meaning,)


def _usual_words() -> dict[str, str]:
    """The words of which names are made, by their letters. A short one that stands alone is too like many others."""
    usual: dict[str, str] = {}
    for phrase in ", ".join([_OF_UNIONS, _OF_TYPES, _OF_SMALL, _OF_KINDS, _OF_SORTS]).split(", "):
        words = " ".join(meaning for _, meaning in spelled_out(phrase)).split()
        if len(words) > 1 or len(words[0]) >= _LONG_WORD:
            usual |= {without_accents(word): word for word in words}
    return usual


_USUAL = _usual_words()
_LONG_ABBREVIATIONS = [short for short in ABBREVIATIONS if len(short) > _LEAST_LETTERS]
_TWICE = re.compile(r"(.)\1+")
_SYLLABLE = re.compile(r"[^\W\daeiouy]*[aeiouy]+(?:c|ch|m|n|ng|nh|p|t)?")


@lru_cache(maxsize=1 << 16)
def _corrected(word: str) -> dict[str, str]:
    """The usual words and abbreviations that may have been meant if one letter is wrong: by meaning, as shown."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    plain = without_accents(word)
    if plain in _USUAL or " " in plain_words(word):
        return {}
    once = _TWICE.sub(r"\1", word)  # "tyy", "CPP"
    words = [_USUAL.get(without_accents(once), "")] if once != word else []
    shorts = [once] if once != word and once in ABBREVIATIONS else []
    if not _SYLLABLE.fullmatch(plain):
        near = process.extract(word, _LONG_ABBREVIATIONS, scorer=OSA.distance, score_cutoff=1, limit=_CORRECTIONS)
        shorts += [short for short, _, _ in near]
    if len(plain) >= _LEAST_LETTERS:
        near = process.extract(plain, list(_USUAL), scorer=OSA.distance, score_cutoff=1, limit=_CORRECTIONS)
        words += [_USUAL[usual] for usual, _, _ in near]
    found = {ABBREVIATIONS[short]: short.upper() for short in shorts} | {word: word for word in words if word}
    return dict(islice(found.items(), _CORRECTIONS))

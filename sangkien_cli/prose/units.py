"""Units that a sentence names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sangkien_cli.prose.words import (
    CAPITALS,
    DONE,
    GENERIC,
    HEADS,
    NAME_ENDS,
    NAME_INSIDE,
    NO_NAMES,
    NO_NOUN,
    OPENINGS,
    OTHER_VERBS,
    PERIODS,
    PLACES,
    SECTORS,
    WHOLE_UNION,
    any_of,
    apart,
)

Standing = Literal["own", "aside", "giver"]

_HEAD = re.compile(rf"(?<![\w.]){any_of(HEADS)}(?![^\W\d_])")
_VERBS = apart(*DONE) | OTHER_VERBS
_ACTIVITY = re.compile(
    r"(?:phát\s(?:động|triển|huy)|tổ\schức|xây\sdựng|thường\s|triển\skhai|đoàn\sviên|cơ\sbản|trực\stiếp)"
)
_TOKEN = re.compile(r"\s?([^\W\d_][\w.&’'-]*|&|[–-]|[0-9]{1,2}(?![\w.,/%]))")
_WIDEST = 14  # words of a name
_SEVERAL = re.compile(r"\bcác\b(?!\s(?:khu|kcn|kcx))", re.IGNORECASE)
_SEVERAL_BEFORE = re.compile(r"\b(?:các|những|nhiều|số|mỗi|(?<!đoạn\s)[0-9])\s\Z", re.IGNORECASE)
_GIVEN = re.compile(
    r"\s(?:đã\s)?(?:giao|đề\sra|phân\sbổ|phát\sđộng|tổ\schức|ấn\sđịnh|triển\skhai|ban\shành|phân\scông|quy\sđịnh)\b"
)
_BY = re.compile(
    r"(?:\bdo|\b(?:chỉ\stiêu|kế\shoạch)(?:\scủa)?|\bgiao\scủa|so\svới|\bban\shành\scủa)\s\Z", re.IGNORECASE
)
_ASIDE = re.compile(
    r"(?:\b(?:của|theo|tại|ở|với|bởi|thuộc|cho|đến|từ|trong|chỉ\sđạo)|tịch|gửi|ban|tiếp)\s\Z", re.IGNORECASE
)
_CAPITAL = rf"[{CAPITALS}][^\W\d_]*"
# A name by itself is a unit where a figure follows at once.
_BARE = re.compile(
    rf"(?:(?<=^)|(?<=[,;:–-]\s)|(?<=\bvà\s))(?:{any_of(OPENINGS)}\s)?+({_CAPITAL}(?:[ -]{_CAPITAL}){{1,4}})"
    r"(?=\s?[(:=]|\s(?:(?:đã|mới)\s)*(?:đạt|vượt|có|bằng|hoàn\sthành)\s|\s[0-9])"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it is named."""

    start: int
    end: int
    name: str
    standing: Standing  # own: whose figures these are; aside: "của …", "theo …"; giver: who set the quota
    several: bool = False  # "LĐLĐ các huyện: A, B": more than one


def units(sentence: str) -> list[Unit]:
    """The units in a sentence, in its order.

    >>> [unit.name for unit in units("Theo LĐLĐ tỉnh Cà Mau, Công đoàn Viên chức tỉnh đạt 120%, huyện Đầm Dơi 90/80")]
    ['LĐLĐ tỉnh Cà Mau', 'Công đoàn Viên chức tỉnh', 'huyện Đầm Dơi']
    """
    found: list[Unit] = []
    end = 0
    for head in _HEAD.finditer(sentence):
        if head.start() < end:
            continue
        unit = _named(sentence, head)
        if unit is not None:
            found.append(unit)
            end = unit.end
    taken = [(unit.start, unit.end) for unit in found]
    found += [
        Unit(match.start(1), match.end(1), match[1], "own")
        for match in _BARE.finditer(sentence)
        if NO_NAMES.isdisjoint(match[1].split())
        and re.split(r"[ -]", match[1])[0] not in PERIODS
        and not any(start < match.end(1) and match.start(1) < end for start, end in taken)
    ]
    return sorted(found, key=lambda unit: unit.start)


def _named(sentence: str, head: re.Match[str]) -> Unit | None:
    words: list[tuple[str, int]] = []  # with their ends
    at = head.end()
    while len(words) < _WIDEST and (token := _TOKEN.match(sentence, at)):
        word, at = token[1], token.end()
        if not words and head[0] in PLACES and not word[0].isupper():
            return None
        if not _belongs(word, at, head[0], words, sentence):
            break
        if word.endswith(".") and not word[:-1].isupper() and word != "Tp.":  # the end of the sentence
            words.append((word.rstrip("."), at - 1))
            break
        words.append((word, at))
    while words and not _may_end(words[-1][0]):
        words.pop()
    if not words or (head[0] in GENERIC and not any(word[0].isupper() for word, _ in words)):
        return None
    start, end = head.start(), words[-1][1]
    before = sentence[max(start - 8, 0) : start]
    several = _SEVERAL.search(sentence, start, end) is not None or _SEVERAL_BEFORE.search(before) is not None
    standing = "giver" if head[0] in WHOLE_UNION else _standing(sentence, start, end)
    return Unit(start, end, sentence[start:end], standing, several)


def _belongs(word: str, end: int, head: str, words: list[tuple[str, int]], sentence: str) -> bool:
    """Whether a word goes on with a name that begins with a head and some words."""
    if words and words[-1][0][0].isupper() and _ACTIVITY.match(sentence, end - len(word)):
        return False
    if word[0].isupper() or word in NAME_ENDS or word in NAME_INSIDE or word in "&–-":
        return True
    before = words[-1][0] if words else head
    if word.isdigit():
        return before.lower() in ("quận", "số", "phường")
    # "Dầu khí Việt Nam": a word that is no verb; if nothing of a name follows, it is taken off again.
    known = word in NO_NOUN or word in _VERBS
    return head in SECTORS and bool(words) and before[0].isupper() and not known


def _may_end(word: str) -> bool:
    return word[0].isupper() or word in NAME_ENDS or word.isdigit()


def _standing(sentence: str, start: int, end: int) -> Standing:
    before = sentence[max(start - 25, 0) : start]
    if _GIVEN.match(sentence, end) or _BY.search(before):
        return "giver"
    return "aside" if _ASIDE.search(before) else "own"

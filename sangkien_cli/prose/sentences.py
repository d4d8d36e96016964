"""Where a sentence ends: not at the dots of numbers, dates and abbreviations."""

from __future__ import annotations

import re

from sangkien_cli.prose.words import ABBREVIATED, CAPITALS, SMALL
from sangkien_cli.text import tidy

_LONGEST = 3000  # letters: what is longer is a table or a list without full stops
_END = re.compile(
    rf"[.!?…]{{1,3}}[\"”’»)\]]{{0,2}}(?:(?=\s+[\"“‘«(\[–-]{{0,2}}\s?[{CAPITALS}0-9])|(?=[{CAPITALS}][{SMALL}\s]))"
)
_LAST_WORD = re.compile(r"[\w./]{1,12}\Z")
_NUMBERED = re.compile(r"[\s(]*(?:[0-9]{1,2}|[a-zđA-ZĐ]|[IVX]{1,4})(?:\.[0-9]{1,2}){0,3}\Z")


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, white space squeezed.

    >>> sentences("LĐLĐ TP. HCM có 2.660 sáng kiến (27.4.2022), đạt 52,2%. Các đơn vị H. Đồng Hỷ, Tp. Huế đạt cao.")
    ['LĐLĐ TP. HCM có 2.660 sáng kiến (27.4.2022), đạt 52,2%.', 'Các đơn vị H. Đồng Hỷ, Tp. Huế đạt cao.']
    """
    found = []
    for line in text.splitlines():
        plain = tidy(line)
        start = 0
        for end in _END.finditer(plain):
            if not _abbreviates(plain, start, end.start()):
                found.append(plain[start : end.end()].strip())
                start = end.end()
        found.append(plain[start:].strip())
    return [piece for sentence in found if sentence for piece in _pieces(sentence)]


def _abbreviates(text: str, start: int, dot: int) -> bool:
    """Whether the dot belongs to the word before it: `TP.`, `V.`, `v.v.`, or the number of a heading."""
    if text[dot] != ".":
        return False
    before = _LAST_WORD.search(text, max(start, dot - 12), dot)
    word = before[0].lower().rpartition(".")[2] if before else ""
    if word.isdigit() or _NUMBERED.fullmatch(text, start, dot):
        return _NUMBERED.fullmatch(text, start, dot) is not None
    return (len(word) == 1 and word.isalpha()) or word in ABBREVIATED


def _pieces(sentence: str) -> list[str]:
    if len(sentence) <= _LONGEST:
        return [sentence]
    pieces = []
    while len(sentence) > _LONGEST:
        cut = max(sentence.rfind(mark, 1, _LONGEST) for mark in ("; ", ", "))
        cut = cut + 1 if cut > 0 else sentence.rfind(" ", 1, _LONGEST)
        cut = cut if cut > 0 else _LONGEST
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [piece for piece in [*pieces, sentence] if piece]

"""Names as they are compared (contract §4), and ids made from them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

# Letters that stand in for Đ in real files: ETH (U+00D0) and AFRICAN D (U+0189), in both cases.
_D_LOOKALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"})
# Control and format characters (Unicode Cc and Cf) that are no white space: zero-width joiners, byte order marks…
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_LONG = 1000  # letters
_MARKS = re.compile("([\u0300-\u036f]{8})[\u0300-\u036f]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_DETACHED_TONE = re.compile(rf"\s+([{_TONES}])")  # "vê ̣sinh": the mark was typed after a blank
_WORD = re.compile(r"[^\W_]+\.?")
# Letters of one abbreviation kept apart by dots, written together before the words are looked up.
_SPACED_OUT = (
    (re.compile(r"\bt\s?\.\s?p\b"), "tp"),
    (re.compile(r"\bt\s?\.\s?x\b"), "tx"),
    (re.compile(r"\bk\s?\.\s?c\s?\.\s?n\b"), "kcn"),
    (re.compile(r"\b(tp)\.?\s?(hcm)\b"), r"\1 \2"),
)

# An abbreviation is here only if it has one meaning in the name of a unit. TT (thị trấn, trung tâm, the STT
# header) has several and stays as typed.
_ABBREVIATIONS = {
    "lđlđ": "liên đoàn lao động",
    "tlđ": "tổng liên đoàn",
    "tlđlđ": "tổng liên đoàn lao động",
    "lđlđvn": "liên đoàn lao động việt nam",
    "tlđlđvn": "tổng liên đoàn lao động việt nam",
    "cđ": "công đoàn",
    "cđcs": "công đoàn cơ sở",
    "cđvc": "công đoàn viên chức",
    "cđn": "công đoàn ngành",
    "cđgd": "công đoàn giáo dục",
    "cđbp": "công đoàn bộ phận",
    "tp": "thành phố",
    "tx": "thị xã",
    "hcm": "hồ chí minh",
    "kcn": "khu công nghiệp",
    "kcx": "khu chế xuất",
    "kkt": "khu kinh tế",
    "cty": "công ty",
    "tnhh": "trách nhiệm hữu hạn",
    "mtv": "một thành viên",
    "cp": "cổ phần",
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "thcs": "trung học cơ sở",
    "thpt": "trung học phổ thông",
    "vn": "việt nam",
}
# One letter is an abbreviation only with its dot: "H. Đồng Hỷ", "Q.1", but not "nhóm H".
_DOTTED = {"h.": "huyện", "q.": "quận", "p.": "phường", "x.": "xã"}
# After "trường", CĐ is cao đẳng (a college), not công đoàn (a union).
_AFTER_SCHOOL = {"cđ": "cao đẳng", "cđn": "cao đẳng nghề"}


def tidy(text: str) -> str:
    """The text as typed, made comparable letter by letter: NFC, no control or zero-width characters, white space
    squeezed and trimmed. Case, punctuation and accents stay.

    >>> tidy("  SK\\u200b-01\\n 2 ")
    'SK-01 2'
    """
    return composed(" ".join(_INVISIBLE.sub("", text).split()))


def composed(text: str) -> str:
    """The text in Unicode's composed form, NFC. Of a run of more than eight marks, which no language has, the rest is
    left out: composing takes the square of its length."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text if len(text) < _LONG else _MARKS.sub(r"\1", text))


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """The name as it is compared; two spellings are one name if and only if they fold alike. "" for a blank.

    Accents and the type word stay significant. The rules are those of contract §4.

    >>> fold("LĐLĐ  H. Đồng Hỷ") == fold("Liên đoàn Lao động huyện Ðồng Hỷ.")
    True
    >>> fold("hoà") == fold("hòa"), fold("TP Thái Nguyên") == fold("tỉnh Thái Nguyên")
    (True, False)
    >>> fold(" - ")
    ''
    """
    plain = tidy(_DETACHED_TONE.sub(r"\1 ", text)).translate(_D_LOOKALIKES).casefold()
    if "." in plain or "tphcm" in plain:
        for pattern, together in _SPACED_OUT:
            plain = pattern.sub(together, plain)
    folded: list[str] = []
    before = ""
    for token in _WORD.findall(plain):
        word = token.rstrip(".")
        if before == "trường" and word in _AFTER_SCHOOL:
            folded.append(_tones_last(_AFTER_SCHOOL[word]))
        else:
            folded.append(_folded_word(token))
        before = word
    return " ".join(folded)


@cache
def _folded_word(token: str) -> str:
    word = token.rstrip(".")
    return _tones_last(_DOTTED.get(token) or _ABBREVIATIONS.get(word) or word)


@cache
def _tones_last(words: str) -> str:
    """Each word with its tone marks behind its letters: hoà and hòa, thuỷ and thủy become one."""
    return " ".join(_tone_last(word) for word in words.split(" "))


def _tone_last(word: str) -> str:
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    letters = "".join(c for c in parts if c not in _TONES)
    return unicodedata.normalize("NFC", letters) + "".join(c for c in parts if c in _TONES)


def without_accents(text: str) -> str:
    """The text without any mark: for ids and for saying that two names differ only in their accents."""
    parts = unicodedata.normalize("NFD", text.translate(_D_LOOKALIKES))
    return "".join(c for c in parts if not unicodedata.combining(c)).replace("đ", "d").replace("Đ", "D")


def slug(name: str) -> str:
    """An id made from a name: lower-case ASCII letters, digits and hyphens; "" if the name has none of these.

    >>> slug("LĐLĐ tỉnh Thái Nguyên")
    'ldld-tinh-thai-nguyen'
    """
    return re.sub(r"[^a-z0-9]+", "-", without_accents(name).lower()).strip("-")

"""Names as they are compared (contract §4), and ids made from them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

# Control and format characters (Unicode Cc and Cf) that are no white space: zero-width joiners, byte order marks…
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_LONG = 1000  # letters
_MARKS = re.compile("([\u0300-\u036f]{8})[\u0300-\u036f]+")
# Letters that stand in for Đ in real files: ETH (U+00D0) and AFRICAN D (U+0189), in both cases.
_PLAIN_D = str.maketrans("đĐðÐɖƉ", "dDdDdD")
_ANY_MARK = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_WORD = re.compile("\\w[\\w\u0300-\u036f]*")
_ALIKE = str.maketrans({"ð": "đ", "ɖ": "đ", "_": " "})  # behind casefold
# "vê ̣sinh", "thuâ ̣t": the mark was typed after a blank, and perhaps the rest of its syllable behind it.
_DETACHED = re.compile(" ([\u0300-\u036f]+)((?:[io]|ch?|m|n[gh]?|p|t)(?![\\w\u0300-\u036f]))?")
# Letters of one abbreviation kept apart by dots, written together before the words are looked up.
_SPACED_OUT = re.compile(
    r"\b(?:l\.đ\.l\.đ|c\.đ\.c\.s|(?:[^\W\d]\.){2,}[^\W\d]|k ?\. ?c ?\. ?n|t ?\. ?[pxt]|t\.ư|c\.đ|c\.ty|[ps]\. ?gd)\b"
)
# "GD&ĐT", "GD - ĐT", "GD và ĐT", "LĐ LĐ", as words between blanks: apart, the halves mean nothing sure.
_HALVES = re.compile(r"\b(?:([ps]?gd|kh|nn|tn|lđ ?tb|vhtt)(?: và)? (đt|cn|ptnt|mt|xh|dl)|(t?lđ) (lđ(?:vn)?))\b")
_SECOND_HALVES = frozenset(("đt", "cn", "ptnt", "mt", "xh", "dl", "lđ", "lđvn"))
# One letter is an abbreviation only with its dot and before a name: "H. Đồng Hỷ", "Q.1", but not "nhóm H.", "X.51".
_DOTTED = re.compile(r"\b(?:([hx])\.(?=\W{0,3}[^\W\d])|([qp])\.(?=\W{0,3}\w))")
_LETTERS = {"h": "huyện ", "q": "quận ", "p": "phường ", "x": "xã "}

# An abbreviation is here only if it has one meaning in the name of a unit. TT (thị trấn, trung tâm, the STT
# header), TH (tiểu học, trung học), CN, BV… have several and stay as typed.
ABBREVIATIONS = {
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
    "tphcm": "thành phố hồ chí minh",
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
    "cđsp": "cao đẳng sư phạm",
    "tw": "trung ương",
    "ctcp": "công ty cổ phần",
    "tmcp": "thương mại cổ phần",
    "htx": "hợp tác xã",
    "ttyt": "trung tâm y tế",
    "bhxh": "bảo hiểm xã hội",
    "gtvt": "giao thông vận tải",
    "ptnt": "phát triển nông thôn",
    "gdtx": "giáo dục thường xuyên",
    "gdđt": "giáo dục và đào tạo",
    "pgdđt": "phòng giáo dục và đào tạo",
    "sgdđt": "sở giáo dục và đào tạo",
    "khđt": "kế hoạch và đầu tư",
    "khcn": "khoa học và công nghệ",
    "nnptnt": "nông nghiệp và phát triển nông thôn",
    "tnmt": "tài nguyên và môi trường",
    "lđtbxh": "lao động thương binh và xã hội",
    "vhttdl": "văn hóa thể thao và du lịch",
}
# What has one meaning only behind a certain word. Behind "trường", CĐ is cao đẳng (a college), not công đoàn (a union).
_BEHIND = {
    "cđ": {"trường": "cao đẳng"},
    "cđn": {"trường": "cao đẳng nghề"},
    "đh": {"trường": "đại học"},
    "mn": {"trường": "mầm non"},
    "cs": {"đoàn": "cơ sở"},
    "vc": {"đoàn": "viên chức"},
    "bp": {"đoàn": "bộ phận"},
    "gd": {"đoàn": "giáo dục", "ngành": "giáo dục"},
}


def tidy(text: str) -> str:
    """The text as typed, made comparable letter by letter: NFC, no control or zero-width characters, white space
    squeezed and trimmed. Case, punctuation and accents stay.

    >>> tidy("  SK\\u200b-01\\n 2 ")
    'SK-01 2'
    """
    # What is printable holds nothing invisible.
    return composed(" ".join((text if text.isprintable() else _INVISIBLE.sub("", text)).split()))


def composed(text: str) -> str:
    """The text in Unicode's composed form, NFC. Of a run of more than eight marks, which no language has, the rest is
    left out: composing takes the square of its length."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text if len(text) < _LONG else _MARKS.sub(r"\1", text))


@lru_cache(maxsize=1 << 18)
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
    return " ".join([_tones_last(meaning) for _, meaning in spelled_out(text)])


def spelled_out(text: str) -> list[tuple[str, str]]:
    """Each word of a name, case folded, and what it means: an abbreviation's words, else the word itself.

    >>> spelled_out("LĐLĐ H.Trảng Bom")
    [('lđlđ', 'liên đoàn lao động'), ('huyện', 'huyện'), ('trảng', 'trảng'), ('bom', 'bom')]
    """
    plain = case_folded(tidy(text))
    if _DETACHED.search(plain):
        plain = composed(_DETACHED.sub(_attached, plain))
    if "." in plain:
        plain = _DOTTED.sub(lambda found: _LETTERS[found[0][0]], _SPACED_OUT.sub(_together, plain))
    spelled: list[tuple[str, str]] = []
    before = ""
    words = _WORD.findall(plain)
    if not _SECOND_HALVES.isdisjoint(words):
        words = _HALVES.sub(_joined, " ".join(words)).split()
    for word in words:
        meaning = ABBREVIATIONS.get(word, word)
        if word in _BEHIND:
            meaning = _behind(_tones_last(before), word) or meaning
        spelled.append((word, meaning))
        before = meaning.rpartition(" ")[2]
    return spelled


@cache
def _behind(before: str, word: str) -> str | None:
    return next((meaning for first, meaning in _BEHIND[word].items() if _tones_last(first) == before), None)


def case_folded(text: str) -> str:
    """The text without regard to case, look-alikes of Đ made Đ."""
    folded = text.casefold()
    return folded.translate(_ALIKE) if "ð" in folded or "ɖ" in folded or "_" in folded else folded


def _attached(found: re.Match[str]) -> str:
    return found[1] + (found[2] or " ")


def _together(found: re.Match[str]) -> str:
    letters = found[0].replace(".", "").replace(" ", "")
    return "tw" if letters == "tư" else letters


def _joined(found: re.Match[str]) -> str:
    letters = "".join(half for half in found.groups() if half).replace(" ", "")
    return letters if letters in ABBREVIATIONS else found[0]


@cache
def _tones_last(words: str) -> str:
    """Each word with its tone marks behind its letters: hoà and hòa, thuỷ and thủy become one."""
    return " ".join(_tone_last(word) for word in words.split(" "))


def _tone_last(word: str) -> str:
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    letters = "".join(c for c in parts if c not in _TONES)
    tones = "".join(c for c in parts if c in _TONES)
    return unicodedata.normalize("NFC", letters) + unicodedata.normalize("NFD", tones)


def without_accents(text: str) -> str:
    """The text without any mark: for ids and for saying that two names differ only in their accents."""
    return _ANY_MARK.sub("", unicodedata.normalize("NFD", text)).translate(_PLAIN_D)


@cache
def plain_words(word: str) -> str:
    """A case-folded word without accents; the words of an abbreviation that has lost its own: ldld.

    >>> plain_words("huyện"), plain_words("ldld")
    ('huyen', 'lien doan lao dong')
    """
    plain = without_accents(word)
    return _plain_abbreviations().get(plain, plain)


@cache
def _plain_abbreviations() -> dict[str, str]:
    return {without_accents(short): without_accents(words) for short, words in ABBREVIATIONS.items()}


def slug(name: str) -> str:
    """An id made from a name: lower-case ASCII letters, digits and hyphens; "" if the name has none of these.

    >>> slug("LĐLĐ tỉnh Thái Nguyên")
    'ldld-tinh-thai-nguyen'
    """
    return re.sub(r"[^a-z0-9]+", "-", without_accents(name).lower()).strip("-")


_ALPHABET = {letter: number for number, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONE_ORDER = {mark: number for number, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}  # à ả ã á ạ
_NUMBER_OR_REST = re.compile(r"\d+|\D")


def alphabetical(name: str) -> tuple[object, ...]:
    """A key by which names stand in the order of the Vietnamese alphabet; numbers in them in that of their values.

    Letters are compared first (a ă â … d đ …), then tones (à ả ã á ạ).

    >>> sorted(["Đại Từ", "Dầu Tiếng", "Phường 10", "Phường 9", "Ấp 1", "An", "Ăn"], key=alphabetical)
    ['An', 'Ăn', 'Ấp 1', 'Dầu Tiếng', 'Đại Từ', 'Phường 9', 'Phường 10']
    """
    letters: list[tuple[int, int, str]] = []
    tones: list[int] = []
    for part in _NUMBER_OR_REST.findall(case_folded(name)):
        if part.isdecimal():
            letters.append((1, int(part), ""))
            continue
        marks = unicodedata.normalize("NFD", part)
        tone = next((mark for mark in marks if mark in _TONE_ORDER), "")
        letter = unicodedata.normalize("NFC", marks.replace(tone, "")) if tone else part
        known = _ALPHABET.get(letter)
        letters.append((0, 0, letter) if known is None else (2, known, ""))
        tones.append(_TONE_ORDER.get(tone, 0))
    return tuple(letters), tuple(tones), name


_FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what begins so is run by Excel


def no_formula(text: str) -> str:
    """A text for a CSV that Excel opens, with an apostrophe before it if Excel would run it.

    >>> no_formula("=1+1"), no_formula("SK-1"), no_formula("-")
    ("'=1+1", 'SK-1', "'-")
    """
    return f"'{text}" if text.startswith(_FORMULAS) else text


def no_apostrophe(text: str) -> str:
    """The text that `no_formula` was made of."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULAS) else text

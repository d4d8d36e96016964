"""The simple name fold the peers use: enough for the spellings that generate.py writes, and no more."""

import re
import unicodedata

_PLAIN = {"à": "a", "á": "a", "ả": "a", "ã": "a", "ạ": "a", "è": "e", "é": "e", "ẻ": "e", "ẽ": "e", "ẹ": "e"}
_PLAIN |= {"ỳ": "y", "ý": "y", "ỷ": "y", "ỹ": "y", "ỵ": "y"}
_NEW = {"o": "òóỏõọ", "u": "ùúủũụ"}
_TONED = "àáảãạèéẻẽẹỳýỷỹỵ"
_SPLIT = re.compile(r"[\W_]+")
_OLD_PLACEMENT = re.compile(rf"(?<!q)(o[{_TONED[:10]}]|u[{_TONED[10:]}])\b")
_ABBREVIATIONS = {"lđlđ": "liên đoàn lao động", "cđcs": "công đoàn cơ sở", "cđ": "công đoàn"}


def _move_tone(match: re.Match[str]) -> str:
    """Put the tone on the first vowel: "oà" → "òa"."""
    first, second = match[0][0], match[0][1]
    return _NEW[first][_TONED.index(second) % 5] + _PLAIN[second]


def fold(text: str) -> str:
    """Return the key under which all generated spellings of one name are equal.

    >>> fold("  LĐLĐ huyện  Định HOÁ") == fold("Liên đoàn Lao động huyện Định Hóa")
    True
    """
    folded = _OLD_PLACEMENT.sub(_move_tone, unicodedata.normalize("NFC", text).casefold())
    return " ".join(_ABBREVIATIONS.get(word, word) for word in _SPLIT.split(folded) if word)

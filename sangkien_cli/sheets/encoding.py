"""Text files as UTF-8, whatever encoding they are in; one that is not surely known is refused, never guessed."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pyarrow as pa

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.sheets.content import Content
from sangkien_cli.text import composed

Encoding = Literal["utf-8", "utf-8-bom", "utf-16-le", "utf-16-be", "windows-1258"]
Font = Literal["tcvn3", "vni"]

_BLOCK = 1 << 18  # bytes at once; larger ones cost memory and gain nothing
_HEAD = 1 << 16  # bytes in which a font of before Unicode shows
_SURE = 0.9  # of the words with marks that must be Vietnamese syllables
_LOST = re.compile(r"(?:[^\W\d_]|^)\?+[^\W\d_]")  # "Tr?ng", "?o?n"; but "chưa?" ends a question
_UTF16_BOMS: dict[bytes, Encoding] = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_OTHER_KINDS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!\x1a")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file."""

    encoding: Encoding  # of the file
    data: Content  # in UTF-8: the file itself where it is in UTF-8 (it may begin with a BOM), else bytes in memory
    reason: Sentence  # why it is this encoding


def decode(content: Content) -> Text:
    """The text of a file, its lines as they were.

    windows-1258 comes out in NFC, everything else letter by letter. Raises SangkienError for what is no text, text in
    an encoding that is not surely known (with the line of the first byte that is not UTF-8), and text typed in a TCVN3
    or VNI font.
    """
    start = content.start
    if start.startswith(_OTHER_KINDS):
        raise _no_spreadsheet(content)
    if (encoding := _UTF16_BOMS.get(start[:2])) is not None:
        return _utf16(content, encoding, say("encoding.utf16_bom"), skip=2)
    if b"\0" in start:
        if (encoding := _utf16_without_bom(content)) is None:
            raise _no_spreadsheet(content)
        return _utf16(content, encoding, say("encoding.utf16"), skip=0)
    if (bad := _first_bad_byte(content)) is not None:
        return _not_utf8(content, bad)
    _refuse_legacy(content, _head(content).decode("utf-8", "ignore"))
    if start.startswith(codecs.BOM_UTF8):
        return Text("utf-8-bom", content, say("encoding.utf8_bom"))
    return Text("utf-8", content, say("encoding.utf8"))


def legacy_font(texts: Iterable[str], least: int = 2) -> Font | None:
    """The font of before Unicode for which texts were typed, whose letters show as other signs; None if not sure.

    At least so many different words must become Vietnamese by it.

    >>> legacy_font(["B¶o Th¾ng"]), legacy_font(["Baûo Thaéng"]), legacy_font(["Bảo Thắng", "naïve café"])
    ('tcvn3', 'vni', None)
    """
    words = Counter(word for text in texts for word in _marked_words(composed(text)))
    # A sign by itself (×, §) is no word.
    legacy = {word for word in words if _LETTER.search(word) and not _is_syllable(word)}
    if len(legacy) < least:
        return None
    found: list[tuple[int, Font]] = []
    for font in get_args(Font):
        meant = {word: _from_tcvn3(word) if font == "tcvn3" else _from_vni(word) for word in words}
        counted = {word: number for word, number in words.items() if not _ABBREVIATION.fullmatch(meant[word])}
        right = {word for word in counted if _is_syllable(meant[word])}
        mended = right & legacy
        share = sum(words[word] for word in right) / max(sum(counted.values()), 1)
        if share >= _SURE and len(mended) >= least and len(mended) * 2 >= len(counted):
            found.append((len(mended), font))
    return max(found)[1] if found else None


def has_lost_letters(texts: Iterable[str]) -> bool:
    """Whether letters of a text became question marks when it was saved, as Excel does that saves a plain CSV.

    >>> has_lost_letters(["Tr?ng th?i", "Ng?y g?i", "C?ng ?o?n"]), has_lost_letters(["Đã nộp chưa?", "Bao giờ?"])
    (True, False)
    """
    words = [word for text in texts for word in text.split()]
    lost = sum(_LOST.search(word) is not None for word in words)
    return lost >= 3 and lost * 5 > len(words)


def why_illegible(texts: Iterable[str]) -> tuple[Sentence, Sentence] | None:
    """Why no header could be found in texts whose letters are not what was typed, and what to do; None if they are."""
    head = list(texts)
    if font := legacy_font(head):
        return say(f"file.{font}"), say("file.legacy_font.fix")
    if has_lost_letters(head):
        return say("file.lost_letters"), say("file.lost_letters.fix")
    return None


def refuse_legacy(place: str, font: Font) -> SangkienError:
    """What to raise for text that was typed in such a font."""
    what = "file.tcvn3" if font == "tcvn3" else "file.vni"
    return SangkienError(Problem(place, say(what), say("file.legacy_font.fix")))


def _refuse_legacy(content: Content, head: str) -> None:
    # A text that is sound UTF-8 is not refused for two odd words.
    if (font := legacy_font([head], least=4)) is not None:
        raise refuse_legacy(content.place, font)


def _no_spreadsheet(content: Content) -> SangkienError:
    return SangkienError(Problem(content.place, say("file.not_a_spreadsheet"), say("file.not_a_spreadsheet.fix")))


def _head(content: Content) -> bytes:
    with content.open() as file:
        return file.read(_HEAD)


# --- UTF-8 ------------------------------------------------------------------------------------------------------


def _first_bad_byte(content: Content) -> int | None:
    """The offset of the first byte that is not UTF-8; None if all are. Both halves of a file are read at once."""
    size = content.size
    if size <= 8 * _BLOCK:
        return _first_bad_between(content, 0, size)
    with content.open() as file:
        file.seek(size // 2)
        middle = size // 2 + len(re.match(rb"[\x80-\xbf]{0,3}", file.read(4))[0])  # type: ignore[index]
    with ThreadPoolExecutor(1) as pool:
        behind = pool.submit(_first_bad_between, content, middle, size)
        front = _first_bad_between(content, 0, middle)
        return behind.result() if front is None else front


def _first_bad_between(content: Content, begin: int, end: int) -> int | None:
    at = begin
    left = b""
    with content.open() as file:
        file.seek(begin)
        while fresh := file.read(min(_BLOCK, end - at - len(left))):
            content.watch.time()
            block = left + fresh
            whole = len(block) - _cut_off(block)
            if not _is_utf8(block, whole):
                try:
                    block[:whole].decode()
                except UnicodeDecodeError as error:
                    return at + error.start
            at += whole
            left = block[whole:]
    return at if left else None


def _cut_off(block: bytes) -> int:
    """How many bytes at the end of a block begin a letter that goes on behind it."""
    for back in range(1, min(len(block), 3) + 1):
        byte = block[-back]
        if byte >= 0xC0:
            return back if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            return 0
    return 0


def _is_utf8(block: bytes, length: int) -> bool:
    # Arrow checks without holding up other threads, and makes no text of it.
    if block.isascii():
        return True
    ends = pa.py_buffer(np.array([0, length], dtype=np.int32))
    try:
        pa.StringArray.from_buffers(1, ends, pa.py_buffer(block)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


# --- UTF-16 -----------------------------------------------------------------------------------------------------


def _utf16(content: Content, encoding: Encoding, reason: Sentence, skip: int) -> Text:
    if content.start[:4] == codecs.BOM_UTF32_LE:
        raise _no_spreadsheet(content)
    data = bytearray()
    try:
        for piece in _pieces(content, encoding, skip):
            # A line end whose two bytes are read the wrong way round, which no language has as a letter: a byte is
            # missing somewhere before.
            if "\u0a00" in piece or "\u0d00" in piece:
                raise UnicodeError
            data += piece.encode()
            content.watch.keep(len(piece))
    except UnicodeError:
        raise SangkienError(Problem(content.place, say("file.broken_utf16"), say("file.not_utf8.fix"))) from None
    _refuse_legacy(content, data[:_HEAD].decode("utf-8", "ignore"))
    return Text(encoding, content.derive(bytes(data)), reason)


def _utf16_without_bom(content: Content) -> Encoding | None:
    """The byte order of UTF-16 that says none, by its first letters: Latin ones, in one of the two orders only."""
    start = content.start[: len(content.start) & ~1]
    orders = {name for name in ("utf-16-le", "utf-16-be") if _is_latin(start, name)}
    if content.size % 2 or len(orders) != 1:
        return None
    return "utf-16-le" if "utf-16-le" in orders else "utf-16-be"


def _is_latin(start: bytes, encoding: str) -> bool:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(start)
    common = sum(c in "\t\r\n" or " " <= c < "\u0370" or "\u1e00" <= c <= "\u20cf" for c in text)
    return "\0" not in text and common >= 0.99 * len(text)


# --- windows-1258 -----------------------------------------------------------------------------------------------


def _not_utf8(content: Content, bad: int) -> Text:
    if _CONTROL.search(content.start):
        raise _no_spreadsheet(content)
    share = _share_of_syllables(content)
    if share is None:
        with content.open() as file:
            file.seek(max(bad - _HEAD // 2, 0))
            _refuse_legacy(content, file.read(_HEAD).decode("latin-1"))
        line = _line_of(content, bad)
        raise SangkienError(Problem(content.place, say("file.unknown_encoding", line=line), say("file.not_utf8.fix")))
    data = bytearray()
    for piece in _pieces(content, "cp1258", 0):
        data += composed(piece).encode()
        content.watch.keep(len(piece))
    return Text("windows-1258", content.derive(bytes(data)), say("encoding.windows_1258", share=int(share * 100)))


def _share_of_syllables(content: Content) -> float | None:
    """Which share of the words with marks are Vietnamese if the file is in windows-1258; None if it is not surely."""
    words: Counter[str] = Counter()
    try:
        for piece in _pieces(content, "cp1258", 0):
            content.watch.time()
            words.update(_marked_words(composed(piece)))
            # Two distinct words tell a language; millions of distinct ones are no words of any.
            if len(words) > 500_000:
                return None
    except UnicodeDecodeError:
        return None
    counted = {word: number for word, number in words.items() if not _ABBREVIATION.fullmatch(word)}
    right = {word for word in counted if _is_syllable(word)}
    # French "là, thé, né" would pass for Vietnamese: only letters that no Western encoding has are evidence.
    if len(right) < 2 or not any(_NO_WESTERN.search(word) for word in right):
        return None
    share = sum(words[word] for word in right) / sum(counted.values())
    return share if share >= _SURE else None


def _line_of(content: Content, offset: int) -> int:
    """The number of the line on which a byte stands."""
    line = 1
    last = b""
    with content.open() as file:
        while block := file.read(min(_BLOCK, offset - file.tell())):
            joined = last + block
            line += joined.count(b"\n") + joined.count(b"\r") - joined.count(b"\r\n")
            line -= last == b"\r"  # counted with the block before
            last = block[-1:] if block.endswith(b"\r") else b""
    return line


# --- pieces -----------------------------------------------------------------------------------------------------


def _pieces(content: Content, encoding: str, skip: int) -> Iterator[str]:
    """A file's text, piece by piece; no letter is cut from the marks on it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    left = ""
    with content.open() as file:
        file.seek(skip)
        while block := file.read(_BLOCK):
            content.watch.time()
            text = left + decoder.decode(block)
            cut = len(text) - 1
            while cut > len(text) - 8 and cut > 0 and unicodedata.combining(text[cut]):
                cut -= 1
            yield text[:cut]
            left = text[cut:]
    yield left + decoder.decode(b"", final=True)


# --- Vietnamese syllables ---------------------------------------------------------------------------------------

_MARKED = "[^\x00-\x7f\xa0\u2010-\u206f\u20ab\u2122]"  # any sign beyond ASCII that may stand in a word
# From the beginning of a word only: from each of its letters on, a long one would be looked at again.
_WORD = re.compile(f"(?<![A-Za-z])[A-Za-z]*+{_MARKED}(?:[A-Za-z]|{_MARKED})*")
_ABBREVIATION = re.compile("[A-ZĐ]+|.", re.DOTALL)  # LĐLĐ, CĐCS, đ, ×: no syllables, and tell nothing
_LETTER = re.compile("[A-Za-z]")
_NO_WESTERN = re.compile("[đĐơƠưƯăĂ\u0300-\u0323\u1ea0-\u1ef9]")
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_STOPPED = re.compile("(?:ch|[ckpt])$")
_SYLLABLE = re.compile(
    "(?:ngh?|nh|gh?|gi|kh|ph|th|tr|ch|qu|[bcdđhklmnprstvx])?"
    "(?:"
    "a(?:ch?|i|m|ng?|nh|o|p|t|u|y)?|ă(?:c|k|m|ng?|p|t)|â(?:c|m|ng?|p|t|u|y)"
    "|e(?:c|m|ng?|o|p|t)?|ê(?:ch|m|ng?|nh|p|t|u)?"
    "|i(?:a|ch|m|ng?|nh|p|t|u)?|[iy]ê(?:c|m|ng?|p|t|u)"
    "|o(?:c|i|m|ng?|p|t)?|oo(?:c|ng)|oa(?:ch?|i|m|ng?|nh|o|p|t|y)?|oă(?:c|m|ng?|t)|oe(?:n|o|t)?"
    "|ô(?:c|i|m|ng?|p|t)?|ơ(?:i|m|n|p|t)?"
    "|u(?:a|c|i|m|ng?|p|t)?|uâ(?:ng?|t|y)|uê(?:ch|nh?)?|uơ|uô(?:c|i|m|ng?|t)|uy(?:a|ch|nh?|t|p|u)?|uyê(?:n|t)"
    "|ư(?:a|c|i|m|ng?|t|u)?|ươ(?:c|i|m|ng?|p|t|u)"
    "|y(?:ch|nh?|t)?"
    ")"
)


def _marked_words(text: str) -> list[str]:
    """The words of a text that hold a sign beyond ASCII."""
    return [] if text.isascii() else _WORD.findall(text)


def _is_syllable(word: str) -> bool:
    """Whether a word is built like a Vietnamese syllable.

    >>> [_is_syllable(word) for word in ("nghiêng", "Quốc", "giếng", "KHUỶU", "là", "été", "cap", "Bäo")]
    [True, True, True, True, True, False, False, False]
    """
    if len(word) > 12:
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    letters, tones = _TONE.subn("", parts)
    rime = _SYLLABLE.fullmatch(unicodedata.normalize("NFC", letters))
    if rime is None or tones > 1:
        return False
    # No tone can stand on a consonant, and before p, t, c, ch there is none but sắc and nặng.
    on_vowel = re.search("[^aeiouy\u0302\u0306\u031b][\u0300\u0301\u0303\u0309\u0323]", parts) is None
    return on_vowel and (not _STOPPED.search(letters) or bool(re.search("[\u0301\u0323]", parts)))


# --- fonts of before Unicode ------------------------------------------------------------------------------------

_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_VNI_LETTERS = str.maketrans("ñÑöÖôÔæÆóÓòÒîÎ", "đĐưƯơƠỉỈĩĨịỊỵỴ")
_VNI_MARKS = {
    "ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "à": "\u0302\u0300", "á": "\u0302\u0301", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306", "è": "\u0306\u0300", "é": "\u0306\u0301", "ú": "\u0306\u0309", "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_PAIR = re.compile(f"([aeouyöô])([{''.join(_VNI_MARKS)}])", re.IGNORECASE)


def _from_tcvn3(word: str) -> str:
    return word.translate(_TCVN3)


def _from_vni(word: str) -> str:
    """The word as it was meant: in VNI a vowel's marks are a sign of their own behind it.

    >>> _from_vni("Ñoaøn"), _from_vni("Thaéng"), _from_vni("ñöôïc")
    ('Đoàn', 'Thắng', 'được')
    """
    marks: list[str] = []

    def hold(found: re.Match[str]) -> str:
        marks.append(_VNI_MARKS[found[2].lower()])
        return f"{found[1]}\0"

    letters = _VNI_PAIR.sub(hold, word).translate(_VNI_LETTERS)
    held = iter(marks)
    return unicodedata.normalize("NFC", re.sub("\0", lambda _: next(held), letters))

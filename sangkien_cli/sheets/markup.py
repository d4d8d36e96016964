"""What HTML and XML files that portals serve as ".xls" have in common: how they begin, and their text encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.encoding import decode, legacy_font, refuse_legacy
from sangkien_cli.text import composed

_CHUNK = 1 << 20
_HEAD = 1 << 16  # characters in which a font of before Unicode shows
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"<meta\b[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml\b[^>]*?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE
)
# Codecs of characters; Python knows others (rot13, idna) that no page is written in.
_KNOWN = re.compile(r"utf-8|iso8859-\d+|cp125\d|cp874|cp9\d\d|ascii|gb\w+|big5|euc_\w+|shift_jis|koi8-\w|tis-620")
# A doctype may hold declarations of its own in brackets; nothing else that stands in front of the first tag does.
_BEFORE_TAGS = re.compile(r"(?:\s++|<!--.*?(?:-->|\Z)|<\?.*?(?:>|\Z)|<!(?!--)(?:[^>\[]++|\[.*?\])*+(?:>|\Z))*+", re.S)
_FIRST_TAG = re.compile(r"<([A-Za-z_][^\s/>]*)([^>]*)")


def beginning(start: bytes) -> tuple[str, str, str]:
    """What the first bytes of a file hold: what stands before its first tag, the tag's name, the rest of the tag.

    The name is "" where the file does not begin with a tag; white space, comments, declarations are no tags.
    """
    encoding, skipped = _by_bytes(start)
    # Tags are ASCII in every other encoding that is known here.
    text = start[skipped:].decode(encoding or "latin-1", "replace").lstrip("\ufeff")
    before = _BEFORE_TAGS.match(text)
    assert before is not None  # it matches nothing too
    tag = _FIRST_TAG.match(text, before.end())
    return before[0].strip(), tag[1] if tag else "", tag[2] if tag else ""


def _by_bytes(start: bytes) -> tuple[str | None, int]:
    """The encoding that the bytes themselves show, and how long its mark is; None = they show none."""
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding, len(mark)
    if len(start) > 3 and start[1] == start[3] == 0 != start[0]:
        return "utf-16-le", 0
    if len(start) > 3 and start[0] == start[2] == 0 != start[1]:
        return "utf-16-be", 0
    return None, 0


def text_pieces(content: Content) -> Iterator[str]:
    """The whole text of a page or XML file, piece by piece, without its byte order mark.

    What the bytes show goes before what the file declares: a mark; UTF-16's zeros; then UTF-8 where all of it is valid
    UTF-8 (no Vietnamese text in another encoding is so by chance), as writers often declare what they did not write.
    windows-1258 comes out in NFC. Raises SangkienError where that leaves the encoding unsure: it is never guessed; and
    for text typed in a TCVN3 or VNI font.
    """
    encoding, skipped = _by_bytes(content.start)
    declared = _declared(content.start)
    for candidate in [encoding] if encoding else ["utf-8", *declared]:
        if all(piece is not None for piece in _pieces(content, candidate, skipped)):
            return _checked(content, candidate, skipped)
    if encoding or declared:
        raise SangkienError(Problem(content.place, say("file.page_encoding"), say("file.page_encoding.fix")))
    return _checked(decode(content).data, "utf-8", 0)


def _checked(content: Content, encoding: str, skipped: int) -> Iterator[str]:
    pieces = (piece or "" for piece in _pieces(content, encoding, skipped))
    if encoding == "cp1258":
        # It writes a letter and its tone apart, which may stand in two pieces.
        pieces = (text for text in [composed("".join(pieces))])
    for number, piece in enumerate(pieces):
        if number == 0 and (font := legacy_font([piece[:_HEAD]])) is not None:
            raise refuse_legacy(content.place, font)
        yield piece


def _declared(start: bytes) -> list[str]:
    for found in _DECLARED.finditer(start):
        try:
            name = codecs.lookup((found[1] or found[2]).decode("ascii")).name
        except (LookupError, UnicodeError, ValueError):
            continue
        # By the HTML standard, pages that say Latin-1 or ASCII are in windows-1252.
        name = "cp1252" if name in ("iso8859-1", "ascii") else name
        if _KNOWN.fullmatch(name):
            return [name]
    return []


def _pieces(content: Content, encoding: str, skipped: int) -> Iterator[str | None]:
    """The file's text, piece by piece; None, as the last one, where the bytes are none in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with content.open() as file:
        file.seek(skipped)
        while True:
            chunk = file.read(_CHUNK)
            content.watch.time()
            try:
                yield decoder.decode(chunk, final=not chunk)
            except UnicodeError:
                yield None
                return
            if not chunk:
                return

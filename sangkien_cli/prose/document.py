"""Articles and reports as paragraphs of text: .txt, .md, .docx, .html."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.prose.words import SMALL
from sangkien_cli.sheets.content import Content, any_trouble
from sangkien_cli.sheets.encoding import decode
from sangkien_cli.sheets.files import content_of
from sangkien_cli.sheets.html import is_html
from sangkien_cli.sheets.limits import Limits
from sangkien_cli.sheets.markup import text_pieces
from sangkien_cli.sheets.package import open_package
from sangkien_cli.text import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

_LONGEST = 20_000_000  # characters of text: a novel has one million
_TREE = 10  # bytes in memory for a byte of XML or HTML, roughly
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGES = (".html", ".htm", ".xhtml")
_PLAIN = (".txt", ".md", ".markdown", ".text")
_WRAPPED = 50  # letters that a line has at least that goes on in the next one
_GOES_ON = re.compile(rf"[{SMALL}%(]|[0-9](?![0-9]?[.)]\s)")
_MARKDOWN = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?)|\*\*|__|`")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text, in NFC and without control characters; line breaks in it are kept."""

    text: str
    place: str  # as messages name it: `bai-bao.txt:12`, `bao-cao.docx ¶14`, `bai.html:¶3`


@dataclass(frozen=True, slots=True)
class Prose:
    """A text in the order in which it is read."""

    source: str  # its title, else the file's name
    paragraphs: tuple[Paragraph, ...]


def read_text(path: Path, limits: Limits | None = None) -> Prose:
    """The text of a file. What it is is seen by its content, and by its ending where that does not tell.

    Raises SangkienError for a file that is missing, empty, damaged or too large, whose letters are not surely known,
    or of a kind that holds no plain text (PDF, old Word…), saying what to do instead.
    """
    if not path.exists():
        raise SangkienError(Problem(str(path), say("file.missing"), say("file.missing.fix")))
    if path.is_dir():
        raise SangkienError(Problem(str(path), say("claims.folder"), say("prose.folder.fix")))
    try:
        content = content_of(path, limits or Limits())
        return _read(content, path)
    except SangkienError as error:
        raise SangkienError(*(_of_a_text(problem) for problem in error.problems)) from None


def _read(content: Content, path: Path) -> Prose:
    start = content.start
    if start.startswith(b"%PDF"):
        raise _refused(content, say("prose.pdf"), say("prose.pdf.fix"))
    if start.startswith((_OLE, b"{\\rtf")):
        raise _refused(content, say("prose.old_word"), say("prose.old_word.fix"))
    if start.startswith(b"PK"):
        return Prose(path.name, tuple(_docx(content, path.name)))
    ending = path.suffix.lower()
    if ending == ".docx":
        raise _refused(content, say("prose.no_docx"), say("prose.no_docx.fix"))
    if ending in _PAGES or (ending not in _PLAIN and is_html(start)):
        return _page(content, path.name)
    lines = decode(content).data.read().decode("utf-8-sig").splitlines()
    _check_length(content, sum(map(len, lines)))
    return Prose(path.name, tuple(_plain(lines, path.name, markdown=ending in (".md", ".markdown"))))


def _refused(content: Content, what: Sentence, fix: Sentence) -> SangkienError:
    return SangkienError(Problem(content.place, what, fix))


def _check_length(content: Content, length: int) -> None:
    if length > _LONGEST:
        what = say("prose.too_long", megabytes=_LONGEST // 1_000_000)
        raise _refused(content, what, say("prose.too_long.fix"))


def _of_a_text(problem: Problem) -> Problem:
    """What the readers of sheets say of a file, said of a text."""
    match problem.what.key:
        case "file.not_a_spreadsheet":
            return replace(problem, what=say("prose.not_text"), fix=say("prose.not_text.fix"))
        case "file.damaged":
            return replace(problem, what=say("prose.no_docx"), fix=say("prose.no_docx.fix"))
        case "file.empty":
            return replace(problem, fix=say("prose.empty.fix"))
        case "file.tcvn3" | "file.vni":
            return replace(problem, fix=say("prose.legacy_font.fix"))
        case "file.unknown_encoding" | "file.broken_utf16" | "file.page_encoding":
            return replace(problem, fix=say("prose.encoding.fix"))
        case _:
            return problem


# --- plain text --------------------------------------------------------------------------------------------------


def _plain(lines: Iterable[str], name: str, *, markdown: bool) -> Iterator[Paragraph]:
    """A line is a paragraph, but for lines that were broken to fit a width: those are joined again."""
    joined, first = "", 0
    for number, line in enumerate(lines, start=1):
        text = tidy(_MARKDOWN.sub("", line) if markdown else line)
        if joined and _goes_on(joined, text):
            joined += " " + text
            continue
        if joined:
            yield Paragraph(joined, f"{name}:{first}")
        joined, first = text, number
    if joined:
        yield Paragraph(joined, f"{name}:{first}")


def _goes_on(line: str, following: str) -> bool:
    return len(line) >= _WRAPPED and line[-1] not in ".!?:;…" and _GOES_ON.match(following) is not None


# --- Word --------------------------------------------------------------------------------------------------------

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GONE = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr"})  # deleted under “track changes”; formats
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # a text box once more
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": " ", f"{_W}noBreakHyphen": "-"}


def _docx(content: Content, name: str) -> Iterator[Paragraph]:
    from docx import Document

    _unpack(content)
    with any_trouble(content.place), content.open() as file:
        body = Document(file).element.body
        texts = list(_paragraphs(body))
    _check_length(content, sum(map(len, texts)))
    filled = [text for text in texts if text]
    yield from (Paragraph(text, f"{name} ¶{number}") for number, text in enumerate(filled, start=1))


def _unpack(content: Content) -> None:
    """Look at every part of the package once, under the limits that every input has, before it is taken as a whole."""
    watch = content.watch
    with open_package(content) as package:
        if package.find("word/document.xml") is None:
            raise _refused(content, say("prose.no_docx"), say("prose.no_docx.fix"))
        for part in sorted(package.names):
            weight = _TREE if part.lower().endswith((".xml", ".rels")) else 1
            for chunk in package.chunks(part):
                watch.keep(weight * len(chunk))


def _paragraphs(body: _Element) -> Iterator[str]:
    """The text of each paragraph, in tables and text boxes too, as it stands when all tracked changes are accepted."""
    open_texts: list[list[str]] = []
    skipping = 0
    from lxml.etree import iterwalk

    # Walked rather than asked for `Paragraph.text`, which leaves out what was inserted under “track changes”.
    for event, element in iterwalk(body, events=("start", "end")):
        tag = element.tag
        if tag in _GONE or tag == _FALLBACK:
            skipping += 1 if event == "start" else -1
        elif tag == f"{_W}p" and not skipping:
            if event == "start":
                open_texts.append([])
            else:
                yield _lines("".join(open_texts.pop()))
        elif event == "start" and open_texts and not skipping:
            if tag == f"{_W}t":
                open_texts[-1].append(element.text or "")
            elif tag in _BREAKS:
                open_texts[-1].append(_BREAKS[tag])


def _lines(text: str) -> str:
    return "\n".join(line for line in map(tidy, text.splitlines()) if line)


# --- web pages ---------------------------------------------------------------------------------------------------

_SKIPPED = re.compile(r"script|style|nav|head|noscript|template|select|button|textarea|svg|iframe|object")
_INLINE = re.compile(
    r"a|abbr|acronym|b|bd[io]|big|br|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|nobr|q|s|samp|small|span|"
    r"strike|strong|su[bp]|time|tt|u|var|wbr"
)
_BLANKS = re.compile(r"\s+")  # a line break in the file is none on the page
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def _page(content: Content, name: str) -> Prose:
    from lxml.html import HTMLParser, document_fromstring

    text = "".join(text_pieces(content))
    _check_length(content, len(text))
    content.watch.keep(_TREE * len(text))
    with any_trouble(content.place):
        # The text is decoded already: what the page says of its encoding no longer holds.
        parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
        if not text.strip():
            raise _refused(content, say("file.empty"), say("prose.empty.fix"))
        root = document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
        title = tidy(root.findtext(".//title") or "")
        texts = [each for each in map(_lines, _blocks(root)) if each]
    places = (f"{name}:¶{number}" for number in range(1, len(texts) + 1))
    return Prose(title or name, tuple(map(Paragraph, texts, places)))


def _blocks(root: Any) -> Iterator[str]:
    """The text between the beginnings and ends of block elements."""
    from lxml.etree import iterwalk

    pieces: list[str] = []
    skipped: Any = None
    for event, element in iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start" and skipped is None and (_SKIPPED.fullmatch(tag) or _is_hidden(element)):
            skipped = element
        if event == "start" and skipped is not None:
            continue
        if skipped is None or skipped is element:
            if _INLINE.fullmatch(tag) is None:
                yield "".join(pieces)
                pieces = []
            if tag == "br" and event == "start":
                pieces.append("\n")
            text = element.text if event == "start" else element.tail
            pieces.append(_BLANKS.sub(" ", text or ""))
            if event == "end":
                skipped = None
    yield "".join(pieces)


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "") is not None

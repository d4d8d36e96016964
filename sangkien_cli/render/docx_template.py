"""A template of one's own filled with the report: Jinja fields in a Word document, nothing but fields.

A template is text from outside: it runs in Jinja's sandbox, and what is wrong with it is told with its paragraph.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, TemplateSyntaxError, meta
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from lxml.etree import XMLSyntaxError

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.nearest import nearest
from sangkien_cli.render.docx_content import paper_of
from sangkien_cli.render.docx_fields import fields_of
from sangkien_cli.render.docx_file import FORBIDDEN, finished
from sangkien_cli.render.docx_xml import LEAST_LEFT, Row, twips, widen, width_for
from sangkien_cli.render.made import Made

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SHOWN = 80  # letters of a paragraph
_JINJA = ("<template>", "<unknown>")  # what Jinja calls a template that came as text
_BRACES = re.compile(r"\{_|_\}|%_")
_COLUMNS = re.compile(r"\{[{%]\s*(?:tc|colspan|hm)\s")  # tags that make another number of cells than the template has
_BREAKS = re.compile(r"<w:t(?: [^>]*)?>[^<]*[\t\n\a\f]")
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")  # those with texts
_OLD = b"\xd0\xcf\x11\xe0"  # Word 97–2003, or a password


def render_template(made: Made, template: Path) -> bytes:
    """The template with its fields filled. Raises SangkienError for one that cannot be read, or has other fields."""
    paper = paper_of(made)
    filling = _opened(template)
    try:
        filling.render(fields_of(made, paper), _environment())
    except XMLSyntaxError:
        raise _problem(template, say("docx.template.torn"), say("docx.template.torn.fix")) from None
    return finished(filling.docx, made, paper.heading.subject)


def _opened(template: Path) -> _Filling:
    content = b""
    try:
        content = template.read_bytes()
        filling = _Filling(io.BytesIO(content), template)
        filling.init_docx()
        if getattr(filling.docx.part._element, "body", None) is None:
            raise ValueError
    except FileNotFoundError:
        raise _problem(template, say("docx.template.missing"), say("docx.template.missing.fix")) from None
    except OSError as error:
        raise _problem(template, say("file.unreadable", detail=error.strerror or str(error))) from None
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, XMLSyntaxError, NotImplementedError, EOFError,
            RuntimeError):  # fmt: skip
        key = "docx.template.old" if content.startswith(_OLD) else "docx.template.no_word"
        raise _problem(template, say(key), say("docx.template.no_word.fix")) from None
    return filling


def _problem(template: Path, what: Sentence, fix: Sentence | None = None) -> SangkienError:
    return SangkienError(Problem(str(template), what, fix))


class _UnknownFieldError(UndefinedError):
    """A field that is not there, and the names that are there in its place."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


class _NoTextError(Exception):
    """A field that holds other fields where a text is to be printed."""


class _Unknown(StrictUndefined):
    """Says which field is not there, whatever is done with it."""

    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = None, name: str | None = None, exc: Any = None) -> None:
        known = [str(key) for key in obj] if isinstance(obj, Mapping) else []
        super().__init__(hint, obj, name, lambda _: _UnknownFieldError(str(name), known))  # type: ignore[arg-type]


def _environment(*, autoescape: bool = True) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=autoescape, undefined=_Unknown, finalize=_shown)


def _shown(value: object) -> object:
    """A value as it is put into the document: without what no XML holds, and as text whatever it says.

    Raises _NoTextError for lists and whatever else is no text: nobody wants to read how Python writes them."""
    if value is None or isinstance(value, int | float | StrictUndefined):
        return value
    if not isinstance(value, str):
        raise _NoTextError
    text = FORBIDDEN.sub("", value)
    # The library takes `{_{` for braces that the author of a template wanted to see.
    return _Xml(html.escape(text).replace("_", "&#95;")) if _BRACES.search(text) else text


class _Xml(str):
    """What Jinja is not to escape again."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class _Filling(DocxTemplate):  # type: ignore[misc]
    """A template whose mistakes are told with the paragraph in which they stand.

    What the library does with a filled document is done here where it takes minutes for ten thousand rows.
    """

    def __init__(self, file: io.BytesIO, path: Path) -> None:
        super().__init__(file)
        self._path = path
        self.docx: Any
        self._cells_vary = False

    def patch_xml(self, src_xml: str) -> str:
        """The XML of the template as Jinja takes it."""
        self._cells_vary = _COLUMNS.search(re.sub(r"<[^>]*>", "", src_xml)) is not None
        return str(super().patch_xml(src_xml))

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Any = None) -> str:
        """The XML of a part with its fields filled."""
        # As the library does before it renders: so that a line of the source is a paragraph.
        lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml).splitlines()
        fill = super().render_xml_part
        return self._filled(lines, context, jinja_env, lambda: str(fill(src_xml, part, context, jinja_env)))

    def render_properties(self, context: Mapping[str, Any], _: Any = None) -> None:
        """The properties of the file with their fields filled. They are texts: the library would escape them."""
        environment = _environment(autoescape=False)
        for name in _PROPERTIES:
            text = getattr(self.docx.core_properties, name)
            fill = partial(_rendered, environment, text, context)
            shown = self._filled([text], context, environment, fill)
            setattr(self.docx.core_properties, name, shown[:255])

    def _filled(
        self, lines: Sequence[str], context: Mapping[str, Any], environment: Any, fill: Callable[[], str]
    ) -> str:
        """What `fill` gives. Raises SangkienError that tells where it cannot be done."""
        try:
            asked = meta.find_undeclared_variables(environment.parse("\n".join(lines)))
            unknown = sorted(asked - context.keys() - environment.globals.keys())
            if unknown:
                raise SangkienError(*(self._unknown(name, list(context), lines) for name in unknown))
            return fill()
        except SangkienError:
            raise
        except TemplateSyntaxError as error:
            self._fail(_paragraph(lines, error.lineno), say("docx.template.syntax", detail=error.message or ""))
        except _NoTextError as error:
            at = _paragraph(lines, _line_of(error.__traceback__))
            where = say("docx.template.at", what=say("docx.template.no_text"), paragraph=at)
            raise _problem(self._path, where, say("docx.template.no_text.fix")) from None
        except _UnknownFieldError as error:
            raise SangkienError(self._unknown(error.name, error.known, lines)) from None
        # Whatever a template does with its fields: it divides by 0, it compares a text with a number…
        except Exception as error:
            at = _paragraph(lines, _line_of(error.__traceback__))
            self._fail(at, say("docx.template.failed", detail=f"{type(error).__name__}: {error}"))

    def resolve_listing(self, xml: str) -> str:
        """The XML with tabs and breaks of lines in texts as Word has them."""
        return str(super().resolve_listing(xml)) if _BREAKS.search(xml) else xml

    def fix_tables(self, xml: str) -> Any:
        """The body of the filled document. It is read as strictly as Word does: the library would mend what is torn,
        and lose text. It is read in its place: it takes long to move it there."""
        from docx.oxml import parse_xml

        shell = deepcopy(self.docx.part._element)
        shell.replace(shell.body, shell.makeelement("body"))
        begin, end = etree.tostring(shell, encoding="unicode").split("<body/>")
        body = parse_xml(f"{begin}{xml}{end}").body
        if self._cells_vary:
            for table in body.iter(f"{_W}tbl"):
                _set_widths(table)
        _end(body)
        return body

    def fix_docpr_ids(self, tree: Any) -> None:
        """Give every picture a number of its own."""
        for number, each in enumerate(tree.iter(f"{_WP}docPr"), start=1):
            each.set("id", str(number))

    def map_tree(self, tree: Any) -> None:
        """Let the filled body be that of the document."""
        part = self.docx.part
        part._element = tree.getparent()
        self.docx = part.document

    def _fail(self, paragraph: str, what: Sentence) -> NoReturn:
        where = say("docx.template.at", what=what, paragraph=paragraph) if paragraph else what
        raise _problem(self._path, where, say("docx.template.syntax.fix")) from None

    def _unknown(self, name: str, known: Sequence[str], lines: Iterable[str]) -> Problem:
        tag = re.compile(rf"\{{[{{%][^{{}}]*\b{re.escape(name)}\b")
        paragraph = next((_plain(line) for line in lines if tag.search(line)), "")
        near = nearest(name, known, most=3)
        fix = say("docx.template.unknown.fix", names=near) if near else say("docx.template.known", names=tuple(known))
        return Problem(str(self._path), say("docx.template.unknown", name=name, paragraph=paragraph), fix)


def _rendered(environment: ImmutableSandboxedEnvironment, text: str, context: Mapping[str, Any]) -> str:
    return environment.from_string(text).render(context)


def _set_widths(table: Any) -> None:
    """Let the columns of a table be as wide as their texts ask for, where they are not those of the template any more,
    and the table as wide as before: the widest column gets what is left."""
    grid = table.find(f"{_W}tblGrid")
    rows = [row.findall(f"{_W}tc") for row in table.findall(f"{_W}tr")]
    columns = max(map(len, rows), default=0)
    if grid is None or not columns:
        return
    before = [_twips_of(each) or 0 for each in grid]
    full = [row for row in rows if len(row) == columns]
    told = [_width_of(cell) for cell in full[0]]
    # A width that is no length, such as a part of the page, says nothing; another number of columns says enough.
    if len(told) == len(before) and all(each in (None, own) for each, own in zip(told, before, strict=True)):
        return
    texts = _texts_of(rows, columns)
    asked: list[float | None] = [width_for(head, max(others, key=len, default="")) for head, *others in texts]
    for row in rows:
        widen(asked, Row(tuple(map(_text_of, row)), spans=tuple(map(_span_of, row))))
    sizes = [each or 0 for each in asked]
    room = sum(before) or sum(map(twips, sizes))
    widest = max(range(columns), key=lambda at: max(map(len, texts[at])))
    rest = room * 25.4 / 1440 - sum(sizes) + sizes[widest]
    sizes[widest] = max(rest, LEAST_LEFT)
    scaled = [int(size * room / sum(sizes)) for size in sizes]
    del grid[:]
    for size in scaled:
        grid.append(grid.makeelement(f"{_W}gridCol", {f"{_W}w": str(size)}))
    for row in rows:
        at = 0
        for cell in row:
            end = at + _span_of(cell)
            if (told := cell.find(f"{_W}tcPr/{_W}tcW")) is not None:
                told.set(f"{_W}w", str(sum(scaled[at:end])))
                told.set(f"{_W}type", "dxa")
            at = end


def _texts_of(rows: Sequence[Sequence[Any]], columns: int) -> list[list[str]]:
    """What stands in each column, without what stands across several."""
    texts: list[list[str]] = [[] for _ in range(columns)]
    for row in rows:
        at = 0
        for cell in row:
            if (span := _span_of(cell)) == 1 and at < columns:
                texts[at].append(_text_of(cell))
            at += span
    return texts


def _span_of(cell: Any) -> int:
    """How many columns a cell takes."""
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    return 1 if span is None else int(span.get(f"{_W}val") or 1)


def _width_of(cell: Any) -> int | None:
    """How wide a cell is said to be; None where that is not said as a length."""
    told = cell.find(f"{_W}tcPr/{_W}tcW")
    return None if told is None or told.get(f"{_W}type", "dxa") != "dxa" else _twips_of(told)


def _twips_of(told: Any) -> int | None:
    """A length in twips; None for one in another measure."""
    text = told.get(f"{_W}w") or ""
    return int(float(text)) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def _text_of(cell: Any) -> str:
    return "".join(each.text or "" for each in cell.iter(f"{_W}t"))


def _end(body: Any) -> None:
    """Let no empty page be at the end: a repetition of sections leaves one with nothing in it."""
    *above, last = list(body)
    while above and above[-1].tag == f"{_W}p" and len(above) > 1 and _is_bare(above[-1]):
        above.pop()
    ends = above[-1].find(f"{_W}pPr/{_W}sectPr") if above and last.tag == f"{_W}sectPr" else None
    if ends is None:
        return
    for each in list(body)[len(above) - 1 :]:
        body.remove(each)
    body.append(ends)


def _is_bare(paragraph: Any) -> bool:
    """Whether a paragraph holds nothing, not even the end of a section."""
    return all(each.tag == f"{_W}pPr" and each.find(f"{_W}sectPr") is None for each in paragraph)


def _paragraph(lines: Sequence[str], number: int | None) -> str:
    """What stands in the paragraph on a line, numbered from 1."""
    return _plain(lines[number - 1]) if number is not None and 0 < number <= len(lines) else ""


def _plain(xml: str) -> str:
    text = " ".join(re.sub(r"<[^>]*>", "", xml).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _line_of(trace: TracebackType | None) -> int | None:
    """The line of the template that an error comes from."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in _JINJA:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line

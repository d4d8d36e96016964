"""A template of one's own filled with the report: Jinja fields in a Word document, nothing but fields.

A template is text from outside: it runs in Jinja's sandbox, and what is wrong with it is told with its paragraph.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, TemplateSyntaxError, meta
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import XMLSyntaxError

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.nearest import nearest
from sangkien_cli.render.docx_content import paper_of
from sangkien_cli.render.docx_fields import fields_of
from sangkien_cli.render.docx_file import finished
from sangkien_cli.render.made import Made

_SHOWN = 80  # letters of a paragraph
_JINJA = ("<template>", "<unknown>")  # what Jinja calls a template that came as text
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


class _Unknown(StrictUndefined):
    """Says which field is not there, whatever is done with it."""

    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = None, name: str | None = None, exc: Any = None) -> None:
        known = [str(key) for key in obj] if isinstance(obj, Mapping) else []
        super().__init__(hint, obj, name, lambda _: _UnknownFieldError(str(name), known))  # type: ignore[arg-type]


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=_Unknown)


class _Filling(DocxTemplate):  # type: ignore[misc]
    """A template whose mistakes are told with the paragraph in which they stand."""

    def __init__(self, file: io.BytesIO, path: Path) -> None:
        super().__init__(file)
        self._path = path

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Any = None) -> str:
        """The XML of a part with its fields filled."""
        # As the library does before it renders: so that a line of the source is a paragraph.
        lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml).splitlines()
        try:
            asked = meta.find_undeclared_variables(jinja_env.parse("\n".join(lines)))
            unknown = sorted(asked - context.keys() - jinja_env.globals.keys())
            if unknown:
                raise SangkienError(*(self._unknown(name, list(context), lines) for name in unknown))
            return str(super().render_xml_part(src_xml, part, context, jinja_env))
        except SangkienError:
            raise
        except TemplateSyntaxError as error:
            self._fail(_paragraph(lines, error.lineno), say("docx.template.syntax", detail=error.message or ""))
        except _UnknownFieldError as error:
            raise SangkienError(self._unknown(error.name, error.known, lines)) from None
        # Whatever a template does with its fields: it divides by 0, it compares a text with a number…
        except Exception as error:
            at = _paragraph(lines, _line_of(error.__traceback__))
            self._fail(at, say("docx.template.failed", detail=f"{type(error).__name__}: {error}"))

    def _fail(self, paragraph: str, what: Sentence) -> NoReturn:
        where = say("docx.template.at", what=what, paragraph=paragraph) if paragraph else what
        raise _problem(self._path, where, say("docx.template.syntax.fix")) from None

    def _unknown(self, name: str, known: Sequence[str], lines: Iterable[str]) -> Problem:
        tag = re.compile(rf"\{{[{{%][^{{}}]*\b{re.escape(name)}\b")
        paragraph = next((_plain(line) for line in lines if tag.search(line)), "")
        near = nearest(name, known, most=3)
        fix = say("docx.template.unknown.fix", names=near) if near else say("docx.template.known", names=tuple(known))
        return Problem(str(self._path), say("docx.template.unknown", name=name, paragraph=paragraph), fix)

    def fix_tables(self, xml: str) -> Any:
        """The filled XML as a tree. The library would mend what is torn, and lose text."""
        from docx.oxml import parse_xml

        parse_xml(xml)
        return super().fix_tables(xml)


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

"""A Word document as a file: its properties, with the origin, and the same bytes for the same document."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sangkien_cli.render.made import Made
from sangkien_cli.render.origin import PROPERTY, in_pieces

if TYPE_CHECKING:
    from docx.document import Document

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")  # characters that no XML holds, and breaks
_PACKED = (1980, 1, 1, 0, 0, 0)  # the time of every file in the package: the first that a zip can say
_LONGEST = 250  # letters of a title or subject
_BODY = "word/document.xml"
_CUSTOM = "/docProps/custom.xml"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_TYPES = 'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"'
_SCHEMA = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_SPACES = f'xmlns="{_SCHEMA}" {_TYPES}'
_TEXTS = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # the set of properties that hold what anybody likes


def finished(document: Document, made: Made, title: str, body: Iterable[str] | None = None) -> bytes:
    """The document with its properties, as bytes that depend on nothing but it; `body` as in `packed`."""
    told = document.core_properties
    told.author, told.last_modified_by = told.author or "sangkien", "sangkien"
    told.title, told.subject = _short(told.title or title), _short(told.subject or made.sheet.title)
    told.revision = 1
    told.created = told.modified = _moment(made.report.as_of)
    told.language = made.lang
    _tell(document, in_pieces(made.origin))
    out = io.BytesIO()
    document.save(out)
    return packed(out.getvalue(), body)


def _short(text: str) -> str:
    return FORBIDDEN.sub("", text).replace("\u00a0", " ")[:_LONGEST]


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _tell(document: Document, properties: Mapping[str, str]) -> None:
    """Put properties among the custom ones: those of a template stay."""
    from docx.opc.constants import RELATIONSHIP_TYPE as RT
    from docx.opc.oxml import serialize_part_xml
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    package = document.part.package
    assert package is not None
    found = [each.target_part for each in package.rels.values() if each.reltype == RT.CUSTOM_PROPERTIES]
    own: Any = parse_xml(found[0].blob) if found else parse_xml(f"<Properties {_SPACES}/>")
    for each in list(own):
        if each.get("name", "").startswith(f"{PROPERTY}."):
            own.remove(each)
    for name, text in properties.items():
        plain = f"<vt:lpwstr>{escape(FORBIDDEN.sub('', text))}</vt:lpwstr>"
        own.append(parse_xml(f'<property {_SPACES} fmtid="{_TEXTS}" name="{name}">{plain}</property>'))
    for number, each in enumerate(own, start=2):
        each.set("pid", str(number))
    content = serialize_part_xml(own)
    if found:
        found[0]._blob = content
    elif properties:
        part = Part(PackURI(_CUSTOM), _CUSTOM_TYPE, content, package)
        package.relate_to(part, RT.CUSTOM_PROPERTIES)


def packed(content: bytes, body: Iterable[str] | None = None) -> bytes:
    """The package with every file at one time. The pieces of `body` take the place of its text and tables: they are
    written as they come, for a tree of ten thousand rows takes half a gigabyte."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as read, ZipFile(out, "w", ZIP_DEFLATED) as written:
        for entry in read.infolist():
            alike = ZipInfo(entry.filename, _PACKED)
            alike.compress_type = ZIP_DEFLATED
            if body is None or entry.filename != _BODY:
                written.writestr(alike, read.read(entry))
                continue
            with written.open(alike, "w") as file:
                for piece in body:
                    file.write(piece.encode())
    return out.getvalue()

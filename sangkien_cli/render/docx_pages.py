"""An empty Word document with the styles of the form, and its pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sangkien_cli.lang import Lang
from sangkien_cli.render.docx_xml import CELL, KEPT, style_id, twips

if TYPE_CHECKING:
    from docx.document import Document

FONT = "Times New Roman"
PAGE = (210, 297)  # mm
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 20  # mm
UPRIGHT, ACROSS = PAGE[0] - LEFT - RIGHT, PAGE[1] - LEFT - RIGHT  # mm between the margins
_HEADER = 10  # mm from the edge: the number of the page stands in the margin
INDENT = 12.7  # mm of the first line of a paragraph
BODY, SMALL, TINY = 14, CELL, 12  # points
_XML = " ".join(("<?xml", 'version="1.0"', 'encoding="UTF-8"', 'standalone="yes"?>'))
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'

# Styles: points, alignment, what is bold or slanted, mm of indentation of the first line, points above and below.
# A name in a style sheet is that of Word's own heading where there is one: so the headings can be navigated.
_STYLES: dict[str, tuple[float, str, str, float, tuple[int, int]]] = {
    "heading 1": (BODY, "both", "b", INDENT, (10, 0)),
    "heading 2": (BODY, "both", "b", INDENT, (8, 3)),
    "Body Text": (BODY, "both", "", INDENT, (6, 0)),
    "Lead": (BODY, "both", "", INDENT, (6, 3)),
    "Ground": (BODY, "both", "i", INDENT, (6, 0)),
    "Note": (TINY, "both", "i", 0, (3, 0)),
    "Center": (BODY, "center", "", 0, (0, 0)),
    "Cell": (SMALL, "left", "", 0, (1, 1)),
    "Cell Middle": (SMALL, "center", "", 0, (1, 1)),
    "Cell Number": (SMALL, "right", "", 0, (1, 1)),
    "Small Cell": (TINY, "left", "", 0, (1, 1)),
    "Small Cell Middle": (TINY, "center", "", 0, (1, 1)),
    "Small Cell Number": (TINY, "right", "", 0, (1, 1)),
    "header": (SMALL, "center", "", 0, (0, 0)),
}


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that are numbered from 1, the first without its number."""

    elements: Iterable[str]  # paragraphs and tables, or pieces of them
    across: bool = False


@dataclass(frozen=True, slots=True)
class Pages:
    """A document without its text, and the text: pieces that are made as they are written."""

    document: Document
    body: Iterator[str]


def pages_of(sections: Sequence[Section], lang: Lang) -> Pages:
    """The document of these sections."""
    document = _blank(lang)
    return Pages(document, _body(sections, document.sections[0]._sectPr.xpath("w:headerReference/@r:id")[0]))


def _body(sections: Sequence[Section], header: str) -> Iterator[str]:
    yield f"{_XML}\n<w:document {_W} {_R}><w:body>"
    for number, section in enumerate(sections, start=1):
        yield from section.elements
        how = section_properties(across=section.across, header=header if number == 1 else "")
        yield how if number == len(sections) else section_end(how)
    yield "</w:body></w:document>"


def section_end(properties: str) -> str:
    """The paragraph that ends the pages of a section."""
    return (
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        f'<w:rPr><w:sz w:val="2"/></w:rPr>{properties}</w:pPr></w:p>'
    )


def section_properties(*, across: bool, header: str = "") -> str:
    """How the pages of a section are. The number above them (the key of the `header`) is set in the first one, and
    goes on from there."""
    width, height = (twips(each) for each in (reversed(PAGE) if across else PAGE))
    turned = ' w:orient="landscape"' if across else ""
    set_once = f'<w:headerReference w:type="default" r:id="{header}"/>' if header else ""
    edges = zip(("top", "right", "bottom", "left", "header", "footer"),
                (TOP, RIGHT, BOTTOM, LEFT, _HEADER, _HEADER), strict=True)  # fmt: skip
    margins = " ".join(f'w:{edge}="{twips(size)}"' for edge, size in edges)
    return (
        f'<w:sectPr>{set_once}<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar {margins} w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>'
    )


def _blank(lang: Lang) -> Document:
    """A document with the styles of the form, and the number of the page above it."""
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE as RT
    from docx.oxml import parse_xml

    document = docx.Document()
    package = document.part.package
    for holder, unused in ((package, "metadata/thumbnail"), (document.part, "stylesWithEffects"),
                           (document.part, "customXml"), (document.part, "numbering")):  # fmt: skip
        for key in [key for key, each in holder.rels.items() if each.reltype.endswith(unused)]:
            del holder.rels[key]
    styles = document.part.part_related_by(RT.STYLES)
    styles._element = parse_xml(_style_sheet(lang))  # type: ignore[attr-defined]
    told = document.core_properties
    told.author = told.title = told.comments = told.keywords = ""
    header: Any = document.sections[0].header
    for paragraph in list(header._element):
        header._element.remove(paragraph)
    header._element.append(parse_xml(_page_number()))
    return document


def _page_number() -> str:
    fields = "".join(
        f"<w:r>{each}</w:r>"
        for each in (
            '<w:fldChar w:fldCharType="begin"/>',
            f"<w:instrText {KEPT}> PAGE </w:instrText>",
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>2</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    return f'<w:p {_W}><w:pPr><w:pStyle w:val="{style_id("header")}"/></w:pPr>{fields}</w:p>'


def _style_sheet(lang: Lang) -> str:
    fonts = " ".join(f'w:{each}="{FONT}"' for each in ("ascii", "hAnsi", "eastAsia", "cs"))
    code = {"vi": "vi-VN", "en": "en-GB"}[lang]
    return (
        f'<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {fonts}/><w:color w:val="000000"/>'
        f'<w:sz w:val="{2 * BODY}"/><w:szCs w:val="{2 * BODY}"/><w:lang w:val="{code}" w:eastAsia="{code}" '
        'w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" '
        'w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        + "".join(_style(name, *how) for name, how in _STYLES.items())
        + "</w:styles>"
    )


def _style(name: str, size: float, align: str, marks: str, indent: float, around: tuple[int, int]) -> str:
    level = f'<w:outlineLvl w:val="{int(name[-1]) - 1}"/>' if name.startswith("heading") else ""
    keep = "<w:keepNext/>" if level else ""
    first = f'<w:ind w:firstLine="{twips(indent)}"/>' if indent else ""
    run = "".join(f"<w:{mark}/>" for mark in marks)
    return (
        f'<w:style w:type="paragraph" w:styleId="{style_id(name)}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f'<w:qFormat/><w:pPr>{keep}<w:spacing w:before="{20 * around[0]}" w:after="{20 * around[1]}"/>{first}'
        f'<w:jc w:val="{align}"/>{level}</w:pPr><w:rPr>{run}<w:sz w:val="{int(2 * size)}"/>'
        f'<w:szCs w:val="{int(2 * size)}"/></w:rPr></w:style>'
    )

"""A report on paper as Nghị định 30/2020/NĐ-CP, phụ lục I, has it: A4, Times New Roman, every part at its place.

Paragraphs and tables are made as text and read in at once: a table of ten thousand rows takes a second so, and a
minute cell by cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.render.docx_content import Block, Entry, Paper, Paragraph, Part, Reasons, Table, Units
from sangkien_cli.render.docx_file import FORBIDDEN
from sangkien_cli.render.docx_heading import Heading

if TYPE_CHECKING:
    from docx.document import Document

FONT = "Times New Roman"
PAGE = (210, 297)  # mm
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 20  # mm
UPRIGHT, ACROSS = PAGE[0] - LEFT - RIGHT, PAGE[1] - LEFT - RIGHT  # mm between the margins
_HEADER = 10  # mm from the edge: the number of the page stands in the margin
BODY, SMALL, TINY = 14, 13, 12  # points
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_LEAST_NAME = 45  # mm that the names in a table get on an upright page
_FULL = 9  # columns from which a table is set smaller
_LINES_TO_SIGN = 4
_KEPT = 'xml:space="preserve"'  # the blanks of a text
_NO_BREAK = "\u00a0"
_BRACKETS = re.compile(r"\([^()]{1,40}\)")
_PLACE = re.compile(r"\b(?:tỉnh|huyện|quận|thị\sxã|thành\sphố|việt\snam)\b(?:(?! của ).){0,25}$", re.IGNORECASE)
_TOGETHER = 8  # rows of a table that stays on one page

# Styles: points, alignment, what is bold or slanted, mm of indentation of the first line, points above and below.
# A name in a style sheet is that of Word's own heading where there is one: so the headings can be navigated.
_STYLES: dict[str, tuple[float, str, str, float, tuple[int, int]]] = {
    "heading 1": (BODY, "both", "b", 12.7, (8, 4)),
    "heading 2": (BODY, "both", "b", 12.7, (6, 4)),
    "Body Text": (BODY, "both", "", 12.7, (3, 3)),
    "Point": (BODY, "both", "", 12.7, (3, 3)),
    "Bullet": (BODY, "left", "", 12.7, (3, 3)),
    "Ground": (BODY, "both", "i", 12.7, (3, 3)),
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
_FORMS = {"heading": "heading 2", "body": "Body Text", "lead": "Body Text", "point": "Point", "bullet": "Bullet",
          "note": "Note"}  # fmt: skip


def write(paper: Paper, lang: Lang) -> Document:
    """The report as a document, without its properties."""
    text = [*head_of(paper.heading, lang), *(paragraph(each, "Body Text") for each in paper.intro)]
    for part in paper.parts:
        text.append(paragraph(f"{part.number}. {part.title}", "heading 1"))
        text += [element for block in part.blocks for element in _block(block, lang, UPRIGHT)]
    text += [paragraph(paper.closing, "Body Text", keep=True), *foot_of(paper.heading, lang)]
    sections = [Section(text)]
    for part in paper.appendices:
        across = any(isinstance(block, Table) and _is_wide(block, lang) for block in part.blocks)
        width = ACROSS if across else UPRIGHT
        sections.append(Section(list(_appendix(part, paper.heading, lang, width)), across))
    return document_of(sections, lang)


# --- the form ---


def head_of(heading: Heading, lang: Lang) -> Iterator[str]:
    """Quốc hiệu and Tiêu ngữ beside the agency, number and date below, then the title."""
    left, right = 66, 100
    agency = [
        *([paragraph(_of_place(heading.parent), "Center", size=TINY, caps=True)] if heading.parent else []),
        paragraph(_of_place(heading.agency), "Center", size=TINY, bold=True, caps=True),
        rule(0.4 * _last_line(heading.agency.upper(), TINY, left, _PLACE), left),
    ]
    nation = [
        paragraph(heading.nation, "Center", size=TINY, bold=True),
        paragraph(heading.motto, "Center", size=SMALL, bold=True),
        rule(_width(heading.motto, SMALL), right),
    ]
    number = [paragraph(heading.number_line, "Center", size=SMALL)]
    day = [paragraph(heading.date_line, "Center", size=SMALL, italic=True)]
    yield _frameless([[agency, nation], [number, day]], [left, right], shift=-(left + right - UPRIGHT) / 2)
    yield paragraph(heading.title, "Center", bold=True, before=18)
    yield paragraph(_together(heading.subject), "Center", bold=True)
    yield rule(0.4 * _last_line(heading.subject, BODY, UPRIGHT, _BRACKETS), UPRIGHT)
    yield paragraph("", "Center", size=6)
    if heading.addressees:
        yield from _addressed(heading, lang)
    yield from (paragraph(ground, "Ground") for ground in heading.grounds)


def _addressed(heading: Heading, lang: Lang) -> Iterator[str]:
    to = phrase("docx.to", lang)
    if len(heading.addressees) == 1:
        yield paragraph(f"{to} {heading.addressees[0]}", "Center")
    else:
        yield paragraph(to, "Body Text", indent=25)
        yield from (paragraph(f"- {each}", "Body Text", indent=40) for each in heading.addressees)
    yield paragraph("", "Center", size=6)


def foot_of(heading: Heading, lang: Lang) -> Iterator[str]:
    """Whom it goes to on the left, who signs on the right; the block is never torn apart."""
    recipients = [paragraph(phrase("docx.recipients", lang), "Cell", size=TINY, bold=True, italic=True, keep=True)]
    recipients += [paragraph(text, "Cell", size=11, keep=True, tight=True) for text in heading.recipients]
    signed = [paragraph(line, "Center", bold=True, caps=True, keep=True) for line in heading.capacity]
    signed += [paragraph("", "Center", keep=True)] * _LINES_TO_SIGN
    signed += [paragraph(heading.signer, "Center", bold=True)]
    yield paragraph("", "Center", size=6, keep=True)
    yield _frameless([[recipients, signed]], [72, UPRIGHT - 72], shift=0)


def _appendix(part: Part, heading: Heading, lang: Lang, width: float) -> Iterator[str]:
    yield paragraph(part.number, "heading 1", align="center", indent=0)
    yield paragraph(_together(part.title), "Center", bold=True, caps=True)
    with_report = phrase("docx.appendix.with", lang, number=heading.number, dated=heading.dated, agency=heading.agency)
    yield paragraph(_of_place(with_report), "Center", size=SMALL, italic=True)
    yield rule(0.4 * _last_line(with_report, SMALL, width, _PLACE), width)
    yield paragraph("", "Center", size=6)
    for block in part.blocks:
        yield from _block(block, lang, width)


def _last_line(text: str, size: float, room: float, kept: re.Pattern[str]) -> float:
    """About how wide the last line of a text is (mm): all of it, or what is kept together at its end."""
    if "{{" in text:  # a field of a template, whatever it will hold
        return room * 0.6
    if _width(text, size) <= room:
        return _width(text, size)
    tail = [found for found in kept.finditer(text) if found.end() == len(text)]
    return _width(tail[0][0], size) if tail else room / 2


def _together(text: str) -> str:
    """What stands in brackets is not broken over two lines if it is short."""
    return _BRACKETS.sub(lambda found: found[0].replace(" ", _NO_BREAK), text)


def _of_place(text: str) -> str:
    """The kind and name of the place at the end of an agency's name are not torn apart."""
    found = _PLACE.search(text)
    return text if found is None else text[: found.start()] + found[0].replace(" ", _NO_BREAK)


# --- the content ---


def _block(block: Block, lang: Lang, width: float) -> Iterator[str]:
    match block:
        case Paragraph(form, text):
            yield paragraph(text, _FORMS[form], keep=form in ("heading", "point", "lead"))
        case Units():
            yield table(*_units_table(block, lang), width)
            yield paragraph("", "Center", size=6)
        case Reasons(lines):
            rows = [Row((str(at), line.words, line.rows)) for at, line in enumerate(lines, start=1)]
            yield table(columns_of(("number", "reason", "rows"), lang), rows, width)
            yield paragraph("", "Center", size=6)
        case Table():
            yield table(*_grid_table(block, lang), width)
            yield paragraph("", "Center", size=6)


@dataclass(frozen=True, slots=True)
class Column:
    head: str
    width: float | None  # mm; None = what is left
    style: str  # of its cells


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[str, ...]
    bold: bool = False
    indent: int = 0  # levels, of the name
    joined: bool = False  # quota, result and percent are one cell: the third text
    below: tuple[str, ...] = ()  # further paragraphs in the last cell


# The columns: the key of the head, the mm that it has at least (None: what the others leave), the style of its cells.
_COLUMNS: dict[str, tuple[str, float | None, str]] = {
    "number": ("docx.column.number", 12, "Cell Middle"),
    "unit": ("column.unit", None, "Cell"),
    "quota": ("docx.column.quota", 20, "Cell Number"),
    "done": ("docx.column.done", 17, "Cell Number"),
    "percent": ("docx.column.percent", 16, "Cell Number"),
    "short": ("column.short", 16, "Cell Number"),
    "needed": ("column.needed", 20, "Cell Number"),
    "short_before": ("docx.column.short_before", 22, "Cell Number"),
    "came_in": ("column.came_in", 17, "Cell Number"),
    "reason": ("docx.column.reason", None, "Cell"),
    "rows": ("docx.column.rows", 18, "Cell Number"),
    "remark": ("docx.column.remark", 21, "Cell Middle"),
}
_OF_CAMPAIGN = {"quota": "short_before", "done": "came_in"}


def columns_of(names: Sequence[str], lang: Lang) -> list[Column]:
    """The columns of these names."""
    found = [_COLUMNS[name] for name in names]
    return [Column(phrase(key, lang), width, style) for key, width, style in found]


def _units_table(block: Units, lang: Lang) -> tuple[list[Column], list[Row]]:
    names = ["number", "unit", "quota"]
    if block.last != "none":
        names += ["done", "percent"]
    if block.last == "short":
        names.append("short")
    if block.needed:
        names.append("needed")
    rows = []
    for at, (each, needed) in enumerate(zip(block.entries, block.needed or [""] * len(block.entries), strict=True), 1):
        texts = {"number": str(at), "unit": each.listed, "quota": each.quota, "done": each.done,
                 "percent": each.percent, "short": each.line.short, "needed": needed}  # fmt: skip
        rows.append(Row(tuple(texts[name] for name in names)))
    return columns_of(_of_campaign(names) if block.in_campaign else names, lang), rows


def _of_campaign(names: Sequence[str]) -> list[str]:
    return [_OF_CAMPAIGN.get(name, name) for name in names]


def _grid_table(table: Table, lang: Lang) -> tuple[list[Column], list[Row]]:
    names = ["number", "unit", "quota", "done", "percent", "short"]
    first = columns_of(_of_campaign(names) if table.in_campaign else names, lang)
    more = [Column(head, 14, "Cell Number") for head in table.section.more]
    columns = [*first, *more, *columns_of(("remark",), lang)]
    rows = [_grid_row(entry, len(more)) for entry in table.entries]
    if table.total:
        rows.append(Row(("", phrase("docx.total", lang), *table.total, *table.more, ""), bold=True))
    return columns, rows


def _grid_row(entry: Entry, more: int) -> Row:
    line = entry.line
    further = (*line.more, *[""] * (more - len(line.more)))
    if line.of is None and "/" in line.figure:
        cells = (entry.number, line.name, line.figure, line.short, *further, line.word)
        return Row(cells, indent=line.indent, joined=True, below=line.below)
    cells = (entry.number, line.name, entry.quota, entry.done, entry.percent, line.short, *further, line.word)
    return Row(cells, bold=line.of is not None and line.indent == 0 and entry.number.isalpha(), indent=line.indent,
                below=line.below)  # fmt: skip


def _is_wide(table: Table, lang: Lang) -> bool:
    """Whether a table leaves the names too little room on an upright page."""
    columns, rows = _grid_table(table, lang)
    fixed = sum(width for width in _asked(columns, rows) if width is not None)
    return fixed > UPRIGHT - _LEAST_NAME


def _asked(columns: Sequence[Column], rows: Sequence[Row]) -> list[float | None]:
    """How wide each column is to be, by its longest text and the longest word of its head (mm)."""
    widths: list[float | None] = []
    plain = [row.cells for row in rows if not row.joined]
    for at, column in enumerate(columns):
        if column.width is None:
            widths.append(None)
            continue
        longest = max(
            [*(len(cells[at]) for cells in plain if "{" not in cells[at]), *map(len, column.head.split())], default=0
        )
        widths.append(min(max(2.2 * longest + 4, column.width), 40))
    return widths


# --- paragraphs and tables as XML ---


def table(columns: Sequence[Column], rows: Sequence[Row], width: float) -> str:
    """A ruled table: its header on every page, no row torn in two."""
    asked = _asked(columns, rows)
    rest = (width - sum(each or 0 for each in asked)) / max(asked.count(None), 1)
    wanted = [max(rest, _LEAST_NAME) if each is None else each for each in asked]
    scale = min(1.0, width / sum(wanted))
    widths = [_twips(each * scale) for each in wanted]
    small = "Small " if len(columns) >= _FULL else ""
    styles = [small + column.style for column in columns]
    kept = len(rows) if len(rows) <= _TOGETHER else 2
    head = "".join(
        _cell(paragraph(column.head, f"{small}Cell Middle", bold=True, keep=True), each, middle=True)
        for column, each in zip(columns, widths, strict=True)
    )
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{lines}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"
        + "".join(_row(row, widths, styles, keep=at < kept) for at, row in enumerate(rows, start=1))
        + "</w:tbl>"
    )


def _row(row: Row, widths: Sequence[int], styles: Sequence[str], *, keep: bool) -> str:
    spans = [1, 1, 3, *[1] * (len(widths) - 5)] if row.joined else [1] * len(widths)
    cells, at = [], 0
    for number, (text, span) in enumerate(zip(row.cells, spans, strict=True)):
        paragraphs = paragraph(text, styles[at], bold=row.bold, keep=keep, hang=3 * row.indent if number == 1 else 0)
        if row.below and number == len(row.cells) - 1:
            paragraphs += "".join(paragraph(sentence, styles[at]) for sentence in row.below)
        cells.append(_cell(paragraphs, sum(widths[at : at + span]), span=span))
        at += span
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _cell(paragraphs: str, width: int, *, span: int = 1, middle: bool = False) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    centered = '<w:vAlign w:val="center"/>' if middle else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{centered}</w:tcPr>{paragraphs}</w:tc>'


def _frameless(rows: Sequence[Sequence[Sequence[str]]], widths: Sequence[float], *, shift: float) -> str:
    """A table that only places things beside each other; `shift` moves it into the margin (mm)."""
    twips = [_twips(width) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in twips)
    body = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(_cell("".join(cell), width) for cell, width in zip(row, twips, strict=True))
        + "</w:tr>"
        for row in rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:tblInd w:w="{_twips(shift)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
    )


def paragraph(
    text: str,
    style: str,
    *,
    size: float | None = None,
    bold: bool = False,
    italic: bool = False,
    caps: bool = False,
    keep: bool = False,
    new_page: bool = False,
    tight: bool = False,
    align: str = "",
    indent: float | None = None,
    hang: float = 0,
    before: int = 0,
) -> str:
    """A paragraph: text only, whatever it says."""
    marks = ("<w:keepNext/>" if keep else "") + ("<w:pageBreakBefore/>" if new_page else "")
    if before or tight:
        marks += f'<w:spacing w:before="{20 * before}" w:after="0"/>'
    if indent is not None:
        marks += f'<w:ind w:left="{_twips(indent)}" w:firstLine="0"/>'
    elif hang:
        marks += f'<w:ind w:left="{_twips(hang)}"/>'
    marks += f'<w:jc w:val="{align}"/>' if align else ""
    run = ("<w:b/>" if bold else "") + ("<w:i/>" if italic else "") + ("<w:caps/>" if caps else "")
    run += f'<w:sz w:val="{int(2 * size)}"/>' if size is not None else ""
    run = f"<w:rPr>{run}</w:rPr>" if run else ""
    shown = escape(FORBIDDEN.sub("", text))
    held = f"<w:r>{run}<w:t {_KEPT}>{shown}</w:t></w:r>" if text else ""
    mark = run if size is not None and not text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{_style_id(style)}"/>{marks}{mark}</w:pPr>{held}</w:p>'


def rule(length: float, width: float) -> str:
    """A line of a length, in the middle of a width (mm)."""
    side = _twips(max((width - length) / 2, 0))
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{_style_id("Center")}"/><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" '
        f'w:color="000000"/></w:pBdr><w:spacing w:before="20" w:after="0" w:line="120" w:lineRule="exact"/>'
        f'<w:ind w:left="{side}" w:right="{side}"/></w:pPr></w:p>'
    )


def _twips(millimetres: float) -> int:
    return round(millimetres * 1440 / 25.4)


# Thousandths of the size that the letters of Times New Roman Bold are wide.
_LETTERS = {
    "abdghknopqu": 550, "ceszxvy": 460, "fijlrt": 330, "mw": 780, "ABDHKNOQUVXYRCG": 720, "EFLPSTZJ": 620, "IJ": 390,
    "MW": 960, "0123456789": 500,
}  # fmt: skip
_WIDE = {letter: width for letters, width in _LETTERS.items() for letter in letters}


def _width(text: str, size: float) -> float:
    """About how wide a bold text is, in mm."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    shown = [letter for letter in plain if not unicodedata.combining(letter)]
    return sum(_WIDE.get(letter, 290) for letter in shown) / 1000 * size * 25.4 / 72


# --- an empty document with the styles ---


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that are numbered from 1, the first without its number."""

    elements: Sequence[str]  # paragraphs and tables
    across: bool = False


def document_of(sections: Sequence[Section], lang: Lang) -> Document:
    """The document: all is read in at once, for tables that are moved into it piece by piece take minutes."""
    from docx.oxml import parse_xml

    document = _blank(lang)
    *others, last = (
        (section, _properties(section, document if number == 0 else None)) for number, section in enumerate(sections)
    )
    pages = [f"{''.join(section.elements)}<w:p><w:pPr>{properties}</w:pPr></w:p>" for section, properties in others]
    body = f"{''.join(pages)}{''.join(last[0].elements)}{last[1]}"
    part = document.part
    part._element = parse_xml(f"<w:document {_W} {_R}><w:body>{body}</w:body></w:document>")
    made: Document = part.document
    return made


def _properties(section: Section, document: Document | None) -> str:
    """How the pages of a section are. The number above them is set in the first one, and goes on from there."""
    width, height = (_twips(each) for each in (reversed(PAGE) if section.across else PAGE))
    turned = ' w:orient="landscape"' if section.across else ""
    header = ""
    if document is not None:
        key = document.sections[0]._sectPr.xpath("w:headerReference/@r:id")[0]
        header = f'<w:headerReference w:type="default" r:id="{key}"/>'
    edges = zip(("top", "right", "bottom", "left", "header", "footer"),
                (TOP, RIGHT, BOTTOM, LEFT, _HEADER, _HEADER), strict=True)  # fmt: skip
    margins = " ".join(f'w:{edge}="{_twips(size)}"' for edge, size in edges)
    return (
        f'<w:sectPr>{header}<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar {margins} w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>'
    )


def _style_id(name: str) -> str:
    return name.title().replace(" ", "")


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
            f"<w:instrText {_KEPT}> PAGE </w:instrText>",
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>2</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    return f'<w:p {_W}><w:pPr><w:pStyle w:val="{_style_id("header")}"/></w:pPr>{fields}</w:p>'


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
    first = f'<w:ind w:firstLine="{_twips(indent)}"/>' if indent else ""
    run = "".join(f"<w:{mark}/>" for mark in marks)
    return (
        f'<w:style w:type="paragraph" w:styleId="{_style_id(name)}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f'<w:qFormat/><w:pPr>{keep}<w:spacing w:before="{20 * around[0]}" w:after="{20 * around[1]}"/>{first}'
        f'<w:jc w:val="{align}"/>{level}</w:pPr><w:rPr>{run}<w:sz w:val="{int(2 * size)}"/>'
        f'<w:szCs w:val="{int(2 * size)}"/></w:rPr></w:style>'
    )

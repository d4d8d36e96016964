"""A report on paper as Nghị định 30/2020/NĐ-CP, phụ lục I, has it: A4, Times New Roman, every part at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.render.docx_content import Block, Entry, Paper, Paragraph, Part, Reasons, Table, Units
from sangkien_cli.render.docx_heading import Heading
from sangkien_cli.render.docx_letters import width
from sangkien_cli.render.docx_pages import ACROSS, BODY, SMALL, TINY, UPRIGHT, Pages, Section, pages_of
from sangkien_cli.render.docx_xml import LEAST_NAME, Column, Row, frameless, paragraph, rule, table, widths_of

_LINES_TO_SIGN = 4
_NO_BREAK = "\u00a0"
_BRACKETS = re.compile(r"\([^()]{1,40}\)")
_SHORT = re.compile(r"\([^()]{1,40}\)|“[^“”]{1,30}”")
_PLACE = re.compile(r"\b(?:tỉnh|huyện|quận|thị\sxã|thành\sphố|việt\snam)\b(?:(?! của ).){0,25}$", re.IGNORECASE)
_OF_AGENCY = re.compile(r"(?:của|of)\s[^()]{1,50}\)$")
_FORMS = {"heading": "heading 2", "body": "Body Text", "lead": "Lead", "point": "Body Text", "bullet": "Body Text",
          "note": "Note"}  # fmt: skip


def write(paper: Paper, lang: Lang) -> Pages:
    """The report as a document, without its properties."""
    sections = [Section(_text(paper, lang))]
    for part in paper.appendices:
        across = is_across(part, lang)
        sections.append(Section(_appendix(part, lang, ACROSS if across else UPRIGHT), across))
    return pages_of(sections, lang)


def _text(paper: Paper, lang: Lang) -> Iterator[str]:
    yield from head_of(paper.heading, lang)
    yield from (paragraph(each, "Body Text") for each in paper.intro)
    for part in paper.parts:
        yield paragraph(f"{part.number}. {part.title}", "heading 1")
        yield from _blocks(part, lang, UPRIGHT)
    yield paragraph(paper.closing, "Body Text", keep=True)
    yield from foot_of(paper.heading, lang)


def is_across(part: Part, lang: Lang) -> bool:
    """Whether a part is set on pages turned sideways."""
    return any(isinstance(block, Table) and _is_wide(block, lang) for block in part.blocks)


# --- the form ---


def head_of(heading: Heading, lang: Lang) -> Iterator[str]:
    """Quốc hiệu and Tiêu ngữ beside the agency, number and date below, then the title."""
    left, right = 66, 100
    agency = [
        *([paragraph(of_place(heading.parent), "Center", size=TINY, caps=True)] if heading.parent else []),
        paragraph(of_place(heading.agency), "Center", size=TINY, bold=True, caps=True),
        rule(0.4 * _last_line(heading.agency.upper(), TINY, left, _PLACE), left),
    ]
    nation = [
        paragraph(heading.nation, "Center", size=TINY, bold=True),
        paragraph(heading.motto, "Center", size=SMALL, bold=True),
        rule(width(heading.motto, SMALL), right),
    ]
    number = [paragraph(heading.number_line, "Center", size=SMALL)]
    day = [paragraph(heading.date_line, "Center", size=SMALL, italic=True)]
    yield frameless([[agency, nation], [number, day]], [left, right], shift=-(left + right - UPRIGHT) / 2)
    yield paragraph(heading.title, "Center", bold=True, before=18)
    yield paragraph(together(heading.subject), "Center", bold=True)
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
    yield frameless([[recipients, signed]], [72, UPRIGHT - 72], shift=0)


def _appendix(part: Part, lang: Lang, room: float) -> Iterator[str]:
    yield paragraph(part.number, "heading 1", align="center", indent=0)
    yield paragraph(together(part.title), "Center", bold=True, caps=True)
    yield paragraph(of_agency(part.attached), "Center", size=SMALL, italic=True)
    yield rule(0.4 * _last_line(part.attached, SMALL, room, _OF_AGENCY), room)
    yield paragraph("", "Center", size=6)
    yield from _blocks(part, lang, room)


def _last_line(text: str, size: float, room: float, kept: re.Pattern[str]) -> float:
    """About how wide the last line of a text is (mm): all of it, or what is kept together at its end."""
    if "{{" in text:  # a field of a template, whatever it will hold
        return min(room * 0.6, 70)
    if width(text, size) <= room:
        return width(text, size)
    tail = [found for found in kept.finditer(text) if found.end() == len(text)]
    return width(tail[0][0], size) if tail else room / 2


def together(text: str) -> str:
    """What stands in brackets or quotes is not broken over two lines if it is short."""
    return _SHORT.sub(lambda found: found[0].replace(" ", _NO_BREAK), text)


def of_place(text: str) -> str:
    """The kind and name of the place at the end of an agency's name are not torn apart."""
    found = _PLACE.search(text)
    return text if found is None else text[: found.start()] + found[0].replace(" ", _NO_BREAK)


def of_agency(text: str) -> str:
    """Whose it is, at the end in brackets, is not torn apart if it is short."""
    return _OF_AGENCY.sub(lambda found: found[0].replace(" ", _NO_BREAK), text)


# --- the content ---


def _blocks(part: Part, lang: Lang, room: float) -> Iterator[str]:
    for block, following in zip(part.blocks, (*part.blocks[1:], None), strict=True):
        told_below = isinstance(following, Paragraph) and following.form == "note"
        if isinstance(block, Paragraph) and block.form == "point" and isinstance(following, Units):
            yield paragraph(block.text, "Lead", keep=True)
        else:
            yield from _block(block, lang, room, told_below=told_below)


def _block(block: Block, lang: Lang, room: float, *, told_below: bool) -> Iterator[str]:
    match block:
        case Paragraph(form, text):
            yield paragraph(text, _FORMS[form], keep=told_below or form in ("heading", "point", "lead"))
            return
        case Units():
            yield from table(*_units_table(block, lang), room)
        case Reasons(lines, total):
            rows = [Row((str(at), line.words, line.rows)) for at, line in enumerate(lines, start=1)]
            rows.append(Row(("", phrase("docx.reasons_total", lang), total), bold=True))
            yield from table(columns_of(("number", "reason", "rows"), lang), rows, room)
        case Table():
            yield from table(*_grid_table(block, lang), room, told_below=told_below)
    yield paragraph("", "Center", size=6, keep=told_below)


# The columns: the key of the head, the mm that it has at least (None: what the others leave), the style of its cells.
_COLUMNS: dict[str, tuple[str, float | None, str]] = {
    "number": ("docx.column.number", 11, "Cell Middle"),
    "unit": ("column.unit", None, "Cell"),
    "quota": ("docx.column.quota", 18, "Cell Number"),
    "done": ("docx.column.done", 14, "Cell Number"),
    "percent": ("docx.column.percent", 14, "Cell Number"),
    "short": ("column.short", 14, "Cell Number"),
    "needed": ("column.needed", 17, "Cell Number"),
    "short_before": ("docx.column.short_before", 18, "Cell Number"),
    "came_in": ("column.came_in", 14, "Cell Number"),
    "reason": ("docx.column.reason", None, "Cell"),
    "rows": ("docx.column.rows", 18, "Cell Number"),
    "remark": ("docx.column.remark", 19, "Cell Middle"),
}
_OF_CAMPAIGN = {"quota": "short_before", "done": "came_in"}


def columns_of(names: Sequence[str], lang: Lang) -> list[Column]:
    """The columns of these names."""
    found = [_COLUMNS[name] for name in names]
    return [Column(phrase(key, lang), width, style) for key, width, style in found]


def _units_table(block: Units, lang: Lang) -> tuple[list[Column], list[Row]]:
    names = {"none": ["number", "unit", "quota"], "done": ["number", "unit", "done"]}.get(block.last, [])
    if not names:
        names = ["number", "unit", "quota", "done", "percent"]
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


def names_of_heads(block: Units | Table, lang: Lang) -> tuple[str, str]:
    """What the columns of the quota and of the result are called."""
    names = ["quota", "done"]
    quota, done = columns_of(_of_campaign(names) if block.in_campaign else names, lang)
    return quota.head, done.head


def _of_campaign(names: Sequence[str]) -> list[str]:
    return [_OF_CAMPAIGN.get(name, name) for name in names]


def _grid_table(table: Table, lang: Lang) -> tuple[list[Column], list[Row]]:
    names = ["number", "unit", "quota", "done", "percent", "short"]
    first = columns_of(_of_campaign(names) if table.in_campaign else names, lang)
    more = [Column(head, 14, "Cell Number") for head in table.heads]
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
        return Row(cells, indent=line.indent, spans=(1, 1, 3, *[1] * (more + 2)), below=line.below)
    cells = (entry.number, line.name, entry.quota, entry.done, entry.percent, line.short, *further, line.word)
    return Row(cells, bold=entry.is_top, indent=line.indent, below=line.below)


def _is_wide(table: Table, lang: Lang) -> bool:
    """Whether a table leaves the names too little room on an upright page."""
    columns, rows = _grid_table(table, lang)
    fixed = sum(each for each in widths_of(columns, rows) if each is not None)
    return fixed > UPRIGHT - LEAST_NAME

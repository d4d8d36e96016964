"""Paragraphs and tables of a Word document as text: that is written as it is, and no tree is made of it.

A table of ten thousand rows takes a second so, and a minute cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from sangkien_cli.render.docx_file import FORBIDDEN
from sangkien_cli.render.docx_letters import in_two_lines, width

CELL, SMALL_CELL = 13, 12  # points
LEAST_NAME = 45  # mm that the names in a table get on an upright page
KEPT = 'xml:space="preserve"'  # the blanks of a text
LEAST_LEFT = 32  # mm that the names get before a number in another column is broken
_WIDEST = 40  # mm that a column gets but for the names
_PADDING = 1  # mm between a line of a table and what stands in its cell
_FULL = 9  # columns from which a table is set smaller
_TOGETHER = 8  # rows of a table that stays on one page
_HIGH = 500  # letters of a cell from which its row may be torn: it might be higher than a page
_LAST = 3  # rows at the end of any other that stay together, and with what is told below it


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
    spans: tuple[int, ...] = ()  # how many columns each cell takes, if not one
    below: tuple[str, ...] = ()  # further paragraphs in the last cell


def widths_of(columns: Sequence[Column], rows: Sequence[Row]) -> list[float | None]:
    """How wide each column is to be (mm), by its longest text and by its head, which takes two lines at most."""
    size = SMALL_CELL if len(columns) >= _FULL else CELL
    widths: list[float | None] = []
    plain = [row.cells for row in rows if not row.spans]
    for at, column in enumerate(columns):
        if column.width is None:
            widths.append(None)
            continue
        longest = max((cells[at] for cells in plain if "{" not in cells[at]), key=len, default="")
        head = "" if "{" in column.head else column.head
        widths.append(max(width_for(head, longest, size), column.width))
    for row in rows:
        widen(widths, row, size)
    return widths


def widen(widths: list[float | None], row: Row, size: float = CELL) -> None:
    """Let no number be broken that stands across several columns."""
    at = 0
    for text, span in zip(row.cells, row.spans, strict=bool(row.spans)):
        sizes = [each for each in widths[at : at + span] if each is not None]
        if span > 1 and len(sizes) == span and "{" not in text:
            longest = max((width(word, size) for word in text.split()), default=0)
            missing = min(longest, _WIDEST * span) + 2 * _PADDING + 1 - sum(sizes)
            widths[at : at + span] = [each + max(missing, 0) / span for each in sizes]
        at += span


def width_for(head: str, longest: str, size: float = CELL) -> float:
    """How wide a column has to be for its head, on two lines at most, and for the longest of its texts."""
    return min(max(width(longest, size), in_two_lines(head, size)) + 2 * _PADDING + 1, _WIDEST)


def table(
    columns: Sequence[Column], rows: Sequence[Row], room: float, *, told_below: bool = False, repeats: bool = False
) -> Iterator[str]:
    """A ruled table, piece by piece: its header on every page, no row torn in two. What is told below it, if anything,
    is never alone on a page. Where rows are repeated in a template there may be any number of them."""
    asked = widths_of(columns, rows)
    rest = (room - sum(each or 0 for each in asked)) / max(asked.count(None), 1)
    wanted = [max(rest, LEAST_LEFT) if each is None else each for each in asked]
    scale = min(1.0, room / sum(wanted))
    widths = [twips(each * scale) for each in wanted]
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
    yield (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{lines}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="{twips(_PADDING)}" w:type="dxa"/>'
        f'<w:right w:w="{twips(_PADDING)}" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"
    )
    for at, row in enumerate(rows, start=1):
        is_kept = at < kept or len(rows) - _LAST < at < len(rows) or (told_below and at == len(rows))
        yield _row(row, widths, styles, keep=is_kept and not repeats)
    yield "</w:tbl>"


def _row(row: Row, widths: Sequence[int], styles: Sequence[str], *, keep: bool) -> str:
    spans = row.spans or (1,) * len(widths)
    is_high = max(map(len, row.cells)) > _HIGH
    cells, at = [], 0
    for number, (text, span) in enumerate(zip(row.cells, spans, strict=True)):
        paragraphs = paragraph(
            text, styles[at], bold=row.bold, keep=keep and not is_high, hang=3 * row.indent if number == 1 else 0
        )
        if row.below and number == len(row.cells) - 1:
            paragraphs += "".join(paragraph(sentence, styles[at]) for sentence in row.below)
        cells.append(_cell(paragraphs, sum(widths[at : at + span]), span=span))
        at += span
    whole = "" if is_high else "<w:trPr><w:cantSplit/></w:trPr>"
    return f"<w:tr>{whole}{''.join(cells)}</w:tr>"


def _cell(paragraphs: str, width: int, *, span: int = 1, middle: bool = False) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    centered = '<w:vAlign w:val="center"/>' if middle else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{centered}</w:tcPr>{paragraphs}</w:tc>'


def frameless(rows: Sequence[Sequence[Sequence[str]]], widths: Sequence[float], *, shift: float) -> str:
    """A table that only places things beside each other; `shift` moves it into the margin (mm)."""
    sizes = [twips(each) for each in widths]
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in sizes)
    body = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(_cell("".join(cell), size) for cell, size in zip(row, sizes, strict=True))
        + "</w:tr>"
        for row in rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(sizes)}" w:type="dxa"/><w:tblInd w:w="{twips(shift)}" w:type="dxa"/>'
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
    tight: bool = False,
    align: str = "",
    indent: float | None = None,
    hang: float = 0,
    before: int = 0,
) -> str:
    """A paragraph: text only, whatever it says."""
    marks = "<w:keepNext/>" if keep else ""
    if before or tight:
        marks += f'<w:spacing w:before="{20 * before}" w:after="0"/>'
    if indent is not None:
        marks += f'<w:ind w:left="{twips(indent)}" w:firstLine="0"/>'
    elif hang:
        marks += f'<w:ind w:left="{twips(hang)}"/>'
    marks += f'<w:jc w:val="{align}"/>' if align else ""
    run = ("<w:b/>" if bold else "") + ("<w:i/>" if italic else "") + ("<w:caps/>" if caps else "")
    run += f'<w:sz w:val="{int(2 * size)}"/>' if size is not None else ""
    run = f"<w:rPr>{run}</w:rPr>" if run else ""
    shown = escape(FORBIDDEN.sub("", text))
    held = f"<w:r>{run}<w:t {KEPT}>{shown}</w:t></w:r>" if text else ""
    mark = run if size is not None and not text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style_id(style)}"/>{marks}{mark}</w:pPr>{held}</w:p>'


def rule(length: float, room: float) -> str:
    """A line of a length, in the middle of a room (mm)."""
    side = twips(max((room - length) / 2, 0))
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style_id("Center")}"/><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" '
        f'w:color="000000"/></w:pBdr><w:spacing w:before="40" w:after="0" w:line="120" w:lineRule="exact"/>'
        f'<w:ind w:left="{side}" w:right="{side}"/></w:pPr></w:p>'
    )


def twips(millimetres: float) -> int:
    return round(millimetres * 1440 / 25.4)


def style_id(name: str) -> str:
    return name.title().replace(" ", "")

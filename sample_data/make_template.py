"""Makes the Word template that is shipped: the form of the report with its fields, to be changed to one's liking.

python sample_data/make_template.py            # writes sangkien_cli/templates/mau-bao-cao.docx
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from sangkien_cli.lang import phrase
from sangkien_cli.render.docx_file import packed
from sangkien_cli.render.docx_heading import Heading
from sangkien_cli.render.docx_page import (
    UPRIGHT,
    Row,
    Section,
    columns_of,
    document_of,
    foot_of,
    head_of,
    paragraph,
    table,
)

PATH = Path(__file__).resolve().parent.parent / "sangkien_cli" / "templates" / "mau-bao-cao.docx"
_MADE = datetime(2022, 1, 1, tzinfo=UTC)
_END = "{%p endfor %}"


def template() -> bytes:
    """The template; the same bytes every time."""
    elements = [
        *head_of(_heading(), "vi"),
        *_each("line", "addressees", _text("Kính gửi: {{ line }}", "Center")),
        *_each("line", "grounds", _text("{{ line }}", "Ground")),
        *_each("line", "intro", _text("{{ line }}")),
        *_each("part", "parts", _text("{{ part.number }}. {{ part.title }}", "heading 1"), *_blocks("part")),
        _text("{{ closing }}"),
        *foot_of(_heading(), "vi"),
        *_each(
            "part",
            "appendices",
            _text("{{ part.number }}. {{ part.title }}", "heading 1", new_page=True),
            *_blocks("part"),
        ),
    ]
    document = document_of([Section(elements)], "vi")
    out = io.BytesIO()
    document.core_properties.created = document.core_properties.modified = _MADE
    document.save(out)
    return packed(out.getvalue())


def _heading() -> Heading:
    def lines(name: str) -> tuple[str, ...]:
        return (f"{{%p for line in {name} %}}", "{{ line }}", _END)

    return Heading(
        nation=phrase("docx.nation", "vi"),
        motto=phrase("docx.motto", "vi"),
        parent="{{ parent }}",
        agency="{{ agency }}",
        number="",
        number_line="{{ number_line }}",
        dated="",
        date_line="{{ date_line }}",
        title="{{ title }}",
        programme="",
        subject="{{ subject }}",
        addressees=(),
        grounds=(),
        capacity=lines("capacity"),
        signer="{{ signer }}",
        recipients=lines("recipients"),
    )


def _text(text: str, style: str = "Body Text", *, new_page: bool = False) -> str:
    return paragraph(text, style, new_page=new_page)


def _each(name: str, among: str, *held: str) -> list[str]:
    return [_text(f"{{%p for {name} in {among} %}}"), *held, _text(_END)]


def _blocks(part: str) -> list[str]:
    """A part's blocks: a heading, a list of units, reasons, a whole table, or a paragraph."""
    forms = (
        ("block.form == 'heading'", [_text("{{ block.text }}", "heading 2")]),
        ("block.lines", [_units()]),
        ("block.reasons", [_reasons()]),
        ("block.form == 'table'", [_grid()]),
    )
    held: list[str] = []
    for number, (condition, shown) in enumerate(forms):
        held += [_text(f"{{%p {'elif' if number else 'if'} {condition} %}}"), *shown]
    held += [_text("{%p else %}"), _text("{{ block.text }}"), _text("{%p endif %}")]
    return _each("block", f"{part}.blocks", *held)


def _rows(name: str, among: str, *cells: str) -> list[Row]:
    def only(tag: str) -> Row:
        return Row((tag, *[""] * (len(cells) - 1)))

    return [only(f"{{%tr for {name} in {among} %}}"), Row(cells), only("{%tr endfor %}")]


def _units() -> str:
    columns = columns_of(("number", "unit", "quota", "done", "percent", "short"), "vi")
    cells = ("{{ loop.index }}", "listed", "quota", "done", "percent", "short")
    fields = (cells[0], *(f"{{{{ line.{name} }}}}" for name in cells[1:]))
    return table(columns, _rows("line", "block.lines", *fields), UPRIGHT)


def _reasons() -> str:
    fields = ("{{ loop.index }}", "{{ reason.words }}", "{{ reason.rows }}")
    return table(columns_of(("number", "reason", "rows"), "vi"), _rows("reason", "block.reasons", *fields), UPRIGHT)


def _grid() -> str:
    columns = columns_of(("number", "unit", "quota", "done", "percent", "short", "remark"), "vi")
    names = ("stt", "name", "quota", "done", "percent", "short", "word")
    rows = _rows("line", "block.section.lines", *(f"{{{{ line.{name} }}}}" for name in names))
    total = (f"{{{{ block.section.total.{name} }}}}" for name in ("quota", "done", "percent", "short"))
    return table(columns, [*rows, Row(("", "TỔNG CỘNG", *total, ""), bold=True)], UPRIGHT)


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(template())

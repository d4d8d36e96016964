"""Makes the Word template that is shipped: the form of the report with its fields, to be changed to one's liking.

python sample_data/make_template.py            # writes sangkien_cli/templates/mau-bao-cao.docx
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sangkien_cli.lang import phrase
from sangkien_cli.render.docx_file import packed
from sangkien_cli.render.docx_heading import Heading
from sangkien_cli.render.docx_page import columns_of, foot_of, head_of
from sangkien_cli.render.docx_pages import ACROSS, SMALL, TINY, UPRIGHT, Section, pages_of, section_end
from sangkien_cli.render.docx_pages import section_properties as properties
from sangkien_cli.render.docx_xml import Column, Row, paragraph, rule, table

PATH = Path(__file__).resolve().parent.parent / "sangkien_cli" / "templates" / "mau-bao-cao.docx"
_MADE = datetime(2022, 1, 1, tzinfo=UTC)
_END = "{%p endfor %}"
_TAGS = (18, 20, 22)  # mm of the columns of a repetition; no two alike: so it is seen that they are others when filled
_NUMBER = 13  # mm of the column of numbers
_UNIT = {"number": "{{ loop.index }}", "unit": "{{ line.listed }}", "quota": "{{ line.quota }}",
         "done": "{{ line.done }}", "percent": "{{ line.percent }}", "short": "{{ line.short }}",
         "needed": "{{ line.needed }}"}  # fmt: skip
_PLAIN = ("number", "unit", "quota", "done", "percent", "short")
_ROOM = {"number": _NUMBER, "quota": 21, "done": 17}  # mm of columns whose heads are known only when filled
_HEADS = {"quota": "{{ block.quota_head }}", "done": "{{ block.done_head }}"}


def template() -> bytes:
    """The template; the same bytes every time."""
    text = [
        *_head(),
        *_addressed(),
        *_each("line", "grounds", _text("{{ line }}", "Ground")),
        *_each("line", "intro", _text("{{ line }}")),
        *_each("part", "parts", _text("{{ part.number }}. {{ part.title }}", "heading 1"), *_blocks(appended=False)),
        _text("{{ closing }}", keep=True),
        *foot_of(_heading(), "vi"),
    ]
    # Each appendix ends a section of its own; the empty one that is left behind the last is taken away when filled.
    pages = pages_of([Section(text), Section(_each("part", "appendices", *_appendix()))], "vi")
    out = io.BytesIO()
    pages.document.core_properties.created = pages.document.core_properties.modified = _MADE
    pages.document.save(out)
    return packed(out.getvalue(), pages.body)


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
        about="",
        subject="{{ subject }}",
        addressees=(),
        ground="",
        grounds=(),
        capacity=lines("capacity"),
        signer="{{ signer }}",
        recipients=lines("recipients"),
    )


def _head() -> list[str]:
    """The heading, without a line for the agency above where there is none."""
    parent = paragraph("{{ parent }}", "Center", size=TINY, caps=True)
    return [each.replace(parent, "".join(_if("parent", parent))) for each in head_of(_heading(), "vi")]


def _addressed() -> list[str]:
    to = phrase("docx.to", "vi")
    one = [paragraph(f"{to} {{{{ addressees[0] }}}}", "Center")]
    several = [paragraph(to, "Body Text", indent=25)]
    several += _each("line", "addressees", paragraph("- {{ line }}", "Body Text", indent=40))
    below = _if("addressees", paragraph("", "Center", size=6))
    return [*_cases(("addressees|length == 1", one), ("addressees", several)), *below]


def _appendix() -> list[str]:
    return [
        paragraph("{{ part.number }}", "heading 1", align="center", indent=0),
        paragraph("{{ part.title }}", "Center", bold=True, caps=True),
        paragraph("{{ part.attached }}", "Center", size=SMALL, italic=True),
        *_cases(("part.across", [rule(60, ACROSS)]), ("", [rule(40, UPRIGHT)])),
        paragraph("", "Center", size=6),
        *_blocks(appended=True),
        *_cases(("part.across", [section_end(properties(across=True))]), ("", [section_end(properties(across=False))])),
    ]


def _text(text: str, style: str = "Body Text", *, keep: bool = False) -> str:
    return paragraph(text, style, keep=keep)


def _each(name: str, among: str, *held: str) -> list[str]:
    return [_text(f"{{%p for {name} in {among} %}}"), *held, _text(_END)]


def _if(condition: str, *held: str) -> list[str]:
    return _cases((condition, held))


def _cases(*cases: tuple[str, Sequence[str]]) -> list[str]:
    """What is printed by conditions, the first that holds; one without words holds always."""
    found: list[str] = []
    for number, (condition, held) in enumerate(cases):
        word = "else" if not condition else f"{'elif' if number else 'if'} {condition}"
        found += [_text(f"{{%p {word} %}}"), *held]
    return [*found, _text("{%p endif %}")]


def _blocks(*, appended: bool) -> list[str]:
    """A part's blocks: a heading, a list of units, reasons, a whole table, or a paragraph."""
    gap = paragraph("", "Center", size=6)
    units = {
        "block.form == 'units-percent'": _PLAIN[:5],
        "block.form == 'units-short' and block.needed": (*_PLAIN, "needed"),
        "block.form == 'units-short'": _PLAIN,
        "block.form == 'units-none'": _PLAIN[:3],
        "block.form == 'units-done'": ("number", "unit", "done"),
    }
    tables = [("block.form == 'table' and not block.section.columns", _grid(UPRIGHT, further=False))]
    tables += [("block.form == 'table' and part.across", _grid(ACROSS, further=True))] if appended else []
    tables += [("block.form == 'table'", _grid(UPRIGHT, further=True))]
    cases: list[tuple[str, list[str]]] = [
        ("block.form == 'heading'", [_text("{{ block.text }}", "heading 2")]),
        *((condition, [_units(names), gap]) for condition, names in units.items()),
        ("block.reasons", [_reasons(), gap]),
        *((condition, [grid, gap]) for condition, grid in tables),
        ("block.form == 'note'", [_text("{{ block.text }}", "Note")]),
        ("block.form == 'point' or block.form == 'lead'", [_text("{{ block.text }}", "Lead", keep=True)]),
        ("", [_text("{{ block.text }}")]),
    ]
    return _each("block", "part.blocks", *_cases(*cases))


def _tag(tag: str, cells: int) -> Row:
    return Row((tag,), spans=(cells,))


def _rows(name: str, among: str, *cells: str) -> list[Row]:
    return [_tag(f"{{%tr for {name} in {among} %}}", len(cells)), Row(cells), _tag("{%tr endfor %}", len(cells))]


def _units(names: Sequence[str]) -> str:
    columns = [
        replace(column, head=_HEADS.get(name, column.head), width=_ROOM.get(name, column.width))
        for name, column in zip(names, columns_of(names, "vi"), strict=True)
    ]
    rows = _rows("line", "block.lines", *(_UNIT[name] for name in names))
    return "".join(table(columns, rows, UPRIGHT, repeats=True))


def _reasons() -> str:
    fields = ("{{ loop.index }}", "{{ reason.words }}", "{{ reason.rows }}")
    columns = columns_of(("number", "reason", "rows"), "vi")
    total = Row(("", phrase("docx.reasons_total", "vi"), "{{ block.total }}"), bold=True)
    rows = [*_rows("reason", "block.reasons", *fields), total]
    return "".join(table(columns, rows, UPRIGHT, repeats=True))


def _grid(room: float, *, further: bool) -> str:
    """The table of a phase, with the further columns that it may have."""
    number, unit, quota, done, *others, remark = columns_of(
        ("number", "unit", "quota", "done", "percent", "short", "remark"), "vi"
    )
    quota = replace(quota, head=_HEADS["quota"], width=_ROOM["quota"])
    done = replace(done, head=_HEADS["done"], width=_ROOM["done"])
    heads = zip(_cells("head", "block.section.columns"), _TAGS, strict=True)
    more = [Column(head, each, "Cell Number") for head, each in heads] if further else []
    columns = [replace(number, width=_NUMBER), unit, quota, done, *others, *more, remark]

    def cells(section: str, *names: str) -> tuple[str, ...]:
        return tuple(f"{{{{ {section}.{name} }}}}" for name in names)

    def row(*names: str, bold: bool = False, indent: int = 0) -> Row:
        told = tuple(_cells("text", "line.more")) if further else ()
        texts = (*cells("line", *names), *told, "{{ line.remark }}")
        spans = (1, 1, 3, *[1] * (len(texts) - 3)) if "figure" in names else ()
        return Row(texts, bold=bold, indent=indent, spans=spans)

    plain = ("stt", "name", "quota", "done", "percent", "short")
    kinds = (
        ("if line.top", row(*plain, bold=True)),
        ("elif not line.status and '/' in line.figure", row("stt", "name", "figure", "short", indent=1)),
        ("elif line.indent < 2", row(*plain, indent=1)),
        ("else", row(*plain, indent=2)),
    )
    rows = [_tag("{%tr for line in block.section.lines %}", len(columns))]
    for condition, shown in kinds:
        rows += [_tag(f"{{%tr {condition} %}}", len(columns)), shown]
    rows += [_tag(tag, len(columns)) for tag in ("{%tr endif %}", "{%tr endfor %}")]
    total = cells("block.section.total", *plain[2:])
    summed = tuple(_cells("text", "block.section.total.more")) if further else ()
    rows.append(Row(("", phrase("docx.total", "vi"), *total, *summed, ""), bold=True))
    return "".join(table(columns, rows, room, repeats=True))


def _cells(name: str, among: str) -> list[str]:
    """A cell for each of some texts."""
    return [f"{{%tc for {name} in {among} %}}", f"{{{{ {name} }}}}", "{%tc endfor %}"]


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(template())

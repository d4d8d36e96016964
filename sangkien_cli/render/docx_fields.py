"""The fields that a template of one's own can be filled with (docs/mau-bao-cao.md).

Texts are ready to be printed, as they stand in the grid; names that end with `_number` are the numbers themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sangkien_cli.lang import day
from sangkien_cli.render.docx_content import Block, Entry, Paper, Paragraph, Part, Reasons, Table, Units, heads_of, over
from sangkien_cli.render.docx_file import FORBIDDEN
from sangkien_cli.render.made import Made
from sangkien_cli.tables import RowLine

Fields = dict[str, Any]


def fields_of(made: Made, paper: Paper) -> Fields:
    """The fields by their names, with nothing in their texts that a document could not hold."""
    report, heading = made.report, paper.heading
    config = report.config
    sections = [_section(table) for table in paper.sections]
    to_mend = [line for each in paper.parts for block in each.blocks if isinstance(block, Reasons)
               for line in block.lines]  # fmt: skip
    fields = {
        "parent": heading.parent,
        "agency": heading.agency,
        "number": heading.number,
        "number_line": heading.number_line,
        "dated": heading.dated,
        "date_line": heading.date_line,
        "title": heading.title,
        "subject": heading.subject,
        "addressees": list(heading.addressees),
        "grounds": list(heading.grounds),
        "capacity": list(heading.capacity),
        "signer": heading.signer,
        "recipients": list(heading.recipients),
        "programme": heading.programme,
        "as_of": day(report.as_of, made.lang),
        "basis": next((basis.name for basis in config.bases if basis.id == config.basis), ""),
        "intro": list(paper.intro),
        "closing": paper.closing,
        "parts": [_part(part) for part in paper.parts],
        "appendices": [_part(part) for part in paper.appendices],
        "sections": sections,
        "phases": {section["id"]: section for section in sections if section["id"]},
        "rows": {
            "balance": made.sheet.balance,
            "read_number": report.rows.read,
            "counted_number": report.rows.counted,
            "reasons": _reasons(made.sheet.set_aside),
            "to_mend": _reasons(to_mend),
        },
    }
    clean: Fields = _clean(fields)
    return clean


def _part(part: Part) -> Fields:
    return {"number": part.number, "title": part.title, "blocks": [_block(block) for block in part.blocks]}


def _block(block: Block) -> Fields:
    """A block with the same fields whatever it is; those that it has not are empty."""
    empty: Fields = {"form": "", "text": "", "lines": [], "reasons": [], "section": {}}
    match block:
        case Paragraph(form, text):
            return empty | {"form": form, "text": text}
        case Units(entries, last, needed):
            lines = [_line(each) for each in entries]
            for line, rate in zip(lines, needed or [""] * len(lines), strict=True):
                line["needed"] = rate
            return empty | {"form": f"units-{last}", "lines": lines}
        case Reasons(reasons):
            return empty | {"form": "reasons", "reasons": _reasons(reasons)}
        case Table():
            return empty | {"form": "table", "section": _section(block)}


def _reasons(lines: Sequence[RowLine]) -> list[Fields]:
    return [{"words": line.words, "rows": line.rows} for line in lines]


def _section(table: Table) -> Fields:
    """A phase, the campaign, or the whole programme."""
    section = table.section
    lines = [_line(each) for each in table.entries]
    units = [line for line in lines if line["status"] and line["quota"]]
    heads = [_line(each) for each in heads_of(table)]
    total = table.total or ("", "", "", "")
    return {
        "id": section.phase,
        "title": section.title,
        "remark": section.remark,
        "notes": list(section.notes),
        "columns": list(section.more),
        "lines": lines,
        "total": dict(zip(("quota", "done", "percent", "short"), total, strict=True)) | {"more": list(table.more)},
        # Of the topmost unit the figures stand in the section itself too: `phases.gd1.percent`.
        **(heads[0] if len(heads) == 1 else _NOTHING),
        "reached": _of_status(units, heads, "met", "exceeded"),
        "near": _of_status(units, heads, "near"),
        "behind": _of_status(units, heads, "below"),
        "none": _of_status([line for line in units if line["short"]], heads, "none"),
    }


def _of_status(lines: Sequence[Fields], heads: Sequence[Fields], *statuses: str) -> list[Fields]:
    return [line for line in lines if line["status"] in statuses and line not in heads]


def _line(entry: Entry) -> Fields:
    line, each = entry.line, entry.line.of
    exceeded = each is not None and each.percent is not None and line.status == "exceeded"
    return {
        "stt": entry.number,
        "indent": line.indent,
        "name": line.name,
        "listed": entry.listed,
        "quota": entry.quota,
        "done": entry.done,
        "percent": entry.percent,
        "short": line.short,
        "over": over(each.percent, entry.lang) if exceeded and each is not None and each.percent is not None else "",
        "figure": line.figure,
        "status": "" if each is None else line.status or "",
        "word": line.word,
        "more": list(line.more),
        "below": list(line.below),
        "needed": "",
        "quota_number": None if each is None else each.quota,
        "done_number": None if each is None else each.done,
        "short_number": None if each is None else each.short,
    }


_NOTHING: Fields = {
    "stt": "", "indent": 0, "name": "", "listed": "", "quota": "", "done": "", "percent": "", "short": "", "over": "",
    "figure": "", "status": "", "word": "", "more": [], "below": [], "needed": "", "quota_number": None,
    "done_number": None, "short_number": None,
}  # fmt: skip


def _clean(value: Any) -> Any:
    match value:
        case str():
            return FORBIDDEN.sub("", value)
        case Mapping():
            return {key: _clean(each) for key, each in value.items()}
        case list():
            return [_clean(each) for each in value]
    return value

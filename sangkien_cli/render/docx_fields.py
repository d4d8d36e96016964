"""The fields that a template of one's own can be filled with (docs/mau-bao-cao.md).

Texts are ready to be printed, as they stand in the grid; names that end with `_number` are the numbers themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sangkien_cli.render.docx_content import Block, Entry, Paper, Paragraph, Part, Reasons, Table, Units, heads_of, over
from sangkien_cli.render.docx_heading import in_words
from sangkien_cli.render.docx_page import is_across, names_of_heads, of_agency, of_place, together
from sangkien_cli.render.made import Made
from sangkien_cli.tables import RowLine

Fields = dict[str, Any]


def fields_of(made: Made, paper: Paper) -> Fields:
    """The fields by their names."""
    return _Fields(made, paper).all()


class _Fields:
    """Makes the fields; a line or a section that stands at several places is made once."""

    def __init__(self, made: Made, paper: Paper) -> None:
        self.made = made
        self.paper = paper
        self.lines: dict[int, Fields] = {}
        self.sections = {id(table): self._section(table) for table in paper.sections}

    def all(self) -> Fields:
        made, paper, heading = self.made, self.paper, self.paper.heading
        report, config = made.report, made.report.config
        sections = list(self.sections.values())
        problems = {reason.value for reason in report.rows.set_aside if reason.is_data_problem}
        to_mend = [line for line in made.sheet.set_aside if line.code in problems]
        return {
            "parent": of_place(heading.parent),
            "agency": of_place(heading.agency),
            "number": heading.number,
            "number_line": heading.number_line,
            "dated": heading.dated,
            "date_line": heading.date_line,
            "title": heading.title,
            "subject": together(heading.subject),
            "addressees": list(heading.addressees),
            "ground": heading.ground,
            "grounds": list(heading.grounds),
            "capacity": list(heading.capacity),
            "signer": heading.signer,
            "recipients": list(heading.recipients),
            "programme": heading.programme,
            "as_of": in_words(report.as_of, made.lang),
            "basis": next((basis.name for basis in config.bases if basis.id == config.basis), ""),
            "intro": list(paper.intro),
            "closing": paper.closing,
            "parts": [self._part(part) for part in paper.parts],
            "appendices": [self._part(part) for part in paper.appendices],
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

    def _part(self, part: Part) -> Fields:
        blocks = [self._block(block) for block in part.blocks]
        across = is_across(part, self.made.lang)
        return {
            "number": part.number,
            "title": together(part.title),
            "attached": of_agency(part.attached),
            "across": across,
            "blocks": blocks,
        }

    def _block(self, block: Block) -> Fields:
        """A block with the same fields whatever it is; those that it has not are empty."""
        empty: Fields = {"form": "", "text": "", "lines": [], "reasons": [], "total": "", "section": {},
                         "quota_head": "", "done_head": "", "needed": False}  # fmt: skip
        match block:
            case Paragraph(form, text):
                return empty | {"form": form, "text": text}
            case Units(entries, last, needed):
                lines = [
                    self._line(each) | {"needed": rate}
                    for each, rate in zip(entries, needed or [""] * len(entries), strict=True)
                ]
                return empty | {"form": f"units-{last}", "lines": lines, "needed": bool(needed)} | self._heads(block)
            case Reasons(reasons, total):
                return empty | {"form": "reasons", "reasons": _reasons(reasons), "total": total}
            case Table():
                return empty | {"form": "table", "section": self.sections[id(block)]} | self._heads(block)

    def _heads(self, block: Units | Table) -> Fields:
        quota, done = names_of_heads(block, self.made.lang)
        return {"quota_head": quota, "done_head": done}

    def _section(self, table: Table) -> Fields:
        """A phase, the campaign, or the whole programme."""
        section = table.section
        lines = [self._line(each, len(section.more)) for each in table.entries]
        heads = [self._line(each) for each in heads_of(table)]
        units = [line for line in lines if line["status"] and line["quota"] and not any(line is head for head in heads)]
        total = table.total or ("", "", "", "")
        return {
            "id": section.phase,
            "title": section.title,
            "remark": section.remark,
            "notes": list(section.notes),
            "gap": section.gap,
            "columns": list(table.heads),
            "lines": lines,
            "total": dict(zip(("quota", "done", "percent", "short"), total, strict=True)) | {"more": list(table.more)},
            # Of the topmost unit the figures stand in the section itself too: `phases.gd1.percent`.
            **(heads[0] if len(heads) == 1 else _NOTHING),
            "reached": _of_status(units, "met", "exceeded"),
            "near": _of_status(units, "near"),
            "behind": _of_status(units, "below"),
            "none": _of_status([line for line in units if line["short"]], "none"),
        }

    def _line(self, entry: Entry, more: int = 0) -> Fields:
        if id(entry) not in self.lines:
            self.lines[id(entry)] = _line(entry, more)
        return self.lines[id(entry)]


def _reasons(lines: Sequence[RowLine]) -> list[Fields]:
    return [{"words": line.words, "rows": line.rows} for line in lines]


def _of_status(lines: Sequence[Fields], *statuses: str) -> list[Fields]:
    return [line for line in lines if line["status"] in statuses]


def _line(entry: Entry, more: int) -> Fields:
    line, each = entry.line, entry.line.of
    exceeded = each is not None and each.percent is not None and line.status == "exceeded"
    return {
        "stt": entry.number,
        "indent": line.indent,
        "top": entry.is_top,
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
        "remark": "\n".join((line.word, *line.below)),
        "more": [*line.more, *[""] * (more - len(line.more))],
        "below": list(line.below),
        "needed": "",
        "quota_number": None if each is None else each.quota,
        "done_number": None if each is None else each.done,
        "short_number": None if each is None else each.short,
    }


_NOTHING: Fields = {
    "stt": "", "indent": 0, "top": False, "name": "", "listed": "", "quota": "", "done": "", "percent": "", "short": "",
    "over": "", "figure": "", "status": "", "word": "", "remark": "", "more": [], "below": [], "needed": "",
    "quota_number": None, "done_number": None, "short_number": None,
}  # fmt: skip

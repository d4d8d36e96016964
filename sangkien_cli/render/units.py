"""The tree of units with its quotas as text and JSON (`sangkien units`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sangkien_cli.errors import Note
from sangkien_cli.lang import Lang, phrase, signed, whole, words
from sangkien_cli.model import ALL, Unit
from sangkien_cli.quotas import Asked
from sangkien_cli.render.columns import GAP, table_row, widest
from sangkien_cli.render.document import TOOL, compact, document, listed
from sangkien_cli.unit_lines import UnitLines

SCHEMA = "sangkien.units/1"
_WIDTH = 80
_LEAST_NAME = 24


def render_units_text(lines: UnitLines, lang: Lang) -> str:
    """A table for each phase: the unit's own quota, the sum of its children's, and by how much that differs."""
    blocks = [[lines.config.programme, phrase("units.count", lang, units=len(lines.units))]]
    for phase in lines.phases:
        title = phrase("report.phase", lang, name=phase.name, start=phase.start, end=phase.end)
        blocks.append([title, *_table(lines, phase.id, lang)])
    if lines.whole_programme:
        blocks.append([phrase("report.all", lang), *_table(lines, ALL, lang)])
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def _table(lines: UnitLines, phase: str, lang: Lang) -> list[str]:
    heads = [phrase("units.quota", lang), phrase("units.allocated", lang), phrase("units.difference", lang)]
    cells = [_figures(asked[phase], lang) for asked in lines.asked]
    widths = [widest(column) for column in zip(heads, *cells, strict=True)]
    widths.insert(0, max(_WIDTH - sum(widths) - len(GAP) * len(widths), _LEAST_NAME))
    top = min((unit.depth for unit in lines.units), default=0)
    rows = table_row([phrase("column.unit", lang), *heads], widths)
    for unit, figures in zip(lines.units, cells, strict=True):
        rows += table_row([_name(unit, lang), *figures], widths, indent=GAP * (unit.depth - top))
    return rows


def _figures(asked: Asked, lang: Lang) -> list[str]:
    difference = "" if asked.difference is None else signed(asked.difference, lang)
    return [_or_dash(asked.quota, lang), _or_dash(asked.allocated, lang), difference]


def _or_dash(number: int | None, lang: Lang) -> str:
    return "–" if number is None else whole(number, lang)


def _name(unit: Unit, lang: Lang) -> str:
    if unit.valid.end is not None:
        if unit.valid.start is None:
            return phrase("units.until", lang, name=unit.name, end=unit.valid.end)
        return phrase("units.from_until", lang, name=unit.name, start=unit.valid.start, end=unit.valid.end)
    if unit.valid.start is not None:
        return phrase("units.since", lang, name=unit.name, start=unit.valid.start)
    return unit.name


def render_units_json(lines: UnitLines, notes: Sequence[Note]) -> str:
    """One entry per unit, then the warnings, in English, each with its code. Never localised."""
    return document(
        {
            "schema": compact(SCHEMA),
            "programme": compact(lines.config.programme),
            "units": listed(_entry(lines, i) for i in range(len(lines.units))),
            "warnings": listed(map(_warning, notes)),
            "tool": TOOL,
        }
    )


def _entry(lines: UnitLines, i: int) -> Mapping[str, object]:
    unit, all_units = lines.units[i], lines.config.units
    phases = [*(phase.id for phase in lines.phases), *([ALL] if lines.whole_programme else [])]
    return {
        "id": unit.id,
        "name": unit.name,
        "parent": None if unit.parent is None else all_units[unit.parent].id,
        "depth": unit.depth,
        "kind": unit.kind,
        "members": unit.members,
        "also": list(unit.also),
        "from": None if unit.valid.start is None else unit.valid.start.isoformat(),
        "to": None if unit.valid.end is None else unit.valid.end.isoformat(),
        "into": [all_units[successor].id for successor in unit.into],
        "phases": {
            phase: {"quota": asked.quota, "allocated": asked.allocated, "difference": asked.difference}
            for phase, asked in lines.asked[i].items()
            if phase in phases
        },
    }


def _warning(note: Note) -> Mapping[str, str]:
    return {"place": note.place, "code": note.what.key, "what": words(note.what, "en")}

"""The tree of units with its quotas as text and JSON (`sangkien units`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sangkien_cli import __version__
from sangkien_cli.errors import Note
from sangkien_cli.lang import Lang, phrase, signed, whole, words
from sangkien_cli.model import ALL, Unit
from sangkien_cli.quotas import Asked
from sangkien_cli.render.columns import left, right, widest, wrapped
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
    room = max(_WIDTH - sum(widths) - 2 * len(widths), _LEAST_NAME)
    top = min((unit.depth for unit in lines.units), default=0)
    rows = [_row([phrase("column.unit", lang)], heads, widths, room)]
    for unit, figures in zip(lines.units, cells, strict=True):
        indent = "  " * (unit.depth - top)
        name = wrapped(_name(unit, lang), max(room, len(indent) + 12), indent, f"{indent}  ")
        rows.append(_row(name, figures, widths, room))
    return rows


def _row(name: Sequence[str], figures: Sequence[str], widths: Sequence[int], room: int) -> str:
    shown = [right(text, width) for text, width in zip(figures, widths, strict=True)]
    first = "  ".join([left(name[0], room), *shown]).rstrip()
    return "\n".join([first, *name[1:]])


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
    parts = {
        "schema": json.dumps(SCHEMA),
        "programme": _compact(lines.config.programme),
        "units": _lines([_entry(lines, i) for i in range(len(lines.units))]),
        "warnings": _lines([_warning(note) for note in notes]),
        "tool": _compact({"name": "sangkien-cli", "version": __version__}),
    }
    return "{\n" + ",\n".join(f'  "{key}": {value}' for key, value in parts.items()) + "\n}\n"


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


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(values: Sequence[object]) -> str:
    lines = ",\n".join(f"    {_compact(value)}" for value in values)
    return f"[\n{lines}\n  ]" if lines else "[]"

"""The tree of units written out, to be edited elsewhere and read again: as a workbook, as CSV, as YAML."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.listed import quota_key
from sangkien_cli.model import Basis, Phase, Unit, Window
from sangkien_cli.render.csv import PLAIN, Dialect
from sangkien_cli.render.workbook import Column, Table, Value, workbook
from sangkien_cli.sheets.labels import with_quotes
from sangkien_cli.sheets.unit_headers import phase_names
from sangkien_cli.text import fold

_FIELDS = ("id", "name", "parent", "kind", "members", "also", "from", "to", "into")
_WIDTHS = (24, 44, 24, 10, 12, 36, 12, 12, 24)
_QUOTA_WIDTH = 14
_LONGEST = 120  # characters of a line of YAML
_SAFE = re.compile(r"[^\W\d_][\w .()/-]*(?<! )")  # what needs no quotes anywhere in YAML
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}  # of YAML itself
_NOT_IN_YAML = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def tree_table(
    units: Sequence[Unit],
    phases: Sequence[Phase],
    lang: Lang,
    kept: Sequence[int] | None = None,
    bases: Sequence[Basis] = (),
) -> bytes:
    """The tree as an .xlsx file that `units_from` reads again: one row for each unit, its parent by id, its quotas on
    every basis.

    `kept` are the positions of the units to be written, each before those below it; None = all. What is named of the
    others, a successor, is named all the same: a branch is included in the rest of its tree.
    """
    titles = (
        phrase("unit_sheet.column.id", lang),
        phrase("unit_sheet.column.name", lang),
        phrase("unit_sheet.column.parent", lang),
        phrase("unit_sheet.column.kind", lang),
        phrase("unit_sheet.column.members", lang),
        phrase("unit_sheet.column.also", lang),
        phrase("unit_sheet.column.from", lang),
        phrase("unit_sheet.column.to", lang),
        phrase("unit_sheet.column.into", lang),
    )
    columns = [Column(title, width) for title, width in zip(titles, _WIDTHS, strict=True)]
    for name in _phase_titles(phases):
        title = phrase("unit_sheet.column.quota", lang, phase=name)
        columns += [
            Column(title, _QUOTA_WIDTH),
            *(Column(f"{title} – {each.name}", _QUOTA_WIDTH) for each in bases[1:]),
        ]
    return workbook([Table(phrase("unit_sheet.title", lang), columns, _rows(units, phases, kept))])


def tree_csv(
    units: Sequence[Unit],
    phases: Sequence[Phase],
    dialect: Dialect = PLAIN,
    kept: Sequence[int] | None = None,
    bases: Sequence[Basis] = (),
) -> str:
    """The tree, or the units `kept`, as CSV, which `units_from` reads again. Never localised."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    keys = [quota_key(phase.id, basis) for phase in phases for basis in (None, *(each.id for each in bases[1:]))]
    writer.writerow([*_FIELDS, *(f"quota.{key}" for key in keys)])
    writer.writerows(_rows(units, phases, kept))
    return dialect.start + out.getvalue()


def tree_yaml(
    units: Sequence[Unit], phases: Sequence[Phase], kept: Sequence[int] | None = None, bases: Sequence[Basis] = ()
) -> str:
    """The tree, or the units `kept`, as YAML: a file that a quota file may include."""
    branch = _Branch.of(units, kept)
    lines = ["units:"]
    for i, following in zip_longest(branch.kept, branch.kept[1:]):
        indent = "  " + "    " * branch.depth[i]
        fields = list(_yaml_fields(branch, i, phases, bases))
        has_parts = following is not None and units[following].parent == i
        line = f"{indent}- {{{', '.join(fields)}}}"
        if has_parts or len(line) > _LONGEST:
            lines.append(f"{indent}- {fields[0]}")
            lines += [f"{indent}  {field}" for field in (*fields[1:], *(["units:"] if has_parts else []))]
        else:
            lines.append(line)
    return "\n".join([*lines, ""])


@dataclass(frozen=True, slots=True)
class _Branch:
    """The units that are written."""

    units: Sequence[Unit]  # the whole tree
    kept: Sequence[int]
    depth: Mapping[int, int]  # of those that are kept, below the topmost kept unit above

    @classmethod
    def of(cls, units: Sequence[Unit], kept: Sequence[int] | None) -> _Branch:
        depth: dict[int, int] = {}
        for i in range(len(units)) if kept is None else kept:
            parent = units[i].parent
            depth[i] = depth[parent] + 1 if parent is not None and parent in depth else 0
        return cls(units, list(depth), depth)

    def above(self, i: int) -> Unit | None:
        """The unit above one, if it is kept too."""
        parent = self.units[i].parent
        return self.units[parent] if parent is not None and parent in self.depth else None


def _phase_titles(phases: Sequence[Phase]) -> list[str]:
    """Each phase's name, or its id where the name alone could mean another phase."""
    names = phase_names([(phase.id, phase.name) for phase in phases])
    return [phase.name if fold(phase.name) in map(fold, names[phase.id]) else phase.id for phase in phases]


def _rows(units: Sequence[Unit], phases: Sequence[Phase], kept: Sequence[int] | None) -> Iterator[list[Value]]:
    branch = _Branch.of(units, kept)
    for i in branch.kept:
        unit, above = units[i], branch.above(i)
        valid, into = _own(unit, above)
        yield [
            with_quotes(unit.id),
            with_quotes(unit.name),
            None if above is None else with_quotes(above.id),
            None if unit.kind is None else with_quotes(unit.kind),
            unit.members,
            _listed(unit.also),
            valid.start,
            valid.end,
            _listed([units[other].id for other in into]),
            *(on.get(phase.id) for phase in phases for on in unit.bases or (unit.quota,)),
        ]


def _own(unit: Unit, above: Unit | None) -> tuple[Window, Sequence[int]]:
    """What of a unit's times and successors is its own, and does not follow from those of the unit above it."""
    if above is None:
        return unit.valid, unit.into
    start = None if unit.valid.start == above.valid.start else unit.valid.start
    if unit.valid.end != above.valid.end:
        return Window(start, unit.valid.end), unit.into
    if unit.into == above.into:
        return Window(start, None), ()
    if unit.into:
        return Window(start, None), unit.into
    # Who ends together with the unit above it has its successors too, unless an end of its own says otherwise.
    end = unit.valid.end
    return Window(start, max(start, end) if start and end else end), ()


def _listed(texts: Sequence[str]) -> str | None:
    """Several texts in one cell, one per line; one that could be taken for several in quotes."""
    apart = (";" in text or text.startswith('"') or with_quotes(text) != text for text in texts)
    quoted = (
        '"' + text.replace('"', '""') + '"' if quotes else text for text, quotes in zip(texts, apart, strict=True)
    )
    return "\n".join(quoted) or None


# --- YAML ----------------------------------------------------------------------------------------------------------


def _yaml_fields(branch: _Branch, i: int, phases: Sequence[Phase], bases: Sequence[Basis]) -> Iterator[str]:
    unit = branch.units[i]
    valid, into = _own(unit, branch.above(i))
    yield f"name: {_scalar(unit.name)}"
    yield f"id: {_scalar(unit.id)}"
    if unit.also:
        yield f"also: [{', '.join(map(_scalar, unit.also))}]"
    if unit.kind is not None:
        yield f"kind: {_scalar(unit.kind)}"
    if unit.members is not None:
        yield f"members: {unit.members}"
    if quotas := [f"{phase.id}: {quota}" for phase in phases if (quota := _yaml_quota(unit, phase.id, bases))]:
        yield f"quota: {{{', '.join(quotas)}}}"
    ends = [f"{key}: {day}" for key, day in (("from", valid.start), ("to", valid.end)) if day is not None]
    if ends:
        yield f"valid: {{{', '.join(ends)}}}"
    if into:
        yield f"into: [{', '.join(_scalar(branch.units[other].id) for other in into)}]"


def _yaml_quota(unit: Unit, phase: str, bases: Sequence[Basis]) -> str:
    """A unit's quota in a phase, on each basis on which it has one; "" without any."""
    if not bases:
        return str(unit.quota[phase]) if phase in unit.quota else ""
    numbers = [f"{basis.id}: {on[phase]}" for basis, on in zip(bases, unit.bases, strict=True) if phase in on]
    return f"{{{', '.join(numbers)}}}" if numbers else ""


def _scalar(text: str) -> str:
    """A text as YAML holds it on one line.

    >>> _scalar("LĐLĐ huyện Đồng Hỷ"), _scalar("007"), _scalar("A: b"), _scalar("no")
    ('LĐLĐ huyện Đồng Hỷ', '"007"', '"A: b"', '"no"')
    """
    if _SAFE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    # A text in JSON is one in YAML, but for some characters.
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text, ensure_ascii=False))

"""An oracle: contract §3 and §4 read word by word, one row at a time, slowly. And writers of small test files.

Nothing of the program's own judging is imported but `fold`, which has tests of its own.
"""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import yaml

from sangkien_cli.text import fold

COUNTS = ""  # the reason of a row that counts


# --- the quota file ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A unit of the tree; nodes stand in tree order."""

    name: str
    parent: int | None = None
    also: tuple[str, ...] = ()
    quota: Mapping[str, int] = field(default_factory=dict)
    id: str | None = None


@dataclass(frozen=True)
class Plan:
    """A quota file whose columns are headed by the names of their fields."""

    nodes: tuple[Node, ...]
    phases: Mapping[str, tuple[date, date]]
    fields: tuple[str, ...] = ("code", "submitted", "status")
    levels: int = 2
    statuses: tuple[str, ...] = ()  # accepted by count.where; () = all
    once_per: str | None = None  # a field or `none`; None = the default
    fixed_phase: str | None = None
    percent: tuple[int, str] = (1, "half-up")
    timezone: str = "Asia/Ho_Chi_Minh"

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns of an export: fields, then unit levels (deepest first), then one that nobody needs."""
        return (*self.fields, *(f"unit {level}" for level in range(self.levels)), "note")

    def yaml(self, files: Sequence[str] = ()) -> str:
        """The quota file."""
        columns: dict[str, object] = {name: name for name in self.fields}
        columns["unit"] = [f"unit {level}" for level in range(self.levels)]
        exports: dict[str, object] = {"columns": columns}
        if files:
            exports["files"] = list(files)
        if self.fixed_phase:
            exports["phase"] = self.fixed_phase
        count: dict[str, object] = {}
        if self.statuses:
            count["where"] = {"status": list(self.statuses)}
        if self.once_per:
            count["once_per"] = self.once_per
        document = {
            "programme": "p",
            "timezone": self.timezone,
            "percent": {"decimals": self.percent[0], "rounding": self.percent[1]},
            "phases": {name: {"from": start, "to": end} for name, (start, end) in self.phases.items()},
            "exports": exports,
            **({"count": count} if count else {}),
            "units": self._units(None),
        }
        return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=10_000)

    def _units(self, parent: int | None) -> list[dict[str, object]]:
        units = []
        for position, node in enumerate(self.nodes):
            if node.parent == parent:
                unit: dict[str, object] = {"name": node.name, "quota": dict(node.quota)}
                unit |= {"id": node.id} if node.id else {}
                unit |= {"also": list(node.also)} if node.also else {}
                below = self._units(position)
                unit |= {"units": below} if below else {}
                units.append(unit)
        return units


# --- the verdicts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One data row of an export: where it stands, and its cells by header."""

    file: str
    sheet: str
    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Verdict:
    """What becomes of a row. `also` is a second reason that the contract allows where two sentences both apply."""

    reason: str
    unit: int | None
    phase: str | None
    count: int = 1
    also: str | None = None


def judge(plan: Plan, lines: Sequence[Line], ids: Sequence[str], as_of: date) -> list[Verdict]:
    """The verdict of each row. `ids` are the units' ids in tree order, by which equal codes are ranked."""
    commas = {(line.file, line.sheet) for line in lines if re.fullmatch(r"\d+,\d", line.cells.get("count", "").strip())}
    verdicts = [_alone(plan, line, as_of, dots_group=(line.file, line.sheet) in commas) for line in lines]
    once_per = plan.once_per or ("code" if "code" in plan.fields else "none")
    if once_per == "none":
        return verdicts
    kept: dict[str, int] = {}
    zone = ZoneInfo(plan.timezone)

    def rank(position: int) -> tuple[object, ...]:
        line, unit = lines[position], verdicts[position].unit
        assert unit is not None
        moment = read_date(line.cells.get("submitted", ""), zone)
        return (moment or datetime.max, ids[unit], line.file, line.sheet, line.row)

    able = [position for position, verdict in enumerate(verdicts) if verdict.reason == COUNTS]
    for position in able:
        code = same_code(lines[position].cells[once_per])
        if not code:
            verdicts[position] = Verdict("no-code", verdicts[position].unit, verdicts[position].phase)
        elif code not in kept or rank(position) < rank(kept[code]):
            kept[code] = position
    for position in able:
        code = same_code(lines[position].cells[once_per])
        if code and kept[code] != position:
            verdicts[position] = Verdict("duplicate", verdicts[position].unit, verdicts[position].phase)
    return verdicts


def same_code(text: str) -> str:
    """What makes two codes one: all but case, invisible characters and superfluous white space."""
    return " ".join(text.replace("\u200b", "").split()).upper()


def _alone(plan: Plan, line: Line, as_of: date, *, dots_group: bool) -> Verdict:
    """A row's verdict without regard to other rows.

    Where a column has decimal commas, its dots group thousands: there 5.091 is five thousand and ninety-one.
    """
    cells = line.cells
    if plan.statuses and fold(cells["status"]) not in {fold(status) for status in plan.statuses}:
        return Verdict("filtered", None, None)
    reason, unit, also = find_unit(plan.nodes, [cells[f"unit {level}"] for level in range(plan.levels)])
    if reason:
        return Verdict(reason, None, None, also=also)
    reason, phase = _when(plan, cells, as_of)
    if reason:
        return Verdict(reason, unit, None)
    count = cells.get("count", "1").strip()
    if dots_group and re.fullmatch(r"\d{1,3}(\.\d{3})+", count):
        count = count.replace(".", "")
    if not (count.isascii() and count.isdigit()):
        return Verdict("bad-count", unit, phase)
    return Verdict(COUNTS, unit, phase, int(count))


def _when(plan: Plan, cells: Mapping[str, str], as_of: date) -> tuple[str, str | None]:
    """The reason that a row's date gives, or COUNTS and its phase."""
    moment = read_date(cells.get("submitted", ""), ZoneInfo(plan.timezone))
    dates_decide = "submitted" in plan.fields and "phase" not in plan.fields
    phase = plan.fixed_phase
    if "phase" in plan.fields:
        phase = next((name for name in plan.phases if fold(name) == fold(cells["phase"])), None)
    elif dates_decide and moment:
        inside = (name for name, (start, end) in plan.phases.items() if start <= moment.date() <= end)
        phase = next(inside, None)
    rules = (
        ("no-date", dates_decide and not cells["submitted"].strip()),
        ("bad-date", dates_decide and moment is None),
        ("after-as-of", moment is not None and moment.date() > as_of),
        ("outside-phases", phase is None),
    )
    return next((reason for reason, applies in rules if applies), COUNTS), phase


def find_unit(nodes: Sequence[Node], texts: Sequence[str]) -> tuple[str, int | None, str | None]:
    """The unit that names mean, deepest first: its reason (or COUNTS), its position, a second reason allowed.

    The last: where a name stands in the tree twice and lies with another in no branch, the contract's sentences for
    `ambiguous-unit` and for `conflicting-units` both apply.
    """
    names = [fold(text) for text in texts]
    places = [[i for i, node in enumerate(nodes) if name and name in _names(node)] for name in names]
    if not any(names):
        return "no-unit", None, None
    if not any(places):
        return "unknown-unit", None, None
    deepest = next(level for level, found in enumerate(places) if found)
    if any(name and not found for name, found in zip(names[deepest:], places[deepest:], strict=True)):
        return "unknown-unit", None, None
    meant: list[int] = []  # the units that the levels read so far may mean, from the highest level down
    for named in reversed([found for found in places if found]):
        if not meant:
            meant = named
        elif below := [unit for unit in named if any(above in _lineage(nodes, unit)[1:] for above in meant)]:
            meant = below
        elif known := [unit for unit in meant if any(above in _lineage(nodes, unit) for above in named)]:
            meant = known
        else:
            repeated = any(len(found) > 1 for found in places)
            return "conflicting-units", None, "ambiguous-unit" if repeated else None
    return ("ambiguous-unit", None, None) if len(meant) > 1 else (COUNTS, meant[0], None)


def _names(node: Node) -> set[str]:
    return {fold(name) for name in (node.name, *node.also)}


def _lineage(nodes: Sequence[Node], unit: int) -> list[int]:
    """The unit and those above it."""
    parent = nodes[unit].parent
    return [unit] if parent is None else [unit, *_lineage(nodes, parent)]


def read_date(text: str, zone: ZoneInfo) -> datetime | None:
    """The forms of §4, by Python's own readers."""
    text = " ".join(text.split())
    if text.endswith(" 24:00"):
        day = read_date(text.removesuffix(" 24:00"), zone)
        return day + timedelta(days=1, microseconds=-1) if day else None
    for mark in "/.-":
        for time in ("", " %H:%M", " %H:%M:%S"):
            try:
                return datetime.strptime(text, f"%d{mark}%m{mark}%Y{time}")
            except ValueError:
                continue
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def tally(plan: Plan, verdicts: Iterable[Verdict]) -> dict[tuple[int, str], tuple[int, int]]:
    """For each unit and phase, and `all`: done with everything below, and direct."""
    direct = {(unit, phase): 0 for unit in range(len(plan.nodes)) for phase in (*plan.phases, "all")}
    done = dict(direct)
    for verdict in verdicts:
        if verdict.reason == COUNTS:
            assert verdict.unit is not None
            assert verdict.phase is not None
            for phase in (verdict.phase, "all"):
                direct[verdict.unit, phase] += verdict.count
                for unit in _lineage(plan.nodes, verdict.unit):
                    done[unit, phase] += verdict.count
    return {key: (done[key], direct[key]) for key in direct}


# --- writers ----------------------------------------------------------------------------------------------------


def csv_bytes(
    rows: Iterable[Sequence[str]], delimiter: str = ",", newline: str = "\n", bom: bool = False, quote_all: bool = False
) -> bytes:
    """Rows as CSV."""
    out = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    for row in rows:
        line = io.StringIO(newline="")
        # With \r\n as its terminator the writer quotes every cell that holds either.
        csv.writer(line, delimiter=delimiter, lineterminator="\r\n", quoting=quoting).writerow(row)
        out.write(line.getvalue().removesuffix("\r\n") + newline)
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def sheet_xml(rows: str, dimension: str = "") -> str:
    """A worksheet around the XML of its rows."""
    size = f'<dimension ref="{dimension}"/>' if dimension else ""
    return f'<worksheet xmlns="{_MAIN}">{size}<sheetData>{rows}</sheetData></worksheet>'


def text_cell(reference: str, text: str) -> str:
    """An inline text cell."""
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def text_row(number: int, *texts: str) -> str:
    """A row of inline text cells from column A on."""
    cells = "".join(text_cell(f"{chr(65 + i)}{number}", text) for i, text in enumerate(texts) if text)
    return f'<row r="{number}">{cells}</row>'


def write_package(
    path: Path, sheets: Mapping[str, str], strings: str | None = None, styles: str | None = None, book: str = ""
) -> Path:
    """A workbook from the XML of its sheets, by name; `book` goes into the workbook before its sheets."""
    relations = [("worksheet", f"s{i}.xml") for i in range(1, len(sheets) + 1)]
    parts = {f"xl/s{i}.xml": xml for i, xml in enumerate(sheets.values(), start=1)}
    for kind, xml in (("sharedStrings", strings), ("styles", styles)):
        if xml is not None:
            relations.append((kind, f"{kind}.xml"))
            parts[f"xl/{kind}.xml"] = xml
    listed = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{i}" r:id="r{i}"/>'
        for i, name in enumerate(sheets, start=1)
    )
    related = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(relations, start=1)
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", CONTENT_TYPES)
        top = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        package.writestr("_rels/.rels", _RELATIONS.format(top))
        package.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{book}<sheets>{listed}</sheets></workbook>',
        )
        package.writestr("xl/_rels/workbook.xml.rels", _RELATIONS.format(related))
        for name, xml in parts.items():
            package.writestr(name, xml)
    return path


def damage(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some of them changed, cut off behind a place, or with a piece doubled."""
    copy = bytearray(data)
    at = chance.randrange(len(copy))
    match chance.randrange(3):
        case 0:
            for _ in range(chance.choice((1, 3, 30))):
                copy[chance.randrange(len(copy))] = chance.randrange(256)
        case 1:
            del copy[at:]
        case _:
            copy[at:at] = copy[at : at + chance.randrange(2000)]
    return bytes(copy)

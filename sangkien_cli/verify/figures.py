"""What two versions of a document say otherwise, figure by figure: JSON, CSV, text, workbooks."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from sangkien_cli.documents.order import dialect
from sangkien_cli.lang import Lang
from sangkien_cli.model import Config

# The parts of JSON that say where the figures come from, and not which they are.
_OF_ORIGIN = (
    "inputs",
    "config",
    "tool",
    "libraries",
    "command",
    "options",
    "fingerprints",
    "ledger",
    "compared",
    "source",
)
_KEYS = ("id", "unit", "phase", "value", "start", "period", "name")  # what an entry of a list is known by
_OWN_KEYS = {"claims": ("id",), "rows": ("file", "sheet", "row"), "files": ("file", "sheet")}
_OF_UNITS = ("units", "targets", "lists", "children")
_LINES = {"audit": "claims", "explain": "rows"}  # what the lines of a CSV are, by command; else units
_SHOWN = 100  # letters of a text


TOLD = ("json", "csv", "text", "md", "xlsx")  # formats of which `figure_changes` tells what differs


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A line of a document that says something else: what it is of, and its fields then and now."""

    part: str  # of a JSON document; "" in other formats
    unit: str | None  # an id
    phase: str | None
    place: str  # where it stands, for a line of neither: `rows`, `line 12`, `Sheet1 D4`
    fields: tuple[tuple[str, str | None, str | None], ...]  # name, then, now; None = it was, or is, not there


def figure_changes(
    then: bytes, now: bytes, command: str, options: Mapping[str, object], config: Config | None
) -> tuple[FigureChange, ...]:
    """The lines that differ; () where nothing can be told but that the bytes differ."""
    lang: Lang = "vi" if options.get("lang", None if config is None else config.lang) == "vi" else "en"
    match options.get("format"):
        case "json":
            return tuple(_of_json(then, now))
        case "csv":
            delimiter = dialect(lang, excel=options.get("excel") is True).delimiter
            return tuple(_of_csv(then, now, delimiter, _LINES.get(command)))
        case "text" | "md":
            return tuple(_of_text(then, now))
        case "xlsx":
            return tuple(_of_workbook(then, now))
    return ()


def _of_json(then: bytes, now: bytes) -> Iterator[FigureChange]:
    try:
        before, after = json.loads(then), json.loads(now)
    except (ValueError, RecursionError):
        return
    for part in dict.fromkeys([*before, *after]):
        if part not in _OF_ORIGIN and before.get(part) != after.get(part):
            for change in _of_part(part, before.get(part), after.get(part)):
                if part != "phases" or "figure" not in before or change.phase != before.get("phase"):
                    yield _of_its_unit(change, before)


def _of_its_unit(change: FigureChange, document: Mapping[str, object]) -> FigureChange:
    """A change of the figure of an explanation, or of one of its phases, with the unit that it is of."""
    match document, change.part:
        case {"unit": {"id": str(unit)}, "phase": str(phase)}, "figure":
            return replace(change, unit=unit, phase=phase, place="")
        case {"unit": {"id": str(unit)}}, "phases":
            return replace(change, unit=unit, place="")
    return change


def _of_part(part: str, then: object, now: object) -> Iterator[FigureChange]:
    one, two = (_entries(each, _OWN_KEYS.get(part, _KEYS)) for each in (then, now))
    for key in dict.fromkeys([*one, *two]):
        fields = tuple(_fields(one.get(key), two.get(key)))
        if not fields:
            continue
        entry = one.get(key) or two.get(key) or {}
        unit = entry.get("unit") if isinstance(entry.get("unit"), str) else entry.get("id")
        phase = entry.get("phase")
        named = isinstance(unit, str) and part in _OF_UNITS
        place = "" if named else _place(part, key[:-1])
        yield FigureChange(part, str(unit) if named else None, None if phase is None else str(phase), place, fields)


def _place(part: str, key: Sequence[str]) -> str:
    match part, key:
        case "rows", [file, sheet, row]:
            return f"{file} [{sheet}]:{row}" if sheet else f"{file}:{row}"
        case "files", [file, sheet]:
            return f"{file} [{sheet}]" if sheet else file
        case "claims", [claim]:
            return claim
    return " ".join([part, *key])


def _entries(part: object, keys: Sequence[str]) -> dict[tuple[str, ...], Mapping[str, object]]:
    """The entries of a list by what they are known by, with their number among those alike; anything else is one."""
    if not isinstance(part, list):
        return {} if part is None else {("",): part if isinstance(part, Mapping) else {"": part}}
    found: dict[tuple[str, ...], Mapping[str, object]] = {}
    for number, each in enumerate(part):
        entry = each if isinstance(each, Mapping) else {"": each}
        if keys is _KEYS:
            key = tuple(str(entry[name]) for name in keys if isinstance(entry.get(name), str)) or (str(number),)
        else:
            key = tuple(str(entry.get(name) or "") for name in keys)
        nth = 0
        while (*key, str(nth)) in found:
            nth += 1
        found[(*key, str(nth))] = entry
    return found


def _fields(
    then: Mapping[str, object] | None, now: Mapping[str, object] | None
) -> Iterator[tuple[str, str | None, str | None]]:
    one, two = ({} if each is None else dict(_flat(each)) for each in (then, now))
    if then is None or now is None:  # a line that is new, or gone: that is what there is to say
        yield "", None if then is None else _shown(one), None if now is None else _shown(two)
        return
    for name in dict.fromkeys([*one, *two]):
        if one.get(name) != two.get(name):
            yield name, _text(one[name]) if name in one else None, _text(two[name]) if name in two else None


def _flat(entry: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in entry.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _shown(entry: Mapping[str, object]) -> str:
    return _text(", ".join(f"{name} {_text(value)}" for name, value in entry.items() if value is not None))


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _of_csv(then: bytes, now: bytes, delimiter: str, lines: str | None) -> Iterator[FigureChange]:
    one, two = (_records(each, delimiter) for each in (then, now))
    if lines is not None:
        yield from _of_part(lines, one, two)
        return
    yield from _of_part("units", one, two) if one and "id" in one[0] else _of_part("lines", one, two)


def _records(data: bytes, delimiter: str) -> list[dict[str, object]]:
    text = io.StringIO(data.decode("utf-8-sig", "replace"), newline="")
    rows = [*csv.reader(text, delimiter=delimiter)]
    if not rows:
        return []
    head, *lines = rows
    return [dict(zip_longest(head, line[: len(head)], fillvalue="")) for line in lines]


def _of_text(then: bytes, now: bytes) -> Iterator[FigureChange]:
    one, two = (each.decode("utf-8", "replace").splitlines() for each in (then, now))
    for _, a, b, c, d in _differing(one, two):
        for number, (before, after) in enumerate(zip_longest(one[a:b], two[c:d]), start=a + 1):
            yield FigureChange("", None, None, str(number), (("", *_both(before, after)),))


def _both(then: str | None, now: str | None) -> tuple[str | None, str | None]:
    return None if then is None else _text(then.strip()), None if now is None else _text(now.strip())


def _of_workbook(then: bytes, now: bytes) -> Iterator[FigureChange]:
    one, two = _sheets(then), _sheets(now)
    for sheet in dict.fromkeys([*one, *two]):
        yield from _of_sheet(sheet, one.get(sheet, []), two.get(sheet, []))


Cells = tuple[tuple[str, str], ...]  # of a row: the letters of their columns, and their texts


def _of_sheet(sheet: str, then: Sequence[Cells], now: Sequence[Cells]) -> Iterator[FigureChange]:
    """Cells that differ; where rows were put in or taken out, these, and not all that they moved."""
    for _, a, b, c, d in _differing(then, now):
        for number, (before, after) in enumerate(zip_longest(then[a:b], now[c:d]), start=1):
            row = c + number if before is None else a + number
            one, two = dict(before or ()), dict(after or ())
            if (before is None or after is None) and len(one | two) > 1:
                yield FigureChange("", None, None, f"[{sheet}] {row}", (("", _line(before), _line(after)),))
                continue
            for column in dict.fromkeys([*one, *two]):
                if one.get(column) != two.get(column):
                    place = f"[{sheet}] {column}{row}"
                    yield FigureChange("", None, None, place, (("", one.get(column), two.get(column)),))


def _differing(then: Sequence[object], now: Sequence[object]) -> Iterator[tuple[str, int, int, int, int]]:
    """Where two sequences differ, as `SequenceMatcher.get_opcodes`."""
    opcodes = SequenceMatcher(None, then, now, autojunk=False).get_opcodes()
    return (each for each in opcodes if each[0] != "equal")


def _line(cells: Cells | None) -> str | None:
    return None if cells is None else _text(", ".join(text for _, text in cells))


def _sheets(data: bytes) -> dict[str, list[Cells]]:
    """The rows of a workbook's sheets; none if it is no workbook."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it cannot keep: nothing is written back
            book = load_workbook(io.BytesIO(data))
    except Exception:  # whatever a damaged package makes the library raise
        return {}
    return {sheet.title: [_cells(row) for row in sheet.iter_rows()] for sheet in book.worksheets}


def _cells(row: Iterable[Any]) -> Cells:
    """The texts of cells; where one leads, if it is a link."""
    found = []
    for cell in row:
        if cell.value is not None:
            link = getattr(cell, "hyperlink", None)
            leads = "" if link is None else f" ({link.target}#{link.location or ''}".rstrip("#") + ")"
            found.append((cell.column_letter, _text(str(cell.value)) + leads))
    return tuple(found)

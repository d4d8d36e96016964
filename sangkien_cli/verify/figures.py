"""What two versions of a document say otherwise, figure by figure: JSON, CSV, text, workbooks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from sangkien_cli.documents.order import dialect
from sangkien_cli.lang import Lang
from sangkien_cli.model import Config

# The parts of JSON that say where the figures come from, and not which they are.
_OF_ORIGIN = ("inputs", "config", "tool", "libraries", "command", "options", "fingerprints", "ledger", "compared")
_KEYS = ("id", "unit", "phase", "value", "start", "period", "name")  # what an entry of a list is known by
_SHOWN = 100  # letters of a text


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A line of a document that says something else: what it is of, and its fields then and now."""

    part: str  # of a JSON document; "" in other formats
    unit: str | None  # an id
    phase: str | None
    place: str  # where it stands, for a line of neither: `rows`, `line 12`, `Sheet1 D4`
    fields: tuple[tuple[str, str | None, str | None], ...]  # name, then, now; None = it was, or is, not there


def figure_changes(then: bytes, now: bytes, options: Mapping[str, object], config: Config) -> tuple[FigureChange, ...]:
    """The lines that differ; () where nothing can be told but that the bytes differ."""
    lang: Lang = "vi" if options.get("lang", config.lang) == "vi" else "en"
    match options.get("format"):
        case "json":
            return tuple(_of_json(then, now))
        case "csv":
            delimiter = dialect(lang, excel=options.get("excel") is True).delimiter
            return tuple(_of_csv(then, now, delimiter))
        case "text":
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
            yield from _of_part(part, before.get(part), after.get(part))


def _of_part(part: str, then: object, now: object) -> Iterator[FigureChange]:
    one, two = _entries(then), _entries(now)
    for key in dict.fromkeys([*one, *two]):
        fields = tuple(_fields(one.get(key), two.get(key)))
        if not fields:
            continue
        entry = one.get(key) or two.get(key) or {}
        unit = entry.get("unit") if isinstance(entry.get("unit"), str) else entry.get("id")
        phase = entry.get("phase")
        named = isinstance(unit, str) and part in ("units", "targets", "lists")
        place = "" if named else " ".join([part, *key[:-1]])
        yield FigureChange(part, str(unit) if named else None, None if phase is None else str(phase), place, fields)


def _entries(part: object) -> dict[tuple[str, ...], Mapping[str, object]]:
    """The entries of a list by what they are known by, with their number among those alike; anything else is one."""
    if not isinstance(part, list):
        return {} if part is None else {("",): part if isinstance(part, Mapping) else {"": part}}
    found: dict[tuple[str, ...], Mapping[str, object]] = {}
    for number, each in enumerate(part):
        entry = each if isinstance(each, Mapping) else {"": each}
        key = tuple(str(entry[name]) for name in _KEYS if isinstance(entry.get(name), str)) or (str(number),)
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


def _of_csv(then: bytes, now: bytes, delimiter: str) -> Iterator[FigureChange]:
    one, two = (_records(each, delimiter) for each in (then, now))
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
    for kind, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for number, (before, after) in enumerate(zip_longest(one[a:b], two[c:d]), start=a + 1):
            yield FigureChange("", None, None, str(number), (("", *_both(before, after)),))


def _both(then: str | None, now: str | None) -> tuple[str | None, str | None]:
    return None if then is None else _text(then.strip()), None if now is None else _text(now.strip())


def _of_workbook(then: bytes, now: bytes) -> Iterator[FigureChange]:
    one, two = _cells(then), _cells(now)
    for place in dict.fromkeys([*one, *two]):
        if one.get(place) != two.get(place):
            yield FigureChange("", None, None, place, (("", one.get(place), two.get(place)),))


def _cells(data: bytes) -> dict[str, str]:
    """The texts of a workbook's cells by their places; none if it is no workbook."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data))
    except Exception:  # whatever a damaged package makes the library raise
        return {}
    rows: Sequence[tuple[str, object]] = [
        (f"[{sheet.title}] {cell.coordinate}", cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    return {place: _text(str(value)) for place, value in rows}

"""Rows that go back to be mended: a workbook for each unit, and the summary as workbook, text and JSON."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from sangkien_cli.arrays import take
from sangkien_cli.intake import Sheet
from sangkien_cli.lang import Lang, phrase, whole, words
from sangkien_cli.model import UNIT, Reason, Report, Unit
from sangkien_cli.render.columns import left, right, widest, wrapped
from sangkien_cli.render.document import Origin, compact, document, listed, provenance
from sangkien_cli.render.file_names import RESERVED, is_device
from sangkien_cli.render.origin import properties
from sangkien_cli.render.workbook import Column, Marked, Table, Value, workbook
from sangkien_cli.returns import Batch, Line, Returns
from sangkien_cli.sheets.source import FORMULA
from sangkien_cli.text import fold, tidy

SCHEMA = "sangkien.returns/1"  # of the JSON, and what the workbooks say of themselves
ENDING = ".xlsx"

# --- names of files -------------------------------------------------------------------------------------------------

_LONGEST = 180  # bytes of a name: there must be room for the ending, and for the program's own while it writes


def file_names(returned: Returns, lang: Lang) -> list[str]:
    """The name of each batch's file: its unit's, made safe; with its id where another unit's name looks the same.

    A unit has the same name in every run: all units that may get a file are looked at, not only those that do.
    """
    units = returned.config.units
    own = {i: _safe(unit.name) for i, unit in enumerate(units) if unit.depth <= returned.depth}
    kept = [summary_name(lang), nowhere_name(lang)]
    often = Counter(fold(name) for name in (*own.values(), *(name.removesuffix(ENDING) for name in kept)))
    taken = {name.casefold() for name in kept}
    names: dict[int, str] = {}
    for i, name in own.items():
        alone = [name] if fold(name) and often[fold(name)] == 1 else []
        further = (_with(name, f"{number} {units[i].id}") for number in itertools.count(2))
        stems = itertools.chain(alone, [_with(name, units[i].id)], further)
        names[i] = next(file for stem in stems if (file := f"{stem}{ENDING}").casefold() not in taken)
        taken.add(names[i].casefold())
    return [nowhere_name(lang) if batch.unit is None else names[batch.unit] for batch in returned.batches]


def summary_name(lang: Lang) -> str:
    """The name of the summary's file."""
    return f"{phrase('returns.summary_file', lang)}{ENDING}"


def nowhere_name(lang: Lang) -> str:
    """The name of the file of the rows that lead to no unit."""
    return f"{phrase('returns.nowhere', lang)}{ENDING}"


def _safe(name: str, longest: int = _LONGEST) -> str:
    """A name that Windows takes, and every other system: NFC, no reserved signs, no blank or dot at its end."""
    plain = " ".join(RESERVED.sub(" ", tidy(name)).split())
    cut = plain.encode()[:longest].decode("utf-8", "ignore").strip(" .")
    return f"_{cut}" if is_device(cut) else cut


def _with(name: str, addition: str) -> str:
    added = _safe(addition, _LONGEST // 2)
    room = _LONGEST - len(f" ({added})".encode())
    return f"{_safe(name, room)} ({added})".strip()


def render_workbooks(returned: Returns, report: Report, lang: Lang, origin: Origin | None = None) -> dict[str, bytes]:
    """Every list and the summary, by the names of their files, the origin in the properties of each."""

    def told(name: str) -> Mapping[str, str]:
        return {} if origin is None else properties(origin, name)

    lists = zip(file_names(returned, lang), returned.batches, strict=True)
    workbooks = {name: render_list(returned, batch, lang, told(name)) for name, batch in lists}
    summary = summary_name(lang)
    return {**workbooks, summary: render_summary(returned, report, lang, told(summary))}


# --- a unit's list --------------------------------------------------------------------------------------------------

_MOST_ROWS = 1_000_000  # of a sheet; Excel itself ends at 1,048,576
_NUMBER, _WHAT, _FILE, _SHEET, _ROW = 5, 38, 16, 10, 7  # widths of the first columns, and at most of the row's own
_WIDEST = {
    "title": 28, "author": 15, "field": 14, "recognition": 15, "benefit": 14, "status": 11, "phase": 12, "code": 14,
    "submitted": 12, "applied": 12, "count": 8,
}  # fmt: skip
_WIDEST_UNIT = 22
_NARROWEST = 7
_DATED = ("submitted", "applied")
_NUMBERS = ("benefit", "count")
_BULLET = "• "


def render_list(returned: Returns, batch: Batch, lang: Lang, told: Mapping[str, str] | None = None) -> bytes:
    """The workbook of one batch: a row for each line, what is to be mended in it in words and in colour.

    `told` is put into its properties.
    """
    columns = _fields(returned, batch)
    programme, number = returned.config.programme, len(batch.lines)
    notes = [
        phrase("returns.list_about", lang, programme=programme, day=returned.as_of, rows=number),
        phrase("returns.list_do" if batch.unit is not None else "returns.list_do_nowhere", lang),
        phrase("returns.list_places", lang),
        "",
    ]
    title = phrase("returns.list_title", lang, unit=_full_name(returned, batch, lang))
    tables = []
    for start in range(0, len(batch.lines), _MOST_ROWS):
        rows = list(_rows(returned, batch.lines[start : start + _MOST_ROWS], columns, start, lang))
        heads = [Column(*head) for head in zip(_heads(columns, lang), _widths(columns, rows), strict=True)]
        sheet = phrase("returns.list_sheet", lang)
        tables.append(Table(sheet, heads, rows, notes, title=title, ruled=True, frozen=2))
    return workbook(tables, SCHEMA, told)


@dataclass(frozen=True, slots=True)
class _Field:
    """A column of the row's own."""

    name: str
    title: str


def _fields(returned: Returns, batch: Batch) -> list[_Field]:
    """The rows' own columns, under the titles and in the order of the sheet that most of them come from."""
    sheets = _sheets(returned, batch.lines)
    marked = {column for line in batch.lines for mending in line.mendings for column in mending.columns}
    titles: dict[str, str] = {}
    for sheet in sheets:
        for name in sorted(sheet.header.titles, key=sheet.header.positions.__getitem__):
            titles.setdefault(name, sheet.header.titles[name])
    for name in returned.exports.texts:
        if name in marked:
            titles.setdefault(name, returned.named(name))
    return [_Field(name, title) for name, title in titles.items()]


def _sheets(returned: Returns, lines: Sequence[Line]) -> list[Sheet]:
    """The sheets that rows come from, those of most rows first."""
    exports = returned.exports
    often = Counter(exports.sheet[[line.row for line in lines]].tolist())
    return [exports.sheets[at] for at in sorted(often, key=lambda at: (-often[at], at))]


def _heads(columns: Sequence[_Field], lang: Lang) -> list[str]:
    keys = ("returns.number", "returns.what", "returns.file", "returns.sheet", "returns.row")
    return [*(phrase(key, lang) for key in keys), *(column.title for column in columns)]


def _rows(
    returned: Returns, lines: Sequence[Line], columns: Sequence[_Field], start: int, lang: Lang
) -> Iterator[list[Value | Marked]]:
    exports = returned.exports
    positions = np.array([line.row for line in lines], dtype=np.int64)
    held = [_held(returned, column.name, positions) for column in columns]
    for number, line in enumerate(lines):
        sheet = exports.sheets[exports.sheet[line.row]]
        marked = {column for mending in line.mendings for column in mending.columns}
        values: list[Value | Marked] = [start + number + 1, _what(line, lang), sheet.file, sheet.name]
        place = int(exports.row[line.row])
        values.append(place if marked else Marked(place))  # where no cell is to blame, the row is
        for column, texts in zip(columns, held, strict=True):
            value = _value(column.name, texts[number])
            values.append(Marked(value) if column.name in marked else value)
        yield values


def _held(returned: Returns, column: str, rows: np.ndarray) -> list[str]:
    """The texts of a column in some rows; a formula without a result leaves a blank to be filled."""
    texts: list[str] = take(returned.exports.texts[column], rows).to_pylist()
    if column in returned.config.summed.union(returned.config.required):
        return ["" if text == FORMULA else text for text in texts]
    return texts


def _what(line: Line, lang: Lang) -> str:
    said = [words(mending.words, lang) for mending in line.mendings]
    return said[0] if len(said) == 1 else "\n".join(f"{_BULLET}{each}" for each in said)


def _value(column: str, text: str) -> Value:
    """A cell as it stood in the export: a date or an amount that was one is one again."""
    if column in _DATED and re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        if " " not in text:
            return moment.date()
        return moment.strftime("%d/%m/%Y %H:%M:%S").removesuffix(":00")
    if column in _NUMBERS and re.fullmatch(r"0|[1-9][0-9]{0,14}", text):
        return int(text)
    return text


def _widths(columns: Sequence[_Field], rows: Sequence[Sequence[Value | Marked]]) -> list[int]:
    """The row's own columns as wide as what they hold, up to what fits on a page."""
    first = [_NUMBER, _WHAT, _FILE, _SHEET, _ROW]
    widths = []
    for at, column in enumerate(columns, start=len(first)):
        most = _WIDEST_UNIT if column.name.startswith(UNIT) else _WIDEST[column.name]
        word = max(map(len, column.title.split()), default=0)
        widths.append(min(max(_longest(rows, at), word, _NARROWEST) + 2, most))
    return [*first, *widths]


def _longest(rows: Sequence[Sequence[Value | Marked]], at: int) -> int:
    """How many letters the longest text of a column has."""
    return max((_length(row[at]) for row in rows), default=0)


def _length(value: Value | Marked) -> int:
    plain = value.value if isinstance(value, Marked) else value
    match plain:
        case None:
            return 0
        case date():
            return 10
    return len(str(plain))


# --- the summary ----------------------------------------------------------------------------------------------------

_WIDTH = 80
_WIDEST_NAME = 34
_KEPT = "\u00a0"  # a blank at which no line ends
_KINDS = {
    "unreadable": "returns.unreadable",
    "no-unit": "returns.kind_no_unit",
    "unknown-unit": "returns.kind_unknown",
    "ambiguous-unit": "returns.kind_ambiguous",
    "conflicting-units": "returns.kind_conflicting",
    "ended-unit": "returns.kind_ended",
    "no-date": "returns.kind_no_date",
    "bad-date": "returns.kind_bad_date",
    "bad-count": "returns.kind_bad_count",
    "no-code": "returns.kind_no_code",
    "duplicate": "returns.kind_duplicate",
}


def render_summary(returned: Returns, report: Report, lang: Lang, told: Mapping[str, str] | None = None) -> bytes:
    """A workbook with a row for each list: how many rows are in it, and how many need each kind of mending."""
    kinds = returned.kinds
    rows: list[list[Value]] = []
    for number, (batch, file) in enumerate(zip(returned.batches, file_names(returned, lang), strict=True), start=1):
        often = batch.kinds
        name = _full_name(returned, batch, lang)
        rows.append([number, name, file, len(batch.lines), *(often[kind] or None for kind in kinds)])
    if rows:
        total = _total(returned)
        rows.append([None, phrase("returns.total", lang), None, returned.rows, *(total[kind] for kind in kinds)])
    heads = [phrase(key, lang) for key in ("returns.number", "column.unit", "returns.file", "returns.rows")]
    widths = (_NUMBER, min(_longest(rows, 1) + 2, _WIDEST_NAME), min(_longest(rows, 2) + 2, _WIDEST_NAME), 9)
    columns = [Column(head, max(width, _NARROWEST)) for head, width in zip(heads, widths, strict=True)]
    columns += [Column(_kind(returned, kind, lang), 11) for kind in kinds]
    notes = [*_about(returned, report, lang), ""]
    sheet = phrase("returns.summary_sheet", lang)
    title = phrase("returns.title", lang, day=returned.as_of)
    return workbook([Table(sheet, columns, rows, notes, title=title, ruled=True, frozen=2)], SCHEMA, told)


def render_returns_text(returned: Returns, report: Report, lang: Lang, width: int = _WIDTH) -> str:
    """A line for each list, how many rows are in it, and what is to be mended in how many."""
    titles = (returned.config.programme, phrase("returns.title", lang, day=returned.as_of))
    blocks = [[line for title in titles for line in wrapped(title, width)]]
    if returned.batches:
        blocks.append(_lines(returned, lang, width))
    notes = _about(returned, report, lang)[1:]
    if Reason.UNKNOWN_UNIT.value in returned.kinds:
        notes.append(phrase("returns.learn", lang))
    blocks.append([line for note in notes for line in wrapped(note, width, more="  ")])
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def _lines(returned: Returns, lang: Lang, width: int) -> list[str]:
    heads = (phrase("column.unit", lang), phrase("returns.rows", lang), phrase("returns.what", lang))
    cells = [(_full_name(returned, batch, lang), len(batch.lines), batch.kinds) for batch in returned.batches]
    cells.append((phrase("returns.total", lang), returned.rows, _total(returned)))
    name = min(widest([heads[0], *(each for each, _, _ in cells)]), width * _WIDEST_NAME // _WIDTH)
    rows = widest([heads[1], *(whole(number, lang) for _, number, _ in cells)])
    what = max(width - name - rows - 4, widest([heads[2]]))
    lines = [f"{left(heads[0], name)}  {right(heads[1], rows)}  {heads[2]}"]
    for unit, number, often in cells:
        names = wrapped(unit, name, more="  ")
        counts = [line.replace(_KEPT, " ") for line in wrapped(_counts(returned, often, lang, what), what)]
        for at in range(max(len(names), len(counts))):
            first = names[at] if at < len(names) else ""
            figure = whole(number, lang) if at == 0 else ""
            lines.append(f"{left(first, name)}  {right(figure, rows)}  {counts[at] if at < len(counts) else ''}")
    return lines


def _total(returned: Returns) -> Counter[str]:
    """How many rows of all lists need each kind of mending."""
    return sum((batch.kinds for batch in returned.batches), Counter())


def _counts(returned: Returns, often: Counter[str], lang: Lang, width: int) -> str:
    """How often each kind occurs; a line is broken within one only where it is wider than a line."""
    counts = [
        phrase("returns.kind", lang, kind=_kind(returned, kind, lang), rows=often[kind])
        for kind in returned.kinds
        if often[kind]
    ]
    return "; ".join(count.replace(" ", _KEPT) if len(count) < width else count for count in counts)


def _about(returned: Returns, report: Report, lang: Lang) -> list[str]:
    """The programme, and how many rows were read and are to be mended."""
    balance = phrase("returns.balance", lang, read=report.rows.read, rows=returned.rows)
    if not returned.batches:
        return [returned.config.programme, phrase("returns.nothing", lang), balance]
    several = any(len(line.mendings) > 1 for batch in returned.batches for line in batch.lines)
    return [returned.config.programme, f"{balance} {phrase('returns.several', lang)}" if several else balance]


def _kind(returned: Returns, kind: str, lang: Lang) -> str:
    """A kind of mending in a few words."""
    if kind == Reason.NO_CODE.value and returned.config.once_per not in (None, "code"):
        return phrase("returns.kind_blank", lang, column=returned.named(str(returned.config.once_per)))
    if kind in _KINDS:
        return phrase(_KINDS[kind], lang)
    start, _, field = kind.partition("-")
    key = "returns.kind_blank" if start == "no" else "returns.kind_bad"
    return phrase(key, lang, column=returned.named(field))


def _full_name(returned: Returns, batch: Batch, lang: Lang) -> str:
    """A unit's name; with that of the unit above it where it is no root, nor right under one."""
    if batch.unit is None:
        return phrase("returns.nowhere", lang)
    unit = returned.config.units[batch.unit]
    if unit.parent is None or unit.depth == 1:
        return unit.name
    return phrase("report.under", lang, name=unit.name, parent=returned.config.units[unit.parent].name)


# --- JSON -----------------------------------------------------------------------------------------------------------


def render_returns_json(returned: Returns, report: Report, lang: Lang, origin: Origin | None = None) -> str:
    """The summary, schema `sangkien.returns/1`: an entry for each list. Only the names of the files have a language."""
    entries = [
        _entry(returned, batch, file) for batch, file in zip(returned.batches, file_names(returned, lang), strict=True)
    ]
    return document(
        {
            "schema": compact(SCHEMA),
            "programme": compact(returned.config.programme),
            "as_of": compact(returned.as_of.isoformat()),
            "depth": compact(returned.depth),
            "rows": compact({"read": report.rows.read, "to_mend": returned.rows}),
            "lists": listed(entries),
            **provenance(returned.config, report.inputs, origin),
        }
    )


def _entry(returned: Returns, batch: Batch, file: str) -> Mapping[str, object]:
    """A list; one of rows that lead to no unit has no id."""
    unit: Unit | None = None if batch.unit is None else returned.config.units[batch.unit]
    often = batch.kinds
    return {
        "id": unit and unit.id,
        "name": unit and unit.name,
        "depth": unit and unit.depth,
        "file": file,
        "rows": len(batch.lines),
        "mend": {kind: often[kind] for kind in returned.kinds if often[kind]},
    }

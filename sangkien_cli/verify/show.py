"""What verifying found, in words for staff and auditors, and as JSON (schema `sangkien.verify/1`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, get_args

from sangkien_cli.audit import Verdict as Found
from sangkien_cli.explain import COUNTED
from sangkien_cli.exports import Exports
from sangkien_cli.intake import Sheet
from sangkien_cli.lang import Lang, decimal, phrase, whole
from sangkien_cli.lang import day as day_words
from sangkien_cli.lists import STATUSES
from sangkien_cli.model import ALL, UNIT, Config, Reason
from sangkien_cli.render.columns import wrapped
from sangkien_cli.render.document import TOOL, compact, document, listed
from sangkien_cli.sheets.source import address
from sangkien_cli.verify.cells import CellChange, SheetChange
from sangkien_cli.verify.check import InputChange, SheetFinding, Verdict, ledger_place
from sangkien_cli.verify.figures import TOLD, FigureChange

if TYPE_CHECKING:
    from sangkien_cli.compare.ledgers import Line as LedgerLine

SCHEMA = "sangkien.verify/1"
_CELLS, _FIGURES, _ROWS, _FILES, _NUMBERS, _TEXTS = 10, 6, 5, 10, 8, 5  # listed for people; JSON has them all
_QUOTED = 60
_WIDTH = 80
_FIELDS = {
    "done": "verify.field_done",
    "direct": "verify.field_direct",
    "quota": "verify.field_quota",
    "percent": "verify.field_percent",
    "short": "verify.field_short",
    "status": "verify.field_status",
    "allocated": "verify.field_allocated",
    "rows": "verify.field_rows",
    "read": "verify.field_read",
    "counted": "verify.field_counted",
    "verdict": "verify.field_verdict",
    "data_done": "verify.field_data_done",
    "data_quota": "verify.field_data_quota",
    "data_percent": "verify.field_data_percent",
}
_PARTS = {
    "rows": "verify.rows",
    "read": "verify.rows",
    "direct": "verify.field_direct",
    "reasons": "verify.part_reasons",
    "nowhere": "verify.part_nowhere",
    "elsewhere": "verify.part_elsewhere",
}
_ASIDE = "set_aside."
_PERCENTS = ("percent", "data_percent")


# --- for people --------------------------------------------------------------------------------------------------


def verdict_text(verdict: Verdict, lang: Lang, width: int = _WIDTH) -> str:
    """Identical, or what differs: the inputs, their cells, the figures, the rows; the first few of each."""
    lines: list[str] = []
    for depth, text in _lines(verdict, lang):
        lines += wrapped(text, width, "  " * depth, "  " * (depth + 1))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _lines(verdict: Verdict, lang: Lang) -> Iterator[tuple[int, str]]:
    """The lines, and how deep each is set."""
    record, config = verdict.record, verdict.config
    if verdict.identical:
        *others, last = _sources(verdict, lang)
        sources = phrase("verify.and", lang, others=tuple(others), last=last) if others else last
        yield 0, phrase("verify.identical", lang, file=record.path.name, sources=sources)
        for each in verdict.inputs:
            yield 0, phrase("verify.input_renamed", lang, file=each.file, now=each.now)
        yield from _versions(verdict, lang)
        yield from _ledger(verdict, lang)
        yield from _links(verdict, lang)
        return
    key = "verify.differs"
    if verdict.same:
        key = "verify.other_ledger" if verdict.sources_same else "verify.other_sources"
    yield 0, phrase(key, lang, file=record.path.name)
    if config is None:
        yield 0, phrase("verify.made_alone", lang, command=record.command)
    else:
        yield 0, phrase("verify.made", lang, command=record.command, day=record.as_of, config=str(config.path))
    yield from ((0, text) for text in _whole(verdict, lang))
    yield from _versions(verdict, lang)
    files = len(record.files) + len(record.named)
    if not verdict.inputs:
        rows = sum(each.rows for each in record.inputs)
        key = "verify.inputs_same" if record.inputs else "verify.uncounted_same"
        yield 0, phrase(key, lang, files=files, rows=rows)
    else:
        yield 0, phrase("verify.inputs_changed", lang, changed=len(verdict.inputs), files=files)
        for change in verdict.inputs[:_FILES]:
            yield from _input(change, verdict, lang)
        yield from _more(len(verdict.inputs) - _FILES, 1, lang)
    yield from _figures(verdict, lang)
    yield from _ledger(verdict, lang)
    yield from _links(verdict, lang)


def _whole(verdict: Verdict, lang: Lang) -> Iterator[str]:
    """What is to be said of the document as a whole, and of its quota file."""
    record = verdict.record
    if record.edited:
        yield phrase("verify.edited_digest", lang)
    elif verdict.edited and verdict.figures:
        yield phrase("verify.edited", lang)
    if verdict.impossible is not None:
        option, value = verdict.impossible.option, verdict.impossible.value
        if option in record.named:
            yield phrase("verify.no_file", lang, option=f"--{option}", value=str(value), report=str(record.path))
        else:
            yield phrase("verify.impossible", lang, option=f"--{option}", value=str(value))
    if verdict.changed_config:
        yield phrase("verify.config_changed", lang, files=verdict.changed_config)
    if verdict.gone_config:
        yield phrase("verify.config_gone", lang, files=verdict.gone_config)
    if verdict.config is not None and not (verdict.changed_config or verdict.gone_config):
        yield phrase("verify.config_same", lang)


def _links(verdict: Verdict, lang: Lang) -> Iterator[tuple[int, str]]:
    if verdict.astray:
        yield 0, phrase("verify.links", lang, files=verdict.astray)


def _sources(verdict: Verdict, lang: Lang) -> tuple[str, ...]:
    """What a document was made from."""
    record, config = verdict.record, verdict.config
    rows = sum(each.rows for each in record.inputs)
    counted = [phrase("verify.counted", lang, files=len(record.files), rows=rows)] if record.inputs else []
    own = [] if config is None else [str(config.path)]
    return (*(each.path for each in record.named.values()), *counted, *own)


def _versions(verdict: Verdict, lang: Lang) -> Iterator[tuple[int, str]]:
    if verdict.versions:
        none = phrase("verify.version_none", lang)
        told = tuple(
            phrase("verify.version", lang, name=each.name, then=each.then or none, now=each.now or none)
            for each in verdict.versions
        )
        yield 0, phrase("verify.versions", lang, versions=told)


def _input(change: InputChange, verdict: Verdict, lang: Lang) -> Iterator[tuple[int, str]]:
    match change.kind:
        case "missing" if change.rows_then is None:
            yield 1, phrase("verify.input_gone", lang, file=change.file)
        case "missing":
            yield 1, phrase("verify.input_missing", lang, file=change.file, then=change.rows_then or 0)
        case "new":
            yield 1, phrase("verify.input_new", lang, file=change.file)
        case "renamed":
            yield 1, phrase("verify.input_renamed", lang, file=change.file, now=change.now)
        case "changed" if change.rows_now is None:
            yield 1, phrase("verify.input_changed_only", lang, file=_named(change))
        case "changed":
            counts = {"then": change.rows_then or 0, "now": change.rows_now}
            file = _named(change)
            yield 1, phrase("verify.input_changed", lang, file=file, **counts)
            if not change.sheets:
                yield 2, phrase("verify.cells_same", lang)
            elif all(each.kind == "changed" and each.change is None for each in change.sheets):
                yield 2, phrase("verify.no_fingerprint", lang)
            else:
                for each in change.sheets:
                    yield from ((2, text) for text in _sheet(change.file, each, verdict, lang))


def _named(change: InputChange) -> str:
    return change.file if change.now is None else f"{change.file} → {change.now}"


def _sheet(file: str, finding: SheetFinding, verdict: Verdict, lang: Lang) -> Iterator[str]:
    if finding.kind == "gone":
        yield phrase("verify.sheet_gone", lang, sheet=finding.was or file)
        return
    if finding.kind == "new":
        yield phrase("verify.sheet_new", lang, sheet=finding.sheet or file)
        return
    if finding.was != finding.sheet:
        yield phrase("verify.sheet_renamed", lang, was=finding.was or file, sheet=finding.sheet or file)
    change, sheet = finding.change, _sheet_of(verdict, file, finding.sheet)
    if change is None or sheet is None:
        return
    place = f"[{finding.sheet}]" if finding.sheet else file
    for cell in change.cells[:_CELLS]:
        yield _cell(cell, sheet, verdict.config, lang)
    yield from (text for _, text in _more(len(change.cells) - _CELLS, 0, lang))
    for key, rows in (("verify.added", change.added), ("verify.removed", change.removed)):
        if rows:
            yield phrase(key, lang, sheet=place, number=len(rows), rows=_spans(rows))
    if change.lost:
        told = islice(change.lost.items(), _TEXTS)
        texts = tuple(f"{_title(sheet, verdict.config, name)} “{_quote(text, lang)}”" for name, text in told)
        yield phrase("verify.lost", lang, texts=texts)
    columns = tuple(_title(sheet, verdict.config, name) for name in change.columns or change.missing)
    if change.reordered:
        yield phrase("verify.reordered", lang, sheet=place)
    if change.from_row is not None:
        yield phrase("verify.from_row", lang, sheet=place, row=str(change.from_row), columns=columns)
    if change.missing:
        yield phrase("verify.not_read", lang, sheet=place, columns=columns)


def _cell(cell: CellChange, sheet: Sheet, config: Config | None, lang: Lang) -> str:
    if not cell.column:
        place = phrase("verify.row_place", lang, sheet=sheet.place, row=str(cell.row))
        return phrase("verify.row_unknown", lang, place=place)
    at = {"place": cell_place(sheet, cell), "column": _title(sheet, config, cell.column), "now": _quote(cell.now, lang)}
    if cell.then is None:
        return phrase("verify.cell_unknown", lang, **at)
    return phrase("verify.cell", lang, then=_quote(cell.then, lang), **at)


def cell_place(sheet: Sheet, cell: CellChange) -> str:
    """Where a cell stands now: `a.xlsx [Sheet1] D17`."""
    at = sheet.header.positions.get(cell.column)
    return f"{sheet.place}:{cell.row}" if at is None else f"{sheet.place} {address(cell.row, at)}"


def _sheet_of(verdict: Verdict, file: str, name: str | None) -> Sheet | None:
    if verdict.made is None or verdict.made.counted is None:
        return None
    exports: Exports = verdict.made.counted.judged.exports
    return next((each for each in exports.sheets if each.file == file and each.name == name), None)


def _title(sheet: Sheet | None, config: Config | None, column: str) -> str:
    """What stands above a column."""
    if sheet is not None and column in sheet.header.titles:
        return sheet.header.titles[column]
    if config is None:
        return column
    if column.startswith(UNIT):
        levels = {f"{UNIT}{level}": headers[0] for level, headers in enumerate(config.columns.unit)}
        return levels.get(column, column)
    return next((headers[0] for field, headers in config.columns.fields.items() if field == column), column)


def _quote(text: str, lang: Lang) -> str:
    """A cell's text as people read it: a date as they write it."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return day_words(date.fromisoformat(text), lang)
        except ValueError:
            return text
    plain = " ".join(text.split()) or phrase("verify.cell_blank", lang)
    return plain if len(plain) <= _QUOTED else f"{plain[: _QUOTED - 1]}…"


def _spans(rows: Sequence[int]) -> tuple[str, ...]:
    """Row numbers, those that follow each other as 12–17; the first few."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:_NUMBERS]]
    return (*shown, "…") if len(spans) > _NUMBERS else tuple(shown)


def _more(number: int, depth: int, lang: Lang) -> Iterator[tuple[int, str]]:
    if number > 0:
        yield depth, phrase("verify.more", lang, number=number)


def _figures(verdict: Verdict, lang: Lang) -> Iterator[tuple[int, str]]:
    if verdict.impossible is not None or (verdict.same and not verdict.edited):
        if verdict.same:
            yield 0, phrase("verify.figures_none", lang)
        return
    if not verdict.figures:
        told = verdict.record.options.get("format") in TOLD
        if verdict.sources_same and verdict.edited is None:
            yield 0, phrase("verify.maybe", lang)
        elif verdict.edited:
            yield 0, phrase("verify.resaved" if told else "verify.edited_untold", lang)
        else:
            yield 0, phrase("verify.figures_none" if told else "verify.untold", lang)
        return
    if verdict.sources_same and verdict.edited is None:
        yield 0, phrase("verify.maybe", lang)
    key = "verify.figures_edited" if verdict.edited else "verify.figures"
    yield 0, phrase(key, lang, number=len(verdict.figures))
    for change in verdict.figures[:_FIGURES]:
        yield 1, _figure(change, verdict.config, lang)
    yield from _more(len(verdict.figures) - _FIGURES, 1, lang)


def _figure(change: FigureChange, config: Config | None, lang: Lang) -> str:
    known = [each for each in change.fields if not each[0] or each[0] in _FIELDS or each[0].startswith(_ASIDE)]
    changes = "; ".join(_change(*field, change.part, lang) for field in known or change.fields)
    return phrase("verify.figure", lang, of=_of(change, config, lang), changes=changes)


def _of(change: FigureChange, config: Config | None, lang: Lang) -> str:
    """What a line is of."""
    if change.unit is None:
        if change.place in _PARTS:
            return phrase(_PARTS[change.place], lang)
        return phrase("verify.line", lang, place=change.place) if change.place.isdigit() else change.place
    units = () if config is None else config.units
    unit = next((each.name for each in units if each.id == change.unit), change.unit)
    if change.phase is None:
        return unit
    phase = phrase("verify.whole", lang) if change.phase == ALL else change.phase
    return phrase("verify.figure_of", lang, unit=unit, phase=phase)


def _change(name: str, then: str | None, now: str | None, part: str, lang: Lang) -> str:
    if not name and then is None:
        return phrase("verify.line_new", lang, now=now)
    if not name and now is None:
        return phrase("verify.line_gone", lang, then=then)
    if name.startswith(_ASIDE):
        field = _verdict(name.removeprefix(_ASIDE), lang)
        then, now = then or "0", now or "0"
    elif part == "reasons":
        field = _verdict("" if name == COUNTED else name, lang)
        then, now = then or "0", now or "0"
    else:
        field = phrase(_FIELDS[name], lang) if name in _FIELDS else name
    shown = [_value(name, each, part, lang) for each in (then, now)]
    return phrase("verify.change", lang, field=field, then=shown[0], now=shown[1]).strip()


def _value(name: str, text: str | None, part: str, lang: Lang) -> str:
    if name == "status" and text in STATUSES:
        return phrase(f"status.{text}", lang)
    if name == "verdict" and part == "claims" and text in get_args(Found):
        return phrase(f"audit.verdict.{text}", lang)
    if name == "verdict" and text is not None and part == "rows":
        return _verdict("" if text == COUNTED else text, lang)
    shown = _number(text, lang)
    return f"{shown}%" if name.rpartition(".")[2] in _PERCENTS and text and text[0].isdecimal() else shown


def _number(text: str | None, lang: Lang) -> str:
    if text is None or text == "null":
        return phrase("verify.nothing", lang)
    if re.fullmatch(r"-?[0-9]{1,30}", text):
        return whole(int(text), lang)
    return decimal(text, lang) if re.fullmatch(r"[0-9]{1,30}\.[0-9]+", text) else text


def _ledger(verdict: Verdict, lang: Lang) -> Iterator[tuple[int, str]]:
    if verdict.ledger_state == "none":
        return
    name = ledger_place(verdict.record).name
    if verdict.ledger_state == "absent":
        yield 0, phrase("verify.ledger_absent", lang, file=name)
    if verdict.ledger_state == "other":
        yield 0, phrase("verify.ledger_other", lang, file=name)
    if verdict.ledger_state == "edited":
        yield 0, phrase("verify.ledger_edited", lang, file=name)
    found = verdict.ledger
    if found is None or (verdict.ledger_state == "edited" and found.alike):
        return
    counts = {"changed": found.changed, "gone": found.gone, "new": found.new}
    yield 0, phrase("verify.ledger", lang, file=name, **counts)
    for each in islice(found.differing(), _ROWS):
        line = each.now or each.then
        if line is not None:
            then, now = (_side(side, each.fields, lang) for side in (each.then, each.now))
            yield 1, phrase("verify.ledger_row", lang, place=line.place, then=then, now=now)
    yield from _more(len(found.rows) - _ROWS, 1, lang)


def _side(line: LedgerLine | None, fields: Sequence[str], lang: Lang) -> str:
    """A row as a ledger has it: its verdict, or, where only other fields changed, these."""
    if line is None:
        return phrase("verify.nothing", lang)
    if not {"reason", "unit", "phase"} & set(fields) and fields:
        return ", ".join(_quote(str(getattr(line, name) or ""), lang) for name in fields)
    where = f" ({line.unit}, {line.phase})" if not line.reason else ""
    return _verdict(line.reason, lang) + where


def _verdict(reason: str, lang: Lang) -> str:
    if not reason:
        return phrase("verify.counts", lang)
    return phrase(f"reason.{reason}", lang) if reason in {each.value for each in Reason} else reason


# --- for programs ------------------------------------------------------------------------------------------------


def verdict_json(verdict: Verdict) -> str:
    """Everything that was found."""
    record, now = verdict.record, verdict.config
    report = {
        "path": record.path.name,
        "sha256": hashlib.sha256(record.data).hexdigest(),
        "size": len(record.data),
        "origin": record.where,
        "written_sha256": record.sha256,
    }
    config = None
    if now is not None and record.config is not None:
        config = {
            "path": now.path.name,
            "sha256_then": record.config.sha256,
            "sha256": now.sha256,
            "changed": list(verdict.changed_config),
            "gone": list(verdict.gone_config),
        }
    impossible = verdict.impossible and {"option": verdict.impossible.option, "value": verdict.impossible.value}
    return document(
        {
            "schema": compact(SCHEMA),
            "report": compact(report),
            "command": compact(record.command),
            "as_of": compact(record.as_of and record.as_of.isoformat()),
            "options": compact(record.options),
            "identical": compact(verdict.identical),
            "same_bytes": compact(verdict.same),
            "edited": compact(verdict.edited),
            "config": compact(config),
            "impossible": compact(impossible),
            "inputs": listed(_input_entry(each, verdict) for each in verdict.inputs),
            "figures": listed(map(_figure_entry, verdict.figures)),
            "ledger": compact(_ledger_entry(verdict)),
            "links_astray": compact(list(verdict.astray)),
            "versions": listed({"name": each.name, "then": each.then, "now": each.now} for each in verdict.versions),
            "tool": TOOL,
        }
    )


def _input_entry(change: InputChange, verdict: Verdict) -> Mapping[str, object]:
    return {
        "path": change.file,
        "change": change.kind,
        "now": change.now,
        "rows_then": change.rows_then,
        "rows": change.rows_now,
        "sha256_then": change.sha256_then,
        "sha256": change.sha256_now,
        "sheets": [_sheet_entry(change.file, each, verdict) for each in change.sheets],
    }


def _sheet_entry(file: str, finding: SheetFinding, verdict: Verdict) -> Mapping[str, object]:
    named = {"sheet": finding.sheet, "sheet_then": finding.was, "change": finding.kind}
    change, sheet = finding.change, _sheet_of(verdict, file, finding.sheet)
    if change is None or sheet is None:
        return {**named, "cells": None}
    return {**named, **_change_entry(change, sheet)}


def _change_entry(change: SheetChange, sheet: Sheet) -> Mapping[str, object]:
    cells = []
    for each in change.cells:
        at = sheet.header.positions.get(each.column)
        cells.append(
            {
                "cell": None if at is None else address(each.row, at),
                "row": each.row,
                "column": each.column or None,
                "then": each.then,
                "now": each.now if each.column else None,
            }
        )
    return {
        "cells": cells,
        "added": list(change.added),
        "removed": list(change.removed),
        "lost": dict(change.lost),
        "reordered": change.reordered,
        "from_row": change.from_row,
        "columns": list(change.columns or change.missing),
    }


def _figure_entry(change: FigureChange) -> Mapping[str, object]:
    fields = [{"field": name or None, "then": then, "now": now} for name, then, now in change.fields]
    place = {"part": change.part or None, "unit": change.unit, "phase": change.phase, "place": change.place or None}
    return {**place, "fields": fields}


def _ledger_entry(verdict: Verdict) -> Mapping[str, object] | None:
    recorded, found = verdict.record.ledger, verdict.ledger
    if recorded is None:
        return None
    state = {"path": recorded.path, "state": verdict.ledger_state}
    return state if found is None else {**state, "changed": found.changed, "gone": found.gone, "new": found.new}

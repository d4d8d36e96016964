"""What `sangkien inspect` found, as text for people and as JSON for programs (schema `sangkien.inspect/1`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

from sangkien_cli import __version__
from sangkien_cli.errors import Problem
from sangkien_cli.inspection import DatesView, FileView, MissingView, SheetView
from sangkien_cli.lang import Lang, Sentence, phrase, whole, words
from sangkien_cli.model import UNIT
from sangkien_cli.tables import unknown_line

SCHEMA = "sangkien.inspect/1"
_WIDTH = 100


# --- text --------------------------------------------------------------------------------------------------------


def render_inspect_text(files: Sequence[FileView], lang: Lang) -> str:
    """A block for each file, in it one for each sheet."""
    return "\n\n".join("\n".join(_file_lines(file, lang)) for file in files) + "\n"


def _file_lines(file: FileView, lang: Lang) -> Iterator[str]:
    if file.problems:
        yield phrase("inspect.refused", lang, file=file.path)
        for problem in file.problems:
            place = "" if problem.place.endswith(file.path) else f"{problem.place}: "
            yield from _wrapped(f"{place}{words(problem.what, lang)}", "  ")
            if problem.fix is not None:
                yield from _wrapped(f"{phrase('fix', lang)}: {words(problem.fix, lang)}", "    ")
        return
    kind = phrase(f"inspect.kind.{file.kind}", lang)
    yield phrase("inspect.file", lang, file=file.path, kind=kind, size=file.bytes)
    if file.encoding is not None and file.encoding_why is not None:
        yield from _wrapped(phrase("inspect.encoding", lang, name=file.encoding, why=file.encoding_why), "  ")
    if file.delimiter is not None and file.delimiter_why is not None:
        shown = phrase("inspect.tab", lang) if file.delimiter == "\t" else f"“{file.delimiter}”"
        yield from _wrapped(phrase("inspect.delimiter", lang, delimiter=shown, why=file.delimiter_why), "  ")
    for sheet in file.sheets:
        indent = "  "
        if sheet.name is not None:
            hidden = f" ({phrase('inspect.hidden', lang)})" if sheet.hidden else ""
            yield f"  [{sheet.name}]{hidden}"
            indent = "    "
        for line in _sheet_lines(sheet, lang):
            yield from _wrapped(line, indent)
    for rows in file.unreadable:
        yield from _wrapped(phrase(f"flaw.{rows.flaw}", lang, rows=rows.rows, places="; ".join(rows.places)), "  ")
    if file.unknown:
        yield f"  {phrase('inspect.unknown', lang)}"
        for each in file.unknown:
            yield from _wrapped(unknown_line(each, lang), "    ")


def _wrapped(text: str, indent: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False)


def _sheet_lines(sheet: SheetView, lang: Lang) -> Iterator[str]:
    if sheet.header is None:
        yield words(sheet.why, lang)
    else:
        rows = _ranges(range(sheet.header[0], sheet.header[1] + 1))
        yield phrase("inspect.header_row", lang, row=rows, why=sheet.why)
        used = [
            f"{column.letters} {column.title} → {_field(column.field, lang)}"
            for column in sheet.columns
            if column.field
        ]
        yield phrase("inspect.columns", lang, columns="; ".join(used))
        if idle := [f"{column.letters} {column.title}" for column in sheet.columns if not column.field]:
            yield phrase("inspect.idle", lang, columns="; ".join(idle))
    if sheet.fix is not None:
        yield f"{phrase('fix', lang)}: {words(sheet.fix, lang)}"
    for missing in sheet.missing:
        # What is only shown is worth a word where a quota file asks for it.
        if missing.needed or sheet.known_units is not None:
            yield _missing_line(missing, lang)
    if sheet.rows is None:
        yield phrase("inspect.nonblank", lang, rows=sheet.nonblank)
        return
    yield from _rows_lines(sheet, lang)
    if sheet.layout:
        kinds = [f"{phrase(f'layout.{kind}', lang)} {_ranges(rows)}" for kind, rows in sheet.layout.items()]
        layout = sum(len(rows) for rows in sheet.layout.values())
        yield phrase("inspect.layout", lang, rows=layout, kinds="; ".join(kinds))
    if sheet.dates is not None and sheet.dates.styles:
        yield phrase("inspect.dates", lang, styles=_dates_line(sheet.dates, lang))
    if sheet.known_units is not None:
        yield phrase("inspect.units", lang, known=sheet.known_units, others=sheet.rows - sheet.known_units)
    for note in sheet.notes:
        yield phrase("inspect.note", lang, note=note)


def _field(name: str, lang: Lang) -> str:
    """A field's name as in the quota file; a level of `unit` with its number."""
    if name.startswith(UNIT):
        return phrase("inspect.level", lang, level=int(name.removeprefix(UNIT)) + 1)
    return name


def _missing_line(missing: MissingView, lang: Lang) -> str:
    headers = "” / “".join(missing.headers)
    field = _field(missing.field, lang)
    key = "inspect.missing" if missing.needed else "inspect.absent"
    line = phrase(key, lang, field=field, headers=headers)
    return line if missing.nearest is None else f"{line} {phrase('inspect.nearest', lang, near=missing.nearest)}"


def _rows_lines(sheet: SheetView, lang: Lang) -> Iterator[str]:
    if sheet.counted is None or sheet.rows is None or sheet.set_aside is None:
        yield phrase("inspect.rows", lang, rows=sheet.rows or 0)
        return
    aside = sheet.rows - sheet.counted
    yield phrase("inspect.rows_judged", lang, rows=sheet.rows, counted=sheet.counted, aside=aside)
    for reason, rows in sheet.set_aside.items():
        yield f"- {whole(rows, lang)} {reason}: {phrase(f'reason.{reason}', lang)}"


def _dates_line(dates: DatesView, lang: Lang) -> str:
    parts = [phrase(f"inspect.dates.{style}", lang, rows=rows) for style, rows in dates.styles.items()]
    text = "; ".join(parts)
    return f"{text} ({', '.join(f'“{each}”' for each in dates.unreadable)})" if dates.unreadable else text


def _ranges(rows: Iterable[int]) -> str:
    """Row numbers in order, neighbours drawn together: `1–5, 7`."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1][1:] = [row]
        else:
            runs.append([row])
    shown = ["–".join(map(str, run)) for run in runs]
    return ", ".join(shown) if len(shown) <= 12 else ", ".join([*shown[:10], "…", shown[-1]])


# --- JSON --------------------------------------------------------------------------------------------------------


def render_inspect_json(files: Sequence[FileView]) -> str:
    """Every file with its sheets. Never localised: sentences are in English, each with its code."""
    document = {
        "schema": SCHEMA,
        "files": [_file_entry(file) for file in files],
        "tool": {"name": "sangkien-cli", "version": __version__},
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _file_entry(file: FileView) -> Mapping[str, object]:
    if file.problems:
        return {"path": file.path, "refused": [_problem_entry(problem) for problem in file.problems]}
    return {
        "path": file.path,
        "fit": file.fit,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "kind": file.kind,
        "encoding": file.encoding,
        "encoding_why": _said(file.encoding_why),
        "delimiter": file.delimiter,
        "delimiter_why": _said(file.delimiter_why),
        "sheets": [_sheet_entry(sheet) for sheet in file.sheets],
        "unreadable": [{"flaw": each.flaw, "rows": each.rows, "places": list(each.places)} for each in file.unreadable],
        "unknown_units": [
            {
                "text": each.text,
                "rows": each.rows,
                "nearest": [near.name for near in each.nearest],
                "why": [_said(near.why) for near in each.nearest],
            }
            for each in file.unknown
        ],
    }


def _problem_entry(problem: Problem) -> Mapping[str, object]:
    return {
        "place": problem.place,
        "code": problem.what.key,
        "what": words(problem.what, "en"),
        "fix": None if problem.fix is None else words(problem.fix, "en"),
    }


def _said(sentence: Sentence | None) -> str | None:
    return None if sentence is None else words(sentence, "en")


def _sheet_entry(sheet: SheetView) -> Mapping[str, object]:
    dates = sheet.dates
    return {
        "sheet": sheet.name,
        "hidden": sheet.hidden,
        "nonblank_rows": sheet.nonblank,
        "header_rows": None if sheet.header is None else list(sheet.header),
        "header_why": _said(sheet.why),
        "fix": _said(sheet.fix),
        "columns": [{"column": each.letters, "header": each.title, "field": each.field} for each in sheet.columns],
        "missing": [
            {"field": each.field, "headers": list(each.headers), "nearest": each.nearest, "needed": each.needed}
            for each in sheet.missing
        ],
        "rows": sheet.rows,
        "counted": sheet.counted,
        "set_aside": sheet.set_aside,
        "layout": None if sheet.layout is None else {kind: list(rows) for kind, rows in sheet.layout.items()},
        "hidden_rows": sheet.hidden_rows,
        "dates": None if dates is None else {"styles": dict(dates.styles), "unreadable": list(dates.unreadable)},
        "known_units": sheet.known_units,
        "notes": [{"code": note.key, "what": words(note, "en")} for note in sheet.notes],
    }

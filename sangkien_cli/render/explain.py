"""A figure taken apart, and the story of one submission: as text, and for programs and Excel (`sangkien.explain/1`).

CSV and JSON are never localised. In CSV and in a workbook each row has a link to the cell of the export that decided.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import PurePath

import numpy as np

from sangkien_cli import attain
from sangkien_cli.arrays import take
from sangkien_cli.explain import COUNTED, Explanation, Row, Story, rows_told
from sangkien_cli.intake import Sheet
from sangkien_cli.judge import Judged
from sangkien_cli.lang import Lang, day, decimal, phrase, whole, words
from sangkien_cli.model import ALL, Attainment, Config, Report, Unit
from sangkien_cli.render.columns import GAP, left, right, table_row, widest, wrapped
from sangkien_cli.render.csv import PLAIN as PLAIN_CSV
from sangkien_cli.render.csv import Dialect
from sangkien_cli.render.document import Origin, compact, document, listed, percent_part, provenance, rows_part
from sangkien_cli.render.json import unit_entry
from sangkien_cli.render.text import PLAIN, Page, bold
from sangkien_cli.render.workbook import Column, Link, Table, Value, workbook
from sangkien_cli.returns import Leads
from sangkien_cli.tables import balance, on_basis
from sangkien_cli.text import no_formula

SCHEMA = "sangkien.explain/1"
Links = Mapping[str, str]  # by file, as the report names it, its path from where the output lies; absent = no way there

_NAMES = 5  # names that are not in the tree, shown in text
_WIDEST_CODE = 18


# --- for people: the figure -----------------------------------------------------------------------------------------


def render_explanation_text(found: Explanation, lang: Lang, page: Page = PLAIN) -> str:
    """The figure, its sums, and the rows."""
    blocks = [_heading(found.report, lang), _figure(found, lang, page)]
    if found.children or found.beyond:
        blocks.append([bold(phrase("explain.units", lang), page), *_of_units(found, lang, page)])
    if found.files:
        blocks.append([bold(phrase("explain.files", lang), page), *_of_files(found, lang, page)])
        blocks.append([bold(phrase("explain.reasons", lang), page), *_of_verdicts(found, lang, page)])
    blocks.append(_wrapped(_remarks(found, lang), page))
    sums = "".join(_block(block) + "\n" for block in blocks if block)
    told = _told(found.report, found.judged, found.leads, found.listed)
    rows = _row_lines(found.judged, found.listed, told, lang, page, _said)
    return "".join([sums, *(f"{line.rstrip()}\n" for line in (*_rows_head(found, lang, page), *rows))])


def _block(lines: Iterable[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _heading(report: Report, lang: Lang) -> list[str]:
    config = report.config
    return [config.programme, on_basis(phrase("report.as_of", lang, day=report.as_of), config)]


def _figure(found: Explanation, lang: Lang, page: Page) -> list[str]:
    line = found.figure
    title = phrase("explain.title", lang, unit=found.unit.name, phase=_phase(found.report.config, found.phase, lang))
    lines = [bold(each, page) for each in wrapped(title, page.width, more=GAP)]
    lines.append(attain.figure(line.done, line.quota, line.percent, lang))
    if line.short:
        lines.append(phrase("explain.short", lang, short=line.short))
    if found.unit.ended_by(found.report.as_of):
        lines.append(phrase("explain.unit_ended", lang, day=found.unit.valid.end))
    if found.above:
        above = phrase("explain.above", lang, units=tuple(unit.name for unit in found.above))
        lines += wrapped(above, page.width, more=GAP)
    return lines


def _phase(config: Config, phase: str, lang: Lang) -> str:
    if phase == ALL:
        return phrase("report.all", lang)
    found = next(each for each in config.phases if each.id == phase)
    return phrase("report.phase", lang, name=found.name, start=found.start, end=found.end)


def _of_units(found: Explanation, lang: Lang, page: Page) -> list[str]:
    keys = ("column.unit", "explain.column.done", "explain.column.quota", "explain.column.percent")
    heads = [phrase(key, lang) for key in keys]
    rows = [_child(each, lang) for each in found.children]
    if found.named_itself or not found.beyond:
        rows.append([phrase("explain.itself", lang), whole(found.named_itself, lang), "", ""])
    if found.beyond:
        unlisted = sum(each.done for each in found.beyond)
        rows.append([phrase("explain.names_beyond", lang), whole(unlisted, lang), "", ""])
    total = [phrase("explain.total", lang), whole(found.figure.done, lang), "", ""]
    used = [at for at in range(4) if at < 2 or any(row[at] for row in rows)]
    table = _table([[row[at] for at in used] for row in (heads, *rows, total)], page)
    shown = found.beyond[:_NAMES]
    number = widest(whole(each.done, lang) for each in shown)
    for each in shown:
        first = f"{GAP * 2}{right(whole(each.done, lang), number)}{GAP}"
        table += wrapped(_name(each.text, lang), page.width, first, " " * len(first))
    if len(found.beyond) > _NAMES:
        table.append(GAP * 2 + phrase("explain.more_names", lang, names=len(found.beyond) - _NAMES))
    return table + (wrapped(phrase("explain.names_fix", lang), page.width, GAP, GAP) if found.beyond else [])


def _child(each: Attainment, lang: Lang) -> list[str]:
    quota = "" if each.quota is None else whole(each.quota, lang)
    percent = "" if each.percent is None else f"{decimal(each.percent, lang)}%"
    return [each.unit.name, whole(each.done, lang), quota, percent]


def _of_files(found: Explanation, lang: Lang, page: Page) -> list[str]:
    """Submissions and rows; rows that count have no column of their own where each is one submission."""
    alike = all(each.done == each.counted for each in found.files)
    keys = ["explain.column.file", *([] if alike else ["explain.column.done"]), "explain.column.counted"]
    heads = [phrase(key, lang) for key in (*keys, "explain.column.aside")]
    numbers = [[each.done, each.counted, each.aside][alike:] for each in found.files]
    rows = [
        [each.sheet.place, *(whole(number, lang) for number in own)]
        for each, own in zip(found.files, numbers, strict=True)
    ]
    total = [phrase("explain.total", lang), *(whole(sum(column), lang) for column in zip(*numbers, strict=True))]
    return _table([heads, *rows, *([total] if len(rows) > 1 else [])], page)


def _of_verdicts(found: Explanation, lang: Lang, page: Page) -> list[str]:
    count = widest(whole(rows, lang) for rows in found.verdicts.values())
    word = widest(found.verdicts)
    lines = []
    for verdict, rows in found.verdicts.items():
        first = f"{GAP}{right(whole(rows, lang), count)}{GAP}{left(verdict, word)}{GAP}"
        lines += wrapped(_verdict(verdict, lang), page.width, first, " " * len(first))
    return lines


def _verdict(verdict: str, lang: Lang) -> str:
    return phrase("explain.counted" if verdict == COUNTED else f"reason.{verdict}", lang)


def _table(rows: Sequence[Sequence[str]], page: Page) -> list[str]:
    """Heads and rows: a first text on the left, figures on the right."""
    widths = [widest(column) for column in zip(*rows, strict=True)]
    room = page.width - sum(widths[1:]) - len(GAP) * len(widths)
    widths[0] = min(widths[0] + len(GAP), max(room, 16) + len(GAP))
    return [line for row in rows for line in table_row(row, widths, indent=GAP)]


def _remarks(found: Explanation, lang: Lang) -> Iterator[str]:
    if found.nowhere:
        key = "explain.nowhere_here" if found.nowhere_here else "explain.nowhere"
        yield phrase(key, lang, rows=found.nowhere)
    if found.phase != ALL and any(each in found.verdicts for each in ("no-date", "bad-date", "outside-phases")):
        yield phrase("explain.no_phase_too", lang)
    if found.elsewhere:
        yield phrase("explain.elsewhere", lang, rows=found.elsewhere)
    yield balance(found.report, lang)


def _wrapped(sentences: Iterable[str], page: Page) -> list[str]:
    return [line for sentence in sentences for line in wrapped(sentence, page.width, more=GAP)]


def _rows_head(found: Explanation, lang: Lang, page: Page) -> list[str]:
    number = len(found.listed)
    if not len(found.rows):
        return [phrase("explain.no_rows", lang)]
    if not found.why:
        return [bold(phrase("explain.rows", lang, rows=number), page)]
    title = phrase("explain.rows_of", lang, why=found.why, rows=number)
    lines = [bold(title, page)]
    if not number:
        lines.append(phrase("explain.none", lang))
    if others := len(found.rows) - number:
        lines += wrapped(phrase("explain.not_listed", lang, rows=others), page.width, more=GAP)
    return lines


# --- for people: the rows -------------------------------------------------------------------------------------------


def _told(report: Report, judged: Judged, leads: Mapping[int, Leads], rows: np.ndarray) -> Iterator[Row]:
    return rows_told(judged, report.config, report.as_of, leads, rows)


def _row_lines(
    judged: Judged,
    positions: np.ndarray,
    rows: Iterable[Row],
    lang: Lang,
    page: Page,
    said: Callable[[Row, Lang], Sequence[str]],
) -> Iterator[str]:
    """A line with number, code, date and unit for each row, under it the title and what its verdict rests on."""
    keys = ("explain.column.row", "explain.column.code", "explain.column.date", "explain.column.unit")
    heads = [phrase(key, lang) for key in keys]
    number = max(widest([heads[0]]), len(str(judged.exports.row[positions].max(initial=0))))
    code = min(_widest_code(judged, positions), _WIDEST_CODE)
    dated = bool(judged.dated[positions].any())
    if len(positions):
        cells = [right(heads[0], number), *([left(heads[1], code)] if code else []), *([left(heads[2], 10)] * dated)]
        yield GAP + GAP.join([*cells, heads[3]])
    for _, of_sheet in groupby(rows, key=lambda row: id(row.sheet)):
        first = True
        for row in of_sheet:
            if first:
                yield row.sheet.place
                first = False
            cells = [right(str(row.number), number)]
            cells += [left(row.code or "", code)] if code else []
            cells += [left("" if row.submitted is None else day(row.submitted, lang), 10)] if dated else []
            start = GAP + GAP.join(cells) + GAP
            unit = phrase("explain.nowhere_unit", lang) if row.unit is None else row.unit.name
            named = unit if row.count in (None, 1) else f"{unit} × {whole(row.count or 0, lang)}"
            yield from wrapped(named, page.width, start, GAP * 3)
            yield from _below(row, said(row, lang), page)


def _widest_code(judged: Judged, positions: np.ndarray) -> int:
    if "code" not in judged.exports.texts or not len(positions):
        return 0
    return max(widest(take(judged.exports.texts["code"], positions).to_pylist()), 2)


def _below(row: Row, said: Sequence[str], page: Page) -> Iterator[str]:
    indent = GAP * 3
    if about := " – ".join(text for text in (row.title, row.author) if text):
        yield from wrapped(about, page.width, indent, indent)
    for sentence in said:
        yield from wrapped(sentence, page.width, indent, indent + GAP)


def _said(row: Row, lang: Lang) -> list[str]:
    """What became of a row, in words; nothing of one that counts as it stands."""
    if row.words is None:
        return []
    if row.verdict == COUNTED:
        return [words(row.words, lang)]
    return [phrase("explain.row_aside", lang, reason=row.verdict, words=row.words)]


# --- for people: the story of a code --------------------------------------------------------------------------------


def render_story_text(story: Story, lang: Lang, page: Page = PLAIN) -> str:
    """Every row of a code, what became of it and why, and in whose figures those are that count."""
    blocks = [_heading(story.report, lang)]
    if not len(story.rows):
        none = [phrase("explain.story_none", lang, code=story.code)]
        none += [phrase("explain.story_near", lang, near=story.near)] if story.near else []
        return "\n".join(_block(block) for block in (*blocks, _wrapped(none, page)))
    title = phrase("explain.story", lang, code=story.code, rows=len(story.rows), counted=len(story.counted))
    rows = list(_told(story.report, story.judged, story.leads, story.rows))
    told = _row_lines(story.judged, story.rows, rows, lang, page, partial(_said_in_story, story))
    blocks.append([bold(title, page), *told])
    blocks.append(_wrapped(_story_remarks(story, rows, lang), page))
    return "\n".join(_block(block) for block in blocks if block)


def _said_in_story(story: Story, row: Row, lang: Lang) -> list[str]:
    """Likewise; of a row that counts, in whose figures it is."""
    if row.verdict != COUNTED:
        return _said(row, lang)
    return [_chain(story, row, lang), *_said(row, lang)]


def _chain(story: Story, row: Row, lang: Lang) -> str:
    above = _lineage(story, row)[1:]
    assert row.unit is not None
    phase = next(each.name for each in story.report.config.phases if each.id == row.phase)
    key = {"unit": row.unit.name, "phase": phase}
    if not above:
        return phrase("explain.chain", lang, **key)
    return phrase("explain.chain_above", lang, **key, above=tuple(unit.name for unit in above))


def _lineage(story: Story, row: Row) -> list[Unit]:
    """The units in whose figures a row is, deepest first."""
    judged = story.judged
    if row.verdict != COUNTED:
        return []
    return [judged.tree.units[i] for i in judged.tree.lineage(int(judged.unit[row.position]))]


def _story_remarks(story: Story, rows: Sequence[Row], lang: Lang) -> Iterator[str]:
    if story.unit is not None:
        done = sum(row.count or 0 for row in rows if any(unit is story.unit for unit in _lineage(story, row)))
        key = "explain.in_figure" if done else "explain.not_in_figure"
        yield phrase(key, lang, unit=story.unit.name, done=done)
    if len(rows) > 1:
        config = story.report.config
        yield phrase("explain.no_rule" if config.once_per is None else "explain.rule", lang)


# --- for programs ---------------------------------------------------------------------------------------------------


def render_explanation_json(found: Explanation, origin: Origin | None = None) -> str:
    """The figure, its sums, and the rows; dates as ISO 8601."""
    report = found.report
    config, line = report.config, found.figure
    told = _told(report, found.judged, found.leads, found.listed)
    return document(
        {
            **_start(report),
            "unit": compact(unit_entry(found.unit, config)),
            "phase": compact(found.phase),
            "figure": compact({**_line(line), "short": line.short, "status": line.status}),
            "phases": listed({"phase": each.phase, **_line(each)} for each in found.lines),
            "children": listed({"id": each.unit.id, "name": each.unit.name, **_line(each)} for each in found.children),
            "direct": _direct(found),
            "files": listed(
                {"file": each.sheet.file, "sheet": each.sheet.name, "done": each.done, "counted": each.counted,
                 "set_aside": each.aside}
                for each in found.files
            ),
            "reasons": compact(dict(found.verdicts)),
            "nowhere": compact({"rows": found.nowhere, "here": found.nowhere_here}),
            "elsewhere": compact(found.elsewhere),
            "why": compact(list(found.why) or None),
            "rows": listed(map(_entry, told)),
            "read": rows_part(report.rows),
            **provenance(config, report.inputs, origin),
        }
    )  # fmt: skip


def _direct(found: Explanation) -> str:
    """The part of the figure that names no unit below: what names the unit itself, and names that are not known."""
    beyond = [{"text": each.text, "done": each.done, "rows": each.rows} for each in found.beyond]
    return compact({"done": found.figure.direct, "itself": found.named_itself, "beyond": beyond})


def _start(report: Report) -> dict[str, str]:
    config = report.config
    return {
        "schema": compact(SCHEMA),
        "programme": compact(config.programme),
        "as_of": compact(report.as_of.isoformat()),
        **({} if config.basis is None else {"basis": compact(config.basis)}),
        "percent": percent_part(config.percent),
    }


def _line(each: Attainment) -> dict[str, object]:
    return {"done": each.done, "direct": each.direct, "quota": each.quota, "percent": each.percent}


def _entry(row: Row) -> dict[str, object]:
    return {
        "file": row.sheet.file,
        "sheet": row.sheet.name,
        "row": row.number,
        "cell": row.cell,
        "code": row.code,
        "title": row.title,
        "author": row.author,
        "submitted": None if row.submitted is None else row.submitted.isoformat(),
        "unit_text": row.unit_text,
        "unit": None if row.unit is None else row.unit.id,
        "phase": row.phase,
        "count": row.count,
        "verdict": row.verdict,
        "facts": row.facts,
    }


def render_story_json(story: Story, origin: Origin | None = None) -> str:
    """The rows of a code; of one that counts `figures` names the units in whose figures it is."""
    report = story.report
    rows = _told(report, story.judged, story.leads, story.rows)
    return document(
        {
            **_start(report),
            "code": compact(story.code),
            "unit": compact(story.unit and unit_entry(story.unit, report.config)),
            "near": compact(list(story.near)),
            "rows": listed({**_entry(row), "figures": [unit.id for unit in _lineage(story, row)]} for row in rows),
            "read": rows_part(report.rows),
            **provenance(report.config, report.inputs, origin),
        }
    )


FIELDS = (
    "file", "sheet", "row", "cell", "code", "title", "author", "submitted", "unit_text", "unit", "phase", "count",
    "verdict", "detail", "link",
)  # fmt: skip


def render_rows_csv(found: Explanation | Story, links: Links, dialect: Dialect = PLAIN_CSV) -> str:
    """A line per row; `detail` is what the row ledger says, `link` where the cell is: `a.xlsx#'Sheet 1'!D17`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    writer.writeheader()
    for row in _rows_of(found):
        entry = {**_entry(row), "detail": _detail(row), "link": _link_text(row, links)}
        entry.pop("facts")
        if dialect.for_excel:
            entry = {key: no_formula(value) if isinstance(value, str) else value for key, value in entry.items()}
        writer.writerow(entry)
    return dialect.start + out.getvalue()


def _rows_of(found: Explanation | Story) -> Iterator[Row]:
    rows = found.listed if isinstance(found, Explanation) else found.rows
    return _told(found.report, found.judged, found.leads, rows)


def _detail(row: Row) -> str:
    """What the verdict rests on, in no language."""
    facts = row.facts
    match facts.get("duplicate_of"):
        case {"file": file, "sheet": sheet, "row": number}:
            return f"{file}:{number}" if sheet is None else f"{file} [{sheet}]:{number}"
    if "field" in facts:
        return f"{facts['field']}: {facts['text']}".rstrip()
    if "texts" in facts:
        return " / ".join(facts["texts"])  # type: ignore[arg-type]
    return str(next((facts[key] for key in ("text", "beyond", "named") if key in facts), ""))


# --- links ----------------------------------------------------------------------------------------------------------

_NOT_IN_URI = re.compile('[%#?"<>\\[\\]^`{}| \\\\]')


def _link_text(row: Row, links: Links) -> str:
    path = links.get(row.sheet.file, row.sheet.file)
    location = _location(row.sheet, row.cell)
    return path if location is None else f"{path}#{location}"


def _location(sheet: Sheet, cell: str) -> str | None:
    """A cell as Excel names it from elsewhere: `'Sheet 1'!D17`. A CSV has no sheets."""
    if sheet.name is None:
        return None
    name = sheet.name.replace("'", "''")
    return f"'{name}'!{cell}"


def uri(path: str) -> str:
    """A path as a workbook's link has it; letters with accents stay.

    >>> uri("tháng 4/50%.xlsx"), uri("a:b.csv")
    ('tháng%204/50%25.xlsx', './a:b.csv')
    """
    escaped = _NOT_IN_URI.sub(lambda found: f"%{ord(found[0]):02X}", path)
    if PurePath(path).is_absolute():  # of another drive of Windows
        return f"file:///{escaped.lstrip('/')}"
    return f"./{escaped}" if ":" in escaped.partition("/")[0] else escaped


# --- workbooks ------------------------------------------------------------------------------------------------------

_MOST_ROWS = 65_000  # of a sheet: Excel takes no more links than 65,530


_OF_SUMS = {
    "explain.column.kind": 11, "explain.column.part": 44, "explain.column.done": 10, "explain.column.quota": 10,
    "explain.column.percent": 10, "explain.column.counted": 11, "explain.column.aside": 11,
}  # fmt: skip


def render_explanation_xlsx(
    found: Explanation, links: Links, lang: Lang, properties: Mapping[str, str] | None = None
) -> bytes:
    """A sheet of the sums, and the rows, each with a link to its cell."""
    line = found.figure
    notes = [*_heading(found.report, lang), attain.figure(line.done, line.quota, line.percent, lang)]
    notes += [*_remarks(found, lang), ""]
    title = phrase("explain.title", lang, unit=found.unit.name, phase=_phase(found.report.config, found.phase, lang))
    columns = [Column(phrase(key, lang), width) for key, width in _OF_SUMS.items()]
    sums = Table(phrase("explain.sum_sheet", lang), columns, list(_sums(found, lang)), notes, title=title)
    return workbook([sums, *_row_tables(found, links, lang)], SCHEMA, properties)


def _sums(found: Explanation, lang: Lang) -> Iterator[list[Value]]:
    keys = ("explain.by_unit", "explain.by_file", "explain.by_reason")
    by_unit, by_file, by_reason = (phrase(key, lang) for key in keys)
    for child in found.children:
        percent = None if child.percent is None else f"{decimal(child.percent, lang)}%"
        yield [by_unit, child.unit.name, child.done, child.quota, percent, None, None]
    itself = "explain.itself" if found.children or found.beyond else "explain.itself_leaf"
    if found.named_itself or not found.figure.done:
        yield [by_unit, phrase(itself, lang), found.named_itself, None, None, None, None]
    for name in found.beyond:
        text = _name(name.text, lang)
        yield [by_unit, text, name.done, None, None, name.rows, None]
    for file in found.files:
        yield [by_file, file.sheet.place, file.done, None, None, file.counted, file.aside]
    for verdict, rows in found.verdicts.items():
        counts = (rows, None) if verdict == COUNTED else (None, rows)
        done = found.figure.done if verdict == COUNTED else None
        yield [by_reason, f"{verdict}: {_verdict(verdict, lang)}", done, None, None, *counts]


def _name(text: str, lang: Lang) -> str:
    """A name that is not in the tree, as a part of the sum."""
    return phrase("explain.of_name", lang, text=text)


def render_story_xlsx(story: Story, links: Links, lang: Lang, properties: Mapping[str, str] | None = None) -> bytes:
    """The rows of a code, each with a link to its cell."""
    return workbook(list(_row_tables(story, links, lang)), SCHEMA, properties)


_OF_ROWS = {
    "explain.column.file": 22, "explain.column.sheet": 12, "explain.column.row": 7, "explain.column.cell": 9,
    "explain.column.code": 16, "explain.column.title": 44, "explain.column.author": 20, "explain.column.date": 12,
    "explain.column.typed": 36, "explain.column.unit": 30, "explain.column.phase": 10, "explain.column.count": 9,
    "explain.column.verdict": 28, "explain.column.words": 70,
}  # fmt: skip
_MAPPED = {  # columns that are there only where the quota file names a column for the field
    "explain.column.code": "code", "explain.column.title": "title", "explain.column.author": "author",
    "explain.column.count": "count",
}  # fmt: skip


def _row_tables(found: Explanation | Story, links: Links, lang: Lang) -> Iterator[Table]:
    mapped = found.report.config.columns.fields
    shown = [key for key in _OF_ROWS if key not in _MAPPED or _MAPPED[key] in mapped]
    columns = [Column(phrase(key, lang), _OF_ROWS[key]) for key in shown]
    name = phrase("explain.rows_sheet", lang)
    rows = found.listed if isinstance(found, Explanation) else found.rows
    for start in range(0, max(len(rows), 1), _MOST_ROWS):
        some = _told(found.report, found.judged, found.leads, rows[start : start + _MOST_ROWS])
        cells = ([_value(row, key, links, lang) for key in shown] for row in some)
        yield Table(name, columns, cells)


def _value(row: Row, key: str, links: Links, lang: Lang) -> Value | Link:
    values: Mapping[str, Value] = {
        "explain.column.file": row.sheet.file,
        "explain.column.sheet": row.sheet.name,
        "explain.column.row": row.number,
        "explain.column.code": row.code,
        "explain.column.title": row.title,
        "explain.column.author": row.author,
        "explain.column.date": row.submitted,
        "explain.column.typed": row.unit_text,
        "explain.column.unit": None if row.unit is None else row.unit.name,
        "explain.column.phase": row.phase,
        "explain.column.count": row.count,
        "explain.column.verdict": f"{row.verdict}: {_verdict(row.verdict, lang)}",
    }
    match key:
        case "explain.column.cell":
            path = links.get(row.sheet.file)
            return row.cell if path is None else Link(row.cell, uri(path), _location(row.sheet, row.cell))
        case "explain.column.words":
            return None if row.words is None else words(row.words, lang)
    return values[key]

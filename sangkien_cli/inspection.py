"""What the program sees in a file: format, sheets, header, columns, layout rows, dates, units (`sangkien inspect`).

With a quota file it looks with its eyes: the same reading and judging as for a report. Without one, headers are
recognised by what such columns are usually called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np

from sangkien_cli.arrays import codes, distinct
from sangkien_cli.columns import Header, NoHeader, Wanted, guess_header, nearest_title, usual_columns
from sangkien_cli.errors import Note, Problem, SangkienError
from sangkien_cli.exports import assemble, named_files
from sangkien_cli.intake import ExportReader, Part, best_way, why_without
from sangkien_cli.judge import COUNTS, NONE, REASONS, Judged, judge
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import UNIT, Columns, Config, Field, PercentRule, Phase, UnknownText, UnreadableRows
from sangkien_cli.phases import read_date
from sangkien_cli.report import unknown_names, unreadable_rows
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.csv import CsvSource
from sangkien_cli.sheets.files import Kind, content_of, open_file
from sangkien_cli.sheets.layout import KINDS
from sangkien_cli.sheets.limits import Access
from sangkien_cli.sheets.source import Source, column_letters
from sangkien_cli.text import tidy

_EXAMPLES = 3
_NAMES = 10  # unknown names listed for a file


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column under the header."""

    letters: str  # as Excel names it
    title: str
    field: str | None  # `code`, `unit.0`…; None = the program has no use for it


@dataclass(frozen=True, slots=True)
class MissingView:
    """A field for which no column was found."""

    field: str
    headers: tuple[str, ...]  # what was looked for
    nearest: str | None  # the title most like these
    needed: bool  # without it the sheet cannot be counted


@dataclass(frozen=True, slots=True)
class DatesView:
    """How the dates of a sheet are written: rows by style, and examples of what is no date."""

    styles: Mapping[str, int]  # `iso` (also Excel's own dates), `day-first`, `serial`, `blank`, `unreadable`
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """One sheet."""

    name: str | None
    hidden: bool
    nonblank: int  # rows that hold anything
    header: tuple[int, int] | None  # first and last row; None = none was found
    why: Sentence  # why this header, or why none
    columns: tuple[ColumnView, ...] = ()
    missing: tuple[MissingView, ...] = ()
    rows: int | None = None  # data rows; None where no header was found
    counted: int | None = None  # of these; None without a quota file
    set_aside: Mapping[str, int] | None = None  # by reason
    layout: Mapping[str, tuple[int, ...]] | None = None  # row numbers by kind
    hidden_rows: int = 0
    dates: DatesView | None = None
    known_units: int | None = None  # rows whose unit is in the tree; None without a quota file
    notes: tuple[Sentence, ...] = ()
    fix: Sentence | None = None  # what to do where no report can be made of the sheet


@dataclass(frozen=True, slots=True)
class FileView:
    """One file."""

    path: str
    bytes: int = 0
    sha256: str = ""
    kind: Kind | None = None
    encoding: str | None = None  # of text
    encoding_why: Sentence | None = None
    delimiter: str | None = None
    delimiter_why: Sentence | None = None
    sheets: tuple[SheetView, ...] = ()
    unknown: tuple[UnknownText, ...] = ()  # names that are not in the tree
    unreadable: tuple[UnreadableRows, ...] = ()
    problems: tuple[Problem, ...] = ()  # why it cannot be read
    fit: bool = True  # a report can be made of it


def inspect(paths: Sequence[Path], config: Config | None, access: Access) -> list[FileView]:
    """Every file looked at by itself; one that cannot be read keeps nobody from seeing the others."""
    return [_look_at(name, path, config, access) for name, path in named_files(paths)]


def _look_at(name: str, path: Path, config: Config | None, access: Access) -> FileView:
    try:
        content = content_of(path, access.limits)
        opened = open_file(content, access.password)
        view = FileView(name, content.size, content.sha256(), opened.kind)
        looks = [_Look.of(ways, name, content, config, access) for ways in opened.sheets]
        return _with_rows(view, looks, content, config)
    except SangkienError as error:
        return FileView(name, problems=error.problems, fit=False)


@dataclass(frozen=True, slots=True)
class _Look:
    """One sheet, looked at: its source, and its rows where a header was found."""

    source: Source
    head: Sequence[Sequence[str]]
    header: Header | NoHeader
    wanted: Wanted
    part: Part | None
    reader: ExportReader
    problem: Problem | None = None

    @classmethod
    def of(cls, ways: Sequence[Source], name: str, content: Content, config: Config | None, access: Access) -> _Look:
        if config is not None:
            reader = ExportReader.of(config, access)
            wanted = reader.wanted
            source, head, header = best_way(ways, wanted)
        else:
            source = ways[0]
            head = source.head()
            header, wanted = guess_header(head), usual_columns()
            reader = ExportReader.of(_guessed(header), access)
        if isinstance(header, NoHeader):
            return cls(source, head, header, wanted, None, reader)
        try:
            part = reader.read_sheet(source, head, header, name, content.place)
        except SangkienError as error:
            return cls(source, head, header, wanted, None, reader, error.problems[0])
        return cls(source, head, header, wanted, part, reader)


def _guessed(header: Header | NoHeader) -> Config:
    """A quota file's part in reading, where there is none: fields by the usual names of their columns."""
    titles = header.titles if isinstance(header, Header) else {}
    fields = {cast(Field, name): (title,) for name, title in titles.items() if not name.startswith(UNIT)}
    levels = tuple((title,) for name, title in sorted(titles.items()) if name.startswith(UNIT))
    return Config(
        path=Path(),
        sha256="",
        programme="",
        lang="en",
        timezone="Asia/Ho_Chi_Minh",
        percent=PercentRule(),
        phases=(Phase("all-time", "", date.min, date.max),),
        campaigns=(),
        files=(),
        columns=Columns(fields, levels),
        fixed_phase="all-time",
        where={},
        once_per="code" if "code" in fields else None,
        near=Fraction(90),
        units=(),
    )


def _with_rows(view: FileView, looks: Sequence[_Look], content: Content, config: Config | None) -> FileView:
    """The view of a file, its rows judged where a quota file says how."""
    text = next((look.source for look in looks if isinstance(look.source, CsvSource)), None)
    if text is not None:
        view = replace(
            view,
            encoding=text.encoding,
            encoding_why=text.encoding_reason,
            delimiter=text.delimiter,
            delimiter_why=text.delimiter_reason,
        )
    at: dict[int, int] = {}  # of each look, by position, its sheet's position among those that are read
    parts: list[Part] = []
    for number, look in enumerate(looks):
        if look.part is not None and not look.source.hidden:
            at[number] = len(parts)
            parts.append(look.part)
    judged = None
    if config is not None and parts:
        reader = next(look.reader for look in looks if look.part is not None)
        exports = assemble(reader, parts, {view.path: content})
        judged = judge(exports, config, date.max)  # no row is later than that
    sheets = [_sheet_view(look, judged, at.get(number, NONE)) for number, look in enumerate(looks)]
    unknown = unknown_names(judged)[:_NAMES] if judged is not None else ()
    unreadable = unreadable_rows(judged) if judged is not None else ()
    # As for a report: one sheet at least holds the columns, and none is in doubt.
    fit = config is None or (bool(parts) and not any(look.problem for look in looks if not look.source.hidden))
    return replace(view, fit=fit, sheets=tuple(sheets), unknown=tuple(unknown), unreadable=unreadable)


def _sheet_view(look: _Look, judged: Judged | None, at: int) -> SheetView:
    source, header = look.source, look.header
    if isinstance(header, NoHeader) or look.part is None:
        nonblank = source.cells(0, None).nonblank or 0
        why, fix = _why_none(look)
        view = SheetView(source.name, source.hidden, nonblank, None, why, missing=_missing(look), fix=fix)
        if isinstance(header, Header):
            view = replace(view, header=(header.row, header.last_row), columns=_columns(header))
        return view
    part = look.part
    nonblank = part.nonblank if part.nonblank is not None else source.cells(0, None).nonblank or 0
    view = SheetView(
        name=source.name,
        hidden=source.hidden,
        nonblank=nonblank,
        header=(header.row, header.last_row),
        why=say("inspect.header" if look.wanted.needed else "inspect.header_guess"),
        columns=_columns(header),
        missing=_missing(look),
        rows=len(part.rows),
        layout=_by_kind(part.layout),
        hidden_rows=part.hidden_rows,
        dates=_dates(part, look.reader.config),
        notes=tuple(note.what for note in look.reader.notes if _is_about_rows(note)),
    )
    if judged is None or at == NONE:
        return view
    rows = judged.exports.sheet == at
    reasons = Counter(judged.reason[rows].tolist())
    sheets = judged.exports.sheets
    of = sheets[at].copy_of
    copied = () if of is None else (say("exports.copy", other=sheets[of].place),)
    return replace(
        view,
        counted=reasons[COUNTS],
        set_aside={reason.value: reasons[i] for i, reason in enumerate(REASONS) if reasons[i]},
        known_units=int((judged.unit[rows] != NONE).sum()),
        notes=(*view.notes, *copied),
    )


def _is_about_rows(note: Note) -> bool:
    """Absent columns are listed as missing already."""
    return note.what.key not in ("columns.absent", "columns.undated")


def _why_none(look: _Look) -> tuple[Sentence, Sentence | None]:
    """Why nothing can be counted on a sheet, and what to do where it is more than a sheet without the columns."""
    if look.problem is not None:
        return look.problem.what, look.problem.fix
    assert isinstance(look.header, NoHeader)
    if not look.header.seen:
        return say("inspect.blank"), None
    what, fix = why_without(look.source, look.header)
    if what.key.startswith("file."):
        return what, fix  # its letters are lost, or in a font of before Unicode
    return say("inspect.no_header", row=look.header.row, seen=look.header.seen[:8]), None


def _columns(header: Header) -> tuple[ColumnView, ...]:
    fields = {position: name for name, position in header.positions.items()}
    return tuple(
        ColumnView(column_letters(position), title, fields.get(position))
        for position, title in enumerate(header.every)
        if title
    )


def _missing(look: _Look) -> tuple[MissingView, ...]:
    """The fields without a column, each with the title that is most like what was looked for."""
    header, wanted = look.header, look.wanted
    found: Iterable[str]
    if isinstance(header, Header):
        found, seen = header.positions, [column.title for column in _columns(header)]
    else:
        row = look.head[header.row - 1] if header.row else ()
        found, seen = header.held, [tidy(cell) for cell in row if cell.strip()]
    held = header.titles.values() if isinstance(header, Header) else ()
    idle = [title for title in seen if title not in held]
    missing = []
    for name, headers in (wanted.needed | wanted.helpful).items():
        if name in found:
            continue
        needed = name in wanted.needed or (name in wanted.dating and not any(each in found for each in wanted.dating))
        missing.append(MissingView(name, headers, nearest_title(headers, idle), needed))
    return tuple(missing)


def _by_kind(layout: Mapping[int, str]) -> dict[str, tuple[int, ...]]:
    by_kind: dict[str, list[int]] = {}
    for row, kind in sorted(layout.items()):
        by_kind.setdefault(kind, []).append(row)
    return {kind: tuple(by_kind[kind]) for kind in KINDS if kind in by_kind}


def _dates(part: Part, config: Config) -> DatesView | None:
    if "submitted" not in part.columns:
        return None
    column = part.columns["submitted"]
    zone = ZoneInfo(config.timezone)
    often = np.bincount(codes(column), minlength=len(distinct(column)))
    styles: Counter[str] = Counter()
    unreadable: list[str] = []
    for text, rows in zip(distinct(column), often.tolist(), strict=True):
        if not rows:
            continue
        style = _style(tidy(text), zone)
        styles[style] += rows
        if style == "unreadable" and len(unreadable) < _EXAMPLES:
            unreadable.append(tidy(text))
    serials = part.serials.get("submitted", 0)
    styles["iso"] -= serials
    styles["serial"] += serials
    return DatesView({style: styles[style] for style in STYLES if styles[style]}, tuple(unreadable))


STYLES = ("iso", "day-first", "serial", "blank", "unreadable")


def _style(text: str, zone: ZoneInfo) -> str:
    if not text:
        return "blank"
    if read_date(text, zone) is None:
        return "unreadable"
    return "iso" if text[:4].isdigit() else "day-first"

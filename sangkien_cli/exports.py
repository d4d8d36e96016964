"""The exports read: every file opened, every sheet's header found, layout set apart, the data rows under each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sangkien_cli.arrays import TextArray, blanks, encoded, joined
from sangkien_cli.errors import Note, Problem, SangkienError
from sangkien_cli.intake import ExportReader, Part, Sheet
from sangkien_cli.lang import say
from sangkien_cli.model import UNIT, Config
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.files import content_of, find_files, libraries_for, short_names
from sangkien_cli.sheets.limits import Access


@dataclass(frozen=True, slots=True)
class Exports:
    """All rows of all sheets, not yet judged."""

    sheets: tuple[Sheet, ...]  # by file and position in it
    sheet: np.ndarray  # int32: for each row, its sheet's position in `sheets`
    row: np.ndarray  # int32: its number as Excel shows it
    # By name (a field, or `unit.N` for the levels, deepest first) the texts of all rows; "" = blank, also for a sheet
    # that lacks the column. The field that counts once is plain, all others are encoded.
    texts: Mapping[str, TextArray]
    # Why each row cannot be read, "" = it can: for done, then for each of `Config.also_count`, which need other cells.
    flaws: tuple[TextArray, ...]
    notes: tuple[Note, ...]
    digests: Mapping[str, Future[str]]  # by file, its SHA-256 in the making; a file that cannot be read raises there
    sizes: Mapping[str, int]  # by file, its bytes
    libraries: tuple[str, ...]  # that read them, by the names of their packages

    @property
    def flaw(self) -> TextArray:
        """Why each row cannot be read for done."""
        return self.flaws[0]

    @property
    def rows(self) -> int:
        """How many data rows there are."""
        return len(self.row)

    @property
    def levels(self) -> list[TextArray]:
        """The unit columns, deepest first."""
        return [column for name, column in self.texts.items() if name.startswith(UNIT)]

    def place(self, position: int) -> str:
        """Where a row stands: `a.xlsx [Sheet1]:17`."""
        return f"{self.sheets[self.sheet[position]].place}:{self.row[position]}"


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading is: told before each file."""

    file: str
    number: int  # from 1
    files: int


def read_exports(
    config: Config,
    arguments: Sequence[str] | None,
    tell: Callable[[Reading], None] = lambda _: None,
    access: Access | None = None,
    named: Sequence[tuple[str, Path]] | None = None,
) -> Exports:
    """Every data row of the exports: those named by `arguments`, else those of the quota file.

    `named` are the files instead, with the names that they had in an earlier report. Raises SangkienError with the
    problems of every file that cannot be read or counted.
    """
    access = access or Access()
    reader = ExportReader.of(config, access)
    parts: list[Part] = []
    problems: list[Problem] = []
    contents: dict[str, Content] = {}
    if named is None:
        named = named_files(export_paths(config, arguments, reader.notes))
    for number, (name, path) in enumerate(named, start=1):
        tell(Reading(name, number, len(named)))
        try:
            contents[name] = content_of(path, access.limits)
            parts += reader.read_file(contents[name], name)
        except SangkienError as error:
            problems += error.problems
            contents.pop(name, None)
    if problems:
        if contents:
            # Nobody should wonder what became of the others.
            problems.append(Problem("", say("exports.others", files=len(contents)), say("exports.others.fix")))
        raise SangkienError(*problems)
    return assemble(reader, parts, contents)


def named_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Files with their names in the report, by these: so that their order depends on nothing else."""
    return sorted(zip(short_names(paths), paths, strict=True))


def assemble(reader: ExportReader, parts: Sequence[Part], contents: Mapping[str, Content]) -> Exports:
    """Sheets put under each other. `contents` are the bytes of their files, by name."""
    # Reading takes every core and judging takes one: the digests are made beside the judging.
    pool = ThreadPoolExecutor(1)
    digests = {name: pool.submit(content.sha256) for name, content in contents.items()}
    pool.shutdown(wait=False)
    names_of_columns = (*reader.wanted.needed, *reader.wanted.helpful)
    copies = _copies(parts, contents)
    sheets = tuple(part.sheet(copies.get(at)) for at, part in enumerate(parts))
    copied = [Note(sheets[at].place, say("exports.copy", other=sheets[of].place)) for at, of in copies.items()]
    return Exports(
        sheets=sheets,
        sheet=np.repeat(np.arange(len(parts), dtype=np.int32), [len(part.rows) for part in parts]),
        row=np.concatenate([part.rows for part in parts]),
        texts={name: _under_each_other(parts, name, plain=name in reader.plain) for name in names_of_columns},
        flaws=tuple(joined(several) for several in zip(*(part.flaws for part in parts), strict=True)),
        notes=(*reader.notes, *copied),
        digests=digests,
        sizes={name: content.size for name, content in contents.items()},
        libraries=libraries_for(contents.values()),
    )


def _copies(parts: Sequence[Part], contents: Mapping[str, Content]) -> dict[int, int]:
    """The sheets that hold the same rows as an earlier one (by file and name), with the position of that one.

    Two files that are equal to the byte are one file. Otherwise two sheets are the same if every cell of their data
    rows and of the titles above is; a single row proves nothing, for two units may well report one line alike.
    """
    copies: dict[int, int] = {}
    of_length: dict[int, list[int]] = {}
    for at in sorted(range(len(parts)), key=lambda at: (parts[at].file, parts[at].name or "")):
        part = parts[at]
        earlier = of_length.setdefault(len(part.rows), [])
        for other in earlier:
            if part.rows.size and _is_copy(part, parts[other], contents):
                copies[at] = other
                break
        else:
            earlier.append(at)
    return copies


def _is_copy(part: Part, other: Part, contents: Mapping[str, Content]) -> bool:
    one, two = contents[part.file], contents[other.file]
    if one is not two and one.size == two.size and part.name == other.name and one.sha256() == two.sha256():
        return True
    for content in (one, two):
        content.watch.restart()  # the files between them took their own time
    return len(part.rows) > 1 and part.holds_the_rows_of(other)


def _under_each_other(parts: Sequence[Part], name: str, *, plain: bool) -> TextArray:
    missing = blanks if plain else _encoded_blanks
    return joined([part.columns[name] if name in part.columns else missing(len(part.rows)) for part in parts])


def _encoded_blanks(length: int) -> TextArray:
    return encoded(np.zeros(length, dtype=np.int32), [""])


def export_paths(config: Config | None, arguments: Sequence[str] | None, notes: list[Note] | None = None) -> list[Path]:
    """The files to be read: those that `arguments` name, else those of the quota file. Raises SangkienError.

    Lock files left out are added to `notes`.
    """
    if arguments:
        files = find_files(arguments, Path())
    elif config is not None and config.files:
        files = find_files(config.files, config.path.parent)
    else:
        place = "" if config is None else str(config.path)
        raise SangkienError(Problem(place, say("exports.none"), say("exports.none.fix")))
    if notes is not None:
        notes.extend(Note(path.name, say("exports.lock")) for path in files.locks)
    return list(files.paths)

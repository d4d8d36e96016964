"""Which files are meant, and what kind of file each is, by its content."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.limits import Limits
from sangkien_cli.sheets.source import Source

if TYPE_CHECKING:
    from sangkien_cli.sheets.package import Package

STDIN = Path("-")  # standard input
_STDIN_NAME = "stdin"
_SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv")  # what is read of a folder

Kind = Literal["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "html", "xml-2003"]


@dataclass(frozen=True, slots=True)
class Files:
    """The files that were asked for, each once, and the lock files left out."""

    paths: tuple[Path, ...]
    locks: tuple[Path, ...]  # `~$a.xlsx`: Excel has a.xlsx open


def find_files(patterns: Iterable[str], base: Path) -> Files:
    """The files that paths, folders and globs name; `-` is standard input.

    A relative pattern starts at `base`. Of a folder, its spreadsheets are read (by their endings), not those of the
    folders in it. Raises SangkienError, with every pattern that names nothing or a file that is not there.
    """
    found: dict[Path, Path] = {}
    locks: dict[Path, Path] = {}
    problems: list[Problem] = []
    for pattern in patterns:
        path = base / pattern
        if pattern == str(STDIN):
            files = [STDIN]
        elif path.is_dir():
            files = sorted(each for each in path.iterdir() if each.suffix.lower() in _SHEETS and each.is_file())
        elif path.exists():
            files = [path]
        else:
            matches = [Path(match) for match in glob.glob(_rooted(base, pattern), recursive=True)]
            files = [match for match in matches if match.is_file()]
        for file in files:
            (locks if _is_lock(file) else found).setdefault(file.resolve(), file)
        if all(_is_lock(file) for file in files):
            problems.append(_missing(path, pattern))
    if problems:
        raise SangkienError(*problems)
    return Files(tuple(found.values()), tuple(locks.values()))


def _is_lock(path: Path) -> bool:
    """Whether Excel or LibreOffice made the file to say that another one is open."""
    return path.name.startswith(("~$", ".~lock."))


def _rooted(base: Path, pattern: str) -> str:
    """The pattern below `base`, whose own name may hold brackets."""
    return str(Path(glob.escape(str(base))) / pattern)


def _missing(path: Path, pattern: str) -> Problem:
    if path.is_dir():
        return Problem(str(path), say("file.folder"), say("file.folder.fix"))
    if path.exists():
        return Problem(str(path), say("file.lock"), say("file.lock.fix", name=path.name.removeprefix("~$")))
    if glob.has_magic(pattern):
        return Problem(str(path), say("file.no_match"), say("file.no_match.fix"))
    return Problem(str(path), say("file.missing"), say("file.missing.fix"))


def short_names(paths: Sequence[Path]) -> list[str]:
    """Each file's name, with as many of its folders in front as tell it from the others.

    So a report is the same wherever its files lie.

    >>> short_names([Path("/x/a/t1.xlsx"), Path("/x/b/t1.xlsx"), Path("/x/b/t2.xlsx")])
    ['a/t1.xlsx', 'b/t1.xlsx', 't2.xlsx']
    """
    # A name that is not in UTF-8 could not be written into any report.
    parts = [
        [_STDIN_NAME]
        if path == STDIN
        else [os.fsencode(part).decode("utf-8", "replace") for part in path.resolve().parts]
        for path in paths
    ]
    names = []
    for own in parts:
        length = 1
        while length < len(own) and sum(other[-length:] == own[-length:] for other in parts) > 1:
            length += 1
        names.append("/".join(own[-length:]))
    return names


def content_of(path: Path, limits: Limits) -> Content:
    """The bytes of a file, or of standard input, which is read to its end. Raises SangkienError if there are none."""
    if path != STDIN and path.is_file():
        content = Content(str(path), path, limits=limits)
    elif path != STDIN:
        content = Content(str(path), None, _piped(path), limits)  # a named pipe, which is read once
    else:
        stream = sys.stdin
        if stream is None or stream.isatty():
            raise SangkienError(Problem(_STDIN_NAME, say("file.no_stdin"), say("file.no_stdin.fix")))
        content = Content(_STDIN_NAME, None, stream.buffer.read(), limits)
    if path == STDIN and not content.size:
        raise SangkienError(Problem(_STDIN_NAME, say("file.no_stdin"), say("file.no_stdin.fix")))
    if not content.start.strip(b"\xef\xbb\xbf\r\n\t "):
        raise SangkienError(Problem(content.place, say("file.empty"), say("file.empty.fix")))
    return content


def _piped(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SangkienError(Problem(str(path), say("file.unreadable", detail=error.strerror or ""))) from None


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file: its sheets, each with the ways in which it may be read (a CSV with each delimiter)."""

    kind: Kind
    sheets: Sequence[Sequence[Source]]


def open_file(content: Content, password: str | None = None) -> Opened:
    """The sheets of a file. Its readers are loaded as they are needed.

    Raises SangkienError if it is no spreadsheet that this program reads.
    """
    start = content.start
    if start.startswith(b"PK"):
        return _open_package(content)
    from sangkien_cli.sheets import html, ods, ole, xml2003

    if start.startswith(ole.SIGNATURE) or ole.is_raw_biff(start):
        return _open_old(content, password)
    if ods.is_fods(start):
        return _opened("ods", ods.open_fods(content))
    if xml2003.is_xml2003(start):
        return _opened("xml-2003", xml2003.open_xml2003(content))
    if html.is_html(start):
        return _opened("html", html.open_html(content))
    if start.lstrip(b"\xef\xbb\xbf\r\n\t ")[:13].lower() == b"mime-version:":
        raise SangkienError(Problem(content.place, say("file.mhtml"), say("file.mhtml.fix")))
    from sangkien_cli.sheets.csv import open_csv
    from sangkien_cli.sheets.csv_dialect import DELIMITERS

    if _is_named_workbook(content) and not any(delimiter.encode() in content.read() for delimiter in DELIMITERS):
        raise SangkienError(Problem(content.place, say("file.not_a_spreadsheet"), say("file.not_a_spreadsheet.fix")))
    return Opened("csv", [open_csv(content)])


_ALWAYS = ("numpy", "pyarrow")
_OLD_OR_LOCKED = ("msoffcrypto-tool", "olefile", "xlrd")


def libraries_for(contents: Iterable[Content]) -> tuple[str, ...]:
    """The packages of others that read some files, by name."""
    from sangkien_cli.sheets import ole

    old = any(each.start.startswith(ole.SIGNATURE) or ole.is_raw_biff(each.start) for each in contents)
    return tuple(sorted((*_ALWAYS, *(_OLD_OR_LOCKED if old else ()))))


def _is_named_workbook(content: Content) -> bool:
    """Whether a small file has a workbook's name: then a text without columns is some portal's error message."""
    ending = "" if content.path is None else content.path.suffix.lower()
    return ending.startswith((".xl", ".od")) and content.size < 1_000_000 and b"\0" not in content.start


def _opened(kind: Kind, sheets: Sequence[Source]) -> Opened:
    return Opened(kind, [[sheet] for sheet in sheets])


def _open_old(content: Content, password: str | None) -> Opened:
    """A workbook in the old form, or what an OLE container holds: that too, or any workbook under a password."""
    from sangkien_cli.sheets.locked import unlocked
    from sangkien_cli.sheets.ole import contents

    match contents(content):
        case "workbook":
            return _open_xls(content)
        case "encrypted-workbook":
            return _open_xls(unlocked(content, password))
        case "encrypted-package":
            return _open_package(unlocked(content, password))
        case _:
            raise SangkienError(
                Problem(content.place, say("file.not_a_spreadsheet"), say("file.not_a_spreadsheet.fix"))
            )


def _open_xls(content: Content) -> Opened:
    from sangkien_cli.sheets.xls import open_xls

    return _opened("xls", open_xls(content))


def _open_package(content: Content) -> Opened:
    """A zip package: Excel's or LibreOffice's."""
    from sangkien_cli.sheets.package import open_package

    with open_package(content) as package:
        kind = _kind_of(package)
    match kind:
        case "ods":
            from sangkien_cli.sheets.ods import open_ods

            return _opened(kind, open_ods(content))
        case "xlsb":
            from sangkien_cli.sheets.xlsb import open_xlsb

            return _opened(kind, open_xlsb(content))
        case _:
            from sangkien_cli.sheets.xlsx import open_xlsx

            return _opened(kind, open_xlsx(content))


def _kind_of(package: Package) -> Kind:
    """What a package holds. Whatever is neither of the others is opened as .xlsx, which refuses what is none."""
    names = {name.lower() for name in package.names}
    if "xl/workbook.xml" not in names:
        from sangkien_cli.sheets import ods, xlsb

        if ods.is_ods(package):
            return "ods"
        if xlsb.is_xlsb(package):
            return "xlsb"
    return "xlsm" if any(name.endswith("vbaproject.bin") for name in names) else "xlsx"

"""Which files are meant, and what kind of file each is, by its content."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.csv import DELIMITERS, CsvSource
from sangkien_cli.sheets.source import Source

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def find_files(patterns: Iterable[str], base: Path) -> list[Path]:
    """The files that paths and globs name, each once.

    A relative pattern starts at `base`. Excel's lock files (`~$…`) are left out of globs. Raises SangkienError, with
    every pattern that names nothing, a folder, or a file that is not there.
    """
    found: dict[Path, Path] = {}
    problems: list[Problem] = []
    for pattern in patterns:
        path = base / pattern
        if path.is_dir():
            problems.append(Problem(str(path), say("file.folder"), say("file.folder.fix", glob=str(path / "*.xlsx"))))
        elif path.exists():
            found.setdefault(path.resolve(), path)
        else:
            matches = [Path(match) for match in glob.glob(_rooted(base, pattern), recursive=True)]
            files = [match for match in matches if match.is_file() and not match.name.startswith("~$")]
            if not files:
                problems.append(_missing(path, pattern))
            for file in files:
                found.setdefault(file.resolve(), file)
    if problems:
        raise SangkienError(*problems)
    return list(found.values())


def _rooted(base: Path, pattern: str) -> str:
    """The pattern below `base`, whose own name may hold brackets."""
    return str(Path(glob.escape(str(base))) / pattern)


def _missing(path: Path, pattern: str) -> Problem:
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
    parts = [[os.fsencode(part).decode("utf-8", "replace") for part in path.resolve().parts] for path in paths]
    names = []
    for own in parts:
        length = 1
        while length < len(own) and sum(other[-length:] == own[-length:] for other in parts) > 1:
            length += 1
        names.append("/".join(own[-length:]))
    return names


def sha256(path: Path) -> str:
    """The file's SHA-256, in hexadecimal. Raises SangkienError if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SangkienError(Problem(str(path), say("file.unreadable", detail=error.strerror or ""))) from None


def open_file(path: Path, place: str) -> list[list[Source]]:
    """The sheets of a file, each with the ways in which it may be read (a CSV with either delimiter).

    Raises SangkienError if it is no spreadsheet that this program reads.
    """
    try:
        with open(path, "rb") as file:
            start = file.read(4096)
            rest = file.read() if start.startswith(_OLE) else b""
    except OSError as error:
        raise SangkienError(Problem(place, say("file.unreadable", detail=error.strerror or ""))) from None
    if not start.strip(b"\xef\xbb\xbf\r\n\t "):
        raise SangkienError(Problem(place, say("file.empty"), say("file.empty.fix")))
    if start.startswith(b"PK"):
        # Loaded here: a report over CSV files alone needs no Excel reader.
        from sangkien_cli.sheets.xlsx import open_xlsx

        return [[sheet] for sheet in open_xlsx(path, place)]
    if start.startswith(_OLE):
        kind = "file.password" if _ENCRYPTED in start + rest else "file.old_excel"
        raise SangkienError(Problem(place, say(kind), say(f"{kind}.fix")))
    if refusal := _no_csv(start):
        raise SangkienError(Problem(place, say(refusal), say(f"{refusal}.fix")))
    return [[CsvSource(path, place, delimiter) for delimiter in DELIMITERS]]


def _no_csv(start: bytes) -> str | None:
    """Why a file that begins like this is no CSV; None if it may be one."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "file.not_utf8"
    text = start.lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if text.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        return "file.web_page"
    if b"\0" in start or start.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")):
        return "file.not_a_spreadsheet"
    return None

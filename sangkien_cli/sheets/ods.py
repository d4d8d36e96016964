"""OpenDocument spreadsheets (.ods of LibreOffice, Google Sheets and Excel), packed or as one XML file (.fods)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.ods_content import RowCount, Tables
from sangkien_cli.sheets.package import Package, XmlReader, open_package, trouble

_KIND = b"application/vnd.oasis.opendocument.spreadsheet"  # its templates' kind goes on behind that
_CONTENT, _MANIFEST, _KIND_PART, _ENCRYPTED = "content.xml", "META-INF/manifest.xml", "mimetype", "encrypted-package"
_ENCRYPTION = re.compile(rb"<(?:[\w.-]+:)?encryption-data\b")
_FLAT = re.compile(rb"<(?:[\w.-]+:)?document\s[^>]*urn:oasis:names:tc:opendocument:xmlns:office:1\.0")
_CHUNK = 1 << 20


def is_ods(package: Package) -> bool:
    """Whether a package is an OpenDocument spreadsheet, perhaps encrypted; its kind may be left out."""
    names = package.names
    if _KIND_PART in names:
        return package.read(_KIND_PART).strip().startswith(_KIND)
    return _MANIFEST in names and bool(names & {_CONTENT, _ENCRYPTED})


def is_fods(start: bytes) -> bool:
    """Whether a file that begins like this is an OpenDocument document in one XML file."""
    return _FLAT.search(start) is not None


def open_ods(content: Content) -> list[Grid]:
    """The sheets of a spreadsheet, in its order; copies of other files' sheets and scenarios are left out.

    Raises SangkienError if it is encrypted or damaged, holds no sheets, or passes a limit.
    """
    with open_package(content) as package:
        names = package.names
        if _ENCRYPTED in names or (_MANIFEST in names and _ENCRYPTION.search(package.read(_MANIFEST))):
            raise SangkienError(Problem(content.place, say("file.password"), say("file.password_ods.fix")))
        return _sheets(content, package.chunks(_CONTENT))


def open_fods(content: Content) -> list[Grid]:
    """The sheets of a spreadsheet that is one XML file. Raises SangkienError as `open_ods` does."""
    with trouble(content):
        return _sheets(content, _pieces(content))


def _pieces(content: Content) -> Iterator[bytes]:
    with content.open() as file:
        while piece := file.read(_CHUNK):
            content.watch.time()
            yield piece


def _sheets(content: Content, chunks: Iterator[bytes]) -> list[Grid]:
    tables, count = Tables(content.place, content.watch), RowCount()
    readers = [XmlReader(into.start, into.end, into.data, counts_depth=False) for into in (tables, count)]
    for chunk in chunks:
        for reader in readers:
            reader.feed(chunk)
    for reader in readers:
        reader.close()
    if not tables.found:
        raise SangkienError(Problem(content.place, say("file.not_a_workbook"), say("file.not_a_workbook.fix")))
    grids = []
    for grid, counted in zip(tables.found, count.rows, strict=True):
        if grid is not None:
            grid.check(counted)
            grids.append(grid)
    return grids

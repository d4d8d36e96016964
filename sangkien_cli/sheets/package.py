"""Zip packages, in which Excel and LibreOffice keep their workbooks: parts read under watch, and their XML."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree import ElementTree
from xml.parsers import expat

from sangkien_cli.sheets.content import Content, damaged

_CHUNK = 1 << 20
_SMALL_PART = 64 << 20  # bytes of a part that is read at once: styles, relations, the list of sheets


class Forbidden(ValueError):
    """XML that declares a document type, which no spreadsheet does: entities can blow up or read other files."""

    def __init__(self) -> None:
        super().__init__("DOCTYPE")


@contextmanager
def trouble(content: Content) -> Iterator[None]:
    """What goes wrong inside a package or its XML becomes a problem of the file: it is damaged."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        expat.ExpatError,
        EOFError,
        LookupError,
        NotImplementedError,
        OverflowError,
        RecursionError,
        RuntimeError,
        UnicodeError,
        ValueError,
        struct.error,
    ) as error:
        raise damaged(content.place, error) from None


@dataclass(frozen=True)
class Package:
    """An open zip package."""

    content: Content
    zip: zipfile.ZipFile

    @property
    def names(self) -> set[str]:
        """The names of all parts."""
        return set(self.zip.namelist())

    def chunks(self, part: str, size: int = _CHUNK) -> Iterator[bytes]:
        """A part's bytes, unpacked piece by piece. At its end the checksum is compared.

        Raises KeyError for a part that is not there, BadZipFile for a wrong checksum, SangkienError where a limit is
        passed.
        """
        watch = self.content.watch
        packed = max(self.zip.getinfo(part).compress_size, 1)
        total = 0
        with self.zip.open(part) as file:
            while chunk := file.read(size):
                total += len(chunk)
                watch.unpack(len(chunk), total, packed)
                watch.time()
                yield chunk

    def read(self, part: str) -> bytes:
        """A small part, whole."""
        data = bytearray()
        for chunk in self.chunks(part):
            data += chunk
            if len(data) > _SMALL_PART:
                raise ValueError(part)
        return bytes(data)

    def xml(self, part: str) -> ElementTree.Element:
        """A small part's XML. Raises ParseError for XML that is none, Forbidden for a document type."""
        data = self.read(part)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise Forbidden
        return ElementTree.fromstring(data)

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part points to: by id, their kind (a URL) and name. "" is the package itself."""
        home = PurePosixPath(part).parent
        rels = str(home / "_rels" / f"{PurePosixPath(part).name}.rels")
        if rels not in self.names:
            return {}
        return {
            relation.get("Id", ""): (relation.get("Type", ""), _absolute(home, relation.get("Target", "")))
            for relation in self.xml(rels)
        }


@contextmanager
def open_package(content: Content) -> Iterator[Package]:
    """The package of a file. Raises SangkienError if it is damaged, also for what goes wrong while it is open."""
    with trouble(content), content.open() as file, zipfile.ZipFile(file) as zipped:
        yield Package(content, zipped)


def safe_parser() -> expat.XMLParserType:
    """A parser that gives names as `namespace}name` and refuses document types. Handlers are to be set."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Forbidden

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def local_name(tag: str) -> str:
    """An XML name without its namespace: transitional and strict Open XML differ in nothing else that is read."""
    return tag.rpartition("}")[2]


def _absolute(home: PurePosixPath, target: str) -> str:
    parts: list[str] = [] if target.startswith("/") else [part for part in home.parts if part != "."]
    for part in target.replace("\\", "/").split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)

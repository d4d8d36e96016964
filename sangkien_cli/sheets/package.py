"""Zip packages, in which Excel and LibreOffice keep their workbooks: parts read under watch, and their XML."""

from __future__ import annotations

import errno
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree
from xml.parsers import expat

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.content import Content, damaged, enough_memory

_CHUNK = 1 << 20
_SMALL_PART = 64 << 20  # bytes of a part that is read at once: styles, relations, the list of sheets
_ELEMENT, _ATTRIBUTE = 250, 100  # bytes that Python takes for an element and for an attribute, roughly
DEEPEST = 1000  # elements inside elements
_LONGEST = 4 << 20  # bytes of a single tag or comment: a parser holds it whole
_NAMES = 50_000  # different names of elements and attributes: a parser holds each


class Forbidden(ValueError):
    """XML that declares a document type, which no spreadsheet does: entities can blow up or read other files."""

    def __init__(self) -> None:
        super().__init__("DOCTYPE")


@contextmanager
def trouble(content: Content) -> Iterator[None]:
    """What goes wrong inside a package or its XML becomes a problem of the file: it is damaged."""
    try:
        with enough_memory(content.place):
            yield
    except OSError as error:
        # A damaged package points to places in front of the file.
        if error.errno != errno.EINVAL:
            raise SangkienError(Problem(content.place, say("file.unreadable", detail=error.strerror or ""))) from None
        raise damaged(content.place, error.strerror or "") from None
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

    @cached_property
    def _stored(self) -> Mapping[str, str]:
        return {_plain_name(name).lower(): name for name in self.names}

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all parts, as they are stored."""
        return frozenset(self.zip.namelist())

    def find(self, name: str) -> str | None:
        """A part's name as it is stored. Excel compares names without case, and takes backslashes too."""
        return self._stored.get(_plain_name(name).lower())

    def chunks(self, part: str, size: int = _CHUNK) -> Iterator[bytes]:
        """A part's bytes, unpacked piece by piece. At its end the checksum is compared.

        Raises KeyError for a part that is not there, BadZipFile for a wrong checksum, SangkienError where a limit is
        passed.
        """
        watch = self.content.watch
        stored = self.zip.getinfo(part)
        if stored.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # No office program writes others, and they unpack without measure.
            raise NotImplementedError(f"zip {stored.compress_type}")
        # The package may lie about that.
        packed = min(max(stored.compress_size, 1), self.content.size)
        total = 0
        with self.zip.open(part) as file:
            while chunk := file.read(size):
                total += len(chunk)
                watch.unpack(part, total, packed)
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
        """A small part's elements, named `namespace}name`, without text between them.

        Raises ExpatError for XML that is none, Forbidden for a document type.
        """
        builder = ElementTree.TreeBuilder()
        watch = self.content.watch
        held = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal held
            held += _ELEMENT + _ATTRIBUTE * len(attributes) + sum(map(len, attributes.values()))
            watch.hold(part, held)
            builder.start(tag, attributes)

        reader = XmlReader(start, builder.end)
        for chunk in self.chunks(part):
            reader.feed(chunk)
        reader.close()
        return builder.close()

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part points to: by id, the last word of their kind, and their name as it is stored.

        A part that is not there has the name that is asked for. "" is the package itself.
        """
        home, file = posixpath.split(_plain_name(part))
        rels = self.find(posixpath.join(home, "_rels", f"{file}.rels"))
        found = {}
        for relation in [] if rels is None else self.xml(rels):
            target = posixpath.join("/", home, relation.get("Target", "").replace("\\", "/"))
            name = posixpath.normpath(target).strip("/")
            kind = relation.get("Type", "").rpartition("/")[2]
            found[relation.get("Id", "")] = kind, self.find(name) or name
        return found


@contextmanager
def open_package(content: Content) -> Iterator[Package]:
    """The package of a file. Raises SangkienError if it is damaged, also for what goes wrong while it is open."""
    with trouble(content), content.open() as file, zipfile.ZipFile(file) as zipped:
        yield Package(content, zipped)


class XmlReader:
    """A parser that gives names as `namespace}name` and refuses document types, and what would fill its memory.

    `start` is given an element's name and attributes, `end` its name, `data` text. Every method raises ExpatError for
    XML that is none, Forbidden for a document type, ValueError for what no spreadsheet has: tags of megabytes, elements
    a thousand deep, names without end.
    """

    def __init__(
        self,
        start: Callable[[str, dict[str, str]], object],
        end: Callable[[str], object],
        data: Callable[[str], object] | None = None,
        encoding: str | None = None,  # None = as the XML says itself
        *,
        counts_depth: bool = True,  # False = the handlers do, or those of another reader of the same XML
    ) -> None:
        self.expat = expat.ParserCreate(encoding, namespace_separator="}")
        self.expat.buffer_text = True
        self.expat.StartDoctypeDeclHandler = self.expat.EntityDeclHandler = _refuse
        self.expat.StartElementHandler = self._start if counts_depth else start
        self.expat.EndElementHandler = self._end if counts_depth else end
        self.expat.CharacterDataHandler = data
        self._started, self._ended = start, end
        self._depth = 0
        self._fed = 0

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        self._fed += len(data)
        self.expat.Parse(data, False)
        if self._fed - self.expat.CurrentByteIndex > _LONGEST or len(self.expat.intern) > _NAMES:
            raise ValueError("XML")

    def close(self) -> None:
        """There are no more bytes."""
        self.expat.Parse(b"", True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(f"XML > {DEEPEST}")
        self._started(tag, attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._ended(tag)


def _refuse(*_: object) -> None:
    raise Forbidden


def local_name(tag: str) -> str:
    """An XML name without its namespace: transitional and strict Open XML differ in nothing else that is read."""
    return tag.rpartition("}")[2]


def _plain_name(part: str) -> str:
    return part.replace("\\", "/").strip("/")

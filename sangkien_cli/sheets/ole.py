"""OLE2 containers, in which old Excel keeps its workbooks, Word its documents, and every Excel what has a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from struct import unpack_from
from typing import TYPE_CHECKING, Literal

from sangkien_cli.errors import SangkienError
from sangkien_cli.sheets.content import Content, damaged, enough_memory

if TYPE_CHECKING:
    from olefile import OleFileIO

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOF, EOF, FILEPASS = frozenset({0x0009, 0x0209, 0x0409, 0x0809}), 0x000A, 0x002F

Kind = Literal["workbook", "encrypted-package", "encrypted-workbook", "other"]

_SECTORS = {(9, 6), (12, 6)}  # the sizes of sectors, large and small, as powers of 2
_STREAMS = ("Workbook", "Book")  # a file that serves Excel 95 and 97 alike holds both: the newer one first
_SUBSTREAMS = {0x0005, 0x0006, 0x0010, 0x0020, 0x0040, 0x0100}  # what a BOF record may open


def contents(content: Content) -> Kind:
    """What a container holds, or a BIFF stream without one: an old workbook, plain or encrypted, or a new one
    (.xlsx, .xlsb) that is encrypted. A Word document, an installer and whatever else is "other".

    Raises SangkienError if the container is damaged or cannot be read.
    """
    if not content.start.startswith(SIGNATURE):
        return _kind(content.read()) if is_raw_biff(content.start) else "other"
    with container(content) as ole:
        if _has(ole, "EncryptedPackage"):
            return "encrypted-package"
        stream = _stream(ole)
        return "other" if stream is None else _kind(stream)


def is_raw_biff(start: bytes) -> bool:
    """Whether a file that starts so is a workbook's stream of records without a container."""
    if len(start) < 8:
        return False
    code, length, _, substream = unpack_from("<HHHH", start)
    return code in BOF and 4 <= length <= 20 and substream in _SUBSTREAMS


def workbook_stream(content: Content) -> bytes:
    """The records of an old workbook. Raises SangkienError if there are none, or the container is damaged."""
    if not content.start.startswith(SIGNATURE):
        return content.read()
    with container(content) as ole:
        stream = _stream(ole)
    if stream is None:
        raise damaged(content.place, "Workbook")
    return stream


@contextmanager
def container(content: Content) -> Iterator[OleFileIO]:
    """The open container. Raises SangkienError if it is damaged, also for what goes wrong while it is open."""
    from olefile import OleFileIO

    # Of a hostile size, the library would compute with numbers of thousands of digits.
    if content.size < 512 or unpack_from("<HH", content.start, 30) not in _SECTORS:
        raise damaged(content.place, "OLE")
    try:
        with enough_memory(content.place), content.open() as file, OleFileIO(file) as ole:
            yield ole
    except SangkienError:
        raise
    except Exception as error:  # of any class, as the damage falls
        raise damaged(content.place, error) from None


def records(stream: bytes, start: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """The records of a BIFF stream from `start` on: the code, where the record begins, and its data.

    Raises ValueError where the stream ends within a record, or before one that the caller still asks for.
    """
    while True:
        if start < 0 or start + 4 > len(stream):
            raise ValueError("BIFF EOF")
        code, length = unpack_from("<HH", stream, start)
        data = stream[start + 4 : start + 4 + length]
        if len(data) < length:
            raise ValueError("BIFF EOF")
        yield code, start, data
        start += 4 + length


def _stream(ole: OleFileIO) -> bytes | None:
    name = next((name for name in _STREAMS if _has(ole, name)), None)
    if name is None:
        return None
    with ole.openstream(name) as stream:
        return bytes(stream.read())


def _has(ole: OleFileIO, name: str) -> bool:
    from olefile import STGTY_STREAM

    return bool(ole.get_type(name) == STGTY_STREAM)


def _kind(stream: bytes) -> Kind:
    try:
        for code, _, _ in records(stream):
            if code == FILEPASS:
                return "encrypted-workbook"
            if code == EOF:
                break
    except ValueError:
        pass  # the reader of workbooks says what is wrong with it
    return "workbook"

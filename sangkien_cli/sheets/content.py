"""A file's bytes, wherever they come from: the disk, standard input, or a workbook that was decrypted."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import BufferedReader
from pathlib import Path

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.limits import Limits, Watch

_START = 4096


@dataclass(frozen=True)
class Content:
    """The bytes of one file, which may be read again and again."""

    place: str  # the file as messages name it
    path: Path | None  # None = it is not on the disk
    data: bytes | None = None  # the whole of it where it is not on the disk
    limits: Limits = field(default_factory=Limits)

    def open(self) -> BufferedReader | io.BytesIO:
        """The bytes from the first on. Raises SangkienError if the file cannot be read."""
        if self.data is not None:
            return io.BytesIO(self.data)
        assert self.path is not None
        try:
            return open(self.path, "rb")
        except OSError as error:
            raise SangkienError(Problem(self.place, say("file.unreadable", detail=error.strerror or ""))) from None

    def read(self) -> bytes:
        """All bytes."""
        if self.data is not None:
            return self.data
        with self.open() as file:
            return file.read()

    @cached_property
    def start(self) -> bytes:
        """The first bytes, by which a format is known."""
        with self.open() as file:
            return file.read(_START)

    @cached_property
    def size(self) -> int:
        """How many bytes there are."""
        with self.open() as file:
            return file.seek(0, io.SEEK_END)

    @cached_property
    def watch(self) -> Watch:
        """What reading this file has cost so far."""
        return Watch(self.limits, self.place, self.size)

    def derive(self, data: bytes) -> Content:
        """What was made of this file in memory, decrypted or in another encoding: its reading costs on from here."""
        made = Content(self.place, None, data, self.limits)
        made.__dict__["watch"] = self.watch  # a cached property is set so, also of what is frozen
        return made

    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal."""
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def enough_memory(place: str) -> Iterator[None]:
    """Where memory does not suffice the file is too large for this machine: a problem of the file."""
    try:
        yield
    except MemoryError:
        raise SangkienError(Problem(place, say("file.memory"), say("file.memory.fix"))) from None


def damaged(place: str, error: BaseException | str) -> SangkienError:
    """A file that its reader cannot make sense of: `raise damaged(content.place, error) from None`."""
    detail = error if isinstance(error, str) else str(error).partition("\n")[0] or type(error).__name__
    return SangkienError(Problem(place, say("file.damaged", detail=detail), say("file.damaged.fix")))


@contextmanager
def any_trouble(place: str, *, telling: bool = True) -> Iterator[None]:
    """Whatever a library raises over damaged bytes becomes a problem of the file: it is damaged.

    Unless `telling`, the library's words are left out of it: they could hold a password.
    """
    try:
        with enough_memory(place):
            yield
    except SangkienError:
        raise
    except Exception as error:
        raise damaged(place, error if telling else type(error).__name__) from None


def recount(place: str, sheet: str | None, delivered: int, counted: int) -> None:
    """Compare the non-blank rows that a reader delivered with a second, simpler count of the file's own content.

    Raises SangkienError, which names both numbers, where they differ.
    """
    if delivered != counted:
        where = place if sheet is None else f"{place} [{sheet}]"
        what = say("file.recount", delivered=delivered, counted=counted)
        raise SangkienError(Problem(where, what, say("file.recount.fix")))

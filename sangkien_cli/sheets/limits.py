"""What reading one file may cost. A file that would cost more is refused with a sentence that says what to do."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say

_MB = 1_000_000
_SMALL_PART = 24 * _MB  # bytes that a part may unpack to whatever its packed size


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may take. `sangkien report --limit cells=200000000` changes one of them."""

    seconds: int = 10  # of reading, and for each MB of a file one more, of a packed one up to two
    cells: int = 50_000_000  # of a sheet's rectangle, from A1 to the last cell that holds anything
    megabytes: int = 4_000  # that the parts of a packed file may unpack to
    ratio: int = 200  # how many times its packed size a part over 24 MB may unpack to
    text: int = 150  # MB of text and cells that may be kept, and 20 times the file's size on top


@dataclass(frozen=True, slots=True)
class Access:
    """How files may be read."""

    limits: Limits = field(default_factory=Limits)
    password: str | None = None  # of encrypted workbooks


NAMES = tuple(each.name for each in fields(Limits))


@dataclass(slots=True)
class Watch:
    """Counts what reading one file costs. Every method raises SangkienError as soon as a limit is passed.

    A file of a few MB costs a few hundred MB of memory and 15 seconds at most, whatever it unpacks to. What a larger
    one may take grows in proportion to its size.
    """

    limits: Limits
    place: str  # the file as messages name it
    size: int  # of the file, in bytes
    began: float = field(default_factory=time.monotonic)
    kept: int = 0  # bytes of text and cells
    unpacked: int = 0  # bytes
    _held: dict[str, int] = field(default_factory=dict)  # bytes kept of each part, at most
    _parts: dict[str, int] = field(default_factory=dict)  # bytes unpacked of each part, at most

    def restart(self) -> None:
        """The file is read again, after others were: the clock starts anew."""
        self.began = time.monotonic()

    def time(self) -> None:
        """Look at the clock: to be called every few thousand cells."""
        megabytes = self.size // _MB
        # What a package unpacks to, it only claims: so not more than its size allows.
        seconds = self.limits.seconds + megabytes + min(self.unpacked // (20 * _MB), megabytes)
        if time.monotonic() - self.began > seconds:
            raise self._passed("seconds", say("limit.seconds", seconds=seconds))

    def rectangle(self, rows: int, columns: int, corner: str, sheet: str) -> None:
        """A sheet reaches this far down and to the right; `corner` is the address of the last cell."""
        if rows * columns > self.limits.cells:
            what = say("file.too_wide", sheet=sheet, corner=corner)
            fix = say("file.too_wide.fix", option=f"--limit cells={rows * columns}")
            raise SangkienError(Problem(self.place, what, fix))

    def keep(self, size: int) -> None:
        """So many more bytes of text or cells are kept in memory."""
        self.kept += size
        self.spare(0)

    def hold(self, part: str, total: int) -> None:
        """So many bytes are kept of one part in all. It may be read again and again, and is kept once."""
        self.keep(max(total - self._held.get(part, 0), 0))
        self._held[part] = max(total, self._held.get(part, 0))

    def spare(self, size: int) -> None:
        """So many more bytes are going to be kept: is there room for them?"""
        if self.kept + size > self.limits.text * _MB + 20 * self.size:
            raise self._passed("text", say("limit.text", megabytes=(self.kept + size) // _MB))

    def unpack(self, part: str, total: int, packed: int) -> None:
        """So many bytes of a part were unpacked so far, from `packed` bytes in all. A part may be read again."""
        before = self._parts.get(part, 0)
        self.unpacked += max(total - before, 0)
        self._parts[part] = max(total, before)
        if self.unpacked > self.limits.megabytes * _MB:
            raise self._passed("megabytes", say("limit.megabytes", megabytes=self.limits.megabytes))
        if total > _SMALL_PART and total > self.limits.ratio * packed:
            raise self._passed("ratio", say("limit.ratio", ratio=self.limits.ratio))

    def _passed(self, name: str, what: Sentence) -> SangkienError:
        return SangkienError(Problem(self.place, what, say("limit.fix", option=f"--limit {name}=…")))

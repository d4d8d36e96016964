"""What reading one file may cost. A file that would cost more is refused with a sentence that says what to do."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may take. `sangkien report --limit cells=200000000` changes one of them."""

    seconds: int = 10  # of reading, and one more for each MB of the file
    cells: int = 50_000_000  # of a sheet's rectangle, from A1 to the last cell that holds anything
    megabytes: int = 4_000  # that the parts of a packed file may unpack to
    ratio: int = 200  # how many times its packed size a part over 50 MB may unpack to
    text: int = 150  # MB of text that may be kept, and 20 times the file's size on top


NAMES = tuple(each.name for each in fields(Limits))


@dataclass(slots=True)
class Watch:
    """Counts what reading one file costs. Every method raises SangkienError as soon as a limit is passed."""

    limits: Limits
    place: str  # the file as messages name it
    size: int  # of the file, in bytes
    began: float = field(default_factory=time.monotonic)
    kept: int = 0  # bytes of text
    unpacked: int = 0  # bytes

    def time(self) -> None:
        """Look at the clock: to be called every few thousand cells."""
        seconds = self.limits.seconds + self.size // _MB
        if time.monotonic() - self.began > seconds:
            raise self._passed("seconds", say("limit.seconds", seconds=seconds))

    def rectangle(self, rows: int, columns: int, corner: str, sheet: str) -> None:
        """A sheet reaches this far down and to the right; `corner` is the address of the last cell."""
        if rows * columns > self.limits.cells:
            what = say("file.too_wide", sheet=sheet, corner=corner)
            fix = say("file.too_wide.fix", option=f"--limit cells={rows * columns}")
            raise SangkienError(Problem(self.place, what, fix))

    def keep(self, size: int) -> None:
        """So many more bytes of text are kept in memory."""
        self.kept += size
        if self.kept > self.limits.text * _MB + 20 * self.size:
            raise self._passed("text", say("limit.text", megabytes=self.kept // _MB))

    def unpack(self, size: int, total: int, packed: int) -> None:
        """So many more bytes were unpacked of a part: `total` so far, from `packed` bytes in all."""
        self.unpacked += size
        if self.unpacked > self.limits.megabytes * _MB:
            raise self._passed("megabytes", say("limit.megabytes", megabytes=self.limits.megabytes))
        if total > 50 * _MB and total > self.limits.ratio * packed:
            raise self._passed("ratio", say("limit.ratio", ratio=self.limits.ratio))

    def _passed(self, name: str, what: Sentence) -> SangkienError:
        return SangkienError(Problem(self.place, what, say("limit.fix", option=f"--limit {name}=…")))

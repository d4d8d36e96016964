"""The small parts of the job that every peer does in plain Python, once per distinct value.

Reads the quota file, folds names, finds the unit of a pair of names, reads a date, adds up the tree.
Imports neither pandas nor any of the measured tools.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from fold import fold

CODE, SUBMITTED, STATUS = "Mã sáng kiến", "Ngày gửi", "Trạng thái"
BASE, DISTRICT = "Công đoàn cơ sở", "Công đoàn cấp trên trực tiếp"
COLUMNS = [CODE, SUBMITTED, STATUS, BASE, DISTRICT]

AS_OF = date(2023, 12, 31)
RANKS = 1 << 12
"""A row is one integer, day × RANKS + the rank of its unit id: the least is the earliest, then first id."""

Counts = dict[str, dict[str, int]]
_DAY_FIRST = re.compile(r"\s*(\d{1,2})/(\d{1,2})/(\d{4})\s*")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00:00)?")


def day_number(text: str) -> int | None:
    """Return the ordinal of a dd/mm/yyyy or ISO date, None for anything else."""
    try:
        if match := _DAY_FIRST.fullmatch(text):
            return date(int(match[3]), int(match[2]), int(match[1])).toordinal()
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3])).toordinal()
    except ValueError:
        pass
    return None


class Job:
    """A quota file made ready for counting; units are numbered in order of their ids, phases as listed."""

    def __init__(self, quota_file: Path) -> None:
        loaded = yaml.load(quota_file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self._parents = dict(_walk(loaded["units"], None))
        self.ids = sorted(unit["id"] for unit, _ in self._parents.values())
        self.windows = [
            (str(phase), window["from"].toordinal(), window["to"].toordinal())
            for phase, window in loaded["phases"].items()
        ]
        self.accepted = {fold(text) for text in loaded["count"]["where"]["status"]}
        self._rank = {unit_id: rank for rank, unit_id in enumerate(self.ids)}
        self._named: dict[str, list[str]] = defaultdict(list)
        for unit, _ in self._parents.values():
            self._named[fold(unit["name"])].append(unit["id"])

    def accepts(self, status: str | None) -> bool:
        """Tell whether a status passes `count.where`."""
        return fold(status or "") in self.accepted

    def phase_day(self, text: str | None) -> int | None:
        """Return the ordinal of a date that lies in a phase and not after the as-of date, else None."""
        day = day_number(text or "")
        if day is None or day > AS_OF.toordinal():
            return None
        return day if any(first <= day <= last for _, first, last in self.windows) else None

    def dates(self) -> list[tuple[str, str]]:
        """Return the windows of the phases as ISO dates, cut at the as-of date."""
        last_day = AS_OF.toordinal()
        return [
            (f"{date.fromordinal(first)}", f"{date.fromordinal(min(last, last_day))}")
            for _, first, last in self.windows
        ]

    def unit_rank(self, base: str, district: str) -> int | None:
        """Return the number of the unit that two folded names (may be "") mean together, else None."""
        unit_id = self._unit(base, district)
        return None if unit_id is None else self._rank[unit_id]

    def _unit(self, base: str, district: str) -> str | None:
        deep = self._named.get(base, [])
        if not district:
            return deep[0] if len(deep) == 1 else None
        above = self._named.get(district, [])
        if len(above) != 1:
            return None
        if not deep:
            return above[0]
        inside = [unit_id for unit_id in deep if above[0] in self._upwards(unit_id)]
        return inside[0] if len(inside) == 1 else None

    def _upwards(self, unit_id: str) -> Iterator[str]:
        """Yield the unit and everything above it."""
        step: str | None = unit_id
        while step is not None:
            yield step
            step = self._parents[step][1]

    def roll_up(self, own: Iterable[tuple[int, int, int]]) -> Counts:
        """Turn (unit, phase, number of rows) into counts of each unit and all below it."""
        counts: Counts = {unit_id: dict.fromkeys((phase for phase, _, _ in self.windows), 0) for unit_id in self.ids}
        for unit, phase, rows in own:
            for unit_id in self._upwards(self.ids[unit]):
                counts[unit_id][self.windows[phase][0]] += rows
        return counts


def _walk(units: list[dict[str, Any]], parent: str | None) -> Iterator[tuple[str, tuple[dict[str, Any], str | None]]]:
    """Yield (unit_id, (unit, parent unit_id)) down the tree."""
    for unit in units:
        yield unit["id"], (unit, parent)
        yield from _walk(unit.get("units", []), unit["id"])


def read_arguments() -> tuple[Job, Path]:
    """Return the job and the export named on the command line: PEER QUOTA_FILE EXPORT."""
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} QUOTA_FILE EXPORT")
    return Job(Path(sys.argv[1])), Path(sys.argv[2])


def print_counts(counts: Counts) -> None:
    """Print the answer in the form that run.py compares."""
    print(json.dumps({"counts": counts}))

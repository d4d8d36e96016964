"""Count the sample rows again: from the written files, with the truth about each row, not by the program."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from sample_files import Place, Sheet, Truths, write_case
from sample_rows import Cell, Config, Row


def key(text: Cell) -> str:
    """A cell for comparing accepted values: case and outer space do not matter."""
    return str(text or "").strip().casefold()


def read_back(path: Path, delimiter: str) -> Iterator[tuple[str | None, list[list[Cell]]]]:
    """Every sheet of a written file as lists of cells, row 1 first."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield None, [list(line) for line in csv.reader(file, delimiter=delimiter, strict=True)]
        return
    book = openpyxl.load_workbook(path)
    for page in book.worksheets:
        yield page.title, [[plain(cell) for cell in line] for line in page.iter_rows(values_only=True)]


def plain(cell: object) -> Cell:
    return cell if cell is None or isinstance(cell, str | int | date) else str(cell)


@dataclass(slots=True)
class Written:
    """The data rows of a case as they stand in its files."""

    rows: list[tuple[Place, dict[str, Cell], Row]] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    without_data: list[dict[str, Any]] = field(default_factory=list)

    @property
    def layout(self) -> int:
        return sum(sheet["layout"] for sheet in self.inputs)


def read_case(folder: Path, sheets: Sequence[Sheet], truths: Truths) -> Written:
    """Read the files again, telling rows from layout by their cells alone. Each row has its truth."""
    written = Written()
    by_place = {(sheet.file, sheet.sheet): sheet for sheet in sheets}
    for file in sorted({sheet.file for sheet in sheets}):
        delimiter = next(sheet.delimiter for sheet in sheets if sheet.file == file)
        for title, lines in read_back(folder / file, delimiter):
            read_sheet(written, by_place[file, title], lines, truths)
    assert len(written.rows) == len(truths)
    return written


def read_sheet(written: Written, sheet: Sheet, lines: list[list[Cell]], truths: Truths) -> None:
    where = {"path": sheet.file, "sheet": sheet.sheet}
    headers = [header for _, header in sheet.columns]
    if not headers:
        written.without_data.append({**where, "rows": len(lines)})
        return
    top = next(i for i, line in enumerate(lines) if line[: len(headers)] == headers)
    data = 0
    for number, line in enumerate(lines[top + 1 :], start=top + 2):
        cells = dict(zip((name for name, _ in sheet.columns), line, strict=False))
        if not any(line) or cells.get("unit") == "Tổng cộng":
            continue
        place = Place(sheet.file, sheet.sheet, number)
        written.rows.append((place, cells, truths[place]))
        data += 1
    written.inputs.append({**where, "rows": data, "layout": len(lines) - 1 - data})


def reason(cells: dict[str, Cell], truth: Row, as_of: date, config: Config) -> str | None:
    """Why a row does not count, duplicates apart: the first reason in the order of contract §3."""
    for name, accepted in config.where.items():
        if key(cells[name]) not in map(key, accepted):
            return "filtered"
    if truth.unit_fault:
        return truth.unit_fault
    if config.fixed_phase is None:
        if truth.date_fault:
            return truth.date_fault
        assert truth.day is not None
        if truth.day > as_of:
            return "after-as-of"
        if config.phase_of(truth.day) is None:
            return "outside-phases"
    if config.once_per_code and not cells["code"]:
        return "no-code"
    return None


def count(written: Written, config: Config, as_of: date) -> dict[str, Any]:
    """What a right report says on that day."""
    reasons: Counter[str] = Counter()
    passed: list[tuple[tuple[Any, ...], Cell, int, str, str]] = []
    for place, cells, truth in written.rows:
        why = reason(cells, truth, as_of, config)
        if why is not None:
            reasons[why] += 1
            continue
        day = truth.day or as_of
        order = (day, truth.unit, place.file, place.sheet or "", place.row)
        number = cells.get("count", 1)
        assert isinstance(number, int)
        assert truth.unit is not None
        phase = config.fixed_phase or config.phase_of(day)
        assert phase is not None
        passed.append((order, cells.get("code"), number, truth.unit, phase))
    direct = {unit: dict.fromkeys(config.phases, 0) for unit in config.units}
    done = {unit: dict.fromkeys(config.phases, 0) for unit in config.units}
    seen: set[Cell] = set()
    for _, code, number, unit, phase in sorted(passed):
        if config.once_per_code and code in seen:
            reasons["duplicate"] += 1
            continue
        seen.add(code)
        direct[unit][phase] += number
        for at in config.chain(unit):
            done[at][phase] += number
    kept = shown(config, done, as_of)
    direct, done = ({unit: each[unit] for unit in kept} for each in (direct, done))
    aside = dict(sorted(reasons.items()))
    rows = {"read": len(written.rows), "counted": len(written.rows) - reasons.total(), "set_aside": aside}
    return {"rows": {**rows, "layout": written.layout}, "done": done, "direct": direct}


def shown(config: Config, done: dict[str, dict[str, int]], as_of: date) -> list[str]:
    """The units of a report: those of that day, those that had ended but were asked for something, any with a result,
    and all above them."""
    kept: set[str] = set()
    for unit in config.units.values():
        if unit.exists(as_of) or any(done[unit.id].values()) or (unit.last < as_of and unit.quota):
            kept.update(config.chain(unit.id))
    return [unit for unit in config.units if unit in kept]


@dataclass(frozen=True, slots=True)
class Made:
    """A finished case: its quota files, what was written, the days on which it is counted."""

    config: Config
    quota_files: tuple[str, ...]
    written: Written
    counts: dict[str, dict[str, Any]]  # as-of date → count

    def done(self, as_of: str, unit: str, phase: str) -> int:
        number = self.counts[as_of]["done"][unit][phase]
        assert isinstance(number, int)
        return number


def finish(folder: Path, name: str, config: Config, sheets: Sequence[Sheet], days: Iterable[str]) -> Made:
    truths = write_case(folder, name, sheets)
    written = read_case(folder / name, sheets, truths)
    counts = {day: count(written, config, date.fromisoformat(day)) for day in days}
    return Made(config, (config.path.name,), written, counts)

"""Count the sample rows again: from the written files, with the truth about each row, not by the program."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
from sample_files import Place, Sheet, Truths, write_case
from sample_rows import Cell, Config, Row, Where, read_where


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


def passes(cells: dict[str, Cell], where: Where) -> bool:
    return all(key(cells[name]) in map(key, accepted) for name, accepted in where.items())


def reason(cells: dict[str, Cell], truth: Row, as_of: date, config: Config, where: Where) -> str | None:
    """Why a row does not count, duplicates apart: the first reason in the order of contract §3."""
    if not passes(cells, where):
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that counts."""

    cells: dict[str, Cell]
    unit: str
    phase: str
    number: int  # the submissions that it stands for


def judge(written: Written, config: Config, as_of: date, where: Where) -> tuple[list[Kept], Counter[str]]:
    """The rows that count where rows must pass these conditions, and the reasons of the others."""
    reasons: Counter[str] = Counter()
    passed: list[tuple[tuple[Any, ...], Kept]] = []
    for place, cells, truth in written.rows:
        why = reason(cells, truth, as_of, config, where)
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
        passed.append((order, Kept(cells, truth.unit, phase, number)))
    kept: list[Kept] = []
    seen: set[Cell] = set()
    for _, row in sorted(passed, key=lambda each: each[0]):
        code = row.cells.get("code")
        if config.once_per_code and code in seen:
            reasons["duplicate"] += 1
            continue
        seen.add(code)
        kept.append(row)
    return kept, reasons


Totals = dict[str, dict[str, int]]  # by unit and phase


def rolled_up(kept: Iterable[Kept], config: Config) -> Totals:
    """What each unit has with everything below it."""
    done = {unit: dict.fromkeys(config.phases, 0) for unit in config.units}
    for row in kept:
        for at in config.chain(row.unit):
            done[at][row.phase] += row.number
    return done


def count(written: Written, config: Config, as_of: date) -> dict[str, Any]:
    """What a right report says on that day."""
    kept, reasons = judge(written, config, as_of, config.where)
    done = rolled_up(kept, config)
    direct = {unit: dict.fromkeys(config.phases, 0) for unit in config.units}
    for row in kept:
        direct[row.unit][row.phase] += row.number
    here = shown(config, done, as_of)

    def of_the_day(totals: Totals) -> Totals:
        return {unit: totals[unit] for unit in here}

    aside = dict(sorted(reasons.items()))
    rows = {"read": len(written.rows), "counted": len(kept), "set_aside": aside, "layout": written.layout}
    found = {"rows": rows, "done": of_the_day(done), "direct": of_the_day(direct)}
    if config.also_count:
        also = {
            name: rolled_up(judge(written, config, as_of, where)[0], config)
            for name, where in config.also_count.items()
        }
        found["also"] = {name: of_the_day(totals) for name, totals in also.items()}
    if config.targets:
        found["targets"] = [target_result(target, kept, config) for target in config.targets]
    return found


def target_result(target: dict[str, Any], kept: Iterable[Kept], config: Config) -> dict[str, Any]:
    """What a target that names its unit comes to, as an exact fraction."""
    unit, phase = config.units[target["unit"]], target["phase"]
    rows = [row for row in kept if row.phase == phase and passes(row.cells, read_where(target))]
    inside = [row for row in rows if unit.id in config.chain(row.unit)]
    done = sum(row.number for row in inside)
    result: dict[str, Any] = {"id": target["id"], "unit": unit.id, "phase": phase}

    def below(kind: str) -> list[str]:
        return [
            other.id
            for other in config.units.values()
            if other.kind == kind and unit.id in [*config.chain(other.id)][1:]
        ]

    match target["measure"]:
        case "count":
            value = Fraction(done)
        case "average":
            value = Fraction(done, len(below(target["per"])))
        case "coverage":
            asked, totals = below(target["of"]), rolled_up(inside, config)
            value = Fraction(sum(totals[each][phase] >= target["having"] for each in asked), len(asked))
        case "sum":
            texts = [str(row.cells[target["of"]] or "") for row in inside]
            value = Fraction(sum(int(text) for text in texts if text.isdecimal()))
            result["blank"] = texts.count("")
            result["unread"] = sum(not text.isdecimal() for text in texts) - texts.count("")
        case "per-member":
            assert unit.members
            value = Fraction(done, unit.members)
        case measure:
            raise ValueError(measure)
    least = str(target["at_least"])
    asked_for = Fraction(least.rstrip("%")) / (100 if least.endswith("%") else 1)
    return {**result, "value": str(value), "met": value >= asked_for}


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

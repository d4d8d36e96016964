"""Write one export of N rows as CSV and XLSX, its quota file, and the counts that a right program must find.

    python bench/generate.py 1000000 --out bench/.data

The expected counts come from what each row was made to be, never from reading the files back. The same N and
seed give the same rows. The tree, the quotas and the rows are invented.
"""

import argparse
import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import tree
import xlsxwriter  # type: ignore[import-untyped,unused-ignore]

HEADERS = [
    "STT", "Mã sáng kiến", "Tên sáng kiến", "Tác giả", "Công đoàn cơ sở", "Công đoàn cấp trên trực tiếp",
    "Lĩnh vực", "Ngày gửi", "Ngày áp dụng", "Trạng thái", "Hình thức công nhận", "Số quyết định",
    "Giá trị làm lợi", "Ghi chú",
]  # fmt: skip
AS_OF = date(2023, 12, 31)
PHASES = {"gd1": (date(2022, 1, 8), date(2022, 5, 31)), "gd2": (date(2022, 6, 1), date(2023, 8, 31))}
ACCEPTED = ["Hợp lệ"] * 8 + ["hợp lệ", "HỢP LỆ", "Hợp lệ "]
REJECTED = ["Không hợp lệ", "Chờ duyệt", "Đang xem xét", "KHÔNG HỢP LỆ"]
BAD_DATES = ["31/02/2022", "05/13/2022", "9/226", "chưa rõ"]
UNKNOWN_DISTRICTS = ["LĐLĐ huyện Châu Thành", "LĐLĐ tỉnh Bắc Kạn", "Liên đoàn Lao động huyện Chợ Mới"]
UNKNOWN_WORKPLACES = [f"Công ty TNHH Sao Băng {n}" for n in range(1, 201)]
SUBJECTS = [
    "Cải tiến quy trình",
    "Ứng dụng phần mềm",
    "Tái sử dụng vật liệu",
    "Giảm hao phí",
    "Đổi mới cách dạy",
]
OBJECTS = [
    "vận hành lò hơi",
    "quản lý hồ sơ",
    "chăm sóc trẻ",
    "đóng gói sản phẩm",
    "soạn bài giảng",
    "tưới chè",
]
PEOPLE = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Cường", "Phạm Thu Dung", "Hoàng Đức Em", "Vũ Thị Giang"]
FIELDS = ["Kỹ thuật", "Giáo dục", "Y tế", "Quản lý", "Nông nghiệp"]
RECOGNITIONS = ["Hội đồng sáng kiến cơ sở", "Hội đồng khoa học cấp huyện", "Quyết định của giám đốc", ""]
NOTES = ["", "", "", "", "Đã bổ sung hồ sơ", 'Theo công văn "khẩn", bản 2']

Cell = str | int | date


@dataclass(frozen=True, slots=True)
class Place:
    """What the two unit columns say, and what they truly mean: a unit, or the reason there is none."""

    base: str
    district: str
    unit: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """The part of a row that decides its verdict; `day` is None where `day_text` is not a date."""

    code: str
    status: str
    place: Place
    day: date | None
    day_text: str

    @property
    def reason(self) -> str | None:
        """Return the first reason against the row, in the contract's order; duplicates aside."""
        if self.status not in ACCEPTED:
            return "filtered"
        return self.place.reason or self._date_reason() or (None if self.code else "no-code")

    @property
    def phase(self) -> str | None:
        """Return the id of the phase the row is dated in."""
        day = self.day
        return next((name for name, (first, last) in PHASES.items() if day and first <= day <= last), None)

    def _date_reason(self) -> str | None:
        if self.day is None:
            return "bad-date" if self.day_text else "no-date"
        if self.day > AS_OF:
            return "after-as-of"
        return None if self.phase else "outside-phases"


class Expected:
    """Judge the drafts as they pass: how many count for each unit and phase, how many fall to each reason."""

    def __init__(self, units: list[tree.Unit]) -> None:
        self._units = units
        self._set_aside: Counter[str] = Counter()
        self._kept: dict[str, tuple[date, str, int]] = {}
        self._phase_of: dict[str, str] = {}
        self._read = 0

    def add(self, draft: Draft) -> None:
        """Take in the next row; of equal codes the earliest date, then unit id, then row is kept."""
        self._read += 1
        if reason := draft.reason:
            self._set_aside[reason] += 1
            return
        assert draft.day
        assert draft.place.unit
        assert draft.phase
        key = (draft.day, draft.place.unit, self._read)
        before = self._kept.get(draft.code)
        if before:
            self._set_aside["duplicate"] += 1
        if before is None or key < before:
            self._kept[draft.code] = key
            self._phase_of[draft.code] = draft.phase

    def as_json(self) -> dict[str, object]:
        """Return `rows` and `direct` and rolled-up `counts`: {unit: {phase: n}}, every unit listed."""
        direct = {unit.id: dict.fromkeys(PHASES, 0) for unit in self._units}
        for code, (_, unit_id, _) in self._kept.items():
            direct[unit_id][self._phase_of[code]] += 1
        counts = {unit_id: dict(phases) for unit_id, phases in direct.items()}
        for unit in reversed(self._units):
            for phase in PHASES if unit.parent else ():
                counts[str(unit.parent)][phase] += counts[unit.id][phase]
        rows = {"read": self._read, "counted": len(self._kept), "set_aside": dict(self._set_aside)}
        return {"rows": rows, "counts": counts, "direct": direct}


class Drafts:
    """The seeded stream of drafts."""

    def __init__(self, rng: random.Random, units: list[tree.Unit]) -> None:
        self._rng = rng
        self._by_id = {unit.id: unit for unit in units}
        self._base = [unit for unit in units if unit.parent not in (None, tree.ROOT_ID)]
        self._unique = [unit for unit in self._base if not unit.name.endswith(tuple(tree.SHARED))]
        self._shared = [unit for unit in self._base if unit.name.endswith(tuple(tree.SHARED))]
        self._recent: list[Draft] = []

    def next(self, number: int) -> Draft:
        """Return the draft of data row `number`; one in fifty repeats the code of a recent row."""
        if self._recent and self._rng.random() < 0.02:
            return self._repeat(self._rng.choice(self._recent))
        draft = Draft(self._code(number), self._status(), self._place(), *self._day())
        if draft.code:
            self._remember(number, draft)
        return draft

    def _remember(self, number: int, draft: Draft) -> None:
        if len(self._recent) < 1000:
            self._recent.append(draft)
        else:
            self._recent[number % 1000] = draft

    def _repeat(self, first: Draft) -> Draft:
        """Send the same code again: the same row, the same day from another unit, or another day."""
        dice = self._rng.random()
        if dice < 0.4:
            return first
        if dice < 0.6:
            return Draft(first.code, first.status, self._place(), first.day, first.day_text)
        return Draft(first.code, self._status(), first.place, *self._day())

    def _code(self, number: int) -> str:
        return "" if self._rng.random() < 0.001 else f"SK-{number:07d}"

    def _status(self) -> str:
        return self._rng.choice(REJECTED if self._rng.random() < 0.15 else ACCEPTED)

    def _day(self) -> tuple[date | None, str]:
        dice = self._rng.random()
        if dice < 0.02:
            return None, "" if dice < 0.01 else self._rng.choice(BAD_DATES)
        first, last = self._window(dice)
        day = first + timedelta(days=int(self._rng.random() * ((last - first).days + 1)))
        return day, f"{day:%d/%m/%Y}"

    def _window(self, dice: float) -> tuple[date, date]:
        if dice < 0.04:
            return date(2021, 9, 1), date(2022, 1, 7)
        if dice < 0.06:
            return date(2023, 9, 1), AS_OF
        if dice < 0.07:
            return date(2024, 1, 1), date(2024, 6, 30)
        return PHASES["gd1"] if dice < 0.4 else PHASES["gd2"]

    def _spell(self, unit: tree.Unit) -> str:
        """Return the usual spelling twice in five, else any."""
        return unit.name if self._rng.random() < 0.4 else self._rng.choice(unit.spellings)

    def _above(self, unit: tree.Unit) -> str:
        return self._spell(self._by_id[str(unit.parent)])

    def _place(self) -> Place:
        dice = self._rng.random()
        if dice >= 0.033:
            unit = self._rng.choice(self._base)
            return Place(self._spell(unit), self._above(unit), unit.id, None)
        return self._odd_place(dice)

    def _odd_place(self, dice: float) -> Place:
        """Return the rarer ways to fill in (or not) the two unit columns."""
        unit = self._rng.choice(self._unique)
        stranger = self._rng.choice(UNKNOWN_WORKPLACES)
        if 0.010 <= dice < 0.028:
            return self._loosely_named(dice, unit, stranger)
        return self._unusable(dice, unit, stranger)

    def _loosely_named(self, dice: float, unit: tree.Unit, stranger: str) -> Place:
        """Return a place that is told in part, but still counts."""
        if dice < 0.015:
            return Place(stranger, self._above(unit), unit.parent, None)
        if dice < 0.020:
            return Place("", self._above(unit), unit.parent, None)
        if dice < 0.025:
            return Place(self._spell(unit), "", unit.id, None)
        return Place(self._spell(unit), self._spell(self._by_id[tree.ROOT_ID]), unit.id, None)

    def _unusable(self, dice: float, unit: tree.Unit, stranger: str) -> Place:
        """Return a place that no unit can be found for."""
        if dice < 0.005:
            return Place(self._spell(unit), self._rng.choice(UNKNOWN_DISTRICTS), None, "unknown-unit")
        if dice < 0.010:
            return Place(stranger, "", None, "unknown-unit")
        if dice < 0.030:
            other = self._rng.choice([district for district in tree.DISTRICTS if district != unit.parent])
            return Place(self._spell(unit), self._spell(self._by_id[other]), None, "conflicting-units")
        if dice < 0.031:
            return Place(self._spell(self._rng.choice(self._shared)), "", None, "ambiguous-unit")
        return Place("", "", None, "no-unit")


def cells(number: int, draft: Draft, rng: random.Random) -> list[Cell]:
    """Return the 14 cells of a row; a date is a `date` where the XLSX holds a real one."""
    real = rng.random() < 0.5
    day: Cell = draft.day if draft.day and real else draft.day_text
    applied = date(2021, 9, 1) + timedelta(days=int(rng.random() * 700))
    title = f"{rng.choice(SUBJECTS)}, {rng.choice(OBJECTS)} lần {int(rng.random() * 5000)}"
    return [
        number, draft.code, title, rng.choice(PEOPLE), draft.place.base, draft.place.district,
        rng.choice(FIELDS), day, applied if real else f"{applied:%d/%m/%Y}", draft.status,
        rng.choice(RECOGNITIONS), f"{int(rng.random() * 3000)}/QĐ-LĐLĐ", int(rng.random() * 90_000) * 1000,
        rng.choice(NOTES),
    ]  # fmt: skip


class Sink(Protocol):
    """Something that takes the rows of the export."""

    def write(self, row: list[Cell]) -> None:
        """Add a row."""

    def close(self) -> None:
        """Finish the file."""


class CsvSink:
    """UTF-8, comma, quotes where needed; dates as dd/mm/yyyy."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)

    def write(self, row: list[Cell]) -> None:
        """Add a row."""
        self._writer.writerow([f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell for cell in row])

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class XlsxSink:
    """A workbook with a shared string table, as Excel writes it."""

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(path)
        self._sheet = self._book.add_worksheet("Sáng kiến")
        self._date = self._book.add_format({"num_format": "dd/mm/yyyy"})
        self._next = 0

    def write(self, row: list[Cell]) -> None:
        """Add a row."""
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                self._sheet.write_datetime(self._next, column, cell, self._date)
            elif isinstance(cell, int):
                self._sheet.write_number(self._next, column, cell)
            elif cell:
                self._sheet.write_string(self._next, column, cell)
        self._next += 1

    def close(self) -> None:
        """Finish the file."""
        self._book.close()


def quota_yaml(units: list[tree.Unit]) -> str:
    """Return the quota file: two phases, two unit levels, a quota for every unit."""
    lines = [
        "# Generated for the benchmark: the units below the province, all quotas and all rows are invented.",
        "programme: 1 triệu sáng kiến", "language: vi", "phases:",
        *(f"  {key}: {{name: Giai đoạn {key[-1]}, from: {a}, to: {b}}}" for key, (a, b) in PHASES.items()),
        "exports:", "  files: [export-*.csv]", "  columns:",
        "    code: Mã sáng kiến", "    submitted: Ngày gửi", "    status: Trạng thái", "    unit:",
        "      - Công đoàn cơ sở", "      - Công đoàn cấp trên trực tiếp",
        "count:", "  where:", "    status: [Hợp lệ]", "  once_per: code",
        "units:", *_unit_lines(units, None, ""),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _unit_lines(units: list[tree.Unit], parent: str | None, indent: str) -> Iterator[str]:
    quota = {None: (200_000, 500_000), tree.ROOT_ID: (20_000, 50_000)}.get(parent, (250, 600))
    for unit in (unit for unit in units if unit.parent == parent):
        yield f"{indent}  - name: {unit.name}"
        yield f"{indent}    id: {unit.id}"
        yield f"{indent}    quota: {{gd1: {quota[0]}, gd2: {quota[1]}}}"
        children = list(_unit_lines(units, unit.id, indent + "    "))
        yield from [f"{indent}    units:", *children] if children else []


def generate(rows: int, out: Path, formats: list[str], seed: int = 1) -> None:
    """Write the export in each format, `quota.yaml` and `expected-N.json` into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    units = tree.build()
    (out / "quota.yaml").write_text(quota_yaml(units), encoding="utf-8")
    kinds: dict[str, type[CsvSink] | type[XlsxSink]] = {"csv": CsvSink, "xlsx": XlsxSink}
    unfinished = {out / f"export-{rows}.{name}": out / f"export-{rows}.{name}.part" for name in formats}
    sinks: list[Sink] = [kinds[path.suffix[1:]](part) for path, part in unfinished.items()]
    expected = Expected(units)
    _write_rows(rows, random.Random(seed), units, sinks, expected)
    for sink in sinks:
        sink.close()
    for path, part in unfinished.items():
        part.replace(path)
    text = json.dumps(expected.as_json(), ensure_ascii=False, indent=1)
    (out / f"expected-{rows}.json").write_text(text + "\n", encoding="utf-8")


def _write_rows(rows: int, rng: random.Random, units: list[tree.Unit], sinks: list[Sink], expected: Expected) -> None:
    drafts = Drafts(rng, units)
    for sink in sinks:
        sink.write(list(HEADERS))
    for number in range(1, rows + 1):
        draft = drafts.next(number)
        row = cells(number, draft, rng)
        expected.add(draft)
        for sink in sinks:
            sink.write(row)


def main() -> None:
    """Read the arguments and generate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=int, metavar="N")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / ".data")
    parser.add_argument("--formats", default="csv,xlsx")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    generate(args.rows, args.out, args.formats.split(","), args.seed)


if __name__ == "__main__":
    main()

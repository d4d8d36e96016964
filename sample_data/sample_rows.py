"""Sample rows and the truth about each: good ones, and ones spoilt on purpose."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from sample_words import (
    BAD_DATES,
    COMMUNES,
    FIRMS,
    FREE_TEXT_BENEFITS,
    SCHOOLS,
    TRADES,
    Weighted,
    fill,
    person,
    pick,
    spell,
    trade_for,
)

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
SEED = "sangkien 2022"

Cell = str | int | date | None  # a datetime is a date


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    name: str
    also: tuple[str, ...]
    parent: str | None
    quota: dict[str, Any]  # by phase a number, or numbers by basis
    first: date = date.min  # its first and its last day, within those of the unit above
    last: date = date.max
    into: tuple[str, ...] = ()  # the ids of the units that it says followed it
    ends_with_parent: bool = False
    kind: str | None = None
    members: int | None = None

    def exists(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def is_base(self) -> bool:
        """Does it stand in the column of base unions (CĐCS, công đoàn bộ phận)?"""
        return self.name.startswith(("CĐCS", "Công đoàn bộ phận"))


Where = dict[str, tuple[str, ...]]  # field → accepted values


@dataclass(frozen=True, slots=True)
class Config:
    """What this script needs of a quota file."""

    path: Path
    phases: dict[str, tuple[date, date]]
    where: Where
    once_per_code: bool
    fixed_phase: str | None  # set when the exports hold no dates
    units: dict[str, Unit]  # in tree order
    also_count: dict[str, Where] = field(default_factory=dict)
    targets: list[dict[str, Any]] = field(default_factory=list)  # as they stand in the file

    @property
    def root(self) -> str:
        return next(iter(self.units))

    def phase_of(self, day: date) -> str | None:
        return next((p for p, (first, last) in self.phases.items() if first <= day <= last), None)

    def chain(self, unit: str) -> Iterator[str]:
        """The unit and everything above it."""
        at: str | None = unit
        while at is not None:
            yield at
            at = self.units[at].parent

    def today(self, unit: str, day: date) -> str | None:
        """The unit that a name means on a day: itself, or what followed when it had ended; None = no single one."""
        node = self.units[unit]
        if day <= node.last:
            return unit
        if node.into:
            return self.today(node.into[0], day) if len(node.into) == 1 else None
        moved = [other.id for other in self.units.values() if other.name == node.name and other.exists(day)]
        if moved:
            assert len(moved) == 1, node.name
            return moved[0]
        return self.today(node.parent, day) if node.ends_with_parent and node.parent else None


def slug(name: str) -> str:
    """The id that a name gives: "LĐLĐ tỉnh Thái Nguyên" → "ldld-tinh-thai-nguyen"."""
    letters = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in letters if not unicodedata.combining(c))).strip("-")


def read_units(nodes: list[dict[str, Any]], parent: Unit | None) -> Iterator[Unit]:
    for node in nodes:
        valid, into = node.get("valid", {}), node.get("into", ())
        first, last = (parent.first, parent.last) if parent else (date.min, date.max)
        unit = Unit(
            node.get("id") or slug(node["name"]),
            node["name"],
            tuple(node.get("also", ())),
            parent.id if parent else None,
            node.get("quota", {}),
            max(first, valid.get("from", first)),
            min(last, valid.get("to", last)),
            (into,) if isinstance(into, str) else tuple(into),
            parent is not None and "to" not in valid,
            node.get("kind"),
            node.get("members"),
        )
        yield unit
        yield from read_units(node.get("units", []), unit)


def read_where(section: dict[str, Any]) -> Where:
    return {name: tuple(values) for name, values in section.get("where", {}).items()}


def read_config(name: str) -> Config:
    path = CONFIGS / f"{name}.yaml"
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    units = list(read_units(tree["units"], None))
    assert len({u.id for u in units}) == len(units), f"{path}: two units with one id"
    return Config(
        path,
        {phase: (window["from"], window["to"]) for phase, window in tree["phases"].items()},
        read_where(tree["count"]),
        tree["count"]["once_per"] == "code",
        tree["exports"].get("phase"),
        {unit.id: unit for unit in units},
        {name: read_where(also) for name, also in tree.get("also_count", {}).items()},
        tree.get("targets", []),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an export and the truth about it."""

    cells: dict[str, Cell]  # field → what is written, all but the date of submission
    unit: str | None = None  # the unit it names; None when unit_fault says why there is none
    unit_fault: str | None = None  # no-unit, unknown-unit, ambiguous-unit, conflicting-units, ended-unit
    day: date | None = None  # the day it was submitted; None when date_fault says why there is none
    date_fault: str | None = None  # no-date, bad-date
    filed: date = date.min  # the day under which it lies in a file, also when its date is spoilt
    sender: str = ""  # the unit that sent it in, also when its own unit is spoilt
    date_text: str | None = None  # the date as written, where the sheet's own style must not choose it
    plain_date: bool = False  # written without a time


@dataclass(slots=True)
class Case:
    """The rows of one quota file while they are made."""

    name: str
    config: Config
    code_form: str  # e.g. "SK-TN-{:06}"
    rejections: tuple[tuple[str, str | None], ...]  # (status, recognition) that do not pass; None = any recognition
    recognitions: Weighted  # of rows that pass
    spare_status: str = ""  # a second status that passes
    rng: random.Random = field(init=False)
    good: list[Row] = field(default_factory=list)  # rows that count once their day has come
    spoilt: list[Row] = field(default_factory=list)
    codes: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{SEED}, {self.name}")  # its own, so that one case never changes another

    def new_code(self) -> str:
        self.codes += self.rng.choice((1, 1, 1, 1, 2, 3))
        return self.code_form.format(self.codes)

    def status(self) -> str:
        accepted = self.config.where["status"][0]
        roll = self.rng.random()
        if roll < 0.02:
            return self.rng.choice((accepted.upper(), accepted.lower() + " "))
        return self.spare_status if self.spare_status and roll < 0.15 else accepted

    def spelled(self, unit: str) -> str:
        return spell(self.config.units[unit].name, self.config.units[unit].also, self.rng)

    def unlisted_workplace(self, above: str) -> str:
        """A base union that is not in the tree, now and then none."""
        if self.rng.random() < 0.05:
            return ""
        trade = trade_for(self.config.units[above].name, self.rng)
        return fill(self.rng.choice(trade.workplaces), self.rng)

    def levels(self, unit: str, day: date) -> tuple[str, str]:
        """Base union and the union above it, written so that they name the unit on that day."""
        node = self.config.units[unit]
        if not node.is_base or node.parent is None:
            return self.unlisted_workplace(unit), self.spelled(unit)
        namesakes = sum(other.name == node.name for other in self.config.units.values())
        roll = self.rng.random()
        if namesakes == 1 and roll < 0.12:
            return self.spelled(unit), ""
        if namesakes == 1 and roll < 0.17:
            return self.spelled(unit), self.spelled(self.config.root)
        return self.spelled(unit), self.spelled(node.parent)

    def sender(self, unit: str) -> str:
        """The unit right below the root that the unit belongs to, or the root."""
        chain = list(self.config.chain(unit))
        return chain[-2] if len(chain) > 1 else chain[-1]

    def submission(self, unit: str, day: date) -> Row:
        """A row without any fault."""
        rng = self.rng
        base, above = self.levels(unit, day)
        trade = trade_for(base or self.config.units[unit].name, rng)
        benefit: Cell = rng.randrange(2, 400) * 500_000
        if rng.random() < 0.12:
            benefit = rng.choice((None, None, *FREE_TEXT_BENEFITS))
        cells: dict[str, Cell] = {
            "code": self.new_code(),
            "title": fill(rng.choice(trade.titles), rng, base),
            "author": person(rng),
            "base": base,
            "above": above,
            "field": trade.field,
            "applied": day - timedelta(days=rng.randint(7, 120)),
            "status": self.status(),
            "recognition": pick(rng, self.recognitions),
            "benefit": benefit,
        }
        return Row(cells, unit, None, day, None, day, self.sender(unit))

    def days(self, first: date, last: date, n: int) -> list[date]:
        """Days between both ends, more of them late and on workdays, both ends among them."""
        span = (last - first).days
        days = [first, last][:n]
        while len(days) < n:
            day = first + timedelta(days=round(self.rng.triangular(0, span, span)))
            if day.weekday() < 5 or self.rng.random() < 0.25:
                days.append(day)
        self.rng.shuffle(days)
        return days

    def send(self, plan: dict[str, int], first: date, last: date) -> None:
        """Make good rows: so many for each unit, its own units included, spread over the window."""
        wanted = self.own(plan)
        units = [unit for unit, n in wanted.items() for _ in range(n)]
        self.rng.shuffle(units)
        self.good += map(self.submission, units, self.days(first, last, len(units)))

    def own(self, plan: dict[str, int]) -> dict[str, int]:
        """From totals to what names the unit itself: a total less the totals of the units right below."""
        own = dict(plan)
        for unit, n in plan.items():
            parent = self.config.units[unit].parent
            if parent is not None and parent in own:
                own[parent] -= n
        assert all(n >= 0 for n in own.values()), own
        return own

    # -- spoilt rows

    def spare(self, first: date, last: date) -> Row:
        """A fresh row of a random unit and day, to be spoilt."""
        senders = sorted({row.sender for row in self.good})
        return self.submission(self.rng.choice(senders), self.days(first, last, 3)[2])

    def rejected(self, row: Row) -> Row:
        status, recognition = self.rng.choice(self.rejections)
        cells: dict[str, Cell] = {**row.cells, "status": status}
        if recognition is not None:
            cells["recognition"] = recognition
        return replace(row, cells=cells)

    def with_levels(self, row: Row, base: str, above: str, fault: str) -> Row:
        return replace(row, cells={**row.cells, "base": base, "above": above}, unit=None, unit_fault=fault)

    def without_date(self, row: Row, fault: str) -> Row:
        text = "" if fault == "no-date" else self.rng.choice(BAD_DATES)
        return replace(row, day=None, date_fault=fault, date_text=text)

    def copy(self, row: Row, day: date, unit: str | None = None) -> Row:
        """The same submission sent again: the code, title and author are the same."""
        new = self.submission(unit or row.unit or self.config.root, day)
        same = {name: row.cells[name] for name in ("code", "title", "author", "field")}
        return replace(new, cells={**new.cells, **same})

    def add_rejected(self, n: int, first: date, last: date) -> None:
        for i in range(n):
            row = self.rejected(self.spare(first, last))
            if i % 25 == 7:  # a rejected row is `filtered`, whatever else is wrong with it
                row = self.with_levels(row, "", "", "no-unit")
            if i % 25 == 14:
                row = self.without_date(row, "bad-date")
            self.spoilt.append(row)

    def add_copies(self, n: int, last: date) -> None:
        """Copies sent later, half of them within days; some rejected, some sent by another unit."""
        for row in self.rng.sample([r for r in self.good if r.day and r.day < last], n):
            assert row.day is not None
            left = (last - row.day).days
            day = row.day + timedelta(days=self.rng.randint(1, min(left, self.rng.choice((6, 90)))))
            other = self.rng.choice(self.good).sender if self.rng.random() < 0.2 else None
            copy = self.copy(row, day, other)
            self.spoilt.append(self.rejected(copy) if self.rng.random() < 0.25 else copy)

    def add_rejected_before(self, n: int, first: date) -> None:
        """Rejected first, sent again and accepted: the later row counts."""
        for row in self.rng.sample([r for r in self.good if r.day and r.day > first], n):
            assert row.day is not None
            day = row.day - timedelta(days=self.rng.randint(1, min(10, (row.day - first).days)))
            self.spoilt.append(self.rejected(self.copy(row, day)))

    def add_ties(self, n: int) -> None:
        """Two rows of one code on one day: the one whose unit has the first id counts."""
        senders = sorted({row.sender for row in self.good})
        places = [i for i, r in enumerate(self.good) if r.unit in senders[:-1] and r.date_text is None]
        for place in self.rng.sample(places, n):
            row = replace(self.good[place], plain_date=True)
            assert row.day is not None
            assert row.unit is not None
            other = self.rng.choice([s for s in senders if s >= row.unit])
            self.good[place] = row
            self.spoilt.append(replace(self.copy(row, row.day, other), plain_date=True))

    def add_out_of_window(self, n: int, first: date, last: date) -> None:
        """Rows of days that belong to no phase; every fifth repeats a code that counts."""
        for i in range(n):
            row = self.spare(first, last)
            assert row.day is not None
            self.spoilt.append(self.copy(self.rng.choice(self.good), row.day) if i % 5 == 0 else row)

    def add_unknown_units(self, n: int, first: date, last: date, names: Sequence[str]) -> None:
        """Units of other provinces and near-misses; a known base union below an unknown one saves no row."""
        listed = [u for u in self.config.units.values() if u.is_base]
        for i in range(n):
            base = self.unlisted_workplace(self.config.root)
            above = names[i % len(names)]
            if i % 6 == 4:
                base = self.rng.choice(listed).name
            if i % 6 == 5:
                base, above = "CĐCS Trường Mầm non Họa Mi", ""
            self.spoilt.append(self.with_levels(self.spare(first, last), base, above, "unknown-unit"))

    def add_undecided_units(self, first: date, last: date, namesakes: str, n: int) -> None:
        """A base union of which there are two, with nothing or only the root above it."""
        for i in range(n):
            above = "" if i % 3 else self.config.units[self.config.root].name
            self.spoilt.append(self.with_levels(self.spare(first, last), namesakes, above, "ambiguous-unit"))

    def add_conflicting_units(self, first: date, last: date, pairs: Sequence[tuple[str, str]]) -> None:
        """A base union below one unit, sent under another: (base union's id, id of the union above)."""
        for base, above in pairs:
            row, names = self.spare(first, last), (self.spelled(base), self.spelled(above))
            self.spoilt.append(self.with_levels(row, *names, "conflicting-units"))

    def add_blanks(self, first: date, last: date, units: int, no_dates: int, bad_dates: int, codes: int) -> None:
        for _ in range(units):
            self.spoilt.append(self.with_levels(self.spare(first, last), "", "", "no-unit"))
        for _ in range(no_dates):
            self.spoilt.append(self.without_date(self.spare(first, last), "no-date"))
        for _ in range(bad_dates):
            self.spoilt.append(self.without_date(self.spare(first, last), "bad-date"))
        for _ in range(codes):
            row = self.spare(first, last)
            self.spoilt.append(replace(row, cells={**row.cells, "code": ""}))

    def rows(self) -> list[Row]:
        """All rows in the order of their days, rows of one day shuffled."""
        rows = self.good + self.spoilt
        self.rng.shuffle(rows)
        return sorted(rows, key=lambda row: row.filed)


def check_unlisted(config: Config) -> None:
    """No workplace that a template can give stands in the tree: an unlisted name must stay unlisted."""
    drawn = {"": [""], "number": range(2, 10), "school": SCHOOLS, "commune": COMMUNES, "firm": FIRMS}
    known = {slug(name) for unit in config.units.values() for name in (unit.name, *unit.also)}
    for trade in TRADES.values():
        for template in trade.workplaces:
            word = next((w for w in drawn if f"{{{w}}}" in template), "")
            for value in drawn[word]:
                assert slug(template.format(**{word: value})) not in known, template

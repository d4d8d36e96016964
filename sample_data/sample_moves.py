"""Sample rows of a year in which units end, move, split and get new names: typed by their old names for long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sample_rows import Case, Row, Unit


@dataclass(slots=True)
class MovingCase(Case):
    """The rows of a quota file whose units have times."""

    def levels(self, unit: str, day: date) -> tuple[str, str]:
        """The unit as it is called on the day, or as it was called before."""
        node = self.config.units[unit]
        former = list(self.former(unit, day))
        typed = node if not former or self.rng.random() < 0.5 else self.rng.choice(former)
        if not typed.is_base or typed.parent is None:
            return self.unlisted_workplace(typed.id), self.spelled(typed.id)
        roll = self.rng.random()
        if len(self.meant(typed.name, day)) > 1 or roll < 0.6:
            return self.spelled(typed.id), self.spelled(typed.parent)
        if roll < 0.8:
            return self.spelled(typed.id), ""
        return self.spelled(typed.id), self.spelled(self.config.root)

    def former(self, unit: str, day: date) -> Iterator[Unit]:
        """The units that had ended before a day and stand for the unit on it."""
        for other in self.config.units.values():
            if other.last < day and self.config.today(other.id, day) == unit:
                yield other

    def meant(self, name: str, day: date) -> set[str | None]:
        """What a name alone may mean on a day."""
        units = self.config.units.values()
        return {self.config.today(unit.id, day) for unit in units if unit.name == name and unit.first <= day}

    def submission(self, unit: str, day: date) -> Row:
        """A row of the unit, or of the one that stands for it on the day; without any fault."""
        today = self.config.today(unit, day)
        if today is None or not self.config.units[today].exists(day):
            today = self.config.root
        # Not `super()`: a class with slots is made anew, and the old one is not its own.
        return Case.submission(self, today, day)

    def send_at_random(self, n: int, first: date, last: date) -> None:
        """Make good rows, most of them of base unions, each of a unit that exists on its day."""
        for day in self.days(first, last, n):
            units = [unit for unit in self.config.units.values() if unit.exists(day)]
            weights = [4 if unit.is_base else 1 for unit in units[1:]]
            # Whatever has ended without a union of its own counts for the province.
            [unit] = self.rng.choices(units, [8, *weights])
            self.good.append(self.submission(unit.id, day))

    def add_ended_units(self, n: int, first: date, last: date) -> None:
        """Rows of units that had ended, and nothing single followed them."""
        for i in range(n):
            row = self.spare(first, last)
            assert row.day is not None
            ended = [unit for unit in self.config.units.values() if self.config.today(unit.id, row.day) is None]
            unit = ended[i % len(ended)]
            base = self.spelled(unit.id) if unit.is_base else self.unlisted_workplace(unit.id)
            above = unit.parent if unit.is_base else unit.id
            assert above is not None
            self.spoilt.append(self.with_levels(row, base, self.spelled(above), "ended-unit"))

    def add_units_to_come(self, first: date, last: date, units: tuple[str, ...]) -> None:
        """Rows that name units which did not exist yet."""
        for unit in units:
            row = self.spare(first, last)
            self.spoilt.append(self.with_levels(row, "", self.spelled(unit), "unknown-unit"))

"""Targets (contract §9) tied to the units, kinds and fields that they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pydantic_core import PydanticCustomError

from sangkien_cli.config import schema
from sangkien_cli.config.checks import check_field, check_where, section_of, unknown_phase
from sangkien_cli.errors import Problem
from sangkien_cli.lang import Sentence, say
from sangkien_cli.marks import Document, Raw
from sangkien_cli.marks import Path as KeyPath
from sangkien_cli.model import ALL, Unit
from sangkien_cli.nearest import nearest
from sangkien_cli.text import fold, slug
from sangkien_cli.units import ids_and_names, units_called

_MISSING = {
    "average": "config.target_average.fix",
    "coverage": "config.target_coverage.fix",
    "sum": "config.target_sum.fix",
}
# Which measure needs which key; the others must not have it.
_KEYS = {"per": ("average",), "of": ("coverage", "sum"), "having": ("coverage",)}


@dataclass
class Asked:
    """Of whom each target is asked, by position of the target; what is wrong with the targets."""

    units: list[tuple[int, ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[tuple[str, Sentence]] = field(default_factory=list)  # places, and what is worth knowing


def ask(document: Document, units: Sequence[Unit]) -> Asked:
    """The units of each target of a quota file, and every way in which targets disagree with the rest of it.

    Without units, because these have problems of their own, what can be checked without them is checked.
    """
    raw = document.raw
    listed = raw.get("targets") if isinstance(raw, dict) else None
    asked = Asked()
    seen: set[str] = set()
    for position, target in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(target, dict):
            continue
        path: KeyPath = ("targets", position)
        asked.problems += _check_plain(document, path, target, seen)
        if units:
            found = _Found(document, path, target, units)
            asked.problems += found.problems
            asked.units.append(found.units)
            asked.notes += found.alike()
    return asked


def _check_plain(document: Document, path: KeyPath, target: dict[str, Raw], seen: set[str]) -> Iterator[Problem]:
    """What can be said of a target without looking at the units."""
    raw = document.raw
    phases, columns = section_of(raw, "phases"), section_of(section_of(raw, "exports"), "columns")
    identifier = target.get("id")
    if isinstance(identifier, str) and not re.fullmatch(r"[a-z0-9-]+", identifier):
        fix = say("config.bad_id.fix", id=slug(identifier) or "bq")
        yield document.problem((*path, "id"), say("config.bad_id", id=identifier), fix)
    if isinstance(identifier, str) and identifier in seen:
        yield document.problem((*path, "id"), say("config.target_twice", id=identifier), say("config.target_twice.fix"))
    seen.add(str(identifier))
    phase = target.get("phase")
    if isinstance(phase, str) and phase not in (*phases, ALL):
        yield unknown_phase(document, (*path, "phase"), phase, {**phases, ALL: None})
    if ("unit" in target) == ("each" in target):
        at = (*path, "each") if "unit" in target else path
        yield document.problem(at, say("config.target_whose"), say("config.target_whose.fix"), at_key="unit" in target)
    yield from check_where(document, path, target, columns)
    measure = target.get("measure")
    if not isinstance(measure, str) or measure not in schema.MEASURES:
        return
    for key, measures in _KEYS.items():
        if key in target and measure not in measures:
            what = say("config.target_key", key=key, measure=measure)
            yield document.problem((*path, key), what, say("config.target_key.fix", key=key), at_key=True)
        elif key not in target and measure in measures and key != "having":
            yield document.problem(path, say("config.key_missing", key=key), say(_MISSING[measure]))
    summed = target.get("of")
    if measure == "sum" and isinstance(summed, str):
        yield from check_field(document, (*path, "of"), summed, columns, at_key=False)
    yield from _check_least(document, path, target, measure)


def _check_least(document: Document, path: KeyPath, target: dict[str, Raw], measure: str) -> Iterator[Problem]:
    """A share is asked for in percent, a number of submissions as a whole number."""
    try:
        least, in_percent = schema.read_at_least(target.get("at_least"))
    except PydanticCustomError:
        return
    wrong: tuple[Sentence, Sentence] | None = None
    if measure == "coverage" and (not in_percent or least > 1):
        wrong = say("config.least_coverage"), say("config.write", text="100%")
    elif measure == "count" and (in_percent or least.denominator > 1):
        wrong = say("config.least_count"), say("config.write", text=str(-(-least.numerator // least.denominator)))
    elif measure in ("average", "sum") and in_percent:
        wrong = say("config.least_number", measure=measure), say("config.write", text=_plain(least))
    if wrong is not None:
        yield document.problem((*path, "at_least"), *wrong)


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else str(float(number))


class _Found:
    """Whom a target is asked of, and whether the kinds that it names are there."""

    def __init__(self, document: Document, path: KeyPath, target: dict[str, Raw], units: Sequence[Unit]) -> None:
        self.document, self.path, self.target, self.all = document, path, target, units
        self.kinds = {fold(unit.kind): unit.kind for unit in units if unit.kind}
        self.problems: list[Problem] = []
        self.units = tuple(self._asked())
        for key, measure in (("per", "average"), ("of", "coverage")):
            kind = target.get(key)
            asked = target.get("measure")
            unsure = (
                key == "per" and asked not in schema.MEASURES
            )  # no measure that there is: `per` is a kind all the same
            if (asked == measure or unsure) and isinstance(kind, str) and self._is_kind(key, kind):
                self._check_below(key, kind)
        if target.get("measure") == "per-member":
            self._check_members()

    def _asked(self) -> Iterable[int]:
        unit, kind = self.target.get("unit"), self.target.get("each")
        if isinstance(unit, str):
            called = units_called(self.all, unit)
            if len(called) != 1:
                near = tuple(self.all[i].id for i in called) or nearest(unit, ids_and_names(self.all))
                fix = say("config.target_unit.near", near=near) if near else say("config.target_unit.fix")
                self._wrong("unit", say("config.target_unit", unit=unit), fix)
            return called if len(called) == 1 else ()
        if isinstance(kind, str) and self._is_kind("each", kind):
            return [i for i, each in enumerate(self.all) if each.kind and fold(each.kind) == fold(kind)]
        return ()

    def _is_kind(self, key: str, kind: str) -> bool:
        if fold(kind) in self.kinds:
            return True
        known = tuple(self.kinds.values())
        fix = say("config.no_kind.known", kind=kind, kinds=known) if known else say("config.no_kind.fix", kind=kind)
        self._wrong(key, say("config.no_kind", kind=kind), fix)
        return False

    def _check_below(self, key: str, kind: str) -> None:
        """Where nobody has units of the kind below, there is no average and no share to speak of."""
        above = {each.parent for each in self.all if each.kind and fold(each.kind) == fold(kind)}
        for i in range(len(self.all) - 1, -1, -1):  # units stand behind those above them
            if i in above:
                above.add(self.all[i].parent)
        if self.units and above.isdisjoint(self.units):
            what = say("config.none_below", kind=kind, unit=self.all[self.units[0]].name)
            self._wrong(key, what, say("config.none_below.fix", kind=kind))

    def _check_members(self) -> None:
        if self.units and not any(self.all[i].members for i in self.units):
            what = say("config.no_members", unit=self.all[self.units[0]].name)
            self._wrong("measure", what, say("config.no_members.fix"))

    def alike(self) -> Iterator[tuple[str, Sentence]]:
        """Units whose kind differs from one that the target names in accents alone: they are left out, and perhaps
        should not be."""
        for key in ("each", "per", "of"):
            kind = self.target.get(key)
            if not isinstance(kind, str) or (key == "of" and self.target.get("measure") != "coverage"):
                continue
            others = [unit for unit in self.all if unit.kind and fold(unit.kind) != fold(kind)]
            for unit in (each for each in others if slug(each.kind or "") == slug(kind)):
                place = unit.origin.place if unit.origin else ""
                yield place, say("config.kind_alike", unit=unit.name, kind=unit.kind, other=kind)

    def _wrong(self, key: str, what: Sentence, fix: Sentence) -> None:
        self.problems.append(self.document.problem((*self.path, key), what, fix))

"""A unit's quota divided among the units right below it, and what that changes in the files of the quotas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from sangkien_cli.apportion import Method, Share, apportion, obstacle
from sangkien_cli.config.edit import SetNumber
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.marks import Path as KeyPath
from sangkien_cli.marks import Raw, read_yaml
from sangkien_cli.model import Config, Phase, Report, Unit, Window
from sangkien_cli.nearest import nearest
from sangkien_cli.units import Tree, units_called

_NAMES_SHOWN = 10  # units of a spreadsheet that one message names


@dataclass(frozen=True, slots=True)
class By:
    """What the quota is divided in proportion to."""

    kind: Literal["members", "equal", "done"]
    phase: str | None = None  # of done: a phase id, or ALL

    @property
    def text(self) -> str:
        """As it is typed: `members`, `equal`, `done:gd1`."""
        return self.kind if self.phase is None else f"{self.kind}:{self.phase}"


@dataclass(frozen=True, slots=True)
class Rule:
    """How a quota is divided."""

    by: By
    at_least: int = 0
    method: Method = "hamilton"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the units among which a quota is divided."""

    unit: Unit
    weight: int
    share: Share
    current: int | None  # its quota as it stands in the file; None = it has none

    @property
    def given(self) -> int:
        """What it gets."""
        return self.share.given

    @property
    def change(self) -> int | None:
        """How much more it gets than it has; None if it has no quota."""
        return None if self.current is None else self.given - self.current


@dataclass(frozen=True, slots=True)
class Allocation:
    """A quota divided."""

    config: Config
    unit: Unit
    phase: Phase
    quota: int
    rule: Rule
    parts: tuple[Part, ...]  # in tree order
    left_out: tuple[Unit, ...]  # units below that have a quota in the phase, but do not exist on its last day
    report: Report | None  # the counts that it goes by, if it does

    @property
    def current(self) -> int | None:
        """The sum of the quotas that the units have now; None if none has one."""
        quotas = [part.current for part in self.parts if part.current is not None]
        return sum(quotas) if quotas else None


def find_unit(config: Config, typed: str) -> int:
    """The position of the unit with this id; else of the only one with this name. Raises SangkienError."""
    named = units_called(config.units, typed)
    if len(named) == 1:
        return named[0]
    if named:
        ids = tuple(config.units[i].id for i in named)
        raise SangkienError(
            Problem("UNIT", say("allocate.unit_twice", text=typed), say("allocate.unit_twice.fix", ids=ids))
        )
    near = nearest(typed, [text for unit in config.units for text in (unit.id, unit.name)])
    fix = say("option.no_unit.near", near=near) if near else say("allocate.no_unit.fix")
    raise SangkienError(Problem("UNIT", say("allocate.no_unit", text=typed), fix))


def allocate(
    config: Config, top: int, phase: Phase, rule: Rule, quota: int | None = None, report: Report | None = None
) -> Allocation:
    """The quota of the unit at position `top` (or another one) divided among the units right below it that exist on
    the last day of the phase. `report` holds the counts, for a rule that goes by them.

    Raises SangkienError where the quota, members or units are missing, or where they cannot be divided so.
    """
    unit = config.units[top]
    below = [each for each in config.units if each.parent == top]
    children = [each for each in below if each.valid.holds(phase.end)]
    if not below:
        what = say("allocate.no_parts", unit=unit.name)
        raise SangkienError(Problem(_place(unit), what, say("allocate.no_parts.fix")))
    if not children:
        what = say("allocate.none_valid", unit=unit.name, day=phase.end)
        raise SangkienError(Problem(_place(unit), what, say("allocate.none_valid.fix")))
    divided = unit.quota.get(phase.id) if quota is None else quota
    if divided is None:
        what = say("allocate.no_quota", unit=unit.name, phase=phase.name)
        raise SangkienError(Problem(_place(unit), what, say("allocate.no_quota.fix", phase=phase.id)))
    weights = _weights(config, children, rule.by, report, phase.end)
    _refuse(divided, weights, rule)
    shares = apportion(divided, weights, rule.at_least, rule.method)
    return Allocation(
        config=config,
        unit=unit,
        phase=phase,
        quota=divided,
        rule=rule,
        parts=tuple(
            Part(child, weight, share, child.quota.get(phase.id))
            for child, weight, share in zip(children, weights, shares, strict=True)
        ),
        left_out=tuple(each for each in below if phase.id in each.quota and not each.valid.holds(phase.end)),
        report=report,
    )


def _place(unit: Unit) -> str:
    return "" if unit.origin is None else unit.origin.place


def _weights(config: Config, units: Sequence[Unit], by: By, report: Report | None, last_day: date) -> list[int]:
    match by.kind:
        case "equal":
            return [1] * len(units)
        case "members":
            if silent := [unit for unit in units if unit.members is None]:
                raise SangkienError(
                    *(
                        Problem(
                            _place(unit), say("allocate.no_members", unit=unit.name), say("allocate.no_members.fix")
                        )
                        for unit in silent
                    )
                )
            return [unit.members or 0 for unit in units]
        case "done":
            assert report is not None
            return _done(config, units, by.phase, report, last_day)


def _done(config: Config, units: Sequence[Unit], phase: str | None, report: Report, last_day: date) -> list[int]:
    """What was done in a phase by each unit and everything under it, where it stands on the last day.

    What units did that have ended by then is done by the one that followed them, wherever it stood before.
    """
    tree = Tree(config.units)
    position = {unit.id: i for i, unit in enumerate(config.units)}
    done = {position[unit.id]: 0 for unit in units}
    day = Window(last_day, last_day)
    for each in report.attainments:
        if each.phase == phase and each.direct and len(now := tree.now(position[each.unit.id], day)) == 1:
            for unit in tree.lineage(min(now)):
                if unit in done:
                    done[unit] += each.direct
    return list(done.values())


def _refuse(quota: int, weights: Sequence[int], rule: Rule) -> None:
    match obstacle(quota, weights, rule.at_least):
        case "least":
            needed, most = rule.at_least * len(weights), quota // len(weights)
            what = say("allocate.too_little", units=len(weights), least=rule.at_least, needed=needed, quota=quota)
            raise SangkienError(Problem("--at-least", what, say("allocate.too_little.fix", most=most)))
        case "weight":
            key = "allocate.no_weight_done" if rule.by.kind == "done" else "allocate.no_weight_members"
            raise SangkienError(Problem("--by", say(key), say("allocate.no_weight.fix")))


# --- what it changes in the files that list the units -------------------------------------------------------------


def changes(allocation: Allocation) -> dict[Path, list[SetNumber]]:
    """By file the quotas that change.

    Raises SangkienError if one of them is that of a unit in a spreadsheet.
    """
    changed = [part for part in allocation.parts if part.given != part.current]
    in_spreadsheet: dict[Path, list[str]] = defaultdict(list)
    in_yaml: dict[Path, list[SetNumber]] = defaultdict(list)
    places = _InYaml(allocation.config)
    for part in changed:
        origin = part.unit.origin
        assert origin is not None
        if origin.path is None:
            in_spreadsheet[origin.file].append(part.unit.name)
        else:
            in_yaml[origin.file].append(SetNumber(places.path(part.unit, allocation.phase.id), part.given))
    if in_spreadsheet:
        fix = say("allocate.in_spreadsheet.fix")
        raise SangkienError(*(Problem(str(file), _listed(names), fix) for file, names in in_spreadsheet.items()))
    return in_yaml


class _InYaml:
    """Where in their YAML files quotas are written: with several bases, under the one in use."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.files: dict[Path, Raw] = {}

    def path(self, unit: Unit, phase: str) -> KeyPath:
        """The keys to a unit's quota. Raises SangkienError if the file has no place for one on this basis."""
        basis, origin = self.config.basis, unit.origin
        assert origin is not None
        assert origin.path is not None
        path: KeyPath = (*origin.path, "quota", phase)
        if basis is None:
            return path
        quotas = self._value(origin.file, (*origin.path, "quota"))
        if isinstance(quotas, dict) and isinstance(quotas.get(phase, {}), dict):
            return (*path, basis)
        if basis == self.config.bases[0].id:
            return path  # a number alone is on the default basis
        default = self.config.bases[0].id
        key = "allocate.on_no_basis" if quotas is None else "allocate.on_one_basis"
        fix = say("allocate.on_basis.fix", phase=phase, default=default, basis=basis)
        raise SangkienError(Problem(origin.place, say(key, unit=unit.name, basis=basis), fix))

    def _value(self, file: Path, path: KeyPath) -> Raw:
        if file not in self.files:
            self.files[file] = read_yaml(file.read_text(encoding="utf-8-sig"), str(file)).raw
        raw = self.files[file]
        for step in path:
            raw = raw.get(str(step)) if isinstance(raw, dict) else raw[int(step)] if isinstance(raw, list) else None
        return raw


def _listed(names: Sequence[str]) -> Sentence:
    """That these units cannot be written."""
    shown, more = tuple(names[:_NAMES_SHOWN]), len(names) - _NAMES_SHOWN
    if more > 0:
        return say("allocate.in_spreadsheet_more", units=shown, more=more)
    return say("allocate.in_spreadsheet", units=shown)


def with_numbers(allocation: Allocation) -> tuple[Unit, ...]:
    """The whole tree as it is loaded, on the default basis, with the quotas as they are given."""
    given = {part.unit.id: {allocation.phase.id: part.given} for part in allocation.parts}
    config = allocation.config
    at = next((i for i, basis in enumerate(config.bases) if basis.id == config.basis), None)

    def changed(unit: Unit) -> Unit:
        quota = {**unit.quota, **given.get(unit.id, {})}
        if at is None:
            return replace(unit, quota=quota)
        bases = (*unit.bases[:at], quota, *unit.bases[at + 1 :])
        return replace(unit, quota=bases[0], bases=bases)

    return tuple(map(changed, config.units))

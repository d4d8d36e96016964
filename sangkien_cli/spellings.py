"""Names typed in the exports that are not in the tree: listed with the nearest units, and learned from what was chosen.

`unknown_spellings` finds them, `render/spellings.py` writes them as a list to be filled in, `read_choices` reads that
list back, and `changes` says what becomes of the quota file.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from sangkien_cli.arrays import by_distinct, codes, distinct
from sangkien_cli.columns import Header, NoHeader, Wanted
from sangkien_cli.config.edit import AddTexts
from sangkien_cli.config.tree import place_key
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.intake import best_way, why_without
from sangkien_cli.judge import NONE, REASONS, Judged
from sangkien_cli.lang import LANGUAGES, Sentence, phrase, say
from sangkien_cli.model import Config, Near, Reason, Unit
from sangkien_cli.nearest import nearest_units
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.files import content_of, open_file
from sangkien_cli.sheets.limits import Limits
from sangkien_cli.sheets.source import Cells, Source, address
from sangkien_cli.text import fold, slug, tidy
from sangkien_cli.units import Tree

SUGGESTIONS = 3
# The columns of the list by name, as CSV calls them, with the keys of their titles.
COLUMNS = {
    "text": "names.text",
    "rows": "names.rows",
    "counts_for": "names.counts_for",
    "near_1": "names.near_1",
    "near_2": "names.near_2",
    "near_3": "names.near_3",
    "choice": "names.choice",
    "why": "names.why",
}
_NEAR = ("near_1", "near_2", "near_3")
_NOBODY = {"", *(fold(phrase(key, lang)) for key in ("names.skip", "names.nobody") for lang in LANGUAGES)}


# --- out ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name that is not in the tree, as it was typed most often."""

    text: str
    rows: int
    # The unit under which it was typed, by position: its rows count for this one, or will when the name that was typed
    # for it is learned. None = its rows are set aside.
    above: int | None
    nearest: tuple[tuple[int, Near], ...]  # units by position, best first, at most SUGGESTIONS


def unknown_spellings(judged: Judged) -> tuple[Spelling, ...]:
    """The names that set rows aside, then those typed under a unit that are near to one of the units below it.

    Most frequent first; spellings that fold alike, and stand under one unit, are one.
    """
    tree = judged.tree
    aside = _set_aside(judged)
    found = _suggested(tree, None, range(len(tree.units)), aside.values())
    meant = {name: each.nearest[0][0] for name, each in zip(aside, found, strict=True) if each.nearest}
    below = _below(tree)
    for above, spellings in _typed_below(judged, meant).items():
        if len(below[above]):
            found += [each for each in _suggested(tree, above, below[above], spellings.values()) if each.nearest]
    return tuple(sorted(found, key=lambda each: (each.above is not None, -each.rows, each.text, each.above or 0)))


_Typed = dict[str, Counter[str]]  # by folded name, how often each text was typed


def _suggested(tree: Tree, above: int | None, units: Sequence[int], typed: Iterable[Counter[str]]) -> list[Spelling]:
    """Spellings with the nearest of some units."""
    often = list(typed)
    texts = [min(each, key=lambda text: (-each[text], text)) for each in often]
    nearest = nearest_units(tree.units, units, texts, SUGGESTIONS)
    each_one = zip(texts, often, nearest, strict=True)
    return [Spelling(text, counts.total(), above, near) for text, counts, near in each_one]


def _set_aside(judged: Judged) -> _Typed:
    """The names that make rows unknown. One that belongs to a unit at another time is no spelling to be learned."""
    rows = judged.reason == REASONS.index(Reason.UNKNOWN_UNIT)
    found: _Typed = defaultdict(Counter)
    for number, level in enumerate(judged.exports.levels):
        texts = distinct(level)
        often = np.bincount(codes(level)[rows & (judged.unknown_level == number)], minlength=len(texts))
        for code in np.flatnonzero(often).tolist():
            name = fold(texts[code])
            if not judged.tree.named(name):
                found[name][tidy(texts[code])] += int(often[code])
    return found


def _typed_below(judged: Judged, meant: Mapping[str, int]) -> dict[int, _Typed]:
    """By unit, the names typed under it that are not in the tree.

    `meant` are the units for which the names that set rows aside are taken.
    """
    passed_over = [REASONS.index(reason) for reason in (Reason.UNREADABLE, Reason.FILTERED, Reason.ENDED_UNIT)]
    passed = np.isin(judged.reason, passed_over)
    above = judged.unit.astype(np.int64)
    for number, level in enumerate(judged.exports.levels):
        unknown = judged.unknown_level == number
        above[unknown] = by_distinct(level, lambda text: meant.get(fold(text), NONE), np.int64)[unknown]
    found: dict[int, _Typed] = defaultdict(lambda: defaultdict(Counter))
    for number, level in enumerate(judged.exports.levels):
        texts = distinct(level)
        strange = by_distinct(level, lambda text: (name := fold(text)) != "" and not judged.tree.named(name), bool)
        lower = (judged.unknown_level == NONE) | (judged.unknown_level > number)
        rows = np.flatnonzero((above != NONE) & strange & lower & ~passed)
        keys, often = np.unique(above[rows] * len(texts) + codes(level)[rows], return_counts=True)
        for key, count in zip(keys.tolist(), often.tolist(), strict=True):
            unit, code = divmod(key, len(texts))
            found[unit][fold(texts[code])][tidy(texts[code])] += count
    return found


def _below(tree: Tree) -> list[range]:
    """For each unit the positions of those below it: they stand right behind it."""
    ends = [position + 1 for position in range(len(tree.units))]
    for position in reversed(range(len(tree.units))):
        if (parent := tree.units[position].parent) is not None:
            ends[parent] = max(ends[parent], ends[position])
    return [range(position + 1, end) for position, end in enumerate(ends)]


class Labels:
    """How units are called where one is chosen: by their names, with the id where several have the name."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def of(self, position: int) -> str:
        """A unit's label.

        Every label means one unit: see `Labels.find`.
        """
        unit = self._tree.units[position]
        alone = len(self._tree.named(fold(unit.name))) == 1 and unit.name not in self._ids and not _index(unit.name)
        return unit.name if alone else f"{unit.name} [{unit.id}]"

    def find(self, text: str) -> Sequence[int]:
        """The units that a label, an id or a name may mean."""
        plain = tidy(text)
        behind = re.search(r"\[([^\[\]]+)\]$", plain)
        for identifier in (plain, behind[1] if behind else ""):
            if identifier in self._ids:
                return [self._ids[identifier]]
        return self._tree.named(fold(plain))

    def near(self, text: str) -> tuple[str, ...]:
        """The labels of the units nearest to a text."""
        units = self._tree.units
        (found,) = nearest_units(units, range(len(units)), [text], SUGGESTIONS)
        return tuple(self.of(position) for position, _ in found)

    def ids(self, positions: Sequence[int]) -> tuple[str, ...]:
        """The ids of some units."""
        return tuple(self._tree.units[position].id for position in positions)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {unit.id: position for position, unit in enumerate(self._tree.units)}


# --- in -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """A spelling, and the unit that it means."""

    text: str
    unit: int  # position in the list of units


@dataclass(frozen=True, slots=True)
class FilledList:
    """A list of unknown names as somebody filled it in."""

    choices: tuple[Choice, ...]  # without what is learned already
    passed_over: int  # names of which it says that they mean no unit
    undecided: int  # names beside which nothing stands


def read_choices(path: Path, config: Config) -> FilledList:
    """What was chosen in a list of unknown names.

    Raises SangkienError with everything that is wrong in the list.
    """
    reading = _Reading(Tree(config.units))
    table = _open(content_of(path, Limits()))
    choices = [choice for row in table.rows() if (choice := reading.choice(row)) is not None]
    if reading.problems:
        raise SangkienError(*reading.problems)
    # Spellings that fold alike are one.
    distinct = {(choice.unit, fold(choice.text)): choice for choice in reversed(choices)}
    return FilledList(tuple(distinct.values())[::-1], reading.passed_over, reading.undecided)


def _wanted() -> Wanted:
    headers = {name: (*(phrase(title, lang) for lang in LANGUAGES), name) for name, title in COLUMNS.items()}
    return Wanted(
        needed={name: headers[name] for name in ("text", "choice")},
        helpful={name: headers[name] for name in _NEAR},
        dating=(),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the list."""

    place: str  # the sheet, as messages name it
    number: int
    cells: Mapping[str, str]  # by column
    columns: Mapping[str, int]  # where they stand
    flawed: Mapping[str, str]  # cells that hold no usable value: what they hold

    def problem(self, column: str, what: Sentence, fix: Sentence) -> Problem:
        """A problem with a cell."""
        return Problem(f"{self.place} {address(self.number, self.columns[column])}", what, fix)


@dataclass(frozen=True, slots=True)
class _Table:
    """The list as it stands in a file."""

    place: str
    header: Header
    cells: Cells

    def rows(self) -> Iterator[_Row]:
        """Its rows."""
        columns = [column.to_pylist() for column in self.cells.columns]
        flawed: dict[int, dict[str, str]] = defaultdict(dict)
        names = {position: name for name, position in self.header.positions.items()}
        for (row, position), held in self.cells.flawed.items():
            if position in names:
                flawed[row][names[position]] = held
        for row, held in self.cells.broken.items():
            flawed[row]["choice"] = held  # nobody knows where in it the choice stands
        for number, *texts in zip(self.cells.rows.tolist(), *columns, strict=True):
            cells = dict(zip(self.header.positions, texts, strict=True))
            yield _Row(self.place, number, cells, self.header.positions, flawed.get(number, {}))


def _open(content: Content) -> _Table:
    """The sheet that holds the list. Raises SangkienError if there is none."""
    without: list[tuple[Source, NoHeader]] = []
    for ways in open_file(content).sheets:
        source, _, header = best_way(ways, _wanted())
        place = content.place if source.name is None else f"{content.place} [{source.name}]"
        if isinstance(header, NoHeader):
            without.append((source, header))
        elif header.twice:
            raise SangkienError(Problem(place, say("columns.twice", headers=header.twice), say("columns.twice.fix")))
        else:
            return _Table(place, header, source.cells(header.last_row, list(header.positions.values())))
    raise SangkienError(_no_list(content, without))


def _no_list(content: Content, without: Sequence[tuple[Source, NoHeader]]) -> Problem:
    for source, header in without:
        what, fix = why_without(source, header)
        if what.key.startswith("file."):
            return Problem(content.place, what, fix)
    headers = tuple(say(COLUMNS[name]) for name in ("text", "choice"))
    return Problem(content.place, say("names.no_list", headers=headers), say("names.no_list.fix"))


class _Reading:
    """The rows read one after another, with what is wrong with them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.labels = Labels(tree)
        self.problems: list[Problem] = []
        self.passed_over = 0
        self.undecided = 0
        self._taken: dict[tuple[int | None, str], dict[int, None]] = defaultdict(dict)

    def choice(self, row: _Row) -> Choice | None:
        """The choice of a row; None where there is none, or none that is right."""
        typed, text = tidy(row.cells["choice"]), tidy(row.cells["text"])
        if "choice" not in row.flawed and fold(typed) in _NOBODY:
            self.passed_over += typed != ""
            self.undecided += typed == "" and text != ""
            return None
        flawed = [column for column in ("text", "choice") if column in row.flawed]
        for column in flawed:
            what = say("names.unreadable", held=row.flawed[column])
            self.problems.append(row.problem(column, what, say("names.unreadable.fix")))
        if not fold(text) and not flawed:
            self.problems.append(row.problem("text", say("names.no_text"), say("names.no_text.fix")))
        unit = None if "choice" in flawed else self._unit(row, typed)
        if unit is None or not fold(text) or unit in self.tree.named(fold(text)) or not self._is_free(row, text, unit):
            return None
        return Choice(text, unit)

    def _unit(self, row: _Row, typed: str) -> int | None:
        """The unit that a choice means."""
        if index := _index(typed):
            typed = tidy(row.cells.get(_NEAR[index - 1], ""))
            if not typed:
                what = say("names.no_suggestion", number=index)
                self.problems.append(row.problem("choice", what, say("names.no_suggestion.fix")))
                return None
        found = self.labels.find(typed)
        if len(found) == 1:
            return found[0]
        if found:
            what = say("names.several", name=typed)
            fix = say("names.several.fix", ids=self.labels.ids(found))
        else:
            what = say("names.no_unit", name=typed)
            near = self.labels.near(typed)
            fix = say("names.no_unit.near", near=near) if near else say("names.no_unit.fix")
        self.problems.append(row.problem("choice", what, fix))
        return None

    def _is_free(self, row: _Row, text: str, unit: int) -> bool:
        """Whether no unit beside the chosen one has the name, or gets it in another row."""
        units = self.tree.units
        chosen = self._taken[units[unit].parent, fold(text)]
        others = [*(each for each in self.tree.named(fold(text)) if units[each].parent == units[unit].parent), *chosen]
        chosen[unit] = None
        for other in others:
            if other != unit and units[other].valid.meets(units[unit].valid):
                what = say("names.taken", text=text, unit=self.labels.of(other))
                self.problems.append(row.problem("text", what, say("names.taken.fix")))
                return False
        return True


def _index(typed: str) -> int:
    """The number of a suggestion; 0 if it is none."""
    plain = fold(typed)
    return int(plain) if plain in ("1", "2", "3") else 0


def changes(choices: Sequence[Choice], config: Config) -> dict[Path, list[AddTexts]]:
    """What is to be added to which file: to the unit's own `also`, or for a unit that a spreadsheet lists to the quota
    file's."""
    texts: dict[int, list[str]] = defaultdict(list)
    for choice in choices:
        texts[choice.unit].append(choice.text)
    found: dict[Path, list[AddTexts]] = defaultdict(list)
    for position, spellings in sorted(texts.items()):
        unit = config.units[position]
        if unit.origin is None or unit.origin.path is None:
            found[config.path].append(AddTexts(("also", _lasting_key(config.units, position)), tuple(spellings)))
        else:
            found[unit.origin.file].append(AddTexts((*unit.origin.path, "also"), tuple(spellings)))
    return dict(found)


def _lasting_key(units: Sequence[Unit], position: int) -> str:
    """How the quota file's `also` calls a unit of a spreadsheet, so that it means the same unit next month: its id,
    unless that is one made from its name."""
    unit = units[position]
    made = slug(unit.name)
    if unit.id != made and not unit.id.endswith(f"-{made}"):
        return unit.id
    keys = [fold(place_key(each.name, None if each.parent is None else units[each.parent].name)) for each in units]
    own = place_key(unit.name, None if unit.parent is None else units[unit.parent].name)
    return own if keys.count(fold(own)) == 1 else unit.id


def with_choices(choices: Sequence[Choice], config: Config) -> tuple[Unit, ...]:
    """The tree with the spellings added."""
    units = list(config.units)
    for choice in choices:
        unit = units[choice.unit]
        units[choice.unit] = replace(unit, also=(*unit.also, choice.text))
    return tuple(units)

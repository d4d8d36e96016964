"""The columns of all sheets put together: for each field the headers that it has on one sheet or another."""

from __future__ import annotations

import graphlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast, get_args

from sangkien_cli.columns import Header, Wanted, find_header
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import UNIT, Columns, Field
from sangkien_cli.proposal.content import texts_of
from sangkien_cli.proposal.looks import SHOWN, Look, Picked
from sangkien_cli.proposal.model import ColumnGuess
from sangkien_cli.text import fold, tidy

_CONSTANT = 0.95  # of the rows name one unit: the column says which province the export is of
_FIRST = ("submitted", "code", "status", "count", "phase")  # whose headers are theirs before those of other fields
_NEEDED = ("code", "count")  # without one of these that the quota file names, the reader leaves a sheet out


@dataclass(frozen=True, slots=True)
class Merged:
    """The columns of the sheets that are counted."""

    columns: tuple[ColumnGuess, ...]  # fields in the order of the quota file, then `unit.N`, deepest first
    held: tuple[tuple[str, frozenset[str]], ...]  # by sheet the columns that the reader will find on it
    root: str | None  # the one unit that all others stand under, named by a column that some sheets lack
    notes: tuple[Sentence, ...]

    @property
    def undated(self) -> tuple[str, ...]:
        """The sheets that have neither dates nor phases."""
        return tuple(place for place, names in self.held if not names & {"submitted", "phase"})

    def lacking(self, name: str) -> str | None:
        """A sheet that lacks a column."""
        return next((place for place, names in self.held if name not in names), None)

    def guess(self, name: str) -> ColumnGuess | None:
        """The column of a field or level."""
        return next((column for column in self.columns if column.name == name), None)

    def without(self, *names: str) -> Merged:
        """The same without some columns; unit levels are numbered anew."""
        kept = [column for column in self.columns if column.name not in names]
        fields = [column for column in kept if not column.name.startswith(UNIT)]
        levels = [column for column in kept if column.name.startswith(UNIT)]
        renamed = [replace(column, name=f"{UNIT}{at}") for at, column in enumerate(levels)]
        return replace(self, columns=(*fields, *renamed))

    def as_columns(self) -> Columns:
        """As a quota file has them."""
        fields = {cast(Field, each.name): each.titles for each in self.columns if not each.name.startswith(UNIT)}
        return Columns(fields, tuple(each.titles for each in self.columns if each.name.startswith(UNIT)))


def merge(looks: Sequence[Look]) -> Merged:
    """The columns of these sheets."""
    levels, root, notes = _levels(looks)
    fields = [column for field in get_args(Field) if (column := _field(field, looks)) is not None]
    columns = [*_without_titles_of(levels, fields), *levels]
    headers = [(look.place, _header(look, columns)) for look in looks]
    doubtful = {title for _, header in headers for title in (*header.twice, *header.members)}
    in_doubt = [each for each in columns if each.name in SHOWN and not doubtful.isdisjoint(each.titles)]
    held = tuple((place, frozenset(header.positions)) for place, header in headers)
    merged = Merged(tuple(columns), held, root, ()).without(*(column.name for column in in_doubt))
    notes += [say("init.note.twice", header=column.titles[0]) for column in in_doubt]
    lacking = [column for name in _NEEDED if (column := merged.guess(name)) and merged.lacking(name)]
    notes += [
        say("init.note.not_everywhere", header=column.titles[0], place=merged.lacking(column.name))
        for column in lacking
    ]
    return replace(merged.without(*(column.name for column in lacking)), notes=tuple(notes))


def _without_titles_of(levels: Sequence[ColumnGuess], fields: Sequence[ColumnGuess]) -> list[ColumnGuess]:
    """The fields without the headers that stand above something else on another sheet: one column is one thing."""
    taken = {fold(title) for level in levels for title in level.titles}
    kept = {}
    for column in sorted(fields, key=lambda each: each.name not in _FIRST):
        titles = tuple(title for title in column.titles if fold(title) not in taken)
        taken |= set(map(fold, titles))
        kept[column.name] = replace(column, titles=titles)
    return [kept[column.name] for column in fields if kept[column.name].titles]


def _header(look: Look, columns: Sequence[ColumnGuess]) -> Header:
    """The header as the reader will find it on a sheet."""
    levels = {each.name: each.titles for each in columns if each.name.startswith(UNIT)}
    others = {each.name: each.titles for each in columns if each.name not in levels}
    header = find_header(look.head, Wanted(levels, others, ()))
    assert isinstance(header, Header)  # each level has a header that stands on this sheet
    return header


def _field(field: str, looks: Sequence[Look]) -> ColumnGuess | None:
    picked = [(look, found) for look in looks if (found := look.fields.get(cast(Field, field))) is not None]
    return _guess(field, picked) if picked else None


def _guess(name: str, picked: Sequence[tuple[Look, Picked]]) -> ColumnGuess:
    """One field or level: the headers in an order in which each sheet finds its own first."""
    rows: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for look, found in picked:
        rows[fold(found.title)] += look.rows + 1
        spelled.setdefault(fold(found.title), found.title)
    often = sorted(rows, key=lambda title: -rows[title])
    behind = {title: set[str]() for title in often}
    for look, found in picked:
        for other in behind.keys() & set(look.layout) - {fold(found.title)}:
            behind[other].add(fold(found.title))
    unsure = next((found for _, found in picked if not found.sure), None)
    why = (unsure or picked[0][1]).why
    return ColumnGuess(name, tuple(spelled[title] for title in _in_order(behind, often)), why, unsure is None)


def _in_order(behind: dict[str, set[str]], often: Sequence[str]) -> list[str]:
    try:
        return list(graphlib.TopologicalSorter(behind).static_order())
    except graphlib.CycleError:  # two sheets that use each other's headers the other way round: nobody can please both
        return list(often)


# --- levels of units ---------------------------------------------------------------------------------------------


def _levels(looks: Sequence[Look]) -> tuple[list[ColumnGuess], str | None, list[Sentence]]:
    """The levels of all sheets. A sheet that lacks one has the next deeper one in its place.

    So each level is found on every sheet, as the reader asks; a unit named twice in a row is that unit. A column on
    some sheets only that names the one province (or ministry) of all rows is left out: it is the root.
    """
    most = max(looks, key=lambda look: (len(look.levels), look.rows))
    slots = [_slots(look, most) for look in looks]
    depth = len(most.levels)
    root: str | None = None
    notes: list[Sentence] = []
    while depth > 1 and any(depth - 1 not in slot for slot in slots):
        top = [(look, slot[depth - 1]) for look, slot in zip(looks, slots, strict=True) if depth - 1 in slot]
        name = _constant(top)
        if name is None:
            break
        root = name
        notes.append(say("init.note.root", header=top[0][1].title, unit=name))
        depth -= 1
    guesses = []
    for level in range(depth):
        picked = [(look, _nearest_slot(slot, level)) for look, slot in zip(looks, slots, strict=True)]
        own = {look.place for look, slot in zip(looks, slots, strict=True) if level in slot}
        ranked = sorted(picked, key=lambda each: each[0].place not in own)
        guesses.append(_guess(f"{UNIT}{level}", ranked))
    return guesses, root, notes


def _slots(look: Look, most: Look) -> dict[int, Picked]:
    """The levels of a sheet by their place among those of the sheet with most."""
    slots: dict[int, Picked] = {}
    for at, picked in enumerate(look.levels):
        same = [i for i, other in enumerate(most.levels) if fold(other.title) == fold(picked.title)]
        alike = [i for i, other in enumerate(most.levels) if picked.level is not None and other.level == picked.level]
        place = next(i for i in (*same, *alike, at, *range(len(most.levels))) if i not in slots)
        slots[place] = picked
    return slots


def _nearest_slot(slot: dict[int, Picked], level: int) -> Picked:
    deeper = [i for i in slot if i <= level]
    return slot[max(deeper) if deeper else min(slot)]


def _constant(top: Iterable[tuple[Look, Picked]]) -> str | None:
    """The one name that nearly all rows have in a column."""
    often: Counter[str] = Counter()
    spelled: Counter[tuple[str, str]] = Counter()
    for look, picked in top:
        for text, rows in texts_of(look.column(picked.title).cells):
            if name := fold(text):
                often[name] += rows
                spelled[name, tidy(text)] += rows
    if not often:
        return None
    name, rows = often.most_common(1)[0]
    if rows < _CONSTANT * often.total():
        return None
    return max((text for folded, text in spelled if folded == name), key=lambda text: (spelled[name, text], text))

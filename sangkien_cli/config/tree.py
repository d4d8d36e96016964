"""Listed units tied into one tree: parents found, ids made, times inherited, successors resolved; every contradiction
between them a problem at its place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sangkien_cli.config.ids import Named, make_ids
from sangkien_cli.errors import Problem
from sangkien_cli.lang import say
from sangkien_cli.listed import Listed
from sangkien_cli.model import ALWAYS, Unit, Window
from sangkien_cli.text import fold, tidy


@dataclass(frozen=True, slots=True)
class Tied:
    """The tree as far as it could be tied, and what is wrong with it. With problems it is good for nothing else."""

    units: tuple[Unit, ...]
    problems: tuple[Problem, ...]
    implied: bool = False  # whether it holds units that are listed nowhere, but named as the one above others
    strangers: tuple[str, ...] = ()  # keys of further spellings that no unit answers to


def tie(listed: Sequence[Listed], also: Mapping[str, Sequence[str]]) -> Tied:
    """The units in tree order, each parent before its children, siblings as listed. `also` are further spellings, by
    unit id or by `place_key`."""
    problems: list[Problem] = []
    listed = _without_needless(listed)
    names = _Names(listed)
    parents = _parents(listed, names, problems)
    problems += _circles(listed, parents)
    if problems:
        own = [unit.valid for unit in listed]
        return Tied((), (*problems, *_alike(listed, parents, own), *_ids_twice(listed)))
    order, place = _tree_order(parents)
    ordered = [listed[position] for position in order]
    above = [None if (parent := parents[position]) is None else place[parent] for position in order]
    ids = make_ids([Named(unit.id, unit.name, parent) for unit, parent in zip(ordered, above, strict=True)])
    ordered, strangers = _with_spellings(ordered, above, ids, also)
    windows = _windows(ordered, above, problems)
    problems += _alike(ordered, above, windows)
    problems += _ids_alike(ordered, ids)
    into = _followed(ordered, above, windows, _successors(ordered, ids, windows, problems))
    depths: list[int] = []
    for parent in above:
        depths.append(0 if parent is None else depths[parent] + 1)
    units = tuple(
        Unit(
            id=ids[i],
            name=unit.name,
            also=unit.also,
            parent=above[i],
            depth=depths[i],
            members=unit.members,
            quota=unit.quota,
            kind=unit.kind,
            valid=windows[i],
            into=into[i],
            origin=unit.at.origin,
        )
        for i, unit in enumerate(ordered)
    )
    return Tied(units, tuple(problems), any(unit.implied for unit in listed), strangers)


def _without_needless(listed: Sequence[Listed]) -> Sequence[Listed]:
    """The units without those that are only implied, where another one answers to the name."""
    if not any(unit.implied for unit in listed):
        return listed
    names = _Names([unit for unit in listed if not unit.implied])
    taken: set[str] = set()
    kept: list[int] = []
    for i, unit in enumerate(listed):
        if unit.implied and (names.called(unit.name) or fold(unit.name) in taken):
            continue
        if unit.implied:
            taken.add(fold(unit.name))
        kept.append(i)
    place = {old: new for new, old in enumerate(kept)}
    return [
        unit if unit.above is None else replace(unit, above=place[unit.above]) for unit in (listed[i] for i in kept)
    ]


def _with_spellings(
    units: Sequence[Listed], above: Sequence[int | None], ids: Sequence[str], also: Mapping[str, Sequence[str]]
) -> tuple[list[Listed], tuple[str, ...]]:
    """The units with further spellings, and the keys of those that no unit, or more than one, answers to."""
    spelled = list(units)
    if not also:
        return spelled, ()
    by_id = {identifier: [i] for i, identifier in enumerate(ids)}
    by_place: dict[str, list[int]] = defaultdict(list)
    for i, parent in enumerate(above):
        by_place[fold(place_key(units[i].name, None if parent is None else units[parent].name))].append(i)
    strangers = []
    for key, texts in also.items():
        found = by_id.get(key) or by_place.get(fold(key), [])
        if len(found) == 1:
            spelled[found[0]] = replace(spelled[found[0]], also=(*spelled[found[0]].also, *texts))
        else:
            strangers.append(key)
    return spelled, tuple(strangers)


def place_key(name: str, above: str | None) -> str:
    """How a unit without an id of its own is called for good: `CĐCS X / LĐLĐ huyện A`. Ids that are made from names
    change when another unit of that name is added."""
    return name if above is None else f"{name} / {above}"


class _Names:
    """Listed units by what a cell or a successor may call them: an id of their own, else a name. Made when asked."""

    def __init__(self, listed: Sequence[Listed]) -> None:
        self.listed = listed
        self._by_id: dict[str, int] | None = None
        self._by_name: dict[str, list[int]] = defaultdict(list)

    def called(self, text: str) -> Sequence[int]:
        """The units that a text may mean: of an id at most one, of a name every one that has it."""
        if self._by_id is None:
            self._by_id = {unit.id: i for i, unit in reversed(list(enumerate(self.listed))) if unit.id is not None}
            for i, unit in enumerate(self.listed):
                for name in dict.fromkeys(fold(each) for each in (unit.name, *unit.also)):
                    self._by_name[name].append(i)
        if (found := self._by_id.get(tidy(text))) is not None:
            return [found]
        return self._by_name.get(fold(text), ())


def _parents(listed: Sequence[Listed], names: _Names, problems: list[Problem]) -> list[int | None]:
    parents: list[int | None] = []
    for unit in listed:
        if unit.parent is None:
            parents.append(unit.above)
            continue
        called = names.called(unit.parent)
        found = [i for i in called if listed[i].valid.meets(unit.valid)] if len(called) > 1 else called
        if len(found) == 1:
            parents.append(found[0])
            continue
        parents.append(None)
        if found:
            places = tuple(listed[i].at.origin.place for i in found[:3])
            what = say("tree.parent_twice", parent=unit.parent, places=places)
            problems.append(unit.at.problem("parent", what, say("tree.parent_twice.fix")))
        else:
            what = say("tree.no_parent", parent=unit.parent)
            problems.append(unit.at.problem("parent", what, say("tree.no_parent.fix")))
    return parents


def _circles(listed: Sequence[Listed], parents: Sequence[int | None]) -> Iterator[Problem]:
    """Each circle of units that stand under each other, once, at the first of them."""
    state = [0] * len(parents)  # 0 = not seen, 1 = on the way, 2 = leads to a root or to a circle that was reported
    for start in range(len(parents)):
        way: list[int] = []
        here: int | None = start
        while here is not None and state[here] == 0:
            state[here] = 1
            way.append(here)
            here = parents[here]
        if here is not None and state[here] == 1:
            circle = way[way.index(here) :]
            first = circle.index(min(circle))
            circle = circle[first:] + circle[:first]
            text = " → ".join(listed[i].name for i in (*circle, circle[0]))
            yield listed[circle[0]].at.problem("parent", say("tree.circle", circle=text), say("tree.circle.fix"))
        for i in way:
            state[i] = 2


def _tree_order(parents: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """The positions in tree order, and for each position its place there."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for i, parent in enumerate(parents):
        children[parent].append(i)
    order: list[int] = []
    pending = children[None][::-1]
    while pending:
        here = pending.pop()
        order.append(here)
        if here in children:
            pending.extend(reversed(children[here]))
    place = [0] * len(parents)
    for new, old in enumerate(order):
        place[old] = new
    return order, place


def _alike(listed: Sequence[Listed], parents: Sequence[int | None], windows: Sequence[Window]) -> Iterator[Problem]:
    """Siblings whose names are the same at the same time."""
    taken: dict[tuple[int | None, str], list[int]] = {}
    for i, (unit, parent) in enumerate(zip(listed, parents, strict=True)):
        folded = {fold(unit.name): "name"}
        for number, text in enumerate(unit.also):
            folded.setdefault(fold(text), f"also.{number}")
        for name, part in folded.items():
            if not name:
                continue
            others = taken.setdefault((parent, name), [])
            other = next((j for j in others if windows[j].meets(windows[i])), None)
            others.append(i)
            if other is not None:
                text = unit.name if part == "name" else unit.also[int(part.removeprefix("also."))]
                what = say("config.siblings_alike", name=text, other=listed[other].name)
                yield unit.at.problem(part, what, say("config.siblings_alike.fix"))
                break


def _ids_alike(units: Sequence[Listed], ids: Sequence[str]) -> Iterator[Problem]:
    """Two units with one id. An id that was typed is to blame before one that was made from a name."""
    if len(set(ids)) == len(ids):
        return
    first: dict[str, int] = {}
    for i in sorted(range(len(units)), key=lambda i: units[i].id is not None):
        if (other := first.setdefault(ids[i], i)) == i:
            continue
        what = say("config.id_twice", id=ids[i], other=units[other].name)
        if units[i].id is not None:
            yield units[i].at.problem("id", what, say("config.id_twice.fix"))
        else:
            yield units[i].at.problem("name", what, say("config.id_made_twice.fix"))


def _ids_twice(listed: Sequence[Listed]) -> Iterator[Problem]:
    """Two units with one typed id, where the tree could not be tied and no id be made."""
    typed = [unit for unit in listed if unit.id is not None]
    return _ids_alike(typed, [str(unit.id) for unit in typed])


def _windows(units: Sequence[Listed], above: Sequence[int | None], problems: list[Problem]) -> list[Window]:
    """When each unit exists: never longer than the unit above it."""
    windows: list[Window] = []
    for unit, parent in zip(units, above, strict=True):
        own = unit.valid
        if own.start is not None and own.end is not None and own.end < own.start:
            what = say("config.ends_before_start", start=own.start, end=own.end)
            problems.append(unit.at.problem("to", what, say("config.ends_before_start.fix")))
        always = parent is None or windows[parent] is ALWAYS
        windows.append(own if always or parent is None else own.within(windows[parent]))
    return windows


def _successors(
    units: Sequence[Listed], ids: Sequence[str], windows: Sequence[Window], problems: list[Problem]
) -> list[tuple[int, ...]]:
    into: list[tuple[int, ...]] = [()] * len(units)
    if not any(unit.into for unit in units):
        return into
    by_id = {identifier: i for i, identifier in enumerate(ids)}
    by_name: dict[str, list[int]] = defaultdict(list)
    for i, unit in enumerate(units):
        by_name[fold(unit.name)].append(i)
    for i, unit in enumerate(units):
        found: list[int] = []
        for text in unit.into:
            called = [by_id[text]] if text in by_id else by_name.get(fold(text), [])
            # A unit that goes on under its own name means the other one.
            called = [j for j in called if j != i] or called
            if len(called) == 1:
                found.append(called[0])
            else:
                key = "tree.successor_twice" if called else "tree.no_successor"
                problems.append(unit.at.problem("into", say(key, text=text), say(f"{key}.fix")))
        if unit.into and windows[i].end is None:
            problems.append(unit.at.problem("into", say("tree.into_without_end"), say("tree.into_without_end.fix")))
        into[i] = tuple(dict.fromkeys(found))
    problems += _successor_circles(units, into)
    return into


def _followed(
    units: Sequence[Listed],
    above: Sequence[int | None],
    windows: Sequence[Window],
    into: Sequence[tuple[int, ...]],
) -> list[tuple[int, ...]]:
    """What followed each unit: its successors as listed; else the unit of its name that begins later, below what
    followed the unit above (it moved there); else, if it ended only because the unit above did, what followed that."""
    followed = list(into)
    if not any(into):
        return followed
    moved = _moved(units, above, windows, into)
    for i, (unit, parent) in enumerate(zip(units, above, strict=True)):
        if followed[i] or parent is None or windows[i].end is None:
            continue
        if i in moved:
            followed[i] = (moved[i],)
        elif unit.valid.end is None:
            followed[i] = followed[parent]
    return followed


def _moved(
    units: Sequence[Listed],
    above: Sequence[int | None],
    windows: Sequence[Window],
    into: Sequence[tuple[int, ...]],
) -> dict[int, int]:
    """The units that go on under their own name in another place. A name that two could go on under says nothing."""
    named: dict[str, list[int]] = defaultdict(list)
    for i, unit in enumerate(units):
        if windows[i].start is not None:
            for name in dict.fromkeys(map(fold, (unit.name, *unit.also))):
                named[name].append(i)
    moved: dict[int, int] = {}
    for i, unit in enumerate(units):
        end, parent = windows[i].end, above[i]
        if end is None or into[i] or parent is None or not (places := _followers(parent, above, windows, into)):
            continue
        later = [j for j in named.get(fold(unit.name), ()) if (start := windows[j].start) is not None and start > end]
        there = [j for j in later if places & set(_lineage(j, above)[1:])]
        if len(there) == 1:
            moved[i] = there[0]
    often = Counter(moved.values())
    return {old: new for old, new in moved.items() if often[new] == 1}


def _followers(
    unit: int, above: Sequence[int | None], windows: Sequence[Window], into: Sequence[tuple[int, ...]]
) -> set[int]:
    """Every unit that followed one, or the unit above with which it ended, by however many steps."""
    followers: set[int] = set()
    pending = [unit]
    while pending:
        here: int | None = pending.pop()
        while here is not None and not into[here] and windows[here].end is not None:
            here = above[here]
        new = set(into[here]) - followers if here is not None else set()
        followers |= new
        pending.extend(new)
    return followers


def _lineage(unit: int, above: Sequence[int | None]) -> list[int]:
    lineage = [unit]
    while (parent := above[lineage[-1]]) is not None:
        lineage.append(parent)
    return lineage


def _successor_circles(units: Sequence[Listed], into: Sequence[tuple[int, ...]]) -> Iterator[Problem]:
    """Units that follow themselves, by way of others or not."""
    done: set[int] = set()
    for start in range(len(units)):
        pending = list(into[start])
        reached: set[int] = set()
        while pending:
            here = pending.pop()
            if here == start:
                if start not in done:
                    yield units[start].at.problem("into", say("tree.follows_itself"), say("tree.follows_itself.fix"))
                    done |= reached | {start}
                break
            if here not in reached:
                reached.add(here)
                pending.extend(into[here])

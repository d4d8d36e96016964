"""The units that the exports name, as a tree, and the spellings that are probably none of their own."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np

from sangkien_cli.arrays import TextArray, codes, distinct
from sangkien_cli.config.ids import Named, make_ids
from sangkien_cli.lang import Sentence, say
from sangkien_cli.nearest import Names
from sangkien_cli.proposal.content import texts_of
from sangkien_cli.proposal.model import UnitFound
from sangkien_cli.proposal.words import is_district, is_province, plain, type_words
from sangkien_cli.text import fold, tidy, without_accents

_DISTRICTS = 3  # beside which a single province is taken for theirs
_LONGEST = 200  # letters; a longer text is no name
# A name that mostly stands under one parent stands by mistake where it is typed once, or ten times less often.
_MOSTLY = 0.75
_ONCE_IN = 10
# In what two units differ that may be one. Where one lacks the kind of place, it is that one which may be the other.
_DOUBTFUL = ("near.same", "near.no_accents", "near.other_type", "near.spacing", "near.may_mean")


@dataclass(eq=False)
class _Node:
    """A unit in the making."""

    name: str  # folded
    parent: _Node | None
    own: int = 0  # rows whose name on this level it is
    rows: int = 0  # that count for it or a unit below it
    children: dict[str, _Node] = field(default_factory=dict)
    meant: _Node | None = None  # the sibling of which it is a spelling
    maybe: _Node | None = None  # the sibling that it may be: too little differs, or too much to be sure

    def real(self) -> _Node:
        """The unit that it stands for."""
        node = self
        while node.meant is not None:
            node = node.meant
        return node

    def lineage(self) -> Iterator[_Node]:
        """It and every unit above it."""
        node: _Node | None = self
        while node is not None:
            yield node
            node = node.parent


@dataclass
class _Rows:
    """Rows that name the same units."""

    names: tuple[str, ...]  # folded, deepest first
    often: int
    at: _Node  # the deepest unit known so far


def units_found(levels: Sequence[TextArray], root: str | None) -> tuple[UnitFound, ...]:
    """The units named in these columns (deepest first), each parent before its children.

    A unit stands under the one that it is named under most often; several units may share a name under several
    parents. `root` is a unit that all others stand under.
    """
    spelled = _spellings(levels)
    why = None if root is None else say("init.why.root")
    if root is None and (province := _province(levels[-1])) is not None:
        root, why = max(spelled[province], key=lambda each: each[1])[0], say("init.why.province")
    top = _Node("", None)
    first = top
    if root is not None:
        first = top.children[fold(root)] = _Node(fold(root), top)
        spelled[first.name].append((root, 1))
    groups = _groups(levels, first)
    known: dict[str, list[_Node]] = defaultdict(list)
    if root is not None:
        known[first.name].append(first)
    for level in reversed(range(len(levels))):
        _grow(level, groups, known, first, spelled)
    for rows in groups:
        for node in rows.at.lineage():
            node.rows += rows.often
    return tuple(_with_ids(list(_listed(top, spelled, why))))


def _province(column: TextArray) -> str | None:
    """The one province that the highest level names beside its own districts, folded."""
    names = {_name(text) for text in distinct(column)} - {""}
    provinces = [name for name in names if is_province(name)]
    return provinces[0] if len(provinces) == 1 and sum(map(is_district, names)) >= _DISTRICTS else None


def _spellings(levels: Sequence[TextArray]) -> defaultdict[str, list[tuple[str, int]]]:
    """By folded name its spellings, with how often each occurs."""
    often: dict[str, Counter[str]] = defaultdict(Counter)
    for column in levels:
        for text, rows in texts_of(column):
            if name := _name(text):
                often[name][tidy(text)] += rows
    spelled: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    spelled.update({name: list(texts.items()) for name, texts in often.items()})
    return spelled


def _name(text: str) -> str:
    """A name as it is compared; "" for what is none."""
    name = fold(text)
    return name if len(text) <= _LONGEST and any(letter.isalpha() for letter in name) else ""


def no_names(levels: Sequence[TextArray]) -> list[tuple[str, int]]:
    """The texts in these columns that no unit is made of, with their rows: the most frequent first."""
    often: Counter[str] = Counter()
    for column in levels:
        for text, rows in texts_of(column):
            if fold(text) and not _name(text):
                often[tidy(text)[:_LONGEST]] += rows
    return often.most_common()


def _groups(levels: Sequence[TextArray], first: _Node) -> list[_Rows]:
    numbered = np.stack([codes(column) for column in levels])
    pairs, often = np.unique(numbered, axis=1, return_counts=True)
    names = [[_name(text) for text in distinct(column)] for column in levels]
    merged: Counter[tuple[str, ...]] = Counter()
    for combination, rows in zip(pairs.T.tolist(), often.tolist(), strict=True):
        merged[tuple(names[level][code] for level, code in enumerate(combination))] += rows
    return [_Rows(combination, rows, first) for combination, rows in sorted(merged.items()) if any(combination)]


def _grow(
    level: int,
    groups: Sequence[_Rows],
    known: dict[str, list[_Node]],
    first: _Node,
    spelled: dict[str, list[tuple[str, int]]],
) -> None:
    """The units of one level put under those of the levels above, which `known` holds by name."""
    votes: dict[str, Counter[_Node]] = defaultdict(Counter)
    for rows in groups:
        if (name := rows.names[level]) and name not in known:
            votes[name][rows.at] += rows.often
    grown: dict[str, list[_Node]] = {}
    parents: dict[_Node, list[_Node]] = defaultdict(list)
    for name, under in votes.items():
        # A row with nothing above the name says nothing about where it stands.
        placed = {parent: often for parent, often in under.items() if parent is not first} or dict(under)
        most = max(placed.values())
        common = most < _MOSTLY * sum(placed.values())  # a name that many have: Trường THCS Lê Lợi
        for parent, often in placed.items():
            if often == most or common or (often > 1 and often * _ONCE_IN >= most):
                node = _Node(name, parent, own=often)
                grown.setdefault(name, []).append(node)
                parents[parent].append(node)
    for parent, siblings in parents.items():
        _mark_spellings(siblings, spelled)
        parent.children.update({node.name: node for node in siblings})
    for rows in groups:
        name = rows.names[level]
        for node in grown.get(name, ()):
            if node.parent is rows.at or (rows.at is first and len(grown[name]) == 1):
                rows.at = node.real()
                break
        else:
            # A unit of a higher level, named in the column of a deeper one.
            higher = [node for node in known.get(name, ()) if rows.at in node.lineage()]
            rows.at = higher[0] if len(higher) == 1 else rows.at
    for name, nodes in grown.items():
        known[name].extend(node.real() for node in nodes)


# --- spellings that are no units ---------------------------------------------------------------------------------


def _mark_spellings(siblings: Sequence[_Node], spelled: dict[str, list[tuple[str, int]]]) -> None:
    """Of siblings, those that are by all appearances a frequent one misspelt: from the rarest up."""
    names = [_display(node, spelled) for node in siblings]
    near = Names(names).nearest_of_all(names, most=4)
    by_name = dict(zip(names, siblings, strict=True))
    ranked = sorted(zip(siblings, near, strict=True), key=lambda each: (each[0].own, each[0].name))
    for node, candidates in ranked:
        others = [(by_name[each.name], each.why.key == "near.may_mean") for each in candidates]
        for other, shortened in sorted(others, key=lambda each: (-each[0].own, each[0].name)):
            if other.real() is node:
                continue
            if is_spelling(node.name, node.own, other.name, other.own) or (shortened and node.own * 2 <= other.own):
                node.meant = other
                break
    _mark_doubts(siblings, [[(by_name[each.name], each.why.key) for each in nearby] for nearby in near])


def _mark_doubts(siblings: Sequence[_Node], near: Sequence[Sequence[tuple[_Node, str]]]) -> None:
    """Of siblings that are no spellings, those that may be another one all the same."""
    place = {id(node): number for number, node in enumerate(siblings)}
    for node, candidates in zip(siblings, near, strict=True):
        for other, why in candidates:
            better = other.real()
            rarer = (node.own, -place[id(node)]) < (better.own, -place[id(better)])
            doubtful = why == "near.no_type" or (why in _DOUBTFUL and rarer)
            if doubtful and node.meant is None and better is not node and better.maybe is not node:
                node.maybe = better
                break


def is_spelling(name: str, rows: int, other: str, other_rows: int) -> bool:
    """Whether one of two sibling names, as they are compared, is probably the other one misspelt.

    >>> is_spelling("lươg", 6, "lương", 260), is_spelling("lương", 6, "lượng", 9), is_spelling("xã 1", 1, "xã 2", 99)
    (True, False, False)
    """
    one, two = plain(name), plain(other)
    if re.findall(r"\d+", one) != re.findall(r"\d+", two):
        return False
    if one.replace(" ", "") == two.replace(" ", ""):
        # Typed without any accent it is no name of its own, however often it occurs.
        return rows * 2 <= other_rows or (is_bare(name) and not is_bare(other))
    words, other_words = one.split(), two.split()
    differing = set(words) ^ set(other_words)
    if is_province(name) != is_province(other):
        return False
    if type_words(differing):
        # "huyện" left out; another kind of place may well be another unit.
        return rows * (4 if set(words) < set(other_words) else 20) <= other_rows
    pairs = [pair for pair in zip(words, other_words, strict=False) if pair[0] != pair[1]]
    return len(words) == len(other_words) and len(pairs) == 1 and _slip(*pairs[0]) and rows * 4 <= other_rows


def is_bare(name: str) -> bool:
    """Whether a name has no accent at all."""
    return without_accents(name) == name


def _slip(word: str, other: str) -> bool:
    """Whether two words differ as a slip of the finger makes them differ: a letter too few or too many, two letters in
    the wrong order, i for y. Another letter in its place makes another name: Lợi, Lai."""
    from rapidfuzz.distance import OSA, Indel

    if word.replace("y", "i") == other.replace("y", "i"):
        return True
    return Indel.distance(word, other) == 1 or (sorted(word) == sorted(other) and OSA.distance(word, other) == 1)


# --- as a list ---------------------------------------------------------------------------------------------------


def _display(node: _Node, spelled: dict[str, list[tuple[str, int]]]) -> str:
    """Its most frequent spelling; of equally frequent ones not the one in capitals."""
    return max(spelled[node.name], key=lambda each: (each[1], not each[0].isupper(), each[0]))[0]


def _listed(top: _Node, spelled: dict[str, list[tuple[str, int]]], why: Sentence | None) -> Iterator[UnitFound]:
    """The units, each before those below it. `why` is said of the root, where there is one that was guessed."""
    pending: list[tuple[_Node, int | None]] = [(node, None) for node in _in_order(top)]
    position = 0
    while pending:
        node, parent = pending.pop()
        near = (
            tuple(
                (_display(other, spelled), other.own)
                for other in sorted(node.parent.children.values(), key=lambda each: (-each.own, each.name))
                if other.meant is not None and other.real() is node
            )
            if node.parent is not None
            else ()
        )
        guess = why if parent is None and not position else None
        maybe = None if node.maybe is None else _display(node.maybe, spelled)
        yield UnitFound(_display(node, spelled), parent, node.rows, near=near, why=guess, maybe=maybe)
        pending.extend((child, position) for child in _in_order(node))
        position += 1


def _in_order(node: _Node) -> list[_Node]:
    """The units right below, the last one first: by name, those with units below them before those without."""
    real = [child for child in node.children.values() if child.meant is None]
    return sorted(real, key=lambda each: (not each.children, plain(each.name), each.name), reverse=True)


def _with_ids(units: Sequence[UnitFound]) -> list[UnitFound]:
    """The units, with an id of its own for each whose made one is taken."""
    own: dict[int, str] = {}
    while True:
        ids = make_ids([Named(own.get(at), unit.name, unit.parent) for at, unit in enumerate(units)])
        first: dict[str, int] = {}
        clashing = [at for at, identifier in enumerate(ids) if first.setdefault(identifier, at) != at]
        if not clashing:
            return [replace(unit, id=own.get(at)) for at, unit in enumerate(units)]
        taken = set(ids)
        for at in clashing:
            own[at] = next(made for number in count(2) if (made := f"{ids[at]}-{number}") not in taken)
            taken.add(own[at])

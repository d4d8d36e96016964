"""Changes to the text of a quota file that leave all else of it as it is, to the byte.

A library that writes YAML lays the whole file out anew: indents, aligned comments, widths of lines. So the text is
changed only where a value stands or a new one goes, which the marks of PyYAML's nodes tell. Then it is read again,
and must say what was asked for and nothing else.
"""

from __future__ import annotations

import difflib
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import yaml

from sangkien_cli.collection import without_collection
from sangkien_cli.errors import SangkienError
from sangkien_cli.marks import Path, Quoted, Raw, read_yaml


@dataclass(frozen=True, slots=True)
class SetNumber:
    """The value at a path becomes a number."""

    path: Path  # to the value: ("units", 0, "quota", "gd1")
    number: int


@dataclass(frozen=True, slots=True)
class AddTexts:
    """The list at a path gets those of the texts that it does not hold yet; a single text becomes a list."""

    path: Path  # to the list: ("units", 0, "also")
    texts: tuple[str, ...]


class WrongEdit(AssertionError):
    """The changed text does not read as it must: a bug here, whatever the file."""


def edited(text: str, place: str, changes: Sequence[SetNumber | AddTexts]) -> str:
    """The text of a quota file with the changes made.

    Of a path the last key, or the last two, may be absent: they are put where people put them. Raises SangkienError
    if the text is no sound YAML, KeyError if a path leads nowhere.
    """
    plan = _plan(changes)
    if not plan:
        return text
    with without_collection():
        document = read_yaml(text, place)
        if document.problems:
            raise SangkienError(*document.problems)
        meant = _changed(document.raw, plan, ())
        assert document.root is not None
        new = _spliced(text, _Editor(text, document.root).edits(document.root, document.raw, plan))
        try:
            again = read_yaml(new, place)
        except SangkienError as error:
            raise WrongEdit(place) from error
        if again.problems or again.raw != meant:
            raise WrongEdit(place)
    return new


def diff(old: str, new: str, name: str) -> str:
    """The difference as `diff -u` prints it; "" if there is none."""
    lines = _Lines(list(io.StringIO(old)), list(io.StringIO(new)))
    hunks = "".join(lines.hunks())
    return f"--- {name}\n+++ {name}\n{hunks}" if hunks else ""


# --- what is meant ---

# The changes by the steps of their paths.
_Plan = dict[str | int, "_Plan"] | int | tuple[str, ...]
_Branch = dict[str | int, _Plan]


def _plan(changes: Iterable[SetNumber | AddTexts]) -> _Branch:
    plan: _Branch = {}
    for change in changes:
        if isinstance(change, AddTexts) and not change.texts:
            continue
        branch = plan
        for step in change.path[:-1]:
            below = branch.setdefault(step, {})
            if not isinstance(below, dict):
                raise KeyError(change.path)
            branch = below
        last = change.path[-1]
        before = branch.get(last)
        if isinstance(change, AddTexts) and isinstance(before, tuple | None):
            branch[last] = (*(before or ()), *change.texts)
        elif isinstance(change, SetNumber) and isinstance(before, int | None):
            branch[last] = change.number
        else:
            raise KeyError(change.path)
    return plan


def _changed(raw: Raw, plan: _Plan, path: Path) -> Raw:
    """The values with the changes made. Raises KeyError for what cannot be."""
    if isinstance(plan, int) and not isinstance(raw, dict | list):
        return str(plan)
    if isinstance(plan, tuple) and not isinstance(raw, dict):
        return [*_texts(raw), *new] if (new := _new(raw, plan)) else raw
    if not isinstance(plan, dict):
        raise KeyError(path)
    if raw is None and path and not any(isinstance(below, dict) for below in plan.values()):
        raw = {}
    if isinstance(raw, dict) and all(isinstance(step, str) for step in plan):
        named = cast(dict[str, _Plan], plan)
        return raw | {key: _changed(raw.get(key), below, (*path, key)) for key, below in named.items()}
    if isinstance(raw, list) and all(isinstance(step, int) and 0 <= step < len(raw) for step in plan):
        return [
            _changed(value, plan[position], (*path, position)) if position in plan else value
            for position, value in enumerate(raw)
        ]
    raise KeyError((*path, *plan))


def _texts(raw: list[Raw] | str | None) -> list[Raw]:
    if isinstance(raw, list):
        return raw
    return [] if raw is None else [raw]


def _new(raw: list[Raw] | str | None, texts: tuple[str, ...]) -> list[str]:
    """Those of the texts that are not there yet, each once."""
    have = {text for text in _texts(raw) if isinstance(text, str)}
    return [text for text in dict.fromkeys(texts) if text not in have]


# --- how it is written ---


def _scalar(text: str, *, flow: bool = True) -> str:
    """A text as an item of a list, in quotes only where YAML needs them."""
    quotes = '"' if _BREAK.search(text) else None  # with these it stays in one line
    listed = yaml.dump(
        [str(text)],
        Dumper=yaml.SafeDumper,  # libyaml's writes letters beyond the first 65,536 as numbers
        default_flow_style=flow,
        default_style=quotes,
        allow_unicode=True,
        width=sys.maxsize,
    )
    return listed[1:-2] if flow else listed[2:-1]


def _flow(plan: _Plan) -> str:
    if isinstance(plan, dict):
        return f"{{{', '.join(_pair(str(key), value) for key, value in plan.items())}}}"
    if isinstance(plan, tuple):
        return f"[{', '.join(map(_scalar, dict.fromkeys(plan)))}]"
    return str(plan)


def _pair(key: str, plan: _Plan) -> str:
    return f"{_scalar(key)}: {_flow(plan)}"


def _takes_lines(plan: _Plan) -> bool:
    """Whether a new mapping gets a line for each of its keys: one of lists will grow long, one of numbers will not."""
    return isinstance(plan, dict) and any(isinstance(value, tuple) for value in plan.values())


def _block(key: str, plan: _Plan, indent: str) -> list[str]:
    if isinstance(plan, dict) and _takes_lines(plan):
        return [f"{indent}{_scalar(key)}:", *_below(plan, f"{indent}  ")]
    return [f"{indent}{_pair(key, plan)}"]


def _below(branch: _Branch, indent: str) -> list[str]:
    return [line for key, plan in branch.items() for line in _block(str(key), plan, indent)]


# --- where it is written ---

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # those of YAML 1.1, which is what PyYAML reads
_LINE_BREAK = re.compile("\r\n?|\n")
_BLANKS = "(?:\\s|#[^\r\n\x85\u2028\u2029]*+)*+"  # and comments
_PROPERTIES = re.compile(rf"(?:[&!]\S*{_BLANKS})*")  # an anchor, a tag: a node's mark stands in front of them
_COLON = re.compile(f"{_BLANKS}:")  # behind a key
_REST = re.compile(r"[ \t]*(,?)[ \t]*(?:#.*)?")  # of a line in which nothing but a comment follows an item

# A new key goes behind those that stand before it here, else to the end: so one of a unit stands above the units
# below it.
_ORDER: tuple[str | int, ...] = ("name", "id", "kind", "also", "members", "quota")


def _rank(key: str | int) -> int:
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)


def _place(keys: Sequence[str], new: str | int) -> int:
    """The position of the key that a new one goes behind."""
    before = _ORDER[: _rank(new)] if new in _ORDER else ()
    return max((position for position, key in enumerate(keys) if key in before), default=len(keys) - 1)


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str  # in place of what stands from start to end


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a flow collection."""

    start: yaml.Mark
    end: int


def _spliced(text: str, edits: Iterable[_Edit]) -> str:
    pieces: list[str] = []
    done = 0
    # Edits at one place keep their order: what goes into a value comes before what goes behind it.
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += text[done : edit.start], edit.text
        done = edit.end
    return "".join([*pieces, text[done:]])


class _Editor:
    def __init__(self, text: str, root: yaml.Node) -> None:
        self.text = text
        self.root = root
        found = _LINE_BREAK.search(text)
        self.line_break = found[0] if found else "\n"

    def edits(
        self, node: yaml.Node, raw: Raw, plan: _Plan, *, key: yaml.Node | None = None, in_flow: bool = False
    ) -> Iterator[_Edit]:
        """What makes a value the one that is meant. `key` is that of the value's node."""
        if isinstance(plan, int):
            if raw != str(plan) or isinstance(raw, Quoted):
                yield self._written(node, key, str(plan))
        elif isinstance(plan, tuple):
            assert not isinstance(raw, dict)
            if new := _new(raw, plan):
                yield from self._with_texts(node, key, raw, new)
        elif not raw and key is not None and not in_flow and _takes_lines(plan) and self._is_bare(node):
            yield from self._emptied(node, key)
            yield self._lines(self._end(node, key), _below(plan, " " * (key.start_mark.column + 2)))
        elif raw is None:
            yield self._written(node, key, _flow(plan))
        elif isinstance(node, yaml.SequenceNode):
            assert isinstance(raw, list)
            in_flow = in_flow or bool(node.flow_style)
            for position, below in plan.items():
                assert isinstance(position, int)
                yield from self.edits(node.value[position], raw[position], below, in_flow=in_flow)
        else:
            assert isinstance(node, yaml.MappingNode)
            assert isinstance(raw, dict)
            yield from self._in_mapping(node, raw, plan, in_flow=in_flow or bool(node.flow_style))

    def _in_mapping(
        self, node: yaml.MappingNode, raw: dict[str, Raw], plan: _Branch, *, in_flow: bool
    ) -> Iterator[_Edit]:
        pairs = {key.value: (key, value) for key, value in node.value}
        for name, below in plan.items():
            if name in pairs:
                key, value = pairs[name]
                yield from self.edits(value, raw[key.value], below, key=key, in_flow=in_flow)
        keys = list(pairs)
        places: dict[int, _Branch] = {}
        for name in sorted((name for name in plan if name not in pairs), key=_rank):
            places.setdefault(_place(keys, name), {})[name] = plan[name]
        for place, new in places.items():
            yield from self._with_keys(node, place, new)

    def _with_keys(self, node: yaml.MappingNode, place: int, new: _Branch) -> Iterator[_Edit]:
        """New keys behind one that the mapping has."""
        if node.flow_style:
            items = [_Item(key.start_mark, self._end(value, key)) for key, value in node.value]
            pairs = [_pair(str(key), plan) for key, plan in new.items()]
            if self.text[self._opening(node)] == "{":
                yield from self._into_flow(node, items, place, pairs)
            else:  # [a: 1], a mapping without braces
                start, end = items[0].start.index, items[0].end
                yield _Edit(start, start, "{")
                yield _Edit(end, end, f", {', '.join(pairs)}}}")
            return
        key, value = node.value[place]
        end = self._end(value, key)
        if node is self.root and place == len(node.value) - 1:  # behind the comments at the end of the file
            end = max(end, len(self.text[: node.end_mark.index].rstrip(" \t\r\n")))
        yield self._lines(end, _below(new, " " * self._column(node)))

    def _with_texts(
        self, node: yaml.Node, key: yaml.Node | None, raw: list[Raw] | str | None, new: list[str]
    ) -> Iterator[_Edit]:
        """New texts in a list, or a list in place of a text or of nothing."""
        if not isinstance(raw, list):
            old = [] if raw is None else [self._as_item(node)]
            yield self._written(node, key, f"[{', '.join([*old, *map(_scalar, new)])}]")
        elif isinstance(node, yaml.SequenceNode) and node.flow_style:
            items = [_Item(item.start_mark, self._end(item)) for item in node.value]
            yield from self._into_flow(node, items, len(items) - 1, [_scalar(text) for text in new])
        else:
            dash = " " * self._column(node) + "- "
            yield self._lines(self._end(node), [dash + _scalar(text, flow=False) for text in new])

    def _as_item(self, node: yaml.Node) -> str:
        """A scalar for a flow list: in its own quotes if it has any."""
        typed = self.text[node.start_mark.index : node.end_mark.index]
        return typed if typed[0] in "'\"" and not _BREAK.search(typed) else _scalar(node.value)

    def _written(self, node: yaml.Node, key: yaml.Node | None, value: str) -> _Edit:
        """A value in place of the one that is there, or where there is none."""
        start, end = node.start_mark.index, self._end(node, key)
        if start < node.end_mark.index:
            return _Edit(start, end, value)
        sign = "" if key is None or end > key.end_mark.index else ":"  # {a}: a key alone
        return _Edit(end, end, f"{sign} {value}")

    def _is_bare(self, node: yaml.Node) -> bool:
        return "#" not in self.text[node.start_mark.index : node.end_mark.index]

    def _emptied(self, node: yaml.Node, key: yaml.Node) -> Iterator[_Edit]:
        """Nothing in place of a `{}` or `~`."""
        start, end = node.start_mark.index, node.end_mark.index
        if start < end:
            before = self.text[key.end_mark.index : start]
            yield _Edit(start - len(before) + len(before.rstrip(" \t")), end, "")

    def _into_flow(self, node: yaml.Node, items: Sequence[_Item], place: int, new: Sequence[str]) -> Iterator[_Edit]:
        """New items behind one of a flow collection: in its line, or each in its own as all others are."""
        if not items:
            before = node.end_mark.index - 1
            yield _Edit(before, before, ", ".join(new))
            return
        start, end = items[place].start, items[place].end
        gap = " " if self.text[end - 1] == ":" else ""  # {a: }: a colon and a comma would be one sign
        if not all(self._starts_line(item.start) for item in items):
            yield _Edit(end, end, f"{gap}, {', '.join(new)}")
            return
        line_end = self._line_end(end)
        indent = self._break_at(line_end) + self.text[start.index - start.column : start.index]
        rest = _REST.fullmatch(self.text, end, line_end)
        if rest and rest[1]:
            yield _Edit(line_end, line_end, "".join(f"{indent}{item}," for item in new))
        elif rest and place == len(items) - 1:
            yield _Edit(end, end, f"{gap},")
            yield _Edit(line_end, line_end, ",".join(f"{indent}{item}" for item in new))
        else:
            yield _Edit(end, end, gap + "".join(f",{indent}{item}" for item in new))

    def _lines(self, end: int, lines: Sequence[str]) -> _Edit:
        """New lines below the one in which something ends."""
        line_end = self._line_end(end)
        line_break = self._break_at(line_end)
        return _Edit(line_end, line_end, "".join(line_break + line for line in lines))

    # --- the lie of the text ---

    def _end(self, node: yaml.Node, key: yaml.Node | None = None) -> int:
        """Where a node's own text ends. The mark of a block collection stands behind all that follows it."""
        while isinstance(node, yaml.CollectionNode) and not node.flow_style:
            last = node.value[-1]
            key, node = last if isinstance(last, tuple) else (None, last)
        start, end = node.start_mark.index, node.end_mark.index
        if start == end and key is not None:  # the mark stands anywhere up to what comes next
            colon = _COLON.match(self.text, key.end_mark.index, start)
            return colon.end() if colon else key.end_mark.index
        if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
            breaks = list(_BREAK.finditer(self.text, start, end))
            return breaks[-1].start() if breaks and breaks[-1].end() == end else end
        return end

    def _opening(self, node: yaml.Node) -> int:
        """Where a node starts behind its anchor and tag."""
        found = _PROPERTIES.match(self.text, node.start_mark.index)
        assert found is not None
        return found.end()

    def _column(self, node: yaml.Node) -> int:
        """The column of the keys or dashes of a block collection."""
        mark = node.start_mark
        if isinstance(node, yaml.MappingNode) and node.value[0][0].start_mark.index == mark.index:
            return mark.column
        lines = _BREAK.split(self.text[mark.index : self._opening(node)])
        return len(lines[-1]) + (mark.column if len(lines) == 1 else 0)

    def _starts_line(self, mark: yaml.Mark) -> bool:
        return not self.text[mark.index - mark.column : mark.index].strip(" \t")

    def _line_end(self, index: int) -> int:
        found = _BREAK.search(self.text, index)
        return found.start() if found else len(self.text)

    def _break_at(self, index: int) -> str:
        found = _LINE_BREAK.match(self.text, index)
        return found[0] if found else self.line_break


# --- the difference ---


class _Lines(difflib.SequenceMatcher[str]):
    """Two texts by lines, each with its line break."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new, autojunk=False)
        self.old, self.new = old, new

    def get_matching_blocks(self) -> list[difflib.Match]:
        # difflib's own way takes minutes for thousands of changes among lines of which many are alike.
        from rapidfuzz.distance import Levenshtein

        # Without a hint that the texts are much alike it compares every line with every other.
        opcodes = Levenshtein.opcodes(self.old, self.new, score_hint=100)
        return [difflib.Match(*block) for block in opcodes.as_matching_blocks()]

    def hunks(self) -> Iterator[str]:
        """The changes with three lines around each."""
        for group in self.get_grouped_opcodes(3):
            (_, old_start, _, new_start, _), (_, _, old_end, _, new_end) = group[0], group[-1]
            yield f"@@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@\n"
            for kind, old_start, old_end, new_start, new_end in group:
                if kind == "equal":
                    yield from (_line(" ", line) for line in self.old[old_start:old_end])
                else:
                    yield from (_line("-", line) for line in self.old[old_start:old_end])
                    yield from (_line("+", line) for line in self.new[new_start:new_end])


def _range(start: int, end: int) -> str:
    """As diff says it: the first line, counted from 1, and how many if not one."""
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


_UNENDED = "\\ No newline at end of file\n"  # diff's words, which patch reads


def _line(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n{_UNENDED}"

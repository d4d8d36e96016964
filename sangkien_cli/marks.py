"""YAML as text that knows where it stands.

PyYAML's constructors read `010` as 8 and `no` as False, keep the last of two equal keys and forget the lines, so
only its composer is used: every scalar stays the text that was typed, and every value can be found again.
"""

from __future__ import annotations

import pathlib
import re
from dataclasses import dataclass, field
from functools import cached_property

import yaml

from sangkien_cli.errors import Excerpt, Problem, SangkienError
from sangkien_cli.lang import Sentence, say

Path = tuple[str | int, ...]  # keys and positions from the top of the file to a value
Raw = dict[str, "Raw"] | list["Raw"] | str | None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes without asking of every scalar what it might be: to us it is text."""

    def resolve(self, kind: type, value: object, implicit: object) -> str:
        """The tag of a node; nobody looks at it."""
        return "tag:yaml.org,2002:str" if kind is yaml.ScalarNode else "tag:yaml.org,2002:seq"


_NULLS = {"", "~", "null", "Null", "NULL"}


class Quoted(str):
    """A scalar that was typed in quotes: text, even if it looks like a number."""


@dataclass
class Document:
    """A YAML file: its values as text, and where each of them stands."""

    place: str  # the file as the user named it
    lines: list[str]
    root: yaml.Node | None
    raw: Raw = None
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def file(self) -> pathlib.Path:
        """The file itself."""
        return pathlib.Path(self.place)

    def problem(self, path: Path, what: Sentence, fix: Sentence | None = None, *, at_key: bool = False) -> Problem:
        """A problem at the value at `path` (or at its key). A path that does not exist is cut to what does."""
        node = self._node(path, at_key=at_key)
        return self.problem_at(node, what, fix)

    def problem_at(self, node: yaml.Node | None, what: Sentence, fix: Sentence | None = None) -> Problem:
        """A problem at a node; at the top of the file without one."""
        if node is None:
            return Problem(f"{self.place}:1:1", what, fix)
        start, end = node.start_mark, node.end_mark
        text = self.lines[start.line] if start.line < len(self.lines) else ""
        if isinstance(node, yaml.ScalarNode) and end.line == start.line:
            width = max(end.column - start.column, 1)
        elif isinstance(node, yaml.CollectionNode) and node.flow_style and end.line == start.line:
            width = end.column - start.column
        else:
            width = len(text.rstrip()) - start.column
        return self.problem_on(start.line, start.column, width, what, fix)

    def problem_on(self, line: int, column: int, width: int, what: Sentence, fix: Sentence | None) -> Problem:
        """A problem at a line and column, both counted from 0."""
        text = self.lines[line] if line < len(self.lines) else ""
        excerpt = Excerpt(line + 1, column + 1, max(width, 1), text)
        return Problem(f"{self.place}:{line + 1}:{column + 1}", what, fix, excerpt)

    def _node(self, path: Path, *, at_key: bool) -> yaml.Node | None:
        node = self.root
        for depth, step in enumerate(path):
            found = _child(node, step)
            if found is None:
                break
            key, node = found
            if at_key and depth == len(path) - 1 and key is not None:
                return key
        return node


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def read_yaml(text: str, place: str) -> Document:
    """The file's values and places. Raises SangkienError where it is no YAML at all.

    A key given twice and an alias are problems of the document; of equal keys the first is kept.
    """
    document = Document(place, text.splitlines(), None)
    try:
        _refuse_depth(text)
        document.root = yaml.compose(text, Loader=_Loader)
    except RecursionError:
        raise SangkienError(Problem(f"{place}:1:1", say("config.too_deep"), say("config.too_deep.fix"))) from None
    except yaml.MarkedYAMLError as error:
        raise SangkienError(_syntax_problem(document, error)) from None
    except yaml.reader.ReaderError as error:
        raise SangkienError(_character_problem(document, text, error)) from None
    try:
        if document.root is not None:
            document.raw = _Reader(document, text).value(document.root)
    except RecursionError:
        raise SangkienError(Problem(f"{place}:1:1", say("config.too_deep"), say("config.too_deep.fix"))) from None
    return document


_DEEPEST = 500  # levels; an organisation has five


def _refuse_depth(text: str) -> None:
    """Raise RecursionError for a file that is nested so deep that libyaml would overflow the stack of the process."""
    if not _looks_deep(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise RecursionError


def _looks_deep(text: str) -> bool:
    """Whether a file may be nested deep: cheap, and true too often rather than too seldom."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1
        if depth > _DEEPEST:
            return True
    return re.search(rf"^[ ?-]{{{_DEEPEST},}}", text, re.MULTILINE) is not None


def _whole_numbers(pairs: list[tuple[yaml.Node, yaml.Node]]) -> list[tuple[yaml.Node, yaml.Node]]:
    """The pairs of a flow mapping in which a number was typed with commas, `{gd1: 5,000}`, with that number whole.

    YAML sees a key `000` without a value there.
    """
    whole: list[tuple[yaml.Node, yaml.Node]] = []
    for key, value in pairs:
        if (
            whole
            and _is_digits(key, 3)
            and value.value == ""
            and key.start_mark.index == whole[-1][1].end_mark.index + 1
        ):
            first, number = whole[-1]
            if isinstance(number, yaml.ScalarNode) and _is_digits(number):
                text = f"{number.value},{key.value}"
                whole[-1] = (first, yaml.ScalarNode(number.tag, text, number.start_mark, key.end_mark, style=""))
                continue
        whole.append((key, value))
    return whole


def _is_digits(node: yaml.Node, length: int | None = None) -> bool:
    if not isinstance(node, yaml.ScalarNode) or node.style or not node.value[:1].isdigit():
        return False
    return length in (None, len(node.value)) and bool(re.fullmatch(r"[0-9]+(,[0-9]{3})*", node.value))


class _Reader:
    def __init__(self, document: Document, text: str) -> None:
        self.document = document
        self.text = text
        # An alias makes one node stand in two places. Only a file with a `*` can hold one.
        self.seen: set[int] | None = set() if "*" in text else None

    def value(self, node: yaml.Node) -> Raw:
        if self.seen is not None and not self._first_visit(node):
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in node.value]
        assert isinstance(node, yaml.ScalarNode)
        text: str = node.value
        # libyaml names the plain style "", PyYAML's own parser None.
        if not node.style:
            return None if text in _NULLS else text
        return Quoted(text)

    def _mapping(self, node: yaml.MappingNode) -> Raw:
        values: dict[str, Raw] = {}
        first: dict[str, yaml.Node] = {}
        if node.flow_style and any(_is_digits(key, 3) for key, _ in node.value):
            node.value = _whole_numbers(node.value)
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._report(key, say("config.key_is_no_text"), say("config.key_is_no_text.fix"))
            elif key.value in values:
                line = first[key.value].start_mark.line + 1
                self._report(
                    key, say("config.key_twice", key=key.value, line=line), say("config.key_twice.fix", key=key.value)
                )
            else:
                first[key.value] = key
                values[key.value] = self.value(value)
        return values

    def _first_visit(self, node: yaml.Node) -> bool:
        assert self.seen is not None
        if id(node) not in self.seen:
            self.seen.add(id(node))
            return True
        if not any(p.what.key == "config.alias" for p in self.document.problems):
            for token in yaml.scan(self.text, Loader=yaml.SafeLoader):
                if isinstance(token, yaml.AliasToken):
                    mark, width = token.start_mark, len(token.value) + 1
                    self.document.problems.append(
                        self.document.problem_on(
                            mark.line, mark.column, width, say("config.alias"), say("config.alias.fix")
                        )
                    )
        return False

    def _report(self, node: yaml.Node, what: Sentence, fix: Sentence) -> None:
        self.document.problems.append(self.document.problem_at(node, what, fix))


# What libyaml and PyYAML say, and what a person can do about it.
_SYNTAX = (
    (r"'\\t'|tab character", "config.yaml.tab"),
    (r"mapping values are not allowed", "config.yaml.colon"),
    (r"could not find expected ':'", "config.yaml.no_colon"),
    (r"expected <block end>|did not find expected key|did not find expected '-' indicator", "config.yaml.indent"),
    (r"expected ',' or|flow (mapping|sequence|node)", "config.yaml.bracket"),
    (r"escape", "config.yaml.escape"),
    (r"quoted scalar|unexpected end of stream", "config.yaml.quote"),
    (r"cannot start any token", "config.yaml.character"),
)


def _syntax_problem(document: Document, error: yaml.MarkedYAMLError) -> Problem:
    said = f"{error.context or ''} {error.problem or ''}"
    fix = next((say(key) for pattern, key in _SYNTAX if re.search(pattern, said)), say("config.yaml.other"))
    # An open quote is noticed where the file ends, and belongs where it was opened.
    open_quote = "quoted scalar" in (error.context or "") and "end of stream" in (error.problem or "")
    mark = (error.context_mark if open_quote else error.problem_mark) or error.context_mark
    if mark is None:
        return Problem(document.place, say("config.not_yaml", detail=said.strip()), fix)
    # The parser notices some mistakes only on the line after the last one that exists.
    line = min(mark.line, max(len(document.lines) - 1, 0))
    column = mark.column if line == mark.line else 0
    if document.lines and "\t" in document.lines[line][: column + 1]:
        fix = say("config.yaml.tab")
    return document.problem_on(line, column, 1, say("config.not_yaml", detail=said.strip()), fix)


def _character_problem(document: Document, text: str, error: yaml.reader.ReaderError) -> Problem:
    """A character that YAML does not allow, at its place."""
    found = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    before = text[: found.start() if found else 0]
    line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
    fix = say("config.control_character.fix")
    return document.problem_on(line, column, 1, say("config.control_character", code=f"{error.character:04X}"), fix)

"""The units of a quota file listed from all their sources (contract §2, §10): YAML, included files, spreadsheets.

Everything is read from the raw values, and what the schema has refused is passed over, so that all errors of all files
are found in one run.
"""

from __future__ import annotations

import glob
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from sangkien_cli.config import schema
from sangkien_cli.errors import Note, Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.listed import Listed, SheetRequest, quota_key
from sangkien_cli.marks import Document, Raw
from sangkien_cli.marks import Path as KeyPath
from sangkien_cli.model import ALWAYS, ConfigPart, Origin, Window
from sangkien_cli.sheets.limits import Access
from sangkien_cli.text import fold, tidy

T = TypeVar("T")
YAML_ENDINGS = (".yaml", ".yml")

# A file read and checked against its schema: what it says, and what is wrong with it.
OpenBranch = Callable[[Path], tuple[Document, Sequence[Problem], str]]


@dataclass
class Gathered:
    """Every unit of every source. A unit's `above` is a position in the whole list."""

    listed: list[Listed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    parts: list[ConfigPart] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _InYaml:
    """A unit's whereabouts in a YAML file."""

    document: Document
    path: KeyPath
    line: int

    @property
    def origin(self) -> Origin:
        """The line of the unit's name."""
        return Origin(self.document.file, f"{self.document.place}:{self.line}", self.path)

    def problem(self, part: str, what: Sentence, fix: Sentence | None = None) -> Problem:
        """A problem at the value of a part."""
        steps: dict[str, KeyPath] = {"from": ("valid", "from"), "to": ("valid", "to"), "parent": ("name",)}
        key, *rest = part.split(".")
        below = steps.get(part) or ((key, int(rest[0])) if key == "also" else (key, *rest))
        return self.document.problem((*self.path, *below), what, fix)


@dataclass(frozen=True, slots=True)
class _Section:
    """A mapping that may hold units, yet to be looked through."""

    document: Document
    raw: Mapping[str, Raw]
    node: yaml.Node | None
    path: KeyPath
    above: int | None  # the unit whose section it is
    files: tuple[Path, ...]  # the files that include each other down to this one


def gather(
    document: Document, phases: Mapping[str, Raw], bases: Mapping[str, Raw], open_branch: OpenBranch, access: Access
) -> Gathered:
    """The units that a quota file and everything it includes list; siblings stand in the order in which they are shown.

    `phases` and `bases` are the raw sections of the quota file, by whose ids quotas are given.
    """
    return _Gatherer(phases, bases, open_branch, access).all_of(document)


class _Gatherer:
    def __init__(
        self, phases: Mapping[str, Raw], bases: Mapping[str, Raw], open_branch: OpenBranch, access: Access
    ) -> None:
        self.found = Gathered()
        self.phases = phases
        self.bases = [*bases]
        self.further = [(basis, str(name)) for basis, name in [*bases.items()][1:]]
        self.names = [(phase, _phase_name(phase, section)) for phase, section in phases.items()]
        self.open_branch = open_branch
        self.access = access
        self.seen: dict[Path, str] = {}  # every file that was read, and where it was asked for

    def all_of(self, document: Document) -> Gathered:
        file = document.file
        self.seen[file.resolve()] = document.place
        raw = document.raw
        assert isinstance(raw, dict)
        # A queue, not a recursion: so depth costs no stack.
        pending = deque([_Section(document, raw, document.root, (), None, (file.resolve(),))])
        while pending:
            pending.extend(self._of_section(pending.popleft()))
        return self.found

    def _of_section(self, section: _Section) -> Iterator[_Section]:
        """The units right in a section are listed; what may hold units below them is given back."""
        siblings = section.raw.get("units")
        if isinstance(siblings, list):
            nodes = _value_node(section.node, "units")
            for position, raw in enumerate(siblings):
                if not isinstance(raw, dict):
                    continue
                node = nodes.value[position] if isinstance(nodes, yaml.SequenceNode) else None
                path = (*section.path, "units", position)
                unit = self._listed(section, raw, node, path)
                if unit is not None:
                    self.found.listed.append(unit)
                if _BRANCHING & raw.keys():
                    above = len(self.found.listed) - 1 if unit is not None else section.above
                    yield _Section(section.document, raw, node, path, above, section.files)
        for number, request in enumerate(_as_list(section.raw.get("units_from"))):
            if isinstance(request, str):
                request = {"file": request}  # noqa: PLW2901
            if isinstance(request, dict):
                several = isinstance(section.raw["units_from"], list)
                at = (*section.path, "units_from", *([number] if several else []))
                self._units_from(section, at, request)
        yield from self._included(section)

    def _listed(
        self, section: _Section, raw: Mapping[str, Raw], node: yaml.Node | None, path: KeyPath
    ) -> Listed | None:
        name = raw.get("name")
        if not isinstance(name, str) or not (name := tidy(name)):
            return None
        named = _value_node(node, "name") or node
        at = _InYaml(section.document, path, named.start_mark.line + 1 if named is not None else 1)
        if not fold(name):
            self.found.problems.append(at.problem("name", say("config.no_letter"), say("config.no_letter.fix")))
        quota = raw.get("quota")
        quota = quota if isinstance(quota, dict) else {}
        self._check_keys(section, (*path, "quota"), quota)
        return Listed(
            name=name,
            at=at,
            above=section.above,
            id=_or_none(raw.get("id"), _IDENTIFIER),
            also=texts(raw.get("also")),
            kind=_or_none(raw.get("kind"), _TEXT),
            members=_or_none(raw.get("members"), _WHOLE),
            quota=_quotas(self._by_key(quota)),
            valid=_window(raw.get("valid")),
            into=texts(raw.get("into")),
        )

    def _units_from(self, section: _Section, path: KeyPath, raw: Mapping[str, Raw]) -> None:
        file = raw.get("file")
        if not isinstance(file, str) or not tidy(file):
            return
        columns = raw.get("columns")
        columns = columns if isinstance(columns, dict) else {}
        quota = columns.get("quota")
        quota = quota if isinstance(quota, dict) else {}
        self._check_keys(section, (*path, "columns", "quota"), quota)
        target = section.document.file.parent / file
        request = SheetRequest(
            file=target,
            place=str(target),
            sheet=_or_none(raw.get("sheet"), _TEXT),
            columns={part: texts(headers) for part, headers in columns.items() if part != "quota"},
            quota={key: texts(headers) for key, headers in self._by_key(quota).items() if self._is_known(key)},
        )
        if not target.is_file():
            self._missing(section, (*path, "file"), target)
        elif (problem := self._refused(section, (*path, "file"), target)) is not None:
            self.found.problems.append(problem)
        else:
            self._sheet(section, request)

    def _check_keys(self, section: _Section, path: KeyPath, quota: Mapping[str, Raw]) -> None:
        """Quotas are of phases, and on bases, that exist."""
        for phase, typed in quota.items():
            if self.phases and phase not in self.phases:
                what = say("config.unknown_phase", phase=phase)
                fix = say("config.unknown_phase.fix", phases=tuple(self.phases))
                self.found.problems.append(section.document.problem((*path, phase), what, fix, at_key=True))
            elif isinstance(typed, dict):
                known = tuple(self.bases)
                for basis in [each for each in typed if each not in known]:
                    what = say("config.unknown_basis", basis=basis)
                    one = say("config.unknown_basis.fix", bases=known)
                    fix = one if known else say("config.no_bases.fix", basis=basis)
                    at = (*path, phase, basis)
                    self.found.problems.append(section.document.problem(at, what, fix, at_key=True))

    def _by_key(self, quota: Mapping[str, Raw]) -> Mapping[str, Raw]:
        """Quotas, or headers of quotas, by `quota_key`. One without a basis is on the default one."""
        if not any(isinstance(typed, dict) for typed in quota.values()):
            return quota
        default = self.bases[0] if self.bases else None
        by_key: dict[str, Raw] = {}
        for phase, typed in quota.items():
            on_bases = typed if isinstance(typed, dict) else {default: typed}
            for basis, value in on_bases.items():
                by_key[quota_key(phase, None if basis == default else basis)] = value
        return by_key

    def _is_known(self, key: str) -> bool:
        phase, _, basis = key.partition(".")
        return phase in self.phases and basis in ("", *self.bases)

    def _missing(self, section: _Section, path: KeyPath, target: Path) -> None:
        what = say("config.no_file", path=str(target))
        self.found.problems.append(section.document.problem(path, what, say("config.no_file.fix")))

    def _sheet(self, section: _Section, request: SheetRequest) -> None:
        from sangkien_cli.unit_sheets import read_units

        try:
            sheet = read_units(request, self.names, self.access, self.further)
        except SangkienError as error:
            self.found.problems.extend(error.problems)
            return
        self.found.problems.extend(sheet.problems)
        self.found.notes.extend(sheet.notes)
        self._part(request.file, sheet.sha256)
        before = len(self.found.listed)
        self.found.listed.extend(
            replace(unit, above=unit.above + before if unit.above is not None else section.above)
            for unit in sheet.listed
        )

    def _part(self, file: Path, sha256: str) -> None:
        if all(part.path.resolve() != file.resolve() for part in self.found.parts):
            self.found.parts.append(ConfigPart(file, sha256))

    def _included(self, section: _Section) -> Iterator[_Section]:
        raw = section.raw.get("include")
        for number, pattern in enumerate(_as_list(raw)):
            if not isinstance(pattern, str) or not tidy(pattern):
                continue
            at = (*section.path, "include", *([number] if isinstance(raw, list) else []))
            files = _files(section.document.file.parent, pattern)
            if not files:
                self._missing(section, at, section.document.file.parent / pattern)
            for file in files:
                if (problem := self._refused(section, at, file)) is not None:
                    self.found.problems.append(problem)
                elif file.suffix.lower() in YAML_ENDINGS:
                    yield from self._branch(section, file)
                else:
                    self._sheet(section, SheetRequest(file, str(file)))

    def _refused(self, section: _Section, at: KeyPath, file: Path) -> Problem | None:
        """Why a file cannot be included here: it includes this one, or its units are in the tree already."""
        target = file.resolve()
        if target in section.files:
            chain = [*section.files[section.files.index(target) :], target]
            circle = " → ".join(each.name for each in chain)
            return section.document.problem(
                at, say("config.include_circle", circle=circle), say("config.include_circle.fix")
            )
        place = section.document.problem(at, say("config.include_circle.fix")).place
        if (first := self.seen.setdefault(target, place)) != place:
            return section.document.problem(
                at, say("config.included_twice", file=file.name, place=first), say("config.included_twice.fix")
            )
        return None

    def _branch(self, section: _Section, file: Path) -> Iterator[_Section]:
        try:
            document, problems, sha256 = self.open_branch(file)
        except SangkienError as error:
            self.found.problems.extend(error.problems)
            return
        self.found.problems.extend(problems)
        self._part(file, sha256)
        if isinstance(document.raw, dict):
            yield _Section(document, document.raw, document.root, (), section.above, (*section.files, file.resolve()))


_BRANCHING = {"units", "units_from", "include"}
_TEXT: TypeAdapter[str] = TypeAdapter(schema.Text)
_IDENTIFIER: TypeAdapter[str] = TypeAdapter(schema.Identifier)
_WHOLE: TypeAdapter[int] = TypeAdapter(schema.Whole)
_QUOTA: TypeAdapter[int] = TypeAdapter(schema.Quota)
_DAY: TypeAdapter[date] = TypeAdapter(schema.Day)


def _or_none(value: Raw, adapter: TypeAdapter[T]) -> T | None:
    """The value as the schema reads it; None where it is absent or the schema refuses it."""
    if value is None:
        return None
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def _quotas(raw: Mapping[str, Raw]) -> dict[str, int]:
    """The quotas that can be read. Of a hundred thousand nearly all are plain digits."""
    quotas: dict[str, int] = {}
    for phase, typed in raw.items():
        number = int(str(typed)) if schema.is_plain_number(typed) else _or_none(typed, _QUOTA)
        if number is not None:
            quotas[phase] = number
    return quotas


def _window(raw: Raw) -> Window:
    if not isinstance(raw, dict):
        return ALWAYS
    return Window(_or_none(raw.get("from"), _DAY), _or_none(raw.get("to"), _DAY))


def _as_list(raw: Raw) -> Sequence[Raw]:
    return raw if isinstance(raw, list) else [] if raw is None else [raw]


def texts(raw: Raw) -> tuple[str, ...]:
    """The texts of a list, or of the single text that stands for one; what is no text is passed over."""
    if raw is None:
        return ()
    return tuple(tidy(text) for text in _as_list(raw) if isinstance(text, str) and tidy(text))


def _value_node(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    if node.value and node.value[0][0].value == key:  # as it nearly always is: the search below takes its time
        value: yaml.Node = node.value[0][1]
        return value
    return next((value for name, value in node.value if name.value == key), None)


def _phase_name(phase: str, section: Raw) -> str:
    name = section.get("name") if isinstance(section, dict) else None
    return name if isinstance(name, str) else phase


def _files(base: Path, pattern: str) -> list[Path]:
    """The file of this name, else those that a glob names, in order."""
    if (base / pattern).is_file():
        return [base / pattern]
    rooted = str(Path(glob.escape(str(base))) / pattern)
    return sorted(path for path in map(Path, glob.glob(rooted, recursive=True)) if path.is_file())

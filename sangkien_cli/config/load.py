"""The quota file read, checked and turned into a `Config`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sangkien_cli.collection import without_collection
from sangkien_cli.config import checks, schema
from sangkien_cli.config.branches import Gathered, gather, texts
from sangkien_cli.config.checks import section_of
from sangkien_cli.config.targets import Asked, ask
from sangkien_cli.config.tree import Tied, tie
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.marks import Document, read_yaml
from sangkien_cli.marks import Path as KeyPath
from sangkien_cli.model import (
    AlsoCount,
    Basis,
    Campaign,
    Columns,
    Condition,
    Config,
    DateRange,
    Field,
    Letterhead,
    NumberRange,
    OneOf,
    PercentRule,
    Phase,
    Target,
    Unit,
    Where,
)
from sangkien_cli.nearest import nearest
from sangkien_cli.sheets.limits import Access


def load_config(path: Path, instead: Mapping[Path, bytes] | None = None, access: Access | None = None) -> Config:
    """The quota file at `path`, with the files that it includes and takes units from.

    `instead` are contents to be read in place of those of files, by resolved path: what a file would be if it were
    rewritten. `access` says how spreadsheets may be read. Raises SangkienError with every error of all files, in the
    order of the lines of each.
    """
    with without_collection():
        return _load(path, instead or {}, access or Access())


def _load(path: Path, instead: Mapping[Path, bytes], access: Access) -> Config:
    document, sha256 = _open(path, instead)
    raw = document.raw
    if not isinstance(raw, dict):
        raise SangkienError(Problem(f"{path}:1:1", say("config.empty"), say("config.empty.fix")))
    file, problems = _validate(document, schema.QuotaFile)
    problems += [*document.problems, *checks.check(document)]

    def open_branch(branch: Path) -> tuple[Document, list[Problem], str]:
        opened, digest = _open(branch, instead)
        return opened, [*_validate(opened, schema.BranchFile)[1], *opened.problems], digest

    gathered = gather(document, section_of(raw, "phases"), section_of(raw, "bases"), open_branch, access)
    also = raw.get("also")
    spellings = {unit: texts(listed) for unit, listed in also.items()} if isinstance(also, dict) else {}
    tied = tie(gathered.listed, spellings)
    asked = ask(document, () if tied.problems else tied.units)
    problems += [*gathered.problems, *tied.problems, *_strangers(document, tied), *asked.problems]
    if problems or file is None:
        raise SangkienError(*_in_order(problems, [path, *(part.path for part in gathered.parts)]))
    if not tied.units:
        raise SangkienError(Problem(f"{path}:1:1", say("config.no_units"), say("config.no_units.fix")))
    return _config(path, sha256, file, tied, gathered, asked)


def _open(path: Path, instead: Mapping[Path, bytes]) -> tuple[Document, str]:
    """A YAML file as text that knows where it stands, and the SHA-256 of its bytes."""
    data = instead.get(path.resolve())
    if data is None:
        data = _read_bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SangkienError(Problem(f"{path}:{line}", say("config.not_utf8"), say("config.not_utf8.fix"))) from None
    document = read_yaml(text, str(path))
    if any(problem.what.key == "config.alias" for problem in document.problems):
        # What an alias stands for is not there to be checked.
        raise SangkienError(*_in_order(document.problems, [path]))
    return document, hashlib.sha256(data).hexdigest()


def _strangers(document: Document, tied: Tied) -> Iterator[Problem]:
    """Spellings given for a unit that is not there."""
    for key in tied.strangers:
        what = say("config.also_stranger", key=key)
        yield document.problem(("also", key), what, say("config.also_stranger.fix"), at_key=True)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SangkienError(Problem(str(path), say("config.missing"), say("config.missing.fix"))) from None
    except IsADirectoryError:
        raise SangkienError(Problem(str(path), say("config.folder"), say("config.missing.fix"))) from None
    except OSError as error:
        raise SangkienError(Problem(str(path), say("file.unreadable", detail=error.strerror or ""))) from None


Section = TypeVar("Section", bound=BaseModel)


def _validate(document: Document, section: type[Section]) -> tuple[Section | None, list[Problem]]:
    try:
        return section.model_validate(schema.without_plain_units(document.raw)), []
    except ValidationError as error:
        return None, [_problem(document, details, section) for details in error.errors(include_url=False)]


def _in_order(problems: Iterable[Problem], files: Sequence[Path]) -> list[Problem]:
    """By file, line and column, each place and sentence once; a spreadsheet's in the order in which they were found."""
    unique = {(p.place, p.what): p for p in problems}
    names = [str(file) for file in files]

    def key(problem: Problem) -> tuple[int, int, int]:
        line, column = (problem.excerpt.line, problem.excerpt.column) if problem.excerpt else (0, 0)
        of = [rank for rank, name in enumerate(names) if problem.place.startswith((f"{name}:", f"{name} "))]
        return of[0] if of else len(names), line, column

    return sorted(unique.values(), key=key)


def _problem(document: Document, details: ErrorDetails, top: type[BaseModel]) -> Problem:
    """A pydantic error as a problem at its place in the file."""
    path: KeyPath = details["loc"]
    # Steps of the schema that are none of the file.
    path = tuple(step for step in path if step != schema.PLAIN)
    if "where" in path and path[(after := path.index("where") + 2) : after + 1] == ("values",):
        path = (*path[:after], *path[after + 1 :])
    kind = details["type"]
    if kind == "extra_forbidden":
        return _unknown_key(document, path, top)
    if kind == "missing":
        # With the key at hand the caret can stand at the parent's own key or first line.
        key = str(path[-1])
        return document.problem(path[:-1], say("config.key_missing", key=key), say("config.key_missing.fix", key=key))
    return document.problem(path, *_sentences(kind, details), at_key=False)


def _sentences(kind: str, details: ErrorDetails) -> tuple[Sentence, Sentence]:
    context = details.get("ctx", {})
    if kind.startswith("config."):
        plain = context.get("plain") or context.get("iso")
        fix = say("config.write", text=plain) if plain else say(f"{kind}.fix", **context)
        return say(kind, **context), fix
    shape = {
        "dict_type": "config.not_mapping",
        "model_type": "config.not_mapping",
        "model_attributes_type": "config.not_mapping",
        "list_type": "config.not_list",
        "too_short": "config.empty_list" if isinstance(details["input"], list) else "config.empty_mapping",
    }.get(kind, "config.wrong_shape")
    return say(shape), say(f"{shape}.fix")


def _unknown_key(document: Document, path: KeyPath, top: type[BaseModel]) -> Problem:
    key = str(path[-1])
    known = _known_keys(path[:-1], top)
    near = nearest(key, known, most=1)
    fix = say("config.write", text=near[0]) if near else say("config.unknown_key.fix", keys=tuple(known))
    return document.problem(path, say("config.unknown_key", key=key), fix, at_key=True)


def _known_keys(path: KeyPath, top: type[BaseModel]) -> list[str]:
    """The keys that the schema knows in the section at `path` of a file whose schema is `top`."""
    names = [step for step in path if isinstance(step, str)]
    section = top if not names else schema.UnitSection
    for pattern, known in _SECTIONS:
        tail = names[-len(pattern) :] if pattern[0] in _ANYWHERE else names
        if len(tail) == len(pattern) and all(asked in ("*", name) for asked, name in zip(pattern, tail, strict=True)):
            section = known
    return [field.alias or name for name, field in section.model_fields.items()]


# The sections by the keys that lead to them; `*` is any id.
_SECTIONS: tuple[tuple[tuple[str, ...], type[BaseModel]], ...] = (
    (("percent",), schema.PercentSection),
    (("phases", "*"), schema.PhaseSection),
    (("campaigns", "*"), schema.CampaignSection),
    (("exports",), schema.ExportsSection),
    (("exports", "columns"), schema.ColumnsSection),
    (("count",), schema.CountSection),
    (("count", "where", "*"), schema.RangeSection),
    (("also_count", "*"), schema.AlsoCountSection),
    (("also_count", "*", "where", "*"), schema.RangeSection),
    (("targets",), schema.TargetSection),
    (("targets", "where", "*"), schema.RangeSection),
    (("returns",), schema.ReturnsSection),
    (("document",), schema.DocumentSection),
    (("valid",), schema.ValidSection),
    (("units_from",), schema.UnitsFromSection),
    (("units_from", "columns"), schema.UnitColumnsSection),
)
_ANYWHERE = ("valid", "units_from")  # in a unit, however deep


def _every_day(tied: Tied) -> set[str]:
    """What is not worth a word in every run: a total that agrees; units without a row that are listed elsewhere."""
    return {"unit_sheet.total"} if tied.implied else {"unit_sheet.total", "unit_sheet.implied"}


def _config(path: Path, sha256: str, file: schema.QuotaFile, tied: Tied, gathered: Gathered, asked: Asked) -> Config:
    columns = _columns(file.exports.columns)
    bases = tuple(Basis(key, name) for key, name in (file.bases or {}).items())
    return Config(
        path=path,
        sha256=sha256,
        programme=file.programme,
        lang=file.language,
        timezone=file.timezone,
        percent=PercentRule(file.percent.decimals, file.percent.rounding),
        phases=tuple(Phase(key, p.name or key, p.start, p.end) for key, p in file.phases.items()),
        campaigns=tuple(
            Campaign(key, c.name or key, c.start, c.end, c.toward) for key, c in (file.campaigns or {}).items()
        ),
        files=tuple(file.exports.files or ()),
        columns=columns,
        fixed_phase=file.exports.phase,
        where=_where(file.count.where),
        once_per=_once_per(file.count.once_per, columns),
        near=Fraction(file.near),
        units=_on_bases(tied.units, bases),
        bases=bases,
        basis=bases[0].id if bases else None,
        also_count=tuple(
            AlsoCount(key, also.name or key, _where(also.where)) for key, also in (file.also_count or {}).items()
        ),
        targets=tuple(map(_target, file.targets or (), asked.units)),
        required=tuple(map(_field, file.returns.require)) if file.returns else (),
        letterhead=_letterhead(file.document) if file.document else Letterhead(),
        parts=tuple(gathered.parts),
        notes=(
            *((note.place, note.what) for note in gathered.notes if note.what.key not in _every_day(tied)),
            *dict.fromkeys(asked.notes),
        ),
    )


def _on_bases(units: tuple[Unit, ...], bases: Sequence[Basis]) -> tuple[Unit, ...]:
    """Units with what they are asked for on each basis, and the default one in use."""
    if not bases:
        return units
    found = []
    for unit in units:
        own = {key: number for key, number in unit.quota.items() if "." not in key}
        further = (
            {key.partition(".")[0]: number for key, number in unit.quota.items() if key.endswith(f".{basis.id}")}
            for basis in bases[1:]
        )
        found.append(replace(unit, quota=own, bases=(own, *further)))
    return tuple(found)


def _target(section: schema.TargetSection, units: tuple[int, ...]) -> Target:
    summed = section.measure == "sum"
    kind = section.per if section.measure == "average" else None if summed else section.of
    return Target(
        id=section.id,
        name=section.name or section.id,
        units=units,
        phase=section.phase,
        measure=section.measure,
        where=_where(section.where),
        kind=kind,
        having=1 if section.having is None else section.having,
        field=_field(str(section.of)) if summed else None,
        at_least=section.at_least[0],
        in_percent=section.at_least[1],
    )


def _letterhead(section: schema.DocumentSection) -> Letterhead:
    return Letterhead(
        parent=section.parent or "",
        agency=section.agency or "",
        number=section.number,
        symbol=section.symbol or "",
        place=section.place or "",
        day=section.day,
        subject=section.subject or "",
        addressees=tuple(section.addressees or ()),
        grounds=tuple(section.grounds or ()),
        capacity=tuple(section.capacity or ()),
        signer=section.signer or "",
        recipients=tuple(section.recipients or ()),
    )


def _where(conditions: Mapping[str, schema.ConditionSection]) -> Where:
    return {_field(name): _condition(condition) for name, condition in conditions.items()}


def _field(name: str) -> Field:
    assert name in checks.FIELDS  # checks.check has refused any other
    return name  # type: ignore[return-value]


def _columns(section: schema.ColumnsSection) -> Columns:
    fields = {_field(name): tuple(headers) for name in checks.FIELDS if (headers := getattr(section, name)) is not None}
    return Columns(fields=fields, unit=tuple(tuple(level) for level in section.unit))


def _once_per(typed: str | None, columns: Columns) -> Field | None:
    if typed is None:
        return "code" if "code" in columns.fields else None
    return None if typed == "none" else _field(typed)


def _condition(section: schema.ConditionSection) -> Condition:
    if section.values is not None:
        return OneOf(tuple(section.values))
    if section.least is not None or section.most is not None:
        return NumberRange(section.least, section.most)
    return DateRange(section.start, section.end)

"""The quota file read, checked and turned into a `Config`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sangkien_cli.config import checks, schema
from sangkien_cli.config.ids import Named, make_ids
from sangkien_cli.config.marks import Document, read_yaml
from sangkien_cli.config.marks import Path as KeyPath
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import (
    Campaign,
    Columns,
    Condition,
    Config,
    DateRange,
    Field,
    NumberRange,
    OneOf,
    PercentRule,
    Phase,
    Unit,
)
from sangkien_cli.nearest import nearest


def load_config(path: Path) -> Config:
    """The quota file at `path`.

    Raises SangkienError with every error of the file, in the order of its lines.
    """
    data = _read_bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SangkienError(Problem(f"{path}:{line}", say("config.not_utf8"), say("config.not_utf8.fix"))) from None
    document = read_yaml(text, str(path))
    if not isinstance(document.raw, dict):
        raise SangkienError(Problem(f"{path}:1:1", say("config.empty"), say("config.empty.fix")))
    if any(problem.what.key == "config.alias" for problem in document.problems):
        # What an alias stands for is not there to be checked.
        raise SangkienError(*_in_order(document.problems))
    file, problems = _validate(document)
    problems = [*document.problems, *problems, *checks.check(document)]
    if problems or file is None:
        raise SangkienError(*_in_order(problems))
    return _config(path, hashlib.sha256(data).hexdigest(), file)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SangkienError(Problem(str(path), say("config.missing"), say("config.missing.fix"))) from None
    except IsADirectoryError:
        raise SangkienError(Problem(str(path), say("config.folder"), say("config.missing.fix"))) from None
    except OSError as error:
        raise SangkienError(Problem(str(path), say("file.unreadable", detail=error.strerror or ""))) from None


def _validate(document: Document) -> tuple[schema.QuotaFile | None, list[Problem]]:
    try:
        return schema.QuotaFile.model_validate(document.raw), []
    except ValidationError as error:
        return None, [_problem(document, details) for details in error.errors(include_url=False)]


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By line and column, each place and sentence once."""
    unique = {(p.place, p.what): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.excerpt.line, p.excerpt.column) if p.excerpt else (0, 0))


def _problem(document: Document, details: ErrorDetails) -> Problem:
    """A pydantic error as a problem at its place in the file."""
    path: KeyPath = details["loc"]
    if path[:2] == ("count", "where") and path[3:4] == ("values",):
        path = (*path[:3], *path[4:])  # a step of the schema that is none of the file
    kind = details["type"]
    if kind == "extra_forbidden":
        return _unknown_key(document, path)
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


def _unknown_key(document: Document, path: KeyPath) -> Problem:
    key = str(path[-1])
    known = _known_keys(path[:-1])
    near = nearest(key, known, most=1)
    fix = say("config.write", text=near[0]) if near else say("config.unknown_key.fix", keys=tuple(known))
    return document.problem(path, say("config.unknown_key", key=key), fix, at_key=True)


def _known_keys(path: KeyPath) -> list[str]:
    """The keys that the schema knows in the section at `path`."""
    names = [step for step in path if isinstance(step, str)]
    section: type[BaseModel]
    match names:
        case []:
            section = schema.QuotaFile
        case ["percent"]:
            section = schema.PercentSection
        case ["phases", _]:
            section = schema.PhaseSection
        case ["campaigns", _]:
            section = schema.CampaignSection
        case ["exports"]:
            section = schema.ExportsSection
        case ["exports", "columns"]:
            section = schema.ColumnsSection
        case ["count"]:
            section = schema.CountSection
        case ["count", "where", _]:
            section = schema.RangeSection
        case _:
            section = schema.UnitSection
    return [field.alias or name for name, field in section.model_fields.items()]


def _config(path: Path, sha256: str, file: schema.QuotaFile) -> Config:
    columns = _columns(file.exports.columns)
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
        where={_field(name): _condition(condition) for name, condition in file.count.where.items()},
        once_per=_once_per(file.count.once_per, columns),
        near=Fraction(file.near),
        units=_units(file.units),
    )


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


def _units(roots: list[schema.UnitSection]) -> tuple[Unit, ...]:
    """The tree as a list, each parent before its children, in the order of the file."""
    pending: list[tuple[schema.UnitSection, int | None, int]] = [(root, None, 0) for root in reversed(roots)]
    sections: list[tuple[schema.UnitSection, int | None, int]] = []
    while pending:
        section, parent, depth = pending.pop()
        here = len(sections)
        sections.append((section, parent, depth))
        pending.extend((child, here, depth + 1) for child in reversed(section.units or []))
    ids = make_ids([Named(section.id, section.name, parent) for section, parent, _ in sections])
    return tuple(
        Unit(ids[i], section.name, tuple(section.also or ()), parent, depth, section.members, dict(section.quota or {}))
        for i, (section, parent, depth) in enumerate(sections)
    )

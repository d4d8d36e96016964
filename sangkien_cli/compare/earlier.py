"""An earlier JSON report (schema REPORT_SCHEMA), read and checked before anything is concluded from it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, Strict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sangkien_cli.errors import Excerpt, Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import ALL, REPORT_SCHEMA, PercentRule
from sangkien_cli.text import tidy

_MEGABYTES = 500  # a report of 100,000 units in five phases has some 200
_LARGEST = 10**30  # of a number: far beyond any count, and still quick to work with
_SHOWN = 10  # problems of one file
_LINE = 100  # characters of a line shown
_DIGEST = r"[0-9a-f]{64}"


def _day(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError
    return date.fromisoformat(value)


def _legible(text: str) -> str:
    """JSON can hold halves of letters (`\\ud800`), which nothing can print."""
    text.encode()  # raises a ValueError
    return text


Whole = Annotated[int, Strict(), Field(ge=0, le=_LARGEST)]
Name = Annotated[str, AfterValidator(_legible)]
Text = Annotated[Name, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_day)]
Digest = Annotated[str, Field(pattern=f"^{_DIGEST}$")]


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit in one phase, or in ALL, as the earlier report has it."""

    id: Text
    name: Name
    parent: Text | None
    phase: Text
    done: Whole
    direct: Whole
    quota: Whole | None
    allocated: Whole | None
    percent: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$")] | None
    ended: Day | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A phase."""

    id: Text
    name: Name


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file, and what it held."""

    path: Text
    sha256: Digest


@dataclass(frozen=True, slots=True)
class QuotaFile:
    """The quota file, and the files that it was made of."""

    sha256: Digest
    parts: tuple[NamedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class _Document:
    """What is used of the JSON; all else in it may be as it likes."""

    programme: Name
    as_of: Day
    percent: PercentRule
    phases: tuple[Named, ...]
    units: Annotated[tuple[Entry, ...], Field(min_length=1)]
    config: QuotaFile
    basis: Text | None = None
    ledger: NamedFile | None = None
    narrowed: dict[Name, object] | None = None  # the options by which units were left out, or put in another order


@dataclass(frozen=True)
class Earlier:
    """An earlier report."""

    path: Path
    sha256: str
    programme: str
    as_of: date
    percent: PercentRule
    phases: tuple[Named, ...]
    entries: tuple[Entry, ...]  # units in tree order
    config: QuotaFile
    basis: str | None
    ledger: NamedFile | None  # written in one run with it

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str], Entry]:
        """The entries by unit and phase."""
        return {(each.id, each.phase): each for each in self.entries}

    @cached_property
    def units(self) -> Mapping[str, Entry]:
        """One entry of each unit: its name and where it stood."""
        return {each.id: each for each in reversed(self.entries)}

    @cached_property
    def shown(self) -> frozenset[str]:
        """The phases that it has figures of, ALL included."""
        return frozenset(each.phase for each in self.entries)

    @property
    def ledger_path(self) -> Path | None:
        """Where the ledger should lie that was written with it; an absolute path is not followed."""
        if self.ledger is None or PureWindowsPath(self.ledger.path).anchor or "\0" in self.ledger.path:
            return None
        return self.path.parent / self.ledger.path

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that must not be overwritten while it is read."""
        return (self.path,) if self.ledger_path is None else (self.path, self.ledger_path)


def read_earlier(path: Path) -> Earlier:
    """The report in a file. Raises SangkienError if it is none, if it is damaged, or if it shows only some units."""
    data = read_bytes(path, say("compare.report.fix"))
    raw = _parsed(path, data)
    if not isinstance(raw, dict) or raw.get("schema") != REPORT_SCHEMA:
        schema = raw.get("schema") if isinstance(raw, dict) else None
        if isinstance(schema, str):
            what = say("compare.schema", schema=_short(schema), wanted=REPORT_SCHEMA)
        else:
            what = say("compare.no_schema", wanted=REPORT_SCHEMA)
        raise SangkienError(Problem(str(path), what, say("compare.report.fix")))
    document = _checked(path, raw)
    if document.narrowed:
        what = say("compare.narrowed", options=tuple(f"--{_short(name)}" for name in document.narrowed))
        raise SangkienError(Problem(f"{path} narrowed", what, say("compare.partial.fix")))
    problems = [*_doubled(path, document.units), *_campaign(path, document)]
    problems = problems or list(_partial(path, document.units))
    if problems:
        raise SangkienError(*problems[:_SHOWN])
    return Earlier(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        programme=document.programme,
        as_of=document.as_of,
        percent=document.percent,
        phases=document.phases,
        entries=document.units,
        config=document.config,
        basis=document.basis,
        ledger=document.ledger,
    )


def read_bytes(path: Path, fix: Sentence) -> bytes:
    """What a file holds. Raises SangkienError, with `fix` where it is too large, or no file."""
    try:
        if path.is_file() and path.stat().st_size > _MEGABYTES * 1_000_000:
            raise SangkienError(Problem(str(path), say("compare.too_big", megabytes=_MEGABYTES), fix))
        return path.read_bytes()
    except FileNotFoundError:
        raise SangkienError(Problem(str(path), say("file.missing"), say("file.missing.fix"))) from None
    except IsADirectoryError:
        raise SangkienError(Problem(str(path), say("compare.folder"), fix)) from None
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise SangkienError(
            Problem(str(path), say("file.unreadable", detail=detail), say("file.missing.fix"))
        ) from None


class _NoNumber(ValueError):
    """NaN, Infinity."""


def _no_number(word: str) -> object:
    raise _NoNumber(word)


def _parsed(path: Path, data: bytes) -> object:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SangkienError(Problem(f"{path}:{line}", say("compare.not_utf8"), say("compare.report.fix"))) from None
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        what = say("compare.not_json", detail=error.msg)
        raise SangkienError(Problem(place, what, say("compare.report.fix"), _excerpt(error))) from None
    except RecursionError:
        raise SangkienError(Problem(str(path), say("compare.too_deep"), say("compare.report.fix"))) from None
    except _NoNumber as error:
        what = say("compare.no_number", text=str(error))
        raise SangkienError(Problem(str(path), what, say("compare.report.fix"))) from None
    except ValueError:  # Python refuses numbers of thousands of digits
        raise SangkienError(Problem(str(path), say("compare.long_number"), say("compare.report.fix"))) from None


def _excerpt(error: json.JSONDecodeError) -> Excerpt | None:
    """The line around the place of the error; None where there is nothing to be seen."""
    lines = error.doc.splitlines()
    if error.lineno > len(lines) or not lines[error.lineno - 1].strip():
        return None
    start = max(error.colno - _LINE // 2, 0)
    text = "".join(letter if letter.isprintable() else " " for letter in lines[error.lineno - 1][start : start + _LINE])
    return Excerpt(error.lineno, error.colno - start, 1, text)


def _checked(path: Path, raw: object) -> _Document:
    try:
        return _schema().validate_python(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise SangkienError(*(_problem(path, each) for each in details[:_SHOWN])) from None


def _schema() -> TypeAdapter[_Document]:
    return TypeAdapter(_Document)


def _problem(path: Path, details: ErrorDetails) -> Problem:
    """A pydantic error as a problem with the way to it: `r.json units[3].done`."""
    steps, kind = list(details["loc"]), details["type"]
    if kind == "missing":
        what: Sentence = say("compare.key_missing", key=str(steps.pop()))
    elif kind == "too_short":
        what = say("compare.no_units")
    else:
        sentence = {"int_type": "compare.not_whole", "greater_than_equal": "compare.not_whole"}.get(kind)
        what = say(
            sentence or "compare.wrong_value",
            value=_short(json.dumps(details["input"], ensure_ascii=False, default=str)),
        )
    way = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    return Problem(f"{path} {way}" if way else str(path), what, say("compare.report.fix"))


def _short(text: str) -> str:
    text = tidy(text.encode(errors="backslashreplace").decode())
    return text if len(text) <= _LINE else text[: _LINE - 1] + "…"


def _doubled(path: Path, entries: Sequence[Entry]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for number, each in enumerate(entries):
        if (each.id, each.phase) in seen:
            what = say("compare.twice", unit=_short(each.id), phase=_short(each.phase))
            yield Problem(f"{path} units[{number}]", what, say("compare.report.fix"))
        seen.add((each.id, each.phase))


def _campaign(path: Path, document: _Document) -> Iterator[Problem]:
    """What has figures of something that is no phase: a campaign."""
    phases = {ALL, *(phase.id for phase in document.phases)}
    for number, each in enumerate(document.units):
        if each.phase not in phases:
            what = say("compare.campaign", phase=_short(each.phase))
            yield Problem(f"{path} units[{number}].phase", what, say("compare.campaign.fix"))
            return


def _partial(path: Path, entries: Sequence[Entry]) -> Iterator[Problem]:
    """Signs that units were left out: places and new units would come out wrong. A phase alone is whole in itself."""
    seen: dict[str, set[str]] = defaultdict(set)
    below: dict[tuple[str, str], int] = defaultdict(int)
    above: set[tuple[str, str]] = set()
    for each in entries:
        seen[each.phase].add(each.id)
        if each.parent is not None:
            below[each.parent, each.phase] += each.done
            above.add((each.parent, each.phase))
    known: dict[str, set[str]] = defaultdict(set)
    whole = all(units == seen[entries[0].phase] for units in seen.values())
    for number, each in enumerate(entries):
        orphan = each.parent is not None and each.parent not in known[each.phase]  # parents stand first
        key = (each.id, each.phase)
        missing = each.done != each.direct + below[key] or (each.allocated is not None and key not in above)
        if orphan or missing or not whole:
            what = say("compare.partial", unit=_short(each.name or each.id))
            yield Problem(f"{path} units[{number}]", what, say("compare.partial.fix"))
            return
        known[each.phase].add(each.id)

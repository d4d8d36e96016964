"""The origin of a document read back: from the document itself, from the file beside it, from its properties."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PureWindowsPath
from typing import Annotated, Literal
from xml.etree import ElementTree

from pydantic import AfterValidator, TypeAdapter, ValidationError

from sangkien_cli.compare.earlier import Day, Digest, Name, NamedFile, Text, Whole, read_bytes
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.fingerprint import Fingerprint, read_fingerprint
from sangkien_cli.lang import Sentence, say
from sangkien_cli.render.document import compact
from sangkien_cli.render.origin import ENDING, PROPERTY, SCHEMA, ZIP_ERRORS, origin_path

_PROPERTIES = "docProps/custom.xml"
_LARGEST = 10_000_000  # bytes of them
_UNCOUNTED = ("audit",)  # commands that can do without data, and without a quota file
_NAMED = ("claims", "text", "compare", "compare-ledger", "template")  # options that name files
_IN_PAGE = re.compile(rb'<script type="application/json" id="origin">(.*?)</script>', re.DOTALL)
_SPARE = 1 << 20  # rows of a sheet that may be blank, or gone: as many as Excel has

Where = Literal["document", "beside", "properties", "page"]


def _relative(path: str) -> str:
    """Whoever writes an origin must not say which file of a whole computer is opened."""
    if "\0" in path or PureWindowsPath(path).anchor:  # that of any system
        raise ValueError
    return path


def _near(path: str) -> str:
    if ".." in PureWindowsPath(path).parts:
        raise ValueError
    return _relative(path)


Relative = Annotated[Text, AfterValidator(_relative)]  # may lead out of the document's folder
Near = Annotated[Text, AfterValidator(_near)]  # is looked for in several folders


@dataclass(frozen=True, slots=True)
class RecordedInput:
    """A sheet that was counted."""

    path: Near
    sha256: Digest
    sheet: Name | None
    rows: Whole
    size: Whole


@dataclass(frozen=True, slots=True)
class _RecordedPart:
    """A file that is known by its SHA-256 alone: a part of the quota file, the ledger."""

    path: Relative
    sha256: Digest


@dataclass(frozen=True, slots=True)
class _RecordedFile:
    """A file that an option names."""

    path: Near
    sha256: Digest


@dataclass(frozen=True, slots=True)
class RecordedConfig:
    """The quota file, and the files that it was made of."""

    path: Near
    sha256: Digest
    parts: tuple[_RecordedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class _Tool:
    name: Name
    version: Name


@dataclass(frozen=True, slots=True)
class _Document:
    """The document that an origin beside it is of; in properties only its name is known."""

    path: Near
    sha256: Digest | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    inputs: tuple[RecordedInput, ...]
    tool: _Tool
    libraries: dict[Name, Name]
    command: Text
    options: dict[Name, object]
    as_of: Day | None = None
    config: RecordedConfig | None = None
    document: _Document | None = None
    ledger: _RecordedPart | None = None
    fingerprints: tuple[dict[str, object], ...] = ()


@dataclass(frozen=True)
class Record:
    """A document in hand, and how it says that it came about."""

    path: Path
    data: bytes  # of the document
    where: Where  # the origin stands
    origin: Path  # the file that holds it
    command: str
    as_of: date | None  # None = no day shaped it
    options: Mapping[str, object]
    config: RecordedConfig | None  # None = it was made without a quota file
    inputs: tuple[RecordedInput, ...]  # () = nothing was counted
    version: str
    libraries: Mapping[str, str]
    sha256: str | None  # of the document when it was written; None where that is not known
    name: str | None  # of the document when it was written
    ledger: NamedFile | None
    told: tuple[Mapping[str, object], ...]  # the fingerprints, not yet read

    @property
    def edited(self) -> bool | None:
        """Whether the document is another one than was written; None where only making it again will tell."""
        return None if self.sha256 is None else self.sha256 != hashlib.sha256(self.data).hexdigest()

    @cached_property
    def fingerprints(self) -> Mapping[tuple[str, str | None], Fingerprint]:
        """By file and sheet; one that was damaged is left out."""
        rows = {(each.path, each.sheet): each.rows for each in self.inputs}
        found = {}
        for entry in self.told:
            try:
                each = read_fingerprint(entry)
            except (KeyError, TypeError, ValueError, IndexError):
                continue
            if each.rows <= rows.get((each.file, each.sheet), 0) + _SPARE:
                found[each.file, each.sheet] = each
        return found

    def fingerprint(self, file: str, sheet: str | None, rows: int) -> Fingerprint | None:
        """That of a sheet that has `rows` now; None also where it speaks of so many more that it cannot be true.

        Work and memory go by the rows that it speaks of.
        """
        found = self.fingerprints.get((file, sheet))
        return None if found is None or found.rows > 2 * rows + _SPARE else found

    @property
    def files(self) -> Mapping[str, RecordedInput]:
        """One of the sheets of each file, by the file's name."""
        return {each.path: each for each in reversed(self.inputs)}

    @property
    def named(self) -> Mapping[str, NamedFile]:
        """The files that its options name, by the options."""
        found = {}
        for option in _NAMED:
            match self.options.get(option):
                case {"path": str(path), "sha256": str(sha256)}:
                    found[option] = NamedFile(path, sha256)
        return found


def read_record(path: Path) -> Record:
    """The record of a document. Raises SangkienError if it carries none, or a damaged one.

    Instead of a document the file beside it may be given.
    """
    if path.name.endswith(ENDING) and (own := path.with_name(path.name.removesuffix(ENDING))).is_file():
        path = own
    data = read_bytes(path, say("verify.no_origin.fix"))
    if (beside := _beside(path, data)) is not None:
        return _record(path, data, "beside", *beside)
    if data.startswith(b"PK"):
        text = _property(data)
        return _record(path, data, "properties", path, _parsed(text)) if text else _none(path)
    if (page := _IN_PAGE.search(data)) is not None:
        return _record(path, data, "page", path, _parsed(page[1]))
    parsed = _parsed(data)
    if parsed is None or "command" not in parsed:
        return _none(path)
    return _record(path, data, "document", path, parsed)


def _none(path: Path) -> Record:
    raise SangkienError(
        Problem(str(path), say("verify.no_origin", beside=origin_path(path).name), say("verify.no_origin.fix"))
    )


def _beside(path: Path, data: bytes) -> tuple[Path, Mapping[str, object] | None] | None:
    """The origin beside a document: by its name, or, if the document got another name, by its SHA-256."""
    own = origin_path(path)
    if own.is_file():
        return own, _parsed(own.read_bytes())
    digest = hashlib.sha256(data).hexdigest().encode()
    for other in sorted(path.parent.glob(f"*{ENDING}")):
        if other.is_file() and digest in (held := other.read_bytes()):
            parsed = _parsed(held)
            document = None if parsed is None else parsed.get("document")
            if isinstance(document, Mapping) and document.get("sha256") == digest.decode():
                return other, parsed
    return None


def _property(data: bytes) -> str:
    """The origin in the custom properties of an office file; "" if there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, package.open(_PROPERTIES) as part:
            root = ElementTree.fromstring(part.read(_LARGEST))
    except (*ZIP_ERRORS, ElementTree.ParseError):
        return ""
    found = {each.get("name", ""): "".join(each.itertext()) for each in root}
    return "".join(found[name] for name in sorted(found, key=_number) if _number(name))


def _number(name: str) -> int:
    """Which piece a property is, from 1; 0 for any other property."""
    head, _, number = name.rpartition(".")
    return int(number) if head == PROPERTY and re.fullmatch("[0-9]{1,6}", number) else 0


def _parsed(data: bytes | str) -> Mapping[str, object] | None:
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _record(path: Path, data: bytes, where: Where, at: Path, parsed: Mapping[str, object] | None) -> Record:
    if parsed is None or (where != "document" and parsed.get("schema") != SCHEMA):
        raise SangkienError(Problem(str(at), say("verify.damaged", detail=SCHEMA), say("verify.damaged.fix")))
    try:
        told = TypeAdapter(_Told).validate_python(parsed)
    except ValidationError as error:
        raise SangkienError(*(_problem(at, each["loc"]) for each in error.errors()[:5])) from None
    if told.command not in _UNCOUNTED:
        for part in ("as_of", "config", "inputs"):
            if not getattr(told, part):
                raise SangkienError(_problem(at, (part,)))
    _check_options(at, told.options)
    own = told.document
    return Record(
        path=path,
        data=data,
        where=where,
        origin=at,
        command=told.command,
        as_of=told.as_of,
        options=told.options,
        config=told.config,
        inputs=told.inputs,
        version=told.tool.version,
        libraries=told.libraries,
        sha256=None if own is None else own.sha256,
        name=None if own is None else own.path,
        ledger=None if told.ledger is None else NamedFile(told.ledger.path, told.ledger.sha256),
        told=told.fingerprints,
    )


def _check_options(at: Path, options: Mapping[str, object]) -> None:
    """Raise SangkienError for what cannot be printed, and for a file that must not be looked for."""
    try:
        compact(options).encode()
    except (ValueError, RecursionError):
        raise SangkienError(_problem(at, ("options",))) from None
    for option in _NAMED:
        if isinstance(options.get(option), Mapping):
            try:
                TypeAdapter(_RecordedFile).validate_python(options[option])
            except ValidationError as error:
                raise SangkienError(_problem(at, ("options", option, *error.errors()[0]["loc"]))) from None


def _problem(path: Path, way: tuple[int | str, ...]) -> Problem:
    what: Sentence = say("verify.damaged", detail=".".join(map(str, way)))
    return Problem(str(path), what, say("verify.damaged.fix"))

"""Where what a document was made from lies now: the quota file, the exports, other files named in its options."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.model import Config
from sangkien_cli.sheets.files import STDIN, find_files, short_names
from sangkien_cli.verify.record import Record

_CONFIGS = "configs"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file; "" if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def find_quota_file(record: Record, typed: str | None, default: Path | None) -> Path | None:
    """The quota file: the one typed, else the one whose content it was, else one of its name; None where the document
    was made without.

    Looked for beside the report and in the present folder, in `configs` of both, and at `default`
    (`$SANGKIEN_CONFIG`, `./sangkien.yaml`). Raises SangkienError.
    """
    if record.config is None:
        if typed is None:
            return None
        raise SangkienError(Problem("--config", say("verify.without_config"), say("verify.without_config.fix")))
    if typed is not None:
        return Path(typed)
    name = PurePosixPath(record.config.path).name
    folders = _around(record)
    places = [folder / each for folder in folders for each in (name, f"{_CONFIGS}/{name}")]
    if default is not None:
        places.append(default)
    there = [place for place in places if place.is_file()]
    for place in there:
        if sha256_of(place) == record.config.sha256:
            return place
    for place in there:
        if place.name == name:
            return place
    looked = tuple(dict.fromkeys(map(str, places)))
    raise SangkienError(
        Problem(str(record.path), say("verify.no_config", file=name, places=looked), say("verify.no_config.fix"))
    )


def _around(record: Record) -> list[Path]:
    return list(dict.fromkeys([record.path.parent, Path()]))


@dataclass(frozen=True, slots=True)
class Found:
    """The inputs as they lie now, by the names that the document has for them."""

    named: tuple[tuple[str, Path], ...]  # what is to be counted, by name
    missing: tuple[str, ...]
    new: tuple[str, ...]  # were not there then
    renamed: tuple[tuple[str, str], ...]  # the same content under another name: then, now
    beside: Mapping[str, Path] = field(default_factory=dict)  # the files that options name, by the options


def find_inputs(record: Record, arguments: Sequence[str] | None, config: Config | None) -> Found:
    """The exports, and the files that the document's options name: those typed, else those of the quota file if it
    names all of them, else files of their names near the document, the quota file and its exports.

    Raises SangkienError if none is found.
    """
    typed = list(find_files(arguments, Path()).paths) if arguments else []
    beside = _beside(record, typed, config)
    exports = [path for path in typed if path not in beside.values()]
    if record.inputs:
        assert config is not None
        return replace(_exports(record, exports, config), beside=beside)
    if exports:
        raise SangkienError(Problem(str(exports[0]), say("verify.no_use"), say("verify.no_use.fix")))
    return Found((), (), (), (), beside)


def _beside(record: Record, typed: Sequence[Path], config: Config | None) -> Mapping[str, Path]:
    """The files that options name: among those typed, else near, the same one if it is there, else one of its name.

    Raises SangkienError if one is not there of a document that says nothing without it.
    """
    own = [] if config is None else [config.path, *_of_quota_file(config)]
    folders = dict.fromkeys([*_around(record), *(path.parent for path in (*own, *typed))])
    document = {record.path.resolve(), record.origin.resolve()}
    found = {}
    for option, each in record.named.items():
        name = PurePosixPath(each.path).name
        near = [place for folder in folders if (place := folder / name).is_file()]
        near = [place for place in near if place.resolve() not in document]  # each month's report is `report.json`
        called = [path for path in typed if path.name == name]
        alone = typed if len(typed) == 1 and not record.inputs else []
        same_typed, same_near = ([path for path in paths if sha256_of(path) == each.sha256] for paths in (typed, near))
        if chosen := [*same_typed, *called, *alone, *same_near, *near]:
            found[option] = chosen[0]
    if record.command == "audit" and not found:
        raise _none_of(record, [each.path for each in record.named.values()])
    return found


def _exports(record: Record, typed: Sequence[Path], config: Config) -> Found:
    names = list(record.files)
    if typed:
        return _matched(record, names, typed, may_be_new=typed, alone=True)
    own = _of_quota_file(config)
    known = any(_ends_with(path, name) for path in own for name in names)
    folders = dict.fromkeys([record.path.parent, Path(), config.path.parent, *(path.parent for path in own)])
    near = [place for folder in folders for name in names if (place := folder / name).is_file()]
    return _matched(record, names, [*own, *near], may_be_new=own if known else ())


def _of_quota_file(config: Config) -> Sequence[Path]:
    paths: list[Path] = []
    for pattern in config.files:
        try:
            paths += find_files([pattern], config.path.parent).paths
        except SangkienError:
            continue  # what is missing is told by the names that the document has
    return list(dict.fromkeys(paths))


def _matched(
    record: Record, names: Sequence[str], paths: Iterable[Path], may_be_new: Iterable[Path], *, alone: bool = False
) -> Found:
    """Files given the names that the document has for them: by name, else by content; `alone`: they are all there is,
    and the last one left is the last one missing."""
    left = [*{path.resolve(): path for path in reversed(list(paths))}.values()][::-1]
    digests: dict[Path, str] = {}

    def same(path: Path, name: str) -> bool:
        recorded = record.files[name]
        if path == STDIN or path.stat().st_size != recorded.size:
            return False
        return digests.setdefault(path, sha256_of(path)) == recorded.sha256

    named: dict[str, Path] = {}
    for name in names:
        called = [path for path in left if _ends_with(path, name)]
        chosen = next((path for path in called if same(path, name)), called[0] if called else None)
        if chosen is not None:
            named[name] = chosen
            left.remove(chosen)
    renamed = []
    for name in names:
        chosen = None if name in named else next((path for path in left if same(path, name)), None)
        if chosen is not None:
            named[name] = chosen
            left.remove(chosen)
            renamed.append((name, chosen.name))
    missing = tuple(name for name in names if name not in named)
    if alone and len(missing) == len(left) == 1:  # a file that was both changed and renamed
        named[missing[0]] = left[0]
        renamed.append((missing[0], left[0].name))
        missing, left = (), []
    if not named:
        raise _none_of(record, missing)
    resolved = {path.resolve() for path in may_be_new}
    left = [path for path in left if path.resolve() in resolved]
    further = dict(zip(short_names(left), left, strict=True))
    further = {name: path for name, path in further.items() if name not in named}
    return Found(tuple(sorted({**named, **further}.items())), missing, tuple(sorted(further)), tuple(renamed))


def _none_of(record: Record, files: Sequence[str]) -> SangkienError:
    fix = say("verify.no_inputs.fix", report=record.path.name)
    return SangkienError(Problem(str(record.path), say("verify.no_inputs", files=tuple(files[:5])), fix))


def _ends_with(path: Path, name: str) -> bool:
    wanted = PurePosixPath(name).parts
    return path.resolve().parts[-len(wanted) :] == wanted

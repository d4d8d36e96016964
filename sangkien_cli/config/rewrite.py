"""The files of a quota file as they are to be: changed in a few places, proved by loading, ready to be put in place."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sangkien_cli.config.edit import AddTexts, SetNumber, diff, edited
from sangkien_cli.config.load import load_config
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.model import Config, Unit
from sangkien_cli.sheets.limits import Access


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A YAML file as it is to be, and what changes."""

    file: Path
    content: bytes
    diff: str  # as `diff -u` shows it


def rewrites(
    config: Config,
    changes: Mapping[Path, Sequence[SetNumber | AddTexts]],
    units: Sequence[Unit],
    access: Access | None = None,
) -> tuple[Rewrite, ...]:
    """The files that change, by file; those that stay as they are are not among them.

    `units` is the tree that the quota file must then load to. Raises SangkienError if a file is no longer what it was
    when it was loaded, or if the files would not load to just this tree.
    """
    found = [_rewrite(config, file, several) for file, several in changes.items()]
    found = [each for each in found if each.diff]
    loaded = load_config(config.path, {each.file.resolve(): each.content for each in found}, access)
    if [_compared(unit) for unit in loaded.units] != [_compared(unit) for unit in units]:
        raise _changed(config.path)
    return tuple(found)


def _rewrite(config: Config, file: Path, changes: Sequence[SetNumber | AddTexts]) -> Rewrite:
    data = file.read_bytes()
    loaded = {part.path.resolve(): part.sha256 for part in config.parts} | {config.path.resolve(): config.sha256}
    if hashlib.sha256(data).hexdigest() != loaded.get(file.resolve()):
        raise _changed(file)  # the unit may stand elsewhere in it by now
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    old = data.removeprefix(mark).decode()
    new = edited(old, str(file), changes)
    return Rewrite(file, mark + new.encode(), diff(old, new, str(file)) if new != old else "")


def _compared(unit: Unit) -> Unit:
    """A unit without what may differ: its line, and the order of its spellings."""
    also, bases = tuple(sorted(set(unit.also))), tuple(map(dict, unit.bases))
    return replace(unit, origin=None, also=also, quota=dict(unit.quota), bases=bases)


def _changed(file: Path) -> SangkienError:
    return SangkienError(Problem(str(file), say("rewrite.changed"), say("rewrite.changed.fix")))

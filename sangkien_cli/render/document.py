"""What the JSON documents have in common: how they are written, and how they say what they were made from.

A part is JSON as text, on a line of its own; of a list each value is. Nothing is localised; the same inputs give the
same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sangkien_cli import __version__
from sangkien_cli.model import Config, Input, PercentRule, Report, RowCounts

if TYPE_CHECKING:
    from sangkien_cli.exports import Exports
    from sangkien_cli.fingerprint import Fingerprint

compact = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` would make one anew for each value

TOOL_NAME = "sangkien-cli"
TOOL = compact({"name": TOOL_NAME, "version": __version__})


def document(parts: Mapping[str, str]) -> str:
    """An object of parts, in their order.

    >>> print(document({"schema": compact("s/1"), "units": listed([{"id": "a"}, {"id": "b"}])}), end="")
    {
      "schema": "s/1",
      "units": [
        {"id": "a"},
        {"id": "b"}
      ]
    }
    """
    return "{\n" + ",\n".join(f"  {compact(key)}: {value}" for key, value in parts.items()) + "\n}\n"


def listed(values: Iterable[object]) -> str:
    """A list as a part."""
    lines = ",\n".join(f"    {compact(value)}" for value in values)
    return f"[\n{lines}\n  ]" if lines else "[]"


def percent_part(rule: PercentRule) -> str:
    """How percents were printed."""
    return compact({"decimals": rule.decimals, "rounding": rule.rounding})


def rows_part(rows: RowCounts) -> str:
    """Every row accounted for."""
    set_aside = {reason.value: count for reason, count in rows.set_aside.items()}
    return compact({"read": rows.read, "counted": rows.counted, "set_aside": set_aside, "layout": rows.layout})


@dataclass(frozen=True)
class Origin:
    """How a document came about, beside its figures: what it takes to make it again."""

    command: str
    programme: str | None
    as_of: date | None  # None = no day shaped it
    options: Mapping[str, object]  # those that shaped it, resolved, by their names; nothing that was not asked for
    config: Mapping[str, object] | None  # as `config_entry`; None = made without a quota file
    inputs: tuple[Input, ...] = ()
    exports: Exports | None = None  # the cells of the inputs; None = nothing was counted
    libraries: Mapping[str, str] | None = None  # that read the inputs, by name: their versions; None = as installed
    version: str = __version__
    ledger: Mapping[str, object] | None = None  # written in one run with it: path, SHA-256

    @cached_property
    def fingerprints(self) -> tuple[Fingerprint, ...]:
        """Those of the inputs, made when they are first asked for."""
        from sangkien_cli.fingerprint import fingerprints

        return () if self.exports is None else fingerprints(self.exports)

    @property
    def read_by(self) -> Mapping[str, str]:
        """The versions of the libraries that read the inputs."""
        if self.libraries is not None:
            return self.libraries
        return {} if self.exports is None else installed(self.exports.libraries)


def asked_for(options: Mapping[str, object]) -> dict[str, object]:
    """The options that were asked for (not None, False, []), in alphabetical order."""
    return {
        name: value
        for name, value in sorted(options.items())
        if value is not None and value is not False and value != []
    }


def origin_of(command: str, options: Mapping[str, object], report: Report, exports: Exports) -> Origin:
    """How a document of what was counted came about. Of the options those that were asked for are kept."""
    return Origin(
        command=command,
        programme=report.config.programme,
        as_of=report.as_of,
        options=asked_for(options),
        config=config_entry(report.config),
        inputs=report.inputs,
        exports=exports,
    )


def installed(libraries: Iterable[str]) -> dict[str, str]:
    """The versions of packages, by name."""
    from importlib import metadata  # as slow to load as a small report is to write

    return {name: metadata.version(name) for name in libraries}


def provenance(config: Config, inputs: Sequence[Input], origin: Origin | None = None) -> dict[str, str]:
    """The last parts: what was counted, by which quota file, with which version of the program.

    With an origin also how the document was asked for, and the fingerprints by which `verify` names a changed cell.
    """
    if origin is None:
        return _counted(inputs, config_entry(config), __version__)
    return carried(origin)


def carried(origin: Origin) -> dict[str, str]:
    """The parts by which a JSON document carries its origin."""
    return origin_parts(origin) | {"fingerprints": listed(each.entry() for each in origin.fingerprints)}


def origin_parts(origin: Origin) -> dict[str, str]:
    """The parts that say how a document came about, but for the fingerprints."""
    return {
        **_counted(origin.inputs, origin.config, origin.version),
        "libraries": compact(origin.read_by),
        "command": compact(origin.command),
        "options": compact(origin.options),
    }


def _counted(inputs: Sequence[Input], config: Mapping[str, object] | None, version: str) -> dict[str, str]:
    return {
        "inputs": listed(
            {"path": i.path, "sha256": i.sha256, "sheet": i.sheet, "rows": i.rows, "size": i.size} for i in inputs
        ),
        **({} if config is None else {"config": compact(config)}),
        "tool": compact({"name": TOOL_NAME, "version": version}),
    }


def config_entry(config: Config) -> Mapping[str, object]:
    """The quota file, and the files that it is made of, relative to its folder."""
    own = {"path": config.path.name, "sha256": config.sha256}
    if not config.parts:
        return own
    folder = config.path.resolve().parent
    parts = [
        {"path": Path(os.path.relpath(part.path.resolve(), folder)).as_posix(), "sha256": part.sha256}
        for part in config.parts
    ]
    return {**own, "parts": parts}

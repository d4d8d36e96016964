"""What the JSON documents have in common: how they are written, and how they say what they were made from.

A part is JSON as text, on a line of its own; of a list each value is. Nothing is localised; the same inputs give the
same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sangkien_cli import __version__
from sangkien_cli.model import Config, Input, PercentRule, RowCounts

compact = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` would make one anew for each value

TOOL = compact({"name": "sangkien-cli", "version": __version__})


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


def provenance(config: Config, inputs: Sequence[Input]) -> dict[str, str]:
    """The last parts: what was counted, by which quota file, with which version of the program."""
    return {
        "inputs": listed({"path": i.path, "sha256": i.sha256, "sheet": i.sheet, "rows": i.rows} for i in inputs),
        "config": compact(config_entry(config)),
        "tool": TOOL,
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

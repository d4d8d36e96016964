"""A report as JSON, schema `sangkien.report/1` (contract §6). Never localised; the same inputs give the same bytes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sangkien_cli import __version__
from sangkien_cli.model import Attainment, Config, Report

SCHEMA = "sangkien.report/1"


def render_json(report: Report) -> str:
    """The report, one line per unit and phase."""
    config = report.config
    parts = {
        "schema": json.dumps(SCHEMA),
        "programme": _compact(config.programme),
        "as_of": _compact(report.as_of.isoformat()),
        "percent": _compact({"decimals": config.percent.decimals, "rounding": config.percent.rounding}),
        "phases": _lines(
            {"id": p.id, "name": p.name, "from": p.start.isoformat(), "to": p.end.isoformat()} for p in report.phases
        ),
        "rows": _compact(
            {
                "read": report.rows.read,
                "counted": report.rows.counted,
                "set_aside": {reason.value: count for reason, count in report.rows.set_aside.items()},
                "layout": report.rows.layout,
            }
        ),
        "units": _lines(entry(each, report) for each in report.attainments),
        "inputs": _lines({"path": i.path, "sha256": i.sha256, "sheet": i.sheet, "rows": i.rows} for i in report.inputs),
        "config": _compact(config_entry(config)),
        "tool": _compact({"name": "sangkien-cli", "version": __version__}),
    }
    return "{\n" + ",\n".join(f'  "{key}": {value}' for key, value in parts.items()) + "\n}\n"


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


def entry(each: Attainment, report: Report) -> Mapping[str, object]:
    """One unit in one phase, under the names that JSON and CSV share. Only a unit that has ended says when."""
    parent = each.unit.parent
    ended = {"ended": each.unit.valid.end} if each.unit.ended_by(report.as_of) else {}
    return {
        "id": each.unit.id,
        "name": each.unit.name,
        "parent": None if parent is None else report.config.units[parent].id,
        "depth": each.unit.depth,
        "phase": each.phase,
        "done": each.done,
        "direct": each.direct,
        "quota": each.quota,
        "percent": each.percent,
        "short": each.short,
        "status": each.status,
        "allocated": each.allocated,
        **{key: str(day) for key, day in ended.items()},
    }


_compact = json.JSONEncoder(ensure_ascii=False).encode


def _lines(values: Iterable[object]) -> str:
    lines = ",\n".join(f"    {_compact(value)}" for value in values)
    return f"[\n{lines}\n  ]" if lines else "[]"

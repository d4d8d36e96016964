"""Where the lines of a table do not add up to the line above them."""

from __future__ import annotations

from collections.abc import Sequence

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.tables.sheet import Line


def quota_gap(lines: Sequence[Line], lang: Lang) -> str:
    """That the quotas of the units right below the only one on top do not add up to its own quota.

    "" where they do, where nothing is asked of one side, and where units below are not shown.
    """
    units = [(line.indent, line.of) for line in lines if line.of is not None]
    top = min((indent for indent, _ in units), default=0)
    on_top = [of for indent, of in units if indent == top]
    if len(on_top) != 1 or len(units) == 1:
        return ""
    (unit,) = on_top
    if unit.quota is None or unit.allocated is None or unit.quota == unit.allocated:
        return ""
    return phrase("report.quota_gap", lang, name=unit.unit.name, allocated=unit.allocated, quota=unit.quota)

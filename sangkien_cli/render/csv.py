"""A report as CSV: one line per unit and phase, the names and values of JSON. Never localised."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sangkien_cli.lang import Lang
from sangkien_cli.model import ALWAYS, Report, TargetResult
from sangkien_cli.render.json import NOTHING, PACE, Further, beyond, entry, target_entry, unit_entry
from sangkien_cli.text import no_formula


@dataclass(frozen=True, slots=True)
class Dialect:
    """How CSV is written."""

    start: str = ""  # what stands before the first line
    delimiter: str = ","
    line_end: str = "\n"
    for_excel: bool = False


PLAIN = Dialect()


def excel_dialect(lang: Lang) -> Dialect:
    """CSV that Excel opens by double-click.

    Excel splits by the list separator of Windows: a semicolon where the comma is the decimal mark, as in Vietnamese.
    The byte order mark tells it that the text is UTF-8.
    """
    return Dialect("\ufeff", ";" if lang == "vi" else ",", "\r\n", for_excel=True)


FIELDS = (
    "id", "name", "parent", "depth", "phase", "done", "direct", "quota", "percent", "short", "status", "allocated"
)  # fmt: skip


def render_csv(report: Report, dialect: Dialect, further: Further = NOTHING, *, pace: bool = False) -> str:
    """The report's lines; a value that does not exist is an empty field.

    Columns beyond the plain ones stand at the end, and only where the quota file, or an option, gives them a meaning:
    `ended` where units come and go; `also.ID` of further tallies; `target.ID.value`, `.at_least`, `.percent` and `.met`
    of targets; `bases.ID.quota`… of further bases; `since`; `rank.place` and `rank.among`; `pace.…` with `pace`.
    """
    out = io.StringIO()
    targets: dict[tuple[str, str], dict[str, object]] = defaultdict(dict)
    for result in report.targets:
        targets[result.unit.id, result.target.phase] |= _target(result)
    lines = []
    for each in report.attainments:
        more = _flat({**beyond(each, report), **further.of_line(each)}, pace=pace)
        lines.append({**entry(each, report), **more, **targets.pop((each.unit.id, each.phase), {})})
    for (unit, phase), columns in targets.items():  # of units whose own figure is not shown
        of = next(each.unit for each in report.targets if each.unit.id == unit)
        lines.append({**unit_entry(of, report.config), "phase": phase, **columns})
    further_fields = dict.fromkeys(key for line in lines if len(line) > len(FIELDS) for key in line)
    ended = ["ended"] if any(unit.valid != ALWAYS for unit in report.config.units) else []
    asked = [f"target.{target.id}.{key}" for target in report.config.targets for key in _OF_TARGET]
    asked += [f"pace.{key}" for key in PACE] if pace else []
    own = (key for key in further_fields if not key.startswith(("target.", "pace.")))
    fields = dict.fromkeys([*FIELDS, *ended, *own, *asked])
    writer = csv.DictWriter(out, fields, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    writer.writeheader()
    writer.writerows(map(_for_excel, lines) if dialect.for_excel else lines)
    return dialect.start + out.getvalue()


def _flat(line: Mapping[str, object], *, pace: bool) -> dict[str, object]:
    """A line of JSON with its blocks as columns: `also.nop`, `pace.forecast`."""
    flat: dict[str, object] = {}
    for key, value in line.items():
        if key == "pace" and not pace:
            continue
        if value is None and key in _BLOCKS:
            flat |= {f"{key}.place": None, f"{key}.among": None}
        elif isinstance(value, Mapping):
            flat |= {f"{key}.{name}": each for name, each in _flat(value, pace=pace).items()}
        else:
            flat[key] = str(value).lower() if isinstance(value, bool) else value
    return flat


def _for_excel(line: Mapping[str, object]) -> dict[str, object]:
    """A line for Excel, which takes 11/12 for a date and `=…` for a formula."""
    return {
        key: (_exact(value) if key.startswith(_EXACT) else no_formula(value)) if isinstance(value, str) else value
        for key, value in line.items()
    }


def _exact(text: str) -> str:
    return mixed(Fraction(text)) if re.fullmatch(r"-?[0-9]+/[0-9]+", text) else text


def mixed(number: Fraction) -> str:
    """A number for Excel: a whole one and the fraction beside it, `3818 1/4`, `0 11/12`.

    Excel takes 11/12 for a date, and a point groups thousands in Vietnamese; this it takes for what it is.
    """
    whole, rest = divmod(abs(number.numerator), number.denominator)
    text = f"{whole} {rest}/{number.denominator}" if rest else str(whole)
    return f"-{text}" if number < 0 else text


_BLOCKS = ("rank_then", "rank_now")  # of a change, where there is no place
_EXACT = ("target.", "pace.", "change.")
_OF_TARGET = ("value", "at_least", "percent", "met")


def _target(result: TargetResult) -> dict[str, object]:
    entry = target_entry(result)
    return _flat({f"target.{result.target.id}": {key: entry[key] for key in _OF_TARGET}}, pace=False)

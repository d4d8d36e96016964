"""A report as CSV: one line per unit and phase, the names and values of JSON. Never localised."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from sangkien_cli.lang import Lang
from sangkien_cli.model import ALWAYS, Report
from sangkien_cli.render.json import entry


@dataclass(frozen=True, slots=True)
class Dialect:
    """How CSV is written."""

    start: str = ""  # what stands before the first line
    delimiter: str = ","
    line_end: str = "\n"


PLAIN = Dialect()


def excel_dialect(lang: Lang) -> Dialect:
    """CSV that Excel opens by double-click.

    Excel splits by the list separator of Windows: a semicolon where the comma is the decimal mark, as in Vietnamese.
    The byte order mark tells it that the text is UTF-8.
    """
    return Dialect("\ufeff", ";" if lang == "vi" else ",", "\r\n")


FIELDS = (
    "id", "name", "parent", "depth", "phase", "done", "direct", "quota", "percent", "short", "status", "allocated"
)  # fmt: skip


def render_csv(report: Report, dialect: Dialect) -> str:
    """The report's lines; a value that does not exist is an empty field.

    Where the quota file has units that come and go, a last column says when those that have ended did.
    """
    out = io.StringIO()
    fields = (*FIELDS, "ended") if any(unit.valid != ALWAYS for unit in report.config.units) else FIELDS
    writer = csv.DictWriter(out, fields, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    writer.writeheader()
    for each in report.attainments:
        writer.writerow(entry(each, report))
    return dialect.start + out.getvalue()

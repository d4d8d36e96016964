"""A report as CSV: one line per unit and phase, the names and values of JSON. Never localised."""

from __future__ import annotations

import csv
import io

from sangkien_cli.lang import Lang
from sangkien_cli.model import Report
from sangkien_cli.render.json import entry

# Excel opens a CSV by double-click with the list separator of Windows: a semicolon where the comma is the decimal
# mark, as in Vietnamese. The byte order mark tells it that the text is UTF-8.
_EXCEL_DELIMITER: dict[Lang, str] = {"vi": ";", "en": ","}
_BOM = "\ufeff"

FIELDS = (
    "id", "name", "parent", "depth", "phase", "done", "direct", "quota", "percent", "short", "status", "allocated"
)  # fmt: skip


def render_csv(report: Report, lang: Lang, *, excel: bool) -> str:
    """The report's lines; a value that does not exist is an empty field. `excel` suits it to a double-click."""
    out = io.StringIO()
    writer = csv.DictWriter(
        out, FIELDS, delimiter=_EXCEL_DELIMITER[lang] if excel else ",", lineterminator="\r\n" if excel else "\n"
    )
    writer.writeheader()
    for each in report.attainments:
        writer.writerow(entry(each, report))
    return (_BOM if excel else "") + out.getvalue()

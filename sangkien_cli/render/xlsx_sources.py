"""What a report was made from: files with their hashes, options, versions, and what became of every row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sangkien_cli.lang import day, phrase
from sangkien_cli.render import xlsx_parts as parts
from sangkien_cli.render.document import config_entry
from sangkien_cli.render.made import Made
from sangkien_cli.render.xlsx_book import Cell, Page, Row, Style, across, fitted

_WIDTHS = (38, 16, 11, 12, 52)
_DIGEST = Style(size=9)


def sources_page(made: Made, name: str) -> Page:
    """The sheet of the sources, which is the last."""
    lang = made.lang
    inputs, read = made.report.inputs, made.report.rows.read
    most = {1: read, 2: read, 3: max((each.size for each in inputs), default=0)}
    widths = parts.widened(_WIDTHS, most, lang)
    rows = parts.titles(made, phrase("xlsx.sources_heading", lang), "", widths)
    rows += [Row([Cell(parts.STRONG, label), Cell(parts.BESIDE, text)]) for label, text in _about(made)]
    rows.append(parts.GAP)
    heads = ("xlsx.file", "xlsx.sheet", "xlsx.rows", "xlsx.size", "xlsx.sha256")
    rows.append(Row([Cell(parts.HEAD, phrase(key, lang)) for key in heads]))
    for each in inputs:
        file, sheet, digest = each.path, each.sheet or "", each.sha256
        counts = [Cell(parts.NUMBER, number) for number in (each.rows, each.size)]
        rows.append(fitted([Cell(parts.PLAIN, file), Cell(parts.PLAIN, sheet), *counts, Cell(_DIGEST, digest)], widths))
    rows += [parts.GAP, across(made.sheet.balance, parts.NOTE, widths)]
    rows += _verdicts(made, len(rows) + 1)
    return Page(name, widths, rows)


def _about(made: Made) -> Iterator[tuple[str, str]]:
    """Labels and what stands beside them."""
    lang, config = made.lang, made.report.config
    yield phrase("xlsx.as_of", lang), day(made.report.as_of, lang)
    entry = config_entry(config)
    parts_of_it: Any = entry.get("parts", ())
    for file in (entry, *parts_of_it):
        yield phrase("xlsx.quota_file", lang), f"{file['path']} · SHA-256 {file['sha256']}"
    how = phrase(f"audit.rule.{config.percent.rounding}", lang)
    yield phrase("xlsx.rounding", lang), phrase("xlsx.rounded", lang, decimals=config.percent.decimals, how=how)
    origin = json.loads(made.origin) if made.origin else {}
    if "command" in origin:
        options = " ".join(_option(*each) for each in origin.get("options", {}).items())
        yield phrase("xlsx.command", lang), f"sangkien {origin['command']} {options}".rstrip()
    if "tool" in origin:
        versions = {origin["tool"]["name"]: origin["tool"]["version"], **origin.get("libraries", {})}
        yield phrase("xlsx.program", lang), ", ".join(f"{name} {version}" for name, version in versions.items())


def _option(name: str, value: object) -> str:
    """An option as it is asked for."""
    match value:
        case True:
            return f"--{name}"
        case list():
            return f"--{name} {','.join(map(str, value))}"
        case Mapping():
            return f"--{name} {value.get('path', '')}"
    return f"--{name} {value}"


def _verdicts(made: Made, first: int) -> Iterator[Row]:
    """How many rows were counted, and how many not for each reason; their sum is a formula. `first` is the number of
    the first of these rows."""
    lang, rows = made.lang, made.report.rows
    yield Row([Cell(parts.HEAD, phrase("xlsx.verdict", lang)), Cell(parts.HEAD, phrase("xlsx.rows", lang))])
    counts = [(phrase("xlsx.counted", lang), rows.counted)]
    reasons = {line.code: line.words for line in made.sheet.set_aside}
    counts += [(reasons[reason.value], number) for reason, number in rows.set_aside.items()]
    for text, number in counts:
        yield fitted([Cell(parts.PLAIN, text), Cell(parts.NUMBER, number)], _WIDTHS)
    total = Cell(parts.SUM, rows.read, f"SUM(B{first + 1}:B{first + len(counts)})")
    yield Row([Cell(parts.SUM_WORD, phrase("xlsx.read", lang)), total])

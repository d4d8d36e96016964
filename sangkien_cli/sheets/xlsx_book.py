"""What an Excel package says about its sheets: their names and parts, its number formats, its epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.formats import is_date_format, shown_as
from sangkien_cli.sheets.package import Package, local_name


@dataclass(frozen=True, slots=True)
class Format:
    """How a cell shows a number."""

    date: bool = False
    code: str | None = None  # of a format that adds zeros or letters to a whole number; None = it does not


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A sheet of rows and columns."""

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook without its cells."""

    worksheets: tuple[Worksheet, ...]  # in its order; chart, dialog and macro sheets, which have no rows, left out
    strings: str | None  # the part of its shared strings
    styles: str | None
    epoch_1904: bool


def read_book(package: Package) -> Book:
    """The workbook of a package.

    Raises SangkienError where there is none, and what `open_package` takes for damage.
    """
    kinds = dict(package.relations("").values())
    book = package.find(kinds.get("officeDocument", "xl/workbook.xml"))
    root = package.xml(book) if book is not None and book.lower().endswith(".xml") else None
    if book is None or root is None or local_name(root.tag) != "workbook":
        raise SangkienError(Problem(package.content.place, say("file.not_a_workbook"), say("file.not_a_workbook.fix")))
    relations = package.relations(book)
    worksheets = []
    epoch_1904 = False
    for element in root.iter():
        match local_name(element.tag):
            case "workbookPr":
                epoch_1904 = element.get("date1904") in ("1", "true")
            case "sheet":
                reference = next((held for key, held in element.items() if "}" in key and local_name(key) == "id"), "")
                kind, target = relations[reference]
                if kind == "worksheet":
                    part = package.find(target)
                    if part is None:
                        raise KeyError(target)
                    hidden = element.get("state", "visible") != "visible"
                    worksheets.append(Worksheet(element.get("name", ""), hidden, part))
    others = dict(relations.values())
    return Book(
        tuple(worksheets),
        package.find(others.get("sharedStrings", "")),
        package.find(others.get("styles", "")),
        epoch_1904,
    )


def read_formats(package: Package, part: str | None) -> list[Format]:
    """The number format of each cell style, by its number."""
    if part is None:
        return []
    codes: dict[int, str] = {}
    formats: list[Format] = []
    for group in package.xml(part):
        match local_name(group.tag):
            case "numFmts":
                codes |= {int(each.get("numFmtId", "0")): each.get("formatCode", "") for each in group}
            case "cellXfs":
                formats = [_format(int(each.get("numFmtId") or "0"), codes) for each in group]
    return formats


def _format(number: int, codes: Mapping[int, str]) -> Format:
    code = codes.get(number)
    date = is_date_format(number, code)
    is_code = code is not None and not date and shown_as(1.0, code) is not None
    return Format(date, code if is_code else None)

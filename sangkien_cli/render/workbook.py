"""Workbooks: the one place that writes .xlsx. Text is always text, and the same tables give the same bytes."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from openpyxl.cell import Cell

LONGEST = 32_767  # what Excel keeps of a text, in UTF-16 units
_MARK = "…"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # characters that no XML holds
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would take for a character's number
_NEW_LINE = re.compile("\r\n?")
_MOST_DIGITS = 15  # of a whole number that Excel keeps
_FIRST_DAY = date(1900, 3, 1)  # Excel counts the days before it wrongly, or not at all
_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
_LONGEST_TITLE, _LONGEST_PROMPT = 32, 255  # of what Excel shows beside a cell that is entered
_WRITTEN = datetime(2000, 1, 1)  # the time of every document
_PACKED = (1980, 1, 1, 0, 0, 0)  # the time of every file in a package: the first that a zip can say
_A4 = 9
_PORTRAIT = 90  # characters that stand side by side on a page set upright

Value = str | int | date | None
_Sheet = Any  # a write-only sheet: the types of openpyxl know little of it


@dataclass(frozen=True, slots=True)
class Choices:
    """A drop-down list for each row of a column. Other texts may be typed all the same."""

    formula: str  # in which {row} is the row's number: `=$E{row}:$G{row}`
    title: str  # of what is shown beside a cell that is entered
    prompt: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the title above it, how wide it is, and what may be chosen in its cells."""

    title: str
    width: int = 12  # in characters
    choices: Choices | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet that holds one table."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    notes: Sequence[str] = ()  # lines above the header

    @property
    def header(self) -> int:
        """The number of the header's row."""
        return len(self.notes) + 1


def workbook(tables: Sequence[Table]) -> bytes:
    """The tables as an .xlsx file, a sheet for each.

    A sheet's name is mended where Excel would refuse it, and a text is cut, with a mark, where Excel would.
    """
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook(write_only=True)
    book.properties.creator = "sangkien"
    book.properties.created = book.properties.modified = _WRITTEN
    for name, table in zip(_sheet_names([table.name for table in tables]), tables, strict=True):
        _write(table, book.create_sheet(name))
    out = io.BytesIO()
    ExcelWriter(book, _Package(out, "w", ZIP_DEFLATED)).save()
    return out.getvalue()


class _Package(ZipFile):
    """A zip whose files all have the same time."""

    def writestr(self, zinfo_or_arcname, data, *_args, **_options):  # type: ignore[no-untyped-def]
        super().writestr(_entry(zinfo_or_arcname), data)

    def write(self, filename, arcname=None, *_args, **_options):  # type: ignore[no-untyped-def]
        with open(filename, "rb") as file, self.open(_entry(arcname), "w", force_zip64=True) as into:
            shutil.copyfileobj(file, into)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _PACKED)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _write(table: Table, sheet: _Sheet) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for number, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = f"A{table.header + 1}"
    sheet.print_title_rows = f"{table.header}:{table.header}"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.orientation = (
        "portrait" if sum(column.width for column in table.columns) <= _PORTRAIT else "landscape"
    )
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    cells = _Cells.of(sheet)
    for note in table.notes:
        sheet.append(cells.row([note]))
    sheet.append(cells.header(table.columns))
    last = table.header
    for row in table.rows:
        sheet.append(cells.row(row))
        last += 1
    end = get_column_letter(len(table.columns))
    sheet.auto_filter.ref = f"A{table.header}:{end}{last}"
    for number, column in enumerate(table.columns, start=1):
        if column.choices is None or last == table.header:
            continue
        letter, first = get_column_letter(number), table.header + 1
        choice = DataValidation(
            "list",
            column.choices.formula.format(row=first).removeprefix("="),
            promptTitle=_cut(column.choices.title, _LONGEST_TITLE),
            prompt=_cut(column.choices.prompt, _LONGEST_PROMPT),
            showInputMessage=True,
            showErrorMessage=False,
            sqref=f"{letter}{first}:{letter}{last}",
        )
        sheet.data_validations.append(choice)


@dataclass(frozen=True, slots=True)
class _Cells:
    """One cell of each style, in which the values of a sheet are written one after another: styling a million cells
    takes a minute."""

    heading: Cell
    text: Cell
    lines: Cell
    number: Cell
    day: Cell

    @classmethod
    def of(cls, sheet: _Sheet) -> _Cells:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font

        heading, text, lines, number, day = (WriteOnlyCell(sheet) for _ in range(5))
        heading.font = Font(bold=True)
        heading.alignment = Alignment(wrap_text=True, vertical="center")
        # Formatted as text, a text stays one when it is edited: `=`, `0012`, `1/2`.
        text.number_format = lines.number_format = "@"
        lines.alignment = Alignment(wrap_text=True, vertical="top")
        number.number_format = "0"
        day.number_format = "dd/mm/yyyy"
        return cls(heading, text, lines, number, day)

    def header(self, columns: Sequence[Column]) -> Iterator[Cell]:
        return (_as_text(self.heading, excel_text(column.title)) for column in columns)

    def row(self, values: Sequence[Value]) -> Iterator[Cell | None]:
        return (self._holding(value) for value in values)

    def _holding(self, value: Value) -> Cell | None:
        match value:
            case None:
                return None
            case int() if len(str(abs(value))) <= _MOST_DIGITS:
                self.number.value = value
                return self.number
            case date() if value >= _FIRST_DAY:
                self.day.value = value
                return self.day
        text = excel_text(str(value))
        return _as_text(self.lines if "\n" in text else self.text, text) if text else None


def _as_text(cell: Cell, text: str) -> Cell:
    cell.value = text
    cell.data_type = "s"  # whatever it begins with
    return cell


def excel_text(text: str) -> str:
    """The text as it is written into a workbook.

    >>> excel_text("a\\x01\\r\\nb _x0041_")
    'a\\nb _x005F_x0041_'
    """
    plain = _NEW_LINE.sub("\n", _FORBIDDEN.sub("", text))
    return _ESCAPE.sub("_x005F_", _cut(plain, LONGEST))


def _cut(text: str, longest: int) -> str:
    """The text, or what there is room for of it, with a mark."""
    if len(text) * 2 <= longest or len(text.encode("utf-16-le")) <= longest * 2:
        return text
    return text.encode("utf-16-le")[: (longest - 1) * 2].decode("utf-16-le", "ignore") + _MARK


def _sheet_names(names: Sequence[str]) -> list[str]:
    """Names that Excel takes, each of them once."""
    mended: list[str] = []
    for name in names:
        # Excel keeps "History" for itself.
        plain = " ".join(_NOT_IN_NAME.sub(" ", _FORBIDDEN.sub("", name)).split()).strip("'")
        base = {"": "Sheet", "history": "History_"}.get(plain.lower(), plain)
        own, number = _cut(base, _LONGEST_NAME), 1
        while own.lower() in {other.lower() for other in mended}:
            number += 1
            own = f"{_cut(base, _LONGEST_NAME - len(f' {number}'))} {number}"
        mended.append(own)
    return mended

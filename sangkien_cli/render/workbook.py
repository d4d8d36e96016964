"""Workbooks: the one place that writes .xlsx. Text is always text, and the same tables give the same bytes."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sangkien_cli.collection import without_collection
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.render.origin import ZIP_ERRORS

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
_IN_DATE = re.compile(r"(?<=[0-9])/(?=[0-9])")
_LONGEST_NAME = 31
_LOOSE = " -–—,;.("  # what no name ends with
_LONGEST_TITLE, _LONGEST_PROMPT = 32, 255  # of what Excel shows beside a cell that is entered
_WRITTEN = datetime(2000, 1, 1)  # the time of every document
_PACKED = (1980, 1, 1, 0, 0, 0)  # the time of every file in a package: the first that a zip can say
_PROPERTIES = "docProps/core.xml"
_LONGEST_PROPERTIES = 100_000  # bytes; they have a few hundred
_A4 = 9
_PORTRAIT = 90  # characters that stand side by side on a page set upright

_FILL = "FFF2CC"  # of a cell in which something is to be done
_FRAME = "A6A6A6"
_LINK = "0563C1"
_TITLE_SIZE = 14
_MARGIN = 0.4  # inches, left and right of a table to be read on paper
_LINE = 15  # points
_MOST_LINES = 27  # in a row: Excel's rows end at 409 points

Value = str | int | date | None
_Sheet = Any  # a write-only sheet: the types of openpyxl know little of it


@dataclass(frozen=True, slots=True)
class Marked:
    """A value whose cell is coloured: something is to be done there. A blank is a coloured cell too."""

    value: Value


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads, where it is clicked, to another file. Excel takes 65,530 of them in a sheet."""

    text: str
    target: str  # a URI, relative to the workbook's folder or whole
    location: str | None = None  # a place in the file: `'Sheet 1'!A17`


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
    rows: Iterable[Sequence[Value | Marked | Link]]
    notes: Sequence[str] = ()  # lines above the header
    title: str = ""  # above these
    ruled: bool = False  # to be read on paper: every cell is framed, a text that is wider than its column goes on below
    frozen: int = 0  # columns that stay in view, from the first on

    @property
    def header(self) -> int:
        """The number of the header's row."""
        return bool(self.title) + len(self.notes) + 1


@without_collection()
def workbook(tables: Sequence[Table], subject: str | None = None, properties: Mapping[str, str] | None = None) -> bytes:
    """The tables as an .xlsx file, a sheet for each. `subject` says what kind of document it is: see `is_untouched`;
    `properties` are custom ones, texts by name (`render.origin.properties`).

    A sheet's name is mended where Excel would refuse it, and a text is cut, with a mark, where Excel would. Raises
    SangkienError where the system's folder for temporary files is full.
    """
    from lxml.etree import SerialisationError
    from openpyxl import Workbook
    from openpyxl.packaging.custom import StringProperty
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook(write_only=True)
    book.properties.creator = "sangkien"
    book.properties.subject = subject
    book.properties.created = book.properties.modified = _WRITTEN
    custom: Any = book.custom_doc_props  # type: ignore[attr-defined]  # unknown to its types
    for name, text in (properties or {}).items():
        custom.append(StringProperty(name=name, value=allowed(text)))
    out = io.BytesIO()
    try:
        for name, table in zip(sheet_names([table.name for table in tables]), tables, strict=True):
            _write(table, book.create_sheet(name))
        ExcelWriter(book, _Package(out, "w", ZIP_DEFLATED)).save()
    except (SerialisationError, OSError):  # rows wait in temporary files: nothing else of this is on a disk
        for sheet in book.worksheets:  # what is still open would complain once more when it is collected
            with contextlib.suppress(SerialisationError, OSError, AttributeError):
                sheet._writer.xf.close()  # type: ignore[attr-defined]
        problem = Problem(tempfile.gettempdir(), say("output.no_room_aside"), say("output.no_room_aside.fix"))
        raise SangkienError(problem) from None
    return out.getvalue()


def is_untouched(path: Path, subject: str) -> bool:
    """Whether a file is a workbook of this kind as it was written here: whoever saves it again leaves the time."""
    try:
        with ZipFile(path) as package, package.open(_PROPERTIES) as part:
            told = part.read(_LONGEST_PROPERTIES)
    except ZIP_ERRORS:
        return False
    # Where lxml is installed, openpyxl declares the namespace in each tag.
    kind = re.search(rf"<dc:subject[^<>]*>{re.escape(subject)}</dc:subject>".encode(), told)
    return kind is not None and f"{_WRITTEN.isoformat()}Z</dcterms:modified>".encode() in told


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
    sheet.freeze_panes = f"{get_column_letter(table.frozen + 1)}{table.header + 1}"
    sheet.print_title_rows = f"{table.header}:{table.header}"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.orientation = (
        "portrait" if sum(column.width for column in table.columns) <= _PORTRAIT else "landscape"
    )
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    cells = _Cells(sheet, ruled=table.ruled)
    if table.title:
        sheet.append(cells.title(table.title))
    for note in table.notes:
        sheet.append(cells.note(note))
    last = table.header
    if table.ruled:
        sheet.page_margins.left = sheet.page_margins.right = _MARGIN
        _heighten(sheet, last, [column.title for column in table.columns], table.columns)
    sheet.append(cells.header(table.columns))
    for row in table.rows:
        last += 1
        if table.ruled:
            _heighten(sheet, last, row, table.columns)
        sheet.append(cells.row(row))
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


def _heighten(sheet: _Sheet, number: int, row: Sequence[Value | Marked | Link], columns: Sequence[Column]) -> None:
    """Make room for the lines of a row that is to be written: not every program that opens it does so by itself."""
    lines = 1
    for value, column in zip(row, columns, strict=True):
        held = value.value if isinstance(value, Marked) else value
        if isinstance(held, str) and (len(held) >= column.width or "\n" in held):
            lines = max(lines, sum(lines_of(part, column.width) for part in held.split("\n", _MOST_LINES)))
    if lines > 1:
        sheet.row_dimensions[number].height = min(lines, _MOST_LINES) * _LINE


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column, rather one too many: it is broken at blanks."""
    lines, room = 1, width - 1
    for word in text[: width * _MOST_LINES].split():
        if len(word) > room and room < width - 1:
            lines, room = lines + 1, width - 1
        lines += max(len(word) - 1, 0) // (width - 1)
        room -= len(word) + 1
    return lines


@dataclass(frozen=True, slots=True)
class _Values:
    """One cell of each style, in which the values of a sheet are written one after another: styling a million cells
    takes a minute."""

    text: Cell
    lines: Cell
    number: Cell
    day: Cell
    blank: Cell | None

    @classmethod
    def of(cls, sheet: _Sheet, *, ruled: bool = False, fill: str | None = None) -> _Values:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, PatternFill

        text, lines, number, day, blank = (WriteOnlyCell(sheet) for _ in range(5))
        # Formatted as text, a text stays one when it is edited: `=`, `0012`, `1/2`.
        text.number_format = lines.number_format = "@"
        lines.alignment = Alignment(wrap_text=True, vertical="top")
        number.number_format = "0"
        day.number_format = "dd/mm/yyyy"
        if not ruled:
            return cls(text, lines, number, day, None)
        blank.number_format = "@"
        text.alignment = Alignment(wrap_text=True, vertical="top")
        number.alignment = day.alignment = Alignment(vertical="top")
        for cell in (text, lines, number, day, blank):
            _frame(cell)
            if fill is not None:
                cell.fill = PatternFill("solid", fgColor=fill)
        return cls(text, lines, number, day, blank)

    def holding(self, value: Value) -> Cell | None:
        match value:
            case None:
                return self.blank
            case int() if len(str(abs(value))) <= _MOST_DIGITS:
                self.number.value = value
                return self.number
            case date() if value >= _FIRST_DAY:
                self.day.value = value
                return self.day
        text = excel_text(str(value))
        return _as_text(self.lines if "\n" in text else self.text, text) if text else self.blank


class _Cells:
    """The cells of a sheet. A style that is never asked for is not in the file."""

    def __init__(self, sheet: _Sheet, *, ruled: bool) -> None:
        from openpyxl.styles import Alignment

        self._sheet = sheet
        self._ruled = ruled
        self._heading = self._bold()
        self._heading.alignment = Alignment(wrap_text=True, vertical="center")
        if ruled:
            _frame(self._heading)
        self._plain = _Values.of(sheet, ruled=ruled)

    def title(self, text: str) -> list[Cell]:
        return [_as_text(self._bold(_TITLE_SIZE), excel_text(text))]

    def note(self, text: str) -> list[Cell | None]:
        return [self._notes.holding(text)]

    def header(self, columns: Sequence[Column]) -> Iterator[Cell]:
        return (_as_text(self._heading, excel_text(column.title)) for column in columns)

    def row(self, values: Sequence[Value | Marked | Link]) -> Iterator[Cell | None]:
        return (self._cell(value) for value in values)

    def _cell(self, value: Value | Marked | Link) -> Cell | None:
        match value:
            case Marked(held):
                return self._marked.holding(held)
            case Link():
                return self._linked(value)
        return self._plain.holding(value)

    def _linked(self, link: Link) -> Cell:
        from openpyxl.worksheet.hyperlink import Hyperlink

        cell = _as_text(self._link, excel_text(link.text))
        cell.hyperlink = Hyperlink(ref="", target=link.target, location=link.location)
        return cell

    @cached_property
    def _link(self) -> Cell:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        cell = WriteOnlyCell(self._sheet)
        cell.font = Font(color=_LINK, underline="single")
        cell.number_format = "@"
        return cell

    @cached_property
    def _notes(self) -> _Values:
        return _Values.of(self._sheet) if self._ruled else self._plain

    @cached_property
    def _marked(self) -> _Values:
        return _Values.of(self._sheet, ruled=True, fill=_FILL)

    def _bold(self, size: int | None = None) -> Cell:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        cell = WriteOnlyCell(self._sheet)
        cell.font = Font(bold=True) if size is None else Font(bold=True, size=size)
        return cell


def _frame(cell: Cell) -> None:
    from openpyxl.styles import Border, Side

    line = Side("thin", color=_FRAME)
    cell.border = Border(line, line, line, line)


def _as_text(cell: Cell, text: str) -> Cell:
    cell.value = text
    cell.data_type = "s"  # whatever it begins with
    return cell


def excel_text(text: str) -> str:
    """The text as it is written into a workbook.

    >>> excel_text("a\\x01\\r\\nb _x0041_")
    'a\\nb _x005F_x0041_'
    """
    if text.isprintable() and "_x" not in text and len(text) * 2 <= LONGEST:
        return text
    plain = _NEW_LINE.sub("\n", allowed(text))
    return _ESCAPE.sub("_x005F_", _cut(plain, LONGEST))


def allowed(text: str) -> str:
    """The text without the characters that no XML holds."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def _cut(text: str, longest: int) -> str:
    """The text, or what there is room for of it, with a mark."""
    if len(text) * 2 <= longest or len(text.encode("utf-16-le")) <= longest * 2:
        return text
    return text.encode("utf-16-le")[: (longest - 1) * 2].decode("utf-16-le", "ignore") + _MARK


def sheet_names(names: Sequence[str]) -> list[str]:
    """Names that Excel takes, each of them once."""
    mended: list[str] = []
    for name in names:
        # Excel keeps "History" for itself.
        plain = " ".join(_NOT_IN_NAME.sub(" ", _IN_DATE.sub("-", allowed(name))).split()).strip("'")
        base = {"": "Sheet", "history": "History_"}.get(plain.lower(), plain)
        own, number = _shortened(base, _LONGEST_NAME), 1
        while own.lower() in {other.lower() for other in mended}:
            number += 1
            own = f"{_shortened(base, _LONGEST_NAME - len(f' {number}'))} {number}"
        mended.append(own)
    return mended


def names_a_sheet(name: str) -> bool:
    """Whether a name is short enough for a sheet."""
    return _cut(name, _LONGEST_NAME) == name


def _shortened(name: str, longest: int) -> str:
    """The name, or what there is room for of it: whole words, unless little is left of it then.

    >>> _shortened("Chiến dịch cao điểm 40 ngày đêm thi đua", 31)
    'Chiến dịch cao điểm 40 ngày đêm'
    """
    cut = _cut(name, longest)
    if cut == name:
        return name
    room = len(_cut(name, longest + 1).removesuffix(_MARK))
    words = name[: room + 1].rpartition(" ")[0].rstrip(_LOOSE)
    return words if len(words) * 2 > longest else cut

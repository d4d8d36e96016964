"""The same rows disguised in every format, encoding and dialect give the same report and the same ledger.

One messy sheet is written in many ways. The JSON report must be the same to the byte but for the names and hashes of
the inputs, and the ledger but for the names of file and sheet: also every row's number is that which Excel shows.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests import test_ods, test_xlsb
from tests.conftest import Run
from tests.office import convert
from tests.plain import csv_bytes, sheet_xml, text_cell, write_package

QUOTA = """
    programme: 1 triệu sáng kiến
    phases:
      gd1: {name: Giai đoạn 1, from: 2022-01-08, to: 2022-05-31}
      gd2: {name: Giai đoạn 2, from: 2022-06-01, to: 2022-12-31}
    exports:
      columns:
        code: Mã sáng kiến
        title: Tên sáng kiến
        submitted: Ngày gửi
        status: Trạng thái
        count: Số lượng
        unit: [Công đoàn cơ sở, Cấp trên]
    count: {where: {status: [Hợp lệ, Đã công nhận]}}
    units:
      - name: LĐLĐ tỉnh Thái Nguyên
        quota: {gd1: 40, gd2: 10}
        units:
          - {name: LĐLĐ huyện Đồng Hỷ, quota: {gd1: 20}, units: [{name: CĐCS Xã Hoà Bình}, {name: CĐCS Xã Khe Mo}]}
          - {name: LĐLĐ thị xã Phổ Yên, units: [{name: CĐCS Trường Mầm non Thuận Thành}]}
          - {name: Công đoàn ngành Giáo dục, units: [{name: CĐCS Trường Tiểu học Nguyễn Viết Xuân}]}
"""
SHEET = "Tháng 4"


# --- the rows -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Padded:
    """A number that its format shows with zeros in front: `000120`."""

    number: int


@dataclass(frozen=True)
class Error:
    """An Excel error."""

    text: str


ERROR_CODES = {"#N/A": 0x2A}  # as binary formats number them
Cell = str | int | date | Padded | Error  # "" = blank
WIDTH = 8
HEADER = (
    "STT", "Mã sáng kiến", "Tên sáng kiến", "Công đoàn cơ sở", "Cấp trên", "Ngày gửi", "Trạng thái", "Số lượng"
)  # fmt: skip
_TITLES = (
    "Ứng dụng phần mềm quản lý; tiết kiệm 5%",
    "Cải tiến lò đốt, giảm khói\nvà bụi",
    'Đổi mới "lớp học xanh"',
    "Bẫy bã đỗ, gỡ rối kẽ hở ở vườn ươm",
    "Ngõ hẻm rõ, tờ rơi đủ chữ: ý tưởng lỡ dở",
)
_UNITS = (
    ("CĐCS Xã Hoà Bình", "LĐLĐ huyện Đồng Hỷ"),
    ("CĐCS Xã Khe Mo", "LĐLĐ huyện Đồng Hỷ"),
    ("CĐCS Trường Mầm non Thuận Thành", "LĐLĐ thị xã Phổ Yên"),
    ("CĐCS Trường Tiểu học Nguyễn Viết Xuân", "Công đoàn ngành Giáo dục"),
)


def _usual(number: int) -> list[Cell]:
    """A row of data without a fault, dated by a day, by a moment or in text."""
    moment = datetime(2022, 4, 1, 7, 30) + timedelta(days=number * 3, minutes=number * 11)
    when: Cell = (moment.date(), moment, f"{moment:%d/%m/%Y}", f"{moment:%d.%m.%Y %H:%M}")[number % 4]
    code: Cell = Padded(number * 7) if number % 3 == 0 else f"SK-{number:04}" if number % 3 == 1 else f"{number:06}"
    unit, above = _UNITS[number % len(_UNITS)]
    return [number, code, _TITLES[number % len(_TITLES)], unit, above, when, "Hợp lệ", number % 3 + 1]


def _table() -> list[list[Cell]]:
    data = [_usual(number) for number in range(1, 29)]
    data[4][6] = "Chờ duyệt"  # filtered
    data[6][3:5] = "", ""  # no unit
    data[8][3:5] = "CĐCS Trường Mầm non Hoạ Mi", "LĐLĐ huyện Chợ Mới"  # unknown
    data[10][5] = ""  # no date
    data[12][5] = "31/02/2022"  # no such day
    data[14][1] = "000042"  # the code of row 6, which is there the number 42
    data[16][1] = ""  # no code
    data[18][7] = "hai"  # no count
    data[20][5] = Error("#N/A")
    data[22][5] = datetime(2022, 1, 2, 8, 0)  # in no phase
    blank: list[Cell] = [""] * WIDTH
    total: list[Cell] = ["", "Tổng cộng", "", "", "", "", "", sum(row[7] for row in data if isinstance(row[7], int))]
    return [
        [*blank[:2], "LIÊN ĐOÀN LAO ĐỘNG TỈNH THÁI NGUYÊN", *blank[3:]],
        [*blank[:2], "DANH SÁCH SÁNG KIẾN THÁNG 4–6 NĂM 2022", *blank[3:]],
        blank,
        list(HEADER),
        *data[:20],
        blank,
        blank,
        *data[20:],
        total,
        blank,
        [*blank[:5], "Thái Nguyên, ngày 30 tháng 6 năm 2022", *blank[6:]],
        ["", "NGƯỜI LẬP BIỂU", *blank[2:5], "CHỦ TỊCH", *blank[6:]],
        ["", "(Ký, ghi rõ họ tên)", *blank[2:]],
        blank,
        ["", "Nguyễn Thị Bưởi", *blank[2:]],
    ]


TABLE = _table()


def shown(cell: Cell) -> str:
    """The cell as Excel shows it."""
    match cell:
        case datetime():
            return f"{cell:%d/%m/%Y %H:%M}"
        case date():
            return f"{cell:%d/%m/%Y}"
        case Padded(number):
            return f"{number:06}"
        case Error(text):
            return text
        case _:
            return str(cell)


TEXTS = [[shown(cell) for cell in row] for row in TABLE]


def serial(day: date, *, epoch_1904: bool = False) -> float:
    """What Excel stores for a day or a moment."""
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    return (moment - (datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30))) / timedelta(days=1)


# --- workbooks ----------------------------------------------------------------------------------------------------


def by_openpyxl(*, epoch_1904: bool = False) -> bytes:
    book = openpyxl.Workbook()
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    for number, row in enumerate(TABLE, start=1):
        for place, value in enumerate(row, start=1):
            match value:
                case "":
                    continue
                case Padded(whole):
                    sheet.cell(number, place, whole).number_format = "000000"
                case Error(text):
                    sheet.cell(number, place, text)
                case _:
                    sheet.cell(number, place, value)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def by_xlsxwriter(**options: bool) -> bytes:
    into = io.BytesIO()
    book = xlsxwriter.Workbook(into, {"in_memory": False, **options})
    sheet = book.add_worksheet(SHEET)
    day, moment, padded = (
        book.add_format({"num_format": form}) for form in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm", "000000")
    )
    for number, row in enumerate(TABLE):
        for place, value in enumerate(row):
            match value:
                case "":
                    continue
                case datetime():
                    sheet.write_datetime(number, place, value, moment)
                case date():
                    sheet.write_datetime(number, place, value, day)
                case Padded(whole):
                    sheet.write_number(number, place, whole, padded)
                case Error(text):
                    sheet.write_formula(number, place, "=NA()", None, text)
                case int():
                    sheet.write_number(number, place, value)
                case _:
                    sheet.write_string(number, place, value)
    book.close()
    return into.getvalue()


_STYLES = """<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<numFmts count="1"><numFmt numFmtId="170" formatCode="000000"/></numFmts>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="170"/></cellXfs>
</styleSheet>"""


def _xml_cell(reference: str, value: Cell, *, iso_dates: bool) -> str:
    match value:
        case "":
            return ""
        case date():
            style = 2 if isinstance(value, datetime) else 1
            if iso_dates:
                return f'<c r="{reference}" s="{style}" t="d"><v>{value.isoformat()}</v></c>'
            return f'<c r="{reference}" s="{style}"><v>{serial(value)!r}</v></c>'
        case Padded(whole):
            return f'<c r="{reference}" s="3"><v>{whole}</v></c>'
        case Error(text):
            return f'<c r="{reference}" t="e"><v>{text}</v></c>'
        case int():
            return f'<c r="{reference}"><v>{value}</v></c>'
        case _:
            return text_cell(reference, value)


def by_hand(*, iso_dates: bool = False) -> bytes:
    """Raw XML; blank rows are not written."""
    rows = []
    for number, row in enumerate(TABLE, start=1):
        cells = "".join(_xml_cell(f"{chr(65 + i)}{number}", cell, iso_dates=iso_dates) for i, cell in enumerate(row))
        rows.append(f'<row r="{number}">{cells}</row>' if cells else "")
    return write_package(Path("by-hand.zip"), {SHEET: sheet_xml("".join(rows))}, styles=_STYLES).read_bytes()


def changed(package: bytes, change: Callable[[str, str], str], more: Mapping[str, bytes] | None = None) -> bytes:
    """A package with the XML of its parts changed, and with more parts."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name).decode()))
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return into.getvalue()


def with_prefixes() -> bytes:
    def prefixed(name: str, xml: str) -> str:
        if "/s1.xml" not in name and "styles" not in name:
            return xml
        return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml).replace(" xmlns=", " xmlns:x=")

    return changed(by_hand(), prefixed)


def strict() -> bytes:
    """Other namespaces and kinds of relations, and dates in ISO 8601."""

    def stricter(_name: str, xml: str) -> str:
        for kind in ("officeDocument", "spreadsheetml"):
            old, new = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"
            xml = xml.replace(f"{old}/{kind}/2006/", f"{new}/{kind}/")
        return xml

    return changed(by_hand(iso_dates=True), stricter)


def with_macros() -> bytes:
    def enabled(_name: str, xml: str) -> str:
        usual = "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        return xml.replace(usual, "vnd.ms-excel.sheet.macroEnabled.main+xml")

    return changed(by_openpyxl(), enabled, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 no macro in here"})


def by_xlwt(*, epoch_1904: bool = False) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = epoch_1904
    sheet = book.add_sheet(SHEET)
    day, moment, padded = (xlwt.easyxf(num_format_str=form) for form in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm", "000000"))
    for number, row in enumerate(TABLE):
        for place, value in enumerate(row):
            match value:
                case "":
                    continue
                case date():
                    style = moment if isinstance(value, datetime) else day
                    sheet.write(number, place, serial(value, epoch_1904=epoch_1904), style)
                case Padded(whole):
                    sheet.write(number, place, whole, padded)
                case Error(text):
                    sheet.row(number).set_cell_error(place, ERROR_CODES[text])
                case _:
                    sheet.write(number, place, value)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def by_xlsb() -> bytes:
    def cell(place: int, value: Cell) -> bytes:
        match value:
            case date():
                return test_xlsb.number(place, serial(value), 2 if isinstance(value, datetime) else 1)
            case Padded(whole):
                return test_xlsb.number(place, whole, 3)
            case Error(text):
                return test_xlsb.cell(3, place, bytes([ERROR_CODES[text]]))
            case int():
                return test_xlsb.number(place, value)
            case _:
                return test_xlsb.text(place, value)

    rows = [
        test_xlsb.row(number, *(cell(place, value) for place, value in enumerate(row) if value != ""))
        for number, row in enumerate(TABLE, start=1)
    ]
    formats = [(0, None), (14, None), (22, None), (170, "000000")]
    return test_xlsb.workbook({SHEET: test_xlsb.sheet(*rows)}, formats=formats)


_PADDED_STYLE = (
    '<number:number-style style:name="n" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0">'
    '<number:number number:decimal-places="0" number:min-integer-digits="6"/></number:number-style>'
    '<style:style style:name="padded" style:family="table-cell" style:data-style-name="n"/>'
)


def _ods_cell(value: Cell) -> str:
    match value:
        case "":
            return "<table:table-cell/>"
        case date():
            return test_ods.cell(shown(value), "date", f'office:date-value="{value.isoformat()}"')
        case Padded(whole):
            return test_ods.number(whole, shown(value), 'table:style-name="padded"')
        case Error(text):
            return test_ods.cell(text, "string", 'table:formula="of:=NA()" calcext:value-type="error"')
        case int():
            return test_ods.number(value)
        case _:
            return test_ods.cell(escape(value).replace("\n", "</text:p><text:p>"))


def _ods_document(root: str) -> bytes:
    rows: list[str] = []
    for row in TABLE:
        if not any(cell != "" for cell in row):
            empty = f'<table:table-cell table:number-columns-repeated="{WIDTH}"/>'
            rows.append(test_ods.row(empty))
        else:
            rows.append(test_ods.row(*map(_ods_cell, row)))
    rows.append(test_ods.row("<table:table-cell/>", attributes='table:number-rows-repeated="1048000"'))
    return test_ods.document(test_ods.table(*rows, name=SHEET), styles=_PADDED_STYLE, root=root)


def by_ods() -> bytes:
    return test_ods.package(_ods_document("document-content"))


def by_fods() -> bytes:
    kind = 'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"'
    return _ods_document("document").replace(b"<office:document ", f"<office:document {kind} ".encode())


def by_html() -> bytes:
    """What a portal serves as .xls."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(text).replace(chr(10), '<br>')}</td>" for text in row) + "</tr>\n"
        for row in TEXTS
    )
    head = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>'
    return f"{head}<body><table border=1>\n{rows}</table></body></html>".encode()


def by_xml_2003() -> bytes:
    def cell(value: Cell) -> str:
        match value:
            case "":
                return "<Cell/>"
            case date():
                moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
                return f'<Cell ss:StyleID="d"><Data ss:Type="DateTime">{moment.isoformat()}.000</Data></Cell>'
            case Padded(whole):
                return f'<Cell ss:StyleID="p"><Data ss:Type="Number">{whole}</Data></Cell>'
            case Error(text):
                return f'<Cell><Data ss:Type="Error">{text}</Data></Cell>'
            case int():
                return f'<Cell><Data ss:Type="Number">{value}</Data></Cell>'
            case _:
                return f'<Cell><Data ss:Type="String">{escape(value).replace(chr(10), "&#10;")}</Data></Cell>'

    rows = "".join(
        f'<Row ss:Index="{number}">{"".join(map(cell, row))}</Row>'
        for number, row in enumerate(TABLE, start=1)
        if any(value != "" for value in row)
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
        '<Styles><Style ss:ID="d"><NumberFormat ss:Format="General Date"/></Style>'
        '<Style ss:ID="p"><NumberFormat ss:Format="000000"/></Style></Styles>'
        f'<Worksheet ss:Name="{SHEET}"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


# --- text ---------------------------------------------------------------------------------------------------------


def by_csv(delimiter: str = ",", newline: str = "\r\n", *, bom: bool = False, before: str = "") -> bytes:
    return before.encode() + csv_bytes(TEXTS, delimiter, newline, bom)


def by_unicode_text(encoding: str, *, bom: bool) -> bytes:
    """What Excel calls "Unicode Text": UTF-16 with tabs."""
    mark = "\ufeff" if bom else ""
    return (mark + by_csv("\t").decode()).encode(encoding)


def windows_1258(text: str) -> bytes:
    """Text as Windows keeps it in this code page: letters with their hats and horns, the tone often behind them."""

    def encoded(letter: str) -> bytes:
        try:
            return letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            return (unicodedata.normalize("NFC", parts.replace(tone, "")) + tone).encode("cp1258")

    return b"".join(map(encoded, text))


def decomposed() -> bytes:
    return unicodedata.normalize("NFD", by_csv().decode()).encode()


DISGUISES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "openpyxl": ("a.xlsx", by_openpyxl),
    "openpyxl 1904": ("a.xlsx", lambda: by_openpyxl(epoch_1904=True)),
    "XlsxWriter": ("a.xlsx", by_xlsxwriter),
    "XlsxWriter 1904": ("a.xlsx", lambda: by_xlsxwriter(date_1904=True)),
    "XlsxWriter row by row": ("a.xlsx", lambda: by_xlsxwriter(constant_memory=True)),
    "raw XML": ("a.xlsx", by_hand),
    "raw XML with prefixes": ("a.xlsx", with_prefixes),
    "Strict Open XML": ("a.xlsx", strict),
    "macros": ("a.xlsm", with_macros),
    "xls": ("a.xls", by_xlwt),
    "xls 1904": ("a.xls", lambda: by_xlwt(epoch_1904=True)),
    "xlsb": ("a.xlsb", by_xlsb),
    "ods": ("a.ods", by_ods),
    "fods": ("a.fods", by_fods),
    "HTML": ("a.xls", by_html),
    "XML 2003": ("a.xls", by_xml_2003),
    **{
        f"CSV {delimiter!r} {newline!r}{' BOM' if bom else ''}": (
            "a.csv",
            lambda delimiter=delimiter, newline=newline, bom=bom: by_csv(delimiter, newline, bom=bom),  # type: ignore[misc]
        )
        for delimiter, newline, bom in (
            (",", "\n", False),
            (",", "\r\n", True),
            (",", "\r", False),
            (";", "\r\n", True),
            (";", "\n", False),
            ("\t", "\r\n", False),
            ("\t", "\r", True),
            ("|", "\n", False),
        )
    },
    "CSV sep=": ("a.csv", lambda: by_csv(";", before="sep=;\r\n")),
    "CSV BOM sep=": ("a.csv", lambda: by_csv(";", before="\ufeffsep=;\r\n")),
    "UTF-16 LE": ("a.txt", lambda: by_unicode_text("utf-16-le", bom=True)),
    "UTF-16 BE": ("a.txt", lambda: by_unicode_text("utf-16-be", bom=True)),
    "UTF-16 LE without BOM": ("a.txt", lambda: by_unicode_text("utf-16-le", bom=False)),
    "windows-1258": ("a.csv", lambda: windows_1258(by_csv().decode())),
    "windows-1258 ;": ("a.csv", lambda: windows_1258(by_csv(";").decode())),
    "NFD": ("a.csv", decomposed),
    "TSV as .xls": ("a.xls", lambda: by_csv("\t")),
    "xlsx as .csv": ("a.csv", by_openpyxl),
    "CSV as .xlsx": ("a.xlsx", by_csv),
    "xls as .xlsx": ("a.xlsx", by_xlwt),
    "xlsx as .xls": ("a.xls", by_xlsxwriter),
    "ods as .xlsx": ("a.xlsx", by_ods),
    "xlsb as .xlsx": ("a.xlsx", by_xlsb),
}


# --- the comparison -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """A report without the names and hashes of the inputs, and its ledger without file and sheet."""

    report: str
    ledger: tuple[tuple[str, ...], ...]


def look(run_here: Run, export: str) -> Seen:
    Path("sangkien.yaml").write_text(QUOTA, encoding="utf-8")
    shown = run_here("report", export, "--format", "json", "--as-of", "2022-12-31", "--ledger", "ledger.csv")
    assert shown.code == 0, shown.stderr
    (given,) = json.loads(shown.stdout)["inputs"]
    place = f"{given['path']} [{given['sheet']}]" if given["sheet"] else given["path"]
    # Who read it, and what its cells are known by, is its own.
    counted = re.sub(r',\n  "libraries".*', "\n}\n", shown.stdout, flags=re.DOTALL)
    report = re.sub(r'"path": "[^"]*", "sha256": "[^"]*", "sheet": [^,]*, ("rows": \d+), "size": \d+', r"\1", counted)
    with open("ledger.csv", encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(unicodedata.normalize("NFC", line) for line in file)  # names stand there as typed
    assert header[:2] == ["file", "sheet"]
    # A duplicate names the row that it repeats by its file and sheet.
    return Seen(report, tuple(tuple(cell.replace(f"{place}:", "") for cell in line[2:]) for line in lines))


@cache
def _plainest() -> bytes:
    return by_openpyxl()


def test_the_rows_mean_what_they_were_made_to_mean(run_here: Run) -> None:
    """So that the disguises below are not all alike and all wrong."""
    Path("a.xlsx").write_bytes(_plainest())
    seen = look(run_here, "a.xlsx")
    rows = json.loads(seen.report)["rows"]
    assert rows == {
        "read": 28,
        "counted": 18,
        "set_aside": {
            "unreadable": 1, "filtered": 1, "no-unit": 1, "unknown-unit": 1, "no-date": 1, "bad-date": 1,
            "outside-phases": 1, "bad-count": 1, "no-code": 1, "duplicate": 1,
        },
        "layout": 12,
    }  # fmt: skip
    by_row = {int(line[0]): line for line in seen.ledger}
    assert sorted(by_row) == [row for row in range(1, len(TABLE) + 1) if row != 4]
    columns = ("row", "code", "unit_text", "unit", "phase", "submitted", "count", "reason", "detail")
    reasons = {row: (line[columns.index("reason")], line[columns.index("detail")]) for row, line in by_row.items()}
    assert reasons[19] == ("duplicate", "10")
    assert reasons[27] == ("unreadable", "F27 #N/A")
    assert reasons[17] == ("bad-date", "31/02/2022")
    assert by_row[7][columns.index("code")] == "000021"
    assert {row for row, (reason, _) in reasons.items() if reason == "layout"} == {1, 2, 3, 25, 26, *range(35, 42)}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_changes_neither_report_nor_ledger(name: str, run_here: Run) -> None:
    ending, write = DISGUISES[name]
    Path("plain.xlsx").write_bytes(_plainest())
    Path(ending).write_bytes(write())
    expected, seen = look(run_here, "plain.xlsx"), look(run_here, ending)
    assert seen.ledger == expected.ledger
    assert seen.report == expected.report


def _kind(name: str) -> str:
    """The format that a disguise has in truth."""
    own = {
        "macros": "xlsm",
        "xls": "xls",
        "xlsb": "xlsb",
        "ods": "ods",
        "fods": "ods",
        "HTML": "html",
        "XML": "xml-2003",
    }
    word = name.partition(" ")[0]
    if word in own:
        return own[word]
    return "csv" if DISGUISES[name][1]()[:2] != b"PK" else "xlsx"


@pytest.mark.parametrize("name", DISGUISES)
def test_inspect_sees_through_a_disguise(name: str, run_here: Run) -> None:
    ending, write = DISGUISES[name]
    Path(ending).write_bytes(write())
    Path("sangkien.yaml").write_text(QUOTA, encoding="utf-8")
    shown = run_here("inspect", ending, "--format", "json")
    assert shown.code == 0, shown.stderr
    (file,) = json.loads(shown.stdout)["files"]
    (sheet,) = file["sheets"]
    assert file["kind"] == _kind(name)
    assert [each["text"] for each in file["unknown_units"]] == ["LĐLĐ huyện Chợ Mới"]
    assert sheet["header_rows"] == [4, 4]
    assert [each["field"] for each in sheet["columns"]] == [
        None, "code", "title", "unit.0", "unit.1", "submitted", "status", "count"
    ]  # fmt: skip
    assert (sheet["rows"], sheet["counted"], sum(sheet["set_aside"].values())) == (28, 18, 10)
    assert sheet["layout"] == {
        "title": [1, 2], "blank": [3, 25, 26, 36, 40], "total": [35], "signature": [37, 38, 39, 41]
    }  # fmt: skip
    assert sheet["nonblank_rows"] == 28 + 1 + 2 + 1 + 4
    assert sheet["notes"] == []


@pytest.mark.parametrize("name", ["CSV ';' '\\r\\n' BOM", "windows-1258", "openpyxl", "xls", "ods"])
def test_what_is_piped_in_counts_the_same(name: str, run_here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("plain.xlsx").write_bytes(_plainest())
    expected = look(run_here, "plain.xlsx")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DISGUISES[name][1]()), encoding="utf-8"))
    assert look(run_here, "-") == expected


def test_libreoffices_copies_count_the_same(run_here: Run, tmp_path: Path) -> None:
    Path("plain.xlsx").write_bytes(_plainest())
    expected = look(run_here, "plain.xlsx")
    for kind in ("ods", "fods", "xls"):
        shutil.copy(convert(Path("plain.xlsx"), kind, tmp_path / kind), f"plain.{kind}")
        assert look(run_here, f"plain.{kind}") == expected, kind

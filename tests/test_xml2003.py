"""XML Spreadsheet 2003: what is read of it, and what is refused."""

from __future__ import annotations

import random

import pytest

from sangkien_cli.errors import SangkienError
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.source import FORMULA, Span
from sangkien_cli.sheets.xml2003 import is_xml2003, open_xml2003

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def read(data: str | bytes) -> list[Grid]:
    return open_xml2003(Content("bang.xls", None, data if isinstance(data, bytes) else data.encode()))


def workbook(table: str, before: str = "", after: str = "") -> str:
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{NAMESPACE}"'
        f' xmlns:ss="{NAMESPACE}" xmlns:html="http://www.w3.org/TR/REC-html40"'
        f' xmlns:x="urn:schemas-microsoft-com:office:excel">{before}'
        f'<Worksheet ss:Name="Tháng 4"><Table>{table}</Table>{after}</Worksheet></Workbook>'
    )


def cell(kind: str, text: str, more: str = "") -> str:
    return f'<Cell {more}><Data ss:Type="{kind}">{text}</Data></Cell>'


def refusal(data: str | bytes) -> str:
    with pytest.raises(SangkienError) as caught:
        read(data)
    return caught.value.problems[0].what.key


def outcome(data: bytes) -> str:
    try:
        read(data)
    except SangkienError as error:
        return error.problems[0].what.key
    return "read"


STYLES = """<Styles><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style>
<Style ss:ID="c"><NumberFormat ss:Format="000000"/></Style><Style ss:ID="f"><NumberFormat ss:Format="Fixed"/></Style>
<Style ss:ID="d2" ss:Parent="d"/></Styles>"""
SHEET = workbook(
    '<Column ss:StyleID="c"/><Row ss:Index="3">'
    + cell("String", "Mã") + cell("String", "Tên", 'ss:Index="3"') + "</Row>"
    '<Row ss:Span="2"/><Row ss:Hidden="1">'
    + cell("Number", "7") + cell("DateTime", "2022-04-27T00:00:00.000") + cell("Number", "44621", 'ss:StyleID="d2"')
    + cell("Boolean", "1") + cell("Error", "#REF!") + '<Cell ss:Formula="=A1"/>'
    + cell("Number", "5.091", 'ss:StyleID="f"')
    + '</Row><Row><Cell ss:MergeAcross="1" ss:MergeDown="1">'
    '<ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">'
    "<B>Ca</B><Font> dao</Font></ss:Data><Comment><ss:Data>lời <B>bàn</B></ss:Data></Comment></Cell>"
    + cell("String", "kế") + "</Row>",
    STYLES,
)  # fmt: skip


def test_cells_rows_and_merges_stand_where_excel_shows_them() -> None:
    (grid,) = read(SHEET)
    assert (grid.name, grid.hidden, grid.nonblank) == ("Tháng 4", False, 3)
    assert grid.head()[2:] == [
        ["Mã", "", "Tên"], [], [], [],
        ["7", "2022-04-27", "2022-03-01", "TRUE", "#REF!", FORMULA, "5.091"], ["Ca dao", "", "kế"],
    ]  # fmt: skip
    assert grid.shown == {(7, 0): "000007"}
    assert grid.hidden_rows == {7}
    assert grid.merged == [Span(8, 0, 9, 1)]


def test_a_formula_that_gives_an_empty_text_is_a_blank_cell() -> None:
    (grid,) = read(workbook('<Row><Cell ss:Formula="=T(B1)"><Data ss:Type="String"></Data></Cell></Row>'))
    assert grid.nonblank == 0
    assert not grid.flawed


def test_hidden_sheets_and_the_1904_epoch() -> None:
    options = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    before = STYLES + "<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook>"
    (grid,) = read(workbook("<Row>" + cell("Number", "43159", 'ss:StyleID="d"') + "</Row>", before, options))
    assert grid.hidden
    assert grid.head() == [["2022-03-01"]]


@pytest.mark.parametrize(
    "data",
    [
        SHEET.encode("utf-8-sig"),
        b"\r\n  " + SHEET.encode(),
        SHEET.replace('<?xml version="1.0"?>', "").encode(),
        SHEET.replace('"1.0"', '"1.0" encoding="utf-16"').encode(),
        SHEET.replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"),
        SHEET.encode("utf-16-be"),
        SHEET.replace("<Cell", "<ss:Cell").replace("</Cell", "</ss:Cell").encode(),
    ],
    ids=["BOM", "white space", "no declaration", "UTF-8 called UTF-16", "UTF-16", "UTF-16 without BOM", "prefixes"],
)
def test_sloppy_writers_files_read_the_same(data: bytes) -> None:
    assert is_xml2003(data[:4096])
    assert read(data)[0].head() == read(SHEET)[0].head()


def test_a_declared_windows_1258_is_decoded() -> None:
    text = workbook("<Row>" + cell("String", "Đ\u00f4\u0323ng") + "</Row>").replace("Tháng", "T")
    data = text.replace('"1.0"', '"1.0" encoding="windows-1258"').encode("cp1258")
    assert read(data)[0].head() == [["Đ\u1ed9ng"]]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("<?xml version='1.0'?><rss></rss>", "file.other_xml"),
        (SHEET[:-30], "file.damaged"),
        (SHEET.replace("<Workbook", "<!DOCTYPE a [<!ENTITY b 'c'>]><Workbook"), "file.damaged"),
        (workbook('<Row ss:Index="99999999"><Cell/></Row>'), "file.damaged"),
        (workbook('<Row ss:Index="5"/><Row ss:Index="4"/>'), "file.damaged"),
        (workbook('<Row ss:Index="x"/>'), "file.damaged"),
        (workbook("<Row>" + "<a>" * 200), "file.damaged"),
    ],
)
def test_files_that_are_refused(data: str, key: str) -> None:
    assert refusal(data) == key


def test_damaged_copies_are_read_or_refused() -> None:
    dice = random.Random(2)
    for _ in range(300):
        data = bytearray(SHEET.encode())
        at, length = dice.randrange(len(data)), dice.randint(1, 40)
        match dice.randrange(4):
            case 0:
                data[at] = dice.randrange(256)
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length]
            case _:
                del data[at:]
        assert outcome(bytes(data)) != "file.recount"

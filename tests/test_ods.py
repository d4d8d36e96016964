"""What the reader makes of OpenDocument spreadsheets: cells, repeats, sheets, damaged files, the second count."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest

from sangkien_cli.errors import SangkienError, show_problems
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.limits import Limits
from sangkien_cli.sheets.ods import is_fods, is_ods, open_fods, open_ods
from sangkien_cli.sheets.package import open_package
from sangkien_cli.sheets.source import Span
from tests.office import convert

_KIND = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "draw": "drawing",
    }.items()
)
_CALCEXT = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_MANIFEST = "META-INF/manifest.xml"


def cell(text: str = "", kind: str = "string", attributes: str = "") -> str:
    """A cell with a text."""
    return f'<table:table-cell office:value-type="{kind}" {attributes}><text:p>{text}</text:p></table:table-cell>'


def number(value: object, text: str | None = None, attributes: str = "") -> str:
    """A cell with a number, and what is shown for it."""
    return cell(str(value) if text is None else text, "float", f'office:value="{value}" {attributes}')


def row(*cells: str, attributes: str = "") -> str:
    """A row."""
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def table(*rows: str, name: str = "S", attributes: str = "") -> str:
    """A sheet."""
    return f'<table:table table:name="{name}" {attributes}><table:table-column/>{"".join(rows)}</table:table>'


def document(*tables: str, styles: str = "", root: str = "document-content") -> bytes:
    """The XML of a spreadsheet."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:{root} {_SPACES} {_CALCEXT}><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet>"
        f"</office:body></office:{root}>"
    ).encode()


def package(content: bytes, *, kind: str | None = _KIND, manifest: str = "<manifest/>") -> bytes:
    """An .ods with this content."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        if kind is not None:
            packed.writestr("mimetype", kind)
        packed.writestr(_MANIFEST, manifest)
        packed.writestr("content.xml", content)
    return into.getvalue()


def read(*tables: str, styles: str = "", **limits: int) -> list[Grid]:
    """The sheets of a spreadsheet."""
    return open_ods(Content("x.ods", None, package(document(*tables, styles=styles)), Limits(**limits)))


def rows(grid: Grid) -> dict[int, list[str]]:
    """The rows that hold anything."""
    return {at: cells for at, cells in grid.whole_rows(range(1, grid.last_row + 1)).items() if cells}


def row_of(*cells: str) -> list[str]:
    """What a row's cells are read as."""
    (grid,) = read(table(row(*cells)))
    return rows(grid)[1]


def told(data: bytes, **limits: int) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(SangkienError) as refused:
        open_ods(Content("x.ods", None, data, Limits(**limits)))
    assert show_problems(refused.value.problems, "vi")
    return show_problems(refused.value.problems, "en")


def test_every_kind_of_cell_is_read_as_in_excel() -> None:
    """Numbers plainly, dates in ISO 8601 without an empty time, truth values as TRUE and FALSE."""
    assert row_of(
        cell("Mã"),
        number(5.091, "5,09"),
        number("1E+021", "1E+021"),
        cell("50%", "percentage", 'office:value="0.5"'),
        cell("1.500 ₫", "currency", 'office:value="1500"'),
        cell("01/03/2022", "date", 'office:date-value="2022-03-01"'),
        cell("01/03/2022", "date", 'office:date-value="2022-03-01T00:00:00"'),
        cell("01/03/2022", "date", 'office:date-value="2022-03-01T12:30:15.1200000001"'),
        cell("12:30", "time", 'office:time-value="PT12H30M00S"'),
        cell("ĐÚNG", "boolean", 'office:boolean-value="true"'),
        number(0, "FALSE", 'table:formula="of:=FALSE()"'),
        cell("Chữ", "string", 'office:string-value="chữ"'),
        "<table:table-cell/>",
        cell("", "float", 'office:value="7"'),
    ) == [
        *("Mã", "5.091", "1000000000000000000000", "0.5", "1500", "2022-03-01", "2022-03-01"),
        *("2022-03-01 12:30:15.120", "12:30:00", "TRUE", "FALSE", "chữ", "", "7"),
    ]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<text:p>một</text:p><text:p>hai</text:p>", "một\nhai"),
        ("<text:p>a<text:s/>b<text:s text:c='3'/>c<text:tab/>d<text:line-break/>e</text:p>", "a b   c\td\ne"),
        ("<text:p>\n  a\n  <text:span>b <text:a>c</text:a></text:span></text:p>", "a b c"),
        ("<office:annotation><text:p>ghi chú</text:p></office:annotation><text:p>x</text:p>", "x"),
        ("<text:p>x<text:note><text:p>1</text:p></text:note></text:p>", "x"),
        ("<draw:frame><draw:text-box><text:p>hình</text:p></draw:text-box></draw:frame><text:p>x</text:p>", "x"),
        ("<text:list><text:list-item><text:p>x</text:p></text:list-item></text:list>", "x"),
        ("<table:table><table:table-row><table:table-cell/></table:table-row></table:table><text:p>x</text:p>", "x"),
    ],
)
def test_a_cells_text_is_what_stands_in_its_paragraphs(xml: str, text: str) -> None:
    """Spaces and breaks are kept; comments, shapes and tables inside a cell are no text of it."""
    assert row_of(f"<table:table-cell>{xml}</table:table-cell>") == [text]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *((7, "000007"), (7, "SK-0007"), (120004, "12-0004"), (7, "SK 7"), (0, "000"), (120004, "12 00 04")),
        *((7, "0007/SK"), (120004, "120004-SK")),
    ],
)
def test_a_code_is_known_as_it_is_shown(value: int, shown: str) -> None:
    """Zeros in front, letters and hyphens around the digits make a number a code."""
    (grid,) = read(table(row(number(value, shown))))
    assert rows(grid) == {1: [str(value)]}
    assert grid.shown == {(1, 0): shown}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *((1234, "1.234"), (1234, "1,234"), (1234, "1 234"), (1234, "1\u202f234"), (7, "7,00"), (5, "5 ngày")),
        *((100000, "1E+05"), (-7, "-7"), (7, "VND 7.000"), (0, "-"), (7, "8"), (1234.5, "01234.5")),
    ],
)
def test_an_amount_is_no_code(value: float, shown: str) -> None:
    """Thousands, decimals, units and other figures than the number's own."""
    (grid,) = read(table(row(number(value, shown))))
    assert not grid.shown


def test_errors_and_formulas_without_a_result_are_flawed_cells() -> None:
    """The empty text is a result: such a cell is blank. A text that looks like an error is a text."""
    error = 'table:formula="of:=X" office:string-value="" calcext:value-type="error"'
    (grid,) = read(
        table(
            row(cell("#REF!", "string", error), number(0, "Err:502", 'table:formula="of:=X"'), cell("#N/A")),
            row('<table:table-cell table:formula="of:=X"/>'),
            row('<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>'),
            row(number("INF")),
        )
    )
    assert grid.flawed == {(1, 0): "#REF!", (1, 1): "Err:502", (2, 0): "formula", (4, 0): "#NUM!"}
    assert rows(grid) == {1: ["#REF!", "Err:502", "#N/A"], 2: ["formula"], 4: ["#NUM!"]}
    assert grid.nonblank == 3


def test_repeated_rows_and_cells_stand_where_they_are_shown() -> None:
    """Blank ones cost nothing, however many there are; filled ones count as often as they are repeated."""
    (grid,) = read(
        table(
            row("<table:table-cell/>", attributes='table:number-rows-repeated="3"'),
            row(
                '<table:table-cell table:number-columns-repeated="2"/>',
                cell("x", attributes='table:number-columns-repeated="2"'),
                '<table:table-cell table:number-columns-repeated="16380"/>',
                attributes='table:number-rows-repeated="2"',
            ),
            row(cell("y")),
            row(cell(" "), attributes='table:number-rows-repeated="1000000000000"'),
            row(attributes='table:visibility="collapse" table:number-rows-repeated="1000000000000"'),
        )
    )
    assert rows(grid) == {4: ["", "", "x", "x"], 5: ["", "", "x", "x"], 6: ["y"]}
    assert (grid.nonblank, grid.hidden_rows) == (3, set())


@pytest.mark.parametrize(("down", "right"), [(10**12, 1), (1, 10**12), (10**9, 10**9), (1_048_577, 1), (1, 16_385)])
def test_an_endless_repeat_is_refused(down: int, right: int) -> None:
    """Named with its sheet; nothing of it is filled."""
    cells = cell("x", attributes=f'table:number-columns-repeated="{right}"')
    data = package(document(table(row(cells, attributes=f'table:number-rows-repeated="{down}"'), name="Bảng")))
    assert "sheet Bảng repeats a value down to row" in told(data)


def test_a_repeat_within_a_sheet_is_refused_where_it_passes_a_limit() -> None:
    """A value in every cell of a sheet, or of many columns; too many spaces; a text without end; tags without end."""
    cells = cell("x", attributes='table:number-columns-repeated="16384"')
    data = package(document(table(row(cells, attributes='table:number-rows-repeated="1048576"'))))
    assert "XFD1048576" in told(data)
    many = cell("x", attributes='table:number-columns-repeated="40"')
    data = package(document(table(row(many, attributes='table:number-rows-repeated="1048576"'))))
    assert "--limit text=" in told(data)
    spaces = '<text:s text:c="1000000000000"/>'
    assert "--limit text=" in told(package(document(table(row(cell(spaces))))))
    long = "x y" * 1_000_000
    assert "--limit text=" in told(package(document(table(row(cell(long))))), text=1)
    wide = f"<table:table-row a='{'x' * 6_000_000}'/>"
    assert "damaged" in told(package(document(table(wide))))
    assert "damaged" in told(package(document(table("<a>" * 100_000))))


@pytest.mark.parametrize("times", ["0", "-1", "x", ""])
def test_a_repeat_that_is_no_number_is_refused(times: str) -> None:
    """It is not known how many rows there are."""
    line = row(cell("x"), attributes=f'table:number-rows-repeated="{times}"')
    assert "damaged" in told(package(document(table(line))))


def test_hidden_sheets_rows_and_merges_are_known() -> None:
    """Rows hidden by hand or by a filter, also in a group; merged cells; a value under a merge is kept."""
    display = '<style:table-properties table:display="false"/>'
    shown, hidden = read(
        table(
            "<table:table-header-rows>" + row(cell("a")) + "</table:table-header-rows>",
            "<table:table-row-group>",
            row(cell("b"), attributes='table:visibility="collapse"'),
            row(attributes='table:visibility="filter" table:number-rows-repeated="2"'),
            "</table:table-row-group>",
            row(cell("c", attributes='table:number-columns-spanned="3" table:number-rows-spanned="2"')),
            row('<table:covered-table-cell office:value-type="string"><text:p>d</text:p></table:covered-table-cell>'),
        ),
        table(row(cell("x")), name="Ẩn", attributes='table:style-name="ta2"'),
        styles=f'<style:style style:name="ta2" style:family="table">{display}</style:style>',
    )
    assert rows(shown) == {1: ["a"], 2: ["b"], 5: ["c"], 6: ["d"]}
    assert (shown.hidden_rows, shown.merged) == ({2, 3, 4}, [Span(5, 0, 6, 2)])
    assert (hidden.name, hidden.hidden, shown.hidden) == ("Ẩn", True, False)


def test_what_is_no_sheet_of_this_file_is_left_out() -> None:
    """Deleted cells that a file remembers, copies of other files' sheets, scenarios: their rows are no data."""
    inside = row(cell("không"))
    (grid,) = read(
        f"<table:tracked-changes><table:deletion>{inside}</table:deletion></table:tracked-changes>",
        table(row(cell("a"))),
        table(inside, name="'file:///C:/khác.ods'#Sheet1"),
        table("<table:scenario/>", inside, name="Phương án"),
        f"<table:dde-links><table:dde-link>{table(inside)}</table:dde-link></table:dde-links>",
    )
    assert rows(grid) == {1: ["a"]}


def test_the_second_count_refuses_what_the_reader_passed_over() -> None:
    """Text in a cell but outside any paragraph: nobody knows what it is, and the row could get lost."""
    data = package(document(table(row(cell("a")), row("<table:table-cell>chữ</table:table-cell>"))))
    assert "1 rows with data were read, but counting in the file itself finds 2" in told(data)


def test_other_prefixes_mean_the_same() -> None:
    """Only the names behind them count."""
    data = document(table(row(cell("a"), number(7, "007"))))
    for prefix in (b"table", b"office", b"text"):
        data = data.replace(prefix + b":", b"x" + prefix + b":").replace(b":x" + prefix, b":" + prefix)
        data = data.replace(b"xmlns:" + prefix + b"=", b"xmlns:x" + prefix + b"=")
    data = data.replace(b"opendocument:xmlns:xoffice:", b"opendocument:xmlns:office:")
    (grid,) = open_ods(Content("x.ods", None, package(data)))
    assert (rows(grid), grid.shown) == ({1: ["a", "7"]}, {(1, 1): "007"})


def test_a_password_is_told_from_damage() -> None:
    """Each with the way out; also where the whole package is encrypted."""
    secret = '<m:manifest><m:file-entry><m:encryption-data m:checksum="x"/></m:file-entry></m:manifest>'
    assert "password" in told(package(b"\x12\x34", manifest=secret))
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as packed:
        packed.writestr("mimetype", _KIND)
        packed.writestr("encrypted-package", b"\x12\x34")
    assert "password" in told(into.getvalue())
    assert "damaged" in told(package(b"\x12\x34"))
    assert "damaged" in told(package(b'<!DOCTYPE a [<!ENTITY b "c">]>' + document(table(row(cell("&b;"))))))
    assert "not an Excel workbook" in told(package(document()))


def test_a_spreadsheet_is_known_by_its_content() -> None:
    """By its kind, or by its parts where it does not say; a text document is none."""

    def known(data: bytes) -> bool:
        with open_package(Content("x", None, data)) as opened:
            return is_ods(opened)

    content = document(table(row(cell("a"))))
    assert known(package(content))
    assert known(package(content, kind=f"{_KIND}-template"))
    assert known(package(content, kind=None))
    assert not known(package(content, kind="application/vnd.oasis.opendocument.text"))
    flat = document(table(row(cell("a"))), root="document")
    assert is_fods(flat)
    assert not is_fods(content)
    (grid,) = open_fods(Content("x.fods", None, flat))
    assert rows(grid) == {1: ["a"]}


def test_damaged_copies_are_read_or_refused() -> None:
    """Content with bytes changed, cut off or doubled, packages too: no other exception."""
    content = document(
        *(
            table(
                row(cell("Mã"), cell("Ngày")),
                row(cell(f"SK{index}"), cell("1/3", "date", 'office:date-value="2022-03-01"'), number(index, "007")),
                row(attributes='table:number-rows-repeated="9"'),
                row(cell("x", attributes='table:number-rows-spanned="2"'), attributes='table:number-rows-repeated="3"'),
                name=f"T{index}",
            )
            for index in range(3)
        )
    )
    chance = random.Random(1)
    outcomes = {True: 0, False: 0}
    for turn in range(400):
        data = bytearray(content if turn % 2 else package(content))
        for _ in range(chance.choice((1, 1, 4))):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    data[at : at + 1] = b"%d" % chance.randrange(10)
                case 2:
                    del data[at : at + chance.choice((1, 20, 2000))]
                case 3:
                    other = chance.randrange(len(data))
                    data[at:at] = data[other : other + 100]
        try:
            open_ods(Content("x.ods", None, package(bytes(data)) if turn % 2 else bytes(data)))
            outcomes[True] += 1
        except SangkienError:
            outcomes[False] += 1
    assert min(outcomes.values()) > 20


def test_libreoffice_writes_what_excel_shows(tmp_path: Path) -> None:
    """A workbook that LibreOffice turned into .ods holds the same rows, codes, hidden rows and merges."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Dữ liệu"
    page["A3"], page["B3"], page["C3"] = "Mã", "Đơn vị", "Ngày"
    page["A4"], page["B4"], page["C4"], page["A5"] = 7, "A  B", "01/03/2022", 8
    page["A4"].number_format = "000000"
    page["D4"], page["E4"], page["F4"] = 5.091, "=NA()", "=1=1"
    page.merge_cells("B4:B5")
    page.row_dimensions[5].hidden = True
    book.create_sheet("Ẩn").sheet_state = "hidden"
    book.save(tmp_path / "x.xlsx")
    convert(tmp_path / "x.xlsx", "ods", tmp_path)
    first, second = open_ods(Content("x.ods", tmp_path / "x.ods"))
    assert rows(first) == {
        3: ["Mã", "Đơn vị", "Ngày"],
        4: ["7", "A  B", "01/03/2022", "5.091", "#N/A", "TRUE"],
        5: ["8"],
    }
    assert (first.shown, first.flawed) == ({(4, 0): "000007"}, {(4, 4): "#N/A"})
    assert (first.hidden_rows, first.merged, second.hidden) == ({5}, [Span(4, 1, 5, 1)], True)

"""Worksheets come back cell by cell, whatever program wrote them."""

from __future__ import annotations

import io
import random
import string
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sangkien_cli.errors import SangkienError
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.limits import Limits
from sangkien_cli.sheets.source import FORMULA, Cells, Span, address
from sangkien_cli.sheets.xlsx import XlsxSource, open_xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="000000"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy"/></numFmts><cellXfs count="3"><xf numFmtId="0"/>'
    '<xf numFmtId="165"/><xf numFmtId="164"/></cellXfs><dxfs><dxf><numFmt numFmtId="0" formatCode="yy"/></dxf></dxfs>'
    "</styleSheet>"
)

Grid = Sequence[Sequence[str | float | bool | None]]


def package(
    sheet: str,
    *,
    strings: str | None = None,
    book: str = '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>',
    names: Callable[[str], str] = lambda name: name,
    main: str = MAIN,
    relations: str = RELATIONS,
) -> bytes:
    """A workbook of one sheet from its XML."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{relations}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}">{book}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{relations}/sharedStrings" Target="/xl/texts.xml"/>'
        f'<Relationship Id="r3" Type="{relations}/styles" Target="looks.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        "xl/looks.xml": STYLES,
    }
    if strings is not None:
        parts["xl/texts.xml"] = strings
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in parts.items():
            zipped.writestr(names(name), data)
    return file.getvalue()


def worksheet(rows: str, behind: str = "", main: str = MAIN) -> str:
    return f'<?xml version="1.0"?><worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{behind}</worksheet>'


def shared(*items: str) -> str:
    return f'<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def sheet_of(data: bytes, limits: Limits | None = None) -> XlsxSource:
    return open_xlsx(Content("a.xlsx", None, data, limits or Limits()))[0]


def grid(cells: Cells) -> list[list[str]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in cells.columns), strict=True)]


def read(rows: str, *items: str, behind: str = "") -> Cells:
    return sheet_of(package(worksheet(rows, behind), strings=shared(*items))).cells(0, None)


def problem(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(SangkienError) as caught:
        sheet_of(data, limits).cells(0, None)
    return caught.value.problems[0].what.key


# --- what a cell holds ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1"><v>7</v></c>', "7"),
        ('<c r="A1"><v>5.0910000000000002</v></c>', "5.091"),
        ('<c r="A1"><v>-3</v></c>', "-3"),
        ('<c r="A1"><v>123456789012345</v></c>', "123456789012345"),
        ('<c r="A1"><v>1.2345678901234568E+16</v></c>', "12345678901234568"),
        ('<c r="A1" s="1"><v>44621</v></c>', "2022-03-01"),
        ('<c r="A1" s="1"><v>44621.5</v></c>', "2022-03-01 12:00:00"),
        ('<c r="A1" s="1"><v>-1</v></c>', "-1"),
        ('<c r="A1" t="d"><v>2022-03-01T00:00:00Z</v></c>', "2022-03-01"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="b"><f>FALSE()</f><v>0</v></c>', "FALSE"),
        ('<c r="A1" t="str"><f>"a"&amp;"b"</f><v>a &amp; b&#273;</v></c>', "a & bđ"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c>', " x "),
        ('<c r="A1" t="inlineStr"><is><r><rPr><color rgb="F"/></rPr><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b_x005F_x000D_</t></is></c>', "a\rb_x000D_"),
        ('<c r="A1" t="inlineStr"><is><t><![CDATA[<c r="B1"><v>1</v></c>]]></t></is></c>', '<c r="B1"><v>1</v></c>'),
        ('<c r="A1"><f>B1*2</f><v>44</v></c>', "44"),
        ('<c r="A1"><f t="shared" si="0"/><v>1.5</v></c>', "1.5"),
        ('<c r="A1" cm="1" vm="17" ph="1" s="2" t="n"><v>3</v></c>', "3"),
        ("<c r='A1'><v>9</v></c>", "9"),
        ('<!-- a comment --><c r="A1"><v>9</v></c>', "9"),
        ('<c r="A1" t="s"><v>0</v></c>', "Hội Lim"),
        ('<c r="A1" t="s"><v>1</v></c>', "rich text"),
        ('<c r="A1" t="s"><v>2</v></c>', 'a <b> "c"'),
    ],
)
def test_what_a_cell_holds(cell: str, text: str) -> None:
    strings = (
        "<t>Hội Lim</t>",
        "<r><t>rich </t></r><r><t>text</t></r><rPh><t>no</t></rPh>",
        "<t>a &lt;b> &quot;c&quot;</t>",
    )
    found = sheet_of(package(worksheet(f'<row r="1">{cell}</row>'), strings=shared(*strings)))
    assert (grid(found.cells(0, None)), found.head(), found.whole_rows([1])) == ([[text]], [[text]], {1: [text]})


@pytest.mark.parametrize("comment", ["", "<!-- parsed -->"])
def test_errors_and_formulas_without_a_result_are_flaws_and_an_empty_result_is_blank(comment: str) -> None:
    cells = read(
        f'<row r="2">{comment}<c r="A2" t="e"><v>#REF!</v></c><c r="B2"><f>A1</f></c><c r="C2"><f>A1</f><v></v></c>'
        '<c r="D2" t="str"><f>A1</f><v></v></c><c r="E2"><v>1</v></c></row>'
    )
    assert cells.flawed == {(2, 0): "#REF!", (2, 1): FORMULA, (2, 2): FORMULA}
    assert (grid(cells), cells.nonblank) == ([["", "", "", "", ""], ["", "", "", "", "1"]], 1)


@pytest.mark.parametrize("comment", ["", "<!-- parsed -->"])
def test_codes_keep_their_zeros_and_numbers_are_told_from_texts_and_dates(comment: str) -> None:
    cells = read(
        f'<row r="1">{comment}<c r="A1" s="2"><v>7</v></c><c r="B1" t="s"><v>0</v></c>'
        '<c r="C1" s="1"><v>44621</v></c></row><row r="2"><c r="B2"><v>7</v></c></row>',
        "<t>7</t>",
    )
    assert grid(cells) == [["7", "7", "2022-03-01"], ["", "7", ""]]
    assert cells.shown == {(1, 0): "000007"}
    assert {column: flags.tolist() for column, flags in cells.numbers.items()} == {0: [True, False], 1: [False, True]}


def test_the_1904_epoch_of_the_workbook_dates_its_cells() -> None:
    book = '<workbookPr date1904="1"/><sheets><sheet name="A" sheetId="1" state="veryHidden" r:id="r1"/></sheets>'
    sheet = sheet_of(package(worksheet('<row r="1"><c r="A1" s="1"><v>43159.75</v></c></row>'), book=book))
    assert (sheet.hidden, grid(sheet.cells(0, None))) == (True, [["2022-03-01 18:00:00"]])


# --- rows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("comment", ["", "<!-- parsed -->"])
def test_hidden_rows_merged_cells_and_blank_strings(comment: str) -> None:
    cells = read(
        f'{comment}<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3" hidden="1"><c r="A3" s="1"/></row>'
        '<row r="4" ht="15" hidden="true"><c r="B4" t="s"><v>1</v></c></row>'
        '<row r="5"><c r="B5" t="s"><v>0</v></c></row>'
        '<row r="1048576"><c r="C1048576" s="1"/></row>',
        '<t xml:space="preserve"> </t>',
        "<t>x</t>",
        behind='<mergeCells count="1"><mergeCell ref="A2:A4"/></mergeCells><rowBreaks/>',
    )
    assert (cells.rows.tolist(), cells.nonblank) == ([1, 2, 3, 4], 2)
    assert (set(cells.hidden_rows), list(cells.merged)) == ({2, 4}, [Span(2, 0, 4, 0)])


def test_rows_and_cells_without_addresses_and_rows_out_of_order_are_placed() -> None:
    assert grid(read("<row><c/><c><v>1</v></c></row><row><c><v>2</v></c></row>")) == [["", "1"], ["2", ""]]
    assert grid(read('<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>')) == [
        ["1"],
        ["2"],
    ]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>9</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
    ],
)
def test_a_sheet_that_excel_would_repair_is_refused(rows: str) -> None:
    assert problem(package(worksheet(rows), strings=shared("<t>x</t>"))) == "file.damaged"


def test_a_value_far_away_is_refused_by_its_address_and_a_doctype_as_damage() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert problem(package(worksheet(far))) == "file.too_wide"
    bomb = '<!DOCTYPE x [<!ENTITY a "b">]>' + worksheet('<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>')[21:]
    assert problem(package(bomb)) == "file.damaged"
    assert problem(package(worksheet('<row r="1"/>' * 1000)), Limits(megabytes=0)) == "limit.megabytes"


def test_a_wrong_dimension_backslashes_and_other_case_of_names_change_nothing() -> None:
    sheet = worksheet('<row r="1"><c r="A1"><v>1</v></c></row>').replace(
        "<sheetData>", '<dimension ref="A9"/><sheetData>'
    )
    for names in (str.upper, lambda name: name.replace("/", "\\")):
        assert grid(sheet_of(package(sheet, names=names)).cells(0, None)) == [["1"]]


def test_strict_open_xml_is_read() -> None:
    main, relations = (
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
    sheet = worksheet('<row r="1"><c r="A1" t="d" s="1"><v>2022-03-01T10:30:00</v></c></row>', main=main)
    assert grid(sheet_of(package(sheet, main=main, relations=relations)).cells(0, None)) == [["2022-03-01 10:30:00"]]


def test_only_the_columns_asked_for_come_and_only_below_the_header() -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="AB{r}"><v>{r * 2}</v></c></row>' for r in (1, 2, 4))
    cells = sheet_of(package(worksheet(rows))).cells(1, [27, 5], {27})
    assert (cells.rows.tolist(), grid(cells), cells.nonblank) == ([2, 3, 4], [["4", ""], ["", ""], ["8", ""]], 3)


# --- any grid, any writer ------------------------------------------------------------------------------------------

texts = st.text(st.sampled_from("aăBđ <>&\"'\n_x0041;ệ🙂"), min_size=1, max_size=8).filter(
    lambda text: bool(text.strip())
)
values = st.one_of(
    st.none(),
    texts,
    st.integers(-(10**14), 10**14),
    st.integers(-(10**9), 10**9).map(lambda eighths: eighths / 8),
    st.booleans(),
)
grids = st.lists(st.lists(values, min_size=1, max_size=4), min_size=1, max_size=6)


def expected(table: Grid) -> dict[tuple[int, int], str]:
    def text(value: str | float | bool) -> str:
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return value if isinstance(value, str) else repr(value)

    return {
        (row, column): text(value)
        for row, values in enumerate(table, start=1)
        for column, value in enumerate(values)
        if value is not None
    }


def cells_of(sheet: XlsxSource) -> dict[tuple[int, int], str]:
    cells = sheet.cells(0, None)
    return {
        (row, column): text
        for row, line in zip(cells.rows.tolist(), grid(cells), strict=True)
        for column, text in enumerate(line)
        if text
    }


def raw(table: Grid, form: str) -> bytes:
    """The grid in an odd form of XML: prefixed, without addresses, in single quotes, on many lines."""
    prefix = "x:" if form == "prefixed" else ""
    items: list[str] = []
    rows = []
    for row, line in enumerate(table, start=1):
        cells = []
        for column, value in enumerate(line):
            place = "" if form == "bare" else f' r="{address(row, column)}"'
            if value is None:
                content, kind = "", ""
            elif isinstance(value, str):
                items.append(f"<{prefix}si><{prefix}t xml:space='preserve'>{_xml(value)}</{prefix}t></{prefix}si>")
                content, kind = f"<{prefix}v>{len(items) - 1}</{prefix}v>", ' t="s"'
            else:
                kind = ' t="b"' if isinstance(value, bool) else ""
                content = f"<{prefix}v>{int(value) if isinstance(value, bool) else value!r}</{prefix}v>"
            cells.append(f"<{prefix}c{place}{kind}>{content}</{prefix}c>")
        number = "" if form == "bare" else f' r="{row}"'
        rows.append(f"<{prefix}row{number}>{''.join(cells)}</{prefix}row>")
    between = "\n  " if form == "lines" else ""
    space = f'xmlns:x="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    sheet = (
        f"<{prefix}worksheet {space}><{prefix}sheetData>{between.join(rows)}</{prefix}sheetData></{prefix}worksheet>"
    )
    if form == "quotes":
        sheet = sheet.replace('"', "'")
    return package(sheet, strings=f"<{prefix}sst {space}>{''.join(items)}</{prefix}sst>")


def _xml(text: str) -> str:
    return escape(text).replace("_x0041", "_x005F_x0041")


@pytest.mark.parametrize("form", ["plain", "prefixed", "bare", "quotes", "lines"])
@given(table=grids)
@settings(max_examples=40, deadline=None)
def test_any_grid_comes_back_from_any_form_of_xml(form: str, table: Grid) -> None:
    sheet = sheet_of(raw(table, form))
    assert cells_of(sheet) == expected(table)
    assert sheet.cells(0, None).nonblank == len({row for row, _ in expected(table)})


@pytest.mark.parametrize("constant_memory", [False, True])
@given(table=grids)
@settings(max_examples=30, deadline=None)
def test_any_grid_comes_back_from_xlsxwriter(constant_memory: bool, table: Grid) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": constant_memory}) as book:
        sheet = book.add_worksheet()
        for (row, column), value in _filled(table):
            (sheet.write_string if isinstance(value, str) else sheet.write)(row, column, value)
    assert cells_of(sheet_of(file.getvalue())) == expected(table)


@pytest.mark.parametrize("write_only", [False, True])
@given(table=grids)
@settings(max_examples=30, deadline=None)
def test_any_grid_comes_back_from_openpyxl(write_only: bool, table: Grid) -> None:
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet("A", 0)
    for line in table:
        sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    assert cells_of(sheet_of(file.getvalue())) == expected(table)


def _filled(table: Grid) -> list[tuple[tuple[int, int], str | float | bool]]:
    return [((r, c), v) for r, line in enumerate(table) for c, v in enumerate(line) if v is not None]


def test_dates_that_openpyxl_writes_come_as_dates() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([date(2022, 3, 1), datetime(2022, 3, 1, 8, 30)])
    file = io.BytesIO()
    book.save(file)
    assert grid(sheet_of(file.getvalue()).cells(0, None)) == [["2022-03-01", "2022-03-01 08:30:00"]]


def test_sheets_longer_than_a_block_come_back_whole() -> None:
    """The XML is read in pieces of a megabyte; cells at their edges are neither lost nor doubled."""
    drawn = random.Random(1)
    words = ["".join(drawn.choices(string.ascii_letters, k=drawn.randint(1, 40))) for _ in range(500)]
    table: list[list[str | float | bool | None]] = [
        [row, drawn.choice(words), row / 8, drawn.choice(words)] for row in range(15_000)
    ]
    for form in ("plain", "prefixed"):
        assert cells_of(sheet_of(raw(table, form))) == expected(table)


def test_a_damaged_copy_is_read_or_refused() -> None:
    """Bytes flipped, cut off or doubled, in the package and in its parts, never end in another error."""
    drawn = random.Random(7)
    sheet = worksheet('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>44621</v></c></row>')
    strings = shared("<t>Hội</t>")
    whole = package(sheet, strings=strings)
    for _ in range(300):
        if drawn.random() < 0.5:
            data = _damage(whole, drawn)
        else:
            bad = _damage(sheet.encode(), drawn).decode("latin-1")
            data = package(bad, strings=_damage(strings.encode(), drawn).decode("latin-1"))
        try:
            for source in open_xlsx(Content("a.xlsx", None, data)):
                source.head()
                source.whole_rows(source.cells(0, None).rows.tolist())
        except SangkienError:
            continue


def _damage(data: bytes, drawn: random.Random) -> bytes:
    at = drawn.randrange(len(data))
    match drawn.randrange(3):
        case 0:
            return data[:at] + bytes([drawn.randrange(256)]) + data[at + 1 :]
        case 1:
            return data[:at]
    return data[:at] + data[max(at - drawn.randrange(1, 60), 0) :]

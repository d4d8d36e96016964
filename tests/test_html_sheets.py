"""Web pages served as ".xls": what stands where on the sheet that is read, and which pages are refused."""

from __future__ import annotations

import contextlib
import random

import pytest

from sangkien_cli.errors import SangkienError
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.html import is_html, open_html
from sangkien_cli.sheets.source import FORMULA, Span


def read(page: str | bytes) -> Grid:
    data = page if isinstance(page, bytes) else page.encode()
    (grid,) = open_html(Content("trang.xls", None, data))
    return grid


def rows(page: str | bytes) -> list[list[str]]:
    return read(page).head()


def refusal(page: str | bytes) -> str:
    with pytest.raises(SangkienError) as caught:
        read(page)
    return caught.value.problems[0].what.key


def outcome(data: bytes) -> str:
    try:
        read(data)
    except SangkienError as error:
        return error.problems[0].what.key
    return "read"


PORTAL = """<html xmlns:x="urn:schemas-microsoft-com:office:excel">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><title>Bảng</title>
<!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>Sáng kiến</x:Name>
</x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook></xml><![endif]-->
<style><!-- .xl24 {mso-number-format:"\\@";} .ngay {mso-number-format:"dd\\/mm\\/yyyy";}
.ma{mso-number-format:"000000";}
--></style><script>document.write("<table><tr><td>x</td></tr></table>")</script></head><body>
<p>LIÊN ĐOÀN LAO ĐỘNG TỈNH</p><h2>Danh sách <b>sáng kiến</b></h2>
<TABLE BORDER=1><thead><TR><TH>Mã<TH>Tên<br>sáng kiến<TH>Ngày<tbody>
<tr><td class=xl24>000120<td>Cải&nbsp;tiến  <b>lò</b>\n &#273;&#7889;t<td class=ngay x:num=44621>01/03/2022
<tr style="display:none"><td class=ma x:num="7">000007</td><td x:str>5.091</td><td>
</TABLE></body></html>"""


def test_a_portals_page_is_read_with_titles_above_and_tags_unclosed() -> None:
    grid = read(PORTAL)
    assert grid.name == "Sáng kiến"
    assert grid.head() == [
        ["LIÊN ĐOÀN LAO ĐỘNG TỈNH"], ["Danh sách sáng kiến"], ["Mã", "Tên\nsáng kiến", "Ngày"],
        ["000120", "Cải\xa0tiến lò đốt", "2022-03-01"], ["7", "5.091"],
    ]  # fmt: skip
    assert grid.shown == {(5, 0): "000007"}
    assert grid.hidden_rows == {5}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_reads_the_same_in_every_unicode_encoding(encoding: str) -> None:
    data = PORTAL.encode(encoding)
    assert is_html(data[:4096])
    assert rows(data) == rows(PORTAL)


def test_windows_1258_is_read_where_the_page_says_so() -> None:
    table = "<table><tr><td>Đ\u00f4\u0323ng</td></tr></table>".encode("cp1258")
    assert rows(b"<meta charset=windows-1258>" + table) == [["Đ\u1ed9ng"]]
    assert refusal(b"<meta charset=utf-8>" + table) == "file.page_encoding"


def test_utf_8_is_read_whatever_the_page_declares() -> None:
    assert rows("<meta charset=iso-8859-1><table><tr><td>Thái Nguyên</td></tr></table>") == [["Thái Nguyên"]]


def test_tables_stand_one_below_another_with_blank_rows_as_in_excel() -> None:
    page = "<table><tr><td>a</table><br><table><tr></tr><tr><td>b</table>text<p>more</p>"
    assert rows(page) == [["a"], [], [], ["b"], ["text"], ["more"]]


def test_spans_are_merged_ranges_cut_at_the_tables_end() -> None:
    grid = read(
        "<table><tr><td rowspan=999999999>U<td colspan=2>K<tr><td>1<td>2<tr><td>3<td colspan=999999999>4</table>"
    )
    assert grid.head() == [["U", "K"], ["", "1", "2"], ["", "3", "4"]]
    assert grid.merged[:2] == [Span(1, 0, 3, 0), Span(1, 1, 1, 2)]
    assert grid.merged[2].right < 16_384


def test_a_data_table_inside_a_layout_table_is_found() -> None:
    page = """<table><tr><td>Menu</td><td>Kết quả:<table><tr><td>Mã<td>Tên<tr><td>1<td>A</table>cuối</td><td>z</td></tr>
    <tr><td>dưới</td></tr></table>"""
    assert rows(page) == [["Menu", "Kết quả:", "", "z"], ["", "Mã", "Tên"], ["", "1", "A"], ["", "cuối"], ["dưới"]]


def test_cells_that_state_their_value_and_formulas() -> None:
    grid = read(
        '<table><tr><td x:num="123.5">123,5<td x:err="#REF!">#REF!<td x:bool="TRUE">ĐÚNG'
        '<td>="00120"<td>=SUM(A1:A2)</table>'
    )
    assert grid.head() == [["123.5", "#REF!", "TRUE", "00120", FORMULA]]
    assert grid.flawed == {(1, 1): "#REF!", (1, 4): FORMULA}


def test_signs_in_text_and_attributes_are_no_tags() -> None:
    page = """<table><tr><td title="a>b" data-x='<td>'>1 < 2 & 3</td><td><!-- <td>no</td> -->x</td></tr>,</table>"""
    assert rows(page) == [[","], ["1 < 2 & 3", "x"]]


@pytest.mark.parametrize(
    ("page", "key"),
    [
        ("<html><body><h1>Phiên làm việc hết hạn</h1></body></html>", "file.no_table"),
        ("<html><table><tr><td>Mật khẩu<input type=password></table></html>", "file.no_table"),
        (
            "<html><head><link id=shLink href='a_files/sheet001.htm'></head><frameset></frameset></html>",
            "file.frameset",
        ),
        ("<html><body><table><tr><td>a</td></tr><tr><td>b", "file.cut_off"),
        ("<table><tr><td>a</td></tr><tr><td cla", "file.cut_off"),
        ("<table><tr><td>a</td></tr><!-- b", "file.cut_off"),
        ("<table><tr><td>" * 100, "file.damaged"),
        ("<table><tr>" + "<td>a" * 20_000 + "</table>", "file.damaged"),
    ],
)
def test_pages_that_are_refused(page: str, key: str) -> None:
    assert refusal(page) == key


@pytest.mark.parametrize(
    "page",
    [
        "<b>" * 300_000 + "<table><tr><td>a</table>",
        "<table><tr><td>a</table>" + '<a =">" ' * 100_000,
        "<table><tr><td>a</table>" + "<!--" * 300_000,
        "<table><tr><td>a</table>" + "<style></style" * 100_000,
        "<table><tr><td a=" + "x" * 3_000_000 + ">a</td></tr></table>",
        "<table>" * 200_000,
        "<table>" + "<tr><td rowspan=9999 colspan=1000>a" * 2_000 + "</table>",
        "<table><tr><td>&#" + "9" * 100_000 + ";</table>",
    ],
    ids=range(8),
)
def test_hostile_pages_end(page: str) -> None:
    with contextlib.suppress(SangkienError):
        read(page)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"\xef\xbb\xbf \r\n<!-- x --><!DOCTYPE html PUBLIC 'x'>\n<HTML>", True),
        (b"<?xml version='1.0'?><html>", True),
        (b"<table>", True),
        ("\ufeff<html>".encode("utf-16-le"), True),
        (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook>", False),
        (b"a,b\n<table>,2", False),
        (b"<5,6", False),
        (b"", False),
    ],
)
def test_a_web_page_is_known_by_its_beginning(start: bytes, expected: bool) -> None:
    assert is_html(start) is expected


def test_damaged_copies_are_read_or_refused() -> None:
    dice = random.Random(1)
    for _ in range(300):
        data = bytearray(PORTAL.encode())
        for _ in range(dice.randint(1, 6)):
            at, length = dice.randrange(len(data)), dice.randint(1, 40)
            match dice.randrange(4):
                case 0:
                    data[at] = dice.randrange(256)
                case 1:
                    del data[at : at + length]
                case 2:
                    data[at:at] = data[at : at + length]
                case _:
                    del data[max(at, 60) :]
        assert outcome(bytes(data)) != "file.recount"

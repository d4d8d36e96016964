"""Old Excel files (.xls): what of them is read, and what is refused.

Most are written with xlwt; what no program writes any more, record by record.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from struct import pack

import pytest
import xlwt

from sangkien_cli.errors import SangkienError
from sangkien_cli.lang import LANGUAGES, words
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.limits import Limits
from sangkien_cli.sheets.ole import SIGNATURE, contents, is_raw_biff
from sangkien_cli.sheets.source import FORMULA, Span
from sangkien_cli.sheets.xls import open_xls
from tests.plain import damage

_GLOBALS, _SHEET, _CHART = 0x05, 0x10, 0x20
_NUMBER, _LABEL, _FORMULA, _STRING, _BLANK, _SST, _LABELSST, _CONTINUE = 0x203, 0x204, 6, 0x207, 0x201, 0xFC, 0xFD, 0x3C


def _written(fill: Callable[[xlwt.Workbook], None]) -> bytes:
    book = xlwt.Workbook()
    fill(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _record(code: int, data: bytes = b"") -> bytes:
    return pack("<HH", code, len(data)) + data


def _bof(substream: int, version: int = 0x0600) -> bytes:
    return _record(0x809, pack("<HHHHII", version, substream, 0, 1997, 0, 6))


def _book(
    *sheets: bytes,
    general: bytes = b"",
    kinds: Sequence[int] = (),
    substreams: Sequence[int] = (),
    version: int = 0x0600,
) -> bytes:
    """A workbook's stream of records without a container; its sheets are called S0, S1, …"""
    kinds = kinds or [0] * len(sheets)
    substreams = substreams or [_SHEET] * len(sheets)
    bodies = [_bof(each, version) + body + _record(10) for each, body in zip(substreams, sheets, strict=True)]
    flag = b"\0" if version == 0x0600 else b""
    head = _bof(_GLOBALS, version) + general
    at = len(head) + len(sheets) * (12 + len(flag) + 1) + 4
    for number, (kind, body) in enumerate(zip(kinds, bodies, strict=True)):
        head += _record(0x85, pack("<iBB", at, 0, kind) + b"\x02" + flag + f"S{number}".encode())
        at += len(body)
    return head + _record(10) + b"".join(bodies)


def _number(row: int, column: int, value: float) -> bytes:
    return _record(_NUMBER, pack("<HHHd", row, column, 0, value))


def _label(row: int, column: int, text: str) -> bytes:
    return _record(_LABEL, pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def _formula(row: int, column: int, result: bytes) -> bytes:
    return _record(_FORMULA, pack("<HHH", row, column, 0) + result + pack("<HIH", 0, 0, 0))


_TEXT, _EMPTY = b"\0\0\0\0\0\0\xff\xff", b"\3\0\0\0\0\0\xff\xff"  # results of formulas


def _string(text: str) -> bytes:
    wide = text.encode("utf-16-le")
    return _record(_STRING, pack("<HB", len(wide) // 2, 1) + wide)


def _read(data: bytes, limits: Limits | None = None) -> list[Grid]:
    return open_xls(Content("a.xls", None, data, limits or Limits()))


def _refused(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(SangkienError) as caught:
        _read(data, limits)
    (problem,) = caught.value.problems
    for lang in LANGUAGES:
        assert words(problem.what, lang)
        assert problem.fix is not None
        assert words(problem.fix, lang)
    return problem.what.key


def test_a_sheet_comes_with_its_texts_numbers_dates_and_truth_values() -> None:
    def fill(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("Sáng kiến")
        for column, value in enumerate(["Đơn vị", 5.091, 120004, True, None, "Tổ hợp: e\u0302\u0301"]):
            sheet.write(2, column, value)
        sheet.write(3, 0, date(2022, 3, 1), xlwt.easyxf(num_format_str="dd/mm/yyyy"))
        sheet.write(3, 1, datetime(2022, 3, 1, 13, 30), xlwt.easyxf(num_format_str="dd/mm/yyyy hh:mm"))
        sheet.write(3, 2, 7, xlwt.easyxf(num_format_str="000000"))
        sheet.write(3, 3, 12, xlwt.easyxf(num_format_str='0" ngày"'))

    (grid,) = _read(_written(fill))
    assert (grid.name, grid.hidden, grid.nonblank) == ("Sáng kiến", False, 2)
    assert grid.whole_rows([1, 3, 4]) == {
        3: ["Đơn vị", "5.091", "120004", "TRUE", "", "Tổ hợp: ế"],
        4: ["2022-03-01", "2022-03-01 13:30:00", "7", "12"],
    }
    assert grid.shown == {(4, 3 - 1): "000007"}
    assert sorted(grid.cells(0, None).numbers) == [1, 2, 3]


def test_dates_of_the_1904_system_are_the_same_days() -> None:
    def fill(book: xlwt.Workbook) -> None:
        book.dates_1904 = True
        book.add_sheet("A").write(0, 0, date(2022, 3, 1), xlwt.easyxf(num_format_str="dd/mm/yyyy"))

    assert _read(_written(fill))[0].head() == [["2022-03-01"]]


def test_hidden_sheets_hidden_rows_and_merged_cells_are_said() -> None:
    def fill(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("A")
        sheet.write_merge(0, 0, 0, 3, "TIÊU ĐỀ")
        sheet.write_merge(2, 4, 1, 1, "LĐLĐ huyện Võ Nhai")
        sheet.write(3, 0, "x")
        sheet.row(3).hidden = True
        sheet.row(9).hidden = True
        book.add_sheet("B").visibility = 1
        book.add_sheet("C").visibility = 2

    grids = _read(_written(fill))
    assert [(grid.name, grid.hidden) for grid in grids] == [("A", False), ("B", True), ("C", True)]
    assert set(grids[0].merged) == {Span(1, 0, 1, 3), Span(3, 1, 5, 1)}
    assert grids[0].hidden_rows == {4}  # row 10 holds nothing


def test_charts_macros_and_dialogs_are_no_sheets() -> None:
    dialog = _record(0x81, pack("<H", 0x10)) + _number(0, 0, 1)
    sheets = [_number(0, 0, 1), _number(1, 0, 2), dialog, _number(2, 0, 3)]
    grids = _read(_book(*sheets, kinds=[0, 2, 0, 0], substreams=[_SHEET, _CHART, _SHEET, _SHEET]))
    assert [(grid.name, grid.last_row) for grid in grids] == [("S0", 1), ("S3", 3)]


def test_a_chart_within_a_sheet_adds_no_cells() -> None:
    chart = _bof(_CHART) + _number(5, 0, 99) + _record(10)
    (grid,) = _read(_book(_number(0, 0, 1) + chart + _number(1, 0, 2)))
    assert grid.head() == [["1"], ["2"]]


def test_error_values_keep_their_place() -> None:
    errors = [0x17, 0x2A, 0x0F, 0x07, 0x1D, 0x00, 0x24]
    cells = b"".join(_record(0x205, pack("<HHHBB", 0, column, 0, code, 1)) for column, code in enumerate(errors))
    (grid,) = _read(_book(cells + _formula(1, 0, b"\2\0\x17\0\0\0\xff\xff") + _number(2, 0, float("nan"))))
    held = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"]
    assert grid.head() == [held, ["#REF!"], ["#NUM!"]]
    assert grid.flawed[1, 0] == "#REF!"
    assert grid.nonblank == 3


def test_results_of_formulas_are_read() -> None:
    cells = (
        _formula(0, 0, pack("<d", 2.5))
        + _formula(1, 0, _TEXT)
        + _string("Đạt 😀")  # a character of two halves
        + _formula(2, 0, b"\1\0\1\0\0\0\xff\xff")
        + _formula(3, 0, _EMPTY)
    )
    (grid,) = _read(_book(cells))
    assert grid.head() == [["2.5"], ["Đạt 😀"], ["TRUE"]]
    assert (grid.nonblank, grid.flawed) == (3, {})


def test_a_long_result_of_a_formula_is_read_whole() -> None:
    text = "Sáng kiến " * 1000
    wide = text.encode("utf-16-le")
    string = _record(_STRING, pack("<HB", len(text), 1) + wide[:8000]) + b"".join(
        _record(_CONTINUE, b"\1" + wide[begin : begin + 8000]) for begin in range(8000, len(wide), 8000)
    )
    assert _read(_book(_formula(0, 0, _TEXT) + string))[0].head() == [[text]]


def test_a_formula_whose_text_is_missing_is_told_from_a_blank() -> None:
    (grid,) = _read(_book(_formula(0, 0, _TEXT) + _number(1, 0, 1) + _formula(2, 1, _TEXT)))
    assert grid.flawed == {(1, 0): FORMULA, (3, 1): FORMULA}
    assert grid.nonblank == 3


def test_a_workbook_that_nobody_calculated_says_so_in_every_formula() -> None:
    def fill(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("A")
        sheet.write(0, 0, "x")
        sheet.write(1, 0, xlwt.Formula('"a"&"b"'))

    (grid,) = _read(_written(fill))
    assert grid.flawed == {(2, 0): FORMULA}
    assert grid.nonblank == 2


def test_formulas_that_mean_a_blank_are_blank_in_a_calculated_workbook() -> None:
    (grid,) = _read(_book(_formula(0, 0, _EMPTY) + _formula(1, 0, pack("<d", 1.0))))
    assert (grid.nonblank, grid.flawed) == (1, {})
    (grid,) = _read(_book(_formula(0, 0, _EMPTY), general=_record(0x1C1, bytes(8))))
    assert (grid.nonblank, grid.flawed) == (0, {})


def test_blank_rows_do_not_count_whatever_their_format() -> None:
    def fill(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("A")
        style = xlwt.easyxf("borders: left thin")
        sheet.write(0, 0, "x")
        for row in range(1, 2000):
            sheet.write(row, 0, None, style)
            sheet.write(row, 1, "", style)
        sheet.write(2000, 5, "\u00a0 \t")
        sheet.write(2001, 5, "y")

    (grid,) = _read(_written(fill))
    assert (grid.nonblank, grid.last_row) == (2, 2002)


def test_of_a_cell_stored_twice_the_last_counts() -> None:
    blank = _record(_BLANK, pack("<HHH", 1, 0, 0))
    (grid,) = _read(_book(_label(0, 0, "a") + _label(0, 0, "b") + _label(1, 0, "c") + blank))
    assert grid.head() == [["b"]]


def test_shared_texts_may_change_their_width_where_a_record_ends() -> None:
    first = pack("<II", 2, 9) + pack("<HB", 6, 1) + "Đồng".encode("utf-16-le")
    rest = b"\0" + b" H" + pack("<HB", 2, 0) + b"  "
    labels = b"".join(_record(_LABELSST, pack("<HHHI", row, 0, 0, row)) for row in range(2))
    (grid,) = _read(_book(labels, general=_record(_SST, first) + _record(_CONTINUE) + _record(_CONTINUE, rest)))
    assert grid.head() == [["Đồng H"]]  # the second is blank; nine were announced
    missing = _record(_LABELSST, pack("<HHHI", 0, 0, 0, 5))
    assert _refused(_book(missing, general=_record(_SST, first) + _record(_CONTINUE, rest))) == "file.damaged"


def test_excel_95_text_is_read_by_its_code_page_and_composed() -> None:
    text = "Thái Nguyên hơ\u0323p lê\u0323".encode("cp1258")
    label = _record(_LABEL, pack("<HHHH", 0, 0, 0, len(text)) + text)
    codepage = _record(0x42, pack("<H", 1258))
    (grid,) = _read(_book(label, general=codepage, version=0x0500))
    assert grid.head() == [["Thái Nguyên hợp lệ"]]


def test_excel_95_text_without_a_code_page_is_not_guessed() -> None:
    def label(text: bytes) -> bytes:
        return _record(_LABEL, pack("<HHHH", 0, 0, 0, len(text)) + text)

    assert _refused(_book(label(b"S\xe1ng ki\xeaN"), version=0x0500)) == "file.xls_codepage"
    assert _read(_book(label(b"SK-001"), version=0x0500))[0].head() == [["SK-001"]]


def test_excel_2_and_3_files_are_read() -> None:
    second = _record(0x09, pack("<HH", 0, _SHEET)) + _record(0x04, pack("<HH3sB", 1, 0, b"\0\0\0", 2) + b"SK")
    second += _record(0x03, pack("<HH3sd", 1, 1, b"\0\0\0", 2.5)) + _record(0x02, pack("<HH3sH", 2, 1, b"\0\0\0", 7))
    (grid,) = _read(second + _record(10))
    assert grid.whole_rows([2, 3]) == {2: ["SK", "2.5"], 3: ["", "7"]}
    third = _record(0x209, pack("<HHH", 0, _SHEET, 0)) + _record(0x204, pack("<HHHH", 0, 0, 0, 2) + b"SK")
    assert _read(third + _number(1, 0, 4) + _record(10))[0].head() == [["SK"], ["4"]]


def test_the_sheets_of_an_excel_4_workbook_are_read() -> None:
    def sheet(name: bytes, value: float) -> bytes:
        body = _record(0x409, pack("<HHH", 0, _SHEET, 0)) + _number(0, 0, value) + _record(10)
        return _record(0x8F, pack("<IB", len(body), len(name)) + name) + body

    stream = _record(0x409, pack("<HHH", 0, 0x100, 0)) + _record(0x42, pack("<H", 1258))
    grids = _read(stream + sheet(b"Quy I", 1) + sheet(b"Qu\xe1n II", 2) + _record(10))
    assert [(grid.name, grid.head()) for grid in grids] == [("Quy I", [["1"]]), ("Quán II", [["2"]])]


def test_damage_outside_of_the_cells_does_no_harm() -> None:
    drawing, name, note = _record(0xEC, b"\xff" * 9), _record(0x18, b"\xff" * 20), _record(0x1C, b"\xff")
    (grid,) = _read(_book(drawing + _number(0, 0, 1) + note + _record(0x1B0, b"?"), general=name + _record(0x92, b"?")))
    assert grid.head() == [["1"]]


@pytest.mark.parametrize(
    "data",
    [
        _book(_number(0, 0, 1))[:-4],  # the end is missing
        _book(_number(0, 0, 1))[:-10],
        _book(_number(0, 300, 1)),  # right of the last column
        _book(_record(0xBD, pack("<HHHIH", 0, 0, 0, 2, 9))),  # ten numbers announced, one there
        _book(_record(_FORMULA, b"\0" * 5)),
        _book(_number(0, 0, 1), kinds=[2]),  # the list says chart, the sheet says sheet
        _book(_number(0, 0, 1), substreams=[_CHART]),
        _book(general=_record(0x85, pack("<iBB", 99999, 0, 0) + b"\1\0a")),  # points behind the end
        _book(general=_record(0x85, pack("<iBB", -5, 0, 0) + b"\1\0a")),
        SIGNATURE + b"\0" * 600,
        SIGNATURE,
        b"",
    ],
)
def test_a_damaged_file_is_refused(data: bytes) -> None:
    assert _refused(data) == "file.damaged"


def test_sheets_that_share_their_records_are_refused() -> None:
    stream = bytearray(_book(_number(0, 0, 1), _number(0, 0, 2)))
    entry = _bof(_GLOBALS)
    first = len(entry) + 4
    second = first + 4 + 9
    stream[second : second + 4] = stream[first : first + 4]
    assert _refused(bytes(stream)) == "file.damaged"


def test_rows_that_the_library_loses_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    import xlrd.sheet

    put = xlrd.sheet.Sheet.put_cell_ragged

    def forgetful(sheet: object, row: int, *cell: object) -> None:
        if row != 2:
            put(sheet, row, *cell)

    monkeypatch.setattr(xlrd.sheet.Sheet, "put_cell_ragged", forgetful)
    assert _refused(_book(b"".join(_number(row, 0, 1) for row in range(5)))) == "file.recount"


def test_limits_hold() -> None:
    stray = _book(_number(0, 0, 1) + _number(65535, 255, 1))
    assert _refused(stray, Limits(cells=1_000_000)) == "file.too_wide"
    assert _read(stray)[0].nonblank == 2
    edge = _book(b"".join(_number(row, 255, 1) for row in range(40_000)))
    assert _refused(edge) == "file.too_wide"
    assert _read(edge, Limits(cells=100_000_000))[0].nonblank == 40_000
    merged = _record(0xE5, pack("<HHHHH", 1, 0, 65535, 0, 3))
    assert _refused(_book(*[merged] * 5), Limits(seconds=0)) == "limit.seconds"
    formats = _record(0xE0, bytes(20)) * 20_001
    assert _refused(_book(b"", general=formats)) == "file.damaged"


def test_what_a_container_holds_is_known_by_its_streams(tmp_path: Path) -> None:
    data = _written(lambda book: book.add_sheet("A").write(0, 0, "x"))
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert contents(Content("a.xls", path)) == "workbook"
    assert contents(Content("a.xls", None, _book(_number(0, 0, 1)))) == "workbook"
    assert contents(Content("a.csv", None, "Mã;Tên\n".encode())) == "other"
    document = data.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))
    assert contents(Content("a.doc", None, document)) == "other"
    assert not is_raw_biff(b"\t\0")
    assert not is_raw_biff("\tMã\tTên".encode("utf-16-le"))


def test_damaged_copies_are_read_or_refused() -> None:
    def fill(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("A")
        for row in range(12):
            for column, value in enumerate([f"SK-{row:03}", "LĐLĐ huyện Đồng Hỷ", row * 1.5, True, date(2022, 3, 1)]):
                sheet.write(row, column, value)
        sheet.write(12, 0, xlwt.Formula("SUM(C1:C12)"))
        sheet.write_merge(13, 14, 0, 2, "Cộng")

    rng = random.Random(7)
    whole = _written(fill)
    originals = [whole, _book(_label(0, 0, "a") + _formula(1, 0, _TEXT) + _string("b") + _number(2, 0, 1))]
    for _ in range(300):
        copy = damage(rng.choice(originals), rng)
        try:
            grids = _read(copy)
        except SangkienError as refusal:
            assert refusal.problems  # noqa: PT017 – either is right
        else:
            assert all(grid.nonblank <= grid.last_row for grid in grids)

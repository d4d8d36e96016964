"""CSV in the dialects that exporters and Excel write, sound and damaged."""

from __future__ import annotations

import contextlib
import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sangkien_cli.errors import SangkienError, show_problems
from sangkien_cli.lang import words
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.csv import CsvSource, open_csv
from sangkien_cli.sheets.limits import Limits
from tests.plain import csv_bytes

HEADER = ["Mã sáng kiến", "Đơn vị", "Ngày gửi"]
GOOD = ["SK1", "X", "01/02/2022"]


def ways(text: str | bytes, limits: Limits | None = None) -> list[CsvSource]:
    """The ways of reading a text."""
    data = text.encode() if isinstance(text, str) else text
    return open_csv(Content("a.csv", None, data, limits or Limits()))


def rows_of(source: CsvSource, header_row: int = 1) -> dict[int, list[str]]:
    """The rows below the header, by number."""
    cells = source.cells(header_row, None)
    return {int(row): [column[i].as_py() for column in cells.columns] for i, row in enumerate(cells.rows)}


def broken(text: str, header_row: int = 1) -> dict[int, str]:
    """The broken rows."""
    return dict(ways(text)[0].cells(header_row, None).broken)


def refusal(text: str | bytes, limits: Limits | None = None) -> str:
    """What the program says of a text that it refuses."""
    with pytest.raises(SangkienError) as refused:
        _read(text, limits)
    assert show_problems(refused.value.problems, "vi")
    return show_problems(refused.value.problems, "en")


def _read(text: str | bytes, limits: Limits | None) -> None:
    source = ways(text, limits)[0]
    source.head()
    source.cells(1, None)


# --- delimiters -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("on_disk", [False, True])
def test_each_delimiter_and_line_end(folder: Path, newline: str, delimiter: str, on_disk: bool) -> None:
    table = [["DANH SÁCH, có ; dấu"], [], HEADER, GOOD, ["SK2", 'Lạ; "Y",\r\nZ|\t', "02/02/2022"]]
    data = csv_bytes(table, delimiter, newline, bom=True)
    Path("a.csv").write_bytes(data)
    source = open_csv(Content("a.csv", Path("a.csv")))[0] if on_disk else ways(data)[0]
    assert source.delimiter == delimiter
    assert source.encoding == "utf-8-bom"
    assert source.head()[2] == HEADER
    assert rows_of(source, 3) == {4: GOOD, 5: table[4]}
    assert source.whole_rows([1, 2, 5, 9]) == {1: table[0], 2: [], 5: table[4], 9: []}


@pytest.mark.parametrize(
    ("delimiter", "text"),
    [
        (";", "Tên;Số\nA;1,5\nB;2,5\nC;3,5\n"),  # decimal commas in every row but the header
        (";", "Đơn vị;Số;Tiền\n" + "X;1;1.234,5\n" * 50),
        (",", "Mã,Tên\n" + "".join(f'{i},"a;b;c;d"\n' for i in range(50))),  # lists in one column
        (",", "CÔNG ĐOÀN; TỈNH; A; B\nMã,Tên\n1,x\n2,y\n"),  # the first line is no table
        ("\t", "Mã\tTên\n1\ta, b; c\n2\tx, y\n"),
        ("|", "Mã|Tên, họ\n1|a\n2|b, c\n"),
        (",", "Mã\n1\n2\n"),  # none at all
        (";", "a,b\n" * 3 + "Mã;Tên;Số\n" + "1;x;5\n" * 100),  # three lines of another kind
    ],
)  # fmt: skip
def test_the_delimiter_is_decided_over_the_whole_file(delimiter: str, text: str) -> None:
    found = ways(text)
    assert found[0].delimiter == delimiter
    assert sorted(way.delimiter for way in found) == sorted(",;\t|")
    assert all(words(way.delimiter_reason, lang) for way in found for lang in ("vi", "en"))


def test_a_large_file_is_weighed_beyond_its_start() -> None:
    """Ten megabytes whose first lines would fit a comma better."""
    top = "".join(f"ghi chú, số {i}, kèm theo\n" for i in range(200))
    text = top + "Mã;Đơn vị;Ngày;Số\n" + "".join(f"SK{i};Công đoàn X;01/02/2022;1,5\n" for i in range(300_000))
    assert ways(text)[0].delimiter == ";"


@pytest.mark.parametrize("sep", ["sep=;", '"sep=;"', "SEP=;"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_excel_s_sep_line_fixes_the_delimiter_and_is_no_row(sep: str, bom: bytes) -> None:
    text = bom + f"{sep}\r\na,b;c,d\r\n1,2;3,4\r\n".encode()
    (source,) = ways(text)
    assert source.delimiter == ";"
    assert source.head()[0] == ["a,b", "c,d"]
    assert rows_of(source) == {2: ["1,2", "3,4"]}


def test_a_sep_line_with_a_sign_of_its_own() -> None:
    (source,) = ways("sep=^\na^b\n1^2\n")
    assert rows_of(source) == {2: ["1", "2"]}


# --- records that do not fit ------------------------------------------------------------------------------------


def test_a_record_that_does_not_fit_is_broken_by_itself() -> None:
    text = "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1\n\n1,2,3,,\n1,2,3\nNgười lập biểu\n"
    (found, *_) = ways(text)
    assert rows_of(found)[7] == ["1", "2", "3"]  # blanks too many are no cells
    assert found.cells(1, None).broken == {
        3: "2 fields instead of 3",
        4: "4 fields instead of 3",
        5: "1 fields instead of 3",
        9: "1 fields instead of 3",
    }
    assert found.whole_rows([3, 4, 9]) == {3: ["1", "2"], 4: ["1", "2", "3", "4"], 9: ["Người lập biểu"]}


def test_columns_without_a_header_need_not_be_there() -> None:
    assert broken("TIÊU ĐỀ\na,b,c,,\n1,2,3\n1,2,3,,\n1,2,3,x,\n1,2\n", 2) == {6: "2 fields instead of 5"}


def test_a_group_header_above_counts_as_a_header() -> None:
    assert broken("Mã,Kết quả,,Ghi chú\n,Hợp lệ,Số,\n1,2,3\n", 2) == {3: "3 fields instead of 4"}


def test_without_a_header_nothing_is_broken() -> None:
    text = "TIÊU ĐỀ\n\na,b,c\n1,2\n1,2,3,4\n"
    (found, *_) = ways(text)
    cells = found.cells(0, None)
    assert not cells.broken
    assert cells.nonblank == 4
    assert rows_of(found, 0) == {
        1: ["TIÊU ĐỀ", "", "", ""],
        2: ["", "", "", ""],
        3: ["a", "b", "c", ""],
        4: ["1", "2", "", ""],
        5: ["1", "2", "3", "4"],
    }


@pytest.mark.parametrize("text", ["a,b\n1,2\n3,4\n", "a,b\n1,2\n,\n3,4\n\n\n", "\n\na,b\n3,4"])
def test_rows_that_hold_anything_are_counted(text: str) -> None:
    expected = sum(any(record) for record in csv.reader(io.StringIO(text)))
    for header in (0, 1):
        assert ways(text)[0].cells(header, None).nonblank == expected
        assert ways(text)[0].cells(header, [0]).nonblank is None


def test_columns_may_be_asked_for_in_any_order_or_not_at_all() -> None:
    source = ways("a,b,c\n1,2,3\n4,5,6\n")[0]
    cells = source.cells(1, [2, 0], plain=[0])
    assert [column.to_pylist() for column in cells.columns] == [["3", "6"], ["1", "4"]]
    assert source.cells(1, []).rows.tolist() == [2, 3]


# --- quotes -----------------------------------------------------------------------------------------------------


def test_a_record_with_line_breaks_in_quotes_is_one_row() -> None:
    text = 'a,b,c\n"1\n1",x,3\n2,"y\r\n\r\ny",3\n3,z,"4\n5"\n4,"say ""hi"", ok",3\n5,5" pipe,3\n'
    found = rows_of(ways(text)[0])
    assert list(found) == [2, 3, 4, 5, 6]
    assert found[2] == ["1\n1", "x", "3"]
    assert found[3] == ["2", "y\r\n\r\ny", "3"]
    assert found[5][1] == 'say "hi", ok'
    assert found[6][1] == '5" pipe'
    assert ways(text)[0].whole_rows([3]) == {3: ["2", "y\r\n\r\ny", "3"]}


LINES = [f"SK{i},Đơn vị {i % 3},0{i}/02/2022" for i in range(1, 9)]


@pytest.mark.parametrize("apart", [1, 2, 3, 5])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_two_stray_quotes_swallow_no_row_between_them(apart: int, column: int) -> None:
    opened, closed = LINES[1].split(","), LINES[1 + apart].split(",")
    opened[column] = f'"{opened[column]}'
    closed[column] = f'{closed[column]}"'
    lines = list(LINES)
    lines[1], lines[1 + apart] = ",".join(opened), ",".join(closed)
    source = ways("\n".join(["a,b,c", *lines, ""]))[0]
    assert source.cells(1, None).broken == {3: "unclosed quote"}
    found = rows_of(source)
    assert list(found) == list(range(2, 10))
    assert all(found[i + 2] == line.split(",") for i, line in enumerate(lines) if i not in (1, 1 + apart))
    assert source.whole_rows([3])[3][0].startswith("SK2")


def test_lists_inside_a_cell_are_no_records() -> None:
    """Their lines have as many fields as the sheet has columns, but look like no row of it."""
    people = '"Đ/c An, Bình, Cường\nĐ/c Dũng, Em, Giang"'
    for column in range(3):
        for more in ("", "Người lập biểu\n"):
            fields = ["SK0", "Đơn vị", "09/02/2022"]
            fields[column] = people
            text = "\n".join(["a,b,c", *LINES, ",".join(fields), *LINES, more])
            source = ways(text)[0]
            assert rows_of(source)[10][column] == people.strip('"')
            assert set(source.cells(1, None).broken.values()) == ({"1 fields instead of 3"} if more else set())
            assert len(source.cells(1, None).rows) == 17 + bool(more)


def test_a_long_list_inside_a_cell_is_one_cell() -> None:
    lines = "\n".join(f"- nhóm {i}, tổ {i}, xưởng" for i in range(20))
    source = ways("\n".join(["a,b,c", *LINES * 20, f'SK9,X,"{lines}"', *LINES, ""]))[0]
    assert source.cells(1, None).broken == {}
    assert rows_of(source)[162] == ["SK9", "X", lines]


def test_a_quote_open_to_the_end_breaks_one_line() -> None:
    text = "\n".join(["a,b,c", *LINES[:3], 'SK9,"X,01/02/2022', *LINES[3:], ""])
    source = ways(text)[0]
    assert source.cells(1, None).broken == {5: "unclosed quote"}
    assert source.whole_rows([5, 6]) == {5: ["SK9", "X,01/02/2022\n"], 6: LINES[3].split(",")}


def test_a_quote_open_in_a_title_does_not_hide_the_header() -> None:
    text = "\n".join(['"(Kèm theo', "a,b,c", *LINES * 40, ""])
    source = ways(text)[0]
    assert source.head()[1] == ["a", "b", "c"]
    assert list(rows_of(source, 2)) == list(range(3, 3 + 320))


FIELD = st.text(st.sampled_from('a1 ,;"\n\r\tđ'), max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_way_of_reading_loses_a_record(data: st.DataObject) -> None:
    """Any records, of one width or not, as a CSV writer writes them: all are there when nothing is known of them."""
    records = data.draw(st.lists(st.lists(FIELD, min_size=1, max_size=4), min_size=1, max_size=6))
    delimiter = data.draw(st.sampled_from([",", ";", "\t", "|"]))
    content = csv_bytes(records, delimiter, data.draw(st.sampled_from(["\n", "\r\n", "\r"])))
    if not content.strip():
        return
    source = next(way for way in ways(content) if way.delimiter == delimiter)
    found = rows_of(source, 0)
    width = max(map(len, records))
    expected = {i: [*r, *[""] * (width - len(r))] for i, r in enumerate(records, start=1)}
    filled = [number for number, record in expected.items() if any(map(str.strip, record))]
    assert {number: record for number, record in found.items() if number in filled} == {
        number: expected[number] for number in filled
    }
    assert source.cells(0, None).nonblank == len(filled)


# --- bounds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n\n", " \t\r\n", "\ufeff", "\ufeff\n"])
def test_an_empty_text_is_refused(text: str) -> None:
    assert "empty" in refusal(text)


def test_a_row_with_more_columns_than_excel_has_is_refused() -> None:
    assert "columns" in refusal("a," * 20_000 + "\n1,2\n")
    assert "columns" in refusal("," * 5_000_000)


def test_a_line_without_end_is_refused() -> None:
    assert "longer than" in refusal('"' * 40_000_000)


@pytest.mark.parametrize("blank", ["\n", ",\n", " , \r\n", "\r", ",", '""\n'])
@pytest.mark.parametrize("last", ["1,2", "1,"])
def test_blank_lines_at_the_end_are_no_rows(blank: str, last: str) -> None:
    source = ways(f"a,b\n1,2\n\n{last}\n" + blank * (1 if blank == "," else 200_000))[0]
    assert source.cells(1, [0]).rows.tolist() == [2, 3, 4]
    assert source.cells(1, None).nonblank == 3
    assert [column.to_pylist() for column in source.cells(1, None).columns] == [["1", "", "1"], ["2", "", last[2:]]]


def test_a_header_in_two_rows_of_which_the_second_is_shorter() -> None:
    source = ways("Mã,Kết quả,,Ghi chú\n,Hợp lệ,Số\n1,2,3,4\n1,2\n")[0]
    cells = source.cells(2, [0, 3])
    assert [column.to_pylist() for column in cells.columns] == [["1", ""], ["4", ""]]
    assert cells.broken == {4: "2 fields instead of 4"}


def test_a_rectangle_beyond_the_limit_is_refused() -> None:
    text = "a,b,c\n" + "1,2,3\n" * 3000 + "1,2\n"
    assert "--limit cells=" in refusal(text, Limits(cells=5000))


def test_damaged_files_are_read_or_refused() -> None:
    chance = random.Random(5)
    base = csv_bytes([HEADER, *([f"SK{i}", 'X, "Y"\nZ', "01/02/2022"] for i in range(30))])
    for _ in range(300):
        data = bytearray(base)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randrange(40)]
                case 2:
                    data[at:at] = data[at : at + chance.randrange(60)]
                case _:
                    data[at:at] = chance.choice([b'"', b",", b"\n", b"\r", b";", b"\0"])
            data = data or bytearray(b"x")
        _read_every_way(bytes(data))


def _read_every_way(data: bytes) -> None:
    with contextlib.suppress(SangkienError):
        for source in ways(data):
            head = source.head()
            for header in range(min(len(head), 2) + 1):
                cells = source.cells(header, None)
                numbers: list[int] = cells.rows.tolist()
                assert numbers == list(range(header + 1, header + 1 + len(numbers)))
                whole = source.whole_rows(numbers)
                for i, number in enumerate(numbers):
                    if number not in cells.broken:
                        row = [column[i].as_py() for column in cells.columns]
                        assert _filled(row) == _filled(whole[number])


def _filled(fields: Sequence[str]) -> list[str]:
    return [field for field in fields if field.strip()]

"""What the reader makes of Excel's binary workbooks: cells, styles, sheets, damaged files, the second count."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Mapping, Sequence

import pytest

from sangkien_cli.errors import SangkienError, show_problems
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.grid import Grid
from sangkien_cli.sheets.limits import Limits
from sangkien_cli.sheets.package import open_package
from sangkien_cli.sheets.source import Span
from sangkien_cli.sheets.xlsb import is_xlsb, open_xlsb
from sangkien_cli.sheets.xlsb_records import count_rows, records

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BEGIN, _END = 145, 146


def record(kind: int, payload: bytes = b"") -> bytes:
    """A record with its kind and length in front."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size = len(payload)
    while True:
        head += bytes([size & 127 | (128 if size > 127 else 0)])
        size >>= 7
        if not size:
            return head + payload


def wide(text: str) -> bytes:
    """A text with its length in front."""
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    """A row, counted from 1."""
    flags = bytes([0, 0x10 if hidden else 0, 0])
    return record(0, struct.pack("<IIH", number - 1, 0, 300) + flags + bytes(4)) + b"".join(cells)


def cell(kind: int, column: int, value: bytes = b"", style: int = 0) -> bytes:
    """A cell of a kind, by the number of its record."""
    return record(kind, struct.pack("<II", column, style) + value)


def text(column: int, value: str) -> bytes:
    """A cell with a text of its own."""
    return cell(6, column, wide(value))


def number(column: int, value: float, style: int = 0) -> bytes:
    """A cell with a number."""
    return cell(5, column, struct.pack("<d", value), style)


def sheet(*rows: bytes, behind: bytes = b"") -> bytes:
    """A sheet's part."""
    return record(129) + record(_BEGIN) + b"".join(rows) + record(_END) + behind + record(130)


def relations(*targets: tuple[str, str, str]) -> str:
    """The XML that says what a part points to."""
    inside = "".join(f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for name, kind, to in targets)
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )


def workbook(
    sheets: Mapping[str, bytes],
    *,
    states: Sequence[int] = (),
    kinds: Sequence[str] = (),
    strings: Sequence[str] | None = None,
    formats: Sequence[tuple[int, str | None]] = (),
    epoch_1904: bool = False,
) -> bytes:
    """A workbook of sheets by name; `formats` are the numbers and codes of the cell styles."""
    listed = record(153, struct.pack("<II", int(epoch_1904), 0))
    targets = []
    parts: dict[str, bytes | str] = {"_rels/.rels": relations(("r", "officeDocument", "xl/workbook.bin"))}
    for index, (name, part) in enumerate(sheets.items()):
        state = states[index] if states else 0
        listed += record(156, struct.pack("<II", state, index + 1) + wide(f"r{index}") + wide(name))
        targets.append((f"r{index}", kinds[index] if kinds else "worksheet", f"sheets/{index}.bin"))
        parts[f"xl/sheets/{index}.bin"] = part
    if strings is not None:
        targets.append(("s", "sharedStrings", "sharedStrings.bin"))
        # The header's counts are wrong on purpose: nobody may trust them.
        items = b"".join(record(19, b"\0" + wide(each)) for each in strings)
        parts["xl/sharedStrings.bin"] = record(159, struct.pack("<II", 2**31, 2**31)) + items + record(160)
    if formats:
        targets.append(("f", "styles", "styles.bin"))
        codes = b"".join(record(44, struct.pack("<H", n) + wide(code)) for n, code in formats if code is not None)
        styles = b"".join(record(47, struct.pack("<HH", 0xFFFF, n) + bytes(12)) for n, _ in formats)
        # Styles that have a name come first, and cells do not point to them.
        named = record(626) + record(47, struct.pack("<HH", 0xFFFF, 14) + bytes(12)) + record(627)
        parts["xl/styles.bin"] = record(615) + codes + record(616) + named + record(617) + styles + record(618)
    parts["xl/workbook.bin"] = record(131) + listed + record(132)
    parts["xl/_rels/workbook.bin.rels"] = relations(*targets)
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return into.getvalue()


def read(data: bytes, **limits: int) -> list[Grid]:
    """The sheets of a workbook."""
    return open_xlsb(Content("x.xlsb", None, data, Limits(**limits)))


def rows(grid: Grid) -> dict[int, list[str]]:
    """The rows that hold anything."""
    return {at: cells for at, cells in grid.whole_rows(range(1, grid.last_row + 1)).items() if cells}


def told(data: bytes, **limits: int) -> str:
    """What is said of a workbook that is refused."""
    with pytest.raises(SangkienError) as refused:
        read(data, **limits)
    assert show_problems(refused.value.problems, "vi")
    return show_problems(refused.value.problems, "en")


def test_every_kind_of_cell_is_read_under_its_row_number() -> None:
    """Texts, numbers, truth values and results of formulas stand where Excel shows them; blank cells are nothing."""
    part = sheet(
        row(3, text(0, "Mã"), cell(7, 2, struct.pack("<I", 1)), cell(62, 3, b"\1" + wide("đậm") + bytes(8))),
        row(4, cell(1, 0), cell(4, 1, b"\1"), cell(4, 2, b"\0"), cell(2, 3, struct.pack("<i", 7 << 2 | 2))),
        row(5, number(0, 5.091), cell(2, 1, struct.pack("<i", 509 << 2 | 3)), cell(2, 2, b"\0\0\xf8\x3f")),
        row(6, cell(8, 0, wide("từ công thức") + bytes(6)), cell(9, 1, struct.pack("<d", 2.0) + bytes(6))),
        row(7, cell(10, 0, b"\1" + bytes(6)), cell(2, 1, struct.pack("<i", -3 << 2 | 2))),
        row(9, cell(1, 0), text(1, "  ")),
    )
    (grid,) = read(workbook({"Dữ liệu": part}, strings=["không", "Đơn vị"]))
    assert (grid.name, grid.hidden, grid.nonblank) == ("Dữ liệu", False, 5)
    assert rows(grid) == {
        3: ["Mã", "", "Đơn vị", "đậm"],
        4: ["", "TRUE", "FALSE", "7"],
        5: ["5.091", "5.09", "1.5"],
        6: ["từ công thức", "2"],
        7: ["TRUE", "-3"],
    }
    assert grid.cells(4, [0]).numbers[0].tolist() == [True, False, False]


def test_a_cell_without_a_column_stands_right_of_the_one_before() -> None:
    """Short cells save their column."""
    short = record(18, struct.pack("<II", 0, 0)) + record(12, bytes(4)) + record(16, struct.pack("<Id", 0, 8.0))
    (grid,) = read(workbook({"S": sheet(row(1, text(2, "a"), short))}, strings=["b"]))
    assert rows(grid) == {1: ["", "", "a", "b", "", "8"]}


def test_errors_and_results_that_are_no_numbers_are_flawed_cells() -> None:
    """A row of errors only is a row, too."""
    part = sheet(
        row(1, cell(3, 0, b"\x17"), cell(11, 1, b"\x2a" + bytes(6)), cell(3, 2, b"\x99")),
        row(2, number(0, float("nan")), cell(9, 1, struct.pack("<d", float("inf")) + bytes(6))),
    )
    (grid,) = read(workbook({"S": part}))
    assert grid.flawed == {(1, 0): "#REF!", (1, 1): "#N/A", (1, 2): "#ERROR!", (2, 0): "#NUM!", (2, 1): "formula"}
    assert grid.nonblank == 2


@pytest.mark.parametrize(("epoch_1904", "day"), [(False, "2022-03-01"), (True, "2026-03-02")])
def test_a_number_is_a_date_where_its_format_shows_one(epoch_1904: bool, day: str) -> None:
    """Built-in and own formats, in both of Excel's calendars; a code keeps the zeros of its format."""
    formats = [(0, None), (14, None), (164, "dd/mm/yyyy"), (165, "000000")]
    part = sheet(row(1, number(0, 44621), number(1, 44621, 1), number(2, 44621, 2), number(3, 7, 3), number(4, 7, 99)))
    (grid,) = read(workbook({"S": part}, formats=formats, epoch_1904=epoch_1904))
    assert rows(grid) == {1: ["44621", day, day, "7", "7"]}
    assert grid.shown == {(1, 3): "000007"}


def test_hidden_sheets_rows_and_merges_are_known() -> None:
    """Sheets of charts and macros hold no rows to count."""
    part = sheet(
        row(1, text(0, "a")), row(2, text(0, "b"), hidden=True), behind=record(176, struct.pack("<IIII", 0, 1, 0, 3))
    )
    data = workbook(
        {"A": part, "B": sheet(row(1, text(0, "x"))), "C": b"", "D": sheet()},
        states=[0, 2, 0, 1],
        kinds=["worksheet", "worksheet", "chartsheet", "worksheet"],
    )
    first, *others = read(data)
    assert (first.hidden_rows, first.merged) == ({2}, [Span(1, 0, 2, 3)])
    assert [(grid.name, grid.hidden, grid.nonblank) for grid in others] == [("B", True, 1), ("D", True, 0)]


def test_what_stands_behind_the_rows_is_no_cell() -> None:
    """Newer versions of Excel put records there whose numbers are those of cells."""
    (grid,) = read(workbook({"S": sheet(row(1, text(0, "a")), behind=text(0, "b"))}))
    assert rows(grid) == {1: ["a"]}


def test_names_of_parts_may_differ_in_capitals() -> None:
    """`SharedStrings.bin` is `sharedStrings.bin`."""
    data = workbook({"S": sheet(row(1, cell(7, 0, bytes(4))))}, strings=["a"])
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("xl/shared", "xl/Shared"), old.read(name))
    assert rows(read(into.getvalue())[0]) == {1: ["a"]}


@pytest.mark.parametrize(
    "part",
    [
        sheet(row(2, text(0, "a")), row(1, text(0, "b"))),
        sheet(row(1, text(0, "a")), row(1, text(0, "b"))),
        sheet(row(1, text(1, "a"), text(0, "b"))),
        sheet(row(1, text(0, "a"), text(0, "b"))),
        sheet(row(1_048_577, text(0, "a"))),
        sheet(row(1, text(16_384, "a"))),
        sheet(text(0, "a")),
        sheet(row(1, cell(7, 0, struct.pack("<I", 5)))),
        sheet(row(1, cell(6, 0, struct.pack("<I", 2**31)))),
        sheet(row(1, text(0, "a")))[:-9],
        sheet(row(1), behind=record(176, struct.pack("<IIII", 5, 1, 0, 3))),
        sheet() + b"\x07\xff\xff\xff\x7f",
    ],
)
def test_a_sheet_in_which_rows_could_get_lost_is_refused(part: bytes) -> None:
    """Rows out of order or twice, addresses beyond any sheet, texts that are not there, records cut off."""
    assert "damaged" in told(workbook({"S": part}))


def test_a_sheet_that_is_listed_twice_is_refused() -> None:
    """Its rows would count twice."""
    data = workbook({"A": sheet(row(1, text(0, "a"))), "B": sheet()})
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"sheets/1.bin", b"sheets/0.bin"))
    assert "damaged" in told(into.getvalue())


def test_a_cell_far_away_and_too_much_text_are_refused_with_the_limit() -> None:
    """The message says how to mend the file, or which limit to raise."""
    far = sheet(row(1, text(0, "a")), row(1_048_576, text(16_383, "b")))
    assert "XFD1048576" in told(workbook({"S": far}))
    strings = [f"{index:0>2000}" for index in range(2000)]
    assert "--limit text=" in told(workbook({"S": sheet()}, strings=strings), text=1)


def test_the_second_count_is_a_walk_of_its_own() -> None:
    """It sees rows in which a cell holds something, wherever the part is cut into chunks."""
    part = sheet(
        row(1, text(0, "a"), text(1, "b")),
        row(2, cell(1, 0), text(1, " \n")),
        row(3, cell(7, 0, struct.pack("<I", 0))),
        row(4, cell(7, 0, struct.pack("<I", 1))),
        row(5, cell(62, 0, b"\1" + wide("đ") + b"rich")),
        row(6, cell(8, 0, wide(" ") + b"formula")),
        row(7, record(13, bytes(8))),
        row(8, record(17, bytes(4) + wide("x"))),
        behind=text(0, "b") + row(9, text(0, "c")),
    )
    for size in (1, 7, len(part)):
        chunks = [part[at : at + size] for at in range(0, len(part), size)]
        assert count_rows(iter(chunks), {0}) == 5
        assert len(list(records(iter(chunks)))) == len(list(records(iter([part]))))
    assert count_rows(iter([part]), {0, 1}) == 4


def test_a_binary_workbook_is_known_by_its_main_part() -> None:
    """An .xlsx is none, whatever its name says."""

    def known(data: bytes) -> bool:
        with open_package(Content("x", None, data)) as package:
            return is_xlsb(package)

    data = workbook({"S": sheet()})
    assert known(data)
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as new:
        new.writestr("_rels/.rels", relations(("r", "officeDocument", "xl/workbook.xml")))
    assert not known(into.getvalue())


def test_damaged_copies_are_read_or_refused() -> None:
    """Parts with bytes changed, cut off or doubled: no other exception."""
    formats = [(0, None), (164, "dd/mm/yyyy")]
    part = sheet(*(row(at, text(0, f"SK{at}"), cell(7, 1, bytes(4)), number(2, at, 1)) for at in range(1, 9)))
    with zipfile.ZipFile(io.BytesIO(workbook({"S": part}, strings=["a"], formats=formats))) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    chance = random.Random(1)
    outcomes = {True: 0, False: 0}
    for _ in range(300):
        name = chance.choice([name for name in parts if name.endswith(".bin")])
        data = bytearray(parts[name])
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at:]
            case 2:
                data[at:at] = data[chance.randrange(len(data)) :]
        into = io.BytesIO()
        with zipfile.ZipFile(into, "w") as new:
            for each, content in {**parts, name: bytes(data)}.items():
                new.writestr(each, content)
        try:
            read(into.getvalue())
            outcomes[True] += 1
        except SangkienError:
            outcomes[False] += 1
    assert min(outcomes.values()) > 20

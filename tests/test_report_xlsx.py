"""`-o report.xlsx`: the workbook that an office hands in, opened again by openpyxl and by LibreOffice.

Each test counts a few rows through the Python API and reads the workbook back. LibreOffice is given the workbook
without the values of its formulas, so that it has to work them out.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangkien_cli import attain
from sangkien_cli.lang import Lang, decimal, whole
from sangkien_cli.ledger import LAYOUT, ledger
from sangkien_cli.lists import Selection
from sangkien_cli.model import Letterhead, PercentRule, Rounding
from sangkien_cli.pipeline import count, load_config
from sangkien_cli.render import xlsx_parts
from sangkien_cli.render.document import compact, origin_of, origin_parts
from sangkien_cli.render.made import Made
from sangkien_cli.render.report_xlsx import render_report_xlsx
from sangkien_cli.render.xlsx_figures import Figure, figure_in
from sangkien_cli.tables import Layout, Line, Passage, lay_out
from sangkien_cli.verify.record import read_record
from sangkien_cli.views import View, view
from tests.conftest import ROOT, write_files
from tests.office import convert

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of bars that are solid

HEAD = """
programme: Sáng kiến
language: vi
phases:
  gd1: {name: Giai đoạn 1, from: 2022-01-01, to: 2022-05-31}
  gd2: {name: Giai đoạn 2, from: 2022-06-01, to: 2022-12-31}
exports:
  files: [rows.csv]
  columns: {code: Mã, submitted: Ngày, count: Số, unit: [Đơn vị, Cấp trên]}
count: {once_per: none}
"""
TREE = """
units:
  - name: LĐLĐ tỉnh A
    quota: {gd1: 40, gd2: 100}
    units:
      - {name: LĐLĐ huyện B, quota: {gd1: 30}, units: [{name: CĐCS C, quota: {gd1: 8}}, {name: CĐCS D}]}
      - {name: LĐLĐ huyện E, quota: {gd1: 5}}
      - {name: LĐLĐ huyện F, quota: {gd1: 0}}
"""
ROWS = """
Mã,Ngày,Số,Đơn vị,Cấp trên
1,02/01/2022,20,LĐLĐ huyện B,
2,03/01/2022,1,CĐCS C,
3,04/01/2022,6,LĐLĐ huyện E,
4,05/01/2022,1,CĐCS Lạ,
5,,1,CĐCS C,
6,01/07/2022,2,CĐCS D,
"""


def made(
    quota: str = HEAD + TREE,
    rows: str = ROWS,
    lang: Lang = "vi",
    wanted: View | None = None,
    as_of: str = "2022-05-01",
    layout: Layout | None = None,
) -> Made:
    """What a renderer gets of these rows."""
    write_files(Path(), {"q.yaml": quota, "rows.csv": rows})
    return of_files(Path("q.yaml"), lang, wanted or View(), as_of, layout or Layout())


def of_files(path: Path, lang: Lang, wanted: View, as_of: str, layout: Layout) -> Made:
    counted = count(load_config(path), None, date.fromisoformat(as_of))
    report = view(counted, wanted).report
    options = {"format": "xlsx", "lang": lang}
    told = origin_parts(origin_of("report", options, report, counted.judged.exports))
    about = {"schema": "sangkien.origin/1", "programme": report.config.programme, "as_of": as_of}
    origin = compact({**about, **{name: json.loads(part) for name, part in told.items()}})
    return Made(report, counted.report, counted.judged, lay_out(report, lang, layout), lang, origin)


def opened(made: Made, *, values: bool = True, name: str = "r.xlsx") -> Any:
    """The workbook as openpyxl reads it, with the values of its formulas or with the formulas themselves."""
    Path(name).write_bytes(render_report_xlsx(made))
    return openpyxl.load_workbook(name, data_only=values)


def recalculated(folder: Path, source: str = "r.xlsx") -> Any:
    """The workbook as LibreOffice writes it again, its formulas worked out anew."""
    bare, out = folder / "bare.xlsx", folder / "out"
    out.mkdir(exist_ok=True)
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(bare, "w") as copy:
        for each in package.namelist():
            copy.writestr(each, re.sub(rb"</f><v(?: ?/>|>[^<]*</v>)", b"</f>", package.read(each)))
    return openpyxl.load_workbook(convert(bare, "xlsx", out), data_only=True)


def agreeing(again: Any, source: str = "r.xlsx") -> int:
    """How many formulas a workbook has. Each gives what is stored when LibreOffice works it out."""
    stored, formulas = openpyxl.load_workbook(source, data_only=True), openpyxl.load_workbook(source)
    cells = [cell for sheet in formulas.worksheets for row in sheet.iter_rows() for cell in row]
    places = [(cell.parent.title, cell.coordinate) for cell in cells if cell.data_type == "f"]
    for sheet, place in places:
        assert again[sheet][place].value == pytest.approx(stored[sheet][place].value, rel=1e-12)
    return len(places)


def header(sheet: Any) -> int:
    """The number of the header's row."""
    return next(row for row in range(1, 12) if sheet.cell(row, 1).value in ("STT", "No."))


def table(sheet: Any) -> list[list[Any]]:
    """The rows of a sheet's table, from below the numbers of the columns to the total, which is the last."""
    rows = list(sheet.iter_rows(min_row=header(sheet) + 2, values_only=True))
    end = next(at for at, row in enumerate(rows) if row[1] in ("TỔNG CỘNG", "TOTAL"))
    return [list(row) for row in rows[: end + 1]]


def listed(sheet: Any) -> list[list[Any]]:
    """The rows of a sheet's list."""
    return [list(row) for row in sheet.iter_rows(min_row=header(sheet) + 1, values_only=True)]


def shown(cell: Any, lang: Lang) -> str:
    """A number as Excel shows it, by its format."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, str):
        return str(cell.value)
    decimals = len(cell.number_format.split(";")[0].rstrip("%").partition(".")[2])
    scale = 100 if cell.number_format.endswith("%") else 1
    value = Fraction(repr(cell.value)) * scale
    text = decimal(attain.rounded(abs(value), decimals, "half-even"), lang)
    sign = "−" if value < 0 else "+" if cell.number_format.startswith("+") and value > 0 else ""
    return sign + text


def printed(row: Sequence[Any], lang: Lang) -> str:
    """The figure of a row of the table, as the report prints it: `20/30 = 66,7%`."""
    quota, done, percent = (shown(cell, lang) for cell in row[2:5])
    return done + (f"/{quota}" if quota else "") + (f" = {percent}%" if percent else "")


def lines_of(book: Any, made: Made) -> Iterator[tuple[Line, Sequence[Any]]]:
    """Every line of the report beside its row in the workbook."""
    sections = [section for section in made.sheet.sections if section.lines]
    for section, sheet in zip(sections, book.worksheets, strict=False):
        rows = sheet.iter_rows(min_row=header(sheet) + 2, max_row=header(sheet) + 1 + len(section.lines))
        yield from zip(section.lines, rows, strict=True)


# --- the table ---


def test_a_table_as_offices_make_it() -> None:
    """The whole first sheet, row by row. 21/40 is 52.5%; 21/30 is 70%; 6/5 is 120%; F was asked for nothing."""
    sheet = opened(made())["Giai đoạn 1"]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert [row for row in rows if row][:6] == [
        ["KẾT QUẢ THỰC HIỆN CHỈ TIÊU"],
        ["Sáng kiến"],
        ["Giai đoạn 1 (01/01/2022 – 31/05/2022)"],
        ["Tính đến hết ngày 01/05/2022"],
        ["STT", "Đơn vị", "Chỉ tiêu giao", "Kết quả", "Tỷ lệ %", "Còn thiếu", "Ghi chú"],
        ["A", "B", "(1)", "(2)", "(3)=(2)/(1)", "(4)=(1)-(2)", "(5)"],
    ]
    assert table(sheet) == [
        [None, "LĐLĐ tỉnh A", 40, 27, 0.675, 13, "chưa đạt"],
        [1, "LĐLĐ huyện B", 30, 21, 0.7, 9, "chưa đạt"],
        [None, "(trực tiếp)", None, 20, None, None, None],
        ["1.1", "CĐCS C", 8, 1, 0.125, 7, "chưa đạt"],
        ["1.2", "CĐCS D", None, 0, None, None, "–"],
        [2, "LĐLĐ huyện E", 5, 6, 1.2, 0, "vượt"],
        [3, "LĐLĐ huyện F", 0, 0, None, 0, "chưa có"],
        [None, "TỔNG CỘNG", 40, 27, 0.675, 13, None],
    ]


def test_percents_shortfalls_and_totals_are_formulas() -> None:
    sheet = opened(made(), values=False)["Giai đoạn 1"]
    first = header(sheet) + 2
    root, total = [row[2:6] for row in (table(sheet)[0], table(sheet)[-1])]
    own = f"=SUM(D{first + 1},D{first + 5}:D{first + 6})"
    assert root == [40, own, f'=IF(C{first}>0,ROUND(D{first}/C{first},3),"")', f"=MAX(C{first}-D{first},0)"]
    assert sheet[f"D{first + 1}"].value == f"=SUM(D{first + 2}:D{first + 4})", "with what came to B directly"
    last = first + 7
    assert total == [
        f"=C{first}",
        f"=D{first}",
        f'=IF(C{last}>0,ROUND(D{last}/C{last},3),"")',
        f"=MAX(C{last}-D{last},0)",
    ]


def test_whoever_mends_the_result_of_a_unit_sees_everything_above_it_follow(folder: Path) -> None:
    """C has 11 where it had 1: B then has 31 of 30, the province and the total 37 of 40, 3 short."""
    book = opened(made(), values=False)
    sheet = book["Giai đoạn 1"]
    sheet.cell(header(sheet) + 5, 4).value = 11
    book.save("mended.xlsx")
    rows = table(recalculated(folder, "mended.xlsx")["Giai đoạn 1"])
    assert [row[1:6] for row in (rows[0], rows[1], rows[3], rows[-1])] == [
        ["LĐLĐ tỉnh A", 40, 37, 0.925, 3],
        ["LĐLĐ huyện B", 30, 31, 1.033, 0],
        ["CĐCS C", 8, 11, 1.375, 0],
        ["TỔNG CỘNG", 40, 37, 0.925, 3],
    ]
    assert rows[0][3] == sum(rows[at][3] for at in (1, 5, 6))


def test_a_result_that_the_lines_below_do_not_make_up_is_a_number(folder: Path) -> None:
    """Of the lines below A one is taken away, as by a list of some units: 27 are not 21 and 0."""
    counted = made(wanted=View(phase="gd1"))
    (section,) = counted.sheet.sections
    lines = tuple(line for line in section.lines if line.name != "LĐLĐ huyện E")
    shown = replace(counted, sheet=replace(counted.sheet, sections=(replace(section, lines=lines),)))
    sheet = opened(shown, values=False).worksheets[0]
    first = header(sheet) + 2
    assert [sheet[f"D{first + at}"].value for at in (0, 1)] == [27, f"=SUM(D{first + 2}:D{first + 4})"]
    assert table(recalculated(folder).worksheets[0])[0][3] == 27


def test_many_lines_that_do_not_follow_each_other_are_added_up_within_what_excel_takes(folder: Path) -> None:
    """300 districts with a union each: 300 cells in one formula, of which a function of Excel takes 255."""
    districts = "".join(
        f"      - {{name: H{at}, quota: {{gd1: 2}}, units: [{{name: C{at}, quota: {{gd1: 1}}}}]}}\n"
        for at in range(300)
    )
    quota = f"{HEAD}units:\n  - name: T\n    quota: {{gd1: 600}}\n    units:\n{districts}"
    rows = "Mã,Ngày,Số,Đơn vị,Cấp trên\n" + "".join(f"{at},02/01/2022,{at},C{at},\n" for at in range(300))
    sheet = opened(made(quota, rows, wanted=View(phase="gd1")), values=False).worksheets[0]
    formula = sheet[f"D{header(sheet) + 2}"].value
    sums = re.findall(r"SUM\(([^)]*)\)", formula)
    assert "".join(re.split(r"SUM\([^)]*\)", formula)) == "=+"
    assert max(len(each.split(",")) for each in sums) <= 255
    assert sum(len(each.split(",")) for each in sums) == 300
    assert table(recalculated(folder).worksheets[0])[0][3] == 299 * 300 // 2


def test_where_the_quotas_below_differ_from_the_one_above_this_is_said_with_both() -> None:
    """Those of B, E and F add up to 35 where A's is 40. With 5 more for F there is nothing to say."""
    for quota, said in ((TREE, True), (TREE.replace("F, quota: {gd1: 0}", "F, quota: {gd1: 5}"), False)):
        counted = made(HEAD + quota, layout=Layout(advice=False))
        notes = [row[0] for row in opened(counted)["Giai đoạn 1"].iter_rows(values_only=True) if row[0]]
        assert any("35" in str(note) and "40" in str(note) for note in notes) == said


RICH = """
also_count: {nop: {name: Đã nộp}}
bases: {giao: Chỉ tiêu giao, dang-ky: Chỉ tiêu đăng ký}
campaigns: {dot: {name: Đợt cao điểm, from: 2022-01-03, to: 2022-02-01, toward: gd1}}
targets:
  - {id: bq, name: Bình quân, unit: ldld-huyen-b, phase: gd1, measure: average, per: cdcs, at_least: 2}
  - {id: phu, name: CĐCS có sáng kiến, unit: ldld-huyen-b, phase: gd1, measure: coverage, of: cdcs, at_least: 100%}
  - {id: dem, name: Số lượng, unit: ldld-huyen-e, phase: gd1, measure: count, at_least: 9}
units:
  - name: LĐLĐ tỉnh A
    quota: {gd1: {giao: 40, dang-ky: 44}, gd2: {giao: 100}}
    units:
      - name: LĐLĐ huyện B
        quota: {gd1: {giao: 30, dang-ky: 33}}
        units: [{name: CĐCS C, kind: cdcs, quota: {gd1: {giao: 8}}}, {name: CĐCS D, kind: cdcs}]
      - {name: LĐLĐ huyện E, quota: {gd1: {giao: 5, dang-ky: 7}}}
      - {name: LĐLĐ cũ, valid: {to: 2022-01-31}, quota: {gd1: {giao: 3000}}}
"""


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_order_names_words_and_figures_are_those_of_the_report(lang: Lang) -> None:
    """With further tallies, bases, places, the pace, targets, an ended unit, a phase that has not begun."""
    counted = made(HEAD + RICH, lang=lang, layout=Layout(pace=True), wanted=View(rank=True))
    seen = 0
    for line, row in lines_of(opened(counted), counted):
        assert row[1].value == line.name
        figure = line.figure if isinstance(row[3].value, str) else printed(row, lang)
        assert figure == line.figure
        assert row[3].value == line.figure or line.of is None or isinstance(row[3].value, int)
        assert shown(row[5], lang) in (line.short, *(["0"] if not line.short else []))
        assert (row[-1].value or "") == "\n".join([line.word, *line.below])
        more = sorted(shown(cell, lang) for cell in row[6:-1])
        assert more == sorted([*line.more, *[""] * (len(more) - len(line.more))])
        seen += 1
    assert seen == sum(len(section.lines) for section in counted.sheet.sections) > 15


def test_the_place_stands_before_further_columns() -> None:
    sheet = opened(made(HEAD + RICH, wanted=View(rank=True)))["Giai đoạn 1"]
    heads = [cell.value for cell in sheet[header(sheet)]]
    assert heads[5:] == ["Còn thiếu", "Xếp thứ", "Đã nộp", "Ghi chú"]
    numbers = [cell.value for cell in sheet[header(sheet) + 1]]
    assert numbers[4:] == ["(3)=(2)/(1)", "(4)=(1)-(2)", "(5)", "(6)", "(7)"]
    assert [row[7] for row in table(sheet)][-1] == 27, "the total of what was handed in"


def test_a_campaign_has_heads_of_its_own() -> None:
    """When it began on 3 January, 20 of 40 had come in: 20 were short, 7 came since."""
    config = load_config(quota_file(HEAD + RICH))
    sheet = opened(made(HEAD + RICH, wanted=View(campaign=config.campaigns[0])))["Đợt cao điểm"]
    assert [cell.value for cell in sheet[header(sheet)]][2:4] == ["Thiếu khi bắt đầu", "Trong đợt"]
    assert table(sheet)[0][1:6] == ["LĐLĐ tỉnh A", 20, 7, 0.35, 13]


def quota_file(quota: str) -> Path:
    write_files(Path(), {"q.yaml": quota})
    return Path("q.yaml")


def test_a_phase_that_has_not_begun_is_a_line_below_the_table_before_it() -> None:
    book = opened(made())
    assert book.sheetnames[:2] == ["Giai đoạn 1", "Cả chương trình"]
    said = [row[0] for row in book["Giai đoạn 1"].iter_rows(values_only=True)]
    assert "Giai đoạn 2 (01/06/2022 – 31/12/2022): Chưa bắt đầu (từ ngày 01/06/2022)." in said


def test_notes_and_passages_of_the_report_are_said() -> None:
    counted = made()
    passage = Passage("Đơn vị mới", ((0, "LĐLĐ huyện E"), (1, "từ 01/02/2022")))
    book = opened(replace(counted, sheet=replace(counted.sheet, passages=(passage,))))
    below = [row[0] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert set(counted.sheet.sections[0].notes) <= set(below)
    told = [str(row[0]).strip() for row in book["Thuyết minh"].iter_rows(values_only=True) if row[0]]
    assert told[-3:] == ["Đơn vị mới", "LĐLĐ huyện E", "từ 01/02/2022"]


# --- heads, signatures ---

DOCUMENT = """
document:
  parent: Tổng Liên đoàn Lao động Việt Nam
  agency: Liên đoàn Lao động tỉnh A
  number: 5
  symbol: BC-LĐLĐ
  place: A
  date: 2022-02-05
  capacity: [TM. Ban Thường vụ, Chủ tịch]
  signer: Nguyễn Văn Mẫu
"""


def texts(sheet: Any) -> list[list[Any]]:
    """What stands in the rows of a sheet, blanks left out."""
    rows = [[cell for cell in row if cell not in (None, "")] for row in sheet.iter_rows(values_only=True)]
    return [row for row in rows if row]


def test_each_table_is_headed_and_signed_as_the_quota_file_says(folder: Path) -> None:
    """The report's number and the day have their leading zeros; both phases' sheets can be handed in alone."""
    counted = made(HEAD + DOCUMENT + TREE, as_of="2022-07-02")
    for book in (opened(counted), recalculated(folder)):
        for name in ("Giai đoạn 1", "Giai đoạn 2", "Cả chương trình"):
            said = texts(book[name])
            assert said[:2] == [
                ["TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
                ["LIÊN ĐOÀN LAO ĐỘNG TỈNH A", "Độc lập - Tự do - Hạnh phúc"],
            ]
            assert {*said[2][0], *said[2][1]} == {"—"}, "a line below each"
            assert said[3] == ["KẾT QUẢ THỰC HIỆN CHỈ TIÊU"]
            assert said[7] == [
                "(Kèm theo Báo cáo số 05/BC-LĐLĐ ngày 05 tháng 02 năm 2022 của Liên đoàn Lao động tỉnh A)"
            ]
            assert said[-4:] == [
                ["A, ngày 05 tháng 02 năm 2022"],
                ["NGƯỜI LẬP BIỂU", "TM. BAN THƯỜNG VỤ"],
                ["(Ký, ghi rõ họ tên)", "CHỦ TỊCH"],
                ["Nguyễn Văn Mẫu"],
            ]
        for other in book.worksheets[3:]:
            assert "NGƯỜI LẬP BIỂU" not in [cell for row in texts(other) for cell in row]


def test_both_halves_of_a_head_have_room() -> None:
    """The agency over the left columns in bold, the nation's name over the right ones, each on one line."""
    sheet = opened(made(HEAD + DOCUMENT + TREE)).worksheets[0]
    assert [sheet["A2"].font.b, sheet["A1"].font.b] == [True, False]
    left, right = sorted(str(each) for each in sheet.merged_cells.ranges if each.min_row == 1)
    assert (left.partition(":")[0], right.partition(":")[2]) == ("A1", "G1")
    assert [sheet.row_dimensions[row].height < 20 for row in (1, 2)] == [True, True]
    assert not any(sheet[each.partition(":")[0]].border.top.style for each in (left, right))


def test_a_report_without_its_number_yet_is_not_named() -> None:
    said = texts(opened(made(HEAD + DOCUMENT.replace("  number: 5\n", "") + TREE)).worksheets[0])
    assert not any("Kèm theo" in str(row[0]) for row in said)
    assert ["Nguyễn Văn Mẫu"] in said


def test_without_a_document_part_there_is_neither_head_nor_signature() -> None:
    said = texts(opened(made()).worksheets[0])
    assert said[0] == ["KẾT QUẢ THỰC HIỆN CHỈ TIÊU"]
    assert said[-1][0].startswith("Giai đoạn 2 (01/06/2022")


def test_a_head_in_english() -> None:
    said = texts(opened(made(HEAD + DOCUMENT + TREE, lang="en")).worksheets[0])
    assert said[0][1] == "SOCIALIST REPUBLIC OF VIET NAM"
    assert ["PREPARED BY", "TM. BAN THƯỜNG VỤ"] in said


# --- pages of paper ---


def pages_of(folder: Path, source: str = "r.xlsx") -> list[str]:
    """The texts of the pages of paper on which LibreOffice prints the workbook."""
    import pypdfium2

    with pypdfium2.PdfDocument(convert(Path(source), "pdf", folder)) as printed:
        return [page.get_textpage().get_text_range() for page in printed]


def pages_with(printed: Sequence[str], sheet: str) -> list[str]:
    """Those of a sheet, which is named at their feet."""
    return [page for page in printed if re.search(rf"(?m)^{sheet} – trang\s+[0-9]+\s*$", page)]


def under_one(number: int) -> tuple[str, str]:
    """A province with this many units."""
    units, rows = random_units(number)
    below = "".join(f"    {line}\n" for line in units.splitlines()[1:])
    return f"units:\n  - name: LĐLĐ tỉnh A\n    quota: {{gd1: 9000}}\n    units:\n{below}", rows


@pytest.mark.parametrize("units", [3, 33, 44, 60, 140])
def test_the_signature_never_stands_on_a_page_without_lines_of_the_table(units: int, folder: Path) -> None:
    """However many lines there are, each page has four of them at least, the last one the total and all below it."""
    quota, rows = under_one(units)
    opened(made(HEAD + DOCUMENT + quota, rows, wanted=View(phase="gd1")))
    printed = pages_with(pages_of(folder), "Giai đoạn 1")
    assert all("STT" in page for page in printed)
    last = [*[False] * (len(printed) - 1), True]
    for text in ("TỔNG CỘNG", "NGƯỜI LẬP BIỂU", "Nguyễn Văn Mẫu"):
        assert [text in page for page in printed] == last
    lines = [len(re.findall(r"(?m)^[0-9]+ U[0-9]+", page)) for page in printed]
    assert sum(lines) == units
    assert min(lines) >= min(units, 4)


def test_what_is_signed_stays_together_below_notes_that_fill_pages(folder: Path) -> None:
    counted = made(HEAD + DOCUMENT + TREE, wanted=View(phase="gd1"))
    (section,) = counted.sheet.sections
    for notes in (50, 55, 60, 65):
        noted = replace(section, notes=tuple(f"Điều {number}" for number in range(1, notes + 1)))
        opened(replace(counted, sheet=replace(counted.sheet, sections=(noted,))))
        last = pages_with(pages_of(folder), "Giai đoạn 1")[-1]
        for text in (f"Điều {notes}", "NGƯỜI LẬP BIỂU", "CHỦ TỊCH", "Nguyễn Văn Mẫu"):
            assert text in last


def test_a_table_that_nearly_fits_is_made_a_little_smaller(folder: Path) -> None:
    quota, rows = under_one(33)
    counted = made(HEAD + DOCUMENT + quota, rows, wanted=View(phase="gd1"))
    assert opened(counted).worksheets[0].page_setup.fitToHeight != 0
    assert len(pages_with(pages_of(folder), "Giai đoạn 1")) == 1


def test_a_chart_of_many_units_is_printed_on_one_page(folder: Path) -> None:
    units, rows = random_units(31)
    opened(made(HEAD + units, rows, wanted=View(phase="gd1")))
    assert len(pages_with(pages_of(folder), "Biểu đồ – Giai đoạn 1")) == 1


def test_a_table_of_thousands_of_lines_ends_with_its_last_four_on_a_page_of_their_own() -> None:
    units = "units:\n" + "".join(f"  - {{name: U{at}, quota: {{gd1: 3}}}}\n" for at in range(2_100))
    sheet = opened(made(HEAD + DOCUMENT + units, wanted=View(phase="gd1"))).worksheets[0]
    (page_break,) = sheet.row_breaks.brk
    assert sheet.cell(page_break.id + 1, 2).value == "U2096"


def test_the_rows_set_aside_come_last_as_they_may_fill_many_pages() -> None:
    assert opened(made()).sheetnames[-3:] == ["Chưa có kết quả", "Nguồn số liệu", "Dòng không tính"]


# --- totals ---

SEVERAL = """
units:
  - {name: A, quota: {gd1: 10}, units: [{name: A1, quota: {gd1: 4}}]}
  - {name: B, quota: {gd1: 20}}
  - {name: C, quota: {gd1: 30}}
"""
OF_SEVERAL = "Mã,Ngày,Số,Đơn vị,Cấp trên\n1,02/01/2022,3,A1,\n2,02/01/2022,4,B,\n3,02/01/2022,33,C,\n"


def test_several_units_on_top_are_added_up_once(folder: Path) -> None:
    """A1 is part of A: 3 + 4 + 33 = 40 of 60, which is 66.7%."""
    counted = made(HEAD + SEVERAL, OF_SEVERAL, wanted=View(phase="gd1"))
    sheet = opened(counted, values=False).worksheets[0]
    first = header(sheet) + 2
    assert table(sheet)[-1][3] == f"=SUM(D{first},D{first + 2}:D{first + 3})"
    for book in (opened(counted), recalculated(folder)):
        assert table(book.worksheets[0])[-1][:6] == [None, "TỔNG CỘNG", 60, 40, 0.667, 20]


def test_in_a_list_a_unit_inside_another_is_not_added_again() -> None:
    wanted = View(phase="gd1", selection=Selection(only=frozenset({"below"}), sort="percent"))
    counted = made(HEAD + SEVERAL, OF_SEVERAL, wanted=wanted, layout=Layout(as_tree=False))
    sheet = opened(counted).worksheets[0]
    assert [row[:4] for row in table(sheet)][-1] == [None, "TỔNG CỘNG", 30, 7]
    assert any("chỉ cộng các đơn vị trên cùng" in str(row[0]) for row in sheet.iter_rows(values_only=True))


def test_without_every_quota_there_is_no_total_quota() -> None:
    counted = made(
        HEAD + "units: [{name: A, quota: {gd1: 10}}, {name: B}]\n",
        OF_SEVERAL.replace("C,", "B,"),
        wanted=View(phase="gd1"),
    )
    assert table(opened(counted).worksheets[0])[-1][2:6] == [None, 37, None, None]


# --- formulas against LibreOffice ---


def random_units(number: int) -> tuple[str, str]:
    """Units of all sizes, and rows that give each some; the first ones are the awkward ones."""
    chance = random.Random(7)
    pairs = [
        (1, 8),
        (3, 8),
        (4999, 5000),
        (1, 5000),
        (0, 5),
        (5, 0),
        (57, 100),
        (7, 100),
        (2999, 3000),
        (149, 44),
        (1001, 2000),
    ]
    while len(pairs) < number:
        quota = chance.choice([chance.randint(1, 40), chance.randint(1, 9999), chance.randint(1, 10**6)])
        pairs.append((chance.randint(0, 2 * quota), quota))
    pairs = pairs[:number]
    units = "".join(f"  - {{name: U{at}, quota: {{gd1: {quota}}}}}\n" for at, (_, quota) in enumerate(pairs))
    rows = "".join(f"{at},02/01/2022,{done},U{at},\n" for at, (done, _) in enumerate(pairs))
    return "units:\n" + units, "Mã,Ngày,Số,Đơn vị,Cấp trên\n" + rows


@pytest.mark.parametrize(
    ("rounding", "decimals", "eighth"),
    [("half-up", 0, 0.13), ("down", 0, 0.12), ("up", 0, 0.13), ("half-even", 0, 0.12), ("half-up", 2, 0.125)],
)
def test_libreoffice_works_out_what_is_stored_and_printed(
    rounding: Rounding, decimals: int, eighth: float, folder: Path
) -> None:
    """400 units; one eighth is 12.5%, 4999/5000 never 100%, 1/5000 never 0%."""
    units, rows = random_units(400)
    quota = f"{HEAD}percent: {{decimals: {decimals}, rounding: {rounding}}}\n{units}"
    counted = made(quota, rows, wanted=View(phase="gd1"))
    opened(counted)
    again = recalculated(folder)
    assert agreeing(again) > 2 * 400
    for line, row in lines_of(again, counted):
        assert printed(row, "vi") == line.figure
    percents = [row[4] for row in table(again.worksheets[0])]
    assert percents[0] == pytest.approx(eighth)
    assert 0.99 <= percents[2] < 1
    assert 0 < percents[3] <= 0.01


@given(
    st.integers(0, 10**6),
    st.none() | st.integers(0, 10**6),
    st.integers(0, 4),
    st.sampled_from(["half-up", "down", "up", "half-even"]),
)
def test_every_printed_figure_is_taken_apart_again(
    done: int, quota: int | None, decimals: int, rounding: Rounding
) -> None:
    percent = attain.percent(done, quota, PercentRule(decimals, rounding))
    for lang in ("vi", "en"):
        text = attain.figure(done, quota, percent, lang)
        assert figure_in(text, lang) == Figure(done, quota, percent)


# --- how it looks and prints ---


def test_the_tree_folds_and_the_header_stays_in_view() -> None:
    sheet = opened(made())["Giai đoạn 1"]
    first = header(sheet) + 2
    assert [sheet.row_dimensions[first + at].outlineLevel for at in range(8)] == [0, 1, 2, 2, 2, 1, 1, 0]
    assert not sheet.sheet_properties.outlinePr.summaryBelow
    assert sheet.freeze_panes == f"C{first}"
    assert sheet.cell(first, 2).font.b
    assert [sheet.cell(first + at, 2).alignment.indent for at in (0, 1, 3)] == [0, 1, 2]


def test_every_sheet_is_set_up_for_a4_with_its_header_and_page_numbers() -> None:
    for sheet in opened(made()).worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight in (0, None), "as many pages as it takes, or the one of a chart"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&A – trang &P" in sheet.oddFooter.center.text
        assert sheet.page_setup.useFirstPageNumber, "each sheet is numbered by itself"
        assert round(sheet.page_margins.left * 25.4) == 30
        assert round(sheet.page_margins.right * 25.4) == 15
    for quota in (HEAD + TREE, HEAD + DOCUMENT + TREE):
        sheet = opened(made(quota))["Giai đoạn 1"]
        assert sheet.print_title_rows == f"${header(sheet)}:${header(sheet) + 1}"
        assert sheet.freeze_panes == f"C{header(sheet) + 2}"


def test_columns_fit_what_stands_in_them() -> None:
    name = "Công đoàn ngành Nông nghiệp và Phát triển nông thôn tỉnh Thái Nguyên"
    sheet = opened(made(HEAD + f"units: [{{name: {name}, quota: {{gd1: 3}}}}]\n")).worksheets[0]
    row = header(sheet) + 2
    assert sheet.column_dimensions["B"].width > 45
    assert sheet.row_dimensions[row].height >= 30, "the name takes two lines"


def width(sheet: Any, column: str) -> float:
    """How wide a column is; what stands side by side in the workbook's widths is one group."""
    return float(sheet.column_dimensions[column].width)


def test_every_number_has_room_in_its_column() -> None:
    """1.000.000.000 would be printed as ### in a column of nine digits; so would what only the total has."""
    rows = "Mã,Ngày,Số,Đơn vị,Cấp trên\n1,02/01/2022,999999999999,A,\n2,02/01/2022,999999999999,B,\n"
    units = "".join(f"  - {{name: {name}, quota: {{gd1: {10**9}}}}}\n" for name in "ABC")
    counted = made(
        f"{HEAD}also_count: {{nop: {{name: Đã nộp}}}}\nunits:\n{units}", rows, wanted=View(phase="gd1", rank=True)
    )
    book = opened(counted)
    sheet = book.worksheets[0]
    total = table(sheet)[-1]
    assert total[2:4] == [3 * 10**9, 2 * (10**12 - 1)]
    heads = [cell.value for cell in sheet[header(sheet)]]
    for at, number in ((2, total[2]), (3, total[3]), (heads.index("Đã nộp"), total[heads.index("Đã nộp")])):
        assert width(sheet, "ABCDEFGHIJ"[at]) >= len(whole(number, "vi")) + 1
    assert width(sheet, "E") >= len("199999,9%") + 1
    assert width(book["Chưa có kết quả"], "D") >= len("1.000.000.000") + 1


def test_units_of_one_level_are_of_one_weight() -> None:
    """E and F have no units below them, but stand beside B, which has; the unions below B are plain."""
    sheet = opened(made())["Giai đoạn 1"]
    first = header(sheet) + 2
    bold = [sheet.cell(first + at, 2).value for at in range(7) if sheet.cell(first + at, 2).font.b]
    assert bold == ["LĐLĐ tỉnh A", "LĐLĐ huyện B", "LĐLĐ huyện E", "LĐLĐ huyện F"]


def test_a_target_that_is_no_number_has_the_colour_of_its_status_too() -> None:
    sheet = opened(made(HEAD + RICH))["Giai đoạn 1"]
    row = next(row for row in sheet.iter_rows(min_row=header(sheet)) if "Bình quân" in str(row[1].value))
    assert (row[-1].value, row[-1].fill.fgColor.rgb) == ("vượt", "FFC6E0B4")


def test_a_status_has_its_word_and_its_colour_and_a_percent_its_bar() -> None:
    sheet = opened(made())["Giai đoạn 1"]
    first = header(sheet) + 2
    rules = {str(each.sqref): each.rules for each in sheet.conditional_formatting}
    bars, states = rules[f"E{first}:E{first + 6}"], rules[f"G{first}:G{first + 6}"]
    assert [rule.type for rule in bars] == ["dataBar"]
    asked = [rule.formula[0].removesuffix(")").rpartition("),")[2] for rule in states]
    assert asked == [
        f"$D{first}=0",
        f"$D{first}>$C{first}",
        f"$D{first}=$C{first}",
        f"$D{first}*100>=$C{first}*90",
        f"$D{first}<$C{first}",
    ]
    assert len({rule.dxf.fill.bgColor.rgb for rule in states}) == 5


def test_the_chart_has_a_bar_for_each_unit_below_the_top(folder: Path) -> None:
    """F was asked for nothing and has no percent; the bars are formulas that lead to the table."""
    counted = made()
    sheet = opened(counted, values=False)["Biểu đồ – Giai đoạn 1"]
    (chart,) = sheet._charts
    refs = [(series.cat.strRef.f, series.val.numRef.f) for series in chart.series]
    first = re.search(r"\$D\$([0-9]+)", refs[1][1])
    assert first is not None
    row = int(first[1])
    title = "'Biểu đồ – Giai đoạn 1'!"
    assert refs[1] == (f"{title}$C${row}:$C${row + 1}", f"{title}$D${row}:$D${row + 1}")
    assert [sheet.cell(row + at, 3).value for at in range(2)] == ["LĐLĐ huyện B", "LĐLĐ huyện E"]
    assert all(str(sheet.cell(row + at, 4).value).startswith("='Giai đoạn 1'!E") for at in range(2))
    again = recalculated(folder)["Biểu đồ – Giai đoạn 1"]
    assert [again.cell(row + at, 4).value for at in range(2)] == [0.7, 1.2]
    assert any("1 đơn vị không có chỉ tiêu" in str(each[0]) for each in sheet.iter_rows(values_only=True))


def test_the_chart_of_a_campaign_tells_who_had_met_its_quota_before_from_who_has_none() -> None:
    """E had its 5 before the campaign began, F was never asked for anything."""
    rows = ROWS.replace("04/01/2022,6,LĐLĐ huyện E", "02/01/2022,6,LĐLĐ huyện E")
    quota = HEAD + RICH + "      - {name: LĐLĐ huyện F}\n"
    config = load_config(quota_file(quota))
    book = opened(made(quota, rows, wanted=View(campaign=config.campaigns[0])))
    said = [row[0] for row in book["Biểu đồ – Đợt cao điểm"].iter_rows(values_only=True) if row[0]]
    assert any("1 đơn vị đã đạt chỉ tiêu từ trước; 1 đơn vị không có chỉ tiêu" in str(text) for text in said)


def test_names_of_sheets_are_cut_at_words_and_days_stay_days() -> None:
    names = ["Chiến dịch cao điểm 40 ngày", "Đợt thi đua lập thành tích chào mừng đại hội", "Đợt 10/3–10/10/2021"]
    sheets = []
    for name in names:
        book = opened(made(HEAD.replace("Giai đoạn 1", name) + TREE))
        sheets += [each for each in book.sheetnames if each not in ("Cả chương trình", "Biểu đồ – Cả chương trình")][:2]
    assert sheets == [
        "Chiến dịch cao điểm 40 ngày",
        "BĐ Chiến dịch cao điểm 40 ngày",
        "Đợt thi đua lập thành tích chào",
        "BĐ Đợt thi đua lập thành tích",
        "Đợt 10-3–10-10-2021",
        "Biểu đồ – Đợt 10-3–10-10-2021",
    ]


def test_of_many_units_the_chart_says_that_it_shows_the_first() -> None:
    units, rows = random_units(40)
    book = opened(made(HEAD + units, rows, wanted=View(phase="gd1")))
    sheet = book["Biểu đồ – Giai đoạn 1"]
    assert any("30 đơn vị đầu trong 39 đơn vị" in str(row[0]) for row in sheet.iter_rows(values_only=True))
    assert len([row for row in sheet.iter_rows(min_col=5, max_col=5, values_only=True) if row[0] == 1]) == 30


# --- the lists, the sources ---


def test_every_row_set_aside_is_listed_with_its_address() -> None:
    counted = made()
    told = ledger(counted.judged, counted.report.config)
    aside = told[told["reason"].fillna("").ne("") & told["reason"].ne(LAYOUT)]
    rows = listed(opened(counted)["Dòng không tính"])
    assert sorted(row[2] for row in rows) == sorted(
        f"{file}:{row}" for file, row in zip(aside["file"], aside["row"], strict=True)
    )
    assert [row[:5] for row in rows] == [
        [1, "đơn vị không có trong cây tổ chức", "rows.csv:5", "4", "CĐCS Lạ"],
        [2, "không ghi ngày", "rows.csv:6", "5", "CĐCS C"],
        [3, "sau ngày chốt số liệu", "rows.csv:7", "6", "CĐCS D"],
    ]
    assert "01/07/2022" in rows[2][5]


def test_units_with_a_quota_and_nothing_are_listed_by_phase() -> None:
    quota = HEAD + TREE.replace("{name: CĐCS D}", "{name: CĐCS D, quota: {gd1: 4, gd2: 5}}")
    rows = [row[1:] for row in listed(opened(made(quota))["Chưa có kết quả"])]
    assert rows == [
        ["Giai đoạn 1 (01/01/2022 – 31/05/2022)", None, None],
        ["CĐCS D", "LĐLĐ huyện B", 4],
        ["LĐLĐ huyện F", "LĐLĐ tỉnh A", 0],
        ["Cả chương trình", None, None],
        ["CĐCS D", "LĐLĐ huyện B", 9],
    ]


def test_a_unit_that_has_ended_is_not_among_those_that_have_nothing_yet() -> None:
    quota = HEAD + RICH + "      - {name: LĐLĐ huyện F, quota: {gd1: {giao: 4}}}\n"
    rows = listed(opened(made(quota, wanted=View(phase="gd1")))["Chưa có kết quả"])
    assert [row[1] for row in rows[1:]] == ["LĐLĐ huyện F"]


def test_lists_that_are_empty_say_so() -> None:
    rows = "Mã,Ngày,Số,Đơn vị,Cấp trên\n1,02/01/2022,1,A,\n"
    book = opened(made(HEAD + "units: [{name: A, quota: {gd1: 1}}]\n", rows, "en", View(phase="gd1")))
    for name, said in (
        ("None yet", "There are none: every unit with a quota has something."),
        ("Rows set aside", "Every row is counted."),
    ):
        assert said in [row[0] for row in book[name].iter_rows(values_only=True)]


def test_the_sources_have_the_files_with_their_hashes(folder: Path) -> None:
    counted = made()
    for book in (opened(counted), recalculated(folder)):
        cells = [
            [cell for cell in row if cell is not None] for row in book["Nguồn số liệu"].iter_rows(values_only=True)
        ]
        digest = hashlib.sha256(Path("rows.csv").read_bytes()).hexdigest()
        assert ["rows.csv", 6, Path("rows.csv").stat().st_size, digest] in cells
        assert ["Số liệu tính đến hết ngày", "01/05/2022"] in cells
        quota = hashlib.sha256(Path("q.yaml").read_bytes()).hexdigest()
        assert ["Tệp chỉ tiêu", f"q.yaml · SHA-256 {quota}"] in cells
        assert ["Lệnh", "sangkien report --format xlsx --lang vi"] in cells
        assert ["được tính", 3] in cells
        assert ["Tổng số dòng đã đọc", 6] in cells


def test_the_origin_in_the_properties_is_read_back() -> None:
    counted = made()
    opened(counted)
    record = read_record(Path("r.xlsx"))
    assert (record.where, record.command, record.as_of) == ("properties", "report", date(2022, 5, 1))
    assert [each.path for each in record.inputs] == ["rows.csv"]
    assert record.config is not None
    assert record.config.sha256 == counted.report.config.sha256


# --- safe, whole, the same ---

DANGEROUS = [
    "=1+1",
    "+84",
    "-5",
    "@SUM(A1)",
    "\t=2",
    '=HYPERLINK("http://a.b","x")',
    "http://a.b/c",
    "a\nb",
    "  hai  ",
]


def test_text_stays_text_through_libreoffice_and_nothing_is_a_link(folder: Path) -> None:
    counted = made()
    sections = tuple(
        replace(
            section, lines=tuple(replace(line, name=name) for line, name in zip(section.lines, DANGEROUS, strict=False))
        )
        for section in counted.sheet.sections
    )
    named = replace(counted, sheet=replace(counted.sheet, title="=cmd|'/c calc'!A1", sections=sections))
    for book in (opened(named), recalculated(folder)):
        sheet = book.worksheets[0]
        cells = [sheet.cell(header(sheet) + 2 + at, 2) for at in range(len(sections[0].lines))]
        assert [cell.value for cell in cells] == DANGEROUS[: len(cells)]
        assert {cell.data_type for cell in cells} == {"s"}
        assert sheet["A2"].value == "=cmd|'/c calc'!A1"
        assert all(cell.hyperlink is None for each in book.worksheets for row in each.iter_rows() for cell in row)
    with zipfile.ZipFile("r.xlsx") as package:
        assert not any(b"External" in package.read(name) for name in package.namelist())


@pytest.mark.parametrize(
    "text", ["=1+1", "+84", "-5", "@SUM(A1)", "\t=2", '=HYPERLINK("http://a.b","x")', "mailto:a@b.vn"]
)
def test_whatever_the_heads_hold_is_text_after_libreoffice_saved_it_too(text: str, folder: Path) -> None:
    """In the name of the programme, of a phase, of each unit, in codes and in every part of head and signature."""
    counted = made(HEAD + TREE)
    heads = Letterhead(text, text, 5, text, text, capacity=(text, text), signer=text)
    config = replace(counted.report.config, letterhead=heads)
    sections = tuple(
        replace(
            each,
            title=text,
            notes=(text,),
            lines=tuple(replace(line, name=text, word=text, below=(text,)) for line in each.lines),
        )
        for each in counted.sheet.sections
    )
    sheet = replace(
        counted.sheet, title=text, subtitle=text, sections=sections, passages=(Passage(text, ((0, text),)),)
    )
    stored = opened(replace(counted, report=replace(counted.report, config=config), sheet=sheet), values=False)
    recalculated(folder)
    again = openpyxl.load_workbook(folder / "out" / "bare.xlsx")
    for book in (stored, again):
        cells = [cell for each in book.worksheets for row in each.iter_rows() for cell in row if cell.value is not None]
        assert sum(cell.value == text for cell in cells) > 20
        assert sum(cell.value == text.upper() for cell in cells) >= 5
        ours = re.compile(r"=(IF\(C|MAX\(C|SUM\(|[A-Z]+[0-9]+$|'[^!]+'!\$?E)")
        assert all(ours.match(str(cell.value)) for cell in cells if cell.data_type == "f")
        assert all(cell.hyperlink is None for cell in cells)


def test_characters_that_no_file_holds_leave_every_part_of_the_workbook_readable(folder: Path) -> None:
    """Control characters, halves of characters and much text, in every text of a report; each part is XML."""
    counted = made(HEAD + TREE)
    text = "\x00\x0b\ud800a\uffff<&>\"'" + "x" * 40_000
    heads = Letterhead(text, text, 5, text, text, capacity=(text,), signer=text)
    config = replace(counted.report.config, letterhead=heads, programme=text)
    sections = tuple(
        replace(each, title=text, notes=(text,), lines=tuple(replace(line, name=text) for line in each.lines))
        for each in counted.sheet.sections
    )
    named = replace(
        counted,
        report=replace(counted.report, config=config),
        sheet=replace(counted.sheet, title=text, sections=sections),
    )
    book = opened(named)
    with zipfile.ZipFile("r.xlsx") as package:
        for name in package.namelist():
            ElementTree.fromstring(package.read(name))
        heights = re.findall(rb' ht="([0-9.]+)"', package.read("xl/worksheets/sheet1.xml"))
    assert max(float(each) for each in heights) <= 409, "Excel's highest row"
    again = recalculated(folder)
    for each in (book, again):
        assert each.worksheets[0].cell(header(each.worksheets[0]) + 2, 2).value == "a<&>\"'" + "x" * 32_760 + "…"
    assert book.worksheets[0].freeze_panes == "C1", "rows higher than a window do not stay in view"


def test_text_that_looks_like_an_escape_is_kept(folder: Path) -> None:
    """Excel takes `_x0041_` for the letter A unless it is told otherwise; so does LibreOffice."""
    counted = made()
    opened(replace(counted, sheet=replace(counted.sheet, title="_x0041_")))
    assert convert(Path("r.xlsx"), "csv", folder).read_bytes().splitlines()[1].startswith(b"_x0041_,")


def test_rows_set_aside_keep_what_was_typed(folder: Path) -> None:
    """A code that is a formula, a name with a bell in it, both from the export."""
    rows = "Mã,Ngày,Số,Đơn vị,Cấp trên\n=1+1,02/01/2022,1,-2+3\x07,\n@a,02/01/2022,1,+x,\n"
    counted = made(rows=rows, wanted=View(phase="gd1"))
    for book in (opened(counted), recalculated(folder)):
        assert [row[3:5] for row in listed(book["Dòng không tính"])] == [["=1+1", "-2+3"], ["@a", "+x"]]


def test_what_no_workbook_holds_is_mended() -> None:
    counted = made()
    title = "a\x00b\ud800" + "x" * 40_000
    book = opened(replace(counted, sheet=replace(counted.sheet, title=title)))
    assert book.worksheets[0]["A2"].value == "ab" + "x" * 32_764 + "…"


@pytest.mark.parametrize(
    "names",
    [("History", "history"), ("a[]:*?/\\b" * 9, "a[]:*?/\\b" * 9), ("'=1'", "Cả chương trình"), ("?", "Sheet")],
)
def test_phases_with_names_that_excel_refuses_have_their_sheets(names: tuple[str, str], folder: Path) -> None:
    quota = (
        HEAD.replace("name: Giai đoạn 1", f"name: {json.dumps(names[0])}").replace(
            "name: Giai đoạn 2", f"name: {json.dumps(names[1])}"
        )
        + TREE
    )
    counted = made(quota, as_of="2022-07-02")
    stored = opened(counted)
    again = recalculated(folder)
    assert stored.sheetnames == again.sheetnames
    assert len({name.casefold() for name in stored.sheetnames}) == len(stored.sheetnames)
    assert [table(sheet)[0][3] for sheet in again.worksheets[:3]] == [27, 2, 29]


def test_what_is_longer_than_a_sheet_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """With sheets of three rows: 7 lines on three sheets, the total on the last, where it adds up all."""
    monkeypatch.setattr(xlsx_parts, "MOST_ROWS", 3)
    units, rows = random_units(7)
    counted = made(HEAD + units, rows + "x,,1,U1,\n" * 4, wanted=View(phase="gd1"))
    stored = opened(counted)
    assert stored.sheetnames[:3] == ["Giai đoạn 1", "Giai đoạn 1 2", "Giai đoạn 1 3"]
    assert [row[1] for row in table(stored["Giai đoạn 1 3"])] == ["U6", "TỔNG CỘNG"]
    again = recalculated(folder)
    assert (
        table(again["Giai đoạn 1 3"])[-1][2:6] == table(stored["Giai đoạn 1 3"])[-1][2:6] == [10_121, 5066, 0.501, 5055]
    )
    assert [len(listed(stored[name])) for name in ("Dòng không tính", "Dòng không tính 2")] == [3, 1]


MAKE = """
import hashlib
from pathlib import Path
from sangkien_cli.render.report_xlsx import render_report_xlsx
from sangkien_cli.tables import Layout
from sangkien_cli.views import View
from tests.test_report_xlsx import of_files
made = of_files(Path("q.yaml"), "vi", View(rank=True), "2022-05-01", Layout(pace=True))
print(hashlib.sha256(render_report_xlsx(made)).hexdigest())
"""


def test_the_same_report_gives_the_same_bytes_in_every_process() -> None:
    write_files(Path(), {"q.yaml": HEAD + RICH, "rows.csv": ROWS})
    places = ({"TZ": "Asia/Ho_Chi_Minh", "PYTHONHASHSEED": "1"}, {"TZ": "America/New_York", "PYTHONHASHSEED": "2"})
    digests = {
        subprocess.run(
            [sys.executable, "-c", MAKE],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, **place, "PYTHONPATH": str(ROOT)},
        ).stdout
        for place in places
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("sample", "as_of", "figure"),
    [("thai-nguyen", "2022-04-27", (5000, 3889, 0.778)), ("ca-mau", "2022-04-25", (5091, 2660, 0.522))],
)
def test_the_samples_come_out_as_published_counts(
    sample: str, as_of: str, figure: tuple[int, int, float], folder: Path
) -> None:
    """Thái Nguyên 3,889 of 5,000; Cà Mau 2,660 of 5,091: the first unit, and the total that repeats it."""
    counted = of_files(ROOT / "configs" / f"{sample}.yaml", "vi", View(rank=True), as_of, Layout())
    stored = opened(counted)
    again = recalculated(folder)
    for book in (stored, again):
        rows = table(book.worksheets[0])
        assert tuple(rows[0][2:5]) == tuple(rows[-1][2:5]) == figure
    for line, row in lines_of(again, counted):
        assert (row[1].value, printed(row, "vi")) == (line.name, line.figure)
    assert agreeing(again) > 90
    assert len(listed(stored["Dòng không tính"])) == sum(counted.report.rows.set_aside.values())


def test_a_number_too_large_for_excel_is_written_as_it_is_printed() -> None:
    rows = f"Mã,Ngày,Số,Đơn vị,Cấp trên\n1,02/01/2022,{10**16},A,\n"
    counted = made(HEAD + "units: [{name: A, quota: {gd1: 3}}]\n", rows, wanted=View(phase="gd1"))
    sheet = opened(counted).worksheets[0]
    assert whole(10**16, "vi") in str(sheet.cell(header(sheet) + 2, 4).value)

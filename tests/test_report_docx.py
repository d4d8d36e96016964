"""The report as a Word document: its form by Nghị định 30/2020/NĐ-CP, its figures those of the grid, templates filled.

Where a test reads a document back, it does so with python-docx, which did not write the text: the body is made as XML.
"""

from __future__ import annotations

import io
import os
import re
import runpy
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.table import Table
from docx.text.paragraph import Paragraph

from sangkien_cli.config import load_config
from sangkien_cli.errors import SangkienError, show_problems
from sangkien_cli.lang import Lang
from sangkien_cli.lists import Selection
from sangkien_cli.pipeline import count
from sangkien_cli.render.docx_content import Paragraph as Prose
from sangkien_cli.render.docx_content import paper_of
from sangkien_cli.render.docx_fields import fields_of
from sangkien_cli.render.made import Made
from sangkien_cli.render.report_docx import render_report_docx, render_template
from sangkien_cli.tables import Layout, Passage, lay_out
from sangkien_cli.views import View, view
from tests.conftest import write_files
from tests.office import convert

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "sangkien_cli" / "templates" / "mau-bao-cao.docx"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

QUOTA = """
programme: 1 triệu sáng kiến
language: vi
phases: {gd1: {name: Giai đoạn 1, from: 2022-01-08, to: 2022-05-31}}
exports: {columns: {unit: Đơn vị, submitted: Ngày, code: Mã}}
units:
  - name: LĐLĐ tỉnh Thử
    id: tinh
    quota: {gd1: 40}
    units:
      - {name: LĐLĐ huyện A, quota: {gd1: 4}}
      - {name: LĐLĐ huyện B, quota: {gd1: 5}}
      - {name: LĐLĐ huyện C, quota: {gd1: 10}}
      - {name: LĐLĐ huyện D, quota: {gd1: 6}}
"""
# A 5 of 4 (vượt 25%), B 5 of 5, C 9 of 10 (near), D 1 of 6; 20 of 40 in all. One row has no date, one no unit.
DONE = {"LĐLĐ huyện A": 5, "LĐLĐ huyện B": 5, "LĐLĐ huyện C": 9, "LĐLĐ huyện D": 1}


def rows(done: dict[str, int], *more: str) -> str:
    units = [unit for unit, times in done.items() for _ in range(times)]
    lines = [f"{unit},01/03/2022,SK-{number}" for number, unit in enumerate(units)]
    return "\n".join(["Đơn vị,Ngày,Mã", *lines, *more]) + "\n"


EXPORT = rows(DONE, "LĐLĐ huyện A,,SK-X", ",01/03/2022,SK-Y")


def made_of(
    quota: str = QUOTA,
    export: str = EXPORT,
    as_of: str = "2022-04-27",
    lang: Lang = "vi",
    wanted: View | None = None,
    origin: str = "",
) -> Made:
    write_files(Path(), {"quota.yaml": quota, "export.csv": export})
    return made_from(Path("quota.yaml"), ["export.csv"], as_of, lang, wanted, origin)


def made_from(
    path: Path,
    exports: list[str] | None,
    as_of: str,
    lang: Lang = "vi",
    wanted: View | None = None,
    origin: str = "",
) -> Made:
    counted = count(load_config(path), exports, date.fromisoformat(as_of))
    shown = view(counted, wanted or View()).report
    layout = Layout(as_tree=wanted is None or not wanted.selection.is_list, advice=False)
    return Made(shown, counted.report, counted.judged, lay_out(shown, lang, layout), lang, origin)


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def said(document: Document) -> str:
    """All text, a paragraph a line, in its order, that of tables too; blanks that do not break are blanks."""
    paragraphs = ("".join(text.text or "" for text in each.iter(f"{W}t")) for each in document.element.iter(f"{W}p"))
    return "\n".join(paragraphs).replace("\u00a0", " ")


def report(**how: Any) -> Document:
    return opened(render_report_docx(made_of(**how)))


def document_part(**keys: str) -> str:
    return QUOTA + "document:\n" + "".join(f"  {key}: {value}\n" for key, value in keys.items())


# --- the form ---


def test_the_page_is_a4_with_the_margins_of_the_decree() -> None:
    """20 mm above and below, 30 mm left, 20 mm right, in Word's units of 1/1440 inch exact to a tenth of a mm."""
    section = report().sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    sizes = [section.page_width, section.page_height, section.top_margin, section.bottom_margin,
             section.left_margin, section.right_margin]  # fmt: skip
    assert [round(each.mm, 1) for each in sizes if each is not None] == [210, 297, 20, 20, 30, 20]


def test_every_letter_is_times_new_roman_at_the_sizes_of_the_decree() -> None:
    document = report(quota=document_part(agency="LĐLĐ tỉnh Thử", parent="Tổng LĐLĐ", number="5"))
    fonts = {element.get(f"{W}ascii") for element in document.styles.element.iter(f"{W}rFonts")}
    assert fonts == {"Times New Roman"}
    assert not list(document.element.iter(f"{W}rFonts"))  # nothing is set otherwise
    sizes: dict[str, tuple[float, bool, bool]] = {}
    for text, size, bold, italic in letters(document):
        sizes.setdefault(text, (size, bold, italic))
    assert sizes["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"] == (12, True, False)
    assert sizes["Độc lập - Tự do - Hạnh phúc"] == (13, True, False)
    assert sizes["Tổng LĐLĐ"] == (12, False, False)
    assert sizes["LĐLĐ tỉnh Thử"][:2] == (12, True)
    assert sizes["Số: 05/BC-LĐLĐ"] == (13, False, False)
    assert sizes["…………, ngày 27 tháng 4 năm 2022"] == (13, False, True)
    assert sizes["BÁO CÁO"] == (14, True, False)
    assert sizes["Nơi nhận:"] == (12, True, True)
    assert sizes["- Lưu: VT."] == (11, False, False)
    assert sizes["TM. BAN THƯỜNG VỤ"] == (14, True, False)
    assert sizes["I. KẾT QUẢ CHUNG"] == (14, True, False)
    assert {size for _, size, *_ in letters(document)} == {11, 12, 13, 14}


def letters(document: Document) -> Iterator[tuple[str, float, bool, bool]]:
    """Each paragraph's text with the size of its letters, whether they are bold, whether slanted."""
    for element in document.element.iter(f"{W}p"):
        paragraph = Paragraph(element, document._body)
        style = paragraph.style
        for run in paragraph.runs:
            assert style is not None
            size = run.font.size or style.font.size
            assert size is not None
            text = paragraph.text.replace("\u00a0", " ")
            yield text, size.pt, bool(run.bold or style.font.bold), bool(run.italic or style.font.italic)


def test_the_number_of_the_page_stands_above_it_in_the_middle_but_not_on_the_first() -> None:
    document = report()
    header = document.sections[0].header
    assert document.sections[0].different_first_page_header_footer
    assert [field.text for field in header._element.iter(f"{W}instrText")] == [" PAGE "]
    style = header.paragraphs[0].style
    assert style is not None
    assert style.paragraph_format.alignment == 1  # in the middle
    assert said(document).count("PAGE") == 0
    assert document.sections[0].first_page_header.paragraphs[0].text == ""


def test_lines_are_drawn_below_the_motto_the_agency_and_the_subject() -> None:
    """The motto's is as long as it: 12.2 times its size, 13 points, is 56 mm by the widths of Times New Roman Bold."""
    document = report(quota=document_part(agency="LĐLĐ tỉnh Thử"))
    cells = Table(document.element.body.find(f"{W}tbl"), document._body).rows[0].cells
    drawn = []
    for cell, width in zip(cells, (66, 100), strict=True):
        (rule,) = [each for each in cell.paragraphs if each._element.find(f".//{W}pBdr") is not None]
        indents = [rule.paragraph_format.left_indent, rule.paragraph_format.right_indent]
        drawn.append(width - sum(each.mm for each in indents if each is not None))
    assert drawn[1] == pytest.approx(56, abs=2)
    # The agency's is between a third and a half of `LĐLĐ TỈNH THỬ`, about 36 mm wide.
    assert 12 < drawn[0] < 18
    assert sum(each._element.find(f".//{W}pBdr") is not None for each in document.paragraphs) == 1


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2022-02-05", "ngày 05 tháng 02 năm 2022"),
        ("2022-01-31", "ngày 31 tháng 01 năm 2022"),
        ("2022-03-09", "ngày 09 tháng 3 năm 2022"),
        ("2022-04-10", "ngày 10 tháng 4 năm 2022"),
        ("2022-12-01", "ngày 01 tháng 12 năm 2022"),
    ],
)
def test_days_below_ten_and_the_first_two_months_have_a_leading_zero(day: str, shown: str) -> None:
    quota = document_part(place="Thái Nguyên", date=day)
    assert f"Thái Nguyên, {shown}" in said(report(quota=quota)).splitlines()


@pytest.mark.parametrize(
    ("number", "shown"), [("5", "05/BC-LĐLĐ"), ("10", "10/BC-LĐLĐ"), ("120", "120/BC-LĐLĐ"), ("", "      /BC-LĐLĐ")]
)
def test_a_number_below_ten_has_a_leading_zero_and_one_not_given_leaves_room(number: str, shown: str) -> None:
    assert f"Số: {shown}" in said(report(quota=document_part(number=number))).splitlines()


@pytest.mark.parametrize(
    ("agency", "symbol"),
    [("Liên đoàn Lao động tỉnh X", "BC-LĐLĐ"), ("CĐCS Trường Y", "BC-CĐCS"), ("CĐ ngành Y tế", "BC-CĐ"), ("Z", "BC")],
)
def test_a_symbol_that_is_not_given_follows_from_the_agency(agency: str, symbol: str) -> None:
    assert f"Số:       /{symbol}" in said(report(quota=document_part(agency=agency)))


def test_without_a_document_part_the_form_is_whole_and_what_is_not_known_is_left_open() -> None:
    lines = said(report()).splitlines()
    assert lines[0] == "LĐLĐ tỉnh Thử"  # shown in capitals
    assert "Số:       /BC-LĐLĐ" in lines
    assert "…………, ngày 27 tháng 4 năm 2022" in lines  # the as-of date, never the clock
    assert lines[-2:] == ["CHỦ TỊCH", "…………"] or lines[-1] == "…………"
    assert "Kính gửi" not in said(report())


def test_a_district_reports_below_its_province() -> None:
    document = report(wanted=View(unit="ldld-huyen-a"))
    assert said(document).splitlines()[:2] == ["LĐLĐ tỉnh Thử", "LĐLĐ huyện A"]


def test_everything_that_the_document_part_says_stands_at_its_place() -> None:
    quota = QUOTA + (
        "document:\n  parent: Cấp trên\n  agency: Cơ quan\n  number: 7\n  symbol: BC-CQ\n  place: Nơi\n"
        "  date: 2022-05-02\n  subject: Về việc gì\n  addressees: [Ông A, Bà B]\n  grounds: [Căn cứ một, Căn cứ hai;]\n"
        "  capacity: [TM. BAN CHẤP HÀNH, KT. CHỦ TỊCH]\n  signer: Người Ký\n  recipients: [Như trên, 'Lưu: VT, TH']\n"
    )
    lines = [line for line in said(report(quota=quota)).splitlines() if line]
    assert lines[:15] == [
        "Cấp trên", "Cơ quan", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 07/BC-CQ",
        "Nơi, ngày 02 tháng 5 năm 2022", "BÁO CÁO", "Về việc gì", "Kính gửi:", "- Ông A", "- Bà B", "Căn cứ một;",
        "Căn cứ hai.", "Cơ quan báo cáo kết quả thực hiện chương trình “1 triệu sáng kiến”, số liệu tính đến hết ngày "
        "27/04/2022, như sau:", "I. KẾT QUẢ CHUNG",
    ]  # fmt: skip
    assert lines[-6:] == [
        "Nơi nhận:", "- Như trên;", "- Lưu: VT, TH.", "TM. BAN CHẤP HÀNH", "KT. CHỦ TỊCH", "Người Ký"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "place", "key"),
    [
        ("document: {numbr: 5}", "quota.yaml:14:12", "config.unknown_key"),
        ("document: {number: 0}", "quota.yaml:14:20", "config.not_whole"),
        ("document: {number: 05}", "quota.yaml:14:20", "config.not_whole"),
        ("document: {date: 05/02/2022}", "quota.yaml:14:18", "config.not_date"),
        ("document: {signer: [a]}", "quota.yaml:14:20", "config.not_text"),
        ("document: 5", "quota.yaml:14:11", "config.not_mapping"),
    ],
)
def test_what_is_wrong_in_the_document_part_is_told_with_its_place(part: str, place: str, key: str) -> None:
    write_files(Path(), {"quota.yaml": QUOTA + part + "\n"})
    with pytest.raises(SangkienError) as caught:
        load_config(Path("quota.yaml"))
    assert [(problem.place, problem.what.key) for problem in caught.value.problems] == [(place, key)]


# --- what it says ---


def test_the_customary_words_for_each_unit() -> None:
    """20/40 = 50%, short 20. A 5/4: 125%, over 25. C 9/10: near. D 1/6 = 16.67%."""
    text = said(report())
    assert "LĐLĐ tỉnh Thử có 20 sáng kiến được tính, đạt 50,0% chỉ tiêu (40), còn thiếu 20." in text
    assert "Trong 4 đơn vị trực thuộc có chỉ tiêu: 1 vượt, 1 đạt, 1 gần đạt, 1 chưa đạt." in text
    assert "1. Đơn vị đạt và vượt chỉ tiêu (2 đơn vị):\n- LĐLĐ huyện A: 5/4 = 125,0%, vượt 25,0%;\n" in text
    assert "- LĐLĐ huyện B: 5/5 = 100,0%.\n" in text
    assert "2. Đơn vị gần đạt chỉ tiêu (1 đơn vị):\n- LĐLĐ huyện C: 9/10 = 90,0%.\n" in text
    assert "3. Đơn vị chưa đạt chỉ tiêu (1 đơn vị):\n- LĐLĐ huyện D: 1/6 = 16,7%.\n" in text
    assert "Cả 4 đơn vị có chỉ tiêu nêu trên đều đã có sáng kiến." in text
    assert "chưa có sáng kiến nào" not in text


@pytest.mark.parametrize(
    ("done", "sentence"),
    [
        (0, "LĐLĐ tỉnh Thử chưa có sáng kiến nào được tính trên chỉ tiêu 40."),
        (40, "LĐLĐ tỉnh Thử có 40 sáng kiến được tính, đạt 100,0% chỉ tiêu (40)."),
        (45, "LĐLĐ tỉnh Thử có 45 sáng kiến được tính, đạt 112,5% chỉ tiêu (40), vượt 12,5%."),
        (21, "LĐLĐ tỉnh Thử có 21 sáng kiến được tính, đạt 52,5% chỉ tiêu (40), còn thiếu 19."),
    ],
)
def test_the_overall_result_in_its_words(done: int, sentence: str) -> None:
    export = rows({"LĐLĐ tỉnh Thử": done}, *([] if done else [",01/03/2022,SK-Y"]))
    assert f": {sentence}" in said(report(export=export))


def test_over_follows_the_printed_percent() -> None:
    """149/44 = 338.63…%: truncated to 338, and so 238 over."""
    quota = QUOTA.replace("gd1: 40", "gd1: 44") + "percent: {decimals: 0, rounding: down}\n"
    text = said(report(quota=quota, export=rows({"LĐLĐ tỉnh Thử": 149})))
    assert "đạt 338% chỉ tiêu (44), vượt 238%." in text


def test_units_with_none_are_listed_and_asked() -> None:
    text = said(report(export=rows({"LĐLĐ huyện A": 4})))
    assert "Đơn vị có chỉ tiêu mà chưa có sáng kiến nào (3 đơn vị):\n- LĐLĐ huyện B: chỉ tiêu 5;\n" in text
    assert "đều đã có sáng kiến" not in text


LEVELS = """
programme: 1 triệu sáng kiến
language: vi
phases: {gd1: {name: Giai đoạn 1, from: 2022-01-08, to: 2022-05-31}}
exports: {columns: {unit: Đơn vị, submitted: Ngày, code: Mã}}
units:
  - name: LĐLĐ tỉnh Thử
    id: tinh
    quota: {gd1: 40}
    units:
      - name: LĐLĐ huyện A
        quota: {gd1: 4}
        units:
          - {name: CĐCS Một, quota: {gd1: 2}}
          - {name: CĐCS Hai, quota: {gd1: 2}}
      - {name: LĐLĐ huyện B, quota: {gd1: 10}}
"""


def test_a_list_of_several_levels_says_how_many_are_of_the_first() -> None:
    """A has 2 + 1 + 1 of 4, CĐCS Một 2 of 2, CĐCS Hai 1 of 2; B 9 of 10."""
    text = said(report(quota=LEVELS, export=rows({"CĐCS Một": 2, "CĐCS Hai": 1, "LĐLĐ huyện A": 1, "LĐLĐ huyện B": 9})))
    assert "Trong 2 đơn vị trực thuộc có chỉ tiêu: 1 đạt, 1 gần đạt." in text
    assert "Trong 2 đơn vị cấp dưới có chỉ tiêu: 1 đạt, 1 chưa đạt." in text
    assert (
        "1. Đơn vị đạt và vượt chỉ tiêu (2 đơn vị, trong đó 1 đơn vị trực thuộc):\n- LĐLĐ huyện A: 4/4 = 100,0%;"
        in text
    )
    assert "\n- CĐCS Một (LĐLĐ huyện A): 2/2 = 100,0%.\n2. Đơn vị gần đạt chỉ tiêu (1 đơn vị):" in text
    assert "3. Đơn vị chưa đạt chỉ tiêu (1 đơn vị):\n- CĐCS Hai (LĐLĐ huyện A): 1/2 = 50,0%." in text


def deep(below: int) -> str:
    listed = "".join(f"          - {{name: CĐCS {number:03}, quota: {{gd1: 3}}}}\n" for number in range(below))
    return (
        LEVELS[: LEVELS.index("          - {name: CĐCS Một")]
        + listed
        + LEVELS[LEVELS.index("      - {name: LĐLĐ huyện B") :]
    )


def test_of_many_units_the_text_names_those_right_below_the_top_and_says_where_the_others_stand() -> None:
    """50 units below A: 5 have 3 of 3, 40 have 1 of 3, 5 none; A has 55 of 4, B 1 of 10."""
    done = {f"CĐCS {number:03}": 3 if number < 5 else 1 for number in range(45)} | {"LĐLĐ huyện B": 1}
    text = said(report(quota=deep(50), export=rows(done)))
    assert "Trong 50 đơn vị cấp dưới có chỉ tiêu: 5 đạt, 40 chưa đạt, 5 chưa có sáng kiến nào." in text
    behind = "2. Đơn vị chưa đạt chỉ tiêu (41 đơn vị), gồm 1 đơn vị trực thuộc sau đây và 40 đơn vị cấp dưới nêu tại "
    behind += "Phụ lục:"
    assert f"{behind}\n- LĐLĐ huyện B: 1/10 = 10,0%.\n" in text
    assert "1. Đơn vị đạt và vượt chỉ tiêu (6 đơn vị, trong đó 1 đơn vị trực thuộc):" in text
    assert "(Số liệu từng đơn vị ở Phụ lục kèm theo.)" in text


def test_a_long_list_of_both_levels_is_divided_between_the_text_and_an_appendix_of_its_own() -> None:
    done = {f"CĐCS {number:03}": 3 for number in range(45)} | {"LĐLĐ huyện B": 1}
    document = report(quota=deep(50), export=rows(done))
    text = said(document)
    named = "1. Đơn vị đạt và vượt chỉ tiêu (46 đơn vị), gồm 1 đơn vị trực thuộc sau đây và 45 đơn vị cấp dưới nêu tại "
    named += "Phụ lục II:"
    assert f"{named}\n- LĐLĐ huyện A: 135/4 = 3.375,0%, vượt 3.275,0%.\n" in text
    assert "\nPhụ lục II\nĐơn vị đạt và vượt chỉ tiêu (45 đơn vị)\n" in text
    listed = document.tables[-1]
    assert [cell.text for cell in listed.rows[1].cells] == ["1", "CĐCS 000 (LĐLĐ huyện A)", "3", "3", "100,0"]
    assert len(listed.rows) == 46


@pytest.mark.parametrize(("name", "as_of"), [("thai-nguyen", "2022-07-15"), ("ca-mau", "2022-04-25"),
                                             ("ca-mau-2025", "2025-09-30")])  # fmt: skip
def test_what_the_first_part_counts_the_second_part_lists(name: str, as_of: str) -> None:
    """Of each phase: as many that reached, are near, are behind, have none, right below the top and deeper."""
    made = made_from(ROOT / "configs" / f"{name}.yaml", None, as_of)
    paper = paper_of(made)
    overall, units = ([block for block in part.blocks if isinstance(block, Prose)] for part in paper.parts[:2])
    titles = {"vượt": "đạt và vượt", "đạt": "đạt và vượt", "gần đạt": "gần đạt", "chưa đạt": "chưa đạt",
              "chưa có sáng kiến nào": "mà chưa có sáng kiến nào"}  # fmt: skip
    counted, listed = [], []
    for each in overall:
        if each.text.startswith("Cả chương trình"):
            continue
        found = re.findall(r"(\d+)\u00a0([^,.]+)", each.text.split("Trong ", 1)[1])
        for title in dict.fromkeys(titles.values()):
            number = sum(int(times) for times, word in found if titles[word] == title)
            counted += [(title, number)] if number else []
    for each in units:
        if each.text.startswith(("3. Cả", "Còn lại")):
            break
        if title_of := re.match(r"\w[.)] Đơn vị (?:có chỉ tiêu )?(.*?)(?: chỉ tiêu)? \((\d+)", each.text):
            listed.append((title_of[1], int(title_of[2])))
    assert counted == listed
    assert len(counted) >= (2 if name == "ca-mau-2025" else 4)


def test_a_list_of_which_a_line_would_be_broken_is_a_table_and_a_single_one_goes_on_behind_its_title() -> None:
    long = QUOTA.replace("LĐLĐ huyện A", "Công đoàn Tổng công ty Tư vấn Thiết kế và Xây dựng miền Bắc")
    export = EXPORT.replace("LĐLĐ huyện A", "Công đoàn Tổng công ty Tư vấn Thiết kế và Xây dựng miền Bắc")
    document = report(quota=long, export=export)
    (table,) = [each for each in document.tables if [cell.text for cell in each.rows[0].cells][-1] == "Tỷ lệ (%)"]
    assert [cell.text for cell in table.rows[2].cells] == ["2", "LĐLĐ huyện B", "5", "5", "100,0"]
    alone = said(report(quota=long, export=export.replace("LĐLĐ huyện B", "LĐLĐ huyện D")))
    assert "1. Đơn vị đạt và vượt chỉ tiêu (2" in alone  # D has 6 of 6 now
    alone = said(report(quota=long, export=rows({"Công đoàn Tổng công ty Tư vấn Thiết kế và Xây dựng miền Bắc": 5})))
    name = "Công đoàn Tổng công ty Tư vấn Thiết kế và Xây dựng miền Bắc"
    assert f"1. Đơn vị đạt và vượt chỉ tiêu (1 đơn vị): {name}: 5/4 = 125,0%, vượt 25,0%.\n" in alone


def test_what_is_asked_until_the_deadline() -> None:
    """27/4 to 31/5 are 34 days; 20 short, 20/34 = 0.588 a day, rounded up 0.6. Nothing came in the last 28 days."""
    text = said(report())
    assert "còn 34 ngày đến hạn 31/05/2022; LĐLĐ tỉnh Thử còn thiếu 20 sáng kiến, bình quân mỗi ngày cần 0,6 " in text
    assert "cần 0,6 (làm tròn lên)." in text
    assert (
        "Nếu giữ nhịp độ 28 ngày gần nhất (bình quân 0,0 sáng kiến mỗi ngày) thì đến hạn chỉ được 20 sáng kiến, "
        in text
    )
    assert "Giai đoạn 1: đề nghị 2 đơn vị chưa hoàn thành chỉ tiêu gửi bổ sung đủ số sáng kiến còn thiếu trước " in text


def test_nothing_is_asked_when_the_phase_is_over() -> None:
    text = said(report(as_of="2022-06-01"))
    assert "NHIỆM VỤ THỜI GIAN TỚI" not in text
    assert "gửi bổ sung" not in text


def test_every_row_is_accounted_for_and_the_reasons_add_up() -> None:
    """20 of 23 count; one has no unit, one no date, one is of May: nobody can mend that one."""
    text = said(report(export=EXPORT + "LĐLĐ huyện A,02/05/2022,SK-Z\n"))
    assert "tổng hợp từ 23 dòng do các đơn vị gửi: 20 dòng được tính, 3 dòng không được tính, theo lý do:" in text
    assert "1\nKhông ghi đơn vị\n1\n2\nKhông ghi ngày\n1\n3\nSau ngày chốt số liệu\n1\n\nCộng\n3\n" in text
    assert "Trong số đó có 2 dòng cần kiểm tra, bổ sung hoặc sửa (các lý do số 1, 2); đề nghị" in text
    assert "= 20 dòng" not in text
    only = said(report(export=rows(DONE, "LĐLĐ huyện A,02/05/2022,SK-Z")))
    assert "theo lý do" in only
    assert "cần kiểm tra" not in only
    assert "từ 20 dòng do các đơn vị gửi, tất cả đều được tính." in said(report(export=rows(DONE)))
    assert "Chưa có dòng số liệu nào được gửi." in said(report(export=rows({})))


def test_reasons_need_no_knowledge_of_trees() -> None:
    made = made_from(ROOT / "configs" / "thai-nguyen.yaml", None, "2022-07-15")
    text = said(opened(render_report_docx(made)))
    assert "\nĐơn vị không có trong danh sách đơn vị\n54\n" in text
    assert "\nTên đơn vị có ở nhiều nơi, không rõ đơn vị nào\n8\n" in text
    assert not re.search(r"\bcây\b|dòng trống|count\.where", text)


def test_quotas_that_do_not_add_up_are_told_below_their_table() -> None:
    """The quotas right below: 4 + 5 + 10 + 6 = 25, of 40."""
    told = "Chỉ tiêu của các đơn vị trực thuộc cộng lại là 25; chỉ tiêu của LĐLĐ tỉnh Thử là 40."
    assert told in said(report())
    assert "cộng lại là" not in said(report(quota=QUOTA.replace("gd1: 40", "gd1: 25")))
    docx.Document().save("mau.docx")
    section = fields_of(made_of(), paper_of(made_of()))["sections"][0]
    assert section["gap"] == told


def test_what_is_counted_beside_the_result_is_told_within_a_sentence() -> None:
    """22 rows were sent; one has no unit and one no date, and so they are nobody's in this phase."""
    also = "also_count: {nop: {name: Đã nộp}, cs: {name: CĐCS gửi}}\n"
    assert "Ngoài ra, đã nộp 20, CĐCS gửi 20." in said(report(quota=QUOTA + also))


def test_units_that_have_ended_are_counted_apart() -> None:
    quota = QUOTA.replace("huyện B, quota: {gd1: 5}", "huyện B, quota: {gd1: 5}, valid: {to: 2022-03-31}")
    assert quota != QUOTA
    text = said(report(quota=quota))
    assert "Trong 3 đơn vị trực thuộc có chỉ tiêu: 1 vượt, 1 gần đạt, 1 chưa đạt." in text
    assert "Ngoài ra có 1 đơn vị đã kết thúc hoạt động trước ngày chốt số liệu, chỉ nêu trong bảng." in text
    assert "1. Đơn vị đạt và vượt chỉ tiêu (1 đơn vị):\n- LĐLĐ huyện A:" in text


def test_a_single_ground_begins_the_opening_sentence() -> None:
    text = said(report(quota=document_part(grounds="Thực hiện Kế hoạch số 1 về “2 triệu sáng kiến”;")))
    opening = "Thực hiện Kế hoạch số 1 về “2 triệu sáng kiến”, LĐLĐ tỉnh Thử báo cáo kết quả thực hiện chương trình "
    assert f"\n{opening}“1 triệu sáng kiến”, số liệu" in text
    assert text.count("Kế hoạch số 1") == 1


def test_a_number_in_a_programme_stays_with_what_it_counts() -> None:
    document = report(quota=document_part(grounds="Căn cứ Kế hoạch “2 triệu sáng kiến”"))
    for text in ("1\u00a0triệu sáng kiến", "“2\u00a0triệu sáng kiến”"):
        assert any(text in each.text for each in document.paragraphs)
    assert document.core_properties.title.startswith("Kết quả thực hiện chương trình “1 triệu sáng kiến”")


def test_a_campaign_is_named_and_units_that_were_there_before_are_a_list_of_their_own() -> None:
    """A had 5 of 4 before 22/4 and B 5 of 5; of C 9 of 10, D none of 6: nothing came in since."""
    quota = QUOTA + "campaigns: {dot: {name: Đợt cuối, from: 2022-04-22, to: 2022-05-31, toward: gd1}}\n"
    write_files(Path(), {"quota.yaml": quota})
    campaign = load_config(Path("quota.yaml")).campaigns[0]
    text = said(report(quota=quota, export=rows({**DONE, "LĐLĐ huyện D": 0}), wanted=View(campaign=campaign)))
    assert "\nKết quả Đợt cuối thực hiện chương trình “1 triệu sáng kiến” (tính đến hết ngày 27/04/2022)\n" in text
    assert "LĐLĐ tỉnh Thử báo cáo kết quả Đợt cuối thực hiện chương trình" in text
    listed = "1. Đơn vị đã đạt chỉ tiêu từ trước đợt (2 đơn vị):\n- LĐLĐ huyện A: trong đợt có thêm 0;\n"
    assert f"{listed}- LĐLĐ huyện B: trong đợt có thêm 0.\n" in text
    assert "đạt và vượt" not in text


def test_no_number_of_a_target_is_broken() -> None:
    """Of 1.180.000.000/1.000.000.000 = 118,0% what stands before the blank fits into its cell: 27 letters, about
    12 times the 12 points of the text, which is 51 mm."""
    made = made_from(ROOT / "configs" / "ngoc-lac.yaml", None, "2021-10-10")
    (cell,) = [cell for table in opened(render_report_docx(made)).tables for row in table.rows
               for cell in dict.fromkeys(row.cells) if "1.180.000.000" in cell.text]  # fmt: skip
    assert cell.width is not None
    assert cell.width.mm > 52


@pytest.mark.parametrize(("kind", "told"), [("pct", "1250"), ("auto", "0"), ("dxa", "25%")])
def test_a_template_may_say_its_widths_in_any_measure(kind: str, told: str) -> None:
    document = docx.Document()
    table = document.add_table(2, 4)
    for row in table.rows:
        for cell, text in zip(row.cells, ("x", "{%tc for each in parts %}", "{{ each.number }}", "{%tc endfor %}"),
                              strict=True):  # fmt: skip
            cell.text = text
            width = cell._tc.get_or_add_tcPr().get_or_add_tcW()
            width.set(f"{W}type", kind)
            width.set(f"{W}w", told)
    document.save("mau.docx")
    filled = opened(render_template(made_of(), Path("mau.docx"))).tables[0]
    widths: list[Any] = [cell._tc.get_or_add_tcPr().tcW for cell in filled.rows[0].cells]
    assert [each.get(f"{W}type") for each in widths] == ["dxa"] * 6
    assert all(int(each.get(f"{W}w")) > 0 for each in widths)


def test_rows_that_a_template_repeats_need_not_stay_on_one_page() -> None:
    made = made_from(ROOT / "configs" / "thai-nguyen.yaml", None, "2022-07-15")
    for table in opened(render_template(made, SHIPPED)).tables[1:]:
        kept = [row for row in table.rows[1:] if row._tr.findall(f".//{W}keepNext")]
        assert kept == []


def test_a_list_that_was_asked_for_makes_no_claim_about_others() -> None:
    document = report(wanted=View(selection=Selection(only=frozenset({"met", "exceeded"}))))
    text = said(document)
    assert "Trong 2 đơn vị có chỉ tiêu nêu trong báo cáo: 1 vượt, 1 đạt." in text
    assert "LĐLĐ tỉnh Thử có" not in text
    assert "đều đã có sáng kiến" not in text


def test_a_campaign_speaks_of_what_was_short_when_it_began() -> None:
    """40 − 19 of before 22/4 = 21 short; 1 came in since: 1/21 = 4.8%."""
    quota = QUOTA + "campaigns: {dot: {name: Đợt cuối, from: 2022-04-22, to: 2022-05-31, toward: gd1}}\n"
    export = rows({**DONE, "LĐLĐ huyện D": 0}, "LĐLĐ huyện D,25/04/2022,SK-Z")
    write_files(Path(), {"quota.yaml": quota})
    campaign = load_config(Path("quota.yaml")).campaigns[0]
    text = said(report(quota=quota, export=export, wanted=View(campaign=campaign)))
    assert "Trong đợt, LĐLĐ tỉnh Thử có thêm 1 sáng kiến, đạt 4,8% số còn thiếu khi bắt đầu (21)." in text
    assert "Giai đoạn 1 đến nay: 20/40 = 50,0%." in text
    assert "- LĐLĐ huyện A: trong đợt có thêm 0;" in text
    assert "chưa có sáng kiến nào, gửi" not in text  # before the campaign they had some
    assert "Thiếu khi bắt đầu" in text


def test_targets_stand_with_the_overall_result() -> None:
    quota = QUOTA + "targets: [{id: t, name: Nhiều, unit: tinh, phase: gd1, measure: count, at_least: 30}]\n"
    assert "- Mục tiêu: Nhiều: 20/30 = 66,7%, chưa đạt." in said(report(quota=quota))


def test_in_english() -> None:
    text = said(report(lang="en"))
    assert "LĐLĐ tỉnh Thử has 20 submissions that count, 50.0% of the quota (40); 20 short." in text
    assert "SOCIALIST REPUBLIC OF VIET NAM\nIndependence - Freedom - Happiness" in text
    assert "LĐLĐ huyện A: 5/4 = 125.0%, 25.0% over" in text
    assert "…………, 27 April 2022\n" in text
    assert "(up to the end of 27 April 2022)" in text
    assert "2022-04-27" not in text


def test_a_phase_that_has_not_begun_and_the_whole_programme() -> None:
    quota = QUOTA.replace("phases: {", "phases: {gd2: {name: Giai đoạn 2, from: 2022-06-01, to: 2022-12-31}, ").replace(
        "gd1: 40", "gd1: 40, gd2: 60"
    )
    text = said(report(quota=quota))
    assert "Giai đoạn 2 (01/06/2022 – 31/12/2022): Chưa bắt đầu (từ ngày 01/06/2022)." in text
    assert "Cả chương trình: LĐLĐ tỉnh Thử có 20 sáng kiến được tính, đạt 20,0% chỉ tiêu (100), còn thiếu 80." in text


# --- tables ---


def table_with(document: Document, *heads: str) -> list[Table]:
    """The tables whose header has these titles."""
    return [each for each in document.tables if set(heads) <= {cell.text for cell in each.rows[0].cells}]


@pytest.mark.parametrize(("name", "as_of"), [("thai-nguyen", "2022-04-27"), ("ca-mau", "2022-04-25")])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_tables_are_the_grid_line_by_line(name: str, as_of: str, lang: Lang) -> None:
    made = made_from(ROOT / "configs" / f"{name}.yaml", None, as_of, lang)
    document = opened(render_report_docx(made))
    head = {"vi": "Ghi chú", "en": "Remark"}[lang]
    tables = table_with(document, head)
    sections = [section for section in made.sheet.sections if section.lines]
    assert len(tables) == len(sections)
    for table, section in zip(tables, sections, strict=True):
        read = [[cell.text for cell in row.cells] for row in table.rows[1:]]
        assert len(read) == len(section.lines) + 1
        for cells, line in zip(read, section.lines, strict=False):
            _, unit, quota, done, percent, short, *more, word = cells
            assert (unit, short, word) == (line.name, line.short, line.word)
            assert tuple(each for each in more if each) == tuple(each for each in line.more if each)
            figure = done if not quota else f"{done}/{quota}" + (f" = {percent}%" if percent else "")
            assert figure == line.figure
        top = section.lines[0]
        _, word, quota, done, percent, short, *_ = read[-1]
        assert word in ("TỔNG CỘNG", "TOTAL")
        assert f"{done}/{quota} = {percent}%" == top.figure
        assert short == top.short


def test_headers_are_repeated_and_no_row_is_torn() -> None:
    for table in report().tables[1:-1]:
        marks = [[each.tag.removeprefix(W) for each in row._tr.trPr] for row in table.rows]
        assert marks[0] == ["cantSplit", "tblHeader"]
        assert all(mark == ["cantSplit"] for mark in marks[1:])


def test_a_row_that_may_be_higher_than_a_page_may_be_torn() -> None:
    (table,) = table_with(opened(render_report_docx(renamed(made_of(), "dài " * 200))), "Ghi chú")
    assert table.rows[-2]._tr.trPr is None
    assert table.rows[-1]._tr.trPr is not None


def test_the_head_of_a_column_is_no_longer_than_eighty_letters() -> None:
    made = made_of(quota=QUOTA + f"also_count: {{x: {{name: {'W' * 1500}}}}}\n")
    for content in (render_report_docx(made), render_template(made, SHIPPED)):
        assert "W" * 79 + "…" in [cell.text for cell in table_with(opened(content), "Ghi chú")[0].rows[0].cells]


def test_the_sum_counts_nobody_twice_and_has_a_quota_only_where_all_have_one() -> None:
    """Two roots, one with units below: 20 + 3; quotas 40 + 2. Without the second's quota there is no percent."""
    two = QUOTA + "  - {name: CĐCS Riêng, quota: {gd1: 2}}\n"
    export = rows({**DONE, "CĐCS Riêng": 3})
    (table,) = table_with(report(quota=two, export=export), "Ghi chú")
    assert [cell.text for cell in table.rows[-1].cells][1:6] == ["TỔNG CỘNG", "42", "23", "54,8", "20"]
    (table,) = table_with(report(quota=two.replace(", quota: {gd1: 2}", ""), export=export), "Ghi chú")
    assert [cell.text for cell in table.rows[-1].cells][1:6] == ["TỔNG CỘNG", "", "23", "", ""]


def many(units: int, extra: str = "") -> str:
    listed = "".join(f"      - {{name: CĐCS {number:04}, quota: {{gd1: 3}}}}\n" for number in range(units))
    return QUOTA[: QUOTA.index("      - {name: LĐLĐ huyện A")] + listed + extra


def test_a_long_table_stands_in_an_appendix_that_the_text_names() -> None:
    document = report(quota=many(40), export=rows({"CĐCS 0001": 3}))
    text = said(document)
    assert "Đơn vị có chỉ tiêu mà chưa có sáng kiến nào (39 đơn vị): xem Phụ lục II kèm theo." in text
    assert "(Số liệu từng đơn vị ở Phụ lục I, Phụ lục II kèm theo.)" in text
    assert "(Kèm theo Báo cáo số       /BC-LĐLĐ ngày 27 tháng 4 năm 2022 của LĐLĐ tỉnh Thử)" in text
    assert text.index("Nơi nhận:") < text.index("\nPhụ lục I\n")
    assert len(document.sections) == 3
    numbers = [section._sectPr.find(f"{W}pgNumType") for section in document.sections[1:]]
    assert [number.get(f"{W}start") for number in numbers if number is not None] == ["1", "1"]


def test_notes_are_never_alone_on_a_page() -> None:
    """The last rows of a table stay with what is told below it, which stays together."""
    quota = many(40, "campaigns: {dot: {name: Đợt cuối, from: 2022-04-22, to: 2022-05-31, toward: gd1}}\n")
    write_files(Path(), {"quota.yaml": quota})
    campaign = load_config(Path("quota.yaml")).campaigns[0]
    document = report(quota=quota, wanted=View(campaign=campaign))
    (table,) = table_with(document, "Ghi chú")
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert kept[-3:] == [True, True, True]
    assert not any(kept[3:-3])
    gap, *notes = [Paragraph(each, document._body) for each in table._tbl.itersiblings(f"{W}p")]
    assert gap.paragraph_format.keep_with_next
    assert [note.paragraph_format.keep_with_next for note in notes[:2]] == [True, None]
    assert notes[0].text.startswith("Thiếu khi bắt đầu")


def test_paragraphs_are_six_points_apart() -> None:
    document = report()
    for text in ("I. KẾT QUẢ CHUNG", "LĐLĐ tỉnh Thử báo cáo", "1. Đơn vị đạt", "- LĐLĐ huyện A", "Trong số đó có 2"):
        (found,) = [each for each in document.paragraphs if each.text.startswith(text)]
        style = found.style
        assert style is not None
        assert style.paragraph_format.space_before is not None
        assert style.paragraph_format.space_before.pt >= 6


def test_a_comparison_is_told_in_a_part_of_its_own() -> None:
    made = made_of()
    passages = (Passage("So với trước", ()), Passage("Nay được tính thêm 2", ((0, "LĐLĐ huyện A: 2"), (1, "chi tiết"))))
    text = said(opened(render_report_docx(replace(made, sheet=replace(made.sheet, passages=passages)))))
    assert "III. SO SÁNH, ĐỐI CHIẾU\nSo với trước\nNay được tính thêm 2\n- LĐLĐ huyện A: 2\n+ chi tiết\n" in text


def test_a_table_of_many_columns_stands_on_a_page_across() -> None:
    tallies = "".join(f"  nop-{number}: {{name: Số đã nộp đợt {number}}}\n" for number in range(6))
    document = report(quota=QUOTA + "also_count:\n" + tallies)
    assert document.sections[0].orientation == WD_ORIENT.PORTRAIT
    assert document.sections[1].orientation == WD_ORIENT.LANDSCAPE
    (table,) = table_with(document, "Ghi chú")
    assert width_of(table) <= 247.5


def width_of(table: Table) -> float:
    columns = table._tbl.tblGrid.findall(f"{W}gridCol")
    return sum(int(str(column.get(f"{W}w"))) for column in columns) * 25.4 / 1440


def test_no_table_is_wider_than_the_text() -> None:
    for table in report().tables[1:]:
        assert width_of(table) <= 160.1


def test_a_thousand_units_are_written_in_a_moment_and_all_there() -> None:
    document = report(quota=many(1000), export=rows({f"CĐCS {number:04}": 1 for number in range(0, 1000, 7)}))
    (table,) = table_with(document, "Ghi chú")
    names = [element.text for element in table._tbl.iter(f"{W}t") if (element.text or "").startswith("CĐCS")]
    assert names == [f"CĐCS {number:04}" for number in range(1000)]


# --- the same bytes, whose origin it tells, safe to open ---


def test_the_same_inputs_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = render_report_docx(made_of())
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    if hasattr(time, "tzset"):
        time.tzset()
    os.utime("export.csv", (0, 0))
    assert render_report_docx(made_of()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    told = opened(first).core_properties
    assert (told.author, told.created, told.modified) == ("sangkien", told.created, told.created)
    assert told.created is not None
    assert told.created.date() == date(2022, 4, 27)


def test_the_origin_stands_in_the_properties_cut_into_pieces() -> None:
    origin = '{"programme":"' + "Sáng kiến & <hơn> " * 60 + '"}'
    content = render_report_docx(made_of(origin=origin))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        part = package.read("docProps/custom.xml").decode()
    names = re.findall(r'name="([^"]+)"', part)
    assert names == [f"sangkien.origin.{number:02}" for number in range(1, len(names) + 1)]
    pieces = re.findall(r"<vt:lpwstr[^>]*>([^<]*)</vt:lpwstr>", part)
    assert max(map(len, (unescaped(piece) for piece in pieces))) <= 255
    assert "".join(map(unescaped, pieces)) == origin


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


NASTY = [
    "=cmd|'/c calc'!A1",
    "+1+1",
    "@SUM(A1)",
    "<w:p>&amp; \"x\" 'y'</w:p>",
    "{{ 7*7 }} {% for x in y %} {%p if %}",
    'HYPERLINK "http://example.org"',
    "http://example.org/?a=1&b=2",
    "{ INCLUDETEXT c:\\\\boot.ini }",
    "\u202eđảo ngược\u202c \u200f\u2067abc\u2069",
    "{_{ x }_} {_% y %_}",
    "]]><!--",
    "dài " * 10_000,
    "W" * 40_000,
]


def renamed(made: Made, name: str) -> Made:
    """The report with another name of its last unit, as no quota file could have it."""
    (section,) = made.sheet.sections
    last = section.lines[-1]
    assert last.of is not None
    line = replace(last, name=name, of=replace(last.of, unit=replace(last.of.unit, name=name)))
    sections = (replace(section, lines=(*section.lines[:-1], line)),)
    return replace(made, sheet=replace(made.sheet, sections=sections))


@pytest.mark.parametrize("name", NASTY, ids=lambda name: name[:12])
def test_a_name_is_text_whatever_it_says(name: str) -> None:
    for content in (render_report_docx(renamed(made_of(), name)), render_template(renamed(made_of(), name), SHIPPED)):
        document = opened(content)
        assert name.strip().replace("\u00a0", " ") in said(document)
        body = document.element
        assert not [*body.iter(f"{W}fldSimple"), *body.iter(f"{W}hyperlink"), *body.iter(f"{W}instrText")]
        assert not [rel for rel in document.part.rels.values() if rel.is_external]


@pytest.mark.parametrize("name", ["a\x00b\x01\x1fc", "a\ud800b", "a\ufffeb\uffff"])
def test_characters_that_no_document_holds_are_left_out(name: str) -> None:
    made = renamed(made_of(), name)
    for content in (render_report_docx(made), render_template(made, SHIPPED)):
        assert re.search("\nab?c?b?\n", said(opened(content)))


def test_office_finds_no_link_and_no_field_in_names(tmp_path: Path) -> None:
    """LibreOffice makes links of what it takes for one, and writes them into a PDF as /URI. It opens long names and
    heads too: where a row or a repeated header is higher than a page it gives up."""
    made = made_of(quota=many(40, f"also_count: {{x: {{name: {'dài ' * 400}}}}}\n"))
    (section,) = made.sheet.sections
    named = [replace(line, name=name[:4000]) for line, name in zip(section.lines[1:], NASTY, strict=False)]
    assert len(named) == len(NASTY)
    lines = (section.lines[0], *named, *section.lines[1 + len(named) :])
    made = replace(made, sheet=replace(made.sheet, sections=(replace(section, lines=lines),)))
    for name, content in (("a", render_report_docx(made)), ("b", render_template(made, SHIPPED))):
        source = tmp_path / f"{name}.docx"
        source.write_bytes(content)
        assert b"/URI" not in convert(source, "pdf", tmp_path).read_bytes()


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "=1+1", "a\x00\x1f\ud800b", "x" * 40_000, "<w:br/>&amp;"])
def test_the_heading_is_text_too(text: str) -> None:
    """Agency, programme, signer, recipients and grounds stand where the form has them, and in the properties."""
    made = made_of()
    letterhead = replace(made.report.config.letterhead, agency=text, signer=text, recipients=(text,), grounds=(text,))
    config = replace(made.report.config, letterhead=letterhead, programme=text)
    made = replace(made, report=replace(made.report, config=config), sheet=replace(made.sheet, title=text))
    shown = text.replace("\x00\x1f\ud800", "")
    for content in (render_report_docx(made), render_template(made, SHIPPED)):
        document = opened(content)
        assert said(document).count(shown) >= 4
        assert not list(document.element.iter(f"{W}instrText"))


# --- a template of one's own ---


def template(*paragraphs: str) -> Path:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save("mau.docx")
    return Path("mau.docx")


def filled(*paragraphs: str, **how: Any) -> list[str]:
    return [each.text for each in opened(render_template(made_of(**how), template(*paragraphs))).paragraphs]


def refused(*paragraphs: str) -> str:
    with pytest.raises(SangkienError) as caught:
        filled(*paragraphs)
    return show_problems(caught.value.problems, "vi")


def test_fields_are_filled_as_the_grid_prints_them() -> None:
    assert filled(
        "{{ phases.gd1.name }}: {{ phases.gd1.done }}/{{ phases.gd1.quota }} = {{ phases.gd1.percent }}%",
        "{%p for line in phases.gd1.reached %}",
        "{{ loop.index }}. {{ line.name }} {{ line.figure }} {{ line.over }}",
        "{%p endfor %}",
        "{{ 'thiếu' if phases.gd1.short_number > 0 else 'đủ' }}; {{ sections|length }}; {{ rows.read_number }}",
    ) == [
        "LĐLĐ tỉnh Thử: 20/40 = 50,0%",
        "1. LĐLĐ huyện A 5/4 = 125,0% 25,0",
        "2. LĐLĐ huyện B 5/5 = 100,0% ",
        "thiếu; 1; 22",
    ]


SAMPLES = [
    ("thai-nguyen", "2022-07-15", None),
    ("ca-mau", "2022-04-25", None),
    ("ha-noi-co-quan", "2022-05-31", None),
    ("ngoc-lac", "2021-08-01", None),  # with targets
    ("thai-nguyen", "2022-04-27", "cao-diem"),
]


@pytest.mark.parametrize(("name", "as_of", "campaign"), SAMPLES)
def test_the_shipped_template_gives_the_document_that_is_given_without_it(
    name: str, as_of: str, campaign: str | None
) -> None:
    """Every paragraph and every cell, in one order, on pages of one size and turned alike."""
    path = ROOT / "configs" / f"{name}.yaml"
    found = next((each for each in load_config(path).campaigns if each.id == campaign), None)
    made = made_from(path, None, as_of, wanted=None if found is None else View(campaign=found))
    own, template = opened(render_report_docx(made)), opened(render_template(made, SHIPPED))
    assert [line for line in said(template).splitlines() if line] == [line for line in said(own).splitlines() if line]
    assert [section.orientation for section in template.sections] == [section.orientation for section in own.sections]
    widths = [[cell.width for cell in table.rows[0].cells] for table in template.tables]
    assert [len(each) for each in widths] == [len(table.columns) for table in own.tables]


def test_columns_that_a_template_repeats_are_as_wide_as_their_texts_and_the_table_stays_as_wide() -> None:
    document = docx.Document()
    table = document.add_table(2, 4)
    for cell, text in zip(table.rows[0].cells, ("{{ sections[0].lines[1].name }}", "{%tc for each in parts %}",
                                                "{{ each.number }}", "{%tc endfor %}"), strict=True):  # fmt: skip
        cell.text = text
    for cell, text in zip(table.rows[1].cells, ("x", "{%tc for each in parts %}", "y", "{%tc endfor %}"), strict=True):
        cell.text = text
    before = width_of(table)
    document.save("mau.docx")
    filled = opened(render_template(made_of(), Path("mau.docx"))).tables[0]
    assert [cell.text for cell in filled.rows[0].cells] == ["LĐLĐ huyện A", "I", "II", "III", "IV", "V"]
    assert [cell.text for cell in filled.rows[1].cells] == ["x", "y", "y", "y", "y", "y"]
    assert width_of(filled) == pytest.approx(before, abs=0.2)
    widths = [cell.width for cell in filled.rows[0].cells]
    assert all(widths[0] is not None and each is not None and widths[0] > 3 * each for each in widths[1:])


def test_a_repetition_of_sections_leaves_no_empty_page() -> None:
    document = docx.Document()
    document.add_paragraph("{%p for each in parts[:2] %}")
    document.add_paragraph("{{ each.title }}")
    document.add_section(WD_SECTION.NEW_PAGE)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("")
    document.save("mau.docx")
    # Word has the end of a section in a paragraph of its own, as it is written here.
    made = opened(render_template(made_of(), Path("mau.docx")))
    assert [each.text for each in made.paragraphs if each.text] == ["KẾT QUẢ CHUNG", "KẾT QUẢ CỦA CÁC ĐƠN VỊ"]
    assert len(made.sections) == 2


def test_header_footer_footnote_and_properties_are_filled_too() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ programme }}"
    document.sections[0].footer.paragraphs[0].text = "{{ number }}"
    document.core_properties.title = "{{ agency }} & {{ as_of }}"
    document.save("mau.docx")
    made = opened(render_template(renamed(made_of(), "A & B"), Path("mau.docx")))
    assert made.sections[0].header.paragraphs[0].text == "1\u00a0triệu sáng kiến"
    assert made.sections[0].footer.paragraphs[0].text.endswith("/BC-LĐLĐ")
    assert made.core_properties.title.replace("\u00a0", " ") == "LĐLĐ tỉnh Thử & 27/04/2022"


@pytest.mark.parametrize("title", ["{{ agnecy }}", "{{ agency", "{{ 1/0 }}"])
def test_a_mistake_in_a_property_is_told_like_any_other(title: str) -> None:
    document = docx.Document()
    document.core_properties.title = title
    document.save("mau.docx")
    with pytest.raises(SangkienError) as caught:
        render_template(made_of(), Path("mau.docx"))
    assert f"(ở đoạn “{title}”)" in show_problems(caught.value.problems, "vi")


@pytest.mark.parametrize("field", ["{{ sections }}", "{{ recipients }}", "{{ phases.gd1 }}", "{{ joiner() }}"])
def test_what_is_no_text_is_not_printed(field: str) -> None:
    with pytest.raises(SangkienError) as caught:
        render_template(made_of(), template("Một đoạn", f"Nơi nhận: {field}"))
    shown = show_problems(caught.value.problems, "vi")
    assert f"không in thẳng ra được (ở đoạn “Nơi nhận: {field}”)" in shown
    assert "{%p for each in … %}, {{ each }}" in shown


def test_a_symbol_needs_no_slash() -> None:
    assert "Số: 07/BC-CQ\n" in said(report(quota=document_part(number="7", symbol="/BC-CQ")))


def test_tabs_and_breaks_in_a_text_are_those_of_word() -> None:
    document = opened(render_template(renamed(made_of(), "một\thai\nba"), template("{{ sections[0].lines[-1].name }}")))
    assert [each.text for each in document.paragraphs] == ["một\thai\nba"]
    assert len(list(document.element.iter(f"{W}tab", f"{W}br"))) == 2


def test_the_shipped_template_is_the_one_that_its_script_makes() -> None:
    script = runpy.run_path(str(ROOT / "sample_data" / "make_template.py"))
    assert script["template"]() == SHIPPED.read_bytes()


def test_names_with_signs_of_xml_are_filled_in_as_they_are() -> None:
    made = renamed(made_of(), "Công ty A & B <TNHH> {{ x }}")
    (text,) = [
        each.text for each in opened(render_template(made, template("{{ sections[0].lines[-1].name }}"))).paragraphs
    ]
    assert text == "Công ty A & B <TNHH> {{ x }}"


def test_a_field_that_is_not_there_is_told_with_its_paragraph_and_the_nearest() -> None:
    shown = refused("Ngày {{ as_off }}", "{{ programe }}")
    assert "mau.docx: không có trường “as_off” (ở đoạn “Ngày {{ as_off }}”)" in shown
    assert "gần giống có: as_of" in shown
    assert "không có trường “programe”" in shown
    assert "gần giống có: programme" in shown


@pytest.mark.parametrize(
    ("text", "name", "near"),
    [
        ("{{ phases.gd1.dome }}", "dome", "gần giống có: done"),
        ("{{ phases.gd9.done }}", "gd9", "gd1"),
        ("{{ rows.xyz }}", "xyz", "ở đây có các trường: balance"),
        ("{% if phases.gd1.quotas %}x{% endif %}", "quotas", "quota"),
    ],
)
def test_a_field_of_a_field_that_is_not_there(text: str, name: str, near: str) -> None:
    shown = refused("Trước", text)
    assert f"không có trường “{name}” (ở đoạn “{text}”)" in shown
    assert near in shown


@pytest.mark.parametrize(
    ("paragraphs", "shown"),
    [
        (["tốt", "{{ as_of "], "không hiểu được mẫu"),
        (["{% for x in parts %}{{ x.title }}"], "không hiểu được mẫu"),
        (["{{ as_of|nosuch }}"], "không hiểu được mẫu"),
        (["tốt", "{{ 1 / 0 }}"], "ZeroDivisionError: division by zero (ở đoạn “{{ 1 / 0 }}”)"),
        (["{{ phases.gd1.short_number + 'a' }}"], "không điền được mẫu"),
        (["{%p if not parts %}", "a {% endif %}"], "vòng lặp"),
    ],
)
def test_a_template_that_cannot_be_filled_is_told(paragraphs: list[str], shown: str) -> None:
    assert shown in refused(*paragraphs)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ as_of.__init__.__globals__ }}",
        "{{ phases.__class__ }}",
        "{{ parts.append(1) }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ range(1000000000)|list }}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_a_template_can_reach_nothing_but_its_fields(attack: str) -> None:
    shown = refused(attack)
    assert shown.startswith("mau.docx: ")
    assert "root:" not in shown


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"", "đây không phải tệp Word"),
        (b"plain text", "đây không phải tệp Word"),
        (b"PK\x03\x04broken", "đây không phải tệp Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "Word 97–2003 hoặc tệp có mật khẩu"),
    ],
)
def test_a_file_that_is_no_template(content: bytes, shown: str) -> None:
    Path("mau.docx").write_bytes(content)
    with pytest.raises(SangkienError) as caught:
        render_template(made_of(), Path("mau.docx"))
    assert shown in show_problems(caught.value.problems, "vi")


@pytest.mark.parametrize("root", [f'<w:document xmlns:w="{W[1:-1]}"/>', "<a/>"])
def test_a_word_file_without_a_text_is_no_template(root: str) -> None:
    docx.Document().save("whole.docx")
    with zipfile.ZipFile("whole.docx") as whole, zipfile.ZipFile("mau.docx", "w") as torn:
        for name in whole.namelist():
            torn.writestr(name, root if name == "word/document.xml" else whole.read(name))
    with pytest.raises(SangkienError) as caught:
        render_template(made_of(), Path("mau.docx"))
    assert "đây không phải tệp Word" in show_problems(caught.value.problems, "vi")


def test_a_workbook_is_no_template_and_a_template_may_be_missing(tmp_path: Path) -> None:
    import openpyxl

    openpyxl.Workbook().save("mau.docx")
    for path, key in ((Path("mau.docx"), "docx.template.no_word"), (Path("no.docx"), "docx.template.missing"),
                      (tmp_path, "file.unreadable")):  # fmt: skip
        with pytest.raises(SangkienError) as caught:
            render_template(made_of(), path)
        assert [problem.what.key for problem in caught.value.problems] == [key]


def test_a_filled_template_tells_its_origin_and_keeps_its_author() -> None:
    document = docx.Document()
    document.core_properties.author = "Văn phòng"
    document.add_paragraph("{{ as_of }}")
    document.save("mau.docx")
    made = made_of(origin='{"a":1}')
    content = render_template(made, Path("mau.docx"))
    assert content == render_template(made, Path("mau.docx"))
    assert opened(content).core_properties.author == "Văn phòng"
    Path("mau.docx").write_bytes(content)  # filled again: the old origin gives way
    again = render_template(replace(made, origin='{"b":2}'), Path("mau.docx"))
    with zipfile.ZipFile(io.BytesIO(again)) as package:
        part = package.read("docProps/custom.xml").decode()
    assert '{"b":2}' in part
    assert '{"a":1}' not in part


def test_every_field_is_documented() -> None:
    page = (ROOT / "docs" / "mau-bao-cao.md").read_text(encoding="utf-8")
    made = made_of()
    fields = fields_of(made, paper_of(made))

    def names(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            for name, each in value.items():
                yield name
                yield from names(each)
        elif isinstance(value, list):
            for each in value:
                yield from names(each)

    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", page))))
    ids = {phase.id for phase in made.report.config.phases}
    assert set(names(fields)) - ids - told == set()


# --- as it is seen ---


@pytest.mark.parametrize(("name", "as_of", "pages"), [("thai-nguyen", "2022-04-27", 7), ("ca-mau", "2022-04-25", 6)])
def test_libreoffice_prints_it_on_pages(name: str, as_of: str, pages: int, tmp_path: Path) -> None:
    """The text takes three pages, each appendix two or three."""
    made = made_from(ROOT / "configs" / f"{name}.yaml", None, as_of)
    source = tmp_path / "bao-cao.docx"
    source.write_bytes(render_report_docx(made))
    printed = convert(source, "pdf", tmp_path).read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) in (pages - 1, pages)

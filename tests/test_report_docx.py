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
from docx.enum.section import WD_ORIENT
from docx.table import Table
from docx.text.paragraph import Paragraph

from sangkien_cli.config import load_config
from sangkien_cli.errors import SangkienError, show_problems
from sangkien_cli.lang import Lang
from sangkien_cli.lists import Selection
from sangkien_cli.pipeline import count
from sangkien_cli.render.docx_content import paper_of
from sangkien_cli.render.docx_fields import fields_of
from sangkien_cli.render.made import Made
from sangkien_cli.render.report_docx import render_report_docx, render_template
from sangkien_cli.tables import Layout, lay_out
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
    layout = Layout(as_tree=wanted is None or not wanted.selection.is_list)
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
    assert "a) Đơn vị đạt và vượt chỉ tiêu (2):\n- LĐLĐ huyện A: 5/4 = 125,0%, vượt 25,0%;\n" in text
    assert "- LĐLĐ huyện B: 5/5 = 100,0%.\n" in text
    assert "b) Đơn vị gần đạt chỉ tiêu (1):\n- LĐLĐ huyện C: 9/10 = 90,0%.\n" in text
    assert "c) Đơn vị chưa đạt chỉ tiêu (1):\n- LĐLĐ huyện D: 1/6 = 16,7%.\n" in text
    assert "Tất cả 4 đơn vị có chỉ tiêu nêu trên đều đã có sáng kiến." in text
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
    assert "Đơn vị có chỉ tiêu mà chưa có sáng kiến nào (3):\n- LĐLĐ huyện B: chỉ tiêu 5;\n" in text
    assert "đều đã có sáng kiến" not in text


def test_what_is_asked_until_the_deadline() -> None:
    """27/4 to 31/5 are 34 days; 20 short, 20/34 = 0.588 a day, rounded up 0.6. Nothing came in the last 28 days."""
    text = said(report())
    assert "đến hạn 31/05/2022 còn 34 ngày; LĐLĐ tỉnh Thử còn thiếu 20 sáng kiến, bình quân mỗi ngày cần 0,6." in text
    assert "Giữ nhịp 28 ngày gần nhất (bình quân 0,0 mỗi ngày) thì đến hạn chỉ được 20, không đạt chỉ tiêu." in text
    assert "Đề nghị 2 đơn vị chưa đạt chỉ tiêu gửi đủ số còn thiếu trước khi hết ngày 31/05/2022." in text


def test_nothing_is_asked_when_the_phase_is_over() -> None:
    text = said(report(as_of="2022-06-01"))
    assert "VIỆC CẦN LÀM ĐẾN HẠN" not in text
    assert "Đề nghị" not in text


def test_rows_to_be_mended_are_counted_by_reason() -> None:
    text = said(report())
    assert "Đã đọc 22 dòng = 20 dòng được tính + 2 dòng không tính." in text
    assert "Trong số dòng không tính có 2 dòng phải kiểm tra, bổ sung hoặc sửa" in text
    assert "1\nkhông ghi đơn vị\n1\n2\nkhông ghi ngày\n1" in text
    assert "phải kiểm tra" not in said(report(export=rows(DONE)))


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
    assert "LĐLĐ huyện A: 0, đạt từ trước" in text
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
    assert "2022-04-27" in text


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
    assert "Đơn vị có chỉ tiêu mà chưa có sáng kiến nào (39): ở phụ lục kèm theo." in text
    assert "(Số liệu từng đơn vị ở Phụ lục I, Phụ lục II kèm theo.)" in text
    assert "(Kèm theo Báo cáo số       /BC-LĐLĐ ngày 27 tháng 4 năm 2022 của LĐLĐ tỉnh Thử)" in text
    assert text.index("Nơi nhận:") < text.index("\nPhụ lục I\n")
    assert len(document.sections) == 3
    numbers = [section._sectPr.find(f"{W}pgNumType") for section in document.sections[1:]]
    assert [number.get(f"{W}start") for number in numbers if number is not None] == ["1", "1"]


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


def test_the_shipped_template_says_what_the_report_says() -> None:
    """Whatever figure, name or sentence the report has, the template has too; only the form of lists may differ."""
    made = made_from(ROOT / "configs" / "thai-nguyen.yaml", None, "2022-04-27")
    own = said(opened(render_report_docx(made))).splitlines()
    template = said(opened(render_template(made, SHIPPED)))
    missing = [line for line in own if line and line not in template and not line.startswith("(Kèm theo")]
    # It has no column for what is needed a day, and asks for one addressee a line.
    assert [line for line in missing if not re.fullmatch(r"Cần mỗi ngày|\d,\d", line)] == []


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


@pytest.mark.parametrize(("name", "as_of", "pages"), [("thai-nguyen", "2022-04-27", 9), ("ca-mau", "2022-04-25", 6)])
def test_libreoffice_prints_it_on_pages(name: str, as_of: str, pages: int, tmp_path: Path) -> None:
    """The text takes three pages, each appendix two or three."""
    made = made_from(ROOT / "configs" / f"{name}.yaml", None, as_of)
    source = tmp_path / "bao-cao.docx"
    source.write_bytes(render_report_docx(made))
    printed = convert(source, "pdf", tmp_path).read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) in (pages - 1, pages)

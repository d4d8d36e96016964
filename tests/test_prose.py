"""Figures found in Vietnamese prose: documents, sentences, pairs of numbers, and the claims file drawn up from them."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sangkien_cli.claims.model import Claim, Hedge, Printed
from sangkien_cli.errors import SangkienError, show_problem
from sangkien_cli.lang import LANGUAGES, Lang, say, words
from sangkien_cli.prose import Paragraph, Prose, Reading, Sure, find, read_text
from sangkien_cli.prose.sentences import sentences
from sangkien_cli.render.draft import render_draft

if TYPE_CHECKING:
    from tests.conftest import Run

HERE = Path(__file__).resolve().parent
CASES = ("prose_cases", *(f"prose_cases_{name}" for name in ("unseen", "later", "last", "final", "tested")))


def prose(*paragraphs: str) -> Prose:
    return Prose("bài báo", tuple(Paragraph(text, f"bai.txt:{line}") for line, text in enumerate(paragraphs, start=1)))


def readings(*paragraphs: str) -> tuple[Reading, ...]:
    return find(prose(*paragraphs))


def value(printed: Printed | None) -> Fraction | None:
    return None if printed is None else printed.value


def told(reading: Reading) -> str:
    """The numbers of a reading: `2660/5091 52.2%`."""
    claim = reading.claim
    done, quota, percent = (
        "–" if printed is None else f"{float(printed.value):g}" for printed in (claim.done, claim.quota, claim.percent)
    )
    return f"{done}/{quota} {percent}%"


def hedge(printed: Printed | None) -> str | None:
    return printed.hedge.means if printed is not None and printed.hedge is not None else None


# --- the set of sentences ----------------------------------------------------------------------------------------


@cache
def cases(name: str) -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8")))


def numbers_agree(expected: dict[str, Any], reading: Reading) -> bool:
    claim = reading.claim
    found = {"done": value(claim.done), "quota": value(claim.quota), "percent": value(claim.percent)}
    wanted = {key: Fraction(str(expected[key])) if key in expected else None for key in found}
    return found == wanted and expected["kind"] == claim.kind


def agrees(expected: dict[str, Any], reading: Reading) -> bool:
    claim = reading.claim
    found: dict[str, Any] = {
        "unit": claim.unit,
        "phase": claim.phase,
        "as_of": claim.as_of,
        "done_hedge": hedge(claim.done),
        "percent_hedge": hedge(claim.percent),
        "across": reading.across,
    }
    asked = {key: expected[key] for key in found if key in expected}
    return numbers_agree(expected, reading) and all(found[key] == asked[key] for key in asked)


def shown(reading: Reading) -> str:
    claim = reading.claim
    numbers = {name: str(value(getattr(claim, name))) for name in ("done", "quota", "percent") if getattr(claim, name)}
    more = {"kind": claim.kind, "unit": claim.unit, "phase": claim.phase, "as_of": claim.as_of, "sure": reading.sure}
    return str(numbers | {key: str(said) for key, said in more.items() if said is not None})


@dataclass(frozen=True)
class Score:
    expected: int
    found: int
    wrong_sure: list[str]
    wrong_likely: list[str]
    missed: list[str]


@cache
def score(name: str) -> Score:
    """How many of the expected figures are found, and which are found that nobody expects."""
    missed: list[str] = []
    wrong_sure: list[str] = []
    wrong_likely: list[str] = []
    expected = found = 0
    for case in cases(name):
        got = list(readings(*str(case["text"]).split("\n")))
        for wanted in case["expect"]:
            expected += 1
            if any(agrees(wanted, reading) for reading in got):
                found += 1
            else:
                missed.append(f"{case['text']}\n    expected {wanted}\n    found    {[shown(each) for each in got]}")
        for reading in got:
            if not any(numbers_agree(wanted, reading) for wanted in case["expect"]):
                wrong = f"{case['text']}\n    wrong {shown(reading)}"
                {"sure": wrong_sure, "likely": wrong_likely}.get(reading.sure, []).append(wrong)
    return Score(expected, found, wrong_sure, wrong_likely, missed)


@pytest.mark.parametrize("name", CASES)
def test_nine_of_ten_figures_are_found_in_sentences_like_those_of_reports(name: str) -> None:
    result = score(name)
    print(f"{name}: {result.found} of {result.expected} found", *result.missed, sep="\n")
    assert result.found >= 0.9 * result.expected


@pytest.mark.parametrize("name", CASES)
def test_no_wrong_figure_is_called_sure(name: str) -> None:
    result = score(name)
    print(f"{len(result.wrong_likely)} wrong ones called likely:", *result.wrong_likely, sep="\n")
    assert result.wrong_sure == []


# --- documents ---------------------------------------------------------------------------------------------------

ARTICLE = "Đến ngày 25/4/2022, LĐLĐ tỉnh Cà Mau có 2.660 sáng kiến, đạt 52,2% chỉ tiêu 5.091 sáng kiến."


def only(path: Path) -> Reading:
    (reading,) = find(read_text(path))
    return reading


def refusal(path: Path, lang: Lang = "en") -> str:
    with pytest.raises(SangkienError) as raised:
        read_text(path)
    (problem,) = raised.value.problems
    return show_problem(problem, lang)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_file_is_read_in_every_encoding_of_unicode(folder: Path, encoding: str) -> None:
    path = folder / "bai-bao.txt"
    path.write_bytes(f"Tin tức\r\n\r\n{ARTICLE}\r\n".encode(encoding))
    reading = only(path)
    assert (told(reading), reading.place) == ("2660/5091 52.2%", "bai-bao.txt:3")
    assert reading.claim.source == "bai-bao.txt"


def test_a_text_in_windows_1258_is_read_as_it_was_typed(folder: Path) -> None:
    import unicodedata

    tones = "\u0300\u0301\u0303\u0309\u0323"  # this encoding writes them behind their letters
    apart = "".join(
        unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", letter) if c not in tones))
        + "".join(c for c in unicodedata.normalize("NFD", letter) if c in tones)
        for letter in ARTICLE
    )
    path = folder / "bai.txt"
    path.write_bytes(apart.encode("cp1258"))
    assert only(path).sentence == ARTICLE


def test_text_typed_in_a_font_of_before_unicode_is_refused(folder: Path) -> None:
    path = folder / "bai.txt"
    path.write_text("Liªn ®oµn Lao ®éng tØnh B¾c Giang ®¹t 112% kÕ ho¹ch, v­ît chØ tiªu giai ®o¹n mét", encoding="utf-8")
    assert "TCVN3" in refusal(path)
    assert "UniKey" in refusal(path)


def test_lines_that_were_broken_to_fit_a_width_are_one_sentence(folder: Path) -> None:
    path = folder / "thu.txt"
    path.write_text(
        "Đến ngày 25/4/2022, Liên đoàn Lao động tỉnh Cà Mau đã có tất cả\n2.660 sáng kiến được gửi lên phần mềm, đạt\n"
        "52,2% chỉ tiêu.\n",
        encoding="utf-8",
    )
    reading = only(path)
    assert (told(reading), reading.across, reading.place) == ("2660/– 52.2%", False, "thu.txt:1")


def test_a_line_that_begins_with_a_capital_letter_begins_a_paragraph(folder: Path) -> None:
    """Capital and small letters with marks lie mixed in Unicode: Đ, Ứ and Ở are capital ones."""
    path = folder / "bai.txt"
    title = "Kết quả thực hiện chương trình sáng kiến của các cấp công đoàn"
    path.write_text(f"{title}\nĐến nay có 332/250 sáng kiến\n{title}\nỞ Huế 210/180 sáng kiến\n", encoding="utf-8")
    assert [(told(each), each.place) for each in find(read_text(path))] == [
        ("332/250 –%", "bai.txt:2"),
        ("210/180 –%", "bai.txt:4"),
    ]


def test_a_folder_is_no_text(folder: Path) -> None:
    assert "this is a folder" in refusal(folder)
    assert "cách sửa: ghi rõ tên tệp văn bản trong đó" in refusal(folder, "vi")


def test_lines_of_a_list_stay_apart(folder: Path) -> None:
    path = folder / "danh-sach.txt"
    lines = ["LĐLĐ huyện Đồng Hỷ, theo báo cáo nhanh gửi về ngày hôm qua: 332/250", "1. LĐLĐ huyện Võ Nhai: 210/180"]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert [(told(each), each.place) for each in find(read_text(path))] == [
        ("332/250 –%", "danh-sach.txt:1"),
        ("210/180 –%", "danh-sach.txt:2"),
    ]


def test_a_word_document_is_read_in_its_order_with_tables_and_without_what_was_deleted(folder: Path) -> None:
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = Document()
    document.add_paragraph("BÁO CÁO")
    document.add_paragraph("")
    paragraph = document.add_paragraph("LĐLĐ huyện Đồng Hỷ có ")
    tracked = (
        f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r><w:delText>999</w:delText></w:r></w:del>',
        f'<w:ins {nsdecls("w")} w:id="2" w:author="a"><w:r><w:t>332</w:t></w:r></w:ins>',
    )
    for change in tracked:
        paragraph._p.append(parse_xml(change))
    paragraph.add_run(" sáng kiến, đạt 132,8% chỉ tiêu 250 sáng kiến.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "LĐLĐ huyện Võ Nhai 210/180 sáng kiến, đạt 116,7%"
    table.cell(0, 1).text = "Ghi chú"
    document.add_paragraph("LĐLĐ huyện Đại Từ 401/400 sáng kiến, đạt 100,25%")
    document.save(str(folder / "bao-cao.docx"))
    found = [(told(each), each.place) for each in find(read_text(folder / "bao-cao.docx"))]
    assert found == [
        ("332/250 132.8%", "bao-cao.docx ¶2"),
        ("210/180 116.7%", "bao-cao.docx ¶3"),
        ("401/400 100.25%", "bao-cao.docx ¶5"),
    ]


PAGE = """<html><head><title>Cà Mau: 2.660 sáng kiến</title><style>p {{ width: 50% }}</style>
<meta charset="{charset}"></head><body><nav>Đạt 99% chỉ tiêu 100 sáng kiến</nav>
<script>var a = "1.000 sáng kiến, đạt 20% kế hoạch";</script><h1>Sáng&nbsp;kiến</h1>
<div>LĐLĐ tỉnh <b>Cà Mau</b> có 2.660
sáng kiến, <i>đạt 52,2%</i> chỉ tiêu &quot;5.091 sáng kiến&quot;.<br>Hết tin</div>
<p style="display:none">LĐLĐ tỉnh A 10/20 sáng kiến</p></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1258"])
def test_a_web_page_is_read_without_its_scripts_and_menus(folder: Path, charset: str) -> None:
    page = PAGE.format(charset=charset)
    if charset == "windows-1258":
        page = "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in page)
    (folder / "bai.html").write_bytes(page.encode("ascii" if charset == "windows-1258" else "utf-8"))
    reading = only(folder / "bai.html")
    assert (told(reading), reading.claim.unit) == ("2660/5091 52.2%", "LĐLĐ tỉnh Cà Mau")
    assert reading.place == "bai.html:¶2"
    assert reading.claim.source == "Cà Mau: 2.660 sáng kiến"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bai.pdf", b"%PDF-1.7\n%\xe2\xe3", "copy the text into a .txt file"),
        ("bai.txt", b"%PDF-1.7\n%\xe2\xe3", "copy the text into a .txt file"),
        ("bao-cao.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save it as .docx"),
        ("bao-cao.docx", b"{\\rtf1 abc}", "save it as .docx"),
        ("bao-cao.docx", b"not a package", "not a Word document"),
        ("bao-cao.docx", b"PK\x03\x04 cut off", "not a Word document"),
        ("anh.txt", b"\x89PNG\r\n\x1a\n\0\0\0", "not a text"),
        ("trong.txt", b"  \n", "the file is empty"),
        ("cu.txt", b"c\xf3 2.660 s\xe1ng ki\xff\xfen \x81", "save it as .docx or as .txt in UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(folder: Path, name: str, content: bytes, says: str) -> None:
    (folder / name).write_bytes(content)
    message = refusal(folder / name)
    assert says in message
    assert message.startswith(str(folder / name))
    assert "\n   cách sửa: " in refusal(folder / name, "vi")


def test_a_missing_text_is_named(folder: Path) -> None:
    assert "there is no such file" in refusal(folder / "khong-co.txt")


def test_a_workbook_is_no_text(folder: Path) -> None:
    from openpyxl import Workbook

    Workbook().save(folder / "so-lieu.xlsx")
    assert "claims in Excel are given without --text" in refusal(folder / "so-lieu.xlsx")


def test_a_document_that_unpacks_without_end_is_refused(folder: Path) -> None:
    with zipfile.ZipFile(folder / "bom.docx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<w:document>" + b" " * 60_000_000)
    assert "--limit" in refusal(folder / "bom.docx")


# --- sentences ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "Có 2.660 sáng kiến tính đến 27.4.2022 tại TP. HCM và Tp. Huế",
        "LĐLĐ H. Đồng Hỷ, TX. Phổ Yên, Q. 5 và P. Tân Lập đạt 52,2% chỉ tiêu",
        "TS. Nguyễn Văn A., ThS. Trần B. và đ/c. Lê C. nêu sáng kiến, giải pháp, v.v. Của các đơn vị",
        "1. Kết quả giai đoạn 1",
        "a. Về số lượng",
        "II. Đánh giá chung",
        "2.1. Kết quả",
    ],
)
def test_a_dot_of_a_number_or_an_abbreviation_ends_no_sentence(sentence: str) -> None:
    assert sentences(sentence) == [sentence]


def test_sentences_end_at_full_stops_and_line_ends() -> None:
    text = "Đạt 52,2%. Các đơn vị khẩn trương! “Đạt 112%.” Ông nói ngày 25.4. Năm 2022.Kết thúc\ntại CĐCS. Hết"
    assert sentences(text) == [
        "Đạt 52,2%.", "Các đơn vị khẩn trương!", "“Đạt 112%.”", "Ông nói ngày 25.4.", "Năm 2022.", "Kết thúc",
        "tại CĐCS.", "Hết",
    ]  # fmt: skip


def test_a_small_letter_begins_no_sentence() -> None:
    assert sentences("Gồm sáng kiến, đề tài v.v... đạt 52,2%. Ở huyện… ông nói.") == [
        "Gồm sáng kiến, đề tài v.v... đạt 52,2%.", "Ở huyện… ông nói.",
    ]  # fmt: skip


# --- what is taken from a sentence -------------------------------------------------------------------------------


def test_numbers_of_one_sentence_that_were_not_used_are_named() -> None:
    (reading,) = readings("Sau 40 ngày, 63 tỉnh có 1.204 sáng kiến, tăng 12,5% so với cùng kỳ, đạt 80,3% kế hoạch.")
    assert reading.left == ("40 ngày", "63 tỉnh có", "tăng 12,5%")


def test_a_day_without_a_year_takes_the_one_year_of_the_text_and_says_so() -> None:
    day = "Đến ngày 25/4, LĐLĐ tỉnh Cà Mau có 2.660/5.091 sáng kiến."
    reading = readings("Năm 2022, toàn tỉnh phát động chiến dịch.", day)[0]
    assert reading.claim.as_of == date(2022, 4, 25)
    assert reading.why is not None
    assert "2022" in words(reading.why, "vi")


@pytest.mark.parametrize("elsewhere", ["Không có năm nào.", "Từ năm 2021 đến năm 2023."])
def test_a_year_that_the_text_does_not_say_is_never_guessed(elsewhere: str) -> None:
    reading = readings(elsewhere, "Đến ngày 25/4, LĐLĐ tỉnh Cà Mau có 2.660/5.091 sáng kiến.")[0]
    assert reading.claim.as_of is None
    assert reading.why is not None
    assert "25/4" in words(reading.why, "en")


def test_numbers_of_two_sentences_are_never_sure_and_both_are_quoted() -> None:
    (reading,) = readings("Toàn tỉnh có 2.660 sáng kiến.", "Con số này đạt 52,2% chỉ tiêu.")
    assert (reading.across, reading.sure, reading.left) == (True, "unsure", ())
    assert reading.why is not None
    said = words(reading.why, "en")
    assert all(part in said for part in ("bai.txt:1", "bai.txt:2", "2.660", "52,2%"))


def test_two_sentences_about_different_units_are_not_put_together() -> None:
    found = readings("LĐLĐ huyện Đồng Hỷ có 332 sáng kiến. LĐLĐ huyện Võ Nhai đạt 116,7% chỉ tiêu.")
    assert [(reading.across, reading.claim.unit) for reading in found] == [(False, "LĐLĐ huyện Võ Nhai")]


def test_a_wrong_figure_is_paired_by_its_words() -> None:
    """3,889/5,000 is 77.78%: the figure is wrong, and stays what the words say."""
    (reading,) = readings("Đã có 3.889 sáng kiến, đạt 76.5% chỉ tiêu 5.000 sáng kiến.")
    assert (told(reading), reading.sure) == ("3889/5000 76.5%", "sure")


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(["of", "over"]), st.integers(0, 2))
@settings(max_examples=80, deadline=None)
def test_what_is_said_both_ways_is_told_by_the_numbers_and_never_sure(
    done: int, quota: int, kind: str, decimals: int
) -> None:
    """ "Vượt mức chỉ tiêu 132,3%" is 132.3% or 132.3% more: only one of them is what the numbers give."""
    percent = (100 * done * 10**decimals // quota) - (100 * 10**decimals if kind == "over" else 0)
    assume(percent > 0)
    text = str(percent).rjust(decimals + 1, "0")
    text = text if decimals == 0 else f"{text[:-decimals]},{text[-decimals:]}"
    for wording in (f"vượt mức chỉ tiêu {text}%", f"hoàn thành vượt mức {text}% chỉ tiêu", f"vượt kế hoạch {text}%"):
        found = readings(f"LĐLĐ huyện A {wording} ({done}/{quota} sáng kiến).")
        assert all(each.sure != "sure" for each in found)
        assert {each.claim.kind for each in found} == {kind}


@pytest.mark.parametrize(
    "fraction", ["98/2022", "24/7", "24/24", "5/2022", "25/4", "3/3", "1/2", "63/63", "120/125", "332/250"]
)
@pytest.mark.parametrize(
    "sentence",
    [
        "Theo Báo Lao Động số {}, đạt 120% kế hoạch.",
        "LĐLĐ huyện Đồng Hỷ {}, có 40 sáng kiến.",
        "Kết quả {}, LĐLĐ huyện Đồng Hỷ đạt 120% chỉ tiêu.",
        "Đến {} huyện có 40 sáng kiến, đạt 80% chỉ tiêu.",
        "Làm việc {}.",
    ],
)
def test_a_fraction_is_not_surely_a_count_and_its_quota_unless_words_say_so(fraction: str, sentence: str) -> None:
    done = Fraction(fraction.partition("/")[0])
    found = [each for each in readings(sentence.format(fraction)) if value(each.claim.done) == done]
    assert all(each.sure != "sure" for each in found)


@pytest.mark.parametrize("words_said", ["149/44 sáng kiến", "149 sáng kiến/44 sáng kiến", "149/44 chỉ tiêu",
                                        "số sáng kiến: 149/44", "sáng kiến (149/44)"])  # fmt: skip
def test_a_fraction_is_surely_one_where_words_say_so(words_said: str) -> None:
    (reading,) = readings(f"Theo Báo Lao Động số 98/2022, Công đoàn Cơ quan có {words_said}, bằng 338%.")
    assert (told(reading), reading.sure) == ("149/44 338%", "sure")


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        (
            "Mỗi CĐCS có 3,2 sáng kiến, đạt 160% chỉ tiêu 2 sáng kiến/CĐCS.",
            ("3,2 sáng kiến", "đạt 160%", "2 sáng kiến"),
        ),
        ("Cứ 100 đoàn viên có 6 sáng kiến, đạt 120% chỉ tiêu.", ("100 đoàn viên", "6 sáng kiến", "đạt 120%")),
        ("Có 3,5 sáng kiến trên 1 CĐCS, đạt 175% chỉ tiêu.", ("3,5 sáng kiến", "1 CĐCS", "đạt 175%")),
    ],
)
def test_an_average_of_a_unit_is_no_attainment_and_is_named_as_left(sentence: str, left: tuple[str, ...]) -> None:
    said = "LĐLĐ huyện Đồng Hỷ có 40/50 sáng kiến. "
    assert readings(sentence) == ()
    (reading,) = readings(sentence.removesuffix(".") + "; " + said)
    assert (told(reading), reading.left) == ("40/50 –%", left)


def test_a_wrong_percent_beside_another_count_is_not_sure() -> None:
    found = readings("Có 3.000 sáng kiến, bị trả lại 100 sáng kiến, đạt 58% chỉ tiêu 5.000 sáng kiến.")
    assert all(reading.sure != "sure" for reading in found)


def test_a_number_in_words_counts_like_one_in_digits() -> None:
    (reading,) = readings("Công đoàn Xây dựng có bốn mươi sáng kiến, đạt tám mươi phần trăm chỉ tiêu.")
    assert told(reading) == "40/– 80%"
    assert reading.claim.done == Printed("bốn mươi", Fraction(40))


def test_claims_are_numbered_in_the_order_of_the_text() -> None:
    found = readings("LĐLĐ huyện A 120/100 sáng kiến; huyện B 90/80.", "LĐLĐ huyện C 5/10 sáng kiến.")
    assert [(each.claim.id, told(each)) for each in found] == [
        ("c1", "120/100 –%"),
        ("c2", "90/80 –%"),
        ("c3", "5/10 –%"),
    ]


@pytest.mark.parametrize(
    "piece",
    ["1", ".", "%", "1% ", "123 ", "1,2,", "12/", "(", "“", "chỉ tiêu ", "LĐLĐ huyện A ", "Ab ", "từ ngày đến ", "a@",
     "vượt chỉ tiêu" + "a" * 40 + " 5% ",
     "còn phải nộp ", "mỗi 1 sáng kiến/CĐCS ",
     "1/2, ", "sáng kiến (1/2) ", "giai đoạn 1 (1/2) lần lượt ", "Riêng ",
     "một hai ", "các huyện: ", "cả toàn của ", "lần lượt, A và ", "đạt 5% chỉ tiêu 10 sáng kiến ", "\u0301"],
)  # fmt: skip
def test_a_hostile_text_takes_no_longer_than_another(piece: str) -> None:
    """Were any rule exponential or quadratic, this would not come to an end."""
    text = piece * (60_000 // len(piece))
    assert all(reading.claim.sentence for reading in readings(text))


def test_phases_named_in_turn_belong_to_numbers_by_position() -> None:
    found = readings("Giai đoạn 1 và giai đoạn 2 lần lượt đạt 5.585/5.000 và 4.400/11.000 sáng kiến.")
    assert [(told(each), each.claim.phase, each.sure) for each in found] == [
        ("5585/5000 –%", "Giai đoạn 1", "likely"),
        ("4400/11000 –%", "giai đoạn 2", "likely"),
    ]


def test_names_and_numbers_in_turn_that_are_not_as_many_are_never_sure() -> None:
    found = readings("Đồng Hỷ, Võ Nhai lần lượt có 332/250, 210/180 và 401/400 sáng kiến, đạt 132,8%.")
    assert {each.sure for each in found} == {"likely"}


# --- the claims file that is drawn up ----------------------------------------------------------------------------


DRAFTED = {"bai.txt": ARTICLE, "so-lieu.yaml": "claims: []  # confirmed\n"}


def test_a_draft_is_read_as_claims(run_here: Run) -> None:
    assert run_here("audit", "--text", "bai.txt", "--draft", "moi.yml", files=DRAFTED).code == 0
    outcome = run_here("audit", "moi.yml")
    assert (outcome.code, outcome.stdout.splitlines()[-1]) == (0, "1 claim: 1 reproduced")


def test_a_draft_that_is_there_is_not_written_over(run_here: Run, folder: Path) -> None:
    outcome = run_here("audit", "--text", "bai.txt", "--draft", "so-lieu.yaml", files=DRAFTED)
    assert (outcome.code, outcome.stdout) == (2, "")
    assert "so-lieu.yaml: this file is there already" in outcome.stderr
    assert "choose another name, or delete it first" in outcome.stderr
    assert (folder / "so-lieu.yaml").read_text(encoding="utf-8") == DRAFTED["so-lieu.yaml"]


def test_the_text_itself_is_not_to_be_deleted_for_a_draft(run_here: Run) -> None:
    outcome = run_here("audit", "--text", "bai.yaml", "--draft", "bai.yaml", files={"bai.yaml": ARTICLE})
    assert "is being read and is not overwritten" in outcome.stderr
    assert "delete" not in outcome.stderr


@pytest.mark.parametrize("name", ["d.xlsx", "d", "-", "d.yaml.txt"])
def test_a_draft_ends_in_what_it_is(run_here: Run, folder: Path, name: str) -> None:
    outcome = run_here("audit", "--text", "bai.txt", "--draft", name, files=DRAFTED)
    assert outcome.code == 2
    assert f"--draft: a draft is a file of claims in YAML; “{name}” ends in something else" in outcome.stderr
    assert "end its name in one of .yaml, .yml" in outcome.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["bai.txt", "so-lieu.yaml"]


def uncommented(text: str) -> str:
    return "\n".join(line.removeprefix("# ") for line in text.splitlines())


def test_a_draft_says_what_was_taken_for_what() -> None:
    (reading,) = readings(
        "Đến ngày 27.4.2022, LĐLĐ tỉnh Thái Nguyên có gần 4.000 sáng kiến, đạt khoảng 76.5% kế hoạch."
    )
    text = render_draft([reading], "en")
    assert "count “gần 4.000”, percent “khoảng 76.5%”" in text
    assert yaml.safe_load(text) == {
        "claims": [
            {"id": "c1", "unit": "LĐLĐ tỉnh Thái Nguyên", "as_of": date(2022, 4, 27), "done": "gần 4000",
             "percent": 76.5, "kind": "of", "word": "khoảng", "source": "bài báo"}
        ]
    }  # fmt: skip


def test_what_is_unsure_is_confirmed_by_deleting_the_signs_before_it() -> None:
    text = render_draft(readings("Toàn tỉnh có 2.660 sáng kiến. Con số này đạt 52,20% chỉ tiêu."), "vi")
    assert yaml.safe_load(text) == {"claims": None}
    assert "percent: 52.20\n" in text
    (claim,) = yaml.safe_load(uncommented(text))["claims"]
    assert (claim["done"], claim["percent"]) == (2660, 52.2)


def test_a_text_without_figures_is_drawn_up_too() -> None:
    assert yaml.safe_load(render_draft((), "vi")) == {"claims": []}


HOSTILE = st.text(max_size=40) | st.sampled_from(
    ["# x", "- a: b", "\n", "\x85", "\0", "\u2028", "'", '"', "*a", "null"]
)


@st.composite
def any_reading(draw: st.DrawFn) -> Reading:
    def printed() -> Printed:
        digits = draw(st.integers(0, 10**6))
        decimals = draw(st.integers(0, 3))
        hedge = draw(st.none() | st.builds(Hedge, HOSTILE, st.just("about")))
        return Printed(draw(HOSTILE), Fraction(digits, 10**decimals), decimals, hedge)

    text = draw(HOSTILE)
    sure: Sure = draw(st.sampled_from(["sure", "likely", "unsure"]))
    claim = Claim(
        id=draw(HOSTILE), place=draw(HOSTILE), done=printed(), quota=None, percent=printed(), unit=draw(HOSTILE),
        phase=draw(st.none() | HOSTILE), as_of=draw(st.none() | st.dates()), source=draw(HOSTILE), sentence=text,
    )  # fmt: skip
    return Reading(claim, text, claim.place, sure, False, say("prose.why_style", text=text), (text,))


@given(st.lists(any_reading(), max_size=4), st.sampled_from(LANGUAGES))
@settings(max_examples=150, deadline=None)
def test_a_draft_is_yaml_whatever_the_text_holds(found: list[Reading], lang: Lang) -> None:
    text = render_draft(found, lang)
    claims = yaml.safe_load(text)["claims"] or []
    assert len(claims) == sum(reading.sure != "unsure" for reading in found)
    everything = yaml.safe_load(uncommented(text))["claims"] or []
    assert len(everything) == len(found)


@given(st.text(alphabet="0123456789.,/%() ;\nđạt vượt chỉ tiêu sáng kiến LĐLĐ huyện A khoảng ngày", max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_claims_that_something_can_be_said_of(text: str) -> None:
    """At least two numbers of three, or one and a unit; numbers exactly as printed."""
    for reading in readings(text):
        claim = reading.claim
        numbers = [each for each in (claim.done, claim.quota, claim.percent) if each is not None]
        assert len(numbers) + (claim.unit is not None) >= 2
        assert all(each.text in reading.sentence and each.value >= 0 for each in numbers)
        assert all(each.value.denominator == 1 for each in (claim.done, claim.quota) if each is not None)
    assert yaml.safe_load(render_draft(readings(text), "vi"))

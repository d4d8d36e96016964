"""Names of units: what is one name, what is near to another and why, and the list of unknown names out and in."""

from __future__ import annotations

import csv
import io
import json
import random
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sangkien_cli.nearest.search
from sangkien_cli.config.rewrite import rewrites
from sangkien_cli.errors import SangkienError, show_problems
from sangkien_cli.judge import Judged
from sangkien_cli.lang import Lang, words
from sangkien_cli.model import Config, Near
from sangkien_cli.nearest import Names
from sangkien_cli.pipeline import count, load_config
from sangkien_cli.render.spellings import names_csv, names_text, names_workbook
from sangkien_cli.spellings import (
    Choice,
    changes,
    read_choices,
    unknown_spellings,
    with_choices,
)
from sangkien_cli.text import fold, plain_words, slug, spelled_out
from tests.conftest import Run, write_files
from tests.office import convert

bounded = settings(max_examples=100, deadline=None, database=None)

# --- one name -----------------------------------------------------------------------------------------------------

ALIKE = [
    # the letters of an abbreviation apart, and both halves of one
    (
        "CĐCS Trường A",
        "CĐ CS Trường A",
        "CĐ. CS. Trường A",
        "C.Đ.C.S Trường A",
        "Công đoàn CS Trường A",
        "cđcs.trường A",
    ),
    ("LĐLĐ huyện A", "LĐ LĐ huyện A", "L.Đ.L.Đ huyện A", "L.Đ.L.Đ.H. A", "Liên đoàn Lao động H.A", "LÐ-LÐ huyện A"),
    ("CĐ VC tỉnh", "CĐVC tỉnh", "Công đoàn Viên chức tỉnh"),
    ("CĐ các KCN", "CĐ các K. C. N"),
    ("BHXH huyện", "B.H.X.H huyện", "Bảo hiểm xã hội huyện"),
    ("Trường THCS A", "Trường T.H.C.S A", "trường trung học cơ sở A"),
    ("TP. HCM", "T.P.H.C.M", "tphcm", "Thành phố Hồ Chí Minh"),
    ("TT Đu", "TT. Đu", "T.T Đu", "tt.đu"),
    # sectors and departments
    ("CĐ ngành GD", "CĐN GD", "Công đoàn ngành Giáo dục", "CĐ ngành giáo dục"),
    ("CĐ GD huyện A", "CĐGD huyện A", "Công đoàn Giáo dục huyện A"),
    ("Phòng GD&ĐT", "Phòng GD-ĐT", "Phòng GD và ĐT", "Phòng GDĐT", "PGD&ĐT", "P.GD&ĐT", "Phòng Giáo dục và Đào tạo"),
    ("Sở KH&ĐT", "Sở KHĐT", "Sở Kế hoạch và Đầu tư"),
    ("Sở NN & PTNT", "Sở NN và PTNT", "Sở Nông nghiệp và Phát triển nông thôn"),
    ("Sở LĐ-TB&XH", "Sở LĐTBXH", "Sở Lao động - Thương binh và Xã hội"),
    # companies, colleges, schools
    ("Cty CP Than A", "C.ty CP Than A", "CTCP Than A", "Công ty cổ phần Than A"),
    ("Trường CĐ Y tế", "Trường Cao đẳng Y tế"),
    ("Trường MN Hoa Mai", "Trường Mầm non Hoa Mai"),
    ("BV Phụ sản TW", "BV Phụ sản T.Ư", "BV Phụ sản Trung ương"),
    # one letter with its dot
    ("LĐLĐ H.Trảng Bom", "LĐLĐ-H. Trảng Bom", "LĐLĐ.H.Trảng Bom", "LĐLĐ huyện Trảng Bom"),
    ("UBND X.Tân Lập", "UBND xã Tân Lập"),
    # punctuation at the end is none of the name
    ("Than X", "Than X.", "“Than X”", "Than-X –"),
    ("nhóm H", "nhóm H."),
    # tone marks: placed either way, or typed after a blank
    ("Quý Hòa", "Quý Hoà", "QUÝ HOÀ"),
    ("Công đoàn CS thuỷ lợi", "Công đòan CS thủy lợi"),
    ("vệ sinh", "vê ̣sinh", "vê ̣ sinh"),
    ("nghệ thuật", "nghê ̣thuâ ̣t"),
    ("Bộ Y tế", "Bô ̣Y tế"),
    ("Hội Luật gia", "Hô ̣i Luâ ̣t gia"),
]


@pytest.mark.parametrize("names", ALIKE, ids=lambda names: names[0])
def test_spellings_of_one_name(names: tuple[str, ...]) -> None:
    assert {fold(name) for name in names} == {fold(names[0])}


DIFFERENT = [
    # an abbreviation with several meanings stays as it is
    ("TT Đu", "thị trấn Đu", "trung tâm Đu"),
    ("TH Hòa Bình", "Tiểu học Hòa Bình", "Trung học Hòa Bình"),
    ("BV rừng", "bệnh viện rừng", "bảo vệ rừng"),
    ("Sở GD", "Sở Giáo dục", "Sở Giao dịch"),
    ("PGD Ngân hàng A", "Phòng Giáo dục Ngân hàng A"),
    ("MN Hoa Mai", "Mầm non Hoa Mai"),
    ("cảnh sát CS", "cảnh sát cơ sở"),
    # CĐ is a union but for a school
    ("CĐ Y tế", "Cao đẳng Y tế"),
    ("Trường CĐ", "Trường Công đoàn"),
    # one letter without its dot, or in front of a number, or last
    ("nhóm H", "nhóm huyện"),
    ("H Trảng Bom", "huyện Trảng Bom"),
    ("Nhà máy X.51", "Nhà máy xã 51"),
    ("Than X.", "Than xã"),
    ("Q1", "Q2"),
    # neither the type nor a word more or less
    ("LĐLĐ huyện A", "LĐLĐ thị xã A", "LĐLĐ A", "huyện A"),
    ("Than Hà Lầm", "Công ty CP Than Hà Lầm"),
    ("GD và ĐT", "Giáo dục Đào tạo"),
    # accents
    ("quý", "quy", "quỷ"),
    ("ve ̂sinh", "ve sinh"),
    ("Đồng Hỷ", "Đồng Hỉ", "Đông Hỷ", "Dong Hy"),
]


@pytest.mark.parametrize("names", DIFFERENT, ids=lambda names: names[0])
def test_names_that_differ(names: tuple[str, ...]) -> None:
    assert [pair for pair in combinations(names, 2) if fold(pair[0]) == fold(pair[1])] == []


NAME = st.lists(
    st.sampled_from(
        [
            "LĐLĐ", "lđ", "CĐ", "CS", "c.đ", "H.", "Q.1", "TP", "t.p.", "GD", "&", "ĐT", "và", "K.C.N", "Trường",
            "ngành", "hoà", "thuỷ", "vê", "\u0323", "ng", "Ð", "T.Ư", "x", "7", "-", ".", "_", "(", "\u200b",
            "ê\u0323\u0301",
        ]
    ),
    max_size=8,
).flatmap(lambda parts: st.sampled_from(["", " ", "  "]).map(lambda between: between.join(parts)))  # fmt: skip


@bounded
@given(NAME | st.text(max_size=12))
def test_what_is_folded_stays_as_it_is(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@bounded
@given(NAME)
def test_case_unicode_form_and_what_stands_around_a_name_are_none_of_it(name: str) -> None:
    forms = (name.upper(), name.lower(), unicodedata.normalize("NFD", name), f" {name}\t", f"({name})", f"“{name}”")
    assert {fold(form) for form in forms} == {fold(name)}


@bounded
@given(NAME)
def test_a_name_spelled_out_is_the_name(name: str) -> None:
    assert fold(" ".join(meaning for _, meaning in spelled_out(name))) == fold(name)


def test_an_abbreviation_without_its_accents_is_known_but_no_name() -> None:
    assert plain_words("ldld") == "lien doan lao dong"
    assert fold("LDLD huyện A") != fold("LĐLĐ huyện A")
    assert slug("LĐLĐ huyện A") == "ldld-huyen-a"


# --- near names ---------------------------------------------------------------------------------------------------

UNITS = (
    "LĐLĐ tỉnh Thái Nguyên", "LĐLĐ thành phố Thái Nguyên", "LĐLĐ huyện Đồng Hỷ", "LĐLĐ huyện Phú Lương",
    "LĐLĐ huyện Phú Bình", "LĐLĐ huyện Định Hóa", "LĐLĐ huyện Võ Nhai", "LĐLĐ thị xã Phổ Yên", "LĐLĐ quận 1",
    "Công đoàn Viên chức tỉnh", "Công đoàn các Khu công nghiệp", "Công đoàn ngành Giáo dục",
    "CĐCS Công ty CP Than Hà Lầm", "CĐCS Trường Mầm non Hoa Mai", "CĐCS UBND thị trấn Đu",
    "CĐCS Trung tâm Y tế huyện", "CĐCS Trường Tiểu học Hòa Bình", "CĐCS Trường THCS Hòa Bình",
    "CĐCS Trường THPT số 1 Bảo Thắng", "CĐCS Phòng Giáo dục và Đào tạo", "CĐCS Trường Cao đẳng Y tế",
)  # fmt: skip


def shown(found: Sequence[Near], lang: Lang = "vi") -> list[str]:
    """Names with their reasons."""
    return [f"{near.name} ({words(near.why, lang)})" for near in found]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # accents
        ("LDLD huyen Dong Hy", ["LĐLĐ huyện Đồng Hỷ (thiếu dấu)"]),
        ("LĐLĐ huyện Đồng Hy", ["LĐLĐ huyện Đồng Hỷ (thiếu dấu)"]),
        ("LĐLĐ huyện Đông Hỷ", ["LĐLĐ huyện Đồng Hỷ (khác dấu: Đông / Đồng)"]),
        # the type
        ("LĐLĐ thành phố Đồng Hỷ", ["LĐLĐ huyện Đồng Hỷ (khác loại: thành phố / huyện)"]),
        ("LĐLĐ tp Phổ Yên", ["LĐLĐ thị xã Phổ Yên (khác loại: thành phố / thị xã)"]),
        ("LĐLĐ Võ Nhai", ["LĐLĐ huyện Võ Nhai (thiếu loại: huyện)"]),
        (
            "LĐLĐ Thái Nguyên",
            [
                "LĐLĐ tỉnh Thái Nguyên (thiếu loại: tỉnh)",
                "LĐLĐ thành phố Thái Nguyên (thiếu loại: thành phố)",
            ],
        ),
        ("LĐLĐ thành phố huyện Võ Nhai", ["LĐLĐ huyện Võ Nhai (thừa loại: thành phố)"]),
        # a slip
        ("LĐLĐ huyện Phú Lươg", ["LĐLĐ huyện Phú Lương (khác một từ: Lươg / Lương)"]),
        ("LĐLĐ huyện Đồng Hỉ", ["LĐLĐ huyện Đồng Hỷ (khác một từ: Hỉ / Hỷ)"]),
        ("LĐLĐ huyện ĐồngHỷ", ["LĐLĐ huyện Đồng Hỷ (viết liền hay rời: ĐồngHỷ / Đồng Hỷ)"]),
        ("CĐCS Trườn Mầm non Hoa Mai", ["CĐCS Trường Mầm non Hoa Mai (khác một từ: Trườn / Trường)"]),
        ("CĐCS Trường Mầmm non Hoa Mai", ["CĐCS Trường Mầm non Hoa Mai (khác một từ: Mầmm / Mầm)"]),
        ("CĐCS Trường Mầm non Hao Mai", ["CĐCS Trường Mầm non Hoa Mai (khác một từ: Hao / Hoa)"]),
        ("CĐCS UBDN thị trấn Đu", ["CĐCS UBND thị trấn Đu (khác một từ: UBDN / UBND)"]),
        ("CĐCS Trường TCS Hòa Bình", ["CĐCS Trường THCS Hòa Bình (khác một từ: TCS / THCS)"]),
        ("CĐCS Cty CPP Than Hà Lầm", ["CĐCS Công ty CP Than Hà Lầm (khác một từ: CPP / CP)"]),
        ("LĐLĐ huyệnn Đồng Hy", ["LĐLĐ huyện Đồng Hỷ (khác một từ: huyệnn / huyện, thiếu dấu)"]),
        # words too few or too many
        ("Than Hà Lầm", ["CĐCS Công ty CP Than Hà Lầm (thiếu từ: CĐCS Công ty cổ phần)"]),
        ("CĐCS CTCP Than Hà Lầm - Vinacomin", ["CĐCS Công ty CP Than Hà Lầm (thừa từ: Vinacomin)"]),
        ("LĐLĐ huyện Đồng Hỷ tỉnh Thái Nguyên", ["LĐLĐ huyện Đồng Hỷ (thừa từ: tỉnh Thái Nguyên)"]),
        ("CĐCS Phòng Giáo dục & Đào tạo", ["CĐCS Phòng Giáo dục và Đào tạo (thiếu từ: và)"]),
        (
            "Hòa Bình",
            [
                "CĐCS Trường Tiểu học Hòa Bình (thiếu từ: CĐCS Trường Tiểu học)",
                "CĐCS Trường THCS Hòa Bình (thiếu từ: CĐCS Trường THCS)",
            ],
        ),
        # an abbreviation of several meanings
        ("CĐCS UBND TT Đu", ["CĐCS UBND thị trấn Đu (TT có thể là thị trấn)"]),
        ("CĐCS TT Y tế huyện", ["CĐCS Trung tâm Y tế huyện (TT có thể là trung tâm)"]),
        ("CĐCS Trường TH Hoà Bình", ["CĐCS Trường Tiểu học Hòa Bình (TH có thể là tiểu học)"]),
        ("LĐLĐ H Đồng Hỷ", ["LĐLĐ huyện Đồng Hỷ (H có thể là huyện)"]),
        ("LĐLĐ Q1", ["LĐLĐ quận 1 (Q1 có thể là quận 1)"]),
        # several differences
        ("Dong Hy", ["LĐLĐ huyện Đồng Hỷ (thiếu dấu, thiếu từ: LĐLĐ huyện)"]),
        ("CĐ Y tế", ["CĐCS Trường Cao đẳng Y tế (CĐ có thể là cao đẳng, thiếu từ: CĐCS Trường)"]),
        # nothing is better than something wrong
        ("LĐLĐ huyện Hiệp Hòa", []),
        ("LĐLĐ huyện Sơn Dương", []),
        ("CĐCS Trường THPT số 2 Bảo Thắng", []),
        ("LĐLĐ quận 2", []),
        ("CĐCS Công ty TNHH Hòa Bình", []),
        ("CĐCS Trường Tiểu học Hòa Sơn", []),
        ("x", []),
        ("", []),
        ("---", []),
    ],
)
def test_near_names_and_why(typed: str, expected: list[str]) -> None:
    assert shown(Names(UNITS).nearest(typed)) == expected


PLACES_LIKE_WORDS = (
    "LĐLĐ huyện Hưng Phương", "LĐLĐ phường Sơn Tây", "LĐLĐ thị xã Sơn Tây", "CĐCS Công ty Đông Á",
    "CĐCS Trường THCS Hồng Quý", "CĐCS Công ty Sơ Mi", "CĐCS Công ty CP Than Lương Trung",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("LĐLĐ huyện Hưng Phươg", ["LĐLĐ huyện Hưng Phương (khác một từ: Phươg / Phương)"]),
        ("LDLD huyen Hung Phuog", ["LĐLĐ huyện Hưng Phương (khác một từ: Phuog / Phương, thiếu dấu)"]),
        ("CĐCS Công ty Đôn Á", ["CĐCS Công ty Đông Á (khác một từ: Đôn / Đông)"]),
        ("CĐCS Công ty Sơo Mi", ["CĐCS Công ty Sơ Mi (khác một từ: Sơo / Sơ)"]),
        # the type itself, mistyped
        (
            "LĐLĐ Phườngg Sơn Tây",
            [
                "LĐLĐ phường Sơn Tây (khác một từ: Phườngg / phường)",
                "LĐLĐ thị xã Sơn Tây (khác loại: Phườngg / thị xã)",
            ],
        ),
        # nothing is near by way of a word that was not typed: Đng, đồng, Hồng; X, xưởng, Lương
        ("CĐCS Trường THCS Đng Quý", []),
        ("CĐCS Công ty CP Than X Trung", []),
    ],
)
def test_a_place_called_like_a_usual_word_is_not_taken_for_it(typed: str, expected: list[str]) -> None:
    assert shown(Names(PLACES_LIKE_WORDS).nearest(typed)) == expected


def test_reasons_in_english() -> None:
    typed = ("LDLD huyen Dong Hy", "LĐLĐ thành phố Đồng Hỷ", "Than Hà Lầm", "CĐCS UBND TT Đu")
    assert [shown(near, "en") for near in Names(UNITS).nearest_of_all(typed)] == [
        ["LĐLĐ huyện Đồng Hỷ (missing accents)"],
        ["LĐLĐ huyện Đồng Hỷ (other type: thành phố / huyện)"],
        ["CĐCS Công ty CP Than Hà Lầm (missing words: CĐCS Công ty cổ phần)"],
        ["CĐCS UBND thị trấn Đu (TT may mean thị trấn)"],
    ]


def test_accents_come_before_types_and_types_before_likeness() -> None:
    names = ("LĐLĐ huyện Phú Lươn", "LĐLĐ thị xã Phú Lương", "LĐLĐ huyện Phú Lường")
    assert shown(Names(names).nearest("LĐLĐ huyện Phú Lương")) == [
        "LĐLĐ huyện Phú Lường (khác dấu: Lương / Lường)",
        "LĐLĐ thị xã Phú Lương (khác loại: huyện / thị xã)",
        "LĐLĐ huyện Phú Lươn (khác một từ: Lương / Lươn)",
    ]


def test_no_more_names_than_asked_for_in_the_given_order_where_equally_near() -> None:
    names = [f"LĐLĐ xã {place}" for place in ("Hòa Bình", "Hoa Bính", "Hoả Bình", "Hoá Bịnh", "Hoạ Binh")]
    assert [near.name for near in Names(names).nearest("LĐLĐ xa Hoa Binh", most=4)] == names[:4]


def test_nothing_is_near_where_there_are_no_names() -> None:
    assert Names([]).nearest_of_all(["LĐLĐ huyện Đồng Hỷ", ""]) == [(), ()]


SYLLABLES = ("Hòa", "An", "Bình", "Thủy", "Đức", "Tân", "Quý", "Vĩnh", "Sơn", "Lộc", "Khê", "Thọ")
PLACES = st.tuples(*[st.sampled_from(SYLLABLES)] * 2).map(" ".join)
NAMES = st.builds(
    "{} {}".format,
    st.sampled_from(
        ["LĐLĐ huyện", "LĐLĐ TP", "CĐCS Trường THCS", "CĐCS Trường TH", "CĐCS UBND xã", "CĐCS Cty CP", "TT"]
    ),
    PLACES,
)


@bounded
@given(st.lists(NAMES, max_size=20), st.lists(NAMES | PLACES, max_size=8))
def test_many_are_answered_like_one_by_one(names: list[str], typed: list[str]) -> None:
    asked = Names(names)
    answers = asked.nearest_of_all(typed)
    assert answers == [asked.nearest(text) for text in typed]
    for near in answers:
        assert len({each.name for each in near}) == len(near) <= 3
        assert {each.name for each in near} <= set(names)


@bounded
@given(st.lists(NAMES, min_size=1, max_size=20), st.data())
def test_a_name_that_lost_its_accents_finds_itself_first(names: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names))
    bare = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    typed = "".join(character for character in bare if not unicodedata.combining(character))
    first = Names(names).nearest(typed)[0]
    assert slug(first.name) == slug(name)
    assert words(first.why, "vi") == ("cùng tên" if fold(typed) == fold(first.name) else "thiếu dấu")


def test_a_tree_of_names_that_are_all_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where very many names are like each other, and where they are compared piece by piece, each is found still."""
    names = [f"CĐCS Đội {kind} số {number}" for number in range(1, 700) for kind in ("Xây lắp", "Vận tải")]
    random.Random(4).shuffle(names)
    typed = [f"CĐCS Đội {kind} số {number}" for number in (1, 77, 699) for kind in ("Xâp lắp", "Vận tại", "Van tai")]
    found = Names(names).nearest_of_all(typed)
    assert [shown(near)[0] for near in found[:3]] == [
        "CĐCS Đội Xây lắp số 1 (khác một từ: Xâp / Xây)",
        "CĐCS Đội Vận tải số 1 (khác dấu: tại / tải)",
        "CĐCS Đội Vận tải số 1 (thiếu dấu)",
    ]
    assert [near[0].name.rpartition(" ")[2] for near in found] == [text.rpartition(" ")[2] for text in typed]
    monkeypatch.setattr(sangkien_cli.nearest.search, "_AT_ONCE", 2000)
    assert Names(names).nearest_of_all(typed) == found


# --- the list of unknown names, out -------------------------------------------------------------------------------

QUOTA = """
    # tệp chỉ tiêu
    programme: p
    language: vi
    phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
    exports:
      columns: {code: Mã, submitted: Ngày, status: Trạng thái, unit: [CĐCS, Cấp trên]}
    count: {where: {status: Hợp lệ}}
    units:
      - name: LĐLĐ tỉnh Thái Nguyên
        id: tinh
        units:
          - name: LĐLĐ huyện Đồng Hỷ   # giữ nguyên
            id: dong-hy
            also: [Đồng Hỷ cũ]
            units:
              - {name: CĐCS Trường THCS Hòa Bình, id: dh-hb}
              - {name: CĐCS Công ty CP Than Hà Lầm, id: dh-than}
          - name: LĐLĐ huyện Võ Nhai
            id: vo-nhai
            units:
              - {name: CĐCS Trường THCS Hòa Bình, id: vn-hb}
              - {name: CĐCS Trường Mầm non Hoa Mai, id: vn-hm}
"""
LISTS = Mapping[str, list[tuple[str, str]]]


def export(*rows: tuple[str, str] | tuple[str, str, str], status: str = "Hợp lệ") -> str:
    """A CSV of rows given as CĐCS, unit above, and perhaps how often."""
    lines = ["Mã,Ngày,Trạng thái,CĐCS,Cấp trên"]
    for cdcs, above, *often in rows:
        lines += [
            f"SK{len(lines) + number},1/2/2022,{status},{cdcs},{above}" for number in range(int((often or ["1"])[0]))
        ]
    return "\n".join(lines) + "\n"


def judged(folder: Path, rows: str, quota: str = QUOTA) -> Judged:
    """The rows of a CSV judged."""
    write_files(folder, {"quota.yaml": quota, "export.csv": rows})
    return count(load_config(folder / "quota.yaml"), ["export.csv"]).judged


def listed(judged: Judged) -> list[tuple[str, int, str | None, list[str]]]:
    """The unknown spellings: text, rows, the id of the unit above, near units by id with reasons."""
    units = judged.tree.units
    return [
        (
            each.text,
            each.rows,
            None if each.above is None else units[each.above].id,
            [f"{units[position].id}: {words(near.why, 'vi')}" for position, near in each.nearest],
        )
        for each in unknown_spellings(judged)
    ]


ODD = export(
    ("CĐCS Trường THCS Hòa Bình", "LDLD huyen Dong Hy", "2"),
    ("CĐCS Trường THCS Hoà Binh", "LĐLĐ huyện Võ Nhai", "3"),
    ("CĐCS Trường THCS Hòa Bình", "LĐLĐ huyện Đồng Hỷ", "5"),
    ("Than Hà Lầm", "LĐLĐ huyện Đồng Hỷ", "4"),
    ("Trường MN Hoa Mai", ""),
    ("Trường lạ", "LĐLĐ huyện Đồng Hỷ", "9"),
    ("Trường lạ", "LĐLĐ huyện Sơn Dương", "9"),
)


def test_names_that_set_rows_aside_come_first_then_those_counted_for_a_unit_above(folder: Path) -> None:
    assert listed(judged(folder, ODD)) == [
        ("LĐLĐ huyện Sơn Dương", 9, None, []),
        ("LDLD huyen Dong Hy", 2, None, ["dong-hy: thiếu dấu"]),
        ("Trường MN Hoa Mai", 1, None, ["vn-hm: thiếu từ: CĐCS"]),
        ("Than Hà Lầm", 4, "dong-hy", ["dh-than: thiếu từ: CĐCS Công ty cổ phần"]),
        # only what lies below the unit for which the rows count is suggested
        ("CĐCS Trường THCS Hoà Binh", 3, "vo-nhai", ["vn-hb: thiếu dấu"]),
    ]


def test_a_name_under_a_name_that_is_not_known_either_is_listed_in_the_same_round(folder: Path) -> None:
    """It is looked for below the unit that is nearest to the name above it."""
    rows = export(
        ("Than Hà Lầm", "LDLD huyen Dong Hy", "2"),
        ("Than Hà Lầm", "LĐLĐ huyện Đồng Hỷ"),
        ("Than Hà Lầm", "LĐLĐ huyện Vo Nhai"),
        ("Than Hà Lầm", "LĐLĐ huyện Sơn Dương", "7"),
    )
    assert listed(judged(folder, rows)) == [
        ("LĐLĐ huyện Sơn Dương", 7, None, []),
        ("LDLD huyen Dong Hy", 2, None, ["dong-hy: thiếu dấu"]),
        ("LĐLĐ huyện Vo Nhai", 1, None, ["vo-nhai: thiếu dấu"]),
        ("Than Hà Lầm", 3, "dong-hy", ["dh-than: thiếu từ: CĐCS Công ty cổ phần"]),
    ]


def test_a_spelling_is_shown_as_it_is_typed_most_often(folder: Path) -> None:
    rows = export(("than hà lầm", "LĐLĐ huyện Đồng Hỷ"), ("Than  Hà Lầm.", "LĐLĐ huyện Đồng Hỷ", "2"),
                  ("Than Hà Lầm", "LĐLĐ H.Đồng Hỷ"), ("THAN HÀ LẦM", "LĐLĐ huyện Võ Nhai"))  # fmt: skip
    assert [each[:3] for each in listed(judged(folder, rows))] == [("Than Hà Lầm.", 4, "dong-hy")]


def test_rows_that_do_not_count_for_another_reason(folder: Path) -> None:
    """A filtered row is nobody's concern, a duplicate's names are read all the same."""
    near = ("Than Hà Lầm", "LĐLĐ huyện Đồng Hỷ")
    assert listed(judged(folder, export(near, ("", "LDLD huyen Dong Hy"), status="Hủy"))) == []
    twice = export(near) + export(near).partition("\n")[2]
    assert [each[:3] for each in listed(judged(folder, twice))] == [("Than Hà Lầm", 2, "dong-hy")]


def test_a_unit_that_does_not_exist_yet_is_no_unknown_name(folder: Path) -> None:
    quota = QUOTA.replace("id: vn-hm}", "id: vn-hm, valid: {from: 2022-06-01}}")
    rows = export(("CĐCS Trường Mầm non Hoa Mai", ""), ("CĐCS Trường Mầm non Hoa Mai", "LĐLĐ huyện Võ Nhai"))
    assert listed(judged(folder, rows, quota)) == []


def test_the_list_does_not_depend_on_the_order_of_the_rows(folder: Path) -> None:
    head, *lines = ODD.splitlines()
    random.Random(1).shuffle(lines)
    assert listed(judged(folder, "\n".join([head, *lines]))) == listed(judged(folder, ODD))


def test_several_units_of_the_near_name_are_each_suggested(folder: Path) -> None:
    (found,) = unknown_spellings(judged(folder, export(("CĐCS Truong THCS Hoa Binh", ""))))
    assert [position for position, _ in found.nearest] == [2, 5]


# --- the list as a file -------------------------------------------------------------------------------------------


def in_sheet(content: bytes) -> list[list[list[object]]]:
    """The cells of each sheet."""
    from openpyxl import load_workbook

    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in load_workbook(io.BytesIO(content))]


def test_the_workbook_says_what_to_do_and_lists_all_units(folder: Path) -> None:
    found = judged(folder, export(("CĐCS Truong THCS Hoa Binh", ""), ("Than Hà Lầm", "LĐLĐ huyện Đồng Hỷ", "4")))
    names, units, help_ = in_sheet(names_workbook(unknown_spellings(found), found.tree, "vi"))
    # in the first row, so that the list can be sorted, filtered, and read by other programs
    assert names[0] == [
        "Tên trong bảng xuất", "Số dòng", "Đang tính cho", "Gần giống 1", "Gần giống 2", "Gần giống 3", "Chọn",
        "Khác ở chỗ",
    ]  # fmt: skip
    assert names[1:] == [
        # a name that several units have is told apart by its id
        [
            "CĐCS Truong THCS Hoa Binh", 1, "không tính", "CĐCS Trường THCS Hòa Bình [dh-hb]",
            "CĐCS Trường THCS Hòa Bình [vn-hb]", None, None, "1. thiếu dấu; 2. thiếu dấu",
        ],
        [
            "Than Hà Lầm", 4, "LĐLĐ huyện Đồng Hỷ", "CĐCS Công ty CP Than Hà Lầm", None, None, None,
            "1. thiếu từ: CĐCS Công ty cổ phần",
        ],
    ]  # fmt: skip
    assert units[0] == ["Đơn vị", "Mã", "Trực thuộc"]
    assert units[1:3] == [
        ["LĐLĐ tỉnh Thái Nguyên", "tinh", None],
        ["LĐLĐ huyện Đồng Hỷ", "dong-hy", "LĐLĐ tỉnh Thái Nguyên"],
    ]
    assert len(units) == 1 + len(found.tree.units)
    told = " ".join(str(line) for (line,) in help_)
    assert "1, 2, 3" in told
    assert "Gõ bỏ qua hoặc - " in told
    assert "Ô để trống: chưa quyết định" in told
    assert "sangkien units --learn" in told


def test_the_choice_is_a_drop_down_list_of_the_suggestions_beside_it(folder: Path) -> None:
    from openpyxl import load_workbook

    found = judged(folder, ODD)
    book = load_workbook(io.BytesIO(names_workbook(unknown_spellings(found), found.tree, "en")))
    (choice,) = book["Names"].data_validations.dataValidation
    assert book["Names"]["G1"].value == "Choice"
    assert (str(choice.sqref), choice.formula1) == ("G2:G6", "$D2:$F2")
    assert not choice.showErrorMessage  # another name may be typed


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_cell_that_is_entered_says_what_may_be_typed(lang: Lang, folder: Path) -> None:
    from openpyxl import load_workbook

    found = judged(folder, ODD)
    book = load_workbook(io.BytesIO(names_workbook(unknown_spellings(found), found.tree, lang)))
    (choice,) = book.worksheets[0].data_validations.dataValidation
    assert choice.showInputMessage
    # Excel shows no more of them than this.
    assert 0 < len(choice.promptTitle or "") <= 32
    assert len(choice.prompt or "") <= 255
    expected = {
        "vi": ("1, 2, 3", "trang “Đơn vị”", "bỏ qua hoặc -", "để trống: chưa quyết định."),
        "en": ("1, 2, 3", "sheet “Units”", "skip or -", "blank cell: not decided yet."),
    }
    assert [text for text in expected[lang] if text not in (choice.prompt or "")] == []


def test_a_name_that_looks_like_a_formula_is_text(folder: Path) -> None:
    from openpyxl import load_workbook

    found = judged(folder, export(("=1+1 Hoa Mai", ""), ("@Than Hà Lầm", "LĐLĐ huyện Đồng Hỷ")))
    book = load_workbook(io.BytesIO(names_workbook(unknown_spellings(found), found.tree, "vi")))
    cells = [cell for row in book["Tên"].iter_rows() for cell in row if str(cell.value).startswith(("=", "@"))]
    assert [cell.data_type for cell in cells] == ["s", "s"]


def test_csv_has_the_same_columns_in_no_language(folder: Path) -> None:
    found = judged(folder, ODD)
    rows = list(csv.DictReader(io.StringIO(names_csv(unknown_spellings(found), found.tree))))
    assert list(rows[0]) == ["text", "rows", "counts_for", "near_1", "near_2", "near_3", "choice", "why"]
    assert rows[1] == {
        "text": "LDLD huyen Dong Hy", "rows": "2", "counts_for": "set aside", "near_1": "LĐLĐ huyện Đồng Hỷ",
        "near_2": "", "near_3": "", "choice": "", "why": "1. missing accents",
    }  # fmt: skip


def test_as_text(folder: Path) -> None:
    found = judged(folder, export(("Than Hà Lầm", "LĐLĐ huyện Đồng Hỷ", "4"), ("Lạ", "")))
    assert names_text(unknown_spellings(found), found.tree, "vi").splitlines() == [
        "1 dòng: “Lạ” (không tính)",
        "4 dòng: “Than Hà Lầm” (đang tính cho LĐLĐ huyện Đồng Hỷ)",
        "   1. CĐCS Công ty CP Than Hà Lầm (thiếu từ: CĐCS Công ty cổ phần)",
    ]
    assert names_text((), found.tree, "en") == "No name is left to choose.\n"


# --- the list of unknown names, in --------------------------------------------------------------------------------


def quota(folder: Path, text: str = QUOTA) -> Config:
    """The quota file, written and loaded."""
    write_files(folder, {"quota.yaml": text})
    return load_config(folder / "quota.yaml")


def list_of(folder: Path, *rows: Sequence[str], columns: Sequence[str] = ("text", "near_1", "choice")) -> Path:
    """A list of names as CSV."""
    path = folder / "names.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def chosen(folder: Path, *rows: Sequence[str], **options: Sequence[str]) -> list[tuple[str, str]]:
    """The choices of a list: text and id of the unit."""
    config = quota(folder)
    filled = read_choices(list_of(folder, *rows, **options), config)
    return [(each.text, config.units[each.unit].id) for each in filled.choices]


@pytest.mark.parametrize(
    ("choice", "unit"),
    [
        ("1", "dong-hy"),
        (" 1. ", "dong-hy"),
        ("LĐLĐ huyện Võ Nhai", "vo-nhai"),
        ("ldld", None),
        ("liên đoàn lao động H. Võ Nhai", "vo-nhai"),
        ("Đồng Hỷ cũ", "dong-hy"),
        ("vn-hb", "vn-hb"),
        ("CĐCS Trường THCS Hòa Bình [vn-hb]", "vn-hb"),
        ("", None),
        ("-", None),
        (" – ", None),
        ("bỏ qua", None),
        ("Không", None),
        ("skip", None),
        ("none", None),
    ],
)
def test_what_may_be_typed_as_a_choice(choice: str, unit: str | None, folder: Path) -> None:
    if choice == "ldld":
        with pytest.raises(SangkienError):
            chosen(folder, ("Tên lạ", "", choice))
        return
    found = chosen(folder, ("Tên lạ", "LĐLĐ huyện Đồng Hỷ", choice))
    assert found == ([] if unit is None else [("Tên lạ", unit)])


def test_what_is_passed_over_and_what_is_left_is_told_apart(folder: Path) -> None:
    rows = [("Tên 1", "", "-"), ("Tên 2", "", "bỏ qua"), ("Tên 3", "", " "), ("Tên 4", "", "tinh"), ("", "", "")]
    filled = read_choices(list_of(folder, *rows), quota(folder))
    assert (len(filled.choices), filled.passed_over, filled.undecided) == (1, 2, 1)


def test_a_list_with_lines_above_its_header_is_read(folder: Path) -> None:
    """As the program wrote it at first."""
    from openpyxl import load_workbook

    found = judged(folder, ODD)
    book = load_workbook(io.BytesIO(names_workbook(unknown_spellings(found), found.tree, "vi")))
    names = book.worksheets[0]
    names["G3"] = "1"
    names.insert_rows(1, 2)
    names["A1"] = "Ở cột “Chọn”: chọn trong danh sách, hoặc gõ 1, 2, 3."
    names["A2"] = "Xong thì lưu lại và chạy: sangkien units --learn kèm tên tệp này."
    book.save(folder / "names.xlsx")
    (choice,) = read_choices(folder / "names.xlsx", load_config(folder / "quota.yaml")).choices
    assert (choice.text, found.tree.units[choice.unit].id) == ("LDLD huyen Dong Hy", "dong-hy")


def test_everything_that_is_wrong_is_told_at_once_with_its_cell(folder: Path) -> None:
    rows = [
        ("Than Hà Lầm", "CĐCS Công ty CP Than Hà Lầm", "1"),
        ("Tên 1", "", "LĐLĐ huyện Đồng Hi"),
        ("Tên 2", "", "Sở Nội vụ"),
        ("Tên 3", "", "CĐCS Trường THCS Hòa Bình"),
        ("Tên 4", "", "1"),
        ("", "", "tinh"),
        ("CĐCS Công ty CP Than Hà Lầm", "", "dh-hb"),
        ("Hai nơi", "", "dh-hb"),
        ("hai nơi.", "", "dh-than"),
        ("Hai nơi", "", "vn-hb"),
    ]
    config = quota(folder)
    with pytest.raises(SangkienError) as error:
        read_choices(list_of(folder, *rows), config)
    path = str(folder / "names.csv")
    assert show_problems(error.value.problems, "en").replace(path, "names.csv").splitlines() == [
        "names.csv C3: there is no unit “LĐLĐ huyện Đồng Hi”",
        "   to fix: perhaps: LĐLĐ huyện Đồng Hỷ",
        "names.csv C4: there is no unit “Sở Nội vụ”",
        "   to fix: type 1, 2, 3, or the name or id of a unit in the tree",
        "names.csv C5: several units are called “CĐCS Trường THCS Hòa Bình”",
        "   to fix: type the id instead: dh-hb, vn-hb",
        "names.csv C6: this row has no suggestion 1",
        "   to fix: type the unit’s name or id",
        "names.csv A7: a unit is chosen, but there is no name to learn",
        "   to fix: write the name in the exports into this cell, or clear the row’s choice",
        "names.csv A8: “CĐCS Công ty CP Than Hà Lầm” is a name of CĐCS Công ty CP Than Hà Lầm already, "
        "under the same unit",
        "   to fix: choose one unit for this name, or clear the row’s choice",
        "names.csv A10: “hai nơi.” is a name of CĐCS Trường THCS Hòa Bình [dh-hb] already, under the same unit",
        "   to fix: choose one unit for this name, or clear the row’s choice",
    ]


def test_what_is_learned_already_and_what_folds_alike_is_left_out(folder: Path) -> None:
    rows = [
        ("đồng hỷ CŨ", "", "dong-hy"),
        ("Hỷ Đồng", "", "dong-hy"),
        ("HỶ ĐỒNG.", "", "dong-hy"),
        ("Hỷ Đồng", "", "tinh"),
    ]
    assert chosen(folder, *rows) == [("Hỷ Đồng", "dong-hy"), ("Hỷ Đồng", "tinh")]


def test_two_units_at_different_times_may_have_one_name(folder: Path) -> None:
    text = QUOTA.replace("id: vn-hm}", "id: vn-hm, valid: {from: 2022-06-01}}").replace(
        "{name: CĐCS Trường THCS Hòa Bình, id: vn-hb}",
        "{name: CĐCS Trường THCS Hòa Bình, id: vn-hb, valid: {to: 2022-05-31}}",
    )
    config = quota(folder, text)
    filled = read_choices(list_of(folder, ("Trường số 1", "", "vn-hb"), ("Trường số 1", "", "vn-hm")), config)
    assert [config.units[each.unit].id for each in filled.choices] == ["vn-hb", "vn-hm"]


def test_columns_and_rows_may_be_moved_and_others_deleted(folder: Path) -> None:
    rows = [("dh-hb", "ghi chú", "Tên lạ"), ("", "", "Tên khác"), ("1", "", "Tên nữa")]
    with pytest.raises(SangkienError, match="no suggestion"):
        chosen(folder, *rows, columns=("Chọn", "Ghi chú", "Tên trong bảng xuất"))
    assert chosen(folder, *rows[:2], columns=("Choice", "Ghi chú", "Name in the exports")) == [("Tên lạ", "dh-hb")]


def test_a_file_that_is_no_list_of_names(folder: Path) -> None:
    with pytest.raises(SangkienError) as error:
        chosen(folder, ("a", "b"), columns=("Tên", "Đơn vị"))
    assert "Name in the exports, Choice" in show_problems(error.value.problems, "en")
    with pytest.raises(SangkienError) as error:
        chosen(folder, ("a", "1", "2"), columns=("text", "Chọn", "Chọn"))
    assert "two columns" in show_problems(error.value.problems, "en")
    with pytest.raises(SangkienError):
        read_choices(folder / "none.xlsx", quota(folder))


def test_a_broken_record_and_an_error_value_are_told(folder: Path) -> None:
    from openpyxl import Workbook

    config = quota(folder)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["text", "choice"], ["Tên lạ", "#REF!"], ["#N/A", "tinh"], ["#N/A", None]):
        sheet.append(row)
    for cell in ("B2", "A3", "A4"):
        sheet[cell].data_type = "e"
    book.save(folder / "names.xlsx")
    with pytest.raises(SangkienError) as error:
        read_choices(folder / "names.xlsx", config)
    assert [problem.place.rpartition(" ")[2] for problem in error.value.problems] == ["B2", "A3"]
    (folder / "names.csv").write_text("text,choice\nTên lạ,tinh\nTên,khác,tinh,nữa\n", encoding="utf-8")
    with pytest.raises(SangkienError) as error:
        read_choices(folder / "names.csv", config)
    assert [problem.place.rpartition(" ")[2] for problem in error.value.problems] == ["B3"]


def filled_in(content: bytes, choices: Mapping[str, str], path: Path) -> Path:
    """A workbook of names with choices typed, saved by another program."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        if (text := str(row[0].value)) in choices:
            row[6].value = choices[text]
    book.save(path)
    return path


def test_one_round_makes_the_next_month_clean(folder: Path) -> None:
    """Whatever program saved the list: each gives the same choices. The quota file keeps all else of it."""
    found = judged(folder, ODD)
    choices = {
        "LDLD huyen Dong Hy": "1",
        "Trường MN Hoa Mai": "vn-hm",
        "Than Hà Lầm": "1",
        "CĐCS Trường THCS Hoà Binh": "1",
    }
    content = names_workbook(unknown_spellings(found), found.tree, "vi")
    path = filled_in(content, choices, folder / "names.xlsx")
    config = load_config(folder / "quota.yaml")
    filled = read_choices(path, config)
    read = filled.choices
    assert (filled.passed_over, filled.undecided) == (0, 1)
    assert sorted((each.text, config.units[each.unit].id) for each in read) == [
        ("CĐCS Trường THCS Hoà Binh", "vn-hb"),
        ("LDLD huyen Dong Hy", "dong-hy"),
        ("Than Hà Lầm", "dh-than"),
        ("Trường MN Hoa Mai", "vn-hm"),
    ]
    for kind in ("xlsx", "ods", "xls"):
        assert read_choices(convert(path, kind, folder / "saved"), config) == filled
    before = (folder / "quota.yaml").read_text(encoding="utf-8")
    (change,) = rewrites(config, changes(read, config), with_choices(read, config))
    change.file.write_bytes(change.content)
    after = (folder / "quota.yaml").read_text(encoding="utf-8")
    assert "# tệp chỉ tiêu" in after
    assert "- name: LĐLĐ huyện Đồng Hỷ   # giữ nguyên" in after
    assert "also: [Đồng Hỷ cũ, LDLD huyen Dong Hy]" in after
    assert len(before.splitlines()) == len(after.splitlines())
    again = count(load_config(folder / "quota.yaml"), ["export.csv"]).judged
    assert [each.text for each in unknown_spellings(again)] == ["LĐLĐ huyện Sơn Dương"]
    assert read_choices(path, load_config(folder / "quota.yaml")).choices == ()


def test_spellings_of_units_without_ids_are_learned_by_names_that_last(folder: Path, run_here: Run) -> None:
    """Next month another district has a school of the same name: the spelling stays with the first one's."""
    lines = ["Đơn vị,Trực thuộc", "LĐLĐ huyện A,", "LĐLĐ huyện B,", "CĐCS Trường Kim Đồng,LĐLĐ huyện A"]
    files = {
        "quota.yaml": QUOTA[: QUOTA.index("    units:\n")] + "    units_from: units.csv\n",
        "units.csv": "\n".join(lines) + "\n",
        "names.csv": "text,choice\nCDCS Truong Kim Dong,CĐCS Trường Kim Đồng\n",
    }
    assert run_here("units", "-c", "quota.yaml", "--learn", "names.csv", files=files).code == 0
    (folder / "units.csv").write_text("\n".join([*lines, "CĐCS Trường Kim Đồng,LĐLĐ huyện B"]) + "\n", encoding="utf-8")
    schools = {unit.id: unit.also for unit in load_config(folder / "quota.yaml").units if unit.parent is not None}
    assert schools == {
        "ldld-huyen-a-cdcs-truong-kim-dong": ("CDCS Truong Kim Dong",),
        "ldld-huyen-b-cdcs-truong-kim-dong": (),
    }


def test_nothing_is_written_that_would_not_load_to_the_tree_that_is_meant(folder: Path) -> None:
    config = quota(folder)
    added = changes((Choice("CDCS", 1),), config)
    assert rewrites(config, added, with_choices((Choice("CDCS", 1),), config))
    with pytest.raises(SangkienError, match="would not read back as meant"):
        rewrites(config, added, config.units)


def test_a_unit_that_a_spreadsheet_lists_is_learned_in_the_quota_file(folder: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Đơn vị", "Trực thuộc", "Mã"], ["LĐLĐ tỉnh A", None, "a"], ["LĐLĐ huyện B", "LĐLĐ tỉnh A", "b"]):
        sheet.append(row)
    book.save(folder / "units.xlsx")
    text = QUOTA[: QUOTA.index("    units:\n")] + "    units_from: {file: units.xlsx}\n"
    config = quota(folder, text)
    read = (Choice("LDLD huyen B", 1), Choice("B", 1))
    found = changes(read, config)
    assert {path.name: [(each.path, each.texts) for each in added] for path, added in found.items()} == {
        "quota.yaml": [(("also", "b"), ("LDLD huyen B", "B"))]
    }
    (change,) = rewrites(config, found, with_choices(read, config))
    change.file.write_bytes(change.content)
    assert load_config(folder / "quota.yaml").units[1].also == ("LDLD huyen B", "B")


@bounded
@given(st.lists(st.tuples(NAMES | PLACES, st.integers(0, 6)), max_size=12))
def test_what_is_learned_is_what_the_tree_says_then(pairs: list[tuple[str, int]]) -> None:
    """Choices written as a list and read back add up to a tree in which each text is a name of its unit.

    Two units beside each other cannot have one name: then nothing is learned.
    """
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        config = quota(folder)
        path = list_of(folder, *((text, "", config.units[unit].id) for text, unit in pairs))
        if _clash(pairs, config):
            with pytest.raises(SangkienError):
                read_choices(path, config)
            return
        read = read_choices(path, config).choices
        for change in rewrites(config, changes(read, config), with_choices(read, config)):
            change.file.write_bytes(change.content)
        units = load_config(folder / "quota.yaml").units
        for text, unit in pairs:
            assert fold(text) in {fold(name) for name in (units[unit].name, *units[unit].also)}


def _clash(pairs: Sequence[tuple[str, int]], config: Config) -> bool:
    """Whether two units beside each other would have one name."""
    names = [(fold(text), position) for position, unit in enumerate(config.units) for text in (unit.name, *unit.also)]
    owners: dict[tuple[str, int | None], set[int]] = defaultdict(set)
    for name, position in [*names, *((fold(text), unit) for text, unit in pairs)]:
        owners[name, config.units[position].parent].add(position)
    return any(len(positions) > 1 for positions in owners.values())


# --- the program --------------------------------------------------------------------------------------------------


def test_names_out_and_in_by_the_command_line(run_here: Run, folder: Path) -> None:
    files = {"quota.yaml": QUOTA, "export.csv": ODD}
    command = ("units", "-c", "quota.yaml")
    out = run_here(*command, "--unknown", "export.csv", "-o", "names.xlsx", files=files)
    assert (out.code, out.stdout) == (0, "")
    assert "fill in the column “Choice”" in out.stderr
    path = folder / "names.xlsx"
    filled_in(path.read_bytes(), {"Than Hà Lầm": "1", "LDLD huyen Dong Hy": "1", "Trường MN Hoa Mai": "-"}, path)
    shown = run_here(*command, "--learn", "names.xlsx", "--dry-run")
    assert (shown.code, (folder / "quota.yaml").read_text(encoding="utf-8")) == (0, dedent(QUOTA).lstrip("\n"))
    assert "+" in shown.stderr
    assert "Than Hà Lầm" in shown.stderr
    learned = run_here(*command, "--learn", "names.xlsx")
    assert learned.code == 0
    assert "2 spellings learned, of 2 units." in learned.stderr
    assert learned.stderr.endswith("1 name passed over.\n2 names not decided yet.\n")
    left = run_here(*command, "--unknown", "export.csv").stdout
    assert "Dong Hy" not in left
    assert "Sơn Dương" in left
    wrong = filled_in(path.read_bytes(), {"LĐLĐ huyện Sơn Dương": "Sở Nội vụ"}, path)
    refused = run_here(*command, "--learn", wrong.name)
    assert refused.code == 2
    assert "names.xlsx [Names] G2: there is no unit “Sở Nội vụ”" in refused.stderr


def test_a_report_and_inspect_say_why_a_name_is_near(run_here: Run) -> None:
    files = {"quota.yaml": QUOTA, "export.csv": export(("", "LDLD huyen Dong Hy", "2"))}
    near = "2 rows: “LDLD huyen Dong Hy” – nearest: LĐLĐ huyện Đồng Hỷ (missing accents)"
    report = run_here("report", "-c", "quota.yaml", "export.csv", "--as-of", "2022-12-31", files=files)
    assert near in " ".join(report.stdout.split())
    seen = run_here("inspect", "-c", "quota.yaml", "export.csv")
    assert near in " ".join(seen.stdout.split())
    found = json.loads(run_here("inspect", "-c", "quota.yaml", "export.csv", "--format", "json").stdout)
    assert found["files"][0]["unknown_units"] == [
        {"text": "LDLD huyen Dong Hy", "rows": 2, "nearest": ["LĐLĐ huyện Đồng Hỷ"], "why": ["missing accents"]}
    ]

"""Contract §4: the ratio, the percent, the status, the line of a figure, and how names are compared."""

from __future__ import annotations

import sys
import unicodedata
from fractions import Fraction
from itertools import combinations

import pytest

from sangkien_cli.attain import figure, percent, ratio, rounded, status
from sangkien_cli.lang import Lang
from sangkien_cli.model import PercentRule, Rounding
from sangkien_cli.text import fold, slug, tidy

# --- figures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "quota", "decimals", "rounding", "printed"),
    [
        # the published cases
        (3889, 5000, 1, "half-up", "77.8"),
        (2660, 5091, 1, "half-up", "52.2"),
        (2660, 5091, 1, "down", "52.2"),
        (5585, 5000, 0, "half-up", "112"),
        (5585, 5000, 0, "down", "111"),
        (149, 44, 0, "down", "338"),
        (149, 44, 0, "half-up", "339"),
        (149, 44, 1, "half-up", "338.6"),
        (696_948, 300_000, 1, "half-up", "232.3"),
        # halves
        (1, 8, 2, "half-up", "12.50"),
        (1, 800, 2, "half-up", "0.13"),
        (1, 800, 2, "half-even", "0.12"),
        (3, 800, 2, "half-even", "0.38"),
        (1, 800, 2, "up", "0.13"),
        (1, 800, 2, "down", "0.12"),
        (1, 200, 0, "half-even", "0.5"),
        (3, 200, 0, "half-even", "2"),
        (5, 200, 0, "half-even", "2"),
        (3, 200, 0, "half-up", "2"),
        # never 100 below the quota
        (4999, 5000, 0, "half-up", "99.98"),
        (4999, 5000, 1, "half-up", "99.98"),
        (4999, 5000, 0, "up", "99.98"),
        (4999, 5000, 0, "down", "99"),
        (995, 1000, 0, "half-up", "99.5"),
        (995, 1000, 0, "half-even", "99.5"),
        (994, 1000, 0, "half-up", "99"),
        (10**18 - 1, 10**18, 1, "half-up", "99." + "9" * 16),
        # never 0 above zero
        (1, 5000, 0, "half-up", "0.02"),
        (1, 5000, 0, "down", "0.02"),
        (1, 5000, 0, "up", "1"),
        (1, 200, 0, "half-up", "1"),
        (1, 10**18, 6, "half-up", "0.0000000000000001"),
        # exact ends stay as short as asked for
        (0, 5000, 0, "half-up", "0"),
        (0, 5000, 2, "up", "0.00"),
        (5000, 5000, 0, "half-up", "100"),
        (5000, 5000, 6, "down", "100.000000"),
        (5001, 5000, 0, "half-up", "100"),
        (5001, 5000, 0, "up", "101"),
        (10**18, 1, 0, "half-up", "1" + "0" * 20),
    ],
)
def test_percent(done: int, quota: int, decimals: int, rounding: Rounding, printed: str) -> None:
    assert percent(done, quota, PercentRule(decimals, rounding)) == printed


def test_no_percent_without_a_quota_above_zero() -> None:
    for quota in (None, 0):
        assert percent(5, quota, PercentRule()) is None
        assert ratio(5, quota) is None


def test_the_ratio_is_exact() -> None:
    assert ratio(1, 3) == Fraction(100, 3)
    assert ratio(10**18 - 1, 10**18) != 100


def test_a_half_is_rounded_once_and_only_once() -> None:
    """76.449…% is 76.4, not 76.5 by way of 76.45."""
    assert rounded(Fraction(7_644_999, 100_000), 1, "half-up") == "76.4"
    assert rounded(Fraction(2675, 1000), 2, "half-up") == "2.68"  # as a float it is 2.67499…


@pytest.mark.parametrize(
    ("done", "quota", "near", "expected"),
    [
        (5, None, 90, "no-quota"),
        (0, None, 90, "no-quota"),
        (0, 5, 90, "none"),
        (0, 0, 90, "none"),
        (5, 0, 90, "exceeded"),
        (1, 100, 90, "below"),
        (899, 1000, 90, "below"),
        (900, 1000, 90, "near"),
        (89_999_999, 100_000_000, 90, "below"),  # prints as 90.0
        (99_999_999, 100_000_000, 90, "near"),
        (999, 1000, 100, "below"),
        (1000, 1000, 90, "met"),
        (1001, 1000, 90, "exceeded"),
        (100_000_001, 100_000_000, 90, "exceeded"),  # prints as 100.0
    ],
)
def test_status(done: int, quota: int | None, near: int, expected: str) -> None:
    assert status(done, quota, Fraction(near)) == expected


def test_near_may_be_a_fraction() -> None:
    assert status(925, 1000, Fraction("92.5")) == "near"
    assert status(9249, 10_000, Fraction("92.5")) == "below"


@pytest.mark.parametrize(
    ("done", "quota", "lang", "line"),
    [
        (2660, 5091, "en", "2,660/5,091 = 52.2%"),
        (2660, 5091, "vi", "2.660/5.091 = 52,2%"),
        (2660, None, "en", "2,660"),
        (2660, None, "vi", "2.660"),
        (149, 44, "en", "149/44 = 338.6%"),
        (0, 44, "vi", "0/44 = 0,0%"),
        (1_234_567, 1000, "en", "1,234,567/1,000 = 123,456.7%"),
        (1_234_567, 1000, "vi", "1.234.567/1.000 = 123.456,7%"),
        (4_999_999, 5_000_000, "vi", "4.999.999/5.000.000 = 99,99998%"),
    ],
)
def test_the_line_of_a_figure(done: int, quota: int | None, lang: Lang, line: str) -> None:
    assert figure(done, quota, percent(done, quota, PercentRule()), lang) == line


def test_a_quota_of_zero_has_no_percent_in_the_line() -> None:
    assert "%" not in figure(5, 0, percent(5, 0, PercentRule()), "en")
    assert figure(5, 0, None, "en").startswith("5")


# --- names ------------------------------------------------------------------------------------------------------

ALIKE = [
    # tone-mark placement
    ("hoà", "hòa", "HOÀ", "Hòa"),
    ("thuỷ", "thủy"),
    ("khoá", "khóa"),
    ("Thuý", "Thúy"),
    ("loè xoè", "lòe xòe"),
    ("xã Hoà Bình", "xã Hòa Bình"),
    # Unicode forms, and a tone mark typed after a blank
    ("Đồng Hỷ", unicodedata.normalize("NFD", "Đồng Hỷ"), "Đô\u0300ng Hy\u0309"),
    ("vệ sinh", "vê ̣sinh"),
    # look-alikes of Đ
    ("Đại Từ", "Ðại Từ", "Ɖại Từ", "đại từ", "ðại từ", "ɖại từ"),
    ("LĐLĐ tỉnh", "LÐLÐ tỉnh", "LƉLƉ tỉnh"),
    # control and zero-width characters, white space, punctuation
    ("Võ Nhai", "V\u200bõ \u200dNhai", "\ufeffVõ  Nhai", "Võ\u00a0Nhai", "Võ\nNhai\x00", "Võ\u2028Nh\u00adai"),
    ("Phú Lương", "Phú-Lương", "Phú, Lương.", "“Phú Lương”", "(Phú Lương)", "Phú_Lương", "Phú – Lương…"),
    # abbreviations
    ("LĐLĐ tỉnh Cà Mau", "Liên đoàn Lao động tỉnh Cà Mau", "lđlđ Tỉnh Cà Mau"),
    ("CĐ các KCN", "Công đoàn các Khu công nghiệp", "CĐ các K.C.N", "CĐ các KCN."),
    ("CĐCS Công ty X", "Công đoàn cơ sở Công ty X"),
    ("CĐVC tỉnh", "Công đoàn Viên chức tỉnh", "CĐ Viên chức tỉnh"),
    (
        "TP Thái Nguyên",
        "TP. Thái Nguyên",
        "T.P Thái Nguyên",
        "T.P. Thái Nguyên",
        "Tp.Thái Nguyên",
        "thành phố Thái Nguyên",
    ),
    ("LĐLĐ H.Trảng Bom", "LĐLĐ H. Trảng Bom", "LĐLĐ huyện Trảng Bom"),
    ("LĐLĐ TP.HCM", "LĐLĐ TP HCM", "LĐLĐ TPHCM", "LĐLĐ thành phố Hồ Chí Minh"),
    ("Q.1", "Q. 1", "quận 1"),
    ("TX.Sông Công", "TX Sông Công", "T.X Sông Công", "thị xã Sông Công"),
    ("P.5", "P. 5", "phường 5"),
    ("CĐCS Trường CĐ Y tế", "CĐCS Trường Cao đẳng Y tế", "Công đoàn cơ sở trường cao đẳng y tế"),
]


@pytest.mark.parametrize("names", ALIKE, ids=lambda names: names[0])
def test_spellings_of_one_name(names: tuple[str, ...]) -> None:
    assert {fold(name) for name in names} == {fold(names[0])}
    assert fold(names[0])


DIFFERENT = [
    ("thành phố Thái Nguyên", "tỉnh Thái Nguyên", "huyện Thái Nguyên", "Thái Nguyên", "TX. Thái Nguyên"),
    ("Hoà", "Hoa", "Hoá", "Hoả", "Hoã", "Hoạ", "Hóa Hòa"),
    ("Đại", "Dại"),
    ("quý", "quy", "quỳ"),
    ("ma", "má", "mà", "mả", "mã", "mạ", "mâ", "mă", "mấ", "mắ"),
    ("mơ", "mo", "mô", "mớ", "mố", "mó"),
    ("Tu", "Tư", "Từ", "Tù"),
    ("Trường CĐ", "Trường Công đoàn"),  # a college, not a union
    ("CĐ Y tế", "Cao đẳng Y tế"),
    ("TT Chợ Chu", "thị trấn Chợ Chu", "trung tâm Chợ Chu"),  # TT has several meanings
    ("nhóm H", "nhóm huyện"),
    ("quận 1", "quận 10", "quận 11", "quận I"),
    ("Công ty CP Than X", "Than X"),
    ("LĐLĐ", "LĐ", "ldld"),
    ("007", "7", "07"),
    ("tổ 1 2", "tổ 12"),
    ("Hà Nội", "Hàn ội"),
]


@pytest.mark.parametrize("names", DIFFERENT, ids=lambda names: names[0])
def test_names_that_differ(names: tuple[str, ...]) -> None:
    assert [pair for pair in combinations(names, 2) if fold(pair[0]) == fold(pair[1])] == []


def test_only_punctuation_is_blank() -> None:
    assert {fold(text) for text in ("", " ", "-", " – … ", "\u200b", "_", "***", '"', "()")} == {""}


def test_no_two_vietnamese_syllables_become_one() -> None:
    """Every vowel with every tone stays apart from all others, alone and inside a word."""
    vowels = [
        unicodedata.normalize("NFC", base + mark + tone)
        for base, marks in (("a", ("", "\u0302", "\u0306")), ("e", ("", "\u0302")), ("i", ("",)), ("y", ("",)),
                            ("o", ("", "\u0302", "\u031b")), ("u", ("", "\u031b")))
        for mark in marks
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    ]  # fmt: skip
    assert len(vowels) == 72
    assert len({fold(vowel) for vowel in vowels}) == 72
    assert len({fold(f"t{vowel}n") for vowel in vowels}) == 72


# --- tidy -------------------------------------------------------------------------------------------------------


def test_tidy_removes_every_invisible_character() -> None:
    """Control and format characters (Cc, Cf) that are no white space, over all of Unicode, and nothing else."""
    wrong = []
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        invisible = category in ("Cc", "Cf") and not character.isspace()
        removed = tidy(f"a{character}b") == "ab"
        if removed != invisible and category != "Cn":  # a newer Unicode may have given it a meaning
            wrong.append(f"U+{code:04X}")
    assert wrong == []


def test_tidy_squeezes_every_white_space() -> None:
    blanks = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]
    assert {tidy(f" a{blank}{blank}b{blank}") for blank in blanks} == {"a b"}


def test_tidy_keeps_case_accents_and_punctuation() -> None:
    assert tidy("  SK-01/Đ.Hỷ\u200b (a) ") == "SK-01/Đ.Hỷ (a)"
    assert tidy("e\u0302\u0323") == "ệ"


# --- slug -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("LĐLĐ tỉnh Thái Nguyên", "ldld-tinh-thai-nguyen"),
        ("Công đoàn các Khu công nghiệp", "cong-doan-cac-khu-cong-nghiep"),
        ("CĐCS Trường THPT Hoà Bình (cơ sở 2)", "cdcs-truong-thpt-hoa-binh-co-so-2"),
        ("Ðại Từ", "dai-tu"),
        ("ƯỚC MƠ", "uoc-mo"),
        ("  -- Q.1 --  ", "q-1"),
        (unicodedata.normalize("NFD", "Đồng Hỷ"), "dong-hy"),
        ("…", ""),
        ("東京", ""),
    ],
)
def test_slug(name: str, made: str) -> None:
    assert slug(name) == made

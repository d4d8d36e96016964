"""What the words of a sheet say about a row: totals, "trong đó", numerals of headings, signatures.

Every rule looks at one text. The words are those of real reports of Vietnamese offices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from sangkien_cli.sheets.source import EXCEL_ERRORS, FORMULA
from sangkien_cli.text import composed, fold


def is_figure(text: str) -> bool:
    """Whether a text is blank or nothing but a number, as sums are; also a sum that was never stored."""
    return re.fullmatch(r"-?[0-9.,\s%]*", text) is not None or text == FORMULA or text in EXCEL_ERRORS


def figure_of(text: str) -> int | None:
    """A whole number, however its thousands are grouped; None for anything else."""
    plain = text.strip()
    return int(re.sub("[.,]", "", plain)) if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+|\d{1,15}", plain) else None


def is_day(text: str) -> bool:
    """Whether a text looks like a date, be it one or not."""
    return _DAY.match(text.strip()) is not None


_DAY = re.compile(r"\d{1,4}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{2,4}|\d{5}(?:\.\d+)?$")


_ERROR_WORD = f"(?:{'|'.join(map(re.escape, EXCEL_ERRORS))})"
_MAY_BE_QUOTED, _QUOTED_ERROR = re.compile(f'"*{_ERROR_WORD}"*'), re.compile(f'"+{_ERROR_WORD}"+')


def with_quotes(text: str) -> str:
    """The text; in quotes if it is the word of an Excel error, for which programs, this one too, would take it."""
    return f'"{text}"' if _MAY_BE_QUOTED.fullmatch(text) else text


def without_quotes(text: str) -> str:
    """The text that was meant by one that `with_quotes` has given.

    >>> [without_quotes(with_quotes(text)) for text in ("#N/A", '"#N/A"', '"A"')]
    ['#N/A', '"#N/A"', '"A"']
    """
    return text[1:-1] if _QUOTED_ERROR.fullmatch(text) else text


# --- totals ------------------------------------------------------------------------------------------------------


def _followed_by(*words: str) -> str:
    """A pattern for folded text: nothing more, or one of these words and whatever follows it."""
    return rf"(?: (?:{'|'.join(map(fold, words))})(?: .*)?)?"


_SUMS = ("Tổng", "Cộng", "Lũy kế", "Chuyển sang", "Toàn", "Mang sang", "Grand total")  # how labels of totals begin
_TOTAL = re.compile(
    "|".join(
        f"(?:{fold(words)}){rest}"
        for words, rest in (
            ("Tổng cộng", "(?: .*)?"),
            ("Tổng số", "(?: .*)?"),
            ("Lũy kế", "(?: .*)?"),
            ("Chuyển sang", "(?: .*)?"),
            ("Cộng", _followed_by("toàn", "khối", "nhóm", "trang", "các", "chung", "huyện", "tỉnh", "ngành",
                                  "mang sang", "thành phố", "quận", "thị xã", "mục", "phần", "liên đoàn", "công đoàn",
                                  "đơn vị")),
            ("Tổng", _followed_by("toàn", "khối", "nhóm", "trang", "chung", "cuối")),
            ("Toàn tỉnh", ""), ("Toàn huyện", ""), ("Toàn ngành", ""), ("Toàn thành phố", ""), ("Toàn quốc", ""),
            ("Mang sang", ""), ("Grand total", ""),
        )
    )
)  # fmt: skip
_ENUMERATOR = re.compile(rf"(?:[ivxl]+|[0-9]+|[a-z]|{fold('và')})")
_STATED = re.compile(
    r"[:\s]([\d.,]+)\s*(?:sáng kiến|đề tài|giải pháp|hồ sơ|SK|dòng)?(?:\s*[,;].*)?\s*\.?\s*$", re.IGNORECASE
)


_PAGE = re.compile(r"\btrang\s*\d+", re.IGNORECASE)


def is_total(text: str) -> bool:
    """Whether a text is a total's label.

    >>> [is_total(text) for text in ("TỔNG CỘNG:", "Cộng (I + II)", "Tổng: 5 sáng kiến", "Cộng trang 1", "Toàn tỉnh")]
    [True, True, True, True, True]
    >>> [is_total(text) for text in ("Cộng đồng dân cư", "Tổng công ty Thép", "Cộng hòa", "Tổng Liên đoàn", "")]
    [False, False, False, False, False]
    """
    if not text or len(text) > 100:
        return False
    words = [word for word in fold(text).split() if not word.isdigit()]
    while len(words) > 1 and (_ENUMERATOR.fullmatch(words[-1]) or words[-2:] == _SUBMISSIONS):
        del words[-2 if words[-2:] == _SUBMISSIONS else -1 :]
    return _TOTAL.fullmatch(" ".join(words)) is not None


_SUBMISSIONS = fold("sáng kiến").split()


def stated_number(label: str) -> str | None:
    """The number of rows that a total's label states: `Tổng cộng: 125 sáng kiến`. None if it counts something else."""
    if fold("đơn vị") in fold(label) or fold("cđcs") in fold(label):
        return None
    found = _STATED.search(_PAGE.sub("", label))
    return found.group(1) if found else None


# --- "trong đó" ---------------------------------------------------------------------------------------------------

_OF_WHICH = re.compile(r"[\s\-–+•*.:(]*(?:trong đó|bao gồm)\b", re.IGNORECASE)
_BULLET = re.compile(r"\s*[-–+•*]\s*[^\W\d]")


def is_of_which(text: str) -> bool:
    """Whether a text begins a part of the row above: "- Trong đó: nữ"."""
    return _OF_WHICH.match(text) is not None


def is_bullet(text: str) -> bool:
    """Whether a text is an item of a list: "- Trên 50 tuổi"."""
    return _BULLET.match(text) is not None


# --- numerals ----------------------------------------------------------------------------------------------------


class Style(IntEnum):
    """How rows are numbered; a higher number stands deeper."""

    LETTER = 0  # A, B
    ROMAN = 1  # I, II
    DOTTED_ROMAN = 2  # II.1
    ARABIC = 3  # 1, 2
    DOTTED = 4  # 1.1
    SMALL = 5  # a, b
    BULLET = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """The numeral in front of a row."""

    style: Style
    text: str


_ROMAN = r"X{0,3}(?:IX|IV|V?I{1,3}|V|X)"
_MARKS = (
    (Style.DOTTED_ROMAN, rf"(?:{_ROMAN}|[A-H])(?:\.\d+)+"),
    (Style.ROMAN, _ROMAN),
    (Style.LETTER, r"[A-H]"),
    (Style.DOTTED, r"\d{1,4}(?:\.\d{1,4})+"),
    (Style.ARABIC, r"\d{1,7}"),
    (Style.SMALL, r"[a-h]"),
    (Style.BULLET, r"[-–+•*]"),
)
_ALONE = tuple((style, re.compile(rf"\s*\(?({form})\s*[.)/:]*\s*")) for style, form in _MARKS)
# In front of a name a numeral is followed by a blank: "C.ty", "V.P" and "1.200" are none. H., P., Q., T. and X. shorten
# huyện, phường, quận, thị trấn and xã.
_IN_FRONT = tuple(
    (style, re.compile(rf"\s*\(?({form})\s*(?:[.)/:]\s|\s[-–]\s)\s*[^\W\d]"))
    for style, form in (*_MARKS[:1], (Style.ROMAN, _ROMAN.replace("|X)", ")")), (Style.LETTER, "[A-G]"), *_MARKS[3:6])
)


def mark_alone(text: str) -> Mark | None:
    """The numeral that is all of a cell: `II`, `1.`, `(3)`, `a)`, `-`."""
    return _mark(_ALONE, text, whole=True)


def mark_in_front(text: str) -> Mark | None:
    """The numeral in front of a name: `I. LĐLĐ huyện, thành phố`.

    >>> [mark and mark.style.name for mark in map(mark_in_front, ("I. LĐLĐ", "C.ty May", "X. Phú Bình", "1. Khối xã"))]
    ['ROMAN', None, None, 'ARABIC']
    """
    return _mark(_IN_FRONT, text, whole=False)


def _mark(forms: tuple[tuple[Style, re.Pattern[str]], ...], text: str, *, whole: bool) -> Mark | None:
    for style, form in forms:
        if found := form.fullmatch(text) if whole else form.match(text):
            return Mark(style, found.group(1))
    return None


# --- signatures ---------------------------------------------------------------------------------------------------

_BEGINNINGS = (
    "Người lập", "Lập biểu", "Lập bảng", "Người tổng hợp", "TM.", "T/M", "KT.", "TL.", "TUQ.", "Q. Chủ tịch",
    "Nơi nhận", "Ký, ghi rõ họ tên", "Ký tên", "Ký, đóng dấu", "Ấn định danh sách", "Xác nhận của",
    "Đã ký", "Danh sách này có", "Biểu này có", "Thủ trưởng đơn vị", "Người duyệt", "Đại diện",
)  # fmt: skip
_OFFICES = (
    "Chủ tịch", "Phó Chủ tịch", "Ban Thường vụ", "Ban Chấp hành", "Giám đốc", "Phó Giám đốc", "Hiệu trưởng",
    "Phó Hiệu trưởng", "Kế toán", "Kế toán trưởng", "Thủ trưởng", "Trưởng ban", "Phó Trưởng ban", "Trưởng phòng",
    "Phó Trưởng phòng", "Cán bộ phụ trách", "Thư ký", "Tổ trưởng", "Ủy viên Ban Thường vụ", "UVBTV",
)  # fmt: skip
_SIGNATURE = re.compile(f"(?:{'|'.join(map(fold, _BEGINNINGS))})(?: .*)?|(?:{'|'.join(map(fold, _OFFICES))})")
_PLACE_AND_DAY = re.compile(r"\bngày\b.{0,9}\btháng\b.{0,9}\bnăm\b", re.IGNORECASE)
_NATION = tuple(fold(text) for text in ("Cộng hòa xã hội chủ nghĩa Việt Nam", "Độc lập - Tự do - Hạnh phúc"))


def is_signature(text: str) -> bool:
    """Whether a cell belongs to a signature block: an office by itself, "Người lập biểu", place and day."""
    return _SIGNATURE.fullmatch(fold(text)) is not None or _PLACE_AND_DAY.search(text) is not None


def is_nation(text: str) -> bool:
    """Whether a cell is the national title that stands on top of each page."""
    return fold(text).startswith(_NATION)


# --- notes --------------------------------------------------------------------------------------------------------

_NOTES = (
    "Ghi chú", "Lưu ý", "Chú ý", "Chú thích", "Chú giải", "Bằng chữ", "Số tiền bằng chữ", "Như trên", "Như kính gửi",
    "Lưu VT", "Danh sách có", "Danh sách gồm", "Số liệu", "Tính đến", "Nguồn", "Đơn vị tính", "Note", "Notes",
)  # fmt: skip
_NOTE = re.compile(f"(?:{'|'.join(map(fold, _NOTES))})(?: .*)?")
_UNIONS = ("Tổng Liên đoàn", "Liên đoàn", "LĐLĐ", "Công đoàn", "Nghiệp đoàn", "Tổ công đoàn")
_UNION = re.compile(f"(?:{'|'.join(map(fold, _UNIONS))})(?: .*)?")


def is_note(text: str) -> bool:
    """Whether a text that stands by itself below a table is a note: "Ghi chú: …", "- Như trên".

    >>> [is_note(text) for text in ("LƯU Ý: gửi trước 15/12", "Bằng chữ: Ba nghìn", "- Như trên", "Công ty Ghi chú")]
    [True, True, True, False]
    """
    return _NOTE.fullmatch(fold(text)) is not None


def is_remark(text: str) -> bool:
    """Whether a text looks like a sentence, and not like a name: it stands in brackets, or ends like one.

    >>> [is_remark(text) for text in ("(chưa tính đơn vị mới)", "Gửi trước ngày 15.", "Trường A", "CĐCS (cũ)")]
    [True, True, False, False]
    """
    return re.fullmatch(r"\(.*\)|.*[.;:]", text.strip(), re.DOTALL) is not None


def is_union(text: str) -> bool:
    """Whether a text begins as names of unions do.

    >>> [is_union(text) for text in ("LĐLĐ huyện A", "CĐCS B", "CĐ Y tế", "Đoàn thanh niên")]
    [True, True, True, False]
    """
    return _UNION.fullmatch(fold(text)) is not None


# --- a first glance ------------------------------------------------------------------------------------------------

_FIRST_WORDS = {fold(words).split()[0] for words in (*_BEGINNINGS, *_OFFICES, *_NATION, *_SUMS, "Trong đó", "Bao gồm")}


def may_be_label(text: str) -> bool:
    """Whether a text is worth a closer look: it begins with the first word of a label, or with a numeral."""
    first = next((word for word in fold(text).split() if not word.isdigit()), "")
    return first in _FIRST_WORDS or mark_in_front(composed(text)) is not None or _PLACE_AND_DAY.search(text) is not None

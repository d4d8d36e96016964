"""The words by which a column, a status or a quota is known: those of real sheets of Vietnamese offices, and English.

All are compared without accents: what is typed in haste has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from sangkien_cli.text import fold, plain_words


def plain(text: str) -> str:
    """The text as it is compared here: folded, and without accents."""
    return " ".join(map(plain_words, fold(text).split()))


def _words(*texts: str) -> tuple[str, ...]:
    return tuple(map(plain, texts))


# --- statuses ----------------------------------------------------------------------------------------------------

StatusKind = Literal["accepted", "other"]

_ACCEPTED = _words(
    "Hợp lệ", "Công nhận", "Đã công nhận", "Được công nhận", "Đã được công nhận", "Duyệt", "Đã duyệt", "Được duyệt",
    "Đã được duyệt", "Phê duyệt", "Đã phê duyệt", "Được phê duyệt", "Đã xét duyệt", "Đạt", "Đạt yêu cầu", "Chấp nhận",
    "Đã chấp nhận", "Được chấp nhận", "Đủ điều kiện", "Approved", "Accepted", "Valid", "Recognised", "Recognized",
)  # fmt: skip
_NOT_ACCEPTED = _words(
    "Không", "Chưa", "Chờ", "Đang", "Hủy", "Đã hủy", "Bị", "Từ chối", "Đã từ chối", "Trả lại", "Đã trả lại",
    "Đã nộp", "Đã gửi", "Mới", "Nháp", "Bản nháp", "Thu hồi", "Đã thu hồi", "Bổ sung", "Yêu cầu bổ sung", "Tiếp nhận",
    "Đã tiếp nhận", "Xem xét", "Tạm dừng", "Quá hạn", "Not", "Rejected", "Pending", "Cancelled", "Canceled", "Draft",
    "Submitted", "Invalid", "Under review", "In review", "New", "Waiting",
)  # fmt: skip


def status_kind(text: str) -> StatusKind | None:
    """What a status says: accepted, something else, or nothing that is known.

    >>> [status_kind(text) for text in ("Hợp lệ", "Dat", "Không hợp lệ", "Đang xem xét", "Xong", "Đạt loại A")]
    ['accepted', 'accepted', 'other', 'other', None, 'accepted']
    """
    folded = plain(text)
    if _begins(folded, _NOT_ACCEPTED):
        return "other"
    return "accepted" if _begins(folded, _ACCEPTED) else None


def _begins(folded: str, beginnings: Iterable[str]) -> bool:
    return any(folded == words or folded.startswith(f"{words} ") for words in beginnings)


# --- units -------------------------------------------------------------------------------------------------------

_UNIONS = _words("Liên đoàn Lao động", "Công đoàn", "Tổng Liên đoàn", "Nghiệp đoàn", "Trade union", "Union")
_WORKPLACES = _words(
    "Trường", "Công ty", "Phòng", "Ban", "Sở", "Chi cục", "Cục", "Bệnh viện", "Trung tâm", "Trạm", "Ủy ban nhân dân",
    "Văn phòng", "Chi nhánh", "Xí nghiệp", "Nhà máy", "Hợp tác xã", "Doanh nghiệp", "Ngân hàng", "Kho bạc", "Tòa án",
    "Viện", "Bưu điện", "Điện lực", "Hạt", "Đội", "Huyện", "Thành phố", "Thị xã", "Thị trấn", "Quận", "Phường", "Xã",
    "Tỉnh", "Ngành", "Khối", "Cơ quan", "Đơn vị", "Khu", "Tổng công ty", "Tập đoàn", "Mầm non", "Tiểu học", "Đảng ủy",
    "School", "Company", "Office", "Hospital", "District", "Province",
)  # fmt: skip


def names_union(text: str) -> bool:
    """Whether a text is a union's name: it begins with LĐLĐ, CĐ, CĐCS, Công đoàn…, perhaps behind a number."""
    return _begins(re.sub(r"^\d+ ", "", plain(text)), _UNIONS)


def names_workplace(text: str) -> bool:
    """Whether a text begins as the names of workplaces and places do."""
    return _begins(re.sub(r"^\d+ ", "", plain(text)), _WORKPLACES)


_TYPES = frozenset(
    word
    for words in _words("tỉnh", "thành phố", "huyện", "thị xã", "thị trấn", "quận", "phường", "xã")
    for word in words.split()
)


_PROVINCE = f"{plain('Liên đoàn Lao động tỉnh')} "
_DISTRICTS = tuple(f"{plain(f'Liên đoàn Lao động {kind}')} " for kind in ("huyện", "thị xã", "thành phố", "quận"))


def is_province(name: str) -> bool:
    """Whether a unit is the union of a province."""
    return plain(name).startswith(_PROVINCE)


def is_district(name: str) -> bool:
    """Whether a unit is the union of a district or town."""
    return plain(name).startswith(_DISTRICTS)


def type_words(folded: Iterable[str]) -> bool:
    """Whether words, without accents, are nothing but kinds of places: huyen, thanh pho…"""
    return set(folded) <= _TYPES


# --- headers -----------------------------------------------------------------------------------------------------

_SENT = _words("gửi", "nộp", "đăng ký", "tạo", "tiếp nhận", "nhập", "submitted", "sent", "created", "received")
_OTHER_DAYS = _words(
    "áp dụng", "công nhận", "quyết định", "sinh", "cấp", "ký", "duyệt", "xét", "cập nhật", "sửa", "vào", "hết hạn",
    "applied", "recognised", "approved", "birth", "updated",
)  # fmt: skip
_NO_COUNTS = _words(
    "chỉ tiêu", "kế hoạch", "giao", "đăng ký", "tỷ lệ", "tỉ lệ", "đoàn viên", "lao động", "thứ tự", "stt", "tt", "năm",
    "điểm", "tiền", "giá trị", "còn thiếu", "điện thoại", "quota", "target", "members", "percent", "year", "phone",
)  # fmt: skip
_COUNTS = _words(
    "sáng kiến", "kết quả", "công nhận", "số lượng", "thực hiện", "đã", "đề tài", "giải pháp", "done", "count"
)
_CODES = _words("mã", "số hồ sơ", "số hiệu", "code", "id")
_VAGUE_CODES = _words("Mã", "Mã số")
_QUOTAS = _words("chỉ tiêu", "kế hoạch", "giao", "đăng ký", "giai đoạn", "gđ", "đợt", "quý", "quota", "target", "phase")
_NO_QUOTAS = _words(
    "kết quả", "thực hiện", "đạt", "tỷ lệ", "tỉ lệ", "còn", "thiếu", "ghi chú", "đã", "đoàn viên", "so sánh", "done",
    "result", "percent", "short", "note", "members",
)  # fmt: skip
_NOTHING_ELSE = _words("chỉ tiêu", "quota", "target")
_GIVEN = _words("giao", "được giao", "assigned")
_ALL_PHASES = _words("tổng", "tổng cộng", "tổng số", "cộng", "cả", "toàn", "chung", "total", "all")


Kind = Literal["sent", "other-day", "no-count", "count", "code", "quota", "no-quota", "given"]


def says(title: str, of: Kind) -> bool:
    """Whether a header holds one of the words of a kind."""
    folded = f" {plain(title)} "
    return any(f" {words} " in folded for words in _HEADERS[of])


_HEADERS: Mapping[Kind, tuple[str, ...]] = {
    "sent": _SENT, "other-day": _OTHER_DAYS, "no-count": _NO_COUNTS, "count": _COUNTS, "code": _CODES,
    "quota": _QUOTAS, "no-quota": _NO_QUOTAS, "given": _GIVEN,
}  # fmt: skip


def is_vague_code(title: str) -> bool:
    """Whether a header of codes leaves open what they are codes of, or whether they only number the rows."""
    return plain(title) in _VAGUE_CODES


def is_phase_or_quota(title: str) -> bool:
    """Whether a header numbers a phase or says "chỉ tiêu", so that nothing else but quotas is to be expected below."""
    return ordinal_phase(title) is not None or any(f" {word} " in f" {plain(title)} " for word in _NOTHING_ELSE)


def sums_phases(title: str) -> bool:
    """Whether a header of quotas is that of their sum: "Tổng chỉ tiêu", "Cả chương trình"."""
    parts = (plain(part).removeprefix(plain("chỉ tiêu")).strip() for part in (title, *title.split(" / ")))
    return any(_begins(words, _ALL_PHASES) for words in parts)


# --- the names of phases and programmes --------------------------------------------------------------------------

_ORDINAL = re.compile(r"\b(giai doan|gd|dot|phase|quy|quarter)\s*(\d{1,2}|[ivx]{1,4})\b")
_YEAR = re.compile(r"\b(20\d\d)\b")
_FEW_MONTHS = re.compile(
    r"\b(?:(\d{1,2}|sau) ?(?:thang|t) (dau|cuoi)|nua (?:nam )?(dau|cuoi)|first half|second half)\b"
)
_QUARTERS = re.compile(
    r"\b(?:quy|quarter|q) ?([1-4]|i{1,3}|iv)(?: (?:va |den |and |to )?(?:quy )?([1-4]|i{1,3}|iv))?\b"
)
_PROGRAMME = re.compile(r"chương trình\s*[:,]?\s*[“\"«']([^”\"»']{3,80})[”\"»']", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


def ordinal_phase(title: str) -> tuple[str, str] | None:
    """The id and name of a phase that a header numbers: "Chỉ tiêu GĐ1" is ("gd1", "Giai đoạn 1").

    >>> [ordinal_phase(text) for text in ("Chỉ tiêu GĐ II", "Quý 1/2022", "Đợt 2", "Chỉ tiêu giao")]
    [('gd2', 'Giai đoạn 2'), ('quy1-2022', 'Quý 1/2022'), ('dot2', 'Đợt 2'), None]
    """
    found = _ORDINAL.search(plain(title))
    if found is None:
        return None
    kind, typed = found.groups()
    number = _ROMAN.get(typed) or (int(typed) if typed.isdigit() else 0)
    if not number:
        return None
    short, name = _KINDS[kind]
    if short == "quy" and (year := year_in(title)) is not None:
        return f"{short}{number}-{year}", f"{name} {number}/{year}"
    return f"{short}{number}", f"{name} {number}"


_KINDS = {
    "giai doan": ("gd", "Giai đoạn"), "gd": ("gd", "Giai đoạn"), "dot": ("dot", "Đợt"), "phase": ("phase", "Phase"),
    "quy": ("quy", "Quý"), "quarter": ("quy", "Quý"),
}  # fmt: skip


def months_in(title: str) -> tuple[int, int] | None:
    """The first and last month of the part of a year that a header names.

    >>> [months_in(text) for text in ("6 tháng đầu năm", "6T cuối năm", "nửa đầu năm", "Quý III+IV", "Quý 2", "Cả năm")]
    [(1, 6), (7, 12), (1, 6), (7, 12), (4, 6), None]
    """
    text = plain(title)
    if (found := _FEW_MONTHS.search(text)) is not None:
        typed, which, half = found.groups()
        number = int(typed) if typed and typed.isdecimal() else 6
        first = (which or half) == "dau" or found[0] == "first half"
        return ((1, number) if first else (13 - number, 12)) if 1 <= number < 12 else None
    if (found := _QUARTERS.search(text)) is not None:
        start, end = (_ROMAN.get(typed or found[1]) or int(typed or found[1]) for typed in found.groups())
        return (3 * start - 2, 3 * end) if start <= end else None
    return None


def part_of_year(title: str) -> tuple[str, str] | None:
    """The id and name of a phase that is a part of a year.

    >>> [part_of_year(text) for text in ("Chỉ tiêu 6T đầu năm", "Quý I+II/2022", "9 tháng đầu năm")]
    [('dau-nam', '6 tháng đầu năm'), ('quy1-2-2022', 'Quý 1–2/2022'), ('9-thang-dau', '9 tháng đầu năm')]
    """
    months = months_in(title)
    if months is None:
        return None
    start, end = months
    year = year_in(title)
    if _FEW_MONTHS.search(plain(title)):
        number, which = end - start + 1, "dau" if start == 1 else "cuoi"
        short = f"{which}-nam" if number == 6 else f"{number}-thang-{which}"
        name = f"{number} tháng {'đầu' if start == 1 else 'cuối'} năm"
        return (f"{short}-{year}", f"{name} {year}") if year else (short, name)
    first, last = (start + 2) // 3, end // 3
    short, name = (f"quy{first}", f"Quý {first}") if first == last else (f"quy{first}-{last}", f"Quý {first}–{last}")
    return (f"{short}-{year}", f"{name}/{year}") if year else (short, name)


def year_in(text: str) -> int | None:
    """The year that a text names."""
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def programme_in(text: str) -> str | None:
    """The name of a programme that a title quotes: Chương trình “1 triệu sáng kiến”."""
    found = _PROGRAMME.search(text)
    if found is None:
        return None
    name = found[1].strip()
    return name.capitalize() if name.isupper() else name

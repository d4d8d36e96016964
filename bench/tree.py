"""The made-up organisation to count for: 1 root, 10 districts, 900 base unions; how names are typed."""

import re
import unicodedata
from dataclasses import dataclass

ROOT_ID = "tinh"
ROOT_NAME = "LĐLĐ tỉnh Thái Nguyên"
DISTRICTS = {
    "dong-hy": "LĐLĐ huyện Đồng Hỷ",
    "vo-nhai": "LĐLĐ huyện Võ Nhai",
    "dai-tu": "LĐLĐ huyện Đại Từ",
    "phu-luong": "LĐLĐ huyện Phú Lương",
    "dinh-hoa": "LĐLĐ huyện Định Hóa",
    "phu-binh": "LĐLĐ huyện Phú Bình",
    "thai-nguyen": "LĐLĐ thành phố Thái Nguyên",
    "song-cong": "LĐLĐ thành phố Sông Công",
    "pho-yen": "LĐLĐ thị xã Phổ Yên",
    "vien-chuc": "Công đoàn Viên chức tỉnh",
}
SHARED = ["Trường THPT Nguyễn Trãi", "Phòng Giáo dục và Đào tạo", "Trung tâm Y tế"]
"""Workplaces that stand in every district: only the district column tells them apart."""

BASE_UNIONS_PER_DISTRICT = 90
_KINDS = [
    "Trường Mầm non", "Trường Tiểu học", "Trường Trung học cơ sở", "Công ty TNHH", "Công ty Cổ phần",
    "Trạm Y tế", "Ủy ban nhân dân xã", "Bệnh viện", "Hợp tác xã", "Nhà máy",
]  # fmt: skip
_FIRST = ["Hòa", "An", "Bình", "Thủy", "Đức", "Phúc", "Khánh", "Tân", "Quý", "Vĩnh"]
_SECOND = ["Sơn", "Lộc", "Khê", "Thọ", "Xá", "Hưng", "Điềm", "Tiến", "Lạc"]
_OLD_TONES = {"òa": "oà", "óa": "oá", "ỏa": "oả", "ọa": "oạ", "ủy": "uỷ", "úy": "uý", "Ủy": "Uỷ"}
_NEW_TONES_AT_WORD_END = re.compile(r"(òa|óa|ỏa|ọa|[ủỦ]y|úy)\b")


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of the tree and the ways its name is typed, the usual one first."""

    id: str
    name: str
    parent: str | None
    spellings: tuple[str, ...]


def spellings(name: str) -> tuple[str, ...]:
    """Return distinct spellings of one name, the name itself first: about ten."""
    long = name.replace("LĐLĐ", "Liên đoàn Lao động").replace("CĐCS", "Công đoàn cơ sở")
    old = _NEW_TONES_AT_WORD_END.sub(lambda match: _OLD_TONES[match[0]], long)
    variants = [
        name, long, old, name.upper(), name.lower(), long.upper(), long.lower(),
        name.replace(" ", "  "), f" {long} ", f"{name.lower()} ",
        unicodedata.normalize("NFD", name), unicodedata.normalize("NFD", long.upper()),
    ]  # fmt: skip
    return tuple(dict.fromkeys(variants))[:10]


def _base_union_names(district: int) -> list[str]:
    """Return the district's 90 base unions: three shared names and 87 of its own."""
    places = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    own = [f"{_KINDS[(district + n) % 10]} {place}" for n, place in enumerate(places)]
    return [f"CĐCS {name}" for name in SHARED + own[: BASE_UNIONS_PER_DISTRICT - len(SHARED)]]


def build() -> list[Unit]:
    """Return every unit in tree order."""
    units = [Unit(ROOT_ID, ROOT_NAME, None, spellings(ROOT_NAME))]
    for number, (district_id, district) in enumerate(DISTRICTS.items()):
        units.append(Unit(district_id, district, ROOT_ID, spellings(district)[:6]))
        for n, name in enumerate(_base_union_names(number), start=1):
            units.append(Unit(f"{district_id}-{n:02d}", name, district_id, spellings(name)))
    return units

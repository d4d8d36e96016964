"""The words of the sample rows, all invented, and the many spellings of one name."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Weighted = Sequence[tuple[str, int]]  # a choice and its weight


def listed(text: str) -> tuple[str, ...]:
    """The items of a list written with commas."""
    return tuple(item.strip() for item in text.split(","))


FAMILY_NAMES = listed(
    "Nguyễn, Nguyễn, Nguyễn, Trần, Trần, Lê, Phạm, Hoàng, Vũ, Đặng, Bùi, Đỗ, Hồ, Ngô, Dương, Lý, Nông, Lương"
)
MIDDLE_NAMES = listed("Văn, Thị, Thị, Đức, Minh, Thu, Ngọc, Hữu, Quang, Thanh, Xuân, Hải, Kim, Mạnh, Hồng")
GIVEN_NAMES = listed(
    "An, Anh, Bình, Chi, Cường, Dung, Dũng, Đạt, Giang, Hà, Hải, Hạnh, Hiền, Hòa, Hùng, Hương, Khánh, Lan, "
    "Linh, Long, Mai, Nam, Nga, Oanh, Phong, Phương, Quân, Quyên, Sơn, Tâm, Thảo, Thủy, Trang, Vân, Yến"
)

SUBJECTS = listed("Toán, Ngữ văn, Tiếng Anh, Lịch sử, Địa lý, Sinh học, Vật lý, Hóa học, Tin học, Mỹ thuật")
PRIMARY_SUBJECTS = listed("Toán, Tiếng Việt, Tiếng Anh, Tin học, Mỹ thuật")
COMMUNES = listed("Tân Lập, Minh Đức, Phú Thịnh, Tân Thành, Bình Thuận, Yên Phú, Hợp Tiến, Vạn Thắng, Tân Hòa")
SCHOOLS = listed("Võ Thị Sáu, Lý Tự Trọng, Trần Phú, Chu Văn An, Lê Lợi, Trưng Vương, Nguyễn Trãi, Lê Quý Đôn")
FIRMS = listed("Hưng Thịnh, An Bình, Thành Công, Minh Phát, Đại Lợi, Tân Tiến, Phú Cường")
MACHINES = listed("máy ép thủy lực, dây chuyền may, máy cắt CNC, lò sấy, băng tải, máy đóng gói, trạm biến áp")
PAPERWORK = listed("văn bản đi, văn bản đến, hồ sơ cán bộ, hồ sơ đất đai, đơn thư, hồ sơ đoàn viên, chứng từ")
WARDS = listed("khoa Khám bệnh, khoa Nhi, khoa Nội, khoa Cấp cứu, phòng tiêm chủng, khoa Xét nghiệm")


@dataclass(frozen=True, slots=True)
class Trade:
    """What people of one kind of workplace send in; words in braces are drawn from the lists above."""

    field: str
    titles: tuple[str, ...]
    workplaces: tuple[str, ...]


TRADES = {
    "school": Trade(
        "Giáo dục và đào tạo",
        (
            "Một số biện pháp nâng cao chất lượng dạy học môn {subject} lớp {grade}",
            "Ứng dụng công nghệ thông tin trong giảng dạy môn {subject} lớp {grade}",
            "Kinh nghiệm bồi dưỡng học sinh giỏi môn {subject} lớp {grade}",
            "Làm đồ dùng dạy học môn {subject} lớp {grade} từ vật liệu tái chế",
            "Giải pháp tổ chức kiểm tra trực tuyến môn {subject} khối {grade}",
        ),
        ("CĐCS Trường THCS {school}", "CĐCS Trường THCS {school}", "CĐCS Trường Tiểu học {school}"),
    ),
    "nursery": Trade(
        "Giáo dục và đào tạo",
        (
            "Một số biện pháp phát triển ngôn ngữ cho trẻ {age} tuổi",
            "Tổ chức hoạt động ngoài trời cho trẻ {age} tuổi",
            "Làm đồ chơi cho trẻ {age} tuổi từ vật liệu tái chế",
        ),
        ("CĐCS Trường Mầm non Hoa Mai", "CĐCS Trường Mầm non Sao Mai", "CĐCS Trường Mầm non Tuổi Thơ"),
    ),
    "office": Trade(
        "Quản lý, cải cách hành chính",
        (
            "Phần mềm theo dõi {paper} tại xã {commune}",
            "Giải pháp rút ngắn thời gian giải quyết {paper}",
            "Số hóa {paper} và tra cứu bằng mã QR",
            "Quy trình luân chuyển {paper} không dùng giấy",
        ),
        (
            "CĐCS UBND xã {commune}",
            "CĐCS Phòng Tài chính - Kế hoạch",
            "CĐCS Phòng Nội vụ",
            "CĐCS Ban Quản lý dự án",
        ),
    ),
    "clinic": Trade(
        "Y tế",
        (
            "Cải tiến quy trình tiếp đón người bệnh tại {ward}",
            "Giải pháp giảm thời gian chờ tại {ward}",
            "Bảng kiểm an toàn người bệnh tại {ward}",
            "Cải tiến phiếu theo dõi chăm sóc tại {ward}",
        ),
        (
            "CĐCS Trạm Y tế xã {commune}",
            "CĐCS Phòng khám Đa khoa số {number}",
            "CĐCS Trung tâm Kiểm soát bệnh tật",
        ),
    ),
    "factory": Trade(
        "Kỹ thuật, công nghệ",
        (
            "Cải tiến {machine} để giảm tiêu hao điện năng",
            "Chế tạo cơ cấu an toàn cho {machine}",
            "Thay đổi gá lắp {machine}, tăng năng suất {number}%",
            "Tận dụng nhiệt thải của {machine}",
            "Rút ngắn thời gian bảo dưỡng {machine}",
        ),
        ("CĐCS Công ty TNHH Cơ khí {firm}", "CĐCS Công ty CP May {firm}", "CĐCS Công ty TNHH Bao bì {firm}"),
    ),
}
TRADE_OF_WORD = {  # a word in a name → its trade, the first that fits; a unit without any is mixed
    "nursery": ("Mầm non",),
    "school": ("Trường", "Giáo dục"),
    "clinic": ("Y tế", "Bệnh viện", "Phòng khám", "Kiểm soát bệnh"),
    "factory": ("Công ty", "Khu công nghiệp", "Công Thương", "Xây dựng", "Giao thông", "Nông nghiệp"),
    "office": (
        "UBND",
        "Sở",
        "Viên chức",
        "Ban",
        "Phòng",
        "phòng",
        "Cơ quan",
        "Kiểm lâm",
        "Trung tâm",
        "Nhà",
        "Cung",
    ),
}
MIXED_TRADES: Weighted = (("school", 36), ("nursery", 9), ("office", 28), ("factory", 15), ("clinic", 12))

BAD_DATES = ("31/02/2022", "03/25/2022", "chưa rõ", "30/02/2022", "04/28/2022")
FREE_TEXT_BENEFITS = ("khoảng 12 triệu đồng/năm", "3.500.000 đ x 12 tháng", "Chưa tính được bằng tiền")


def pick(rng: random.Random, choices: Weighted) -> str:
    """One of the choices, by weight."""
    return rng.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]


def person(rng: random.Random) -> str:
    return f"{rng.choice(FAMILY_NAMES)} {rng.choice(MIDDLE_NAMES)} {rng.choice(GIVEN_NAMES)}"


def trade_for(name: str, rng: random.Random) -> Trade:
    for trade, words in TRADE_OF_WORD.items():
        if any(word in name for word in words):
            return TRADES[trade]
    return TRADES[pick(rng, MIXED_TRADES)]


def fill(template: str, rng: random.Random, workplace: str = "") -> str:
    """The template with each word in braces drawn from its list, as it suits the workplace."""
    first, last = (2, 5) if "Tiểu học" in workplace else (10, 12) if "THPT" in workplace else (6, 9)
    return template.format(
        subject=rng.choice(PRIMARY_SUBJECTS if "Tiểu học" in workplace else SUBJECTS),
        grade=rng.randint(first, last),
        age=rng.randint(3, 5),
        number=rng.randint(2, 9),
        school=rng.choice(SCHOOLS),
        commune=rng.choice(COMMUNES),
        firm=rng.choice(FIRMS),
        machine=rng.choice(MACHINES),
        paper=rng.choice(PAPERWORK),
        ward=rng.choice(WARDS),
    )


# One name, many spellings.


def in_full(name: str) -> str:
    name = name.replace("LĐLĐ", "Liên đoàn Lao động").replace("CĐCS", "Công đoàn cơ sở")
    return re.sub(r"^CĐ\b", "Công đoàn", name)


def shortened(name: str) -> str:
    name = name.replace("Công đoàn Viên chức tỉnh", "CĐVC tỉnh").replace("Khu công nghiệp", "KCN")
    name = re.sub(r"^Công đoàn\b", "CĐ", name)
    for word, short in (("huyện", "H."), ("thành phố", "TP."), ("thị xã", "TX.")):
        name = name.replace(f"LĐLĐ {word}", f"LĐLĐ {short}")
    return name


def without_dot(name: str) -> str:
    return shortened(name).replace("TP.", "TP").replace("H. ", "H.")


def old_tone_marks(name: str) -> str:
    for new, old in (("òa", "oà"), ("óa", "oá"), ("ủy", "uỷ"), ("ụy", "uỵ"), ("úy", "uý")):
        name = name.replace(new, old)
    return name


def loose(name: str) -> str:
    head, _, rest = name.partition(" ")
    return f"{head}  {rest.lower()} "


def upper(name: str) -> str:
    return name.upper()


def decomposed(name: str) -> str:
    return unicodedata.normalize("NFD", name)


def with_eth(name: str) -> str:
    return name.replace("Đ", "\u00d0")


def with_african_d(name: str) -> str:
    return name.replace("Đ", "\u0189")


def with_hidden_characters(name: str) -> str:
    return name.replace(" ", "\u00a0", 1) + "\u200b"


SPELLINGS: tuple[tuple[Callable[[str], str], int], ...] = (
    (in_full, 30),
    (shortened, 30),
    (without_dot, 12),
    (old_tone_marks, 8),
    (loose, 8),
    (upper, 5),
    (decomposed, 6),
    (with_eth, 4),
    (with_african_d, 1),
    (with_hidden_characters, 2),
)


def spell(name: str, also: Sequence[str], rng: random.Random) -> str:
    """The name itself three times in four, else a spelling that must be taken for the same name."""
    if rng.random() < 0.75:
        return name
    if also and rng.random() < 0.5:
        return rng.choice(also)
    change = rng.choices([c for c, _ in SPELLINGS], [weight for _, weight in SPELLINGS])[0]
    return change(name)

"""Write the sample exports of all cases, and ``expected.json``: what a right program finds in them.

ALL ROWS ARE SYNTHETIC. Authors' names are drawn from lists, titles are assembled from phrases, workplaces are
invented; whoever recognises a person or a workplace is mistaken. Only the totals marked in ``README.md`` were
published.

    python sample_data/make.py [OUTPUT_FOLDER]        # default: the folder of this script

The quota files in ``configs/`` say which units, phases and accepted values there are; this script says how
many submissions each unit sent, and which rows are spoilt. Every row is made together with the truth about it
(its unit or what is wrong with its unit, its day or what is wrong with its date). After writing, the files
are read back and counted with that truth, without any of the program's code; the count must give the
published figures and becomes ``expected.json``. Every run writes the same bytes (given one XlsxWriter and
one zlib).

``sample_words`` (names, titles, spellings) → ``sample_rows`` (rows and their truth) → ``sample_moves`` (rows of
a year in which units end and move) → ``sample_files`` (bytes) → ``sample_count`` (the count of what was written)
→ this page (the cases). ``sample_start`` is the case that has no quota file yet.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from sample_count import Made, finish
from sample_files import Sheet
from sample_moves import MovingCase
from sample_rows import SEED, Case, Cell, Row, check_unlisted, read_config
from sample_start import starting_office
from sample_words import Weighted, spell

HERE = Path(__file__).resolve().parent

STANDARD_COLUMNS = (
    ("number", "STT"),
    ("code", "Mã sáng kiến"),
    ("title", "Tên sáng kiến"),
    ("author", "Tác giả"),
    ("base", "Công đoàn cơ sở"),
    ("above", "Công đoàn cấp trên trực tiếp"),
    ("field", "Lĩnh vực"),
    ("submitted", "Ngày gửi"),
    ("applied", "Ngày áp dụng"),
    ("status", "Trạng thái"),
    ("recognition", "Hình thức công nhận"),
    ("benefit", "Giá trị làm lợi (đồng)"),
)
RECOGNITIONS: Weighted = (
    ("Giấy chứng nhận sáng kiến", 40),
    ("Quyết định công nhận sáng kiến cấp cơ sở", 35),
    ("Hội đồng sáng kiến cấp huyện", 15),
    ("", 10),
)
MIXED_DATES: Weighted = (
    ("excel", 60),
    ("excel-time", 8),
    ("dmy", 18),
    ("short", 6),
    ("dots", 3),
    ("dashes", 2),
    ("time", 3),
)


def headers(**changed: str) -> tuple[tuple[str, str], ...]:
    """The standard columns with some headers changed."""
    return tuple((name, changed.get(name, header)) for name, header in STANDARD_COLUMNS)


def title_block(agency: str, subject: str, day: str) -> list[list[str]]:
    return [[agency], [subject], [f"(Số liệu tính đến ngày {day})"]]


# id: (giai đoạn 1, 1/6 đến 15/7/2022, 16/7 đến 20/8/2022), the units below included
THAI_NGUYEN = {
    "thai-nguyen": (5585, 632, 331),
    "tp-thai-nguyen": (771, 66, 38),
    "tp-thai-nguyen-thcs-quang-trung": (22, 3, 2),
    "cdcs-truong-tieu-hoc-doi-can": (8, 1, 0),
    "song-cong": (247, 19, 11),
    "pho-yen": (318, 25, 15),
    "pho-yen-thcs-quang-trung": (6, 1, 0),
    "cdcs-ubnd-phuong-ba-hang": (9, 1, 1),
    "dinh-hoa": (214, 18, 10),
    "cdcs-ubnd-thi-tran-cho-chu": (7, 1, 1),
    "vo-nhai": (290, 60, 22),
    "cdcs-truong-tieu-hoc-dinh-ca": (8, 1, 1),
    "cdcs-ubnd-xa-la-hien": (7, 2, 0),
    "phu-luong": (231, 21, 12),
    "dong-hy": (395, 78, 30),
    "cdcs-truong-thcs-hoa-thuong": (9, 2, 1),
    "cdcs-ubnd-xa-khe-mo": (14, 3, 2),
    "cdcs-trung-tam-y-te-huyen-dong-hy": (17, 4, 2),
    "dai-tu": (505, 88, 35),
    "cdcs-ubnd-xa-la-bang": (11, 2, 1),
    "phu-binh": (263, 24, 13),
    "vien-chuc": (402, 79, 31),
    "cdcs-van-phong-ubnd-tinh": (13, 3, 1),
    "cdcs-so-noi-vu": (21, 4, 2),
    "kcn": (702, 71, 40),
    "cdcs-cong-ty-tnhh-co-khi-song-cau": (71, 8, 4),
    "cdcs-cong-ty-cp-may-diem-thuy": (44, 6, 3),
    "cdcs-cong-ty-tnhh-linh-kien-yen-binh": (33, 5, 2),
    "giao-duc": (486, 34, 31),
    "cdcs-truong-thpt-le-hong-phong": (19, 2, 1),
    "y-te": (327, 22, 19),
    "cdcs-benh-vien-y-hoc-co-truyen-tinh": (27, 2, 1),
    "cong-thuong": (251, 17, 14),
    "giao-thong": (94, 6, 5),
    "xay-dung": (71, 4, 4),
    "co-quan-ldld-tinh": (11, 0, 1),
}
THAI_NGUYEN_WHOLE_PROGRAMME = {"dong-hy", "vo-nhai", "dai-tu", "vien-chuc"}
THAI_NGUYEN_PHASE_1 = {"phu-luong", "dinh-hoa", "phu-binh", "tp-thai-nguyen", "song-cong", "kcn"}


def thai_nguyen(folder: Path) -> Made:
    """3,889 of 5,000 on 27/4/2022; 5,585 on 15/7/2022."""
    case = Case(
        "thai-nguyen",
        read_config("thai-nguyen"),
        "SK-TN-{:06}",
        (("Không hợp lệ", None), ("Chờ duyệt", None), ("Đang xem xét", None), ("Đã hủy", None), ("", None)),
        RECOGNITIONS,
        spare_status="Đã công nhận",
    )
    start, phase_2, end = date(2022, 1, 8), date(2022, 6, 1), date(2022, 8, 20)
    thai_nguyen_phase_1(case, start, date(2022, 4, 27), date(2022, 5, 31), early=3889)
    case.send({u: n for u, (_, n, _) in THAI_NGUYEN.items()}, phase_2, date(2022, 7, 15))
    case.send({u: n for u, (_, _, n) in THAI_NGUYEN.items()}, date(2022, 7, 16), end)
    case.add_rejected(430, start, end)
    case.add_copies(170, end)
    case.add_rejected_before(25, start)
    case.add_ties(8)
    case.add_out_of_window(40, date(2021, 9, 6), date(2022, 1, 7))
    others = ("LĐLĐ huyện Sơn Dương", "LĐLĐ huyện Chợ Mới", "LĐLĐ huyện Hiệp Hòa", "LĐLĐ thành phố Bắc Kạn")
    misspelt = (
        "LDLD huyen Dong Hy",
        "LĐLĐ thành phố Đồng Hỷ",
        "LĐLĐ huyện Đồng Hỉ",
        "LĐLĐ huyện Phú Lươg",
        "LĐLĐ Võ Nhai",
    )
    case.add_unknown_units(54, start, end, (*others, *misspelt))
    case.add_undecided_units(start, end, "CĐCS Trường THCS Quang Trung", 8)
    case.add_conflicting_units(
        start,
        end,
        (
            ("cdcs-truong-thcs-hoa-thuong", "vo-nhai"),
            ("cdcs-ubnd-xa-la-hien", "phu-luong"),
            ("cdcs-so-noi-vu", "tp-thai-nguyen"),
            ("cdcs-cong-ty-tnhh-co-khi-song-cau", "song-cong"),
            ("cdcs-trung-tam-y-te-huyen-dong-hy", "y-te"),
            ("cdcs-truong-tieu-hoc-dinh-ca", "giao-duc"),
            ("cdcs-ubnd-phuong-ba-hang", "song-cong"),
        ),
    )
    case.add_blanks(start, end, units=15, no_dates=11, bad_dates=9, codes=14)
    days = ("2022-04-27", "2022-05-31", "2022-07-15", "2022-08-31")
    made = finish(folder, case.name, case.config, thai_nguyen_sheets(case), days)
    check_thai_nguyen(made)
    return replace(made, quota_files=("thai-nguyen.yaml", "thai-nguyen-2022-07-15.yaml"))


def thai_nguyen_phase_1(case: Case, first: date, as_of: date, last: date, early: int) -> None:
    """Phase 1, of which so many rows up to the as-of date; both of its last days also with a late hour."""
    plan = case.own({unit: n for unit, (n, _, _) in THAI_NGUYEN.items()})
    units = [unit for unit, n in plan.items() for _ in range(n)]
    case.rng.shuffle(units)
    days = case.days(first, as_of, early) + case.days(as_of + timedelta(days=1), last, len(units) - early)
    case.good += map(case.submission, units, days)
    for day in (as_of, last):
        places = [i for i, row in enumerate(case.good) if row.day == day and row.sender != "kcn"]
        for place, clock in zip(places, ("23:59", "24:00"), strict=False):
            case.good[place] = replace(case.good[place], date_text=f"{day:%d/%m/%Y} {clock}")


def thai_nguyen_sheets(case: Case) -> list[Sheet]:
    """Two senders with a file of their own, the rest by month."""
    kcn: list[Row | None] = []
    officials: list[Row | None] = []
    months: defaultdict[int, list[Row | None]] = defaultdict(list)
    for row in case.rows():
        if row.sender == "kcn":
            kcn.append(row)
        elif row.sender == "vien-chuc":
            officials.append(row)
        else:
            months[min(max(row.filed.month, 1), 8) if row.filed.year == 2022 else 1].append(row)
    months[3].insert(200, None)
    months[4].sort(key=lambda row: row is not None and row.date_text is not None)  # real dates first, then text
    province = "LIÊN ĐOÀN LAO ĐỘNG TỈNH THÁI NGUYÊN"
    subject = "DANH SÁCH SÁNG KIẾN THAM GIA CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN”"
    with_province = (
        *STANDARD_COLUMNS[:6],
        ("province", "LĐLĐ tỉnh"),
        *STANDARD_COLUMNS[6:],
        ("note", "Ghi chú"),
    )
    short = headers(code="Mã SK", base="CĐCS", above="CĐ cấp trên", submitted="Ngày nộp", author="Tác giả chính")
    guide = [
        ["HƯỚNG DẪN NHẬP LIỆU"],
        [],
        ["1. Mỗi sáng kiến một dòng, không gộp ô."],
        ["2. Chọn đúng công đoàn cấp trên trực tiếp."],
        ["3. Ghi ngày theo dạng ngày/tháng/năm."],
    ]
    summer: list[Row | None] = [row for month in (6, 7, 8) for row in months[month]]
    return [
        Sheet("2022-01-02.xlsx", "Tháng 1", STANDARD_COLUMNS, months[1], dates=MIXED_DATES),
        Sheet("2022-01-02.xlsx", "Tháng 2", short, months[2], dates=(("dmy", 70), ("short", 20), ("time", 10))),
        Sheet(
            "2022-03.xlsx",
            "Sheet1",
            with_province,
            with_note(months[3]),
            titles=[*title_block(province, subject, "31/3/2022"), []],
            dates=MIXED_DATES,
        ),
        Sheet("2022-04.xlsx", "Hướng dẫn", (), [], titles=guide),
        Sheet("2022-04.xlsx", "Danh sách", STANDARD_COLUMNS, months[4], late_dates=(("dmy", 80), ("short", 20))),
        Sheet(
            "2022-05.xlsx",
            "Tháng 5",
            headers(code="Mã SK", submitted="Ngày\nnộp", recognition="Cấp công nhận", title="Tên sáng kiến."),
            months[5],
            titles=[[], *title_block(province, subject, "31/5/2022")],
            dates=MIXED_DATES,
        ),
        Sheet("2022-06-08.xlsx", "Sheet1", STANDARD_COLUMNS, summer, titles=[[subject], []], dates=MIXED_DATES),
        Sheet(
            "cong-doan-vien-chuc.xlsx",
            "CĐVC",
            short,
            officials,
            titles=title_block("CÔNG ĐOÀN VIÊN CHỨC TỈNH", subject, "20/8/2022")[:2],
            dates=(("dots", 80), ("dmy", 20)),
        ),
        Sheet(
            "cac-khu-cong-nghiep.csv",
            None,
            headers(benefit="Giá trị làm lợi"),
            kcn,
            dates=(("iso", 45), ("dmy", 35), ("iso-time", 12), ("offset", 4), ("utc", 4)),
            delimiter=";",
            bom=True,
        ),
    ]


def with_note(rows: list[Row | None]) -> list[Row | None]:
    """The rows with a column naming the province, which is above the tree's units and decides nothing."""
    province: dict[str, Cell] = {"province": "LĐLĐ tỉnh Thái Nguyên"}
    return [row and replace(row, cells={**row.cells, **province}) for row in rows]


def check_thai_nguyen(made: Made) -> None:
    """The published figures, and which units had reached what on 15/7/2022."""
    assert made.done("2022-04-27", "thai-nguyen", "gd1") == 3889
    assert made.done("2022-05-31", "thai-nguyen", "gd1") == 5585
    assert made.done("2022-07-15", "thai-nguyen", "gd1") == 5585
    for unit, plan in THAI_NGUYEN.items():
        assert (made.done("2022-07-15", unit, "gd1"), made.done("2022-07-15", unit, "gd2")) == plan[:2], unit
    below_root = [unit for unit in made.config.units.values() if unit.parent]
    done = {unit.id: made.counts["2022-07-15"]["done"][unit.id] for unit in below_root}
    past_phase_1 = {u.id for u in below_root if "gd1" in u.quota and done[u.id]["gd1"] > u.quota["gd1"]}
    near_whole = {
        u.id
        for u in below_root
        if len(u.quota) == 2 and Fraction(sum(done[u.id].values()), sum(u.quota.values())) >= Fraction(9, 10)
    }
    assert past_phase_1 == THAI_NGUYEN_WHOLE_PROGRAMME | THAI_NGUYEN_PHASE_1, past_phase_1
    assert near_whole == THAI_NGUYEN_WHOLE_PROGRAMME, near_whole
    rounded = read_config("thai-nguyen-2022-07-15")
    assert replace(rounded, path=made.config.path) == made.config, "the two Thái Nguyên quota files differ"


# id: (8/1 đến 25/4/2022, 26/4 đến 16/5/2022), the units below included
CA_MAU = {
    "ca-mau": (2660, 605),
    "tp-ca-mau": (407, 95),
    "cdcs-truong-thcs-nguyen-thai-binh": (19, 3),
    "cai-nuoc": (231, 60),
    "cdcs-truong-thpt-cai-nuoc": (16, 2),
    "cdcs-ubnd-xa-tran-thoi": (5, 1),
    "dam-doi": (187, 52),
    "dam-doi-thcs-phan-ngoc-hien": (11, 2),
    "nam-can": (252, 31),
    "nam-can-thcs-phan-ngoc-hien": (13, 2),
    "cdcs-cong-ty-cp-thuy-san-dat-mui": (27, 4),
    "ngoc-hien": (64, 20),
    "cdcs-hat-kiem-lam-huyen": (6, 3),
    "phu-tan": (148, 41),
    "cdcs-ubnd-thi-tran-cai-doi-vam": (9, 1),
    "thoi-binh": (176, 48),
    "cdcs-truong-tieu-hoc-hoa-binh": (11, 0),
    "cdcs-ubnd-xa-ho-thi-ky": (0, 4),
    "tran-van-thoi": (296, 77),
    "cdcs-truong-thcs-song-doc": (14, 6),
    "cdcs-ubnd-xa-khanh-hung": (8, 2),
    "cdcs-trung-tam-y-te-huyen-tran-van-thoi": (21, 5),
    "u-minh": (121, 33),
    "cdcs-ubnd-xa-khanh-an": (4, 2),
    "vien-chuc": (300, 36),
    "cdcs-so-tu-phap": (19, 1),
    "giao-duc": (271, 60),
    "cdcs-truong-thpt-phan-boi-chau": (18, 4),
    "y-te": (118, 30),
    "cdcs-benh-vien-san-nhi": (22, 5),
    "cong-thuong": (61, 14),
    "kcn": (28, 8),
}


def ca_mau(folder: Path) -> Made:
    """2,660 of 5,091 on 25/4/2022."""
    case = Case(
        "ca-mau",
        read_config("ca-mau"),
        "SK-CM-{:06}",
        (("Không hợp lệ", None), ("Chờ duyệt", None), ("Đang xem xét", None), ("Đã hủy", None)),
        RECOGNITIONS,
        spare_status="Đã duyệt",
    )
    start, as_of, end = date(2022, 1, 8), date(2022, 4, 25), date(2022, 5, 16)
    case.send({unit: n for unit, (n, _) in CA_MAU.items()}, start, as_of)
    case.send({unit: n for unit, (_, n) in CA_MAU.items()}, date(2022, 4, 26), end)
    case.add_rejected(210, start, end)
    case.add_copies(80, end)
    case.add_rejected_before(12, start)
    case.add_ties(4)
    case.add_out_of_window(16, date(2021, 10, 4), date(2022, 1, 7))
    others = ("LĐLĐ huyện Hồng Dân", "LĐLĐ huyện An Minh", "LĐLĐ thị xã Giá Rai")
    misspelt = ("LDLD huyen Dam Doi", "LĐLĐ huyện Năm Căng", "LĐLĐ huyện Cà Mau", "LĐLĐ huyện Trần Văn Thới")
    case.add_unknown_units(28, start, end, (*others, *misspelt))
    case.add_undecided_units(start, end, "CĐCS Trường THCS Phan Ngọc Hiển", 5)
    case.add_conflicting_units(
        start,
        end,
        (
            ("cdcs-ubnd-xa-khanh-an", "tran-van-thoi"),
            ("cdcs-truong-thpt-cai-nuoc", "giao-duc"),
            ("cdcs-trung-tam-y-te-huyen-tran-van-thoi", "y-te"),
        ),
    )
    case.add_blanks(start, end, units=7, no_dates=6, bad_dates=5, codes=8)
    made = finish(folder, case.name, case.config, ca_mau_sheets(case), ("2022-04-25", "2022-05-31"))
    assert made.done("2022-04-25", "ca-mau", "gd1") == 2660
    assert made.done("2022-05-31", "ca-mau", "gd1") == 3265
    for unit, plan in CA_MAU.items():
        assert made.done("2022-04-25", unit, "gd1") == plan[0], unit
    return made


def ca_mau_sheets(case: Case) -> list[Sheet]:
    """The largest district and the schools send a CSV each, the rest lies in two workbooks."""
    by_sender: dict[str, list[Row | None]] = {"tran-van-thoi": [], "giao-duc": []}
    first: list[Row | None] = []
    second: list[Row | None] = []
    for row in case.rows():
        by_sender.get(row.sender, first if row.filed <= date(2022, 3, 31) else second).append(row)
    agency, subject = "LIÊN ĐOÀN LAO ĐỘNG TỈNH CÀ MAU", "DANH SÁCH SÁNG KIẾN CỦA ĐOÀN VIÊN, NGƯỜI LAO ĐỘNG"
    local = headers(code="Mã hồ sơ", submitted="Ngày đăng ký", recognition="Cấp công nhận")
    review = headers(status="Kết quả xét", recognition="Cấp công nhận", base="CĐCS", above="CĐ cấp trên")
    text_dates: Weighted = (("dmy", 75), ("short", 15), ("time", 10))
    return [
        Sheet(
            "quy-1.xlsx",
            "Quý I",
            local,
            first,
            titles=[*title_block(agency, subject, "31/3/2022"), []],
            dates=MIXED_DATES,
        ),
        Sheet("tu-thang-4.xlsx", "Danh sách", review, second, titles=[[subject]], dates=MIXED_DATES),
        Sheet("tran-van-thoi.csv", None, local, by_sender["tran-van-thoi"], dates=text_dates),
        Sheet("nganh-giao-duc.csv", None, review, by_sender["giao-duc"], dates=(("iso", 60), ("dmy", 40))),
    ]


# id: (giai đoạn 1, 1/6 đến 30/9/2022), the units below included
HA_NOI = {
    "co-quan-ha-noi": (149, 41),
    "cong-doan-bo-phan-van-phong": (23, 6),
    "cong-doan-bo-phan-ban-to-chuc": (15, 5),
    "cong-doan-bo-phan-ban-tuyen-giao": (18, 7),
    "cong-doan-bo-phan-ban-chinh-sach-phap-luat": (14, 2),
    "cong-doan-bo-phan-ban-tai-chinh": (9, 0),
    "cdcs-cung-van-hoa-lao-dong": (31, 11),
    "cdcs-trung-tam-tu-van-phap-luat": (11, 3),
    "cdcs-nha-nghi-cong-doan": (26, 6),
}


def ha_noi(folder: Path) -> Made:
    """149 of 44 at the end of phase 1."""
    case = Case(
        "ha-noi-co-quan",
        read_config("ha-noi-co-quan"),
        "{:06}",
        (("Không hợp lệ", None), ("Chờ duyệt", None), ("Đã hủy", None)),
        RECOGNITIONS,
        spare_status="Đã công nhận",
    )
    start, last, end = date(2022, 1, 8), date(2022, 5, 31), date(2022, 9, 30)
    case.send({unit: n for unit, (n, _) in HA_NOI.items()}, start, last)
    case.send({unit: n for unit, (_, n) in HA_NOI.items()}, date(2022, 6, 1), end)
    case.add_rejected(14, start, end)
    case.add_copies(9, end)
    case.add_rejected_before(3, start)
    case.add_ties(2)
    case.add_out_of_window(4, date(2021, 11, 1), date(2022, 1, 7))
    case.add_unknown_units(
        6, start, end, ("LĐLĐ quận Ba Đình", "Cong doan Co quan LDLD TP Ha Noi", "LĐLĐ thành phố Hà Nội")
    )
    case.add_blanks(start, end, units=2, no_dates=2, bad_dates=2, codes=3)
    columns = headers(code="Mã số", base="Đơn vị", above="Công đoàn cấp trên")
    titles = title_block("CÔNG ĐOÀN CƠ QUAN LĐLĐ THÀNH PHỐ HÀ NỘI", "TỔNG HỢP SÁNG KIẾN", "30/9/2022")
    rows: list[Row | None] = list(case.rows())
    sheet = Sheet("sang-kien.xlsx", "Tổng hợp", columns, rows, titles=titles, dates=MIXED_DATES)
    made = finish(folder, case.name, case.config, [sheet], ("2022-05-31", "2022-09-30"))
    assert made.done("2022-05-31", "co-quan-ha-noi", "gd1") == 149
    assert made.done("2022-09-30", "co-quan-ha-noi", "gd2") == 41
    return made


# id: (graded by the district's council, graded by another or not yet), the units below included; three of the 32 name
# an unlisted base union. Three of the 20 base unions sent nothing.
NGOC_LAC = {
    "ngoc-lac": (32, 16),
    "cdcs-co-quan-ubnd-huyen": (4, 1),
    "cdcs-co-quan-huyen-uy": (3, 0),
    "cdcs-trung-tam-y-te-huyen": (3, 2),
    "cdcs-truong-thpt-le-lai": (5, 2),
    "cdcs-truong-thpt-ngoc-lac": (0, 1),
    "cdcs-truong-thcs-le-dinh-chinh": (2, 1),
    "cdcs-truong-thcs-nguyen-du": (3, 1),
    "cdcs-truong-tieu-hoc-kim-dong": (2, 1),
    "cdcs-truong-tieu-hoc-minh-khai": (3, 1),
    "cdcs-truong-mam-non-hoa-sen": (2, 0),
    "cdcs-truong-mam-non-minh-son": (0, 1),
    "cdcs-ubnd-xa-thuy-son": (1, 1),
    "cdcs-ubnd-xa-kien-tho": (1, 0),
    "cdcs-ubnd-xa-minh-son": (0, 1),
    "cdcs-ubnd-xa-ngoc-lien": (0, 1),
    "cdcs-ubnd-xa-nguyet-an": (0, 1),
    "cdcs-ubnd-xa-phung-minh": (0, 1),
}
DISTRICT_COUNCIL = "Hội đồng khoa học cấp huyện"
DISTRICT_GRADES: Weighted = ((DISTRICT_COUNCIL, 80), ("Hội đồng Khoa học cấp huyện", 20))
OTHER_GRADES: Weighted = (("Hội đồng sáng kiến cấp cơ sở", 50), ("Hội đồng khoa học cấp cơ sở", 30), ("", 20))
# Of 48 submissions 39 say what they are worth in a plain number.
NGOC_LAC_BENEFITS: tuple[Cell, ...] = (
    "khoảng 5 triệu",
    "15.000.000 đ/năm",
    "2 triệu x 12 tháng",
    "Chưa tính được bằng tiền",
    *[None] * 5,
)


def ngoc_lac(folder: Path) -> Made:
    """32 of 35 graded by the district's scientific council, 48 of 20 base unions in all: an invented result."""
    case = Case(
        "ngoc-lac",
        read_config("ngoc-lac"),
        "NL-2021-{:03}",
        (("Không đạt", DISTRICT_COUNCIL), ("Đang xem xét", "")),
        DISTRICT_GRADES,
    )
    start, end = date(2021, 3, 10), date(2021, 10, 10)
    case.send({unit: n for unit, (n, _) in NGOC_LAC.items()}, start, end)
    case.recognitions = OTHER_GRADES
    case.send({unit: n for unit, (_, n) in NGOC_LAC.items()}, start, end)
    give_benefits(case, NGOC_LAC_BENEFITS)
    case.recognitions = (*DISTRICT_GRADES, *OTHER_GRADES)
    case.add_rejected(26, start, end)
    case.add_copies(5, end)
    case.add_rejected_before(2, start)
    case.add_out_of_window(3, date(2021, 1, 11), date(2021, 3, 9))
    case.add_out_of_window(2, date(2021, 10, 11), date(2021, 10, 25))
    case.add_unknown_units(4, start, end, ("LĐLĐ huyện Lang Chánh", "LDLD huyen Ngoc Lac"))
    case.add_blanks(start, end, units=1, no_dates=1, bad_dates=2, codes=1)
    columns = headers(submitted="Ngày đăng ký", status="Kết quả", recognition="Cấp công nhận")
    rows: list[Row | None] = list(case.rows())
    sheet = Sheet("sang-kien-2021.csv", None, columns, rows, dates=(("dmy", 60), ("iso", 25), ("short", 15)))
    made = finish(folder, case.name, case.config, [sheet], ("2021-10-10", "2021-12-31"))
    assert made.done("2021-10-10", "ngoc-lac", "dot") == 48
    values = {each["id"]: (each["value"], each["met"]) for each in made.counts["2021-10-10"]["targets"]}
    assert values.pop("loi")[1]
    assert values == {
        "xep-loai": ("32", False),
        "bq": ("12/5", True),
        "phu": ("17/20", False),
        "doan-vien": ("6/65", False),
    }
    return made


def give_benefits(case: Case, odd: Sequence[Cell]) -> None:
    """Small amounts for all good rows, but for a few that hold these instead."""
    amounts: list[Cell] = [*odd, *(case.rng.randrange(4, 121) * 500_000 for _ in case.good[len(odd) :])]
    case.rng.shuffle(amounts)
    case.good = [
        replace(row, cells={**row.cells, "benefit": amount}) for row, amount in zip(case.good, amounts, strict=True)
    ]


def ca_mau_2025(folder: Path) -> Made:
    """The year in which the districts' unions ended, on 30/6; all of it invented."""
    case = MovingCase(
        "ca-mau-2025",
        read_config("ca-mau-2025"),
        "SK-25-{:05}",
        (("Không hợp lệ", None), ("Chờ duyệt", None), ("Đã hủy", None)),
        RECOGNITIONS,
        spare_status="Đã công nhận",
    )
    start, before, after, end = date(2025, 1, 2), date(2025, 5, 31), date(2025, 7, 1), date(2025, 9, 30)
    case.send_at_random(260, start, before)
    case.send_at_random(120, date(2025, 6, 1), date(2025, 6, 30))
    case.send_at_random(440, after, end)
    case.add_rejected(60, start, end)
    case.add_copies(40, end)
    case.add_rejected_before(8, date(2025, 1, 20))
    case.add_ties(3)
    case.add_out_of_window(8, date(2024, 11, 4), date(2024, 12, 31))
    case.add_ended_units(24, date(2025, 4, 16), end)
    case.add_units_to_come(start, before, ("xa-song-doc", "xa-tran-van-thoi", "so-nong-nghiep-moi-truong"))
    case.add_unknown_units(14, start, end, ("LĐLĐ huyện Hồng Dân", "LĐLĐ thị xã Giá Rai", "LDLD huyen Dam Doi"))
    case.add_undecided_units(start, end, "CĐCS Trường THCS Phan Ngọc Hiển", 6)
    # While there were districts; later both names mean units of the province.
    pairs = (("cdcs-truong-thpt-cai-nuoc", "dam-doi"), ("cdcs-truong-thcs-song-doc", "tp-ca-mau"))
    case.add_conflicting_units(start, before, pairs)
    case.add_blanks(start, end, units=5, no_dates=5, bad_dates=4, codes=5)
    sheets = ca_mau_2025_sheets(case)
    made = finish(folder, case.name, case.config, sheets, ("2025-05-31", "2025-06-30", "2025-09-30"))
    check_ca_mau_2025(made)
    return made


def ca_mau_2025_sheets(case: Case) -> list[Sheet]:
    """The first half-year in a workbook with a sheet for each quarter, the second as a CSV."""
    parts: dict[int, list[Row | None]] = {1: [], 2: [], 3: []}
    for row in case.rows():
        parts[max((row.filed.month + 2) // 3, 1) if row.filed.year == 2025 else 1].append(row)
    agency, subject = "LIÊN ĐOÀN LAO ĐỘNG TỈNH CÀ MAU", "DANH SÁCH SÁNG KIẾN NĂM 2025 (DỮ LIỆU MẪU)"
    kept = ("number", "code", "title", "author", "base", "above", "field", "submitted", "status")
    long = tuple(column for column in STANDARD_COLUMNS if column[0] in kept)
    short = tuple(
        column
        for column in headers(code="Mã SK", base="CĐCS", above="CĐ cấp trên", submitted="Ngày nộp")
        if column[0] in kept
    )
    first_half = "6-thang-dau-nam.xlsx"
    return [
        Sheet(first_half, "Quý I", long, parts[1], titles=title_block(agency, subject, "30/6/2025"), dates=MIXED_DATES),
        Sheet(first_half, "Quý II", long, parts[2], dates=MIXED_DATES),
        Sheet("quy-3.csv", None, short, parts[3], dates=(("dmy", 70), ("short", 20), ("iso", 10)), bom=True),
    ]


def check_ca_mau_2025(made: Made) -> None:
    """What the case is there to show does occur."""
    may, june, september = (made.counts[day] for day in ("2025-05-31", "2025-06-30", "2025-09-30"))
    units = made.config.units.values()
    to_come = {unit.id for unit in units if unit.first == date(2025, 7, 1)}
    assert to_come.isdisjoint(june["done"])
    assert to_come <= september["done"].keys()
    for unit in (unit for unit in units if unit.last == date(2025, 6, 30) and not unit.is_base):
        assert may["done"][unit.id]["nam-2025"] < june["done"][unit.id]["nam-2025"]
        assert september["done"][unit.id] == june["done"][unit.id]
    gone = {unit.id for unit in units if unit.last < date(2025, 9, 30)}
    assert gone & september["done"].keys(), "ended, with rows or a quota"
    assert gone - september["done"].keys(), "ended, with neither"
    assert {"ended-unit", "unknown-unit", "ambiguous-unit"} <= september["rows"]["set_aside"].keys()
    assert september["direct"]["ca-mau"]["nam-2025"] > may["direct"]["ca-mau"]["nam-2025"] > 0


NATIONAL_TOTAL = 696_948


def national(folder: Path) -> Made:
    """696,948 of 300,000: one line per unit right below the confederation, drawn around twice its quota."""
    config = read_config("quoc-gia")
    rng = random.Random(f"{SEED}, quoc-gia")
    units = [unit for unit in config.units.values() if unit.parent]
    assert len(units) == 83
    counts = [
        round(unit.quota["gd1"]["dang-ky"] * rng.choice((0.7, 0.95, 1.0, 1.4, 1.8, 2.2, 2.6, 3.1))) for unit in units
    ]
    scale = Fraction(NATIONAL_TOTAL, sum(counts))
    counts = [int(n * scale) for n in counts]
    counts[units.index(config.units["ha-noi"])] += NATIONAL_TOTAL - sum(counts)
    rows: list[Row | None] = [
        Row(
            {
                "unit": spell(unit.name.replace("\u2013", "-"), unit.also, rng),
                "quota": unit.quota["gd1"]["dang-ky"],
                "count": n,
            },
            unit=unit.id,
            filed=date(2022, 5, 31),
        )
        for unit, n in zip(units, counts, strict=True)
    ]
    total: dict[str, Cell] = {
        "unit": "Tổng cộng",
        "quota": sum(u.quota["gd1"]["dang-ky"] for u in units),
        "count": sum(counts),
    }
    sheet = Sheet(
        "tong-hop.xlsx",
        "Tổng hợp",
        (
            ("number", "STT"),
            ("unit", "Đơn vị"),
            ("quota", "Chỉ tiêu đăng ký"),
            ("count", "Số sáng kiến"),
            ("note", "Ghi chú"),
        ),
        rows,
        titles=[
            ["TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
            ["", "", "", "Độc lập - Tự do - Hạnh phúc"],
            [],
            ["BẢNG TỔNG HỢP KẾT QUẢ CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN”, GIAI ĐOẠN 1"],
            ["(Số liệu mẫu, không có thật)"],
            [],
        ],
        total=total,
    )
    made = finish(folder, "quoc-gia", config, [sheet], ("2022-05-31",))
    assert made.done("2022-05-31", "tong-ldld", "gd1") == NATIONAL_TOTAL
    return made


def expectation(made: Made) -> dict[str, Any]:
    return {
        "configs": [f"configs/{name}" for name in made.quota_files],
        "inputs": made.written.inputs,
        "sheets_without_data": made.written.without_data,
        "as_of": made.counts,
    }


def write_expected(path: Path, expected: dict[str, Any]) -> None:
    """One line per unit: short enough to read, plain enough to compare."""
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    inner = re.compile(r"\{[^{}]*\}")
    text = inner.sub(lambda match: " ".join(match[0].split()), text)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def main(folder: Path) -> None:
    makers = {
        "thai-nguyen": thai_nguyen,
        "ca-mau": ca_mau,
        "ha-noi-co-quan": ha_noi,
        "ngoc-lac": ngoc_lac,
        "quoc-gia": national,
        "ca-mau-2025": ca_mau_2025,
    }
    cases: dict[str, dict[str, Any]] = {}
    for name, make in makers.items():
        check_unlisted(read_config(name))
        made = make(folder)
        cases[name] = expectation(made)
        for day, found in made.counts.items():
            rows = found["rows"]
            print(f"{name} {day}: {rows['counted']} of {rows['read']} rows, {found['done'][made.config.root]}")
    write_expected(folder / "expected.json", cases)
    start = starting_office(folder)
    print(f"bat-dau: {start['rows']['counted']} of {start['rows']['read']} rows")
    write_expected(folder / "bat-dau" / "expected.json", start)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)

"""The sample of an office that begins: an export, a sheet of quotas, and the list of names that it has filled in.

There is no quota file yet, so the tree stands here; as everywhere in the samples all but the names of the province and
of its districts is invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sample_count import Written, count, read_back
from sample_files import Place, Sheet, grid, write_csv, write_xlsx
from sample_rows import Case, Cell, Config, Row, Unit, slug

NAME = "bat-dau"
EXPORT = "sang-kien.xlsx"
AS_OF = date(2022, 5, 31)
PHASES = {"gd1": (date(2022, 1, 8), AS_OF), "gd2": (date(2022, 6, 1), date(2023, 8, 31))}
PROVINCE = "LĐLĐ tỉnh Hòa Bình"
AGENCY = "LIÊN ĐOÀN LAO ĐỘNG TỈNH HÒA BÌNH"

Figures = tuple[int, int, int, int]  # members, quotas of both phases, submissions that count, those below included

TREE: dict[str, tuple[Figures, dict[str, Figures]]] = {
    "LĐLĐ thành phố Hòa Bình": (
        (2_640, 150, 340, 127),
        {
            "CĐCS Bệnh viện Đa khoa An Bình": (420, 24, 55, 25),
            "CĐCS Công ty CP Gạch Tân Tiến": (310, 18, 40, 11),
            "CĐCS Công ty TNHH May Thành Công": (560, 32, 70, 34),
            "CĐCS Trường THPT Lê Quý Đôn": (95, 14, 30, 12),
            "CĐCS Trường THCS Chu Văn An": (62, 10, 22, 8),
            "CĐCS Trường Tiểu học Trần Phú": (58, 10, 22, 10),
            "CĐCS Trường Mầm non Hoa Phượng": (41, 8, 18, 5),
            "CĐCS UBND phường Tân Hòa": (34, 6, 15, 6),
            "CĐCS Công ty CP Vận tải Đại Lợi": (130, 10, 24, 0),
        },
    ),
    "LĐLĐ huyện Lương Sơn": (
        (1_980, 110, 250, 112),
        {
            "CĐCS Công ty TNHH Điện tử Minh Phát": (640, 36, 80, 41),
            "CĐCS Công ty CP Xi măng Phú Cường": (380, 22, 50, 22),
            "CĐCS Trung tâm Y tế huyện Lương Sơn": (150, 14, 32, 15),
            "CĐCS Trường THPT Trưng Vương": (74, 10, 24, 9),
            "CĐCS Trường THCS Lê Lợi": (48, 8, 18, 8),
            "CĐCS Trường Tiểu học Hợp Tiến": (45, 8, 18, 4),
            "CĐCS Trường Mầm non Hoa Ban": (36, 6, 14, 6),
            "CĐCS UBND xã Vạn Thắng": (28, 6, 14, 0),
        },
    ),
    "LĐLĐ huyện Tân Lạc": (
        (940, 70, 155, 45),
        {
            "CĐCS Trung tâm Y tế huyện Tân Lạc": (135, 14, 30, 11),
            "CĐCS Trường THPT Nguyễn Trãi": (70, 10, 24, 7),
            "CĐCS Trường THCS Phú Thịnh": (46, 10, 22, 9),
            "CĐCS Trường Tiểu học Minh Đức": (44, 8, 18, 5),
            "CĐCS Trường Mầm non Sơn Ca": (33, 6, 14, 2),
            "CĐCS UBND xã Bình Thuận": (27, 8, 18, 4),
            "CĐCS Hợp tác xã Bưởi đỏ Tân Lập": (52, 10, 20, 3),
        },
    ),
    "LĐLĐ huyện Đà Bắc": (
        (720, 50, 115, 40),
        {
            "CĐCS Trung tâm Y tế huyện Đà Bắc": (120, 12, 26, 10),
            "CĐCS Trường THPT Lý Tự Trọng": (58, 8, 18, 9),
            "CĐCS Trường THCS Võ Thị Sáu": (39, 6, 14, 6),
            "CĐCS Trường Tiểu học Yên Phú": (37, 6, 14, 5),
            "CĐCS Trường Mầm non Hoa Mai": (30, 4, 10, 3),
            "CĐCS UBND xã Tân Thành": (24, 4, 10, 0),
        },
    ),
}
SUMS = [sum(own[i] for own, _ in TREE.values()) for i in range(4)]  # of the province


@dataclass(frozen=True, slots=True)
class Odd:
    """A name as some people typed it, and the unit that they meant; None = one that the tree does not have."""

    text: str
    meant: str | None
    rows: int
    under: str = ""  # where nothing is meant: the union above


ODDITIES = (
    Odd("LDLD huyen Luong Son", "LĐLĐ huyện Lương Sơn", 7),
    Odd("LĐLĐ Tân Lạc", "LĐLĐ huyện Tân Lạc", 6),
    Odd("LĐLĐ huyện Đà Băc", "LĐLĐ huyện Đà Bắc", 4),
    Odd("LĐLĐ thành phố Hòa Bìn", "LĐLĐ thành phố Hòa Bình", 3),
    Odd("CĐCS Công ty TNHH May Thàn Công", "CĐCS Công ty TNHH May Thành Công", 5),
    Odd("CDCS Truong THCS Phu Thinh", "CĐCS Trường THCS Phú Thịnh", 3),
    Odd("Trung tâm Y tế huyện Lương Sơn", "CĐCS Trung tâm Y tế huyện Lương Sơn", 3),
    Odd("CĐCS Trường Mầm non Hoa Lan", None, 2, under="LĐLĐ huyện Lương Sơn"),
)
ODD_TEXTS = {odd.text for odd in ODDITIES}

COLUMNS = (
    ("number", "STT"),
    ("code", "Mã sáng kiến"),
    ("title", "Tên sáng kiến"),
    ("author", "Tác giả"),
    ("base", "Công đoàn cơ sở"),
    ("above", "Công đoàn cấp trên trực tiếp"),
    ("submitted", "Ngày gửi"),
    ("status", "Trạng thái"),
)


def province() -> Config:
    """The tree and the rules that a right quota file comes to."""
    where: dict[str, tuple[str, ...]] = {"status": ("Đã công nhận", "Hợp lệ")}
    units = {unit.id: unit for unit in _units()}
    return Config(Path(), PHASES, where, once_per_code=True, fixed_phase=None, units=units)


def _units() -> Iterator[Unit]:
    yield _unit(PROVINCE, None, SUMS)
    for district, (own, bases) in TREE.items():
        yield _unit(district, PROVINCE, own)
        for base, figures in bases.items():
            yield _unit(base, district, figures)


def _unit(name: str, parent: str | None, figures: Sequence[int]) -> Unit:
    quota = {phase: figures[i] for i, phase in enumerate(PHASES, start=1)}
    return Unit(slug(name), name, (), slug(parent) if parent else None, quota)


class StartingCase(Case):
    """Rows that name their base union and the union above it, in spellings that must be taken for the same names."""

    __slots__ = ()

    def levels(self, unit: str, day: date) -> tuple[str, str]:
        """A union above base unions also sends on its own behalf."""
        node = self.config.units[unit]
        if not node.is_base or node.parent is None:
            return "", self.spelled(unit)
        return self.spelled(unit), self.spelled(node.parent)

    def spare(self, first: date, last: date) -> Row:
        """A fresh row of a unit that sends anyway, to be spoilt."""
        unit = self.rng.choice(self.good).unit
        assert unit is not None
        return self.submission(unit, self.days(first, last, 3)[2])

    def type_oddly(self, odd: Odd) -> None:
        """Name a unit oddly in a few of its rows, or of those below it, whatever their other column says."""
        sent_by = slug(odd.meant or odd.under)
        column = "base" if odd.meant is None or self.config.units[sent_by].is_base else "above"
        places = [
            at
            for at, row in enumerate(self.good)
            if row.unit is not None
            and row.cells[column] not in ODD_TEXTS
            and (row.unit == sent_by or (column == "above" and self.config.units[row.unit].parent == sent_by))
        ]
        for at in self.rng.sample(places, odd.rows):
            self.good[at] = replace(self.good[at], cells={**self.good[at].cells, column: odd.text})


def starting_case() -> StartingCase:
    case = StartingCase(
        NAME,
        province(),
        "SK-HB-{:05}",
        (("Không hợp lệ", None), ("Chờ duyệt", None), ("Đang xem xét", None)),
        (("", 1),),
        spare_status="Hợp lệ",
    )
    start = PHASES["gd1"][0]
    plan = {slug(district): own[3] for district, (own, _) in TREE.items()}
    plan |= {slug(base): figures[3] for _, bases in TREE.values() for base, figures in bases.items()}
    case.send(plan, start, AS_OF)
    for odd in ODDITIES:
        case.type_oddly(odd)
    case.add_rejected(48, start, AS_OF)
    case.add_copies(14, AS_OF)
    case.add_out_of_window(5, date(2021, 11, 1), date(2022, 1, 7))
    return case


# --- the files -----------------------------------------------------------------------------------------------------


def export_sheet(case: Case) -> tuple[Sheet, list[tuple[Row | None, list[Cell]]]]:
    """The export with its titles above and its signatures below, each line with the row that it holds."""
    rows: list[Row | None] = list(case.rows())
    titles = [
        [AGENCY, "", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["", "", "", "", "Độc lập - Tự do - Hạnh phúc"],
        ["DANH SÁCH SÁNG KIẾN THAM GIA CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN” (DỮ LIỆU MẪU)"],
        [f"(Số liệu tính đến ngày {_written(AS_OF)})"],
        [],
    ]
    dates = (("excel", 70), ("dmy", 25), ("time", 5))
    total: dict[str, Cell] = {"title": "Tổng cộng", "status": len(rows)}
    sheet = Sheet(EXPORT, "Danh sách", COLUMNS, rows, titles=titles, dates=dates, total=total)
    below: list[list[Cell]] = [
        [],
        ["", "", "", "", "", "Hòa Bình, ngày 02 tháng 6 năm 2022"],
        ["", "Người lập biểu", "", "", "", "TM. BAN THƯỜNG VỤ"],
        ["", "(Ký, ghi rõ họ tên)", "", "", "", "KT. CHỦ TỊCH"],
    ]
    return sheet, [*grid(sheet, case.rng), *((None, line) for line in below)]


def quota_sheet() -> tuple[Sheet, list[list[Cell]]]:
    """The quotas as they were handed down: districts are numbered I, II…, the base unions of each 1, 2…"""
    spans = [
        f"giai đoạn {number}: từ ngày {_written(first)} đến ngày {_written(last)}"
        for number, (first, last) in enumerate(PHASES.values(), start=1)
    ]
    columns = (
        ("number", "STT"),
        ("unit", "Đơn vị"),
        ("members", "Số đoàn viên"),
        ("gd1", "Chỉ tiêu GĐ1"),
        ("gd2", "Chỉ tiêu GĐ2"),
    )
    titles = [
        [AGENCY],
        ["CHỈ TIÊU GIAO NĂM 2022 - 2023"],
        ["Chương trình “1 triệu sáng kiến” (dữ liệu mẫu)"],
        [f"({'; '.join(spans).capitalize()})"],
        [],
    ]
    lines: list[list[Cell]] = [[*title] for title in titles]
    lines += [[header for _, header in columns], ["", PROVINCE, *SUMS[:3]]]
    for numeral, (district, (own, bases)) in zip(("I", "II", "III", "IV"), TREE.items(), strict=True):
        lines.append([numeral, district, *own[:3]])
        lines += [[number, base, *figures[:3]] for number, (base, figures) in enumerate(bases.items(), start=1)]
    lines += [["", "TỔNG CỘNG", *SUMS[:3]], [], ["", "Người lập biểu", "", "TM. BAN THƯỜNG VỤ"]]
    return Sheet("chi-tieu.xlsx", "Chỉ tiêu", columns, [], titles=titles), lines


def choices() -> list[list[Cell]]:
    """What the office chose for each name: the unit that was meant, or none."""
    chosen: list[list[Cell]] = [[odd.text, odd.meant or "bỏ qua"] for odd in ODDITIES]
    return [["Tên trong bảng xuất", "Chọn"], *chosen]


def _written(day: date) -> str:
    """A day as official letters have it: 05/01/2022, 31/5/2022."""
    return f"{day:%d}/{day.month:0{2 if day.month < 3 else 1}}/{day.year}"


def starting_office(folder: Path) -> dict[str, Any]:
    """Write the files of the sample, and what a right report says when the names have been learned."""
    case = starting_case()
    target = folder / NAME
    target.mkdir(parents=True, exist_ok=True)
    sheet, lines = export_sheet(case)
    write_xlsx(target / EXPORT, [(sheet, [cells for _, cells in lines])])
    quotas, quota_lines = quota_sheet()
    write_xlsx(target / quotas.file, [(quotas, quota_lines)])
    chosen = Sheet("ten-da-chon.csv", None, (), [], bom=True)
    write_csv(target / chosen.file, [(chosen, choices())])
    counted = count(_read_back(target / EXPORT, [row for row, _ in lines]), case.config, AS_OF)
    assert counted["done"][case.config.root]["gd1"] == SUMS[3]
    return {name: counted[name] for name in ("rows", "done", "direct")}


def _read_back(path: Path, truths: list[Row | None]) -> Written:
    """The data rows as they stand in the file, each with its truth."""
    [(title, lines)] = read_back(path, ",")
    names = [name for name, _ in COLUMNS]
    rows = [
        (Place(path.name, title, number), dict(zip(names, line, strict=True)), truth)
        for number, (line, truth) in enumerate(zip(lines, truths, strict=True), start=1)
        if truth is not None
    ]
    return Written(rows, [{"layout": len(lines) - 1 - len(rows)}])

"""A province as its office keeps it: an export full of odd spellings, a sheet of quotas, and the truth about both.

Nothing in them is real. The generator keeps what it means by every name that it types, so that a test can play the
person who knows, and knows what a right count gives.

    python tests/messy.py FOLDER        # writes sang-kien.xlsx, chi-tieu.xlsx and chi-tieu-danh-so.xlsx
"""

from __future__ import annotations

import random
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

PHASES = {"gd1": (date(2022, 1, 8), date(2022, 5, 31)), "gd2": (date(2022, 6, 1), date(2023, 8, 31))}
PROVINCE = "LĐLĐ tỉnh An Lạc"
ODD = 0.12  # of the rows

Cell = str | int | date | None


def listed(text: str) -> tuple[str, ...]:
    """The items of a list written with commas."""
    return tuple(item.strip() for item in text.split(","))


_DISTRICTS = listed(
    "LĐLĐ thành phố An Lạc, LĐLĐ thành phố Sông Thủy, LĐLĐ thị xã Hòa Lộc, LĐLĐ huyện Đồng Xuân, LĐLĐ huyện Đại Phú, "
    "LĐLĐ huyện Võ Lương, LĐLĐ huyện Định Quán, LĐLĐ huyện Thới Bình, LĐLĐ huyện Năm Trà, LĐLĐ huyện Trảng Dầu, "
    "LĐLĐ huyện Khánh Hòa, LĐLĐ huyện Cẩm Xuyên, Công đoàn Viên chức tỉnh, Công đoàn các Khu công nghiệp"
)
_PLACES = listed(
    "Tân Lập, Minh Đức, Phú Thịnh, Bình Thuận, Yên Phong, Hợp Tiến, Vạn Thắng, Quang Trung, Nguyễn Du, Trần Phú, "
    "Hòa Bình, Thủy Sơn, Đông Khê, Lê Quý Đôn, Hoàng Diệu, Khuê Mỹ, Bạch Đằng, Ngọc Hiển, Kiến Thọ, Lương Bằng"
)
_KINDS = listed(
    "CĐCS Trường THCS, CĐCS Trường Tiểu học, CĐCS Trường Mầm non, CĐCS UBND xã, CĐCS Trạm Y tế xã, "
    "CĐCS Công ty TNHH May, CĐCS Công ty CP Gỗ, CĐCS Hợp tác xã"
)
_STATUSES = {"Đã công nhận": 76, "Hợp lệ": 8, "Không hợp lệ": 7, "Chờ duyệt": 6, "Đang xem xét": 3}
ACCEPTED = ("Đã công nhận", "Hợp lệ")
_PEOPLE = listed("Nguyễn Văn An, Trần Thị Bình, Lê Minh Châu, Phạm Thu Hà, Hoàng Đức Long, Vũ Ngọc Mai, Nông Thị Yến")
_TITLES = listed("Cải tiến máy ép, Số hóa hồ sơ, Đồ dùng dạy học, Rút ngắn thời gian khám, Tiết kiệm điện")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and its quotas; it is known by its name and that of the unit above."""

    name: str
    above: str | None
    quota: tuple[int, ...]  # by phase

    @property
    def key(self) -> Key:
        return self.name, self.above


Key = tuple[str, str | None]


# --- odd spellings -------------------------------------------------------------------------------------------------


def no_accents(name: str, _: random.Random) -> str:
    return _plain(name)


def one_word_without_accents(name: str, rng: random.Random) -> str:
    words = name.split()
    accented = [i for i, word in enumerate(words) if i and _plain(word) != word]
    if accented:
        place = rng.choice(accented)
        words[place] = _plain(words[place])
    return " ".join(words)


def other_tone_place(name: str, _: random.Random) -> str:
    for new, old in (("òa", "oà"), ("ủy", "uỷ"), ("ọa", "oạ")):
        name = name.replace(new, old)
    return name


def like_dj(name: str, rng: random.Random) -> str:
    return name.replace("Đ", rng.choice("\u00d0\u0189"))


def one_letter_wrong(name: str, rng: random.Random) -> str:
    words = name.split()
    long = [i for i, word in enumerate(words) if i and len(word) > 3 and word.isalpha()]
    if not long:
        return name
    place = rng.choice(long)
    word = words[place]
    at = rng.randrange(1, len(word))
    words[place] = word[:at] + rng.choice(("", "", "m", "n", "h", "t")) + word[at + 1 :]
    return " ".join(words)


def double_letter(name: str, rng: random.Random) -> str:
    at = rng.choice([i for i, letter in enumerate(name) if i > 5 and letter.isalpha()])
    return name[:at] + name[at].lower() + name[at:]


def in_full(name: str, _: random.Random) -> str:
    for short, full in (("LĐLĐ", "Liên đoàn Lao động"), ("CĐCS", "Công đoàn cơ sở"), ("UBND", "Ủy ban nhân dân")):
        name = name.replace(short, full)
    return name


def shortened(name: str, _: random.Random) -> str:
    for full, short in (
        ("LĐLĐ huyện ", "LĐLĐ H."), ("LĐLĐ thành phố", "LĐLĐ TP."), ("LĐLĐ thị xã", "LĐLĐ TX"), ("Công ty", "Cty"),
        ("Công đoàn Viên chức", "CĐVC"), ("Công đoàn các Khu công nghiệp", "CĐ các KCN"), ("Tiểu học", "TH"),
    ):  # fmt: skip
        name = name.replace(full, short)
    return name


def without_type(name: str, _: random.Random) -> str:
    for word in (" huyện", " thành phố", " thị xã", " xã"):
        if word in name:
            return name.replace(word, "", 1)
    return name


def without_cdcs(name: str, _: random.Random) -> str:
    return name.removeprefix("CĐCS ")


def more_blanks(name: str, rng: random.Random) -> str:
    words = name.split(" ")
    place = rng.randrange(1, len(words))
    return " ".join(words[:place]) + rng.choice(("  ", "\u00a0", " \u200b")) + " ".join(words[place:]) + " "


ODDITIES: tuple[Callable[[str, random.Random], str], ...] = (
    no_accents, one_word_without_accents, other_tone_place, like_dj, one_letter_wrong, double_letter, in_full,
    shortened, without_type, without_cdcs, more_blanks,
)  # fmt: skip


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def alike(text: str) -> str:
    """A spelling as a person sees it: capitals, blanks and what cannot be seen do not matter."""
    visible = "".join(letter for letter in unicodedata.normalize("NFC", text) if letter != "\u200b")
    return " ".join(visible.split()).casefold()


# --- the province --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the export, and the unit it means if it counts."""

    code: str
    base: str
    district: str
    day: date
    status: str
    unit: Key


@dataclass
class Office:
    """Everything about one province, from one seed."""

    seed: int = 2022
    bases: int = 600
    size: int = 5000
    units: list[Unit] = field(init=False)  # in tree order
    rows: list[Row] = field(init=False)
    typed: dict[tuple[str, str | None], Key] = field(init=False)  # what each spelling below a unit means

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.typed = {}
        self.units = [*self._units()]
        for unit in self.units:
            self.typed[alike(unit.name), unit.above] = unit.key
        self.rows = [*self._rows()]

    def _units(self) -> Iterator[Unit]:
        share = self.bases // len(_DISTRICTS)
        quotas: list[Unit] = []
        for i, district in enumerate(_DISTRICTS):
            names = [f"{kind} {place}" for kind in _KINDS for place in _PLACES]
            here = self.bases - share * (len(_DISTRICTS) - 1) if i == 0 else share
            below = [Unit(name, district, self._quota(3)) for name in self.rng.sample(names, here)]
            quotas += [Unit(district, PROVINCE, self._quota(3 * here)), *below]
        yield Unit(PROVINCE, None, (4000, 9000))
        yield from quotas

    def _quota(self, about: int) -> tuple[int, ...]:
        return tuple(self.rng.randint(about, 2 * about) for _ in PHASES)

    def _rows(self) -> Iterator[Row]:
        districts = [unit for unit in self.units if unit.above == PROVINCE]
        bases = [unit for unit in self.units if unit.above not in (None, PROVINCE)]
        first, last = PHASES["gd1"][0], PHASES["gd2"][1]
        written: list[Row] = []
        for number in range(self.size):
            unit = self.rng.choice(districts) if self.rng.random() < 0.05 else self.rng.choice(bases)
            day = first + timedelta(days=self.rng.randint(0, (last - first).days))
            code = f"SK-{number:05}"
            if number > 100 and self.rng.random() < 0.01:  # sent once more, later
                again = self.rng.choice(written)
                unit, code = next(each for each in self.units if each.key == again.unit), again.code
                day = again.day + timedelta(days=self.rng.randint(1, 20))
            if self.rng.random() < 0.002:
                day = day.replace(year=2029, day=1)  # a slip of the pen
            base, district = self._names(unit)
            [status] = self.rng.choices([*_STATUSES], [*_STATUSES.values()])
            row = Row(code, base, district, day, status, unit.key)
            written.append(row)
            yield row

    def _names(self, unit: Unit) -> tuple[str, str]:
        """How the two columns name a unit: as it is called, or one of them oddly, now and then both."""
        base, district = ("", unit.name) if unit.above == PROVINCE else (unit.name, str(unit.above))
        if self.rng.random() >= ODD:
            return base, district
        roll = self.rng.random()
        if base and roll < 0.6:
            base = self._odd(base, district)
        if not base or roll >= 0.5:
            district = self._odd(district, PROVINCE)
        return base, district

    def _odd(self, name: str, above: str) -> str:
        """A spelling that nobody could take for another unit beside it."""
        while True:
            text = self.rng.choice(ODDITIES)(name, self.rng)
            if text != name and self.typed.setdefault((alike(text), above), (name, above)) == (name, above):
                return text

    @cached_property
    def done(self) -> dict[str, Counter[Key]]:
        """How many a right count finds for each unit, those below it included, by phase."""
        earliest: dict[str, Row] = {}
        for row in self.rows:
            in_time = any(start <= row.day <= end for start, end in PHASES.values())
            if row.status in ACCEPTED and in_time and (row.code not in earliest or row.day < earliest[row.code].day):
                earliest[row.code] = row
        above = {unit.key: unit.above for unit in self.units}
        by_name = {unit.name: unit.key for unit in self.units if unit.above in (None, PROVINCE)}
        done: dict[str, Counter[Key]] = defaultdict(Counter)
        for row in earliest.values():
            phase = next(phase for phase, (start, end) in PHASES.items() if start <= row.day <= end)
            at: Key | None = row.unit
            while at is not None:
                done[phase][at] += 1
                at = by_name[over] if (over := above[at]) is not None else None
        return dict(done)

    def meant(self, text: str, above: str | None) -> Key | None:
        """The unit that a person who knows takes a spelling for; without a unit above, only if there is but one."""
        known = {key for (typed, over), key in self.typed.items() if typed == alike(text) and above in (None, over)}
        return known.pop() if len(known) == 1 else None


# --- the files -----------------------------------------------------------------------------------------------------


def write_export(office: Office, path: Path) -> None:
    """The export: titles, a header, real and typed dates, a total and a signature."""
    book, sheet = _sheet("Danh sách")
    lines: list[Sequence[Cell]] = [
        ["LIÊN ĐOÀN LAO ĐỘNG TỈNH AN LẠC", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        [None, None, None, None, "Độc lập - Tự do - Hạnh phúc"],
        [],
        ["DANH SÁCH SÁNG KIẾN THAM GIA CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN”"],
        ["(Số liệu tính đến ngày 31/8/2023)"],
        [],
        ["STT", "Mã sáng kiến", "Tên sáng kiến", "Tác giả", "Công đoàn cơ sở", "Công đoàn cấp trên trực tiếp",
         "Ngày gửi", "Trạng thái"],
    ]  # fmt: skip
    for number, row in enumerate(office.rows, start=1):
        day = row.day if number % 3 else f"{row.day:%d/%m/%Y}"
        title, person = _TITLES[number % len(_TITLES)], _PEOPLE[number % len(_PEOPLE)]
        lines.append([number, row.code, title, person, row.base, row.district, day, row.status])
    lines += [
        [None, "Tổng cộng", None, None, None, None, None, len(office.rows)],
        [],
        [None, None, None, None, None, "An Lạc, ngày 05 tháng 9 năm 2023"],
        ["Người lập biểu", None, None, None, None, "TM. BAN THƯỜNG VỤ"],
        ["(Ký, ghi rõ họ tên)", None, None, None, None, "KT. CHỦ TỊCH"],
    ]
    _fill(sheet, lines)
    book.save(path)


_QUOTA_TITLES: Sequence[Sequence[Cell]] = [
    ["LIÊN ĐOÀN LAO ĐỘNG TỈNH AN LẠC"],
    ["PHÂN BỔ CHỈ TIÊU CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN”"],
    ["(Giai đoạn 1: từ ngày 08/01/2022 đến ngày 31/5/2022; giai đoạn 2: từ ngày 01/6/2022 đến ngày 31/8/2023)"],
    [],
]


def write_quotas_by_parent(office: Office, path: Path) -> None:
    """The quotas, each row with the unit that it belongs to; the header on two rows."""
    book, sheet = _sheet("Chỉ tiêu")
    lines: list[Sequence[Cell]] = [
        *_QUOTA_TITLES,
        ["STT", "Đơn vị", "Trực thuộc", "Chỉ tiêu", None],
        [None, None, None, "Giai đoạn 1", "Giai đoạn 2"],
    ]
    lines += [[i, unit.name, unit.above, *unit.quota] for i, unit in enumerate(office.units, start=1)]
    lines += [[], [None, None, None, "TM. BAN THƯỜNG VỤ"], [None, None, None, "KT. CHỦ TỊCH"]]
    _fill(sheet, lines)
    sheet.merge_cells(start_row=5, end_row=5, start_column=4, end_column=5)
    book.save(path)


def write_quotas_by_number(office: Office, path: Path) -> None:
    """The quotas, numbered I, 1, 1.1, with a total below."""
    book, sheet = _sheet("Sheet1")
    lines: list[Sequence[Cell]] = [*_QUOTA_TITLES, ["TT", "Tên đơn vị", "Chỉ tiêu GĐ1", "Chỉ tiêu GĐ2", "Ghi chú"]]
    district = base = 0
    for unit in office.units:
        if unit.above is None:
            number = "I"
        elif unit.above == PROVINCE:
            district, base = district + 1, 0
            number = str(district)
        else:
            base += 1
            number = f"{district}.{base}"
        lines.append([number, unit.name, *unit.quota])
    totals = [sum(unit.quota[i] for unit in office.units if unit.above == PROVINCE) for i in range(len(PHASES))]
    lines += [[None, "Tổng cộng", *totals], [], [None, "Người lập biểu", None, "KT. CHỦ TỊCH"]]
    _fill(sheet, lines)
    book.save(path)


def _sheet(name: str) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    return book, sheet


def _fill(sheet: Worksheet, lines: Sequence[Sequence[Cell]]) -> None:
    for line in lines:
        sheet.append(list(line))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    office = Office()
    write_export(office, folder / "sang-kien.xlsx")
    write_quotas_by_parent(office, folder / "chi-tieu.xlsx")
    write_quotas_by_number(office, folder / "chi-tieu-danh-so.xlsx")

"""Ten ugly sheets as offices and portals make them. Nothing in them is of a real person.

    python tests/ugly.py FOLDER

writes them with their quota file: a place to try `sangkien inspect` and `sangkien report`.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

QUOTA = """\
programme: Thi đua sáng kiến
language: vi
phases: {q2: {name: Quý II, from: 2022-04-01, to: 2022-06-30}}
exports:
  phase: q2
  columns:
    code: [Mã sáng kiến, Mã SK]
    submitted: [Ngày gửi, Ngày nộp]
    status: [Trạng thái, Kết quả / Xét duyệt]
    unit: [[Công đoàn cơ sở, Đơn vị / CĐCS], [Cấp trên, Đơn vị / Cấp trên]]
count:
  where: {status: [Hợp lệ]}
units:
  - name: LĐLĐ tỉnh A
    quota: {q2: 40}
    units:
      - {name: LĐLĐ huyện Đồng Hỷ, quota: {q2: 12}, units: [{name: Trường Tiểu học Hòa Bình}, {name: UBND xã Khe Mo}]}
      - {name: Công đoàn ngành Y tế, quota: {q2: 8}, units: [{name: Bệnh viện Đa khoa}]}
"""
COUNT_QUOTA = """\
programme: Thi đua sáng kiến
language: vi
phases: {q2: {name: Quý II, from: 2022-04-01, to: 2022-06-30}}
exports:
  phase: q2
  columns: {unit: [Đơn vị], count: Số sáng kiến / Công nhận}
count: {once_per: none}
units:
  - name: LĐLĐ tỉnh A
    units:
      - {name: Trường Tiểu học Hòa Bình, quota: {q2: 20}}
      - {name: UBND xã Khe Mo, quota: {q2: 20}}
      - {name: Bệnh viện Đa khoa, quota: {q2: 20}}
      - {name: Công đoàn Viên chức, quota: {q2: 20}}
"""
TITLES = ["STT", "Mã sáng kiến", "Công đoàn cơ sở", "Cấp trên", "Ngày gửi", "Trạng thái"]
HOA_BINH, KHE_MO, DONG_HY = "Trường Tiểu học Hòa Bình", "UBND xã Khe Mo", "LĐLĐ huyện Đồng Hỷ"
BENH_VIEN, Y_TE = "Bệnh viện Đa khoa", "Công đoàn ngành Y tế"

Rows = Sequence[Sequence[object]]


def _book(rows: Rows, merged: Sequence[str] = (), name: str = "Sheet1") -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for span in merged:
        sheet.merge_cells(span)
    return book, sheet


def official(path: Path) -> None:
    """Agency block, header on two rows, merged units, headings, subtotal, total, signature block, a hidden row."""
    book, sheet = _book(
        [
            ["LIÊN ĐOÀN LAO ĐỘNG TỈNH A", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
            ["BAN CHÍNH SÁCH - PHÁP LUẬT", None, None, None, "Độc lập - Tự do - Hạnh phúc"],
            [],
            ["DANH SÁCH SÁNG KIẾN QUÝ II"],
            ["(Kèm theo Công văn số 12/LĐLĐ-CSPL ngày 05/7/2022)"],
            ["TT", "Mã\nsáng kiến", "Đơn vị", None, "4. Ngày gửi.", "Kết quả", None],
            [None, None, "CĐCS", "Cấp trên", None, "Điểm", "Xét duyệt"],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
            ["I. LĐLĐ huyện, thành phố"],
            [1, "SK-001", HOA_BINH, DONG_HY, date(2022, 4, 5), 80, "Hợp lệ"],
            [2, "SK-002", None, None, date(2022, 4, 6), 85, "Hợp lệ"],
            [3, "SK-003", None, None, "07/04/2022", 90, "Hợp lệ"],
            [4, "SK-004", KHE_MO, None, "8.4.2022", 70, "Không hợp lệ"],
            [None, "Cộng", 4],
            ["II. Công đoàn ngành"],
            [1, "SK-005", BENH_VIEN, Y_TE, date(2022, 5, 9), 75, "Hợp lệ"],
            [2, "SK-006", '"', "-nt-", date(2022, 5, 10), 75, "Hợp lệ"],
            ["Tổng cộng", None, 7],
            ["(Ấn định danh sách này có 06 sáng kiến)"],
            [],
            [None, None, None, None, "A, ngày 05 tháng 7 năm 2022"],
            [None, "NGƯỜI LẬP BIỂU", None, None, "TM. BAN THƯỜNG VỤ"],
            [None, "(Ký, ghi rõ họ tên)", None, None, "KT. CHỦ TỊCH"],
            [],
            [None, "Nguyễn Văn Mẫu", None, None, "Trần Thị Mẫu"],
        ],
        ["A4:G4", "A6:A7", "B6:B7", "C6:D6", "E6:E7", "F6:G6", "A9:G9", "C10:C12", "D10:D13", "A15:G15"],
        "Quý II",
    )
    sheet.row_dimensions[13].hidden = True
    book.save(path)


def counts(path: Path) -> None:
    """Groups on two levels with subtotals, "Trong đó" rows, one subtotal and the total wrong."""
    book, _ = _book(
        [
            ["TỔNG HỢP SỐ LƯỢNG SÁNG KIẾN"],
            [],
            ["STT", "Đơn vị", "Số sáng kiến", None, "Ghi chú"],
            [None, None, "Gửi", "Công nhận", None],
            ["A", "Khối huyện", 62, 55],
            ["I", DONG_HY, 62, 55],
            [1, HOA_BINH, 30, 25],
            [None, "Trong đó: nữ", 20, 15],
            [2, KHE_MO, 32, 30],
            ["B", "Khối ngành", 20, 18],
            ["I", Y_TE, 20, 17],
            [1, BENH_VIEN, 20, 18],
            ["C", "Công đoàn Viên chức", 9, "1.234"],
            [None, "Tổng cộng (A+B+C)", 91, 80],
            [],
            ["Nơi nhận:", None, None, "CHỦ TỊCH"],
            ["- Như trên;"],
            ["- Lưu: VT, CSPL.", None, None, "Lê Văn Mẫu"],
        ],
        ["A3:A4", "B3:B4", "C3:D3", "E3:E4"],
        "Tổng hợp",
    )
    book.save(path)


def portal(path: Path) -> None:
    """What a portal serves as Excel: a web page."""
    lines = [
        ["1", "0012", HOA_BINH, DONG_HY, "05/04/2022 08:30", "Hợp lệ"],
        ["2", "0013", KHE_MO, DONG_HY, "", "Hợp lệ"],
    ]
    head = "".join(f"<th>{title}" for title in TITLES)
    body = "".join("<tr>" + "".join(f"<td>{cell or '&nbsp;'}" for cell in line) for line in lines)
    page = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8">'
        '<style>.t{mso-number-format:"\\@"}</style></head><body><h3>Danh s&aacute;ch s&aacute;ng kiến</h3>'
        f"<table border=1><tr>{head}{body}<tr><td colspan=6>Tổng cộng: 2 sáng kiến</table></body></html>"
    )
    path.write_text(page, encoding="utf-8")


def unicode_text(path: Path) -> None:
    """Excel's "Unicode Text": UTF-16 with tabs."""
    rows = [
        TITLES,
        ["1", "SK-101", HOA_BINH, DONG_HY, "5/4/2022", "Hợp lệ"],
        ["2", "SK-102", "", "", "6/4/2022", "Hợp lệ"],
    ]
    path.write_bytes("".join("\t".join(row) + "\r\n" for row in rows).encode("utf-16"))


def old_excel(path: Path) -> None:
    """An .xls with a late header and hidden rows."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("DS")
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    sheet.write(1, 2, "DANH SÁCH SÁNG KIẾN THÁNG 5")
    for place, title in enumerate(TITLES):
        sheet.write(8, place, title)
    for i in range(4):
        for place, value in enumerate([i + 1, f"SK-20{i}", KHE_MO, DONG_HY, datetime(2022, 5, i + 1), "Hợp lệ"]):
            sheet.write(9 + i, place, value, day if place == 4 else xlwt.Style.default_style)
    sheet.row(10).hidden = True
    sheet.row(11).hidden = True
    book.save(str(path))


def copies(path: Path) -> None:
    """The same records on two sheets, a hidden sheet, and one of instructions."""
    rows: Rows = [TITLES, *[[i, f"SK-30{i}", BENH_VIEN, Y_TE, date(2022, 5, i), "Hợp lệ"] for i in (1, 2, 3)]]
    book, _ = _book(rows, name="Tháng 5")
    book.copy_worksheet(book["Tháng 5"]).title = "Tháng 5 (2)"
    hidden = book.create_sheet("Nháp")
    for row in rows:
        hidden.append(list(row))
    hidden.sheet_state = "hidden"
    book.create_sheet("Hướng dẫn").append(["Nhập mỗi sáng kiến một dòng"])
    book.save(path)


def vietnamese_text(path: Path) -> None:
    """A CSV in windows-1258 with semicolons, a broken record, a total and a signature."""
    tones = {"̀": "Ì", "̉": "Ò", "̃": "Þ", "́": "ì", "̣": "ò"}  # where cp1258 keeps its combining marks
    lines = [
        "LĐLĐ TỈNH A;;;;;",
        ";".join(TITLES),
        f"1;SK-401;{HOA_BINH};{DONG_HY};05/04/2022;Hợp lệ",
        f"2;SK-402;{HOA_BINH};{DONG_HY};06/04/2022",
        f'3;SK-403;"{KHE_MO};{DONG_HY};07/04/2022;Hợp lệ',
        f"4;SK-404;{KHE_MO};{DONG_HY};08/04/2022;Hợp lệ",
        "Tổng cộng;;;;;4",
        ";Người lập biểu;;;TM. Ban Thường vụ;",
    ]
    path.write_bytes("\r\n".join(_in_1258(line, tones) for line in lines).encode("latin-1"))


def _in_1258(text: str, tones: dict[str, str]) -> str:
    """The text as windows-1258 keeps it, each byte as the character of that number."""
    out = ""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        marks = "".join(mark for mark in parts if mark in tones)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        out += base.encode("cp1258").decode("latin-1") + "".join(tones[mark] for mark in marks)
    return out


def numbers(path: Path) -> None:
    """The 1904 epoch, dates without a format, codes with zeros by format, a code of 16 digits."""
    book, sheet = _book([TITLES])
    book.epoch = CALENDAR_MAC_1904
    sheet.append([1, 12, HOA_BINH, DONG_HY, date(2022, 4, 5), "Hợp lệ"])
    sheet.append([2, "000012", HOA_BINH, DONG_HY, date(2022, 4, 6), "Hợp lệ"])
    sheet.append([3, 13, KHE_MO, DONG_HY, 43195, "Hợp lệ"])
    sheet.append([4, 1234567890123456, KHE_MO, DONG_HY, date(2022, 4, 7), "Hợp lệ"])
    sheet.append([5, 14, KHE_MO, DONG_HY, date(1904, 4, 7), "Hợp lệ"])
    for row in (2, 4, 6):
        sheet.cell(row, 2).number_format = "000000"
    book.save(path)


def pages(path: Path) -> None:
    """A list printed in pages: header and column numbers again, blank rows, a subtotal on each page."""
    page = [TITLES, ["1", "2", "3", "4", "5", "6"]]
    book, _ = _book(
        [
            *page,
            [1, "SK-501", HOA_BINH, DONG_HY, "01/06/2022", "Hợp lệ"],
            [2, "SK-502", "Trường Tiểu học Hoà Bình", DONG_HY, "02/06/2022", "Hợp lệ"],
            ["Cộng trang 1", None, None, None, None, 2],
            [],
            *page,
            [3, "SK-503", KHE_MO, DONG_HY, "31/06/2022", "Hợp lệ"],
            [4, "SK-504", "UBND xã Khe Moo", DONG_HY, "04/06/2022", "hợp lệ "],
            [5, "SK-501", KHE_MO, DONG_HY, "05/06/2022", "Hợp lệ"],
            ["Tổng cộng", 5],
        ]
    )
    book.save(path)


def unfinished(path: Path) -> None:
    """A header that is misspelt, error values, formulas that were never calculated."""
    titles = [*TITLES[:5], "Tình trạng"]
    book, _ = _book(
        [
            titles,
            [1, "SK-601", HOA_BINH, DONG_HY, "=TODAY()", "Hợp lệ"],
            [2, "SK-602", "#REF!", DONG_HY, "02/06/2022", "Hợp lệ"],
        ]
    )
    book.save(path)


SHEETS: dict[str, tuple[Callable[[Path], None], str]] = {
    "1-chinh-thuc.xlsx": (official, QUOTA),
    "2-tong-hop.xlsx": (counts, COUNT_QUOTA),
    "3-cong-thong-tin.xls": (portal, QUOTA),
    "4-unicode-text.txt": (unicode_text, QUOTA),
    "5-excel-cu.xls": (old_excel, QUOTA),
    "6-hai-trang.xlsx": (copies, QUOTA),
    "7-windows-1258.csv": (vietnamese_text, QUOTA),
    "8-so-va-ngay.xlsx": (numbers, QUOTA),
    "9-nhieu-trang.xlsx": (pages, QUOTA),
    "10-do-dang.xlsx": (unfinished, QUOTA),
}


def write(folder: Path) -> None:
    """All ten, with `sangkien.yaml`, and `dem.yaml` for the one that holds counts."""
    (folder / "sangkien.yaml").write_text(QUOTA, encoding="utf-8")
    (folder / "dem.yaml").write_text(COUNT_QUOTA, encoding="utf-8")
    for name, (make, _) in SHEETS.items():
        make(folder / name)


if __name__ == "__main__":
    write(Path(sys.argv[1]))

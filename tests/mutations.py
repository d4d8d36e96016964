"""2,000 damaged copies of small workbooks and texts: each is read with all its rows accounted for, or refused.

    python tests/mutations.py [COPIES [SEED]]

Bytes are flipped, cut off, doubled, overwritten; in packed formats also inside the parts, packed anew so that their
checksums are right. The seed is fixed (0): the same copies every time. Exit code 1 if one crashes or loses a row.
"""

from __future__ import annotations

import io
import os
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import openpyxl
import xlwt

from sangkien_cli.errors import SangkienError
from sangkien_cli.pipeline import count, load_config

COPIES = 2_000
_PATIENCE = 15.0  # seconds for one copy

QUOTA = """
programme: p
phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
exports: {columns: {code: Mã, submitted: Ngày gửi, unit: [Đơn vị, Cấp trên], status: Trạng thái}}
count: {where: {status: [Hợp lệ]}}
units: [{name: LĐLĐ huyện Đồng Hỷ, quota: {gd1: 10}, units: [{name: Trường A}, {name: Trường B}]}]
"""
_TITLES: list[list[object]] = [["LĐLĐ TỈNH"], [], ["DANH SÁCH"], ["Mã", "Đơn vị", "Cấp trên", "Ngày gửi", "Trạng thái"]]


def _rows() -> list[list[object]]:
    rows = list(_TITLES)
    for i in range(40):
        unit = ["Trường A", "Trường B", "Trường Lạ", ""][i % 4]
        rows.append([f"SK{i}", unit, "LĐLĐ huyện Đồng Hỷ", f"{i % 28 + 1:02}/05/2022", "Hợp lệ"])
    return [*rows, ["Tổng cộng", None, None, None, None], ["NGƯỜI LẬP BIỂU"]]


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in _rows():
        sheet.append(row)
    sheet.cell(5, 4).value = date(2022, 5, 1)
    sheet.merge_cells("C5:C8")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xls() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("S")
    for number, row in enumerate(_rows()):
        for place, value in enumerate(row):
            if value is not None:
                sheet.write(number, place, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ods() -> bytes:
    names = 'xmlns:{0}="urn:oasis:names:tc:opendocument:xmlns:{0}:1.0"'
    spaces = " ".join(names.format(name) for name in ("office", "table", "text"))
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value or ""}</text:p></table:table-cell>'
            for value in row
        )
        + "</table:table-row>"
        for row in _rows()
    )
    body = f'<office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet>'
    xml = f"<office:document-content {spaces}>{body}</office:body></office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr("content.xml", xml)
    return out.getvalue()


def _csv() -> bytes:
    return "\r\n".join(",".join(f'"{value or ""}"' for value in row) for row in _rows()).encode()


MAKERS: dict[str, Callable[[], bytes]] = {"xlsx": _xlsx, "xls": _xls, "ods": _ods, "csv": _csv}


def _damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four kinds of damage."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if not out:
            break
        at = chance.randrange(len(out))
        match chance.randrange(5):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                end = len(out) if chance.random() < 0.3 else at + chance.randint(1, 64)
                del out[at:end]
            case 2:
                piece = out[at : at + chance.randint(1, 512)]
                out[at:at] = piece
            case 3:
                out[at : at + chance.randint(1, 16)] = chance.randbytes(chance.randint(1, 16))
            case _:
                other = chance.randrange(len(out))
                out[at : at + 8] = out[other : other + 8]
    return bytes(out)


def _damaged_inside(data: bytes, chance: random.Random) -> bytes:
    """A package with one damaged part, whose checksum is right all the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        chosen = chance.choice(package.namelist())
        for name in package.namelist():
            part = package.read(name)
            copy.writestr(name, _damaged(part, chance) if name == chosen else part)
    return out.getvalue()


def copies(number: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Damaged copies, with the ending of each."""
    originals = {ending: make() for ending, make in MAKERS.items()}
    for i in range(number):
        chance = random.Random(seed * COPIES + i)
        ending = list(MAKERS)[i % len(MAKERS)]
        inside = ending in ("xlsx", "ods") and chance.random() < 0.6
        yield ending, (_damaged_inside if inside else _damaged)(originals[ending], chance)


def outcome(path: Path, quota: Path) -> str:
    """What became of one copy: `read`, `refused`, or what went wrong."""
    began = time.monotonic()
    try:
        rows = count(load_config(quota), [str(path)], date(2022, 12, 31)).report.rows
        answer = "read" if rows.read == rows.counted + sum(rows.set_aside.values()) else f"lost rows: {rows}"
    except SangkienError:
        answer = "refused"
    except Exception as error:  # a traceback is what this looks for
        answer = f"crashed: {error!r}"
    return answer if time.monotonic() - began < _PATIENCE else "too slow"


def main(arguments: list[str]) -> int:
    """Print how many copies there were of each outcome."""
    number = int(arguments[0]) if arguments else COPIES
    seed = int(arguments[1]) if len(arguments) > 1 else 0
    outcomes: Counter[tuple[str, str]] = Counter()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        quota = Path(folder, "q.yaml")
        quota.write_text(QUOTA, encoding="utf-8")
        for i, (ending, data) in enumerate(copies(number, seed)):
            path = Path(folder, f"copy.{ending}")
            path.write_bytes(data)
            answer = outcome(path, quota)
            if answer not in ("read", "refused"):
                bad += 1
                print(f"copy {i} ({ending}): {answer}")
                if "KEEP" in os.environ:
                    Path(os.environ["KEEP"], f"copy{i}.{ending}").write_bytes(data)
            outcomes[ending, answer.partition(":")[0]] += 1
    for (ending, answer), times in sorted(outcomes.items()):
        print(f"{times:6}  {ending}: {answer}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

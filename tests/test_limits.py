"""Files that would cost too much, by accident or on purpose: a sentence instead of a crash, and little memory.

Each runs in a process of its own that says how much memory it took at most. Large files that are all right are read.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import clean_environment
from tests.plain import sheet_xml, text_row, write_package

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured by what Linux says")

_MOST = 300  # MiB at any time

QUOTA = """
programme: p
phases: {gd1: {from: 2022-01-01, to: 2022-12-31}}
exports: {columns: {code: Mã, submitted: Ngày gửi, unit: [Đơn vị], status: Trạng thái}}
units: [{name: A, quota: {gd1: 10}}]
"""
HEADER = ("Mã", "Ngày gửi", "Đơn vị", "Trạng thái")
ROW = ("SK1", "01/05/2022", "A", "x")

# A process's own peak cannot be asked of its parent, whose memory it begins with.
_PROGRAM = """
import re, sys
from pathlib import Path
from sangkien_cli.cli.main import run
try:
    code = run(sys.argv[2:])
finally:
    status = Path("/proc/self/status").read_text()
    Path(sys.argv[1]).write_text(re.search(r"VmHWM:\\s+(\\d+)", status)[1])
sys.exit(code)
"""


@dataclass(frozen=True)
class Cost:
    """What a run said, and its peak of memory in MiB."""

    code: int
    said: str
    shown: str
    memory: int


def cost(*arguments: str) -> Cost:
    """Run the program in the test's folder."""
    Path("q.yaml").write_text(QUOTA, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, "peak.txt", *arguments, "--lang", "en"],
        env=clean_environment(), capture_output=True, check=False, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = done.stderr.decode()
    assert "Traceback" not in said, said
    return Cost(done.returncode, said, done.stdout.decode(), int(Path("peak.txt").read_text()) // 1024)


def report(name: str, *options: str) -> Cost:
    """The report of one file, as JSON."""
    return cost("report", "-c", "q.yaml", name, "--as-of", "2022-12-31", "--format", "json", *options)


# --- writers -----------------------------------------------------------------------------------------------------

_RAW = Iterable[bytes | str]


def _pack(name: str, part: str, content: _RAW) -> None:
    """The package with one part in place of another, written piece by piece."""
    whole = Path(name).with_suffix(".whole")
    Path(name).rename(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != part:
                new.writestr(each, old.read(each))
        with new.open(part, "w", force_zip64=True) as file:
            for piece in content:
                file.write(piece if isinstance(piece, bytes) else piece.encode())


def xlsx(part: str = "xl/s1.xml", content: _RAW = (), rows: str = "", tail: str = "") -> str:
    """A workbook of one sheet: its header, a row of data, `rows`; or any part of it replaced."""
    sheet = sheet_xml(text_row(1, *HEADER) + text_row(2, *ROW) + rows).replace("</worksheet>", f"{tail}</worksheet>")
    write_package(Path("a.xlsx"), {"S": sheet}, strings="<sst/>", styles="<styleSheet/>")
    if content:
        _pack("a.xlsx", part, content)
    return "a.xlsx"


_START, _END = sheet_xml(text_row(1, *HEADER) + text_row(2, *ROW) + "|").split("|")
_SPACES = "urn:oasis:names:tc:opendocument:xmlns:"
_ODS_NAMES = " ".join(f'xmlns:{name}="{_SPACES}{name}:1.0"' for name in ("office", "table", "text"))


def ods_row(*texts: str, attributes: str = "") -> str:
    """A row of an OpenDocument table."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    return f"<table:table-row {attributes}>{''.join(map(cell.format, texts))}</table:table-row>"


def ods(*rows: str, doctype: str = "") -> str:
    """An OpenDocument spreadsheet."""
    table = f'<table:table table:name="S">{"".join(rows)}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    with zipfile.ZipFile("a.ods", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        content = f"{doctype}<office:document-content {_ODS_NAMES}>{body}</office:document-content>"
        package.writestr("content.xml", content)
    return "a.ods"


def written(name: str, text: str | bytes) -> str:
    """A file of this text."""
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def xml2003(rows: str, doctype: str = "") -> str:
    """An XML Spreadsheet 2003."""
    names = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    cells = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in row) + "</Row>"
        for row in (HEADER, ROW)
    )
    table = f'<Worksheet ss:Name="S"><Table>{cells}{rows}</Table></Worksheet>'
    return written("a.xls", f'<?xml version="1.0"?>{doctype}<Workbook {names}>{table}</Workbook>')


def html(rows: str) -> str:
    """A web page with one table."""
    table = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in (HEADER, ROW))
    return written("a.xls", f"<html><meta charset=utf-8><body><table>{table}{rows}</table></body></html>")


_CSV = ",".join(HEADER) + "\n" + ",".join(ROW) + "\n"
_LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
_FILE = '<!DOCTYPE a [<!ENTITY x SYSTEM "q.yaml">]>'
_BOOK_UTF16 = (f'<?xml version="1.0" encoding="UTF-16"?>{_LAUGHS}<workbook>&i;</workbook>').encode("utf-16")

_UNPACKS, _TEXT, _FAR = "unpacks to more than 200 times its size", "holds too much text", "a value as far away as"
_DAMAGED = "the file is damaged"

REFUSED: dict[str, tuple[Callable[[], str], str]] = {
    "a sheet of spaces": (lambda: xlsx(content=[_START, *[b" " * 10**6] * 40, _END]), _UNPACKS),
    "a million sheets": (
        lambda: xlsx("xl/workbook.xml", ["<workbook><sheets>", '<sheet name="S"/>' * 10**6, "</sheets></workbook>"]),
        _TEXT,
    ),
    "millions of styles": (
        lambda: xlsx("xl/styles.xml", ["<styleSheet><cellXfs>", "<xf/>" * 4_000_000, "</cellXfs></styleSheet>"]),
        _TEXT,
    ),
    "a million merged cells": (
        lambda: xlsx(
            content=[
                f"{_START}</sheetData><mergeCells>",
                *(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(5, 1_000_000)),
                "</mergeCells></worksheet>",
            ]
        ),
        _TEXT,
    ),
    "elements a million deep": (lambda: xlsx(content=[_START, "<a>" * 10**6, _END]), _DAMAGED),
    "a tag of 20 MB": (lambda: xlsx(content=[_START, "<a b='", b"a" * 20_000_000, "'/>", _END]), _DAMAGED),
    "a million names": (
        lambda: xlsx(content=[_START, "".join(f"<a{i}/>" for i in range(10**6)), _END]),
        _DAMAGED,
    ),
    "entities in xlsx": (lambda: xlsx(content=[_LAUGHS, _START, text_row(3, "&i;"), _END]), "DOCTYPE"),
    "entities in UTF-16": (lambda: xlsx("xl/workbook.xml", [_BOOK_UTF16]), "DOCTYPE"),
    "an entity that is a file": (lambda: xlsx(content=[_FILE, _START, text_row(3, "&x;"), _END]), "DOCTYPE"),
    "entities in ods": (lambda: ods(ods_row(*HEADER), ods_row("&i;"), doctype=_LAUGHS), "DOCTYPE"),
    "entities in XML 2003": (lambda: xml2003("", doctype=_LAUGHS), "DOCTYPE"),
    "a far cell in xlsx": (lambda: xlsx(rows='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), _FAR),
    "a far cell in XML 2003": (
        lambda: xml2003('<Row ss:Index="1048576"><Cell ss:Index="16384"><Data ss:Type="String">x</Data></Cell></Row>'),
        _FAR,
    ),
    "a row repeated without end": (
        lambda: ods(ods_row(*HEADER), ods_row(*ROW, attributes='table:number-rows-repeated="1000000000"')),
        "repeats a value down to row",
    ),
    "spaces without end": (lambda: ods(ods_row(*HEADER), ods_row('<text:s text:c="2000000000"/>')), _TEXT),
    "hidden rows on a thousand sheets": (
        lambda: xml2003(
            '</Table></Worksheet><Worksheet><Table><Row ss:Hidden="1" ss:Span="1048570"/>' * 1000,
        ),
        _TEXT,
    ),
    "a table in a table in a table": (lambda: html("<tr><td>" + "<table><tr><td>" * 100_000), _DAMAGED),
    "nine million delimiters": (lambda: written("a.csv", _CSV + "," * 9_000_000), "more than an Excel sheet"),
    "nine million blank lines": (lambda: written("a.csv", _CSV + "\n" * 9_000_000 + ",".join(ROW)), _TEXT),
    "a web archive": (lambda: written("a.xls", "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n"), "web archive"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_small_file_that_would_cost_too_much_is_refused_with_a_sentence(what: str) -> None:
    """It takes 300 MiB at most, whatever it unpacks to, and says what to do."""
    make, sentence = REFUSED[what]
    name = make()
    assert Path(name).stat().st_size < 10_000_000
    found = report(name)
    assert (found.code, found.shown) == (2, "")
    assert sentence in found.said
    assert "to fix:" in found.said
    assert found.memory < _MOST


def test_inspect_refuses_it_too() -> None:
    """Also the command that asks no quota file."""
    name = xlsx(content=[_START, *[b" " * 10**6] * 40, _END])
    found = cost("inspect", name)
    assert found.code == 2
    assert _UNPACKS in found.said
    assert found.memory < _MOST


def test_a_package_that_points_to_a_place_in_front_of_itself_is_damaged() -> None:
    """As a flipped bit leaves it."""
    data = bytearray(Path(xlsx()).read_bytes())
    at = data.rindex(b"PK\x05\x06")
    data[at + 16 : at + 20] = (int.from_bytes(data[at + 16 : at + 20], "little") + 5000).to_bytes(4, "little")
    found = report(written("a.xlsx", bytes(data)))
    assert found.code == 2
    assert _DAMAGED in found.said


def test_the_fate_of_the_other_files_is_said() -> None:
    """Nobody should wonder whether they were counted."""
    written("b.csv", _CSV)
    found = report(xlsx(content=[_START, *[b" " * 10**6] * 40, _END]), "b.csv")
    assert found.code == 2
    assert _UNPACKS in found.said
    assert "1" in found.said.splitlines()[-2]


def test_a_higher_limit_lets_a_far_cell_be_read() -> None:
    """The option that the message names."""
    name = xlsx(rows='<row r="60000"><c r="ZZZ60000"><v>1</v></c></row>'.replace("ZZZ", "AAA"))
    asked = report(name, "--limit", "cells=1000000")
    assert "--limit cells=42180000" in asked.said
    found = report(name, "--limit", "cells=42180000")
    assert found.code in (0, 3)
    assert '"programme": "p"' in found.shown


def test_blank_formatted_rows_down_to_the_end_of_the_sheet_are_no_rows() -> None:
    """Excel writes them where whole columns were given a border."""
    blank = (f'<row r="{i}" spans="1:2"><c r="A{i}" s="1"/><c r="B{i}" s="1"/></row>' for i in range(3, 1_048_577))
    found = report(xlsx(content=[_START, *blank, _END]))
    assert found.code == 0
    assert '"read": 1,' in found.shown
    assert found.memory < _MOST


def test_a_large_sheet_of_repeated_rows_is_read() -> None:
    """What unpacks to little more than a sheet may is no bomb."""
    found = report(ods(ods_row(*HEADER), *[ods_row(*ROW)] * 30_000))
    assert '"read": 30000,' in found.shown


def test_a_hundred_thousand_formatted_codes_are_read() -> None:
    """`0000007` in every row."""
    formats = '<numFmts><numFmt numFmtId="200" formatCode="0000000"/></numFmts>'
    code = f'<styleSheet>{formats}<cellXfs><xf/><xf numFmtId="200"/></cellXfs></styleSheet>'
    rows = "".join(f'<row r="{i}"><c r="A{i}" s="1"><v>{i}</v></c></row>' for i in range(3, 100_003))
    found = report(xlsx("xl/styles.xml", [code], rows=rows))
    assert '"read": 100001,' in found.shown
    assert found.memory < _MOST

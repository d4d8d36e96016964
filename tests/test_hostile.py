"""Nothing that others wrote runs, links, loads or breaks a file, in any format: side by side.

One quota file, one workbook of rows and one file of published figures in which every text is hostile: names of units,
programme and phase, all of `document:`, codes, titles, authors, statuses, dates, names of files and sheets, a claim's
source. One run of the program writes every format; each is opened by its own parser and by LibreOffice. A text reads
back as it was typed, but for what the two tables below take away.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cmarkgfm
import openpyxl
import pytest
from lxml import etree, html
from markdown_it import MarkdownIt

from tests.conftest import ROOT, Run, clean_environment
from tests.office import needed
from tests.plain import sheet_xml, text_row, write_package
from tests.read_back import Paper, flat, parts_of, read_document, read_markdown, read_page, read_workbook, unescaped

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of bars that are solid

HOSTILE: Mapping[str, str] = {
    "formula": "=1+1",
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(A1)",
    "tab": "\t=1+1",
    "return": "\r=1+2",
    "DDE": "=cmd|' /C calc'!A0",
    "link by formula": '=HYPERLINK("http://evil.example/","x")',
    "address": "http://evil.example/ www.evil.example a@evil.example",
    "script": "<script>alert(1)</script>",
    "attribute": "\"><img src=x onerror=alert(1)> ' onfocus='alert(1)",
    "end of CDATA": "]]> --> </style></title></script>",
    "entities": "&#x3c;b&#x3e; &amp; &lt;",
    "Jinja": "{{7*7}} {% raw %} {# x #} ${x}",
    "table of Markdown": "a|b||c \\| ~~d~~",
    "code of Markdown": "`x` ``` *y* _z_ # 1. - [ ] \\",
    "link of Markdown": "[a](javascript:alert(1)) ![b](http://evil.example/b.png) <http://evil.example>",
    "field of Word": '{ HYPERLINK "http://evil.example" } INCLUDETEXT c:\\boot.ini',
    "XML of Word": '<w:instrText>x</w:instrText><w:hyperlink r:id="rId1">y</w:hyperlink>',
    "header of Excel": "&P &N &Z &[File] &C&K",
    "escapes of Excel": "_x0041_ _x000A_ _x005F_x0041_ _xD800_",
    "controls": "a" + "".join(map(chr, range(1, 32))) + "b\x7f\x85\x9fc",
    "null": "a\x00c",
    "right to left": "abc\u202edef\u202c \u2066ghi\u2069",
    "no width": "a\u200bb\u200dc\ufeffd\u2060e\u00adf",
    "no characters": "a\ufffeb\uffffc\ufdd0d\U0001fffee",
    "line ends": "a\u2028b\u2029c\x0bd\x0ce",
    "decomposed": unicodedata.normalize("NFD", "Liên đoàn Lao động tỉnh Ấp Ước"),
    "emoji": "👍🏽 👨‍👩‍👧 é 漢字",
    "long": "Ư" * 300,
}
LONE = "a\ud800b\udfffc"  # halves of characters: in cells of Excel and names of files, for YAML and UTF-8 have none
TITLE = "Dài " * 10_000
FILES = ("a.txt", "a.md", "a.html", "a.xlsx", "a.docx", "a.svg", "a.csv", "a.json")


# --- what is taken away ----------------------------------------------------------------------------------------------


def typed(text: str) -> str:
    """A name as the program keeps it: composed, without what cannot be seen, its blanks squeezed."""
    seen = "".join(each for each in text if each.isspace() or unicodedata.category(each) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFC", " ".join(seen.split()))


_NO_TEXT = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"

# What else a format takes away from a text, for it cannot hold it.
HELD: Mapping[str, Callable[[str], str]] = {
    "a.txt": lambda text: re.sub("[\ud800-\udfff]", "\ufffd", text),
    "a.csv": lambda text: re.sub("[\ud800-\udfff]", "\ufffd", text),
    "a.json": lambda text: text,
    "a.md": lambda text: re.sub(f"[{_NO_TEXT}]", "\ufffd", text),
    "a.html": lambda text: re.sub(f"[{_NO_TEXT}]", "\ufffd", text),
    "a.xlsx": lambda text: re.sub("[\ud800-\udfff\ufffe\uffff]", "", text),
    "a.docx": lambda text: re.sub("[\ud800-\udfff\ufffe\uffff]", "", text),
}


# --- everything hostile ----------------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """A text for YAML, which has escapes for everything but halves of characters."""
    return '"' + "".join(_escaped(each) for each in text) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() and ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def named(what: str) -> str:
    """The name of a unit: a number keeps it apart from others that fold alike."""
    return f"{HOSTILE[what]} {list(HOSTILE).index(what) + 100}"


def in_cell(text: str) -> str:
    """A text as Excel writes it: what XML cannot hold by its number."""
    held = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return re.sub(f"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f{_NO_TEXT}]", lambda found: f"_x{ord(found[0]):04X}_", held)


def quota_file() -> str:
    together = quoted(" ".join(HOSTILE.values()))
    units = ", ".join(
        f"{{name: {quoted(named(what))}, id: u{at}, quota: {{p1: 3}}}}" for at, what in enumerate(HOSTILE)
    )
    every = ", ".join(map(quoted, HOSTILE.values()))
    return f"""
programme: {together}
phases:
  p1: {{name: {together}, from: 2022-01-08, to: 2022-02-20}}
  p2: {{name: {quoted("[a]:*?/" + chr(92) + "'b " * 20)}, from: 2022-02-21, to: 2022-03-20}}
exports:
  columns: {{code: Mã, submitted: Ngày, unit: Đơn vị, status: Trạng thái, title: Tên, author: Tác giả}}
count: {{where: {{status: [được]}}}}
also_count: {{x: {{name: {together}}}}}
document:
  parent: {together}
  agency: {together}
  symbol: {quoted(HOSTILE["DDE"])}
  place: {together}
  addressees: [{every}]
  grounds: [{every}]
  capacity: [{every}]
  signer: {together}
  recipients: [{every}]
units:
  - name: {together}
    id: tinh
    quota: {{p1: 100, p2: 5}}
    units: [{units}]
"""


def rows() -> Iterator[tuple[str, ...]]:
    yield ("Mã", "Ngày", "Đơn vị", "Trạng thái", "Tên", "Tác giả")
    for what in HOSTILE:
        text, unit = HOSTILE[what], named(what)
        yield (text, "10/01/2022", unit, "được", text, text)  # counts
        yield (text, "11/01/2022", unit, "được", text, text)  # repeats its code
        yield (f"{text} a", text, unit, "được", text, text)  # has no date that can be read
        yield (f"{text} b", "10/01/2022", f"{text} lạ", "được", text, text)  # is of an unknown unit
        yield (f"{text} c", "10/01/2022", unit, text, text, text)  # does not pass
    yield (LONE, "10/01/2022", f"{LONE} lạ", "được", TITLE, LONE)
    yield (f"{LONE} d", "10/01/2022", named("emoji"), "được", TITLE, LONE)


@dataclass(frozen=True, slots=True)
class Attacked:
    """A folder with a report in every format; `names` of units as the quota file has them."""

    folder: Path
    file: str  # that was counted

    def text(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode()


_FILE = "=cmd|' C'!A0 <img src=x onerror=alert(1)> {{7*7}} 'a' &amp; [b](c) \u202e \udcff.xlsx"
_SHEETS = ("=1+1 <b>[a]:*?/\\ &amp; {{7*7}}", "'History'")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    """One run for every format, and one for Excel's CSV."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "q.yaml").write_text(quota_file(), encoding="utf-8")
    source = quoted(" ".join(HOSTILE.values()))
    claims = f"claims: [{{id: c, unit: tinh, phase: p1, as_of: 2022-01-31, done: 30, source: {source}}}]"
    (folder / "claims.yaml").write_text(claims, encoding="utf-8")
    cells = "".join(text_row(at, *map(in_cell, row)) for at, row in enumerate(rows(), start=1))
    file = _FILE if sys.platform == "linux" else "'a' &amp; {{7*7}} [b](c).xlsx"
    write_package(folder / file, {_SHEETS[0]: sheet_xml(cells), _SHEETS[1]: sheet_xml(text_row(1, "=1"))})
    of = [sys.executable, "-m", "sangkien_cli", "report", file, "-c", "q.yaml", "--as-of", "2022-01-31", "--lang", "en"]
    outputs = [option for name in FILES for option in ("-o", name)]
    for more in (
        ["--claims", "claims.yaml", "--ledger", "ledger.csv", *outputs],
        ["--excel", "-o", "excel.csv", "--ledger", "excel-ledger.csv"],
        ["--template", str(ROOT / "sangkien_cli" / "templates" / "mau-bao-cao.docx"), "-o", "filled.docx"],
    ):
        done = subprocess.run([*of, *more], cwd=folder, env=clean_environment(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return Attacked(folder, file)


def names(name: str) -> list[str]:
    """The names of the units below the top, as a file of this name has them."""
    return [flat(HELD[name](typed(named(what)))) for what in HOSTILE]


def together(name: str) -> str:
    """All hostile texts in a row, likewise."""
    return flat(HELD[name](typed(" ".join(HOSTILE.values()))))


# --- every text reads back -------------------------------------------------------------------------------------------


def test_names_in_json_and_csv_are_those_of_the_quota_file(attacked: Attacked) -> None:
    units = [each for each in json.loads(attacked.text("a.json"))["units"] if each["phase"] == "p1"]
    assert [flat(each["name"]) for each in units] == [together("a.json"), *names("a.json")]
    rows_ = [row for row in csv.DictReader(io.StringIO(attacked.text("a.csv"))) if row["phase"] == "p1"]
    assert [flat(row["name"]) for row in rows_] == [together("a.csv"), *names("a.csv")]


@pytest.mark.parametrize(("name", "read"), [("a.md", read_markdown), ("a.html", read_page)])
def test_names_and_titles_on_a_page(attacked: Attacked, name: str, read: Callable[..., Paper]) -> None:
    paper = read(attacked.text(name), 3, "en")
    assert paper.title == together(name)
    for section in paper.sections[:1]:
        assert section.title == f"{together(name)} (2022-01-08 – 2022-02-20)"
        top, *units = (line for line in section.lines if line.name != "(directly)")
        assert (top.name, [line.name for line in units]) == (together(name), names(name))
        assert [head for head, _ in top.more] == [together(name)]
        assert [together(name) in sentence for sentence in top.below] == [True]  # where the claim was published


def test_names_and_titles_in_a_workbook(attacked: Attacked) -> None:
    paper = read_workbook(attacked.folder / "a.xlsx", "en").paper
    top, *units = paper.sections[0].lines
    assert (paper.title, top.name) == (together("a.xlsx"),) * 2
    assert [line.name for line in units] == names("a.xlsx")
    assert together("a.xlsx") in top.below[0]


@pytest.mark.parametrize("name", ["a.docx", "filled.docx"])
def test_names_and_everything_of_the_heading_in_a_document(attacked: Attacked, name: str) -> None:
    document = read_document(attacked.folder / name, "en")
    said = "\n".join(document.paragraphs)
    if name == "a.docx":
        top, *units = document.sections[0].lines
        assert (top.name, [line.name for line in units]) == (together("a.docx"), names("a.docx"))
    assert said.count(together("a.docx")[:200]) >= 5  # agency, parent, place, signer, programme
    for what, text in HOSTILE.items():
        if what != "long":
            assert flat(HELD["a.docx"](typed(text))) in said, what  # recipients, grounds, addressees


def test_text_has_every_word_and_nothing_that_steers_a_terminal(attacked: Attacked) -> None:
    content = attacked.text("a.txt")
    assert {each for each in content if unicodedata.category(each) == "Cc"} == {"\n"}
    said = flat(content)
    missing = [word for name in names("a.txt") for word in name.split() if word not in said]
    assert missing == []


def test_what_was_typed_in_cells_stands_in_the_lists_of_rows(attacked: Attacked) -> None:
    """Codes, and names that are not in the tree, in the workbook and on the page."""
    book = openpyxl.load_workbook(attacked.folder / "a.xlsx")["Rows set aside"]
    of_book = {flat(unescaped(cell.value)) for row in book.iter_rows() for cell in row if isinstance(cell.value, str)}
    tree = html.fromstring(attacked.text("a.html"))
    of_page = {flat(cell.text_content()) for cell in tree.xpath("//section[@id='rows']//td")}
    for what, text in HOSTILE.items():
        if what in ("escapes of Excel", "no characters"):
            continue  # as Excel reads them, they are other characters, or none
        for held, found in (("a.xlsx", of_book), ("a.html", of_page)):
            codes = {flat(HELD[held](each)) for each in (f"{text} b", typed(f"{text} b"))}
            shown = {f"{each[:200]}…" for each in codes} | codes
            seen = {typed(each) for each in found}
            assert {typed(each) for each in shown} & seen, (held, what)


def test_the_names_of_files_and_sheets_are_text(attacked: Attacked) -> None:
    shown = re.sub("[\ud800-\udfff]", "\ufffd", attacked.file)
    tree = html.fromstring(attacked.text("a.html"))
    cells = [
        flat(cell.text_content()) for cell in tree.xpath("//section[@id='sources']//tbody//*[self::th or self::td]")
    ]
    assert flat(shown) in cells
    assert flat(_SHEETS[0]) in cells
    book = openpyxl.load_workbook(attacked.folder / "a.xlsx")
    texts = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert _SHEETS[0] in texts
    assert shown in texts or shown.replace("\ufffd", "") in texts


# --- nothing runs, links or loads ------------------------------------------------------------------------------------


_OWN_FORMULA = re.compile(
    r'(?:[A-Z]{1,3}\d+|\d+(?:\.\d+)?|SUM|ROUND|ROUNDUP|ROUNDDOWN|INT|MOD|MAX|MIN|IF|AND|ISNUMBER|ABS|""|[-+*/(),:<>=^!])+'
)


def test_a_workbook_has_only_formulas_of_the_program(attacked: Attacked) -> None:
    """No name of a sheet in a formula can end it: what stands in quotes is taken out first."""
    parts = parts_of(attacked.folder / "a.xlsx")
    sheets = {name: tree for name, tree in parts.items() if name.startswith("xl/worksheets/sheet")}
    own = openpyxl.load_workbook(attacked.folder / "a.xlsx").sheetnames
    for tree in sheets.values():
        for each in tree.iter("{*}f", "{*}formula", "{*}formula1"):
            formula = (each.text or "").replace("$", "")
            for sheet in own:
                formula = formula.replace(f"'{sheet.replace(chr(39), chr(39) * 2)}'!", "")
            assert _OWN_FORMULA.fullmatch(formula), formula
        assert not list(tree.iter("{*}hyperlink", "{*}oleObject", "{*}ddeLink", "{*}control", "{*}legacyDrawing"))
    footers = {(each.text or "") for tree in sheets.values() for each in tree.iter("{*}oddFooter", "{*}oddHeader")}
    assert len(footers) == 1
    assert "evil" not in "".join(footers)
    names_ = {each.get("name") for each in parts["xl/workbook.xml"].iter("{*}definedName")}
    assert names_ <= {"_xlnm.Print_Titles", "_xlnm.Print_Area", "_xlnm._FilterDatabase"}
    assert all(len(sheet) <= 31 and not re.search(r"[\[\]:*?/\\]|^'|'$", sheet) for sheet in own)
    assert len({sheet.casefold() for sheet in own}) == len(own)


@pytest.mark.parametrize("name", ["a.docx", "filled.docx"])
def test_a_document_has_one_field_the_number_of_the_page(attacked: Attacked, name: str) -> None:
    parts = parts_of(attacked.folder / name)
    for tree in parts.values():
        assert {(each.text or "").strip() for each in tree.iter("{*}instrText")} <= {"PAGE"}
        assert not list(tree.iter("{*}fldSimple", "{*}hyperlink", "{*}object", "{*}pict", "{*}drawing", "{*}altChunk"))
    assert sum(1 for _ in parts["word/document.xml"].iter("{*}instrText")) == 0


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx", "filled.docx"])
def test_an_office_file_refers_to_nothing_outside_itself(attacked: Attacked, name: str) -> None:
    for part, tree in parts_of(attacked.folder / name).items():
        if part.endswith(".rels"):
            assert not [each.get("Target") for each in tree if each.get("TargetMode") == "External"]
            assert not [each.get("Target") for each in tree if "evil" in (each.get("Target") or "")]
        assert not re.search("externalLink|vbaProject|activeX|embeddings|customUI", part)


def test_a_page_has_no_markup_but_its_own(attacked: Attacked) -> None:
    tree = html.fromstring(attacked.text("a.html"))
    assert [each.get("type") for each in tree.iter("script")] == ["application/json", None]
    assert not list(tree.iter("img", "iframe", "object", "embed", "link", "base", "video", "audio", "math", "template"))
    attributes = {name for each in tree.iter() for name in each.keys()}  # noqa: SIM118
    assert not {name for name in attributes if name.startswith("on")}
    assert not attributes & {"src", "srcdoc", "action", "formaction", "style", "xlink:href", "background"}
    assert all(each.get("href").startswith("#") for each in tree.iter() if each.get("href"))
    assert len(tree.xpath("//meta[@http-equiv]")) == 1


_UNSAFE = cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE  # HTML in Markdown is not left out
_SHOWN_BY_MARKDOWN = {
    "html",
    "body",
    "div",
    "h1",
    "h2",
    "p",
    "ul",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "br",
}


@pytest.mark.parametrize(
    "parser",
    [
        lambda text: cmarkgfm.github_flavored_markdown_to_html(text, _UNSAFE),
        lambda text: cmarkgfm.markdown_to_html(text, _UNSAFE),
        MarkdownIt("gfm-like", {"linkify": False, "html": True}).render,
        MarkdownIt("commonmark", {"html": True}).enable("table").render,
    ],
    ids=["GitHub", "CommonMark", "markdown-it like GitHub", "markdown-it"],
)
def test_markdown_is_text_for_every_parser(attacked: Attacked, parser: Callable[[str], str]) -> None:
    """Addresses are no links, even where a parser makes links of them; of HTML there is `<br>` alone."""
    shown = html.fromstring(f"<div>{parser(attacked.text('a.md'))}</div>")
    assert {str(each.tag) for each in shown.iter()} <= {*_SHOWN_BY_MARKDOWN, "code"}
    assert all(re.fullmatch("[0-9a-f]{64}", each.text or "") for each in shown.iter("code"))
    assert not {name for each in shown.iter() for name in each.keys()} - {"align", "style"}  # noqa: SIM118
    said = flat(shown.text_content())
    assert all(name in said for name in names("a.md"))


def test_a_picture_is_only_drawn(attacked: Attacked) -> None:
    tree = etree.fromstring((attacked.folder / "a.svg").read_bytes(), etree.XMLParser(resolve_entities=False))
    kinds = {etree.QName(each).localname for each in tree.iter(etree.Element)}
    assert not kinds & {"script", "a", "image", "foreignObject", "iframe", "animate", "set"}
    for each in tree.iter(etree.Element):
        for name, value in each.items():
            assert not etree.QName(name).localname.startswith("on")
            if etree.QName(name).localname == "href":
                assert value.startswith("#")
    assert flat(tree.findtext("{http://www.w3.org/2000/svg}title")).startswith("=1+1 +1+1 -2+3")


@pytest.mark.parametrize("name", ["excel.csv", "excel-ledger.csv"])
def test_no_cell_of_a_csv_for_excel_begins_like_a_formula(attacked: Attacked, name: str) -> None:
    content = attacked.text(name)
    assert content.startswith("\ufeff")
    rows_ = list(csv.reader(io.StringIO(content[1:])))
    numbers = re.compile(r"[-+]?\d+(?:\.\d+)?")
    texts = [cell for row in rows_ for cell in row if not numbers.fullmatch(cell)]
    assert not [cell for cell in texts if re.match(r"[=+\-@\t\r\n]", cell)]
    assert len({len(row) for row in rows_}) == 1


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith((".txt", ".md", ".csv", ".svg"))])
def test_the_origin_beside_a_file_is_json_that_names_its_bytes(attacked: Attacked, name: str) -> None:
    told = json.loads(attacked.text(f"{name}.origin.json"))
    content = (attacked.folder / name).read_bytes()
    assert told["document"] == {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    assert told["programme"] == typed(" ".join(HOSTILE.values()))


@pytest.mark.parametrize("name", ["a.json", "a.html", "a.xlsx", "a.docx", "a.md"])
def test_the_file_is_made_again_byte_by_byte_from_its_origin(
    attacked: Attacked, name: str, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(attacked.folder)
    done = run_here("verify", name, attacked.file, "-c", "q.yaml")
    assert "every byte is the same" in flat(done.stdout), done.stdout[-2000:]
    assert done.code == 0


# --- through LibreOffice ---------------------------------------------------------------------------------------------


def converted(folder: Path, kind: str, *sources: Path) -> list[Path]:
    """The files in another format, all by one start of LibreOffice."""
    office = needed(".xlsx", ".docx")
    home = f"-env:UserInstallation=file://{folder}/office"
    command = [office, home, "--headless", "--convert-to", kind, "--outdir", str(folder), *map(str, sources)]
    done = subprocess.run(command, check=False, capture_output=True, timeout=120)
    made = [folder / f"{source.stem}.{kind}" for source in sources]
    assert [each.name for each in made if not each.exists()] == [], done.stderr.decode()
    return made


def test_libreoffice_opens_tables_and_keeps_every_text(attacked: Attacked, tmp_path: Path) -> None:
    """In the workbook, and in the CSV for Excel as far as its letters are those of every code page: LibreOffice is not
    asked for UTF-8 here."""
    book, of_csv = converted(tmp_path, "xlsx", attacked.folder / "a.xlsx", attacked.folder / "excel.csv")
    stored, again = (openpyxl.load_workbook(path) for path in (attacked.folder / "a.xlsx", book))
    assert again.sheetnames == stored.sheetnames
    for before, after in zip(stored, again, strict=True):
        cells = [cell for row in after.iter_rows() for cell in row]
        texts = {cell.value for cell in cells if cell.data_type == "s"}
        for cell in (cell for row in before.iter_rows() for cell in row if cell.data_type == "s"):
            # LibreOffice itself writes `_x0041_` as it is, which for Excel is an A.
            assert "_x" in str(cell.value) or cell.value in texts, cell.value
        assert not [cell.value for cell in cells if cell.hyperlink]
        own = {cell.coordinate for row in before.iter_rows() for cell in row if cell.data_type == "f"}
        assert {cell.coordinate for cell in cells if cell.data_type == "f"} <= own
    rows_ = list(csv.reader(io.StringIO(attacked.text("excel.csv")[1:])))
    (sheet,) = openpyxl.load_workbook(of_csv).worksheets
    read = [row[1] for row in sheet.iter_rows()]
    assert {cell.data_type for cell in read} == {"s"}
    for cell, row in zip(read, rows_, strict=True):
        if row[1].isascii() and "_x" not in row[1]:
            assert cell.value == row[1]


def test_libreoffice_prints_documents_and_the_page(attacked: Attacked, tmp_path: Path) -> None:
    for path in converted(tmp_path, "pdf", *(attacked.folder / name for name in ("a.html", "a.docx", "filled.docx"))):
        printed = path.read_bytes()
        assert printed.startswith(b"%PDF-")
        assert b"evil.example" not in printed
        assert not re.search(rb"/URI\s*\(|/JavaScript|/Launch", printed)

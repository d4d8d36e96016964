"""Reports read back from the files in which they were written, each as someone else's program would read it.

Nothing of the program is used: the plain text is taken apart by its columns, Markdown goes through GitHub's parser,
pages through lxml, workbooks through openpyxl, documents through python-docx. What stands in a cell as a number is
written out as Excel shows it in the language. Every reader gives the same pieces, so that they can be compared.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import cmarkgfm
import docx
import openpyxl
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from lxml import etree, html

Lang = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section as it is printed; a further column that is blank says nothing."""

    level: int
    name: str
    figure: str  # `3.889/5.000 = 77,8%`
    short: str = ""
    more: tuple[tuple[str, str], ...] = ()  # (head, text)
    word: str = ""
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A table of units, or a remark in its place."""

    title: str
    lines: tuple[Line, ...] = ()
    remark: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """How many rows were set aside why."""

    rows: str
    words: str
    code: str
    details: str = ""  # one after another


@dataclass(frozen=True, slots=True)
class Paper:
    """What a file says; a piece that its format does not have is blank."""

    title: str = ""
    subtitle: str = ""
    sections: tuple[Section, ...] = ()
    passages: tuple[str, ...] = ()  # all the text of each
    balance: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader has to know of a language."""

    unit: str
    direct: str
    target: str
    published: str
    number: str
    total: str
    quota: tuple[str, ...]
    done: tuple[str, ...]
    percent: tuple[str, ...]
    short: str
    remark: tuple[str, ...]
    since: str
    rank: str
    at_least: str
    ended: str
    statuses: Mapping[str, str]
    reasons: tuple[str, str, str]
    heading: str
    aside: str
    further: str
    thousands: str
    decimal: str
    day: str


WORDS: Mapping[Lang, Words] = {
    "vi": Words(
        "Đơn vị", "(trực tiếp)", "Mục tiêu: ", "công bố ", "STT", "TỔNG CỘNG",
        ("Chỉ tiêu giao", "Thiếu khi bắt đầu"), ("Kết quả", "Trong đợt"), ("Tỷ lệ %", "Tỷ lệ (%)", "Tỷ lệ"),
        "Còn thiếu", ("Ghi chú",), "Từ {day}", "Xếp thứ", "{name} (ít nhất {least})", "{name} (kết thúc {day})",
        {"no-quota": "–", "none": "chưa có", "below": "chưa đạt", "near": "gần đạt", "met": "đạt", "exceeded": "vượt"},
        ("STT", "Lý do", "Số dòng"),
        "KẾT QUẢ THỰC HIỆN CHỈ TIÊU", "CÁC DÒNG KHÔNG ĐƯỢC TÍNH", "Thuyết minh", ".", ",", "%d/%m/%Y",
    ),
    "en": Words(
        "Unit", "(directly)", "Target: ", "published ", "No.", "TOTAL",
        ("Quota", "Short before", "Short at the start"), ("Done", "In the campaign"), ("Percent",),
        "Short", ("Remark", "Remarks"), "From {day}", "Rank", "{name} (at least {least})", "{name} (ended {day})",
        {"no-quota": "–", "none": "none", "below": "below", "near": "near", "met": "met", "exceeded": "exceeded"},
        ("No.", "Reason", "Rows"), "ATTAINMENT OF QUOTAS", "ROWS THAT ARE NOT COUNTED", "Notes", ",", ".", "%Y-%m-%d",
    ),
}  # fmt: skip


def flat(text: str) -> str:
    """A text on one line: a page of fixed width breaks it anywhere, a document keeps some blanks together."""
    return " ".join(text.replace("\u2060", "").split())


def grouped(number: int, lang: Lang) -> str:
    """A whole number as printed: `2.660`."""
    return f"{number:,}".replace(",", WORDS[lang].thousands)


def printed(number: str, lang: Lang) -> str:
    """A number with a dot before its decimals, as printed: `1.000,5`."""
    integer, dot, decimals = number.partition(".")
    return grouped(int(integer), lang) + (WORDS[lang].decimal + decimals if dot else "")


def figure(done: str, quota: str, percent: str) -> str:
    """The parts of a figure as they stand on one line; the percent without its sign."""
    return done + (f"/{quota}" if quota else "") + (f" = {percent}%" if percent else "")


def _pairs(heads: Iterable[str], texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((flat(head), text) for head, text in zip(heads, texts, strict=True) if text)


# --- plain text ------------------------------------------------------------------------------------------------------

_FIGURE = r"(?:–|[\d.,]+%?(?:/[\d.,]+%?)?(?: = [\d.,]+%?)?)"
_ROW = re.compile(rf"(?P<indent> *)(?P<name>\S.*?)? *(?<=  )(?P<figure>{_FIGURE})$|^(?P<alone>{_FIGURE})$")
_BAR = re.compile(r"  [#.]{8}[+ ]")
_REASON = re.compile(r" {2,}(\S+)  ([a-z-]+) +(\S.*)$")


def read_text(content: str, sections: int, lang: Lang) -> Paper:
    """A page of text, 80 columns wide, of which so many blocks are sections. Other blocks are passages."""
    blocks = [block.split("\n") for block in content.rstrip("\n").split("\n\n")]
    (title, subtitle), *middle, rows = blocks
    found = tuple(_text_section(block, lang) for block in middle[:sections])
    passages = tuple(flat(" ".join(block)) for block in middle[sections:])
    at = next((number for number, line in enumerate(rows) if _REASON.match(line)), len(rows))
    return Paper(title, subtitle, found, passages, flat(" ".join(rows[:at])), tuple(_text_reasons(rows[at:])))


def _text_reasons(lines: Sequence[str]) -> Iterator[Reason]:
    """Details are indented as far as the code of their reason; its words may go on further to the right."""
    found: Reason | None = None
    for line in lines:
        begun = _REASON.match(line)
        if begun:
            if found:
                yield replace(found, details=flat(found.details))
            found, code, words = Reason(begun[1], begun[3], begun[2]), begun.start(2), begun.start(3)
            continue
        assert found is not None
        indent = len(line) - len(line.lstrip())
        if indent == words and not found.details:
            found = replace(found, words=f"{found.words} {line.strip()}")
        else:
            assert indent >= code, line
            found = replace(found, details=f"{found.details} {line}")
    if found:
        yield replace(found, details=flat(found.details))


def _text_section(block: Sequence[str], lang: Lang) -> Section:
    title, *rest = block
    words = WORDS[lang]
    head = next((at for at, line in enumerate(rest) if line.startswith(f"{words.unit}  ")), None)
    if head is None:
        remark, *notes = rest or [""]
        return Section(title, (), remark, tuple(_notes(notes)))
    ends = [found.end() for found in re.finditer(r"\S+(?: \S+)*", rest[head])]
    heads = [flat(" ".join(line[start:end] for line in rest[: head + 1])) for start, end in itertools.pairwise(ends)]
    lines, below = _text_lines(rest[head + 1 :], ends, heads, lang)
    return Section(title, tuple(lines), "", tuple(_notes(below)))


def _notes(lines: Iterable[str]) -> list[str]:
    """Notes begin at the margin and go on two columns to the right."""
    notes: list[str] = []
    for line in lines:
        if line.startswith("  "):
            notes[-1] += f" {line.strip()}"
        else:
            notes.append(line)
    return notes


def _text_lines(
    lines: Sequence[str], ends: Sequence[int], heads: Sequence[str], lang: Lang
) -> tuple[list[Line], Sequence[str]]:
    found: list[Line] = []
    under: list[str] = []  # what stands below the last line
    at = 0
    while at < len(lines):
        cells = _cells(lines[at], ends)
        name_lines: list[str] = []
        if cells is None:
            name_lines = _name_above(lines[at:], ends)
            if not name_lines:
                if not lines[at].startswith(" "):
                    break
                under.append(lines[at])
                at += 1
                continue
            at += len(name_lines)
            cells = _cells(lines[at], ends)
            assert cells is not None
        if found:
            found[-1] = _with_under(found[-1], under, lang)
        under = []
        indent, name, figure_, short, *more, word = cells
        if name_lines:
            indent, name = name_lines[0], " ".join(each.strip() for each in name_lines)
        level = (len(indent) - len(indent.lstrip())) // 2
        found.append(Line(level, name, figure_, short, _pairs(heads[2:], more), word))
        at += 1
    if found:
        found[-1] = _with_under(found[-1], under, lang)
    return found, lines[at:]


def _cells(line: str, ends: Sequence[int]) -> list[str] | None:
    """The indentation, name, figure, short, further columns and word of a row; None if the line is none."""
    row = _ROW.fullmatch(line[: ends[1]]) if len(line) >= ends[1] else None
    if row is None or line[ends[1] : ends[1] + 1].strip():
        return None
    rest = ends[1]
    if _BAR.match(line[rest:].ljust(11)):
        rest += 11
    cells = [line[start:end].strip() for start, end in zip([rest, *ends[2:]], ends[2:], strict=False)]
    return [row["indent"] or "", row["name"] or "", row["figure"] or row["alone"], *cells, line[ends[-1] :].strip()]


def _name_above(lines: Sequence[str], ends: Sequence[int]) -> list[str]:
    """A name that stands above its long figure; none if these lines are something else."""
    first = len(lines[0]) - len(lines[0].lstrip())
    for at, line in enumerate(lines):
        cells = _cells(line, ends)
        if cells is not None:
            return list(lines[:at]) if not cells[1] else []
        indent = len(line) - len(line.lstrip())
        if at and indent != first + 2:
            return []
    return []


def _with_under(line: Line, under: Sequence[str], lang: Lang) -> Line:
    """A line with what stands below it: the rest of its name, further columns, sentences."""
    name, more, below = line.name, "", list[str]()
    for text in under:
        indent = len(text) - len(text.lstrip()) - 2 * line.level
        said = text.strip()
        if indent == 2:
            name = f"{name} {said}"
        elif indent == 6:
            below[-1] += f" {said}"
        elif said.startswith(WORDS[lang].published):
            below.append(said)
        else:
            more = f"{more} {said}".strip()
    pairs = [each.partition(": ") for each in more.split(" · ")] if more else []
    return replace(line, name=name, more=line.more + tuple((head, text) for head, _, text in pairs), below=tuple(below))


# --- Markdown and pages ----------------------------------------------------------------------------------------------


def _text(element: Any) -> str:
    return flat(element.text_content())


def _texts(elements: Iterable[Any]) -> list[str]:
    return list(map(_text, elements))


def read_markdown(content: str, sections: int, _lang: Lang) -> Paper:
    """A document of Markdown as GitHub shows it."""
    unsafe = cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE  # HTML in it, which is `<br>`, is not left out
    tree = html.fromstring(f"<div>{cmarkgfm.github_flavored_markdown_to_html(content, unsafe)}</div>")
    parts: list[list[Any]] = [[]]
    for element in tree:
        if element.tag == "h2":
            parts.append([])
        parts[-1].append(element)
    (title, subtitle), *middle, (_, balance, *reasons), sources = parts
    assert len(sources) == 2  # a heading and a table
    return Paper(
        _text(title),
        _text(subtitle),
        tuple(_markdown_section(part) for part in middle[:sections]),
        tuple(flat(" ".join(each.xpath("string()") for each in part)) for part in middle[sections:]),
        _text(balance),
        tuple(_markdown_reason(item) for each in reasons for item in each.xpath("./li")),
    )


def _markdown_reason(item: Any) -> Reason:
    own = flat("".join(item.xpath("./text() | ./p/text()")))
    found = re.fullmatch(r"(\S+) – (.*) \((\S+)\)", own)
    assert found, own
    return Reason(found[1], found[2], found[3], " ".join(_texts(item.xpath("./ul/li"))))


def _markdown_section(part: Sequence[Any]) -> Section:
    by_tag = {tag: [each for each in part if each.tag == tag] for tag in ("h2", "p", "table", "ul")}
    assert sum(map(len, by_tag.values())) == len(part)
    lines: list[Line] = []
    for table in by_tag["table"]:
        _, _, _, *heads, _ = _texts(table.xpath("./thead/tr/th"))
        for row in table.xpath("./tbody/tr"):
            first, *cells = row
            shown, *below = first.xpath("./text()")
            name = shown.lstrip("\u2003")
            figure_, short, *more, word = _texts(cells)
            more_ = _pairs(heads, more)
            lines.append(Line(len(shown) - len(name), flat(name), figure_, short, more_, word, tuple(map(flat, below))))
    notes = [note for each in by_tag["ul"] for note in _texts(each.xpath("./li"))]
    (title,), remark = by_tag["h2"], "".join(_texts(by_tag["p"]))
    return Section(_text(title), tuple(lines), remark, tuple(notes))


def read_page(content: str, _sections: int, _lang: Lang) -> Paper:
    """A page of HTML, its script not run. Sentences that stand above a table are the first of its notes."""
    tree = html.fromstring(content)
    found = [_page_section(each) for each in tree.xpath("//main/section[h2][starts-with(@id, 's')][@id != 'sources']")]
    return Paper(
        _text(tree.xpath("//h1")[0]),
        _text(tree.xpath("//*[@class='subtitle']")[0]),
        tuple(found),
        tuple(
            flat(" ".join(_texts(each.xpath("./h2 | ./ul/li"))))
            for each in tree.xpath("//main/section[@class='passage']")
        ),
        _text(tree.xpath("//*[@class='balance']")[0]),
        tuple(map(_page_reason, tree.xpath("//div[@class='reason']"))),
    )


def _page_reason(element: Any) -> Reason:
    rows, words, code = _texts(element.xpath(".//*[@class='count'] | .//*[@class='why'] | .//*[@class='code']/code"))
    return Reason(rows, words, code, " ".join(_texts(element.xpath("./ul/li"))))


def _page_section(section: Any) -> Section:
    lines = []
    for table in section.xpath(".//table[contains(@class, 'units')]"):
        heads = _texts(table.xpath("./thead//th"))
        asked = any("p" in each.split() for each in table.xpath("./thead//th/@class"))
        for row in table.xpath("./tbody/tr"):
            first, *cells = row
            texts = [text for cell in cells for text in [flat(cell.text_content())] * int(cell.get("colspan", "1"))]
            short, more = (texts[3], texts[4:-1]) if asked else ("", texts[1:-1])
            joined = int(cells[0].get("colspan", "1")) if asked else 3  # parts of the figure in its first cell
            counts = figure(texts[1], texts[0], "") if joined == 1 else texts[0]
            said = f"{counts} = {texts[2]}" if joined < 3 and texts[2] else counts
            below = tuple(_texts(first.xpath("./small")))
            name = flat("".join(first.xpath(".//text()[not(ancestor::small)]")))
            further = _pairs(heads[len(heads) - 1 - len(more) : -1], more)
            lines.append(Line(int(row.get("data-level")), name, said, short, further, texts[-1], below))
    title = "".join(_texts(section.xpath("./h2")))
    remark = "".join(_texts(section.xpath("./*[@class='remark']")))
    notes = _texts(section.xpath("./div[@class='lead']/p | ./ul[@class='notes']/li"))
    return Section(title, tuple(lines), remark, tuple(notes))


# --- workbooks -------------------------------------------------------------------------------------------------------


def unescaped(text: str) -> str:
    """A text of a workbook as Excel shows it: openpyxl leaves the numbers of characters as they are."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def shown(value: Any, number_format: str, lang: Lang) -> str:
    """What Excel shows of a cell, set to the language."""
    if value is None or isinstance(value, str):
        return flat(unescaped(value or ""))
    assert isinstance(value, int | float), value
    positive, *others = number_format.split(";")
    if value == 0 and len(others) == 2:
        return others[1]
    exact = Decimal(repr(value)) * (100 if positive.endswith("%") else 1)
    decimals = len(positive.rstrip("%").partition(".")[2])
    text = f"{abs(exact):.{decimals}f}"
    assert Decimal(text) == abs(exact), (value, number_format)  # Excel shows all that is there
    sign = "−" if exact < 0 else "+" if positive.startswith("+") and exact > 0 else ""
    number = printed(text, lang) if "#" in positive or "%" in positive else text.replace(".", WORDS[lang].decimal)
    return f"{sign}{number}{'%' if positive.endswith('%') else ''}"


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook taken apart."""

    paper: Paper  # of each section that has lines; notes are all that stands below the table
    totals: tuple[str, ...]  # the figure of each table's sum; "" without one
    aside: Mapping[str, int]  # how many rows are listed for each reason's words


def read_workbook(path: Path, lang: Lang) -> Book:
    """What a workbook says in its tables, remarks and lists."""
    words = WORDS[lang]
    sections, totals, passages, balances, titles = [], [], [], list[str](), set[tuple[str, str]]()
    aside: dict[str, int] = {}
    for sheet in openpyxl.load_workbook(path, data_only=True, read_only=True):
        rows = [list(row) for row in sheet.iter_rows()]
        texts = [[shown(cell.value, cell.number_format, lang) for cell in row] for row in rows]
        head = next((at for at, row in enumerate(texts[:20]) if row[0] == words.number), len(texts))
        above = [row[0] for row in texts[:head] if row[0]]
        if words.heading in above and head < len(texts):
            programme, title, day = above[above.index(words.heading) + 1 :][:3]
            titles.add((programme, day))
            lines, total, notes = _sheet_lines(rows, texts, head, lang)
            sections.append(Section(title, tuple(lines), "", tuple(notes)))
            totals.append(total)
        elif words.aside in above:
            balances += above[3:4]
            for row in texts[head + 1 :]:
                if row[1]:
                    aside[row[1]] = aside.get(row[1], 0) + 1
        elif sheet.title == words.further:
            passages.append(" ".join(above))
    (title_, day_), *others = titles or {("", "")}
    assert not others
    return Book(Paper(title_, day_, tuple(sections), tuple(passages), "".join(balances)), tuple(totals), aside)


def _sheet_lines(
    rows: Sequence[Sequence[Any]], texts: Sequence[Sequence[str]], head: int, lang: Lang
) -> tuple[list[Line], str, list[str]]:
    words, heads = WORDS[lang], texts[head]
    lines, total = [], ""
    assert heads[5] == words.short
    assert heads[-1] in words.remark
    body = head + 2  # below the numbers of the columns
    for row, cells in zip(rows[body:], texts[body:], strict=True):
        if not cells[1]:
            break
        _, name, quota, done, percent, short, *more, _remark = cells
        joined = figure(done, quota, percent.removesuffix("%"))
        if name == words.total:
            total = joined
            body += 1
            break
        said = unescaped(row[len(cells) - 1].value or "").split("\n")
        level = int(row[1].alignment.indent or 0)
        body += 1
        lines.append(Line(level, name, joined, short, _pairs(heads[6:-1], more), said[0], tuple(map(flat, said[1:]))))
    return lines, total, [row[0] for row in texts[body:] if row[0]]


# --- documents -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WordSection:
    """A table of a document with the paragraphs above it, up to the table before, and its sum."""

    above: tuple[str, ...]
    lines: tuple[Line, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document taken apart."""

    paragraphs: tuple[str, ...]
    sections: tuple[WordSection, ...]
    lists: tuple[tuple[str, str], ...]  # names and figures of units in the smaller tables
    reasons: tuple[tuple[str, str], ...]  # words and rows


_STEP = 3  # mm that a name is indented for a level


def read_document(path: Path, lang: Lang) -> Document:
    """The tables of all units, and every paragraph."""
    words = WORDS[lang]
    paragraphs: list[str] = []
    above: list[str] = []
    sections, lists, reasons = [], list[tuple[str, str]](), list[tuple[str, str]]()
    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, WordParagraph):
            above.append(flat(block.text))
            continue
        assert isinstance(block, WordTable)
        rows = [_word_row(row) for row in block.rows]
        heads = [flat(cell.text) for cell in rows[0]]
        if heads[-1] in words.remark and words.unit in heads:
            sections.append(WordSection(tuple(filter(None, above)), *_word_lines(rows, heads, lang)))
        elif words.unit in heads and set(heads) & {*words.percent}:
            at = [
                next(at for at, head in enumerate(heads) if head in each)
                for each in (words.done, words.quota, words.percent)
            ]
            for row in rows[1:]:
                texts = [flat(cell.text) for cell in row]
                lists.append((texts[heads.index(words.unit)], figure(*(texts[each] for each in at))))
        elif heads == list(words.reasons):
            reasons += [(flat(row[1].text), flat(row[2].text)) for row in rows[1:]]
        else:
            above += [flat(cell.text) for row in rows for cell in row]
        paragraphs += above
        above = []
    return Document(tuple(filter(None, [*paragraphs, *above])), tuple(sections), tuple(lists), tuple(reasons))


def _word_row(row: Any) -> list[Any]:
    """The cells of a row, each once."""
    seen: dict[int, Any] = {}
    for cell in row.cells:
        seen.setdefault(id(cell._tc), cell)
    return list(seen.values())


def _word_lines(rows: Sequence[Sequence[Any]], heads: Sequence[str], lang: Lang) -> tuple[tuple[Line, ...], str]:
    lines, total = [], ""
    for cells in rows[1:]:
        texts = [flat(cell.text) for cell in cells]
        joined = len(cells) < len(heads)
        _, name, *parts = texts
        figure_, rest = (parts[0], parts[1:]) if joined else (figure(parts[1], parts[0], parts[2]), parts[3:])
        short, *more, _ = rest
        if name == WORDS[lang].total:
            total = figure_
            continue
        indent = cells[1].paragraphs[0].paragraph_format.left_indent
        level = round((indent.mm if indent else 0) / _STEP)
        word, *below = [flat(each.text) for each in cells[-1].paragraphs]
        lines.append(Line(level, name, figure_, short, _pairs(heads[6:-1], more), word, tuple(below)))
    return tuple(lines), total


# --- JSON and CSV ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Names:
    """What a reader of figures takes from the quota file, for JSON and CSV have ids only."""

    also: Mapping[str, str]  # further tallies
    bases: Mapping[str, str]
    units: Mapping[str, str]


def read_json(content: str, names: Names, lang: Lang, *, as_tree: bool) -> Mapping[str, tuple[Line, ...]]:
    """The lines of each phase, with the words that a status has."""
    report = json.loads(content)
    found: dict[str, list[dict[str, Any]]] = {}
    for unit in report["units"]:
        found.setdefault(unit["phase"], []).append(unit)
    every = {**names.units, **{unit["id"]: unit["name"] for unit in report["units"]}}
    targets = report.get("targets", [])
    alone = len(report["phases"]) == 1
    wanted = {
        phase: [each for each in targets if each["phase"] == phase or (alone and each["phase"] == "all")]
        for phase in found
    }
    since = report.get("since")
    return {
        phase: tuple(_unit_lines(units, wanted[phase], every, names, since, lang, as_tree=as_tree))
        for phase, units in found.items()
    }


def read_csv(content: str, names: Names, lang: Lang, delimiter: str = ",") -> Mapping[str, tuple[Line, ...]]:
    """The units of each phase, without targets and without what counts for a unit directly."""
    found: dict[str, list[Line]] = {}
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff")), delimiter=delimiter))
    least: dict[str, int] = {}
    for row in rows:
        if row["done"]:
            least[row["phase"]] = min(least.get(row["phase"], 99), int(row["depth"]))
    for row in rows:
        if not row["done"]:
            continue  # a target of a unit whose own figure is not shown
        unit: dict[str, Any] = {key: value or None for key, value in row.items()}
        unit |= {key: None if unit[key] is None else int(unit[key]) for key in ("done", "direct", "quota", "short")}
        unit["also"] = {
            key.removeprefix("also."): int(value) for key, value in row.items() if key.startswith("also.") and value
        }
        unit["bases"] = {
            each: {key: row[f"bases.{each}.{key}"] or None for key in ("quota", "percent")}
            for each in names.bases if f"bases.{each}.quota" in row
        }  # fmt: skip
        unit["rank"] = {"place": row["rank.place"], "among": int(row["rank.among"])} if row.get("rank.place") else None
        line = _unit_line(unit, int(row["depth"]) - least[row["phase"]], row["name"], names, None, lang)
        found.setdefault(row["phase"], []).append(line)
    return {phase: tuple(lines) for phase, lines in found.items()}


def _unit_lines(
    units: Sequence[Mapping[str, Any]],
    targets: Sequence[Mapping[str, Any]],
    every: Mapping[str, str],
    names: Names,
    since: str | None,
    lang: Lang,
    *,
    as_tree: bool,
) -> Iterator[Line]:
    words, least = WORDS[lang], min(unit["depth"] for unit in units)
    parents = {unit["parent"] for unit in units}
    alike = [unit["name"].casefold() for unit in units]
    for unit in units:
        level, name = unit["depth"] - least if as_tree else 0, flat(unit["name"])
        if not as_tree and unit["parent"] and (unit["depth"] > 1 or alike.count(unit["name"].casefold()) > 1):
            name = f"{name} ({every.get(unit['parent'], '…')})"
        if "ended" in unit:
            name = words.ended.format(name=name, day=date.fromisoformat(unit["ended"]).strftime(words.day))
        yield _unit_line(unit, level, name, names, since, lang)
        for target in targets:
            if target["unit"] == unit["id"]:
                yield _target_line(target, level + 1, lang)
        if as_tree and unit["direct"] and unit["id"] in parents:
            yield Line(level + 1, words.direct, grouped(unit["direct"], lang))


def _unit_line(unit: Mapping[str, Any], level: int, name: str, names: Names, since: str | None, lang: Lang) -> Line:
    words = WORDS[lang]
    more = [(names.also[key], grouped(value, lang)) for key, value in (unit.get("also") or {}).items()]
    for key, on in (unit.get("bases") or {}).items():
        if on["quota"] is not None:
            more.append((names.bases[key], _figure(unit["done"], int(on["quota"]), on["percent"], lang)))
    if since is not None:
        day = date.fromisoformat(since).strftime(words.day)
        more.append((words.since.format(day=day), grouped(unit["since"], lang)))
    if (rank := unit.get("rank")) and rank["among"] > 1:
        more.append((words.rank, f"{rank['place']}/{rank['among']}"))
    short = grouped(unit["short"], lang) if unit["short"] else ""
    said = _figure(unit["done"], unit["quota"], unit["percent"], lang)
    return Line(level, name, said, short, tuple(more), words.statuses[unit["status"]])


def _figure(done: int, quota: int | None, percent: str | None, lang: Lang) -> str:
    asked = "" if quota is None else grouped(quota, lang)
    return figure(grouped(done, lang), asked, "" if percent is None else printed(percent, lang))


def _target_line(target: Mapping[str, Any], level: int, lang: Lang) -> Line:
    """A count or a sum like done and quota; a ratio as the parts of which it is made."""
    words = WORDS[lang]
    name, value, asked = words.target + target["name"], Fraction(target["value"]), Fraction(target["at_least"])
    status = "none" if not value else "exceeded" if value > asked else "met" if value == asked else "below"
    if status == "below" and value >= asked * Fraction(9, 10):
        status = "near"
    if "of" not in target:
        short = grouped(int(asked - value), lang) if value < asked else ""
        return Line(
            level, name, _figure(int(value), int(asked), target["percent"], lang), short, (), words.statuses[status]
        )
    share = target["measure"] != "average"
    least = printed(f"{asked * (100 if share else 1)}", lang) + ("%" if share else "")
    exact = value * (100 if share else 1)
    text = printed(f"{float(exact):.1f}".removesuffix(".0"), lang) + ("%" if share else "")
    of = f"{grouped(target['of']['part'], lang)}/{grouped(target['of']['whole'], lang)}"
    name = words.at_least.format(name=name, least=least)
    return Line(level, name, f"{of} = {text}", "", (), words.statuses[status])


# --- pictures --------------------------------------------------------------------------------------------------------


def read_picture(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The title in an SVG, and the texts that are drawn as outlines, which stand beside them as comments."""
    tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    title = tree.findtext("{http://www.w3.org/2000/svg}title") or ""
    return title, tuple(str(each.text).strip() for each in tree.iter(etree.Comment))


def png_title(content: bytes) -> str:
    """The title in the properties of a PNG."""
    at = 8
    while at < len(content):
        (size,), kind = struct.unpack(">I", content[at : at + 4]), content[at + 4 : at + 8]
        chunk = content[at + 8 : at + 8 + size]
        if kind == b"tEXt" and chunk.startswith(b"Title\0"):
            return chunk[6:].decode("latin-1")
        if kind == b"iTXt" and chunk.startswith(b"Title\0"):
            packed, rest = chunk[6], chunk[8:].split(b"\0", 2)[2]
            return (zlib.decompress(rest) if packed else rest).decode()
        at += size + 12
    return ""


# --- packages --------------------------------------------------------------------------------------------------------


def parts_of(path: Path) -> Mapping[str, Any]:
    """The XML of each part of an office file, every part well-formed and no name twice."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        assert len(package.namelist()) == len(set(package.namelist()))
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        return {
            name: etree.fromstring(package.read(name), parser)
            for name in package.namelist()
            if name.endswith((".xml", ".rels"))
        }

"""One grid feeds all: figures, order and words are the same in every format.

One run of the program writes a report in every format at once; each file is read back as somebody else's program
would read it (`read_back`), and must say what the grid of that run says (`tables.lay_out`). What a format holds
otherwise by design stands in one table, `BY_DESIGN`: whatever is not in it must be equal, letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sangkien_cli import tables
from sangkien_cli.lang import LANGUAGES, Lang, phrase
from tests.conftest import ROOT, Run, write_files
from tests.read_back import (
    WORDS,
    Line,
    Names,
    Paper,
    Reason,
    Section,
    flat,
    png_title,
    read_csv,
    read_document,
    read_json,
    read_markdown,
    read_page,
    read_picture,
    read_text,
    read_workbook,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of bars that are solid

FILES = ("a.txt", "a.md", "a.html", "a.xlsx", "a.docx", "a.csv", "a.json")
PICTURES = ("a.svg", "a.png")
_MOST_BARS, _LEAST_BARS = 40, 15  # in a picture, and of one phase


# --- the grid of a run -----------------------------------------------------------------------------------------------


def paper_of(sheet: tables.Sheet) -> Paper:
    """The grid in the pieces that readers give."""
    return Paper(
        sheet.title,
        sheet.subtitle,
        tuple(
            Section(
                section.title,
                tuple(_line(line, section) for line in section.lines),
                section.remark,
                (*section.notes, *filter(None, [section.gap])),
            )
            for section in sheet.sections
        ),
        tuple(flat(" ".join([each.title, *(text for _, text in each.lines)])) for each in sheet.passages),
        sheet.balance,
        tuple(Reason(line.rows, line.words, line.code, " ".join(line.details)) for line in sheet.set_aside),
    )


def _line(line: tables.Line, section: tables.Section) -> Line:
    more = tuple((head, text) for head, text in zip(section.more, line.more, strict=False) if text)
    return Line(line.indent, line.name, line.figure, line.short, more, line.word, line.below)


@dataclass(frozen=True)
class Written:
    """The files of one run, and what the program laid out for them."""

    folder: Path
    lang: Lang
    plain: tables.Sheet  # for whoever runs the program
    handed_in: tables.Sheet  # for whoever is handed a page
    ranked: tables.Sheet  # with a column of places, which a workbook always has

    def text(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode()


def write(
    run_here: Run, patch: pytest.MonkeyPatch, folder: Path, lang: Lang, arguments: Sequence[str], files: Sequence[str]
) -> Written:
    """All files by one run, and every grid that it laid out."""
    laid_out: list[tuple[bool, tables.Sheet]] = []
    lay_out = tables.lay_out

    def watched(report: Any, lang: Lang, layout: tables.Layout = tables.TREE) -> tables.Sheet:
        laid_out.append((layout.advice, lay_out(report, lang, layout)))
        return laid_out[-1][1]

    with patch.context() as inside:
        inside.setattr(tables, "lay_out", watched)
        outputs = [option for name in files for option in ("-o", name)]
        done = run_here("report", *arguments, *outputs, lang=lang)
    assert done.code == 0, done.stderr
    plain = [sheet for advice, sheet in laid_out if advice]
    handed_in = [sheet for advice, sheet in laid_out if not advice]
    ranked = max(handed_in, key=lambda sheet: sum(len(section.more) for section in sheet.sections))
    return Written(folder, lang, plain[0], handed_in[0], ranked)


# --- what is otherwise by design -------------------------------------------------------------------------------------

Rule = Callable[[Paper, Paper], Paper]  # what is in the grid, what was read: what of the grid must be in the file


def _each_line(paper: Paper, change: Callable[[Line], Line]) -> Paper:
    changed = (replace(section, lines=tuple(change(line) for line in section.lines)) for section in paper.sections)
    return replace(paper, sections=tuple(changed))


def status_makes_way(grid: Paper, read: Paper) -> Paper:
    """Only all statuses of a section at once, and only beside further columns."""
    sections = []
    for section, found in zip(grid.sections, read.sections, strict=True):
        gave_way = any(line.more for line in section.lines) and not any(line.word for line in found.lines)
        lines = tuple(replace(line, word="") for line in section.lines) if gave_way else section.lines
        sections.append(replace(section, lines=lines))
    return replace(grid, sections=tuple(sections))


def pace_stands_above(grid: Paper, read: Paper) -> Paper:
    """The notes of each section, in the order that they have in the page."""

    def ordered(section: Section, found: Section) -> Section:
        assert set(section.notes) == set(found.notes)
        return replace(section, notes=tuple(sorted(section.notes, key=found.notes.index)))

    return replace(grid, sections=tuple(map(ordered, grid.sections, read.sections)))


def only_tables(grid: Paper, _read: Paper) -> Paper:
    """Sections without lines are remarks below the table before them, or below the first; without any they have one."""
    with_lines = [section for section in grid.sections if section.lines] or [grid.sections[0]]
    remarks: list[list[str]] = [[] for _ in with_lines]
    at = 0
    for section in grid.sections:
        if section in with_lines:
            at = with_lines.index(section)
        else:
            remarks[at] += [": ".join(filter(None, (section.title, section.remark))), *section.notes]
    sections = (
        replace(section, remark="", notes=(*section.notes, *more))
        for section, more in zip(with_lines, remarks, strict=True)
    )
    return replace(grid, sections=tuple(sections))


def place_comes_first(grid: Paper, read: Paper) -> Paper:
    """Xếp thứ stands right behind Còn thiếu."""
    rank = {WORDS[lang].rank for lang in WORDS}
    return _each_line(
        grid, lambda line: replace(line, more=tuple(sorted(line.more, key=lambda pair: pair[0] not in rank)))
    )


def rows_are_listed(grid: Paper, _read: Paper) -> Paper:
    """Every row that was set aside has a line of its own, so that reasons need no examples, and no code."""
    often: dict[str, int] = {}
    for reason in grid.reasons:
        often[reason.words] = often.get(reason.words, 0) + _number(reason.rows)
    return replace(grid, reasons=tuple(Reason(str(rows), words, "") for words, rows in sorted(often.items())))


def _number(text: str) -> int:
    return int(re.sub("[.,]", "", text))


def prose_tells_the_pace(grid: Paper, read: Paper) -> Paper:
    """How the topmost units go on is said in a part of its own, in other words."""

    def told(note: str, section: Section) -> bool:
        about = [line.name for line in section.lines if line.level == 0]
        begins = ("Giữ nhịp", "At the pace", *about)
        return note.startswith(begins)

    sections = (
        replace(section, notes=tuple(note for note in section.notes if note in found.notes or not told(note, section)))
        for section, found in zip(grid.sections, read.sections, strict=True)
    )
    return replace(grid, sections=tuple(sections))


def rows_in_prose(grid: Paper, _read: Paper) -> Paper:
    """How many rows were read, count and do not, without signs of arithmetic and without rows that are no data."""
    read, counted, aside = re.findall(r"\d+(?:[.,]\d+)*", grid.balance)[:3]
    return replace(grid, balance=" ".join((read, counted, aside) if aside != "0" else (read,) if read != "0" else ()))


_PLAIN_REASONS = {
    phrase(key, lang): phrase(plain, lang)
    for lang in LANGUAGES
    for key, plain in (
        ("reason.unknown-unit", "docx.reason.unknown"), ("reason.ambiguous-unit", "docx.reason.ambiguous"),
    )
}  # fmt: skip


def reasons_for_the_office(grid: Paper, _read: Paper) -> Paper:
    """Reasons begin with a capital letter as cells do, speak of no tree, and have no code and no examples."""
    words = [_PLAIN_REASONS.get(reason.words, reason.words) for reason in grid.reasons]
    reasons = (
        Reason(each.rows, word[0].upper() + word[1:], "") for each, word in zip(grid.reasons, words, strict=True)
    )
    return replace(grid, reasons=tuple(reasons))


# By format: what a file says otherwise than the grid, and why; each with the function that allows just that.
BY_DESIGN: Mapping[str, Mapping[str, Rule]] = {
    "a.txt": {
        "on a page of 80 columns the status makes way for further columns": status_makes_way,
    },
    "a.md": {},
    "a.html": {
        "the sentences on the pace of the topmost units stand above their table": pace_stands_above,
    },
    "a.xlsx": {
        "a section without lines has no sheet of its own": only_tables,
        "the place stands before other further columns, as offices have it": place_comes_first,
        "rows set aside are listed one by one": rows_are_listed,
    },
    "a.docx": {
        "the pace is told in prose": prose_tells_the_pace,
        "the rows are told in a sentence of a letter, not of a log": rows_in_prose,
        "reasons are said in plain words, their sum below them": reasons_for_the_office,
    },
}
# Further: a workbook's sheets have the head and foot of an office's, and say what their sums add up. Text says what
# to run next, pages that are handed in do not (two grids, which else are one: see below). A workbook has the place
# among siblings without --rank. JSON and CSV have figures only: exact numbers of the pace and of changes, ids for
# names, a code for a status; a phase that has not begun has its lines there, all of them 0. A picture has a bar for
# each unit right below the topmost one that has a quota.


def expected(name: str, grid: tables.Sheet, read: Paper) -> Paper:
    paper = paper_of(grid)
    for rule in BY_DESIGN[name].values():
        paper = rule(paper, read)
    return paper


# --- each file -------------------------------------------------------------------------------------------------------


def check_pages(made: Written) -> None:
    """Text, Markdown, HTML: all that the grid says."""
    sections = len(made.plain.sections)
    for name, read, grid in (
        ("a.txt", read_text, made.plain), ("a.md", read_markdown, made.handed_in), ("a.html", read_page, made.handed_in)
    ):  # fmt: skip
        found = read(made.text(name), sections, made.lang)
        same(name, found, expected(name, grid, found))


def check_workbook(made: Written) -> None:
    """The tables line by line; below them what the grid says there, beside what an office adds (sums, signatures)."""
    book = read_workbook(made.folder / "a.xlsx", made.lang)
    grid = expected("a.xlsx", made.ranked, book.paper)
    sections = [
        replace(read, notes=tuple(note for note in read.notes if note in section.notes))
        for read, section in zip(book.paper.sections, grid.sections, strict=True)
    ]
    reasons = tuple(Reason(str(rows), words, "") for words, rows in sorted(book.aside.items()))
    passages = tuple(each for each in grid.passages if each in "".join(book.paper.passages))
    same("a.xlsx", replace(book.paper, sections=tuple(sections), reasons=reasons, passages=passages), grid)
    for total, section in zip(book.totals, grid.sections, strict=True):
        check_total(total, section)


def check_total(total: str, section: Section) -> None:
    """With one unit on top that has units below it, the sum is that unit's figure."""
    first, *others = section.lines or [Line(0, "", "")]
    if others and all(line.level for line in others):
        assert total == first.figure


def check_document(made: Written) -> None:
    """The tables line by line; the rest is prose: what the grid says there must be said somewhere."""
    document = read_document(made.folder / "a.docx", made.lang)
    grid = paper_of(made.handed_in)
    tables_ = [section for section in grid.sections if section.lines]
    assert len(document.sections) == len(tables_)
    said = "\n".join(document.paragraphs)
    sections = []
    for read, section in zip(document.sections, tables_, strict=True):
        title = section.title if any(section.title in each for each in read.above) else ""
        notes = tuple(note for note in section.notes if flat(note) in document.paragraphs)
        sections.append(Section(title, read.lines, section.remark, notes))
        check_total(read.total, section)
    for section in grid.sections:
        assert section.remark in said
    assert _in_letters(re.findall(r"\d+(?:[-/]\d+){2}", grid.subtitle)[0], made.lang) in said
    passages = [[each.title, *(text for _, text in each.lines)] for each in made.handed_in.passages]
    *reasons, total = document.reasons or [("", "0")]
    assert _number(total[1]) == sum(_number(rows) for _, rows in reasons)
    told = next((each for each in document.paragraphs if each.startswith(_ROWS[made.lang])), "")
    found = Paper(
        grid.title if grid.title in said else "",
        grid.subtitle,
        tuple(sections),
        tuple(flat(" ".join(texts)) for texts in passages if all(flat(text) in said for text in texts)),
        " ".join(re.findall(r"\d+(?:[.,]\d+)*", told)),
        tuple(Reason(rows, words, "") for words, rows in reasons),
    )
    wanted = replace(grid, sections=tuple(tables_))
    for rule in BY_DESIGN["a.docx"].values():
        wanted = rule(wanted, found)
    same("a.docx", found, wanted)
    # No list and no sentence has a figure that no table has.
    every = [(line.name, line.figure) for section in grid.sections for line in section.lines]
    for listed, figure in document.lists:
        # With the unit above it, where it is not right below the top.
        assert any(figure == own and f"{listed} (".startswith(f"{name} (") for name, own in every), listed
    figures = {line.figure for section in grid.sections for line in section.lines}
    figures |= {text for section in grid.sections for line in section.lines for _, text in line.more}
    stated = set(re.findall(r"\d[\d.,]*/\d[\d.,]* = [\d.,]+%", said))
    campaigns = {figure for figure in stated if made.handed_in.sections[0].figure.startswith(("Trong đợt", "In the"))}
    assert stated - campaigns <= figures


_ROWS = {"vi": "Số liệu được tổng hợp từ", "en": "The figures are drawn from"}


def _in_letters(day: str, lang: Lang) -> str:
    """A day as a letter has it: 2022-07-15 is 15 July 2022 in English, 15/07/2022 stays in Vietnamese."""
    if lang == "vi":
        return day
    months = phrase("docx.months", "en").split()
    year, month, of_month = map(int, day.split("-"))
    return f"{of_month} {months[month - 1]} {year}"


def check_figures(made: Written, quota_file: Path) -> None:
    """JSON and CSV: every line of the grid by its numbers."""
    config = yaml.safe_load(quota_file.read_text())
    also = {key: each["name"] for key, each in config.get("also_count", {}).items()}
    names = Names(also, config.get("bases", {}), dict(names_of(config["units"])))
    as_tree = any(line.indent for section in made.plain.sections for line in section.lines)
    by_json = read_json(made.text("a.json"), names, made.lang, as_tree=as_tree)
    by_csv = read_csv(made.text("a.csv"), names, made.lang)
    for section, of_grid in zip(made.plain.sections, paper_of(made.plain).sections, strict=True):
        lines = by_json.get(section.phase, ())
        if not section.lines:
            assert all(line.figure.startswith("0") for line in lines)
            continue
        held = [pair for line in lines for pair in line.more]
        heads = {head for head, _ in held}
        wanted = [_in_numbers(line, heads, made.lang) for line in of_grid.lines]
        same("a.json", tuple(map(_plain, lines)), tuple(wanted))
        words = WORDS[made.lang]
        own = [line for line in lines if line.name != words.direct and not line.name.startswith(words.target)]
        units = [_plain(line) for line in own]
        of_csv = [_plain(line) for line in by_csv[section.phase]]
        if not as_tree:
            of_csv = [replace(line, level=0, name=unit.name) for line, unit in zip(of_csv, units, strict=True)]
        since = {head for head, _ in held if head.startswith(words.since.partition("{")[0])}
        same(
            "a.csv",
            tuple(replace(line, name="") for line in of_csv),
            tuple(
                replace(unit, name="", more=tuple(pair for pair in unit.more if pair[0] not in since)) for unit in units
            ),
        )
        assert all(unit.name.startswith(line.name) for line, unit in zip(by_csv[section.phase], units, strict=True))


def names_of(units: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The names of units by their ids, of those that were given one."""
    for unit in units:
        yield unit.get("id", ""), unit["name"]
        yield from names_of(unit.get("units", []))


_THERE_BEFORE = ("đạt từ trước", "met before")  # of a campaign that asks nothing of a unit: a quota of 0, in numbers


def _in_numbers(line: Line, heads: Iterable[str], lang: Lang) -> Line:
    """A line of the grid as far as numbers say it."""
    more = tuple(sorted(pair for pair in line.more if pair[0] in heads))
    if line.word in _THERE_BEFORE:
        line = replace(line, figure=f"{line.figure}/0", word=WORDS[lang].statuses["met"])
    return replace(line, more=more, below=())


def _plain(line: Line) -> Line:
    return replace(line, more=tuple(sorted(line.more)))


def check_pictures(made: Written) -> None:
    """Titles, names, figures and statuses of the bars, in the order of the grid."""
    title, drawn = read_picture((made.folder / "a.svg").read_bytes())
    assert png_title((made.folder / "a.png").read_bytes()) == title
    sections = [section for section in made.handed_in.sections if bars_of(section)]
    sections = [section for section in sections if section.phase != "all"] or sections
    assert sections
    most = max(_MOST_BARS // len(sections), _LEAST_BARS)
    shown = [line for section in sections for line in bars_of(section)[:most]]
    figures = [f"{line.figure}  {line.word}" for line in shown]
    assert [text for text in drawn if text in figures] == figures
    said = flat(" ".join(drawn))
    assert all(line.name in said for line in shown)
    assert all(text in title for text in (made.handed_in.title, made.handed_in.subtitle))
    assert all(section.title in title for section in sections)
    tops = {line.figure for section in sections for line in section.lines if line.indent == 0}
    assert set(re.findall(r"\d[\d.,]*/\d[\d.,]* = [\d.,]+%", title)) <= tops


def bars_of(section: tables.Section) -> Sequence[tables.Line]:
    """The units with a quota right below the one on top, else those on top."""
    units = [line for line in section.lines if line.of is not None and line.share is not None]
    alone = sum(line.of is not None and line.indent == 0 for line in section.lines) == 1
    below = [line for line in units if line.indent == 1]
    return below if alone and below else [line for line in units if line.indent == 0]


def same(name: str, read: Any, wanted: Any) -> None:
    """Equal, or the first piece that is not."""
    if isinstance(read, Paper) and isinstance(wanted, Paper):
        for piece in ("title", "subtitle", "balance", "passages", "reasons"):
            assert (name, getattr(read, piece)) == (name, getattr(wanted, piece))
        assert [each.title for each in read.sections] == [each.title for each in wanted.sections], name
        for found, section in zip(read.sections, wanted.sections, strict=True):
            assert (name, found.remark, found.notes) == (name, section.remark, section.notes)
            same(name, found.lines, section.lines)
        return
    for found, line in zip(read, wanted, strict=False):
        assert (name, found) == (name, line)
    assert (name, len(read)) == (name, len(wanted))


def check(made: Written, quota_file: Path) -> None:
    check_pages(made)
    check_workbook(made)
    check_document(made)
    check_figures(made, quota_file)
    one_grid(made)


def one_grid(made: Written) -> None:
    """The grids that the formats were made of are one, but for advice and the workbook's places."""

    def without_advice(sheet: tables.Sheet) -> Paper:
        paper = paper_of(sheet)
        return replace(paper, sections=tuple(replace(each, notes=()) for each in paper.sections), reasons=())

    rank = WORDS[made.lang].rank
    plain, handed_in, ranked = map(without_advice, (made.plain, made.handed_in, made.ranked))
    assert plain == handed_in
    asked = any(head == rank for section in plain.sections for line in section.lines for head, _ in line.more)
    if not asked:
        ranked = _each_line(
            ranked, lambda line: replace(line, more=tuple(each for each in line.more if each[0] != rank))
        )
    assert ranked == handed_in
    for one, other in zip(made.plain.sections, made.handed_in.sections, strict=True):
        assert len(one.notes) == len(other.notes)
    counts = [[(each.rows, each.code) for each in sheet.set_aside] for sheet in (made.plain, made.handed_in)]
    assert counts[0] == counts[1]


# --- the samples -----------------------------------------------------------------------------------------------------

SAMPLES: Mapping[str, tuple[str, str, Lang, str]] = {
    # name: quota file, as-of date, language, options
    "thai-nguyen": ("thai-nguyen", "2022-07-15", "vi", ""),
    "thai-nguyen-en": ("thai-nguyen", "2022-07-15", "en", "--rank --pace"),
    "ca-mau": ("ca-mau", "2022-04-25", "vi", "--rank --since 2022-04-18"),
    "ca-mau-en": ("ca-mau", "2022-04-25", "en", "--pace"),
    "ca-mau-claims": ("ca-mau", "2022-04-25", "vi", "--depth 1 --claims {claims}/{name}.yaml"),
    "claims": ("thai-nguyen", "2022-04-27", "en", "--claims {claims}/{name}.yaml --phase gd1 --depth 1"),
    "claims-2022-07-15": ("thai-nguyen-2022-07-15", "2022-07-15", "vi", "--depth 1 --claims {claims}/{name}.yaml"),
    "campaign": ("thai-nguyen", "2022-04-27", "vi", "--campaign cao-diem"),
    "campaign-en": ("thai-nguyen", "2022-04-27", "en", "--campaign cao-diem --depth 1 --rank"),
    "none": ("ca-mau", "2022-04-25", "vi", "--only none --sort short --top 5"),
    "list-en": ("thai-nguyen", "2022-04-27", "en", "--only none,below --sort percent --reverse --top 8"),
    "depth": ("thai-nguyen", "2022-04-27", "vi", "--depth 1 --pace --rank"),
    "unit": ("thai-nguyen", "2022-04-27", "vi", "--unit pho-yen --pace"),
    "targets": ("ngoc-lac", "2021-10-10", "vi", "--claims {claims}/{name}.yaml"),
    "targets-en": ("ngoc-lac", "2021-10-10", "en", "--rank"),
    "bases": ("quoc-gia", "2022-07-01", "vi", "--basis giao --basis dang-ky"),
    "basis-en": ("quoc-gia", "2022-07-01", "en", "--basis dang-ky --rank"),
    "no-decimals": ("ha-noi-co-quan", "2022-05-31", "vi", "--claims {claims}/{name}.yaml"),
    "ended": ("ca-mau-2025", "2025-09-30", "vi", "--rank"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_every_format_says_the_same(name: str, run_here: Run, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    config, as_of, lang, options = SAMPLES[name]
    quota_file = ROOT / "configs" / f"{config}.yaml"
    typed = options.format(claims=ROOT / "configs" / "claims", name=config).split()
    files = [*FILES, *(PICTURES if name in ("thai-nguyen", "ca-mau-en", "depth", "basis-en") else ())]
    made = write(run_here, monkeypatch, folder, lang, ["-c", str(quota_file), "--as-of", as_of, *typed], files)
    check(made, quota_file)
    if "a.svg" in files:
        check_pictures(made)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_comparison_says_the_same_in_every_format(
    lang: Lang, run_here: Run, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    quota_file = ROOT / "configs" / "ca-mau.yaml"
    of = ["-c", str(quota_file)]
    assert run_here("report", *of, "--as-of", "2022-04-10", "-o", "early.json", "--ledger", "early.csv").code == 0
    made = write(run_here, monkeypatch, folder, lang, [*of, "--as-of", "2022-04-25", "--compare", "early.json"], FILES)
    assert made.plain.passages
    assert any("+685" in text for line in made.plain.sections[0].lines for text in line.more)
    check(made, quota_file)


# --- any tree --------------------------------------------------------------------------------------------------------

_WORDS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạ-()/&0123456789ABĐ", min_size=1, max_size=9)
_NAMES = st.lists(_WORDS, min_size=1, max_size=12).map(" ".join)


@st.composite
def trees(draw: st.DrawFn) -> tuple[str, str]:
    """A quota file of up to nine units on four levels, some without a quota, and a few rows."""
    names = [f"{draw(_NAMES)} u{number}" for number in range(draw(st.integers(1, 9)))]
    units: list[dict[str, Any]] = []
    roots: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        quota = draw(st.one_of(st.none(), st.sampled_from([0, 1, 3, 7, 1000, 123456, 10**9])))
        unit: dict[str, Any] = {"name": name, "id": f"u{number}", "depth": 0}
        unit |= {} if quota is None else {"quota": {"mot": quota}}
        above = draw(st.sampled_from([None, *units])) if number else None
        if above is None or above["depth"] > 2:
            roots.append(unit)
        else:
            above.setdefault("units", []).append(unit)
            unit["depth"] = above["depth"] + 1
        units.append(unit)
    rows = [
        f'{draw(st.integers(0, 3000))},{draw(st.sampled_from(["02/01/2022", "05/03/2022", "09/09/2022", ""]))},"{name}"'
        for name in draw(st.lists(st.sampled_from([*names, "ở đâu"]), max_size=12))
    ]
    for unit in units:
        del unit["depth"]
    quota_file = {
        "programme": draw(_NAMES) + " 1",
        "language": draw(st.sampled_from(["vi", "en"])),
        "percent": {"decimals": draw(st.integers(0, 3)), "rounding": draw(st.sampled_from(["half-up", "down", "up"]))},
        "phases": {
            "mot": {"name": "Đợt 1", "from": "2022-01-01", "to": "2022-05-31"},
            "hai": {"name": "Đợt 2", "from": "2022-06-01", "to": "2022-12-31"},
        },
        "exports": {"files": ["rows.csv"], "columns": {"submitted": "Ngày", "count": "Số", "unit": ["Đơn vị"]}},
        "count": {"once_per": "none"},
        "units": roots,
    }
    return yaml.safe_dump(quota_file, allow_unicode=True, width=1000), "\n".join(["Số,Ngày,Đơn vị", *rows, ""])


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    made=trees(),
    as_of=st.sampled_from(["2022-03-31", "2022-10-01"]),
    options=st.sampled_from(["", "--rank --pace", "--sort percent", "--depth 1"]),
)
def test_any_tree_is_the_same_in_every_format(
    run_here: Run, monkeypatch: pytest.MonkeyPatch, folder: Path, made: tuple[str, str], as_of: str, options: str
) -> None:
    quota, rows = made
    write_files(folder, {"q.yaml": quota.encode(), "rows.csv": rows.encode()})
    lang: Lang = yaml.safe_load(quota)["language"]
    check(
        write(run_here, monkeypatch, folder, lang, ["-c", "q.yaml", "--as-of", as_of, *options.split()], FILES),
        folder / "q.yaml",
    )

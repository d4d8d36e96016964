"""The page, the Markdown and the picture of a report: what the grid says, safe to open, usable by everyone."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any
from xml.etree import ElementTree

import cmarkgfm
import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Dialog, Page, Route

from sangkien_cli.lang import Lang
from sangkien_cli.lists import Selection
from sangkien_cli.pipeline import count, load_config
from sangkien_cli.render.bars import draw_bars
from sangkien_cli.render.made import Made
from sangkien_cli.render.report_html import render_report_html
from sangkien_cli.render.report_md import render_report_md
from sangkien_cli.render.scale import scale_of
from sangkien_cli.tables import TREE, Layout, Line, Passage, lay_out
from sangkien_cli.views import View, view
from tests.browser import chromium
from tests.conftest import Run, write_files

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = {"thai-nguyen": date(2022, 4, 27), "ca-mau": date(2022, 4, 25), "ngoc-lac": date(2021, 9, 1)}
ORIGIN = '{"schema": "sangkien.origin/1", "command": "report"}'


def made_of(config: Path, as_of: date, lang: Lang = "vi", wanted: View | None = None, layout: Layout = TREE) -> Made:
    counted = count(load_config(config), None, as_of)
    shown = view(counted, wanted or View()).report
    return Made(shown, counted.report, counted.judged, lay_out(shown, lang, layout), lang, ORIGIN)


@cache
def sample(name: str, lang: Lang = "vi") -> Made:
    return made_of(ROOT / "configs" / f"{name}.yaml", SAMPLES[name], lang)


SMALL = """
    programme: 1 triệu sáng kiến
    language: vi
    phases:
      p1: {name: Đợt một, from: 2022-01-08, to: 2022-02-20}
    exports:
      files: [export.csv]
      columns: {submitted: Ngày, unit: [CĐCS, Huyện], count: Số}
    units:
      - name: Tỉnh
        quota: {p1: 100}
        units:
          - name: Huyện Đồng Hỷ
            quota: {p1: 50}
            units:
              - {name: CĐCS Ấp 10, quota: {p1: 10}}
              - {name: CĐCS Ấp 9, quota: {p1: 10}}
          - {name: Huyện Ăn, id: an-2, quota: {p1: 8}}
          - {name: Huyện An, quota: {p1: 1000}}
          - {name: Huyện Đất}
"""
ROWS = """
    CĐCS,Huyện,Ngày,Số
    CĐCS Ấp 10,Huyện Đồng Hỷ,10/01/2022,4
    CĐCS Ấp 9,Huyện Đồng Hỷ,11/01/2022,10
    ,Huyện Đồng Hỷ,12/01/2022,1
    ,Huyện Ăn,13/01/2022,9
    ,Huyện An,14/01/2022,30
    ,Huyện lạ,14/01/2022,1
"""


def small(folder: Path, lang: Lang = "vi") -> Made:
    write_files(folder, {"sangkien.yaml": SMALL, "export.csv": ROWS})
    return made_of(folder / "sangkien.yaml", date(2022, 1, 31), lang)


# --- the same grid -----------------------------------------------------------------------------------------------

WANTED = [
    ("thai-nguyen", "vi", View(), TREE),
    ("thai-nguyen", "en", View(rank=True), Layout(pace=True)),
    ("ca-mau", "vi", View(), TREE),
    ("ca-mau", "en", View(selection=Selection(sort="percent", top=5)), Layout(as_tree=False)),
    ("ngoc-lac", "vi", View(), TREE),  # targets
]


def read_page(page: str) -> list[list[tuple[object, ...]]]:
    """The lines of each section, as they stand in the page."""
    sections: list[list[tuple[object, ...]]] = []
    for section in html.fromstring(page).xpath("//main/section[starts-with(@id, 's') and h2 and @id!='sources']"):
        lines: list[tuple[object, ...]] = []
        for row in section.xpath("./table/tbody/tr"):
            first, *cells = row
            below = [text(each) for each in first.xpath("./small")]
            texts = [text(cell) for cell in cells]
            asked = len(section.xpath("./table/thead/tr/th[contains(@class, ' p')]"))
            if cells[0].get("colspan"):  # what a target's figure is made of
                figure, rest = " = ".join(filter(None, texts[:2])), texts[2:]
            elif asked:
                quota, done, percent = texts[:3]
                figure = done + "".join(f"{a}{b}" for a, b in zip("/=", (quota, percent), strict=True) if b)
                figure, rest = figure.replace("=", " = "), texts[3:]
            else:
                figure, rest = texts[0], ["", *texts[1:]]
            name = (first.text or "").strip()
            lines.append((int(row.get("data-level")), name, figure, rest[0], tuple(rest[1:-1]), rest[-1], below))
        sections.append(lines)
    return sections


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def grid_lines(made: Made) -> list[list[tuple[object, ...]]]:
    def line(each: Line, more: int) -> tuple[object, ...]:
        cells = each.more or ("",) * more
        return (each.indent, each.name, each.figure, each.short, cells, each.word, list(each.below))

    return [[line(each, len(section.more)) for each in section.lines] for section in made.sheet.sections]


@pytest.mark.parametrize(("name", "lang", "wanted", "layout"), WANTED)
def test_the_page_says_what_the_grid_says(name: str, lang: Lang, wanted: View, layout: Layout) -> None:
    made = made_of(ROOT / "configs" / f"{name}.yaml", SAMPLES[name], lang, wanted, layout)
    made = replace(made, sheet=replace(made.sheet, passages=(Passage("Then & now", ((0, "a"), (1, "b"))),)))
    page = render_report_html(made)
    assert read_page(page) == grid_lines(made)
    tree = html.fromstring(page)
    assert tree.get("lang") == lang
    assert text(tree.xpath("//h1")[0]) == made.sheet.title
    assert text(tree.xpath("//p[@class='subtitle']")[0]) == made.sheet.subtitle
    heads = [text(each) for each in tree.xpath("//main/section/h2")]
    assert heads[: len(made.sheet.sections) + 1] == [*(each.title for each in made.sheet.sections), "Then & now"]
    said = text(tree.xpath("//main")[0])
    for section in made.sheet.sections:
        assert all(" ".join(note.split()) in said for note in (*section.notes, section.remark))
    assert text(tree.xpath("//p[@class='balance']")[0]) == made.sheet.balance
    reasons = [
        tuple(text(each) for each in reason.xpath("./h3/* | ./details/p[@class='code']/code | ./ul/li"))
        for reason in tree.xpath("//div[@class='reason']")
    ]
    assert reasons == [(each.rows, each.words, *each.details, each.code) for each in made.sheet.set_aside]


@pytest.mark.parametrize(("name", "lang", "wanted", "layout"), WANTED)
def test_markdown_says_what_the_grid_says(name: str, lang: Lang, wanted: View, layout: Layout) -> None:
    made = made_of(ROOT / "configs" / f"{name}.yaml", SAMPLES[name], lang, wanted, layout)
    tree = html.fromstring(MarkdownIt("commonmark").enable("table").render(render_report_md(made)))
    read = []
    for table in tree.xpath("//table"):
        lines = []
        for row in table.xpath("./tbody/tr"):
            name_cell, figure, short, *more, word = row
            shown = name_cell.text or ""
            below = [each.tail for each in name_cell.xpath("./br")]
            level, cells = shown.count("\u2003"), tuple(each.text or "" for each in more)
            plain = shown.lstrip("\u2003")
            lines.append((level, plain, figure.text, short.text or "", cells, word.text or "", below))
        read.append(lines)
    assert read[:-1] == [lines for lines in grid_lines(made) if lines]  # the last are the sources
    said = text(tree)
    for sentence in (made.sheet.subtitle, made.sheet.balance, *(each.title for each in made.sheet.sections)):
        assert sentence in said
    for line in made.sheet.set_aside:
        assert f"{line.rows} – {line.words} ({line.code})" in said
        assert all(detail in said for detail in line.details)
    *_, sources = tree.xpath("//table")
    hashes = {row[0].text_content(): row[3].text_content() for row in sources.xpath("./tbody/tr")}
    assert {each.path: each.sha256 for each in made.report.inputs}.items() <= hashes.items()


def test_the_rows_behind_a_reason_are_in_the_page(folder: Path) -> None:
    """The one row of the export whose unit is unknown: file, row, date, what was typed, why."""
    rows = html.fromstring(render_report_html(small(folder))).xpath("//div[@class='reason']//tbody/tr")
    (cells,) = ([text(cell) for cell in row] for row in rows)
    assert cells[:5] == ["export.csv", "7", "", "14/01/2022", "Huyện lạ"]
    assert cells[5] != ""


def test_of_thousands_of_rows_the_first_are_shown_and_the_rest_said(folder: Path) -> None:
    unknown = "".join(f",Huyện lạ {number},14/01/2022,1\n" for number in range(1001))
    write_files(folder, {"sangkien.yaml": SMALL, "export.csv": f"CĐCS,Huyện,Ngày,Số\n{unknown}".encode()})
    page = html.fromstring(render_report_html(made_of(folder / "sangkien.yaml", date(2022, 1, 31), "en")))
    assert len(page.xpath("//div[@class='reason']//tbody/tr")) == 300
    assert text(page.xpath("//p[@class='left']")[0]).startswith("The first 300 of 1,001 rows.")


def test_the_bar_is_full_only_from_the_quota_on(folder: Path) -> None:
    """Tỉnh 54/100; Đồng Hỷ 15/50, Ấp 10 4/10, Ấp 9 10/10, Ăn 9/8, An 30/1000, Đất without a quota."""
    rows = html.fromstring(render_report_html(small(folder))).xpath("//tbody/tr[@data-level][not(@class='extra')]")
    lengths = [row.get("class") for row in rows if row.xpath("./td[@colspan]") == []]
    assert lengths == ["b54", "b30", "b40", "b100", "b112", "b3", None]


def test_bars_are_on_one_scale_and_only_what_lies_far_beyond_the_rest_is_cut() -> None:
    """Thái Nguyên's first phase: 124,4% and 246,9% differ, and the longest ends the scale. One unit at 4000% beside
    three at 90% ends it at 150%, cut."""
    page = render_report_html(made_of(ROOT / "configs" / "thai-nguyen.yaml", date(2022, 7, 15)))
    tree = html.fromstring(page)
    rows = {text(row[0]): row.get("class") for row in tree.xpath("//section[@id='s1']//tbody/tr")}
    assert [rows[f"LĐLĐ {each}"] for each in ("thành phố Thái Nguyên", "huyện Đồng Hỷ")] == ["b124", "b246"]
    assert "#s1 { --end: 2.46; }" in page
    assert "cut" not in " ".join(filter(None, rows.values()))
    scale = scale_of([Fraction(9, 10), Fraction(9, 10), Fraction(40), Fraction(9, 10)])
    assert [(int(scale.length(share)), scale.cuts(share)) for share in (Fraction(9, 10), Fraction(40))] == [
        (90, False),
        (150, True),
    ]


@given(st.lists(st.fractions(0, 50), min_size=1, max_size=30))
def test_at_least_three_quarters_of_the_bars_are_whole(shares: list[Fraction]) -> None:
    """And a longer share has no shorter bar; what is cut is longer than every other bar."""
    scale = scale_of(shares)
    cut = [share for share in shares if scale.cuts(share)]
    assert 4 * len(cut) <= len(shares) + 3
    lengths = [scale.length(share) for share in sorted(shares)]
    assert lengths == sorted(lengths)
    assert all(int(length) <= scale.end for length in lengths)
    assert all(scale.length(each) > scale.length(other) for each in cut for other in shares if other not in cut)


def test_a_bar_that_is_cut_is_marked(folder: Path) -> None:
    """Of 8 asked of Huyện Ăn 90 came in, 1.125%; no other unit has more than 135%."""
    write_files(folder, {"sangkien.yaml": SMALL, "export.csv": ROWS.replace("Ăn,13/01/2022,9", "Ăn,13/01/2022,90")})
    made = made_of(folder / "sangkien.yaml", date(2022, 1, 31))
    page = html.fromstring(render_report_html(made))
    (cut,) = page.xpath("//section[@id='s1']//tbody/tr[contains(@class, 'cut')]")
    assert text(cut[0]) == "Huyện Ăn"
    assert written_in(draw_bars(made, "svg")).count("//") == 1


def test_the_pace_stands_in_the_section_of_its_phase() -> None:
    page = html.fromstring(render_report_html(made_of(ROOT / "configs" / "thai-nguyen.yaml", date(2022, 7, 15))))
    assert [text(each) for each in page.xpath("//*[div[@class='lead']]/h2")] == [
        "Giai đoạn 2 (01/06/2022 – 31/08/2023)"
    ]


def test_quotas_that_do_not_add_up_are_said_once_below_their_table() -> None:
    """Of Thái Nguyên's second phase the units were given 11.080 and the province has 11.000; of the first 5.000."""
    made = made_of(ROOT / "configs" / "thai-nguyen.yaml", date(2022, 7, 15), layout=Layout(advice=False))
    page, written = html.fromstring(render_report_html(made)), render_report_md(made)
    notes = [[text(note) for note in section.xpath("./ul[@class='notes']/li")] for section in page.xpath("//section")]
    assert [sum("11.080" in note and "11.000" in note for note in each) for each in notes[:3]] == [0, 1, 0]
    assert [sum("16.080" in note and "16.000" in note for note in each) for each in notes[:3]] == [0, 0, 1]
    assert written.count("11.080;") == 1


def test_a_target_has_a_bar_too() -> None:
    """Of Ngọc Lặc at the day: 23 of 35; 33 of 20 units where 2 each are asked: 1.65/2 = 82.5%; 14/20 of 100%."""
    page = html.fromstring(render_report_html(sample("ngoc-lac")))
    rows = page.xpath("//tbody/tr[contains(@class, 'extra')][td[@colspan]]")
    found = [(text(row[1]), text(row[2]), row.get("class")) for row in rows]
    assert found[:3] == [("23/35", "65,7%", "extra b65"), ("33/20", "1,7", "extra b82"), ("14/20", "70%", "extra b70")]


@pytest.mark.parametrize(
    ("wanted", "about"),
    [
        (View(), "Tỉnh"),
        (View(unit="huyen-dong-hy"), "Huyện Đồng Hỷ"),
        (View(selection=Selection(only=frozenset({"met"}))), "CĐCS Ấp 9"),  # the only one
        (View(selection=Selection(only=frozenset({"met", "exceeded"}))), "Tỉnh"),  # Ấp 9 and Huyện Ăn lie in it
    ],
)
def test_the_page_names_the_unit_that_all_of_it_lies_in(folder: Path, wanted: View, about: str) -> None:
    """And its trend is that of this unit."""
    small(folder)
    made = made_of(folder / "sangkien.yaml", date(2022, 1, 31), "vi", wanted, Layout(as_tree=wanted == View()))
    page = html.fromstring(render_report_html(made))
    assert text(page.xpath("//header/p[@class='whose']")[0]) == about
    assert text(page.xpath("//p[@id='trend-title']")[0]).startswith(f"{about} · ")


def test_where_nothing_has_a_date_no_flat_curve_is_drawn() -> None:
    """The counts of the provinces in the national sample are given per unit, without dates."""
    made = made_of(ROOT / "configs" / "quoc-gia.yaml", date(2022, 4, 25))
    page = html.fromstring(render_report_html(made))
    assert page.xpath("//section[@id='trend']//p[@id='trend-state']")
    assert not page.xpath("//section[@id='trend']//svg")
    assert "lũy kế".encode() not in draw_bars(made, "svg")


def test_same_inputs_same_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = render_report_html(small(folder)), render_report_md(small(folder)), draw_bars(small(folder), "svg")
    (folder / "elsewhere").mkdir()
    monkeypatch.setenv("TZ", "America/New_York")
    made = small(folder / "elsewhere")
    assert (render_report_html(made), render_report_md(made), draw_bars(made, "svg")) == first


def test_how_the_page_came_about_can_be_read_from_it(folder: Path) -> None:
    origin = json.dumps({"a": "</script><!--<script>", "b": "\ud800 ế"}, ensure_ascii=False)
    page = render_report_html(replace(small(folder), origin=origin))
    assert json.loads(html.fromstring(page).xpath("//script[@id='origin']")[0].text) == json.loads(origin)
    assert page.encode()


def test_the_name_of_a_file_may_be_no_text_at_all(folder: Path) -> None:
    """Its bytes are no UTF-8, as old archives unpack them; the page and Markdown still are."""
    write_files(folder, {"sangkien.yaml": SMALL.replace("[export.csv]", '["*.csv"]')})
    try:
        Path(os.fsdecode(b"th\xe1ng.csv")).write_text(dedent(ROWS).lstrip(), encoding="utf-8")
    except OSError:
        pytest.skip("the file system takes names of UTF-8 only")
    made = made_of(folder / "sangkien.yaml", date(2022, 1, 31))
    page = html.fromstring(render_report_html(made).encode())
    assert "th\ufffdng.csv" in text(page.xpath("//table[contains(@class, 'sources')]")[0])
    assert "th\ufffdng.csv" in text(page.xpath("//div[@class='reason']")[0])
    assert "th\ufffdng.csv" in render_report_md(made).encode().decode()


def test_what_no_text_may_hold_is_shown_as_a_mark(folder: Path) -> None:
    made = small(folder)
    made = replace(made, sheet=replace(made.sheet, title="a\x00b\x1b\ud800\ufffec"))
    assert "<h1>a\ufffdb\ufffd\ufffd\ufffdc</h1>" in render_report_html(made)
    assert render_report_html(made).encode()
    assert render_report_md(made).encode().startswith(b"# ab")


# --- in a browser ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


class Opened:
    """A page opened from a file, and what went wrong with it."""

    def __init__(self, browser: Browser, folder: Path, page: str, width: int = 1440, **options: Any) -> None:
        path = folder / "bao-cao.html"
        path.write_text(page, encoding="utf-8")
        self.wrong: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self._note("console", message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("dialog", self._dismiss)
        self.page.route(lambda url: url != path.as_uri(), self._refuse)
        self.page.goto(path.as_uri())

    def _note(self, kind: str, what: str) -> None:
        self.wrong.append(f"{kind}: {what}")

    def _dismiss(self, dialog: Dialog) -> None:
        self._note("dialog", dialog.message)
        dialog.dismiss()

    def _refuse(self, route: Route) -> None:
        self._note("request", route.request.url)
        route.abort()

    def __enter__(self) -> Page:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.wrong == []


def names(page: Page) -> list[str]:
    """The names of the first table's lines that are to be seen, from top to bottom."""
    found = page.locator("table.units").first.locator("tbody tr:visible th").all_text_contents()
    return [" ".join(each.split()) for each in found]


TREE_NAMES = [
    "Tỉnh", "Huyện Đồng Hỷ", "(trực tiếp)", "CĐCS Ấp 10", "CĐCS Ấp 9", "Huyện Ăn", "Huyện An", "Huyện Đất"
]  # fmt: skip


def test_a_click_sorts_within_siblings_and_a_third_gives_the_order_back(folder: Path, browser: Browser) -> None:
    """By quota 50, 8, 1000 and none; by percent 30, 112.5 and 3. A line that is no unit stays on top."""
    with Opened(browser, folder, render_report_html(small(folder))) as page:
        assert names(page) == TREE_NAMES
        head = page.get_by_role("columnheader", name="Chỉ tiêu")
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "descending"
        assert names(page) == [TREE_NAMES[0], "Huyện An", *TREE_NAMES[1:6], "Huyện Đất"]
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        assert names(page) == [TREE_NAMES[0], "Huyện Ăn", *TREE_NAMES[1:5], "Huyện An", "Huyện Đất"]
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "none"
        assert names(page) == TREE_NAMES


@pytest.mark.parametrize(
    ("head", "order"),
    [
        ("Đơn vị", ["Huyện An", "Huyện Ăn", "Huyện Đất", "Huyện Đồng Hỷ", "(trực tiếp)", "CĐCS Ấp 9", "CĐCS Ấp 10"]),
        ("Tỷ lệ %", ["Huyện Ăn", "Huyện Đồng Hỷ", "(trực tiếp)", "CĐCS Ấp 9", "CĐCS Ấp 10", "Huyện An", "Huyện Đất"]),
        ("Còn thiếu", ["Huyện An", "Huyện Đồng Hỷ", "(trực tiếp)", "CĐCS Ấp 10", "CĐCS Ấp 9", "Huyện Ăn", "Huyện Đất"]),
        (
            "Trạng thái",
            ["Huyện Đất", "Huyện Đồng Hỷ", "(trực tiếp)", "CĐCS Ấp 10", "CĐCS Ấp 9", "Huyện An", "Huyện Ăn"],
        ),
    ],
)
def test_every_column_sorts_by_keyboard(folder: Path, browser: Browser, head: str, order: list[str]) -> None:
    """Names in the order of the Vietnamese alphabet, numbers by size, blanks last, statuses from bad to good."""
    with Opened(browser, folder, render_report_html(small(folder))) as page:
        page.get_by_role("columnheader", name=head).get_by_role("button").focus()
        page.keyboard.press("Enter")
        assert names(page) == ["Tỉnh", *order]


def test_numbers_are_sorted_by_size_in_both_languages(folder: Path, browser: Browser) -> None:
    """The percents of Cà Mau's units: 9,5 is less than 41,7, whatever parts the decimals."""
    for lang in ("vi", "en"):
        made = made_of(ROOT / "configs" / "ca-mau.yaml", SAMPLES["ca-mau"], lang, View(depth=1), Layout(pace=True))
        with Opened(browser, folder, render_report_html(made)) as page:
            page.locator("thead th").nth(3).get_by_role("button").click()
            percents = page.locator("tbody tr[data-level='1'] td.p").all_text_contents()
            shown = [float(each.rstrip("%").replace(",", ".")) for each in percents if each]
            assert len(shown) > 10
            assert shown == sorted(shown, reverse=True)


def test_a_name_is_found_without_accents_and_case(folder: Path, browser: Browser) -> None:
    with Opened(browser, folder, render_report_html(small(folder))) as page:
        find = page.get_by_label("Tìm đơn vị")
        find.fill("  dong HY ")
        assert names(page) == ["Tỉnh", "Huyện Đồng Hỷ"]
        assert page.get_by_text("1/7 đơn vị").is_visible()
        find.fill("ấp 9")
        assert names(page) == ["Tỉnh", "Huyện Đồng Hỷ", "CĐCS Ấp 9"]
        find.fill("không có")
        assert names(page) == []
        find.fill("")
        assert names(page) == TREE_NAMES


def test_a_status_filters_and_what_was_folded_stays_so_afterwards(folder: Path, browser: Browser) -> None:
    with Opened(browser, folder, render_report_html(small(folder))) as page:
        page.get_by_role("button", name="Huyện Đồng Hỷ").click()
        page.get_by_label("Trạng thái").select_option("vượt")
        assert names(page) == ["Tỉnh", "Huyện Ăn"]
        page.get_by_label("Trạng thái").select_option("đạt")
        assert names(page) == ["Tỉnh", "Huyện Đồng Hỷ", "CĐCS Ấp 9"]
        page.get_by_label("Trạng thái").select_option("tất cả")
        assert names(page) == [*TREE_NAMES[:2], *TREE_NAMES[5:]]


@pytest.mark.parametrize("key", ["Enter", " ", None])
def test_a_unit_folds_by_mouse_and_by_keyboard(folder: Path, browser: Browser, key: str | None) -> None:
    with Opened(browser, folder, render_report_html(small(folder))) as page:
        button = page.get_by_role("button", name="Huyện Đồng Hỷ")

        def press() -> None:
            if key is None:
                button.click()
            else:
                button.focus()
                page.keyboard.press(key)

        assert button.get_attribute("aria-expanded") == "true"
        press()
        assert button.get_attribute("aria-expanded") == "false"
        assert names(page) == [*TREE_NAMES[:2], *TREE_NAMES[5:]]
        press()
        assert names(page) == TREE_NAMES
        page.get_by_role("button", name="Thu gọn tất cả").click()
        assert names(page) == ["Tỉnh", "Huyện Đồng Hỷ", "Huyện Ăn", "Huyện An", "Huyện Đất"]
        page.get_by_role("button", name="Mở tất cả").click()
        assert names(page) == TREE_NAMES


def test_the_page_can_be_walked_through_by_keyboard(folder: Path, browser: Browser) -> None:
    """The first stop leads past the headline, and the stop after it is in the tables."""
    with Opened(browser, folder, render_report_html(small(folder))) as page:
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Đến phần số liệu")
        assert skip.evaluate("each => each === document.activeElement")
        assert skip.bounding_box()["x"] >= 0  # type: ignore[index]
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "text"
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


@pytest.mark.parametrize("width", [390, 1440])
def test_a_screen_reader_finds_a_table(folder: Path, browser: Browser, width: int) -> None:
    with Opened(browser, folder, render_report_html(small(folder)), width) as page:
        table = page.get_by_role("table", name="Đợt một (08/01/2022 – 20/02/2022)")
        assert table.get_by_role("columnheader").count() == 6
        assert table.get_by_role("row").count() == 9
        row = table.get_by_role("row", name="Huyện Ăn")
        assert row.get_by_role("rowheader").inner_text() == "Huyện Ăn"
        assert row.get_by_role("cell").count() == 5


@pytest.mark.parametrize("name", ["thai-nguyen", "ca-mau"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_in_the_page_shuts_anyone_out(
    folder: Path, browser: Browser, name: str, width: int, scheme: str
) -> None:
    """axe-core, everything unfolded; the page is no wider than the screen."""
    with Opened(browser, folder, render_report_html(sample(name)), width, color_scheme=scheme, bypass_csp=True) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        found = Axe().run(page).response["violations"]
        bad = [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")]
        assert bad == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_long_word_makes_a_phone_page_no_wider(folder: Path, browser: Browser) -> None:
    quota = SMALL.replace("Huyện Ăn", "W" * 300).replace("1 triệu sáng kiến", "M" * 300)
    write_files(folder, {"sangkien.yaml": quota, "export.csv": ROWS})
    made = made_of(folder / "sangkien.yaml", date(2022, 1, 31))
    for width in (320, 390, 1000, 1440):
        with Opened(browser, folder, render_report_html(made), width) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_table_of_many_columns_makes_the_page_no_wider(folder: Path, browser: Browser) -> None:
    wanted, layout = View(rank=True), Layout(pace=True)
    made = made_of(ROOT / "configs" / "ca-mau.yaml", SAMPLES["ca-mau"], "vi", wanted, layout)
    for width in (390, 1050, 1440):
        with Opened(browser, folder, render_report_html(made), width) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            name = page.get_by_role("rowheader", name="LĐLĐ huyện Cái Nước").first
            assert name.bounding_box()["width"] > 150  # type: ignore[index]


def test_without_script_everything_can_be_read(folder: Path, browser: Browser) -> None:
    for width in (390, 1440):
        page_text = render_report_html(small(folder))
        with Opened(browser, folder, page_text, width, java_script_enabled=False) as page:
            assert names(page) == TREE_NAMES
            assert page.get_by_role("button").count() == 0
            assert not page.locator(".tools").first.is_visible()
            shown = page.locator("svg.trend:visible")
            assert shown.count() == 1
            page.get_by_text("Xem 1 dòng").click()
            assert page.get_by_role("cell", name="Huyện lạ", exact=True).is_visible()


def test_printed_it_is_a_table_without_the_tools(folder: Path, browser: Browser) -> None:
    with Opened(browser, folder, render_report_html(sample("thai-nguyen"))) as page:
        printed = page.pdf(prefer_css_page_size=True)
        pages = len(re.findall(rb"/Type\s*/Page\b", printed))
        assert printed.startswith(b"%PDF-")
        assert 4 <= pages <= 8
        page.emulate_media(media="print")
        assert not page.locator(".tools:visible, .fold:visible, .links:visible").count()
        first = page.locator("table.units tbody tr").first
        assert first.evaluate("each => getComputedStyle(each).display") == "table-row"
        button = page.locator("table.units thead button").first
        assert button.evaluate("each => getComputedStyle(each).display") == "contents"  # else pages lack their heads


def test_paper_has_what_is_folded_and_lacks_what_is_filtered(folder: Path, browser: Browser) -> None:
    with Opened(browser, folder, render_report_html(small(folder))) as page:
        page.get_by_role("button", name="Thu gọn tất cả").click()
        assert "CĐCS Ấp 9" not in names(page)
        page.emulate_media(media="print")
        assert names(page) == TREE_NAMES
        page.emulate_media(media="screen")
        page.get_by_label("Tìm đơn vị").fill("ấp 9")
        page.emulate_media(media="print")
        assert names(page) == ["Tỉnh", "Huyện Đồng Hỷ", "CĐCS Ấp 9"]


def large(folder: Path, lang: Lang = "vi") -> Made:
    """Twelve units with thirty below each; of unit a-b count b submissions of a quota of 10."""
    units = "".join(
        f"          - name: Huyện {a}\n            units:\n"
        + "".join(f"              - {{name: CĐCS {a}-{b}, quota: {{p1: 10}}}}\n" for b in range(30))
        for a in range(12)
    )
    quota = SMALL.partition("        units:\n")[0] + "        units:\n" + units
    rows = "".join(f"CĐCS {a}-{b},Huyện {a},10/01/2022,{b}\n" for a in range(12) for b in range(30))
    write_files(folder, {"sangkien.yaml": quota, "export.csv": f"CĐCS,Huyện,Ngày,Số\n{rows}".encode()})
    return made_of(folder / "sangkien.yaml", date(2022, 1, 31), lang)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_large_tree_is_sorted_filtered_and_unfolded_as_a_whole(folder: Path, browser: Browser, width: int) -> None:
    """Its table has several bodies of rows; what is out of sight is laid out later, and nothing is lost."""
    with Opened(browser, folder, render_report_html(large(folder)), width) as page:
        table = page.locator("table.units").first
        assert table.locator("tbody").count() > 1
        assert names(page) == ["Tỉnh", *(f"Huyện {a}" for a in range(12))]
        page.get_by_role("button", name="Mở tất cả").click()
        whole = ["Tỉnh", *(each for a in range(12) for each in (f"Huyện {a}", *(f"CĐCS {a}-{b}" for b in range(30))))]
        assert names(page) == whole
        page.get_by_role("columnheader", name="Kết quả").get_by_role("button").click()
        turned = [each for a in range(12) for each in (f"Huyện {a}", *(f"CĐCS {a}-{b}" for b in range(29, -1, -1)))]
        assert names(page) == ["Tỉnh", *turned]
        page.get_by_label("Trạng thái").select_option("đạt")
        met = [each for a in range(12) for each in (f"Huyện {a}", f"CĐCS {a}-10")]
        assert names(page) == ["Tỉnh", *met]
        assert page.get_by_text("12/373 đơn vị").is_visible()
        page.get_by_label("Trạng thái").select_option("tất cả")
        page.get_by_role("button", name="Thu gọn tất cả").click()
        page.get_by_label("Tìm đơn vị").fill("CĐCS 7-29")
        assert names(page) == ["Tỉnh", "Huyện 7", "CĐCS 7-29"]
        page.get_by_label("Tìm đơn vị").fill("")
        page.get_by_role("columnheader", name="Kết quả").get_by_role("button").click()
        page.get_by_role("columnheader", name="Kết quả").get_by_role("button").click()
        page.get_by_role("button", name="Mở tất cả").click()
        assert names(page) == whole
        last = table.get_by_role("row", name="CĐCS 11-29")
        assert last.get_by_role("rowheader").count() == 1
        last.scroll_into_view_if_needed()
        assert last.bounding_box()["height"] > 20  # type: ignore[index]


def test_a_large_tree_is_whole_without_script(folder: Path, browser: Browser) -> None:
    with Opened(browser, folder, render_report_html(large(folder)), java_script_enabled=False) as page:
        assert len(names(page)) == 1 + 12 + 360


# --- what others wrote -------------------------------------------------------------------------------------------

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/a.css>",
    "<style>@import '//evil.example/a.css'</style>",
    "<details open ontoggle=alert(1)>",
    "<video src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<math><mtext></p><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<!--<script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "{{7*7}}{% raw %}",
    "${alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "--><script>alert(1)</script>",
    "]]></script><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "[x](javascript:alert(1)) ![x](http://evil.example/a.png) <http://evil.example>",
    "| a | b | www.evil.example http://evil.example a@evil.example `x` **y** \\",
]


def infest(folder: Path, payloads: list[str], run_here: Run, *options: str) -> str:
    """The page, Markdown and picture of a report in which every text that others write is a payload: of the quota file,
    of the cells, of the claims, a file's name and a sheet's. The path without its ending.

    A number behind a unit's name tells it from others that differ in punctuation only.
    """

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    together = quoted(" ".join(payloads))
    named = [f"{payload} {number}" for number, payload in enumerate(payloads)]
    units = [f"{{name: {quoted(name)}, id: u{at}, quota: {{p1: {{a: 3}}}}}}" for at, name in enumerate(named)]
    quota = f"""
programme: {together}
phases: {{p1: {{name: {together}, from: 2022-01-08, to: 2022-02-20}}}}
campaigns: {{c: {{name: {together}, from: 2022-01-09, to: 2022-02-20, toward: p1}}}}
exports:
  files: ["*.csv", "*.xlsx"]
  columns: {{code: Mã, submitted: Ngày, unit: Đơn vị, status: Trạng thái, title: Tên}}
count: {{where: {{status: [được]}}}}
bases: {{a: {together}}}
also_count: {{x: {{name: {together}}}}}
document: {{parent: {together}, agency: {together}, signer: {together}}}
targets: [{{id: t, name: {together}, unit: tinh, phase: p1, measure: count, at_least: 35}}]
units:
  - name: {together}
    id: tinh
    quota: {{p1: {{a: 100}}}}
    units: [{", ".join(units)}]
"""
    rows = [["Mã", "Ngày", "Đơn vị", "Trạng thái", "Tên"]]
    for payload, name in zip(payloads, named, strict=True):
        rows += [
            [payload, "10/01/2022", name, "được", payload],  # counts
            [payload, "11/01/2022", name, "được", payload],  # repeats its code
            [f"{payload}a", payload, name, "được", payload],  # no date
            [f"{payload}b", "10/01/2022", payload, "được", payload],  # an unknown unit
            [f"{payload}c", "10/01/2022", name, payload, payload],  # does not pass
        ]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    sheet = io.BytesIO()
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "<img src=x onerror=ran()> |`@a`"
    for row in (rows[0], ["n", "10/01/2022", "nowhere", "được", "t"]):
        page.append(row)
    book.save(sheet)
    claims = "claims:\n" + "".join(
        f"  - {{id: c{at}, unit: u{at}, phase: p1, done: 1, quota: 3, percent: 33.3, source: {quoted(each)}}}\n"
        for at, each in enumerate(payloads)
    )
    file = "<img src=x onerror=alert(1)> 'a' &amp; ${c}.csv"
    write_files(folder, {"q.yaml": quota.encode(), "claims.yml": claims.encode(), file: out.getvalue().encode()})
    write_files(folder, {"<b>@b `b` |": b"", "[x](y) <img src=x onerror=alert(1)>.xlsx": sheet.getvalue()})
    named_files = [part for ending in ("html", "md", "svg") for part in ("-o", str(folder / f"out.{ending}"))]
    done = run_here("report", "-c", str(folder / "q.yaml"), "--as-of", "2022-01-31", *options, *named_files)
    assert done.code == 0, done.stderr
    return str(folder / "out")


def shape(page: str) -> list[tuple[str, list[str]]]:
    """Every element of a page with the names of its attributes."""
    return [(str(each.tag), sorted(each.keys())) for each in html.fromstring(page).iter()]


@pytest.mark.parametrize("options", [("--claims", "{}/claims.yml"), ("--campaign", "c", "--pace", "--rank")])
def test_nothing_that_others_wrote_becomes_markup_or_runs(
    folder: Path, browser: Browser, run_here: Run, options: Sequence[str]
) -> None:
    assert len(PAYLOADS) == 40

    def page_of(name: str, payloads: list[str]) -> str:
        typed = [each.format(folder / name) for each in options]
        return Path(infest(folder / name, payloads, run_here, *typed) + ".html").read_text("utf-8")

    harmless = page_of("harmless", [f"đơn vị {chr(97 + n % 26)}{n}" for n in range(40)])
    page_text = page_of("infested", PAYLOADS)
    made, rest = (sorted(set(map(str, shape(each)))) for each in (harmless, page_text))
    assert rest == made
    with Opened(browser, folder, page_text) as page:
        for button in page.get_by_role("button").all():
            button.dispatch_event("click")
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        page.get_by_label("Find a unit").fill("<script>")
        page.get_by_label("Find a unit").fill("")
        said = page.locator("body").text_content() or ""
        assert all(payload in said for payload in PAYLOADS)
        assert "[x](y) <img src=x onerror=alert(1)>.xlsx" in said
        assert "<img src=x onerror=ran()> |`@a`" in said
        assert page.locator("a:not([href^='#'])").count() == 0
        assert page.locator("script").count() == 2


def test_the_policy_of_the_page_holds(folder: Path, browser: Browser) -> None:
    """What would get into the page by some other way can neither run, nor style, nor load."""
    opened = Opened(browser, folder, render_report_html(small(folder)))
    page = opened.page
    page.evaluate("""async () => {
        const put = (name, more) => document.body.append(Object.assign(document.createElement(name), more));
        try { put('script', { text: 'window.ran = true' }); } catch { window.refused = true; }
        try { document.body.innerHTML += '<img src=x onerror="window.ran = true">'; } catch { window.refused = true; }
        put('style', { textContent: 'body { display: none }' });
        put('img', { src: 'https://evil.example/a.png' });
        await fetch('https://evil.example/').catch(() => { window.failed = true; });
    }""")
    assert page.evaluate("[window.ran, window.refused, window.failed]") == [None, True, True]
    assert page.locator("h1").is_visible()
    opened.context.close()
    assert not [each for each in opened.wrong if each.startswith(("request", "dialog", "error"))]


_IN_MARKDOWN = {"html", "body", "div", "h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "br"}
_IN_MARKDOWN |= {"code"}  # the hashes


@pytest.mark.parametrize("options", [("--claims", "{}/claims.yml"), ("--campaign", "c")])
def test_markdown_of_others_texts_has_no_link_and_no_markup(
    folder: Path, run_here: Run, options: Sequence[str]
) -> None:
    """By GitHub's own parser, links of bare addresses included, and by one of CommonMark."""
    typed = [each.format(folder) for each in options]
    source = Path(infest(folder, PAYLOADS, run_here, *typed) + ".md").read_text("utf-8")
    for written in rendered(source):
        tree = html.fromstring(written)
        assert {str(each.tag) for each in tree.iter()} <= _IN_MARKDOWN
        said = text(tree).replace("\u2060", "")
        assert all(payload in said for payload in PAYLOADS)
        assert all(re.fullmatch("[0-9a-f]{64}", text(each)) for each in tree.xpath("//code"))
        units, sources = tree.xpath("//table")
        wide = len(units.xpath("./thead/tr/th"))
        assert {len(row) for row in units.xpath("./tbody/tr")} == {wide}
        assert [len(row) for row in sources.xpath("./tbody/tr")] == [4] * 3


def rendered(source: str) -> list[str]:
    """With what HTML is in it."""
    return [
        cmarkgfm.github_flavored_markdown_to_html(source, cmarkgfm.Options.CMARK_OPT_UNSAFE),
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(source),
    ]


MARKS = [
    "= a", "=1+1", "- a", "-", "--- a", "+ a", "* a", "1. a", "1) a", "2022. a", "# a", "###### a", "#", "> a", "| a",
    "~~~ a", "``` a", "`a", "***a***", "___", "~~a~~", "[a]: b", "[^1]: b", "[ ] a", "- [x] a", "![a](b)", "<b>a</b>",
    "<!-- a -->", "<a@b.example>", "<https://b.example>", "https://b.example", "HTTP://b.example", "ftp://b.example",
    "www.b.example", "WWW.b.example", "a@b.example", "mailto:a@b.example", "xmpp:a@b.example/c", "&amp;", "&#64;",
    "&notin;", "a\\", "\\| a", "a|b", "$a$", "$$a$$", "@ai", "#1", "a/b#1", "GH-1", ":smile:", "a: b", "a:b", "1:2:3",
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_of_markdown_is_a_letter_wherever_it_stands(folder: Path, mark: str) -> None:
    """In headings, paragraphs, lists and cells; what GitHub adds to Markdown (people, numbers, emojis) included."""
    made = sample("ca-mau")
    section = replace(made.sheet.sections[0], title=mark, remark=mark, notes=(mark, "x"), more=(mark,))
    line = replace(section.lines[0], name=mark, word=mark, more=(mark,), below=(mark,))
    passages = (Passage(mark, ((0, mark), (1, mark), (0, mark))),)
    reasons = (replace(made.sheet.set_aside[0], words=mark, details=(mark,)),)
    sheet = replace(
        made.sheet, title=mark, subtitle=mark, sections=(replace(section, lines=(line,)),), passages=passages,
        balance=mark, set_aside=reasons,
    )  # fmt: skip
    source = render_report_md(replace(made, sheet=sheet))
    for written in rendered(source):
        tree = html.fromstring(written)
        assert {str(each.tag) for each in tree.iter()} <= _IN_MARKDOWN
        pieces = [each.strip().replace("\u2060", "") for each in tree.itertext()]
        # title, subtitle; section's title, remark, head, name, below, more, word, note; passage: 4; balance; detail
        assert pieces.count(mark) == 16
        assert any(each.endswith(f" – {mark} ({sheet.set_aside[0].code})") for each in pieces)
        seen = "".join(tree.itertext())  # as GitHub looks at it: a person, a number, an emoji stand in one piece
        assert not re.search(r"@\w|#\d|\bGH-\d|:smile:", seen)


# --- the picture -------------------------------------------------------------------------------------------------


def written_in(svg: bytes) -> list[str]:
    """The lines of text of a picture; their letters are outlines, what they say stands beside them as comments."""
    return [each.decode() for each in re.findall(rb"<!-- (.*?) -->", svg)]


def test_the_picture_has_a_bar_for_each_unit_below_the_top(folder: Path) -> None:
    """Three of the four units below the root have quotas. The title is in the picture's properties too."""
    svg = draw_bars(small(folder), "svg")
    tree = ElementTree.fromstring(svg)
    assert "1 triệu sáng kiến – Tỉnh" in (tree.findtext(".//{http://purl.org/dc/elements/1.1/}title") or "")
    said = written_in(svg)
    assert "Huyện Ăn" in said
    assert "9/8 = 112,5%  vượt" in said
    assert "15/50 = 30,0%  chưa đạt" in said
    assert not any("Ấp" in each or "Đất" in each for each in said)
    assert struct.unpack(">I", draw_bars(small(folder), "png")[16:20]) == (1500,)


def test_the_picture_has_each_phase_that_has_begun_and_the_trend_of_the_one_under_way() -> None:
    """The published figures of 15 July: 5.585/5.000, and 632 of 11.000 where 45/457 of the days ask for 1.084."""
    made = made_of(ROOT / "configs" / "thai-nguyen.yaml", date(2022, 7, 15))
    said = written_in(draw_bars(made, "svg"))
    assert "1 triệu sáng kiến – LĐLĐ tỉnh Thái Nguyên" in said
    places = [
        said.index(each)
        for each in (
            "Tính đến hết ngày 15/07/2022",
            "Giai đoạn 1 (08/01/2022 – 31/05/2022): 5.585/5.000 = 111,7%",
            "771/620 = 124,4%  vượt",
            "Giai đoạn 2 (01/06/2022 – 31/08/2023): 632/11.000 = 5,7%",
            "66/1.400 = 4,7%  chưa đạt",
            "Tiến độ · Giai đoạn 2 (01/06/2022 – 31/08/2023): 632/11.000 = 5,7%",
            "Chậm hơn tiến độ đều 452: đến hết ngày 15/07/2022 cần có 1.084.",
        )
    ]
    assert len(set(places)) == len(places)
    # The sum of what is drawn, and who is not drawn, is said.
    assert said.count("Cả chương trình, không vẽ ở đây: 6.217/16.000 = 38,9%, chưa đạt.") == 1
    assert said.count("Không vẽ: 1 đơn vị không có chỉ tiêu.") == 2


def test_the_picture_of_a_list_is_about_its_units_and_nothing_else() -> None:
    wanted = View(selection=Selection(only=frozenset({"none"})))
    made = made_of(ROOT / "configs" / "ca-mau.yaml", SAMPLES["ca-mau"], "vi", wanted, Layout(as_tree=False))
    said = written_in(draw_bars(made, "svg"))
    assert sum(each.endswith("= 0,0%  chưa có") for each in said) == len(made.sheet.sections[0].lines)
    assert not any("Tiến độ" in each for each in said)


def test_the_picture_of_a_campaign_measures_by_what_was_short() -> None:
    config = ROOT / "configs" / "thai-nguyen.yaml"
    (campaign,) = load_config(config).campaigns
    made = made_of(config, SAMPLES["thai-nguyen"], "vi", View(campaign=campaign))
    said = written_in(draw_bars(made, "svg"))
    assert "thiếu khi bắt đầu (100%)" in said
    assert "50/119 = 42,0%  chưa đạt" in said
    assert "Không vẽ: 4 đơn vị đã đạt chỉ tiêu từ trước; 1 đơn vị không có chỉ tiêu." in said


def test_where_only_targets_are_set_the_picture_has_them() -> None:
    said = written_in(draw_bars(sample("ngoc-lac"), "svg"))
    assert "23/35 = 65,7%  chưa đạt" in said
    assert "mức phải đạt (100%)" in said


def test_of_many_units_the_first_are_drawn_and_the_rest_said() -> None:
    """The national sample has 83 units with a quota right below the top."""
    said = written_in(draw_bars(made_of(ROOT / "configs" / "quoc-gia.yaml", date(2022, 4, 25)), "svg"))
    assert sum(each.startswith("LĐLĐ ") for each in said) == 40
    assert "Còn 43 đơn vị nữa, không vẽ ở đây" in said


def test_a_picture_needs_no_font_and_fetches_nothing(folder: Path, run_here: Run) -> None:
    """Letters are outlines; nothing runs, and nothing is named but parts of the picture itself."""
    svg = Path(infest(folder, PAYLOADS, run_here) + ".svg").read_bytes()
    assert b"<!DOCTYPE" not in svg
    tags = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(svg).iter()}
    assert not tags & {"text", "script", "image", "a", "foreignObject", "animate", "set"}
    named = [
        value
        for each in ElementTree.fromstring(svg).iter()
        for name, value in each.items()
        if name.endswith("href") or "url(" in value
    ]
    assert named
    assert all(re.fullmatch(r"(url\()?#[\w-]+\)?", each) for each in named)
    assert not re.search(rb"\son\w+=", re.sub(rb"<!--.*?-->|<title>.*?</title>|<dc:title>.*?</dc:title>", b"", svg))


def test_endless_names_make_no_endless_picture(folder: Path) -> None:
    quota = SMALL.replace("Huyện Ăn", "W" * 40_000).replace("1 triệu sáng kiến", "sáng kiến " * 4_000)
    write_files(folder, {"sangkien.yaml": quota, "export.csv": ROWS})
    made = made_of(folder / "sangkien.yaml", date(2022, 1, 31))
    width, height = struct.unpack(">II", draw_bars(made, "png")[16:24])
    assert (width, height < 2000) == (1500, True)


def test_without_quotas_the_picture_says_so(folder: Path) -> None:
    quota = re.sub(r"(, )?quota: \{.*?\}", "", SMALL).replace("CĐCS Ấp 10}", "CĐCS Ấp 10}")
    write_files(folder, {"sangkien.yaml": quota, "export.csv": ROWS})
    made = made_of(folder / "sangkien.yaml", date(2022, 1, 31), "en")
    assert b"No unit here has a quota" in draw_bars(made, "svg")

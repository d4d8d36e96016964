"""The trend: periods that lose nothing, the straight line, charts that every page can hold, images that never vary."""

from __future__ import annotations

import csv
import io
import json
import struct
from calendar import monthrange
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangkien_cli.lang import Lang
from sangkien_cli.pipeline import Counted, count, load_config
from sangkien_cli.render.chart import draw_image, draw_in_text, image
from sangkien_cli.render.columns import width_of
from sangkien_cli.render.text import Page
from sangkien_cli.render.trend import render_trend_csv, render_trend_text
from sangkien_cli.trend import By, Trend, periods, trend_of
from tests.conftest import write_files

if TYPE_CHECKING:
    from tests.conftest import Run

ROOT = Path(__file__).resolve().parent.parent

QUOTA = """
    programme: 1 triệu sáng kiến
    language: vi
    phases:
      p1: {name: Đợt một, from: 2022-01-08, to: 2022-02-20}
      p2: {name: Đợt hai, from: 2022-03-01, to: 2022-03-31}
    exports:
      files: [export.csv]
      columns: {submitted: Ngày, unit: Đơn vị, phase: Giai đoạn, count: Số}
    units:
      - name: Tỉnh
        quota: {p1: 100, p2: 31}
        units:
          - {name: Huyện A, id: a, quota: {p1: 7}}
          - {name: Huyện B, id: b}
      - {name: Ngành, id: nganh, quota: {p1: 3, p2: 4}}
"""
PHASES = {"p1": (date(2022, 1, 8), date(2022, 2, 20)), "p2": (date(2022, 3, 1), date(2022, 3, 31))}
PHASES["all"] = (date(2022, 1, 8), date(2022, 3, 31))
HEAD = "Đơn vị,Ngày,Giai đoạn,Số\n"
BYS: tuple[By, ...] = get_args(By)


def counted(folder: Path, rows: str, as_of: date, quota: str = QUOTA) -> Counted:
    write_files(folder, {"quota.yaml": quota, "export.csv": HEAD.encode() + rows.encode()})
    return count(load_config(folder / "quota.yaml"), None, as_of)


def trend_in(result: Counted, phase: str | None = None, unit: str | None = None, by: By = "week") -> Trend:
    return trend_of(result.report, result.judged, phase, unit, by)


# --- laws ---

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Tỉnh", "Huyện A", "Huyện B", "Ngành"]),
        st.one_of(
            st.dates(date(2021, 12, 1), date(2022, 4, 30)).map(str), st.sampled_from(["", "chưa rõ", "31/01/2022"])
        ),
        st.sampled_from(["p1", "p2"]),
        st.integers(0, 9),
    ),
    max_size=20,
)
LAWS = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@LAWS
@given(
    ROWS, st.dates(date(2021, 12, 20), date(2022, 4, 30)), st.sampled_from(BYS), st.sampled_from(["p1", "p2", "all"])
)
def test_nothing_is_lost_whatever_the_period(
    folder: Path, rows: list[tuple[str, str, str, int]], as_of: date, by: By, phase: str
) -> None:
    """The last cumulative figure and what has no date are the report's done, of each unit and of all roots."""
    text = "".join(f"{unit},{day},{name},{number}\n" for unit, day, name, number in rows)
    result = counted(folder, text, as_of)
    for unit in (None, "tinh", "a", "b", "nganh"):
        found = trend_in(result, phase, unit, by)
        tops = {"tinh", "nganh"} if unit is None else {unit}
        done = sum(each.done for each in result.report.attainments if each.unit.id in tops and each.phase == phase)
        assert found.dated + found.undated == done == found.done
        assert [point.cumulative for point in found.points] == list(_running(point.done for point in found.points))
        start, end = PHASES[phase]
        if start <= as_of:
            assert (found.points[0].start, found.points[-1].end) == (start, min(end, as_of))
        for before, after in zip(found.points, found.points[1:], strict=False):
            assert after.start == before.end + timedelta(days=1)


def _running(numbers: object) -> list[int]:
    total, running = 0, []
    for number in list(numbers):  # type: ignore[call-overload]
        total += number
        running.append(total)
    return running


@LAWS
@given(ROWS, st.dates(date(2022, 1, 8), date(2022, 4, 30)), st.sampled_from([*PHASES]))
def test_each_day_has_what_a_plain_recount_gives_it(
    folder: Path, rows: list[tuple[str, str, str, int]], as_of: date, phase: str
) -> None:
    """A day's figure is the sum of the rows of that day; days outside are the first one's or the last one's."""
    text = "".join(f"{unit},{day},{name},{number}\n" for unit, day, name, number in rows)
    found = trend_in(counted(folder, text, as_of), phase, None, "day")
    start, end = PHASES[phase]
    plain: Counter[date] = Counter()
    before = after = undated = 0
    for _, typed, name, number in rows:
        if phase not in (name, "all"):
            continue
        if typed in ("", "chưa rõ"):
            undated += number
            continue
        day = date(2022, 1, 31) if typed == "31/01/2022" else date.fromisoformat(typed)
        if day <= as_of:
            before += number * (day < start)
            after += number * (day > end)
            plain[min(max(day, start), end)] += number
    assert (found.undated, found.before, found.after) == (undated, before, after)
    assert {point.start: point.done for point in found.points if point.done} == {d: n for d, n in plain.items() if n}


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 800), st.sampled_from(BYS))
def test_periods_hold_every_day_once_and_break_at_mondays_and_firsts(start: date, days: int, by: By) -> None:
    end = start + timedelta(days=days)
    found = periods(start, end, by)
    assert [start + timedelta(days=day) for day in range(days + 1)] == [
        first + timedelta(days=day) for first, last in found for day in range((last - first).days + 1)
    ]
    inner = [start + timedelta(days=day) for day in range(1, days + 1)]
    assert [first for first, _ in found[1:]] == [
        day for day in inner if by == "day" or (day.isoweekday() if by == "week" else day.day) == 1
    ]


def test_periods_reach_the_last_day_that_there_is() -> None:
    assert periods(date(9999, 12, 27), date.max, "week") == [(date(9999, 12, 27), date.max)]
    assert len(periods(date(9999, 11, 30), date.max, "month")) == 2


def test_the_straight_line_is_exact_and_ends_at_the_quota(folder: Path) -> None:
    """Phase 1 has 24 days in January and 20 in February: 44. 103 are asked of both roots."""
    found = trend_in(counted(folder, "", date(2022, 2, 20)), "p1", None, "month")
    assert monthrange(2022, 1)[1] - 8 + 1 == 24
    assert [point.expected for point in found.points] == [Fraction(103 * 24, 44), Fraction(103)]
    assert [point.asked for point in found.points] == [57, 103]  # 103 × 24 / 44 = 56.18…
    assert [point.ahead for point in found.points] == [-57, -103]


def test_sums_beyond_64_bits_stay_whole(folder: Path) -> None:
    """Ten of them are more than 2^63 = 9,223,372,036,854,775,808."""
    most = 999_999_999_999_999_999
    found = trend_in(counted(folder, f"Huyện A,10/01/2022,p1,{most}\n" * 10, date(2022, 1, 31)), "p1", "a")
    assert found.points[-1].cumulative == 9_999_999_999_999_999_990 == found.done
    assert "9.999.999.999.999.999.990/7" in render_trend_text(found, "vi")


def test_the_same_rows_in_another_order_give_the_same_bytes(folder: Path) -> None:
    lines = [f"Huyện A,{day:02}/01/2022,p1,{day}\n" for day in range(8, 32)]
    once, again = (trend_in(counted(folder, "".join(each), date(2022, 1, 31)), "p1") for each in (lines, lines[::-1]))
    assert render_trend_csv(once) == render_trend_csv(again)
    assert draw_image(once, "vi", "svg") == draw_image(again, "vi", "svg")


# --- the samples ---


@cache
def sample(name: str, as_of: date) -> Counted:
    return count(load_config(ROOT / "configs" / f"{name}.yaml"), None, as_of)


def test_ca_mau_on_the_day_of_its_letter() -> None:
    """The letter's 2,660 of 5,091. From 8/1 to 25/4 are 24 + 28 + 31 + 25 = 108 days of 24 + 28 + 31 + 30 + 31 = 144:
    the line is at 5,091 × 108 / 144 = 3,818¼; 3,819 are asked, 1,159 more than there are."""
    found = trend_in(sample("ca-mau", date(2022, 4, 25)))
    last = found.points[-1]
    assert (last.cumulative, last.expected, last.asked, last.ahead) == (2660, Fraction(15273, 4), 3819, -1159)
    assert last.percent == "52.2"
    text = render_trend_text(found, "vi")
    assert "LĐLĐ tỉnh Cà Mau: 2.660/5.091 = 52,2%" in text
    assert "Chậm hơn tiến độ đều 1.159: đến hết ngày 25/04/2022 cần có 3.819." in text


def test_thai_nguyen_during_its_campaign() -> None:
    """3,889 of 5,000 on 27/4, the 110th of 144 days: the line is at 5,000 × 110 / 144 = 3,819.4: 69 ahead of 3,820."""
    found = trend_in(sample("thai-nguyen", date(2022, 4, 27)))
    assert (found.phase, found.done, found.points[-1].asked, found.ahead) == ("gd1", 3889, 3820, 69)


def test_weeks_are_those_of_the_ledger(run: Run) -> None:
    """The counted rows of the row ledger, put into ISO weeks by plain Python, are the trend's weeks."""
    config = str(ROOT / "configs" / "ca-mau.yaml")
    run("report", "-c", config, "--as-of", "2022-04-25", "--ledger", "rows.csv", "-o", "report.csv")
    with Path("rows.csv").open(encoding="utf-8", newline="") as file:
        days = [date.fromisoformat(row["submitted"]) for row in csv.DictReader(file) if not row["reason"]]
    weeks = Counter(day.isocalendar()[:2] for day in days)
    shown = json.loads(run("trend", "-c", config, "--as-of", "2022-04-25", "--format", "json").stdout)["points"]
    assert {date.fromisoformat(each["from"]).isocalendar()[:2]: each["done"] for each in shown} == weeks


# --- text ---


def some_trend(folder: Path, by: By = "week") -> Trend:
    rows = "Huyện A,10/01/2022,p1,40\nHuyện B,17/01/2022,p1,50\nHuyện A,,p1,2\n"
    return trend_in(counted(folder, rows, date(2022, 1, 31)), "p1", "tinh", by)


@pytest.mark.parametrize("drawing", [False, True])
@pytest.mark.parametrize("width", [24, 30, 40, 60, 80, 120])
def test_the_chart_is_never_wider_than_the_page(folder: Path, width: int, *, drawing: bool) -> None:
    for lang in ("vi", "en"):
        drawn = draw_in_text(some_trend(folder), lang, width, drawing=drawing)
        assert max(map(width_of, drawn)) <= width
        assert len(drawn) >= 18


def test_a_page_that_cannot_draw_gets_marks_of_ascii(folder: Path) -> None:
    """Curve and line are of different letters, so they are told apart without colour."""
    found = some_trend(folder)
    plain = draw_in_text(found, "en", 80, drawing=False)
    assert all(line.isascii() for line in plain)
    assert plain[0] == "*** cumulative   ... straight line to the quota of 100"
    drawn = "\n".join(draw_in_text(found, "vi", 80, drawing=True))
    assert drawn.startswith("███ lũy kế   ··· tiến độ đều tới chỉ tiêu 100\n")
    assert "\x1b" not in drawn


def test_the_page_is_kept_to(folder: Path) -> None:
    lines = render_trend_text(some_trend(folder), "vi", Page(width=80, drawing=True)).splitlines()
    assert max(map(width_of, lines)) <= 80


@pytest.mark.parametrize(
    ("width", "vi", "en"),
    [
        (60, "Kỳ Trong kỳ Lũy kế Tiến độ đều Hơn/kém Tỷ lệ", "Period Came in Cumulative Ahead/behind Of quota"),
        (50, "Kỳ Trong kỳ Lũy kế Hơn/kém Tỷ lệ", "Period Came in Cumulative Ahead/behind"),
        (40, "Kỳ Trong kỳ Lũy kế Hơn/kém", "Period Came in Cumulative"),
        (30, "Kỳ Trong kỳ Lũy kế", "Period Cumulative"),
    ],
)
def test_on_a_narrow_page_columns_make_way_for_those_that_say_more(folder: Path, width: int, vi: str, en: str) -> None:
    """A period takes 12 columns there, on two lines. In Vietnamese the others take 8 + 6 + 11 + 7 + 5 and two blanks
    each: 59 in all; without the straight line 46, without the percent 39, without ahead or behind 30. In English they
    take 7 + 10 + 9 + 12 + 8: 68 in all, then 57, 47, 33 and, without what came in, 24."""
    heads: dict[Lang, str] = {"vi": vi, "en": en}
    for lang, head in heads.items():
        lines = render_trend_text(some_trend(folder), lang, Page(width=width)).splitlines()
        assert max(map(width_of, lines)) <= width
        assert head in [" ".join(line.split()) for line in lines]


def test_where_plotext_cannot_be_loaded_the_table_is_still_there(folder: Path, run: Run) -> None:
    (folder / "plotext.py").write_text("raise ImportError('its C++ part was not built')", encoding="utf-8")
    write_files(folder, {"sangkien.yaml": QUOTA, "export.csv": f"{HEAD}Ngành,10/01/2022,p1,2\n"})
    shown = run("trend", "--as-of", "2022-01-10").stdout
    assert "No chart can be drawn on this machine (its C++ part was not built)." in shown
    assert "2022-01-10" in shown.splitlines()[-4]


# --- images ---

HOSTILE = "Đơn vị $x^2$ & <script>alert(1)</script> \\frac{1}{2} %s"


def test_names_are_text_in_an_image_and_nothing_else(folder: Path) -> None:
    """A dollar sign starts no formula, a bracket no tag."""
    quota = QUOTA.replace("programme: 1 triệu sáng kiến", f"programme: '{HOSTILE}'")
    found = trend_in(counted(folder, "Huyện A,10/01/2022,p1,40\n", date(2022, 1, 31), quota), "p1")
    assert draw_image(found, "vi", "png").startswith(b"\x89PNG")
    root = ElementTree.fromstring(draw_image(found, "vi", "svg"))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "metadata", "RDF", "Work", "defs", "style", "g", "path", "use", "clipPath", "rect"}
    links = {value for element in root.iter() for name, value in element.attrib.items() if name.endswith("href")}
    assert links
    assert all(value.startswith("#") for value in links)
    title = next(element for element in root.iter() if element.tag.endswith("}title")).text or ""
    assert title.startswith(f"{HOSTILE} – Tất cả đơn vị – Đợt một (08/01/2022 – 20/02/2022)")
    assert title.endswith("Tính đến hết ngày 31/01/2022: 40/103 = 38,8%")


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_an_image_is_the_same_on_every_machine_and_day(folder: Path, run: Run, kind: str) -> None:
    """Another time zone, locale, home, and settings of matplotlib that would change every line and letter."""
    write_files(folder, {"sangkien.yaml": QUOTA, "export.csv": f"{HEAD}Ngành,10/01/2022,p1,2\n"})
    settings = "lines.linewidth: 9\nfont.family: serif\nsavefig.dpi: 30\naxes.facecolor: red\nsvg.fonttype: none\n"
    there = folder / "settings"
    there.mkdir()
    (there / "matplotlibrc").write_text(settings, encoding="utf-8")
    run("trend", "--as-of", "2022-01-12", "-o", f"one.{kind}")
    env = {"TZ": "America/New_York", "PYTHONHASHSEED": "7", "MPLCONFIGDIR": str(there), "SOURCE_DATE_EPOCH": "86400"}
    outcome = run("trend", "--as-of", "2022-01-12", "-o", f"two.{kind}", env=env)
    assert outcome.stderr == ""
    one, two = ((folder / f"{name}.{kind}").read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_png_has_its_size_and_more_than_one_colour(folder: Path) -> None:
    import matplotlib.image

    found = some_trend(folder)
    png = draw_image(found, "vi", "png")
    assert struct.unpack(">II", png[16:24]) == (1500, 900)
    pixels = matplotlib.image.imread(io.BytesIO(png))
    assert len({tuple(pixel) for pixel in pixels[::7, ::7].reshape(-1, pixels.shape[2]).tolist()}) > 3


def test_a_chart_without_quota_rows_or_days_can_be_drawn(folder: Path) -> None:
    """A unit without a quota; a phase that has not begun; a quota of 0."""
    zero = QUOTA.replace("p1: 7", "p1: 0")
    for unit, day in (("b", date(2022, 1, 9)), ("a", date(2022, 1, 1)), ("a", date(2022, 1, 9))):
        found = trend_in(counted(folder, "", day, zero), "p1", unit)
        for lang in ("vi", "en"):
            assert draw_image(found, lang, "svg").endswith(b"</svg>\n")
            assert render_trend_text(found, lang)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "to fix: run: pip install 'sangkien-cli[charts]'"),
        ("vi", "cách sửa: chạy: pip install 'sangkien-cli[charts]'"),
    ],
)
def test_without_matplotlib_an_image_is_refused_before_anything_is_read(
    folder: Path, run: Run, lang: str, words: str
) -> None:
    (folder / "matplotlib.py").write_text("raise ModuleNotFoundError('matplotlib')", encoding="utf-8")
    outcome = run("trend", "-c", "there-is-none.yaml", "-o", "trend.png", lang=lang)  # type: ignore[arg-type]
    assert outcome.code == 2
    assert "trend.png: " in outcome.stderr
    assert words in outcome.stderr


# --- JSON ---


def test_json_and_csv_are_the_same_in_every_language(folder: Path, run: Run) -> None:
    """40 and 50 with dates, 2 without; the line is at 100 × 2 / 44 on the second of 44 days."""
    rows = "Huyện A,10/01/2022,p1,40\nHuyện B,17/01/2022,p1,50\nHuyện A,,p1,2\n"
    write_files(folder, {"sangkien.yaml": QUOTA, "export.csv": HEAD + rows})
    asked = ("trend", "--unit", "tinh", "--as-of", "2022-01-31", "--format")
    for form in ("json", "csv"):
        assert run(*asked, form, lang="vi").stdout_bytes == run(*asked, form, lang="en").stdout_bytes
    parsed = json.loads(run(*asked, "json").stdout)
    assert parsed["points"][-1]["cumulative"] + parsed["undated"] == parsed["done"] == 92
    assert parsed["points"][0]["expected"] == "50/11"


def test_the_last_bits_of_a_layout_do_not_reach_an_image() -> None:
    """They differ from run to run: matplotlib's layout depends on where things lie in memory."""
    from matplotlib.figure import Figure

    def drawn(nudge: float) -> Figure:
        figure = Figure()
        figure.add_axes((0.1, 0.1, 0.7, 0.7 + nudge)).plot([1, 2, 3], marker="o")
        return figure

    for kind in ("svg", "png"):
        plain, nudged = (image(lambda by=by: drawn(by), ["T"], kind) for by in (0.0, 1e-14))  # type: ignore[misc]
        assert plain == nudged

"""Laws of the whole way from files to figures, on random trees, rows and files, against the oracle of `plain.py`."""

from __future__ import annotations

import csv
import os
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sangkien_cli.attain import percent, status
from sangkien_cli.errors import SangkienError
from sangkien_cli.ledger import ledger
from sangkien_cli.model import PercentRule, Rounding
from sangkien_cli.pipeline import Counted, count, load_config
from sangkien_cli.render.json import render_json
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.csv import CsvSource, open_csv
from sangkien_cli.sheets.xlsx import open_xlsx
from sangkien_cli.text import fold
from tests.plain import COUNTS, Line, Node, Plan, Verdict, csv_bytes, judge, sheet_xml, tally, write_package

bounded = settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)

# --- what is drawn ----------------------------------------------------------------------------------------------

NAMES = (
    "LĐLĐ tỉnh Thái Nguyên",
    "LĐLĐ TP Thái Nguyên",
    "LĐLĐ huyện Đồng Hỷ",
    "CĐ các KCN",
    "CĐCS Trường THPT Hoà Bình",
    "CĐCS Công ty Thuỷ Nông",
    "NA",
    "null",
    "007",
    "7",
)
UNKNOWN = ("LĐLĐ huyện Châu Thành", "Dong Hy", "nan")
DATES = (
    "31/12/2021", "1/1/2022", "01.02.2022", "15-03-2022 08:30", "31/05/2022 24:00", "2022-06-01",
    "2022-05-31T18:00:00Z",
    "30/6/2022", "01/07/2022", "15/09/2022 23:59:59", "2022-12-31T16:59:59+00:00", "1/1/2023",
)  # fmt: skip
BAD_DATES = ("", " ", "03/25/2022", "31/02/2022", "tháng 3", "1/3/22", "44682")
PHASES = {"gd1": (date(2022, 1, 1), date(2022, 5, 31)), "gd2": (date(2022, 7, 1), date(2022, 12, 31))}
AS_OF = date(2022, 9, 15)


@st.composite
def spellings(draw: st.DrawFn, name: str) -> str:
    """Another way of typing a name that the contract calls the same."""
    changes = [
        lambda text: text.upper(),
        lambda text: text.lower(),
        lambda text: text.replace(" ", " \u00a0 "),
        lambda text: f"  {text} .",
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text[:1] + "\u200b" + text[1:],
        lambda text: text.replace("Đ", "\u00d0"),
        lambda text: text.replace("LĐLĐ", "Liên đoàn  Lao động"),
        lambda text: text.replace("TP ", "thành phố "),
        lambda text: text.replace("huyện ", "H."),
        lambda text: text.replace("Hoà", "Hòa").replace("Thuỷ", "Thủy"),
        lambda text: text.replace("KCN", "Khu Công nghiệp"),
    ]
    for change in draw(st.lists(st.sampled_from(changes), max_size=3, unique=True)):
        name = change(name)
    return name


@st.composite
def trees(draw: st.DrawFn) -> tuple[Node, ...]:
    """Up to eight units in tree order; names repeat in different branches, siblings differ."""
    size = draw(st.integers(1, 8))
    parents = [None if i == 0 else draw(st.sampled_from([None, *range(i)])) for i in range(size)]
    names = [draw(st.sampled_from(NAMES)) for _ in range(size)]
    quotas = st.dictionaries(st.sampled_from(list(PHASES)), st.integers(0, 6))
    drawn = [Node(name, None, (), draw(quotas)) for name in names]
    also = draw(st.sampled_from([(), ("Đơn vị Một",), ("Đơn vị Một", "Than X")]))
    drawn[-1] = replace(drawn[-1], also=also)
    nodes: list[Node] = []

    def add(position: int, parent: int | None) -> None:
        here = len(nodes)
        own_id = draw(st.sampled_from([None, f"id-{9 - position}"]))
        nodes.append(replace(drawn[position], parent=parent, id=own_id))
        taken: set[str] = set()
        for child in range(position + 1, size):
            if parents[child] == position and fold(names[child]) not in taken:
                taken.add(fold(names[child]))
                add(child, here)

    roots: set[str] = set()
    for position in range(size):
        if parents[position] is None and fold(names[position]) not in roots:
            roots.add(fold(names[position]))
            add(position, None)
    return tuple(nodes)


def names_of(nodes: Sequence[Node]) -> list[str]:
    """Every name that the tree knows."""
    return [name for node in nodes for name in (node.name, *node.also)]


NOTES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).map(
    lambda text: f"g{text}"
)


CODES = ("SK1", "sk1", " SK1 ", "SK\u200b1", "01", "1", "A  B", "a b", "SK2", "SK3", "SK4", "SK5", "SK6")
SOUND = {
    "code": st.sampled_from(CODES),
    "submitted": st.sampled_from(["1/1/2022", "01.02.2022", "2022-02-01", "31/05/2022 24:00", "01/07/2022"]),
    "phase": st.sampled_from(["gd1", "GD2"]),
    "status": st.sampled_from(["Hợp lệ", "HỢP  LỆ."]),
    "count": st.sampled_from(["0", "1", "3", "007", " 12 ", "1000000000"]),
}
MESSY = {
    "code": st.sampled_from([*CODES, "", " ", "\u200b"]),
    "submitted": st.sampled_from([*DATES, *BAD_DATES]),
    "phase": st.sampled_from(["gd1", " gd2.", "", "gd3"]),
    "status": st.sampled_from(["Hợp lệ", "Chờ duyệt", ""]),
    "count": st.sampled_from(["1", "", "1,5", "5.091", "-1", "mười"]),
}


@st.composite
def rows(draw: st.DrawFn, plan: Plan) -> list[dict[str, str]]:
    """Rows by header, sound and messy ones. None is blank: each has a note."""
    drawn = []
    for _ in range(draw(st.integers(1, 16))):
        cells = {name: draw(SOUND[name]) for name in plan.fields}
        lineage = _names_above(plan.nodes, draw(st.integers(0, len(plan.nodes) - 1)))
        units = (lineage + [""] * plan.levels)[: plan.levels]
        spoilt = draw(st.sampled_from([None, None, None, "units", *plan.fields]))
        if spoilt == "units":
            strange = st.sampled_from([*names_of(plan.nodes), "", "  ", "\u200b", " - ", *UNKNOWN])
            units[draw(st.integers(0, plan.levels - 1))] = draw(strange)
        elif spoilt:
            cells[spoilt] = draw(MESSY[spoilt])
        cells |= {f"unit {level}": draw(spellings(name)) for level, name in enumerate(units)}
        drawn.append(cells | {"note": draw(NOTES)})
    return drawn


def _names_above(nodes: Sequence[Node], unit: int) -> list[str]:
    """The names of a unit and of those above it."""
    parent = nodes[unit].parent
    above = [] if parent is None else _names_above(nodes, parent)
    return [nodes[unit].name, *above]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A quota file with a random tree, one to three unit levels, and some of the options of counting."""
    count_column = draw(st.sampled_from([(), (), ("count",)]))
    dating = draw(st.sampled_from([("submitted",), ("submitted",), ("submitted", "phase"), ()]))
    return Plan(
        nodes=draw(trees()),
        phases=PHASES,
        fields=("code", *dating, "status", *count_column),
        fixed_phase=None if dating else "gd2",
        levels=draw(st.integers(1, 3)),
        statuses=draw(st.sampled_from([(), ("Hợp lệ", "Đã công nhận")])),
        once_per=draw(st.sampled_from([None, None, "none", "status"])),
        percent=(draw(st.integers(0, 3)), draw(st.sampled_from(["half-up", "down", "up", "half-even"]))),
    )


# --- files ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """A row and the file and sheet that it goes into. A file with one sheet "" is a CSV."""

    file: str
    sheet: str
    cells: dict[str, str]


PLACES = (("a.csv", ""), ("b.csv", ""), ("c.xlsx", "Một"), ("c.xlsx", "Hai 'ba' & 4"), ("d.xlsx", "An"))


def write(folder: Path, plan: Plan, placed: Sequence[Placed], newline: str = "\n", bom: bool = False) -> list[Line]:
    """Write the exports, and where each row came to stand. Each sheet has two lines of title, one of them blank."""
    lines: list[Line] = []
    books: dict[str, xlsxwriter.Workbook] = {}
    for file, sheet in sorted({(each.file, each.sheet) for each in placed}):
        own = [each.cells for each in placed if (each.file, each.sheet) == (file, sheet)]
        lines += [Line(file, sheet, number, cells) for number, cells in enumerate(own, start=4)]
        table = [["TỔNG HỢP"], [], list(plan.headers), *([cells[header] for header in plan.headers] for cells in own)]
        if sheet:
            book = books.setdefault(file, xlsxwriter.Workbook(folder / file, {"in_memory": True}))
            _fill(book, sheet, table)
        else:
            (folder / file).write_bytes(csv_bytes(table, newline=newline, bom=bom))
    for book in books.values():
        book.close()
    return lines


def _fill(book: xlsxwriter.Workbook, sheet: str, table: Sequence[Sequence[str]]) -> None:
    """Text cells, but real dates for texts like 30/6/2022 and numbers for texts like 3."""
    target = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, cells in enumerate(table):
        for column, text in enumerate(cells):
            if text in ("30/6/2022", "1/1/2022"):
                target.write_datetime(number, column, datetime.strptime(text, "%d/%m/%Y"), day)
            elif text in ("0", "1", "3", "1000000000"):
                target.write_number(number, column, int(text))
            elif text:
                target.write_string(number, column, text)


@contextmanager
def inside(folder: str | None = None) -> Iterator[Path]:
    """A new folder to work in, left again at the end."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(dir=folder) as name:
        os.chdir(name)
        try:
            yield Path(name)
        finally:
            os.chdir(before)


def counted(plan: Plan, files: Sequence[str], folder: Path) -> Counted:
    """The program's count of some files."""
    (folder / "q.yaml").write_text(plan.yaml(), encoding="utf-8")
    config = load_config(folder / "q.yaml")
    return count(config, [str(folder / file) for file in files], AS_OF)


def files_of(placed: Sequence[Placed]) -> list[str]:
    """The files, once each, in the order of the rows."""
    return list(dict.fromkeys(each.file for each in placed))


def sensible(plan: Plan) -> bool:
    """Whether no two ids made from names clash, which the program refuses."""
    with inside() as folder:
        (folder / "q.yaml").write_text(plan.yaml(), encoding="utf-8")
        try:
            load_config(folder / "q.yaml")
        except SangkienError as error:
            return any(problem.what.key != "config.ids_clash" for problem in error.problems)
    return True


def ids_of(result: Counted) -> list[str]:
    """The units' ids in tree order."""
    return [unit.id for unit in result.report.config.units]


def as_table(result: Counted) -> dict[tuple[str, str, int], tuple[str, str, str]]:
    """Reason, unit and phase of each data row by its file, sheet and row, from the ledger."""
    table = ledger(result.judged, result.report.config)
    texts = [table[name].fillna("") for name in ("file", "sheet", "reason", "unit", "phase")]
    found = {}
    for row, file, sheet, reason, unit, phase in zip(table["row"], *texts, strict=True):
        if reason != "layout":
            assert (file, sheet, row) not in found
            found[str(file), str(sheet), int(row)] = (str(reason), str(unit), str(phase))
    return found


def figures(result: Counted) -> object:
    """All figures of the report, without the names of the files."""
    report = result.report
    units = [(each.unit.id, each.phase, each.done, each.direct, each.percent) for each in report.attainments]
    return units, report.rows.read, report.rows.counted, dict(report.rows.set_aside)


PLACED = st.sampled_from(PLACES)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Plan, list[Placed]]:
    """A quota file, and rows in files."""
    plan = draw(plans())
    assume(sensible(plan))
    drawn = draw(rows(plan))
    return plan, [Placed(*draw(PLACED), cells) for cells in drawn]


# --- the laws ---------------------------------------------------------------------------------------------------


@bounded
@given(scenes(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_the_program_agrees_with_the_oracle(scene: tuple[Plan, list[Placed]], newline: str, bom: bool) -> None:
    plan, placed = scene
    with inside() as folder:
        lines = write(folder, plan, placed, newline, bom)
        result = counted(plan, files_of(placed), folder)
    ids = ids_of(result)
    verdicts = judge(plan, lines, ids, AS_OF)
    table = as_table(result)
    assert set(table) == {(line.file, line.sheet, line.row) for line in lines}
    for line, verdict in zip(lines, verdicts, strict=True):
        _agree(table[line.file, line.sheet, line.row], verdict, ids, line)
    report = result.report
    expected = tally(plan, verdicts)
    for each in report.attainments:
        assert (each.done, each.direct) == expected[ids.index(each.unit.id), each.phase], each.unit.name


def _agree(found: tuple[str, str, str], verdict: Verdict, ids: Sequence[str], line: Line) -> None:
    reason, unit, phase = found
    assert reason in (verdict.reason, verdict.also), line
    if verdict.reason == COUNTS:
        assert verdict.unit is not None
        assert (unit, phase) == (ids[verdict.unit], verdict.phase), line


@bounded
@given(scenes())
def test_no_row_is_lost(scene: tuple[Plan, list[Placed]]) -> None:
    plan, placed = scene
    with inside() as folder:
        write(folder, plan, placed)
        result = counted(plan, files_of(placed), folder)
    report = result.report
    assert report.rows.read == len(placed) == report.rows.counted + sum(report.rows.set_aside.values())
    assert report.rows.read == sum(each.rows for each in report.inputs)
    whole = [each for each in report.attainments if each.phase == "all"]
    counts = [int(text) for text, reason in _counts(result) if not reason]
    assert sum(each.direct for each in whole) == sum(counts)
    assert sum(each.done for each in whole if each.unit.parent is None) == sum(counts)
    for each in report.attainments:
        children = [
            other.done
            for other in report.attainments
            if other.phase == each.phase
            and other.unit.parent is not None
            and report.config.units[other.unit.parent] is each.unit
        ]
        assert each.done == each.direct + sum(children)


def _counts(result: Counted) -> list[tuple[int, str]]:
    table = ledger(result.judged, result.report.config)
    return [
        (count, reason) for count, reason in zip(table["count"], table["reason"].fillna(""), strict=True)
        if reason != "layout"
    ]  # fmt: skip


@bounded
@given(scenes(), st.data())
def test_order_and_partition_change_no_figure(scene: tuple[Plan, list[Placed]], data: st.DataObject) -> None:
    plan, placed = scene
    # Equal codes of one moment and unit are told apart by file and row alone, so these may decide about figures.
    plan = replace(plan, fields=tuple(name for name in plan.fields if name not in ("count", "phase")))
    shuffled = data.draw(st.permutations(placed))
    moved = [replace(each, file=place[0], sheet=place[1]) for each in shuffled for place in [data.draw(PLACED)]]
    seen = []
    for layout in (placed, moved):
        with inside() as folder:
            write(folder, plan, layout)
            seen.append(figures(counted(plan, data.draw(st.permutations(files_of(layout))), folder)))
    assert seen[0] == seen[1]


@settings(bounded, max_examples=60)
@given(scenes())
def test_the_same_bytes_twice_and_from_anywhere(scene: tuple[Plan, list[Placed]]) -> None:
    plan, placed = scene
    with inside() as folder:
        write(folder, plan, placed)
        (folder / "q.yaml").write_text(plan.yaml(files_of(placed)), encoding="utf-8")
        (folder / "elsewhere").mkdir()
        texts = set()
        for where, path in ((".", "q.yaml"), (".", str(folder / "q.yaml")), ("elsewhere", "../q.yaml")):
            os.chdir(folder / where)
            texts.add(render_json(count(load_config(Path(path)), None, AS_OF).report).encode())
        os.chdir(folder)
    assert len(texts) == 1


def test_the_bytes_do_not_depend_on_how_the_quota_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan((Node("X", id="x"),), PHASES, levels=1)
    (tmp_path / "conf").mkdir()
    (tmp_path / "data").mkdir()
    row = ["SK1", "1/2/2022", "", "X", "g"]
    for path in ("conf/b.csv", "data/a.csv"):
        (tmp_path / path).write_bytes(csv_bytes([plan.headers, row]))
    (tmp_path / "conf/q.yaml").write_text(plan.yaml(["b.csv", str(tmp_path / "data/a.csv")]), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "conf")
    near = render_json(count(load_config(Path("q.yaml")), None, AS_OF).report)
    far = render_json(count(load_config(tmp_path / "conf/q.yaml"), None, AS_OF).report)
    assert near == far


# --- percents ---------------------------------------------------------------------------------------------------

WHOLES = st.one_of(st.integers(0, 50), st.integers(0, 10**6), st.integers(0, 10**18))
ROUNDINGS = st.sampled_from(["half-up", "down", "up", "half-even"])


@settings(bounded, max_examples=500)
@given(WHOLES, WHOLES, st.integers(0, 6), ROUNDINGS)
def test_a_printed_percent_passes_its_own_audit(done: int, quota: int, decimals: int, rounding: Rounding) -> None:
    printed = percent(done, quota, PercentRule(decimals, rounding))
    if quota == 0:
        assert printed is None
        return
    assert printed is not None
    _check_percent(printed, done, quota, decimals, rounding)


def _check_percent(printed: str, done: int, quota: int, decimals: int, rounding: str) -> None:
    exact, shown = Fraction(100 * done, quota), Fraction(printed)
    digits = len(printed.partition(".")[2])
    assert digits >= decimals
    step = Fraction(1, 10**digits)
    assert (shown / step).denominator == 1
    off = shown - exact
    match rounding:
        case "down":
            assert -step < off <= 0
        case "up":
            assert 0 <= off < step
        case "half-up":
            assert -step / 2 < off <= step / 2
        case _:
            assert abs(off) <= step / 2
            assert abs(off) < step / 2 or (shown / step).numerator % 2 == 0
    assert shown < 100 or done >= quota
    assert shown > 0 or done == 0
    if digits > decimals:  # more decimals than asked for only where fewer would lie
        tenfold = 10 ** (digits - 1)
        candidates = {Fraction(int(exact * tenfold), tenfold), Fraction(int(exact * tenfold) + 1, tenfold)}
        assert (done < quota and 100 in candidates) or (done > 0 and 0 in candidates)


@settings(bounded, max_examples=40)
@given(scenes())
def test_every_percent_of_a_report_passes_its_own_audit(scene: tuple[Plan, list[Placed]]) -> None:
    plan, placed = scene
    with inside() as folder:
        write(folder, plan, placed)
        report = counted(plan, files_of(placed), folder).report
    for each in report.attainments:
        if each.quota:
            assert each.percent is not None
            _check_percent(each.percent, each.done, each.quota, *plan.percent)
        else:
            assert each.percent is None
        assert each.short == (None if each.quota is None else max(each.quota - each.done, 0))


@settings(bounded, max_examples=300)
@given(WHOLES, WHOLES, st.integers(1, 100))
def test_status_is_decided_on_the_exact_ratio(done: int, quota: int, near: int) -> None:
    if done == 0:
        expected = "none"
    elif done > quota:
        expected = "exceeded"
    elif done == quota:
        expected = "met"
    else:
        expected = "near" if 100 * done >= near * quota else "below"
    assert status(done, quota, Fraction(near)) == expected


# --- CSV: sound and damaged -----------------------------------------------------------------------------------

CELL = st.text(
    st.one_of(
        st.sampled_from("a1 ,;\"\n\r\t'đ\u0301"), st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    ),
    max_size=6,
)


@settings(bounded, max_examples=500)
@given(st.data())
def test_the_cells_of_a_sound_csv_are_delivered_as_they_are(data: st.DataObject) -> None:
    """Records on one line are read by pyarrow, others one by one: both must give what was written."""
    width = data.draw(st.integers(1, 4))
    records = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=6))
    newline = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    delimiter = data.draw(st.sampled_from([",", ";"]))
    assume(not any(_looks_like_several(record, delimiter) for record in records))
    header = [f"h{i}" for i in range(width)]
    content = csv_bytes([header, *records], delimiter, newline, data.draw(st.booleans()), data.draw(st.booleans()))
    if data.draw(st.booleans()):
        content = content.removesuffix(newline.encode())
    with inside() as folder:
        (folder / "a.csv").write_bytes(content)
        cells = _csv(folder / "a.csv", delimiter).cells(1, range(width))
    assert not cells.broken
    found = {int(row): [column[i].as_py() for column in cells.columns] for i, row in enumerate(cells.rows)}
    assert _filled(found) == _filled(dict(enumerate(records, start=2)))


def _csv(path: Path, delimiter: str) -> CsvSource:
    """A CSV file read with one delimiter."""
    return next(way for way in open_csv(Content(path.name, path)) if way.delimiter == delimiter)


def _looks_like_several(record: list[str], delimiter: str) -> bool:
    """Whether three lines inside a record are records too: then a stray quote may as well have swallowed them."""
    inner = csv_bytes([record], delimiter).decode().splitlines(keepends=True)[1:]
    return sum(len(next(csv.reader([line], delimiter=delimiter), [])) == len(record) > 1 for line in inner) >= 3


def _filled(records: dict[int, list[str]]) -> dict[int, list[str]]:
    return {row: cells for row, cells in records.items() if any(cell.strip() for cell in cells)}


FIELD = st.text(st.sampled_from("ab đ"), min_size=1, max_size=4)


@settings(bounded, max_examples=500)
@given(st.data())
def test_a_damaged_csv_loses_no_line_in_silence(data: st.DataObject) -> None:
    """One record a line, some with a quote, a delimiter or a cell too many or too few: the others stay as they were."""
    size = data.draw(st.integers(2, 10))
    whole = [[f"SK{i}", data.draw(FIELD), data.draw(FIELD), f"end{i}"] for i in range(size)]
    lines = [",".join(record) for record in whole]
    damaged = data.draw(st.sets(st.integers(0, size - 1), max_size=4))
    for i in damaged:
        at = data.draw(st.one_of(st.sampled_from([0, len(f"SK{i},")]), st.integers(0, len(lines[i]))))
        lines[i] = lines[i][:at] + data.draw(st.sampled_from(['"', '"', ","])) + lines[i][at:]
    text = "\n".join(["a,b,c,d", *lines, ""])
    assume(not _is_sound(text))
    with inside() as folder:
        (folder / "a.csv").write_text(text, encoding="utf-8", newline="")
        cells = _csv(folder / "a.csv", ",").cells(1, range(4))
    found = {int(row): [column[i].as_py() for column in cells.columns] for i, row in enumerate(cells.rows)}
    assert list(found) == list(range(2, size + 2))
    for i, record in enumerate(whole):
        if i not in damaged:
            assert found[i + 2] == record
            assert i + 2 not in cells.broken


def _is_sound(text: str) -> bool:
    """Whether the text is CSV to the letter, in which a quoted newline is what its author may have meant."""
    try:
        records = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error:
        return False
    return all(len(record) == 4 for record in records)


# --- large ------------------------------------------------------------------------------------------------------


def test_a_hundred_levels_and_codes_that_differ_in_case(tmp_path: Path) -> None:
    nodes = tuple(Node(f"Cấp {i}", i - 1 if i else None, (), {}, f"u{i}") for i in range(100))
    plan = Plan(nodes, PHASES, ("code", "submitted"), levels=1)
    size = 100_000
    table = [plan.headers, *([f"{'sk' if i % 2 else 'SK'}-{i // 2}", "1/2/2022", "Cấp 99", "g"] for i in range(size))]
    (tmp_path / "a.csv").write_bytes(csv_bytes(table))
    report = counted(plan, ["a.csv"], tmp_path).report
    assert Counter({reason.value: n for reason, n in report.rows.set_aside.items()}) == {"duplicate": size // 2}
    assert {each.done for each in report.attainments if each.phase == "gd1"} == {size // 2}
    assert [each.unit.depth for each in report.attainments if each.phase == "gd1"] == list(range(100))


# --- worksheets: the scan for unusable cells ---------------------------------------------------------------------

CELL_FORMS = (
    '<c r="{0}"><v>1</v></c>',
    '<c r="{0}" s="3"/>',
    '<c r="{0}" t="e"><v>#REF!</v></c>',
    "<c r=\"{0}\" t='e'><v>#N/A</v></c >",
    "<c r='{0}' t='e'><v>#N/A</v></c>",
    '<c t="e" r="{0}"><v>#NUM!</v></c>',
    '<c r="{0}"><f>B2</f></c>',
    '<c r="{0}"><f>IF(A1="&lt;c r=","e",\'e\')</f><v>1</v></c\n>',
    '<c r="{0}" t="str"><f t="shared" si="0"/><v></v></c>',
    '<c r="{0}" t="str"><f t="shared" si="0"/></c>',
    '<c r="{0}" t="s"><v>0</v></c>',
    '<c r="{0}" t="inlineStr"><is><t>a &lt;c r="B5" t="e"&gt; :c <![CDATA[</c>]]></t></is></c>',
    '<c\n\tr="{0}"\n\tt="e"\n><v\n>#REF!</v></c>',
    '<c r="{0}" t="b"><f/><v>1</v></c>',
    '<c r="{0}"><!-- <c r="A1" t="e"/> --><v>1</v></c>',
)  # fmt: skip


@settings(bounded, max_examples=500)
@given(
    st.lists(st.lists(st.integers(0, len(CELL_FORMS) - 1), max_size=4), max_size=4),
    st.sets(st.integers(0, len(CELL_FORMS) - 1), min_size=1, max_size=4),
)
def test_no_unusable_cell_is_overlooked(forms: list[list[int]], used: set[int]) -> None:
    """In a sheet in any mixture of a few forms of cells."""
    few = sorted(used)
    rows = []
    for number, row in enumerate(forms, start=1):
        cells = [CELL_FORMS[few[form % len(few)]].format(f"{'ABCD'[i]}{number}") for i, form in enumerate(row)]
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    xml = sheet_xml("".join(rows))
    shared = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>x</t></si></sst>'
    with inside() as folder:
        path = write_package(folder / "a.xlsx", {"S": xml}, strings=shared)
        (sheet,) = open_xlsx(Content("a.xlsx", path))
        assert set(sheet.cells(0, None).flawed) == set(_flawed(xml.encode()))


def _flawed(xml: bytes) -> Iterator[tuple[int, int]]:
    names = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    for cell in ElementTree.fromstring(xml).iter(f"{names}c"):
        value, formula = cell.findtext(f"{names}v"), cell.find(f"{names}f")
        stored = bool(value) or (value is not None and cell.get("t") == "str")
        if cell.get("t") == "e" or (formula is not None and not stored):
            yield int(cell.get("r", "")[1:]), "ABCD".index(cell.get("r", "")[0])

"""Two ledgers by themselves: every row accounted for once, done explained, and files that are no ledger."""

from __future__ import annotations

import gzip
import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangkien_cli.compare.ledger_files import plain_ledger, read_ledger_file
from sangkien_cli.compare.ledgers import VERDICTS, LedgerChanges, Outline, ledger_changes
from sangkien_cli.errors import SangkienError, show_problem
from sangkien_cli.lang import say
from sangkien_cli.ledger import COLUMNS
from sangkien_cli.model import ALL
from sangkien_cli.render.csv import PLAIN, excel_dialect
from sangkien_cli.render.ledger import render_ledger_csv, render_ledger_parquet

if TYPE_CHECKING:
    from tests.conftest import Run

ROOT = Path(__file__).resolve().parent.parent
FIX = say("ledger.fix")
bounded = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

Fields = Mapping[str, object]


def row(number: int, code: str = "", reason: str = "", **others: object) -> Fields:
    """A row of a.csv, of unit u in phase p where nothing else is said."""
    usual: Fields = {
        "file": "a.csv", "sheet": "", "row": number, "code": code, "unit_text": "U", "unit": "u", "phase": "p",
        "submitted": "2022-04-01", "count": 1, "reason": reason, "detail": "",
    }  # fmt: skip
    return {**usual, **others}


def table(rows: Sequence[Fields]) -> pd.DataFrame:
    return plain_ledger(pd.DataFrame([dict(each) for each in rows], columns=list(COLUMNS)))


def changes(then: Sequence[Fields], now: Sequence[Fields], **options: Any) -> LedgerChanges:
    return ledger_changes(table(then), table(now), **options)


def told(found: LedgerChanges) -> list[tuple[str, str, int | None, int | None]]:
    """Each differing row: what became of it, in which fields it differs, and its row numbers then and now."""
    return [
        (
            each.change,
            " ".join(each.fields),
            None if each.then is None else each.then.row,
            None if each.now is None else each.now.row,
        )
        for each in found.differing()
    ]


# --- what can become of a row, worked out by hand ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "fields"),
    [
        (row(2, "A", "filtered", detail="status: Chờ"), row(2, "A"), "reason detail"),
        (row(2, "A"), row(2, "A", "duplicate", detail="b.csv:7"), "reason detail"),
        (row(2, "A", "no-date", submitted=""), row(2, "A"), "reason submitted"),
        (row(2, "A"), row(2, "A", unit="v", unit_text="V"), "unit"),
        (row(2, "A"), row(2, "A", phase="q", submitted="2022-07-01"), "phase submitted"),
        (row(2, "A"), row(2, "A", count=3), "count"),
        (row(2, "A", "bad-count", count=None, detail="x"), row(2, "A", "bad-count", count=None, detail="y"), "detail"),
        (row(2, "", "no-code"), row(2, "A"), "reason code"),
        (row(2, "1.2E15", "unreadable", detail="A2: 1.2E15"), row(2, "123456789"), "reason code detail"),
        (row(2, "", "layout", detail="blank", unit=None, phase=None), row(2, ""), "reason unit phase detail"),
    ],
)
def test_a_row_that_changed_is_told_with_the_fields_that_did(then: Fields, now: Fields, fields: str) -> None:
    found = changes([then], [now])
    assert told(found) == [("changed", fields, 2, 2)]
    assert (found.same, found.changed, found.gone, found.new) == (0, 1, 0, 0)


def test_rows_that_came_and_went() -> None:
    found = changes([row(2, "A"), row(3, "B", "filtered")], [row(2, "C"), row(3, "B", "filtered")])
    assert told(found) == [("gone", "", 2, None), ("new", "", None, 2)]
    assert [(each.then, each.now, each.rows) for each in found.moves] == [
        ("counted", "absent", 1), ("absent", "counted", 1)
    ]  # fmt: skip
    # One submission went and one came: done is the same, and both are told.
    assert [(each.unit, each.phase, each.then, each.now, each.lost, each.gained) for each in found.effects] == [
        ("u", "p", 1, 1, {"absent": 1}, {"absent": 1}),
        ("u", "all", 1, 1, {"absent": 1}, {"absent": 1}),
    ]


def test_codes_are_the_same_whatever_their_case_and_blanks() -> None:
    assert changes([row(2, "SK-1"), row(3, "SK-01")], [row(2, " sk-1"), row(3, "SK-01 ")]).alike


def test_a_list_sorted_anew_has_not_changed() -> None:
    then = [row(2, "A"), row(3, "B", "filtered"), row(4, "", "no-code"), row(5, "", "layout", detail="total")]
    now = [row(2, "", "layout", detail="total"), row(3, "", "no-code"), row(4, "B", "filtered"), row(5, "A")]
    found = changes(then, now)
    assert (found.alike, found.same, found.elsewhere) == (True, 4, 4)
    assert not changes(then, now, by_code=False).alike


def test_rows_without_codes_are_known_by_what_is_typed_in_them_and_their_place() -> None:
    # A row was put in above; of U's two rows of one day the second one was set aside since.
    first, second, third = {"unit_text": "U"}, {"unit_text": "U"}, {"unit_text": "V", "unit": "v"}
    then = [row(2, **first), row(3, **second), row(4, **third)]
    now = [row(2, unit_text="W", unit="w"), row(3, **first), row(4, "", "filtered", **second), row(5, **third)]
    assert told(changes(then, now)) == [("changed", "reason", 3, 4), ("new", "", None, 2)]


def test_of_rows_with_one_code_those_belong_together_that_are_alike() -> None:
    # The earlier date counts: North's was the earlier one, and is not now.
    north, south = {"unit_text": "N", "unit": "n"}, {"unit_text": "S", "unit": "s"}
    then = [
        row(2, "A", submitted="2022-04-01", **north),
        row(3, "A", "duplicate", submitted="2022-04-05", detail="a.csv:2", **south),
    ]
    now = [
        row(2, "A", submitted="2022-04-05", **south),
        row(3, "A", "duplicate", submitted="2022-04-09", detail="a.csv:2", **north),
    ]
    found = changes(then, now)
    assert told(found) == [("changed", "reason submitted detail", 2, 3), ("changed", "reason detail", 3, 2)]
    assert {(each.unit, each.phase): (each.lost, each.gained) for each in found.effects if each.phase == "p"} == {
        ("n", "p"): ({"duplicate": 1}, {}),
        ("s", "p"): ({}, {"duplicate": 1}),
    }


def test_of_copies_of_a_row_the_one_in_its_place_stays() -> None:
    then = [row(5, "A")]
    now = [row(2, "A", "duplicate", detail="a.csv:5"), row(5, "A"), row(9, "A", "duplicate", detail="a.csv:5")]
    assert told(changes(then, now)) == [("new", "", None, 2), ("new", "", None, 9)]
    assert told(changes(now, then)) == [("gone", "", 2, None), ("gone", "", 9, None)]


def test_a_file_under_another_name_holds_the_same_submissions() -> None:
    then = [row(2, "A", file="april.xlsx", sheet="1"), row(3, "B", "filtered", file="april.xlsx", sheet="1")]
    now = [row(7, "A", file="may.xlsx", sheet="2"), row(8, "B", "filtered", file="may.xlsx", sheet="2")]
    found = changes(then, now)
    assert (found.alike, found.elsewhere) == (True, 2)


def test_a_duplicate_that_repeats_the_same_row_has_not_changed_where_that_one_moved() -> None:
    def rows(start: int, original: str) -> list[Fields]:
        place = f"{original} [S]:{start}"
        return [
            row(start, "A", file=original, sheet="S"),
            row(start + 4, "A", "duplicate", file=original, sheet="S", detail=place, unit_text="V", unit="v"),
        ]

    assert changes(rows(2, "a.xlsx"), rows(3, "a.xlsx")).alike
    # Another one is repeated now: B's row stands where A's stood.
    then = [row(2, "A"), row(3, "B"), row(4, "A", "duplicate", detail="a.csv:2")]
    now = [row(2, "A"), row(3, "B"), row(4, "A", "duplicate", detail="a.csv:3")]
    assert told(changes(then, now)) == [("changed", "detail", 4, 4)]
    # Neither the row that was repeated nor the one that is now is in both ledgers.
    then = [row(2, "B"), row(4, "A", "duplicate", detail="a.csv:2")]
    now = [row(4, "A", "duplicate", detail="z.csv:9")]
    assert told(changes(then, now)) == [("gone", "", 2, None), ("changed", "detail", 4, 4)]


def test_a_move_within_a_unit_is_none_of_its_loss() -> None:
    """Two of a's three submissions moved to b: t, above both, neither lost nor won; the third now stands for five."""
    known = Outline({"t": None, "a": "t", "b": "t"}, {"t": "T", "a": "A", "b": "B"}, {"p": "P"})
    then = [row(number, f"K{number}", unit="a") for number in (2, 3, 4)]
    now = [row(2, "K2", unit="b"), row(3, "K3", unit="b"), row(4, "K4", unit="a", count=5)]
    found = changes(then, now, known=known)
    assert [
        (each.unit, each.then, each.now, each.lost, each.gained) for each in found.effects if each.phase == "p"
    ] == [
        ("t", 3, 7, {}, {"counted": 4}),
        ("a", 3, 5, {"counted": 2}, {"counted": 4}),
        ("b", 0, 2, {}, {"counted": 2}),
    ]


def test_numbers_that_leave_64_bits_are_added_up() -> None:
    large = 10**18 - 1
    then = [row(number, f"K{number}", count=large) for number in range(2, 22)]
    found = changes(then, [row(number, f"K{number}", "filtered", count=large) for number in range(2, 22)])
    assert [(each.then, each.now, each.lost) for each in found.effects][:1] == [
        (20 * large, 0, {"filtered": 20 * large})
    ]


# --- laws --------------------------------------------------------------------------------------------------------

UNITS = ("t", "a", "b", "")
TREE = Outline({"t": None, "a": "t", "b": "a"}, {"t": "T", "a": "A", "b": "B"}, {"p": "P", "q": "Q"})


@st.composite
def ledgers(draw: st.DrawFn) -> list[Fields]:
    """A ledger of up to twelve rows, no two in one place."""
    places = draw(
        st.lists(
            st.tuples(st.sampled_from(("a.csv", "b.csv")), st.integers(2, 9)), unique=True, min_size=0, max_size=12
        )
    )
    rows = []
    for file, number in sorted(places):
        reason = draw(st.sampled_from(("", "", "filtered", "duplicate", "no-code", "unreadable", "layout")))
        code = "" if reason in ("layout", "no-code") else draw(st.sampled_from(("1", "2", "3", "")))
        unit = draw(st.sampled_from(UNITS if reason else UNITS[:-1]))
        detail = draw(st.sampled_from(("a.csv:2", "b.csv:3"))) if reason == "duplicate" else ""
        rows.append(
            row(
                number, code, reason, file=file, unit=unit, unit_text=unit, phase=draw(st.sampled_from("pq")),
                count=None if reason == "layout" else draw(st.integers(0, 3)), detail=detail,
                submitted=draw(st.sampled_from(("2022-04-01", "2022-07-01", ""))),
            )
        )  # fmt: skip
    return rows


def done(rows: Sequence[Fields], known: Outline) -> Counter[tuple[str, str]]:
    """What counts for each unit and those above it, added up row by row."""
    sums: Counter[tuple[str, str]] = Counter()
    for each in rows:
        if not each["reason"]:
            for unit in known.lineage(str(each["unit"])):
                sums[unit, str(each["phase"])] += int(str(each["count"]))
                sums[unit, ALL] += int(str(each["count"]))
    return sums


def place(each: Fields) -> tuple[object, object]:
    return each["file"], each["row"]


@bounded
@given(ledgers(), ledgers(), st.booleans(), st.sampled_from((Outline(), TREE)))
def test_every_row_is_accounted_for_once_and_done_is_explained(
    then: list[Fields], now: list[Fields], by_code: bool, known: Outline
) -> None:
    found = changes(then, now, by_code=by_code, known=known)
    assert (found.then.rows, found.now.rows) == (len(then), len(now))
    assert len(then) == found.same + found.changed + found.gone
    assert len(now) == found.same + found.changed + found.new
    rows = list(found.differing())
    for side, ledger in (("then", then), ("now", now)):
        places = [(line.file, line.row) for each in rows if (line := getattr(each, side)) is not None]
        assert len(set(places)) == len(places) == len(ledger) - found.same
        assert set(places) <= set(map(place, ledger))
    kinds = Counter(each.change for each in rows)
    assert (kinds["changed"], kinds["gone"], kinds["new"]) == (found.changed, found.gone, found.new)
    assert all(each.fields for each in rows if each.change == "changed")
    told_of = Counter(
        (each.then.verdict if each.then else "absent", each.now.verdict if each.now else "absent") for each in rows
    )
    by_verdicts: Counter[tuple[str, str]] = Counter()
    for move in found.moves:
        by_verdicts[move.then, move.now] += move.rows
        assert bool(move.fields) == (move.then == move.now)
    assert by_verdicts == told_of

    before, after = done(then, known), done(now, known)
    effects = {(each.unit, each.phase): each for each in found.effects}
    for key in before.keys() | after.keys():
        if key not in effects:
            assert before[key] == after[key]
            continue
        each = effects[key]
        assert (each.then, each.now) == (before[key], after[key])
        assert sum(each.gained.values()) - sum(each.lost.values()) == after[key] - before[key]
        assert all(number > 0 for number in (*each.gained.values(), *each.lost.values()))


@bounded
@given(ledgers(), ledgers(), st.booleans())
def test_seen_from_the_other_side_it_is_the_same(then: list[Fields], now: list[Fields], by_code: bool) -> None:
    there, back = changes(then, now, by_code=by_code), changes(now, then, by_code=by_code)
    assert (there.same, there.elsewhere, there.changed) == (back.same, back.elsewhere, back.changed)
    assert (there.gone, there.new) == (back.new, back.gone)
    assert Counter((each.then, each.now) for each in there.differing()) == Counter(
        (each.now, each.then) for each in back.differing()
    )
    assert {(e.unit, e.phase): (e.lost, e.gained) for e in there.effects} == {
        (e.unit, e.phase): (e.gained, e.lost) for e in back.effects
    }


@bounded
@given(ledgers(), st.booleans())
def test_a_ledger_does_not_differ_from_itself(rows: list[Fields], by_code: bool) -> None:
    found = changes(rows, rows, by_code=by_code)
    assert (found.alike, found.same, found.elsewhere) == (True, len(rows), 0)
    assert (found.moves, found.effects) == ((), ())


@bounded
@given(ledgers(), ledgers(), st.sampled_from(("a", "b", "t")), st.sampled_from((None, *VERDICTS)))
def test_a_part_of_the_rows_is_as_it_is_in_the_whole(
    then: list[Fields], now: list[Fields], unit: str, verdict: str | None
) -> None:
    whole, part = changes(then, now), changes(then, now, units={unit}, verdict=verdict)

    def concerns(each: Any) -> bool:
        sides = [side for side in (each.then, each.now) if side is not None]
        return any(side.unit == unit for side in sides) and (
            verdict is None or any(side.verdict == verdict for side in sides)
        )

    assert list(part.differing()) == list(filter(concerns, whole.differing()))
    assert {each.unit for each in part.effects} <= {unit}
    if verdict is None:
        assert part.effects == tuple(each for each in whole.effects if each.unit == unit)


# --- files -------------------------------------------------------------------------------------------------------

typed = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8).filter(lambda text: text[:1] != "'")


@bounded
@given(st.lists(st.tuples(typed, typed, typed, st.sampled_from((None, 0, 7))), max_size=4))
def test_a_ledger_reads_the_same_in_every_form(folder: Path, texts: list[tuple[str, str, str, int | None]]) -> None:
    rows = [
        row(number, code, "bad-count", file=f"{file}.csv", detail=detail, count=count)
        for number, (code, file, detail, count) in enumerate(texts, start=2)
    ]
    frame = pd.DataFrame([dict(each) for each in rows], columns=list(COLUMNS)).astype({"count": "Int64"})
    forms = {
        "l.csv": render_ledger_csv(frame, PLAIN),
        "vi.csv": render_ledger_csv(frame, excel_dialect("vi")),
        "en.csv": render_ledger_csv(frame, excel_dialect("en")),
        "l.parquet": render_ledger_parquet(frame),
    }
    expected = plain_ledger(frame).to_dict("records")
    for name, data in forms.items():
        (folder / name).write_bytes(data)
        assert read_ledger_file(folder / name, FIX).table.to_dict("records") == expected


def refusal(path: Path) -> str:
    with pytest.raises(SangkienError) as caught:
        read_ledger_file(path, FIX)
    return show_problem(caught.value.problems[0], "en").replace(str(path), "L").splitlines()[0]


GOOD = render_ledger_csv(pd.DataFrame([dict(row(2, "A")), dict(row(3, "B"))]), PLAIN)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "L: this is not a ledger: the file is empty"),
        (b"\xef\xbb\xbf\r\n", "L: this is not a ledger: the file is empty"),
        (b'{"schema": "sangkien.audit/1"}', "L: this is “sangkien.audit/1”, not a ledger"),
        (b'{"schema": ', "L: this is JSON, not a ledger"),
        (b"[1, 2]", "L: this is JSON, not a ledger"),
        (gzip.compress(GOOD), "L: this file is compressed: unpack it first"),
        (GOOD.decode().encode("utf-16"), "L:1: this file is not in UTF-8"),
        (GOOD.replace(b"a.csv,,3", b"a.csv,,x"), "L: “x” in column row is not a whole number (row 2 of data)"),
        (GOOD.replace(b"a.csv,,3", b"a.csv,,"), "L: “” in column row is not a whole number (row 2 of data)"),
        (GOOD.replace(b",1,,", b",,,"), "L: “” in column count is not a whole number (row 1 of data)"),
        (GOOD[:-9], "L: the ledger cannot be read ("),
        (GOOD.replace(b",reason", b",why"), "L: this is not a ledger; it lacks the columns reason"),
    ],
)
def test_what_is_no_ledger_is_told_for_what_it_is(folder: Path, content: bytes, said: str) -> None:
    (folder / "l").write_bytes(content)
    assert refusal(folder / "l").startswith(said)


def test_a_workbook_and_a_damaged_parquet_are_no_ledgers(folder: Path) -> None:
    openpyxl.Workbook().save(folder / "l.xlsx")
    assert refusal(folder / "l.xlsx") == "L: this is a workbook, not a ledger: a ledger is .csv or .parquet"
    whole = render_ledger_parquet(pd.DataFrame([dict(row(2, "A"))]))
    (folder / "l.parquet").write_bytes(whole[: len(whole) // 2])
    assert refusal(folder / "l.parquet").startswith("L: the ledger cannot be read (")


# --- the command -------------------------------------------------------------------------------------------------


def report_and_ledger(run_here: Run, name: str, *options: str, ending: str = ".csv") -> Any:
    """A report of the Thái Nguyên sample with its ledger; the report as JSON."""
    done = run_here("report", *options, "-o", f"{name}.json", "--ledger", f"{name}{ending}")
    assert done.code == 0
    return json.loads(Path(f"{name}.json").read_text(encoding="utf-8"))


def assert_explains(diff: Any, then: Any, now: Any) -> None:
    """Whether two reports' figures differ by what the diff says, and nowhere else."""
    effects = {(each["id"], each["phase"]): each for each in diff["units"]}
    before = {(each["id"], each["phase"]): each["done"] for each in then["units"]}
    after = {(each["id"], each["phase"]): each["done"] for each in now["units"]}
    assert effects.keys() <= before.keys() | after.keys()
    for key in before.keys() | after.keys():
        was, is_now = before.get(key, 0), after.get(key, 0)
        if key not in effects:
            assert was == is_now
            continue
        each = effects[key]
        assert (each["done_then"], each["done_now"]) == (was, is_now)
        assert is_now - was == sum(each["gained"].values()) - sum(each["lost"].values())


@pytest.mark.parametrize("case", ["thai-nguyen", "ca-mau", "ca-mau-2025"])
def test_the_reports_of_two_days_differ_by_what_the_ledgers_say(run_here: Run, case: str) -> None:
    """The same export on two days: all rows are in both, and only those between the days have moved."""
    config = str(ROOT / "configs" / f"{case}.yaml")
    days = {
        "thai-nguyen": ("2022-04-20", "2022-07-15"),
        "ca-mau": ("2022-04-25", "2022-05-31"),
        "ca-mau-2025": ("2025-06-15", "2025-07-31"),
    }[case]
    then = report_and_ledger(run_here, "then", "-c", config, "--as-of", days[0])
    now = report_and_ledger(run_here, "now", "-c", config, "--as-of", days[1], ending=".parquet")
    outcome = run_here("diff", "then.csv", "now.parquet", "-c", config, "--format", "json")
    assert outcome.code == 1
    diff = json.loads(outcome.stdout)
    assert (diff["rows"]["gone"], diff["rows"]["new"], diff["rows"]["elsewhere"]) == (0, 0, 0)
    assert diff["then"]["rows"] == then["rows"]["read"] + then["rows"]["layout"]
    assert (diff["then"]["counted"], diff["now"]["counted"]) == (then["rows"]["counted"], now["rows"]["counted"])
    # Rows without a date are of the units of the as-of date, which in Cà Mau were joined on 1 July 2025.
    undated = {"no-date", "bad-date"} if case == "ca-mau-2025" else set()
    assert {each["then"] for each in diff["moves"]} <= {"after-as-of", "duplicate", "counted", *undated}
    assert_explains(diff, then, now)


def test_a_quota_file_that_changed_is_explained_too(run_here: Run, folder: Path) -> None:
    """One of the spellings of Thái Nguyên's units was struck out, and a phase begins later."""
    shutil.copytree(ROOT / "sample_data", folder / "sample_data")
    (folder / "configs").mkdir()
    text = (ROOT / "configs" / "thai-nguyen.yaml").read_text(encoding="utf-8")
    (folder / "configs" / "a.yaml").write_text(text, encoding="utf-8")
    changed = text.replace("LĐLĐ huyện Võ Nhai", "LĐLĐ huyện Võ Nhài").replace("from: 2022-01-08", "from: 2022-02-08")
    assert changed.count("Võ Nhài") == 1
    (folder / "sangkien.yaml").write_text(changed.replace("../sample_data", "sample_data"), encoding="utf-8")
    then = report_and_ledger(run_here, "then", "-c", "configs/a.yaml", "--as-of", "2022-04-27")
    now = report_and_ledger(run_here, "now", "--as-of", "2022-04-27")
    outcome = run_here("diff", "then.csv", "now.csv", "--format", "json")  # with ./sangkien.yaml
    diff = json.loads(outcome.stdout)
    assert diff["config"]["path"] == "sangkien.yaml"
    assert ("counted", "unknown-unit") in [(each["then"], each["now"]) for each in diff["moves"]]
    assert ("counted", "outside-phases") in [(each["then"], each["now"]) for each in diff["moves"]]
    assert_explains(diff, then, now)


def test_text_that_excel_would_run_stays_text_and_bytes_stay_bytes(run_here: Run, folder: Path) -> None:
    then = [row(2, "=1+1", "filtered", detail="+84"), row(3, "A")]
    now = [row(2, "=1+1", detail=""), row(3, "A")]
    for name, rows in (("then.csv", then), ("now.csv", now)):
        (folder / name).write_bytes(render_ledger_csv(pd.DataFrame([dict(each) for each in rows]), PLAIN))
    assert run_here("diff", "then.csv", "now.csv", "--excel", "-o", "d.csv").code == 1
    written = (folder / "d.csv").read_bytes()
    assert b",'=1+1," in written
    assert b",'+84," in written
    assert b",=1+1," in run_here("diff", "then.csv", "now.csv", "--format", "csv").stdout_bytes
    assert run_here("diff", "then.csv", "now.csv", "--excel", "-o", "e.csv").code == 1
    assert (folder / "e.csv").read_bytes() == written


def test_a_unit_that_the_quota_file_no_longer_has_can_be_asked_for(run_here: Run, folder: Path) -> None:
    quota = """
        programme: P
        phases: {p: {name: P, from: 2022-01-01, to: 2022-12-31}}
        exports: {columns: {code: Code, submitted: Date, unit: Unit}}
        units: [{name: New, id: new, units: [{name: Below, id: below}]}]
    """
    for name, unit in (("then.csv", "old"), ("now.csv", "below")):
        frame = pd.DataFrame([dict(row(2, "A", unit=unit))])
        (folder / name).write_bytes(render_ledger_csv(frame, PLAIN))
    options = ("diff", "then.csv", "now.csv", "-c", "q.yaml", "--format", "json")
    of_old = json.loads(run_here(*options, "--unit", "old", files={"q.yaml": quota}).stdout)
    assert [(each["id"], each["lost"]) for each in of_old["units"]] == [("old", {"counted": 1})] * 2
    of_new = json.loads(run_here(*options, "--unit", "New").stdout)  # by its name, with all below
    assert [each["id"] for each in of_new["units"]] == ["new", "below"] * 2
    assert run_here(*options, "--unit", "neww").code == 2

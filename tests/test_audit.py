"""Published figures: every rule that prints one, what it would take, slips, words before figures, and the data."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any, get_args

import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sangkien_cli import attain
from sangkien_cli.audit import RULES, Finding, Range, audit, interval
from sangkien_cli.audit.hedges import is_so
from sangkien_cli.claims import Claim, Kind, Printed, read_claims
from sangkien_cli.claims.numbers import hedge_of, readings
from sangkien_cli.errors import SangkienError
from sangkien_cli.model import PercentRule

if TYPE_CHECKING:
    from tests.conftest import Run

ROOT = Path(__file__).resolve().parent.parent
KINDS: tuple[Kind, ...] = get_args(Kind)


def printed(text: str, word: str = "") -> Printed:
    """A number written with a dot before its decimals."""
    return Printed(text, Fraction(text), len(text.partition(".")[2]), hedge_of(word) if word else None)


def found(done: str = "", quota: str = "", percent: str = "", kind: Kind = "of", word: str = "") -> Finding:
    """What is found of one claim; `word` belongs to the percent."""
    claim = Claim(
        "c",
        "claims.yaml:1",
        printed(done) if done else None,
        printed(quota) if quota else None,
        printed(percent, word) if percent else None,
        kind,
    )
    (finding,) = audit([claim], PercentRule())
    return finding


def prints(done: int, quota: int, decimals: int, rule: str, kind: Kind) -> Fraction | None:
    """What a rule prints, worked out the plain way; None of what is not over at all."""
    value = Fraction(100 * done, quota) - (100 if kind == "over" else 0)
    return None if value < 0 else Fraction(attain.rounded(value, decimals, rule))  # type: ignore[arg-type]


# --- the arithmetic --------------------------------------------------------------------------------------------------


def test_the_figures_of_the_field() -> None:
    """facts.md: 76.5 comes out by no rule and needs 5,081–5,086 or 3,823–3,827; 52.2 by rounding and by cutting off;
    112 by rounding only; 338 by cutting off only."""
    thai_nguyen = found("3889", "5000", "76.5").arithmetic
    assert (thai_nguyen.reproduced_by, thai_nguyen.exact) == ((), Fraction(7778, 100))
    assert (thai_nguyen.implied_quota, thai_nguyen.implied_done) == (Range(5081, 5086), Range(3823, 3827))
    assert found("2660", "5091", "52.2").arithmetic.reproduced_by == ("half-up", "down", "half-even")
    assert found("5585", "5000", "112").arithmetic.reproduced_by == ("half-up", "up", "half-even")
    assert found("149", "44", "338").arithmetic.reproduced_by == ("down",)


def test_a_half_tells_the_rules_apart() -> None:
    """1/8 = 12.5 %, 3/8 = 37.5 %: halves go up, or to the even digit."""
    assert found("1", "8", "13").arithmetic.reproduced_by == ("half-up", "up")
    assert found("1", "8", "12").arithmetic.reproduced_by == ("down", "half-even")
    assert found("3", "8", "38").arithmetic.reproduced_by == ("half-up", "up", "half-even")


def test_what_is_over_is_what_is_reached_less_a_hundred() -> None:
    """232.316 % is 132.316 % over. What is below the quota is over by nothing, not even by 0."""
    assert found("696948", "300000", "132", "over").verdict == "reproduced"
    assert found("696948", "300000", "232", "over").verdict == "not-reproduced"
    assert found("999", "1000", "0", "over").verdict == "not-reproduced"
    assert found("1000", "1000", "0", "over").verdict == "reproduced"


def test_the_digits_as_printed_decide_the_precision() -> None:
    """26/50 is 52 % and 52.0 %; 2,661/5,091 = 52.269 % is 52 % and not 52.0 %."""
    assert found("2661", "5091", "52").verdict == "reproduced"
    assert found("2661", "5091", "52.0").verdict == "not-reproduced"
    assert found("26", "50", "52.0").arithmetic.reproduced_by == RULES


def test_a_missing_figure_is_solved_for() -> None:
    missing = found("819", "", "392")
    assert (missing.verdict, missing.arithmetic.implied_quota) == ("solved", Range(209, 209))
    assert missing.arithmetic.reproduced_by == ("half-up", "up", "half-even")
    assert found("", "5000", "76.5").arithmetic.implied_done == Range(3823, 3827)
    solved = found("149", "44")
    assert (solved.verdict, solved.percent, solved.arithmetic.reproduced_by) == ("solved", "338.6", None)
    # 1/q: 100 %, 50 %, 33.3 %… there is no 72.
    nobody = found("1", "", "72")
    assert (nobody.verdict, nobody.arithmetic.implied_quota, nobody.is_fine) == ("not-reproduced", None, False)


def test_nothing_and_zero() -> None:
    """0 is 0 % of every quota and nothing else is; of a quota of 0 there is no percent."""
    assert found("0", "", "0").arithmetic.implied_quota == Range(1, None)
    assert found("0", "", "3").arithmetic.implied_quota is None
    assert found("0", "7", "0").arithmetic.reproduced_by == RULES
    assert found("5", "0", "100").verdict == "not-reproduced"
    assert found("", "0", "100").verdict == "not-reproduced"
    assert found("1", "2001", "0").arithmetic.reproduced_by == ("half-up", "down", "half-even")
    # Half-up prints 0.0 of 1 from a quota of 2,001 on: 1/2,000 is 0.05.
    assert found("1", "", "0.0").arithmetic.implied_quota == Range(2001, None)


percents = st.integers(0, 3).flatmap(
    lambda decimals: st.integers(0, 400 * 10**decimals).map(
        lambda digits: printed(attain.rounded(Fraction(digits, 10**decimals), decimals, "down"))
    )
)


@given(percents, st.integers(0, 60), st.integers(1, 60), st.sampled_from(KINDS), st.sampled_from(RULES))
@settings(max_examples=400, deadline=None)
@example(printed("100"), 0, 1, "of", "up")
@example(printed("0"), 7, 1, "of", "up")
def test_ranges_are_those_of_brute_force(percent: Printed, done: int, quota: int, kind: Kind, rule: str) -> None:
    """All quotas up to 500, and all counts, tried one after the other."""
    found = interval(percent, kind, rule)  # type: ignore[arg-type]

    def so(count: int, asked: int) -> bool:
        return prints(count, asked, percent.decimals, rule, kind) == percent.value

    assert found.holds(done, quota) == so(done, quota)
    quotas, counts = found.quotas(done), found.counts(quota)
    assert [n for n in range(1, 500) if quotas and quotas.holds(n)] == [n for n in range(1, 500) if so(done, n)]
    assert [n for n in range(500) if counts and counts.holds(n)] == [n for n in range(500) if so(n, quota)]


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 6), st.sampled_from(RULES))
@settings(max_examples=300, deadline=None)
@example(4999, 5000, 0, "half-up")
@example(1, 10**6, 0, "down")
@example(10**6 - 1, 10**6, 1, "up")
def test_what_we_print_passes_our_own_audit(done: int, quota: int, decimals: int, rule: str) -> None:
    """The second law: every percent is reproduced from its done and quota by the rule that printed it."""
    text = attain.percent(done, quota, PercentRule(decimals, rule))  # type: ignore[arg-type]
    assert text is not None
    finding = found(str(done), str(quota), text)
    assert finding.verdict == "reproduced"
    assert rule in (finding.arithmetic.reproduced_by or ())


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=1, max_size=4),
    st.integers(0, 3),
    st.sampled_from(RULES),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_report_audited_as_claims_is_reproduced_and_agrees(
    run_here: Run, counts: list[tuple[int, int]], decimals: int, rule: str
) -> None:
    """Through the program: the figures of a JSON report, written as claims, against the same exports."""
    units = "".join(f"  - {{name: Unit {i}, id: u{i}, quota: {{p: {quota}}}}}\n" for i, (_, quota) in enumerate(counts))
    quota_file = (
        f"programme: P\npercent: {{decimals: {decimals}, rounding: {rule}}}\n"
        "phases:\n  p: {from: 2022-01-01, to: 2022-12-31}\n"
        "exports: {files: [e.csv], columns: {submitted: Date, unit: Unit}}\n"
        f"units:\n{units}"
    )
    rows = "".join(f"Unit {i},{1 + k % 28:02}/0{1 + k % 9}/2022\n" for i, (n, _) in enumerate(counts) for k in range(n))
    files = {"sangkien.yaml": quota_file, "e.csv": f"Unit,Date\n{rows}"}
    report = json.loads(run_here("report", "--as-of", "2022-12-31", "--format", "json", files=files).stdout)
    claims = "".join(
        f"  - {{id: {each['id']}-{each['phase']}, unit: {each['id']}, phase: {each['phase']}, as_of: 2022-12-31, "
        f"done: {each['done']}, quota: {each['quota']}, percent: {each['percent']}}}\n"
        for each in report["units"]
    )
    files = {"claims.yaml": f"claims:\n{claims}"}
    checked = json.loads(run_here("audit", "claims.yaml", "e.csv", "--format", "json", files=files).stdout)
    assert len(checked["claims"]) == len(report["units"])
    for each in checked["claims"]:
        assert rule in each["reproduced_by"]
        assert (each["data_agrees"], each["data_done"], each["data_percent"]) == (True, each["done"], each["percent"])


# --- words before figures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "percent", "verdict"),
    [
        ("trên", "205", "false"),  # 614/300 = 204.67 %, which rounds to 205 and is not more than it
        ("hơn", "204", "reproduced"),  # cut off
        ("trên", "200", "holds"),
        ("gần", "205", "reproduced"),  # less than 205, and within one of its last digit
        ("gần", "210", "holds"),  # within ten, the value of its last digit that is not 0
        ("gần", "300", "false"),  # within a hundred, but further off than a tenth
        ("khoảng", "205", "reproduced"),
        ("khoảng", "200", "holds"),  # within a twentieth
        ("khoảng", "220", "not-reproduced"),
        ("dưới", "205", "reproduced"),
        ("dưới", "204", "false"),
        ("ít nhất", "204", "reproduced"),
        ("at least", "205", "false"),
        ("tối đa", "206", "holds"),
    ],
)
def test_a_word_is_judged_for_what_it_claims(word: str, percent: str, verdict: str) -> None:
    finding = found("614", "300", percent, word=word)
    assert finding.verdict == verdict
    assert finding.is_fine == (verdict not in ("false", "not-reproduced"))


def test_about_is_not_so_of_the_figure_that_no_rule_gives() -> None:
    """ "đạt khoảng 76.5% kế hoạch" for 77.78 %: a tenth of a percent is what the digits promise."""
    assert found("3889", "5000", "76.5", word="khoảng").verdict == "not-reproduced"


def test_a_count_that_is_no_exact_one_may_stand_behind_a_percent() -> None:
    """ "gần 4.000/5.000, đạt 77,8%": 3,888 to 3,892 print so, and are nearly 4,000; 72.8 % would need 3,638, which is
    further off than a tenth."""

    def of(percent: str) -> str:
        claim = Claim("c", "", printed("4000", "gần"), printed("5000"), printed(percent))
        return audit([claim], PercentRule())[0].verdict

    assert (of("77.8"), of("71.8"), of("80")) == ("holds", "not-reproduced", "reproduced")


def hedged(done: str, quota: str, percent: str) -> Finding:
    """What is found of a claim whose figures may have words before them: `trên 600`."""

    def read(text: str) -> Printed | None:
        words, _, number = text.rpartition(" ")
        return printed(number, words) if number else None

    (finding,) = audit([Claim("c", "", read(done), read(quota), read(percent))], PercentRule())
    return finding


def test_words_before_counts_are_taken_for_what_they_claim() -> None:
    """More than 600 of 300 is more than 200 %; nearly 80 % of 300 is 216 to 239; more than 205 % of which 614 is must
    be a quota below 299.5; more than 600 of 300 is never 200.00 %."""
    assert hedged("trên 600", "300", "trên 200").is_fine
    assert hedged("trên 600", "300", "200").is_fine  # 601 of 300 is 200.33
    assert hedged("trên 600", "300", "200.00").verdict == "not-reproduced"
    assert hedged("614", "", "trên 205").missing == Range(1, 299)
    assert hedged("", "300", "gần 80").missing == Range(216, 239)
    assert hedged("", "300", "trên 80").missing == Range(241, None)
    assert hedged("819", "", "392").missing == Range(209, 209)
    assert hedged("4", "trên 1", "0").is_fine  # 4 of 801 are 0.499 %
    # 1/7 is 14.28: half-up never prints 15, rounding up does.
    assert hedged("1", "", "15").missing == Range(7, 7)


words = st.sampled_from(["", "khoảng", "trên", "gần", "dưới", "ít nhất", "tối đa"])


@given(
    st.tuples(words, st.integers(1, 40)), st.tuples(words, st.integers(1, 40)), st.tuples(words, st.integers(11, 150))
)
@settings(max_examples=300, deadline=None)
def test_what_is_said_with_words_is_possible_or_not_by_brute_force(
    done: tuple[str, int], quota: tuple[str, int], percent: tuple[str, int]
) -> None:
    """All counts and quotas up to 400 of which both figures may be said, tried one after the other. From 11 % on no
    larger ones matter: 40 of 400 are 10 %."""
    finding = hedged(*(f"{word} {number}" for word, number in (done, quota, percent)))
    claim = finding.claim
    assert claim.done is not None
    assert claim.quota is not None
    assert claim.percent is not None
    counts = [n for n in range(400) if is_so(claim.done, Fraction(n))]
    asked = [n for n in range(1, 400) if is_so(claim.quota, Fraction(n))]

    def said(count: int, of: int) -> bool:
        assert claim.percent is not None
        if claim.percent.hedge is not None and is_so(claim.percent, Fraction(100 * count, of)):
            return True
        rules = claim.percent.hedge is None or claim.percent.hedge.means == "about"
        return rules and any(prints(count, of, 0, rule, "of") == claim.percent.value for rule in RULES)

    possible = any(said(count, of) for count in counts for of in asked)
    if possible:
        assert finding.is_fine
    elif not (done[0] and quota[0]):  # of two open ranges there are more than 400
        assert not finding.is_fine


def test_over_is_worked_out_as_over() -> None:
    assert found("250", "100", kind="over").percent == "150.0"
    assert found("5", "20", kind="over").percent is None


# --- slips -----------------------------------------------------------------------------------------------------------


def slips(done: str, quota: str, percent: str, kind: Kind = "of") -> list[tuple[str, str | None, str]]:
    return [(slip.kind, slip.figure, slip.likely) for slip in found(done, quota, percent, kind).slips]


def test_likely_slips_are_pointed_out() -> None:
    assert ("swapped", None, "") in slips("5000", "2500", "50")
    assert ("kind", None, "of") in slips("332", "100", "332", kind="over")
    assert ("kind", None, "over") in slips("232", "100", "132")
    assert ("thousands", "percent", "1278") in slips("12780", "1000", "1.278")
    assert ("digit-missing", "done", "3889") in slips("389", "5000", "77.8")
    assert ("digit-extra", "quota", "500") in slips("389", "5000", "77.8")
    assert ("digit-extra", "percent", "7.8") in slips("389", "5000", "77.8")
    assert ("digit-missing", "percent", "338") in slips("149", "44", "38")
    assert slips("3889", "5000", "76.5") == []


def test_a_slip_is_never_a_match() -> None:
    finding = found("5000", "2500", "50")
    assert (finding.verdict, finding.arithmetic.reproduced_by, finding.is_fine) == ("not-reproduced", (), False)


@given(st.integers(1, 9999), st.integers(1, 9999), percents)
@settings(max_examples=300, deadline=None)
def test_slips_of_digits_are_those_of_brute_force(done: int, quota: int, percent: Printed) -> None:
    """Every digit put in everywhere, and every digit taken out, in the three figures."""
    text = attain.rounded(percent.value, percent.decimals, "down")
    finding = found(str(done), str(quota), text)
    if finding.verdict == "reproduced":
        return

    def edits(digits: str) -> set[str]:
        more = {digits[:at] + new + digits[at:] for at in range(len(digits) + 1) for new in "0123456789"}
        less = {digits[:at] + digits[at + 1 :] for at in range(len(digits)) if digits[at] != "."}
        return {each for each in more | less if each and each[0] not in "." and each[-1] != "."}

    def whole(digits: str) -> set[int]:
        return {int(each) for each in edits(digits) if each[0] != "0"}

    def so(count: int, asked: int, said: str) -> bool:
        decimals = len(said.partition(".")[2])
        return asked > 0 and any(prints(count, asked, decimals, rule, "of") == Fraction(said) for rule in RULES)

    by_hand = {("done", str(n)) for n in whole(str(done)) if so(n, quota, text)}
    by_hand |= {("quota", str(n)) for n in whole(str(quota)) if so(done, n, text)}
    own = {each for each in edits(text) if not each.startswith(text) and (each[0] != "0" or each[:2] in ("0", "0."))}
    by_hand |= {("percent", each) for each in own if so(done, quota, each)}
    told = {(slip.figure, slip.likely) for slip in finding.slips if slip.kind.startswith("digit")}
    assert told == by_hand


# --- parts -----------------------------------------------------------------------------------------------------------


def test_parts_must_add_up(run_here: Run) -> None:
    claims = """
        claims:
          - {id: total, done: 300, quota: 500, parts: [a, {name: B, done: 151, quota: 456}]}
          - {id: a, done: 149, quota: 44}
          - {id: wrong, done: 301, percent: 50, parts: [a, 151]}
          - {id: unknown, done: 301, quota: 44, parts: [a, {name: C, quota: 3}]}
    """
    done = run_here("audit", "claims.yaml", "--format", "json", files={"claims.yaml": claims})
    by_id = {each["id"]: each for each in json.loads(done.stdout)["claims"]}
    assert by_id["total"]["parts"] == {"done": 300, "quota": 500, "agrees": True}
    assert by_id["wrong"]["parts"] == {"done": 300, "quota": None, "agrees": False}
    assert by_id["unknown"]["parts"] == {"done": None, "quota": 47, "agrees": False}
    assert done.code == 1


# --- reading ---------------------------------------------------------------------------------------------------------


def claims_of(folder: Path, text: str) -> tuple[Claim, ...]:
    (folder / "c.yaml").write_text(dedent(text), encoding="utf-8")
    return read_claims(folder / "c.yaml").claims


def test_claims_are_read_as_printed(folder: Path) -> None:
    a, b, c = claims_of(
        folder,
        """
        claims:
          - {id: a, unit: LĐLĐ tỉnh A, phase: gd1, as_of: 27/04/2022, done: gần 4000, quota: 5000, percent: "76,5%"}
          - {done: 149/44, percent: vượt, word: khoảng}
          - {id: c, done: 300, percent: "trên 1.278,5%", kind: vượt, basis: giao, source: Báo}
        """.replace("percent: vượt, word: khoảng", "percent: 338, word: khoảng"),
    )
    assert (a.unit, a.phase, a.as_of) == ("LĐLĐ tỉnh A", "gd1", date(2022, 4, 27))
    assert a.done is not None
    assert a.done.hedge == hedge_of("gần")
    assert a.percent is not None
    assert (a.percent.value, a.percent.decimals) == (Fraction("76.5"), 1)
    assert b.done is not None
    assert b.quota is not None
    assert (b.id, int(b.done.value), int(b.quota.value)) == ("c2", 149, 44)
    assert b.percent is not None
    assert b.percent.hedge == hedge_of("khoảng")
    assert (c.kind, c.basis, c.source) == ("over", "giao", "Báo")
    assert c.percent is not None
    assert (c.percent.value, c.percent.decimals, c.percent.hedge) == (Fraction("1278.5"), 1, hedge_of("trên"))


def test_everything_wrong_is_told_at_once_at_its_place(run_here: Run) -> None:
    claims = """
        claims:
          - {id: a, done: 3.889, quota: "5,000", percent: 76.5}
          - {id: a, done: 5, percnt: 3}
          - {id: b, percent: 1,278%, done: 3, kind: unter}
          - {id: c, done: 149, percent: rất 338, as_of: 31/02/2022}
          - {id: d}
          - {id: e, done: 5}
          - {id: f, done: 5, quota: 6, parts: [g], word: chắc}
          - nothing
    """
    done = run_here("audit", "claims.yaml", files={"claims.yaml": claims})
    assert done.code == 2
    told = [line for line in done.stderr.splitlines() if line.startswith("claims.yaml")]
    assert [line.split(": ")[0] for line in told] == [
        "claims.yaml:2:19", "claims.yaml:2:33", "claims.yaml:3:22", "claims.yaml:3:19", "claims.yaml:4:24",
        "claims.yaml:4:45", "claims.yaml:5:33", "claims.yaml:5:49", "claims.yaml:6:10", "claims.yaml:7:19",
        "claims.yaml:8:50", "claims.yaml:9:5", "claims.yaml:3:10", "claims.yaml:8:39",
    ]  # fmt: skip
    assert "write 3889" in done.stderr
    assert "write percent" in done.stderr


@pytest.mark.parametrize(
    "text", ["", "claims:", "claims: []", "claims: 3", "[1, 2]", "units: []", "claims: [[[", "\x00"]
)
def test_a_file_without_claims_is_refused(run_here: Run, text: str) -> None:
    done = run_here("audit", "c.yaml", files={"c.yaml": text.encode()})
    assert (done.code, done.stdout) == (2, "")
    assert "c.yaml" in done.stderr


def workbook(rows: list[list[object]], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cell, code in (formats or {}).items():
        sheet[cell].number_format = code
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_claims_in_an_excel_sheet_with_vietnamese_headers(run_here: Run) -> None:
    """As an office has them: a title, merged blanks, a column of numbers, a total, real dates and percents that Excel
    shows with a format: 0.765 in `0.0%` was printed as 76.5, 52 in `0.0` as 52.0."""
    rows: list[list[object]] = [
        ["SỐ LIỆU CÔNG BỐ", None, None, None, None, None],
        [],
        ["STT", "Mã", "Đơn vị", "Tính đến ngày", "Kết quả", "Chỉ tiêu", "Tỷ lệ (%)", "Nguồn"],
        [1, "tn", "LĐLĐ tỉnh A", date(2022, 4, 27), 3889, 5000, 0.765, "Báo A"],
        [2, "cm", "LĐLĐ tỉnh B", "25/04/2022", "2.660", "5.091", "52,2%", None],
        [3, "hn", None, None, "149/44", None, 338, None],
        [4, "x", None, None, 26, 50, 52, None],
        [None, None, "Tổng cộng", None, 6724, 10185, None, None],
        [None, None, None, None, None, None, "Người lập biểu", None],
    ]
    book = workbook(rows, {"G4": "0.0%", "G7": "0.0"})
    done = run_here("audit", "so-lieu.xlsx", "--format", "json", files={"so-lieu.xlsx": book})
    claims: list[dict[str, Any]] = json.loads(done.stdout)["claims"]
    assert [(each["id"], each["done"], each["quota"], each["percent"], each["verdict"]) for each in claims] == [
        ("tn", 3889, 5000, "76.5", "not-reproduced"),
        ("cm", 2660, 5091, "52.2", "reproduced"),
        ("hn", 149, 44, "338", "reproduced"),
        ("x", 26, 50, "52.0", "reproduced"),
    ]
    assert claims[0]["as_of"] == "2022-04-27"
    assert claims[0]["source"] == "Báo A"


def test_what_a_sheet_cannot_mean_is_told_by_its_cell(run_here: Run) -> None:
    """A float where a whole number belongs, thousands or decimals, an error value."""
    rows: list[list[object]] = [
        ["id", "done", "quota", "percent"],
        ["a", 3.889, 5000, 76.5],
        ["b", 12780, 1000, "1.278%"],
        ["c", "=1/0", 5, 6],
        ["d", "many", 5, 6],
        ["e", 12780, 1000, "vượt khoảng 1.278%"],
    ]
    done = run_here("audit", "c.xlsx", files={"c.xlsx": workbook(rows)})
    assert done.code == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines() if line.startswith("c.xlsx")] == [
        "c.xlsx [Sheet] B2", "c.xlsx [Sheet] D3", "c.xlsx [Sheet] B4", "c.xlsx [Sheet] B5", "c.xlsx [Sheet] D6"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("0.0 %", 0.778, "77.8"),
        ("[Red]0%", 0.76, "76"),
        ("_-* #,##0.0%_-;-* 0%", 12.7825, "1278.3"),  # halves as Excel rounds them
        ('0.0"%"', 77.8, "77.8"),
        ("0.##%", 0.765, "76.5"),
        ("0.000%", 0.77778, "77.778"),
        ("General", 76.5, "76.5"),
    ],
)
def test_a_percent_is_taken_as_excel_shows_it(run_here: Run, code: str, value: float, shown: str) -> None:
    book = workbook([["id", "done", "quota", "percent"], ["a", 1, 2, value]], {"D2": code})
    done = run_here("audit", "c.xlsx", "--format", "json", files={"c.xlsx": book})
    assert [each["percent"] for each in json.loads(done.stdout)["claims"]] == [shown]


def test_a_number_whose_format_cannot_be_told_is_not_guessed(run_here: Run) -> None:
    """0.76 in an old workbook may be shown as 76%; 76.5 may not."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    rows: list[list[object]] = [["id", "done", "quota", "percent"], ["a", 38, 50, 0.76], ["b", 149, 44, 338]]
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            sheet.write(row, column, value, xlwt.easyxf(num_format_str="0%" if value == 0.76 else "General"))
    out = io.BytesIO()
    book.save(out)
    done = run_here("audit", "c.xls", files={"c.xls": out.getvalue()})
    assert done.code == 2
    assert [line for line in done.stderr.splitlines() if line.startswith("c.xls")] == [
        "c.xls [S] D2: the cell holds the number 0.76; how this kind of file shows it cannot be told"
    ]


def test_a_header_on_two_rows_and_merged_names(run_here: Run) -> None:
    """ "Số liệu" over "Kết quả, Chỉ tiêu, Tỷ lệ"; one unit for two rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Mã", "Đơn vị", "Số liệu", None, None, "Nguồn"],
        [None, None, "Kết quả", "Chỉ tiêu", "Tỷ lệ", None],
        ["a", "LĐLĐ tỉnh A", 149, 44, 338, "Báo"],
        ["b", None, 150, 44, 341, None],
    ):
        sheet.append(row)
    for span in ("A1:A2", "B1:B2", "C1:E1", "F1:F2", "B3:B4", "F3:F4"):
        sheet.merge_cells(span)
    out = io.BytesIO()
    book.save(out)
    done = run_here("audit", "c.xlsx", "--format", "json", files={"c.xlsx": out.getvalue()})
    claims = json.loads(done.stdout)["claims"]
    assert [(each["id"], each["unit"], each["done"], each["source"]) for each in claims] == [
        ("a", "LĐLĐ tỉnh A", 149, "Báo"), ("b", "LĐLĐ tỉnh A", 150, "Báo")
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["149 44", "12 3", "1 49"])
def test_two_numbers_in_a_cell_are_not_one(run_here: Run, text: str) -> None:
    done = run_here("audit", "c.csv", files={"c.csv": f"id,done,quota,percent\na,{text},44,338\n"})
    assert done.code == 2
    assert "c.csv B2" in done.stderr


def test_blanks_group_thousands(run_here: Run) -> None:
    done = run_here("audit", "c.csv", "--format", "json",
                    files={"c.csv": "id;done;quota;percent\na;2 660;5\u00a0091;52,2 %\n"})  # fmt: skip
    (claim,) = json.loads(done.stdout)["claims"]
    assert (claim["done"], claim["quota"], claim["percent"], done.code) == (2660, 5091, "52.2", 0)


def test_zeros_behind_the_point_are_decimals() -> None:
    """0.000 is no grouped thousand: 87/17,541 = 0.496 % does not print so."""
    assert readings("0.000") == {"en": (Fraction(0), 3)}
    assert found("87", "17541", "0.000").verdict == "not-reproduced"


def test_claims_come_through_a_pipe(run: Run) -> None:
    """YAML and CSV on standard input, which has no ending."""
    for text in ("claims:\n  - {id: a, done: 149, quota: 44, percent: 338}\n", "id,done,quota,percent\na,149,44,338\n"):
        command = [sys.executable, "-m", "sangkien_cli", "audit", "-", "--format", "json"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False, timeout=60)
        assert [each["verdict"] for each in json.loads(done.stdout)["claims"]] == ["reproduced"]


def test_claims_in_csv(run_here: Run) -> None:
    text = "Mã;Kết quả;Chỉ tiêu;Tỷ lệ %\ntn;3.889;5.000;76,5%\nhn;149;44;338\n"
    done = run_here("audit", "c.csv", "--format", "csv", files={"c.csv": text})
    assert done.code == 1
    assert [line.split(",")[:2] + line.split(",")[9:10] for line in done.stdout.splitlines()[1:]] == [
        ["tn", "", ""], ["hn", "", "down"]
    ]  # fmt: skip


# --- against the data ------------------------------------------------------------------------------------------------

QUOTA = """
    programme: P
    phases:
      p1: {name: Giai đoạn 1, from: 2022-01-01, to: 2022-03-31}
      p2: {from: 2022-04-01, to: 2022-12-31}
    campaigns:
      push: {from: 2022-03-01, to: 2022-03-31, toward: p1}
    bases: {giao: Giao, dang-ky: Đăng ký}
    exports:
      files: [e.csv]
      columns: {code: Code, submitted: Date, unit: [[Base, Unit]]}
    units:
      - name: Tỉnh
        id: t
        quota: {p1: {giao: 10, dang-ky: 20}, p2: 40}
        units:
          - {name: Huyện A, id: a, quota: {p1: 5}}
          - {name: Huyện B, id: b}
"""
# Of A: 1 on 5/1, 3 on 10/1 (a repeated code on 11/1), 5 on 20/2, 8 by 31/3; of B 2 on 1/2; in the second phase 1.
EXPORT = (
    "Code,Unit,Date\n"
    "1,Huyện A,05/01/2022\n2,Huyện A,10/01/2022\n3,Huyện A,10/01/2022\n3,Huyện A,11/01/2022\n"
    "4,Huyện A,20/02/2022\n5,Huyện A,20/02/2022\n6,Huyện A,31/03/2022\n7,Huyện A,31/03/2022\n8,Huyện A,31/03/2022\n"
    "9,Huyện B,01/02/2022\n10,Huyện B,01/02/2022\n11,Huyện B,02/05/2022\n"
)


def against(run_here: Run, *claims: str) -> list[dict[str, Any]]:
    listed = "claims:\n" + "".join(f"  - {{{claim}}}\n" for claim in claims)
    done = run_here("audit", "c.yaml", "e.csv", "--format", "json",
                    files={"sangkien.yaml": QUOTA, "e.csv": EXPORT, "c.yaml": listed})  # fmt: skip
    assert done.code in (0, 1), done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["claims"]
    assert (done.code == 0) == all(each["fine"] for each in found)
    return found


def test_our_count_on_the_day_and_the_nearest_day_of_the_published_one(run_here: Run) -> None:
    """A had 3 from 10/1 to 19/2 and 5 from 20/2 to 30/3; it never had 4."""
    right, early, late, never, more = against(
        run_here,
        "id: right, unit: a, phase: p1, as_of: 2022-02-01, done: 3, quota: 5, percent: 60",
        "id: early, unit: Huyện A, as_of: 2022-01-07, done: 3",
        "id: late, unit: a, as_of: 2022-03-31, done: 3",
        "id: never, unit: a, as_of: 2022-03-01, done: 4",
        "id: more, unit: a, as_of: 2022-03-31, done: 9",
    )
    assert (right["data_done"], right["data_quota"], right["data_percent"], right["data_agrees"]) == (
        3,
        5,
        "60.0",
        True,
    )
    assert (early["data_done"], early["data_agrees"], early["data_same_on"]) == (1, False, "2022-01-10")
    assert (late["data_done"], late["data_same_on"]) == (8, "2022-02-19")
    assert [each["data_difference"] for each in (right, early, late, never, more)] == [0, 1 - 3, 8 - 3, 5 - 4, 8 - 9]
    assert "data_same_on" not in never
    assert never["data_around"] == [{"day": "2022-02-19", "done": 3}, {"day": "2022-02-20", "done": 5}]
    assert more["data_around"] == [{"day": "2022-03-31", "done": 8}]


def test_days_without_rows_and_rows_without_dates(run_here: Run) -> None:
    """Before the first row there were none. In a sheet of phase names a row may have no date: it counts from the
    beginning, until a dated row of its code comes in (here of another unit); so A has 1, then 0 from 10/1, 1 from 20/1
    on."""
    quota = """
        programme: P
        phases:
          p1: {name: One, from: 2022-01-01, to: 2022-12-31}
        exports:
          files: [e.csv]
          columns: {code: Code, submitted: Date, unit: Unit, phase: Phase}
        units: [{name: A, id: a}, {name: B, id: b}]
    """
    export = "Code,Unit,Date,Phase\n1,A,,One\n1,B,10/01/2022,One\n2,A,20/01/2022,One\n"
    claims = """
        claims:
          - {id: one, unit: a, as_of: 2022-01-15, done: 1}
          - {id: none, unit: a, as_of: 2022-03-01, done: 0}
          - {id: b, unit: b, as_of: 2022-01-31, done: 0}
    """
    files = {"sangkien.yaml": quota, "e.csv": export, "c.yaml": claims}
    done = run_here("audit", "c.yaml", "e.csv", "--format", "json", files=files)
    one, none, b = json.loads(done.stdout)["claims"]
    assert (one["data_done"], one["data_same_on"]) == (0, "2022-01-20")
    assert (none["data_done"], none["data_same_on"]) == (1, "2022-01-19")
    assert (b["data_done"], b["data_same_on"]) == (1, "2022-01-09")
    for each, day in ((one, "2022-01-20"), (none, "2022-01-19"), (b, "2022-01-09")):
        report = json.loads(run_here("report", "--as-of", day, "--format", "json").stdout)
        counted = {(unit["id"], unit["phase"]): unit["done"] for unit in report["units"]}
        assert counted[each["unit"], "p1"] == each["done"]


PHASED = """
    programme: P
    phases:
      p1: {name: One, from: 2022-01-01, to: 2022-01-04}
      p2: {name: Two, from: 2022-01-05, to: 2022-01-31}
    exports:
      files: [e.csv]
      columns: {code: Code, submitted: Date, unit: Unit, phase: Phase}
    units: [{name: A, id: a}, {name: B, id: b}]
"""


@given(
    st.lists(
        st.tuples(
            st.sampled_from("123"),
            st.sampled_from("AB"),
            st.sampled_from(["", "02/01/2022", "04/01/2022", "06/01/2022"]),
            st.sampled_from(["One", "Two"]),
        ),
        max_size=6,
    ),
    st.integers(1, 8),
    st.sampled_from(["p1", "p2", "all"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_our_count_of_a_day_is_that_of_the_report_of_that_day(
    run_here: Run, rows: list[tuple[str, str, str, str]], day: int, phase: str
) -> None:
    """With and without dates, codes repeated across units and phases."""
    export = "Code,Unit,Date,Phase\n9,B,31/01/2022,Two\n" + "".join(",".join(row) + "\n" for row in rows)
    as_of = f"2022-01-{day:02}"
    claims = f"claims:\n  - {{id: c, unit: a, phase: {phase}, as_of: {as_of}, done: 1}}\n"
    files = {"sangkien.yaml": PHASED, "e.csv": export, "c.yaml": claims}
    (claim,) = json.loads(run_here("audit", "c.yaml", "e.csv", "--format", "json", files=files).stdout)["claims"]

    def reported(day: str) -> int:
        units = json.loads(run_here("report", "--as-of", day, "--format", "json").stdout)["units"]
        return next(int(each["done"]) for each in units if (each["id"], each["phase"]) == ("a", phase))

    assert claim["data_done"] == reported(as_of)
    if same_on := claim.get("data_same_on"):
        assert reported(same_on) == 1


def test_phases_bases_campaigns_and_the_whole_programme(run_here: Run) -> None:
    """Of the province 10 in the first phase, 1 in the second. The campaign: 3 came in, 10 − 7 were short before."""
    by_day, named, whole, basis, campaign = against(
        run_here,
        "id: by-day, unit: t, as_of: 2022-03-31, done: 10, quota: 10, percent: 100",
        "id: named, unit: Tỉnh, phase: giai đoạn 1, as_of: 2022-12-31, done: 10",
        "id: whole, unit: t, phase: all, as_of: 2022-12-31, done: 11, quota: 50, percent: 22",
        "id: basis, unit: t, phase: p1, basis: đăng ký, as_of: 2022-03-31, done: 10, quota: 20, percent: 50",
        "id: campaign, unit: t, phase: push, as_of: 2022-03-31, done: 3, quota: 3, percent: 100",
    )
    for each, figures in (
        (by_day, (10, 10)),
        (named, (10, 10)),
        (whole, (11, 50)),
        (basis, (10, 20)),
        (campaign, (3, 3)),
    ):
        assert (each["data_done"], each["data_quota"], each["data_agrees"]) == (*figures, True), each["id"]
    assert (by_day["data_phase"], campaign["data_phase"]) == ("p1", "push")


def test_a_percent_against_another_phase_or_basis_is_pointed_out(run_here: Run) -> None:
    (phase, basis) = against(
        run_here,
        "id: phase, unit: t, phase: p1, as_of: 2022-03-31, done: 10, quota: 10, percent: 25",
        "id: basis, unit: t, phase: p1, as_of: 2022-03-31, done: 10, quota: 10, percent: 50",
    )
    assert {"kind": "phase", "figure": "quota", "likely": "p2", "number": "40"} in phase["slips"]
    assert {"kind": "basis", "figure": "quota", "likely": "dang-ky", "number": "20"} in basis["slips"]
    assert (phase["verdict"], phase["reproduced_by"]) == ("not-reproduced", [])


def test_a_percent_alone_is_held_against_the_data(run_here: Run) -> None:
    right, wrong, unitless = against(
        run_here,
        "id: right, unit: a, phase: p1, as_of: 2022-02-01, percent: 60",
        "id: wrong, unit: a, phase: p1, as_of: 2022-02-01, percent: 61",
        "id: unitless, done: 1, quota: 2, percent: 50",
    )
    assert (right["data_agrees"], wrong["data_agrees"], unitless["data_agrees"]) == (True, False, None)
    assert unitless["data_done"] is None


def test_names_that_the_quota_file_does_not_know_are_told_all_at_once(run_here: Run) -> None:
    claims = "claims:\n  - {id: a, unit: Huyện C, done: 1}\n  - {id: b, unit: a, phase: p9, done: 1}\n"
    files = {"sangkien.yaml": QUOTA, "e.csv": EXPORT, "c.yaml": claims}
    done = run_here("audit", "c.yaml", "e.csv", files=files)
    assert done.code == 2
    assert "c.yaml:2: no unit “Huyện C”" in done.stderr
    assert "Huyện A" in done.stderr
    assert "c.yaml:3: no phase “p9”" in done.stderr


def test_without_exports_the_arithmetic_stands_alone(run_here: Run) -> None:
    """Contract §7: `data_…` only where exports were given, though a quota file lies here."""
    claims = "claims:\n  - {id: a, unit: nobody, done: 149, quota: 44, percent: 338}\n"
    done = run_here("audit", "c.yaml", "--format", "json", files={"sangkien.yaml": QUOTA, "c.yaml": claims})
    (claim,) = json.loads(done.stdout)["claims"]
    assert done.code == 0
    assert not [key for key in claim if key.startswith("data_")]
    assert claim["exact"] == "338.636364"


# --- the five cases --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "code", "verdicts"),
    [
        ("thai-nguyen", 1, ["not-reproduced"]),
        ("thai-nguyen-2022-07-15", 0, ["reproduced", "unchecked"]),
        ("ca-mau", 0, ["reproduced"]),
        ("ha-noi-co-quan", 0, ["reproduced"]),
        ("ngoc-lac", 0, ["unchecked"]),
    ],
)
def test_the_five_cases(run_here: Run, case: str, code: int, verdicts: list[str]) -> None:
    """The published figures, against the samples: our counts are those that were published."""
    configs = ROOT / "configs"
    done = run_here("audit", str(configs / "claims" / f"{case}.yaml"), "-c", str(configs / f"{case}.yaml"), "--format",
                    "json")  # fmt: skip
    claims = json.loads(done.stdout)["claims"]
    assert (done.code, [each["verdict"] for each in claims]) == (code, verdicts)
    for each in claims:
        assert each["data_agrees"] is not False
        assert each["done"] in (None, each["data_done"])


def test_every_case_has_its_claims() -> None:
    assert {path.name for path in (ROOT / "configs" / "claims").glob("*.yaml")} <= {
        path.name for path in (ROOT / "configs").glob("*.yaml")
    }


def test_a_claim_that_cannot_be_read_is_an_error_of_its_own() -> None:
    with pytest.raises(SangkienError):
        read_claims(Path("nowhere.yaml"))


def test_data_that_differ_make_the_answer_no(run_here: Run) -> None:
    """The arithmetic of 5/10 = 50 % is right; but there were 3."""
    files = {
        "sangkien.yaml": QUOTA,
        "e.csv": EXPORT,
        "c.yaml": "claims: [{id: c, unit: a, as_of: 2022-02-01, done: 5}]\n",
    }
    done = run_here("audit", "c.yaml", "e.csv", "--format", "json", files=files)
    (claim,) = json.loads(done.stdout)["claims"]
    assert (claim["data_agrees"], claim["fine"], done.code) == (False, False, 1)


def test_about_is_never_off_by_more_than_a_twentieth() -> None:
    """ "khoảng 100": half of its last digit that is not 0 would be 50."""
    assert [found(str(n), "100", "100", word="khoảng").is_fine for n in (94, 95, 105, 106)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_report_shows_the_claims_of_its_own_day(run_here: Run) -> None:
    """In text, CSV and JSON beside our figure; how many others there are is said."""
    claims = """
        claims:
          - {id: now, unit: a, phase: p1, as_of: 2022-02-01, done: 3, quota: 5, percent: 61, source: Paper}
          - {id: then, unit: a, phase: p1, as_of: 2022-01-20, done: 3, quota: 5, percent: 60}
    """
    files = {"sangkien.yaml": QUOTA, "e.csv": EXPORT, "c.yaml": claims}
    asked = ("report", "e.csv", "--as-of", "2022-02-01", "--claims", "c.yaml")
    text = run_here(*asked, files=files)
    assert "published 3/5, 61% (Paper): not reproduced" in text.stdout
    assert "60%" not in text.stdout
    assert "c.yaml: 1 claim is not shown here" in text.stderr
    units = json.loads(run_here(*asked, "--format", "json").stdout)["units"]
    shown = {(each["id"], each["phase"]): each["published"] for each in units if "published" in each}
    assert [(key, [claim["id"] for claim in found]) for key, found in shown.items()] == [(("a", "p1"), ["now"])]
    (line,) = [each for each in run_here(*asked, "--format", "csv").stdout.splitlines() if ",now," in each]
    assert line.startswith("a,")


def test_a_reading_that_is_not_sure_makes_no_answer(run_here: Run) -> None:
    """Numbers of two sentences are put together and found wrong: perhaps they do not belong together."""
    article = "Tỉnh A đã có 3.889 sáng kiến, đạt 76,5% kế hoạch. Chỉ tiêu của tỉnh là 5.000 sáng kiến.\n"
    done = run_here("audit", "--text", "a.txt", "--format", "json", files={"a.txt": article})
    claims = json.loads(done.stdout)["claims"]
    assert [(each["sure"], each["fine"]) for each in claims if each["quota"] == 5000] == [("unsure", False)]
    assert done.code == 0
    wrong = "Tỉnh A đã có 3.889 sáng kiến, đạt 76,5% chỉ tiêu được giao (5.000 sáng kiến).\n"
    assert run_here("audit", "--text", "b.txt", files={"b.txt": wrong}).code == 1

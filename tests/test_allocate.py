"""A quota divided among the units below: the arithmetic, and `sangkien allocate` from the options to the quota file."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sangkien_cli.allocation import By, Rule, allocate, changes, find_unit, with_numbers
from sangkien_cli.apportion import Method, Share, apportion, obstacle
from sangkien_cli.config import load_config
from sangkien_cli.config.rewrite import rewrites
from sangkien_cli.errors import SangkienError

if TYPE_CHECKING:
    from tests.conftest import Run

bounded = settings(max_examples=200, deadline=None, database=None)
METHODS: tuple[Method, ...] = ("hamilton", "sainte-lague")


def numbers(shares: Sequence[Share]) -> list[int]:
    return [each.given for each in shares]


# --- examples worked out by hand ---------------------------------------------------------------------------------

# Hà Nội's 44 among eight units. Their members are invented; 800 in all, so a share is 0.055 for each member:
# 6.6, 4.95, 4.95, 4.4, 3.3, 8.25, 3.85, 7.7. Whole parts make 39; five more go to .95, .95, .85, .7 and .6.
HA_NOI = [120, 90, 90, 80, 60, 150, 70, 140]


def test_hamiltons_method_gives_what_is_left_to_the_largest_remainders() -> None:
    shares = apportion(44, HA_NOI)
    assert numbers(shares) == [7, 5, 5, 4, 3, 8, 4, 8]
    assert shares[0].share == Fraction("6.6")
    assert shares[0].remainder == Fraction("0.6")


def test_with_a_minimum_the_others_share_the_rest_in_proportion() -> None:
    # 3.3 and 3.85 become 4; of the 36 left, 670 members get 6.44…, 4.83…, 4.83…, 4.29…, 8.05…, 7.52….
    shares = apportion(44, HA_NOI, at_least=4)
    assert numbers(shares) == [6, 5, 5, 4, 4, 8, 4, 8]
    assert shares[0].share == Fraction(36 * 120, 670)
    assert [each.minimum for each in shares] == [False, False, False, False, True, False, True, False]


def test_a_minimum_for_one_can_pull_the_next_one_below_it() -> None:
    # 6, 3.1 and 0.9; once the last has 3, the second is left with 7 × 31/91 < 3.
    assert [each.share for each in apportion(10, [60, 31, 9], at_least=3)] == [4, 3, 3]


def test_the_two_methods_differ_where_one_unit_is_large() -> None:
    # 3.71, 1.68, 1.61: the remainders prefer the large one; the averages 53, 24, 23, 17.6…, 10.6, 8, 7.66… do not.
    assert numbers(apportion(7, [53, 24, 23])) == [4, 2, 1]
    assert numbers(apportion(7, [53, 24, 23], method="sainte-lague")) == [3, 2, 2]


def test_only_hamilton_can_take_from_a_unit_when_the_quota_grows() -> None:
    # Known as the Alabama paradox: 4.28…, 4.28…, 1.42… of 10; 4.71…, 4.71…, 1.57… of 11.
    assert [numbers(apportion(quota, [6, 6, 2])) for quota in (10, 11)] == [[4, 4, 2], [5, 5, 1]]
    # The averages 6, 6, 2, 2, 2, 1.2, 1.2, 0.85…, 0.85… make nine; then 0.66… three times, the larger weights first.
    growing = [numbers(apportion(quota, [6, 6, 2], method="sainte-lague")) for quota in (10, 11)]
    assert growing == [[5, 4, 1], [5, 5, 1]]


@pytest.mark.parametrize("method", METHODS)
def test_of_equals_the_larger_weight_goes_first_and_then_the_earlier_unit(method: Method) -> None:
    assert numbers(apportion(5, [1, 1, 1], method=method)) == [2, 2, 1]
    # Both methods have a tie here: 0.5 and 1.5 of 2; the averages 3/3 and 1/1.
    assert numbers(apportion(2, [1, 3], method=method)) == [0, 2]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_and_minimums_alone_can_be_divided_whatever_the_weights(method: Method) -> None:
    assert numbers(apportion(0, [3, 0], method=method)) == [0, 0]
    assert numbers(apportion(6, [0, 0, 0], at_least=2, method=method)) == [2, 2, 2]
    assert numbers(apportion(6, [5, 0, 1], at_least=2, method=method)) == [2, 2, 2]


def test_what_cannot_be_divided_is_told_apart() -> None:
    assert obstacle(5, [1, 1, 1], at_least=2) == "least"
    assert obstacle(5, [0, 0]) == "weight"
    assert obstacle(5, [0, 1], at_least=2) is None
    with pytest.raises(ValueError, match="weight"):
        apportion(5, [0, 0])


# --- laws --------------------------------------------------------------------------------------------------------

Problem = tuple[int, list[int], int]


@st.composite
def problems(draw: st.DrawFn, most_units: int = 30, most: int = 10**6) -> Problem:
    """A quota, weights and a minimum that can be divided."""
    weight = st.one_of(st.integers(0, 4), st.integers(0, 100), st.integers(0, 10**9))
    weights = draw(st.lists(weight, min_size=1, max_size=most_units))
    least = draw(st.one_of(st.just(0), st.integers(0, 5), st.integers(0, 1000)))
    quota = least * len(weights) + draw(st.one_of(st.integers(0, 50), st.integers(0, most)))
    assume(obstacle(quota, weights, least) is None)
    return quota, weights, least


@bounded
@given(problems(), st.sampled_from(METHODS))
def test_the_sum_is_exact_and_the_minimum_is_honoured(problem: Problem, method: Method) -> None:
    quota, weights, least = problem
    shares = apportion(quota, weights, least, method)
    assert sum(each.given for each in shares) == quota
    assert sum(each.share for each in shares) == quota
    assert min(each.given for each in shares) >= least


@bounded
@given(problems())
def test_with_hamilton_nobody_is_one_from_the_exact_share(problem: Problem) -> None:
    assert all(abs(each.given - each.share) < 1 for each in apportion(*problem))


@bounded
@given(problems(), st.sampled_from(METHODS))
def test_a_weight_of_0_gets_only_the_minimum(problem: Problem, method: Method) -> None:
    quota, weights, least = problem
    shares = apportion(quota, weights, least, method)
    assert {each.given for each, weight in zip(shares, weights, strict=True) if weight == 0} <= {least}


@bounded
@given(problems())
def test_exact_shares_are_proportional_except_where_the_minimum_is_more(problem: Problem) -> None:
    quota, weights, least = problem
    shares = apportion(quota, weights, least)
    heaviest = max(range(len(weights)), key=weights.__getitem__)
    assume(weights[heaviest] and quota > least * len(weights))
    for each, weight in zip(shares, weights, strict=True):
        proportional = shares[heaviest].share * weight / weights[heaviest]
        assert each.share == max(least, proportional)
        assert each.minimum == (proportional < least)


@bounded
@given(problems(), st.sampled_from(METHODS))
def test_more_members_never_get_less(problem: Problem, method: Method) -> None:
    _, weights, _ = problem
    ranked = sorted(zip(weights, numbers(apportion(*problem, method)), strict=True))
    assert all(low[1] <= high[1] for low, high in itertools.pairwise(ranked) if low[0] < high[0])


@bounded
@given(problems(), st.integers(2, 1000), st.sampled_from(METHODS))
def test_the_unit_in_which_weights_are_counted_does_not_matter(problem: Problem, times: int, method: Method) -> None:
    quota, weights, least = problem
    scaled = [weight * times for weight in weights]
    assert apportion(quota, weights, least, method) == apportion(quota, scaled, least, method)


@bounded
@given(problems(), st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_the_order_matters_only_between_equal_weights(problem: Problem, random: Any, method: Method) -> None:
    quota, weights, least = problem
    shuffled = random.sample(weights, len(weights))
    both = [
        sorted(zip(order, numbers(apportion(quota, order, least, method)), strict=True))
        for order in (weights, shuffled)
    ]
    assert both[0] == both[1]


@bounded
@given(problems())
def test_with_sainte_lague_one_more_goes_to_one_unit(problem: Problem) -> None:
    quota, weights, least = problem
    assume(any(weights))
    before, after = (numbers(apportion(each, weights, least, "sainte-lague")) for each in (quota, quota + 1))
    assert sorted(b - a for a, b in zip(before, after, strict=True)) == [0] * (len(weights) - 1) + [1]


def _naive_hamilton(quota: int, weights: Sequence[int], least: int) -> list[int]:
    """As one would do it by hand: pin whoever falls below the minimum, share the rest, again until nobody does."""
    shares = [Fraction(least)] * len(weights)
    pinned = {i for i, weight in enumerate(weights) if weight == 0}
    while free := [i for i in range(len(weights)) if i not in pinned]:
        rest, total = quota - least * len(pinned), sum(weights[i] for i in free)
        for i in free:
            shares[i] = Fraction(rest * weights[i], total)
        low = {i for i in free if shares[i] < least}
        if not low:
            break
        pinned |= low
        for i in low:
            shares[i] = Fraction(least)
    given_to = [share.numerator // share.denominator for share in shares]
    for _ in range(quota - sum(given_to)):
        i = max(range(len(weights)), key=lambda i: (shares[i] - given_to[i], weights[i], -i))
        given_to[i] += 1
    return given_to


def _naive_sainte_lague(quota: int, weights: Sequence[int], least: int) -> list[int]:
    """One after another."""
    given_to = [least] * len(weights)
    for _ in range(quota - sum(given_to)):
        i = max(range(len(weights)), key=lambda i: (Fraction(weights[i], 2 * given_to[i] + 1), weights[i], -i))
        given_to[i] += 1
    return given_to


@bounded
@given(problems(most_units=12, most=60))
def test_both_methods_agree_with_doing_it_by_hand(problem: Problem) -> None:
    assert numbers(apportion(*problem, "hamilton")) == _naive_hamilton(*problem)
    assert numbers(apportion(*problem, "sainte-lague")) == _naive_sainte_lague(*problem)


def _divisions(quota: int, units: int, least: int) -> list[tuple[int, ...]]:
    """Every way in which a quota can be divided."""
    one = range(least, quota + 1)
    return [each for each in itertools.product(one, repeat=units) if sum(each) == quota]


@settings(max_examples=60, deadline=None, database=None)
@given(st.integers(0, 9), st.lists(st.integers(1, 12), min_size=1, max_size=4), st.integers(0, 2))
def test_no_other_division_is_nearer_to_the_exact_shares(quota: int, weights: list[int], least: int) -> None:
    """Hamilton's is the nearest in the sum of squares; Sainte-Laguë's in the sum of squares for each member."""
    quota += least * len(weights)
    shares = apportion(quota, weights, least)

    def distance(division: Sequence[int]) -> Fraction:
        return sum(((a - b.share) ** 2 for a, b in zip(division, shares, strict=True)), Fraction(0))

    def unfairness(division: Sequence[int]) -> Fraction:
        each = [
            Fraction(a, weight) - Fraction(quota, sum(weights)) for a, weight in zip(division, weights, strict=True)
        ]
        return sum((weight * gap**2 for weight, gap in zip(weights, each, strict=True)), Fraction(0))

    every = _divisions(quota, len(weights), least)
    assert distance(numbers(shares)) == min(map(distance, every))
    assert unfairness(numbers(apportion(quota, weights, least, "sainte-lague"))) == min(map(unfairness, every))


def test_a_million_among_ten_thousand_units() -> None:
    """No unit's next average is above the last one that any unit got: what defines Sainte-Laguë's division."""
    weights = [(i * 7919) % 100_003 for i in range(10_000)]
    shares = numbers(apportion(10**6, weights, 20, "sainte-lague"))
    assert (sum(shares), min(shares)) == (10**6, 20)
    last = [Fraction(weight, 2 * has - 1) for weight, has in zip(weights, shares, strict=True) if has > 20]
    following = [Fraction(weight, 2 * has + 1) for weight, has in zip(weights, shares, strict=True)]
    assert max(following) <= min(last)


# --- the command -------------------------------------------------------------------------------------------------

QUOTA = """
    # Chỉ tiêu của tỉnh A
    programme: Một triệu sáng kiến
    phases:
      gd1: {name: Giai đoạn 1, from: 2022-01-08, to: 2022-05-31}
      gd2: {name: Giai đoạn 2, from: 2022-06-01, to: 2023-08-31}
    exports: {files: [rows.csv], columns: {submitted: Ngày gửi, unit: Đơn vị}}
    units:
      - name: LĐLĐ tỉnh A
        id: a
        quota: {gd1: 10, gd2: 20}   # theo công văn
        units:
          - {name: LĐLĐ huyện B, id: b, members: 60, quota: {gd1: 1}, units: [{name: CĐCS X, id: x}]}
          # huyện C mới lập
          - name: LĐLĐ huyện C
            id: c
            members: 25
            quota:
              gd1: 2  # tạm giao
          - {name: LĐLĐ huyện D, id: d, members: 15}
    """
ROWS = """
    Đơn vị,Ngày gửi
    LĐLĐ huyện B,01/02/2022
    CĐCS X,02/02/2022
    CĐCS X,03/05/2022
    LĐLĐ huyện C,03/02/2022
    LĐLĐ huyện D,03/07/2022
    """
FILES = {"sangkien.yaml": QUOTA, "rows.csv": ROWS}
BY_MEMBERS = ("allocate", "a", "--phase", "gd1", "--by", "members")


def divided(text: str) -> dict[str, int]:
    """By unit what it is given, of a JSON answer."""
    return {each["id"]: each["given"] for each in json.loads(text)["units"]}


def test_the_table_shows_shares_remainders_and_changes(run_here: Run) -> None:
    outcome = run_here(*BY_MEMBERS, files=FILES)
    assert (outcome.code, outcome.stderr) == (0, "")
    table = [line.split() for line in outcome.stdout.splitlines() if line.startswith(("LĐLĐ huyện", "Sum"))]
    assert table == [
        ["LĐLĐ", "huyện", "B", "60", "6.000", "0.000", "6", "1", "+5"],
        ["LĐLĐ", "huyện", "C", "25", "2.500", "0.500", "3", "2", "+1"],
        ["LĐLĐ", "huyện", "D", "15", "1.500", "0.500", "1", "new"],
        ["Sum", "100", "10.000", "10", "3", "+7"],
    ]
    assert "LĐLĐ tỉnh A: 10 (Giai đoạn 1), divided among 3 units" in outcome.stdout
    assert "Largest remainders (Hamilton): each unit gets the whole part of its exact share" in outcome.stdout
    assert "Of equals, the larger weight goes first" in outcome.stdout


def test_shares_are_cut_and_never_rounded_up_to_what_is_not_reached(run_here: Run) -> None:
    outcome = run_here("allocate", "a", "--phase", "gd1", "--by", "equal", "--quota", "2", files=FILES)
    assert outcome.stdout.count("0.666") == 6  # three shares, three remainders


def test_a_name_will_do_where_only_one_unit_has_it(run_here: Run) -> None:
    by_name = run_here("allocate", "Liên đoàn Lao động tỉnh a", *BY_MEMBERS[2:], files=FILES)
    assert by_name.stdout == run_here(*BY_MEMBERS).stdout


def test_json_holds_exact_fractions_that_add_up(run_here: Run) -> None:
    outcome = run_here(*BY_MEMBERS, "--quota", "7", "--at-least", "2", "--format", "json", files=FILES)
    answer = json.loads(outcome.stdout)
    assert answer["schema"] == "sangkien.allocation/1"
    assert answer["unit"] == {"id": "a", "name": "LĐLĐ tỉnh A", "quota": 10}
    assert (answer["quota"], answer["by"], answer["method"], answer["at_least"]) == (7, "members", "hamilton", 2)
    assert answer["units"][1] == {
        "id": "c",
        "name": "LĐLĐ huyện C",
        "weight": 25,
        "share": "2/1",
        "remainder": "0/1",
        "given": 2,
        "minimum": True,
        "current": 2,
        "change": 0,
    }
    assert sum(Fraction(each["share"]) for each in answer["units"]) == 7
    assert answer["sum"] == {"weight": 100, "given": 7, "current": 3}


def test_csv_has_the_fields_of_json_and_empty_ones_for_what_does_not_exist(run_here: Run) -> None:
    outcome = run_here(*BY_MEMBERS, "--format", "csv", files=FILES, lang="vi")
    lines = list(csv.DictReader(io.StringIO(outcome.stdout)))
    assert list(lines[0]) == list(json.loads(run_here(*BY_MEMBERS, "--format", "json").stdout)["units"][0])
    assert [(each["id"], each["share"], each["given"]) for each in lines] == [
        ("b", "6/1", "6"),
        ("c", "5/2", "3"),
        ("d", "3/2", "1"),
    ]
    assert (lines[2]["current"], lines[2]["change"]) == ("", "")


def test_the_methods_and_the_minimum_of_the_command_line_are_those_of_the_arithmetic(run_here: Run) -> None:
    outcome = run_here(
        *BY_MEMBERS, "--quota", "9", "--at-least", "1", "--method", "sainte-lague", "--format", "json", files=FILES
    )
    assert list(divided(outcome.stdout).values()) == numbers(apportion(9, [60, 25, 15], 1, "sainte-lague"))


def test_by_what_was_done_counts_everything_below_a_unit(run_here: Run) -> None:
    command = ("allocate", "a", "--phase", "gd2", "--by", "done:gd1", "--format", "json")
    answer = json.loads(run_here(*command, "--as-of", "2022-12-31", files=FILES).stdout)
    assert [(each["id"], each["weight"], each["given"]) for each in answer["units"]] == [
        ("b", 3, 15),
        ("c", 1, 5),
        ("d", 0, 0),
    ]
    assert (answer["by"], answer["as_of"]) == ("done:gd1", "2022-12-31")
    assert [each["path"] for each in answer["inputs"]] == ["rows.csv"]
    earlier = json.loads(run_here(*command, "--as-of", "28/02/2022").stdout)
    assert [each["weight"] for each in earlier["units"]] == [2, 1, 0]


def test_by_what_was_done_in_the_whole_programme_and_in_exports_of_the_command_line(run_here: Run) -> None:
    command = ("allocate", "a", "other.csv", "--phase", "gd2", "--by", "done:all", "--as-of", "2022-12-31")
    other = {"other.csv": "Đơn vị,Ngày gửi\nLĐLĐ huyện D,01/02/2022\nLĐLĐ huyện D,01/07/2022\n"}
    outcome = run_here(*command, files=FILES | other)
    assert "2 rows read = 2 counted + 0 set aside." in outcome.stdout
    assert (
        "Divided in proportion to what was done in the whole programme, as of the end of 2022-12-31." in outcome.stdout
    )
    assert divided(run_here(*command, "--format", "json").stdout) == {"b": 0, "c": 0, "d": 20}


TIMES = """
    programme: P
    phases: {p1: {from: 2025-01-01, to: 2025-12-31}}
    exports: {phase: p1, columns: {unit: U}}
    units:
      - name: LĐLĐ tỉnh A
        id: a
        quota: {p1: 10}
        units:
          - {name: LĐLĐ huyện B, id: b, valid: {to: 2025-06-30}, quota: {p1: 4}}
          - {name: LĐLĐ huyện C, id: c, valid: {to: 2025-06-30}}
          - {name: Công đoàn phường D, id: d, valid: {from: 2025-07-01}}
          - {name: Công đoàn phường E, id: e, valid: {from: 2025-07-01, to: 2025-12-31}}
    """


def test_units_that_do_not_exist_on_the_phases_last_day_get_nothing(run_here: Run) -> None:
    command = ("allocate", "a", "--phase", "p1", "--by", "equal")
    answer = json.loads(run_here(*command, "--format", "json", files={"sangkien.yaml": TIMES}).stdout)
    assert [(each["id"], each["given"]) for each in answer["units"]] == [("d", 5), ("e", 5)]
    assert answer["left_out"] == ["b"]
    said = " ".join(run_here(*command).stdout.split())
    assert "Left out, though they have a quota, because they do not exist on 2025-12-31: LĐLĐ huyện B." in said


# --- written into the quota file ---


def test_write_changes_the_numbers_and_nothing_else(run_here: Run, folder: Path) -> None:
    outcome = run_here(*BY_MEMBERS, "--write", files=FILES)
    assert outcome.code == 0
    before = QUOTA.strip("\n").replace("\n    ", "\n").removeprefix("    ").rstrip(" ")
    after = (
        before.replace("quota: {gd1: 1}", "quota: {gd1: 6}")
        .replace("gd1: 2  # tạm giao", "gd1: 3  # tạm giao")
        .replace("members: 15}", "members: 15, quota: {gd1: 1}}")
    )
    assert (folder / "sangkien.yaml").read_text(encoding="utf-8") == after


def test_what_write_changes_is_shown_first_and_then_said(run_here: Run) -> None:
    outcome = run_here(*BY_MEMBERS, "--write", files=FILES)
    shown = outcome.stderr.splitlines()
    assert shown[:2] == ["--- sangkien.yaml", "+++ sangkien.yaml"]
    assert [line[1:].strip() for line in shown[2:] if line.startswith("+")] == [
        "- {name: LĐLĐ huyện B, id: b, members: 60, quota: {gd1: 6}, units: [{name: CĐCS X, id: x}]}",
        "gd1: 3  # tạm giao",
        "- {name: LĐLĐ huyện D, id: d, members: 15, quota: {gd1: 1}}",
    ]
    assert shown[-1] == "Changed: sangkien.yaml"
    assert outcome.stdout == run_here(*BY_MEMBERS, files=FILES).stdout


def test_quotas_of_other_phases_stay(run_here: Run, folder: Path) -> None:
    quota = QUOTA.replace("quota: {gd1: 1}", "quota: {gd2: 7}")
    assert run_here(*BY_MEMBERS, "--write", files=FILES | {"sangkien.yaml": quota}).code == 0
    assert load_config(folder / "sangkien.yaml").units[1].quota == {"gd1": 6, "gd2": 7}


def test_after_write_the_allocated_sum_is_the_quota(run_here: Run) -> None:
    run_here(*BY_MEMBERS, "--write", files=FILES)
    report = json.loads(run_here("report", "--format", "json", "--as-of", "2022-12-31", "--phase", "gd1").stdout)
    line = next(each for each in report["units"] if each["id"] == "a")
    assert (line["quota"], line["allocated"]) == (10, 10)
    again = run_here(*BY_MEMBERS, "--write")
    assert again.stderr == "Nothing to change.\n"


def test_dry_run_shows_what_would_change_and_changes_nothing(run_here: Run, folder: Path) -> None:
    written = run_here(*BY_MEMBERS, "--write", files=FILES)
    for options in (["--dry-run"], ["--write", "--dry-run"]):
        outcome = run_here(*BY_MEMBERS, *options, files=FILES)
        assert outcome.stderr.splitlines()[:-1] == written.stderr.splitlines()[:-1]
        assert outcome.stderr.endswith("\nOnly shown (--dry-run): nothing was changed.\n")
        assert "gd1: 2  # tạm giao" in (folder / "sangkien.yaml").read_text(encoding="utf-8")


def test_another_quota_than_the_units_own_is_divided_and_said(run_here: Run, folder: Path) -> None:
    outcome = run_here(*BY_MEMBERS, "--quota", "20", "--write", files=FILES)
    assert "The unit’s own quota in this phase is 10; it is not changed." in outcome.stdout
    units = load_config(folder / "sangkien.yaml").units
    assert {unit.id: unit.quota.get("gd1") for unit in units} == {"a": 10, "b": 12, "x": None, "c": 5, "d": 3}


INCLUDING = """
    programme: P
    phases: {p1: {from: 2022-01-01, to: 2022-12-31}}
    exports: {phase: p1, columns: {unit: U}}
    units:
      - name: LĐLĐ tỉnh A
        id: a
        quota: {p1: 9}
        units: [{name: LĐLĐ huyện B, id: b}]
        include: [branches/c.yaml]
    """


def test_a_number_goes_into_the_file_in_which_its_unit_is_listed(run_here: Run, folder: Path) -> None:
    branch = "# nhánh C\nunits:\n- name: LĐLĐ huyện C   # mới\n  id: c\n- {name: LĐLĐ huyện D, id: d}\n"
    files = {"sangkien.yaml": INCLUDING, "branches/c.yaml": branch}
    outcome = run_here("allocate", "a", "--phase", "p1", "--by", "equal", "--write", files=files)
    assert outcome.code == 0
    assert "[{name: LĐLĐ huyện B, id: b, quota: {p1: 3}}]" in (folder / "sangkien.yaml").read_text(encoding="utf-8")
    written = (folder / "branches/c.yaml").read_text(encoding="utf-8")
    assert written.startswith("# nhánh C\nunits:\n- name: LĐLĐ huyện C   # mới\n  id: c\n")
    assert {unit.id: unit.quota for unit in load_config(folder / "sangkien.yaml").units[1:]} == {
        "b": {"p1": 3},
        "c": {"p1": 3},
        "d": {"p1": 3},
    }
    assert outcome.stderr.splitlines()[-1] == f"Changed: sangkien.yaml, {Path('branches/c.yaml')}"


def test_byte_order_mark_and_line_ends_stay(run_here: Run, folder: Path) -> None:
    text = (
        "programme: P\r\nphases: {p1: {from: 2022-01-01, to: 2022-12-31}}\r\n"
        "exports: {phase: p1, columns: {unit: U}}\r\nunits:\r\n- name: A\r\n  id: a\r\n  quota: {p1: 4}\r\n"
        "  units:\r\n  - name: Bé\r\n    quota: {p1: 1}\r\n  - name: C\r\n"
    )
    command = ("allocate", "a", "--phase", "p1", "--by", "equal", "--write")
    outcome = run_here(*command, files={"sangkien.yaml": codecs.BOM_UTF8 + text.encode()})
    assert outcome.code == 0
    written = (folder / "sangkien.yaml").read_bytes()
    assert written.startswith(codecs.BOM_UTF8 + b"programme: P\r\n")
    assert written.count(b"\n") == written.count(b"\r\n")
    assert [unit.quota for unit in load_config(folder / "sangkien.yaml").units] == [{"p1": 4}, {"p1": 2}, {"p1": 2}]


def test_units_of_a_spreadsheet_are_not_written_and_nothing_else_is(run_here: Run, folder: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Mã", "Đơn vị", "Trực thuộc"], ["c", "LĐLĐ huyện C", "a"], ["d", "LĐLĐ huyện D", "a"]):
        book.worksheets[0].append(row)
    book.save(folder / "tree.xlsx")
    files = {"sangkien.yaml": INCLUDING.replace("include: [branches/c.yaml]", "include: tree.xlsx")}
    outcome = run_here("allocate", "a", "--phase", "p1", "--by", "equal", "--write", "-o", "out.csv", files=files)
    assert outcome.code == 2
    assert outcome.stderr == (
        "tree.xlsx: a spreadsheet is not changed, and these units are listed in it: LĐLĐ huyện C, LĐLĐ huyện D\n"
        "   to fix: write the table with -o table.xlsx and copy the numbers; or run sangkien units -o tree.yaml, "
        "and in the quota file write include: [tree.yaml] instead of units_from:\n"
    )
    assert not (folder / "out.csv").exists()
    assert "quota: {p1: 3}" not in (folder / "sangkien.yaml").read_text(encoding="utf-8")
    only_shown = run_here("allocate", "a", "--phase", "p1", "--by", "equal", "--format", "json")
    assert divided(only_shown.stdout) == {"b": 3, "c": 3, "d": 3}


def test_numbers_that_a_spreadsheet_has_already_need_no_writing(run_here: Run, folder: Path) -> None:
    files = {
        "tree.csv": "Đơn vị,Mã,p1\nLĐLĐ huyện C,c,3\nLĐLĐ huyện D,d,3\n",
        "sangkien.yaml": INCLUDING.replace("include: [branches/c.yaml]", "include: tree.csv"),
    }
    outcome = run_here("allocate", "a", "--phase", "p1", "--by", "equal", "--write", files=files)
    assert (outcome.code, outcome.stderr.splitlines()[-1]) == (0, "Changed: sangkien.yaml")
    assert [unit.quota["p1"] for unit in load_config(folder / "sangkien.yaml").units] == [9, 3, 3, 3]


def test_of_many_units_of_a_spreadsheet_the_first_ten_are_named(run_here: Run, folder: Path) -> None:
    lines = "".join(f"LĐLĐ huyện {number}\n" for number in range(1, 13))
    files = {
        "tree.csv": f"Đơn vị\n{lines}",
        "sangkien.yaml": INCLUDING.replace("include: [branches/c.yaml]", "include: tree.csv"),
    }
    outcome = run_here("allocate", "a", "--phase", "p1", "--by", "equal", "--dry-run", files=files)
    assert outcome.code == 2
    assert "LĐLĐ huyện 1, LĐLĐ huyện 2, " in outcome.stderr
    assert "LĐLĐ huyện 10 and 2 more\n" in outcome.stderr


def test_a_file_that_somebody_changed_since_is_not_written_over(folder: Path) -> None:
    from tests.conftest import write_files

    write_files(folder, FILES)
    config = load_config(folder / "sangkien.yaml")
    division = allocate(config, find_unit(config, "a"), config.phases[0], Rule(By("members")))
    wanted = (config, changes(division), with_numbers(division))
    assert [each.file.name for each in rewrites(*wanted)] == ["sangkien.yaml"]
    text = (folder / "sangkien.yaml").read_text(encoding="utf-8")
    (folder / "sangkien.yaml").write_text(text.replace("huyện C mới lập", "huyện C mới lập năm 2022"), encoding="utf-8")
    with pytest.raises(SangkienError) as refused:
        rewrites(*wanted)
    assert refused.value.problems[0].what.key == "rewrite.changed"


# --- written to a file ---


@pytest.mark.parametrize("ending", ["txt", "csv", "json"])
def test_the_format_goes_by_the_ending(ending: str, run_here: Run, folder: Path) -> None:
    printed = run_here(*BY_MEMBERS, "--format", {"txt": "text"}.get(ending, ending), files=FILES).stdout
    outcome = run_here(*BY_MEMBERS, "-o", f"out.{ending}")
    assert (outcome.code, outcome.stdout) == (0, "")
    assert (folder / f"out.{ending}").read_bytes().decode() == printed


def test_a_workbook_has_the_numbers_as_numbers(run_here: Run, folder: Path) -> None:
    assert run_here(*BY_MEMBERS, "-o", "out.xlsx", files=FILES).code == 0
    rows = list(openpyxl.load_workbook(folder / "out.xlsx").worksheets[0].iter_rows(values_only=True))
    header = next(number for number, row in enumerate(rows) if row[0] == "id")
    assert [row[:8] for row in rows[header + 1 :]] == [
        ("b", "LĐLĐ huyện B", 60, "6.000", "0.000", 6, 1, 5),
        ("c", "LĐLĐ huyện C", 25, "2.500", "0.500", 3, 2, 1),
        ("d", "LĐLĐ huyện D", 15, "1.500", "0.500", 1, None, None),
    ]
    assert rows[1][0] == "LĐLĐ tỉnh A: 10 (Giai đoạn 1), divided among 3 units"


def test_the_table_goes_with_the_quota_file_or_neither_is_written(run_here: Run, folder: Path) -> None:
    both = run_here(*BY_MEMBERS, "--write", "-o", "out.csv", files=FILES)
    assert (both.code, (folder / "out.csv").exists()) == (0, True)
    outcome = run_here(*BY_MEMBERS, "--write", "-o", "nowhere/out.csv", files=FILES)
    assert outcome.code == 2
    assert "there is no folder nowhere" in outcome.stderr
    assert "gd1: 2  # tạm giao" in (folder / "sangkien.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["sangkien.yaml", "branches/c.yaml", "rows.csv"])
def test_the_table_never_overwrites_what_is_read(target: str, run_here: Run, folder: Path) -> None:
    files = {
        "sangkien.yaml": INCLUDING,
        "branches/c.yaml": "units: [{name: C}]\n",
        "rows.csv": "U\nC\n",
    }
    command = ("allocate", "a", "rows.csv", "--phase", "p1", "--by", "done:p1", "--format", "csv", "-o", target)
    outcome = run_here(*command, files=files)
    assert outcome.code == 2
    assert "this file is being read and is not overwritten" in outcome.stderr
    assert "given" not in (folder / target).read_text(encoding="utf-8")


# --- bad input: where, what, how to mend it ----------------------------------------------------------------------


def test_a_name_that_is_nearly_right_is_answered_with_the_nearest(run_here: Run) -> None:
    outcome = run_here("allocate", "LĐLĐ huyen B", "--phase", "gd1", "--by", "equal", files=FILES)
    assert outcome.code == 2
    assert "LĐLĐ huyện B" in outcome.stderr


def test_all_units_without_members_are_named_in_one_run(run_here: Run) -> None:
    quota = QUOTA.replace(", members: 60", "").replace(", members: 15", "")
    outcome = run_here(*BY_MEMBERS, files=FILES | {"sangkien.yaml": quota})
    assert (outcome.code, outcome.stdout) == (2, "")
    fix = "   to fix: add it to the unit (members), or divide otherwise: --by equal"
    assert outcome.stderr.splitlines() == [
        "sangkien.yaml:12: the number of members of LĐLĐ huyện B is missing",
        fix,
        "sangkien.yaml:19: the number of members of LĐLĐ huyện D is missing",
        fix,
    ]


def test_what_units_did_before_they_moved_is_credited_to_where_they_stand_now(run_here: Run) -> None:
    """Three rows are of Trường C under its old district; one is of the district itself, which nobody below follows."""
    quota = """\
        programme: P
        phases:
          dau: {from: 2025-01-01, to: 2025-06-30}
          cuoi: {from: 2025-07-01, to: 2025-12-31}
        exports: {files: [rows.csv], columns: {submitted: Date, unit: [Base, Above]}}
        units:
          - name: LĐLĐ tỉnh A
            id: a
            quota: {cuoi: 100}
            units:
              - name: LĐLĐ huyện B
                valid: {to: 2025-06-30}
                into: a
                units: [{name: CĐCS Trường C, id: c-old}]
              - {name: CĐCS Trường C, id: c, valid: {from: 2025-07-01}}
              - {name: CĐ ngành Y tế, id: y}
        """
    rows = """\
        Base,Above,Date
        CĐCS Trường C,LĐLĐ huyện B,01/02/2025
        CĐCS Trường C,LĐLĐ huyện B,01/03/2025
        CĐCS Trường C,LĐLĐ tỉnh A,01/04/2025
        ,LĐLĐ huyện B,01/05/2025
        ,CĐ ngành Y tế,01/05/2025
        """
    asked = ("allocate", "a", "--phase", "cuoi", "--by", "done:dau", "--as-of", "2025-07-31", "--format", "csv")
    done = run_here(*asked, "-c", "q.yaml", files={"q.yaml": quota, "rows.csv": rows})
    assert [line.split(",")[:3] for line in done.stdout.splitlines()[1:]] == [
        ["c", "CĐCS Trường C", "3"],
        ["y", "CĐ ngành Y tế", "1"],
    ]

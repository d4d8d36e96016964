"""The samples: what is really counted from the committed exports, against a count made without this program."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import pytest

from sangkien_cli.model import Measure

if TYPE_CHECKING:
    from sangkien_cli.pipeline import Counted
    from tests.conftest import Run

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_data"
START = SAMPLES / "bat-dau"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
RUNS = [(config, day, case) for case in EXPECTED.values() for config in case["configs"] for day in case["as_of"]]


@cache
def counted(config: str, day: str) -> Counted:
    from sangkien_cli.pipeline import count, load_config

    return count(load_config(ROOT / config), None, date.fromisoformat(day))


def test_every_config_is_counted() -> None:
    assert {config for config, _, _ in RUNS} == {f"configs/{path.name}" for path in (ROOT / "configs").glob("*.yaml")}


@pytest.mark.parametrize(("config", "day", "case"), RUNS, ids=[f"{config} {day}" for config, day, _ in RUNS])
def test_every_row_and_figure_is_as_an_independent_count_has_it(config: str, day: str, case: dict[str, Any]) -> None:
    result = counted(config, day)
    expected = case["as_of"][day]
    rows = result.report.rows
    set_aside = {reason.value: number for reason, number in rows.set_aside.items()}
    assert (rows.read, rows.counted, set_aside, rows.layout) == (
        expected["rows"]["read"], expected["rows"]["counted"], expected["rows"]["set_aside"], expected["rows"]["layout"]
    )  # fmt: skip
    for figure in ("done", "direct"):
        found: dict[str, dict[str, int]] = {}
        for each in result.report.attainments:
            found.setdefault(each.unit.id, {})[each.phase] = getattr(each, figure)
        # The whole programme is the sum of its phases (contract §2).
        assert found == {unit: {**phases, "all": sum(phases.values())} for unit, phases in expected[figure].items()}


@pytest.mark.parametrize(("config", "day", "case"), RUNS, ids=[f"{config} {day}" for config, day, _ in RUNS])
def test_further_tallies_and_targets_are_as_an_independent_count_has_them(
    config: str, day: str, case: dict[str, Any]
) -> None:
    report = counted(config, day).report
    expected = case["as_of"][day]
    found: dict[str, dict[str, dict[str, int]]] = {}
    for each in report.attainments:
        for also, number in zip(report.config.also_count, each.also, strict=True):
            found.setdefault(also.id, {}).setdefault(each.unit.id, {})[each.phase] = number
    assert found == {
        name: {unit: {**phases, "all": sum(phases.values())} for unit, phases in totals.items()}
        for name, totals in expected.get("also", {}).items()
    }
    targets = [
        (each.target.id, each.unit.id, each.target.phase, each.value, each.met, each.unread, each.blank)
        for each in report.targets
    ]
    assert targets == [
        (each["id"], each["unit"], each["phase"], Fraction(each["value"]), each["met"], each.get("unread", 0),
         each.get("blank", 0))
        for each in expected.get("targets", [])
    ]  # fmt: skip


def test_each_kind_of_target_has_a_sample() -> None:
    measures = {each.target.measure for each in counted("configs/ngoc-lac.yaml", "2021-10-10").report.targets}
    assert measures == set(get_args(Measure))


@pytest.mark.parametrize("case", EXPECTED.values(), ids=EXPECTED)
def test_every_sheet_is_read_or_named(case: dict[str, Any]) -> None:
    result = counted(case["configs"][0], next(iter(case["as_of"])))
    read = [(sheet.file, sheet.name, sheet.rows, len(sheet.layout)) for sheet in result.judged.exports.sheets]
    assert read == [(each["path"], each["sheet"], each["rows"], each["layout"]) for each in case["inputs"]]
    assert [(each.path, each.sheet, each.rows) for each in result.report.inputs] == [each[:3] for each in read]
    left_out = [f"{each['path']} [{each['sheet']}]" for each in case.get("sheets_without_data", [])]
    assert [note.place for note in result.notes if note.what.key == "columns.sheet_left_out"] == left_out


@pytest.mark.parametrize(
    ("config", "day", "figure"),
    [
        ("thai-nguyen", "2022-04-27", "3,889/5,000 = 77.8%"),
        ("thai-nguyen-2022-07-15", "2022-07-15", "5,585/5,000 = 112%"),
        ("ca-mau", "2022-04-25", "2,660/5,091 = 52.2%"),
        ("ha-noi-co-quan", "2022-05-31", "149/44 = 338%"),
        ("quoc-gia", "2022-05-31", "696,948/300,000 = 232.3%"),
        ("ngoc-lac", "2021-10-10", "32/35 = 91.4%"),
    ],
)
def test_the_published_figure_is_printed_for_the_topmost_unit(
    config: str, day: str, figure: str, run_here: Run
) -> None:
    done = run_here("report", "-c", str(ROOT / "configs" / f"{config}.yaml"), "--as-of", day, "--depth", "0")
    assert done.code == 0
    first_phase = done.stdout.split("\n\n")[1]
    assert figure in first_phase


def _units_below_the_province(phase: str) -> dict[str, Any]:
    report = counted("configs/thai-nguyen-2022-07-15.yaml", "2022-07-15").report
    return {each.unit.name: each for each in report.attainments if each.unit.depth == 1 and each.phase == phase}


def test_the_units_at_or_near_the_quota_of_the_whole_programme() -> None:
    reached = {name for name, each in _units_below_the_province("all").items()
               if each.status in ("near", "met", "exceeded")}  # fmt: skip
    assert reached == {"LĐLĐ huyện Đồng Hỷ", "LĐLĐ huyện Võ Nhai", "LĐLĐ huyện Đại Từ", "Công đoàn Viên chức tỉnh"}


def test_the_units_that_passed_phase_1() -> None:
    at_the_top = {"LĐLĐ huyện Đồng Hỷ", "LĐLĐ huyện Võ Nhai", "LĐLĐ huyện Đại Từ", "Công đoàn Viên chức tỉnh"}
    passed = {name for name, each in _units_below_the_province("gd1").items() if each.status == "exceeded"}
    assert passed - at_the_top == {
        "LĐLĐ huyện Phú Lương", "LĐLĐ huyện Định Hóa", "LĐLĐ huyện Phú Bình", "LĐLĐ thành phố Thái Nguyên",
        "LĐLĐ thành phố Sông Công", "Công đoàn các Khu công nghiệp",
    }  # fmt: skip


def test_phase_2_of_the_agencies_union_asks_for_100() -> None:
    report = counted("configs/ha-noi-co-quan.yaml", "2022-09-30").report
    assert [each.quota for each in report.attainments if each.unit.depth == 0 and each.phase == "gd2"] == [100]


def test_several_base_unions_of_ca_mau_have_none() -> None:
    report = counted("configs/ca-mau.yaml", "2022-04-25").report
    without = [each.unit.name for each in report.attainments if each.status == "none" and each.phase == "gd1"]
    assert sum(name.startswith("CĐCS") for name in without) >= 3


def test_three_of_the_twenty_base_unions_of_ngoc_lac_have_none(run_here: Run) -> None:
    files = ("-c", str(ROOT / "configs/ngoc-lac.yaml"), "--as-of", "2021-10-10")
    listed = run_here("report", *files, "--only", "none", "--format", "csv").stdout
    assert [line["done"] for line in csv.DictReader(listed.splitlines()) if line["phase"] == "dot"] == ["0", "0", "0"]
    assert "CĐCS UBND xã Vân Am" in listed
    unmet = run_here("check", *files, "--targets")
    assert unmet.code == 1
    assert "17/20 = 85%" in unmet.stdout


def test_the_registered_quotas_of_the_83_units_exceed_the_national_one(run_here: Run) -> None:
    def quotas(basis: str) -> list[int]:
        done = run_here(
            "report", "-c", str(ROOT / "configs/quoc-gia.yaml"), "--phase", "gd1", "--basis", basis, "--format", "csv"
        )
        return [int(line["quota"]) for line in csv.DictReader(done.stdout.splitlines())]

    national, *assigned = quotas("giao")
    assert (national, len(assigned), sum(assigned)) == (300_000, 83, 300_000)
    assert sum(quotas("dang-ky")[1:]) > national


def _of_2025(day: str, run_here: Run) -> dict[str, dict[str, str]]:
    """The lines of the year's report, by unit id."""
    done = run_here("report", "-c", str(ROOT / "configs/ca-mau-2025.yaml"), "--as-of", day, "--format", "csv")
    assert done.code == 0
    return {line["id"]: line for line in csv.DictReader(done.stdout.splitlines()) if line["phase"] == "nam-2025"}


def test_each_day_of_2025_has_its_own_tree(run_here: Run) -> None:
    may, september = _of_2025("2025-05-31", run_here), _of_2025("2025-09-30", run_here)
    # Under its district until 30 June, from 1 July right under the province: by then both have rows.
    school = "CĐCS Trường THPT Cái Nước"
    assert [line["parent"] for line in may.values() if line["name"] == school] == ["cai-nuoc"]
    assert [line["parent"] for line in september.values() if line["name"] == school] == ["cai-nuoc", "ca-mau"]
    assert "xa-song-doc" not in may
    assert int(september["xa-song-doc"]["done"]) > 0
    # What had ended in February stays to be seen, for it had a quota.
    assert may["giao-duc"]["ended"] == "2025-02-28"
    assert (may["cai-nuoc"]["ended"], september["cai-nuoc"]["ended"]) == ("", "2025-06-30")


def _start(run: Run) -> None:
    """A copy of the sample of an office that begins, and its first quota file."""
    shutil.copytree(START, "sample_data/bat-dau")
    files = ("sample_data/bat-dau/sang-kien.xlsx", "--quotas", "sample_data/bat-dau/chi-tieu.xlsx")
    assert run("init", *files, "-o", "sangkien.yaml").code == 0


def _report(run: Run) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(run("report", "--as-of", "2022-05-31", "--format", "json").stdout))


def test_an_office_begins_with_an_export_and_quotas_and_ends_without_unknown_units(run_here: Run) -> None:
    _start(run_here)
    before = _report(run_here)
    assert before["rows"]["set_aside"]["unknown-unit"] == 20
    assert run_here("units", "--learn", "sample_data/bat-dau/ten-da-chon.csv").code == 0
    after = _report(run_here)
    expected = json.loads((START / "expected.json").read_text(encoding="utf-8"))
    assert after["rows"] == expected["rows"]
    assert "unknown-unit" not in after["rows"]["set_aside"]
    for figure in ("done", "direct"):
        found: dict[str, dict[str, int]] = {}
        for each in after["units"]:
            found.setdefault(each["id"], {})[each["phase"]] = each[figure]
        assert found == {unit: {**phases, "all": sum(phases.values())} for unit, phases in expected[figure].items()}


def test_the_names_that_the_office_chose_from_are_those_that_the_program_lists(run_here: Run) -> None:
    _start(run_here)
    assert run_here("units", "--unknown", "-o", "ten-la.csv").code == 0
    listed = list(csv.DictReader(Path("ten-la.csv").read_text(encoding="utf-8").splitlines()))
    chosen = list(csv.DictReader((START / "ten-da-chon.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {line["text"] for line in listed} == {line["Tên trong bảng xuất"] for line in chosen}
    # What people meant is among the suggestions, and one suggestion is wrong.
    near = {line["text"]: [line["near_1"], line["near_2"], line["near_3"]] for line in listed}
    nobody = {line["Tên trong bảng xuất"] for line in chosen if line["Chọn"] == "bỏ qua"}
    assert nobody == {"CĐCS Trường Mầm non Hoa Lan"}
    for line in chosen:
        assert (line["Chọn"] in near[line["Tên trong bảng xuất"]]) == (line["Tên trong bảng xuất"] not in nobody)


def test_the_samples_are_made_again_byte_for_byte(folder: Path) -> None:
    command = [sys.executable, str(SAMPLES / "make.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    made = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    committed = sorted(
        path.relative_to(SAMPLES) for path in SAMPLES.rglob("*") if path.suffix in (".xlsx", ".csv", ".json")
    )
    assert made == committed
    assert [name for name in made if (folder / name).read_bytes() != (SAMPLES / name).read_bytes()] == []


def test_the_demo_prints_the_first_case_from_any_folder_without_files(folder: Path, run: Run) -> None:
    demo = run("demo")
    assert demo.code == 0
    assert "3,889/5,000 = 77.8%" in demo.stdout
    assert "Sample data made by a script" in demo.stderr
    assert os.listdir(folder) == []
    vietnamese = run("demo", lang="vi")
    assert "3.889/5.000 = 77,8%" in vietnamese.stdout


def test_the_same_inputs_give_the_same_bytes(run: Run) -> None:
    arguments = ("report", "-c", str(ROOT / "configs/thai-nguyen.yaml"), "--as-of", "2022-04-27", "--format", "json")
    first, second = run(*arguments), run(*arguments, lang="vi", env={"PYTHONHASHSEED": "1", "TZ": "America/New_York"})
    assert first.stdout_bytes == second.stdout_bytes
    totals = cast(dict[str, Any], json.loads(first.stdout))["rows"]
    assert totals["read"] == totals["counted"] + sum(totals["set_aside"].values())

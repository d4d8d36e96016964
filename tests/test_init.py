"""`sangkien init`: the quota file that it writes, by what a user does with it next: read its remarks, run a report.

Exports are made in the test as workbooks and CSV; `made` runs the command and gives the file as text and as a value.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sangkien_cli.config import load_config
from sangkien_cli.model import Config, OneOf
from sangkien_cli.text import fold, without_accents
from tests.conftest import ROOT, Outcome, Run, clean_environment

Cell = str | int | float | date | None
Rows = Sequence[Sequence[Cell]]
posix = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal")


def workbook(path: str, **sheets: Rows) -> str:
    """A workbook of these sheets; its name."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(list(row))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def table(path: str, rows: Rows) -> str:
    """A CSV file; its name."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    Path(path).write_text(text.getvalue(), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Made:
    """What `init` left behind."""

    outcome: Outcome
    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def config(self) -> Config:
        return load_config(self.path)

    @property
    def guesses(self) -> list[str]:
        """The lines marked as guesses, without the remark."""
        return [line.partition("  #")[0].strip() for line in self.text.splitlines()[4:] if "# GUESS" in line]

    def line(self, start: str) -> str:
        """The line that begins so."""
        return next(line.strip() for line in self.text.splitlines() if line.strip().startswith(start))


class Make(Protocol):
    """The type of `made`."""

    def __call__(self, *arguments: str, out: str = "quota.yaml") -> Made: ...


@pytest.fixture
def made(run_here: Run, folder: Path) -> Make:
    """`init` run on these exports; a report with the file that it writes must run at once."""

    def made(*arguments: str, out: str = "quota.yaml") -> Made:
        outcome = run_here("init", *arguments, "-o", out)
        assert outcome.code == 0, outcome.stderr
        report = run_here("report", "-c", out, "--format", "json")
        assert report.code == 0, report.stderr
        return Made(outcome, folder / out)

    return made


def tree(config: Config) -> dict[str, str | None]:
    """By unit its parent."""
    units = config.units
    return {unit.name: None if unit.parent is None else units[unit.parent].name for unit in units}


def phases(config: Config) -> list[tuple[str, str, str, str]]:
    return [(each.id, each.name, each.start.isoformat(), each.end.isoformat()) for each in config.phases]


# --- the samples ----------------------------------------------------------------------------------------------------


def headers_of(config: Config) -> tuple[dict[str, set[str]], list[set[str]]]:
    fields = {str(name): set(map(fold, titles)) for name, titles in config.columns.fields.items()}
    return fields, [set(map(fold, titles)) for titles in config.columns.unit]


@pytest.mark.parametrize(
    ("sample", "config"),
    [
        ("thai-nguyen", "thai-nguyen"),
        ("ca-mau", "ca-mau"),
        ("ha-noi-co-quan", "ha-noi-co-quan"),
        ("quoc-gia", "quoc-gia"),
    ],
)
def test_the_samples_columns_and_statuses_are_those_of_the_files_written_by_hand(
    sample: str, config: str, made: Make
) -> None:
    found = made(str(ROOT / "sample_data" / sample)).config
    by_hand = load_config(ROOT / "configs" / f"{config}.yaml")
    assert headers_of(found) == headers_of(by_hand)
    assert found.where == by_hand.where
    assert found.once_per == by_hand.once_per
    assert (found.fixed_phase is None) == (by_hand.fixed_phase is None)


def test_a_sample_whose_second_condition_nobody_can_guess_gets_the_first(made: Make) -> None:
    found = made(str(ROOT / "sample_data" / "ngoc-lac"))
    assert found.config.where == {"status": OneOf(("Đạt",))}
    assert tree(found.config)["CĐCS Trường THPT Lê Lai"] == "LĐLĐ huyện Ngọc Lặc"
    assert phases(found.config) == [("nam2021", "Year 2021", "2021-01-01", "2021-12-31")]


def test_the_sample_province_becomes_a_tree_under_the_province(made: Make) -> None:
    found = made(str(ROOT / "sample_data" / "thai-nguyen"))
    above = tree(found.config)
    by_hand = tree(load_config(ROOT / "configs" / "thai-nguyen.yaml"))
    districts = [name for name, parent in by_hand.items() if parent == "LĐLĐ tỉnh Thái Nguyên" and "CĐCS" not in name]
    assert {above[name] for name in districts if name in above} == {"LĐLĐ tỉnh Thái Nguyên"}
    assert set(districts) - set(above) <= {"Công đoàn ngành Nông nghiệp và Phát triển nông thôn"}  # it sent nothing
    assert above["LĐLĐ tỉnh Thái Nguyên"] is None
    # Rare spellings are no units; they are named where they probably belong.
    assert not {"LĐLĐ huyện Phú Lươg", "LDLD huyen Dong Hy", "LĐLĐ Võ Nhai"} & set(above)
    assert "“LĐLĐ huyện Phú Lươg” (6)" in found.text


# --- one export -----------------------------------------------------------------------------------------------------

DISTRICTS = ("LĐLĐ huyện Đồng Hỷ", "LĐLĐ huyện Võ Nhai", "LĐLĐ thành phố Sông Công")
BASES = ("CĐCS Trường Mầm non Hoa Mai", "CĐCS UBND xã Khe Mo", "CĐCS Công ty TNHH Sao Mai", "CĐCS Trạm Y tế xã La Hiên")
HEADER = ("STT", "Mã sáng kiến", "Tên sáng kiến", "CĐCS", "CĐ cấp trên", "Ngày gửi", "Trạng thái")


def submissions(rows: int = 60, start: date = date(2022, 1, 10), days: int = 150) -> list[list[Cell]]:
    """Plain rows under HEADER: units in turn, days from first to last, every tenth refused."""
    return [
        [
            number + 1,
            f"SK-{number:04}",
            f"Cải tiến {number}",
            f"{BASES[number % 4]} {number % 3 + 1}",
            DISTRICTS[number % 3],
            start + timedelta(days * number // rows),
            "Không hợp lệ" if number % 10 == 3 else "Hợp lệ",
        ]
        for number in range(rows)
    ]


def test_a_file_is_written_that_says_what_was_found_and_why(made: Make) -> None:
    found = made(workbook("a.xlsx", Tháng_1=[HEADER, *submissions()]))
    assert found.line("code:") == "code: Mã sáng kiến  # by its header"
    assert "#          54  Hợp lệ: counts" in found.text
    assert "#           6  Không hợp lệ: does not count" in found.text
    assert found.config.where == {"status": OneOf(("Hợp lệ",))}
    assert phases(found.config) == [("nam2022", "Year 2022", "2022-01-01", "2022-12-31")]
    assert found.config.files == ("a.xlsx",)
    assert tree(found.config)["CĐCS Trường Mầm non Hoa Mai 1"] == "LĐLĐ huyện Đồng Hỷ"
    assert "  # 20 rows" in found.line("- name: LĐLĐ huyện Đồng Hỷ")
    assert "# quota: {nam2022: 100}" in found.text
    assert found.outcome.stdout == ""
    assert "sangkien report -c quota.yaml" in found.outcome.stderr
    assert "counts 54 rows" in found.outcome.stderr


def test_the_summary_says_what_counts_in_which_phase_and_last_what_is_not_used(run_here: Run, folder: Path) -> None:
    rows = [[*row, "", "x"] for row in submissions()]
    workbook("a.xlsx", A=[(*HEADER, "Ghi chú", "Số TT"), *rows], B=[("Mã đơn vị", "Đơn vị"), ("A1", "CĐCS A")])
    told = run_here("init", "a.xlsx", "-o", "quota.yaml", "--yes").stderr.splitlines()
    assert told[:7] == [
        "quota.yaml is written, from 1 sheet with 60 rows.",
        "15 units; 1 phase: Year 2022 (2022-01-01 – 2022-12-31)",
        "Statuses that count: Hợp lệ",
        "A report made today counts 54 rows.",
        "  6 rows not counted: does not pass count.where",
        "Sheet not used, it holds no submissions: a.xlsx [B]",
        # columns that only number the rows are not worth a word
        "Columns not used: Ghi chú",
    ]
    text = (folder / "quota.yaml").read_text(encoding="utf-8")
    assert text.index("Sheet not used") < text.index("# Columns not used: Ghi chú\n")


def test_the_summary_says_why_every_row_counts(run_here: Run) -> None:
    workbook("a.xlsx", A=[HEADER, *([*row[:-1], f"mức {row[0]}"] for row in submissions(9))])
    told = run_here("init", "a.xlsx", "-o", "quota.yaml", "--yes").stderr.splitlines()
    assert told[2] == "Every row counts: no status is known to mean that a submission is accepted"
    workbook("b.xlsx", A=[HEADER[:-1], *(row[:-1] for row in submissions(9))])
    told = run_here("init", "b.xlsx", "-o", "other.yaml", "--yes").stderr.splitlines()
    assert told[2] == "There is no column of statuses: every row counts."


def test_without_a_name_it_is_the_file_that_other_commands_look_for(run_here: Run, folder: Path) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    assert run_here("init", "a.xlsx").code == 0
    assert run_here("report").code == 0
    assert (folder / "sangkien.yaml").exists()


@pytest.mark.parametrize(
    ("lang", "mark", "word"), [("vi", "ĐOÁN: ", "theo tên cột"), ("en", "GUESS: ", "by its header")]
)
def test_remarks_are_in_the_language_of_the_file(lang: str, mark: str, word: str, run_here: Run, folder: Path) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    assert run_here("init", "a.xlsx", "-o", "q.yaml", "--lang", lang, lang=None).code == 0
    text = (folder / "q.yaml").read_text(encoding="utf-8")
    assert f"language: {lang}\n" in text
    assert mark in text
    assert word in text
    assert load_config(folder / "q.yaml").lang == lang


def test_columns_with_unheard_of_headers_are_known_by_their_content(made: Make) -> None:
    header = ("TT", "K1", "K2", "K3", "K4", "K5", "K6")
    found = made(workbook("a.xlsx", A=[header, *submissions()]))
    assert dict(found.config.columns.fields) == {
        "code": ("K1",), "submitted": ("K5",), "status": ("K6",),
    }  # fmt: skip
    assert found.config.columns.unit == (("K3",), ("K4",))
    assert "90% " not in found.line("submitted:")
    assert "100% of the cells are dates" in found.line("submitted:")
    assert found.line("code:").endswith("such as “SK-0000”, “SK-0001”")
    assert "code: K1" in found.guesses  # titles of submissions are as different as codes


def test_of_several_dates_the_one_on_which_a_submission_was_sent_counts(made: Make) -> None:
    header = (*HEADER[:5], "Ngày tiếp nhận hồ sơ", "Kết quả", "Ngày áp dụng thử", "Ngày quyết định")
    rows = [[*row, date(2021, 9, 1), date(2022, 12, 1)] for row in submissions()]
    found = made(workbook("a.xlsx", A=[header, *rows]))
    assert found.config.columns.fields["submitted"] == ("Ngày tiếp nhận hồ sơ",)
    assert "submitted: Ngày tiếp nhận hồ sơ" not in found.guesses


def test_dates_of_which_no_header_speaks_of_sending_are_a_guess(made: Make) -> None:
    header = (*HEADER[:5], "Thời điểm", "Kết quả", "Mốc")
    found = made(workbook("a.xlsx", A=[header, *([*row, date(2021, 9, 1)] for row in submissions())]))
    assert "submitted: Thời điểm" in found.guesses


def test_the_deeper_level_is_the_one_whose_names_say_the_other(made: Make) -> None:
    header = ("Mã", "Đơn vị", "Trực thuộc", "Ngày gửi")  # used the other way round: the district is "Đơn vị"
    rows = [[row[1], row[4], row[3], row[5]] for row in submissions()]
    found = made(workbook("a.xlsx", A=[header, *rows]))
    assert found.config.columns.unit == (("Trực thuộc",), ("Đơn vị",))


def test_sheets_that_name_a_column_otherwise_give_alternatives_in_the_order_that_suits_both(made: Make) -> None:
    one = [[*row[1:]] for row in submissions()]
    two = [["X" + str(row[1]), row[2], row[4], row[3], row[5], row[6]] for row in submissions()]
    workbook(
        "a.xlsx",
        A=[HEADER[1:], *one],
        B=[("Mã SK", "Tên sáng kiến", "Đơn vị", "CĐCS", "Ngày nộp", "Kết quả xét duyệt"), *two],
        C=[("Mã SK", "Tên sáng kiến", "LĐLĐ huyện", "Đơn vị", "Ngày nộp", "Trạng thái"),
           *([f"Y{row[0]}", *row[1:]] for row in two)],
    )  # fmt: skip
    found = made("a.xlsx")
    config = found.config
    assert set(config.columns.fields["code"]) == {"Mã sáng kiến", "Mã SK"}
    assert set(config.columns.fields["submitted"]) == {"Ngày gửi", "Ngày nộp"}
    assert set(config.columns.fields["status"]) == {"Trạng thái", "Kết quả xét duyệt"}
    # On sheet B "Đơn vị" is the district, on C the base union: the header that stands there alone comes first.
    assert config.columns.unit[0].index("CĐCS") < config.columns.unit[0].index("Đơn vị")
    assert config.columns.unit[1].index("LĐLĐ huyện") < config.columns.unit[1].index("Đơn vị")
    assert {name for name, above in tree(config).items() if above is None} == set(DISTRICTS)


def test_a_sheet_that_lacks_a_level_still_counts(made: Make) -> None:
    rows = submissions()
    workbook(
        "a.xlsx",
        A=[HEADER, *rows],
        B=[("Mã sáng kiến", "CĐ cấp trên", "Ngày gửi", "Trạng thái"), *([f"B{row[1]}", *row[4:]] for row in rows)],
    )
    found = made("a.xlsx")
    assert "counts 108 rows" in found.outcome.stderr
    assert "  # 40 rows" in found.line("- name: LĐLĐ huyện Đồng Hỷ")
    assert {above for name, above in tree(found.config).items() if name.startswith("CĐCS")} == set(DISTRICTS)


def test_a_column_that_names_the_one_province_is_the_root(made: Make) -> None:
    workbook("a.xlsx", A=[(*HEADER, "LĐLĐ tỉnh"), *([*row, "LĐLĐ tỉnh Thái Nguyên"] for row in submissions())],
             B=[HEADER, *([row[0], f"B{row[1]}", *row[2:]] for row in submissions())])  # fmt: skip
    found = made("a.xlsx")
    assert found.config.columns.unit == (("CĐCS",), ("CĐ cấp trên",))
    assert tree(found.config)["LĐLĐ huyện Đồng Hỷ"] == "LĐLĐ tỉnh Thái Nguyên"
    assert "The column “LĐLĐ tỉnh” does not decide" in found.outcome.stderr


def test_a_province_among_its_districts_stands_above_them(made: Make) -> None:
    rows = submissions()
    for row in rows[:9]:
        row[3], row[4] = "CĐCS Cơ quan LĐLĐ tỉnh", "LĐLĐ tỉnh Thái Nguyên"
    found = made(workbook("a.xlsx", A=[HEADER, *rows]))
    above = tree(found.config)
    assert above["LĐLĐ tỉnh Thái Nguyên"] is None
    assert above["LĐLĐ thành phố Sông Công"] == "LĐLĐ tỉnh Thái Nguyên"
    assert above["CĐCS Cơ quan LĐLĐ tỉnh"] == "LĐLĐ tỉnh Thái Nguyên"
    assert "GUESS: this unit stands above all others, for its name is that of a province" in found.text


def test_rare_misspellings_are_named_after_the_unit_they_probably_mean(made: Make) -> None:
    rows = submissions(240)
    for row, odd in zip(rows[::3], ("LDLD huyen Dong Hy", "LĐLĐ huyện Đồng Hỉ", "LĐLĐ Đồng Hỷ", "LĐLĐ huyện Đông Hỷ"),
                        strict=False):  # fmt: skip
        row[4] = odd
    rows[2][3] = f"{rows[2][3]}".replace("Sao Mai", "Sao Mi")
    found = made(workbook("a.xlsx", A=[HEADER, *rows]))
    assert {name for name, above in tree(found.config).items() if above is None} == set(DISTRICTS)
    remark = re.sub(r"\s+#?\s*", " ", found.text.partition("- name: LĐLĐ huyện Đồng Hỷ")[2].partition("quota:")[0])
    for odd in (
        "“LDLD huyen Dong Hy” (1)",
        "“LĐLĐ huyện Đồng Hỉ” (1)",
        "“LĐLĐ Đồng Hỷ” (1)",
        "“LĐLĐ huyện Đông Hỷ” (1)",
    ):
        assert odd in remark
    assert not any("Sao Mi " in unit.name for unit in found.config.units)
    # What is left is for `units --unknown`: the rows are set aside, and said.
    assert "3 rows not counted: the unit is not in the tree" in found.outcome.stderr


def test_names_that_differ_in_a_number_or_in_the_kind_of_place_are_units_of_their_own(made: Make) -> None:
    names = [
        "LĐLĐ huyện Cao Lãnh",
        "LĐLĐ thành phố Cao Lãnh",
        "Công đoàn KCN 1",
        "Công đoàn KCN 2",
        "CĐCS Lê Lợi",
        "CĐCS Lê Lai",
    ]
    rows: list[list[Cell]] = [[f"K{i}", names[i // 6], date(2022, 3, 1)] for i in range(6 * len(names))]
    rows += [[f"L{i}", "CĐCS Lê Lợi", date(2022, 3, 1)] for i in range(40)]
    found = made(workbook("a.xlsx", A=[("Mã", "Đơn vị", "Ngày gửi"), *rows]))
    assert set(tree(found.config)) == set(names)


def test_a_unit_that_may_be_the_one_beside_it_stays_and_is_marked(made: Make) -> None:
    names = {"LĐLĐ thành phố Phủ Lý": 20, "LĐLĐ Phủ Lý": 25, "LĐLĐ huyện Duy Tiên": 9, "LĐLĐ thị xã Duy Tiên": 12,
             "LĐLĐ huyện Bình Lục": 10}  # fmt: skip
    named = [name for name, often in names.items() for _ in range(often)]
    rows = [(f"K{number}", name, date(2022, 3, 1)) for number, name in enumerate(named)]
    found = made(workbook("a.xlsx", A=[("Mã", "Đơn vị", "Ngày gửi"), *rows]))
    assert set(tree(found.config)) == set(names)
    assert found.text.count("# GUESS: might this be") == 2
    for name, other in (("LĐLĐ Phủ Lý", "thành phố Phủ Lý"), ("LĐLĐ huyện Duy Tiên", "thị xã Duy Tiên")):
        assert f"GUESS: might this be “LĐLĐ {other}”?" in found.text.partition(f"- name: {name} ")[2].split("- name")[0]
    assert "2 units may be another one named otherwise" in found.outcome.stderr


def test_a_name_under_two_parents_is_two_units_unless_one_is_a_slip(made: Make) -> None:
    rows = submissions(90)
    for number, row in enumerate(rows):
        if number % 9 < 2:
            row[3] = "CĐCS Trường THCS Quang Trung"  # in Đồng Hỷ and Võ Nhai alike
    rows[2][3] = rows[0][3]  # once in Sông Công
    found = made(workbook("a.xlsx", A=[HEADER, *rows]))
    units = found.config.units
    twice = [unit for unit in units if unit.name == "CĐCS Trường THCS Quang Trung"]
    assert sorted(units[unit.parent or 0].name for unit in twice)[:2] == ["LĐLĐ huyện Võ Nhai", "LĐLĐ huyện Đồng Hỷ"]
    mostly = submissions(90)
    for row in mostly[::3]:
        row[3] = "CĐCS Trường THCS Quang Trung"
    mostly[1][3] = "CĐCS Trường THCS Quang Trung"
    found = made(workbook("b.xlsx", A=[HEADER, *mostly]), "--force")
    assert [unit.name for unit in found.config.units].count("CĐCS Trường THCS Quang Trung") == 1
    assert "1 row not counted: names two units" in found.outcome.stderr


# --- statuses, dates, codes -----------------------------------------------------------------------------------------


def with_statuses(*statuses: str) -> list[list[Cell]]:
    return [[*row[:6], statuses[number % len(statuses)]] for number, row in enumerate(submissions())]


def test_every_spelling_of_an_accepted_status_counts_and_a_blank_one_is_shown(made: Make) -> None:
    found = made(
        workbook("a.xlsx", A=[HEADER, *with_statuses("Hợp lệ", "HỢP LỆ", "hop le", "Đạt loại A", "", "Chờ duyệt")])
    )
    assert found.config.where == {"status": OneOf(("Hợp lệ", "hop le", "Đạt loại A"))}
    assert "(blank): does not count" in found.text
    assert not any(line.startswith("status:") for line in found.guesses)


def test_a_status_that_nobody_knows_is_marked(made: Make) -> None:
    found = made(workbook("a.xlsx", A=[HEADER, *with_statuses("Hợp lệ", "Lưu kho")]))
    assert found.config.where == {"status": OneOf(("Hợp lệ",))}
    assert "# GUESS: these mean that a submission is accepted; not sure of: Lưu kho" in found.text


def test_where_no_status_is_known_every_row_counts_and_the_file_says_so(made: Make) -> None:
    found = made(workbook("a.xlsx", A=[HEADER, *with_statuses("Nhóm 1", "Nhóm 2")]))
    assert found.config.where == {}
    assert "# GUESS: no status is known to mean" in found.text
    assert "counts 60 rows" in found.outcome.stderr


COUNCIL = ("Xếp loại A", "Xếp loại B", "Xếp loại C", "Không xếp loại")


def test_where_no_column_is_known_to_hold_statuses_those_that_may_are_named(made: Make) -> None:
    found = made(workbook("a.xlsx", A=[(*HEADER[:6], "Kết luận của Hội đồng"), *with_statuses(*COUNCIL)]))
    assert found.config.where == {}
    remark = re.sub(r"\s+#?\s*", " ", found.text)
    assert "GUESS: No column is known to hold statuses: every row counts." in remark
    assert "name it under columns: status: Kết luận của Hội đồng" in remark
    plain = made(workbook("b.xlsx", A=[HEADER[:6], *(row[:6] for row in submissions())]), "--force")
    assert "# There is no column of statuses: every row counts." in plain.text


@posix
@pytest.mark.parametrize("known", [True, False])
def test_on_a_terminal_it_is_asked_which_column_holds_statuses(
    known: bool, terminal: Callable[..., Terminal], folder: Path
) -> None:
    rows = [("CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN”",), (*HEADER[:6], "Kết luận của Hội đồng"), *with_statuses(*COUNCIL)]
    session = terminal(workbook("a.xlsx", A=rows))
    session.until("which column says whether a submission is accepted?")
    session.until("none of them")
    session.until("(Enter = 2)")
    session.type("1" if known else "")
    if known:
        session.until("mean that a submission counts?")
        session.until("(Enter =")
        session.type("1 2 3")
    for question in ("first day?", "last day?"):
        session.until(question)
        session.type("")
    assert session.end() == 0, session.shown
    config = load_config(folder / "quota.yaml")
    assert config.where == ({"status": OneOf(COUNCIL[:3])} if known else {})
    assert "GUESS" not in (folder / "quota.yaml").read_text(encoding="utf-8")


def test_a_sheet_without_statuses_keeps_its_rows(made: Make) -> None:
    table("a.csv", [HEADER, *submissions()])
    table("b.csv", [HEADER[:6], *([row[0], f"B{row[1]}", *row[2:6]] for row in submissions())])
    found = made("a.csv", "b.csv")
    assert found.config.where == {}
    assert "counts 120 rows" in found.outcome.stderr
    assert "b.csv has no column of statuses" in found.text


def test_typing_errors_and_days_to_come_do_not_stretch_the_phases(made: Make) -> None:
    rows = submissions(100)
    rows[3][5], rows[4][5], rows[5][5] = date(2099, 9, 19), "19/09/2012", "chưa rõ"
    found = made(workbook("a.xlsx", A=[HEADER, *rows]))
    assert phases(found.config) == [("nam2022", "Year 2022", "2022-01-01", "2022-12-31")]
    assert "Left aside: 2 rows with a day that is mistyped or still to come: 2012-09-19, 2099-09-19" in found.text


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2021, 9, 20), 200, [("dot1", "09/2021 – 04/2022", "2021-09-01", "2022-04-30")]),
        (date(2021, 3, 1), 800, [("nam2021", "Year 2021", "2021-01-01", "2021-12-31"),
                                 ("nam2022", "Year 2022", "2022-01-01", "2022-12-31"),
                                 ("nam2023", "Year 2023", "2023-01-01", "2023-12-31")]),
    ],
)  # fmt: skip
def test_phases_are_years_or_the_months_over_new_year(
    start: date, days: int, expected: list[tuple[str, ...]], made: Make
) -> None:
    found = made(workbook("a.xlsx", A=[HEADER, *submissions(60, start, days)]))
    assert phases(found.config) == expected
    assert len([line for line in found.guesses if "from:" in line]) == len(expected)


def test_phases_that_the_export_names_are_taken(made: Make) -> None:
    rows = [[*row[:5], "Giai đoạn 2" if number > 30 else "Giai đoạn 1"] for number, row in enumerate(submissions())]
    found = made(workbook("a.xlsx", A=[(*HEADER[:5], "Giai đoạn"), *rows]))
    assert [phase.id for phase in found.config.phases] == ["gd1", "gd2"]
    assert found.config.columns.fields["phase"] == ("Giai đoạn",)
    assert "counts 60 rows" in found.outcome.stderr


def test_a_column_of_codes_that_repeat_themselves_is_none(made: Make) -> None:
    rows = [[row[0], f"HUYEN-{number % 3}", *row[2:]] for number, row in enumerate(submissions())]
    found = made(workbook("a.xlsx", A=[("STT", "Mã", *HEADER[2:]), *rows]))
    assert "code" not in found.config.columns.fields
    assert found.config.once_per is None
    assert "counts 54 rows" in found.outcome.stderr


def test_codes_that_one_sheet_lacks_are_not_asked_for(made: Make) -> None:
    table("a.csv", [HEADER, *submissions()])
    table("b.csv", [HEADER[2:], *(row[2:] for row in submissions())])
    found = made("a.csv", "b.csv")
    assert found.config.once_per is None
    assert "The column “Mã sáng kiến” is not used, because b.csv lacks it" in found.outcome.stderr


# --- sheets of counts, other sheets ---------------------------------------------------------------------------------

COUNTS: Rows = [
    ("LĐLĐ TỈNH THÁI NGUYÊN",),
    ("KẾT QUẢ CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN”",),
    ("(Số liệu tính đến ngày 31/5/2022)",),
    ("TT", "Đơn vị", "Chỉ tiêu", "Kết quả", "Tỷ lệ (%)"),
    (1, "LĐLĐ huyện Đồng Hỷ", 100, 90, "90%"),
    (2, "LĐLĐ huyện Võ Nhai", 80, 88, "110%"),
    (3, "LĐLĐ thành phố Sông Công", 60, 12, "20%"),
    (None, "Tổng cộng", 240, 190, "79%"),
]


def test_a_sheet_of_numbers_per_unit_is_counted_by_its_numbers(made: Make, run_here: Run) -> None:
    found = made(workbook("a.xlsx", A=COUNTS))
    config = found.config
    assert config.columns.fields == {"count": ("Kết quả",)}
    assert (config.once_per, config.fixed_phase, config.programme) == (None, "nam2022", "1 triệu sáng kiến")
    assert phases(config) == [("nam2022", "Year 2022", "2022-01-01", "2022-12-31")]
    assert "LĐLĐ huyện Võ Nhai" in (shown := run_here("report", "-c", "quota.yaml").stdout)
    assert re.search(r"Võ Nhai +88\b", shown)


def test_one_spreadsheet_may_hold_the_counts_and_the_quotas(made: Make) -> None:
    found = made(workbook("a.xlsx", A=COUNTS), "--quotas", "a.xlsx")
    units = {unit.name: dict(unit.quota) for unit in found.config.units}
    assert units["LĐLĐ huyện Võ Nhai"] == {found.config.phases[0].id: 80}
    assert "Tổng cộng" not in units


def test_sheets_and_files_without_submissions_are_left_out_and_named(made: Make) -> None:
    workbook("a.xlsx", Danh_sách=[HEADER, *submissions()], Hướng_dẫn=[("HƯỚNG DẪN",), ("Nhập từ dòng 2",)],
             Danh_mục=[("Mã", "Đơn vị"), *((f"DV{i}", name) for i, name in enumerate(DISTRICTS))])  # fmt: skip
    workbook("b.xlsx", Danh_mục=[("Mã", "Đơn vị"), *((f"DV{i}", name) for i, name in enumerate(DISTRICTS))])
    found = made("a.xlsx", "b.xlsx")
    assert found.config.files == ("a.xlsx",)
    assert "Sheet not used, it holds no submissions: a.xlsx [Danh mục]" in found.outcome.stderr
    assert "File not used, it holds no submissions: b.xlsx" in found.outcome.stderr
    assert "from 1 sheet with 60 rows" in found.outcome.stderr


# --- files ----------------------------------------------------------------------------------------------------------


def test_exports_are_named_as_seen_from_the_quota_file(made: Make, folder: Path) -> None:
    workbook("xuất bảng/a.xlsx", A=[HEADER, *submissions()])
    workbook("xuất bảng/b.xlsx", A=[HEADER, *([row[0], f"B{row[1]}", *row[2:]] for row in submissions())])
    (folder / "chỉ tiêu").mkdir()
    assert made("xuất bảng", out="chỉ tiêu/q.yaml").config.files == ("../xuất bảng",)
    assert made("xuất bảng/*.xlsx", "--force", out="chỉ tiêu/q.yaml").config.files == ("../xuất bảng/*.xlsx",)
    absolute = made(str(folder / "xuất bảng" / "a.xlsx"), "--force", out="chỉ tiêu/q.yaml")
    assert absolute.config.files == ("../xuất bảng/a.xlsx",)


def test_the_quota_sheet_in_the_folder_of_the_exports_is_no_export(made: Make) -> None:
    workbook("t/a.xlsx", A=[HEADER, *submissions()])
    workbook("t/chi-tieu.xlsx", A=QUOTAS)
    found = made("t", "--quotas", "t/chi-tieu.xlsx")
    assert found.config.files == ("t/a.xlsx",)
    assert found.line("file:") == "file: t/chi-tieu.xlsx"


ODD = (
    "CĐCS a: b",
    "CĐCS #1",
    "CĐCS 'x' \"y\"",
    "LĐLĐ & [z], {w}",
    "CĐ @ *c",
    "CĐCS null",
    "CĐ 5000",
    "Công đoàn – % !",
    "CĐ cá \U0001f41f",
)


def test_names_headers_and_files_are_quoted_where_yaml_asks_for_it(made: Make) -> None:
    header = ("Mã: số #1", "Đơn vị", "[Ngày] gửi, nộp", "'Trạng thái' {x}")
    rows = [[f"K-{i}", ODD[i % len(ODD)], date(2022, 3, 1 + i % 20), "Hợp lệ: # tốt" if i % 2 else "Không, {x}"]
            for i in range(60)]  # fmt: skip
    found = made(workbook("a: #b [c].xlsx", A=[header, *rows]))
    assert {unit.name for unit in found.config.units} == set(ODD)
    assert found.config.where == {"status": OneOf(("Hợp lệ: # tốt",))}
    assert found.config.columns.fields["code"] == (header[0],)


def test_an_existing_file_is_replaced_only_with_force(run_here: Run, folder: Path) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    (folder / "quota.yaml").write_text("mine\n", encoding="utf-8")
    outcome = run_here("init", "a.xlsx", "-o", "quota.yaml")
    assert (outcome.code, outcome.stderr.splitlines()[0]) == (2, "quota.yaml: this file exists already")
    assert (folder / "quota.yaml").read_text(encoding="utf-8") == "mine\n"
    assert run_here("init", "a.xlsx", "-o", "quota.yaml", "--force").code == 0
    assert "programme:" in (folder / "quota.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "no export is named"),
        (("-",), "a quota file cannot name standard input as its export"),
        (("b.xlsx",), "b.xlsx: there is no such file"),
        (("a.xlsx", "-o", "a.xlsx", "--force"), "a.xlsx: this file is being read"),
        (("a.xlsx", "-o", "no/q.yaml"), "there is no folder no"),
        (("words.csv",), "words.csv: no column is known to name units; there are: Họ tên, Tuổi"),
        (("blank.csv",), "no sheet of the exports has a header"),
        (("a.xlsx", "--quotas", "none.xlsx"), "none.xlsx: there is no such file"),
        (("a.xlsx", "--quotas", "words.csv"), "words.csv: "),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    arguments: tuple[str, ...], told: str, run_here: Run, folder: Path
) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    table("words.csv", [("Họ tên", "Tuổi"), ("An", 30), ("Bình", 41)])
    table("blank.csv", [("1", "2"), ("3", "4")])
    before = {path: path.read_bytes() for path in folder.iterdir()}
    outcome = run_here("init", *arguments)
    assert outcome.code == 2
    assert told in outcome.stderr
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_in_an_old_font_is_refused_and_not_left_out(run_here: Run, folder: Path) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    workbook("b.xlsx", A=[("M· s¸ng kiÕn", "C«ng ®oµn c¬ së", "Ngµy göi", "Tr¹ng th¸i"),
                          *((f"K{i}", "Tr­êng THCS Lª Lîi", date(2022, 3, 1), "Hîp lÖ") for i in range(9))])  # fmt: skip
    outcome = run_here("init", "a.xlsx", "b.xlsx")
    assert (outcome.code, "b.xlsx [A]: " in outcome.stderr, "TCVN3" in outcome.stderr) == (2, True, True)
    assert not (folder / "sangkien.yaml").exists()


# --- with a spreadsheet of quotas -------------------------------------------------------------------------------------

QUOTAS: Rows = [
    ("LĐLĐ TỈNH THÁI NGUYÊN",),
    ("STT", "Đơn vị", "Trực thuộc", "Chỉ tiêu GĐ1", "Chỉ tiêu GĐ2", "Ghi chú"),
    (1, "LĐLĐ huyện Đồng Hỷ", None, 100, 200, None),
    (2, "LĐLĐ huyện Võ Nhai", None, 80, 160, "mới"),
    (3, "LĐLĐ thành phố Sông Công", None, 60, None, None),
    *((4 + i, f"{base} {i % 3 + 1}", DISTRICTS[i % 3], 5, 10, None) for i, base in enumerate(BASES * 3)),
]


def test_the_quota_sheet_stays_the_place_where_quotas_are_kept(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    found = made("a.xlsx", "--quotas", workbook("chi-tieu.xlsx", Bảng_1=QUOTAS))
    assert "units:" not in found.text.splitlines()
    assert found.line("file:") == "file: chi-tieu.xlsx"
    assert found.line("sheet:") == "sheet: Bảng 1"
    assert found.line("parent:") == "parent: Trực thuộc"
    units = {unit.name: dict(unit.quota) for unit in found.config.units}
    assert units["LĐLĐ huyện Võ Nhai"] == {"gd1": 80, "gd2": 160}
    assert units["LĐLĐ thành phố Sông Công"] == {"gd1": 60}
    assert "counts 54 rows" in found.outcome.stderr


def test_phases_named_by_the_quota_columns_divide_the_time_of_the_submissions(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=QUOTAS))
    assert phases(found.config) == [
        ("gd1", "Giai đoạn 1", "2022-01-01", "2022-06-30"), ("gd2", "Giai đoạn 2", "2022-07-01", "2022-12-31"),
    ]  # fmt: skip
    assert len([line for line in found.guesses if "Giai đoạn" in line]) == 2
    assert "divided into equal parts" in found.text


@pytest.mark.parametrize(
    ("above", "headers"),
    [
        ("(GĐ1 từ 08/01/2022 đến 31/5/2022, GĐ2 từ ngày 01/6/2022 đến hết ngày 31/8/2023)", ("GĐ1", "Chỉ tiêu GĐ2")),
        ("Chỉ tiêu", ("Giai đoạn 1 (8/1/2022 - 31/5/2022)", "Giai đoạn 2 (1/6/2022 - 31/8/2023)")),
    ],
)  # fmt: skip
def test_days_in_titles_and_headers_are_the_phases(above: str, headers: tuple[str, str], made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    rows: Rows = [(above,), ("STT", "Đơn vị", "Trực thuộc", *headers), *(row[:5] for row in QUOTAS[2:])]
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=rows))
    assert phases(found.config) == [
        ("gd1", "Giai đoạn 1", "2022-01-08", "2022-05-31"), ("gd2", "Giai đoạn 2", "2022-06-01", "2023-08-31"),
    ]  # fmt: skip
    assert not any("Giai đoạn" in line for line in found.guesses)
    assert "# GUESS: the submissions" not in found.text


def test_columns_of_years_are_phases_and_their_sum_is_none(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    header = ("Đơn vị", "Tổng chỉ tiêu", "Chỉ tiêu năm 2022", "Chỉ tiêu năm 2023", "Kết quả 2022")
    rows: Rows = [header, *((row[1], 300, 100, 200, 7) for row in QUOTAS[2:5])]
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=rows))
    assert phases(found.config) == [
        ("nam2022", "Năm 2022", "2022-01-01", "2022-12-31"), ("nam2023", "Năm 2023", "2023-01-01", "2023-12-31"),
    ]  # fmt: skip
    assert {tuple(unit.quota.values()) for unit in found.config.units} == {(100, 200)}
    assert "Column of the quota sheet not used: “Tổng chỉ tiêu”" in found.outcome.stderr


def test_phases_whose_columns_stand_the_other_way_round_keep_their_quotas(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    rows: Rows = [("Đơn vị", "Chỉ tiêu 2023", "Chỉ tiêu 2022"), *((name, 200, 100) for name in DISTRICTS)]
    config = made("a.xlsx", "--quotas", workbook("q.xlsx", A=rows)).config
    assert [phase.id for phase in config.phases] == ["nam2022", "nam2023"]
    assert [dict(unit.quota) for unit in config.units] == [{"nam2022": 100, "nam2023": 200}] * 3


def test_of_quotas_on_two_bases_the_assigned_ones_are_taken(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    rows: Rows = [("Đơn vị", "Chỉ tiêu đăng ký", "Chỉ tiêu giao"), *((row[1], 130, 60) for row in QUOTAS[2:5])]
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=rows))
    assert [tuple(unit.quota.items()) for unit in found.config.units] == [(("nam2022", 60),)] * 3
    assert "Column of the quota sheet not used: “Chỉ tiêu đăng ký”" in found.outcome.stderr


def halves(*headers: str, title: str = "CHỈ TIÊU") -> Rows:
    """A quota sheet with these headers over two numbers and their sum."""
    return [(title,), ("Đơn vị", *headers), *((name, 40, 60, 100)[: len(headers) + 1] for name in DISTRICTS)]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (("6 tháng đầu năm", "6 tháng cuối năm", "Cả năm"), ("dau-nam", "cuoi-nam")),
        (("Chỉ tiêu 6T đầu năm", "Chỉ tiêu 6T cuối năm", "Tổng"), ("dau-nam", "cuoi-nam")),
        (("Nửa đầu năm", "Nửa cuối năm"), ("dau-nam", "cuoi-nam")),
        (("Quý I+II", "Quý III+IV", "Chỉ tiêu năm 2022"), ("quy1-2", "quy3-4")),
        (("6 tháng đầu năm 2022", "6 tháng cuối năm 2022", "Năm 2022"), ("dau-nam-2022", "cuoi-nam-2022")),
    ],
)
def test_parts_of_a_year_are_phases_and_the_whole_year_is_their_sum(
    headers: tuple[str, ...], expected: tuple[str, str], made: Make
) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=halves(*headers)))
    assert [(each[0], *each[2:]) for each in phases(found.config)] == [
        (expected[0], "2022-01-01", "2022-06-30"), (expected[1], "2022-07-01", "2022-12-31"),
    ]  # fmt: skip
    assert [tuple(unit.quota.values()) for unit in found.config.units] == [(40, 60)] * 3
    assert not [line for line in found.guesses if "tháng" in line]
    if "2022" in headers[-1]:  # "Cả năm" alone does not say that it holds quotas
        assert f"Column of the quota sheet not used: “{headers[2]}”" in found.outcome.stderr


def test_under_one_header_of_two_rows_parts_of_a_year_are_phases_of_the_year_of_the_title(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (("CHỈ TIÊU NĂM 2023",), ("Đơn vị", "Chỉ tiêu giao"),
                (None, "6 tháng đầu năm", "6 tháng cuối năm", "Cả năm"),
                *((name, 40, 60, 100) for name in DISTRICTS)):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:D2")
    book.save("q.xlsx")
    found = made("a.xlsx", "--quotas", "q.xlsx")
    assert [each[2:] for each in phases(found.config)] == [("2023-01-01", "2023-06-30"), ("2023-07-01", "2023-12-31")]
    assert not any("from:" in line for line in found.guesses)


def test_a_quota_column_chosen_among_several_is_marked(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=halves("Chỉ tiêu đăng ký", "Chỉ tiêu giao")))
    assert "nam2022: Chỉ tiêu giao" in found.guesses
    assert "the column might also be: Chỉ tiêu đăng ký" in found.text
    workbook(
        "q.xlsx", A=[*halves("6 tháng đầu năm", "6 tháng cuối năm", "Chỉ tiêu cả năm"), ("Tổng cộng", 120, 181, 300)]
    )
    assert not [line for line in made("a.xlsx", "--quotas", "q.xlsx", "--force").guesses if "tháng" in line]
    rows = [(name, 40, 90) for name in DISTRICTS]  # no sum of the one half that is there
    workbook("q.xlsx", A=[("Đơn vị", "Chỉ tiêu 6 tháng đầu năm", "Chỉ tiêu cả năm"), *rows])
    found = made("a.xlsx", "--quotas", "q.xlsx", "--force")
    assert "dau-nam: Chỉ tiêu 6 tháng đầu năm" in found.guesses


def test_a_total_of_the_quota_sheet_is_told_and_compared(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    rows: Rows = [("Đơn vị", "Chỉ tiêu"), *((name, 100) for name in DISTRICTS), ("TOÀN TỈNH", 300)]
    right = made("a.xlsx", "--quotas", workbook("q.xlsx", A=rows))
    assert right.outcome.stderr.count("“TOÀN TỈNH”") == 1
    assert "a total and no unit: “TOÀN TỈNH” (300)" in right.outcome.stderr
    wrong = made("a.xlsx", "--quotas", workbook("q.xlsx", A=[*rows[:-1], ("TOÀN TỈNH", 430)]), "--force")
    assert "B5: “TOÀN TỈNH” says 430 under “Chỉ tiêu”, but the units add up to 300" in wrong.outcome.stderr


def test_what_a_report_would_tell_of_the_exports_is_told(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()], B=[HEADER, *submissions()])
    book = openpyxl.load_workbook("a.xlsx")
    book["B"].sheet_state = "hidden"
    book.save("a.xlsx")
    assert re.search(r"a\.xlsx.*hidden", made("a.xlsx").outcome.stderr)


def test_a_quota_sheet_without_quotas_gives_the_tree(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=[row[:3] for row in QUOTAS[1:]]))
    assert {unit.name for unit in found.config.units if unit.parent is None} == set(DISTRICTS)
    assert phases(found.config) == [("nam2022", "Year 2022", "2022-01-01", "2022-12-31")]


def test_numbering_may_say_which_unit_stands_under_which(made: Make) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    rows: list[Sequence[Cell]] = [("TT", "Đơn vị", "Chỉ tiêu")]
    for roman, district in zip(("I", "II", "III"), DISTRICTS, strict=True):
        rows.append((roman, district, 100))
        own = [row[1] for row in QUOTAS[5:] if row[2] == district]
        rows += [(number, name, 5) for number, name in enumerate(own, start=1)]
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=rows))
    assert tree(found.config)["CĐCS UBND xã Khe Mo 2"] == "LĐLĐ huyện Võ Nhai"
    assert found.line("number:") == "number: TT"
    assert "The numbering" in found.text


def test_a_level_above_the_roots_of_the_quota_sheet_is_left_out(made: Make) -> None:
    rows = [[*row, "LĐLĐ tỉnh Thái Nguyên"] for row in submissions()]
    workbook("a.xlsx", A=[(*HEADER, "LĐLĐ tỉnh"), *rows])
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=QUOTAS))
    assert found.config.columns.unit == (("CĐCS",), ("CĐ cấp trên",))
    assert "counts 54 rows" in found.outcome.stderr
    root = "LĐLĐ tỉnh Thái Nguyên"
    below = [(*row[:2], row[2] or root, *row[3:]) for row in QUOTAS[2:]]
    with_root: Rows = [*QUOTAS[:2], (0, root, None, 240, 360), *below]
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=with_root), "--force")
    assert found.config.columns.unit == (("CĐCS",), ("CĐ cấp trên",), ("LĐLĐ tỉnh",))
    assert "counts 54 rows" in found.outcome.stderr


def test_a_level_of_which_the_quota_sheet_knows_little_is_kept_and_marked(made: Make) -> None:
    rows = submissions(90)
    for number, row in enumerate(rows):
        if number % 9:
            row[4] = f"Cụm {number % 9}"
    workbook("a.xlsx", A=[HEADER, *rows])
    found = made("a.xlsx", "--quotas", workbook("q.xlsx", A=QUOTAS))
    assert found.config.columns.unit == (("CĐCS",), ("CĐ cấp trên",))
    assert "# GUESS: only 11% of the rows name a unit of the quota sheet" in found.text
    # Beside one and the same name it stands above the tree.
    for number, row in enumerate(rows):
        if number % 9:
            row[4] = "LĐLĐ tỉnh Thái Nguyên"
    workbook("a.xlsx", A=[HEADER, *rows])
    found = made("a.xlsx", "--quotas", "q.xlsx", "--force")
    assert found.config.columns.unit == (("CĐCS",),)
    assert "only 11% of its rows name a unit of the quota sheet" in found.outcome.stderr


def test_everything_wrong_with_the_quota_sheet_is_told_with_its_cell(run_here: Run, folder: Path) -> None:
    workbook("a.xlsx", A=[HEADER, *submissions()])
    rows = [list(row) for row in QUOTAS]
    rows[3][3], rows[4][4], rows[6][1] = "5.000 SK", 5.091, None
    workbook("q.xlsx", A=rows)
    outcome = run_here("init", "a.xlsx", "--quotas", "q.xlsx")
    assert outcome.code == 2
    for cell in ("q.xlsx [A] D4", "q.xlsx [A] E5", "q.xlsx [A] B7"):
        assert cell in outcome.stderr
    assert not (folder / "sangkien.yaml").exists()


def test_a_code_beside_numbers_is_the_units(made: Make) -> None:
    rows: Rows = [("Mã đơn vị", "Đơn vị", "Số sáng kiến"), *((f"DV{i}", name, 7) for i, name in enumerate(DISTRICTS))]
    found = made(workbook("a.xlsx", A=rows))
    assert found.config.columns.fields == {"count": ("Số sáng kiến",)}


# --- a whole province ------------------------------------------------------------------------------------------------


def odd_spelling(chance: random.Random, name: str) -> str:
    """A name as somebody in a hurry types it."""
    match chance.randrange(4):
        case 0:
            return without_accents(name)
        case 1:
            at = chance.randrange(len(name) - 5, len(name) - 1)
            return name[:at] + name[at + 1 :]
        case 2:
            return name.replace("Trường", "Tr.").replace("Công ty", "Cty")
        case _:
            return name.upper()


def province(chance: random.Random, districts: int, each: int) -> tuple[list[list[Cell]], list[list[Cell]]]:
    """The rows of an export and of a quota sheet of a made-up province, every eighth name of the export odd."""
    kinds = ("Trường Mầm non", "Trường Tiểu học", "UBND xã", "Công ty TNHH", "Trạm Y tế xã")
    names = ("Hoa Mai", "Lê Lợi", "Trần Phú", "Bình An", "Sao Mai", "Hòa Bình", "Tân Tiến", "Minh Đức", "Quang Trung")
    root = "LĐLĐ tỉnh Đông Sơn"
    quotas: list[list[Cell]] = [[root, None, 5000, 11000]]
    units: list[tuple[str, str]] = []
    for number in range(districts):
        district = f"LĐLĐ huyện {chance.choice(names)} {number + 1}"
        quotas.append([district, root, 350, 800])
        bases = {f"CĐCS {chance.choice(kinds)} {chance.choice(names)} {chance.randrange(1, 9)}" for _ in range(each)}
        quotas += [[base, district, 8, 18] for base in sorted(bases)]
        units += [(base, district) for base in sorted(bases)]
    rows: list[list[Cell]] = []
    for number in range(6 * len(units)):
        base, district = chance.choice(units)
        if chance.random() < 0.12:
            base = odd_spelling(chance, base)
        if chance.random() < 0.04:
            district = odd_spelling(chance, district)
        day = date(2022, 1, 8) + timedelta(chance.randrange(500))
        status = chance.choice(("Hợp lệ", "Hợp lệ", "Hợp lệ", "Đã công nhận", "Chờ duyệt"))
        rows.append([number + 1, f"SK{number:05}", f"Cải tiến {number}", base, district, root, day, status])
    return rows, quotas


PROVINCE_HEADER = (*HEADER[:5], "LĐLĐ tỉnh", *HEADER[5:])


def test_a_messy_province_with_its_quota_sheet_is_reported_at_once(made: Make, run_here: Run) -> None:
    rows, quotas = province(random.Random(2025), 14, 43)
    workbook("xuat.xlsx", Sheet1=[("DANH SÁCH",), (), PROVINCE_HEADER, *rows])
    title, header = ("CHỈ TIÊU CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN”",), ("Đơn vị", "Trực thuộc", "GĐ1", "GĐ2")
    workbook("chi-tieu.xlsx", Chỉ_tiêu=[title, header, *quotas])
    found = made("xuat.xlsx", "--quotas", "chi-tieu.xlsx")
    config = found.config
    assert len(config.units) == len(quotas)
    assert config.programme == "1 triệu sáng kiến"
    assert len(config.columns.unit) == 3
    assert [phase.id for phase in config.phases] == ["gd1", "gd2"]
    report = json.loads(run_here("report", "-c", "quota.yaml", "--format", "json", "--as-of", "2023-12-31").stdout)
    accepted = sum(row[-1] != "Chờ duyệt" for row in rows)
    aside = report["rows"]["set_aside"]
    assert aside["filtered"] == len(rows) - accepted
    assert aside.keys() <= {"filtered", "unknown-unit"}  # the odd names of districts are left for `units --unknown`
    assert report["rows"]["counted"] > 0.96 * accepted


def test_without_a_quota_sheet_few_odd_names_become_units(made: Make) -> None:
    rows, quotas = province(random.Random(7), 5, 20)
    config = made(workbook("xuat.xlsx", Sheet1=[PROVINCE_HEADER, *rows])).config
    real = {fold(str(row[0])) for row in quotas}
    found = {fold(unit.name) for unit in config.units}
    assert real <= found
    assert len(found - real) < 0.1 * len(real)
    above = tree(config)
    assert {above[name] for name in above if name.startswith("LĐLĐ huyện")} == {"LĐLĐ tỉnh Đông Sơn"}


# --- asking ----------------------------------------------------------------------------------------------------------


@dataclass
class Terminal:
    """`init` on a terminal of its own."""

    process: subprocess.Popen[bytes]
    primary: int
    shown: str = ""

    def until(self, words: str) -> None:
        """Read until this is shown."""
        while words not in self.shown:
            text = self._read()
            assert text, self.shown
            self.shown += text

    def type(self, line: str) -> None:
        """A line and Enter."""
        os.write(self.primary, f"{line}\n".encode())

    def end(self) -> int:
        """Read to the end; the exit code."""
        while text := self._read():
            self.shown += text
        os.close(self.primary)
        return self.process.wait(timeout=30)

    def _read(self) -> str:
        if not select.select([self.primary], [], [], 60)[0]:
            self.process.kill()
            pytest.fail(f"nothing more is shown: {self.shown}")
        try:
            return os.read(self.primary, 4096).decode(errors="replace")
        except OSError:  # Linux says so when the last writer has gone
            return ""


@pytest.fixture
def terminal(folder: Path) -> Callable[..., Terminal]:
    def terminal(*arguments: str, lang: str = "en") -> Terminal:
        import pty

        primary, secondary = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "sangkien_cli", "init", *arguments, "-o", "quota.yaml", "--lang", lang],
            stdin=secondary, stdout=secondary, stderr=secondary, cwd=folder,
            env=clean_environment() | {"TERM": "dumb", "COLUMNS": "120"},
        )  # fmt: skip
        os.close(secondary)
        return Terminal(process, primary)

    return terminal


JUDGED = ("Hợp lệ", "Lưu kho", "Chưa xét")
UNSURE: Rows = [
    ("Hồ sơ", "Nơi gửi", "Mốc 1", "Mốc 2", "Ghi"),
    *(
        (f"K-{i:03}", BASES[i % 4], date(2022, 3, 1 + i % 20), date(2022, 4, 1 + i % 20), JUDGED[i % 3])
        for i in range(60)
    ),
]  # fmt: skip


@posix
def test_on_a_terminal_what_is_not_sure_is_asked_and_the_answers_are_no_guesses(
    terminal: Callable[..., Terminal], folder: Path, run_here: Run
) -> None:
    workbook("a.xlsx", A=UNSURE)
    session = terminal("a.xlsx")
    session.until("on which a submission was handed in?")
    session.until("(Enter = 2):")  # Mốc 1 is the best guess, second of the columns
    session.type("9")
    session.until("Type one of the numbers above.")
    session.type("3")  # Mốc 2
    session.until("the code of a submission")
    session.type("")
    session.until("mean that a submission counts?")
    session.until("Lưu kho – 20 rows")
    session.type("1 2")
    session.until("the first day?")
    session.type("15/02/2022")
    session.until("the last day?")
    session.type("1/2/2022")  # before the first
    session.until("not before the day above.")
    session.type("30/06/2022")
    session.until("What is the programme called?")
    session.type("1 triệu sáng kiến")
    assert session.end() == 0, session.shown
    config = load_config(folder / "quota.yaml")
    assert config.columns.fields["submitted"] == ("Mốc 2",)
    assert config.columns.fields["code"] == ("Hồ sơ",)
    assert sorted(config.where) == ["status"]
    assert values_of(config) == ("Hợp lệ", "Lưu kho")
    assert phases(config)[0][2:] == ("2022-02-15", "2022-06-30")
    assert config.programme == "1 triệu sáng kiến"
    text = (folder / "quota.yaml").read_text(encoding="utf-8")
    assert "GUESS" not in text
    assert "as you answered" in text
    assert run_here("report", "-c", "quota.yaml").code == 0


def values_of(config: Config) -> tuple[str, ...]:
    """The statuses that count."""
    condition = config.where["status"]
    assert isinstance(condition, OneOf)
    return condition.values


@posix
def test_enter_takes_the_best_guess(terminal: Callable[..., Terminal], folder: Path, run_here: Run) -> None:
    workbook("a.xlsx", A=UNSURE)
    session = terminal("a.xlsx")
    for question in ("handed in?", "the code of a submission", "counts?", "first day?", "last day?", "called?"):
        session.until(question)
        session.until("(Enter =")
        session.type("")
    assert session.end() == 0, session.shown
    assert run_here("init", "a.xlsx", "-o", "best.yaml").code == 0
    asked, best = (load_config(folder / name) for name in ("quota.yaml", "best.yaml"))
    assert (asked.columns, asked.phases, asked.where, asked.programme) == (
        best.columns,
        best.phases,
        best.where,
        best.programme,
    )


def marked(path: Path) -> list[str]:
    """The lines of a quota file with a mark."""
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines()[4:] if "GUESS" in line]


@posix
@pytest.mark.parametrize("answers", [0, 1, 3, 4])
def test_after_ctrl_d_nothing_is_asked_and_what_was_not_answered_stays_a_guess(
    answers: int, terminal: Callable[..., Terminal], folder: Path, run_here: Run
) -> None:
    workbook("a.xlsx", A=UNSURE)
    questions = ("handed in?", "the code of a submission", "counts?", "first day?", "last day?", "called?")
    session = terminal("a.xlsx")
    for number, question in enumerate(questions[: answers + 1]):
        session.until(question)
        session.until("(Enter =")
        os.write(session.primary, b"\n" if number < answers else b"\x04")
    assert session.end() == 0, session.shown
    assert not [question for question in questions[answers + 1 :] if question in session.shown]
    assert run_here("init", "a.xlsx", "-o", "best.yaml", "--yes").code == 0
    asked, best = folder / "quota.yaml", folder / "best.yaml"
    assert asked.read_text(encoding="utf-8").count("as you answered") == min(answers, 3)
    assert len(marked(asked)) == len(marked(best)) - min(answers, 3)  # half an answer about a phase is none


@posix
def test_a_terminal_is_asked_nothing_with_yes(terminal: Callable[..., Terminal], folder: Path) -> None:
    workbook("a.xlsx", A=UNSURE)
    session = terminal("a.xlsx", "--yes")
    assert session.end() == 0
    assert "Enter =" not in session.shown
    assert "GUESS" in (folder / "quota.yaml").read_text(encoding="utf-8")


@posix
def test_a_terminal_is_asked_nothing_that_is_sure(terminal: Callable[..., Terminal]) -> None:
    workbook("a.xlsx", A=[("CHƯƠNG TRÌNH “1 TRIỆU SÁNG KIẾN”",), HEADER, *submissions()])
    rows: Rows = [("Đơn vị", "Chỉ tiêu năm 2022"), *((name, 100) for name in DISTRICTS)]
    session = terminal("a.xlsx", "--quotas", workbook("q.xlsx", A=rows))
    assert session.end() == 0
    assert "Enter =" not in session.shown


@posix
def test_ctrl_c_at_a_question_leaves_nothing_behind(terminal: Callable[..., Terminal], folder: Path) -> None:
    workbook("a.xlsx", A=UNSURE)
    session = terminal("a.xlsx", lang="vi")
    session.until("cột nào ghi ngày nộp sáng kiến?")
    session.until("(Enter =")
    time.sleep(0.3)  # a signal between the question and the reading would wait for the end of the reading
    session.process.send_signal(signal.SIGINT)
    assert session.end() == 130
    assert [path.name for path in folder.iterdir()] == ["a.xlsx"]
    assert "Traceback" not in session.shown


@posix
def test_where_no_column_is_known_to_name_units_the_person_says_which(
    terminal: Callable[..., Terminal], folder: Path
) -> None:
    rows = [("Bộ phận A", "Bộ phận B")[i % 2] for i in range(20)]
    workbook(
        "a.xlsx",
        A=[("Mã", "Thuộc về", "Ngày gửi"), *((f"K{i}", name, date(2022, 3, 1)) for i, name in enumerate(rows))],
    )
    session = terminal("a.xlsx")
    session.until("which column names the unit?")
    session.until("Thuộc về – such as “Bộ phận")
    session.type("2")
    for question in ("first day?", "last day?", "called?"):
        session.until(question)
        session.type("")
    assert session.end() == 0, session.shown
    assert {unit.name for unit in load_config(folder / "quota.yaml").units} == {"Bộ phận A", "Bộ phận B"}


# --- whatever the headers --------------------------------------------------------------------------------------------

FIELDS: dict[str, Callable[[int], Cell]] = {
    "code": lambda i: f"HS-{i:05}",
    "base": lambda i: f"{BASES[i % 4]} {i % 7}",
    "district": lambda i: DISTRICTS[i % 7 % 3],
    "day": lambda i: date(2022, 1, 3) + timedelta(i * 5),
    "typed day": lambda i: f"{i % 28 + 1}/{i % 12 + 1}/2022",
    "status": lambda i: ("Hợp lệ", "Không hợp lệ", "Đang xem xét")[i % 3],
    "odd status": lambda i: ("A", "B")[i % 2],
    "title": lambda i: f"Giải pháp số {i} để làm việc nhanh hơn",
    "number": lambda i: i % 9,
    "running": lambda i: i + 1,
    "words": lambda i: ("đỏ", "xanh", "")[i % 3],
    "blank": lambda _: None,
}
usual = st.sampled_from(
    ["Mã", "Mã SK", "Đơn vị", "CĐCS", "Trực thuộc", "LĐLĐ tỉnh", "Ngày gửi", "Ngày áp dụng", "Trạng thái", "Kết quả",
     "STT", "Tên sáng kiến", "Tác giả", "Số lượng", "Giai đoạn", "Ghi chú", "2022", "13.Ngày đăng ký (3)", "null",
     "a: b", "# x", "[y], z"]
)  # fmt: skip
unheard_of = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@settings(max_examples=40, deadline=None, database=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])  # fmt: skip
@given(data=st.data())
def test_whatever_the_headers_and_their_order_what_is_written_loads_and_reports(
    data: st.DataObject, run_here: Run
) -> None:
    sheets = []
    for _ in range(data.draw(st.integers(1, 2))):
        names = data.draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=8, unique=True))
        names = data.draw(st.permutations([*names, *({"base", "district"} - set(names))]))
        headers = data.draw(st.lists(usual | unheard_of, min_size=len(names), max_size=len(names), unique_by=fold))
        rows = data.draw(st.sampled_from([3, 25, 60]))
        above: Rows = data.draw(st.sampled_from([[], [("BÁO CÁO",)], [("LĐLĐ TỈNH A", "", "Độc lập - Tự do"), ()]]))
        sheets.append([*above, headers, *([FIELDS[name](i) for name in names] for i in range(rows))])
    with tempfile.TemporaryDirectory() as folder:
        export = workbook(f"{folder}/a.xlsx", **{f"S{number}": sheet for number, sheet in enumerate(sheets)})
        outcome = run_here("init", export, "-o", f"{folder}/q.yaml")
        if outcome.code == 2:
            # No header can be found, or none of the columns can be told from another: said, and nothing is written.
            assert re.search(
                "no column is known|has a header|stands twice|is blank|names no units|two columns|several columns"
                "|hold no names",
                outcome.stderr,
            )
            assert os.listdir(folder) == ["a.xlsx"]
            return
        assert outcome.code == 0, outcome.stderr
        report = run_here("report", "-c", f"{folder}/q.yaml", "--format", "json")
        assert report.code == 0, report.stderr
        rows_of = json.loads(report.stdout)["rows"]
        assert rows_of["read"] == rows_of["counted"] + sum(rows_of["set_aside"].values())

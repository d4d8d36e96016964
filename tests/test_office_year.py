"""From an export and a sheet of quotas to a right report with commands alone: no file is opened but the list of names.

The province, its odd spellings and the truth about them are made by `tests/messy.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import openpyxl
import pytest

from tests import messy
from tests.messy import PHASES, Key, Office

if TYPE_CHECKING:
    from tests.conftest import ReportJson, Run

AS_OF = "2023-12-31"


@dataclass(frozen=True)
class Titles:
    """What the list of names calls its columns."""

    text: str
    counts_for: str
    near: str
    choice: str
    set_aside: str


ENGLISH = Titles("Name in the exports", "Counts for", "Nearest", "Choice", "set aside")
VIETNAMESE = Titles("Tên trong bảng xuất", "Đang tính cho", "Gần giống", "Chọn", "không tính")


@cache
def office() -> Office:
    """One province for all tests."""
    return Office()


def choose(names: Path, titles: Titles, office: Office) -> int:
    """Fill in the list as somebody does who knows every unit; tell how many names were given one."""
    book = openpyxl.load_workbook(names)
    sheet, all_units, _ = book.worksheets
    rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    top = next(number for number, row in enumerate(rows) if titles.choice in row)
    column = {title: place for place, title in enumerate(rows[top])}
    ids = {(str(name), above): str(own) for name, own, above in all_units.iter_rows(values_only=True)}
    chosen = 0
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        if not row[column[titles.text]]:
            continue
        above = row[column[titles.counts_for]]
        meant = office.meant(row[column[titles.text]], None if above == titles.set_aside else _name(above))
        if meant is None:
            continue
        offered = [row[column[f"{titles.near} {i}"]] for i in (1, 2, 3)]
        places = [i for i, label in enumerate(offered, start=1) if _name(label) == meant[0]]
        # From the list, or by its number; what is not offered is looked up in the second sheet.
        answer = ids[meant] if not places else offered[places[0] - 1] if number % 2 else str(places[0])
        sheet.cell(number, column[titles.choice] + 1).value = answer
        chosen += 1
    book.save(names)
    return chosen


def _name(label: str) -> str:
    """A unit's label without the id behind its name."""
    return label.partition(" [")[0]


Figures = dict[tuple[str, Key], tuple[int, int | None]]  # by phase and unit: done and quota


def figures(report: ReportJson) -> Figures:
    """What a report says."""
    name = {line["id"]: line["name"] for line in report["units"]}
    found: Figures = {}
    for line in report["units"]:
        if line["phase"] != "all":
            above = None if line["parent"] is None else name[line["parent"]]
            found[line["phase"], (line["name"], above)] = line["done"], line["quota"]
    return found


def truth(office: Office) -> Figures:
    """What it should say."""
    return {
        (phase, unit.key): (office.done[phase][unit.key], quota)
        for unit in office.units
        for phase, quota in zip(PHASES, unit.quota, strict=True)
    }


@pytest.mark.parametrize(
    ("write_quotas", "lang", "titles"),
    [(messy.write_quotas_by_parent, "vi", VIETNAMESE), (messy.write_quotas_by_number, "en", ENGLISH)],
)
def test_one_round_of_names_and_every_count_is_right(
    write_quotas: Callable[[Office, Path], None],
    lang: Literal["vi", "en"],
    titles: Titles,
    folder: Path,
    run_here: Run,
) -> None:
    messy.write_export(office(), folder / "sang-kien.xlsx")
    write_quotas(office(), folder / "chi-tieu.xlsx")

    def done(*arguments: str) -> str:
        outcome = run_here(*arguments, lang=lang)
        assert outcome.code == 0, outcome.stderr
        return outcome.stdout

    done("init", "sang-kien.xlsx", "--quotas", "chi-tieu.xlsx", "-o", "sangkien.yaml", "--yes")
    before = cast("ReportJson", json.loads(done("report", "--as-of", AS_OF, "--format", "json")))
    assert before["rows"]["set_aside"]["unknown-unit"] > 50
    assert figures(before) != truth(office())

    done("units", "--unknown", "sang-kien.xlsx", "-o", "names.xlsx")
    assert choose(folder / "names.xlsx", titles, office()) > 100
    done("units", "--learn", "names.xlsx")

    after = cast("ReportJson", json.loads(done("report", "--as-of", AS_OF, "--format", "json")))
    assert after["rows"]["set_aside"].keys() == {"filtered", "after-as-of", "outside-phases", "duplicate"}
    found, right = figures(after), truth(office())
    assert list(found) == [(phase, unit.key) for unit in office().units for phase in PHASES]
    assert {line: found[line] for line in right if found[line] != right[line]} == {}

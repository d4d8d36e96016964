"""What `sangkien inspect` says of ten ugly sheets, word for word: tests/ugly_seen/*.txt.

After a change that is meant: `UPDATE_CASES=1 python -m pytest tests/test_ugly.py`, and read what changed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.ugly import SHEETS

GOLDEN = Path(__file__).parent / "ugly_seen"


@pytest.mark.parametrize("name", SHEETS)
def test_inspect_explains_an_ugly_sheet(name: str, folder: Path, run_here: Run) -> None:
    make, quota = SHEETS[name]
    make(folder / name)
    # The size of a packed file is its library's affair.
    seen = run_here("inspect", name, files={"sangkien.yaml": quota}, lang="vi").stdout.split(" byte\n", 1)[1]
    golden = GOLDEN / f"{name}.txt"
    if "UPDATE_CASES" in os.environ:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(seen, encoding="utf-8")
    assert seen == golden.read_text(encoding="utf-8")

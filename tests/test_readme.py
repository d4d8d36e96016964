"""The console examples of the README and the guide run as printed, in a copy of `configs/` and `sample_data/`.

They follow the rules of the pages under `cases/` (see test_cases.py); `UPDATE_CASES=1 pytest tests/test_readme.py -n 0`
fills in what is printed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Run
    from tests.test_cases import Session, check_session, read_sessions
else:
    from test_cases import Session, check_session, read_sessions

ROOT = Path(__file__).resolve().parent.parent
PAGES = [page for page in (ROOT / "README.md", ROOT / "docs" / "huong-dan.md") if page.exists()]
SESSIONS = [session for page in PAGES for session in read_sessions(page)]


def test_the_readme_has_examples() -> None:
    commands = {step.command.split()[1] for session in read_sessions(PAGES[0]) for step in session.steps}
    assert commands >= {"report", "calc", "check"}


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: f"{session.page.stem}: {session.title}")
def test_example(session: Session, folder: Path, run: Run, run_here: Run) -> None:
    check_session(session, folder, run, run_here)

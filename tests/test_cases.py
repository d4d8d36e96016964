"""Console sessions kept as Markdown: every file in `cases/` is a test that a user could have written.

A session is a `##` heading and what follows it:

- A fenced block with `title="NAME"` is a file. Blocks above the first `##` are files of every session of the page; in a
  session, a block of the same name goes before them.
  `encoding="utf-8-sig"` (or another) writes it so, `encoding="base64"` writes the bytes that the text stands for.
  A name ending in .xlsx makes a workbook of a CSV block: its sheet is `sheet="NAME"` (blocks of one title add
  sheets), `<2022-03-01>` and `<12>` are a real date and number, `=A1` a formula whose result was never stored,
  `#REF!` an error cell, and everything else text.
- Where a command names a file in `configs/` or `sample_data/`, the folder holds copies of both.
- A ```console block holds commands behind `$ ` and, under each, what it prints: standard output as it is, standard
  error behind `2> `, and at last `[exit N]` unless N is 0. A line that is only `…` stands for any lines.
  The commands are `sangkien …` (after `NAME=value` if you like), `cat FILE` and `ls`. A byte order mark and a carriage
  return are shown as ⟨BOM⟩ and ⟨CR⟩.

`UPDATE_CASES=1 pytest tests/test_cases.py -n 0` writes what the program prints into the pages. Read the difference
against the contract before you commit it: what the program happens to print is not for that reason right.
"""

from __future__ import annotations

import base64
import csv
import io
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

if TYPE_CHECKING:
    from tests.conftest import Run

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
_FENCE = re.compile(r'```(\w+)((?: \w+="[^"]*")*)')


@dataclass(frozen=True, slots=True)
class FileBlock:
    """A file as a page shows it."""

    name: str
    text: str
    encoding: str
    sheet: str


@dataclass(frozen=True, slots=True)
class Step:
    """A command and what it should print; `first` and `last` bound the expected lines in the page, from 0."""

    command: str
    expected: list[str]
    first: int
    last: int


@dataclass(slots=True)
class Session:
    """A `##` section of a page."""

    page: Path
    title: str
    files: list[FileBlock] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def read_sessions(page: Path) -> list[Session]:
    """The sessions of a page that run anything. What stands above the first `##` is one too."""
    lines = page.read_text(encoding="utf-8").splitlines()
    sessions = [Session(page, page.stem)]
    common = sessions[0].files
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith("## "):
            sessions.append(Session(page, line.removeprefix("## "), list(common)))
        if not (fence := _FENCE.fullmatch(line)):
            continue
        first = number
        while lines[number] != "```":
            number += 1
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', fence[2]))
        if "title" in attributes:
            text = "".join(f"{each}\n" for each in lines[first:number])
            block = FileBlock(
                attributes["title"], text, attributes.get("encoding", "utf-8"), attributes.get("sheet", "Sheet1")
            )
            sessions[-1].files.append(block)
        elif fence[1] == "console":
            sessions[-1].steps += _steps(lines, first, number)
    return [session for session in sessions if session.steps]


def _steps(lines: list[str], first: int, last: int) -> Iterator[Step]:
    starts = [number for number in range(first, last) if lines[number].startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], last], strict=True):
        yield Step(lines[start].removeprefix("$ "), lines[start + 1 : end], start + 1, end)


def write_blocks(folder: Path, blocks: list[FileBlock]) -> None:
    """The files of a session."""
    workbooks: dict[str, openpyxl.Workbook] = {}
    for block in blocks:
        path = folder / block.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if block.name.endswith(".xlsx") and block.encoding == "utf-8":
            if block.name not in workbooks:
                workbooks[block.name] = openpyxl.Workbook()
                workbooks[block.name].remove(workbooks[block.name].worksheets[0])
            sheet = workbooks[block.name].create_sheet(block.sheet)
            for cells in csv.reader(io.StringIO(block.text)):
                sheet.append([_cell(text) for text in cells])
        elif block.encoding == "base64":
            path.write_bytes(base64.b64decode(block.text))
        else:
            path.write_bytes(block.text.encode(block.encoding))
    for name, workbook in workbooks.items():
        workbook.save(folder / name)


def _cell(text: str) -> str | int | date | None:
    if found := re.fullmatch(r"<(\d+)>", text):
        return int(found[1])
    if found := re.fullmatch(r"<(\d{4}-\d\d-\d\d)>", text):
        return date.fromisoformat(found[1])
    return text or None


def is_as_expected(printed: list[str], expected: list[str]) -> bool:
    """Whether the lines are equal, `…` alone on a line standing for any number of lines."""
    if not expected:
        return not printed
    if expected[0] == "…":
        return any(is_as_expected(printed[start:], expected[1:]) for start in range(len(printed) + 1))
    return bool(printed) and printed[0] == expected[0] and is_as_expected(printed[1:], expected[1:])


def _shown(text: str) -> list[str]:
    visible = text.replace("\ufeff", "⟨BOM⟩").replace("\r", "⟨CR⟩")
    return visible.removesuffix("\n").split("\n") if visible else []


def play(command: str, folder: Path, run: Run, run_here: Run) -> list[str]:
    """The lines that a command prints, as a page shows them."""
    words = shlex.split(command)
    env = {}
    while "=" in words[0]:
        name, _, env[name] = words.pop(0).partition("=")
    match words:
        case ["ls"]:
            return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        case ["cat", name]:
            return _shown((folder / name).read_bytes().decode())
        case ["sangkien", *arguments]:
            # The language of messages is fixed when the program is imported, so another one needs a new process.
            runner = run if env or "vi" in arguments else run_here
            outcome = runner(*arguments, lang=None, env=env)
            code = [f"[exit {outcome.code}]"] if outcome.code else []
            return _shown(outcome.stdout) + [f"2> {line}".rstrip() for line in _shown(outcome.stderr)] + code
    raise ValueError(command)


def _rewrite(page: Path, title: str, step: int, printed: list[str]) -> None:
    """Put what was printed under the command. The page is read again: an earlier step may have moved the lines."""
    found = next(session for session in read_sessions(page) if session.title == title).steps[step]
    lines = page.read_text(encoding="utf-8").splitlines()
    lines[found.first : found.last] = printed
    page.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _all_sessions() -> list[Session]:
    return [session for page in sorted(CASES.glob("*.md")) for session in read_sessions(page)]


@pytest.mark.parametrize("session", _all_sessions(), ids=lambda session: f"{session.page.stem}: {session.title}")
def test_session(session: Session, folder: Path, run: Run, run_here: Run) -> None:
    check_session(session, folder, run, run_here)


def check_session(session: Session, folder: Path, run: Run, run_here: Run) -> None:
    """Play a session in a folder, and compare what is printed with the page, or write it there."""
    if any("configs/" in step.command or "sample_data/" in step.command for step in session.steps):
        for name in ("configs", "sample_data"):
            shutil.copytree(ROOT / name, folder / name)
    write_blocks(folder, session.files)
    for number, step in enumerate(session.steps):
        printed = play(step.command, folder, run, run_here)
        if is_as_expected(printed, step.expected):
            continue
        if os.environ.get("UPDATE_CASES"):
            _rewrite(session.page, session.title, number, printed)
        else:
            assert "\n".join(printed) == "\n".join(step.expected), f"{session.page}:{step.first}: {step.command}"


def test_every_reason_has_a_session() -> None:
    from sangkien_cli.model import Reason

    page = (CASES / "reasons.md").read_text(encoding="utf-8")
    later = {"ended-unit"}  # contract §10, a later issue
    assert {reason.value for reason in Reason if f"## {reason.value}" not in page} == later


def test_an_ellipsis_stands_for_lines_and_nothing_else_does() -> None:
    assert is_as_expected(["a", "b", "c"], ["a", "…"])
    assert is_as_expected(["a"], ["…", "a", "…"])
    assert not is_as_expected(["a", "b"], ["a"])
    assert not is_as_expected(["a"], ["b", "…"])
    assert not is_as_expected([], ["a"])

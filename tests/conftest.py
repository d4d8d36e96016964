"""What the tests share: the program run as a user runs it, and the report of a few lines of CSV.

`run` starts a process, `run_here` calls the same program inside the test, ten times faster, with messages in English.
`report_of` counts through the Python API. Types are imported as `from tests.conftest import Run` under TYPE_CHECKING.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Literal, Protocol, TypedDict, cast

import pytest

ROOT = Path(__file__).resolve().parent.parent

Contents = Mapping[str, str | bytes]  # by path inside the test's folder


def clean_environment() -> dict[str, str]:
    """This process's environment without what would change the program's language or encoding."""
    ours = ("SANGKIEN_", "LC_", "LANG", "PYTHONUTF8", "PYTHONIOENCODING", "COLUMNS", "FORCE_COLOR", "TTY_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {"LC_ALL": "C.UTF-8"}


# The language of messages is chosen when the program is imported, so this stands before any test imports it.
_CLEAN = clean_environment()
os.environ.clear()
os.environ.update(_CLEAN)


def pytest_configure(config: pytest.Config) -> None:
    """What Python reports as "Exception ignored in…" ends up on a user's terminal as a traceback: a bug."""
    config.addinivalue_line("filterwarnings", "error::pytest.PytestUnraisableExceptionWarning")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the program left behind."""

    stdout: str
    stderr: str
    code: int
    stdout_bytes: bytes

    def __post_init__(self) -> None:
        # A traceback is always a bug (contract §5), whatever a test looks at.
        assert "Traceback" not in self.stderr, self.stderr


class Run(Protocol):
    """The type of `run` and `run_here`."""

    def __call__(
        self,
        *arguments: str,
        files: Contents | None = None,
        lang: Literal["vi", "en"] | None = "en",
        env: Mapping[str, str] | None = None,
    ) -> Outcome: ...


class UnitLine(TypedDict):
    """One unit in one phase, as in the JSON report (contract §6)."""

    id: str
    name: str
    parent: str | None
    depth: int
    phase: str
    done: int
    direct: int
    quota: int | None
    percent: str | None
    short: int | None
    status: str
    allocated: int | None


class RowsPart(TypedDict):
    """How the rows are accounted for."""

    read: int
    counted: int
    set_aside: dict[str, int]
    layout: int


class ReportJson(TypedDict):
    """The parts of the JSON report that tests look at."""

    schema: str
    programme: str
    as_of: str
    rows: RowsPart
    units: list[UnitLine]
    inputs: list[dict[str, object]]


class ReportOf(Protocol):
    """The type of `report_of`."""

    def __call__(self, quota: str, exports: str | Contents, as_of: str = "2022-12-31") -> ReportJson: ...


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which the test stands."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_files(folder: Path, files: Contents) -> None:
    """Text dedented, in UTF-8, with the folders that it needs."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())


def _with_language(arguments: tuple[str, ...], lang: str | None) -> list[str]:
    return [*arguments, *(["--lang", lang] if lang else [])]


@pytest.fixture
def run(folder: Path) -> Run:
    """The program in a process of its own."""

    def run(
        *arguments: str,
        files: Contents | None = None,
        lang: Literal["vi", "en"] | None = "en",
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        write_files(folder, files or {})
        done = subprocess.run(
            [sys.executable, "-m", "sangkien_cli", *_with_language(arguments, lang)],
            cwd=folder, env=clean_environment() | dict(env or {}), capture_output=True, check=False, timeout=60,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return Outcome(done.stdout.decode(), done.stderr.decode(), done.returncode, done.stdout)

    return run


@pytest.fixture
def run_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The program inside this process; its messages are in English whatever `lang` says of the report."""

    def run_here(
        *arguments: str,
        files: Contents | None = None,
        lang: Literal["vi", "en"] | None = "en",
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        from sangkien_cli.cli.main import run as run_program

        write_files(folder, files or {})
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
        terminated = signal.getsignal(signal.SIGTERM)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run_program(_with_language(arguments, lang))
        finally:
            signal.signal(signal.SIGTERM, terminated)
        stdout, stderr = _bytes_of(out), _bytes_of(err)
        return Outcome(stdout.decode(), stderr.decode(), code, stdout)

    return run_here


def _bytes_of(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    return cast(io.BytesIO, stream.buffer).getvalue()


@pytest.fixture
def report_of(folder: Path) -> ReportOf:
    """The JSON report of a quota file and exports, through the whole pipeline. A text alone is one CSV file."""

    def report_of(quota: str, exports: str | Contents, as_of: str = "2022-12-31") -> ReportJson:
        from sangkien_cli.pipeline import count, load_config
        from sangkien_cli.render.json import render_json

        contents: Contents = {"export.csv": exports} if isinstance(exports, str) else exports
        write_files(folder, {"quota.yaml": quota, **contents})
        counted = count(load_config(folder / "quota.yaml"), list(contents), date.fromisoformat(as_of))
        return cast(ReportJson, json.loads(render_json(counted.report)))

    return report_of

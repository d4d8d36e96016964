"""The command line as a process: languages, exit codes, outputs put in place whole, streams that lack a letter."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import signal
import struct
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from sangkien_cli.cli.main import app

if TYPE_CHECKING:
    from tests.conftest import Run, clean_environment
else:
    from conftest import clean_environment

ROOT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")
COMMANDS = [str(command.name or getattr(command.callback, "__name__", "")) for command in app.registered_commands]

QUOTA = """
    programme: Một triệu sáng kiến
    phases: {p1: {name: Phase 1, from: 2022-01-01, to: 2022-05-31}}
    exports: {files: [ideas.csv], columns: {code: Code, submitted: Date, unit: Unit}}
    units: [{name: LĐLĐ tỉnh, quota: {p1: 4}, units: [{name: Đơn vị A, quota: {p1: 2}}, {name: Đơn vị B}]}]
    """
IDEAS = """
    Code,Unit,Date
    001,Đơn vị A,01/02/2022
    002,Đơn vị B,02/02/2022
    003,Đơn vị C,03/02/2022
    """
FILES = {"sangkien.yaml": QUOTA, "ideas.csv": IDEAS}
REPORT = ("report", "--as-of", "2022-12-31")


def listing(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


# --- help and language ---


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_every_option_in_both_languages(command: str, run: Run) -> None:
    english, vietnamese = (run(command, "--help", lang=None, env={"SANGKIEN_LANG": lang}) for lang in ("en", "vi"))
    assert (english.code, vietnamese.code) == (0, 0)
    assert english.stdout.startswith(f"Usage: sangkien {command}")
    explained = []
    for page in (english.stdout, vietnamese.stdout):
        assert max(map(len, page.splitlines())) <= 80
        options = re.findall(r"^  (-[^ ]+)(?:,? \S+)*?(?:  +|\n +)(\S.*)", page, re.MULTILINE)
        assert len(options) == len(re.findall(r"^  -", page, re.MULTILINE))
        explained.append(dict(options))
    assert explained[0].keys() == explained[1].keys() >= {"--lang", "--help"}
    assert [option for option, text in explained[0].items() if text == explained[1][option]] == []


def test_the_program_names_its_commands_and_version(run_here: Run) -> None:
    from sangkien_cli import __version__

    page = run_here("--help", lang=None)
    assert [command for command in COMMANDS if f"\n  {command}" not in page.stdout] == []
    assert run_here("--version", lang=None).stdout == f"sangkien-cli {__version__}\n"
    without = run_here(lang=None)
    assert (without.code, "report" in without.stdout + without.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "env", "vietnamese"),
    [
        ((), {}, False),
        ((), {"LC_ALL": "vi_VN.UTF-8"}, True),
        ((), {"LC_ALL": "", "LANG": "vi_VN.UTF-8"}, True),
        ((), {"LC_ALL": "vi_VN.UTF-8", "SANGKIEN_LANG": "en"}, False),
        (("--lang", "vi"), {"SANGKIEN_LANG": "en"}, True),
        (("--lang=en",), {"SANGKIEN_LANG": "vi"}, False),
    ],
)
def test_messages_speak_the_language_of_the_option_then_the_variable_then_the_locale(
    arguments: tuple[str, ...], env: dict[str, str], vietnamese: bool, run: Run
) -> None:
    done = run("calc", "ten", "44", *arguments, lang=None, env=env)
    assert done.code == 2
    assert ("cách sửa" in done.stderr, "to fix" in done.stderr) == (vietnamese, not vietnamese)


@pytest.mark.parametrize("encoding", ["ascii", "cp1258", "cp437"])
def test_a_letter_that_the_stream_lacks_ends_no_run(encoding: str, folder: Path) -> None:
    for name, content in FILES.items():
        (folder / name).write_text("\n".join(line[4:] for line in content.splitlines()[1:]) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sangkien_cli", *REPORT, "--lang", "vi"], capture_output=True, check=False,
        env=clean_environment() | {"PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"2/4 = 50,0%" in done.stdout


# --- figures on the page ---


def test_a_report_without_as_of_counts_to_today_in_the_quota_file_s_time_zone(run_here: Run) -> None:
    def today() -> str:
        return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date().isoformat()

    before = today()
    report = json.loads(run_here("report", "--format", "json", files=FILES).stdout)
    assert report["as_of"] in (before, today())


def test_csv_and_json_say_the_same_in_every_language(run_here: Run) -> None:
    lines = list(csv.DictReader(io.StringIO(run_here(*REPORT, "--format", "csv", files=FILES).stdout)))
    units = json.loads(run_here(*REPORT, "--format", "json").stdout)["units"]
    assert lines == [{key: "" if value is None else str(value) for key, value in unit.items()} for unit in units]
    for kind in ("csv", "json"):
        english, vietnamese = (run_here(*REPORT, "--format", kind, lang=lang).stdout for lang in ("en", "vi"))
        assert english == vietnamese


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("config", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_piped_report_fits_80_columns_and_any_log(config: Path, lang: str, run_here: Run) -> None:
    text = run_here("report", "-c", str(config), "--as-of", "2022-05-31", "--lang", lang, lang=None).stdout
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert re.findall("[\x1b\u2500-\u259f]", text) == []
    assert re.findall(r"\w-\n", text) == []  # a file's name broken at its hyphen cannot be searched for


@posix
def test_a_terminal_gets_tree_lines_bars_and_colours_in_its_width(folder: Path, run: Run) -> None:
    import fcntl
    import pty
    import termios

    run(*REPORT, files=FILES)
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    done = subprocess.Popen(
        [sys.executable, "-m", "sangkien_cli", *REPORT, "--lang", "vi"], stdout=secondary, stderr=secondary,
        env=clean_environment() | {"TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(secondary)
    shown = b""
    while True:
        try:
            chunk = os.read(primary, 4096)
        except OSError:  # Linux says so when the last writer has gone
            break
        if not chunk:
            break
        shown += chunk
    os.close(primary)
    assert done.wait() == 0
    text = shown.decode()
    assert "├─ " in text
    assert "█" in text
    assert "\x1b[" in text
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in text.splitlines()) <= 80


# --- exit codes ---


def _opened_for_reading(pipe: Path) -> int:
    """The writing end of a pipe, as soon as somebody reads it."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert time.monotonic() < deadline, "nobody reads the pipe"
            time.sleep(0.02)


@posix
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_so(sent: signal.Signals, code: int, folder: Path) -> None:
    os.mkfifo(folder / "quota.yaml")
    process = subprocess.Popen(
        [sys.executable, "-m", "sangkien_cli", "report", "-c", "quota.yaml", "-o", "report.json"],
        stderr=subprocess.PIPE, env=clean_environment(),
    )  # fmt: skip
    waiting = _opened_for_reading(folder / "quota.yaml")
    time.sleep(0.2)  # a signal between opening and reading would wait for the end of the reading
    process.send_signal(sent)
    _, stderr = process.communicate(timeout=30)
    os.close(waiting)
    said = b"stopped; no file is left half-written\n"
    assert (process.returncode, stderr, listing(folder)) == (code, said, ["quota.yaml"])


def test_a_reader_that_has_seen_enough_is_no_error_of_ours(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "sangkien_cli", "calc", "149", "44"], stdout=writing, stderr=subprocess.PIPE,
        env=clean_environment(), check=False,
    )  # fmt: skip
    os.close(writing)
    assert b"Traceback" not in done.stderr


@posix
@pytest.mark.parametrize("arguments", [("calc", "149", "44"), REPORT, (*REPORT, "--format", "json"), ("--help",)])
def test_a_full_disk_behind_standard_output_is_told_and_is_not_the_answer_no(
    arguments: tuple[str, ...], folder: Path, run_here: Run
) -> None:
    run_here(*REPORT, files=FILES)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sangkien_cli", *arguments], stdout=full, stderr=subprocess.PIPE,
            env=clean_environment(), check=False,
        )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert (done.returncode, b"No space left on device" in done.stderr) == (2, True)


@posix
def test_without_a_standard_output_there_is_nothing_to_say(folder: Path) -> None:
    command = [sys.executable, "-m", "sangkien_cli", "calc", "149", "44"]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command], stderr=subprocess.PIPE, env=clean_environment(), check=False
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode != 1  # that would be the answer "no"


# --- outputs ---


def test_the_ledger_is_the_same_as_csv_and_as_parquet(folder: Path, run_here: Run) -> None:
    for name in ("ledger.csv", "ledger.parquet"):
        assert run_here(*REPORT, "--ledger", name, files=FILES).code == 0
    text, table = pd.read_csv(folder / "ledger.csv", dtype="str"), pd.read_parquet(folder / "ledger.parquet")
    assert list(table.columns) == list(text.columns)
    assert list(table["code"]) == list(text["code"]) == ["001", "002", "003"]
    assert list(table["row"]) == [2, 3, 4]
    assert list(table["reason"]) == ["", "", "unknown-unit"]
    assert table["unit"].isna().tolist() == [False, False, True]


@posix
def test_a_report_that_is_there_is_replaced_and_keeps_its_permissions(folder: Path, run_here: Run) -> None:
    (folder / "real.json").write_text("old")
    (folder / "real.json").chmod(0o640)
    (folder / "report.json").symlink_to("real.json")
    assert run_here(*REPORT, "-o", "report.json", files=FILES).code == 0
    assert json.loads((folder / "real.json").read_text(encoding="utf-8"))["schema"] == "sangkien.report/1"
    assert (folder / "real.json").stat().st_mode & 0o777 == 0o640
    assert (folder / "report.json").is_symlink()
    assert listing(folder) == ["ideas.csv", "real.json", "report.json", "sangkien.yaml"]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"sangkien.yaml": "programme: P\n"}, "sangkien.yaml:1:1: "),
        ({"ideas.csv": "Code,Unit\n1,A\n"}, "ideas.csv: no column “Date”"),
        ({"ideas.csv": ""}, "ideas.csv: the file is empty"),
    ],
)
def test_a_failing_run_leaves_an_older_report_whole(
    broken: dict[str, str], told: str, folder: Path, run_here: Run
) -> None:
    old = {"report.json": "an older report", "ledger.csv": "an older ledger"}
    done = run_here(*REPORT, "-o", "report.json", "--ledger", "ledger.csv", files=FILES | old | broken)
    assert done.code == 2
    assert done.stderr.startswith(told)
    assert {name: (folder / name).read_text() for name in old} == old
    assert listing(folder) == ["ideas.csv", "ledger.csv", "report.json", "sangkien.yaml"]


@pytest.mark.parametrize(("stop", "code"), [(OSError(28, "No space left on device"), 2), (KeyboardInterrupt(), 130)])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_run_that_stops_while_it_writes_leaves_older_files_whole(
    call: str, stop: BaseException, code: int, folder: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise stop

    old = {"report.json": "an older report", "ledger.csv": "an older ledger"}
    monkeypatch.setattr(os, call, fail)
    done = run_here(*REPORT, "-o", "report.json", "--ledger", "ledger.csv", files=FILES | old)
    assert done.code == code
    assert {name: (folder / name).read_text() for name in old} == old
    assert listing(folder) == ["ideas.csv", "ledger.csv", "report.json", "sangkien.yaml"]


@posix
@pytest.mark.parametrize("output", ["/dev/full", "/proc/report.json"])
def test_an_output_that_cannot_be_written_takes_the_others_with_it(output: str, folder: Path, run_here: Run) -> None:
    done = run_here(*REPORT, "--format", "json", "-o", output, "--ledger", "ledger.csv", files=FILES)
    assert done.code == 2
    assert done.stderr.startswith(f"{output}: cannot be written (")
    assert "\n   to fix: " in done.stderr
    assert listing(folder) == ["ideas.csv", "sangkien.yaml"]


def test_report_and_ledger_cannot_be_one_file(folder: Path, run_here: Run) -> None:
    done = run_here(*REPORT, "-o", "out.csv", "--ledger", "./out.csv", files=FILES)
    assert done.code == 2
    assert "out.csv" in done.stderr
    assert listing(folder) == ["ideas.csv", "sangkien.yaml"]


@pytest.mark.parametrize("output", ["ideas.csv", "./sangkien.yaml", "link.csv"])
def test_an_output_never_overwrites_what_is_read(output: str, folder: Path, run_here: Run) -> None:
    run_here(*REPORT, files=FILES)
    (folder / "link.csv").symlink_to("ideas.csv")
    before = {name: (folder / name).read_bytes() for name in FILES}
    for option in (("--format", "csv", "-o", output), ("-o", "new.csv", "--ledger", output)):
        done = run_here(*REPORT, *option)
        assert done.code == 2
        assert Path(output).name in done.stderr
    assert {name: (folder / name).read_bytes() for name in FILES} == before
    assert listing(folder) == ["ideas.csv", "link.csv", "sangkien.yaml"]


def test_all_outputs_that_cannot_be_written_are_named_in_one_run(folder: Path, run_here: Run) -> None:
    done = run_here(*REPORT, "-o", "no/report.json", "--ledger", "nor/ledger.csv", files=FILES)
    assert done.code == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines() if not line.startswith(" ")] == [
        "no/report.json", "nor/ledger.csv"
    ]  # fmt: skip


# --- files that are no sheets ---


def compound_file(*streams: str) -> bytes:
    """An OLE compound file with empty streams of these names: what Excel wraps an encrypted workbook in."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<10I", 0, 1, 1, 0, 4096, end, 0, end, 0, 0) + struct.pack("<108I", *[free] * 108)
    allocation = struct.pack("<128I", 0xFFFFFFFD, end, *[free] * 126)

    def entry(name: str, kind: int, right: int, child: int) -> bytes:
        text = name.encode("utf-16-le")
        links = struct.pack("<BBIII", kind, 1, free, right, child)
        return text.ljust(64, b"\0") + struct.pack("<H", len(text) + 2) + links + bytes(36) + struct.pack("<IQ", end, 0)

    last = len(streams)
    entries = entry("Root Entry", 5, free, 1)
    for number, name in enumerate(streams, start=1):
        entries += entry(name, 2, free if number == last else number + 1, free)
    return header + allocation + entries.ljust(512, b"\0")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (compound_file("WordDocument"), "this is not a spreadsheet"),
        (compound_file("Workbook"), "the file is damaged or is not an Excel workbook"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "this is not a spreadsheet"),
        (b"PK\x03\x04" + bytes(100), "the file is damaged or is not an Excel workbook"),
        (random.Random(1).randbytes(5000), "this is not a spreadsheet"),
    ],
    ids=["doc", "empty xls", "pdf", "cut off", "noise"],
)
@pytest.mark.parametrize("name", ["export.xlsx", "export.csv"])
def test_a_file_is_known_by_its_content_not_its_name(content: bytes, told: str, name: str, run_here: Run) -> None:
    done = run_here("report", name, files=FILES | {name: content})
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{name}: {told}")
    assert "\n   to fix: " in done.stderr


def test_a_reader_that_has_gone_is_no_answer(folder: Path) -> None:
    """`sangkien check … | true` must not exit 1: that says that a unit falls short."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sangkien_cli", "calc", "1", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 2)

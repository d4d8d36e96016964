"""Outputs: all of a run appear, or none; an older file stays whole whatever happens; nothing else is left behind.

What can go wrong is made to happen: each step of the writing fails, is interrupted or is the last one of the process,
one after the other; a disk is full, a file is open in Excel, two runs write to the same place.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sangkien_cli.errors import SangkienError, show_problems
from sangkien_cli.lang import words
from sangkien_cli.render import files, place
from sangkien_cli.render.files import check_outputs, remarks, replace_folder, write_outputs
from sangkien_cli.render.place import NotPlacedError, staged
from sangkien_cli.render.workbook import Column, Table, workbook
from tests.conftest import ROOT, clean_environment, write_files

if TYPE_CHECKING:
    from tests.conftest import Run

QUOTA = """
programme: P
phases: {p: {name: P, from: 2022-01-01, to: 2022-12-31}}
exports:
  files: [ideas.csv]
  columns: {code: Code, submitted: Date, unit: [Unit]}
units:
  - {name: A, quota: {p: 5}}
"""
FILES = {"sangkien.yaml": QUOTA, "ideas.csv": "Code,Date,Unit\n1,01/02/2022,A\n2,02/02/2022,A\n"}
# Six files: the three documents, the origin of two of them, the ledger.
REPORT = ("report", "--as-of", "2022-06-30", "-o", "r.csv", "-o", "r.json", "-o", "r.md", "--ledger", "ledger.csv")
MADE = {"r.csv", "r.csv.origin.json", "r.json", "r.md", "r.md.origin.json", "ledger.csv"}
OLD = {"r.csv": "old\n", "r.md": "old\n", "ledger.csv": "old\n"}  # of a report in fewer formats


signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals and pipes")


def contents(folder: Path) -> dict[str, bytes | None]:
    """All that lies in a folder; a folder in it has no content."""
    return {path.name: None if path.is_dir() else path.read_bytes() for path in sorted(folder.iterdir())}


# --- every step of the writing --------------------------------------------------------------------------------------

STEPS = ("open", "mkdir", "fsync", "link", "chmod", "replace", "unlink", "rmdir")  # of `os`, as `place` takes them


@contextlib.contextmanager
def at_step(number: int, happens: Callable[[], None], *, links: bool = True) -> Iterator[list[str]]:
    """Something happens right before one of the steps of the writing. Gives the steps as they are taken.

    Without `links` the file system has none, as those of memory sticks.
    """
    taken: list[str] = []
    real = {name: getattr(os, name) for name in STEPS}
    takes = real | {"fsync": lambda _: None}  # real ones take their time

    def taking(name: str) -> Callable[..., Any]:
        def take(*arguments: Any, **options: Any) -> Any:
            taken.append(name)
            if len(taken) == number:
                happens()
            if name == "link" and not links:
                raise OSError(errno.EOPNOTSUPP, "no links")
            return takes[name](*arguments, **options)

        return take

    try:
        for name in STEPS:
            setattr(os, name, taking(name))
        yield taken
    finally:
        for name in STEPS:
            setattr(os, name, real[name])


def fails(code: int) -> Callable[[], None]:
    def fail() -> None:
        raise OSError(code, os.strerror(code))

    return fail


def interrupts() -> None:
    signal.raise_signal(signal.SIGINT)


WHAT_HAPPENS = {
    "denied": fails(errno.EACCES), "full": fails(errno.ENOSPC), "lost": fails(errno.EIO), "Ctrl-C": interrupts,
}  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([b"old", b"", None]), min_size=1, max_size=5),
    st.integers(1, 60),
    st.sampled_from(sorted(WHAT_HAPPENS)),
    st.booleans(),
    st.booleans(),
)
def test_whichever_step_goes_wrong_all_files_are_old_or_all_are_new(
    before: list[bytes | None], number: int, what: str, links: bool, two_folders: bool
) -> None:
    """`None` is a file that was not there. And the next run leaves nothing behind of both."""
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name), Path(name, "second")] if two_folders else [Path(name)]
        folders[-1].mkdir(exist_ok=True)
        old = {folders[i % len(folders)] / f"{i}.csv": content for i, content in enumerate(before)}
        new = {path: f"new {path}".encode() * 100 for path in old}
        for path, content in old.items():
            if content is not None:
                path.write_bytes(content)
        failed = False
        with at_step(number, WHAT_HAPPENS[what], links=links) as taken:
            try:
                write_outputs(new)
            except (SangkienError, KeyboardInterrupt):
                failed = True
        found = {path: path.read_bytes() if path.exists() else None for path in old}
        assert found in (old, new)
        assert failed or found == new
        left = {path for folder in folders for path in folder.iterdir()} - {*old, *folders}
        # What could not be removed waits for the next run; everything else is gone at once.
        assert not left or taken[number - 1] in {"unlink", "rmdir"}
        write_outputs(new)
        assert {path for folder in folders for path in folder.iterdir()} - {*folders} == set(old)
        assert {path: path.read_bytes() for path in old} == new


def test_a_file_that_cannot_be_put_back_is_told_with_where_it_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is open in Excel, and by the time the first is to be put back that one is, too."""
    (folder / "a.csv").write_text("old")
    (folder / "b.csv").write_text("old")
    real = os.replace
    moved: list[Path] = []

    def replaced(source: Path, target: Path) -> None:
        if moved:
            raise PermissionError(errno.EACCES, "denied")
        moved.append(target)
        real(source, target)

    monkeypatch.setattr(os, "replace", replaced)
    with pytest.raises(SangkienError) as caught:
        write_outputs({Path("a.csv"): b"new", Path("b.csv"): b"new"})
    assert [problem.place for problem in caught.value.problems] == ["b.csv", "a.csv"]
    (kept,) = folder.glob(".sangkien-*.tmp/*")
    assert kept.read_text() == "old"
    assert show_problems(caught.value.problems, "en") == (
        "b.csv: cannot be written (denied)\n"
        "   to fix: close the file if it is open in Excel, or choose another place\n"
        f"a.csv: the older file could not be put back; it is kept as {kept}\n"
        "   to fix: move it back by hand, or run it again, so that all files are of one run"
    )
    assert contents(folder) == {kept.parent.name: None, "a.csv": b"new", "b.csv": b"old"}


@pytest.mark.parametrize("number", range(1, len(MADE) + 1))
def test_no_file_of_a_report_changes_if_one_of_them_cannot(
    number: int, folder: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows does it where a file is open: moving the n-th to its place is refused."""
    real, asked = os.replace, []

    def refused(source: Path, target: Path) -> None:
        asked.append(target)
        if len(asked) == number:
            raise PermissionError(errno.EACCES, "Access is denied")
        real(source, target)

    write_files(folder, FILES | OLD)
    before = contents(folder)
    monkeypatch.setattr(os, "replace", refused)
    done = run_here(*REPORT)
    assert done.code == 2
    assert done.stderr.startswith(f"{Path(asked[number - 1]).name}: ")
    assert "\n   to fix: " in done.stderr
    assert contents(folder) == before
    monkeypatch.setattr(os, "replace", real)
    assert run_here(*REPORT).code == 0
    assert contents(folder).keys() == FILES.keys() | MADE


def test_a_folder_in_the_way_stops_all(folder: Path) -> None:
    (folder / "a.csv").write_text("old")
    (folder / "b.csv").mkdir()
    with pytest.raises(SangkienError) as caught:
        write_outputs({Path("a.csv"): b"new", Path("b.csv"): b"new", Path("c.csv"): b"new"})
    assert [problem.place for problem in caught.value.problems] == ["b.csv"]
    assert contents(folder) == {"a.csv": b"old", "b.csv": None}


@signals
def test_what_a_pipe_takes_is_written_before_any_file_is_replaced(folder: Path) -> None:
    """A pipe whose reader has gone fails: the report beside it is not written either."""
    os.mkfifo(folder / "pipe")
    (folder / "a.csv").write_text("old")
    reader = threading.Thread(target=lambda: open(folder / "pipe", "rb").close())
    reader.start()
    with pytest.raises(SangkienError) as caught:
        write_outputs({Path("a.csv"): b"new", Path("pipe"): b"x" * 1_000_000})
    reader.join()
    assert [problem.place for problem in caught.value.problems] == ["pipe"]
    assert (folder / "a.csv").read_text() == "old"
    assert contents_but(folder, "pipe") == ["a.csv"]


def contents_but(folder: Path, name: str) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != name)


# --- a run that is ended from outside --------------------------------------------------------------------------------

# The program in a process of its own, which sends itself a signal right before a step of the writing.
SELF = """
import os, sys
number, sent = int(sys.argv[1]), int(sys.argv[2])
taken = 0
def taking(real):
    def take(*arguments, **options):
        global taken
        taken += 1
        if taken == number:
            os.kill(os.getpid(), sent)
        return real(*arguments, **options)
    return take
def watch():
    for name in STEPS:
        setattr(os, name, taking(getattr(os, name)))
"""
WRITE = """
from pathlib import Path
from sangkien_cli.render.files import write_outputs
watch()
write_outputs({Path(name): name.encode() * 1000 for name in sys.argv[3:]})
print("done")
"""
RUN = """
from sangkien_cli.cli.main import run
import sangkien_cli.render.place as place
real = place.staged
def staged(contents):
    watch()
    return real(contents)
import sangkien_cli.render.files as files
files.staged = staged
sys.exit(run(sys.argv[3:]))
"""


def started(
    program: str, number: int, sent: signal.Signals, *arguments: str, **options: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"STEPS = {STEPS}\n{SELF}{program}", str(number), str(int(sent)), *arguments],
        capture_output=True, text=True, check=False, timeout=60, env=clean_environment() | {"PYTHONPATH": str(ROOT)},
        **options,
    )  # fmt: skip


@signals
def test_a_process_killed_at_any_step_leaves_whole_files_and_the_next_run_nothing_else(folder: Path) -> None:
    """Each step of writing four files over two old ones, in order, is the last one of a process (`kill -9`)."""
    names = ("a.csv", "b.csv", "c.csv", "d.csv")
    old = {"a.csv": b"old a", "c.csv": b"old c"}
    new = {name: name.encode() * 1000 for name in names}
    strays = 0
    for number in range(1, 200):
        for name in names:
            (folder / name).unlink(missing_ok=True)
        write_files(folder, old)
        done = started(WRITE, number, signal.SIGKILL, *names)
        found = contents(folder)
        for name in names:
            assert found.get(name) in (old.get(name), new[name]), (number, name)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        workshops = found.keys() - set(names)
        strays += len(workshops)
        assert all(name.startswith(".sangkien-") and found[name] is None for name in workshops)
        write_outputs({folder / name: content for name, content in new.items()})
        assert contents(folder) == new, number
    else:
        pytest.fail("the process never came to its end")
    assert done.stdout == "done\n"
    assert contents(folder) == new
    assert strays > 10


@signals
def test_a_report_killed_at_random_moments_leaves_whole_files(folder: Path) -> None:
    """Real runs with several `-o` over old files, killed after some time between their start and their end."""
    write_files(folder, FILES | OLD)
    command = [sys.executable, "-m", "sangkien_cli", *REPORT]
    begun = time.monotonic()
    subprocess.run(command, cwd=folder, env=clean_environment(), check=True, stderr=subprocess.DEVNULL)
    took = time.monotonic() - begun
    new = {name: (folder / name).read_bytes() for name in MADE}
    moments = random.Random(7)
    for _ in range(8):
        for name in MADE:
            (folder / name).unlink(missing_ok=True)
        write_files(folder, OLD)
        process = subprocess.Popen(command, cwd=folder, env=clean_environment(), stderr=subprocess.DEVNULL)
        time.sleep(took * moments.uniform(0.3, 1.1))
        process.kill()
        process.wait()
        for name in MADE:
            content = (folder / name).read_bytes() if (folder / name).exists() else None
            assert content in (OLD[name].encode() if name in OLD else None, new[name]), name
    subprocess.run(command, cwd=folder, env=clean_environment(), check=True, stderr=subprocess.DEVNULL)
    assert contents(folder).keys() == FILES.keys() | MADE
    assert {name: (folder / name).read_bytes() for name in MADE} == new


@signals
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_report_stopped_while_it_writes_is_there_or_not_and_says_a_line(
    sent: signal.Signals, code: int, folder: Path
) -> None:
    """Ctrl-C, or the request to end of a scheduler, at each step: no traceback, nothing left behind."""
    whole = 0
    for number in range(1, 80, 9):
        for name in MADE:
            (folder / name).unlink(missing_ok=True)
        write_files(folder, FILES | OLD)
        before = contents(folder)
        done = started(RUN, number, sent, *REPORT, "--lang", "vi")
        if done.returncode == 0:
            break
        assert (done.returncode, done.stderr) == (code, "đã dừng; không tệp nào bị ghi dở\n"), number
        found = contents(folder)
        if found.keys() == FILES.keys() | MADE:
            assert all(content != b"old\n" for content in found.values())
            whole += 1
        else:
            assert found == before, number
    assert done.returncode == 0  # the last moment lies behind the end
    assert whole > 0


# --- what earlier and other runs leave -------------------------------------------------------------------------------


@signals
def test_what_a_run_left_that_is_still_at_work_is_let_alone(folder: Path) -> None:
    """While one run has written beside its places, another one comes, writes there and goes."""
    with staged({folder / "a.csv": b"first"}) as put_in_place:
        other = started(WRITE, 0, signal.SIGKILL, "a.csv", "b.csv")
        assert other.stdout == "done\n", other.stderr
        assert len(list(folder.glob(".sangkien-*.tmp"))) == 1
        assert (folder / "a.csv").read_bytes() == b"a.csv" * 1000
        put_in_place()
    assert contents(folder) == {"a.csv": b"first", "b.csv": b"b.csv" * 1000}


def test_runs_that_write_the_same_files_at_once_disturb_nobody(folder: Path) -> None:
    """Four processes write the same three files forty times each."""
    program = """
from pathlib import Path
from sangkien_cli.render.files import write_outputs
for turn in range(40):
    write_outputs({Path(name): sys.argv[1].encode() * 20_000 for name in sys.argv[3:]})
"""
    names = ("a.csv", "b.csv", "c.csv")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", f"import sys\n{program}", str(number), "0", *names],
            stderr=subprocess.PIPE, env=clean_environment() | {"PYTHONPATH": str(ROOT)},
        )
        for number in range(4)
    ]  # fmt: skip
    assert [(process.communicate()[1], process.returncode) for process in processes] == [(b"", 0)] * 4
    wholes = [str(number).encode() * 20_000 for number in range(4)]
    assert sorted(contents(folder)) == list(names)
    assert all(content in wholes for content in contents(folder).values())


def test_only_what_we_made_is_removed(folder: Path) -> None:
    """Names like those of our own, with something in them that we never make, or that only look like ours."""
    write_files(folder, {
        ".sangkien-00000001.tmp/owner": "", ".sangkien-00000001.tmp/0.new": "half", ".sangkien-00000001.tmp/1.old": "x",
        ".sangkien-00000003.tmp/owner": "", ".sangkien-00000003.tmp/mine.xlsx": "mine", ".sangkien-00000004.tmp": "a",
        ".sangkien-backup.tmp/owner": "", ".sangkien-backup.tmp/0.new": "mine", "real/owner": "", "real/0.new": "mine",
        "r.csv.tmp": "mine", ".r.csv.abcd1234.tmp": "mine", ".sangkien-00000005.tmp/no-owner": "mine",
    })  # fmt: skip
    (folder / ".sangkien-00000002.tmp").mkdir()
    (folder / ".sangkien-00000006.tmp").symlink_to("real")
    write_outputs({Path("r.csv"): b"new"})
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()) == [
        ".r.csv.abcd1234.tmp", ".sangkien-00000003.tmp/mine.xlsx", ".sangkien-00000004.tmp",
        ".sangkien-00000005.tmp/no-owner", ".sangkien-backup.tmp/0.new", ".sangkien-backup.tmp/owner",
        "r.csv", "r.csv.tmp", "real/0.new", "real/owner",
    ]  # fmt: skip
    assert not (folder / ".sangkien-00000002.tmp").exists()
    assert (folder / ".sangkien-00000006.tmp").is_symlink()


def test_a_workshop_that_another_run_is_about_to_remove_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not locked yet when the other finds it, and locked before the other has removed it."""
    lock, clear, found, removes = place._lock, place._clear, threading.Event(), threading.Event()

    def locked(owner: int) -> Any:
        if threading.current_thread() is threading.main_thread() and not found.is_set():
            found.set()
            removes.wait()
        return lock(owner)

    def cleared(*arguments: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            removes.set()
            time.sleep(0.2)
        clear(*arguments)

    def sweeps() -> None:
        found.wait()
        place._sweep(folder)

    monkeypatch.setattr(place, "_lock", locked)
    monkeypatch.setattr(place, "_clear", cleared)
    other = threading.Thread(target=sweeps)
    other.start()
    with staged({folder / "a.csv": b"new"}) as put_in_place:
        other.join()
        put_in_place()
    assert contents(folder) == {"a.csv": b"new"}


@pytest.mark.parametrize(("hours", "gone"), [(1, False), (25, True)])
def test_where_no_file_can_be_locked_a_workshop_is_left_behind_after_a_day(
    hours: int, gone: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unknown)
    write_files(folder, {".sangkien-00000001.tmp/owner": "", ".sangkien-00000001.tmp/0.new": "x"})
    then = time.time() - hours * 3600
    os.utime(folder / ".sangkien-00000001.tmp" / "owner", (then, then))
    write_outputs({Path("r.csv"): b"new"})
    assert contents(folder).keys() == ({"r.csv"} if gone else {".sangkien-00000001.tmp", "r.csv"})


# --- a full disk -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ": there is no room to write it: 1 MB are needed; no file was changed\n   to fix: make room"),
        ("vi", ": không đủ chỗ để ghi: cần 1 MB; chưa tệp nào bị thay đổi\n   cách sửa: dọn bớt ổ đĩa"),
    ],
)
def test_a_full_disk_changes_no_file_and_is_told_with_what_is_needed(lang: str, said: str, folder: Path) -> None:
    """The system lets the process write no file longer than 3,000 bytes: the CSV is shorter, the workbook is not."""
    resource = pytest.importorskip("resource")
    write_files(folder, FILES | {"r.csv": "old\n"})
    before = contents(folder)

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    done = subprocess.run(
        [sys.executable, "-m", "sangkien_cli", *REPORT, "-o", "r.xlsx", "--lang", lang],
        cwd=folder, capture_output=True, text=True, check=False, timeout=60, preexec_fn=little_room,
        env=clean_environment() | {"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr
    assert contents(folder) == before


# --- open in another program, and names ------------------------------------------------------------------------------


def excel_sign(user: str, size: int = 165) -> bytes:
    """What Excel (165 bytes) or Word (162) puts beside an open file: the user's name in one byte a letter, and again in
    UTF-16, each after its length."""
    letters = user.encode("cp1258", "replace")
    short = (bytes([len(letters)]) + letters).ljust(55 if size == 165 else 54, b" ")
    return (short + len(user).to_bytes(2, "little") + user.encode("utf-16-le")).ljust(size, b" ")


@pytest.mark.parametrize(
    ("sign", "lang", "said"),
    [
        (None, "en", "r.csv: another program, such as Excel, has the file open; no file was changed\n"
                     "   to fix: close the file there and run it again, or choose another name"),
        (None, "vi", "r.csv: tệp đang mở trong chương trình khác, như Excel; chưa tệp nào bị thay đổi\n"
                     "   cách sửa: đóng tệp ở đó rồi chạy lại, hoặc chọn tên khác"),
        ("Nguyễn Thị Hoa", "vi", "r.csv: Nguyễn Thị Hoa đang mở tệp này; chưa tệp nào bị thay đổi\n   cách sửa: "),
    ],
)  # fmt: skip
def test_a_file_open_in_excel_is_told(
    sign: str | None, lang: str, said: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows then refuses to open it for writing."""
    write_files(folder, {"r.csv": "old"} | ({} if sign is None else {"~$r.csv": excel_sign(sign)}))
    real = Path.open

    def refused(self: Path, mode: str = "r", *rest: Any, **options: Any) -> Any:
        if mode == "r+b":
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return real(self, mode, *rest, **options)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(SangkienError) as caught:
        check_outputs([Path("r.csv")])
    assert show_problems(caught.value.problems, "vi" if lang == "vi" else "en").startswith(said)


@pytest.mark.parametrize(
    ("output", "sign", "content", "user"),
    [
        ("r.csv", "~$r.csv", excel_sign("Trần Văn Đông"), "Trần Văn Đông"),
        ("r.csv", "~$r.csv", b"", ""),
        ("r.csv", ".~lock.r.csv#", "Lê Hoa,hoa,PC-3,24.05.2022 10:11,file:///x;".encode(), "Lê Hoa"),
        ("r.csv", ".~lock.r.csv#", b",hoa,PC-3,24.05.2022 10:11,file:///x;", "hoa"),
        ("abcdef.docx", "~$abcdef.docx", excel_sign("Hoa", 162), "Hoa"),
        ("abcdefg.docx", "~$bcdefg.docx", excel_sign("Hoa", 162), "Hoa"),
        ("báo cáo.docx", "~$o cáo.docx", excel_sign("Hoa", 162), None),  # 7 letters: Word leaves out one, not two
        ("abcdefgh.docx", "~$cdefgh.docx", excel_sign("Hoa", 162), "Hoa"),
        ("abcdefgh.xlsx", "~$cdefgh.xlsx", excel_sign("Hoa"), None),  # Excel leaves out none
    ],
)
def test_whoever_still_has_the_old_file_open_is_named_after_it_was_replaced(
    output: str, sign: str, content: bytes, user: str | None, folder: Path
) -> None:
    write_files(folder, {output: "new", sign: content})
    told = [words(note.what, "en") for note in remarks([Path(output)])]
    who = user or "another program, such as Excel,"
    said = f"the file was replaced, but {who} seems to have the old one open: close it there without saving, then open"
    assert [each.startswith(said) for each in told] == ([] if user is None else [True])


def test_a_report_that_is_open_elsewhere_is_replaced_and_this_is_said(folder: Path, run_here: Run) -> None:
    """A program that crashed leaves its sign behind for ever: it must not stop a job of every night."""
    done = run_here(*REPORT, files=FILES | OLD | {".~lock.r.csv#": "Hoa,hoa,PC,,;"})
    assert (done.code, done.stderr) == (
        0,
        "r.csv: the file was replaced, but Hoa seems to have the old one open: "
        "close it there without saving, then open it again\n",
    )
    assert (folder / "r.csv").read_text() != "old\n"


def test_scanners_that_hold_a_new_file_for_a_moment_are_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = os.replace, []

    def held(source: Path, target: Path) -> None:
        asked.append(target)
        if len(asked) <= 2:
            raise PermissionError(errno.EACCES, "Access is denied")
        real(source, target)

    monkeypatch.setattr(place, "_PATIENCE", (0.0, 0.0))
    monkeypatch.setattr(os, "replace", held)
    write_outputs({Path("r.csv"): b"new"})
    assert contents(folder) == {"r.csv": b"new"}


@pytest.mark.parametrize("name", ["10:30.csv", "CON.csv", "aux.csv", "a?.csv", "com1.csv", "a.csv ", "a.csv."])
def test_a_name_that_windows_refuses_is_refused_there_and_remarked_on_elsewhere(
    name: str, folder: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("report", "--as-of", "2022-06-30", "--format", "csv", "-o", name)
    done = run_here(*command, files=FILES)
    assert (done.code, done.stderr.count("\n")) == (0, 1)
    assert done.stderr.startswith(f"{name}: Windows takes no name that ")
    (folder / name).unlink()
    (folder / f"{name}.origin.json").unlink()
    monkeypatch.setattr(files, "_WINDOWS", True)
    done = run_here(*command)
    assert done.code == 2
    assert done.stderr.startswith(f"{name}: Windows takes no name that ")
    assert done.stderr.endswith("\n   to fix: choose another name\n")
    assert contents(folder).keys() == FILES.keys()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Tổng hợp.csv", ""),
        ("console.csv", ""),
        (f"{'ạ' * 83}.csv", f"{'ạ' * 83}.csv.origin.json: the name of the file, or the path to it, is too long\n"),
        (f"{'a' * 300}.csv", f"{'a' * 300}.csv: the name of the file, or the path to it, is too long\n"),
        ("round.csv", "round.csv: cannot be written (Too many levels of symbolic links)\n"),
    ],
)
def test_names_are_looked_at_before_the_work(name: str, told: str, folder: Path, run_here: Run) -> None:
    """83 letters of three bytes each and the ending are 253 bytes of 255: no room for the ending of the origin."""
    (folder / "round.csv").symlink_to("circle.csv")
    (folder / "circle.csv").symlink_to("round.csv")
    done = run_here("report", "--as-of", "2022-06-30", "-o", name, files=FILES)
    assert (done.code, done.stderr.startswith(told)) == (2 if told else 0, True)
    assert bool(done.stderr) == bool(told)
    assert "Traceback" not in done.stderr


def test_a_folder_without_the_right_to_write_is_told_once(
    folder: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not again for the origin that would lie beside the report. (Whoever runs this may be root, who may all.)"""
    (folder / "out").mkdir()
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "out")
    done = run_here("report", "--as-of", "2022-06-30", "-o", "out/r.csv", files=FILES)
    assert (done.code, done.stderr) == (
        2,
        "out/r.csv: you have no right to write into this folder\n"
        "   to fix: choose another folder, or ask your administrator for the right to write\n",
    )


# --- a folder of workbooks -------------------------------------------------------------------------------------------


def book(text: str) -> bytes:
    return workbook([Table("T", [Column("A")], [[text]])], "kind/1")


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("what", ["denied", "Ctrl-C"])
def test_a_folder_of_workbooks_is_all_of_this_run_or_all_of_the_last(number: int, what: str, folder: Path) -> None:
    """Two workbooks are replaced, one is new, two are of units that have nothing to mend any more; one move fails."""
    out = folder / "out"
    last = {name: book("old") for name in ("a.xlsx", "b.xlsx", "x.xlsx", "y.xlsx")}
    replace_folder(out, last, [], "kind/1")
    this = {name: book("new") for name in ("a.xlsx", "b.xlsx", "c.xlsx")}
    real, moves = os.replace, []

    def moved(source: Path, target: Path) -> None:
        moves.append(target)
        if len(moves) == number:
            WHAT_HAPPENS[what]()
        real(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", moved)
        with pytest.raises((SangkienError, KeyboardInterrupt)):
            replace_folder(out, this, [], "kind/1")
    assert contents(out) == (last if what == "denied" else this)
    replace_folder(out, this, [], "kind/1")
    assert contents(out) == this


def test_what_cannot_be_put_back_is_kept_and_told_where(folder: Path) -> None:
    """The third move fails, and none is possible from then on: one old file is replaced by then, one removed."""
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        (folder / name).write_text(f"old {name}")
    real, moves = os.replace, []

    def moved(source: Path, target: Path) -> None:
        moves.append(target)
        if len(moves) > 2:
            raise PermissionError(errno.EACCES, "denied")
        real(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", moved)
        with pytest.raises(SangkienError) as caught:
            files._put({Path("a.xlsx"): b"new", Path("b.xlsx"): None, Path("c.xlsx"): None})
    (workshop,) = folder.glob(".sangkien-*.tmp")
    told = [show_problems([problem], "en") for problem in caught.value.problems[1:]]
    assert [text.splitlines()[0] for text in told] == [
        f"b.xlsx: the older file could not be put back; it is kept as {workshop / '1.old'}",
        f"a.xlsx: the older file could not be put back; it is kept as {workshop / '0.old'}",
    ]
    write_outputs({Path("d.csv"): b"later"})  # which removes what runs leave behind
    assert {path.name: path.read_text() for path in workshop.iterdir()} == {
        "0.old": "old a.xlsx",
        "1.old": "old b.xlsx",
    }
    assert {name: content for name, content in contents(folder).items() if content is not None} == {
        "a.xlsx": b"new", "c.xlsx": b"old c.xlsx", "d.csv": b"later",
    }  # fmt: skip


def test_a_folder_made_for_a_run_that_is_stopped_is_gone_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: interrupts())
    with pytest.raises(KeyboardInterrupt):
        replace_folder(folder / "new" / "out", {"a.xlsx": book("x")}, [], "kind/1")
    assert contents(folder) == {}


def test_a_link_in_the_folder_is_removed_and_not_what_it_points_to(folder: Path) -> None:
    replace_folder(folder / "out", {"a.xlsx": book("old")}, [], "kind/1")
    (folder / "kept.xlsx").write_bytes(book("kept"))
    (folder / "out" / "b.xlsx").symlink_to("../kept.xlsx")
    assert replace_folder(folder / "out", {"a.xlsx": book("new")}, [], "kind/1") == (folder / "out" / "b.xlsx",)
    assert contents(folder / "out") == {"a.xlsx": book("new")}
    assert (folder / "kept.xlsx").read_bytes() == book("kept")


# --- permissions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_private_file_is_private_all_the_time(mode: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads what replaces it while it is written either."""
    (folder / "a.csv").write_text("old")
    (folder / "a.csv").chmod(mode)
    seen = []
    monkeypatch.setattr(os, "fsync", lambda handle: seen.append(os.fstat(handle).st_mode & 0o777))
    write_outputs({Path("a.csv"): b"new"})
    assert seen == [0o600]
    assert (folder / "a.csv").stat().st_mode & 0o777 == mode


def test_a_new_file_has_the_permissions_that_any_new_file_gets(folder: Path) -> None:
    before = os.umask(0o027)
    try:
        write_outputs({Path("a.csv"): b"new"})
    finally:
        os.umask(before)
    assert (folder / "a.csv").stat().st_mode & 0o777 == 0o640


def test_an_error_names_the_place_and_its_cause(folder: Path) -> None:
    with pytest.raises(NotPlacedError) as caught, staged({folder / "no" / "a.csv": b""}):
        pass
    assert (caught.value.path, caught.value.error.errno) == (folder / "no" / "a.csv", errno.ENOENT)


# --- temporary files ------------------------------------------------------------------------------------------------


def test_a_folder_for_temporary_files_that_takes_nothing(
    run_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of a workbook wait there; where it is full or gone, the user hears which folder it is."""
    gone = tmp_path / "gone"
    monkeypatch.setattr(tempfile, "tempdir", str(gone))
    outcome = run_here("units", "-o", "units.xlsx", files=FILES)
    assert outcome.code == 2
    assert f"{gone}: the folder for temporary files is full" in outcome.stderr
    assert not Path("units.xlsx").exists()

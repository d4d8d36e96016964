"""Measure the program against DuckDB and polars on the same job, and check that all find the right counts.

    python bench/run.py --rows 1000000 --formats csv,xlsx --runs 3

Every figure is of a whole process: wall time, CPU time and peak memory. The contenders run in turn,
A B C A B C, after a warm-up each.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
AS_OF = "2023-12-31"
SMALL_ROWS = 5000
OURS = "sangkien"
ROWS = "(rows)"  # stands among the units for the rows read, counted and set aside; the program alone gives them
PEERS = {"duckdb": "peer_duckdb.py", "polars": "peer_polars.py", "pandas": "peer_pandas.py"}

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took."""

    wall: float  # seconds
    cpu: float  # seconds, user and system, with its children
    peak: float  # MiB of resident memory, with its children


@dataclass(frozen=True, slots=True)
class Contender:
    """A command to measure, and how to read the counts it leaves behind (None: nothing to check)."""

    name: str
    command: list[str]
    output: Path
    counts: Callable[[Path], Counts] | None = None


class MemoryWatch(threading.Thread):
    """Sample the memory of a process and its descendants together (Linux; elsewhere it sees nothing)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0  # MiB
        self._pid = pid
        self._over = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._over.wait(0.05):
            pids = _descendants(self._pid)
            if len(pids) > 1:
                self.peak = max(self.peak, sum(map(_resident, pids)))

    def stop(self) -> None:
        """End the sampling."""
        self._over.set()
        self.join()


def _descendants(pid: int) -> list[int]:
    """Return the process and all below it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        children = []
    return [pid, *(below for child in children for below in _descendants(child))]


def _resident(pid: int) -> float:
    """Return the process's share of memory in MiB: shared pages divided among those who share them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def measure(contender: Contender) -> Run:
    """Run the command once, its output to a file; stop the benchmark if it fails."""
    with contender.output.open("wb") as out, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(contender.command, stdout=out, stderr=errors, cwd=HERE.parent)
        watch = MemoryWatch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        watch.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{contender.name} failed ({process.returncode}): {errors.read().decode(errors='replace')}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(wall, usage.ru_utime + usage.ru_stime, max(usage.ru_maxrss / unit, watch.peak))


def in_turn(contenders: list[Contender], runs: int) -> dict[str, list[Run]]:
    """Warm each up once, then run them in turn."""
    for contender in contenders:
        measure(contender)
    results: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    for _ in range(runs):
        for contender in contenders:
            results[contender.name].append(measure(contender))
    return results


def medians(runs: list[Run]) -> Run:
    """Return the median of each figure."""
    return Run(*(statistics.median(getattr(run, field) for run in runs) for field in ("wall", "cpu", "peak")))


def peer_counts(path: Path) -> Counts:
    """Read the counts a peer printed."""
    counts: Counts = json.loads(path.read_text())["counts"]
    return counts


def report_counts(path: Path) -> Counts:
    """Read `sangkien report --format json`: the counts of each unit and phase, and the rows by reason."""
    report = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    counts: Counts = {ROWS: _flat(report["rows"])}
    for entry in report["units"]:
        if entry["phase"] != "all":
            counts.setdefault(entry["id"], {})[entry["phase"]] = entry["done"]
    return counts


def expected_counts(data: Path, rows: int) -> Counts:
    """Read what the generator meant: the counts of each unit and phase, and the rows by reason."""
    expected = json.loads((data / f"expected-{rows}.json").read_text(encoding="utf-8"))
    return {ROWS: _flat(expected["rows"]), **expected["counts"]}


def _flat(rows: dict[str, Any]) -> dict[str, int]:
    """Return rows read, counted and set aside for each reason side by side."""
    return {"read": rows["read"], "counted": rows["counted"], **rows["set_aside"]}


def check(contender: Contender, expected: Counts) -> str:
    """Say whether the counts are the expected ones, and how many are not."""
    if contender.counts is None:
        return ""
    found = contender.counts(contender.output)
    units = (expected.keys() | found.keys()) - (set() if ROWS in found else {ROWS})
    keys = [(unit, part) for unit in units for part in expected.get(unit, {}) | found.get(unit, {})]
    wrong = [key for key in keys if _at(found, key) != _at(expected, key)]
    return "right" if not wrong else f"**{len(wrong)} wrong**, e.g. {wrong[0]}"


def _at(counts: Counts, key: tuple[str, str]) -> int | None:
    return counts.get(key[0], {}).get(key[1])


def ours(data: Path, export: Path, scratch: Path) -> Contender:
    """Return the program's report on an export."""
    output = scratch / "ours.out"
    output.with_suffix(".json").unlink(missing_ok=True)
    report = ["report", "-c", str(data / "quota.yaml"), str(export), "--as-of", AS_OF, "--format", "json"]
    command = [sys.executable, "-m", "sangkien_cli", *report, "-o", str(output.with_suffix(".json"))]
    return Contender(OURS, command, output, report_counts)


def peer(name: str, data: Path, export: Path, scratch: Path) -> Contender:
    """Return a peer's run on an export."""
    command = [sys.executable, str(HERE / PEERS[name]), str(data / "quota.yaml"), str(export)]
    return Contender(name, command, scratch / f"{name}.out", peer_counts)


def big_table(args: argparse.Namespace, suffix: str, scratch: Path) -> list[str]:
    """Measure the whole job in one format; return the lines of its table."""
    export = provide(args.data, args.rows, suffix)
    expected = expected_counts(args.data, args.rows)
    contenders = [] if args.skip_ours else [ours(args.data, export, scratch)]
    contenders += [peer(name, args.data, export, scratch) for name in args.peers.split(",") if name]
    results = {name: medians(runs) for name, runs in in_turn(contenders, args.runs).items()}
    fastest = min((run.wall for name, run in results.items() if name in ("duckdb", "polars")), default=0.0)
    lines = ["", f"### {args.rows:,} rows, {suffix.upper()} ({export.stat().st_size / 1e6:,.0f} MB)", ""]
    lines += ["| | wall s | CPU s | peak MiB | wall ÷ faster peer | counts |", "|---|--:|--:|--:|--:|---|"]
    for contender in contenders:
        run = results[contender.name]
        ratio = f"{run.wall / fastest:.2f}" if fastest else "–"
        verdict = check(contender, expected)
        lines.append(f"| {contender.name} | {run.wall:.2f} | {run.cpu:.2f} | {run.peak:,.0f} | {ratio} | {verdict} |")
    return lines


def small_tables(args: argparse.Namespace, scratch: Path) -> list[str]:
    """Measure what a user waits for on a small job, against the bare import it stands on."""
    export = provide(args.data, SMALL_ROWS, "xlsx")
    report = ours(args.data, export, scratch)
    rows = small_table("import pandas", [report], 2.0, args.small_runs, scratch)
    quick = [program(words, scratch) for words in ("--help", "calc 149 44")]
    rows += small_table("import typer", quick, 2.5, args.small_runs, scratch)
    expected = expected_counts(args.data, SMALL_ROWS)
    head = [
        "",
        f"### Small jobs (report: {SMALL_ROWS:,} rows, XLSX)",
        "",
        "| | wall ms | × base | target | peak MiB |",
    ]
    return [
        *head,
        "|---|--:|--:|--:|--:|",
        *rows,
        "",
        f"Counts of the small report: {check(report, expected)}.",
    ]


def program(words: str, scratch: Path) -> Contender:
    """Return a short command of the program."""
    return Contender(words, [sys.executable, "-m", "sangkien_cli", *words.split()], scratch / "quick.out")


def small_table(base: str, contenders: list[Contender], target: float, runs: int, scratch: Path) -> list[str]:
    """Return table rows that set each command against `python -c BASE`."""
    bare = Contender(base, [sys.executable, "-c", base], scratch / "bare.out")
    results = {name: medians(found) for name, found in in_turn([bare, *contenders], runs).items()}
    rows = []
    for name, run in results.items():
        label = f"`{base}` alone" if name == base else "report" if name == OURS else f"`{name}`"
        goal = "" if name == base else f"< {target}"
        ratio = run.wall / results[base].wall
        rows.append(f"| {label} | {run.wall * 1000:.0f} | {ratio:.2f} | {goal} | {run.peak:.0f} |")
    return rows


def provide(data: Path, rows: int, suffix: str) -> Path:
    """Return the export, generated now if it is not there yet (in a process of its own, to stay small)."""
    export = data / f"export-{rows}.{suffix}"
    needed = [export, data / "quota.yaml", data / f"expected-{rows}.json"]
    if not all(path.exists() for path in needed):
        print(f"generating {export.name} …", file=sys.stderr)
        command = [
            sys.executable,
            str(HERE / "generate.py"),
            str(rows),
            "--out",
            str(data),
            "--formats",
            suffix,
        ]
        subprocess.run(command, check=True)
    return export


def machine() -> str:
    """Describe the machine in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {cores} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", default="csv,xlsx", help="csv,xlsx")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small-runs", type=int, default=7)
    parser.add_argument("--peers", default="duckdb,polars", help="any of duckdb,polars,pandas")
    parser.add_argument("--data", type=Path, default=HERE / ".data", help="folder of the generated files")
    parser.add_argument("--skip-ours", action="store_true", help="measure the peers alone")
    parser.add_argument("--skip-small", action="store_true", help="leave out the small jobs")
    return parser.parse_args()


def main() -> None:
    """Measure, print Markdown."""
    args = arguments()
    args.data = args.data.resolve()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        print(f"{machine()}. Medians of {args.runs} runs.", flush=True)
        for suffix in filter(None, args.formats.split(",")):
            print("\n".join(big_table(args, suffix, scratch)), flush=True)
        if not (args.skip_ours or args.skip_small):
            print("\n".join(small_tables(args, scratch)), flush=True)


if __name__ == "__main__":
    main()

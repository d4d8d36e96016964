"""How long trees of 8,300 and 100,000 units take to load, check and report, from YAML and from a spreadsheet.

    python bench/trees.py

Whole processes, the median of five runs in turn; for peak memory, the largest.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

RUNS = 5
HEAD = """\
programme: Trees
phases:
  gd1: {from: 2022-01-08, to: 2022-05-31}
  gd2: {from: 2022-06-01, to: 2023-08-31}
exports: {files: [rows.csv], columns: {code: Mã, submitted: Ngày, unit: [CĐCS, Huyện, Tỉnh]}}
"""
ROWS = "Mã,Ngày,CĐCS,Huyện,Tỉnh\nSK1,01/03/2022,CĐCS Công ty số 1-1-1,LĐLĐ huyện H1-1,LĐLĐ tỉnh T1\n"


def units(provinces: int, districts: int, unions: int) -> Iterator[tuple[int, str, int]]:
    """Depth, name and quota of every unit, in tree order."""
    for a in range(provinces):
        yield 0, f"LĐLĐ tỉnh T{a}", 100 * districts
        for b in range(districts):
            yield 1, f"LĐLĐ huyện H{a}-{b}", 50
            for c in range(unions):
                yield 2, f"CĐCS Công ty số {a}-{b}-{c}", 5


def write(folder: Path, size: tuple[int, int, int]) -> None:
    """A quota file in YAML, one that takes the same units from a CSV, and a row."""
    lines, table, above = ["units:"], ["Đơn vị,Trực thuộc,Chỉ tiêu gd1,Chỉ tiêu gd2"], [""] * 4
    for depth, name, quota in units(*size):
        indent = "    " * depth
        lines.append(f"{indent}  - name: {name}\n{indent}    quota: {{gd1: {quota}, gd2: {quota}}}")
        if depth < 2:
            lines.append(f"{indent}    units:")
        table.append(f"{name},{above[depth]},{quota},{quota}")
        above[depth + 1] = name
    (folder / "yaml.yaml").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    (folder / "units.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
    (folder / "csv.yaml").write_text(HEAD + "units_from: {file: units.csv}\n", encoding="utf-8")
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")


def measured(folder: Path, *arguments: str, counted: bool = True) -> tuple[float, float]:
    """Seconds and MiB of one run; `counted` = it prints a report, which must count the row."""
    before = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "sangkien_cli", *arguments, "--lang", "en"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ,
    )  # fmt: skip
    assert process.stdout is not None
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - before
    assert os.waitstatus_to_exitcode(status) in (0, 1), arguments
    assert not counted or "1 row read = 1 counted" in output, output[-300:]
    return seconds, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


def main() -> None:
    """Print a table."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print("| units | from | command | s | MiB |\n|--:|---|---|--:|--:|")
    for size in ((83, 10, 9), (100, 10, 99)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, size)
            number = sum(1 for _ in units(*size))
            for source in ("yaml", "csv"):
                for command in ("report", "check", "units"):
                    asked = [command, "-c", f"{source}.yaml"]
                    asked += [] if command == "units" else ["--as-of", "2022-04-01"]
                    runs = [measured(folder, *asked, counted=command != "units") for _ in range(RUNS)]
                    seconds, memory = statistics.median(run[0] for run in runs), max(run[1] for run in runs)
                    print(f"| {number:,} | {source} | {command} | {seconds:.2f} | {memory:,.0f} |", flush=True)


if __name__ == "__main__":
    main()

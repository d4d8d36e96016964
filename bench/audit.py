"""How long the audit of 10,000 published figures takes: right ones, and ones that are all wrong.

    python bench/audit.py

Whole processes, the median of five runs; the target is 2 seconds.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLAIMS, RUNS = 10_000, 5


def claims(wrong_by: int) -> str:
    """A claims file in which every percent is off by so many percent points."""
    lines = ["claims:"]
    for i in range(CLAIMS):
        done, quota = 1_000 + i, 5_000
        tenths = (1_000 * done * 2 + quota) // (2 * quota) + 10 * wrong_by
        lines.append(
            f"  - id: c{i}\n    unit: don-vi-{i % 300}\n    phase: gd1\n    as_of: 2022-04-27\n    done: {done}\n"
            f"    quota: {quota}\n    percent: {tenths // 10}.{tenths % 10}\n    kind: of\n    source: Báo Lao Động"
        )
    return "\n".join(lines) + "\n"


def seconds(path: Path, code: int, *options: str) -> float:
    """One run, whose answer must be right."""
    before = time.perf_counter()
    command = [sys.executable, "-m", "sangkien_cli", "audit", str(path), *options]
    done = subprocess.run(command, capture_output=True, check=False)
    after = time.perf_counter()
    assert done.returncode == code, done.stderr.decode()
    if "json" in options:
        found = json.loads(done.stdout)["claims"]
        assert len(found) == CLAIMS
        assert all(each["fine"] == (code == 0) for each in found)
    return after - before


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        for name, wrong_by, code in (("right", 0, 0), ("wrong", 11, 1)):
            path = Path(folder) / f"{name}.yaml"
            path.write_text(claims(wrong_by), encoding="utf-8")
            for options in (("--format", "json"), ()):
                runs = [seconds(path, code, *options) for _ in range(RUNS)]
                shown = " ".join(options) or "text"
                median, best = statistics.median(runs), min(runs)
                print(f"{CLAIMS} claims, all {name}, {shown}: {median:.2f} s ({best:.2f} at best)")


if __name__ == "__main__":
    main()

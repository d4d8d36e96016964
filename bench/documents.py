"""How long the documents that people hand in take to write.

    python bench/documents.py

Whole processes, the median of three runs; for peak memory, the largest. 100,100 units in a quota file that takes them
from a CSV, on a day of the first phase (two tables of 100,100 lines), and of the second (three); 200,000 rows of which
none counts, so that the workbook lists them all; 8,383 units in each format, and in the shipped Word template.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from trees import measured, units, write

RUNS = 3
BIG, MIDDLE, SMALL = (100, 10, 99), (83, 10, 9), (5, 10, 9)
ROWS = 200_000
TEMPLATE = Path(__file__).resolve().parents[1] / "sangkien_cli" / "templates" / "mau-bao-cao.docx"
FIRST, SECOND = "2022-04-01", "2022-07-01"  # days of the two phases


def write_rows(folder: Path) -> None:
    """A tree, and rows before its phases."""
    write(folder, SMALL)
    names = [(name, depth) for depth, name, _ in units(*SMALL)]
    lines, above = ["Mã,Ngày,CĐCS,Huyện,Tỉnh"], ["", ""]
    unions = []
    for name, depth in names:
        if depth < len(above):
            above[depth] = name
        else:
            unions.append(f"{name},{above[1]},{above[0]}")
    lines += [f"SK{number},01/03/2021,{unions[number % len(unions)]}" for number in range(ROWS)]
    (folder / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Print a table."""
    print("| what | written | s | MiB |\n|---|---|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name, part) for part in ("big", "middle", "rows")]
        for folder in folders:
            folder.mkdir()
        big, middle, rows = folders
        write(big, BIG)
        write(middle, MIDDLE)
        write_rows(rows)
        for what, folder, day, wanted in (
            ("100,100 units, two tables", big, FIRST, ["out.xlsx"]),
            ("100,100 units, three tables", big, SECOND, ["out.xlsx"]),
            ("200,000 rows set aside", rows, FIRST, ["out.xlsx"]),
            *(("8,383 units", middle, FIRST, [f"out.{kind}"]) for kind in ("xlsx", "docx", "html", "md", "png")),
            ("8,383 units, template", middle, FIRST, ["out.docx", "--template", str(TEMPLATE)]),
        ):
            command = ["report", "-c", "csv.yaml", "--as-of", day, "-o", *wanted]
            runs = [measured(folder, *command, counted=False) for _ in range(RUNS)]
            seconds, memory = statistics.median(run[0] for run in runs), max(run[1] for run in runs)
            print(f"| {what} | {wanted[0].removeprefix('out')} | {seconds:.1f} | {memory:,.0f} |", flush=True)


if __name__ == "__main__":
    main()

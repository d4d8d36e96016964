"""Every file of a corpus of real files, read or refused: a table of what became of each.

    python tests/corpus.py [FOLDER]

FOLDER holds `manifest.tsv` (file, expect, non-blank rows by sheet) and the files; default: `../shared/corpus` beside
the project. Exit code 1 if a file is not read as it should be.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sangkien_cli.errors import SangkienError
from sangkien_cli.lang import words
from sangkien_cli.sheets.files import content_of, open_file
from sangkien_cli.sheets.limits import Limits

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
_PATIENCE = 15.0  # seconds for one file
# Where the manifest is not followed: what the file holds, and why.
_ADJUDICATED = {
    # The cell A2 has t="inlineStr" and its text in <v>: no library shows it, but it is stored: a row is lost without.
    "34dabf3b-52575_main.xlsx": {"Tabelle1": 3},
    # A sound workbook; the library that the manifest goes by fails on its chart and dialog sheets.
    "ad645571-any_sheets.xlsb": {"Visible": 4},
    # Row 4 of the sheet holds white space only, which is blank.
    "2015e57f-whitespace-xls.xls": {"logical_and_NA": 3, "whitespace": 6},
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file."""

    file: str
    expect: str
    outcome: str  # `read`, `refused`, `crashed`
    detail: str  # rows by sheet, or the sentence
    fine: bool
    seconds: float

    @property
    def line(self) -> str:
        """The result as a line of the table."""
        return "\t".join(["ok" if self.fine else "DIFFERS", self.expect, self.outcome, self.file, self.detail[:160]])


def results(folder: Path) -> Iterator[Result]:
    """Each file of the manifest, in its order."""
    with open(folder / "manifest.tsv", encoding="utf-8", newline="") as manifest:
        for line in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield _result(folder, line)


def _result(folder: Path, line: dict[str, str]) -> Result:
    began = time.monotonic()
    expect = line["expect"]
    try:
        rows = _rows(folder / line["file"])
        outcome, detail, codes = "read", json.dumps(rows, ensure_ascii=False), set[str]()
    except SangkienError as error:
        rows, outcome = {}, "refused"
        detail = "; ".join(words(problem.what, "en") for problem in error.problems)
        codes = {problem.what.key for problem in error.problems}
    except Exception as error:  # a traceback is what this looks for
        rows, outcome, detail, codes = {}, "crashed", repr(error), set()
    seconds = time.monotonic() - began
    fine = seconds < _PATIENCE and _is_fine(expect, outcome, rows, codes, line)
    return Result(line["file"], expect, outcome, detail, fine, seconds)


def _rows(path: Path) -> dict[str, int]:
    """The non-blank rows of each sheet that has any."""
    content = content_of(path, Limits())
    rows = {}
    for ways in open_file(content).sheets:
        nonblank = ways[0].cells(0, None).nonblank
        if nonblank:
            rows[ways[0].name or ""] = nonblank
    return rows


def _is_fine(expect: str, outcome: str, rows: dict[str, int], codes: set[str], line: dict[str, str]) -> bool:
    if (adjudicated := _ADJUDICATED.get(Path(line["file"]).name)) is not None:
        return rows == adjudicated
    match expect:
        case "read":
            return outcome == "read" and rows == json.loads(line["nonblank_rows_by_sheet"])
        case "refuse":
            return outcome == "refused"
        case "refuse-password":
            # A workbook under Excel's own default password may be read.
            return outcome == "read" or bool(codes & {"file.password", "file.password_method"})
        case "adjudicate":
            candidates = [json.loads(found) for found in re.findall(r"\{.*?\}", line["nonblank_rows_by_sheet"])]
            return outcome == "refused" or rows in candidates
        case _:
            return outcome in ("read", "refused")


def main(arguments: list[str]) -> int:
    """Print the table and how many files there are of each outcome."""
    folder = Path(arguments[0]) if arguments else CORPUS
    found = list(results(folder))
    for result in found:
        print(result.line)
    print()
    for (expect, outcome, fine), number in sorted(Counter((r.expect, r.outcome, r.fine) for r in found).items()):
        print(f"{number:5}  {expect}: {outcome}{'' if fine else ' (DIFFERS)'}")
    print(f"slowest: {max(found, key=lambda r: r.seconds).file}, {max(r.seconds for r in found):.1f} s")
    return 0 if all(result.fine for result in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

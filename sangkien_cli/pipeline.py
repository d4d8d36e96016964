"""The program on one screen: from files to a report, a stage a line. Also the Python API.

>>> from pathlib import Path
>>> from sangkien_cli.pipeline import count, load_config            # doctest: +SKIP
>>> result = count(load_config(Path("quota.yaml")), ["*.xlsx"])     # doctest: +SKIP
>>> result.report.rows.counted                                      # doctest: +SKIP
3889
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sangkien_cli.config import load_config
from sangkien_cli.errors import Note
from sangkien_cli.exports import Reading, read_exports
from sangkien_cli.judge import Judged, decide, examine, judge_also
from sangkien_cli.model import Config, Report
from sangkien_cli.phases import today
from sangkien_cli.report import build_report
from sangkien_cli.sheets.limits import Access
from sangkien_cli.tally import tally_all
from sangkien_cli.targets import reach

__all__ = ["Counted", "count", "load_config"]


@dataclass(frozen=True, slots=True)
class Counted:
    """What counting gave: the report, the judged rows behind it, and what the user should know."""

    report: Report
    judged: Judged
    also: tuple[Judged, ...]  # the rows judged for each of `Config.also_count`
    notes: tuple[Note, ...]


def count(
    config: Config,
    exports: Sequence[str] | None = None,
    as_of: date | None = None,
    tell: Callable[[Reading], None] = lambda _: None,
    access: Access | None = None,
    since: date | None = None,
    named: Sequence[tuple[str, Path]] | None = None,
) -> Counted:
    """Read the exports (paths and globs; None = those of the quota file), judge every row, count, attain.

    `as_of` is the last day that counts; None = today in the quota file's time zone. `tell` is called before each
    file is read; `access` says how files may be read: limits, a password; `since` is a day from which on to count what
    came in; `named` are the files instead of `exports`, each with the name that it had in an earlier report. Raises
    SangkienError if an input cannot be used.
    """
    last_day = as_of or today(ZoneInfo(config.timezone))
    rows = read_exports(config, exports, tell, access, named)
    examined = examine(rows, config, last_day)
    judged, also = decide(examined, config.where), judge_also(examined)
    tallies = tally_all(judged, also, last_day, since)
    results = reach(config, judged, tallies.done, last_day)
    return Counted(build_report(config, judged, tallies, results, last_day, since), judged, also, rows.notes)

"""The job written plainly with pandas, for reference: what one gets without thinking about speed.

XLSX by the calamine engine where python-calamine is installed, otherwise by openpyxl (three times slower).
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import pandas as pd
from fold import fold
from job import BASE, CODE, COLUMNS, DISTRICT, STATUS, SUBMITTED, Job, print_counts, read_arguments


def read(export: Path) -> pd.DataFrame:
    """Return the five needed columns as text, blank as ""."""
    if export.suffix == ".csv":
        return pd.read_csv(export, usecols=COLUMNS, dtype=str, keep_default_na=False)
    engine: Literal["calamine", "openpyxl"] = "calamine" if find_spec("python_calamine") else "openpyxl"
    return pd.read_excel(export, engine=engine, usecols=COLUMNS, dtype=str, keep_default_na=False)


def days(column: pd.Series) -> pd.Series:
    """Return dates from dd/mm/yyyy and ISO texts; NaT for what is neither."""
    day_first = pd.to_datetime(column, format="%d/%m/%Y", errors="coerce")
    return day_first.fillna(pd.to_datetime(column.str[:10], format="%Y-%m-%d", errors="coerce"))


def own_counts(frame: pd.DataFrame, job: Job) -> list[tuple[int, int, int]]:
    """Return (unit, phase, number of codes), each code in its earliest row."""
    key = cache(fold)
    frame = frame[frame[STATUS].map(key).isin(job.accepted)]
    unit = cache(job.unit_rank)
    units = [unit(b, d) for b, d in zip(frame[BASE].map(key), frame[DISTRICT].map(key), strict=True)]
    frame = frame.assign(unit=pd.Series(units, frame.index), day=days(frame[SUBMITTED]))
    frame = frame[frame["unit"].notna() & (frame[CODE] != "")]
    frame = pd.concat([frame[frame["day"].between(*window)].assign(phase=n) for n, window in enumerate(job.dates())])
    kept = frame.sort_values(["day", "unit"]).drop_duplicates(CODE)
    sizes = kept.groupby(["unit", "phase"]).size().reset_index(name="codes")
    return [(int(unit), int(phase), int(codes)) for unit, phase, codes in sizes.to_numpy().tolist()]


def main() -> None:
    """Count and print."""
    job, export = read_arguments()
    print_counts(job.roll_up(own_counts(read(export), job)))


if __name__ == "__main__":
    main()

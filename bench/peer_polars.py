"""The job with polars: CSV by its own reader, XLSX by its calamine engine (fastexcel)."""

import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
from fold import fold
from job import BASE, CODE, COLUMNS, DISTRICT, RANKS, STATUS, SUBMITTED, Job, print_counts, read_arguments

UNITS = [BASE, DISTRICT]


def read(export: Path) -> pl.DataFrame:
    """Return the five needed columns as text."""
    if export.suffix == ".csv":
        return pl.read_csv(export, columns=COLUMNS, infer_schema=False)
    options = {"dtypes": "string"}
    return pl.read_excel(export, engine="calamine", columns=COLUMNS, read_options=options, infer_schema_length=0)


def by_distinct(column: pl.Series, rule: Callable[[str], int | None]) -> pl.Series:
    """Apply a rule once per distinct text and spread the answers over the column."""
    texts = column.unique()
    answers = pl.Series([rule(text or "") for text in texts.to_list()], dtype=pl.Int64)
    return column.replace_strict(texts, answers)


def unit_ranks(frame: pl.DataFrame, job: Job) -> pl.Series:
    """Return the unit of each row, looked up once per distinct pair of folded names."""
    numbers: dict[str, int] = {}
    base, district = (by_distinct(frame[c], lambda text: numbers.setdefault(fold(text), len(numbers))) for c in UNITS)
    names = list(numbers)
    pairs = base * len(names) + district
    return by_distinct_pair(pairs, lambda pair: job.unit_rank(*(names[n] for n in divmod(pair, len(names)))))


def by_distinct_pair(pairs: pl.Series, rule: Callable[[int], int | None]) -> pl.Series:
    """Apply a rule once per distinct number."""
    distinct = pairs.unique()
    return pairs.replace_strict(distinct, pl.Series([rule(pair) for pair in distinct.to_list()], dtype=pl.Int64))


def own_counts(frame: pl.DataFrame, job: Job) -> list[tuple[int, int, int]]:
    """Return (unit, phase, number of codes), each code in its earliest row."""
    frame = frame.filter(by_distinct(frame[STATUS], lambda text: int(job.accepts(text))) == 1)
    frame = frame.select(CODE, day=by_distinct(frame[SUBMITTED], job.phase_day), unit=unit_ranks(frame, job))
    kept = (
        frame.lazy()
        .filter(pl.col(CODE) != "", pl.col("day").is_not_null(), pl.col("unit").is_not_null())
        .group_by(CODE)
        .agg(key=(pl.col("day") * RANKS + pl.col("unit")).min())
        .select(unit=pl.col("key") % RANKS, phase=phase_of(pl.col("key") // RANKS, job))
        .group_by("unit", "phase")
        .len()
    )
    rows: list[tuple[int, int, int]] = kept.collect().rows()
    return rows


def phase_of(day: pl.Expr, job: Job) -> pl.Expr:
    """Return the number of the phase a day lies in."""
    inside = [day.is_between(first, last) for _, first, last in job.windows]
    return pl.coalesce(pl.when(within).then(pl.lit(n)) for n, within in enumerate(inside))


def main() -> None:
    """Count and print."""
    job, export = read_arguments()
    print_counts(job.roll_up(own_counts(read(export), job)))
    assert "pandas" not in sys.modules


if __name__ == "__main__":
    main()

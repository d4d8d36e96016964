"""The job with DuckDB: CSV by its own reader; XLSX by fastexcel into Arrow, then SQL.

DuckDB's own `excel` extension must be fetched over the network, and was the slower reader when measured.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from fold import fold
from job import COLUMNS, RANKS, Job, print_counts, read_arguments

CSV_COLUMNS = "SELECT {columns} FROM read_csv(?, all_varchar=true, header=true, delim=',', quote='\"', escape='\"')"
NAMES = ["code", "submitted", "status", "base", "district"]
KEYS = f"""
    SELECT min(day.value * {RANKS} + unit.value) AS key
    FROM t
    JOIN map_status status ON t.status IS NOT DISTINCT FROM status.text
    JOIN map_submitted day ON t.submitted = day.text
    JOIN map_base base ON coalesce(t.base, '') = base.text
    JOIN map_district district ON coalesce(t.district, '') = district.text
    JOIN map_unit unit ON unit.base = base.value AND unit.district = district.value
    WHERE t.code <> ''
    GROUP BY t.code
"""


def read(db: duckdb.DuckDBPyConnection, export: Path) -> None:
    """Load the five needed columns, as text, into table t."""
    chosen = ", ".join(f'"{header}" AS {name}' for header, name in zip(COLUMNS, NAMES, strict=True))
    if export.suffix == ".csv":
        db.execute(f"CREATE TEMP TABLE t AS {CSV_COLUMNS.format(columns=chosen)}", [str(export)])
    else:
        import fastexcel

        sheet = fastexcel.read_excel(export).load_sheet_eager(0, use_columns=list(COLUMNS), dtypes="string")
        db.register("sheet", sheet)
        db.execute(f"CREATE TEMP VIEW t AS SELECT {chosen} FROM sheet")


def distinct(db: duckdb.DuckDBPyConnection, column: str) -> list[str]:
    """Return the distinct texts of a column, blank as ""."""
    return [row[0] for row in db.execute(f"SELECT DISTINCT coalesce({column}, '') FROM t").fetchall()]


def add_map(db: duckdb.DuckDBPyConnection, column: str, rule: Callable[[str], int | None]) -> None:
    """Apply a rule once per distinct text; the texts it gives nothing for are left out of the map."""
    answers = [(text, value) for text in distinct(db, column) if (value := rule(text)) is not None]
    lists: list[Any] = [[text for text, _ in answers], [value for _, value in answers]]
    db.execute(
        f"CREATE TEMP TABLE map_{column} AS SELECT unnest(?::VARCHAR[]) AS text, unnest(?::BIGINT[]) AS value",
        lists,
    )


def add_units(db: duckdb.DuckDBPyConnection, job: Job) -> None:
    """Number the folded names, then find the unit of each distinct pair of them."""
    numbers: dict[str, int] = {}
    for column in ("base", "district"):
        add_map(db, column, lambda text: numbers.setdefault(fold(text), len(numbers)))
    names = list(numbers)
    pairs = db.execute("""
        SELECT DISTINCT base.value, district.value FROM t
        JOIN map_base base ON coalesce(t.base, '') = base.text
        JOIN map_district district ON coalesce(t.district, '') = district.text""").fetchall()
    units = [(b, d, rank) for b, d in pairs if (rank := job.unit_rank(names[b], names[d])) is not None]
    db.execute(
        "CREATE TEMP TABLE map_unit AS SELECT unnest(?::INT[]) AS base, unnest(?::INT[]) AS district,"
        " unnest(?::BIGINT[]) AS value",
        [list(column) for column in zip(*units, strict=True)] or [[], [], []],
    )


def own_counts(db: duckdb.DuckDBPyConnection, job: Job) -> list[tuple[int, int, int]]:
    """Return (unit, phase, number of codes), each code in its earliest row."""
    windows = [[first for _, first, _ in job.windows], [last for _, _, last in job.windows]]
    db.execute(
        "CREATE TEMP TABLE phase AS SELECT unnest(?::BIGINT[]) AS first, unnest(?::BIGINT[]) AS last,"
        " unnest(range(?)) AS number",
        [*windows, len(job.windows)],
    )
    rows: list[tuple[int, int, int]] = db.execute(f"""
        SELECT unit, number, sum(codes)::BIGINT
        FROM (
            SELECT key % {RANKS} AS unit, key // {RANKS} AS day, count(*) AS codes
            FROM ({KEYS}) GROUP BY ALL
        )
        JOIN phase ON day BETWEEN first AND last GROUP BY ALL""").fetchall()
    return rows


def main() -> None:
    """Count and print."""
    job, export = read_arguments()
    db = duckdb.connect()
    read(db, export)
    add_map(db, "status", lambda text: 1 if job.accepts(text) else None)
    add_map(db, "submitted", job.phase_day)
    add_units(db, job)
    print_counts(job.roll_up(own_counts(db, job)))
    assert "pandas" not in sys.modules


if __name__ == "__main__":
    main()

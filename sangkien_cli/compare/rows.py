"""Two ledgers set beside each other: which rows count no longer, which count now, which count elsewhere."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from sangkien_cli.arrays import plain, sum_type
from sangkien_cli.compare.earlier import Earlier, read_bytes
from sangkien_cli.dedupe import NO_CODE, code_keys
from sangkien_cli.errors import Note, Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.model import ALL, Reason

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 5  # problems of one file
_NONE = -1

Sums = Mapping[tuple[str, str], int]  # by unit and phase


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an export as a ledger has it."""

    file: str
    sheet: str  # "" for CSV
    row: int
    code: str
    unit: str  # an id; "" = unknown
    phase: str
    count: int  # submissions
    reason: str  # "" = it counts
    detail: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that counted and does not now."""

    then: Row
    now: Row | None  # None = it is gone from the exports

    @property
    def reason(self) -> str:
        """Why it is set aside now; "" = it is gone."""
        return "" if self.now is None else self.now.reason


@dataclass(frozen=True, slots=True)
class Moved:
    """A row that counts now for another unit or phase, or with another number."""

    then: Row
    now: Row


@dataclass(frozen=True, slots=True)
class Explained:
    """What a difference is made of, in submissions: done now − done then = new − no_longer + moved."""

    new: int = 0  # rows that count now and did not then
    late: int = 0  # of these: dated on or before the earlier report's day
    waited: int = 0  # of the late ones: were in the exports then and did not count
    no_longer: int = 0  # rows that counted then and do not now
    moved: int = 0  # rows that came from other units or phases, less those that left; and numbers that changed


@dataclass(frozen=True, slots=True)
class Arrival:
    """Rows that count now and did not then, which have this in common."""

    unit: str  # that the rows name
    phase: str
    late: bool  # dated on or before the earlier report's day
    reason_then: str  # why they were set aside then; "" = they were not in the exports
    count: int  # submissions


@dataclass(frozen=True, slots=True)
class RowChanges:
    """Everything that two ledgers show."""

    by_code: bool  # rows were recognised by their codes, else by file, sheet and row
    dropped: tuple[Dropped, ...]  # in the order of the earlier ledger
    moved: tuple[Moved, ...]
    explained: Mapping[tuple[str, str], Explained]  # by unit (and all above it) and phase (and ALL)
    arrivals: tuple[Arrival, ...]  # the rows that count now and did not then

    @property
    def new(self) -> int:
        """Submissions that count now and did not then."""
        return sum(each.count for each in self.arrivals)

    @property
    def late(self) -> int:
        """Those of them that are dated on or before the earlier report's day."""
        return sum(each.count for each in self.arrivals if each.late)

    @property
    def waited_for(self) -> Mapping[str, int]:
        """The late submissions that were in the exports then, by the reason for which they did not count."""
        return _largest((each.reason_then, each.count) for each in self.arrivals if each.late and each.reason_then)

    @property
    def late_units(self) -> Mapping[str, int]:
        """The late submissions that were not in the exports then, by unit."""
        return _largest((each.unit, each.count) for each in self.arrivals if each.late and not each.reason_then)


def _largest(numbers: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Numbers added up by name, the largest first."""
    sums: Counter[str] = Counter()
    for name, number in numbers:
        sums[name] += number
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


# --- reading -----------------------------------------------------------------------------------------------------


def read_ledger(earlier: Earlier, named: Path | None, notes: list[Note] | None = None) -> pd.DataFrame | None:
    """The ledger of an earlier report: the one that the user names, else the one written with it; None without one.

    A named one that is not that report's raises SangkienError; one that was written with it, and is no longer there
    or no longer the same, is left out, and `notes` say so.
    """
    notes = [] if notes is None else notes
    path = named or earlier.ledger_path
    if path is None:
        if earlier.ledger is not None:
            notes.append(Note(str(earlier.path), say("compare.ledger.absent", file=earlier.ledger.path)))
        return None
    if named is None and not path.is_file():
        notes.append(Note(str(earlier.path), say("compare.ledger.absent", file=str(path))))
        return None
    data = read_bytes(path, say("compare.ledger.fix"))
    if earlier.ledger is not None and hashlib.sha256(data).hexdigest() != earlier.ledger.sha256:
        what = say("compare.ledger.other", report=str(earlier.path), day=earlier.as_of)
        if named is not None:
            raise SangkienError(Problem(str(path), what, say("compare.ledger.fix")))
        notes.append(Note(str(path), what))
        return None
    from sangkien_cli.compare.ledger_files import ledger_of  # brings pandas, which a report alone does without

    table = ledger_of(path, data, say("compare.ledger.fix"))
    problems = _disagreements(path, table, earlier)
    if problems:
        raise SangkienError(*problems[:_SHOWN])
    return table


def _disagreements(path: Path, table: pd.DataFrame, earlier: Earlier) -> list[Problem]:
    """Where a ledger does not add up to its report's figures: then it is another report's."""
    counted = sums_of(table[table["reason"] == ""])
    sums: Counter[tuple[str, str]] = Counter()
    for (unit, phase), number in counted.items():
        sums[unit, phase] += number
        sums[unit, ALL] += number
    stated = {key: each.direct for key, each in earlier.by_key.items()}
    problems = []
    for unit, phase in dict.fromkeys([*stated, *(key for key in sums if key[1] in earlier.shown)]):
        there, here = stated.get((unit, phase), 0), sums.get((unit, phase), 0)
        if there != here:
            what = say("compare.ledger.sums", unit=unit, phase=phase, there=there, here=here)
            problems.append(Problem(str(path), what, say("compare.ledger.fix")))
    return problems


def sums_of(rows: pd.DataFrame) -> dict[tuple[str, str], int]:
    """The submissions of some rows, by unit and phase."""
    counts = rows["count"].astype(sum_type(rows["count"].to_numpy()))
    sums = counts.groupby([rows["unit"], rows["phase"]], sort=False).sum()
    return {cast(tuple[str, str], key): int(number) for key, number in sums.items()}


# --- comparing ---------------------------------------------------------------------------------------------------


def compare_rows(
    earlier: Earlier,
    then: pd.DataFrame,
    now: pd.DataFrame,
    parents: Mapping[str, str | None],
    *,
    by_code: bool,
) -> RowChanges:
    """What became of every row. `then` is as `read_ledger` gives it, `now` the present ledger; `parents` is the
    present tree."""
    from sangkien_cli.compare.ledger_files import plain_ledger

    now = plain_ledger(now)
    then_keys, now_keys = _keys(then, now, by_code=by_code)
    counted_then, counted_now = (_where(table, table["reason"] == "") for table in (then, now))
    aside_then, aside_now = (_where(table, table["reason"] != "") for table in (then, now))
    stays_then, stays_now = _paired(then_keys.loc[counted_then], now_keys.loc[counted_now])
    gone, new = _others(counted_then, stays_then, len(then)), _others(counted_now, stays_now, len(now))
    verdicts = _found(then_keys.loc[gone], now_keys.loc[aside_now])
    before = _found(now_keys.loc[new], then_keys.loc[aside_then])

    arrivals = _arrivals(now.loc[new], _reasons(then, before), earlier)
    differing = _differing(then, now, stays_then, stays_now)
    parents_then = {each.id: each.parent for each in earlier.units.values()}
    return RowChanges(
        by_code=by_code,
        dropped=tuple(map(Dropped, _rows(then, gone), _rows_or_none(now, verdicts))),
        moved=tuple(map(Moved, _rows(then, stays_then[differing]), _rows(now, stays_now[differing]))),
        explained=_explained(
            new=_rolled(_added(arrivals), parents),
            late=_rolled(_added([each for each in arrivals if each.late]), parents),
            waited=_rolled(_added([each for each in arrivals if each.late and each.reason_then]), parents),
            dropped=_rolled(sums_of(then.loc[gone]), parents_then),
            came=_rolled(sums_of(now.loc[stays_now]), parents),
            left=_rolled(sums_of(then.loc[stays_then]), parents_then),
        ),
        arrivals=arrivals,
    )


def _reasons(then: pd.DataFrame, positions: np.ndarray) -> np.ndarray:
    """The reason of each row of the earlier ledger; "" where there is none."""
    reasons = np.append(then["reason"].to_numpy(dtype=object), "")
    found: np.ndarray = reasons[positions]
    return found


def _arrivals(fresh: pd.DataFrame, reasons: np.ndarray, earlier: Earlier) -> tuple[Arrival, ...]:
    late = (fresh["submitted"] != "") & (fresh["submitted"] <= earlier.as_of.isoformat())
    alike = fresh.assign(late=late, reason_then=reasons).groupby(["late", "reason_then"])
    return tuple(
        Arrival(unit, phase, bool(is_late), str(reason), count)
        for (is_late, reason), rows in alike
        for (unit, phase), count in sums_of(rows).items()
    )


def _added(arrivals: Iterable[Arrival]) -> Sums:
    sums: Counter[tuple[str, str]] = Counter()
    for each in arrivals:
        sums[each.unit, each.phase] += each.count
    return sums


def _where(table: pd.DataFrame, mask: pd.Series) -> np.ndarray:
    return np.flatnonzero(mask.to_numpy())


def _others(rows: np.ndarray, without: np.ndarray, length: int) -> np.ndarray:
    """The first rows without the second ones, in their order."""
    marked = np.zeros(length, dtype=bool)
    marked[rows] = True
    marked[without] = False
    return np.flatnonzero(marked)


def _keys(then: pd.DataFrame, now: pd.DataFrame, *, by_code: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """For each row of both ledgers a number for what it is known by, and one for its place.

    `loose`: it has no code of its own to be known by, so its place may tell it.
    """
    import pandas as pd

    both = pd.concat([then, now], ignore_index=True)
    place = both.groupby(["file", "sheet", "row"], sort=False).ngroup().to_numpy()
    codes = code_keys(plain(both["code"].tolist())) if by_code else np.full(len(both), NO_CODE)
    key = np.where(codes != NO_CODE, codes.astype(np.int64), place + int(codes.max(initial=0)) + 1)
    loose = (codes == NO_CODE) | (both["reason"] == Reason.UNREADABLE.value).to_numpy()
    keys = pd.DataFrame({"key": key, "place": place, "loose": loose})
    return keys.iloc[: len(then)], keys.iloc[len(then) :].reset_index(drop=True)


def _paired(then: pd.DataFrame, now: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The rows that count in both, by position, in the order of the earlier ledger. Of rows known by the same those in
    the same place belong together, then the first and the first, the second and the second."""
    import pandas as pd

    then, now = then.rename_axis("at").reset_index(), now.rename_axis("at").reset_index()
    same = then.merge(now, on=["key", "place"], suffixes=("_then", "_now"))
    rest_then = then[~then["at"].isin(same["at_then"])]
    rest_now = now[~now["at"].isin(same["at_now"])]
    rest_then = rest_then.assign(nth=rest_then.groupby("key").cumcount())
    rest_now = rest_now.assign(nth=rest_now.groupby("key").cumcount())
    others = rest_then.merge(rest_now, on=["key", "nth"], suffixes=("_then", "_now"))
    pairs = pd.concat([same[["at_then", "at_now"]], others[["at_then", "at_now"]]]).sort_values("at_then")
    return pairs["at_then"].to_numpy(dtype=np.int64), pairs["at_now"].to_numpy(dtype=np.int64)


def _found(rows: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    """For each row the position of the one of `others` that it is; _NONE if none is it.

    That is a row known by the same, in the same place if there is one, or else one without a code in the same place.
    """
    others = others.rename_axis("at").reset_index()
    first = others.drop_duplicates("key").set_index("key")["at"]
    here = others.drop_duplicates("place").set_index("place")
    at = rows["place"].map(here["at"]).fillna(_NONE).to_numpy(dtype=np.int64)
    same = (rows["place"].map(here["key"]) == rows["key"]).to_numpy()
    loose = (rows["place"].map(here["loose"].astype("int64")) == 1).to_numpy()
    by_key = rows["key"].map(first).fillna(_NONE).to_numpy(dtype=np.int64)
    found: np.ndarray = np.where(same, at, np.where(by_key != _NONE, by_key, np.where(loose, at, _NONE)))
    return found


def _differing(then: pd.DataFrame, now: pd.DataFrame, at_then: np.ndarray, at_now: np.ndarray) -> np.ndarray:
    """Which pairs count for another unit or phase, or with another number, by position among the pairs."""
    differs = np.zeros(len(at_then), dtype=bool)
    for name in ("unit", "phase", "count"):
        differs |= then[name].to_numpy()[at_then] != now[name].to_numpy()[at_now]
    return np.flatnonzero(differs)


def _rows(table: pd.DataFrame, positions: np.ndarray) -> Iterator[Row]:
    names = ("file", "sheet", "row", "code", "unit", "phase", "count", "reason", "detail")
    columns = [table[name].iloc[positions].tolist() for name in names]
    return (Row(*values) for values in zip(*columns, strict=True))


def _rows_or_none(table: pd.DataFrame, positions: np.ndarray) -> Iterator[Row | None]:
    found = _rows(table, positions[positions != _NONE])
    return (None if position == _NONE else next(found) for position in positions.tolist())


def _rolled(sums: Sums, parents: Mapping[str, str | None]) -> Counter[tuple[str, str]]:
    """Each sum for its unit and all above it, in its phase and in ALL."""
    rolled: Counter[tuple[str, str]] = Counter()
    for (unit, phase), number in sums.items():
        above: str | None = unit
        while above is not None:
            rolled[above, phase] += number
            rolled[above, ALL] += number
            above = parents.get(above)
    return rolled


def _explained(
    *, new: Sums, late: Sums, waited: Sums, dropped: Sums, came: Sums, left: Sums
) -> Mapping[tuple[str, str], Explained]:
    return {
        key: Explained(
            new=new.get(key, 0),
            late=late.get(key, 0),
            waited=waited.get(key, 0),
            no_longer=dropped.get(key, 0),
            moved=came.get(key, 0) - left.get(key, 0),
        )
        for key in {**new, **dropped, **came, **left}
    }

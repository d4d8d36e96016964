"""Two ledgers by themselves: every row of both accounted for once, what changed in it, and what that did to done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from sangkien_cli.arrays import plain, sum_type
from sangkien_cli.compare.ledger_files import NO_COUNT
from sangkien_cli.compare.rows import sums_of
from sangkien_cli.dedupe import NO_CODE, code_keys
from sangkien_cli.ledger import COLUMNS, LAYOUT
from sangkien_cli.model import ALL, Config, Reason

COUNTED = "counted"  # the verdict of a row that counts
ABSENT = "absent"  # stands for a verdict where a ledger has no such row
VERDICTS = (COUNTED, *(reason.value for reason in Reason), LAYOUT)
FIELDS = ("reason", "unit", "phase", "submitted", "count", "code", "detail")  # what is compared
MatchedBy = Literal["code", "typed", "place"]  # how rows are recognised; `typed`: as by code, but none has one
CHANGED, GONE, NEW = "changed", "gone", "new"

_NONE = -1
Key = tuple[str, str]  # a unit's id, and a phase's or ALL


@dataclass(frozen=True, slots=True)
class Outline:
    """What a quota file adds to ledgers, which hold ids alone. Units and phases stand in its order."""

    parents: Mapping[str, str | None] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)  # names by id
    phases: Mapping[str, str] = field(default_factory=dict)

    def lineage(self, unit: str) -> Iterator[str]:
        """The unit and every unit above it, deepest first."""
        above: str | None = unit
        while above is not None:
            yield above
            above = self.parents.get(above)


def outline(config: Config) -> Outline:
    """The outline of a quota file."""
    return Outline(
        parents={each.id: None if each.parent is None else config.units[each.parent].id for each in config.units},
        units={each.id: each.name for each in config.units},
        phases={each.id: each.name for each in config.phases},
    )


@dataclass(frozen=True, slots=True)
class Move:
    """Rows that went from one verdict to another; with `fields`, those that kept theirs and changed in these."""

    then: str  # a verdict, or ABSENT
    now: str
    fields: tuple[str, ...]  # empty where the verdicts differ
    rows: int


@dataclass(frozen=True, slots=True)
class Line:
    """A row as a ledger has it; "" for a blank."""

    file: str
    sheet: str
    row: int
    code: str
    unit_text: str
    unit: str
    phase: str
    submitted: str
    count: int | None
    reason: str
    detail: str

    @property
    def verdict(self) -> str:
        """Its reason, or COUNTED."""
        return self.reason or COUNTED

    @property
    def place(self) -> str:
        """Where it stands: `a.xlsx [Sheet1]:17`."""
        return f"{self.file} [{self.sheet}]:{self.row}" if self.sheet else f"{self.file}:{self.row}"


@dataclass(frozen=True, slots=True)
class Differing:
    """A row that differs, as both ledgers have it; None in one that has it not."""

    change: str  # CHANGED, GONE, NEW
    fields: tuple[str, ...]
    then: Line | None
    now: Line | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What the differing rows did to a unit's done in a phase: now − then = gained − lost.

    `gained` is by the verdict that the rows had, `lost` by the one that they have. COUNTED there means rows that count
    for another unit or phase, or for another number of submissions.
    """

    unit: str
    phase: str
    then: int | None  # done; None where only rows of one verdict are looked at
    now: int | None
    gained: Mapping[str, int]
    lost: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Looked:
    """How many rows of a ledger were looked at, and how many of them count."""

    rows: int
    counted: int


@dataclass(frozen=True, slots=True, eq=False)
class LedgerChanges:
    """Two ledgers beside each other: `then.rows` = same + changed + gone, `now.rows` = same + changed + new."""

    matched_by: MatchedBy
    then: Looked
    now: Looked
    same: int
    elsewhere: int  # of the same: stand in another place now
    changed: int
    gone: int
    new: int
    rows: pd.DataFrame  # all but the same: `change`, `fields`, `then.file`… `now.detail`; as in the earlier ledger
    moves: tuple[Move, ...]  # the most rows first
    move: np.ndarray  # of each of `rows`, by position
    effects: tuple[Effect, ...]  # by phase, the whole programme last, and unit

    @property
    def alike(self) -> bool:
        """Whether no row differs."""
        return not len(self.rows)

    def differing(self, move: int | None = None, most: int | None = None) -> Iterator[Differing]:
        """The rows one by one: all of them, or the first ones of a move, named by its position."""
        rows = self.rows if move is None else self.rows.iloc[np.flatnonzero(self.move == move)[:most]]
        width = len(COLUMNS)
        for change, fields, *values in zip(*(_values(rows[name]) for name in rows.columns), strict=True):
            then, now = values[:width], values[width:]
            yield Differing(
                change,
                tuple(filter(None, fields.split(","))),
                None if then[0] is None else Line(*then),
                None if now[0] is None else Line(*now),
            )


def _values(column: pd.Series) -> list[Any]:
    values: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    return values


def ledger_changes(
    then: pd.DataFrame,
    now: pd.DataFrame,
    *,
    by_code: bool = True,
    known: Outline | None = None,
    units: Collection[str] | None = None,
    verdict: str | None = None,
) -> LedgerChanges:
    """What became of every row, both ledgers as `plain_ledger` gives them.

    With `known` done holds what is below a unit too. `units` leaves the rows that were or are of one of these,
    `verdict` those that had it or have it.
    """
    known = known or Outline()
    both = _Both.of(then, now)
    matched_by: MatchedBy = "place" if not by_code else "code" if (both.codes != NO_CODE).any() else "typed"
    partner = _partners(both, by_code=by_code)
    table = _beside(both, partner)
    table = table[_concerned(both, table, units, verdict)]
    differing = _differing(both, table, partner)
    fields = _fields(differing)
    kind = np.where(table["now"] == _NONE, GONE, np.where(table["then"] == _NONE, NEW, CHANGED))
    pairs, differs = kind == CHANGED, fields != ""
    verdicts = pd.DataFrame({side: both.verdicts_at(table[side]) for side in ("then", "now")}, index=table.index)
    is_same = pairs & ~differs
    at_then, at_now = (table[side].to_numpy()[is_same] for side in ("then", "now"))
    shown = ~is_same
    moves, move = _moves(verdicts[shown], fields[shown])
    return LedgerChanges(
        matched_by=matched_by,
        then=_looked(verdicts["then"]),
        now=_looked(verdicts["now"]),
        same=int(is_same.sum()),
        elsewhere=int((both.place[at_then] != both.place[at_now]).sum()),
        changed=int((pairs & differs).sum()),
        gone=int((kind == GONE).sum()),
        new=int((kind == NEW).sum()),
        rows=_rows(both, table[shown], kind[shown], fields[shown]),
        moves=moves,
        move=move,
        effects=tuple(_effects(both, table[shown], verdicts[shown], known, units, whole=verdict is None)),
    )


# --- which row is which ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Both:
    """Both ledgers under each other, what is compared as numbers: equal where the texts are equal."""

    table: pd.DataFrame
    length: int  # rows of the first
    numbers: Mapping[str, np.ndarray]
    codes: np.ndarray  # NO_CODE where blank
    sheet: np.ndarray
    place: np.ndarray
    verdicts: np.ndarray  # texts

    @classmethod
    def of(cls, then: pd.DataFrame, now: pd.DataFrame) -> _Both:
        table = pd.concat([then, now], ignore_index=True)
        numbers: dict[str, np.ndarray] = {}
        codes = np.full(len(table), NO_CODE, dtype=np.int64)
        for name in COLUMNS:
            numbers[name], distinct = pd.factorize(table[name])
            if name == "code" and len(table):
                codes = code_keys(plain(distinct.tolist())).astype(np.int64)[numbers[name]]
        sheet = _joined(numbers["file"], numbers["sheet"])
        reasons = table["reason"]
        verdicts = reasons.where(reasons != "", COUNTED).to_numpy(dtype=object)
        place = _joined(sheet, numbers["row"])
        return cls(table, len(then), {**numbers, "code": codes}, codes, sheet, place, verdicts)

    def has(self, reason: str) -> np.ndarray:
        """Which rows have a reason."""
        found: np.ndarray = self.verdicts == reason
        return found

    def verdicts_at(self, positions: pd.Series) -> np.ndarray:
        """The verdicts of rows by position; ABSENT where there is none."""
        found: np.ndarray = np.append(self.verdicts, ABSENT)[positions.to_numpy()]
        return found


def _joined(*columns: np.ndarray) -> np.ndarray:
    """A number for each row, equal where all of these are."""
    first, *others = columns
    for other in others:
        first = pd.factorize(first.astype(np.int64) * (int(other.max(initial=0)) + 1) + other)[0]
    return first


def _partners(both: _Both, *, by_code: bool) -> np.ndarray:
    """For each row the position of the one in the other ledger that it is; _NONE without one.

    Rows belong together by their code and what is typed beside it: those alike in sheet, names and date first, then
    in sheet and names, in sheet, at last in any sheet. So do rows without a code, and those that are no data, which
    have to be alike in all. What is still left without a code of its own is the row in its place.
    """
    partner = np.full(len(both.place), _NONE, dtype=np.int64)
    if not by_code:
        return _paired(partner, both.place, both.length, partner == _NONE)
    names, days = both.numbers["unit_text"], both.numbers["submitted"]
    kind = np.where(both.has(LAYOUT), both.numbers["detail"] + 1, 0)
    codes = both.codes + 1  # none is -1
    coded = both.codes != NO_CODE
    alike = _joined(codes, both.sheet, names, days, kind)
    # Where as many are alike as before, the first is the first: rows were put in above. Else the place tells.
    numbers = [np.bincount(part, minlength=len(alike)) for part in np.split(alike, [both.length])]
    partner = _paired(partner, _joined(alike, both.place), both.length, (numbers[0] != numbers[1])[alike])
    partner = _paired(partner, alike, both.length, partner == _NONE)
    for key in (_joined(codes, both.sheet, names), _joined(codes, both.sheet), codes):
        partner = _paired(partner, key, both.length, coded)
    loose = (partner == _NONE) & (~coded | both.has(Reason.UNREADABLE.value))
    return _paired(partner, both.place, both.length, np.isin(both.place, both.place[loose]))


def _paired(partner: np.ndarray, key: np.ndarray, length: int, among: np.ndarray) -> np.ndarray:
    """`partner` with those paired that have none yet and one key: the first and the first, the second and the
    second."""
    free = among & (partner == _NONE)
    then, now = np.flatnonzero(free[:length]), length + np.flatnonzero(free[length:])
    _, first, second = np.intersect1d(
        _nth(key[then], len(key)), _nth(key[now], len(key)), assume_unique=True, return_indices=True
    )
    found = partner.copy()
    found[then[first]], found[now[second]] = now[second], then[first]
    return found


def _nth(keys: np.ndarray, length: int) -> np.ndarray:
    """A number for each key, and for how often it has come before."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    at = np.arange(len(keys))
    starts = np.maximum.accumulate(np.where(np.r_[True, ranked[1:] != ranked[:-1]][: len(keys)], at, 0))
    numbers = np.empty(len(keys), dtype=np.int64)
    numbers[order] = ranked.astype(np.int64) * length + (at - starts)
    return numbers


# --- what differs ------------------------------------------------------------------------------------------------


def _beside(both: _Both, partner: np.ndarray) -> pd.DataFrame:
    """Every row once, as two positions of which one may be _NONE: in the order of the first ledger, new ones last."""
    fresh = both.length + np.flatnonzero(partner[both.length :] == _NONE)
    then = np.r_[np.arange(both.length), np.full(len(fresh), _NONE)]
    return pd.DataFrame({"then": then, "now": np.r_[partner[: both.length], fresh]}, dtype="int64")


def _concerned(both: _Both, table: pd.DataFrame, units: Collection[str] | None, verdict: str | None) -> np.ndarray:
    """Which rows were, or are, of these units, and had, or have, this verdict."""
    concerned = np.ones(len(table), dtype=bool)
    asked = [] if units is None else [both.table["unit"].isin(set(units)).to_numpy()]
    asked += [] if verdict is None else [both.has(verdict)]
    for found in asked:
        hits = np.append(found, np.False_)
        concerned &= hits[table["then"].to_numpy()] | hits[table["now"].to_numpy()]
    return concerned


def _differing(both: _Both, table: pd.DataFrame, partner: np.ndarray) -> Mapping[str, np.ndarray]:
    """For each field whether it differs; nothing differs in a row that only one ledger has."""
    pairs = np.flatnonzero(((table["then"] != _NONE) & (table["now"] != _NONE)).to_numpy())
    then, now = (table[side].to_numpy()[pairs] for side in ("then", "now"))
    found = {}
    for name in FIELDS:
        differs = both.numbers[name][then] != both.numbers[name][now]
        if name == "detail":
            differs &= ~_same_original(both, then, now, partner, differs)
        found[name] = np.zeros(len(table), dtype=bool)
        found[name][pairs] = differs
    return found


def _same_original(
    both: _Both, then: np.ndarray, now: np.ndarray, partner: np.ndarray, differs: np.ndarray
) -> np.ndarray:
    """Which duplicates repeat the same row as then, though that one stands in another place now."""
    same = np.zeros(len(then), dtype=bool)
    duplicate = both.has(Reason.DUPLICATE.value)
    asked = np.flatnonzero(differs & duplicate[then] & duplicate[now])
    if not len(asked):
        return same
    kept_then = _standing_at(both, 0, both.table["detail"].iloc[then[asked]])
    kept_now = _standing_at(both, both.length, both.table["detail"].iloc[now[asked]])
    same[asked] = (kept_then != _NONE) & (kept_now != _NONE) & (partner[kept_then] == kept_now)
    return same


def _standing_at(both: _Both, start: int, places: pd.Series) -> np.ndarray:
    """The positions of the rows of one ledger that stand at places as `detail` writes them; _NONE for no row."""
    rows = both.table.iloc[start : both.length if start == 0 else None]
    sheets = (" [" + rows["sheet"] + "]").where(rows["sheet"] != "", "")
    index = pd.Index(rows["file"] + sheets + ":" + rows["row"].astype("str"))
    first = np.flatnonzero(~index.duplicated())
    at = index[first].get_indexer(pd.Index(places))
    return np.where(at == _NONE, _NONE, start + np.append(first, 0)[at])


def _fields(differing: Mapping[str, np.ndarray]) -> np.ndarray:
    """The names of the fields in which each row differs, joined with commas."""
    marks = sum(column.astype(np.int64) << place for place, column in enumerate(differing.values()))
    kinds, which = np.unique(np.atleast_1d(marks), return_inverse=True)
    names = [",".join(name for place, name in enumerate(differing) if int(kind) >> place & 1) for kind in kinds]
    found: np.ndarray = np.array([*names, ""], dtype=object)[which]
    return found


def _rows(both: _Both, table: pd.DataFrame, kind: np.ndarray, fields: np.ndarray) -> pd.DataFrame:
    """The differing rows with both their states."""
    columns: dict[str, object] = {"change": kind, "fields": fields}
    for side in ("then", "now"):
        at = table[side].to_numpy()
        here = at != _NONE
        for name in COLUMNS:
            values = both.table[name].iloc[at].reset_index(drop=True)
            if name in ("row", "count"):
                columns[f"{side}.{name}"] = values.astype("Int64").where(here & (values != NO_COUNT))
            else:
                columns[f"{side}.{name}"] = values.where(here)
    return pd.DataFrame(columns)


def _looked(verdicts: pd.Series) -> Looked:
    return Looked(int((verdicts != ABSENT).sum()), int((verdicts == COUNTED).sum()))


def _moves(verdicts: pd.DataFrame, fields: np.ndarray) -> tuple[tuple[Move, ...], np.ndarray]:
    """The moves, the most rows first, and for each row the position of its own."""
    stayed = (verdicts["then"] == verdicts["now"]).to_numpy()
    alike = verdicts.assign(fields=np.where(stayed, fields, "")).groupby(["then", "now", "fields"], sort=False)
    sizes = alike.size().reset_index(name="rows")
    moves = [
        Move(then, now, tuple(filter(None, names.split(","))), rows)
        for then, now, names, rows in zip(*(sizes[name].tolist() for name in sizes.columns), strict=True)
    ]
    places = {name: place for place, name in enumerate((*VERDICTS, ABSENT))}

    def key(number: int) -> tuple[Any, ...]:
        each = moves[number]
        then, now = (places.get(verdict, len(places)) for verdict in (each.then, each.now))
        return -each.rows, then, now, each.then, each.now, each.fields

    order = sorted(range(len(moves)), key=key)
    numbers = np.empty(len(moves), dtype=np.int64)
    numbers[order] = np.arange(len(moves))
    return tuple(moves[number] for number in order), numbers[alike.ngroup().to_numpy()]


# --- what it did to done -----------------------------------------------------------------------------------------


def _effects(
    both: _Both,
    table: pd.DataFrame,
    verdicts: pd.DataFrame,
    known: Outline,
    units: Collection[str] | None,
    *,
    whole: bool,
) -> Iterator[Effect]:
    gained: dict[Key, Counter[str]] = defaultdict(Counter)
    lost: dict[Key, Counter[str]] = defaultdict(Counter)
    for group in _groups(both, table, verdicts):
        before = set(_keys(group.unit_then, group.phase_then, known)) if group.then == COUNTED else set()
        after = set(_keys(group.unit_now, group.phase_now, known)) if group.now == COUNTED else set()
        for key in after - before:
            gained[key][group.then] += group.count_now
        for key in before - after:
            lost[key][group.now] += group.count_then
        for key in before & after:
            gained[key][COUNTED] += group.more
            lost[key][COUNTED] += group.fewer
    done_then, done_now = (_done(rows, known) for rows in (both.table[: both.length], both.table[both.length :]))
    for key in sorted(gained.keys() | lost.keys(), key=_in_order(known)):
        unit, phase = key
        won, gone = +gained[key], +lost[key]
        if (units is None or unit in units) and (won or gone):
            then, now = (done_then[key], done_now[key]) if whole else (None, None)
            yield Effect(unit, phase, then, now, _sorted(won), _sorted(gone))


def _sorted(sums: Counter[str]) -> Mapping[str, int]:
    """The largest first."""
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _in_order(known: Outline) -> Callable[[Key], tuple[Any, ...]]:
    units, phases = ({name: place for place, name in enumerate(names)} for names in (known.units, known.phases))

    def key(each: Key) -> tuple[Any, ...]:
        unit, phase = each
        return phase == ALL, phases.get(phase, len(phases)), phase, units.get(unit, len(units)), unit

    return key


@dataclass(frozen=True, slots=True)
class _Group:
    """Differing rows that have all this in common, and their submissions."""

    then: str  # verdicts
    unit_then: str
    phase_then: str
    now: str
    unit_now: str
    phase_now: str
    count_then: int
    count_now: int
    more: int  # submissions by which single rows grew
    fewer: int


def _groups(both: _Both, table: pd.DataFrame, verdicts: pd.DataFrame) -> Iterator[_Group]:
    counts = ((verdicts["then"] == COUNTED) | (verdicts["now"] == COUNTED)).to_numpy()
    table, verdicts = table[counts], verdicts[counts]
    columns: dict[str, np.ndarray] = {}
    counted: dict[str, np.ndarray] = {}
    for side in ("then", "now"):
        at = table[side].to_numpy()
        columns[side] = verdicts[side].to_numpy(dtype=object)
        for name in ("unit", "phase"):
            columns[f"{name}_{side}"] = np.append(both.table[name].to_numpy(dtype=object), "")[at]
        numbers = np.where(columns[side] == COUNTED, np.append(both.table["count"].to_numpy(), 0)[at], 0)
        counted[side] = numbers.astype(sum_type(numbers))
    then, now = counted["then"], counted["now"]
    sums = {"count_then": then, "count_now": now, "more": np.maximum(now - then, 0), "fewer": np.maximum(then - now, 0)}
    groups = pd.DataFrame({**columns, **sums}).groupby(list(columns), sort=False)[list(sums)].sum().reset_index()
    yield from (_Group(*values) for values in zip(*(groups[name].tolist() for name in groups.columns), strict=True))


def _keys(unit: str, phase: str, known: Outline) -> Iterator[Key]:
    for above in known.lineage(unit):
        yield above, phase
        yield above, ALL


def _done(rows: pd.DataFrame, known: Outline) -> Counter[Key]:
    done: Counter[Key] = Counter()
    for (unit, phase), number in sums_of(rows[rows["reason"] == ""]).items():
        for key in _keys(unit, phase, known):
            done[key] += number
    return done

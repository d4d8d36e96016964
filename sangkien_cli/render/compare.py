"""What changed since an earlier report: a block of the JSON report, figures for columns, and passages for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sangkien_cli.attain import exact, rounded
from sangkien_cli.compare import Change, Comparison, Dropped, EarlierUnit, Moved, Row, RowChanges
from sangkien_cli.lang import Lang, decimal, phrase, signed, whole, words
from sangkien_cli.model import ALL, Attainment, PercentRule, Rank, Reason
from sangkien_cli.tables import Column, Passage
from sangkien_cli.text import tidy

_SHOWN = 10  # units, and rows of one reason; JSON has them all
_EXAMPLES = 3  # places of rows that moved alike
_REASONS = {reason.value for reason in Reason}


# --- for people --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """A change as it stands in columns; "" where there is nothing to compare."""

    done: str  # `+120`
    points: str  # `+3,2`
    rank: str  # `5 → 3`, or `3` where the place is the same


def change_figures(change: Change, rule: PercentRule, lang: Lang) -> Figures:
    """The change of one unit in one phase."""
    now, then = change.rank_now, change.rank_then
    rank = "" if now is None else whole(now.place, lang)
    if now is not None and then is not None and then.place != now.place:
        rank = f"{whole(then.place, lang)} → {rank}"
    return Figures(
        done="" if change.done is None else signed(change.done, lang),
        points="" if change.points is None else points_text(change.points, rule, lang),
        rank=rank,
    )


def change_columns(comparison: Comparison, lang: Lang) -> tuple[Column, ...]:
    """What a report has beside its figures: the change of done, of the percent, of the place."""

    def figures(each: Attainment) -> Figures:
        change = comparison.changes.get((each.unit.id, each.phase))
        return Figures("", "", "") if change is None else change_figures(change, comparison.config.percent, lang)

    return (
        Column(phrase("compare.column.done", lang), lambda each: figures(each).done),
        Column(phrase("compare.column.points", lang), lambda each: figures(each).points),
        Column(phrase("compare.column.rank", lang), lambda each: figures(each).rank),
    )


def points_text(points: Fraction, rule: PercentRule, lang: Lang) -> str:
    """Percent points with their sign. A change never shows as 0: decimals are added until it does not.

    >>> points_text(Fraction(-1, 8), PercentRule(1), "vi"), points_text(Fraction(1, 3000), PercentRule(1), "en")
    ('−0,1', '+0.0003')
    """
    if points == 0:
        return "0"
    decimals = rule.decimals
    while Fraction(text := rounded(abs(points), decimals, rule.rounding)) == 0:
        decimals += 1
    return ("+" if points > 0 else "−") + decimal(text, lang)


def comparison_passages(comparison: Comparison, lang: Lang) -> list[Passage]:
    """What a report says of a comparison beside its columns: what is new, gone or corrected. Long lists are cut."""
    return [
        passage
        for passage in (
            _heading(comparison, lang),
            _new_units(comparison, lang),
            _gone_units(comparison, lang),
            _moved_units(comparison, lang),
            _quotas(comparison, lang),
            *(_rows(comparison, comparison.rows, lang) if comparison.rows else ()),
        )
        if passage is not None
    ]


def _heading(comparison: Comparison, lang: Lang) -> Passage:
    earlier = comparison.earlier
    title = phrase("compare.title", lang, day=earlier.as_of, file=earlier.path.name)
    return Passage(title, tuple((0, words(note, lang)) for note in comparison.notes))


def _new_units(comparison: Comparison, lang: Lang) -> Passage | None:
    if not comparison.new:
        return None
    title = phrase("compare.new_units", lang, units=len(comparison.new))
    gone = {each.name for each in comparison.gone}
    lines = ((0, tidy(f"{name} ({unit})" if name in gone else name)) for unit, name in comparison.new)
    return Passage(title, tuple(_first(lines, len(comparison.new), lang)))


def _gone_units(comparison: Comparison, lang: Lang) -> Passage | None:
    gone = comparison.gone
    if not gone:
        return None

    new = {name for _, name in comparison.new}

    def line(each: EarlierUnit) -> str:
        name = tidy(f"{each.name} ({each.id})" if each.name in new else each.name)
        done = each.done.get(ALL, sum(each.done.values()))
        return phrase("compare.gone_unit", lang, name=name, done=done) if done else name

    lines = ((0, line(each)) for each in gone)
    return Passage(phrase("compare.gone_units", lang, units=len(gone)), tuple(_first(lines, len(gone), lang)))


def _moved_units(comparison: Comparison, lang: Lang) -> Passage | None:
    moved = comparison.moved_units
    if not moved:
        return None
    top = phrase("compare.top", lang)
    lines = (
        (0, f"{tidy(each.name)}: {tidy(each.parent_then or top)} → {tidy(each.parent_now or top)}") for each in moved
    )
    return Passage(phrase("compare.moved_units", lang, units=len(moved)), tuple(_first(lines, len(moved), lang)))


def _quotas(comparison: Comparison, lang: Lang) -> Passage | None:
    quotas = comparison.quotas
    if not quotas:
        return None

    def shown(quota: int | None) -> str:
        return phrase("compare.no_quota", lang) if quota is None else whole(quota, lang)

    lines = (
        (0, f"{tidy(each.name)}, {_phase(comparison, each.phase)}: {shown(each.then)} → {shown(each.now)}")
        for each in quotas
    )
    return Passage(phrase("compare.quotas", lang, quotas=len(quotas)), tuple(_first(lines, len(quotas), lang)))


def _rows(comparison: Comparison, rows: RowChanges, lang: Lang) -> Iterator[Passage]:
    yield Passage(_dropped_title(rows, lang), tuple(_dropped(comparison, rows.dropped, lang)))
    if rows.moved:
        title = phrase("compare.moved_rows", lang, rows=len(rows.moved))
        yield Passage(title, tuple(_moved(comparison, rows.moved, lang)))
    if rows.arrivals:
        yield Passage(phrase("compare.new_rows", lang, count=rows.new), tuple(_late(comparison, rows, lang)))


def _dropped_title(rows: RowChanges, lang: Lang) -> str:
    if not rows.dropped:
        return phrase("compare.nothing_dropped", lang)
    count = sum(each.then.count for each in rows.dropped)
    if count == len(rows.dropped):
        return phrase("compare.dropped", lang, rows=count)
    return phrase("compare.dropped_count", lang, rows=len(rows.dropped), count=count)


def _dropped(comparison: Comparison, dropped: Sequence[Dropped], lang: Lang) -> Iterator[tuple[int, str]]:
    """By reason, in the order of `Reason`, what is gone last."""
    order = [reason.value for reason in Reason]
    by_reason: dict[str, list[Dropped]] = {}
    for each in dropped:
        by_reason.setdefault(each.reason, []).append(each)
    for reason in sorted(by_reason, key=lambda each: (order.index(each) if each in order else len(order), each == "")):
        rows = by_reason[reason]
        yield 0, phrase("compare.reason", lang, rows=len(rows), why=_why(reason, lang))
        yield from _first(((1, _dropped_row(comparison, each, lang)) for each in rows), len(rows), lang, indent=1)


def _why(reason: str, lang: Lang) -> str:
    if reason in _REASONS:
        return phrase(f"reason.{reason}", lang)
    return phrase("compare.not_data", lang) if reason else phrase("compare.row_gone", lang)


def _dropped_row(comparison: Comparison, each: Dropped, lang: Lang) -> str:
    then, now = each.then, each.now
    text = f"{_where(then)} – {_unit(comparison, then.unit)}, {_phase(comparison, then.phase)}"
    if now is None:
        return text
    if _place(now) != _place(then):
        text = phrase("compare.now_at", lang, text=text, place=_place(now))
    return f"{text}: {tidy(now.detail)}" if now.detail and now.reason in _REASONS else text


def _moved(comparison: Comparison, moved: Sequence[Moved], lang: Lang) -> Iterator[tuple[int, str]]:
    """By from where to where, the most rows first, with the places of a few."""
    by_change: dict[str, list[Moved]] = {}
    for each in moved:
        by_change.setdefault(_moved_how(comparison, each, lang), []).append(each)
    ordered = sorted(by_change.items(), key=lambda item: -len(item[1]))

    def line(how: str, rows: Sequence[Moved]) -> str:
        places = (*(_where(each.now) for each in rows[:_EXAMPLES]), *(["…"] if len(rows) > _EXAMPLES else []))
        return phrase("compare.moved_how", lang, rows=len(rows), how=how, places=places)

    yield from _first(((0, line(how, rows)) for how, rows in ordered), len(ordered), lang)


def _moved_how(comparison: Comparison, each: Moved, lang: Lang) -> str:
    then, now = each.then, each.now
    units = [_unit(comparison, then.unit), _unit(comparison, now.unit)]
    if units[0] == units[1]:
        units = [f"{units[0]} ({then.unit})", f"{units[1]} ({now.unit})"]
    changes = (
        (units, then.unit != now.unit),
        ([_phase(comparison, then.phase), _phase(comparison, now.phase)], then.phase != now.phase),
        ([whole(then.count, lang), whole(now.count, lang)], then.count != now.count),
    )
    return "; ".join(" → ".join(names) for names, differ in changes if differ)


def _late(comparison: Comparison, rows: RowChanges, lang: Lang) -> Iterator[tuple[int, str]]:
    if not rows.late:
        return
    yield 0, phrase("compare.late", lang, count=rows.late, day=comparison.earlier.as_of)
    for reason, count in rows.waited_for.items():
        yield 1, phrase("compare.waited", lang, count=count, why=_why(reason, lang))
    units = rows.late_units
    if units:
        yield 1, phrase("compare.unseen", lang, count=sum(units.values()))
        lines = ((2, f"{_unit(comparison, unit)}: {whole(count, lang)}") for unit, count in units.items())
        yield from _first(lines, len(units), lang, indent=2)


def _first(lines: Iterable[tuple[int, str]], length: int, lang: Lang, indent: int = 0) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines):
        if number == _SHOWN:
            yield indent, phrase("compare.more", lang, more=length - _SHOWN)
            return
        yield line


def _where(row: Row) -> str:
    """A row's code, if it has one, and its place."""
    return f"{tidy(row.code)} ({_place(row)})" if row.code.strip() else _place(row)


def _place(row: Row) -> str:
    sheet = f" [{tidy(row.sheet)}]" if row.sheet else ""
    return f"{tidy(row.file)}{sheet}:{row.row}"


def _unit(comparison: Comparison, unit: str) -> str:
    return tidy(comparison.unit_names.get(unit, unit))


def _phase(comparison: Comparison, phase: str) -> str:
    return tidy(comparison.phase_names.get(phase, phase))


# --- for programs ------------------------------------------------------------------------------------------------


def comparison_json(comparison: Comparison) -> Mapping[str, object]:
    """The block `compared` of a JSON report. Never localised."""
    earlier, rows = comparison.earlier, comparison.rows
    document: dict[str, object] = {
        "path": earlier.path.name,
        "sha256": earlier.sha256,
        "as_of": earlier.as_of.isoformat(),
        "notes": [{"code": note.key, "what": words(note, "en")} for note in comparison.notes],
        "new": [{"id": unit, "name": name} for unit, name in comparison.new],
        "gone": [
            {"id": each.id, "name": each.name, "parent": each.parent, "done": dict(each.done)}
            for each in comparison.gone
        ],
        "moved_units": [
            {"id": each.id, "parent_then": each.parent_then, "parent": each.parent_now}
            for each in comparison.moved_units
        ],
        "quotas": [
            {"id": each.unit, "phase": each.phase, "quota_then": each.then, "quota": each.now}
            for each in comparison.quotas
        ],
        "matched_by": None,
    }
    if rows is None:
        return document
    return {
        **document,
        "matched_by": "code" if rows.by_code else "place",
        "arrived": {
            "new": rows.new,
            "late": rows.late,
            "waited": dict(rows.waited_for),
            "unseen": dict(rows.late_units),
        },
        "no_longer_counted": [
            {**_row_entry(each.then), "now": None if each.now is None else _verdict(each.now)} for each in rows.dropped
        ],
        "moved": [{**_row_entry(each.then), "now": _row_entry(each.now)} for each in rows.moved],
    }


def change_json(change: Change) -> Mapping[str, object]:
    """The block `change` of a unit and phase. Never localised; percent points are exact."""
    rows = change.rows
    explained = (
        {}
        if rows is None
        else {
            "new": rows.new,
            "late": rows.late,
            "waited": rows.waited,
            "no_longer": rows.no_longer,
            "moved": rows.moved,
        }
    )
    return {
        "done": change.done,
        "done_then": change.done_then,
        "quota_then": change.quota_then,
        "percent_then": change.percent_then,
        "percent_points": None if change.points is None else exact(change.points),
        "rank": change.rank,
        "rank_then": _rank(change.rank_then),
        "rank_now": _rank(change.rank_now),
        **explained,
    }


def _rank(rank: Rank | None) -> Mapping[str, int] | None:
    return None if rank is None else {"place": rank.place, "among": rank.among}


def _row_entry(row: Row) -> Mapping[str, object]:
    return {
        "code": row.code,
        "file": row.file,
        "sheet": row.sheet or None,
        "row": row.row,
        "unit": row.unit,
        "phase": row.phase,
        "count": row.count,
    }


def _verdict(row: Row) -> Mapping[str, object]:
    return {
        "file": row.file,
        "sheet": row.sheet or None,
        "row": row.row,
        "reason": row.reason,
        "detail": row.detail,
    }

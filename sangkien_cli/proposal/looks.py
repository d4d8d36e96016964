"""One sheet looked at: where its header is, and what each of its columns holds, by header and by content."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cmp_to_key
from pathlib import Path
from typing import cast

from sangkien_cli.arrays import TextArray
from sangkien_cli.columns import Header, Wanted, find_header, guess_header, usual_columns
from sangkien_cli.errors import Problem
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import UNIT, Field
from sangkien_cli.proposal import words
from sangkien_cli.proposal.content import Facts, determines, facts_of
from sangkien_cli.proposal.model import Asker
from sangkien_cli.sheets import labels
from sangkien_cli.sheets.source import Cells, Source
from sangkien_cli.text import fold, tidy
from sangkien_cli.values import dates_meant

_NUMBER = re.compile(r"^\s*\(?\d{1,2}\)?\s*[.):/-]\s*(?=\S)|\s*\(\d{1,2}\)\s*$")  # "13.Ngày đăng ký", "Ngày gửi (3)"
_MOST_STATUSES = 40  # different texts
_FEW_TEXTS = 12  # different texts of a column that may hold statuses though none of them is known
_OFTEN = 3  # rows that have each of them
_SURE_DAYS = 0.9  # of the cells under a usual header of days
SHOWN = ("title", "author", "field", "recognition", "applied", "benefit")  # fields that decide nothing


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column that a quota file can name: its title is above no other one."""

    title: str
    cells: TextArray
    facts: Facts


@dataclass(frozen=True, slots=True)
class Picked:
    """The column of a field, or of a level of units."""

    title: str
    why: Sentence
    sure: bool = True
    level: int | None = None  # of a unit column, the level that its header usually has (0 = deepest)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A sheet with a header."""

    file: Path
    place: str  # as messages name it
    source: Source
    head: Sequence[Sequence[str]]
    above: tuple[str, ...]  # what stands above the header
    columns: tuple[Column, ...]
    rows: int
    fields: Mapping[Field, Picked]
    levels: tuple[Picked, ...]  # unit columns, deepest first
    twice: tuple[str, ...]  # titles that stand above several columns, so that no quota file can name one of these

    @property
    def layout(self) -> tuple[str, ...]:
        """By what sheets of one kind are known: the titles of their columns."""
        return tuple(fold(column.title) for column in self.columns)

    @property
    def kind(self) -> str:
        """`list` for one row per submission, `counts` for a number per row, else `names`."""
        if self.fields.keys() & {"submitted", "code"}:
            return "list"
        return "counts" if "count" in self.fields else "names"

    def column(self, title: str) -> Column:
        """The column of a title."""
        return next(column for column in self.columns if fold(column.title) == fold(title))


def look_at(file: Path, place: str, ways: Sequence[Source], zone: tzinfo) -> Look | None:
    """A sheet with what its columns hold; None if it has no header."""
    found = [(source, head, header) for source in ways if (header := header_of(head := source.head())) is not None]
    if not found:
        return None
    source, head, header = max(found, key=lambda each: len(each[2].positions))
    cells = source.cells(header.last_row, None)
    often = [fold(title) for title in header.every if fold(title)]
    columns = tuple(
        Column(title, column, facts_of(_meant(title, column, cells, position), zone))
        for position, (title, column) in enumerate(zip(header.every, cells.columns, strict=False))
        if often.count(fold(title)) == 1
    )
    return Look(
        file=file,
        place=place,
        source=source,
        head=head,
        above=tuple(tidy(cell) for row in head[: header.row - 1] for cell in row if cell.strip()),
        columns=columns,
        rows=max((column.facts.filled for column in columns), default=0),
        fields=_fields(columns),
        levels=_levels(columns),
        twice=tuple({fold(title): title for title in header.every if often.count(fold(title)) > 1}.values()),
    )


def _meant(title: str, column: TextArray, cells: Cells, position: int) -> TextArray:
    """A column with its days as the reader will see them."""
    dated = "submitted" in usual_names(title)
    return dates_meant(column, cells, position, title).column if dated else column


# --- the header --------------------------------------------------------------------------------------------------


def header_of(head: Sequence[Sequence[str]]) -> Header | None:
    """The row with most columns of usual names, else the first that is filled like a table's and in words."""
    guessed = guess_header(head)
    if isinstance(guessed, Header):
        return guessed
    row = _first_in_words(head)
    if row is None:
        return None
    header = find_header(head[row - 1 :], Wanted({}, {}, ()))
    assert isinstance(header, Header)  # nothing is wanted of it
    return replace(header, row=row, last_row=row + header.last_row - 1)


def _first_in_words(head: Sequence[Sequence[str]]) -> int | None:
    filled = [sum(bool(cell.strip()) for cell in row) for row in head]
    enough = 0.8 * max(filled, default=0)
    for number, (row, full) in enumerate(zip(head, filled, strict=True), start=1):
        cells = [cell for cell in row if cell.strip()]
        in_words = sum(any(letter.isalpha() for letter in cell) for cell in cells)
        plain = not any(labels.is_day(cell) or labels.is_nation(cell) for cell in cells)
        if full and full >= enough and plain and in_words * 2 > full:
            return number
    return None


# --- fields ------------------------------------------------------------------------------------------------------


def usual_names(title: str) -> dict[str, int]:
    """The fields and levels whose usual headers a title is, each with the rank of that header."""
    last = title.rpartition(" / ")[2]
    names = {fold(text) for text in (title, _NUMBER.sub("", title), last, _NUMBER.sub("", last))}
    ranks = {}
    for name, headers in usual_columns().headers.items():
        found = [rank for rank, header in enumerate(headers) if fold(header) in names]
        if found:
            ranks[name] = found[0]
    return ranks


def _fields(columns: Sequence[Column]) -> dict[Field, Picked]:
    fields: dict[Field, Picked] = {}
    for field in ("submitted", "code", "status", "phase", *SHOWN, "count"):
        if (
            field == "count"
            and "code" in fields
            and not _vague(fields["code"])
            and fields.keys() & {"submitted", "title"}
        ):
            continue  # a row with a code of its own stands for one submission
        taken = {picked.title for picked in fields.values()}
        free = [column for column in columns if column.title not in taken]
        picked = _by_header(free, field) or _by_header_alone(free, field, fields) or _by_content(free, field, fields)
        if picked is not None:
            fields[cast(Field, field)] = picked
    if "count" in fields:
        fields.pop("code", None)  # beside numbers alone a code is that of a unit
    return fields


def _by_header(columns: Sequence[Column], field: str) -> Picked | None:
    ranked = [(usual_names(column.title).get(field), column) for column in columns]
    named = [(rank, column) for rank, column in ranked if rank is not None and _may_hold(column.facts, field)]
    if not named:
        return None
    _, column = min(named, key=lambda each: each[0])
    if field == "submitted" and column.facts.days < _SURE_DAYS:
        return Picked(column.title, _why_in_part(column.facts), sure=False)
    return Picked(column.title, say("init.why.header"))


def _by_header_alone(columns: Sequence[Column], field: str, fields: Mapping[Field, Picked]) -> Picked | None:
    """The column of a usual header whose cells make that doubtful: which of both errs, a person must say."""
    named = [(rank, each) for each in columns if (rank := usual_names(each.title).get(field)) is not None]
    for _, column in sorted(named, key=lambda each: each[0]):
        facts = column.facts
        match field:
            case "submitted" if facts.like_days:
                return Picked(column.title, _why_in_part(facts), sure=False)
            case "code" if facts.filled and facts.days < 0.5:
                vague = words.is_vague_code(column.title)
                if facts.running and (not vague or "submitted" in fields):
                    return Picked(column.title, say("init.why.running"), sure=False)
                if not facts.running and not vague:
                    why = say("init.why.few_codes", different=facts.different, filled=facts.filled, rows=facts.rows)
                    return Picked(column.title, why, sure=False)
    return None


def _why_in_part(facts: Facts) -> Sentence:
    """Of a column of days, that some of its cells are none."""
    wrong = max(round(facts.filled * (1 - facts.days)), 1)
    return say("init.why.days_in_part", wrong=wrong, filled=facts.filled, examples=facts.no_days)


def _vague(picked: Picked) -> bool:
    return not picked.sure and words.is_vague_code(picked.title)


def passed_over(look: Look) -> Iterator[tuple[str, Sentence]]:
    """The columns that are not used though their headers usually say what decides, each with the reason."""
    for title in look.twice:
        if any(name in ("submitted", "code", "status") or name.startswith(UNIT) for name in usual_names(title)):
            yield title, say("init.note.twice", header=title)
    for column in look.columns if look.rows else ():
        names = usual_names(column.title)
        if "submitted" in names and "submitted" not in look.fields:
            yield column.title, _why_unlike(column, "init.note.no_days")
        if "code" in names and not look.fields.keys() & {"code", "count"}:
            yield column.title, _why_unlike(column, "init.note.no_codes")


def _why_unlike(column: Column, key: str) -> Sentence:
    if not column.facts.filled:
        return say("init.note.blank", header=column.title)
    return say(key, header=column.title, examples=column.facts.examples)


def _may_hold(facts: Facts, field: str) -> bool:
    """Whether the cells of a column do not contradict its header."""
    match field:
        case "submitted":
            return facts.days >= 0.3
        case "code":
            return facts.fullness >= 0.5 and facts.unique >= 0.5 and facts.days < 0.5 and not facts.running
        case "status":
            return bool(facts.filled) and facts.wholes < 0.5 and facts.days < 0.5 and facts.different <= _MOST_STATUSES
        case "count":
            return facts.wholes >= 0.6 and not facts.running
        case "phase":
            return facts.fullness >= 0.9 and facts.different <= 8 and facts.days < 0.5
    return True


def _by_content(columns: Sequence[Column], field: str, fields: Mapping[Field, Picked]) -> Picked | None:
    columns = [
        column
        for column in columns
        if column.facts.filled and not any(_may_hold(column.facts, name) for name in usual_names(column.title))
    ]
    match field:
        case "submitted":
            return _days(columns)
        case "code":
            return _codes(columns)
        case "status":
            return _statuses(columns)
        case "count" if "submitted" not in fields:
            return _counts(columns)
    return None


def _days(columns: Sequence[Column]) -> Picked | None:
    dated = [each for each in columns if each.facts.days >= 0.6]
    sent = [each for each in dated if words.says(each.title, "sent")]
    others = [each for each in dated if not words.says(each.title, "other-day")]
    best = next(iter((*sent, *others)), None)
    if best is None:
        return None
    why = say("init.why.days", share=_percent(best.facts.days))
    return Picked(best.title, why, sure=len(sent) == 1 or len(dated) == 1)


def _codes(columns: Sequence[Column]) -> Picked | None:
    unlike = [
        each
        for each in columns
        if each.facts.codes >= 0.8 and each.facts.unique >= 0.9 and each.facts.fullness >= 0.8 and each.facts.days < 0.5
        if not each.facts.running and each.facts.filled > 1 and not words.says(each.title, "no-count")
    ]
    called = [each for each in unlike if words.says(each.title, "code")]
    best = next(iter((*called, *(each for each in unlike if each.facts.wholes < 0.5))), None)
    if best is None:
        return None
    why = say("init.why.codes", share=_percent(best.facts.unique), examples=best.facts.examples[:2])
    return Picked(best.title, why, sure=len(called) == 1)


def _statuses(columns: Sequence[Column]) -> Picked | None:
    worded = [each for each in columns if each.facts.statuses >= 0.6 and each.facts.different <= _MOST_STATUSES]
    if not worded:
        return None
    best = max(worded, key=lambda each: each.facts.statuses)
    return Picked(best.title, say("init.why.statuses", examples=best.facts.examples), sure=len(worded) == 1)


def _counts(columns: Sequence[Column]) -> Picked | None:
    numbers = [
        each
        for each in columns
        if each.facts.wholes >= 0.6 and not each.facts.running and not words.says(each.title, "no-count")
    ]
    called = [each for each in numbers if words.says(each.title, "count")]
    best = next(iter((*called, *numbers)), None)
    if best is None:
        return None
    why = say("init.why.counts", share=_percent(best.facts.wholes))
    return Picked(best.title, why, sure=len(called) == 1 or len(numbers) == 1)


def _percent(share: float) -> int:
    return int(100 * share)


# --- units -------------------------------------------------------------------------------------------------------


def _levels(columns: Sequence[Column]) -> tuple[Picked, ...]:
    """The columns that name units, deepest first: a level stands below another if its names say those of the other."""
    picked = [(column, found) for column in columns if (found := _unit(column)) is not None]
    if any(column.facts.unions >= 0.5 for column, _ in picked):
        # Where one column names unions, another that names workplaces says nothing about the organisation.
        picked = [each for each in picked if each[0].facts.unions >= 0.5 or each[1].level not in (None, 0)]
    if not picked:
        picked = [(column, found) for column in columns if (found := _workplace(column)) is not None][:1]
    return tuple(found for _, found in sorted(picked, key=cmp_to_key(_deeper)))


def _unit(column: Column) -> Picked | None:
    facts, names = column.facts, usual_names(column.title)
    level = min((int(name.removeprefix(UNIT)) for name in names if name.startswith(UNIT)), default=None)
    if level is not None and facts.filled and facts.days < 0.5 and facts.wholes < 0.5:
        return Picked(column.title, say("init.why.header"), level=level)
    if not names and facts.unions >= 0.5:
        why = say("init.why.unions", share=_percent(facts.unions), examples=facts.examples[:2])
        return Picked(column.title, why, sure=facts.unions >= 0.8)
    return None


def _workplace(column: Column) -> Picked | None:
    if usual_names(column.title) or column.facts.workplaces < 0.5:
        return None
    return Picked(column.title, say("init.why.workplaces", examples=column.facts.examples[:2]), sure=False)


def _deeper(one: tuple[Column, Picked], other: tuple[Column, Picked]) -> int:
    """Below zero if the first of two columns is the deeper level."""
    (column, picked), (other_column, other_picked) = one, other
    lead = determines(other_column.cells, column.cells) - determines(column.cells, other_column.cells)
    if abs(lead) >= 0.1 or picked.level is None or other_picked.level is None:
        return 1 if lead > 0 else -1 if lead < 0 else 0
    return picked.level - other_picked.level


# --- asking ------------------------------------------------------------------------------------------------------

_QUESTIONS = {
    "submitted": "init.ask.submitted",
    "code": "init.ask.code",
    "status": "init.ask.status",
    "count": "init.ask.count",
}


def settle(look: Look, ask: Asker) -> Look:
    """The sheet with every column that was not sure decided by the person who is asked."""
    fields = {field: picked for field, picked in look.fields.items() if picked.sure}
    levels: list[Picked] = []
    for field, picked in look.fields.items():
        if not picked.sure:
            taken = {each.title for each in (*fields.values(), *look.levels) if each.sure}
            if (settled := _asked(look, say(_QUESTIONS[field], place=look.place), picked, taken, ask)) is not None:
                fields[field] = settled
    for picked in look.levels:
        if not picked.sure:
            taken = {each.title for each in (*fields.values(), *levels, *look.levels) if each.sure}
            settled = _asked(look, say("init.ask.unit", place=look.place), picked, taken, ask)
            levels += [settled] if settled is not None else []
        elif picked.title not in {each.title for each in fields.values()}:
            levels.append(picked)
    return replace(look, fields=fields, levels=tuple(levels))


def may_be_statuses(look: Look) -> list[Column]:
    """Where no column is known to hold statuses, those that might: few different texts, which nothing else explains."""
    if "status" in look.fields or look.kind == "counts":
        return []
    used = {each.title for each in (*look.fields.values(), *look.levels)}
    return [each for each in look.columns if each.title not in used and _may_be_statuses(each)]


def _may_be_statuses(column: Column) -> bool:
    facts = column.facts
    few = 2 <= facts.different <= _FEW_TEXTS and facts.different * _OFTEN <= facts.filled
    figures = max(facts.wholes, facts.days, facts.codes) >= 0.5 or facts.running
    names = max(facts.unions, facts.workplaces) >= 0.5
    return few and facts.fullness >= 0.5 and not figures and not names


def ask_for_status(look: Look, ask: Asker) -> tuple[Look, bool]:
    """A sheet without a known column of statuses, with the one that the person says; and whether they answered."""
    free = may_be_statuses(look)
    if not free:
        return look, False
    choices = [say("init.ask.column", title=column.title, examples=column.facts.examples) for column in free]
    what = say("init.ask.status", place=look.place)
    answer = ask.choose(what, [*choices, say("init.ask.no_column")], len(free))
    if not ask.answers or answer == len(free):
        return look, ask.answers
    return replace(look, fields={**look.fields, "status": Picked(free[answer].title, say("init.why.you"))}), True


def ask_for_unit(look: Look, ask: Asker) -> Look:
    """A sheet of which no column is known to name units, with the one that the person says."""
    if not look.rows:
        return look
    picked = _asked(look, say("init.ask.unit", place=look.place), None, (), ask)
    return look if picked is None else replace(look, levels=(picked,))


def _asked(look: Look, what: Sentence, best: Picked | None, taken: Collection[str], ask: Asker) -> Picked | None:
    free = [column for column in look.columns if column.title not in taken and column.facts.filled]
    choices = [say("init.ask.column", title=column.title, examples=column.facts.examples) for column in free]
    guess = next((at for at, column in enumerate(free) if best and column.title == best.title), len(free))
    answer = ask.choose(what, [*choices, say("init.ask.no_column")], guess)
    if not ask.answers:
        return best if guess < len(free) else None
    if answer == len(free):
        return None
    return Picked(free[answer].title, say("init.why.you"), level=best.level if best else None)


# --- no column of units ------------------------------------------------------------------------------------------


def why_no_units(look: Look) -> Problem:
    """Why no column of a sheet is known to name units."""
    if not look.rows:
        return Problem(look.place, say("init.no_rows"), say("init.no_rows.fix"))
    if (twice := next(filter(_names_units, look.twice), None)) is not None:
        return Problem(look.place, say("init.unit_twice", header=twice), say("init.unit_twice.fix"))
    called = next((column for column in look.columns if _names_units(column.title)), None)
    if called is None:
        headers = tuple(column.title for column in look.columns)
        return Problem(look.place, say("init.no_unit", headers=headers), say("init.no_unit.fix"))
    if not called.facts.filled:
        return Problem(look.place, say("init.unit_blank", header=called.title), say("init.unit_unlike.fix"))
    what = say("init.unit_unlike", header=called.title, examples=called.facts.examples)
    return Problem(look.place, what, say("init.unit_unlike.fix"))


def _names_units(title: str) -> bool:
    return any(name.startswith(UNIT) for name in usual_names(title))

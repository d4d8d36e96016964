"""Rows with what became of each, in words and in facts. What decided is what `judge` found; nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache

import numpy as np

from sangkien_cli.arrays import take
from sangkien_cli.explain.model import Row
from sangkien_cli.flaws import read_flaw
from sangkien_cli.intake import Sheet
from sangkien_cli.judge import COUNTS, NONE, REASONS, Judged
from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import Condition, Config, DateRange, Field, NumberRange, OneOf, Reason, Unit
from sangkien_cli.returns import Leads, Mending, column_named, data_problems, quoted
from sangkien_cli.sheets.source import address
from sangkien_cli.text import fold, tidy

COUNTED = "counted"
VERDICTS = (COUNTED, *(reason.value for reason in REASONS))  # in the order in which they are told

_DEEPEST = "unit.0"
_TOLD = 10_000  # rows whose texts are held at once


def rows_told(
    judged: Judged, config: Config, as_of: date, leads: Mapping[int, Leads], positions: np.ndarray
) -> Iterator[Row]:
    """The rows at these positions, one after the other. `leads` has those of them whose names mean no unit."""
    teller = _Teller(judged, config, as_of, leads, data_problems(judged, config, as_of, positions))
    for start in range(0, len(positions), _TOLD):
        yield from teller.tell(positions[start : start + _TOLD])


class _Teller:
    """What is to be known of any row."""

    def __init__(
        self,
        judged: Judged,
        config: Config,
        as_of: date,
        leads: Mapping[int, Leads],
        problems: Mapping[int, Mending],
    ) -> None:
        self._judged = judged
        self._config = config
        self._as_of = as_of
        self._leads = leads
        self._problems = problems
        self._dated, self._days = judged.dated, judged.days  # worked out anew at each asking

    def tell(self, rows: np.ndarray) -> Iterator[Row]:
        """The rows, one after the other."""
        judged = self._judged
        exports, texts = judged.exports, judged.exports.texts
        units, phases = judged.tree.units, self._config.phases
        columns = [self._held(name, rows) for name in ("code", "title", "author")]
        levels = [take(level, rows).to_pylist() for level in exports.levels]
        numbers = (exports.row, exports.sheet, judged.reason, judged.unit, judged.phase, judged.count)
        each = zip(
            rows.tolist(),
            zip(*(column[rows].tolist() for column in numbers), strict=True),
            zip(*columns, strict=True),
            zip(*levels, strict=True),
            judged.examined.units.beyond[rows].tolist(),
            strict=True,
        )
        naming = "code" if "code" in texts else self._config.once_per or _DEEPEST
        for row, (number, at, reason, unit, phase, count), (code, title, author), typed, beyond in each:
            sheet = exports.sheets[at]
            leads_to = self._leads[row].unit if unit == NONE and row in self._leads else unit
            named = None if leads_to in (None, NONE) else units[leads_to]
            if reason == COUNTS:
                assert named is not None
                column, words, facts = naming, *_counted(typed, beyond, named)
                cell = _cell(sheet, number, column)
            else:
                cell, words, facts = self._set_aside(row, sheet, number, REASONS[reason])
            yield Row(
                position=row,
                sheet=sheet,
                number=number,
                cell=cell,
                code=code,
                title=title,
                author=author,
                submitted=self._day(row),
                unit_text=" / ".join(text for text in map(tidy, typed) if text),
                unit=named,
                phase=None if phase == NONE else phases[phase].id,
                count=None if count < 0 else count,
                verdict=COUNTED if reason == COUNTS else REASONS[reason].value,
                words=words,
                facts=facts,
            )

    def _held(self, column: str, rows: np.ndarray) -> Sequence[str | None]:
        texts = self._judged.exports.texts
        if column not in texts:
            return [None] * len(rows)
        return [tidy(text) for text in take(texts[column], rows).to_pylist()]

    def _day(self, row: int) -> date | None:
        return _day(int(self._days[row])) if self._dated[row] else None

    def _text(self, column: str, row: int) -> str:
        return tidy(self._judged.exports.texts[column][row].as_py())

    def _title(self, sheet: Sheet, column: str) -> str:
        return sheet.header.titles.get(column) or column_named(self._config, column)

    # --- why a row is set aside ---

    def _set_aside(
        self, row: int, sheet: Sheet, number: int, reason: Reason
    ) -> tuple[str, Sentence, Mapping[str, object]]:
        """The cell that decided, and what it did."""
        match reason:
            case Reason.FILTERED:
                field: Field = list(self._config.where)[int(self._judged.failed[row])]
                return _cell(sheet, number, field), *self._filtered(row, sheet, field)
            case Reason.AFTER_AS_OF:
                words = say("explain.after", day=self._day(row), as_of=self._as_of)
                return _cell(sheet, number, "submitted"), words, {}
            case Reason.OUTSIDE_PHASES:
                column = "phase" if sheet.phases else "submitted"
                return _cell(sheet, number, column), *self._outside(row, sheet)
            case Reason.DUPLICATE:
                column = "" if sheet.copy_of is not None else str(self._config.once_per)
                return _cell(sheet, number, column), *self._duplicate(row, sheet)
            case Reason.UNREADABLE:
                text = self._judged.exports.flaw[row].as_py()
                flaw = read_flaw(text)
                return flaw.cell or _cell(sheet, number, ""), self._problems[row].words, {"text": text}
            case Reason.NO_DATE | Reason.BAD_DATE | Reason.BAD_COUNT | Reason.NO_CODE:
                problem = self._problems[row]
                text = self._text(problem.columns[0], row)
                return _cell(sheet, number, problem.columns[0]), problem.words, {"text": text} if text else {}
        mending = self._leads[row].mending
        return _cell(sheet, number, mending.columns[0]), mending.words, self._names(row, reason, mending)

    def _names(self, row: int, reason: Reason, mending: Mending) -> Mapping[str, object]:
        leads, units = self._leads[row], self._judged.tree.units
        facts: dict[str, object] = {}
        if reason is not Reason.NO_UNIT:
            facts["texts"] = [text for column in mending.columns if (text := self._text(column, row))]
        match reason:
            case Reason.UNKNOWN_UNIT:
                facts["nearest"] = list(leads.nearest)
            case Reason.AMBIGUOUS_UNIT:
                facts["units"] = [units[each].id for each in leads.meant]
            case Reason.ENDED_UNIT:
                ended = units[int(self._judged.unit[row])]
                facts |= {"ended": str(ended.valid.end), "into": [units[each].id for each in ended.into]}
        return facts

    def _filtered(self, row: int, sheet: Sheet, field: Field) -> tuple[Sentence, Mapping[str, object]]:
        text, condition = self._text(field, row), self._config.where[field]
        what = say("explain.is", text=quoted(text)) if text else say("explain.is_blank")
        words = say("explain.filtered", column=self._title(sheet, field), what=what, accepted=_accepted(condition))
        return words, {"field": field, "text": text, "accepted": _condition(condition)}

    def _outside(self, row: int, sheet: Sheet) -> tuple[Sentence, Mapping[str, object]]:
        if sheet.phases:
            text = self._text("phase", row)
            if not text:
                return say("explain.no_phase", column=self._title(sheet, "phase")), {"text": ""}
            return say("explain.unknown_phase", text=quoted(text)), {"text": text}
        day = self._day(row)
        return (say("explain.undated") if day is None else say("explain.outside", day=day)), {}

    def _duplicate(self, row: int, sheet: Sheet) -> tuple[Sentence, Mapping[str, object]]:
        judged = self._judged
        kept = int(judged.repeated[row])
        other, number = judged.exports.sheets[judged.exports.sheet[kept]], int(judged.exports.row[kept])
        there = {"file": other.file, "sheet": other.name, "row": number}
        place = place_of(other, number)
        if sheet.copy_of is not None:
            return say("explain.copy", place=place), {"duplicate_of": there, "kept_by": "copy"}
        field = str(self._config.once_per)
        text, day = self._text(field, kept), self._day(kept)
        by, why = self._kept_by(row, kept)
        when = say("explain.without_date") if day is None else say("explain.dated", day=day)
        unit = judged.tree.units[int(judged.unit[kept])].name
        words = say(
            "explain.duplicate", place=place, column=self._title(other, field), text=quoted(text), when=when, unit=unit,
            why=why,
        )  # fmt: skip
        submitted = None if day is None else day.isoformat()
        return words, {"duplicate_of": {**there, field: text, "submitted": submitted}, "kept_by": by}

    def _kept_by(self, row: int, kept: int) -> tuple[str, Sentence]:
        """By what another row is kept rather than this one: the first thing in which they differ (contract §3)."""
        judged = self._judged
        if judged.moment[row] != judged.moment[kept]:
            if not self._dated[row]:
                return "date", say("explain.kept_dated")
            same_day = self._days[row] == self._days[kept]
            return "date", say("explain.kept_time") if same_day else say("explain.kept_date", day=self._day(row))
        one, two = (judged.tree.units[int(judged.unit[each])] for each in (kept, row))
        if one.id != two.id:
            return "unit", say("explain.kept_unit", one=f"{one.name} ({one.id})", two=f"{two.name} ({two.id})")
        if judged.exports.sheet[row] != judged.exports.sheet[kept]:
            return "file", say("explain.kept_file")
        return "row", say("explain.kept_row")


def place_of(sheet: Sheet, number: int) -> Sentence:
    """Where a row stands, in words."""
    if sheet.name is None:
        return say("explain.place_csv", row=str(number), file=sheet.file)
    return say("explain.place", row=str(number), file=sheet.file, sheet=sheet.name)


def _counted(typed: Sequence[str], beyond: int, unit: Unit) -> tuple[Sentence | None, Mapping[str, object]]:
    """What is to be known of a row that counts: that it does not name its unit."""
    if beyond != NONE:
        text = tidy(typed[beyond])
        return say("explain.beyond", text=quoted(text), unit=unit.name), {"beyond": text}
    text = next(text for text in typed if fold(text))
    if fold(text) in _folded(unit.name, unit.also):
        return None, {}
    return say("explain.counts_for", text=quoted(text), unit=unit.name), {"named": tidy(text)}


@cache
def _folded(name: str, also: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, map(fold, (name, *also))))


def _accepted(condition: Condition) -> Sentence:
    least: object
    most: object
    match condition:
        case OneOf(values):
            return say("explain.accepted", values=tuple(values))
        case DateRange(least, most) | NumberRange(least, most):
            pass
    if least is None:
        return say("explain.up_to", most=most)
    return say("explain.from", least=least) if most is None else say("explain.between", least=least, most=most)


def _condition(condition: Condition) -> object:
    match condition:
        case OneOf(values):
            return list(values)
        case DateRange(start, end):
            limits: dict[str, object] = {"from": start, "to": end}
        case NumberRange(least, most):
            limits = {"min": least, "max": most}
    return {key: str(value) for key, value in limits.items() if value is not None}


def _cell(sheet: Sheet, row: int, column: str) -> str:
    """The cell of a column in a row; the first cell of the row where the sheet has no such column."""
    return address(row, sheet.header.positions.get(column, 0))


@cache
def _day(since_1970: int) -> date:
    return date.fromordinal(_EPOCH + since_1970)


_EPOCH = date(1970, 1, 1).toordinal()

"""A quota divided, as a table for people (text, workbook) and for programs (CSV; JSON, schema `sangkien.allocation/1`).

CSV and JSON are never localised and hold shares as exact fractions, `n/d`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from fractions import Fraction

from sangkien_cli.allocation import Allocation, Part
from sangkien_cli.attain import rounded
from sangkien_cli.lang import Lang, decimal, phrase, signed, whole
from sangkien_cli.model import ALL
from sangkien_cli.render.columns import GAP, table_row, widest, wrapped
from sangkien_cli.render.document import compact, document, listed, provenance
from sangkien_cli.render.workbook import Column, Table, workbook
from sangkien_cli.tables import balance

SCHEMA = "sangkien.allocation/1"
_WIDTH = 100
_LEAST_NAME = 16  # columns that a name gets, however wide the figures
_DECIMALS = 3
_WEIGHT = {"members": "allocate.column.members", "equal": "allocate.column.weight", "done": "allocate.column.done"}
_METHOD = {"hamilton": "allocate.method.hamilton", "sainte-lague": "allocate.method.sainte-lague"}
_TIES = ("weight", "order")  # what decides between equals, one after the other


# --- for people --------------------------------------------------------------------------------------------------


def render_allocation_text(allocation: Allocation, lang: Lang) -> str:
    """The table, its sum, and by what rules it was made."""
    rows = [_figures(part, lang) for part in allocation.parts]
    total = _total(allocation, lang)
    heads = _heads(allocation, lang)
    name, *figures = [widest(column) for column in zip(heads, *rows, total, strict=True)]
    room = max(_WIDTH - sum(figures) - len(GAP) * len(figures), _LEAST_NAME)
    widths = [min(room, name), *figures[:-1]]
    table = [line for *texts, word in (heads, *rows, total) for line in table_row(texts, widths, word)]
    rules = [line for rule in _rules(allocation, lang) for line in wrapped(rule, _WIDTH, more="  ")]
    titles = [allocation.config.programme, *wrapped(_title(allocation, lang), _WIDTH, more="  ")]
    return "\n".join([*titles, "", *table, "", *rules]) + "\n"


def _title(allocation: Allocation, lang: Lang) -> str:
    return phrase(
        "allocate.title",
        lang,
        unit=allocation.unit.name,
        quota=allocation.quota,
        phase=allocation.phase.name,
        units=len(allocation.parts),
    )


def _heads(allocation: Allocation, lang: Lang) -> list[str]:
    return [
        phrase("column.unit", lang),
        phrase(_WEIGHT[allocation.rule.by.kind], lang),
        phrase("allocate.column.share", lang),
        phrase("allocate.column.remainder", lang),
        phrase("allocate.column.given", lang),
        phrase("allocate.column.current", lang),
        phrase("allocate.column.change", lang),
        "",
    ]


def _figures(part: Part, lang: Lang) -> list[str]:
    return [
        part.unit.name,
        whole(part.weight, lang),
        _cut(part.share.share, lang),
        _cut(part.share.remainder, lang),
        whole(part.given, lang),
        "" if part.current is None else whole(part.current, lang),
        phrase("allocate.new", lang) if part.change is None else signed(part.change, lang),
        phrase("allocate.minimum", lang) if part.share.minimum else "",
    ]


def _total(allocation: Allocation, lang: Lang) -> list[str]:
    current = allocation.current
    return [
        phrase("allocate.sum", lang),
        whole(sum(part.weight for part in allocation.parts), lang),
        _cut(Fraction(allocation.quota), lang),
        "",
        whole(sum(part.given for part in allocation.parts), lang),
        "" if current is None else whole(current, lang),
        "" if current is None else signed(allocation.quota - current, lang),
        "",
    ]


def _cut(number: Fraction, lang: Lang) -> str:
    return decimal(rounded(number, _DECIMALS, "down"), lang)


def _rules(allocation: Allocation, lang: Lang) -> Iterator[str]:
    """By what, how, and what else is to be known, a sentence each."""
    rule = allocation.rule
    yield from _by(allocation, lang)
    yield phrase(_METHOD[rule.method], lang)
    yield phrase("allocate.ties", lang)
    if rule.at_least:
        yield phrase("allocate.least", lang, least=rule.at_least)
    own = allocation.unit.quota.get(allocation.phase.id)
    if own is not None and own != allocation.quota:
        yield phrase("allocate.own_quota", lang, own=own)
    if allocation.left_out:
        names = tuple(unit.name for unit in allocation.left_out)
        yield phrase("allocate.left_out", lang, day=allocation.phase.end, units=names)
    yield phrase("allocate.cut", lang, digits=_DECIMALS)


def _by(allocation: Allocation, lang: Lang) -> Iterator[str]:
    by, report = allocation.rule.by, allocation.report
    if report is None:
        yield phrase("allocate.by.members" if by.kind == "members" else "allocate.by.equal", lang)
        return
    if by.phase == ALL:
        yield phrase("allocate.by.done_all", lang, day=report.as_of)
    else:
        name = next(phase.name for phase in allocation.config.phases if phase.id == by.phase)
        yield phrase("allocate.by.done", lang, phase=name, day=report.as_of)
    yield balance(report, lang)


def render_allocation_workbook(allocation: Allocation, lang: Lang) -> bytes:
    """The table as .xlsx, the rules above it; with ids, so that its numbers can be taken over."""
    name, *figures, _ = _heads(allocation, lang)
    columns = [Column("id", 24), Column(name, 44), *(Column(figure, 14) for figure in figures), Column("", 14)]
    rows = [
        [
            part.unit.id,
            part.unit.name,
            part.weight,
            _cut(part.share.share, lang),
            _cut(part.share.remainder, lang),
            part.given,
            part.current,
            part.change,
            phrase("allocate.minimum", lang) if part.share.minimum else None,
        ]
        for part in allocation.parts
    ]
    notes = [allocation.config.programme, _title(allocation, lang), *_rules(allocation, lang)]
    return workbook([Table(allocation.phase.name, columns, rows, notes)])


# --- for programs ------------------------------------------------------------------------------------------------

FIELDS = ("id", "name", "weight", "share", "remainder", "given", "minimum", "current", "change")


def render_allocation_csv(allocation: Allocation) -> str:
    """One line per unit; a value that does not exist is an empty field."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
    writer.writeheader()
    for part in allocation.parts:
        entry = _entry(part)
        writer.writerow({**entry, "minimum": compact(entry["minimum"])})
    return out.getvalue()


def render_allocation_json(allocation: Allocation) -> str:
    """The division with its rules and everything that it was made from."""
    config, unit, phase, rule = allocation.config, allocation.unit, allocation.phase, allocation.rule
    report = allocation.report
    days = {"from": phase.start.isoformat(), "to": phase.end.isoformat()}
    total = {
        "weight": sum(part.weight for part in allocation.parts),
        "given": sum(part.given for part in allocation.parts),
        "current": allocation.current,
    }
    return document(
        {
            "schema": compact(SCHEMA),
            "programme": compact(config.programme),
            "unit": compact({"id": unit.id, "name": unit.name, "quota": unit.quota.get(phase.id)}),
            "phase": compact({"id": phase.id, "name": phase.name, **days}),
            "quota": compact(allocation.quota),
            "by": compact(rule.by.text),
            "method": compact(rule.method),
            "at_least": compact(rule.at_least),
            "ties": compact(_TIES),
            "as_of": compact(None if report is None else report.as_of.isoformat()),
            "units": listed(map(_entry, allocation.parts)),
            "sum": compact(total),
            "left_out": compact([each.id for each in allocation.left_out]),
            **provenance(config, () if report is None else report.inputs),
        }
    )


def _entry(part: Part) -> Mapping[str, object]:
    return {
        "id": part.unit.id,
        "name": part.unit.name,
        "weight": part.weight,
        "share": _exact(part.share.share),
        "remainder": _exact(part.share.remainder),
        "given": part.given,
        "minimum": part.share.minimum,
        "current": part.current,
        "change": part.change,
    }


def _exact(number: Fraction) -> str:
    return f"{number.numerator}/{number.denominator}"

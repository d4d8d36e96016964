"""Targets in words: a line below their unit, and what is to be known of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from sangkien_cli import attain
from sangkien_cli.lang import Lang, decimal, phrase, whole
from sangkien_cli.model import ALL, Config, Measure, PercentRule, Report, Target, TargetResult
from sangkien_cli.tables.sheet import Line


def targets_of(report: Report, phase: str) -> list[TargetResult]:
    """The targets of a phase; those of the whole programme too, where that has no section of its own."""
    phases = {phase, ALL} if len(report.config.phases) == 1 else {phase}
    return [result for result in report.targets if result.target.phase in phases]


def target_line(result: TargetResult, config: Config, indent: int, lang: Lang, *, of_unit: bool = False) -> Line:
    """A target below its unit, or by itself with the unit's name.

    A count and a sum are set against what is asked, like done and quota; an average and a share are shown as what
    they are made of, and what is asked stands with the name: so every figure can be made again from what is printed.
    """
    target, value = result.target, result.value
    name = target.name if of_unit else phrase("target.name", lang, name=target.name)
    if target.measure in _RATIOS:
        name = phrase("target.at_least", lang, name=name, least=_asked(target, target.at_least, lang))
    if of_unit:
        name = phrase("report.under", lang, name=name, parent=result.unit.name)
    if value is None:
        return Line(indent, name, "–", None, "", None, phrase("target.unknown", lang))
    if result.parts is not None:
        part, over = result.parts
        figure = f"{whole(part, lang)}/{whole(over, lang)} = {_value(result, config.percent, lang)}"
    else:
        figure = f"{_asked(target, value, lang)}/{_asked(target, target.at_least, lang)}"
        figure += "" if result.percent is None else f" = {decimal(result.percent, lang)}%"
    state = attain.status_of(value, target.at_least, config.near)
    missing = target.at_least - value
    short = _asked(target, missing, lang) if missing > 0 and target.measure not in _RATIOS else ""
    share = value / target.at_least if target.at_least else None
    return Line(indent, name, figure, share, short, state, phrase(f"status.{state}", lang))


_RATIOS: tuple[Measure, ...] = ("average", "coverage", "per-member")


def _value(result: TargetResult, rule: PercentRule, lang: Lang) -> str:
    """An average or a share by the quota file's rounding, never as reached where it is not."""
    target, value = result.target, result.value
    assert value is not None
    scale = 100 if target.in_percent else 1
    asked = scale * target.at_least
    decimals = max(rule.decimals, len(attain.exact(asked).partition(".")[2]))
    text = attain.shown_below(scale * value, asked, replace(rule, decimals=decimals))
    return decimal(text, lang) + ("%" if target.in_percent else "")


def _asked(target: Target, number: Fraction, lang: Lang) -> str:
    exact = attain.exact(100 * number if target.in_percent else number)
    return decimal(exact, lang) + ("%" if target.in_percent else "")


def target_notes(result: TargetResult, lang: Lang) -> list[str]:
    """What a target's figure rests on, where that is worth a word."""
    name = phrase("report.under", lang, name=result.target.name, parent=result.unit.name)
    notes = []
    if result.target.measure == "coverage" and result.target.having > 1:
        notes.append(phrase("target.having", lang, name=name, having=result.target.having))
    if result.value is None:
        notes.append(phrase(_NO_VALUE[result.target.measure], lang, name=name))
    if result.unread:
        places = "; ".join(f"{place} “{held}”" for place, held in result.places)
        notes.append(phrase("target.unread", lang, name=name, rows=result.unread, places=places))
    if result.blank:
        notes.append(phrase("target.blank", lang, name=name, rows=result.blank))
    return notes


_NO_VALUE: dict[Measure, str] = {
    "average": "target.no_average",
    "coverage": "target.no_coverage",
    "per-member": "target.no_per_member",
}

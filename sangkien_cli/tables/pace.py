"""The pace in words: what each unit needs a day, and when it will be there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from sangkien_cli import attain
from sangkien_cli.lang import Lang, decimal, phrase, say
from sangkien_cli.model import Attainment, PercentRule, Report
from sangkien_cli.pace import Pace
from sangkien_cli.tables.sheet import TREE, Column, Layout


def pace_columns(report: Report, lang: Lang) -> list[Column]:
    rule = report.config.percent

    def needed(each: Attainment) -> str:
        pace = each.pace if each.short else None
        # Rounded up: whoever brings what is printed is there in time.
        return _rate(pace.needed_per_day if pace else None, replace(rule, rounding="up"), lang)

    def recent(each: Attainment) -> str:
        return _rate(each.pace.recent_per_day if each.pace else None, rule, lang)

    return [
        Column(phrase("column.needed", lang), needed),
        Column(phrase("column.recent", lang), recent),
        Column(phrase("column.forecast", lang), lambda each: _outlook(each, report.as_of, lang)),
    ]


def _rate(per_day: Fraction | None, rule: PercentRule, lang: Lang) -> str:
    """A number a day: never 0 where there is some."""
    return "" if per_day is None else decimal(attain.shown(per_day, Fraction(0), rule), lang)


def _outlook(each: Attainment, as_of: date, lang: Lang) -> str:
    """When a unit will be there if it goes on like in the last days, or how far it will come."""
    pace = each.pace
    if pace is None or pace.quota is None:
        return ""
    if pace.days_to_quota == 0:
        return phrase("pace.there", lang)
    if pace.forecast is None:
        return phrase("pace.unknown", lang)
    if (day := _day_of_quota(pace, as_of)) is not None:
        return phrase("pace.on", lang, day=day)
    return phrase("pace.only", lang, forecast=math.floor(pace.forecast))


def _day_of_quota(pace: Pace, as_of: date) -> date | None:
    """The day of the window on which the quota is reached at the pace of the last days."""
    days = pace.days_to_quota
    return as_of + timedelta(days=days) if days is not None and days <= pace.days_left else None


def pace_sentences(report: Report, here: Sequence[Attainment], lang: Lang, layout: Layout = TREE) -> list[str]:
    """How the topmost unit goes, by which rule that is said, and how many of the others will be late."""
    with_quota = [each for each in here if each.pace is not None and each.pace.quota]
    top = min((each.unit.depth for each in here), default=0)
    heads = [each for each in with_quota if each.unit.depth == top][:_HEADS]
    sentences = [_pace_of(each, report, lang) for each in heads]
    if not any(each.pace and each.pace.days_left for each in with_quota):
        return sentences
    told = {each.unit.id for each in heads}
    foretold = [each.pace.on_track for each in with_quota if each.pace and each.unit.id not in told]
    foretold = [on_track for on_track in foretold if on_track is not None]
    if foretold:
        key = "pace.late" if layout.pace or not layout.advice else "pace.late_more"
        sentences.append(phrase(key, lang, late=foretold.count(False), units=len(foretold)))
    return sentences


_HEADS = 3  # units on top that get sentences of their own


def _pace_of(each: Attainment, report: Report, lang: Lang) -> str:
    pace, rule = each.pace, report.config.percent
    assert pace is not None
    name, short = each.unit.name, each.short or 0
    if not pace.days_left:
        key = "pace.last_day" if short else "pace.last_day_there"
        return phrase(key, lang, name=name, days=pace.days, short=short)
    expected = math.ceil(pace.expected or 0)
    sentences = [phrase("pace.day", lang, name=name, day=pace.day, days=pace.days, expected=expected, done=pace.done)]
    if short:
        needed = _rate(pace.needed_per_day, replace(rule, rounding="up"), lang)
        sentences.append(phrase("pace.needed", lang, left=pace.days_left, short=short, needed=needed))
    if pace.forecast is not None and short:
        recent = _rate(pace.recent_per_day, rule, lang)
        day = _day_of_quota(pace, report.as_of)
        forecast = math.floor(pace.forecast)
        outlook = say("pace.will_not", forecast=forecast) if day is None else say("pace.will_be", day=day)
        sentences.append(phrase("pace.recent", lang, days=pace.recent_days, recent=recent, outlook=outlook))
    return " ".join(sentences)


def undated_notes(report: Report, here: Sequence[Attainment], lang: Lang) -> list[str]:
    """What the submissions without a date are left out of."""
    top = min((each.unit.depth for each in here), default=0)
    undated = sum(each.undated for each in here if each.unit.depth == top)
    notes = []
    if undated and any(each.pace and each.pace.days_left for each in here) and report.campaign is None:
        notes.append(phrase("pace.undated", lang, undated=undated))
    if undated and report.campaign is not None:
        notes.append(phrase("campaign.undated", lang, undated=undated))
    if undated and report.since is not None:
        notes.append(phrase("since.undated", lang, undated=undated, day=report.since))
    return notes

"""The phases that a quota file is to have: as headers name them, or as the days of the submissions suggest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sangkien_cli.lang import Lang, phrase, say
from sangkien_cli.model import ALL, Phase
from sangkien_cli.proposal.model import Asker, DatesFound, Guess
from sangkien_cli.proposal.periods import Span, whole_months, windows, year_span


def named_phases(
    named: Sequence[tuple[str | None, str, str]],
    texts: Sequence[str],
    dates: DatesFound | None,
    today: date,
    lang: Lang,
) -> tuple[Guess[Phase], ...]:
    """A phase for each (id, name, header): its window as the header or other texts state it, else a part of the time
    of the submissions. One without an id is called by its window, or numbered where there are several."""
    if not named:
        return ()
    spans = windows([title for _, _, title in named], texts, dates, today)
    phases: list[Guess[Phase]] = []
    for number, ((identifier, name, title), span) in enumerate(zip(named, spans, strict=True), start=1):
        made = _phase_of_span(span.value, lang)
        if identifier is not None:
            made = Phase(identifier, name, *span.value)
        elif len(named) > 1:
            made = Phase(f"gd{number}", title, *span.value)
        taken = {ALL, "", *(each.value.id for each in phases)}
        phases.append(Guess(made if made.id not in taken else _renamed(made, f"dot{number}"), span.why, span.sure))
    return tuple(phases)


def _renamed(phase: Phase, identifier: str) -> Phase:
    return Phase(identifier, phase.name, phase.start, phase.end)


def phases_by_dates(dates: DatesFound, lang: Lang) -> tuple[Guess[Phase], ...]:
    """Phases where nobody names any: the years of the submissions, or their months where these go over new year."""
    years = range(dates.first.year, dates.last.year + 1)
    why = say("init.why.range", first=dates.first, last=dates.last)
    spans = [year_span(year) for year in years]
    if len(years) == 2 and (dates.last - dates.first).days < 365:
        spans = [whole_months(dates.first, dates.last)]
    return tuple(Guess(_phase_of_span(span, lang), why, sure=False) for span in spans)


def _phase_of_span(span: Span, lang: Lang) -> Phase:
    """A phase that is called by its window."""
    start, end = span
    if span == year_span(start.year):
        return Phase(f"nam{start.year}", phrase("init.year", lang, year=str(start.year)), start, end)
    if span == whole_months(start, end):
        return Phase("dot1", f"{start.month:02}/{start.year} – {end.month:02}/{end.year}", start, end)
    return Phase("dot1", phrase("init.days", lang, start=start, end=end), start, end)


def confirmed(phases: Sequence[Guess[Phase]], ask: Asker) -> tuple[Guess[Phase], ...]:
    """The phases, the windows of which nobody is sure asked for."""
    if not ask.answers:
        return tuple(phases)
    settled: list[Guess[Phase]] = []
    for guess in phases:
        phase = guess.value
        if guess.sure:
            settled.append(guess)
            continue
        least = settled[-1].value.end + timedelta(days=1) if settled else None
        best = phase.start if least is None else max(phase.start, least)
        start = ask.day(say("init.ask.first_day", phase=phase.name), best, least)
        end = ask.day(say("init.ask.last_day", phase=phase.name), max(phase.end, start), start)
        why = say("init.why.you") if ask.answers else guess.why
        settled.append(Guess(Phase(phase.id, phase.name, start, end), why, sure=ask.answers))
    return tuple(settled)

"""A proposed quota file as YAML, with comments by which somebody who is no programmer can finish it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

import yaml

from sangkien_cli.lang import Lang, Sentence, phrase, whole, words
from sangkien_cli.model import UNIT
from sangkien_cli.proposal import Proposal
from sangkien_cli.proposal.model import ColumnGuess, Guess, QuotaSheet, StatusFound, UnitFound

_WIDTH = 110
_NEAR = 6  # spellings named after a unit
_DAYS = 8  # odd days named
_UNPRINTABLE = re.compile("[^\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def render_proposal(proposal: Proposal, name: str, sources: Sequence[str], lang: Lang) -> str:
    """The text of the quota file `name`, made from the files `sources`."""
    return "\n".join(_Writer(proposal, lang).lines(name, sources)) + "\n"


class _Writer:
    def __init__(self, proposal: Proposal, lang: Lang) -> None:
        self.proposal = proposal
        self.lang: Lang = lang

    def lines(self, name: str, sources: Sequence[str]) -> Iterator[str]:
        proposal = self.proposal
        yield from self.remark("init.file.head", sources=tuple(sources))
        yield from self.remark("init.file.how", name=name)
        if proposal.doubts:
            yield from self.remark("init.file.doubts", guess=self.say("init.guess"))
        yield ""
        yield f"programme: {scalar(proposal.programme.value)}{self.why(proposal.programme)}"
        yield f"language: {self.lang}"
        yield ""
        yield from self.phases()
        yield ""
        yield from self.exports()
        yield ""
        yield from self.count()
        yield ""
        if isinstance(proposal.units, QuotaSheet):
            yield from self.units_from(proposal.units)
        else:
            yield from self.units(proposal.units)

    # --- sections ---

    def phases(self) -> Iterator[str]:
        yield from self.remark("init.file.phases")
        dates = self.proposal.dates
        if dates is not None:
            yield from self.remark("init.file.dates", first=dates.first, last=dates.last)
            if dates.aside:
                shown = (*dates.aside[:_DAYS], *(["…"] if len(dates.aside) > _DAYS else []))
                yield from self.remark("init.file.dates_aside", rows=dates.rows_aside, days=shown)
        yield "phases:"
        for guess in self.proposal.phases:
            phase = guess.value
            window = f"from: {phase.start.isoformat()}, to: {phase.end.isoformat()}"
            yield f"  {scalar(phase.id)}: {{name: {scalar(phase.name)}, {window}}}{self.why(guess)}"

    def exports(self) -> Iterator[str]:
        proposal = self.proposal
        yield from self.remark("init.file.exports", sheets=proposal.sheets, rows=proposal.rows)
        yield "exports:"
        yield f"  files:  # {self.say('init.file.files')}"
        yield from (f"    - {scalar(file)}" for file in proposal.files)
        yield "  columns:"
        fields = [column for column in proposal.columns if not column.name.startswith(UNIT)]
        for column in fields:
            yield f"    {column.name}: {self.headers(column)}{self.why_column(column)}"
        yield from self.remark("init.file.unit", "    ")
        yield "    unit:"
        for column in proposal.columns[len(fields) :]:
            yield f"      - {self.headers(column)}{self.why_column(column)}"
        if proposal.fixed_phase is not None:
            yield f"  phase: {scalar(proposal.fixed_phase.value)}{self.why(proposal.fixed_phase)}"
        for note in proposal.notes:
            yield from self.comment(words(note, self.lang), "  ")

    def count(self) -> Iterator[str]:
        statuses, once_per = self.proposal.statuses, self.proposal.once_per
        counted = [each.text for each in statuses.value if each.counts] if statuses is not None else []
        if counted or once_per is not None:
            yield "count:"
        if statuses is None:
            doubt = self.say("init.guess") + ": " if self.proposal.unjudged else ""
            yield from self.comment(doubt + words(self.proposal.every_row, self.lang), "  ")
        else:
            yield from self.statuses(statuses, counted)
        if once_per is None:
            yield from self.remark("init.file.once_per", "  ")
        else:
            yield f"  once_per: {once_per.value}{self.why(once_per)}"

    def statuses(self, statuses: Guess[tuple[StatusFound, ...]], counted: Sequence[str]) -> Iterator[str]:
        yield from self.remark("init.file.statuses", "  ")
        for each in statuses.value:
            text = each.text or self.say("init.blank")
            verdict = self.say("init.counts" if each.counts else "init.counts_not")
            yield from self.comment(f"  {whole(each.rows, self.lang):>9}  {text}: {verdict}", "  ")
        if counted:
            yield "  where:"
            yield f"    status: {flow(counted)}{self.why(statuses)}"
        else:
            yield from self.comment(f"{self.mark(statuses)}{words(statuses.why, self.lang)}", "  ")
            yield from self.remark("init.file.where", "  ")

    def units_from(self, sheet: QuotaSheet) -> Iterator[str]:
        yield from self.remark("init.file.units_from", units=sheet.units)
        yield from self.remark(_TIED[sheet.tied_by])
        yield "units_from:"
        yield f"  file: {scalar(sheet.file)}"
        if sheet.sheet is not None:
            yield f"  sheet: {scalar(sheet.sheet)}"
        yield "  columns:"
        yield from (f"    {part}: {scalar(title)}" for part, title in sheet.columns.items())
        if sheet.quota:
            yield "    quota:"
            for phase, title in sheet.quota.items():
                yield f"      {scalar(phase)}: {scalar(title.value)}{self.why(title)}"

    def units(self, units: Sequence[UnitFound]) -> Iterator[str]:
        phases = ", ".join(f"{scalar(guess.value.id)}: {100 * number}" for number, guess in
                           enumerate(self.proposal.phases, start=1))  # fmt: skip
        yield from self.remark("init.file.units", units=len(units))
        yield from self.remark("init.file.quota", example=f"quota: {{{phases}}}")
        yield "units:"
        depth: list[int] = []
        parents = {unit.parent for unit in units}
        for position, unit in enumerate(units):
            depth.append(0 if unit.parent is None else depth[unit.parent] + 1)
            indent = "    " * depth[position]
            yield f"{indent}  - name: {scalar(unit.name)}  # {self.say('init.file.rows', rows=unit.rows)}"
            if unit.id is not None:
                yield f"{indent}    id: {scalar(unit.id)}"
            if unit.why is not None:
                yield from self.comment(f"{self.say('init.guess')}: {words(unit.why, self.lang)}", f"{indent}    ")
            if unit.maybe is not None:
                maybe = self.say("init.file.maybe", name=unit.maybe)
                yield from self.comment(f"{self.say('init.guess')}: {maybe}", f"{indent}    ")
            if unit.near:
                near = tuple(f"“{text}” ({whole(rows, self.lang)})" for text, rows in unit.near[:_NEAR])
                yield from self.remark("init.file.near", f"{indent}    ", names=near)
            yield f"{indent}    # quota: {{{phases}}}"
            if position in parents:
                yield f"{indent}    units:"

    # --- parts of lines ---

    def say(self, key: str, **args: object) -> str:
        return phrase(key, self.lang, **args)

    def remark(self, key: str, indent: str = "", **args: object) -> Iterator[str]:
        return self.comment(self.say(key, **args), indent)

    def comment(self, text: str, indent: str = "") -> Iterator[str]:
        start = f"{indent}# "
        for line in text.split("\n"):
            plain = _UNPRINTABLE.sub("?", line)
            inner = plain[: len(plain) - len(plain.lstrip())]
            yield from wrap(
                plain, _WIDTH, initial_indent=start, subsequent_indent=f"{start}{inner}", break_long_words=False,
                break_on_hyphens=False,
            )  # fmt: skip

    def why(self, guess: Guess[object]) -> str:
        return self.behind(guess.why, sure=guess.sure)

    def why_column(self, column: ColumnGuess) -> str:
        return self.behind(column.why, sure=column.sure)

    def behind(self, why: Sentence, *, sure: bool) -> str:
        text = _UNPRINTABLE.sub("?", words(why, self.lang))
        return f"  # {'' if sure else self.say('init.guess') + ': '}{text}"

    def mark(self, guess: Guess[tuple[StatusFound, ...]]) -> str:
        return "" if guess.sure else f"{self.say('init.guess')}: "

    def headers(self, column: ColumnGuess) -> str:
        return scalar(column.titles[0]) if len(column.titles) == 1 else flow(column.titles)


_TIED: Mapping[str, str] = {
    "parent": "init.file.tied_parent",
    "numbering": "init.file.tied_numbering",
    "groups": "init.file.tied_groups",
    "nothing": "init.file.tied_nothing",
}


def flow(texts: Iterable[str]) -> str:
    """A list on one line."""
    dumped: str = yaml.safe_dump(list(texts), default_flow_style=True, allow_unicode=True, width=math.inf)
    return dumped.rstrip("\n")


def scalar(text: str) -> str:
    """A text as a YAML value or key, quoted where it must be, also inside `[…]` and `{…}`."""
    return flow([text])[1:-1]

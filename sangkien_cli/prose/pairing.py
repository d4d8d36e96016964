"""Which numbers of a text belong together: count, quota and percent of one published figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sangkien_cli.claims.model import Claim, Kind, Printed
from sangkien_cli.lang import Sentence, say
from sangkien_cli.prose.about import as_of, only_one, phase_of, unit_of
from sangkien_cli.prose.document import Paragraph, Prose
from sangkien_cli.prose.figures import Figure, Found, figures
from sangkien_cli.prose.groups import Group, Sure, fits, groups
from sangkien_cli.prose.in_turn import in_no_turn, in_turn
from sangkien_cli.prose.sentences import sentences
from sangkien_cli.prose.units import Unit, units
from sangkien_cli.prose.when import said_year

_LEFT = 20  # numbers named that were not used
_QUOTED = 90  # letters of a sentence that a reason quotes


@dataclass(frozen=True, slots=True)
class Reading:
    """A published figure as it was found in a text."""

    claim: Claim
    sentence: str
    place: str
    sure: Sure
    across: bool  # its numbers stand in two sentences
    why: Sentence | None  # what makes it less than sure, or what was taken from elsewhere
    left: tuple[str, ...]  # numbers of the sentence that were not used


def find(prose: Prose) -> tuple[Reading, ...]:
    """The published figures of a text, in its order."""
    year = said_year(paragraph.text.lower() for paragraph in prose.paragraphs)
    drafts: list[_Draft] = []
    before: _Read | None = None
    for paragraph in prose.paragraphs:
        for sentence in sentences(paragraph.text):
            read = _read(sentence, paragraph, year)
            if before is not None:
                drafts += _across(before, read)
            drafts += read.drafts
            before = read
    return tuple(draft.reading(f"c{number}", prose.source) for number, draft in enumerate(drafts, start=1))


# --- what was put together ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Draft:
    """A reading before it has a number."""

    sentence: str
    place: str
    done: Printed | None
    quota: Printed | None
    percent: Printed | None
    kind: Kind
    unit: str | None
    phase: str | None
    as_of: date | None
    sure: Sure
    across: bool
    whys: tuple[Sentence, ...]
    left: tuple[str, ...]

    def reading(self, name: str, source: str) -> Reading:
        claim = Claim(
            id=name, place=self.place, done=self.done, quota=self.quota, percent=self.percent, kind=self.kind,
            unit=self.unit, phase=self.phase, as_of=self.as_of, source=source, sentence=self.sentence,
        )  # fmt: skip
        why = None if not self.whys else self.whys[0] if len(self.whys) == 1 else say("prose.whys", whys=self.whys)
        return Reading(claim, self.sentence, self.place, self.sure, self.across, why, self.left)


@dataclass(frozen=True, slots=True)
class _Read:
    """A sentence with what was found in it."""

    sentence: str
    place: str
    found: Found
    units: tuple[Unit, ...]
    as_of: date | None
    borrowed: Sentence | None  # says that the year stands elsewhere in the text
    drafts: tuple[_Draft, ...]
    lone: Group  # one count, quota or percent that nothing was paired with
    left: tuple[str, ...]


def _read(sentence: str, paragraph: Paragraph, year: int | None) -> _Read:
    found = figures(sentence)
    if not found.figures:
        return _Read(sentence, paragraph.place, found, (), None, None, (), Group(), ())
    named = tuple(units(sentence))
    told, borrowed = as_of(found, year)
    kept: list[tuple[Group, str | None, str | None]] = []
    before = 0
    for group in in_turn(found, named) or in_no_turn(found, groups(found, named)):
        unit, phase = group.unit or unit_of(group, before, found, named), phase_of(group, before, found)
        before = before if group.shared else max(before, group.end)
        alone = len(group.parts) == 1
        if alone and (unit is None or not _says_enough(group, told)):
            continue  # nothing could be checked by it
        if alone:
            group.doubt("likely", say("prose.why_alone"))
        kept.append((group, unit, phase))
    used = {figure.start for group, *_ in kept for figure in group.parts}
    unused = [figure for figure in found.figures if figure.start not in used]
    for group, *_ in kept:
        _mistrust(group, unused)
    left = tuple(_shown(found, figure) for figure in unused[:_LEFT]) + (("…",) if len(unused) > _LEFT else ())
    drafts = tuple(_draft(*each, found, (told, borrowed), paragraph.place, left) for each in kept)
    lone = _lone(found, {figure.start for group, *_ in kept if len(group.parts) > 1 for figure in group.parts})
    return _Read(sentence, paragraph.place, found, named, told, borrowed, drafts, lone, left)


def _says_enough(group: Group, told: date | None) -> bool:
    """Whether a number alone can be checked: a percent of a quota, or a count on a day."""
    if group.done is None:
        return group.percent is not None
    least = group.done.hedge is not None and group.done.hedge.means in ("at-least", "at-most")
    return told is not None and not least


def _mistrust(group: Group, unused: Sequence[Figure]) -> None:
    """A percent that arithmetic does not prove may be that of another count, where the sentence has one."""
    if group.done is None or group.percent is None or group.value is None:
        return
    if group.quota is not None and fits(group.done, group.quota, group, group.value):
        return
    before = [each for each in unused if not each.percent and each.start < group.percent.start]
    if any((each.noun and each.values) or each.average for each in before):
        group.doubt("likely", say("prose.why_several"))


def _draft(
    group: Group,
    unit: str | None,
    phase: str | None,
    found: Found,
    told: tuple[date | None, Sentence | None],
    place: str,
    left: tuple[str, ...],
) -> _Draft:
    as_of_day, borrowed = told
    return _Draft(
        sentence=found.text,
        place=place,
        done=_printed(group.done),
        quota=_printed(group.quota),
        percent=group.percent.printed(group.value) if group.percent else None,
        kind=group.kind,
        unit=unit,
        phase=phase,
        as_of=as_of_day,
        sure=group.sure,
        across=False,
        whys=(*group.whys, *([borrowed] if borrowed else [])),
        left=left,
    )


def _printed(figure: Figure | None) -> Printed | None:
    return figure.printed() if figure else None


def _shown(found: Found, figure: Figure) -> str:
    """A number with a word or two beside it: `40 ngày`, `tăng 12,5%`."""
    if figure.percent:
        word = re.search(r"[^\W\d_]+\s\Z", found.text[max(figure.start - 12, 0) : figure.start])
        return (word[0] if word else "") + found.text[figure.start : figure.end][:40]
    word = re.match(r"(?:\s[^\W\d_]+){1,2}", found.text[figure.end : figure.end + 20])
    return found.text[figure.start : figure.end][:40] + (word[0] if word else "")


# --- two sentences -----------------------------------------------------------------------------------------------


def _lone(found: Found, used: set[int]) -> Group:
    """The one count, the one quota, the one percent that nothing in the sentence was paired with."""
    group = Group()
    free = [each for each in found.figures if each.start not in used]
    done = [each for each in free if each.role == "done" and each.noun and not each.part]
    quota = [each for each in free if each.role == "quota"]
    percent = [each for each in free if each.role in ("of", "over") and each.doubt != "group"]
    group.done = done[0] if len(done) == 1 else None
    group.quota = quota[0] if len(quota) == 1 else None
    group.percent = percent[0] if len(percent) == 1 and percent[0].clear else None
    return group


def _across(first: _Read, second: _Read) -> Iterator[_Draft]:
    """What two sentences that follow each other complete: never sure."""
    if _contradict(first, second):
        return
    a, b = first.lone, second.lone
    if (told := _without_quota(second)) and a.quota and not a.done:
        numbers = (told.done, _printed(a.quota), told.percent, told.kind)
        main = second
    elif (told := _without_quota(first)) and b.quota and not b.done and not second.drafts:
        numbers = (told.done, _printed(b.quota), told.percent, told.kind)
        main = first
    elif a.done and not a.percent and b.percent and not b.done:
        numbers = (_printed(a.done), _printed(a.quota or b.quota), _printed(b.percent), b.kind)
        main = first
    elif a.quota and not a.done and b.done and not b.quota and not b.percent:
        numbers = (_printed(b.done), _printed(a.quota), None, "of")
        main = second
    else:
        return
    done, quota, percent, kind = numbers
    yield _Draft(
        sentence=f"{first.sentence} … {second.sentence}",
        place=first.place if first.place == second.place else f"{first.place}, {second.place}",
        done=done,
        quota=quota,
        percent=percent,
        kind=kind,
        unit=only_one(main.units) or only_one((*first.units, *second.units)),
        phase=_one_phase(first.found, second.found),
        as_of=second.as_of or first.as_of,
        sure="unsure",
        across=True,
        whys=(_in_two(first, second), *[each.borrowed for each in (second, first) if each.borrowed][:1]),
        left=tuple(each for each in (*first.left, *second.left) if not _names(each, (done, quota, percent)))[:_LEFT],
    )


def _names(shown: str, used: Sequence[Printed | None]) -> bool:
    """Whether a number shown with the words beside it is one of those used."""
    return any(printed is not None and printed.text in shown.replace("%", " ").split() for printed in used)


def _without_quota(read: _Read) -> _Draft | None:
    """The one figure of a sentence, if it is a count with its percent and no quota."""
    draft = read.drafts[0] if len(read.drafts) == 1 else None
    if draft is None or draft.done is None or draft.percent is None or draft.quota is not None:
        return None
    return None if draft.kind == "share" else draft


def _contradict(first: _Read, second: _Read) -> bool:
    """Whether two sentences speak of different units or phases."""
    one, other = only_one(first.units), only_one(second.units)
    phases = [{phase.name.lower() for phase in read.found.phases} for read in (first, second)]
    return bool((one and other and one != other) or (all(phases) and phases[0].isdisjoint(phases[1])))


def _in_two(first: _Read, second: _Read) -> Sentence:
    one, other = _quoted(first.sentence), _quoted(second.sentence)
    return say("prose.why_across", first=first.place, second=second.place, one=one, other=other)


def _quoted(sentence: str) -> str:
    return sentence if len(sentence) <= _QUOTED else sentence[:_QUOTED].rpartition(" ")[0] + " …"


def _one_phase(*read: Found) -> str | None:
    names = {phase.name for found in read for phase in found.phases}
    return names.pop() if len(names) == 1 else None

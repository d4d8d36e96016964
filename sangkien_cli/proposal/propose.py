"""A quota file proposed: from the exports, and from the spreadsheet of quotas if there is one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sangkien_cli.columns import NoHeader
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.exports import Exports, Reading, export_paths, named_files, read_exports
from sangkien_cli.intake import why_without
from sangkien_cli.lang import Lang, Sentence, phrase, say
from sangkien_cli.model import UNIT, Config, PercentRule, Phase
from sangkien_cli.phases import read_date
from sangkien_cli.proposal import words
from sangkien_cli.proposal.columns import Merged, merge
from sangkien_cli.proposal.content import texts_of
from sangkien_cli.proposal.looks import (
    Look,
    ask_for_status,
    ask_for_unit,
    look_at,
    may_be_statuses,
    passed_over,
    settle,
    why_no_units,
)
from sangkien_cli.proposal.model import (
    Asker,
    ColumnGuess,
    DatesFound,
    Guess,
    Proposal,
    QuotaSheet,
    StatusFound,
    UnitFound,
    doubted,
)
from sangkien_cli.proposal.periods import dates_found, days_in
from sangkien_cli.proposal.phases import confirmed, named_phases, phases_by_dates
from sangkien_cli.proposal.units import no_names, units_found
from sangkien_cli.sheets.files import STDIN, content_of, open_file
from sangkien_cli.sheets.limits import Access
from sangkien_cli.sheets.source import Source
from sangkien_cli.sheets.unit_headers import USUAL
from sangkien_cli.text import fold, slug, tidy

if TYPE_CHECKING:
    from sangkien_cli.proposal.quotas import Quotas

TIMEZONE = "Asia/Ho_Chi_Minh"
ZONE = ZoneInfo(TIMEZONE)
_NUMBERINGS = set(map(fold, USUAL["number"]))
_SHOWN = 5  # texts named
# Of the rows: a level that names units of the tree no more often stands above its roots.
_HARDLY = 0.02
_ALIEN = 0.2  # if the others name one unit
_ONE_NAME = 0.95  # of the others
_MOSTLY = 0.5  # a level that names units of the tree no more often is marked


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    exports: Sequence[str]  # files, folders and globs as typed
    quotas: Path | None  # the spreadsheet of units and quotas
    target: Path  # where the quota file will stand
    lang: Lang
    today: date


def propose(
    wish: Wish, ask: Asker, access: Access | None = None, tell: Callable[[Reading], None] = lambda _: None
) -> Proposal:
    """The quota file that fits these exports best; what they leave open is asked.

    Raises SangkienError if a file cannot be read, or nothing in them names a unit.
    """
    access = access or Access()
    paths = _export_paths(wish)
    looks = _settled(_looks(paths, access, tell), ask)
    chosen = _with_submissions(looks)
    chosen, unjudged = _with_statuses(chosen, ask)
    merged = merge(chosen)
    files = sorted({look.file for look in chosen}, key=paths.index)
    quotas = None
    if wish.quotas is not None:
        from sangkien_cli.proposal.quotas import look_at_quotas

        quotas = look_at_quotas(wish.quotas, ask, access)
    rows = read_exports(_draft(merged), [str(file) for file in files], tell, access)
    above = tuple(text for look in chosen for text in look.above)
    dates = dates_found(_days(rows), wish.today)
    statuses = _statuses(rows, merged, ask)
    notes = [*_passed_over(chosen, merged), *merged.notes, *_left_out(looks, chosen, paths, files)]
    if quotas is None:
        phases = confirmed(_phases(rows, merged, dates, above, wish), ask)
        units: tuple[UnitFound, ...] | QuotaSheet = units_found(rows.levels, merged.root)
        if odd := no_names(rows.levels):
            texts = tuple(say("init.ask.status_rows", text=f"“{text}”", rows=often) for text, often in odd[:_SHOWN])
            notes.append(doubted(say("init.note.no_names", number=len(odd), names=texts)))
        if not units:
            raise SangkienError(Problem(chosen[0].place, say("init.no_names"), say("init.no_unit.fix")))
    else:
        named = [(column.id, column.name, column.title) for column in quotas.columns]
        titles = quotas.above if dates else (*quotas.above, *above)
        by_column = named_phases(named, titles, dates, wish.today, wish.lang)
        phases = confirmed(by_column or _phases(rows, merged, dates, above, wish), ask)
        merged, left = _within_tree(merged, rows, quotas.names)
        notes += [*quotas.notes, *left]
        units = _quota_sheet(quotas, phases, wish, access)
    return Proposal(
        programme=_programme((*above, *(quotas.above if quotas else ())), wish.lang, ask),
        phases=tuple(sorted(phases, key=lambda each: each.value.start)),
        files=_files(wish, paths, files),
        columns=merged.columns,
        fixed_phase=_fixed_phase(merged, phases, above, ask),
        statuses=statuses,
        unjudged=unjudged if merged.guess("status") is None else (),
        once_per=None if merged.guess("code") else Guess("none", say("init.why.no_code")),
        dates=dates,
        units=units,
        notes=(*notes, *_idle(chosen)),
        told=units.notes if isinstance(units, QuotaSheet) else (),
        sheets=len(rows.sheets),
        rows=rows.rows,
    )


# --- the files ---------------------------------------------------------------------------------------------------


def _export_paths(wish: Wish) -> list[Path]:
    """The exports. The spreadsheet of quotas may lie in the folder that they lie in."""
    paths = export_paths(None, wish.exports)
    if STDIN in paths:
        raise SangkienError(Problem("EXPORT", say("init.stdin"), say("init.stdin.fix")))
    named = {Path(typed).resolve() for typed in wish.exports}
    others = {wish.quotas.resolve()} - named if wish.quotas is not None else set()
    return [path for path in paths if path.resolve() not in others]


def _looks(paths: Sequence[Path], access: Access, tell: Callable[[Reading], None]) -> list[Look]:
    """Every sheet that has a header."""
    looks: list[Look] = []
    problems: list[Problem] = []
    named = named_files(paths)
    for number, (name, path) in enumerate(named, start=1):
        tell(Reading(name, number, len(named)))
        try:
            for ways in open_file(content_of(path, access.limits), access.password).sheets:
                sheet = ways[0].name
                place = name if sheet is None else f"{name} [{sheet}]"
                if ways[0].hidden:
                    continue
                look = look_at(path, place, ways, ZONE)
                if look is None or not look.levels:
                    problems += _lost_letters(ways[0], place)
                looks += [look] if look is not None else []
        except SangkienError as error:
            problems += error.problems
    if problems:
        raise SangkienError(*problems)
    return looks


def _settled(looks: Sequence[Look], ask: Asker) -> list[Look]:
    """The sheets, those with the same headers read alike: the longest of them decides, or the person who is asked."""
    longest: dict[tuple[str, ...], Look] = {}
    for look in looks:
        if look.layout not in longest or look.rows > longest[look.layout].rows:
            longest[look.layout] = look
    settled = {layout: settle(look, ask) if ask.answers else look for layout, look in longest.items()}
    if ask.answers and looks and not any(look.levels for look in settled.values()):
        layout = max(settled, key=lambda layout: settled[layout].rows)
        settled[layout] = ask_for_unit(settled[layout], ask)
    return [replace(look, fields=settled[look.layout].fields, levels=settled[look.layout].levels) for look in looks]


def _with_submissions(looks: Sequence[Look]) -> list[Look]:
    """The sheets that hold submissions, or their numbers: those of the kind that has most rows."""
    of_units = [look for look in looks if look.levels]
    if not of_units:
        raise _no_units(looks)
    for kind in ("list", "counts", "names"):
        alike = [look for look in of_units if look.kind == kind]
        if alike:
            dated = any("submitted" in look.fields for look in alike)
            # Beside lists with dates, one with a code and a name is a list of units.
            return [look for look in alike if not dated or look.fields.keys() & {"submitted", "title", "status"}]
    return of_units


def _with_statuses(looks: Sequence[Look], ask: Asker) -> tuple[list[Look], tuple[str, ...]]:
    """The sheets, with a column of statuses where somebody says which it is; and the headers of those that may be it
    where nobody says."""
    if any("status" in look.fields for look in looks):
        return list(looks), ()
    settled: dict[tuple[str, ...], Look] = {}
    unjudged: dict[str, None] = {}
    for look in sorted(looks, key=lambda each: -each.rows):
        if look.layout not in settled:
            told = False
            settled[look.layout] = look
            if ask.answers:
                settled[look.layout], told = ask_for_status(look, ask)
            unjudged |= {} if told else dict.fromkeys(column.title for column in may_be_statuses(look))
    return [replace(look, fields=settled[look.layout].fields) for look in looks], tuple(unjudged)


def _lost_letters(source: Source, place: str) -> list[Problem]:
    """What is wrong with a sheet whose words nobody can read: its letters are lost, or in a font of before Unicode."""
    what, fix = why_without(source, NoHeader((), 0, (), 0))
    return [Problem(place, what, fix)] if what.key.startswith("file.") else []


def _no_units(looks: Sequence[Look]) -> SangkienError:
    if not looks:
        return SangkienError(Problem("EXPORT", say("init.nothing"), say("init.nothing.fix")))
    return SangkienError(*map(why_no_units, looks))


def _passed_over(chosen: Sequence[Look], merged: Merged) -> list[Sentence]:
    """The columns that no sheet's rows are judged by though their headers say that they should be."""
    used = {fold(title) for column in merged.columns for title in column.titles}
    found = (each for look in chosen for each in passed_over(look))
    return list(dict.fromkeys(doubted(why) for title, why in found if fold(title) not in used))


def _left_out(
    looks: Sequence[Look], chosen: Sequence[Look], paths: Sequence[Path], files: Sequence[Path]
) -> Iterator[Sentence]:
    """Sheets and files that are not used."""
    used = {look.place for look in chosen}
    for look in looks:
        if look.place not in used and look.file in files:
            yield say("init.note.sheet", place=look.place)
    for path in paths:
        if path not in files:
            yield say("init.note.file", file=path.name)


def _idle(chosen: Sequence[Look]) -> Iterator[Sentence]:
    """The columns that are not used, but for those that only number the rows."""
    used = {fold(each.title) for look in chosen for each in (*look.fields.values(), *look.levels)}
    idle = dict.fromkeys(
        column.title
        for look in chosen
        for column in look.columns
        if fold(column.title) not in used | _NUMBERINGS and not column.facts.running
    )
    if idle:
        yield say("init.note.idle", headers=tuple(idle))


def _files(wish: Wish, paths: Sequence[Path], files: Sequence[Path]) -> tuple[str, ...]:
    """The exports as the quota file names them: as typed, unless one of them is left out."""
    whole = set(paths) == set(files) == set(export_paths(None, wish.exports))
    named = dict.fromkeys(wish.exports if whole else map(str, files))
    return tuple(seen_from(wish.target.parent, Path(each)) for each in named)


def seen_from(folder: Path, path: Path) -> str:
    """A path, or a glob, as it is written in a quota file in this folder."""
    real = Path(os.path.realpath(path.parent)) / path.name
    try:
        return Path(os.path.relpath(real, os.path.realpath(folder))).as_posix()
    except ValueError:  # on another drive
        return real.as_posix()


def _draft(merged: Merged) -> Config:
    """A quota file's part in reading: every row is read, none is judged."""
    columns = merged.as_columns()
    return Config(
        path=Path(),
        sha256="",
        programme="",
        lang="en",
        timezone=TIMEZONE,
        percent=PercentRule(),
        phases=(Phase("all-time", "", date.min, date.max),),
        campaigns=(),
        files=(),
        columns=columns,
        fixed_phase="all-time" if merged.undated else None,
        where={},
        once_per="code" if "code" in columns.fields else None,
        near=Fraction(90),
        units=(),
    )


# --- phases ------------------------------------------------------------------------------------------------------


def _days(rows: Exports) -> dict[date, int]:
    """How many submissions each day has."""
    days: Counter[date] = Counter()
    for text, often in _texts(rows, "submitted"):
        if (moment := read_date(text, ZONE)) is not None:
            days[moment.date()] += often
    return dict(days)


def _texts(rows: Exports, field: str) -> list[tuple[str, int]]:
    """The different texts of a field, with how many rows hold each."""
    return texts_of(rows.texts[field]) if field in rows.texts else []


def _phases(
    rows: Exports, merged: Merged, dates: DatesFound | None, above: Sequence[str], wish: Wish
) -> tuple[Guess[Phase], ...]:
    """The phases that the export itself names, or that its dates suggest."""
    if merged.guess("phase") is not None:
        spelled = {fold(text): tidy(text) for text, _ in _texts(rows, "phase") if fold(text)}
        if names := sorted(spelled.values(), key=lambda name: (len(name), name)):
            named = [(words.ordinal_phase(name) or (slug(name), name))[0] for name in names]
            return named_phases(list(zip(named, names, names, strict=True)), above, dates, wish.today, wish.lang)
    if dates is not None:
        return phases_by_dates(dates, wish.lang)
    named_above = next(filter(None, map(words.ordinal_phase, above)), (None, ""))
    return named_phases([(*named_above, "")], above, None, wish.today, wish.lang)


def _fixed_phase(merged: Merged, phases: Sequence[Guess[Phase]], above: Sequence[str], ask: Asker) -> Guess[str] | None:
    """The phase of the sheets that have neither dates nor phases."""
    if not merged.undated:
        return None
    days = [day for text in above for day in days_in(text)]
    within = [at for at, each in enumerate(phases) for day in days if each.value.start <= day <= each.value.end]
    best = within[-1] if within else 0
    why = say("init.why.undated", place=merged.undated[0])
    if len(phases) == 1:
        return Guess(phases[0].value.id, why)
    chosen = ask.choose(say("init.ask.phase", place=merged.undated[0]), [each.value.name for each in phases], best)
    return Guess(phases[chosen].value.id, why, sure=ask.answers)


# --- statuses ----------------------------------------------------------------------------------------------------


def _statuses(rows: Exports, merged: Merged, ask: Asker) -> Guess[tuple[StatusFound, ...]] | None:
    """The statuses, and which of them mean that a submission counts."""
    column = merged.guess("status")
    if column is None:
        return None
    often: Counter[str] = Counter()
    spelled: dict[str, Counter[str]] = {}
    for text, count in _texts(rows, "status"):
        often[fold(text)] += count
        spelled.setdefault(fold(text), Counter())[tidy(text)] += count
    found = [(spelled[name].most_common(1)[0][0] if name else "", count) for name, count in often.most_common()]
    accepted = {at for at, (text, _) in enumerate(found) if words.status_kind(text) == "accepted"}
    unknown = tuple(text for text, _ in found if text and words.status_kind(text) is None)
    lacking = merged.lacking("status")
    if lacking is not None:
        # A condition would keep the reader from a sheet that has no such column.
        return Guess(_as_statuses(found, ()), say("init.why.status_lacking", place=lacking), sure=False)
    if not accepted or unknown:
        choices = [say("init.ask.status_rows", text=text or say("init.blank"), rows=count) for text, count in found]
        accepted = set(ask.several(say("init.ask.statuses", header=column.titles[0]), choices, accepted))
        if ask.answers:
            return Guess(_as_statuses(found, accepted), say("init.why.you"))
    if not accepted:
        return Guess(_as_statuses(found, ()), say("init.why.no_status"), sure=False)
    why = say("init.why.accepted_but", unknown=unknown[:5]) if unknown else say("init.why.accepted")
    return Guess(_as_statuses(found, accepted), why, sure=not unknown)


def _as_statuses(found: Sequence[tuple[str, int]], accepted: Collection[int]) -> tuple[StatusFound, ...]:
    return tuple(StatusFound(text, rows, at in accepted and bool(text)) for at, (text, rows) in enumerate(found))


# --- the tree ----------------------------------------------------------------------------------------------------


def _within_tree(merged: Merged, rows: Exports, names: Collection[str]) -> tuple[Merged, list[Sentence]]:
    """The columns without the levels that name units above the roots of the tree: none that is in it, or hardly any
    beside one and the same. A highest level of which little is known is kept, and marked."""
    levels = [column for column in merged.columns if column.name.startswith(UNIT)]
    left: list[ColumnGuess] = []
    notes: list[Sentence] = []
    while len(levels) > 1:
        column = levels[-1]
        often: Counter[str] = Counter()
        for text, count in _texts(rows, column.name):
            often[fold(text)] += count if fold(text) else 0
        strange = [count for name, count in often.items() if name not in names]
        every = max(often.total(), 1)
        known = 1 - sum(strange) / every
        share = int(100 * known)
        if known < _HARDLY:
            notes.append(say("init.note.above_tree", header=column.titles[0]))
        elif known < _ALIEN and max(strange) >= _ONE_NAME * sum(strange):
            notes.append(say("init.note.above_tree_but", header=column.titles[0], share=share))
        else:
            if known < _MOSTLY:
                why = say("init.why.few_known", share=share)
                marked = replace(column, why=why, sure=False)
                kept = tuple(marked if each is column else each for each in merged.columns)
                merged = replace(merged, columns=kept)
            break
        left.append(levels.pop())
    return merged.without(*(column.name for column in left)), notes


def _quota_sheet(quotas: Quotas, phases: Sequence[Guess[Phase]], wish: Wish, access: Access) -> QuotaSheet:
    """The spreadsheet as a quota file points to it. Raises SangkienError with everything that is wrong with it."""
    from sangkien_cli.proposal.quotas import checked

    sheet = checked(quotas, [(each.value.id, each.value.name) for each in phases], access)
    given = {part for part in sheet.titles if part.startswith("quota.")}
    idle = set() if sheet.tied_by == "numbering" else {"number"}  # running numbers say nothing
    return QuotaSheet(
        file=seen_from(wish.target.parent, quotas.path),
        sheet=sheet.sheet,
        columns={part: title for part, title in sheet.titles.items() if part not in idle and part not in given},
        quota={each.value.id: column.guess for each, column in zip(phases, quotas.columns, strict=False)},
        units=len(sheet.listed),
        tied_by=sheet.tied_by,
        notes=tuple(sheet.notes),
    )


# --- the programme -----------------------------------------------------------------------------------------------


def _programme(above: Sequence[str], lang: Lang, ask: Asker) -> Guess[str]:
    for text in above:
        if (name := words.programme_in(text)) is not None:
            return Guess(name, say("init.why.title", title=text))
    name = ask.text(say("init.ask.programme"), phrase("init.programme", lang))
    return Guess(name, say("init.why.you") if ask.answers else say("init.why.no_programme"), sure=ask.answers)

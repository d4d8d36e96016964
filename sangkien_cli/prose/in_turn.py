"""Lists of names and numbers that belong together by position: "A, B, C đạt lần lượt 120%, 110%, 90%"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from sangkien_cli.lang import say
from sangkien_cli.prose.figures import Figure, Found
from sangkien_cli.prose.groups import Group, settle
from sangkien_cli.prose.units import Unit
from sangkien_cli.prose.words import CAPITALS

_IN_TURN = re.compile(r"lần\slượt|theo\sthứ\stự")
_KIND_OF_UNIT = r"(?:huyện|đơn\svị|thành\sphố|ngành|quận|tỉnh|địa\sphương|cđcs|thị\sxã|công\sđoàn)"
_LIST_START = re.compile(
    rf".*(?:\b[Cc]ác\s{_KIND_OF_UNIT}(?:[^:,]{{0,30}}:|\s(?=[{CAPITALS}]))|:\s|gồm\s|như\s|\blà\s)", re.DOTALL
)
_CAPITALISED = re.compile(rf"[{CAPITALS}]\w*(?:\s[{CAPITALS}0-9]\w*)*")
_BRACKETS = re.compile(r"\([^()]*\)")
_BLANKS = re.compile(r"\s+")
_COMMAS = re.compile(r",\s(?:và\s)?|\svà\s|;\s")


def in_turn(found: Found, named: Sequence[Unit]) -> list[Group]:
    """ "A, B, C đạt lần lượt 120%, 110%, 90%": by position, where names and numbers are as many. Else none."""
    turn = _IN_TURN.search(found.small)
    if turn is None or not found.figures:
        return []
    percents = [each for each in found.figures if each.percent and each.start > turn.start() and each.role != "none"]
    counts = [each for each in found.figures if each.role in ("done", "bare") and each.start > turn.start()]
    quotas = [each for each in found.figures if each.role == "quota" and each.start > turn.start()]
    slashed = [each for each in found.figures if each.slash]
    told = _phases(found, turn.start())
    of_phases = len(told) > 1
    names = told if of_phases else _names(_before_counts(found, turn.start()), named)
    size = len(names)
    if len(slashed) == size:
        follow = {first.start: second for first, second in pairwise(found.figures)}
        counts, quotas = slashed, [follow[each.start] for each in slashed]
    if size < 2 or size not in (len(percents), len(counts)):
        return []
    groups = []
    for position, name in enumerate(names):
        group = Group(
            done=counts[position] if len(counts) == size else None,
            quota=quotas[position] if len(quotas) == size else None,
            percent=_as_said(percents, position) if len(percents) == size else None,
            unit=None if of_phases else name,
            phase=name if of_phases else None,
        )
        if group.percent is not None:
            settle(group)
        group.doubt("likely", say("prose.why_in_turn"))
        groups.append(group)
    return groups


def _phases(found: Found, turn: int) -> list[str]:
    """The phases that numbers belong to: named before "lần lượt", or behind all numbers."""
    last = found.figures[-1].end
    before = [phase.name for phase in found.phases if phase.end <= turn]
    return before if len(before) > 1 else [phase.name for phase in found.phases if phase.start >= last]


def in_no_turn(found: Found, groups: list[Group]) -> list[Group]:
    """The numbers of a sentence whose names and numbers "lần lượt" are not as many: those are not sure."""
    turn = _IN_TURN.search(found.small)
    for group in groups if turn else ():
        if turn and group.end > turn.start():
            group.doubt("likely", say("prose.why_several"))
    return groups


def _before_counts(found: Found, turn: int) -> str:
    """The text before "lần lượt", up to the counts that stand there, without what is in brackets."""
    text = _BRACKETS.sub(lambda match: " " * len(match[0]), found.text[:turn])
    counted = (each for each in found.figures if each.role in ("done", "bare") and each.start < turn)
    return text[: min((each.start for each in counted if text[each.start].strip()), default=turn)]


def _as_said(percents: Sequence[Figure], position: int) -> Figure:
    """A percent of a list: what the first one is said to be, all are."""
    first = percents[0]
    return replace(percents[position], role=first.role if first.role in ("of", "over", "share") else "of")


def _names(text: str, named: Sequence[Unit]) -> list[str]:
    own = [unit for unit in named if unit.end <= len(text) and unit.standing != "giver" and not unit.several]
    listed = _LIST_START.match(text)
    after = text[listed.end() :] if listed else text
    pieces = [piece.strip(" ,:") for piece in _COMMAS.split(_BLANKS.sub(" ", after))]
    names = []
    for piece in pieces:
        unit = next((each.name for each in own if each.name in piece), None)
        capital = _CAPITALISED.search(piece)
        if unit or capital:
            names.append(unit or capital[0])  # type: ignore[index]
    return names if len(names) == len(pieces) else [unit.name for unit in own]

"""Lists of names and numbers that belong together by position: "A, B, C đạt lần lượt 120%, 110%, 90%"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sangkien_cli.lang import say
from sangkien_cli.prose.figures import Figure, Found
from sangkien_cli.prose.groups import Group, settle
from sangkien_cli.prose.units import Unit

_IN_TURN = re.compile(r"lần\slượt|theo\sthứ\stự")
_KIND_OF_UNIT = r"(?:huyện|đơn\svị|thành\sphố|ngành|quận|tỉnh|địa\sphương|cđcs|thị\sxã|công\sđoàn)"
_LIST_START = re.compile(
    rf".*(?:\b[Cc]ác\s{_KIND_OF_UNIT}(?:[^:,]{{0,30}}:|\s(?=[A-ZĐÀ-Ỹ]))|:\s|gồm\s|như\s|\blà\s)", re.DOTALL
)
_COMMAS = re.compile(r",\s(?:và\s)?|\svà\s|;\s")


def in_turn(found: Found, named: Sequence[Unit]) -> list[Group]:
    """ "A, B, C đạt lần lượt 120%, 110%, 90%": by position, where names and numbers are as many. Else none."""
    turn = _IN_TURN.search(found.small)
    if turn is None:
        return []
    percents = [each for each in found.figures if each.percent and each.start > turn.start() and each.role != "none"]
    counts = [each for each in found.figures if each.role in ("done", "bare") and each.start > turn.start()]
    quotas = [each for each in found.figures if each.role == "quota" and each.start > turn.start()]
    names = _names(found.text[: turn.start()], named)
    size = len(names)
    if size < 2 or size not in (len(percents), len(counts)):
        return []
    groups = []
    for position, name in enumerate(names):
        group = Group(
            done=counts[position] if len(counts) == size else None,
            quota=quotas[position] if len(quotas) == size else None,
            percent=_as_said(percents, position) if len(percents) == size else None,
            unit=name,
        )
        if group.percent is not None:
            settle(group)
        group.doubt("likely", say("prose.why_in_turn"))
        groups.append(group)
    return groups


def _as_said(percents: Sequence[Figure], position: int) -> Figure:
    """A percent of a list: what the first one is said to be, all are."""
    first = percents[0]
    return replace(percents[position], role=first.role if first.role in ("of", "over", "share") else "of")


def _names(text: str, named: Sequence[Unit]) -> list[str]:
    own = [unit for unit in named if unit.end <= len(text) and unit.standing != "giver" and not unit.several]
    listed = _LIST_START.match(text)
    after = text[listed.end() :] if listed else text
    pieces = [piece.strip(" ,:") for piece in _COMMAS.split(after)]
    names = []
    for piece in pieces:
        unit = next((each.name for each in own if each.name in piece), None)
        capital = re.search(r"(?:[A-ZĐÀ-Ỹ]\w*)(?:\s[A-ZĐÀ-Ỹ0-9]\w*)*", piece)
        if unit or capital:
            names.append(unit or capital[0])  # type: ignore[index]
    return names if len(names) == len(pieces) else [unit.name for unit in own]

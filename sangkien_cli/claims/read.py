"""A file of claims read: YAML, CSV or a workbook."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sangkien_cli.claims.listed import read_list
from sangkien_cli.claims.model import Claim
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.nearest import nearest

if TYPE_CHECKING:
    from sangkien_cli.sheets.limits import Access

_LISTS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class ClaimsFile:
    """The claims of a file, each with an id of its own."""

    path: Path
    sha256: str
    claims: tuple[Claim, ...]


def read_claims(path: Path, access: Access | None = None) -> ClaimsFile:
    """The claims in a file, by its ending. Raises SangkienError with everything that is wrong with it."""
    if not path.exists():
        raise SangkienError(Problem(str(path), say("file.missing"), say("file.missing.fix")))
    if path.is_dir():
        raise SangkienError(Problem(str(path), say("claims.folder"), say("claims.folder.fix")))
    if path.suffix.lower() in _LISTS:
        data = _bytes(path)
        claims, problems = read_list(data, str(path))
        digest = hashlib.sha256(data).hexdigest()
    else:
        from sangkien_cli.claims.tabled import read_table
        from sangkien_cli.sheets.files import content_of
        from sangkien_cli.sheets.limits import Access

        access = access or Access()
        content = content_of(path, access.limits)
        claims, problems = read_table(content, access)
        digest = content.sha256()
    problems += _doubled(claims)
    problems += _strangers(claims)
    if problems:
        raise SangkienError(*problems)
    return ClaimsFile(path, digest, tuple(claims))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        detail = error.strerror or str(error)
        raise SangkienError(
            Problem(str(path), say("file.unreadable", detail=detail), say("file.missing.fix"))
        ) from None


def _doubled(claims: Sequence[Claim]) -> Iterator[Problem]:
    often = Counter(claim.id for claim in claims)
    first: dict[str, str] = {}
    for claim in claims:
        if often[claim.id] > 1 and claim.id in first:
            what = say("claims.twice", id=claim.id, place=first[claim.id])
            yield Problem(claim.place, what, say("claims.twice.fix"))
        first.setdefault(claim.id, claim.place)


def _strangers(claims: Sequence[Claim]) -> Iterator[Problem]:
    """Parts that name no other claim, or lead back to the claim itself."""
    parts = {claim.id: [part.claim for part in claim.parts if part.claim is not None] for claim in claims}
    for claim in claims:
        for named in parts[claim.id]:
            if named not in parts:
                near = nearest(named, list(parts), most=1)
                fix = say("config.write", text=near[0]) if near else say("claims.no_part.fix")
                yield Problem(claim.place, say("claims.no_part", id=named), fix)
        if claim.id in parts[claim.id]:
            yield Problem(claim.place, say("claims.own_part", id=claim.id), say("claims.no_part.fix"))

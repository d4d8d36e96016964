"""A file of claims read: YAML, CSV or a workbook."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sangkien_cli.claims.entry import Told
from sangkien_cli.claims.listed import read_list
from sangkien_cli.claims.model import Claim
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.nearest import nearest

if TYPE_CHECKING:
    from sangkien_cli.sheets.limits import Access

_LISTS = (".yaml", ".yml", ".json")
_LIST = re.compile(rb"(?m)^[\xef\xbb\xbf]*claims\s*:")


@dataclass(frozen=True, slots=True)
class ClaimsFile:
    """The claims of a file, each with an id of its own."""

    path: Path
    sha256: str
    claims: tuple[Claim, ...]


def read_claims(path: Path, access: Access | None = None) -> ClaimsFile:
    """The claims in a file, or on standard input (`-`): YAML by its ending or its words, else a sheet.

    Raises SangkienError with everything that is wrong with it.
    """
    if str(path) != "-" and not path.exists():
        raise SangkienError(Problem(str(path), say("file.missing"), say("file.missing.fix")))
    if path.is_dir():
        raise SangkienError(Problem(str(path), say("claims.folder"), say("claims.folder.fix")))
    if path.suffix.lower() in _LISTS:
        data = _bytes(path)
        told, problems = read_list(data, str(path))
    else:
        from sangkien_cli.sheets.files import content_of
        from sangkien_cli.sheets.limits import Access

        access = access or Access()
        content = content_of(path, access.limits)
        data = content.read()
        if _LIST.search(data):
            told, problems = read_list(data, content.place)
        else:
            from sangkien_cli.claims.tabled import read_table

            told, problems = read_table(content, access)
    _tell_of_ids(told)
    if problems:
        raise SangkienError(*problems)
    return ClaimsFile(path, hashlib.sha256(data).hexdigest(), tuple(claim for claim, _ in told))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = say("file.unreadable", detail=error.strerror or str(error))
        raise SangkienError(Problem(str(path), what, say("file.missing.fix"))) from None


def _tell_of_ids(told: Sequence[Told]) -> None:
    """Report ids that stand twice, and parts that name no other claim, or the claim itself."""
    first: dict[str, str] = {}
    for claim, report in told:
        if claim.id in first:
            report("id", say("claims.twice", id=claim.id, place=first[claim.id]), say("claims.twice.fix"))
        first.setdefault(claim.id, claim.place)
    for claim, report in told:
        for part in claim.parts:
            if part.claim == claim.id:
                report("parts", say("claims.own_part", id=claim.id), say("claims.no_part.fix"))
            elif part.claim is not None and part.claim not in first:
                near = nearest(part.claim, list(first), most=1)
                fix = say("config.write", text=near[0]) if near else say("claims.no_part.fix")
                report("parts", say("claims.no_part", id=part.claim), fix)

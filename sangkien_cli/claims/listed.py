"""Claims in a YAML file (contract §7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from sangkien_cli.claims.entry import KEYS, PART_KEYS, Entry, Told, claim_of, plain
from sangkien_cli.collection import without_collection
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.marks import Document, Path, Raw, read_yaml
from sangkien_cli.nearest import nearest


def read_list(data: bytes, place: str) -> tuple[list[Told], list[Problem]]:
    """The claims of a YAML file, and everything that is wrong with it. Raises SangkienError where it is no YAML."""
    with without_collection():
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise SangkienError(
                Problem(f"{place}:{line}", say("claims.not_utf8"), say("config.not_utf8.fix"))
            ) from None
        document = read_yaml(text, place)
        claims = list(_claims(document))
        return claims, document.problems


def _claims(document: Document) -> Iterator[Told]:
    raw = document.raw
    listed = raw.get("claims") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or "claims" not in raw:
        document.problems.append(document.problem((), say("claims.no_list"), say("claims.no_list.fix")))
        return
    for key in raw:
        if key != "claims":
            _unknown(document, (key,), ("claims",))
    if not isinstance(listed, list) or not listed:
        document.problems.append(document.problem(("claims",), say("claims.no_list"), say("claims.no_list.fix")))
        return
    nodes = _items(document)
    for number, item in enumerate(listed):
        if not isinstance(item, dict):
            what, fix = say("config.not_mapping"), say("claims.no_list.fix")
            document.problems.append(document.problem(("claims", number), what, fix))
            continue
        entry = _entry(document, number, item, nodes[number])
        yield claim_of(entry), entry.report


def _items(document: Document) -> list[int]:
    """The line of each claim."""
    root = document.root
    assert root is not None
    nodes = next(value for key, value in root.value if key.value == "claims").value
    return [node.start_mark.line + 1 for node in nodes]


def _entry(document: Document, number: int, item: Mapping[str, Raw], line: int) -> Entry:
    path: Path = ("claims", number)

    def report(key: str, what: Sentence, fix: Sentence) -> None:
        document.problems.append(document.problem((*path, key), what, fix))

    values: dict[str, str] = {}
    for key, value in item.items():
        if re.fullmatch(r"[0-9]+ ?%?", key):  # in braces YAML takes the comma of 76,5 for the end of a value
            what = say("claims.comma", digits=key)
            document.problems.append(document.problem((*path, key), what, say("claims.comma.fix"), at_key=True))
        elif key not in KEYS:
            _unknown(document, (*path, key), KEYS)
        elif key == "parts" or value is None:
            continue
        elif isinstance(value, str):
            if text := plain(value):
                values[key] = text
        else:
            report(key, say("config.wrong_shape"), say("config.wrong_shape.fix"))
    made = _parts(document, path, item.get("parts"))
    return Entry(f"{document.place}:{line}", values, report, f"c{number + 1}", grouped=False, parts=made)


def _parts(document: Document, path: Path, parts: Raw) -> list[Mapping[str, str] | str]:
    if parts is None:
        return []
    if not isinstance(parts, list) or not parts:
        document.problems.append(document.problem((*path, "parts"), say("claims.parts"), say("claims.parts.fix")))
        return []
    found: list[Mapping[str, str] | str] = []
    for at, part in enumerate(parts):
        place: Path = (*path, "parts", at)
        if isinstance(part, str) and plain(part):
            found.append(plain(part))
        elif isinstance(part, dict) and all(value is None or isinstance(value, str) for value in part.values()):
            for key in part:
                if key not in PART_KEYS:
                    _unknown(document, (*place, key), PART_KEYS)
            texts = cast("Mapping[str, str | None]", part)
            found.append({key: plain(value) for key, value in texts.items() if value})
        else:
            document.problems.append(document.problem(place, say("claims.parts"), say("claims.parts.fix")))
    return found


def _unknown(document: Document, path: Path, known: tuple[str, ...]) -> None:
    key = str(path[-1])
    near = nearest(key, known, most=1)
    fix = say("config.write", text=near[0]) if near else say("config.unknown_key.fix", keys=known)
    document.problems.append(document.problem(path, say("config.unknown_key", key=key), fix, at_key=True))

"""A document made again from the options that its origin records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sangkien_cli.documents import report, returns, trend
from sangkien_cli.documents.order import Count, NotPossibleError, Recorded, on_bases
from sangkien_cli.model import Config
from sangkien_cli.pipeline import Counted
from sangkien_cli.render.document import Origin

if TYPE_CHECKING:
    from sangkien_cli.claims import ClaimsFile

Find = Callable[[str, str], Path | None]  # a file by the name and the SHA-256 that it had


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that is to be made again, as its origin tells of it."""

    command: str
    options: Mapping[str, object]
    name: str | None  # of the file: of the workbooks of a run, which one
    ledger: Mapping[str, str] | None  # written in one run with it
    told: Callable[[Origin], Origin]  # puts in what the origin has otherwise though it is the same: versions


@dataclass(frozen=True, slots=True)
class Made:
    """A document made again, and what was counted for it."""

    content: bytes
    counted: Counted
    config: Config  # on the basis that was asked for


def again(wanted: Wanted, config: Config, find: Find, count: Count) -> Made:
    """The document as the program makes it now, of what `count` counts with this quota file.

    Raises NotPossibleError where an option is none any more, and SangkienError as counting does.
    """
    recorded = Recorded(wanted.options, config)
    match wanted.command:
        case "report" | "check":
            return _report(wanted.command, wanted, recorded, find, count)
        case "trend":
            return _trend(wanted, recorded, count)
        case "returns":
            return _returns(wanted, recorded, count)
    raise NotPossibleError("command", wanted.command)


def _report(command: Literal["report", "check"], wanted: Wanted, recorded: Recorded, find: Find, count: Count) -> Made:
    order = report.recorded_order(command, recorded, _before(recorded, find), _claims(recorded, find))
    recorded.nothing_else()
    config = on_bases(recorded.config, order.basis)[0]
    counted = count(config, order.since)
    answer = report.answer(order, config, counted)
    origin = wanted.told(report.origin(answer, wanted.ledger))
    return Made(report.document(answer, origin).encode(), counted, config)


def _before(recorded: Recorded, find: Find) -> report.Before | None:
    """The earlier report that was shown beside, and its ledger."""
    named, ledger = recorded.take("compare", dict), recorded.take("compare-ledger", dict)
    if named is None:
        return None
    from sangkien_cli.compare import read_earlier

    earlier = read_earlier(_found("compare", named, find))
    if ledger is None:
        return report.Before(earlier)
    return report.before_of(earlier, _found("compare-ledger", ledger, find), [])


def _claims(recorded: Recorded, find: Find) -> ClaimsFile | None:
    """The published figures that stood beside."""
    named = recorded.take("claims", dict)
    if named is None:
        return None
    from sangkien_cli.claims import read_claims

    return read_claims(_found("claims", named, find))


def _found(option: str, named: Mapping[str, object], find: Find) -> Path:
    path = find(str(named.get("path")), str(named.get("sha256")))
    if path is None:
        raise NotPossibleError(option, str(named.get("path")))
    return path


def _trend(wanted: Wanted, recorded: Recorded, count: Count) -> Made:
    order = trend.recorded_order(recorded)
    recorded.nothing_else()
    config = on_bases(recorded.config, order.basis)[0]
    counted = count(config)
    origin = wanted.told(trend.origin(order, counted))
    return Made(trend.document(order, trend.trend(order, counted), origin), counted, config)


def _returns(wanted: Wanted, recorded: Recorded, count: Count) -> Made:
    order = returns.recorded_order(recorded)
    recorded.nothing_else()
    counted = count(recorded.config)
    found = returns.returns(order, recorded.config, counted)
    if order.format == "xlsx":
        workbooks = returns.workbooks(order, found, counted, wanted.told)
        return Made(workbooks.get(wanted.name or "", b""), counted, recorded.config)
    return Made(returns.summary(order, found, counted, wanted.told).encode(), counted, recorded.config)


def in_the_words_of(
    version: str, libraries: Mapping[str, str], config: Mapping[str, object] | None
) -> Callable[[Origin], Origin]:
    """What puts the versions of an earlier run into an origin, and how that named the quota file."""

    def told(origin: Origin) -> Origin:
        return replace(origin, version=version, libraries=libraries, config=config or origin.config)

    return told

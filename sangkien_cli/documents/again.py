"""A document made again from the options that its origin records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sangkien_cli.documents import audit, explain, report, returns, trend
from sangkien_cli.documents.order import Count, NotPossibleError, Options, Recorded, on_bases
from sangkien_cli.model import Config
from sangkien_cli.pipeline import Counted
from sangkien_cli.render.document import Origin
from sangkien_cli.sheets.limits import Access

if TYPE_CHECKING:
    from sangkien_cli.claims import ClaimsFile

Find = Callable[[str, str], Path | None]  # a file by the name and the SHA-256 that it had


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that is to be made again, as its origin tells of it."""

    command: str
    as_of: date | None
    options: Mapping[str, object]
    name: str | None  # of the file: of the workbooks of a run, which one
    ledger: Mapping[str, str] | None  # written in one run with it
    told: Callable[[Origin], Origin]  # puts in what the origin has otherwise though it is the same: versions


@dataclass(frozen=True, slots=True)
class Made:
    """A document made again, and what was counted for it."""

    content: bytes
    counted: Counted | None  # None = nothing was
    config: Config | None  # on the basis that was asked for


def again(wanted: Wanted, config: Config | None, find: Find, count: Count | None, access: Access) -> Made:
    """The document as the program makes it now, of what `count` counts with this quota file; None where it was made
    without the one or the other.

    Raises NotPossibleError where an option is none any more, and SangkienError as reading and counting do.
    """
    if wanted.command == "audit":
        return _audit(wanted, Options(wanted.options), config, find, count, access)
    if config is None or count is None:
        raise NotPossibleError("command", wanted.command)
    recorded = Recorded(wanted.options, config)
    match wanted.command:
        case "report" | "check":
            return _report(wanted.command, wanted, recorded, find, count, access)
        case "trend":
            return _trend(wanted, recorded, count)
        case "returns":
            return _returns(wanted, recorded, count)
        case "explain":
            return _explain(wanted, recorded, count)
    raise NotPossibleError("command", wanted.command)


def _report(
    command: Literal["report", "check"], wanted: Wanted, recorded: Recorded, find: Find, count: Count, access: Access
) -> Made:
    named = recorded.take("template", dict)
    template = None if named is None else _found("template", named, find)
    before, claims = _before(recorded, find), _claims(recorded, find, access)
    order = report.recorded_order(command, recorded, before, claims, template)
    recorded.nothing_else()
    config = on_bases(recorded.config, order.basis)[0]
    counted = count(config, order.since)
    answer = report.answer(order, config, counted)
    origin = wanted.told(report.origin(answer, wanted.ledger))
    return Made(report.written(answer, origin, wanted.name or ""), counted, config)


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


def _claims(recorded: Recorded, find: Find, access: Access) -> ClaimsFile | None:
    """The published figures that stood beside."""
    named = recorded.take("claims", dict)
    if named is None:
        return None
    from sangkien_cli.claims import read_claims

    return read_claims(_found("claims", named, find), access)


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


def _audit(
    wanted: Wanted, recorded: Options, config: Config | None, find: Find, count: Count | None, access: Access
) -> Made:
    kind = next((each for each in audit.SOURCES if each in recorded.options), audit.SOURCES[0])
    named = recorded.take(kind, dict)
    if named is None:
        raise NotPossibleError(kind, None)
    source = audit.read_source(kind, _found(kind, named, find), access)
    order = audit.recorded_order(recorded, audit.called(source, str(named.get("path"))), wanted.as_of)
    recorded.nothing_else()
    meant = audit.meant(order, config)
    counted = None if config is None or count is None else count(config)
    rows = None if counted is None else counted.judged.exports
    found = audit.findings(order, config, meant, rows)
    origin = wanted.told(audit.origin(order, found, rows))
    return Made(audit.document(order, found, origin), counted, config)


def _explain(wanted: Wanted, recorded: Recorded, count: Count) -> Made:
    order = explain.recorded_order(recorded)
    recorded.nothing_else()
    config = on_bases(recorded.config, order.basis)[0]
    counted = count(config)
    found = explain.found(order, counted)
    origin = wanted.told(explain.origin(order, counted))
    return Made(explain.document(order, found, origin, wanted.name or ""), counted, config)


def in_the_words_of(
    version: str, libraries: Mapping[str, str], config: Mapping[str, object] | None
) -> Callable[[Origin], Origin]:
    """What puts the versions of an earlier run into an origin, and how that named the quota file."""

    def told(origin: Origin) -> Origin:
        return replace(origin, version=version, libraries=libraries, config=config or origin.config)

    return told

"""The documents of `audit`: what was found of published figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sangkien_cli.audit import audit
from sangkien_cli.documents.order import Options, dialect, shaping
from sangkien_cli.lang import LANGUAGES, Lang
from sangkien_cli.model import Config, PercentRule
from sangkien_cli.render.audit import Audited
from sangkien_cli.render.document import Origin, asked_for, config_entry
from sangkien_cli.render.text import PLAIN, Page

if TYPE_CHECKING:
    from sangkien_cli.claims import Claim
    from sangkien_cli.exports import Exports
    from sangkien_cli.prose import Reading
    from sangkien_cli.published import Meant
    from sangkien_cli.sheets.limits import Access

Kind = Literal["text", "csv", "json"]
KINDS: tuple[Kind, ...] = get_args(Kind)
From = Literal["claims", "text"]
SOURCES: tuple[From, ...] = get_args(From)


@dataclass(frozen=True, slots=True)
class Source:
    """Where claims come from: a file of claims, or a text in which they were found."""

    kind: From
    name: str  # of the file
    sha256: str
    claims: Sequence[Claim]
    readings: Sequence[Reading] = ()  # of a text

    @property
    def named(self) -> Mapping[str, object]:
        """The file, as an origin names it."""
        return {"path": self.name, "sha256": self.sha256}


def read_source(kind: From, path: Path, access: Access) -> Source:
    """The claims in a file. Raises SangkienError."""
    if kind == "claims":
        from sangkien_cli.claims import read_claims

        file = read_claims(path, access)
        return Source(kind, path.name, file.sha256, file.claims)
    from hashlib import file_digest

    from sangkien_cli.prose import find, read_text

    readings = find(read_text(path, access.limits))
    with path.open("rb") as text:
        digest = file_digest(text, "sha256").hexdigest()
    return Source(kind, path.name, digest, [each.claim for each in readings], readings)


def called(source: Source, name: str) -> Source:
    """The same file under the name that it had."""

    def place(text: str) -> str:
        return name + text.removeprefix(source.name) if text.startswith(source.name) else text

    readings = [replace(each, place=place(each.place)) for each in source.readings]
    return replace(source, name=name, readings=readings)


@dataclass(frozen=True, slots=True)
class Order:
    """What an audit is asked to be."""

    format: Kind
    lang: Lang
    source: Source
    as_of: date | None  # of claims without a day of their own; None without a quota file: then it shapes nothing
    excel: bool = False

    @property
    def options(self) -> Mapping[str, object]:
        """The options by their names, as an origin records them."""
        return {
            "format": self.format,
            "lang": shaping(self.lang, self.format, excel=self.excel),
            "excel": self.excel,
            self.source.kind: self.source.named,
        }


def recorded_order(recorded: Options, source: Source, as_of: date | None) -> Order:
    """The order that an origin records, with the file that it names read again. Raises NotPossibleError."""
    for kind in SOURCES:
        recorded.take(kind, dict)
    return Order(
        format=recorded.one("format", KINDS) or "json",
        lang=recorded.one("lang", LANGUAGES) or "vi",
        source=source,
        as_of=as_of,
        excel=recorded.flag("excel"),
    )


def meant(order: Order, config: Config | None) -> Mapping[str, Meant]:
    """What the claims speak of, by their ids.

    Raises SangkienError with every name that the quota file does not know.
    """
    if config is None or order.as_of is None:
        return {}
    from sangkien_cli.published import resolve

    return resolve(order.source.claims, config, order.as_of, typed=order.source.kind == "claims")


def findings(order: Order, config: Config | None, of: Mapping[str, Meant], rows: Exports | None) -> Audited:
    """What is found: by the arithmetic alone, with a quota file also by its quotas, with rows also by the data.

    `of` is what the claims speak of.
    """
    source, claims = order.source, order.source.claims
    readings = {each.claim.id: each for each in source.readings} if source.kind == "text" else None
    if config is None:
        rule = PercentRule()
        return Audited(audit(claims, rule), source.name, source.sha256, rule, None, (), readings)
    from sangkien_cli.published import against_data, other_quotas
    from sangkien_cli.report import inputs_of

    against = {} if rows is None else against_data(claims, of, config, rows)
    found = audit(claims, config.percent, other_quotas(config, of), against)
    inputs = () if rows is None else inputs_of(rows)
    return Audited(found, source.name, source.sha256, config.percent, config, inputs, readings)


def origin(order: Order, found: Audited, rows: Exports | None) -> Origin:
    """How an audit's document came about."""
    config = found.config
    return Origin(
        command="audit",
        programme=None if config is None else config.programme,
        as_of=order.as_of,
        options=asked_for(order.options),
        config=None if config is None else config_entry(config),
        inputs=tuple(found.inputs),
        exports=rows,
    )


def document(order: Order, found: Audited, origin: Origin, page: Page = PLAIN) -> bytes:
    """The audit as it is ordered; `page` is what a terminal can show."""
    from sangkien_cli.render import audit as render

    match order.format:
        case "text":
            return render.render_audit_text(found, order.lang, page).encode()
        case "csv":
            return render.render_audit_csv(found, dialect(order.lang, excel=order.excel)).encode()
        case "json":
            return render.render_audit_json(found, origin).encode()

"""`sangkien audit CLAIMS [EXPORT…]`: published figures checked, by their arithmetic and against the data."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import MESSAGES, help_text
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.lang import Lang
from sangkien_cli.render.files import check_outputs, write_outputs

if TYPE_CHECKING:
    from sangkien_cli.claims import Claim
    from sangkien_cli.model import Config
    from sangkien_cli.prose import Reading
    from sangkien_cli.render.audit import Audited
    from sangkien_cli.sheets.limits import Access

Kind = Literal["text", "csv", "json"]
_KINDS: tuple[Kind, ...] = ("text", "csv", "json")


def audit(
    claims: Annotated[str | None, typer.Argument(metavar="CLAIMS", help=help_text("audit_claims"))] = None,
    exports: options.Exports = None,
    config: options.ConfigFile = None,
    text: Annotated[str | None, typer.Option("--text", metavar="FILE", help=help_text("audit_text"))] = None,
    draft: Annotated[str | None, typer.Option("--draft", metavar="FILE", help=help_text("audit_draft"))] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=help_text("audit_as_of"))] = None,
    format: options.Format = None,
    output: options.Output = None,
    excel: options.Excel = False,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print or write what was found; exit 1 if anything speaks against a claim, else 0."""
    options.language(lang)
    last_day = options.as_of_date(as_of)
    kind = options.table_format(format, output, _KINDS, (), "csv", excel=excel)
    if draft is not None and text is None:
        raise options.fail("--draft", "option.needs", other="--text")
    if text is not None and claims is not None:  # without claims the first word is an export
        exports, claims = [claims, *(exports or [])], None
    source = text or claims
    if source is None:
        raise options.fail("CLAIMS", "audit.no_claims")
    target, drafted = options.target(output), options.target(draft)
    outputs = [path for path in (target, drafted) if path is not None]
    check_outputs(outputs, [Path(source)])
    access = options.access(limit, password_env)
    loaded = _quota_file(config, exports, access)
    shown = options.language(lang, loaded.lang if loaded is not None else MESSAGES)
    readings = None if text is None else _read_text(Path(source), access)
    found = _audited(_source(Path(source), readings, access), loaded, exports, last_day, access, outputs)
    contents: dict[Path, bytes] = {}
    if target is not None:
        contents[target] = _document(found, kind, shown, excel=excel).encode()
    if drafted is not None:
        from sangkien_cli.render.draft import render_draft

        contents[drafted] = render_draft(readings or (), shown).encode()
    write_outputs(contents)
    if target is None:
        _print(found, kind, shown, excel=excel)
    return 0 if found.is_fine else 1


def _quota_file(config: str | None, exports: list[str] | None, access: Access) -> Config | None:
    """The quota file where one is asked for: without `-c` and exports the arithmetic stands alone."""
    return options.quota_file(config, access) if config or exports else None


def _read_text(path: Path, access: Access) -> Sequence[Reading]:
    from sangkien_cli.prose import find, read_text

    return find(read_text(path, access.limits))


@dataclass(frozen=True, slots=True)
class _Source:
    """Where claims come from."""

    path: Path
    sha256: str
    claims: Sequence[Claim]
    readings: Mapping[str, Reading] | None = None


def _source(path: Path, readings: Sequence[Reading] | None, access: Access) -> _Source:
    from sangkien_cli.claims import read_claims

    if readings is None:
        file = read_claims(path, access)
        return _Source(path, file.sha256, file.claims)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return _Source(path, digest, [each.claim for each in readings], {each.claim.id: each for each in readings})


def _audited(
    source: _Source,
    config: Config | None,
    exports: list[str] | None,
    as_of: date | None,
    access: Access,
    outputs: Sequence[Path],
) -> Audited:
    from sangkien_cli.audit import audit as check
    from sangkien_cli.model import PercentRule
    from sangkien_cli.render.audit import Audited

    name, claims = source.path.name, source.claims
    if config is None:
        rule = PercentRule()
        return Audited(check(claims, rule), name, source.sha256, rule, None, (), source.readings)
    from zoneinfo import ZoneInfo

    from sangkien_cli.cli.reading import read_alone
    from sangkien_cli.phases import today
    from sangkien_cli.published import against_data, other_quotas, resolve
    from sangkien_cli.report import inputs_of

    meant = resolve(claims, config, as_of or today(ZoneInfo(config.timezone)), typed=source.readings is None)
    others = other_quotas(config, meant)
    rule = config.percent
    if not exports and not config.files:
        return Audited(check(claims, rule, others), name, source.sha256, rule, config, (), source.readings)
    rows = read_alone(config, exports, outputs, access)
    found = check(claims, rule, others, against_data(claims, meant, config, rows))
    return Audited(found, name, source.sha256, rule, config, inputs_of(rows), source.readings)


def _document(found: Audited, kind: Kind, lang: Lang, *, excel: bool) -> str:
    from sangkien_cli.render import audit as render
    from sangkien_cli.render.csv import PLAIN, excel_dialect

    match kind:
        case "text":
            return render.render_audit_text(found, lang)
        case "csv":
            return render.render_audit_csv(found, excel_dialect(lang) if excel else PLAIN)
        case "json":
            return render.render_audit_json(found)


def _print(found: Audited, kind: Kind, lang: Lang, *, excel: bool) -> None:
    if kind == "text":
        from sangkien_cli.render.audit import render_audit_text

        sys.stdout.write(render_audit_text(found, lang, page()))
    else:
        put_out(_document(found, kind, lang, excel=excel).encode())

"""`sangkien audit CLAIMS [EXPORT…]`: published figures checked, by their arithmetic and against the data."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import MESSAGES, help_text
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.writing import write_outputs
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.render.files import check_outputs

if TYPE_CHECKING:
    from sangkien_cli.documents.audit import Kind
    from sangkien_cli.exports import Exports
    from sangkien_cli.model import Config
    from sangkien_cli.sheets.limits import Access

_KINDS: tuple[Kind, ...] = ("text", "csv", "json")
_DRAFTS = (".yaml", ".yml")


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
    from sangkien_cli.documents import audit as documents
    from sangkien_cli.render.origin import files_for, with_origin

    kind = options.table_format(format, output, _KINDS, (), "csv", excel=excel)
    if draft is not None and text is None:
        raise options.fail("--draft", "option.needs", other="--text")
    if text is not None and claims is not None:  # without claims the first word is an export
        exports, claims = [claims, *(exports or [])], None
    named = text or claims
    if named is None:
        raise options.fail("CLAIMS", "audit.no_claims")
    target, drafted = options.target(output), _draft_file(draft, named)
    outputs = [] if target is None else files_for(target, kind)
    outputs += [] if drafted is None else [drafted]
    check_outputs(outputs, [Path(named)])
    access = options.access(limit, password_env)
    loaded = _quota_file(config, exports, access)
    shown = options.language(lang, loaded.lang if loaded is not None else MESSAGES)
    source = documents.read_source("claims" if text is None else "text", Path(named), access)
    order = documents.Order(format=kind, lang=shown, source=source, as_of=_day(last_day, loaded), excel=excel)
    meant = documents.meant(order, loaded)
    rows = _rows(loaded, exports, outputs, access)
    found = documents.findings(order, loaded, meant, rows)
    origin = documents.origin(order, found, rows)
    contents: dict[Path, bytes] = {}
    if target is not None:
        contents = with_origin(target, documents.document(order, found, origin), origin)
    if drafted is not None:
        from sangkien_cli.render.draft import render_draft

        contents[drafted] = render_draft(source.readings, shown).encode()
    write_outputs(contents)
    if target is None and kind == "text":
        sys.stdout.write(documents.document(order, found, origin, page()).decode())
    elif target is None:
        put_out(documents.document(order, found, origin))
    return 0 if found.is_fine else 1


def _draft_file(draft: str | None, text: str) -> Path | None:
    """Where the claims drawn up from a text go: into a new file, read by its ending as YAML later."""
    if draft is None:
        return None
    path = Path(draft)
    if path.suffix.lower() not in _DRAFTS:
        raise options.fail("--draft", "audit.draft_ending", text=draft, endings=_DRAFTS)
    if path.is_file() and path.resolve() != Path(text).resolve():  # somebody may have confirmed it
        raise SangkienError(Problem(draft, say("audit.draft_there"), say("audit.draft_there.fix")))
    return path


def _quota_file(config: str | None, exports: list[str] | None, access: Access) -> Config | None:
    """The quota file where one is asked for: without `-c` and exports the arithmetic stands alone."""
    return options.quota_file(config, access) if config or exports else None


def _day(last_day: date | None, config: Config | None) -> date | None:
    """The day of claims without one; without a quota file it shapes nothing."""
    if config is None:
        return None
    from zoneinfo import ZoneInfo

    from sangkien_cli.phases import today

    return last_day or today(ZoneInfo(config.timezone))


def _rows(config: Config | None, exports: list[str] | None, outputs: Sequence[Path], access: Access) -> Exports | None:
    """The data, where there are any."""
    if config is None or not (exports or config.files):
        return None
    from sangkien_cli.cli.reading import read_alone

    return read_alone(config, exports, outputs, access)

"""`sangkien diff OLD NEW`: what differs between the row ledgers of two runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.printing import page, put_out
from sangkien_cli.cli.writing import write_outputs
from sangkien_cli.lang import Lang, phrase, say
from sangkien_cli.render.files import check_outputs

if TYPE_CHECKING:
    from sangkien_cli.compare.ledger_files import LedgerFile
    from sangkien_cli.model import Config
    from sangkien_cli.render.ledger_diff import Diff

Kind = Literal["text", "csv", "json"]
_KINDS: tuple[Kind, ...] = ("text", "csv", "json")
By = Literal["code", "place"]
_BY: tuple[By, ...] = ("code", "place")


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help=help_text("diff_old"))],
    new: Annotated[str, typer.Argument(metavar="NEW", help=help_text("diff_new"))],
    config: Annotated[str | None, typer.Option("--config", "-c", metavar="FILE", help=help_text("diff_config"))] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="ID", help=help_text("diff_unit"))] = None,
    why: Annotated[str | None, typer.Option("--why", metavar="REASON", help=help_text("diff_why"))] = None,
    by: Annotated[str, typer.Option("--by", metavar="|".join(_BY), help=help_text("diff_by"))] = "code",
    format: options.Format = None,
    output: options.Output = None,
    excel: options.Excel = False,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print or write what differs; exit 0 if nothing does, else 1."""
    options.language(lang)
    kind = options.table_format(format, output, _KINDS, (), "csv", excel=excel)
    matched = options.choice("--by", by, _BY)
    target = options.target(output)
    outputs = [] if target is None else [target]
    check_outputs(outputs, [Path(old), Path(new)])
    access = options.access(limit, password_env)
    quota = None if options.config_path_if_any(config) is None else options.quota_file(config, access)
    if quota is not None:
        check_outputs(outputs, quota.made_of)
    from sangkien_cli.compare.ledger_files import read_ledger_file
    from sangkien_cli.compare.ledgers import VERDICTS, Outline, ledger_changes, outline
    from sangkien_cli.render.ledger_diff import Diff

    verdict = None if why is None else options.choice("--why", why, VERDICTS)
    then, now = (read_ledger_file(Path(each), say("ledger.fix")) for each in (old, new))
    named, within = _units(unit, quota, then, now)
    known = Outline() if quota is None else outline(quota)
    changes = ledger_changes(
        then.table, now.table, by_code=matched == "code", known=known, units=within, verdict=verdict
    )
    found = Diff(then, now, changes, known, quota, named, verdict)
    shown = options.language(lang, *([] if quota is None else [quota.lang]))
    asked = {"-c": config, "--unit": unit, "--why": why, "--by": None if matched == _BY[0] else by}
    every = _command(old, new, asked, phrase("diff.file", shown))
    if target is not None:
        write_outputs({target: _document(found, kind, shown, every, excel=excel)})
    elif kind == "text":
        from sangkien_cli.render.ledger_diff import render_diff_text

        sys.stdout.write(render_diff_text(found, every, shown, page()))
    else:
        put_out(_document(found, kind, shown, every, excel=excel))
    return 0 if changes.alike else 1


def _units(
    typed: str | None, quota: Config | None, then: LedgerFile, now: LedgerFile
) -> tuple[str | None, set[str] | None]:
    """The unit asked for, and those whose rows are looked at: with a quota file all below it too."""
    if typed is None:
        return None, None
    seen = {unit for ledger in (then, now) for unit in ledger.table["unit"].unique().tolist() if unit}
    if quota is not None and (typed in {each.id for each in quota.units} or typed not in seen):
        from sangkien_cli.units import subtree

        unit = str(options.unit_id(typed, quota))
        return unit, subtree(quota.units, unit)
    if typed not in seen:
        from sangkien_cli.nearest import nearest

        near = nearest(typed, sorted(seen))
        raise options.fail("--unit", "diff.no_unit", "option.no_unit.near" if near else None, text=typed, near=near)
    return typed, {typed}


def _command(old: str, new: str, asked: Mapping[str, str | None], file: str) -> str:
    """The command line that writes every differing row, for Excel."""
    options = [word for option, value in asked.items() if value is not None for word in (option, value)]
    words = ["sangkien", "diff", old, new, *options, "--excel", "-o", file]
    return " ".join(f'"{word}"' if " " in word else word for word in words)


def _document(found: Diff, kind: Kind, lang: Lang, every: str, *, excel: bool) -> bytes:
    from sangkien_cli.render import ledger_diff as render
    from sangkien_cli.render.csv import PLAIN, excel_dialect

    match kind:
        case "text":
            return render.render_diff_text(found, every, lang).encode()
        case "csv":
            return render.render_diff_csv(found.changes, excel_dialect(lang) if excel else PLAIN).encode()
        case "json":
            return render.render_diff_json(found).encode()

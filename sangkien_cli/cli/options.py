"""Options that several commands share, and their values read."""

from __future__ import annotations

import os
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangkien_cli.cli.language import GIVEN, MESSAGES, help_text
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import LANGUAGES, Lang, say
from sangkien_cli.model import ALL

if TYPE_CHECKING:
    from sangkien_cli.model import Config

Exports = Annotated[list[str] | None, typer.Argument(metavar="EXPORT", help=help_text("exports"), show_default=False)]
ConfigFile = Annotated[str | None, typer.Option("--config", "-c", metavar="FILE", help=help_text("config"))]
Language = Annotated[str | None, typer.Option("--lang", metavar="vi|en", help=help_text("lang"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=help_text("as_of"))]
PhaseId = Annotated[str | None, typer.Option("--phase", metavar="ID", help=help_text("phase"))]
UnitId = Annotated[str | None, typer.Option("--unit", metavar="ID", help=help_text("unit"))]
Depth = Annotated[str | None, typer.Option("--depth", metavar="N", help=help_text("depth"))]
Format = Annotated[str | None, typer.Option("--format", metavar="text|csv|json", help=help_text("format"))]
Output = Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("output"))]
Ledger = Annotated[str | None, typer.Option("--ledger", metavar="FILE", help=help_text("ledger"))]
Excel = Annotated[bool, typer.Option("--excel", help=help_text("excel"))]
Strict = Annotated[bool, typer.Option("--strict", help=help_text("strict"))]


def fail(option: str, key: str, fix: str | None = None, **args: object) -> SangkienError:
    """An option that cannot be used, as an error that names it."""
    return SangkienError(Problem(option, say(key, **args), say(fix or f"{key}.fix", **args)))


def language(typed: str | None, fallback: Lang = MESSAGES) -> Lang:
    """The language of what is printed: `--lang`, behind the command or before it, then the fallback."""
    if typed is None:
        return GIVEN or fallback
    for lang in LANGUAGES:
        if typed == lang:
            return lang
    raise fail("--lang", "option.lang", text=typed)


def config_path(typed: str | None) -> Path:
    """The quota file: `--config`, `$SANGKIEN_CONFIG`, `./sangkien.yaml`."""
    if typed:
        return Path(typed)
    if named := os.environ.get("SANGKIEN_CONFIG"):
        return Path(named)
    default = Path("sangkien.yaml")
    if not default.exists():
        raise SangkienError(Problem("", say("option.no_config"), say("option.no_config.fix")))
    return default


def as_of_date(typed: str | None) -> date | None:
    """A day typed as 2022-04-27 or 27/04/2022; None if none was typed."""
    if typed is None:
        return None
    try:
        if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", typed.strip()):
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed.strip()):
            return date.fromisoformat(typed.strip())
    except ValueError:
        raise fail("--as-of", "option.no_such_day", text=typed) from None
    raise fail("--as-of", "option.not_a_day", text=typed)


def whole_number(option: str, typed: str, example: str) -> int:
    """A whole number ≥ 0, written plainly; `example` shows the user one."""
    if not re.fullmatch(r"[0-9]{1,18}", typed.strip()):
        raise fail(option, "option.not_whole", text=typed, example=example)
    return int(typed)


def percent_number(option: str, typed: str) -> Fraction:
    """A percent such as `100`, `76.5` or `76,5%`."""
    plain = typed.strip().removesuffix("%").strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", plain):
        raise fail(option, "option.not_percent", text=typed)
    return Fraction(plain)


def phase_id(typed: str | None, config: Config) -> str | None:
    """A phase of the quota file, or `all`."""
    known = [*(phase.id for phase in config.phases), ALL]
    if typed is not None and typed not in known:
        raise fail("--phase", "option.no_phase", text=typed, phases=tuple(known))
    return typed


def unit_id(typed: str | None, config: Config) -> str | None:
    """The id of a unit of the quota file."""
    known = [unit.id for unit in config.units]
    if typed is not None and typed not in known:
        from sangkien_cli.nearest import nearest

        near = nearest(typed, known)
        fix = "option.no_unit.near" if near else "option.no_unit.fix"
        raise fail("--unit", "option.no_unit", fix, text=typed, near=near)
    return typed

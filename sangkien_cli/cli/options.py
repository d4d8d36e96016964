"""Options that several commands share, and their values read."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from sangkien_cli.cli.language import GIVEN, MESSAGES, help_text
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import LANGUAGES, Lang, Sentence, say, words
from sangkien_cli.model import ALL

if TYPE_CHECKING:
    from sangkien_cli.model import Basis, Campaign, Config
    from sangkien_cli.sheets.limits import Access

Exports = Annotated[list[str] | None, typer.Argument(metavar="EXPORT", help=help_text("exports"), show_default=False)]
ConfigFile = Annotated[str | None, typer.Option("--config", "-c", metavar="FILE", help=help_text("config"))]
Language = Annotated[str | None, typer.Option("--lang", metavar="vi|en", help=help_text("lang"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=help_text("as_of"))]
PhaseId = Annotated[str | None, typer.Option("--phase", metavar="ID", help=help_text("phase"))]
UnitId = Annotated[str | None, typer.Option("--unit", metavar="ID", help=help_text("unit"))]
Depth = Annotated[str | None, typer.Option("--depth", metavar="N", help=help_text("depth"))]
Format = Annotated[str | None, typer.Option("--format", metavar="text|csv|json", help=help_text("format"))]
Output = Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("output"))]
Outputs = Annotated[list[str] | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("outputs"))]
ReportFormat = Annotated[
    str | None, typer.Option("--format", metavar="text|csv|json|html|md|xlsx|docx|svg|png", help=help_text("format"))
]
Ledger = Annotated[str | None, typer.Option("--ledger", metavar="FILE", help=help_text("ledger"))]
Excel = Annotated[bool, typer.Option("--excel", help=help_text("excel"))]
Limit = Annotated[list[str] | None, typer.Option("--limit", metavar="NAME=N", help=help_text("limit"))]
PasswordEnv = Annotated[str | None, typer.Option("--password-env", metavar="NAME", help=help_text("password_env"))]
InspectFormat = Annotated[str | None, typer.Option("--format", metavar="text|json", help=help_text("inspect_format"))]
InspectOutput = Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("inspect_output"))]
BasisId = Annotated[list[str] | None, typer.Option("--basis", metavar="ID", help=help_text("basis"))]
OneBasis = Annotated[list[str] | None, typer.Option("--basis", metavar="ID", help=help_text("one_basis"))]
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


def say_aside(sentence: Sentence, place: str = "") -> None:
    """A sentence on standard error."""
    text = words(sentence, MESSAGES)
    print(f"{place}: {text}" if place else text, file=sys.stderr)


def config_path(typed: str | None) -> Path:
    """The quota file: `--config`, `$SANGKIEN_CONFIG`, `./sangkien.yaml`."""
    found = config_path_if_any(typed)
    if found is None:
        raise SangkienError(Problem("", say("option.no_config"), say("option.no_config.fix")))
    return found


def config_path_if_any(typed: str | None) -> Path | None:
    """The quota file, for a command that can do without; None if there is none."""
    if typed:
        return Path(typed)
    if named := os.environ.get("SANGKIEN_CONFIG"):
        return Path(named)
    default = Path("sangkien.yaml")
    return default if default.exists() else None


def quota_file(typed: str | None, access: Access) -> Config:
    """The quota file loaded, what is worth knowing of its parts said."""
    from sangkien_cli.config import load_config

    config = load_config(config_path(typed), access=access)
    for place, what in config.notes:
        say_aside(what, place)
    return config


_ENDINGS = {
    ".txt": "text", ".csv": "csv", ".json": "json", ".xlsx": "xlsx", ".yaml": "yaml", ".yml": "yaml",
    ".svg": "svg", ".png": "png", ".docx": "docx", ".html": "html", ".htm": "html", ".md": "md",
}  # fmt: skip
F = TypeVar("F", bound=str)


def document_format(typed: str | None, output: str | None, printed: Sequence[F], written: Sequence[F] = ()) -> F:
    """The format: as typed, else by the output's ending, else the first of those that can be printed.

    `written` are those that only a file can hold.
    """
    for each in printed if target(output) is None else (*printed, *written):
        if typed == each:
            return each
    if typed in written:
        raise fail("--format", "option.format_file", text=typed, format=typed)
    file = target(output)
    if typed is not None:
        raise fail("--format", "option.format", text=typed, formats=(*printed, *(written if file else ())))
    if file is None:
        return printed[0]
    for each in (*printed, *written):
        if _ENDINGS.get(file.suffix.lower()) == each:
            return each
    endings = tuple(ending for ending, name in _ENDINGS.items() if name in (*printed, *written))
    raise fail("--output", "option.ending", text=output, endings=endings)


def table_format(
    typed: str | None, output: str | None, printed: Sequence[F], written: Sequence[F], csv: F, *, excel: bool
) -> F:
    """`document_format` where `--excel` may be: it is for CSV, and means it where nothing else is said."""
    if excel and typed is None and target(output) is None:
        return csv
    found = document_format(typed, output, printed, written)
    if excel and found != csv:
        raise fail("--excel", "option.excel", format=found)
    return found


def target(output: str | None) -> Path | None:
    """The file to be written; None for standard output."""
    return None if output in (None, "-") else Path(str(output))


def access(limits: Sequence[str] | None, password_env: str | None) -> Access:
    """How files may be read: `--limit seconds=60`, several times, and the variable that holds a password."""
    from sangkien_cli.sheets.limits import NAMES, Access, Limits

    changed: dict[str, int] = {}
    for typed in limits or ():
        name, _, number = typed.partition("=")
        if name not in NAMES:
            raise fail("--limit", "option.limit", text=typed, names=NAMES)
        changed[name] = whole_number("--limit", number, "60")
    password = None
    if password_env is not None:
        password = os.environ.get(password_env)
        if not password:
            raise fail("--password-env", "option.no_password", name=password_env)
    return Access(Limits(**changed), password)


def as_of_date(typed: str | None) -> date | None:
    """The day of `--as-of`; None if none was typed."""
    return day("--as-of", typed)


def day(option: str, typed: str | None) -> date | None:
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
        raise fail(option, "option.no_such_day", text=typed) from None
    raise fail(option, "option.not_a_day", text=typed)


def whole_number(option: str, typed: str, example: str, least: int = 0) -> int:
    """A whole number ≥ `least`, written plainly; `example` shows the user one."""
    if not re.fullmatch(r"[0-9]{1,18}", typed.strip()) or int(typed) < least:
        raise fail(option, "option.not_whole", text=typed, example=example, least=least)
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


def campaign(typed: str | None, config: Config) -> Campaign | None:
    """A campaign of the quota file."""
    if typed is None:
        return None
    found = next((each for each in config.campaigns if each.id == typed), None)
    if found is None:
        known = tuple(each.id for each in config.campaigns)
        fix = "option.no_campaign.fix" if known else "option.no_campaigns.fix"
        raise fail("--campaign", "option.no_campaign", fix, text=typed, campaigns=known)
    return found


def on_bases(config: Config, typed: Sequence[str] | None) -> tuple[Config, tuple[Basis, ...]]:
    """The quota file on the first basis asked for, and the further ones to be shown beside it."""
    asked = [each.strip() for text in typed or () for each in text.split(",")]
    known = {each.id: each for each in config.bases}
    for each in asked:
        if each not in known:
            fix = "option.no_basis.fix" if known else "option.no_bases.fix"
            raise fail("--basis", "option.no_basis", fix, text=each, bases=tuple(known))
    if not asked:
        return config, ()
    from sangkien_cli.quotas import on_basis

    first, *others = dict.fromkeys(asked)
    return on_basis(config, first), tuple(known[each] for each in others)


def on_basis(config: Config, typed: Sequence[str] | None) -> Config:
    """The quota file on the basis asked for, where there can be only one."""
    config, others = on_bases(config, typed)
    if others:
        raise fail("--basis", "option.one_basis", text=", ".join(typed or ()))
    return config


def choice(option: str, typed: str, known: Sequence[F]) -> F:
    """One value out of a few."""
    for each in known:
        if typed == each:
            return each
    raise fail(option, "option.no_choice", text=typed, choices=tuple(known))


def choices(option: str, typed: Sequence[str] | None, known: Sequence[F]) -> list[F]:
    """Values out of a few, an option typed several times or its values joined with commas."""
    return [choice(option, each.strip(), known) for texts in typed or () for each in texts.split(",")]


def unit_id(typed: str | None, config: Config) -> str | None:
    """The id of a unit of the quota file, typed as it is or as the name of that unit alone."""
    if typed is None:
        return None
    from sangkien_cli.nearest import nearest
    from sangkien_cli.units import ids_and_names, units_called

    named = [config.units[i].id for i in units_called(config.units, typed)]
    if len(named) == 1:
        return named[0]
    near = tuple(named) or nearest(typed, ids_and_names(config.units))
    fix = "option.no_unit.near" if near else "option.no_unit.fix"
    raise fail("--unit", "option.no_unit", fix, text=typed, near=near)

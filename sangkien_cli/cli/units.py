"""`sangkien units`: the tree with its quotas; unknown names out, and the right ones back in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.reading import counted
from sangkien_cli.cli.rewriting import put_in_place
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Lang, say

if TYPE_CHECKING:
    from sangkien_cli.errors import Note
    from sangkien_cli.sheets.limits import Access
    from sangkien_cli.unit_lines import UnitLines

Kind = Literal["text", "csv", "json", "xlsx", "yaml"]
_LISTS = (".xlsx", ".csv")
_PRINTED: tuple[Kind, ...] = ("text", "csv", "json", "yaml")


def units(
    exports: options.Exports = None,
    config: options.ConfigFile = None,
    unknown: Annotated[bool, typer.Option("--unknown", help=help_text("unknown"))] = False,
    learn: Annotated[str | None, typer.Option("--learn", metavar="FILE", help=help_text("learn"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("dry_run"))] = False,
    phase: options.PhaseId = None,
    unit: options.UnitId = None,
    depth: options.Depth = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=help_text("units_as_of"))] = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="|".join(_PRINTED), help=help_text("format"))
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("units_output"))
    ] = None,
    basis: options.OneBasis = None,
    strict: Annotated[bool, typer.Option("--strict", help=help_text("units_strict"))] = False,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print or write the tree; exit 0, or 3 with --strict if there is a warning."""
    if unknown and learn is not None:
        raise options.fail("--learn", "option.not_together", other="--unknown")
    if exports and not unknown:
        raise options.fail("EXPORT", "option.exports_for_unknown", text=exports[0])
    if dry_run and learn is None:
        raise options.fail("--dry-run", "option.dry_run")
    options.language(lang)
    access = options.access(limit, password_env)
    of_the_tree = {"--phase": phase, "--unit": unit, "--depth": depth, "--as-of": as_of, "--format": format,
                   "--strict": strict, "--basis": basis}  # fmt: skip
    if learn is not None:
        _refuse({**of_the_tree, "--output": output}, "--learn")
        return _learn(learn, config, access, dry_run=dry_run)
    if unknown:
        _refuse(of_the_tree, "--unknown")
        return _list_unknown(exports, config, output, access, lang)
    kind = options.document_format(format, output, _PRINTED, ("xlsx",))
    from sangkien_cli.cli.writing import write_outputs
    from sangkien_cli.render.files import check_outputs
    from sangkien_cli.tree_checks import check_tree
    from sangkien_cli.unit_lines import unit_lines

    target = options.target(output)
    check_outputs([] if target is None else [target])
    quota = options.on_basis(options.quota_file(config, access), basis)
    check_outputs([] if target is None else [target], quota.made_of)
    levels = None if depth is None else options.whole_number("--depth", depth, "1")
    day = options.as_of_date(as_of)
    lines = unit_lines(quota, options.phase_id(phase, quota), options.unit_id(unit, quota), levels, day)
    notes = check_tree(quota, lines.quoted, lines.looked_at, day)
    document = _document(lines, notes, kind, options.language(lang, quota.lang))
    if target is None:
        sys.stdout.write(document.decode())
    else:
        write_outputs({target: document})
    for note in notes:
        options.say_aside(note.what, note.place)
    if strict and notes:
        options.say_aside(say("units.strict", warnings=len(notes)))
        return 3
    return 0


def _refuse(given: Mapping[str, object], other: str) -> None:
    """Options that would be of no use beside another one."""
    for option, value in given.items():
        if value:
            raise options.fail(option, "option.not_with", other=other)


def _document(lines: UnitLines, notes: list[Note], kind: Kind, lang: Lang) -> bytes:
    from sangkien_cli.render.units import render_units_json, render_units_text

    if kind == "text":
        return render_units_text(lines, lang).encode()
    if kind == "json":
        return render_units_json(lines, notes).encode()
    from sangkien_cli.render.tree import tree_csv, tree_table, tree_yaml

    units, kept, bases = lines.config.units, lines.positions, lines.config.bases
    if kind == "csv":
        return tree_csv(units, lines.quoted, kept=kept, bases=bases).encode()
    if kind == "yaml":
        return tree_yaml(units, lines.quoted, kept, bases).encode()
    return tree_table(units, lines.quoted, lang, kept, bases)


def _list_unknown(
    exports: list[str] | None, config: str | None, output: str | None, access: Access, lang: str | None
) -> int:
    """The names typed in the exports that are not in the tree, as a list to be filled in."""
    from sangkien_cli.cli.writing import write_outputs
    from sangkien_cli.render import spellings as render
    from sangkien_cli.render.files import check_outputs
    from sangkien_cli.spellings import COLUMNS, unknown_spellings

    target = options.target(output)
    if target is not None and target.suffix.lower() not in _LISTS:
        raise options.fail("--output", "option.ending", text=output, endings=_LISTS)
    check_outputs([] if target is None else [target])
    quota = options.quota_file(config, access)
    judged = counted(quota, exports, None, [] if target is None else [target], access).judged
    found = unknown_spellings(judged)
    language = options.language(lang, quota.lang)
    if target is None:
        sys.stdout.write(render.names_text(found, judged.tree, language))
    elif target.suffix.lower() == ".csv":
        write_outputs({target: render.names_csv(found, judged.tree).encode()})
    else:
        write_outputs({target: render.names_workbook(found, judged.tree, language)})
    if target is not None:
        column = "choice" if target.suffix.lower() == ".csv" else say(COLUMNS["choice"])
        command = f"sangkien units --learn {target}" + (f" -c {config}" if config else "")
        options.say_aside(say("units.unknown_done", names=len(found), file=str(target), column=column, command=command))
    return 0


def _learn(names: str, config: str | None, access: Access, *, dry_run: bool) -> int:
    """Put the confirmed spellings into the quota file; what changes is shown first."""
    from sangkien_cli.config.rewrite import rewrites
    from sangkien_cli.spellings import changes, read_choices, with_choices

    if not Path(names).exists():
        raise SangkienError(Problem(names, say("file.missing"), say("file.missing.fix")))
    quota = options.quota_file(config, access)
    filled = read_choices(Path(names), quota)
    choices = filled.choices
    put_in_place(rewrites(quota, changes(choices, quota), with_choices(choices, quota), access), dry_run=dry_run)
    if choices and not dry_run:
        units = len({choice.unit for choice in choices})
        options.say_aside(say("names.learned", spellings=len(choices), units=units))
    if filled.passed_over:
        options.say_aside(say("names.passed_over", names=filled.passed_over))
    if filled.undecided:
        options.say_aside(say("names.undecided", names=filled.undecided))
    return 0

"""`sangkien allocate`: a unit's quota divided among the units below it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from sangkien_cli.apportion import Method
from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.cli.reading import counted
from sangkien_cli.cli.rewriting import put_in_place
from sangkien_cli.cli.writing import write_outputs
from sangkien_cli.lang import Lang
from sangkien_cli.model import ALL
from sangkien_cli.render.files import check_outputs

if TYPE_CHECKING:
    from sangkien_cli.allocation import Allocation, By
    from sangkien_cli.model import Config, Phase, Report
    from sangkien_cli.sheets.limits import Access

Kind = Literal["text", "csv", "json", "xlsx"]
_PRINTED: tuple[Kind, ...] = ("text", "csv", "json")


def allocate(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=help_text("allocate_unit"))],
    exports: Annotated[
        list[str] | None, typer.Argument(metavar="EXPORT", help=help_text("allocate_exports"), show_default=False)
    ] = None,
    phase: Annotated[str | None, typer.Option("--phase", metavar="ID", help=help_text("allocate_phase"))] = None,
    quota: Annotated[str | None, typer.Option("--quota", metavar="N", help=help_text("allocate_quota"))] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="members|equal|done:PHASE", help=help_text("allocate_by"))
    ] = None,
    at_least: Annotated[str, typer.Option("--at-least", metavar="N", help=help_text("allocate_at_least"))] = "0",
    method: Annotated[
        str, typer.Option("--method", metavar="hamilton|sainte-lague", help=help_text("allocate_method"))
    ] = "hamilton",
    basis: options.OneBasis = None,
    as_of: options.AsOf = None,
    write: Annotated[bool, typer.Option("--write", help=help_text("allocate_write"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("allocate_dry_run"))] = False,
    config: options.ConfigFile = None,
    format: options.Format = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("allocate_output"))
    ] = None,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print the table, and put its numbers into the quota file if asked; exit 0."""
    options.language(lang)
    kind = options.document_format(format, output, _PRINTED, ("xlsx",))
    target = options.target(output)
    check_outputs([] if target is None else [target])
    counting = _Counting(exports, as_of)
    asked = None if quota is None else options.whole_number("--quota", quota, "5000")
    least = options.whole_number("--at-least", at_least, "1")
    rest: Method = options.choice("--method", method, get_args(Method))
    from sangkien_cli import allocation as division
    from sangkien_cli.config.rewrite import rewrites

    access = options.access(limit, password_env)
    loaded = options.on_basis(options.quota_file(config, access), basis)
    top = division.find_unit(loaded, unit)
    window = _phase(phase, loaded)
    rule = division.Rule(_by(by, loaded), least, rest)
    report = counting.report(loaded, rule.by, target, access)
    divided = division.allocate(loaded, top, window, rule, asked, report)
    document = _document(divided, kind, options.language(lang, loaded.lang))
    outputs = {} if target is None else {target: document}
    if write or dry_run:
        changed = rewrites(loaded, division.changes(divided), division.with_numbers(divided), access)
        put_in_place(changed, outputs, dry_run=dry_run)
    else:
        write_outputs(outputs)
    if target is None:
        _print(document, kind)
    return 0


@dataclass(frozen=True, slots=True)
class _Counting:
    """The options of counting, as typed."""

    exports: list[str] | None
    as_of: str | None

    def __post_init__(self) -> None:
        options.as_of_date(self.as_of)

    def report(self, config: Config, by: By, target: Path | None, access: Access) -> Report | None:
        """The counts, where the division goes by them; the table's own file must not be one of the inputs."""
        own = config.made_of
        if by.kind != "done":
            self._refuse(by)
            check_outputs([] if target is None else [target], own)
            return None
        outputs = [] if target is None else [target]
        result = counted(config, self.exports, options.as_of_date(self.as_of), outputs, access)
        return result.report

    def _refuse(self, by: By) -> None:
        """Nothing is counted: what asks for it is a mistake."""
        typed = {
            "EXPORT": self.exports,
            "--as-of": self.as_of,
        }
        for option, value in typed.items():
            if value:
                raise options.fail(option, "allocate.not_counted", by=by.text)


def _phase(typed: str | None, config: Config) -> Phase:
    ids = tuple(phase.id for phase in config.phases)
    if typed is None:
        raise options.fail("--phase", "allocate.no_phase", "option.no_phase.fix", phases=ids)
    for phase in config.phases:
        if phase.id == typed:
            return phase
    if typed == ALL:
        raise options.fail("--phase", "allocate.all_phases", "option.no_phase.fix", phases=ids)
    raise options.fail("--phase", "option.no_phase", text=typed, phases=ids)


def _by(typed: str | None, config: Config) -> By:
    from sangkien_cli.allocation import By

    ids = tuple(phase.id for phase in config.phases)
    if typed is None:
        raise options.fail("--by", "allocate.no_by", "allocate.by.fix", phase=ids[0])
    match typed.partition(":"):
        case ("members" | "equal") as kind, "", "":
            return By(kind)
        case "done", ":", phase if phase:
            pass
        case _:
            raise options.fail("--by", "allocate.unknown_by", "allocate.by.fix", text=typed, phase=ids[0])
    if phase not in (*ids, ALL):
        raise options.fail("--by", "option.no_phase", text=phase, phases=(*ids, ALL))
    return By("done", phase)


def _document(divided: Allocation, kind: Kind, lang: Lang) -> bytes:
    from sangkien_cli.render import allocation as render

    match kind:
        case "text":
            return render.render_allocation_text(divided, lang).encode()
        case "csv":
            return render.render_allocation_csv(divided).encode()
        case "json":
            return render.render_allocation_json(divided).encode()
        case "xlsx":
            return render.render_allocation_workbook(divided, lang)


def _print(document: bytes, kind: Kind) -> None:
    """For people as the terminal can show it; for machines the bytes as they are."""
    if kind == "text" or not hasattr(sys.stdout, "buffer"):
        sys.stdout.write(document.decode())
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(document)

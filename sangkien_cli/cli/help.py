"""Help pages in the language of messages: Typer's own words are English only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

from sangkien_cli.cli.language import help_text

# Options that Typer adds by itself.
_TYPER_OPTIONS = {
    "--help": help_text("help"),
    "--install-completion": help_text("install_completion"),
    "--show-completion": help_text("show_completion"),
}


class Command(TyperCommand):
    """A command whose help page speaks the user's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage, description, arguments, options."""
        arguments = [p for p in self.params if p.param_type_name == "argument"]
        usage = " ".join([help_text("options_word"), *(_argument_usage(p) for p in arguments)])
        formatter.write_usage(ctx.command_path, usage, prefix=f"{help_text('usage')}: ")
        _paragraphs(formatter, self.help or "")
        _section(formatter, help_text("arguments"), [(_metavar(p), getattr(p, "help", "") or "") for p in arguments])
        _section(formatter, help_text("options"), _options(self.get_params(ctx)))


class Group(TyperGroup):
    """The program itself, likewise."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage, description, options, commands."""
        formatter.write_usage(ctx.command_path, help_text("group_usage"), prefix=f"{help_text('usage')}: ")
        _paragraphs(formatter, self.help or "")
        _section(formatter, help_text("options"), _options(self.get_params(ctx)))
        commands = [(name, (self.commands[name].help or "").partition("\n")[0]) for name in self.commands]
        _section(formatter, help_text("commands"), commands)

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order in which they are defined."""
        return list(self.commands)


def _argument_usage(parameter: Any) -> str:
    return _metavar(parameter) if parameter.required else f"[{_metavar(parameter)}]"


def _metavar(parameter: Any) -> str:
    name = str(parameter.metavar or parameter.name.upper())
    return f"{name}…" if parameter.nargs == -1 else name


def _options(parameters: Sequence[Any]) -> list[tuple[str, str]]:
    rows = []
    for parameter in parameters:
        if parameter.param_type_name != "option" or parameter.hidden:
            continue
        names = ", ".join([*parameter.opts, *parameter.secondary_opts])
        value = f" {parameter.metavar}" if parameter.metavar and not parameter.is_flag else ""
        text = next((text for name, text in _TYPER_OPTIONS.items() if name in parameter.opts), parameter.help or "")
        rows.append((names + value, text))
    return rows


def _paragraphs(formatter: Any, text: str) -> None:
    for paragraph in filter(None, text.split("\n")):
        formatter.write_paragraph()
        formatter.write_text(paragraph)


def _section(formatter: Any, title: str, rows: Sequence[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(title):
            formatter.write_dl(rows)

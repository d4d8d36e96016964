"""The program's way in: the commands, and how every run ends (exit codes of contract §5)."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from difflib import get_close_matches
from types import FrameType
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from sangkien_cli import __version__
from sangkien_cli.cli import options
from sangkien_cli.cli.allocate import allocate
from sangkien_cli.cli.audit import audit
from sangkien_cli.cli.calc import calc
from sangkien_cli.cli.check import check
from sangkien_cli.cli.demo import demo
from sangkien_cli.cli.diff import diff
from sangkien_cli.cli.explain import explain
from sangkien_cli.cli.help import Command, Group
from sangkien_cli.cli.init import init
from sangkien_cli.cli.inspect import inspect
from sangkien_cli.cli.language import MESSAGES, help_text
from sangkien_cli.cli.report import report
from sangkien_cli.cli.returns import returns
from sangkien_cli.cli.template import template
from sangkien_cli.cli.trend import trend
from sangkien_cli.cli.units import units
from sangkien_cli.cli.verify import verify
from sangkien_cli.errors import Problem, SangkienError, show_problems
from sangkien_cli.lang import phrase, say

FINE, NO, COULD_NOT_RUN, DATA_PROBLEMS = 0, 1, 2, 3
INTERRUPTED, TERMINATED = 130, 143

app = typer.Typer(
    cls=Group,
    help=help_text("program"),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command(cls=Command, help=help_text("report"))(report)
app.command(cls=Command, help=help_text("check"))(check)
app.command(cls=Command, help=help_text("audit"))(audit)
app.command(cls=Command, help=help_text("trend"))(trend)
app.command(cls=Command, help=help_text("diff"))(diff)
app.command(cls=Command, help=help_text("explain"))(explain)
app.command(cls=Command, help=help_text("returns"))(returns)
app.command(cls=Command, help=help_text("verify"))(verify)
app.command(cls=Command, help=help_text("inspect"))(inspect)
app.command(cls=Command, help=help_text("init"))(init)
app.command(cls=Command, help=help_text("units"))(units)
app.command(cls=Command, help=help_text("allocate"))(allocate)
app.command(cls=Command, help=help_text("template_command"))(template)
app.command(cls=Command, help=help_text("calc"))(calc)
app.command(cls=Command, help=help_text("demo"))(demo)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"sangkien-cli {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    lang: options.Language = None,
    version: Annotated[
        bool, typer.Option("--version", help=help_text("version"), callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Options of the program itself."""
    options.language(lang)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code. A bug, and only a bug, leaves as a traceback."""
    if sys.stdout is None:
        _explain_stdout("closed")
        return COULD_NOT_RUN
    if sys.stderr is None:  # closed by some schedulers: nobody will read what is said there
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A glyph that the terminal's code page lacks must not end a run; a file or pipe can hold them all.
            chosen = stream.isatty() or "PYTHONIOENCODING" in os.environ
            stream.reconfigure(errors="replace", encoding=None if chosen else "utf-8")
    with contextlib.suppress(ValueError):  # not in the main thread: a test
        signal.signal(signal.SIGTERM, _terminated)
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt as stop:
        print(phrase("run.stopped", MESSAGES), file=sys.stderr)
        return TERMINATED if isinstance(stop, _Terminated) else INTERRUPTED
    except (SangkienError, TyperException, OSError) as error:
        _explain(error)
        return COULD_NOT_RUN
    return code if isinstance(code, int) else FINE


def _invoke(arguments: list[str]) -> object:
    """What the command returns. Typer's own `main` would end a run with 1 where the reader of a pipe has gone."""
    command: Any = typer.main.get_command(app)
    if "_SANGKIEN_COMPLETE" in os.environ:
        return command.main(arguments, prog_name="sangkien", standalone_mode=False)
    try:
        with command.make_context("sangkien", list(arguments)) as context:
            return command.invoke(context)
    except typer.Exit as end:
        return end.exit_code


def _explain(error: SangkienError | TyperException | OSError) -> None:
    """Say on standard error why the command could not run."""
    match error:
        case SangkienError():
            print(show_problems(error.problems, MESSAGES), file=sys.stderr)
        case TyperException():
            _explain_usage(error)
        case OSError(filename=str(name)):
            detail = error.strerror or type(error).__name__
            print(show_problems([Problem(name, say("file.unreadable", detail=detail))], MESSAGES), file=sys.stderr)
        case OSError():
            # Standard output takes no more; what is still buffered must not raise again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(error, BrokenPipeError):  # a reader such as `head` that has seen enough
                _explain_stdout(error.strerror or type(error).__name__)


def _explain_stdout(detail: str) -> None:
    what, fix = say("output.not_writable", detail=detail), say("output.stdout.fix")
    print(show_problems([Problem("stdout", what, fix)], MESSAGES), file=sys.stderr)


class _Terminated(KeyboardInterrupt):
    """The request to end that schedulers send: as Ctrl-C, but for the exit code."""


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise _Terminated


def _explain_usage(error: TyperException) -> None:
    """A mistake in the command line itself, in the user's language. Typer's own sentences are English only."""
    context: Any = getattr(error, "ctx", None)
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
        return
    parameter = getattr(error, "param", None)
    shown = str(parameter.metavar or parameter.name) if parameter is not None else ""
    match kind:
        case "NoSuchOption":
            option = getattr(error, "option_name", "")
            near = get_close_matches(option, getattr(error, "possibilities", None) or (), n=1)
            key = "usage.no_option_near" if near else "usage.no_option"
            text = phrase(key, MESSAGES, option=option, near=tuple(near))
        case "MissingParameter":
            text = phrase("usage.missing", MESSAGES, name=shown)
        case "BadOptionUsage":
            text = phrase("usage.no_value", MESSAGES, option=getattr(error, "option_name", ""))
        case _:
            text = _other_usage(error, context)
    print(text, file=sys.stderr)
    command = context.command_path if context is not None else "sangkien"
    print(phrase("usage.help", MESSAGES, command=command), file=sys.stderr)


def _other_usage(error: TyperException, context: Any) -> str:
    message = error.format_message()
    commands = getattr(getattr(context, "command", None), "commands", None)
    if message.startswith("Missing command"):
        return phrase("usage.no_command_given", MESSAGES)
    if commands and message.startswith("No such command"):
        return phrase("usage.no_command", MESSAGES, name=message.split("'")[1], commands=tuple(commands))
    if message.startswith("Got unexpected extra"):
        return phrase("usage.extra", MESSAGES, text=message.partition("(")[2].partition("(")[2].removesuffix(")"))
    return phrase("usage.wrong", MESSAGES, detail=message)

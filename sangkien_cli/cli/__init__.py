"""The command line: options, printing, exit codes. It computes nothing.

Only the standard library and Typer are loaded before a command runs, so that `--help` and `calc` answer at once.
"""

from sangkien_cli.cli.main import main

__all__ = ["main"]

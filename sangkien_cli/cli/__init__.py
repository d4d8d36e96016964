"""The command line: options, printing, exit codes. It computes nothing.

Only the standard library and Typer are loaded before a command runs, so that `--help` and `calc` answer at once.
"""

import sys


def main() -> None:
    """Run the command line and exit."""
    try:
        from sangkien_cli.cli.main import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # before there was anything to interrupt
        sys.exit(130)

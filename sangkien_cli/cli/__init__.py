"""The command line: options, printing, exit codes. It computes nothing.

Only the standard library and Typer are loaded before a command runs, so that `--help` and `calc` answer at once.
"""

import gc
import sys

# A run makes many objects that live to its end. Looking through them for circles every 700 new ones, as Python does,
# takes half the time of a report on 100,000 units.
_NEW_OBJECTS = 200_000


def main() -> None:
    """Run the command line and exit."""
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
    try:
        from sangkien_cli.cli.main import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # before there was anything to interrupt
        sys.exit(130)

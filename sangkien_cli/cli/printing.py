"""What goes to standard output: text as the terminal can show it, bytes as they are for machines."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sangkien_cli.render.text import Page

_WIDEST = 120  # columns: beyond that the eye loses the line


def page() -> Page:
    """What standard output can show."""
    from rich.console import Console

    from sangkien_cli.render.text import PLAIN, Page

    console = Console()
    if not console.is_terminal or console.is_dumb_terminal:
        return PLAIN
    found = Page(width=min(console.width, _WIDEST), drawing=_can_draw(), colour=console.color_system is not None)
    return replace(found, colour=found.colour and not console.no_color and not console.legacy_windows)


def _can_draw() -> bool:
    try:
        "├█░".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def put_out(document: bytes) -> None:
    """Print what a machine reads: the bytes as they are."""
    sys.stdout.flush()
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(document)
    else:
        sys.stdout.write(document.decode())

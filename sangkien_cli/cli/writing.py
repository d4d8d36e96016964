"""Outputs written, and what is worth knowing of them said on standard error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sangkien_cli.cli import options
from sangkien_cli.render import files


def write_outputs(contents: Mapping[Path, bytes]) -> None:
    """Put all of them in place, or none: see `render.files`."""
    files.write_outputs(contents)
    remark(list(contents))


def remark(written: Sequence[Path]) -> None:
    """Say who has a file open that was just replaced, and which names Windows refuses."""
    for note in files.remarks(written):
        options.say_aside(note.what, note.place)

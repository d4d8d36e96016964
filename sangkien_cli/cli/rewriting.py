"""Quota files rewritten: what changes is shown first, then all files are put in place at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sangkien_cli.cli import options
from sangkien_cli.cli.writing import write_outputs
from sangkien_cli.lang import say
from sangkien_cli.render.files import check_outputs

if TYPE_CHECKING:
    from sangkien_cli.config.rewrite import Rewrite


def put_in_place(rewrites: Sequence[Rewrite], outputs: Mapping[Path, bytes] | None = None, *, dry_run: bool) -> None:
    """Show the changes on standard error and make them; with `dry_run` only show them.

    `outputs` are other files of the same run, which are written in either case: with the changes, all or none.
    """
    changed = {} if dry_run else {each.file: each.content for each in rewrites}
    check_outputs(list(changed))
    for each in rewrites:
        sys.stderr.write(each.diff)
    write_outputs({**changed, **(outputs or {})})
    if not rewrites:
        options.say_aside(say("rewrite.nothing"))
    elif dry_run:
        options.say_aside(say("rewrite.dry_run"))
    else:
        options.say_aside(say("rewrite.done", files=tuple(str(file) for file in changed)))

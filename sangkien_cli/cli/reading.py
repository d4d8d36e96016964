"""Reading the exports for a command: a progress bar on standard error, and what is worth knowing of them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from sangkien_cli.cli import options
from sangkien_cli.cli.language import MESSAGES
from sangkien_cli.lang import phrase
from sangkien_cli.render.files import check_outputs

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from sangkien_cli.exports import Exports, Reading
    from sangkien_cli.model import Config
    from sangkien_cli.pipeline import Counted
    from sangkien_cli.sheets.limits import Access

_PATIENCE = 1.0  # seconds


class ReadingBar:
    """Shows itself after a second, and only where somebody can see it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading: Reading | None = None
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> ReadingBar:
        if sys.stderr.isatty():
            self._timer = threading.Timer(_PATIENCE, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._timer = None
            if self._progress is not None:
                self._progress.stop()

    def tell(self, reading: Reading) -> None:
        """Called before each file."""
        with self._lock:
            self._reading = reading
            self._update()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with self._lock:
            if self._timer is None:  # the reading ended in the meantime
                return
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._progress.add_task("", total=None)
            self._progress.start()
            self._update()

    def _update(self) -> None:
        if self._progress is None or self._task is None or self._reading is None:
            return
        now = self._reading
        # One file alone has no steps to count: the bar then only moves.
        total = now.files if now.files > 1 else None
        key = "progress.reading_several" if total else "progress.reading"
        text = phrase(key, MESSAGES, file=now.file, number=now.number, files=now.files)
        self._progress.update(self._task, description=text, completed=now.number - 1, total=total)


def read_alone(config: Config, exports: list[str] | None, outputs: Sequence[Path], access: Access) -> Exports:
    """The exports read and not yet counted, in the same way."""
    from sangkien_cli.exports import export_paths, read_exports

    check_outputs(outputs, [*config.made_of, *export_paths(config, exports)])
    with ReadingBar() as bar:
        rows = read_exports(config, exports, bar.tell, access)
    for note in rows.notes:
        options.say_aside(note.what, note.place)
    return rows


def counted(
    config: Config,
    exports: list[str] | None,
    as_of: date | None,
    outputs: Sequence[Path],
    access: Access,
    since: date | None = None,
    named: Sequence[tuple[str, Path]] | None = None,
) -> Counted:
    """The exports counted, a progress bar meanwhile, what is worth knowing said behind. No output may be an input.

    `named` are the files instead of the exports, as in `pipeline.count`.
    """
    from sangkien_cli.exports import export_paths
    from sangkien_cli.pipeline import count

    read = export_paths(config, exports) if named is None else [path for _, path in named]
    check_outputs(outputs, [*config.made_of, *read])
    with ReadingBar() as bar:
        result = count(config, exports, as_of, bar.tell, access, since, named)
    for note in result.notes:
        options.say_aside(note.what, note.place)
    return result

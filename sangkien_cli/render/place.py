"""Files put in place all at once, or none of them: an older file stays whole until the new one is.

What is new is first written into a folder of our own beside the places, a workshop `.sangkien-xxxxxxxx.tmp`; then each
file is moved to its place, which on every system happens at once: at any moment a place holds its whole old or its
whole new content. The old files are kept in the workshop until all new ones are in place, and are put back if one
cannot be. Ctrl-C and a request to end wait until that is done.

A process killed in the very moment between two moves leaves some files new and some old, each of them whole, and its
workshop. The next run that writes into the folder removes the workshop and makes every file anew; it does not carry
on with the moves itself, for since then somebody may have changed those files.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PREFIX, _SUFFIX = ".sangkien-", ".tmp"
_WORKSHOP = re.compile(r"\.sangkien-[0-9a-f]{8}\.tmp")
_OWNER = "owner"  # a file that a run holds locked as long as it uses the workshop
_PART = re.compile(r"\d+\.(?:new|old)")
_LONG_AGO = 24 * 60 * 60  # seconds: no run takes that long
# Scanners of Windows look into a new file at once, and it cannot be moved meanwhile.
_PATIENCE = (0.05, 0.1, 0.2, 0.4, 0.8) if sys.platform == "win32" else ()  # seconds


class NotPlacedError(Exception):
    """A file could not be put in place: which, and why. `stuck` are others that could not be put back, with where their
    older content is kept; None where there was none before."""

    def __init__(self, path: Path, error: OSError, stuck: Mapping[Path, Path | None] | None = None) -> None:
        super().__init__(str(path))
        self.path, self.error, self.stuck = path, error, stuck or {}


@contextlib.contextmanager
def staged(contents: Mapping[Path, bytes | None]) -> Iterator[Callable[[], None]]:
    """All contents written beside their places; calling what is yielded puts them there, all or none.

    A content of None removes the file. Nothing of ours is left afterwards, nor of earlier runs that were killed; only
    what could not be put back is kept. The places are no links, and their folders are there. Raises NotPlacedError.
    """
    workshops: dict[Path, _Workshop] = {}
    changes: list[_Change] = []
    stuck: list[_Change] = []
    try:
        for number, (path, content) in enumerate(contents.items()):
            with _naming(path):
                if path.parent not in workshops:
                    with _uninterrupted():
                        _sweep(path.parent)
                        workshops[path.parent] = _Workshop.opened(path.parent)
                change = _Change(path, workshops[path.parent].folder / str(number), removes=content is None)
                if content is not None:
                    change.write(content)
                changes.append(change)
        yield lambda: _place(changes, stuck)
    finally:
        with _uninterrupted():
            for workshop in workshops.values():
                workshop.close(keep={change.old for change in stuck})


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotPlacedError(path, error) from error


# --- one file -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    """What happens to one place. What lies on the disk alone says how far it has come."""

    path: Path
    stem: Path  # of its parts in the workshop
    removes: bool

    @property
    def new(self) -> Path:
        return self.stem.with_suffix(".new")

    @property
    def old(self) -> Path:
        return self.stem.with_suffix(".old")

    def write(self, content: bytes) -> None:
        """The new content on the disk, with the permissions of the file that it will replace."""
        before = self.path.stat() if self.path.exists() else None
        # What replaces a private file is never anybody else's to read.
        handle = os.open(self.new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666 if before is None else 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        if before is not None:
            if sys.platform != "win32":
                with contextlib.suppress(OSError):  # only root may
                    os.chown(self.new, before.st_uid, before.st_gid)
            shutil.copymode(self.path, self.new)

    def keep(self) -> None:
        """The old file, if there is one, has a second name in the workshop; where names are single, a copy."""
        if self.removes or not self.path.exists():
            return
        try:
            os.link(self.path, self.old)
        except OSError:
            shutil.copy2(self.path, self.old)

    def make(self) -> None:
        """The place has what is new."""
        if not self.removes:
            _move(self.new, self.path)
        elif self.path.exists():
            _move(self.path, self.old)

    def undo(self) -> None:
        """The place has again what was there when `keep` was called."""
        if not self.removes and self.new.exists():
            return
        if self.old.exists():
            _move(self.old, self.path)
        elif not self.removes:
            self.path.unlink(missing_ok=True)


_BINARY: int = getattr(os, "O_BINARY", 0)


def _move(source: Path, target: Path) -> None:
    for wait in _PATIENCE:
        try:
            os.replace(source, target)
        except PermissionError:
            time.sleep(wait)
        else:
            return
    os.replace(source, target)


def _place(changes: Sequence[_Change], stuck: list[_Change]) -> None:
    with _uninterrupted():
        kept = changes[:-1]  # if the last one fails, nothing of it has changed
        for change in kept:
            with _naming(change.path):
                change.keep()
        try:
            for change in changes:
                with _naming(change.path):
                    change.make()
        except BaseException as error:
            stuck += _undone(kept)
            if isinstance(error, NotPlacedError):
                left = {change.path: change.old if change.old.exists() else None for change in stuck}
                raise NotPlacedError(error.path, error.error, left) from error.error
            raise


def _undone(changes: Sequence[_Change]) -> list[_Change]:
    """Put all back; those where that fails."""
    stuck = []
    for change in reversed(changes):
        try:
            change.undo()
        except OSError:
            stuck.append(change)
    return stuck


# --- the workshop ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Workshop:
    """A folder of our own beside the places, and the file in it that says we are at work."""

    folder: Path
    owner: int

    @classmethod
    def opened(cls, beside: Path) -> _Workshop:
        """A new one, locked."""
        while True:
            # Made with no permissions of its own: Windows would pass them on to all that is moved out of it.
            folder = beside / f"{_PREFIX}{os.urandom(4).hex()}{_SUFFIX}"
            folder.mkdir()
            try:
                owner = os.open(folder / _OWNER, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            except FileNotFoundError:
                continue  # another run took it for one that was left behind, and removed it, as it may below
            except OSError:
                _clear(folder)
                raise
            # Another run may have taken it for one that was left behind: it has marked it then, or removed it.
            if _lock(owner) != "theirs" and (folder / _OWNER).exists() and not os.fstat(owner).st_size:
                return cls(folder, owner)
            os.close(owner)

    def close(self, keep: Collection[Path]) -> None:
        """Remove it with what we put into it, but for what is to be kept."""
        os.close(self.owner)  # Windows removes no open file
        _clear(self.folder, keep)


def _sweep(beside: Path) -> None:
    """Remove the workshops of runs that were killed; not of those still at work, here or on another machine."""
    for folder in beside.glob(f"{_PREFIX}*{_SUFFIX}"):
        if _WORKSHOP.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            with contextlib.suppress(OSError):
                _clear_if_left(folder)


def _clear_if_left(folder: Path) -> None:
    try:
        owner = os.open(folder / _OWNER, os.O_RDWR)
    except FileNotFoundError:
        folder.rmdir()  # killed before it had one, or after all else was gone
        return
    try:
        found = _lock(owner)
        left = found == "ours" or (found == "unknown" and time.time() - os.fstat(owner).st_mtime > _LONG_AGO)
        if left:
            os.write(owner, b"-")  # whoever made it just now, and has not locked it yet, makes another
    finally:
        os.close(owner)
    if left:
        _clear(folder)


def _clear(folder: Path, keep: Collection[Path] = ()) -> None:
    """Remove a workshop, its owner last. What others put there stays, and so does the folder then; without an owner
    nobody takes it for a workshop."""
    with contextlib.suppress(OSError):
        for part in folder.iterdir():
            if _PART.fullmatch(part.name) and part not in keep:
                part.unlink(missing_ok=True)
        (folder / _OWNER).unlink(missing_ok=True)
        folder.rmdir()


def _lock(owner: int) -> Literal["ours", "theirs", "unknown"]:
    """Lock an owner's file until it is closed: `ours` now, still `theirs`, or `unknown` where there are no locks."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(owner, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Windows says of a lock that is held that access is denied.
        held = isinstance(error, PermissionError if sys.platform == "win32" else BlockingIOError)
        return "theirs" if held else "unknown"
    return "ours"


# --- signals --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until this is over."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    handlers = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            if (handler := signal.getsignal(number)) is not None:
                signal.signal(number, note)
                handlers[number] = handler
    except ValueError:  # not in the main thread, which alone is interrupted
        pass
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])

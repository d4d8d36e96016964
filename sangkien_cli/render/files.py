"""Outputs of a run: whether they can be written, writing them all or none, and what to do where that fails."""

from __future__ import annotations

import contextlib
import errno
import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sangkien_cli.errors import Note, Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.render.file_names import fits_windows
from sangkien_cli.render.opened import opened_by
from sangkien_cli.render.origin import ENDING, origin_path
from sangkien_cli.render.place import NotPlacedError, staged

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM)
_WINDOWS = os.name == "nt"
_TOO_LONG = 206  # of Windows: a name, or the whole path


def check_outputs(paths: Sequence[Path], inputs: Sequence[Path] = ()) -> None:
    """Raise SangkienError for every output that cannot be written, or would overwrite an input or another output,
    before any work is done for it."""
    for path in paths:
        _check_name(path)
    hindered = {path: problem for path in paths if (problem := _obstacle(path)) is not None}
    # What hinders a document hinders what lies beside it, and is said once.
    beside = {origin_path(path) for path in hindered}
    problems = [problem for path, problem in hindered.items() if path not in beside]
    for path, times in Counter(path.resolve() for path in paths).items():
        if times > 1:
            problems.append(Problem(str(path), say("output.twice"), say("output.twice.fix")))
    read = {path.resolve() for path in inputs}
    problems += [
        Problem(str(path), say("output.is_input"), say("output.is_input.fix"))
        for path in paths
        if path.resolve() in read
    ]
    if problems:
        raise SangkienError(*problems)


def remarks(paths: Sequence[Path]) -> list[Note]:
    """What is worth knowing of outputs that were written: who has them open, and names that Windows refuses."""
    written = [path for path in paths if path.is_file()]
    users = [(path, user) for path in written if (user := opened_by(path)) is not None]
    notes = [Note(str(path), _open_now("output.opened", "output.opened_by", user)) for path, user in users]
    named = [path for path in written if not path.name.endswith(ENDING)]
    return notes + [Note(str(path), say("output.windows_name")) for path in named if not fits_windows(path.name)]


def _open_now(somewhere: str, by_somebody: str, user: str | None) -> Sentence:
    return say(by_somebody, user=user) if user else say(somewhere)


def _check_name(path: Path) -> None:
    """A name that the system has no bytes for, or that leads in a circle, cannot even be looked at."""
    if _WINDOWS and not fits_windows(path.name):
        raise SangkienError(Problem(str(path), say("output.windows_name"), say("output.windows_name.fix")))
    try:
        os.fsencode(path)
        path.resolve()
    except UnicodeEncodeError:
        raise SangkienError(Problem(str(path), say("output.letters"), say("output.letters.fix"))) from None
    except (OSError, RuntimeError):  # RuntimeError: links that lead to each other
        raise SangkienError(_not_written(path, OSError(errno.ELOOP, os.strerror(errno.ELOOP)))) from None


def _obstacle(path: Path) -> Problem | None:
    folder = path.parent
    try:
        if path.is_dir():
            example = str(path / "report.csv")
            return Problem(str(path), say("output.folder"), say("output.folder.fix", example=example))
        if not folder.is_dir():
            return Problem(str(path), say("output.no_folder", folder=str(folder)), say("output.no_folder.fix"))
        if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if path.is_file():
            with path.open("r+b"):  # Windows refuses where another program holds it
                pass
    except OSError as error:
        return _not_written(path, error)
    return None


def write_outputs(contents: Mapping[Path, bytes]) -> None:
    """Put all of them in place, or none (`render.place`). Raises SangkienError naming the one that could not be."""
    _put(contents)


def _put(contents: Mapping[Path, bytes | None]) -> None:
    streams = {
        path: content
        for path, content in contents.items()
        if content is not None and path.exists() and not path.is_file()  # /dev/stdout, a pipe
    }
    typed = {_place(path, content): path for path, content in contents.items() if path not in streams}
    try:
        with staged({path: contents[typed[path]] for path in typed}) as put_in_place:
            for path, content in streams.items():
                with _named(path):
                    path.write_bytes(content)
            put_in_place()
    except NotPlacedError as failed:
        path, size = typed[failed.path], sum(len(content or b"") for content in contents.values())
        if not failed.stuck:
            raise SangkienError(_not_written(path, failed.error, size)) from None
        stuck = [_not_put_back(typed[each], kept) for each, kept in failed.stuck.items()]
        raise SangkienError(_unclear(path, failed.error), *stuck) from None


def _not_put_back(path: Path, kept: Path | None) -> Problem:
    if kept is None:
        return Problem(str(path), say("output.stuck_new"), say("output.stuck_new.fix"))
    return Problem(str(path), say("output.stuck", kept=str(kept)), say("output.stuck.fix"))


def _place(path: Path, content: bytes | None) -> Path:
    """Of a link, the file that it points to is replaced, but the link itself removed."""
    return path.parent.resolve() / path.name if content is None else path.resolve()


def _not_written(path: Path, error: OSError, size: int = 0) -> Problem:
    """Why an output could not be written, and what to do about it. `size` is that of all outputs of the run."""
    place = str(path)
    if error.errno in _NO_ROOM and size:
        megabytes = -(-size // 1_000_000)
        return Problem(place, say("output.no_room", megabytes=megabytes), say("output.no_room.fix"))
    if error.errno == errno.ENAMETOOLONG or getattr(error, "winerror", None) == _TOO_LONG:
        return Problem(place, say("output.too_long"), say("output.too_long.fix"))
    if error.errno in _FORBIDDEN:
        if not os.access(path.parent, os.W_OK):
            return Problem(place, say("output.no_right_folder"), say("output.no_right.fix"))
        if path.exists() and not os.access(path, os.W_OK):
            return Problem(place, say("output.no_right"), say("output.no_right.fix"))
        if path.is_file():
            return Problem(
                place, _open_now("output.in_use", "output.in_use_by", opened_by(path)), say("output.in_use.fix")
            )
    return _unclear(path, error)


def _unclear(path: Path, error: OSError) -> Problem:
    detail = error.strerror or str(error)
    return Problem(str(path), say("output.not_writable", detail=detail), say("output.not_writable.fix"))


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """An error of the system as a problem of this output."""
    try:
        yield
    except OSError as error:
        raise SangkienError(_not_written(path, error)) from None


def check_folder(folder: Path, subject: str) -> None:
    """Raise SangkienError if this is no folder, or holds workbooks other than untouched ones of a kind.

    Whoever sends on what lies in it would send them too, and the work of somebody would be written over.
    """
    _workbooks_in(folder, subject)


def replace_folder(
    folder: Path, contents: Mapping[str, bytes], inputs: Sequence[Path], subject: str
) -> tuple[Path, ...]:
    """Write the workbooks of a run by their names and remove those that an earlier run left, all or nothing.

    Gives the ones removed. Raises SangkienError as `check_folder`, `check_outputs` and `write_outputs` do.
    """
    earlier = _workbooks_in(folder, subject)
    paths = {folder / name: content for name, content in contents.items()}
    # By what they are on the disk: some file systems take `A.xlsx` and `a.xlsx` for one name.
    written = {_identity(path) for path in paths if path.exists()}
    read = {path.resolve() for path in inputs}
    left = tuple(path for path in earlier if _identity(path) not in written and path.resolve() not in read)
    with _made(folder):
        check_outputs(list(paths), inputs)
        _put({**paths, **dict.fromkeys(left)})
    return left


def _workbooks_in(folder: Path, subject: str) -> list[Path]:
    from sangkien_cli.render.workbook import is_untouched

    if not folder.exists():
        return []
    if not folder.is_dir():
        raise SangkienError(Problem(str(folder), say("output.no_directory"), say("output.no_directory.fix")))
    with _named(folder):
        found = sorted(
            path
            for path in folder.iterdir()
            # `~$` begins what Excel holds a file open with.
            if path.suffix.lower() in _WORKBOOKS and not path.name.startswith(("~$", ".")) and path.is_file()
        )
    foreign = tuple(path.name for path in found if not is_untouched(path, subject))
    if foreign:
        raise SangkienError(Problem(str(folder), say("output.foreign", files=foreign), say("output.foreign.fix")))
    return found


def _identity(path: Path) -> tuple[str, int, int]:
    """Two files that differ may share their content on the disk, or their name but for its case: never both."""
    status = path.stat()
    return unicodedata.normalize("NFC", path.name).casefold(), status.st_dev, status.st_ino


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder, and those above it, made; gone again if nothing could be written into them."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    with _named(folder):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for each in made:
                each.rmdir()
        raise

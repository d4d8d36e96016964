"""Outputs put in place all at once: written beside, then moved, so an older report stays whole until the new one is."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def check_outputs(paths: Sequence[Path], inputs: Sequence[Path] = ()) -> None:
    """Raise SangkienError for every output that cannot be written, or would overwrite an input or another output,
    before any work is done for it."""
    for path in paths:
        _check_letters(path)
    problems = [problem for path in paths if (problem := _obstacle(path)) is not None]
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


def _check_letters(path: Path) -> None:
    """A name with letters that the system has no bytes for cannot even be looked at."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        raise SangkienError(Problem(str(path), say("output.letters"), say("output.letters.fix"))) from None


def _obstacle(path: Path) -> Problem | None:
    folder = path.parent
    if path.is_dir():
        return Problem(str(path), say("output.folder"), say("output.folder.fix", example=str(path / "report.csv")))
    if not folder.is_dir():
        return Problem(str(path), say("output.no_folder", folder=str(folder)), say("output.no_folder.fix"))
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        return Problem(
            str(path), say("output.not_writable", detail=os.strerror(errno.EACCES)), say("output.not_writable.fix")
        )
    return None


def write_outputs(contents: Mapping[Path, bytes]) -> None:
    """Write all of them beside their places, then put them there; none is put in place unless all could be written.

    Raises SangkienError naming the one that could not be written.
    """
    written: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            if path.exists() and not path.is_file():
                with _named(path):
                    path.write_bytes(content)  # /dev/stdout, a pipe: nothing to put in its place
            else:
                # The file that a link points to is replaced, not the link.
                written[path.resolve()] = _write_beside(path.resolve(), content)
        for path, temporary in list(written.items()):
            with _named(path):
                os.replace(temporary, path)
            del written[path]
    finally:
        for temporary in written.values():
            with contextlib.suppress(OSError):
                temporary.unlink()


def _write_beside(path: Path, content: bytes) -> Path:
    with _named(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(_mode(path))
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        return temporary


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced, or those that any new file gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """An error of the system as a problem of this output."""
    try:
        yield
    except OSError as error:
        raise SangkienError(
            Problem(
                str(path),
                say("output.not_writable", detail=error.strerror or str(error)),
                say("output.not_writable.fix"),
            )
        ) from None


def check_folder(folder: Path, subject: str) -> None:
    """Raise SangkienError if this is no folder, or holds workbooks other than untouched ones of a kind.

    Whoever sends on what lies in it would send them too, and the work of somebody would be written over.
    """
    _workbooks_in(folder, subject)


def replace_folder(
    folder: Path, contents: Mapping[str, bytes], inputs: Sequence[Path], subject: str
) -> tuple[Path, ...]:
    """Write the workbooks of a run by their names, all or none, and then remove those that an earlier run left.

    Gives the ones removed. Raises SangkienError as `check_folder`, `check_outputs` and `write_outputs` do.
    """
    earlier = _workbooks_in(folder, subject)
    paths = {folder / name: content for name, content in contents.items()}
    with _made(folder):
        check_outputs(list(paths), inputs)
        write_outputs(paths)
    # By what they are on the disk: some file systems take `A.xlsx` and `a.xlsx` for one name.
    written = {_identity(path) for path in paths}
    read = {path.resolve() for path in inputs}
    left = tuple(path for path in earlier if _identity(path) not in written and path.resolve() not in read)
    for path in left:
        with _named(path):
            path.unlink()
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


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder, and those above it, made; gone again if nothing could be written into them."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    with _named(folder):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except SangkienError:
        with contextlib.suppress(OSError):
            for each in made:
                each.rmdir()
        raise

"""Who has a file open in an office program: Excel, Word and LibreOffice put a small file beside it that says so."""

from __future__ import annotations

from pathlib import Path

# Size of what Excel and Word put there, and where in it their user's name stands in UTF-16, its length before it.
_NAME_AT = {165: 55, 162: 54}
_MOST = 4096  # bytes of one


def opened_by(path: Path) -> str | None:
    """Who seems to have a file open in an office program, "" where the program does not tell; None = nobody.

    A program that crashed leaves its sign behind.
    """
    # Word writes `~$` over the start of names that are long enough.
    cut = min(max(len(path.stem) - 6, 0), 2) if path.suffix.lower() == ".docx" else 0
    for name, told in ((f"~${path.name[cut:]}", _of_office), (f".~lock.{path.name}#", _of_libreoffice)):
        try:
            with path.with_name(name).open("rb") as file:
                return told(file.read(_MOST)).strip("\0 ")
        except PermissionError:  # it is there, and held open on Windows
            return ""
        except OSError:
            continue
    return None


def _of_office(content: bytes) -> str:
    at = _NAME_AT.get(len(content))
    if at is None:
        return ""
    length = 2 * int.from_bytes(content[at : at + 2], "little")
    return content[at + 2 : at + 2 + length].decode("utf-16-le", "replace")


def _of_libreoffice(content: bytes) -> str:
    """The first that is known of `user,account,machine,time,profile;`."""
    fields = content.decode("utf-8", "replace").split(",")
    return next((field for field in fields[:3] if field.strip()), "")

"""LibreOffice for the tests that convert with it: found, or installed where apt is there and may be used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

_PACKAGES = {".docx": ("libreoffice-writer-nogui", "libswlo.so")}  # by what is converted, and what it is known by
_CALC = ("libreoffice-calc-nogui", "libsclo.so")


def convert(source: Path, kind: str, folder: Path) -> Path:
    """The file in another format, written by LibreOffice. Skips the test where there is no LibreOffice to be had."""
    office = needed(source.suffix)
    home = f"-env:UserInstallation=file://{folder}/office"
    command = [office, home, "--headless", "--convert-to", kind, "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{source.stem}.{kind}"


def needed(*endings: str) -> str:
    """LibreOffice with all that files with these endings need. Skips the test where it is not to be had."""
    office = [_office(*_PACKAGES.get(ending, _CALC)) for ending in endings][-1]
    if office is None:
        pytest.skip("LibreOffice is not installed, and apt is not there or may not be used")
    return office


def _office(package: str, library: str) -> str | None:
    found = _with(library)
    if found is not None or sys.platform == "win32" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return found
    import fcntl

    with open(Path(tempfile.gettempdir(), "sangkien-tests.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers may want it at once
        if _with(library) is None:
            silent = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
                subprocess.run(["apt-get", *arguments], env=silent, capture_output=True, check=False, timeout=600)
    return _with(library)


def _with(library: str) -> str | None:
    """LibreOffice, if the part of it that is asked for is there. What is known of its libraries is where they lie on
    Linux: elsewhere it comes whole."""
    office = shutil.which("soffice")
    if office is None or sys.platform != "linux":
        return office
    return office if Path(office).resolve().with_name(library).exists() else None

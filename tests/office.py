"""LibreOffice for the tests that convert with it: found, or installed where apt is there and may be used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

_PACKAGE = "libreoffice-calc-nogui"


def convert(source: Path, kind: str, folder: Path) -> Path:
    """The file in another format, written by LibreOffice. Skips the test where there is no LibreOffice to be had."""
    office = _office()
    if office is None:
        pytest.skip("LibreOffice is not installed, and apt is not there or may not be used")
    home = f"-env:UserInstallation=file://{folder}/office"
    command = [office, home, "--headless", "--convert-to", kind, "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{source.stem}.{kind}"


def _office() -> str | None:
    found = shutil.which("soffice")
    if found is not None or sys.platform == "win32" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return found
    import fcntl

    with open(Path(tempfile.gettempdir(), "sangkien-tests.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers may want it at once
        if shutil.which("soffice") is None:
            silent = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", _PACKAGE]):
                subprocess.run(["apt-get", *arguments], env=silent, capture_output=True, check=False, timeout=600)
    return shutil.which("soffice")

"""Chromium for the tests of pages: the system's own, found, or installed where apt is there and may be used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window. Skips the test where there is none to be had."""
    program = _found() or _installed()
    if program is None:
        pytest.skip("Chromium is not installed, and apt is not there or may not be used")
    # Whoever is root, as in a container, gets no sandbox from Chromium.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def _found() -> str | None:
    return next(filter(None, map(shutil.which, _NAMES)), None)


def _installed() -> str | None:
    if sys.platform == "win32" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    import fcntl

    with open(Path(tempfile.gettempdir(), "sangkien-tests.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers may want it at once
        if _found() is None:
            silent = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
                subprocess.run(["apt-get", *arguments], env=silent, capture_output=True, check=False, timeout=600)
    return _found()

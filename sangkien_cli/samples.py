"""Where the sample data lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path


def sample_folder() -> Path:
    """The folder that holds `configs/` and `sample_data/`."""
    package = Path(__file__).resolve().parent
    installed = package / "samples"
    return installed if installed.is_dir() else package.parent

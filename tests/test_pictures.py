"""The pictures that the README shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from PIL import Image

from tests.browser import chromium
from tests.office import needed

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "docs" / "pictures"
MANY = 16  # colours that any page has: an empty one has fewer


def test_each_picture_of_the_readme_is_made_by_the_script(tmp_path: Path) -> None:
    """Letters look as the machine's fonts do: what is compared is which pictures there are, and their shape."""
    needed(".xlsx", ".docx")
    with chromium():  # installed where it is not there yet
        pass
    made = tmp_path / "pictures"
    made.mkdir()
    script = [sys.executable, str(KEPT / "make.py"), str(made)]
    subprocess.run(script, check=True, capture_output=True, timeout=300, env=os.environ | {"PYTHONPATH": str(ROOT)})
    kept = {path.name: path for path in KEPT.glob("*.png")}
    assert {path.name for path in made.iterdir()} == set(kept)
    assert set(re.findall(r"\]\(docs/pictures/([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))) == set(kept)
    for name, path in kept.items():
        with Image.open(path) as shown, Image.open(made / name) as new:
            assert abs(shown.width - new.width) <= shown.width / 10, name
            assert len(new.getcolors() or []) > MANY, name

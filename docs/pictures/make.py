"""The pictures of the README: what `report` writes for the Cà Mau sample, in each format.

    python docs/pictures/make.py [FOLDER]

Needs LibreOffice and Chromium, and the program installed with its `test` extra. Letters look as the machine's fonts do.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cmarkgfm
import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parents[1] / "configs" / "ca-mau.yaml"
KINDS = ("xlsx", "docx", "html", "md", "png")
NAMES = ("xlsx.png", "docx.png", "html.png", "phone.png", "md.png", "chart.png")
_COLOURS = 64  # of a picture: more would be bigger, and not look better
_GAP = 16  # pixels between pages
_GREY = (150, 150, 150)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Numbers as a reader in Vietnam sees them: 5.091 and 52,2%.
_VIETNAMESE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>vi</value></prop></item></oor:items>"""
_MARKDOWN = """<!doctype html><meta charset=utf-8><style>
body { font: 15px/1.5 sans-serif; margin: 24px; } table { border-collapse: collapse }
td, th { border: 1px solid #ccc; padding: 3px 10px }</style>"""


def make(folder: Path) -> None:
    """Write all of `NAMES` into the folder."""
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        files = {kind: made / f"bao-cao.{kind}" for kind in KINDS}
        command = [sys.executable, "-m", "sangkien_cli", "report", "-c", str(CONFIG), "--as-of", "2022-04-25"]
        subprocess.run([*command, *(part for file in files.values() for part in ("-o", str(file)))], check=True)
        for kind, pages in (("xlsx", 1), ("docx", 2)):
            _keep(_printed(files[kind], pages), folder / f"{kind}.png")
        with _browser() as browser:
            page = made / "md.html"
            page.write_text(_MARKDOWN + cmarkgfm.github_flavored_markdown_to_html(files["md"].read_text("utf-8")))
            for source, width, height, picture in (
                (files["html"], 1200, 900, "html.png"),
                (files["html"], 390, 780, "phone.png"),
                (page, 900, 620, "md.png"),
            ):
                view = browser.new_page(viewport={"width": width, "height": height})
                view.goto(source.as_uri())
                view.screenshot(path=made / picture)
                _keep(Image.open(made / picture), folder / picture)
        _keep(Image.open(files["png"]), folder / "chart.png")


def _printed(document: Path, pages: int) -> Image.Image:
    """The first pages on paper, side by side."""
    office = shutil.which("soffice")
    if office is None:
        sys.exit("soffice (LibreOffice) is needed")
    profile = document.parent / "office"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_VIETNAMESE, encoding="utf-8")
    home = f"-env:UserInstallation={profile.as_uri()}"
    convert = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(document.parent), str(document)]
    subprocess.run(convert, check=True, capture_output=True)
    paper = pypdfium2.PdfDocument(document.with_suffix(".pdf"))
    sheets = [paper[number].render(scale=1.25).to_pil() for number in range(pages)]
    width = sum(sheet.width for sheet in sheets) + _GAP * (pages + 1)
    whole = Image.new("RGB", (width, max(sheet.height for sheet in sheets) + 2 * _GAP), _GREY)
    left = _GAP
    for sheet in sheets:
        whole.paste(sheet, (left, _GAP))
        left += sheet.width + _GAP
    return whole


@contextlib.contextmanager
def _browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        sys.exit("Chromium is needed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def _keep(picture: Image.Image, path: Path) -> None:
    picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)

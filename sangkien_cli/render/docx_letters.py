"""About how wide a text is in Times New Roman: what a line is drawn by, and whether a text fits on one."""

from __future__ import annotations

import unicodedata

# Thousandths of the size that the letters of Times New Roman Bold are wide.
_LETTERS = {
    "abdghknopqu": 550, "ceszxvy": 460, "fijlrt": 330, "mw": 780, "ABDHKNOQUVXYRCG": 720, "EFLPSTZ": 620, "IJ": 390,
    "MW": 960, "0123456789": 500,
}  # fmt: skip
_WIDE = {letter: width for letters, width in _LETTERS.items() for letter in letters}
_PLAIN = 0.93  # of the width of bold letters


def width(text: str, size: float, *, bold: bool = True) -> float:
    """About how wide a text of a size in points is, in mm."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    shown = [letter for letter in plain if not unicodedata.combining(letter)]
    thousandths = sum(_WIDE.get(letter, 290) for letter in shown)
    return thousandths / 1000 * size * 25.4 / 72 * (1 if bold else _PLAIN)


def in_two_lines(text: str, size: float) -> float:
    """How wide the room has to be in which a bold text takes no more than two lines, in mm."""
    words = text.split()
    breaks = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words) + 1)]
    return min((max(width(line, size) for line in lines) for lines in breaks), default=0)

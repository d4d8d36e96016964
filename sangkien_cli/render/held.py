"""What a page can hold."""

from __future__ import annotations

import re

# What HTML does not allow in a text, and what UTF-8 cannot hold.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def in_page(text: str) -> str:
    """A text with a mark for each character that no page may hold."""
    return _NO_TEXT.sub("\ufffd", text)

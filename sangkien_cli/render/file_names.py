"""What names of files Windows takes."""

from __future__ import annotations

import re

RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')  # signs
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE)


def is_device(name: str) -> bool:
    """Whether Windows takes it for a device: `CON`, `aux.xlsx`."""
    return _DEVICES.fullmatch(name) is not None


def fits_windows(name: str) -> bool:
    """Whether Windows can hold a file of this name.

    >>> [fits_windows(name) for name in ("Báo cáo.xlsx", "console.xlsx", "10:30.xlsx", "aux.xlsx", "b.xlsx. ")]
    [True, True, False, False, False]
    """
    return not (RESERVED.search(name) or is_device(name) or name.endswith((".", " ")))

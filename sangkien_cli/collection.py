"""Python's search for circular garbage, switched off where very many things are made that hold no circles."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """For the while of a block, or of a function: among a million YAML nodes the search takes ten times the work."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

"""The proof of a document's origin where the document itself has no room for it: a file beside it, or the properties of
an office file (schema `sangkien.origin/1`)."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import struct
import zlib
from pathlib import Path
from zipfile import BadZipFile

from sangkien_cli.render.document import Origin, compact, document, listed, origin_parts

SCHEMA = "sangkien.origin/1"
ENDING = ".origin.json"
PROPERTY = "sangkien.origin"  # of the custom properties that hold it: `sangkien.origin.01`…
_HOLDING = ("json", "xlsx", "docx", "html")  # formats that hold their origin themselves
# What a damaged office file makes its reader raise.
ZIP_ERRORS = (
    BadZipFile, EOFError, KeyError, MemoryError, NotImplementedError, OSError, RuntimeError, ValueError,
    lzma.LZMAError, struct.error, zlib.error,
)  # fmt: skip
_LONGEST = 240  # letters of a custom property: Excel and Word show, and keep for sure, 255


def origin_path(path: Path) -> Path:
    """Where the origin of a file lies: `bao-cao.csv.origin.json`."""
    return path.with_name(path.name + ENDING)


def files_for(path: Path, format: str) -> list[Path]:
    """The files that writing a document makes: itself, and its origin unless its format has room for it.

    Nothing lies beside a pipe or a device, or in a folder that is not there.
    """
    # os.path takes a name that is too long for one that is not there.
    elsewhere = (os.path.exists(path) and not os.path.isfile(path)) or not os.path.isdir(path.parent)
    alone = format in _HOLDING or elsewhere
    return [path] if alone else [path, origin_path(path)]


def with_origin(path: Path, content: bytes, origin: Origin) -> dict[Path, bytes]:
    """A document and what lies beside it, as they are to be written together."""
    files = files_for(path, str(origin.options["format"]))
    return {file: content if file == path else beside(origin, path.name, content) for file in files}


def beside(origin: Origin, name: str, content: bytes) -> bytes:
    """The file that lies beside a document of this name."""
    own = {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    parts = {
        "schema": compact(SCHEMA),
        "document": compact(own),
        **_told(origin),
        "fingerprints": listed(each.entry() for each in origin.fingerprints),
    }
    return document(parts).encode()


def in_one_line(origin: Origin, name: str) -> str:
    """An origin as JSON on one line, as an office file's properties hold it. `name` is the file's own.

    The fingerprints are left out: such files go out by the hundred.
    """
    parts = {"schema": compact(SCHEMA), "document": compact({"path": name}), **_told(origin)}
    return compact({name: json.loads(part) for name, part in parts.items()})


def properties(origin: Origin, name: str) -> dict[str, str]:
    """The custom properties of an office file: its origin cut into pieces, in their order."""
    return in_pieces(in_one_line(origin, name))


def in_pieces(text: str) -> dict[str, str]:
    """An origin on one line as custom properties, none longer than office programs keep."""
    pieces = [text[start : start + _LONGEST] for start in range(0, len(text), _LONGEST)]
    return {f"{PROPERTY}.{number:02}": piece for number, piece in enumerate(pieces, start=1)}


def _told(origin: Origin) -> dict[str, str]:
    ledger = {} if origin.ledger is None else {"ledger": compact(origin.ledger)}
    about = {} if origin.programme is None else {"programme": compact(origin.programme)}
    day = {} if origin.as_of is None else {"as_of": compact(origin.as_of.isoformat())}
    return {**about, **day, **ledger, **origin_parts(origin)}

"""A document traced back to what it was made from, and made again: identical, or what differs."""

from sangkien_cli.verify.cells import CellChange, SheetChange
from sangkien_cli.verify.check import InputChange, SheetFinding, Verdict, Version, verify
from sangkien_cli.verify.figures import FigureChange
from sangkien_cli.verify.places import Found, find_inputs, find_quota_file
from sangkien_cli.verify.record import Record, read_record

__all__ = [
    "CellChange",
    "FigureChange",
    "Found",
    "InputChange",
    "Record",
    "SheetChange",
    "SheetFinding",
    "Verdict",
    "Version",
    "find_inputs",
    "find_quota_file",
    "read_record",
    "verify",
]

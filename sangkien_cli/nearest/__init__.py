"""The nearest of some names to one that was not found, each with the reason: suggestions only, never a match."""

from sangkien_cli.nearest.search import Names, nearest, nearest_units

__all__ = ["Names", "nearest", "nearest_units"]

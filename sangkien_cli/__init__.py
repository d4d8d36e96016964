"""Quota and progress calculator over CSV and Excel exports of submissions (sáng kiến)."""

__version__ = "0.1.0"

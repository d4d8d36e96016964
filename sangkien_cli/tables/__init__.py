"""A report laid out for people: sections of lines in one language, figures as text, ready for any renderer."""

from sangkien_cli.tables.accounts import balance, unknown_line
from sangkien_cli.tables.claims import lay_out_findings, published_line, summary
from sangkien_cli.tables.report import lay_out, lay_out_shortfall, on_basis
from sangkien_cli.tables.sheet import TREE, Column, Layout, Line, Passage, RowLine, Section, Sheet

__all__ = [
    "TREE",
    "Column",
    "Layout",
    "Line",
    "Passage",
    "RowLine",
    "Section",
    "Sheet",
    "balance",
    "lay_out",
    "lay_out_findings",
    "lay_out_shortfall",
    "on_basis",
    "published_line",
    "summary",
    "unknown_line",
]

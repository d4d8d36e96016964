"""Figures in Vietnamese prose: reading articles and reports, and finding what they publish."""

from sangkien_cli.prose.document import Paragraph, Prose, read_text
from sangkien_cli.prose.groups import Sure
from sangkien_cli.prose.pairing import Reading, find

__all__ = ["Paragraph", "Prose", "Reading", "Sure", "find", "read_text"]

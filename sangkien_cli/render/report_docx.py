"""The report that is handed in as a Word document, in the form of Nghị định 30/2020/NĐ-CP."""

from __future__ import annotations

from pathlib import Path

from sangkien_cli.render.docx_content import paper_of
from sangkien_cli.render.docx_file import finished
from sangkien_cli.render.docx_page import write
from sangkien_cli.render.made import Made


def render_report_docx(made: Made) -> bytes:
    """The report: prose in the customary words, then the tables. Text from the data is text, never a field or link."""
    paper = paper_of(made)
    pages = write(paper, made.lang)
    return finished(pages.document, made, paper.heading.subject, pages.body)


def render_template(made: Made, template: Path) -> bytes:
    """A template of one's own filled with the same data. Raises SangkienError for one that cannot be filled."""
    from sangkien_cli.render import docx_template

    return docx_template.render_template(made, template)

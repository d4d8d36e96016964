"""A report as Markdown (GitHub's): a table for each section, how the rows are accounted for, and the sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.render.about import sources
from sangkien_cli.render.held import in_page
from sangkien_cli.render.made import Made
from sangkien_cli.tables import Line, Section
from sangkien_cli.text import tidy


def render_report_md(made: Made) -> str:
    """The report. What came from the data is text in it: no link, no markup, no column of its own."""
    sheet, lang = made.sheet, made.lang
    blocks = [f"# {_text(sheet.title)}", _paragraph(sheet.subtitle)]
    for section in sheet.sections:
        blocks += _section(section, lang)
    for passage in sheet.passages:
        blocks += [f"## {_text(passage.title)}", _items(passage.lines)]
    blocks += [f"## {_text(phrase('page.rows', lang))}", _paragraph(sheet.balance)]
    if sheet.set_aside:
        lines = [
            item
            for line in sheet.set_aside
            for item in ((0, f"{line.rows} – {line.words} ({line.code})"), *((1, detail) for detail in line.details))
        ]
        blocks.append(_items(lines))
    blocks += [f"## {_text(phrase('page.sources', lang))}", "\n".join(_sources(made))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _section(section: Section, lang: Lang) -> Iterator[str]:
    yield f"## {_text(section.title)}"
    if section.remark:
        yield _paragraph(section.remark)
    if section.lines:
        yield "\n".join(_table(section, lang))
    yield _items([(0, note) for note in (*section.notes, section.gap) if note])


def _table(section: Section, lang: Lang) -> Iterator[str]:
    figure = section.figure or phrase("column.figure", lang)
    heads = [phrase("column.unit", lang), figure, phrase("column.short", lang), *section.more]
    yield _row([_text(head) for head in (*heads, phrase("page.status", lang))])
    yield _row(["---", *["---:"] * (len(heads) - 1), "---"])
    for line in section.lines:
        more = line.more or [""] * len(section.more)
        yield _row([_name(line), *map(_text, (line.figure, line.short, *more, line.word))])


def _sources(made: Made) -> Iterator[str]:
    heads = ("explain.column.file", "explain.column.sheet", "page.export_rows")
    yield _row([*(_text(phrase(key, made.lang)) for key in heads), "SHA-256"])
    yield _row(["---", "---", "---:", "---"])
    for each in sources(made.report, made.lang):
        yield _row([_text(each.file), _text(each.sheet), _text(each.rows), f"`{each.sha256}`"])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _name(line: Line) -> str:
    below = "".join(f"<br>{_text(sentence)}" for sentence in line.below)
    return f"{'&emsp;' * line.indent}{_text(line.name)}{below}"


def _items(lines: Sequence[tuple[int, str]]) -> str:
    return "\n".join(f"{'  ' * indent}- {_paragraph(text)}" for indent, text in lines)


def _paragraph(text: str) -> str:
    """A text that begins a line: no list, no heading, no rule."""
    return _BLOCK.sub(r"\1\\\2", _text(text))


# What means something within a line, and what makes a link of an address.
_INLINE = re.compile(r"[\\`*_\[\]<>|~&#$!]|:(?=//)|(?<=www)\.", re.IGNORECASE)
# What GitHub makes a link or a picture of even where it is escaped, in a mail address, a person, a number, the name of
# an emoji: a word joiner parts it.
_LINKING = re.compile(r"@|#(?=\d)|\bGH-(?=\d)|:(?=[a-z+][\w+-]*:)", re.IGNORECASE)
# What begins a list or underlines a heading.
_BLOCK = re.compile(r"^(\d*)((?<=\d)[.)](?=\s|$)|(?<!\d)[-+=])")


def _text(text: str) -> str:
    plain = _LINKING.sub("\\g<0>\u2060", in_page(tidy(text)))
    return _INLINE.sub(r"\\\g<0>", plain).replace("\u2060", "&#8288;")

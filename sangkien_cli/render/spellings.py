"""The list of names that are not in the tree: as a workbook or CSV to be filled in, or as text to be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from sangkien_cli.lang import Lang, phrase, words
from sangkien_cli.render.workbook import Choices, Column, Table, workbook
from sangkien_cli.spellings import COLUMNS, SUGGESTIONS, Labels, Spelling
from sangkien_cli.units import Tree

_WIDTHS = {"text": 45, "rows": 9, "counts_for": 32, "choice": 40, "why": 60}
_NEAR_WIDTH = 40
_OFFERED = "=$D{row}:$F{row}"  # what may be chosen of in a row
_HELP = ("names.note", "names.note_skip", "names.note_choice", "names.note_learn")
_HELP_WIDTH = 110


def names_workbook(spellings: Sequence[Spelling], tree: Tree, lang: Lang) -> bytes:
    """A sheet with a drop-down list for each name, one with all units to look up, and one that says what to do."""
    prompt = f"{phrase('names.note', lang)} {phrase('names.note_skip', lang)}"
    choices = {"choice": Choices(_OFFERED, phrase("names.prompt", lang), prompt)}
    titles = [
        Column(phrase(title, lang), _WIDTHS.get(name, _NEAR_WIDTH), choices.get(name))
        for name, title in COLUMNS.items()
    ]
    units = [(unit.name, unit.id, None if unit.parent is None else tree.units[unit.parent].name) for unit in tree.units]
    heads = (("names.unit", 45), ("names.id", 30), ("names.above", 45))
    columns = [Column(phrase(title, lang), width) for title, width in heads]
    return workbook(
        [
            Table(phrase("names.sheet", lang), titles, _rows(spellings, tree, lang)),
            Table(phrase("names.units_sheet", lang), columns, units),
            Table(
                phrase("names.help_sheet", lang),
                [Column(phrase("names.help", lang), _HELP_WIDTH)],
                [[phrase(line, lang)] for line in _HELP],
            ),
        ]
    )


def names_csv(spellings: Sequence[Spelling], tree: Tree) -> str:
    """The same columns under names that no language changes, as no CSV is localised."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(spellings, tree, "en"))
    return out.getvalue()


def _rows(spellings: Sequence[Spelling], tree: Tree, lang: Lang) -> Iterator[list[str | int | None]]:
    labels = Labels(tree)
    for spelling in spellings:
        near = [labels.of(position) for position, _ in spelling.nearest]
        why = [
            phrase("names.line_near", lang, number=number, near=each.why)
            for number, (_, each) in enumerate(spelling.nearest, start=1)
        ]
        blank = [None] * (SUGGESTIONS - len(near))
        yield [spelling.text, spelling.rows, _where(spelling, labels, lang), *near, *blank, None, "; ".join(why)]


def _where(spelling: Spelling, labels: Labels, lang: Lang) -> str:
    return phrase("names.set_aside", lang) if spelling.above is None else labels.of(spelling.above)


def names_text(spellings: Sequence[Spelling], tree: Tree, lang: Lang) -> str:
    """A line for each name, and one for each unit near to it."""
    if not spellings:
        return f"{phrase('names.none', lang)}\n"
    labels = Labels(tree)
    lines = []
    for spelling in spellings:
        where = _where(spelling, labels, lang)
        if spelling.above is not None:
            where = phrase("names.counted", lang, unit=where)
        lines.append(phrase("names.line", lang, rows=spelling.rows, text=spelling.text, where=where))
        for number, (position, near) in enumerate(spelling.nearest, start=1):
            shown = phrase("near.shown", lang, name=labels.of(position), why=words(near.why, lang))
            lines.append(f"   {phrase('names.line_near', lang, number=number, near=shown)}")
    return "\n".join(lines) + "\n"

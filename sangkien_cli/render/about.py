"""What a report is about, and what it was made from: its topmost units, the files behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sangkien_cli.lang import Lang, phrase, whole
from sangkien_cli.model import Report, Unit
from sangkien_cli.render.document import config_entry
from sangkien_cli.tables import Line, Section


def tops(section: Section) -> list[Line]:
    """The lines of the units that no other unit of a section lies above; of a list, all."""
    return [line for line in section.lines if line.of is not None and line.indent == 0]


def unit_about(report: Report) -> Unit | None:
    """The lowest unit that is, or has below it, every unit shown. None where several of the tree's topmost do."""
    units, positions = report.config.units, {unit.id: at for at, unit in enumerate(report.config.units)}
    paths = []
    for at in {positions[each.unit.id] for each in report.attainments}:
        path, above = [at], units[at].parent
        while above is not None:
            path, above = [above, *path], units[above].parent
        paths.append(path)
    shared = [level[0] for level in zip(*paths, strict=False) if len(set(level)) == 1]
    return units[shared[-1]] if shared else None


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or a sheet of one, in words."""

    file: str
    sheet: str
    rows: str
    sha256: str


def sources(report: Report, lang: Lang) -> Iterator[Source]:
    """The quota file and what it is made of, and every sheet that was counted."""
    config = config_entry(report.config)
    parts = config.get("parts", ())
    assert isinstance(parts, list | tuple)
    for each in (config, *parts):
        name = phrase("page.quota_file", lang, name=each["path"]) if each is config else str(each["path"])
        yield Source(name, "", "", str(each["sha256"]))
    for sheet in report.inputs:
        yield Source(sheet.path, sheet.sheet or "", whole(sheet.rows, lang), sheet.sha256)

"""What heads and signs a report that is handed in, in words (Nghị định 30/2020/NĐ-CP); gaps are left to be filled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.model import Report, Unit
from sangkien_cli.render.made import Made
from sangkien_cli.text import fold

_GAP = "\u00a0" * 6  # to be written into by hand
_DOTS = "…………"
# What a report's symbol ends with: what the agency's name begins with; the first that fits.
_SYMBOLS = ("LĐLĐ", "CĐCS", "CĐ")


@dataclass(frozen=True, slots=True)
class Heading:
    """The parts of the form around the content, as they stand on the page."""

    nation: str
    motto: str
    parent: str  # "" where there is none
    agency: str
    number: str  # `05/BC-LĐLĐ`
    number_line: str
    dated: str  # `ngày 05 tháng 02 năm 2022`
    date_line: str
    title: str
    programme: str
    subject: str
    addressees: tuple[str, ...]
    grounds: tuple[str, ...]
    capacity: tuple[str, ...]
    signer: str
    recipients: tuple[str, ...]  # as they stand, the last one: `Lưu: VT.`


def heading_of(made: Made) -> Heading:
    """What the quota file says of it (`document:`), and what can be said without."""
    report, lang = made.report, made.lang
    letterhead = report.config.letterhead
    top = _topmost(report)
    agency = letterhead.agency or (top.name if top else "") or _DOTS
    above = report.config.units[top.parent].name if top and top.parent is not None else ""
    number = _number(letterhead.number, letterhead.symbol or _symbol(agency))
    dated = _dated(letterhead.day or report.as_of, lang)
    programme = without_kind(made.sheet.title)
    return Heading(
        nation=phrase("docx.nation", lang),
        motto=phrase("docx.motto", lang),
        parent=letterhead.parent or ("" if letterhead.agency else above),
        agency=agency,
        number=number,
        number_line=phrase("docx.number", lang, number=number),
        dated=dated,
        date_line=f"{letterhead.place or _DOTS}, {dated}",
        title=phrase("docx.report", lang),
        programme=programme,
        subject=letterhead.subject or phrase("docx.subject", lang, programme=programme, day=report.as_of),
        addressees=letterhead.addressees,
        grounds=_listed(letterhead.grounds, "."),
        capacity=letterhead.capacity or (phrase("docx.on_behalf", lang), phrase("docx.chair", lang)),
        signer=letterhead.signer or _DOTS,
        recipients=_recipients(letterhead.recipients, lang, addressed=bool(letterhead.addressees)),
    )


def _topmost(report: Report) -> Unit | None:
    """The one unit that all that are shown are below of; None where there are several."""
    units = [each.unit for each in report.attainments]
    top = min((unit.depth for unit in units), default=0)
    found = {unit.id: unit for unit in units if unit.depth == top}
    if len(found) == 1:
        return next(iter(found.values()))
    roots = [unit for unit in report.config.units if unit.parent is None]
    return roots[0] if len(roots) == 1 else None


def _symbol(agency: str) -> str:
    name = fold(agency)
    return next((f"BC-{kind}" for kind in _SYMBOLS if name.startswith(fold(kind))), "BC")


def _number(number: int | None, symbol: str) -> str:
    """The number with its symbol: `05/BC-LĐLĐ`; below ten it has a leading zero."""
    return f"{_GAP if number is None else f'{number:02}'}/{symbol}"


def _dated(day: date, lang: Lang) -> str:
    """A day as the decree has it: a leading zero for days below ten, and for January and February."""
    month = f"{day.month:02}" if day.month <= 2 or lang == "en" else str(day.month)
    return phrase("docx.dated", lang, day=f"{day.day:02}", month=month, year=str(day.year))


def without_kind(programme: str) -> str:
    """A programme's name without `Chương trình` before it: the sentences say that.

    >>> without_kind("Chương trình 1 triệu sáng kiến"), without_kind("75 nghìn sáng kiến")
    ('1 triệu sáng kiến', '75 nghìn sáng kiến')
    """
    return re.sub(r"^chương\strình[\s:]+(?=\S)", "", programme, flags=re.IGNORECASE)


def _listed(lines: tuple[str, ...], last: str) -> tuple[str, ...]:
    """Lines that end with a semicolon each, the last one otherwise."""
    plain = [line.rstrip(" ;.,") for line in lines]
    return tuple(line + (last if line is plain[-1] else ";") for line in plain)


def _recipients(lines: tuple[str, ...], lang: Lang, *, addressed: bool) -> tuple[str, ...]:
    """Whom it goes to; the last line is that of the archive, unless the quota file has one."""
    plain = [line.strip(" -–;.") for line in lines] or ([phrase("docx.as_above", lang)] if addressed else [])
    if not plain or not plain[-1].casefold().startswith("lưu"):
        plain.append(phrase("docx.archive", lang))
    return tuple(f"- {line}{';' if at < len(plain) else '.'}" for at, line in enumerate(plain, start=1))

"""What heads and signs a report that is handed in, in words (Nghị định 30/2020/NĐ-CP); gaps are left to be filled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sangkien_cli.lang import Lang, phrase
from sangkien_cli.lang import day as day_of
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
    about: str  # `kết quả thực hiện chương trình “…”`, of a campaign with its name
    subject: str
    addressees: tuple[str, ...]
    ground: str  # the only one, which begins the opening sentence
    grounds: tuple[str, ...]  # several, which are paragraphs
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
    number = _number(letterhead.number, letterhead.symbol.strip(" /") or _symbol(agency))
    dated = _dated(letterhead.day or report.as_of, lang)
    programme = _unbroken(without_kind(made.sheet.title))
    about = _about(programme, report, lang)
    subject = phrase("docx.subject", lang, about=capital(about), day=in_words(report.as_of, lang))
    grounds = [_unbroken_quotes(line.rstrip(" ;.,")) for line in letterhead.grounds]
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
        about=about,
        subject=_unbroken_quotes(letterhead.subject) or subject,
        addressees=letterhead.addressees,
        ground=grounds[0] if len(grounds) == 1 else "",
        grounds=_listed(grounds) if len(grounds) > 1 else (),
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
    month = phrase("docx.months", lang).split()[day.month - 1]
    shown = f"{day.day:02}" if lang == "vi" else str(day.day)
    return phrase("docx.dated", lang, day=shown, month=month, year=str(day.year))


def in_words(day: date, lang: Lang) -> str:
    """A day as it stands in a sentence of a letter: `27/04/2022`, in English `27 April 2022`."""
    return day_of(day, lang) if lang == "vi" else _dated(day, lang)


def _about(programme: str, report: Report, lang: Lang) -> str:
    if report.campaign is None:
        return phrase("docx.about", lang, programme=programme)
    return phrase("docx.about_campaign", lang, programme=programme, campaign=_unbroken(report.campaign.name))


def capital(text: str) -> str:
    """A text that begins a line."""
    return text[:1].upper() + text[1:]


def _unbroken(name: str) -> str:
    """A name whose numbers stay with what they count: `1 triệu` is not broken over two lines."""
    return re.sub(r"(?<=\d) (?=\w)", "\u00a0", name)


def _unbroken_quotes(text: str) -> str:
    """A text in which that holds for names in quotes."""
    return re.sub(r"“[^“”]+”", lambda found: _unbroken(found[0]), text)


def without_kind(programme: str) -> str:
    """A programme's name without `Chương trình` before it: the sentences say that.

    >>> without_kind("Chương trình 1 triệu sáng kiến"), without_kind("75 nghìn sáng kiến")
    ('1 triệu sáng kiến', '75 nghìn sáng kiến')
    """
    return re.sub(r"^chương\strình[\s:]+(?=\S)", "", programme, flags=re.IGNORECASE)


def _listed(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines that end with a semicolon each, the last one with a full stop."""
    return tuple(f"{line}{';' if at < len(lines) else '.'}" for at, line in enumerate(lines, start=1))


def _recipients(lines: tuple[str, ...], lang: Lang, *, addressed: bool) -> tuple[str, ...]:
    """Whom it goes to; the last line is that of the archive, unless the quota file has one."""
    plain = [line.strip(" -–;.") for line in lines] or ([phrase("docx.as_above", lang)] if addressed else [])
    if not plain or not plain[-1].casefold().startswith("lưu"):
        plain.append(phrase("docx.archive", lang))
    return tuple(f"- {line}{';' if at < len(plain) else '.'}" for at, line in enumerate(plain, start=1))

"""What heads and signs a table that is handed in: the agency, the state's name, the day, who made it, who signs it.

Every sheet with a table has its own, as it may be printed and handed in alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sangkien_cli.lang import phrase
from sangkien_cli.model import Letterhead
from sangkien_cli.render.docx_heading import Heading, heading_of
from sangkien_cli.render.made import Made
from sangkien_cli.render.xlsx_book import Cell, Row, Style, across, halves, room_of

_AGENCY = Style(align="center", framed=False, high=True)
_STRONG = Style(align="center", bold=True, framed=False, high=True)
_MOTTO = Style(align="center", size=13, bold=True, framed=False, high=True)
_RULE = Style(align="center", size=8, framed=False, high=True, wrapped=False)
_DATE = Style(align="center", italic=True, framed=False)
_GAP = Style(size=6, framed=False)
_BOLD = 1.07  # how much wider bold letters are
_LEFT = 0.44  # of the width
_TO_SIGN = 62.0  # points
_DASH = "\N{EM DASH}"  # as wide as its size: side by side they are a line


def is_headed(made: Made) -> bool:
    """Whether the quota file has a `document:` part."""
    return made.report.config.letterhead != Letterhead()


def head_of(made: Made, widths: Sequence[float]) -> list[Row]:
    """Top left the agency under the one above it, top right the state's name and motto; none without `document:`."""
    if not is_headed(made):
        return []
    heading = heading_of(made)
    split = _split(heading, widths)
    parent, agency = heading.parent.upper(), heading.agency.upper()
    above, below = ((_AGENCY, parent), (_STRONG, agency)) if parent else ((_STRONG, agency), (_AGENCY, ""))
    return [
        halves(Cell(*above), Cell(_STRONG, heading.nation), split, widths),
        halves(Cell(*below), Cell(_MOTTO, heading.motto), split, widths),
        halves(_rule(agency, _STRONG, 0.4), _rule(heading.motto, _MOTTO, 1), split, widths),
        across("", _GAP, widths),
    ]


def with_report(made: Made) -> str:
    """With which report the table goes; "" where that has no number yet."""
    if made.report.config.letterhead.number is None:
        return ""
    heading = heading_of(made)
    said = {"number": heading.number, "dated": heading.dated, "agency": heading.agency}
    return phrase("docx.appendix.with", made.lang, **said)


def foot_of(made: Made, widths: Sequence[float]) -> list[Row]:
    """Place and day, on the left who made the table, on the right who signs it; none without `document:`."""
    if not is_headed(made):
        return []
    heading, lang = heading_of(made), made.lang
    split = _split(heading, widths)
    left = [Cell(_DATE), Cell(_STRONG, phrase("xlsx.maker", lang)), Cell(_DATE, phrase("xlsx.maker_signs", lang))]
    right = [Cell(_DATE, heading.date_line), *(Cell(_STRONG, line.upper()) for line in heading.capacity)]
    rows = max(len(left), len(right))
    left += [Cell(_AGENCY)] * (rows - len(left))
    right += [Cell(_AGENCY)] * (rows - len(right))
    signed = [halves(*sides, split, widths) for sides in zip(left, right, strict=True)]
    space = halves(Cell(_AGENCY), Cell(_AGENCY), split, widths)._replace(height=_TO_SIGN)
    signer = halves(Cell(_AGENCY), Cell(_STRONG, heading.signer), split, widths)
    return [across("", _GAP, widths), *signed, space, signer]


def _rule(text: str, style: Style, share: float) -> Cell:
    """A line below a text, as long as a share of it."""
    dashes = share * room_of(text) * _BOLD * style.size / 2 / _RULE.size
    return Cell(_RULE, _DASH * max(round(dashes), 4))


def _split(heading: Heading, widths: Sequence[float]) -> int:
    """The column at which the right half begins: where the texts take the fewest lines."""
    left = [(_AGENCY, heading.parent.upper()), (_STRONG, heading.agency.upper())]
    right = [(_STRONG, heading.nation), (_MOTTO, heading.motto)]

    def cost(split: int) -> tuple[float, float]:
        rows = [halves(Cell(*first), Cell(*second), split, widths) for first, second in zip(left, right, strict=True)]
        return sum(row.height or 0 for row in rows), abs(sum(widths[:split]) / sum(widths) - _LEFT)

    return min(range(1, len(widths)), key=cost)

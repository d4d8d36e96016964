"""What the sheets of a report have in common: how they look, the lines on top, long lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sangkien_cli.lang import Lang, whole
from sangkien_cli.render.made import Made
from sangkien_cli.render.xlsx_book import Cell, Page, Row, Style, across, fitted

MOST_ROWS = 1_000_000  # of a list in a sheet; Excel itself ends at 1,048,576
_GROUND = "#DDE6F2"

HEADING = Style(align="center", size=14, bold=True, framed=False)
PROGRAMME = Style(align="center", size=13, bold=True, framed=False)
SUBTITLE = Style(align="center", italic=True, framed=False)
NOTE = Style(framed=False)
STRONG = Style(bold=True, framed=False)
BESIDE = Style(framed=False, wrapped=False)
HEAD = Style(align="center", bold=True, fill=_GROUND)
COLUMN_NUMBER = Style(align="center", italic=True, size=10)
PLAIN = Style()
REMARK = Style(indent=1)
SMALL = Style(size=10)
SMALL_COUNT = Style(number="0", align="center", size=10)
GROUP = Style(bold=True, fill="#F2F2F2")
COUNT = Style(number="0", align="center")
NUMBER = Style(number="#,##0", align="right", wrapped=False)
SUM_WORD = Style(bold=True, fill=_GROUND)
SUM = Style(number="#,##0", align="right", bold=True, fill=_GROUND, wrapped=False)
GAP = Row([], height=8)

Value = str | int | None


def titles(made: Made, heading: str, about: str, widths: Sequence[float], further: str = "") -> list[Row]:
    """The lines above a table: what it is, of which programme, of which phase, as of when, and a further one."""
    lines = (
        (heading, HEADING),
        (made.sheet.title, PROGRAMME),
        (about, PROGRAMME),
        (made.sheet.subtitle, SUBTITLE),
        (further, SUBTITLE),
    )
    return [*(across(text, style, widths) for text, style in lines if text), GAP]


def room_for(numbers: Iterable[str]) -> float:
    """How wide a column is that shows these numbers: what has no room is shown as ###."""
    return max(map(len, numbers), default=0) + 2


def widened(widths: Sequence[float], most: Mapping[int, int], lang: Lang) -> list[float]:
    """The widths of columns, wider where the largest number of one has no room."""
    room = {at: room_for([whole(number, lang)]) for at, number in most.items()}
    return [max(width, room.get(at, 0)) for at, width in enumerate(widths)]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: its columns, and its rows from one position to another."""

    sheet: str
    heading: str
    notes: Sequence[str]
    columns: Sequence[tuple[str, float]]  # heads and widths
    count: int
    rows: Callable[[int, int], Iterator[Row]]
    styles: Sequence[Style]

    @property
    def sheets(self) -> int:
        """How many sheets it takes."""
        return max(-(-self.count // MOST_ROWS), 1)

    @property
    def widths(self) -> Sequence[float]:
        """Those of its columns."""
        return [width for _, width in self.columns]

    def pages(self, made: Made, names: Sequence[str]) -> Iterator[Page]:
        """A page for each name."""
        widths = self.widths
        head = titles(made, self.heading, "", widths)
        head += [across(note, NOTE, widths) for note in self.notes]
        if self.count:
            head.append(fitted([Cell(HEAD, title) for title, _ in self.columns], widths))
        for number, name in enumerate(names):
            start, stop = number * MOST_ROWS, min((number + 1) * MOST_ROWS, self.count)
            yield Page(
                name,
                widths,
                head,
                self.rows(start, stop),
                stop - start,
                styles=self.styles,
                repeated=1 if self.count else 0,
                filtered=True,
            )

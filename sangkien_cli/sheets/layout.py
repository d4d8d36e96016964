"""Rows that are not data (contract §3): blank rows, headers, column numbers, group headings, "Trong đó" rows, totals,
the signature block, another table on the same sheet.

Nearly every row is plainly data: its cells are filled like those of most rows and none looks like a label. Only the
others are looked at whole: first one by one, from top to bottom; then the tail of each table, where the signatures are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sangkien_cli.arrays import TextArray, blank, by_distinct, codes
from sangkien_cli.model import UNIT
from sangkien_cli.sheets import labels
from sangkien_cli.sheets.labels import Mark, Style, figure_of
from sangkien_cli.sheets.source import LAST_ROW, Cells, Source, Span
from sangkien_cli.text import composed, fold

# The kinds of layout rows, as the ledger and `inspect` name them.
BLANK, TITLE, HEADER, COLUMN_NUMBERS = "blank", "title", "header", "column-numbers"
GROUP, OF_WHICH, TOTAL, SIGNATURE, NOTE, OTHER = "group", "of-which", "total", "signature", "note", "other-table"
KINDS = (TITLE, BLANK, HEADER, COLUMN_NUMBERS, GROUP, OF_WHICH, TOTAL, SIGNATURE, NOTE, OTHER)
END = "end"  # blank rows behind the last row that holds anything: nobody's rows

_COLUMN_NUMBER = re.compile(r"\(?\s*-?\s*([0-9]{1,2}|[A-Za-z])\s*\)?(\s*=.*)?")
_NUMBERING = {fold(text) for text in ("STT", "TT", "Số TT", "Số thứ tự")}
_MOST_LOOKED_AT = 50_000  # rows of a sheet of which all are looked at whole


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout rows below a header."""

    kinds: Mapping[int, str]  # by row number; END too
    texts: Mapping[int, Sequence[str]] = field(default_factory=dict)  # the cells of total and group rows, by number
    peers: Sequence[int] = ()  # data rows that are numbered like headings
    ends: Mapping[int, int] = field(default_factory=dict)  # of each numbered heading the row that it heads no more


def above_header(head: Sequence[Sequence[str]], header_row: int) -> dict[int, str]:
    """The rows above the header, by number: TITLE or BLANK."""
    return {
        number: TITLE if any(cell.strip() for cell in head[number - 1]) else BLANK for number in range(1, header_row)
    }


def below_header(
    source: Source,
    head: Sequence[Sequence[str]],
    header_rows: tuple[int, int],
    cells: Cells,
    columns: Mapping[str, int],
    headers: Mapping[str, Sequence[str]],
) -> Layout:
    """The layout rows among the rows below the header.

    `head` are the first rows of the sheet, `header_rows` the numbers of the header's first and last row.
    `cells.columns` are those of `columns`, in its order. Names of unit columns begin with UNIT. `headers` are
    the titles that may stand above each column: another page may have another one.
    """
    if not len(cells.rows):
        return Layout({})
    first, last = header_rows
    table = _Table.of(cells, columns, head[first - 1 : last], headers)
    numbers = cells.rows[table.candidates()].tolist()
    whole: dict[int, Sequence[str]] = {row: head[row - 1] for row in numbers if row <= len(head)}
    if beyond := [row for row in numbers if row > len(head)]:
        whole |= source.whole_rows(beyond)  # which takes another look at the file
    rows = [table.row(row, whole[row]) for row in numbers if any(text.strip() for text in whole.get(row, ()))]
    kinds = dict.fromkeys(set(numbers).difference((row.number for row in rows), cells.broken), BLANK)
    kinds |= _first_look(table, rows, last)
    kinds |= _other_tables(table, rows, kinds)
    kinds |= _tails(table, rows, kinds)
    marked = [row.number for row in rows if row.number not in kinds and row.mark and row.mark.style <= Style.ROMAN]
    kinds = _with_end(dict(sorted(kinds.items())), int(cells.rows[-1]))
    summed = {row.number: row.texts for row in rows if kinds.get(row.number) in (TOTAL, GROUP)}
    return Layout(kinds, summed, marked, _ends(rows, kinds))


def _ends(rows: Sequence[_Row], kinds: Mapping[int, str]) -> dict[int, int]:
    """For each numbered heading the next row that is numbered like it, or higher, or a total."""
    ends = {}
    for i, row in enumerate(rows):
        if kinds.get(row.number) == GROUP and row.mark is not None:
            style = row.mark.style
            below = (each for each in rows[i + 1 :] if each.mark is not None and each.mark.style <= style)
            ends[row.number] = next((each.number for each in below), LAST_ROW + 1)
    return ends


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is looked at whole."""

    number: int
    texts: Sequence[str]
    filled: Sequence[int]  # the places of its cells that hold something
    mark: Mark | None  # the numeral in front of it
    firm: bool  # it is data, whatever its words

    @property
    def words(self) -> list[str]:
        """Its cells that are no figures."""
        return [self.texts[place] for place in self.filled if not labels.is_figure(self.texts[place])]


@dataclass(frozen=True, slots=True)
class _Table:
    """The columns in use, and what is usual in them."""

    cells: Cells
    columns: Mapping[str, int]
    by_name: Mapping[str, TextArray]
    titles: Sequence[Sequence[str]]
    filled: np.ndarray  # for each row, how many of the columns in use hold something
    usual: int  # how many do in most rows
    across: Mapping[int, Sequence[Span]]  # merged ranges that reach over several columns, by their row
    headers: Mapping[str, frozenset[str]]  # by column the titles, folded, that may stand above it
    numbering: Sequence[int]  # where rows are numbered: columns not in use that stand first, or are called so

    @classmethod
    def of(
        cls,
        cells: Cells,
        columns: Mapping[str, int],
        titles: Sequence[Sequence[str]],
        headers: Mapping[str, Sequence[str]],
    ) -> _Table:
        by_name = dict(zip(columns, cells.columns, strict=True))
        filled = np.zeros(len(cells.rows), dtype=np.int64)
        for column in cells.columns:
            filled += ~blank(column)
        flawed = [row for row, place in cells.flawed if place in columns.values()]
        np.add.at(filled, np.searchsorted(cells.rows, flawed), 1)
        # Weighed by their cells, so that a long signature block under a short table does not pass for data.
        often = np.bincount(filled)
        usual = max(int((often * np.arange(len(often))).argmax()), 1)
        across: dict[int, list[Span]] = defaultdict(list)
        for span in cells.merged:
            if span.right > span.left:
                across[span.top].append(span)
        named = {place for row in titles for place, cell in enumerate(row) if fold(cell) in _NUMBERING}
        places = [*range(min(columns.values(), default=0)), *sorted(named - set(columns.values()))]
        accepted = {name: frozenset(map(fold, headers.get(name, ()))) for name in columns}
        numbering = tuple(dict.fromkeys(places))
        return cls(cells, columns, by_name, titles, filled, usual, across, accepted, numbering)

    @property
    def titled(self) -> int:
        """How many columns have a title."""
        return len({place for row in self.titles for place, cell in enumerate(row) if cell.strip()})

    @property
    def counts(self) -> bool:
        """Whether rows stand for groups, with a count."""
        return "count" in self.columns

    @property
    def lists(self) -> bool:
        """Whether a row of data has something that no heading has: a date or a code."""
        return "submitted" in self.columns or "code" in self.columns

    def candidates(self) -> np.ndarray:
        """The positions of the rows that are not plainly data."""
        if (self.counts or self.usual == 1) and len(self.cells.rows) <= _MOST_LOOKED_AT:
            # Where rows stand for groups, a heading has a name and a figure like any other row.
            return np.arange(len(self.cells.rows))
        few = self.usual // 2 if self.usual > 3 else self.usual - 1
        odd = self.filled <= few
        heads = {fold(cell) for row in self.titles for cell in row if cell.strip()}
        under = np.zeros(len(odd), dtype=bool)  # right under a header there may be column numbers
        under[0] = True
        again = np.zeros(len(odd), dtype=bool)
        for name, column in self.by_name.items():
            if name.startswith(UNIT) or name in ("submitted", "status", "phase"):
                odd |= by_distinct(column, labels.may_be_label, bool)
                again |= by_distinct(column, lambda text: fold(text) in heads, bool)
        under[1:] |= again[:-1]
        broken = np.isin(self.cells.rows, list(self.cells.broken))
        return np.flatnonzero((odd & ~self._ordinary()) | again | under | broken)

    def _ordinary(self) -> np.ndarray:
        """Rows that are data, however little they hold: they have a date, or a status that others have too."""
        ordinary = np.zeros(len(self.cells.rows), dtype=bool)
        if (dates := self.by_name.get("submitted")) is not None:
            ordinary |= by_distinct(dates, labels.is_day, bool)
        if (statuses := self.by_name.get("status")) is not None:
            often = np.bincount(codes(statuses), minlength=len(statuses.dictionary)) > 2
            named = by_distinct(statuses, lambda text: bool(text.strip()) and not labels.is_figure(text), bool)
            ordinary |= often[codes(statuses)] & named & ~by_distinct(statuses, labels.may_be_label, bool)
        return ordinary

    def row(self, number: int, texts: Sequence[str]) -> _Row:
        """A row with what is known of it by itself."""
        cells = [composed(text) for text in texts]
        filled = [place for place, text in enumerate(cells) if text.strip()]
        mark = self._mark(cells, filled)
        return _Row(number, cells, filled, mark, self._is_firm(cells, mark))

    def _mark(self, texts: Sequence[str], filled: Sequence[int]) -> Mark | None:
        for place in self.numbering:
            if place in filled and (mark := labels.mark_alone(texts[place])) is not None:
                return mark
        return labels.mark_in_front(texts[filled[0]]) if filled else None

    def at(self, texts: Sequence[str], name: str) -> str:
        """A row's cell in the column of this name."""
        place = self.columns.get(name)
        return texts[place].strip() if place is not None and place < len(texts) else ""

    def units(self, texts: Sequence[str]) -> list[str]:
        """What a row's unit columns hold, deepest first, without blanks."""
        return [text for name in self.columns if name.startswith(UNIT) and (text := self.at(texts, name))]

    def used(self, texts: Sequence[str]) -> dict[str, str]:
        """A row's cells in the columns in use that hold something."""
        return {name: text for name in self.columns if (text := self.at(texts, name))}

    def _is_firm(self, texts: Sequence[str], mark: Mark | None) -> bool:
        """Whether a row is data whatever its words: it has a date or a code, or a unit and something of its own."""
        if labels.is_day(self.at(texts, "submitted")):
            return True
        code = self.at(texts, "code")
        is_label = labels.is_figure(code) or labels.is_signature(code) or labels.is_total(code)
        if re.search(r"\d", code) and not is_label:
            return True
        words = frozenset().union(*self.headers.values())
        if sum(fold(text) in words for text in self.used(texts).values()) >= min(2, len(self.columns)):
            return False  # a header, of this table or of another
        units = self.units(texts)
        if not any(not (labels.is_signature(text) or labels.is_figure(text)) for text in units):
            return False
        status = self.at(texts, "status")
        if status and not labels.is_signature(status):
            return True
        if self.counts and re.fullmatch(r"[-–—]|.*\d.*", self.at(texts, "count")):
            return True
        others = len(self.used(texts)) - len(units)
        numbered = mark is not None and mark.style in (Style.ARABIC, Style.DOTTED)
        return numbered or (not self.lists and not self.counts and others > 0)


# --- one by one --------------------------------------------------------------------------------------------------


def _first_look(table: _Table, rows: Sequence[_Row], header_row: int) -> dict[int, str]:
    """What each row is by its own words and its neighbours."""
    kinds: dict[int, str] = {}
    before: tuple[int, str | None] = (header_row, HEADER)
    for i, row in enumerate(rows):
        kind = _kind(table, row, before[1] if before[0] == row.number - 1 else None)
        if kind is None and before == (row.number - 1, OF_WHICH) and _is_part(table, rows, i, kinds):
            kind = OF_WHICH
        if kind is None and _heads(table, rows, i):
            kind = GROUP
        if kind is not None:
            kinds[row.number] = kind
        before = (row.number, kind)
    return kinds


def _is_part(table: _Table, rows: Sequence[_Row], i: int, kinds: Mapping[int, str]) -> bool:
    """Whether a row without a number, below a "Trong đó", goes on dividing up the numbered row above it."""
    parts = [rows[i]]
    whole_row = None
    for row in reversed(rows[:i]):
        if kinds.get(row.number) != OF_WHICH:
            whole_row = row
            break
        parts.append(row)
    if rows[i].mark is not None or whole_row is None or whole_row.mark is None:
        return False
    asked = figure_of(table.at(whole_row.texts, "count"))
    return asked is not None and sum(figure_of(table.at(row.texts, "count")) or 0 for row in parts) <= asked


def _kind(table: _Table, row: _Row, before: str | None) -> str | None:
    if any(_repeats(row.texts, titles, table) for titles in table.titles):
        return HEADER
    if before == HEADER and _numbers_columns(row.texts) and len(row.filled) >= min(3, table.titled):
        return COLUMN_NUMBERS
    if any(labels.is_nation(text) for text in row.words):
        return TITLE
    if _is_total(table, row):
        return TOTAL
    label = next(iter(row.words), "")
    of_which = labels.is_of_which(label) or (before == OF_WHICH and labels.is_bullet(label))
    if of_which and not labels.is_day(table.at(row.texts, "submitted")):
        return OF_WHICH
    if not row.firm and _is_lone(table, row):
        return GROUP
    return None


def _is_total(table: _Table, row: _Row) -> bool:
    """A total's label as the deepest unit or the code, or in front of the row; among counts in any cell.

    A row with a date, or with a code beside its label, is data.
    """
    texts = row.texts
    if labels.is_day(table.at(texts, "submitted")):
        return False
    code = table.at(texts, "code")
    if code and not (labels.is_total(code) or labels.is_figure(code)) and re.search(r"\d", code):
        return False
    units = table.units(texts)
    first = next((text for text in row.words if labels.mark_alone(text) is None), "")
    if labels.is_total(first) or (units and labels.is_total(units[0])) or labels.is_total(code):
        return True
    return table.counts and any(labels.is_total(text) for text in row.words)


def _is_lone(table: _Table, row: _Row) -> bool:
    """A single cell that reaches over several columns, or stands in a column that is not in use."""
    if len(row.filled) != 1 or not row.words:
        return False
    (place,) = row.filled
    if labels.is_signature(row.texts[place]):
        return False
    spans = table.across.get(row.number, ())
    return place not in table.columns.values() or any(span.left <= place <= span.right for span in spans)


def _heads(table: _Table, rows: Sequence[_Row], i: int) -> bool:
    """Whether a numbered row heads the rows below it: "I. LĐLĐ huyện, thành phố", the numeral in its own cell or not.

    In a list it has no date, code or status. Where rows stand for groups it looks like any other, so what counts is
    the numeral of the row below: a deeper one makes it a heading, and its figure a subtotal.
    """
    row = rows[i]
    texts, mark = row.texts, row.mark
    if mark is None or mark.style == Style.BULLET or labels.is_day(table.at(texts, "submitted")):
        return False
    if table.at(texts, "status") or re.search(r"\d", table.at(texts, "code")):
        return False
    named = [name for name in table.used(texts) if name != "count"]
    if any(not (name.startswith(UNIT) or name in ("code", "title")) for name in named):
        return False
    alone = labels.mark_alone(texts[row.filled[0]]) is not None or labels.mark_in_front(texts[row.filled[0]]) is None
    if mark.style > Style.DOTTED_ROMAN and not (alone and table.counts):
        return False
    figure = table.at(texts, "count")
    if table.lists and not table.counts:
        return bool(row.words) and (not alone or len(named) == 1)
    if not alone and not figure:
        return True
    return _is_deeper(table, mark, figure, rows, i)


def _is_deeper(table: _Table, mark: Mark, figure: str, rows: Sequence[_Row], i: int) -> bool:
    """Whether the row below is numbered deeper than a mark; one without a number is if the figure is the sum."""
    below = next((row for row in rows[i + 1 :] if _may_be_headed(table, row)), None)
    if below is None or _is_total(table, below):
        return False
    under = below.mark
    if mark.style in (Style.ARABIC, Style.DOTTED):
        small = mark.style == Style.ARABIC and under == Mark(Style.SMALL, "a")
        return under is not None and (small or (under.style == Style.DOTTED and under.text.startswith(f"{mark.text}.")))
    if mark.style == Style.SMALL:
        return under == Mark(Style.ARABIC, "1")
    if under is not None:
        return under.style > mark.style
    return figure_of(figure) == _sum_below(table, mark, rows, i) if figure else bool(table.units(below.texts))


def _may_be_headed(table: _Table, row: _Row) -> bool:
    label = next(iter(row.words), "")
    layout = any(_repeats(row.texts, titles, table) for titles in table.titles) or _numbers_columns(row.texts)
    return not layout and not labels.is_of_which(label)


def _sum_below(table: _Table, mark: Mark, rows: Sequence[_Row], i: int) -> int:
    """The sum of the counts below a heading, down to a row numbered like it, or a total."""
    found = 0
    for row in rows[i + 1 :]:
        if (row.mark is not None and row.mark.style <= mark.style) or _is_total(table, row):
            break
        if not labels.is_of_which(next(iter(row.words), "")):
            found += figure_of(table.at(row.texts, "count")) or 0
    return found


# --- other tables, and what stands below a table --------------------------------------------------------------------


def _other_tables(table: _Table, rows: Sequence[_Row], kinds: Mapping[int, str]) -> dict[int, str]:
    """The rows of another table that begins below: another header over the same sheet, down to the own one again."""
    words = {fold(cell) for titles in table.titles for cell in titles if cell.strip()}
    headers = sorted(row for row, kind in kinds.items() if kind == HEADER)
    found: dict[int, str] = {}
    for row in rows:
        if row.number in kinds or row.firm or row.number in found:
            continue
        own = [text for text in row.words if fold(text) in words]
        if len(own) >= 2 and not any(re.search(r"\d", text) for text in row.texts):
            end = next((header for header in headers if header > row.number), int(table.cells.rows[-1]) + 1)
            inside = table.cells.rows[(table.cells.rows >= row.number) & (table.cells.rows < end)]
            found |= {number: OTHER for number in inside.tolist() if kinds.get(number) != BLANK}
    return found


def _tails(table: _Table, rows: Sequence[_Row], kinds: Mapping[int, str]) -> dict[int, str]:
    """Signature blocks and remarks: they stand behind the last row of data of their page."""
    found: dict[int, str] = {}
    headers = [row for row, kind in kinds.items() if kind == HEADER]
    looked_at = {row.number for row in rows} | kinds.keys()
    plain = table.cells.rows[~np.isin(table.cells.rows, list(looked_at))]
    ends = [*sorted(headers), int(table.cells.rows[-1]) + 1]
    for start, end in zip([0, *ends], ends, strict=False):
        page = [row for row in rows if start <= row.number < end]
        firm = [row.number for row in page if row.firm and row.number not in kinds]
        last = max([0, *firm, *plain[(plain >= start) & (plain < end)].tolist()[-1:]])
        tail = [row for row in page if row.number > last]
        found |= _tail(tail, kinds)
    return found


def _tail(tail: Sequence[_Row], kinds: Mapping[int, str]) -> dict[int, str]:
    open_rows = [row for row in tail if kinds.get(row.number) in (None, GROUP, OF_WHICH, TITLE)]
    first = next((i for i, row in enumerate(open_rows) if any(labels.is_signature(text) for text in row.words)), None)
    found: dict[int, str] = {}
    if first is not None:
        above = open_rows[first - 1] if first else None
        signed = open_rows[first]
        if above and above.number == signed.number - 1 and not (above.number in kinds or above.mark):
            # Who signs: the name of the organisation, and of nothing else.
            first -= set(above.filled) <= set(signed.filled)
        found = {row.number: SIGNATURE for row in open_rows[first:]}
    lone = [
        row for row in open_rows[:first] if kinds.get(row.number) == GROUP and len(row.filled) == 1 and not row.mark
    ]
    return found | {row.number: NOTE for row in lone}


# --- headers and column numbers --------------------------------------------------------------------------------------


def _repeats(texts: Sequence[str], titles: Sequence[str], table: _Table) -> bool:
    """Whether a row repeats a header row: the same words above the columns in use, some of them perhaps blank, or other
    words that may stand there."""
    columns = table.columns
    titled = {name: place for name, place in columns.items() if place < len(titles) and titles[place].strip()}
    shown = {name: fold(titles[place]) for name, place in titled.items()}
    own = {name: fold(texts[columns[name]]) if columns[name] < len(texts) else "" for name in shown}
    own = {name: shown[name] if text in table.headers[name] else text for name, text in own.items()}
    equal = sum(own[name] == shown[name] for name in shown)
    if equal == len(shown):
        return bool(shown)
    alike = all(not text or text.startswith(shown[name]) or shown[name].startswith(text) for name, text in own.items())
    return alike and equal >= 2 and ("count" not in shown or own["count"] == shown["count"])


def _numbers_columns(cells: Iterable[str]) -> bool:
    """Whether a row under the header numbers the columns: two or more of A, B… and 1, 2…, in their order.

    >>> _numbers_columns(["A", "B", "(1)", "(2)", "(3)=(2)/(1)"]), _numbers_columns(["-1", "-2", "-3"])
    (True, True)
    >>> _numbers_columns(["1", "7", "5"]), _numbers_columns(["1", "", "5"]), _numbers_columns(["1"])
    (False, False, False)
    """
    found = [_COLUMN_NUMBER.fullmatch(cell.strip()) for cell in cells if cell.strip()]
    if len(found) < 2 or not all(found):
        return False
    marks = [each.group(1).upper() for each in found if each]
    derived = any(each.group(2) for each in found if each)
    letters = [mark for mark in marks if mark.isalpha()]
    numbers = [int(mark) for mark in marks if not mark.isalpha()]
    if marks != [*letters, *map(str, numbers)] or letters != [chr(ord("A") + i) for i in range(len(letters))]:
        return False
    in_order = numbers == list(range(1, len(numbers) + 1))
    return in_order or (derived and numbers[:1] == [1] and numbers == sorted(set(numbers)))


def _with_end(kinds: dict[int, str], last: int) -> dict[int, str]:
    """Blank rows behind the last row that holds anything are the sheet's end, not layout."""
    ended = dict(kinds)
    while ended.get(last) == BLANK:
        ended[last] = END
        last -= 1
    return ended

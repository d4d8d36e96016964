"""Rows that are not data (contract §3): blank rows, headers, column numbers, group headings, "Trong đó" rows, totals,
the signature block.

Nearly every row is plainly data: its cells are filled like those of most rows and none looks like a label. Only the
others are looked at whole, one by one, from top to bottom.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sangkien_cli.arrays import TextArray, blank, by_distinct, codes
from sangkien_cli.model import UNIT
from sangkien_cli.sheets.source import EXCEL_ERRORS, FORMULA, Cells, Source, Span
from sangkien_cli.text import fold

# The kinds of layout rows, as the ledger and `inspect` name them.
BLANK, TITLE, HEADER, COLUMN_NUMBERS = "blank", "title", "header", "column-numbers"
GROUP, OF_WHICH, TOTAL, SIGNATURE, NOTE = "group", "of-which", "total", "signature", "note"
KINDS = (TITLE, BLANK, HEADER, COLUMN_NUMBERS, GROUP, OF_WHICH, TOTAL, SIGNATURE, NOTE)
END = "end"  # blank rows behind the last row that holds anything: nobody's rows

_TOTAL_WORDS = {fold(text) for text in ("Tổng cộng", "Cộng", "Tổng số", "Tổng", "Tổng cộng chung", "Cộng chung")}
_TOTAL_WORDS |= {
    f"{words} {fold(what)}"
    for words in _TOTAL_WORDS
    for what in ("toàn tỉnh", "toàn huyện", "toàn ngành", "sáng kiến", "các đơn vị", "trang", "nhóm")
}
_TOTAL_WORDS |= {fold(text) for text in ("Lũy kế", "Mang sang", "Chuyển sang trang sau", "Cộng mang sang")}
_ENUMERATOR = re.compile(r"[ivxl]+|[0-9]+|[a-z]|và")
_COLUMN_NUMBER = re.compile(r"\(?\s*([0-9]{1,2}|[A-Za-z])\s*\)?(?:\s*=.*)?")
_OF_WHICH = re.compile(r"^[\s\-–+•*.:]*(?:trong đó|bao gồm)\b", re.IGNORECASE)
_BULLET = re.compile(r"^\s*[-–+•*]\s*\S")
# A heading's numeral. H., P., Q., T. and X. shorten huyện, phường, quận, thị trấn and xã, so alone they are none.
_NUMERAL = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{2,3}|[A-G])"
_NUMERAL_ALONE = re.compile(rf"\s*{_NUMERAL}\s*[.)/:-]?\s*")
_NUMERAL_IN_FRONT = re.compile(rf"\s*{_NUMERAL}\s*(?:[.)/:]|\s-)\s*[^\W\d]")
_FIRST_BELOW = re.compile(r"\s*(?:\d+\.)*0?1\s*[.)]?\s*")
_SERIAL = re.compile(r"\s*\d{1,7}(?:\.\d+)*\s*[.)]?\s*")  # 12, 1.1, "3."
_DAY = re.compile(r"\d{1,4}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{2,4}|\d{5}(?:\.\d+)?")
# How the cells of a signature block begin, folded.
_SIGNATURE = re.compile(
    r"(?:"
    + "|".join(
        fold(text)
        for text in (
            "Người lập", "Lập biểu", "Lập bảng", "Người tổng hợp", "TM.", "T/M", "KT.", "TL.", "TUQ.", "Chủ tịch",
            "Phó Chủ tịch", "Ban Thường vụ", "Ban Chấp hành", "Ký, ghi rõ họ tên", "Ký tên", "Ký, đóng dấu",
            "Nơi nhận", "Thủ trưởng", "Trưởng ban", "Phó Trưởng ban", "Kế toán", "Ấn định danh sách", "Xác nhận của",
            "Người duyệt", "Giám đốc", "Đã ký", "Danh sách này có", "Biểu này có",
        )
    )
    + r")(?: |$)"
)  # fmt: skip
_PLACE_AND_DAY = re.compile(r"\bngày\b.{0,9}\btháng\b.{0,9}\bnăm\b", re.IGNORECASE)
_LABEL = re.compile(
    r"\s*[-–+•*(\"“]*\s*(?:tổng|cộng|lũy kế|luỹ kế|mang sang|chuyển sang|trong đó|bao gồm"
    r"|người|lập|t\.?m\b|t/m|kt\b|tl\b|tuq\b|chủ|phó|ban\b|ký|nơi|thủ"
    r"|trưởng|kế|ấn|xác|giám|đã|danh|biểu)",
    re.IGNORECASE,
)
_MOST_LOOKED_AT = 50_000  # rows of a sheet with counts that are all looked at whole


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout rows below a header."""

    kinds: Mapping[int, str]  # by row number; END too
    texts: Mapping[int, Sequence[str]] = field(default_factory=dict)  # the cells of total and group rows, by number
    peers: Sequence[int] = ()  # data rows that are numbered like headings


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
) -> Layout:
    """The layout rows among the rows below the header.

    `head` are the first rows of the sheet, `header_rows` the numbers of the header's first and last row.
    `cells.columns` are those of `columns`, in its order. Names of unit columns begin with UNIT.
    """
    if not len(cells.rows):
        return Layout({})
    first, last = header_rows
    table = _Table.of(cells, columns, head[first - 1 : last])
    candidates = table.candidates()
    numbers = cells.rows[candidates].tolist()
    whole: dict[int, Sequence[str]] = {row: head[row - 1] for row in numbers if row <= len(head)}
    if beyond := [row for row in numbers if row > len(head)]:
        whole |= source.whole_rows(beyond)  # which takes another look at the file
    look = _Look(table, last)
    for index in candidates.tolist():
        row = int(cells.rows[index])
        look.at(row, whole.get(row, []))
    kinds = _with_end(look.finished(), int(cells.rows[-1]))
    return Layout(kinds, {row: whole[row] for row, kind in kinds.items() if kind in (TOTAL, GROUP)}, look.peers)


@dataclass(frozen=True, slots=True)
class _Table:
    """The columns in use, and what is usual in them."""

    cells: Cells
    columns: Mapping[str, int]
    by_name: Mapping[str, TextArray]
    titles: Sequence[Sequence[str]]
    filled: np.ndarray  # for each row, how many of the columns in use hold something
    usual: int  # how many do in most rows
    across: Mapping[int, Span]  # merged ranges that reach over several columns, by their row

    @classmethod
    def of(cls, cells: Cells, columns: Mapping[str, int], titles: Sequence[Sequence[str]]) -> _Table:
        by_name = dict(zip(columns, cells.columns, strict=True))
        filled = np.zeros(len(cells.rows), dtype=np.int64)
        for column in cells.columns:
            filled += ~blank(column)
        flawed = [row for row, place in cells.flawed if place in columns.values()]
        np.add.at(filled, np.searchsorted(cells.rows, flawed), 1)
        # Weighed by their cells, so that a long signature block under a short table does not pass for data.
        often = np.bincount(filled)
        usual = max(int((often * np.arange(len(often))).argmax()), 1)
        across = {span.top: span for span in cells.merged if span.right > span.left}
        return cls(cells, columns, by_name, titles, filled, usual, across)

    def candidates(self) -> np.ndarray:
        """The positions of the rows that are not plainly data."""
        if "count" in self.columns and len(self.cells.rows) <= _MOST_LOOKED_AT:
            # Where rows stand for groups, a heading has a name and a figure like any other row.
            return np.arange(len(self.cells.rows))
        few = self.usual // 2 if self.usual > 3 else self.usual - 1
        odd = self.filled <= few
        odd |= np.isin(self.cells.rows, list(self.cells.broken))
        heads = {fold(cell) for row in self.titles for cell in row if cell.strip()}
        under = np.zeros(len(odd), dtype=bool)  # right under a header there may be column numbers
        under[0] = True
        for name, column in self.by_name.items():
            if name.startswith(UNIT) or name in ("submitted", "status", "phase"):
                odd |= by_distinct(column, lambda text: _LABEL.match(text) is not None, bool)
                again = by_distinct(column, lambda text: fold(text) in heads, bool)
                odd |= again
                under[1:] |= again[:-1]
        return np.flatnonzero((odd & ~self._ordinary()) | under)

    def _ordinary(self) -> np.ndarray:
        """Rows that are data, however little they hold: they have a date, or a status that others have too."""
        ordinary = np.zeros(len(self.cells.rows), dtype=bool)
        if (dates := self.by_name.get("submitted")) is not None:
            ordinary |= by_distinct(dates, lambda text: _DAY.match(text.strip()) is not None, bool)
        if (statuses := self.by_name.get("status")) is not None:
            often = np.bincount(codes(statuses), minlength=len(statuses.dictionary)) > 2
            named = by_distinct(statuses, lambda text: bool(text.strip()) and not _LABEL.match(text), bool)
            titles = {fold(cell) for row in self.titles for cell in row}
            named &= ~by_distinct(statuses, lambda text: _is_figure(text) or fold(text) in titles, bool)
            ordinary |= often[codes(statuses)] & named
        return ordinary

    def at(self, texts: Sequence[str], name: str) -> str:
        """A row's cell in the column of this name."""
        place = self.columns.get(name)
        return texts[place].strip() if place is not None and place < len(texts) else ""

    def identity(self, texts: Sequence[str]) -> list[str]:
        """What a row's unit columns and code hold, without blanks."""
        names = [name for name in self.columns if name.startswith(UNIT) or name == "code"]
        return [text for name in names if (text := self.at(texts, name))]

    def is_evident(self, texts: Sequence[str]) -> bool:
        """Whether a row is data whatever its words: it has a date; in a sheet without dates, what most rows have."""
        if "submitted" in self.columns:
            return _DAY.match(self.at(texts, "submitted")) is not None
        if "count" in self.columns:
            units = [name for name in self.columns if name.startswith(UNIT)]
            named = any(self.at(texts, name) for name in units)
            return named and re.fullmatch(r"[\d.,]+", self.at(texts, "count")) is not None
        return sum(bool(self.at(texts, name)) for name in self.columns) >= max(3, self.usual - 1)


@dataclass(slots=True)
class _Look:
    """Goes through the rows that may be layout, from top to bottom, and remembers what it has seen."""

    table: _Table
    header_row: int
    kinds: dict[int, str] = field(default_factory=dict)
    last: tuple[int, str | None] = (0, None)  # the row looked at before, and its kind
    lone: list[int] = field(default_factory=list)  # headings with a single cell: below the table they are remarks
    peers: list[int] = field(default_factory=list)  # rows numbered like headings that head nothing
    _before_blanks: str | None = None  # the kind of the last row that was not blank
    # Headings with a figure, one under another, and the style of their numerals: nothing but they came since.
    _open: list[tuple[int, str]] = field(default_factory=list)

    def at(self, row: int, texts: Sequence[str]) -> None:
        """Take the next row."""
        before = self.last[1] if self.last[0] == row - 1 else None
        if row == self.header_row + 1:
            before = HEADER
        if before == BLANK and self._before_blanks == SIGNATURE:
            before = SIGNATURE
        kind = self._kind(row, texts, before)
        if kind is not None:
            self.kinds[row] = kind
        if kind != BLANK:
            self._settle(row, texts, kind)
            self._before_blanks = kind
        self.last = (row, kind)

    def _settle(self, row: int, texts: Sequence[str], kind: str | None) -> None:
        """A heading with a figure is one only if what it heads begins right under it: rows I, II, III may be data."""
        first = next((text for text in texts if text.strip()), "")
        style = "letter" if re.match(r"\s*[A-H]\b", first) else "roman"
        beside = kind == GROUP and any(style == other for _, other in self._open)
        if beside or (kind not in (GROUP, OF_WHICH) and not _FIRST_BELOW.fullmatch(first)):
            self._close()
        elif kind not in (GROUP, OF_WHICH):
            self._open.clear()
        if kind == GROUP and self._has_figure(texts):
            self._open.append((row, style))

    def _close(self) -> None:
        """Rows that head nothing are data."""
        for row, _ in self._open:
            del self.kinds[row]
            self.peers.append(row)
        self._open.clear()

    def _has_figure(self, texts: Sequence[str]) -> bool:
        return bool(self.table.at(texts, "count"))

    def finished(self) -> dict[int, str]:
        """All layout rows by number."""
        self._close()
        layout = self.kinds
        data = self.table.cells.rows[~np.isin(self.table.cells.rows, list(layout))]
        last_data = int(data.max(initial=0))
        for row in self.lone:
            if row > last_data and layout.get(row) == GROUP:
                layout[row] = NOTE  # a remark below the table
        return dict(sorted(layout.items()))

    def _kind(self, row: int, texts: Sequence[str], before: str | None) -> str | None:
        table = self.table
        if not any(text.strip() for text in texts):
            return BLANK
        if any(_same_titles(texts, titles, table.columns.values()) for titles in table.titles):
            return HEADER
        if before == HEADER and _numbers_columns(texts):
            return COLUMN_NUMBERS
        if self._is_total(texts):
            return TOTAL
        words = [text for text in texts if text.strip() and not _is_figure(text)]
        if self._is_heading(row, texts, words):
            return GROUP
        label = next(iter(words), "")
        of_which = _OF_WHICH.match(label) or (before == OF_WHICH and _BULLET.match(label))
        if of_which and not _DAY.match(table.at(texts, "submitted")):
            return OF_WHICH
        if table.is_evident(texts) or self._is_numbered(texts):
            return None
        if any(_SIGNATURE.match(fold(text)) or _PLACE_AND_DAY.search(text) for text in words) and len(words) <= 5:
            return SIGNATURE
        return SIGNATURE if before == SIGNATURE else None

    def _is_numbered(self, texts: Sequence[str]) -> bool:
        """Whether a row has a number of its own in front, as rows of data have and signatures have not."""
        first = next(place for place, text in enumerate(texts) if text.strip())
        return first < min(self.table.columns.values()) and _SERIAL.fullmatch(texts[first]) is not None

    def _is_total(self, texts: Sequence[str]) -> bool:
        """A total's label in a unit column or in the code's, with nothing but figures beside it there; or in front of
        a row that names no unit, date and status."""
        table = self.table
        identity = table.identity(texts)
        if any(_is_total(text) for text in identity):
            return all(_is_total(text) or _is_figure(text) for text in identity)
        named = [name for name in table.columns if name.startswith(UNIT) or name in ("submitted", "status")]
        if not all(_is_figure(table.at(texts, name)) for name in named):
            return False
        return _is_total(next((text for text in texts if text.strip()), ""))

    def _is_heading(self, row: int, texts: Sequence[str], words: Sequence[str]) -> bool:
        """Whether a row heads a group: "I. LĐLĐ huyện, thành phố", the numeral in a cell of its own or not; or a
        single cell that reaches over several columns, or stands in a column that is not in use."""
        table = self.table
        if not words or _DAY.match(table.at(texts, "submitted")) or table.at(texts, "status"):
            return False
        filled = [place for place, text in enumerate(texts) if text.strip()]
        first = filled[0]
        if len(words) == 2 and words[0] is texts[first] and _NUMERAL_ALONE.fullmatch(words[0]):
            return first < min(table.columns.values())
        if len(words) == 1 and _NUMERAL_IN_FRONT.match(words[0]):
            return True
        if len(filled) > 1 or _SIGNATURE.match(fold(words[0])) or _OF_WHICH.match(words[0]):
            return False
        if self._before_blanks == SIGNATURE or _PLACE_AND_DAY.search(words[0]):
            return False
        span = table.across.get(row)
        if first in table.columns.values() and (span is None or not span.left <= first <= span.right):
            return False
        self.lone.append(row)
        return True


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A total in a sheet that is not the sum of the rows it stands for."""

    row: int
    stated: int
    found: int  # the sum of the rows above it, or of those that a heading heads


def check_totals(
    layout: Layout, rows: np.ndarray, counts: np.ndarray, columns: Mapping[str, int]
) -> list[Disagreement]:
    """The totals that agree with no sum of the rows above them: all of them, those since the total before, or those
    since the last heading. A heading's own figure is the sum of the rows below it, down to another heading or total.

    `rows` are the numbers of the data rows, `counts` how many submissions each stands for. Without a count column a
    total says how many rows there are.
    """
    edges = [row for row, kind in layout.kinds.items() if kind in (TOTAL, GROUP)]
    totals = [row for row in edges if layout.kinds[row] == TOTAL]
    sums = np.concatenate([[0], np.cumsum(counts)])

    def between(first: int, last: int) -> int:
        start, end = np.searchsorted(rows, [first, last])
        return int(sums[end] - sums[start])

    wrong = []
    for row in edges:
        stated = _stated(layout.texts[row], columns)
        if stated is None:
            continue
        if layout.kinds[row] == TOTAL:
            starts = [
                0,
                max((edge for edge in edges if edge < row), default=0),
                max((t for t in totals if t < row), default=0),
            ]
            sums_found = [between(start, row) for start in starts]
        else:
            last = int(rows.max(initial=0)) + 1
            ends = sorted(edge for edge in (*edges, *layout.peers) if edge > row)
            sums_found = [between(row, end) for end in [*ends, last]]
        if stated not in sums_found:
            wrong.append(Disagreement(row, stated, sums_found[0]))
    return wrong


def _stated(texts: Sequence[str], columns: Mapping[str, int]) -> int | None:
    """The figure of a total row: under the count column; else in its label, or where rows are named."""
    if "count" in columns:
        place = columns["count"]
        return _whole(texts[place]) if place < len(texts) else None
    label = next((text for text in texts if text.strip()), "")
    if found := re.search(r"[:\s]([\d.,]+)\s*(?:sáng kiến|đề tài|hồ sơ|SK|dòng)?\s*\.?\s*$", label, re.IGNORECASE):
        return _whole(found.group(1))
    naming = [place for name, place in columns.items() if name.startswith(UNIT) or name in ("code", "title", "author")]
    figures = [figure for place in naming if place < len(texts) and (figure := _whole(texts[place])) is not None]
    return figures[0] if len(figures) == 1 else None


def _whole(text: str) -> int | None:
    plain = text.strip()
    return int(re.sub("[.,]", "", plain)) if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+|\d{1,15}", plain) else None


def _same_titles(texts: Sequence[str], titles: Sequence[str], places: Collection[int]) -> bool:
    """Whether a row repeats a header row: the same words above all columns in use."""
    shown = [place for place in places if place < len(titles) and titles[place].strip()]
    return bool(shown) and all(place < len(texts) and fold(texts[place]) == fold(titles[place]) for place in shown)


def _is_total(text: str) -> bool:
    """Whether a text is a total's label: "Tổng cộng", "Cộng", "Cộng (I+II)", "Tổng số: 5".

    >>> [_is_total(text) for text in ("TỔNG CỘNG:", "Cộng (I + II)", "Tổng: 5 sáng kiến", "Cộng đồng", "")]
    [True, True, True, False, False]
    """
    if not text or len(text) > 60:
        return False
    words = [word for word in fold(text).split() if not word.isdigit()]
    while words and " ".join(words) not in _TOTAL_WORDS and _ENUMERATOR.fullmatch(words[-1]):
        words.pop()
    return " ".join(words) in _TOTAL_WORDS


def _is_figure(text: str) -> bool:
    """Whether a text is blank or nothing but a number, as sums are; also a sum that was never stored."""
    return re.fullmatch(r"[0-9.,\s%]*", text) is not None or text == FORMULA or text in EXCEL_ERRORS


def _numbers_columns(cells: Sequence[str]) -> bool:
    """Whether a row under the header numbers the columns: three or more of A, B… and 1, 2…, in their order.

    >>> _numbers_columns(["A", "B", "(1)", "(2)", "(3)=(2)/(1)"]), _numbers_columns(["1", "7", "5"])
    (True, False)
    """
    marks = [
        found.group(1) if (found := _COLUMN_NUMBER.fullmatch(cell.strip())) else "" for cell in cells if cell.strip()
    ]
    letters = sum(mark.isalpha() for mark in marks)
    expected = [chr(ord("A") + i) for i in range(letters)] + [str(i + 1) for i in range(len(marks) - letters)]
    return len(marks) >= 3 and [mark.upper() for mark in marks] == expected


def _with_end(kinds: dict[int, str], last: int) -> dict[int, str]:
    """Blank rows behind the last row that holds anything are the sheet's end, not layout."""
    ended = dict(kinds)
    while ended.get(last) == BLANK:
        ended[last] = END
        last -= 1
    return ended

"""The table of a section: figures as numbers, percents, shortfalls and totals as formulas, the tree as an outline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache, partial
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Literal

from sangkien_cli import attain
from sangkien_cli.lang import phrase, whole
from sangkien_cli.model import ALL, Status
from sangkien_cli.render import xlsx_letterhead as letterhead
from sangkien_cli.render import xlsx_parts as parts
from sangkien_cli.render.made import Made
from sangkien_cli.render.xlsx_book import ROW, TEXT, Cell, Page, Row, Style, across, fitted, height_of, letter, room_of
from sangkien_cli.render.xlsx_figures import (
    Figure,
    figure_in,
    number_in,
    percent_format,
    percent_formula,
    short_formula,
)
from sangkien_cli.tables import Line, Section

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

NAME, QUOTA, DONE, PERCENT, SHORT = "B", "C", "D", "E", "F"
_NUMBER_WIDTH = 6
_NARROWEST_NAME, _WIDEST_NAME = 34, 50  # so narrow that what stands above the table has room
_FORMULA = "(4)=(1)-"  # as wide as what stands below a head in small letters
_NARROWEST, _WIDEST = 9, 24  # other columns
_WIDEST_REMARK = 44
_MOST_LEVELS = 7  # of an outline
_MOST_INDENT = 15
_MOST_SUMMED = 200  # in one SUM: Excel ends at 255
_LONGEST_FORMULA = 8_000  # Excel ends at 8,192
_REMEMBERED = 1 << 12
_KEPT = 4  # lines of the table that stand on one page of paper with what is below it
_SHORT_TABLE = 2_000  # lines up to which the pages of paper are worked out
_BAR = "#9DC3E6"
# Without colour the darkest, in bold too, are those that have nothing; the word stands in every cell.
_COLOURS = {"none": "#EE9F68", "below": "#FBDCC8", "near": "#FFF2CC", "met": "#E2EFDA", "exceeded": "#C6E0B4"}

Face = Literal["plain", "bold", "italic", "total"]
_WHOLE, _MISSING = "#,##0", "#,##0;-#,##0;"  # nothing is shown where nothing is missing


@cache
def _styled(number: str, face: Face, align: Literal["left", "center", "right"] = "right", indent: int = 0) -> Style:
    fill = parts.SUM.fill if face == "total" else None
    bold, italic = face in ("bold", "total"), face == "italic"
    return Style(number, align, indent, bold=bold, italic=italic, fill=fill, wrapped=align != "right")


def _name(face: Face, indent: int) -> Style:
    return _styled(TEXT, face, "left", min(indent, _MOST_INDENT))


def _counts(line: Line, figure: Figure | None) -> Figure | None:
    """A figure that is what it looks like: an average is printed like one, but no count set against a quota."""
    if figure is None or line.share is None or figure.quota is None:
        return figure
    same = line.share.numerator * figure.quota == line.share.denominator * figure.done  # quicker than with fractions
    return figure if same else None


@cache
def _remark(status: Status | None) -> Style:
    """Of a remark on a line without a number to colour it by."""
    return parts.REMARK if status is None else replace(parts.REMARK, fill=_COLOURS[status], bold=status == "none")


def _width(head: str, numbers: Iterable[str], texts: Iterable[str] = ()) -> float:
    """Of a column: like its head, texts may stand on several lines; a number has none but its own."""
    word, text = (max(map(len, each), default=0) for each in (head.split(), texts))
    return max(min(max(word + 1.5, text + 2, _NARROWEST), _WIDEST), parts.room_for(numbers))


def _short(figure: Figure, face: Face) -> Cell:
    missing = max((figure.quota or 0) - figure.done, 0)
    return Cell(_styled(_MISSING, face), missing, short_formula(f"{DONE}{ROW}", f"{QUOTA}{ROW}"))


@dataclass(slots=True)
class _Lines:
    """Some lines that are added up."""

    done: int = 0
    runs: list[tuple[int, int]] = field(default_factory=list)  # the first and last of those that follow each other

    def add(self, at: int, done: int) -> None:
        self.done += done
        if self.runs and at == self.runs[-1][1] + 1 and at % parts.MOST_ROWS:  # a run ends with its sheet
            self.runs[-1] = (self.runs[-1][0], at)
        else:
            self.runs.append((at, at))


@dataclass(frozen=True, slots=True)
class _Column:
    """A column behind the figures."""

    head: str
    at: int  # its position among the section's further columns


@dataclass(frozen=True)
class Table:
    """A section, and the remarks of sections without lines that stand below it."""

    made: Made
    section: Section
    remarks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What its sheet is called: the phase, the campaign."""
        config, phase = self.made.report.config, self.section.phase
        if phase == ALL:
            return phrase("report.all", self.made.lang)
        names = {each.id: each.name for each in config.phases} | {each.id: each.name for each in config.campaigns}
        return names.get(phase, self.section.title)

    @property
    def sheets(self) -> int:
        """How many sheets it takes."""
        return max(-(-len(self.lines) // parts.MOST_ROWS), 1)

    @property
    def lines(self) -> Sequence[Line]:
        return self.section.lines

    @cached_property
    def figures(self) -> Sequence[Figure | None]:
        """The lines' figures; None where one is no count set against a quota."""
        return [_counts(line, figure_in(line.figure, self.made.lang)) for line in self.lines]

    @cached_property
    def tops(self) -> Sequence[int]:
        """The positions of the units that are below no other unit of the table."""
        units = self.made.report.config.units
        positions = {unit.id: at for at, unit in enumerate(units)}
        shown = {positions[line.of.unit.id] for line in self.lines if line.of is not None}

        def inside(parent: int | None) -> bool:
            while parent is not None and parent not in shown:
                parent = units[parent].parent
            return parent is not None

        return [at for at, line in enumerate(self.lines) if line.of is not None and not inside(line.of.unit.parent)]

    @cached_property
    def bars(self) -> Sequence[int]:
        """The positions of the units that are compared with each other: those right below the only one on top."""
        if len(self.tops) != 1:
            return self.tops
        level = self.lines[self.tops[0]].indent + 1
        return [at for at, line in enumerate(self.lines) if line.of is not None and line.indent == level] or self.tops

    def pages(self, names: Sequence[str]) -> Iterator[Page]:
        """A page for each of the names of its sheets, the total on the last."""
        head, foot = self._head, self._foot(names)
        signed = len(letterhead.foot_of(self.made, self._widths))
        for number, name in enumerate(names):
            start, stop = number * parts.MOST_ROWS, min((number + 1) * parts.MOST_ROWS, len(self.lines))
            last = stop == len(self.lines)
            body = self._rows(start, stop, names)
            yield Page(
                name,
                self._widths,
                head,
                list(body) if stop - start <= _SHORT_TABLE else body,
                stop - start,
                foot if last else (),
                self._styles(),
                repeated=2 if self.lines else 0,
                frozen=2,
                together=(len(foot) + min(_KEPT, stop - start), signed + 1) if last else (),
                levels=min(max((line.indent for line in self.lines), default=0), _MOST_LEVELS),
                paint=partial(self._paint, first=len(head), last=len(head) + stop - start - 1),
            )

    def place(self, at: int, column: str, names: Sequence[str], on: str | None = None) -> str:
        """The address of a line's cell, with its sheet unless that is the one it is used `on`."""
        number, below = divmod(at, parts.MOST_ROWS)
        place = f"{column}{len(self._head) + 1 + below}"
        return place if names[number] == on else f"'{names[number].replace(chr(39), chr(39) * 2)}'!{place}"

    # --- columns ---

    @cached_property
    def _more(self) -> Sequence[_Column]:
        """The further columns, the place first."""
        rank = phrase("column.rank", self.made.lang)
        columns = [_Column(head, at) for at, head in enumerate(self.section.more)]
        return sorted(columns, key=lambda column: column.head != rank)

    @cached_property
    def _heads(self) -> Sequence[str]:
        lang, config = self.made.lang, self.made.report.config
        basis = next((each.name for each in config.bases if each.id == config.basis), phrase("xlsx.quota", lang))
        done, _, quota = self.section.figure.partition("/")
        return [
            phrase("xlsx.number", lang),
            phrase("column.unit", lang),
            quota[:1].upper() + quota[1:] or basis,
            done or phrase("xlsx.done", lang),
            phrase("xlsx.percent", lang),
            phrase("column.short", lang),
            *(column.head for column in self._more),
            phrase("xlsx.remarks", lang),
        ]

    @cached_property
    def _widths(self) -> Sequence[float]:
        lines = self.lines
        number = max((len(str(count)) for count in self._numbers() if count is not None), default=0)
        name = max((room_of(line.name) + 1.5 * line.indent for line in lines), default=0) + 2
        remark = max((len(text) for line in lines for text in (line.word, *line.below)), default=0)
        return [
            min(max(number + 2, _NUMBER_WIDTH), _NARROWEST_NAME),
            min(max(name, _NARROWEST_NAME), _WIDEST_NAME),
            *self._figure_widths,
            *map(self._further_width, self._more),
            min(max(remark + 3, _NARROWEST), _WIDEST_REMARK),
        ]

    @property
    def _figure_widths(self) -> Sequence[float]:
        """Those of quota, result, percent and what is missing."""
        lang, heads, total = self.made.lang, self._heads, self._total
        figures = [figure for figure in (*self.figures, total) if figure is not None]
        quota = max((figure.quota or 0 for figure in figures), default=0)
        done = max((figure.done for figure in figures), default=0)
        others = {line.figure for line, figure in zip(self.lines, self.figures, strict=True) if figure is None}
        short = {line.short for line in self.lines} | {"" if total is None else self._missing(total)}
        return [
            _width(heads[2], [whole(quota, lang)]),
            _width(heads[3], [whole(done, lang)], others),
            _width(heads[4], {f"{figure.percent} %" for figure in figures if figure.percent}, [_FORMULA]),
            _width(heads[5], short, [_FORMULA]),
        ]

    def _further_width(self, column: _Column) -> float:
        texts = {line.more[column.at] for line in self.lines if line.more}
        numbers = {text for text in texts if number_in(text, self.made.lang) is not None}
        total = whole(sum(self._added(column) or ()), self.made.lang)
        return _width(column.head, [*numbers, total], texts)

    @cached_property
    def _head(self) -> Sequence[Row]:
        made, heading = self.made, phrase("xlsx.heading", self.made.lang)
        rows = letterhead.head_of(made, self._widths)
        rows += parts.titles(made, heading, self.section.title, self._widths, letterhead.with_report(made))
        if not self.lines:
            return [*rows, across(self.section.remark, parts.NOTE, self._widths)]
        figures = ("(1)", "(2)", "(3)=(2)/(1)", "(4)=(1)-(2)")
        numbers = ["A", "B", *figures, *(f"({number})" for number in range(5, len(self._heads) - 1))]
        rows.append(fitted([Cell(parts.HEAD, head) for head in self._heads], self._widths))
        rows.append(Row([Cell(parts.COLUMN_NUMBER, number) for number in numbers]))
        return rows

    # --- lines ---

    def _numbers(self) -> Iterator[str | int | None]:
        """The lines' numbers: 1, 1.1, 1.1.1… A unit that is alone on top has none."""
        base = 1 if len(self.tops) == 1 and len(self.lines) > 1 else 0
        only_units = any(line.of is not None for line in self.lines)
        counts: list[int] = []
        for line in self.lines:
            level = line.indent - base
            if level < 0 or (only_units and line.of is None):
                yield None
                continue
            counts = [*counts[: level + 1], *[0] * (level + 1 - len(counts))]
            counts[level] += 1
            yield counts[0] if level == 0 else ".".join(map(str, counts))

    @cached_property
    def _faces(self) -> Sequence[Face]:
        """Units of a level on which one has others below it are bold, lines that are no units of their own italic."""
        levels = [line.indent for line in self.lines if line.of is not None]
        above = {level for level, after in pairwise(levels) if after > level}
        of_units: list[Face] = ["bold" if line.indent in above else "plain" for line in self.lines]
        return [
            "italic" if line.of is None and line.indent else face
            for line, face in zip(self.lines, of_units, strict=True)
        ]

    @cached_property
    def _made_up(self) -> Mapping[int, _Lines]:
        """The lines right below a unit, by its position, where they add up to its figure."""
        direct, lines, figures = phrase("report.direct", self.made.lang), self.lines, self.figures
        found: dict[int, _Lines] = {}
        above: list[int] = []  # the units that a line is below
        for at, (line, figure) in enumerate(zip(lines, figures, strict=True)):
            while above and lines[above[-1]].indent >= line.indent:
                above.pop()
            is_part = line.of is not None or line.name == direct
            if is_part and figure is not None and above and lines[above[-1]].indent == line.indent - 1:
                found.setdefault(above[-1], _Lines()).add(at, figure.done)
            if line.of is not None:
                above.append(at)
        return {at: below for at, below in found.items() if (own := figures[at]) is not None and own.done == below.done}

    def _rows(self, start: int, stop: int, names: Sequence[str]) -> Iterator[Row]:
        first, last = self._widths[:2], self._widths[-1:]
        figured = lru_cache(maxsize=_REMEMBERED)(self._figured)  # most units are small, and many alike
        for at, count in enumerate(islice(self._numbers(), start, stop), start):
            line, face = self.lines[at], self._faces[at]
            number = Cell(_styled("0" if isinstance(count, int) else TEXT, face, "center"), count)
            named = [number, Cell(_name(face, line.indent), line.name)]
            figures, high = figured(self.figures[at], line.figure, line.short, line.more, face)
            if at in self._made_up:
                formula = self._sum(DONE, self._made_up[at].runs, names, names[start // parts.MOST_ROWS])
                figures = [figures[0], figures[1]._replace(formula=formula), *figures[2:]]
            look = parts.REMARK if line.of is not None or self.figures[at] is not None else _remark(line.status)
            remark = [Cell(look, "\n".join((line.word, *line.below)) if line.below else line.word)]
            height = max(height_of(named, first), high, height_of(remark, last))
            yield Row([*named, *figures, *remark], min(line.indent, _MOST_LEVELS), height or None)

    def _figured(
        self, figure: Figure | None, printed: str, short: str, more: Sequence[str], face: Face
    ) -> tuple[Sequence[Cell], float]:
        """The cells of a line's figures, and how high they are."""
        cells = self._figures(figure, printed, short, more, face)
        return cells, height_of(cells, self._widths[2:])

    def _figures(
        self, figure: Figure | None, printed: str, short: str, more: Sequence[str], face: Face
    ) -> Sequence[Cell]:
        """The cells of a line's figures, from its quota to the last of the further columns."""
        further = [self._number(more[column.at] if more else "", face) for column in self._more]
        blank = Cell(_styled(TEXT, face))
        if figure is None:
            return [blank, Cell(_styled(TEXT, face), printed), blank, self._number(short, face), *further]
        plain = _styled(_WHOLE, face)
        as_asked = figure.quota is not None and short == self._missing(figure)
        return [
            blank if figure.quota is None else Cell(plain, figure.quota),
            Cell(plain, figure.done),
            self._share(figure, face),
            _short(figure, face) if as_asked else self._number(short, face),
            *further,
        ]

    def _share(self, figure: Figure, face: Face) -> Cell:
        if figure.percent is None:
            return Cell(_styled(TEXT, face))
        rounding = self.made.report.config.percent.rounding
        formula = percent_formula(f"{DONE}{ROW}", f"{QUOTA}{ROW}", figure.decimals, rounding)
        return Cell(_styled(percent_format(figure.decimals), face), figure.share, formula if figure.is_sure else "")

    def _missing(self, figure: Figure) -> str:
        short = max((figure.quota or 0) - figure.done, 0)
        return whole(short, self.made.lang) if short else ""

    def _number(self, text: str, face: Face) -> Cell:
        """A printed number as one, any other text as it is."""
        number = number_in(text, self.made.lang) if text else None
        if number is None:
            return Cell(_styled(TEXT, face, "center"), text)
        return Cell(_styled(number.format, face), number.value)

    def _styles(self) -> list[Style]:
        """Every style of the lines' cells, in an order that is the same in every run."""
        lang = self.made.lang
        faces = set(self._faces)
        printed = {text for line in self.lines for text in (line.short, *line.more)}
        formats = {number.format for text in printed if (number := number_in(text, lang))}
        decimals = {figure.decimals for figure in self.figures if figure is not None}
        indents = {(face, line.indent) for line, face in zip(self.lines, self._faces, strict=True)}
        styles = {_name(*each) for each in indents}
        for face in faces:
            styles |= {_styled(number, face, "center") for number in (TEXT, "0")}
            styles |= {_styled(number, face) for number in (TEXT, _WHOLE, _MISSING, *formats)}
            styles |= {_styled(percent_format(each), face) for each in decimals}
        return sorted(styles | {parts.REMARK, *map(_remark, _COLOURS)}, key=repr)

    # --- below the lines ---

    def _foot(self, names: Sequence[str]) -> list[Row]:
        """The total, and what is to be known of it and of the lines."""
        total = [] if self._total is None else [self._total_row(self._total, names)]
        notes = (*self.section.notes, self.section.gap, *self._total_notes(), *self.remarks)
        said = [across(note, parts.NOTE, self._widths) for note in dict.fromkeys(notes) if note]
        return [*total, parts.GAP, *said, *letterhead.foot_of(self.made, self._widths)]

    @cached_property
    def _total(self) -> Figure | None:
        """That of the units on top; None where one has no figure, or there are none."""
        figures = [figure for at in self.tops if (figure := self.figures[at]) is not None]
        if not figures or len(figures) < len(self.tops):
            return None
        done = sum(figure.done for figure in figures)
        asked = [figure.quota for figure in figures if figure.quota is not None]
        quota = sum(asked) if len(asked) == len(figures) else None
        return Figure(done, quota, attain.percent(done, quota, self.made.report.config.percent))

    def _total_notes(self) -> Iterator[str]:
        """What the total adds up, where that is not plain."""
        lang, total = self.made.lang, self._total
        if total is not None and 1 < len(self.tops) < sum(line.of is not None for line in self.lines):
            yield phrase("xlsx.total_top", lang)
        asked = [figure.quota for at in self.tops if (figure := self.figures[at]) is not None]
        if total is not None and None in asked and any(quota is not None for quota in asked):
            yield phrase("xlsx.total_no_quota", lang)

    def _total_row(self, total: Figure, names: Sequence[str]) -> Row:
        number, blank = _styled(_WHOLE, "total"), Cell(_styled(TEXT, "total"))
        tops = _Lines()
        for at in self.tops:
            tops.add(at, 0)

        def added(column: str, value: int) -> Cell:
            return Cell(number, value, self._sum(column, tops.runs, names, names[-1]))

        cells = [
            blank,
            Cell(_styled(TEXT, "total", "left"), phrase("xlsx.total", self.made.lang)),
            blank if total.quota is None else added(QUOTA, total.quota),
            added(DONE, total.done),
            self._share(total, "total"),
            blank if total.quota is None else _short(total, "total"),
        ]
        for at, column in enumerate(self._more, start=len(cells)):
            values = self._added(column)
            cells.append(blank if values is None else added(letter(at), sum(values)))
        return Row([*cells, blank])

    def _added(self, column: _Column) -> list[int] | None:
        """The counts of a further column that may be added up; None if they are none."""
        also, since = self.made.report.config.also_count, self.made.report.since
        counts = {each.name for each in also}
        counts |= set() if since is None else {phrase("column.since", self.made.lang, day=since)}
        if column.head not in counts:
            return None
        numbers = [number_in(self.lines[at].more[column.at], self.made.lang) for at in self.tops]
        values = [number.value for number in numbers if number is not None and isinstance(number.value, int)]
        return values if len(values) == len(self.tops) else None

    def _sum(self, column: str, runs: Sequence[tuple[int, int]], names: Sequence[str], here: str) -> str:
        """What adds up a column's cells of some lines on a sheet; "" if that is longer than Excel takes."""
        places = [
            self.place(start, column, names, here)
            + (f":{self.place(end, column, names, names[end // parts.MOST_ROWS])}" if end > start else "")
            for start, end in runs
        ]
        if len(places) == 1 and ":" not in places[0]:
            return places[0]
        sums = [places[start : start + _MOST_SUMMED] for start in range(0, len(places), _MOST_SUMMED)]
        formula = "+".join(f"SUM({','.join(each)})" for each in sums)
        return formula if len(formula) < _LONGEST_FORMULA else ""

    # --- colours ---

    def _paint(self, book: Workbook, sheet: Worksheet, first: int, last: int) -> None:
        """A bar behind each percent that is full at the quota, and a colour behind each status."""
        if not self.lines:
            return
        bar = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": _BAR, "bar_no_border": False}
        bar |= {"bar_border_color": "#2E75B6", "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
        sheet.conditional_format(first, 4, last, 4, bar)
        done, quota, near = f"${DONE}{first + 1}", f"${QUOTA}{first + 1}", self.made.report.config.near
        there = f"{done}*{100 * near.denominator}>={quota}*{near.numerator}"
        rules = {
            "none": f"{done}=0",
            "exceeded": f"{done}>{quota}",
            "met": f"{done}={quota}",
            "near": there,
            "below": f"{done}<{quota}",
        }
        remarks = len(self._heads) - 1
        for status, rule in rules.items():
            colour = book.add_format({"bg_color": _COLOURS[status], "bold": status == "none"})
            asked = f"=AND(ISNUMBER({quota}),ISNUMBER({done}),{rule})"
            how = {"type": "formula", "criteria": asked, "format": colour, "stop_if_true": True}
            sheet.conditional_format(first, remarks, last, remarks, how)

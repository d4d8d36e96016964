"""Which column of a sheet holds which field: headers found by the columns they must hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile, zip_longest

from sangkien_cli.lang import Sentence, say
from sangkien_cli.model import UNIT, Config, Field, Where
from sangkien_cli.nearest import nearest
from sangkien_cli.text import fold, tidy


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns that a quota file asks for: by name (a field, or `unit.N`) the headers that may stand above it."""

    needed: dict[str, tuple[str, ...]]  # without one of these a sheet cannot be counted
    helpful: dict[str, tuple[str, ...]]  # shown, but nothing depends on them
    dating: tuple[str, ...]  # of these, one is enough; empty where the quota file says the phase itself

    @property
    def headers(self) -> dict[str, tuple[str, ...]]:
        """The headers of all columns, by name."""
        return self.needed | self.helpful


@dataclass(frozen=True, slots=True)
class Header:
    """A header that was found: its rows (from 1), and where each column lies (from 0)."""

    row: int
    last_row: int  # the row below for a header on two rows, else the same
    positions: dict[str, int]
    titles: dict[str, str]  # the header's own text by column name; on two rows `Kết quả / Hợp lệ`
    every: tuple[str, ...]  # the titles of all columns, from the first on; "" where there is none
    absent: tuple[str, ...]  # helpful columns that the sheet does not have
    twice: tuple[str, ...]  # titles in use that stand above two columns, so that nobody can say which is meant
    members: tuple[str, ...] = ()  # where a header in use may mean several columns, of a group or of several: these


@dataclass(frozen=True, slots=True)
class NoHeader:
    """No row holds all needed columns: what the best row holds, and which columns it lacks."""

    seen: tuple[str, ...]
    row: int  # 0 = the sheet is blank
    missing: tuple[tuple[str, ...], ...]  # per missing column the headers that were looked for
    found: int  # how many needed columns the best row has
    held: tuple[str, ...] = ()  # the columns that it has, by name


def wanted_columns(config: Config) -> Wanted:
    """What the quota file needs from a sheet, and what is only shown."""
    columns = config.columns
    judged = judged_fields(config)
    dating = tuple(name for name in ("phase", "submitted") if name in columns.fields)
    needed = {f"{UNIT}{level}": headers for level, headers in enumerate(columns.unit)}
    needed |= {field: headers for field, headers in columns.fields.items() if field in judged and field not in dating}
    helpful: dict[str, tuple[str, ...]] = {
        field: headers for field, headers in columns.fields.items() if field not in needed
    }
    return Wanted(needed, helpful, () if config.fixed_phase else dating)


def judged_fields(config: Config, where: Where | None = None) -> frozenset[Field]:
    """The fields whose cells decide what becomes of a row, under `count.where` or another one.

    An error value in any other field is nobody's concern.
    """
    always: set[Field] = {"submitted", "phase", "count"}
    fields = always | set(config.where if where is None else where) | ({config.once_per} if config.once_per else set())
    return frozenset(field for field in config.columns.fields if field in fields)


def find_header(head: Sequence[Sequence[str]], wanted: Wanted) -> Header | NoHeader:
    """The first row that holds every needed column and, where dates decide, one that dates a row.

    Where no row does, the first two rows that do together: group headers above, what they group below. A row of
    group members under a header that was found belongs to it too.
    """
    best = NoHeader((), 0, tuple(wanted.needed.values()), -1)
    for number, cells in enumerate(head, start=1):
        found = _Found.in_titles(_titles(cells), wanted)
        if not found.missing:
            below = head[number] if number < len(head) else ()
            if not _groups(cells, below):
                return found.header(number, number)
            paths = _paths(cells, below)
            both = _Found.in_titles(paths, wanted)
            if not both.missing:
                return both.header(number, number + 1)
            members = _members(cells, paths, found.positions.values())
            return replace(found.header(number, number + 1 if members else number), members=members)
        needed = sum(name in found.positions for name in wanted.needed)
        seen = tuple(tidy(cell) for cell in cells if cell.strip())
        if (needed, len(seen)) > (best.found, len(best.seen)):
            best = NoHeader(seen, number, found.missing, needed, tuple(found.positions))
    for number, (cells, below) in enumerate(pairwise(head), start=1):
        found = _Found.in_titles(_paths(cells, below), wanted)
        if not found.missing:
            return found.header(number, number + 1)
        needed = sum(name in found.positions for name in wanted.needed)
        if needed > best.found and _groups(cells, below):
            seen = tuple(title.text for title in found.titles if title.text)
            best = NoHeader(seen, number, found.missing, needed, tuple(found.positions))
    return best


# What the columns of such sheets are usually called: for looking at a file without a quota file.
_USUAL: dict[str, tuple[str, ...]] = {
    "unit.0": (
        "Công đoàn cơ sở", "CĐCS", "Tên CĐCS", "Đơn vị", "Tên đơn vị", "Cơ quan công tác", "Đơn vị công tác",
        "Nơi công tác", "Cơ quan, đơn vị",
    ),
    "unit.1": (
        "Công đoàn cấp trên trực tiếp", "Công đoàn cấp trên", "CĐ cấp trên", "CĐ cấp trên trực tiếp", "Trực thuộc",
        "LĐLĐ huyện", "LĐLĐ cấp huyện", "Đơn vị cấp trên",
    ),
    "unit.2": ("LĐLĐ tỉnh", "LĐLĐ tỉnh, thành phố", "Tỉnh, thành phố", "CĐ ngành"),
    "code": ("Mã sáng kiến", "Mã SK", "Mã số", "Mã hồ sơ", "Mã đề tài", "Mã"),
    "submitted": ("Ngày gửi", "Ngày nộp", "Ngày đăng ký", "Ngày tạo", "Thời gian gửi", "Thời gian nộp"),
    "status": ("Trạng thái", "Tình trạng", "Kết quả", "Kết quả xét duyệt"),
    "title": ("Tên sáng kiến", "Tên đề tài", "Tên giải pháp", "Nội dung sáng kiến"),
    "author": ("Tác giả", "Tác giả chính", "Họ và tên", "Họ tên tác giả", "Họ và tên tác giả"),
    "field": ("Lĩnh vực", "Lĩnh vực áp dụng"),
    "recognition": ("Hình thức công nhận", "Cấp công nhận", "Số quyết định"),
    "applied": ("Ngày áp dụng", "Thời gian áp dụng"),
    "benefit": ("Giá trị làm lợi", "Giá trị làm lợi (đồng)", "Giá trị làm lợi (VND)", "Tiền làm lợi"),
    "phase": ("Giai đoạn", "Đợt"),
    "count": ("Số sáng kiến", "Số lượng", "Số lượng sáng kiến", "Tổng số sáng kiến", "Số SK"),
}  # fmt: skip


def usual_columns() -> Wanted:
    """The columns that such sheets usually have, none of them needed."""
    return Wanted({}, _USUAL, ())


def nearest_title(headers: Sequence[str], titles: Sequence[str]) -> str | None:
    """The title most like one of the headers that were looked for; else one that usually says the same."""
    near = [close for header in headers for close in nearest(header, titles, most=1)]
    if near:
        return near[0]
    sought = {fold(header) for header in headers}
    usual = {fold(text) for group in _USUAL.values() if sought & set(map(fold, group)) for text in group}
    return next((title for title in titles if not usual.isdisjoint(_names(title))), None)


def guess_header(head: Sequence[Sequence[str]]) -> Header | NoHeader:
    """The row, or two rows, with most columns of usual names, two at least."""
    wanted = usual_columns()
    best: Header | None = None
    for number, cells in enumerate(head, start=1):
        below = head[number] if number < len(head) else ()
        found = _Found.in_titles(_titles(cells), wanted)
        last = number
        if _groups(cells, below):
            both, lower = (_Found.in_titles(titles, wanted) for titles in (_paths(cells, below), _titles(below)))
            # A title above a header is no part of it.
            if len(both.positions) > len(lower.positions):
                found, last = both, number + 1
        if len(found.positions) > (len(best.positions) if best else 1):
            best = replace(found.header(number, last), twice=(), members=())
    if best is not None:
        return best
    number, cells = max(enumerate(head, start=1), key=lambda row: sum(map(bool, row[1])), default=(0, ()))
    return NoHeader(tuple(tidy(cell) for cell in cells if cell.strip()), number, (), 0)


@dataclass(frozen=True, slots=True)
class _Title:
    """What stands above one column, in words and as it is compared: its full name first, then shorter ones."""

    text: str
    names: tuple[str, ...]


_LETTERS = re.compile(r"[^\W\d_]{2}")
_NUMBERED = re.compile(r"^\s*\(?\d{1,2}\)?\s*[.):/-]\s*(?=\S)|\s*\(\d{1,2}\)\s*$")  # "13.Ngày đăng ký", "Ngày gửi (3)"


def _titles(cells: Sequence[str]) -> list[_Title]:
    return [_Title(tidy(cell), _names(cell)) for cell in cells]


def _names(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((fold(cell), fold(_NUMBERED.sub("", cell)))))


def _paths(above: Sequence[str], below: Sequence[str]) -> list[_Title]:
    """The titles of a header on two rows. A group's name stands in its first column and holds for those behind it."""
    titles = []
    group = ""
    for upper, lower in zip_longest(above, below, fillvalue=""):
        if upper.strip() or not lower.strip():
            group = upper if lower.strip() else ""
        if not lower.strip():
            titles.append(_Title(tidy(upper), _names(upper)))
        elif group:
            names = (fold(f"{group} / {lower}"), fold(f"{_NUMBERED.sub('', group)} / {_NUMBERED.sub('', lower)}"))
            titles.append(_Title(f"{tidy(group)} / {tidy(lower)}", tuple(dict.fromkeys((*names, *_names(lower))))))
        else:
            titles.append(_Title(tidy(lower), _names(lower)))
    return titles


def _groups(above: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the row below a header names the members of its groups: two or more words, each under a group.

    A group's name stands above its first member; the others have no title of their own above them.
    """
    members = [place for place, cell in enumerate(below) if cell.strip()]
    if len(members) < 2 or not all(_LETTERS.search(below[place]) for place in members):
        return False
    titled = {place for place, cell in enumerate(above) if cell.strip()}
    untitled = set(members) - titled
    # A column that is in no group has its title above and a blank below.
    alone = titled - set(members)
    return bool(alone) and all(place in untitled or place + 1 in untitled for place in members)


def _members(above: Sequence[str], paths: Sequence[_Title], used: Collection[int]) -> tuple[str, ...]:
    """The columns of the groups whose names are taken for columns."""
    members: list[str] = []
    for place in used:
        behind = list(takewhile(lambda at: at >= len(above) or not above[at].strip(), range(place + 1, len(paths))))
        group = [paths[at].text for at in (place, *behind) if " / " in paths[at].text]
        members += group if len(group) > 1 else []
    return tuple(dict.fromkeys(members))


@dataclass(frozen=True, slots=True)
class _Found:
    """Which wanted columns some titles hold."""

    titles: Sequence[_Title]
    positions: dict[str, int]
    missing: tuple[tuple[str, ...], ...]
    absent: tuple[str, ...]
    twice: tuple[str, ...]
    members: tuple[str, ...]

    @classmethod
    def in_titles(cls, titles: Sequence[_Title], wanted: Wanted) -> _Found:
        places = {name: _places(titles, headers) for name, headers in wanted.headers.items()}
        positions = {name: found[0] for name, found in places.items() if found}
        several = [[titles[place].text for place in found] for found in places.values() if len(found) > 1]
        twice = tuple(dict.fromkeys(texts[0] for texts in several if len(set(texts)) == 1))
        members = tuple(dict.fromkeys(text for texts in several if len(set(texts)) > 1 for text in texts))
        absent = tuple(name for name in wanted.helpful if name not in positions)
        return cls(titles, positions, _missing(wanted, positions), absent, twice, members)

    def header(self, row: int, last_row: int) -> Header:
        titles = {name: self.titles[place].text for name, place in self.positions.items()}
        every = tuple(title.text for title in self.titles)
        return Header(row, last_row, self.positions, titles, every, self.absent, self.twice, self.members)


def _places(titles: Sequence[_Title], headers: tuple[str, ...]) -> list[int]:
    """Where the first of the alternatives stands; a full name is better than a part of one."""
    for header in headers:
        wanted = fold(header)
        ranked = [
            (title.names.index(wanted), place) for place, title in enumerate(titles) if wanted and wanted in title.names
        ]
        if ranked:
            return [place for rank, place in ranked if rank == min(ranked)[0]]
    return []


def _missing(wanted: Wanted, positions: dict[str, int]) -> tuple[tuple[str, ...], ...]:
    missing = [headers for name, headers in wanted.needed.items() if name not in positions]
    if wanted.dating and not any(name in positions for name in wanted.dating):
        missing.append(tuple(header for name in wanted.dating for header in wanted.helpful[name]))
    return tuple(missing)


def explain_missing(no_header: NoHeader) -> tuple[Sentence, Sentence]:
    """What is missing in words, with the headers that were seen and the nearest of them."""
    missing = tuple(say("columns.one_of", headers="” / “".join(headers)) for headers in no_header.missing)
    if not no_header.seen:
        return say("columns.missing_blank", missing=missing), say("columns.missing.fix")
    near = tuple(
        say("columns.perhaps", header=headers[0], near=title)
        for headers in no_header.missing
        if (title := nearest_title(headers, no_header.seen)) is not None
    )
    what = say("columns.missing", missing=missing, row=no_header.row, seen=no_header.seen)
    return what, say("columns.missing.near", near=near) if near else say("columns.missing.fix")

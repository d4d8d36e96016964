"""A walk over the records of an old Excel workbook, before the library reads it.

It counts the rows that hold anything, which the library's result is compared with, and leaves for the library only the
records that matter to cells: of drawings, names or blank formats it neither stumbles over damage nor takes memory.
"""

from __future__ import annotations

from array import array
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from struct import pack, unpack_from

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say
from sangkien_cli.sheets.limits import Watch
from sangkien_cli.sheets.ole import BOF, EOF, FILEPASS, records

_LOOK = 4096  # records between two looks at the clock
_COLUMNS = 256
_PIECE = 2000  # characters of a text to a record, which takes 8,224 bytes
_FORMATS = 20_000  # five times what Excel allows; each takes kilobytes of memory

_CODEPAGE, _DATEMODE, _CONTINUE, _WSBOOL, _BOUNDSHEET, _SHEETHDR = 0x42, 0x22, 0x3C, 0x81, 0x85, 0x8F
_MULRK, _MULBLANK, _RSTRING, _XF, _MERGED, _SST, _LABELSST, _RECALC = 0xBD, 0xBE, 0xD6, 0xE0, 0xE5, 0xFC, 0xFD, 0x1C1
_LABEL, _FORMAT, _ROW, _ROW_HEIGHT, _RK, _STRINGS = 0x204, 0x41E, 0x208, 0x225, 0x27E, (0x207, 0x007)
_FORMULAS = (0x006, 0x206, 0x406)
_VALUES, _OLD_VALUES = {0x203, 0x205, _RK}, {0x002, 0x003, 0x005}
# Up to Excel 4 a sheet has its own formats: BIFF2's forms of rows and formats, the formats, the sheet's size.
_OLD_KEPT = {0x000, 0x008, 0x01E, _DATEMODE, _CODEPAGE, 0x043, 0x044, 0x056, 0x200, 0x243, _FORMAT, 0x443}
_WORKBOOK, _WORKSHEET, _BOOK_OF_EXCEL_4 = 0x05, 0x10, 0x100
_VERSIONS = {0x0000: 2, 0x0007: 2, 0x0200: 2, 0x0300: 3, 0x0400: 4, 0x0500: 5, 0x0600: 8}
_VERSION_BY_BOF = {0x0009: 2, 0x0209: 3, 0x0409: 4}
_SPACE = b" \t\n\r\v\f\x1c\x1d\x1e\x1f\xa0"  # in every code page of Windows


def _record(code: int, data: bytes) -> bytes:
    return pack("<HH", code, len(data)) + data


@dataclass(slots=True)
class Sheet:
    """What the walk found on one worksheet."""

    name: bytes | None = None  # of an Excel 4 workbook's sheet; elsewhere the library knows it
    kept: bytearray = field(default_factory=bytearray)  # its records that matter
    filled: dict[int, int] = field(default_factory=dict)  # by row from 0: a bit for each column that holds anything
    unsolved: set[tuple[int, int]] = field(default_factory=set)  # formulas without a result, from row and column 0
    empty: array[int] = field(default_factory=lambda: array("I"))  # formulas whose result is "": row and column
    solved: int = 0  # formulas with another result
    end: int = 0  # where its records end
    dialog: bool = False

    @property
    def nonblank(self) -> int:
        """How many rows hold anything."""
        return sum(columns != 0 for columns in self.filled.values())

    def mark(self, row: int, first: int, last: int, *, holds: bool) -> bool:
        """Say whether cells hold anything: of a cell that is stored twice, the last one counts.

        True if anything of it is news: blank cells that were blank all along are not.
        """
        if not 0 <= first <= last < _COLUMNS:
            raise ValueError(f"column {first}–{last}")
        bits = ((1 << (last - first + 1)) - 1) << first
        before = self.filled.get(row, 0)
        if holds:
            self.filled[row] = before | bits
            return True
        if before & bits:
            self.filled[row] = before & ~bits
            return True
        return False

    def keep(self, code: int, data: bytes) -> None:
        """Leave a record for the library."""
        self.kept += _record(code, data)


@dataclass(frozen=True, slots=True)
class Book:
    """A stream of records for the library, and its worksheets in order."""

    stream: bytes
    sheets: Sequence[Sheet]


@dataclass(frozen=True, slots=True)
class _Setting:
    """What is to be known of a workbook to understand its sheets."""

    version: int  # of BIFF: 2 to 5, or 8
    watch: Watch
    blank: bytes = b""  # by shared string, whether it is blank
    general: bytes = b""  # records that belong to every sheet


def walk(stream: bytes, watch: Watch) -> list[Book]:
    """The workbooks of a stream: one, but for Excel 4, where each sheet is a workbook of its own.

    Raises ValueError, LookupError, struct.error or UnicodeError for records that make no sense, SangkienError for an
    encrypted workbook or one that passes a limit.
    """
    code, _, opening = next(records(stream))
    if code not in BOF:
        raise ValueError("BOF")
    number, substream = unpack_from("<HH", opening)
    version = _VERSION_BY_BOF.get(code) or _VERSIONS[number]
    if version >= 5:
        if substream != _WORKBOOK:
            raise ValueError("BOF")
        return [_workbook(stream, version, watch)]
    if version == 4 and substream == _BOOK_OF_EXCEL_4:
        sheets = list(_sheets_of_excel_4(stream, watch))
    elif substream == _WORKSHEET:
        sheets = [_sheet(stream, 0, _Setting(version, watch))]
    else:
        sheets = []  # a chart or macros
    _settle(sheets, calculated=False)
    return [Book(bytes(sheet.kept), [sheet]) for sheet in sheets]


def _workbook(stream: bytes, version: int, watch: Watch) -> Book:
    kept = bytearray()
    entries: list[tuple[int, bytes]] = []  # where a sheet begins, and its entry in the list of sheets
    blank = b""
    formats = 0
    calculated = False
    for code, _, parts in _joined(stream, 0):
        if code == EOF:
            break
        _refuse_encrypted(code, watch)
        if code == _BOUNDSHEET:
            entries.append((unpack_from("<i", parts[0])[0], parts[0]))
        elif code == _SST:
            blank = _blank_strings(parts, watch)
            parts[0] = parts[0][:4] + pack("<I", len(blank)) + parts[0][8:]
            kept += b"".join(_record(_CONTINUE if number else _SST, part) for number, part in enumerate(parts))
        elif code in BOF or code in (_DATEMODE, _FORMAT, _XF) or (code == _CODEPAGE and version < 8):
            kept += _record(code, parts[0])
            formats += 1
            if formats > _FORMATS:
                raise ValueError("XF")
        calculated |= code == _RECALC
    listed = list(_listed(stream, entries, _Setting(version, watch, blank)))
    sheets = [sheet for _, _, sheet in listed]
    _settle(sheets, calculated=calculated)
    size = len(kept) + sum(4 + len(entry) for _, entry, _ in listed) + 4
    for _, entry, sheet in listed:
        kept += _record(_BOUNDSHEET, pack("<i", size) + entry[4:])
        size += len(sheet.kept)
    kept += _record(EOF, b"")
    for sheet in sheets:
        kept += sheet.kept
        sheet.kept.clear()
    return Book(bytes(kept), sheets)


def _listed(
    stream: bytes, entries: Sequence[tuple[int, bytes]], setting: _Setting
) -> Iterator[tuple[int, bytes, Sheet]]:
    """The worksheets that a workbook lists: where each begins, its entry in the list, and what the walk found."""
    taken: list[tuple[int, int]] = []
    for start, entry in entries:
        first, _, opening = next(records(stream, start))
        is_sheet = first in BOF and unpack_from("<H", opening, 2)[0] == _WORKSHEET
        if is_sheet != (entry[5] == 0):
            raise ValueError("BOUNDSHEET")
        if not is_sheet:
            continue
        # Sheets that share records would be read over and over from a small file.
        at = bisect(taken, (start, 0))
        if (at and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] == start):
            raise ValueError("BOUNDSHEET")
        sheet = _sheet(stream, start, setting)
        if at < len(taken) and taken[at][0] < sheet.end:
            raise ValueError("BOUNDSHEET")
        taken.insert(at, (start, sheet.end))
        if not sheet.dialog:
            yield start, entry, sheet


def _settle(sheets: Sequence[Sheet], *, calculated: bool) -> None:
    # A program that writes formulas without calculating them stores "" for each. So do formulas that mean a blank, but
    # not all of a workbook, and Excel leaves a mark of its calculation.
    if calculated or any(sheet.solved for sheet in sheets):
        return
    for sheet in sheets:
        for cell in sheet.empty:
            row, column = divmod(cell, _COLUMNS)
            sheet.mark(row, column, column, holds=True)
            sheet.unsolved.add((row, column))


def _sheets_of_excel_4(stream: bytes, watch: Watch) -> Iterator[Sheet]:
    general = bytearray()  # what all sheets need to know
    at = 0
    while True:
        code, start, data = next(records(stream, at))
        at = start + 4 + len(data)
        if code == EOF:
            return
        _refuse_encrypted(code, watch)
        if code in (_CODEPAGE, _DATEMODE):
            general += _record(code, data)
        elif code == _SHEETHDR:
            first, _, opening = next(records(stream, at))
            if first not in BOF:
                raise ValueError("BOF")
            sheet = _sheet(stream, at, _Setting(4, watch, general=bytes(general)))
            at = sheet.end
            if unpack_from("<H", opening, 2)[0] == _WORKSHEET:
                sheet.name = data[5 : 5 + data[4]]
                yield sheet


def _refuse_encrypted(code: int, watch: Watch) -> None:
    if code == FILEPASS:
        raise SangkienError(Problem(watch.place, say("file.password"), say("file.password.fix")))


def _joined(stream: bytes, start: int) -> Iterator[tuple[int, int, list[bytes]]]:
    """The records from `start` on, each with those that continue it: the code, where the last begins, their data."""
    held: tuple[int, int, list[bytes]] | None = None
    for code, at, data in records(stream, start):
        if code == _CONTINUE and held is not None:
            if data:
                held[2].append(data)
            continue
        if held is not None:
            yield held
        held = code, at, [data]
        if code == EOF:  # nothing needs to follow
            yield held
            held = None


def _sheet(stream: bytes, start: int, setting: _Setting) -> Sheet:
    """Walk over one worksheet, from its BOF record to its EOF record."""
    sheet = Sheet()
    waiting: _Waiting | None = None
    depth = 0
    for count, (code, at, parts) in enumerate(_joined(stream, start)):
        if count % _LOOK == 0:
            setting.watch.time()
        if code in BOF:
            depth += 1  # a chart within the sheet has records of its own
            if depth == 1:
                sheet.keep(code, parts[0])
                sheet.kept += setting.general
        elif code == EOF:
            depth -= 1
            if not depth:
                sheet.end = at + 4
                break
        elif depth == 1:
            waiting = _take(sheet, waiting, code, parts, setting)
    _leave(sheet, waiting)
    sheet.keep(EOF, b"")
    return sheet


_Waiting = tuple[int, int, bytes]  # a formula whose result is a text, which follows: row, column, record


def _take(sheet: Sheet, waiting: _Waiting | None, code: int, parts: list[bytes], setting: _Setting) -> _Waiting | None:
    """One record of a sheet. The result is the formula that waits for the next one."""
    _refuse_encrypted(code, setting.watch)
    data = parts[0]
    if code in _STRINGS:
        if waiting is not None:
            _solve(sheet, waiting, *_stored_text(code, parts, setting.version))
        return None
    if code in _FORMULAS:
        _leave(sheet, waiting)
        return _formula(sheet, code, data, setting.version)
    if _is_cell(code, setting.version):
        _leave(sheet, waiting)
        _cell(sheet, code, data, setting)
        return None
    if code == _WSBOOL:
        sheet.dialog = bool(unpack_from("<H", data)[0] & 0x10)
    elif code == _MERGED:
        sheet.keep(code, data[: 2 + 8 * unpack_from("<H", data)[0]])
    elif code in (_ROW, _ROW_HEIGHT) or (setting.version < 5 and code in _OLD_KEPT):
        sheet.keep(code, data)
    return waiting


def _is_cell(code: int, version: int) -> bool:
    if code in (_MULRK, _MULBLANK, _RSTRING, _LABELSST, _LABEL, 0x201) or code in _VALUES:
        return True
    return version < 5 and (code in _OLD_VALUES or code in (0x001, 0x004))


def _cell(sheet: Sheet, code: int, data: bytes, setting: _Setting) -> None:
    """A cell that is no formula, or several side by side."""
    row, column = unpack_from("<HH", data)
    last = column
    holds = True
    if code in (_MULRK, _MULBLANK):
        (last,) = unpack_from("<H", data, len(data) - 2)
        if len(data) != 6 + (last - column + 1) * (6 if code == _MULRK else 2):
            raise ValueError(f"cells {column}–{last}")
        holds = code == _MULRK
    elif code == _LABELSST:
        data = data[:10]
        holds = not setting.blank[unpack_from("<I", data, 6)[0]]
    elif code in (_LABEL, _RSTRING, 0x004):
        holds = not _is_blank(data, 7 if code == 0x004 else 6, 1 if code == 0x004 else 2, setting.version)
        code = _LABEL if code == _RSTRING else code  # the same, but for fonts at its end
    elif code in (0x201, 0x001):
        holds = False
    if sheet.mark(row, column, last, holds=holds):
        sheet.keep(code, data)


def _formula(sheet: Sheet, code: int, data: bytes, version: int) -> _Waiting | None:
    """A formula's stored result: None if it is complete, else the formula to which a text belongs."""
    row, column = unpack_from("<HH", data)
    result = data[7:15] if version == 2 else data[6:14]
    record = _record(code, data)
    if result[6:] != b"\xff\xff":
        sheet.mark(row, column, column, holds=True)
        sheet.kept += record
        sheet.solved += 1
    elif result[0] == 0:
        return row, column, record
    elif result[0] in (1, 2):
        sheet.mark(row, column, column, holds=True)
        sheet.kept += record
        sheet.solved += 1
    elif result[0] == 3:
        sheet.empty.append(row * _COLUMNS + column)
        if sheet.mark(row, column, column, holds=False):
            sheet.kept += record
    else:
        raise ValueError("FORMULA")
    return None


def _solve(sheet: Sheet, formula: _Waiting, holds: bool, text: bytes) -> None:
    row, column, record = formula
    sheet.solved += 1
    if sheet.mark(row, column, column, holds=holds):
        sheet.kept += record + text


def _leave(sheet: Sheet, formula: _Waiting | None) -> None:
    """The formula got no result."""
    if formula is not None:
        row, column, _ = formula
        sheet.mark(row, column, column, holds=True)
        sheet.unsolved.add((row, column))


def _stored_text(code: int, parts: list[bytes], version: int) -> tuple[bool, bytes]:
    """A formula's text, in several records if it is long: whether it holds anything, and the records anew.

    The library counts characters where the file counts halves of them, and minds what stands behind the text.
    """
    data = parts[0]
    if version < 8:
        width = 1 if version == 2 else 2
        length = width + int.from_bytes(data[:width], "little")
        data = data[:length]
        return bool(data[width:].strip(_SPACE)), _record(code, data)
    (missing,) = unpack_from("<H", data)
    text = ""
    for part in [data[2:], *parts[1:]]:
        flags = part[0] if part else 0
        body = part[1 : 1 + (missing << (flags & 1))]
        missing -= len(body) >> (flags & 1)
        text += body.decode("utf-16-le" if flags & 1 else "latin-1")
    if missing:
        raise ValueError("STRING")
    anew = b""
    for begin in range(0, max(len(text), 1), _PIECE):
        head = b"\x01" if begin else pack("<HB", len(text), 1)
        piece = head + text[begin : begin + _PIECE].encode("utf-16-le")
        anew += _record(_CONTINUE if begin else code, piece)
    return bool(text.strip()), anew


def _is_blank(data: bytes, at: int, width: int, version: int) -> bool:
    """Whether a text within a record is blank."""
    length = int.from_bytes(data[at : at + width], "little")
    at += width
    if version < 8:
        return not data[at : at + length].strip(_SPACE)
    if not length:
        return True
    flags = data[at]
    at += 1 + (2 if flags & 8 else 0) + (4 if flags & 4 else 0)
    return not _decoded(data[at : at + (length << (flags & 1))], flags).strip()


def _decoded(data: bytes, flags: int) -> str:
    return data.decode("utf-16-le" if flags & 1 else "latin-1", "replace")


def _blank_strings(parts: Sequence[bytes], watch: Watch) -> bytes:
    """Which of the shared strings are blank. They run over several records, where a character's width may change.

    There may be fewer than the first record says.
    """
    (count,) = unpack_from("<I", parts[0], 4)
    blank = bytearray()
    part, data, at = 0, parts[0], 8
    for number in range(count):
        if number % _LOOK == 0:
            watch.time()
        while at >= len(data):
            at -= len(data)
            part += 1
            if part == len(parts):
                return bytes(blank)
            data = parts[part]
        length, flags = unpack_from("<HB", data, at)
        at += 3
        behind = 0
        if flags & 8:
            behind += 4 * int.from_bytes(data[at : at + 2], "little")
            at += 2
        if flags & 4:
            behind += int.from_bytes(data[at : at + 4], "little")
            at += 4
        holds = False
        while True:
            taken = min((len(data) - at) >> (flags & 1), length)
            end = at + (taken << (flags & 1))
            holds = holds or bool(_decoded(data[at:end], flags).strip())
            at = end
            length -= taken
            if not length:
                break
            part += 1
            data = parts[part]
            flags, at = data[0], 1
        blank.append(not holds)
        at += behind
    return bytes(blank)

"""BIFF12 records: a kind and a length, each in 7 bits a byte, and so many bytes ([MS-XLSB] 2.1.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from struct import Struct

_LONGEST = 16 << 20  # bytes of a record; a cell's text takes 64 KB at most
_U32 = Struct("<I")


def records(chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """The records of a part: kind and content. Raises ValueError if the last one is cut off."""
    data = b""
    for chunk in chunks:
        data += chunk
        at = 0
        while True:
            begin = at
            try:
                kind = data[at]
                at += 1
                if kind > 127:
                    kind = kind & 127 | (data[at] & 127) << 7
                    at += 1
                size = data[at]
                at += 1
                if size > 127:
                    size &= 127
                    for shift in (7, 14, 21):
                        more = data[at]
                        at += 1
                        size |= (more & 127) << shift
                        if more < 128:
                            break
            except IndexError:
                break  # the rest of it is in the next chunk
            if at + size > len(data):
                if size > _LONGEST:
                    raise ValueError(f"{kind}: {size}")
                break
            yield kind, data[at : at + size]
            at += size
        data = data[begin:]
    if data:
        raise ValueError(f"…{len(data)}")


def text_at(payload: bytes, at: int) -> tuple[str, int]:
    """XLWideString: a text that begins there, and where it ends. Raises ValueError if it is cut off."""
    (length,) = _U32.unpack_from(payload, at)
    if length == 0xFFFFFFFF:  # XLNullableWideString: none
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(payload):
        raise ValueError(length)
    return payload[at + 4 : end].decode("utf-16-le", "replace"), end


def rich_text(payload: bytes) -> str:
    """RichStr: its text, without fonts and phonetic signs."""
    return text_at(payload, 1)[0]


def count_rows(chunks: Iterator[bytes], blank: Collection[int]) -> int:
    """The rows of a sheet that hold anything, counted by a walk of its own that knows rows and filled cells only.

    `blank` are the shared texts, by number, that are white space only. Raises ValueError for a part that is cut off.
    """
    count = 0
    in_data = False
    open_row = False  # a row in which nothing was found yet
    rest = b""
    for chunk in chunks:
        part = rest + chunk
        at = 0
        while (head := _head(part, at)) is not None:
            kind, begin, end = head
            if end > len(part):
                break
            if kind in (145, 146):  # BrtBeginSheetData, BrtEndSheetData
                in_data, open_row = kind == 145, False
            elif kind == 0:
                open_row = in_data
            elif open_row and _holds_something(kind, part[begin:end], blank):
                count += 1
                open_row = False
            at = end
        rest = part[at:]
    if rest:
        raise ValueError(len(rest))
    return count


def _head(part: bytes, at: int) -> tuple[int, int, int] | None:
    """A record's kind, where its content begins and where it ends; None if the part ends before that is known."""
    numbers = []
    for most in (2, 4):
        number = 0
        for place in range(most):
            if at == len(part):
                return None
            number += (part[at] & 0x7F) * 128**place
            at += 1
            if part[at - 1] < 0x80:
                break
        numbers.append(number)
    kind, size = numbers
    return kind, at, at + size


def _holds_something(kind: int, payload: bytes, blank: Collection[int]) -> bool:
    if 13 <= kind <= 18:  # as 2 to 7, without a column
        kind, payload = kind - 11, b"\0\0\0\0" + payload
    if kind == 7:
        return int.from_bytes(payload[8:12], "little") not in blank
    if kind in (6, 8, 62):
        text = payload[13:] if kind == 62 else payload[12:]
        length = int.from_bytes(payload[len(payload) - len(text) - 4 : len(payload) - len(text)], "little")
        return not _is_space(text[: 2 * length])
    return kind in (2, 3, 4, 5, 9, 10, 11)


def _is_space(text: bytes) -> bool:
    return not text.decode("utf-16-le", "replace").strip()

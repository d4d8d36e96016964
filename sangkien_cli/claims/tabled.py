"""Claims in a sheet, CSV or Excel: a column for each key."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from sangkien_cli.claims.entry import Entry, Report, Told, claim_of, plain
from sangkien_cli.columns import Header, NoHeader, Wanted, explain_missing, find_header
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.sheets import layout
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.files import open_file
from sangkien_cli.sheets.limits import Access
from sangkien_cli.sheets.source import Cells, Source, address
from sangkien_cli.values import filled_down

HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("id", "Mã số liệu", "Mã", "Ký hiệu"),
    "unit": ("unit", "Đơn vị", "Tên đơn vị"),
    "phase": ("phase", "Giai đoạn", "Đợt"),
    "basis": ("basis", "Căn cứ", "Loại chỉ tiêu"),
    "as_of": ("as_of", "Tính đến", "Tính đến ngày", "Đến ngày", "Ngày chốt số liệu", "Ngày"),
    "done": ("done", "Kết quả", "Kết quả đạt", "Đã đạt", "Đã thực hiện", "Thực hiện", "Số sáng kiến", "Số lượng"),
    "quota": ("quota", "Chỉ tiêu", "Chỉ tiêu giao", "Kế hoạch"),
    "percent": (
        "percent", "Tỷ lệ", "Tỉ lệ", "Tỷ lệ %", "Tỉ lệ %", "Tỷ lệ đạt", "Tỷ lệ phần trăm", "Phần trăm", "Đạt %", "%",
    ),
    "kind": ("kind", "Cách nói", "Đạt hay vượt"),
    "word": ("word", "Từ", "Mức độ chính xác"),
    "source": ("source", "Nguồn", "Nguồn tin"),
    "sentence": ("sentence", "Câu", "Trích", "Nguyên văn"),
    "parts": ("parts", "Gồm", "Gồm các số liệu"),
}  # fmt: skip
_FIGURES = ("done", "quota", "percent")
_NUMBER_FORMAT = re.compile(r"[#?0,]*[0#](?:\.([0#?]+))?(%?)")
_SURELY_SHOWN = 10  # a number from here on is no share of 1 that a format shows as a percent
_DESCRIBED = ("unit", "phase", "basis", "as_of", "source")  # a merged cell holds for all its rows


def read_table(content: Content, access: Access) -> tuple[list[Told], list[Problem]]:
    """The claims of the first sheet that has columns for them, and everything that is wrong with its cells.

    Raises SangkienError if the file cannot be read or no sheet has such columns.
    """
    sheets = [ways for ways in open_file(content, access.password).sheets if not ways[0].hidden]
    looks = [(source, head, find) for ways in sheets for source in ways for head, find in [_look(source)]]
    for source, head, header in looks:
        if isinstance(header, Header):
            problems: list[Problem] = []
            claims = list(_claims(content, source, head, header, problems))
            if not claims and not problems:
                raise SangkienError(Problem(_place(content, source), say("claims.no_rows"), say("claims.no_rows.fix")))
            return claims, problems
    missing = [(source, header) for source, _, header in looks if isinstance(header, NoHeader)]
    if not missing:
        raise SangkienError(Problem(content.place, say("file.no_sheet"), say("file.no_sheet.fix")))
    source, best = max(missing, key=lambda each: (each[1].found, len(each[1].seen)))
    raise SangkienError(Problem(_place(content, source), explain_missing(best)[0], say("claims.columns.fix")))


def _look(source: Source) -> tuple[list[list[str]], Header | NoHeader]:
    """The header that has a column of figures and most others."""
    head = source.head()
    best: Header | NoHeader | None = None
    figures = (("percent", "done"), ("percent", "quota"), ("done", "quota"), ("done",), ("percent",))
    # With what names a claim a header on two rows is seen whole: the names stand in its upper row.
    for needed in (*((name, *each) for name in ("unit", "id") for each in figures), *figures):
        helpful = {name: headers for name, headers in HEADERS.items() if name not in needed}
        found = find_header(head, Wanted({name: HEADERS[name] for name in needed}, helpful, ()))
        if isinstance(found, Header) and (not isinstance(best, Header) or len(found.positions) > len(best.positions)):
            best = found
        best = best or found
    assert best is not None
    return head, best


def _claims(
    content: Content, source: Source, head: list[list[str]], header: Header, problems: list[Problem]
) -> Iterator[Told]:
    place = _place(content, source)
    if header.twice:
        what = say("columns.twice", headers=header.twice)
        problems.append(Problem(f"{place} {header.row}", what, say("columns.twice.fix")))
        return
    names = list(header.positions)
    cells = source.cells(header.last_row, [header.positions[name] for name in names])
    kinds = _layout(source, head, header, cells)
    columns = {
        name: filled_down(column, cells, header.positions[name], kinds) if name in _DESCRIBED else column
        for name, column in zip(names, cells.columns, strict=True)
    }
    texts = {name: column.to_pylist() for name, column in columns.items()}
    printed, doubtful = _printed_percents(content, source, header, cells)
    numbers = _number_rows(header, cells)
    for at, row in enumerate(cells.rows.tolist()):
        values = {name: text for name in names if (text := plain(texts[name][at]))}
        flawed = [name for name in names if (row, header.positions[name]) in cells.flawed]
        if not values and not flawed:
            continue
        if kinds.get(row) is not None or not any(name in values or name in flawed for name in _FIGURES):
            continue

        def report(key: str, what: Sentence, fix: Sentence, row: int = row) -> None:
            cell = address(row, header.positions[key]) if key in header.positions else str(row)
            problems.append(Problem(f"{place} {cell}", what, fix))

        for name in flawed:
            held = cells.flawed[row, header.positions[name]]
            report(name, say("claims.flawed", text=held), say("claims.flawed.fix"))
        if row in cells.broken:
            report("id", say("unit_sheet.record"), say("unit_sheet.record.fix"))
        if flawed or row in cells.broken:
            continue
        if row in doubtful:
            report("percent", say("claims.no_format", text=values["percent"]), say("claims.no_format.fix"))
            continue
        if row in printed:
            values["percent"] = printed[row]
        _refuse_decimals(header, cells, at, values, report)
        entry = Entry(
            f"{place} {row}",
            values,
            report,
            f"dong-{row}",
            grouped=True,
            is_number=row in numbers,
            parts=_parts(values.pop("parts", "")),
        )
        yield claim_of(entry), report


def _refuse_decimals(header: Header, cells: Cells, at: int, values: dict[str, str], report: Report) -> None:
    """Excel may hold 5.091 as the number 5.091, which is no whole number: never taken for a grouped one."""
    for name in ("done", "quota"):
        numbers = cells.numbers.get(header.positions.get(name, -1))
        if numbers is not None and numbers[at] and "." in values.get(name, ""):
            report(name, say("claims.decimals", text=values.pop(name)), say("claims.decimals.fix"))


def _parts(text: str) -> list[str]:
    return [part for each in re.split(r"[,;]", text) if (part := each.strip())]


def _layout(source: Source, head: list[list[str]], header: Header, cells: Cells) -> Mapping[int, str]:
    """The rows that are no data: totals, signatures, the row of column numbers."""
    names = {"unit": "unit.0", "done": "count", "id": "code"}
    found = layout.below_header(
        source,
        head,
        (header.row, header.last_row),
        cells,
        {names.get(name, name): place for name, place in header.positions.items()},
        {names.get(name, name): HEADERS[name] for name in header.positions},
    )
    return {row: kind for row, kind in found.kinds.items() if kind != layout.GROUP}


def _printed_percents(
    content: Content, source: Source, header: Header, cells: Cells
) -> tuple[Mapping[int, str], Collection[int]]:
    """Percents that are numbers, as Excel shows them, by row: 0.765 in the format `0.0%` is 76.5, 52 in `0.0` is 52.0;
    and the rows of which nobody can say so, for only .xlsx tells the format."""
    position = header.positions.get("percent")
    numbers = None if position is None else cells.numbers.get(position)
    if position is None or numbers is None:
        return {}, ()
    rows = cells.rows[numbers].tolist()
    values = dict(
        zip(cells.rows.tolist(), cells.columns[list(header.positions).index("percent")].to_pylist(), strict=True)
    )
    formats = _formats(content, source, rows, position)
    if formats is None:
        return {}, [row for row in rows if 0 < _number(values[row]) < _SURELY_SHOWN]
    shown = {row: _shown(_number(values[row]), code) for row, code in formats.items()}
    return {row: text for row, text in shown.items() if text is not None}, ()


def _number_rows(header: Header, cells: Cells) -> Sequence[int]:
    """The rows whose percent is a number, not text."""
    numbers = cells.numbers.get(header.positions.get("percent", -1))
    return [] if numbers is None else cells.rows[numbers].tolist()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _formats(content: Content, source: Source, rows: Sequence[int], position: int) -> Mapping[int, str] | None:
    """The number formats of a column; None where they cannot be told."""
    if source.name is None or not content.start.startswith(b"PK"):
        return None
    import io

    import openpyxl

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(content.read()), data_only=True)[source.name]
        return {row: str(sheet.cell(row, position + 1).number_format) for row in rows}
    except Exception:  # openpyxl fails on workbooks that our readers read, and in many ways
        return None


def _shown(value: float, code: str) -> str | None:
    """What Excel shows for a number in a format with digits after the point or a percent sign; None for another one.

    >>> _shown(0.765, "0.0%"), _shown(52, "0.0"), _shown(12.78, "_-* #,##0%"), _shown(76.5, "General")
    ('76.5%', '52.0', '1278%', None)
    >>> _shown(0.765, "0.## %;[Red]-0.## %"), _shown(76.5, '0.0"%"')
    ('76.5%', '76.5%')
    """
    section = code.partition(";")[0]
    literal = "%" in "".join(re.findall(r'"[^"]*"', section))  # a text behind the number, which is shown as it is
    match = _NUMBER_FORMAT.fullmatch(re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[\s()]', "", section))
    if match is None:
        return None
    places, sign = match[1] or "", match[2]
    number = Decimal(repr(value)) * (100 if sign else 1)
    text = str(number.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP))
    optional = len(places) - len(places.rstrip("#?"))
    while optional and text.endswith("0"):
        text, optional = text[:-1], optional - 1
    return f"{text.rstrip('.')}{'%' if sign or literal else ''}"


def _place(content: Content, source: Source) -> str:
    return content.place if source.name is None else f"{content.place} [{source.name}]"

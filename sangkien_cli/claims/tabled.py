"""Claims in a sheet, CSV or Excel: a column for each key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from sangkien_cli.claims.entry import Entry, Report, claim_of, plain
from sangkien_cli.claims.model import Claim
from sangkien_cli.columns import Header, NoHeader, Wanted, explain_missing, find_header
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.sheets import layout
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.files import open_file
from sangkien_cli.sheets.limits import Access
from sangkien_cli.sheets.source import Cells, Source, address

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
_PERCENT_FORMAT = re.compile(r"(?:#,##)?0(?:\.(0+))?(%?)")


def read_table(content: Content, access: Access) -> tuple[list[Claim], list[Problem]]:
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
                raise SangkienError(Problem(_place(content, source), say("claims.no_rows"), say("claims.no_list.fix")))
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
    for needed in (("percent", "done"), ("percent", "quota"), ("done", "quota"), ("done",), ("percent",)):
        helpful = {name: headers for name, headers in HEADERS.items() if name not in needed}
        found = find_header(head, Wanted({name: HEADERS[name] for name in needed}, helpful, ()))
        if isinstance(found, Header) and (not isinstance(best, Header) or len(found.positions) > len(best.positions)):
            best = found
        best = best or found
    assert best is not None
    return head, best


def _claims(
    content: Content, source: Source, head: list[list[str]], header: Header, problems: list[Problem]
) -> Iterator[Claim]:
    place = _place(content, source)
    if header.twice:
        what = say("columns.twice", headers=header.twice)
        problems.append(Problem(f"{place} {header.row}", what, say("columns.twice.fix")))
        return
    names = list(header.positions)
    cells = source.cells(header.last_row, [header.positions[name] for name in names])
    columns = {name: column.to_pylist() for name, column in zip(names, cells.columns, strict=True)}
    kinds = _layout(source, head, header, cells)
    printed = _printed_percents(content, source, header, cells)
    for at, row in enumerate(cells.rows.tolist()):
        values = {name: text for name in names if (text := plain(columns[name][at]))}
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
        if row in printed:
            values["percent"] = printed[row]
        _refuse_decimals(header, cells, at, values, report)
        entry = Entry(f"{place} {row}", values, report, f"dong-{row}", True, _parts(values.pop("parts", "")))
        if (claim := claim_of(entry)) is not None:
            yield claim


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
        replace(cells),
        {names.get(name, name): place for name, place in header.positions.items()},
        {names.get(name, name): HEADERS[name] for name in header.positions},
    )
    return {row: kind for row, kind in found.kinds.items() if kind != layout.GROUP}


def _printed_percents(content: Content, source: Source, header: Header, cells: Cells) -> Mapping[int, str]:
    """Percents that are numbers, as Excel shows them: 0.765 in the format `0.0%` is 76.5, 52 in `0.0` is 52.0."""
    position = header.positions.get("percent")
    numbers = None if position is None else cells.numbers.get(position)
    if position is None or numbers is None or source.name is None or not content.start.startswith(b"PK"):
        return {}
    import io

    import openpyxl

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(content.read()), data_only=True)[source.name]
    except Exception:  # openpyxl fails on workbooks that our readers read, and in many ways
        return {}
    found = {}
    for row in cells.rows[numbers].tolist():
        cell = sheet.cell(row, position + 1)
        if isinstance(cell.value, int | float) and (text := _shown(cell.value, str(cell.number_format))) is not None:
            found[row] = text
    return found


def _shown(value: float, code: str) -> str | None:
    """What Excel shows for a number in a format with decimals or a percent sign; None for another format.

    >>> _shown(0.765, "0.0%"), _shown(52, "0.0"), _shown(12.78, "#,##0%"), _shown(76.5, "General")
    ('76.5%', '52.0', '1278%', None)
    """
    match = _PERCENT_FORMAT.fullmatch(code.partition(";")[0])
    if match is None:
        return None
    decimals, sign = match[1] or "", match[2]
    number = Decimal(repr(value)) * (100 if sign else 1)
    return f"{number.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)}{sign}"


def _place(content: Content, source: Source) -> str:
    return content.place if source.name is None else f"{content.place} [{source.name}]"

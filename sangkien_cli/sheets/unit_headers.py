"""What the columns of a sheet of units are usually called, in Vietnamese and English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from sangkien_cli.listed import quota_key
from sangkien_cli.text import fold

QUOTA = "quota."  # a phase's column is named by this and the phase's id

# By part of a unit the headers, in the order of trying.
USUAL: dict[str, tuple[str, ...]] = {
    "name": (
        "Đơn vị", "Tên đơn vị", "Tên công đoàn", "Công đoàn cơ sở", "Tên CĐCS", "Tên tổ chức công đoàn",
        "Tổ chức công đoàn", "Công đoàn", "Tên cơ quan, đơn vị", "Cơ quan, đơn vị", "Các đơn vị", "Tên đầy đủ", "Tên",
        "Unit", "Unit name", "Name",
    ),
    "parent": (
        "Trực thuộc", "Đơn vị cấp trên", "Công đoàn cấp trên trực tiếp", "Công đoàn cấp trên",
        "Đơn vị cấp trên trực tiếp", "Cấp trên trực tiếp", "Cấp trên", "Mã đơn vị cấp trên", "Mã cấp trên", "Thuộc",
        "Thuộc đơn vị", "Đơn vị quản lý", "Đơn vị chủ quản", "LĐLĐ huyện", "LĐLĐ cấp huyện", "Parent", "Parent unit",
        "Under",
    ),
    "id": ("Mã", "Mã đơn vị", "Mã số", "Mã CĐCS", "Mã công đoàn", "ID", "Unit ID", "Code"),
    "kind": ("Loại", "Loại đơn vị", "Loại hình", "Loại hình đơn vị", "Cấp", "Kind", "Type"),
    "members": (
        "Số đoàn viên", "Tổng số đoàn viên", "Số lượng đoàn viên", "Đoàn viên", "Số ĐV công đoàn",
        "Số đoàn viên công đoàn", "Tổng đoàn viên", "Số đoàn viên (người)", "Members", "Union members",
    ),
    "number": ("STT", "TT", "Số TT", "Số thứ tự", "No.", "Number"),
    "also": ("Tên khác", "Tên gọi khác", "Cách viết khác", "Tên viết tắt", "Also", "Other names", "Other spellings"),
    "from": ("Từ ngày", "Có từ ngày", "Hiệu lực từ", "Ngày thành lập", "From", "Valid from"),
    "to": ("Đến ngày", "Đến hết ngày", "Hiệu lực đến", "Ngày giải thể", "Ngày kết thúc", "To", "Valid to"),
    "into": (
        "Nhập vào", "Sáp nhập vào", "Chuyển về", "Đơn vị kế thừa", "Đơn vị kế tiếp", "Into", "Merged into", "Successor",
    ),
}  # fmt: skip
QUOTAS = (
    "Chỉ tiêu", "Chỉ tiêu giao", "Chỉ tiêu được giao", "Chỉ tiêu sáng kiến", "Số chỉ tiêu", "Kế hoạch", "Quota",
    "Target",
)  # fmt: skip
_STAGES = ("Giai đoạn", "GĐ", "GD", "Phase")
_ROUNDS = ("Đợt",)
_NUMBERED = re.compile(rf"({'|'.join(map(fold, (*_STAGES, *_ROUNDS)))}) ?(\d{{1,2}}|[ivx]{{1,4}})")
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


def quota_headers(
    phases: Sequence[tuple[str, str]], bases: Sequence[tuple[str, str]] = ()
) -> dict[str, tuple[str, ...]]:
    """By `quota_key` the headers that its quotas usually have, the fullest first. `phases` and `bases`, those beside
    the default one, are ids and names.

    >>> headers = quota_headers([("gd1", "Giai đoạn 1"), ("gd2", "Giai đoạn 2")])
    >>> [header in headers["gd1"] for header in ("Chỉ tiêu Giai đoạn 1", "gd1", "GĐ1", "Chỉ tiêu")]
    [True, True, True, False]
    """
    names = phase_names(phases)
    taken = {fold(header) for headers in USUAL.values() for header in headers}
    found: dict[str, tuple[str, ...]] = {}
    for phase, _ in phases:
        full = [f"{word} {name}" for name in names[phase] for word in QUOTAS]
        full += [f"{name} {word}" for name in names[phase] for word in QUOTAS]
        plain = QUOTAS if len(phases) == 1 else ()
        found[phase] = (*full, *plain, *(name for name in names[phase] if fold(name) not in taken))
        for basis, title in bases:
            found[quota_key(phase, basis)] = tuple(
                f"{header} {text}" for header in (*full, *names[phase]) for text in (title, basis)
            )
    return found


def phase_names(phases: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """By phase id the texts that mean it in a header: an id goes before a name, a name before a number.

    >>> phase_names([("gd1", "Giai đoạn 1"), ("gd2", "gd1")])["gd2"][:4]
    ['gd2', 'Giai đoạn 2', 'Giai đoạn2', 'Giai đoạn ii']
    """
    names: dict[str, list[str]] = {phase: [] for phase, _ in phases}
    taken: set[str] = set()
    for texts in (
        [(phase, [phase]) for phase, _ in phases],
        [(phase, [name]) for phase, name in phases],
        [(phase, [*_numbered(phase), *_numbered(name)]) for phase, name in phases],
    ):
        claims = {phase: {fold(text): text for text in own if fold(text) not in taken} for phase, own in texts}
        often = Counter(folded for own in claims.values() for folded in own)
        for phase, own in claims.items():
            # What may mean two phases means none.
            names[phase] += [text for folded, text in own.items() if folded and often[folded] == 1]
        taken |= often.keys()
    return names


def _numbered(name: str) -> Iterator[str]:
    """Other ways of writing a numbered phase: "Giai đoạn 1", "GĐ1", "GĐ I"."""
    if (found := _NUMBERED.fullmatch(fold(name))) is None:
        return
    word, typed = found.groups()
    number = _ROMANS.index(typed) + 1 if typed in _ROMANS else int(typed) if typed.isdecimal() else 0
    forms = [str(number), *_ROMANS[number - 1 : number]] if number else []
    for same in _ROUNDS if word in map(fold, _ROUNDS) else _STAGES:
        for form in forms:
            yield f"{same} {form}"
            yield f"{same}{form}"

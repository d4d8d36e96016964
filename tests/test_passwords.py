"""Encrypted workbooks: what opens without a password, with the right one, and what a user is told otherwise."""

from __future__ import annotations

import contextlib
import hashlib
import io
import random
import zipfile
from functools import cache
from pathlib import Path
from struct import pack

import pytest
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.xor_obfuscation import DocumentXOR
from openpyxl import Workbook

from sangkien_cli.errors import SangkienError
from sangkien_cli.lang import LANGUAGES, words
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.limits import Limits
from sangkien_cli.sheets.locked import unlocked
from sangkien_cli.sheets.ole import contents, records, workbook_stream
from sangkien_cli.sheets.xls import open_xls
from tests.plain import damage

_EXCELS_OWN = "VelvetSweatshop"
_SECRET = "Mật khẩu 2022"


@cache
def _xlsx() -> bytes:
    book = Workbook()
    book.create_sheet("Sáng kiến").append(["Mã sáng kiến", "Đơn vị"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@cache
def _encrypted_xlsx(password: str) -> bytes:
    file = io.BytesIO()
    OOXMLFile(io.BytesIO(_xlsx())).encrypt(password, file)
    return file.getvalue()


@cache
def _xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sáng kiến")
    for row in range(300):
        sheet.write(row, 0, f"SK-{row:05}")
        sheet.write(row, 1, row * 1.5)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _sealed_xls(password: str, *, with_xor: bool) -> bytes:
    """The workbook encrypted in one of the old ways, its records in the same container.

    Both ways turn text into cipher as cipher into text, or nearly; the mark of encryption stands in place of a record
    of the same size that no reader needs.
    """
    data = _xls()
    stream = bytearray(workbook_stream(Content("a.xls", None, data)))
    clear = bytes(stream)
    salt = bytes(range(16))
    if with_xor:
        mark = pack("<HHH", 0, DocumentXOR.create_xor_key_method1(password), _xor_verifier(password))
        _xor(stream, DocumentXOR.create_xor_array_method1(password))
    else:
        cipher = DocumentRC4.decrypt(password, salt, io.BytesIO(clear), blocksize=1024).getvalue()
        stream[:] = cipher
        secret = bytes(16)
        both = DocumentRC4.decrypt(password, salt, io.BytesIO(secret + hashlib.md5(secret).digest())).getvalue()
        mark = pack("<HHH", 1, 1, 1) + salt + both
    done = False
    for code, at, body in _all_records(clear):
        plain = len(body) if code in (0x809, 0xE1) else 4 if code == 0x85 else 0
        stream[at : at + 4 + plain] = clear[at : at + 4 + plain]
        if code == 0x5C and not done:  # the user's name: 112 bytes
            record = pack("<HH", 0x2F, len(mark)) + mark
            rest = 4 + len(body) - len(record) - 4
            stream[at : at + 4 + len(body)] = record + pack("<HH", 0x5C, rest) + bytes(rest)
            done = True
    assert done
    assert clear in data
    return data.replace(clear, bytes(stream))


def _all_records(stream: bytes) -> list[tuple[int, int, bytes]]:
    found: list[tuple[int, int, bytes]] = []
    with contextlib.suppress(ValueError):  # at the end
        found.extend(records(stream))
    return found


def _xor(stream: bytearray, key: list[int]) -> None:
    for _, at, body in _all_records(bytes(stream)):
        for number, byte in enumerate(body):
            turned = (byte << 5 | byte >> 3) & 0xFF
            stream[at + 4 + number] = turned ^ key[(at + 4 + len(body) + number) % 16]


def _xor_verifier(password: str) -> int:
    return next(number for number in range(1 << 16) if DocumentXOR.verifypw(password, number))


def _opened(data: bytes, password: str | None = None) -> Content:
    return unlocked(Content("a.xlsx", None, data), password)


def _refused(data: bytes, password: str | None = None) -> str:
    with pytest.raises(SangkienError) as caught:
        _opened(data, password)
    (problem,) = caught.value.problems
    assert problem.fix is not None
    for lang in LANGUAGES:
        said = words(problem.what, lang) + words(problem.fix, lang)
        assert not password or password not in said
    return problem.what.key


def test_a_workbook_that_excel_opens_without_asking_is_read() -> None:
    data = _encrypted_xlsx(_EXCELS_OWN)
    assert contents(Content("a.xlsx", None, data)) == "encrypted-package"
    assert _opened(data).read() == _xlsx()
    assert _opened(data, "of other files").read() == _xlsx()


def test_a_workbook_opens_with_its_password() -> None:
    limits = Limits(seconds=99)
    opened = unlocked(Content("a.xlsx", None, _encrypted_xlsx(_SECRET), limits), _SECRET)
    assert opened.read() == _xlsx()
    assert (opened.place, opened.limits) == ("a.xlsx", limits)


def test_without_a_password_the_user_is_told_two_ways_out() -> None:
    with pytest.raises(SangkienError) as caught:
        _opened(_encrypted_xlsx(_SECRET))
    (problem,) = caught.value.problems
    assert problem.fix is not None
    assert words(problem.what, "vi") == "tệp có mật khẩu"
    assert "--password-env" in words(problem.fix, "vi")
    assert "Encrypt with Password" in words(problem.fix, "en")


@pytest.mark.parametrize("password", ["sai", "mật khẩu 2022", "\udcff", "x" * 300])
def test_a_wrong_password_is_refused_and_not_repeated(password: str) -> None:
    assert _refused(_encrypted_xlsx(_SECRET), password) == "file.password_wrong"
    assert _refused(_sealed_xls("abc", with_xor=True), password) == "file.password_wrong"


def test_an_empty_password_is_none() -> None:
    assert _refused(_encrypted_xlsx(_SECRET), "") == "file.password"


def test_what_is_not_encrypted_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(_xlsx())
    content = Content("a.xlsx", path)
    assert unlocked(content, "x") is content
    old = Content("a.xls", None, _xls())
    assert unlocked(old, None) is old


@pytest.mark.parametrize("with_xor", [True, False])
@pytest.mark.parametrize("password", [_EXCELS_OWN, "abc", "abcd"])
def test_an_old_workbook_opens_as_well(password: str, with_xor: bool) -> None:
    sealed = _sealed_xls(password, with_xor=with_xor)
    assert contents(Content("a.xls", None, sealed)) == "encrypted-workbook"
    (grid,) = open_xls(_opened(sealed, None if password == _EXCELS_OWN else password))
    (expected,) = open_xls(Content("a.xls", None, _xls()))
    assert (grid.name, grid.nonblank) == ("Sáng kiến", 300)
    assert grid.whole_rows(range(1, 301)) == expected.whole_rows(range(1, 301))
    if password != _EXCELS_OWN:
        assert _refused(sealed) == "file.password"
        assert _refused(sealed, "abd") == "file.password_wrong"


def test_an_encrypted_workbook_that_comes_to_the_reader_is_refused() -> None:
    with pytest.raises(SangkienError) as caught:
        open_xls(Content("a.xls", None, _sealed_xls("abc", with_xor=False)))
    assert caught.value.problems[0].what.key == "file.password"


def test_the_encryption_of_excel_95_is_refused_by_name() -> None:
    stream = pack("<HHHHHH", 0x809, 8, 0x0500, 5, 0, 0) + pack("<HHHH", 0x2F, 4, 1, 2) + pack("<HH", 10, 0)
    assert _refused(stream, "abc") == "file.password_method"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (
            b'spinCount="100000" saltSize="16"',
            b'spinCount="10000000" saltSize=""',
            "file.damaged",
        ),  # minutes of hashing
        (b'cipherAlgorithm="AES"', b'cipherAlgorithm="RC2"', "file.password_method"),
        (b'cipherChaining="ChainingModeCBC"', b'cipherChaining="ChainingModeCFB"', "file.password_method"),
        (b"<encryption ", b"<encryption<", "file.damaged"),
        (b"\x04\x00\x04\x00\x40\x00\x00\x00", b"\x04\x00\x03\x00\x40\x00\x00\x00", "file.password_method"),
    ],
)
def test_encryption_that_is_hostile_or_unknown_is_refused_at_once(old: bytes, new: bytes, key: str) -> None:
    data = _encrypted_xlsx(_SECRET)
    assert old in data
    assert _refused(data.replace(old, new), _SECRET) == key


def test_damaged_copies_are_opened_or_refused() -> None:
    rng = random.Random(11)
    originals = [_encrypted_xlsx(_SECRET), _sealed_xls("abc", with_xor=True), _sealed_xls("abc", with_xor=False)]
    for number in range(120):
        copy = damage(originals[0] if number % 12 == 0 else rng.choice(originals[1:]), rng)
        try:
            opened = _opened(copy, "abc")
            if contents(opened) == "workbook":
                open_xls(opened)
        except SangkienError as refusal:
            assert refusal.problems  # noqa: PT017 – either is right


def test_the_opened_package_is_whole() -> None:
    with zipfile.ZipFile(_opened(_encrypted_xlsx(_SECRET), _SECRET).open()) as package:
        assert package.testzip() is None

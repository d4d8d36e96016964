"""Workbooks that are encrypted: opened with a password, or with the one that Excel itself tries without asking."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from struct import pack, unpack_from

import numpy as np

from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import Sentence, say
from sangkien_cli.sheets.content import Content, any_trouble
from sangkien_cli.sheets.ole import BOF, FILEPASS, SIGNATURE, container, contents, records, workbook_stream
from sangkien_cli.sheets.package import XmlReader, local_name

_EXCELS_OWN = "VelvetSweatshop"  # stands in [MS-OFFCRYPTO]; sheets are protected so from changes, not from reading
_SPINS = 1_000_000  # rounds of hashing; Excel's are 100,000, and each million takes seconds
_DESCRIPTION = 1 << 20  # bytes that say how a file is encrypted: some hundreds
_AES_NUMBERS = (0x660E, 0x660F, 0x6610)
_XOR_LENGTH = 15  # of a password, in the oldest way

_BOUNDSHEET = 0x85
# What is never encrypted ([MS-XLS] 2.2.10): these records' data, every record's head, and where a sheet begins.
_PLAIN = BOF | {0x194, 0x195, 0xE1, 0x196, 0x138}


def unlocked(content: Content, password: str | None) -> Content:
    """An encrypted workbook's content without its encryption, in memory; any other content as it is.

    The password is tried, then Excel's own default password. Raises SangkienError if neither opens the file, and if it
    is damaged or encrypted in an unknown way. The password stands in no message.
    """
    kind = contents(content)
    if kind == "encrypted-package":
        with any_trouble(content.place, telling=False):
            return content.derive(_package(content, password))
    if kind == "encrypted-workbook":
        with any_trouble(content.place, telling=False):
            return content.derive(_workbook(content, password))
    return content


def _package(content: Content, password: str | None) -> bytes:
    """The zip package of an encrypted .xlsx or .xlsb."""
    from msoffcrypto.exceptions import InvalidKeyError
    from msoffcrypto.format.ooxml import OOXMLFile

    method = _method(content)
    if method is not None:
        raise _unknown(content, method)
    with content.open() as file:
        office = OOXMLFile(file)
        if office.type == "standard" and office.info["header"]["algId"] not in _AES_NUMBERS:
            raise _unknown(content, hex(office.info["header"]["algId"]))
        for candidate in _candidates(password):
            try:
                office.load_key(password=candidate, verify_password=True)
            except InvalidKeyError:
                continue
            if office.type == "agile":  # a key of 192 bits comes in blocks of 128
                office.secret_key = office.secret_key[: office.info["passwordKeyBits"] // 8]
            decrypted = io.BytesIO()
            office.decrypt(decrypted)
            return decrypted.getvalue()
    raise _refused(content, password)


def _method(content: Content) -> str | None:
    """How a package is encrypted, where it is not one of the known ways.

    Raises ValueError for a description that would cost too much to follow.
    """
    with container(content) as ole:
        if not ole.exists("EncryptionInfo"):
            return "IRM"
        with ole.openstream("EncryptionInfo") as stream:
            description = stream.read(_DESCRIPTION + 1)
    if len(description) > _DESCRIPTION:
        raise ValueError("EncryptionInfo")
    major, minor = unpack_from("<HH", description)
    if (major, minor) != (4, 4):
        return None if minor == 2 and major in (2, 3, 4) else f"{major}.{minor}"
    elements: dict[str, dict[str, str]] = {}
    reader = XmlReader(lambda tag, attributes: elements.update({local_name(tag): attributes}), lambda _: None)
    reader.feed(description[8:])
    reader.close()
    if not 0 <= int(elements["encryptedKey"]["spinCount"]) <= _SPINS:
        raise ValueError("spinCount")
    for each in (elements["encryptedKey"], elements["keyData"]):
        cipher = f"{each['cipherAlgorithm']} {each['cipherChaining']}"
        if cipher != "AES ChainingModeCBC":
            return cipher
    return None


def _workbook(content: Content, password: str | None) -> bytes:
    """The records of an encrypted .xls, without a container around them."""
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError
    from msoffcrypto.format.xls97 import Xls97File

    stream = workbook_stream(content)
    _, version = unpack_from("<HH", stream, 2)
    if not content.start.startswith(SIGNATURE) or version != 0x0600:
        raise _unknown(content, "Excel 95")
    with content.open() as file:
        office = Xls97File(file)
        for candidate in _candidates(password):
            try:
                office.load_key(password=candidate)
            except InvalidKeyError:
                continue
            except DecryptionError:
                raise _unknown(content, "FILEPASS") from None
            if office.type == "xor" and len(candidate) > _XOR_LENGTH:
                continue
            return _decrypted(stream, office.type, candidate, office)
    raise _refused(content, password)


def _decrypted(stream: bytes, method: str, password: str, office: object) -> bytes:
    from msoffcrypto.method.rc4 import DocumentRC4
    from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI
    from msoffcrypto.method.xor_obfuscation import DocumentXOR

    salt, size = getattr(office, "salt", None), getattr(office, "keySize", None)
    whole = io.BytesIO(stream)
    if method == "rc4":
        clear = bytearray(DocumentRC4.decrypt(password, salt, whole, blocksize=1024).getvalue())
    elif method == "rc4_cryptoapi":
        clear = bytearray(DocumentRC4CryptoAPI.decrypt(password, salt, size, whole, blocksize=1024).getvalue())
    else:
        clear = _without_xor(stream, DocumentXOR.create_xor_array_method1(password))
    for code, at, data in _whole_records(stream):
        plain = len(data) if code in _PLAIN else 4 if code == _BOUNDSHEET else 0
        clear[at : at + 4 + plain] = stream[at : at + 4 + plain]
        if code == FILEPASS:
            clear[at : at + 4 + len(data)] = pack("<HH", 0, len(data)) + bytes(len(data))
    return bytes(clear)


def _without_xor(stream: bytes, key: Sequence[int]) -> bytearray:
    clear = bytearray(stream)
    keys = np.tile(np.array(key, dtype=np.uint8), 1 + (1 << 16) // len(key) + 1)
    turned = bytes((byte >> 5 | byte << 3) & 0xFF for byte in range(256))
    for _, at, data in _whole_records(stream):
        begin = (at + 4 + len(data)) % len(key)
        mixed = np.frombuffer(data, dtype=np.uint8) ^ keys[begin : begin + len(data)]
        clear[at + 4 : at + 4 + len(data)] = mixed.tobytes().translate(turned)
    return clear


def _whole_records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    following = records(stream)
    while True:
        try:
            yield next(following)
        except ValueError:
            return  # at the end; whether something is missing there, the reader will see


def _candidates(password: str | None) -> list[str]:
    return [password, _EXCELS_OWN] if password and _is_text(password) else [_EXCELS_OWN]


def _is_text(password: str) -> bool:
    # An environment variable may hold bytes that are no text; no workbook was encrypted with these.
    try:
        password.encode("utf-16-le")
    except UnicodeEncodeError:
        return False
    return True


def _refused(content: Content, password: str | None) -> SangkienError:
    if password:
        return _problem(content, say("file.password_wrong"), say("file.password_wrong.fix"))
    return _problem(content, say("file.password"), say("file.password.fix"))


def _unknown(content: Content, method: str) -> SangkienError:
    return _problem(content, say("file.password_method", detail=method), say("file.password_method.fix"))


def _problem(content: Content, what: Sentence, fix: Sentence) -> SangkienError:
    return SangkienError(Problem(content.place, what, fix))

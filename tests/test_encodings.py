"""Text in the encodings that Vietnamese offices have, and in those that are refused rather than guessed."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from sangkien_cli.errors import SangkienError, show_problems
from sangkien_cli.lang import words
from sangkien_cli.sheets.content import Content
from sangkien_cli.sheets.csv import open_csv
from sangkien_cli.sheets.encoding import Text, decode, legacy_font

TEXT = (
    "STT;Mã sáng kiến;Tên sáng kiến;Đơn vị;Ngày gửi\r\n"
    "1;SK1;Cải tiến quy trình xử lý nước thải “xanh”;LĐLĐ huyện Đồng Hỷ;01/02/2022\r"
    '2;SK2;"Ống khuỷu nghiêng,\nquét bụi";Công đoàn Viên chức tỉnh Thái Nguyên;02/02/2022\n'
)
TONES = "\u0300\u0301\u0303\u0309\u0323"
# The same header as a TCVN3 and a VNI font hold it.
TCVN3 = "M· s¸ng kiÕn;Tªn s¸ng kiÕn;§¬n vÞ;Ngµy göi\n1;C¶i tiÕn;L§L§ huyÖn §ång Hû;01/02/2022\n"
VNI = "Maõ saùng kieán;Teân saùng kieán;Ñôn vò;Ngaøy göûi\n1;Caûi tieán;LÑLÑ huyeän Ñoàng Hyû;01/02/2022\n"


def windows_1258(text: str) -> bytes:
    """The text as Windows writes it: what has no letter of its own is a letter and a tone."""
    out = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in TONES))
            out += (base + "".join(c for c in parts if c in TONES)).encode("cp1258")
    return bytes(out)


def text_of(data: bytes) -> Text:
    """The text of some bytes."""
    return decode(Content("a.csv", None, data))


def refusal(data: bytes) -> str:
    """What the program says of bytes that it refuses."""
    with pytest.raises(SangkienError) as refused:
        text_of(data)
    assert show_problems(refused.value.problems, "vi")
    return show_problems(refused.value.problems, "en")


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("utf-8", TEXT.encode()),
        ("utf-8-bom", TEXT.encode("utf-8-sig")),
        ("utf-16-le", b"\xff\xfe" + TEXT.encode("utf-16-le")),
        ("utf-16-be", b"\xfe\xff" + TEXT.encode("utf-16-be")),
        ("utf-16-le", TEXT.encode("utf-16-le")),
        ("utf-16-be", TEXT.encode("utf-16-be")),
        ("windows-1258", windows_1258(TEXT)),
    ],
)
def test_the_same_text_in_every_encoding(encoding: str, data: bytes) -> None:
    text = text_of(data)
    assert text.encoding == encoding
    assert text.data.read().decode("utf-8-sig") == TEXT
    assert all(words(text.reason, lang) for lang in ("vi", "en"))
    (source, *_) = open_csv(Content("a.csv", None, data))
    assert (source.encoding, source.delimiter) == (encoding, ";")
    assert source.head()[0] == TEXT.partition("\r\n")[0].split(";")
    assert [column[1].as_py() for column in source.cells(1, [1, 3]).columns] == [
        "SK2",
        "Công đoàn Viên chức tỉnh Thái Nguyên",
    ]


def test_utf8_on_the_disk_is_not_read_into_memory(folder: Path) -> None:
    Path("a.csv").write_bytes(TEXT.encode())
    content = Content("a.csv", Path("a.csv"))
    assert decode(content).data is content


def test_decomposed_letters_stay_as_they_are() -> None:
    apart = unicodedata.normalize("NFD", TEXT).encode()
    assert text_of(apart).data.read() == apart


@pytest.mark.parametrize("size", [1, 3_000, 50_000])
def test_a_file_of_any_size_in_windows_1258_or_utf16(size: int) -> None:
    """No letter is torn from its tone, and none in two, wherever the file is cut into blocks."""
    text = "Mã sáng kiến;Đơn vị\n" + "".join(f"SK{i};Liên đoàn Lao động thị xã Phổ Yên 🙂\n" for i in range(size))
    plain = text.replace(" 🙂", "")
    assert text_of(windows_1258(plain)).data.read().decode() == plain
    assert text_of(text.encode("utf-16")).data.read().decode() == text


@pytest.mark.parametrize("at", [0, 9, 262_143, 262_144, 1_500_001, 2_999_998])
@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x99", b"\x80", b"\xc0\xaf"])
def test_bytes_that_are_not_utf8_are_refused_with_their_line(at: int, bad: bytes) -> None:
    text = ("đơn vị 🙂\r\n" * 300_000).encode()[:3_000_000]
    line = text[:at].count(b"\n") + 1
    if b"\xf0" in text[max(at - 4, 0) : at] or text[at : at + 1] >= b"\x80":
        at = text.rfind(b"\n", 0, at) + 1
    assert f"line {line:,} is not UTF-8" in refusal(text[:at] + bad + b"a" + text[at:])


@pytest.mark.parametrize("last", [b"\xc3", b"\xe1\xbb", b"\xf0\x9f\x99"])
def test_a_letter_cut_off_at_the_end_is_not_utf8(last: bytes) -> None:
    assert "line 2 is not UTF-8" in refusal(b"a,b\n" + last)


def test_the_line_is_counted_with_every_line_end() -> None:
    assert "line 5 is" in refusal(b"a\r\nb\rc\n\n\xff")


@pytest.mark.parametrize(
    "data",
    [
        "Nom;Société\n1;Là où l'été, thé, né, élève\n".encode("latin-1"),
        "Não;São João\n1;Ação\n".encode("cp1252"),
        "Größe;Straße\n1;über\n".encode("cp1252"),
        "İstanbul;Kadıköy\n1;Şişli ığdır\n".encode("cp1254"),
        "Łódź;Gdańsk\n1;Kraków żółć\n".encode("cp1250"),
        "Москва;Город\n1;Имя\n".encode("cp1251"),
        "姓名,单位\n张三,公司\n".encode("gbk"),
        "氏名,会社\n田中,トヨタ\n".encode("shift-jis"),
        "이름,회사\n김,삼성\n".encode("cp949"),
        "Mã,Tên\n1,là\n".encode("cp1258", "ignore"),  # too little to be sure
        windows_1258(TEXT) + "Đơn vị\n".encode(),  # in two encodings
        TEXT.encode() + b"caf\xe9\n",
        bytes(range(128, 256)),
    ],
)
def test_an_encoding_that_is_not_sure_is_refused(data: bytes) -> None:
    assert "is not UTF-8" in refusal(data)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n1 0 obj",
        b"{\\rtf1\\ansi abc}",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xd8\xff\xe0abc",
        b"\x1f\x8b\x08abc",
        b"\0" + TEXT.encode(),
        TEXT.encode("utf-32"),
        b"\x7fELF\x02\x01\x01\0\0\0",
        b"\x01\x02\xff\xfe\x80",
    ],
)
def test_what_is_no_text_is_no_spreadsheet(data: bytes) -> None:
    assert "not a spreadsheet" in refusal(data)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_damaged_utf16_is_refused(encoding: str) -> None:
    mark = "\ufeff".encode(encoding)
    lone = b"\x00\xd8" if encoding == "utf-16-le" else b"\xd8\x00"
    table = ("Mã;Tên\r\n" + "1;x\r\n" * 20).encode(encoding)
    one_byte_lost_twice = mark + table[:9] + table[10:99] + table[100:]
    for data in (mark + "ab".encode(encoding)[:-1], mark + lone + "a".encode(encoding), one_byte_lost_twice):
        assert "UTF-16 is damaged" in refusal(data)


@pytest.mark.parametrize(("text", "font"), [(TCVN3, "TCVN3"), (VNI, "VNI")])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-16"])
def test_fonts_of_before_unicode_are_refused_with_the_way_out(text: str, font: str, encoding: str) -> None:
    told = refusal(text.encode(encoding))
    assert font in told
    assert "UniKey" in told


@pytest.mark.parametrize(
    ("texts", "font"),
    [
        (["B¶o Th¾ng"], "tcvn3"),
        (["STT", "M· s¸ng kiÕn", "§¬n vÞ"], "tcvn3"),
        (["Baûo Thaéng"], "vni"),
        (["STT", "MAÕ SAÙNG KIEÁN", "ÑÔN VÒ"], "vni"),
    ],
)
def test_a_header_in_a_font_of_before_unicode(texts: list[str], font: str) -> None:
    assert legacy_font(texts) == font


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["STT", "Code", "Unit"],
        ["Tên", "Đơn vị", "Là cá hé"],
        ["Tên", "Là", "cá", "tô", "tê"],  # no letter beyond Latin-1
        [TEXT],
        [unicodedata.normalize("NFD", TEXT)],
        ["LĐLĐ", "CĐCS", "HĐND"],
        ["naïve", "café", "Noël", "maïs", "Saône", "aérien"],
        ["São Paulo", "Ação", "Größe", "Über", "Malmö", "Ærø"],
        ["2 × 3 × 4", "5 µm", "§ 1", "± 2 °C", "m²", "½", "«oui»", "·", "Excel®", "©"],
        ["Đăk Lăk", "Pleiku", "Krông Pắk", "Bù Đăng"],
        ["€", "£5", "¥", "₫"],
        ["B¶o"],  # one word is not enough
    ],
)
def test_ordinary_words_are_in_no_such_font(texts: list[str]) -> None:
    assert legacy_font(texts) is None

"""A page in whatever encoding is read as its author wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.ingest.decode import decode

GERMAN = "Über die Brücke gehen größere Füße – „schön“, sagt Zoë."
RUSSIAN = "Мост раскачивался медленно и широко, и никто не понимал почему. " * 3
JAPANESE = "橋はゆっくりと大きく揺れていた。誰にも理由がわからなかった。" * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_needs_no_declaration(encoding: str) -> None:
    page = f"<html><body><p>{GERMAN} {RUSSIAN}</p></body></html>"
    assert decode(page.encode(encoding)) == page


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (GERMAN, "cp1252", "windows-1252"),
        (GERMAN.replace("–", "-").replace("„", '"').replace("“", '"'), "latin-1", "ISO-8859-1"),
        (GERMAN, "cp1252", "ISO-8859-1"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (JAPANESE, "cp932", "Shift_JIS"),
        (JAPANESE, "euc-jp", "euc-jp"),
        (JAPANESE, "iso-2022-jp", "iso-2022-jp"),
        ("桥缓慢地大幅摇晃。", "gb18030", "gb2312"),
        ("橋緩慢地大幅搖晃。", "big5", "big5"),
        ("다리가 천천히 흔들렸다.", "cp949", "euc-kr"),
    ],
)
def test_the_declared_encoding_is_read_as_browsers_do(text: str, codec: str, label: str) -> None:
    for meta in (f'<meta charset="{label}">', f'<meta http-equiv="Content-Type" content="text/html; charset={label}">'):
        page = f"<html><head>{meta}</head><body>{text}</body></html>"
        assert decode(page.encode(codec)) == page


def test_a_page_in_utf_8_that_says_otherwise_is_in_utf_8() -> None:
    page = f'<meta charset="iso-8859-1"><p>{GERMAN}</p>'
    assert decode(page.encode()) == page


def test_a_page_in_utf_8_with_one_broken_byte_loses_one_character() -> None:
    page = f'<meta charset="utf-8"><p>{RUSSIAN}</p>'.encode()
    assert decode(page[:25] + b"\xff" + page[25:]).count("\ufffd") == 1


def test_an_undeclared_old_encoding_is_guessed() -> None:
    assert decode((RUSSIAN * 5).encode("cp1251")) == RUSSIAN * 5
    assert "Über die Brücke" in decode((GERMAN * 3).encode("cp1252"))


@pytest.mark.parametrize("label", ["hex", "zlib", "utf-7", "idna", "unicode_escape", "nonsense", "utf-16", "rot13", "base64"])
def test_a_declaration_that_is_no_encoding_of_text_is_read_over(label: str) -> None:
    page = f'<meta charset="{label}"><p>+ADw-script+AD4- \\u0041 caf\xe9</p>'.encode("cp1252")
    assert "+ADw-script+AD4- \\u0041 caf" in decode(page)


def test_line_ends_are_one_kind() -> None:
    assert decode(b"a\r\nb\rc\n") == "a\nb\nc\n"


@given(st.binary(max_size=300))
def test_no_bytes_crash(data: bytes) -> None:
    assert "\x00" not in decode(data)

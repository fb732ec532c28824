"""Bad input ends in a clear error and a non-zero exit, or in a good book: never a traceback, never half a file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.conftest import Bookpost
from validators import epubcheck


def article(**facts: object) -> bytes:
    return json.dumps({"version": 1, "title": "Tides", "language": "en", "content": "<p>Twice a day.</p>", **facts}).encode()


REFUSED: dict[str, tuple[str, bytes, int, str]] = {
    "an empty file": ("empty.html", b"", 65, ""),
    "a page without an article": ("menu.html", b"<!doctype html><html><body><nav><a href=/>home</a></nav></body></html>", 65, "article"),
    "JSON that is broken": ("a.json", b'{"title": ', 65, ""),
    "JSON of another kind": ("a.json", b'{"version": 1, "titel": "x", "published": "yesterday"}', 65, "title"),
    "a newer version": ("a.json", article(version=99), 65, "version"),
    "a zip": ("a.html", b"PK\x03\x04" + bytes(100), 65, ""),
    "a program": ("a.html", b"\x7fELF" + bytes(range(256)) * 10, 65, ""),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100), 65, ""),
}


@pytest.mark.parametrize(("name", "data", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_a_clear_error(bookpost: Bookpost, tmp_path: Path, name: str, data: bytes, code: int, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    told = bookpost("convert", name, "-o", "book.epub")
    assert told.code == code
    assert told.err.startswith("error: ")
    assert said in told.err
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_all_faults_of_an_article_are_told_at_once(bookpost: Bookpost, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(article(title="", published="yesterday", colour="red", url="ftp://x"))
    told = bookpost("convert", "a.json")
    assert told.code == 65
    for path in ("title", "published", "colour", "url"):
        assert f"\n  {path}" in told.err


GOOD: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a title of 5,000 characters": lambda: ("a.json", article(title="Long " * 1000)),
    "a title of emoji": lambda: ("a.json", article(title="🎉🎊🪅")),
    "control characters everywhere": lambda: ("a.json", article(title="T\x00i\x07des", authors=["A\x1bna"], content="<p>Tw\x08ice</p>")),
    "10,000 nested divs": lambda: ("a.html", b"<div>" * 10_000 + b"<p>" + b"Twice a day the tide comes in. " * 30 + b"</p>"),
    "a strange encoding": lambda: ("a.html", "<meta charset=koi8-r><p>Прилив приходит дважды в день.</p>".encode("koi8-r")),
    "UTF-16": lambda: ("a.txt", "Gezeiten\n\nDas Meer kommt zweimal am Tag.".encode("utf-16")),
    "broken UTF-8": lambda: ("a.txt", b"Tides\n\nTwice \xff\xfe a \xc3 day."),
    "a picture that is none": lambda: ("a.html", b'<p>See</p><img src="data:image/png;base64,AAAA" alt="The sea"><p>it.</p>'),
    "addresses that are none": lambda: (
        "a.html",
        b'<p><a href="http://[bad">one</a> <a href="javascript:alert(1)">two</a> <img src="http://["></p>',
    ),
}


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD)
def test_it_becomes_a_good_book(bookpost: Bookpost, tmp_path: Path, make: Callable[[], tuple[str, bytes]]) -> None:
    name, data = make()
    (tmp_path / name).write_bytes(data)
    told = bookpost("convert", name, "-o", "books/")
    assert told.code == 0, told.err
    [book] = (tmp_path / "books").iterdir()
    assert epubcheck(book) == []


def test_fifty_megabytes_of_html_end_soon_one_way_or_the_other(bookpost: Bookpost, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<!doctype html><html><body><article>" + b"<p>Twice a day the tide comes in.</p>" * 1_500_000)
    told = bookpost("convert", "a.html", "-o", "book.epub")
    assert told.code == 65
    assert "MB" in told.err


def test_a_missing_file_a_wrong_device_and_a_wrong_option_have_their_codes(bookpost: Bookpost, examples: Path) -> None:
    assert bookpost("convert", "none.html").code == 66
    told = bookpost("convert", examples / "tides.md", "--device", "kindel")
    assert (told.code, "did you mean `kindle`" in told.err) == (78, True)
    assert bookpost("convert", examples / "tides.md", "--format", "mobi").code == 2
    assert bookpost("convrt").code == 2


def test_a_place_that_takes_no_file_is_told(bookpost: Bookpost, tmp_path: Path, examples: Path) -> None:
    (tmp_path / "file").write_text("")
    told = bookpost("convert", examples / "tides.md", "-o", "file/book.epub")
    assert told.code == 73
    assert "cannot write" in told.err

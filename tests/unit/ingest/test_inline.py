"""Pictures inside a page cost nothing while it is read, and are all there afterwards."""

import base64

import pytest

from bookpost.errors import TooLargeError
from bookpost.ingest import inline
from bookpost.ingest.inline import set_aside
from bookpost.ingest.source import read_source

LONG = base64.b64encode(bytes(range(256)) * 2).decode()
URI = f"data:image/png;base64,{LONG}"


def test_long_data_is_set_aside_and_found_again() -> None:
    aside = set_aside(f'<img src="{URI}"><img srcset="{URI} 2x"><img src="data:image/gif;base64,R0lGOD">')
    assert aside.html == '<img src="image:inline-0"><img srcset="image:inline-1 2x"><img src="data:image/gif;base64,R0lGOD">'
    assert aside.uri("image:inline-1") == URI
    assert aside.uri("https://x.org/a.jpg") == "https://x.org/a.jpg"


def test_a_page_about_data_uris_keeps_them_in_its_text() -> None:
    article = read_source("-", stdin=f'<p>Write it so:</p><pre>src="{URI}"</pre>'.encode())
    assert URI in article.content


def test_a_saved_page_has_its_pictures(png: bytes) -> None:
    picture = f"data:image/jpeg;base64,{base64.b64encode(png + bytes(600)).decode()}"
    prose = "<p>The sea rises twice a day, and nobody on the quay can say why it does so.</p>" * 9
    for html in (
        f"<p>x</p><img src='{picture}' alt='A'>",
        f"<html><body><article>{prose}<p><img src='{picture}' alt='A'></p>{prose}</article></body></html>",
    ):
        assert [image.source for image in read_source("-", stdin=html.encode()).images] == [png + bytes(600)]


def test_only_the_rest_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inline, "MAX_MARKUP", 500)
    assert set_aside(f'<img src="{URI}">').uris
    with pytest.raises(TooLargeError):
        set_aside("x" * 501)

"""A source is what its content says; what cannot be an article gets a clear error."""

import gzip
import io
import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.errors import BookpostError, InputError, MissingInputError, NoArticleError, TooLargeError
from bookpost.ingest import inline, source
from bookpost.ingest.source import read_source

PROSE = "The sea rises twice a day, and nobody on the quay can say why it does so. " * 8


def given_bytes(data: bytes | str) -> bytes:
    return data if isinstance(data, bytes) else data.encode()


def read(data: bytes | str) -> str:
    return read_source("-", stdin=given_bytes(data)).title


def refused(data: bytes | str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_source("-", stdin=given_bytes(data))
    assert caught.value.hint
    return caught.value


def test_what_it_is_is_seen_from_the_content() -> None:
    assert read('{"version": 1, "title": "JSON", "content": "<p>x</p>"}') == "JSON"
    assert read(f"<!doctype html><title>Page</title><p>{PROSE}") == "Page"
    assert read(f"<h1>Fragment</h1><p>{PROSE}</p>") == "Fragment"
    assert read(f"---\ntitle: Front matter\n---\n{PROSE}") == "Front matter"
    assert read(f"# Markdown\n\n{PROSE}") == "Markdown"
    assert read(f"Plain text\n\n{PROSE}\n\n{PROSE}") == "Plain text"


@pytest.mark.parametrize("name", ["story.html", "story.txt", "story.md", "story.json", "story"])
def test_a_wrong_ending_does_no_harm_to_a_page(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(f"\n<!-- saved --><html><head><title>The story</title></head><body><p>{PROSE}</p></body></html>")
    assert read_source(str(file)).title == "The story"


def test_a_file_without_a_title_is_called_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "the-long_bridge.html"
    file.write_text(f"<p>{PROSE}</p>")
    assert read_source(str(file)).title == "The long bridge"


def zipped(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (zipped("mimetype", b"application/epub+zip"), "an EPUB"),
        (zipped("word/document.xml", b"<x/>"), "an Office document"),
        (zipped("a.txt", b"x"), "a zip archive"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "a program"),
        (gzip.compress(b"<p>x", mtime=0), "a gzip archive"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>", "a picture"),
        (b"{\\rtf1\\ansi hello}", "a Rich Text document"),
        (b"\xd0\xcf\x11\xe0" + bytes(60), "an old Office document"),
        (bytes(60) + b"BOOKMOBI" + bytes(60), "a Kindle book"),
        (b"From: <Saved by Blink>\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\tboundary=x\n\n", "a web archive"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "a feed"),
        (bytes(range(256)) * 20, "neither a text nor a page"),
    ],
)
def test_other_files_are_named_and_the_way_out_is_told(data: bytes, what: str) -> None:
    assert what in refused(data).message


@pytest.mark.parametrize(
    "data", ["", " \n\t\n", "\ufeff", "<html><body></body></html>", "<p> </p>", "<!doctype html><script>x</script>", "---\n---\n"]
)
def test_nothing_to_read_is_no_article(data: str) -> None:
    with pytest.raises(NoArticleError) as caught:
        read_source("-", stdin=data.encode())
    assert caught.value.hint


def test_an_error_names_the_source(tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text('{"version": 1}')
    with pytest.raises(InputError, match=r"bad\.json: the article has 2 faults"):
        read_source(str(file))


@pytest.mark.parametrize("name", ["missing.html", "a\x00b", "x" * 300])
def test_a_missing_file_is_said_to_be_missing(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingInputError):
        read_source(str(tmp_path / name))


def test_a_folder_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(InputError):
            read_source(str(path))


def test_too_much_is_refused_with_the_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_TEXT", 2 * 1024**2)
    monkeypatch.setattr(inline, "MAX_MARKUP", 1024**2)
    file = tmp_path / "big.html"
    file.write_text("<p>" + "x" * 3 * 1024**2)
    with pytest.raises(TooLargeError, match=r"has 3\.0 MB; at most 2 MB"):
        read_source(str(file))
    with pytest.raises(TooLargeError, match=r"standard input: has 1\.5 MB of text and markup; at most 1 MB"):
        read_source("-", stdin=b"<p>" + b"x" * (3 * 512 * 1024))


def test_fifty_megabytes_of_html_are_refused_before_they_are_parsed() -> None:
    with pytest.raises(TooLargeError):
        read_source("-", stdin=b"<html><body>" + b"<p>The sea rises.</p>" * 2_500_000)


def test_ten_thousand_nested_divs_are_read() -> None:
    for start in ("<html><body>", ""):
        article = read_source("-", stdin=f"{start}{'<div>' * 10_000}<p>{PROSE}</p>".encode())
        assert "The sea rises twice" in article.content


def test_a_strange_base_url_is_refused() -> None:
    with pytest.raises(InputError, match="is not an address"):
        read_source("-", stdin=b"<p>x</p>", base_url="file:///etc/")


def test_links_start_from_the_base_url() -> None:
    article = read_source("-", stdin=f'<p>{PROSE} <a href="../b">there</a></p>'.encode(), base_url="https://example.org/a/c")
    assert 'href="https://example.org/b"' in article.content
    assert article.url == "https://example.org/a/c"


@pytest.mark.parametrize("title", ["😀🎉", "x" * 5000, "word " * 1000, "\x07\x1b[31mred", "\u202etfel", "&lt;b&gt;", "漢" * 400])
def test_any_title_is_made_bearable(title: str) -> None:
    for text in (
        f"<html><head><title>{title}</title></head><body><p>{PROSE}</p></body></html>",
        f"# {title}\n\n{PROSE}\n\n[a](https://x.org)",
    ):
        shown = read_source("-", stdin=text.encode()).title
        assert 0 < len(shown) <= 300
        assert shown.isprintable() or "\u200d" in shown


def test_text_in_curly_brackets_is_no_json() -> None:
    assert read(f"{{sic}} he wrote\n\n{PROSE}\n\n{PROSE}") == "{sic} he wrote"


@given(st.text(max_size=200) | st.text('<>/ph1 div{}[]":-#*\n&;ab', max_size=120))
@settings(max_examples=60, deadline=None)
def test_no_text_ever_crashes(text: str) -> None:
    with suppress(BookpostError):
        article = read_source("-", stdin=text.encode("utf-8", "surrogatepass"))
        assert article.title
        assert article.content


@given(st.binary(max_size=200), st.sampled_from([b"", b"<html><body>", b"---\n", b'{"version":1,', b"# "]))
@settings(max_examples=60, deadline=None)
def test_no_bytes_ever_crash(data: bytes, start: bytes) -> None:
    with suppress(BookpostError):
        assert read_source("-", stdin=start + data).title

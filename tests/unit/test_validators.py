"""The judges themselves: a checker that never complains would prove nothing."""

import zipfile
from pathlib import Path

import pikepdf
import pytest

from validators import ace, epubcheck, notdef, pdf_text, pdf_ua

CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:example:1</dc:identifier><dc:title>A title</dc:title><dc:language>en</dc:language>
<meta property="dcterms:modified">2001-01-01T00:00:00Z</meta></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest>
<spine><itemref idref="nav"/></spine></package>"""
PAGE = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>Contents</title></head>
<body><nav epub:type="toc" role="doc-toc" aria-label="Contents"><h1>Contents</h1>
<ol><li><a href="nav.xhtml">Here</a></li></ol></nav>BODY</body></html>"""


def epub(path: Path, body: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("book.opf", PACKAGE)
        book.writestr("nav.xhtml", PAGE.replace("BODY", body))
    return path


def pdf(path: Path, codes: bytes, *, inside_form: bool = False) -> Path:
    """One page that draws these two-byte codes; code 5 is mapped to glyph 0 as WeasyPrint does it."""
    with pikepdf.new() as document:
        encoding = document.make_stream(b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n<0003> 3\n<0005> 0\n")
        texts = document.make_stream(b"2 beginbfchar\n<0003> <0061>\n<0005> <6F22>\nendbfchar\n")
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=pikepdf.Name("/ABCDEF+Example"), Encoding=encoding, ToUnicode=texts
        )
        fonts = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        content = b"BT /F1 12 Tf [<" + codes.hex().encode() + b">0] TJ ET"
        page = document.add_blank_page().obj
        if inside_form:
            form = document.make_stream(content, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9], Resources=fonts)
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X1=form))
            page.Contents = document.make_stream(b"/X1 Do")
        else:
            page.Resources = fonts
            page.Contents = document.make_stream(content)
        document.save(path)
    return path


@pytest.mark.xdist_group("epubcheck")
def test_epubcheck_answers_for_each_file_by_name(tmp_path: Path) -> None:
    good, bad = epub(tmp_path / "good.epub"), epub(tmp_path / "bad.epub", '<p id="x"/><p id="x"/>')
    assert epubcheck(good) == []
    lines = epubcheck(good, bad)
    assert lines
    assert all(line.startswith("bad.epub: ERROR RSC-005 nav.xhtml:") for line in lines)


@pytest.mark.xdist_group("epubcheck")
def test_epubcheck_tells_warnings_too(tmp_path: Path) -> None:
    (line,) = epubcheck(epub(tmp_path / "a.epub", '<p><a href="odd://x">odd</a></p>'))
    assert line.startswith("WARNING HTM-025 nav.xhtml:5:")


@pytest.mark.xdist_group("epubcheck")
def test_epubcheck_says_that_a_file_is_no_epub(tmp_path: Path) -> None:
    (tmp_path / "a.epub").write_bytes(b"not a zip")
    assert any(line.startswith("FATAL") for line in epubcheck(tmp_path / "a.epub"))


@pytest.mark.xdist_group("ace")
def test_ace_tells_violations_by_rule(tmp_path: Path) -> None:
    lines = ace(epub(tmp_path / "a.epub", "<h3>a jump</h3>"))
    assert any("metadata-accessmode" in line for line in lines)
    assert any("heading-order" in line for line in lines)


@pytest.mark.xdist_group("ace")
def test_ace_says_that_a_file_is_no_epub(tmp_path: Path) -> None:
    (tmp_path / "a.epub").write_bytes(b"not a zip")
    assert ace(tmp_path / "a.epub")[0].startswith("fatal")


def test_an_untagged_pdf_is_not_pdf_ua(tmp_path: Path) -> None:
    assert pdf_ua(pdf(tmp_path / "a.pdf", b"\0\3"))


def test_a_file_that_is_no_pdf_is_not_pdf_ua(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"no PDF")
    assert pdf_ua(tmp_path / "a.pdf")[0].startswith("unreadable")


def test_drawn_glyphs_are_no_boxes(tmp_path: Path) -> None:
    assert notdef(pdf(tmp_path / "a.pdf", b"\0\3\0\4")) == []


@pytest.mark.parametrize("inside_form", [False, True])
def test_boxes_are_counted_and_named(tmp_path: Path, inside_form: bool) -> None:
    codes = b"\0\3\0\5\0\5\0\0"
    assert notdef(pdf(tmp_path / "a.pdf", codes, inside_form=inside_form)) == ["page 1: 3 in Example: U+6F22 unknown"]


def test_the_text_of_a_pdf(tmp_path: Path) -> None:
    assert pdf_text(pdf(tmp_path / "a.pdf", b"\0\3\0\5")).strip() == "a漢"

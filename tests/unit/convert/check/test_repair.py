"""`fix` writes a copy in which what is safe to mend is mended, says so, and loses nothing that a reader would read."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from bookpost.convert.check import check, fix
from bookpost.convert.check.pictures import shape
from bookpost.errors import InputError, OutputError
from epubs import Members, book, good, pack, png, xhtml
from faults import COVER_PAGE, FAULTS, ONE, OPF, TWO, UNREPAIRED, Break, body, both, member, package, picture, replaced, style
from validators import epubcheck

CASES = [(cause, code, change) for cause, faults in FAULTS.items() for code, change in faults if code not in UNREPAIRED]


def mended(tmp_path: Path, change: Break) -> Path:
    """The repaired copy of a book so broken."""
    out = tmp_path / "fixed.epub"
    fix(book(tmp_path / "bad.epub", change), out)
    return out


def text(path: Path, name: str = TWO) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


@pytest.mark.parametrize(("cause", "code", "change"), CASES, ids=[f"{cause}-{code}" for cause, code, _ in CASES])
def test_a_repairable_fault_is_repaired_and_said_to_be(tmp_path: Path, cause: str, code: str, change: Callable[[Members], None]) -> None:
    """What is left are matters for the author, and a check of the copy says the same."""
    out = tmp_path / "fixed.epub"
    findings = fix(book(tmp_path / "bad.epub", change), out)
    assert any(finding.code == code and finding.repaired for finding in findings), findings
    left = tuple(finding for finding in findings if not finding.repaired)
    assert left == check(out)
    assert {finding.code for finding in left} <= UNREPAIRED


def test_repaired_books_pass_epubcheck(tmp_path: Path) -> None:
    wanted = (
        "E-LINK-FRAGMENT",
        "E-TOC-ORDER",
        "E-SPINE",
        "E-NESTED-BLOCK",
        "E-PICTURE-ALPHA",
        "E-COVER-PAGE",
        "E-FORM",
        "E-IDENTIFIER",
        "W-NCX",
    )
    paths = []
    for number, (_, _, change) in enumerate(case for case in CASES if case[1] in wanted):
        fix(book(tmp_path / "bad.epub", change), tmp_path / f"{number}.epub")
        paths.append(tmp_path / f"{number}.epub")
    assert epubcheck(*paths) == []


def test_a_good_book_stays_as_it_is_and_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    path = book(tmp_path / "good.epub")
    assert fix(path, tmp_path / "a.epub") == ()
    assert fix(path, tmp_path / "b.epub") == ()
    assert (tmp_path / "a.epub").read_bytes() == (tmp_path / "b.epub").read_bytes()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(tmp_path / "a.epub") as after:
        assert set(before.namelist()) == set(after.namelist())
        assert before.read("EPUB/cover.jpg") == after.read("EPUB/cover.jpg")
        assert before.read("EPUB/book.css") == after.read("EPUB/book.css")
        chapters = (etree.tostring(etree.fromstring(archive.read(ONE)), method="c14n") for archive in (before, after))
        assert next(chapters) == next(chapters)


def test_a_book_may_be_repaired_in_place(tmp_path: Path) -> None:
    path = book(tmp_path / "bad.epub", body("<p>a&nbsp;b</p>"))
    fix(path, path)
    assert check(path) == ()


def test_entities_become_their_characters(tmp_path: Path) -> None:
    assert "caf\N{LATIN SMALL LETTER E WITH ACUTE}\N{NO-BREAK SPACE}&amp; &amp;nosuch; x" in text(
        mended(tmp_path, body("<p>caf&eacute;&nbsp;&amp; &nosuch; x</p>"))
    )


def test_a_document_whose_text_a_parser_would_lose_stays_as_it_is(tmp_path: Path) -> None:
    """Broken beyond the faults that are known: reported, never guessed at."""
    broken = body('<p title="unfinished>A sentence that a recovering parser drops.</p><p>And one more.')
    findings = fix(book(tmp_path / "bad.epub", broken), tmp_path / "fixed.epub")
    assert any(finding.code == "E-XML" and not finding.repaired for finding in findings)
    assert "A sentence that a recovering parser drops." in text(tmp_path / "fixed.epub")


def test_forms_and_embedded_things_leave_their_words(tmp_path: Path) -> None:
    form = "<form><p>Before <label>the box</label> <input/> after</p></form>"
    markup = f"{form}<div><object><p>Instead</p></object></div><div><video>No video</video></div>"
    after = text(mended(tmp_path, body(markup)))
    assert "<p>Before the box  after</p>" in after
    assert "<p>Instead</p>" in after
    assert "No video" in after
    assert not any(tag in after for tag in ("<form", "<input", "<object", "<video", "<label"))


def test_dead_links_keep_their_words_and_dead_fragments_their_file(tmp_path: Path) -> None:
    after = text(
        mended(tmp_path, body('<p><a href="gone.xhtml">words</a> <a href="one.xhtml#gone">more</a> <a id="k" href="#x">anchor</a></p>'))
    )
    assert '<p>words <a href="one.xhtml">more</a> <a id="k">anchor</a></p>' in after


def test_a_remote_picture_becomes_a_link_to_it(tmp_path: Path) -> None:
    after = text(mended(tmp_path, body('<p><img src="https://example.org/a.jpg" alt="A hill"/></p>')))
    assert '<a href="https://example.org/a.jpg">A hill</a>' in after


def test_a_picture_that_is_not_in_the_book_leaves_its_words(tmp_path: Path) -> None:
    after = text(mended(tmp_path, body('<p><img src="gone.jpg" alt="A hill"/><img src="gone.jpg" alt=""/></p>')))
    assert "<p><span>A hill</span></p>" in after


def test_a_book_of_epub_2_stays_one(tmp_path: Path) -> None:
    """Its own document type, no properties, no dcterms:modified; EPUBCheck takes it as EPUB 2."""

    def older(members: Members) -> None:
        opf = members[OPF].decode().replace('version="3.0"', 'version="2.0"').replace(' xml:lang="en"', "")
        for gone in (' properties="nav"', ' properties="cover-image"', '<meta property="dcterms:modified">2026-11-24T00:00:00Z</meta>'):
            opf = opf.replace(gone, "")
        nav = '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml"/>\n'
        opf = opf.replace(nav, "").replace('<itemref idref="nav" linear="no"/>', "")
        members[OPF] = opf.replace('<reference type="toc" title="Contents" href="nav.xhtml"/>', "").encode()
        del members["EPUB/nav.xhtml"]
        for name in (ONE, TWO):
            html = members[name].decode().replace(' lang="en"', "").replace(' xmlns:epub="http://www.idpf.org/2007/ops"', "")
            html = html.replace("<figure>", "<div>").replace("</figure>", "</div>").replace("<figcaption>", "<p>")
            members[name] = html.replace("</figcaption>", "</p>").replace("The end.", "The&nbsp;end.").encode()

    out = mended(tmp_path, older)
    assert {finding.code for finding in check(out)} <= {"W-GUIDE"}
    assert epubcheck(out) == []


def test_a_picture_in_an_address_becomes_a_file(tmp_path: Path) -> None:
    out = mended(tmp_path, body('<p><img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAkQBADs=" alt="dot"/></p>'))
    with zipfile.ZipFile(out) as archive:
        assert sum(name.endswith(".gif") for name in archive.namelist()) == 1


@pytest.mark.parametrize(
    ("kind", "mode"), [("WEBP", "RGB"), ("AVIF", "RGB"), ("TIFF", "RGB"), ("BMP", "RGB"), ("PNG", "RGBA"), ("JPEG", "CMYK")]
)
def test_pictures_that_e_readers_do_not_show_are_encoded_anew(tmp_path: Path, kind: str, mode: str) -> None:
    """Also when they are declared as something else; the file name, the manifest and the chapter follow."""
    stream = BytesIO()
    Image.effect_noise((80, 60), 90).convert(mode).save(stream, kind)
    out = mended(tmp_path, picture(stream.getvalue()))
    assert check(out) == ()
    with zipfile.ZipFile(out) as archive:
        (name,) = (name for name in archive.namelist() if "photo" in name)
        look = shape(archive.read(name))
        assert look is not None
        assert (look.width, look.height, look.faults) == (80, 60, ())
        assert name.removeprefix("EPUB/") in archive.read(ONE).decode()


def test_file_names_become_plain_and_every_reference_follows(tmp_path: Path) -> None:
    def change(members: Members) -> None:
        members["EPUB/Bild über.png"] = members.pop("EPUB/photo.png")
        members["EPUB/chapitre é.xhtml"] = members.pop(TWO)
        for name in (OPF, "EPUB/nav.xhtml", "EPUB/toc.ncx", ONE):
            members[name] = (
                members[name].replace(b"photo.png", "Bild%20über.png".encode()).replace(b"two.xhtml", "chapitre%20é.xhtml".encode())
            )
        members["EPUB/book.css"] += "h2 { background: url('Bild über.png') }".encode()

    out = mended(tmp_path, change)
    assert check(out) == ()
    with zipfile.ZipFile(out) as archive:
        assert "EPUB/Bild-ber.png" in archive.namelist()
        assert "url('Bild-ber.png')" in archive.read("EPUB/book.css").decode()


def test_style_sheets_lose_only_what_is_at_fault(tmp_path: Path) -> None:
    faulty = (
        ".a { position: fixed; color: red; margin: -1em 0 }\n} .b { float left; clear: both }\n"
        "@font-face { font-family: X; src: url(gone.woff) }\n.c { top: 0"
    )
    out = mended(tmp_path, style(faulty))
    after = text(out, "EPUB/book.css")
    assert check(out) == ()
    for kept in ("h1 { margin: 1em 0 }", "color: red", ".b", "clear: both", "top: 0"):
        assert kept in after
    for gone in ("position", "-1em", "float", "font-face"):
        assert gone not in after


def test_the_cover_page_goes_and_the_cover_stays(tmp_path: Path) -> None:
    out = mended(tmp_path, both(COVER_PAGE, replaced("EPUB/nav.xhtml", "<ol><li>", '<ol><li><a href="cover.xhtml">Cover</a></li><li>')))
    assert check(out) == ()
    with zipfile.ZipFile(out) as archive:
        assert "EPUB/cover.xhtml" not in archive.namelist()
        assert "EPUB/cover.jpg" in archive.namelist()
        assert b"Cover</a>" not in archive.read("EPUB/nav.xhtml")


@pytest.mark.parametrize(
    ("said", "tag"), [("en_US", "en-US"), ("English", "en"), ("zh_hans_cn", "zh-Hans-CN"), ("", "fr"), ("xx-klingon", "fr")]
)
def test_an_odd_language_becomes_what_it_meant_or_what_the_chapters_say(tmp_path: Path, said: str, tag: str) -> None:
    french = member(
        ONE, xhtml('<h1>Un</h1><p><a href="two.xhtml#b">x</a></p><h2 id="a">A</h2><p><img src="photo.png" alt="x"/></p>', language="fr")
    )
    chapters = both(french, member(TWO, xhtml('<h1>Deux</h1><p id="b">x</p>', language="fr")))
    out = mended(tmp_path, both(package(language=f"<dc:language>{said}</dc:language>"), chapters))
    assert f"<dc:language>{tag}</dc:language>" in text(out, OPF)


def test_a_forgotten_picture_is_listed_and_a_stray_file_left_out(tmp_path: Path) -> None:
    out = mended(
        tmp_path,
        both(member("EPUB/new.png", png(5, 5)), member("EPUB/Thumbs.db", b"x"), body('<p><img src="new.png" alt="x"/></p>')),
    )
    assert check(out) == ()
    with zipfile.ZipFile(out) as archive:
        assert "EPUB/new.png" in archive.namelist()
        assert "EPUB/Thumbs.db" not in archive.namelist()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicates_and_a_late_mimetype_are_put_right(tmp_path: Path) -> None:
    members = list(good().items())
    fix(pack(tmp_path / "bad.epub", [*members[1:], members[0], members[-1]]), tmp_path / "fixed.epub")
    assert check(tmp_path / "fixed.epub") == ()


def test_encrypted_text_is_not_taken_for_obfuscated_fonts(tmp_path: Path) -> None:
    drm = next(change for code, change in FAULTS["9 encryption and fonts"] if code == "E-ENCRYPTION")
    real = both(
        drm, replaced("META-INF/encryption.xml", "http://www.idpf.org/2008/embedding", "http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    )
    findings = fix(book(tmp_path / "bad.epub", real), tmp_path / "fixed.epub")
    assert any(finding.code == "E-ENCRYPTION" and not finding.repaired for finding in findings)


def test_what_is_no_epub_is_not_written_and_a_bad_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader")
    with pytest.raises(InputError):
        fix(tmp_path / "letter.txt", tmp_path / "out.epub")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 ...")
    with pytest.raises(InputError):
        fix(tmp_path / "a.pdf", tmp_path / "out.epub")
    with pytest.raises(OutputError):
        fix(book(tmp_path / "good.epub"), tmp_path / "nowhere" / "out.epub")
    assert not (tmp_path / "out.epub").exists()

"""A book as PDF: what a reader, a listener and a hostile page get."""

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from bookpost.article import Article, Image
from bookpost.convert.book import Section, bind, bind_sections
from bookpost.convert.images import Key, Picture
from bookpost.convert.pdf import PAGES, Page, Press, page_for, write_pdf
from bookpost.convert.words import words_for
from bookpost.device import shipped_devices
from bookpost.document import Finding
from bookpost.errors import ChildError, ConfigError, DependencyError, OutputError
from validators import notdef, pdf_text, pdf_ua, pdf_ua_warnings

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="a half"><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'
RICH = f"""
<p>The <em>council</em> met on <strong>Monday</strong>; see <a href="https://example.org/report?utm_source=x">the report</a>.<a
 href="#n1" id="r1" role="doc-noteref">1</a></p>
<figure><img src="image:i1" alt="A bridge at dusk"/><figcaption>The bridge. <span class="credit">A. Ruiz</span></figcaption></figure>
<h2>The numbers</h2><p>Half is {MATH} of one.</p>
<table><caption>Cost</caption><thead><tr><th scope="col">Year</th><th scope="col">Million</th><th scope="col">Piers</th></tr></thead>
<tbody><tr><th scope="row">2025</th><td>1.2</td><td>3</td></tr><tr><th scope="row">2026</th><td>13.4</td><td>4</td></tr>
<tr><th scope="row">2027</th><td>0.1</td><td>5</td></tr></tbody></table>
<h3>Code</h3><pre><code class="language-python">def span(width):\n    return width * 1.2</code></pre>
<blockquote><p>The river is young.</p><p class="attribution">An engineer</p></blockquote>
<ul><li><p>first</p></li><li>second<ul><li>nested</li></ul></li></ul><ol><li>one</li></ol>
<dl><dt>Pier</dt><dd>What stands in the water.</dd></dl><hr/>
<aside role="doc-footnote" id="n1"><p><a role="doc-backlink" href="#r1">1</a> A note.</p></aside>
"""
SCRIPTS = {
    "en": "The quick brown fox jumps over the lazy dog.",
    "ru": "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "el": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.",
    "ar": "نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر",
    "he": "דג סקרן שט בים מאוכזב ולפתע מצא חברה",
    "hi": "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश",
    "th": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน",
}
SMALL = page_for(shipped_devices()["kindle"])


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with Press() as warm:
        yield warm


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    from PIL import Image as Pixels

    path = tmp_path_factory.mktemp("pictures") / "bridge.jpg"
    Pixels.linear_gradient("L").resize((600, 400)).save(path, "JPEG")
    return Picture(path=path, name="0123456789abcdef.jpg", media_type="image/jpeg", width=600, height=400, source_width=600)


def article(content: str = RICH, title: str = "The bridge", **facts: Any) -> Article:
    known: dict[str, Any] = {"language": "en", "site": "The Daily", "authors": ("Ana Ruiz",), "published": date(2026, 3, 1), "words": 500}
    return Article(title=title, content=content, images=(Image("i1", b"x", alt="A bridge"),), **(known | facts))


def write(press: Press, articles: list[Article], path: Path, picture: Picture | None = None, *, page: Page = SMALL) -> tuple[Finding, ...]:
    pictures: Mapping[Key, Picture] = {(n, "i1"): picture for n in range(len(articles))} if picture else {}
    book = bind(articles)
    return write_pdf(book, pictures, path, page=page, colour=False, words=words_for(book.language), press=press)


def outline(pdf: pikepdf.Pdf) -> list[tuple[int, str]]:
    def walk(items: Any, depth: int) -> Iterator[tuple[int, str]]:
        for item in items:
            yield depth, item.title
            yield from walk(item.children, depth + 1)

    with pdf.open_outline() as tree:
        return list(walk(tree.root, 1))


def annotations(pdf: pikepdf.Pdf) -> list[Any]:
    return [annotation for page in pdf.pages for annotation in page.get("/Annots", [])]


@pytest.mark.parametrize("page", [SMALL, PAGES["a4"]], ids=["screen", "paper"])
def test_a_rich_article_passes_the_pdf_ua_checker(press: Press, picture: Picture, tmp_path: Path, page: Page) -> None:
    path = tmp_path / "a.pdf"
    assert write(press, [article(url="https://example.org/bridge")], path, picture, page=page) == ()
    assert pdf_ua(path) == []
    assert not [line for line in pdf_ua_warnings(path) if line.startswith(("PAG-", "LNK-", "LST-", "TAG-"))]
    assert notdef(path) == []


def test_a_book_of_sections_passes_the_pdf_ua_checker(press: Press, picture: Picture, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    sections = [Section("World", (article(title="One"), article(title="Two"))), Section("Arts", (article(title="Three"),))]
    book = bind_sections(sections, title="The Sunday")
    write_pdf(book, {(n, "i1"): picture for n in range(3)}, path, page=PAGES["letter"], colour=True, words=words_for("en"), press=press)
    assert pdf_ua(path) == []
    with pikepdf.open(path) as pdf:
        assert [title for depth, title in outline(pdf) if depth == 1] == ["The Sunday", "One", "Two", "Three"]
    front = pdf_text(path).split("\f")[0]
    assert [line for line in front.splitlines() if line in ("World", "Arts")] == ["World", "Arts"]
    assert "3 articles" in front


def test_the_page_is_the_devices_own_screen(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write(press, [article()], path)
    with pikepdf.open(path) as pdf:
        box = [float(side) / 72 * 25.4 for side in pdf.pages[0].mediabox]
    assert box[2:] == pytest.approx([SMALL.width_mm, SMALL.height_mm], abs=0.1)


def test_the_file_says_what_it_is(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write(press, [article(language="de", authors=("Ana Ruiz", "Bo Lee"))], path)
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == "de"
        assert str(pdf.docinfo["/Title"]) == "The bridge"
        assert str(pdf.docinfo["/Author"]) == "Ana Ruiz, Bo Lee"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20260301")
        assert pdf.Root.MarkInfo.Marked
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert outline(pdf) == [(1, "The bridge"), (2, "The numbers"), (3, "Code")]


def test_page_numbers_and_running_heads_are_not_read_aloud(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write(press, [article("<p>x</p>" * 120)], path, page=PAGES["a4"])
    with pikepdf.open(path) as pdf:
        for number, page in enumerate(pdf.pages):
            owners = pdf.Root.StructTreeRoot.ParentTree.Nums[2 * number + 1]
            steps = pikepdf.parse_content_stream(page)
            tagged = [str(step.operands[0]) for step in steps if str(step.operator) in ("BDC", "BMC")]
            assert "/Artifact" in tagged
            assert tagged.count("/Span") == len([owner for owner in owners if owner is not None])


def test_a_running_head_is_told_from_text(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write(press, [article("<p>word</p>" * 90, "Why the tide comes twice", site="The Example Review")], path, page=PAGES["letter"])
    assert pdf_ua(path) == []


def test_the_running_head_is_not_on_the_first_page(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write(press, [article("<p>word</p>" * 120, "Council delays it", site="The Daily")], path, page=PAGES["a4"])
    first, second, *_ = pdf_text(path).split("\f")
    assert first.count("Council delays it") == 1
    assert "COUNCIL DELAYS IT" in second
    assert "THE DAILY" in second


def test_links_print_and_jump(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    one = article('<p><a href="https://example.org/two#x">the second</a> <a href="https://example.com/">out</a></p>', "One")
    two = article("<p>y</p>", "Two", url="https://www.example.org/two")
    write(press, [one, two], path)
    with pikepdf.open(path) as pdf:
        links = annotations(pdf)
        names = [str(name) for name in list(pdf.Root.Names.Dests.Names)[::2]]
        assert all(int(link.F) == 4 for link in links)
        jumps = [str(link.Dest) for link in links if "/Dest" in link]
        assert "a2" in jumps
        assert set(jumps) <= set(names)
        assert next(str(link.A.URI) for link in links if "/A" in link) == "https://example.com/"


def test_a_link_is_one_link_whatever_is_in_it(press: Press, picture: Picture, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    words = '<p>x <a href="https://example.org/1">the <em>old</em> <code>bridge</code></a>, <a href="https://example.org/2"><cite>Book</cite></a></p>'
    img = '<img src="image:i1" alt="A bridge"/>'
    around = f'<figure><a href="https://example.org/3">{img}</a></figure><p>y <a href="https://example.org/4">{img}</a></p>'
    write(press, [article(words + around)], path, picture)
    assert pdf_ua(path) == []
    with pikepdf.open(path) as pdf:
        assert sorted(str(link.A.URI)[-1] for link in annotations(pdf)) == ["1", "2", "3", "4"]


def test_a_table_without_heads_is_read_as_plain_text_and_bold_heads_are_heads(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    plain = "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>"
    bold = (
        "<table><tbody><tr><td><strong>a</strong></td><td><strong>b</strong></td></tr>"
        + "<tr><td>c</td><td>d</td></tr>" * 3
        + "</tbody></table>"
    )
    write(press, [article(plain + bold)], path)
    assert pdf_ua(path) == []
    with pikepdf.open(path) as pdf:
        kinds = [str(found.S) for found in pdf.objects if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/StructElem"]
    assert kinds.count("/Table") == 1
    assert kinds.count("/TH") == 2


def test_paper_spells_out_the_addresses_of_links_and_a_screen_does_not(press: Press, tmp_path: Path) -> None:
    screen, paper = tmp_path / "s.pdf", tmp_path / "p.pdf"
    write(press, [article()], screen)
    write(press, [article()], paper, page=PAGES["a4"])
    assert "example.org/report" not in pdf_text(screen)
    assert "[1]" in pdf_text(paper)
    assert "example.org/report" in pdf_text(paper)


def test_contents_have_the_page_numbers(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write(press, [article("<p>x</p>" * 90, "First story"), article("<p>y</p>", "Second story")], path)
    pages = pdf_text(path).split("\f")
    second = next(n for n, text in enumerate(pages, 1) if n > 2 and "Second story" in text and "2/2" in text)
    assert str(second) in pages[0].split("Second story")[1].split()


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_text_in_each_promised_script_has_no_empty_box_and_passes(press: Press, tmp_path: Path, language: str) -> None:
    path = tmp_path / "a.pdf"
    direction = "rtl" if language in ("ar", "he") else "ltr"
    text = f"<p>{SCRIPTS[language]}</p><h2>{SCRIPTS[language]}</h2><p><em>{SCRIPTS[language]}</em></p>"
    assert write(press, [article(text, SCRIPTS[language], language=language, direction=direction)], path) == ()
    assert notdef(path) == []
    errors = pdf_ua(path)
    # Devanagari: HarfBuzz's glyphs of conjuncts have no single character (docs/reference/pdf.md tells).
    assert language == "hi" or errors == []
    assert all("TXT-" in error for error in errors)


@pytest.mark.parametrize("language", ["en", "ru", "el"])
def test_the_text_can_be_copied_as_it_was_written(press: Press, tmp_path: Path, language: str) -> None:
    path = tmp_path / "a.pdf"
    write(press, [article(f"<p>{SCRIPTS[language]}</p>", "x", language=language)], path, page=PAGES["a4"])
    assert SCRIPTS[language].replace(" ", "") in "".join(pdf_text(path).split())


def test_what_no_font_has_is_told_and_not_drawn_as_a_box(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    hostile = "<p>An ordinary sentence that is long enough. \ue000 🎉 ᚠ \U000e0041 ‌‍ \ufffd \U0001f469\u200d\U0001f680 ☃️</p>"
    write(press, [article(hostile)], path)
    assert notdef(path) == []
    assert write(press, [article("<p>x</p>", "\U000130de")], path)


def test_the_same_book_gives_the_same_bytes(press: Press, picture: Picture, tmp_path: Path) -> None:
    warm, again, cold = (tmp_path / name for name in ("1.pdf", "2.pdf", "3.pdf"))
    write(press, [article()], warm, picture)
    write(press, [article(language="de")], again, picture)
    write(press, [article()], again, picture)
    with Press() as fresh:
        write(fresh, [article()], cold, picture)
    assert warm.read_bytes() == again.read_bytes() == cold.read_bytes()


def test_no_address_in_the_text_is_read(press: Press, tmp_path: Path) -> None:
    """Neither a file, nor the network, whatever the content and a style sheet say."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            pass

    secret = tmp_path / "secret.txt"
    secret.write_text("THE SECRET")
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        web = f"http://127.0.0.1:{server.server_port}"
        places = (secret.as_uri(), str(secret), f"{web}/x", "bookpost:picture/../../secret.txt", "bookpost:font/x/y")
        content = "".join(
            f'<p><img src="{place}" alt="x"/><object data="{place}"></object><embed src="{place}"/><iframe src="{place}"></iframe>'
            f'<link rel="stylesheet" href="{place}"/><link rel="attachment" href="{place}"/><a rel="attachment" href="{place}">a</a>'
            f"<style>@import url('{place}'); p {{ background: url('{place}'); content: url('{place}') }}"
            f"@font-face {{ font-family: X; src: url('{place}') }}</style>"
            f'<svg xmlns="http://www.w3.org/2000/svg"><title>t</title><image href="{place}"/><use href="{place}#a"/></svg></p>'
            for place in places
        )
        path = tmp_path / "a.pdf"
        write(press, [article(content)], path)
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []
    with pikepdf.open(path) as pdf:
        assert not pdf.attachments
        streams = b"".join(o.read_bytes() for o in pdf.objects if isinstance(o, pikepdf.Stream) and "/Filter" in o)
    assert b"THE SECRET" not in streams
    assert "THE SECRET" not in pdf_text(path)


def test_a_runaway_text_ends_in_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bookpost.convert.pdf.SECONDS", 0.2)
    monkeypatch.setattr("bookpost.convert.pdf.CHARACTERS_PER_SECOND", 1e9)
    with Press() as press:
        press.start()
        with pytest.raises(ChildError, match=r"could not be printed: .* took longer than 0\.2"):
            write(press, [article("<p>word</p>" * 5000)], tmp_path / "a.pdf")
        assert not (tmp_path / "a.pdf").exists()


def test_a_text_beyond_its_memory_ends_in_a_clear_error_and_the_press_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Press() as press:
        write(press, [article("<p>x</p>")], tmp_path / "a.pdf")
        monkeypatch.setattr("bookpost.convert.pdf.MEGABYTES", 1)
        with pytest.raises(ChildError, match="could not be printed"):
            write(press, [article("<p>word</p>" * 4000)], tmp_path / "b.pdf")
        monkeypatch.undo()
        write(press, [article("<p>x</p>")], tmp_path / "c.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "c.pdf").read_bytes()


def test_without_pango_one_line_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = json.dumps({"missing": "libpango-1.0-0"}).encode()
    monkeypatch.setattr("bookpost.child.Child.call", lambda *_, **__: struct.pack(">I", len(head)) + head)
    with pytest.raises(DependencyError, match=r"`libpango-1\.0-0` is not installed") as caught, Press() as press:
        press.print({"html": ""})
    assert caught.value.hint
    assert "apt install libpango-1.0-0" in caught.value.hint


def test_the_child_names_the_library_that_it_cannot_load(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys, types\n"
        "class Finder:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'weasyprint': raise OSError(\"cannot load library 'libpango-1.0-0': no such file\")\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from bookpost.convert.pdf.press import missing_library\n"
        "print(missing_library())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": "src"})
    assert done.stdout.strip() == "libpango-1.0-0"


def test_the_readers_own_templates_go_first(press: Press, tmp_path: Path) -> None:
    (tmp_path / "pdf").mkdir()
    (tmp_path / "pdf" / "style.css").write_text("h1 { text-transform: uppercase } h1 { nonsense: 1 }")
    book = bind([article()])
    findings = write_pdf(book, {}, tmp_path / "a.pdf", page=SMALL, colour=False, words=words_for("en"), templates=tmp_path, press=press)
    assert "THE BRIDGE" in pdf_text(tmp_path / "a.pdf")
    assert [finding.message for finding in findings if "nonsense" in finding.message]


def test_a_template_that_is_not_xhtml_is_named(press: Press, tmp_path: Path) -> None:
    (tmp_path / "pdf").mkdir()
    (tmp_path / "pdf" / "book.html").write_text("<html><head></head><body><p></body></html>")
    with pytest.raises((ChildError, ConfigError), match=r"pdf/book\.html"):
        write_pdf(
            bind([article()]), {}, tmp_path / "a.pdf", page=SMALL, colour=False, words=words_for("en"), templates=tmp_path, press=press
        )


def test_a_folder_that_is_not_there_is_an_output_error(press: Press, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="nowhere"):
        write(press, [article("<p>x</p>")], tmp_path / "nowhere" / "a.pdf")


@pytest.mark.parametrize("title", ["🎉🎊", "x" * 5000, "", "a\x00b\x0cc", "<b>&amp;</b>"])
def test_an_odd_title_makes_a_valid_file(press: Press, tmp_path: Path, title: str) -> None:
    path = tmp_path / "a.pdf"
    write(press, [article("<p>x</p>", title)], path)
    assert pdf_ua(path) == []
    assert notdef(path) == []


def test_a_press_that_died_prints_again(tmp_path: Path) -> None:
    with Press() as press:
        write(press, [article("<p>x</p>")], tmp_path / "a.pdf")
        process = press._child._process
        assert process
        process.kill()
        process.wait()
        write(press, [article("<p>x</p>")], tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()

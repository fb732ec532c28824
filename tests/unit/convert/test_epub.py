"""A book as EPUB: what an e-reader finds in it, that the judges find nothing, and that the same book is the same bytes."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from bookpost.article import Article, Image
from bookpost.convert.book import Book, Section, bind, bind_sections
from bookpost.convert.epub import write_epub
from bookpost.convert.images import Picture
from bookpost.convert.templates import environment
from bookpost.convert.words import words_for
from bookpost.device import find_device
from bookpost.document import Finding
from bookpost.errors import ConfigError, OutputError
from pictures import jpeg
from validators import ace, epubcheck

CONTENT = """<p>The council of <a href="https://example.org/trams/#history">the old town</a> has voted to delay the bridge again.<a
 role="doc-noteref" href="#n1" id="r1">1</a></p><h2>What it costs</h2><table><caption>In millions</caption><thead><tr><th
 scope="col">Year</th><th scope="col">Estimate</th></tr></thead><tbody><tr><td>2025</td><td>7.9</td></tr></tbody></table><h3>Steel</h3>
<ul><li>beams<ol><li>long</li></ol></li></ul><figure><img src="image:i1" alt="The river"/><figcaption>At dawn. <span
 class="credit">A. Ruiz</span></figcaption></figure><blockquote><p>Patience.</p><p class="attribution">a mason</p></blockquote>
<h3>Time</h3><pre><code class="language-python">def days(start, end):
    return end - start  # days
</code></pre><p>As <math xmlns="http://www.w3.org/1998/Math/MathML" alttext="F = m a"><mi>F</mi><mo>=</mo><mi>m</mi><mi>a</mi></math>
 has it.</p><h2>Who decides</h2><dl><dt>Council</dt><dd>votes</dd></dl><figure><img src="image:i2" alt="A tower"/></figure>
<p class="verse">Roses<br/>and stone</p><aside role="doc-footnote" id="n1"><p><a role="doc-backlink" href="#r1">1</a> Almost.</p></aside>"""
HEBREW = "<p>המועצה החליטה לדחות את הגשר שוב, בפעם השלישית בשלוש שנים.</p><h2>כמה</h2><pre><code>x = 1</code></pre>"
JAPANESE = "<p>町の議会は<em>再び</em>延期を決めた。驚いた人はいなかった。</p><h2><ruby>費用<rt>ひよう</rt></ruby></h2><ul><li>鋼</li></ul>"


def article(title: str = "Council delays the bridge", **changes: object) -> Article:
    facts: dict[str, object] = {
        "content": CONTENT,
        "language": "en",
        "subtitle": "A third vote is expected",
        "authors": ("Ana Ruiz", "Bo Ito"),
        "site": "The Daily",
        "url": "https://example.org/bridge",
        "published": date(2026, 3, 1),
        "excerpt": "The council has voted. Again. Nobody was surprised.",
        "tags": ("city", "bridges"),
        "images": (Image("i1", b"-", alt="The river"), Image("i2", b"-", alt="A tower")),
        "words": 1400,
    }
    return Article(title=title, **(facts | changes))  # type: ignore[arg-type]


def several() -> Book:
    politics = (
        article(),
        article("Trams return", url="https://example.org/trams", content=CONTENT.replace("trams/#history", "bridge")),
    )
    world = (
        article("המועצה דוחה את הגשר", url="https://example.org/he", language="he", direction="rtl", content=HEBREW, images=()),
        article("議会、橋を延期", url="https://example.org/ja", language="ja", content=JAPANESE, images=(), excerpt=None),
    )
    return bind_sections((Section("Politics", politics), Section("World", world)), title="The Morning Post")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Picture]:
    folder = tmp_path_factory.mktemp("pictures")
    sizes = {"i1": (640, 420), "i2": (300, 500)}
    for id, size in sizes.items():
        (folder / f"{id}.jpg").write_bytes(jpeg(size))
    return {id: Picture(folder / f"{id}.jpg", f"{id}.jpg", "image/jpeg", *size) for id, size in sizes.items()}


def write(path: Path, book: Book, files: Mapping[str, Picture], *, templates: Path | None = None) -> tuple[Finding, ...]:
    pictures = {(at, image.id): files[image.id] for at, each in enumerate(book.articles) for image in each.images if image.id in files}
    return write_epub(
        book,
        pictures,
        path,
        device=find_device("kindle"),
        cover=jpeg((600, 960)),
        words=words_for(book.language),
        environment=environment("epub", templates),
    )


def made(folder: Path, book: Book, files: Mapping[str, Picture], *, templates: Path | None = None) -> dict[str, str]:
    """The text members of the book by their name without the folder."""
    write(folder / "book.epub", book, files, templates=templates)
    with zipfile.ZipFile(folder / "book.epub") as archive:
        names = [name for name in archive.namelist() if not name.endswith((".jpg", ".png"))]
        return {name.removeprefix("EPUB/"): archive.read(name).decode() for name in names}


def facts(members: dict[str, str], name: str) -> list[str]:
    """The values of a Dublin Core element or of a property."""
    root = etree.fromstring(members["content.opf"].encode())
    found = root.iter(f"{{*}}{name}", "{*}meta")
    return [e.text or "" for e in found if e.get("property") == name or etree.QName(e).localname == name]


# What the judges say


def test_the_judges_find_nothing_in_a_rich_article_and_in_a_book_of_several(tmp_path: Path, files: dict[str, Picture]) -> None:
    """EPUBCheck: no error, no warning. Ace: no violation."""
    paths = tmp_path / "one.epub", tmp_path / "several.epub"
    for path, book in zip(paths, (bind([article(lead_image="i2")]), several()), strict=True):
        assert write(path, book, files) == ()
    assert epubcheck(*paths) == []
    assert ace(*paths) == []


def test_the_judges_find_nothing_in_a_book_of_strange_facts(tmp_path: Path) -> None:
    """Titles of nothing, of emoji, of 5,000 characters, of controls and mark-up; a wrong tag, no facts at all, odd dates."""
    odd = [
        article(
            "", language="en_US", site="", authors=("", "\x00"), excerpt=" ", url="javascript:alert(1)", tags=("",), content="<p>x</p>"
        ),
        article(
            "🌉🌉", language="x y", published=datetime(26, 1, 1), url='https://example.org/ä b"<c>?d=[1]|2%&100%#e#f', content="<p>x</p>"
        ),
        article("A" * 5000, language="zh-hant-tw", content="<p>x</p>", published=None, authors=("Ann", "Ann")),
        article("<b>&amp;\x0b]]></b>", language="ar", direction="rtl", content="", words=0, url="https://example.org/" + "a" * 3000),
    ]
    paths = [tmp_path / f"{number}.epub" for number in range(len(odd) + 1)]
    for path, book in zip(paths, [*(bind([each]) for each in odd), bind(odd, title="\x07")], strict=True):
        write(path, book, {})
    assert epubcheck(*paths) == []


# The zip


def test_the_type_of_the_file_comes_first_and_can_be_read_without_unzipping(tmp_path: Path, files: dict[str, Picture]) -> None:
    """OCF 3.3 §4.3."""
    write(tmp_path / "book.epub", bind([article()]), files)
    assert (tmp_path / "book.epub").read_bytes()[30:58] == b"mimetypeapplication/epub+zip"


def test_pictures_are_stored_as_they_are_and_once_for_the_book(tmp_path: Path, files: dict[str, Picture]) -> None:
    write(tmp_path / "book.epub", several(), files)
    with zipfile.ZipFile(tmp_path / "book.epub") as archive:
        assert archive.read("EPUB/images/i1.jpg") == files["i1"].path.read_bytes()
        assert archive.getinfo("EPUB/images/i1.jpg").compress_type == zipfile.ZIP_STORED
        assert archive.namelist().count("EPUB/images/i1.jpg") == 1


def test_the_same_book_is_the_same_bytes_in_another_process(tmp_path: Path, files: dict[str, Picture]) -> None:
    """No clock, no chance, no order by hashing."""
    script = (
        "import sys; sys.path[:0] = sys.argv[1:4]\nfrom pathlib import Path\nimport test_epub as t\n"
        "from bookpost.convert.images import Picture\nfrom pictures import jpeg\n"
        "f = Path(sys.argv[4]); (f / 'i1.jpg').write_bytes(jpeg((640, 420)))\n"
        "t.write(f / 'b.epub', t.several(), {'i1': Picture(f / 'i1.jpg', 'i1.jpg', 'image/jpeg', 640, 420)})\n"
    )
    here = Path(__file__)
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        arguments = [str(here.parents[3] / "src"), str(here.parents[2]), str(here.parent), str(folder)]
        subprocess.run([sys.executable, "-c", script, *arguments], check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    assert (tmp_path / "1/b.epub").read_bytes() == (tmp_path / "2/b.epub").read_bytes()


def test_a_book_of_90_mb_takes_60_mb_of_memory_at_most(tmp_path: Path) -> None:
    with (tmp_path / "p.jpg").open("wb") as stream:
        stream.truncate(3_000_000)
    script = (
        "import sys, resource; sys.path[:0] = sys.argv[1:4]\nfrom pathlib import Path\n"
        "from bookpost.article import Image\nfrom bookpost.convert.book import bind\nfrom bookpost.convert.images import Picture\n"
        "import test_epub as t\nf = Path(sys.argv[4])\n"
        "files = {f'i{n}': Picture(f / 'p.jpg', f'{n}.jpg', 'image/jpeg', 9, 9) for n in range(30)}\n"
        "content = ''.join(f'<figure><img src=\"image:i{n}\" alt=\"\"/></figure>' for n in range(30))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "t.write(f / 'b.epub', bind([t.article(content=content, images=tuple(Image(id, b'-') for id in files))]), files)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, before)\n"
    )
    here = Path(__file__)
    arguments = [str(here.parents[3] / "src"), str(here.parents[2]), str(here.parent), str(tmp_path)]
    told = subprocess.run([sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True).stdout
    assert (tmp_path / "b.epub").stat().st_size > 90_000_000
    assert int(told.split()[0]) < 30_000, "KiB for writing, beside what the test itself has loaded"


def test_a_failure_leaves_the_old_file_and_no_half_of_a_new_one(tmp_path: Path, files: dict[str, Picture]) -> None:
    templates = tmp_path / "own"
    (templates / "epub").mkdir(parents=True)
    (templates / "epub/nav.xhtml").write_text("{{ nothing }}")
    (tmp_path / "book.epub").write_text("old")
    with pytest.raises(ConfigError, match="nothing"):
        write(tmp_path / "book.epub", bind([article()]), files, templates=templates)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.epub", "own"]
    assert (tmp_path / "book.epub").read_text() == "old"


def test_a_file_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path, files: dict[str, Picture]) -> None:
    with pytest.raises(OutputError, match=r"gone/book\.epub"):
        write(tmp_path / "gone" / "book.epub", bind([article()]), files)


# The package


def test_the_package_tells_what_the_article_tells(tmp_path: Path, files: dict[str, Picture]) -> None:
    members = made(tmp_path, bind([article(language="pt-br", modified=datetime(2026, 3, 2, 10, 30, tzinfo=UTC))]), files)
    assert facts(members, "title") == ["Council delays the bridge"]
    assert facts(members, "creator") == ["Ana Ruiz", "Bo Ito"]
    assert facts(members, "language") == ["pt-BR"]
    assert facts(members, "publisher") == ["The Daily"]
    assert facts(members, "date") == ["2026-03-01"]
    assert facts(members, "source") == ["https://example.org/bridge"]
    assert facts(members, "subject") == ["city", "bridges"]
    assert facts(members, "description") == ["The council has voted. Again. Nobody was surprised."]
    assert facts(members, "dcterms:modified") == ["2026-03-02T10:30:00Z"]
    assert facts(members, "identifier")[0].startswith("urn:uuid:")


def test_a_book_without_a_date_has_a_fixed_time_of_change(tmp_path: Path) -> None:
    members = made(tmp_path, bind([article(published=None)]), {})
    assert facts(members, "dcterms:modified") == ["2000-01-01T00:00:00Z"]
    assert facts(members, "date") == []


def test_a_wrong_language_tag_is_found_and_english_stands_in(tmp_path: Path) -> None:
    findings = write(tmp_path / "book.epub", bind([article(language="not a tag")]), {})
    assert [(found.code, found.place) for found in findings] == [("W-LANGUAGE", "Council delays the bridge")]


@pytest.mark.parametrize(("alt", "claimed"), [("The river", True), ("", False)])
def test_alternative_text_is_claimed_only_where_every_picture_has_one(
    tmp_path: Path, files: dict[str, Picture], alt: str, claimed: bool
) -> None:
    content = f'<p>x</p><figure><img src="image:i1" alt="{alt}"/></figure>'
    members = made(tmp_path, bind([article(content=content, images=(Image("i1", b"-"),))]), files)
    assert ("alternativeText" in facts(members, "schema:accessibilityFeature")) is claimed
    assert ("textual" in facts(members, "schema:accessModeSufficient")) is claimed
    assert facts(members, "schema:accessibilityHazard") == ["none"]
    assert facts(members, "conformsTo") == []


def test_a_text_without_pictures_is_wholly_textual(tmp_path: Path) -> None:
    members = made(tmp_path, bind([article(content="<p>x</p>", images=())]), {})
    assert facts(members, "schema:accessMode") == facts(members, "schema:accessModeSufficient") == ["textual"]


def test_the_cover_is_named_twice_and_has_no_page(tmp_path: Path) -> None:
    """EPUB 3 and the older way; a page in the spine would show it twice on a Kindle."""
    opf = made(tmp_path, bind([article()]), {})["content.opf"]
    assert re.search(r'<item href="cover\.jpg" id="cover-image" media-type="image/jpeg" properties="cover-image"/>', opf)
    assert '<meta name="cover" content="cover-image"/>' in opf
    assert re.findall(r'idref="([^"]+)"', opf) == ["a001", "nav"]


def test_a_book_from_right_to_left_turns_its_pages_that_way(tmp_path: Path) -> None:
    members = made(tmp_path, bind([article("המועצה", language="he", direction="rtl", content=HEBREW, images=())]), {})
    assert 'page-progression-direction="rtl"' in members["content.opf"]
    assert 'xml:lang="he"' in members["content.opf"]
    assert 'xml:lang="he" dir="rtl"' in members["a001.xhtml"]
    assert '<pre dir="ltr">' in members["a001.xhtml"]


# Navigation


def entries(members: dict[str, str]) -> list[str]:
    toc = members["nav.xhtml"].split("</nav>")[0]
    return re.findall(r'<a href="([^"]+)"', toc)


def test_a_single_article_has_its_headings_for_contents_in_two_levels(tmp_path: Path, files: dict[str, Picture]) -> None:
    members = made(tmp_path, bind([article()]), files)
    page = "a001.xhtml"
    assert entries(members) == [page, *(f"{page}#h_{number}" for number in (1, 2, 3, 4))]
    nav = etree.fromstring(members["nav.xhtml"].encode())
    assert [len(line.findall("{*}ol/{*}li")) for line in nav.findall(".//{*}nav[1]/{*}ol/{*}li")] == [0, 2, 0]
    for href in entries(members)[1:]:
        assert f'id="{href.split("#")[1]}"' in members[page]


@pytest.mark.parametrize("kind", ["single", "several"])
def test_both_tables_of_contents_say_the_same_in_the_order_of_the_spine(tmp_path: Path, files: dict[str, Picture], kind: str) -> None:
    members = made(tmp_path, several() if kind == "several" else bind([article()]), files)
    assert re.findall(r'<content src="([^"]+)"', members["toc.ncx"]) == entries(members)
    spine = re.findall(r'idref="([^"]+)"', members["content.opf"])
    pages = list(dict.fromkeys(href.split("#")[0].removesuffix(".xhtml") for href in entries(members)))
    assert [*pages, "nav"] == spine


def test_contents_and_start_can_be_reached_the_new_way_and_the_old(tmp_path: Path) -> None:
    """Without the guide the current chapter freezes on newer Kindles."""
    members = made(tmp_path, bind([article()]), {})
    landmarks = members["nav.xhtml"].split('epub:type="landmarks"')[1]
    assert re.findall(r'epub:type="(\w+)" href="([^"]+)"', landmarks) == [("toc", "nav.xhtml"), ("bodymatter", "a001.xhtml")]
    guide = re.findall(r'<reference type="(\w+)" title="[^"]+" href="([^"]+)"', members["content.opf"])
    assert guide == [("toc", "nav.xhtml"), ("text", "a001.xhtml")]


def bar(page: str) -> dict[str, str]:
    line = re.search(r'<p class="bar".*?</p>', page, re.DOTALL)
    return dict(re.findall(r'<a class="(\w+)" href="([^"]+)"', line.group())) if line else {}


def test_every_article_of_several_leads_on_across_the_borders_of_sections(tmp_path: Path, files: dict[str, Picture]) -> None:
    members = made(tmp_path, several(), files)
    assert bar(members["a001.xhtml"]) == {"section": "s01.xhtml", "front": "front.xhtml", "next": "a002.xhtml"}
    assert bar(members["a002.xhtml"]) == {"previous": "a001.xhtml", "section": "s01.xhtml", "front": "front.xhtml", "next": "a003.xhtml"}
    assert bar(members["a004.xhtml"]) == {"previous": "a003.xhtml", "section": "s02.xhtml", "front": "front.xhtml"}
    assert bar(members["s02.xhtml"]) == {"front": "front.xhtml", "next": "a003.xhtml"}
    assert 'class="next"><a href="a003.xhtml"' in members["a002.xhtml"]
    assert 'class="next"' not in members["a004.xhtml"]


def test_a_single_article_has_no_bar(tmp_path: Path) -> None:
    assert bar(made(tmp_path, bind([article()]), {})["a001.xhtml"]) == {}


def test_articles_without_sections_have_no_pages_of_sections(tmp_path: Path) -> None:
    members = made(tmp_path, bind([article(), article("Trams", url="https://example.org/trams")]), {})
    assert entries(members) == ["front.xhtml", "a001.xhtml", "a002.xhtml"]
    assert "section" not in bar(members["a002.xhtml"])


def test_links_between_articles_of_a_book_stay_in_it(tmp_path: Path, files: dict[str, Picture]) -> None:
    members = made(tmp_path, several(), files)
    assert '<a href="a002.xhtml">the old town</a>' in members["a001.xhtml"]
    assert '<a href="a001.xhtml">the old town</a>' in members["a002.xhtml"]
    assert 'href="https://example.org/trams/#history"' in made(tmp_path, bind([article()]), files)["a001.xhtml"]


# The pages


def test_the_head_of_an_article_tells_what_it_is(tmp_path: Path) -> None:
    page = made(tmp_path, several(), {})["a002.xhtml"]
    assert '<p class="kicker">The Daily · Politics · 2/4</p>' in page
    assert "<h1>Trams return</h1>" in page
    assert "By Ana Ruiz and Bo Ito · 1 March 2026 · 6\u00a0min" in page


def test_the_front_page_has_the_lead_story_and_a_line_for_every_other(tmp_path: Path, files: dict[str, Picture]) -> None:
    book = several()
    first = replace(book.articles[0], lead_image="i1")
    book = bind_sections((replace(book.sections[0], articles=(first, book.articles[1])), book.sections[1]), title=book.title)
    front = made(tmp_path, book, files)["front.xhtml"]
    assert "1 March 2026 · 4 articles · 24\u00a0min" in front
    assert 'src="images/i1.jpg" alt="The river"' in front
    assert "The council has voted. Again.</p>" in front
    assert [front.count(f'href="a00{number}.xhtml"') for number in (1, 2, 3, 4)] == [2, 1, 1, 1]
    assert 'lang="he" xml:lang="he" dir="rtl"' in front


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("<p>x</p>", 1),
        ('<p>x</p><figure><img src="image:i1" alt=""/></figure>', 1),
        ('<figure><img src="image:i2" alt=""/></figure><p>x</p>', 0),
    ],
)
def test_the_lead_picture_is_shown_once_and_never_above_another(
    tmp_path: Path, files: dict[str, Picture], content: str, shown: int
) -> None:
    page = made(tmp_path, bind([article(content=content, lead_image="i1")]), files)["a001.xhtml"]
    assert page.count("images/i1.jpg") == shown


def test_the_end_of_an_article_leads_to_its_original(tmp_path: Path) -> None:
    page = made(tmp_path, bind([article()]), {})["a001.xhtml"]
    assert '<a href="https://example.org/bridge"><span dir="ltr">example.org/<wbr/>bridge</span></a>' in page
    assert 'src="images/qr001.png"' in page
    with zipfile.ZipFile(tmp_path / "book.epub") as archive:
        assert archive.read("EPUB/images/qr001.png").startswith(b"\x89PNG")


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "file:///etc/passwd", "https://[", "/relative"])
def test_an_address_that_is_none_leads_nowhere(tmp_path: Path, url: str | None) -> None:
    page = made(tmp_path, bind([article(url=url, content="<p>x</p>")]), {})["a001.xhtml"]
    assert "original" not in page
    assert "qr" not in page


def test_what_is_missing_is_said_at_the_end(tmp_path: Path) -> None:
    images = (Image("i1", None, missing="it was not there"), Image("i2", b"-"))
    page = made(tmp_path, bind([article(images=images, notice="It was made smaller to fit.", notes=("the language was guessed",))]), {})[
        "a001.xhtml"
    ]
    assert "<li>It was made smaller to fit.</li>" in page
    assert "guessed" not in page
    assert "<li>Picture not available: 1</li>" in page


def test_an_article_speaks_its_own_language_in_a_book_of_another(tmp_path: Path) -> None:
    members = made(tmp_path, several(), {})
    assert words_for("ja").previous in members["a004.xhtml"]
    assert '<p class="bar">' in members["a004.xhtml"]


def test_our_words_say_their_language_where_the_page_has_another(tmp_path: Path) -> None:
    """There are no words of ours in Basque: English stands in, and is read out as English."""
    page = made(tmp_path, bind([article(language="eu")]), {})["a001.xhtml"]
    assert '<p class="details" lang="en" xml:lang="en" dir="ltr">' in page


def test_a_users_style_is_added_to_ours(tmp_path: Path) -> None:
    (tmp_path / "own/epub").mkdir(parents=True)
    (tmp_path / "own/epub/user.css").write_text("h1 { text-align: center }")
    sheet = made(tmp_path, bind([article()]), {}, templates=tmp_path / "own")["style.css"]
    assert sheet.endswith("h1 { text-align: center }")
    assert "figcaption" in sheet


def test_a_title_is_set_as_its_text_is(tmp_path: Path) -> None:
    page = made(tmp_path, bind([article('"Don\'t" - she said...', content="<p>x</p>")]), {})["a001.xhtml"]
    assert "<h1>“Don’t” – she said…</h1>" in page.replace("\u00a0", " ")


def test_a_picture_that_no_page_shows_is_not_in_the_book(tmp_path: Path, files: dict[str, Picture]) -> None:
    """A lead picture that gives way to the picture with which the text begins."""
    content = '<figure><img src="image:i2" alt="A tower"/></figure><p>x</p>'
    assert "i1.jpg" not in made(tmp_path, bind([article(content=content, lead_image="i1")]), files)["content.opf"]


def test_a_lead_picture_without_a_description_counts(tmp_path: Path, files: dict[str, Picture]) -> None:
    lonely = article(content="<p>x</p>", lead_image="i1", images=(Image("i1", b"-"),))
    assert "alternativeText" not in made(tmp_path, bind([lonely]), files)["content.opf"]

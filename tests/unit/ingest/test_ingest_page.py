"""A whole page becomes its article: the text with its pictures, and what the page says about it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bookpost.errors import NoArticleError
from bookpost.ingest.assemble import Origin
from bookpost.ingest.local import Whereabouts
from bookpost.ingest.page import parse_page, plain_pictures, read_page

PROSE = "<p>The bridge swayed slowly and widely, and nobody knew why it did, although many had seen it, some of them twice.</p>" * 8
ARABIC = "<p>وُلد الورق في الصين، وبلغ سن الرشد في بغداد.</p>" * 9
HEAD = "<title>The bridge | Courier</title><meta property='og:site_name' content='Courier'>"


def page(body: str, head: str = HEAD, attributes: str = "lang='en-GB'") -> str:
    menu = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/town'>Town</a></li></ul></nav>"
    return f"<!doctype html><html {attributes}><head>{head}</head><body>{menu}<article><h1>The bridge</h1>{body}</article></body></html>"


def origin(folder: Path | None = None, base_url: str | None = None) -> Origin:
    return Origin(name="File name", where=Whereabouts(folder, base_url))


def test_the_article_is_found_and_the_menu_is_not_in_it() -> None:
    article = read_page(page(PROSE), origin())
    assert (article.title, article.site, article.language) == ("The bridge", "Courier", "en-GB")
    assert "swayed" in article.content
    assert "Home" not in article.content


def test_the_whole_page_on_request() -> None:
    article = read_page(page(f"{PROSE}<div class='sidebar'><p>A remark in the margin.</p></div>"), origin(), full_page=True)
    assert "A remark in the margin" in article.content


def test_the_owners_mark_for_print_services_is_the_article() -> None:
    marked = f"{PROSE}<div class='pf-content'><p>{'What the owner wants to be read. ' * 10}</p></div>"
    article = read_page(page(marked), origin())
    assert "What the owner wants" in article.content
    assert "swayed" not in article.content


def test_an_owners_mark_with_nothing_in_it_is_read_over() -> None:
    assert "swayed" in read_page(page(f"{PROSE}<div class='pf-content'>Print</div>"), origin()).content


def test_facts_in_the_head() -> None:
    head = HEAD + (
        "<meta name='author' content='By Ana Ruiz and Bo Li'><meta property='article:published_time' content='2026-11-24T08:30:00Z'>"
        "<meta property='article:modified_time' content='2026-11-25'><meta name='description' content='Why it swayed.'>"
        "<meta property='article:tag' content='bridges'><meta property='article:tag' content='towns'>"
        "<link rel='canonical' href='https://courier.example.org/bridge'>"
    )
    article = read_page(page(PROSE, head), origin())
    assert article.authors == ("Ana Ruiz", "Bo Li")
    assert article.published == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert article.modified == date(2026, 11, 25)
    assert (article.excerpt, article.tags, article.url) == ("Why it swayed.", ("bridges", "towns"), "https://courier.example.org/bridge")


def test_facts_in_the_text() -> None:
    body = "<p>By <a rel='author' href='/ana'>Ana Ruiz</a></p><time itemprop='datePublished' datetime='2026-11-24'>yesterday</time>" + PROSE
    article = read_page(page(body), origin(base_url="https://www.courier.example.org/a/bridge"))
    assert article.authors == ("Ana Ruiz",)
    assert article.published == date(2026, 11, 24)


def test_dates_that_no_article_has_are_dropped() -> None:
    for day in ("1970-01-01T00:00:00Z", "3026-01-01", "0001-01-01"):
        assert read_page(page(PROSE, f"<meta property='article:published_time' content='{day}'>"), origin()).published is None


def test_a_page_with_dates_that_nobody_can_read_is_read() -> None:
    """The first extractor gives up on them."""
    data = '{"@type": "Article", "datePublished": "24 hours ago"}'
    head = f"<script type='application/ld+json'>{data}</script><meta name='date' content='??'>"
    assert "swayed" in read_page(page(PROSE, head), origin()).content


def test_a_site_does_not_write_its_own_articles() -> None:
    assert read_page(page(PROSE, HEAD + "<meta name='author' content='The Courier'>"), origin()).authors == ()


def test_the_pages_address() -> None:
    saved = "<!-- saved from url=(0030)https://courier.example.org/bridge -->"
    assert read_page(saved + page(PROSE), origin()).url == "https://courier.example.org/bridge"
    front = HEAD + "<link rel='canonical' href='https://courier.example.org/'>"
    assert read_page(page(PROSE, front), origin(base_url="https://courier.example.org/a/b")).url == "https://courier.example.org/a/b"
    assert read_page(page(PROSE), origin()).url is None


def test_links_start_from_the_base_element() -> None:
    body = PROSE.replace("nobody", "<a href='who'>nobody</a>")
    article = read_page(page(body, "<base href='/2026/'>" + HEAD), origin(base_url="https://courier.example.org/a/b"))
    assert 'href="https://courier.example.org/2026/who"' in article.content


@pytest.mark.parametrize("picture", [
    "<img src='data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7' data-src='a.png' alt='A'>",
    "<img src='/blank.gif' data-lazy-src='a.png' alt='A'>",
    "<img class='lazy' alt='A' width=600><noscript><img src='a.png' alt='A'></noscript>",
    "<picture><source srcset='a.png 800w' type='image/webp'><img alt='A'></picture>",
    "<img srcset='small.png 100w, a.png 1200w' src='small.png' alt='A'>",
    "<amp-img src='a.png' width='600' height='400' alt='A'></amp-img>",
])  # fmt: skip
def test_pictures_that_scripts_would_load_are_found(picture: str, tmp_path: Path, png: bytes) -> None:
    (tmp_path / "a.png").write_bytes(png)
    article = read_page(page(f"{PROSE}<figure>{picture}<figcaption>The bridge.</figcaption></figure>{PROSE}"), origin(tmp_path))
    assert [image.source for image in article.images] == [(tmp_path / "a.png").resolve()]
    assert (article.images[0].alt, article.images[0].caption) == ("A", "The bridge.")
    assert article.lead_image == "i1"


def test_a_picture_is_plain_before_the_article_is_looked_for() -> None:
    root = parse_page("<body><picture><source data-srcset='b.webp 800w'><img class='x' onload='y' src='a.gif'></picture></body>")
    plain_pictures(root, "https://example.org/")
    image = next(root.iter("img"))
    assert dict(image.items()) == {"class": "x", "src": "https://example.org/b.webp"}


def test_credits_and_languages_of_code_survive_the_extractor() -> None:
    body = (
        PROSE + "<figure><img src='https://x.org/a.jpg'><figcaption>A. <span class='photo-credit'>Mira Okafor</span></figcaption></figure>"
    )
    body += "<pre><code class='language-python'>x = 1</code></pre>" + PROSE
    article = read_page(page(body), origin())
    assert article.images[0].credit == "Mira Okafor"
    assert 'class="language-python"' in article.content


def test_the_lead_picture_is_one_that_can_be_shown(tmp_path: Path, png: bytes) -> None:
    (tmp_path / "bridge-1024x768.png").write_bytes(png)
    (tmp_path / "other.png").write_bytes(png + b"\0")
    pictures = "<figure><img src='other.png' alt='B'></figure><figure><img src='bridge-1024x768.png' alt='A'></figure>"
    head = HEAD + "<meta property='og:image' content='https://cdn.example.org/bridge.png'>"
    article = read_page(page(PROSE + pictures + PROSE, head), origin(tmp_path))
    assert article.lead_image
    assert article.image(article.lead_image) == article.images[1]
    gone = HEAD + "<meta property='og:image' content='https://cdn.example.org/never-seen.png'>"
    article = read_page(page(PROSE + pictures + PROSE, gone), origin(tmp_path))
    assert article.lead_image == "i1"
    assert len(article.images) == 2


@pytest.mark.parametrize(
    ("attributes", "body"),
    [("dir='rtl'", PROSE), ("lang='he'", PROSE), ("", f"<div dir='RTL'>{PROSE}</div>"), ("lang='en'", ARABIC)],
)  # fmt: skip
def test_direction(attributes: str, body: str) -> None:
    assert read_page(page(body, attributes=attributes), origin()).direction == "rtl"


def test_a_page_of_scripts_is_no_article() -> None:
    with pytest.raises(NoArticleError):
        read_page("<!doctype html><html><body><div id='root'></div><script>load()</script></body></html>", origin())

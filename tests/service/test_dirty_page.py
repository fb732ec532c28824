"""The deliberately dirty page becomes a book and a PDF that every judge passes, with its content, whatever was wrong with it."""

import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

from bookpost.article import Article
from bookpost.convert.book import bind
from bookpost.convert.make import Making, make
from bookpost.device import find_device
from bookpost.document import Document, errors
from bookpost.ingest.source import read_source
from dirty import dirty_page
from validators import ace, epubcheck, notdef, pdf_text, pdf_ua

pytestmark = pytest.mark.xdist_group("dirty")

BAD = re.compile("truncated|text|web-page|empty")
KEPT = (
    "For one hundred and forty years a lamp burned at Skerry Point",
    "stands inside it, as old pages do",
    "three families kept the light, and each left a book",
    "The second of two paragraphs with the same id",
    "An element of somebody’s own holds this sentence",
    "Bare text in a quote",
    "A paragraph straight in a list",
    "A stray definition",
    "wound every four hours",
    "The tower at low tide, seen from the quay",
    "Only a srcset",
    "The log for that day says only",
    "has been a different person every year",
    "return True # a tab, three spaces",
)
GONE = (
    "must never be read",
    "Print Friendly",
    "Send to Kindle",
    "We value your privacy",
    "Ten towers to see",
    "metrics.example",
    "left behind",
    "seaweed",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dirty")


@pytest.fixture(scope="module")
def article(folder: Path) -> Article:
    return read_source(str(dirty_page(folder / "page")))


@pytest.fixture(scope="module")
def books(folder: Path, article: Article) -> tuple[Document, ...]:
    making = Making(device=find_device("kindle"))
    return make(bind([article]), making, folder / "out", formats=("epub", "pdf"), today=date(2024, 3, 9))


@pytest.fixture(scope="module")
def chapter(books: tuple[Document, ...]) -> str:
    with zipfile.ZipFile(books[0].path) as book:
        return book.read(next(name for name in book.namelist() if re.search(r"/a\d+\.xhtml$", name))).decode()


def test_the_facts_are_read_through_the_dirt(article: Article) -> None:
    assert article.title == "The Lamp at Skerry Point – how a light was kept & why it went out"
    assert article.language == "en-GB"
    assert [author.replace('"', "") for author in article.authors] == ["Ada Lamplighter Marsh"]


def test_the_epub_passes_epubcheck(books: tuple[Document, ...]) -> None:
    assert epubcheck(books[0].path) == []


def test_the_epub_passes_ace(books: tuple[Document, ...]) -> None:
    assert ace(books[0].path) == []


def test_our_own_check_finds_no_error(books: tuple[Document, ...]) -> None:
    assert [errors(book.findings) for book in books] == [(), ()]


def test_the_pdf_is_pdf_ua_without_a_box(books: tuple[Document, ...]) -> None:
    assert pdf_ua(books[1].path) == []
    assert notdef(books[1].path) == []


@pytest.mark.parametrize("sentence", KEPT)
def test_the_sentence_is_in_the_book(chapter: str, sentence: str) -> None:
    assert sentence in plain(chapter)


@pytest.mark.parametrize("words", GONE)
def test_furniture_and_what_was_hidden_is_gone(chapter: str, words: str) -> None:
    assert words not in plain(chapter)


def test_the_pdf_says_what_the_epub_says(books: tuple[Document, ...]) -> None:
    text = " ".join(pdf_text(books[1].path).replace("\u00ad", "").split())
    assert "a lamp burned at Skerry Point" in text


def test_every_good_picture_is_in_the_book(chapter: str, article: Article) -> None:
    """A picture that cannot be drawn is named in its place."""
    drawn = [image for image in article.images if isinstance(image.source, Path) and not BAD.search(image.source.name)]
    assert len(drawn) > 20
    assert len(re.findall(r'<img[^>]* src="images/', chapter)) >= len(drawn)
    for broken in ("Half a JPEG", "Half a PNG", "Half a WebP", "A text named .jpg", "A page named .jpg"):
        assert broken in plain(chapter)


def plain(chapter: str) -> str:
    body = re.sub(r"<[^>]+>", "", re.sub(r' alt="([^"]*)"[^>]*>', r">\1", chapter))
    return " ".join(body.replace("\u00a0", " ").split())


def test_the_pdf_is_sound_for_a_reader_that_goes_by_its_index(books: tuple[Document, ...]) -> None:
    """Poppler looks objects up by their place in the file, where others go by their numbers."""
    import subprocess

    said = subprocess.run(["pdftotext", books[1].path, "-"], capture_output=True, text=True, check=True)
    assert said.stderr == ""

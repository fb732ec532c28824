"""The workshop makes documents in a child process; what goes wrong there is told, and hurts nobody here."""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bookpost.article import Article
from bookpost.convert.book import bind
from bookpost.convert.make import Making, make
from bookpost.device import find_device
from bookpost.ingest.source import read_source
from bookpost.library.blobs import Blobs
from bookpost.produce.request import Form, NotMadeError, Request
from bookpost.produce.sources import store_articles
from bookpost.produce.workshop import Workshop

EXAMPLES = Path(__file__).parents[3] / "examples"
TODAY = date(2026, 11, 24)
EPUB = Form(format="epub")


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def workshop(blobs: Blobs) -> Iterator[Workshop]:
    workshop = Workshop(blobs)
    yield workshop
    workshop.close()


def request_for(blobs: Blobs, articles: list[Article], **options: object) -> Request:
    request = Request(
        destination="kindle", format="epub", device=find_device("kindle"), today=TODAY, articles=store_articles(articles, blobs)
    )
    return replace(request, **options)  # type: ignore[arg-type]


def test_the_child_makes_the_very_bytes_that_convert_makes(workshop: Workshop, blobs: Blobs, tmp_path: Path) -> None:
    articles = [read_source(str(EXAMPLES / name)) for name in ("rich.json", "tides.md")]
    made = workshop.make(request_for(blobs, articles), EPUB, tmp_path / "made")
    [here] = make(bind(articles), Making(device=find_device("kindle")), tmp_path / "here", today=TODAY)
    [there] = made.documents
    assert there.path.read_bytes() == here.path.read_bytes()
    assert (made.content_key, made.title, there.file_name) == (here.content_key, here.title, here.file_name)
    assert there.findings == here.findings


def test_parts_are_books_of_their_own_with_their_number_in_the_title(workshop: Workshop, blobs: Blobs, tmp_path: Path) -> None:
    articles = [read_source(str(EXAMPLES / name)) for name in ("rich.json", "tides.md", "poem.txt", "bridge.html")]
    request = request_for(blobs, articles, title="Four for the train")
    made = workshop.make(request, replace(EPUB, parts=2), tmp_path / "made", note="split into 2 parts")
    assert made.title == "Four for the train"
    assert [document.title for document in made.documents] == ["Four for the train 1/2", "Four for the train 2/2"]
    for document in made.documents:
        with zipfile.ZipFile(document.path) as book:
            pages = [name for name in book.namelist() if name.startswith("EPUB/a0")]
            assert "EPUB/nav.xhtml" in book.namelist()
            assert "split into 2 parts" in book.read(pages[-1]).decode()
    [second] = workshop.make(request, replace(EPUB, parts=2), tmp_path / "again", part=2, note="split into 2 parts").documents
    assert second.digest == made.documents[1].digest


def test_a_plain_book_has_text_and_jpeg_only(workshop: Workshop, blobs: Blobs, tmp_path: Path) -> None:
    articles = [read_source(str(EXAMPLES / "rich.json"))]
    [document] = workshop.make(request_for(blobs, articles), replace(EPUB, plain=True), tmp_path).documents
    with zipfile.ZipFile(document.path) as book:
        names = [name for name in book.namelist() if name.startswith("EPUB/")]
        assert {Path(name).suffix for name in names} == {".css", ".jpg", ".xhtml", ".opf", ".ncx"}
        text = book.read("EPUB/a001.xhtml").decode()
    assert not any(mark in text for mark in ("<math", "<table", "<ruby", "tok-"))
    assert "sin" in text


def test_each_form_is_smaller_than_the_one_before(workshop: Workshop, blobs: Blobs, tmp_path: Path) -> None:
    request = request_for(blobs, [read_source(str(EXAMPLES / "bridge.html"))], device=find_device("kindle-colorsoft"))
    forms = [EPUB, replace(EPUB, quality=45), replace(EPUB, quality=45, grey=True), replace(EPUB, quality=40, grey=True, scale=0.6)]
    sizes = [workshop.make(request, form, tmp_path / str(number)).documents[0].size for number, form in enumerate(forms)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes)


def test_a_source_that_is_gone_from_the_disk_is_named(workshop: Workshop, blobs: Blobs, tmp_path: Path) -> None:
    request = request_for(blobs, [read_source(str(EXAMPLES / "tides.md"))])
    blobs.path(request.articles[0].article).unlink()
    with pytest.raises(NotMadeError, match="gone from the disk") as told:
        workshop.make(request, EPUB, tmp_path)
    assert told.value.failure.code == "sources-gone"


def test_what_the_child_refuses_is_told_with_its_code_and_it_works_on(workshop: Workshop, blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "own" / "epub").mkdir(parents=True)
    (tmp_path / "own" / "epub" / "article.xhtml").write_text("{{ nothing.at.all }}")
    articles = [read_source(str(EXAMPLES / "tides.md"))]
    with pytest.raises(NotMadeError) as told:
        workshop.make(request_for(blobs, articles, templates=tmp_path / "own"), EPUB, tmp_path / "one")
    assert (told.value.failure.code, told.value.failure.exit_code) == ("bad-config", 78)
    assert workshop.make(request_for(blobs, articles), EPUB, tmp_path / "two").documents

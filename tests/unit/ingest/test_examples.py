"""The shipped examples are whole: every picture is there, every fact, and enough to read."""

from pathlib import Path

import pytest

from bookpost.article import Article
from bookpost.ingest.payload import read_payload
from bookpost.ingest.source import read_source
from bookpost.ingest.write import write_payload

EXAMPLES = Path(__file__).parents[3] / "examples"


def example(name: str) -> Article:
    return read_source(str(EXAMPLES / name))


@pytest.mark.parametrize(
    ("name", "pictures", "words", "language"),
    [
        ("bridge.html", 3, 800, "en-GB"),
        ("tides.md", 1, 700, "en-GB"),
        ("rich.json", 3, 800, "en-GB"),
        ("arabic.json", 1, 300, "ar"),
        ("japanese.json", 1, 300, "ja"),
        ("poem.txt", 0, 100, "en"),
    ],
)
def test_each_is_whole(name: str, pictures: int, words: int, language: str) -> None:
    article = example(name)
    assert [image.missing for image in article.images] == [None] * pictures
    assert article.words >= words
    assert article.language == language
    assert article.direction == ("rtl" if language == "ar" else "ltr")
    assert article.authors
    assert bool(article.lead_image) == bool(pictures)


@pytest.mark.parametrize("name", ["bridge.html", "tides.md", "rich.json", "arabic.json", "japanese.json", "poem.txt"])
def test_each_survives_being_written_as_json(name: str) -> None:
    article = example(name)
    again = read_payload(write_payload(article), folder=None)
    assert again.content == article.content
    assert [image.digest() for image in again.images] == [image.digest() for image in article.images]
    assert (again.title, again.authors, again.published, again.lead_image) == (
        article.title,
        article.authors,
        article.published,
        article.lead_image,
    )


def test_the_news_page_loses_what_is_no_article_and_nothing_else() -> None:
    article = example("bridge.html")
    for furniture in (
        "Accept all",
        "Send to Kindle",
        "Print Friendly",
        "Advertisement",
        "newsletter",
        "First!",
        "Swan holds up",
        "Subscribe",
    ):
        assert furniture not in article.content
    for text in ("holding on to the railings", "£1,420,000", "It’s a good one, mind.", "Correction, 19 October"):
        assert text in article.content
    assert article.images[0].credit == "Photograph: Mira Okafor"


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in EXAMPLES.rglob("*") if path.is_file()) < 1_500_000

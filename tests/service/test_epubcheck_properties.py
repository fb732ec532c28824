"""Whatever HTML comes in, the EPUB that comes out passes EPUBCheck and our own check.

Many generated chapters are packed into one book, since a run of the checker costs more than a chapter; of a book that
fails, the chapters at fault are found by halving.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bookpost.article import Article, Image
from bookpost.clean import clean
from bookpost.clean.vocabulary import violations
from bookpost.convert.book import bind
from bookpost.convert.check import check
from bookpost.convert.make import Making, make
from bookpost.device import find_device
from bookpost.document import Finding
from bookpost.dom import parse_content
from html_trees import fragments
from pictures import png
from validators import epubcheck

BOOKS, CHAPTERS = 2, 60


def generated(count: int) -> list[str]:
    """The same `count` fragments in every run."""
    found: list[str] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(fragments)
    def collect(html: str) -> None:
        found.append(html)

    collect()
    return found


def article(number: int, html: str) -> Article:
    """Every second picture has bytes, the others are not available."""
    picture = png((40, 30))
    cleaned = clean(html, base_url="https://example.org/a/")
    images = tuple(
        Image(found.id, picture if count % 2 else None, url=found.url, alt=found.alt) for count, found in enumerate(cleaned.references)
    )
    return Article(title=f"Chapter {number}", content=cleaned.content, language="en", images=images, words=cleaned.words)


def faults(articles: Sequence[Article], folder: Path) -> list[str]:
    """What EPUBCheck and our own check hold against a book of these articles."""
    folder = folder / f"{articles[0].title}-{len(articles)}"
    (document,) = make(bind(articles, title="Generated"), Making(device=find_device("kindle")), folder, today=date(2001, 1, 1))
    return epubcheck(document.path) + [f"{found.code} {found.place} {found.message}" for found in check(document.path) if error(found)]


def error(finding: Finding) -> bool:
    return finding.severity == "error" and not finding.repaired


def guilty(articles: Sequence[Article], folder: Path) -> list[tuple[Article, list[str]]]:
    """The articles that fail alone, each with what is held against it; all of them if they fail only together."""
    if not (found := faults(articles, folder)):
        return []
    if len(articles) == 1:
        return [(articles[0], found)]
    half = len(articles) // 2
    return guilty(articles[:half], folder) + guilty(articles[half:], folder) or [(article, found) for article in articles]


@pytest.mark.xdist_group("epubcheck")
@pytest.mark.parametrize("book", range(BOOKS))
def test_generated_chapters_pass_epubcheck(book: int, tmp_path: Path) -> None:
    chapters = generated(BOOKS * CHAPTERS)[book * CHAPTERS : (book + 1) * CHAPTERS]
    articles = [article(number, html) for number, html in enumerate(chapters)]
    told = [
        "\n  ".join((f"{found.title}: {chapters[int(found.title.split()[1])]!r}", f"became {found.content!r}", *lines[:5]))
        for found, lines in guilty(articles, tmp_path)
    ]
    assert not told, "\n" + "\n".join(told)


def test_generated_chapters_keep_to_the_vocabulary_and_stay_as_they_are() -> None:
    for html in generated(150):
        content = clean(html, base_url="https://example.org/a/").content
        assert violations(parse_content(content)) == [], html
        assert clean(content).content == content, html

"""A book becomes its documents by one call, one after another."""

from datetime import date
from pathlib import Path

from bookpost import Article, convert
from bookpost.convert.pdf import Press

ARTICLE = Article(title="The bridge", content="<p>It was long, and nobody had counted its arches.</p>", language="en", words=9)


def test_a_press_of_ones_own_prints_book_after_book(tmp_path: Path) -> None:
    """Who makes many PDFs pays for the start of the press once, and gets the same bytes."""
    with Press() as press:
        first, second = (
            convert(ARTICLE, tmp_path / name, formats=("pdf",), today=date(2026, 1, 1), press=press)[0] for name in ("one", "two")
        )
    (alone,) = convert(ARTICLE, tmp_path, formats=("pdf",), today=date(2026, 1, 1))
    assert first.digest == second.digest == alone.digest

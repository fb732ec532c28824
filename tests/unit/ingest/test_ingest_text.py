"""Plain text becomes paragraphs, verse and a title."""

import pytest

from bookpost.ingest.assemble import Origin
from bookpost.ingest.text import read_text

LONG = "The sea rises twice a day, and nobody on the quay can say why it does so, though many"
PROSE = f"{LONG}\nhave asked, and some have been given answers that were longer than the pier itself is."


def test_blank_lines_divide_paragraphs_and_line_ends_do_not() -> None:
    article = read_text(f"{PROSE}\n \n\n{PROSE}", Origin(name="Tides"))
    assert article.title == "Tides"
    assert article.content.count("<p>") == 2
    assert "though many have asked" in article.content


def test_short_lines_are_verse() -> None:
    article = read_text("A poem\n\nRoses are red,\nviolets are <blue>.\n", Origin())
    assert article.content == '<p class="verse">Roses are red,<br/>violets are &lt;blue&gt;.</p>'


@pytest.mark.parametrize(
    ("start", "title", "authors"),
    [
        ("Tides", "Tides", ()),
        ("Tides\n=====", "Tides", ()),
        ("Tides\nby Ana Ruiz", "Tides", ("Ana Ruiz",)),
        ("Tides\n\nBy Ana Ruiz and Bo Li", "Tides", ("Ana Ruiz", "Bo Li")),
        ("It was a sentence.", "File", ()),
    ],
)
def test_the_first_line_may_be_a_title(start: str, title: str, authors: tuple[str, ...]) -> None:
    article = read_text(f"{start}\n\n{PROSE}\n\n{PROSE}", Origin(name="File"))
    assert (article.title, article.authors) == (title, authors)


def test_a_text_with_a_paragraph_on_each_line() -> None:
    article = read_text("\n".join([LONG * 3] * 4), Origin())
    assert article.content.count("<p>") == 4


def test_stars_divide() -> None:
    assert "<hr/>" in read_text(f"{PROSE}\n\n* * *\n\n{PROSE}", Origin()).content


def test_a_line_alone_is_an_article() -> None:
    assert read_text("Hello", Origin()).content == "<p>Hello</p>"

"""A fragment of HTML becomes an article."""

from bookpost.ingest.assemble import Origin
from bookpost.ingest.fragment import opening_title, read_fragment


def test_an_opening_heading_is_the_title() -> None:
    article = read_fragment("<article><h1>Tides &amp; <em>time</em></h1><p>The sea rises.</p></article>", Origin(name="File"))
    assert (article.title, article.content) == ("Tides & time", "<p>The sea rises.</p>")


def test_a_later_heading_is_none() -> None:
    assert opening_title("<p>Text</p><h1>Later</h1>") == ""
    assert read_fragment("<p>Text</p><h1>Later</h1><p>x</p>", Origin(name="File")).title == "File"


def test_without_any_title_the_text_begins_it() -> None:
    assert read_fragment("<p>The sea rises twice.</p>", Origin()).title == "The sea rises twice."
    assert read_fragment("<img src='https://x.org/a.jpg'>", Origin()).title == "Untitled"

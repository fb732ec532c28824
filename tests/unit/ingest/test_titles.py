"""The title of a page, without the site's name."""

import pytest

from bookpost.ingest.page import parse_page
from bookpost.ingest.titles import choose_title, same_words, without_site


@pytest.mark.parametrize(
    ("title", "site", "bare"),
    [
        ("The bridge | The Courier", "The Courier", "The bridge"),
        ("The Courier - The bridge", "Courier", "The bridge"),
        ("Tides - and what they cost – Example.org", "example", "Tides - and what they cost"),
        ("The bridge | Town | The Courier", "The Courier", "The bridge | Town"),
        ("The long bridge that swayed – The Courier", None, "The long bridge that swayed"),
        ("Bridges – a love story", None, "Bridges – a love story"),
        ("Low-cost bridges", "Other", "Low-cost bridges"),
        ("记忆自学_科技_腾讯网", "腾讯网", "记忆自学_科技"),
    ],
)
def test_the_sites_name_goes(title: str, site: str | None, bare: str) -> None:
    assert without_site(title, site) == bare


def test_names_are_the_same_but_for_dress() -> None:
    assert same_words("The Courier", "courier.com")
    assert not same_words("", "")


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>The bridge | Courier</title><h1>The Bridge</h1>", "The Bridge"),
        ("<title>The bridge | Courier</title><h1>Courier</h1><h1>The Bridge</h1>", "The Bridge"),
        ("<title>The bridge | Courier</title><h1>Courier</h1><h2 class='entry-title'>The Bridge</h2>", "The Bridge"),
        ("<title>A long way to the bridge | Courier</title><h1>Welcome!</h1>", "A long way to the bridge"),
        ("<h1>Only a heading</h1>", "Only a heading"),
        ("<p>nothing</p>", ""),
    ],
)
def test_head_and_headings_vote(html: str, title: str) -> None:
    assert choose_title(parse_page(html), (None, ""), "Courier") == title


def test_what_the_data_says_comes_before_the_documents_title() -> None:
    page = parse_page("<title>Courier: read this now</title><h1>Courier</h1>")
    assert choose_title(page, (None, "The bridge - Courier"), "Courier") == "The bridge"

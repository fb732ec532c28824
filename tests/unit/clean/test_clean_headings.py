"""Headings make one outline from h2 without gaps; the title is said once."""

import pytest

from bookpost.clean import clean


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((1, 2, 2), (2, 3, 3)), ((3, 6, 2), (2, 3, 2)), ((2, 4, 3), (2, 3, 3)), ((1, 2, 3, 4, 5, 6), (2, 3, 4, 5, 6, 6)), ((6,), (2,))],
)
def test_levels_are_renumbered_without_gaps(levels: tuple[int, ...], expected: tuple[int, ...]) -> None:
    content = clean("".join(f"<h{level}>x</h{level}><p>a</p>" for level in levels)).content
    assert content == "".join(f"<h{level}>x</h{level}><p>a</p>" for level in expected)


@pytest.mark.parametrize("heading", ["A Day in the Hills", "a day in the hills.", "A Day in the Hills – The Site"])
def test_a_heading_that_repeats_the_title_goes(heading: str) -> None:
    assert clean(f"<h1>{heading}</h1><p>a</p>", title="A Day in the Hills").content == "<p>a</p>"


def test_a_heading_that_says_something_else_stays() -> None:
    assert clean("<h1>Morning</h1><p>a</p>", title="A Day in the Hills").content == "<h2>Morning</h2><p>a</p>"


def test_a_later_heading_with_the_titles_words_stays() -> None:
    html = "<p>" + "word " * 80 + "</p><h2>A Day</h2><p>a</p>"
    assert "<h2>A Day</h2>" in clean(html, title="A Day").content


def test_a_heading_without_words_is_none() -> None:
    assert clean("<h2> </h2><h2><img src=a.jpg></h2><p>a</p>").content == '<figure><img src="image:i1" alt=""/></figure><p>a</p>'

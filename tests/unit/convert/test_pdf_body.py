"""What a PDF changes in an article: ids, links between articles, ruby, pictures, addresses on paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.article import Article
from bookpost.convert.book import Book, bind
from bookpost.convert.pdf.body import Places, number_addresses, settle, typeable
from bookpost.convert.words import words_for
from bookpost.dom import Element, parse_content, serialise_content, text_of


def article(title: str, url: str | None = None) -> Article:
    return Article(title=title, content="<p>x</p>", language="en", url=url)


def book() -> Book:
    return bind(
        [article("One", "https://example.org/one/"), article("Two", "https://www.example.org/two?utm_source=feed"), article("Three")]
    )


def settled(content: str, id: str = "a1") -> str:
    body = parse_content(content)
    settle(body, id, Places(book()), words_for("en"))
    return serialise_content(body)


def numbered(content: str) -> tuple[Element, tuple[tuple[int, str], ...]]:
    body = parse_content(content)
    return body, tuple((address.number, address.shown) for address in number_addresses(body))


def test_ids_are_those_of_their_article_and_links_follow() -> None:
    assert settled('<p id="n1">x <a href="#n1">y</a></p>', "a3") == '<p id="a3-n1">x <a href="#a3-n1">y</a></p>'


@pytest.mark.parametrize("href", ["https://example.org/two", "http://www.example.org/two/#part", "https://example.org/two?utm_medium=mail"])
def test_a_link_to_an_article_of_the_same_book_jumps_there(href: str) -> None:
    assert settled(f'<p><a href="{href}">y</a></p>') == '<p><a href="#a2">y</a></p>'


def test_a_link_to_another_page_of_the_same_site_stays() -> None:
    assert 'href="https://example.org/three"' in settled('<p><a href="https://example.org/three">y</a></p>')


def test_a_reading_stands_in_parentheses() -> None:
    ruby = "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字</p>"
    assert settled(ruby) == '<p>漢<span class="reading">（kan）</span>字</p>'


def test_a_picture_without_words_takes_its_captions() -> None:
    figure = '<figure><img src="x" alt=""/><figcaption>The old bridge</figcaption></figure>'
    assert 'alt="The old bridge"' in settled(figure)
    assert 'alt="Picture"' in settled('<figure><img src="x" alt=""/></figure>')
    assert 'alt="A dog"' in settled('<figure><img src="x" alt="A dog"/></figure>')


def test_a_link_around_a_picture_holds_nothing_else() -> None:
    link = '<p><a href="https://a.org/"> <em> <img src="x" alt="A dog"/> </em> </a> on</p>'
    assert settled(link) == '<p><a href="https://a.org/" class="picture"><em><img src="x" alt="A dog"/></em></a> on</p>'


def test_white_space_after_a_picture_is_not_the_last_line_of_its_link() -> None:
    link = '<p><a href="https://a.org/">A <img src="x" alt="dog"/> </a>on</p>'
    assert settled(link) == '<p><a href="https://a.org/">A <img src="x" alt="dog"/></a> on</p>'


def test_a_short_table_is_kept_on_one_page() -> None:
    row = "<tr><td>1</td></tr>"
    assert 'class="short"' in settled(f"<table><tbody>{row * 5}</tbody></table>")
    assert "short" not in settled(f"<table><tbody>{row * 50}</tbody></table>")


def test_links_are_numbered_and_the_same_address_keeps_its_number() -> None:
    body, addresses = numbered(
        '<p><a href="https://a.org/x">one</a>, <a href="https://b.org">two</a>, <a href="https://a.org/x">again</a>.</p>'
    )
    assert addresses == ((1, "a.org/x"), (2, "b.org"))
    assert text_of(body) == "one[1], two[2], again[1]."


def test_a_link_that_is_its_own_address_needs_no_number() -> None:
    assert numbered('<p><a href="https://www.a.org/">a.org</a> <a href="mailto:a@b.org">a@b.org</a> <a href="#n">1</a></p>')[1] == ()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://www.example.org/a/b/?utm_source=x&id=3#top", "example.org/a/b?id=3"),
        ("http://EXAMPLE.org/", "example.org"),
        ("mailto:a@example.org?subject=x", "a@example.org"),
        ("https://example.org/" + "a" * 200, "example.org/" + "a" * 83 + "…"),
    ],
)
def test_an_address_is_shortened_to_what_must_be_typed(address: str, shown: str) -> None:
    assert typeable(address) == shown


@given(st.text(max_size=60))
def test_any_address_can_be_shown(address: str) -> None:
    assert len(typeable(f"https://{address}")) <= max(96, len(address) + 8)
    Places(bind([article("x", f"https://{address}")]))

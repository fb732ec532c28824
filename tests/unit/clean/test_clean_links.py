"""Links: where they may lead, and that each has a name and a target."""

import pytest

from bookpost.clean import clean
from bookpost.clean.address import link_address, picture_address

BASE = "https://site.org/a/b.html?x=1"

ADDRESSES = {
    "https://x.org/a?b=c&d=e#f": "https://x.org/a?b=c&d=e#f",
    "HTTP://X.org": "http://X.org/",
    " https://x.org/a b\n": "https://x.org/a%20b",
    "https://münchen.de/ü": "https://xn--mnchen-3ya.de/%C3%BC",
    "https://x.org/100%": "https://x.org/100%25",
    "https://x.org/a|b<c>": "https://x.org/a%7Cb%3Cc%3E",
    "../c": "https://site.org/c",
    "?y=2": "https://site.org/a/b.html?y=2",
    "//y.org/c": "https://y.org/c",
    "mailto:a@b.org?subject=x y": "mailto:a@b.org?subject=x%20y",
    "javascript:alert(1)": None,
    "java\nscript:alert(1)": None,
    "data:text/html,x": None,
    "file:///etc/passwd": None,
    "https://": None,
    "http://[x": None,
    "https://a b.org/": None,
    "mailto:": None,
    "#": None,
    "": None,
}


@pytest.mark.parametrize(("href", "address"), ADDRESSES.items())
def test_an_address_is_absolute_and_harmless_or_none(href: str, address: str | None) -> None:
    assert link_address(href, BASE) == address


def test_without_a_base_a_relative_link_leads_nowhere_and_a_relative_picture_stays() -> None:
    assert link_address("b", None) is None
    assert picture_address("img/b.jpg", None) == "img/b.jpg"
    assert picture_address("c:\\b.jpg", None) is None


CASES = {
    "script": ('<p><a href="javascript:x()">a</a></p>', "<p>a</p>"),
    "no target": ('<p><a href="#nope">a</a></p>', "<p>a</p>"),
    "no name": ('<p>a <a href="https://x.org/"></a>b</p>', "<p>a b</p>"),
    "within the page": (
        '<p><a href="#Part II">a</a></p><p id="Part II">b</p>',
        '<p><a href="#part-ii">a</a></p><p id="part-ii">b</p>',
    ),
    "to the page itself": (
        '<p><a href="https://site.org/a/b.html?x=1#s">a</a></p><p><a name="s"></a>b</p>',
        '<p><a href="#s">a</a></p><p id="s">b</p>',
    ),
    "the same id twice": (
        '<p><a href="#x">a</a></p><p id="x">b</p><p id="x">c</p>',
        '<p><a href="#x">a</a></p><p id="x">b</p><p>c</p>',
    ),
    "ids that differ only in case": (
        '<p><a href="#A">1</a><a href="#a">2</a></p><p id="A">b</p><p id="a">c</p>',
        '<p><a href="#a">1</a><a href="#a-2">2</a></p><p id="a">b</p><p id="a-2">c</p>',
    ),
    "an id of other letters": (
        '<p><a href="#%C3%A9t%C3%A9">a</a></p><h2 id="été">b</h2>',
        '<p><a href="#t">a</a></p><h2 id="t">b</h2>',
    ),
    "ids that nothing needs": ('<p id="x">a</p>', "<p>a</p>"),
    "an anchor before a block": (
        '<p><a href="#x">a</a></p><a id="x"></a><ul><li>b</li></ul>',
        '<p><a href="#x">a</a></p><ul id="x"><li>b</li></ul>',
    ),
    "a picture without alternative text": (
        '<p><a href="https://x.org/p/"><img src="https://x.org/a.jpg"></a></p>',
        '<figure><a href="https://x.org/p/"><img src="image:i1" alt="x.org/p"/></a></figure>',
    ),
    "a picture with a caption": (
        '<figure><a href="https://x.org/p"><img src="https://x.org/a.jpg"></a><figcaption>A boat</figcaption></figure>',
        '<figure><a href="https://x.org/p"><img src="image:i1" alt="A boat"/></a><figcaption>A boat</figcaption></figure>',
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_links_land(before: str, after: str) -> None:
    assert clean(before, base_url=BASE).content == after


def test_a_page_fetched_at_another_address_knows_its_own_links() -> None:
    links = "".join(f'<a href="https://real.org/p#s{n}">{n}</a> ' for n in range(5))
    parts = "".join(f'<h2 id="s{n}">{n}</h2><p>x</p>' for n in range(5))
    content = clean(f"<p>{links}</p>{parts}", base_url="https://mirror.org/p").content
    assert content.startswith('<p><a href="#s0">0</a>')
    assert content.count('href="#') == 5

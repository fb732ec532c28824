"""Pictures: which address is meant, and what is no picture."""

import pytest

from bookpost.clean import clean
from bookpost.clean.pictures import srcset

BASE = "https://site.org/news/a.html"

ADDRESSES = {
    "plain": ('<img src="/a.jpg">', "https://site.org/a.jpg"),
    "beside the page": ('<img src="b.jpg?w=300&x=1">', "https://site.org/news/b.jpg?w=300&x=1"),
    "another site's": ('<img src="//cdn.org/a.jpg">', "https://cdn.org/a.jpg"),
    "with a space": ('<img src="/a b.jpg">', "https://site.org/a%20b.jpg"),
    "lazy": ('<img src="data:image/gif;base64,R0lGOD" data-src="/a.jpg">', "https://site.org/a.jpg"),
    "lazy under another name": ('<img src="/grey.gif" data-original=" /a.jpg ">', "https://site.org/a.jpg"),
    "lazy set": ('<img data-srcset="/s.jpg 300w, /l.jpg 1200w" src="/placeholder.png">', "https://site.org/l.jpg"),
    "a set": ('<img src="/m.jpg" srcset="/s.jpg 300w, /l.jpg 1200w, /xl.jpg 5000w">', "https://site.org/l.jpg"),
    "only too wide ones": ('<img srcset="/l.jpg 4000w, /xl.jpg 5000w">', "https://site.org/l.jpg"),
    "a set of densities": ('<img src="/1.jpg" srcset="/1.jpg 1x, /2.jpg 2x">', "https://site.org/2.jpg"),
    "a picture element": (
        '<picture><source srcset="/a.webp 800w, /b.webp 1600w" type="image/webp"><img src="/c.jpg"></picture>',
        "https://site.org/b.webp",
    ),
    "a picture element without img": ('<picture><source srcset="/a.webp 800w"></picture>', "https://site.org/a.webp"),
    "in noscript": ('<p><img src="/grey.gif"><noscript><img src="/a.jpg"></noscript></p>', "https://site.org/a.jpg"),
    "only in noscript": ('<div><noscript><img src="/a.jpg"></noscript></div>', "https://site.org/a.jpg"),
    "amp": ('<amp-img src="/a.jpg" width="100" height="50"></amp-img>', "https://site.org/a.jpg"),
    "data": ('<img src="data:image/png;base64,iVBORw0KGgo=">', "data:image/png;base64,iVBORw0KGgo="),
    "clean already": ('<img src="image:i7" alt="">', "image:i7"),
}


@pytest.mark.parametrize(("html", "url"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_every_way_to_write_a_picture_leads_to_its_address(html: str, url: str) -> None:
    cleaned = clean(html, base_url=BASE)
    assert [reference.url for reference in cleaned.references] == [url]
    assert cleaned.content == '<figure><img src="image:i1" alt=""/></figure>'


@pytest.mark.parametrize(
    "html",
    [
        '<img src="/a.gif" width="1" height="1">',
        '<img src="/a.gif" style="height: 1px; width: 1px">',
        '<img src="https://pixel.wp.com/b.gif?host=x">',
        '<img src="https://www.facebook.com/tr?id=1">',
        '<img src="file:///etc/passwd">',
        '<img src="javascript:x()">',
        '<img src="/spacer.gif">',
        "<img>",
        '<img src="">',
    ],
)
def test_spacers_trackers_and_nothings_are_no_pictures(html: str) -> None:
    assert clean(f"<p>a</p>{html}", base_url=BASE).content == "<p>a</p>"


def test_a_relative_picture_keeps_its_path_when_there_is_no_base() -> None:
    assert [r.url for r in clean('<img src="img/a.jpg"><img src="//x.org/b.jpg">').references] == ["img/a.jpg", "https://x.org/b.jpg"]


def test_a_picture_without_an_address_leaves_its_words() -> None:
    assert (
        clean('<p>I <img class="wp-smiley" alt="love" src="https://s.w.org/images/core/emoji/2764.png"> it</p>').content
        == "<p>I love it</p>"
    )


def test_the_same_picture_has_one_reference_and_ids_follow_the_order() -> None:
    cleaned = clean('<img src="a.jpg"><p>x</p><img src="b.jpg"><p>y</p><img src="a.jpg">')
    assert [(r.id, r.url) for r in cleaned.references] == [("i1", "a.jpg"), ("i2", "b.jpg")]
    assert cleaned.content.count("image:i1") == 2


def test_a_file_name_is_no_alternative_text() -> None:
    assert clean('<img src="a.jpg" alt="DSC_0012.JPG">').references[0].alt == ""


def test_a_small_picture_in_running_text_stays_there() -> None:
    assert clean('<p>press <img src="k.png" alt="Enter"> now</p>').content == '<p>press <img src="image:i1" alt="Enter"/> now</p>'


def test_srcset_reads_widths_densities_and_commas_in_addresses() -> None:
    assert list(srcset("a,b.jpg 480w, c.jpg 2x,d.jpg")) == [(480, "a,b.jpg"), (1280, "c.jpg"), (640, "d.jpg")]

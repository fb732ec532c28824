"""Furniture goes by named rules, prose does not."""

import time

import pytest

from bookpost.clean import clean

GONE = {
    "share buttons": (
        '<div class="sharedaddy sd-sharing-enabled"><ul><li><a href="/s">Tweet</a></li></ul></div>',
        "share buttons left out",
    ),
    "share links": ('<p>Share: <a href="https://www.facebook.com/sharer/sharer.php?u=x">Facebook</a></p>', "share buttons left out"),
    "Print Friendly": ('<div class="printfriendly pf-alignleft"><a href="#">Print</a></div>', "print and send buttons left out"),
    "Send to Kindle": ('<div class="kindleWidget">Send to Kindle</div>', "print and send buttons left out"),
    "related articles": ('<aside class="related-posts"><h3>Read on</h3><ul><li>x</li></ul></aside>', "related articles left out"),
    "newsletter": ('<div class="newsletter-signup"><p>Our letter</p></div>', "newsletter forms left out"),
    "a form": ('<form><label>E-mail</label><input name="e"><button>Go</button></form>', "a form left out"),
    "advertisement": ('<div class="adsbygoogle">Buy</div>', None),
    "screen readers' words": ('<span class="sr-only">opens in a new tab</span>', None),
    "hidden": ("<p hidden>x</p>", None),
    "not displayed": ('<p style="color: red; display : none">x</p>', None),
    "scripts and styles": ("<script>x</script><style>p{}</style><template><p>x</p></template>", None),
    "comments of the markup": ("<!-- a -- b --><!--[if IE]><p>x</p><![endif]-->", None),
    "buttons": ("<button>Copy</button><select><option>a</option></select>", None),
}


@pytest.mark.parametrize(("html", "note"), GONE.values(), ids=GONE.keys())
def test_furniture_is_left_out_and_what_matters_is_said(html: str, note: str | None) -> None:
    cleaned = clean(f"<p>Before.</p>{html}<p>After.</p>")
    assert cleaned.content == "<p>Before.</p><p>After.</p>"
    assert cleaned.notes == ((note,) if note else ())


def test_comments_go_however_long_when_there_is_an_article() -> None:
    article, comments = "<p>" + "word " * 900 + "</p>", "<p>" + "well " * 5000 + "</p>"
    cleaned = clean(f'{article}<section id="comments">{comments}</section>')
    assert "well" not in cleaned.content
    assert cleaned.notes == ("comments left out",)


def test_an_article_in_a_badly_named_element_stays() -> None:
    article = "<p>" + "word " * 500 + "</p>"
    assert clean(f'<div class="share-post">{article}</div>').words == 500


def test_a_page_that_is_one_form_keeps_its_text() -> None:
    cleaned = clean("<form><h1>Title</h1><p>" + "word " * 50 + '</p><input value="x"></form>')
    assert cleaned.words == 51


def test_lazy_pictures_that_wait_for_a_script_are_not_hidden() -> None:
    assert clean('<img style="display:none" data-src="a.jpg">').references[0].url == "a.jpg"


def test_a_wikis_edit_links_go_with_their_brackets() -> None:
    html = '<h2>History <span>[</span><a href="/w/x?title=A&amp;action=edit&amp;section=1">edit</a><span>]</span></h2><p>a</p>'
    assert clean(html, base_url="https://wiki.org/A").content == "<h2>History</h2><p>a</p>"


@pytest.mark.parametrize("space", [" ", "\xa0", "\n"])
def test_white_space_before_an_edit_link_takes_no_quadratic_time(space: str) -> None:
    start = time.process_time()
    html = f'<h2>History{space * 60_000}x [{space}<a href="/w/x?title=A&amp;action=edit&amp;section=1">edit</a>]</h2><p>a</p>'
    content = clean(html).content
    assert time.process_time() - start < 2
    assert "edit" not in content
    assert "[" not in content

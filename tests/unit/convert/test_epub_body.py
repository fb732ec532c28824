"""What an article's body becomes in an EPUB, step by step, and what is counted in it."""

import pytest

from bookpost.convert.epub.body import (
    address_key,
    anchor_headings,
    dash_attributions,
    fit_pictures,
    lead_class,
    mark_notes,
    opening,
    opens_with_figure,
    resolve_links,
    serialise,
    set_code_direction,
    size_class,
    take_inventory,
)
from bookpost.device import find_device
from bookpost.dom import parse_content

KINDLE = find_device("kindle")


def test_text_comes_out_as_it_went_in() -> None:
    content = "<p>a &lt; b &amp; “c”<br/>d</p>\n<pre><code>  x\n\n  y\n</code></pre>"
    assert serialise(parse_content(content)) == content


def test_an_empty_body_is_empty_text() -> None:
    assert serialise(parse_content("")) == ""


@pytest.mark.parametrize(
    "href", ["https://example.org/b", "http://example.org/b/", "https://example.org/b#part", "https://example.org/b/#part"]
)
def test_a_link_to_an_article_of_the_book_stays_in_the_book(href: str) -> None:
    body = parse_content(f'<p><a href="{href}">b</a></p>')
    resolve_links(body, {address_key("https://example.org/b/"): "a002.xhtml"})
    assert 'href="a002.xhtml"' in serialise(body)


@pytest.mark.parametrize("href", ["https://example.org/bb", "https://example.org/b?page=2", "#n1", "mailto:b@example.org"])
def test_another_link_leads_where_it_led(href: str) -> None:
    body = parse_content(f'<p><a href="{href}">b</a></p>')
    resolve_links(body, {address_key("https://example.org/b"): "a002.xhtml"})
    assert f'href="{href}"' in serialise(body)


def test_notes_have_the_types_by_which_e_readers_open_them() -> None:
    body = parse_content(
        '<p>x<a role="doc-noteref" href="#n1" id="r1">1</a></p>'
        '<aside role="doc-footnote" id="n1"><p><a role="doc-backlink" href="#r1">1</a> Note.</p></aside>'
    )
    text = serialise(mark_notes(body))
    assert text.count("epub:type=") == 3
    assert 'epub:type="noteref"' in text
    assert "xmlns" not in text


def test_headings_can_be_reached_and_their_labels_have_no_note_numbers_or_readings() -> None:
    body = parse_content(
        '<h2 id="own">Steel<a role="doc-noteref" href="#n">1</a></h2>'
        '<h3>橋<ruby>分<rt>わ</rt></ruby></h3><h4>no</h4><h2><img src="x" alt=""/></h2>'
    )
    assert [(h.level, h.id, h.label) for h in anchor_headings(body)] == [(2, "own", "Steel"), (3, "h_2", "橋分")]
    assert '<h3 id="h_2">' in serialise(body)


def test_a_tall_picture_takes_at_most_85_percent_of_the_page() -> None:
    assert size_class(1200, 800, KINDLE) == ""
    assert size_class(1000, 1000, KINDLE) == ""
    assert size_class(900, 1500, KINDLE) == "w60"
    assert size_class(10, 5000, KINDLE) == "w20"
    assert size_class(0, 0, KINDLE) == ""


def test_only_pictures_in_figures_are_sized() -> None:
    body = parse_content('<figure><img src="a" width="9" height="99"/></figure><p><img src="b" width="9" height="99"/></p>')
    fit_pictures(body, KINDLE)
    assert serialise(body).count('class="w20"') == 1


def test_who_said_it_has_one_dash() -> None:
    body = parse_content('<blockquote><p class="attribution">Ann</p></blockquote><blockquote><p class="attribution">— Ann</p></blockquote>')
    dash_attributions(body)
    assert serialise(body).count("— Ann") == serialise(body).count("—") == 2


def test_code_runs_from_left_to_right_everywhere() -> None:
    body = parse_content("<pre>a</pre>")
    set_code_direction(body)
    assert serialise(body) == '<pre dir="ltr">a</pre>'


def test_an_article_that_begins_with_a_picture_is_known() -> None:
    assert opens_with_figure(parse_content('<figure><img src="a"/></figure><p>x</p>'))
    assert not opens_with_figure(parse_content('<p>x</p><figure><img src="a"/></figure>'))
    assert not opens_with_figure(parse_content(""))


def test_the_beginning_is_the_first_paragraph_that_says_something() -> None:
    body = parse_content("<p>Lisbon</p><p>The council has voted to delay the bridge again, and again.</p>")
    assert opening(body).startswith("The council")
    assert opening(parse_content("<ul><li>a</li></ul>")) == ""


def test_the_inventory_counts_what_the_package_declares() -> None:
    body = parse_content(
        '<figure><img src="a" alt="x"/></figure><p><img src="b" alt=" "/></p><table><tr><td>1</td></tr></table>'
        '<p><math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x"><mi>x</mi></math>'
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>y</mi></math></p>'
    )
    held = take_inventory(body)
    assert (held.pictures, held.undescribed, held.formulas, held.unspoken, held.properties) == (2, 1, 2, 1, {"mathml"})


def test_notes_that_follow_each_other_can_be_told_apart() -> None:
    """8 and 9 do not read as 89; a note after words stands close to them."""
    refs = [f'<a role="doc-noteref" href="#n{n}">{n}</a>' for n in (7, 8, 9)]
    body = mark_notes(parse_content(f"<p>x{refs[0]} y{refs[1]}{refs[2]}</p>"))
    assert [ref.get("class") for ref in body.iter("a")] == ["noteref", "noteref", "noteref again"]


def test_a_lead_picture_leaves_room_for_the_title() -> None:
    """On a small screen a wide picture of full width would go to the second page and leave the first one empty."""
    small, large = find_device("kindle-basic"), find_device("kindle-scribe")
    assert lead_class(1200, 800, small) == "w80"
    assert lead_class(1200, 800, large) == ""
    assert lead_class(800, 1200, small) == size_class(800, 1200, small)

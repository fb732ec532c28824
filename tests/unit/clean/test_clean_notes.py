"""Footnotes of the common kinds become one kind, linked both ways."""

import pytest

from bookpost.clean import clean

ONE = '<a role="doc-noteref" href="#n1" id="r1">1</a>'
NOTE = '<aside role="doc-footnote" id="n1"><p><a role="doc-backlink" href="#r1">1</a> Note.</p></aside>'
CLEAN = f"<p>a{ONE} b</p>{NOTE}"

KINDS = {
    "Markdown": '<p>a<sup id="fnref:1"><a href="#fn:1" rel="footnote">1</a></sup> b</p>'
    '<div class="footnotes"><hr><ol><li id="fn:1"><p>Note. '
    '<a href="#fnref:1" class="footnote-backref" title="Jump back">↩</a></p></li></ol></div>',
    "Pandoc": '<p>a<a href="#fn1" class="footnote-ref" id="fnref1" role="doc-noteref"><sup>1</sup></a> b</p><section class="footnotes" '
    'role="doc-endnotes"><hr><ol><li id="fn1"><p>Note.'
    '<a href="#fnref1" class="footnote-back" role="doc-backlink">↩︎</a></p></li></ol></section>',
    "Wikipedia": '<p>a<sup id="cite_ref-1" class="reference"><a href="#cite_note-1"><span>[</span>1<span>]</span></a></sup> b</p>'
    "<h2>References</h2>"
    '<div class="reflist"><ol class="references"><li id="cite_note-1">'
    '<span class="mw-cite-backlink"><b><a href="#cite_ref-1">^</a></b></span> '
    '<span class="reference-text">Note.</span></li></ol></div>',
    "Wikipedia after an extractor": '<p>a<sup id="cite_ref-1"><a href="#cite_note-1">[1]</a></sup> b</p><h2>References</h2><div><ol>'
    '<li id="cite_note-1"><span><b><a href="#cite_ref-1">^</a></b></span> <span><cite>Note.</cite></span></li></ol></div>',
    "EPUB": '<p>a<a epub:type="noteref" href="#n">1</a> b</p><aside epub:type="footnote" id="n"><p>Note.</p></aside>',
    "DPUB-ARIA": '<p>a<a role="doc-noteref" href="#n">1</a> b</p><div role="doc-footnote" id="n"><p>Note.</p></div>',
    "Word": '<p>a<a href="#_ftn1" name="_ftnref1">[1]</a> b</p><hr><p><a href="#_ftnref1" name="_ftn1">[1]</a> Note.</p>',
    "WordPress plug-in": '<p>a<sup class="footnote_plugin"><a href="#footnote_1" class="footnote_referrer_link">1</a></sup> b</p>'
    '<h3>Footnotes</h3><dl><dt>1</dt><dd id="footnote_1">Note.</dd></dl>',
    "numbers raised": '<p>a<sup><a href="#note-a">[1]</a></sup> b</p><h3>Notes</h3><ol><li><a name="note-a"></a>Note.</li></ol>',
    "a paragraph each": '<p>a<sup><a href="#n1" id="b1">1</a></sup> b</p><h3>Notes</h3><p id="n1"><a href="#b1">1</a>. Note.</p>',
    "absolute links": '<p>a<sup><a href="https://site.org/a#fn1">1</a></sup> b</p><ol><li id="fn1">Note.</li></ol>',
    "clean already": CLEAN,
}


@pytest.mark.parametrize("html", KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_note_becomes_ours(html: str) -> None:
    assert clean(html, base_url="https://site.org/a").content.replace("<cite>Note.</cite>", "Note.") == CLEAN


def test_a_note_referred_to_twice_leads_back_to_the_first() -> None:
    content = clean('<p>a<sup><a href="#fn1">1</a></sup>b<sup><a href="#fn1">1</a></sup></p><ol><li id="fn1">Note.</li></ol>').content
    assert content == f'<p>a{ONE}b<a role="doc-noteref" href="#n1">1</a></p>{NOTE}'


def test_a_list_keeps_the_notes_that_nothing_refers_to() -> None:
    content = clean('<p>a<sup><a href="#fn1">1</a></sup></p><h2>Notes</h2><ol><li id="fn1">Note.</li><li>Else.</li></ol>').content
    assert content == f"<p>a{ONE}</p><h2>Notes</h2><ol><li>Else.</li></ol>{NOTE}"


def test_a_note_that_begins_with_a_year_keeps_it() -> None:
    html = '<p>a<sup><a href="#fn1">1</a></sup></p><ol><li id="fn1">1984 was a year.</li></ol>'
    assert "</a> 1984 was a year." in clean(html).content


def test_a_note_of_several_blocks_keeps_them() -> None:
    html = '<p>a<sup><a href="#fn1">1</a></sup></p><ol><li id="fn1"><p>One.</p><pre>two</pre></li></ol>'
    assert clean(html).content.endswith('<p><a role="doc-backlink" href="#r1">1</a> One.</p><pre>two</pre></aside>')


def test_a_numbered_link_to_a_section_is_no_note() -> None:
    html = '<p>see <a href="#s2">2</a></p><h2 id="s2">Two</h2><p>b</p>'
    assert clean(html).content == '<p>see <a href="#s2">2</a></p><h2 id="s2">Two</h2><p>b</p>'

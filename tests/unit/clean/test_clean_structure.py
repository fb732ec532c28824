"""The content model: what broken and foreign markup becomes."""

import pytest

from bookpost.clean import clean

CASES = {
    "paragraphs around blocks": ("<div>a<p>b<i></i></p><li>c</div>", "<p>a</p><p>b</p><ul><li>c</li></ul>"),
    "emphasis goes on in the next paragraph": (
        "<div><strong>a<div>b</div></strong>c</div>",
        "<p><strong>a</strong></p><p><strong>b</strong></p><p>c</p>",
    ),
    "old emphasis around paragraphs": ("<b>a<p>b</p></b>", "<p><strong>a</strong></p><p><strong>b</strong></p>"),
    "a link around a card": (
        '<a href="http://x.org/"><div><h3>T</h3><p>t</p></div></a>',
        '<h2><a href="http://x.org/">T</a></h2><p><a href="http://x.org/">t</a></p>',
    ),
    "two line breaks": ("x<br><br>y<br>z<br><br><br>", "<p>x</p><p>y<br/>z</p>"),
    "line breaks in a cell": (
        "<table><tr><td>a<br><br>b</td><td>c<br></td></tr><tr><td>1</td><td>2</td></tr></table>",
        "<table><tbody><tr><td><p>a</p><p>b</p></td><td>c</td></tr><tr><td>1</td><td>2</td></tr></tbody></table>",
    ),
    "lines of a heading": ("<h2><div>Part</div><div>One</div></h2>", "<h2>Part<br/>One</h2>"),
    "old tags": (
        "<center><font size=4>Old <b>b<i>i</i></b></font> <tt>t</tt> <big>g</big> <strike>s</strike> <u>u</u></center>",
        "<p>Old <strong>b<em>i</em></strong> <code>t</code> g <s>s</s> u</p>",
    ),
    "unknown elements keep their words": ("<foo-bar>a <baz>b</baz></foo-bar>", "<p>a b</p>"),
    "one text in a list": ("<ul>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
    "a list in a list": ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>"),
    "items without a list": ("<li>a</li><li>b</li>c", "<ul><li>a</li><li>b</li></ul><p>c</p>"),
    "a single paragraph in an item": ("<ol start=3><li><p>a</p></li></ol>", '<ol start="3"><li>a</li></ol>'),
    "language and direction reach the blocks": (
        "<div dir=RTL lang=ar_EG>a<ul><li>c</ul></div>d",
        '<p dir="rtl" lang="ar-EG">a</p><ul dir="rtl" lang="ar-EG"><li>c</li></ul><p>d</p>',
    ),
    "a language that is none": ('<p lang="english" dir="up">a</p>', "<p>a</p>"),
    "white space": ("<p>a <em> b </em> c\n\n d</p>\n<p>&nbsp;</p>", "<p>a <em>b </em>c d</p>"),
    "rules divide": ("<hr>a<hr><hr>b<hr>", "<p>a</p><hr/><p>b</p>"),
    "headings in cells": (
        "<table><thead><tr><th><h4>x</h4></th><th>y</th></tr></thead><tr><td>1</td><td>2</td></tr></table>",
        "<table><thead><tr><th><strong>x</strong></th><th>y</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
    ),
    "ruby": ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>"),
    "ruby of several parts": ("<ruby><rb>漢<rb>字<rt>kan<rt>ji</ruby>", "<p><ruby>漢<rt>kan</rt>字<rt>ji</rt></ruby></p>"),
    "times and abbreviations": (
        '<p><time datetime="2026-03-01">1 March</time> <time>soon</time> <abbr title="World Health Organization">WHO</abbr></p>',
        '<p><time datetime="2026-03-01">1 March</time> soon <abbr title="World Health Organization">WHO</abbr></p>',
    ),
    "sub and sup": ("<p>H<sub>2</sub>O x<sup>2</sup></p>", "<p>H<sub>2</sub>O x<sup>2</sup></p>"),
    "details": ("<details><summary>More</summary>a</details>", "<p><strong>More</strong></p><p>a</p>"),
    "no style, no handler, no class": ('<p style="color:red" onclick="x()" class="lead" data-x="1">a</p>', "<p>a</p>"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_markup_becomes_the_content_model(before: str, after: str) -> None:
    assert clean(before).content == after


def test_words_are_counted_across_blocks_and_scripts() -> None:
    assert clean("<h2>One two</h2><p>three</p><ul><li>four</li></ul>").words == 4
    assert clean("<p>漢字漢字</p>").words == 2


def test_nothing_comes_of_nothing() -> None:
    assert clean("").content == ""
    assert clean("<!-- x --><p></p><script>x</script>").words == 0

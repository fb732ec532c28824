"""`violations` finds what is not in the vocabulary: the proof that others' tests rely on."""

import pytest

from bookpost.clean.vocabulary import violations
from bookpost.dom import parse_content

GOOD = (
    '<h2 id="a">A</h2><p lang="de-DE" dir="rtl">x <a href="#a">y</a> <img src="image:i1" alt=""/></p>'
    '<figure><a href="https://x.org/"><img src="image:i1" alt="p"/></a><figcaption>c <span class="credit">d</span></figcaption></figure>'
    '<ul><li>a</li><li><p>b</p><ol start="2"><li>c</li></ol></li></ul><dl><dt>t</dt><dd>d</dd></dl>'
    "<table><caption>c</caption><thead><tr><th>h</th></tr></thead><tbody><tr><td/></tr></tbody></table>"
    '<pre><code class="language-c++">x</code></pre><blockquote><p>q</p><p class="attribution">r</p></blockquote>'
    '<p><math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x"><mi>x</mi></math></p>'
    '<p>n<a role="doc-noteref" href="#n1" id="r1">1</a></p>'
    '<aside role="doc-footnote" id="n1"><p><a role="doc-backlink" href="#r1">1</a> N</p></aside>'
)


def test_clean_content_has_no_violation() -> None:
    assert violations(parse_content(GOOD)) == []


@pytest.mark.parametrize(
    "bad",
    [
        "text",
        "<div>x</div>",
        "<p>a<ul><li>b</li></ul></p>",
        "<p></p>",
        "<ul><li/></ul>",
        "<ul>a</ul>",
        "<li>a</li>",
        "<blockquote>a</blockquote>",
        "<ul><li>a<p>b</p></li></ul>",
        "<h3>a</h3>",
        "<h2>a</h2><h4>b</h4>",
        "<h2> <br/></h2><p><em/></p>",
        '<p class="lead">a</p>',
        '<p style="x">a</p>',
        '<p onclick="x">a</p>',
        '<p lang="en_US">a</p>',
        '<p dir="up">a</p>',
        '<p id="a">a</p>',
        '<p><a href="#b">a</a></p>',
        '<p id="A"><a href="#A">a</a></p>',
        '<p id="a"><a href="#a">a</a></p><p id="a">b</p>',
        "<p><a>a</a></p>",
        '<p><a href="javascript:x">a</a></p>',
        '<p><a href="https://x.org/"> </a></p>',
        '<p><a href="https://x.org/">a<em><a href="https://x.org/">b</a></em></a></p>',
        '<p>a<img src="https://x.org/a.jpg" alt=""/></p>',
        '<p>a<img src="image:i1"/></p>',
        "<table><tr><td>a</td></tr></table>",
        "<table><tbody><tr><td><table><tbody><tr><td>a</td></tr></tbody></table></td></tr></tbody></table>",
        '<table><tbody><tr><td colspan="0">a</td></tr></tbody></table>',
        '<p><math xmlns="http://www.w3.org/1998/Math/MathML"><maction>x</maction></math></p>',
        '<p><math xmlns="http://www.w3.org/1998/Math/MathML"><mi onclick="x">x</mi></math></p>',
        "<p><svg xmlns='http://www.w3.org/2000/svg'/></p>",
        "<aside><p>a</p></aside>",
        "<figure>a</figure>",
        "<figure><p>a</p><figcaption>b</figcaption><p>c</p></figure>",
        '<p><math xmlns="http://www.w3.org/1998/Math/MathML"><math><mi>x</mi></math></math></p>',
    ],
)
def test_every_breach_is_found(bad: str) -> None:
    assert violations(parse_content(bad)) != []

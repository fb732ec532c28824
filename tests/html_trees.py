"""Generated HTML as hostile and as broken as pages get: a hypothesis strategy, shared by the tests of `clean` and of whole books."""

from hypothesis import strategies as st


def _words(text: str) -> list[str]:
    return text.split()


_BLOCKS = _words(
    "p div section article main header footer aside nav center blockquote pre ul ol li dl dt dd table caption thead tbody tfoot tr th td "
    "colgroup col figure figcaption h1 h2 h3 h4 h5 h6 hr details summary form fieldset address hgroup"
)
_INLINES = _words(
    "a a a span em strong b i u s small big tt code kbd samp var sub sup q cite abbr time mark del ins font bdo bdi ruby rt rp rb br wbr"
)
_MEDIA = _words("img img picture source video audio track iframe object embed canvas svg amp-img noscript")
_MATHS = _words("math mi mn mo mrow mfrac msup msqrt mtable mtr mtd mtext semantics annotation annotation-xml maction")
_ODD = _words("script style template foo:bar o:p x-y unknown input select option textarea label dialog marquee frameset base meta title")

# What usually stands in these: most of what is generated in them is wrapped so, or they would never get past their start.
_USUAL = {
    "table": ("tr", "tr", "thead", "tbody", "caption"),
    **dict.fromkeys(("thead", "tbody"), ("tr",)),
    "tr": ("td", "td", "th"),
    **dict.fromkeys(("ul", "ol"), ("li",)),
    "dl": ("dt", "dd", "dd", "div"),
    "figure": ("figcaption", "p"),
    "ruby": ("rb", "rt"),
    **dict.fromkeys(("math", "mrow", "mfrac", "msup"), ("mi", "mn", "mtext")),
}

# Text that meant trouble somewhere: markup characters, controls, non-characters, bidi, combining, emoji, other scripts.
_PIECES = (
    *_words("word The 3 < 4 > 2 & &amp; &lt;b&gt; &#8211; &#39; &#x27; &#0; &#8; &#xFFFE; &#xD800; &nosuch; &#99999999; -- ]]> <!--x-->"),
    *_words("<![CDATA[y]]> <?php?> “quoted” it's … — ﷽ مرحبا שלום 漢字 日本語 नमस्ते สวัสดี é e\u0301 👩‍👩‍👧 🇩🇪 \u200b \u202e \ufeff"),
    *"\ufffe\x00\x07\x0b\x0c\x1f\x85\u00a0\u2028",
    "\t\t",
    "\n\n",
)
_IDS = ("a", "a", "b", "1", "x y", "É", "a#b", "", "constructor", "h_1", "toc", "x" * 300)
_ADDRESSES = (
    "https://example.org/a?b=c&d=e",
    "http://example.org/ü ö?x=[1]|{2}#%zz",
    "//example.org/x",
    "/path",
    "x.html#y",
    "#a",
    "#b",
    "#1",
    "#x%20y",
    "#nowhere",
    "#",
    "",
    "mailto:a@b.example",
    "mailto:",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<p>",
    "file:///etc/passwd",
    "http://",
    "http://[::1",
    "https://example.org:99999/",
    "ftp://example.org/",
    "tel:+1",
    "https://exa mple.org/",
    "https://user:pw@example.org/",
    "\x00http://x",
)
_PICTURES = (
    "p.jpg",
    "p.jpg?w=1&h=2",
    "https://example.org/p.png",
    "data:image/png;base64,AAAA",
    "data:,x",
    "",
    "x y.gif",
    "image:i1",
    "image:i9",
    "image:<",
)

_ids = st.sampled_from(_IDS)
_text = st.one_of(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=4).map(" ".join), st.text(max_size=12))
_attributes = st.one_of(
    st.tuples(st.just("id"), _ids),
    st.tuples(st.just("name"), _ids),
    st.tuples(st.just("href"), st.sampled_from(_ADDRESSES)),
    st.tuples(st.sampled_from(("src", "data-src", "srcset", "data-srcset", "poster", "data-original")), st.sampled_from(_PICTURES)),
    st.tuples(st.just("alt"), st.one_of(st.just(""), _text)),
    st.tuples(st.sampled_from(("width", "height")), st.sampled_from(("1", "100%", "600", "x", "-5", "1e9"))),
    st.tuples(
        st.sampled_from(("colspan", "rowspan", "start", "value", "span")), st.sampled_from(("0", "1", "2", "9", "-1", "99999", "x", ""))
    ),
    st.tuples(
        st.sampled_from(("lang", "xml:lang")), st.sampled_from(("en", "en_US", "de-AT", "zh-Hans", "x", "", "no language!", "i-klingon"))
    ),
    st.tuples(st.just("dir"), st.sampled_from(("ltr", "rtl", "auto", "up"))),
    st.tuples(
        st.just("class"),
        st.sampled_from(
            (
                "footnote",
                "footnotes",
                "caption",
                "wp-caption",
                "hidden",
                "share",
                "related",
                "language-python",
                "credit",
                "embed",
                "verse",
                "mjx-chtml",
            )
        ),
    ),
    st.tuples(
        st.just("role"), st.sampled_from(("doc-noteref", "doc-footnote", "doc-backlink", "doc-endnotes", "presentation", "heading", "math"))
    ),
    st.tuples(st.just("epub:type"), st.sampled_from(("noteref", "footnote", "toc", "pagebreak"))),
    st.tuples(
        st.sampled_from(
            (
                "style",
                "onclick",
                "foo:bar",
                "xmlns",
                "xmlns:x",
                "{x}",
                "@click",
                "hidden",
                "aria-hidden",
                "data-x",
                "title",
                "cite",
                "datetime",
                "scope",
                "type",
                "reversed",
            )
        ),
        _text,
    ),
)


def _quoted(value: str) -> str:
    return '"' + value.replace('"', "&quot;") + '"'


_tags = st.one_of(
    st.sampled_from(sorted(_USUAL)),
    st.sampled_from(_BLOCKS),
    st.sampled_from(_INLINES),
    st.sampled_from(_MEDIA),
    st.sampled_from(_MATHS),
    st.sampled_from(_ODD),
)


@st.composite
def _element(draw: st.DrawFn, inside: st.SearchStrategy[str]) -> str:
    """An element that may be left open, closed twice or closed by another's end tag."""
    tag = draw(_tags)
    attributes = "".join(f" {name}={_quoted(value)}" for name, value in draw(st.lists(_attributes, max_size=3)))
    parts = draw(st.lists(inside, max_size=4))
    if tag in _USUAL and draw(st.integers(0, 4)):
        wraps = draw(st.lists(st.sampled_from(_USUAL[tag]), min_size=len(parts), max_size=len(parts)))
        parts = [f"<{wrap}>{part}</{wrap}>" for wrap, part in zip(wraps, parts, strict=True)]
    content = "".join(parts)
    end = draw(st.sampled_from((f"</{tag}>", f"</{tag}>", f"</{tag}>", f"</{tag}>", "", f"</{tag}></{tag}>", "</p>", "</div>")))
    return f"<{tag}{attributes}>{content}{end}"


_loose = st.sampled_from(
    (
        "<!-- a -- b --->",
        "<!--[if IE]><p>old</p><![endif]-->",
        "<br><br>",
        "</p>",
        "</table>",
        "<p",
        "<a href='x",
        "<",
        "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
        "<sup><a href='#fn1' id='r1'>1</a></sup>",
        "<ol><li id='fn1'>A note. <a href='#r1'>↩</a></li></ol>",
        "<table><tr><td><table><tr><td>in</table></table>",
        "<ul><ul><li>deep</ul></ul>",
        "<p>An ordinary paragraph with <em>emphasis</em> and a <a href='https://example.org/'>link</a>.</p>",
        "<h4>A heading</h4>",
    )
)

fragments: st.SearchStrategy[str] = st.lists(
    st.recursive(st.one_of(_text, _loose), lambda inside: _element(inside), max_leaves=12), min_size=1, max_size=5
).map("".join)
"""An HTML fragment: a few pieces that may each be broken."""

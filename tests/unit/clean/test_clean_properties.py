"""Whatever comes in, clean content comes out: well-formed, in the vocabulary, and stable under a second cleaning."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookpost.clean import clean
from bookpost.clean.vocabulary import names, violations
from bookpost.dom import parse_content

TAGS = sorted(
    names(
        "p div span a em b i strong u tt small s h1 h2 h3 h6 ul ol li dl dt dd table thead tbody tfoot tr td th caption "
        "blockquote pre code figure figcaption img picture source br hr wbr sup sub ruby rb rt rp math mi mo mfrac mrow "
        "semantics annotation details summary aside section article center font iframe video audio form input label button "
        "select option script style noscript svg path title template object embed cite q time abbr bdo del ins mark footer "
        "header nav main address foo:bar x-drop x-block body html head textarea noframes fieldset dir menu xmp"
    )
)
VOID = {"img", "br", "hr", "wbr", "input", "source", "embed"}
TEXT = st.text(st.sampled_from("ab1. \n\t\xa0\u200b&<>\"'漢é\x01\x0c\ufffe—^]["), max_size=8)
IDS = st.sampled_from(["a", "fn1", "fnref1", "n1", "r1", "note 1", "x0", "Teil II", "é", "cite_note-1", "", "note-1"])
VALUES: dict[str, st.SearchStrategy[str]] = {
    "id": IDS,
    "name": IDS,
    "href": st.one_of(
        IDS.map("#{}".format),
        st.sampled_from(
            [
                "http://x.org/a b",
                "/b",
                "javascript:x()",
                "https://site.org/a#fn1",
                "mailto:a@b.c",
                "//h/x",
                "http://[x",
                "#",
                "https://é.org/",
            ]
        ),
    ),
    "src": st.sampled_from(
        ["a.jpg", "http://x.org/i.png", "", "image:i1", "data:image/png;base64,iVBORw0", "https://www.youtube.com/embed/dQw4w9WgXcQ"]
    ),
    "srcset": st.sampled_from(["a.jpg 1x, b.jpg 2x", "c.jpg 99999w", ",,,", "d.jpg 1.1.1w"]),
    "class": st.sampled_from(
        [
            "verse",
            "language-c++",
            "wp-caption-text",
            "credit",
            "pullquote",
            "attribution",
            "embed",
            "footnote-ref",
            "linenos",
            "highlighttable",
            "katex-html",
            "twitter-tweet",
            "share-buttons",
            "hljs python",
            "poem",
        ]
    ),
    "role": st.sampled_from(["doc-noteref", "doc-footnote", "doc-backlink", "presentation"]),
    "lang": st.sampled_from(["en_US", "de", "x", "", "zh-hant"]),
    "dir": st.sampled_from(["rtl", "RTL", "up"]),
    "alt": TEXT,
    "title": TEXT,
    "colspan": st.sampled_from(["0", "2", "99999", "x"]),
    "rowspan": st.sampled_from(["0", "2", "65534"]),
    "start": st.sampled_from(["3", "x"]),
    "style": st.sampled_from(["display:none", "width:1px", "color:red"]),
    "type": st.sampled_from(["a", "math/tex", "x"]),
    "onclick": st.just("x()"),
    "datetime": st.sampled_from(["2026-01-01", "now"]),
    "display": st.sampled_from(["block", "x"]),
}
ATTRIBUTE = st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _tag(tag: str, attributes: list[tuple[str, str]], inner: str, closed: bool) -> str:
    start = f"<{tag}" + "".join(f' {name}="{_escape(value)}"' for name, value in attributes) + ">"
    return start if tag in VOID else start + inner + (f"</{tag}>" if closed else "")


PIECE = st.recursive(
    st.one_of(TEXT.map(_escape), TEXT),
    lambda inner: st.builds(
        _tag,
        st.sampled_from(TAGS),
        st.lists(ATTRIBUTE, max_size=3),
        st.lists(inner, max_size=5).map("".join),
        st.sampled_from([True, True, True, False]),
    ),
    max_leaves=25,
)
PAGE = st.lists(PIECE, max_size=6).map("".join)


# The same pages each time: this must not fail once in a hundred runs for a page that nobody would write.
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(PAGE, st.sampled_from([None, "https://site.org/a"]))
def test_every_page_comes_out_clean_and_stays_so(page: str, base_url: str | None) -> None:
    cleaned = clean(page, base_url=base_url)
    assert violations(parse_content(cleaned.content)) == []
    again = clean(cleaned.content)
    assert again.content == cleaned.content
    assert [reference.id for reference in again.references] == [reference.id for reference in cleaned.references]


PROSE_TAGS = sorted(names("p div span em b i h1 h3 ul ol li dl dt dd blockquote pre code figure figcaption section center foo-bar"))
PROSE = st.recursive(
    st.text("abc123 \n漢é", min_size=1, max_size=6),
    lambda inner: st.builds(
        _tag,
        st.sampled_from(
            sorted(names("p div span em b i h1 h3 ul ol li dl dt dd blockquote pre code figure figcaption section center foo-bar"))
        ),
        st.just([]),
        st.lists(inner, max_size=4).map("".join),
        st.just(True),
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PROSE, max_size=5).map("".join))
def test_no_word_is_lost_and_none_changes_its_place(page: str) -> None:
    written = "".join(re.sub(r"<[^>]*>", "", page).split())
    kept = "".join("".join(map(str, parse_content(clean(page).content).itertext())).split())
    assert kept == written


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_comes_out_clean(page: str) -> None:
    cleaned = clean(page)
    assert violations(parse_content(cleaned.content)) == []
    assert clean(cleaned.content).content == cleaned.content

"""The CSS scanner takes what browsers take in a plain sheet, and finds the errors that make a Kindle drop one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.convert.check.css import addresses, parse_inline, parse_sheet
from bookpost.convert.check.repair.sheets import mended
from bookpost.convert.check.style import styles_of
from bookpost.resources import resource


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/* only a comment; { */",
        '@charset "utf-8"; @import url("a.css") screen; p{}',
        "p{color:red}",
        "p { color: red; }\n\nli > p:first-child, a[href^='x'] { margin : 0 auto !important ; }",
        "@media (min-width: 30em) and (color) { p { color: #FFF } @media print { p { color: black } } }",
        "@font-face { font-family: 'A'; src: url(data:font/woff;base64,AAAA==) format('woff'), url( 'b.woff' ) }",
        "@page :left { margin: 1cm; @top-left { content: 'a;b}' } }",
        "p::before { content: '\\201C'; } .a\\:b { width: calc(100% - (2em + 1px)) }",
        "p { *zoom: 1; filter: progid:DXImageTransform.Microsoft.gradient(startColorstr='#1', endColorstr='#2') }",
        "h1 { font: italic bold .8em/1.2 Arial, sans-serif; -webkit-hyphens: auto }",
        "é > p { color: red }",
    ],
)
def test_good_css_has_no_errors(text: str) -> None:
    assert parse_sheet(text).errors == []


@pytest.mark.parametrize(
    "text",
    [
        *("p {", "p }", "p", "p;", "p { color red }", "p { color: }", "p { : red }", "{ color: red }", "p { a { b: c } }"),
        *("p { a: 'x }", "p { a: url(x }", "/* x", "<!-- p{} -->", "p { color: red; } }", "p { a: (b] }", "@media { p { a: b }"),
    ],
)  # fmt: skip
def test_bad_css_has_errors(text: str) -> None:
    assert parse_sheet(text).errors


def test_declarations_know_their_rule_and_their_place() -> None:
    text = "@media screen { p.a, b { color : RED ; margin:0 } }"
    sheet = parse_sheet(text)
    assert [(d.selector, d.name, d.value) for d in sheet.declarations] == [("p.a, b", "color", "RED"), ("p.a, b", "margin", "0")]
    assert [text[d.start : d.end] for d in sheet.declarations] == [" color : RED ", " margin:0 "]


def test_a_style_attribute_is_the_inside_of_a_rule() -> None:
    assert [(d.name, d.value) for d in parse_inline("color: red; display:none").declarations] == [("color", "red"), ("display", "none")]
    assert parse_inline("color: red }").errors
    assert parse_inline("a { color: red }").errors


def test_addresses_are_found_however_they_are_written() -> None:
    assert list(addresses("url(a.png) url( 'b c.png' ) url(\"d\") @import 'e.css'")) == ["a.png", "b c.png", "d", "e.css"]


def test_our_own_style_sheets_are_clean() -> None:
    for path in resource("templates/epub").glob("**/*.css"):
        assert styles_of(path.read_text("utf-8")).faults == (), path.name


_PIECES = st.sampled_from(
    [
        *("p", "{", "}", ":", ";", " ", "color", "red", "(", ")", "[", "]", "'", '"', "/*", "*/", "@media", "url("),
        *("\\", "--x", "!", "\n", "é", "-1em", "margin"),
    ]
)


@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_text_can_be_scanned_and_mending_it_is_stable(text: str) -> None:
    """What is mended once needs no second mending; what could not be made CSS is left as it was."""
    parse_inline(text)
    once = mended(text, lambda _: None)
    assert mended(once, lambda _: None) == once
    assert not parse_sheet(once).errors or parse_sheet(text).errors


@given(st.integers(0, 3_000))
def test_deep_nesting_is_no_recursion(depth: int) -> None:
    parse_sheet("@media x {" * depth + "(" * depth)

"""Inline SVG: charts are pictures, icons are furniture."""

import base64

from lxml import etree

from bookpost.clean import clean

CHART = (
    '<svg width="300" height="200" viewBox="0 0 300 200" onload="x()"><title>Rain by month</title><script>x()</script>'
    '<linearGradient id="g" gradientUnits="userSpaceOnUse"></linearGradient><a href="javascript:x()"><rect/></a>'
    '<use xlink:href="https://x.org/a.svg#b"/><rect width="9" fill="url(#g)"/><text>May</text></svg>'
)


def test_a_chart_becomes_a_picture_with_its_title() -> None:
    cleaned = clean(f"<p>a</p>{CHART}")
    assert cleaned.content == '<p>a</p><figure><img src="image:i1" alt="Rain by month"/></figure>'
    head, _, data = cleaned.references[0].url.partition(",")
    assert head == "data:image/svg+xml;base64"
    drawing = etree.fromstring(base64.b64decode(data))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert drawing.get("viewBox") == "0 0 300 200"
    assert drawing.find("{*}linearGradient") is not None


def test_a_chart_loses_scripts_handlers_and_links() -> None:
    data = base64.b64decode(clean(CHART).references[0].url.partition(",")[2])
    assert b"x()" not in data
    assert b"x.org" not in data


def test_icons_go() -> None:
    for icon in (
        '<svg viewBox="0 0 512 512"><path d="M0 0"/></svg>',
        '<svg width="16" height="16"><path d="M0 0"/></svg>',
        '<svg width="300" height="200" aria-hidden="true"><path d="M0 0"/></svg>',
        '<svg width="300" height="200"></svg>',
    ):
        assert clean(f"<p>a</p>{icon}").content == "<p>a</p>"


def test_a_drawing_in_a_figure_keeps_its_caption() -> None:
    html = '<figure><svg viewBox="0 0 9 9"><path d="M0 0"/></svg><figcaption>Rain</figcaption></figure>'
    assert clean(html).content == '<figure><img src="image:i1" alt=""/><figcaption>Rain</figcaption></figure>'

"""Hostile and broken text is read to its end, in time that grows with its length."""

import time

import pytest

from bookpost.clean import clean
from bookpost.clean.parse import shallow
from bookpost.clean.vocabulary import violations
from bookpost.dom import parse_content

HOSTILE = {
    "10,000 divs": "<div>" * 10_000 + "deep" + "</div>" * 10_000 + "<p>end</p>",
    "10,000 spans": "<p>" + "<span>" * 10_000 + "deep" + "</span>" * 10_000 + " end",
    "5,000 quotations": "<blockquote>" * 5_000 + "deep" + "</blockquote>" * 5_000 + "<p>end</p>",
    "5,000 lists": "<ul><li>" * 5_000 + "deep" + "</li></ul>" * 5_000 + "<p>end</p>",
    "1,000 tables": "<table><tr><td>" * 1_000 + "deep" + "</td></tr></table>" * 1_000 + "<p>end</p>",
    "100,000 attributes": "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">deep</p><p>end</p>",
    "100,000 quoted attributes": "<p " + " ".join(f"a{number}='<>'" for number in range(100_000)) + ">deep</p><p>end</p>",
    "100,000 line breaks": "deep" + "<br>" * 100_000 + "end",
    "100,000 empty paragraphs": "deep" + "<p></p>" * 100_000 + "<p>end</p>",
    "a megabyte of text": "deep " * 200_000 + "end",
    "50,000 open tags": "deep" + "<" * 50_000 + " end",
    "20,000 unclosed formulas": "deep" + "<math><mi>x" * 2_000 + "</math><p>end</p>",
    "3,000 share buttons": "deep" + "<div class=share-buttons><p>" * 3_000 + "</div></p>" * 3_000 + "<p>end</p>",
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_pages_are_read_to_their_end_in_time(html: str) -> None:
    start = time.process_time()
    content = clean(html).content
    assert time.process_time() - start < 5
    assert "deep" in content
    assert "end" in content
    assert violations(parse_content(content)) == []


MANY = range(8_000)
RAISED = "".join(f'<sup><a href="#fn{n}" id="ref{n}">{n}</a></sup>' for n in MANY)
LISTED = "<ol>" + "".join(f"<li id=fn{n}>note {n}</li>" for n in MANY) + "</ol>"
NOTED = {
    "notes in a list": f"<p>{RAISED}</p>{LISTED}",
    "notes in paragraphs": f"<p>{RAISED}</p>" + "".join(f'<p id=fn{n}><a href="#ref{n}">{n}</a> note</p>' for n in MANY),
    "references in no paragraph": RAISED + "".join(f'<p id=fn{n}><a href="#ref{n}">{n}</a> note</p>' for n in MANY),
    "references in one sup": "<p><sup>" + "".join(f"<a href=#fn{n}>{n}</a>" for n in MANY) + " x</sup></p>" + LISTED,
}


@pytest.mark.parametrize("html", NOTED.values(), ids=NOTED.keys())
def test_notes_by_the_thousand_take_no_quadratic_time(html: str) -> None:
    start = time.process_time()
    content = clean(html).content
    assert time.process_time() - start < 3
    assert content.count("<aside") == len(MANY)


LED = {
    "into one long paragraph": [f"x{n}" for n in MANY],
    "to ids that sound alike": [f"!{chr(0x4E00 + n)}" for n in MANY],
}


@pytest.mark.parametrize("ids", LED.values(), ids=LED.keys())
def test_links_within_the_page_by_the_thousand_take_no_quadratic_time(ids: list[str]) -> None:
    links = "".join(f'word <sup><a href="#{id}">1</a></sup> ' for id in ids)
    targets = "".join(f'word <b id="{id}">b</b> ' for id in ids)
    start = time.process_time()
    content = clean(f"<p>{links}</p><p>{targets}</p>").content
    assert time.process_time() - start < 3
    assert content.count("<a ") == len(MANY)


@pytest.mark.parametrize("piece", ["<body<body", "<a'''", "<a", "<a ", "<a b='"])
def test_tags_without_an_end_take_no_quadratic_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    assert shallow(text) == text
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\x01b", "a&#1;b", "a&#x0;b", "a&#xFFFF;b", "a\ud800b", "a&#xD800;b", "a\ufffeb", "a\x7fb", "a&#x110000;b"]
)
def test_characters_that_xml_forbids_go(text: str) -> None:
    assert clean(f"<p>{text}</p>").content == "<p>ab</p>"


def test_line_ends_and_form_feeds_are_white_space() -> None:
    assert clean("<p>a\r\nb\rc\x0cd</p>").content == "<p>a b c d</p>"
    assert clean("<pre>a\r\nb\rc</pre>").content == "<pre>a\nb\nc</pre>"


def test_doctypes_entities_and_instructions_do_nothing() -> None:
    html = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>a &x; &eacute; &#8212;</p>'
    content = clean(html).content
    assert "root:" not in content
    assert "é —" in content

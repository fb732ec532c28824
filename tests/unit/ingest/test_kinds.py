"""What a text is, by its content, and by its name where the content leaves it open."""

import pytest

from bookpost.ingest.sniff import kind_of


@pytest.mark.parametrize(
    ("text", "suffix", "kind"),
    [
        ("<!DOCTYPE html><p>x", "", "page"),
        ("<?xml version='1.0'?>\n<!-- x -->\n<html xmlns='x'>", ".txt", "page"),
        ("<head><title>x", "", "page"),
        ("<!-- a --><div></div><html lang=en><body>", ".html", "page"),
        ("<p>x</p>", "", "fragment"),
        ("hello", ".html", "fragment"),
        ("Text first <p>a</p> <p>b</p> <p>c</p>", "", "fragment"),
        ('{"version": 1}', "", "article"),
        ("{ }", ".txt", "article"),
        ("nonsense", ".json", "article"),
        ("---\ntitle: x\n---\ny", "", "markdown"),
        ("just words", ".md", "markdown"),
        ("# Title\n\ntext", "", "markdown"),
        ("A [link](https://x.org) in it", "", "markdown"),
        ("Title\n=====\n\ntext", "", "markdown"),
        ("# not a heading for a .txt", ".txt", "text"),
        ("just words", "", "text"),
        ("{sic} he wrote", "", "text"),
        ("1 < 2", "", "text"),
        ("<3 this", "", "text"),
        ("<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>", ".html", "feed"),
    ],
)
def test_kinds(text: str, suffix: str, kind: str) -> None:
    assert kind_of(text, suffix) == kind


def test_long_texts_are_looked_at_quickly() -> None:
    for text in ("<!-- " * 100_000, "---\n" + "a: b\n" * 100_000, "[" * 200_000, "<" * 200_000, "A: b\n" * 100_000, "<html" * 100_000):
        assert kind_of(text)

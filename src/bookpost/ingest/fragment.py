"""An HTML fragment → Article: its first heading is the title when it opens with an h1, else the file's name."""

import re
from html import unescape

from bookpost.article import Article
from bookpost.ingest.assemble import Origin, assemble
from bookpost.ingest.facts import Facts, one_line

_OPENING_H1 = re.compile(
    r"\A(?:\s|<!--.*?-->|<(?:article|main|section|div|header)\b[^>]*>)*<h1\b[^>]*>(.*?)</h1\s*>", re.IGNORECASE | re.DOTALL
)


def read_fragment(html: str, origin: Origin, *, url: str | None = None) -> Article:
    """The article of an HTML fragment; raises NoArticleError when there is nothing to read in it."""
    title = opening_title(html)
    return assemble(html, Facts(title=title, url=url), origin)


def opening_title(html: str) -> str:
    """The text of the h1 that the fragment opens with, or an empty text."""
    found = _OPENING_H1.match(html[:100_000])
    return one_line(unescape(re.sub(r"<[^>]*>", " ", found[1]))) if found else ""

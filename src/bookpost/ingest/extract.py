"""The article in a whole page: extractors behind one interface, and the order in which they are asked.

Go-readability (Mozilla's algorithm: keeps captions, code, notes, tables) first; readability-lxml when it gives nothing.
Raises NoArticleError when neither finds an article.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bookpost.errors import NoArticleError
from bookpost.ingest.facts import Facts, web_address


@dataclass(frozen=True, slots=True)
class Extracted:
    """What an extractor found: the article's HTML, not yet clean, and what the page says about it."""

    html: str
    facts: Facts


class Extractor(Protocol):
    """Finds the article in a page."""

    def extract(self, html: str, url: str | None) -> Extracted | None:
        """The article, or None when this extractor finds none. Never raises for what is in the page."""
        ...


@dataclass(frozen=True, slots=True)
class GoReadability:
    """Mozilla's Readability in Go (`pygoreadability`): needs no other process, file or variable; about 10 ms a page."""

    def extract(self, html: str, url: str | None) -> Extracted | None:
        """It aborts on dates that it cannot read: then it is asked again without the data that has them."""
        return self._ask(html, url) or self._ask(_without_odd_dates(html), url)

    def _ask(self, html: str, url: str | None) -> Extracted | None:
        from pygoreadability import from_string

        try:
            found = from_string(html.replace("\x00", ""), web_address(url))
        except (RuntimeError, ValueError):
            return None
        if not found.content_text.strip():
            return None
        authors = (found.byline,) if found.byline else ()
        facts = Facts(
            title=found.title,
            authors=authors,
            site=found.site_name or None,
            excerpt=found.excerpt or None,
            language=found.language or None,
            lead_picture=found.image_url or None,
        )
        return Extracted(found.content_html, facts)


@dataclass(frozen=True, slots=True)
class LxmlReadability:
    """The older algorithm (`readability-lxml`): loses some lists and captions, but gives something where others give up."""

    def extract(self, html: str, url: str | None) -> Extracted | None:
        """Its summary, if it has a sentence of text."""
        from readability import Document
        from readability.readability import Unparseable

        try:
            document = Document(html, url=web_address(url))
            found = document.summary(html_partial=True, keep_all_images=True)
            title = document.short_title()
        except (Unparseable, ValueError, TypeError, AttributeError, AssertionError, RecursionError):
            return None
        return Extracted(found, Facts(title=title)) if len(re.sub(r"<[^>]*>|\s", "", found)) >= 20 else None


EXTRACTORS: tuple[Callable[[], Extractor], ...] = (GoReadability, LxmlReadability)


def extract(html: str, url: str | None, extractors: Sequence[Callable[[], Extractor]] = EXTRACTORS) -> Extracted:
    """What the first extractor that finds something found; raises NoArticleError when none does."""
    for make in extractors:
        if (found := make().extract(html, url)) and _reads_like_an_article(found.html):
            return found
    raise NoArticleError(
        "nothing in the page reads like an article",
        hint="a page that is filled by scripts is empty without them: save it from a browser; `--full-page` takes it as it is",
    )


_LINK = re.compile(r"<a\b.*?</a\s*>", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"<(?:img|svg|video|iframe|table|math)\b", re.IGNORECASE)
_SHORTEST = 20
"""Letters outside links below which a page without a picture is a menu or a notice, not an article."""


def _reads_like_an_article(html: str) -> bool:
    return len(re.sub(r"<[^>]*>|\s", "", _LINK.sub("", html))) >= _SHORTEST or _PICTURE.search(html) is not None


_JSON_LD = re.compile(r"<script\b[^>]*ld\+json[^>]*>.*?</script\s*>", re.IGNORECASE | re.DOTALL)
_META_DATE = re.compile(r"<meta\b[^>]*(?:date|time|published|modified)[^>]*>", re.IGNORECASE)


def _without_odd_dates(html: str) -> str:
    return _META_DATE.sub("", _JSON_LD.sub("", html))

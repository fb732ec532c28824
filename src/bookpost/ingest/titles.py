"""An article's title: the page's head, its data and its headings vote. Pure."""

import re
from collections.abc import Sequence

from bookpost.dom import Element, text_of
from bookpost.ingest.facts import one_line

_DIVIDERS = re.compile(r"\s+[|\-–—:»«•·/\\>]{1,2}\s+|\s*[｜丨_]\s*|\s*\|\s*")
_OWN_TITLE = ("pf-title", "entry-title", "post-title", "article-title", "p-name")


def choose_title(root: Element, told: Sequence[str | None], site: str | None) -> str:
    """The title without the site's name, or an empty text.

    A level-one heading that the head's titles agree with is how the reader saw it; without one the head's own word counts.
    """
    document = next((text_of(title) for title in root.iter("title")), "")
    heads = [one_line(text) for text in (*told, document) if text and text.strip()]
    headings = [heading for heading in _headings(root) if not (site and same_words(heading, site))]
    for heading in headings:
        if any(same_words(heading, without_site(text, site)) or _begins_with(text, heading) for text in heads):
            return heading
    if marked := next((heading for heading in headings[:1] if not heads), None):
        return marked
    bare = [without_site(text, site) for text in heads]
    if not bare:
        return ""
    # `<title>` alone, with dividers in it, and one heading: the part of the title that the heading knows.
    return next((heading for heading in headings if any(heading.casefold() in text.casefold() for text in heads)), bare[0])


def without_site(title: str, site: str | None) -> str:
    """The title without what stands before or after a divider and is the site's name; or the last part when it is short.

    `The bridge | The Courier` → `The bridge`; `Tides - and what they cost - Example` → `Tides - and what they cost`
    """
    dividers = list(_DIVIDERS.finditer(title))
    if not dividers:
        return title
    first, last = dividers[0], dividers[-1]
    if site and same_words(title[: first.start()], site):
        return title[first.end() :]
    if site:
        for divider in dividers:
            if same_words(title[divider.end() :], site):
                return title[: divider.start()]
        return title
    # Without the site's name: a last part of up to four words, after a title of at least as many.
    tail, head = title[last.end() :], title[: last.start()]
    return head if len(tail.split()) <= 4 <= len(head.split()) and last[0].strip() != ":" else title


def same_words(one: str, other: str) -> bool:
    """Whether two names are the same but for case, punctuation, `The` and a domain's ending."""
    return _words(one) == _words(other) != ""


def _words(text: str) -> str:
    bare = re.sub(r"^the\s+|\.(?:com|org|net|co\.uk|de|fr|it|es|io|info)$", "", text.strip().casefold())
    return re.sub(r"[\W_]+", "", bare)


def _begins_with(title: str, heading: str) -> bool:
    """Whether the title is the heading and something after a divider (the site, the section)."""
    return title.casefold().startswith(heading.casefold()) and bool(_DIVIDERS.match(title[len(heading) :])) and len(heading) > 3


def _headings(root: Element) -> list[str]:
    """The texts that may be the title, as they stand: what the owner marked first, then the headings of level one."""
    marked = [e for e in root.iter("h1", "h2", "div", "span") if not set(_OWN_TITLE).isdisjoint((e.get("class") or "").split())]
    plain = list(root.iter("h1"))
    texts = (one_line(text_of(element)) for element in (*(marked if len(marked) <= 2 else ()), *plain[:5]))
    return list(dict.fromkeys(text for text in texts if len(text) > 1))

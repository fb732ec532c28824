"""Facts: what a source says about its article beside the content, made fit for a title page. Pure.

Whatever came in, what leaves `tidy` is printable: control characters, line breaks and bidirectional overrides are gone,
white space is folded, over-long texts end at a word with an ellipsis. Nothing here raises.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from bookpost.article import Direction

TITLE_LENGTH = 300
"""Characters of a title, a subtitle, a name, a site; a longer one is cut at a word. File systems and covers take no more."""
EXCERPT_LENGTH = 1000
MOST_NAMES = 50
"""Authors or tags of one article; the rest is left out."""

# Overrides and embeddings turn the text after them around (Unicode TR 9); isolates and joiners are balanced or harmless.
_BIDI_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e"
_UNPRINTABLE = {"Cc", "Cs", "Co", "Zl", "Zp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about an article; everything may be missing. `lead_picture` is a src as in the content."""

    title: str = ""
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    site: str | None = None
    url: str | None = None
    published: date | datetime | None = None
    modified: date | datetime | None = None
    language: str | None = None
    direction: Direction | None = None
    excerpt: str | None = None
    lead_picture: str | None = None
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def tidy(facts: Facts) -> Facts:
    """The same facts, each one printable and of a bearable length; what is empty then is None."""
    return replace(
        facts,
        title=one_line(facts.title),
        subtitle=one_line(facts.subtitle) or None,
        authors=_names(facts.authors),
        site=one_line(facts.site) or None,
        url=web_address(facts.url),
        excerpt=one_line(facts.excerpt, EXCERPT_LENGTH) or None,
        tags=_names(facts.tags),
        notes=tuple(note for raw in facts.notes if (note := one_line(raw, EXCERPT_LENGTH))),
    )


def one_line(text: str | None, length: int = TITLE_LENGTH) -> str:
    """The text on one line, without what cannot be printed, cut at a word (with `…`) when longer than `length` characters."""
    # A hundred times the length is enough to fold white space in, and keeps a title of megabytes cheap.
    shown = "".join(" " if c.isspace() else c for c in (text or "")[: length * 100] if c.isspace() or _prints(c))
    line = " ".join(shown.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > length // 2 else cut).rstrip(" ,;:.–—-\u200d") + "…"


def web_address(text: str | None) -> str | None:
    """The text as an http or https address; None when it is none."""
    address = (text or "").strip()
    if len(address) > 4000 or re.search(r"[\s\x00-\x1f\x7f<>\"\ud800-\udfff]", address):
        return None
    try:
        parts = urlsplit(address)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return address if usable else None


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for raw in names if (name := one_line(raw))))[:MOST_NAMES]


def _prints(character: str) -> bool:
    if character in _BIDI_OVERRIDES or character == "\ufeff" or ord(character) & 0xFFFE == 0xFFFE:
        return False
    return unicodedata.category(character) not in _UNPRINTABLE

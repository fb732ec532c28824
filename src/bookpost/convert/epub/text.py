"""Plain text for labels and metadata: what may stand in XML, language tags, whole sentences, a text cut short."""

import re
from datetime import UTC, date, datetime, time

from lxml import etree

from bookpost.convert.typography import set_type

# XML 1.0 §2.2 forbids most controls and lone surrogates; the others (C1, line and paragraph separators) no label needs.
_CONTROLS = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_ILLEGAL = re.compile("[\ud800-\udfff\ufffe\uffff]")
# RFC 5646 §2.1: language, script, region, variants; no extension or private use, which Kindle refuses.
_TAG = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?((?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=\S)|(?<=[。！？])[」』”）]*\s*(?=\S)")
_ABBREVIATED = re.compile(r"(?:^|[\s(.])(?:[A-Z]\w{0,2}|\w)\.$")
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""What stands as the time of change in a book that has no date: the same article always gives the same bytes."""


def plain(text: str | None) -> str:
    """The text on one line without characters that XML forbids; no-break spaces stay."""
    return _CONTROLS.sub(" ", _ILLEGAL.sub("", text or "")).strip()


def language_tag(tag: str | None, default: str = "en") -> str:
    """The tag as BCP 47 writes it (`pt-BR`, `zh-Hant`), its main language where the rest is wrong, else the default."""
    normal = plain(tag).replace("_", "-")
    found = _TAG.fullmatch(normal) or _TAG.fullmatch(normal.split("-")[0])
    if not found:
        return default
    language, script, region, variants = found.groups()
    parts = (language.lower(), script and script.title(), region and region.upper())
    return "-".join(part for part in parts if part) + variants.lower()


def same_language(one: str, other: str) -> bool:
    """Whether two tags mean the same main language."""
    return one.split("-")[0].lower() == other.split("-")[0].lower()


def sentences(text: str, count: int, limit: int) -> str:
    """The first sentences of a text, at most `limit` characters."""
    end = 0
    for mark in _SENTENCE.finditer(text):
        if _ABBREVIATED.search(text, max(0, mark.start() - 6), mark.start()):
            continue
        if mark.start() > limit:
            break
        end, count = mark.end(), count - 1
        if not count:
            return text[:end].strip()
    return shortened(text, limit) if len(text) > limit or not end else text.strip()


def shortened(text: str, limit: int) -> str:
    """The text, cut with an ellipsis between two words when it has more than `limit` characters."""
    if len(text) <= limit:
        return text.strip()
    cut = text[: limit - 1]
    at_word = cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut
    return at_word.rstrip(" ,;:–—-") + "…"


def typeset(text: str, language: str) -> str:
    """A title or a summary with the quotes, dashes and spaces of its language, as the text below it has them."""
    paragraph = etree.Element("p")
    paragraph.text = text
    set_type(paragraph, language)
    return paragraph.text or ""


def moment(day: date | datetime | None) -> datetime:
    """A date or time in UTC (a time without a zone is taken as UTC); UNDATED when there is none that a package can name."""
    if day is None or not 1000 <= day.year <= 9998:
        return UNDATED
    if not isinstance(day, datetime):
        return datetime.combine(day, time(), UTC)
    return day.astimezone(UTC) if day.tzinfo else day.replace(tzinfo=UTC)

"""Facts and HTML → Article: the one place where an article comes into being, whatever its source was.

Its content has been through `clean`, its pictures are resolved, its language is known or assumed aloud. Raises NoArticleError
when nothing is left to read.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from bookpost.article import Article, Image
from bookpost.ingest.facts import Facts, one_line, tidy
from bookpost.ingest.language import direction_of, language_of
from bookpost.ingest.local import Whereabouts, image_from

LEAD = "lead"
"""The id of a lead picture that does not stand in the content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a source comes from: its name for people (a file name without its ending), its whereabouts, what to assume."""

    name: str = ""
    where: Whereabouts = field(default_factory=Whereabouts)
    default_language: str = "en"


def assemble(html: str, facts: Facts, origin: Origin, *, lead_from_content: bool = False) -> Article:
    """The article of this HTML with these facts.

    `lead_from_content` takes the first picture that stands alone as lead picture when the facts name none.
    """
    from bookpost.clean import clean
    from bookpost.dom import parse_content, text_of
    from bookpost.errors import NoArticleError

    facts = tidy(facts)
    cleaned = clean(html, base_url=origin.where.base_url, title=facts.title or None)
    body = parse_content(cleaned.content)
    text = text_of(body)
    if not text and not cleaned.references:
        raise NoArticleError("there is nothing to read in it", hint="give a page or a file that has text")
    images = tuple(
        image_from(found.id, found.url, origin.where, alt=found.alt, caption=found.caption, credit=found.credit)
        for found in cleaned.references
    )
    sources = {found.id: found.url for found in cleaned.references}
    lead, images = _lead(facts.lead_picture, sources, images, origin.where)
    if not lead and lead_from_content:
        lead = _first_alone(cleaned.content, images)
    language = language_of(facts.language, text, origin.default_language)
    return Article(
        title=facts.title or one_line(origin.name) or one_line(text, 80) or "Untitled",
        subtitle=facts.subtitle,
        authors=facts.authors,
        site=facts.site,
        url=facts.url,
        published=facts.published,
        modified=facts.modified,
        language=language.tag,
        direction=direction_of(facts.direction, language.tag),
        excerpt=facts.excerpt,
        lead_image=lead,
        tags=facts.tags,
        content=cleaned.content,
        images=images,
        words=cleaned.words,
        notes=tuple(dict.fromkeys((*facts.notes, *([language.note] if language.note else []), *cleaned.notes))),
    )


def _lead(src: str | None, sources: dict[str, str], images: tuple[Image, ...], where: Whereabouts) -> tuple[str | None, tuple[Image, ...]]:
    """The lead picture's id, and the images, with the lead picture among them when it is not in the content."""
    if not src:
        return None, images
    image = image_from(LEAD, src, where)
    for other in images:
        if sources[other.id] == src or (image.source is not None and other.source == image.source):
            return other.id, images
    key = _picture_key(src)
    if match := next((id for id, other in sources.items() if key and _picture_key(other) == key), None):
        return match, images
    return LEAD, (*images, image)


def _picture_key(src: str) -> str | None:
    """What is the same in the addresses of one picture in several sizes: its file name without size, ending and query.

    WordPress and its like write `bridge-1024x768.jpg` in the content and `bridge.jpg` into the head.
    """
    if src.startswith("data:"):
        return None
    try:
        name = unquote(urlsplit(src).path.rsplit("/", 1)[-1])
    except ValueError:
        return None
    stem = re.sub(r"(?:[-_@](?:\d{2,5}x\d{2,5}|\d{3,4}w?|\dx|scaled))?(?:\.\w{3,4})+$", "", name)
    return stem.lower() if len(stem) > 5 else None


def _first_alone(content: str, images: tuple[Image, ...]) -> str | None:
    """The first picture with bytes that stands in a figure."""
    usable = {image.id for image in images if image.source is not None}
    shown = re.findall(r"<figure\b[^>]*>\s*(?:<a [^>]*>\s*)?<img\b[^>]*\bsrc=\"image:([^\"]+)\"", content)
    return next((id for id in shown if id in usable), None)

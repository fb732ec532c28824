"""Facts and HTML → Article: the one place where an article comes into being, whatever its source was.

Its content has been through `clean`, its pictures are resolved, its language is known or assumed aloud. Raises NoArticleError
when nothing is left to read, TooLargeError when it is too much.
"""

from dataclasses import dataclass, field

from bookpost.article import Article
from bookpost.ingest.facts import Facts, one_line, tidy
from bookpost.ingest.inline import Aside, set_aside
from bookpost.ingest.language import direction_of, language_of
from bookpost.ingest.lead import choose_lead, lead_to_show
from bookpost.ingest.local import Whereabouts, image_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a source comes from: its name for people (a file name without its ending), its whereabouts, what to assume."""

    name: str = ""
    where: Whereabouts = field(default_factory=Whereabouts)
    default_language: str = "en"


def assemble(html: str | Aside, facts: Facts, origin: Origin, *, exact_lead: bool = False) -> Article:
    """The article of this HTML with these facts.

    With `exact_lead` the lead picture is what the facts say, even when it cannot be had; else it is a picture that can be
    shown: the one they name, or the first in the content that stands alone.
    """
    from bookpost.clean import clean
    from bookpost.dom import parse_content, text_of
    from bookpost.errors import NoArticleError

    facts = tidy(facts)
    aside = set_aside(html) if isinstance(html, str) else html
    cleaned = clean(aside.html, base_url=origin.where.base_url, title=facts.title or None)
    body = parse_content(cleaned.content)
    text = text_of(body)
    if not text and not cleaned.references:
        raise NoArticleError("there is nothing to read in it", hint="give a page or a file that has text")
    sources = {found.id: aside.uri(found.url) for found in cleaned.references}
    images = tuple(
        image_from(found.id, sources[found.id], origin.where, alt=found.alt, caption=found.caption, credit=found.credit)
        for found in cleaned.references
    )
    lead, images = choose_lead(facts.lead_picture, sources, images, origin.where)
    if not exact_lead:
        lead, images = lead_to_show(lead, cleaned.content, images)
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
        content=aside.restored(cleaned.content),
        images=images,
        words=cleaned.words,
        notes=tuple(dict.fromkeys((*facts.notes, *([language.note] if language.note else []), *cleaned.notes))),
    )

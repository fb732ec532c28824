"""What the package says of the book: Dublin Core, and accessibility metadata that is true (EPUB Accessibility 1.1).

Only names and values; `package` writes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bookpost.convert.book import Book
from bookpost.convert.epub.body import Inventory
from bookpost.convert.epub.text import language_tag, moment, plain, shortened
from bookpost.convert.words import Words

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MOST_SUBJECTS = 12


@dataclass(frozen=True, slots=True)
class Fact:
    """One element of the metadata: `name` in Dublin Core, or a `meta` when it is `meta`."""

    name: str
    value: str
    attributes: dict[str, str] = field(default_factory=dict)


def identifier(book: Book) -> str:
    """The book's identifier as a URN (RFC 4122)."""
    return f"urn:uuid:{book.uuid}"


def modified(book: Book) -> datetime:
    """The last change of any article, in UTC: never the clock's time."""
    return max(moment(article.modified or article.published) for article in book.articles)


def facts(book: Book, inventory: Inventory, words: Words) -> tuple[Fact, ...]:
    """All metadata but the identifier, the title and the time of change, which EbookLib writes by itself."""
    return (*_bibliographic(book, words), *_access(inventory))


def _bibliographic(book: Book, words: Words) -> Iterator[Fact]:
    yield Fact("language", language_tag(book.language))
    site = plain(book.site)
    authors = [name for author in book.authors if (name := plain(author))]
    # Without any creator a Kindle files the book under “Unknown”.
    for number, name in enumerate(dict.fromkeys(authors or [site] if site or authors else []), 1):
        yield Fact("creator", name, {"id": f"creator{number}"})
        yield Fact("meta", "aut" if authors else "pbl", {"refines": f"#creator{number}", "property": "role", "scheme": "marc:relators"})
    if site:
        yield Fact("publisher", site)
    if book.published:
        yield Fact("date", book.published.isoformat()[:10])
    first = book.articles[0]
    if book.single and (source := plain(first.url)):
        yield Fact("source", source)
    if description := _description(book, words):
        yield Fact("description", description)
    tags = dict.fromkeys(tag for article in book.articles for each in article.tags if (tag := plain(each)))
    for tag in list(tags)[:_MOST_SUBJECTS]:
        yield Fact("subject", tag)


def _description(book: Book, words: Words) -> str:
    if book.single:
        return shortened(plain(book.articles[0].excerpt), 1000)
    titles = " · ".join(plain(article.title) or words.untitled for article in book.articles)
    return shortened(titles, 1000)


def _access(held: Inventory) -> Iterator[Fact]:
    """schema.org terms. Alternative text is claimed only when every picture has one, MathML only where it is."""
    described = not held.undescribed and not held.unspoken
    modes = ["textual", *(["visual"] if held.pictures else [])]
    for mode in modes:
        yield _schema("accessMode", mode)
    if described:
        yield _schema("accessModeSufficient", "textual")
    if held.pictures:
        yield _schema("accessModeSufficient", "textual,visual")
    features = ["displayTransformability", "readingOrder", "structuralNavigation", "tableOfContents"]
    if held.pictures and not held.undescribed:
        features.append("alternativeText")
    if held.formulas:
        features.append("MathML")
        if not held.unspoken:
            features.append("describedMath")
    for feature in features:
        yield _schema("accessibilityFeature", feature)
    # Pictures are stills, and there is no sound and no script.
    yield _schema("accessibilityHazard", "none")
    yield Fact("meta", _summary(held), {"property": "schema:accessibilitySummary", _XML_LANG: "en"})


def _summary(held: Inventory) -> str:
    parts = ["Text that reflows, with headings and a table of contents."]
    if held.pictures and held.undescribed:
        parts.append(f"{held.undescribed} of {held.pictures} pictures have no description.")
    elif held.pictures:
        parts.append("Every picture has a description.")
    if held.formulas:
        parts.append("Formulas are MathML." if held.unspoken else "Formulas are MathML with a description.")
    return " ".join(parts)


def _schema(name: str, value: str) -> Fact:
    return Fact("meta", value, {"property": f"schema:{name}"})

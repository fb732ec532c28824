"""The Book: what will be bound, before any format. Ordered articles, perhaps in sections, and the facts of the cover."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bookpost.article import Article, Direction, Image

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://bookpost.example/book")


@dataclass(frozen=True, slots=True)
class Section:
    """A run of articles under one heading; `title` is None in a book without sections."""

    title: str | None
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Articles in reading order with the facts that a cover and a package need. `identity` names the book, whatever its text."""

    title: str
    language: str
    direction: Direction
    sections: tuple[Section, ...]
    identity: str
    authors: tuple[str, ...] = ()
    site: str | None = None
    published: date | datetime | None = None

    @property
    def articles(self) -> tuple[Article, ...]:
        """All articles in reading order."""
        return tuple(article for section in self.sections for article in section.articles)

    @property
    def single(self) -> bool:
        """Whether the book holds one article only (then it needs no front page and no bars)."""
        return len(self.articles) == 1

    @property
    def uuid(self) -> uuid.UUID:
        """The package's identifier, derived from the identity: the same book has the same one, always."""
        return uuid.uuid5(_NAMESPACE, self.identity)

    @property
    def minutes(self) -> int:
        """Reading time of all articles in minutes."""
        return sum(article.minutes for article in self.articles)

    def images(self) -> Iterator[tuple[Article, Image]]:
        """Every picture of every article, in reading order."""
        for article in self.articles:
            for image in article.images:
                yield article, image


def bind(articles: Sequence[Article], *, title: str | None = None) -> Book:
    """One book of these articles: a single article keeps its own facts; several get a common title.

    Raises ValueError for no article.
    """
    if not articles:
        raise ValueError("a book needs at least one article")
    return bind_sections((Section(None, tuple(articles)),), title=title)


def bind_sections(sections: Sequence[Section], *, title: str | None = None) -> Book:
    """One book of articles that stand in sections, in this order."""
    articles = [article for section in sections for article in section.articles]
    first = articles[0]
    if len(articles) == 1:
        return Book(
            title=title or first.title,
            language=first.language,
            direction=first.direction,
            sections=tuple(sections),
            identity=first.identity,
            authors=first.authors,
            site=first.site,
            published=first.published,
        )
    sites = {article.site for article in articles}
    dates = [article.published for article in articles if article.published]
    return Book(
        title=title or f"{first.title} + {len(articles) - 1}",
        language=first.language,
        direction=first.direction,
        sections=tuple(sections),
        identity="book:" + hashlib.sha256("\n".join([title or "", *(a.identity for a in articles)]).encode()).hexdigest(),
        site=sites.pop() if len(sites) == 1 else None,
        published=max(dates, key=lambda day: day.isoformat()[:10]) if dates else None,
    )

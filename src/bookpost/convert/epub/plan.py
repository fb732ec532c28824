"""The order of a book: which page stands where, under which name, and what comes before and after it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bookpost.article import Article
from bookpost.convert.book import Book
from bookpost.convert.epub.body import address_key
from bookpost.convert.epub.pages import Bar, Link
from bookpost.convert.epub.text import plain, typeset
from bookpost.convert.words import Words

FRONT, CONTENTS, STYLE = "front.xhtml", "nav.xhtml", "style.css"


@dataclass(frozen=True, slots=True)
class Slot:
    """An article's place: its number in the book from 0 and its page. `section` is its index in the plan."""

    article: Article
    number: int
    section: int
    link: Link


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its title (None in a book without sections), its own page where it has one, its articles."""

    title: str | None
    link: Link | None
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts in order. A single article has neither front page nor bars."""

    parts: tuple[Part, ...]
    slots: tuple[Slot, ...]

    @property
    def single(self) -> bool:
        """Whether there is one article only."""
        return len(self.slots) == 1

    def opens_with(self, slot: Slot) -> bool:
        """Whether this article is the lead story of a front page."""
        return not self.single and not slot.number

    def bar(self, slot: Slot, words: Words) -> Bar | None:
        """The ways out of an article's page; next and previous cross the borders of sections."""
        if self.single:
            return None
        return Bar(
            previous=self.slots[slot.number - 1].link if slot.number else None,
            section=self.parts[slot.section].link,
            front=Link(FRONT, words.front_page),
            next=self.after(slot),
        )

    def after(self, slot: Slot) -> Link | None:
        """The article that follows."""
        following = self.slots[slot.number + 1 : slot.number + 2]
        return following[0].link if following else None

    def places(self) -> Mapping[str, str]:
        """The page for each article's address, so that links between them stay in the book."""
        if self.single:
            return {}
        return {address_key(slot.article.url): slot.link.href for slot in reversed(self.slots) if slot.article.url}


def plan(book: Book, words: Words) -> Plan:
    """The plan of a book; sections get pages of their own where there are several with titles."""
    filled = [section for section in book.sections if section.articles]
    paged = sum(1 for section in filled if section.title) > 1
    parts: list[Part] = []
    slots: list[Slot] = []
    for index, section in enumerate(filled):
        title = plain(section.title) or None
        link = Link(f"s{index + 1:02}.xhtml", title) if title and paged else None
        start = len(slots)
        for article in section.articles:
            name = f"a{len(slots) + 1:03}.xhtml"
            slots.append(Slot(article, len(slots), index, Link(name, typeset(plain(article.title), article.language) or words.untitled)))
        parts.append(Part(title, link, tuple(slots[start:])))
    return Plan(tuple(parts), tuple(slots))

"""What a template is given: one frozen value per kind of page. `docs/how-to/own-templates.md` lists every field."""

from dataclasses import dataclass

from bookpost.article import Direction


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the book or the world, and its name."""

    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that a page shows by itself. `size` is a class of the style sheet that keeps a tall one on its page, or empty."""

    src: str
    width: int
    height: int
    alt: str = ""
    caption: str = ""
    credit: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """The ways out of a page in a book of several articles."""

    previous: Link | None = None
    section: Link | None = None
    front: Link | None = None
    next: Link | None = None

    @property
    def links(self) -> tuple[tuple[str, Link], ...]:
        """Those there are, in order, each with its kind (`previous`, `section`, `front`, `next`)."""
        named = (("previous", self.previous), ("section", self.section), ("front", self.front), ("next", self.next))
        return tuple((kind, link) for kind, link in named if link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page has. `classes` are those of its body; `words_language` is set where our own words are in another language."""

    title: str
    language: str
    direction: Direction
    classes: str
    words_language: str | None = None
    words_direction: Direction = "ltr"
    bar: Bar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage(Page):
    """An article. `kicker` and `details` are lists to be joined; `content` is finished XHTML; `original` its address."""

    subtitle: str
    kicker: tuple[str, ...]
    details: tuple[str, ...]
    lead: Figure | None
    content: str
    next: Link | None
    original: Link | None
    qr: Figure | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """An article on the front page or a section's page: its link, where from and how long, what it is about."""

    href: str
    title: str
    language: str
    direction: Direction
    source: str
    summary: str
    picture: Figure | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The headlines under one heading (None: no heading; a link where the section has a page)."""

    title: str | None
    href: str | None
    headlines: tuple[Headline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Page):
    """The front page (with a `lead` story) or a section's page. `details` are date and counts."""

    details: tuple[str, ...]
    lead: Headline | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents, with the lines below it; `language` where it is not the book's."""

    href: str
    label: str
    entries: "tuple[Entry, ...]" = ()
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsPage(Page):
    """The navigation document: table of contents and landmarks (each a kind of EPUB's vocabulary and its place)."""

    entries: tuple[Entry, ...]
    landmarks: tuple[tuple[str, Link], ...]

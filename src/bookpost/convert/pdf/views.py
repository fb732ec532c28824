"""What the PDF's template is given: frozen values. `docs/reference/pdf.md` lists them."""

from dataclasses import dataclass

from bookpost.article import Direction


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the book (`#a2`) or the world, and its name."""

    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a link spelled out on paper: its number in the text, the address, and what of it must be typed."""

    number: int
    href: str
    shown: str


@dataclass(frozen=True, slots=True)
class Lead:
    """The picture before the text, with its caption and credit (empty when there are none)."""

    src: str
    alt: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """An article as it stands in the book. `kicker` and `details` are lists to be joined; `content` is finished XHTML.

    `justified` says that the language has hyphenation patterns, without which justified lines tear open. `qr` is an
    SVG of the original's address; `missing` what the article says is not in it.
    """

    id: str
    title: str
    running_title: str
    subtitle: str
    site: str
    language: str
    direction: Direction
    justified: bool
    kicker: tuple[str, ...]
    details: tuple[str, ...]
    lead: Lead | None
    content: str
    addresses: tuple[Address, ...]
    original: Link | None
    qr: str
    missing: tuple[str, ...]
    source: str
    summary: str
    previous: Link | None = None
    next: Link | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the book: its title (None without sections), the id of its first article, its chapters."""

    title: str | None
    id: str
    chapters: tuple[Chapter, ...]

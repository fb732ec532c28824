"""The Article: what every source becomes and every book is made of. Values only; nothing here opens a file.

The published JSON form of an article is `bookpost.ingest.payload`; this is the form inside, made from it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Image:
    """One picture of an article. `content` refers to it as `<img src="image:ID">`.

    `source` is where its bytes are: a file, the bytes themselves, or None when the picture is not available
    (then `missing` says why, for the reader, and `url` where it was).
    """

    id: str
    source: Path | bytes | None = field(repr=False)
    url: str | None = None
    alt: str = ""
    caption: str = ""
    credit: str = ""
    missing: str | None = None

    @contextmanager
    def open(self) -> Iterator[BufferedIOBase]:
        """The picture's bytes as a stream; raises FileNotFoundError when there are none."""
        if self.source is None:
            raise FileNotFoundError(self.url or self.id)
        with BytesIO(self.source) if isinstance(self.source, bytes) else self.source.open("rb") as stream:
            yield stream

    def digest(self) -> str | None:
        """SHA-256 of the source's bytes in hexadecimal, read in pieces; None when there are none."""
        if self.source is None:
            return None
        with self.open() as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A normalized article.

    `content` is an XHTML fragment in the vocabulary of `bookpost.clean`: whoever makes an Article has put its
    content through `clean`. `published` and `modified` are a date, or a datetime with its zone.
    `language` is a BCP 47 tag. `words` counts the words of the text (a CJK character counts as half a word).
    """

    title: str
    content: str = field(repr=False)
    language: str
    direction: Direction = "ltr"
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    site: str | None = None
    url: str | None = None
    published: date | datetime | None = None
    modified: date | datetime | None = None
    excerpt: str | None = None
    lead_image: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = field(default=(), repr=False)
    words: int = 0
    notes: tuple[str, ...] = ()
    """What was left out by a rule or assumed (for instance a guessed language): said when the book is made, not in it."""
    notice: str | None = None
    """What this copy lacks, for its reader: said at the article's end."""

    @property
    def identity(self) -> str:
        """What stays the same while the text is edited: the canonical address, else title, site and first date."""
        if self.url:
            return self.url
        parts = (self.title, self.site or "", self.published.isoformat()[:10] if self.published else "")
        return "article:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    @property
    def minutes(self) -> int:
        """Reading time in whole minutes at 230 words a minute, at least one."""
        return max(1, round(self.words / 230))

    def image(self, id: str) -> Image | None:
        """The picture with this id."""
        return next((image for image in self.images if image.id == id), None)

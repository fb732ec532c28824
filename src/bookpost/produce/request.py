"""A request for production, and the form of a document, as values that survive in the database as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Self

from bookpost.convert.make import Format, Paper
from bookpost.device import Device
from bookpost.errors import BookpostError


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a document is made from its articles: the format, and what was given up to make it smaller or plainer.

    `quality` is JPEG's; `scale` that of the pictures' sides; `plain` is an EPUB of text and JPEG only; `parts` is how many
    books the articles are spread over.
    """

    format: Format
    quality: int = 80
    grey: bool = False
    scale: float = 1.0
    plain: bool = False
    parts: int = 1

    def to_json(self) -> str:
        """As `from_json` reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From the database."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Source:
    """A normalized article in the library: the blob of its JSON, and the blobs of the pictures that this names."""

    article: str
    title: str
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One document for one destination: whatever is needed to make it, now or after a restart, again or in another form.

    `today` dates the file name of an undated book; `again` and `force` are what the sender asked for.
    """

    destination: str
    format: Format
    device: Device
    today: date
    articles: tuple[Source, ...] = ()
    paper: Paper | None = None
    title: str | None = None
    templates: Path | None = None
    again: bool = False
    force: bool = False

    @property
    def name(self) -> str:
        """What people call the book."""
        others = len(self.articles) - 1
        return self.title or self.articles[0].title + (f" + {others}" if others else "")

    def to_json(self) -> str:
        """As `from_json` reads it."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From the database."""
        values = json.loads(text)
        return cls(
            **values
            | {
                "articles": tuple(Source(**source | {"pictures": tuple(source["pictures"])}) for source in values["articles"]),
                "device": Device(**values["device"] | {"formats": tuple(values["device"]["formats"])}),
                "today": date.fromisoformat(values["today"]),
                "templates": Path(values["templates"]) if values["templates"] else None,
            }
        )

    def blobs(self) -> Iterator[str]:
        """Every blob that the production reads, each once."""
        yield from dict.fromkeys(digest for source in self.articles for digest in (source.article, *source.pictures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a document was not made: what a BookpostError says."""

    code: str
    message: str
    hint: str | None = None
    exit_code: int = 70

    @classmethod
    def of(cls, error: BookpostError) -> Self:
        """What the error says."""
        return cls(code=error.code, message=error.message, hint=error.hint, exit_code=error.exit_code)


class NotMadeError(BookpostError):
    """A document could not be made; `failure` says why."""

    code = "not-made"

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, hint=failure.hint)
        self.failure = failure

"""Book → Documents: encodes the pictures once for every format asked for, writes each file, checks it, names it.

Files appear under their final name only when they are whole. Nothing here knows settings, network or a database.
"""

import hashlib
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bookpost.article import Article
from bookpost.convert.book import Book
from bookpost.device import Device
from bookpost.document import MEDIA_TYPES, Document, Finding
from bookpost.errors import OutputError

if TYPE_CHECKING:
    from bookpost.convert.images import Encoded, Encoding
    from bookpost.convert.pdf import Press
    from bookpost.convert.words import Words

Format = Literal["epub", "pdf"]
FORMATS: tuple[Format, ...] = ("epub", "pdf")
Paper = Literal["a4", "letter"]
Progress = Callable[[str], None]

_TAG = re.compile("<[^>]*>")
_PAPER_PIXELS = 1400
"""Pictures on paper: 118 mm of text at 300 dpi."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How a book is made: for which device, on which paper (PDF; None: the device's own screen), with whose templates.

    `quality` (JPEG, 1 to 95), `grey` and `scale` (of the pictures' width and height) make it smaller; a `plain` EPUB has
    text and JPEG only, in our own templates: for a reader that refused a better one.
    """

    device: Device
    paper: Paper | None = None
    templates: Path | None = None
    quality: int = 80
    grey: bool = False
    scale: float = 1.0
    plain: bool = False

    @property
    def shrinks(self) -> bool:
        """Whether pictures are to be smaller than the device can show them."""
        return (self.quality, self.grey, self.scale) != (80, False, 1.0)


def make(
    book: Book,
    making: Making,
    folder: Path,
    *,
    formats: Sequence[Format] = ("epub",),
    file_names: dict[Format, str] | None = None,
    taken: Collection[str] = (),
    today: date,
    progress: Progress = lambda _: None,
    press: "Press | None" = None,
) -> tuple[Document, ...]:
    """The book as one Document per format in `folder` (which is made when missing).

    `today` appears in the file name of an undated book and nowhere else; a name that is `taken` gets a number. Who makes
    many PDFs gives a `press` of their own, which stays warm. Raises ConversionError, DependencyError (PDF without Pango) or OutputError.
    """
    from bookpost.convert.filenames import file_name, numbered
    from bookpost.convert.images import encode_pictures
    from bookpost.convert.words import words_for

    words = words_for(book.language)
    encodings = {kind: _encoding(making, kind) for kind in formats}
    distinct = list(dict.fromkeys(encodings.values()))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".bookpost-", dir=folder) as spool, _warming(press, formats) as ready:
            progress("pictures")
            encoded = encode_pictures(book, distinct, Path(spool))
            documents = []
            for kind in formats:
                progress(kind)
                own = file_name(book.title, book.site, day_of(book.published) or today, kind, device=making.device)
                name = (file_names or {}).get(kind) or numbered(own, taken)
                draft = Path(spool) / f"draft.{kind}"
                number = distinct.index(encodings[kind])
                if kind == "epub":
                    findings = _write_epub(book, encoded, number, draft, making, words)
                else:
                    findings = _write_pdf(book, encoded, number, draft, making, words, ready)
                documents.append(_document(book, draft, folder / name, kind, making, (*encoded.findings, *findings)))
            return tuple(documents)
    except OSError as error:
        raise OutputError(f"cannot write to {folder}: {error.strerror or error}", hint="choose another place with `-o`") from error


@contextmanager
def _warming(press: "Press | None", formats: Sequence[Format]) -> "Iterator[Press | None]":
    """A press for a PDF, else None. It loads its libraries (0.4 s) while the pictures are worked on."""
    if "pdf" not in formats:
        yield None
        return
    from bookpost.convert.pdf import Press

    with nullcontext(press) if press else Press() as ready:
        ready.start()
        yield ready


def content_key(book: Book) -> str:
    """What is said in the book, as 32 hexadecimal digits: identity, titles, text and picture ids, but not how it looks."""
    said = hashlib.sha256()
    for part in (book.identity, book.title, *(piece for article in book.articles for piece in _said(article))):
        said.update(part.encode() + b"\x1f")
    return said.hexdigest()[:32]


def _said(article: Article) -> tuple[str, ...]:
    text = " ".join(_TAG.sub("", article.content).split())  # clean content is serialised by us: no tag hides in it
    return (article.identity, article.title, text, *(image.id for image in article.images))


def day_of(published: date | datetime | None) -> date | None:
    """The day of a date that may have a time."""
    return published.date() if isinstance(published, datetime) else published


def _encoding(making: Making, kind: Format) -> "Encoding":
    from bookpost.convert.images import Encoding, encoding_for

    on_paper = Encoding(width=_PAPER_PIXELS, height=2000, colour=True)
    best = on_paper if kind == "pdf" and making.paper else encoding_for(making.device)
    return replace(
        best,
        width=max(1, round(best.width * making.scale)),
        height=max(1, round(best.height * making.scale)),
        colour=best.colour and not making.grey,
        quality=making.quality,
        keep=best.keep and not making.shrinks and not making.plain,
        jpeg=making.plain and kind == "epub",
    )


def _write_epub(book: Book, encoded: "Encoded", number: int, path: Path, making: Making, words: "Words") -> tuple[Finding, ...]:
    from bookpost.convert.cover import draw_cover
    from bookpost.convert.epub import write_epub
    from bookpost.convert.templates import environment

    pictures = encoded.pictures[number]
    leads = (pictures.get((index, article.lead_image)) for index, article in enumerate(book.articles) if article.lead_image)
    cover = draw_cover(book, lead=next((lead for lead in leads if lead), None), words=words, size=_cover_size(making))
    templates = None if making.plain else making.templates
    found = environment("epub", templates)
    return write_epub(book, pictures, path, device=making.device, cover=cover, words=words, environment=found, plain=making.plain)


def _cover_size(making: Making) -> tuple[int, int]:
    """Amazon's ideal is 1600 × 2560; the shorter side must have 500 pixels (Kindle Publishing Guidelines, 4.2)."""
    scale = max(making.scale, 0.35)
    return round(1600 * scale), round(2560 * scale)


def _write_pdf(
    book: Book, encoded: "Encoded", number: int, path: Path, making: Making, words: "Words", press: "Press | None"
) -> tuple[Finding, ...]:
    from bookpost.convert.pdf import PAGES, page_for, write_pdf

    page = PAGES[making.paper] if making.paper else page_for(making.device)
    colour = (making.paper is not None or making.device.colour) and not making.grey
    return write_pdf(book, encoded.pictures[number], path, page=page, colour=colour, words=words, templates=making.templates, press=press)


def _document(book: Book, draft: Path, path: Path, kind: Format, making: Making, findings: tuple[Finding, ...]) -> Document:
    from bookpost.convert.check import check

    with draft.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    checked = tuple(replace(found, place=found.place and f"{path.name}: {found.place}") for found in check(draft, device=making.device))
    size = draft.stat().st_size
    draft.replace(path)
    return Document(
        path=path,
        media_type=MEDIA_TYPES[kind],
        size=size,
        digest=digest,
        content_key=content_key(book),
        title=book.title,
        file_name=path.name,
        findings=(*_notes(book), *findings, *checked),
    )


def _notes(book: Book) -> tuple[Finding, ...]:
    """What the articles say of themselves, and the pictures that are not there, once for each article."""
    notes = [Finding("N-ARTICLE", note, article.title) for article in book.articles for note in article.notes]
    for article in book.articles:
        missing = [image for image in article.images if image.source is None]
        if missing:
            why = "; ".join(sorted({image.missing or "not available" for image in missing}))
            notes.append(
                Finding("W-PICTURE-MISSING", f"{len(missing)} of {len(article.images)} pictures are not in the book: {why}", article.title)
            )
    return tuple(notes)

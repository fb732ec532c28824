"""Book → EPUB 3.3, valid by construction, the same bytes for the same book.

Pages are written one by one as they are made and pictures straight from their files; the package comes last, when it
is known what the pages hold. The file has its name only when it is whole.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bookpost.convert.book import Book
from bookpost.convert.epub import lists
from bookpost.convert.epub.body import Inventory
from bookpost.convert.epub.chapter import Chapter, Setting, chapter
from bookpost.convert.epub.metadata import facts, identifier, modified
from bookpost.convert.epub.package import FOLDER, Member, Package, write_package
from bookpost.convert.epub.pages import ContentsPage, Page
from bookpost.convert.epub.plan import CONTENTS, FRONT, STYLE, plan
from bookpost.convert.epub.store import Store
from bookpost.convert.epub.text import language_tag
from bookpost.convert.epub.text import plain as plain_text
from bookpost.convert.templates import render, source
from bookpost.convert.words import Words
from bookpost.device import Device
from bookpost.document import EPUB, Finding
from bookpost.errors import OutputError

if TYPE_CHECKING:
    from jinja2 import Environment

    from bookpost.convert.images import Key, Picture

XHTML = "application/xhtml+xml"
_COVER = "cover.jpg"
PLAIN_STYLE = "plain.css"


def write_epub(
    book: Book,
    pictures: "Mapping[Key, Picture]",
    path: Path,
    *,
    device: Device,
    cover: bytes | None,
    words: Words,
    environment: "Environment",
    plain: bool = False,
) -> tuple[Finding, ...]:
    """Write the book to `path`. `cover` is a JPEG, `words` are the book's own, `environment` holds the templates.

    A `plain` one is for a reader that refused the other: see `plainly`.

    Raises OutputError when the file cannot be written, ConfigError for a fault in a user's template.
    """
    setting = Setting(book, plan(book, words), device, words, plain)
    try:
        with _whole_file(path) as store:
            store.writestr("mimetype", EPUB, deflate=False)
            _Binder(setting, store, environment).bind(pictures, cover)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}", hint="is there room on the disk?") from error
    return _findings(book)


@contextmanager
def _whole_file(path: Path) -> Iterator[Store]:
    """A store in a file beside `path` that takes its place when all went well, and is gone when not."""
    draft = path.with_name(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        with draft.open("wb") as stream:
            store = Store(stream)
            yield store
            store.close()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


class _Binder:
    """Writes the members of one book into its store and keeps the list of them."""

    def __init__(self, setting: Setting, store: Store, environment: "Environment") -> None:
        self._setting = setting
        self._store = store
        self._environment = environment
        self._files: list[Member] = []
        self._pages: dict[str, Member] = {}

    def bind(self, pictures: "Mapping[Key, Picture]", cover: bytes | None) -> None:
        """All members, the package last."""
        setting = self._setting
        self._style()
        if cover:
            self._file("cover-image", _COVER, "image/jpeg", cover, ("cover-image",))
        places = setting.plan.places()
        chapters = [self._chapter(chapter(slot, pictures, setting, places)) for slot in setting.plan.slots]
        if not setting.plan.single:
            self._around(chapters)
        contents = lists.contents_page(chapters, setting)
        self._page(CONTENTS, "nav.xhtml", contents, setting.words, ("nav",))
        write_package(self._package(chapters, contents, bool(cover)), self._store)

    def _style(self) -> None:
        names = (PLAIN_STYLE,) if self._setting.plain else (STYLE, "user.css")
        sheets = (source(self._environment, name) for name in names)
        self._file("style", STYLE, "text/css", "\n".join(filter(None, sheets)).encode())

    def _chapter(self, made: Chapter) -> Chapter:
        name = made.slot.link.href
        self._page(name, "article.xhtml", made.page, made.words, tuple(sorted(made.inventory.properties)))
        if made.qr and made.page.qr:
            self._file(f"qr{made.slot.number + 1:03}", made.page.qr.src, "image/png", made.qr)
        for href, picture in made.pictures.items():
            if f"{FOLDER}/{href}" not in self._store:
                self._store.write_file(f"{FOLDER}/{href}", picture.path)
                self._files.append(Member(f"p{len(self._files)}", href, picture.media_type))
        # The text is in the store: a book of any length holds one chapter's text in memory.
        return replace(made, page=replace(made.page, content=""), qr=None)

    def _around(self, chapters: list[Chapter]) -> None:
        """The front page and the sections' pages, which tell what the articles are about."""
        self._page(FRONT, "front.xhtml", lists.front_page(chapters, self._setting), self._setting.words)
        for part in self._setting.plan.parts:
            if part.link:
                page = lists.section_page(part, chapters, self._setting)
                self._page(part.link.href, "section.xhtml", page, self._setting.words)

    def _page(self, name: str, template: str, page: Page, words: Words, properties: tuple[str, ...] = ()) -> None:
        values = {"page": page, "words": words, "book": self._setting.book, "style": STYLE}
        self._store.writestr(f"{FOLDER}/{name}", render(self._environment, template, **values))
        self._pages[name] = Member(Path(name).stem, name, XHTML, properties, linear=name != CONTENTS)

    def _file(self, id: str, name: str, media_type: str, data: bytes, properties: tuple[str, ...] = ()) -> None:
        self._store.writestr(f"{FOLDER}/{name}", data, deflate=not media_type.startswith("image/"))
        self._files.append(Member(id, name, media_type, properties))

    def _package(self, chapters: list[Chapter], contents: ContentsPage, has_cover: bool) -> Package:
        book, words = self._setting.book, self._setting.words
        held = Inventory()
        for made in chapters:
            held.add(made.inventory)
        return Package(
            identifier=identifier(book),
            title=plain_text(book.title) or words.untitled,
            language=language_tag(book.language),
            direction=book.direction,
            modified=modified(book),
            facts=facts(book, held, words),
            members=[*self._spine(), *self._files],
            entries=contents.entries,
            landmarks=contents.landmarks,
            cover="cover-image" if has_cover else None,
        )

    def _spine(self) -> Iterator[Member]:
        """The pages in reading order; the navigation document last, out of the way of the text."""
        plan = self._setting.plan
        names = [] if plan.single else [FRONT]
        for part in plan.parts:
            names += [link.href for link in (part.link, *(slot.link for slot in part.slots)) if link]
        return (self._pages[name] for name in (*names, CONTENTS))


def _findings(book: Book) -> tuple[Finding, ...]:
    wrong = {article.language: article.title for article in book.articles if language_tag(article.language, "") == ""}
    return tuple(Finding("W-LANGUAGE", f"`{tag}` is not a language tag: en is used", title) for tag, title in wrong.items())

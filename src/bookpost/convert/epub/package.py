"""The package document, the NCX and the container, by EbookLib over a Store that holds the pages and media already.

EbookLib 0.20 would deflate pictures, parse each page three times, write the clock into the zip, say no language on the
package and swallow write errors: here it gets finished members and writes the package only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ebooklib import epub
from lxml import etree

from bookpost.article import Direction
from bookpost.convert.epub.metadata import Fact
from bookpost.convert.epub.pages import Entry, Link
from bookpost.convert.epub.store import Store

FOLDER = "EPUB"
NCX = "toc.ncx"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_GUIDE_TYPES = {"bodymatter": "text"}
"""Landmarks whose name in the guide of EPUB 2 differs."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the book as the manifest names it. `linear` is None outside the spine."""

    id: str
    name: str
    media_type: str
    properties: tuple[str, ...] = ()
    linear: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """All that the package document and the NCX say."""

    identifier: str
    title: str
    language: str
    direction: Direction
    modified: datetime
    facts: Sequence[Fact]
    members: Sequence[Member]
    entries: Sequence[Entry]
    landmarks: Sequence[tuple[str, Link]]
    cover: str | None
    """The id of the cover picture."""


def write_package(package: Package, store: Store) -> None:
    """Write container, package document and NCX into the store."""
    _Writer(package, store).write()


class _Writer(epub.EpubWriter):  # type: ignore[misc] # EbookLib has no types
    """EbookLib's writer, bound to a store; its pages and media are there already."""

    def __init__(self, package: Package, store: Store) -> None:
        options = {"mtime": package.modified, "package_direction": True, "play_order": {"enabled": True, "start_from": 1}}
        super().__init__("", _book(package), options)
        self.out = store
        self._package = package

    def write(self) -> None:
        self._write_container()
        self._write_opf()
        self._write_items()

    def _write_items(self) -> None:
        self.out.writestr(f"{FOLDER}/{NCX}", self._get_ncx())

    def _write_opf_file(self, root: Any) -> None:
        root.set(_XML_LANG, self._package.language)
        super()._write_opf_file(root)

    def _get_ncx(self) -> bytes:
        root = etree.fromstring(super()._get_ncx())
        root.set(_XML_LANG, self._package.language)
        depth = 2 if any(entry.entries for entry in self._package.entries) else 1
        for meta in root.iter("{*}meta"):
            if meta.get("name") == "dtb:depth":
                meta.set("content", str(depth))
        return bytes(etree.tostring(root.getroottree(), encoding="utf-8", xml_declaration=True))


def _book(package: Package) -> Any:
    book = epub.EpubBook()
    book.FOLDER_NAME = FOLDER
    book.metadata = {}
    book.set_identifier(package.identifier)
    book.set_title(package.title)
    book.language = package.language
    book.set_direction("rtl" if package.direction == "rtl" else None)
    for fact in package.facts:
        book.add_metadata("OPF" if fact.name == "meta" else "DC", fact.name, fact.value, fact.attributes)
    book.add_metadata("OPF", "generator", "", {"name": "generator", "content": "bookpost"})
    if package.cover:
        book.add_metadata("OPF", "cover", "", {"name": "cover", "content": package.cover})
    for member in package.members:
        item = epub.EpubItem(uid=member.id, file_name=member.name, media_type=member.media_type)
        item.properties = list(member.properties)
        book.add_item(item)
        if member.linear is not None:
            book.spine.append((item, "yes" if member.linear else "no"))
    book.add_item(epub.EpubNcx(file_name=NCX))
    book.toc = _toc(package.entries)
    book.guide = [{"type": _GUIDE_TYPES.get(kind, kind), "title": link.label, "href": link.href} for kind, link in package.landmarks]
    return book


def _toc(entries: Sequence[Entry]) -> list[Any]:
    """EbookLib's form of the table of contents; it wants an id of every line without lines below."""
    toc: list[Any] = []
    for number, entry in enumerate(entries, 1):
        line = epub.Link(entry.href, entry.label, f"n{number}")
        below = [epub.Link(lower.href, lower.label, f"n{number}-{place}") for place, lower in enumerate(entry.entries, 1)]
        toc.append((line, below) if below else line)
    return toc

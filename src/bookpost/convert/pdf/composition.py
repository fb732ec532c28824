"""A Book → the XHTML that is printed, by the template `pdf/book.html`, and the files that it refers to."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from bookpost.article import Article
from bookpost.convert.book import Book, Section
from bookpost.convert.epub.text import plain, sentences, shortened
from bookpost.convert.figures import Target, render_content
from bookpost.convert.pdf.body import Places, number_addresses, settle
from bookpost.convert.pdf.fonts import SCHEME
from bookpost.convert.pdf.formulas import Formulary
from bookpost.convert.pdf.pages import Page
from bookpost.convert.pdf.views import Chapter, Lead, Link, Part
from bookpost.convert.qr import qr_modules
from bookpost.convert.words import Words, words_for
from bookpost.dom import Element, elements, parse_content, remove, serialise_content, text_of

if TYPE_CHECKING:
    from bookpost.convert.images import Key, Picture

Files = dict[str, tuple[str, str]]
"""Path and media type of a picture by the address under which the text has it."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 (§2.2) forbids."""
_RUNNING_TITLE = 48
_QUIET = 4


def compose(
    book: Book, pictures: "Mapping[Key, Picture]", *, page: Page, colour: bool, words: Words, templates: Path | None = None
) -> tuple[str, Files]:
    """The book as XHTML, and its picture files. Raises ConfigError for a template that fails."""
    from bookpost.convert.templates import environment, render, source

    setting = _Setting(book, pictures, Target("pdf", colour=colour, columns=page.columns), page.paper)
    parts = _linked(setting.parts())
    found = environment("pdf", templates)
    html = render(
        found,
        "book.html",
        book=replace(book, title=plain(book.title) or words.untitled),
        parts=parts,
        page=page,
        colour=colour,
        words=words,
        created=_day(book.published),
        page_style=page_style(page),
        style=source(found, "style.css") or "",
    )
    return _NOT_XML.sub("", html), setting.files


def page_style(page: Page) -> str:
    """The style rules that only the page knows: its size and margins, the type size, how tall a picture may be."""
    return (
        f"@page {{ size: {page.width_mm:.2f}mm {page.height_mm:.2f}mm;"
        f" margin: {page.top_mm}mm {page.outer_mm}mm {page.bottom_mm}mm {page.inner_mm:.2f}mm }}\n"
        f"html {{ font-size: {page.type_pt}pt; line-height: {page.leading} }}\n"
        f"img, svg {{ max-height: {page.text_height_mm * 0.75:.2f}mm }}\n"
    )


class _Setting:
    """Sets one article after another; `files` collects the pictures that they show."""

    def __init__(self, book: Book, pictures: "Mapping[Key, Picture]", target: Target, paper: bool) -> None:
        self.files: Files = {}
        self._book = book
        self._pictures = pictures
        self._target = target
        self._paper = paper
        self._places = Places(book)

    def parts(self) -> tuple[Part, ...]:
        """The book's sections with their chapters."""
        number = count()
        parts = []
        for section in self._book.sections:
            chapters = tuple(self._chapter(article, next(number), section) for article in section.articles)
            parts.append(Part(section.title, chapters[0].id, chapters))
        return tuple(parts)

    def _chapter(self, article: Article, index: int, section: Section) -> Chapter:
        words = words_for(article.language)
        pictures = self._addressed(article, index)
        body = self._body(article, index, pictures, words)
        addresses = number_addresses(body) if self._paper else ()
        title = plain(article.title) or words.untitled
        return Chapter(
            id=self._places.id(index),
            title=title,
            running_title=shortened(title, _RUNNING_TITLE),
            subtitle=plain(article.subtitle),
            site=plain(article.site),
            language=article.language,
            direction=article.direction,
            justified=article.direction == "ltr" and _has_patterns(article.language),
            kicker=tuple(filter(None, (plain(article.site), plain(section.title), self._count(index)))),
            details=_details(article, words),
            lead=_lead(article, pictures),
            content=serialise_content(body),
            addresses=addresses,
            original=Link(article.url, words.original) if article.url and _is_web(article.url) else None,
            qr=_qr(article.url, words.qr_code) if article.url else "",
            missing=tuple(filter(None, (plain(article.notice),))),
            source=" · ".join(filter(None, (plain(article.site), words.minutes(article.minutes)))),
            summary=_summary(article),
        )

    def _body(self, article: Article, index: int, pictures: "Mapping[str, tuple[Picture, str]]", words: Words) -> Element:
        body = render_content(article, pictures=pictures, target=self._target, words=words, formulas=Formulary(words.formula))
        settle(body, self._places.id(index), self._places, words)
        return body

    def _addressed(self, article: Article, index: int) -> "dict[str, tuple[Picture, str]]":
        """The article's pictures, each with the address under which the text has it."""
        own = {image.id: found for image in article.images if (found := self._pictures.get((index, image.id)))}
        return {id: (picture, self._address(picture)) for id, picture in own.items()}

    def _address(self, picture: "Picture") -> str:
        address = f"{SCHEME}:picture/{picture.name}"
        self.files[address] = (str(picture.path), picture.media_type)
        return address

    def _count(self, index: int) -> str:
        return "" if self._book.single else f"{index + 1}/{len(self._book.articles)}"


def _details(article: Article, words: Words) -> tuple[str, ...]:
    date = words.date(article.published) if article.published else ""
    return tuple(filter(None, (plain(words.by_line(article.authors)), date, words.minutes(article.minutes))))


def _summary(article: Article) -> str:
    """One sentence: the excerpt's first, else the text's."""
    if article.excerpt:
        return sentences(plain(article.excerpt), 1, 220)
    body = parse_content(article.content)
    for mark in elements(body, "sup", "a"):
        if mark.tag == "sup" or mark.get("role") == "doc-noteref":
            remove(mark)
    paragraph = body.find("p")
    return sentences(text_of(paragraph)[:600], 1, 220) if paragraph is not None else ""


def _linked(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The chapters with the way to the one before and after."""
    chapters = [chapter for part in parts for chapter in part.chapters]
    links = [None, *(Link(f"#{chapter.id}", chapter.title) for chapter in chapters), None]
    linked = iter([replace(chapter, previous=links[n], next=links[n + 2]) for n, chapter in enumerate(chapters)])
    return tuple(replace(part, chapters=tuple(next(linked) for _ in part.chapters)) for part in parts)


def _lead(article: Article, pictures: "Mapping[str, tuple[Picture, str]]") -> Lead | None:
    """The lead picture, when the text does not show it anyway."""
    if not article.lead_image or f"image:{article.lead_image}" in article.content:
        return None
    image, found = article.image(article.lead_image), pictures.get(article.lead_image)
    if not image or not found:
        return None
    return Lead(found[1], plain(image.alt), plain(image.caption), plain(image.credit))


def _has_patterns(language: str) -> bool:
    import pyphen

    return pyphen.language_fallback(language) is not None


def _is_web(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")


def _qr(address: str, label: str) -> str:
    """The address as a QR code in SVG with a quiet zone of four modules (ISO/IEC 18004 §9.1); empty when it is too long."""
    rows = qr_modules(address) if _is_web(address) else None
    if rows is None:
        return ""
    side = len(rows) + 2 * _QUIET
    runs = (
        f"M{run.start() + _QUIET} {y}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(rows, _QUIET)
        for run in re.finditer(rb"\x01+", bytes(row))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><title>{escape(label)}</title>'
        f'<path d="{"".join(runs)}"/></svg>'
    )


def _day(day: date | datetime | None) -> str:
    return day.isoformat()[:10] if day else ""

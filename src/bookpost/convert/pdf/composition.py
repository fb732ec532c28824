"""A Book → the XHTML that is printed, by the template `pdf/book.html`, and the files that it refers to."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bookpost.article import Article
from bookpost.convert.book import Book
from bookpost.convert.epub.text import plain, sentences, shortened
from bookpost.convert.figures import Target, render_content
from bookpost.convert.pdf.body import Places, number_addresses, settle
from bookpost.convert.pdf.fonts import SCHEME
from bookpost.convert.pdf.formulas import Formulary
from bookpost.convert.pdf.pages import Page
from bookpost.convert.pdf.views import Address, Chapter, Lead, Link, Part
from bookpost.convert.words import Words, words_for
from bookpost.dom import parse_content, serialise_content, text_of

if TYPE_CHECKING:
    from bookpost.convert.images import Key, Picture

Files = dict[str, tuple[str, str]]
"""Path and media type of a picture by the address under which the text has it."""

_RUNNING_TITLE = 60
_QR_MOST = 300
"""Characters in an address; above it the modules get too small for a camera at 25 mm."""


def compose(
    book: Book, pictures: "Mapping[Key, Picture]", *, page: Page, colour: bool, words: Words, templates: Path | None = None
) -> tuple[str, Files]:
    """The book as XHTML, and its picture files. Raises ConfigError for a template that fails."""
    from bookpost.convert.templates import environment, render, source

    files: Files = {}
    parts = _linked(_parts(book, pictures, files, page, colour))
    shipped = environment("pdf", templates)
    html = render(
        shipped,
        "book.html",
        book=book,
        parts=parts,
        page=page,
        words=words,
        created=_day(book.published),
        page_style=page_style(page),
        style=source(shipped, "style.css") or "",
    )
    return html, files


def page_style(page: Page) -> str:
    """The style rules that only the page knows: its size and margins, the type size, how tall a picture may be."""
    return (
        f"@page {{ size: {page.width_mm:.2f}mm {page.height_mm:.2f}mm;"
        f" margin: {page.top_mm}mm {page.outer_mm}mm {page.bottom_mm}mm {page.inner_mm:.2f}mm }}\n"
        f"html {{ font-size: {page.type_pt}pt; line-height: {page.leading} }}\n"
        f"img, svg {{ max-height: {page.text_height_mm * 0.75:.2f}mm }}\n"
    )


def _parts(book: Book, pictures: "Mapping[Key, Picture]", files: Files, page: Page, colour: bool) -> tuple[Part, ...]:
    places = Places(book)
    number = count()
    parts = []
    for section in book.sections:
        chapters = tuple(_chapter(article, next(number), book, pictures, files, page, colour, places, section.title) for article in section.articles)
        parts.append(Part(section.title, chapters[0].id, chapters))
    return tuple(parts)


def _chapter(
    article: Article,
    index: int,
    book: Book,
    pictures: "Mapping[Key, Picture]",
    files: Files,
    page: Page,
    colour: bool,
    places: Places,
    section: str | None,
) -> Chapter:
    words = words_for(article.language)
    own = {image.id: found for image in article.images if (found := pictures.get((index, image.id)))}
    addressed = {id: (picture, _address(picture, files)) for id, picture in own.items()}
    body = render_content(
        article,
        pictures=addressed,
        target=Target("pdf", colour=colour, columns=page.columns),
        words=words,
        formulas=Formulary(words.formula),
    )
    id = places.id(index)
    settle(body, id, places, words)
    addresses = number_addresses(body, article.language) if page.paper else ()
    site = plain(article.site)
    total = len(book.articles)
    details = (words.by_line(article.authors), words.date(article.published) if article.published else "", words.minutes(article.minutes))
    return Chapter(
        id=id,
        title=plain(article.title) or words.untitled,
        running_title=shortened(plain(article.title) or words.untitled, _RUNNING_TITLE),
        subtitle=plain(article.subtitle),
        site=site,
        section=plain(section),
        language=article.language,
        direction=article.direction,
        justified=article.direction == "ltr" and _has_patterns(article.language),
        kicker=tuple(filter(None, (site, plain(section), f"{index + 1}/{total}" if total > 1 else ""))),
        details=tuple(filter(None, map(plain, details))),
        lead=_lead(article, addressed),
        content=serialise_content(body),
        addresses=tuple(Address(number, href, shown) for number, href, shown in addresses),
        original=Link(article.url, words.original) if article.url and _is_web(article.url) else None,
        qr=_qr(article.url, words.qr_code) if article.url else "",
        missing=tuple(map(plain, article.notes)),
        source=" · ".join(filter(None, (site, words.minutes(article.minutes)))),
        summary=sentences(plain(article.excerpt) or text_of(parse_content(article.content))[:600], 1, 220),
    )


def _linked(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The chapters with the way to the one before and after."""
    from dataclasses import replace

    chapters = [chapter for part in parts for chapter in part.chapters]
    links = [None, *(Link(f"#{chapter.id}", chapter.title) for chapter in chapters), None]
    linked = iter([replace(chapter, previous=links[n], next=links[n + 2]) for n, chapter in enumerate(chapters)])
    return tuple(replace(part, chapters=tuple(next(linked) for _ in part.chapters)) for part in parts)


def _address(picture: "Picture", files: Files) -> str:
    address = f"{SCHEME}:picture/{picture.name}"
    files[address] = (str(picture.path), picture.media_type)
    return address


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
    """The address as a QR code in SVG with the quiet zone of ISO/IEC 18004; empty when it is too long to be scanned."""
    if not _is_web(address) or len(address) > _QR_MOST:
        return ""
    from io import BytesIO

    import segno

    svg = BytesIO()
    code = segno.make_qr(address, error="l", boost_error=False, mask=2)
    code.save(svg, kind="svg", border=4, xmldecl=False, svgns=True, nl=False, title=label, omitsize=True)
    return svg.getvalue().decode()


def _day(day: date | datetime | None) -> str:
    return day.isoformat()[:10] if day else ""

"""An article → its page: the head, the text, the end block, and what the rest of the book needs to know of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from bookpost.article import Article
from bookpost.convert.book import Book
from bookpost.convert.epub import body as steps
from bookpost.convert.epub import plainly
from bookpost.convert.epub.body import Heading, Inventory
from bookpost.convert.epub.hanging import hang_code
from bookpost.convert.epub.pages import ArticlePage, Figure, Link
from bookpost.convert.epub.plan import Plan, Slot
from bookpost.convert.epub.text import language_tag, plain, same_language, shortened, typeset
from bookpost.convert.figures import Target, render_content
from bookpost.convert.qr import qr_png
from bookpost.convert.words import Words, words_for
from bookpost.device import Device
from bookpost.dom import Element

if TYPE_CHECKING:
    from markupsafe import Markup

    from bookpost.convert.images import Key, Picture

PICTURES = "images"
_COLUMN_MM = 16
"""A column of a table below this width holds fewer than two words."""
_URL_SAFE = "%/:=&?~+!$,;'@()*"
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Setting:
    """What all pages of one book are made with."""

    book: Book
    plan: Plan
    device: Device
    words: Words
    plain: bool = False

    @property
    def target(self) -> Target:
        """What `render_content` needs to know of the device."""
        if self.plain:
            return Target(kind="epub", colour=False, columns=plainly.TABLE_COLUMNS)
        columns = min(10, max(3, int(self.device.page_mm[0] // _COLUMN_MM)))
        return Target(kind="epub", colour=self.device.colour, columns=columns)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A finished article page, and what navigation, front page and package take from it.

    `pictures` are the files its page shows by their href; `qr` is the PNG that `page.qr` names;
    `words` are those of its language.
    """

    slot: Slot
    page: ArticlePage
    words: Words
    headings: tuple[Heading, ...]
    inventory: Inventory
    lead: Figure | None
    opening: str
    qr: bytes | None
    pictures: "Mapping[str, Picture]" = field(repr=False)


def chapter(slot: Slot, pictures: "Mapping[Key, Picture]", setting: Setting, places: Mapping[str, str]) -> Chapter:
    """The page of the article at this place. `places` are the pages of the book's articles by `address_key`."""
    article = slot.article
    words = words_of(article.language, setting.words)
    files = {image.id: found for image in article.images if (found := _file(pictures.get((slot.number, image.id))))}
    formulas = plainly.say_formula if setting.plain else None
    body = render_content(article, pictures=files, target=setting.target, words=words, formulas=formulas)
    if setting.plain:
        plainly.simplify(body)
    steps.resolve_links(body, places)
    body = steps.mark_notes(body)
    headings = steps.anchor_headings(body)
    steps.dash_attributions(body)
    steps.fit_pictures(body, setting.device)
    if not setting.plain:
        hang_code(body)
    if article.direction == "rtl":
        steps.set_code_direction(body)
    lead = _lead(article, files, setting.device)
    repeated = lead is None or steps.opens_with_figure(body) or steps.shows(body, lead.src)
    shown = None if repeated else lead
    inventory = steps.take_inventory(body, shown)
    original = _original(article)
    code = qr_png(original.href) if original and not setting.plain else None
    return Chapter(
        slot=slot,
        words=words,
        page=_page(slot, setting, words, shown, steps.serialise(body), original, code and code[1]),
        headings=headings,
        inventory=inventory,
        lead=lead,
        opening=typeset(plain(article.excerpt), article.language) or steps.opening(body),
        qr=code and code[0],
        pictures=_files_of(body, files, lead if shown or setting.plan.opens_with(slot) else None),
    )


def words_of(language: str, words: Words) -> Words:
    """Our words in this language, or the book's where there are none."""
    own = words_for(language)
    return own if same_language(own.language, language) else words


def body_classes(language: str, direction: str) -> str:
    """What the style sheet goes by, since old engines know neither `:lang` nor `[dir]`."""
    cjk = language.split("-")[0].lower() in ("zh", "ja", "ko", "yue")
    return " ".join(filter(None, ("rtl" if direction == "rtl" else "ltr", "cjk" if cjk else "")))


def _page(
    slot: Slot, setting: Setting, words: Words, lead: Figure | None, content: str, original: Link | None, qr_side: int | None
) -> ArticlePage:
    article, plan = slot.article, setting.plan
    language = language_tag(article.language, language_tag(setting.book.language))
    foreign = not same_language(words.language, language)
    return ArticlePage(
        title=slot.link.label,
        language=language,
        direction=article.direction,
        classes=f"article {body_classes(language, article.direction)}" + (" colour" if setting.device.colour else ""),
        words_language=words.language if foreign else None,
        words_direction=words.direction,
        bar=plan.bar(slot, words),
        subtitle=typeset(plain(article.subtitle), article.language),
        kicker=_kicker(slot, plan),
        details=_details(article, words),
        lead=lead,
        content=_finished(content),
        next=plan.after(slot),
        original=original,
        qr=Figure(f"{PICTURES}/qr{slot.number + 1:03}.png", qr_side, qr_side, words.qr_code) if qr_side else None,
        missing=_missing(article, words),
    )


def _finished(content: str) -> "Markup":
    from markupsafe import Markup

    return Markup(content)  # noqa: S704 - serialised from the DOM of clean content


def _kicker(slot: Slot, plan: Plan) -> tuple[str, ...]:
    """Site, section, and the article's number among all: “The Daily · Politics · 3/12”."""
    number = "" if plan.single else f"{slot.number + 1}/{len(plan.slots)}"
    return tuple(filter(None, (plain(slot.article.site), plan.parts[slot.section].title, number)))


def _details(article: Article, words: Words) -> tuple[str, ...]:
    """By-line, date and reading time."""
    authors = tuple(filter(None, map(plain, article.authors)))
    day = words.date(article.published) if article.published else ""
    minutes = words.minutes(article.minutes) if article.words else ""
    return tuple(filter(None, (words.by_line(authors), day, minutes)))


def _missing(article: Article, words: Words) -> tuple[str, ...]:
    absent = sum(1 for image in article.images if image.source is None)
    pictures = f"{words.picture_not_available}: {absent}" if absent else ""
    return tuple(filter(None, (plain(article.notice), pictures)))


def _original(article: Article) -> Link | None:
    """The article's address, quoted so that it is a URL, and as a short text."""
    address = plain(article.url)
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    shown = address.split("#")[0].split("?")[0].removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return Link(_quoted(parts), shortened(shown, 80))


def _quoted(parts: SplitResult) -> str:
    """The address with everything escaped that RFC 3986 does not allow where it stands; brackets only around a host."""
    rest = (_BARE_PERCENT.sub("%25", quote(part, safe=_URL_SAFE)) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, quote(parts.netloc, safe=_URL_SAFE + "[]"), *rest))


def _file(picture: "Picture | None") -> "tuple[Picture, str] | None":
    return (picture, f"{PICTURES}/{picture.name}") if picture else None


def _lead(article: Article, files: "Mapping[str, tuple[Picture, str]]", device: Device) -> Figure | None:
    image = article.image(article.lead_image) if article.lead_image else None
    if image is None or image.id not in files:
        return None
    picture, href = files[image.id]
    size = steps.lead_class(picture.width, picture.height, device)
    caption, credit = typeset(plain(image.caption), article.language), plain(image.credit)
    return Figure(href, picture.width, picture.height, plain(image.alt) or caption, caption, credit, size)


def _files_of(body: Element, files: "Mapping[str, tuple[Picture, str]]", lead: Figure | None) -> "Mapping[str, Picture]":
    """The files of the pictures in the text and of the lead picture, in order of appearance."""
    by_href = {href: picture for picture, href in files.values()}
    wanted = [lead.src] if lead else []
    wanted += [image.get("src", "") for image in body.iter("img")]
    return {href: by_href[href] for href in dict.fromkeys(wanted) if href in by_href}

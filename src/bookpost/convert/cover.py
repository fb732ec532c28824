"""The cover: what a library grid shows of a book, so the title is the picture. Black on white, read at 160 pixels wide.

Site between rules, title, then the lead picture, the headlines of an edition or a pattern, and date and reading time.
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from bookpost.convert.faces import faces
from bookpost.convert.lettering import Lettering, fold, letter
from bookpost.convert.pattern import draw_pattern

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from bookpost.convert.book import Book
    from bookpost.convert.images import Picture

MAX_BYTES = 200_000
"""Kindle Publishing Guidelines: a cover has at most 200 KB here, so that a shelf of them loads quickly."""
_WIDTH, _HEIGHT, _MARGIN = 1600, 2560, 120
_RIGHT = _WIDTH - _MARGIN
_MEASURE = _WIDTH - 2 * _MARGIN
_TITLE_TOP = 380
_FOOT = 2330
_LEAST_WIDE = 800
_HEADLINES = 4


class Words(Protocol):
    """The words of the book's language that a cover needs."""

    def minutes(self, n: int) -> str:
        """A reading time of n minutes."""

    def articles(self, n: int) -> str:
        """How many articles."""

    def date(self, day: date) -> str:
        """The day as in running text."""


def draw_cover(book: "Book", *, lead: "Picture | None", words: Words, size: tuple[int, int] = (_WIDTH, _HEIGHT)) -> bytes:
    """The cover as a grey JPEG of at most 200 KB; the same book has the same bytes with the same fonts."""
    from PIL import Image, ImageDraw

    page = Image.new("L", (_WIDTH, _HEIGHT), 255)
    canvas = ImageDraw.Draw(page)
    _draw_head(canvas, _site(book))
    _draw_foot(canvas, _facts(book, words))
    picture = _usable(lead)
    bottom = _draw_title(canvas, book, words, roomy=False)
    if not book.single:
        bottom = _draw_headlines(canvas, [article.title for article in book.articles[:_HEADLINES]], bottom + 70)
    if picture is not None and _FOOT - bottom > 500:
        _draw_picture(page, picture, (0, bottom + 100, _WIDTH, _FOOT))
    elif _FOOT - bottom > 400:
        area = (_MARGIN, bottom + 100, _RIGHT, _FOOT - 70)
        draw_pattern(canvas, area, book.identity, _letters(book), next(faces()))
    return _jpeg(page if size == page.size else page.resize(size, Image.Resampling.LANCZOS))


def _site(book: "Book") -> str:
    if book.site:
        return book.site
    hosts = {urlsplit(article.url or "").hostname or "" for article in book.articles}
    return hosts.pop().removeprefix("www.") if len(hosts) == 1 else ""


def _draw_head(canvas: "ImageDraw", site: str) -> None:
    canvas.rectangle((_MARGIN, _MARGIN, _RIGHT - 1, _MARGIN + 13), fill=0)
    name = letter(fold(site), _MEASURE, 110, sizes=(56, 88), most=1) if site else None
    if name:
        name.draw(canvas, _MARGIN, _RIGHT, _MARGIN + 52)
        canvas.rectangle((_MARGIN, _MARGIN + 180, _RIGHT - 1, _MARGIN + 183), fill=0)


def _facts(book: "Book", words: Words) -> list[str]:
    count = [] if book.single else [words.articles(len(book.articles))]
    reading = [*count, words.minutes(book.minutes)]
    return [words.date(book.published) if book.published else "", " · ".join(reading)]


def _draw_foot(canvas: "ImageDraw", facts: Sequence[str]) -> None:
    canvas.rectangle((_MARGIN, _FOOT + 20, _RIGHT - 1, _FOOT + 23), fill=0)
    left, right = (letter(fact, _MEASURE // 2, 100, sizes=(44, 66), most=1, bold=False) if fact else None for fact in facts)
    if left:
        left.draw(canvas, _MARGIN, _RIGHT, _FOOT + 62)
    if right:
        width = round(right.face.at(right.size, bold=False).getlength(right.lines[0]))
        start = _RIGHT - width if left and not left.rtl else _MARGIN
        right.draw(canvas, start, start + width, _FOOT + 62)


def _draw_title(canvas: "ImageDraw", book: "Book", words: Words, *, roomy: bool) -> int:
    del roomy
    height = 1060 if book.single else 620
    for text in (book.title, book.site or "", words.date(book.published) if book.published else ""):
        title = letter(fold(text), _MEASURE, height, sizes=(90, 230), most=7) if text else None
        if title:
            return title.draw(canvas, _MARGIN, _RIGHT, _TITLE_TOP)
    return _TITLE_TOP - 60


def _draw_headlines(canvas: "ImageDraw", titles: Sequence[str], top: int) -> int:
    for number, text in enumerate(titles):
        sizes, most = ((84, 110), 4) if number == 0 else ((56, 64), 2)
        headline: Lettering | None = letter(fold(text), _MEASURE, 460, sizes=sizes, most=most, bold=number == 0)
        if headline:
            canvas.rectangle((_MARGIN, top, _RIGHT - 1, top + (7 if number == 0 else 2)), fill=0)
            top = headline.draw(canvas, _MARGIN, _RIGHT, top + 34) + 26
    return top


def _usable(lead: "Picture | None") -> "Path | None":
    """A photograph that is large enough; what was drawn (PNG, GIF) is a logo or a chart, which nobody can read that small."""
    if lead is None or max(lead.source_width, lead.width) < _LEAST_WIDE or lead.media_type != "image/jpeg":
        return None
    return lead.path if 0.4 < lead.width / lead.height < 3 else None


def _draw_picture(page: "Image", path: Path, area: tuple[int, int, int, int]) -> None:
    from PIL import Image, ImageOps

    left, top, right, bottom = area
    with Image.open(path, formats=("JPEG",)) as picture:
        picture.draft("L", (right - left, bottom - top))
        page.paste(ImageOps.fit(picture.convert("L"), (right - left, bottom - top), Image.Resampling.BICUBIC), (left, top))


def _letters(book: "Book") -> str:
    return "".join(sorted({c.upper() for c in book.title if c.isascii() and c.isalnum()}))[:6]


def _jpeg(page: "Image") -> bytes:
    for quality in (80, 70, 60, 45, 30):
        out = BytesIO()
        page.save(out, "JPEG", quality=quality, optimize=True, dpi=(300, 300))
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()

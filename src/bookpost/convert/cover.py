"""The cover: what a library grid shows of a book, so the title is the picture. Black on white, read at 160 pixels wide.

Site between rules, title, then the lead picture, the headlines of an edition or a pattern, and date and reading time.
Lengths are pixels of a page of 1600 × 2560, the size that Kindle's publishing guidelines ask for.
"""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from bookpost.convert.faces import shipped_faces
from bookpost.convert.lettering import letter
from bookpost.convert.pattern import draw_pattern

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from bookpost.article import Article
    from bookpost.convert.book import Book
    from bookpost.convert.images import Picture

MAX_BYTES = 200_000
"""What a cover may weigh, so that a shelf of them loads quickly."""
_WIDTH, _HEIGHT, _MARGIN = 1600, 2560, 120
_RIGHT = _WIDTH - _MARGIN
_MEASURE = _WIDTH - 2 * _MARGIN
_FOOT = 2330
"""Where date and reading time begin; all else stands above."""
_TITLE_SIZES, _TITLE_LINES = (90, 230), 7
_LEAST_WIDE = 800
_HEADLINES = 4
_LONGEST = 400
"""Characters of a title that are looked at: seven lines hold fewer."""


class Words(Protocol):
    """The words of the book's language that a cover needs."""

    def minutes(self, n: int) -> str:
        """A reading time of n minutes."""

    def articles(self, n: int) -> str:
        """How many articles."""

    def date(self, day: date) -> str:
        """The day as in running text."""


def draw_cover(book: "Book", *, lead: "Picture | None", words: Words, size: tuple[int, int] = (_WIDTH, _HEIGHT)) -> bytes:
    """The cover as a grey JPEG of at most 200 KB; the same book has the same bytes, with the same fonts installed."""
    from PIL import Image, ImageDraw

    page = Image.new("L", (_WIDTH, _HEIGHT), 255)
    canvas = ImageDraw.Draw(page)
    top = _draw_head(canvas, book)
    top = _draw_title(canvas, book, words, top)
    if not book.single:
        top = _draw_headlines(canvas, book.articles[:_HEADLINES], top + 70)
    path = _usable(lead)
    if path and _FOOT - top > 500:
        _draw_picture(page, path, (0, top + 90, _WIDTH, _FOOT))
    else:
        canvas.rectangle((_MARGIN, _FOOT + 20, _RIGHT - 1, _FOOT + 23), fill=0)
        if _FOOT - top > 400:
            draw_pattern(canvas, (_MARGIN, top + 90, _RIGHT, _FOOT - 70), book.identity, _letters(book.title), shipped_faces()[0])
    _draw_foot(canvas, book, words)
    return _jpeg(page if size == page.size else page.resize(size, Image.Resampling.LANCZOS))


def _draw_head(canvas: "ImageDraw", book: "Book") -> int:
    """The site between rules; where the title begins."""
    canvas.rectangle((_MARGIN, _MARGIN, _RIGHT - 1, _MARGIN + 13), fill=0)
    site = _site(book)
    name = letter(site, _MEASURE, 120, book.language, sizes=(56, 88)) if site else None
    if name is None:
        return _MARGIN + 90
    name.draw(canvas, _MARGIN, _RIGHT, _MARGIN + 14 + (166 - name.height) // 2)
    canvas.rectangle((_MARGIN, _MARGIN + 180, _RIGHT - 1, _MARGIN + 183), fill=0)
    return _MARGIN + 260


def _site(book: "Book") -> str:
    if book.site:
        return _folded(book.site)
    hosts = {urlsplit(article.url or "").hostname or "" for article in book.articles}
    return hosts.pop().removeprefix("www.") if len(hosts) == 1 else ""


def _draw_title(canvas: "ImageDraw", book: "Book", words: Words, top: int) -> int:
    """The title, or the date where no font has the title's characters; where it ends."""
    height = 1060 if book.single else 620
    for text in (_folded(book.title), *_days(book, words)):
        title = letter(text, _MEASURE, height, book.language, sizes=_TITLE_SIZES, most=_TITLE_LINES)
        if title:
            return title.draw(canvas, _MARGIN, _RIGHT, top)
    return top - 60


def _draw_headlines(canvas: "ImageDraw", articles: "tuple[Article, ...]", top: int) -> int:
    for number, article in enumerate(articles):
        first = number == 0
        sizes, lines, rule = ((84, 112), 4, 8) if first else ((56, 64), 2, 3)
        headline = letter(_folded(article.title), _MEASURE, 460, article.language, sizes=sizes, most=lines, bold=first)
        if headline:
            canvas.rectangle((_MARGIN, top, _RIGHT - 1, top + rule - 1), fill=0)
            top = headline.draw(canvas, _MARGIN, _RIGHT, top + 34) + 26
    return top


def _draw_foot(canvas: "ImageDraw", book: "Book", words: Words) -> None:
    """Date at the near edge, reading time at the far one."""
    counted = words.minutes(book.minutes) if book.single else f"{words.articles(len(book.articles))} · {words.minutes(book.minutes)}"
    facts = [_days(book, words), (counted, f"{book.minutes}′")]
    near, far = (
        next(filter(None, (letter(text, _MEASURE // 2, 120, book.language, sizes=(44, 66), bold=False) for text in texts)), None)
        for texts in facts
    )
    left, right = (far, near) if book.direction == "rtl" else (near, far)
    for lettering, flush_right in ((left, False), (right, True)):
        if lettering:
            start = _RIGHT - lettering.width if flush_right else _MARGIN
            lettering.draw(
                canvas, start, start + lettering.width, _FOOT + 24 + (_HEIGHT - _FOOT - 24 - _MARGIN // 2 - lettering.height) // 2
            )


def _days(book: "Book", words: Words) -> tuple[str, ...]:
    """The date in words, and in figures for want of a font."""
    return (words.date(book.published), book.published.isoformat()[:10]) if book.published else ()


def _usable(lead: "Picture | None") -> "Path | None":
    """A photograph that is large enough. What was drawn (PNG, GIF) is a logo or a chart: nobody can read it that small."""
    if lead is None or max(lead.source_width, lead.width) < _LEAST_WIDE or lead.media_type != "image/jpeg":
        return None
    return lead.path if 0.4 < lead.width / lead.height < 3 else None


def _draw_picture(page: "Image", path: Path, area: tuple[int, int, int, int]) -> None:
    """The picture across the page, cut to the area's shape: a little more at the bottom than at the top, where faces are."""
    from PIL import Image, ImageOps

    left, top, right, bottom = area
    size = right - left, bottom - top
    with Image.open(path, formats=("JPEG",)) as picture:
        picture.draft("L", size)
        page.paste(ImageOps.fit(picture.convert("L"), size, Image.Resampling.BICUBIC, centering=(0.5, 0.4)), (left, top))


def _letters(title: str) -> str:
    """Up to six of the title's own letters, for the pattern."""
    return "".join(dict.fromkeys(c for c in title.upper() if c.isascii() and c.isalpha()))[:6]


def _folded(text: str) -> str:
    """White space folded, and no full stop at the end."""
    text = " ".join(text[:_LONGEST].split())
    return text[:-1] if text.endswith(".") and text.count(".") == 1 else text


def _jpeg(page: "Image") -> bytes:
    for data in _smaller_and_smaller(page):
        if len(data) <= MAX_BYTES:
            return data
    return data


def _smaller_and_smaller(page: "Image") -> Iterator[bytes]:
    for quality in (70, 55, 40, 25, 10):
        out = BytesIO()
        # Without `optimize`, which takes three times as long (13 ms of a small book's 20) for a fifth of the bytes.
        page.save(out, "JPEG", quality=quality, dpi=(300, 300))
        yield out.getvalue()

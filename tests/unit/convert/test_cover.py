"""A cover says what the book is, looks like no other's, and has no box, in every script."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

import pictures
from bookpost.article import Article
from bookpost.convert.book import Book, bind
from bookpost.convert.cover import draw_cover
from bookpost.convert.images import Picture


class English:
    """The words that a cover needs."""

    def minutes(self, n: int) -> str:
        return f"{n} min"

    def articles(self, n: int) -> str:
        return f"{n} articles"

    def date(self, day: date) -> str:
        return f"{day.day} March {day.year}"


def article(title: str, language: str = "en", **facts: object) -> Article:
    plain = Article(title=title, content="", language=language, site="The Daily", words=1400, published=date(2026, 3, 1))
    return replace(plain, **facts)  # type: ignore[arg-type]


def cover(book: Book, lead: Picture | None = None) -> Image.Image:
    data = draw_cover(book, lead=lead, words=English())
    assert len(data) <= 200_000
    with Image.open(BytesIO(data)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "L", (1600, 2560))
        image.load()
        return image.copy()


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    """The share of dark pixels."""
    part = image.crop(box)
    return sum(part.histogram()[:128]) / (part.width * part.height)


TITLE = (120, 380, 1480, 640)
HEAD = (120, 140, 1480, 296)
FOOT = (120, 2370, 1480, 2500)
MARGINS = [(0, 0, 110, 2560), (1490, 0, 1600, 2560), (0, 0, 1600, 110), (0, 2510, 1600, 2560)]

TITLES = {
    "short": ("Rain", "en"),
    "long": ("Why the reform of the timetable has been postponed for the seventh time " * 9, "en"),
    "long-words": ("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "de"),
    "one-endless-word": ("a" * 5000, "en"),
    "greek": ("Η βροχή", "el"),
    "russian": ("Совет снова откладывает мост", "ru"),
    "arabic": ("المجلس يؤجل الجسر مرة أخرى", "ar"),
    "hebrew": ("המועצה דוחה את הגשר שוב", "he"),
    "hindi": ("परिषद ने पुल को फिर टाला", "hi"),
    "thai": ("สภาเลื่อนสะพานอีกครั้งหลังจากการประชุมที่ยาวนานถึงสามวันสามคืนในเมืองหลวง", "th"),
    "japanese": ("橋の建設はまた延期された、市議会が三度目の投票へ", "ja"),
    "emoji": ("🎉🎉🎉", "en"),
    "control": ("A\x00\x1b title\n\twith\u202e odd characters", "en"),
}


@pytest.mark.parametrize("name", TITLES)
def test_every_title_makes_a_cover(name: str) -> None:
    """Something stands where the title belongs (the date, where no font has it), nothing in the margins."""
    title, language = TITLES[name]
    direction = "rtl" if language in ("ar", "he") else "ltr"
    image = cover(bind([article(title, language, direction=direction)]))
    assert ink(image, TITLE) > 0.02
    assert ink(image, HEAD) > 0.005
    assert ink(image, FOOT) > 0.005
    for margin in MARGINS:
        assert ink(image, margin) == 0


def test_right_to_left_begins_at_the_right() -> None:
    image = cover(bind([article("المجلس", "ar", direction="rtl")]))
    assert ink(image, (800, 380, 1480, 640)) > ink(image, (120, 380, 800, 640))


def test_the_title_can_be_read_in_the_library_grid() -> None:
    """At 160 pixels wide a title of usual length has letters of a dozen pixels: full contrast survives the reduction."""
    small = cover(bind([article("Council delays the bridge again")])).resize((160, 256), Image.Resampling.LANCZOS)
    low, high = map(str, small.crop((12, 38, 148, 120)).getextrema())
    assert int(low) < 30
    assert int(high) == 255


def test_the_same_book_has_the_same_cover_and_another_one_another() -> None:
    one, other = (bind([article("Rain", url=f"https://example.org/{name}")]) for name in "ab")
    assert draw_cover(one, lead=None, words=English()) == draw_cover(one, lead=None, words=English())
    assert draw_cover(one, lead=None, words=English()) != draw_cover(other, lead=None, words=English())


def test_without_a_site_the_address_names_the_paper() -> None:
    named = cover(bind([article("Rain", site=None, url="https://www.example.org/rain")]))
    assert ink(named, HEAD) > 0.005


def test_without_a_site_or_a_date_nothing_is_made_up() -> None:
    image = cover(bind([article("Rain", site=None, published=None)]))
    assert ink(image, (120, 2370, 800, 2500)) == 0
    assert ink(image, (800, 2370, 1480, 2500)) > 0.005


def picture(folder: Path, data: bytes, media_type: str, size: tuple[int, int], source_width: int) -> Picture:
    path = folder / "lead"
    path.write_bytes(data)
    return Picture(path, "lead", media_type, *size, source_width)


def test_a_photograph_fills_the_lower_half_from_edge_to_edge(tmp_path: Path) -> None:
    lead = picture(tmp_path, pictures.jpeg((1264, 948)), "image/jpeg", (1264, 948), 1600)
    image = cover(bind([article("Rain")]), lead)
    assert image.crop((0, 1500, 100, 2300)).getextrema()[1] != 255


@pytest.mark.parametrize("case", ["small", "drawn", "banner"])
def test_a_logo_is_not_a_lead_picture(case: str, tmp_path: Path) -> None:
    leads = {
        "small": lambda: picture(tmp_path, pictures.jpeg((400, 300)), "image/jpeg", (400, 300), 400),
        "drawn": lambda: picture(tmp_path, pictures.png_line_art(), "image/png", (900, 600), 900),
        "banner": lambda: picture(tmp_path, pictures.jpeg((1200, 200)), "image/jpeg", (1200, 200), 1200),
    }
    book = bind([article("Rain")])
    assert draw_cover(book, lead=leads[case](), words=English()) == draw_cover(book, lead=None, words=English())


def test_an_edition_shows_its_headlines() -> None:
    titles = ("Council delays the bridge again", "Seven ways to bake a loaf", "The return of the swift", "On keeping a notebook")
    four = draw_cover(bind([article(title) for title in titles], title="Morning"), lead=None, words=English())
    changed = (*titles[:3], "Another headline")
    assert four != draw_cover(bind([article(title) for title in changed], title="Morning"), lead=None, words=English())
    assert ink(cover(bind([article(title) for title in titles], title="Morning")), (120, 900, 1480, 1900)) > 0.03


def test_a_cover_comes_in_the_size_asked_for() -> None:
    data = draw_cover(bind([article("Rain")]), lead=None, words=English(), size=(800, 1280))
    with Image.open(BytesIO(data)) as image:
        assert image.size == (800, 1280)

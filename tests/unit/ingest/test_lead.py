"""Which picture leads: the one that the source names, under whatever size it stands in the content."""

import pytest

from bookpost.article import Image
from bookpost.ingest.lead import choose_lead, lead_to_show
from bookpost.ingest.local import Whereabouts

IMAGES = (Image(id="i1", source=b"a"), Image(id="i2", source=b"b"))
SOURCES = {"i1": "https://x.org/up/other.jpg", "i2": "https://x.org/up/harbour-1024x768.jpg?w=3"}


@pytest.mark.parametrize(
    "src",
    [
        "https://x.org/up/harbour.jpg",
        "https://cdn.x.org/harbour-150x150.jpg.webp",
        "https://x.org/up/harbour-1024x768.jpg?w=3",
        "Harbour.png",
    ],
)
def test_one_picture_in_several_sizes(src: str) -> None:
    assert choose_lead(src, SOURCES, IMAGES, Whereabouts()) == ("i2", IMAGES)


def test_a_picture_outside_the_content_joins_the_others() -> None:
    lead, images = choose_lead("https://x.org/cover-of-all.jpg", SOURCES, IMAGES, Whereabouts())
    assert lead == "lead"
    assert images[-1].url == "https://x.org/cover-of-all.jpg"
    assert choose_lead(None, SOURCES, IMAGES, Whereabouts()) == (None, IMAGES)


def test_a_hint_that_cannot_be_had_gives_way_to_the_first_figure() -> None:
    lead, images = choose_lead("https://x.org/cover-of-all.jpg", SOURCES, IMAGES, Whereabouts())
    content = '<p><img src="image:i1" alt=""/></p><figure><a href="https://x.org"><img src="image:i2" alt=""/></a></figure>'
    assert lead_to_show(lead, content, images) == ("i2", IMAGES)
    assert lead_to_show(None, "<p>x</p>", IMAGES) == (None, IMAGES)

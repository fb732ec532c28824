"""What a picture says of itself is read from its bytes, and never believed beyond what a book can carry."""

import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import pictures
from bookpost.convert.sniff import MAX_PIXELS, Facts, PictureRefused, look

SIZES = {
    "jpeg": ("jpeg", 1600, 1200),
    "jpeg-progressive": ("jpeg", 640, 480),
    "png": ("png", 800, 600),
    "gif": ("gif", 500, 300),
    "webp": ("webp", 1200, 900),
    "webp-lossless": ("webp", 600, 400),
    "webp-alpha": ("webp", 400, 300),
    "webp-animated": ("webp", 200, 150),
    "avif": ("avif", 640, 480),
    "bmp": ("bmp", 320, 240),
    "tiff": ("tiff", 320, 240),
    "svg": ("svg", 0, 0),
}


@pytest.mark.parametrize("name", SIZES)
def test_kind_and_size_come_from_the_bytes(name: str) -> None:
    facts = look(pictures.KINDS[name]())
    assert (facts.kind, facts.width, facts.height) == SIZES[name]


def test_a_picture_taken_sideways_is_seen_upright() -> None:
    facts = look(pictures.jpeg((640, 480), orientation=6))
    assert (facts.width, facts.height) == (640, 480)
    assert facts.upright == (480, 640)


@pytest.mark.parametrize("name", ["jpeg", "jpeg-progressive", "jpeg-grey", "png", "png-palette", "png-line-art", "gif"])
def test_what_any_e_reader_shows_is_plain(name: str) -> None:
    assert look(pictures.KINDS[name]()).plain


@pytest.mark.parametrize(
    "name",
    ["jpeg-orientation", "jpeg-cmyk", "png-alpha", "png-palette-alpha", "png-16bit", "png-animated", "gif-animated", "webp", "avif", "svg"],
)
def test_what_a_kindle_refuses_or_mangles_is_not_plain(name: str) -> None:
    assert not look(pictures.KINDS[name]()).plain


@pytest.mark.parametrize("kind", ["jpeg", "png"])
@pytest.mark.parametrize("missing", [1, 12, 400])
def test_a_picture_without_its_end_is_not_plain(kind: str, missing: int) -> None:
    assert not look(pictures.KINDS[kind]()[:-missing]).plain


def test_a_gif_without_its_end_is_refused() -> None:
    with pytest.raises(PictureRefused, match="is cut off"):
        look(pictures.gif()[:-400])


def test_a_jpeg_may_be_followed_by_what_a_phone_adds() -> None:
    assert look(pictures.jpeg((64, 64)) + b"\0" * 50 + b"MotionPhoto").plain


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (pictures.web_page(), "is a web page, not a picture"),
        (b"%PDF-1.7", "is a PDF, not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "is HEIC, which cannot be read"),
        (b"\0\0\0\x20ftypisom\0\0\0\0", "is a video, not a picture"),
        (b"\xff\x0a\0\0", "is JPEG XL, which cannot be read"),
        (b"", "is empty"),
        (b"hello", "is of a kind that is not known"),
    ],
)
def test_another_kind_of_file_is_named(data: bytes, why: str) -> None:
    with pytest.raises(PictureRefused, match=why) as refused:
        look(data)
    assert refused.value.code == "W-PICTURE-KIND"


@pytest.mark.parametrize(
    "data",
    [
        pictures.png_claiming(60_000, 60_000),
        pictures.png_claiming(9_000, 9_000, depth=1, colour=0),
        pictures.jpeg_claiming(60_000, 60_000),
        pictures.gif_claiming(65_000, 65_000),
        b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<II", 10, 0) + b"\xff\xff\x3f\xff\xff\x3f",
        b"\0\0\0\x1cftypavif\0\0\0\0avifmif1\0\0\0\0" + b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", 60_000, 60_000),
        b"BM" + bytes(12) + struct.pack("<Iii", 40, 60_000, -60_000),
        b"II*\0" + struct.pack("<IHHHIIHHII", 8, 2, 256, 4, 1, 60_000, 257, 4, 1, 60_000),
        pictures.jpeg_of_many_scans(),
        pictures.png_bomb(),
    ],
    ids=["png", "png-bits", "jpeg", "gif", "webp", "avif", "bmp", "tiff", "scans", "blank"],
)
def test_a_bomb_is_known_by_its_header(data: bytes) -> None:
    with pytest.raises(PictureRefused) as refused:
        look(data)
    assert refused.value.code == "W-PICTURE-BOMB"


def test_a_scanned_page_is_no_bomb() -> None:
    """A4 at 600 dpi in black and white packs well, and is a true page."""
    assert look(pictures.png_claiming(4960, 7016, depth=1, colour=0)).width == 4960


PREFIXES = tuple(make()[:40] for make in pictures.KINDS.values())


@given(st.sampled_from(PREFIXES), st.integers(0, 40), st.binary(max_size=200))
@example(b"\xff\xd8\xff", 3, b"\xff" * 100)
@example(b"GIF89a", 6, b"\0\0\1\0\1\0\x80")
@settings(max_examples=300, deadline=None)
def test_no_bytes_are_a_surprise(prefix: bytes, keep: int, rest: bytes) -> None:
    """Whatever comes is described or refused, and what is described has a size that can be decoded."""
    told = _told(prefix[:keep] + rest)
    if isinstance(told, Facts):
        assert told.kind == "svg" or 0 < told.width * told.height <= MAX_PIXELS
    else:
        assert told in ("W-PICTURE-KIND", "W-PICTURE-BROKEN", "W-PICTURE-BOMB")


def _told(data: bytes) -> Facts | str:
    try:
        return look(data)
    except PictureRefused as refused:
        return refused.code

"""Pictures are judged by their bytes: kind, pixels, and whether they are whole."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bookpost.convert.check.pictures import shape, sniff
from epubs import gif, jpeg, png


def made(kind: str, **options: object) -> bytes:
    stream = BytesIO()
    Image.effect_noise((64, 48), 80).convert("RGB").save(stream, kind, **options)
    return stream.getvalue()


REAL = {
    "plain JPEG": made("JPEG"),
    "progressive JPEG": made("JPEG", progressive=True),
    "JPEG with EXIF": made("JPEG", exif=b"Exif\0\0" + b"\xff\xd9" * 20),
    "PNG": made("PNG"),
    "GIF": made("GIF"),
}


@pytest.mark.parametrize("data", REAL.values(), ids=REAL)
def test_whole_pictures_of_real_coders_have_no_faults(data: bytes) -> None:
    look = shape(data)
    assert look is not None
    assert (look.width, look.height, look.faults) == (64, 48, ())


@pytest.mark.parametrize("data", REAL.values(), ids=REAL)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_picture_that_ends_early_is_truncated(data: bytes, part: float) -> None:
    look = shape(data[: int(len(data) * part)])
    assert look is not None
    assert "E-PICTURE-TRUNCATED" in [code for code, _ in look.faults]


@pytest.mark.parametrize("data", REAL.values(), ids=REAL)
def test_bytes_after_the_end_do_no_harm(data: bytes) -> None:
    """Phones append their own data after the picture."""
    look = shape(data + bytes(5_000))
    assert look is not None
    assert look.faults == ()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("WEBP", "image/webp"), ("AVIF", "image/avif"), ("TIFF", "image/tiff"), ("BMP", "image/bmp"), ("JPEG2000", "image/jp2")],
)
def test_kinds_that_e_readers_do_not_show(kind: str, media_type: str) -> None:
    look = shape(made(kind))
    assert look is not None
    assert look.media_type == media_type
    assert [code for code, _ in look.faults] == ["E-PICTURE-FORMAT"]


@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>\n', "\ufeff", "<!-- drawn by hand -->\n", '<!DOCTYPE svg PUBLIC "a" "b">'])
def test_a_drawing_is_known_whatever_stands_before_it(head: str) -> None:
    assert sniff(f'{head}<svg xmlns="http://www.w3.org/2000/svg"/>'.encode()) == "image/svg+xml"


def test_text_is_no_picture() -> None:
    assert shape(b"GIF is pronounced with a soft g") is None
    assert shape(b"") is None


@given(st.sampled_from([jpeg(16, 16), png(8, 8), gif(2), *REAL.values()]), st.data())
def test_any_damage_gets_an_answer(data: bytes, draw: st.DataObject) -> None:
    damaged = bytearray(data[: draw.draw(st.integers(0, len(data)))])
    for at, byte in draw.draw(st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), max_size=8)):
        if damaged:
            damaged[at % len(damaged)] = byte
    shape(bytes(damaged))

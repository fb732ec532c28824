"""A telephone reads the code: here a reader that has nothing to do with its writer."""

import io
from urllib.parse import unquote

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bookpost.convert.qr import qr_png


def read(png: bytes) -> str:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    return found[0].text if found else ""


@pytest.mark.parametrize("length", [1, 17, 18, 32, 33, 53, 54, 78, 79, 106, 107, 134, 135, 154, 155, 192, 193, 230, 231, 270, 271])
def test_an_address_of_any_length_is_read_back(length: int) -> None:
    """The last length of each version, and the first of the next."""
    text = ("https://example.org/" + "path-and-more/" * 30)[:length]
    png, side = qr_png(text) or (b"", 0)
    assert read(png) == text
    assert Image.open(io.BytesIO(png)).size == (side, side)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30))
def test_any_address_is_read_back(text: str) -> None:
    png, _ = qr_png(text) or (b"", 0)
    assert unquote(read(png)) == unquote(text)


def test_what_is_too_long_for_a_camera_gets_no_code() -> None:
    assert qr_png("x" * 272) is None


def test_the_code_is_black_on_white_with_a_quiet_zone() -> None:
    """ISO/IEC 18004 §9.1: four modules of eight pixels."""
    png, side = qr_png("https://example.org/") or (b"", 0)
    picture = Image.open(io.BytesIO(png)).convert("L")
    assert {value for _, value in picture.getcolors() or []} == {0, 255}
    assert picture.getbbox() == (0, 0, side, side)
    inked = picture.point(lambda value: 255 - value).getbbox()
    assert inked == (32, 32, side - 32, side - 32)

"""The page of a PDF is the device's own screen, or paper with lines that can be read."""

import pytest

from bookpost.convert.pdf.pages import PAGES, page_for
from bookpost.device import Device, shipped_devices


def device(width: int, height: int, dpi: int) -> Device:
    return Device(name="x", label="X", vendor="X", width=width, height=height, dpi=dpi)


def test_a_six_inch_page_is_the_screen_with_narrow_margins() -> None:
    page = page_for(device(1072, 1448, 300))
    assert (page.width_mm, page.height_mm) == pytest.approx((90.8, 122.6), abs=0.1)
    assert (page.inner_mm, page.outer_mm, page.type_pt) == (5, 5, 9.5)
    assert not page.paper


def test_a_ten_inch_page_has_wider_margins_and_larger_type() -> None:
    page = page_for(device(1860, 2480, 227))
    assert (page.inner_mm, page.type_pt, page.leading) == (10, 11, 1.42)


@pytest.mark.parametrize("name", ["a4", "letter"])
def test_paper_has_a_measure_of_118_mm_and_an_outer_margin_of_55(name: str) -> None:
    page = PAGES[name]
    assert page.text_width_mm == pytest.approx(118)
    assert page.outer_mm == 55
    assert page.paper


def test_every_shipped_device_leaves_room_for_text() -> None:
    for shipped in shipped_devices().values():
        page = page_for(shipped)
        assert page.text_width_mm > 60
        assert page.text_height_mm > 80
        assert page.columns >= 3

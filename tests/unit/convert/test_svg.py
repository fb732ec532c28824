"""A drawing is drawn, whatever it is; what would reach out of it, run, or kill the renderer has no effect."""

import base64
import contextlib
import gzip
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

import pictures
from bookpost.convert.sniff import PictureRefused
from bookpost.convert.svg import Drawings, drawn_size, sanitise

BOX = (1264, 1680)
ROOT = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100">{}</svg>'


@pytest.fixture(scope="module")
def drawings() -> Iterator[Drawings]:
    with Drawings() as opened:
        yield opened


def drawn(drawings: Drawings, svg: bytes) -> Image.Image:
    with Image.open(BytesIO(drawings.draw(svg, BOX))) as image:
        return image.convert("L")


def test_a_drawing_without_a_size_fills_the_width(drawings: Drawings) -> None:
    image = drawn(drawings, pictures.svg())
    assert image.size == (1264, 632)
    assert image.getextrema()[0] == 0


def test_text_is_drawn_in_our_fonts(drawings: Drawings) -> None:
    text = drawn(drawings, ROOT.format('<text x="5" y="60" font-size="30" font-family="NoSuchFont">On</text>').encode())
    assert min(text.tobytes()) < 60


@pytest.mark.parametrize("text", ["Ελλάδα", "عربى", "עברית", "हिन्दी", "ไทย"])
def test_every_script_of_our_fonts_can_be_drawn(text: str, drawings: Drawings) -> None:
    image = drawn(drawings, ROOT.format(f'<text x="5" y="60" font-size="30">{text}</text>').encode())
    assert min(image.tobytes()) < 60


def test_an_icon_stays_small(drawings: Drawings) -> None:
    """24 CSS pixels are a sixteenth of an inch on the screen: 72 pixels at 288 dpi."""
    icon = b'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><circle cx="12" cy="12" r="9"/></svg>'
    image = drawn(drawings, icon)
    assert image.size == (72, 72)
    assert image.getpixel((36, 36)) == 0
    assert image.getpixel((1, 1)) == 255


def test_a_packed_drawing_is_unpacked(drawings: Drawings) -> None:
    assert drawn(drawings, gzip.compress(pictures.svg(), mtime=0)).size == (1264, 632)


def test_a_drawing_cut_out_of_a_page_is_mended(drawings: Drawings) -> None:
    """Without a namespace, with a prefix that nobody declared and an entity of HTML."""
    svg = b'<svg viewBox="0 0 10 10"><rect id="a" width="4" height="9"/><use xlink:href="#a" x="5"/><title>&nbsp;</title></svg>'
    image = drawn(drawings, svg)
    assert image.getpixel((image.width * 7 // 10, image.height // 2)) == 0


def test_pictures_inside_are_drawn(drawings: Drawings) -> None:
    data = base64.b64encode(pictures.png_alpha((100, 100))).decode()
    image = drawn(drawings, ROOT.format(f'<image width="100" height="100" xlink:href="data:image/png;base64,{data}"/>').encode())
    assert image.getpixel((150, 150)) == 0


def test_no_drawing_reads_a_file(drawings: Drawings, tmp_path: Path) -> None:
    """A black picture beside it, asked for in every way there is, leaves the left half white."""
    secret = tmp_path / "secret.png"
    Image.new("L", (50, 50)).save(secret)
    image = drawn(drawings, pictures.svg_reaching_out(str(secret)))
    assert set(image.crop((0, 0, image.width // 2 - 4, image.height)).tobytes()) == {255}


def test_nothing_reaches_out_of_a_clean_drawing() -> None:
    root = sanitise(pictures.svg_reaching_out("/etc/hostname", "https://example.org/x"))
    text = etree.tostring(root, encoding="unicode")
    assert not re.search(r"script|foreignObject|iframe|onload|onclick|@import|file:|example\.org|hostname|ENTITY|&secret", text)


@pytest.mark.parametrize(
    "attack",
    [
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<image xlink:href="DATA:text/html,x"/>',
        '<image href=" /etc/passwd"/>',
        '<use href="other.svg#a"/>',
        '<a href="javascript:alert(1)"><rect/></a>',
        "<rect style=\"fill: URL( '/etc/passwd')\"/>",
        '<rect fill="url(//example.org/passwd#a)"/>',
        '<g xml:base="file:///etc/"><image href="passwd"/></g>',
        '<feImage href="/etc/passwd"/>',
        '<animate attributeName="href" to="/etc/passwd"/>',
        '<set attributeName="href" to="/etc/passwd"/>',
    ],
)
def test_every_way_out_is_shut(attack: str) -> None:
    text = etree.tostring(sanitise(ROOT.format(attack).encode()), encoding="unicode")
    assert not re.search(r"passwd|svg\+xml|text/html|other|javascript|example\.org|file:", text)


def test_references_inside_the_drawing_stay() -> None:
    text = etree.tostring(
        sanitise(ROOT.format('<use href="#a"/><rect fill="url(#g)" style="mask: url(\'#m\')"/>').encode()), encoding="unicode"
    )
    assert all(part in text for part in ('"#a"', "url(#g)", "url('#m')"))


@pytest.mark.parametrize("svg", [pictures.svg_nested(120), pictures.svg_nested(300), pictures.svg_uses(), pictures.svg_entities()])
def test_a_drawing_that_would_kill_the_renderer_is_refused(svg: bytes, drawings: Drawings) -> None:
    with pytest.raises(PictureRefused) as refused:
        drawings.draw(svg, BOX)
    assert refused.value.code == "W-PICTURE-BOMB"
    assert drawn(drawings, pictures.svg()).width == 1264


def test_too_much_memory_ends_the_child_and_not_the_book(drawings: Drawings) -> None:
    """A picture inside the drawing that unpacks to 3.6 gigapixels."""
    data = base64.b64encode(pictures.png_claiming(60_000, 60_000)).decode()
    bomb = ROOT.format(f'<image width="9" height="9" xlink:href="data:image/png;base64,{data}"/>').encode()
    with contextlib.suppress(PictureRefused):
        drawings.draw(bomb, BOX)
    assert drawn(drawings, pictures.svg()).width == 1264


def test_drawings_have_a_minute_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a hundred slow drawings costs the book a minute and not a quarter of an hour."""
    monkeypatch.setattr("bookpost.convert.svg._SECONDS_PER_BOOK", 1e-6)
    with Drawings() as short_of_time:
        for why in ("takes too much time", "took all the time"):
            with pytest.raises(PictureRefused, match=why):
                short_of_time.draw(pictures.svg(), BOX)


def test_a_drawing_of_100_000_pixels_fits_the_box(drawings: Drawings) -> None:
    assert drawn(drawings, pictures.svg_huge()).size == (1264, 1264)


def test_sixty_blurs_are_left_out(drawings: Drawings) -> None:
    assert drawn(drawings, pictures.svg_filters()).getpixel((600, 600)) == 0


def test_a_packed_bomb_is_refused() -> None:
    with pytest.raises(PictureRefused, match="unpacks to more than"):
        sanitise(gzip.compress(pictures.svg() + b" " * 20_000_000))


@pytest.mark.parametrize("svg", [pictures.svg()[:100], b"<svg", b"<p>no</p>", b"\x1f\x8bnothing"])
def test_a_damaged_drawing_is_refused(svg: bytes) -> None:
    with pytest.raises(PictureRefused) as refused:
        sanitise(svg)
    assert refused.value.code == "W-PICTURE-BROKEN"


@given(
    st.fixed_dictionaries({}, optional={name: st.text("0123456789.%pxemin -,e", max_size=20) for name in ("width", "height", "viewBox")})
)
@settings(max_examples=200, deadline=None)
def test_whatever_size_is_asked_for_the_box_holds(attributes: dict[str, str]) -> None:
    width, height = drawn_size(etree.Element("svg", attributes), BOX)
    assert 1 <= width <= BOX[0]
    assert 1 <= height <= BOX[1]

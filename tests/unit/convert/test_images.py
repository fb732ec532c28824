"""Pictures go into a book as its e-reader shows them best, and a bad one never stops the others."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow

import pictures
from bookpost.article import Article, Image
from bookpost.convert.book import Book, bind
from bookpost.convert.images import Encoded, Encoding, Picture, encode_pictures, encoding_for
from bookpost.device import shipped_devices

GREY = Encoding(1264, 1680, colour=False)
COLOUR = Encoding(1400, 2000, colour=True)
KEEP = Encoding(1600, 2400, colour=True, keep=True)


def book_of(*sources: bytes | Path | None, title: str = "Birds") -> Book:
    images = tuple(Image(id=f"i{number}", source=source, url=f"https://example.org/{number}") for number, source in enumerate(sources, 1))
    return bind([Article(title=title, content="", language="en", images=images)])


def encoded(folder: Path, source: bytes | Path, encoding: Encoding) -> tuple[Picture, Pillow.Image]:
    result = encode_pictures(book_of(source), [encoding], folder)
    assert result.findings == ()
    picture = result.pictures[0][0, "i1"]
    with Pillow.open(picture.path) as image:
        image.load()
        assert image.size == (picture.width, picture.height)
        assert Pillow.MIME[image.format or ""] == picture.media_type
        return picture, image.copy()


@pytest.mark.parametrize("name", pictures.KINDS)
@pytest.mark.parametrize("encoding", [GREY, COLOUR, KEEP], ids=["grey", "colour", "keep"])
def test_every_kind_becomes_what_a_kindle_takes(name: str, encoding: Encoding, tmp_path: Path) -> None:
    """JPEG or PNG (a kept still may be GIF), inside the box, flat, still, grey where greys are asked for, small."""
    picture, image = encoded(tmp_path, pictures.KINDS[name](), encoding)
    assert picture.media_type in ("image/jpeg", "image/png", "image/gif")
    assert image.width <= encoding.width
    assert image.height <= encoding.height
    assert image.mode in ("L", "P", "RGB")
    assert "transparency" not in image.info
    assert getattr(image, "n_frames", 1) == 1
    if not encoding.colour:
        assert all(low == high for low, high in zip(*greys(image), strict=True))
    if not encoding.keep:
        assert picture.path.stat().st_size <= 200_000


def greys(image: Pillow.Image) -> tuple[bytes, bytes]:
    red, green, _ = image.convert("RGB").resize((64, 64)).split()
    return red.tobytes(), green.tobytes()


def test_names_tell_the_source_and_nothing_else(tmp_path: Path) -> None:
    data = pictures.jpeg((64, 48))
    (tmp_path / "Ärger & Co.PNG").write_bytes(data)
    by_path, _ = encoded(tmp_path / "a", tmp_path / "Ärger & Co.PNG", GREY)
    by_bytes, _ = encoded(tmp_path / "b", data, GREY)
    assert by_path.name == by_bytes.name
    assert by_path.name.isascii()
    assert by_path.name.endswith(".jpg")


def test_a_small_picture_is_never_enlarged(tmp_path: Path) -> None:
    picture, _ = encoded(tmp_path, pictures.jpeg((300, 200)), GREY)
    assert (picture.width, picture.height, picture.source_width) == (300, 200, 300)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_phone_picture_stands_upright(orientation: int, tmp_path: Path) -> None:
    """The light corner of the test photograph lies where EXIF says that it belongs."""
    corners = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}
    _, image = encoded(tmp_path, pictures.jpeg((640, 480), orientation=orientation), KEEP)
    assert image.size == ((480, 640) if orientation >= 5 else (640, 480))
    grey = image.convert("L")
    seen = {(x, y): grey.getpixel((x * (grey.width - 9) + 4, y * (grey.height - 9) + 4)) for x in (0, 1) for y in (0, 1)}
    assert max(seen, key=lambda corner: float(str(seen[corner]))) == corners[orientation]


@pytest.mark.parametrize("name", ["png-alpha", "webp-alpha"])
def test_what_is_transparent_becomes_white_paper(name: str, tmp_path: Path) -> None:
    _, image = encoded(tmp_path, pictures.KINDS[name](), GREY)
    assert image.convert("L").getpixel((2, 2)) == 255
    assert image.convert("L").getpixel((200, 150)) == 0


def test_a_white_logo_on_nothing_does_not_vanish(tmp_path: Path) -> None:
    logo = Pillow.new("RGBA", (300, 100), (255, 255, 255, 0))
    logo.paste((255, 255, 255, 255), (50, 20, 250, 80))
    out = BytesIO()
    logo.save(out, "PNG")
    _, image = encoded(tmp_path, out.getvalue(), GREY)
    extremes = image.convert("L").getextrema()
    assert extremes == (64, 255)


@pytest.mark.parametrize("name", ["gif-animated", "webp-animated", "png-animated"])
def test_of_an_animation_the_first_frame_is_shown(name: str, tmp_path: Path) -> None:
    data = pictures.KINDS[name]()
    _, image = encoded(tmp_path, data, COLOUR)
    with Pillow.open(BytesIO(data)) as source:
        first = source.convert("L").resize((16, 16))
    difference = [abs(a - b) for a, b in zip(first.tobytes(), image.convert("L").resize((16, 16)).tobytes(), strict=True)]
    assert sum(difference) / len(difference) < 8


@pytest.mark.parametrize("name", ["png-line-art", "png-palette", "gif", "webp-lossless", "svg"])
def test_a_chart_stays_a_png(name: str, tmp_path: Path) -> None:
    for number, encoding in enumerate((GREY, COLOUR)):
        picture, _ = encoded(tmp_path / str(number), pictures.KINDS[name](), encoding)
        assert picture.media_type == "image/png"


@pytest.mark.parametrize("name", ["png", "webp", "avif", "bmp", "tiff", "png-16bit"])
def test_a_photograph_becomes_a_jpeg(name: str, tmp_path: Path) -> None:
    picture, _ = encoded(tmp_path, pictures.KINDS[name](), GREY)
    assert picture.media_type == "image/jpeg"


def test_16_bits_keep_their_ramp(tmp_path: Path) -> None:
    _, image = encoded(tmp_path, pictures.png_16bit((256, 64)), GREY)
    ramp = [int(str(image.getpixel((x, 30)))) for x in (0, 64, 128, 192, 255)]
    assert ramp == pytest.approx([0, 64, 128, 192, 255], abs=6)


def test_cmyk_keeps_its_tones(tmp_path: Path) -> None:
    _, print_shop = encoded(tmp_path / "a", pictures.cmyk_jpeg(), COLOUR)
    _, screen = encoded(tmp_path / "b", pictures.jpeg((640, 480)), COLOUR)
    pairs = zip(print_shop.resize((8, 8)).convert("L").tobytes(), screen.resize((8, 8)).convert("L").tobytes(), strict=True)
    assert max(abs(a - b) for a, b in pairs) < 12


def test_a_flat_grey_photograph_gets_a_mild_stretch_on_grey_devices_only(tmp_path: Path) -> None:
    dull = pictures.photo((400, 300)).convert("L").point([80 + level * 90 // 255 for level in range(256)]).convert("RGB")
    out = BytesIO()
    dull.save(out, "JPEG", quality=90)
    _, grey = encoded(tmp_path / "a", out.getvalue(), GREY)
    _, colour = encoded(tmp_path / "b", out.getvalue(), COLOUR)

    def spread(image: Pillow.Image) -> int:
        low, high = image.convert("L").resize((20, 15)).getextrema()
        return int(str(high)) - int(str(low))

    assert spread(colour) < spread(grey) < 2 * spread(colour)


@pytest.mark.parametrize("name", ["jpeg", "jpeg-progressive", "jpeg-grey", "png", "png-line-art", "png-palette", "gif"])
def test_kept_pictures_are_not_even_copied(name: str, tmp_path: Path) -> None:
    source = tmp_path / "picture"
    source.write_bytes(pictures.KINDS[name]())
    picture, _ = encoded(tmp_path / "out", source, KEEP)
    assert picture.path == source


def test_kept_bytes_are_the_source_s_own(tmp_path: Path) -> None:
    data = pictures.jpeg((320, 240))
    picture, _ = encoded(tmp_path, data, KEEP)
    assert picture.path.read_bytes() == data


def test_a_kept_picture_above_five_megabytes_is_made_smaller(tmp_path: Path) -> None:
    out = BytesIO()
    pictures.photo((2200, 1700)).save(out, "BMP")
    with Pillow.open(BytesIO(out.getvalue())) as image:
        out = BytesIO()
        image.save(out, "PNG", compress_level=0)
    assert len(out.getvalue()) > 5_000_000
    picture, _ = encoded(tmp_path, out.getvalue(), KEEP)
    assert (picture.media_type, picture.width) == ("image/jpeg", 1600)


def test_one_decode_makes_an_encoding_for_each_device(tmp_path: Path) -> None:
    """A grey e-reader's picture never lands on paper."""
    result = encode_pictures(book_of(pictures.jpeg((1600, 1200))), [GREY, COLOUR, KEEP], tmp_path)
    grey, colour, kept = (mapping[0, "i1"] for mapping in result.pictures)
    assert (grey.width, colour.width, kept.width) == (1264, 1400, 1600)
    assert len({grey.path, colour.path, kept.path}) == 3
    with Pillow.open(grey.path) as a, Pillow.open(colour.path) as b:
        assert (a.mode, b.mode) == ("L", "RGB")


def test_the_same_picture_is_in_the_book_once(tmp_path: Path) -> None:
    data = pictures.jpeg((320, 240))
    book = bind([*(book_of(data, data).articles), *(book_of(data, title="Other").articles)])
    result = encode_pictures(book, [GREY], tmp_path)
    assert list(result.pictures[0]) == [(0, "i1"), (0, "i2"), (1, "i1")]
    assert len({picture.path for picture in result.pictures[0].values()}) == 1
    assert len(list(tmp_path.rglob("*.*"))) == 1


def many(count: int) -> Book:
    return book_of(*(pictures.jpeg((1000 + 40 * number, 800), seed=number) for number in range(count)))


def written(result: Encoded) -> dict[object, bytes]:
    return {key: picture.path.read_bytes() for mapping in result.pictures for key, picture in mapping.items()}


def test_the_same_bytes_whatever_the_number_of_workers(tmp_path: Path) -> None:
    book = many(17)
    one = encode_pictures(book, [GREY], tmp_path / "a", workers=1)
    three = encode_pictures(book, [GREY], tmp_path / "b", workers=3)
    assert written(one) == written(three)


def test_a_book_of_many_jpegs_has_them_nearly_as_wide_as_the_screen(tmp_path: Path) -> None:
    """The decoder that scales by eighths may land a tenth below, never above."""
    result = encode_pictures(many(17), [GREY], tmp_path)
    for number, picture in enumerate(result.pictures[0].values()):
        wanted = min(1264, 1000 + 40 * number)
        assert 0.9 * wanted <= picture.width <= wanted
        assert picture.width / picture.height == pytest.approx((1000 + 40 * number) / 800, rel=0.01)


@pytest.mark.parametrize("orientation", [1, 6])
def test_the_fast_decoder_shows_the_same_picture(orientation: int, tmp_path: Path) -> None:
    data = pictures.jpeg((1600, 1200), orientation=orientation)
    small = [pictures.jpeg((20 + number, 20)) for number in range(16)]
    one = encode_pictures(book_of(data), [COLOUR], tmp_path / "a").pictures[0][0, "i1"]
    fast = encode_pictures(book_of(data, *small), [COLOUR], tmp_path / "b").pictures[0][0, "i1"]
    with Pillow.open(one.path) as a, Pillow.open(fast.path) as b:
        pairs = zip(a.resize((32, 32)).tobytes(), b.resize((32, 32)).tobytes(), strict=True)
        assert max(abs(x - y) for x, y in pairs) < 10


@pytest.mark.parametrize(("table", "code"), [(pictures.BROKEN, "W-PICTURE-"), (pictures.BOMBS, "W-PICTURE-BOMB")], ids=["broken", "bombs"])
def test_the_book_goes_on_without_bad_pictures(table: Mapping[str, Callable[[], bytes]], code: str, tmp_path: Path) -> None:
    """Each is named with the reason; the good one among them is there; no encoding has half of them."""
    result = encode_pictures(book_of(*(make() for make in table.values()), pictures.png_alpha()), [GREY, KEEP], tmp_path)
    assert [list(mapping) for mapping in result.pictures] == [[(0, f"i{len(table) + 1}")]] * 2
    assert len(result.findings) == len(table)
    for number, finding in enumerate(result.findings, 1):
        assert finding.code.startswith(code)
        assert finding.place == "Birds"
        assert f"`https://example.org/{number}`" in finding.message
        assert "0x" not in finding.message


def test_a_file_that_went_away_is_a_finding(tmp_path: Path) -> None:
    article = Article(title="Birds", content="", language="en", images=(Image(id="i1", source=tmp_path / "gone.jpg"),))
    (finding,) = encode_pictures(bind([article]), [GREY], tmp_path).findings
    assert finding.code == "W-PICTURE-BROKEN"
    assert "`gone.jpg` cannot be read" in finding.message


def test_missing_pictures_are_left_to_the_writers(tmp_path: Path) -> None:
    result = encode_pictures(book_of(None), [GREY], tmp_path)
    assert (dict(result.pictures[0]), result.findings) == ({}, ())


def test_an_encoding_is_the_device_s_screen() -> None:
    kindle = shipped_devices()["kindle"]
    assert encoding_for(kindle) == GREY
    assert encoding_for(replace(kindle, colour=True, keep_pictures=True)) == Encoding(1264, 1680, colour=True, keep=True)

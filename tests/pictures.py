"""Test pictures of every kind, drawn in code: good ones, awkward ones, hostile ones. Deterministic; all return bytes.

`KINDS` names one good picture of each kind; `BROKEN` and `BOMBS` name those that a book must go on without.
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image, ImageCms, ImageDraw

Size = tuple[int, int]
_EXIF_ORIENTATION = 0x0112


def photo(size: Size = (1600, 1200), *, seed: int = 0) -> Image.Image:
    """Something like a photograph in RGB: soft shapes, a gradient and grain. Its top left corner is light, the rest darker."""
    width, height = size
    small = Image.new("RGB", (32, 24))
    state = seed * 2654435761 + 12345
    for y in range(24):
        for x in range(32):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            small.putpixel((x, y), (40 + x * 4 + (state >> 8) % 60, 40 + y * 5 + (state >> 14) % 60, 60 + (state >> 20) % 90))
    image = small.resize(size, Image.Resampling.BICUBIC)
    grain = Image.frombytes("L", (256, 256), _noise(256 * 256, seed)).resize((512, 512), Image.Resampling.NEAREST)
    layer = Image.new("L", size)
    for top in range(0, height, 512):
        for left in range(0, width, 512):
            layer.paste(grain, (left, top))
    image = Image.blend(image, layer.convert("RGB"), 0.08)
    ImageDraw.Draw(image).rectangle((0, 0, max(1, width // 8), max(1, height // 8)), fill=(240, 240, 235))
    return image


def _noise(length: int, seed: int) -> bytes:
    state, out = seed + 1, bytearray()
    while len(out) < length:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        out += (state >> 16).to_bytes(6, "big")
    return bytes(out[:length])


def chart(size: Size = (900, 600)) -> Image.Image:
    """Line art in RGB: axes, bars and lines in four flat colours on white."""
    width, height = size
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for number in range(8):
        left = width // 10 + number * width // 11
        top = height - height // 10 - height * (3 + number * number % 7) // 12
        draw.rectangle((left, top, left + width // 16, height - height // 10), fill=("#c02020", "#2040a0", "#20802a")[number % 3])
    draw.line(
        (width // 12, height // 12, width // 12, height - height // 10, width - width // 12, height - height // 10), fill="black", width=3
    )
    for number in range(6):
        y = height // 12 + number * height // 8
        draw.line((width // 12, y, width - width // 12, y), fill="#888888")
    draw.text((width // 2, height // 20), "Trains that were on time", fill="black", anchor="mm")
    return image


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# JPEG


def jpeg(
    size: Size = (1600, 1200), *, seed: int = 0, quality: int = 85, orientation: int | None = None, progressive: bool = False
) -> bytes:
    """A photograph; `orientation` is EXIF's number 1–8, as a phone writes it."""
    options: dict[str, object] = {}
    if orientation is not None:
        exif = Image.Exif()
        exif[_EXIF_ORIENTATION] = orientation
        options["exif"] = exif.tobytes()
    return _saved(photo(size, seed=seed), "JPEG", quality=quality, progressive=progressive, **options)


def grey_jpeg(size: Size = (800, 600)) -> bytes:
    """A photograph with one channel."""
    return _saved(photo(size).convert("L"), "JPEG", quality=85)


def cmyk_jpeg(size: Size = (640, 480)) -> bytes:
    """A photograph in CMYK, as a print shop leaves it."""
    return _saved(photo(size).convert("CMYK"), "JPEG", quality=85)


def jpeg_with_profile(size: Size = (640, 480)) -> bytes:
    """A photograph that carries a colour profile of another space than sRGB (here Lab's, which fits no RGB picture)."""
    return _saved(photo(size), "JPEG", quality=85, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())


# PNG


def png(size: Size = (800, 600)) -> bytes:
    """A photograph saved without loss."""
    return _saved(photo(size), "PNG")


def png_alpha(size: Size = (400, 300)) -> bytes:
    """A black disc on a transparent ground whose hidden colour is black."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4), fill=(0, 0, 0, 255))
    return _saved(image, "PNG")


def png_palette(size: Size = (900, 600)) -> bytes:
    """Line art in a palette."""
    return _saved(chart(size).quantize(16), "PNG")


def png_palette_alpha(size: Size = (300, 200)) -> bytes:
    """Line art in a palette whose first colour is transparent."""
    return _saved(chart(size).quantize(16), "PNG", transparency=0)


def png_16bit(size: Size = (300, 200)) -> bytes:
    """A grey ramp of 16 bits, from black at the left to white at the right."""
    row = b"".join(struct.pack("<H", x * 65535 // max(1, size[0] - 1)) for x in range(size[0]))
    return _saved(Image.frombytes("I;16", size, row * size[1]), "PNG")


def png_line_art(size: Size = (900, 600)) -> bytes:
    """A chart in RGB."""
    return _saved(chart(size), "PNG")


def png_animated(size: Size = (200, 150)) -> bytes:
    """An APNG of three frames."""
    frames = [photo(size, seed=seed) for seed in range(3)]
    return _saved(frames[0], "PNG", save_all=True, append_images=frames[1:])


# GIF, WebP, AVIF, BMP, TIFF


def gif(size: Size = (500, 300)) -> bytes:
    """A chart, one frame."""
    return _saved(chart(size), "GIF")


def gif_animated(size: Size = (300, 200)) -> bytes:
    """Three frames: white with a black bar that moves."""
    frames = [Image.new("L", size, 255) for _ in range(3)]
    for number, frame in enumerate(frames):
        ImageDraw.Draw(frame).rectangle((number * 50, 0, number * 50 + 40, size[1]), fill=0)
    return _saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)


def webp(size: Size = (1200, 900)) -> bytes:
    """A photograph with loss."""
    return _saved(photo(size), "WEBP", quality=80, method=0)


def webp_lossless(size: Size = (600, 400)) -> bytes:
    """A chart without loss."""
    return _saved(chart(size), "WEBP", lossless=True, method=0)


def webp_alpha(size: Size = (400, 300)) -> bytes:
    """The disc of `png_alpha`."""
    return _saved(Image.open(BytesIO(png_alpha(size))), "WEBP", lossless=True, method=0)


def webp_animated(size: Size = (200, 150)) -> bytes:
    """Three frames."""
    frames = [photo(size, seed=seed) for seed in range(3)]
    return _saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100, method=0)


def avif(size: Size = (640, 480)) -> bytes:
    """A photograph."""
    return _saved(photo(size), "AVIF", quality=60, speed=10, max_threads=1)


def bmp(size: Size = (320, 240)) -> bytes:
    """A photograph."""
    return _saved(photo(size), "BMP")


def tiff(size: Size = (320, 240)) -> bytes:
    """A photograph."""
    return _saved(photo(size), "TIFF", compression="tiff_lzw")


# SVG


def svg() -> bytes:
    """A small chart with text, twice as wide as high."""
    return b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200">
  <rect x="20" y="60" width="60" height="120" fill="#c02020"/><rect x="110" y="30" width="60" height="150" fill="#2040a0"/>
  <path d="M10 10V185H390" fill="none" stroke="black" stroke-width="3"/><text x="200" y="110" font-size="28">On time</text>
</svg>"""


def svg_reaching_out(path: str = "secret.png", url: str = "http://127.0.0.1:9/x.png") -> bytes:
    """A drawing that asks for a file, an address and scripts, in every way there is; a black square is all it has of its own."""
    return f"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY secret SYSTEM "file://{path}">]>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="100" onload="alert(1)">
  <style>@import url("{url}"); rect {{ fill: url("{url}"), black; background: url(file://{path}) }}</style>
  <script>alert(1)</script><script href="{url}"/>
  <image href="{path}" width="100" height="100"/><image xlink:href="file://{path}" width="100" height="100"/>
  <image href="{url}" width="100" height="100"/><use href="{url}#a"/><use xlink:href="{path}#a"/>
  <foreignObject width="100" height="100"><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="{url}"/></body></foreignObject>
  <text x="0" y="20">&secret;</text><rect x="100" width="100" height="100" onclick="alert(1)" style="fill: black"/>
</svg>""".encode()


def svg_nested(depth: int = 300) -> bytes:
    """Groups in groups."""
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">' + b"<g>" * depth + b"</g>" * depth + b"</svg>"


def svg_huge() -> bytes:
    """A drawing that asks to be 100,000 pixels square."""
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><rect width="100000" height="100000"/></svg>'


def svg_uses() -> bytes:
    """Twelve generations of `use`, ten of each: 10¹² rectangles."""
    generations = "".join(f'<g id="g{n + 1}">' + f'<use href="#g{n}"/>' * 10 + "</g>" for n in range(12))
    return _in_svg(f'<defs><rect id="g0" width="9" height="9"/>{generations}</defs><use href="#g12"/>')


def svg_filters(count: int = 60) -> bytes:
    """Blurs one after another on a large area."""
    blurs = '<feGaussianBlur stdDeviation="200"/>' * count
    return _in_svg(f'<filter id="f">{blurs}</filter><rect width="3000" height="3000" filter="url(#f)"/>', 3000)


def svg_entities() -> bytes:
    """Ten entities, each ten times the one before: a gigabyte of text."""
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    return f'<!DOCTYPE svg [<!ENTITY e0 "lol lol lol">{entities}]>'.encode() + _in_svg('<text fill="&e9;">&e9;</text>')


def _in_svg(content: str, side: int = 99) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}">{content}</svg>'.encode()


# What a book goes on without


def truncated(data: bytes, keep: float = 0.5) -> bytes:
    """The first part of a picture."""
    return data[: int(len(data) * keep)]


def png_claiming(width: int, height: int, *, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG of a few bytes whose header claims a size."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(bytes(1000)))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(side: int = 8000) -> bytes:
    """A true PNG, blank, whose pixels are 192 MB and whose bytes are a few hundred thousand."""
    return _saved(Image.new("RGB", (side, side)), "PNG")


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    data = bytearray(jpeg((64, 64)))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def gif_claiming(width: int, height: int) -> bytes:
    """A small GIF whose screen claims another size."""
    data = bytearray(gif((40, 30)))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def jpeg_of_many_scans(count: int = 300) -> bytes:
    """A progressive JPEG whose last scan is repeated: few bytes, and a pass over all the pixels for each."""
    data = jpeg((256, 256), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + b"\xff\xd9"


def web_page() -> bytes:
    """What a server sends in a picture's place: a page that says it is sorry."""
    return b"<!DOCTYPE html><html><head><title>Not found</title></head><body><svg></svg>Sorry.</body></html>"


KINDS: Mapping[str, Callable[[], bytes]] = {
    "jpeg": jpeg,
    "jpeg-orientation": lambda: jpeg((640, 480), orientation=6),
    "jpeg-progressive": lambda: jpeg((640, 480), progressive=True),
    "jpeg-grey": grey_jpeg,
    "jpeg-cmyk": cmyk_jpeg,
    "jpeg-profile": jpeg_with_profile,
    "png": png,
    "png-alpha": png_alpha,
    "png-palette": png_palette,
    "png-palette-alpha": png_palette_alpha,
    "png-16bit": png_16bit,
    "png-line-art": png_line_art,
    "png-animated": png_animated,
    "gif": gif,
    "gif-animated": gif_animated,
    "webp": webp,
    "webp-lossless": webp_lossless,
    "webp-alpha": webp_alpha,
    "webp-animated": webp_animated,
    "avif": avif,
    "bmp": bmp,
    "tiff": tiff,
    "svg": svg,
}
"""A good picture of every kind."""

BROKEN: Mapping[str, Callable[[], bytes]] = {
    "jpeg-truncated": lambda: truncated(jpeg((640, 480))),
    "jpeg-header-only": lambda: jpeg((640, 480))[:200],
    "jpeg-progressive-truncated": lambda: truncated(jpeg((640, 480), progressive=True)),
    "png-truncated": lambda: truncated(png()),
    "png-lying": lambda: png_claiming(500, 400),
    "gif-truncated": lambda: truncated(gif(), 0.4),
    "webp-truncated": lambda: truncated(webp((320, 240))),
    "avif-truncated": lambda: truncated(avif((320, 240))),
    "bmp-truncated": lambda: truncated(bmp()),
    "tiff-truncated": lambda: truncated(tiff()),
    "svg-truncated": lambda: svg()[:30],
    "web-page": web_page,
    "empty": lambda: b"",
    "text": lambda: b"This is not a picture.",
}
"""Damaged, incomplete, or something else than a picture."""

BOMBS: Mapping[str, Callable[[], bytes]] = {
    "png-claiming": lambda: png_claiming(60_000, 60_000),
    "png-blank": png_bomb,
    "jpeg-claiming": lambda: jpeg_claiming(60_000, 60_000),
    "jpeg-scans": jpeg_of_many_scans,
    "gif-claiming": lambda: gif_claiming(65_000, 65_000),
    "svg-nested": svg_nested,
    "svg-uses": svg_uses,
    "svg-entities": svg_entities,
}
"""More memory or time than a picture may take."""

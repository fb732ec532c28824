"""Upright, flat pixels → the bytes of a book's picture: JPEG for photographs, PNG for line art. Deterministic."""

from io import BytesIO
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

AIM = 200_000
"""Bytes a picture should have at most (Kindle Publishing Guidelines)."""
LIMIT = 5_000_000
"""Bytes a picture may have at most (Kindle Publishing Guidelines, 4.3: 5 MB)."""
_LOWER_QUALITIES = (70, 60)
_SAMPLE = 256


def is_line_art(image: "Image") -> bool:
    """Whether a picture is drawn rather than photographed: most of its pixels equal their right-hand neighbour.

    Lossy coders leave a noise of a few levels around lines, never in photographs' flat places alone; hence the tolerance.
    """
    from PIL import Image, ImageChops

    width, height = image.size
    if width < 2:
        return False
    rows = image.convert("L")
    if height > _SAMPLE:
        rows = rows.resize((width, _SAMPLE), Image.Resampling.NEAREST)
    step = ImageChops.difference(rows.crop((1, 0, width, rows.height)), rows.crop((0, 0, width - 1, rows.height)))
    counts = step.histogram()
    total = (width - 1) * rows.height
    flat, sharp = sum(counts[:3]) / total, sum(counts[48:]) / total
    return flat > 0.9 or (flat > 0.7 and sharp > 0.01)


def encode(image: "Image", quality: int, *, line_art: bool) -> tuple[bytes, Literal["image/jpeg", "image/png"]]:
    """The picture's bytes and media type; `image` is grey (L) or RGB."""
    if line_art:
        png = _png(image)
        if len(png) <= AIM or len(png) < len(jpeg := _jpeg(image, quality)):
            return png, "image/png"
        return (jpeg, "image/jpeg") if len(jpeg) < AIM or len(png) > 2 * len(jpeg) else (png, "image/png")
    data = _jpeg(image, quality)
    for lower in _LOWER_QUALITIES:
        if len(data) > AIM and lower < quality:
            data = _jpeg(image, lower)
    return data, "image/jpeg"


def stretch(image: "Image") -> "Image":
    """A grey photograph with its darkest and lightest half percent at black and white, as far as that is mild."""
    low, high = _ends(image.histogram(), image.width * image.height // 200)
    low, high = min(low, 32), max(high, 223)
    if low < 4 and high > 251:
        return image
    return image.point([max(0, min(255, round((level - low) * 255 / (high - low)))) for level in range(256)])


def _ends(histogram: list[int], spare: int) -> tuple[int, int]:
    low, count = 0, histogram[0]
    while count <= spare and low < 255:
        low += 1
        count += histogram[low]
    high, count = 255, histogram[255]
    while count <= spare and high > 0:
        high -= 1
        count += histogram[high]
    return low, high


def _jpeg(image: "Image", quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _png(image: "Image") -> bytes:
    """Sixteen greys (all an e-ink screen has) or up to 256 colours: small, and as sharp as the drawing."""
    from PIL import Image

    out = BytesIO()
    if image.mode == "L":
        levels = image.point([round(level / 17) for level in range(256)])
        levels = levels.convert("P")
        levels.putpalette([level * 17 for level in range(16) for _ in range(3)])
        levels.save(out, "PNG", optimize=True, bits=4)
    else:
        flat = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        flat.save(out, "PNG", optimize=True)
    return out.getvalue()

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
_UNSEEN = 1.0
"""Mean difference in levels that a palette may make."""


def is_line_art(image: "Image", *, noise: int) -> bool:
    """Whether a picture is drawn rather than photographed: few tones, flat places, sharp edges.

    `noise` is the difference of neighbouring levels that still counts as flat: above 0 for what a lossy coder has been at.
    """
    from PIL import Image, ImageChops

    width, height = image.size
    if width < 2:
        return False
    rows = image.convert("L") if height <= _SAMPLE else image.resize((width, _SAMPLE), Image.Resampling.NEAREST).convert("L")
    total = (width - 1) * rows.height
    steps = ImageChops.difference(rows.crop((1, 0, width, rows.height)), rows.crop((0, 0, width - 1, rows.height))).histogram()
    flat, sharp = sum(steps[: noise + 1]) / total, sum(steps[48:]) / total
    levels = rows.histogram()
    tones = sorted((sum(levels[start : start + 8]) for start in range(0, 256, 8)), reverse=True)
    few = sum(tones[:4]) / (width * rows.height)
    if few > 0.9:
        return flat > 0.99 or (flat > 0.7 and sharp > 0.001)
    return few > 0.6 and flat > 0.8 and sharp > 0.005


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
    from PIL import Image

    sample = image.resize((max(1, image.width // 4), max(1, image.height // 4)), Image.Resampling.NEAREST)
    low, high = _ends(sample.histogram(), sample.width * sample.height // 200)
    low, high = min(low, 32), max(high, 223)
    if low < 8 and high > 247:
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
    """In a palette of 16 greys or 256 colours when nobody sees a difference, else as it is."""
    from PIL import Image, ImageChops

    few = image.quantize(16 if image.mode == "L" else 256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    lost = ImageChops.difference(few.convert(image.mode), image).convert("L").histogram()
    mean = sum(level * count for level, count in enumerate(lost)) / (image.width * image.height)
    out = BytesIO()
    (few if mean < _UNSEEN else image).save(out, "PNG", optimize=True)
    return out.getvalue()

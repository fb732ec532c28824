"""A picture's bytes → pixels that are upright, flat (no alpha), in sRGB or grey, and hardly larger than asked for.

JPEG is decoded at a reduced size by its own transform (N/8), which costs a third of decoding and resampling it.
Raises PictureRefused for a picture that is damaged or incomplete.
"""

from io import BytesIO
from typing import TYPE_CHECKING

from bookpost.convert.sniff import Facts, bomb, broken

if TYPE_CHECKING:
    from PIL.Image import Image

Size = tuple[int, int]

_PALE = 224
_CLOSE_ENOUGH = 0.9
"""A decoded JPEG this near below the size asked for is taken as it is: resampling would cost more than it shows."""


def fit(size: Size, box: Size) -> Size:
    """The largest size of the same shape that is inside the box; never larger than `size`."""
    factor = min(1.0, box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def shrink(image: "Image", box: Size, *, sharp: bool) -> "Image":
    """The image resampled to fit the box; itself when it does. `sharp` is for drawings: lines keep their edges."""
    from PIL import Image

    size = fit(image.size, box)
    if size == image.size:
        return image
    # Hamming: as sharp as bicubic to the eye, without halos, at half of Lanczos's time
    return image.resize(size, Image.Resampling.LANCZOS if sharp else Image.Resampling.HAMMING, reducing_gap=3.0)


def decode(data: bytes, facts: Facts, box: Size, *, colour: bool, scaled: bool) -> "Image":
    """The picture in mode RGB, or L when no colour is asked for; larger than `box` (as it is seen) unless it came close.

    `scaled` allows the JPEG decoder that needs numpy (130 ms to load: worth it for many pictures only).
    """
    from PIL import Image

    try:
        image = _decode_jpeg(data, facts, box, colour=colour, scaled=scaled) if facts.kind == "jpeg" else _decode_other(data, facts)
        image = _upright(_flat(image), facts)
        return _in_srgb(image, facts.profile) if colour else grey(image)
    except Image.DecompressionBombError as error:
        raise bomb("has more pixels than it says") from error
    except Exception as error:  # a decoder at hostile bytes raises whatever it likes
        raise broken(_reason(error)) from error


def grey(image: "Image") -> "Image":
    """The image in mode L; itself when it is."""
    return image if image.mode == "L" else image.convert("L")


def _reason(error: Exception) -> str:
    text = str(error)
    if "truncated" in text or isinstance(error, EOFError):
        return "is cut off"
    # Pillow's text for bytes it cannot identify holds a memory address
    return f"is damaged ({text})" if text and "cannot identify" not in text else "is damaged"


def _decode_jpeg(data: bytes, facts: Facts, box: Size, *, colour: bool, scaled: bool) -> "Image":
    stored = box if facts.orientation < 5 else (box[1], box[0])
    target = fit((facts.width, facts.height), stored)
    if scaled and facts.channels != 4:
        try:
            return _decode_scaled(data, facts, target, colour=colour)
        except ValueError:
            pass  # it is strict about damage that does no harm: Pillow decides
    from PIL import Image

    with Image.open(BytesIO(data), formats=("JPEG",)) as image:
        if facts.channels != 4:
            image.draft("RGB" if colour and facts.channels == 3 else "L", target)
        image.load()
        return image.copy()


def _decode_scaled(data: bytes, facts: Facts, target: Size, *, colour: bool) -> "Image":
    """The size N/8 next below the target, or next above it when that would be too small."""
    import simplejpeg
    from PIL import Image

    eighths = max(1, min(8, 8 * target[0] // facts.width))
    if eighths < 8 and -(-facts.width * eighths // 8) < _CLOSE_ENOUGH * target[0]:
        eighths += 1
    space, mode = ("RGB", "RGB") if colour and facts.channels == 3 else ("GRAY", "L")
    pixels = simplejpeg.decode_jpeg(
        data, space, min_width=-(-facts.width * eighths // 8), min_height=-(-facts.height * eighths // 8), fastdct=False
    )
    height, width = pixels.shape[:2]
    return Image.frombuffer(mode, (width, height), pixels, "raw", mode, 0, 1)


def _decode_other(data: bytes, facts: Facts) -> "Image":
    """The first frame, turned as its metadata say (EXIF in PNG and WebP, `irot` in AVIF)."""
    from PIL import Image, ImageOps

    with Image.open(BytesIO(data), formats=(facts.kind.upper(),)) as image:
        if image.width * image.height > facts.width * facts.height:
            raise ValueError(f"claims {facts.width} × {facts.height} pixels and has {image.width} × {image.height}")
        image.load()
        return ImageOps.exif_transpose(image)


def _flat(image: "Image") -> "Image":
    """On white paper, without alpha, 8 bits a channel, in mode L or RGB."""
    from PIL import Image

    if image.mode in ("L", "RGB"):
        return image if "transparency" not in image.info else _flat(image.convert("RGBA"))
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _eight_bits(image)
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, _paper(image))
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    return image.convert("L" if image.mode == "1" else "RGB")


def _paper(image: "Image") -> str:
    """White, but dark for what is itself white on nothing (a logo for dark pages), which would vanish."""
    visible = image.convert("L").histogram(image.getchannel("A").point([0] * 128 + [255] * 128))
    return "#404040" if sum(visible) and sum(visible[_PALE:]) > 0.98 * sum(visible) < 0.98 * image.width * image.height else "white"


def _eight_bits(image: "Image") -> "Image":
    if image.mode != "F":
        return image.convert("I").point(lambda level: level * (1 / 257)).convert("L")
    low, high = image.getextrema()
    assert isinstance(low, float)
    assert isinstance(high, float)
    scale = 255 / (high - low) if high > low else 1.0
    return image.point(lambda level: level * scale + -low * scale).convert("L")


_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""EXIF's orientation → Pillow's Transpose: mirrored, half turn, flipped, transposed, quarter turn right, transverse, left."""


def _upright(image: "Image", facts: Facts) -> "Image":
    from PIL import Image

    return image if facts.orientation == 1 else image.transpose(Image.Transpose(_TURNS[facts.orientation]))


def _in_srgb(image: "Image", profile: bytes | None) -> "Image":
    """Colours of another RGB space brought to sRGB. Damaged profiles and those of other models change nothing."""
    if image.mode != "RGB":
        return image.convert("RGB")
    if profile is None or b"sRGB" in profile[:600] or profile[16:20] != b"RGB ":
        return image
    from PIL import ImageCms

    try:
        converted = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return image
    return converted or image

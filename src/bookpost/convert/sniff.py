"""What a picture really is: its kind, size and soundness from its own bytes, without decoding them.

Neither a name nor a declared type is asked. Raises PictureRefused for what no picture of a book can be made of:
another kind of file, a header that is cut off, more pixels than anybody may ask for.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["jpeg", "png", "gif", "webp", "avif", "bmp", "tiff", "svg"]

MAX_PIXELS = 80_000_000
"""The most pixels of a source: 240 MB as RGB. Pillow's own line (89 million, then it warns) is just above."""
_PLENTY = 48_000_000
_MAX_RATIO = 500
"""Unpacked bytes to one packed: a large picture above it is blank, which no picture worth showing is."""
_MAX_SCANS = 64
"""Scans of a progressive JPEG. A coder writes about ten; each costs a pass over all pixels, however few bytes it has
(libjpeg-turbo, "Two Issues with the JPEG Standard")."""
_MAX_SIDE = 65_535


class PictureRefused(Exception):
    """A picture that cannot be used: `code` is a finding's code, `why` ends the sentence "the picture … ."."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


def broken(why: str) -> PictureRefused:
    """The refusal of a picture that is damaged or incomplete."""
    return PictureRefused("W-PICTURE-BROKEN", why)


def bomb(why: str) -> PictureRefused:
    """The refusal of a picture that would take more memory or time than a picture may."""
    return PictureRefused("W-PICTURE-BOMB", why)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a picture's header says. `width` and `height` are stored pixels, before `orientation` turns them (JPEG's EXIF, 1–8).

    `plain` says that any e-reader can show the bytes as they are: one frame, no alpha, 8 bits or fewer, not CMYK, upright,
    and whole as far as markers and lengths tell. `bits` is a pixel's size unpacked. SVG has no size here (0 × 0).
    """

    kind: Kind
    width: int
    height: int
    orientation: int = 1
    channels: int = 3
    bits: int = 24
    plain: bool = False
    profile: bytes | None = field(default=None, repr=False)

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as they are seen."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def look(data: bytes) -> Facts:
    """What these bytes are; raises PictureRefused."""
    facts = _read_header(data)
    pixels = facts.width * facts.height
    if facts.kind != "svg" and not pixels:
        raise broken("has no pixels")
    if pixels > MAX_PIXELS or max(facts.width, facts.height) > _MAX_SIDE:
        raise bomb(f"claims {facts.width} × {facts.height} pixels")
    unpacked = pixels * facts.bits // 8
    if unpacked > _PLENTY and unpacked > _MAX_RATIO * len(data):
        raise bomb(f"claims {facts.width} × {facts.height} pixels in {len(data):,} bytes")
    return facts


def _read_header(data: bytes) -> Facts:
    for kind_of, read in _READERS:
        if kind_of(data):
            try:
                return read(data)
            except (IndexError, struct.error) as error:
                raise broken("is cut off") from error
    raise PictureRefused("W-PICTURE-KIND", f"is {_foreign_kind(data)}")


def _foreign_kind(data: bytes) -> str:
    if not data:
        return "empty"
    names = ((mark, name) for mark, name in _FOREIGN.items() if mark in data[:16].lower())
    return next((name for _, name in names), "of a kind that is not known")


_FOREIGN = {
    b"<!doctype html": "a web page, not a picture",
    b"<html": "a web page, not a picture",
    b"%pdf": "a PDF, not a picture",
    b"ftyphei": "HEIC, which cannot be read",
    b"ftypmif1": "HEIF, which cannot be read",
    b"ftyp": "a video, not a picture",
    b"jxl ": "JPEG XL, which cannot be read",
    b"\xff\x0a": "JPEG XL, which cannot be read",
    b"jp  ": "JPEG 2000, which cannot be read",
    b"8bps": "a Photoshop file, which cannot be read",
    b"\x00\x00\x01\x00": "an icon, which cannot be read",
    b"{": "text, not a picture",
}


# JPEG: ITU-T T.81, annex B; EXIF 2.3; ICC.1, annex B.4


def _jpeg(data: bytes) -> Facts:
    frame: tuple[int, int, int, int] | None = None
    orientation = 1
    profile: dict[int, bytes] = {}
    at = 2
    while (marker := data[at + 1]) != 0xDA:
        if data[at] != 0xFF:
            raise broken("is damaged in its header")
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            _, height, width, channels = struct.unpack_from(">BHHB", data, at + 4)
            frame = (width, height, channels, marker)
        elif marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0":
            orientation = _exif_orientation(data[at + 10 : at + 2 + length])
        elif marker == 0xE2 and data[at + 4 : at + 16] == b"ICC_PROFILE\0":
            profile[data[at + 16]] = data[at + 18 : at + 2 + length]
        at += 2 + length
    if frame is None:
        raise broken("has no frame")
    width, height, channels, marker = frame
    if marker not in (0xC0, 0xC1) and data.count(b"\xff\xda", at) > _MAX_SCANS:
        raise bomb(f"has more than {_MAX_SCANS} scans")
    whole = data.rfind(b"\xff\xd9", at) > at
    plain = whole and channels in (1, 3) and orientation == 1 and marker in (0xC0, 0xC1, 0xC2)
    icc = b"".join(profile[part] for part in sorted(profile))
    return Facts("jpeg", width, height, orientation, channels, 8 * channels, plain, icc or None)


def _exif_orientation(exif: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if not order:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, entry)
            if tag == 0x0112:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass  # EXIF is often damaged by editors; the picture is not
    return 1


# PNG: W3C PNG, third edition


def _png(data: bytes) -> Facts:
    if data[12:16] != b"IHDR":
        raise broken("is damaged in its header")
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    alpha = colour in (4, 6)
    bits = depth * {2: 3, 4: 2, 6: 4}.get(colour, 1)
    animated = False
    at, name = 8, b""
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        name = data[at + 4 : at + 8]
        alpha = alpha or name == b"tRNS"
        animated = animated or name == b"acTL"
        at += 12 + length
        if name == b"IEND":
            break
    whole = name == b"IEND" and at <= len(data)
    return Facts("png", width, height, bits=bits, plain=whole and depth <= 8 and not alpha and not animated)


# GIF: the specification of GIF89a


def _gif(data: bytes) -> Facts:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + _gif_table(flags)
    frames, transparent, whole = 0, False, False
    while at < len(data) and frames < 2:
        block = data[at]
        if block == 0x3B:
            whole = True
            break
        if block == 0x2C:
            frames += 1
            left, top, wide, high = struct.unpack_from("<HHHH", data, at + 1)
            width, height = max(width, left + wide), max(height, top + high)
            at += 11 + _gif_table(data[at + 9])
        elif block == 0x21:
            transparent = transparent or (data[at + 1] == 0xF9 and bool(data[at + 3] & 1))
            at += 2
        else:
            break
        while data[at]:
            at += 1 + data[at]
        at += 1
    return Facts("gif", width, height, bits=8, plain=whole and frames == 1 and not transparent)


def _gif_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


# WebP: RFC 9649


def _webp(data: bytes) -> Facts:
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 > len(data):
        raise broken(f"is cut off: {len(data):,} of {length + 8:,} bytes are there")
    chunk = data[12:16]
    if chunk == b"VP8X":
        return Facts("webp", 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little"))
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return Facts("webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return Facts("webp", width & 0x3FFF, height & 0x3FFF)
    raise broken("is damaged in its header")


# AVIF: ISO/IEC 23008-12, the `ispe` property


def _avif(data: bytes) -> Facts:
    width = height = 0
    at = data.find(b"ispe", 0, 65_536)
    while at != -1:
        wide, high = struct.unpack_from(">II", data, at + 8)
        width, height = max(width, wide), max(height, high)
        at = data.find(b"ispe", at + 4, 65_536)
    return Facts("avif", width, height)


def _is_avif(data: bytes) -> bool:
    if data[4:8] != b"ftyp":
        return False
    brands = data[8 : int.from_bytes(data[:4], "big")][:256]
    return b"avif" in brands or b"avis" in brands


# BMP and TIFF


def _bmp(data: bytes) -> Facts:
    (header,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if header == 12 else "<ii", data, 18)
    return Facts("bmp", abs(width), abs(height))


def _tiff(data: bytes) -> Facts:
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    values = {}
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, form = struct.unpack_from(f"{order}HH", data, entry)
        (values[tag],) = struct.unpack_from(f"{order}H" if form == 3 else f"{order}I", data, entry + 8)
    return Facts("tiff", values.get(256, 0), values.get(257, 0))


def _is_svg(data: bytes) -> bool:
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data[:2] == b"\x1f\x8b":
        return True
    return start[:1] == b"<" and b"<html" not in start.lower() and (b"<svg" in start or b":svg" in start)


def _svg(_: bytes) -> Facts:
    return Facts("svg", 0, 0)


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Facts]], ...] = (
    (lambda data: data[:3] == b"\xff\xd8\xff", _jpeg),
    (lambda data: data[:8] == b"\x89PNG\r\n\x1a\n", _png),
    (lambda data: data[:6] in (b"GIF87a", b"GIF89a"), _gif),
    (lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _webp),
    (_is_avif, _avif),
    (lambda data: data[:2] == b"BM", _bmp),
    (lambda data: data[:4] in (b"II*\0", b"MM\0*"), _tiff),
    (_is_svg, _svg),
)

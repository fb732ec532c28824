"""Pictures by their bytes: which format they are, and whether markers and lengths say that an e-reader shows them.

Nothing is decoded. A JPEG cut off and closed again by an end marker passes; one that merely ends early does not.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from zlib_ng import zlib_ng

JPEG, PNG, GIF, SVG = "image/jpeg", "image/png", "image/gif", "image/svg+xml"
SHOWN = frozenset((JPEG, PNG, GIF, SVG))
"""What every e-reader shows."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the bytes say of a picture: its media type, pixels (0: not said), and what is wrong with it, as (code, message)."""

    media_type: str
    width: int = 0
    height: int = 0
    faults: tuple[tuple[str, str], ...] = ()


def sniff(data: bytes) -> str | None:
    """The media type of a picture, a font or a document by its first bytes; None for others."""
    for pattern, media_type in _SIGNATURES:
        if pattern.match(data):
            return media_type
    return None


_SIGNATURES = tuple(
    (re.compile(pattern, re.S), media_type)
    for pattern, media_type in (
        (rb"\xff\xd8\xff", JPEG),
        (rb"\x89PNG\r\n\x1a\n", PNG),
        (rb"GIF8[79]a", GIF),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"....ftyp(?:avif|avis)", "image/avif"),
        (rb"....ftyp(?:heic|heix|hevc|mif1|msf1)", "image/heic"),
        (rb"II\*\0|MM\0\*", "image/tiff"),
        (rb"BM.{4}\0\0\0\0", "image/bmp"),
        (rb"\xff\x0a|\0\0\0\x0cJXL ", "image/jxl"),
        (rb"\0\0\0\x0cjP  ", "image/jp2"),
        (rb"\x00\x01\x00\x00\x00|true", "font/ttf"),
        (rb"OTTO", "font/otf"),
        (rb"wOFF", "font/woff"),
        (rb"wOF2", "font/woff2"),
        (rb"%PDF-", "application/pdf"),
        (rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?(?:<!DOCTYPE\s+svg[^>]*>\s*)?<(?:\w+:)?svg[\s>]", SVG),
        (rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?(?:<!--.*?-->\s*)?<html[\s>]", "application/xhtml+xml"),
    )
)


def shape(data: bytes) -> Shape | None:
    """The picture's Shape; None when the bytes are of no picture format known here."""
    media_type = sniff(data[:4096])
    if media_type is None or not media_type.startswith("image/"):
        return None
    if media_type not in SHOWN:
        return Shape(media_type, faults=(("E-PICTURE-FORMAT", f"is {media_type}, which e-readers do not show"),))
    look = {JPEG: _jpeg, PNG: _png, GIF: _gif}.get(media_type)
    try:
        return look(data) if look else Shape(media_type)
    except (struct.error, IndexError):
        return Shape(media_type, faults=(_truncated("ends inside its header"),))


def _truncated(why: str) -> tuple[str, str]:
    return "E-PICTURE-TRUNCATED", f"the picture is incomplete: {why}"


def _jpeg(data: bytes) -> Shape:
    """ITU T.81 Annex B: segments up to the scan, then the end marker. FF D9 cannot occur inside a scan."""
    width = height = 0
    faults: list[tuple[str, str]] = []
    for marker, at, length in _jpeg_segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width, components = struct.unpack_from(">HHB", data, at + 1)
            if components == 4:
                faults.append(("E-PICTURE-CMYK", "is a CMYK picture: its colours come out wrong or not at all"))
        elif marker == 0xDA:
            if data.find(b"\xff\xd9", max(at + length, len(data) - 64)) < 0 and data.find(b"\xff\xd9", at + length) < 0:
                faults.append(_truncated("the JPEG has no end marker"))
            break
    else:
        faults.append(_truncated("the JPEG ends before its scan"))
    if not width or not height:
        faults.append(_truncated("the JPEG does not say its size"))
    return Shape(JPEG, width, height, tuple(faults))


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, where its content begins, length of the content), up to and with the first scan."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            return
        yield marker, at + 4, length - 2
        if marker == 0xDA:
            return
        at += 2 + length


def _png(data: bytes) -> Shape:
    """PNG 3rd edition, section 5: chunks with a CRC each, IHDR first, IEND last."""
    if data[12:16] != b"IHDR":
        return Shape(PNG, faults=(_truncated("the PNG has no header"),))
    width, height, _, colour = struct.unpack_from(">IIBB", data, 16)
    faults = {"E-PICTURE-ALPHA": "has an alpha channel: it turns black or vanishes on some screens"} if colour in (4, 6) else {}
    at, last = 8, b""
    while at + 12 <= len(data) and last != b"IEND":
        length = int.from_bytes(data[at : at + 4], "big")
        last = data[at + 4 : at + 8]
        end = at + 8 + length
        if end + 4 > len(data) or zlib_ng.crc32(memoryview(data)[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            last = b""
            break
        if last == b"tRNS":
            faults["E-PICTURE-ALPHA"] = "has transparent parts: they turn black on some screens"
        elif last == b"acTL":
            faults["E-PICTURE-ANIMATED"] = "is an animation"
        at = end + 4
    if last != b"IEND":
        faults["E-PICTURE-TRUNCATED"] = "the picture is incomplete: a chunk of the PNG is cut off or damaged"
    return Shape(PNG, width, height, tuple(faults.items()))


def _gif(data: bytes) -> Shape:
    """GIF89a: blocks up to the trailer; more than one image is an animation."""
    width, height, packed = struct.unpack_from("<HHB", data, 6)
    at = 13 + _gif_table(packed)
    frames = 0
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            frames += 1
            at = _gif_blocks(data, at + 11 + _gif_table(data[at + 9]))
        elif data[at] == 0x21:
            at = _gif_blocks(data, at + 2)
        else:
            return Shape(GIF, width, height, (_truncated("a block of the GIF is damaged"),))
    faults = [("E-PICTURE-ANIMATED", f"is an animation of {frames} frames")] if frames > 1 else []
    return Shape(GIF, width, height, tuple(faults if frames else [_truncated("the GIF holds no image")]))


def _gif_table(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _gif_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1

"""A QR code as a small black and white PNG, for the way from an e-reader to the original on a telephone.

zxing-cpp makes a code in 0.3 ms and loads in 11; in a book of a hundred articles a slower maker is half of the writing.
"""

import struct
from typing import cast
from urllib.parse import quote

from zlib_ng import zlib_ng

_QUIET = 4
"""Modules of white around the code (ISO/IEC 18004 §9.1)."""
_ASCII = "".join(map(chr, range(128)))
_LONGEST = 271
"""Bytes of UTF-8 above which a code is too fine for a camera before an e-reader's screen."""


def qr_png(text: str) -> tuple[bytes, int] | None:
    """The code as PNG and its side in pixels, eight a module; None when the address has more than 271 characters."""
    modules = qr_modules(text)
    if modules is None:
        return None
    size = len(modules) + 2 * _QUIET
    colours = bytes((0xFF, 0x00)).ljust(256, b"\x00")  # eight white pixels for 0, eight black ones for 1
    side = b"\xff" * _QUIET
    lines = [b"\xff" * size] * _QUIET + [side + row.translate(colours) + side for row in modules] + [b"\xff" * size] * _QUIET
    return _png(size * 8, b"".join((b"\x00" + line) * 8 for line in lines)), size * 8


def qr_modules(text: str) -> list[bytes] | None:
    """The rows of the code, a byte for each module, 1 for black; None when the text is too long."""
    import zxingcpp

    # Telephones guess the encoding of other letters differently; as an address, percent signs say the same (RFC 3987 3.1).
    address = quote(text, safe=_ASCII)
    if len(address) > _LONGEST:
        return None
    code = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
    image = code.to_image(scale=1, add_quiet_zones=False)
    rows = cast("list[list[int]]", memoryview(cast("bytes", image)).tolist())  # the image has the buffer protocol
    return [bytes(value == 0 for value in row) for row in rows]  # a black pixel is 0


def _png(side: int, lines: bytes) -> bytes:
    """A grey PNG of one bit a pixel (PNG specification §11)."""
    header = struct.pack(">2L5B", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib_ng.compress(lines, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib_ng.crc32(kind + data))

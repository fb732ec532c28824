"""A QR code as a small black and white PNG, for the way from an e-reader to the original on a telephone."""

import struct
import zlib

_MOST_CHARACTERS = 300
"""Above it the modules get too small for a camera at 25 mm."""
_QUIET = 4
"""Modules of white around the code (ISO/IEC 18004 §9.1)."""


def qr_png(address: str, *, pixels: int = 240) -> tuple[bytes, int] | None:
    """The code as PNG and its side in pixels, at least `pixels`; None when the address is too long to be scanned.

    The mask is fixed: a search for the best one takes four times as long, and telephones read any.
    """
    if len(address) > _MOST_CHARACTERS:
        return None
    import segno

    code = segno.make_qr(address, error="l", boost_error=False, mask=2)
    modules = len(code.matrix) + 2 * _QUIET
    scale = -(-pixels // modules)
    side = modules * scale
    white = b"\x00" + b"\xff" * (-(-side // 8))
    rows = b"".join(_scan_line(row, scale, side) * scale for row in code.matrix)
    return _png(side, white * (_QUIET * scale) + rows + white * (_QUIET * scale)), side


def _scan_line(row: bytearray, scale: int, side: int) -> bytes:
    """A row of modules as one PNG scan line (filter 0): one bit a pixel, 1 is white."""
    quiet = "1" * (_QUIET * scale)
    bits = quiet + "".join("0" * scale if dark else "1" * scale for dark in row) + quiet
    size = -(-side // 8)
    return b"\x00" + int(bits.ljust(size * 8, "1"), 2).to_bytes(size, "big")


def _png(side: int, lines: bytes) -> bytes:
    """A grey PNG of one bit a pixel (PNG specification §11)."""
    header = struct.pack(">2L5B", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

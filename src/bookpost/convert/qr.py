"""A QR code as a small black and white PNG, for the way from an e-reader to the original on a telephone.

ISO/IEC 18004, as far as an address needs it: bytes, level L, versions 1 to 10, one mask for all. A general library
takes ten times as long for a code, which in a book of a hundred articles is half of the writing, and 40 ms to load.
"""

import struct
from collections.abc import Callable
from functools import cache
from operator import itemgetter

from zlib_ng import zlib_ng

_BLOCKS = {1: (7, 1), 2: (10, 1), 3: (15, 1), 4: (20, 1), 5: (26, 1), 6: (18, 2), 7: (20, 2), 8: (24, 2), 9: (30, 2), 10: (18, 4)}
"""Table 9, level L: error correction bytes of a block, number of blocks."""
_BYTES = {1: 26, 2: 44, 3: 70, 4: 100, 5: 134, 6: 172, 7: 196, 8: 242, 9: 292, 10: 346}
"""Table 1: bytes of data and error correction."""
_CENTRES = {
    1: (),
    2: (6, 18),
    3: (6, 22),
    4: (6, 26),
    5: (6, 30),
    6: (6, 34),
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
}
"""Annex E: where alignment patterns have their centres, in rows and columns."""
_FORMAT = 0b111110110101010
"""Annex C: level L, mask 2 (every third column)."""
_QUIET = 4
"""Modules of white around the code (§9.1)."""
_UNSET = 2
_ONE_OR_NOUGHT = bytes.maketrans(b"01", b"\x00\x01")


def qr_png(text: str) -> tuple[bytes, int] | None:
    """The code as PNG and its side in pixels, eight a module; None when the text has more than 271 bytes of UTF-8."""
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
    data = text.encode()
    version = next((version for version in _BLOCKS if _header_bits(version) + 8 * len(data) <= 8 * _data_bytes(version)), None)
    if version is None:
        return None
    arrange, mask, count = _template(version)
    stream = int.from_bytes(_interleaved(_codewords(data, version), version), "big") << count - 8 * _BYTES[version]
    bits = f"{stream ^ mask:0{count}b}".encode().translate(_ONE_OR_NOUGHT)
    size = 17 + 4 * version
    modules = bytes(arrange(b"\x00\x01" + bits))
    return [modules[start : start + size] for start in range(0, size * size, size)]


def _header_bits(version: int) -> int:
    """Four bits for the mode, then the number of bytes (Table 3)."""
    return 12 if version < 10 else 20


def _data_bytes(version: int) -> int:
    length, blocks = _BLOCKS[version]
    return _BYTES[version] - length * blocks


def _codewords(data: bytes, version: int) -> bytes:
    """Mode, length, data, terminator, padding (§7.4)."""
    room = _data_bytes(version)
    count = _header_bits(version) - 4
    used = _header_bits(version) + 8 * len(data)
    stream = ((0b0100 << count | len(data)) << 8 * len(data)) | int.from_bytes(data, "big")
    ended = -(-min(used + 4, 8 * room) // 8)
    packed = (stream << 8 * ended - used).to_bytes(ended, "big")
    return packed + (b"\xec\x11" * room)[: room - ended]


def _interleaved(data: bytes, version: int) -> bytes:
    """The blocks of data and of error correction, byte by byte in turn (§7.6)."""
    length, count = _BLOCKS[version]
    short = len(data) // count
    longer = len(data) % count
    blocks, start = [], 0
    for number in range(count):
        end = start + short + (number >= count - longer)
        blocks.append(data[start:end])
        start = end
    turns = [block[place] for place in range(short + 1) for block in blocks if place < len(block)]
    checks = zip(*(_remainder(block, length) for block in blocks), strict=True)
    return bytes(turns) + bytes(byte for turn in checks for byte in turn)


def _remainder(block: bytes, length: int) -> bytes:
    """The error correction of one block: the remainder of a division in GF(256), kept as one whole number."""
    rows = _multiples(length)
    top = 8 * (length - 1)
    rest = 0
    for byte in block:
        rest = ((rest & ((1 << top) - 1)) << 8) ^ rows[(rest >> top) ^ byte]
    return rest.to_bytes(length, "big")


@cache
def _multiples(length: int) -> list[int]:
    """Every multiple of the generator polynomial of this degree, its coefficients side by side in one number."""
    powers = [1]
    for _ in range(254):
        powers.append(powers[-1] << 1 ^ (0x11D if powers[-1] & 0x80 else 0))
    logs = {power: exponent for exponent, power in enumerate(powers)}
    generator = [1]
    for exponent in range(length):
        shifted = [0, *(powers[(logs[factor] + exponent) % 255] if factor else 0 for factor in generator)]
        generator = [one ^ other for one, other in zip([*generator, 0], shifted, strict=True)]
    by_bit = [_packed([powers[(logs[factor] + bit) % 255] if factor else 0 for factor in generator[1:]]) for bit in range(8)]
    rows = [0]
    for bit in by_bit:
        rows += [row ^ bit for row in rows]
    return rows


def _packed(coefficients: list[int]) -> int:
    return int.from_bytes(bytes(coefficients), "big")


@cache
def _template(version: int) -> tuple[Callable[[bytes], tuple[int, ...]], int, int]:
    """How a version arranges its modules, its mask, and how many bits it has.

    The first takes a 0, a 1 and all bits in their order (§7.7), and gives the modules row by row.
    """
    grid = _patterns(version)
    size = len(grid)
    way = [(row, column) for row, column in _way(size) if grid[row][column] == _UNSET]
    for number, (row, column) in enumerate(way, 2):
        grid[row][column] = number
    # Mask 2 (§7.8.2): columns 0, 3, 6 … are inverted.
    mask = int("".join("1" if column % 3 == 0 else "0" for _, column in way), 2)
    return itemgetter(*(module for line in grid for module in line)), mask, len(way)


def _patterns(version: int) -> list[list[int]]:
    """The modules that every code of a version has."""
    size = 17 + 4 * version
    grid = [[_UNSET] * size for _ in range(size)]
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        _rings(grid, row, column, 4, "11010")
    for row in _CENTRES[version]:
        for column in _CENTRES[version]:
            if grid[row][column] == _UNSET:
                _rings(grid, row, column, 2, "101")
    for place in range(8, size - 8):
        grid[6][place] = grid[place][6] = 1 - place % 2
    _write_format(grid)
    if version > 6:
        _write_version(grid, version)
    return grid


def _rings(grid: list[list[int]], row: int, column: int, radius: int, colours: str) -> None:
    """Squares around a centre; `colours` from the centre outwards."""
    size = len(grid)
    for y in range(max(0, row - radius), min(size, row + radius + 1)):
        for x in range(max(0, column - radius), min(size, column + radius + 1)):
            grid[y][x] = int(colours[max(abs(y - row), abs(x - column))])


def _write_format(grid: list[list[int]]) -> None:
    """Level and mask, twice (§7.9), and the module that is always black."""
    size = len(grid)
    around = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(size - 1 - r, 8) for r in range(7)] + [(8, size - 8 + c) for c in range(8)]
    for number, places in enumerate(zip(around, apart, strict=True)):
        for row, column in places:
            grid[row][column] = _FORMAT >> (14 - number) & 1
    grid[size - 8][8] = 1


def _write_version(grid: list[list[int]], version: int) -> None:
    """The version and its 12 bits of check, twice (§7.10, generator 0x1F25)."""
    size = len(grid)
    rest = version << 12
    for bit in range(17, 11, -1):
        if rest >> bit & 1:
            rest ^= 0x1F25 << (bit - 12)
    code = version << 12 | rest
    for bit in range(18):
        near, far = bit // 3, size - 11 + bit % 3
        grid[near][far] = grid[far][near] = code >> bit & 1


def _way(size: int) -> list[tuple[int, int]]:
    """All modules in the order of the bits: pairs of columns from the right, up and down in turn, without column 6."""
    way = []
    for number, right in enumerate(
        column for column in range(size - 1, 0, -1) if (column > 6 and (size - column) % 2) or column in (5, 3, 1)
    ):
        rows = range(size) if number % 2 else range(size - 1, -1, -1)
        way += [(row, column) for row in rows for column in (right, right - 1)]
    return way


def _png(side: int, lines: bytes) -> bytes:
    """A grey PNG of one bit a pixel (PNG specification §11)."""
    header = struct.pack(">2L5B", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib_ng.compress(lines, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib_ng.crc32(kind + data))

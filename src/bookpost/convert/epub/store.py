"""The zip of an EPUB: names in the order of writing, fixed times, media stored, text deflated where that pays.

The same members give the same bytes. A file goes in piece by piece, so a book's pictures are never in memory.
Raises ValueError for a name that is not plain ASCII or is there already, ConversionError above the size of a plain zip.
"""

from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from zlib_ng import zlib_ng

from bookpost.errors import ConversionError

# APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16 (PKWARE): local header, central header, end of the central directory.
_LOCAL = Struct("<4s5H3L2H")
_CENTRAL = Struct("<4s6H3L5H2L")
_END = Struct("<4s4H2LH")
_NEEDED = 20
_UNIX = 3 << 8
_MODE = 0o100644 << 16
_DATE = 0x21
"""1 January 1980, the first day a zip can name."""
_STORED, _DEFLATED = 0, 8
_PIECE = 256 * 1024
_MOST_BYTES = 0xFFFFFFFF
_MOST_MEMBERS = 0xFFFF


class Store:
    """A zip being written to a stream that can seek. Nothing of it is whole before `close`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._central: list[bytes] = []
        self._names: set[str] = set()
        self._offset = 0

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def writestr(self, name: str, data: bytes | str, *, deflate: bool = True) -> None:
        """Write a member from memory (the name is zipfile's, which EbookLib calls); text goes in as UTF-8."""
        raw = data.encode() if isinstance(data, str) else data
        packed = _deflated(raw) if deflate else raw
        method, body = (_DEFLATED, packed) if len(packed) < len(raw) else (_STORED, raw)
        header = self._enter(name, method, zlib_ng.crc32(raw), len(body), len(raw))
        self._stream.write(header)
        self._stream.write(body)

    def write_file(self, name: str, path: Path) -> None:
        """Write a file as it is, a piece at a time; its check sum goes into the header afterwards."""
        self._stream.write(_local_header(name, _STORED, 0, 0, 0))
        checksum = size = 0
        for piece in _pieces(path):
            checksum = zlib_ng.crc32(piece, checksum)
            size += len(piece)
            self._stream.write(piece)
        start = self._offset
        header = self._enter(name, _STORED, checksum, size, size)
        self._stream.seek(start)
        self._stream.write(header)
        self._stream.seek(self._offset)

    def close(self) -> None:
        """Write the central directory; the stream stays open."""
        directory = b"".join(self._central)
        count = len(self._central)
        self._stream.write(directory)
        self._stream.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), self._offset, 0))

    def _enter(self, name: str, method: int, checksum: int, packed: int, size: int) -> bytes:
        """Note the member in the central directory, move on, and give its local header."""
        if name in self._names:
            raise ValueError(f"{name} is in the book already")
        header = _local_header(name, method, checksum, packed, size)
        end = self._offset + len(header) + packed
        if end > _MOST_BYTES or len(self._names) == _MOST_MEMBERS:
            raise ConversionError("the book is larger than an EPUB can be (4 GB)", hint="make several books of it")
        self._names.add(name)
        self._central.append(
            _CENTRAL.pack(
                b"PK\x01\x02",
                _UNIX | _NEEDED,
                _NEEDED,
                0,
                method,
                0,
                _DATE,
                checksum,
                packed,
                size,
                len(name),
                0,
                0,
                0,
                0,
                _MODE,
                self._offset,
            )
            + name.encode("ascii")
        )
        self._offset = end
        return header


def _local_header(name: str, method: int, checksum: int, packed: int, size: int) -> bytes:
    if not name.isascii():
        raise ValueError(f"{name!r} is not a plain ASCII name")
    return _LOCAL.pack(b"PK\x03\x04", _NEEDED, 0, method, 0, _DATE, checksum, packed, size, len(name), 0) + name.encode("ascii")


def _deflated(data: bytes) -> bytes:
    # For text zlib-ng at 5 is five times as fast as zlib at 6 for 8% more bytes, and twice as fast as itself at 6.
    packer = zlib_ng.compressobj(5, zlib_ng.DEFLATED, -15)
    return bytes(packer.compress(data) + packer.flush())


def _pieces(path: Path) -> Iterator[memoryview]:
    """The file's bytes in one buffer that is filled again and again."""
    buffer = memoryview(bytearray(_PIECE))
    with path.open("rb", buffering=0) as source:
        while count := source.readinto(buffer):
            yield buffer[:count]

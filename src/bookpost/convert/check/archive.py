"""The zip archive of an EPUB, opened as if an enemy had packed it.

Only the central directory is left to `zipfile`; members are read here, counted while they are inflated, and their
CRC is verified. Raises Refused for what no honest EPUB has: bombs, names that leave the folder, overlapping members.
"""

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from zlib_ng import zlib_ng

from bookpost.convert.check.report import Refused, Report, shown

MAX_ENTRIES = 10_000
MAX_MEMBER = 64_000_000
"""Bytes of one member, inflated."""
MAX_TOTAL = 512_000_000
"""Bytes of all members, inflated."""
MAX_RATIO = 250
"""Inflated to packed, for a member of more than _SMALL bytes: XHTML packs 3 to 20 times, a bomb 1,000 times."""
_SMALL = 1_000_000

_END = b"PK\x05\x06"
_LOCAL = struct.Struct("<4s5H3I2H")
_BAD_ZIP = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, IndexError, OverflowError, RuntimeError, EOFError)
_DEFLATE_ERROR = cast("type[Exception]", zlib_ng.error)
_SYMLINK, _FORMAT = 0o120000, 0o170000
_ENCRYPTED = 0x1 | 0x40 | 0x2000


class DamagedError(Exception):
    """A member's bytes are not what the archive says they are."""


class Archive:
    """The members of a zip file in the order of their bytes; the same name twice keeps the last, as readers do."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size
        self._counted: set[int] = set()
        self._total = 0
        self.entries = _directory(stream, size)
        self._starts = _check_layout(stream, self.entries, size)
        self.members = {entry.filename: entry for entry in self.entries}

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def start_of(self, entry: zipfile.ZipInfo) -> int:
        """Where the entry's bytes begin in the file."""
        return self._starts[id(entry)]

    def names(self) -> tuple[str, ...]:
        """The files' names, sorted; folders are left out."""
        return tuple(sorted(name for name in self.members if not name.endswith("/")))

    def read(self, name: str) -> bytes:
        """A member's bytes. Raises KeyError, DamagedError (CRC, deflate), and Refused for a bomb."""
        return self.read_entry(self.members[name])

    def read_entry(self, entry: zipfile.ZipInfo) -> bytes:
        """The bytes of one entry, also of one that another with the same name hides; raises as `read`."""
        self._stream.seek(self.start_of(entry))
        packed = self._stream.read(entry.compress_size)
        data = packed if entry.compress_type == zipfile.ZIP_STORED else self._inflate(entry, packed)
        self._count(entry, len(data))
        if len(data) != entry.file_size or zlib_ng.crc32(data) != entry.CRC:
            raise DamagedError(f"its bytes do not match their checksum ({len(data)} of {entry.file_size} bytes)")
        return data

    def _inflate(self, entry: zipfile.ZipInfo, packed: bytes) -> bytes:
        limit = min(MAX_MEMBER, max(_SMALL, MAX_RATIO * entry.compress_size))
        inflate = zlib_ng.decompressobj(-15)
        try:
            data = inflate.decompress(packed, limit + 1)
        except _DEFLATE_ERROR as error:
            raise DamagedError("its compressed data is damaged") from error
        if len(data) > limit:
            raise Refused("E-ZIP-BOMB", f"unpacks to more than {limit:,} bytes from {entry.compress_size:,}", shown(entry.filename))
        return data

    def _count(self, entry: zipfile.ZipInfo, length: int) -> None:
        if id(entry) not in self._counted:
            self._counted.add(id(entry))
            self._total += length
        if length > MAX_MEMBER or self._total > MAX_TOTAL:
            raise Refused(
                "E-ZIP-BOMB", f"unpacks to more than {MAX_TOTAL:,} bytes in all or {MAX_MEMBER:,} in one file", shown(entry.filename)
            )


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive at `path`; raises Refused when it is none or hostile, OSError when it cannot be read."""
    with path.open("rb") as stream:
        yield Archive(stream, path.stat().st_size)


def _directory(stream: BinaryIO, size: int) -> tuple[zipfile.ZipInfo, ...]:
    if stream.read(2) != b"PK":
        raise Refused("E-NOT-EPUB", "this is neither an EPUB (a zip archive) nor a PDF")
    # zipfile makes an object of every entry before anybody can count them: ask the end record first.
    stream.seek(max(0, size - 65_557))
    tail = stream.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        raise Refused("E-ZIP-BROKEN", "the end of the zip archive is missing: the file was cut off")
    count, length = struct.unpack_from("<HI", tail, end + 10)
    if count > MAX_ENTRIES or length > MAX_ENTRIES * 400:
        raise Refused("E-ZIP-ENTRIES", f"holds {count:,} or more files; at most {MAX_ENTRIES:,} are taken")
    try:
        archive = zipfile.ZipFile(stream)
    except _BAD_ZIP as error:
        raise Refused("E-ZIP-BROKEN", f"the zip archive is damaged: {shown(str(error))}") from error
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    if len(entries) > MAX_ENTRIES:
        raise Refused("E-ZIP-ENTRIES", f"holds {len(entries):,} files; at most {MAX_ENTRIES:,} are taken")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise Refused("E-ZIP-BOMB", f"says it unpacks to more than {MAX_TOTAL:,} bytes")
    return tuple(entries)


def _check_layout(stream: BinaryIO, entries: tuple[zipfile.ZipInfo, ...], size: int) -> dict[int, int]:
    """Where each entry's bytes begin, by the entry's `id`."""
    starts: dict[int, int] = {}
    end = 0
    for entry in entries:
        _check_entry(entry)
        # Members that share bytes are how a small archive unpacks to petabytes (D. Fifield, "A better zip bomb").
        if entry.header_offset < end:
            raise Refused("E-ZIP-OVERLAP", "overlaps the file before it in the archive", shown(entry.filename))
        start = entry.header_offset + _local_length(stream, entry)
        end = start + entry.compress_size
        if end > size:
            raise Refused("E-ZIP-BROKEN", "reaches beyond the end of the archive", shown(entry.filename))
        starts[id(entry)] = start
    return starts


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name, place = entry.orig_filename, shown(entry.orig_filename)
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or "\0" in name or ".." in parts or not name or name[1:2] == ":":
        raise Refused("E-ZIP-NAME", "a name that leaves the archive's own folder", place)
    if (entry.external_attr >> 16) & _FORMAT == _SYMLINK:
        raise Refused("E-ZIP-SYMLINK", "a symbolic link", place)
    if entry.flag_bits & _ENCRYPTED:
        raise Refused("E-ZIP-ENCRYPTED", "is encrypted: it cannot be read without a password", place)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("E-ZIP-METHOD", "is packed by a method other than deflate; e-readers know no other", place)


def _local_length(stream: BinaryIO, entry: zipfile.ZipInfo) -> int:
    """Bytes of the local header; it must name the same file as the directory does."""
    stream.seek(entry.header_offset)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
        raise Refused("E-ZIP-BROKEN", "its header in the archive is damaged", shown(entry.filename))
    name_length, extra_length = (int(length) for length in _LOCAL.unpack(head)[-2:])
    encoding = "utf-8" if entry.flag_bits & 0x800 else "cp437"
    if stream.read(name_length) != entry.orig_filename.encode(encoding, "replace"):
        raise Refused("E-ZIP-BROKEN", "has another name in its header than in the directory", shown(entry.filename))
    return _LOCAL.size + name_length + extra_length


def check_members(archive: Archive, report: Report) -> None:
    """What the archive itself must be: `mimetype` first and plain (OCF 4.2), no name twice, names every e-reader takes."""
    _check_mimetype(archive, report)
    seen: dict[str, set[str]] = {}
    for entry in archive.entries:
        name = entry.filename
        alike = seen.setdefault(name.casefold(), set())
        if name in alike:
            report.add("E-ZIP-DUPLICATE", "stands in the archive more than once", shown(name))
        elif alike:
            report.add("E-NAME", f"differs from `{shown(min(alike))}` in capitals only", shown(name))
        alike.add(name)
        if not _plain(name):
            report.add("E-NAME", "a file name with spaces, non-ASCII or reserved characters", shown(name))


def _plain(name: str) -> bool:
    return name.isascii() and name.isprintable() and not set(name) & set(' "*:<>?|#%&') and not name.rstrip("/").endswith(".")


def _check_mimetype(archive: Archive, report: Report) -> None:
    first = archive.entries[0] if archive.entries else None
    if first is None or first.filename != "mimetype" or first.header_offset:
        report.add("E-MIMETYPE", "`mimetype` must be the first file of the archive")
    elif first.compress_type != zipfile.ZIP_STORED:
        report.add("E-MIMETYPE", "`mimetype` must be stored, not compressed", "mimetype")
    elif archive.start_of(first) != _LOCAL.size + len("mimetype"):
        report.add("E-MIMETYPE", "`mimetype` must have no extra field", "mimetype")
    elif read(archive, "mimetype", report) != b"application/epub+zip":
        report.add("E-MIMETYPE", "`mimetype` must hold `application/epub+zip` and nothing else", "mimetype")


def read(archive: Archive, name: str, report: Report) -> bytes | None:
    """A member's bytes; None, and a finding, when they are damaged."""
    try:
        return archive.read(name)
    except DamagedError as error:
        report.add("E-ZIP-DAMAGED", str(error), shown(name))
        return None

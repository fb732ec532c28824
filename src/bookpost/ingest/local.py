"""The pictures that content refers to → Images: files beside the source, `data:` URIs, addresses that were not fetched.

A file is read only from the source's own folder and below, whatever the page says: symbolic links are followed before
that is decided, and only what starts like a picture is one. Nothing here raises; a picture that cannot be had is an
Image without a source that says why.
"""

import base64
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes, urljoin

from bookpost.article import Image
from bookpost.ingest.facts import web_address

MAX_PICTURE = 50 * 1024 * 1024
"""Bytes of one picture; above it is left out."""

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"\xff\x0a", "image/jxl"),
    (b"\x00\x00\x00\x0cJXL ", "image/jxl"),
    (b"\x00\x00\x00\x0cjP  ", "image/jp2"),
)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a source lies: the folder whose pictures it may use (None: none), and the address its links are relative to."""

    folder: Path | None = None
    base_url: str | None = None


def picture_type(head: bytes) -> str | None:
    """The media type of a picture by its first bytes (512 are enough), or None when it is none that we know."""
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        brands = head[8:32]
        return "image/avif" if b"avi" in brands else "image/heic" if re.search(rb"hei|mif1|msf1", brands) else None
    return "image/svg+xml" if _is_svg(head.removeprefix(b"\xef\xbb\xbf").lstrip()) else None


def _is_svg(start: bytes) -> bool:
    if re.match(rb"<(?:svg[\s>]|!DOCTYPE\s+svg\b)", start, re.I):
        return True
    return bool(re.match(rb"<(?:\?xml|!--)", start) and re.search(rb"<(?:svg[\s>]|!DOCTYPE\s+svg\b)", start, re.I))


def image_from(id: str, src: str, where: Whereabouts, *, alt: str = "", caption: str = "", credit: str = "") -> Image:
    """The picture that `src` names: an address, a path beside the source, or a `data:` URI."""
    source, url, missing = _locate(src.strip(), where)
    return Image(id=id, source=source, url=url, alt=alt, caption=caption, credit=credit, missing=missing)


def _locate(src: str, where: Whereabouts) -> tuple[Path | bytes | None, str | None, str | None]:
    """(source, address, why it is missing)."""
    if src[:5].lower() == "data:":
        return _from_data(src)
    url = web_address(src)
    relative = _relative(src, where.base_url)
    if relative is None:
        return None, url, "not downloaded" if url else "its address leads nowhere"
    file = _beside(relative, where.folder)
    if isinstance(file, Path):
        return file, url, None
    return None, url, "not downloaded" if url else file


def _relative(src: str, base_url: str | None) -> str | None:
    """The path below the source's folder that `src` stands for, or None when it points elsewhere.

    Cleaning makes addresses absolute when the page's own is known; a page that a browser saved has its pictures beside it all the same.
    """
    home = urljoin(base_url, ".") if base_url and web_address(base_url) else ""
    for address, start in ((src, home), (unquote(src), unquote(home))):
        if home and address.startswith(start):
            return address[len(start) :]
    return None if re.match(r"[a-z][a-z0-9+.-]*:|//", src, re.I) else src


def _beside(relative: str, folder: Path | None) -> Path | str:
    """The file in the folder or below, or why it cannot be had."""
    if folder is None:
        return "there is no folder to find it in"
    bare = re.split(r"[?#]", relative, maxsplit=1)[0]
    why = f"no such picture beside the article: {bare[:100]}"
    for name in dict.fromkeys((relative, bare, unquote(bare))):
        try:
            home = folder.resolve()
            file = (home / name).resolve()
            if not file.is_relative_to(home):
                return "it lies outside the article's folder"
            status = file.stat()
            if not stat.S_ISREG(status.st_mode):
                continue
            if status.st_size > MAX_PICTURE:
                return f"it has {status.st_size / 1e6:.0f} MB, more than {MAX_PICTURE // 1024**2}"
            with file.open("rb") as stream:
                if picture_type(stream.read(512)):
                    return file
            why = f"it is not a picture: {bare[:100]}"
        except (OSError, ValueError, RuntimeError):
            continue
    return why


def _from_data(src: str) -> tuple[bytes | None, None, str | None]:
    """RFC 2397; the declared media type is not believed."""
    head, comma, data = src.partition(",")
    if not comma or not data:
        return None, None, "its data is empty"
    if len(data) > MAX_PICTURE * 4 // 3:
        return None, None, f"its data is larger than {MAX_PICTURE // 1024**2} MB"
    try:
        raw = unquote_to_bytes(data)
        if re.search(r";\s*base64\s*$", head, re.I):
            raw = _from_base64(re.sub(rb"\s+", b"", raw))
    except ValueError:  # also of binascii, and of characters that no encoding has
        return None, None, "its data is broken"
    return (raw, None, None) if picture_type(raw[:512]) else (None, None, "its data is not a picture")


def _from_base64(packed: bytes) -> bytes:
    """Both alphabets of RFC 4648, with or without padding."""
    alphabet = b"-_" if b"-" in packed or b"_" in packed else b"+/"
    return base64.b64decode(packed + b"=" * (-len(packed) % 4), altchars=alphabet, validate=True)

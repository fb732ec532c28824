"""An Article → the normalized article as JSON, such that reading it again gives the same article.

Pictures become `data:` URIs, or files in a folder when one is given; a picture that is not available keeps its address.
Raises OSError when a file cannot be read or written.
"""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from bookpost.article import Article, Image
from bookpost.ingest.local import picture_type

_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/x-icon": "ico",
    "image/jxl": "jxl",
    "image/jp2": "jp2",
    "image/svg+xml": "svg",
}
_SRC = re.compile(r'(<img\b[^>]*?\bsrc=")image:([^"]+)(")')
_NOT_AVAILABLE = "data:image/png,"
"""The src of a picture that is nowhere: reading it gives a picture that is not available, again."""


def write_payload(
    article: Article, *, folder: Path | None = None, stem: str = "article", keep: Callable[[BufferedIOBase], str] | None = None
) -> bytes:
    """The article as JSON in UTF-8.

    With a `folder`, the pictures are written there as `STEM-ID.jpg` and the like, for a JSON file in the same folder.
    `keep` stores a picture elsewhere, and returns the path under which the JSON's reader will find it.
    """
    write = _Pictures(folder, stem, keep)
    sources = {image.id: write.source(image) for image in article.images}
    fields: dict[str, Any] = {
        "version": 1,
        "title": article.title,
        "subtitle": article.subtitle,
        "authors": list(article.authors),
        "site": article.site,
        "url": article.url,
        "published": _moment(article.published),
        "modified": _moment(article.modified),
        "language": article.language,
        "direction": article.direction,
        "excerpt": article.excerpt,
        "lead_picture": sources.get(article.lead_image) if article.lead_image else None,
        "tags": list(article.tags),
        "notes": list(article.notes),
        "content": _SRC.sub(lambda m: m[1] + escape(sources.get(m[2], _NOT_AVAILABLE)) + m[3], article.content),
    }
    return (json.dumps({k: v for k, v in fields.items() if v not in (None, [])}, ensure_ascii=False, indent=2) + "\n").encode()


@dataclass(frozen=True, slots=True)
class _Pictures:
    folder: Path | None
    stem: str
    keep: Callable[[BufferedIOBase], str] | None

    def source(self, image: Image) -> str:
        """The src under which the picture is found again."""
        if image.source is None:
            return image.url or _NOT_AVAILABLE
        with image.open() as stream:
            if self.keep:
                return self.keep(stream)
            data = stream.read()
        media_type = picture_type(data[:512]) or "image/png"
        if self.folder is None:
            return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
        name = f"{self.stem}-{image.id}.{_ENDINGS.get(media_type, 'bin')}"
        (self.folder / name).write_bytes(data)
        return name


def _moment(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None

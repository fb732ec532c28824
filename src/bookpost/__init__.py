"""bookpost: puts what people want to read onto their e-readers.

The public names, loaded when they are first used:

>>> from bookpost import Article, convert, read_article
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bookpost.article import Article as Article
    from bookpost.article import Image as Image
    from bookpost.convert import convert as convert
    from bookpost.device import Device as Device
    from bookpost.document import Document as Document
    from bookpost.document import Finding as Finding
    from bookpost.errors import BookpostError as BookpostError
    from bookpost.ingest.source import read_source as read_source

__version__ = "0.1.0"

_HOMES = {
    "Article": "article",
    "Image": "article",
    "Device": "device",
    "Document": "document",
    "Finding": "document",
    "BookpostError": "errors",
    "convert": "convert",
    "read_source": "ingest.source",
}
__all__ = ["Article", "BookpostError", "Device", "Document", "Finding", "Image", "__version__", "convert", "read_source"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bookpost' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"bookpost.{_HOMES[name]}"), name)

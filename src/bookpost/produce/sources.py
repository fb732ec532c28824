"""Articles → blobs: the JSON of each, which names its pictures by the blobs that hold them. One picture in memory at a time."""

from collections.abc import Iterable
from io import BufferedIOBase, BytesIO
from pathlib import Path

from bookpost.article import Article
from bookpost.ingest.payload import read_payload, write_payload
from bookpost.library.blobs import Blobs
from bookpost.produce.request import Source


def store_articles(articles: Iterable[Article], blobs: Blobs) -> tuple[Source, ...]:
    """Each article in the library, with its pictures; the same bytes are kept once. Raises OSError when the disk takes nothing."""
    return tuple(_store(article, blobs) for article in articles)


def load_article(path: Path, folder: Path) -> Article:
    """A stored article; its pictures lie in the blobs' `folder`."""
    return read_payload(path.read_bytes(), folder=folder)


def _store(article: Article, blobs: Blobs) -> Source:
    pictures: list[str] = []

    def keep(stream: BufferedIOBase) -> str:
        pictures.append(blobs.put(stream))
        return str(blobs.path(pictures[-1]).relative_to(blobs.folder))

    text = write_payload(article, keep=keep)
    return Source(blobs.put(BytesIO(text)), article.title, tuple(dict.fromkeys(pictures)))

"""An article comes back from the library as it went in, with its pictures, wherever its sources have gone."""

from pathlib import Path

import pytest

from bookpost.convert.book import bind
from bookpost.convert.make import content_key
from bookpost.errors import MissingInputError
from bookpost.ingest.source import read_source
from bookpost.library.blobs import Blobs
from bookpost.produce.sources import load_article, store_articles

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("name", ["rich.json", "bridge.html", "tides.md", "arabic.json", "japanese.json", "poem.txt"])
def test_an_article_comes_back_as_it_went_in(tmp_path: Path, name: str) -> None:
    blobs = Blobs(tmp_path)
    article = read_source(str(EXAMPLES / name))
    [source] = store_articles([article], blobs)
    again = load_article(blobs.path(source.article), blobs.folder)
    assert again.content == article.content
    assert [image.digest() for image in again.images] == [image.digest() for image in article.images]
    assert set(source.pictures) == {digest for image in article.images if (digest := image.digest())}
    assert again.notes == article.notes
    assert content_key(bind([again])) == content_key(bind([article]))


def test_stored_articles_cannot_name_files_outside_the_library(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    (tmp_path / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    page = tmp_path / "page.json"
    page.write_text('{"version": 1, "title": "T", "content": "<p>Some words.</p><p><img src=\\"../secret.png\\"/></p>", "language": "en"}')
    (tmp_path / "sub").mkdir()
    moved = page.rename(tmp_path / "sub" / "page.json")
    [source] = store_articles([read_source(str(moved))], blobs)
    assert source.pictures == ()
    assert load_article(blobs.path(source.article), blobs.folder).images[0].source is None


def test_a_source_that_is_gone_is_told_before_anything_is_stored(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError):
        store_articles([read_source(str(tmp_path / "gone.md"))], Blobs(tmp_path))

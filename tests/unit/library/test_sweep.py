"""The sweeper deletes what is old and done, and nothing that is still to be sent."""

import io
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bookpost.library.blobs import Blobs
from bookpost.library.db import Database
from bookpost.library.schema import deliveries, documents, mailings, production_blobs, productions
from bookpost.library.sweep import sweep

NOW = time.time()
DAY = 86400.0


class Library:
    """A library in which documents of any age and state can be put."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / "bookpost.db")
        self.blobs = Blobs(folder / "blobs")
        self.count = 0

    def blob(self, data: bytes, *, days: float) -> str:
        digest = self.blobs.put(io.BytesIO(data))
        os.utime(self.blobs.path(digest), (NOW - days * DAY,) * 2)
        return digest

    def document(self, state: str, *, days: float, size: int = 10, production: int | None = None, ladder: str | None = None) -> str:
        self.count += 1
        digest = self.blob(bytes([self.count]) * size, days=days)
        at = NOW - days * DAY
        facts = {"media_type": "application/epub+zip", "size": size, "title": "T", "file_name": "t.epub", "made_at": at}
        with self.database.write() as connection:
            document = connection.execute(
                insert(documents).values(digest=digest, content_key=digest[:32], **facts).returning(documents.c.id)
            ).scalar_one()
            delivery = insert(deliveries).values(
                destination="kindle", content_key=digest[:32], title="T", made_at=at, production_id=production
            )
            delivery_id = connection.execute(delivery.returning(deliveries.c.id)).scalar_one()
            row = {"document_id": document, "destination": "kindle", "account": "mine", "message_id": digest, "file_name": "t.epub"}
            connection.execute(insert(mailings).values(delivery_id=delivery_id, state=state, ladder=ladder, made_at=at, **row))
        return digest

    def production(self, state: str, digest: str, *, days: float) -> int:
        with self.database.write() as connection:
            row = insert(productions).values(request="{}", state=state, made_at=NOW - days * DAY)
            id = int(connection.execute(row.returning(productions.c.id)).scalar_one())
            connection.execute(insert(production_blobs).values(production_id=id, digest=digest))
        return id

    def sweep(self, *, keep_days: float = 90, max_bytes: int = 10**9) -> int:
        return sweep(self.database, self.blobs, keep_seconds=keep_days * DAY, max_bytes=max_bytes, now=NOW).files

    def there(self, digest: str) -> bool:
        return self.blobs.path(digest).exists()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


@pytest.mark.parametrize("state", ["queued", "sending", "uncertain", "held"])
def test_what_is_still_to_be_sent_or_decided_is_kept_however_old_and_large_it_is(library: Library, state: str) -> None:
    digest = library.document(state, days=1000, size=5000)
    assert library.sweep(max_bytes=1) == 0
    assert library.there(digest)


def test_what_a_ladder_still_climbs_from_is_kept_with_its_sources(library: Library) -> None:
    article = library.blob(b"article", days=1000)
    digest = library.document("rejected", days=1000, production=library.production("done", article, days=1000), ladder="repair")
    assert library.sweep() == 0
    assert library.there(digest)
    assert library.there(article)


@pytest.mark.parametrize("state", ["accepted", "presumed_delivered", "failed", "cancelled", "rejected"])
def test_what_has_ended_goes_after_the_days_that_were_chosen_and_its_row_stays(library: Library, state: str) -> None:
    old, young = library.document(state, days=91), library.document(state, days=89)
    assert library.sweep() == 1
    assert not library.there(old)
    assert library.there(young)
    with library.database.read() as connection:
        assert len(connection.execute(select(deliveries)).all()) == 2, "what was sent is known for good"


def test_a_book_that_is_not_made_yet_keeps_its_sources(library: Library) -> None:
    waits, done = library.blob(b"waits", days=500), library.blob(b"done", days=500)
    library.production("queued", waits, days=500)
    library.production("done", done, days=500)
    assert library.sweep() == 1
    assert library.there(waits)


def test_a_file_without_a_row_goes_after_a_day(library: Library) -> None:
    new, old = library.blob(b"new", days=0.9), library.blob(b"old", days=1.1)
    assert library.sweep() == 1
    assert library.there(new)
    assert not library.there(old)


def test_above_the_cap_the_oldest_go_first_but_none_on_its_first_day(library: Library) -> None:
    oldest, older, new = (library.document("accepted", days=days, size=100) for days in (30, 20, 0.5))
    assert library.sweep(max_bytes=250) == 1
    assert not library.there(oldest)
    assert library.sweep(max_bytes=10) == 1
    assert not library.there(older)
    assert library.there(new)


def test_the_same_bytes_used_again_are_young_again(library: Library) -> None:
    digest = library.document("accepted", days=400)
    library.blobs.put(io.BytesIO(bytes([1]) * 10))
    assert library.sweep() == 0
    assert library.there(digest)


def test_a_draft_that_a_crash_left_behind_goes(library: Library) -> None:
    library.blob(b"x", days=0)
    draft = library.blobs.path("0").parents[1] / "drafts" / "0123"
    draft.write_bytes(b"half")
    os.utime(draft, (NOW - 2 * DAY,) * 2)
    assert library.sweep() == 1
    assert not draft.exists()

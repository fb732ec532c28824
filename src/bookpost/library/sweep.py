"""The sweeper: deletes the files that are not needed any more. Rows stay: that a thing was sent is remembered for good.

Kept are the documents of everything that is still to be sent or to be decided, the sources that a book may still be made
from, and what is younger than `keep_seconds`, as far as it fits in `max_bytes`; nothing is deleted in its first day.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from bookpost.library.blobs import Blobs
from bookpost.library.db import Database
from bookpost.library.schema import deliveries, documents, mailings, production_blobs, productions

FIRST_DAY = 86400.0
_OPEN = ("queued", "sending", "uncertain", "held")
"""States of a mailing that is still to be sent or to be decided."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files were deleted, and their bytes."""

    files: int
    size: int


def sweep(database: Database, blobs: Blobs, *, keep_seconds: float, max_bytes: int, now: float) -> Swept:
    """Delete what is not needed; `now` is seconds since 1970."""
    with database.read() as connection:
        live = _live(connection)
        ages = _ages(connection)
    files = blobs.sizes()
    recent = [digest for digest in files if digest not in live and ages.get(digest, 0.0) > now - keep_seconds]
    room = max_bytes - sum(files[digest] for digest in live if digest in files)
    for digest in sorted(recent, key=ages.__getitem__, reverse=True):
        room -= files[digest]
        if room >= 0:
            live.add(digest)
    swept = blobs.sweep(live, older_than=FIRST_DAY, now=now)
    return Swept(len(swept), sum(files.get(digest, 0) for digest in swept))


def _live(connection: Connection) -> set[str]:
    """The digests that something open may still need."""
    open_mailing = mailings.c.state.in_(_OPEN) | mailings.c.ladder.is_not(None)
    sent = select(documents.c.digest).join(mailings, mailings.c.document_id == documents.c.id).where(open_mailing)
    working = select(productions.c.id).where(productions.c.state.in_(("queued", "working")))
    repairable = (
        select(deliveries.c.production_id)
        .join(mailings, mailings.c.delivery_id == deliveries.c.id)
        .where(open_mailing, deliveries.c.production_id.is_not(None))
    )
    made_from = or_(production_blobs.c.production_id.in_(working), production_blobs.c.production_id.in_(repairable))
    sources = select(production_blobs.c.digest).where(made_from)
    return {*connection.execute(sent).scalars(), *connection.execute(sources).scalars()}


def _ages(connection: Connection) -> dict[str, float]:
    """When each named digest was last used, in seconds since 1970."""
    made = select(documents.c.digest, func.max(documents.c.made_at)).group_by(documents.c.digest)
    sources = (
        select(production_blobs.c.digest, func.max(productions.c.made_at))
        .join(productions, productions.c.id == production_blobs.c.production_id)
        .group_by(production_blobs.c.digest)
    )
    ages: dict[str, float] = {}
    for digest, at in (*connection.execute(made).all(), *connection.execute(sources).all()):
        ages[digest] = max(at, ages.get(digest, 0.0))
    return ages

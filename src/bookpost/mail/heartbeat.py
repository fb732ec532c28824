"""Which workers live: each writes a row every few seconds, so that `send` and `doctor` can say whether somebody will send."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from bookpost.library.schema import workers

EVERY = 10.0
"""Seconds between two signs of life."""
_SILENT = 30.0
_FORGOTTEN = 86400.0


def beat(connection: Connection, owner: str, now: float) -> None:
    """This worker lives at `now` (seconds since 1970)."""
    row = insert(workers).values(owner=owner, started_at=now, seen_at=now)
    connection.execute(row.on_conflict_do_update(index_elements=[workers.c.owner], set_={"seen_at": now}))
    connection.execute(delete(workers).where(workers.c.seen_at < now - _FORGOTTEN))


def leave(connection: Connection, owner: str) -> None:
    """This worker ends in peace."""
    connection.execute(delete(workers).where(workers.c.owner == owner))


def alive(connection: Connection, now: float) -> Sequence[Row[Any]]:
    """The workers that were seen within the last half minute, as rows of `workers`; the clock may have been set."""
    near = workers.c.seen_at.between(now - _SILENT, now + _SILENT)
    return connection.execute(select(workers).where(near).order_by(workers.c.started_at)).all()

"""The queue's shape: how many mailings wait for each destination, by how long they have waited. The operator's first question."""

from bisect import bisect_right
from collections.abc import Mapping

from sqlalchemy import Connection, select

from bookpost.library.schema import mailings
from bookpost.mail.states import State

AGES = (("5 min", 300.0), ("20 min", 1200.0), ("1 h", 3600.0), ("6 h", 21600.0), ("1 d", 86400.0), ("2 d", 172800.0))
"""The columns: up to so many seconds; a last one has all that is older."""
_WAITING = (State.QUEUED, State.SENDING, State.HELD, State.UNCERTAIN)


def shape(connection: Connection, now: float) -> Mapping[str, tuple[int, ...]]:
    """For each destination, the longest row first, its counts by age."""
    rows: dict[str, list[int]] = {}
    limits = [seconds for _, seconds in AGES]
    query = select(mailings.c.destination, mailings.c.made_at).where(mailings.c.state.in_(_WAITING))
    for destination, made_at in connection.execute(query).all():
        counts = rows.setdefault(destination, [0] * (len(AGES) + 1))
        counts[bisect_right(limits, now - made_at)] += 1
    return {name: tuple(counts) for name, counts in sorted(rows.items(), key=lambda row: (-sum(row[1]), row[0]))}

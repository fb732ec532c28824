"""How an account or a destination stands: paused, its rate buckets, its failures in a row, the size it takes. Rows, not memory.

Functions work in the transaction of the connection they are given; `now` is seconds since 1970.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bookpost.library.schema import standings
from bookpost.mail.policy import FOREVER, LONGEST_DELAY, Decision
from bookpost.mail.replies import Verdict
from bookpost.mail.states import State

_MINUTE, _DAY = 60, 86400


@dataclass(frozen=True, slots=True)
class Limits:
    """An account's rates: messages a minute and a day."""

    per_minute: int
    per_day: int


def resting(now: float) -> ColumnElement[bool]:
    """Whether a row of `standings` is paused; a pause that would outlast all that end by themselves is one from before the
    clock was set back."""
    until = standings.c.paused_until
    return and_(until > now, or_(until <= now + LONGEST_DELAY, until >= FOREVER))


def room(connection: Connection, account: str, limits: Limits, now: float) -> int:
    """How many messages the account may send now, by its buckets; none while it rests."""
    account_row = and_(standings.c.kind == "account", standings.c.name == account)
    if connection.execute(select(exists().where(account_row, resting(now)))).scalar():
        return 0
    row = connection.execute(select(standings).where(account_row)).first()
    if row is None:
        return min(limits.per_minute, limits.per_day)
    minute = row.sent_minute if row.minute == int(now // _MINUTE) else 0
    day = row.sent_day if row.day == int(now // _DAY) else 0
    return max(0, min(limits.per_minute - minute, limits.per_day - day))


def day_is_over(connection: Connection, account: str, limits: Limits, now: float) -> bool:
    """Whether the account has sent all that it may in this day (of UTC)."""
    query = select(standings.c.sent_day).where(
        standings.c.kind == "account", standings.c.name == account, standings.c.day == int(now // _DAY)
    )
    return (connection.execute(query).scalar() or 0) >= limits.per_day


def count(connection: Connection, account: str, messages: int, now: float) -> None:
    """Take messages out of the account's buckets, before they are sent (negative: put back): a restart forgets nothing."""
    if not messages:
        return
    minute, day = int(now // _MINUTE), int(now // _DAY)
    _ensure(connection, "account", account)
    row = connection.execute(select(standings).where(standings.c.kind == "account", standings.c.name == account)).one()
    values = {
        "minute": minute,
        "sent_minute": max(0, (row.sent_minute if row.minute == minute else 0) + messages),
        "day": day,
        "sent_day": max(0, (row.sent_day if row.day == day else 0) + messages),
    }
    _set(connection, "account", account, values)


def failures(connection: Connection, account: str) -> int:
    """How often the account failed in a row."""
    query = select(standings.c.failures).where(standings.c.kind == "account", standings.c.name == account)
    return connection.execute(query).scalar() or 0


def learn(connection: Connection, account: str, destination: str, decision: Decision, verdict: Verdict, now: float) -> None:
    """What an answer says about the account and the destination: a pause, one more failure, or that all is well."""
    if decision.state is State.ACCEPTED:
        if failures(connection, account):
            _set(connection, "account", account, {"failures": 0})
        return
    if decision.pause:
        name = account if decision.pause.kind == "account" else destination
        until = FOREVER if decision.pause.seconds >= FOREVER else now + decision.pause.seconds
        pause(connection, decision.pause.kind, name, until=until, reason=decision.pause.reason)
    if verdict is Verdict.ACCOUNT_TRANSIENT:
        _set(connection, "account", account, {"failures": standings.c.failures + 1})


def size_limit(connection: Connection, account: str) -> int | None:
    """The largest message in bytes that the account's server takes, as far as it has been learned."""
    query = select(standings.c.size_limit).where(standings.c.kind == "account", standings.c.name == account)
    return connection.execute(query).scalar()


def learn_size(connection: Connection, account: str, limit: int) -> None:
    """The server takes no more than this: it said so, or refused more. What it says later does not undo a refusal."""
    known = size_limit(connection, account)
    if known is None or limit < known:
        _ensure(connection, "account", account)
        _set(connection, "account", account, {"size_limit": limit})


def pause(connection: Connection, kind: str, name: str, *, until: float, reason: str) -> None:
    """Pause an account or a destination until then (FOREVER: until it is resumed)."""
    _ensure(connection, kind, name)
    _set(connection, kind, name, {"paused_until": until, "reason": reason})


def resume(connection: Connection, kind: str, name: str) -> bool:
    """End a pause; False when there was none."""
    rows = update(standings).where(standings.c.kind == kind, standings.c.name == name, standings.c.paused_until.is_not(None))
    return connection.execute(rows.values(paused_until=None, reason=None, failures=0)).rowcount == 1


def _ensure(connection: Connection, kind: str, name: str) -> None:
    connection.execute(insert(standings).values(kind=kind, name=name).on_conflict_do_nothing())


def _set(connection: Connection, kind: str, name: str, values: dict[str, Any]) -> None:
    connection.execute(update(standings).where(standings.c.kind == kind, standings.c.name == name).values(values))

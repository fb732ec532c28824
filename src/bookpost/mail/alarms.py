"""What needs a person, read from the tables: long pauses, and mailings that failed, are held or uncertain.

Whatever brought them there, it is seen here. A cause is told when it has something new, and at most once an hour; what was
told is a row, so that a restart forgets nothing and of several processes one tells. Functions work in the transaction of
the connection they are given; `now` is seconds since 1970.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, or_, select, text
from sqlalchemy.dialects.sqlite import insert

from bookpost.library.schema import alarms, mailings, productions, standings
from bookpost.mail.policy import FOREVER
from bookpost.mail.states import State

EVERY = 3600.0
"""Seconds between two alarms of one cause."""
_LONG = 600.0
"""A pause of more than this many seconds needs a person; a shorter one is a back-off that ends by itself."""
_RECENT = 86400.0
BY_A_PERSON = "by a person"
"""How a note ends that says what somebody did: nobody needs to be told what they did themselves."""
_TROUBLED = text("mailings.state IN ('failed', 'held', 'uncertain')")
"""In the words of the index, so that SQLite sees that it serves: years of accepted mail cost a look nothing."""
_REMEDIES = {
    State.FAILED: "`bookpost queue show ID` says why; `bookpost queue retry ID` tries again",
    State.HELD: "`bookpost queue release ID` sends it, `bookpost queue cancel ID` does not",
    State.UNCERTAIN: "look at the e-reader: nobody else can know whether it arrived",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One cause, and what is new about it: `facts` are lines by their keys. `account` is who is in trouble, when it is one."""

    cause: str
    subject: str
    remedy: str
    facts: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None

    @property
    def text(self) -> str:
        """For a person, in lines."""
        return "\n".join((*self.facts.values(), "", self.remedy, ""))


def troubles(connection: Connection, now: float) -> list[Trouble]:
    """All that needs a person now."""
    return [*_pauses(connection, now), *_mailings(connection, now), *_productions(connection, now)]


def untold(connection: Connection, now: float) -> list[Trouble]:
    """The troubles that are to be told now, each with its new facts only."""
    told = _told(connection)
    return [new for trouble in troubles(connection, now) if (new := _news(trouble, told.get(trouble.cause), now))]


def settled(connection: Connection, now: float) -> list[str]:
    """The causes that were told and are over: when they come again they are news."""
    current = {trouble.cause for trouble in troubles(connection, now)} | set(_recent_pauses(connection, now))
    return [cause for cause, row in _told(connection).items() if cause not in current and row.told_at <= now - EVERY]


def take_untold(connection: Connection, now: float) -> list[Trouble]:
    """The same as `untold`, and from now on they are told: whoever gets them must tell."""
    connection.execute(delete(alarms).where(alarms.c.cause.in_(settled(connection, now))))
    new = untold(connection, now)
    all_facts = {trouble.cause: sorted(trouble.facts) for trouble in troubles(connection, now)}
    for trouble in new:
        values = {"told_at": now, "facts": json.dumps(all_facts[trouble.cause])}
        row = insert(alarms).values(cause=trouble.cause, **values)
        connection.execute(row.on_conflict_do_update(index_elements=[alarms.c.cause], set_=values))
    return new


def _told(connection: Connection) -> dict[str, Row[Any]]:
    return {row.cause: row for row in connection.execute(select(alarms)).all()}


def _news(trouble: Trouble, told: Row[Any] | None, now: float) -> Trouble | None:
    """What of it was not told yet; None when nothing, or when the cause was told within the hour (of a clock that may jump)."""
    if told is not None and 0 <= now - told.told_at < EVERY:
        return None
    known = set(json.loads(told.facts)) if told else set()
    facts = {key: line for key, line in trouble.facts.items() if key not in known}
    return replace(trouble, facts=facts) if facts else None


def _pauses(connection: Connection, now: float) -> Iterable[Trouble]:
    rows = connection.execute(select(standings).where(standings.c.paused_until > now + _LONG)).all()
    for row in rows:
        reason = row.reason or "paused"
        if reason.endswith(BY_A_PERSON):
            continue
        probe = "" if row.paused_until >= FOREVER else "; it is tried again within the hour"
        yield Trouble(
            cause=f"paused:{row.kind}:{row.name}",
            subject=f"{row.kind} `{row.name}` is paused",
            facts={reason: f"{row.kind} `{row.name}`: {reason}{probe}"},
            remedy=f"mend it, then `bookpost resume {row.name}`; `bookpost doctor` looks closer",
            account=row.name if row.kind == "account" else None,
        )


def _recent_pauses(connection: Connection, now: float) -> list[str]:
    """Also pauses that have just run out: the account is being tried, and may be paused for the same reason again."""
    rows = connection.execute(select(standings.c.kind, standings.c.name).where(standings.c.paused_until > now - _LONG)).all()
    return [f"paused:{row.kind}:{row.name}" for row in rows]


def _mailings(connection: Connection, now: float) -> Iterable[Trouble]:
    recent = or_(mailings.c.state != State.FAILED, mailings.c.settled_at > now - _RECENT)
    troubled = and_(_TROUBLED, recent)
    rows = sorted(connection.execute(select(mailings).where(troubled)).all(), key=lambda row: row.id)
    groups: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        if not (row.reply or "").endswith(BY_A_PERSON):
            groups.setdefault((row.state, row.destination), []).append(row)
    for (state, destination), members in groups.items():
        yield Trouble(
            cause=f"{state}:{destination}",
            subject=f"{_counted(members)} to `{destination}` {'failed' if state == State.FAILED else f'is {state}'}",
            facts={str(row.id): f"mailing {row.id}, {row.file_name}: {row.reply or state}" for row in members},
            remedy=_REMEDIES[State(state)],
        )


def _productions(connection: Connection, now: float) -> Iterable[Trouble]:
    """First forms that could not be made; a rung that could not is its mailing's failure."""
    failed = and_(productions.c.state == "failed", productions.c.mailing_id.is_(None), productions.c.made_at > now - _RECENT)
    rows = connection.execute(select(productions.c.id, productions.c.error).where(failed).order_by(productions.c.id)).all()
    if rows:
        facts = {str(row.id): f"request {row.id}: {_said(row.error)}" for row in rows}
        yield Trouble(cause="production", subject="a book could not be made", facts=facts, remedy="`bookpost queue` lists what failed")


def _said(error: str | None) -> str:
    """What a failure kept as JSON says."""
    facts = json.loads(error) if error else {}
    return str(facts.get("message", "it failed")) if isinstance(facts, dict) else str(facts)


def _counted(rows: Sequence[object]) -> str:
    return "a mailing" if len(rows) == 1 else f"one of {len(rows)} mailings"

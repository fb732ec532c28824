"""Acts on rejections that were read: finds the mailings that one is about, and says what becomes of them.

Only a genuine rejection acts, and each mail at most once; any other is kept in `notices`, where people see it.
Functions work in the transaction of the connection they are given; times are seconds since 1970.
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from bookpost.convert.filenames import ascii_name
from bookpost.library.blobs import Blobs
from bookpost.library.schema import attempts, documents, mailings, notices
from bookpost.mail import amazon, standing
from bookpost.mail.ladder import cause_of
from bookpost.mail.mailing import Part, Target, document_from
from bookpost.mail.policy import FOREVER, REJECTION_WINDOW
from bookpost.mail.queue import Queue
from bookpost.mail.rejections import Kind, Rejection, name_key
from bookpost.mail.replies import Reply, Step, Verdict, classify
from bookpost.mail.states import Phase, State

_LATEST = 7 * 86400.0
"""A rejection is matched by file name to what was sent in the week before it."""
_SKEW = 120.0
"""Seconds that the mail host's clock may be behind ours."""
_OPEN = (State.ACCEPTED, State.UNCERTAIN, State.PRESUMED_DELIVERED, State.HELD)
_log = logging.getLogger("bookpost.delivery")
"""As the queue's: names, never addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """An account as rejections are read for it: its address, and which of its destinations are Kindles."""

    account: str
    sender: str
    kindles: frozenset[str]
    worker: str = "mailbox"


def hear(connection: Connection, rejection: Rejection, whose: Correspondent, *, arrived_at: float, now: float) -> tuple[int, ...]:
    """Take note of a rejection that arrived in the account's mailbox, and act on it when it is genuine.

    Returns the ids of the mailings that changed; none for a mail that was heard before, says nothing final, names
    nothing of ours, or is not genuine.
    """
    if _heard(connection, rejection, whose.account):
        return ()
    groups = list(_concerned(connection, rejection, whose, arrived_at))
    acts = rejection.genuine and rejection.final and bool(groups)
    _keep(connection, rejection, whose, [row.id for group in groups for row in group] or [None], acts, arrived_at, now)
    if not acts:
        return ()
    for group in groups:
        refused = len(group) == 1 or _mails_about(connection, group) >= len(group)
        for row in group:
            _settle(connection, row, rejection, whose, now, refused=refused)
        _pause(connection, {row.destination for row in group}, rejection, whose)
    return tuple(row.id for group in groups for row in group)


def presume(connection: Connection, account: str, *, read_at: float) -> int:
    """Presume delivered what was accepted and whose window had closed when the reading that began at `read_at` began.

    Not what a mail that is not genuine says was refused: it changes nothing, but then nothing is claimed either, since the
    fault may be in the configuration. Returns how many.
    """
    doubted = exists().where(notices.c.mailing_id == mailings.c.id, notices.c.final, notices.c.genuine.is_(False))
    over = and_(
        mailings.c.account == account,
        mailings.c.state == State.ACCEPTED,
        mailings.c.accepted_at <= read_at - REJECTION_WINDOW,
        ~doubted,
    )
    return connection.execute(update(mailings).where(over).values(state=State.PRESUMED_DELIVERED)).rowcount


def window_open(connection: Connection, account: str, now: float) -> bool:
    """Whether a rejection may still come for something, or the reading that ends its window is still to be made."""
    waits = and_(
        mailings.c.account == account,
        mailings.c.state.in_((State.ACCEPTED, State.UNCERTAIN)),
        func.coalesce(mailings.c.accepted_at, mailings.c.settled_at) > now - 2 * REJECTION_WINDOW,
    )
    return bool(connection.execute(select(exists().where(waits))).scalar())


def send_approved(connection: Connection, queue: Queue, blobs: Blobs, target: Target) -> list[int]:
    """New mailings, of the same documents, for what the destination refused because it did not know the sender."""
    later = aliased(mailings)
    newest = ~exists().where(later.c.delivery_id == mailings.c.delivery_id, later.c.part == mailings.c.part, later.c.rung > mailings.c.rung)
    refused = and_(
        mailings.c.destination == target.destination,
        mailings.c.refusal == amazon.UNAPPROVED_SENDER,
        mailings.c.state.in_((State.HELD, State.REJECTED)),
        newest,
    )
    new = []
    for row in connection.execute(select(mailings).where(refused).order_by(mailings.c.id)).all():
        document = document_from(connection.execute(select(documents).where(documents.c.id == row.document_id)).one(), blobs)
        part = Part(document=document, part=row.part, parts=row.parts, rung=row.rung + 1, reason="approved sender", form=row.form)
        new.append(queue.add_mailing(connection, target, row.delivery_id, part))
        connection.execute(update(mailings).where(mailings.c.id == row.id).values(state=State.REJECTED))
    return new


def notices_of(connection: Connection, mailing_id: int) -> Sequence[Row[Any]]:
    """What arrived about a mailing, oldest first, as rows of `notices`."""
    return connection.execute(select(notices).where(notices.c.mailing_id == mailing_id).order_by(notices.c.id)).all()


def unverified(connection: Connection, account: str) -> str | None:
    """What the last mail said that names a mailing of ours as refused and was not acted on, unless a genuine one came since.

    Where Amazon's own mails are among them, the account's `authserv_id` is configured wrongly.
    """
    last_genuine = select(func.coalesce(func.max(notices.c.id), 0)).where(notices.c.account == account, notices.c.genuine)
    doubted = and_(notices.c.account == account, notices.c.final, notices.c.mailing_id.is_not(None), notices.c.genuine.is_(False))
    query = select(notices.c.text).where(doubted, notices.c.id > last_genuine.scalar_subquery())
    return connection.execute(query.order_by(notices.c.id.desc()).limit(1)).scalar()


def _heard(connection: Connection, rejection: Rejection, account: str) -> bool:
    same = and_(notices.c.account == account, notices.c.mail_id == rejection.mail_id, notices.c.genuine == rejection.genuine)
    return bool(connection.execute(select(exists().where(same))).scalar())


def _concerned(connection: Connection, rejection: Rejection, whose: Correspondent, arrived_at: float) -> Iterator[list[Row[Any]]]:
    """Groups of mailings of which one is meant; mostly groups of one."""
    if rejection.kind is Kind.BOUNCE:
        named = and_(mailings.c.message_id.in_(rejection.message_ids), mailings.c.account == whose.account, mailings.c.state.in_(_OPEN))
        yield from ([row] for row in connection.execute(select(mailings).where(named)).all())
        return
    reached = _reached(connection, whose.account, after=arrived_at - _LATEST, before=arrived_at + _SKEW)
    inside = [row for row in reached if row.taken_at >= arrived_at - REJECTION_WINDOW - _SKEW]
    if not rejection.file_names:
        if group := [row for row in inside if row.destination in whose.kindles and row.state != State.PRESUMED_DELIVERED]:
            yield group
        return
    yielded: set[int] = set()
    for name in rejection.file_names:
        group = [row for row in _named(inside, name) or _named(reached, name) if row.id not in yielded]
        yielded |= {row.id for row in group}
        if group:
            yield group


def _reached(connection: Connection, account: str, *, after: float, before: float) -> Sequence[Row[Any]]:
    """The account's mailings that the other side has taken, or may have, in this time; the newest first."""
    taken = or_(
        attempts.c.outcome.in_((Verdict.ACCEPTED, Verdict.UNCERTAIN)),
        and_(attempts.c.outcome == "worker-lost", attempts.c.phase == Phase.DATA),
    )
    taken_at = select(func.max(attempts.c.at)).where(attempts.c.mailing_id == mailings.c.id, taken).scalar_subquery()
    chosen = and_(
        mailings.c.account == account, mailings.c.state.in_(_OPEN), mailings.c.settled_at >= after, taken_at.between(after, before)
    )
    query = select(mailings, taken_at.label("taken_at")).where(chosen).order_by(taken_at.desc())
    return connection.execute(query).all()


def _named(rows: Sequence[Row[Any]], name: str) -> list[Row[Any]]:
    """The newest mailing of this file name at each destination."""
    for loose in (False, True):
        key = name_key(name, loose=loose)
        same = [row for row in rows if key and key in {name_key(each, loose=loose) for each in (row.file_name, ascii_name(row.file_name))}]
        if same:
            return list({row.destination: row for row in reversed(same)}.values())
    return []


def _mails_about(connection: Connection, group: Sequence[Row[Any]]) -> int:
    """How many genuine rejections speak of these mailings: as many as there are of them, and all were refused."""
    about = and_(notices.c.mailing_id.in_([row.id for row in group]), notices.c.genuine, notices.c.final)
    return connection.execute(select(func.count(notices.c.mail_id.distinct())).where(about)).scalar_one()


def _settle(connection: Connection, row: Row[Any], rejection: Rejection, whose: Correspondent, now: float, *, refused: bool) -> None:
    state = State.REJECTED if refused else State.HELD
    text = _said(rejection, whose)
    text = text if refused else f"one of these was refused, it is not known which: {text}"
    values = {
        "state": state,
        "reply": text,
        "refusal": rejection.code,
        "ladder": cause_of(rejection.code) if refused else None,
        "token": mailings.c.token + 1,
        "phase": Phase.NONE,
    }
    connection.execute(update(mailings).where(mailings.c.id == row.id).values(values))
    note = {"phase": "mailbox", "outcome": state, "code": None, "enhanced": rejection.code, "text": text}
    connection.execute(insert(attempts).values(mailing_id=row.id, at=now, worker=whose.worker, **note))
    _log.info("%s %s %s: %s", row.destination, row.file_name, state, rejection.text)


def _said(rejection: Rejection, whose: Correspondent) -> str:
    approve = f"; the address to approve is exactly {whose.sender}, then `bookpost resume` the destination"
    return rejection.text + (approve if rejection.code == amazon.UNAPPROVED_SENDER else "")


def _pause(connection: Connection, destinations: Collection[str], rejection: Rejection, whose: Correspondent) -> None:
    """No more goes where the sender is unknown, or nobody lives."""
    reason = None
    if rejection.code == amazon.UNAPPROVED_SENDER and rejection.kind is Kind.AMAZON:
        reason = _said(rejection, whose)
    elif rejection.kind is Kind.BOUNCE and classify(Reply(Step.RCPT, 550, f"{rejection.code} {rejection.text}")) is Verdict.BAD_DESTINATION:
        reason = f"the address was refused: {rejection.text}"
    for name in sorted(destinations) if reason else ():
        standing.pause(connection, "destination", name, until=FOREVER, reason=reason or "")


def _keep(
    connection: Connection,
    rejection: Rejection,
    whose: Correspondent,
    ids: Sequence[int | None],
    acts: bool,
    arrived_at: float,
    now: float,
) -> None:
    text = rejection.text if rejection.genuine else f"not acted on, since {rejection.doubt}: {rejection.text}"
    values: Mapping[str, Any] = {
        "account": whose.account,
        "mail_id": rejection.mail_id,
        "genuine": rejection.genuine,
        "kind": rejection.kind,
        "final": rejection.final,
        "sender": rejection.sender[:300],
        "code": rejection.code,
        "text": text,
        "arrived_at": arrived_at,
        "read_at": now,
    }
    connection.execute(insert(notices), [{**values, "mailing_id": id} for id in dict.fromkeys(ids)])
    if not acts:
        _log.warning("%s: a mail was noted only: %s", whose.account, text)

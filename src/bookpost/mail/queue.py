"""The mailer queue: deliveries and their mailings, in one database, with nothing held in memory.

    enqueue ─▶ claim ─▶ reached_data ─▶ settle        (four commits a mailing)
                 ▲          │
                 └ recover: a killed worker's mailings; after `reached_data` nobody sends them again unasked

Methods that write open their own transaction, but `enqueue`, which joins the one of whatever caused it. All of it is
synchronous and belongs into the one thread of a process that writes.
"""

import json
import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from bookpost.convert.filenames import numbered
from bookpost.document import Document
from bookpost.errors import BookpostError
from bookpost.library.blobs import Blobs
from bookpost.library.db import Database
from bookpost.library.lease import Leases
from bookpost.library.schema import attempts, deliveries, documents, mailings, standings
from bookpost.mail import standing
from bookpost.mail.mailing import Mailing, Part, Target, document_from
from bookpost.mail.policy import CLAIMS_LIMIT, LONGEST_DELAY, REJECTION_WINDOW, Decision, decide
from bookpost.mail.replies import Reply, Verdict, classify
from bookpost.mail.states import BY_VERB, Phase, State, Verb, delivery_state, on_its_way

_DAY = 86400.0
_WAITS = "waits in the queue"
_STANDS = {
    State.SENDING: "is being sent",
    State.HELD: "is held in the queue",
    State.UNCERTAIN: "may have arrived, it is uncertain",
    State.REJECTED: "was refused, and another form of it is asked for",
}
_log = logging.getLogger("bookpost.delivery")
"""One line per attempt; it holds names, never addresses or secrets."""


class AlreadySentError(BookpostError):
    """This destination was already sent this content; it is sent again only when somebody asks."""

    code = "already-sent"
    exit_code = 0


class OnItsWayError(AlreadySentError):
    """This content is already on its way to this destination, or somebody must decide about it; `delivery_id` is where."""

    code = "on-its-way"
    exit_code = 75

    def __init__(self, message: str, *, hint: str, delivery_id: int) -> None:
        super().__init__(message, hint=hint)
        self.delivery_id = delivery_id


@dataclass(frozen=True, slots=True)
class Enqueued:
    """A delivery that is now on the disk."""

    delivery_id: int
    mailing_ids: tuple[int, ...]


class Queue:
    """The queue of one library, as one worker (or a command) sees it. `now` is seconds since 1970."""

    def __init__(self, database: Database, leases: Leases, *, now: Callable[[], float], rng: Random) -> None:
        self._database = database
        self._leases = leases
        self._now = now
        self._rng = rng

    def enqueue(
        self,
        connection: Connection,
        target: Target,
        parts: Sequence[Part],
        *,
        content_key: str,
        title: str,
        again: bool = False,
        forced: bool = False,
        production_id: int | None = None,
    ) -> Enqueued:
        """A new delivery with a mailing for each part, in the transaction of `connection`.

        Raises AlreadySentError when the destination has this content and OnItsWayError when it may get it, unless `again`
        was asked for. A delivery that failed or was cancelled is in nobody's way.
        """
        same = and_(deliveries.c.destination == target.destination, deliveries.c.content_key == content_key)
        earlier = connection.execute(select(deliveries).where(same).order_by(deliveries.c.again.desc())).all()
        if not again:
            for delivery in earlier:
                self._refuse_second(connection, delivery)
        row = insert(deliveries).values(
            destination=target.destination,
            content_key=content_key,
            again=len(earlier),
            title=title,
            forced=forced,
            production_id=production_id,
            made_at=self._now(),
        )
        delivery_id = connection.execute(row.returning(deliveries.c.id)).scalar_one()
        return Enqueued(delivery_id, tuple(self.add_mailing(connection, target, delivery_id, part) for part in parts))

    def _refuse_second(self, connection: Connection, delivery: Row[Any]) -> None:
        """Raise what `enqueue` does when this delivery has arrived or may."""
        own = select(mailings.c.part, mailings.c.rung, mailings.c.state).where(mailings.c.delivery_id == delivery.id)
        rungs = [(row.part, row.rung, State(row.state)) for row in connection.execute(own).all()]
        if state := on_its_way(rungs):
            since = datetime.fromtimestamp(delivery.made_at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
            message = f"“{delivery.title}” to `{delivery.destination}` {_STANDS.get(state, _WAITS)} since {since}"
            raise OnItsWayError(message, hint="`bookpost queue` lists it, `--again` sends it once more", delivery_id=delivery.id)
        if rungs and delivery_state(rungs) not in (State.FAILED, State.CANCELLED):
            raise AlreadySentError(f"`{delivery.destination}` was already sent “{delivery.title}”", hint="`--again` sends it once more")

    def add_mailing(self, connection: Connection, target: Target, delivery_id: int, part: Part) -> int:
        """A mailing of a delivery: the first, or the next rung of a ladder. Its Message-ID and file name are fixed here."""
        document_id = self._store(connection, part)
        domain = (target.sender or "bookpost.invalid").rpartition("@")[2]
        row = insert(mailings).values(
            delivery_id=delivery_id,
            part=part.part,
            parts=part.parts,
            rung=part.rung,
            reason=part.reason,
            form=part.form,
            document_id=document_id,
            destination=target.destination,
            account=target.account,
            message_id=f"<{secrets.token_hex(16)}@{domain}>",
            file_name=self._free_name(connection, target.destination, part.document.file_name),
            made_at=self._now(),
        )
        return int(connection.execute(row.returning(mailings.c.id)).scalar_one())

    def claim(self, accounts: Mapping[str, standing.Limits], *, limit: int, only: Collection[int] = ()) -> list[Mailing]:
        """Take up to `limit` mailings that are due, fairly by account, within each account's rates; none of a paused one."""
        now = self._now()
        taken: list[Mailing] = []
        with self._database.write() as connection:
            self._recover(connection)
            self._promote(connection)
            for account, limits in accounts.items():
                room = min(limit - len(taken), standing.room(connection, account, limits, now))
                if room <= 0:
                    continue
                rows = self._leases.claim(
                    connection, mailings, self._free(account, only), limit=room, values={"state": State.SENDING, "phase": Phase.CONNECT}
                )
                standing.count(connection, account, len(rows), now)
                taken += [Mailing.from_row(row) for row in rows]
        return taken

    def renew(self, held: Mapping[int, int]) -> Collection[int]:
        """Hold claimed mailings (id → token) for longer; returns the ids that are still ours."""
        with self._database.write() as connection:
            return self._leases.renew(connection, mailings, held)

    def reached_data(self, mailing: Mailing) -> bool:
        """Commit that the final dot comes next. False when the mailing is no longer ours: then the dot must not be sent."""
        with self._database.write() as connection:
            ours = and_(mailings.c.id == mailing.id, mailings.c.token == mailing.token, mailings.c.state == State.SENDING)
            return connection.execute(update(mailings).where(ours).values(phase=Phase.DATA)).rowcount == 1

    def settle(self, mailing: Mailing, reply: Reply, *, size_limit: int | None = None) -> Decision:
        """Record the answer and carry out what the policy says; an answer that comes too late is recorded all the same.

        `size_limit` is what the server takes, in bytes of a message, when it said so or refused more.
        """
        now, verdict = self._now(), classify(reply)
        with self._database.write() as connection:
            failures = standing.failures(connection, mailing.account)
            decision = decide(
                verdict, reply=str(reply), attempts=mailing.attempts, age=now - mailing.made_at, failures=failures, rng=self._rng
            )
            self._record(connection, mailing.id, reply, verdict)
            if size_limit:
                standing.learn_size(connection, mailing.account, size_limit)
            if self._leases.settle(connection, mailings, mailing.id, mailing.token, self._outcome(mailing, decision, reply, now)):
                standing.learn(connection, mailing.account, mailing.destination, decision, verdict, now)
            elif verdict is Verdict.ACCEPTED:
                self._late_acceptance(connection, mailing, reply, now)
        line = "mailing=%s destination=%s account=%s state=%s verdict=%s step=%s file=%r reply=%r"
        _log.info(
            line, mailing.id, mailing.destination, mailing.account, decision.state, verdict, reply.step, mailing.file_name, str(reply)
        )
        return decision

    def release_claim(self, mailing: Mailing) -> None:
        """Give a claimed mailing back untouched: the worker stops before it began."""
        with self._database.write() as connection:
            released = {"state": State.QUEUED, "phase": Phase.NONE}
            if self._leases.settle(connection, mailings, mailing.id, mailing.token, released):
                standing.count(connection, mailing.account, -1, self._now())

    def change(self, ids: Collection[int], verb: Verb, *, note: str) -> list[int]:
        """Do what a person asks for with these mailings; returns those with which it could be done."""
        before, new = BY_VERB[verb]
        able = and_(mailings.c.id.in_(ids), mailings.c.state.in_(before))
        change = {"state": new, "reply": note, "ready": True, "due_at": 0.0, "claims": 0, "token": mailings.c.token + 1}
        with self._database.write() as connection:
            changed = update(mailings).where(able).values(change)
            return list(connection.execute(changed.returning(mailings.c.id)).scalars())

    def end_windows(self, on_uncertain: Mapping[str, str]) -> int:
        """Uncertain mailings whose rejection window is over: held for a person, or sent once more where that was chosen."""
        over = and_(mailings.c.state == State.UNCERTAIN, mailings.c.settled_at < self._now() - REJECTION_WINDOW)
        with self._database.write() as connection:
            rows = connection.execute(select(mailings.c.id, mailings.c.destination, mailings.c.resends).where(over)).all()
            for row in rows:
                again = on_uncertain.get(row.destination) == "resend" and row.resends == 0
                values: dict[str, Any] = {"state": State.QUEUED, "resends": 1, "ready": True} if again else {"state": State.HELD}
                connection.execute(update(mailings).where(mailings.c.id == row.id).values(phase=Phase.NONE, **values))
        return len(rows)

    def next_due(self) -> float | None:
        """When the next deferred mailing is due, or the next lease can be taken over; None when nothing waits."""
        with self._database.read() as connection:
            deferred = and_(mailings.c.state == State.QUEUED, ~mailings.c.ready)
            return connection.execute(select(func.min(mailings.c.due_at)).where(deferred)).scalar()

    def document(self, document_id: int, blobs: Blobs) -> Document:
        """The document of a mailing, where its bytes lie; whether they still do is the caller's to ask."""
        with self._database.read() as connection:
            return document_from(connection.execute(select(documents).where(documents.c.id == document_id)).one(), blobs)

    def spent(self, accounts: Mapping[str, standing.Limits]) -> set[str]:
        """Those of the accounts that may send nothing more today."""
        with self._database.read() as connection:
            return {name for name, limits in accounts.items() if standing.day_is_over(connection, name, limits, self._now())}

    def states(self, ids: Collection[int], accounts: Mapping[str, standing.Limits]) -> list[tuple[State, bool]]:
        """Each mailing's state, and whether it is due now or within the minute.

        It is not when it is deferred, when something it needs is paused, or when its account is not among these or has sent
        its mails of the day.
        """
        sending = accounts.keys() - self.spent(accounts)
        with self._database.read() as connection:
            due = and_(mailings.c.ready, ~self._paused(), mailings.c.account.in_(sending))
            rows = connection.execute(select(mailings.c.state, due).where(mailings.c.id.in_(ids))).all()
        return [(State(state), bool(due)) for state, due in rows]

    def mailings(self, ids: Collection[int] | None = None) -> list[Mailing]:
        """These mailings, or all, oldest first."""
        chosen = select(mailings).order_by(mailings.c.id)
        with self._database.read() as connection:
            rows = connection.execute(chosen if ids is None else chosen.where(mailings.c.id.in_(ids))).all()
        return [Mailing.from_row(row) for row in rows]

    def of_deliveries(self, ids: Collection[int]) -> list[Mailing]:
        """Every mailing of these deliveries, by part and from its first rung to its last."""
        chosen = select(mailings).where(mailings.c.delivery_id.in_(ids))
        with self._database.read() as connection:
            rows = connection.execute(chosen.order_by(mailings.c.delivery_id, mailings.c.part, mailings.c.rung)).all()
        return [Mailing.from_row(row) for row in rows]

    def attempts(self, mailing_id: int) -> Sequence[Row[Any]]:
        """Every attempt of a mailing, oldest first, as rows of `attempts`."""
        with self._database.read() as connection:
            return connection.execute(select(attempts).where(attempts.c.mailing_id == mailing_id).order_by(attempts.c.id)).all()

    def _free(self, account: str, only: Collection[int]) -> ColumnElement[bool]:
        free = and_(mailings.c.state == State.QUEUED, mailings.c.ready, mailings.c.account == account, ~self._paused())
        return and_(free, mailings.c.id.in_(only)) if only else free

    def _paused(self) -> ColumnElement[bool]:
        """Whether a mailing's account or destination rests. Two lists that are read once, not a look for each row."""
        resting = standing.resting(self._now())
        return or_(
            mailings.c.destination.in_(select(standings.c.name).where(standings.c.kind == "destination", resting)),
            mailings.c.account.in_(select(standings.c.name).where(standings.c.kind == "account", resting)),
        )

    def _promote(self, connection: Connection) -> None:
        """What was deferred and is due; also what was deferred before the clock was set back."""
        deferred, now = and_(mailings.c.state == State.QUEUED, ~mailings.c.ready), self._now()
        for due in (mailings.c.due_at <= now, mailings.c.due_at > now + LONGEST_DELAY):
            connection.execute(update(mailings).where(deferred, due).values(ready=True))

    def _recover(self, connection: Connection) -> None:
        """Mailings whose worker was lost: before the dot they are tried again, after it they are uncertain."""
        lost = and_(mailings.c.state == State.SENDING, self._leases.expired(mailings))
        begun: set[tuple[str, str]] = set()
        # Sorted here: asked to sort, SQLite walks the whole table by its key instead of the few rows of the partial index.
        for row in sorted(connection.execute(select(mailings).where(lost)).all(), key=lambda row: row.id):
            mailing = Mailing.from_row(row)
            # Of what a worker claimed at once for an account, it carries one after another: the others are innocent.
            innocent = (row.lease_owner, mailing.account) in begun
            begun.add((row.lease_owner, mailing.account))
            if mailing.phase is Phase.DATA:
                new, text = State.UNCERTAIN, "the worker was lost after the message may have been accepted"
            elif mailing.claims >= CLAIMS_LIMIT and not innocent:
                new, text = State.FAILED, f"{mailing.claims} workers were lost while they sent it"
            else:
                new, text = State.QUEUED, "the worker was lost before the message was accepted"
            values = {
                "state": new,
                "reply": text,
                "settled_at": self._now(),
                "token": mailing.token + 1,
                "claims": mailing.claims - innocent,
                "lease_owner": None,
            }
            connection.execute(update(mailings).where(mailings.c.id == mailing.id).values(values))
            self._note(connection, mailing.id, mailing.phase, "worker-lost", None, None, text)
            _log.info("mailing=%s destination=%s account=%s state=%s reply=%r", mailing.id, mailing.destination, mailing.account, new, text)

    def _outcome(self, mailing: Mailing, decision: Decision, reply: Reply, now: float) -> dict[str, Any]:
        return {
            "state": decision.state,
            "ladder": decision.ladder,
            "phase": Phase.DONE if decision.state is State.ACCEPTED else Phase.NONE,
            "ready": decision.delay <= 0,
            "due_at": now + decision.delay,
            "attempts": mailing.attempts + decision.counts,
            "accepted_at": now if decision.state is State.ACCEPTED else None,
            "settled_at": now,
            "reply": str(reply),
        }

    def _late_acceptance(self, connection: Connection, mailing: Mailing, reply: Reply, now: float) -> None:
        """A 250 whose worker had lost its lease: the message was taken, and a resend that is still before its dot is not sent."""
        open_states = (State.UNCERTAIN, State.HELD, State.QUEUED)
        before_dot = and_(mailings.c.state == State.SENDING, mailings.c.phase != Phase.DATA)
        late = and_(mailings.c.id == mailing.id, or_(mailings.c.state.in_(open_states), before_dot))
        values = {"state": State.ACCEPTED, "phase": Phase.DONE, "accepted_at": now, "reply": str(reply), "token": mailings.c.token + 1}
        connection.execute(update(mailings).where(late).values(values))

    def _record(self, connection: Connection, id: int, reply: Reply, verdict: Verdict) -> None:
        self._note(connection, id, reply.step, verdict, reply.code, reply.enhanced, reply.text)

    def _note(self, connection: Connection, id: int, phase: str, outcome: str, code: int | None, enhanced: str | None, text: str) -> None:
        row = {"mailing_id": id, "at": self._now(), "phase": phase, "outcome": outcome, "code": code, "enhanced": enhanced, "text": text}
        connection.execute(insert(attempts).values(**row, worker=self._leases.owner))

    def _store(self, connection: Connection, part: Part) -> int:
        document = part.document
        row = insert(documents).values(
            digest=document.digest,
            content_key=document.content_key,
            media_type=document.media_type,
            size=document.size,
            title=document.title,
            file_name=document.file_name,
            findings=json.dumps([asdict(finding) for finding in document.findings]),
            made_at=self._now(),
        )
        return int(connection.execute(row.returning(documents.c.id)).scalar_one())

    def _free_name(self, connection: Connection, destination: str, name: str) -> str:
        """The name, or a numbered one: unique at its destination within a day, since rejections are matched by it.

        What the server refused at once never got there: its name, which readers show as the title, is free.
        """
        refused = and_(mailings.c.state.in_((State.REJECTED, State.FAILED)), mailings.c.accepted_at.is_(None), mailings.c.refusal.is_(None))
        recent = and_(mailings.c.destination == destination, mailings.c.made_at > self._now() - _DAY, ~refused)
        used = set(connection.execute(select(mailings.c.file_name).where(recent)).scalars())
        return numbered(name, used)

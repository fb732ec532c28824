"""The productions of a library: requests as rows that any worker may claim, make, and settle.

    queued ──claim──▶ working ──▶ done | failed (with its reason; `retry` queues it again)
       ▲                 │
       └─ a lost worker ─┘   five lost workers: failed

Methods that write open their own transaction, but `add` and `settle`, which join the one of what else must be true.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, insert, or_, select, true, update

from bookpost.library.db import Database
from bookpost.library.lease import Leases
from bookpost.library.schema import production_blobs, productions
from bookpost.produce.request import Failure, Request

CLAIMS_LIMIT = 5
"""Claims without an outcome before a production counts as one that kills its worker."""


class ProductionState(StrEnum):
    """Where a production stands; `failed` is kept and can be retried."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (ProductionState.QUEUED, ProductionState.WORKING)
_S = ProductionState
_BEFORE: Mapping[ProductionState, tuple[ProductionState, ...]] = {
    _S.QUEUED: (_S.FAILED, _S.CANCELLED),
    _S.CANCELLED: (_S.QUEUED, _S.FAILED),
}
"""By a person's wish: the state to come into, and from which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """One production. A rung of a ladder has the refused `mailing_id` and the ladder (`cause`)."""

    id: int
    request: Request
    state: ProductionState
    delivery_id: int | None
    mailing_id: int | None
    cause: str | None
    note: str | None
    failure: Failure | None
    made_at: float
    claims: int
    token: int

    @classmethod
    def from_row(cls, row: Row[Any]) -> Self:
        """From a row of `productions`."""
        values = {name: row._mapping[name] for name in cls.__dataclass_fields__ if name != "failure"}
        failure = Failure(**json.loads(row.error)) if row.error else None
        return cls(
            **values | {"request": Request.from_json(row.request), "state": ProductionState(row.state), "failure": failure},
        )


class Productions:
    """The productions of one library, as one process sees them. `now` is seconds since 1970."""

    def __init__(self, database: Database, leases: Leases, *, now: Callable[[], float]) -> None:
        self._database = database
        self._leases = leases
        self._now = now

    def add(
        self,
        connection: Connection,
        request: Request,
        *,
        delivery_id: int | None = None,
        mailing_id: int | None = None,
        cause: str | None = None,
    ) -> int:
        """A new production; its blobs are on the disk already. It counts from the commit of `connection`."""
        row = insert(productions).values(
            request=request.to_json(), delivery_id=delivery_id, mailing_id=mailing_id, cause=cause, made_at=self._now()
        )
        id = int(connection.execute(row.returning(productions.c.id)).scalar_one())
        connection.execute(insert(production_blobs), [{"production_id": id, "digest": digest} for digest in request.blobs()])
        return id

    def claim(self, only: Collection[int] | None = None) -> Production | None:
        """The oldest production that waits (among `only`, when given), now ours; None when there is none."""
        among = true() if only is None else productions.c.id.in_(only)
        lost = and_(productions.c.state == _S.WORKING, self._leases.expired(productions))
        free = and_(productions.c.state == _S.QUEUED, among)
        with self._database.read() as connection:  # a look costs nothing; a write transaction is a commit
            if not connection.execute(select(exists().where(or_(lost, free)))).scalar():
                return None
        with self._database.write() as connection:
            self._recover(connection, lost)
            rows = self._leases.claim(connection, productions, free, limit=1, values={"state": _S.WORKING})
        return Production.from_row(rows[0]) if rows else None

    def renew(self, production: Production) -> bool:
        """Hold a claimed production for another while; False when it is no longer ours."""
        with self._database.write() as connection:
            return bool(self._leases.renew(connection, productions, {production.id: production.token}))

    def holds(self, connection: Connection, production: Production) -> bool:
        """Whether a claimed production is still ours, within a write transaction."""
        ours = and_(productions.c.id == production.id, productions.c.token == production.token, productions.c.state == _S.WORKING)
        return bool(connection.execute(select(exists().where(ours))).scalar())

    def settle(self, connection: Connection, production: Production, *, delivery_id: int | None, note: str | None = None) -> None:
        """It is done, in the transaction that enqueues what came of it, in which it must still be ours (`holds`)."""
        values = {"state": _S.DONE, "delivery_id": delivery_id, "note": note, "error": None}
        self._leases.settle(connection, productions, production.id, production.token, values)

    def fail(self, production: Production, failure: Failure) -> bool:
        """It could not be made; kept with its reason. False when it is no longer ours."""
        values = {"state": _S.FAILED, "error": json.dumps(asdict(failure), ensure_ascii=False)}
        with self._database.write() as connection:
            return self._leases.settle(connection, productions, production.id, production.token, values)

    def change(self, ids: Collection[int], new: ProductionState) -> list[int]:
        """Retry (`queued`) or cancel by a person's wish; returns those that could be."""
        able = and_(productions.c.id.in_(ids), productions.c.state.in_(_BEFORE[new]))
        with self._database.write() as connection:
            changed = update(productions).where(able).values(state=new, claims=0, error=None, token=productions.c.token + 1)
            return list(connection.execute(changed.returning(productions.c.id)).scalars())

    def find(self, ids: Collection[int] | None = None) -> list[Production]:
        """These productions, or all, oldest first."""
        return self._select(true() if ids is None else productions.c.id.in_(ids))

    def unmade(self) -> list[Production]:
        """Those that wait, are being made, or failed, oldest first."""
        return self._select(productions.c.state.in_((*OPEN, _S.FAILED)))

    def of_deliveries(self, ids: Collection[int]) -> list[Production]:
        """What was or is made for these deliveries."""
        return self._select(productions.c.delivery_id.in_(ids))

    def _select(self, condition: ColumnElement[bool]) -> list[Production]:
        with self._database.read() as connection:
            rows = connection.execute(select(productions).where(condition).order_by(productions.c.id)).all()
        return [Production.from_row(row) for row in rows]

    def _recover(self, connection: Connection, lost: ColumnElement[bool]) -> None:
        """Productions whose worker was lost are made by another one, unless too many were lost with it."""
        killer = and_(lost, productions.c.claims >= CLAIMS_LIMIT)
        failure = Failure(
            code="kills-its-worker",
            message=f"{CLAIMS_LIMIT} workers were lost while they made it",
            hint="please report it with its sources; `bookpost queue retry` tries once more",
        )
        gone = {"token": productions.c.token + 1, "lease_owner": None, "lease_until": None}
        values = {"state": _S.FAILED, "error": json.dumps(asdict(failure), ensure_ascii=False), **gone}
        connection.execute(update(productions).where(killer).values(values))
        connection.execute(update(productions).where(lost).values(state=_S.QUEUED, **gone))

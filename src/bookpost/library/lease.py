"""The lease: claiming work is one piece of code, with a fencing token.

A claim gives a row to one owner for `seconds`, and raises its token. Every later write says which token it holds, so a
worker that was thought dead and comes back changes nothing. The lease fences the database; it cannot fence what was
already said to another machine: who does such a thing commits first that it is about to (a mailing's phase).
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, or_, select, update

LEASE_SECONDS = 8.0
"""How long a claim holds without being renewed: a killed worker's work is taken up again within ten seconds."""


def _boot_id() -> str:
    """Names this boot of the machine: a lease of another boot is over, whatever its clock said."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text("ascii").strip() if path.exists() else f"boot-{round(time.time() - time.monotonic(), -1):.0f}"


def _seconds_since_boot() -> float:
    """Also those in which the machine slept, where the system counts them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class LeaseClock:
    """The clock of leases on one machine: monotonic, so that setting the time neither frees nor freezes work."""

    name: str = field(default_factory=_boot_id)
    now: Callable[[], float] = _seconds_since_boot


@dataclass(frozen=True, slots=True)
class Leases:
    """The claims of one owner (a worker of one process) on the rows of any table that has `lease_columns`."""

    owner: str
    clock: LeaseClock = field(default_factory=LeaseClock)
    seconds: float = LEASE_SECONDS

    def expired(self, table: Table) -> ColumnElement[bool]:
        """Whether a row's holder has lost it: its time is over, or the machine has been started anew since."""
        return or_(table.c.lease_until.is_(None), table.c.lease_until < self.clock.now(), table.c.lease_clock != self.clock.name)

    def claim(
        self, connection: Connection, table: Table, free: ColumnElement[bool], *, limit: int, values: Mapping[str, Any]
    ) -> Sequence[Row[Any]]:
        """Take up to `limit` rows for which `free` holds, oldest first, set `values`, and return them as they are now.

        Within a write transaction, which on SQLite has the only write lock there is.
        """
        chosen = select(table.c.id).where(free).order_by(table.c.id).limit(limit)
        taken = (
            update(table)
            .where(table.c.id.in_(chosen))
            .values(
                token=table.c.token + 1,
                claims=table.c.claims + 1,
                lease_owner=self.owner,
                lease_clock=self.clock.name,
                lease_until=self.clock.now() + self.seconds,
                **values,
            )
            .returning(*table.c)
        )
        return sorted(connection.execute(taken).all(), key=lambda row: row.id)

    def renew(self, connection: Connection, table: Table, held: Mapping[int, int]) -> Collection[int]:
        """Hold the rows (id → token) for another while; returns the ids that are still ours."""
        if not held:
            return ()
        ours = or_(*(and_(table.c.id == id, table.c.token == token) for id, token in held.items()))
        renewed = update(table).where(ours).values(lease_until=self.clock.now() + self.seconds).returning(table.c.id)
        return connection.execute(renewed).scalars().all()

    def settle(self, connection: Connection, table: Table, id: int, token: int, values: Mapping[str, Any]) -> bool:
        """Write the outcome and let the row go, if the token is still ours; False when it is not: then nothing was written."""
        outcome = {"claims": 0, "lease_owner": None, "lease_until": None, **values}
        return connection.execute(update(table).where(table.c.id == id, table.c.token == token).values(outcome)).rowcount == 1

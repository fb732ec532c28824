"""A library with small books in its queue, and who works it: a worker in this process, with time that the test turns, or real
`bookpost worker` processes on the same files.
"""

import asyncio
import itertools
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from sqlalchemy import update

from bookpost.document import EPUB, Document
from bookpost.library.blobs import Blobs
from bookpost.library.db import Database
from bookpost.library.lease import LeaseClock, Leases
from bookpost.library.schema import mailings
from bookpost.mail.account import Account
from bookpost.mail.courier import Courier
from bookpost.mail.mailing import Mailing, Part, Target
from bookpost.mail.queue import Queue
from bookpost.mail.smtp import SmtpCourier
from bookpost.mail.standing import Limits
from bookpost.mail.states import State
from bookpost.mail.worker import Route, Worker

RATES = Limits(per_minute=100_000, per_day=1_000_000)
READER = Target(destination="reader", address="reader@example.org", account="mine", sender="me@example.org")


@dataclass
class Time:
    """The wall clock as the queue sees it, and apart from it the clock of leases; both run, and can be turned."""

    wall_turned: float = 0.0
    boot_turned: float = 0.0

    def wall(self) -> float:
        return time.time() + self.wall_turned

    def boot(self) -> float:
        return time.monotonic() + self.boot_turned


@dataclass
class Mailer:
    """One library in `folder`; `targets` by their names."""

    folder: Path
    targets: Mapping[str, Target] = field(default_factory=lambda: {"reader": READER})
    time: Time = field(default_factory=Time)

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "library" / "bookpost.db")
        self.blobs = Blobs(self.folder / "library" / "blobs")
        self.queue = self.new_queue("test")
        self._numbers = itertools.count()

    def new_queue(self, owner: str) -> Queue:
        """The queue as another worker sees it."""
        leases = Leases(owner, LeaseClock("boot", self.time.boot))
        return Queue(self.database, leases, now=self.time.wall, rng=random.Random(1))

    def enqueue(self, count: int = 1, *, to: str = "reader", data: bytes = b"a very short book") -> list[int]:
        """So many different small books for a destination; the ids of their mailings."""
        return [self.prepared(to=to, data=data)() for _ in range(count)]

    def prepared(self, *, to: str = "reader", data: bytes = b"a very short book") -> Callable[[], int]:
        """A small book whose bytes are stored; what is returned enqueues it."""
        key = f"{next(self._numbers)}"
        data += key.encode()
        digest = self.blobs.put(BytesIO(data))
        document = Document(
            path=self.blobs.path(digest),
            media_type=EPUB,
            size=len(data),
            digest=digest,
            content_key=key,
            title="t",
            file_name=f"{key}.epub",
        )

        def enqueue() -> int:
            with self.database.write() as connection:
                parts = (Part(document=document),)
                return self.queue.enqueue(connection, self.targets[to], parts, content_key=key, title="t").mailing_ids[0]

        return enqueue

    def worker(self, couriers: Mapping[str, Courier], *, queue: Queue | None = None) -> Worker:
        """A worker with these couriers by their accounts."""
        routes = {name: Route(courier, RATES) for name, courier in couriers.items()}
        return Worker(self.database, queue or self.queue, self.blobs, self.targets, routes, renew_seconds=1.0)

    def work(self, port: int, *ids: int, seconds: float = 5.0) -> list[Mailing]:
        """Carry these mailings to the server on this port until they rest; each step may take so many seconds."""
        asyncio.run(self.worker({"mine": SmtpCourier(account(port), seconds=seconds)}).run(only=ids))
        return self.queue.mailings(ids)

    def states(self) -> list[State]:
        return [mailing.state for mailing in self.queue.mailings()]

    def wait_until(self, good: Callable[[], bool], *, seconds: float) -> float:
        """Wait until it is so; returns the seconds that it took, and fails when it takes too long."""
        began = time.monotonic()
        while not good():
            assert time.monotonic() - began < seconds, self.queue.mailings()
            time.sleep(0.02)
        return time.monotonic() - began

    def end_leases(self) -> None:
        """As if every lease had run out."""
        with self.database.write() as connection:
            connection.execute(update(mailings).where(mailings.c.state == State.SENDING).values(lease_until=0.0))

    def configure(self, port: int, more: str = "") -> Path:
        """A configuration for real commands on this library, with the account `mine` on this port."""
        path = self.folder / "config.toml"
        path.write_text(
            f"""
            [library]
            folder = "{self.folder / "library"}"
            [accounts.mine]
            host = "127.0.0.1"
            port = {port}
            tls = "none"
            sender = "me@example.org"
            per_minute = 10000000
            per_day = 100000000
            [destinations.reader]
            account = "mine"
            address = "reader@example.org"
            {more}
            """
        )
        return path

    def close(self) -> None:
        self.database.close()


def account(port: int, **facts: object) -> Account:
    return Account(**{"name": "mine", "host": "127.0.0.1", "port": port, "sender": "me@example.org", "tls": "none", **facts})  # type: ignore[arg-type]


@contextmanager
def worker_process(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`bookpost worker` as a process of its own; killed in the end, if it still runs."""
    program = [sys.executable, "-m", "bookpost", "worker", "--config", str(config)]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()

"""The mailer beside what it is compared with, in one run: Postfix's smtp-source, its own transactions, a worker at rest.

    python benchmarks/mail.py [client] [queue] [memory] [claim]

Prints ratios and the bounds that were set; exit code 1 when one is not reached. Needs Debian's `postfix`.
"""

import asyncio
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event, text

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from bookpost.library.lease import Leases
from bookpost.mail.mailing import Mailing
from bookpost.mail.policy import Decision
from bookpost.mail.queue import Queue
from bookpost.mail.replies import Reply, Step
from bookpost.mail.smtp import SmtpCourier
from bookpost.mail.states import State
from mailer import RATES, Mailer, account, worker_process
from unit.mail.test_folder_courier import a_parcel

ROUNDS, MAILS = 5, 60
SOURCE, SINK = "/usr/sbin/smtp-source", "/usr/sbin/smtp-sink"
MB = 1_000_000


def client(folder: Path) -> list[bool]:
    """The SMTP client alone, one connection, against smtp-sink, in turns with smtp-source."""
    reached = []
    with _sink() as port:
        for size, count, bound in ((2 * MB, 30, 0.9), (20_000, 500, 0.5)):
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(asyncio.run(_ours(folder, port, size, count)))
                theirs.append(_theirs(port, size, count))
            told = f"ours {statistics.median(ours) * 1000:.2f} ms, smtp-source {statistics.median(theirs) * 1000:.2f} ms"
            ratio = statistics.median(theirs) / statistics.median(ours)
            reached.append(_tell(f"client: speed with {size} bytes, of smtp-source's", ratio, bound, at_least=True, told=told))
    return reached


async def _ours(folder: Path, port: int, size: int, count: int) -> float:
    """Seconds a mail, on a connection that is there already."""
    parcel = a_parcel(folder, data=random.Random(1).randbytes(size * 57 // 78))
    courier = SmtpCourier(account(port))
    await courier.carry(parcel, reached_data=_nothing)
    began = time.perf_counter()
    for _ in range(count):
        reply = await courier.carry(parcel, reached_data=_nothing)
        assert reply.code == 250, reply
    seconds = time.perf_counter() - began
    await courier.close()
    return seconds / count


async def _nothing() -> None: ...


def _theirs(port: int, size: int, count: int) -> float:
    """Seconds a mail, without the time of starting and connecting, which a run with one mail tells."""

    def run(mails: int) -> float:
        began = time.perf_counter()
        subprocess.run([SOURCE, "-d", "-s", "1", "-m", str(mails), "-l", str(size), f"127.0.0.1:{port}"], check=True)
        return time.perf_counter() - began

    return (run(count + 1) - run(1)) / count


def queue(folder: Path) -> list[bool]:
    """Enqueued beside a worker at rest until its 250 is written down, against the same transactions one after another.

    The median of the commits, since now and then a lease is renewed in between.
    """
    mailer = Mailer(folder)
    with _sink() as port, _commits(mailer) as commits:
        woken, counts = asyncio.run(_latency(mailer, port, commits, wake=True))
        heard, _ = asyncio.run(_latency(mailer, port, commits, wake=False))
        alone = _transactions(mailer)
    mailer.close()
    told = f"p50 {woken * 1000:.2f} ms, the transactions alone {alone * 1000:.2f} ms"
    return [
        _tell("queue: commits a mailing", counts, 4, at_least=False),
        _tell("queue: enqueue → 250 in the same process, of the transactions' time", woken / alone, 2.5, at_least=False, told=told),
        _tell("queue: the same from elsewhere, less a poll of 20 ms", max(0.0, heard - 0.02) / alone, 2.5, at_least=False),
    ]


class _Watched(Queue):
    """A queue that says when a mailing was settled."""

    async def settled(self) -> float:
        """When the next mailing is settled."""
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        await self._ended.wait()
        return self._at

    def settle(self, mailing: Mailing, reply: Reply, *, size_limit: int | None = None) -> Decision:
        decision = super().settle(mailing, reply, size_limit=size_limit)
        self._at = time.perf_counter()
        self._loop.call_soon_threadsafe(self._ended.set)
        return decision


async def _latency(mailer: Mailer, port: int, commits: list[float], *, wake: bool) -> tuple[float, float]:
    """The medians of the seconds and the commits of one mail after another; `wake`: the worker is told, else it hears of it."""
    queue = _Watched(mailer.database, Leases("watched"), now=time.time, rng=random.Random(1))
    worker = mailer.worker({"mine": SmtpCourier(account(port))}, queue=queue)
    working = asyncio.create_task(worker.run())
    seconds, counts = [], []
    for number in range(MAILS):
        await asyncio.sleep(0.1 + number % 7 * 0.003)
        enqueue = mailer.prepared()
        settled = asyncio.create_task(queue.settled())
        await asyncio.sleep(0)
        commits.clear()
        began = time.perf_counter()
        await asyncio.to_thread(enqueue)
        if wake:
            worker.wake()
        seconds.append(await settled - began)
        counts.append(len(commits))
    worker.stop()
    await working
    return statistics.median(seconds), statistics.median(counts)


def _transactions(mailer: Mailer) -> float:
    """The median of the seconds of what a mailing writes: enqueue, claim, reached the data, settled."""
    seconds = []
    for _ in range(MAILS):
        enqueue = mailer.prepared()
        began = time.perf_counter()
        enqueue()
        [mailing] = mailer.queue.claim({"mine": RATES}, limit=16)
        mailer.queue.reached_data(mailing)
        mailer.queue.settle(mailing, Reply(Step.DOT, 250, "2.0.0 Ok"))
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


@contextmanager
def _commits(mailer: Mailer) -> Iterator[list[float]]:
    """A list that grows by one for every commit that wrote something."""
    commits: list[float] = []
    known: dict[int, int] = {}

    def look(connection: object) -> None:
        raw = connection.connection.dbapi_connection  # type: ignore[attr-defined]
        if raw.total_changes > known.get(id(raw), 0):
            commits.append(time.perf_counter())
        known[id(raw)] = raw.total_changes

    event.listen(mailer.database._engine, "commit", look)
    yield commits
    event.remove(mailer.database._engine, "commit", look)


def memory(folder: Path) -> list[bool]:
    """A real worker process that sends a book of 45 MB, against itself at rest after a small one."""
    mailer = Mailer(folder)
    with _sink() as port, worker_process(mailer.configure(port)) as process:
        _send_and_watch(mailer, process.pid, 1000)
        rest = _send_and_watch(mailer, process.pid, 1000)
        most = _send_and_watch(mailer, process.pid, 45 * MB)
    mailer.close()
    told = f"at rest {rest / MB:.0f} MB, at most {most / MB:.0f} MB"
    return [_tell("memory: MB over rest while 45 MB are sent", (most - rest) / MB, 8, at_least=False, told=told)]


def _send_and_watch(mailer: Mailer, pid: int, size: int) -> int:
    """The most bytes that the process held until the mail was accepted, looked at every few milliseconds."""
    [id] = mailer.enqueue(data=random.Random(size).randbytes(size))
    most = 0
    while mailer.queue.mailings([id])[0].state is not State.ACCEPTED:
        most = max(most, _resident(pid))
        time.sleep(0.003)
    time.sleep(1)
    return max(most, _resident(pid))


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def claim(folder: Path) -> list[bool]:
    """A claim with 100,000 ready and 100,000 deferred mailings, against one with 100 ready ones."""
    few, many = _claim_seconds(folder / "few", 100, 0), _claim_seconds(folder / "many", 100_000, 100_000)
    told = f"{few * 1000:.2f} ms → {many * 1000:.2f} ms"
    return [_tell("claim: with 200,000 rows, of the time with 100", many / few, 3, at_least=False, told=told)]


def _claim_seconds(folder: Path, ready: int, deferred: int) -> float:
    mailer = Mailer(folder)
    [id] = mailer.enqueue()
    copied = "delivery_id, document_id, destination, account, file_name, made_at"
    rows = f"""
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
        INSERT INTO mailings ({copied}, part, message_id, ready, due_at)
        SELECT {copied}, :first + i, 'copy-' || (:first + i), :ready, :due_at + i FROM mailings, n WHERE mailings.id = {id}
        """
    with mailer.database.write() as connection:
        later = {"first": 1_000_000, "ready": False, "due_at": mailer.time.wall() + 3600}
        for values in ({"count": ready, "first": 1, "ready": True, "due_at": 0}, {"count": deferred, **later}):
            if values["count"]:
                connection.execute(text(rows), values)
    seconds = []
    for _ in range(6):
        began = time.perf_counter()
        assert len(mailer.queue.claim({"mine": RATES}, limit=16)) == 16
        seconds.append(time.perf_counter() - began)
    mailer.close()
    return statistics.median(seconds)


@contextmanager
def _sink() -> Iterator[int]:
    """Postfix's smtp-sink on a free port; it announces PIPELINING, and keeps nothing."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with subprocess.Popen([SINK, "-u", "nobody", f"127.0.0.1:{port}", "100"]) as sink:
        time.sleep(0.5)
        try:
            yield port
        finally:
            sink.kill()


def _tell(what: str, value: float, bound: float, *, at_least: bool, told: str = "") -> bool:
    reached = value >= bound if at_least else value <= bound
    sign = "≥" if at_least else "≤"
    print(f"{'reached' if reached else 'MISSED '}  {what}: {value:.2f} ({sign} {bound}){'; ' + told if told else ''}", flush=True)
    return reached


_PARTS: Mapping[str, Callable[[Path], list[bool]]] = {"client": client, "queue": queue, "memory": memory, "claim": claim}


def main() -> None:
    reached = []
    for name in sys.argv[1:] or _PARTS:
        with tempfile.TemporaryDirectory(prefix="bookpost-mail-") as folder:
            reached += _PARTS[name](Path(folder))
    sys.exit(0 if all(reached) else 1)


if __name__ == "__main__":
    main()

"""Kills workers (-9) at random moments and counts: nothing lost, nothing sent twice, every uncertain mailing listed.

    python benchmarks/kill_test.py [--mails 20000] [--kills 1000] [--workers 3] [--seed 1]

Workers are real `bookpost worker` processes on one library; the server (tests/smtp_server.py) is another process that also
drops connections before and after the final dot. What the server took is compared with what the queue says. Exit code 1
when anything was lost or duplicated.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sqlalchemy import func, select, update

from bookpost.document import EPUB, Document
from bookpost.library.schema import attempts, mailings
from bookpost.mail.mailing import Part
from bookpost.mail.states import State
from bookpost.service.app import App

ROOT = Path(__file__).parents[1]
_ENDED = (State.ACCEPTED, State.UNCERTAIN, State.HELD, State.FAILED)
_READERS = 40
_LISTED = (State.ACCEPTED, State.UNCERTAIN, State.HELD)


@dataclass(frozen=True)
class Outcome:
    """What was seen."""

    mails: int
    kills: int
    seconds: float
    states: dict[str, int]
    lost: int
    duplicated: int
    unlisted: int
    unsent: int
    struck: int

    @property
    def good(self) -> bool:
        """Nothing lost, nothing twice, nothing unsaid, and all was worked off."""
        return not (self.lost or self.duplicated or self.unlisted or self.unsent)


def kill_test(folder: Path, *, mails: int, kills: int, workers: int, seed: int) -> Outcome:
    """Run it in `folder`; see the module."""
    chance = random.Random(seed)
    log = folder / "taken.log"
    with _server(log, seed) as port:
        config = _configuration(folder, port)
        app = App.start(config)
        started = time.monotonic()
        killed = _work(app, config, mails=mails, kills=kills, workers=workers, chance=chance)
        seconds = time.monotonic() - started
    with app.database.read() as connection:
        rows = connection.execute(select(mailings.c.message_id, mailings.c.state)).all()
        struck = connection.execute(select(func.count()).where(attempts.c.outcome == "worker-lost")).scalar_one()
    taken = Counter(log.read_text().split())
    return Outcome(
        mails=mails,
        kills=killed,
        seconds=seconds,
        states=dict(Counter(row.state for row in rows)),
        lost=sum(row.state == State.ACCEPTED and not taken[row.message_id] for row in rows) + mails - len(rows),
        duplicated=sum(count - 1 for count in taken.values()),
        unlisted=sum(bool(taken[row.message_id]) and row.state not in _LISTED for row in rows),
        struck=struck,
        unsent=sum(row.state not in _LISTED for row in rows),
    )


@contextmanager
def _server(log: Path, seed: int) -> Iterator[int]:
    log.touch()
    program = [sys.executable, str(ROOT / "tests" / "smtp_server.py"), str(log), str(seed)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield int(server.stdout.readline())
        server.kill()


def _configuration(folder: Path, port: int) -> Path:
    config = folder / "config.toml"
    config.write_text(
        f"""
        [library]
        folder = "{folder / "library"}"
        [accounts.test]
        host = "127.0.0.1"
        port = {port}
        tls = "none"
        sender = "me@example.org"
        per_minute = 10000000
        per_day = 100000000
        """
        + "".join(
            f"""
        [destinations.reader{number}]
        account = "test"
        address = "reader{number}@example.org"
        """
            for number in range(_READERS)
        )
    )
    return config


def _enqueue(app: App, numbers: range) -> None:
    digest = app.blobs.put(BytesIO(b"a very short book" * 100))
    path = app.blobs.path(digest)
    with app.database.write() as connection:
        for number in numbers:
            document = Document(
                path=path, media_type=EPUB, size=1700, digest=digest, content_key=str(number), title="t", file_name=f"{number}.epub"
            )
            parts = (Part(document=document),)
            app.queue.enqueue(connection, app.targets[f"reader{number % _READERS}"], parts, content_key=str(number), title="t")


def _work(app: App, config: Path, *, mails: int, kills: int, workers: int, chance: random.Random) -> int:
    """Keep workers running and kill them, while mails come in to the last kill; then let them finish. Returns the kills."""
    program = [sys.executable, "-m", "bookpost", "worker", "--config", str(config)]

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    running = [start() for _ in range(workers)]
    killed = enqueued = 0
    deadline = time.monotonic() + 3600
    while (enqueued < mails or _waiting(app)) and time.monotonic() < deadline:
        come = mails * (killed + 1) // kills if killed < kills else mails
        _enqueue(app, range(enqueued, come))
        enqueued = come
        time.sleep(chance.uniform(0.02, 1.0) if killed < kills else 0.5)
        _make_due(app)
        if killed < kills:
            victim = chance.randrange(workers)
            running[victim].kill()
            running[victim].wait()
            running[victim] = start()
            killed += 1
    for worker in running:
        worker.send_signal(signal.SIGTERM)
    for worker in running:
        worker.wait(30)
    return killed


def _make_due(app: App) -> None:
    """What was put off by a lost connection is due at once: how long it waits is not what is tried here."""
    with app.database.write() as connection:
        connection.execute(update(mailings).where(mailings.c.state == State.QUEUED, ~mailings.c.ready).values(due_at=0.0))


def _waiting(app: App) -> int:
    with app.database.read() as connection:
        return connection.execute(select(func.count()).where(mailings.c.state.not_in(_ENDED))).scalar_one()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bookpost-kill-") as folder:
        outcome = kill_test(Path(folder), mails=asked.mails, kills=asked.kills, workers=asked.workers, seed=asked.seed)
    print(f"{outcome.mails} mails, {outcome.kills} kills, {outcome.seconds:.0f} s: {outcome.states}")
    print(f"mailings that a kill struck while they were being sent: {outcome.struck}")
    print(f"lost {outcome.lost}, duplicated {outcome.duplicated}, taken but not listed {outcome.unlisted}, not worked off {outcome.unsent}")
    sys.exit(0 if outcome.good else 1)


if __name__ == "__main__":
    main()

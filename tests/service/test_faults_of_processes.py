"""Real `bookpost worker` processes: killed, stopped, left alone with a locked database, or with nothing to do."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from bookpost.library.schema import mailings
from bookpost.mail.states import State
from mailer import Mailer, worker_process
from smtp_server import SILENCE, Script, SmtpServer


@pytest.fixture
def mailer(tmp_path: Path) -> Iterator[Mailer]:
    made = Mailer(tmp_path)
    yield made
    made.close()


def at_first(step: str, answer: str) -> Script:
    return lambda at, times: answer if at == step and times == 0 else None


def kill_the_holder(mailer: Mailer, processes: dict[int, subprocess.Popen[bytes]]) -> None:
    """Kill -9 the worker that holds the mailing."""
    with mailer.database.read() as connection:
        owner = connection.execute(select(mailings.c.lease_owner)).scalar_one()
    victim = processes[int(owner.split(":")[1])]
    victim.kill()
    victim.wait(5)


@pytest.mark.parametrize(
    ("step", "state", "taken"), [("data", State.ACCEPTED, 1), ("dot", State.UNCERTAIN, 0), ("dot-taken", State.UNCERTAIN, 1)]
)
def test_a_killed_workers_mailing_is_resumed_by_another_within_ten_seconds(mailer: Mailer, step: str, state: State, taken: int) -> None:
    """Killed before the dot: sent by the other one. Killed after it, before the answer was written: uncertain, and not sent again."""
    with SmtpServer(script=at_first(step, SILENCE)) as server, ExitStack() as stack:
        config = mailer.configure(server.port)
        processes = {process.pid: process for process in (stack.enter_context(worker_process(config)) for _ in range(2))}
        mailer.enqueue()
        mailer.wait_until(lambda: step in server.steps, seconds=20)
        kill_the_holder(mailer, processes)
        seconds = mailer.wait_until(lambda: mailer.states() == [state], seconds=12)
        print(f"killed at {step}: {state} after {seconds:.1f} s")
        time.sleep(1.5)
        assert mailer.states() == [state]
        assert len(server.taken) == taken


def test_a_message_that_kills_five_workers_has_failed_and_the_one_behind_it_arrives(mailer: Mailer) -> None:
    killer, _ = mailer.enqueue(2)
    deadly = mailer.queue.mailings([killer])[0].message_id
    with SmtpServer(script=lambda step, times: SILENCE if step == "data" and times < 5 else None) as server:
        config = mailer.configure(server.port)
        for round in range(1, 6):
            with worker_process(config) as process:
                mailer.wait_until(lambda round=round: server.steps.get("data") == round, seconds=20)  # type: ignore[misc]
                process.kill()
                process.wait(5)
            mailer.end_leases()
        with worker_process(config):
            mailer.wait_until(lambda: mailer.states() == [State.FAILED, State.ACCEPTED], seconds=20)
    assert deadly not in server.message_ids()


def test_sigterm_finishes_what_is_being_sent_and_gives_back_the_rest(mailer: Mailer) -> None:
    """The server takes its time for the first; the others are released untouched, and the process ends with 0."""
    mailer.enqueue(3)
    with SmtpServer(on_taken=lambda _: time.sleep(1.5)) as server, worker_process(mailer.configure(server.port)) as process:
        mailer.wait_until(lambda: "dot-taken" in server.steps or len(server.taken) == 1, seconds=20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0, process.stderr
    assert mailer.states() == [State.ACCEPTED, State.QUEUED, State.QUEUED]
    assert not any(mailing.claims for mailing in mailer.queue.mailings())
    with SmtpServer() as server, worker_process(mailer.configure(server.port)):
        mailer.wait_until(lambda: mailer.states() == [State.ACCEPTED] * 3, seconds=20)


def test_sigterm_does_not_wait_for_a_server_that_hangs(mailer: Mailer) -> None:
    """Within the ten seconds that a container gives: what is before its dot is released."""
    mailer.enqueue(2)
    with SmtpServer(script=at_first("rcpt", SILENCE)) as server, worker_process(mailer.configure(server.port)) as process:
        mailer.wait_until(lambda: "rcpt" in server.steps, seconds=20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert mailer.states() == [State.QUEUED] * 2


def test_another_program_that_holds_the_database_stops_a_worker_for_that_time_only(mailer: Mailer) -> None:
    """For six seconds, of which the lease of what is being sent does not know."""
    begin = "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN EXCLUSIVE')"
    hold = f"{begin}; print(flush=True); time.sleep(6)"
    with SmtpServer() as server, worker_process(mailer.configure(server.port)):
        mailer.enqueue()
        mailer.wait_until(lambda: mailer.states() == [State.ACCEPTED], seconds=20)
        program = [sys.executable, "-c", hold, str(mailer.database.path)]
        mailer.enqueue(5)
        with subprocess.Popen(program, stdout=subprocess.PIPE) as holder:
            assert holder.stdout
            holder.stdout.readline()
            holder.wait(10)
        mailer.enqueue()
        mailer.wait_until(lambda: set(mailer.states()) == {State.ACCEPTED}, seconds=20)
    assert len(server.taken) == len(set(server.message_ids())) == 7
    assert sqlite3.connect(mailer.database.path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_worker_with_nothing_to_do_uses_next_to_no_cpu(mailer: Mailer) -> None:
    """Below 3 % of one core, although what another process enqueues is seen at once."""
    with SmtpServer() as server, worker_process(mailer.configure(server.port)) as process:
        mailer.enqueue()
        mailer.wait_until(lambda: mailer.states() == [State.ACCEPTED], seconds=20)
        time.sleep(1)
        before = cpu_seconds(process.pid)
        time.sleep(10)
        used = (cpu_seconds(process.pid) - before) / 10
        print(f"idle worker: {used:.1%} of one core")
        assert used < 0.03
        mailer.enqueue()
        seconds = mailer.wait_until(lambda: mailer.states() == [State.ACCEPTED] * 2, seconds=2)
        print(f"enqueued by another process, accepted after {seconds * 1000:.0f} ms")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""What a server, the network, the disk and the clock do to a mailing: seen by the worker, said in the queue, and nothing else suffers."""

import asyncio
import sqlite3
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from bookpost.errors import LibraryError
from bookpost.mail import standing
from bookpost.mail.courier import Parcel, ReachedData
from bookpost.mail.policy import RETRY_FOR
from bookpost.mail.replies import Reply, Step
from bookpost.mail.smtp import SmtpCourier
from bookpost.mail.states import Phase, State
from mailer import READER, Mailer, account
from smtp_server import DROP, HANG_UP, SILENCE, SLOWLY, Script, SmtpServer

_HOUR = 3600.0


@pytest.fixture
def mailer(tmp_path: Path) -> Iterator[Mailer]:
    other = replace(READER, destination="other", address="other@example.org")
    made = Mailer(tmp_path, {"reader": READER, "other": other, "elsewhere": replace(READER, destination="elsewhere", account="second")})
    yield made
    made.close()


def at_first(step: str, answer: str) -> Script:
    """This answer the first time that the step is reached, the usual ones from then on."""
    return lambda at, times: answer if at == step and times == 0 else None


def paused(mailer: Mailer, kind: str, name: str) -> bool:
    with mailer.database.write() as connection:
        return standing.resume(connection, kind, name)


# What the server says


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("mail", "421 4.7.0 closing for a while"),
        ("rcpt", "421 4.3.2 shutting down"),
        ("data", "421 4.3.2 shutting down"),
        ("dot", "421 4.3.2 shutting down"),
        ("rcpt", "450 4.2.0 greylisted, come back later"),
        ("mail", "452 4.3.1 insufficient storage"),
        ("dot", "451 4.3.0 local error"),
        ("mail", DROP),
        ("rcpt", DROP),
        ("data", DROP),
        ("data", SILENCE),
    ],
)
def test_a_refusal_for_now_is_tried_again_and_arrives_once(mailer: Mailer, step: str, answer: str) -> None:
    """421 in mid-session, greylisting, a full disk over there, a connection lost before the dot."""
    first, second = mailer.enqueue(2)
    with SmtpServer(script=at_first(step, answer)) as server:
        waiting, gone = mailer.work(server.port, first, second, seconds=0.5)
        assert (waiting.state, waiting.attempts, gone.state) == (State.QUEUED, 1, State.ACCEPTED)
        assert 40 < waiting.due_at - mailer.time.wall() < 80
        assert len(server.taken) == 1
        mailer.time.wall_turned += 90
        [waiting] = mailer.work(server.port, first)
        assert waiting.state is State.ACCEPTED
        assert sorted(server.message_ids()) == sorted([waiting.message_id, gone.message_id])


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("connect", "421 4.3.2 too busy"),
        ("connect", DROP),
        ("connect", SILENCE),
        ("ehlo", SILENCE),
        ("ehlo", SLOWLY),
        ("mail", "530 5.7.0 authentication required"),
        ("mail", "550 5.4.5 daily sending quota exceeded"),
    ],
)
def test_an_accounts_trouble_rests_the_account_and_uses_no_attempt(mailer: Mailer, step: str, answer: str) -> None:
    """A server that is busy, never answers, answers a byte a second, wants a login: its mailings wait as they are."""
    ids = mailer.enqueue(3)
    with SmtpServer(script=at_first(step, answer)) as server:
        began = time.monotonic()
        found = mailer.work(server.port, *ids, seconds=0.5)
        assert time.monotonic() - began < 4
        assert [(mailing.state, mailing.attempts) for mailing in found] == [(State.QUEUED, 0)] * 3
        assert server.steps["connect"] == 1, "one try is enough to know"
        assert paused(mailer, "account", "mine")
        found = mailer.work(server.port, *ids)
        assert [mailing.state for mailing in found] == [State.ACCEPTED] * 3
        assert len(server.taken) == 3


def test_a_refused_login_rests_the_account_while_another_goes_on(mailer: Mailer) -> None:
    ids = [*mailer.enqueue(2), *mailer.enqueue(to="elsewhere")]
    with SmtpServer(extensions=("AUTH PLAIN",), log_in=lambda _: "535 5.7.8 bad credentials") as bad, SmtpServer() as good:
        closed = SmtpCourier(account(bad.port, username="me", password="secret"))
        asyncio.run(mailer.worker({"mine": closed, "second": SmtpCourier(account(good.port))}).run(only=ids))
    assert mailer.states() == [State.QUEUED, State.QUEUED, State.ACCEPTED]
    assert "secret" not in (mailer.queue.mailings()[0].reply or "")
    assert not bad.taken


def test_a_refused_reader_is_bad_until_it_is_mended_and_the_others_get_theirs(mailer: Mailer) -> None:
    ids = [*mailer.enqueue(2), *mailer.enqueue(to="other")]
    with SmtpServer(script=at_first("rcpt", "550 5.1.1 no such user")) as server:
        failed, waiting, gone = mailer.work(server.port, *ids)
        assert (failed.state, gone.state) == (State.FAILED, State.ACCEPTED)
        assert "no such user" in (failed.reply or "")
        assert waiting.state in (State.QUEUED, State.ACCEPTED)
        assert paused(mailer, "destination", "reader")


@pytest.mark.parametrize("step", ["mail", "dot"])
def test_too_big_asks_for_a_smaller_form_before_the_upload_or_after_it(mailer: Mailer, step: str) -> None:
    with SmtpServer(script=at_first(step, "552 5.3.4 message too big")) as server:
        [mailing] = mailer.work(server.port, *mailer.enqueue())
        assert mailing.state is State.REJECTED
        assert not server.taken
        with mailer.database.read() as connection:
            assert connection.execute(text("SELECT ladder FROM mailings")).scalar() == "shrink"
            assert standing.size_limit(connection, "mine")


def test_a_policy_refusal_is_tried_once_more_and_then_final(mailer: Mailer) -> None:
    [id] = mailer.enqueue()
    with SmtpServer(script=lambda step, _: "554 5.7.1 looks like spam" if step == "dot" else None) as server:
        [mailing] = mailer.work(server.port, id)
        assert (mailing.state, mailing.attempts) == (State.QUEUED, 1)
        mailer.time.wall_turned += 8 * _HOUR
        [mailing] = mailer.work(server.port, id)
    assert mailing.state is State.FAILED
    assert not server.taken


def test_what_the_server_does_not_understand_is_said_without_options(mailer: Mailer) -> None:
    [id] = mailer.enqueue()
    with SmtpServer(script=at_first("mail", "555 5.5.4 unknown parameter")) as server:
        [mailing] = mailer.work(server.port, id)
    assert mailing.state is State.ACCEPTED
    assert server.steps["mail"] == 2
    assert server.envelopes == [f"MAIL FROM:<me@example.org> SIZE={len(server.taken[0]) - 3}", "MAIL FROM:<me@example.org>"]


@pytest.mark.parametrize(("step", "answer"), [("dot", DROP), ("dot", SILENCE), ("dot-taken", DROP), ("dot-taken", SLOWLY)])
def test_silence_after_the_dot_is_uncertain_and_never_sent_again_unasked(mailer: Mailer, step: str, answer: str) -> None:
    """The connection is lost or the time is over after the final dot: only the server knows."""
    first, second = mailer.enqueue(2)
    with SmtpServer(script=at_first(step, answer)) as server:
        unsure, gone = mailer.work(server.port, first, second, seconds=0.5)
        assert (unsure.state, gone.state) == (State.UNCERTAIN, State.ACCEPTED)
        mailer.time.wall_turned += 10
        mailer.work(server.port, first)
        assert server.message_ids().count(unsure.message_id) <= 1
        assert mailer.queue.mailings([first])[0].state is State.UNCERTAIN


# The way there


def test_a_server_that_refuses_the_connection_rests_the_account(mailer: Mailer) -> None:
    with SmtpServer() as server:
        pass
    [mailing] = mailer.work(server.port, *mailer.enqueue())
    assert (mailing.state, mailing.attempts) == (State.QUEUED, 0)
    assert "Connect call failed" in (mailing.reply or "")
    assert paused(mailer, "account", "mine")


def test_a_server_whose_name_nobody_knows_rests_the_account(mailer: Mailer) -> None:
    ids = mailer.enqueue()
    asyncio.run(mailer.worker({"mine": SmtpCourier(account(25, host="no-such-host.invalid", tls="starttls"))}).run(only=ids))
    [mailing] = mailer.queue.mailings(ids)
    assert (mailing.state, mailing.attempts) == (State.QUEUED, 0)
    assert mailing.reply
    assert paused(mailer, "account", "mine")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority, and certificates for localhost by it: `good`, `old` (expired) and `other` (another name)."""
    folder = tmp_path_factory.mktemp("authority")
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run(*new, "-x509", "-days", "2", "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-subj", "/CN=test authority")
    for name, host, days in (("good", "localhost", "2"), ("old", "localhost", "-1"), ("other", "other.test", "2")):
        run(*new, "-keyout", folder / f"{name}.key", "-out", folder / "request", "-subj", f"/CN={host}")
        (folder / "names").write_text(f"subjectAltName=DNS:{host}")
        by: list[str | Path] = ["-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial", "-extfile", folder / "names"]
        run("openssl", "x509", "-req", "-in", folder / "request", *by, "-days", days, "-out", folder / f"{name}.pem")
    return folder


def run(*program: str | Path) -> None:
    subprocess.run(program, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("name", "trusted", "words"), [("good", True, None), ("old", True, "expired"), ("other", True, "mismatch"), ("good", False, "issuer")]
)
def test_only_a_good_certificate_for_its_name_is_spoken_to(
    mailer: Mailer, authority: Path, name: str, trusted: bool, words: str | None
) -> None:
    """Expired, for another name, of an unknown authority: the account is paused, and not even the sender is named."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority / f"{name}.pem", authority / f"{name}.key")
    ids = mailer.enqueue()
    with SmtpServer(tls=tls) as server:
        facts = {"host": "localhost", "tls": "implicit", "ca_file": str(authority / "ca.pem") if trusted else None}
        asyncio.run(mailer.worker({"mine": SmtpCourier(account(server.port, **facts), seconds=5)}).run(only=ids))
    [mailing] = mailer.queue.mailings(ids)
    if words is None:
        assert mailing.state is State.ACCEPTED
        return
    assert (mailing.state, mailing.attempts) == (State.QUEUED, 0)
    assert words in (mailing.reply or ""), mailing.reply
    assert "mail" not in server.steps
    assert paused(mailer, "account", "mine")


@pytest.mark.parametrize(
    ("step", "answer"), [("dot-taken", HANG_UP), ("rset", DROP), ("rset", SILENCE), ("rset", "421 4.4.2 timeout"), ("second mail", DROP)]
)
def test_a_connection_that_went_stale_between_two_mails_costs_neither(mailer: Mailer, step: str, answer: str) -> None:
    """The server closed it while nothing was said; the second mail goes over a new one, at once."""

    def script(at: str, times: int) -> str | None:
        return answer if (at, times) == ((step, 0) if step != "second mail" else ("mail", 1)) else None

    with SmtpServer(script=script) as server:
        courier = SmtpCourier(account(server.port), seconds=1)

        async def two() -> None:
            for pause in (0.2, 0.0):
                await mailer.worker({"mine": Kept(courier)}).run(only=mailer.enqueue())
                await asyncio.sleep(pause)
            await courier.close()

        asyncio.run(two())
        assert mailer.states() == [State.ACCEPTED] * 2
        assert mailer.queue.mailings()[1].attempts == 1
        assert len(server.taken) == 2


class Kept:
    """A courier whose connection outlives its worker: `let_go` closes it."""

    def __init__(self, courier: SmtpCourier) -> None:
        self._courier = courier
        self.size_limit = courier.size_limit

    async def carry(self, parcel: Parcel, *, reached_data: ReachedData, plain: bool = False) -> Reply:
        return await self._courier.carry(parcel, reached_data=reached_data, plain=plain)

    async def close(self) -> None: ...

    async def let_go(self) -> None:
        await self._courier.close()


def test_an_account_whose_server_hangs_holds_up_no_other(mailer: Mailer) -> None:
    mailer.enqueue()
    with SmtpServer(script=at_first("connect", SILENCE)) as hanging, SmtpServer() as good:

        async def work() -> None:
            worker = mailer.worker({"mine": SmtpCourier(account(hanging.port), seconds=3), "second": SmtpCourier(account(good.port))})
            working = asyncio.create_task(worker.run())
            await asyncio.sleep(0.5)
            for _ in range(3):
                await asyncio.to_thread(mailer.enqueue, to="elsewhere")
                await asyncio.sleep(0.4)
            assert mailer.states() == [State.SENDING, *[State.ACCEPTED] * 3]
            worker.stop()
            await working

        asyncio.run(work())


# The disk, the database and the clock


@pytest.mark.parametrize("fault", ["missing", "altered"])
def test_a_document_gone_or_altered_is_not_sent_and_the_rest_goes_on(mailer: Mailer, fault: str) -> None:
    ids = mailer.enqueue(2)
    path = mailer.queue.document(ids[0], mailer.blobs).path
    path.unlink()
    if fault == "altered":
        path.write_bytes(b"another book")
    with SmtpServer() as server:
        gone, sent = mailer.work(server.port, *ids)
    assert (gone.state, sent.state) == (State.FAILED, State.ACCEPTED)
    assert "the document is gone" in (gone.reply or "")
    assert server.message_ids() == [sent.message_id]
    assert not paused(mailer, "destination", "reader")
    assert not paused(mailer, "account", "mine")


def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(mailer: Mailer) -> None:
    """No room for another row: enqueueing fails with the reason; what was enqueued before is sent when there is room again."""
    acknowledged = mailer.enqueue(3)
    disk = Disk(mailer)
    with pytest.raises(LibraryError, match="full") as raised:  # noqa: PT012 - how many rows still fit is SQLite's to say
        for _ in range(1000):
            acknowledged += mailer.enqueue()
    assert str(mailer.database.path) in raised.value.message
    assert raised.value.hint
    assert len(mailer.states()) == len(acknowledged)
    with SmtpServer() as server:

        async def work() -> None:
            worker = mailer.worker({"mine": SmtpCourier(account(server.port))})
            working = asyncio.create_task(worker.run(only=acknowledged))
            await asyncio.sleep(2.5)
            assert not working.done(), "it goes on trying"
            assert State.SENDING in mailer.states() or State.QUEUED in mailer.states()
            disk.pages *= 10
            await asyncio.wait_for(working, 30)

        asyncio.run(work())
        assert set(mailer.states()) <= {State.ACCEPTED, State.UNCERTAIN}
        assert len(set(server.message_ids())) == len(server.taken)


class Disk:
    """From now on the database may have as many `pages` as it has now."""

    def __init__(self, mailer: Mailer) -> None:
        with mailer.database.read() as connection:
            self.pages: int = connection.execute(text("PRAGMA page_count")).scalar_one()
        event.listen(mailer.database._engine, "begin", self._limit)

    def _limit(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self.pages}")


def test_a_database_that_is_locked_for_seconds_delays_and_loses_nothing(mailer: Mailer) -> None:
    """Another program holds the lock; in the middle of it a mail is on its way."""
    ids = mailer.enqueue(4)
    with SmtpServer() as server:

        async def work() -> None:
            working = asyncio.create_task(mailer.worker({"mine": SmtpCourier(account(server.port))}).run(only=ids))
            await asyncio.sleep(0.02)
            for _ in range(3):
                blocker = sqlite3.connect(mailer.database.path, isolation_level=None, timeout=10)
                blocker.execute("BEGIN EXCLUSIVE")
                await asyncio.sleep(1.5)
                blocker.execute("COMMIT")
                blocker.close()
                await asyncio.sleep(0.01)
            await working

        asyncio.run(work())
        assert mailer.states() == [State.ACCEPTED] * 4
        assert len(server.taken) == 4


@pytest.mark.parametrize("jump", [-400 * 86400.0, 400 * 86400.0])
def test_a_clock_that_jumps_strands_nothing_and_sends_nothing_twice(mailer: Mailer, jump: float) -> None:
    """Deferred, resting with its account, being sent: after a jump of a year, forward or back, each comes to its end."""
    [deferred] = mailer.enqueue()
    with SmtpServer(script=at_first("rcpt", "450 4.2.0 greylisted")) as server:
        mailer.work(server.port, deferred)
        [sending] = mailer.enqueue()
        [claimed] = mailer.queue.claim({"mine": standing.Limits(10, 10)}, limit=1)
        assert mailer.queue.reached_data(claimed)
        with mailer.database.write() as connection:
            standing.pause(connection, "account", "mine", until=mailer.time.wall() + 30, reason="a back-off")
        mailer.time.wall_turned += jump
        other = mailer.new_queue("other")
        assert sending not in [mailing.id for mailing in other.claim({"mine": standing.Limits(10, 10)}, limit=9)], (
            "its lease is not the clock's"
        )
        mailer.queue.settle(claimed, Reply(Step.DOT, 250, "Ok"))
        mailer.end_leases()
        [mailing] = mailer.work(server.port, deferred)
        assert mailing.state is State.ACCEPTED
        assert mailer.states() == [State.ACCEPTED] * 2
        assert len(server.taken) == 1


def test_a_mailing_that_is_suddenly_old_is_still_given_its_tries(mailer: Mailer) -> None:
    """It was enqueued before the clock was put right; one refusal for now is not its end."""
    [id] = mailer.enqueue()
    mailer.time.wall_turned += 10 * RETRY_FOR
    with SmtpServer(script=at_first("rcpt", "450 4.2.0 greylisted")) as server:
        [mailing] = mailer.work(server.port, id)
    assert mailing.state is State.QUEUED


# Workers


def test_two_workers_on_the_same_mailings_send_each_once(mailer: Mailer) -> None:
    ids = mailer.enqueue(60)
    with SmtpServer() as server:

        async def work() -> None:
            couriers = [{"mine": SmtpCourier(account(server.port))} for _ in range(2)]
            queues = [mailer.new_queue(name) for name in ("one", "two")]
            await asyncio.gather(
                *(mailer.worker(own, queue=queue).run(only=ids) for own, queue in zip(couriers, queues, strict=True)),
            )

        asyncio.run(work())
        assert mailer.states() == [State.ACCEPTED] * 60
        assert len(server.taken) == len(set(server.message_ids())) == 60
        assert server.steps["connect"] >= 2, "both worked"


def test_a_message_that_kills_its_worker_fails_in_the_end_and_those_behind_it_do_not(mailer: Mailer) -> None:
    killer, *others = mailer.enqueue(4)
    for round in range(5):
        claimed = mailer.new_queue(f"worker {round}").claim({"mine": standing.Limits(1000, 1000)}, limit=10)
        assert killer in [mailing.id for mailing in claimed]
        mailer.end_leases()
    with SmtpServer() as server:
        found = mailer.work(server.port, killer, *others)
        assert [mailing.state for mailing in found] == [State.FAILED, *[State.ACCEPTED] * 3]
        assert "5 workers were lost" in (found[0].reply or "")
        assert len(server.taken) == 3


@pytest.mark.parametrize(("after_dot", "state"), [(False, State.QUEUED), (True, State.UNCERTAIN)])
def test_what_nobody_foresaw_puts_off_one_mailing_only(mailer: Mailer, after_dot: bool, state: State) -> None:
    """A fault of ours while a mailing is carried: the others go on, and what was sent already is not sent again."""
    first, second = mailer.enqueue(2)

    class Surprised(Kept):
        async def carry(self, parcel: Parcel, *, reached_data: ReachedData, plain: bool = False) -> Reply:
            if parcel.message_id == mailer.queue.mailings([first])[0].message_id:
                if after_dot:
                    await reached_data()
                raise ZeroDivisionError
            return await super().carry(parcel, reached_data=reached_data, plain=plain)

    with SmtpServer() as server:

        async def work() -> None:
            courier = Surprised(SmtpCourier(account(server.port)))
            await mailer.worker({"mine": courier}).run(only=[first, second])
            await courier.let_go()

        asyncio.run(work())
    surprised, other = mailer.queue.mailings([first, second])
    assert (surprised.state, surprised.attempts, other.state) == (state, 1, State.ACCEPTED)


@pytest.mark.parametrize(("step", "state"), [("rcpt", State.QUEUED), ("dot-taken", State.UNCERTAIN)])
def test_a_worker_that_is_told_to_stop_does_not_wait_for_a_server_that_hangs(
    mailer: Mailer, monkeypatch: pytest.MonkeyPatch, step: str, state: State
) -> None:
    """Before the dot the mailing is given back at once, after it it is uncertain; those behind it are given back untouched."""
    monkeypatch.setattr("bookpost.mail.worker.GRACE_SECONDS", 0.3)
    monkeypatch.setattr("bookpost.mail.worker.DOT_GRACE_SECONDS", 0.6)
    mailer.enqueue(3)
    with SmtpServer(script=at_first(step, SILENCE)) as server:

        async def work() -> None:
            worker = mailer.worker({"mine": SmtpCourier(account(server.port))})
            working = asyncio.create_task(worker.run())
            await asyncio.to_thread(mailer.wait_until, lambda: step in server.steps, seconds=10)
            worker.stop()
            await asyncio.wait_for(working, 3)

        asyncio.run(work())
    found = mailer.queue.mailings()
    assert [mailing.state for mailing in found] == [state, State.QUEUED, State.QUEUED]
    assert {mailing.phase for mailing in found} == {Phase.NONE}
    assert not any(mailing.claims for mailing in found)

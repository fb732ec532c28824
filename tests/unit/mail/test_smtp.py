"""The SMTP courier against a scripted server: whatever happens on the way, its Reply says what, and at which step."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bookpost.mail.account import Account
from bookpost.mail.message import message_pieces
from bookpost.mail.replies import Reply, Verdict, classify
from bookpost.mail.smtp import SmtpCourier
from smtp_server import DROP, SILENCE, SmtpServer
from unit.mail.test_folder_courier import a_parcel


def account(port: int, **facts: object) -> Account:
    return Account(**{"name": "a", "host": "127.0.0.1", "port": port, "sender": "me@example.org", "tls": "none", **facts})  # type: ignore[arg-type]


def send(server: SmtpServer, folder: Path, times: int = 1, *, data: bytes = b"book", seconds: float = 2.0) -> list[Reply]:
    """Carry the same parcel so many times over one courier; every reply, and whether `reached_data` was told."""

    async def run() -> list[Reply]:
        courier = SmtpCourier(account(server.port), seconds=seconds)
        replies = [await courier.carry(a_parcel(folder, data=data), reached_data=_nothing) for _ in range(times)]
        await courier.close()
        return replies

    return asyncio.run(run())


async def _nothing() -> None: ...


def test_a_large_document_arrives_byte_for_byte_over_one_connection(tmp_path: Path) -> None:
    """Also with lines that begin with a dot in it, and three times in a row."""
    data = b"\n.\n..\r\n." * 200_000
    with SmtpServer() as server:
        replies = send(server, tmp_path, 3, data=data, seconds=30)
    assert [classify(reply) for reply in replies] == [Verdict.ACCEPTED] * 3
    assert server.steps["connect"] == 1
    assert server.taken[0].removesuffix(b".\r\n") == b"".join(message_pieces(a_parcel(tmp_path, data=data)))


@pytest.mark.parametrize("extensions", [(), ("PIPELINING", "SIZE 1000000")])
@pytest.mark.parametrize(
    ("step", "answer", "verdict"),
    [
        ("connect", "421 4.3.2 busy", Verdict.ACCOUNT_TRANSIENT),
        ("connect", DROP, Verdict.ACCOUNT_TRANSIENT),
        ("connect", SILENCE, Verdict.ACCOUNT_TRANSIENT),
        ("mail", "553 5.7.1 not your address", Verdict.CONFIGURATION),
        ("mail", "421 4.7.0 closing", Verdict.TRANSIENT),
        ("mail", SILENCE, Verdict.TRANSIENT),
        ("mail", "what?", Verdict.TRANSIENT),
        ("rcpt", DROP, Verdict.TRANSIENT),
        ("rcpt", "550-5.1.1 unknown\r\n550 5.1.1 really", Verdict.BAD_DESTINATION),
        ("mail", DROP, Verdict.TRANSIENT),
        ("rcpt", "550 5.1.1 unknown", Verdict.BAD_DESTINATION),
        ("rcpt", "450 4.2.0 greylisted", Verdict.TRANSIENT),
        ("data", "554 no", Verdict.POLICY),
        ("data", SILENCE, Verdict.TRANSIENT),
        ("dot", "552 5.3.4 too big", Verdict.TOO_BIG),
        ("dot", "421 4.4.2 closing", Verdict.TRANSIENT),
        ("dot", DROP, Verdict.UNCERTAIN),
        ("dot", SILENCE, Verdict.UNCERTAIN),
        ("dot", "354 go on", Verdict.UNCERTAIN),
        ("dot-taken", "Ok", Verdict.UNCERTAIN),
        ("dot-taken", DROP, Verdict.UNCERTAIN),
    ],
)
def test_a_fault_at_any_step_is_told_and_the_next_mail_goes_well(
    tmp_path: Path, step: str, answer: str, verdict: Verdict, extensions: tuple[str, ...]
) -> None:
    """With commands one by one and all at once (RFC 2920): the reply that is told is that of the step, and only whole mails go out."""
    with SmtpServer(script=lambda at, times: answer if at == step and times == 0 else None, extensions=extensions) as server:
        first, second = send(server, tmp_path, 2, seconds=0.5)
    assert classify(first) is verdict
    assert first.step == ("dot" if step == "dot-taken" else "greeting" if step == "connect" and answer[0] == "4" else step)
    assert classify(second) is Verdict.ACCEPTED
    assert len(server.taken) == (2 if step == "dot-taken" else 1)
    assert all(message.endswith(b"--\r\n.\r\n") for message in server.taken)


@pytest.mark.parametrize("data", ["503 5.5.1 need RCPT first", "554 5.5.1 no valid recipients", "354 go on"])
def test_a_refused_reader_sends_nothing_whatever_the_server_says_to_data(tmp_path: Path, data: str) -> None:
    """Servers answer the DATA that came along in three ways; after a 354 that is not wanted only hanging up is safe."""

    def script(step: str, times: int) -> str | None:
        return {"rcpt": "550 5.1.1 unknown", "data": data}.get(step) if times == 0 else None

    with SmtpServer(script=script, extensions=("PIPELINING",)) as server:
        first, second = send(server, tmp_path, 2)
    assert [classify(first), classify(second)] == [Verdict.BAD_DESTINATION, Verdict.ACCEPTED]
    assert len(server.taken) == 1
    assert server.steps["connect"] == (2 if data.startswith("354") else 1)


@pytest.mark.parametrize("excess", ["354 go on\r\n250 and more", "354 go on\r\n25"])
def test_replies_that_nobody_asked_for_are_never_taken_for_others(tmp_path: Path, excess: str) -> None:
    with SmtpServer(script=lambda at, times: excess if at == "data" and times == 0 else None, extensions=("PIPELINING",)) as server:
        first, second = send(server, tmp_path, 2)
    assert [classify(first), classify(second)] == [Verdict.TRANSIENT, Verdict.ACCEPTED]
    assert server.steps["connect"] == 2


def test_commands_go_out_at_once_where_the_server_offers_it(tmp_path: Path) -> None:
    """And the connection is not asked whether it is there right after it carried a mail."""
    with SmtpServer(extensions=("PIPELINING",)) as server:
        assert [classify(reply) for reply in send(server, tmp_path, 3)] == [Verdict.ACCEPTED] * 3
    assert server.steps == {"connect": 1, "ehlo": 1, "mail": 3, "rcpt": 3, "data": 3, "dot": 3, "dot-taken": 3}


def test_a_message_above_the_announced_size_is_never_uploaded(tmp_path: Path) -> None:
    with SmtpServer(extensions=("SIZE 1000",)) as server:
        [reply] = send(server, tmp_path, data=b"x" * 2000)
    assert classify(reply) is Verdict.TOO_BIG
    assert "data" not in server.steps


def test_the_phase_is_told_before_the_final_dot(tmp_path: Path) -> None:
    """What is told to `reached_data` is told while the server still has no whole message; if it objects, no dot is sent."""

    class ObjectionError(Exception):
        pass

    async def object_to_it() -> None:
        raise ObjectionError

    async def run(port: int) -> None:
        await SmtpCourier(account(port)).carry(a_parcel(tmp_path), reached_data=object_to_it)

    with SmtpServer() as server, pytest.raises(ObjectionError):
        asyncio.run(run(server.port))
    assert not server.taken


def test_without_starttls_nothing_is_said_in_clear_text(tmp_path: Path) -> None:
    async def run(port: int) -> Reply:
        courier = SmtpCourier(account(port, tls="starttls", username="me", password="secret"))
        return await courier.carry(a_parcel(tmp_path), reached_data=_nothing)

    with SmtpServer() as server:
        reply = asyncio.run(run(server.port))
    assert classify(reply) is Verdict.AUTHENTICATION
    assert "mail" not in server.steps


def test_a_refused_connection_is_the_accounts_trouble(tmp_path: Path) -> None:
    with SmtpServer() as server:
        pass
    [reply] = send(server, tmp_path)
    assert classify(reply) is Verdict.ACCOUNT_TRANSIENT


@pytest.mark.parametrize(
    ("facts", "verdict", "words"),
    [
        ({"ca_file": "/nowhere/ca.pem"}, Verdict.AUTHENTICATION, "the CA file /nowhere/ca.pem cannot be read"),
        ({"host": "a..b"}, Verdict.ACCOUNT_TRANSIENT, ""),
    ],
)
def test_an_account_that_cannot_be_used_is_told_as_its_trouble(
    tmp_path: Path, facts: dict[str, object], verdict: Verdict, words: str
) -> None:
    courier = SmtpCourier(account(1, **facts), seconds=2)
    reply = asyncio.run(courier.carry(a_parcel(tmp_path), reached_data=_nothing))
    assert classify(reply) is verdict
    assert words in reply.text


def test_a_bad_sender_is_not_the_destinations_trouble(tmp_path: Path) -> None:
    parcel = replace(a_parcel(tmp_path), sender="me at home")
    reply = asyncio.run(SmtpCourier(account(1), seconds=2).carry(parcel, reached_data=_nothing))
    assert classify(reply) is Verdict.CONFIGURATION

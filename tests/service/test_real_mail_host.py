"""Sending through a real Postfix with Dovecot: logging in, TLS both ways, and what it refuses."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from bookpost.document import EPUB
from bookpost.mail.account import Account
from bookpost.mail.courier import Parcel
from bookpost.mail.replies import Reply, Verdict, classify
from bookpost.mail.smtp import SmtpCourier
from mail_host import SIZE_LIMIT, MailHost, mail_host
from unit.mail.test_folder_courier import a_parcel

pytestmark = pytest.mark.xdist_group("mail-host")


@pytest.fixture(scope="module")
def host() -> Iterator[MailHost]:
    with mail_host() as running:
        yield running


@pytest.fixture
def account(host: MailHost) -> Account:
    return Account(
        name="mine",
        host="localhost",
        port=host.submission,
        tls="starttls",
        sender="me@mail.test",
        username="me",
        password="secret",
        ca_file=str(host.ca_file),
    )


def send(account: Account, parcel: Parcel) -> Reply:
    async def run() -> Reply:
        courier = SmtpCourier(account, seconds=20)
        try:
            return await courier.carry(replace(parcel, sender=account.sender), reached_data=nothing)
        finally:
            await courier.close()

    async def nothing() -> None: ...

    return asyncio.run(run())


def test_a_book_arrives_over_starttls_and_over_implicit_tls(host: MailHost, account: Account, tmp_path: Path) -> None:
    data = bytes(range(256)) * 1000
    parcel = a_parcel(tmp_path, address="reader@mail.test", name="Über Brücken.epub", data=data)
    for each in (account, replace(account, tls="implicit", port=host.implicit)):
        reply = send(each, parcel)
        assert classify(reply) is Verdict.ACCEPTED, reply
        assert "queued as" in reply.text
    assert len(host.arrived(count=2)) == 2
    for raw in host.arrived(count=2):
        assert b'filename="Ueber Bruecken.epub"' in raw, "for readers that know ASCII only"
        assert b"filename*=UTF-8''%C3%9Cber%20Br%C3%BCcken.epub" in raw
        message = message_from_bytes(raw, policy=default)
        text, book = message.iter_parts()
        assert text.get_content().strip()
        assert book.get_content_type() == EPUB
        assert book.get_content() == data
        assert message["From"] == "me@mail.test"
        assert message["Message-ID"] == parcel.message_id


def test_a_wrong_password_is_the_accounts_trouble(account: Account, tmp_path: Path) -> None:
    reply = send(replace(account, password="wrong"), a_parcel(tmp_path, address="reader@mail.test"))
    assert classify(reply) is Verdict.AUTHENTICATION
    assert "wrong" not in reply.text


def test_a_certificate_of_an_unknown_authority_or_another_name_is_refused(account: Account, tmp_path: Path) -> None:
    for each in (replace(account, ca_file=None), replace(account, host="127.0.0.2")):
        assert classify(send(each, a_parcel(tmp_path, address="reader@mail.test"))) in (Verdict.AUTHENTICATION, Verdict.ACCOUNT_TRANSIENT)


def test_a_sender_that_is_not_the_logins_is_refused(account: Account, tmp_path: Path) -> None:
    reply = send(replace(account, sender="other@mail.test"), a_parcel(tmp_path, address="reader@mail.test"))
    assert classify(reply) in (Verdict.CONFIGURATION, Verdict.POLICY), reply


def test_an_unknown_reader_is_the_destinations_trouble(account: Account, tmp_path: Path) -> None:
    assert classify(send(account, a_parcel(tmp_path, address="nobody@mail.test"))) is Verdict.BAD_DESTINATION


def test_greylisting_is_a_refusal_for_now(account: Account, tmp_path: Path) -> None:
    assert classify(send(account, a_parcel(tmp_path, address="grey@mail.test"))) is Verdict.TRANSIENT


def test_too_large_is_known_before_the_upload(host: MailHost, account: Account, tmp_path: Path) -> None:
    reply = send(account, a_parcel(tmp_path, address="reader@mail.test", data=b"x" * SIZE_LIMIT))
    assert classify(reply) is Verdict.TOO_BIG
    assert str(SIZE_LIMIT) in reply.text

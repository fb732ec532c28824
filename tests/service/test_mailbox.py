"""From a document that a real Postfix took to the rejection that a real Dovecot holds, and back to the mailing."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from imap_tools import MailBox
from sqlalchemy import select

from bookpost.document import EPUB, Document
from bookpost.library.schema import standings
from bookpost.mail.account import Mailbox
from bookpost.mail.mailbox import MailboxError, session
from bookpost.mail.mailing import Mailing, Part
from bookpost.mail.policy import REJECTION_WINDOW
from bookpost.mail.rejections import READ_BYTES
from bookpost.mail.returned import Correspondent
from bookpost.mail.states import State
from bookpost.mail.watch import Watch, Watched
from bookpost.service.app import App
from bookpost.service.cli import cli
from mail_host import MailHost, mail_host
from received import GENUINE, HOST, bounce, rejection

pytestmark = pytest.mark.xdist_group("mail-host")
CONFIG = """
[library]
folder = "{folder}"
[accounts.mine]
host = "localhost"
port = {host.submission}
sender = "me@mail.test"
username = "me"
password = "secret"
ca_file = "{host.ca_file}"
[accounts.mine.mailbox]
host = "localhost"
port = {host.imap}
authserv_id = "mx.home.test"
[destinations.reader]
account = "mine"
address = "reader@mail.test"
"""


@pytest.fixture(scope="module")
def host() -> Iterator[MailHost]:
    with mail_host() as running:
        yield running


@pytest.fixture(params=["implicit", "starttls"])
def mailbox(host: MailHost, request: pytest.FixtureRequest) -> Mailbox:
    port = host.imap if request.param == "implicit" else host.imap_starttls
    ca_file = str(host.ca_file)
    return Mailbox(host="localhost", port=port, tls=request.param, username="me", password="secret", authserv_ids=(HOST,), ca_file=ca_file)


@dataclass
class Sender:
    """A configured bookpost that sends through the host and reads its mailbox."""

    config: Path
    app: App

    def send(self, key: str) -> Mailing:
        path = self.config.with_name(f"{key}.epub")
        path.write_bytes(b"a book")
        with path.open("rb") as stream:
            digest = self.app.blobs.put(stream)
        document = Document(
            path=self.app.blobs.path(digest), media_type=EPUB, size=6, digest=digest, content_key=key, title=key, file_name=f"{key}.epub"
        )
        with self.app.database.write() as connection:
            target = self.app.targets["reader"]
            ids = self.app.queue.enqueue(connection, target, (Part(document=document),), content_key=key, title=key).mailing_ids
        asyncio.run(self.app.worker().run(only=ids))
        return self.app.queue.mailings(ids)[0]

    def state(self, mailing: Mailing) -> State:
        return self.app.queue.mailings([mailing.id])[0].state

    def shown(self, mailing: Mailing) -> str:
        return CliRunner().invoke(cli, ["queue", "--config", str(self.config), "show", str(mailing.id)]).output


@pytest.fixture
def sender(host: MailHost, tmp_path: Path) -> Iterator[Sender]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(folder=tmp_path / "data", host=host), "utf-8")
    app = App.start(config)
    yield Sender(config, app)
    app.database.close()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def into_junk(host: MailHost, raw: bytes) -> None:
    trusting = ssl.create_default_context(cafile=host.ca_file)
    with MailBox("localhost", host.imap, ssl_context=trusting).login("me", "secret") as client:
        client.append(raw, "Unerwünscht")


def watch(sender: Sender, mailbox: Mailbox, now: Callable[[], float] = time.time) -> Watch:
    whose = Correspondent(account="mine", sender="me@mail.test", kindles=frozenset())
    return Watch(sender.app.database, {"mine": Watched(mailbox, whose)}, now=now)


def trouble(sender: Sender) -> str | None:
    with sender.app.database.read() as connection:
        return connection.execute(select(standings.c.mailbox_error).where(standings.c.name == "mine")).scalar()


def test_rejections_in_the_inbox_and_in_the_spam_folder_come_back_to_their_mailings(host: MailHost, sender: Sender) -> None:
    inbox, junk, forged = sender.send("Inbox story"), sender.send("Junk story"), sender.send("Forged story")
    assert {sender.state(each) for each in (inbox, junk, forged)} == {State.ACCEPTED}
    host.deliver(rejection("E013", "Inbox story.epub", id="<1@amazon.com>"))
    into_junk(host, rejection("E001", "Junk story.epub", id="<2@amazon.com>"))
    forgery = GENUINE.replace("dkim=pass", "dkim=fail") + f"\r\n{GENUINE}"
    host.deliver(rejection("E013", "Forged story.epub", id="<3@evil.example>", authentication=forgery))
    with sender.app.watch():
        until(lambda: sender.state(junk) is State.REJECTED)
    assert sender.state(inbox) is State.REJECTED
    assert "E013: Amazon cannot work with something inside the document" in sender.shown(inbox)
    assert sender.state(forged) is State.ACCEPTED
    assert "not acted on, since mx.home.test does not say that amazon.com signed it" in sender.shown(forged)


def test_a_bounce_comes_back_and_silence_is_presumed_delivery_only_after_the_window(
    host: MailHost, sender: Sender, mailbox: Mailbox
) -> None:
    returned, kept = sender.send("Returned"), sender.send("Kept")
    host.deliver(
        bounce(returned.message_id, status="5.7.1", diagnostic="smtp; 550 5.7.1 refused").replace(b"bounce-1", mailbox.tls.encode())
    )
    assert watch(sender, mailbox).read_due() == ["mine"]
    assert (sender.state(returned), sender.state(kept)) == (State.REJECTED, State.ACCEPTED)
    assert watch(sender, mailbox).read_due() == [], "not before a minute has passed"
    later = watch(sender, mailbox, lambda: time.time() + REJECTION_WINDOW + 1)
    assert later.read_due() == ["mine"]
    assert sender.state(kept) is State.PRESUMED_DELIVERED


def test_reading_goes_on_where_it_ended_and_leaves_no_trace(host: MailHost, mailbox: Mailbox) -> None:
    since = date.today() - timedelta(days=1)
    large = rejection("E013", "Large.epub", id="<large@amazon.com>") + b"x" * 2 * READ_BYTES
    with session(mailbox) as opened:
        assert opened.folders() == ("INBOX", "Unerwünscht")
        before = opened.open("INBOX")
    host.deliver(large)
    host.deliver(b"From: friend@mail.test\r\nSubject: E013\r\n\r\n* Large.epub\r\n")
    with session(mailbox) as opened:
        end = opened.open("INBOX")
        [mail] = opened.new_mails(before, end, since=since)
        assert len(mail.raw) == READ_BYTES
        assert abs(mail.arrived_at - time.time()) < 60
        assert list(opened.new_mails(end, end, since=since)) == []
        anew = replace(before, validity=before.validity + 1)
        assert mail in list(opened.new_mails(anew, end, since=since)), "the server numbers its mails anew: read again"
    trusting = ssl.create_default_context(cafile=host.ca_file)
    with MailBox("localhost", host.imap, ssl_context=trusting).login("me", "secret") as client:
        assert "\\Seen" not in {flag for each in client.fetch(mark_seen=False) for flag in each.flags}


def test_a_mailbox_that_cannot_be_read_is_the_accounts_trouble(sender: Sender, mailbox: Mailbox) -> None:
    """It is said, retried later, and nothing is claimed meanwhile; the queue goes on."""
    mailing = sender.send("Unread")
    clock = [time.time() + REJECTION_WINDOW + 1]
    for broken, said in (
        (replace(mailbox, port=1), "cannot be read"),
        (replace(mailbox, ca_file=None), "certificate"),
        (replace(mailbox, folders=("No such folder",)), "cannot be read"),
        (replace(mailbox, password="wrong"), "refuses the login of me"),
        (replace(mailbox, password="wröng"), "refuses the login of me"),
    ):
        assert watch(sender, broken, lambda: clock[0]).read_due() == []
        assert said in (trouble(sender) or "")
        assert "wr" not in (trouble(sender) or "")
        assert sender.state(mailing) is State.ACCEPTED
        assert watch(sender, mailbox, lambda: clock[0] + 100).read_due() == [], "it rests"
        clock[0] += 4000
    assert watch(sender, mailbox, lambda: clock[0]).read_due() == ["mine"]
    assert trouble(sender) is None
    assert sender.state(mailing) is State.PRESUMED_DELIVERED


def test_one_worker_at_a_time_reads_a_mailbox(sender: Sender, mailbox: Mailbox) -> None:
    with ThreadPoolExecutor(4) as workers:
        reads = list(workers.map(lambda _: watch(sender, mailbox).read_due(), range(4)))
    assert sorted(reads) == [[], [], [], ["mine"]]


def test_a_session_says_what_is_wrong(mailbox: Mailbox) -> None:
    with pytest.raises(MailboxError) as caught, session(replace(mailbox, password="wrong")):
        pass
    assert caught.value.login

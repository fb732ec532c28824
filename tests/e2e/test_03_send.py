"""A reader sends to an e-reader through a real mail server; a second time is told, not sent; what fails says why."""

import json
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from e2e.conftest import Bookpost
from mail_host import MailHost, mail_host

pytestmark = pytest.mark.xdist_group("mail-host")


@pytest.fixture(scope="module")
def host() -> Iterator[MailHost]:
    with mail_host() as running:
        yield running


@pytest.fixture
def config(host: MailHost, tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o600)
    (tmp_path / "config.toml").write_text(
        f"""
        [accounts.mine]
        host = "localhost"
        port = {host.submission}
        sender = "me@mail.test"
        username = "me"
        password_file = "{tmp_path}/password"
        ca_file = "{host.ca_file}"

        [destinations.reader]
        account = "mine"
        address = "reader@mail.test"

        [destinations.nobody]
        account = "mine"
        address = "nobody@mail.test"

        [destinations.grey]
        account = "mine"
        address = "grey@mail.test"
        """
    )
    return tmp_path / "config.toml"


def test_an_article_arrives_and_is_not_sent_twice(bookpost: Bookpost, host: MailHost, config: Path, examples: Path) -> None:
    told = bookpost("send", examples / "tides.md", "--to", "reader", "--config", config)
    assert told.code == 0, told.err
    assert told.out.startswith("reader: accepted (rejections are not read): 250 ")
    [raw] = host.arrived()
    _, book = message_from_bytes(raw, policy=default).iter_parts()
    assert book.get_content()[:2] == b"PK"
    told = bookpost("send", examples / "tides.md", "--to", "reader", "--config", config)
    assert (told.code, "was already sent" in told.out) == (0, True)
    assert len(host.arrived()) == 1
    assert bookpost("send", examples / "tides.md", "--to", "reader", "--config", config, "--again").code == 0
    assert len(host.arrived(count=2)) == 2


def test_a_refusal_for_now_waits_in_the_queue_and_one_for_good_is_final(bookpost: Bookpost, config: Path, examples: Path) -> None:
    told = bookpost("send", examples / "tides.md", "--to", "grey,nobody", "--config", config, "--json")
    assert told.code == 75
    grey, nobody = (posting["mailings"][0] for posting in json.loads(told.out))
    assert (grey["state"], grey["attempts"]) == ("queued", 1)
    assert nobody["state"] == "failed"
    shown = bookpost("queue", "--config", config, "show", str(nobody["id"]))
    assert "unknown" in shown.out
    again = bookpost("send", examples / "tides.md", "--to", "grey", "--config", config)
    assert (again.code, "waits in the queue since" in again.out) == (75, True), "what waits is not called sent"
    assert "secret" not in shown.out + told.err


def test_a_wrong_password_pauses_the_account_and_nothing_is_lost(bookpost: Bookpost, config: Path, host: MailHost, examples: Path) -> None:
    before = len(host.arrived(count=0))
    (config.parent / "password").write_text("wrong")
    told = bookpost("send", examples / "tides.md", "--to", "reader", "--config", config)
    assert (told.code, "waits in the queue" in told.out) == (75, True)
    (config.parent / "password").write_text("secret")
    assert "goes on" in bookpost("resume", "mine", "--config", config).out
    told = bookpost("send", examples / "bridge.html", "--to", "reader", "--config", config)
    assert told.code == 0
    assert "1  queued" in bookpost("queue", "--config", config).out
    assert len(host.arrived(count=before + 1)) == before + 1


def test_what_cannot_leave_says_why_and_nobody_waits_for_it(bookpost: Bookpost, config: Path, examples: Path) -> None:
    """A day's mails are used up; then the account is taken out of the configuration: the book is kept, the reason is said."""
    text = config.read_text()
    config.write_text(text.replace("[accounts.mine]", "[accounts.mine]\nper_day = 1"))
    assert bookpost("send", examples / "tides.md", "--to", "reader", "--config", config).code == 0
    told = bookpost("send", examples / "bridge.html", "--to", "reader", "--config", config)
    assert (told.code, "has sent all that it may today" in told.out) == (75, True)
    config.write_text("")
    for arguments in ((), ("show", "2")):
        assert "its account `mine` is not configured" in bookpost("queue", "--config", config, *arguments).out


def test_a_finished_book_is_checked_and_sent_as_it_is(bookpost: Bookpost, config: Path, tmp_path: Path, examples: Path) -> None:
    assert bookpost("convert", examples / "poem.txt", "-o", "poem.epub").code == 0
    assert bookpost("send", "poem.epub", "--to", "reader", "--config", config).code == 0
    broken = tmp_path / "broken.epub"
    broken.write_bytes((tmp_path / "poem.epub").read_bytes()[:-200])
    told = bookpost("send", "broken.epub", "--to", "reader", "--config", config)
    assert told.code == 65
    assert "was not sent" in told.err


def test_without_a_configuration_it_lands_in_a_folder(bookpost: Bookpost, tmp_path: Path, examples: Path) -> None:
    assert bookpost("send", examples / "tides.md", "--to", "outbox").code == 0
    outbox = tmp_path / "home" / ".local" / "share" / "bookpost" / "outbox"
    assert [path.suffix for path in outbox.iterdir()] == [".epub"]

"""Trouble is told by mail through another account and by a command, without a shell and without our secrets."""

import json
import logging
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from bookpost.errors import ConfigError
from bookpost.library.db import Database
from bookpost.mail.account import Account
from bookpost.mail.alarms import Trouble
from bookpost.service.notify import Notifier
from bookpost.service.settings import NotifySettings
from smtp_server import SmtpServer
from unit.mail.test_alarms import NOW, a_mailing

TROUBLE = Trouble(
    cause="paused:account:mine",
    subject="account `mine` is paused",
    facts={"535": "account `mine`: cannot log in: 535 5.7.8 ünknown; $(touch pwned)\r\nBcc: a@b.example"},
    remedy="mend it",
    account="mine",
)


def account(port: int) -> Account:
    return Account(name="other", host="127.0.0.1", port=port, tls="none", sender="bookpost@mail.test")


def test_a_mail_says_what_is_wrong_and_what_to_do() -> None:
    with SmtpServer() as server:
        settings = NotifySettings(account="other", address="me@mail.test")
        Notifier(settings, lambda: account(server.port), now=lambda: NOW, seconds=10).tell(TROUBLE)
        [raw] = server.taken
    message = message_from_bytes(raw.removesuffix(b".\r\n"), policy=default)
    assert (message["From"], message["To"]) == ("bookpost@mail.test", "me@mail.test")
    assert message["Subject"] == "bookpost: account `mine` is paused"
    assert message["Auto-Submitted"] == "auto-generated", "no out-of-office answers it"
    assert message["Bcc"] is None
    assert "ünknown" in message.get_content()
    assert "mend it" in message.get_content()


def test_the_account_in_trouble_is_not_asked_to_tell_of_it(caplog: pytest.LogCaptureFixture) -> None:
    with SmtpServer() as server:
        settings = NotifySettings(account="mine", address="me@mail.test")
        Notifier(settings, lambda: account(server.port), now=lambda: NOW, seconds=10).tell(TROUBLE)
        assert not server.taken
    assert "is the one in trouble" in caplog.text


@pytest.mark.parametrize("unable", ["refused", "no secret"])
def test_a_mail_that_cannot_be_sent_is_in_the_log_and_the_command_still_runs(
    unable: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def make() -> Account:
        if unable == "no secret":
            raise ConfigError("account `other`: cannot read /password")
        return account(1)

    settings = NotifySettings(account="other", address="me@mail.test", command=("tee", str(tmp_path / "told")))
    Notifier(settings, make, now=lambda: NOW, seconds=5).tell(TROUBLE)
    assert "no mail about it" in caplog.text
    assert (tmp_path / "told").exists()


def test_a_command_gets_json_and_neither_a_shell_nor_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKPOST_ACCOUNTS__MINE__PASSWORD", "hunter22")
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "tell"
    script.write_text(f'#!/bin/sh\ncat > {tmp_path}/said\nenv > {tmp_path}/env\nprintf "%s" "$1" > {tmp_path}/argument\n')
    script.chmod(0o700)
    Notifier(NotifySettings(command=(str(script), "; touch pwned")), None, now=lambda: NOW).tell(TROUBLE)
    said = json.loads((tmp_path / "said").read_bytes())
    assert said["cause"] == "paused:account:mine"
    assert said["facts"] == list(TROUBLE.facts.values())
    assert said["remedy"] == "mend it"
    assert (tmp_path / "argument").read_text() == "; touch pwned"
    assert "hunter22" not in (tmp_path / "env").read_text()
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("command", [("/no/such/program",), ("false",)])
def test_a_command_that_fails_is_in_the_log(command: tuple[str, ...], caplog: pytest.LogCaptureFixture) -> None:
    Notifier(NotifySettings(command=command), None, now=lambda: NOW).tell(TROUBLE)
    assert "the command of [notify]" in caplog.text


def test_with_nothing_configured_the_log_tells(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "bookpost.alarm"):
        Notifier(NotifySettings(), None, now=lambda: NOW).tell(replace(TROUBLE, account=None))
    assert "account `mine` is paused" in caplog.text


def test_a_look_tells_what_is_new_once(tmp_path: Path) -> None:
    database = Database(tmp_path / "bookpost.db")
    settings = NotifySettings(command=("tee", "-a", str(tmp_path / "told")))
    notifier = Notifier(settings, None, now=lambda: NOW)
    assert notifier.look(database) == []
    a_mailing(database, "failed")
    assert [each.cause for each in notifier.look(database)] == ["failed:kindle"]
    assert notifier.look(database) == []
    assert (tmp_path / "told").read_text().count('"cause"') == 1

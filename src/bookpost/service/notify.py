"""Tells a person about trouble: by mail through an account that is not itself in trouble, by a command, and always in the log.

A way that fails is logged and does not stop the other one.
"""

import asyncio
import json
import logging
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from bookpost.errors import BookpostError
from bookpost.library.db import Database
from bookpost.mail.account import Account
from bookpost.mail.alarms import Trouble, settled, take_untold, untold
from bookpost.mail.smtp import SmtpCourier
from bookpost.service.settings import NotifySettings

_COMMAND_SECONDS = 30.0
_log = logging.getLogger("bookpost.alarm")


class Notifier:
    """Looks for trouble and tells it. `account` makes the sending account, which may fail (a password that cannot be read)."""

    def __init__(
        self, settings: NotifySettings, account: Callable[[], Account] | None, *, now: Callable[[], float], seconds: float = 30
    ) -> None:
        self._settings = settings
        self._account = account
        self._now = now
        self._seconds = seconds

    def look(self, database: Database) -> list[Trouble]:
        """Tell what is new; returns it."""
        now = self._now()
        with database.read() as connection:
            if not untold(connection, now) and not settled(connection, now):
                return []
        with database.write() as connection:
            new = take_untold(connection, now)
        for trouble in new:
            self.tell(trouble)
        return new

    def tell(self, trouble: Trouble) -> None:
        """By every way there is."""
        _log.error("%s: %s", trouble.subject, "; ".join(trouble.facts.values()))
        if self._settings.command:
            self._run(trouble)
        if self._account and self._settings.address:
            if trouble.account == self._settings.account:
                _log.warning("no mail about it: account `%s` is the one in trouble", trouble.account)
            else:
                self._mail(trouble, self._account, self._settings.address)

    def _run(self, trouble: Trouble) -> None:
        """The command sees none of our secrets: not its environment's, and none are in the trouble."""
        environ = {key: value for key, value in os.environ.items() if not key.startswith("BOOKPOST_")}
        said = json.dumps(trouble_facts(trouble, self._now()), ensure_ascii=False).encode()
        try:
            done = subprocess.run(
                self._settings.command, input=said, env=environ, capture_output=True, timeout=_COMMAND_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            _log.warning("the command of [notify] did not run: %s", error)
            return
        if done.returncode:
            _log.warning("the command of [notify] ended with %s: %s", done.returncode, done.stderr.decode(errors="replace")[:500].strip())

    def _mail(self, trouble: Trouble, make_account: Callable[[], Account], address: str) -> None:
        try:
            account = make_account()
            reply = asyncio.run(_hand_over(account, address, _message(trouble, account.sender, address, self._now()), self._seconds))
        except BookpostError as error:
            _log.warning("no mail about it: %s", error.message)
            return
        if reply:
            _log.warning("no mail about it: %s", reply)


def trouble_facts(trouble: Trouble, now: float) -> Mapping[str, object]:
    """A trouble for a program."""
    return {
        "cause": trouble.cause,
        "subject": trouble.subject,
        "facts": list(trouble.facts.values()),
        "remedy": trouble.remedy,
        "account": trouble.account,
        "at": datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
    }


def _message(trouble: Trouble, sender: str, address: str, now: float) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = sender, address
    message["Subject"] = f"bookpost: {trouble.subject}"
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(trouble.text)
    return message.as_bytes(policy=SMTP)


async def _hand_over(account: Account, address: str, message: bytes, seconds: float) -> str | None:
    """None when it was accepted, else what was said."""
    courier = SmtpCourier(account, seconds=seconds)
    try:
        reply = await courier.note(address, message)
    finally:
        await courier.close()
    return None if reply.code == 250 else str(reply)


def notifier(settings: NotifySettings, accounts: Mapping[str, Callable[[], Account]]) -> Notifier:
    """As the settings have it, with the clock of this machine."""
    return Notifier(settings, accounts[settings.account] if settings.account else None, now=time.time)

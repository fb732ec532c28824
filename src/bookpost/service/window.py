"""Waits out the time in which a vendor may still reject what its server accepted, reading the senders' mailboxes meanwhile."""

import time
from collections.abc import Collection

from bookpost.errors import ConfigError
from bookpost.mail.mailing import Mailing
from bookpost.mail.policy import REJECTION_WINDOW
from bookpost.mail.states import State
from bookpost.service.app import App

_LATE = 300.0
"""Seconds beyond the window until its last reading is given up: then the mailbox cannot be read."""


def refuse_unread(app: App, destinations: Collection[str]) -> None:
    """Raises ConfigError for a destination whose rejections would not be seen: nothing there is ever presumed delivered."""
    for name in destinations:
        account = app.targets[name].account
        if app.unread(account):
            raise ConfigError(
                f"`{name}`: without a mailbox of the account `{account}` nobody knows whether a document was rejected",
                hint=f"add [accounts.{account}.mailbox], or do without `--until presumed`",
            )


def wait_out(app: App, ids: Collection[int]) -> list[Mailing]:
    """These mailings, once none of them is accepted and waiting for its window to end; or that can no longer be known."""
    with app.watch():
        while any(_may_change(app, mailing) for mailing in app.queue.mailings(ids)):
            time.sleep(1)
    return app.queue.mailings(ids)


def _may_change(app: App, mailing: Mailing) -> bool:
    waits = mailing.state is State.ACCEPTED and mailing.account in app.settings.accounts
    return waits and time.time() < (mailing.accepted_at or 0) + REJECTION_WINDOW + _LATE

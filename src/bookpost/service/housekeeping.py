"""What a worker does beside the queue: signs of life, alarms, the sweeper, and the windows of uncertain mailings."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bookpost.library.sweep import sweep
from bookpost.mail import heartbeat
from bookpost.service.app import App
from bookpost.service.log import close_delivery_log, open_delivery_log
from bookpost.service.notify import Notifier, notifier
from bookpost.service.rounds import Chore

_ALARMS_EVERY, _WINDOWS_EVERY, _SWEEP_EVERY = 5.0, 30.0, 3600.0
_log = logging.getLogger("bookpost.worker")


def chores(app: App) -> list[Chore]:
    """All of them, as the settings have it."""
    return [
        Chore("heartbeat", heartbeat.EVERY, partial(_beat, app)),
        Chore("windows", _WINDOWS_EVERY, partial(app.queue.end_windows, {name: each.on_uncertain for name, each in app.targets.items()})),
        Chore("alarms", _ALARMS_EVERY, partial(alarm_of(app).look, app.database)),
        Chore("sweeper", _SWEEP_EVERY, partial(sweep_now, app)),
    ]


@contextmanager
def delivery_log(app: App) -> Iterator[None]:
    """The delivery log of [log], where there is one."""
    path = app.settings.log.delivery
    if path is None:
        yield
        return
    handler = open_delivery_log(path.expanduser())
    try:
        yield
    finally:
        close_delivery_log(handler)


def tell_trouble(app: App) -> None:
    """What a foreground command leaves behind is told as a worker would tell it, where somebody is named in [notify]."""
    if app.settings.notify.account or app.settings.notify.command:
        alarm_of(app).look(app.database)


def nobody_works(app: App) -> bool:
    """Whether no worker is alive that would send what waits."""
    with app.database.read() as connection:
        return not heartbeat.alive(connection, time.time())


def alarm_of(app: App) -> Notifier:
    """Who tells a person; it is told by the log at least."""
    accounts = {name: partial(account.account, name) for name, account in app.settings.accounts.items()}
    return notifier(app.settings.notify, accounts)


def sweep_now(app: App) -> None:
    """One round of the sweeper."""
    library = app.settings.library
    swept = sweep(app.database, app.blobs, keep_seconds=library.keep_days * 86400.0, max_bytes=library.max_bytes, now=time.time())
    if swept.files:
        _log.info("sweeper: %s files, %.1f MB", swept.files, swept.size / 1_000_000)


def say_goodbye(app: App) -> None:
    """This worker lives no more."""
    with app.database.write() as connection:
        heartbeat.leave(connection, app.leases.owner)


def _beat(app: App) -> None:
    with app.database.write() as connection:
        heartbeat.beat(connection, app.leases.owner, time.time())

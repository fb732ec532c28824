"""Builds what a command needs from the settings, once, and hands it down. No globals."""

import logging
import os
import random
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bookpost.convert.make import Making, Paper
from bookpost.device import Device, find_device
from bookpost.errors import ConfigError
from bookpost.service.settings import AccountSettings, DestinationSettings, Settings, load_settings

_log = logging.getLogger("bookpost.mailbox")

if TYPE_CHECKING:
    from bookpost.library.blobs import Blobs
    from bookpost.library.db import Database
    from bookpost.library.lease import Leases
    from bookpost.mail.courier import Courier
    from bookpost.mail.mailing import Mailing, Target
    from bookpost.mail.making import Maker
    from bookpost.mail.queue import Queue
    from bookpost.mail.standing import Limits
    from bookpost.mail.watch import Watch
    from bookpost.mail.worker import Route, Worker
    from bookpost.produce.productions import Productions


@dataclass(frozen=True)
class App:
    """The settings and the moment the command began; everything is made from these two."""

    settings: Settings
    now: datetime

    @classmethod
    def start(cls, config: Path | None) -> "App":
        """From the configuration file, the environment and the clock; raises ConfigError."""
        return cls(load_settings(config), datetime.now().astimezone())

    @property
    def today(self) -> date:
        """The reader's own day."""
        return self.now.date()

    @cached_property
    def own_devices(self) -> dict[str, Device]:
        """The user's own e-reader profiles."""
        return self.settings.own_devices()

    def making(self, *, device: str | None, paper: Paper | None, templates: Path | None) -> Making:
        """How to make a book: what the command says, else what the settings say."""
        own = self.settings.convert.templates
        return Making(
            device=find_device(device or self.settings.convert.device, self.own_devices),
            paper=paper,
            templates=templates or (own.expanduser() if own else None),
        )

    def destinations(self, names: Sequence[str]) -> list[tuple[str, DestinationSettings]]:
        """The destinations with these names, in this order; raises ConfigError for one that is not configured."""
        return [(name, self.settings.destination(name)) for name in dict.fromkeys(names)]

    @cached_property
    def database(self) -> "Database":
        """The library's database, made when it is not there yet."""
        from bookpost.library.db import Database

        return Database(self.settings.data_folder / "bookpost.db")

    @cached_property
    def blobs(self) -> "Blobs":
        """The library's files."""
        from bookpost.library.blobs import Blobs

        return Blobs(self.settings.data_folder / "blobs")

    @cached_property
    def leases(self) -> "Leases":
        """The claims of this process."""
        from bookpost.library.lease import Leases

        return Leases(f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(4)}")

    @cached_property
    def queue(self) -> "Queue":
        """The mailer queue, as this process sees it."""
        from bookpost.mail.queue import Queue

        return Queue(self.database, self.leases, now=time.time, rng=random.SystemRandom())

    @cached_property
    def productions(self) -> "Productions":
        """What is to be made, as this process sees it."""
        from bookpost.produce.productions import Productions

        return Productions(self.database, self.leases, now=time.time)

    def maker(self) -> "Maker":
        """Who makes it, with a child process of its own."""
        from bookpost.library.lease import LEASE_SECONDS
        from bookpost.mail.making import Maker

        return Maker(self.database, self.productions, self.queue, self.blobs, self.targets, renew_seconds=LEASE_SECONDS / 3)

    @cached_property
    def targets(self) -> "dict[str, Target]":
        """Where mail can go, by the destination's name."""
        from bookpost.mail.mailing import Target

        return {
            name: Target(
                destination=name,
                address=destination.address,
                account=destination.account or _folder_account(name),
                sender=self.settings.accounts[destination.account].sender if destination.account else None,
                on_uncertain=destination.on_uncertain,
                size_limit=self.settings.accounts[destination.account].size_limit if destination.account else None,
            )
            for name, destination in self.settings.all_destinations().items()
        }

    def worker(self) -> "Worker":
        """A worker with couriers of its own."""
        from bookpost.library.lease import LEASE_SECONDS
        from bookpost.mail.worker import Worker

        return Worker(self.database, self.queue, self.blobs, self.targets, self._routes(), renew_seconds=LEASE_SECONDS / 3)

    def watch(self) -> "Watch":
        """Reads the accounts' mailboxes for rejections, in a thread, as long as it is entered; one without its password is left out."""
        from bookpost.mail.amazon import is_kindle
        from bookpost.mail.returned import Correspondent
        from bookpost.mail.watch import Watch, Watched

        watched = {}
        for name, account in self.settings.accounts.items():
            try:
                mailbox = account.mailbox_of(name)
            except ConfigError as error:
                _log.warning("the mailbox is not read: %s", error.message)
                continue
            if mailbox:
                kindles = frozenset(each.destination for each in self.targets.values() if each.account == name and is_kindle(each.address))
                watched[name] = Watched(mailbox, Correspondent(account=name, sender=account.sender, kindles=kindles))
        return Watch(self.database, watched, now=time.time)

    def unread(self, account: str) -> bool:
        """Whether rejections of this account's mail would not be seen: then its server's acceptance is the last that is known."""
        return account in self.settings.accounts and self.settings.accounts[account].mailbox is None

    @cached_property
    def limits(self) -> "dict[str, Limits]":
        """The rates of every account that there is, those of folders too."""
        from bookpost.mail.standing import Limits

        folders = (_folder_account(name) for name, destination in self.settings.all_destinations().items() if not destination.account)
        accounts = {name: Limits(account.per_minute, account.per_day) for name, account in self.settings.accounts.items()}
        return accounts | dict.fromkeys(folders, Limits(100_000, 100_000_000))

    def obstacles(self, mailings: "Sequence[Mailing]") -> dict[int, str]:
        """Why no worker carries those of the mailings that wait, by id, as far as it is for their accounts."""
        spent = self.queue.spent(self.limits)
        words = {name: f"its account `{name}` has sent all that it may today (per_day = {self.limits[name].per_day})" for name in spent}
        missing = {each.account for each in mailings} - self.limits.keys()
        words |= {name: f"its account `{name}` is not configured" for name in missing}
        return {each.id: words[each.account] for each in mailings if each.state == "queued" and each.account in words}

    def _routes(self) -> "dict[str, Route]":
        from bookpost.mail.folder import FolderCourier
        from bookpost.mail.worker import Route

        routes = {}
        for name, account in self.settings.accounts.items():
            routes[name] = Route(_courier(name, account), self.limits[name])
        for name, destination in self.settings.all_destinations().items():
            if not destination.account:
                folder, own = destination.folder or self.settings.data_folder / "outbox" / name, _folder_account(name)
                routes[own] = Route(FolderCourier(folder.expanduser()), self.limits[own])
        return routes


def _courier(name: str, account: AccountSettings) -> "Courier":
    """The account's courier; one whose password cannot be read refuses to carry, and the others go on."""
    from bookpost.mail.smtp import SmtpCourier
    from bookpost.mail.unready import UnreadyCourier

    try:
        return SmtpCourier(account.account(name))
    except ConfigError as error:
        return UnreadyCourier(f"{error.message}; {error.hint}" if error.hint else error.message)


def _folder_account(destination: str) -> str:
    """The account of a destination that is a folder; the colon keeps it apart from configured names."""
    return f"folder:{destination}"

"""Reads the accounts' mailboxes on a rhythm, in a thread of its own: every minute while a rejection may come, else every 15.

Any number of processes may watch; one of them reads an account at a time. What goes wrong is the account's trouble: it is
logged and kept for `doctor`, and never stops the queue.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.dialects.sqlite import insert

from bookpost.errors import LibraryError
from bookpost.library.db import Database
from bookpost.library.schema import folders, standings
from bookpost.mail.account import Mailbox
from bookpost.mail.mailbox import Mail, MailboxError, Place, Session, session
from bookpost.mail.rejections import read_rejection
from bookpost.mail.returned import Correspondent, hear, presume, window_open

OPEN_SECONDS, QUIET_SECONDS = 60.0, 900.0
LOGIN_REST, FAILURE_REST = 3600.0, 120.0
"""Seconds without a try after a refused login, and after any other failure."""
_LOOK = 2.0
"""Seconds between looks at whether an account is due, which is one small query."""
_FIRST_READING = timedelta(days=7)
_log = logging.getLogger("bookpost.mailbox")


@dataclass(frozen=True, slots=True)
class Watched:
    """An account whose mailbox is read."""

    mailbox: Mailbox
    whose: Correspondent


class Watch:
    """Watches the mailboxes of these accounts (by name). `with watch:` does so in a thread until the block ends."""

    def __init__(
        self,
        database: Database,
        accounts: Mapping[str, Watched],
        *,
        now: Callable[[], float],
        log_in: Callable[[Mailbox], AbstractContextManager[Session]] = session,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._now = now
        self._log_in = log_in
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bookpost-mailbox", daemon=True)

    def __enter__(self) -> Self:
        if self._accounts:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop; a reading that hangs on its server is left behind, since nothing is lost by it."""
        self._stopping.set()
        if self._accounts:
            self._thread.join(_LOOK)

    def read_due(self) -> list[str]:
        """Read the mailboxes that are due and that nobody else reads; returns the accounts that were read."""
        return [name for name, watched in self._accounts.items() if self._take(name) and self._read(watched)]

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK):
            try:
                self.read_due()
            except LibraryError as error:  # the database is locked or gone for a while: the queue says so louder
                _log.warning("cannot look after the mailboxes: %s", error)
            except Exception:  # noqa: BLE001 - the thread has nobody who would start it again
                _log.exception("cannot look after the mailboxes")

    def _take(self, account: str) -> bool:
        """Whether the account is due and nobody else reads it: who replaces the time of the last try has it."""
        now = self._now()
        with self._database.read() as connection:
            row = connection.execute(select(standings).where(_is(account))).first()
            if row is not None and not _due(row, now, busy=window_open(connection, account, now)):
                return False
        with self._database.write() as connection:
            connection.execute(insert(standings).values(kind="account", name=account).on_conflict_do_nothing())
            last = row.mailbox_tried_at if row else None
            taken = update(standings).where(_is(account), standings.c.mailbox_tried_at.is_not_distinct_from(last))
            return connection.execute(taken.values(mailbox_tried_at=now)).rowcount == 1

    def _read(self, watched: Watched) -> bool:
        """Read to the end of every folder; True when that was possible."""
        began, account = self._now(), watched.whose.account
        try:
            with self._log_in(watched.mailbox) as open_session:
                for folder in open_session.folders():
                    self._read_folder(open_session, folder, watched)
        except MailboxError as error:
            _log.warning("account %s: %s%s", account, error.message, f" ({error.hint})" if error.hint else "")
            rest = LOGIN_REST if error.login else FAILURE_REST
            self._note(account, {"mailbox_error": error.message, "mailbox_rest_until": self._now() + rest})
            return False
        except LibraryError:
            raise
        except Exception as error:  # noqa: BLE001 - unforeseen: as long as it lasts, `doctor` tells of it
            _log.exception("account %s: its mailbox cannot be read", account)
            said = f"the mailbox cannot be read: {type(error).__name__}"
            self._note(account, {"mailbox_error": said, "mailbox_rest_until": self._now() + FAILURE_REST})
            return False
        self._note(account, {"mailbox_error": None, "mailbox_rest_until": None, "mailbox_read_at": began}, presume_at=began)
        return True

    def _read_folder(self, open_session: Session, folder: str, watched: Watched) -> None:
        """Hear every new rejection, then remember how far the folder was read."""
        account = watched.whose.account
        end = open_session.open(folder)
        since = (datetime.fromtimestamp(self._now(), UTC) - _FIRST_READING).date()
        for mail in open_session.new_mails(self._place(account, folder), end, since=since):
            self._hear(mail, watched)
        values = {"validity": end.validity, "last_uid": end.last_uid}
        row = insert(folders).values(account=account, name=folder, **values)
        with self._database.write() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=[folders.c.account, folders.c.name], set_=values))

    def _hear(self, mail: Mail, watched: Watched) -> None:
        """In a transaction of its own; a mail that nobody foresaw counts as read, so that it cannot keep the next from being heard."""
        try:
            if rejection := read_rejection(mail.raw, watched.mailbox.authserv_ids):
                with self._database.write() as connection:
                    hear(connection, rejection, watched.whose, arrived_at=mail.arrived_at, now=self._now())
        except LibraryError:
            raise  # says nothing about the mail, which is read again
        except Exception:  # noqa: BLE001 - whoever wrote the mail must not end the reading of all others
            _log.exception("account %s: mail %s cannot be read", watched.whose.account, mail.uid)

    def _place(self, account: str, folder: str) -> Place | None:
        query = select(folders.c.validity, folders.c.last_uid).where(folders.c.account == account, folders.c.name == folder)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return Place(row.validity, row.last_uid) if row else None

    def _note(self, account: str, values: Mapping[str, Any], *, presume_at: float | None = None) -> None:
        with self._database.write() as connection:
            connection.execute(update(standings).where(_is(account)).values(values))
            if presume_at is not None:
                presume(connection, account, read_at=presume_at)


def _is(account: str) -> ColumnElement[bool]:
    return and_(standings.c.kind == "account", standings.c.name == account)


def _due(row: Row[Any], now: float, *, busy: bool) -> bool:
    """Whether the time has come; a clock that was set back by more than a moment makes it come at once."""
    if row.mailbox_rest_until is not None and now < row.mailbox_rest_until <= now + LOGIN_REST:
        return False
    since = None if row.mailbox_tried_at is None else now - row.mailbox_tried_at
    return since is None or since < -OPEN_SECONDS or since >= (OPEN_SECONDS if busy else QUIET_SECONDS)

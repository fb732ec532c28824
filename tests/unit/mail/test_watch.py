"""Watching a mailbox: no mail, and nothing unforeseen, ends the reading of the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

import bookpost.mail.watch
from bookpost.library.db import Database
from bookpost.library.schema import folders, standings
from bookpost.mail.account import Mailbox
from bookpost.mail.mailbox import Mail, Place, Session
from bookpost.mail.returned import Correspondent
from bookpost.mail.watch import Watch, Watched

WATCHED = Watched(
    Mailbox(host="imap.example", port=993, username="me"), Correspondent(account="a", sender="me@example.org", kindles=frozenset())
)


class Folder:
    """One folder with two new mails; with `trouble`, opening it raises that."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble = trouble

    def folders(self) -> tuple[str, ...]:
        return ("INBOX",)

    def open(self, _: str) -> Place:
        if self.trouble:
            raise self.trouble
        return Place(1, 8)

    def new_mails(self, _read: Place | None, _end: Place, *, since: date) -> Iterator[Mail]:
        yield Mail(7, b"hostile", 0.0)
        yield Mail(8, b"plain", 0.0)


def watch(folder: Path, mailbox: Folder) -> tuple[Watch, Database]:
    @contextmanager
    def log_in(_: Mailbox) -> Iterator[Session]:
        yield cast("Session", mailbox)

    database = Database(folder / "bookpost.db")
    return Watch(database, {"a": WATCHED}, now=lambda: 1_000_000.0, log_in=log_in), database


def test_a_mail_that_cannot_be_read_does_not_stop_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged with its number and counts as read."""
    seen: list[bytes] = []

    def read(raw: bytes, _: object) -> None:
        seen.append(raw)
        if raw == b"hostile":
            raise ZeroDivisionError

    monkeypatch.setattr(bookpost.mail.watch, "read_rejection", read)
    watching, database = watch(tmp_path, Folder())
    assert watching.read_due() == ["a"]
    assert seen == [b"hostile", b"plain"]
    assert "mail 7 cannot be read" in caplog.text
    with database.read() as connection:
        assert connection.execute(select(folders.c.last_uid)).scalar() == 8


def test_what_nobody_foresaw_is_on_record_as_the_mailboxs_trouble(tmp_path: Path) -> None:
    watching, database = watch(tmp_path, Folder(ZeroDivisionError()))
    assert watching.read_due() == []
    with database.read() as connection:
        assert "ZeroDivisionError" in str(connection.execute(select(standings.c.mailbox_error)).scalar())

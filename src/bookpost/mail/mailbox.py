"""A sender's mailbox, read over IMAP: which mails are new, and of those that may be rejections their first part.

Nothing is changed there, no mail is marked as seen. Raises MailboxError, whatever the server or the network does.
"""

import imaplib
import logging
import re
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date

from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls
from imap_tools.errors import ImapToolsError, MailboxLoginError

from bookpost.errors import BookpostError
from bookpost.mail.account import Mailbox
from bookpost.mail.oauth import TokenError, access_token
from bookpost.mail.rejections import READ_BYTES, may_be_rejection

_SECONDS = 30.0
"""Deadline of each step with the server."""
_BULK = 200
"""Mails whose first lines are asked for at once."""
_log = logging.getLogger("bookpost.mailbox")
_UID = re.compile(rb"\bUID (\d+)")


class MailboxError(BookpostError):
    """The mailbox could not be read; `login` when the server refuses the login."""

    code = "mailbox-unreadable"
    exit_code = 75
    retryable = True

    def __init__(self, message: str, *, hint: str | None = None, login: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.login = login


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder was read: everything up to `last_uid`, as long as UIDVALIDITY is the same (RFC 9051 2.3.1.1)."""

    validity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A received mail's number in its folder, its first part, and when it arrived in seconds since 1970, by the mail host's clock."""

    uid: int
    raw: bytes
    arrived_at: float


class Session:
    """A login at the mailbox, read folder by folder."""

    def __init__(self, client: BaseMailBox, mailbox: Mailbox) -> None:
        self._client = client
        self._mailbox = mailbox

    def folders(self) -> Sequence[str]:
        """The folders to read: those that are configured, else the inbox and what the server marks as spam (RFC 6154)."""
        if self._mailbox.folders:
            return self._mailbox.folders
        with _translated(self._mailbox):
            found = self._client.folder.list()
        junk = [folder.name for folder in found if "\\junk" in {flag.lower() for flag in folder.flags}]
        return ("INBOX", *junk)

    def open(self, folder: str) -> Place:
        """Open the folder for reading only; the place at its end."""
        with _translated(self._mailbox):
            status = self._client.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
            self._client.folder.set(folder, readonly=True)
            return Place(status["UIDVALIDITY"], status["UIDNEXT"] - 1)

    def new_mails(self, read: Place | None, end: Place, *, since: date) -> Iterator[Mail]:
        """Those mails of the open folder up to `end` that may be rejections: after `read`, or, when that no longer holds, since a day."""
        wanted = self._uids(read, end, since)
        for begin in range(0, len(wanted), _BULK):
            heads = self._fetch(wanted[begin : begin + _BULK], "BODY.PEEK[HEADER.FIELDS (FROM CONTENT-TYPE)]")
            for uid in [uid for uid, (_, head) in heads.items() if _worth_reading(uid, head)]:
                for said, raw in self._fetch([uid], f"INTERNALDATE BODY.PEEK[]<0.{READ_BYTES}>").values():
                    yield Mail(uid, raw, _arrival(said))

    def _uids(self, read: Place | None, end: Place, since: date) -> list[int]:
        known = read is not None and read.validity == end.validity
        first = read.last_uid + 1 if read and known else 1
        if first > end.last_uid:
            return []
        with _translated(self._mailbox):
            found = self._client.uids(AND(uid=f"{first}:{end.last_uid}") if known else AND(date_gte=since), charset=None)
            return [int(uid) for uid in found if first <= int(uid) <= end.last_uid]

    def _fetch(self, uids: Sequence[int], what: str) -> dict[int, tuple[bytes, bytes]]:
        """By UID: what the server said about the mail, and the bytes that it sent."""
        with _translated(self._mailbox):
            status, answer = self._client.client.uid("FETCH", ",".join(map(str, uids)), f"(UID {what})")
        if status != "OK":
            raise MailboxError(f"{self._mailbox.host} does not show its mails")
        fetched: dict[int, tuple[bytes, bytes]] = {}
        for item, following in zip(answer, [*answer[1:], b""], strict=True):
            if not isinstance(item, tuple):
                continue
            said = item[0] + b" " + (following if isinstance(following, bytes) else b"")
            if uid := _UID.search(said):
                fetched[int(uid[1])] = (said, item[1])
        return fetched


@contextmanager
def session(mailbox: Mailbox) -> Iterator[Session]:
    """A session, closed at its end."""
    with _translated(mailbox):
        client = _connected(mailbox)
    try:
        with _translated(mailbox):
            _log_in(client, mailbox)
        yield Session(client, mailbox)
    finally:
        with suppress(OSError):  # a connection that was lost needs no closing
            client.client.shutdown()


@contextmanager
def _translated(mailbox: Mailbox) -> Iterator[None]:
    """What the network, the server and the libraries raise, as MailboxError."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise MailboxError(f"{mailbox.host} shows a certificate that cannot be trusted: {error.verify_message}") from error
    except (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError, LookupError) as error:
        raise MailboxError(f"the mailbox at {mailbox.host} cannot be read: {' '.join(str(error).split())[:300]}") from error


def _connected(mailbox: Mailbox) -> BaseMailBox:
    context = ssl.create_default_context(cafile=mailbox.ca_file)
    if mailbox.tls == "implicit":
        return MailBox(mailbox.host, mailbox.port, timeout=_SECONDS, ssl_context=context)
    return MailBoxStartTls(mailbox.host, mailbox.port, timeout=_SECONDS, ssl_context=context)


def _log_in(client: BaseMailBox, mailbox: Mailbox) -> None:
    try:
        if mailbox.oauth:
            client.xoauth2(mailbox.username, access_token(mailbox.oauth, now=time.time), initial_folder=None)
        elif (mailbox.username + (mailbox.password or "")).isascii():
            client.login(mailbox.username, mailbox.password or "", initial_folder=None)
        else:
            client.login_utf8(mailbox.username, mailbox.password or "", initial_folder=None)
    except TokenError as error:
        raise MailboxError(f"no access token for the mailbox: {error.message}", hint=error.hint, login=error.refused) from error
    except imaplib.IMAP4.abort:
        raise  # the connection was lost: that says nothing about the login
    except (MailboxLoginError, imaplib.IMAP4.error) as error:
        raise MailboxError(
            f"{mailbox.host} refuses the login of {mailbox.username}", hint="check its user name and password", login=True
        ) from error


def _worth_reading(uid: int, head: bytes) -> bool:
    try:
        return may_be_rejection(head)
    except Exception:  # noqa: BLE001 - whoever wrote the mail must not end the reading of all others
        _log.exception("the head of mail %s cannot be read", uid)
        return False


def _arrival(said: bytes) -> float:
    """INTERNALDATE in seconds since 1970."""
    local = imaplib.Internaldate2tuple(said)
    if local is None:
        raise MailboxError("the mail server does not say when a mail arrived")
    return time.mktime(local)

"""The SMTP courier over aiosmtplib: one connection, kept while it is good, one recipient a transaction.

The document is streamed from its file. Whatever the server or the network does becomes a Reply with the step it answers.
TLS is required and its names are verified unless the account is a loopback host's. A connection that was cancelled, timed
out, or said 421 is closed: its replies might be out of step.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import zip_longest

import aiosmtplib

from bookpost.errors import DeliveryError
from bookpost.mail.account import Account, OAuth
from bookpost.mail.courier import Parcel, ReachedData
from bookpost.mail.message import checked_address, message_pieces, message_size
from bookpost.mail.oauth import TokenError, access_token
from bookpost.mail.pipeline import pipelined
from bookpost.mail.redact import redact
from bookpost.mail.replies import Reply, Step, Verdict, classify

_SECONDS = {Step.CONNECT: 30.0, Step.GREETING: 300.0, Step.EHLO: 60.0, Step.TLS: 60.0, Step.AUTH: 60.0, Step.MAIL: 300.0, Step.RCPT: 300.0}
_GO_ON = 354
_DATA_REPLY_SECONDS, _DOT_SECONDS = 120.0, 600.0
"""RFC 5321 4.5.3.2."""
_STILL_GOOD = 5.0
"""Seconds after an accepted message within which a kept connection is taken to be open still; after that it is asked first."""
_SLOWEST = 8 * 1024
"""Bytes a second below which an upload is given up."""


class _Refused(Exception):
    """A step that did not go well, as the Reply it got."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a server tells of itself: the largest message it takes (bytes), and when its certificate ends (seconds since 1970)."""

    size: int | None
    certificate_until: float | None


class SmtpCourier:
    """Carries for one account over one connection; `seconds` replaces the deadline of every step (for tests)."""

    def __init__(self, account: Account, *, seconds: float | None = None) -> None:
        self._account = account
        self._seconds = seconds
        self._client: aiosmtplib.SMTP | None = None
        self._size_limit: int | None = None
        self._token: str | None = None
        self._clean_since: float | None = None
        """When (monotonic) the last transaction ended well; None when it did not."""

    @property
    def announced_size(self) -> int | None:
        """The largest message in bytes that the server said it takes, once it has been asked."""
        announced = self._client.esmtp_extensions.get("size", "") if self._client else ""
        return int(announced) if announced.isdigit() and announced != "0" else None

    @property
    def size_limit(self) -> int | None:
        """See `Courier.size_limit`; it is kept when the connection is not."""
        return self._size_limit

    def _learn(self, limit: int | None) -> None:
        self._size_limit = min(filter(None, (self._size_limit, limit)), default=None)

    async def carry(self, parcel: Parcel, *, reached_data: ReachedData, plain: bool = False) -> Reply:
        """See `Courier.carry`."""
        address = checked_address(parcel.address, f"the address of `{parcel.destination}`")
        try:
            _checked_sender(parcel.sender)
            size = message_size(parcel)
            client = await self._open_data(parcel, address, size, plain=plain)
            reply = await self._upload(client, parcel, size, reached_data)
        except _Refused as refused:
            reply = refused.reply
        except BaseException:
            self._drop()
            raise
        self._learn(message_size(parcel) - 1 if classify(reply) is Verdict.TOO_BIG else None)
        await self._after(reply)
        return reply

    async def note(self, address: str, message: bytes) -> Reply:
        """Hand over a small message that is not a document (a word to the operator); whatever happens is a Reply."""
        try:
            client = await self._ready()
            async with self._step(Step.DOT, _DOT_SECONDS):
                _, said = await client.sendmail(self._account.sender, [checked_address(address, "the address")], message)
        except _Refused as refused:
            self._drop()
            return refused.reply
        return Reply(Step.DOT, 250, said)

    async def greet(self) -> Greeting | Reply:
        """Connect, log in and name the sender, but send nothing: what the server says of itself, or its refusal."""
        try:
            client = await self._ready()
            async with self._step(Step.MAIL):
                await client.mail(_checked_sender(self._account.sender))
            certificate = client.get_transport_info("peercert") or {}
            until = certificate.get("notAfter")
            return Greeting(self.announced_size, ssl.cert_time_to_seconds(until) if until else None)
        except _Refused as refused:
            self._drop()
            return refused.reply

    async def close(self) -> None:
        """Say goodbye, or hang up."""
        if self._client and self._client.is_connected:
            try:
                await asyncio.wait_for(self._client.quit(), 5)
            except (aiosmtplib.SMTPException, TimeoutError, OSError):
                self._drop()
        self._client = None

    async def _ready(self) -> aiosmtplib.SMTP:
        """The open connection if it still answers, else a new one."""
        if self._client and self._client.is_connected and self._kept:
            return self._client
        if self._client and self._client.is_connected:
            try:
                await asyncio.wait_for(self._client.rset(), 10)
                return self._client
            except (aiosmtplib.SMTPException, TimeoutError, OSError):
                self._drop()
        return await self._connect()

    async def _connect(self) -> aiosmtplib.SMTP:
        account = self._account
        async with self._step(Step.CONNECT):
            context = _trust(account.ca_file)
        client = aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            use_tls=account.tls == "implicit",
            start_tls=False,
            tls_context=context,
            local_hostname=account.sender.rpartition("@")[2],
            timeout=None,
        )
        self._client = client
        async with self._step(Step.CONNECT):
            await client.connect(timeout=None)
        async with self._step(Step.EHLO):
            await client.ehlo()
        if account.tls == "starttls":
            async with self._step(Step.TLS):
                await client.starttls(tls_context=context)
            async with self._step(Step.EHLO):
                await client.ehlo()
        await self._log_in(client)
        return client

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        account = self._account
        if account.oauth:
            await self._log_in_by_token(client, account.username or account.sender, account.oauth)
        elif account.username and account.password:
            async with self._step(Step.AUTH):
                await client.login(account.username, account.password)

    async def _log_in_by_token(self, client: aiosmtplib.SMTP, username: str, oauth: OAuth) -> None:
        """A token that was kept may have been revoked meanwhile: then a new one is asked for, once."""
        self._token = await self._access_token(oauth)
        try:
            async with self._step(Step.AUTH):
                await client.auth_xoauth2(username, self._token)
        except _Refused as refused:
            fresh = await self._access_token(oauth, not_this=self._token) if refused.reply.code == 535 else self._token
            if fresh == self._token:
                raise
            self._token = fresh
            async with self._step(Step.AUTH):
                await client.auth_xoauth2(username, self._token)

    async def _access_token(self, oauth: OAuth, *, not_this: str | None = None) -> str:
        try:
            return await asyncio.to_thread(access_token, oauth, now=time.time, not_this=not_this)
        except TokenError as error:
            said = f"{error.message}{f' ({error.hint})' if error.hint else ''}"
            raise _Refused(Reply(Step.AUTH, 535 if error.refused else None, said)) from error
        except (OSError, ValueError) as error:
            raise _Refused(Reply(Step.AUTH, None, f"no access token can be had: {type(error).__name__}")) from error

    async def _open_data(self, parcel: Parcel, address: str, size: int, *, plain: bool) -> aiosmtplib.SMTP:
        """Everything up to the server's 354. A kept connection that turns out to be closed is replaced: nothing was sent by it."""
        client = await self._ready()
        kept = self._kept
        self._clean_since = None
        try:
            await self._envelope(client, parcel, address, size, plain=plain)
        except _Refused as refused:
            if not kept or refused.reply.code not in (None, 421):
                raise
            self._drop()
            client = await self._connect()
            await self._envelope(client, parcel, address, size, plain=plain)
        return client

    async def _envelope(self, client: aiosmtplib.SMTP, parcel: Parcel, address: str, size: int, *, plain: bool) -> None:
        self._learn(self.announced_size)
        limit = min(filter(None, (self.announced_size, self._account.size_limit)), default=None)
        if limit and size > limit:
            raise _Refused(Reply(Step.MAIL, 552, f"5.3.4 the message has {size} bytes, the server takes {limit}"))
        option = f" SIZE={size}" if client.supports_extension("size") and not plain else ""
        commands = {
            Step.MAIL: f"MAIL FROM:<{parcel.sender}>{option}".encode("ascii"),
            Step.RCPT: f"RCPT TO:<{address}>".encode("ascii"),
            Step.DATA: b"DATA",
        }
        if client.supports_extension("pipelining") and not plain:
            await self._at_once(client, commands)
            return
        for step, command in commands.items():
            async with self._step(step, _DATA_REPLY_SECONDS if step is Step.DATA else None):
                answer = await client.execute_command(command)
            if refusal := _refusal((step,), (answer,)):
                raise _Refused(refusal)

    async def _at_once(self, client: aiosmtplib.SMTP, commands: Mapping[Step, bytes]) -> None:
        """The first refusal counts. Where DATA was accepted in spite of it, or a reply is missing, only closing is safe (RFC 2920 3.1)."""
        replies = await pipelined(client, list(commands.values()), seconds=self._seconds or _SECONDS[Step.MAIL])
        refusal = _refusal(commands, replies)
        if refusal is None:
            return
        if len(replies) < len(commands) or replies[-1].code == _GO_ON:
            self._drop()
        raise _Refused(refusal)

    async def _upload(self, client: aiosmtplib.SMTP, parcel: Parcel, size: int, reached_data: ReachedData) -> Reply:
        async with self._step(Step.DATA, _DATA_REPLY_SECONDS + size / _SLOWEST):
            await self._stream(client, parcel)
        await reached_data()
        async with self._step(Step.DOT, _DOT_SECONDS):
            answer = await client.execute_command(b".")
        return Reply(Step.DOT, answer.code, answer.message)

    async def _stream(self, client: aiosmtplib.SMTP, parcel: Parcel) -> None:
        protocol = client.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        for piece in message_pieces(parcel):
            protocol.write(piece)
            # The library has no public way to wait until the socket takes more; a test pins this one.
            await protocol._drain_helper()

    @asynccontextmanager
    async def _step(self, step: Step, seconds: float | None = None) -> AsyncIterator[None]:
        """Whatever goes wrong inside is the Reply to this step."""
        try:
            async with asyncio.timeout(self._seconds or seconds or _SECONDS[step]):
                yield
        except aiosmtplib.SMTPConnectResponseError as error:
            raise _Refused(Reply(Step.GREETING, error.code, error.message)) from error
        except aiosmtplib.SMTPResponseException as error:
            # The library's -1 stands for what is no reply at all.
            raise _Refused(Reply(step, error.code if error.code > 0 else None, self._redacted(error.message))) from error
        except TimeoutError as error:
            raise _Refused(Reply(step, None, f"no answer to {step} in time")) from error
        except ssl.SSLCertVerificationError as error:
            raise _Refused(Reply(Step.AUTH, 535, f"the server's certificate is not good: {error.verify_message}")) from error
        except (aiosmtplib.SMTPException, OSError, UnicodeError) as error:
            raise _Refused(_network_reply(step, error)) from error

    def _redacted(self, text: str) -> str:
        account = self._account
        return redact(text, (account.password, self._token), username=account.username)

    async def _after(self, reply: Reply) -> None:
        """Keep the connection only when its state is known."""
        if not reply.answered or reply.code == 421 or reply.step in (Step.CONNECT, Step.GREETING, Step.EHLO, Step.TLS, Step.AUTH):
            self._drop()
        elif reply.step is Step.DOT and reply.code == 250:
            self._clean_since = time.monotonic()

    @property
    def _kept(self) -> bool:
        """Whether the connection has just carried a message well: then it needs no RSET, and is not asked whether it is there."""
        return self._clean_since is not None and time.monotonic() - self._clean_since < _STILL_GOOD

    def _drop(self) -> None:
        if self._client:
            self._client.close()
        self._client = None
        self._clean_since = None


def _trust(ca_file: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # SSLError is one
        if ca_file is None:
            raise
        raise _Refused(Reply(Step.AUTH, 535, f"the CA file {ca_file} cannot be read: {error.strerror or error}")) from error


def _checked_sender(sender: str | None) -> str:
    """The account's own address; a bad one is the account's trouble, not the destination's."""
    try:
        return checked_address(sender, "the sender")
    except DeliveryError as error:
        raise _Refused(Reply(Step.MAIL, 553, error.message)) from error


def _refusal(steps: Collection[Step], replies: Collection[aiosmtplib.SMTPResponse]) -> Reply | None:
    """The first of these replies that is not what its step needs, or that is missing."""
    for step, answer in zip_longest(steps, replies):
        if answer is None:
            return Reply(step, None, f"no answer to {step}")
        if answer.code != _GO_ON if step is Step.DATA else not 200 <= answer.code < 300:
            return Reply(step, answer.code, answer.message)
    return None


def _network_reply(step: Step, error: BaseException) -> Reply:
    """A failure without an answer, in words; the first cause says most."""
    cause = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Reply(Step.AUTH, 535, f"the server's certificate is not good: {cause.verify_message}")
    if "STARTTLS extension not supported" in str(error):
        return Reply(Step.AUTH, 538, "the server offers no STARTTLS, and mail is never sent in clear text")
    return Reply(step, None, str(error) or type(error).__name__)


def unsendable(error: DeliveryError) -> Reply:
    """The Reply that stands for a parcel nobody can carry."""
    return Reply(Step.RCPT, 550, f"5.1.3 {error.message}")

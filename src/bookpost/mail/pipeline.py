"""Several commands to a mail server in one go (RFC 2920), their replies read in order.

aiosmtplib gives each command the one reply that comes next, so for this moment the transport is lent to a reader of our own,
and given back after the last reply. A connection that ends, falls silent or says too much is told as such: its replies
might be out of step, and whoever gets fewer replies than commands must close it.
"""

import asyncio
import re
from collections.abc import Sequence

import aiosmtplib

_LONGEST = 64 * 1024
"""Bytes of all the replies together."""
_REPLY = re.compile(rb"(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n")
_TEXT = re.compile(rb"^\d{3}[- ]?([^\r\n]*)", re.MULTILINE)


async def pipelined(client: aiosmtplib.SMTP, commands: Sequence[bytes], *, seconds: float) -> list[aiosmtplib.SMTPResponse]:
    """Say the commands and return their replies in order: fewer of them when the time was over or the connection lost."""
    transport, protocol = client.transport, client.protocol
    if not isinstance(transport, asyncio.Transport) or protocol is None or transport.is_closing():
        return []
    reader = _Reader(protocol, len(commands))
    transport.set_protocol(reader)
    transport.write(b"".join(command + b"\r\n" for command in commands))
    try:
        await asyncio.wait((reader.ended,), timeout=seconds)
    finally:
        transport.set_protocol(protocol)
    return reader.replies


class _Reader(asyncio.Protocol):
    """Reads so many replies; `ended` is set when they are there, or no more can come. The rest is for the protocol it stands for."""

    def __init__(self, stands_for: asyncio.BaseProtocol, count: int) -> None:
        self._stands_for = stands_for
        self._count = count
        self._buffer = b""
        self.replies: list[aiosmtplib.SMTPResponse] = []
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while reply := _REPLY.match(self._buffer):
            self._buffer = self._buffer[reply.end() :]
            text = b"\n".join(_TEXT.findall(reply.group())).decode("utf-8", "surrogateescape")
            self.replies.append(aiosmtplib.SMTPResponse(int(reply.group(1)), text))
        if len(self.replies) > self._count or (self._buffer and len(self.replies) == self._count) or len(self._buffer) > _LONGEST:
            self.replies.clear()  # out of step: which reply is whose cannot be known
            self._end()
        elif len(self.replies) == self._count or (b"\n" in self._buffer and not re.match(rb"\d{3}-", self._buffer)):
            self._end()

    def eof_received(self) -> bool:
        self._end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        self._stands_for.connection_lost(exc)

    def pause_writing(self) -> None:
        self._stands_for.pause_writing()

    def resume_writing(self) -> None:
        self._stands_for.resume_writing()

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

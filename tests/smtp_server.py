"""A scripted SMTP server: it does what a script says at each step, and keeps a log of what it took.

For the faults that a real server cannot be made to show. It runs in a thread of the test, on a free loopback port; as a
program (`python smtp_server.py LOG SEED`) it runs for a kill test: it drops connections at random before and around the final
dot, and writes a line with the Message-ID to LOG at a random moment around its 250: just before, or after a little while.
"""

import asyncio
import random
import re
import ssl
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

DROP = "drop"
SILENCE = "silence"
SLOWLY = "slowly"
HANG_UP = "hang up"
Script = Callable[[str, int], str | None]
"""Given the step (connect, ehlo, mail, rcpt, data, dot, dot-taken, rset) and how often it came before, what to answer: a
reply line, DROP, SILENCE, SLOWLY (the usual, a byte a second), HANG_UP (the usual, and then it closes), or None for the usual.
At `dot-taken` the message has been taken and 250 comes next."""

_USUAL = {
    "connect": "220 scripted ESMTP",
    "mail": "250 2.1.0 Ok",
    "rcpt": "250 2.1.5 Ok",
    "data": "354 go on",
    "dot": "250 2.0.0 Ok: queued",
    "rset": "250 2.0.0 Ok",
}


@dataclass
class SmtpServer:
    """The server; `taken` are the messages it accepted, in order."""

    script: Script = lambda _step, _times: None
    extensions: tuple[str, ...] = ("SIZE 35882577",)
    taken: list[bytes] = field(default_factory=list)
    on_taken: Callable[[bytes], None] = lambda _: None
    late: Callable[[], bool] = lambda: False
    """Whether `on_taken` comes after the 250 this time."""
    log_in: Callable[[str], str] = lambda _: "235 2.7.0 Accepted"
    """Given what stands after AUTH, what to answer."""
    port: int = 0
    tls: ssl.SSLContext | None = None
    """With it, TLS from the start."""
    steps: dict[str, int] = field(default_factory=dict)
    envelopes: list[str] = field(default_factory=list)
    """Every MAIL command as it came."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._finished.set)
        self._thread.join(10)

    def message_ids(self) -> list[str]:
        """The Message-IDs of what was taken, in order."""
        return [message_id(message) for message in self.taken]

    def _run(self, started: threading.Event) -> None:
        self._loop.run_until_complete(self.serve(started))
        self._loop.close()

    async def serve(self, started: threading.Event | None = None) -> None:
        """Serve until the context ends (or for ever)."""
        self._finished = asyncio.Event()
        server = await asyncio.start_server(self._converse, "127.0.0.1", self.port, limit=1 << 28, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        if started:
            started.set()
        await self._finished.wait()
        server.close()
        conversations = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(writer, "connect")
            while line := await reader.readline():
                verb = line[:4].decode("latin-1").strip().lower()
                if verb == "ehlo":
                    await self._answer(
                        writer, "ehlo", "\r\n".join(f"250-{name}" for name in ("scripted", *self.extensions)) + "\r\n250 HELP"
                    )
                elif verb == "data":
                    if await self._answer(writer, "data"):
                        await self._take(reader, writer)
                elif verb == "auth":
                    await self._log_in(line.decode("latin-1").strip(), reader, writer)
                elif verb in ("mail", "rcpt", "rset"):
                    self.envelopes += [line.decode("latin-1").strip()] if verb == "mail" else []
                    await self._answer(writer, verb)
                elif verb == "quit":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    writer.write(b"250 Ok\r\n")
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the peer has gone, or the test is over
        finally:
            writer.close()

    async def _log_in(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A refused XOAUTH2 is a challenge first, and final after the client's empty line."""
        answer = self.log_in(line.partition(" ")[2])
        if answer[0] == "5" and "XOAUTH2" in line:
            writer.write(b"334 eyJzdGF0dXMiOiI0MDAifQ==\r\n")
            await reader.readline()
        writer.write(answer.encode() + b"\r\n")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        message = await reader.readuntil(b"\r\n.\r\n")
        if await self._answer(writer, "dot", ""):
            self.taken.append(message)
            late = self.late()
            if not late:
                self.on_taken(message)
            try:
                await self._answer(writer, "dot-taken", _USUAL["dot"])
            finally:
                if late:
                    self.on_taken(message)

    async def _answer(self, writer: asyncio.StreamWriter, step: str, usual: str | None = None) -> bool:
        """Answer one step; True when it went well."""
        times = self.steps.get(step, 0)
        self.steps[step] = times + 1
        answer = self.script(step, times)
        if answer == DROP:
            writer.transport.abort()
            raise ConnectionResetError
        if answer == SILENCE:
            await asyncio.sleep(3600)
        usual = _USUAL[step] if usual is None else usual
        line = usual if answer in (None, SLOWLY, HANG_UP) else answer
        if line:
            await self._say(writer, line.encode() + b"\r\n", seconds=1.0 if answer == SLOWLY else 0.0)
        if answer == HANG_UP:
            writer.close()
        return not line or line[0] == ("3" if step == "data" else "2")

    async def _say(self, writer: asyncio.StreamWriter, line: bytes, *, seconds: float) -> None:
        """The line at once, or byte by byte with so many seconds between them."""
        for piece in (line[place : place + 1] for place in range(len(line))) if seconds else (line,):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(seconds)


def message_id(message: bytes) -> str:
    """The Message-ID header's value."""
    found = re.search(rb"^Message-ID: (\S+)", message, re.MULTILINE)
    assert found
    return found.group(1).decode()


def _for_kill_test(log: Path, seed: int) -> None:
    chance = random.Random(seed)
    lines = log.open("a", buffering=1)

    def script(step: str, _: int) -> str | None:
        return DROP if step in ("data", "dot", "dot-taken") and chance.random() < 0.02 else None

    def write(message: bytes) -> None:
        print(message_id(message), file=lines)
        time.sleep(chance.random() * 0.003)  # nobody is answered meanwhile: room for a kill around the 250

    server = SmtpServer(script=script, on_taken=write, late=lambda: chance.random() < 0.5)

    async def run() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.port:
            await asyncio.sleep(0.01)
        print(server.port, flush=True)
        await serving

    asyncio.run(run())


if __name__ == "__main__":
    _for_kill_test(Path(sys.argv[1]), int(sys.argv[2]))

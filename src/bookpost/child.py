"""One step in a process of its own: hostile bytes are worked on away from secrets, under limits.

A child is `python -m MODULE` whose module calls `serve(handle)`. Both sides exchange frames (a 4-byte big-endian
length, then the bytes) over the child's standard input and output; a reply starts with one byte, 0 for a result and
1 for a BookpostError's message. The child gets no environment but what is passed, an rlimit for memory, and a
wall-clock limit for each call.
A child stays warm between calls; one that dies, hangs or breaks its limits is replaced at the next call.
"""

import contextlib
import os
import resource
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from bookpost.errors import BookpostError, ChildError

_LENGTH = struct.Struct(">I")


def _read_frame(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    body = stream.read(_LENGTH.unpack(head)[0])
    return body if len(body) == _LENGTH.unpack(head)[0] else None


def _write_frame(stream: IO[bytes], *parts: bytes) -> None:
    stream.write(_LENGTH.pack(sum(map(len, parts))))
    for part in parts:
        stream.write(part)
    stream.flush()


class Child:
    """A warm child process running `module`; `call` sends bytes and returns the bytes of its answer.

    `memory` is its address space in bytes, `seconds` the wall-clock limit of one call. Calls are one at a time.
    """

    def __init__(self, module: str, *, memory: int, seconds: float, env: Mapping[str, str] | None = None) -> None:
        self._module = module
        self._memory = memory
        self._seconds = seconds
        self._env = {"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def call(self, request: bytes, *, seconds: float | None = None) -> bytes:
        """The child's answer to `request`; raises ChildError when it fails, dies or takes too long."""
        with self._lock:
            process = self._started()
            limit = seconds or self._seconds
            timed_out = threading.Event()

            def give_up() -> None:
                timed_out.set()
                process.kill()

            timer = threading.Timer(limit, give_up)
            timer.daemon = True
            timer.start()
            assert process.stdin
            assert process.stdout
            try:
                _write_frame(process.stdin, request)
                reply = _read_frame(process.stdout)
            except OSError:
                reply = None
            finally:
                timer.cancel()
            if reply is None:
                self._discard()
                why = f"took longer than {limit:g} s" if timed_out.is_set() else f"died (exit status {process.returncode})"
                raise ChildError(f"{self._module} {why}")
        if reply[:1] == b"\x01":
            raise ChildError(reply[1:].decode("utf-8", "replace"))
        return reply[1:]

    def start(self) -> None:
        """Start the child without waiting for it, so that it loads its libraries while the request is being made."""
        with self._lock:
            self._started()

    def close(self) -> None:
        """End the child; it is started again by the next call."""
        with self._lock:
            self._discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process and self._process.poll() is not None:
            self._discard()
        if self._process is None:
            # -P keeps the working directory off sys.path; PYTHON* of the caller does not reach `env`. The package's own
            # folder is named because a checkout may be run without being installed.
            root = str(Path(__file__).parents[1])
            code = f"import runpy, sys; sys.path.insert(0, {root!r}); runpy.run_module({self._module!r}, run_name='__main__')"
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if not os.environ.get("BOOKPOST_DEBUG") else None,
                process_group=0,  # Ctrl-C in a terminal is the parent's: it finishes or ends what the child does
                env=self._env | ({"BOOKPOST_CHILD_MEMORY": str(self._memory)} if self._memory else {}),
            )
        return self._process

    def _discard(self) -> None:
        if self._process:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout):
                if stream:
                    with contextlib.suppress(OSError):
                        stream.close()
            self._process.wait()
            self._process = None


def serve(handle: Callable[[bytes], bytes]) -> None:
    """Answer frames until standard input closes: the main loop of a child's module."""
    if memory := int(os.environ.get("BOOKPOST_CHILD_MEMORY", "0")):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not end up between the frames
    while (request := _read_frame(requests)) is not None:
        try:
            _write_frame(replies, b"\x00", handle(request))
        except BookpostError as error:
            _write_frame(replies, b"\x01", error.message.encode())
        except MemoryError:
            _write_frame(replies, b"\x01", b"ran out of its memory limit")
        except Exception as error:  # noqa: BLE001 - the parent must get an answer whatever a library raised
            _write_frame(replies, b"\x01", f"{type(error).__name__}: {error}".encode())

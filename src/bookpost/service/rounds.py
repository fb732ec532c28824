"""What is done beside the queue, again and again: each chore in a thread of its own, until the block ends.

A chore that fails is logged and comes round again; it never stops the queue.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from bookpost.errors import BookpostError

_log = logging.getLogger("bookpost.worker")
_PATIENCE = 5.0
"""Seconds that the end of the block waits for a chore that is at work."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do at once and then every so many seconds."""

    name: str
    every: float
    work: Callable[[], object]


class Rounds:
    """`with Rounds(chores):` does them until the block ends."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._go, args=(chore,), name=f"bookpost-{chore.name}", daemon=True) for chore in chores]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _go(self, chore: Chore) -> None:
        while not self._stopping.is_set():
            try:
                chore.work()
            except (BookpostError, SQLAlchemyError, OSError) as error:
                _log.warning("%s: %s", chore.name, error)
            except Exception:  # noqa: BLE001 - the thread has nobody who would start it again
                _log.exception("%s failed", chore.name)
            self._stopping.wait(chore.every)

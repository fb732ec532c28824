"""The bell: rings soon after anybody has committed to the library, also another process. Costs a thread and next to no CPU."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from bookpost.errors import LibraryError
from bookpost.library.db import Database

_POLL_SECONDS = 0.02


class Bell:
    """`with Bell(database, ring):` calls `ring` in a thread of its own, within 20 ms of a commit, until the block ends."""

    def __init__(self, database: Database, ring: Callable[[], object]) -> None:
        self._database = database
        self._ring = ring
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="bookpost-bell", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _listen(self) -> None:
        heard: int | None = None
        while not self._over.wait(_POLL_SECONDS):
            try:
                version = self._database.version()
            except LibraryError:  # who writes will say so
                continue
            if version != heard:
                heard = version
                self._ring()

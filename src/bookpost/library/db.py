"""The database: SQLite beside the files. Opened with what durability needs, brought to the schema that this code knows.

Transactions are `with database.write() as connection` (takes the write lock at once) and `with database.read()`.
Raises ConfigError for a database of a newer version, LibraryError when the lock cannot be had for a minute, the disk is full
or the file cannot be used.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError

from bookpost.errors import ConfigError, LibraryError
from bookpost.library.schema import HEAD

_BUSY_SECONDS = 60
_WAYS_OUT = {
    "full": "make room on the disk; what was acknowledged before is safe",
    "not a database": "it is broken, or not bookpost's: put back a copy, or move it away to begin anew",
    "malformed": "it is broken: put back a copy; the documents beside it are whole",
    "locked": "another program holds it; try again when that has ended",
}


class Database:
    """One SQLite file. Several processes may have it open; within a process one thread writes at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})
        self._watch: Any = None  # one connection of its own: SQLite counts versions for each connection apart
        event.listen(self._engine, "connect", _durable)
        event.listen(self._engine, "begin", _begin)
        with _alone(path):
            self._migrate()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its start (BEGIN IMMEDIATE) and commits at its end."""
        with _in_words(self.path), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        with _in_words(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    def version(self) -> int:
        """Changes whenever anybody else has committed: cheap to ask, many times a second, always from the same thread."""
        with _in_words(self.path):
            self._watch = self._watch or self._engine.raw_connection()
            return int(self._watch.cursor().execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close every connection."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        self._engine.dispose()

    def _migrate(self) -> None:
        with self.read() as connection:
            current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if _has_version(connection) else None
        if current == HEAD:
            return
        if current is not None and current > HEAD:
            raise ConfigError(
                f"{self.path} was made by a newer bookpost (revision {current})", hint="upgrade bookpost, or name another data folder"
            )
        from bookpost.library.migrations import upgrade

        with self.write() as connection:
            upgrade(connection)


def _has_version(connection: Connection) -> bool:
    return inspect(connection).has_table("alembic_version")


def _durable(connection: Any, _: object) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions of its own: `_begin` does
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {_BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What SQLite cannot do is said with the file's name; it takes nothing back that was committed."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        if isinstance(error, (IntegrityError, ProgrammingError)):
            raise
        reason = str(error.orig if isinstance(error, DatabaseError) else error)
        hint = next((way_out for words, way_out in _WAYS_OUT.items() if words in reason), None)
        raise LibraryError(f"the database {path} cannot be used: {reason}", hint=hint) from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Several processes may start at once on a new database: one migrates, the others wait."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("w")
    except OSError as error:
        raise LibraryError(f"the library cannot be opened: {error.filename}: {error.strerror}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""Looks at the configuration and the data folder: can it be written, is there room, which SQLite, who can read the secrets."""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator

from bookpost.mail import heartbeat
from bookpost.service.advice import advice, open_secrets
from bookpost.service.app import App
from bookpost.service.doctor.diagnosis import Diagnosis
from bookpost.service.layers import Layers

_LITTLE = 500_000_000
"""Bytes of free space below which it is said."""
_SAFE_SQLITE = (3, 51, 3)
"""Before it, several writers can rarely damage a WAL that is reset at the wrong moment (sqlite.org/wal.html)."""


def configuration(app: App, layers: Layers) -> Iterator[Diagnosis]:
    """Where it is, what it configures, and what is odd in it."""
    names = ", ".join(f"`{name}`" for name in app.settings.destinations) or "none, `outbox` is a folder"
    place = str(layers.file) if layers.file else "no file (`bookpost init` writes one)"
    yield Diagnosis("configuration", "ok", f"{place}; destinations: {names}")
    for odd in (*advice(app.settings), *open_secrets(app.settings, layers)):
        yield Diagnosis(odd.place, "warning", odd.text, odd.remedy)


def data_folder(app: App) -> Iterator[Diagnosis]:
    """Whether it can be written, how much it holds, how much room is left."""
    folder = app.settings.data_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"x" * 4096)
            os.fsync(trial.fileno())
    except OSError as error:
        yield Diagnosis("data folder", "fault", f"{folder} cannot be written: {error.strerror}", f"`chown {os.getuid()} {folder}`")
        return
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    seen = f"{folder}: {_size(used)} used, {_size(free)} free"
    if free < _LITTLE:
        yield Diagnosis("data folder", "warning", seen, "make room, or set `[library] keep_days` and `max_bytes` lower")
    else:
        yield Diagnosis("data folder", "ok", seen)


def database(app: App) -> Iterator[Diagnosis]:
    """Whether it opens, is whole, and which SQLite works it."""
    with app.database.read() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        writers = len(heartbeat.alive(connection, time.time()))
    if found != "ok":
        yield Diagnosis("database", "fault", f"{app.database.path} is damaged: {found}", "stop all workers and put back a backup")
        return
    seen = f"{app.database.path}, SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < _SAFE_SQLITE and writers > 1:
        remedy = "run one worker, or a Python whose SQLite is 3.51.3 or newer"
        yield Diagnosis("database", "warning", f"{seen}, with {writers} workers: older than 3.51.3 has a rare fault with several", remedy)
    else:
        yield Diagnosis("database", "ok", seen)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"

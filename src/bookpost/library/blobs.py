"""Content-addressed files: named by their SHA-256, whole or not there, written before the row that names them.

`put` returns only after the bytes and their name are on the disk. Raises OSError when the disk takes nothing.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path

_PIECE = 1 << 20


class Blobs:
    """The files of one library in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where all of them lie."""
        return self._folder

    def put(self, stream: BufferedIOBase) -> str:
        """Store what the stream holds; the same bytes are stored once. Returns the digest in hexadecimal."""
        drafts = self._folder / "drafts"
        drafts.mkdir(parents=True, exist_ok=True)
        draft = drafts / secrets.token_hex(8)
        digest = hashlib.sha256()
        try:
            with draft.open("wb") as out:
                while piece := stream.read(_PIECE):
                    digest.update(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            target = self.path(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._sweeper_waits():
                draft.replace(target)
            _sync_folder(target.parent)
        finally:
            draft.unlink(missing_ok=True)
        return digest.hexdigest()

    def path(self, digest: str) -> Path:
        """Where the file with this digest lies, or would."""
        return self._folder / digest[:2] / digest

    def whole(self, digest: str) -> bool:
        """Whether the file is there and its bytes are still those that were stored."""
        try:
            with self.path(digest).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == digest
        except OSError:
            return False

    def sweep(self, named: Collection[str], *, older_than: float, now: float) -> list[str]:
        """Delete files that no row names and that were last written `older_than` seconds before `now`; returns their digests."""
        swept = []
        for path in self._files():
            if path.name in named:
                continue
            with self._sweeper_waits(fcntl.LOCK_EX):
                if path.exists() and now - path.stat().st_mtime > older_than:
                    path.unlink()
                    swept.append(path.name)
        return swept

    def sizes(self) -> dict[str, int]:
        """The bytes of every file by its digest."""
        return {path.name: path.stat().st_size for path in self._files() if path.parent.name != "drafts"}

    @contextmanager
    def _sweeper_waits(self, kind: int = fcntl.LOCK_SH) -> Iterator[None]:
        """A file that is just being stored anew must not be swept between the look at its age and its deletion."""
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, kind)
            yield

    def _files(self) -> Iterator[Path]:
        for shard in sorted(self._folder.glob("*")):
            yield from sorted(shard.iterdir()) if shard.is_dir() else ()


def _sync_folder(folder: Path) -> None:
    """A rename is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

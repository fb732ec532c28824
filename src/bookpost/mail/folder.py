"""The folder courier: puts a document into a folder, whole or not at all. What bookpost uses before mail is set up.

Where the destination has addresses, the finished message lies beside the document as `.eml`, to be sent by hand.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bookpost.mail.courier import Parcel, ReachedData
from bookpost.mail.message import message_pieces
from bookpost.mail.replies import Reply, Step


class FolderCourier:
    """Carries into `folder`, which is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def size_limit(self) -> int | None:
        """A folder takes what the disk takes."""
        return None

    async def carry(self, parcel: Parcel, *, reached_data: ReachedData, plain: bool = False) -> Reply:  # noqa: ARG002 - the protocol's
        """The document under its file name, and the `.eml`; a folder that takes nothing is a refusal that may pass."""
        path = self._folder / parcel.file_name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            await reached_data()
            _copy(parcel.document.path, path)
            if parcel.address and parcel.sender:
                _write(message_pieces(parcel), path.with_name(path.name + ".eml"))
        except OSError as error:
            return Reply(Step.DATA, 452, f"cannot write to {self._folder}: {error.strerror or error}")
        return Reply(Step.DOT, 250, f"written to {path}")

    async def close(self) -> None:
        """Nothing is held open."""


def _copy(source: Path, target: Path) -> None:
    draft = _draft(target)
    shutil.copyfile(source, draft)
    _publish(draft, target)


def _write(pieces: Iterator[bytes], target: Path) -> None:
    draft = _draft(target)
    with draft.open("wb") as stream:
        stream.writelines(pieces)
    _publish(draft, target)


def _draft(target: Path) -> Path:
    return target.with_name(f".{target.name[:80]}.{os.getpid()}.part")


def _publish(draft: Path, target: Path) -> None:
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    draft.replace(target)

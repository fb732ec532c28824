"""The folder courier: puts a document into a folder, whole or not at all. What bookpost uses before mail is set up.

Where the destination has addresses, the finished message lies beside the document as `.eml`, to be sent by hand.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bookpost.errors import DeliveryError
from bookpost.mail.courier import Parcel, Receipt
from bookpost.mail.message import message_pieces


class FolderCourier:
    """Carries into `folder`, which is made when it is missing; `date` is the message's date."""

    def __init__(self, folder: Path, *, date: datetime) -> None:
        self._folder = folder
        self._date = date

    def carry(self, parcel: Parcel) -> Receipt:
        """The document under its file name, and the `.eml`; raises DeliveryError when the folder takes nothing."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            paths = [self._folder / parcel.file_name]
            _copy(parcel.document.path, paths[0])
            if parcel.address and parcel.sender:
                paths.append(paths[0].with_name(paths[0].name + ".eml"))
                _write(message_pieces(parcel, date=self._date), paths[1])
        except OSError as error:
            raise DeliveryError(
                f"cannot write to {self._folder}: {error.strerror or error}", hint="is there room, and may you write there?"
            ) from error
        return Receipt(f"written to {paths[0]}", tuple(paths))


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

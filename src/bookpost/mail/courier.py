"""The courier: what carries one parcel to one destination. `smtp` and `folder` are built in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bookpost.document import Document
from bookpost.mail.replies import Reply

ReachedData = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One document for one destination.

    `sender` and `address` are mail addresses; either may be None for a courier that needs none. `message_id` and `date`
    are fixed when the parcel is enqueued and stay the same for every attempt.
    """

    document: Document
    destination: str
    file_name: str
    message_id: str
    date: datetime
    sender: str | None = None
    address: str | None = None


class Courier(Protocol):
    """Carries parcels, one at a time."""

    @property
    def size_limit(self) -> int | None:
        """The largest message in bytes that the other side takes, as far as it has said so or refused more; None: unknown."""

    async def carry(self, parcel: Parcel, *, reached_data: ReachedData, plain: bool = False) -> Reply:
        """Hand the parcel over and return what the other side said last: whatever happens on the way is a Reply.

        `reached_data` is awaited just before the other side can take the parcel for good (SMTP: before the final dot):
        who calls commits there that silence from now on is uncertain. `plain` does without the server's extensions.
        Raises DeliveryError only for a parcel that cannot be carried by anyone (an address that is none).
        """

    async def close(self) -> None:
        """Let go of what is held open."""

"""The courier: what carries one document to one destination. `folder` is built in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bookpost.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One document for one destination.

    `sender` and `address` are mail addresses; either may be None for a courier that needs none. `message_id` is
    fixed when the parcel is made and stays the same for every attempt.
    """

    document: Document
    destination: str
    file_name: str
    message_id: str
    sender: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side answered: where it lies, in words for the person who asked."""

    reply: str
    paths: tuple[Path, ...] = ()


class Courier(Protocol):
    """Carries a parcel, or raises DeliveryError."""

    def carry(self, parcel: Parcel) -> Receipt:
        """Hand the parcel over; returning means that the other side has it."""

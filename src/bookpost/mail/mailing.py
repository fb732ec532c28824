"""Mailing and Delivery as values, as they come out of the database, and what is asked of the queue."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Row

from bookpost.document import Document, Finding
from bookpost.library.blobs import Blobs
from bookpost.mail.courier import Parcel
from bookpost.mail.states import Phase, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a delivery goes, as the settings have it: the destination's name and address, and the account that sends.

    `size_limit` is the account's, in bytes of a message, where the settings name one.
    """

    destination: str
    address: str | None
    account: str
    sender: str | None
    on_uncertain: str = "hold"
    size_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One document of a delivery; `reason` says why it is not the first form of it, `form` (JSON) how it was made."""

    document: Document
    part: int = 1
    parts: int = 1
    rung: int = 0
    reason: str | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """One message of a delivery, claimed with `token` or only looked at."""

    id: int
    delivery_id: int
    part: int
    parts: int
    rung: int
    reason: str | None
    form: str | None
    destination: str
    account: str
    message_id: str
    file_name: str
    state: State
    phase: Phase
    due_at: float
    attempts: int
    claims: int
    resends: int
    token: int
    accepted_at: float | None
    reply: str | None
    made_at: float
    document_id: int

    @classmethod
    def from_row(cls, row: Row[Any]) -> Self:
        """From a row of `mailings`."""
        values = {name: row._mapping[name] for name in cls.__dataclass_fields__}
        return cls(**values | {"state": State(values["state"]), "phase": Phase(values["phase"])})

    @property
    def refused_by_protocol(self) -> bool:
        """Whether the last answer was that the server does not know what it was told (RFC 5321 4.2.4): it is told less then."""
        return self.attempts > 0 and re.match(r"50[0-4]|555", self.reply or "") is not None

    def parcel(self, document: Document, target: Target) -> Parcel:
        """What a courier carries: the same Message-ID and date at every attempt."""
        return Parcel(
            document=document,
            destination=self.destination,
            file_name=self.file_name,
            message_id=self.message_id,
            date=datetime.fromtimestamp(self.made_at, UTC),
            sender=target.sender,
            address=target.address,
        )


def document_from(row: Row[Any], blobs: Blobs) -> Document:
    """A stored document, from a row of `documents`."""
    return Document(
        path=blobs.path(row.digest),
        media_type=row.media_type,
        size=row.size,
        digest=row.digest,
        content_key=row.content_key,
        title=row.title,
        file_name=row.file_name,
        findings=tuple(Finding(**finding) for finding in json.loads(row.findings)),
    )

"""Posting a document: its bytes into the library, its delivery into the queue, and, when asked, the queue worked off."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bookpost.document import Document
from bookpost.mail.mailing import Mailing, Part
from bookpost.mail.queue import AlreadySentError
from bookpost.service.app import App


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What became of the wish that a document reach a destination: mailings, or why there are none."""

    destination: str
    document: Document
    mailing_ids: tuple[int, ...] = ()
    already: str | None = None


def post(app: App, document: Document, name: str, *, again: bool, forced: bool) -> Posting:
    """Store the document and enqueue it for the destination; from here on it survives this process."""
    with document.path.open("rb") as stream:
        stored = replace(document, path=app.blobs.path(app.blobs.put(stream)))
    try:
        with app.database.write() as connection:
            enqueued = app.queue.enqueue(
                connection,
                app.targets[name],
                (Part(document=stored),),
                content_key=f"{stored.content_key}.{stored.media_type.rpartition('/')[2][:4]}",
                title=stored.title,
                again=again,
                forced=forced,
            )
    except AlreadySentError as error:
        return Posting(destination=name, document=stored, already=f"{error.message}; {error.hint}")
    return Posting(destination=name, document=stored, mailing_ids=enqueued.mailing_ids)


def work_off(app: App, postings: Sequence[Posting], *, wait: bool) -> list[Mailing]:
    """The postings' mailings, after this process has carried what can be carried now (`wait`), with the worker's own code."""
    ids = [id for posting in postings for id in posting.mailing_ids]
    if ids and wait:
        asyncio.run(app.worker().run(only=ids))
    return app.queue.mailings(ids)

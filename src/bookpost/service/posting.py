"""Posting: what shall reach a destination is put on the disk first; then, when asked, it is made and carried by the worker's own code.

`order` takes articles, of which a book is still to be made; `post` takes a document that is one already.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from bookpost.article import Article
from bookpost.document import Document
from bookpost.errors import OutputError
from bookpost.mail.mailing import Mailing, Part
from bookpost.mail.making import Maker
from bookpost.mail.queue import AlreadySentError, OnItsWayError
from bookpost.produce.productions import OPEN, Production, ProductionState
from bookpost.produce.request import Failure, Request
from bookpost.service.app import App

_LOOK_AGAIN = 0.1
"""Seconds, while another process makes what is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A wish that is on the disk: a production, or the delivery of a document; or why there is no new one (`already`)."""

    destination: str
    production_id: int | None = None
    delivery_id: int | None = None
    already: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a posting so far: the newest mailing of each part, why there is no new one, or that it waits to be made.

    `documents` are those of the mailings.
    """

    destination: str
    mailings: tuple[Mailing, ...] = ()
    documents: tuple[Document, ...] = ()
    already: str | None = None
    failure: Failure | None = None


def order(app: App, articles: Sequence[Article], requests: Sequence[Request]) -> list[Posting]:
    """Store the articles, and a production of them for each request; from here on they survive this process."""
    from bookpost.produce.sources import store_articles

    try:
        sources = store_articles(articles, app.blobs)
    except OSError as error:
        raise OutputError(f"cannot store the articles in {app.blobs.folder}: {error.strerror or error}") from error
    with app.database.write() as connection:
        ids = [app.productions.add(connection, replace(request, articles=sources)) for request in requests]
    return [Posting(destination=request.destination, production_id=id) for request, id in zip(requests, ids, strict=True)]


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
        earlier = error.delivery_id if isinstance(error, OnItsWayError) else None
        return Posting(destination=name, delivery_id=earlier, already=f"{error.message}; {error.hint}")
    return Posting(destination=name, delivery_id=enqueued.delivery_id)


def work_off(app: App, postings: Sequence[Posting], maker: Maker, say: Callable[[str], None]) -> None:
    """Make and carry what can be made and carried now, up ladders too, with the worker's own code."""
    while True:
        say("making")
        _make(app, postings, maker)
        say("sending")
        waiting = [mailing.id for mailing in app.queue.of_deliveries(_deliveries(app, postings))]
        if waiting:
            asyncio.run(app.worker().run(only=waiting))
        maker.ask()
        if not _unmade(app, postings):
            return


def outcome(app: App, posting: Posting) -> Outcome:
    """How the posting stands now."""
    production = _production(app, posting)
    deliveries = _deliveries(app, [posting])
    made = [*([production] if production else []), *app.productions.of_deliveries(deliveries)]
    newest: dict[int, Mailing] = {mailing.part: mailing for mailing in app.queue.of_deliveries(deliveries)}
    mailings = tuple(newest.values())
    return Outcome(
        destination=posting.destination,
        mailings=mailings,
        documents=tuple(app.queue.document(mailing.document_id, app.blobs) for mailing in mailings),
        already=posting.already or (production.note if production else None),
        failure=next((each.failure for each in made if each.state is ProductionState.FAILED), None),
    )


def _make(app: App, postings: Sequence[Posting], maker: Maker) -> None:
    while unmade := _unmade(app, postings):
        if not maker.step(unmade):
            time.sleep(_LOOK_AGAIN)


def _unmade(app: App, postings: Sequence[Posting]) -> list[int]:
    """The productions that these postings still wait for, their ladders' too."""
    own = app.productions.find([posting.production_id for posting in postings if posting.production_id])
    rungs = app.productions.of_deliveries(_deliveries(app, postings))
    return [production.id for production in {each.id: each for each in (*own, *rungs)}.values() if production.state in OPEN]


def _deliveries(app: App, postings: Collection[Posting]) -> list[int]:
    own = app.productions.find([posting.production_id for posting in postings if posting.production_id])
    made = [production.delivery_id for production in own if production.delivery_id]
    return [*made, *(posting.delivery_id for posting in postings if posting.delivery_id)]


def _production(app: App, posting: Posting) -> Production | None:
    found = app.productions.find([posting.production_id]) if posting.production_id else []
    return found[0] if found else None

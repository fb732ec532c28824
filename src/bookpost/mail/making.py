"""Makes what productions ask for and enqueues it: the same for a first form and for the next rung of a ladder.

A document that cannot fit is not uploaded: it is made smaller before. What came of a production is enqueued in the
transaction that settles it, so that a kill at any moment makes nothing twice and loses nothing.
"""

import logging
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from bookpost.document import errors
from bookpost.errors import LibraryError, OutputError
from bookpost.library.blobs import Blobs
from bookpost.library.db import Database
from bookpost.mail import standing
from bookpost.mail.climbing import ask_for_rungs, give_up
from bookpost.mail.ladder import Cause, Facts, megabytes, next_rung, words
from bookpost.mail.mailing import Mailing, Part, Target
from bookpost.mail.message import document_room
from bookpost.mail.queue import AlreadySentError, OnItsWayError, Queue
from bookpost.produce.productions import Production, Productions
from bookpost.produce.request import Failure, Form, NotMadeError
from bookpost.produce.workshop import Made, Workshop

_log = logging.getLogger("bookpost.making")
_LOOK_AGAIN = 0.25
"""Seconds between two looks for work: a look is one read by an index."""
UNKNOWN_LIMIT = 20_000_000
"""Bytes of a document that may be mailed to a server that has not said what it takes: the smallest limit that is common."""


@dataclass(frozen=True, slots=True)
class _Climb:
    """How a production goes up its ladder: the forms tried, why it climbs, and which part it is for (None: all)."""

    forms: tuple[Form, ...]
    cause: Cause
    digests: frozenset[str]
    part: int | None


class NothingFitsError(NotMadeError):
    """No form of the document is small or plain enough."""

    code = "nothing-fits"


class Maker:
    """Makes one production after another. `targets` are the settings' destinations by name."""

    def __init__(
        self,
        database: Database,
        productions: Productions,
        queue: Queue,
        blobs: Blobs,
        targets: Mapping[str, Target],
        *,
        renew_seconds: float,
    ) -> None:
        self._database = database
        self._productions = productions
        self._queue = queue
        self._blobs = blobs
        self._targets = targets
        self._renew_seconds = renew_seconds
        self._workshop: Workshop | None = None

    def start(self) -> None:
        """Let the child process load its libraries, for what will be asked for soon."""
        self._shop().start()

    def ask(self) -> None:
        """Ask for the next rung of what was refused; `step` does so too."""
        ask_for_rungs(self._database, self._productions)

    def step(self, only: Collection[int] | None = None) -> bool:
        """Make the oldest production that waits (among `only`, when given); False when there is none."""
        self.ask()
        production = self._productions.claim(only)
        if production is None:
            return False
        with self._held(production):
            try:
                with tempfile.TemporaryDirectory(prefix="bookpost-") as folder:
                    self._make(production, Path(folder))
            except NotMadeError as error:
                self._fail(production, error.failure)
            except OSError as error:
                self._fail(production, Failure.of(OutputError(f"cannot store the document: {error.strerror or error}")))
        return True

    @contextmanager
    def working(self) -> Iterator[None]:
        """Make whatever is asked for, in a thread of its own, as long as the block runs; what is begun then is finished."""
        over = threading.Event()

        def work() -> None:
            while not over.is_set():
                try:
                    if self.step():
                        continue
                except Exception:  # noqa: BLE001 - a database that is gone comes back; what kills five makers is given up by `claim`
                    _log.exception("making is interrupted")
                over.wait(_LOOK_AGAIN)

        thread = threading.Thread(target=work, name="bookpost-making")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self.close()

    def close(self) -> None:
        """End the child process."""
        if self._workshop:
            self._workshop.close()
            self._workshop = None

    def _make(self, production: Production, folder: Path) -> None:
        target = self._targets.get(production.request.destination)
        if target is None:
            message = f"the destination `{production.request.destination}` is no longer configured"
            raise NotMadeError(Failure(code="bad-config", message=message, exit_code=78))
        if production.mailing_id is None:
            self._first(production, target, folder)
        else:
            [refused] = self._queue.mailings([production.mailing_id])
            self._next(production, refused, target, folder)

    def _first(self, production: Production, target: Target, folder: Path) -> None:
        form = Form(format=production.request.format)
        made, form, reason = self._fitting(production, target, folder, _Climb((form,), "shrink", frozenset(), None), climbing=False)
        parts = self._parts(made, form, reason, part=None, rung=0)
        request, note = production.request, None
        delivery_id: int | None
        forced = any(errors(part.document.findings) for part in parts)
        with self._database.write() as connection:
            if not self._productions.holds(connection, production):
                return
            try:
                delivery_id = self._queue.enqueue(
                    connection,
                    target,
                    parts,
                    content_key=f"{made.content_key}.{request.format}",
                    title=made.title,
                    again=request.again,
                    forced=forced,
                    production_id=production.id,
                ).delivery_id
            except AlreadySentError as error:
                note, delivery_id = f"{error.message}; {error.hint}", error.delivery_id if isinstance(error, OnItsWayError) else None
            self._productions.settle(connection, production, delivery_id=delivery_id, note=note)

    def _next(self, production: Production, refused: Mailing, target: Target, folder: Path) -> None:
        """The next rung: new mailings of the same delivery, or the end of the ladder, said on the refused mailing."""
        tried = [mailing for mailing in self._queue.of_deliveries([refused.delivery_id]) if mailing.part == refused.part]
        forms = tuple(Form.from_json(mailing.form) for mailing in tried if mailing.form) or (Form(format=production.request.format),)
        digests = frozenset(self._queue.document(mailing.document_id, self._blobs).digest for mailing in tried)
        cause = cast("Cause", production.cause)
        part = refused.part if refused.parts > 1 else None
        try:
            made, form, reason = self._fitting(production, target, folder, _Climb(forms, cause, digests, part), climbing=True)
        except NothingFitsError as error:
            with self._database.write() as connection:
                if self._productions.holds(connection, production):
                    give_up(connection, refused, error.message)
                    self._productions.settle(connection, production, delivery_id=refused.delivery_id, note=error.message)
            return
        parts = self._parts(made, form, reason, part=part, rung=refused.rung + 1)
        with self._database.write() as connection:
            if self._productions.holds(connection, production):
                for each in parts:
                    self._queue.add_mailing(connection, target, refused.delivery_id, each)
                self._productions.settle(connection, production, delivery_id=refused.delivery_id)

    def _fitting(
        self, production: Production, target: Target, folder: Path, climb: _Climb, *, climbing: bool
    ) -> tuple[Made, Form, str | None]:
        """The first form, from the climb's last on (or the one after it, when `climbing`), that is new and small enough.

        Raises NothingFitsError with the numbers.
        """
        request, form = production.request, climb.forms[-1]
        forms, cause = list(climb.forms), climb.cause
        room = self._room(target, request.device.max_bytes)
        largest, excess = 0, 1.0
        while True:
            if climbing:
                rung = next_rung(forms, cause, self._facts(production, climb, excess))
                if rung is None:
                    raise NothingFitsError(Failure(code="nothing-fits", message=_exhausted(cause, largest, room), exit_code=69))
                form = rung.form
                forms.append(form)
            reason = words(form, Form(format=request.format), room) or None
            made = self._shop().make(request, form, folder / str(len(forms)), part=climb.part, note=reason)
            largest = max(document.size for document in made.documents)
            if largest <= room:
                self._refuse_faulty(made, force=request.force)
            if largest <= room and climb.digests.isdisjoint(document.digest for document in made.documents):
                return made, form, reason
            climbing, excess = True, largest / room
            cause = "shrink" if largest > room else climb.cause

    def _facts(self, production: Production, climb: _Climb, excess: float) -> Facts:
        request = production.request
        return Facts(
            articles=1 if climb.part else len(request.articles),
            pictures=sum(len(source.pictures) for source in request.articles),
            colour=request.device.colour or request.paper is not None,
            formats=request.device.formats,
            excess=excess,
        )

    def _room(self, target: Target, device_limit: int | None) -> int:
        """The largest document in bytes that the account may mail and the device takes."""
        limits = [device_limit] if device_limit else []
        if target.sender:
            with self._database.read() as connection:
                learned = standing.size_limit(connection, target.account)
            known = min(filter(None, (learned, target.size_limit)), default=None)
            limits.append(document_room(known) if known else UNKNOWN_LIMIT)
        return max(1, min(limits, default=1 << 40))

    def _refuse_faulty(self, made: Made, *, force: bool) -> None:
        for document in made.documents:
            if (faults := errors(document.findings)) and not force:
                said = "; ".join(f"{fault.message} [{fault.code}]" for fault in faults[:3])
                message = f"{document.file_name} was not sent: an e-reader may refuse it for {len(faults)} error(s): {said}"
                raise NotMadeError(Failure(code="document-refused", message=message, hint="`--force` sends it as it is", exit_code=65))

    def _parts(self, made: Made, form: Form, reason: str | None, *, part: int | None, rung: int) -> list[Part]:
        return [
            Part(
                document=replace(self._shop().keep(document), content_key=made.content_key),
                part=part or number,
                parts=form.parts,
                rung=rung,
                reason=reason,
                form=form.to_json(),
            )
            for number, document in enumerate(made.documents, 1)
        ]

    def _fail(self, production: Production, failure: Failure) -> None:
        if self._productions.fail(production, failure):
            _log.warning("production %s for %s failed: %s", production.id, production.request.destination, failure.message)

    def _shop(self) -> Workshop:
        self._workshop = self._workshop or Workshop(self._blobs)
        return self._workshop

    @contextmanager
    def _held(self, production: Production) -> Iterator[None]:
        """Renew the lease while the book is made; a lease that was lost is seen when the production is settled."""
        over = threading.Event()

        def renew() -> None:
            while not over.wait(self._renew_seconds):
                try:
                    self._productions.renew(production)
                except LibraryError as error:  # not renewed this time: who takes it over makes the same
                    _log.warning("production %s could not be renewed: %s", production.id, error)

        thread = threading.Thread(target=renew, name="bookpost-making")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _exhausted(cause: Cause, smallest: int, room: int) -> str:
    if cause == "shrink":
        return f"cannot be made small enough: the smallest form has {megabytes(smallest)}, {megabytes(room)} fit"
    return "it was refused in every form that can be made"

"""The worker: claims mailings and carries them, one at a time for each account, until it is told to stop.

Any number may run, in as many processes as wanted. Database work is done in one thread; waiting costs no busy polling:
a wake-up comes from within the process, from another process's commit (seen in 20 ms), or by the clock. Nothing that a
mailing meets, bad bytes, a gone file, an unknown destination, a server that hangs, stops the others, and a database that
cannot be used for a while stops nothing for good.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

from bookpost.document import Document
from bookpost.errors import DeliveryError, LibraryError
from bookpost.library.bell import Bell
from bookpost.library.blobs import Blobs
from bookpost.library.db import Database
from bookpost.mail.courier import Courier
from bookpost.mail.mailing import Mailing, Target
from bookpost.mail.queue import Queue
from bookpost.mail.replies import Reply, Step
from bookpost.mail.smtp import unsendable
from bookpost.mail.standing import Limits
from bookpost.mail.states import ENDED, State

_P = ParamSpec("_P")
_T = TypeVar("_T")
_TICK_SECONDS = 1.0
_BATCH = 16
_LOOK_AGAIN = 1.0
"""Seconds until a database that could not be used is tried again."""
GRACE_SECONDS, DOT_GRACE_SECONDS = 8.0, 60.0
"""How long a stop waits for what is being carried: `docker stop` kills after 10 s, and then what is before its dot is better
released; what is after it can only become uncertain, so that its answer is worth a longer wait."""
_log = logging.getLogger("bookpost.worker")


@dataclass(frozen=True, slots=True)
class Route:
    """How mail of one account leaves: its courier and its rates."""

    courier: Courier
    limits: Limits


class LostLeaseError(Exception):
    """Another worker has taken this mailing over: the final dot must not be sent."""


class Worker:
    """Works one queue. `targets` and `routes` are the settings' destinations and accounts by name."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        blobs: Blobs,
        targets: Mapping[str, Target],
        routes: Mapping[str, Route],
        *,
        renew_seconds: float,
    ) -> None:
        self._database = database
        self._queue = queue
        self._blobs = blobs
        self._targets = targets
        self._routes = routes
        self._renew_seconds = renew_seconds
        self._writer = ThreadPoolExecutor(1, "bookpost-writer")
        self._reader = ThreadPoolExecutor(1, "bookpost-reader")
        self._held: dict[int, int] = {}
        self._dotted: set[str] = set()
        self._carrying: dict[str, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()
        self._news = asyncio.Event()

    def stop(self) -> None:
        """Finish what is being carried, give back the rest, and return from `run`."""
        self._stopping.set()
        self._news.set()

    def wake(self) -> None:
        """Something was enqueued in this process: look at once. From the worker's own thread."""
        self._news.set()

    async def run(self, only: Collection[int] = ()) -> None:
        """Work until `stop`; with `only`, until those mailings have ended or wait for later."""
        loop = asyncio.get_running_loop()
        renewing = asyncio.create_task(self._renew())
        try:
            with Bell(self._database, partial(loop.call_soon_threadsafe, self._news.set)):
                while not self._stopping.is_set() and not await self._round(only):
                    pass
        finally:
            await self._finish()
            renewing.cancel()
            await asyncio.gather(*(route.courier.close() for route in self._routes.values()), return_exceptions=True)
            self._writer.shutdown()
            self._reader.shutdown()

    async def _round(self, only: Collection[int]) -> bool:
        """Claim what is due for the accounts that carry nothing now, or wait; True when all of `only` rests."""
        self._news.clear()
        free = {name: route.limits for name, route in self._routes.items() if name not in self._carrying}
        try:
            mailings = await self._write(self._queue.claim, free, limit=_BATCH, only=only) if free else []
            self._begin(mailings)
            if mailings:
                return False
            if only and not self._carrying and await self._read(self._rested, only):
                return True
        except LibraryError as error:
            _log.warning("%s", error.message)
            await asyncio.sleep(_LOOK_AGAIN)
        await self._wait()
        return False

    def _begin(self, mailings: Collection[Mailing]) -> None:
        """Every account's mailings in order, the accounts beside each other: a server that hangs holds up its own account only."""
        self._held |= {mailing.id: mailing.token for mailing in mailings}
        by_account: dict[str, list[Mailing]] = {}
        for mailing in mailings:
            by_account.setdefault(mailing.account, []).append(mailing)
        for account, own in by_account.items():
            self._carrying[account] = asyncio.create_task(self._carry_in_order(own))
            self._carrying[account].add_done_callback(partial(self._ended, account))

    def _ended(self, account: str, _: asyncio.Task[None]) -> None:
        del self._carrying[account]
        self._news.set()

    async def _finish(self) -> None:
        """What is being carried comes to its end; after the grace it is released, or uncertain when its dot was sent."""
        tasks = dict(self._carrying)
        if tasks:
            await asyncio.wait(tasks.values(), timeout=GRACE_SECONDS)
            for account, task in tasks.items():
                if account not in self._dotted:
                    task.cancel()
            await asyncio.wait(tasks.values(), timeout=DOT_GRACE_SECONDS)
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _carry_in_order(self, mailings: Collection[Mailing]) -> None:
        rests = False
        for mailing in mailings:
            try:
                if rests or self._stopping.is_set():
                    await self._surely(self._queue.release_claim, mailing)
                else:
                    rests = await self._carry(mailing)
            except Exception:  # noqa: BLE001 - a mailing that nobody foresaw must not stop the others
                # Its lease runs out, and whoever claims it next tries again: five times, then it has failed.
                _log.exception("mailing %s cannot be carried", mailing.id)
            finally:
                self._held.pop(mailing.id, None)
                self._dotted.discard(mailing.account)

    async def _carry(self, mailing: Mailing) -> bool:
        """Carry one; True when its account must rest now."""
        try:
            reply = await self._answer(mailing)
        except LostLeaseError:
            _log.warning("mailing %s was taken over by another worker before its final dot", mailing.id)
            return False
        except LibraryError as error:  # it was not committed that the dot comes, so it was not sent
            _log.warning("mailing %s: %s", mailing.id, error.message)
            await self._surely(self._queue.release_claim, mailing)
            return False
        except asyncio.CancelledError:  # the grace of a stop is over
            if mailing.account not in self._dotted:
                await self._surely(self._queue.release_claim, mailing)
                return True
            reply = Reply(Step.DOT, None, "the worker was stopped before the server answered")
        courier = self._routes[mailing.account].courier
        decision = await self._surely(self._queue.settle, mailing, reply, size_limit=courier.size_limit)
        return decision.pause is not None and decision.pause.kind == "account"

    async def _answer(self, mailing: Mailing) -> Reply:
        target = self._targets.get(mailing.destination)
        if target is None:
            return Reply(Step.RCPT, 550, f"5.1.6 the destination `{mailing.destination}` is no longer configured")
        document = await self._read(self._document, mailing)
        if document is None:
            return Reply(Step.DOCUMENT, 554, "the document is gone from the disk, or was altered there")

        async def reached_data() -> None:
            if not await self._write(self._queue.reached_data, mailing):
                raise LostLeaseError(mailing.id)
            self._dotted.add(mailing.account)

        courier, parcel = self._routes[mailing.account].courier, mailing.parcel(document, target)
        try:
            return await courier.carry(parcel, reached_data=reached_data, plain=mailing.refused_by_protocol)
        except DeliveryError as error:
            return unsendable(error)
        except (LibraryError, LostLeaseError):
            raise
        except Exception as error:  # noqa: BLE001 - unforeseen: this mailing waits as after a refusal for now, and the others go on
            # The traceback is for who looks for the fault; the reply says it in the queue.
            _log.debug("mailing %s: the courier of account %s raised", mailing.id, mailing.account, exc_info=True)
            step = Step.DOT if mailing.account in self._dotted else Step.DATA
            return Reply(step, None, f"an unforeseen trouble: {type(error).__name__}")

    def _document(self, mailing: Mailing) -> Document | None:
        document = self._queue.document(mailing.document_id, self._blobs)
        return document if self._blobs.whole(document.digest) else None

    def _rested(self, only: Collection[int]) -> bool:
        """Whether each of these mailings has ended, or waits for a later moment or a person."""
        waiting = (State.HELD, State.UNCERTAIN, State.REJECTED)
        states = self._queue.states(only, {name: route.limits for name, route in self._routes.items()})
        return all(state in ENDED or state in waiting or (state is State.QUEUED and not due) for state, due in states)

    async def _wait(self) -> None:
        """Until somebody commits, an account is free, a second has passed, or we stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), _TICK_SECONDS)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._renew_seconds)
            if held := dict(self._held):
                try:
                    await self._write(self._queue.renew, held)
                except LibraryError as error:
                    _log.warning("leases cannot be renewed: %s", error.message)
                except Exception:  # noqa: BLE001 - without renewal every mailing would be taken over while it is carried
                    _log.exception("leases cannot be renewed")

    async def _surely(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Write what must not be forgotten, however long the database cannot be used; only a stop ends the trying."""
        while True:
            try:
                return await self._write(work, *args, **kwargs)
            except LibraryError as error:
                _log.warning("%s", error.message)
                if self._stopping.is_set():
                    raise
                await asyncio.sleep(_LOOK_AGAIN)

    async def _write(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, partial(work, *args, **kwargs))

    async def _read(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, partial(work, *args, **kwargs))


def run_until_signalled(worker: Worker, work: Coroutine[Any, Any, None]) -> None:
    """Run the worker's coroutine in this thread; SIGTERM and SIGINT stop it in peace."""
    import signal

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stop)
        await work

    asyncio.run(run())

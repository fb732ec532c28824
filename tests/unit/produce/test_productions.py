"""Productions: a wish that was committed is made, once, by somebody, or kept with the reason why not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bookpost.device import find_device
from bookpost.library.db import Database
from bookpost.library.lease import LeaseClock, Leases
from bookpost.library.schema import production_blobs
from bookpost.produce.productions import CLAIMS_LIMIT, Production, Productions, ProductionState
from bookpost.produce.request import Failure, Form, Request, Source

REQUEST = Request(
    destination="kindle",
    format="epub",
    device=find_device("kindle"),
    today=date(2026, 11, 24),
    articles=(Source("a" * 64, "Tides", ("b" * 64, "c" * 64)), Source("d" * 64, "Winds", ("b" * 64,))),
    templates=Path("/somewhere"),
)


@dataclass
class Bench:
    """Two workers on one database, and their clock."""

    database: Database
    seconds: float = 100.0
    workers: list[Productions] = field(default_factory=list)

    def add(self) -> int:
        with self.database.write() as connection:
            return self.workers[0].add(connection, REQUEST)

    def claim(self, worker: int = 0) -> Production:
        production = self.workers[worker].claim()
        assert production
        return production

    def now(self) -> Production:
        return self.workers[0].find()[0]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(Database(tmp_path / "bookpost.db"))
    clock = LeaseClock("boot", lambda: bench.seconds)
    bench.workers = [Productions(bench.database, Leases(name, clock), now=lambda: 1e6) for name in ("one", "two")]
    yield bench
    bench.database.close()


def test_a_request_and_a_form_come_back_from_the_database_as_they_were(bench: Bench) -> None:
    bench.add()
    assert bench.now().request == REQUEST
    form = Form(format="pdf", quality=45, grey=True, scale=0.6, parts=3)
    assert Form.from_json(form.to_json()) == form
    assert REQUEST.name == "Tides + 1"


def test_the_blobs_that_it_is_made_from_are_named_so_that_nobody_sweeps_them(bench: Bench) -> None:
    bench.add()
    with bench.database.read() as connection:
        named = set(connection.execute(select(production_blobs.c.digest)).scalars())
    assert named == {letter * 64 for letter in "abcd"}


def test_what_one_makes_no_other_makes(bench: Bench) -> None:
    bench.add()
    assert bench.claim(0).state is ProductionState.WORKING
    assert bench.workers[1].claim() is None


def test_only_what_was_asked_for_is_claimed(bench: Bench) -> None:
    first, second = bench.add(), bench.add()
    assert bench.workers[0].claim(only=[]) is None
    found = bench.workers[0].claim(only=[second])
    assert found
    assert found.id == second != first


def test_what_a_lost_worker_held_another_makes_and_the_lost_one_changes_nothing(bench: Bench) -> None:
    bench.add()
    lost = bench.claim(0)
    bench.seconds += 10
    found = bench.claim(1)
    assert not bench.workers[0].fail(lost, Failure(code="x", message="late"))
    with bench.database.write() as connection:
        assert not bench.workers[0].holds(connection, lost)
        assert bench.workers[1].holds(connection, found)


def test_a_lease_that_is_renewed_is_kept(bench: Bench) -> None:
    bench.add()
    held = bench.claim(0)
    for _ in range(5):
        bench.seconds += 5
        assert bench.workers[0].renew(held)
    assert bench.workers[1].claim() is None


def test_what_kills_its_workers_fails_in_the_end_with_its_reason(bench: Bench) -> None:
    bench.add()
    for _ in range(CLAIMS_LIMIT):
        bench.claim()
        bench.seconds += 10
    assert bench.workers[1].claim() is None
    failed = bench.now()
    assert failed.state is ProductionState.FAILED
    assert failed.failure
    assert failed.failure.code == "kills-its-worker"


def test_what_failed_is_kept_and_can_be_tried_again_or_cancelled(bench: Bench) -> None:
    id = bench.add()
    bench.workers[0].fail(bench.claim(), Failure(code="conversion-failed", message="no room", hint="make some"))
    [listed] = bench.workers[0].unmade()
    assert listed.failure == Failure(code="conversion-failed", message="no room", hint="make some")
    assert bench.workers[0].change([id], ProductionState.QUEUED) == [id]
    assert bench.claim().failure is None
    assert bench.workers[0].change([id], ProductionState.CANCELLED) == [], "what is being made is not cancelled"


def test_what_is_done_is_no_longer_listed(bench: Bench) -> None:
    bench.add()
    production = bench.claim()
    with bench.database.write() as connection:
        assert bench.workers[0].holds(connection, production)
        bench.workers[0].settle(connection, production, delivery_id=7, note=None)
    assert bench.workers[0].unmade() == []
    assert [each.id for each in bench.workers[0].of_deliveries([7])] == [production.id]

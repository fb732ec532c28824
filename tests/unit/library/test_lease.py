"""The lease: one owner at a time; a worker that was thought dead changes nothing; a restart or a wrong clock frees, never loses."""

from pathlib import Path

import pytest
from sqlalchemy import insert, select, true

from bookpost.library.db import Database
from bookpost.library.lease import LeaseClock, Leases
from bookpost.library.schema import productions


class Boot:
    """The seconds since boot, which the test turns."""

    seconds = 100.0


def clock(name: str = "boot-1") -> LeaseClock:
    return LeaseClock(name, lambda: Boot.seconds)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(tmp_path / "library" / "bookpost.db")
    with database.write() as connection:
        connection.execute(insert(productions), [{"request": "{}", "made_at": 0.0}] * 3)
    return database


def claim(database: Database, leases: Leases, limit: int = 1) -> list[tuple[int, int]]:
    with database.write() as connection:
        rows = leases.claim(connection, productions, leases.expired(productions), limit=limit, values={"state": "working"})
    return [(row.id, row.token) for row in rows]


def test_what_one_has_claimed_no_other_gets(database: Database) -> None:
    one, two = Leases("one", clock()), Leases("two", clock())
    assert claim(database, one, 2) == [(1, 1), (2, 1)]
    assert claim(database, two, 9) == [(3, 1)]


def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_changes_nothing(database: Database) -> None:
    one, two = Leases("one", clock()), Leases("two", clock())
    claim(database, one)
    Boot.seconds += one.seconds + 0.1
    assert claim(database, two) == [(1, 2)]
    with database.write() as connection:
        assert not one.settle(connection, productions, 1, 1, {"state": "done"})
        assert one.renew(connection, productions, {1: 1}) == []
        assert two.settle(connection, productions, 1, 2, {"state": "failed"})
        assert connection.execute(select(productions.c.state, productions.c.claims).where(productions.c.id == 1)).one() == ("failed", 0)


def test_renewing_keeps_it(database: Database) -> None:
    one, two = Leases("one", clock()), Leases("two", clock())
    claim(database, one)
    for _ in range(5):
        Boot.seconds += one.seconds * 0.9
        with database.write() as connection:
            assert one.renew(connection, productions, {1: 1}) == [1]
    assert (1, 2) not in claim(database, two, 9)


def test_after_a_restart_of_the_machine_everything_is_free(database: Database) -> None:
    """The clock of another boot says nothing, however late it was there."""
    claim(database, Leases("one", clock("boot-1")), 3)
    assert len(claim(database, Leases("one", clock("boot-2")), 3)) == 3


def test_claims_are_counted_until_there_is_an_outcome(database: Database) -> None:
    one = Leases("one", clock())
    for _ in range(3):
        claim(database, one)
        Boot.seconds += 100
    with database.read() as connection:
        assert connection.execute(select(productions.c.claims).where(productions.c.id == 1)).scalar() == 3


def test_a_newer_database_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    from bookpost.errors import ConfigError

    path = tmp_path / "bookpost.db"
    database = Database(path)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(ConfigError, match="newer bookpost"):
        Database(path)


def test_the_migrations_end_at_the_schema_that_the_code_has(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from bookpost.library.schema import metadata

    with database.read() as connection:
        assert connection.execute(select(true())).scalar()
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []

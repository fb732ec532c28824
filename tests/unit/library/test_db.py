"""The database: what it cannot do is said with its name and a way out, and a fault of ours stays one."""

from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from bookpost.errors import LibraryError
from bookpost.library.db import Database
from bookpost.library.schema import workers


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "bookpost.db").write_bytes(b"something else, of some length" * 100)
    with pytest.raises(LibraryError, match=r"bookpost\.db cannot be used: file is not a database") as raised:
        Database(tmp_path / "bookpost.db")
    assert raised.value.hint


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match=r"the library cannot be opened: .*file"):
        Database(tmp_path / "file" / "bookpost.db")


def test_a_full_disk_takes_back_the_transaction_and_nothing_before_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "bookpost.db")
    with database.write() as connection:
        connection.execute(insert(workers).values(owner="before", started_at=0, seen_at=0))
    many = [{"owner": f"{number}", "started_at": 0, "seen_at": 0} for number in range(1000)]
    with pytest.raises(LibraryError, match="full") as raised, database.write() as connection:  # noqa: PT012
        connection.execute(text("PRAGMA max_page_count = 1"))
        connection.execute(insert(workers), many)
    assert raised.value.retryable
    assert raised.value.hint
    with database.read() as connection:
        assert connection.execute(text("SELECT owner FROM workers")).scalars().all() == ["before"]
    database.close()


def test_a_row_that_breaks_a_rule_is_not_the_databases_trouble(tmp_path: Path) -> None:
    database = Database(tmp_path / "bookpost.db")
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(workers).values(owner="one", started_at=None, seen_at=0))
    database.close()

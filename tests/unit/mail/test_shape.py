"""The shape of the queue: who waits, for how long."""

from pathlib import Path

from bookpost.library.db import Database
from bookpost.mail.shape import shape
from unit.mail.test_alarms import NOW, a_mailing


def test_mailings_are_counted_by_destination_and_age(tmp_path: Path) -> None:
    database = Database(tmp_path / "bookpost.db")
    for age in (0, 10, 600, 3601, 90_000, 10**7):
        a_mailing(database, "queued", at=NOW - age)
    a_mailing(database, "held", destination="pocketbook", at=NOW + 5)
    a_mailing(database, "accepted", at=NOW)
    with database.read() as connection:
        assert shape(connection, NOW) == {"kindle": (2, 1, 0, 1, 0, 1, 1), "pocketbook": (1, 0, 0, 0, 0, 0, 0)}

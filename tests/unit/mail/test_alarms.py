"""What needs a person is told once, then again only when there is something new, and at most once an hour for each cause."""

from pathlib import Path

import pytest
from sqlalchemy import insert, update

from bookpost.library.db import Database
from bookpost.library.schema import deliveries, documents, mailings, productions
from bookpost.mail import heartbeat, standing
from bookpost.mail.alarms import Trouble, take_untold, troubles
from bookpost.mail.policy import FOREVER

NOW = 1_800_000_000.0
HOUR = 3600.0


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "bookpost.db")


def a_mailing(database: Database, state: str, *, reply: str = "550 no", destination: str = "kindle", at: float = NOW) -> int:
    with database.write() as connection:
        facts = {"digest": "0" * 64, "content_key": "k", "media_type": "application/epub+zip", "size": 1, "title": "T", "made_at": at}
        document = connection.execute(insert(documents).values(file_name="t.epub", **facts).returning(documents.c.id)).scalar_one()
        key = {"destination": destination, "content_key": str(document), "title": "T", "made_at": at}
        delivery = connection.execute(insert(deliveries).values(key).returning(deliveries.c.id)).scalar_one()
        row = {"delivery_id": delivery, "document_id": document, "account": "mine", "message_id": f"<{document}@x>", "file_name": "t.epub"}
        values = row | {"destination": destination, "state": state, "reply": reply, "settled_at": at, "made_at": at}
        return int(connection.execute(insert(mailings).values(values).returning(mailings.c.id)).scalar_one())


def pause(database: Database, seconds: float, *, at: float, reason: str = "535 bad password", kind: str = "account") -> None:
    with database.write() as connection:
        standing.pause(connection, kind, "mine", until=FOREVER if seconds >= FOREVER else at + seconds, reason=reason)


def told(database: Database, at: float) -> list[Trouble]:
    with database.write() as connection:
        return take_untold(connection, at)


def test_a_paused_account_is_told_once_and_named(database: Database) -> None:
    pause(database, HOUR, at=NOW)
    [trouble] = told(database, NOW)
    assert (trouble.account, trouble.subject) == ("mine", "account `mine` is paused")
    assert "535 bad password" in trouble.text
    assert "bookpost resume mine" in trouble.text
    for hours in range(1, 6):  # tried every hour, and refused for the same reason
        assert told(database, NOW + hours * HOUR + 1) == []
        pause(database, HOUR, at=NOW + hours * HOUR + 2)
        assert told(database, NOW + hours * HOUR + 3) == []


def test_a_cause_that_was_mended_and_comes_back_is_news(database: Database) -> None:
    pause(database, FOREVER, at=NOW)
    assert len(told(database, NOW)) == 1
    with database.write() as connection:
        standing.resume(connection, "account", "mine")
    assert told(database, NOW + 2 * HOUR) == []
    pause(database, FOREVER, at=NOW + 3 * HOUR)
    assert len(told(database, NOW + 3 * HOUR)) == 1


def test_a_short_rest_and_what_a_person_did_are_not_told(database: Database) -> None:
    pause(database, 300, at=NOW)
    pause(database, FOREVER, at=NOW, reason="paused by a person", kind="destination")
    a_mailing(database, "held", reply="hold by a person")
    a_mailing(database, "accepted")
    assert told(database, NOW) == []


@pytest.mark.parametrize(("state", "said"), [("failed", "queue retry"), ("held", "queue release"), ("uncertain", "look at the e-reader")])
def test_a_mailing_that_ended_badly_is_told_with_its_reason_and_its_remedy(database: Database, state: str, said: str) -> None:
    id = a_mailing(database, state)
    [trouble] = told(database, NOW)
    assert f"mailing {id}, t.epub: 550 no" in trouble.text
    assert said in trouble.remedy


def test_a_cause_is_told_at_most_once_an_hour_and_then_only_what_is_new(database: Database) -> None:
    a_mailing(database, "failed")
    assert len(told(database, NOW)) == 1
    second = a_mailing(database, "failed")
    a_mailing(database, "failed", destination="pocketbook")
    assert [trouble.cause for trouble in told(database, NOW + 10)] == ["failed:pocketbook"], "another cause is told at once"
    third = a_mailing(database, "failed")
    [trouble] = told(database, NOW + HOUR)
    assert list(trouble.facts) == [str(second), str(third)]
    assert told(database, NOW + 2 * HOUR) == []


def test_a_clock_that_was_set_back_silences_nothing_for_long(database: Database) -> None:
    a_mailing(database, "failed", at=NOW)
    assert len(told(database, NOW)) == 1
    a_mailing(database, "failed", at=NOW)
    assert len(told(database, NOW - 30 * HOUR)) == 1


def test_a_book_that_could_not_be_made_is_told(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(productions).values(request="{}", state="failed", error='{"message": "no Pango"}', made_at=NOW))
    [trouble] = told(database, NOW)
    assert "no Pango" in trouble.text


def test_what_was_told_survives_a_restart_and_two_processes_tell_once(database: Database) -> None:
    a_mailing(database, "failed")
    assert len(told(database, NOW)) == 1
    assert told(Database(database.path), NOW + 1) == []


def test_a_mailing_that_moves_on_is_no_trouble_any_more(database: Database) -> None:
    id = a_mailing(database, "held")
    with database.write() as connection:
        connection.execute(update(mailings).where(mailings.c.id == id).values(state="queued"))
    assert told(database, NOW) == []


def test_a_worker_counts_as_alive_for_half_a_minute_after_its_last_sign_of_life(database: Database) -> None:
    with database.write() as connection:
        heartbeat.beat(connection, "host:1", NOW)
        heartbeat.beat(connection, "host:2", NOW - 60)
        heartbeat.beat(connection, "host:1", NOW + 10)
        assert [row.owner for row in heartbeat.alive(connection, NOW + 35)] == ["host:1"]
        heartbeat.leave(connection, "host:1")
        assert not heartbeat.alive(connection, NOW + 35)


def test_a_look_does_not_read_what_ended_well(database: Database) -> None:
    """A worker looks every few seconds: years of accepted mail must cost it nothing."""
    plans: list[str] = []
    with database.read() as connection:
        connection.connection.driver_connection.set_trace_callback(plans.append)  # type: ignore[union-attr]
        troubles(connection, NOW)
        connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
        [query] = [each for each in plans if "FROM mailings" in each]
        plan = " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))
    assert "ix_mailings_troubled" in plan

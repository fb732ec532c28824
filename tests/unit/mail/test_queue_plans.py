"""A claim looks at the few rows that it needs, however many wait: every statement of it goes by an index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from bookpost.mail.states import State
from mailer import RATES, Mailer


@pytest.fixture
def mailer(tmp_path: Path) -> Iterator[Mailer]:
    made = Mailer(tmp_path)
    yield made
    made.close()


def test_no_statement_of_a_claim_walks_all_mailings(mailer: Mailer) -> None:
    statements = said_by_a_claim(mailer)
    assert len(statements) >= 5
    plans = [(statement, step) for statement, parameters in statements for step in plan(mailer, statement, parameters)]
    walks = [(step, statement) for statement, step in plans if step.startswith("SCAN mailings") and "ix_mailings_sending" not in step]
    assert not walks
    used = " ".join(step for _, step in plans)
    for index in ("ix_mailings_ready", "ix_mailings_deferred", "ix_mailings_sending"):
        assert index in used


def said_by_a_claim(mailer: Mailer) -> list[tuple[str, Any]]:
    """Every statement of one claim, with its parameters."""
    mailer.enqueue(3)
    statements: list[tuple[str, Any]] = []

    def listen(_: Connection, __: object, statement: str, parameters: Any, *___: object) -> None:
        if not statement.startswith(("BEGIN", "INSERT")):
            statements.append((statement, parameters))

    event.listen(mailer.database._engine, "before_cursor_execute", listen)
    assert len(mailer.queue.claim({"mine": RATES}, limit=16)) == 3
    event.remove(mailer.database._engine, "before_cursor_execute", listen)
    return statements


def plan(mailer: Mailer, statement: str, parameters: Any) -> list[str]:
    with mailer.database.read() as connection:
        return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def test_what_rests_in_front_of_the_others_is_passed_over(mailer: Mailer) -> None:
    """Ten thousand mailings to a paused destination: those in front and behind are claimed."""
    [id] = mailer.enqueue()
    with mailer.database.write() as connection:
        copied = "delivery_id, document_id, account, file_name, made_at"
        rows = f"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            INSERT INTO mailings ({copied}, destination, part, message_id)
            SELECT {copied}, 'resting', 1 + i, i FROM mailings, n WHERE id = {id}
            """
        connection.execute(text(rows))
        connection.execute(text("INSERT INTO standings (kind, name, paused_until) VALUES ('destination', 'resting', 1e18)"))
    [behind] = mailer.enqueue()
    assert [mailing.id for mailing in mailer.queue.claim({"mine": RATES}, limit=16)] == [id, behind]
    assert mailer.queue.mailings([id])[0].state is State.SENDING

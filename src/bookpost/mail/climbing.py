"""From a refused mailing to the production of its next rung, or to its end. Rows in, rows out; nothing is made here."""

from sqlalchemy import Connection, exists, select, update

from bookpost.library.db import Database
from bookpost.library.schema import deliveries, mailings, productions
from bookpost.mail.mailing import Mailing
from bookpost.mail.states import State
from bookpost.produce.productions import Productions
from bookpost.produce.request import Request

_FROM_ELSEWHERE = {
    "shrink": "it came finished from elsewhere and cannot be made smaller",
    "repair": "it came finished from elsewhere and cannot be made plainer",
    "format": "it came finished from elsewhere and cannot be made in another format",
}


def ask_for_rungs(database: Database, wanted: Productions) -> None:
    """A production for every refused mailing whose ladder nobody has climbed yet; one from elsewhere has failed."""
    waiting = mailings.c.ladder.is_not(None)
    with database.read() as connection:  # a look costs nothing; a write transaction is a commit
        if not connection.execute(select(exists().where(waiting))).scalar():
            return
    with database.write() as connection:
        joined = mailings.join(deliveries).outerjoin(productions, deliveries.c.production_id == productions.c.id)
        for row in connection.execute(select(mailings, productions.c.request).select_from(joined).where(waiting)).all():
            if row.request is None:
                give_up(connection, Mailing.from_row(row), _FROM_ELSEWHERE[row.ladder])
            else:
                request = Request.from_json(row.request)
                wanted.add(connection, request, delivery_id=row.delivery_id, mailing_id=row.id, cause=row.ladder)
        connection.execute(update(mailings).where(waiting).values(ladder=None))


def give_up(connection: Connection, mailing: Mailing, why: str) -> None:
    """The end of a refused mailing's ladder."""
    text = f"{mailing.reply}; {why}" if mailing.reply else why
    refused = (mailings.c.id == mailing.id) & (mailings.c.state == State.REJECTED)
    connection.execute(update(mailings).where(refused).values(state=State.FAILED, reply=text))

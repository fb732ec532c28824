"""The tables. Portable SQLAlchemy Core: what stands here runs on SQLite and on PostgreSQL.

Times are seconds since 1970 (UTC) unless a column's comment says otherwise. A table whose rows are claimed has the
columns of `lease_columns`.
"""

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

HEAD = "0001"
"""The revision that this code needs; `migrations/versions` ends at it."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def lease_columns() -> tuple[Column[Any], ...]:
    """What a row needs to be claimed: who holds it, until when on which clock, and the fencing token."""
    return (
        Column("token", Integer, nullable=False, server_default="0", comment="fencing token, one more at each claim"),
        Column("lease_owner", String(80)),
        Column("lease_clock", String(80), comment="the clock that lease_until is read on (a boot's id, or the database)"),
        Column("lease_until", Float, comment="seconds on that clock"),
        Column("claims", Integer, nullable=False, server_default="0", comment="claims since the last outcome: the crash breaker"),
    )


documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, comment="SHA-256 of the bytes, and the blob's name"),
    Column("content_key", String(80), nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("size", Integer, nullable=False, comment="bytes"),
    Column("title", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("findings", Text, nullable=False, server_default="[]", comment="JSON"),
    Column("made_at", Float, nullable=False),
    Index(None, "digest"),
    Index(None, "content_key"),
)

productions = Table(
    "productions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request", Text, nullable=False, comment="JSON: sources as blobs of normalized articles, options, the destination"),
    Column("state", String(20), nullable=False, server_default="queued"),
    Column("delivery_id", Integer, index=True, comment="what came of it; of a ladder's rung: what it is for"),
    Column("mailing_id", Integer, comment="the refused mailing that a next rung is made for; none for a first form"),
    Column("cause", String(20), comment="of a rung: shrink, repair or format"),
    Column("note", Text, comment="why nothing came of it, where that is well"),
    Column("error", Text, comment="JSON: why it failed"),
    Column("made_at", Float, nullable=False),
    *lease_columns(),
    CheckConstraint("state IN ('queued', 'working', 'done', 'failed', 'cancelled')", name="state"),
    Index(None, "state", "id"),
)

production_blobs = Table(
    "production_blobs",
    metadata,
    Column("production_id", ForeignKey("productions.id"), primary_key=True),
    Column("digest", String(64), primary_key=True, comment="a blob that the production is made from"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("destination", String(200), nullable=False),
    Column("content_key", String(80), nullable=False),
    Column("again", Integer, nullable=False, server_default="0", comment="how often somebody asked to send it again"),
    Column("title", Text, nullable=False),
    Column("production_id", ForeignKey("productions.id"), comment="what it can be made anew from; none for a file from elsewhere"),
    Column("forced", Boolean, nullable=False, server_default="0", comment="a person sent it in spite of the check's errors"),
    Column("made_at", Float, nullable=False),
    UniqueConstraint("destination", "content_key", "again"),
)

mailings = Table(
    "mailings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("part", Integer, nullable=False, server_default="1", comment="1 of parts"),
    Column("parts", Integer, nullable=False, server_default="1"),
    Column("rung", Integer, nullable=False, server_default="0", comment="0 the first try; each repair or shrink one more"),
    Column("reason", Text, comment="why this rung exists: what was shrunk or repaired"),
    Column("form", Text, comment="JSON: how the document was made; none for a file from elsewhere"),
    Column("ladder", String(20), comment="shrink, repair or format: refused, and a next rung is to be asked for"),
    Column("document_id", ForeignKey("documents.id"), nullable=False),
    Column("destination", String(200), nullable=False),
    Column("account", String(200), nullable=False),
    Column("message_id", String(200), nullable=False, unique=True),
    Column("file_name", Text, nullable=False),
    Column("state", String(20), nullable=False, server_default="queued"),
    Column("phase", String(20), nullable=False, server_default="none", comment="'data' is committed before the final dot"),
    Column("ready", Boolean, nullable=False, server_default="1", comment="due now; deferred rows stay out of the ready index"),
    Column("due_at", Float, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0", comment="answers received that count against the message"),
    Column("resends", Integer, nullable=False, server_default="0", comment="sent again after an uncertain end"),
    Column("accepted_at", Float),
    Column("settled_at", Float),
    Column("reply", Text, comment="the last answer, in words"),
    Column("refusal", String(20), comment="of a rejection that was read: Amazon's code (E013), or a bounce's status (5.1.1)"),
    Column("made_at", Float, nullable=False),
    *lease_columns(),
    UniqueConstraint("delivery_id", "part", "rung"),
)
Index("ix_mailings_ready", mailings.c.account, mailings.c.id, sqlite_where=mailings.c.ready & (mailings.c.state == "queued"))
Index("ix_mailings_deferred", mailings.c.due_at, sqlite_where=~mailings.c.ready & (mailings.c.state == "queued"))
Index("ix_mailings_destination", mailings.c.destination, mailings.c.made_at)
Index("ix_mailings_sending", mailings.c.lease_until, sqlite_where=mailings.c.state == "sending")
Index("ix_mailings_open_window", mailings.c.account, mailings.c.accepted_at, sqlite_where=mailings.c.state.in_(("accepted", "uncertain")))
Index("ix_mailings_troubled", mailings.c.state, mailings.c.settled_at, sqlite_where=mailings.c.state.in_(("failed", "held", "uncertain")))
Index("ix_mailings_ladder", mailings.c.id, sqlite_where=mailings.c.ladder.is_not(None))

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey("mailings.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("phase", String(20), nullable=False),
    Column("outcome", String(40), nullable=False, comment="the reply's class"),
    Column("code", Integer),
    Column("enhanced", String(20)),
    Column("text", Text, nullable=False),
    Column("worker", String(80), nullable=False),
    Index(None, "mailing_id"),
)

standings = Table(
    "standings",
    metadata,
    Column("kind", String(20), primary_key=True, comment="account or destination"),
    Column("name", String(200), primary_key=True),
    Column("paused_until", Float, comment="infinity as 1e18: until somebody resumes it"),
    Column("reason", Text),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row, for the account's own back-off"),
    Column("size_limit", Integer, comment="bytes of a whole message, learned from EHLO or a refusal"),
    Column("sent_minute", Integer, nullable=False, server_default="0"),
    Column("minute", Integer, nullable=False, server_default="0"),
    Column("sent_day", Integer, nullable=False, server_default="0"),
    Column("day", Integer, nullable=False, server_default="0"),
    Column("mailbox_read_at", Float, comment="when a reading of the sender's mailbox to its end last began"),
    Column("mailbox_tried_at", Float, comment="when a reading last began: whoever sets it is the one that reads"),
    Column("mailbox_rest_until", Float, comment="not read before, after a failure"),
    Column("mailbox_error", Text, comment="why it could not be read; null when it could"),
)

folders = Table(
    "mailbox_folders",
    metadata,
    Column("account", String(200), primary_key=True),
    Column("name", String(400), primary_key=True),
    Column("validity", Integer, nullable=False, comment="UIDVALIDITY: with another one, UIDs begin anew (RFC 9051 2.3.1.1)"),
    Column("last_uid", Integer, nullable=False, comment="everything up to it was read"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(200), nullable=False),
    Column("mail_id", String(300), nullable=False, comment="the mail's own Message-ID, or its digest"),
    Column("genuine", Boolean, nullable=False, comment="the own mail host vouches for its sender; no other is acted on"),
    Column("kind", String(20), nullable=False, comment="bounce or amazon"),
    Column("final", Boolean, nullable=False, comment="a refusal, not only a delay"),
    Column("sender", String(300), nullable=False),
    Column("code", String(20)),
    Column("text", Text, nullable=False, comment="what it says, and what was made of it"),
    Column("mailing_id", ForeignKey("mailings.id"), comment="the mailing that it is about, when that is known"),
    Column("arrived_at", Float, nullable=False),
    Column("read_at", Float, nullable=False),
    Index(None, "account", "mail_id"),
    Index(None, "mailing_id"),
)

workers = Table(
    "workers",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("started_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False, comment="written every few seconds while it lives"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("cause", String(300), primary_key=True, comment="what a person was told about"),
    Column("told_at", Float, nullable=False),
    Column("facts", Text, nullable=False, comment="JSON: the facts of the cause that were told"),
)

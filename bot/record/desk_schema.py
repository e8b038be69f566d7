"""The tables of the queue of help desks. None holds a word of a ticket."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    inspect,
    select,
    text,
)

from bot.errors import RecordError
from bot.record.schema import CREATING, LONGEST_ID, Moment

SCHEMA = 1
LONGEST_NAME = 32  # characters

metadata = MetaData()
version = Table("faqbot_desk_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False))
events = Table(
    "faqbot_desk_events", metadata,
    Column("id", Integer, primary_key=True),
    Column("desk", String(LONGEST_NAME), nullable=False),
    Column("delivery", String(LONGEST_ID), nullable=False),
    Column("ticket", String(LONGEST_ID), nullable=False),
    Column("state", String(8), nullable=False),
    Column("received", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("claimed", Moment),  # until when
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    UniqueConstraint("desk", "delivery"),
    Index("faqbot_desk_events_due", "desk", "state", "due"),
    Index("faqbot_desk_events_ticket", "desk", "ticket"),
)  # fmt: skip
writes = Table(
    "faqbot_desk_writes", metadata,
    Column("key", String(LONGEST_ID), primary_key=True),
    Column("desk", String(LONGEST_NAME), nullable=False),
    Column("ticket", String(LONGEST_ID), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sender", String(LONGEST_ID)),  # a salted hash
    Column("intents", JSON, nullable=False),
    Column("time", Moment, nullable=False, index=True),
    Column("outcome", String(16)),
    Index("faqbot_desk_writes_ticket", "desk", "ticket"),
)  # fmt: skip
polls = Table(
    "faqbot_desk_polls", metadata,
    Column("desk", String(LONGEST_NAME), primary_key=True),
    Column("moment", Moment, nullable=False),
)  # fmt: skip


def prepare(connection: Connection) -> None:
    """Make the tables where there are none; raises RecordError for those of another version."""
    if not inspect(connection).has_table(version.name):
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CREATING})
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        if not inspect(connection).has_table(version.name):
            metadata.create_all(connection)
            connection.execute(insert(version).values(version=SCHEMA))
    found = connection.execute(select(version.c.version)).scalars().all()
    if list(found) != [SCHEMA]:
        raise RecordError(f"the queue of the desk has schema {list(found)}, and this faqbot knows {SCHEMA}")

"""The tables of the conversation log, in SQLite or PostgreSQL."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Boolean,
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.errors import RecordError

SCHEMA = 1  # of the tables below; a log of another version is refused at the start
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
LONGEST_ID = 64  # characters
CREATING = 7_012_006  # the advisory lock of PostgreSQL that whoever makes the tables holds
PATIENCE = 5  # seconds that a connection may take, or a lock be waited for
PAUSE = 0.02  # seconds before a lock that cannot be waited for is tried again
# A connection that is cut without a word is found out by the kernel (libpq's names; milliseconds and seconds).
POSTGRES = {"connect_timeout": PATIENCE, "tcp_user_timeout": 10_000, "keepalives_idle": 10, "keepalives_interval": 5}
# Readers do not wait for writers. Every commit is on the disk when it returns: a batch or an acknowledged feedback
# outlives a power cut. What is deleted is overwritten.
SQLITE = (f"busy_timeout={PATIENCE * 1000}", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
INSERTS: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # ON CONFLICT
EXAMPLES = "sqlite:///faqbot.db or postgresql://user@host/name"


class Moment(TypeDecorator[datetime]):
    """A time in UTC, which SQLite keeps without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time as it is stored."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time as it was given."""
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


metadata = MetaData()
version = Table("faqbot_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False))
turns = Table(
    "faqbot_turns", metadata,
    Column("turn", String(LONGEST_ID), primary_key=True),
    Column("time", Moment, nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("conversation", String(LONGEST_ID)),
    Column("person", String(LONGEST_ID)),  # without an index: somebody is forgotten now and then, turns come all day
    Column("text", Text),
    Column("kind", String(16), nullable=False),
    Column("intents", JSON, nullable=False),
    Column("near", JSON, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("runner_up", Text),
    Column("gates", JSON, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("handover", Text),
    Column("kb", String(32), nullable=False),
    Column("milliseconds", Float, nullable=False),
)  # fmt: skip
feedback = Table(
    "faqbot_feedback", metadata,
    Column("turn", String(LONGEST_ID), primary_key=True),
    Column("time", Moment, nullable=False, index=True),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text),  # redacted
)  # fmt: skip
handovers = Table(
    "faqbot_handovers", metadata,
    Column("id", Integer, primary_key=True),
    Column("turn", String(LONGEST_ID), nullable=False, index=True),
    Column("time", Moment, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("result", Text, nullable=False),
)  # fmt: skip
flags = Table(
    "faqbot_flags", metadata,
    Column("person", String(LONGEST_ID), primary_key=True),  # a salted hash
    Column("category", String(LONGEST_ID), nullable=False),
    Column("until", Moment, nullable=False),
)  # fmt: skip


def connect(url: str) -> Engine:
    """The engine of a database URL, its tables made where there are none; raises RecordError."""
    try:
        parsed, settings = _understood(url)
        engine = create_engine(
            parsed,
            connect_args=settings,
            pool_pre_ping=True,
            pool_timeout=PATIENCE,
            json_deserializer=_list,
            hide_parameters=True,  # from errors: they hold what was asked
        )
    except ImportError as error:
        raise RecordError("PostgreSQL needs a driver: run pip install 'faqbot[postgres]'") from error
    except (ArgumentError, OSError, ValueError) as error:
        raise RecordError(f"the log cannot be opened ({error}): give a URL such as {EXAMPLES}") from error
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _tune)
    try:
        _check(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise RecordError(f"the log cannot be opened: {reason(error)}") from error
    except RecordError:
        engine.dispose()
        raise
    return engine


def file_of(url: str) -> Path | None:
    """The file of an SQLite URL; None for another database. Raises RecordError for what is no URL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise RecordError(f"this is no URL of a database: give one such as {EXAMPLES}") from None
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def reason(error: SQLAlchemyError) -> str:
    """What went wrong, in the database's words, on one line."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _understood(url: str) -> tuple[URL, dict[str, Any]]:
    """The URL with its driver, and what a connection is given; an SQLite file is made, for its owner's eyes only."""
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg"), {
                name: value for name, value in POSTGRES.items() if name not in parsed.query
            }
        case "sqlite":
            if parsed.database in (None, "", ":memory:"):
                raise ValueError("a log in memory keeps nothing")
            _make_private(Path(str(parsed.database)))
            return parsed.set(drivername="sqlite"), {}
        case other:
            raise ValueError(f"{other!r} is not supported")


def _check(engine: Engine) -> None:
    """Make the tables in an empty database; refuse those of another version."""
    with engine.begin() as connection:
        if not inspect(connection).has_table(version.name):
            _make(connection)
        found = connection.execute(select(version.c.version)).scalars().all()
    if found != [SCHEMA]:
        known = ", ".join(map(str, found)) or "none"
        advice = "use the faqbot that wrote it, or another database"
        raise RecordError(f"the log has schema {known}, and this faqbot knows {SCHEMA}: {advice}")


def _make(connection: Connection) -> None:
    """Make the tables; where two do so at once, the second one finds them made."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CREATING})
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver itself begins none before a CREATE TABLE
    if not inspect(connection).has_table(version.name):
        metadata.create_all(connection)
        connection.execute(insert(version).values(version=SCHEMA))


def _list(stored: str) -> list[object]:
    """The list that was stored as JSON."""
    return [] if stored == "[]" else list(json.loads(stored))


def _tune(connection: Any, record: object) -> None:
    for setting in SQLITE:
        _set(connection, setting)


def _set(connection: Any, setting: str) -> None:
    """Set a pragma. SQLite waits for no lock when the journal changes, so that two who start at once try again."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute(f"PRAGMA {setting}")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(PAUSE)
        else:
            return


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    except FileExistsError:
        return  # its owner may have opened it to others

"""The conversation log: what was asked and answered, without whose it was. SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, delete, insert, or_, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.errors import RecordError
from bot.privacy import redacted
from bot.record.rows import Insertion, Outcome, Row, Stamp, outcome_of, row_of
from bot.record.schema import INSERTS, LONGEST_ID, connect, feedback, file_of, flags, handovers, reason, turns
from bot.record.turn import Turn, fresh_id, turn_of
from bot.record.writer import Writer

__all__ = ["FLAGGED_FOR", "Log", "Outcome", "Stamp", "Turn", "fresh_id", "outcome_of", "turn_of"]

FLAGGED_FOR = timedelta(hours=24)  # that a person's flag holds, at least
AT_ONCE = 1000  # rows that are read from the database in one go


class Log:
    """Writes turns behind the request; feedback, hand-overs and flags at once. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = INSERTS[engine.dialect.name]
        self._add = Insertion(engine.dialect)
        self._writer = Writer(self._keep)

    @classmethod
    def open(cls, url: str) -> Log:
        """The log at a database URL, its tables made where there are none; raises RecordError."""
        return cls(connect(url))

    @classmethod
    def existing(cls, url: str) -> Log:
        """The log at a database URL; raises RecordError where there is no such file."""
        path = file_of(url)
        if path and not path.is_file():
            raise RecordError(f"there is no log at {path}: faqbot serve writes one, or set FAQBOT_DATABASE_URL")
        return cls.open(url)

    def __enter__(self) -> Log:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def dropped(self) -> int:
        """Turns that were lost since the start, because the database could not be written in time."""
        return self._writer.dropped

    @property
    def waiting(self) -> int:
        """Turns that are not written yet."""
        return self._writer.waiting

    def write(self, turn: Turn) -> None:
        """Have a turn written soon; never waits. What finds no room is dropped, and counted."""
        self._writer.write(row_of(turn))

    def write_again(self, outcome: Outcome, stamp: Stamp) -> None:
        """The same for what came of a message that was packed before: a reply that is given again and again."""
        self._writer.write((stamp, outcome))

    def give_feedback(self, turn: str, *, helpful: bool, comment: str = "") -> None:
        """Write what somebody thought of a turn; the last word wins. Raises RecordError where it could not be kept.

        The comment is redacted, and not kept where the turn keeps no text.
        """
        row = {"time": datetime.now(UTC), "helpful": helpful, "comment": redacted(comment) or None}
        with self._transaction() as connection:
            fresh = self._insert(feedback).values(turn=_sound(turn), **row)
            connection.execute(fresh.on_conflict_do_update(index_elements=["turn"], set_=row))
            _hush(connection, [turn])

    def hand_over(self, turn: str, reason: str, result: str) -> None:
        """Write that a person is to take over, and what came of it; raises RecordError where it could not be kept."""
        row = {"turn": _sound(turn), "time": datetime.now(UTC), "reason": reason, "result": result}
        with self._transaction() as connection:
            connection.execute(insert(handovers).values(**row))

    def flag(self, person: str, category: str, until: datetime) -> None:
        """Remember, by a salted hash, that somebody may be in danger; raises RecordError where it could not be kept."""
        row = {"category": category, "until": until}
        with self._transaction() as connection:
            fresh = self._insert(flags).values(person=_sound(person), **row)
            connection.execute(fresh.on_conflict_do_update(index_elements=["person"], set_=row))

    def flagged(self, person: str, now: datetime) -> str:
        """The category that a person is flagged with, and that has not expired; empty where there is none."""
        wanted = select(flags.c.category).where(flags.c.person == person, flags.c.until > now)
        with self._transaction() as connection:
            return connection.execute(wanted).scalar() or ""

    def purge(self, before: datetime) -> int:
        """Delete the turns that are older, all that hangs on them, and flags that have expired; the number of turns."""
        with self._transaction() as connection:
            connection.execute(delete(flags).where(flags.c.until < datetime.now(UTC)))
            for table in (feedback, handovers):
                connection.execute(delete(table).where(table.c.time < before))
            _hush(connection)
            number = _delete(connection, turns.c.time < before)
        self._overwrite()
        return number

    def forget(self, *, person: str = "", conversation: str = "", turn: str = "") -> int:
        """Delete the turns of a person (a salted hash) or a conversation, or one, with all that hangs on them."""
        columns = {turns.c.person: person, turns.c.conversation: conversation, turns.c.turn: turn}
        named = [column == value for column, value in columns.items() if value]
        if not named:
            raise ValueError("name a person, a conversation or a turn")
        with self._transaction() as connection:
            connection.execute(delete(flags).where(flags.c.person == person))
            number = _delete(connection, or_(*named))
        self._overwrite()
        return number

    def rows(self, since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
        """Every turn, oldest first, as values, with its feedback (`helpful`, `comment`; None where there is none)."""
        joined = turns.outerjoin(feedback, turns.c.turn == feedback.c.turn)
        wanted = select(turns, feedback.c.helpful, feedback.c.comment).select_from(joined)
        yield from self._read(wanted.order_by(turns.c.time, turns.c.turn), turns, since)

    def hand_overs(self, since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
        """Every hand-over, oldest first, as values: `turn`, `time`, `reason`, `result`."""
        wanted = select(handovers.c.turn, handovers.c.time, handovers.c.reason, handovers.c.result)
        yield from self._read(wanted.order_by(handovers.c.id), handovers, since)

    def close(self, seconds: float = 10.0) -> None:
        """Write what still waits, for so long at most; what cannot be written is counted as dropped."""
        self._writer.close(seconds)
        self._engine.dispose()

    def _keep(self, batch: Sequence[Row]) -> None:
        """Write turns in one transaction; those that a try which was cut off has written stay as they are."""
        with self._transaction() as connection:
            self._add(connection, batch)
            if silent := [stamp.turn for stamp, outcome in batch if outcome.silent]:
                _hush(connection, silent)

    def _overwrite(self) -> None:
        """Have SQLite empty its write-ahead log, in which what was deleted stands until then."""
        if self._engine.dialect.name == "sqlite":
            with self._transaction() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _read(self, wanted: Select[Any], table: Table, since: datetime | None) -> Iterator[Mapping[str, Any]]:
        if since:
            wanted = wanted.where(table.c.time >= since)
        with self._transaction() as connection:
            for row in connection.execution_options(yield_per=AT_ONCE).execute(wanted):
                yield dict(row._mapping)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """A transaction; what the database cannot do now, but may do later, is a RecordError.

        What it never takes is a ValueError that quotes no row: logs hold nothing that was asked.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except (DataError, IntegrityError) as error:
            said = str(error.orig).strip().partition("\n")[0]  # PostgreSQL quotes the row below
            raise ValueError(f"the database does not take this row: {said}") from None
        except (DBAPIError, NoConnection) as error:
            raise RecordError(f"the log cannot be reached: {reason(error)}") from error


def _delete(connection: Connection, which: ColumnElement[bool]) -> int:
    """Delete turns with their feedback and hand-overs; the number of turns."""
    gone = select(turns.c.turn).where(which)
    for table in (feedback, handovers):
        connection.execute(delete(table).where(table.c.turn.in_(gone)))
    return connection.execute(delete(turns).where(which)).rowcount


def _hush(connection: Connection, of: Sequence[str] | None = None) -> None:
    """Take the comments from turns that keep no text, for they may hold the same words; from all without `of`."""
    silent = select(turns.c.turn).where(turns.c.text.is_(None))
    if of is not None:
        silent = silent.where(turns.c.turn.in_(of))
    commented = feedback.c.turn.in_(silent) & feedback.c.comment.is_not(None)
    connection.execute(update(feedback).where(commented).values(comment=None))


def _sound(identifier: str) -> str:
    """An id as it can be stored; raises RecordError for what can be none."""
    if not identifier or len(identifier) > LONGEST_ID or not identifier.isprintable():
        raise RecordError(f"this is no id: it must have 1 to {LONGEST_ID} printable characters")
    return identifier

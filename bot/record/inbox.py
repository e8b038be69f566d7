"""What a help desk told, until it is dealt with: a queue in the database that outlives every process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, exists, func, or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.errors import RecordError
from bot.record.desk_schema import events, polls, prepare, writes
from bot.record.schema import INSERTS, connect, reason

MOST_TRIES = 8  # after which an event is parked
PAUSE, GROWTH, LONGEST_PAUSE = 10.0, 3.0, 2 * 60 * 60.0  # seconds: eight tries take about three hours
LEASE = 180.0  # seconds that a claim holds; whoever holds it writes nothing in its last third
WAITING, DONE, PARKED = "waiting", "done", "parked"
LONGEST_ERROR = 500  # characters


@dataclass(frozen=True, slots=True)
class Job:
    """An event that somebody works on until `until`."""

    id: int
    desk: str
    ticket: str
    delivery: str
    tries: int  # this one included
    until: datetime

    def may_write(self, now: datetime) -> bool:
        """Whether a call that is begun now ends before somebody else may claim the event."""
        return now < self.until - timedelta(seconds=LEASE / 3)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many events of a desk wait, were dealt with, and are parked."""

    desk: str
    waiting: int
    done: int
    parked: int
    oldest: datetime | None  # that waits
    polled: datetime | None  # until when the desk was asked what has changed


class Inbox:
    """The events of help desks, and what was written because of them. Safe to share between threads and processes."""

    def __init__(self, engine: Engine, lease: float = LEASE) -> None:
        self._engine = engine
        self._lease = timedelta(seconds=lease)
        self._insert = INSERTS[engine.dialect.name]
        self.workers = 1 if engine.dialect.name == "sqlite" else 2  # that are worth their while
        with self._transaction() as connection:
            prepare(connection)

    @classmethod
    def open(cls, url: str) -> Inbox:
        """The inbox at a database URL, its tables made where there are none; raises RecordError."""
        return cls(connect(url))

    def __enter__(self) -> Inbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def put(self, desk: str, told: Iterable[tuple[str, str]]) -> int:
        """Keep events, as pairs of delivery and ticket; how many were new. On the disk when this returns."""
        now = datetime.now(UTC)
        rows = [{"desk": desk, "delivery": delivery, "ticket": ticket} for delivery, ticket in told]
        new = self._insert(events).on_conflict_do_nothing().returning(events.c.id)
        with self._transaction() as connection:
            kept = (new.values(**row, state=WAITING, received=now, due=now, tries=0) for row in rows)
            return sum(connection.execute(one).first() is not None for one in kept)

    def claim(self, desk: str) -> Job | None:
        """The next event that is due, for the caller alone; None where there is none. A ticket is worked on by one."""
        now = datetime.now(UTC)
        other = events.alias()
        busy = exists().where(other.c.desk == events.c.desk, other.c.ticket == events.c.ticket, other.c.claimed > now)
        due = and_(
            events.c.state == WAITING, events.c.due <= now, or_(events.c.claimed.is_(None), events.c.claimed <= now)
        )
        wanted = select(events).where(events.c.desk == desk, due, ~busy).order_by(events.c.id).limit(1)
        with self._transaction() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            found = connection.execute(wanted.with_for_update(skip_locked=True)).first()
            if found is None or not self._alone(connection, desk, found.ticket, now):
                return None
            until = now + self._lease
            values = {"claimed": until, "tries": found.tries + 1}
            connection.execute(update(events).where(events.c.id == found.id).values(**values))
        return Job(found.id, desk, found.ticket, found.delivery, found.tries + 1, until)

    def _alone(self, connection: Connection, desk: str, ticket: str, now: datetime) -> bool:
        """Whether nobody else works on a ticket, or is about to."""
        if connection.dialect.name == "sqlite":
            return True
        lock = text("SELECT pg_try_advisory_xact_lock(hashtext(:name))")
        if not connection.execute(lock, {"name": f"{desk} {ticket}"}).scalar():
            return False
        claimed = select(events.c.id).where(events.c.desk == desk, events.c.ticket == ticket, events.c.claimed > now)
        return connection.execute(claimed).first() is None

    def done(self, job: Job) -> None:
        """An event is dealt with."""
        self._settle(job, state=DONE, claimed=None, error=None)

    def failed(self, job: Job, error: str) -> bool:
        """An event is to be tried again later, or is parked; whether it is parked."""
        pause = min(PAUSE * GROWTH ** (job.tries - 1), LONGEST_PAUSE)
        parked = job.tries >= MOST_TRIES
        due = datetime.now(UTC) + timedelta(seconds=pause)
        state = PARKED if parked else WAITING
        self._settle(job, state=state, claimed=None, due=due, error=" ".join(error.split())[:LONGEST_ERROR])
        return parked

    def _settle(self, job: Job, **values: Any) -> None:
        mine = and_(events.c.id == job.id, events.c.tries == job.tries)  # nobody has claimed it since
        with self._transaction() as connection:
            connection.execute(update(events).where(mine).values(**values))

    def retry(self, desk: str) -> int:
        """Have everything that is parked tried anew; how much that is."""
        parked = and_(events.c.desk == desk, events.c.state == PARKED)
        with self._transaction() as connection:
            values = {"state": WAITING, "tries": 0, "due": datetime.now(UTC)}
            return connection.execute(update(events).where(parked).values(**values)).rowcount

    def parked(self, desk: str) -> list[Mapping[str, Any]]:
        """What is parked: `ticket`, `delivery`, `received`, `error`."""
        columns = (events.c.ticket, events.c.delivery, events.c.received, events.c.error)
        wanted = select(*columns).where(events.c.desk == desk, events.c.state == PARKED).order_by(events.c.id)
        with self._transaction() as connection:
            return [dict(row._mapping) for row in connection.execute(wanted)]

    def counts(self) -> list[Counts]:
        """How every desk stands."""
        oldest = func.min(events.c.received)
        wanted = select(events.c.desk, events.c.state, func.count(), oldest).group_by(events.c.desk, events.c.state)
        with self._transaction() as connection:
            rows = [tuple(row) for row in connection.execute(wanted)]
            polled = {row.desk: row.moment for row in connection.execute(select(polls.c.desk, polls.c.moment))}
        found = {(desk, state): number for desk, state, number, _ in rows}
        waits = {desk: first for desk, state, _, first in rows if state == WAITING}
        return [
            Counts(
                desk=desk,
                waiting=found.get((desk, WAITING), 0),
                done=found.get((desk, DONE), 0),
                parked=found.get((desk, PARKED), 0),
                oldest=waits.get(desk),
                polled=polled.get(desk),
            )
            for desk in sorted({desk for desk, _ in found} | set(polled))
        ]

    def polled(self, desk: str) -> datetime | None:
        """Until when a desk was asked what has changed; None before the first time."""
        with self._transaction() as connection:
            return connection.execute(select(polls.c.moment).where(polls.c.desk == desk)).scalar()

    def heard_since(self, desk: str, moment: datetime) -> bool:
        """Whether any event of a desk came after a moment."""
        wanted = select(events.c.id).where(events.c.desk == desk, events.c.received > moment).limit(1)
        with self._transaction() as connection:
            return connection.execute(wanted).first() is not None

    def set_polled(self, desk: str, moment: datetime) -> None:
        """Remember until when a desk was asked."""
        with self._transaction() as connection:
            fresh = self._insert(polls).values(desk=desk, moment=moment)
            connection.execute(fresh.on_conflict_do_update(index_elements=["desk"], set_={"moment": moment}))

    def plan(self, desk: str, ticket: str, key: str, kind: str, sender: str, intents: Sequence[str] = ()) -> bool:
        """Keep that something is about to be written; whether it had been before, and may be there already."""
        row = {
            "desk": desk, "ticket": ticket, "key": key, "kind": kind, "sender": sender or None,
            "intents": list(intents), "time": datetime.now(UTC), "outcome": None,
        }  # fmt: skip
        new = self._insert(writes).values(**row).on_conflict_do_nothing().returning(writes.c.key)
        with self._transaction() as connection:
            return connection.execute(new).first() is None

    def written(self, desk: str, ticket: str) -> list[Mapping[str, Any]]:
        """What was written, or was to be, in a ticket: `key`, `kind`, `intents`, `time`, `outcome`."""
        columns = (writes.c.key, writes.c.kind, writes.c.intents, writes.c.time, writes.c.outcome)
        wanted = select(*columns).where(writes.c.desk == desk, writes.c.ticket == ticket).order_by(writes.c.time)
        with self._transaction() as connection:
            return [dict(row._mapping) for row in connection.execute(wanted)]

    def written_for(self, sender: str, since: datetime) -> int:
        """How much was written because of a sender (a salted hash) since a moment."""
        wanted = select(func.count()).where(writes.c.sender == sender, writes.c.time >= since)
        with self._transaction() as connection:
            return int(connection.execute(wanted).scalar() or 0)

    def came_of(self, key: str, outcome: str) -> None:
        """Keep what an agent did with a suggestion; the first word stays."""
        with self._transaction() as connection:
            first = and_(writes.c.key == key, writes.c.outcome.is_(None))
            connection.execute(update(writes).where(first).values(outcome=outcome))

    def outcomes(self, since: datetime) -> Mapping[str, int]:
        """How many suggestions since a moment came to what; `open` where no agent has answered yet."""
        wanted = select(writes.c.outcome, func.count()).where(writes.c.kind == "note", writes.c.time >= since)
        with self._transaction() as connection:
            return {(row[0] or "open"): row[1] for row in connection.execute(wanted.group_by(writes.c.outcome))}

    def purge(self, before: datetime) -> int:
        """Delete what was dealt with before a moment; that of a day stays at least, so that nothing is done twice."""
        before = min(before, datetime.now(UTC) - timedelta(days=1))
        old = and_(events.c.state == DONE, events.c.received < before)
        with self._transaction() as connection:
            connection.execute(writes.delete().where(writes.c.time < before))
            return connection.execute(events.delete().where(old)).rowcount

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except (DBAPIError, NoConnection) as error:
            raise RecordError(f"the queue of the desk cannot be reached: {reason(error)}") from error

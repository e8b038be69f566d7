"""Turns as rows: packed once for a reply that is given again and again, and inserted many in one statement."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import JSON, Connection, Dialect

from bot.record.schema import turns
from bot.record.turn import Turn

AT_ONCE = 128  # rows of a statement, at most; 16 parameters each
MARKS = {"sqlite": "?", "postgresql": "%s"}  # a parameter, as the driver writes it


class Stamp(NamedTuple):
    """What tells one time that a reply was given from the next: columns of the table, under their names."""

    turn: str
    time: datetime
    milliseconds: float
    person: str | None
    conversation: str | None


class Outcome(NamedTuple):
    """What came of a message: everything of a turn but its stamp, as the database takes it."""

    values: tuple[str | None, ...]  # of OUTCOME
    silent: bool  # whether it keeps no text


Row = tuple[Stamp, Outcome]
OUTCOME = tuple(column.name for column in turns.c if column.name not in Stamp._fields)
COLUMNS = (*Stamp._fields, *OUTCOME)


def row_of(turn: Turn) -> Row:
    """A turn as a row."""
    return Stamp(*(getattr(turn, name) for name in Stamp._fields)), outcome_of(turn)


def outcome_of(turn: Turn) -> Outcome:
    """A turn without its stamp."""
    values = ((turns.c[name], getattr(turn, name)) for name in OUTCOME)
    return Outcome(
        tuple(encoded(value) if isinstance(column.type, JSON) else value for column, value in values),
        turn.text is None,
    )


def encoded(values: Sequence[object]) -> str:
    """A list as JSON; most are empty, and the encoder takes its time for each."""
    return json.dumps(values, ensure_ascii=False) if values else "[]"


class Insertion:
    """Puts rows into the table; one whose turn is there already stays as it was.

    A statement of many rows lets other threads go on while the driver works it off; one for each row would stop
    them for each row.
    """

    def __init__(self, dialect: Dialect) -> None:
        quoted = map(dialect.identifier_preparer.quote, COLUMNS)
        self._begin = f"INSERT INTO {turns.name} ({', '.join(quoted)}) VALUES "  # noqa: S608 - names of our own
        self._row = f"({', '.join([MARKS[dialect.name]] * len(COLUMNS))})"
        moment: Callable[[datetime], object] | None = turns.c.time.type.dialect_impl(dialect).bind_processor(dialect)
        self._moment = moment or (lambda time: time)
        self._statement = cache(self._of)

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert rows within a transaction."""
        for piece in pieces(rows):
            connection.exec_driver_sql(self._statement(len(piece)), tuple(self._values(piece)))

    def _of(self, number: int) -> str:
        return f"{self._begin}{', '.join([self._row] * number)} ON CONFLICT DO NOTHING"

    def _values(self, rows: Sequence[Row]) -> Iterator[Any]:
        for (turn, time, *more), outcome in rows:
            yield turn
            yield self._moment(time)
            yield from more
            yield from outcome.values


def pieces(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Rows in pieces of powers of two, the larger first: few statements, and few that differ."""
    start = 0
    while left := len(rows) - start:
        size = min(AT_ONCE, 1 << (left.bit_length() - 1))
        yield rows[start : start + size]
        start += size

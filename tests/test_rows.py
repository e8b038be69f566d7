"""Turns as rows: their ids, and the pieces in which they are inserted."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.record import Turn, fresh_id
from bot.record.rows import AT_ONCE, COLUMNS, pieces, row_of
from bot.record.schema import turns

ROW = row_of(Turn("t1", "web", "answer", "0123456789abcdef", 4.25, time=datetime(2026, 3, 1, tzinfo=UTC)))


def test_a_row_has_a_value_for_every_column() -> None:
    stamp, outcome = ROW

    assert sorted(COLUMNS) == sorted(column.name for column in turns.c)
    assert len((*stamp, *outcome.values)) == len(COLUMNS)


def test_a_turn_without_a_text_is_silent() -> None:
    spoken = row_of(Turn("t1", "web", "answer", "0123456789abcdef", 4.25, text="how does it work"))

    assert (ROW[1].silent, spoken[1].silent) == (True, False)


@given(st.integers(0, 4 * AT_ONCE))
def test_pieces_are_all_the_rows_in_order_and_of_few_sizes(number: int) -> None:
    rows = [(ROW[0]._replace(turn=str(at)), ROW[1]) for at in range(number)]

    found = list(pieces(rows))

    assert [row for piece in found for row in piece] == rows
    assert {len(piece) for piece in found} <= {1 << bit for bit in range(AT_ONCE.bit_length())}


def test_ids_of_turns_differ_and_come_in_the_order_of_their_time() -> None:
    ids = [fresh_id() for _ in range(2000)]

    assert len(set(ids)) == 2000
    assert {len(one) for one in ids} == {32}
    times = [one[:12] for one in ids]
    assert times == sorted(times)
    assert len({one[12:] for one in ids}) == 2000

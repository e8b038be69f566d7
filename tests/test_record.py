"""The conversation log: the same tests on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from bot.errors import RecordError
from bot.privacy import redacted
from bot.record import Log, Turn
from bot.record.rows import Row, row_of
from bot.record.schema import version
from bot.record.writer import Writer
from tests.databases import Proxy, database, end_connections, eventually, server, through

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TURN = Turn(
    "t1", "web", "answer", "0123456789abcdef", 4.25, "how does it work", "ada", "c1", ("how_ketamine_works",),
    ("k_hole",), (94.4,), "how_opioids_work", ("polarity",), ("sc.want_to_die",), "asked", NOW,
)  # fmt: skip


@pytest.fixture
def log(url: str) -> Iterator[Log]:
    with Log.open(url) as opened:
        yield opened


def numbered(number: int, **values: Any) -> Turn:
    return replace(TURN, turn=f"t{number}", **values)


def written(url: str) -> dict[str, object]:
    """The ids of what the log holds, with their texts, read by another log."""
    with Log.open(url) as log:
        return {row["turn"]: row["text"] for row in log.rows()}


def test_a_turn_comes_back_as_it_was_written(url: str) -> None:
    with Log.open(url) as log:
        log.write(TURN)

    with Log.open(url) as log:
        [row] = log.rows()

    assert {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()} == {
        **asdict(TURN), "helpful": None, "comment": None,
    }  # fmt: skip


def test_turns_come_in_the_order_of_their_time_from_a_time_on(url: str) -> None:
    with Log.open(url) as log:
        for number in (3, 1, 2):
            log.write(numbered(number, time=NOW + timedelta(hours=number)))

    with Log.open(url) as log:
        since = (NOW + timedelta(hours=2)).astimezone(tz=None)  # whatever zone it is given in
        assert [row["turn"] for row in log.rows(since)] == ["t2", "t3"]


def test_the_last_word_of_a_feedback_counts(log: Log) -> None:
    log.write(TURN)
    log.give_feedback("t1", helpful=True, comment="fine, mail me at jo@example.org")
    log.give_feedback("t1", helpful=False, comment="no, call 020 7946 0018")
    assert eventually(lambda: log.waiting == 0)

    [row] = log.rows()

    assert (row["helpful"], row["comment"]) == (False, "no, call [number]")


@pytest.mark.parametrize("first", ["turn", "feedback"])
def test_no_comment_is_kept_on_a_turn_that_keeps_no_text(log: Log, first: str) -> None:
    steps: list[Callable[[], None]] = [
        lambda: log.write(replace(TURN, text=None)),
        lambda: log.give_feedback("t1", helpful=True, comment="hm"),
    ]
    for step in steps if first == "turn" else steps[::-1]:
        step()
        assert eventually(lambda: log.waiting == 0)

    [row] = log.rows()

    assert (row["helpful"], row["comment"]) == (True, None)


def test_hand_overs_are_kept(log: Log) -> None:
    log.hand_over("t1", "asked", "ticket 7")

    [row] = log.hand_overs()

    assert (row["turn"], row["reason"], row["result"]) == ("t1", "asked", "ticket 7")


@pytest.mark.parametrize("turn", ["", "x" * 65, "a\0b"])
def test_what_can_be_no_id_is_refused(log: Log, turn: str) -> None:
    with pytest.raises(RecordError, match="this is no id"):
        log.give_feedback(turn, helpful=True)


def test_what_is_older_is_purged_with_all_that_hangs_on_it(url: str) -> None:
    with Log.open(url) as log:
        log.write(TURN)
        log.write(numbered(2, time=datetime.now(UTC)))
        log.give_feedback("t1", helpful=True)
        log.give_feedback("t2", helpful=True)
        log.hand_over("t1", "asked", "ticket")

    with Log.open(url) as log:
        assert log.purge(datetime.now(UTC) - timedelta(days=1)) == 1
        assert [(row["turn"], row["helpful"]) for row in log.rows()] == [("t2", True)]
        assert list(log.hand_overs()) == []


def test_a_person_is_forgotten_with_all_that_hangs_on_them(url: str) -> None:
    with Log.open(url) as log:
        for number, person in ((1, "ada"), (2, "ada"), (3, "bob")):
            log.write(numbered(number, person=person))
            log.give_feedback(f"t{number}", helpful=True)
            log.hand_over(f"t{number}", "asked", "ticket")
        log.flag("ada", "suicide_crisis", NOW)

    with Log.open(url) as log:
        assert log.forget(person="ada") == 2
        assert [row["turn"] for row in log.rows()] == ["t3"]
        assert [row["turn"] for row in log.hand_overs()] == ["t3"]
        assert log.flagged("ada", NOW - timedelta(hours=1)) == ""


def test_a_conversation_or_a_turn_is_forgotten(url: str) -> None:
    with Log.open(url) as log:
        for number, conversation in ((1, "c1"), (2, "c1"), (3, "c2"), (4, "c2")):
            log.write(numbered(number, conversation=conversation))

    with Log.open(url) as log:
        assert (log.forget(conversation="c1"), log.forget(turn="t3")) == (2, 1)
        assert [row["turn"] for row in log.rows()] == ["t4"]


def test_nobody_is_forgotten_where_nobody_is_named(log: Log) -> None:
    with pytest.raises(ValueError, match="name a person"):
        log.forget()


def test_a_flag_holds_until_it_expires(log: Log) -> None:
    log.flag("ada", "overdose_emergency", NOW)
    log.flag("ada", "suicide_crisis", NOW + timedelta(hours=24))

    assert log.flagged("ada", NOW + timedelta(hours=23)) == "suicide_crisis"
    assert log.flagged("ada", NOW + timedelta(hours=24)) == ""
    assert log.flagged("bob", NOW) == ""


def test_expired_flags_are_purged(log: Log) -> None:
    log.flag("ada", "suicide_crisis", NOW)

    log.purge(NOW - timedelta(days=30))

    assert log.flagged("ada", NOW - timedelta(hours=1)) == ""


@given(typed=st.text(max_size=60))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_can_be_written(log: Log, typed: str) -> None:
    log.write(replace(TURN, text=redacted(typed)))
    assert eventually(lambda: log.waiting == 0)

    assert [row["text"] for row in log.rows()] == [redacted(typed)]
    log.forget(turn="t1")
    assert log.dropped == 0


def test_a_turn_that_cannot_be_written_does_not_keep_the_others_from_it(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Log.open(url) as log:
        for number in range(10):
            log.write(numbered(number, kind=None if number == 5 else "answer"))

    assert log.dropped == 1
    assert written(url).keys() == {f"t{number}" for number in range(10)} - {"t5"}
    assert "cannot be written" in caplog.text
    assert "how does it work" not in caplog.text


def test_a_turn_that_comes_twice_is_written_once(url: str) -> None:
    with Log.open(url) as log:
        log.write(TURN)
        log.write(replace(TURN, text="again"))

    assert (written(url), log.dropped) == ({"t1": "how does it work"}, 0)


def test_many_threads_lose_nothing_when_the_log_is_closed_under_them(url: str) -> None:
    log = Log.open(url)

    def write(start: int) -> None:
        for number in range(start, start + 500):
            log.write(numbered(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(0, 2000, 500)))
    log.close()

    assert log.dropped == 0
    assert len(written(url)) == 2000


def test_feedback_is_taken_from_many_at_once_while_turns_are_written(url: str) -> None:
    with Log.open(url) as log:

        def work(start: int) -> None:
            for number in range(start, start + 25):
                log.write(numbered(number))
                log.give_feedback(f"t{number}", helpful=True)
                log.hand_over(f"t{number}", "asked", "ticket")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(0, 200, 25)))

    with Log.open(url) as log:
        assert [row["helpful"] for row in log.rows()] == [True] * 200
        assert len(list(log.hand_overs())) == 200


def test_what_comes_while_a_batch_is_written_makes_one_batch_and_not_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.record.writer.BATCH_SECONDS", 0.5)
    batches: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def keep(batch: Sequence[Row]) -> None:
        batches.append(len(batch))
        begun.set()
        go_on.wait(10)

    writer = Writer(keep)
    writer.write(row_of(numbered(0)))
    assert begun.wait(10)
    writer.write(row_of(numbered(1)))
    go_on.set()
    assert eventually(lambda: writer.waiting == 1)
    for number in range(2, 20):
        writer.write(row_of(numbered(number)))
    writer.close(10)

    assert batches == [1, 19]


def test_what_finds_no_room_is_dropped_and_counted() -> None:
    kept: list[Row] = []
    down = True

    def keep(batch: Sequence[Row]) -> None:
        if down:
            raise RecordError("the log cannot be reached")
        kept.extend(batch)

    writer = Writer(keep, most=100)
    writer.write(row_of(numbered(0)))
    assert eventually(lambda: writer.in_hand == 1)
    for number in range(1, 150):
        writer.write(row_of(numbered(number)))
    down = False
    writer.close(10)

    assert writer.dropped == 49
    assert [stamp.turn for stamp, _ in kept] == [f"t{number}" for number in range(101)]


def test_what_comes_after_the_end_is_counted(log: Log) -> None:
    log.close()

    log.write(TURN)

    assert log.dropped == 1


def test_two_that_start_at_once_make_the_tables_once(url: str) -> None:
    start = threading.Barrier(4)

    def open_at_once(_: int) -> None:
        start.wait()
        Log.open(url).close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(open_at_once, range(4)))

    assert written(url) == {}


def test_a_log_of_another_version_is_refused(url: str) -> None:
    Log.open(url).close()
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg") if "postgresql" in url else url)
    with engine.begin() as connection:
        connection.execute(version.update().values(version=99))
    engine.dispose()

    with pytest.raises(RecordError, match="the log has schema 99, and this faqbot knows 1"):
        Log.open(url)


def test_a_log_that_is_there_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no log at"):
        Log.existing(f"sqlite:///{tmp_path / 'none.db'}")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "the log cannot be opened .*: give a URL such as sqlite:///faqbot.db"),
        ("sqlite://", "a log in memory keeps nothing"),
        ("sqlite:////proc/none/log.db", "the log cannot be opened"),
        ("mysql://bot:hunter2@db/faqbot", "'mysql' is not supported"),
        ("postgresql://bot:hunter2@127.0.0.1:1/faqbot", "the log cannot be opened: connection .*refused"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused_and_no_password_is_told(url: str, message: str) -> None:
    with pytest.raises(RecordError, match=message) as caught:
        Log.open(url)

    assert "hunter2" not in str(caught.value)


def test_a_log_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with Log.open(f"sqlite:///{tmp_path / 'new' / 'log.db'}") as log:
        log.give_feedback("t1", helpful=True)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}

    assert modes == {"log.db": 0o600, "log.db-wal": 0o600, "log.db-shm": 0o600}


def test_what_is_forgotten_stands_in_no_file(tmp_path: Path) -> None:
    with Log.open(f"sqlite:///{tmp_path / 'log.db'}") as log:
        log.write(replace(TURN, text="a very odd sentence"))
        assert eventually(lambda: log.waiting == 0)
        log.forget(person="ada")

        assert [path.name for path in tmp_path.iterdir() if b"very odd" in path.read_bytes()] == []


def test_a_file_that_another_process_holds_is_waited_for(tmp_path: Path) -> None:
    log = Log.open(f"sqlite:///{tmp_path / 'log.db'}")
    other = sqlite3.connect(tmp_path / "log.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    log.write(TURN)
    threading.Event().wait(0.3)
    other.execute("COMMIT")
    other.close()
    log.close()

    assert log.dropped == 0
    assert written(f"sqlite:///{tmp_path / 'log.db'}").keys() == {"t1"}


def test_acknowledged_feedback_outlives_a_process_that_is_killed(url: str) -> None:
    code = (
        "import os, sys; from bot.record import Log; log = Log.open(sys.argv[1]);"
        "[log.give_feedback(f't{n}', helpful=True) for n in range(20)]; log.hand_over('t1', 'asked', 'x');"
        "os.kill(os.getpid(), 9)"
    )
    run = subprocess.run([sys.executable, "-c", code, url], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (-9, "")
    with Log.open(url) as log:
        for number in range(20):
            log.write(numbered(number))
    with Log.open(url) as log:
        assert [row["helpful"] for row in log.rows()] == [True] * 20
        assert len(list(log.hand_overs())) == 1


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    with database("postgresql", tmp_path) as found:
        yield found


def test_no_turn_is_lost_when_the_server_ends_every_connection(postgres: str) -> None:
    log = Log.open(postgres)
    for number in range(3000):
        log.write(numbered(number))
        if number % 500 == 0:
            end_connections(postgres)
            threading.Event().wait(0.02)
    log.close()

    assert log.dropped == 0
    assert len(written(postgres)) == 3000


def test_a_server_out_of_reach_costs_no_turn_and_is_told_to_who_gives_feedback(
    postgres: str, caplog: pytest.LogCaptureFixture
) -> None:
    parsed = make_url(server())
    proxy = Proxy(parsed.host or "127.0.0.1", parsed.port or 5432)
    log = Log.open(through(postgres, proxy.port))
    for number in range(1000):
        log.write(numbered(number))
    threading.Event().wait(0.06)  # in the middle of the first batches
    proxy.cut()
    for number in range(1000, 2000):
        log.write(numbered(number))

    with pytest.raises(RecordError, match="the log cannot be reached"):
        log.give_feedback("t1", helpful=True)
    with pytest.raises(RecordError, match="the log cannot be reached"):
        log.hand_over("t1", "asked", "ticket")

    assert eventually(lambda: "the log cannot be reached" in caplog.text)
    assert log.waiting > 0
    proxy.mend()
    assert eventually(lambda: log.waiting == 0)
    log.give_feedback("t1", helpful=True)
    log.close()
    assert log.dropped == 0
    assert len(written(postgres)) == 2000
    assert "the log is written again; 0 turns were dropped" in caplog.text


def test_the_end_does_not_wait_for_a_server_out_of_reach_and_counts_what_is_lost(postgres: str) -> None:
    parsed = make_url(server())
    proxy = Proxy(parsed.host or "127.0.0.1", parsed.port or 5432)
    log = Log.open(through(postgres, proxy.port))
    proxy.cut()
    for number in range(700):
        log.write(numbered(number))

    log.close(0.5)

    assert (log.dropped, log.waiting) == (700, 0)


def test_a_log_can_be_read_while_it_is_written(log: Log) -> None:
    for number in range(1500):
        log.write(numbered(number))
    assert eventually(lambda: log.waiting == 0)
    rows = log.rows()
    next(rows)

    log.give_feedback("t9", helpful=True)

    assert len(list(rows)) == 1499


def test_the_driver_holds_no_text_in_the_statement_log(postgres: str) -> None:
    """Texts go as parameters: what a server logs of its statements names none."""
    with psycopg.connect(server(), autocommit=True) as admin, Log.open(postgres) as log:
        log.give_feedback("t1", helpful=True, comment="a very odd comment")
        seen = admin.execute("SELECT query FROM pg_stat_activity WHERE query LIKE '%faqbot_feedback%'").fetchall()

    assert seen
    assert "very odd" not in str([query for (query,) in seen if "pg_stat_activity" not in query])

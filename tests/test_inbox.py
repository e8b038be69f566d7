from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.errors import RecordError
from bot.record import Log
from bot.record.desk_schema import events
from bot.record.inbox import LEASE, MOST_TRIES, Inbox, Job


@pytest.fixture
def inbox(url: str) -> Iterator[Inbox]:
    with Inbox.open(url) as found:
        yield found


def test_an_event_is_kept_once_however_often_it_is_told(inbox: Inbox) -> None:
    assert inbox.put("rt", [("rt-1", "7"), ("rt-2", "7")]) == 2
    assert inbox.put("rt", [("rt-2", "7"), ("rt-3", "8")]) == 1
    assert inbox.put("other", [("rt-1", "7")]) == 1


def test_events_are_claimed_in_the_order_they_came_and_by_one_alone(inbox: Inbox) -> None:
    inbox.put("rt", [("rt-1", "7"), ("rt-2", "8")])

    first, second, third = (inbox.claim("rt") for _ in range(3))

    assert first
    assert second
    assert (first.delivery, second.delivery, third) == ("rt-1", "rt-2", None)


def test_a_ticket_is_worked_on_by_one_at_a_time(inbox: Inbox) -> None:
    inbox.put("rt", [("rt-1", "7"), ("rt-2", "7")])
    first = inbox.claim("rt")
    assert first

    assert inbox.claim("rt") is None
    inbox.done(first)
    second = inbox.claim("rt")
    assert second
    assert second.delivery == "rt-2"


def test_what_is_done_does_not_come_again(inbox: Inbox) -> None:
    inbox.put("rt", [("rt-1", "7")])
    job = inbox.claim("rt")
    assert job
    inbox.done(job)

    assert inbox.claim("rt") is None
    assert inbox.put("rt", [("rt-1", "7")]) == 0
    assert [(one.waiting, one.done, one.parked) for one in inbox.counts()] == [(0, 1, 0)]


def test_a_claim_that_nobody_kept_is_free_again(url: str) -> None:
    with Inbox.open(url) as first:
        first.put("rt", [("rt-1", "7")])
    with Inbox.open(url) as dead:
        dead._lease = timedelta(seconds=-1)  # it ended in the middle of its work, a while ago
        assert dead.claim("rt")
    with Inbox.open(url) as inbox:
        job = inbox.claim("rt")

    assert job
    assert job.tries == 2


def test_whoever_lost_a_claim_settles_nothing(inbox: Inbox) -> None:
    inbox.put("rt", [("rt-1", "7")])
    inbox._lease = timedelta(seconds=-1)
    slow, fast = inbox.claim("rt"), inbox.claim("rt")
    assert slow
    assert fast

    inbox.done(slow)
    assert inbox.counts()[0].waiting == 1
    inbox.done(fast)
    assert inbox.counts()[0].done == 1


def test_nothing_is_written_when_the_claim_is_about_to_end(inbox: Inbox) -> None:
    inbox.put("rt", [("rt-1", "7")])
    job = inbox.claim("rt")
    assert job
    now = datetime.now(UTC)

    assert job.may_write(now)
    assert not job.may_write(now + timedelta(seconds=LEASE * 0.7))


def test_an_event_that_fails_is_tried_later_and_parked_after_eight_tries(inbox: Inbox) -> None:
    inbox.put("rt", [("rt-1", "7")])
    parked = []
    for _ in range(MOST_TRIES):
        job = due(inbox)
        parked.append(inbox.failed(job, "the desk\nis down"))

    assert parked == [False] * 7 + [True]
    assert inbox.claim("rt") is None
    assert [(row["ticket"], row["delivery"], row["error"]) for row in inbox.parked("rt")] == [
        ("7", "rt-1", "the desk is down")
    ]
    assert inbox.retry("rt") == 1
    assert due(inbox).tries == 1


def due(inbox: Inbox) -> Job:
    """The next event, whenever it is due."""
    with inbox._engine.begin() as connection:
        connection.execute(update(events).values(due=datetime.now(UTC) - timedelta(seconds=1)))
    job = inbox.claim("rt")
    assert job
    return job


def test_a_failed_event_is_not_due_at_once(inbox: Inbox) -> None:
    inbox.put("rt", [("rt-1", "7")])
    job = inbox.claim("rt")
    assert job
    inbox.failed(job, "down")

    assert inbox.claim("rt") is None
    assert inbox.counts()[0].waiting == 1


def test_many_at_once_claim_every_event_once(inbox: Inbox) -> None:
    inbox.put("rt", [(f"rt-{number}", str(number % 10)) for number in range(60)])
    got: list[str] = []
    lock = threading.Lock()

    def work() -> None:
        empty = 0
        while empty < 20:
            if job := inbox.claim("rt"):
                with lock:
                    got.append(job.delivery)
                inbox.done(job)
            else:
                empty += 1
                threading.Event().wait(0.01)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == len(set(got)) == 60


def test_an_intention_is_kept_once(inbox: Inbox) -> None:
    assert not inbox.plan("rt", "7", "k1", "note", "hash", ["a", "b"])
    assert inbox.plan("rt", "7", "k1", "note", "hash", ["a", "b"])

    assert [(row["key"], row["kind"], row["intents"]) for row in inbox.written("rt", "7")] == [
        ("k1", "note", ["a", "b"])
    ]
    assert inbox.written("rt", "8") == []
    assert inbox.written_for("hash", datetime.now(UTC) - timedelta(hours=1)) == 1
    assert inbox.written_for("hash", datetime.now(UTC) + timedelta(hours=1)) == 0


def test_what_became_of_a_suggestion_is_kept_once(inbox: Inbox) -> None:
    inbox.plan("rt", "7", "k1", "note", "")
    inbox.plan("rt", "7", "k2", "note", "")
    inbox.plan("rt", "7", "k3", "answer", "")
    inbox.came_of("k1", "accepted")
    inbox.came_of("k1", "ignored")

    assert inbox.outcomes(datetime.now(UTC) - timedelta(hours=1)) == {"accepted": 1, "open": 1}


def test_the_moment_of_the_last_look_is_kept(inbox: Inbox) -> None:
    moment = datetime(2026, 11, 3, 10, 11, 12, tzinfo=UTC)

    assert inbox.polled("rt") is None
    inbox.set_polled("rt", moment - timedelta(hours=1))
    inbox.set_polled("rt", moment)
    assert inbox.polled("rt") == moment


def test_what_was_dealt_with_long_ago_is_deleted_and_nothing_else(inbox: Inbox) -> None:
    inbox.put("rt", [("rt-1", "7"), ("rt-2", "8")])
    job = inbox.claim("rt")
    assert job
    inbox.done(job)

    assert inbox.purge(datetime.now(UTC)) == 0  # it could be told again within the day
    with inbox._engine.begin() as connection:
        connection.execute(update(events).values(received=datetime.now(UTC) - timedelta(days=3)))
    assert inbox.purge(datetime.now(UTC) - timedelta(days=4)) == 0
    assert inbox.purge(datetime.now(UTC) - timedelta(days=2)) == 1
    assert inbox.counts()[0].waiting == 1


def test_the_log_and_the_queue_share_a_database(url: str) -> None:
    with Log.open(url) as log, Inbox.open(url) as inbox:
        log.hand_over("0" * 32, "asked", "opened")
        inbox.put("rt", [("rt-1", "7")])

        assert len(list(log.hand_overs())) == 1


def test_a_database_that_is_gone_is_a_clear_error(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def refuse() -> None:
        raise OperationalError("x", {}, Exception("gone"))

    monkeypatch.setattr(inbox._engine, "begin", refuse)

    with pytest.raises(RecordError, match="cannot be reached"):
        inbox.put("rt", [("rt-1", "7")])

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.errors import DeskError
from bot.record.desk_schema import events
from bot.record.inbox import MOST_TRIES, Inbox
from bot.triage import Policy
from bot.triage.work import Clerk, Workers
from tests.databases import eventually
from tests.desks.memory import Memory
from tests.web import ALARM, QUESTION, shipped_bot

SUGGESTED = "Suggested by faqbot"


@pytest.fixture
def desk() -> Memory:
    return Memory()


@pytest.fixture
def alerts() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def clerk(desk: Memory, tmp_path: Path, alerts: list[tuple[str, str]]) -> Iterator[Clerk]:
    with Inbox.open(f"sqlite:///{tmp_path / 'log.db'}") as inbox:
        yield Clerk(shipped_bot, desk, inbox, Policy(), "a secret", lambda *told: alerts.append(told))


def hurry(clerk: Clerk) -> None:
    """Have everything that waits be due now."""
    with clerk.inbox._engine.begin() as connection:
        connection.execute(update(events).values(due=datetime.now(UTC) - timedelta(seconds=1)))


def test_a_question_gets_its_note(clerk: Clerk, desk: Memory) -> None:
    clerk.inbox.put(desk.name, [(desk.customer("1", QUESTION), "1")])

    assert clerk.work_once()
    assert not clerk.work_once()
    assert [SUGGESTED in text for text in desk.texts("1", internal=True)] == [True]
    assert desk.texts("1", internal=False) == []


def test_what_is_cut_off_before_it_is_done_is_not_written_again(clerk: Clerk, desk: Memory) -> None:
    name = desk.customer("1", QUESTION)
    clerk.inbox.put(desk.name, [(name, "1")])
    clerk.inbox._lease = timedelta(minutes=3)
    job = clerk.inbox.claim(desk.name)
    assert job
    clerk._deal_with(job)  # and then the process ended
    with clerk.inbox._engine.begin() as connection:
        connection.execute(update(events).values(claimed=datetime.now(UTC) - timedelta(seconds=1)))

    assert clerk.work_once()
    assert len(desk.texts("1", internal=True)) == 1
    assert clerk.inbox.counts()[0].done == 1


def test_danger_is_told_once_though_the_desk_takes_nothing_at_first(
    clerk: Clerk, desk: Memory, alerts: list[tuple[str, str]]
) -> None:
    clerk.inbox.put(desk.name, [(desk.customer("1", ALARM), "1")])
    desk.deaf = True
    assert clerk.work_once()
    desk.deaf = False
    hurry(clerk)
    assert clerk.work_once()

    assert len(alerts) == 1
    assert len(desk.texts("1", internal=False)) == len(desk.texts("1", internal=True)) == 1
    assert desk.escalated == [("1", ("faqbot", "overdose_emergency"))]


def test_danger_is_told_even_where_the_desk_could_not_be_read_at_first(
    clerk: Clerk, desk: Memory, alerts: list[tuple[str, str]]
) -> None:
    clerk.inbox.put(desk.name, [(desk.customer("1", ALARM), "1")])
    desk.down = True
    assert clerk.work_once()
    desk.down = False
    hurry(clerk)
    assert clerk.work_once()

    assert len(alerts) == 1


def test_a_reply_that_cannot_be_written_keeps_no_agent_from_being_warned(clerk: Clerk, desk: Memory) -> None:
    clerk.inbox.put(desk.name, [(desk.customer("1", ALARM), "1")])

    def refuse(*_: object, **__: object) -> None:
        raise DeskError("no right to reply")

    desk.reply = refuse  # type: ignore[method-assign]
    assert clerk.work_once()

    assert len(desk.texts("1", internal=True)) == 1
    assert desk.escalated
    assert clerk.inbox.counts()[0].waiting == 1


def test_a_message_that_is_not_there_yet_is_looked_for_again(clerk: Clerk, desk: Memory) -> None:
    desk.customer("1", "hello")
    clerk.inbox.put(desk.name, [("m-1-2", "1")])
    assert clerk.work_once()
    assert clerk.inbox.counts()[0].waiting == 1

    desk.customer("1", QUESTION)
    hurry(clerk)
    assert clerk.work_once()
    assert len(desk.texts("1", internal=True)) == 1


def test_what_breaks_unforeseen_is_parked_and_stops_nothing_else(clerk: Clerk, desk: Memory) -> None:
    clerk.inbox.put(desk.name, [("m-9-1", "9"), (desk.customer("1", QUESTION), "1")])
    desk.tickets["9"] = None  # type: ignore[assignment]
    for _ in range(MOST_TRIES + 1):
        while clerk.work_once():
            pass
        hurry(clerk)

    assert [row["ticket"] for row in clerk.inbox.parked(desk.name)] == ["9"]
    assert len(desk.texts("1", internal=True)) == 1


def test_what_was_there_before_the_bot_is_nobodys_event(clerk: Clerk, desk: Memory) -> None:
    desk.customer("1", QUESTION, time=datetime.now(UTC) - timedelta(days=300))

    assert clerk.poll() == 0
    desk.customer("1", "hello")
    assert clerk.poll() == 1
    while clerk.work_once():
        pass
    assert desk.texts("1", internal=True) == []


def test_what_the_desk_did_not_tell_is_found_once(clerk: Clerk, desk: Memory) -> None:
    clerk.poll()
    desk.customer("1", QUESTION)

    assert [clerk.poll() for _ in range(3)] == [1, 0, 0]
    assert clerk.work_once()
    assert len(desk.texts("1", internal=True)) == 1


def test_a_desk_that_is_down_when_it_is_asked_is_asked_for_the_same_later(clerk: Clerk, desk: Memory) -> None:
    clerk.poll()
    before = clerk.inbox.polled(desk.name)
    desk.customer("1", QUESTION)
    desk.down = True
    with pytest.raises(DeskError):
        clerk.poll()
    assert clerk.inbox.polled(desk.name) == before

    desk.down = False
    assert clerk.poll() == 1


def test_what_became_of_a_suggestion_is_counted(clerk: Clerk, desk: Memory) -> None:
    since = datetime.now(UTC) - timedelta(hours=1)
    clerk.inbox.put(desk.name, [(desk.customer("1", QUESTION), "1")])
    clerk.work_once()
    desk.now = datetime.now(UTC)
    text = shipped_bot().kb.entries["ketamine_is_opioid"].text
    clerk.inbox.put(desk.name, [(desk.agent("1", text), "1")])
    clerk.work_once()

    assert clerk.inbox.outcomes(since) == {"accepted": 1}


def test_workers_find_what_was_not_told_and_deal_with_it(clerk: Clerk, desk: Memory) -> None:
    clerk.poll()
    desk.customer("1", QUESTION)
    workers = Workers(clerk)
    workers.start()
    try:
        assert eventually(lambda: bool(desk.texts("1", internal=True)))
    finally:
        workers.stop()

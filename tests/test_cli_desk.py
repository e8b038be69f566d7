"""faqbot desk: checking, looking, trying again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

import pytest

from bot.cli import desk as command
from bot.cli import main
from bot.record.inbox import MOST_TRIES, Inbox
from tests.desks.memory import Memory
from tests.desks.stands import NAMES, fresh, stand
from tests.web import KEPT, QUESTION


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "FAQBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'log.db'}", "FAQBOT_OUTBOX_FOLDER": str(tmp_path / "outbox"),
        "FAQBOT_CACHE": str(KEPT), "FAQBOT_REGION": "UK",
    }  # fmt: skip


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    """A desk that is reached by the name of a real one."""
    found = Memory()
    found.name = "rt"
    monkeypatch.setattr(command, "connect", lambda name, environment: found)
    return found


def test_the_outbox_is_checked_by_a_ticket(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], tmp_path: Path
) -> None:
    assert main(["desk", "check", "outbox"], environment) == 0
    assert "the desk outbox can be used" in capsys.readouterr().out
    assert len(list((tmp_path / "outbox").iterdir())) == 1


def test_a_check_writes_reads_back_and_closes(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], memory: Memory
) -> None:
    assert main(["desk", "check", "rt"], environment) == 0
    assert "the desk rt can be used" in capsys.readouterr().out
    assert memory.tickets["1"].status == "solved"
    assert len(memory.texts("1", internal=True)) == 1


def test_a_check_names_what_is_missing(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "add_note", memory.reply)  # a desk whose notes are public

    assert main(["desk", "check", "rt"], environment) == 1
    assert "missing: the note is public" in capsys.readouterr().out


def test_a_check_that_waits_says_where_nothing_was_told(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], memory: Memory
) -> None:
    assert main(["desk", "check", "rt", "--wait", "1"], environment) == 1
    assert "nothing was told" in capsys.readouterr().out


@pytest.mark.parametrize("by_poll", [False, True])
def test_what_a_poll_finds_while_a_check_waits_was_not_told(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], memory: Memory, by_poll: bool
) -> None:
    def come() -> None:
        with Inbox.open(environment["FAQBOT_DATABASE_URL"]) as inbox:
            inbox.put("rt", [("rt-7", "7")])
            if by_poll:
                inbox.set_polled("rt", datetime.now(UTC))

    later = Timer(0.7, come)
    later.start()
    found = main(["desk", "check", "rt", "--wait", "4"], environment)
    later.join()

    assert (found, "it was told" in capsys.readouterr().out) == (int(by_poll), not by_poll)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["check", "zendesk"], "there is no desk 'zendesk': use one of"),
        (["check", "rt"], "the desk rt needs FAQBOT_RT_URL"),
        (["retry", "outbox"], "tells of nothing"),
        (["work", "outbox", "--dry-run"], "tells of nothing"),
    ],
)
def test_what_cannot_be_done_says_why(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], arguments: list[str], reason: str
) -> None:
    assert main(["desk", *arguments], environment) == 2
    assert reason in capsys.readouterr().err


def test_a_desk_that_nobody_knows_is_refused_at_the_start(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str]
) -> None:
    assert main(["chat", "--desk", "zendesk"], environment) == 2
    assert "is no help desk: use one of" in capsys.readouterr().err


def test_the_status_shows_what_is_parked_until_it_is_tried_anew(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], memory: Memory
) -> None:
    assert main(["desk", "status"], environment) == 0
    with Inbox.open(environment["FAQBOT_DATABASE_URL"]) as inbox:
        inbox.put("rt", [("m-7-1", "7")])
        park(inbox)

    assert main(["desk", "status"], environment) == 1
    assert "parked: rt, ticket 7, m-7-1 of" in capsys.readouterr().out
    assert main(["desk", "retry", "rt"], environment) == 0
    assert main(["desk", "status"], environment) == 0
    assert "1 tried anew" in capsys.readouterr().out


def park(inbox: Inbox) -> None:
    from sqlalchemy import update

    from bot.record.desk_schema import events

    for _ in range(MOST_TRIES):
        with inbox._engine.begin() as connection:
            connection.execute(update(events).values(due=datetime(2026, 1, 1, tzinfo=UTC)))
        job = inbox.claim("rt")
        assert job
        inbox.failed(job, "the desk is down")


def test_a_dry_run_shows_everything_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], memory: Memory, tmp_path: Path
) -> None:
    memory.customer("1", QUESTION)
    memory.customer("2", "do you take insurance")

    assert main(["desk", "work", "rt", "--dry-run", "--desk-answers", "Support:classification"], environment) == 0
    out = capsys.readouterr().out
    assert "ticket 1, customer: 'is ketamine an opioid?': answered" in out
    assert "  PUBLIC:\n    Please write your answer above this line." in out
    assert "ticket 2, customer: 'do you take insurance': nothing is sure enough" in out
    assert memory.texts("1", internal=False) == memory.texts("1", internal=True) == []
    assert not (tmp_path / "log.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_real_desk_can_be_checked_and_shown_what_would_be_done(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = stand(name)
    given = {**environment, **real.environment()}

    assert main(["desk", "check", name], given) == 0
    customer = fresh()
    real.mail(customer, QUESTION)
    ticket = real.ticket_of(customer)
    before = len(real.as_agent(ticket))
    monkeypatch.setattr(type(real.desk), "changed_since", lambda self, moment: [ticket])  # other tests write, too
    assert main(["desk", "work", name, "--dry-run", "--since", "1h"], given) == 0
    assert f"ticket {ticket}, customer: 'is ketamine an opioid?': suggested" in capsys.readouterr().out
    assert len(real.as_agent(ticket)) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_token_is_missing_rights(
    capsys: pytest.CaptureFixture[str], environment: dict[str, str], name: str
) -> None:
    given = {**environment, **stand(name).environment(), f"FAQBOT_{name.upper()}_TOKEN": "1-2-wrong"}

    assert main(["desk", "check", name], given) == 1
    assert "missing: " in capsys.readouterr().out

"""One contract for every connector, on the real desks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.desks import Conversation, Said, key_of, marks
from tests.desks.stands import NAMES, Stand, body, eventually, fresh, mails_to, stand

pytestmark = pytest.mark.slow
TEMPLATES = "braces {{ ticket.secret_key }} {# and #} {% now 'Y' %} stay"


@pytest.fixture(scope="module", params=NAMES)
def real(request: pytest.FixtureRequest) -> Stand:
    return stand(request.param)


def conversation(contact: str = "", **values: object) -> Conversation:
    turns = (Said("customer", "do you take insurance?"), Said("bot", "I have nothing on that.\n" + TEMPLATES))
    return Conversation(**{"id": uuid4().hex, "channel": "web", "turns": turns, "contact": contact, **values})  # type: ignore[arg-type]


def test_a_hand_over_is_a_ticket_with_the_whole_conversation(real: Stand) -> None:
    said = conversation(fresh())

    found = real.desk.get(real.desk.open_ticket(said))

    assert found.subject == "do you take insurance?"
    assert found.messages[0].author == "bot"
    assert found.messages[0].text.split() == said.text().split()
    assert found.holds(said.key)
    assert len(found.messages) == 1


def test_a_hand_over_is_written_once_however_often_it_is_tried(real: Stand) -> None:
    said, other = conversation(fresh()), conversation(fresh())
    first = real.desk.open_ticket(said)

    assert real.desk.open_ticket(said, again=True) == first
    assert real.desk.open_ticket(other, again=True) != first


def test_danger_raises_the_priority(real: Stand) -> None:
    urgent = real.desk.open_ticket(conversation(flags=("suicide_crisis",), reason="suicide_crisis"))

    assert real.desk.get(urgent).messages[0].text.startswith("*** URGENT")
    assert real.desk.get(urgent).subject == "URGENT: possible suicide crisis (web)"


def test_the_customer_sees_the_reply_and_never_the_note(real: Stand) -> None:
    customer, sent = fresh(), Path(real.known["sent"])
    real.mail(customer, "Hello, is ketamine an opioid?")
    ticket = real.ticket_of(customer)
    before = len(mails_to(sent, customer))

    real.desk.add_note(ticket, "for agents alone: stay calm", key_of("note", ticket))
    real.desk.reply(ticket, f"It is not. {TEMPLATES}", key_of("reply", ticket))

    got = eventually(lambda: mails_to(sent, customer)[before:])
    assert len(got) == 1
    assert f"It is not. {TEMPLATES}" in " ".join(body(got[0]).split())
    assert all("stay calm" not in body(mail) for mail in mails_to(sent, customer))
    seen = real.as_agent(ticket)
    assert [internal for internal, text in seen if "stay calm" in text] == [True]
    assert [internal for internal, text in seen if "It is not." in text] == [False]


def test_what_is_written_bears_its_mark_and_is_not_written_again(real: Stand) -> None:
    customer = fresh()
    real.mail(customer, "Hello, is ketamine an opioid?")
    ticket = real.ticket_of(customer)
    keys = {kind: key_of(kind, ticket) for kind in ("note", "reply")}

    for again in (False, True, True):
        real.desk.add_note(ticket, "a note", keys["note"], again=again)
        real.desk.reply(ticket, "a reply", keys["reply"], again=again)

    found = real.desk.get(ticket)
    written = [(message.author, message.internal, message.text.split()[:2]) for message in found.messages[1:]]
    assert written == [("bot", True, ["a", "note"]), ("bot", False, ["a", "reply"])]
    assert [set(marks(message.text)) for message in found.messages] == [set(), {keys["note"]}, {keys["reply"]}]


def test_a_ticket_tells_customers_agents_and_the_bot_apart(real: Stand) -> None:
    customer = fresh()
    real.mail(customer, "Hello, is ketamine an opioid?")
    ticket = real.ticket_of(customer)
    real.desk.add_note(ticket, "by the bot", key_of(ticket))
    real.agent(ticket, "@faqbot is it legal?", public=False)
    real.agent(ticket, "let me look", public=True)
    real.mail(customer, "thank you", ticket)

    found = real.desk.get(ticket)

    assert [(message.author, message.internal) for message in found.messages] == [
        ("customer", False), ("bot", True), ("agent", True), ("agent", False), ("customer", False),
    ]  # fmt: skip
    assert found.messages[0].sender == customer
    assert found.messages[0].text.strip() == "Hello, is ketamine an opioid?"
    assert len({message.id for message in found.messages}) == 5
    assert found.owner == ""
    assert found.queue == real.known["queue"]


def test_an_owner_shows(real: Stand) -> None:
    customer = fresh()
    real.mail(customer, "Hello")
    ticket = real.ticket_of(customer)

    real.take(ticket)

    assert real.desk.get(ticket).owner


def test_mail_of_machines_is_known_where_the_desk_tells(real: Stand) -> None:
    people, machine = fresh(), fresh("machine")
    real.mail(people, "Hello")
    ticket = real.ticket_of(people)
    real.mail(machine, "I am away", headers={"Auto-Submitted": "auto-replied"})
    away = real.ticket_of(machine)

    assert real.desk.get(ticket).messages[0].auto is (False if real.desk.tells_auto else None)
    assert real.desk.get(away).messages[0].auto is (True if real.desk.tells_auto else None)


def test_what_has_changed_is_found(real: Stand) -> None:
    customer, old = fresh(), fresh("old")
    real.mail(old, "an old one")
    before = real.ticket_of(old)
    eventually(lambda: datetime.now(UTC).microsecond < 200_000)  # desks keep whole seconds
    eventually(lambda: datetime.now(UTC).microsecond > 800_000)
    moment = datetime.now(UTC)
    eventually(lambda: datetime.now(UTC) > moment + timedelta(seconds=1))
    real.mail(customer, "Hello")
    ticket = real.ticket_of(customer)

    changed = list(real.desk.changed_since(moment))
    assert ticket in changed
    assert before not in changed

    real.mail(old, "one more", before)
    assert before in real.desk.changed_since(moment)


def test_a_status_is_set(real: Stand) -> None:
    ticket = real.desk.open_ticket(conversation())
    seen = []
    for status in ("pending", "open", "solved"):
        real.desk.set_status(ticket, status)
        seen.append(real.desk.get(ticket).status)

    assert len(set(seen)) == 3


def test_a_ticket_is_escalated_without_losing_what_it_has(real: Stand) -> None:
    ticket = real.desk.open_ticket(conversation(fresh()))

    real.desk.escalate(ticket, ["danger"])
    real.desk.escalate(ticket, ["danger", "crisis"])

    assert real.desk.get(ticket).subject == "do you take insurance?"


def test_nothing_is_missing_from_a_desk_that_was_set_up_as_described(real: Stand) -> None:
    assert list(real.desk.missing()) == []

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.desks import Author, Conversation, Message, Said, Ticket, marked, marks
from bot.knowledge.values import Entry
from bot.triage import CALL, HOUR, MOST_FOR_SENDER, MOST_NOTES, Plan, Policy, planned
from bot.triage.followed import outcomes
from tests.web import ALARM, QUESTION, shipped_bot

NOW = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
TOPIC = "classification"  # of QUESTION
OPTED = Policy(frozenset({("Support", TOPIC)}))
CRISIS = "i want to end my life tonight"


def curated() -> Entry:
    """The answer to QUESTION."""
    return shipped_bot().kb.entries["ketamine_is_opioid"]


def said(text: str, author: Author = "customer", **values: Any) -> Message:
    return Message(
        **{"id": "", "author": author, "internal": False, "text": text, "auto": False, "time": NOW, **values}
    )


def ticket(*messages: Message, owner: str = "") -> Ticket:
    """A ticket whose messages are numbered from 1."""
    numbered = tuple(message._replace(id=str(number)) for number, message in enumerate(messages, 1))
    return Ticket("7", "open", "a question", numbered, owner, "Support")


def plan(*messages: Message, policy: Policy = OPTED, written: Sequence[Any] = (), at: int = 0, **values: Any) -> Plan:
    """The plan for the last message, or the one at a number."""
    owner = values.pop("owner", "")
    given = ticket(*messages, owner=owner)
    return planned(shipped_bot(), given, str(at or len(messages)), policy, written, NOW, **values)


def row(kind: str, key: str = "another", age: timedelta = timedelta(minutes=1)) -> dict[str, Any]:
    return {"key": key, "kind": kind, "intents": [], "time": NOW - age, "outcome": None}


def kinds(found: Plan) -> list[str]:
    return [write.kind for write in found.writes]


def test_a_question_gets_a_note_with_the_curated_answer_its_id_its_score_and_why() -> None:
    [note] = plan(said(f"Hello,\n\n{QUESTION}\n\nBest regards,\nJo"), policy=Policy()).writes

    assert not note.public
    assert curated().text.strip() in note.text
    assert "[ketamine_is_opioid; score " in note.text
    assert 'closest to "' in note.text
    assert note.intents == ("ketamine_is_opioid",)


def test_a_note_has_at_most_three_answers() -> None:
    questions = "is ketamine an opioid? is ketamine addictive? what is a k-hole? what is naloxone? is ketamine legal?"

    [note] = plan(said(questions), policy=Policy()).writes

    assert 1 < len(note.intents) <= 3


@pytest.mark.parametrize(
    "text", ["do you take insurance", "tramadol", "hello", "", "is tramadol an opioid?", "thanks!"]
)
def test_nothing_is_suggested_where_nothing_is_sure(text: str) -> None:
    assert plan(said(text)).writes == ()


def test_a_question_is_answered_in_public_where_queue_and_topic_are_opted_in() -> None:
    [answer] = plan(said(QUESTION)).writes

    assert answer.public
    assert curated().text.strip() in answer.text
    assert answer.text.splitlines()[0].startswith("Please write your answer above this line.")
    assert marks(answer.text) == {answer.key}
    assert answer.text.rstrip().endswith("a person will read it.")


@pytest.mark.parametrize(
    "policy", [Policy(), Policy(frozenset({("Sales", TOPIC)})), Policy(frozenset({("Support", "x")}))]
)
def test_without_the_opt_in_nothing_is_public(policy: Policy) -> None:
    assert kinds(plan(said(QUESTION), policy=policy)) == ["note"]


def test_a_mail_that_asks_more_than_is_held_is_not_answered_in_public() -> None:
    assert kinds(plan(said(f"{QUESTION} is tramadol an opioid?"))) == ["note"]


@pytest.mark.parametrize(
    "before",
    [
        (said("let me look", "agent"),),
        (said("a note", "agent", internal=True),),
    ],
)
def test_nothing_is_public_once_a_person_wrote(before: tuple[Message, ...]) -> None:
    assert kinds(plan(said("hello"), *before, said(QUESTION))) == ["note"]


def test_nothing_is_public_once_a_person_owns_it() -> None:
    assert kinds(plan(said(QUESTION), owner="agent")) == ["note"]


def test_an_agent_who_asks_the_bot_does_not_take_over_by_that() -> None:
    assert kinds(plan(said("hello"), said(f"{CALL} is it legal?", "agent", internal=True), said(QUESTION))) == [
        "answer"
    ]


@pytest.mark.parametrize(("auto", "most"), [(False, 2), (None, 1)])
def test_a_ticket_gets_so_many_answers_and_no_more(auto: bool | None, most: int) -> None:
    for before in range(4):
        written = [row("answer", str(number)) for number in range(before)]
        found = plan(said("hello"), said(QUESTION, auto=auto), written=written)

        assert kinds(found) == (["answer"] if before < most else ["note"])


def test_answers_that_the_ticket_shows_count_though_the_database_was_lost() -> None:
    answers = (said("one", "bot"), said("two", "bot"))

    assert kinds(plan(said("hello"), *answers, said(QUESTION))) == ["note"]


def test_only_the_last_message_of_a_customer_is_answered_in_public() -> None:
    assert kinds(plan(said(QUESTION), said("one more thing"), at=1)) == ["note"]


def test_what_was_begun_is_planned_again_the_same() -> None:
    first = plan(said(QUESTION))
    key = first.writes[0].key

    cut_off = plan(said(QUESTION), written=[row("answer", key)])
    shown = plan(said(QUESTION), said(first.writes[0].text, "bot"), written=[row("answer", key)], at=1)

    assert cut_off == shown == first


def test_two_bots_that_face_each_other_stop() -> None:
    messages, written = [said(QUESTION)], list[dict[str, Any]]()
    public = notes = 0
    for _ in range(40):
        found = plan(*messages, written=written, for_sender=len(written))
        for write in found.writes:
            written.append(row(write.kind, write.key))
            public, notes = public + write.public, notes + (not write.public)
            messages.append(said(write.text, "bot", internal=not write.public))
        messages.append(said(QUESTION))

    assert public == 2
    assert notes <= MOST_NOTES


def test_what_is_written_for_a_sender_within_an_hour_has_an_end() -> None:
    assert plan(said(QUESTION), for_sender=MOST_FOR_SENDER - 1).writes
    assert not plan(said(QUESTION), for_sender=MOST_FOR_SENDER).writes
    assert plan(said(ALARM), for_sender=MOST_FOR_SENDER).writes


@pytest.mark.parametrize(
    "values", [{"auto": True}, {"sender": "no-reply@example.org"}, {"sender": "MAILER-DAEMON@x.org"}]
)
def test_machines_get_nothing(values: dict[str, Any]) -> None:
    assert plan(said(QUESTION, **values)).writes == ()


@pytest.mark.parametrize("author", ["bot", "system"])
def test_what_the_bot_or_the_desk_wrote_is_nobodys_question(author: Author) -> None:
    assert plan(said("hello"), said(QUESTION, author)) == Plan(why=f"written by the {author}")


def test_a_hand_over_that_came_by_mail_is_no_customer() -> None:
    text = Conversation("1", "web", (Said("customer", ALARM),), "overdose_emergency", ("overdose_emergency",)).text()

    assert plan(said(text, auto=None)).writes == ()


def test_quoted_history_is_not_read() -> None:
    assert plan(said(f"thank you\n\nOn 3 Nov 2026, at 10:11, Support <s@desk.test> wrote:\n\n> {ALARM}")).writes == ()
    assert plan(said(f"thank you\n\nPlease write above this line. [{marked('0' * 16)}]\n\n{ALARM}")).writes == ()


@pytest.mark.parametrize(("text", "category"), [(ALARM, "overdose_emergency"), (CRISIS, "suicide_crisis")])
def test_danger_is_answered_escalated_noted_and_told(text: str, category: str) -> None:
    found = plan(said(f"Hello,\n\n{QUESTION}\n\n{text}\n\nRegards, Jo"), policy=Policy())

    assert kinds(found) == ["rescue", "danger"]
    assert found.escalate == ("faqbot", category)
    assert found.writes[0].public
    assert found.writes[1].text.startswith("*** URGENT")
    assert found.writes[0].text in found.writes[1].text.replace("  \n", "\n")
    assert found.alert
    assert text not in " ".join(found.alert)


def test_the_numbers_of_the_region_stand_in_the_reply_to_danger() -> None:
    assert "999" in plan(said(ALARM)).writes[0].text


@pytest.mark.parametrize(
    "context",
    [
        {"owner": "agent"},
        {"written": [row("answer", "1"), row("answer", "2"), row("answer", "3")]},
        {"written": [row("note", str(number)) for number in range(MOST_NOTES)]},
    ],
)
def test_danger_is_answered_whoever_owns_it_and_however_much_was_written(context: dict[str, Any]) -> None:
    assert kinds(plan(said("hello"), said("I am on it", "agent"), said(ALARM), **context)) == ["rescue", "danger"]


def test_danger_from_a_machine_is_noted_and_not_answered() -> None:
    found = plan(said(ALARM, auto=True))

    assert kinds(found) == ["danger"]
    assert "NOTHING" in found.writes[0].text
    assert found.escalate


def test_danger_is_answered_once_an_hour_in_a_ticket_and_noted_every_time() -> None:
    soon, later = (row("rescue", age=age) for age in (timedelta(minutes=59), HOUR + timedelta(minutes=1)))

    assert kinds(plan(said(ALARM), said(ALARM), written=[soon])) == ["danger"]
    assert kinds(plan(said(ALARM), said(ALARM), written=[later])) == ["rescue", "danger"]


def test_danger_is_only_noted_where_replies_of_safety_are_off() -> None:
    assert kinds(plan(said(ALARM), policy=replace(OPTED, safety_replies=False))) == ["danger"]


def test_a_refused_question_gets_neither_answer_nor_suggestion() -> None:
    assert plan(said("how much ketamine should I take for a first session?")).writes == ()


def test_a_note_that_asks_the_bot_gets_a_note_back() -> None:
    [note] = plan(said("hello"), said(f"{CALL} {QUESTION}", "agent", internal=True)).writes

    assert (note.kind, note.public) == ("told", False)
    assert curated().text.strip() in note.text


@pytest.mark.parametrize("question", ["do you take insurance", "", "how much should I give"])
def test_an_agent_who_asks_always_gets_a_word_back(question: str) -> None:
    [note] = plan(said("hello"), said(f"{CALL} {question}", "agent", internal=True)).writes

    assert not note.public
    assert note.text


def test_a_public_reply_that_names_the_bot_asks_it_nothing() -> None:
    assert plan(said("hello"), said(f"{CALL} {QUESTION}", "agent")).writes == ()


def test_a_message_that_is_gone_asks_nothing() -> None:
    assert plan(said("hello"), at=9).writes == ()


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("{text}", "accepted"),
        ("Dear Jo,\n\n{short}\n\nKind regards, Alex", "accepted"),
        ("Dear Jo, {most} as far as we know.", "edited"),
        ("Please call us on Monday, we will look into your invoice then.", "ignored"),
        ("ok", "ignored"),
    ],
)
def test_what_an_agent_makes_of_a_suggestion_is_seen_in_the_next_reply(reply: str, outcome: str) -> None:
    entry, words = curated(), curated().short.split()
    reply = reply.format(text=entry.text, short=entry.short, most=" ".join(words[: len(words) * 3 // 4]))
    given = ticket(said(QUESTION), said("a note", "bot", internal=True), said(reply, "agent"))
    written = [{**row("note", "k"), "intents": ["ketamine_is_opioid"]}]

    assert list(outcomes(shipped_bot().kb, given, "3", written)) == [("k", outcome)]


def test_only_public_replies_of_agents_settle_suggestions_and_each_once() -> None:
    written = [{**row("note", "k"), "outcome": "accepted"}, row("answer", "a")]
    note = ticket(said(QUESTION), said(curated().text, "agent", internal=True))

    assert list(outcomes(shipped_bot().kb, note, "2", [row("note", "k")])) == []
    assert list(outcomes(shipped_bot().kb, ticket(said("x"), said("hello there, Jo", "agent")), "2", written)) == []


def test_the_policy_reads_queues_whose_names_hold_colons() -> None:
    assert Policy.of(["Help: desk:visits"], safety_replies=True).answers == {("Help: desk", "visits")}

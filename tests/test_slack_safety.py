"""Somebody may be in danger: who is told what, where, and what nobody else learns of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_bolt import BoltRequest

from bot.channels.slack.hearing import Place
from bot.errors import RecordError
from bot.record import Log
from tests.databases import eventually
from tests.slack.app import Dispatched, Shelf, dispatched, faked
from tests.slack.fake import FakeSlack, Fault
from tests.slack.shapes import click, command, direct, elements, mention, shortcut, submit

ALARM, CRISIS, QUESTION = "my friend took too much and won't wake up", "i want to die", "is ketamine an opioid?"
LINE = "In danger: 999."
REFUSED: Fault = (200, {}, {"ok": False, "error": "channel_not_found"})


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    with faked(monkeypatch) as fake:
        yield fake


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.open(f"sqlite:///{tmp_path / 'log.db'}") as found:
        yield found


@pytest.fixture
def bot(slack: FakeSlack, log: Log) -> Iterator[Dispatched]:
    with dispatched(slack, desk=Shelf(), log=log) as found:
        yield found


def whispers(slack: FakeSlack) -> list[str]:
    return [call.args["text"] for call in slack.of("chat.postEphemeral")]


def test_an_alarm_in_a_channel_is_answered_by_direct_message_and_in_place_for_its_writer_alone(
    bot: Dispatched, slack: FakeSlack
) -> None:
    asked = mention(slack, ALARM)
    bot.send(asked)

    assert slack.posts("C111") == []
    (message,) = slack.posts("D111")
    assert message["text"].startswith("Call 999 now for them.")
    (call,) = slack.of("chat.postEphemeral")
    assert call.args["text"] == message["text"]
    assert (call.args["channel"], call.args["user"]) == ("C111", "U111")
    assert call.args["thread_ts"] == asked["event"]["ts"]
    assert ALARM not in str(slack.messages)


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral"])
def test_one_of_the_two_ways_is_enough(bot: Dispatched, slack: FakeSlack, method: str) -> None:
    slack.faults[method] = [REFUSED]
    bot.send(mention(slack, ALARM))

    assert len(slack.posts("D111")) + len(whispers(slack)) == 1
    assert slack.posts("C111") == []


def test_where_neither_way_works_it_is_posted_in_the_thread_and_quotes_nobody(
    bot: Dispatched, slack: FakeSlack
) -> None:
    slack.faults = {"chat.postMessage": [REFUSED], "chat.postEphemeral": [REFUSED]}
    asked = mention(slack, ALARM)
    bot.send(asked)

    (posted,) = slack.posts("C111", asked["event"]["ts"])
    assert posted["text"].startswith("Call 999 now")
    assert "took too much" not in str(posted)
    assert "U111" not in str(posted["blocks"])


def test_an_alarm_in_a_direct_message_is_answered_under_it(bot: Dispatched, slack: FakeSlack) -> None:
    asked = direct(slack, CRISIS)
    bot.send(asked)

    (message,) = slack.messages
    assert message["thread_ts"] == asked["event"]["ts"]
    assert "Samaritans 116 123" in message["text"]
    assert whispers(slack) == []


def test_an_alarm_by_command_is_answered_by_direct_message_and_in_place(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(command(slack, CRISIS))

    assert "Samaritans 116 123" in slack.posts("D111")[0]["text"]
    assert slack.responses[0][1]["response_type"] == "ephemeral"
    assert slack.posts("C111") == []


def test_an_alarm_in_a_message_that_is_pointed_at_is_answered_to_whoever_points(
    bot: Dispatched, slack: FakeSlack
) -> None:
    bot.send(shortcut(slack, ALARM, user="U111", author="U222"))

    assert slack.posts("D222") == []
    assert slack.posts("D111")[0]["text"].startswith("Call 999 now")


def test_a_refusal_is_answered_in_the_thread(bot: Dispatched, slack: FakeSlack) -> None:
    asked = mention(slack, "how much ketamine should I take")
    bot.send(asked)

    assert slack.posts("C111", asked["event"]["ts"])[0]["text"].startswith("I can't give doses")


def test_the_reply_of_safety_goes_before_what_waits(slack: FakeSlack) -> None:
    with dispatched(slack, pause=0.3) as bot:
        for _ in range(3):
            bot.app.dispatch(BoltRequest(mode="socket_mode", body=direct(slack, QUESTION)))
        bot.send(direct(slack, CRISIS))

    order = ["Samaritans" in message["text"] for message in slack.posts("D111")]
    assert order.index(True) < 3


# Afterwards.


def test_later_answers_to_the_same_person_end_with_the_numbers_in_other_places_too(
    bot: Dispatched, slack: FakeSlack
) -> None:
    bot.send(mention(slack, ALARM))
    bot.send(direct(slack, QUESTION), command(slack, QUESTION))

    assert LINE in slack.posts("D111")[-1]["text"]
    assert LINE in slack.responses[-1][1]["text"]


def test_in_a_channel_the_line_of_numbers_is_for_its_reader_alone(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(direct(slack, CRISIS))
    bot.send(mention(slack, QUESTION))

    (posted,) = slack.posts("C111")
    assert "not an opioid" in posted["text"]
    assert "999" not in str(posted)
    assert LINE in whispers(slack)[-1]


def test_nobody_else_in_the_thread_meets_what_followed_an_alarm(bot: Dispatched, slack: FakeSlack) -> None:
    first = mention(slack, QUESTION)
    at = first["event"]["ts"]
    bot.send(first, mention(slack, ALARM, thread=at))
    before = len(whispers(slack))
    bot.send(mention(slack, "more", thread=at, user="U222"))

    assert len(slack.posts("C111", at)) == 2
    assert "opioid" in slack.posts("C111", at)[1]["text"]
    assert len(whispers(slack)) == before
    assert slack.posts("D222") == []


def test_a_few_words_after_an_alarm_belong_to_it(bot: Dispatched, slack: FakeSlack) -> None:
    asked = mention(slack, ALARM)
    bot.send(asked, mention(slack, "she's still out", thread=asked["event"]["ts"]))

    assert slack.posts("C111") == []
    assert [text.split(".")[0] for text in whispers(slack)] == ["Call 999 now for them"] * 2
    assert len(slack.posts("D111")) == 2


def test_what_is_said_below_the_direct_message_goes_on_from_the_alarm(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, ALARM))
    below = slack.posts("D111")[0]["ts"]
    bot.send(direct(slack, "not really", thread=below), direct(slack, "she's still out"))

    assert all(message["text"].startswith("Call 999 now") for message in slack.posts("D111"))


def test_a_flag_outlives_the_process_and_ends_after_a_day(slack: FakeSlack, log: Log) -> None:
    with dispatched(slack, log=log) as bot:
        bot.send(direct(slack, CRISIS))
        bot.workspace.log = None  # what closes the workspace leaves the log open
    with dispatched(slack, log=log) as bot:
        bot.send(mention(slack, QUESTION))
        bot.workspace.log = None
    assert LINE in whispers(slack)[-1]


def test_a_flag_is_kept_by_a_salted_hash_for_a_day(slack: FakeSlack, log: Log, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with dispatched(slack, log=log) as bot:
        bot.send(direct(slack, CRISIS))
        person = bot.workspace.person(Place("T111", "D111", "", "U111"))
        assert log.flagged(person, now + timedelta(hours=23, minutes=59)) == "suicide_crisis"
        assert log.flagged(person, now + timedelta(hours=24, minutes=1)) == ""
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("log.db*"))
    assert b"U111" not in kept
    assert b"want to die" not in kept


def test_a_database_that_is_down_takes_neither_the_reply_nor_the_flag(
    bot: Dispatched, slack: FakeSlack, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise RecordError("the log cannot be reached")

    for name in ("flag", "flagged", "give_feedback", "hand_over"):
        monkeypatch.setattr(log, name, down)
    bot.send(direct(slack, CRISIS), direct(slack, QUESTION))

    assert "Samaritans" in slack.messages[0]["text"]
    assert LINE in slack.messages[1]["text"]


def test_the_numbers_can_always_be_asked_for_and_are_for_the_asker_alone(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, "numbers"))

    assert "999" in slack.posts("D111")[0]["text"]
    assert slack.posts("C111") == []


def test_a_bare_mention_of_somebody_flagged_gets_the_numbers(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(direct(slack, CRISIS))
    bot.send(mention(slack, ""))

    assert "999" in whispers(slack)[-1]


def test_a_repeated_alarm_is_answered_every_time(bot: Dispatched, slack: FakeSlack) -> None:
    for _ in range(4):
        bot.send(direct(slack, CRISIS))

    assert sum("116 123" in message["text"] for message in slack.messages) == 4


def test_in_a_channel_shared_with_others_safety_is_as_everywhere_without_a_hand_over(slack: FakeSlack) -> None:
    slack.directs["UEXT"] = "DEXT"
    desk = Shelf()
    with dispatched(slack, desk=desk, alert=True) as bot:
        bot.send(mention(slack, ALARM, user="UEXT", channel="CEXT", outside=True))

    assert slack.posts("DEXT")[0]["text"].startswith("Call 999 now")
    assert elements(slack.posts("DEXT")[0], "faq_handoff") == []
    assert slack.posts("CEXT") == []
    assert desk.tickets == {}


# The desk.


def test_where_the_operator_wants_it_the_desk_is_alerted_and_the_writer_is_told(slack: FakeSlack) -> None:
    desk = Shelf()
    with dispatched(slack, desk=desk, alert=True) as bot:
        asked = mention(slack, ALARM)
        bot.send(asked, mention(slack, ALARM, thread=asked["event"]["ts"]))

    (ticket,) = desk.tickets.values()
    assert ticket.urgent
    assert ticket.flags == ("overdose_emergency",)
    assert "U111" in ticket.contact
    assert ticket.link
    assert ALARM in ticket.text()
    told = [message["text"] for message in slack.posts("D111")]
    assert any(text.startswith("I have alerted the desk") and "T-1" in text for text in told)
    assert told[0].startswith("Call 999 now")
    assert slack.posts("C111") == []


def test_a_desk_that_cannot_be_alerted_is_said_to_be_so_with_the_numbers_again(slack: FakeSlack) -> None:
    with dispatched(slack, desk=Shelf(broken=9), alert=True) as bot:
        bot.send(direct(slack, CRISIS))

    assert slack.messages[-1]["text"].startswith("I could not alert the desk")
    assert "999" in slack.messages[-1]["text"]


def test_where_the_operator_does_not_want_it_no_ticket_is_written(slack: FakeSlack) -> None:
    desk = Shelf()
    with dispatched(slack, desk=desk) as bot:
        bot.send(direct(slack, CRISIS))

    assert desk.tickets == {}


def test_a_person_who_is_asked_for_after_an_alarm_gets_an_urgent_ticket_and_nobody_else_hears_of_it(
    slack: FakeSlack,
) -> None:
    desk = Shelf()
    with dispatched(slack, desk=desk) as bot:
        bot.send(direct(slack, CRISIS))
        bot.send(mention(slack, QUESTION))
        posted = slack.posts("C111")[0]
        bot.send(click(slack, posted, elements(posted, "faq_handoff")[0]))
        bot.send(submit(slack, list(slack.views.values())[-1], {"words": "please call", "contact": ""}))

    (ticket,) = desk.tickets.values()
    assert (ticket.reason, ticket.flags) == ("suicide_crisis", ("suicide_crisis",))
    assert len(slack.posts("C111")) == 1
    assert "T-1" in whispers(slack)[-1]


def test_words_of_danger_in_a_form_are_answered_before_the_ticket_and_make_it_urgent(slack: FakeSlack) -> None:
    desk = Shelf()
    with dispatched(slack, desk=desk) as bot:
        bot.send(mention(slack, QUESTION))
        bot.send(click(slack, slack.messages[0], elements(slack.messages[0], "faq_handoff")[0]))
        bot.send(submit(slack, list(slack.views.values())[-1], {"words": CRISIS, "contact": ""}))

    assert "116 123" in slack.posts("D111")[0]["text"]
    (ticket,) = desk.tickets.values()
    assert ticket.urgent
    assert len(slack.posts("C111")) == 1


# What is written down.


def test_of_an_alarm_the_log_holds_category_and_rules_and_no_word(bot: Dispatched, slack: FakeSlack, log: Log) -> None:
    bot.send(direct(slack, ALARM), direct(slack, "thank you"), mention(slack, QUESTION, user="U222"))

    assert eventually(lambda: len(list(log.rows())) == 3)
    first, second, third = log.rows()
    assert (first["channel"], first["kind"], first["text"]) == ("slack", "safety", None)
    assert first["intents"] == ["overdose_emergency"]
    assert second["text"] is None
    assert third["text"] == QUESTION
    assert first["person"] == second["person"] != third["person"]
    assert "U111" not in str([first, second, third])


def test_thumbs_are_kept_the_last_word_wins_and_a_reason_is_asked_for(
    bot: Dispatched, slack: FakeSlack, log: Log
) -> None:
    bot.send(mention(slack, QUESTION))
    thumbs = elements(slack.messages[0], "faq_feedback")[0]
    turn = thumbs["positive_button"]["value"].partition(":")[2]
    bot.send(click(slack, slack.messages[0], thumbs, value=f"up:{turn}"))
    assert whispers(slack) == ["Thank you."]
    assert eventually(lambda: [row["helpful"] for row in log.rows()] == [True])

    bot.send(click(slack, slack.messages[0], thumbs, value=f"down:{turn}"))
    assert [row["helpful"] for row in log.rows()] == [False]
    asked = {**slack.of("chat.postEphemeral")[-1].args, "ts": "2.2"}
    bot.send(click(slack, asked, elements(asked, "faq_reason")[0], ephemeral=True))

    assert [row["comment"] for row in log.rows()] == ["It is wrong"]
    assert slack.responses[-1][1]["text"] == "Thank you."
    assert slack.responses[-1][1]["replace_original"] is True


def test_a_hand_over_is_written_down_with_its_result(slack: FakeSlack, log: Log) -> None:
    with dispatched(slack, desk=Shelf(), log=log) as bot:
        bot.send(mention(slack, QUESTION))
        bot.send(click(slack, slack.messages[0], elements(slack.messages[0], "faq_handoff")[0]))
        bot.send(submit(slack, list(slack.views.values())[-1], {"words": "my bill", "contact": ""}))
        (row,) = log.hand_overs()

    assert (row["reason"], row["result"]) == ("asked", "opened")

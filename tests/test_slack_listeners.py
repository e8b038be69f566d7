"""What the bot does in Slack, event by event: bolt, its client, and a strict fake of the other side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.slack.hearing import typed
from bot.engine import Bot
from bot.errors import ContentError, Problem
from bot.record import Log
from tests.databases import eventually
from tests.slack.app import Dispatched, Shelf, dispatched, faked
from tests.slack.bots import shipped
from tests.slack.fake import OTHER_TEAM, FakeSlack
from tests.slack.shapes import (
    click,
    click_in_view,
    command,
    direct,
    elements,
    event,
    mention,
    message_copy,
    opened,
    shortcut,
    submit,
)

QUESTION, UNCLEAR = "is ketamine an opioid?", "what shows up when an opioid is stopped"


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    with faked(monkeypatch) as fake:
        yield fake


@pytest.fixture
def desk() -> Shelf:
    return Shelf()


@pytest.fixture
def bot(slack: FakeSlack, desk: Shelf) -> Iterator[Dispatched]:
    with dispatched(slack, desk=desk) as found:
        yield found


def said(slack: FakeSlack) -> list[str]:
    """The first line of every message that was posted."""
    return [message["text"].splitlines()[0] for message in slack.messages]


# Where it answers.


def test_a_mention_is_answered_in_its_thread(bot: Dispatched, slack: FakeSlack) -> None:
    asked = mention(slack, QUESTION)
    bot.send(asked)

    (posted,) = slack.posts("C111")
    assert posted["thread_ts"] == asked["event"]["ts"]
    assert "not an opioid" in posted["text"]
    assert "mention me again" in str(posted["blocks"])


def test_a_mention_in_a_thread_is_answered_there_and_reads_what_was_said_before(
    bot: Dispatched, slack: FakeSlack
) -> None:
    first = mention(slack, "does ketamine harm the bladder?")
    bot.send(first)
    bot.send(mention(slack, "and the memory?", thread=first["event"]["ts"]))

    assert len(slack.posts("C111", first["event"]["ts"])) == 2
    assert "harder to remember" in slack.messages[1]["text"]
    assert "mention me again" not in str(slack.messages[1]["blocks"])


def test_two_threads_do_not_know_of_each_other(bot: Dispatched, slack: FakeSlack) -> None:
    first, second = mention(slack, "does ketamine harm the bladder?"), mention(slack, "more")
    bot.send(first, second)

    assert slack.messages[1]["text"] != slack.messages[0]["text"]
    assert "bladder" not in slack.messages[1]["text"].splitlines()[0].lower()


def test_a_direct_message_is_answered_under_it_and_prompts_follow_without_a_thread(
    bot: Dispatched, slack: FakeSlack
) -> None:
    asked = direct(slack, QUESTION)
    bot.send(asked)

    (posted,) = slack.posts("D111")
    assert posted["thread_ts"] == asked["event"]["ts"]
    prompts = slack.prompts["D111", ""]
    offered = [choice.title for choice in shipped().reply(QUESTION).choices]
    assert [one["message"] for one in prompts] == offered[:4]


def test_after_a_decline_the_prompts_are_those_to_begin_with(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(opened(tab="messages"))
    first = slack.prompts["D111", ""]
    bot.send(direct(slack, QUESTION))
    assert slack.prompts["D111", ""] != first
    bot.send(direct(slack, "なにこれ"))

    assert slack.prompts["D111", ""] == first


def test_what_is_said_next_in_direct_messages_reads_what_was_said_before(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(direct(slack, "does ketamine harm the bladder?"), direct(slack, "and the memory?"))

    assert "harder to remember" in slack.messages[1]["text"]


def test_a_prompt_that_is_clicked_is_an_ordinary_message(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(opened(tab="messages"))
    prompt = slack.prompts["D111", ""][0]["message"]
    bot.send(direct(slack, prompt))

    assert len(slack.posts("D111")) == 1
    assert slack.posts("D111")[0]["text"].startswith(shipped().reply(prompt).parts[0].text[:5])


def test_opening_the_messages_suggests_questions_and_says_nothing(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(opened(tab="messages"), opened(tab="messages"))

    assert len(slack.prompts["D111", ""]) == 4
    assert slack.messages == []


def test_the_older_assistant_view_gets_its_prompts_in_its_thread(slack: FakeSlack) -> None:
    slack.view = "assistant_view"
    started = {"type": "assistant_thread_started", "assistant_thread": {"channel_id": "D111", "thread_ts": "1.2"}}
    with dispatched(slack) as bot:
        bot.send(event(started))

    assert len(slack.prompts["D111", "1.2"]) == 4


def test_the_home_page_lists_the_topics(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(opened())

    topics = elements(slack.homes["U111"], "faq_topic")
    assert [one["value"] for one in topics] == [t for t in shipped().kb.topics if t != "smalltalk"]


def test_a_topic_opens_its_questions_and_a_question_its_answer(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(opened())
    bot.send(click_in_view(slack, slack.homes["U111"], elements(slack.homes["U111"], "faq_topic")[0]))
    (questions,) = slack.views.values()
    wanted = elements(questions, "faq_ask")[0]
    bot.send(click_in_view(slack, questions, wanted))

    shown = list(slack.views.values())[1]
    assert shown["blocks"][0]["text"]["text"] == shipped().kb.title(wanted["value"])
    assert slack.of("views.push")
    assert slack.messages == []


def test_an_answer_whose_view_cannot_be_opened_comes_as_a_message(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(opened())
    bot.send(click_in_view(slack, slack.homes["U111"], elements(slack.homes["U111"], "faq_topic")[0]))
    (questions,) = slack.views.values()
    slack.faults["views.push"] = [(200, {}, {"ok": False, "error": "expired_trigger_id"})]
    bot.send(click_in_view(slack, questions, elements(questions, "faq_ask")[0]))

    assert len(slack.posts("D111")) == 1


def test_a_command_is_answered_to_its_writer_alone(bot: Dispatched, slack: FakeSlack) -> None:
    response = bot.send(command(slack, QUESTION))

    assert response.status == 200
    (_, body) = slack.responses[0]
    assert body["response_type"] == "ephemeral"
    assert "not an opioid" in body["text"]
    assert slack.messages == []


def test_a_message_that_is_pointed_at_is_looked_up_for_whoever_points(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(shortcut(slack, "is ketamine an opioid? &lt;@U1&gt;"))

    (_, body) = slack.responses[0]
    assert body["response_type"] == "ephemeral"
    assert "not an opioid" in body["text"]
    assert slack.messages == []


@pytest.mark.parametrize("text", ["", "   ", "<@U222|jo>"])
def test_a_mention_without_a_question_gets_help(bot: Dispatched, slack: FakeSlack, text: str) -> None:
    bot.send(mention(slack, text), command(slack, text))

    assert said(slack)[0].startswith("Ask me something in your own words")
    assert slack.responses[0][1]["text"].startswith("Ask me something in your own words")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<@UBOT> is &lt;ketamine&gt; an opioid?", "is <ketamine> an opioid?"),
        ("<@UBOT|faq> hello <@U222|jo>", "hello"),
        ("see <https://example.org|the page> or <mailto:a@example.org|a@example.org>", "see the page or a@example.org"),
        ("<https://example.org>", "https://example.org"),
        ("in <#C1|general> or <#C2> <!here> <!subteam^S1|@nurses>", "in #general or     @nurses"),
        ("&amp;lt; &amp;amp;", "&lt; &amp;"),
        (None, ""),
    ],
)
def test_what_is_sent_is_read_as_it_was_typed(sent: str | None, read: str) -> None:
    assert typed(sent) == read


def test_a_file_with_words_is_read_and_an_edit_is_not(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(direct(slack, QUESTION, extra={"subtype": "file_share", "files": []}))
    bot.send(direct(slack, QUESTION, extra={"subtype": "message_changed"}))

    assert len(slack.messages) == 1


@pytest.mark.parametrize(
    "extra",
    [
        {"bot_id": "B999"},
        {"subtype": "bot_message"},
        {"subtype": "message_changed", "message": {"text": QUESTION}},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"hidden": True},
        {"user": "UBOT"},
        {"user": "USLACKBOT"},
        {"user": None},
    ],
)
def test_other_bots_edits_notices_and_its_own_messages_are_not_answered(
    bot: Dispatched, slack: FakeSlack, extra: dict[str, object]
) -> None:
    asked = mention(slack, QUESTION)
    asked["event"] |= extra
    bot.send(direct(slack, QUESTION, extra=extra), asked)

    assert slack.messages == []


def test_messages_of_a_channel_that_do_not_mention_it_are_not_answered(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(message_copy(mention(slack, QUESTION)))

    assert slack.messages == []


# Twice.


def test_an_event_that_is_sent_again_is_answered_once(bot: Dispatched, slack: FakeSlack) -> None:
    asked = mention(slack, QUESTION)
    bot.send(asked)
    bot.send(asked, retry=1)
    response = bot.send(asked, retry=2)

    assert response.status == 200
    assert len(slack.messages) == 1


def test_an_event_whose_first_try_never_came_is_answered(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, QUESTION), retry=2)

    assert len(slack.messages) == 1


def test_the_same_message_in_another_event_is_answered_once(bot: Dispatched, slack: FakeSlack) -> None:
    asked = mention(slack, QUESTION)
    bot.send(asked, event(asked["event"]))

    assert len(slack.messages) == 1


@pytest.mark.parametrize("first", ["mention", "message"])
def test_a_mention_that_comes_as_a_message_too_is_answered_once_in_either_order(
    bot: Dispatched, slack: FakeSlack, first: str
) -> None:
    asked = mention(slack, QUESTION)
    both = [asked, message_copy(asked)]
    bot.send(*(both if first == "mention" else reversed(both)))

    assert len(slack.messages) == 1


def test_a_double_click_is_one_click(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, QUESTION))
    clicked = click(slack, slack.messages[0], elements(slack.messages[0], "faq_ask")[0])
    bot.send(clicked, {**clicked, "trigger_id": slack.trigger()})

    assert len(slack.messages) == 2


# Clicks.


def test_a_follow_up_is_answered_by_its_intent_in_the_same_thread(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, QUESTION))
    button = elements(slack.messages[0], "faq_ask")[1]
    bot.send(click(slack, slack.messages[0], button, user="U222"))

    follow_up = slack.messages[1]
    assert follow_up["thread_ts"] == slack.messages[0]["thread_ts"]
    assert follow_up["text"].startswith(f"You asked: {shipped().kb.title(button['value'])}")
    assert shipped().kb.entries[button["value"]].short[:40] in follow_up["text"]


def test_a_click_on_what_the_base_no_longer_holds_says_so(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, QUESTION))
    bot.send(click(slack, slack.messages[0], elements(slack.messages[0], "faq_ask")[0], value="gone_since"))

    assert said(slack)[1].startswith("I no longer hold that question")


def test_the_whole_answer_comes_at_a_click(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, QUESTION))
    bot.send(click(slack, slack.messages[0], elements(slack.messages[0], "faq_more")[0]))

    assert len(slack.messages[1]["text"]) > len(slack.messages[0]["text"])
    assert elements(slack.messages[1], "faq_more") == []


def test_the_whole_answer_comes_after_a_new_start_too(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, QUESTION))
    button = elements(slack.messages[0], "faq_more")[0]
    with dispatched(slack) as later:
        later.send(click(slack, slack.messages[0], button))
        later.send(click(slack, slack.messages[0], button, value="0123 gone_since"))

    assert shipped().kb.entries["ketamine_is_opioid"].text[-40:].strip(".\n ") in slack.messages[1]["text"]
    assert slack.messages[2]["text"].startswith("I no longer hold that question")


def test_a_question_back_is_answered_by_a_click_and_closed(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, UNCLEAR))
    button = elements(slack.messages[0], "faq_ask")[0]
    bot.send(click(slack, slack.messages[0], button))

    assert elements(slack.messages[0], "faq_ask") == []
    assert "Picked: " in str(slack.messages[0]["blocks"])
    assert slack.messages[1]["text"].startswith("You asked: ")


def test_a_question_back_is_answered_by_a_number_that_is_typed(bot: Dispatched, slack: FakeSlack) -> None:
    asked = mention(slack, UNCLEAR)
    bot.send(asked)
    bot.send(mention(slack, "1", thread=asked["event"]["ts"]))

    wanted = elements(slack.messages[0], "faq_ask")[0]["value"]
    assert shipped().kb.entries[wanted].short[:40] in slack.messages[1]["text"]


def test_none_of_these_offers_a_person(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, UNCLEAR))
    bot.send(click(slack, slack.messages[0], elements(slack.messages[0], "faq_ask")[-1]))

    assert "Then what I hold does not fit" in slack.messages[1]["text"]
    assert elements(slack.messages[1], "faq_handoff")


def test_a_click_in_a_message_that_one_person_sees_is_answered_to_them(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(command(slack, QUESTION))
    shown = {**slack.responses[0][1], "ts": "1.1", "channel": "C111"}
    bot.send(click(slack, shown, elements(shown, "faq_ask")[0], ephemeral=True))

    assert slack.messages == []
    assert slack.responses[1][1]["text"].startswith("You asked: ")
    assert slack.responses[1][1]["replace_original"] is False


# A person.


def handed_over(bot: Dispatched, slack: FakeSlack, **values: str) -> None:
    """Click for a person in the last message, and send the form."""
    bot.send(click(slack, slack.messages[-1], elements(slack.messages[-1], "faq_handoff")[0]))
    view = list(slack.views.values())[-1]
    bot.send(submit(slack, view, {"words": "it is about my bill", "contact": "", **values}))


def test_a_person_is_asked_for_with_a_form_and_the_reference_is_told_in_the_thread(
    bot: Dispatched, slack: FakeSlack, desk: Shelf
) -> None:
    asked = mention(slack, QUESTION)
    bot.send(asked)
    handed_over(bot, slack, contact="jo@example.org")

    (ticket,) = desk.tickets.values()
    assert ticket.turns[0].text == QUESTION
    assert ticket.turns[-1].text == "it is about my bill"
    assert ticket.turns[1].titles == ("Is ketamine an opioid?",)
    assert ticket.email == "jo@example.org"
    assert ticket.link.startswith("https://t.slack.com/archives/C111/p")
    assert not ticket.urgent
    assert "T-1" in slack.posts("C111", asked["event"]["ts"])[-1]["text"]


def test_a_form_without_words_is_not_taken(bot: Dispatched, slack: FakeSlack, desk: Shelf) -> None:
    bot.send(mention(slack, QUESTION))
    bot.send(click(slack, slack.messages[0], elements(slack.messages[0], "faq_handoff")[0]))
    (view,) = slack.views.values()
    response = bot.send(submit(slack, view, {"words": "  ", "contact": ""}))

    assert '"response_action": "errors"' in str(response.body)
    assert "Please write a few words" in str(response.body)
    assert desk.tickets == {}


def test_a_form_that_is_sent_twice_makes_one_ticket(bot: Dispatched, slack: FakeSlack, desk: Shelf) -> None:
    bot.send(mention(slack, QUESTION))
    handed_over(bot, slack)
    bot.send(submit(slack, list(slack.views.values())[-1], {"words": "it is about my bill", "contact": ""}))

    assert len(desk.tickets) == 1
    assert len(slack.messages) == 2


def test_a_desk_that_fails_once_is_tried_again(slack: FakeSlack) -> None:
    desk = Shelf(broken=1)
    with dispatched(slack, desk=desk) as bot:
        bot.send(mention(slack, QUESTION))
        handed_over(bot, slack)

    assert len(desk.tickets) == 1
    assert "T-1" in slack.messages[-1]["text"]


def test_a_desk_that_is_down_is_said_to_be_so_with_another_way(slack: FakeSlack) -> None:
    with dispatched(slack, desk=Shelf(broken=9)) as bot:
        bot.send(mention(slack, QUESTION))
        handed_over(bot, slack)

    (whispered,) = slack.of("chat.postEphemeral")
    assert "could not be passed on" in whispered.args["text"]
    assert "turn to the people who gave you this chat" in whispered.args["text"]


def test_a_form_that_cannot_be_opened_is_said_to_be_so(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, QUESTION))
    slack.faults["views.open"] = [(200, {}, {"ok": False, "error": "expired_trigger_id"})]
    bot.send(click(slack, slack.messages[0], elements(slack.messages[0], "faq_handoff")[0]))

    assert "could not be passed on" in slack.of("chat.postEphemeral")[0].args["text"]


def test_a_person_can_be_asked_for_on_the_home_page(bot: Dispatched, slack: FakeSlack, desk: Shelf) -> None:
    bot.send(opened())
    bot.send(click_in_view(slack, slack.homes["U111"], elements(slack.homes["U111"], "faq_handoff")[0]))
    (view,) = slack.views.values()
    bot.send(submit(slack, view, {"words": "my bill", "contact": ""}))

    assert len(desk.tickets) == 1
    assert "T-1" in slack.posts("D111")[0]["text"]


def test_without_a_desk_no_person_is_offered(slack: FakeSlack) -> None:
    with dispatched(slack) as bot:
        bot.send(mention(slack, QUESTION), opened())

    assert elements(slack.messages[0], "faq_handoff") == []
    assert elements(slack.homes["U111"], "faq_handoff") == []


# Channels that are shared with other organisations.


def test_from_a_shared_channel_nothing_is_handed_over(bot: Dispatched, slack: FakeSlack, desk: Shelf) -> None:
    bot.send(mention(slack, QUESTION, channel="CEXT", outside=True))
    assert elements(slack.messages[0], "faq_handoff") == []

    button = {"type": "button", "action_id": "faq_handoff:0", "value": "t", "text": {}}
    bot.send(click(slack, slack.messages[0], button))
    assert "shared with another organisation" in slack.of("chat.postEphemeral")[0].args["text"]
    assert slack.views == {}


def test_somebody_of_another_organisation_is_known_by_their_team(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, QUESTION, user="UEXT", channel="CEXT"))
    assert elements(slack.messages[0], "faq_handoff") == []

    bot.send(mention(slack, QUESTION))
    clicked = click(slack, slack.messages[1], elements(slack.messages[1], "faq_handoff")[0], team=OTHER_TEAM)
    bot.send(clicked, {**clicked, "team": {"id": OTHER_TEAM, "domain": "o"}})
    assert slack.views == {}


def test_a_command_of_another_workspace_offers_no_person(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send({**command(slack, QUESTION, channel="CEXT"), "team_id": OTHER_TEAM})

    assert elements(slack.responses[0][1], "faq_handoff") == []


def test_a_shared_channel_is_remembered_for_what_does_not_say_so(bot: Dispatched, slack: FakeSlack) -> None:
    bot.send(mention(slack, QUESTION, channel="CEXT", outside=True), command(slack, QUESTION, channel="CEXT"))

    assert elements(slack.responses[0][1], "faq_handoff") == []


# Errors.


def test_an_error_is_answered_with_an_apology_and_the_numbers_in_the_thread(
    bot: Dispatched, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(type(bot.workspace.bot), "considered", broken)
    asked = mention(slack, QUESTION)
    bot.send(asked, command(slack, QUESTION))

    (posted,) = slack.posts("C111", asked["event"]["ts"])
    assert posted["text"].startswith("Something went wrong on my side")
    assert "999" in posted["text"]
    assert "secret" not in str(slack.messages)
    assert slack.responses[0][1]["text"].startswith("Something went wrong on my side")


def test_what_breaks_behind_the_screening_does_not_take_its_reply_along(
    bot: Dispatched, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(type(bot.workspace.bot), "considered", broken)
    bot.send(direct(slack, "my friend took too much and won't wake up"))

    assert slack.messages[0]["text"].startswith("Call 999 now")


def test_blocks_that_slack_does_not_take_are_sent_as_text(bot: Dispatched, slack: FakeSlack) -> None:
    slack.faults["chat.postMessage"] = [(200, {}, {"ok": False, "error": "invalid_blocks"})]
    bot.send(mention(slack, QUESTION))

    (posted,) = slack.messages
    assert "blocks" not in posted
    assert "not an opioid" in posted["text"]


def test_an_unknown_command_is_not_found(bot: Dispatched, slack: FakeSlack) -> None:
    assert bot.send(command(slack, QUESTION, name="/other")).status == 404


# Content and log.


def test_content_that_does_not_load_leaves_the_old_one_in_place(slack: FakeSlack) -> None:
    def load() -> Bot:
        loads.append(1)
        if len(loads) == 2:
            raise ContentError([Problem(Path("x.yaml"), 1, "it is broken")])
        return shipped()

    loads: list[int] = []
    with dispatched(slack, load=load) as bot:
        assert not bot.workspace.reload()
        bot.send(mention(slack, QUESTION))
        assert bot.workspace.reload()

    assert "not an opioid" in slack.messages[0]["text"]


def test_what_is_older_than_may_be_kept_is_deleted(slack: FakeSlack, tmp_path: Path) -> None:
    with Log.open(f"sqlite:///{tmp_path / 'log.db'}") as log, dispatched(slack, log=log, keep_days=0) as bot:
        bot.send(mention(slack, QUESTION))
        assert eventually(lambda: len(list(log.rows())) == 1)
        bot.workspace.purge()
        assert list(log.rows()) == []


def test_a_very_long_message_is_answered_and_only_its_beginning_is_remembered(
    bot: Dispatched, slack: FakeSlack, desk: Shelf
) -> None:
    bot.send(mention(slack, "is ketamine an opioid? " * 1500))
    handed_over(bot, slack)

    assert len(slack.messages) == 2
    (ticket,) = desk.tickets.values()
    assert len(ticket.turns[0].text) == 4000

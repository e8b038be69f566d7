"""Every message that the bot can send, over the whole base, every region and every kind of reply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack.blocks import Look, messages, reasons, said, without_choices
from bot.channels.slack.home import answered, home, questions
from bot.decision import Alarmed, Answered, Asked, Declined
from bot.dialogue import Context
from bot.engine import Bot
from bot.knowledge import Source
from bot.knowledge.rules import CATEGORIES
from bot.knowledge.values import NONE_OF_THESE
from bot.reply import Choice, Reply, Voice
from tests.slack.bots import shipped
from tests.slack.limits import message_problems, view_problems
from tests.slack.shapes import elements

TURN = "0123456789abcdef0123456789abcdef"
LOOKS = {
    "in a channel": Look(closing=False, notes=("A note.", "Another one.")),
    "in a direct message": Look(),
    "to one person": Look(feedback=False),
    "shared with others": Look(hand_over=False),
    "the whole answer": Look(full=True),
    "clicked": Look(asked="Is <ketamine> an *opioid* & more?"),
}
ASKED = {
    "answer": "is ketamine an opioid?",
    "answers": "is ketamine an opioid? what is it used for? does it harm the bladder?",
    "clarify": "what shows up when an opioid is stopped",
    "decline": "is tramadol an opioid",
    "nothing": "what is the capital of france",
    "empty": "…",
    "unreadable": "なにこれ",
    "hello": "hello",
    "person": "can I talk to a person",
    "numbers": "numbers",
}
ALARMS = {
    "overdose_emergency": "my friend took too much and won't wake up",
    "suicide_crisis": "i want to die",
    "dosing": "how much ketamine should I take",
    "mixing": "can I take ketamine with alcohol tonight",
    "acquisition": "where can I buy ketamine",
    "personal_medical_advice": "should I stop taking my ketamine",
}


REGIONS = ("US", "UK", "IE", "CA", "AU", "NZ", "IN", "EU", "unknown")


def every_reply(bot: Bot) -> Iterator[Reply]:
    """Each entry, and each kind of reply; fresh, after an alarm, and on a repeat."""
    flagged = Context(region=bot.region, flag="suicide_crisis")
    for intent in (*bot.kb.intents, NONE_OF_THESE):
        yield bot.tell(intent)
        yield bot.tell(intent, flagged)
    for text in (*ASKED.values(), *ALARMS.values()):
        reply = bot.reply(text)
        yield reply
        for later in (text, "more", "sources?", "I'm ok", "bye", "numbers"):
            yield bot.reply(later, reply.context)
        yield bot.reply(text, flagged)


def problems_of(reply: Reply, look: Look) -> list[str]:
    return [problem for one in messages(reply, TURN, shipped().kb, look) for problem in message_problems(one.values())]


def test_the_kinds_of_reply_are_those_that_are_meant() -> None:
    kinds = {name: shipped().reply(text).kind for name, text in ASKED.items()}

    assert kinds["answer"] == kinds["answers"] == kinds["hello"] == "answer"
    assert kinds["clarify"] == "clarify"
    assert {kinds["decline"], kinds["nothing"], kinds["empty"], kinds["unreadable"]} == {"decline"}
    for category, text in ALARMS.items():
        part = shipped().reply(text).parts[0]
        assert isinstance(part, Alarmed)
        assert part.category == category
    assert set(ALARMS) == set(CATEGORIES)


@pytest.mark.parametrize("region", REGIONS)
def test_every_message_is_one_that_slack_takes(region: str) -> None:
    bot = shipped().in_region(region)
    found = {problem for reply in every_reply(bot) for look in LOOKS.values() for problem in problems_of(reply, look)}

    assert found == set()


def test_those_are_all_regions() -> None:
    safety = shipped().kb.safety

    assert safety
    assert set(REGIONS) == set(safety.regions)


def test_no_message_of_what_ships_has_to_be_parted() -> None:
    whole = Look(full=True)

    assert {len(messages(reply, TURN, shipped().kb, whole)) for reply in every_reply(shipped())} == {1}


def test_the_home_page_every_list_and_every_answer_are_views_that_slack_takes() -> None:
    kb = shipped().kb
    views = [home(kb, "/faq", hand_over=True), home(kb, "/faq", hand_over=False)]
    views += [view for topic in kb.topics if (view := questions(kb, topic))]
    views += [answered(shipped().tell(intent), kb, kb.title(intent)) for intent in kb.intents]
    views += [answered(shipped().tell(i, Context(flag="suicide_crisis")), kb, kb.title(i)) for i in kb.intents]

    assert [problem for view in views for problem in view_problems(view)] == []


def test_an_answer_is_one_message_with_its_source_its_follow_ups_and_its_thumbs() -> None:
    reply = shipped().reply(ASKED["answer"])
    message = messages(reply, TURN, shipped().kb, Look())[0]

    assert [block["type"] for block in message.blocks] == ["section", "context", "actions", "context_actions"]
    part = reply.parts[0]
    assert isinstance(part, Answered)
    assert part.short[:60] in message.text
    assert "Sources:" in message.text
    assert [one["value"] for one in elements(message.values(), "faq_ask")] == [one.intent for one in reply.choices]
    assert [one["value"] for one in elements(message.values(), "faq_more")] == [f"{TURN} {part.intent}"]
    thumbs = message.blocks[-1]["elements"][0]
    assert thumbs["positive_button"]["value"] == f"up:{TURN}"


def test_the_whole_answer_is_in_the_text_as_well_as_in_the_blocks() -> None:
    kb = shipped().kb
    for intent in kb.intents:
        reply = shipped().tell(intent)
        message = messages(reply, TURN, kb, Look(full=True))[0]
        part = reply.parts[0]
        assert isinstance(part, Answered)
        plain = [word.strip("*_`|-#.,:;()[]") for word in part.text.split()]
        missing = [word for word in plain if word and "http" not in word and word not in message.text]
        assert missing == [], intent


@pytest.mark.parametrize("category", ALARMS)
def test_a_reply_of_safety_has_no_thumbs_and_no_follow_ups(category: str) -> None:
    message = messages(shipped().reply(ALARMS[category]), TURN, shipped().kb, Look())[0]

    assert [one["action_id"] for one in elements(message.values())] == ["faq_handoff:0"]


def test_nobody_in_danger_is_asked_to_judge_an_answer() -> None:
    flagged = Context(region="UK", flag="suicide_crisis")
    message = messages(shipped().reply(ASKED["answer"], flagged), TURN, shipped().kb, Look())[0]

    assert "context_actions" not in [block["type"] for block in message.blocks]
    assert "In danger: 999." in message.text


def test_where_others_read_along_the_line_of_numbers_is_left_out() -> None:
    flagged = Context(region="UK", flag="suicide_crisis")
    message = messages(shipped().reply(ASKED["answer"], flagged), TURN, shipped().kb, Look(closing=False))[0]

    assert "999" not in message.text
    assert "999" not in str(message.blocks)


def test_a_question_back_offers_its_choices_and_none_of_these() -> None:
    reply = shipped().reply(ASKED["clarify"])
    values = messages(reply, TURN, shipped().kb, Look())[0].values()

    assert [one["value"] for one in elements(values, "faq_ask")][-1] == NONE_OF_THESE
    assert [block["block_id"] for block in values["blocks"] if block["type"] == "actions"] == [f"pick:{TURN}"]


@pytest.mark.parametrize("asked", ["answer", "clarify", "decline"])
def test_whoever_sees_no_buttons_reads_the_choices_with_their_numbers(asked: str) -> None:
    reply = shipped().reply(ASKED[asked])
    text = messages(reply, TURN, shipped().kb, Look())[0].text

    assert reply.choices
    for number, choice in enumerate(reply.choices, 1):
        assert f"\n{number}. {choice.title}" in text


def test_many_choices_become_a_menu() -> None:
    choices = tuple(Choice(f"Question {number}?", f"intent_{number}") for number in range(60))
    reply = Reply((Asked(tuple(one.intent for one in choices), "Which?"),), choices, Context(), "kb")
    message = messages(reply, TURN, shipped().kb, Look())[0]
    menu = elements(message.values(), "faq_pick")[0]

    assert len(menu["options"]) == 25
    assert problems_of(reply, Look()) == []


def test_a_clicked_question_is_closed_with_what_was_picked() -> None:
    posted = messages(shipped().reply(ASKED["clarify"]), TURN, shipped().kb, Look())[0]
    closed = without_choices(posted.values(), "Picked: this one")

    assert elements(closed.values()) == []
    assert list(message_problems(closed.values())) == []


def test_what_is_asked_of_somebody_whom_an_answer_did_not_help_is_what_slack_takes() -> None:
    voice = Voice(shipped().kb)

    assert list(message_problems(reasons(TURN, voice, hand_over=True).values())) == []
    assert list(message_problems(said(voice.say("slack_help")).values())) == []


TEXTS = st.text(st.sampled_from('ab *_`<>&|[]()#-\n"é👍'), max_size=80)


def made(texts: list[str], times: int, titles: list[str]) -> Reply:
    """A reply of every part, in somebody's else's words."""
    long = "\n\n".join(texts * times) or "x"
    parts: tuple[Any, ...] = (
        Answered("nothing", titles[0], long, long + "\n\nend", 99.0, (Source(long, "s"), Source("d", long)), long),
        Declined((long,), (), long),
        Asked((), long),
    )
    choices = tuple(Choice(title, f"id_{number}") for number, title in enumerate(titles))
    return Reply(parts, choices, Context(), "kb", closing=long)


@given(st.lists(TEXTS, min_size=1, max_size=8), st.integers(1, 60), st.lists(TEXTS, min_size=1, max_size=30))
def test_whatever_the_content_holds_every_message_keeps_the_limits(
    texts: list[str], times: int, titles: list[str]
) -> None:
    reply = made(texts, times, titles)

    for look in (Look(), Look(full=True, asked=titles[0], notes=tuple(titles))):
        assert problems_of(replace(reply, parts=reply.parts[1:]), look) == []


def test_the_checker_sees_what_slack_would_refuse() -> None:
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}, "value": "v"}
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    bad: dict[str, list[dict[str, Any]]] = {
        "long": [long],
        "mention": [{"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}}],
        "twice": [{"type": "actions", "elements": [button, button]}],
        "label": [{"type": "actions", "elements": [{**button, "text": {"type": "plain_text", "text": "x" * 76}}]}],
        "key": [{"type": "section", "txt": {"type": "mrkdwn", "text": "x"}}],
        "empty": [{"type": "actions", "elements": []}],
        "many": [{"type": "divider"}] * 51,
        "link": [{"type": "actions", "elements": [{**button, "url": "javascript:alert(1)"}]}],
        "thumbs": [{"type": "actions", "elements": [{"type": "feedback_buttons", "action_id": "x"}]}],
        "unknown": [{"type": "carousel_of_my_own"}],
    }
    missed = [name for name, blocks in bad.items() if not list(message_problems({"text": "x", "blocks": blocks}))]

    assert missed == []
    assert list(message_problems({"blocks": [{"type": "divider"}]})) == ["no text"]
